//! A bounded queue from one thread to another, lock-free and wait-free on both ends.
//!
//! Each end owns an index and publishes it with release; the other end reads it with acquire, and only when what it saw last
//! is used up. `tests/loom_mem.rs` checks every interleaving of this file. O(1), hot path.

use std::mem::MaybeUninit;

use super::pool::touched_storage;
use super::sync::{Arc, AtomicUsize, Ordering, UnsafeCell};

/// An index on a cache line of its own, so that the two ends do not slow each other.
#[repr(align(128))]
struct Padded(AtomicUsize);

struct Channel<T> {
    slots: Box<[UnsafeCell<MaybeUninit<T>>]>,
    /// Elements popped so far, wrapping.
    popped: Padded,
    /// Elements pushed so far, wrapping.
    pushed: Padded,
}

// SAFETY: a slot is touched by the producer before its index is published and by the consumer after; values move from
// one thread to the other, hence T: Send.
unsafe impl<T: Send> Sync for Channel<T> {}

impl<T> Channel<T> {
    fn slot(&self, index: usize) -> &UnsafeCell<MaybeUninit<T>> {
        // The number of slots is a power of two, so that wrapping indices stay in step.
        &self.slots[index & (self.slots.len() - 1)]
    }
}

impl<T> Drop for Channel<T> {
    fn drop(&mut self) {
        // Both ends are gone, and with them what they had in common.
        let (mut at, end) = (self.popped.0.load(Ordering::Relaxed), self.pushed.0.load(Ordering::Relaxed));
        while at != end {
            self.slot(at).with_mut(|slot| {
                // SAFETY: both ends are gone, so nobody else touches the slot.
                let slot = unsafe { &mut *slot };
                // SAFETY: slots between the two indices hold elements.
                unsafe { slot.assume_init_drop() };
            });
            at = at.wrapping_add(1);
        }
    }
}

/// The pushing end of an [`spsc`] ring.
pub struct Producer<T> {
    channel: Arc<Channel<T>>,
    pushed: usize,
    /// What `popped` was when last looked at: at least so many slots are free.
    popped_seen: usize,
}

/// The popping end of an [`spsc`] ring.
pub struct Consumer<T> {
    channel: Arc<Channel<T>>,
    popped: usize,
    /// What `pushed` was when last looked at: at least so many elements are there.
    pushed_seen: usize,
}

/// A bounded queue from one thread to another, lock-free; `capacity` is rounded up to a power of two.
///
/// ```
/// use market_maker::mem::ring::spsc;
/// let (mut producer, mut consumer) = spsc(2);
/// producer.push("bid").unwrap();
/// producer.push("ask").unwrap();
/// assert_eq!(producer.push("late"), Err("late"));
/// let other = std::thread::spawn(move || (consumer.pop(), consumer.pop(), consumer.pop()));
/// assert_eq!(other.join().unwrap(), (Some("bid"), Some("ask"), None));
/// ```
///
/// # Panics
/// When `capacity` is 0 or exceeds half the address space.
#[must_use]
pub fn spsc<T: Send>(capacity: usize) -> (Producer<T>, Consumer<T>) {
    assert!(capacity > 0 && capacity <= 1 << (usize::BITS - 2), "a ring needs room for an element");
    let slots = touched_storage(capacity.next_power_of_two()).into_vec().into_iter().map(UnsafeCell::new);
    let channel = Arc::new(Channel {
        slots: slots.collect(),
        popped: Padded(AtomicUsize::new(0)),
        pushed: Padded(AtomicUsize::new(0)),
    });
    let consumer = Consumer { channel: Arc::clone(&channel), popped: 0, pushed_seen: 0 };
    (Producer { channel, pushed: 0, popped_seen: 0 }, consumer)
}

impl<T> Producer<T> {
    /// Adds an element unless the ring is full. Hot path, wait-free.
    ///
    /// # Errors
    /// The element itself when the ring is full.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        let capacity = self.channel.slots.len();
        if self.pushed.wrapping_sub(self.popped_seen) == capacity {
            self.popped_seen = self.channel.popped.0.load(Ordering::Acquire);
            if self.pushed.wrapping_sub(self.popped_seen) == capacity {
                return Err(value);
            }
        }
        self.channel.slot(self.pushed).with_mut(|slot| {
            // SAFETY: the slot is free: the consumer's index, read with acquire, has passed it, and it does not look at it
            // again before the index below is published.
            unsafe { slot.write(MaybeUninit::new(value)) }
        });
        self.pushed = self.pushed.wrapping_add(1);
        self.channel.pushed.0.store(self.pushed, Ordering::Release);
        Ok(())
    }
}

impl<T> Consumer<T> {
    /// Takes the oldest element. Hot path, wait-free.
    pub fn pop(&mut self) -> Option<T> {
        if self.popped == self.pushed_seen {
            self.pushed_seen = self.channel.pushed.0.load(Ordering::Acquire);
            if self.popped == self.pushed_seen {
                return None;
            }
        }
        let value = self.channel.slot(self.popped).with(|slot| {
            // SAFETY: the producer has published the slot, which was read with acquire, and does not touch it before the
            // index below is published.
            let slot = unsafe { &*slot };
            // SAFETY: a published slot holds an element; it is read once, because the index moves on.
            unsafe { slot.assume_init_read() }
        });
        self.popped = self.popped.wrapping_add(1);
        self.channel.popped.0.store(self.popped, Ordering::Release);
        Some(value)
    }
}

impl<T> std::fmt::Debug for Producer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer").field("pushed", &self.pushed).finish_non_exhaustive()
    }
}

impl<T> std::fmt::Debug for Consumer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer").field("popped", &self.popped).finish_non_exhaustive()
    }
}
