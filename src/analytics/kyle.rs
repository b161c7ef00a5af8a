//! Kyle's λ of a whole recording (*Econometrica* 53(6), 1985, F10): how far signed volume moves the mid, by least squares with
//! intercept over intervals of equal time, with its standard error.
//!
//! Interval k is [k·length, (k+1)·length) of the feed's clock. Its sample is the sum of its parent trades, buying positive, and the
//! change of the mid from the last one before its start to the last one before its end. An interval without a mid at either
//! end, or across a gap in the feed, is none; one in which nothing traded is one. The moments are kept about their running means, so
//! that neither a drift nor one-sided flow cancels digits. O(1) per call however much time has passed, hot path, single writer.
//!
//! [`features::KyleLambda`](crate::features::KyleLambda) is the same regression with a memory that fades, for a model to read.

use super::{AnalyticsError, count};
use crate::types::{Quantity, Side, Timestamp};

/// Longest interval, nanoseconds: a day.
const LONGEST: u64 = 86_400_000_000_000;

/// The regression Δmid = intercept + λ·(signed volume) + ε.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KyleEstimate {
    /// Intervals in the regression.
    pub intervals: u64,
    /// Ticks per lot.
    pub lambda: f64,
    /// Its standard error, ticks per lot.
    pub standard_error: f64,
    /// The change of the mid without volume, ticks per interval.
    pub intercept: f64,
    /// Share of the mid's variance that signed volume explains, 0..=1.
    pub r_squared: f64,
}

/// Intervals as time passes.
///
/// ```
/// use market_maker::analytics::KyleRegression;
/// use market_maker::types::{Quantity, Side, Timestamp};
/// let mut kyle = KyleRegression::new(1_000)?;
/// let mut mid2 = 200; // twice the mid, ticks
/// for (at, lots) in [(0, 0), (1_000, 3), (2_000, 1), (3_000, 2), (4_000, 5)] {
///     kyle.advance(Timestamp(at), Some(mid2)); // the mid up to now
///     kyle.on_trade(Side::Buy, Quantity(lots));
///     mid2 += 2 * lots as i64; // a tick a lot
/// }
/// kyle.advance(Timestamp(5_000), Some(mid2));
/// assert!((kyle.estimate()?.lambda - 1.0).abs() < 1e-12);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KyleRegression {
    length: u64,
    /// End of the open interval; 0 before the first call.
    end: u64,
    /// Twice the mid at the start of the open interval, half ticks.
    start: Option<i64>,
    /// Signed lots of the open interval.
    volume: i128,
    intervals: u64,
    mean: [f64; 2],
    /// Σ(x − x̄)², Σ(x − x̄)(y − ȳ), Σ(y − ȳ)² of volume x and change y.
    squares: [f64; 3],
}

impl KyleRegression {
    /// Over intervals of so many nanoseconds.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`] (a day) for `kyle_interval_ns`.
    pub fn new(interval_ns: u64) -> Result<Self, AnalyticsError> {
        count(interval_ns, LONGEST, "kyle_interval_ns")?;
        Ok(Self {
            length: interval_ns,
            end: 0,
            start: None,
            volume: 0,
            intervals: 0,
            mean: [0.0; 2],
            squares: [0.0; 3],
        })
    }

    /// It is `now`, and until now twice the mid was `mid2`: intervals that have ended are samples. Hot path.
    #[inline]
    pub fn advance(&mut self, now: Timestamp, mid2: Option<i64>) {
        if now.0 >= self.end {
            self.close(now.0, mid2);
        }
    }

    #[inline(never)]
    fn close(&mut self, now: u64, mid2: Option<i64>) {
        let open = now / self.length;
        if self.end > 0 {
            if let (Some(start), Some(end)) = (self.start, mid2) {
                self.push(1, self.volume as f64, 0.5 * (i128::from(end) - i128::from(start)) as f64);
            }
            if mid2.is_some() {
                // Whole intervals in which nothing happened at all.
                self.push(open - self.end / self.length, 0.0, 0.0);
            }
            self.start = mid2;
        }
        self.volume = 0;
        self.end = open.saturating_add(1).saturating_mul(self.length);
    }

    /// `times` samples of these values (Chan, Golub and LeVeque 1979).
    fn push(&mut self, times: u64, volume: f64, change: f64) {
        if times == 0 {
            return;
        }
        let (before, new) = (self.intervals as f64, times as f64);
        self.intervals += times;
        let off = [volume - self.mean[0], change - self.mean[1]];
        let part = new / (before + new);
        self.mean[0] += part * off[0];
        self.mean[1] += part * off[1];
        let weight = before * part;
        self.squares[0] += weight * off[0] * off[0];
        self.squares[1] += weight * off[0] * off[1];
        self.squares[2] += weight * off[1] * off[1];
    }

    /// A parent trade of the open interval. Hot path.
    #[inline]
    pub fn on_trade(&mut self, aggressor: Side, quantity: Quantity) {
        self.volume += i128::from(aggressor.sign()) * i128::from(quantity.0);
    }

    /// The open interval and what was before it follow nothing: a gap in the feed. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        (self.start, self.volume) = (None, 0);
    }

    /// Intervals in the regression.
    #[must_use]
    pub const fn intervals(&self) -> u64 {
        self.intervals
    }

    /// The regression so far.
    ///
    /// # Errors
    /// [`AnalyticsError::Undetermined`] below three intervals, or while the volume has not varied.
    pub fn estimate(&self) -> Result<KyleEstimate, AnalyticsError> {
        let [xx, xy, yy] = self.squares;
        let rounding = 1e-24 * self.intervals as f64 * self.mean[0] * self.mean[0];
        if self.intervals < 3 || xx <= rounding {
            return Err(AnalyticsError::Undetermined { observations: self.intervals });
        }
        let lambda = xy / xx;
        let rest = (yy - lambda * xy).max(0.0);
        Ok(KyleEstimate {
            intervals: self.intervals,
            lambda,
            standard_error: libm::sqrt(rest / (self.intervals - 2) as f64 / xx),
            intercept: self.mean[1] - lambda * self.mean[0],
            r_squared: if yy > 0.0 { 1.0 - rest / yy } else { 0.0 },
        })
    }
}
