//! A recorded hour of another format, written as ITCH and read back: the same events, the same book, the same truth.

mod common;

use common::data_file;
use market_maker::book::{BookConfig, Depth, OrderBook};
use market_maker::feed::itch::{
    ItchReader, ItchWriteError, ItchWriter, ItchWriterConfig, Stock, StockFilter,
};
use market_maker::feed::{EventSource, Input, LobsterBookReader, LobsterReader};
use market_maker::types::{Event, EventKind, Instrument, Price, Quantity, Side, event_flags};

const MESSAGES: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
const BOOK_672: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
const BOOK_TOP: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_top1.csv.zst";
/// References from here on are the writer's own: the seeds of levels.
const OWN: u64 = 1 << 63;

fn aapl() -> Instrument {
    Instrument::new("AAPL", 0.01, 1.0).unwrap()
}

/// The hour as events, and as the bytes of an ITCH file with what the writer did with each event.
fn hour() -> Option<(Vec<Event>, Vec<u8>, Vec<u32>)> {
    let (messages, seed) = (data_file(MESSAGES)?, data_file(BOOK_672)?);
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl())
        .with_seed(&Input::open(seed).unwrap(), 0)
        .unwrap();
    let events: Vec<Event> = std::iter::from_fn(|| reader.next_event().unwrap()).collect();
    let config = ItchWriterConfig { max_orders: 10_000, ..ItchWriterConfig::default() };
    let mut writer = ItchWriter::new(Vec::new(), &aapl(), &config).unwrap();
    let written = events
        .iter()
        .map(|event| match writer.write(event) {
            Ok(messages) => messages,
            // Orders from before the hour or from outside the window, where the seed has nothing left.
            Err(ItchWriteError::UnknownOrder(id))
                if id == event.order_id && event.has(event_flags::LOCATED) =>
            {
                0
            }
            Err(error) => panic!("{event:?}: {error}"),
        })
        .collect();
    Some((events, writer.finish().unwrap(), written))
}

fn book() -> OrderBook {
    OrderBook::new(&BookConfig { max_orders: 16_384, ..BookConfig::default() }).unwrap()
}

fn levels(book: &OrderBook, side: Side) -> Vec<(Price, Quantity)> {
    book.levels(side).map(|level| (level.price, level.quantity)).collect()
}

/// What ITCH keeps of an event, when it keeps its kind.
fn expressible(event: &Event) -> Event {
    let kept = Event { received: event.timestamp, sequence: 0, flags: event_flags::LAST, ..*event };
    let unlocated = Event { side: Side::Buy, price: Price(0), ..kept };
    match event.kind {
        EventKind::Add => kept,
        EventKind::Reduce | EventKind::Execute => unlocated,
        EventKind::Delete => Event { quantity: Quantity(0), ..unlocated },
        EventKind::Trade => {
            let flags = kept.flags | event_flags::HIDDEN;
            Event { side: Side::Buy, order_id: Event::EMPTY.order_id, flags, ..kept }
        }
        other => panic!("no {other:?} in the hour"),
    }
}

#[test]
fn a_recorded_hour_replayed_as_itch_is_the_same_hour() {
    let Some((events, file, written)) = hour() else { return };
    let Some(truth) = data_file(BOOK_TOP) else { return };
    let mut truth = LobsterBookReader::new(Input::open(truth).unwrap(), &aapl());
    let filter = StockFilter::Stock(Stock::new("AAPL").unwrap());
    let mut reader = ItchReader::new(Input::from_bytes("hour.itch", file), &aapl(), filter);
    for _ in 0..5 {
        assert!(matches!(reader.next_event().unwrap().unwrap().kind, EventKind::None | EventKind::Status));
    }
    let (mut direct, mut replayed) = (book(), book());
    let (mut same, mut of_seeds, mut skipped) = (0, 0, 0);
    let mut differences = Vec::new();
    for (row, (event, &messages)) in events.iter().zip(&written).enumerate() {
        let applied = direct.apply(event);
        if messages == 0 {
            assert!(applied.is_err(), "the writer skips exactly what a book cannot apply: {event:?}");
            skipped += 1;
        } else {
            assert_eq!(messages, 1);
            applied.unwrap();
            let read = reader.next_event().unwrap().unwrap();
            replayed.apply(&read).unwrap();
            if event.kind == EventKind::Seed || read.order_id.0 >= OWN {
                of_seeds += 1;
            } else {
                assert_eq!(Event { sequence: 0, ..read }, expressible(event));
                same += 1;
            }
        }
        for side in Side::BOTH {
            let top = |book: &OrderBook| book.best(side).map(|level| (level.price, level.quantity));
            assert_eq!(top(&direct), top(&replayed), "after event {row}");
        }
        if row % 997 == 0 {
            for side in Side::BOTH {
                assert_eq!(levels(&direct, side), levels(&replayed, side), "after event {row}");
                let queue = |book: &OrderBook| {
                    // A seed has no id in one book and one of the writer's in the other.
                    let known = book.orders(side).filter(|order| (1..OWN).contains(&order.id.0));
                    known.map(|order| (order.id, order.price, order.quantity)).collect::<Vec<_>>()
                };
                assert_eq!(queue(&direct), queue(&replayed), "after event {row}");
            }
        }
        if event.kind != EventKind::Seed || event.has(event_flags::LAST) {
            let shown = truth.next_row().unwrap().unwrap()[0];
            let top = |side| replayed.best(side).map(|level| (level.price, level.quantity));
            if (top(Side::Buy), top(Side::Sell)) != (shown.bid, shown.ask) {
                differences.push(event.sequence);
            }
        }
    }
    for _ in 0..3 {
        assert_eq!(reader.next_event().unwrap().unwrap().kind, EventKind::None);
    }
    assert!(reader.next_event().unwrap().is_none());
    assert_eq!(reader.progress().done, reader.progress().total);
    assert!(truth.next_row().unwrap().is_none());
    assert_eq!(same + of_seeds + skipped, events.len());
    println!(
        "{same} events come back unchanged, {of_seeds} are of seeds, {skipped} name orders of which nothing is known"
    );
    assert!(same > 91_800 && skipped < 84);
    assert_eq!(differences.first(), Some(&54_606));
    assert!(differences.len() <= 90, "{}", differences.len());
}

#[test]
fn a_recorded_hour_cut_anywhere_ends_in_a_typed_error() {
    let Some((_, file, _)) = hour() else { return };
    for cut in (file.len() / 2..file.len() / 2 + 500).chain([file.len() - 2, file.len()]) {
        let input = Input::from_bytes("cut.itch", file[..cut].to_vec());
        let mut reader = ItchReader::new(input, &aapl(), StockFilter::All);
        let end = loop {
            match reader.next_event() {
                Ok(Some(_)) => {}
                other => break other,
            }
        };
        match end {
            Ok(_) => assert_eq!(reader.progress().done, cut as u64),
            Err(error) => {
                let text = error.to_string();
                assert!(text.starts_with("cut.itch: truncated: the record at offset "), "{text}");
            }
        }
    }
}
