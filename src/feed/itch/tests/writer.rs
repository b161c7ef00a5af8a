//! The writer against a naive book: what is read back builds the same book, and refusals change nothing.

use std::collections::BTreeMap;

use super::*;

/// Orders and seeds by id, and nothing clever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct NaiveBook {
    orders: BTreeMap<u64, (Side, i64, u64)>,
    seeds: BTreeMap<(Side, i64), u64>,
}

impl NaiveBook {
    /// Applies an event; `false` when it cannot be applied, in which case nothing has changed.
    fn apply(&mut self, event: &Event) -> bool {
        let (id, quantity) = (event.order_id.0, event.quantity.0);
        match event.kind {
            EventKind::Add => {
                if self.orders.contains_key(&id) {
                    return false;
                }
                self.orders.insert(id, (event.side, event.price.0, quantity));
            }
            EventKind::Seed => {
                self.seeds.insert((event.side, event.price.0), quantity);
            }
            EventKind::Reduce | EventKind::Execute | EventKind::Delete => {
                if let Some(&(side, price, rest)) = self.orders.get(&id) {
                    let by = if event.kind == EventKind::Delete { rest } else { quantity };
                    if by > rest {
                        return false;
                    }
                    self.orders.insert(id, (side, price, rest - by));
                    self.orders.retain(|_, order| order.2 > 0);
                } else {
                    let level = (event.side, event.price.0);
                    let Some(rest) = self.seeds.get_mut(&level).filter(|_| event.has(event_flags::LOCATED))
                    else {
                        return false;
                    };
                    *rest -= quantity.min(*rest);
                    self.seeds.retain(|_, rest| *rest > 0);
                }
            }
            EventKind::Modify => {
                let Some(order) = self.orders.get_mut(&id) else { return false };
                *order = (order.0, event.price.0, quantity);
            }
            EventKind::Replace => {
                let new = event.new_order_id.0;
                if !self.orders.contains_key(&id) || self.orders.contains_key(&new) {
                    return false;
                }
                let (side, ..) = self.orders.remove(&id).unwrap();
                self.orders.insert(new, (side, event.price.0, quantity));
            }
            EventKind::Clear => {
                self.orders.clear();
                self.seeds.clear();
            }
            _ => {}
        }
        true
    }

    /// Quantity of each level, orders and seeds together.
    fn levels(&self) -> BTreeMap<(Side, i64), u64> {
        let mut levels = self.seeds.clone();
        for (side, price, quantity) in self.orders.values() {
            *levels.entry((*side, *price)).or_default() += quantity;
        }
        levels
    }
}

fn config(max_orders: u32) -> ItchWriterConfig {
    ItchWriterConfig { locate: 7, max_orders, max_seeds: 64, ..ItchWriterConfig::default() }
}

fn writer(max_orders: u32) -> ItchWriter<Vec<u8>> {
    ItchWriter::new(Vec::new(), &stock(), &config(max_orders)).unwrap()
}

fn order(kind: EventKind, id: u64, side: Side, price: i64, quantity: u64) -> Event {
    Event {
        kind,
        order_id: OrderId(id),
        side,
        price: Price(price),
        quantity: Quantity(quantity),
        ..Event::EMPTY
    }
}

fn add(id: u64, side: Side, price: i64, quantity: u64) -> Event {
    order(EventKind::Add, id, side, price, quantity)
}

/// The events of a finished file without the writer's five messages in front and three behind.
fn read_back(writer: ItchWriter<Vec<u8>>) -> Vec<Event> {
    let bytes = writer.finish().unwrap();
    let (events, error) = drain(&mut reader(&bytes, StockFilter::Stock(Stock::new("AAPL").unwrap())));
    assert!(error.is_none(), "{error:?}");
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds[..5],
        [EventKind::None, EventKind::None, EventKind::None, EventKind::Status, EventKind::None]
    );
    assert_eq!(kinds[kinds.len() - 3..], [EventKind::None; 3]);
    events[5..events.len() - 3].to_vec()
}

#[test]
fn a_file_begins_and_ends_as_a_session_does() {
    let bytes = writer(4).finish().unwrap();
    let mut reader = reader(&bytes, StockFilter::All);
    let mut types = Vec::new();
    while let Some(message) = reader.next_message().unwrap() {
        types.push(message.as_bytes()[0]);
        if let Message::SystemEvent(event) = message {
            types.push(event.event_code());
        }
        if let Message::StockDirectory(entry) = message {
            assert_eq!((entry.stock().as_str(), entry.stock_locate()), ("AAPL", 7));
            assert_eq!((entry.round_lot_size(), entry.authenticity(), entry.inverse()), (100, b'P', b'N'));
        }
    }
    assert_eq!(types, *b"SORSSHSQSMSESC");
    assert_eq!(bytes[bytes.len() - 2..], [0, 0]);
}

