//! The vocabulary of the core: integer prices and quantities, sides, identifiers, times, instruments
//! and the one market-data event.
//!
//! Prices are `i64` ticks and quantities `u64` lots of an [`Instrument`]; doubles and decimal strings
//! become integers here, once, with checked conversions that round by a stated rule. Money is an exact
//! integer too: one unit is one tick times one lot.

mod event;
mod instrument;
mod scalar;

pub use event::{Event, EventKind, event_flags};
pub use instrument::{ConversionError, FeeSchedule, Instrument, Rounding};
pub use scalar::{InstrumentId, Money, OrderId, Price, Quantity, Side, SignedQuantity, Symbol, Timestamp};
