//! Recorded days against what their publishers say about them, through a naive book: what is checked here is that the
//! readers deliver every message in full.

mod common;

use std::collections::HashSet;

use common::{NaiveBook, data_file};
use market_maker::feed::{
    BinanceReader, DatabentoCsvMboReader, DatabentoCsvMbp10Reader, EventSource, Input, LobsterBookReader,
    LobsterLevel, LobsterReader,
};
use market_maker::types::{EventKind, Instrument, Side, event_flags};

const MESSAGES: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
const BOOK_672: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
const BOOK_TOP: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_top1.csv.zst";
const MESSAGES_10: &str = "lobster/AAPL_2012-06-21_34200000_57600000_message_10_first999.csv.zst";
const BOOK_10: &str = "lobster/AAPL_2012-06-21_34200000_57600000_orderbook_10_first999.csv.zst";

fn aapl() -> Instrument {
    Instrument::new("AAPL", 0.01, 1.0).unwrap()
}

fn equal(book: &NaiveBook, row: &[LobsterLevel], levels: usize) -> bool {
    let (mut bids, mut asks) = (book.levels(Side::Buy), book.levels(Side::Sell));
    row.iter().take(levels).all(|level| {
        bids.next().map(|(p, q, _)| (p, q)) == level.bid.map(|(p, q)| (p, q.0))
            && asks.next().map(|(p, q, _)| (p, q)) == level.ask.map(|(p, q)| (p, q.0))
    })
}

/// Drives a book seeded from row 0 and lists the rows, of those `chosen`, where it differs from the next row of
/// `orderbook` (which begins with the book of row 0).
fn lobster_differences(
    orderbook: &str,
    levels: usize,
    mut chosen: impl FnMut(u64) -> bool,
) -> Option<(u64, Vec<u64>)> {
    let (messages, seed, truth) = (data_file(MESSAGES)?, data_file(BOOK_672)?, data_file(orderbook)?);
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl())
        .with_seed(&Input::open(seed).unwrap(), 0)
        .unwrap();
    let mut rows = LobsterBookReader::new(Input::open(truth).unwrap(), &aapl());
    let mut book = NaiveBook::default();
    let mut differences = Vec::new();
    let mut compared = 0;
    let mut end_of_seed = false;
    while let Some(event) = reader.next_event().unwrap() {
        book.apply(&event);
        if event.kind == EventKind::Seed {
            end_of_seed = event.has(event_flags::LAST);
            if !end_of_seed {
                continue;
            }
        }
        assert!(end_of_seed);
        if !chosen(event.sequence) {
            continue;
        }
        let Some(row) = rows.next_row().unwrap() else { break };
        compared += 1;
        if !equal(&book, row, levels) {
            differences.push(event.sequence);
        }
    }
    Some((compared, differences))
}

#[test]
fn lobster_seeded_from_row_0_shows_the_published_best_prices() {
    let Some((compared, differences)) = lobster_differences(BOOK_TOP, 1, |_| true) else { return };
    assert_eq!(compared, 91_997);
    assert_eq!(differences.first(), Some(&54_606), "{differences:?}");
    assert!(differences.len() <= 90, "{}", differences.len());
}

#[test]
fn lobster_seeded_from_row_0_shows_ten_published_levels() {
    let Some((compared, differences)) = lobster_differences(BOOK_672, 10, |_| true) else { return };
    assert_eq!((compared, differences.as_slice()), (672, [].as_slice()));
}

#[test]
fn lobster_level_10_rows_agree_where_their_messages_stand_in_the_level_50_file() {
    let (Some(messages), Some(narrow)) = (data_file(MESSAGES), data_file(MESSAGES_10)) else { return };
    let lines = |path| String::from_utf8(Input::open(path).unwrap().bytes().to_vec()).unwrap();
    // A line may occur twice (hidden executions): match in order, as a subsequence.
    let (wide, narrow) = (lines(messages), lines(narrow));
    let mut narrow = narrow.lines().peekable();
    let chosen: HashSet<u64> = (0..)
        .zip(wide.lines())
        .filter(|(_, line)| narrow.next_if_eq(line).is_some())
        .map(|(row, _)| row)
        .collect();
    assert_eq!(chosen.len(), 999);
    let (compared, differences) = lobster_differences(BOOK_10, 10, |row| chosen.contains(&row)).unwrap();
    assert_eq!((compared, differences.as_slice()), (999, [].as_slice()));
}

