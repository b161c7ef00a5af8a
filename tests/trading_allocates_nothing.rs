//! After construction, booking fills, checking risk, deciding and following reports never call the allocator.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations_of;
use market_maker::mem::pool::{Pool, RawPool, RawPoolConfig};
use market_maker::mem::ring::RingBuffer;
use market_maker::mem::stable_vec::StableVec;
use market_maker::mem::thread_local_pool::SharedPool;
use market_maker::oms::*;
use market_maker::position::{Fill, PositionLimits, PositionTracker, TrackerConfig};
use market_maker::risk::{
    AccountUpdate, AuditRecord, Exposure, FillUpdate, InstrumentRules, MarketUpdate, MarkoutLimit,
    OrderIntent, OrderToTradeLimit, ProtectionLimit, RateLimit, RepeatLimit, RiskConfig, RiskGate,
    RiskReason, SelfTradePolicy, TailConfig,
};
use market_maker::types::*;

#[test]
fn the_counter_counts() {
    assert_eq!(allocations_of(|| drop(std::hint::black_box(Box::new(1)))), 2);
}

#[test]
fn quoting_and_trading_allocate_nothing() {
    let config = TrackerConfig { history: 16, limits: PositionLimits::NONE, ..TrackerConfig::default() };
    let mut tracker = PositionTracker::new(&config).unwrap();
    tracker.register(InstrumentId(0), FeeSchedule::from_bps(-0.5, 1.0).unwrap(), 1).unwrap();
    let limits =
        RiskConfig { max_order_quantity: Some(Quantity(150)), collar_bps: Some(40), ..RiskConfig::default() };
    let mut gate = RiskGate::new(&limits.with_max_position(Quantity(500))).unwrap();
    let mut oms = OrderManager::new(&OmsConfig::default()).unwrap();
    let mut out = [OrderAction::EMPTY; 8];
    let (mut fills, mut refused) = (0, 0);
    let calls = allocations_of(|| {
        for n in 0..50_000_u64 {
            let mid = 10_000 + (n * 7919 % 60) as i64;
            let quote = |offset: f64| {
                Some(WantedQuote { price: mid as f64 + offset, quantity: (50 + n % 120) as f64 })
            };
            let wanted = WantedQuotes::one_level(quote(-1.3), if n % 5 == 0 { None } else { quote(1.3) });
            let top = MarketTop::new(Some(Price(mid - 1)), Some(Price(mid + 1)));
            let position = tracker.positions()[0].position.quantity();
            let decision = oms.decide(&wanted, &top, position, Timestamp(n), &mut gate, &mut out).unwrap();
            refused += decision.refused;
            for action in &out[..decision.actions] {
                let (kind, id) = match action.kind {
                    OrderActionKind::Place => (ExecutionKind::Accepted, action.order_id),
                    OrderActionKind::Cancel => (ExecutionKind::Cancelled, action.order_id),
                    OrderActionKind::Replace => (ExecutionKind::Replaced, action.new_order_id),
                };
                let report = ExecutionReport {
                    kind,
                    order_id: action.order_id,
                    new_order_id: action.new_order_id,
                    side: action.side,
                    leaves: action.quantity,
                    ..ExecutionReport::EMPTY
                };
                oms.on_report(&report).unwrap();
                // A report that comes twice is refused without a fuss.
                assert!(oms.on_report(&report).is_err());
                if kind != ExecutionKind::Cancelled && n % 3 == 0 {
                    let fill = ExecutionReport {
                        kind: ExecutionKind::Filled,
                        order_id: id,
                        price: action.price,
                        quantity: Quantity(1),
                        leaves: Quantity(action.quantity.0 - 1),
                        ..report
                    };
                    oms.on_report(&fill).unwrap();
                    let fill = Fill {
                        instrument: InstrumentId(0),
                        side: action.side,
                        price: action.price,
                        quantity: Quantity(1),
                        is_maker: true,
                        order_id: id,
                        timestamp: Timestamp(n),
                    };
                    tracker.record_fill(&fill).unwrap();
                    fills += 1;
                }
            }
            tracker.mark(InstrumentId(0), Price(mid)).unwrap();
            let _ = tracker.check_loss();
        }
    });
    assert_eq!(calls, 0);
    assert!(fills > 1000 && refused > 1000, "the run is too tame: {fills} fills, {refused} refusals");
}

/// Every limit that there is, some of them reached now and then.
fn every_limit() -> RiskConfig {
    let large = Some(Money(1 << 40));
    RiskConfig {
        max_order_quantity: Some(Quantity(60)),
        max_order_notional: large,
        collar_ticks: Some(40),
        message_rate: Some(RateLimit::per_second(1_000_000)),
        positive_prices: true,
        min_order_quantity: Some(Quantity(1)),
        max_reference_age_ns: Some(1_000_000),
        post_only: true,
        min_own_spread: Some(1),
        self_trade: Some(SelfTradePolicy::CancelNewest),
        duplicate_ids: 64,
        duplicate_window_ns: Some(500),
        max_gross_notional: large,
        max_net_notional: large,
        max_concentration_bps: Some(9_999),
        concentration_base: Money(1 << 41),
        max_working_orders: Some(100),
        order_to_trade: Some(OrderToTradeLimit { orders_per_fill: 1_000, grace: 1_000 }),
        repeated_executions: Some(RepeatLimit { executions: 50, window_ns: 10_000 }),
        protection: Some(ProtectionLimit {
            window_ns: 1_000,
            fills: Some(20),
            quantity: None,
            notional: large,
        }),
        max_daily_loss: large,
        max_drawdown: large,
        max_consecutive_losses: Some(3),
        max_value_at_risk: large,
        max_expected_shortfall: large,
        tail: TailConfig { scenarios: 64, ..TailConfig::default() },
        markout: Some(MarkoutLimit { adverse_millticks: 50, horizon_ns: 2_000, fills: 8 }),
        max_data_age_ns: Some(1_000_000),
        sequence_gaps: true,
        crossed_books: true,
        max_clock_step_ns: Some(100_000),
        max_reconciliation_breaks: Some(1),
        ping_timeout_ns: Some(1 << 40),
        cooldown_ns: 5_000,
        ..RiskConfig::default()
    }
    .with_max_position(Quantity(100_000))
}

