//! Readers against bytes that are not what the format says: typed errors with their place, never a panic.

mod common;

use common::data_file;
use market_maker::feed::{
    BinanceReader, DatabentoCsvMboReader, DatabentoCsvMbp10Reader, EventSource, FeedError, Input,
    LobsterBookReader, LobsterReader, Reason,
};
use market_maker::types::{EventKind, Instrument, Price, Quantity, Side, event_flags};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Mutated files per format.
const CASES: u32 = 40_000;

const LOBSTER: &str = "34200.004241176,1,16113575,18,5853300,1\n\
34200.004260640,2,16113575,8,5853300,1\n34200.5,4,16113575,5,5853300,1\n34200.5,5,0,100,5857950,-1\n\
34201,3,16113575,5,5853300,1\n34202.1,7,0,0,-1,-1\n34203.1,6,-1,200,5853300,-1\n";

const LOBSTER_BOOK: &str = "5859400,200,5853300,18,5859800,200,5853000,150\n\
9999999999,0,5853300,18,9999999999,0,-9999999999,0\n";

const MBO: &str = "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags,ts_in_delta,sequence,symbol\n\
2025-07-17T07:05:09.035793433Z,2025-07-17T07:05:09.035627674Z,160,2,1108,R,N,,0,0,0,8,0,0,ARL\n\
2025-07-17T08:05:03.360842448Z,2025-07-17T08:05:03.360677248Z,160,2,1108,A,B,5.510000000,100,0,817593,130,165200,851012,ARL\n\
1752739503360848793,1752739503360683462,160,2,1108,T,A,5510000000,10,0,0,0,165331,851013,ARL\n\
1752739503360848793,1752739503360683462,160,2,1108,F,B,5510000000,10,0,817593,0,165331,851013,ARL\n\
1752739503360848793,1752739503360683462,160,2,1108,C,B,5510000000,10,0,817593,160,165331,851013,ARL\n\
1752739503360848793,1752739503360683462,160,2,1108,M,B,5500000000,20,0,817593,128,165331,851014,ARL\n";

const DEPTH: &str = r#"1723161253937085768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":100,"u":105,"b":[["61737.63000000","0.00000000"]],"a":[["61837.64000000","1.54698000"]]}}
1723161254036059768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":106,"u":110,"b":[["55653.87000000","0.00000000"],["55653.88","2"]],"a":[]}}
1723161254087891268 {"stream":"btcusdt@bookTicker","data":{"u":112,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}
1723161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":77,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}
1723161254206652067 {"lastUpdateId":107,"bids":[["61837.63000000","3.78826000"],["55653.87","1.0"]],"asks":[["61837.64000000","1.5"]]}
1723161254236059768 {"stream":"btcusdt@depth@100ms","data": {"e" : "depthUpdate", "E":1723161255408,"x":[{"y":"]}"},-1.5e3,null],"s":"BTCUSDT","U":111,"u":115, "b" : [ [ "61837.63" , "1" , [] ] ],"a":[["61837.65","0"]]} }
1723161254236059769 {"result":null,"id":1}
1723161254236059770 {"stream":"btcusdt@markPrice","data":{"e":"markPriceUpdate","p":"1.23456789012","b":7}}
"#;

fn stock() -> Instrument {
    Instrument::new("X", 0.01, 1.0).unwrap()
}

fn coin() -> Instrument {
    Instrument::new("BTCUSDT", 0.01, 1e-5).unwrap()
}

/// Reads to the end or the error; how many events there were. Past an error, there must be nothing more.
fn drain(mut source: impl EventSource) -> (u64, Option<FeedError>) {
    let mut events = 0;
    loop {
        match source.next_event() {
            Ok(Some(_)) => events += 1,
            Ok(None) => return (events, None),
            Err(error) => {
                assert!(matches!(source.next_event(), Ok(None)), "a reader goes on after {error}");
                return (events, Some(error));
            }
        }
    }
}

type Reader = fn(Vec<u8>) -> (u64, Option<FeedError>);

fn lobster(bytes: Vec<u8>) -> (u64, Option<FeedError>) {
    drain(LobsterReader::new(Input::from_bytes("f", bytes), &stock()))
}

fn lobster_book(bytes: Vec<u8>) -> (u64, Option<FeedError>) {
    let mut rows = LobsterBookReader::new(Input::from_bytes("f", bytes), &stock());
    loop {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return (rows.rows(), None),
            Err(error) => {
                assert!(matches!(rows.next_row(), Ok(None)));
                return (rows.rows(), Some(error));
            }
        }
    }
}

