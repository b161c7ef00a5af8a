//! One step each of what stands between a quote and a message: booking a fill, checking risk, deciding what to send.

use std::hint::black_box;

use criterion::Criterion;
use market_maker::oms::{
    ExecutionKind, ExecutionReport, MarketTop, OmsConfig, OrderAction, OrderActionKind, OrderManager,
    WantedQuote, WantedQuotes,
};
use market_maker::position::{Fill, Position, PositionLimits, PositionTracker, TrackerConfig};
use market_maker::risk::{
    AccountUpdate, Exposure, MarketUpdate, MarkoutLimit, OrderIntent, OrderToTradeLimit, ProtectionLimit,
    RateLimit, RepeatLimit, RiskConfig, RiskGate, SelfTradePolicy,
};
use market_maker::types::{
    FeeSchedule, InstrumentId, Money, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};

/// A cheap sequence of sides, prices and quantities that opens, reduces and flips.
fn step(n: u64) -> (Side, Price, Quantity) {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let side = if mixed >> 63 == 0 { Side::Buy } else { Side::Sell };
    (side, Price(58_533 + (mixed >> 40 & 63) as i64), Quantity(1 + (mixed >> 50 & 127)))
}

fn positions(criterion: &mut Criterion) {
    let fees = FeeSchedule::from_bps(-0.2, 0.5).unwrap();
    let mut position = Position::FLAT;
    let mut n = 0;
    criterion.bench_function("position/fill", |b| {
        b.iter(|| {
            n += 1;
            let (side, price, quantity) = step(n);
            black_box(position.fill(side, price, quantity, true, &fees).unwrap());
        });
    });
    let config = TrackerConfig { limits: PositionLimits::NONE, ..TrackerConfig::default() };
    let mut tracker = PositionTracker::new(&config).unwrap();
    tracker.register(InstrumentId(7), fees, 1).unwrap();
    criterion.bench_function("position/tracker fill", |b| {
        b.iter(|| {
            n += 1;
            let (side, price, quantity) = step(n);
            let fill = Fill {
                instrument: InstrumentId(7),
                side,
                price,
                quantity,
                is_maker: true,
                order_id: OrderId(n),
                timestamp: Timestamp(n),
            };
            black_box(tracker.record_fill(&fill).unwrap());
        });
    });
    criterion.bench_function("position/tracker mark", |b| {
        b.iter(|| {
            n += 1;
            tracker.mark(InstrumentId(7), step(n).1).unwrap();
        });
    });
}

/// The limits that most hosts set.
fn usual_limits() -> RiskConfig {
    RiskConfig {
        max_order_quantity: Some(Quantity(1000)),
        max_order_notional: Some(Money(1 << 40)),
        collar_ticks: Some(500),
        collar_bps: Some(500),
        message_rate: Some(RateLimit { messages: 1_000_000, period_ns: 1_000_000_000, burst: 1_000_000 }),
        ..RiskConfig::default()
    }
    .with_max_position(Quantity(100_000))
}

/// Every limit that there is, none of them reached.
fn every_limit() -> RiskConfig {
    let large = Some(Money(1 << 45));
    RiskConfig {
        positive_prices: true,
        min_order_quantity: Some(Quantity(1)),
        max_reference_age_ns: Some(1_000_000_000),
        post_only: true,
        min_own_spread: Some(1),
        self_trade: Some(SelfTradePolicy::CancelNewest),
        duplicate_ids: 1024,
        duplicate_window_ns: Some(1000),
        max_gross_notional: large,
        max_net_notional: large,
        max_concentration_bps: Some(9_000),
        concentration_base: Money(1 << 46),
        max_working_orders: Some(1_000),
        cancel_reserve: 100,
        order_to_trade: Some(OrderToTradeLimit { orders_per_fill: 100, grace: 1 << 60 }),
        repeated_executions: Some(RepeatLimit { executions: 100, window_ns: 1_000 }),
        protection: Some(ProtectionLimit {
            window_ns: 1_000,
            fills: Some(100),
            quantity: Some(Quantity(1_000)),
            notional: large,
        }),
        max_daily_loss: large,
        max_drawdown: large,
        max_consecutive_losses: Some(10),
        max_value_at_risk: large,
        max_expected_shortfall: large,
        markout: Some(MarkoutLimit { adverse_millticks: 1_000, horizon_ns: 1_000, fills: 10 }),
        max_data_age_ns: Some(1_000_000_000),
        sequence_gaps: true,
        crossed_books: true,
        max_clock_step_ns: Some(1_000),
        max_reconciliation_breaks: Some(0),
        ping_timeout_ns: Some(1 << 40),
        price_increment: 1,
        quantity_increment: 1,
        ..usual_limits()
    }
}

