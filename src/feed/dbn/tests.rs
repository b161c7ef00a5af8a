//! DBN records made by Databento's own encoder, cut and mutated files, and every refusal.

use ::dbn::encode::EncodeRecord as _;
use ::dbn::encode::dbn::Encoder;
use ::dbn::{FlagSet, MetadataBuilder, SType, SystemMsg, WithTsOut};
use rand_core::{RngCore as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

fn metadata(version: u8, schema: Option<Schema>, ts_out: bool) -> Metadata {
    MetadataBuilder::new()
        .version(version)
        .dataset("XNAS.ITCH")
        .schema(schema)
        .start(1)
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .ts_out(ts_out)
        .symbols(vec!["ESH4".to_owned()])
        .build()
}

fn header<T: ::dbn::HasRType>(rtype: u8, id: u32) -> RecordHeader {
    RecordHeader::new::<T>(rtype, 2, id, 1_000)
}

fn mbo(action: u8, side: u8, price: i64, size: u32) -> MboMsg {
    MboMsg {
        hd: header::<MboMsg>(rtype::MBO, 7),
        order_id: 42,
        price,
        size,
        flags: FlagSet::new(flags::LAST),
        channel_id: 0,
        action: action as _,
        side: side as _,
        ts_recv: 2_000,
        ts_in_delta: 5,
        sequence: 9,
    }
}

fn file(metadata: &Metadata, encode: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut Encoder::new(&mut bytes, metadata).unwrap());
    bytes
}

fn mbo_file(records: &[MboMsg]) -> Vec<u8> {
    file(&metadata(3, Some(Schema::Mbo), false), |encoder| {
        records.iter().for_each(|record| encoder.encode_record(record).unwrap());
    })
}

fn future() -> Instrument {
    Instrument::new("ESH4", 0.25, 1.0).unwrap().with_id(InstrumentId(77))
}

fn open(bytes: &[u8], filter: InstrumentFilter) -> Result<DbnReader, FeedError> {
    DbnReader::new(Input::from_bytes("test", bytes.to_vec()), &future(), filter)
}

fn drain(bytes: &[u8], filter: InstrumentFilter) -> (Vec<Event>, Option<FeedError>) {
    let mut events = Vec::new();
    let mut reader = match open(bytes, filter) {
        Ok(reader) => reader,
        Err(error) => return (events, Some(error)),
    };
    loop {
        match reader.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => {
                assert!(reader.next_event().unwrap().is_none(), "a reader that failed is finished");
                return (events, Some(error));
            }
        }
    }
}

fn one(record: MboMsg) -> Result<Event, Reason> {
    match drain(&mbo_file(&[record]), InstrumentFilter::Single) {
        (events, None) => Ok(events[0]),
        (_, Some(FeedError::Record { reason, .. })) => Err(reason),
        (_, Some(other)) => panic!("{other:?}"),
    }
}

const PRICE: i64 = 4_800_250_000_000;
const TICKS: Price = Price(19_201);

#[test]
fn every_action_becomes_its_event() {
    let blank = Event {
        timestamp: Timestamp(1_000),
        received: Timestamp(2_000),
        sequence: 9,
        order_id: OrderId(42),
        price: TICKS,
        quantity: Quantity(3),
        instrument: InstrumentId(77),
        flags: event_flags::LAST,
        ..Event::EMPTY
    };
    let located = event_flags::LAST | event_flags::LOCATED;
    let sided = event_flags::LAST | event_flags::SIDED;
    let sell = Side::Sell;
    for (action, side, expected) in [
        (b'A', b'A', Event { kind: EventKind::Add, side: sell, ..blank }),
        (b'A', b'B', Event { kind: EventKind::Add, ..blank }),
        (b'C', b'A', Event { kind: EventKind::Reduce, side: sell, flags: located, ..blank }),
        (b'M', b'B', Event { kind: EventKind::Modify, flags: located, ..blank }),
        (b'T', b'A', Event { kind: EventKind::Trade, side: sell, flags: sided, ..blank }),
        (b'T', b'N', Event { kind: EventKind::Trade, ..blank }),
        (b'F', b'A', Event { kind: EventKind::Fill, side: sell, flags: located, ..blank }),
        (b'N', b'N', Event { kind: EventKind::None, ..blank }),
        (b'R', b'N', Event { kind: EventKind::Clear, price: Price(0), ..blank }),
    ] {
        assert_eq!(one(mbo(action, side, PRICE, 3)), Ok(expected), "{} {}", action as char, side as char);
    }
    let snapshot = MboMsg { flags: FlagSet::new(flags::SNAPSHOT), ..mbo(b'A', b'B', PRICE, 3) };
    assert_eq!(one(snapshot).unwrap().flags, event_flags::SNAPSHOT);
    let rounded = one(mbo(b'T', b'B', PRICE + 125_000_000, 3)).unwrap();
    assert_eq!((rounded.price, rounded.has(event_flags::ROUNDED)), (Price(19_202), true));
    assert_eq!(one(mbo(b'N', b'N', UNDEF_PRICE, 0)).unwrap().price, Price(0));
}

