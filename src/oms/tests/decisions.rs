//! Which messages a decision sends.

use super::OrderActionKind::{Cancel, Place, Replace};
use super::Side::{Buy, Sell};
use super::*;
use crate::risk::RiskReason;

#[test]
fn prices_are_rounded_outward_and_quantities_down() {
    for (bid, ask, at) in [
        (99.9, 102.1, (99, 103)),
        (99.0, 103.0, (99, 103)),
        // Noise of the last bit is no reason to give a tick away.
        (98.999_999_999, 103.000_000_001, (99, 103)),
        (-3.5, -1.5, (-4, -1)),
    ] {
        let mut desk = Desk::new(OmsConfig { post_only: false, ..OmsConfig::default() });
        let wanted = quotes(Some((bid, 7.9)), Some((ask, 0.999)));
        let actions = desk.decide(&wanted);
        assert_eq!(
            actions.iter().map(brief).collect::<Vec<_>>(),
            [(Place, Buy, at.0, 7)],
            "less than a lot is no ask"
        );
        let actions = desk.decide(&quotes(Some((bid, 7.9)), Some((ask, 3.0))));
        assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Place, Sell, at.1, 3)]);
    }
}

#[test]
fn post_only_quotes_stop_one_tick_before_the_opposite_best() {
    let mut desk = Desk::new(OmsConfig::default());
    let actions = desk.decide(&both(104.0, 104.5));
    assert_eq!(
        actions.iter().map(brief).collect::<Vec<_>>(),
        [(Place, Buy, 101, 10), (Place, Sell, 105, 10)]
    );
    assert!(actions.iter().all(|action| action.post_only == 1));
    let mut desk = Desk::new(OmsConfig { post_only: false, ..OmsConfig::default() });
    let actions = desk.decide(&both(104.0, 104.5));
    assert_eq!((actions[0].price, actions[0].post_only), (Price(104), 0));
}

#[test]
fn orders_move_only_beyond_the_requote_rule() {
    for (rule, stays, moves) in [
        (RequoteRule::Ticks(0), 90.0, 89.0),
        (RequoteRule::Ticks(2), 88.0, 87.0),
        // 90 ticks at 200 basis points: 1.8 ticks.
        (RequoteRule::BasisPoints(200), 89.0, 88.0),
        (RequoteRule::BasisPoints(222), 89.0, 88.0),
        (RequoteRule::BasisPoints(223), 88.0, 87.0),
    ] {
        let mut desk = Desk::new(OmsConfig { requote: rule, ..OmsConfig::default() });
        let placed = desk.quoting(&quotes(Some((90.0, 10.0)), None));
        assert_eq!(desk.decide(&quotes(Some((stays, 10.0)), None)), [], "{rule:?}");
        let actions = desk.decide(&quotes(Some((moves, 10.0)), None));
        assert_eq!(actions.len(), 1, "{rule:?}");
        assert_eq!(brief(&actions[0]), (Replace, Buy, moves as i64, 10));
        assert_eq!((actions[0].order_id, actions[0].replaced_quantity), (placed[0].order_id, Quantity(10)));
        assert_ne!(actions[0].new_order_id, placed[0].order_id);
    }
}

#[test]
fn quantities_move_only_beyond_their_share() {
    let mut desk = Desk::new(OmsConfig { requote_quantity_bps: 5_000, ..OmsConfig::default() });
    let id = desk.quoting(&both(99.0, 103.0))[0].order_id;
    desk.fill(id, 5, 5).unwrap();
    assert_eq!(desk.decide(&both(99.0, 103.0)), [], "half of it is left: exactly the share");
    desk.fill(id, 1, 4).unwrap();
    let actions = desk.decide(&both(99.0, 103.0));
    assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Replace, Buy, 99, 10)]);
    assert_eq!(actions[0].replaced_quantity, Quantity(4));
    assert_eq!(desk.oms.working(Buy), Quantity(10));
}

#[test]
fn what_is_under_way_is_not_sent_again() {
    let mut desk = Desk::new(OmsConfig::default());
    let placed = desk.decide(&both(99.0, 103.0));
    assert_eq!(placed.len(), 2);
    assert_eq!(desk.decide(&both(98.0, 104.0)), [], "not accepted yet");
    for action in &placed {
        desk.report(ExecutionKind::Accepted, action.order_id, |r| r.leaves = action.quantity).unwrap();
    }
    assert_eq!(desk.decide(&both(98.0, 104.0)).len(), 2);
    assert_eq!(desk.decide(&both(97.0, 105.0)), [], "not replaced yet");
    assert_eq!(desk.decide(&WantedQuotes::NONE), [], "not replaced yet");
}

