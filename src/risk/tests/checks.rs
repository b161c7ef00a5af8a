//! Every check of an order: what passes at its limit, what is refused beyond, what warns, and that its switch works.

use super::*;

/// With this setting `fails` is refused for `reason` and `passes` is not; switched off, both pass.
fn breach(
    config: RiskConfig,
    exposure: Exposure,
    passes: OrderIntent,
    fails: OrderIntent,
    reason: RiskReason,
) -> Bench {
    let mut bench = Bench::new(config);
    bench.exposure = exposure;
    assert_eq!(bench.ask(passes), Ok(()), "{reason} at its limit");
    bench.gate.set_config(&config).unwrap();
    assert_eq!(bench.ask(fails).map_err(|reject| reject.reason), Err(reason));
    let row = bench.row(reason);
    assert!(row.is_configured && row.is_on && row.is_fed && !row.is_inert(), "{row:?}");
    assert_eq!((row.evaluated, row.refused), (2, 1), "{reason}");
    assert_eq!(bench.gate.counters().refused_for(reason), 1);
    if bench.gate.set_enabled(reason, false).is_ok() {
        assert_eq!(bench.ask(fails), Ok(()), "{reason} is off");
        assert!(!bench.row(reason).is_on);
        assert_eq!(bench.row(reason).evaluated, 2, "{reason}: a check that is off is not asked");
    }
    bench
}

fn flat() -> Exposure {
    Exposure { reference: Some(Price(10_000)), ..Exposure::default() }
}

fn order(side: Side, price: i64, quantity: u64) -> OrderIntent {
    OrderIntent {
        side,
        price: Price(price),
        quantity: Quantity(quantity),
        timestamp: Timestamp(1_000),
        instrument: AAPL,
        ..OrderIntent::EMPTY
    }
}

fn buy(price: i64, quantity: u64) -> OrderIntent {
    order(Side::Buy, price, quantity)
}

#[test]
fn prices_that_must_be_positive_are() {
    let config = RiskConfig { positive_prices: true, ..RiskConfig::default() };
    breach(config, flat(), buy(1, 1), buy(0, 1), RiskReason::InvalidOrder);
    breach(config, flat(), buy(1, 1), buy(-5, 1), RiskReason::InvalidOrder);
}

#[test]
fn numbers_that_are_not_finite_or_not_whole_are_refused_and_counted() {
    let mut bench = Bench::new(RiskConfig::default());
    let (intent, exposure) = (order(Side::Buy, 0, 0), flat());
    for (price, quantity, reason) in [
        (f64::NAN, 1.0, RiskReason::InvalidOrder),
        (f64::INFINITY, 1.0, RiskReason::InvalidOrder),
        (1e300, 1.0, RiskReason::InvalidOrder),
        (100.0, f64::NEG_INFINITY, RiskReason::InvalidOrder),
        (100.0, -1.0, RiskReason::InvalidOrder),
        (100.0, 0.0, RiskReason::InvalidOrder),
        (100.5, 1.0, RiskReason::OffTick),
        (100.0, 1.5, RiskReason::OffLot),
    ] {
        let before = bench.gate.counters().refused_for(reason);
        let refused = bench.gate.check_decimal(&intent, price, quantity, &exposure).unwrap_err();
        assert_eq!(refused.reason, reason, "{price} {quantity}");
        assert_eq!(bench.gate.counters().refused_for(reason), before + 1);
    }
    let passed = bench.gate.check_decimal(&intent, 100.0, 3.0, &exposure).unwrap();
    assert_eq!((passed.price, passed.quantity), (Price(100), Quantity(3)));
}