#[test]
fn fields_without_meaning_are_refused() {
    for (record, expected) in [
        (mbo(b'?', b'B', PRICE, 1), Reason::UnknownType(b'?')),
        (mbo(b'A', b'?', PRICE, 1), Reason::Field("side")),
        (mbo(b'A', b'N', PRICE, 1), Reason::Field("side")),
        (mbo(b'A', b'B', PRICE + 1, 1), Reason::OffIncrement("price")),
        (mbo(b'C', b'B', UNDEF_PRICE, 1), Reason::Missing("price")),
        (mbo(b'T', b'B', UNDEF_PRICE, 1), Reason::Missing("price")),
    ] {
        assert_eq!(one(record), Err(expected));
    }
    for flag in [flags::TOB, flags::MBP] {
        let level = MboMsg { flags: FlagSet::new(flag), ..mbo(b'A', b'B', PRICE, 1) };
        assert!(matches!(one(level), Err(Reason::Other(_))));
    }
    let lots = Instrument::new("ESH4", 0.25, 2.0).unwrap();
    let bytes = mbo_file(&[mbo(b'A', b'B', PRICE, 4), mbo(b'A', b'B', PRICE, 3)]);
    let mut reader =
        DbnReader::new(Input::from_bytes("test", bytes), &lots, InstrumentFilter::Single).unwrap();
    assert_eq!(reader.next_event().unwrap().unwrap().quantity, Quantity(2));
    let error = reader.next_event().unwrap_err();
    assert!(matches!(error, FeedError::Record { reason: Reason::OffIncrement("size"), .. }));
}

#[test]
fn filters_choose_the_instrument_and_its_number() {
    let other = MboMsg { hd: header::<MboMsg>(rtype::MBO, 8), ..mbo(b'A', b'A', PRICE, 1) };
    let bytes = mbo_file(&[mbo(b'A', b'B', PRICE, 1), other, mbo(b'C', b'B', PRICE, 1)]);
    let seen = |filter| {
        let (events, error) = drain(&bytes, filter);
        (events.iter().map(|e| (e.kind, e.side, e.instrument.0)).collect::<Vec<_>>(), error.is_some())
    };
    let (add, sell, cancel) = (EventKind::Add, Side::Sell, EventKind::Reduce);
    assert_eq!(
        seen(InstrumentFilter::All),
        (vec![(add, Side::Buy, 7), (add, sell, 8), (cancel, Side::Buy, 7)], false)
    );
    assert_eq!(seen(InstrumentFilter::Only(InstrumentId(8))), (vec![(add, sell, 77)], false));
    assert_eq!(seen(InstrumentFilter::Single), (vec![(add, Side::Buy, 77)], true));
}

#[test]
fn every_version_with_and_without_send_times_reads_the_same() {
    let record = mbo(b'A', b'B', PRICE, 3);
    let expected = one(record.clone()).unwrap();
    for version in 1..=3 {
        for ts_out in [false, true] {
            let bytes = file(&metadata(version, Some(Schema::Mbo), ts_out), |encoder| {
                for _ in 0..2 {
                    if ts_out {
                        encoder.encode_record(&WithTsOut::new(record.clone(), 5_000)).unwrap();
                    } else {
                        encoder.encode_record(&record).unwrap();
                    }
                }
            });
            let reader = open(&bytes, InstrumentFilter::Single).unwrap();
            assert_eq!(
                (reader.version(), reader.schema(), reader.dataset()),
                (version, Some("mbo"), "XNAS.ITCH")
            );
            assert_eq!(reader.symbols().collect::<Vec<_>>(), ["ESH4"]);
            let (events, error) = drain(&bytes, InstrumentFilter::Single);
            assert!(error.is_none(), "version {version}: {error:?}");
            assert_eq!(events, [expected, expected]);
        }
    }
}

