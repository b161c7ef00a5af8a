//! Claims of the book's documentation, one test each.

use market_maker::book::{
    BookConfig, BookError, BookEvent, BookEventKind, BookManager, Depth, Level, LevelBook, LevelBookConfig,
    NewOrder, OrderBook, TimeInForce,
};
use market_maker::types::{Event, EventKind, InstrumentId, OrderId, Price, Quantity, Side, event_flags};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;

fn small(max_orders: u32) -> OrderBook {
    OrderBook::new(&BookConfig { max_orders, window_ticks: 64, ..BookConfig::default() }).unwrap()
}

/// Rests a limit order that must not trade.
fn rest(book: &mut OrderBook, id: u64, side: Side, price: i64, quantity: u64) {
    let order = NewOrder::limit(OrderId(id), side, Price(price), Quantity(quantity)).post_only();
    book.submit(&order, &mut [BookEvent::EMPTY; 1]).unwrap();
}

/// Submits and returns the trades as (maker, price, quantity), and all the events.
fn take(book: &mut OrderBook, order: NewOrder) -> (Vec<(u64, i64, u64)>, Vec<BookEvent>) {
    let mut out = [BookEvent::EMPTY; 64];
    let outcome = book.submit(&order, &mut out).unwrap();
    let events = out[..outcome.events].to_vec();
    let trades = events.iter().filter(|e| e.kind == BookEventKind::Trade);
    (trades.map(|e| (e.maker_id.0, e.price.0, e.quantity.0)).collect(), events)
}

fn market(id: u64, side: Side, quantity: u64) -> NewOrder {
    NewOrder::market(OrderId(id), side, Quantity(quantity))
}

fn limit(id: u64, side: Side, price: i64, quantity: u64) -> NewOrder {
    NewOrder::limit(OrderId(id), side, Price(price), Quantity(quantity))
}

#[test]
fn a_queue_stays_first_in_first_out_after_a_partial_fill_and_an_interior_cancel() {
    let mut book = small(16);
    for id in 1..=4 {
        rest(&mut book, id, Side::Sell, 100, 10);
    }
    assert_eq!(take(&mut book, market(9, Side::Buy, 4)).0, [(1, 100, 4)]);
    book.cancel(OrderId(2), None, &mut [BookEvent::EMPTY]).unwrap();
    assert_eq!(take(&mut book, market(9, Side::Buy, 17)).0, [(1, 100, 6), (3, 100, 10), (4, 100, 1)]);
}

#[test]
fn trades_are_at_the_makers_price_best_level_first() {
    let mut book = small(16);
    rest(&mut book, 1, Side::Buy, 99, 5);
    rest(&mut book, 2, Side::Buy, 101, 5);
    rest(&mut book, 3, Side::Buy, 100, 5);
    let (trades, events) = take(&mut book, limit(9, Side::Sell, 100, 20));
    assert_eq!(trades, [(2, 101, 5), (3, 100, 5)]);
    assert_eq!(events[0].kind, BookEventKind::Accepted);
    assert_eq!(events.len(), 3);
    assert_eq!(book.best(Side::Sell), Some(Level { price: Price(100), quantity: Quantity(10), orders: 1 }));
    assert_eq!(book.best(Side::Buy).unwrap().price, Price(99));
}

#[test]
fn the_rest_of_an_immediate_order_is_cancelled_and_reported() {
    let mut book = small(16);
    rest(&mut book, 1, Side::Sell, 100, 5);
    for order in [limit(9, Side::Buy, 100, 8).with_time_in_force(TimeInForce::Ioc), market(9, Side::Buy, 3)] {
        let (_, events) = take(&mut book, order);
        let last = events.last().unwrap();
        assert_eq!(
            (last.kind, last.quantity, last.remaining),
            (BookEventKind::Cancelled, Quantity(3), Quantity(0))
        );
        assert!(book.is_empty());
    }
}

