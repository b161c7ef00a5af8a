//! How trading clusters: memory of the trades' signs, and dispersion of their times.
//!
//! Signs: the autocorrelation at lags 1..=L (Lillo and Farmer, *Studies in Nonlinear Dynamics & Econometrics* 8(3), 2004). Times:
//! variance over mean squared of the intervals (1 for a Poisson process), the Fano factor F = Var/Mean of counts in windows of
//! several lengths (1 for a Poisson process at every length), and from it the branching ratio n = 1 − 1/√F of the
//! self-exciting process with the same dispersion, without fitting a kernel (Hardiman and Bouchaud, *Physical Review E* 90, 2014):
//! the share of trades that other trades caused, precise as the window grows. Exact integer sums, O(lags) and O(windows) per trade, hot path.

use super::{AnalyticsError, Moments, ascending, count};
use crate::types::{Side, Timestamp};

/// Most lags of [`SignMemory`].
pub const MAX_LAGS: usize = 64;
/// Most windows of [`ArrivalDispersion`].
pub const MAX_WINDOWS: usize = 8;

/// Autocorrelation of the aggressors' sides.
///
/// ```
/// use market_maker::analytics::SignMemory;
/// use market_maker::types::Side;
/// let mut signs = SignMemory::new(2)?;
/// for i in 0..1000 {
///     signs.update(if i % 2 == 0 { Side::Buy } else { Side::Sell });
/// }
/// assert_eq!((signs.autocorrelation(1), signs.autocorrelation(2)), (Some(-1.0), Some(1.0)));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignMemory {
    lags: usize,
    /// The last signs as bits, the newest lowest; set for a buy.
    bits: u64,
    seen: u64,
    sum: i64,
    products: [i64; MAX_LAGS],
}

impl SignMemory {
    /// Lags 1..=`lags`, at most [`MAX_LAGS`].
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`] for `lags`.
    pub fn new(lags: u32) -> Result<Self, AnalyticsError> {
        let lags = count(u64::from(lags), MAX_LAGS as u64, "lags")?;
        Ok(Self { lags, bits: 0, seen: 0, sum: 0, products: [0; MAX_LAGS] })
    }

    /// The next trade's aggressor. Hot path: O(lags).
    #[inline]
    pub fn update(&mut self, aggressor: Side) {
        let bit = u64::from(aggressor == Side::Buy);
        let known = self.lags.min(self.seen.min(MAX_LAGS as u64) as usize);
        for (lag, product) in self.products[..known].iter_mut().enumerate() {
            *product += if self.bits >> lag & 1 == bit { 1 } else { -1 };
        }
        self.bits = self.bits << 1 | bit;
        self.seen += 1;
        self.sum += aggressor.sign();
    }

    /// Trades seen.
    #[must_use]
    pub const fn trades(&self) -> u64 {
        self.seen
    }

    /// Mean sign, −1..=1: buying less selling.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.seen > 0).then(|| self.sum as f64 / self.seen as f64)
    }

    /// (mean of sᵢ·sᵢ₋ₗ − mean²)/(1 − mean²) over all trades that have one `lag` before them; `None` for a lag that is not
    /// kept, or before the sides have varied.
    #[must_use]
    pub fn autocorrelation(&self, lag: u32) -> Option<f64> {
        let lag = lag as usize;
        if lag == 0 || lag > self.lags || self.seen <= lag as u64 {
            return None;
        }
        let mean = self.mean()?;
        let variance = 1.0 - mean * mean;
        let pairs = (self.seen - lag as u64) as f64;
        (variance > 0.0).then(|| (self.products[lag - 1] as f64 / pairs - mean * mean) / variance)
    }
}

/// Dispersion of counts in windows of one length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CountDispersion {
    /// Windows completed.
    pub windows: u64,
    /// Mean count.
    pub mean: f64,
    /// Fano factor: variance (unbiased) over mean; 1 for a Poisson process.
    pub fano: f64,
    /// 1 − 1/√F: the branching ratio of the self-exciting process with this dispersion; 0 where F is below 1.
    pub branching_ratio: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Window {
    length: u64,
    /// Number of the open window since the first arrival.
    open: u64,
    count: u64,
    sum: u64,
    squares: u128,
}

/// How irregular arrivals are.
///
/// ```
/// use market_maker::analytics::ArrivalDispersion;
/// use market_maker::types::Timestamp;
/// let mut arrivals = ArrivalDispersion::new(&[1_000])?;
/// for i in 0..100u64 {
///     arrivals.update(Timestamp(i * 100)); // a clock: ten in every window
/// }
/// assert_eq!((arrivals.interval_dispersion(), arrivals.counts(0).unwrap().fano), (Some(0.0), 0.0));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalDispersion {
    first: Option<Timestamp>,
    last: Timestamp,
    intervals: Moments,
    windows: [Window; MAX_WINDOWS],
    used: usize,
}

