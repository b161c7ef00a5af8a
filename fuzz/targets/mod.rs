//! What is attacked: one function of arbitrary bytes for each way into the library.
//!
//! libFuzzer (`fuzz/fuzz_targets`) and the deterministic mutation driver on the stable toolchain (`tests/attack`) call the
//! same functions. A target returns normally whatever the bytes are: a panic in it, or a status that says that one was
//! caught, is a finding.
#![allow(dead_code, reason = "each program that includes this file uses its own part")]

pub mod abi;
#[rustfmt::skip]
pub mod abi_table;
pub mod book;
pub mod bytes;
pub mod feeds;
pub mod gate;
pub mod models;
pub mod orders;
pub mod store;

/// A way in.
#[derive(Clone, Copy)]
pub struct Target {
    /// Also the folder of its seeds, `fuzz/corpus/NAME`.
    pub name: &'static str,
    /// Takes any bytes. True if they were taken for what they should be, false if they were refused.
    pub run: fn(&[u8]) -> bool,
    /// The share of the driver's executions: 10 for the ordinary, less for what is slow.
    pub weight: u32,
    /// Whether `fuzz/corpus` has seeds of it. A stream of commands needs none: any bytes are one.
    pub has_seeds: bool,
}

const fn format(name: &'static str, run: fn(&[u8]) -> bool) -> Target {
    Target { name, run, weight: 10, has_seeds: true }
}

const fn commands(name: &'static str, run: fn(&[u8]) -> bool) -> Target {
    Target { name, run, weight: 10, has_seeds: false }
}

/// All of them.
pub const TARGETS: &[Target] = &[
    format("lobster", feeds::lobster),
    format("lobster_book", feeds::lobster_book),
    format("itch", feeds::itch),
    #[cfg(feature = "dbn")]
    format("dbn", feeds::dbn),
    format("databento_mbo", feeds::databento_mbo),
    format("databento_mbp10", feeds::databento_mbp10),
    format("binance", feeds::binance),
    Target { weight: 2, ..format("gzip", feeds::gzip) },
    Target { weight: 2, ..format("zstd", feeds::zstd) },
    format("book_snapshot", book::snapshot),
    Target { weight: 5, ..format("weights", models::weights) },
    Target { weight: 5, ..format("trees", models::trees) },
    Target { weight: 2, ..format("store", store::in_memory) },
    Target { weight: 1, ..format("store_file", store::file) },
    commands("book", book::commands),
    commands("level_book", book::level_commands),
    commands("gate", gate::commands),
    commands("orders", orders::commands),
    Target { weight: 5, ..commands("abi", abi::calls) },
];

/// The target of this name.
///
/// # Panics
/// When there is none.
pub fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("a target of this name")
}
