//! A stream of random events of every kind, the same for the same seed, and how a store is driven through it.

use market_maker::mem::shared_words::SharedWords;
use market_maker::position::store::{
    Applied, Durability, FillIdOrder, OrderChange, PositionChange, Store, StoreConfig, StoreError,
    StoredLatch, StoredOrder, Update,
};
use market_maker::position::{Fill, PositionLimits};
use market_maker::types::{FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How many instruments the streams trade; the last has increasing fill ids.
pub const INSTRUMENTS: u32 = 3;

/// What happens. Every event carries the sequence number of its place in the stream, from 1.
#[derive(Clone, Debug)]
pub enum Event {
    Update {
        instrument: Option<InstrumentId>,
        position: Option<PositionChange>,
        orders: Vec<OrderChange>,
        latches: Vec<StoredLatch>,
        next_order_sequence: Option<u64>,
    },
    StartDay,
    Reset,
}

/// Small enough that every bit can be flipped and every ring comes round.
pub fn small(durability: Durability) -> StoreConfig {
    StoreConfig {
        instruments: INSTRUMENTS,
        orders: 4,
        latches: 2,
        fill_window: 3,
        history: 5,
        capital: 1_000,
        limits: PositionLimits::NONE,
        durability,
    }
}

pub fn random_of(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

pub fn below(random: &mut Xoshiro256PlusPlus, bound: u64) -> u64 {
    random.next_u64() % bound
}

/// `count` events of which every one can be applied to a store of [`small`] capacities after those before it.
pub fn stream(seed: u64, count: usize) -> Vec<Event> {
    let mut random = random_of(seed);
    let mut working: Vec<StoredOrder> = Vec::new();
    let mut next_order = 1;
    (1..=count as u64).map(|sequence| event(&mut random, sequence, &mut working, &mut next_order)).collect()
}

fn event(
    random: &mut Xoshiro256PlusPlus,
    sequence: u64,
    working: &mut Vec<StoredOrder>,
    next_order: &mut u64,
) -> Event {
    match below(random, 64) {
        0 => return Event::StartDay,
        1 if below(random, 4) == 0 => return Event::Reset,
        2 | 3 => {
            let latch = StoredLatch {
                id: below(random, 2),
                words: if below(random, 3) == 0 { [0; 8] } else { [(); 8].map(|()| random.next_u64()) },
            };
            return Event::Update {
                instrument: None,
                position: None,
                orders: Vec::new(),
                latches: vec![latch],
                next_order_sequence: None,
            };
        }
        _ => {}
    }
    let instrument = InstrumentId(below(random, INSTRUMENTS.into()) as u32);
    let side = if below(random, 2) == 0 { Side::Buy } else { Side::Sell };
    let price = Price(1_000 + below(random, 100) as i64);
    let mut orders = Vec::new();
    let mut latches = Vec::new();
    let mut next_order_sequence = None;
    let position = match below(random, 4) {
        0 => Some(PositionChange::Mark(price)),
        1 => None,
        _ => {
            let fill = Fill {
                instrument,
                side,
                price,
                quantity: Quantity(1 + below(random, 50)),
                is_maker: below(random, 2) == 0,
                order_id: OrderId(random.next_u64()),
                timestamp: Timestamp(sequence * 1_000),
            };
            // Random ids for those in any order, with none now and then.
            let fill_id = match instrument.0 {
                id if id + 1 == INSTRUMENTS => sequence * 10 + below(random, 10),
                _ if below(random, 8) == 0 => 0,
                _ => random.next_u64() | 1,
            };
            if below(random, 8) == 0 {
                latches.push(StoredLatch { id: 1, words: [sequence; 8] });
            }
            Some(PositionChange::Fill(fill, fill_id))
        }
    };
    if !working.is_empty() && below(random, 2) == 0 {
        let at = below(random, working.len() as u64) as usize;
        if below(random, 2) == 0 {
            orders.push(OrderChange::Remove(working.swap_remove(at).id));
        } else {
            working[at].remaining = Quantity(below(random, 1_000));
            working[at].filled = Quantity(below(random, 1_000));
            working[at].state = 1 + below(random, 8) as u8;
            orders.push(OrderChange::Put(working[at]));
        }
    }
    // What this event removes makes no room in it.
    let removed = usize::from(matches!(orders.first(), Some(OrderChange::Remove(_))));
    if working.len() + removed < 4 && below(random, 2) == 0 {
        let order = StoredOrder {
            id: OrderId(random.next_u64()),
            linked_id: OrderId(random.next_u64()),
            predecessor: OrderId(random.next_u64()),
            price,
            remaining: Quantity(random.next_u64()),
            filled: Quantity(0),
            new_price: Price(random.next_u64() as i64),
            new_quantity: Quantity(random.next_u64()),
            new_quantity_sent: Quantity(random.next_u64()),
            sent: Timestamp(sequence),
            tags: [random.next_u64(), sequence],
            instrument,
            side,
            state: 1,
            level: random.next_u32() as u8,
            flags: random.next_u32() as u8,
            was: random.next_u64(),
        };
        working.push(order);
        orders.push(OrderChange::Put(order));
        *next_order += 1;
        next_order_sequence = Some(*next_order);
    }
    Event::Update { instrument: Some(instrument), position, orders, latches, next_order_sequence }
}

/// Registers what the streams trade, as far as it is not there.
pub fn register<M: SharedWords>(store: &mut Store<M>) {
    let fees = FeeSchedule::from_bps(-0.2, 0.5).unwrap();
    for id in store.tracker().positions().len() as u32..INSTRUMENTS {
        let fill_ids = if id + 1 == INSTRUMENTS { FillIdOrder::Increasing } else { FillIdOrder::Any };
        store.register(InstrumentId(id), fees, 1 + i64::from(id), fill_ids).unwrap();
    }
}

/// Applies the event at this place of its stream, whose first has the sequence 1.
pub fn apply<M: SharedWords>(
    store: &mut Store<M>,
    sequence: u64,
    event: &Event,
) -> Result<Applied, StoreError> {
    match event {
        Event::StartDay => Ok(store.start_day(sequence)),
        Event::Reset => Ok(store.reset(sequence)),
        Event::Update { instrument, position, orders, latches, next_order_sequence } => {
            store.apply(&Update {
                instrument: *instrument,
                sequence,
                timestamp: Timestamp(sequence * 1_000),
                position: *position,
                orders,
                latches,
                next_order_sequence: *next_order_sequence,
            })
        }
    }
}

/// Counts of the random tests, scaled.
pub fn rounds(default: usize) -> usize {
    let factor = std::env::var("MARKET_MAKER_STORE_ROUNDS").ok().and_then(|text| text.parse::<f64>().ok());
    (default as f64 * factor.unwrap_or(1.0)) as usize
}

/// The hashes of the state before the first event and after each, of an uninterrupted run.
pub fn hashes(config: &StoreConfig, events: &[Event]) -> Vec<u64> {
    let memory = market_maker::mem::shared_words::PlainWords::new((config.bytes().unwrap() / 8) as usize);
    let mut store = Store::create_in(memory, config).unwrap();
    register(&mut store);
    let mut hashes = vec![store.state().hash()];
    for (at, event) in events.iter().enumerate() {
        assert!(matches!(apply(&mut store, at as u64 + 1, event), Ok(Applied::Done(_))), "{at}: {event:?}");
        hashes.push(store.state().hash());
    }
    hashes
}
