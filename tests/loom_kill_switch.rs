//! When `kill` has returned no order passes: every interleaving of the switch's two threads, by model checking.
//!
//! The file under test is the library's own, compiled over the model checker's atomics.

#[path = "../src/risk/kill.rs"]
#[allow(dead_code)]
mod kill;

/// What `kill.rs` is built on, as the model checker has it.
mod sync {
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

    /// The model checker has sequential consistency by fences only.
    pub(crate) fn announce(cell: &AtomicU64, value: u64) {
        cell.store(value, Ordering::Release);
        fence(Ordering::SeqCst);
    }

    pub(crate) fn pause() {
        loom::thread::yield_now();
    }
}

use kill::KillSwitch;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

/// The gate's thread: asks about so many orders and sends those that pass, while the gate is busy with them.
fn gate(switch: &KillSwitch, orders: usize, sent: &AtomicU64) -> u64 {
    (0..orders)
        .map(|_| match switch.enter() {
            Some(passing) => {
                sent.fetch_add(1, Ordering::Relaxed);
                drop(passing);
                1
            }
            None => 0,
        })
        .sum()
}

#[test]
fn after_kill_has_returned_nothing_is_sent() {
    loom::model(|| {
        let (switch, sent) = (KillSwitch::default(), Arc::new(AtomicU64::new(0)));
        let owner = thread::spawn({
            let (switch, sent) = (switch.clone(), sent.clone());
            move || gate(&switch, 2, &sent)
        });
        switch.kill();
        let at_return = sent.load(Ordering::Relaxed);
        owner.join().unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), at_return, "an order was sent after kill had returned");
        assert!(switch.is_killed());
    });
}

#[test]
fn who_finds_the_switch_on_waits_all_the_same() {
    loom::model(|| {
        let (switch, sent) = (KillSwitch::default(), Arc::new(AtomicU64::new(0)));
        let owner = thread::spawn({
            let (switch, sent) = (switch.clone(), sent.clone());
            move || gate(&switch, 1, &sent)
        });
        switch.request();
        switch.kill();
        let at_return = sent.load(Ordering::Relaxed);
        owner.join().unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), at_return, "an order was sent after kill had returned");
    });
}

#[test]
fn a_revived_switch_lets_orders_pass_again() {
    loom::model(|| {
        let (switch, sent) = (KillSwitch::default(), Arc::new(AtomicU64::new(0)));
        switch.kill();
        let owner = thread::spawn({
            let (switch, sent) = (switch.clone(), sent.clone());
            move || gate(&switch, 1, &sent)
        });
        switch.revive();
        let passed = owner.join().unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), passed);
        assert!(switch.enter().is_some());
    });
}

#[test]
#[should_panic(expected = "sent after")]
fn the_model_finds_the_hole_of_a_switch_that_does_not_wait() {
    loom::model(|| {
        let (switch, sent) = (KillSwitch::default(), Arc::new(AtomicU64::new(0)));
        let owner = thread::spawn({
            let (switch, sent) = (switch.clone(), sent.clone());
            move || gate(&switch, 1, &sent)
        });
        switch.request();
        let at_return = sent.load(Ordering::Relaxed);
        owner.join().unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), at_return, "an order was sent after the request");
    });
}