#[test]
fn fill_or_kill_fills_exactly_or_changes_nothing() {
    let mut book = small(16);
    rest(&mut book, 1, Side::Sell, 100, 5);
    rest(&mut book, 2, Side::Sell, 101, 5);
    let hash = book.state_hash();
    let mut out = [BookEvent::EMPTY; 8];
    let order = limit(9, Side::Buy, 101, 11).with_time_in_force(TimeInForce::Fok);
    assert_eq!(book.submit(&order, &mut out), Err(BookError::CannotFill));
    assert_eq!((out[0].kind, out[0].reason), (BookEventKind::Rejected, BookError::CannotFill.code()));
    assert_eq!(book.state_hash(), hash);
    let order = NewOrder { quantity: Quantity(10), ..order };
    assert_eq!(book.submit(&order, &mut out).unwrap().filled, Quantity(10));
    assert!(book.is_empty());
}

#[test]
fn an_amend_through_the_spread_trades_and_rests_the_remainder_under_its_id() {
    let mut book = small(16);
    rest(&mut book, 1, Side::Sell, 105, 4);
    rest(&mut book, 2, Side::Buy, 100, 10);
    let mut out = [BookEvent::EMPTY; 4];
    let outcome = book.amend(OrderId(2), Price(106), Quantity(9), &mut out).unwrap();
    assert_eq!((outcome.events, outcome.filled, outcome.resting), (2, Quantity(4), Quantity(5)));
    assert_eq!((out[0].kind, out[1].kind), (BookEventKind::Amended, BookEventKind::Trade));
    assert_eq!((out[1].price, out[1].maker_id), (Price(105), OrderId(1)));
    assert_eq!(book.order(OrderId(2)).unwrap().price, Price(106));
    assert_eq!(book.len(), 1);
}

#[test]
fn a_decrease_keeps_its_place_only_by_the_setting_and_an_increase_never() {
    for keep in [true, false] {
        let config = BookConfig {
            max_orders: 8,
            window_ticks: 64,
            keep_priority_on_decrease: keep,
            ..BookConfig::default()
        };
        let mut book = OrderBook::new(&config).unwrap();
        rest(&mut book, 1, Side::Buy, 100, 10);
        rest(&mut book, 2, Side::Buy, 100, 10);
        book.amend(OrderId(1), Price(100), Quantity(5), &mut [BookEvent::EMPTY]).unwrap();
        let first = book.orders_at(Side::Buy, Price(100)).next().unwrap().id;
        assert_eq!(first, OrderId(if keep { 1 } else { 2 }));
        book.amend(first, Price(100), Quantity(11), &mut [BookEvent::EMPTY]).unwrap();
        assert_ne!(book.orders_at(Side::Buy, Price(100)).next().unwrap().id, first);
    }
}

#[test]
fn a_full_event_buffer_is_foreseen_exactly() {
    let mut book = small(32);
    for id in 1..=10 {
        rest(&mut book, id, Side::Sell, 100 + id as i64 / 4, 3);
    }
    let hash = book.state_hash();
    let order = limit(99, Side::Buy, 200, 20);
    // Seven makers, and the acceptance.
    for room in 0..8 {
        let mut out = vec![BookEvent::EMPTY; room];
        assert_eq!(book.submit(&order, &mut out), Err(BookError::EventBufferFull));
        assert_eq!(book.events_needed(), 8);
        assert!(out.iter().all(|event| *event == BookEvent::EMPTY));
        assert_eq!(book.state_hash(), hash);
    }
    assert_eq!(book.submit(&order, &mut [BookEvent::EMPTY; 8]).unwrap().events, 8);
}

#[test]
fn a_full_book_still_takes_an_order_that_frees_a_place() {
    let mut book = small(2);
    rest(&mut book, 1, Side::Sell, 100, 5);
    rest(&mut book, 2, Side::Sell, 101, 5);
    let mut out = [BookEvent::EMPTY; 4];
    assert_eq!(book.submit(&limit(3, Side::Buy, 99, 1), &mut out), Err(BookError::PoolFull));
    let outcome = book.submit(&limit(3, Side::Buy, 100, 9), &mut out).unwrap();
    assert_eq!((outcome.filled, outcome.resting), (Quantity(5), Quantity(4)));
    assert_eq!(book.len(), 2);
}

