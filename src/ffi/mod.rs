//! The C ABI: the only binary interface of the library. One file per noun; no logic.
//!
//! Every export is one call of `guard::guard`, which checks the handle, catches a panic, poisons the handle
//! that panicked and turns a typed error into a status with a message. Arguments are checked before anything is
//! changed, and outputs are written only on success. The rules a caller lives by are in `docs/ABI.md`; the header
//! is generated from these files by `tests/header.rs`.
//!
//! `extern "C"` functions take raw pointers, so every one of them is `unsafe`: its *Safety* section says what the
//! caller promises, and the `SAFETY` lines inside say which of those promises is used.
#![allow(non_camel_case_types, reason = "the names are those that C programs use")]

pub(crate) mod args;
pub(crate) mod config;
mod guard;
pub mod status;
pub mod version;

pub mod analytics;
pub mod analytics_config;
pub mod analytics_figures;
pub mod analytics_types;
pub mod book;
pub mod book_manager;
pub mod book_view;
pub mod depth;
pub mod engine;
pub mod engine_config;
pub mod engine_figures;
pub mod engine_pool;
pub mod engine_pool_config;
pub mod event;
pub mod feature_config;
pub mod features;
pub mod forecaster;
pub mod isa;
pub mod kill_switch;
pub mod matching;
pub mod order_config;
pub mod order_types;
pub mod order_view;
pub mod orders;
pub mod performance;
pub mod pool;
pub mod position;
pub mod position_types;
pub mod predictor;
pub mod predictor_config;
pub mod quote;
pub mod reader;
pub mod reconcile;
pub mod regime;
pub mod risk;
pub mod risk_config;
pub mod risk_control;
pub mod risk_feed;
pub mod risk_monitor;
pub mod route;
pub mod shutdown;
pub mod store;
pub mod store_orders;
pub mod store_read;
pub mod store_reader;
pub mod store_types;
pub mod strategy;
pub mod synthetic;
#[cfg(feature = "test-panic")]
pub mod test_panic;
pub mod trees;
pub mod venue;
pub mod worker_pool;

#[cfg(test)]
mod tests;