#[test]
fn prices_and_quantities_keep_to_their_increments() {
    let config = RiskConfig { price_increment: 5, quantity_increment: 100, ..RiskConfig::default() };
    breach(config, flat(), buy(-10, 100), buy(-11, 100), RiskReason::OffTick);
    breach(config, flat(), buy(10, 300), buy(10, 250), RiskReason::OffLot);
    let mut bench = Bench::new(RiskConfig::default());
    assert!(!bench.row(RiskReason::OffTick).is_configured);
    let rules = InstrumentRules { price_increment: 25, ..InstrumentRules::default() };
    bench.gate.set_rules(AAPL, &rules).unwrap();
    assert!(bench.row(RiskReason::OffTick).is_configured, "by the instrument's own rules");
    assert_eq!(bench.ask(buy(9_990, 1)).unwrap_err().reason, RiskReason::OffTick);
    assert_eq!(bench.ask(OrderIntent { instrument: MSFT, ..buy(9_990, 1) }), Ok(()));
}

#[test]
fn orders_are_neither_too_small_nor_too_large() {
    let config = RiskConfig {
        min_order_quantity: Some(Quantity(10)),
        max_order_quantity: Some(Quantity(20)),
        max_order_notional: Some(Money(200_000)),
        ..RiskConfig::default()
    };
    breach(config, flat(), buy(10_000, 10), buy(10_000, 9), RiskReason::MinQuantity);
    breach(config, flat(), buy(10_000, 20), buy(9_000, 21), RiskReason::OrderQuantity);
    breach(config, flat(), buy(10_000, 20), buy(10_001, 20), RiskReason::OrderNotional);
}

#[test]
fn a_collar_wants_a_fresh_reference_near_by() {
    let config =
        RiskConfig { collar_ticks: Some(50), max_reference_age_ns: Some(500), ..RiskConfig::default() };
    breach(config, flat(), buy(10_050, 1), buy(10_051, 1), RiskReason::PriceCollar);
    let mut bench = Bench::new(config);
    bench.exposure.reference = None;
    assert_eq!(bench.try_buy(), Err(RiskReason::NoReference));
    bench.exposure.reference = Some(Price(10_000));
    bench.now += 500;
    assert_eq!(bench.try_buy(), Ok(()), "exactly as old as it may be");
    bench.now += 1;
    assert_eq!(bench.try_buy(), Err(RiskReason::StaleReference));
    bench.gate.on_data(AAPL, Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Ok(()), "data came that did not move the top");
    let unknown = OrderIntent { instrument: MSFT, timestamp: Timestamp(bench.now), ..buy(10_000, 1) };
    assert_eq!(bench.ask(unknown).unwrap_err().reason, RiskReason::StaleReference, "never any data");
    bench.gate.set_enabled(RiskReason::StaleReference, false).unwrap();
    assert_eq!(bench.ask(unknown), Ok(()));
}

#[test]
fn post_only_orders_do_not_trade_on_arrival() {
    let config = RiskConfig { post_only: true, ..RiskConfig::default() };
    let post = |side, price| OrderIntent { post_only: true, ..order(side, price, 1) };
    breach(config, flat(), post(Side::Buy, 10_009), post(Side::Buy, 10_010), RiskReason::PostOnly);
    breach(config, flat(), post(Side::Sell, 9_991), post(Side::Sell, 9_990), RiskReason::PostOnly);
    assert_eq!(Bench::new(config).ask(buy(10_010, 1)), Ok(()), "not marked post-only");
}

#[test]
fn own_orders_are_not_met_and_kept_at_a_distance() {
    let own = Exposure { own_bid: Some(Price(9_980)), own_ask: Some(Price(10_020)), ..flat() };
    let config = RiskConfig { self_trade: Some(SelfTradePolicy::CancelNewest), ..RiskConfig::default() };
    breach(config, own, buy(10_019, 1), buy(10_020, 1), RiskReason::SelfTrade);
    breach(config, own, order(Side::Sell, 9_981, 1), order(Side::Sell, 9_900, 1), RiskReason::SelfTrade);
    let config = RiskConfig { min_own_spread: Some(30), ..RiskConfig::default() };
    breach(config, own, buy(9_990, 1), buy(9_991, 1), RiskReason::OwnSpread);
    breach(config, own, order(Side::Sell, 10_010, 1), order(Side::Sell, 10_009, 1), RiskReason::OwnSpread);
}

