//! The books under arbitrary streams of commands, and snapshots from arbitrary bytes.
//!
//! No oracle is needed for what must hold in any case: levels stand in order, each is the sum of its orders, a refused
//! command changes nothing, and a book that is written and read again is the same.

use market_maker::book::{
    BookConfig, BookEvent, Depth, LevelBook, LevelBookConfig, NewOrder, OrderBook, OrderKind, TimeInForce,
};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side};

use super::bytes::Bytes;

/// Commands between two full inspections.
const INSPECT_EVERY: usize = 8;

fn side(bytes: &mut Bytes<'_>) -> Side {
    if bytes.u8() & 1 == 0 { Side::Buy } else { Side::Sell }
}

/// Near a mid that lies inside, at the edge of, or outside the window.
fn price(bytes: &mut Bytes<'_>) -> Price {
    match bytes.u8() {
        choice @ 0..220 => Price(1_000 + i64::from(choice % 16)),
        220..235 => Price(1_000 + bytes.i64() % 200),
        235..240 => Price::MAX,
        240..245 => Price::MIN,
        _ => Price(bytes.i64()),
    }
}

fn quantity(bytes: &mut Bytes<'_>) -> Quantity {
    Quantity(bytes.u64())
}

fn id(bytes: &mut Bytes<'_>) -> OrderId {
    match bytes.u8() {
        // Ids that share their low bits crowd the same part of the table.
        choice @ 200..=255 => OrderId(u64::from(choice) << 32),
        choice => OrderId(u64::from(choice % 48)),
    }
}

fn event(bytes: &mut Bytes<'_>) -> Event {
    Event {
        kind: EventKind::from_u8(bytes.u8() % 16).unwrap_or(EventKind::None),
        side: side(bytes),
        price: price(bytes),
        quantity: quantity(bytes),
        order_id: id(bytes),
        new_order_id: id(bytes),
        flags: u16::from(bytes.u8()),
        ..Event::EMPTY
    }
}

/// Everything that is true of any book.
fn inspect(book: &OrderBook) {
    let mut orders = 0;
    for side in Side::BOTH {
        let mut before: Option<Price> = None;
        let mut levels = 0;
        for level in book.levels(side) {
            assert!(before.is_none_or(|price| side.is_better(price, level.price)), "levels out of order");
            let (mut quantity, mut count) = (0, 0);
            for order in book.orders_at(side, level.price) {
                assert_eq!((order.side, order.price), (side, level.price));
                assert!(order.quantity > Quantity::ZERO, "an order of nothing rests");
                quantity += order.quantity.0;
                count += 1;
                if !order.anonymous {
                    assert_eq!(book.order(order.id).map(|view| view.quantity), Some(order.quantity));
                    let position = book.queue_position(order.id).expect("a resting order has a position");
                    assert_eq!(position.orders_ahead, count - 1);
                }
            }
            assert_eq!((level.quantity.0, u64::from(level.orders)), (quantity, count), "a level's sum");
            assert_eq!(book.level(side, level.price), Some(level));
            before = Some(level.price);
            levels += 1;
            orders += count;
        }
        assert_eq!(book.level_count(side), levels);
        assert_eq!(book.best(side), book.levels(side).next());
    }
    assert_eq!(book.len() as u64, orders);
}

/// A small book, so that it fills up.
fn small(bytes: &mut Bytes<'_>) -> OrderBook {
    let config = BookConfig {
        max_orders: 1 + u32::from(bytes.u8() % 40),
        window_ticks: 64,
        keep_priority_on_decrease: bytes.u8() & 1 == 0,
        track_priority: bytes.u8() & 1 == 0,
    };
    OrderBook::new(&config).expect("a small book")
}

fn written(book: &OrderBook) -> Vec<u8> {
    let mut snapshot = vec![0; book.snapshot_size()];
    assert_eq!(book.write_snapshot(&mut snapshot), Ok(snapshot.len()));
    snapshot
}

