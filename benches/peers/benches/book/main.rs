//! Our book beside its peers: one process, one core, the same messages.
//!
//! `taskset -c 1 cargo bench -q -p market-maker-peers --bench book`, after `--`: `--quick` for a tenth of the
//! messages, `--only feed/deep` for the groups whose name contains the text, `--runs 3` for another number of runs.
//!
//! Every engine gets the same vectors of 32-byte messages, and its own conversions are part of its time. Runs
//! alternate over the engines of a group and the median counts. The clock is the thread's processor time. Building a book and resting its first orders is
//! outside the clock. After **every** run all levels of the book and the traded volume are compared with those of the
//! plain book that decided the stream, so that an engine that does less work than the others stops the benchmark.
//!
//! A table comes first. Then one JSON line per comparison; the last four are against the best peer of each group.

mod engine;
mod measure;
mod ours;
mod peers;

use engine::Engine;
use market_maker::types::{Event, Side};
use market_maker_peers::streams::{Form, Ids, Message, State, Stream, Workload};
use measure::{
    CountingAllocator, Latency, Spread, Timer, count_allocations, count_event_allocations, time, time_events,
};
use ours::{OursEvents, OursFeed, OursMatching};
use peers::{HftHashMap, HftRoi, Lobster, OrderBookRs};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Messages for orderbook-rs, which would otherwise take most of the time: the first of the same stream.
const SHORT: usize = 300_000;
/// Messages of the deep matching stream, where one run of lobster would otherwise take most of a minute on a slow
/// machine; for both engines.
const DEEP_MATCHING: usize = 1_500_000;
/// Events in a batch: what a few network packets hold.
const BATCH: usize = 256;

struct Options {
    messages: usize,
    runs: usize,
    only: Option<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { messages: Workload::REALISTIC.messages, runs: 7, only: None };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // What cargo itself passes.
                "--bench" => {}
                "--quick" => options.messages = Workload::REALISTIC.messages / 10,
                "--only" => options.only = Some(arguments.next().ok_or("--only needs a text")?),
                "--runs" => {
                    let runs = arguments.next().and_then(|runs| runs.parse().ok()).filter(|&runs| runs > 0);
                    options.runs = runs.ok_or("--runs needs a number above 0")?;
                }
                other => {
                    return Err(format!("unknown option {other}; there are --quick, --only TEXT, --runs N"));
                }
            }
        }
        Ok(options)
    }

    fn wants(&self, group: &str) -> bool {
        self.only.as_ref().is_none_or(|text| group.contains(text.as_str()))
    }
}

/// A pass with a clock around every message.
type LatencyPass<'a> = Box<dyn Fn(&Timer) -> Latency + 'a>;
/// Measures and prints one group, on streams of so many messages.
type Group = fn(&mut Report, usize);

/// One engine on one stream.
struct Entry<'a> {
    engine: &'static str,
    input: &'static str,
    messages: usize,
    most_runs: usize,
    time: Box<dyn Fn() -> f64 + 'a>,
    allocations: Box<dyn Fn() -> f64 + 'a>,
    latency: Option<LatencyPass<'a>>,
}

impl<'a> Entry<'a> {
    fn new<E: Engine>(input: &'static str, stream: &'a Stream) -> Self {
        Self {
            engine: E::NAME,
            input,
            messages: stream.messages.len(),
            most_runs: usize::MAX,
            time: Box::new(|| time::<E>(stream)),
            allocations: Box::new(|| count_allocations::<E>(stream)),
            latency: None,
        }
    }

    fn events<const BATCH: usize>(input: &'static str, stream: &'a Stream, events: &'a [Event]) -> Self {
        Self {
            engine: OursEvents::<BATCH>::NAME,
            input,
            messages: events.len(),
            most_runs: usize::MAX,
            time: Box::new(|| time_events::<BATCH>(stream, events)),
            allocations: Box::new(|| count_event_allocations::<BATCH>(stream, events)),
            latency: None,
        }
    }

    fn with_latency<E: Engine>(self, stream: &'a Stream) -> Self {
        Self { latency: Some(Box::new(|timer| timer.latency::<E>(stream))), ..self }
    }

    fn at_most(self, most_runs: usize) -> Self {
        Self { most_runs, ..self }
    }
}

/// A measured entry.
struct Row {
    engine: &'static str,
    input: &'static str,
    spread: Spread,
    latency: Option<Latency>,
}

struct Report {
    timer: Timer,
    runs: usize,
    rows: Vec<Row>,
}

impl Report {
    fn heading(&self) {
        println!(
            "{:<20} {:<20} {:>9} {:>4} {:>9} {:>17} {:>10} {:>8} {:>8} {:>8}",
            "engine", "input", "messages", "runs", "ns/msg", "min–max", "allocs/msg", "p50", "p99", "p99.9"
        );
    }

