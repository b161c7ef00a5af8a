//! How single orders follow the venue's reports.

use super::OrderState::{
    Cancelled as IsCancelled, Filled as IsFilled, Live, PartiallyFilled, PendingCancel, PendingNew,
    PendingReplace, Rejected as IsRejected,
};
use super::*;

use ExecutionKind::{Accepted, CancelRejected, Cancelled, Filled, Rejected, Replaced};

fn leaves(quantity: u64) -> impl FnOnce(&mut ExecutionReport) {
    move |report| report.leaves = Quantity(quantity)
}

fn nothing(_: &mut ExecutionReport) {}

/// A desk with one live buy order of 10.
fn live() -> (Desk, OrderId) {
    let mut desk = Desk::new(OmsConfig::default());
    let id = desk.place(Side::Buy, 99, 10).unwrap().order_id;
    desk.report(Accepted, id, leaves(10)).unwrap();
    (desk, id)
}

fn replaced(id: OrderId, quantity: u64) -> impl FnOnce(&mut ExecutionReport) {
    move |report| {
        report.new_order_id = id;
        report.leaves = Quantity(quantity);
    }
}

#[test]
fn an_order_lives_and_trades_and_ends() {
    let mut desk = Desk::new(OmsConfig::default());
    let id = desk.place(Side::Sell, 99, 10).unwrap().order_id;
    assert_eq!((desk.state(id), desk.oms.working(Side::Sell)), (Some(PendingNew), Quantity(10)));
    desk.report(Accepted, id, leaves(10)).unwrap();
    assert_eq!(desk.state(id), Some(Live));
    let outcome = desk.fill(id, 4, 6).unwrap();
    assert_eq!(
        (outcome.filled, outcome.order.remaining, outcome.order.filled),
        (Quantity(4), Quantity(6), Quantity(4))
    );
    assert_eq!((desk.state(id), desk.oms.working(Side::Sell)), (Some(PartiallyFilled), Quantity(6)));
    assert_eq!(desk.fill(id, 6, 0).unwrap().order.state, IsFilled);
    assert_eq!((desk.state(id), desk.oms.working(Side::Sell), desk.oms.len()), (None, Quantity(0), 0));
    assert_eq!(desk.fill(id, 6, 0), Err(OmsError::FinishedOrder(id)));
}

#[test]
fn a_fill_before_the_acceptance_accepts() {
    let mut desk = Desk::new(OmsConfig::default());
    let id = desk.place(Side::Buy, 99, 10).unwrap().order_id;
    desk.fill(id, 4, 6).unwrap();
    assert_eq!(desk.state(id), Some(PartiallyFilled));
    assert!(matches!(desk.report(Accepted, id, leaves(10)), Err(OmsError::WrongState { .. })));
    desk.cancel(id).unwrap();
    assert!(matches!(desk.report(Rejected, id, nothing), Err(OmsError::WrongState { .. })));
}

#[test]
fn a_rejected_order_never_worked() {
    let mut desk = Desk::new(OmsConfig::default());
    let id = desk.place(Side::Buy, 99, 10).unwrap().order_id;
    assert_eq!(desk.report(Rejected, id, nothing).unwrap().order.state, IsRejected);
    assert_eq!(desk.oms.working(Side::Buy), Quantity(0));
    let (mut desk, id) = live();
    assert!(matches!(desk.report(Rejected, id, nothing), Err(OmsError::WrongState { .. })));
}

#[test]
fn an_order_may_trade_while_its_cancel_is_under_way() {
    let (mut desk, id) = live();
    desk.cancel(id).unwrap();
    assert!(matches!(desk.cancel(id), Err(OmsError::WrongState { state: PendingCancel, .. })));
    desk.fill(id, 3, 7).unwrap();
    assert_eq!((desk.state(id), desk.oms.working(Side::Buy)), (Some(PendingCancel), Quantity(7)));
    let outcome = desk.report(Cancelled, id, nothing).unwrap();
    assert_eq!((outcome.order.state, outcome.filled), (IsCancelled, Quantity(0)));
    assert_eq!(desk.oms.working(Side::Buy), Quantity(0));
}