#[test]
fn a_withdrawn_side_is_cancelled_once_even_before_it_is_accepted() {
    let mut desk = Desk::new(OmsConfig::default());
    let placed = desk.decide(&both(99.0, 103.0));
    let actions = desk.decide(&quotes(None, Some((103.0, 10.0))));
    assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Cancel, Buy, 99, 10)]);
    assert_eq!(actions[0].order_id, placed[0].order_id);
    assert_eq!(desk.decide(&quotes(None, Some((103.0, 10.0)))), []);
    assert_eq!(desk.decide(&both(99.0, 103.0)), [], "the level is taken until the cancel is confirmed");
    desk.report(ExecutionKind::Cancelled, placed[0].order_id, |_| ()).unwrap();
    assert_eq!(desk.decide(&both(99.0, 103.0)).len(), 1);
}

#[test]
fn a_refused_order_is_counted_and_not_sent() {
    let mut desk = Desk::new(OmsConfig::default());
    let config = RiskConfig { max_long_position: Some(Quantity(9)), ..RiskConfig::default() };
    desk.gate.set_config(&config).unwrap();
    let decision = desk.try_decide(&both(99.0, 103.0)).unwrap();
    assert_eq!((decision.actions, decision.refused, decision.held), (1, 1, 0));
    assert_eq!(decision.last_refusal.unwrap().reason, RiskReason::LongPosition);
    assert_eq!((desk.oms.working(Buy), desk.oms.working(Sell)), (Quantity(0), Quantity(10)));
    assert_eq!(desk.gate.counters().evaluated, 2);
}

#[test]
fn a_refused_move_cancels_unless_only_the_quantity_was_to_grow() {
    let collar = RiskConfig { collar_ticks: Some(5), ..RiskConfig::default() };
    let mut desk = Desk::new(OmsConfig::default());
    desk.gate.set_config(&collar).unwrap();
    desk.quoting(&quotes(Some((99.0, 10.0)), None));
    let actions = desk.decide(&quotes(Some((95.0, 10.0)), None));
    assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Cancel, Buy, 99, 10)]);

    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&quotes(Some((99.0, 10.0)), None));
    desk.gate
        .set_config(&RiskConfig { max_order_quantity: Some(Quantity(20)), ..RiskConfig::default() })
        .unwrap();
    let decision = desk.try_decide(&quotes(Some((99.0, 50.0)), None)).unwrap();
    assert_eq!((decision.actions, decision.refused), (0, 1), "the order stays as it is");
}

#[test]
fn the_kill_switch_withdraws_every_quote() {
    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&both(99.0, 103.0));
    desk.gate.kill();
    let actions = desk.decide(&both(99.0, 103.0));
    assert_eq!(
        actions.iter().map(brief).collect::<Vec<_>>(),
        [(Cancel, Buy, 99, 10), (Cancel, Sell, 103, 10)]
    );
}

#[test]
fn the_side_in_the_way_moves_first() {
    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&both(99.0, 103.0));
    desk.top = MarketTop::new(Some(Price(106)), Some(Price(108)));
    let sides = |actions: Vec<OrderAction>| actions.iter().map(|a| (a.kind, a.side)).collect::<Vec<_>>();
    assert_eq!(sides(desk.decide(&both(105.0, 109.0))), [(Replace, Sell), (Replace, Buy)]);

    let mut desk = Desk::new(OmsConfig::default());
    desk.quoting(&both(99.0, 103.0));
    desk.top = MarketTop::new(Some(Price(90)), Some(Price(92)));
    assert_eq!(sides(desk.decide(&both(89.0, 93.0))), [(Replace, Buy), (Replace, Sell)]);
}

#[test]
fn a_quote_never_meets_our_own_on_the_other_side() {
    let mut desk = Desk::new(OmsConfig::default());
    // The ask is not accepted yet, so it cannot move away.
    desk.decide(&quotes(None, Some((103.0, 10.0))));
    desk.top = MarketTop::new(Some(Price(106)), Some(Price(108)));
    let decision = desk.try_decide(&both(105.0, 109.0)).unwrap();
    assert_eq!((decision.actions, decision.held), (0, 1));

    // A bid that can neither stay nor go where it is wanted is cancelled.
    let mut desk = Desk::new(OmsConfig { post_only: false, ..OmsConfig::default() });
    desk.quoting(&quotes(Some((99.0, 10.0)), None));
    desk.decide(&quotes(Some((99.0, 10.0)), Some((103.0, 10.0))));
    let actions = desk.decide(&both(105.0, 109.0));
    assert_eq!(actions.iter().map(brief).collect::<Vec<_>>(), [(Cancel, Buy, 99, 10)]);
}

