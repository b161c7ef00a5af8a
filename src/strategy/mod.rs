//! Strategies: each turns what the market shows and what is held into wanted quotes, and does nothing else.
//!
//! A strategy knows no orders, rounds nothing to ticks and reads no clock. The order manager turns wanted quotes into
//! orders; the risk gate may still refuse them.

mod prediction;
mod stoikov;
#[cfg(test)]
mod tests;

pub use prediction::{Adjustment, Prediction, PredictionRule};
pub use stoikov::{FillDecay, Horizon, Model, Reference, RiskAversion, StoikovConfig, StoikovStrategy};

use crate::features::{Features, TopOfBook};
use crate::oms::WantedQuotes;
use crate::quote::QuoteError;
use crate::types::{SignedQuantity, Timestamp};

/// Why a strategy cannot be constructed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// A model's parameter.
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// A parameter of the strategy itself, by its name.
    #[error("{parameter} is out of its legal range")]
    BadParameter {
        /// The field's name.
        parameter: &'static str,
    },
    /// A table is solved once, for one decay of the fill intensity: it cannot follow the spread.
    #[error("a table needs a fixed fill decay")]
    TableNeedsFixedDecay,
}

/// What a strategy sees, after one event. Prices in ticks, quantities in lots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketView {
    /// Time of the event.
    pub timestamp: Timestamp,
    /// Best bid and ask.
    pub top: TopOfBook,
    /// Microprice in ticks, where the engine estimates one.
    pub microprice: Option<f64>,
    /// Volatility of the mid, ticks per √second.
    pub sigma: Option<f64>,
    /// Mid changes that the volatility has seen.
    pub observations: u64,
    /// Time-weighted average spread, ticks.
    pub spread: Option<f64>,
    /// Position, lots.
    pub position: SignedQuantity,
    /// What a predictor expects, where one is attached and has seen enough.
    pub prediction: Option<Prediction>,
}

impl MarketView {
    /// The view of these features. Hot path.
    #[inline]
    #[must_use]
    pub fn new(timestamp: Timestamp, top: TopOfBook, features: &Features, position: SignedQuantity) -> Self {
        Self {
            timestamp,
            top,
            microprice: None,
            sigma: features.sigma(),
            observations: features.observations(),
            spread: features.spread(),
            position,
            prediction: None,
        }
    }
}

/// Turns a view of the market into wanted quotes.
pub trait Strategy {
    /// The quotes wanted now, in unrounded ticks; [`WantedQuotes::NONE`] wants every quote gone.
    ///
    /// Hot path: no allocation, lock, log, panic or system call. The same sequence of views gives the same quotes.
    fn quotes(&mut self, view: &MarketView) -> WantedQuotes;

    /// Whether a prediction can change the quotes. Where it cannot, a new one makes none due, and an engine does the same
    /// with a predictor as without.
    fn follows_predictions(&self) -> bool {
        true
    }
}
