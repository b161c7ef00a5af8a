//! Memory of 64-bit words that outlives a process or is seen by several: what crash-safe structures write to.
//!
//! The trait names the few operations such a structure needs and fixes their order, so that the same code runs over a
//! [`MappedRegion`](super::mapped_region::MappedRegion), over plain memory ([`PlainWords`]), and over memory that records
//! every store, with which a test can cut a run at any byte.
//!
//! What a writer may rely on: whoever sees a word that [`store`](SharedWords::store) wrote, sees everything that was
//! written before it; and nothing that [`write`](SharedWords::write) writes is seen before what was stored ahead of it. A
//! process that is killed leaves the words of a prefix of its program behind.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use super::crc32c;
use super::mapped_region::RegionError;

/// Words that can be read while another writes them.
pub trait Words {
    /// How many words.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One word, before everything that is read later. Hot path.
    ///
    /// # Panics
    /// Outside the memory, as everywhere here.
    fn load(&self, at: usize) -> u64;

    /// The words from `at` on, before everything that is read later; among each other in no promised order. Hot path.
    fn read(&self, at: usize, into: &mut [u64]);
}

/// Words that survive their writer. There is one writer.
pub trait SharedWords: Words {
    /// Writes one word after everything that was written before. Hot path.
    fn store(&self, at: usize, word: u64);

    /// Writes words from `at` on, after everything that was stored before; among each other in no promised order. Hot
    /// path.
    fn write(&self, at: usize, words: &[u64]);

    /// Writes a record whose last word is its seal, and returns the CRC-32C of the other words behind the record's place. The
    /// seal is that checksum under a mark, its top byte: the mark becomes `writing`, then come the words and the checksum,
    /// then the mark becomes `valid`, each after what stands before it. Hot path.
    #[inline(always)]
    fn write_sealed<const LEN: usize>(&self, at: usize, words: &[u64; LEN], writing: u64, valid: u64) -> u32
    where
        Self: Sized,
    {
        let seal = at + LEN - 1;
        self.store(seal, self.load(seal) & !SEAL_MARK | writing);
        self.write(at, &words[..LEN - 1]);
        let crc = crc32c::words(at as u32, &words[..LEN - 1]);
        self.store(seal, u64::from(crc) | writing);
        self.store(seal, u64::from(crc) | valid);
        crc
    }

    /// Returns when the words `from..to` are safe from a loss of power. Enters the kernel.
    ///
    /// # Errors
    /// What the system says; the words may or may not be safe then.
    fn sync(&self, from: usize, to: usize) -> Result<(), RegionError>;
}

impl<W: Words + ?Sized> Words for &W {
    fn len(&self) -> usize {
        (**self).len()
    }

    #[inline]
    fn load(&self, at: usize) -> u64 {
        (**self).load(at)
    }

    #[inline]
    fn read(&self, at: usize, into: &mut [u64]) {
        (**self).read(at, into);
    }
}

impl<W: SharedWords + ?Sized> SharedWords for &W {
    #[inline]
    fn store(&self, at: usize, word: u64) {
        (**self).store(at, word);
    }

    #[inline]
    fn write(&self, at: usize, words: &[u64]) {
        (**self).write(at, words);
    }

    fn sync(&self, from: usize, to: usize) -> Result<(), RegionError> {
        (**self).sync(from, to)
    }
}

/// The bits of a seal that are its mark.
pub const SEAL_MARK: u64 = 0xFF << 56;

/// [`SharedWords::write_sealed`] over a slice of atomics. In code that [`crc32c::in_line`] runs, the words go from where they
/// are to where they belong, and nowhere else.
#[inline(always)]
pub(super) fn write_sealed<const LEN: usize>(
    words: &[AtomicU64],
    at: usize,
    from: &[u64; LEN],
    writing: u64,
    valid: u64,
) -> u32 {
    let record = &words[at..][..LEN];
    let (seal, to) = (&record[LEN - 1], &record[..LEN - 1]);
    seal.store(seal.load(Ordering::Relaxed) & !SEAL_MARK | writing, Ordering::Release);
    // As in `atomics::write`.
    fence(Ordering::Release);
    let crc = write_summed(to, at as u32, from);
    seal.store(u64::from(crc) | writing, Ordering::Release);
    seal.store(u64::from(crc) | valid, Ordering::Release);
    crc
}

/// Writes all words but the last, and returns their checksum behind `seed`.
#[inline(always)]
fn write_summed<const LEN: usize>(to: &[AtomicU64], seed: u32, from: &[u64; LEN]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: the processor has SSE 4.2.
        return unsafe { x86_write_summed(to, seed, from) };
    }
    // A copy, so that only this way needs the words in memory.
    let copy = *from;
    write_summed_anywhere(to, seed, &copy[..LEN - 1])
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
#[inline]
fn x86_write_summed<const LEN: usize>(to: &[AtomicU64], seed: u32, from: &[u64; LEN]) -> u32 {
    let mut register = u64::from(!seed);
    for (to, &word) in to[..LEN - 1].iter().zip(&from[..LEN - 1]) {
        to.store(word, Ordering::Relaxed);
        register = std::arch::x86_64::_mm_crc32_u64(register, word);
    }
    !(register as u32)
}

