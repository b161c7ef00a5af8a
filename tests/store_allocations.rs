//! Nothing allocates after a store has been opened: events of every kind, syncs, readers.

#[path = "common/allocations.rs"]
mod counting;

use counting::allocations_of;
use market_maker::position::store::{
    Durability, FillIdOrder, OrderChange, PositionChange, Store, StoreConfig, StoreReader, StoredLatch,
    StoredOrder, SyncPolicy, Update,
};
use market_maker::position::{Fill, PositionLimits};
use market_maker::types::{FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

#[test]
fn nothing_allocates_after_opening() {
    for durability in [Durability::Process, Durability::Disk(SyncPolicy { every_events: 100, every_ns: 0 })] {
        let path = std::env::temp_dir().join(format!("mm-store-allocations-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let config =
            StoreConfig { history: 50, limits: PositionLimits::NONE, durability, ..StoreConfig::default() };
        drop(Store::create(&path, &config).unwrap());
        let mut store = Store::open(&path, &config).unwrap();
        let reader = StoreReader::open(&path).unwrap();
        let mut state = reader.state();
        let calls = allocations_of(|| {
            for id in 0..4 {
                store.register(InstrumentId(id), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
            }
            for n in 1..2_000_u64 {
                let fill = Fill {
                    instrument: InstrumentId((n % 4) as u32),
                    side: if n % 3 == 0 { Side::Sell } else { Side::Buy },
                    price: Price(100 + (n % 7) as i64),
                    quantity: Quantity(1 + n % 5),
                    is_maker: true,
                    order_id: OrderId(n),
                    timestamp: Timestamp(n),
                };
                store.record_fill(&fill, n << 7, n).unwrap();
                store.record_fill(&fill, n << 7, n).unwrap();
                let order = StoredOrder { id: OrderId(n), state: 1, ..StoredOrder::EMPTY };
                let orders = [OrderChange::Put(order), OrderChange::Remove(OrderId(n.saturating_sub(500)))];
                let latches = [StoredLatch { id: 3, words: [n % 2; 8] }];
                let update = Update {
                    instrument: Some(fill.instrument),
                    position: Some(PositionChange::Mark(fill.price)),
                    orders: &orders[..if n > 500 { 2 } else { 1 }],
                    latches: &latches,
                    next_order_sequence: Some(n),
                    ..Update::default()
                };
                store.apply(&update).unwrap();
                assert!(store.apply(&Update { orders: &orders[1..], ..update }).is_err());
                if n % 64 == 0 {
                    store.sync().unwrap();
                    store.tick(Timestamp(n)).unwrap();
                    store.start_day(0);
                    reader.read(&mut state).unwrap();
                    reader.position(1).unwrap();
                }
            }
            store.reset(0);
        });
        assert_eq!(calls, 0);
        assert_eq!(state.positions.len(), 4);
        drop(store);
        std::fs::remove_file(&path).unwrap();
    }
}
