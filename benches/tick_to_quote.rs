//! Tick to quote: what an engine needs from a market-data event to its order actions, over a recorded hour of AAPL
//! (LOBSTER, from the folder in `MARKET_MAKER_DATA`, by default `../shared/data`) when it is there, and over synthetic flow
//! always.
//!
//! Each stream runs once through an engine with a replay venue, and what the engine was told (the venue's reports, then
//! the event) is kept; the passes that are measured play that to fresh engines, so nothing but the engine runs. The
//! mean is taken without any clock inside the engine, the percentiles with its own one, whose two readings they
//! contain; what two readings cost is printed. The best of several passes counts, since a neighbour on the machine only
//! ever adds time.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use market_maker::engine::{ClockMode, Engine, EngineConfig, EngineStats, LatencySummary, Stage};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::oms::{ExecutionReport, OrderAction};
use market_maker::sim::{ReplayVenue, SyntheticConfig, SyntheticFlow, VenueConfig};
use market_maker::strategy::{StoikovConfig, StoikovStrategy};
use market_maker::types::{Event, Instrument, Quantity};

/// What an engine hears, in order.
enum Step {
    Report(ExecutionReport),
    Event(Event),
}

struct Script {
    name: &'static str,
    steps: Vec<Step>,
    stats: EngineStats,
}

fn engine(clock: ClockMode) -> Engine<StoikovStrategy> {
    let instrument = Instrument::new("BENCH", 0.01, 1.0).expect("constants are valid");
    let config = EngineConfig { clock, ..EngineConfig::new(instrument) };
    let strategy = StoikovStrategy::new(&StoikovConfig {
        order_quantity: Quantity(100),
        position_limit: Quantity(1000),
        ..StoikovConfig::default()
    });
    Engine::new(&config, strategy.expect("constants are valid")).expect("constants are valid")
}

/// Runs the source against the replay venue and keeps what the engine heard.
fn record(name: &'static str, source: &mut impl EventSource) -> Script {
    let mut engine = engine(ClockMode::Off);
    let mut venue = ReplayVenue::new(&VenueConfig::default()).expect("the default is valid");
    let mut reports = vec![ExecutionReport::EMPTY; venue.most_reports()];
    let mut actions = [OrderAction::EMPTY; 64];
    let mut steps = Vec::new();
    while let Some(event) = source.next_event().expect("the data is whole") {
        let count = venue.on_event(engine.book(), &event, &mut reports).expect("the venue follows");
        for report in &reports[..count] {
            // A cancel may cross a fill on its way: the engine says so, and goes on.
            let _ = engine.on_report(report);
            steps.push(Step::Report(*report));
        }
        // Refused events (hidden executions of orders never shown, say) are part of the recording.
        let count = engine.on_event(&event, &mut actions).unwrap_or(0);
        steps.push(Step::Event(event));
        for action in &actions[..count] {
            venue.submit(engine.now(), action).expect("the venue takes every order");
        }
    }
    Script { name, steps, stats: *engine.stats() }
}

/// One pass. Kept whole, so that a profile can be restricted to it.
#[inline(never)]
fn play(engine: &mut Engine<StoikovStrategy>, steps: &[Step]) -> usize {
    let mut actions = [OrderAction::EMPTY; 64];
    let mut sent = 0;
    for step in steps {
        match step {
            Step::Report(report) => drop(black_box(engine.on_report(report))),
            Step::Event(event) => sent += engine.on_event(event, &mut actions).unwrap_or(0),
        }
        black_box(&mut actions);
    }
    sent
}

fn measure(script: &Script, passes: usize) {
    let events = script.stats.events;
    let (mut mean, mut best) = (f64::INFINITY, LatencySummary { p50: u64::MAX, ..LatencySummary::default() });
    for _ in 0..passes {
        let mut untimed = engine(ClockMode::Off);
        let start = Instant::now();
        play(&mut untimed, &script.steps);
        mean = mean.min(start.elapsed().as_nanos() as f64 / events as f64);
        assert_eq!(untimed.stats(), &script.stats, "a pass must do what the recorded run did");

        let mut timed = engine(ClockMode::Total);
        play(&mut timed, &script.steps);
        let latency = timed.latency(Stage::TickToQuote);
        if (latency.p50, latency.p99) < (best.p50, best.p99) {
            best = latency;
        }
    }
    let quoted = script.stats.quotes;
    println!("{}: {events} events, {quoted} quoted, {} orders sent", script.name, script.stats.orders_sent);
    println!(
        "  every event, no clock: {mean:.1} ns mean ({:.1} ns per quoted event)",
        mean * events as f64 / quoted as f64
    );
    println!(
        "  quoted events: p50 {} ns, p90 {} ns, p99 {} ns, p99.9 {} ns",
        best.p50, best.p90, best.p99, best.p999
    );
}

/// Nanoseconds of one reading of the clock that the engine uses.
fn clock_reading() -> f64 {
    let clock = quanta::Clock::new();
    let readings = 100_000;
    let start = Instant::now();
    for _ in 0..readings {
        black_box(clock.raw());
    }
    start.elapsed().as_nanos() as f64 / f64::from(readings)
}

fn recorded_hour() -> Option<Script> {
    let folder = std::env::var_os("MARKET_MAKER_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let file =
        |name: &str| folder.join("lobster").join(format!("AAPL_2012-06-21_34200000_37800000_{name}.csv.zst"));
    let (messages, rows) = (file("message_50"), file("orderbook_50_first672"));
    if !messages.exists() || !rows.exists() {
        eprintln!("not measured: {} is missing (MARKET_MAKER_DATA)", messages.display());
        return None;
    }
    let instrument = Instrument::new("AAPL", 0.01, 1.0).expect("constants are valid");
    let open = |path| Input::open(path).expect("the file is readable");
    let reader = LobsterReader::new(open(&messages), &instrument);
    let mut reader = reader.with_seed(&open(&rows), 0).expect("the first row is a book");
    Some(record("LOBSTER AAPL, one hour", &mut reader))
}

fn synthetic(events: u64) -> Script {
    let config = SyntheticConfig { events, ..SyntheticConfig::default() };
    let mut flow = SyntheticFlow::new(&config).expect("the default is valid");
    record("synthetic flow", &mut flow)
}

fn main() {
    // As a test of itself it is run without `--bench`: one short pass.
    if !std::env::args().any(|argument| argument == "--bench") {
        measure(&synthetic(20_000), 1);
        return;
    }
    // `-- --passes 1` is for profilers.
    let passes = std::env::args().skip_while(|argument| argument != "--passes").nth(1);
    let passes = passes.map_or(15, |count| count.parse().expect("a number of passes"));
    println!("one clock reading: {:.1} ns", clock_reading());
    for script in recorded_hour().into_iter().chain([synthetic(400_000)]) {
        measure(&script, passes);
    }
}
