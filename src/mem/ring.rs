//! A ring of fixed capacity for one owner: the last N of anything, or a bounded queue.
//!
//! All storage is allocated at construction; every operation is O(1) and hot path. Elements come out oldest first.

use std::mem::MaybeUninit;

/// A fixed number of elements in the order of their arrival.
///
/// ```
/// use market_maker::mem::ring::RingBuffer;
/// let mut last = RingBuffer::new(3);
/// for price in 1..=5 {
///     last.push_overwrite(price);
/// }
/// assert!(last.iter().eq(&[3, 4, 5]));
/// assert_eq!(last.push(6), Err(6));
/// assert_eq!(last.pop(), Some(3));
/// ```
pub struct RingBuffer<T> {
    slots: Box<[MaybeUninit<T>]>,
    /// Where the oldest element is; below the capacity.
    head: usize,
    len: usize,
}

impl<T> RingBuffer<T> {
    /// An empty ring for `capacity` elements.
    ///
    /// # Panics
    /// When `capacity` is 0.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "a ring needs room for an element");
        Self { slots: Box::new_uninit_slice(capacity), head: 0, len: 0 }
    }

    /// How many elements fit.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.slots.len()
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

    /// Whether the next push is refused or overwrites.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.len == self.slots.len()
    }

    /// The slot of the element `offset` places after the oldest; `offset` is at most the capacity.
    const fn slot(&self, offset: usize) -> usize {
        let at = self.head + offset;
        if at >= self.slots.len() { at - self.slots.len() } else { at }
    }

    /// Adds an element unless the ring is full. Hot path.
    ///
    /// # Errors
    /// The element itself when the ring is full.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.is_full() {
            return Err(value);
        }
        let at = self.slot(self.len);
        self.slots[at].write(value);
        self.len += 1;
        Ok(())
    }

    /// Adds an element; a full ring gives its oldest one up and returns it. Hot path.
    pub fn push_overwrite(&mut self, value: T) -> Option<T> {
        let oldest = if self.is_full() { self.pop() } else { None };
        let at = self.slot(self.len);
        self.slots[at].write(value);
        self.len += 1;
        oldest
    }

    /// Takes the oldest element. Hot path.
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let slot = &self.slots[self.head];
        // SAFETY: the ring is not empty, so the slot at `head` holds an element; it leaves the ring below.
        let value = unsafe { slot.assume_init_read() };
        self.head = self.slot(1);
        self.len -= 1;
        Some(value)
    }

    /// The element `index` places after the oldest.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len {
            return None;
        }
        let slot = &self.slots[self.slot(index)];
        // SAFETY: offsets below `len` hold elements.
        Some(unsafe { slot.assume_init_ref() })
    }

    /// The oldest element.
    #[must_use]
    pub fn front(&self) -> Option<&T> {
        self.get(0)
    }

    /// The newest element.
    #[must_use]
    pub fn back(&self) -> Option<&T> {
        self.len.checked_sub(1).and_then(|last| self.get(last))
    }

    /// The elements, oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> + DoubleEndedIterator {
        let (first, second) = self.as_slices();
        Iter { first, second }
    }

    /// The elements as two runs, oldest first.
    #[must_use]
    pub fn as_slices(&self) -> (&[T], &[T]) {
        let end = (self.head + self.len).min(self.slots.len());
        let first = &self.slots[self.head..end];
        let second = &self.slots[..self.len - first.len()];
        // SAFETY: offsets below `len` hold elements: from `head` to the end of the storage ...
        let first = unsafe { first.assume_init_ref() };
        // SAFETY: ... and the rest from its beginning.
        let second = unsafe { second.assume_init_ref() };
        (first, second)
    }

    /// Drops every element.
    pub fn clear(&mut self) {
        while self.pop().is_some() {}
        self.head = 0;
    }
}

struct Iter<'a, T> {
    first: &'a [T],
    second: &'a [T],
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        if let Some((head, tail)) = self.first.split_first() {
            self.first = tail;
            return Some(head);
        }
        let (head, tail) = self.second.split_first()?;
        self.second = tail;
        Some(head)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.first.len() + self.second.len();
        (left, Some(left))
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if let Some((last, rest)) = self.second.split_last() {
            self.second = rest;
            return Some(last);
        }
        let (last, rest) = self.first.split_last()?;
        self.first = rest;
        Some(last)
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

impl<T> Drop for RingBuffer<T> {
    fn drop(&mut self) {
        self.clear();
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for RingBuffer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
