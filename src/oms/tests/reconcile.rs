//! Breaks with the venue, each by its type, and what adopting its word does. Late fills and silence by example.

use super::*;

fn venue(id: OrderId, side: Side, price: i64, leaves: u64) -> VenueOrder {
    VenueOrder { order_id: id, side, price: Price(price), leaves: Quantity(leaves) }
}

/// Live orders: a buy of 10 at 99 and a sell of 5 at 103.
fn two() -> (Desk, OrderId, OrderId) {
    let mut desk = Desk::new(OmsConfig { capacity: 4, ..OmsConfig::default() });
    let (buy, sell) =
        (desk.place(Side::Buy, 99, 10).unwrap().order_id, desk.place(Side::Sell, 103, 5).unwrap().order_id);
    desk.report(ExecutionKind::Accepted, buy, |r| r.leaves = Quantity(10)).unwrap();
    desk.report(ExecutionKind::Accepted, sell, |r| r.leaves = Quantity(5)).unwrap();
    (desk, buy, sell)
}

fn snapshot(orders: &[VenueOrder], position: i64) -> VenueSnapshot<'_> {
    let position = SignedQuantity(position);
    VenueSnapshot { orders, position, timestamp: Timestamp(1_000), grace_ns: 100 }
}

fn breaks(desk: &Desk, snapshot: &VenueSnapshot<'_>, position: i64) -> (Vec<Break>, Reconciliation) {
    let mut out = [Break::EMPTY; 16];
    let done = desk.oms.reconcile(snapshot, SignedQuantity(position), &mut out).unwrap();
    (out[..done.breaks].to_vec(), done)
}

#[test]
fn every_difference_is_a_typed_break() {
    let (desk, buy, sell) = two();
    let agree = [venue(buy, Side::Buy, 99, 10), venue(sell, Side::Sell, 103, 5)];
    assert_eq!(breaks(&desk, &snapshot(&agree, 7), 7).1, Reconciliation { matched: 2, ..Default::default() });
    let one = |kind, order_id, ours, venue| vec![Break { kind, order_id, ours, venue }];
    let zero = OrderId(0);
    for (orders, position, expected) in [
        (vec![agree[1]], 7, one(BreakKind::MissingAtVenue, buy, 10, 0)),
        (vec![agree[0], venue(sell, Side::Sell, 103, 4)], 7, one(BreakKind::Quantity, sell, 5, 4)),
        (vec![agree[0], venue(sell, Side::Sell, 104, 5)], 7, one(BreakKind::Price, sell, 103, 104)),
        (vec![agree[0], venue(sell, Side::Buy, 103, 5)], 7, one(BreakKind::Side, sell, 1, 0)),
        (agree.to_vec(), 6, one(BreakKind::Position, zero, 7, 6)),
        (
            vec![agree[0], agree[1], venue(OrderId(1 << 50), Side::Buy, 1, 3)],
            7,
            one(BreakKind::UnknownToUs, OrderId(1 << 50), 0, 3),
        ),
    ] {
        let (found, done) = breaks(&desk, &snapshot(&orders, position), 7);
        assert_eq!(found, expected);
        assert_eq!(done.breaks, 1);
    }
    let (_, done) = breaks(&desk, &snapshot(&[], 0), 7);
    assert_eq!(done.breaks, 3);
    let mut small = [Break::EMPTY; 1];
    let counted = desk.oms.reconcile(&snapshot(&[], 0), SignedQuantity(7), &mut small).unwrap();
    assert_eq!(counted.breaks, 3, "those that do not fit are counted");
    let twice = [agree[0], agree[0]];
    assert_eq!(
        desk.oms.reconcile(&snapshot(&twice, 7), SignedQuantity(7), &mut small),
        Err(OmsError::BadReport)
    );
    for number in 1..=7 {
        assert_eq!(BreakKind::from_u8(number).map(|kind| kind as u8), Some(number));
    }
}