#[test]
fn a_refused_cancel_returns_the_order_to_where_it_was() {
    for fills in [0, 2] {
        let (mut desk, id) = live();
        if fills > 0 {
            desk.fill(id, fills, 10 - fills).unwrap();
        }
        let before = desk.state(id);
        desk.cancel(id).unwrap();
        desk.report(CancelRejected, id, nothing).unwrap();
        assert_eq!(desk.state(id), before);
        assert!(matches!(desk.report(CancelRejected, id, nothing), Err(OmsError::WrongState { .. })));
    }
    let mut desk = Desk::new(OmsConfig::default());
    let id = desk.place(Side::Buy, 99, 10).unwrap().order_id;
    desk.cancel(id).unwrap();
    desk.report(CancelRejected, id, nothing).unwrap();
    assert_eq!(desk.state(id), Some(PendingNew));
    desk.cancel(id).unwrap();
    desk.report(Accepted, id, leaves(10)).unwrap();
    assert_eq!(desk.state(id), Some(PendingCancel), "the cancel is still under way");
}

#[test]
fn a_venue_may_cancel_unasked() {
    let (mut desk, id) = live();
    assert_eq!(desk.report(Cancelled, id, nothing).unwrap().order.state, IsCancelled);
    assert!(desk.oms.is_empty());
}

#[test]
fn a_replacement_counts_the_larger_quantity_until_it_is_answered() {
    for (quantity, worst) in [(4, 10), (25, 25)] {
        let (mut desk, id) = live();
        let new = desk.replace(id, 98, quantity).unwrap().new_order_id;
        assert_eq!((desk.state(id), desk.state(new)), (Some(PendingReplace), Some(PendingReplace)));
        assert_eq!(desk.oms.working(Side::Buy), Quantity(worst));
        // What trades on the way is taken off both.
        desk.fill(id, 3, 7).unwrap();
        assert_eq!(desk.oms.working(Side::Buy), Quantity(worst - 3));
        desk.report(Replaced, id, replaced(new, quantity - 3)).unwrap();
        assert_eq!((desk.state(id), desk.state(new)), (None, Some(Live)));
        let order = desk.oms.order(new).unwrap();
        assert_eq!((order.price, order.remaining), (Price(98), Quantity(quantity - 3)));
        assert_eq!(desk.oms.working(Side::Buy), Quantity(quantity - 3));
        assert_eq!(desk.fill(id, 1, 6), Err(OmsError::FinishedOrder(id)));
    }
}

#[test]
fn a_replacement_may_be_reported_as_a_cancel_and_a_new_order() {
    let (mut desk, id) = live();
    let new = desk.replace(id, 98, 8).unwrap().new_order_id;
    desk.report(Cancelled, id, nothing).unwrap();
    assert_eq!((desk.state(new), desk.oms.working(Side::Buy)), (Some(PendingNew), Quantity(8)));
    desk.report(Accepted, new, leaves(8)).unwrap();
    assert_eq!(desk.state(new), Some(Live));

    let (mut desk, id) = live();
    let new = desk.replace(id, 98, 8).unwrap().new_order_id;
    desk.report(Cancelled, id, nothing).unwrap();
    desk.report(Rejected, new, nothing).unwrap();
    assert!(desk.oms.is_empty());
    assert_eq!(desk.oms.working(Side::Buy), Quantity(0));
}

#[test]
fn a_cancel_of_the_venue_that_crosses_a_replacement_leaves_nothing_behind() {
    let (mut desk, id) = live();
    let new = desk.replace(id, 98, 8).unwrap().new_order_id;
    // The venue cancels for its own reasons, then finds nothing to replace.
    desk.report(Cancelled, id, nothing).unwrap();
    let outcome = desk.report(CancelRejected, id, nothing).unwrap();
    assert_eq!((outcome.order.id, outcome.order.state), (new, IsRejected));
    assert!(desk.oms.is_empty());
}

#[test]
fn a_refused_replacement_leaves_the_old_order() {
    for kind in [CancelRejected, Rejected] {
        let (mut desk, id) = live();
        desk.fill(id, 1, 9).unwrap();
        let new = desk.replace(id, 98, 50).unwrap().new_order_id;
        desk.fill(id, 2, 7).unwrap();
        let about = if kind == Rejected { new } else { id };
        desk.report(kind, about, nothing).unwrap();
        assert_eq!((desk.state(id), desk.state(new)), (Some(PartiallyFilled), None));
        assert_eq!(desk.oms.working(Side::Buy), Quantity(7));
        assert_eq!(desk.report(Accepted, new, leaves(50)), Err(OmsError::FinishedOrder(new)));
    }
}