#[inline(never)]
fn write_summed_anywhere(to: &[AtomicU64], seed: u32, from: &[u64]) -> u32 {
    for (to, &word) in to.iter().zip(from) {
        to.store(word, Ordering::Relaxed);
    }
    crc32c::words(seed, from)
}

/// The operations over a slice of atomics, shared by every kind of memory that is one.
pub(super) mod atomics {
    use super::{AtomicU64, Ordering, fence};

    #[inline(always)]
    pub fn load(words: &[AtomicU64], at: usize) -> u64 {
        let word = words[at].load(Ordering::Relaxed);
        // A fence and not an acquiring load: the only atomic accesses that read-only memory allows are relaxed.
        fence(Ordering::Acquire);
        word
    }

    #[inline(always)]
    pub fn read(words: &[AtomicU64], at: usize, into: &mut [u64]) {
        let words = &words[at..][..into.len()];
        for (to, from) in into.iter_mut().zip(words) {
            *to = from.load(Ordering::Relaxed);
        }
        fence(Ordering::Acquire);
    }

    #[inline(always)]
    pub fn store(words: &[AtomicU64], at: usize, word: u64) {
        words[at].store(word, Ordering::Release);
    }

    #[inline(always)]
    pub fn write(words: &[AtomicU64], at: usize, from: &[u64]) {
        // Whoever sees a word of these sees what was stored before; and these cannot move ahead of it.
        fence(Ordering::Release);
        for (to, from) in words[at..][..from.len()].iter().zip(from) {
            to.store(*from, Ordering::Relaxed);
        }
    }
}

/// Ordinary memory as [`SharedWords`]: for state that need not survive, and for tests.
#[derive(Debug)]
pub struct PlainWords(Box<[AtomicU64]>);

impl PlainWords {
    /// So many words of zero.
    #[must_use]
    pub fn new(words: usize) -> Self {
        Self((0..words).map(|_| AtomicU64::new(0)).collect())
    }

    /// These words.
    #[must_use]
    pub fn from_words(words: &[u64]) -> Self {
        Self(words.iter().map(|&word| AtomicU64::new(word)).collect())
    }

    /// A copy of all words.
    #[must_use]
    pub fn to_words(&self) -> Vec<u64> {
        self.0.iter().map(|word| word.load(Ordering::Relaxed)).collect()
    }
}

impl Words for PlainWords {
    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn load(&self, at: usize) -> u64 {
        atomics::load(&self.0, at)
    }

    #[inline]
    fn read(&self, at: usize, into: &mut [u64]) {
        atomics::read(&self.0, at, into);
    }
}

impl SharedWords for PlainWords {
    #[inline]
    fn store(&self, at: usize, word: u64) {
        atomics::store(&self.0, at, word);
    }

    #[inline]
    fn write(&self, at: usize, words: &[u64]) {
        atomics::write(&self.0, at, words);
    }

    #[inline(always)]
    fn write_sealed<const LEN: usize>(&self, at: usize, words: &[u64; LEN], writing: u64, valid: u64) -> u32 {
        write_sealed(&self.0, at, words, writing, valid)
    }

    fn sync(&self, _from: usize, _to: usize) -> Result<(), RegionError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// Memory that knows only how to store and write, and so takes the provided way to seal.
    struct Simple(PlainWords);

    impl Words for Simple {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn load(&self, at: usize) -> u64 {
            self.0.load(at)
        }
        fn read(&self, at: usize, into: &mut [u64]) {
            self.0.read(at, into);
        }
    }

    impl SharedWords for Simple {
        fn store(&self, at: usize, word: u64) {
            self.0.store(at, word);
        }
        fn write(&self, at: usize, words: &[u64]) {
            self.0.write(at, words);
        }
        fn sync(&self, from: usize, to: usize) -> Result<(), RegionError> {
            self.0.sync(from, to)
        }
    }

    /// A sealing inside [`crc32c::in_line`].
    struct InLine<'a>(&'a PlainWords, &'a [u64; 7]);

    impl crc32c::Checksummed for InLine<'_> {
        type Output = u32;
        #[inline(always)]
        fn run(self) -> u32 {
            self.0.write_sealed(3, self.1, 0x5A << 56, 0xA5 << 56)
        }
    }

    #[test]
    fn a_record_is_sealed_alike_in_one_pass_in_steps_and_in_line() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let (fast, simple, in_line) = (PlainWords::new(12), Simple(PlainWords::new(12)), PlainWords::new(12));
        for _ in 0..1_000 {
            let words: [u64; 7] = std::array::from_fn(|_| random.next_u64());
            let crc = fast.write_sealed(3, &words, 0x5A << 56, 0xA5 << 56);
            assert_eq!(crc, simple.write_sealed(3, &words, 0x5A << 56, 0xA5 << 56));
            assert_eq!(crc, crc32c::in_line(InLine(&in_line, &words)));
            assert_eq!(crc, crc32c::words(3, &words[..6]));
            assert_eq!(fast.load(9), u64::from(crc) | 0xA5 << 56);
            let to = [AtomicU64::new(0), AtomicU64::new(0)];
            assert_eq!(write_summed_anywhere(&to, 9, &words[..2]), crc32c::words(9, &words[..2]));
            assert_eq!(to.each_ref().map(|word| word.load(Ordering::Relaxed)), words[..2]);
            assert_eq!(fast.to_words(), simple.0.to_words());
            assert_eq!(fast.to_words(), in_line.to_words());
        }
    }
}
