//! Shutdown: cancel, flatten, say what is left.

use super::*;
use crate::risk::RiskReason;

struct Closing {
    desk: Desk,
    shutdown: Shutdown,
    position: i64,
}

impl Closing {
    /// Two working orders and a position.
    fn new(policy: FlattenPolicy, position: i64) -> Self {
        let mut desk = Desk::new(OmsConfig { capacity: 4, ..OmsConfig::default() });
        desk.quoting(&both(99.0, 103.0));
        let config =
            ShutdownConfig { policy, clip: Quantity(6), retry_ns: 10, reprice_ns: 50, deadline_ns: 1_000 };
        let shutdown = Shutdown::begin(&config, Timestamp(desk.now), &mut desk.gate).unwrap();
        Self { desk, shutdown, position }
    }

    fn step(&mut self) -> Vec<OrderAction> {
        self.desk.now += 1;
        let (position, now) = (SignedQuantity(self.position), Timestamp(self.desk.now));
        let Desk { oms, gate, top, out, .. } = &mut self.desk;
        let count = self.shutdown.step(oms, top, position, now, gate, out).unwrap();
        out[..count].to_vec()
    }

    fn confirm(&mut self, actions: &[OrderAction]) {
        for action in actions {
            self.desk.report(ExecutionKind::Cancelled, action.order_id, |_| ()).unwrap();
        }
    }

    fn report(&self) -> ShutdownReport {
        self.shutdown.report(&self.desk.oms, SignedQuantity(self.position))
    }
}

use OrderActionKind::{Cancel, Place};

#[test]
fn it_cancels_then_crosses_in_clips_until_it_is_flat() {
    let mut closing = Closing::new(FlattenPolicy::Cross { slippage_ticks: 3 }, 10);
    let actions = closing.step();
    assert_eq!(actions.iter().map(|a| a.kind).collect::<Vec<_>>(), [Cancel, Cancel]);
    assert_eq!(closing.step(), [], "nothing goes out before the cancels are confirmed");
    closing.confirm(&actions);
    for lots in [6, 4] {
        let actions = closing.step();
        assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Place, Side::Sell, 97, lots)]);
        assert_eq!(actions[0].post_only, 0);
        closing.desk.fill(actions[0].order_id, lots, 0).unwrap();
        closing.position -= lots as i64;
    }
    assert_eq!(closing.step(), []);
    let report = closing.report();
    assert!(closing.shutdown.is_over());
    assert_eq!((report.phase, report.working_orders, report.actions), (ShutdownPhase::Done, 0, 4));
}

#[test]
fn a_position_may_stay_by_policy() {
    let mut closing = Closing::new(FlattenPolicy::Leave, -7);
    let actions = closing.step();
    closing.confirm(&actions);
    assert_eq!(closing.step(), []);
    let report = closing.report();
    assert_eq!((report.phase, report.position), (ShutdownPhase::Left, SignedQuantity(-7)));
}

#[test]
fn a_passive_order_is_placed_anew_where_the_market_is() {
    let mut closing = Closing::new(FlattenPolicy::Passive, -7);
    let actions = closing.step();
    closing.confirm(&actions);
    let actions = closing.step();
    assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Place, Side::Buy, 100, 6)]);
    assert_eq!(actions[0].post_only, 1);
    closing.desk.report(ExecutionKind::Accepted, actions[0].order_id, |r| r.leaves = Quantity(6)).unwrap();
    assert_eq!(closing.step(), []);
    closing.desk.now += 60;
    closing.desk.top = MarketTop::new(Some(Price(101)), Some(Price(103)));
    let actions = closing.step();
    assert_eq!(actions[0].kind, Cancel);
    closing.confirm(&actions);
    assert_eq!(closing.step().iter().map(brief).collect::<Vec<_>>(), [(Place, Side::Buy, 101, 6)]);
}

#[test]
fn a_cancel_that_is_not_answered_is_repeated_and_at_the_deadline_it_says_what_is_left() {
    let mut closing = Closing::new(FlattenPolicy::Cross { slippage_ticks: 3 }, 10);
    assert_eq!(closing.step().len(), 2);
    closing.desk.now += 11;
    assert_eq!(closing.step().len(), 2, "again");
    closing.desk.now += 1_000;
    assert_eq!(closing.step().len(), 2, "and once more at the deadline");
    assert!(closing.shutdown.is_over());
    let report = closing.report();
    assert_eq!((report.phase, report.working_orders), (ShutdownPhase::GaveUp, 2));
    assert_eq!((report.working_quantity, report.position), (Quantity(20), SignedQuantity(10)));
}

#[test]
fn nothing_passes_a_killed_gate_and_the_report_says_so() {
    let mut closing = Closing::new(FlattenPolicy::Cross { slippage_ticks: 3 }, 10);
    closing.desk.gate.kill();
    let actions = closing.step();
    assert_eq!(actions.len(), 2, "cancels pass");
    closing.confirm(&actions);
    assert_eq!(closing.step(), []);
    let report = closing.report();
    assert_eq!(report.phase, ShutdownPhase::Flattening);
    assert_eq!(report.last_refusal.unwrap().reason, RiskReason::KillSwitch);
    closing.desk.gate.revive();
    assert_eq!(closing.step().len(), 1, "only reducing orders pass, and this one does");
}

#[test]
fn no_quote_of_the_strategy_slips_in_between() {
    let mut closing = Closing::new(FlattenPolicy::Cross { slippage_ticks: 3 }, 0);
    let actions = closing.step();
    closing.confirm(&actions);
    let decision = closing.desk.try_decide(&both(99.0, 103.0)).unwrap();
    assert_eq!((decision.actions, decision.refused), (0, 2));
    let mut none = [];
    let (top, flat) = (closing.desk.top, SignedQuantity(0));
    let refused = closing.shutdown.step(
        &mut closing.desk.oms,
        &top,
        flat,
        Timestamp(9),
        &mut closing.desk.gate,
        &mut none,
    );
    assert_eq!(refused, Err(OmsError::ActionBufferFull { needed: 1 }));
    let config = ShutdownConfig { clip: Quantity(0), ..ShutdownConfig::default() };
    assert!(Shutdown::begin(&config, Timestamp(0), &mut closing.desk.gate).is_err());
}