fn mbp1(action: u8, bid: i64, ask: i64) -> Mbp1Msg {
    Mbp1Msg {
        hd: header::<Mbp1Msg>(rtype::MBP_1, 7),
        price: PRICE,
        size: 2,
        action: action as _,
        side: b'A' as _,
        flags: FlagSet::new(flags::LAST),
        ts_recv: 2_000,
        sequence: 9,
        levels: [BidAskPair { bid_px: bid, ask_px: ask, bid_sz: 10, ask_sz: 20, bid_ct: 1, ask_ct: 2 }],
        ..Default::default()
    }
}

#[test]
fn quotes_and_prints_come_from_mbp1_and_trades() {
    let bytes = file(&metadata(3, Some(Schema::Mbp1), false), |encoder| {
        encoder.encode_record(&mbp1(b'T', PRICE, PRICE + 250_000_000)).unwrap();
        encoder.encode_record(&mbp1(b'C', UNDEF_PRICE, PRICE)).unwrap();
    });
    let (events, error) = drain(&bytes, InstrumentFilter::Single);
    assert!(error.is_none(), "{error:?}");
    let seen: Vec<_> =
        events.iter().map(|e| (e.kind, e.side, e.price.0, e.quantity.0, e.has(event_flags::LAST))).collect();
    assert_eq!(
        seen,
        [
            (EventKind::Trade, Side::Sell, 19_201, 2, false),
            (EventKind::BestQuote, Side::Buy, 19_201, 10, false),
            (EventKind::BestQuote, Side::Sell, 19_202, 20, true),
            (EventKind::BestQuote, Side::Buy, 0, 0, false),
            (EventKind::BestQuote, Side::Sell, 19_201, 20, true),
        ]
    );
    let trade = TradeMsg {
        hd: header::<TradeMsg>(rtype::MBP_0, 7),
        price: PRICE,
        size: 2,
        action: b'T' as _,
        side: b'B' as _,
        ..Default::default()
    };
    let bytes =
        file(&metadata(1, Some(Schema::Trades), false), |encoder| encoder.encode_record(&trade).unwrap());
    let (events, error) = drain(&bytes, InstrumentFilter::Single);
    assert!(error.is_none());
    assert_eq!(
        (events[0].kind, events[0].price, events[0].quantity, events[0].has(event_flags::SIDED)),
        (EventKind::Trade, TICKS, Quantity(2), true)
    );
}

#[test]
fn a_recording_of_mixed_schemas_skips_what_holds_no_events() {
    let records = |encoder: &mut Encoder<&mut Vec<u8>>| {
        encoder.encode_record(&SystemMsg::heartbeat(1)).unwrap();
        encoder.encode_record(&mbo(b'A', b'B', PRICE, 3)).unwrap();
        encoder.encode_record(&mbp1(b'A', PRICE, PRICE)).unwrap();
    };
    let (events, error) = drain(&file(&metadata(3, None, false), records), InstrumentFilter::Single);
    assert!(error.is_none() && events.len() == 3, "{error:?}");
    let (events, error) =
        drain(&file(&metadata(3, Some(Schema::Mbo), false), records), InstrumentFilter::Single);
    assert_eq!(events.len(), 1, "a heartbeat may stand in any file, a quote not");
    assert!(matches!(error, Some(FeedError::Record { reason: Reason::UnknownType(rtype::MBP_1), .. })));
}

#[test]
fn schemas_without_events_are_refused_by_name() {
    for schema in [
        "mbp-10",
        "tbbo",
        "ohlcv-1s",
        "ohlcv-1m",
        "ohlcv-1h",
        "ohlcv-1d",
        "definition",
        "statistics",
        "status",
        "imbalance",
        "ohlcv-eod",
        "cmbp-1",
        "cbbo-1s",
        "cbbo-1m",
        "tcbbo",
        "bbo-1s",
        "bbo-1m",
    ] {
        let bytes = file(&metadata(3, Some(schema.parse().unwrap()), false), |_| {});
        match open(&bytes, InstrumentFilter::Single) {
            Err(FeedError::Record { offset: 24, reason: Reason::Other(text), .. }) => {
                assert!(text.contains(&format!("schema {schema} ")), "{text}");
            }
            other => panic!("{schema}: {other:?}"),
        }
    }
}