#[test]
fn a_batch_gives_the_result_of_single_events_and_stops_where_they_fail() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
    let config = BookConfig { max_orders: 300, window_ticks: 128, ..BookConfig::default() };
    let (mut one, mut many) = (OrderBook::new(&config).unwrap(), OrderBook::new(&config).unwrap());
    let (mut refusals, mut applied) = (0, 0);
    for _ in 0..4000 {
        let events: Vec<Event> = (0..rng.next_u32() % 60)
            .map(|_| Event {
                kind: [
                    EventKind::Add,
                    EventKind::Add,
                    EventKind::Delete,
                    EventKind::Execute,
                    EventKind::Modify,
                    EventKind::Replace,
                    EventKind::Seed,
                    EventKind::Trade,
                ][rng.next_u32() as usize % 8],
                flags: event_flags::LOCATED,
                order_id: OrderId(u64::from(rng.next_u32() % 400)),
                new_order_id: OrderId(u64::from(rng.next_u32() % 400)),
                side: Side::from_u8((rng.next_u32() % 2) as u8).unwrap(),
                price: Price(i64::from(rng.next_u32() % 300)),
                quantity: Quantity(u64::from(1 + rng.next_u32() % 9)),
                ..Event::EMPTY
            })
            .collect();
        let mut rest = &events[..];
        let mut base = 0;
        let mut touched = [false; 2];
        while !rest.is_empty() {
            let before = touched;
            let result = many.apply_batch(rest);
            let stop = result.as_ref().map_or_else(|e| e.index, |_| rest.len());
            let together = result.unwrap_or_else(|e| e.touched);
            touched = before;
            for event in &events[base..base + stop] {
                let single = one.apply(event).unwrap();
                for side in Side::BOTH {
                    touched[side.index()] |= single.top_changed_on(side);
                }
                applied += 1;
            }
            assert!(
                Side::BOTH
                    .iter()
                    .all(|&s| before[s.index()] || together.top_changed_on(s) == touched[s.index()])
            );
            if let Err(error) = result {
                assert_eq!(one.apply(&events[base + stop]), Err(error.error));
                refusals += 1;
            }
            assert_eq!(one.state_hash(), many.state_hash());
            base = (base + stop + 1).min(events.len());
            rest = &events[base..];
        }
    }
    assert!(refusals > 1000 && applied > 10_000);
}

#[test]
fn anonymous_liquidity_leads_its_level_and_pays_for_unknown_located_orders() {
    let mut book = small(8);
    book.add(OrderId(1), Side::Buy, Price(50), Quantity(7)).unwrap();
    book.seed(Side::Buy, Price(50), Quantity(20)).unwrap();
    let first = book.orders_at(Side::Buy, Price(50)).next().unwrap();
    assert!(first.anonymous && first.quantity == Quantity(20));
    let event = Event {
        kind: EventKind::Execute,
        order_id: OrderId(77),
        side: Side::Buy,
        price: Price(50),
        quantity: Quantity(15),
        ..Event::EMPTY
    };
    assert_eq!(book.apply(&event), Err(BookError::UnknownOrder));
    let located = Event { flags: event_flags::LOCATED, ..event };
    assert!(!book.apply(&located).unwrap().is_short());
    assert!(book.apply(&located).unwrap().is_short());
    assert_eq!(book.best(Side::Buy).unwrap().quantity, Quantity(7));
    assert_eq!(book.apply(&located), Err(BookError::UnknownOrder));
}