fn mbo(bytes: Vec<u8>) -> (u64, Option<FeedError>) {
    match DatabentoCsvMboReader::new(Input::from_bytes("f", bytes), &stock()) {
        Ok(reader) => drain(reader),
        Err(error) => (0, Some(error)),
    }
}

fn mbp10(bytes: Vec<u8>) -> (u64, Option<FeedError>) {
    let mut rows = match DatabentoCsvMbp10Reader::new(Input::from_bytes("f", bytes), &stock()) {
        Ok(rows) => rows,
        Err(error) => return (0, Some(error)),
    };
    loop {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return (rows.rows(), None),
            Err(error) => return (rows.rows(), Some(error)),
        }
    }
}

fn binance(bytes: Vec<u8>) -> (u64, Option<FeedError>) {
    drain(BinanceReader::new(vec![Input::from_bytes("f", bytes)], &coin()))
}

/// One to three random changes: a flipped bit, another byte, a missing or doubled stretch, a cut.
fn mutate(original: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    const TELLING: &[u8] = b"0123456789.,-\"[]{}:\n\r eEaAbBuUNTRCM\\\xff\0";
    let mut bytes = original.to_vec();
    for _ in 0..1 + random.next_u32() % 3 {
        if bytes.is_empty() {
            break;
        }
        let at = random.next_u32() as usize % bytes.len();
        let end = (at + 1 + random.next_u32() as usize % 24).min(bytes.len());
        match random.next_u32() % 6 {
            0 => bytes[at] ^= 1 << (random.next_u32() % 8),
            1 | 2 => bytes[at] = TELLING[random.next_u32() as usize % TELLING.len()],
            3 => drop(bytes.drain(at..end)),
            4 => {
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn recorded(name: &str, length: usize) -> Option<Vec<u8>> {
    let input = Input::open(data_file(name)?).unwrap();
    let bytes = &input.bytes()[..length.min(input.bytes().len())];
    let end = bytes.iter().rposition(|&b| b == b'\n').unwrap();
    Some(bytes[..=end].to_vec())
}

#[test]
fn mutated_files_are_read_or_refused_but_never_panic() {
    let mut originals: Vec<(Reader, Vec<u8>)> = vec![
        (lobster, LOBSTER.into()),
        (lobster_book, LOBSTER_BOOK.into()),
        (mbo, MBO.into()),
        (binance, DEPTH.into()),
    ];
    let real: [(Reader, &str, usize); 5] = [
        (lobster, "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst", 600),
        (lobster_book, "lobster/AAPL_2012-06-21_34200000_57600000_orderbook_10_first999.csv.zst", 1500),
        (mbo, "databento/xnas-itch_ARL_20250717_mbo_until1600z.csv.zst", 1200),
        (mbp10, "databento/xnas-itch_ARL_20250717_mbp10_until1600z.csv.zst", 3000),
        (binance, "binance/spot_btcusdt_20240808.gz", 4000),
    ];
    for (reader, name, length) in real {
        if let Some(bytes) = recorded(name, length) {
            originals.push((reader, bytes));
        }
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    for (reader, original) in originals {
        let mut refused = 0;
        for _ in 0..CASES {
            let (_, error) = reader(mutate(&original, &mut random));
            refused += u32::from(error.is_some());
        }
        // Most mutations break a file; that none did would mean that nothing is checked.
        assert!(refused > CASES / 5, "{refused} of {CASES}");
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(8);
    for _ in 0..CASES {
        let mut bytes = vec![0; random.next_u32() as usize % 64];
        random.fill_bytes(&mut bytes);
        for reader in [lobster as Reader, lobster_book, mbo, mbp10, binance] {
            reader(bytes.clone());
        }
    }
}

#[test]
fn a_file_cut_anywhere_yields_its_complete_lines_and_then_the_truncated_error() {
    for (reader, text) in [(lobster as Reader, LOBSTER), (lobster_book, LOBSTER_BOOK), (mbo, MBO)] {
        let header = usize::from(text == MBO);
        for cut in text.find('\n').unwrap() + 1..text.len() {
            let (events, error) = reader(text.as_bytes()[..cut].to_vec());
            let lines = text[..cut].matches('\n').count() - header;
            let start = text[..cut].rfind('\n').unwrap() + 1;
            match error {
                Some(FeedError::Truncated { name, offset }) => {
                    assert_eq!((&*name, offset, events), ("f", start as u64, lines as u64), "cut at {cut}");
                }
                // At a line's end, or inside its last field, which shows no end of its own.
                None => {
                    let line = text[start..].split('\n').next().unwrap();
                    let last_field = start + line.rfind(',').unwrap();
                    assert!(cut == start || cut > last_field, "cut at {cut}");
                    assert_eq!(events as usize, lines + usize::from(cut > start), "cut at {cut}");
                }
                Some(other) => panic!("cut at {cut}: {other}"),
            }
        }
    }
    for cut in 0..DEPTH.len() {
        let (_, error) = binance(DEPTH.as_bytes()[..cut].to_vec());
        let line_is_complete = cut == 0
            || DEPTH.as_bytes()[cut - 1] == b'\n'
            || DEPTH.as_bytes()[cut] == b'\n'
            || DEPTH[cut..].starts_with(" \n");
        match error {
            Some(FeedError::Truncated { .. }) => assert!(!line_is_complete, "cut at {cut}"),
            // The snapshot is not there yet.
            Some(FeedError::Unsupported(_)) => assert!(line_is_complete && !DEPTH[..cut].contains("asks")),
            None => assert!(line_is_complete, "cut at {cut}"),
            Some(other) => panic!("cut at {cut}: {other}"),
        }
    }
}

fn reason(outcome: (u64, Option<FeedError>)) -> (u64, u64, Reason) {
    match outcome {
        (events, Some(FeedError::Line { line, reason, .. })) => (events, line, reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_malformed_line_is_named_with_its_number_and_reason() {
    let good = "34200.1,1,7,100,5853300,1\n";
    for (line, expected) in [
        ("x,1,7,100,5853300,1", Reason::Field("time")),
        ("34200.1,1,7,100,5853300", Reason::Missing("price")),
        ("34200.1,1,7,100,5853300,", Reason::Missing("direction")),
        ("34200.1,1,7,100,5853300,2", Reason::Field("direction")),
        ("34200.1,1,7,100,5853300,1x", Reason::Field("direction")),
        ("34200.1,9,7,100,5853300,1", Reason::UnknownType(9)),
        ("34200.1,1,7,100,5853350,1", Reason::OffIncrement("price")),
        ("34200.1,1,-7,100,5853300,1", Reason::OutOfRange("order id")),
        ("34200.1,1,7,-100,5853300,1", Reason::Field("size")),
        ("34200.1,1,7,99999999999999999999,5853300,1", Reason::OutOfRange("size")),
        ("34200.1,1,7,100,9223372036854775807,1", Reason::OutOfRange("price")),
        ("34200.1,7,0,0,5,-1", Reason::Field("price")),
        ("", Reason::Missing("time")),
    ] {
        let text = format!("{good}{good}{line}\n{good}");
        assert_eq!(reason(lobster(text.into_bytes())), (2, 3, expected), "{line}");
    }
    let book = "5859400,200,5853300,18,5859800,200,5853000,150\n5859400,200,5853300,18\n";
    assert_eq!(reason(lobster_book(book.into())), (1, 2, Reason::Missing("level")));

    let edit = |from: &str, to: &str| {
        assert!(MBO.contains(from));
        reason(mbo(MBO.replacen(from, to, 1).into_bytes()))
    };
    assert_eq!(edit(",A,B,5.51", ",Z,B,5.51"), (1, 3, Reason::UnknownType(b'Z')));
    assert_eq!(edit(",A,B,5.51", ",A,N,5.51"), (1, 3, Reason::Field("side")));
    assert_eq!(edit(",A,B,5.510000000", ",A,B,"), (1, 3, Reason::Missing("price")));
    assert_eq!(edit(",A,B,5.510000000", ",A,B,5.515"), (1, 3, Reason::OffIncrement("price")));
    assert_eq!(edit("1108,A,B", "1109,A,B"), (1, 3, Reason::Other("more than one instrument in the file")));
    assert_eq!(edit("08:05:03", "25:05:03"), (1, 3, Reason::Field("ts_recv")));
    assert_eq!(edit("order_id", "order"), (0, 1, Reason::Missing("order_id")));
}

#[test]
fn lobster_types_become_events_with_their_flags() {
    let mut reader = LobsterReader::new(Input::from_bytes("f", LOBSTER.into()), &stock());
    let mut next = || reader.next_event().unwrap().unwrap();
    let located = event_flags::LAST | event_flags::LOCATED;
    let add = next();
    assert_eq!((add.kind, add.side, add.flags), (EventKind::Add, Side::Buy, event_flags::LAST));
    assert_eq!((add.price, add.quantity, add.order_id.0), (Price(58_533), Quantity(18), 16_113_575));
    for (kind, quantity) in [(EventKind::Reduce, 8), (EventKind::Execute, 5)] {
        let event = next();
        assert_eq!((event.kind, event.quantity.0, event.flags), (kind, quantity, located));
        assert_eq!((event.side, event.price), (Side::Buy, Price(58_533)));
    }
    let hidden = next();
    assert_eq!((hidden.kind, hidden.side, hidden.price), (EventKind::Trade, Side::Buy, Price(58_580)));
    assert!(hidden.has(event_flags::HIDDEN | event_flags::SIDED | event_flags::ROUNDED | event_flags::LAST));
    assert_eq!(next().kind, EventKind::Delete);
    let halt = next();
    assert_eq!((halt.kind, halt.quantity), (EventKind::Status, Quantity(0)));
    let cross = next();
    assert_eq!((cross.kind, cross.flags, cross.sequence), (EventKind::Trade, event_flags::LAST, 6));
}

#[test]
fn databento_actions_become_events_with_their_flags() {
    let mut reader = DatabentoCsvMboReader::new(Input::from_bytes("f", MBO.into()), &stock()).unwrap();
    let mut next = || reader.next_event().unwrap().unwrap();
    let clear = next();
    assert_eq!((clear.kind, clear.flags), (EventKind::Clear, 0));
    assert_eq!((clear.timestamp.0, clear.received.0), (1_752_735_909_035_627_674, 1_752_735_909_035_793_433));
    let add = next();
    assert_eq!((add.kind, add.price, add.flags), (EventKind::Add, Price(551), event_flags::LAST));
    // The same moment and price, written as integers.
    let trade = next();
    assert_eq!((trade.kind, trade.side, trade.price), (EventKind::Trade, Side::Sell, Price(551)));
    assert_eq!(trade.flags, event_flags::SIDED);
    assert_eq!(next().kind, EventKind::Fill);
    let cancel = next();
    assert_eq!((cancel.kind, cancel.side, cancel.quantity), (EventKind::Reduce, Side::Buy, Quantity(10)));
    assert_eq!(cancel.flags, event_flags::LAST | event_flags::LOCATED | event_flags::SNAPSHOT);
    let modify = next();
    assert_eq!((modify.kind, modify.price, modify.quantity), (EventKind::Modify, Price(550), Quantity(20)));
}

/// Kind, side, price, quantity, sequence, flags and receive time of an event.
type Told = (EventKind, Side, i64, u64, u64, u16, u64);

fn told(files: &[&str]) -> Result<Vec<Told>, FeedError> {
    let inputs = files.iter().map(|text| Input::from_bytes("f", text.as_bytes().to_vec())).collect();
    let mut reader = BinanceReader::new(inputs, &coin());
    let mut events = Vec::new();
    while let Some(e) = reader.next_event()? {
        events.push((e.kind, e.side, e.price.0, e.quantity.0, e.sequence, e.flags, e.received.0));
    }
    Ok(events)
}

#[test]
fn binance_updates_held_back_for_the_snapshot_follow_it_once() {
    use EventKind::{BestQuote, Clear, Level, Trade};
    use Side::{Buy, Sell};
    const LAST: u16 = event_flags::LAST;
    const SNAPSHOT: u16 = event_flags::SNAPSHOT;
    let (ticker, trade, snapshot, live) =
        (1723161254087891268, 1723161254087896568, 1723161254206652067, 1723161254236059768);
    let expected = [
        (BestQuote, Buy, 6_183_763, 378_826, 112, 0, ticker),
        (BestQuote, Sell, 6_183_764, 154_698, 112, LAST, ticker),
        (Trade, Sell, 6_183_763, 2_000, 77, LAST | event_flags::SIDED, trade),
        (Clear, Buy, 0, 0, 107, SNAPSHOT, snapshot),
        (Level, Buy, 6_183_763, 378_826, 107, SNAPSHOT, snapshot),
        (Level, Buy, 5_565_387, 100_000, 107, SNAPSHOT, snapshot),
        (Level, Sell, 6_183_764, 150_000, 107, SNAPSHOT | LAST, snapshot),
        (Level, Buy, 5_565_387, 0, 110, 0, snapshot),
        (Level, Buy, 5_565_388, 200_000, 110, LAST, snapshot),
        (Level, Buy, 6_183_763, 100_000, 115, 0, live),
        (Level, Sell, 6_183_765, 0, 115, LAST, live),
    ];
    assert_eq!(told(&[DEPTH]).unwrap(), expected);
    // The same in several files, wherever the recording changes the file.
    for split in DEPTH.match_indices('\n').map(|(at, _)| at + 1) {
        let (front, back) = DEPTH.split_at(split);
        assert_eq!(told(&[front, back]).unwrap(), expected, "split at {split}");
    }
    let lines: Vec<&str> = DEPTH.split_inclusive('\n').collect();
    assert_eq!(told(&lines).unwrap(), expected);
}

#[test]
fn binance_gaps_second_symbols_and_missing_snapshots_are_errors() {
    let gap = DEPTH.replace("\"U\":111", "\"U\":112");
    assert_eq!(reason(binance(gap.into())), (9, 6, Reason::Gap { expected: 110, found: 111 }));
    let futures = DEPTH.replace("\"U\":111", "\"pu\":110,\"U\":114");
    assert_eq!(binance(futures.into()).0, 11);
    let futures_gap = DEPTH.replace("\"U\":111", "\"pu\":109,\"U\":111");
    assert_eq!(reason(binance(futures_gap.into())).2, Reason::Gap { expected: 110, found: 109 });
    // The first update after the snapshot may begin before it, but not after it.
    let late = DEPTH.replace("\"lastUpdateId\":107", "\"lastUpdateId\":99").replace("\"U\":100", "\"U\":101");
    assert_eq!(reason(binance(late.into())), (7, 1, Reason::Gap { expected: 99, found: 100 }));
    // A newer snapshot may come again; an older one is skipped.
    let again = |id: u32| format!("{DEPTH}5 {{\"lastUpdateId\":{id},\"bids\":[],\"asks\":[]}}\n");
    assert_eq!((binance(again(110).into()), binance(again(120).into())).0.0, 11);
    assert_eq!(binance(again(120).into()).0, 12);
    let other = DEPTH.replace("\"s\":\"BTCUSDT\",\"t\"", "\"s\":\"ETHUSDT\",\"t\"");
    assert_eq!(reason(binance(other.into())), (2, 4, Reason::Other("more than one symbol in the recording")));
    let none: String =
        DEPTH.lines().filter(|line| !line.contains("asks")).map(|l| format!("{l}\n")).collect();
    assert!(matches!(binance(none.into()), (3, Some(FeedError::Unsupported(_)))));
    let off = DEPTH.replace("\"61837.65\"", "\"61837.655\"");
    assert_eq!(reason(binance(off.into())).2, Reason::OffIncrement("price"));
    let missing = DEPTH.replace("\"m\":true,", "");
    assert_eq!(reason(binance(missing.into())).2, Reason::Missing("m"));
}

#[test]
fn a_seed_row_that_is_not_there_is_an_error() {
    let reader = || LobsterReader::new(Input::from_bytes("messages", LOBSTER.into()), &stock());
    let book = Input::from_bytes("book", LOBSTER_BOOK.into());
    assert!(matches!(
        reader().with_seed(&book, 2),
        Err(FeedError::Line { name, line: 3, reason: Reason::Missing("seed row") }) if &*name == "book"
    ));
    assert!(matches!(
        reader().with_seed(&book, 7),
        Err(FeedError::Line { name, line: 8, .. }) if &*name == "messages"
    ));
    // Row 1 has one bid only; the messages go on after row 1.
    let mut reader = reader().with_seed(&book, 1).unwrap();
    let seed = reader.next_event().unwrap().unwrap();
    assert_eq!((seed.kind, seed.side, seed.price), (EventKind::Seed, Side::Buy, Price(58_533)));
    assert!(seed.has(event_flags::LAST | event_flags::SNAPSHOT));
    assert_eq!(reader.next_event().unwrap().unwrap().sequence, 2);
}