#[test]
fn an_id_passes_once_whether_ids_grow_or_not() {
    let with = |id| OrderIntent { order_id: OrderId(id), ..buy(10_000, 1) };
    let config = RiskConfig { duplicate_ids: 3, ..RiskConfig::default() };
    breach(config, flat(), with(5), with(5), RiskReason::DuplicateId);
    for growing in [true, false] {
        let mut bench = Bench::new(config);
        if !growing {
            bench.ask(with(90)).unwrap();
            bench.ask(with(89)).unwrap();
        }
        for id in 100..140 {
            assert_eq!(bench.ask(with(id)), Ok(()));
            for back in 0..3.min(id - 99) {
                let again = bench.ask(with(id - back)).unwrap_err();
                assert_eq!(again.reason, RiskReason::DuplicateId, "{} after {id}", id - back);
            }
        }
        assert_eq!(bench.ask(with(0)), Ok(()), "no id yet");
        assert_eq!(bench.ask(with(0)), Ok(()));
        assert_eq!(bench.ask(with(50)), Ok(()), "lower, and new");
        assert_eq!(bench.ask(with(50)).unwrap_err().reason, RiskReason::DuplicateId);
        assert_eq!(bench.ask(with(139)).unwrap_err().reason, RiskReason::DuplicateId, "still known");
    }
}

#[test]
fn the_same_order_passes_once_in_a_window() {
    let config = RiskConfig { duplicate_window_ns: Some(100), ..RiskConfig::default() };
    let at = |order: OrderIntent, now| OrderIntent { timestamp: Timestamp(now), ..order };
    breach(config, flat(), buy(10_000, 1), buy(10_000, 1), RiskReason::DuplicateOrder);
    let mut bench = Bench::new(config);
    let first = at(buy(10_000, 1), 1_000);
    bench.ask(first).unwrap();
    for other in [buy(10_001, 1), buy(10_000, 2), order(Side::Sell, 10_000, 1)] {
        assert_eq!(bench.ask(at(other, 1_000)), Ok(()));
    }
    assert_eq!(bench.ask(OrderIntent { instrument: MSFT, ..first }), Ok(()));
    assert_eq!(bench.ask(at(first, 1_099)).unwrap_err().observed, 99);
    assert_eq!(bench.ask(at(first, 1_100)), Ok(()), "the window is over");
    assert_eq!(bench.ask(at(first, 1_199)).unwrap_err().reason, RiskReason::DuplicateOrder);

    // However many there are, those of the window are remembered.
    let mut bench = Bench::new(RiskConfig { duplicate_window_ns: Some(1 << 40), ..RiskConfig::default() });
    for n in 0..2_900 {
        bench.ask(at(buy(1 + n, 1), 2_000)).unwrap();
        for back in [0, 1, 7, 500, 1_000] {
            if n >= back {
                assert!(bench.ask(at(buy(1 + n - back, 1), 2_000)).is_err(), "{back} before {n}");
            }
        }
    }
}

