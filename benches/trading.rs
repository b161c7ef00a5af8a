//! One step each of what stands between a quote and a message: booking a fill, checking risk, deciding what to send.

use std::hint::black_box;

use criterion::Criterion;
use market_maker::oms::{
    ExecutionKind, ExecutionReport, MarketTop, OmsConfig, OrderAction, OrderActionKind, OrderManager,
    WantedQuote, WantedQuotes,
};
use market_maker::position::{Fill, Position, PositionLimits, PositionTracker, TrackerConfig};
use market_maker::risk::{Exposure, OrderIntent, RateLimit, RiskConfig, RiskGate};
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

fn every_limit() -> RiskConfig {
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

fn risk(criterion: &mut Criterion) {
    let mut gate = RiskGate::new(&every_limit()).unwrap();
    let exposure = Exposure {
        position: SignedQuantity(-400),
        working_buy: Quantity(300),
        working_sell: Quantity(200),
        reference: Some(Price(58_550)),
        ..Exposure::default()
    };
    let mut n = 0;
    criterion.bench_function("risk/check", |b| {
        b.iter(|| {
            n += 1;
            let (side, price, quantity) = step(n);
            let order = OrderIntent {
                side,
                price,
                quantity,
                timestamp: Timestamp(n * 2000),
                ..OrderIntent::EMPTY
            };
            black_box(gate.check(black_box(&order), black_box(&exposure)).is_ok())
        });
    });
    assert_eq!(gate.counters().total_refused(), 0);
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

    let mut gate = RiskGate::new(&every_limit()).unwrap();
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