    /// Runs the entries in turn, again and again; then one counted pass and one with a clock around every message.
    fn group(&mut self, entries: &[Entry<'_>]) {
        let mut samples: Vec<Vec<f64>> = vec![Vec::new(); entries.len()];
        for round in 0..self.runs {
            for (entry, samples) in entries.iter().zip(&mut samples) {
                if round < entry.most_runs {
                    samples.push((entry.time)());
                }
            }
        }
        for (entry, samples) in entries.iter().zip(samples) {
            let runs = samples.len();
            let spread = Spread::of(samples);
            let allocations = (entry.allocations)();
            let latency = entry.latency.as_ref().map(|latency| latency(&self.timer));
            let percentiles = latency.map_or_else(
                || format!("{:>8} {:>8} {:>8}", "", "", ""),
                |latency| format!("{:>8.0} {:>8.0} {:>8.0}", latency.p50, latency.p99, latency.p999),
            );
            println!(
                "{:<20} {:<20} {:>9} {:>4} {:>9.2} {:>17} {:>10.4} {percentiles}",
                entry.engine,
                entry.input,
                entry.messages,
                runs,
                spread.median,
                format!("{:.2}–{:.2}", spread.least, spread.most),
                allocations,
            );
            self.rows.push(Row { engine: entry.engine, input: entry.input, spread, latency });
        }
        println!();
    }

    fn row(&self, input: &str, engine: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.input == input && row.engine == engine)
    }

    /// A JSON line when both were measured.
    fn compare(&self, bench: &str, ours: (&str, &str), peer: &str, theirs: (&str, &str)) {
        if let (Some(ours), Some(theirs)) = (self.row(ours.0, ours.1), self.row(theirs.0, theirs.1)) {
            json(bench, "ns/msg", ours.spread.median, peer, theirs.spread.median);
        }
    }

    fn compare_p99(&self, bench: &str, input: &str, peer: &str) {
        let p99 = |engine| self.row(input, engine)?.latency.map(|latency| latency.p99);
        if let (Some(ours), Some(theirs)) = (p99("ours"), p99(peer)) {
            json(bench, "ns", ours, peer, theirs);
        }
    }

    /// The fastest of the engines on this input.
    fn best<'e>(&self, input: &str, engines: &[&'e str]) -> Option<&'e str> {
        let measured =
            engines.iter().filter_map(|&engine| Some((engine, self.row(input, engine)?.spread.median)));
        measured.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(engine, _)| engine)
    }
}

fn json(bench: &str, unit: &str, ours: f64, peer: &str, theirs: f64) {
    println!(
        r#"{{"bench":"{bench}","unit":"{unit}","ours":{ours:.3},"peer":"{peer}","theirs":{theirs:.3},"ratio":{:.4}}}"#,
        ours / theirs
    );
}

fn describe(stream: &Stream) {
    let state = |state: &State| {
        let best = |side| state.best(side).map_or_else(|| "none".to_owned(), |row| row.price.to_string());
        let (orders, levels) = (state.live, state.levels.len());
        format!("{orders} orders on {levels} levels, {} / {}", best(Side::Buy), best(Side::Sell))
    };
    let share = |count: usize| 100.0 * count as f64 / stream.mix.total() as f64;
    let mix = stream.mix;
    println!("{:?}/{}: {} messages", stream.form, stream.name, stream.messages.len());
    println!("  start: {}", state(&stream.start));
    println!("  end:   {}", state(&stream.end));
    println!(
        "  mix: {:.1} % add, {:.1} % cancel, {:.1} % modify, {:.1} % market, {:.1} % crossing; {} lots traded",
        share(mix.adds),
        share(mix.cancels),
        share(mix.modifies),
        share(mix.markets),
        share(mix.crossing),
        stream.traded
    );
}

fn made(workload: Workload, messages: usize, form: Form) -> Stream {
    let stream = workload.with_messages(messages).stream(form);
    describe(&stream);
    stream
}

fn events(stream: &Stream) -> Vec<Event> {
    stream.messages.iter().map(Message::event).collect()
}

