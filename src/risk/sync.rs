//! The atomics that [`kill`](super::kill) is built on, in one place: the test that walks through every interleaving of
//! its threads compiles the same file over a model checker's atomics.

pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

/// Stores a value so that sequentially consistent loads that follow come after it in the one order of such operations. An
/// exchange, because that is cheaper than a store and a full fence.
#[inline]
pub(crate) fn announce(cell: &AtomicU64, value: u64) {
    cell.swap(value, Ordering::SeqCst);
}

/// Waits a moment for another thread.
pub(crate) fn pause() {
    std::hint::spin_loop();
}
