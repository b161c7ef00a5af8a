//! A vector whose elements never move: it grows by whole chunks and leaves the old ones where they are.
//!
//! Push, pop and get are O(1); a push is hot path unless it needs a new chunk, which allocates;
//! [`with_capacity`](StableVec::with_capacity) makes the chunks beforehand. A chunk is a power of two, so that an index is a
//! shift and a mask. A pointer to an element stays valid until the element is popped or the vector dropped.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::{Index, IndexMut};
use std::ptr::NonNull;

use super::pool::touched_storage;

/// A chunked vector; `CHUNK` elements per chunk, a power of two.
///
/// ```
/// use market_maker::mem::stable_vec::StableVec;
/// let mut vector: StableVec<u64, 4> = StableVec::new();
/// let first = std::ptr::from_ref(vector.push(1));
/// vector.extend(2..100);
/// assert_eq!(std::ptr::from_ref(&vector[0]), first);
/// assert_eq!(vector.iter().sum::<u64>(), 4950);
/// assert_eq!(vector.pop(), Some(99));
/// ```
pub struct StableVec<T, const CHUNK: usize = 1024> {
    /// Each points to `CHUNK` elements' storage, made by a leaked box. Raw, so that access to one element claims nothing
    /// about its neighbours.
    chunks: Vec<NonNull<MaybeUninit<T>>>,
    len: usize,
    _owns: PhantomData<T>,
}

// SAFETY: the vector owns its elements as Vec<T> does.
unsafe impl<T: Send, const CHUNK: usize> Send for StableVec<T, CHUNK> {}
// SAFETY: shared access gives shared references to elements only.
unsafe impl<T: Sync, const CHUNK: usize> Sync for StableVec<T, CHUNK> {}

impl<T, const CHUNK: usize> StableVec<T, CHUNK> {
    const SHIFT: u32 = {
        assert!(CHUNK.is_power_of_two(), "a chunk must be a power of two");
        CHUNK.trailing_zeros()
    };

    /// An empty vector without chunks.
    #[must_use]
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0, _owns: PhantomData }
    }

    /// An empty vector with chunks for `capacity` elements, so that as many pushes are hot path.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut vector = Self::new();
        vector.reserve(capacity);
        vector
    }

    /// Makes chunks for `additional` more elements than there are now.
    ///
    /// # Panics
    /// When the number of elements would overflow.
    pub fn reserve(&mut self, additional: usize) {
        let elements = self.len.checked_add(additional).expect("more elements than can be counted");
        let chunks = elements.div_ceil(CHUNK);
        self.chunks.reserve_exact(chunks.saturating_sub(self.chunks.len()));
        while self.chunks.len() < chunks {
            self.add_chunk();
        }
    }

    #[cold]
    fn add_chunk(&mut self) {
        // The place first: a failure to get it must not leak the chunk.
        self.chunks.reserve(1);
        let chunk = Box::into_raw(touched_storage::<T>(CHUNK));
        // SAFETY: a box is never null.
        self.chunks.push(unsafe { NonNull::new_unchecked(chunk.cast()) });
    }

    /// The storage of an element below the capacity.
    #[inline]
    fn slot(&self, index: usize) -> NonNull<T> {
        let chunk = self.chunks[index >> Self::SHIFT].cast::<T>();
        // SAFETY: the masked index is below CHUNK, the size of every chunk.
        unsafe { chunk.add(index & (CHUNK - 1)) }
    }

    /// Adds an element at the end and gives access to it. Allocates when a chunk is full and no other is ready.
    #[inline]
    pub fn push(&mut self, value: T) -> &mut T {
        if self.len == self.chunks.len() << Self::SHIFT {
            self.add_chunk();
        }
        let mut slot = self.slot(self.len);
        // SAFETY: the slot lies in a chunk and holds nothing, because its index is `len`.
        unsafe { slot.write(value) };
        self.len += 1;
        // SAFETY: written above; the borrow of the vector covers the reference.
        unsafe { slot.as_mut() }
    }

    /// Takes the last element. The chunks stay.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        let slot = self.slot(self.len);
        // SAFETY: the slot held the last element, which is out of bounds now.
        Some(unsafe { slot.read() })
    }

    /// The element at `index`.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len {
            return None;
        }
        let slot = self.slot(index);
        // SAFETY: slots below `len` hold elements; the borrow of the vector covers the reference.
        Some(unsafe { slot.as_ref() })
    }

    /// The element at `index`.
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.len {
            return None;
        }
        let mut slot = self.slot(index);
        // SAFETY: slots below `len` hold elements; the exclusive borrow of the vector covers the reference.
        Some(unsafe { slot.as_mut() })
    }

    /// The last element.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// The elements in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> + DoubleEndedIterator {
        (0..self.len).map(|index| &self[index])
    }

    /// The elements of each chunk as one slice, in order: the fast way through.
    pub fn slices(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len).step_by(CHUNK).map(|start| {
            let count = CHUNK.min(self.len - start);
            let slot = self.slot(start);
            // SAFETY: the chunk's first `count` slots hold elements; the borrow of the vector covers the slice.
            unsafe { std::slice::from_raw_parts(slot.as_ptr(), count) }
        })
    }

    /// Drops every element. The chunks stay.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Drops the elements from `len` on, last first. The chunks stay.
    pub fn truncate(&mut self, len: usize) {
        while self.len > len {
            drop(self.pop());
        }
    }

    /// How many elements there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many elements fit the chunks that there are.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.chunks.len() << Self::SHIFT
    }
}

