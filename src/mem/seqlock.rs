//! One value that one thread writes and many read, without locks and without torn reads.
//!
//! After H.-J. Boehm, "Can seqlocks get along with programming language memory models?" (MSPC 2012). The writer makes the
//! sequence odd, writes the words, makes it even; a reader that saw the same even number before and after has one
//! whole value. The words are atomics, so that a read which overlaps a write is no data race, only one to repeat;
//! hence values are turned into words by a trait instead of being copied as bytes.
//!
//! `tests/loom_mem.rs` checks every interleaving of this file.
//!
//! Writing is wait-free; reading repeats while it overlaps writes. Both are hot path.

use std::fmt;

use super::sync::{Arc, AtomicU64, Ordering, fence, pause};

/// A value that a [`SeqLock`] can hold: a fixed number of 64-bit words.
pub trait SeqValue: Copy {
    /// How many words.
    const WORDS: usize;

    /// Gives each word, by its place below [`WORDS`](Self::WORDS), to `put`.
    fn store(&self, put: impl FnMut(usize, u64));

    /// The value of the words that `get` gives.
    fn load(get: impl FnMut(usize) -> u64) -> Self;
}

macro_rules! one_word {
    ($($type:ty: $to:expr, $from:expr;)*) => {$(
        impl SeqValue for $type {
            const WORDS: usize = 1;

            fn store(&self, mut put: impl FnMut(usize, u64)) {
                let to: fn($type) -> u64 = $to;
                put(0, to(*self));
            }

            fn load(mut get: impl FnMut(usize) -> u64) -> Self {
                let from: fn(u64) -> $type = $from;
                from(get(0))
            }
        }
    )*};
}

one_word! {
    u64: |v| v, |w| w;
    i64: |v| v as u64, |w| w as i64;
    u32: u64::from, |w| w as u32;
    f64: f64::to_bits, f64::from_bits;
    bool: u64::from, |w| w != 0;
}

impl SeqValue for i128 {
    const WORDS: usize = 2;

    fn store(&self, mut put: impl FnMut(usize, u64)) {
        put(0, *self as u64);
        put(1, (*self >> 64) as u64);
    }

    fn load(mut get: impl FnMut(usize) -> u64) -> Self {
        let low = get(0);
        i128::from(get(1) as i64) << 64 | i128::from(low)
    }
}

impl<T: SeqValue, const N: usize> SeqValue for [T; N] {
    const WORDS: usize = N * T::WORDS;

    fn store(&self, mut put: impl FnMut(usize, u64)) {
        for (at, value) in self.iter().enumerate() {
            value.store(|word, bits| put(at * T::WORDS + word, bits));
        }
    }

    fn load(mut get: impl FnMut(usize) -> u64) -> Self {
        std::array::from_fn(|at| T::load(|word| get(at * T::WORDS + word)))
    }
}

impl<A: SeqValue, B: SeqValue> SeqValue for (A, B) {
    const WORDS: usize = A::WORDS + B::WORDS;

    fn store(&self, mut put: impl FnMut(usize, u64)) {
        self.0.store(&mut put);
        self.1.store(|word, bits| put(A::WORDS + word, bits));
    }

    fn load(mut get: impl FnMut(usize) -> u64) -> Self {
        let first = A::load(&mut get);
        (first, B::load(|word| get(A::WORDS + word)))
    }
}

pub(super) struct Shared {
    /// Odd while a write is under way.
    pub(super) sequence: AtomicU64,
    words: Box<[AtomicU64]>,
}

/// Makes the two ends of a sequence lock.
///
/// ```
/// use market_maker::mem::seqlock::SeqLock;
/// let (mut writer, reader) = SeqLock::split((0_i64, 0.0_f64));
/// let other = reader.clone();
/// writer.write((5, 100.25));
/// assert_eq!(std::thread::spawn(move || other.read()).join().unwrap(), (5, 100.25));
/// assert_eq!(reader.version(), 1);
/// ```
#[derive(Debug)]
pub enum SeqLock {}

impl SeqLock {
    /// The only writer, and a reader to clone, of a value that begins as `value`.
    #[must_use]
    pub fn split<T: SeqValue>(value: T) -> (SeqWriter<T>, SeqReader<T>) {
        let words = (0..T::WORDS).map(|_| AtomicU64::new(0)).collect();
        let shared = Arc::new(Shared { sequence: AtomicU64::new(0), words });
        value.store(|at, word| shared.words[at].store(word, Ordering::Relaxed));
        let reader = SeqReader { shared: Arc::clone(&shared), _value: std::marker::PhantomData };
        (SeqWriter { shared, _value: std::marker::PhantomData }, reader)
    }
}

/// The writing end. There is one, and it cannot be cloned.
pub struct SeqWriter<T> {
    shared: Arc<Shared>,
    _value: std::marker::PhantomData<fn(T)>,
}

impl<T: SeqValue> SeqWriter<T> {
    /// Replaces the value. Hot path, wait-free.
    pub fn write(&mut self, value: T) {
        let shared = &*self.shared;
        let sequence = shared.sequence.load(Ordering::Relaxed);
        shared.sequence.store(sequence.wrapping_add(1), Ordering::Relaxed);
        // Whoever reads a word of this write also sees the odd sequence, through the fence that readers have.
        fence(Ordering::Release);
        value.store(|at, word| shared.words[at].store(word, Ordering::Relaxed));
        // Whoever reads this sequence sees every word.
        shared.sequence.store(sequence.wrapping_add(2), Ordering::Release);
    }
}

/// A reading end; clone one for each thread.
pub struct SeqReader<T> {
    pub(super) shared: Arc<Shared>,
    _value: std::marker::PhantomData<fn() -> T>,
}

impl<T> Clone for SeqReader<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), _value: std::marker::PhantomData }
    }
}

impl<T: SeqValue> SeqReader<T> {
    /// The value, unless a write overlaps this attempt. Hot path, wait-free.
    #[must_use]
    pub fn try_read(&self) -> Option<T> {
        let shared = &*self.shared;
        let before = shared.sequence.load(Ordering::Acquire);
        if before & 1 == 1 {
            return None;
        }
        let value = T::load(|at| shared.words[at].load(Ordering::Relaxed));
        // Orders the loads of the words before the second load of the sequence.
        fence(Ordering::Acquire);
        (shared.sequence.load(Ordering::Relaxed) == before).then_some(value)
    }

    /// The value, after as many attempts as it takes. Hot path.
    #[must_use]
    pub fn read(&self) -> T {
        loop {
            if let Some(value) = self.try_read() {
                return value;
            }
            pause();
        }
    }

    /// How many writes have been finished: a cheap way to see whether there is news.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.shared.sequence.load(Ordering::Acquire) / 2
    }
}

impl<T: SeqValue + fmt::Debug> fmt::Debug for SeqReader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SeqReader").field(&self.try_read()).finish()
    }
}

impl<T> fmt::Debug for SeqWriter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeqWriter").finish_non_exhaustive()
    }
}
