//! The crash-safe store: what it keeps, and what it makes of every way in which a run can be cut or a file be damaged.
//!
//! Counts of the random tests are multiplied by `MARKET_MAKER_STORE_ROUNDS` (default 1).

mod events;
mod files;
mod flips;
mod kill;
mod memory;
mod model;
mod power;
mod readers;
mod torn;
