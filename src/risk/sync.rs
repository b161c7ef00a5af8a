//! The atomics that [`kill`](super::kill) is built on, in one place: the test that walks through every interleaving of
//! its threads compiles the same file over a model checker's atomics.

pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

/// Waits a moment for another thread.
pub(crate) fn pause() {
    std::hint::spin_loop();
}