impl<T, const CHUNK: usize> Drop for StableVec<T, CHUNK> {
    fn drop(&mut self) {
        self.clear();
        for &chunk in &self.chunks {
            let storage = NonNull::slice_from_raw_parts(chunk, CHUNK);
            // SAFETY: made by `Box::into_raw` with CHUNK elements and freed once, here; the elements are gone.
            drop(unsafe { Box::from_raw(storage.as_ptr()) });
        }
    }
}

impl<T, const CHUNK: usize> Default for StableVec<T, CHUNK> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const CHUNK: usize> Index<usize> for StableVec<T, CHUNK> {
    type Output = T;

    #[inline]
    fn index(&self, index: usize) -> &T {
        self.get(index).expect("index out of bounds")
    }
}

impl<T, const CHUNK: usize> IndexMut<usize> for StableVec<T, CHUNK> {
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut T {
        self.get_mut(index).expect("index out of bounds")
    }
}

impl<T, const CHUNK: usize> Extend<T> for StableVec<T, CHUNK> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        for value in values {
            self.push(value);
        }
    }
}

impl<T, const CHUNK: usize> FromIterator<T> for StableVec<T, CHUNK> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut vector = Self::new();
        vector.extend(values);
        vector
    }
}

impl<T: Clone, const CHUNK: usize> Clone for StableVec<T, CHUNK> {
    fn clone(&self) -> Self {
        self.iter().cloned().collect()
    }
}

impl<T: PartialEq, const CHUNK: usize> PartialEq for StableVec<T, CHUNK> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Eq, const CHUNK: usize> Eq for StableVec<T, CHUNK> {}

impl<T: fmt::Debug, const CHUNK: usize> fmt::Debug for StableVec<T, CHUNK> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    fn agrees_with_vec<const CHUNK: usize>(seed: u64) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut stable: StableVec<Box<u64>, CHUNK> =
            StableVec::with_capacity(random.next_u32() as usize % 20);
        let mut model: Vec<Box<u64>> = Vec::new();
        let mut homes: Vec<*const Box<u64>> = Vec::new();
        for _ in 0..if cfg!(miri) { 500 } else { 20_000 } {
            let value = random.next_u64();
            match random.next_u32() % 16 {
                0..9 => {
                    homes.push(std::ptr::from_ref(stable.push(Box::new(value))));
                    model.push(Box::new(value));
                }
                9..15 => {
                    assert_eq!(stable.pop(), model.pop());
                    homes.pop();
                }
                _ => {
                    let len = model.len() - model.len().min(value as usize % 8);
                    stable.truncate(len);
                    model.truncate(len);
                    homes.truncate(len);
                }
            }
            let at = value as usize % (model.len() + 2);
            assert_eq!(stable.get(at), model.get(at));
            if let Some(element) = stable.get_mut(at) {
                **element ^= 1;
                *model[at] ^= 1;
                assert_eq!(std::ptr::from_ref(element), homes[at], "the element has moved");
            }
            assert_eq!((stable.len(), stable.last()), (model.len(), model.last()));
        }
        assert!(stable.iter().eq(model.iter()));
        assert!(stable.iter().rev().eq(model.iter().rev()));
        assert_eq!(stable.slices().flatten().count(), model.len());
        assert!(stable.slices().flatten().eq(model.iter()));
        assert_eq!(stable.clone(), stable);
    }

    #[test]
    fn stable_vec_agrees_with_vec_and_elements_never_move() {
        for seed in 0..4 {
            agrees_with_vec::<1>(seed);
            agrees_with_vec::<8>(seed);
            agrees_with_vec::<256>(seed);
        }
    }

    #[test]
    fn a_pointer_outlives_pushes() {
        let mut vector: StableVec<u64, 4> = StableVec::new();
        let first: *const u64 = vector.push(7);
        vector.extend(0..1000);
        // SAFETY: elements never move and the first is still there.
        assert_eq!(unsafe { *first }, 7);
    }

    #[test]
    fn reserved_pushes_make_no_chunk() {
        let mut vector: StableVec<u8, 16> = StableVec::with_capacity(33);
        assert_eq!(vector.capacity(), 48);
        vector.extend(0..48);
        assert_eq!(vector.capacity(), 48);
        vector.push(0);
        assert_eq!(vector.capacity(), 64);
        vector.clear();
        assert_eq!((vector.capacity(), vector.len()), (64, 0));
    }

    #[test]
    fn every_element_is_dropped_exactly_once() {
        let witness = Rc::new(());
        let mut vector: StableVec<_, 2> = (0..7).map(|_| Rc::clone(&witness)).collect();
        drop(vector.pop());
        vector.truncate(4);
        assert_eq!(Rc::strong_count(&witness), 5);
        vector.push(Rc::clone(&witness));
        let copy = vector.clone();
        assert_eq!(Rc::strong_count(&witness), 11);
        drop(vector);
        assert_eq!(Rc::strong_count(&witness), 6);
        drop(copy);
        assert_eq!(Rc::strong_count(&witness), 1);
    }

    #[test]
    fn elements_without_size_are_counted() {
        let vector: StableVec<(), 4> = std::iter::repeat_n((), 9).collect();
        assert_eq!((vector.len(), vector.iter().count()), (9, 9));
    }
}
