//! The store against a naive model: what it holds after every event, what it refuses, what it knows again.

use std::collections::{BTreeMap, VecDeque};

use market_maker::mem::shared_words::PlainWords;
use market_maker::position::store::{
    Applied, Durability, FillIdOrder, OrderChange, PositionChange, Store, StoreConfig, StoreError,
    StoredLatch, StoredOrder, SyncPolicy, Update,
};
use market_maker::position::{Fill, PositionError, PositionLimits, PositionTracker, TrackerConfig};
use market_maker::types::{
    FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};
use rand_core::RngCore;

use crate::events::{Event, apply, below, hashes, random_of, register, rounds, small, stream};

fn plain(config: &StoreConfig) -> PlainWords {
    PlainWords::new((config.bytes().unwrap() / 8) as usize)
}

/// What a store should hold, kept in the plainest way.
#[derive(Default)]
struct Model {
    held: BTreeMap<u32, i64>,
    cash: BTreeMap<u32, i128>,
    marks: BTreeMap<u32, i64>,
    ids: BTreeMap<u32, VecDeque<u64>>,
    last_fill: BTreeMap<u32, u64>,
    last_event: BTreeMap<u32, u64>,
    orders: BTreeMap<u64, StoredOrder>,
    latches: BTreeMap<u64, StoredLatch>,
    trades: VecDeque<(OrderId, u64)>,
    account_event: u64,
    next_order: u64,
}

impl Model {
    fn apply(&mut self, sequence: u64, event: &Event, config: &StoreConfig) {
        let Event::Update { instrument, position, orders, latches, next_order_sequence } = event else {
            self.account_event = sequence;
            if matches!(event, Event::Reset) {
                self.held.clear();
                self.cash.clear();
                self.marks.clear();
                self.trades.clear();
            }
            return;
        };
        match instrument {
            Some(id) => self.last_event.insert(id.0, sequence),
            None => self.last_event.insert(u32::MAX, std::mem::replace(&mut self.account_event, sequence)),
        };
        match position {
            Some(PositionChange::Fill(fill, id)) => {
                let (key, lots) = (fill.instrument.0, fill.side.sign() * fill.quantity.0 as i64);
                *self.held.entry(key).or_default() += lots;
                *self.cash.entry(key).or_default() -= i128::from(lots) * i128::from(fill.price.0);
                self.marks.entry(key).or_insert(fill.price.0);
                if *id != 0 {
                    self.last_fill.insert(key, *id);
                    let ids = self.ids.entry(key).or_default();
                    ids.push_back(*id);
                    if ids.len() > config.fill_window as usize {
                        ids.pop_front();
                    }
                }
                self.trades.push_back((fill.order_id, *id));
                if self.trades.len() > config.history as usize {
                    self.trades.pop_front();
                }
            }
            Some(PositionChange::Mark(price)) => {
                self.marks.insert(instrument.unwrap().0, price.0);
            }
            None => {}
        }
        for change in orders {
            match change {
                OrderChange::Put(order) => self.orders.insert(order.id.0, *order),
                OrderChange::Remove(id) => self.orders.remove(&id.0),
            };
        }
        for latch in latches {
            self.latches.insert(latch.id, *latch);
        }
        self.next_order = next_order_sequence.unwrap_or(self.next_order);
    }

    fn check(&self, store: &Store<PlainWords>, config: &StoreConfig) {
        for (index, slot) in store.tracker().positions().iter().enumerate() {
            let id = slot.instrument.0;
            let of = |map: &BTreeMap<u32, u64>| map.get(&id).copied().unwrap_or(0);
            assert_eq!(slot.position.quantity().0, self.held.get(&id).copied().unwrap_or(0));
            assert_eq!(slot.position.cash(), self.cash.get(&id).copied().unwrap_or(0));
            assert_eq!(slot.mark.0, self.marks.get(&id).copied().unwrap_or(0));
            let applied = store.applied(slot.instrument).unwrap();
            assert_eq!(
                (applied.last_fill_id, applied.last_event),
                (of(&self.last_fill), of(&self.last_event))
            );
            if applied.fill_ids == FillIdOrder::Any && config.fill_window > 0 {
                let ids = self.ids.get(&id).cloned().unwrap_or_default();
                assert_eq!(store.state().fill_ids(index), Vec::from(ids));
            }
        }
        let orders: BTreeMap<u64, StoredOrder> = store.orders().map(|order| (order.id.0, *order)).collect();
        assert_eq!(orders, self.orders);
        assert!(orders.values().all(|order| store.order(order.id) == Some(order)));
        let set = self.latches.values().filter(|latch| latch.is_set()).copied();
        assert_eq!(store.latches().copied().collect::<Vec<_>>(), set.collect::<Vec<_>>());
        let state = store.state();
        let trades: Vec<_> =
            state.trades.iter().map(|trade| trade.order_id).zip(state.trade_fill_ids).collect();
        assert_eq!(trades, Vec::from(self.trades.clone()));
        assert_eq!(store.tracker().history().count(), trades.len());
        assert_eq!((store.last_event(), store.next_order_sequence()), (self.account_event, self.next_order));
    }
}

