//! ITCH messages byte by byte, framing, mapping, and arbitrary bytes.

use rand_core::{RngCore as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::{EventSource as _, FeedError, Input, Reason};
use super::*;
use crate::types::{
    Event, EventKind, Instrument, InstrumentId, OrderId, Price, Quantity, Side, Timestamp, event_flags,
};

mod writer;

const LOCATE: u16 = 0x1234;
const TIME: u64 = 0x0102_0304_0506;

/// A message from its fields: type and header in front, the rest as written on the wire.
fn message(kind: u8, fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![kind, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6];
    fields.iter().for_each(|field| bytes.extend_from_slice(field));
    bytes
}

/// As the daily files frame it.
fn file(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        bytes.extend_from_slice(&(message.len() as u16).to_be_bytes());
        bytes.extend_from_slice(message);
    }
    bytes
}

fn stock() -> Instrument {
    Instrument::new("AAPL", 0.01, 1.0).unwrap().with_id(InstrumentId(77))
}

fn reader(bytes: &[u8], filter: StockFilter) -> ItchReader {
    ItchReader::new(Input::from_bytes("test", bytes.to_vec()), &stock(), filter)
}

/// All events, and the error that ended them.
fn drain(reader: &mut ItchReader) -> (Vec<Event>, Option<FeedError>) {
    let mut events = Vec::new();
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

/// One well-formed message of every type, with the length that the specification documents and a check of every field.
#[allow(clippy::type_complexity, reason = "a table")]
fn every_type() -> Vec<(usize, Vec<u8>, fn(&Message<'_>) -> bool)> {
    const REF: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8];
    const R: u64 = 0x0102_0304_0506_0708;
    const MATCH: &[u8] = &[8, 7, 6, 5, 4, 3, 2, 1];
    const M: u64 = 0x0807_0605_0403_0201;
    const SHARES: &[u8] = &[0, 0, 1, 44];
    const NAME: &[u8] = b"AAPL    ";
    const S: Stock = Stock(*b"AAPL    ");
    const PRICE: &[u8] = &5_853_300_u32.to_be_bytes();
    const P: Price4 = Price4(5_853_300);
    macro_rules! check {
        ($kind:ident, $m:ident => $test:expr) => {
            |message| matches!(message, Message::$kind($m) if $test
                && $m.stock_locate() == LOCATE && $m.tracking_number() == 0x5678 && $m.timestamp().0 == TIME
                && $m.as_bytes().len() == $kind::LENGTH && $m.as_bytes()[0] == $kind::TYPE)
        };
    }
    vec![
        (12, message(b'S', &[b"Q"]), check!(SystemEvent, m => m.event_code() == b'Q')),
        (
            39,
            message(b'R', &[NAME, b"QN", &[0, 0, 0, 100], b"NCZ PNN1Y", &[0, 0, 0, 3], b"I"]),
            check!(StockDirectory, m => m.stock() == S && m.market_category() == b'Q' && m.financial_status() == b'N'
                && m.round_lot_size() == 100 && m.round_lots_only() == b'N' && m.issue_classification() == b'C'
                && m.issue_subtype() == *b"Z " && m.authenticity() == b'P' && m.short_sale_threshold() == b'N'
                && m.ipo_flag() == b'N' && m.luld_tier() == b'1' && m.etp_flag() == b'Y' && m.etp_leverage() == 3
                && m.inverse() == b'I'),
        ),
        (
            25,
            message(b'H', &[NAME, b"H", b" ", b"LUDP"]),
            check!(TradingAction, m => m.stock() == S && m.trading_state() == b'H' && m.reserved() == b' '
                && m.reason() == *b"LUDP"),
        ),
        (20, message(b'Y', &[NAME, b"1"]), check!(RegSho, m => m.stock() == S && m.action() == b'1')),
        (
            26,
            message(b'L', &[b"GSCO", NAME, b"YNA"]),
            check!(ParticipantPosition, m => m.participant() == *b"GSCO" && m.stock() == S
                && m.primary_market_maker() == b'Y' && m.market_maker_mode() == b'N' && m.participant_state() == b'A'),
        ),
        (
            35,
            message(b'V', &[REF, MATCH, &237_778_120_000_u64.to_be_bytes()]),
            check!(CircuitBreakerLevels, m => m.level1() == Price8(R) && m.level2() == Price8(M)
                && m.level3().nanos() == Some(2_377_781_200_000)),
        ),
        (12, message(b'W', &[b"2"]), check!(CircuitBreakerStatus, m => m.breached_level() == b'2')),
        (
            28,
            message(b'K', &[NAME, &[0, 0, 0x8C, 0xA0], b"A", PRICE]),
            check!(IpoQuotingPeriod, m => m.stock() == S && m.release_time() == 36_000
                && m.release_qualifier() == b'A' && m.price() == P),
        ),
        (
            35,
            message(b'J', &[NAME, PRICE, &[0, 0, 0, 3], &[0, 0, 0, 2], &[0, 0, 0, 1]]),
            check!(AuctionCollar, m => m.stock() == S && m.reference_price() == P && m.upper_price() == Price4(3)
                && m.lower_price() == Price4(2) && m.extension() == 1),
        ),
        (
            21,
            message(b'h', &[NAME, b"Q", b"T"]),
            check!(OperationalHalt, m => m.stock() == S && m.market_code() == b'Q' && m.action() == b'T'),
        ),
        (
            36,
            message(b'A', &[REF, b"B", SHARES, NAME, PRICE]),
            check!(AddOrder, m => m.order_reference() == R && m.buy_sell() == b'B' && m.shares() == 300
                && m.stock() == S && m.price() == P),
        ),
        (
            40,
            message(b'F', &[REF, b"S", SHARES, NAME, PRICE, b"GSCO"]),
            check!(AddOrderAttributed, m => m.order_reference() == R && m.buy_sell() == b'S' && m.shares() == 300
                && m.stock() == S && m.price() == P && m.attribution() == *b"GSCO"),
        ),
        (
            31,
            message(b'E', &[REF, SHARES, MATCH]),
            check!(OrderExecuted, m => m.order_reference() == R && m.shares() == 300 && m.match_number() == M),
        ),
        (
            36,
            message(b'C', &[REF, SHARES, MATCH, b"Y", PRICE]),
            check!(OrderExecutedWithPrice, m => m.order_reference() == R && m.shares() == 300
                && m.match_number() == M && m.printable() == b'Y' && m.price() == P),
        ),
        (
            23,
            message(b'X', &[REF, SHARES]),
            check!(OrderCancel, m => m.order_reference() == R && m.shares() == 300),
        ),
        (19, message(b'D', &[REF]), check!(OrderDelete, m => m.order_reference() == R)),
        (
            35,
            message(b'U', &[REF, MATCH, SHARES, PRICE]),
            check!(OrderReplace, m => m.order_reference() == R && m.new_order_reference() == M && m.shares() == 300
                && m.price() == P),
        ),
        (
            44,
            message(b'P', &[REF, b"B", SHARES, NAME, PRICE, MATCH]),
            check!(Trade, m => m.order_reference() == R && m.buy_sell() == b'B' && m.shares() == 300
                && m.stock() == S && m.price() == P && m.match_number() == M),
        ),
        (
            40,
            message(b'Q', &[&[0, 0, 0, 0, 0, 0, 1, 44], NAME, PRICE, MATCH, b"O"]),
            check!(CrossTrade, m => m.shares() == 300 && m.stock() == S && m.price() == P && m.match_number() == M
                && m.cross_type() == b'O'),
        ),
        (19, message(b'B', &[MATCH]), check!(BrokenTrade, m => m.match_number() == M)),
        (
            50,
            message(b'I', &[REF, MATCH, b"S", NAME, PRICE, &[0, 0, 0, 2], &[0, 0, 0, 3], b"C", b"L"]),
            check!(Imbalance, m => m.paired_shares() == R && m.imbalance_shares() == M && m.direction() == b'S'
                && m.stock() == S && m.far_price() == P && m.near_price() == Price4(2)
                && m.reference_price() == Price4(3) && m.cross_type() == b'C' && m.price_variation() == b'L'),
        ),
        (
            20,
            message(b'N', &[NAME, b"A"]),
            check!(RetailInterest, m => m.stock() == S && m.interest() == b'A'),
        ),
        (
            48,
            message(
                b'O',
                &[NAME, b"Y", PRICE, &[0, 0, 0, 2], &[0, 0, 0, 3], REF, &[0, 0, 0, 4], &[0, 0, 0, 5]],
            ),
            check!(DirectListing, m => m.stock() == S && m.open_eligibility() == b'Y' && m.minimum_price() == P
                && m.maximum_price() == Price4(2) && m.near_price() == Price4(3) && m.near_time() == R
                && m.lower_collar() == Price4(4) && m.upper_collar() == Price4(5)),
        ),
    ]
}

#[test]
fn every_message_type_has_its_documented_length_and_fields() {
    let table = every_type();
    let types: Vec<u8> = table.iter().map(|(_, bytes, _)| bytes[0]).collect();
    assert_eq!(types, *b"SRHYLVWKJhAFECXDUPQBINO");
    assert_eq!(table.iter().map(|(length, bytes, _)| (bytes[0], *length)).collect::<Vec<_>>(), MESSAGE_TYPES);
    for (length, bytes, check) in table {
        let kind = bytes[0] as char;
        assert_eq!(bytes.len(), length, "{kind}");
        let message = parse_message(&bytes).unwrap();
        assert!(check(&message), "{kind}: {message:?}");
        assert_eq!(message.as_bytes(), bytes, "{kind}");
        assert_eq!((message.stock_locate(), message.timestamp()), (LOCATE, Timestamp(TIME)), "{kind}");

        let expected = length as u32;
        for wrong in 1..length + 3 {
            let mut other = bytes.clone();
            other.resize(wrong, b' ');
            match parse_message(&other) {
                Ok(_) => assert_eq!(wrong, length, "{kind}"),
                Err(reason) => assert_eq!(reason, Reason::Length { expected, found: wrong as u32 }, "{kind}"),
            }
        }
    }
}

#[test]
fn bytes_that_no_message_begins_with_are_unknown_types() {
    let known = every_type();
    for kind in (0..=u8::MAX).filter(|kind| known.iter().all(|(_, bytes, _)| bytes[0] != *kind)) {
        assert_eq!(parse_message(&message(kind, &[&[0; 25]])), Err(Reason::UnknownType(kind)));
    }
    assert_eq!(parse_message(&[]), Err(Reason::Missing("message type")));
}

#[test]
fn every_message_becomes_one_event() {
    let messages: Vec<Vec<u8>> = every_type().into_iter().map(|(_, bytes, _)| bytes).collect();
    let mut reader = reader(&file(&messages), StockFilter::Locate(LOCATE));
    let (events, error) = drain(&mut reader);
    assert!(error.is_none(), "{error:?}");
    let order = OrderId(0x0102_0304_0506_0708);
    let new_order_id = OrderId(0x0807_0605_0403_0201);
    let (price, quantity) = (Price(58533), Quantity(300));
    let hidden = event_flags::LAST | event_flags::HIDDEN;
    for (at, event) in events.iter().enumerate() {
        let blank = Event {
            timestamp: Timestamp(TIME),
            received: Timestamp(TIME),
            sequence: at as u64 + 1,
            instrument: InstrumentId(77),
            flags: event_flags::LAST,
            ..Event::EMPTY
        };
        let expected = match messages[at][0] {
            b'H' => Event { kind: EventKind::Status, quantity: Quantity(0), ..blank },
            b'h' => Event { kind: EventKind::Status, quantity: Quantity(1), ..blank },
            b'A' => Event { kind: EventKind::Add, order_id: order, price, quantity, ..blank },
            b'F' => {
                Event { kind: EventKind::Add, order_id: order, side: Side::Sell, price, quantity, ..blank }
            }
            b'E' => Event { kind: EventKind::Execute, order_id: order, quantity, ..blank },
            b'C' => Event { kind: EventKind::Execute, order_id: order, quantity, price, ..blank },
            b'X' => Event { kind: EventKind::Reduce, order_id: order, quantity, ..blank },
            b'D' => Event { kind: EventKind::Delete, order_id: order, ..blank },
            b'U' => {
                Event { kind: EventKind::Replace, order_id: order, new_order_id, price, quantity, ..blank }
            }
            b'P' => {
                Event { kind: EventKind::Trade, order_id: order, price, quantity, flags: hidden, ..blank }
            }
            b'Q' => Event { kind: EventKind::Trade, price, quantity, ..blank },
            _ => blank,
        };
        assert_eq!(*event, expected, "{}", messages[at][0] as char);
    }
    assert_eq!(events.len(), messages.len());
}

#[test]
fn fields_without_meaning_are_refused_and_nothing_after_them_is_read() {
    let good = message(b'D', &[&[0; 8]]);
    let add = |side: &[u8], shares: u32, price: u32| {
        message(b'A', &[&[1; 8], side, &shares.to_be_bytes(), b"AAPL    ", &price.to_be_bytes()])
    };
    let cases = [
        (add(b"b", 1, 10_000), Reason::Field("buy/sell indicator")),
        (add(b"B", 0, 10_000), Reason::OutOfRange("shares")),
        (add(b"B", 1, 10_001), Reason::OffIncrement("price")),
        (message(b'X', &[&[1; 8], &[0; 4]]), Reason::OutOfRange("shares")),
        (message(b'H', &[b"AAPL    ", b"Z     "]), Reason::Field("trading state")),
        (message(b'h', &[b"AAPL    QZ"]), Reason::Field("operational halt action")),
        (message(b'Q', &[&[0xFF; 8], b"AAPL    ", &[0; 4], &[0; 8], b"O"]), Reason::OutOfRange("shares")),
    ];
    for (bad, expected) in cases {
        let bytes = file(&[good.clone(), bad, good.clone()]);
        let (events, error) = drain(&mut reader(&bytes, StockFilter::All));
        assert_eq!(events.len(), 1);
        match error {
            Some(FeedError::Record { name, offset: 21, reason }) => {
                assert_eq!((&*name, reason), ("test", expected));
            }
            other => panic!("{expected:?}: {other:?}"),
        }
    }
}

#[test]
fn prints_between_ticks_are_rounded_and_say_so() {
    let print = |kind, price: u32| match kind {
        b'P' => message(b'P', &[&[0; 8], b"B", &[0, 0, 0, 1], b"AAPL    ", &price.to_be_bytes(), &[0; 8]]),
        b'C' => message(b'C', &[&[0; 8], &[0, 0, 0, 1], &[0; 8], b"Y", &price.to_be_bytes()]),
        _ => message(b'Q', &[&[0, 0, 0, 0, 0, 0, 0, 1], b"AAPL    ", &price.to_be_bytes(), &[0; 8], b"O"]),
    };
    for kind in *b"PCQ" {
        for (raw, ticks, rounded) in
            [(5_853_300, 58_533, false), (5_853_349, 58_533, true), (5_853_350, 58_534, true)]
        {
            let (events, error) = drain(&mut reader(&file(&[print(kind, raw)]), StockFilter::All));
            assert!(error.is_none());
            assert_eq!((events[0].price, events[0].has(event_flags::ROUNDED)), (Price(ticks), rounded));
        }
    }
    let nothing_crossed = message(b'Q', &[&[0; 8], b"AAPL    ", &1_u32.to_be_bytes(), &[0; 8], b"C"]);
    let (events, _) = drain(&mut reader(&file(&[nothing_crossed]), StockFilter::All));
    assert_eq!(events[0].kind, EventKind::None);
}

#[test]
fn ticks_and_lots_of_any_size_convert() {
    let add = message(b'A', &[&[1; 8], b"S", &[0, 0, 0x13, 0x88], b"AAPL    ", &[0, 0, 0x27, 0x10]]);
    for (tick, lot, price, quantity) in [
        (0.0001, 1.0, 10_000, 5000),
        (0.25, 100.0, 4, 50),
        (0.00005, 0.5, 20_000, 10_000),
        (1.0, 5000.0, 1, 1),
    ] {
        let instrument = Instrument::new("AAPL", tick, lot).unwrap();
        let event = EventMapper::new(&instrument, StockFilter::All)
            .event(&parse_message(&add).unwrap(), 1)
            .unwrap()
            .unwrap();
        assert_eq!((event.price, event.quantity), (Price(price), Quantity(quantity)), "{tick} {lot}");
    }
    let blocks = Instrument::new("AAPL", 0.01, 300.0).unwrap();
    assert_eq!(
        EventMapper::new(&blocks, StockFilter::All).event(&parse_message(&add).unwrap(), 1),
        Err(Reason::OffIncrement("shares"))
    );
}

fn for_locate(mut bytes: Vec<u8>, locate: u16) -> Vec<u8> {
    bytes[1..3].copy_from_slice(&locate.to_be_bytes());
    bytes
}

#[test]
fn filters_pass_one_stock_and_what_concerns_all() {
    let directory = |name: &[u8], locate| {
        for_locate(message(b'R', &[name, b"QN", &[0, 0, 0, 100], b"NCZ PNN1N", &[0; 4], b"N"]), locate)
    };
    let delete = |locate, id: u8| for_locate(message(b'D', &[&[0, 0, 0, 0, 0, 0, 0, id]]), locate);
    let bytes = file(&[
        for_locate(message(b'S', &[b"O"]), 0),
        delete(9, 1),
        directory(b"AAP     ", 8),
        directory(b"AAPL    ", 9),
        delete(8, 2),
        delete(9, 3),
        for_locate(message(b'S', &[b"C"]), 0),
    ]);
    let seen = |filter| {
        let (events, error) = drain(&mut reader(&bytes, filter));
        assert!(error.is_none(), "{error:?}");
        events.iter().map(|e| (e.sequence, e.order_id.0, e.instrument.0)).collect::<Vec<_>>()
    };
    assert_eq!(
        seen(StockFilter::All),
        [(1, 0, 0), (2, 1, 9), (3, 0, 8), (4, 0, 9), (5, 2, 8), (6, 3, 9), (7, 0, 0)]
    );
    assert_eq!(seen(StockFilter::Locate(8)), [(1, 0, 77), (3, 0, 77), (5, 2, 77), (7, 0, 77)]);
    assert_eq!(
        seen(StockFilter::Stock(Stock::new("AAPL").unwrap())),
        [(1, 0, 77), (4, 0, 77), (6, 3, 77), (7, 0, 77)]
    );

    let mut missing = reader(&bytes, StockFilter::Stock(Stock::new("AAPLW").unwrap()));
    let (events, error) = drain(&mut missing);
    assert_eq!(events.len(), 2);
    assert!(matches!(error, Some(FeedError::Record { offset, reason: Reason::Missing(_), .. })
        if offset == bytes.len() as u64));
}

#[test]
fn stock_names_are_padded_and_checked() {
    assert_eq!(Stock::new("AAPL").unwrap().0, *b"AAPL    ");
    assert_eq!(Stock::new("AAPL").unwrap().symbol().as_str(), "AAPL");
    assert_eq!(Stock::new("ABCDEFGH").unwrap().as_str(), "ABCDEFGH");
    for name in ["", "ABCDEFGHI", "A B", "A\0", "Ä"] {
        assert!(Stock::new(name).is_none(), "{name:?}");
    }
    assert_eq!(Stock(*b"        ").as_str(), "");
    assert_eq!(Stock([0xFF; 8]).as_str(), "");
}

#[test]
fn a_session_ends_at_its_closing_record_and_nowhere_else() {
    let mut bytes = file(&[message(b'D', &[&[0; 8]]), message(b'D', &[&[1; 8]])]);
    let (events, error) = drain(&mut reader(&bytes, StockFilter::All));
    assert!(events.len() == 2 && error.is_none(), "a file without closing record is whole");
    bytes.extend_from_slice(&[0, 0]);
    let mut whole = reader(&bytes, StockFilter::All);
    let (events, error) = drain(&mut whole);
    assert!(events.len() == 2 && error.is_none());
    assert_eq!((whole.progress().done, whole.progress().total), (44, 44));
    bytes.push(7);
    let (events, error) = drain(&mut reader(&bytes, StockFilter::All));
    assert_eq!(events.len(), 2);
    assert!(matches!(error, Some(FeedError::Record { offset: 44, reason: Reason::Other(_), .. })));
}

#[test]
fn a_file_cut_anywhere_yields_every_complete_message_and_then_says_so() {
    let messages: Vec<Vec<u8>> = every_type().into_iter().map(|(_, bytes, _)| bytes).collect();
    let bytes = file(&messages);
    let mut starts = vec![0];
    messages.iter().for_each(|message| starts.push(starts[starts.len() - 1] + 2 + message.len()));
    for cut in 0..=bytes.len() {
        let (events, error) = drain(&mut reader(&bytes[..cut], StockFilter::All));
        let complete = starts.iter().filter(|&&start| start <= cut).count() - 1;
        assert_eq!(events.len(), complete, "cut at {cut}");
        match error {
            None => assert_eq!(starts[complete], cut),
            Some(FeedError::Truncated { offset, .. }) => {
                assert!(offset == starts[complete] as u64 && starts[complete] < cut);
            }
            Some(other) => panic!("cut at {cut}: {other:?}"),
        }
    }
}

#[test]
fn a_wrong_length_at_the_end_is_a_wrong_length_and_not_a_cut() {
    let mut bytes = file(&[message(b'D', &[&[0; 8]])]);
    bytes[1] = 20;
    let (_, error) = drain(&mut reader(&bytes, StockFilter::All));
    let expected = Reason::Length { expected: 19, found: 20 };
    assert!(matches!(error, Some(FeedError::Record { offset: 0, reason, .. }) if reason == expected));
    bytes[2] = b'?';
    let (_, error) = drain(&mut reader(&bytes, StockFilter::All));
    assert!(matches!(error, Some(FeedError::Record { reason: Reason::UnknownType(b'?'), .. })));
}

#[test]
fn messages_and_events_share_one_position() {
    let messages: Vec<Vec<u8>> = every_type().into_iter().map(|(_, bytes, _)| bytes).collect();
    let mut reader = reader(&file(&messages), StockFilter::All);
    for (at, expected) in messages.iter().enumerate() {
        if at % 2 == 0 {
            assert_eq!(reader.next_message().unwrap().unwrap().as_bytes(), expected);
        } else {
            assert_eq!(reader.next_event().unwrap().unwrap().sequence, at as u64 + 1);
        }
    }
    assert!(reader.next_message().unwrap().is_none() && reader.next_event().unwrap().is_none());
}

/// Reads to the end whatever the bytes are; what comes back must be possible for them.
fn survive(bytes: &[u8], filter: StockFilter) -> usize {
    let (events, error) = drain(&mut reader(bytes, filter));
    assert!(events.len() <= bytes.len() / 14, "a framed message takes at least 14 bytes");
    if let Some(FeedError::Record { offset, .. } | FeedError::Truncated { offset, .. }) = error {
        assert!(offset <= bytes.len() as u64);
    }
    events.len()
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let messages: Vec<Vec<u8>> = every_type().into_iter().map(|(_, bytes, _)| bytes).collect();
    let whole = file(&messages);
    let filters = [StockFilter::All, StockFilter::Locate(LOCATE), StockFilter::Stock(Stock(*b"AAPL    "))];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let (mut most, mut least) = (0, usize::MAX);
    for case in 0..150_000 {
        let filter = filters[case % 3];
        let mut bytes = whole.clone();
        for _ in 0..=random.next_u64() % 3 {
            let at = random.next_u64() as usize % bytes.len();
            match random.next_u64() % 4 {
                0 => bytes[at] = random.next_u64() as u8,
                1 => bytes[at] ^= 1 << (random.next_u64() % 8),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, random.next_u64() as u8),
            }
        }
        let count = survive(&bytes, filter);
        (most, least) = (most.max(count), least.min(count));
    }
    assert!(most == messages.len() && least == 0, "the mutations reach from harmless to fatal");
    for _ in 0..20_000 {
        let mut bytes = vec![0; random.next_u64() as usize % 200];
        random.fill_bytes(&mut bytes);
        survive(&bytes, StockFilter::All);
        for length in 0..=bytes.len().min(60) {
            let _ = parse_message(&bytes[..length]);
        }
    }
}