#[test]
fn notionals_are_summed_over_the_instruments_in_their_worst_case() {
    let config = RiskConfig {
        max_gross_notional: Some(Money(1_000_000)),
        max_net_notional: Some(Money(500_000)),
        ..RiskConfig::default()
    };
    // MSFT: short 40 with 10 more to sell, at 5 000 and 2 units per tick and lot: 500 000 gross, −500 000 net.
    let msft = Exposure {
        position: SignedQuantity(-40),
        working_sell: Quantity(10),
        reference: Some(Price(5_000)),
        ..Exposure::default()
    };
    let with_msft = |config| {
        let mut bench = Bench::new(config);
        let rules = InstrumentRules { unit_value: 2, ..InstrumentRules::default() };
        bench.gate.set_rules(MSFT, &rules).unwrap();
        bench.gate.observe(MSFT, &msft);
        bench
    };
    let mut bench = with_msft(config);
    let metrics = bench.gate.monitor().metrics();
    assert_eq!((metrics.gross_notional, metrics.net_notional_low), (Money(500_000), Money(-500_000)));
    assert_eq!(metrics.net_notional_high, Money(-400_000));
    let refused = bench.ask(buy(10_000, 51)).unwrap_err();
    assert_eq!((refused.reason, refused.observed), (RiskReason::GrossNotional, 1_010_000));
    let refused = bench.ask(order(Side::Sell, 10_000, 1)).unwrap_err();
    assert_eq!((refused.reason, refused.observed), (RiskReason::NetNotional, 510_000));
    assert_eq!(bench.ask(buy(10_000, 50)), Ok(()), "exactly at the limit");
    let metrics = bench.gate.monitor().metrics();
    assert_eq!((metrics.gross_notional, metrics.working_orders), (Money(1_000_000), 1));
    // The order counts at once, whoever asks next.
    let other = OrderIntent { instrument: MSFT, ..order(Side::Sell, 5_000, 1) };
    assert_eq!(bench.gate.check(&other, &msft).unwrap_err().reason, RiskReason::GrossNotional);
    // What makes it smaller passes, above the limit too.
    bench.market(MSFT, 7_000, 7_000);
    let cover = OrderIntent { instrument: MSFT, ..buy(7_000, 1) };
    let dearer = Exposure { reference: Some(Price(7_000)), ..msft };
    assert_eq!(bench.gate.check(&cover, &dearer), Ok(()));
    for reason in [RiskReason::GrossNotional, RiskReason::NetNotional] {
        let row = bench.row(reason);
        assert!(row.is_fed && row.evaluated > 0 && row.refused > 0, "{row:?}");
        let mut off = with_msft(config);
        off.gate.set_enabled(RiskReason::GrossNotional, false).unwrap();
        off.gate.set_enabled(RiskReason::NetNotional, false).unwrap();
        assert_eq!(off.ask(buy(10_000, 5_000)), Ok(()), "{reason} is off");
    }
}

#[test]
fn one_instrument_is_not_too_much_of_the_whole() {
    let config = RiskConfig {
        max_concentration_bps: Some(6_000),
        concentration_base: Money(100_000),
        ..RiskConfig::default()
    };
    breach(config, flat(), buy(10_000, 6), buy(10_000, 7), RiskReason::Concentration);
    let mut bench = Bench::new(config);
    let msft =
        Exposure { position: SignedQuantity(40), reference: Some(Price(10_000)), ..Exposure::default() };
    bench.gate.observe(MSFT, &msft);
    assert_eq!(bench.ask(buy(10_000, 60)), Ok(()), "60 of 100");
    let refused = bench.ask(buy(10_000, 61)).unwrap_err();
    assert_eq!((refused.reason, refused.observed), (RiskReason::Concentration, 6_040));
}

#[test]
fn working_orders_are_counted_over_the_instruments() {
    let mut bench = Bench::new(RiskConfig { max_working_orders: Some(3), ..RiskConfig::default() });
    assert!(bench.row(RiskReason::WorkingOrders).is_inert());
    bench.exposure.working_orders = 2;
    let (two, three) = (bench.exposure, Exposure { working_orders: 3, ..flat() });
    assert_eq!(bench.gate.check(&buy(1, 1), &two), Ok(()));
    let refused = bench.gate.check(&buy(2, 1), &three).unwrap_err();
    assert_eq!((refused.reason, refused.observed), (RiskReason::WorkingOrders, 4));
    let row = bench.row(RiskReason::WorkingOrders);
    assert_eq!((row.is_fed, row.evaluated, row.refused, row.warned), (true, 2, 1, 1));
    bench.exposure = three;
    assert!(bench.ask(OrderIntent { replaces: Quantity(1), ..buy(1, 1) }).is_ok(), "in place of another");
    let other = OrderIntent { instrument: MSFT, ..buy(1, 1) };
    bench.gate.observe(AAPL, &three);
    assert_eq!(bench.gate.check(&other, &flat()).unwrap_err().reason, RiskReason::WorkingOrders);
    bench.gate.set_enabled(RiskReason::WorkingOrders, false).unwrap();
    assert_eq!(bench.gate.check(&other, &flat()), Ok(()));
}