#[test]
fn cancel_first_places_after_the_cancel_is_confirmed() {
    let mut desk = Desk::new(OmsConfig { replace: ReplaceMode::CancelFirst, ..OmsConfig::default() });
    let id = desk.quoting(&quotes(Some((99.0, 10.0)), None))[0].order_id;
    let wanted = quotes(Some((97.0, 10.0)), None);
    assert_eq!(desk.decide(&wanted).iter().map(brief).collect::<Vec<_>>(), [(Cancel, Buy, 99, 10)]);
    assert_eq!(desk.decide(&wanted), []);
    desk.report(ExecutionKind::Cancelled, id, |_| ()).unwrap();
    assert_eq!(desk.decide(&wanted).iter().map(brief).collect::<Vec<_>>(), [(Place, Buy, 97, 10)]);
}

#[test]
fn several_levels_are_served_apart() {
    let mut desk = Desk::new(OmsConfig::default());
    let ladder = |offsets: &[f64]| {
        let mut wanted = WantedQuotes::NONE;
        for offset in offsets {
            assert!(wanted.push(Buy, WantedQuote { price: 100.0 - offset, quantity: 5.0 }));
            assert!(wanted.push(Sell, WantedQuote { price: 102.0 + offset, quantity: 5.0 }));
        }
        wanted
    };
    let placed = desk.quoting(&ladder(&[0.0, 1.0, 2.0, 3.0]));
    assert_eq!(placed.len(), 8);
    assert_eq!(desk.oms.working(Buy), Quantity(20));
    assert_eq!(placed.iter().map(|action| action.level).collect::<Vec<_>>(), [0, 1, 2, 3, 0, 1, 2, 3]);
    let actions = desk.decide(&ladder(&[0.0, 5.0, 2.0]));
    assert_eq!(
        actions.iter().map(brief).collect::<Vec<_>>(),
        [(Replace, Buy, 95, 5), (Cancel, Buy, 97, 5), (Replace, Sell, 107, 5), (Cancel, Sell, 105, 5)]
    );
    let mut full = ladder(&[0.0, 1.0, 2.0, 3.0]);
    assert!(!full.push(Buy, WantedQuote::default()));
}

#[test]
fn decisions_that_cannot_be_made_change_nothing() {
    let mut desk = Desk::new(OmsConfig { post_only: false, ..OmsConfig::default() });
    desk.quoting(&both(99.0, 103.0));
    let before = desk.snapshot();
    for (wanted, error) in [
        (both(f64::NAN, 103.0), OmsError::BadQuote),
        (both(99.0, f64::INFINITY), OmsError::BadQuote),
        (both(-1e300, 103.0), OmsError::BadQuote),
        (quotes(Some((90.0, f64::NAN)), None), OmsError::BadQuote),
        (quotes(Some((90.0, -1.0)), None), OmsError::BadQuote),
        (quotes(Some((90.0, 1e18)), None), OmsError::BadQuote),
        (both(101.0, 101.0), OmsError::CrossedQuotes),
        (both(101.0, 99.0), OmsError::CrossedQuotes),
    ] {
        assert_eq!(desk.try_decide(&wanted), Err(error));
        assert_eq!(desk.snapshot(), before);
    }
    let wanted = both(90.0, 110.0);
    let mut small = [OrderAction::EMPTY; 1];
    let result =
        desk.oms.decide(&wanted, &desk.top, SignedQuantity(0), Timestamp(9), &mut desk.gate, &mut small);
    assert_eq!(result, Err(OmsError::ActionBufferFull { needed: 2 }));
    assert_eq!(desk.snapshot(), before);
}

#[test]
fn quotes_without_a_free_slot_are_held() {
    let mut desk = Desk::new(OmsConfig { capacity: 1, ..OmsConfig::default() });
    let decision = desk.try_decide(&both(99.0, 103.0)).unwrap();
    assert_eq!((decision.actions, decision.held), (1, 1));
}

#[test]
fn the_reference_is_the_mid_rounded_down() {
    let reference = |bid, ask| MarketTop::new(Some(Price(bid)), Some(Price(ask))).reference.unwrap().0;
    for (bid, ask, mid) in
        [(100, 102, 101), (100, 101, 100), (-101, -100, -101), (-3, 4, 0), (-4, 3, -1), (1, 1, 1)]
    {
        assert_eq!(reference(bid, ask), mid, "{bid} {ask}");
    }
    assert_eq!(reference(i64::MAX, i64::MAX), i64::MAX);
    assert_eq!(MarketTop::new(None, Some(Price(7))).reference, Some(Price(7)));
    assert_eq!(MarketTop::new(None, None).reference, None);
}