#[test]
fn events_that_itch_has_come_back_unchanged() {
    let events = [
        add(1, Side::Buy, 100, 10),
        add(2, Side::Sell, 101, 20),
        Event { order_id: OrderId(1), quantity: Quantity(3), kind: EventKind::Reduce, ..Event::EMPTY },
        Event { order_id: OrderId(2), quantity: Quantity(5), kind: EventKind::Execute, ..Event::EMPTY },
        Event {
            order_id: OrderId(2),
            quantity: Quantity(5),
            kind: EventKind::Execute,
            price: Price(99),
            ..Event::EMPTY
        },
        Event {
            kind: EventKind::Replace,
            new_order_id: OrderId(3),
            ..order(EventKind::Replace, 2, Side::Buy, 102, 7)
        },
        Event {
            kind: EventKind::Trade,
            price: Price(100),
            quantity: Quantity(9),
            flags: event_flags::HIDDEN,
            ..Event::EMPTY
        },
        Event { kind: EventKind::Status, ..Event::EMPTY },
        Event { kind: EventKind::Status, quantity: Quantity(1), ..Event::EMPTY },
        Event { order_id: OrderId(1), kind: EventKind::Delete, ..Event::EMPTY },
        Event { order_id: OrderId(3), kind: EventKind::Delete, ..Event::EMPTY },
    ];
    let mut writer = writer(2);
    for (at, event) in events.iter().enumerate() {
        let event = Event { timestamp: Timestamp(at as u64 * 1_000_000_007), ..*event };
        assert_eq!(writer.write(&event).unwrap(), 1, "{event:?}");
    }
    assert_eq!(writer.live_orders(), 0);
    let expected: Vec<Event> = events
        .iter()
        .enumerate()
        .map(|(at, event)| Event {
            timestamp: Timestamp(at as u64 * 1_000_000_007),
            received: Timestamp(at as u64 * 1_000_000_007),
            sequence: at as u64 + 6,
            instrument: InstrumentId(77),
            flags: event.flags | event_flags::LAST,
            ..*event
        })
        .collect();
    assert_eq!(read_back(writer), expected);
}

#[test]
fn a_modify_is_a_cancel_when_it_only_shrinks_and_a_replace_otherwise() {
    let mut writer = writer(1);
    writer.write(&add(5, Side::Sell, 100, 10)).unwrap();
    assert_eq!(writer.write(&order(EventKind::Modify, 5, Side::Sell, 100, 10)).unwrap(), 0);
    assert_eq!(writer.write(&order(EventKind::Modify, 5, Side::Sell, 100, 4)).unwrap(), 1);
    assert_eq!(writer.write(&order(EventKind::Modify, 5, Side::Sell, 100, 6)).unwrap(), 1);
    assert_eq!(writer.write(&order(EventKind::Modify, 5, Side::Sell, 90, 2)).unwrap(), 1);
    assert_eq!(writer.write(&order(EventKind::Execute, 5, Side::Sell, 90, 2)).unwrap(), 1);
    assert_eq!(writer.live_orders(), 0);
    let own = 1 << 63;
    let read: Vec<_> = read_back(writer)
        .iter()
        .map(|e| (e.kind, e.order_id.0, e.new_order_id.0, e.price.0, e.quantity.0))
        .collect();
    let expected = [
        (EventKind::Add, 5, 0, 100, 10),
        (EventKind::Reduce, 5, 0, 0, 6),
        (EventKind::Replace, 5, own, 100, 6),
        (EventKind::Replace, own, own + 1, 90, 2),
        (EventKind::Execute, own + 1, 0, 90, 2),
    ];
    // The last event's price equals the order's own, so it is a plain execution without one.
    assert_eq!(read[..4], expected[..4]);
    assert_eq!(read[4], (EventKind::Execute, own + 1, 0, 0, 2));
}

