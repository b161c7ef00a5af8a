//! Records in one array, each a member of some circular list: joining and leaving a list takes no search and no branch.
//!
//! A list has no head: a record that stands for the list as a whole (a sentinel) is one of its members. What is followed
//! unchecked is an index beyond doubt: a link, because nobody outside this file can write one; and a [`First`] or a [`Masked`]
//! place, because its bits only choose among so many records as are a power of two. Indices from outside are checked. All memory
//! is taken and touched at construction. Hot path; not thread-safe.

use std::ops::{Index, IndexMut};

use super::buffer::{AlignedBuffer, OutOfMemory, prefetch};

/// Runs of an array besides the first records.
const RUNS: usize = 2;

/// Consecutive records, a power of two of them.
#[derive(Clone, Copy, Debug)]
struct Run {
    origin: u32,
    /// Records less one.
    mask: u32,
}

/// Of the first records, the one that the low bits name.
#[derive(Clone, Copy, Debug)]
pub struct First(pub u64);

/// A record of a run: the one that the low bits name.
#[derive(Clone, Copy, Debug)]
pub struct Masked {
    /// Which run, modulo two.
    pub run: usize,
    /// Whose low bits count.
    pub bits: u64,
}

mod place {
    /// An index of a record.
    #[derive(Clone, Copy)]
    pub struct Valid(pub(super) u32);

    /// What names a record.
    pub trait Place: Copy {
        /// The record's index.
        fn of<T: Copy>(self, linked: &super::Linked<T>) -> Valid;
    }
}
pub use place::Place;
use place::Valid;

impl Place for u32 {
    #[inline(always)]
    fn of<T: Copy>(self, linked: &Linked<T>) -> Valid {
        assert!((self as usize) < linked.len(), "record {self} of {}", linked.len());
        Valid(self)
    }
}

impl Place for First {
    #[inline(always)]
    fn of<T: Copy>(self, linked: &Linked<T>) -> Valid {
        Valid(self.0 as u32 & linked.first_mask)
    }
}

impl Place for Masked {
    #[inline(always)]
    fn of<T: Copy>(self, linked: &Linked<T>) -> Valid {
        let Run { origin, mask } = linked.runs[self.run % RUNS];
        Valid(origin + (self.bits as u32 & mask))
    }
}

#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
struct Record<T: Copy> {
    value: T,
    /// The one behind it in its circle.
    next: u32,
    /// The one before it.
    prev: u32,
}

/// Records by index, each with its neighbours in a circle.
#[derive(Debug)]
pub struct Linked<T: Copy> {
    /// Every link is an index of these.
    records: AlignedBuffer<Record<T>>,
    /// Of each of the first records a byte; no more records than there are.
    marks: AlignedBuffer<u8>,
    /// An index of the marks, and one less than a power of two.
    first_mask: u32,
    /// Of each the last record is one of these.
    runs: [Run; RUNS],
}

impl<T: Copy> Linked<T> {
    /// Bytes that a record takes.
    pub const RECORD: usize = size_of::<Record<T>>();

    /// So many records of this value, of which the first `first` are one run, and two more runs: first index and how many.
    /// Runs are of a power of two of records. Until [`isolate`](Self::isolate) or a linking puts it elsewhere, a record's
    /// neighbours are record 0.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    ///
    /// # Panics
    /// When a run is not of a power of two or goes beyond the last record.
    pub fn new(len: u32, first: u32, runs: [(u32, u32); RUNS], value: T) -> Result<Self, OutOfMemory> {
        let run = |(origin, count): (u32, u32)| {
            assert!(count.is_power_of_two(), "a run of {count} records");
            let end = origin.checked_add(count);
            assert!(end.is_some_and(|end| end <= len), "a run of {count} records from {origin} on, of {len}");
            Run { origin, mask: count - 1 }
        };
        let first_mask = run((0, first)).mask;
        let runs = runs.map(run);
        // Links of 0 are indices, because there is a record.
        let records = AlignedBuffer::new(len as usize, Record { value, next: 0, prev: 0 })?;
        Ok(Self { records, marks: AlignedBuffer::new(first as usize, 0)?, first_mask, runs })
    }

    /// How many there are, at least one.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    #[inline(always)]
    fn at(&self, place: Valid) -> &Record<T> {
        debug_assert!((place.0 as usize) < self.len());
        // SAFETY: a valid index was compared with the length; or it is of a run, which `new` found to end inside; or a link.
        // Links are zero at first, and then only this file's functions write them, which write valid indices.
        unsafe { self.records.get_unchecked(place.0 as usize) }
    }

    #[inline(always)]
    fn at_mut(&mut self, place: Valid) -> &mut Record<T> {
        record_mut(&mut self.records, place)
    }

    /// A byte beside one of the first records, 0 until it is written: what is asked more often than the record.
    #[inline(always)]
    #[must_use]
    pub fn mark(&self, at: First) -> u8 {
        // SAFETY: the mask is one less than the number of marks.
        unsafe { *self.marks.get_unchecked(at.of(self).0 as usize) }
    }

