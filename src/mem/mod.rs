//! Memory that is sized once: pools, rings, aligned buffers, stable vectors, memory maps; and the checksum of what is kept.
//!
//! Nothing here knows of trading. This and the C boundary are the only modules with `unsafe`; each block names
//! the precondition that discharges it.

pub mod affinity;
pub mod buffer;
pub mod crc32c;
pub(crate) mod id_map;
pub(crate) mod linked;
pub mod mapped_file;
pub mod mapped_region;
pub mod pool;
pub mod ring;
pub mod seqlock;
#[cfg(test)]
mod seqlock_tests;
pub mod shared_words;
mod spsc;
pub mod stable_vec;
mod sync;
pub mod thread_local_pool;
pub mod word_hash;