#[test]
fn orders_in_flight_are_not_judged() {
    let (mut desk, buy, sell) = two();
    desk.now = 950;
    desk.cancel(buy).unwrap();
    let (found, done) = breaks(&desk, &snapshot(&[venue(sell, Side::Sell, 103, 5)], 0), 0);
    assert_eq!((found, done.in_flight), (vec![], 1));
    assert_eq!(desk.oms.adopt(&snapshot(&[venue(sell, Side::Sell, 103, 5)], 0)), Ok(0));
    assert_eq!(desk.state(buy), Some(OrderState::PendingCancel), "left alone");
}

#[test]
fn adopting_makes_the_venues_word_ours() {
    let (mut desk, buy, sell) = two();
    let gone = desk.place(Side::Buy, 98, 2).unwrap().order_id;
    desk.report(ExecutionKind::Rejected, gone, |_| ()).unwrap();
    let orders =
        [venue(sell, Side::Sell, 104, 3), venue(gone, Side::Buy, 98, 2), venue(OrderId(3), Side::Buy, 1, 1)];
    assert_eq!(desk.oms.adopt(&snapshot(&orders, 9)), Ok(1), "the last is none of ours");
    assert_eq!((desk.state(buy), desk.state(gone)), (None, Some(OrderState::Live)));
    let order = desk.oms.order(sell).unwrap();
    assert_eq!((order.price, order.remaining), (Price(104), Quantity(3)));
    assert_eq!((desk.oms.working(Side::Buy), desk.oms.working(Side::Sell)), (Quantity(2), Quantity(3)));
    // A fill from before the snapshot is in its position; one from after it counts.
    let fill = |at: u64, id: u64, lots: u64, leaves: u64| {
        move |r: &mut ExecutionReport| {
            r.new_order_id = OrderId(id);
            r.timestamp = Timestamp(at);
            r.quantity = Quantity(lots);
            r.leaves = Quantity(leaves);
        }
    };
    let early = desk.report(ExecutionKind::Filled, sell, fill(1_000, 70, 1, 2));
    assert_eq!(early, Err(OmsError::DuplicateFill(70)));
    assert_eq!(desk.report(ExecutionKind::Filled, sell, fill(1_001, 71, 1, 2)).unwrap().filled, Quantity(1));
    let twice = desk.report(ExecutionKind::Filled, sell, fill(1_001, 71, 1, 2));
    assert_eq!(twice, Err(OmsError::DuplicateFill(71)));
}

#[test]
fn a_fill_that_comes_after_the_end_of_its_order_is_booked_once() {
    let (mut desk, buy, _) = two();
    desk.cancel(buy).unwrap();
    desk.report(ExecutionKind::Cancelled, buy, |_| ()).unwrap();
    let fill = |id, lots| {
        move |r: &mut ExecutionReport| {
            r.side = Side::Buy;
            r.new_order_id = OrderId(id);
            r.quantity = Quantity(lots);
            r.leaves = Quantity(4);
        }
    };
    let late = desk.report(ExecutionKind::Filled, buy, fill(1, 6)).unwrap();
    assert_eq!((late.filled, late.order.id, late.order.state), (Quantity(6), buy, OrderState::Cancelled));
    assert_eq!(desk.report(ExecutionKind::Filled, buy, fill(1, 6)), Err(OmsError::DuplicateFill(1)));
    let more = desk.report(ExecutionKind::Filled, buy, fill(2, 5));
    assert!(matches!(more, Err(OmsError::Inconsistent { .. })), "more than there was");
    assert_eq!(desk.report(ExecutionKind::Filled, buy, fill(3, 4)).unwrap().filled, Quantity(4));
    let unnamed = desk.report(ExecutionKind::Filled, buy, fill(0, 1));
    assert_eq!(
        unnamed,
        Err(OmsError::FinishedOrder(buy)),
        "without an id nothing tells it from a repetition"
    );
}