#[test]
fn what_is_not_dbn_is_refused() {
    let whole = mbo_file(&[mbo(b'A', b'B', PRICE, 3)]);
    let reason = |bytes: &[u8]| match open(bytes, InstrumentFilter::Single) {
        Err(FeedError::Record { offset, .. }) => Some(offset),
        Err(FeedError::Truncated { offset: 0, .. }) => None,
        other => panic!("{other:?}"),
    };
    let records = whole.len() - size_of::<MboMsg>();
    assert_eq!(reason(&whole[records..]), Some(0), "a fragment");
    assert_eq!(reason(b"DBZ\x01\0\0\0\0\0"), Some(0));
    assert_eq!(reason(b"no"), Some(0));
    for version in [0, 4, 255] {
        let mut other = whole.clone();
        other[3] = version;
        assert_eq!(reason(&other), Some(3));
    }
    let mut short = whole.clone();
    short[4..8].copy_from_slice(&99_u32.to_le_bytes());
    assert_eq!(reason(&short), Some(4));
    let mut broken = whole.clone();
    broken[24..26].copy_from_slice(&999_u16.to_le_bytes());
    assert_eq!(reason(&broken), Some(8));
    for cut in 0..records {
        assert_eq!(reason(&whole[..cut]), None, "cut at {cut}");
    }
}

#[test]
fn a_file_cut_anywhere_yields_every_complete_record_and_then_says_so() {
    let record = size_of::<MboMsg>();
    let whole = mbo_file(&vec![mbo(b'A', b'B', PRICE, 3); 4]);
    let start = whole.len() - 4 * record;
    for cut in start..=whole.len() {
        let (events, error) = drain(&whole[..cut], InstrumentFilter::Single);
        let complete = (cut - start) / record;
        assert_eq!(events.len(), complete);
        match error {
            None => assert_eq!(start + complete * record, cut),
            Some(FeedError::Truncated { offset, .. }) => {
                assert_eq!(offset, (start + complete * record) as u64)
            }
            Some(other) => panic!("cut at {cut}: {other:?}"),
        }
    }
}

#[test]
fn a_wrong_length_is_refused_where_the_record_begins() {
    let record = size_of::<MboMsg>();
    let whole = mbo_file(&vec![mbo(b'A', b'B', PRICE, 3); 3]);
    let second = whole.len() - 2 * record;
    for words in (0..=u8::MAX).filter(|&words| usize::from(words) * 4 != record) {
        let mut bytes = whole.clone();
        bytes[second] = words;
        let (events, error) = drain(&bytes, InstrumentFilter::Single);
        assert_eq!(events.len(), 1);
        match error {
            Some(FeedError::Record { offset, reason: Reason::Length { found, .. }, .. }) => {
                assert_eq!((offset, found), (second as u64, u32::from(words) * 4));
            }
            other => panic!("{words}: {other:?}"),
        }
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let orders = mbo_file(&[mbo(b'A', b'B', PRICE, 3), mbo(b'T', b'A', PRICE, 1), mbo(b'C', b'B', PRICE, 1)]);
    let quotes = file(&metadata(2, None, true), |encoder| {
        encoder.encode_record(&WithTsOut::new(mbp1(b'T', PRICE, PRICE), 1)).unwrap();
        encoder.encode_record(&WithTsOut::new(mbo(b'M', b'B', PRICE, 3), 1)).unwrap();
    });
    let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
    let (mut refused, mut whole) = (0, 0);
    for case in 0..150_000 {
        let mut bytes = if case % 2 == 0 { orders.clone() } else { quotes.clone() };
        // Half of the cases leave the metadata alone, so that the records are reached.
        let first = if case % 4 < 2 { 0 } else { bytes.len() - 3 * size_of::<MboMsg>() };
        for _ in 0..=random.next_u64() % 3 {
            let at = first + random.next_u64() as usize % (bytes.len() - first);
            match random.next_u64() % 4 {
                0 => bytes[at] = random.next_u64() as u8,
                1 => bytes[at] ^= 1 << (random.next_u64() % 8),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, random.next_u64() as u8),
            }
        }
        let (events, error) = drain(&bytes, InstrumentFilter::All);
        assert!(events.len() <= 4);
        match error {
            Some(FeedError::Record { offset, .. } | FeedError::Truncated { offset, .. }) => {
                assert!(offset <= bytes.len() as u64);
                refused += 1;
            }
            Some(other) => panic!("{other:?}"),
            None => whole += 1,
        }
    }
    assert!(refused > 10_000 && whole > 10_000, "the mutations reach from harmless to fatal");
}
