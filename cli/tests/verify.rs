//! `mm verify-book` on the published books, and on copies that were tampered with.

mod common;

use std::collections::HashSet;

use common::{
    ARL_MBO, ARL_MBP, BOOK_672, BOOK_999, BOOK_TOP, MESSAGES_10, MESSAGES_50, Run, data_file, lines_of, mm,
    scratch, text,
};
use serde_json::json;

fn lobster(messages: &str, orderbook: &str, more: &[&str]) -> Run {
    let fixed = ["verify-book", "--format", "lobster", "--messages", messages, "--orderbook", orderbook];
    mm(fixed.iter().chain(more))
}

fn databento(mbo: &str, mbp10: &str) -> Run {
    mm(["verify-book", "--format", "databento-csv", "--mbo", mbo, "--mbp10", mbp10])
}

/// Every row equal.
fn assert_clean(run: &Run, rows: u64) {
    let want = json!({ "rows": rows, "compared": rows, "mismatched_rows": 0, "first_mismatch_row": null });
    assert_eq!((run.json(), run.code), (want, 0), "{}", run.stderr);
}

#[test]
fn ten_levels_of_every_published_row_are_rebuilt() {
    let (Some(messages), Some(book)) = (data_file(MESSAGES_50), data_file(BOOK_672)) else { return };
    assert_clean(&lobster(&messages, &book, &["--levels", "10"]), 672);
}

#[test]
fn the_top_of_the_hour_is_rebuilt_until_the_recording_loses_it() {
    let (Some(messages), Some(top), Some(seed)) =
        (data_file(MESSAGES_50), data_file(BOOK_TOP), data_file(BOOK_672))
    else {
        return;
    };
    let seeded = ["--levels", "1", "--seed-book", &seed];
    assert_clean(&lobster(&messages, &top, &[&seeded[..], &["--until-row", "54606"]].concat()), 54_606);
    let all = lobster(&messages, &top, &seeded);
    let report = all.json();
    assert_eq!((report["rows"].as_u64(), all.code), (Some(91_997), 1));
    assert_eq!(report["first_mismatch_row"], 54_606);
    assert!((1..=90).contains(&report["mismatched_rows"].as_u64().unwrap()), "{report}");
}

#[test]
fn the_pair_of_fewer_levels_is_rebuilt_from_the_deeper_messages() {
    let (Some(deep), Some(seed), Some(messages), Some(book)) =
        (data_file(MESSAGES_50), data_file(BOOK_672), data_file(MESSAGES_10), data_file(BOOK_999))
    else {
        return;
    };
    assert_clean(&lobster(&deep, &book, &["--seed-book", &seed, "--aligned", &messages]), 999);
}

#[test]
fn an_order_feed_rebuilds_the_published_levels_with_their_order_counts() {
    let (Some(mbo), Some(mbp)) = (data_file(ARL_MBO), data_file(ARL_MBP)) else { return };
    assert_clean(&databento(&mbo, &mbp), 1_071);
}

#[test]
fn json_prints_nothing_but_the_json_line() {
    let (Some(mbo), Some(mbp)) = (data_file(ARL_MBO), data_file(ARL_MBP)) else { return };
    let run = mm(["verify-book", "--format", "databento-csv", "--mbo", &mbo, "--mbp10", &mbp, "--json"]);
    assert_eq!(run.stdout.lines().count(), 1);
    assert_eq!(run.stderr, "");
    assert_clean(&run, 1_071);
}

#[test]
fn one_wrong_share_in_one_row_is_found_where_it_is() {
    let (Some(messages), Some(book)) = (data_file(MESSAGES_50), data_file(BOOK_672)) else { return };
    let mut rows = lines_of(&book);
    let mut fields: Vec<String> = rows[300].split(',').map(str::to_owned).collect();
    fields[1] = (fields[1].parse::<u64>().unwrap() + 1).to_string();
    rows[300] = fields.join(",");
    let wrong = scratch("one_wrong_share.csv", &text(&rows));
    let run = lobster(&messages, &wrong, &["--levels", "10"]);
    let want = json!({ "rows": 672, "compared": 672, "mismatched_rows": 1, "first_mismatch_row": 300 });
    assert_eq!((run.json(), run.code), (want, 1));
}