#[test]
fn what_cannot_be_written_is_refused_and_leaves_no_trace() {
    let mut writer = writer(2);
    writer.write(&add(1, Side::Buy, 100, 10)).unwrap();
    writer.write(&add(2, Side::Buy, 100, 10)).unwrap();
    let reduce = |id, quantity| order(EventKind::Reduce, id, Side::Buy, 0, quantity);
    let late = Event { timestamp: Timestamp(1 << 48), ..reduce(1, 1) };
    let replace =
        |id, new| Event { new_order_id: OrderId(new), ..order(EventKind::Replace, id, Side::Buy, 1, 1) };
    type Check = fn(&ItchWriteError) -> bool;
    let cases: [(Event, Check); 24] = [
        (add(1, Side::Buy, 100, 10), |e| matches!(e, ItchWriteError::DuplicateOrder(OrderId(1)))),
        (add(3, Side::Buy, 100, 10), |e| matches!(e, ItchWriteError::OrdersFull(2))),
        (add(1 << 63, Side::Buy, 100, 10), |e| matches!(e, ItchWriteError::ReservedOrder(_))),
        (reduce(9, 1), |e| matches!(e, ItchWriteError::UnknownOrder(OrderId(9)))),
        (reduce(1, 11), |e| matches!(e, ItchWriteError::QuantityExceedsOrder(OrderId(1), Quantity(10)))),
        (reduce(1, 0), |e| matches!(e, ItchWriteError::Quantity(Quantity(0)))),
        (order(EventKind::Execute, 1, Side::Buy, 0, 11), |e| {
            matches!(e, ItchWriteError::QuantityExceedsOrder(..))
        }),
        (order(EventKind::Execute, 1, Side::Buy, 0, 0), |e| matches!(e, ItchWriteError::Quantity(_))),
        (order(EventKind::Execute, 1, Side::Buy, -5, 1), |e| matches!(e, ItchWriteError::Price(Price(-5)))),
        (order(EventKind::Delete, 9, Side::Buy, 0, 1), |e| matches!(e, ItchWriteError::UnknownOrder(_))),
        (order(EventKind::Modify, 9, Side::Buy, 1, 1), |e| matches!(e, ItchWriteError::UnknownOrder(_))),
        (order(EventKind::Modify, 1, Side::Buy, 100, 0), |e| matches!(e, ItchWriteError::Quantity(_))),
        (order(EventKind::Modify, 1, Side::Buy, -1, 1), |e| matches!(e, ItchWriteError::Price(_))),
        (replace(9, 8), |e| matches!(e, ItchWriteError::UnknownOrder(OrderId(9)))),
        (replace(1, 2), |e| matches!(e, ItchWriteError::DuplicateOrder(OrderId(2)))),
        (replace(1, u64::MAX), |e| matches!(e, ItchWriteError::ReservedOrder(_))),
        (order(EventKind::Trade, 0, Side::Buy, -1, 1), |e| matches!(e, ItchWriteError::Price(_))),
        (order(EventKind::Trade, 0, Side::Buy, 1, 0), |e| matches!(e, ItchWriteError::Quantity(_))),
        (order(EventKind::Trade, 0, Side::Buy, 1, 1 << 32), |e| matches!(e, ItchWriteError::Quantity(_))),
        (order(EventKind::Trade, 0, Side::Buy, 1 << 30, 1), |e| matches!(e, ItchWriteError::Price(_))),
        (order(EventKind::Level, 0, Side::Buy, 1, 1), |e| {
            matches!(e, ItchWriteError::Inexpressible(EventKind::Level))
        }),
        (order(EventKind::BestQuote, 0, Side::Buy, 1, 1), |e| matches!(e, ItchWriteError::Inexpressible(_))),
        (order(EventKind::Seed, 0, Side::Buy, 1, 1), |e| {
            matches!(e, ItchWriteError::Inexpressible(EventKind::Seed))
        }),
        (late, |e| matches!(e, ItchWriteError::Timestamp(_))),
    ];
    for (event, check) in cases {
        let before = format!("{writer:?}");
        let error = writer.write(&event).unwrap_err();
        assert!(check(&error), "{event:?}: {error:?}");
        assert_eq!(before, format!("{writer:?}"), "{event:?}");
    }
}

#[test]
fn bad_configurations_are_refused() {
    let refused = |instrument: &Instrument, config: &ItchWriterConfig| {
        ItchWriter::new(Vec::new(), instrument, config).unwrap_err()
    };
    let no_stock = ItchWriterConfig { locate: 0, ..config(1) };
    assert!(matches!(refused(&stock(), &no_stock), ItchWriteError::Config(_)));
    let long = Instrument::new("ABCDEFGHI", 0.01, 1.0).unwrap();
    assert!(matches!(refused(&long, &config(1)), ItchWriteError::Config(_)));
    let late = ItchWriterConfig { start: Timestamp(1 << 48), ..config(1) };
    assert!(matches!(refused(&stock(), &late), ItchWriteError::Timestamp(_)));
}

#[test]
fn midnight_is_subtracted_and_earlier_times_are_refused() {
    let midnight = 1_700_000_000_000_000_000;
    let config = ItchWriterConfig { midnight: Timestamp(midnight), ..config(1) };
    let mut writer = ItchWriter::new(Vec::new(), &stock(), &config).unwrap();
    let at = |nanos| Event { timestamp: Timestamp(nanos), ..add(1, Side::Buy, 1, 1) };
    assert!(matches!(writer.write(&at(midnight - 1)), Err(ItchWriteError::Timestamp(_))));
    writer.write(&at(midnight + 5)).unwrap();
    assert_eq!(read_back(writer)[0].timestamp, Timestamp(5));
}

