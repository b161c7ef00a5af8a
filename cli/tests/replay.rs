//! `mm replay`: the same data give the same results, every format runs, and broken files are said to be broken.

mod common;

use common::{ARL_MBO, BOOK_672, ES, MESSAGES_50, Run, data_file, lines_of, mm, scratch, text};
use market_maker::feed::itch::{ItchWriteError, ItchWriter, ItchWriterConfig};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::model::lstm::LstmConfig;
use market_maker::model::predictor::{Predictor, PredictorConfig};
use market_maker::model::ssm::SsmHippoConfig;
use market_maker::risk::RiskReason;
use market_maker::types::{Instrument, event_flags};
use serde_json::Value;

const REASONS: [&str; 9] = [
    "kill_switch",
    "invalid_order",
    "order_quantity",
    "order_notional",
    "no_reference",
    "price_collar",
    "long_position",
    "short_position",
    "message_rate",
];

fn replay(format: &str, more: &[&str]) -> Run {
    mm(["replay", "--format", format].iter().chain(more))
}

/// The summary of a replay that went well.
fn summary(format: &str, more: &[&str]) -> Value {
    let run = replay(format, more);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.json()
}

/// A summary without what differs from run to run.
fn timeless(mut summary: Value) -> Value {
    let fields = summary.as_object_mut().unwrap();
    fields.remove("latency_ns").unwrap();
    fields.remove("events_per_second").unwrap();
    summary
}

fn number(summary: &Value, field: &str) -> f64 {
    summary[field].as_f64().unwrap_or_else(|| panic!("{field} in {summary}"))
}

/// Every promised field is there, and the numbers do not contradict each other.
fn assert_complete(summary: &Value) {
    for field in [
        "events",
        "events_per_second",
        "quotes",
        "orders_sent",
        "cancels",
        "fills",
        "fill_ratio",
        "realised_pnl",
        "unrealised_pnl",
        "fees",
        "max_drawdown",
        "final_position",
    ] {
        number(summary, field);
    }
    let latency = &summary["latency_ns"];
    let percentiles = ["p50", "p90", "p99", "p999", "max"].map(|name| number(latency, name));
    assert!(percentiles[0] > 0.0 && percentiles.is_sorted(), "{latency}");
    assert_eq!(summary["state_hash"].as_str().unwrap().len(), 16);
    let refusals = summary["risk_refusals"].as_object().unwrap();
    let reasons: Vec<_> = RiskReason::ALL.into_iter().map(RiskReason::name).collect();
    assert_eq!(refusals.keys().collect::<Vec<_>>(), reasons);
    assert_eq!(reasons[..REASONS.len()], REASONS, "the first release's, by their names");
    assert!(number(summary, "quotes") > 0.0 && number(summary, "quotes") <= number(summary, "events"));
    assert!((0.0..=1.0).contains(&number(summary, "fill_ratio")));
    assert!(number(summary, "max_drawdown") >= 0.0);
}

/// Two runs agree in everything but time; their common summary.
fn assert_reproducible(format: &str, more: &[&str]) -> Value {
    let (one, other) = (summary(format, more), summary(format, more));
    assert_complete(&one);
    assert_eq!(timeless(one.clone()), timeless(other));
    one
}

fn recorded_hour() -> Option<(String, String)> {
    Some((data_file(MESSAGES_50)?, data_file(BOOK_672)?))
}

#[test]
fn synthetic_flow_needs_nothing_and_repeats() {
    let summary = assert_reproducible("synthetic", &["--events", "100000"]);
    assert_eq!((number(&summary, "events"), number(&summary, "refused_events")), (100_000.0, 0.0));
    assert!(number(&summary, "fills") > 100.0);
    assert_eq!(summary["random_generator"], "xoshiro256++");
}

#[test]
fn the_hash_depends_on_seed_settings_and_length_and_on_nothing_else() {
    let hash = |more: &[&str]| {
        let run = replay("synthetic", &[&["--events", "50000", "--json"], more].concat());
        run.json()["state_hash"].as_str().unwrap().to_owned()
    };
    let usual = hash(&[]);
    assert_eq!(hash(&["--seed", "1"]), usual);
    assert_eq!(hash(&["--stages"]), usual);
    for other in [
        &["--seed", "2"][..],
        &["--latency-us", "50000"][..],
        &["--skew", "3"][..],
        &["--model", "glft", "--gamma", "0.001"][..],
        &["--requote-ticks", "2"][..],
        &["--maker-bps", "1"][..],
    ] {
        assert_ne!(hash(other), usual, "{other:?}");
    }
}

