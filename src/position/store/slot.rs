//! One slot: words, the epoch of the event that wrote them, and a trailer.
//!
//! The trailer is a CRC-32C of all the rest, seeded with the slot's place in the file, and in its top byte a mark. Writing
//! sets the mark to *writing*, then the words and the checksum, then the mark to *valid*. Each change of the mark is a
//! change of one byte. Hence, however a write is cut, at whatever byte and with the bytes of a word in whatever order, the
//! slot is still what it was, or says that it was being written, or is whole; and a slot that says that it is valid and
//! whose checksum is wrong was damaged by something other than a cut. The marks differ in all eight bits.
//!
//! A slot's generation is its epoch: epochs only grow.

use crate::mem::crc32c;
use crate::mem::shared_words::{SEAL_MARK, SharedWords, Words};

pub(super) const VALID: u64 = 0xA5 << 56;
pub(super) const WRITING: u64 = 0x5A << 56;

/// What stands in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotState {
    /// Never written, or cleared.
    Blank,
    /// A write was cut, or is under way.
    Writing,
    /// Neither whole nor being written.
    Bad,
    /// Whole; with its checksum.
    Valid(u32),
}

/// Writes a slot and returns its checksum; the last word of `words` is the trailer's place. Hot path.
#[inline(always)]
pub(super) fn write<const LEN: usize>(memory: &impl SharedWords, at: usize, words: &[u64; LEN]) -> u32 {
    memory.write_sealed(at, words, WRITING, VALID)
}

/// Makes a slot say that it was being written, whatever it holds.
pub(super) fn invalidate(memory: &impl SharedWords, at: usize, length: usize) {
    let trailer = at + length - 1;
    memory.store(trailer, memory.load(trailer) & !SEAL_MARK | WRITING);
}

/// Reads a slot. A write that overlaps shows as [`SlotState::Writing`].
pub(super) fn read(memory: &impl Words, at: usize, words: &mut [u64]) -> SlotState {
    let last = words.len() - 1;
    let before = memory.load(at + last);
    memory.read(at, words);
    let after = memory.load(at + last);
    if before != after || before & SEAL_MARK == WRITING {
        return SlotState::Writing;
    }
    if before == 0 {
        return SlotState::Blank;
    }
    let crc = crc32c::words(at as u32, &words[..last]);
    if before == u64::from(crc) | VALID { SlotState::Valid(crc) } else { SlotState::Bad }
}

/// The epoch in a slot's words.
#[inline(always)]
pub(super) const fn epoch(words: &[u64]) -> u64 {
    words[words.len() - 2]
}
