//! Readers allocate at construction and never again: a counting allocator over whole recordings.

#[path = "common/allocations.rs"]
mod allocations;
mod common;

use allocations::allocations;
use common::data_file;
use market_maker::feed::{
    BinanceReader, DatabentoCsvMboReader, DatabentoCsvMbp10Reader, EventSource, FeedError, Input,
    LobsterReader,
};
use market_maker::types::Instrument;

/// Reads to the end; the number of events.
fn drain(source: &mut impl EventSource) -> u64 {
    let before = allocations();
    let mut events = 0;
    while let Some(event) = source.next_event().expect("a whole recording") {
        std::hint::black_box(event);
        events += 1;
    }
    assert_eq!(allocations() - before, 0, "allocations in {events} events");
    events
}

#[test]
fn the_ledger_counts() {
    let before = allocations();
    std::hint::black_box(Box::new(1));
    assert_eq!(allocations() - before, 2);
}

#[test]
fn lobster_events_allocate_nothing() {
    let Some(messages) = data_file("lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst") else {
        return;
    };
    let Some(book) = data_file("lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst")
    else {
        return;
    };
    let instrument = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let reader = LobsterReader::new(Input::open(messages).unwrap(), &instrument);
    let mut reader = reader.with_seed(&Input::open(book).unwrap(), 0).unwrap();
    // Row 0 shows 90 levels.
    assert_eq!(drain(&mut reader), 91_996 + 90);
}

#[test]
fn databento_events_and_rows_allocate_nothing() {
    let Some(mbo) = data_file("databento/xnas-itch_ARL_20250717_mbo_until1600z.csv.zst") else { return };
    let Some(mbp) = data_file("databento/xnas-itch_ARL_20250717_mbp10_until1600z.csv.zst") else { return };
    let instrument = Instrument::new("ARL", 0.01, 1.0).unwrap();
    let mut reader = DatabentoCsvMboReader::new(Input::open(mbo).unwrap(), &instrument).unwrap();
    assert_eq!(drain(&mut reader), 1_554);
    let mut rows = DatabentoCsvMbp10Reader::new(Input::open(mbp).unwrap(), &instrument).unwrap();
    let before = allocations();
    while rows.next_row().unwrap().is_some() {}
    assert_eq!((allocations() - before, rows.rows()), (0, 1_071));
}

#[test]
fn binance_events_allocate_nothing_through_snapshot_and_change_of_file() {
    let (Some(first), Some(second)) =
        (data_file("binance/spot_btcusdt_20240808.gz"), data_file("binance/spot_btcusdt_20240809.gz"))
    else {
        return;
    };
    let instrument = Instrument::new("BTCUSDT", 0.01, 1e-6).unwrap();
    let inputs = vec![Input::open(first).unwrap(), Input::open(second).unwrap()];
    assert!(drain(&mut BinanceReader::new(inputs, &instrument)) > 200_000);
}

#[test]
fn errors_allocate_nothing() {
    let instrument = Instrument::new("X", 0.01, 1.0).unwrap();
    let input = Input::from_bytes("bad", b"34200.1,1,7,100,5853300,1\n34200.2,1,8,oops".to_vec());
    let mut reader = LobsterReader::new(input, &instrument);
    let before = allocations();
    assert!(reader.next_event().unwrap().is_some());
    let error = reader.next_event().unwrap_err();
    assert_eq!(allocations() - before, 0);
    assert!(matches!(error, FeedError::Line { line: 2, .. }));
    assert_eq!(error.to_string(), "bad:2: field `size` is malformed");
}