#[test]
fn an_order_that_trades_out_under_replacement_waits_only_for_what_can_still_come() {
    // Nothing more was wanted: it is over.
    let (mut desk, id) = live();
    desk.replace(id, 98, 10).unwrap();
    assert_eq!(desk.fill(id, 10, 0).unwrap().order.state, IsFilled);
    // Five more were wanted: they may still come, or not.
    for comes in [true, false] {
        let (mut desk, id) = live();
        let new = desk.replace(id, 98, 15).unwrap().new_order_id;
        desk.fill(id, 10, 0).unwrap();
        assert_eq!((desk.state(id), desk.oms.working(Side::Buy)), (Some(PendingReplace), Quantity(5)));
        if comes {
            desk.report(Replaced, id, replaced(new, 5)).unwrap();
            assert_eq!((desk.state(new), desk.oms.working(Side::Buy)), (Some(Live), Quantity(5)));
        } else {
            assert_eq!(desk.report(CancelRejected, id, nothing).unwrap().order.state, IsFilled);
            assert_eq!(desk.oms.working(Side::Buy), Quantity(0));
        }
    }
    // The venue takes everything off: the replacement never has a lot.
    let (mut desk, id) = live();
    let new = desk.replace(id, 98, 15).unwrap().new_order_id;
    assert_eq!(desk.report(Replaced, id, replaced(new, 0)).unwrap().order.state, IsFilled);
}

#[test]
fn a_fill_of_the_replacement_shows_that_it_works() {
    let (mut desk, id) = live();
    let new = desk.replace(id, 98, 8).unwrap().new_order_id;
    desk.fill(new, 2, 6).unwrap();
    assert_eq!((desk.state(new), desk.oms.working(Side::Buy)), (Some(PartiallyFilled), Quantity(6)));
    assert_eq!(desk.state(id), None);
}

#[test]
fn reports_that_cannot_be_change_nothing() {
    let (mut desk, id) = live();
    desk.fill(id, 2, 8).unwrap();
    let new = desk.replace(id, 98, 20).unwrap().new_order_id;
    let other = desk.place(Side::Sell, 120, 3).unwrap().order_id;
    let before = desk.snapshot();
    let ours = ExecutionReport { order_id: id, ..ExecutionReport::EMPTY };
    let fill = |quantity, leaves| ExecutionReport {
        kind: Filled,
        quantity: Quantity(quantity),
        leaves: Quantity(leaves),
        ..ours
    };
    let bad = [
        ExecutionReport { instrument: InstrumentId(5), ..fill(1, 7) },
        ExecutionReport { order_id: OrderId(0), ..fill(1, 7) },
        ExecutionReport { order_id: OrderId(u64::MAX), ..fill(1, 7) },
        ExecutionReport { order_id: OrderId(id.0 ^ 1 << 40), ..fill(1, 7) },
        fill(2, 8),
        fill(1, 8),
        fill(1, 6),
        fill(9, 0),
        fill(0, 8),
        fill(u64::MAX, 9),
        fill(1, u64::MAX),
        ExecutionReport { side: Side::Sell, ..fill(1, 7) },
        ExecutionReport { price: Price(i64::MAX), ..fill(1, 7) },
        ExecutionReport { order_id: new, ..fill(1, 20) },
        ExecutionReport { kind: Accepted, leaves: Quantity(8), ..ours },
        ExecutionReport { kind: Accepted, order_id: new, leaves: Quantity(21), ..ours },
        ExecutionReport { kind: Accepted, order_id: new, leaves: Quantity(0), ..ours },
        ExecutionReport { kind: Accepted, order_id: other, leaves: Quantity(2), ..ours },
        ExecutionReport { kind: Rejected, ..ours },
        ExecutionReport { kind: Replaced, new_order_id: other, leaves: Quantity(20), ..ours },
        ExecutionReport { kind: Replaced, new_order_id: new, leaves: Quantity(21), ..ours },
        ExecutionReport { kind: Replaced, order_id: new, new_order_id: new, leaves: Quantity(2), ..ours },
        ExecutionReport { kind: CancelRejected, order_id: new, ..ours },
        ExecutionReport { kind: CancelRejected, order_id: other, ..ours },
    ];
    for report in bad {
        assert!(desk.oms.on_report(&report).is_err(), "{report:?}");
        assert_eq!(desk.snapshot(), before, "{report:?}");
    }
}