#[test]
fn an_order_never_added_is_taken_from_the_seed_of_its_level() {
    let mut writer = writer(4);
    let located =
        |kind, quantity| Event { flags: event_flags::LOCATED, ..order(kind, 99, Side::Buy, 50, quantity) };
    writer.write(&order(EventKind::Seed, 0, Side::Buy, 50, 10)).unwrap();
    writer.write(&order(EventKind::Seed, 0, Side::Sell, 50, 10)).unwrap();
    assert!(writer.write(&order(EventKind::Seed, 0, Side::Buy, 50, 10)).is_err(), "one seed a level");
    assert!(writer.write(&order(EventKind::Reduce, 99, Side::Buy, 50, 1)).is_err(), "not located");
    writer.write(&located(EventKind::Reduce, 1)).unwrap();
    writer.write(&located(EventKind::Execute, 2)).unwrap();
    writer.write(&located(EventKind::Delete, 3)).unwrap();
    writer.write(&located(EventKind::Delete, 30)).unwrap();
    assert!(matches!(
        writer.write(&located(EventKind::Delete, 1)),
        Err(ItchWriteError::UnknownOrder(OrderId(99)))
    ));
    writer.write(&order(EventKind::Clear, 0, Side::Buy, 0, 0)).unwrap();
    let read: Vec<_> =
        read_back(writer).iter().map(|e| (e.kind, e.order_id.0 - (1 << 63), e.quantity.0)).collect();
    assert_eq!(
        read,
        [
            (EventKind::Add, 0, 10),
            (EventKind::Add, 1, 10),
            (EventKind::Reduce, 0, 1),
            (EventKind::Execute, 0, 2),
            (EventKind::Reduce, 0, 3),
            (EventKind::Delete, 0, 0),
            (EventKind::Delete, 1, 0),
        ]
    );
}

#[test]
fn random_sequences_build_the_same_book_from_what_is_read_back() {
    for seed in 0..40 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut pick = move |range: u64| random.next_u64() % range;
        let mut direct = NaiveBook::default();
        let mut writer = writer(64);
        let mut states = Vec::new();
        for (side, price) in [(Side::Buy, 95), (Side::Buy, 94), (Side::Sell, 105), (Side::Sell, 106)] {
            let event = order(EventKind::Seed, 0, side, price, 1 + pick(50));
            assert!(direct.apply(&event));
            writer.write(&event).unwrap();
            states.push(Some(direct.levels()));
        }
        for step in 0..3000 {
            let side = Side::BOTH[pick(2) as usize];
            let (price, quantity) = (90 + pick(20) as i64, pick(30));
            let mut event = order(EventKind::None, pick(80), side, price, quantity);
            event.timestamp = Timestamp(step);
            event.new_order_id = OrderId(pick(80));
            event.flags = if pick(2) == 0 { event_flags::LOCATED } else { 0 };
            event.kind = match pick(400) {
                0..120 => EventKind::Add,
                120..180 => EventKind::Reduce,
                180..220 => EventKind::Delete,
                220..290 => EventKind::Modify,
                290..340 => EventKind::Execute,
                340..390 => EventKind::Replace,
                390..399 => EventKind::Trade,
                _ => EventKind::Clear,
            };
            let full = event.kind == EventKind::Add && direct.orders.len() == 64;
            let empty = event.quantity == Quantity(0)
                && !(event.kind == EventKind::Clear
                    || event.kind == EventKind::Delete && direct.orders.contains_key(&event.order_id.0));
            let mut after = direct.clone();
            let legal = !full && !empty && after.apply(&event);
            match writer.write(&event) {
                Ok(messages) => {
                    assert!(legal, "{event:?}");
                    direct = after;
                    // A clear takes several messages: the book is compared after the last of them.
                    states.extend((1..messages).map(|_| None));
                    states.extend((messages > 0).then(|| Some(direct.levels())));
                }
                Err(error) => assert!(!legal, "{event:?}: {error}"),
            }
            assert_eq!(writer.live_orders(), direct.orders.len());
        }
        let read = read_back(writer);
        assert_eq!(read.len(), states.len());
        let mut rebuilt = NaiveBook::default();
        for (event, state) in read.iter().zip(&states) {
            assert!(rebuilt.apply(event), "{event:?}");
            if let Some(state) = state {
                assert_eq!(rebuilt.levels(), *state, "after {event:?}");
            }
        }
    }
}