#[test]
fn lots_that_are_known_to_have_traded_count_until_they_are_reported() {
    let (mut desk, buy, _) = two();
    let fill = |id, lots, leaves| {
        move |r: &mut ExecutionReport| {
            r.side = Side::Buy;
            r.new_order_id = OrderId(id);
            r.quantity = Quantity(lots);
            r.leaves = Quantity(leaves);
        }
    };
    desk.report(ExecutionKind::Filled, buy, fill(2, 3, 0)).unwrap();
    assert_eq!((desk.state(buy), desk.oms.working(Side::Buy)), (None, Quantity(7)), "over, seven to come");
    desk.report(ExecutionKind::Filled, buy, fill(1, 7, 3)).unwrap();
    assert_eq!(desk.oms.working(Side::Buy), Quantity(0));
}

#[test]
fn silence_makes_an_order_unknown_and_any_word_ends_it() {
    let (mut desk, buy, sell) = two();
    desk.now = 50;
    desk.cancel(buy).unwrap();
    desk.replace(sell, 104, 9).unwrap();
    let fresh = desk.place(Side::Buy, 97, 1).unwrap().order_id;
    assert_eq!(desk.oms.expire(Timestamp(150), 100), 0, "exactly as long as it may take");
    assert_eq!(desk.oms.expire(Timestamp(151), 100), 3);
    assert_eq!([buy, sell, fresh].map(|id| desk.state(id)), [Some(OrderState::Unknown); 3]);
    assert_eq!((desk.oms.working(Side::Buy), desk.oms.working(Side::Sell)), (Quantity(11), Quantity(9)));
    desk.now = 160;
    assert!(desk.cancel(buy).is_ok() && desk.cancel(fresh).is_ok(), "these can be repeated");
    assert!(matches!(desk.cancel(sell), Err(OmsError::WrongState { .. })), "this the venue has to say");
    assert!(matches!(desk.replace(fresh, 96, 1), Err(OmsError::WrongState { .. })));
    assert_eq!(desk.oms.unknown(), 1);
    desk.report(ExecutionKind::CancelRejected, sell, |_| ()).unwrap();
    assert_eq!((desk.state(sell), desk.oms.unknown()), (Some(OrderState::Live), 0));
    desk.oms.expire(Timestamp(1_000), 100);
    let held = [venue(fresh, Side::Buy, 97, 1), venue(sell, Side::Sell, 103, 5)];
    let (found, _) = breaks(&desk, &snapshot(&held, 0), 0);
    let kinds: Vec<_> = found.iter().map(|b| (b.kind, b.order_id)).collect();
    assert!(
        kinds.contains(&(BreakKind::MissingAtVenue, buy)) && kinds.contains(&(BreakKind::Unanswered, fresh))
    );
}

#[test]
fn a_refusal_of_something_else_is_not_taken_for_what_is_under_way() {
    let (mut desk, buy, _) = two();
    let first = desk.replace(buy, 98, 4).unwrap().new_order_id;
    let refusal = |of: OrderId| move |r: &mut ExecutionReport| r.new_order_id = of;
    desk.report(ExecutionKind::CancelRejected, buy, refusal(first)).unwrap();
    desk.replace(buy, 97, 20).unwrap();
    for stale in [first, buy] {
        let again = desk.report(ExecutionKind::CancelRejected, buy, refusal(stale));
        assert!(matches!(again, Err(OmsError::WrongState { .. })));
        assert_eq!(desk.oms.working(Side::Buy), Quantity(20), "the replacement still counts");
    }
}

#[test]
fn a_restarted_host_counts_no_fill_twice() {
    let (mut desk, buy, _) = two();
    desk.oms.remember_fill(41);
    let fill = |r: &mut ExecutionReport| {
        r.new_order_id = OrderId(41);
        r.quantity = Quantity(1);
        r.leaves = Quantity(9);
    };
    assert_eq!(desk.report(ExecutionKind::Filled, buy, fill), Err(OmsError::DuplicateFill(41)));
}
