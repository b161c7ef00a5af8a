//! What a market and a maker's trading in it were like: distributions, lifetimes, impact, regimes and performance (F10, F11).
//!
//! Features say what the market is now, for a model; analytics say what it does, for a person or a calibration. All of it is
//! streaming: each event costs O(1) amortised, memory is fixed at construction, time comes with the events, and the
//! same events give the same numbers on every machine. What cannot be known yet is `None`, never zero.
//!
//! [`MarketAnalytics`] drives everything that follows from an order-by-order feed; each part also stands alone:
//!
//! | question | part |
//! |---|---|
//! | how wide, for how long | [`SpreadDistribution`], [`TimeMean`], [`depth_weighted_spread`] |
//! | how fast does the book come back after a trade | [`Resiliency`] |
//! | how long do quotes and orders live, and how do they end | [`QuoteLifetimes`], [`OrderLifetimes`], [`Survival`], [`CancelRates`] |
//! | how large, clustered and one-sided is trading | [`TradeAggregator`], [`LogHistogram`], [`SignMemory`], [`ArrivalDispersion`] |
//! | what does a trade cost, what does it move, how much of that stays | [`Markouts`] |
//! | how far does signed volume move the mid | [`KyleRegression`] |
//! | is the flow toxic | [`FlowToxicity`] |
//! | will an order be filled, and is the estimate any good | [`FillModel`], [`Calibration`] |
//! | which of two markets finds the price | [`InformationShare`] |
//! | which regime is this | [`GaussianRegimes`], [`Cusum`] |
//! | what did the trading earn | [`Performance`] |
//!
//! VPIN is that of [`features`](crate::features).

mod bins;
mod calibration;
mod cancels;
mod clustering;
mod fill;
mod information_share;
mod kyle;
mod lifetimes;
mod market;
mod markouts;
mod orders;
mod performance;
mod quotes;
mod regime;
mod resiliency;
mod spread;
mod survival;
#[cfg(test)]
mod tests;
mod toxicity;
mod trades;

pub use bins::LogHistogram;
pub use calibration::{Calibration, ReliabilityBin};
pub use cancels::{CANCEL_BUCKETS, CancelBucket, CancelRates};
pub use clustering::{ArrivalDispersion, CountDispersion, MAX_LAGS, MAX_WINDOWS, SignMemory};
pub use fill::{FillClass, FillModel};
pub use information_share::{InformationShare, InformationShares, MAX_VECM_LAGS};
pub use kyle::{KyleEstimate, KyleRegression};
pub use lifetimes::{FillMode, LifetimeConfig, OrderLifetimes};
pub use market::{MarketAnalytics, MarketAnalyticsConfig};
pub use markouts::{
    ImpactCell, ImpactDecay, MAX_HORIZONS, MarkoutConfig, MarkoutSummary, Markouts, SIZE_BUCKETS,
};
pub use performance::{Performance, PerformanceConfig};
pub use quotes::QuoteLifetimes;
pub use regime::{Cusum, CusumConfig, GaussianRegimes, MAX_REGIMES, RegimeConfig, Trend};
pub use resiliency::{Resiliency, ResiliencyConfig};
pub use spread::{SpreadDistribution, TimeMean, depth_weighted_spread};
pub use survival::{Ending, Survival, SurvivalPoint};
pub use toxicity::FlowToxicity;
pub use trades::{ParentTrade, TradeAggregator};

use crate::features::FeatureError;

/// Why an analytic cannot be constructed, or has no answer. The parameter is named as the field or argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalyticsError {
    /// NaN or infinity.
    #[error("{parameter} is not a finite number")]
    NotFinite {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// Zero or below where only positive values mean something.
    #[error("{parameter} must be positive")]
    NotPositive {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// Larger than the part's storage or arithmetic allows.
    #[error("{parameter} exceeds {limit}")]
    TooLarge {
        /// The parameter's name.
        parameter: &'static str,
        /// The most it can be.
        limit: u64,
    },
    /// Not in 0..=1, or a row of them that does not sum to one.
    #[error("{parameter} is not a probability")]
    NotAProbability {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// A list that must grow strictly and does not.
    #[error("{parameter} must be strictly ascending")]
    NotAscending {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// A list has another length than it must.
    #[error("{parameter} has {found} elements, {expected} are needed")]
    Length {
        /// The parameter's name.
        parameter: &'static str,
        /// What it has.
        found: usize,
        /// What it must have.
        expected: usize,
    },
    /// The sample does not determine an estimate.
    #[error("{observations} observations do not determine the estimate")]
    Undetermined {
        /// How many were seen.
        observations: u64,
    },
    /// A feature that this is built on refused its parameters.
    #[error(transparent)]
    Feature(#[from] FeatureError),
}

/// A finite number above zero.
fn positive(value: f64, parameter: &'static str) -> Result<f64, AnalyticsError> {
    if !value.is_finite() {
        return Err(AnalyticsError::NotFinite { parameter });
    }
    if value <= 0.0 {
        return Err(AnalyticsError::NotPositive { parameter });
    }
    Ok(value)
}

/// A count from 1 to `limit`.
fn count(value: u64, limit: u64, parameter: &'static str) -> Result<usize, AnalyticsError> {
    if value == 0 {
        return Err(AnalyticsError::NotPositive { parameter });
    }
    if value > limit {
        return Err(AnalyticsError::TooLarge { parameter, limit });
    }
    // The limits are far below what a pointer holds.
    Ok(value as usize)
}

/// A list of times, 1 to `limit` of them, strictly ascending.
fn ascending(values: &[u64], limit: usize, parameter: &'static str) -> Result<(), AnalyticsError> {
    count(values.len() as u64, limit as u64, parameter)?;
    if values.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(AnalyticsError::NotAscending { parameter });
    }
    Ok(())
}

/// Mean and spread of a sample by Welford's recurrence (*Technometrics* 4(3), 1962): no digits cancel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    #[inline]
    fn push(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Unbiased; `None` below two values.
    fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    fn standard_error(&self) -> Option<f64> {
        Some(libm::sqrt(self.variance()? / self.count as f64))
    }
}
