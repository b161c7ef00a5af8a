//! Rings of fixed capacity: [`RingBuffer`] for one owner (the last N of anything, or a bounded queue), and [`spsc`] for
//! two threads, one of which pushes and one of which pops.
//!
//! All storage is allocated at construction; every operation is O(1), wait-free and hot path. Elements come out oldest
//! first.

use std::mem::MaybeUninit;

use super::pool::touched_storage;
pub use super::spsc::{Consumer, Producer, spsc};

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
        Self { slots: touched_storage(capacity), head: 0, len: 0 }
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
        let first = unsafe { std::slice::from_raw_parts(first.as_ptr().cast(), first.len()) };
        // SAFETY: ... and the rest from its beginning.
        let second = unsafe { std::slice::from_raw_parts(second.as_ptr().cast(), second.len()) };
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::rc::Rc;
    use std::sync::Arc;

    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn ring_agrees_with_a_deque() {
        for seed in 0..if cfg!(miri) { 2 } else { 6 } {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let capacity = 1 + random.next_u32() as usize % 9;
            let mut ring = RingBuffer::new(capacity);
            let mut model = VecDeque::new();
            for _ in 0..if cfg!(miri) { 500 } else { 50_000 } {
                let value = Box::new(random.next_u64());
                match random.next_u32() % 8 {
                    0..2 => {
                        let refused = ring.push(value.clone());
                        if model.len() == capacity {
                            assert_eq!(refused, Err(value));
                        } else {
                            assert_eq!(refused, Ok(()));
                            model.push_back(value);
                        }
                    }
                    2..4 => {
                        let oldest = if model.len() == capacity { model.pop_front() } else { None };
                        assert_eq!(ring.push_overwrite(value.clone()), oldest);
                        model.push_back(value);
                    }
                    4..7 => assert_eq!(ring.pop(), model.pop_front()),
                    _ if *value % 50 == 0 => {
                        ring.clear();
                        model.clear();
                    }
                    _ => {}
                }
                assert_eq!((ring.len(), ring.is_full()), (model.len(), model.len() == capacity));
                assert!(ring.iter().eq(model.iter()));
                assert!(ring.iter().rev().eq(model.iter().rev()));
                assert_eq!((ring.front(), ring.back()), (model.front(), model.back()));
                assert_eq!((ring.get(2), ring.get(capacity)), (model.get(2), None));
            }
        }
    }

    #[test]
    fn every_element_of_a_ring_is_dropped_exactly_once() {
        let witness = Rc::new(());
        let mut ring = RingBuffer::new(3);
        for _ in 0..5 {
            ring.push_overwrite(Rc::clone(&witness));
        }
        assert_eq!(Rc::strong_count(&witness), 4);
        assert!(ring.push(Rc::clone(&witness)).is_err());
        ring.pop();
        assert_eq!(Rc::strong_count(&witness), 3);
        drop(ring);
        assert_eq!(Rc::strong_count(&witness), 1);
    }

    #[test]
    fn a_queue_between_threads_loses_nothing_and_keeps_the_order() {
        const COUNT: u64 = if cfg!(miri) { 300 } else { 300_000 };
        for capacity in [1, 2, 7, 64] {
            let (mut producer, mut consumer) = spsc(capacity);
            let popper = std::thread::spawn(move || {
                for expected in 0..COUNT {
                    loop {
                        match consumer.pop() {
                            Some(value) => break assert_eq!(value, Box::new(expected)),
                            None => std::thread::yield_now(),
                        }
                    }
                }
                assert_eq!(consumer.pop(), None);
            });
            for value in 0..COUNT {
                let mut value = Box::new(value);
                while let Err(back) = producer.push(value) {
                    value = back;
                    std::thread::yield_now();
                }
            }
            popper.join().unwrap();
        }
    }

    #[test]
    fn what_is_left_in_a_queue_is_dropped_with_its_second_end() {
        let witness = Arc::new(());
        let (mut producer, mut consumer) = spsc(4);
        for _ in 0..4 {
            producer.push(Arc::clone(&witness)).unwrap();
        }
        assert!(producer.push(Arc::clone(&witness)).is_err());
        drop(consumer.pop());
        producer.push(Arc::clone(&witness)).unwrap();
        drop(producer);
        assert_eq!(Arc::strong_count(&witness), 5);
        drop(consumer);
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}
