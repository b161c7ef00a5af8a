//! Seeded order streams for benchmarks that put our book beside its peers.
//!
//! The library half of this member: [`streams`] makes the workloads, [`mod@reference`] is the plain matching book that
//! decides them and whose final state every engine must reach. The engines' adapters live with the benchmark
//! (`cargo bench -p market-maker-peers --bench book`), so that other benchmarks can use the streams without
//! building the peers.

pub mod reference;
pub mod streams;
