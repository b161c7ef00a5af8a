//! The queue between two threads and the sequence lock in every interleaving of their threads, by model checking.
//!
//! The files under test are the library's own, compiled over the model checker's atomics and cells: an access that is not
//! ordered with another thread's is found, too.

#[path = "../src/mem/seqlock.rs"]
#[allow(dead_code)]
mod seqlock;
#[path = "../src/mem/spsc.rs"]
#[allow(dead_code)]
mod spsc;

/// What both files are built on, as the model checker has it.
mod sync {
    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

    pub(crate) fn pause() {
        loom::thread::yield_now();
    }
}

mod pool {
    use std::mem::MaybeUninit;

    pub(crate) fn touched_storage<T>(capacity: usize) -> Box<[MaybeUninit<T>]> {
        Box::new_uninit_slice(capacity)
    }
}

use loom::thread;
use seqlock::SeqLock;
use spsc::spsc;

#[test]
fn a_queue_gives_everything_once_and_in_order() {
    for capacity in [1, 2] {
        loom::model(move || {
            let (mut producer, mut consumer) = spsc::<Box<u32>>(capacity);
            let pushing = thread::spawn(move || {
                let mut refused = 0;
                for value in 0..3 {
                    // Once more when it was full, and then given up: a model must end.
                    if let Err(back) = producer.push(Box::new(value)) {
                        thread::yield_now();
                        refused += u32::from(producer.push(back).is_err());
                    }
                }
                refused
            });
            let mut popped = Vec::new();
            for _ in 0..2 {
                popped.extend(consumer.pop());
            }
            let refused = pushing.join().unwrap();
            popped.extend(std::iter::from_fn(|| consumer.pop()));
            assert_eq!(popped.len() as u32 + refused, 3, "{popped:?}");
            assert!(popped.windows(2).all(|pair| pair[0] < pair[1]), "{popped:?}");
        });
    }
}

#[test]
fn what_is_left_is_dropped_by_whichever_end_goes_last() {
    loom::model(|| {
        let witness = std::sync::Arc::new(());
        let (mut producer, mut consumer) = spsc(2);
        let pushed = witness.clone();
        let pushing = thread::spawn(move || {
            producer.push(pushed.clone()).unwrap();
            producer.push(pushed).unwrap();
        });
        drop(consumer.pop());
        drop(consumer);
        pushing.join().unwrap();
        assert_eq!(std::sync::Arc::strong_count(&witness), 1);
    });
}

#[test]
fn a_reader_sees_whole_values_and_never_an_older_one_after_a_newer() {
    // Without a bound the same passes in eighty seconds.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (mut writer, reader) = SeqLock::split((0_u64, 0_u64));
        let reading = thread::spawn(move || {
            let mut last = 0;
            for _ in 0..2 {
                if let Some((first, second)) = reader.try_read() {
                    assert_eq!(first, second, "half of one value and half of another");
                    assert!(first >= last, "time runs backwards");
                    last = first;
                }
            }
        });
        writer.write((1, 1));
        writer.write((2, 2));
        reading.join().unwrap();
    });
}

#[test]
fn a_reader_that_waits_gets_the_last_value_once_the_writer_is_done() {
    loom::model(|| {
        let (mut writer, reader) = SeqLock::split((0_u64, 0_u64));
        let writing = thread::spawn(move || writer.write((1, 1)));
        let (first, second) = reader.read();
        assert_eq!(first, second);
        writing.join().unwrap();
        assert_eq!(reader.read(), (1, 1));
        assert_eq!(reader.version(), 1);
    });
}

/// The model finds what it is there for: the same lock with a writer that forgets to make the sequence odd first.
#[test]
#[should_panic(expected = "half of one value")]
fn the_model_finds_the_tear_of_a_lock_without_its_first_half() {
    use sync::{Arc, AtomicU64, Ordering, fence};
    loom::model(|| {
        let shared = Arc::new((AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)));
        let writing = thread::spawn({
            let shared = shared.clone();
            move || {
                shared.1.store(1, Ordering::Relaxed);
                shared.2.store(1, Ordering::Relaxed);
                shared.0.store(2, Ordering::Release);
            }
        });
        let before = shared.0.load(Ordering::Acquire);
        let words = (shared.1.load(Ordering::Relaxed), shared.2.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        if before & 1 == 0 && shared.0.load(Ordering::Relaxed) == before {
            assert_eq!(words.0, words.1, "half of one value");
        }
        writing.join().unwrap();
    });
}
