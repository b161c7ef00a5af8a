//! One instrument's pipeline: market data in, order actions out.
//!
//! [`Engine::on_event`] applies an event to the book, updates the features, asks the strategy for quotes, and has the
//! order manager compare them with the working orders behind the risk gate; the actions that remain are written to the
//! caller's buffer. Straight down: no callback, queue, lock, allocation or system call. The venue's answers come in
//! through [`Engine::on_report`]. Time comes in with events; no clock is read unless the host asks (see [`ClockMode`]).
//!
//! A quote is computed when the best bid or ask changed, when an own order traded or was refused, and never inside a
//! group of events that the venue published as one, during a snapshot or a halt. Single writer.

mod config;
mod forecast;
#[cfg(test)]
mod forecast_tests;
mod latency;
pub mod manager;
mod market_book;
mod pipeline;
mod state_hash;
mod stats;
#[cfg(test)]
mod tests;

pub use config::{EngineConfig, EngineError, ReportEffect};
pub use forecast::{
    Asking, Forecast, Forecaster, ForecasterConfig, ForecasterError, ForecasterStats, Reading,
};
pub use latency::{ClockMode, LatencyRecorder, LatencySummary, Stage};
pub use market_book::MarketBook;
pub use pipeline::Engine;
pub use state_hash::StateHash;
pub use stats::EngineStats;
