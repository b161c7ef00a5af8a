//! The door to all formats, and rebuilt books against published ones.

mod common;

use common::data_file;
use market_maker::feed::{
    EventSource, FeedError, Format, Increments, Input, Reason, SourceConfig, detect_increments, open,
};
use market_maker::sim::verify::{
    LobsterVerifyConfig, VerifyError, VerifyReport, verify_databento, verify_lobster, verify_lobster_rows,
};
use market_maker::types::{EventKind, Instrument};

const MESSAGES: &str = "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
const BOOK_672: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst";
const BOOK_TOP: &str = "lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_top1.csv.zst";
const MESSAGES_10: &str = "lobster/AAPL_2012-06-21_34200000_57600000_message_10_first999.csv.zst";
const BOOK_10: &str = "lobster/AAPL_2012-06-21_34200000_57600000_orderbook_10_first999.csv.zst";
const MBO: &str = "databento/xnas-itch_ARL_20250717_mbo_until1600z.csv.zst";
const MBP10: &str = "databento/xnas-itch_ARL_20250717_mbp10_until1600z.csv.zst";

fn file(name: &str) -> Option<Input> {
    Some(Input::open(data_file(name)?).unwrap())
}

fn text(lines: &str) -> Input {
    Input::from_bytes("f", lines.into())
}

fn clean(rows: u64) -> VerifyReport {
    VerifyReport { rows, compared: rows, ..VerifyReport::default() }
}

#[test]
fn the_order_book_agrees_with_lobster_at_the_touch_until_the_first_order_from_outside() {
    let (Some(messages), Some(top), Some(seed)) = (file(MESSAGES), file(BOOK_TOP), file(BOOK_672)) else {
        return;
    };
    let report =
        |until| verify_lobster(messages.clone(), top.clone(), Some(seed.clone()), Some(1), until).unwrap();
    let before = report(Some(54_606));
    assert_eq!((before.rows, before.compared, before.mismatched_rows), (54_606, 54_606, 0));
    let whole = report(None);
    assert_eq!((whole.rows, whole.compared, whole.first_mismatch_row), (91_997, 91_997, Some(54_606)));
    assert!(whole.mismatched_rows <= 90, "{whole:?}");
}

#[test]
fn the_order_book_agrees_with_lobster_in_ten_levels() {
    let (Some(messages), Some(book)) = (file(MESSAGES), file(BOOK_672)) else { return };
    assert_eq!(verify_lobster(messages.clone(), book.clone(), None, Some(10), None).unwrap(), clean(672));
    // All fifty levels differ in eight rows, which is a property of the recording.
    assert_eq!(verify_lobster(messages, book, None, None, None).unwrap().mismatched_rows, 8);
}

#[test]
fn the_order_book_agrees_with_the_level_10_pair_when_driven_by_the_wider_file() {
    let (Some(messages), Some(narrow), Some(orderbook), Some(seed)) =
        (file(MESSAGES), file(MESSAGES_10), file(BOOK_10), file(BOOK_672))
    else {
        return;
    };
    let mut config = LobsterVerifyConfig {
        messages,
        orderbook,
        seed: Some(seed),
        aligned: Some(narrow),
        levels: Some(10),
        until_row: None,
    };
    assert_eq!(verify_lobster_rows(&config).unwrap(), clean(999));
    // Compared row by row with messages that are not the rows' own, it must not agree.
    config.aligned = None;
    assert!(verify_lobster_rows(&config).unwrap().mismatched_rows > 100);
}

#[test]
fn the_order_book_agrees_with_databento_in_ten_levels_with_order_counts() {
    let (Some(mbo), Some(mbp10)) = (file(MBO), file(MBP10)) else { return };
    assert_eq!(verify_databento(mbo, mbp10).unwrap(), clean(1_071));
}

#[test]
fn a_verification_finds_a_wrong_number_in_any_row() {
    let (Some(mbo), Some(mbp10)) = (file(MBO), file(MBP10)) else { return };
    let rows = String::from_utf8(mbp10.bytes().to_vec()).unwrap();
    let lines: Vec<&str> = rows.lines().collect();
    for number in [2usize, 100, 700, 1_000] {
        // The order count of the best bid is column 16 of a row.
        let mut cells: Vec<String> = lines[number + 1].split(',').map(str::to_owned).collect();
        assert_eq!(lines[0].split(',').position(|name| name == "bid_ct_00"), Some(16));
        cells[16] = (cells[16].parse::<u32>().unwrap() + 1).to_string();
        let mut wrong = lines.clone();
        let row = cells.join(",");
        wrong[number + 1] = &row;
        let report = verify_databento(mbo.clone(), text(&(wrong.join("\n") + "\n"))).unwrap();
        assert_eq!(report.first_mismatch_row, Some(number as u64));
        assert_eq!(report.rows, 1_071);
    }
}

