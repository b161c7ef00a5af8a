//! What the queue is built on, in one place: the test that walks through every interleaving of its threads compiles the same
//! file over a model checker's atomics.

pub(crate) use crossbeam_queue::ArrayQueue;
pub(crate) use std::hint::spin_loop;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::thread::yield_now;