pub fn commands(bytes: &[u8]) -> bool {
    let bytes = &mut Bytes::new(bytes);
    let mut book = small(bytes);
    let mut events = [BookEvent::EMPTY; 48];
    let mut accepted = false;
    for step in 1.. {
        if bytes.is_empty() {
            break;
        }
        let before = book.state_hash();
        let room = if bytes.is_one_in(8) { bytes.below(4) } else { events.len() };
        let out = &mut events[..room];
        let refused = match bytes.below(12) {
            0..4 => book.apply(&event(bytes)).is_err(),
            4 => book.add(id(bytes), side(bytes), price(bytes), quantity(bytes)).is_err(),
            5 => book.seed(side(bytes), price(bytes), quantity(bytes)).is_err(),
            6 => book.cancel(id(bytes), bytes.some(quantity), out).is_err(),
            7 => book.amend(id(bytes), price(bytes), quantity(bytes), out).is_err(),
            8 if bytes.is_one_in(8) => {
                book.clear();
                false
            }
            _ => {
                let order = NewOrder {
                    kind: if bytes.is_one_in(5) { OrderKind::Market } else { OrderKind::Limit },
                    time_in_force: [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok][bytes.below(3)],
                    post_only: bytes.is_one_in(5),
                    ..NewOrder::limit(id(bytes), side(bytes), price(bytes), quantity(bytes))
                };
                match book.submit(&order, out) {
                    Ok(outcome) => {
                        let total = u128::from(outcome.filled.0)
                            + u128::from(outcome.resting.0)
                            + u128::from(outcome.cancelled.0);
                        assert_eq!(total, u128::from(order.quantity.0), "lots appear or vanish");
                        assert!(outcome.events <= room);
                        false
                    }
                    Err(_) => true,
                }
            }
        };
        accepted |= !refused;
        assert!(!refused || book.state_hash() == before, "a refused command has changed the book");
        if step % INSPECT_EVERY == 0 {
            inspect(&book);
        }
    }
    inspect(&book);
    let snapshot = written(&book);
    let mut copy = OrderBook::new(book.config()).expect("the same sizes");
    copy.read_snapshot(&snapshot).expect("what a book wrote can be read");
    assert_eq!(copy.state_hash(), book.state_hash());
    assert_eq!(written(&copy), snapshot);
    inspect(&copy);
    accepted
}

pub fn level_commands(bytes: &[u8]) -> bool {
    let bytes = &mut Bytes::new(bytes);
    let config = LevelBookConfig { max_levels: 1 + u32::from(bytes.u8() % 40), window_ticks: 64 };
    let mut book = LevelBook::new(&config).expect("a small book");
    let shown = |book: &LevelBook| {
        Side::BOTH.map(|side| {
            let levels: Vec<_> = book.levels(side).map(|level| (level.price, level.quantity)).collect();
            assert!(levels.windows(2).all(|pair| side.is_better(pair[0].0, pair[1].0)));
            assert_eq!(book.level_count(side), levels.len());
            assert_eq!(book.best(side).map(|level| (level.price, level.quantity)), levels.first().copied());
            levels
        })
    };
    let mut accepted = false;
    let mut before = shown(&book);
    while !bytes.is_empty() {
        let refused = match bytes.below(4) {
            0 => book.apply(&event(bytes)).is_err(),
            1 if bytes.is_one_in(8) => {
                book.clear();
                false
            }
            _ => book.set_level(side(bytes), price(bytes), quantity(bytes)).is_err(),
        };
        let after = shown(&book);
        assert!(!refused || after == before, "a refused command has changed the book");
        before = after;
        accepted |= !refused;
    }
    accepted
}

/// Bytes as they are, and with the checksum put right, so that what lies behind it is reached.
pub fn snapshot(bytes: &[u8]) -> bool {
    let mut taken = read_snapshot(bytes);
    if bytes.len() >= 40 {
        let mut repaired = bytes.to_vec();
        let orders = (bytes.len() - 40) / 40;
        repaired[8..16].copy_from_slice(&(orders as u64).to_le_bytes());
        repaired.truncate(40 + 40 * orders);
        repaired[32..36].fill(0);
        let first = market_maker::mem::crc32c::bytes(0, &repaired[..32]);
        let checksum = market_maker::mem::crc32c::bytes(first, &repaired[36..]);
        repaired[32..36].copy_from_slice(&checksum.to_le_bytes());
        taken |= read_snapshot(&repaired);
    }
    taken
}

fn read_snapshot(bytes: &[u8]) -> bool {
    let config =
        BookConfig { max_orders: 64, window_ticks: 64, track_priority: true, ..BookConfig::default() };
    let mut book = OrderBook::new(&config).expect("a small book");
    book.add(OrderId(7), Side::Buy, Price(5), Quantity(3)).expect("an order");
    let before = book.state_hash();
    match book.read_snapshot(bytes) {
        Ok(()) => {
            inspect(&book);
            let copy = written(&book);
            let mut again = OrderBook::new(&config).expect("a small book");
            again.read_snapshot(&copy).expect("what a book wrote can be read");
            assert_eq!(again.state_hash(), book.state_hash());
            true
        }
        Err(_) => {
            assert_eq!(book.state_hash(), before, "a refused snapshot has changed the book");
            false
        }
    }
}
