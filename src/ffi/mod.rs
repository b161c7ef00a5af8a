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

mod args;
mod config;
mod guard;
pub mod status;
pub mod version;

pub mod analytics;
pub mod book;
pub mod book_manager;
pub mod book_view;
pub mod depth;
pub mod engine;
pub mod event;
pub mod features;
pub mod isa;
pub mod matching;
pub mod orders;
pub mod performance;
pub mod pool;
pub mod position;
pub mod predictor;
pub mod predictor_config;
pub mod quote;
pub mod reader;
pub mod regime;
pub mod risk;
pub mod strategy;
pub mod synthetic;
pub mod trees;
pub mod venue;

#[cfg(test)]
mod tests;
