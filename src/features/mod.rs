//! Features of the order flow that quoting needs, updated event by event: volatility, spread, microprice, imbalance,
//! order-flow imbalance and signed trade flow (F10).
//!
//! Averages are exponential in **time**, not in events: each has a half-life in seconds, and what it says does not
//! depend on how many events report the same state. Time comes with the events; a timestamp before the last one counts
//! as the last one. Every update is O(1) (O(levels) for the depth imbalance), allocates nothing and cannot fail.
//!
//! For models there is [`FeatureWindow`]: the last rows of a regular grid, each with the 24 default [`Channel`]s,
//! normalised by a [`Normaliser`] where asked.

mod channels;
mod decay;
mod flow;
mod microprice;
mod normalise;
#[cfg(test)]
mod tests;
mod top;
mod volatility;
mod window;

pub use channels::{CHANNELS, Channel, ChannelConfig, KyleLambda, Vpin};
pub use decay::{Decay, TimeAverage};
pub use flow::{OrderFlowImbalance, TradeFlow};
pub use microprice::{Microprice, MicropriceConfig, MicropriceEstimator};
pub use normalise::{Normaliser, NormaliserConfig};
pub use top::{TopOfBook, depth_imbalance};
pub use volatility::EwmaVolatility;
pub use window::{FeatureWindow, FeatureWindowConfig};

use crate::types::{Quantity, Side, Timestamp};

/// Why a feature cannot be constructed, or refused what it was given. The parameter is named as the field or argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
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
    /// Larger than the feature's storage allows.
    #[error("{parameter} exceeds {limit}")]
    TooLarge {
        /// The parameter's name.
        parameter: &'static str,
        /// The most it can be.
        limit: u32,
    },
    /// The sample does not determine an estimate.
    #[error("{observations} observations do not determine the estimate")]
    Undetermined {
        /// How many were seen.
        observations: u64,
    },
    /// A slice has another length than it must.
    #[error("{parameter} has {found} elements, {expected} are needed")]
    Length {
        /// The argument's or tensor's name.
        parameter: &'static str,
        /// What it must have.
        expected: usize,
        /// What it has.
        found: usize,
    },
    /// An element is NaN, infinite, or negative where that means nothing.
    #[error("{parameter}[{index}] is not a number that it can be")]
    BadElement {
        /// The argument's or tensor's name.
        parameter: &'static str,
        /// Which element.
        index: usize,
    },
    /// The window holds fewer rows than it is long.
    #[error("{rows} of {needed} rows are complete")]
    NotFull {
        /// Rows complete.
        rows: u32,
        /// Rows of a window.
        needed: u32,
    },
    /// The system gave no memory.
    #[error("out of memory")]
    OutOfMemory,
}

impl From<crate::mem::buffer::OutOfMemory> for FeatureError {
    fn from(_: crate::mem::buffer::OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// Half-lives of the averages, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureConfig {
    /// Of the volatility.
    pub volatility_half_life: f64,
    /// Of the average spread.
    pub spread_half_life: f64,
    /// Of order-flow imbalance and trade flow.
    pub flow_half_life: f64,
}

impl Default for FeatureConfig {
    /// One minute for volatility and spread, five seconds for the flows.
    fn default() -> Self {
        Self { volatility_half_life: 60.0, spread_half_life: 60.0, flow_half_life: 5.0 }
    }
}

/// The features of one instrument's best prices and trades.
///
/// ```
/// use market_maker::features::{FeatureConfig, Features, TopOfBook};
/// use market_maker::types::{Price, Quantity, Timestamp};
/// let mut features = Features::new(&FeatureConfig::default())?;
/// for second in 0..100u64 {
///     let bid = Price(1000 + (second % 2) as i64); // one tick up or down every second
///     let top = TopOfBook::new(Some((bid, Quantity(5))), Some((Price(bid.0 + 2), Quantity(5))));
///     features.on_top(Timestamp(second * 1_000_000_000), &top);
/// }
/// assert!((features.sigma().unwrap() - 1.0).abs() < 0.02); // ticks per √second
/// assert!((features.spread().unwrap() - 2.0).abs() < 1e-9); // ticks
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    volatility: EwmaVolatility,
    spread: TimeAverage,
    order_flow: OrderFlowImbalance,
    trade_flow: TradeFlow,
}

impl Features {
    /// Features that have seen nothing.
    ///
    /// # Errors
    /// [`FeatureError::NotFinite`], [`FeatureError::NotPositive`] for a half-life, by its name.
    pub fn new(config: &FeatureConfig) -> Result<Self, FeatureError> {
        Ok(Self {
            volatility: EwmaVolatility::from_decay(Decay::named(
                config.volatility_half_life,
                "volatility_half_life",
            )?),
            spread: TimeAverage::from_decay(Decay::named(config.spread_half_life, "spread_half_life")?),
            order_flow: OrderFlowImbalance::from_decay(Decay::named(
                config.flow_half_life,
                "flow_half_life",
            )?),
            trade_flow: TradeFlow::from_decay(Decay::named(config.flow_half_life, "flow_half_life")?),
        })
    }

    /// The best prices and quantities after an event. Hot path: O(1).
    ///
    /// A one-sided, locked or crossed top interrupts: the time from the last sound one to the next, and the move over it,
    /// count for nothing.
    #[inline]
    pub fn on_top(&mut self, now: Timestamp, top: &TopOfBook) {
        match (top.mid2(), top.spread()) {
            (Some(mid2), Some(spread)) if spread > 0 => {
                self.volatility.update(now, mid2);
                self.spread.update(now, spread as f64);
                self.order_flow.update(now, top);
            }
            _ => self.interrupt(),
        }
    }

    /// A trade of `quantity` lots by an aggressor of this side. Hot path: O(1).
    #[inline]
    pub fn on_trade(&mut self, now: Timestamp, aggressor: Side, quantity: Quantity) {
        self.trade_flow.update(now, aggressor, quantity);
    }

    /// Breaks the chain of states without forgetting the averages: a halt, a gap in the feed. Hot path: O(1).
    #[inline]
    pub fn interrupt(&mut self) {
        self.volatility.interrupt();
        self.spread.interrupt();
        self.order_flow.interrupt();
    }

    /// Volatility of the mid in ticks per √second; `None` before the first two sound states with time between them.
    #[inline]
    #[must_use]
    pub fn sigma(&self) -> Option<f64> {
        self.volatility.sigma()
    }

    /// Mid changes that the volatility has seen.
    #[inline]
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.volatility.observations()
    }

    /// Time-weighted average spread, ticks; `None` before the first sound state.
    #[inline]
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        self.spread.value()
    }

    /// Decayed sum of order-flow imbalance at the best prices as of the last top, lots.
    #[inline]
    #[must_use]
    pub const fn order_flow_imbalance(&self) -> f64 {
        self.order_flow.value()
    }

    /// Signed trade flow as of the last trade, lots per second; positive is buying.
    #[inline]
    #[must_use]
    pub const fn trade_flow(&self) -> f64 {
        self.trade_flow.value()
    }
}
