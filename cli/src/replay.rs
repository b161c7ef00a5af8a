//! `mm replay`: a recorded day, or synthetic flow, through book, strategy, risk checks and simulated fills.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};
use market_maker::book::BookConfig;
use market_maker::engine::{ClockMode, EngineConfig, EngineStats, LatencySummary, Stage};
use market_maker::feed::itch::{Stock, StockFilter};
use market_maker::feed::{
    EventSource, FeedError, Format, Increments, Input, SourceConfig, detect_increments, open,
};
use market_maker::oms::{OmsConfig, RequoteRule};
use market_maker::risk::{RateLimit, RiskConfig, RiskReason};
use market_maker::sim::{Replay, ReplaySummary, SyntheticConfig, SyntheticFlow, VenueConfig};
use market_maker::strategy::{FillDecay, Horizon, Model, RiskAversion, StoikovConfig, StoikovStrategy};
use market_maker::types::{
    Event, EventKind, FeeSchedule, Instrument, InstrumentId, Money, Quantity, Rounding, SignedQuantity,
};
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::predictor::{self, PredictorArgs};
use crate::progress::{self, Progress};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SourceFormat {
    /// LOBSTER message file.
    Lobster,
    /// NASDAQ TotalView-ITCH 5.0.
    Itch,
    /// Databento binary encoding, schema mbo.
    Dbn,
    /// Databento CSV, schema mbo.
    DatabentoCsv,
    /// Binance depth and trade streams as JSON lines; several files continue each other.
    Binance,
    /// Seeded synthetic order flow; no file.
    Synthetic,
}