#[test]
fn published_rows_without_a_message_are_mismatches() {
    let messages = text("34200.1,1,7,100,5853300,1\n34200.2,1,8,50,5853300,1\n");
    let rows = "9999999999,0,5853300,100\n9999999999,0,5853300,150\n9999999999,0,5853300,150\n";
    let report = verify_lobster(messages.clone(), text(rows), None, None, None).unwrap();
    assert_eq!(
        report,
        VerifyReport { rows: 3, compared: 2, mismatched_rows: 1, first_mismatch_row: Some(2), refused: 0 }
    );
    assert_eq!(verify_lobster(messages.clone(), text(rows), None, None, Some(2)).unwrap(), clean(2));
    let none = verify_lobster(messages, text(rows), None, Some(0), None).unwrap_err();
    assert!(matches!(none.error, VerifyError::NoLevels));
}

#[test]
fn increments_of_the_recordings_are_those_of_the_instruments() {
    let cent = 10_000_000;
    let cases: [(Format, &[&str], i64, i64); 7] = [
        (Format::Lobster, &[MESSAGES], cent, 1_000_000_000),
        (Format::DatabentoCsv, &[MBO], cent, 1_000_000_000),
        (Format::Dbn, &["databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst"], 250_000_000, 1_000_000_000),
        (Format::Binance, &["binance/usdm_btcusdt_20240808.gz"], 100_000_000, 1_000_000),
        (Format::Binance, &["binance/usdm_ethusdt_20240808.gz"], cent, 1_000_000),
        (
            Format::Binance,
            &["binance/cm_btcusd_perp_20240808.gz", "binance/cm_btcusd_perp_20240809.gz"],
            100_000_000,
            1_000_000_000,
        ),
        (Format::Binance, &["binance/spot_btcusdt_20240808.gz"], cent, 1_000),
    ];
    for (format, names, tick_nanos, lot_nanos) in cases {
        if format == Format::Dbn && !cfg!(feature = "dbn") {
            continue;
        }
        let Some(inputs) = names.iter().map(|name| file(name)).collect::<Option<Vec<_>>>() else { return };
        let found = detect_increments(format, &inputs, &SourceConfig::default()).unwrap();
        assert_eq!(found, Increments { tick_nanos, lot_nanos }, "{names:?}");
        // What was found reads the whole recording.
        let instrument = found.instrument("X").unwrap();
        let mut source = open(format, inputs, &instrument, &SourceConfig::default()).unwrap();
        while source.next_event().unwrap().is_some() {}
        assert_eq!(source.progress().done, source.progress().total);
    }
}

#[test]
fn format_names_go_there_and_back_and_others_are_refused() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
    }
    for name in ["", "Lobster", "csv"] {
        assert!(matches!(name.parse::<Format>(), Err(FeedError::Unsupported(_))));
    }
}

#[test]
fn files_are_read_one_after_the_other_and_an_error_ends_them_all() {
    let instrument = Instrument::new("X", 0.01, 1.0).unwrap();
    let config = SourceConfig::default();
    let good = "34200.1,1,7,100,5853300,1\n";
    let mut source =
        open(Format::Lobster, vec![text(good), text(""), text(good)], &instrument, &config).unwrap();
    for done in [1, 2] {
        assert_eq!(source.next_event().unwrap().unwrap().kind, EventKind::Add);
        assert_eq!(source.progress().done, done * good.len() as u64);
    }
    assert!(source.next_event().unwrap().is_none());
    let mut source = open(Format::Lobster, vec![text("oops\n"), text(good)], &instrument, &config).unwrap();
    assert!(matches!(
        source.next_event(),
        Err(FeedError::Line { line: 1, reason: Reason::Field("time"), .. })
    ));
    assert!(source.next_event().unwrap().is_none());
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let instrument = Instrument::new("X", 0.01, 1.0).unwrap();
    let seeded = SourceConfig { seed: Some((text("1,1,1,1\n"), 0)), ..SourceConfig::default() };
    assert!(matches!(
        open(Format::Binance, vec![text("")], &instrument, &seeded),
        Err(FeedError::Unsupported(_))
    ));
    let config = SourceConfig::default();
    assert!(matches!(open(Format::Itch, vec![], &instrument, &config), Err(FeedError::Unsupported(_))));
    assert!(matches!(
        detect_increments(Format::Lobster, &[text("")], &config),
        Err(FeedError::Unsupported(_))
    ));
    assert!(matches!(
        detect_increments(Format::Lobster, &[text("oops\n")], &config),
        Err(FeedError::Line { .. })
    ));
    // A file that breaks off later still tells its increments.
    let cut = text("34200.1,1,7,300,5853300,1\n34200.1,1,8,200,5853400,1\n34200.1,1,");
    let found = detect_increments(Format::Lobster, &[cut], &config).unwrap();
    assert_eq!((found.tick_nanos, found.lot_nanos), (10_000_000, 100_000_000_000));
}