impl ArrivalDispersion {
    /// With counts over windows of these lengths, nanoseconds, ascending, at most [`MAX_WINDOWS`]. Windows lie end to end
    /// from the first arrival.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`], [`AnalyticsError::NotAscending`] for `windows_ns`.
    pub fn new(windows_ns: &[u64]) -> Result<Self, AnalyticsError> {
        ascending(windows_ns, MAX_WINDOWS, "windows_ns")?;
        if windows_ns[0] == 0 {
            return Err(AnalyticsError::NotPositive { parameter: "windows_ns" });
        }
        let mut windows = [Window::default(); MAX_WINDOWS];
        for (window, &length) in windows.iter_mut().zip(windows_ns) {
            window.length = length;
        }
        Ok(Self {
            first: None,
            last: Timestamp(0),
            intervals: Moments::default(),
            windows,
            used: windows_ns.len(),
        })
    }

    /// An arrival; a time before the last one counts as the last. Hot path: O(windows), however long the pause.
    #[inline]
    pub fn update(&mut self, now: Timestamp) {
        let now = now.max(self.last);
        let first = *self.first.get_or_insert(now);
        if first < now || self.windows[0].count > 0 {
            self.intervals.push((now.0 - self.last.0) as f64);
        }
        self.last = now;
        for window in &mut self.windows[..self.used] {
            let number = (now.0 - first.0) / window.length;
            if number != window.open {
                window.sum += window.count;
                window.squares += u128::from(window.count) * u128::from(window.count);
                (window.open, window.count) = (number, 0);
            }
            window.count += 1;
        }
    }

    /// Mean interval, nanoseconds.
    #[must_use]
    pub fn mean_interval_ns(&self) -> Option<f64> {
        self.intervals.mean()
    }

    /// Variance (unbiased) of the intervals over their mean squared; 1 for a Poisson process.
    #[must_use]
    pub fn interval_dispersion(&self) -> Option<f64> {
        let mean = self.intervals.mean()?;
        (mean > 0.0).then_some(())?;
        Some(self.intervals.variance()? / (mean * mean))
    }

    /// Dispersion of the counts in windows of the `index`-th length, the open one left out; `None` below two windows.
    #[must_use]
    pub fn counts(&self, index: usize) -> Option<CountDispersion> {
        let window = self.windows[..self.used].get(index)?;
        let windows = window.open;
        if windows < 2 || window.sum == 0 {
            return None;
        }
        let (n, sum) = (windows as f64, window.sum as f64);
        let mean = sum / n;
        // n·Σc² − (Σc)² is exact in integers.
        let scaled = u128::from(windows) * window.squares - u128::from(window.sum) * u128::from(window.sum);
        let fano = scaled as f64 / (n * (n - 1.0)) / mean;
        let branching_ratio = if fano > 1.0 { 1.0 - 1.0 / libm::sqrt(fano) } else { 0.0 };
        Some(CountDispersion { windows, mean, fano, branching_ratio })
    }
}