impl SourceFormat {
    const fn format(self) -> Option<Format> {
        Some(match self {
            Self::Lobster => Format::Lobster,
            Self::Itch => Format::Itch,
            Self::Dbn => Format::Dbn,
            Self::DatabentoCsv => Format::DatabentoCsv,
            Self::Binance => Format::Binance,
            Self::Synthetic => return None,
        })
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum StrategyName {
    /// Avellaneda–Stoikov and its relatives; see --model.
    Stoikov,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModelName {
    /// Avellaneda–Stoikov closed form.
    As,
    /// Guéant–Lehalle–Fernandez-Tapia, infinitely far from the end.
    Glft,
}

/// The formats that read files, as clap wants them.
const RECORDED: [(&str, &str); 5] = [
    ("format", "lobster"),
    ("format", "itch"),
    ("format", "dbn"),
    ("format", "databento-csv"),
    ("format", "binance"),
];

/// What to replay, and how.
#[derive(ClapArgs)]
pub struct Args {
    /// Format of the recording.
    #[arg(long, value_enum)]
    format: SourceFormat,
    /// Recorded files, in order of time (.zst and .gz are decompressed); none for format synthetic.
    #[arg(required_if_eq_any(RECORDED))]
    files: Vec<PathBuf>,
    /// LOBSTER orderbook file whose first row seeds the book.
    #[arg(long)]
    seed_book: Option<PathBuf>,
    /// Seed of the synthetic flow (format synthetic).
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Events of the synthetic flow (format synthetic).
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Stock to follow in an ITCH file; needed when the file holds several.
    #[arg(long)]
    symbol: Option<String>,
    /// Instrument id to follow in a DBN file; needed when the file holds several.
    #[arg(long)]
    instrument_id: Option<u32>,
    /// Tick in currency; found from the file when absent.
    #[arg(long)]
    tick: Option<f64>,
    /// Lot in units of the asset; found from the file when absent.
    #[arg(long)]
    lot: Option<f64>,
    /// The strategy.
    #[arg(long, value_enum, default_value = "stoikov")]
    strategy: StrategyName,
    /// Its formula.
    #[arg(long, value_enum, default_value = "as")]
    model: ModelName,
    /// Risk aversion, 1/(tick·lot); chosen by --skew when absent. Model glft needs it.
    #[arg(long, required_if_eq("model", "glft"))]
    gamma: Option<f64>,
    /// Without --gamma: shift of the reservation price at the position limit, in average spreads.
    #[arg(long, default_value_t = 1.0)]
    skew: f64,
    /// Decay of the fill intensity, 1/tick; 2/(average spread) when absent.
    #[arg(long)]
    k: Option<f64>,
    /// Fill intensity at the reference price, 1/second (model glft).
    #[arg(long, default_value_t = 1.0)]
    intensity: f64,
    /// Rolling horizon, seconds.
    #[arg(long, default_value_t = 60.0)]
    horizon: f64,
    /// Half-life of the volatility estimate, seconds.
    #[arg(long, default_value_t = 60.0)]
    half_life: f64,
    /// Units of the asset per quote; 100 shares, a contract, or a thousandth of a coin when absent.
    #[arg(long)]
    quantity: Option<f64>,
    /// Largest position, units of the asset; ten quotes when absent.
    #[arg(long)]
    position_limit: Option<f64>,
    /// Position to steer to, units of the asset.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    inventory_target: f64,
    /// Requote when the wanted price is off by more than so many ticks.
    #[arg(long, default_value_t = 0)]
    requote_ticks: u32,
    /// Latency of new orders, microseconds.
    #[arg(long, default_value_t = 0)]
    latency_us: u64,
    /// Latency of cancels, microseconds; as for new orders when absent.
    #[arg(long)]
    cancel_latency_us: Option<u64>,
    /// Maker fee in basis points of notional, negative for a rebate.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    maker_bps: f64,
    /// Taker fee in basis points of notional.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    taker_bps: f64,
    /// Price collar around the mid, basis points.
    #[arg(long, default_value_t = 500)]
    collar_bps: u32,
    /// Messages per second that the risk gate passes; no limit when absent.
    #[arg(long)]
    message_rate: Option<u32>,
    #[command(flatten)]
    predictor: PredictorArgs,
    /// Orders that the book may come to hold. It starts small and grows, between events.
    #[arg(long, default_value_t = 1 << 22, value_parser = clap::value_parser!(u32).range(1..=i64::from(BookConfig::MAX_ORDERS)))]
    max_orders: u32,
    /// Also time each stage of the pipeline; reading the clock between them slows the whole down.
    #[arg(long)]
    stages: bool,
    /// Print the JSON line only, and no progress.
    #[arg(long)]
    json: bool,
}

impl Args {
    fn source_config(&self) -> Result<SourceConfig, Failure> {
        let seed =
            self.seed_book.as_ref().map(|path| Ok::<_, Failure>((Input::open(path)?, 0))).transpose()?;
        let stocks = match &self.symbol {
            Some(symbol) => StockFilter::Stock(Stock::new(symbol).ok_or("--symbol is not a stock symbol")?),
            None => StockFilter::default(),
        };
        Ok(SourceConfig { seed, stocks, only: self.instrument_id.map(InstrumentId) })
    }

    /// The instrument, its increments detected where they are not given.
    fn instrument(&self, inputs: &[Input], config: &SourceConfig) -> Result<Instrument, Failure> {
        let detected = match (self.format.format(), self.tick, self.lot) {
            (_, Some(_), Some(_)) | (None, ..) => {
                Increments { tick_nanos: 10_000_000, lot_nanos: 1_000_000_000 }
            }
            (Some(format), ..) => detect_increments(format, inputs, config)?,
        };
        let tick = self.tick.unwrap_or(detected.tick_nanos as f64 * 1e-9);
        let lot = self.lot.unwrap_or(detected.lot_nanos as f64 * 1e-9);
        let name = self.symbol.as_deref().unwrap_or("");
        Ok(Instrument::new(name, tick, lot)?
            .with_id(InstrumentId(self.instrument_id.unwrap_or(0)))
            .with_fees(FeeSchedule::from_bps(self.maker_bps, self.taker_bps)?))
    }

    fn strategy(&self, instrument: &Instrument) -> Result<StoikovStrategy, Failure> {
        let StrategyName::Stoikov = self.strategy;
        let lots = |option: &str, units: f64| {
            let lots = instrument.quantity_from_f64(units, Rounding::Nearest);
            lots.map_err(|error| format!("{option}: {error}"))
        };
        let order_quantity = match self.quantity {
            Some(units) => lots("--quantity", units)?,
            // A round lot of shares, a contract, a thousandth of a coin.
            None => match self.format {
                SourceFormat::Lobster
                | SourceFormat::Itch
                | SourceFormat::DatabentoCsv
                | SourceFormat::Synthetic => lots("--quantity", 100.0)?,
                SourceFormat::Dbn => lots("--quantity", 1.0)?,
                SourceFormat::Binance => lots("--quantity", 0.001_f64.max(instrument.lot()))?,
            },
        };
        let order_quantity = order_quantity.max(Quantity(1));
        let position_limit = match self.position_limit {
            Some(units) => lots("--position-limit", units)?,
            None => Quantity(order_quantity.0 * 10),
        };
        let target = lots("--inventory-target", self.inventory_target.abs())?.0 as i64;
        let target = if self.inventory_target < 0.0 { -target } else { target };
        Ok(StoikovStrategy::new(&StoikovConfig {
            model: match self.model {
                ModelName::As => Model::AvellanedaStoikov,
                ModelName::Glft => Model::GlftAsymptotic,
            },
            risk_aversion: self.gamma.map_or(RiskAversion::AtLimit(self.skew), RiskAversion::Fixed),
            decay: self.k.map_or(FillDecay::FromSpread, FillDecay::Fixed),
            intensity: self.intensity,
            horizon: Horizon::Rolling(self.horizon),
            order_quantity,
            position_limit,
            inventory_target: SignedQuantity(target),
            prediction: self.predictor.rule(),
            ..StoikovConfig::default()
        })?)
    }

    fn engine_config(&self, instrument: Instrument, strategy: &StoikovStrategy) -> EngineConfig {
        let limit = strategy.config().position_limit;
        let mut config = EngineConfig::new(instrument);
        config.by_level = self.format.format().is_some_and(Format::is_by_level);
        config.book = BookConfig { max_orders: self.max_orders.min(FIRST_ROOM), ..config.book };
        config.features.volatility_half_life = self.half_life;
        config.orders = OmsConfig { requote: RequoteRule::Ticks(self.requote_ticks), ..config.orders };
        // Behind the strategy's own limit: a quote of each side may be filled while its replacement is on the way.
        let most = Quantity(limit.0.saturating_add(strategy.config().order_quantity.0));
        config.risk = RiskConfig {
            max_order_quantity: Some(strategy.config().order_quantity),
            collar_bps: Some(self.collar_bps),
            message_rate: self.message_rate.map(RateLimit::per_second),
            ..config.risk.with_max_position(most)
        };
        config.clock = if self.stages { ClockMode::Stages } else { ClockMode::Total };
        config
    }
}

/// A source with its instrument.
type Opened = (Instrument, Box<dyn EventSource + Send>);

/// Opens the recording, or sets the synthetic flow up.
fn source(args: &Args) -> Result<Opened, Failure> {
    let Some(format) = args.format.format() else {
        if !args.files.is_empty() {
            return Err("format synthetic reads no file".into());
        }
        let flow = SyntheticConfig { seed: args.seed, events: args.events, ..Default::default() };
        let instrument = args.instrument(&[], &SourceConfig::default())?;
        return Ok((instrument, Box::new(SyntheticFlow::new(&flow)?)));
    };
    let inputs = args.files.iter().map(Input::open).collect::<Result<Vec<_>, _>>()?;
    let config = args.source_config()?;
    let instrument = args.instrument(&inputs, &config)?;
    Ok((instrument, open(format, inputs, &instrument, &config)?))
}

/// Refuses a second instrument: its orders would mix with the first one's in one book.
#[derive(Default)]
struct OneInstrument(Option<InstrumentId>);

impl OneInstrument {
    fn check(&mut self, event: &Event) -> Result<(), &'static str> {
        if matches!(event.kind, EventKind::None | EventKind::Status) {
            return Ok(());
        }
        match *self.0.get_or_insert(event.instrument) {
            only if only == event.instrument => Ok(()),
            _ => Err("the recording holds several instruments: choose one with --symbol"),
        }
    }
}

/// Events that are decoded at once, as a host decodes those of a packet: then decoder and engine do not drive each other out of
/// the first-level caches at every event.
const READ_AHEAD: usize = 256;

/// Orders that the book has room for at first: more room than is used costs cache.
const FIRST_ROOM: u32 = 1 << 10;

/// The next events of the source in place of those in `events`; how the source ended, when it has.
fn read_ahead(source: &mut impl EventSource, events: &mut Vec<Event>) -> Option<Result<(), FeedError>> {
    events.clear();
    while events.len() < READ_AHEAD {
        match source.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return Some(Ok(())),
            Err(error) => return Some(Err(error)),
        }
    }
    None
}

/// Replays and prints; exit 0 when the data was read to its end.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (instrument, mut source) = progress::wait_for("reading", !args.json, || source(args))?;
    let strategy = args.strategy(&instrument)?;
    let venue = VenueConfig {
        entry_latency: args.latency_us.saturating_mul(1000),
        cancel_latency: args.cancel_latency_us.unwrap_or(args.latency_us).saturating_mul(1000),
        ..VenueConfig::default()
    };
    let mut replay = Replay::new(&args.engine_config(instrument, &strategy), strategy, &venue)?;
    if let Some(forecaster) = args.predictor.forecaster()? {
        replay.attach(forecaster);
    }

