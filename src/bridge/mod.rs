//! The cxx bridge (feature `cxx`): the C++ classes for projects that build this crate from source.
//!
//! One file per noun, each with one `#[cxx::bridge]`; `docs/cxx-bridge.md` says how it is used and what it is not. The bridge
//! calls the core's own types, not the C ABI, but shares with the ABI what turns foreign numbers into those types and errors
//! into words: the plain structs of `ffi` and their checked conversions. So both faces accept the same, refuse the same and say
//! the same. Its symbols carry cxx's version, so that it is never a binary interface.
//!
//! Nothing allocates on the hot path but an error, which becomes a C++ exception.

#[macro_use]
mod mirror;
mod guarded;

mod book;
mod book_manager;
mod engine;
mod engine_figures;
mod feature_window;
mod kill_switch;
mod level_book;
mod order_types;
mod orders;
mod position;
mod predictor;
mod quoter;
mod reader;
mod risk;
mod risk_config;
mod risk_monitor;
mod strategy;
mod trees;
mod types;
mod venue;

use guarded::{Error, Guarded};