#[test]
fn a_reserve_of_messages_is_for_cancels() {
    let rate = RateLimit { messages: 10, period_ns: 1_000_000, burst: 10 };
    let config = RiskConfig { message_rate: Some(rate), cancel_reserve: 4, ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    for _ in 0..6 {
        assert_eq!(bench.try_buy(), Ok(()));
    }
    assert_eq!(bench.try_buy(), Err(RiskReason::MessageRate));
    for _ in 0..4 {
        bench.gate.note_cancel(Timestamp(bench.now));
    }
    let row = bench.row(RiskReason::MessageRate);
    assert_eq!((row.evaluated, row.refused, row.warned), (7, 1, 0));
    assert_eq!(bench.gate.monitor().metrics().messages_left, 4, "when the last order was refused");
    let config = RiskConfig { message_rate: Some(rate), ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    for _ in 0..10 {
        assert_eq!(bench.try_buy(), Ok(()));
    }
    assert_eq!(bench.row(RiskReason::MessageRate).warned, 2, "below a fifth of the bucket");
}

#[test]
fn orders_must_bring_trades() {
    let limit = OrderToTradeLimit { orders_per_fill: 3, grace: 5 };
    let mut bench = Bench::new(RiskConfig { order_to_trade: Some(limit), ..RiskConfig::default() });
    for _ in 0..5 {
        assert_eq!(bench.try_buy(), Ok(()));
    }
    assert_eq!(bench.try_buy(), Err(RiskReason::OrderToTrade));
    bench.fill(Side::Buy, 10_000, 1, None);
    assert_eq!(bench.try_buy(), Err(RiskReason::OrderToTrade), "three for one fill");
    bench.fill(Side::Buy, 10_000, 1, None);
    assert_eq!(bench.try_buy(), Ok(()), "six for two");
    assert_eq!(bench.try_buy(), Err(RiskReason::OrderToTrade));
    bench.gate.new_day(Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Ok(()));
    let row = bench.row(RiskReason::OrderToTrade);
    assert!(row.is_fed && row.refused == 3 && row.warned >= 2, "{row:?}");
}

#[test]
fn data_must_be_fresh() {
    let mut bench = Bench::new(RiskConfig { max_data_age_ns: Some(100), ..RiskConfig::default() });
    bench.now += 100;
    assert_eq!(bench.try_buy(), Ok(()));
    bench.now += 1;
    assert_eq!(bench.try_buy(), Err(RiskReason::StaleData));
    assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Closed(why)
        if why.reason == RiskReason::StaleData && why.observed == 101));
    assert!(matches!(bench.gate.stance(MSFT, Timestamp(bench.now)), Stance::Closed(_)), "never any data");
    bench.gate.on_data(AAPL, Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Ok(()));
    assert_eq!(bench.row(RiskReason::StaleData).refused, 1);
}