#[test]
fn every_lobster_message_becomes_the_event_of_its_type() {
    let Some(messages) = data_file(MESSAGES) else { return };
    let mut reader = LobsterReader::new(Input::open(messages).unwrap(), &aapl());
    let mut counts = [0u32; 13];
    let (mut last_time, mut row) = (0, 0);
    while let Some(event) = reader.next_event().unwrap() {
        counts[event.kind as usize] += 1;
        assert!(event.timestamp.0 >= last_time);
        assert_eq!(event.sequence, row);
        last_time = event.timestamp.0;
        row += 1;
    }
    let count = |kind: EventKind| counts[kind as usize];
    assert_eq!(count(EventKind::Add), 44_256);
    assert_eq!(count(EventKind::Reduce), 469);
    assert_eq!(count(EventKind::Delete), 41_004);
    assert_eq!(count(EventKind::Execute), 4_067);
    assert_eq!(count(EventKind::Trade), 2_201);
    assert_eq!(row, 91_997);
    assert_eq!(reader.progress().done, reader.progress().total);
}

#[test]
fn databento_orders_rebuild_every_published_row_of_ten_levels_with_order_counts() {
    let Some(mbo) = data_file("databento/xnas-itch_ARL_20250717_mbo_until1600z.csv.zst") else { return };
    let Some(mbp) = data_file("databento/xnas-itch_ARL_20250717_mbp10_until1600z.csv.zst") else { return };
    let arl = Instrument::new("ARL", 0.01, 1.0).unwrap();
    let mut orders = DatabentoCsvMboReader::new(Input::open(mbo).unwrap(), &arl).unwrap();
    let mut rows = DatabentoCsvMbp10Reader::new(Input::open(mbp).unwrap(), &arl).unwrap();
    let mut book = NaiveBook::default();
    let mut row = rows.next_row().unwrap();
    let (mut matched, mut events) = (0, 0);
    while let Some(event) = orders.next_event().unwrap() {
        events += 1;
        book.apply(&event);
        let Some(expected) = row.filter(|row| row.sequence == event.sequence) else { continue };
        let agrees = Side::BOTH.into_iter().all(|side| {
            let mut levels = book.levels(side);
            expected.levels(side).iter().all(|level| match levels.next() {
                Some(ours) => ours == (level.price, level.quantity.0, level.orders),
                None => level.orders == 0 && level.quantity.0 == 0,
            })
        });
        if agrees {
            matched += 1;
            row = rows.next_row().unwrap();
        }
    }
    assert_eq!((events, matched, row), (1_554, 1_071, None));
    assert_eq!(book.unknown, 0);
}

/// Share of book tickers that agree with the best prices of the rebuilt book, and the number of tickers.
fn binance_agreement(files: &[&str], tick: f64, lot: f64) -> Option<(f64, u64)> {
    let inputs: Option<Vec<Input>> =
        files.iter().map(|file| Some(Input::open(data_file(&format!("binance/{file}"))?).unwrap())).collect();
    let instrument = Instrument::new("X", tick, lot).unwrap();
    let mut reader = BinanceReader::new(inputs?, &instrument);
    let mut book = NaiveBook::default();
    let mut best = [None; 2];
    let (mut samples, mut agreed, mut groups, mut snapshots, mut trades) = (0u64, 0u64, 0u64, 0, 0u64);
    while let Some(event) = reader.next_event().unwrap() {
        book.apply(&event);
        match event.kind {
            EventKind::BestQuote => best[event.side.index()] = Some((event.price, event.quantity.0)),
            EventKind::Clear => snapshots += 1,
            EventKind::Trade => trades += 1,
            EventKind::Level if event.has(event_flags::LAST) && !event.has(event_flags::SNAPSHOT) => {
                groups += 1;
                let (Some((bid, ..)), Some((ask, ..))) = (book.best(Side::Buy), book.best(Side::Sell)) else {
                    panic!("one side of the book is empty");
                };
                assert!(bid < ask, "crossed: {bid} {ask}");
                if let [Some((ticker_bid, _)), Some((ticker_ask, _))] = best {
                    samples += 1;
                    agreed += u64::from((ticker_bid, ticker_ask) == (bid, ask));
                }
            }
            _ => {}
        }
    }
    assert_eq!(snapshots, 1);
    assert!(groups > 1000 && trades > 1000, "{groups} {trades}");
    eprintln!("{files:?}: {agreed} of {samples} agree, {groups} updates, {trades} trades");
    Some((agreed as f64 / samples as f64, samples))
}

#[test]
fn the_rebuilt_binance_book_shows_the_venues_own_best_prices() {
    let recordings: [(&[&str], f64, f64); 5] = [
        (&["spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"], 0.01, 1e-6),
        (&["spot_ethusdt_20240808.gz", "spot_ethusdt_20240809.gz"], 0.01, 1e-6),
        (&["cm_btcusd_perp_20240808.gz", "cm_btcusd_perp_20240809.gz"], 0.1, 1.0),
        (&["usdm_btcusdt_20240808.gz"], 0.1, 0.001),
        (&["usdm_ethusdt_20240808.gz"], 0.01, 0.001),
    ];
    for (files, tick, lot) in recordings {
        let Some((share, samples)) = binance_agreement(files, tick, lot) else { return };
        assert!(share >= 0.99, "{files:?}: {share}");
        assert!(samples > 1000);
    }
}