#[test]
fn a_store_agrees_with_the_naive_model_before_and_after_every_opening() {
    for (seed, durability) in
        [(1, Durability::Process), (2, Durability::Disk(SyncPolicy { every_events: 7, every_ns: 0 }))]
    {
        let mut config = small(durability);
        if seed == 2 {
            // Rings that are longer than what a sync adds to them, and capacities to spare.
            (config.fill_window, config.history, config.instruments, config.orders) = (16, 40, 5, 9);
        }
        let mut store = Store::create_in(plain(&config), &config).unwrap();
        register(&mut store);
        let mut model = Model::default();
        let mut random = random_of(seed);
        for (at, event) in stream(seed, rounds(3_000)).iter().enumerate() {
            let sequence = at as u64 + 1;
            assert!(matches!(apply(&mut store, sequence, event).unwrap(), Applied::Done(_)));
            model.apply(sequence, event, &config);
            if below(&mut random, 8) == 0 {
                model.check(&store, &config);
                let before = store.state();
                if below(&mut random, 2) == 0 {
                    store.reload().unwrap();
                } else {
                    let memory = PlainWords::from_words(&store.memory().to_words());
                    store = Store::open_in(memory, &config).unwrap();
                }
                assert_eq!(store.state().hash(), before.hash());
                assert_eq!(store.epoch(), before.epoch);
                model.check(&store, &config);
            }
        }
    }
}

#[test]
fn a_replay_of_the_whole_log_changes_nothing_that_was_applied_and_ends_as_the_quiet_run() {
    let config = small(Durability::Process);
    let events = stream(8, rounds(400));
    let hashes = hashes(&config, &events);
    for stop in (0..=events.len()).step_by(7) {
        let mut store = Store::create_in(plain(&config), &config).unwrap();
        register(&mut store);
        for (at, event) in events[..stop].iter().enumerate() {
            apply(&mut store, at as u64 + 1, event).unwrap();
        }
        let memory = PlainWords::from_words(&store.memory().to_words());
        let mut store = Store::open_in(memory, &config).unwrap();
        for (at, event) in events.iter().enumerate() {
            let applied = apply(&mut store, at as u64 + 1, event).unwrap();
            assert_eq!(applied == Applied::Duplicate, at < stop);
            assert_eq!(store.state().hash(), hashes[stop.max(at + 1)]);
        }
    }
}

const FILL: Fill = Fill {
    instrument: InstrumentId(0),
    side: Side::Buy,
    price: Price(100),
    quantity: Quantity(5),
    is_maker: true,
    order_id: OrderId(1),
    timestamp: Timestamp(1),
};

fn held(store: &Store<PlainWords>, id: u32) -> i64 {
    store.tracker().get(InstrumentId(id)).unwrap().position.quantity().0
}

#[test]
fn a_fill_that_the_venue_sends_again_under_another_sequence_is_known_by_its_id() {
    let config = small(Durability::Process);
    let mut store = Store::create_in(plain(&config), &config).unwrap();
    register(&mut store);
    // Not monotone: 900, 17, 400.
    for (sequence, id) in [(1, 900), (2, 17), (3, 400)] {
        assert!(matches!(store.record_fill(&FILL, id, sequence).unwrap(), Applied::Done(Some(_))));
    }
    let before = store.state();
    for id in [900, 17, 400] {
        assert_eq!(store.record_fill(&FILL, id, 9).unwrap(), Applied::Duplicate);
        assert_eq!(store.record_fill(&FILL, id, 0).unwrap(), Applied::Duplicate);
    }
    assert_eq!(store.state(), before);
    // The window is three: a fourth pushes the first out, and an id is the instrument's own.
    assert!(matches!(store.record_fill(&FILL, 1, 10).unwrap(), Applied::Done(_)));
    assert!(matches!(store.record_fill(&FILL, 900, 0).unwrap(), Applied::Done(_)));
    let other = Fill { instrument: InstrumentId(1), ..FILL };
    assert!(matches!(store.record_fill(&other, 900, 1).unwrap(), Applied::Done(_)));
    assert_eq!((held(&store, 0), held(&store, 1)), (25, 5));
}