#[test]
fn a_crossed_book_and_a_gap_close_their_instrument_alone() {
    let config = RiskConfig { crossed_books: true, sequence_gaps: true, ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    bench.market(AAPL, 10_010, 10_010);
    assert_eq!(bench.try_buy(), Err(RiskReason::CrossedBook));
    assert_eq!(bench.ask(OrderIntent { instrument: MSFT, ..buy(1, 1) }), Ok(()));
    bench.market(AAPL, 10_009, 10_010);
    assert_eq!(bench.try_buy(), Ok(()));
    let now = Timestamp(bench.now);
    for sequence in [5, 6, 6, 4, 7] {
        bench.gate.on_sequence(AAPL, sequence, now);
        assert_eq!(bench.try_buy(), Ok(()), "{sequence}");
    }
    bench.gate.on_sequence(AAPL, 9, now);
    assert_eq!(bench.try_buy(), Err(RiskReason::SequenceGap));
    bench.gate.on_sequence(AAPL, 10, now);
    assert_eq!(bench.try_buy(), Err(RiskReason::SequenceGap), "what was missed is still missing");
    bench.gate.on_recovered(AAPL, 20, now);
    bench.gate.on_sequence(AAPL, 21, now);
    assert_eq!(bench.try_buy(), Ok(()));
    use AuditKind::{Breached, Cleared};
    let (crossed, gap) = (RiskReason::CrossedBook as u8, RiskReason::SequenceGap as u8);
    assert_eq!(bench.events(), [(Breached, crossed), (Cleared, crossed), (Breached, gap), (Cleared, gap)]);
    for reason in [RiskReason::CrossedBook, RiskReason::SequenceGap] {
        assert!(bench.row(reason).is_fed && bench.row(reason).refused > 0);
        bench.gate.set_enabled(reason, false).unwrap();
    }
    bench.market(AAPL, 10_011, 10_010);
    bench.gate.on_sequence(AAPL, 30, now);
    assert_eq!(bench.try_buy(), Ok(()));
}

#[test]
fn restricted_instruments_and_a_full_table_are_refused() {
    let mut bench = Bench::new(RiskConfig { instruments: 2, ..RiskConfig::default() });
    let restricted = |restriction| InstrumentRules { restriction, ..InstrumentRules::default() };
    bench.gate.set_rules(MSFT, &restricted(Restriction::Restricted)).unwrap();
    let msft = OrderIntent { instrument: MSFT, ..buy(1, 1) };
    assert_eq!(bench.ask(msft).unwrap_err().reason, RiskReason::RestrictedInstrument);
    assert_eq!(bench.try_buy(), Ok(()));
    bench.gate.set_rules(MSFT, &restricted(Restriction::ReduceOnly)).unwrap();
    assert_eq!(bench.ask(msft).unwrap_err().reason, RiskReason::ReduceOnly);
    bench.gate.set_rules(MSFT, &restricted(Restriction::None)).unwrap();
    assert_eq!(bench.ask(msft), Ok(()));
    let third = OrderIntent { instrument: InstrumentId(9), ..buy(1, 1) };
    assert_eq!(bench.ask(third).unwrap_err().reason, RiskReason::UnknownInstrument);
    let full = Err(RiskError::InstrumentsFull { capacity: 2 });
    assert_eq!(bench.gate.set_rules(InstrumentId(9), &InstrumentRules::default()), full);
}

#[test]
fn eighty_per_cent_of_a_limit_warns_and_passes() {
    let config = RiskConfig {
        max_order_quantity: Some(Quantity(10)),
        max_order_notional: Some(Money(100_000)),
        collar_bps: Some(100),
        max_long_position: Some(Quantity(10)),
        ..RiskConfig::default()
    };
    let mut bench = Bench::new(config);
    bench.ask(buy(9_950, 7)).unwrap();
    let reasons = [
        RiskReason::OrderQuantity,
        RiskReason::OrderNotional,
        RiskReason::PriceCollar,
        RiskReason::LongPosition,
    ];
    assert_eq!(reasons.map(|reason| bench.row(reason).warned), [0; 4]);
    bench.ask(buy(10_080, 8)).unwrap();
    assert_eq!(reasons.map(|reason| bench.row(reason).warned), [1; 4]);
    bench.ask(buy(9_921, 8)).unwrap();
    assert_eq!(reasons.map(|reason| bench.row(reason).warned), [2, 1, 1, 2], "79 368 and 79 ticks are less");
    assert_eq!(bench.gate.counters().total_refused(), 0);
    let mut out = [AuditRecord::default(); 4];
    bench.gate.monitor().drain(&mut 0, &mut out);
    let expected = ReasonSet::EMPTY.with(RiskReason::OrderQuantity).with(RiskReason::LongPosition);
    assert_eq!(out[2].observed, expected.0 as i64, "the audit record of a passed order has its warnings");
}
