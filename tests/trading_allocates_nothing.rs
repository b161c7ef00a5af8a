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
use market_maker::risk::{RiskConfig, RiskGate};
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