fn feed_realistic(report: &mut Report, messages: usize) {
    let stream = made(Workload::REALISTIC, messages, Form::Feed);
    let walk = made(Workload::WALK, messages, Form::Feed);
    let fine = made(Workload::WALK_FINE, messages, Form::Feed);
    let (sparse, shuffled) = (stream.with_ids(Ids::Sparse), stream.with_ids(Ids::Shuffled));
    let events = events(&stream);
    report.heading();
    report.group(&[
        Entry::new::<OursFeed>("feed/realistic", &stream).with_latency::<OursFeed>(&stream),
        Entry::new::<HftRoi>("feed/realistic", &stream).with_latency::<HftRoi>(&stream),
        Entry::new::<HftHashMap>("feed/realistic", &stream).with_latency::<HftHashMap>(&stream),
        Entry::events::<1>("feed/realistic", &stream, &events),
        Entry::events::<BATCH>("feed/realistic", &stream, &events),
        Entry::new::<OursFeed>("ids/sparse", &sparse).with_latency::<OursFeed>(&sparse),
        Entry::new::<OursFeed>("ids/shuffled", &shuffled).with_latency::<OursFeed>(&shuffled),
        Entry::new::<OursFeed>("walk/1e6-ticks", &walk).with_latency::<OursFeed>(&walk),
        Entry::new::<HftRoi>("walk/1e6-ticks", &walk),
        Entry::new::<OursFeed>("walk-fine/1e6-ticks", &fine).with_latency::<OursFeed>(&fine),
        Entry::new::<HftRoi>("walk-fine/1e6-ticks", &fine),
    ]);
}

fn feed_deep(report: &mut Report, messages: usize) {
    let stream = made(Workload::DEEP, messages, Form::Feed);
    let events = events(&stream);
    report.heading();
    report.group(&[
        Entry::new::<OursFeed>("feed/deep", &stream).with_latency::<OursFeed>(&stream),
        Entry::new::<HftRoi>("feed/deep", &stream).with_latency::<HftRoi>(&stream),
        Entry::new::<HftHashMap>("feed/deep", &stream),
        Entry::events::<1>("feed/deep", &stream, &events),
        Entry::events::<BATCH>("feed/deep", &stream, &events),
    ]);
}

fn matching_realistic(report: &mut Report, messages: usize) {
    let stream = made(Workload::REALISTIC, messages, Form::Matching);
    let short = Workload::REALISTIC.with_messages(messages.min(SHORT)).stream(Form::Matching);
    report.heading();
    report.group(&[
        Entry::new::<OursMatching>("matching/realistic", &stream).with_latency::<OursMatching>(&stream),
        Entry::new::<Lobster>("matching/realistic", &stream).with_latency::<Lobster>(&stream),
        Entry::new::<OrderBookRs>("matching/realistic", &short),
    ]);
}

fn matching_deep(report: &mut Report, messages: usize) {
    let messages = messages.min(DEEP_MATCHING);
    let stream = made(Workload::DEEP, messages, Form::Matching);
    let short = Workload::DEEP.with_messages(messages.min(SHORT / 3)).stream(Form::Matching);
    report.heading();
    report.group(&[
        Entry::new::<OursMatching>("matching/deep", &stream).with_latency::<OursMatching>(&stream),
        Entry::new::<Lobster>("matching/deep", &stream),
        Entry::new::<OrderBookRs>("matching/deep", &short).at_most(3),
    ]);
}

fn main() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|message| {
        eprintln!("{message}");
        std::process::exit(2)
    });
    let mut report = Report { timer: Timer::calibrate(), runs: options.runs, rows: Vec::new() };
    println!(
        "ns/msg: processor time of the thread, median of alternating runs. p50, p99, p99.9: ns of single messages, serialised before and after, less \
         the timer's own {:.0} ns.\n",
        report.timer.overhead()
    );
    let groups: [(&str, Group); 4] = [
        ("feed/realistic", feed_realistic),
        ("feed/deep", feed_deep),
        ("matching/realistic", matching_realistic),
        ("matching/deep", matching_deep),
    ];
    for (name, group) in groups {
        if options.wants(name) {
            group(&mut report, options.messages);
        }
    }

    let (realistic, deep) = ("feed/realistic", "feed/deep");
    let hftbacktest = [HftRoi::NAME, HftHashMap::NAME];
    for ids in ["ids/sparse", "ids/shuffled"] {
        report.compare(ids, (ids, "ours"), "ours-dense", (realistic, "ours"));
    }
    for walk in ["walk/1e6-ticks", "walk-fine/1e6-ticks"] {
        report.compare(walk, (walk, "ours"), "ours-realistic", (realistic, "ours"));
    }
    report.compare("deep-over-realistic", (deep, "ours"), "ours-realistic", (realistic, "ours"));
    for (bench, input) in [("batch/realistic", realistic), ("batch/deep", deep)] {
        report.compare(bench, (input, "ours-batch"), "ours-one-at-a-time", (input, "ours-events"));
    }
    report.compare_p99("p99/feed/realistic", realistic, HftRoi::NAME);
    report.compare_p99("p99/feed/deep", deep, HftRoi::NAME);
    report.compare_p99("p99/matching/realistic", "matching/realistic", Lobster::NAME);
    for input in [realistic, deep] {
        if let Some(peer) = report.best(input, &hftbacktest) {
            report.compare(input, (input, "ours"), peer, (input, peer));
        }
    }
    for input in ["matching/realistic", "matching/deep"] {
        report.compare(input, (input, "ours"), Lobster::NAME, (input, Lobster::NAME));
    }
}
