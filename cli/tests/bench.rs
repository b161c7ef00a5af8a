//! `mm bench` measures everything it promises, whatever the figures are.

mod common;

use common::mm;

#[test]
fn every_figure_is_a_positive_time_and_the_last_line_is_json() {
    let run = mm(["bench", "--repetitions", "1", "--events", "10000"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = run.json();
    let medians = json["median_ns"].as_object().unwrap();
    for group in ["book/", "pool/", "position/", "risk/", "quote/", "reader/", "engine/"] {
        assert!(medians.keys().any(|name| name.starts_with(group)), "{group}");
    }
    for (name, median) in medians {
        assert!(median.as_f64().unwrap() > 0.0, "{name}");
        assert!(run.stdout.lines().any(|line| line.starts_with(name.as_str())), "{name} in the table");
    }
    let latency = &json["tick_to_quote_ns"];
    assert!(latency["p50"].as_u64().unwrap() > 0 && latency["p99"].as_u64() >= latency["p50"].as_u64());
}

#[test]
fn json_prints_nothing_else() {
    let run = mm(["bench", "--repetitions", "1", "--events", "10000", "--json"]);
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""));
    assert_eq!(run.json()["repetitions"], 1);
}

#[test]
fn nonsense_is_refused() {
    for arguments in [["bench", "--repetitions", "0"], ["bench", "--events", "1"]] {
        let run = mm(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    }
}
