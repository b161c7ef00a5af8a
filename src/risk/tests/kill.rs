//! The kill switch on real threads. `tests/loom_kill_switch.rs` walks through every interleaving instead.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;

use super::*;

#[test]
fn nothing_is_sent_once_kill_has_returned() {
    const ROUNDS: u32 = if cfg!(miri) { 5 } else { 100 };
    let mut bench = Bench::new(RiskConfig::default());
    let (switch, sent, stop) = (bench.gate.kill_switch(), AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let order = bench.order(Side::Buy, 10_000, 1);
                let exposure = bench.exposure;
                let _ = bench.gate.check_then(&order, &exposure, || sent.fetch_add(1, Ordering::Relaxed));
            }
        });
        for _ in 0..ROUNDS {
            let before = sent.load(Ordering::Relaxed);
            switch.revive();
            while sent.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
            switch.kill();
            let at_return = sent.load(Ordering::Relaxed);
            for _ in 0..5 {
                std::thread::yield_now();
                assert_eq!(sent.load(Ordering::Relaxed), at_return);
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn kill_waits_for_the_order_that_is_being_sent() {
    let mut bench = Bench::new(RiskConfig::default());
    let (switch, order, exposure) =
        (bench.gate.kill_switch(), bench.order(Side::Buy, 10_000, 1), bench.exposure);
    let (begun, wait) = channel();
    let sent = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (switch, sent) = (&switch, &sent);
        let killer = scope.spawn(move || {
            wait.recv().unwrap();
            switch.kill();
            assert!(sent.load(Ordering::Relaxed), "kill came back in the middle of an order");
        });
        bench
            .gate
            .check_then(&order, &exposure, || {
                begun.send(()).unwrap();
                for _ in 0..100 {
                    std::thread::yield_now();
                }
                sent.store(true, Ordering::Relaxed);
            })
            .unwrap();
        killer.join().unwrap();
    });
    assert_eq!(bench.try_buy(), Err(RiskReason::KillSwitch));
}

#[test]
fn a_panic_while_sending_leaves_no_killer_waiting() {
    let mut bench = Bench::new(RiskConfig::default());
    let (switch, order, exposure) =
        (bench.gate.kill_switch(), bench.order(Side::Buy, 10_000, 1), bench.exposure);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = bench.gate.check_then(&order, &exposure, || panic!("the wire broke"));
    }));
    assert!(result.is_err());
    switch.kill();
    assert_eq!(bench.try_buy(), Err(RiskReason::KillSwitch));
}

#[test]
fn the_switch_is_counted_and_written_down() {
    let mut bench = Bench::new(RiskConfig::default());
    bench.gate.kill();
    assert!(
        matches!(bench.gate.stance(AAPL, Timestamp(5)), Stance::Closed(why) if why.reason == RiskReason::KillSwitch)
    );
    assert_eq!(bench.try_buy(), Err(RiskReason::KillSwitch));
    assert_eq!((bench.row(RiskReason::KillSwitch).refused, bench.row(RiskReason::Halted).evaluated), (1, 0));
    bench.gate.revive();
    assert_eq!(bench.try_buy(), Ok(()));
    let switch = RiskReason::KillSwitch as u8;
    assert_eq!(bench.events(), [(AuditKind::Kill, switch), (AuditKind::Kill, switch)]);
}
