//! The queue with real threads; `tests/loom_queue.rs` has every interleaving of small cases.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;

use super::queue::{BackPressure, Queue, QueueError};

#[test]
fn a_full_queue_rejects_or_drops_the_oldest_and_counts_it() {
    let rejecting = Queue::new(3, BackPressure::Reject);
    let dropping = Queue::new(3, BackPressure::DropOldest);
    let mut oracle = VecDeque::new();
    for value in 0..10 {
        assert_eq!(rejecting.push(value).is_ok(), value < 3);
        dropping.push(value).unwrap();
        oracle.push_back(value);
        if oracle.len() > 3 {
            oracle.pop_front();
        }
    }
    assert_eq!((rejecting.refused(), rejecting.dropped()), (7, 0));
    assert_eq!((dropping.refused(), dropping.dropped()), (0, 7));
    assert_eq!(std::iter::from_fn(|| rejecting.pop()).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(std::iter::from_fn(|| dropping.pop()).collect::<VecDeque<_>>(), oracle);
}

#[test]
fn a_push_that_waits_gives_its_element_back_when_the_queue_closes() {
    let queue = Arc::new(Queue::new(1, BackPressure::Spin));
    queue.push(1).unwrap();
    let waiting = thread::spawn({
        let queue = Arc::clone(&queue);
        move || queue.push(2)
    });
    while queue.waited() == 0 {
        thread::yield_now();
    }
    queue.close();
    assert_eq!(waiting.join().unwrap(), Err((2, QueueError::Closed)));
    assert_eq!((queue.pop(), queue.pop()), (Some(1), None));
    assert!(queue.is_finished());
}

#[test]
fn nothing_is_lost_or_doubled_between_many_threads_and_each_senders_order_holds() {
    const SENDERS: u64 = 4;
    const EACH: u64 = 20_000;
    let queue = Arc::new(Queue::new(64, BackPressure::Spin));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || (0..EACH).for_each(|i| queue.push((sender, i)).unwrap()))
        })
        .collect();
    let consumer = thread::spawn({
        let queue = Arc::clone(&queue);
        move || {
            let mut next = [0; SENDERS as usize];
            while !queue.is_finished() {
                while let Some((sender, i)) = queue.pop() {
                    assert_eq!(i, next[sender as usize]);
                    next[sender as usize] += 1;
                }
                thread::yield_now();
            }
            next
        }
    });
    for sender in senders {
        sender.join().unwrap();
    }
    queue.close();
    assert_eq!(consumer.join().unwrap(), [EACH; SENDERS as usize]);
}
