//! Databento's recordings and test files against what is known about them, and against Databento's own decoder.
#![cfg(feature = "dbn")]

mod common;

use std::collections::HashMap;
use std::path::PathBuf;

use common::data_file;
use dbn::decode::DecodeRecord as _;
use market_maker::book::{BookConfig, BookError, Depth, OrderBook};
use market_maker::feed::dbn::{DbnReader, InstrumentFilter};
use market_maker::feed::{EventSource, FeedError, Input, Reason};
use market_maker::types::{Event, EventKind, Instrument, Price, Side, event_flags};

const ESH4: &str = "databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst";
const QUOTES: &str = "databento/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst";
const TRADES: &str = "databento/futures_trades_2024-07-01T23-58_2024-07-02T00-02.dbn.zst";
const BARS: &str = "databento/futures_ohlcv-1m_2024-07-01T23-40_2024-07-02T00-10.dbn.zst";
const VECTORS: &str = "databento/dbn_test_vectors.tar.gz";
/// 2023-12-25 23:00:00 UTC by the recorder's clock: continuous trading begins, the auction's crossed book ends.
const OPEN: u64 = 1_703_545_200_000_000_000;

fn future() -> Instrument {
    Instrument::new("ESH4", 0.25, 1.0).unwrap()
}

fn open(path: PathBuf) -> Result<DbnReader, FeedError> {
    DbnReader::new(Input::open(path).unwrap(), &future(), InstrumentFilter::Single)
}

fn all(mut reader: DbnReader) -> Vec<Event> {
    std::iter::from_fn(|| reader.next_event().unwrap()).collect()
}

#[test]
fn the_recorded_futures_hour_rebuilds_without_unknown_orders() {
    let Some(path) = data_file(ESH4) else { return };
    let mut reader = open(path).unwrap();
    assert_eq!((reader.schema(), reader.dataset(), reader.version()), (Some("mbo"), "GLBX.MDP3", 1));
    let config = BookConfig { max_orders: 65_536, ..BookConfig::default() };
    let mut book = OrderBook::new(&config).unwrap();
    let (mut records, mut snapshot, mut unknown) = (0, 0, 0);
    let (mut trades, mut contracts, mut at_touch, mut crossed) = (0, 0, 0, [0, 0]);
    while let Some(event) = reader.next_event().unwrap() {
        records += 1;
        if event.has(event_flags::SNAPSHOT) && event.kind == EventKind::Add {
            snapshot += 1;
        }
        if event.kind == EventKind::Trade && event.received.0 >= OPEN {
            trades += 1;
            contracts += event.quantity.0;
            let touch = Side::BOTH.into_iter().any(|side| {
                (!event.has(event_flags::SIDED) || side == event.side.opposite())
                    && book.best(side).is_some_and(|level| level.price == event.price)
            });
            at_touch += u32::from(touch);
        }
        match book.apply(&event) {
            Ok(_) => {}
            Err(BookError::UnknownOrder) => unknown += 1,
            Err(error) => panic!("{event:?}: {error}"),
        }
        if event.has(event_flags::LAST) && book.is_crossed() {
            crossed[usize::from(event.received.0 >= OPEN)] += 1;
        }
    }
    assert_eq!((records, snapshot, unknown), (68_792, 8_725, 0));
    assert_eq!((trades, contracts, at_touch, crossed), (2_973, 9_892, 2_890, [890, 1]));
    assert_eq!(reader.progress().done, reader.progress().total);
}

#[test]
fn every_record_is_what_databentos_decoder_reads() {
    let Some(path) = data_file(ESH4) else { return };
    let input = Input::open(path).unwrap();
    let bytes = input.bytes().to_vec();
    let mut theirs = dbn::decode::DbnDecoder::new(bytes.as_slice()).unwrap();
    let mut ours = DbnReader::new(input, &future(), InstrumentFilter::All).unwrap();
    let mut records = 0;
    while let Some(record) = theirs.decode_record::<dbn::MboMsg>().unwrap() {
        let event = ours.next_event().unwrap().unwrap();
        records += 1;
        let action = match event.kind {
            EventKind::Add => b'A',
            EventKind::Reduce => b'C',
            EventKind::Modify => b'M',
            EventKind::Trade => b'T',
            EventKind::Fill => b'F',
            EventKind::Clear => b'R',
            other => panic!("{other:?}"),
        };
        assert_eq!(action, record.action as u8);
        assert_eq!((event.timestamp.0, event.received.0), (record.hd.ts_event, record.ts_recv));
        assert_eq!((event.sequence, event.order_id.0), (record.sequence.into(), record.order_id));
        assert_eq!((event.instrument.0, event.quantity.0), (record.hd.instrument_id, record.size.into()));
        assert_eq!(event.has(event_flags::LAST), record.flags.is_last());
        assert_eq!(event.has(event_flags::SNAPSHOT), record.flags.is_snapshot());
        match record.side as u8 {
            b'B' => assert_eq!(event.side, Side::Buy),
            b'A' => assert_eq!(event.side, Side::Sell),
            side => assert!(side == b'N' && !event.has(event_flags::SIDED)),
        }
        if event.kind != EventKind::Clear {
            assert_eq!(event.price.0 * 250_000_000, record.price);
        }
    }
    assert_eq!(records, 68_792);
    assert!(ours.next_event().unwrap().is_none());
}