#[test]
fn a_damaged_snapshot_is_refused_and_changes_nothing() {
    let mut book = small(16);
    for id in 1..=6 {
        book.add(OrderId(id << 40), Side::Buy, Price(-(id as i64) * 7), Quantity(id)).unwrap();
        book.add(OrderId(id), Side::Sell, Price(id as i64), Quantity(3 * id)).unwrap();
    }
    book.seed(Side::Sell, Price(3), Quantity(11)).unwrap();
    let mut bytes = vec![0; book.snapshot_size()];
    assert_eq!(book.write_snapshot(&mut bytes[1..]), Err(BookError::SnapshotBufferFull));
    assert_eq!(book.write_snapshot(&mut bytes), Ok(bytes.len()));
    let mut other = small(16);
    other.add(OrderId(5), Side::Buy, Price(1), Quantity(1)).unwrap();
    let hash = other.state_hash();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(other.read_snapshot(&damaged).is_err(), "byte {at}");
        assert!(other.read_snapshot(&bytes[..at]).is_err());
        assert_eq!(other.state_hash(), hash);
    }
    let mut tiny = small(12);
    assert_eq!(tiny.read_snapshot(&bytes), Err(BookError::PoolFull));
    other.read_snapshot(&bytes).unwrap();
    assert_eq!(other.state_hash(), book.state_hash());
    assert_eq!(other.priority_stamp(), book.priority_stamp());
    assert!(other.orders(Side::Sell).eq(book.orders(Side::Sell)));
}

#[test]
fn a_book_with_more_room_is_the_same_book() {
    for track_priority in [false, true] {
        let config = BookConfig { max_orders: 3, window_ticks: 64, track_priority, ..BookConfig::default() };
        let mut book = OrderBook::new(&config).unwrap();
        // Ids that are at home, next door and further away; prices inside the window and outside.
        let place = |n: u64| (OrderId(n << (n % 7 * 8)), Price((n as i64 * 37) % 300 - 150));
        book.seed(Side::Sell, Price(9), Quantity(4)).unwrap();
        for n in 1..500_u64 {
            let (id, price) = place(n);
            let side = if n % 3 == 0 { Side::Sell } else { Side::Buy };
            if book.len() as u32 == book.config().max_orders {
                assert_eq!(book.add(id, side, price, Quantity(n)), Err(BookError::PoolFull));
                let state = |book: &OrderBook| {
                    let orders = Side::BOTH.map(|side| book.orders(side).collect::<Vec<_>>());
                    let positions =
                        orders[0].iter().map(|order| book.queue_position(order.id)).collect::<Vec<_>>();
                    (
                        book.state_hash(),
                        orders,
                        positions,
                        book.priority_stamp(),
                        book.len(),
                        book.events_needed(),
                    )
                };
                let (before, room) = (state(&book), book.config().max_orders);
                book.reserve(0).unwrap();
                assert_eq!(book.config().max_orders, room);
                book.reserve(1).unwrap();
                assert!(book.config().max_orders >= 2 * room);
                assert_eq!(state(&book), before);
            }
            book.add(id, side, price, Quantity(n)).unwrap();
            if n % 5 == 0 {
                book.delete(place(n / 2).0).unwrap_or_default();
            }
        }
        let hash = book.state_hash();
        assert_eq!(book.reserve(BookConfig::MAX_ORDERS), Err(BookError::BadConfig));
        assert_eq!((book.state_hash(), book.reserve(10)), (hash, Ok(())));
    }
}

#[test]
fn a_level_book_with_more_room_is_the_same_book() {
    let mut book = LevelBook::new(&LevelBookConfig { max_levels: 2, window_ticks: 64 }).unwrap();
    for n in 1..100 {
        let side = if n % 2 == 0 { Side::Buy } else { Side::Sell };
        let set = |book: &mut LevelBook| book.set_level(side, Price(n * 11 % 200), Quantity(n as u64));
        if set(&mut book).is_err() {
            let levels = |book: &LevelBook| Side::BOTH.map(|side| book.levels(side).collect::<Vec<_>>());
            let before = levels(&book);
            book.reserve(1).unwrap();
            assert_eq!(levels(&book), before);
            set(&mut book).unwrap();
        }
    }
    assert_eq!(book.level_count(Side::Buy) + book.level_count(Side::Sell), 99);
    assert_eq!(book.reserve(u32::MAX), Err(BookError::BadConfig));
}