#[test]
fn a_gate_with_every_check_on_allocates_nothing() {
    let mut gate = RiskGate::new(&every_limit()).unwrap();
    let monitor = gate.monitor();
    let ids = [InstrumentId(3), InstrumentId(9)];
    for id in ids {
        gate.set_rules(id, &InstrumentRules::default()).unwrap();
    }
    let mut records = [AuditRecord::default(); 64];
    let (mut cursor, mut passed, mut refused) = (0, 0, 0);
    let calls = allocations_of(|| {
        for n in 0..50_000_u64 {
            let now = Timestamp(1_000 + n * 100);
            let instrument = ids[(n % 2) as usize];
            let mid = 10_000 + (n * 7919 % 60) as i64;
            let (bid, ask) =
                (Some(Price(mid - 1)), Some(Price(if n % 977 == 0 { mid - 1 } else { mid + 1 })));
            gate.on_market(&MarketUpdate { instrument, timestamp: now, bid, ask });
            gate.on_sequence(instrument, n / 2 + 1 + u64::from(n % 1_999 == 0), now);
            if n % 50 == 0 {
                gate.on_recovered(instrument, n / 2 + 1, now);
                gate.on_volatility(instrument, 0.01).unwrap();
                gate.on_return(instrument, 0.001 * (n % 7) as f64 - 0.003).unwrap();
                gate.update_tail_risk(now);
                gate.on_reconciliation(0, now);
                gate.ping(now);
                monitor.drain(&mut cursor, &mut records);
            }
            let exposure = Exposure { reference: Some(Price(mid)), working_orders: 4, ..Exposure::default() };
            let order = OrderIntent {
                price: Price(mid - 2 - (n % 43) as i64),
                quantity: Quantity(1 + n % 61),
                timestamp: now,
                instrument,
                // Ids that grow, now and then one that was there, and later ones that do not grow.
                order_id: OrderId(if n < 20_000 { n + u64::from(n % 100 != 99) } else { 100_000 - n }),
                ..OrderIntent::EMPTY
            };
            match gate.check(&order, &exposure) {
                Ok(()) => passed += 1,
                Err(_) => refused += 1,
            }
            if n % 40 == 0 {
                let realised = Some(Money((n % 3) as i64 - 1));
                let (side, price) = (Side::Buy, order.price);
                gate.on_fill(&FillUpdate {
                    instrument,
                    timestamp: now,
                    side,
                    price,
                    quantity: Quantity(1),
                    realised,
                });
                gate.on_account(&AccountUpdate { timestamp: now, ..AccountUpdate::default() });
            }
        }
    });
    assert_eq!(calls, 0);
    assert!(passed > 1_000 && refused > 1_000, "the run is too tame: {passed} passed, {refused} refused");
    let rows = monitor.coverage();
    let busy = rows.iter().filter(|row| row.refused > 0).count();
    assert!(busy >= 5, "only {busy} checks have refused anything");
    // Nothing of ours worked, so that nothing could be met.
    let inert: Vec<_> = rows.iter().filter(|row| row.is_inert()).map(|row| row.reason).collect();
    assert_eq!(inert, [RiskReason::OwnSpread, RiskReason::SelfTrade]);
}

#[test]
fn pools_and_rings_allocate_nothing_after_construction() {
    let mut pool = Pool::new(100);
    let mut raw = RawPool::new(&RawPoolConfig { block_size: 64, alignment: 64, capacity: 100 }).unwrap();
    let shared = SharedPool::new(100, 8).unwrap();
    let mut local = shared.local();
    let mut ring = RingBuffer::new(50);
    let mut vector: StableVec<u64, 16> = StableVec::with_capacity(100);
    let calls = allocations_of(|| {
        for _ in 0..100 {
            let keys: [_; 90] = std::array::from_fn(|n| pool.insert(n).unwrap());
            let blocks: [_; 90] = std::array::from_fn(|_| raw.alloc().unwrap());
            let boxes: [_; 90] = std::array::from_fn(|n| local.insert(n).unwrap());
            keys.into_iter().for_each(|key| assert!(pool.remove(key).is_some()));
            blocks.into_iter().for_each(|block| raw.free(block).unwrap());
            for (n, object) in boxes.into_iter().enumerate() {
                assert_eq!(local.take(object), n);
                ring.push_overwrite(n);
                vector.push(n as u64);
            }
            vector.clear();
        }
    });
    assert_eq!(calls, 0);
}