    let mut bar = Progress::new("replaying", !args.json);
    let mut one = OneInstrument::default();
    let started = Instant::now();
    let mut events = Vec::with_capacity(READ_AHEAD);
    let outcome = loop {
        let end = read_ahead(&mut source, &mut events);
        // An event adds one order at most.
        let room = (args.max_orders as usize).saturating_sub(replay.engine().book().len());
        replay.reserve(room.min(events.len()) as u32)?;
        for event in &events {
            one.check(event)?;
            replay.on_event(event)?;
        }
        if let Some(outcome) = end {
            break outcome;
        }
        let progress = source.progress();
        bar.update(progress.done, progress.total);
    };
    let elapsed = started.elapsed().as_secs_f64();
    drop(bar);

    let summary = replay.summary()?;
    let latency = replay.engine().latency(Stage::TickToQuote);
    if !args.json {
        print_table(&instrument, &summary, &latency, elapsed);
        replay.engine().forecaster().inspect(|forecaster| predictor::print(forecaster));
        if args.stages {
            for stage in Stage::ALL {
                let l = replay.engine().latency(stage);
                println!(
                    "  {:<16} p50 {:>6} ns   p99 {:>6} ns   max {:>8} ns",
                    stage.name(),
                    l.p50,
                    l.p99,
                    l.max
                );
            }
        }
    }
    if let Err(error) = &outcome {
        eprintln!("mm: {error}");
    }
    let mut json = to_json(&instrument, &summary, &latency, elapsed);
    if let Some(forecaster) = replay.engine().forecaster() {
        json["predictor"] = predictor::to_json(forecaster);
    }
    println!("{json}");
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A position in units of the asset.
fn position(instrument: &Instrument, position: SignedQuantity) -> f64 {
    let size = instrument.quantity_to_f64(Quantity(position.0.unsigned_abs()));
    if position.0 < 0 { -size } else { size }
}

/// In currency: the statistics count half ticks × lots.
fn spread_captured(instrument: &Instrument, stats: &EngineStats) -> f64 {
    instrument.money_to_f64(Money(stats.spread_captured_half)) * 0.5
}

fn to_json(
    instrument: &Instrument,
    summary: &ReplaySummary,
    latency: &LatencySummary,
    elapsed: f64,
) -> Value {
    let stats = &summary.stats;
    let refusals: Map<String, Value> = RiskReason::ALL
        .into_iter()
        .map(|reason| (reason.name().to_owned(), json!(summary.risk.refused_for(reason))))
        .collect();
    // Whole billionths: the rest is the last bit of a binary fraction.
    let rounded = |value: f64| (value * 1e9).round() / 1e9;
    let money = |money| rounded(instrument.money_to_f64(money));
    json!({
        "events": stats.events,
        "refused_events": stats.refused_events,
        "events_per_second": (stats.events as f64 / elapsed.max(1e-9)).round(),
        "latency_ns": {
            "p50": latency.p50, "p90": latency.p90, "p99": latency.p99, "p999": latency.p999, "max": latency.max,
        },
        "quotes": stats.quotes,
        "orders_sent": stats.orders_sent,
        "cancels": stats.cancels,
        "fills": stats.fills,
        "fill_ratio": summary.fill_ratio(),
        "realised_pnl": money(summary.realised),
        "unrealised_pnl": money(summary.unrealised),
        "fees": money(summary.fees),
        "max_drawdown": money(summary.max_drawdown),
        "final_position": rounded(position(instrument, summary.final_position)),
        "spread_captured": rounded(spread_captured(instrument, stats)),
        "risk_refusals": refusals,
        "tick": instrument.tick(),
        "lot": instrument.lot(),
        "random_generator": SyntheticFlow::GENERATOR,
        "state_hash": format!("{:016x}", summary.state_hash),
    })
}

fn print_table(instrument: &Instrument, summary: &ReplaySummary, latency: &LatencySummary, elapsed: f64) {
    let stats = &summary.stats;
    let money = |money| instrument.money_to_f64(money);
    let seconds = summary.last.0.saturating_sub(summary.first.0) as f64 * 1e-9;
    let net = money(summary.realised) + money(summary.unrealised) - money(summary.fees);
    println!(
        "{} events over {:.1} s of market time in {:.3} s ({:.2} M events/s); {} refused by the book",
        stats.events,
        seconds,
        elapsed,
        stats.events as f64 / elapsed.max(1e-9) * 1e-6,
        stats.refused_events
    );
    println!(
        "  profit after fees {net:>14.2}   realised {:.2}   unrealised {:.2}   fees {:.2}",
        money(summary.realised),
        money(summary.unrealised),
        money(summary.fees)
    );
    println!(
        "  deepest drawdown  {:>14.2}   spread captured {:.2}",
        money(summary.max_drawdown),
        spread_captured(instrument, stats)
    );
    println!(
        "  final position    {:>14}   largest {}",
        position(instrument, summary.final_position),
        instrument.quantity_to_f64(Quantity(stats.max_position))
    );
    println!(
        "  quotes            {:>14}   orders {} ({} replaced)   cancels {}",
        stats.quotes, stats.orders_sent, stats.replaces, stats.cancels
    );
    println!(
        "  fills             {:>14}   {:.2} % of the quantity sent   refused by risk {}   by the venue {}",
        stats.fills,
        summary.fill_ratio() * 100.0,
        stats.risk_refusals,
        stats.venue_rejects
    );
    println!(
        "  tick to quote          p50 {} ns   p90 {} ns   p99 {} ns   p99.9 {} ns   max {} ns",
        latency.p50, latency.p90, latency.p99, latency.p999, latency.max
    );
}