#[test]
fn a_level_book_agrees_with_a_sorted_map() {
    for (seed, spread, drift) in [(1, 40, 0), (2, 2000, 0), (3, 100, 30)] {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut book = LevelBook::new(&LevelBookConfig { max_levels: 200, window_ticks: 64 }).unwrap();
        let mut maps = [BTreeMap::new(), BTreeMap::new()];
        let mut full = 0;
        for step in 0..400_000_i64 {
            let side = Side::from_u8((rng.next_u32() % 2) as u8).unwrap();
            let price = step * drift / 1000 + i64::from(rng.next_u32() % spread);
            let quantity = u64::from((rng.next_u32() % 12).saturating_sub(5));
            let top = book.best(side);
            let map: &mut BTreeMap<i64, u64> = &mut maps[side.index()];
            let rank = price * side.sign();
            let known = map.contains_key(&rank);
            match book.set_level(side, Price(price), Quantity(quantity)) {
                Err(error) => {
                    assert_eq!(error, BookError::PoolFull);
                    assert!(!known && quantity > 0);
                    full += 1;
                    assert_eq!(maps[0].len() + maps[1].len(), 200);
                }
                Ok(touched) => {
                    if quantity == 0 {
                        map.remove(&rank);
                    } else {
                        map.insert(rank, quantity);
                    }
                    assert_eq!(touched.top_changed_on(side), top != book.best(side));
                }
            }
            if step % 500 == 0 {
                for side in Side::BOTH {
                    let expected = maps[side.index()].iter().rev().map(|(&rank, &quantity)| Level {
                        price: Price(rank * side.sign()),
                        quantity: Quantity(quantity),
                        orders: 1,
                    });
                    assert!(book.levels(side).eq(expected));
                }
            }
        }
        assert!(spread < 2000 || full > 1000);
    }
}

#[test]
fn a_manager_routes_by_instrument_and_refuses_the_unknown() {
    let mut books = BookManager::new();
    let config = BookConfig { max_orders: 4, window_ticks: 64, ..BookConfig::default() };
    for id in [3, 70_000, 0, u32::MAX] {
        books.add_instrument(InstrumentId(id), &config).unwrap();
        assert_eq!(books.add_instrument(InstrumentId(id), &config), Err(BookError::DuplicateInstrument));
    }
    assert!(books.instruments().eq([0, 3, 70_000, u32::MAX].map(InstrumentId)));
    for id in [0, 3, 70_000, u32::MAX] {
        let event = Event {
            instrument: InstrumentId(id),
            kind: EventKind::Add,
            price: Price(i64::from(id)),
            quantity: Quantity(1),
            ..Event::EMPTY
        };
        books.apply(&event).unwrap();
        let best = books.book(InstrumentId(id)).unwrap().best(Side::Buy).unwrap();
        assert_eq!(best.price, Price(i64::from(id)));
    }
    for id in [1, 4, 69_999, 70_001] {
        let event = Event { instrument: InstrumentId(id), ..Event::EMPTY };
        assert_eq!(books.apply(&event), Err(BookError::UnknownInstrument));
    }
}

#[test]
fn a_configuration_out_of_range_is_refused() {
    for (max_orders, window_ticks) in
        [(0, 64), (BookConfig::MAX_ORDERS + 1, 64), (1, 0), (1, BookConfig::MAX_WINDOW_TICKS + 1)]
    {
        let config = BookConfig { max_orders, window_ticks, ..BookConfig::default() };
        assert_eq!(OrderBook::new(&config).unwrap_err(), BookError::BadConfig);
    }
    let config = BookConfig { max_orders: 1, window_ticks: 65, ..BookConfig::default() };
    assert_eq!(OrderBook::new(&config).unwrap().config().window_ticks, 128);
}
