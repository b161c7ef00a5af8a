//! Self-trade prevention: what gives way under each policy.

use super::*;
use crate::risk::{RiskReason, SelfTradePolicy};

/// Own asks at 101 (4 lots), 102 (6 lots) and 110 (1 lot).
fn asks(policy: SelfTradePolicy) -> (Desk, [OrderId; 3]) {
    let mut desk = Desk::new(OmsConfig { capacity: 8, ..OmsConfig::default() });
    let ids = [(101, 4), (102, 6), (110, 1)].map(|(price, lots)| {
        let id = desk.place(Side::Sell, price, lots).unwrap().order_id;
        desk.report(ExecutionKind::Accepted, id, |r| r.leaves = Quantity(lots)).unwrap();
        id
    });
    let config = RiskConfig { self_trade: Some(policy), ..RiskConfig::default() };
    desk.gate.set_config(&config).unwrap();
    (desk, ids)
}

fn buy(desk: &mut Desk, price: i64, quantity: u64) -> (Vec<OrderAction>, Submission) {
    let request =
        OrderRequest { side: Side::Buy, price: Price(price), quantity: Quantity(quantity), post_only: false };
    let (flat, now) = (SignedQuantity(0), Timestamp(desk.now));
    let done = desk.oms.submit(&request, flat, None, now, &mut desk.gate, &mut desk.out).unwrap();
    (desk.out[..done.actions].to_vec(), done)
}

fn kinds(actions: &[OrderAction]) -> Vec<(OrderActionKind, OrderId, u64)> {
    actions.iter().map(|action| (action.kind, action.order_id, action.quantity.0)).collect()
}

use OrderActionKind::{Cancel, Place, Replace};

#[test]
fn the_newest_is_refused() {
    let (mut desk, _) = asks(SelfTradePolicy::CancelNewest);
    let (actions, done) = buy(&mut desk, 101, 5);
    assert_eq!((actions.len(), done.refused.unwrap().reason), (0, RiskReason::SelfTrade));
    assert_eq!(desk.gate.counters().refused_for(RiskReason::SelfTrade), 1);
    assert_eq!(buy(&mut desk, 100, 5).1.sent, Quantity(5), "it meets none");
}

#[test]
fn the_oldest_are_cancelled_before_the_order_goes_out() {
    let (mut desk, ids) = asks(SelfTradePolicy::CancelOldest);
    let (actions, done) = buy(&mut desk, 102, 5);
    assert_eq!(kinds(&actions)[..2], [(Cancel, ids[0], 4), (Cancel, ids[1], 6)]);
    assert_eq!((actions[2].kind, done.sent, done.refused), (Place, Quantity(5), None));
    assert_eq!(desk.state(ids[2]), Some(OrderState::Live), "not in the way");
}

#[test]
fn both_give_way() {
    let (mut desk, ids) = asks(SelfTradePolicy::CancelBoth);
    let (actions, done) = buy(&mut desk, 101, 5);
    assert_eq!(kinds(&actions), [(Cancel, ids[0], 4)]);
    assert_eq!((done.sent, done.refused.unwrap().reason), (Quantity(0), RiskReason::SelfTrade));
    assert_eq!(desk.gate.counters().refused_for(RiskReason::SelfTrade), 1);
    assert_eq!(buy(&mut desk, 100, 5).1.sent, Quantity(5));
}

#[test]
fn the_smaller_is_taken_off_both() {
    let (mut desk, ids) = asks(SelfTradePolicy::Decrement);
    let (actions, done) = buy(&mut desk, 105, 7);
    assert_eq!(kinds(&actions), [(Cancel, ids[0], 4), (Replace, ids[1], 3)]);
    assert_eq!((actions[1].price, done.sent, done.refused), (Price(102), Quantity(0), None));

    let (mut desk, ids) = asks(SelfTradePolicy::Decrement);
    let (actions, done) = buy(&mut desk, 105, 12);
    assert_eq!(kinds(&actions)[..2], [(Cancel, ids[0], 4), (Cancel, ids[1], 6)]);
    assert_eq!((actions[2].kind, actions[2].quantity, done.sent), (Place, Quantity(2), Quantity(2)));
}

#[test]
fn what_cannot_move_away_refuses_the_order() {
    for policy in [SelfTradePolicy::CancelOldest, SelfTradePolicy::CancelBoth, SelfTradePolicy::Decrement] {
        let (mut desk, ids) = asks(policy);
        desk.replace(ids[0], 101, 3).unwrap();
        let (actions, done) = buy(&mut desk, 101, 5);
        assert_eq!((actions.len(), done.refused.unwrap().reason), (0, RiskReason::SelfTrade), "{policy:?}");
    }
}

#[test]
fn a_closed_gate_moves_nothing() {
    let (mut desk, _) = asks(SelfTradePolicy::CancelOldest);
    desk.gate.kill();
    let (actions, done) = buy(&mut desk, 105, 5);
    assert_eq!((actions.len(), done.refused.unwrap().reason), (0, RiskReason::KillSwitch));
    assert_eq!(desk.gate.counters().refused_for(RiskReason::KillSwitch), 1);
}

#[test]
fn quotes_are_withheld_and_counted_while_the_gate_is_closed_or_reducing() {
    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&both(99.0, 103.0));
    desk.gate.kill();
    let decision = desk.try_decide(&both(99.0, 103.0)).unwrap();
    assert_eq!((decision.actions, decision.refused), (2, 2), "both cancelled, both counted");
    assert_eq!(decision.last_refusal.unwrap().reason, RiskReason::KillSwitch);
    assert_eq!(desk.gate.counters().refused_for(RiskReason::KillSwitch), 2);
    desk.gate.revive();

    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&both(99.0, 103.0));
    desk.gate.set_state(crate::risk::TradingState::ReduceOnly, Timestamp(0));
    let long = SignedQuantity(4);
    let wanted = both(99.0, 103.0);
    let decision =
        desk.oms.decide(&wanted, &desk.top, long, Timestamp(9), &mut desk.gate, &mut desk.out).unwrap();
    let actions = desk.out[..decision.actions].to_vec();
    assert_eq!(
        actions.iter().map(brief).collect::<Vec<_>>(),
        [(Cancel, Side::Buy, 99, 10), (Replace, Side::Sell, 103, 4)],
        "the ask may close the position and no more"
    );
    assert_eq!(desk.gate.counters().refused_for(RiskReason::ReduceOnly), 1);
}
