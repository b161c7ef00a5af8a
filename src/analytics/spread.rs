//! How wide the market is, by how long: the time-weighted distribution of the spread in ticks, time-weighted means, and the
//! depth-weighted spread. Exact integers up to the last division. Hot path, single writer.

use super::{AnalyticsError, count};
use crate::book::Depth;
use crate::types::{Side, Timestamp};

/// Most ticks that are told apart.
const MOST_TICKS: u32 = 1 << 16;

/// How long the spread stood at each number of ticks.
///
/// ```
/// use market_maker::analytics::SpreadDistribution;
/// use market_maker::types::Timestamp;
/// let mut spread = SpreadDistribution::new(10)?;
/// spread.update(Timestamp(0), Some(1));
/// spread.update(Timestamp(3), Some(2)); // one tick for three nanoseconds
/// spread.update(Timestamp(4), None); // two for one
/// assert_eq!((spread.mean(), spread.share(1), spread.quantile(0.9)), (Some(1.25), Some(0.75), Some(2)));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SpreadDistribution {
    /// Nanoseconds by ticks; the last bin is everything wider.
    nanoseconds: Box<[u64]>,
    total: u64,
    weighted: u128,
    unsound: u64,
    last: Option<(Timestamp, Option<i64>)>,
}

impl SpreadDistribution {
    /// Telling spreads of up to `max_ticks` (1..=65536) apart; wider ones share a bin.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`] for `max_ticks`.
    pub fn new(max_ticks: u32) -> Result<Self, AnalyticsError> {
        let bins = count(u64::from(max_ticks), u64::from(MOST_TICKS), "max_ticks")? + 2;
        Ok(Self {
            nanoseconds: vec![0; bins].into_boxed_slice(),
            total: 0,
            weighted: 0,
            unsound: 0,
            last: None,
        })
    }

    /// The spread from `now` on, ticks; `None` or not positive while there is none (one-sided, locked, crossed, halted),
    /// which counts as [`SpreadDistribution::unsound_ns`]. A time before the last one counts as the last. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, spread: Option<i64>) {
        let mut time = now;
        if let Some((since, stood)) = self.last {
            time = now.max(since);
            self.stood(stood, time.0 - since.0);
        }
        self.last = Some((time, spread.filter(|&ticks| ticks > 0)));
    }

    #[inline]
    fn stood(&mut self, spread: Option<i64>, nanoseconds: u64) {
        let Some(ticks) = spread else {
            self.unsound += nanoseconds;
            return;
        };
        let ticks = ticks.unsigned_abs();
        let bin = ticks.min(self.nanoseconds.len() as u64 - 1);
        self.nanoseconds[bin as usize] += nanoseconds;
        self.total += nanoseconds;
        self.weighted += u128::from(ticks) * u128::from(nanoseconds);
    }

    /// The time until the next update counts for nothing. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// Time with a sound spread, nanoseconds.
    #[must_use]
    pub const fn total_ns(&self) -> u64 {
        self.total
    }

    /// Time without one, nanoseconds.
    #[must_use]
    pub const fn unsound_ns(&self) -> u64 {
        self.unsound
    }

    /// Time-weighted mean, ticks.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.total > 0).then(|| self.weighted as f64 / self.total as f64)
    }

    /// Share of the sound time at exactly this many ticks, 0..=1; beyond the largest, the share of all that is wider.
    #[must_use]
    pub fn share(&self, ticks: u32) -> Option<f64> {
        let bin = (ticks as usize).min(self.nanoseconds.len() - 1);
        (self.total > 0).then(|| self.nanoseconds[bin] as f64 / self.total as f64)
    }

    /// The least number of ticks that the spread did not exceed for a share of `part` (0..=1) of the time; `max_ticks` + 1
    /// stands for anything wider. O(ticks).
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<u32> {
        if self.total == 0 || !(0.0..=1.0).contains(&part) {
            return None;
        }
        let rank = (libm::ceil(part * self.total as f64) as u64).clamp(1, self.total);
        let mut seen = 0;
        let bin = self.nanoseconds.iter().position(|&time| {
            seen += time;
            seen >= rank
        })?;
        Some(bin as u32)
    }
}

/// Mean of a piecewise constant value, weighted by how long each value stood. Nothing is forgotten; for the mean of the
/// recent past see [`TimeAverage`](crate::features::TimeAverage).
///
/// ```
/// use market_maker::analytics::TimeMean;
/// use market_maker::types::Timestamp;
/// let mut mean = TimeMean::default();
/// mean.update(Timestamp(0), Some(1.0));
/// mean.update(Timestamp(3), Some(5.0));
/// mean.update(Timestamp(4), None);
/// assert_eq!(mean.value(), Some(2.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeMean {
    sum: f64,
    nanoseconds: u64,
    last: Option<(Timestamp, f64)>,
}

impl TimeMean {
    /// The value from `now` on; `None` or not finite while there is none. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, value: Option<f64>) {
        let mut time = now;
        if let Some((since, stood)) = self.last {
            time = now.max(since);
            let nanoseconds = time.0 - since.0;
            self.sum += stood * nanoseconds as f64;
            self.nanoseconds += nanoseconds;
        }
        self.last = value.filter(|value| value.is_finite()).map(|value| (time, value));
    }

    /// The mean up to the last update; `None` before any time has passed.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.nanoseconds > 0).then(|| self.sum / self.nanoseconds as f64)
    }

    /// Time that the mean is over, nanoseconds.
    #[must_use]
    pub const fn total_ns(&self) -> u64 {
        self.nanoseconds
    }
}

/// Quantity-weighted mean price of the best `levels` asks less that of the best `levels` bids, ticks: what the spread is for
/// somebody who takes a share of that depth. `None` without both sides. Hot path: O(levels).
///
/// ```
/// use market_maker::analytics::depth_weighted_spread;
/// use market_maker::book::{BookConfig, OrderBook};
/// use market_maker::types::{OrderId, Price, Quantity, Side};
/// let mut book = OrderBook::new(&BookConfig::default()).unwrap();
/// book.add(OrderId(1), Side::Buy, Price(99), Quantity(5)).unwrap();
/// book.add(OrderId(2), Side::Sell, Price(101), Quantity(1)).unwrap();
/// book.add(OrderId(3), Side::Sell, Price(103), Quantity(3)).unwrap();
/// assert_eq!(depth_weighted_spread(&book, 1), Some(2.0));
/// assert_eq!(depth_weighted_spread(&book, 5), Some(3.5));
/// ```
#[must_use]
pub fn depth_weighted_spread(book: &impl Depth, levels: usize) -> Option<f64> {
    let mean = |side, best: i64| {
        let (mut away, mut quantity) = (0.0, 0.0);
        for level in book.levels(side).take(levels) {
            let lots = level.quantity.0 as f64;
            // From the best price, so that no digits are spent on the price itself.
            away += (level.price.0 - best).unsigned_abs() as f64 * lots;
            quantity += lots;
        }
        (quantity > 0.0).then(|| away / quantity)
    };
    let (bid, ask) = (book.best(Side::Buy)?.price.0, book.best(Side::Sell)?.price.0);
    Some((ask - bid) as f64 + mean(Side::Buy, bid)? + mean(Side::Sell, ask)?)
}
