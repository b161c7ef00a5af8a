//! What an engine is built from, why it refuses, and what a report changed.

use super::ClockMode;
use crate::book::{BookConfig, BookError};
use crate::features::{FeatureConfig, FeatureError};
use crate::oms::{OmsConfig, OmsError, OrderState};
use crate::position::PositionError;
use crate::risk::{RiskConfig, RiskError};
use crate::strategy::StrategyError;
use crate::types::{Instrument, Money};

/// Everything an engine is built from, besides its strategy.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The instrument: increments, fees, and the id that orders carry.
    pub instrument: Instrument,
    /// Storage of the book; arrival stamps are kept whatever it says.
    pub book: BookConfig,
    /// Whether the feed shows price levels instead of orders.
    pub by_level: bool,
    /// Half-lives of the features.
    pub features: FeatureConfig,
    /// Pre-trade limits.
    pub risk: RiskConfig,
    /// The order manager; its instrument is overwritten with the engine's.
    pub orders: OmsConfig,
    /// Which clock the engine reads by itself.
    pub clock: ClockMode,
}

impl EngineConfig {
    /// Defaults of every part for this instrument.
    #[must_use]
    pub fn new(instrument: Instrument) -> Self {
        Self {
            instrument,
            book: BookConfig::default(),
            by_level: false,
            features: FeatureConfig::default(),
            risk: RiskConfig::default(),
            orders: OmsConfig::default(),
            clock: ClockMode::Off,
        }
    }
}

/// Why an engine cannot be built, or refused an event or a report.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The book's configuration, or an event that the book refuses; the book is unchanged.
    #[error("book: {0}")]
    Book(#[from] BookError),
    /// The features' configuration.
    #[error("features: {0}")]
    Features(#[from] FeatureError),
    /// The risk limits.
    #[error("risk: {0}")]
    Risk(#[from] RiskError),
    /// The order manager's configuration, a report that it refuses, or quotes that are no numbers.
    #[error("orders: {0}")]
    Orders(#[from] OmsError),
    /// A fill that the position cannot hold.
    #[error("position: {0}")]
    Position(#[from] PositionError),
    /// The strategy's configuration.
    #[error("strategy: {0}")]
    Strategy(#[from] StrategyError),
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportEffect {
    /// It was for an order that is over: late or repeated, nothing changed.
    Stale,
    /// The order's state changed.
    Order(OrderState),
    /// It was a fill, and the position changed with it.
    Fill {
        /// Profit realised by the fill, before fees.
        realised: Money,
    },
}
