//! The whole pipeline allocates at construction and never again: a counting allocator over a recorded hour and a
//! million synthetic events, own orders and their fills included.

#[path = "common/allocations.rs"]
mod allocations;
mod common;

use allocations::allocations;
use common::data_file;
use market_maker::engine::{ClockMode, EngineConfig, EngineStats, Stage};
use market_maker::feed::{BinanceReader, EventSource, Input, LobsterReader};
use market_maker::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
use market_maker::strategy::{FillDecay, Model, RiskAversion, StoikovConfig, StoikovStrategy};
use market_maker::types::{Instrument, Quantity};

/// Lots per quote.
const QUOTE: u64 = 100;

fn replay(config: EngineConfig, strategy: StoikovConfig, latency: u64) -> Replay<StoikovStrategy> {
    let strategy =
        StoikovConfig { order_quantity: Quantity(QUOTE), position_limit: Quantity(10 * QUOTE), ..strategy };
    let venue = VenueConfig { entry_latency: latency, cancel_latency: latency, ..VenueConfig::default() };
    let config = EngineConfig { clock: ClockMode::Stages, ..config };
    Replay::new(&config, StoikovStrategy::new(&strategy).unwrap(), &venue).unwrap()
}

/// Runs to the end without a single allocation, reading and quoting together; what the engine did.
fn run(replay: &mut Replay<StoikovStrategy>, source: &mut impl EventSource) -> EngineStats {
    let before = allocations();
    while let Some(event) = source.next_event().expect("a whole recording") {
        replay.on_event(&event).expect("a replay that goes on");
    }
    let summary = replay.summary().expect("a result in range");
    let after = allocations();
    let stats = summary.stats;
    assert_eq!(after - before, 0, "allocations in {} events and {} fills", stats.events, stats.fills);
    // Nothing was spared: quotes were made and moved, and there were fills.
    assert!(stats.quotes > 1_000 && stats.orders_sent > 100 && stats.fills > 10, "{stats:?}");
    assert_eq!(replay.engine().latency(Stage::Event).count, stats.events - stats.refused_events);
    stats
}

#[test]
fn the_ledger_counts() {
    let before = allocations();
    std::hint::black_box(Box::new(1));
    assert_eq!(allocations() - before, 2);
}

#[test]
fn a_recorded_hour_allocates_nothing() {
    let Some(messages) = data_file("lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst") else {
        return;
    };
    let Some(book) = data_file("lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst")
    else {
        return;
    };
    let (messages, book) = (Input::open(messages).unwrap(), Input::open(book).unwrap());
    let instrument = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    // At once, and with requests under way.
    for latency in [0, 5_000_000] {
        let mut reader = LobsterReader::new(messages.clone(), &instrument).with_seed(&book, 0).unwrap();
        let mut replay = replay(EngineConfig::new(instrument), StoikovConfig::default(), latency);
        assert_eq!(run(&mut replay, &mut reader).events, 92_086);
    }
}

#[test]
fn a_million_synthetic_events_allocate_nothing_whatever_the_model() {
    let instrument = Instrument::new("DEMO", 0.01, 1.0).unwrap();
    let fixed = StoikovConfig {
        risk_aversion: RiskAversion::Fixed(1e-4),
        decay: FillDecay::Fixed(0.5),
        ..StoikovConfig::default()
    };
    for (seed, strategy) in [
        (1, StoikovConfig::default()),
        (2, StoikovConfig { model: Model::GlftTable { max_sigma: 4.0, steps: 16 }, ..fixed }),
        (3, StoikovConfig { model: Model::GlftAsymptotic, ..fixed }),
    ] {
        let config = SyntheticConfig { seed, events: 1_000_000, ..SyntheticConfig::default() };
        let mut flow = SyntheticFlow::new(&config).unwrap();
        let mut replay = replay(EngineConfig::new(instrument), strategy, 0);
        assert_eq!(run(&mut replay, &mut flow).events, 1_000_000);
    }
}

#[test]
fn a_recording_of_levels_allocates_nothing() {
    let Some(file) = data_file("binance/spot_btcusdt_20240808.gz") else { return };
    let instrument = Instrument::new("BTCUSDT", 0.01, 1e-6).unwrap();
    let mut reader = BinanceReader::new(vec![Input::open(file).unwrap()], &instrument);
    let config = EngineConfig { by_level: true, ..EngineConfig::new(instrument) };
    let mut replay = replay(config, StoikovConfig::default(), 0);
    run(&mut replay, &mut reader);
}

#[test]
fn refused_events_allocate_nothing() {
    let instrument = Instrument::new("DEMO", 0.01, 1.0).unwrap();
    let mut flow = SyntheticFlow::new(&SyntheticConfig { events: 20_000, ..Default::default() }).unwrap();
    let mut replay = replay(EngineConfig::new(instrument), StoikovConfig::default(), 0);
    let before = allocations();
    while let Some(event) = flow.next_event().unwrap() {
        replay.on_event(&event).unwrap();
        // Every event a second time: an add is a duplicate, a delete names an order that is gone.
        let _ = replay.on_event(&event).unwrap();
    }
    assert_eq!(allocations() - before, 0);
    assert!(replay.engine().stats().refused_events > 5_000);
}