    /// [`mark`](Self::mark), to change.
    #[inline(always)]
    pub fn mark_mut(&mut self, at: First) -> &mut u8 {
        let at = at.of(self).0 as usize;
        // SAFETY: as in `mark`.
        unsafe { self.marks.get_unchecked_mut(at) }
    }

    /// The index that a place stands for.
    ///
    /// # Panics
    /// As each function here when an index is not one of a record.
    #[inline(always)]
    #[must_use]
    pub fn index_of(&self, place: impl Place) -> u32 {
        place.of(self).0
    }

    /// The record behind this one.
    #[inline(always)]
    #[must_use]
    pub fn next(&self, at: impl Place) -> u32 {
        self.at(at.of(self)).next
    }

    /// The record before this one.
    #[inline(always)]
    #[must_use]
    pub fn prev(&self, at: impl Place) -> u32 {
        self.at(at.of(self)).prev
    }

    /// Makes a record a circle of its own, whatever it was linked to.
    #[inline]
    pub fn isolate(&mut self, at: impl Place) {
        let at = at.of(self);
        let record = self.at_mut(at);
        (record.next, record.prev) = (at.0, at.0);
    }

    /// Puts a record with a new value before another one of a circle, whatever it was linked to, if `admit` returns something for
    /// that one's value; what it returns.
    #[inline(always)]
    pub fn join<R>(
        &mut self,
        at: impl Place,
        joining: impl Place,
        value: T,
        admit: impl FnOnce(&mut T) -> Option<R>,
    ) -> Option<R> {
        let (at, joining) = (at.of(self), joining.of(self));
        // Where the records are is asked once: for all that the compiler knows, writing one might move them.
        let records = &mut *self.records;
        let admitted = admit(&mut record_mut(records, at).value)?;
        let record = record_mut(records, joining);
        record.value = value;
        record.next = at.0;
        let last = std::mem::replace(&mut record_mut(records, at).prev, joining.0);
        prefetch(records, last as usize);
        record_mut(records, joining).prev = last;
        record_mut(records, Valid(last)).next = joining.0;
        Some(admitted)
    }

    /// Puts a record with a new value behind another one of a circle, whatever it was linked to.
    #[inline]
    pub fn link_behind(&mut self, at: impl Place, joining: impl Place, value: T) {
        let (at, joining) = (at.of(self), joining.of(self));
        let first = self.at(at).next;
        *self.at_mut(joining) = Record { value, next: first, prev: at.0 };
        self.at_mut(at).next = joining.0;
        self.at_mut(Valid(first)).prev = joining.0;
    }

    /// Takes a record out of its circle: its neighbours become each other's. Its own links stay what they were, and `edit` its
    /// value. Then `settle` has the value as it was and that of another record; what it returns.
    #[inline(always)]
    pub fn leave<R>(
        &mut self,
        leaving: impl Place,
        edit: impl FnOnce(&mut T),
        other: impl Place,
        settle: impl FnOnce(T, &mut T) -> R,
    ) -> R {
        let (leaving, other) = (leaving.of(self), other.of(self));
        // As in `join`.
        let records = &mut *self.records;
        let Record { value, next, prev } = *record_mut(records, leaving);
        // Stores retire in order, one miss after the other; loads ahead of them fetch both lines at once.
        prefetch(records, prev as usize);
        prefetch(records, next as usize);
        record_mut(records, Valid(prev)).next = next;
        record_mut(records, Valid(next)).prev = prev;
        edit(&mut record_mut(records, leaving).value);
        settle(value, &mut record_mut(records, other).value)
    }

    /// Puts record `to` in the place of record `from`, with its value, whatever `to` was linked to.
    pub fn relocate(&mut self, from: u32, to: u32) {
        _ = self.join(from, to, self[from], |_| Some(()));
        self.leave(from, |_| (), from, |_, _| ());
    }

    /// Starts loading a record. Any index is harmless.
    #[inline(always)]
    pub fn prefetch(&self, at: u32) {
        prefetch(&self.records, at as usize);
    }
}

/// The record of these, which are all of a [`Linked`], at a place that is valid there.
#[inline(always)]
fn record_mut<T: Copy>(records: &mut [Record<T>], place: Valid) -> &mut Record<T> {
    debug_assert!((place.0 as usize) < records.len());
    // SAFETY: as in `Linked::at`.
    unsafe { records.get_unchecked_mut(place.0 as usize) }
}

impl<T: Copy, P: Place> Index<P> for Linked<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, at: P) -> &T {
        &self.at(at.of(self)).value
    }
}

