//! What the attack has found, as the sequence of calls that shows it.

use market_maker::analytics::{Performance, PerformanceConfig};
use market_maker::model::trees::BoostedTrees;
use market_maker::oms::{
    OmsConfig, OrderManager, Route, RouteRequest, RouteStyle, VenueOffer, VenueOrder, VenueSnapshot, route,
};
use market_maker::risk::{
    FillUpdate, MarketUpdate, MarkoutLimit, OrderIntent, RiskConfig, RiskGate, RiskReason,
};
use market_maker::types::{
    FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};

/// A manager with one order to buy ten lots, its id, and what the venue says of it.
fn adopted(side: Side, leaves: u64) -> (OrderManager, OrderId, usize) {
    let mut gate = RiskGate::new(&RiskConfig::default()).unwrap();
    let mut oms = OrderManager::new(&OmsConfig::default()).unwrap();
    let id = oms
        .place(Side::Buy, Price(100), Quantity(10), false, SignedQuantity(0), None, Timestamp(1), &mut gate)
        .unwrap()
        .order_id;
    let venue = [VenueOrder { order_id: id, price: Price(100), leaves: Quantity(leaves), side }];
    let snapshot =
        VenueSnapshot { orders: &venue, position: SignedQuantity(0), timestamp: Timestamp(9), grace_ns: 0 };
    let left = oms.adopt(&snapshot).unwrap();
    (oms, id, left)
}

#[test]
fn an_order_adopted_on_the_other_side_is_counted_there_and_only_there() {
    let (oms, id, left) = adopted(Side::Sell, 7);
    assert_eq!((oms.working(Side::Buy), oms.working(Side::Sell)), (Quantity(0), Quantity(7)));
    assert_eq!((oms.order(id).unwrap().side, oms.len(), left), (Side::Sell, 1, 0));
}

#[test]
fn an_order_that_the_venue_has_with_no_lots_is_over() {
    let (oms, id, left) = adopted(Side::Buy, 0);
    assert_eq!((oms.order(id), oms.len(), oms.working(Side::Buy), left), (None, 0, Quantity(0), 0));
}

#[test]
fn more_lots_than_an_order_can_have_are_not_taken_over() {
    let (oms, id, left) = adopted(Side::Buy, u64::MAX);
    assert_eq!(
        (oms.order(id).unwrap().remaining, oms.working(Side::Buy), left),
        (Quantity(10), Quantity(10), 1)
    );
}

#[test]
fn a_categorical_split_beyond_all_words_is_refused() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fuzz/crashes/trees/a_split_beyond_all_words.txt"
    ))
    .unwrap();
    assert!(BoostedTrees::from_lightgbm(&text).is_err());
}

#[test]
fn a_queue_that_costs_more_than_any_number_is_the_last_choice() {
    let offer = VenueOffer {
        venue: 1,
        price: Price(100),
        available: Quantity(5),
        queue_ahead: Quantity(u64::MAX),
        latency_ns: u64::MAX,
        fees: FeeSchedule::FREE,
        is_open: true,
    };
    let near = VenueOffer { venue: 2, queue_ahead: Quantity(1), latency_ns: 1, ..offer };
    let request = RouteRequest {
        side: Side::Buy,
        limit: Price(100),
        quantity: Quantity(5),
        style: RouteStyle::Rest,
        queue_cost_micro: u64::MAX,
        latency_cost_micro: u64::MAX,
    };
    let mut routes = [Route::EMPTY; 2];
    assert_eq!(route(&request, &[offer, near], &mut routes).unwrap().routes, 1);
    assert_eq!(routes[0].venue, 2);
}

#[test]
fn a_markout_beyond_all_numbers_is_a_loss_and_no_gain() {
    let markout = MarkoutLimit { adverse_millticks: 1, horizon_ns: 1, fills: 1 };
    let mut gate = RiskGate::new(&RiskConfig { markout: Some(markout), ..RiskConfig::default() }).unwrap();
    let market = |timestamp, price: i64| MarketUpdate {
        instrument: InstrumentId(0),
        timestamp: Timestamp(timestamp),
        bid: Some(Price(price)),
        ask: Some(Price(price + 2)),
    };
    gate.on_market(&market(1, 0));
    gate.on_fill(&FillUpdate {
        instrument: InstrumentId(0),
        timestamp: Timestamp(1),
        side: Side::Buy,
        price: Price::MAX,
        quantity: Quantity::MAX,
        realised: None,
    });
    gate.on_market(&market(5, Price::MIN.0));
    gate.on_market(&market(9, Price::MIN.0));
    let order =
        OrderIntent { price: Price(1), quantity: Quantity(1), timestamp: Timestamp(9), ..OrderIntent::EMPTY };
    let refused = gate.check(&order, &Default::default()).unwrap_err();
    assert_eq!(refused.reason, RiskReason::Markout);
}

#[test]
fn fills_and_mids_as_far_apart_as_numbers_reach_are_counted() {
    let mut performance = Performance::new(&PerformanceConfig::default()).unwrap();
    performance.on_mid(Timestamp(0), Some(i64::MIN));
    let (bid, ask) = (Price(i64::MIN), Price(i64::MAX));
    performance.on_fill(Timestamp(1), Side::Buy, Price(0), Quantity(1), bid, ask);
    performance.on_mid(Timestamp(2), Some(i64::MIN));
    performance.on_mid(Timestamp(u64::MAX), Some(i64::MAX));
    assert!(performance.spread_capture().is_some_and(|share| share.abs() < 1e-9));
}