#[test]
fn refused_requests_change_nothing() {
    let mut desk = Desk::new(OmsConfig { capacity: 2, ..OmsConfig::default() });
    let first = desk.place(Side::Buy, 99, 10).unwrap().order_id;
    let pending = OmsError::WrongState { order_id: first, state: PendingNew };
    assert_eq!(desk.replace(first, 98, 5), Err(pending), "not accepted yet");
    desk.report(Accepted, first, leaves(10)).unwrap();
    let too_many = MAX_ORDER_QUANTITY.0 + 1;
    let before = desk.snapshot();
    assert_eq!(desk.place(Side::Buy, 99, too_many), Err(OmsError::QuantityOutOfRange));
    assert_eq!(desk.replace(first, 99, too_many), Err(OmsError::QuantityOutOfRange));
    assert!(matches!(desk.place(Side::Buy, 99, 0), Err(OmsError::Risk(_))));
    assert!(matches!(desk.replace(first, 99, 0), Err(OmsError::Risk(_))));
    assert_eq!(desk.cancel(OrderId(1 << 40)), Err(OmsError::UnknownOrder(OrderId(1 << 40))));
    assert_eq!(desk.snapshot(), before);
    desk.place(Side::Sell, 110, 10).unwrap();
    let before = desk.snapshot();
    assert_eq!(desk.place(Side::Sell, 111, 1), Err(OmsError::Full { capacity: 2 }));
    let mut none = [];
    let refused = desk.oms.cancel_all(Timestamp(0), &mut desk.gate, &mut none);
    assert_eq!(refused, Err(OmsError::ActionBufferFull { needed: 2 }));
    assert_eq!(desk.snapshot(), before);
}

#[test]
fn cancel_all_leaves_only_what_is_under_way() {
    let (mut desk, id) = live();
    desk.replace(id, 98, 5).unwrap();
    desk.place(Side::Sell, 110, 1).unwrap();
    let gone = desk.place(Side::Sell, 111, 1).unwrap().order_id;
    desk.cancel(gone).unwrap();
    desk.gate.kill();
    let mut out = [OrderAction::EMPTY; 4];
    assert_eq!(
        desk.oms.cancel_all(Timestamp(0), &mut desk.gate, &mut out),
        Ok(1),
        "cancels pass a killed gate"
    );
    assert_eq!((out[0].kind, out[0].price), (OrderActionKind::Cancel, Price(110)));
}

#[test]
fn ids_are_never_given_twice_and_go_on_after_a_restart() {
    let config = OmsConfig { capacity: 3, first_sequence: 1000, ..OmsConfig::default() };
    let mut desk = Desk::new(config);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        let id = desk.place(Side::Buy, 1, 1).unwrap().order_id;
        assert!(seen.insert(id));
        desk.report(Rejected, id, nothing).unwrap();
    }
    let mut desk = Desk::new(OmsConfig { first_sequence: desk.oms.next_sequence(), ..config });
    assert!(!seen.contains(&desk.place(Side::Buy, 1, 1).unwrap().order_id));

    let mut desk = Desk::new(OmsConfig { capacity: 1 << 16, first_sequence: u64::MAX >> 16, ..config });
    assert_eq!(desk.place(Side::Buy, 1, 1), Err(OmsError::IdsExhausted));
    let mut desk = Desk::new(OmsConfig { capacity: 1 << 16, first_sequence: (u64::MAX >> 16) - 1, ..config });
    assert!(desk.place(Side::Buy, 1, 1).is_ok());
    assert_eq!(desk.place(Side::Buy, 1, 1), Err(OmsError::IdsExhausted));
    for bad in [
        OmsConfig { capacity: 0, ..config },
        OmsConfig { capacity: 1 << 17, ..config },
        OmsConfig { first_sequence: 0, ..config },
    ] {
        assert!(matches!(OrderManager::new(&bad), Err(OmsError::BadConfig(_))));
    }
}
