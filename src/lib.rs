//! An embeddable market-making core: market data in, risk-checked quotes out.
//!
//! The modules stand in layers; each imports only from those above it in this list:
//! [`types`], [`mem`], [`simd`], [`book`], [`feed`], [`features`], [`analytics`], [`model`], [`quote`], [`position`],
//! [`risk`], [`oms`], [`strategy`], [`engine`], [`sim`], and `ffi`, the C ABI, over all of them.
//! Under the feature `cxx` the bridge to C++ stands on top.
//!
//! A function whose documentation says *Hot path* never allocates, locks, logs, panics or enters the
//! kernel: everything is sized at construction, and a full pool is a typed error that changes nothing.
#![deny(unsafe_code)]

pub mod analytics;
pub mod book;
#[cfg(feature = "cxx")]
#[allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "what cxx generates is unsafe; nothing written by hand is"
)]
mod bridge;
// What it makes of errors and panics is tested without C++.
pub mod engine;
pub mod features;
pub mod feed;
#[allow(unsafe_code, reason = "the C boundary takes raw pointers")]
pub mod ffi;
#[cfg(all(test, not(feature = "cxx")))]
#[allow(dead_code, reason = "the bridge itself is not in this build")]
#[path = "bridge/guarded.rs"]
mod guarded;
#[allow(unsafe_code, reason = "pools, aligned memory and memory maps are built on raw memory")]
pub mod mem;
pub mod model;
pub mod oms;
pub mod position;
pub mod quote;
pub mod risk;
pub mod sim;
#[allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "kernels are runs of intrinsics over raw lanes"
)]
pub mod simd;
pub mod strategy;
pub mod types;