#[test]
fn fees_and_limits_of_the_command_line_arrive() {
    let base = ["--events", "50000", "--json"];
    let free = summary("synthetic", &base);
    assert_eq!(number(&free, "fees"), 0.0);
    let rebate = summary("synthetic", &[&base[..], &["--maker-bps", "-0.2"]].concat());
    assert!(number(&rebate, "fees") < 0.0);
    assert_eq!(rebate["fills"], free["fills"]);
    let narrow = summary("synthetic", &[&base[..], &["--position-limit", "100"]].concat());
    assert!(number(&narrow, "final_position").abs() <= 200.0);
    let slow = summary("synthetic", &[&base[..], &["--message-rate", "1"]].concat());
    assert!(number(&slow["risk_refusals"], "message_rate") > 0.0);
    assert!(number(&slow, "orders_sent") < number(&free, "orders_sent"));
    // The flow opens with more orders than that, and rests on some hundreds.
    let full = summary("synthetic", &[&base[..], &["--max-orders", "100"]].concat());
    assert!(number(&full, "refused_events") > 0.0);
    assert_eq!(
        timeless(summary("synthetic", &[&base[..], &["--max-orders", "2000"]].concat())),
        timeless(free)
    );
}

#[test]
fn a_recorded_hour_repeats_and_the_hash_needs_the_seed() {
    let Some((messages, book)) = recorded_hour() else { return };
    let seeded = assert_reproducible("lobster", &[&messages, "--seed-book", &book]);
    // 91 996 messages after the seeded row, whose 90 levels are events too.
    assert_eq!(number(&seeded, "events"), 92_086.0);
    assert!(number(&seeded, "fills") > 0.0);
    let unseeded = summary("lobster", &[&messages]);
    assert_ne!(unseeded["state_hash"], seeded["state_hash"]);
}

/// A report that reaches an order after its end would end the replay with an error if it were a fill.
#[test]
fn no_latency_loses_a_fill() {
    for latency in ["50", "5000", "200000", "3000000"] {
        let flow = ["--events", "100000", "--latency-us", latency];
        assert!(number(&summary("synthetic", &flow), "fills") > 0.0, "{latency} µs");
        summary("synthetic", &[&flow[..], &["--cancel-latency-us", "1"]].concat());
        let Some((messages, book)) = recorded_hour() else { continue };
        let hour = [&messages, "--seed-book", &book, "--latency-us", latency];
        assert!(number(&summary("lobster", &hour), "fills") > 0.0, "{latency} µs");
    }
}

#[test]
fn the_hour_encoded_as_itch_replays_as_itch() {
    let Some((messages, book)) = recorded_hour() else { return };
    let aapl = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let reader = LobsterReader::new(Input::open(&messages).unwrap(), &aapl);
    let mut reader = reader.with_seed(&Input::open(&book).unwrap(), 0).unwrap();
    let mut writer = ItchWriter::new(Vec::new(), &aapl, &ItchWriterConfig::default()).unwrap();
    let (mut written, mut skipped) = (0, 0);
    while let Some(event) = reader.next_event().unwrap() {
        match writer.write(&event) {
            Ok(count) => written += count,
            // Orders from before the hour, where the seed has nothing left.
            Err(ItchWriteError::UnknownOrder(_)) if event.has(event_flags::LOCATED) => skipped += 1,
            Err(error) => panic!("{event:?}: {error}"),
        }
    }
    assert!(written > 91_000 && skipped < 100, "{written} {skipped}");
    let file = writer.finish().unwrap();
    let path = scratch("hour.itch", &file);
    let itch = assert_reproducible("itch", &[&path, "--symbol", "AAPL"]);
    assert_eq!(number(&itch, "refused_events"), 0.0);
    // Five messages open the file and three close it.
    assert_eq!(number(&itch, "events"), f64::from(written + 8));
    assert_eq!((number(&itch, "tick"), number(&itch, "lot")), (0.01, 1.0));
    assert!(number(&itch, "fills") > 0.0);

    let cut = scratch("hour_cut.itch", &file[..file.len() / 2]);
    let run = replay("itch", &[&cut]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("hour_cut.itch: truncated: the record at offset "), "{}", run.stderr);
    let events = number(&run.json(), "events");
    assert!(events > 40_000.0 && events < 60_000.0, "{events}");
}

