//! Whether stated probabilities are right: Brier score, skill over the base rate, reliability curve.
//!
//! Brier score: mean of (p − o)², o = 1 where the event happened (Brier, *Monthly Weather Review* 78, 1950). Skill: 1 − score/score
//! of a constant forecast; the constant is the scored sample's own frequency, the best there is in hindsight. Reliability curve:
//! forecasts in bins of equal width, mean forecast beside observed frequency (Murphy 1973). O(1) per forecast, fixed memory, hot path.

use super::{AnalyticsError, count};

/// Most bins.
const MOST_BINS: u32 = 1000;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    forecasts: u64,
    events: u64,
    sum: f64,
}

/// A bin of the reliability curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// Forecasts in it.
    pub forecasts: u64,
    /// Their mean.
    pub forecast: f64,
    /// How often the event happened.
    pub frequency: f64,
}

/// Scores forecasts of a yes-or-no event.
///
/// ```
/// use market_maker::analytics::Calibration;
/// let mut calibration = Calibration::new(10)?;
/// for (forecast, happened) in [(0.9, true), (0.9, true), (0.1, false), (0.1, true)] {
///     calibration.record(forecast, happened);
/// }
/// assert!((calibration.brier_score().unwrap() - 0.21).abs() < 1e-15);
/// assert_eq!(calibration.base_rate(), Some(0.75));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    bins: Box<[Bin]>,
    forecasts: u64,
    events: u64,
    squares: f64,
}

impl Calibration {
    /// With a reliability curve of this many bins, 1..=1000.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`] for `bins`.
    pub fn new(bins: u32) -> Result<Self, AnalyticsError> {
        let bins = count(u64::from(bins), u64::from(MOST_BINS), "bins")?;
        Ok(Self {
            bins: vec![Bin::default(); bins].into_boxed_slice(),
            forecasts: 0,
            events: 0,
            squares: 0.0,
        })
    }

    /// A forecast in 0..=1 (any other is left out) and what came of it. Hot path.
    #[inline]
    pub fn record(&mut self, forecast: f64, happened: bool) {
        if !(0.0..=1.0).contains(&forecast) {
            return;
        }
        let outcome = f64::from(u8::from(happened));
        self.forecasts += 1;
        self.events += u64::from(happened);
        self.squares += (forecast - outcome) * (forecast - outcome);
        let last = self.bins.len() - 1;
        let bin = &mut self.bins[((forecast * (last + 1) as f64) as usize).min(last)];
        bin.forecasts += 1;
        bin.events += u64::from(happened);
        bin.sum += forecast;
    }

    /// Forgets all forecasts.
    pub fn clear(&mut self) {
        self.bins.fill(Bin::default());
        (self.forecasts, self.events, self.squares) = (0, 0, 0.0);
    }

    /// Forecasts scored.
    #[must_use]
    pub const fn forecasts(&self) -> u64 {
        self.forecasts
    }

    /// How often the event happened.
    #[must_use]
    pub fn base_rate(&self) -> Option<f64> {
        (self.forecasts > 0).then(|| self.events as f64 / self.forecasts as f64)
    }

    /// Mean squared error of the forecasts, 0 (perfect) to 1.
    #[must_use]
    pub fn brier_score(&self) -> Option<f64> {
        (self.forecasts > 0).then(|| self.squares / self.forecasts as f64)
    }

    /// The score of always saying [`Calibration::base_rate`].
    #[must_use]
    pub fn base_score(&self) -> Option<f64> {
        self.base_rate().map(|rate| rate * (1.0 - rate))
    }

    /// 1 − score/score of the base rate: 1 is perfect, 0 no better than the base rate, negative worse.
    #[must_use]
    pub fn skill(&self) -> Option<f64> {
        let base = self.base_score().filter(|&base| base > 0.0)?;
        Some(1.0 - self.brier_score()? / base)
    }

    /// Mean |mean forecast − frequency| over the bins, weighted by their forecasts: the expected calibration error.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        let error: f64 = self.bins.iter().map(|bin| (bin.sum - bin.events as f64).abs()).sum();
        (self.forecasts > 0).then(|| error / self.forecasts as f64)
    }

    /// The reliability curve: bin `i` of n holds forecasts from i/n to (i+1)/n; `None` where there were none.
    pub fn reliability(&self) -> impl Iterator<Item = Option<ReliabilityBin>> {
        self.bins.iter().map(|bin| {
            let forecasts = bin.forecasts as f64;
            (bin.forecasts > 0).then(|| ReliabilityBin {
                forecasts: bin.forecasts,
                forecast: bin.sum / forecasts,
                frequency: bin.events as f64 / forecasts,
            })
        })
    }
}
