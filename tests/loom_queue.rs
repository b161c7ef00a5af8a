//! A queue that closes loses nothing that it has taken, in every interleaving of its threads, by model checking.
//!
//! The file under test is the library's own, compiled over the model checker's atomics. The ring inside, which is
//! crossbeam's, is stood in for by one behind a lock: what is checked is what is added to it.

#[path = "../src/engine/manager/queue.rs"]
#[allow(dead_code)]
mod queue;

/// What `queue.rs` is built on, as the model checker has it.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};
    pub(crate) use loom::thread::yield_now;

    use loom::sync::atomic::{AtomicBool as Flag, AtomicUsize as Count, fence};

    /// The model checker knows sequential consistency of fences only; the flag and the count are used with nothing else,
    /// and an access is one with a fence on either side.
    fn in_one_order<R>(ordering: Ordering, access: impl FnOnce() -> R) -> R {
        assert_eq!(ordering, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let result = access();
        fence(Ordering::SeqCst);
        result
    }

    #[derive(Debug)]
    pub(crate) struct AtomicBool(Flag);

    impl AtomicBool {
        pub(crate) fn new(value: bool) -> Self {
            Self(Flag::new(value))
        }

        pub(crate) fn load(&self, ordering: Ordering) -> bool {
            in_one_order(ordering, || self.0.load(Ordering::Acquire))
        }

        pub(crate) fn store(&self, value: bool, ordering: Ordering) {
            in_one_order(ordering, || self.0.store(value, Ordering::Release));
        }
    }

    #[derive(Debug)]
    pub(crate) struct AtomicUsize(Count);

    impl AtomicUsize {
        pub(crate) fn new(value: usize) -> Self {
            Self(Count::new(value))
        }

        pub(crate) fn load(&self, ordering: Ordering) -> usize {
            in_one_order(ordering, || self.0.load(Ordering::Acquire))
        }

        pub(crate) fn fetch_add(&self, value: usize, ordering: Ordering) -> usize {
            in_one_order(ordering, || self.0.fetch_add(value, Ordering::AcqRel))
        }

        pub(crate) fn fetch_sub(&self, value: usize, ordering: Ordering) -> usize {
            in_one_order(ordering, || self.0.fetch_sub(value, Ordering::AcqRel))
        }
    }

    pub(crate) fn spin_loop() {
        loom::thread::yield_now();
    }

    #[derive(Debug)]
    pub(crate) struct ArrayQueue<T> {
        elements: loom::sync::Mutex<std::collections::VecDeque<T>>,
        capacity: usize,
    }

    impl<T> ArrayQueue<T> {
        pub(crate) fn new(capacity: usize) -> Self {
            Self { elements: loom::sync::Mutex::new(std::collections::VecDeque::new()), capacity }
        }

        pub(crate) fn push(&self, element: T) -> Result<(), T> {
            let mut elements = self.elements.lock().unwrap();
            if elements.len() == self.capacity {
                return Err(element);
            }
            elements.push_back(element);
            Ok(())
        }

        pub(crate) fn force_push(&self, element: T) -> Option<T> {
            let mut elements = self.elements.lock().unwrap();
            let oldest = if elements.len() == self.capacity { elements.pop_front() } else { None };
            elements.push_back(element);
            oldest
        }

        pub(crate) fn pop(&self) -> Option<T> {
            self.elements.lock().unwrap().pop_front()
        }

        pub(crate) fn len(&self) -> usize {
            self.elements.lock().unwrap().len()
        }

        pub(crate) fn is_empty(&self) -> bool {
            self.len() == 0
        }

        pub(crate) const fn capacity(&self) -> usize {
            self.capacity
        }
    }
}

use loom::sync::Arc;
use loom::thread;
use queue::{BackPressure, Queue, QueueError};

/// One thread pushes, one closes and drains: what was taken comes out, what was refused is given back.
fn close_while_pushing(policy: BackPressure, pushes: u32) {
    let mut model = loom::model::Builder::new();
    // Switches between threads that are not asked for; all that two threads of a few steps need.
    model.preemption_bound = Some(2);
    model.check(move || {
        let queue = Arc::new(Queue::new(1, policy));
        let pushing = thread::spawn({
            let queue = queue.clone();
            move || {
                let mut taken = Vec::new();
                for value in 0..pushes {
                    match queue.push(value) {
                        Ok(()) => taken.push(value),
                        Err((back, QueueError::Full | QueueError::Closed)) => assert_eq!(back, value),
                    }
                }
                taken
            }
        });
        let mut popped = Vec::new();
        popped.extend(queue.pop());
        queue.close();
        while !queue.is_finished() {
            popped.extend(queue.pop());
            thread::yield_now();
        }
        // Finished means for good: nothing comes any more.
        assert_eq!(queue.pop(), None);
        let taken = pushing.join().unwrap();
        assert_eq!(queue.pop(), None, "an element came after the queue had finished");
        assert_eq!(
            popped.len() as u64 + queue.dropped(),
            taken.len() as u64,
            "{taken:?} went in, {popped:?} came out"
        );
        assert!(popped.iter().all(|value| taken.contains(value)));
        assert!(popped.windows(2).all(|pair| pair[0] < pair[1]), "{popped:?}");
        assert_eq!(queue.push(9), Err((9, QueueError::Closed)));
    });
}

#[test]
fn a_queue_that_rejects_loses_nothing_when_it_closes() {
    close_while_pushing(BackPressure::Reject, 2);
}

#[test]
fn a_queue_that_drops_counts_what_it_drops_when_it_closes() {
    close_while_pushing(BackPressure::DropOldest, 2);
}

#[test]
fn a_queue_that_waits_gives_back_what_it_has_no_room_for_when_it_closes() {
    close_while_pushing(BackPressure::Spin, 2);
}