#[test]
fn a_message_left_out_is_found_and_so_is_one_row_too_many() {
    let (Some(mbo), Some(mbp)) = (data_file(ARL_MBO), data_file(ARL_MBP)) else { return };
    let mut messages = lines_of(&mbo);
    // An add in the middle of the day that a published row shows.
    let column = |header: &str, name: &str| header.split(',').position(|field| field == name).unwrap();
    let rows = lines_of(&mbp);
    let (of_message, of_row) = (column(&messages[0], "sequence"), column(&rows[0], "sequence"));
    let shown: HashSet<&str> = rows.iter().filter_map(|row| row.split(',').nth(of_row)).collect();
    let is_shown_add = |line: &String| {
        line.contains(",A,")
            && line.split(',').nth(of_message).is_some_and(|sequence| shown.contains(sequence))
    };
    let add = (700..).find(|&line| is_shown_add(&messages[line])).unwrap();
    messages.remove(add);
    let run = databento(&scratch("message_left_out.csv", &text(&messages)), &mbp);
    assert_eq!(run.code, 1);
    assert!(run.json()["mismatched_rows"].as_u64().unwrap() > 0);
    assert!(run.json()["first_mismatch_row"].as_u64().unwrap() > 100);

    let (Some(messages), Some(book)) = (data_file(MESSAGES_50), data_file(BOOK_672)) else { return };
    let few = scratch("few_messages.csv", &text(&lines_of(&messages)[..600]));
    let run = lobster(&few, &book, &["--levels", "10"]);
    let want = json!({ "rows": 672, "compared": 600, "mismatched_rows": 72, "first_mismatch_row": 600 });
    assert_eq!((run.json(), run.code), (want, 1));
}

#[test]
fn a_malformed_line_is_named_after_the_rows_before_it_were_compared() {
    let (Some(messages), Some(book)) = (data_file(MESSAGES_50), data_file(BOOK_672)) else { return };
    let mut lines = lines_of(&messages);
    lines[499] = "34200.5,1,oops".to_owned();
    let broken = scratch("verify_malformed.csv", &text(&lines));
    let run = lobster(&broken, &book, &["--levels", "10"]);
    assert!(run.stderr.contains("verify_malformed.csv:500: "), "{}", run.stderr);
    let want = json!({ "rows": 499, "compared": 499, "mismatched_rows": 0, "first_mismatch_row": null });
    assert_eq!((run.json(), run.code), (want, 1));
}

#[test]
fn a_file_that_breaks_off_fails_even_if_every_row_before_agrees() {
    let (Some(messages), Some(book)) = (data_file(MESSAGES_50), data_file(BOOK_672)) else { return };
    let compressed = std::fs::read(&messages).unwrap();
    let cut = scratch("verify_cut.csv.zst", &compressed[..compressed.len() / 2]);
    let run = lobster(&cut, &book, &["--levels", "10", "--until-row", "100000"]);
    // Half the hour has far more than 672 messages: the rows end first and all agree.
    assert_clean(&run, 672);
    let (Some(top), Some(seed)) = (data_file(BOOK_TOP), data_file(BOOK_672)) else { return };
    let run = lobster(&cut, &top, &["--levels", "1", "--seed-book", &seed, "--until-row", "54606"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("truncated"), "{}", run.stderr);
    let report = run.json();
    assert!(report["rows"].as_u64().unwrap() > 10_000, "{report}");
    assert_eq!(report["mismatched_rows"], 0);
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_missing() {
    for (arguments, message) in [
        (&["verify-book", "--format", "lobster"][..], "--messages"),
        (&["verify-book", "--format", "databento-csv", "--mbo", "x"][..], "--mbp10"),
        (&["verify-book", "--format", "nonsense"][..], "nonsense"),
        (
            &["verify-book", "--format", "lobster", "--messages", "absent.csv", "--orderbook", "absent.csv"]
                [..],
            "absent.csv",
        ),
        (
            &["verify-book", "--format", "lobster", "--messages", "a", "--orderbook", "b", "--levels", "0"][..],
            "--levels",
        ),
    ] {
        let run = mm(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(message), "{arguments:?}: {}", run.stderr);
    }
}
