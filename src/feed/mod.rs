//! Readers of recorded market data: text and binary formats in, one event type out.
//!
//! A reader borrows from an [`Input`] (a memory map, or decompressed data), yields [`Event`](crate::types::Event)s
//! through [`EventSource`], allocates nothing after construction and survives any bytes: what is wrong with a file
//! is a [`FeedError`] with its place and reason. Nothing here keeps a book.

mod binance;
mod databento_csv;
#[cfg(feature = "dbn")]
pub mod dbn;
mod decompress;
mod error;
mod input;
pub mod itch;
mod lobster;
mod open;
mod source;
#[cfg(test)]
mod tests;
mod text;

pub use binance::BinanceReader;
pub use databento_csv::{DatabentoCsvMboReader, DatabentoCsvMbp10Reader, Mbp10Level, Mbp10Row};
pub use error::{FeedError, Reason};
pub use input::{Damage, Input};
pub use lobster::{LobsterBookReader, LobsterLevel, LobsterReader};
pub use open::{Format, Increments, SourceConfig, detect_increments, increments_of, open};
pub use source::{EventSource, Progress};
