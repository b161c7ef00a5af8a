//! Signed positions, exact profit and loss, and the limits that watch them (FORMULAS F11).
//!
//! [`Position`] is one instrument's quantity, cash and cost in integers; [`PositionTracker`] holds many of them
//! with marks, totals, drawdown and a trade history; [`store`] keeps them, with orders and latches, over the death of the
//! process. Single writer; all are hot path after construction.

mod account;
mod limits;
mod single;
pub mod store;
mod tracker;

#[cfg(test)]
mod tests;

pub use account::{AccountState, Fill, InstrumentPosition, Totals, TrackerConfig, TradeRecord};
pub use limits::{LimitBreach, PositionLimits};
pub use single::{FillOutcome, Position};
pub use tracker::PositionTracker;

/// Why a fill, a mark or a registration was refused. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// A fill of no lots.
    #[error("a fill needs a positive quantity")]
    ZeroQuantity,
    /// A price outside [`Price::MIN`](crate::types::Price::MIN)..=[`Price::MAX`](crate::types::Price::MAX).
    #[error("the price is out of range")]
    PriceOutOfRange,
    /// A quantity above [`Quantity::MAX`](crate::types::Quantity::MAX).
    #[error("the quantity is out of range")]
    QuantityOutOfRange,
    /// The position, its profit, its fees or a total would leave its integer.
    #[error("the position or its money would overflow")]
    Overflow,
    /// No such instrument is registered.
    #[error("the instrument is not registered")]
    UnknownInstrument,
    /// The instrument is registered already.
    #[error("the instrument is registered already")]
    DuplicateInstrument,
    /// Every slot is taken.
    #[error("the tracker is full: {capacity} instruments")]
    Full {
        /// Instruments that fit.
        capacity: u32,
    },
    /// A configuration or a restored state that contradicts itself.
    #[error("bad configuration: {0}")]
    BadConfig(&'static str),
}