#[test]
fn several_stocks_in_one_itch_file_are_not_mixed_into_one_book() {
    let add = |locate: u16, reference: u64| {
        let mut message = vec![b'A', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        message[1..3].copy_from_slice(&locate.to_be_bytes());
        message.extend_from_slice(&reference.to_be_bytes());
        message.push(b'B');
        message.extend_from_slice(&100_u32.to_be_bytes());
        message.extend_from_slice(b"STOCK   ");
        message.extend_from_slice(&(reference as u32 * 10_000).to_be_bytes());
        [&(message.len() as u16).to_be_bytes()[..], &message].concat()
    };
    let path = scratch("two_stocks.itch", &[add(1, 10), add(2, 20)].concat());
    let run = replay("itch", &[&path]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("--symbol"), "{}", run.stderr);
}

#[test]
fn databento_recordings_repeat() {
    if let Some(file) = data_file(ES) {
        let summary = assert_reproducible("dbn", &[&file]);
        assert_eq!((number(&summary, "refused_events"), number(&summary, "tick")), (0.0, 0.25));
    }
    if let Some(file) = data_file(ARL_MBO) {
        let summary = assert_reproducible("databento-csv", &[&file]);
        assert_eq!((number(&summary, "events"), number(&summary, "refused_events")), (1_554.0, 0.0));
    }
}

#[test]
fn level_recordings_repeat_and_continue_from_file_to_file() {
    for market in ["spot_btcusdt", "spot_ethusdt", "cm_btcusd_perp"] {
        let days = [8, 9].map(|day| data_file(&format!("binance/{market}_2024080{day}.gz")));
        let [Some(first), Some(second)] = days else { return };
        let one = assert_reproducible("binance", &[&first]);
        let both = assert_reproducible("binance", &[&first, &second]);
        assert!(number(&both, "events") > number(&one, "events"), "{market}");
        assert_ne!(both["state_hash"], one["state_hash"], "{market}");
    }
    for market in ["usdm_btcusdt", "usdm_ethusdt"] {
        let Some(file) = data_file(&format!("binance/{market}_20240808.gz")) else { return };
        assert_reproducible("binance", &[&file]);
    }
}

#[test]
fn json_prints_nothing_but_the_json_line_and_a_table_goes_before_it_otherwise() {
    let quiet = replay("synthetic", &["--events", "20000", "--json"]);
    assert_eq!((quiet.stdout.lines().count(), quiet.stderr.as_str()), (1, ""));
    let full = replay("synthetic", &["--events", "20000"]);
    for word in ["profit after fees", "final position", "fills", "tick to quote", "spread captured"] {
        assert!(full.stdout.contains(word), "{word} in {}", full.stdout);
    }
    assert_eq!(timeless(full.json()), timeless(quiet.json()));
}

#[test]
fn a_malformed_line_is_named_and_the_lines_before_it_count() {
    let good = "34200.1,1,7,100,5853300,1\n34200.2,1,8,100,5853500,-1\n";
    let path = scratch("replay_malformed.csv", format!("{good}34200.3,1,9,many,5853400,1\n").as_bytes());
    let run = replay("lobster", &[&path]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("replay_malformed.csv:3: field `size` is malformed"), "{}", run.stderr);
    assert_eq!(run.json()["events"], 2);
}

#[test]
fn a_compressed_file_that_breaks_off_is_replayed_as_far_as_it_goes() {
    let Some((messages, book)) = recorded_hour() else { return };
    let compressed = std::fs::read(&messages).unwrap();
    let cut = scratch("replay_cut.csv.zst", &compressed[..compressed.len() / 2]);
    let run = replay("lobster", &[&cut, "--seed-book", &book, "--tick", "0.01", "--lot", "1"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("replay_cut.csv.zst"), "{}", run.stderr);
    let broken = run.json();
    let events = broken["events"].as_u64().unwrap() as usize;
    assert!(events > 10_000, "{events}");
    // Exactly what the whole lines say: 90 levels of the seed, which stands for the first message, then messages.
    let part = scratch("replay_part.csv", &text(&lines_of(&messages)[..events - 90 + 1]));
    let whole = summary("lobster", &[&part, "--seed-book", &book, "--tick", "0.01", "--lot", "1"]);
    assert_eq!(timeless(whole), timeless(broken));
}

#[test]
fn wrong_usage_and_unreadable_files_exit_with_2() {
    let empty = scratch("empty.csv", b"");
    for (arguments, message) in [
        (&["replay"][..], "--format"),
        (&["replay", "--format", "lobster"][..], "FILES"),
        (&["replay", "--format", "lobster", "absent.csv"][..], "absent.csv"),
        (&["replay", "--format", "lobster", &empty][..], "tick"),
        (&["replay", "--format", "synthetic", "some.csv"][..], "reads no file"),
        (&["replay", "--format", "synthetic", "--model", "glft"][..], "--gamma"),
        (&["replay", "--format", "synthetic", "--horizon=-1"][..], "horizon"),
        (&["replay", "--format", "synthetic", "--half-life", "0"][..], "half_life"),
        (&["replay", "--format", "synthetic", "--quantity=-5"][..], "--quantity"),
        (&["replay", "--format", "itch", &empty, "--symbol", "MUCHTOOLONG"][..], "--symbol"),
        (&["nonsense"][..], "nonsense"),
    ] {
        let run = mm(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(message), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn help_explains_every_option() {
    for command in ["replay", "verify-book", "bench"] {
        let run = mm([command, "--help"]);
        assert_eq!(run.code, 0);
        let options = run.stdout.lines().filter(|line| line.trim_start().starts_with('-')).count();
        assert!(options >= 5, "{}", run.stdout);
        // clap leaves an option without a description alone on its line, followed by an empty one.
        let lines: Vec<&str> = run.stdout.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0].trim_start().starts_with("--")) {
            assert!(!pair[1].trim().is_empty(), "{} has no description", pair[0]);
        }
    }
}

/// A small network's file.
fn saved(name: &str, config: &PredictorConfig) -> String {
    let weights = Predictor::from_seed(config, 4).unwrap().writer().unwrap().to_bytes();
    scratch(name, &weights)
}

#[test]
fn a_predictor_changes_the_quotes_when_they_follow_it_and_nothing_else_when_not() {
    let small = SsmHippoConfig { d_model: 16, n_layer: 1, forecast_len: 4, ..SsmHippoConfig::default() };
    let ssm = saved("ssm.safetensors", &PredictorConfig::SsmHippo(small));
    let base = ["--events", "60000"];
    let plain = timeless(summary("synthetic", &base));
    assert!(plain.get("predictor").is_none());

    let attached = [&base[..], &["--predictor", &ssm]].concat();
    let mut watched = timeless(summary("synthetic", &attached));
    let told = watched.as_object_mut().unwrap().remove("predictor").unwrap();
    assert_eq!(watched, plain);
    assert_eq!(told["network"], "ssm");
    assert!(number(&told, "predictions") > 10.0 && number(&told, "rows") > number(&told, "predictions"));
    assert_eq!(number(&told, "failures"), 0.0);

    let follow = ["--follow-change", "1", "--follow-volatility", "0.5", "--network", "ssm"];
    let followed = assert_reproducible("synthetic", &[&attached[..], &follow].concat());
    assert_ne!(followed["state_hash"], plain["state_hash"]);
    let stream = assert_reproducible("synthetic", &[&attached[..], &follow, &["--stream"]].concat());
    assert_ne!(stream["state_hash"], followed["state_hash"]);
}

#[test]
fn a_predictor_that_does_not_fit_is_refused_by_name() {
    let lstm = LstmConfig { features: 24, steps: 20, hidden: 8, layers: 1, ..LstmConfig::default() };
    let triple = saved("lstm.safetensors", &PredictorConfig::Lstm(lstm));
    let other = LstmConfig { features: 5, ..lstm };
    let narrow = saved("narrow.safetensors", &PredictorConfig::Lstm(other));
    let refused = |more: &[&str]| {
        let run = replay("synthetic", more);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{more:?}");
        run.stderr
    };
    assert!(refused(&["--predictor", &triple]).contains("--prediction-steps"));
    assert!(refused(&["--predictor", "no such file"]).contains("no such file"));
    assert!(refused(&["--predictor", &triple, "--network", "ssm"]).contains("embed.input.weight"));
    assert!(refused(&["--follow-change", "1"]).contains("--predictor"));
    assert!(refused(&["--predictor", &narrow, "--prediction-steps", "5"]).contains("(20, 24)"));
    let fits = ["--events", "30000", "--predictor", &triple, "--prediction-steps", "5"];
    assert_eq!(summary("synthetic", &fits)["predictor"]["network"], "lstm");
}
