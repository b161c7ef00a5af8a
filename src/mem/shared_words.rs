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

    fn sync(&self, _from: usize, _to: usize) -> Result<(), RegionError> {
        Ok(())
    }
}
