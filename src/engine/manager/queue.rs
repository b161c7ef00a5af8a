//! A bounded lock-free queue for any number of threads on either end, with a stated answer to being full.
//!
//! The ring is crossbeam's `ArrayQueue`; what is added is the policy, its counters, and closing. All storage is allocated
//! at construction. Elements of one sender come out in the order in which it pushed them. O(1), hot path, except
//! that a push under [`BackPressure::Spin`] takes as long as the consumer does. `tests/loom_queue.rs` checks every interleaving of
//! what is added.

use super::sync::{ArrayQueue, AtomicBool, AtomicU64, AtomicUsize, Ordering, spin_loop, yield_now};

/// What a push does when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackPressure {
    /// It is refused and counted; the caller still has the element.
    Reject,
    /// The oldest element makes room, and is counted. For what may be lost: telemetry, whole snapshots.
    DropOldest,
    /// It waits until there is room, or the queue closes.
    Spin,
}

/// Why an element was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The queue is full, and its policy is [`BackPressure::Reject`].
    #[error("the queue is full")]
    Full,
    /// The queue was closed.
    #[error("the queue is closed")]
    Closed,
}

/// A bounded queue of many producers and many consumers.
///
/// ```
/// use market_maker::engine::manager::{BackPressure, Queue, QueueError};
/// let queue = Queue::new(2, BackPressure::Reject);
/// assert_eq!((queue.push('a'), queue.push('b')), (Ok(()), Ok(())));
/// assert_eq!(queue.push('c'), Err(('c', QueueError::Full)));
/// queue.close();
/// assert_eq!(queue.push('d'), Err(('d', QueueError::Closed)));
/// assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some('a'), Some('b'), None]); // nothing is lost
/// ```
#[derive(Debug)]
pub struct Queue<T> {
    ring: ArrayQueue<T>,
    policy: BackPressure,
    closed: AtomicBool,
    /// Pushes that have begun and may still put something in.
    pushing: AtomicUsize,
    dropped: AtomicU64,
    refused: AtomicU64,
    waited: AtomicU64,
}

impl<T> Queue<T> {
    /// An empty queue for `capacity` elements, at least one.
    #[must_use]
    pub fn new(capacity: usize, policy: BackPressure) -> Self {
        Self {
            ring: ArrayQueue::new(capacity.max(1)),
            policy,
            closed: AtomicBool::new(false),
            pushing: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            waited: AtomicU64::new(0),
        }
    }

    /// Appends an element. Hot path.
    ///
    /// # Errors
    /// The element itself with [`QueueError::Closed`], or with [`QueueError::Full`] under [`BackPressure::Reject`].
    pub fn push(&self, element: T) -> Result<(), (T, QueueError)> {
        // Counted before the flag is read: whoever closes sees either the count or a push that sees the flag.
        self.pushing.fetch_add(1, Ordering::SeqCst);
        let outcome = self.push_open(element);
        self.pushing.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    /// [`push`](Self::push), which is refused where it would have to wait. Hot path.
    ///
    /// # Errors
    /// As there.
    pub fn push_at_once(&self, element: T) -> Result<(), (T, QueueError)> {
        if self.policy != BackPressure::Spin {
            return self.push(element);
        }
        self.pushing.fetch_add(1, Ordering::SeqCst);
        let outcome = if self.closed.load(Ordering::SeqCst) {
            Err((element, QueueError::Closed))
        } else {
            self.ring.push(element).map_err(|back| {
                self.refused.fetch_add(1, Ordering::Relaxed);
                (back, QueueError::Full)
            })
        };
        self.pushing.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn push_open(&self, mut element: T) -> Result<(), (T, QueueError)> {
        let mut attempts = 0_u32;
        loop {
            if self.closed.load(Ordering::SeqCst) {
                return Err((element, QueueError::Closed));
            }
            match (self.policy, self.ring.push(element)) {
                (_, Ok(())) => return Ok(()),
                (BackPressure::Reject, Err(back)) => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    return Err((back, QueueError::Full));
                }
                (BackPressure::DropOldest, Err(back)) => {
                    if self.ring.force_push(back).is_some() {
                        self.dropped.fetch_add(1, Ordering::Relaxed);
                    }
                    return Ok(());
                }
                (BackPressure::Spin, Err(back)) => {
                    if attempts == 0 {
                        self.waited.fetch_add(1, Ordering::Relaxed);
                    }
                    relax(attempts);
                    attempts = attempts.saturating_add(1);
                    element = back;
                }
            }
        }
    }

    /// Takes the oldest element. Hot path.
    pub fn pop(&self) -> Option<T> {
        self.ring.pop()
    }

    /// Refuses every later push. What is inside can still be taken; a push that waits gives up.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Whether nothing is inside and nothing can come any more.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.closed.load(Ordering::SeqCst) && self.pushing.load(Ordering::SeqCst) == 0 && self.ring.is_empty()
    }

    /// Elements inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether nothing is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Most elements that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }

    /// Elements that made room for newer ones.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Pushes refused because the queue was full.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Pushes that had to wait for room.
    #[must_use]
    pub fn waited(&self) -> u64 {
        self.waited.load(Ordering::Relaxed)
    }
}

/// One step of waiting: the processor's pause first, then the rest of the time slice.
pub(super) fn relax(attempts: u32) {
    if attempts < 64 {
        spin_loop();
    } else {
        yield_now();
    }
}