impl<T: Copy, P: Place> IndexMut<P> for Linked<T> {
    #[inline(always)]
    fn index_mut(&mut self, at: P) -> &mut T {
        let at = at.of(self);
        &mut self.at_mut(at).value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::VecDeque;

    const LISTS: u32 = 4;
    const RECORDS: u32 = 64;
    /// No run that a test looks at.
    const RUNS: [(u32, u32); 2] = [(0, 1); 2];

    fn both_ways(records: &Linked<u64>, sentinel: u32) -> Vec<u32> {
        let walk = |step: &dyn Fn(u32) -> u32| -> Vec<u32> {
            let rest = std::iter::successors(Some(step(sentinel)), |&at| Some(step(at)));
            rest.take_while(|&at| at != sentinel).collect()
        };
        let (forwards, mut backwards) = (walk(&|at| records.next(at)), walk(&|at| records.prev(at)));
        backwards.reverse();
        assert_eq!(forwards, backwards);
        forwards
    }

    #[test]
    fn lists_agree_with_queues_of_the_standard_library() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut below = move |bound: u32| random.next_u32() % bound;
        let mut records = Linked::new(RECORDS, RECORDS, RUNS, 0).unwrap();
        // Of each list the record that stands for it now.
        let mut sentinels: Vec<u32> = (0..LISTS).collect();
        let mut free: Vec<u32> = (LISTS..RECORDS).collect();
        let mut queues = vec![VecDeque::new(); LISTS as usize];
        (0..LISTS).for_each(|list| records.isolate(list));
        for step in 0..if cfg!(miri) { 500 } else { 200_000_u64 } {
            let list = below(LISTS) as usize;
            let (sentinel, queue) = (sentinels[list], &mut queues[list]);
            match below(8) {
                0..=2 if free.len() > 1 => {
                    let joining = free.swap_remove(below(free.len() as u32) as usize);
                    assert_eq!(records.join(sentinel, joining, step, |_| None::<()>), None);
                    let sum = records.join(sentinel, joining, step, |sum| {
                        *sum += step;
                        Some(*sum)
                    });
                    assert_eq!(sum, Some(records[sentinel]));
                    queue.push_back((joining, step));
                }
                3 if free.len() > 1 => {
                    let joining = free.swap_remove(below(free.len() as u32) as usize);
                    records.link_behind(sentinel, joining, step);
                    queue.push_front((joining, step));
                }
                4..=6 if !queue.is_empty() => {
                    let (leaving, held) = queue.remove(below(queue.len() as u32) as usize).unwrap();
                    let left = records.leave(
                        leaving,
                        |value| *value = u64::MAX,
                        sentinel,
                        |value, sum| (value, *sum),
                    );
                    assert_eq!(left, (held, records[sentinel]));
                    assert_eq!(records[leaving], u64::MAX);
                    free.push(leaving);
                }
                _ => {
                    let to = free.pop().unwrap();
                    records[sentinel] = step;
                    records.relocate(sentinel, to);
                    assert_eq!(records[to], step);
                    sentinels[list] = to;
                    free.push(sentinel);
                }
            }
            for (&sentinel, queue) in sentinels.iter().zip(&queues) {
                let held: Vec<u32> = queue.iter().map(|&(at, _)| at).collect();
                assert_eq!(both_ways(&records, sentinel), held);
                assert!(queue.iter().all(|&(at, value)| records[at] == value));
            }
        }
    }

    #[test]
    fn masked_places_name_the_records_of_their_runs() {
        let runs = [(8, 1), (9, 4)];
        let mut records = Linked::new(13, 8, runs, 0_u64).unwrap();
        let bits = [0, 1, 5, 0xFFFF_FFFF, 0x1_0000_0003, u64::MAX];
        for bits in bits {
            records[First(bits)] = bits;
            assert_eq!(u64::from(records.index_of(First(bits))), bits % 8);
            assert_eq!(records[(bits % 8) as u32], bits);
        }
        for (run, (origin, count)) in runs.into_iter().enumerate() {
            for bits in bits {
                let place = Masked { run: run + 2, bits };
                let index = origin + (bits % u64::from(count)) as u32;
                assert_eq!(records.index_of(place), index);
                records[place] = bits;
                assert_eq!(records[index], bits);
                records.isolate(place);
                assert_eq!((records.next(index), records.prev(place)), (index, index));
            }
        }
    }

    #[test]
    fn each_of_the_first_records_has_a_mark_of_its_own() {
        let mut records = Linked::new(12, 8, [(8, 4), (8, 4)], 0_u64).unwrap();
        for at in 0..8_u8 {
            assert_eq!(records.mark(First(at.into())), 0);
            *records.mark_mut(First(0x1_0000_0000 + u64::from(at))) = at + 1;
        }
        assert!((0..8_u8).all(|at| records.mark(First(u64::from(at) + 16)) == at + 1));
        assert!((0..12_u32).all(|at| records[at] == 0));
    }

    #[test]
    #[should_panic(expected = "record 3 of 3")]
    fn an_index_of_no_record_is_refused() {
        _ = Linked::new(3, 1, [(0, 1); 2], 0).unwrap().join(0, 3, 1, |_| Some(()));
    }

    #[test]
    fn runs_of_other_records_are_refused() {
        for run in [(0, 3), (0, 0), (2, 2), (u32::MAX, 1), (1, 4)] {
            let made = std::panic::catch_unwind(|| Linked::new(3, 1, [(0, 1), run], 0));
            assert!(made.is_err(), "{run:?}");
        }
        for (len, first) in [(3, 3), (3, 4), (3, 0), (0, 1)] {
            let made = std::panic::catch_unwind(|| Linked::new(len, first, [(0, 1); 2], 0));
            assert!(made.is_err(), "the first {first} of {len}");
        }
    }
}