#[test]
fn quotes_hold_the_same_trades_as_the_trades_and_bars_hold_no_events() {
    let (Some(quotes), Some(trades), Some(bars)) = (data_file(QUOTES), data_file(TRADES), data_file(BARS))
    else {
        return;
    };
    let trades = all(open(trades).unwrap());
    assert_eq!(trades.len(), 120);
    let quotes = all(open(quotes).unwrap());
    let prints: Vec<&Event> = quotes.iter().filter(|event| event.kind == EventKind::Trade).collect();
    assert_eq!(prints.len(), 120);
    assert_eq!(quotes.len(), 2 * 2_288 + 120);
    for (print, trade) in prints.iter().zip(&trades) {
        let of = |event: &Event| (event.timestamp, event.price, event.quantity, event.side, event.sequence);
        assert_eq!((of(print), print.kind), (of(trade), EventKind::Trade));
    }
    for pair in quotes.iter().filter(|event| event.kind == EventKind::BestQuote).collect::<Vec<_>>().chunks(2)
    {
        assert!(pair[0].side == Side::Buy && pair[1].side == Side::Sell && pair[0].price < pair[1].price);
    }
    match open(bars) {
        Err(FeedError::Record { reason: Reason::Other(text), .. }) => {
            assert!(text.contains("ohlcv-1m"), "{text}")
        }
        other => panic!("{other:?}"),
    }
}

/// The files of a tar archive: a header of 512 bytes with name and octal size, then the content in blocks of 512.
fn tar_files(mut archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        String::from_utf8(bytes[..end].to_vec()).unwrap()
    };
    let mut files = Vec::new();
    while archive.len() >= 512 && archive[0] != 0 {
        let size = usize::from_str_radix(text(&archive[124..136]).trim(), 8).unwrap();
        if archive[156] == b'0' {
            files.push((text(&archive[..100]), archive[512..512 + size].to_vec()));
        }
        archive = &archive[512 + size.next_multiple_of(512)..];
    }
    files
}

#[test]
fn databentos_test_files_are_read_or_refused_as_what_they_are() {
    let Some(path) = data_file(VECTORS) else { return };
    let files = tar_files(Input::open(path).unwrap().bytes());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dbn_test_files");
    std::fs::create_dir_all(&folder).unwrap();
    let stock = Instrument::new("ESH1", 1e-9, 1.0).unwrap();
    let mut read: HashMap<&str, Vec<Vec<Event>>> = HashMap::new();
    let (mut refused_schemas, mut refused_files) = (0, 0);
    for (name, content) in &files {
        let Some(name) = name.strip_prefix("tests/data/") else { continue };
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        let reader = DbnReader::new(Input::open(&path).unwrap(), &stock, InstrumentFilter::Single);
        let schema = name.split('.').nth(1).unwrap();
        let is_dbn = !name.contains(".frag") && !name.contains(".dbz");
        match (is_dbn, schema) {
            (true, "mbo" | "mbp-1" | "trades") => {
                let reader = reader.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(reader.schema(), Some(schema), "{name}");
                for version in 1..=3 {
                    let stated = name.contains(&format!(".v{version}."));
                    assert!(!stated || reader.version() == version, "{name}");
                }
                read.entry(schema).or_default().push(all(reader));
            }
            (true, _) => match reader {
                Err(FeedError::Record { offset: 24, reason: Reason::Other(text), .. }) => {
                    assert!(text.contains(&format!("schema {schema} ")), "{name}: {text}");
                    refused_schemas += 1;
                }
                other => panic!("{name}: {other:?}"),
            },
            (false, _) => {
                let error = reader.unwrap_err();
                assert!(
                    matches!(error, FeedError::Record { offset: 0, reason: Reason::Other(_), .. }),
                    "{name}: {error}"
                );
                assert!(error.to_string().contains(name), "{error}");
                refused_files += 1;
            }
        }
    }
    for (schema, count, kinds) in [
        ("mbo", 5, &[EventKind::Reduce; 2][..]),
        ("mbp-1", 4, &[EventKind::BestQuote; 4]),
        ("trades", 4, &[EventKind::Trade; 2]),
    ] {
        let versions = &read[schema];
        assert_eq!(versions.len(), count, "{schema}");
        for events in versions {
            assert_eq!(events, &versions[0], "every version and form of {schema} says the same");
            assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), kinds);
        }
    }
    let order = read["mbo"][0][0];
    assert_eq!(
        (order.order_id.0, order.price, order.quantity.0),
        (647_784_973_705, Price(3_722_750_000_000), 1)
    );
    assert_eq!(
        (order.side, order.sequence, order.timestamp.0),
        (Side::Sell, 1_170_352, 1_609_160_400_000_429_831)
    );
    assert!(refused_schemas > 40 && refused_files > 10, "{refused_schemas} {refused_files}");
}