fn risk(criterion: &mut Criterion) {
    for (name, config) in [
        ("risk/check, no limits", RiskConfig::default()),
        ("risk/check", usual_limits()),
        ("risk/check, every check on", every_limit()),
    ] {
        let mut gate = RiskGate::new(&config).unwrap();
        let (bid, ask) = (Price(58_400), Price(58_700));
        let instrument = InstrumentId(0);
        let market = MarketUpdate { instrument, timestamp: Timestamp(0), bid: Some(bid), ask: Some(ask) };
        gate.on_market(&market);
        gate.on_account(&AccountUpdate::default());
        let exposure = Exposure {
            position: SignedQuantity(-400),
            working_buy: Quantity(300),
            working_sell: Quantity(200),
            reference: Some(Price(58_550)),
            working_orders: 4,
            own_bid: Some(bid),
            own_ask: Some(ask),
        };
        let mut n = 0;
        criterion.bench_function(name, |b| {
            b.iter(|| {
                n += 1;
                // Data and signs of life come now and then.
                if n % 100_000 == 0 {
                    gate.on_data(instrument, Timestamp(n * 2000));
                    gate.ping(Timestamp(n * 2000));
                }
                let (side, price, quantity) = step(n);
                let order = OrderIntent {
                    side,
                    price,
                    quantity,
                    timestamp: Timestamp(n * 2000),
                    order_id: OrderId(n),
                    post_only: true,
                    ..OrderIntent::EMPTY
                };
                black_box(gate.check(black_box(&order), black_box(&exposure)).is_ok())
            });
        });
        assert_eq!(gate.counters().total_refused(), 0);
    }
}

fn wanted(mid: i64) -> WantedQuotes {
    let quote = |price| Some(WantedQuote { price, quantity: 100.0 });
    WantedQuotes::one_level(quote(mid as f64 - 1.3), quote(mid as f64 + 1.3))
}

/// Answers every action as a venue would that does what it is asked.
fn answer(oms: &mut OrderManager, actions: &[OrderAction]) {
    for action in actions {
        let kind = match action.kind {
            OrderActionKind::Place => ExecutionKind::Accepted,
            OrderActionKind::Cancel => ExecutionKind::Cancelled,
            OrderActionKind::Replace => ExecutionKind::Replaced,
        };
        let report = ExecutionReport {
            kind,
            order_id: action.order_id,
            new_order_id: action.new_order_id,
            leaves: action.quantity,
            side: action.side,
            ..ExecutionReport::EMPTY
        };
        oms.on_report(&report).unwrap();
    }
}

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("oms");
    let mut out = [OrderAction::EMPTY; 8];
    let flat = SignedQuantity(0);
    let top = |mid: i64| MarketTop::new(Some(Price(mid - 1)), Some(Price(mid + 1)));

    let mut gate = RiskGate::new(&usual_limits()).unwrap();
    let mut oms = OrderManager::new(&OmsConfig::default()).unwrap();
    let first = oms.decide(&wanted(58_550), &top(58_550), flat, Timestamp(0), &mut gate, &mut out).unwrap();
    answer(&mut oms, &out[..first.actions]);
    let mut n = 0;
    group.bench_function("decide, nothing to send", |b| {
        let (wanted, top) = (wanted(58_550), top(58_550));
        b.iter(|| {
            n += 1;
            let now = Timestamp(n * 10_000);
            let decision = oms.decide(black_box(&wanted), &top, flat, now, &mut gate, &mut out).unwrap();
            assert_eq!(decision.actions, 0);
        });
    });
    group.bench_function("decide, both quotes move, and both reports", |b| {
        b.iter(|| {
            n += 1;
            let mid = 58_550 + (n % 2) as i64;
            let now = Timestamp(n * 10_000);
            let decision = oms.decide(&wanted(mid), &top(mid), flat, now, &mut gate, &mut out).unwrap();
            answer(&mut oms, &out[..decision.actions]);
            black_box(decision.actions)
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    positions(&mut criterion);
    risk(&mut criterion);
    decisions(&mut criterion);
    criterion.final_summary();
}