#[test]
fn increasing_fill_ids_are_all_remembered_by_the_last() {
    let config = small(Durability::Process);
    let mut store = Store::create_in(plain(&config), &config).unwrap();
    register(&mut store);
    let fill = Fill { instrument: InstrumentId(2), ..FILL };
    for id in 1..=100 {
        assert!(matches!(store.record_fill(&fill, 7 * id, 0).unwrap(), Applied::Done(_)));
    }
    for id in 1..=700 {
        assert_eq!(store.record_fill(&fill, id, 0).unwrap(), Applied::Duplicate);
    }
    assert_eq!(held(&store, 2), 500);
}

#[test]
fn what_is_refused_has_changed_nothing() {
    let config = small(Durability::Process);
    let mut store = Store::create_in(plain(&config), &config).unwrap();
    register(&mut store);
    store.record_fill(&FILL, 1, 1).unwrap();
    let order = StoredOrder { id: OrderId(1), state: 1, ..StoredOrder::EMPTY };
    let with_id = |id| OrderChange::Put(StoredOrder { id: OrderId(id), ..order });
    let full: Vec<_> = (1..=4).map(with_id).collect();
    let base = Update { instrument: Some(InstrumentId(0)), ..Update::default() };
    store.apply(&Update { orders: &full, ..base }).unwrap();
    let (before, words) = (store.state(), store.memory().to_words());

    let fill = |fill: Fill| Some(PositionChange::Fill(fill, 2));
    let zero = Fill { quantity: Quantity(0), ..FILL };
    let far = Fill { price: Price(i64::MAX), ..FILL };
    let elsewhere = Fill { instrument: InstrumentId(1), ..FILL };
    let orders_full = StoreError::OrdersFull { capacity: 4 };
    let latch = StoredLatch { id: 2, words: [1; 8] };
    let twice = [StoredLatch::default(); 2];
    let unknown = PositionError::UnknownInstrument;
    let put_five = [OrderChange::Remove(OrderId(1)), with_id(5)];
    let stateless = [with_id(1), OrderChange::Put(StoredOrder { id: OrderId(2), state: 0, ..order })];
    let cases: [(Update<'_>, StoreError); 12] = [
        (Update { instrument: Some(InstrumentId(9)), ..base }, unknown.into()),
        (Update { position: fill(zero), ..base }, PositionError::ZeroQuantity.into()),
        (Update { position: fill(far), ..base }, PositionError::PriceOutOfRange.into()),
        (Update { position: fill(elsewhere), ..base }, unknown.into()),
        (
            Update { position: Some(PositionChange::Mark(Price(i64::MAX))), ..base },
            PositionError::PriceOutOfRange.into(),
        ),
        (Update { position: Some(PositionChange::Mark(Price(1))), ..Update::default() }, unknown.into()),
        (Update { orders: &put_five, ..base }, orders_full),
        (Update { orders: &[OrderChange::Remove(OrderId(7))], ..base }, StoreError::UnknownOrder(OrderId(7))),
        (Update { orders: &[with_id(1), with_id(1)], ..base }, StoreError::BadOrder(OrderId(1))),
        (Update { orders: &stateless, ..base }, StoreError::BadOrder(OrderId(2))),
        (Update { latches: &[latch], ..base }, StoreError::UnknownLatch { id: 2, capacity: 2 }),
        (Update { latches: &twice, ..base }, StoreError::BadConfig("a latch is given twice")),
    ];
    for (update, error) in &cases {
        assert_eq!(store.apply(update).unwrap_err(), *error);
        assert_eq!(store.state(), before);
        assert_eq!(store.memory().to_words(), words);
    }
    // A fill that fails after new orders found their places gives these back.
    store.apply(&Update { orders: &[OrderChange::Remove(OrderId(1))], ..base }).unwrap();
    for _ in 0..10 {
        let update = Update { position: fill(zero), orders: &[with_id(5)], ..base };
        assert_eq!(store.apply(&update).unwrap_err(), PositionError::ZeroQuantity.into());
    }
    assert!(matches!(store.apply(&Update { orders: &[with_id(5)], ..base }).unwrap(), Applied::Done(None)));
    assert_eq!(store.orders().count(), 4);

    let fees = FeeSchedule::FREE;
    let taken = store.register(InstrumentId(0), fees, 1, FillIdOrder::Any).unwrap_err();
    assert_eq!(taken, PositionError::DuplicateInstrument.into());
    let full = store.register(InstrumentId(8), fees, 1, FillIdOrder::Any).unwrap_err();
    assert_eq!(full, PositionError::Full { capacity: 3 }.into());
    for bad in [
        StoreConfig { instruments: 0, ..config },
        StoreConfig { orders: 1 << 17, ..config },
        StoreConfig { latches: 5000, ..config },
        StoreConfig { fill_window: 5000, ..config },
        StoreConfig { history: u32::MAX, ..config },
    ] {
        assert!(matches!(bad.bytes(), Err(StoreError::BadConfig(_))));
    }
    let limits = PositionLimits { max_drawdown: -1, ..PositionLimits::NONE };
    let refused = Store::open_in(store.memory(), &StoreConfig { limits, ..config }).unwrap_err();
    assert!(matches!(refused, StoreError::Position(PositionError::BadConfig(_))));
}

#[test]
fn a_tracker_goes_into_a_store_and_comes_back() {
    let config = StoreConfig { instruments: 4, limits: PositionLimits::NONE, ..StoreConfig::default() };
    let tracker_config =
        TrackerConfig { limits: PositionLimits::NONE, capital: 77, ..TrackerConfig::default() };
    let mut tracker = PositionTracker::new(&tracker_config).unwrap();
    for id in [5, 3] {
        tracker.register(InstrumentId(id), FeeSchedule::from_bps(1.0, 2.0).unwrap(), 10).unwrap();
    }
    let mut random = random_of(9);
    for n in 0..200 {
        let fill = Fill {
            instrument: InstrumentId([5, 3][below(&mut random, 2) as usize]),
            side: if below(&mut random, 2) == 0 { Side::Buy } else { Side::Sell },
            price: Price(below(&mut random, 1000) as i64),
            quantity: Quantity(1 + random.next_u64() % 50),
            order_id: OrderId(n),
            ..FILL
        };
        tracker.record_fill(&fill).unwrap();
    }
    let mut store = Store::create_in(plain(&config), &config).unwrap();
    // One that both know, in another order; it must not lose its memory of fills.
    store.register(InstrumentId(3), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
    store.record_fill(&Fill { instrument: InstrumentId(3), ..FILL }, 99, 4).unwrap();
    store.import(&tracker).unwrap();
    let mut store = Store::open_in(PlainWords::from_words(&store.memory().to_words()), &config).unwrap();
    assert_eq!(
        store.record_fill(&Fill { instrument: InstrumentId(3), ..FILL }, 99, 0).unwrap(),
        Applied::Duplicate
    );
    let mut back = PositionTracker::new(&tracker_config).unwrap();
    store.export(&mut back).unwrap();
    assert_eq!(back.account(), tracker.account());
    assert_eq!((back.totals(), back.equity()), (tracker.totals(), tracker.equity()));
    for slot in tracker.positions() {
        assert_eq!(back.get(slot.instrument), Some(slot));
    }
    // A tracker that lacks an instrument of the store is no replacement.
    let empty = PositionTracker::new(&tracker_config).unwrap();
    let before = store.state();
    assert_eq!(store.import(&empty).unwrap_err(), PositionError::UnknownInstrument.into());
    assert_eq!(store.state(), before);
}

#[test]
fn a_latch_survives_until_it_is_cleared() {
    let config = small(Durability::Process);
    let mut store = Store::create_in(plain(&config), &config).unwrap();
    let latch = StoredLatch { id: 1, words: [1, 2, 3, 4, 5, 6, 7, 8] };
    store.apply(&Update { latches: &[latch], ..Update::default() }).unwrap();
    let mut store = Store::open_in(PlainWords::from_words(&store.memory().to_words()), &config).unwrap();
    assert_eq!(store.latches().copied().collect::<Vec<_>>(), [latch]);
    store.apply(&Update { latches: &[StoredLatch { words: [0; 8], ..latch }], ..Update::default() }).unwrap();
    let store = Store::open_in(PlainWords::from_words(&store.memory().to_words()), &config).unwrap();
    assert_eq!(store.latches().count(), 0);
    assert_eq!(
        store.tracker().get(InstrumentId(0)).map(|slot| slot.position.quantity()),
        None::<SignedQuantity>
    );
}
