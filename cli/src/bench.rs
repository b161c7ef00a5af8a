//! `mm bench`: nanoseconds per operation on this machine.
//!
//! Every figure is the median over repetitions of one timed pass over prepared input; nothing is generated, formatted or
//! allocated while the clock runs. The input is synthetic flow, so the figures need no data and repeat anywhere; the
//! comparisons with other libraries are in the repository's benches.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args as ClapArgs;
use market_maker::book::{BookConfig, BookEvent, NewOrder, OrderBook};
use market_maker::engine::{ClockMode, EngineConfig, LatencySummary, Stage};
use market_maker::features::TopOfBook;
use market_maker::feed::itch::{ItchReader, ItchWriter, ItchWriterConfig, StockFilter};
use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::mem::pool::{Pool, RawPool, RawPoolConfig};
use market_maker::mem::thread_local_pool::SharedPool;
use market_maker::position::Position;
use market_maker::quote::{AsParams, GlftParams, GlftTable, avellaneda_stoikov};
use market_maker::risk::{Exposure, OrderIntent, RateLimit, RiskConfig, RiskGate};
use market_maker::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
use market_maker::strategy::{MarketView, StoikovConfig, StoikovStrategy, Strategy as _};
use market_maker::types::{
    Event, EventKind, FeeSchedule, Instrument, Money, OrderId, Price, Quantity, Side, SignedQuantity,
    Timestamp, event_flags,
};
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::progress::Progress;

/// Operations of one timed pass where the input has no length of its own.
const CALLS: u64 = 200_000;
/// Orders that the single operations of the book work on.
const STANDING: u64 = 4096;

/// How long to measure.
#[derive(ClapArgs)]
pub struct Args {
    /// Timed passes per figure; their median is printed.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repetitions: u32,
    /// Events of the synthetic stream.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(10_000..=10_000_000))]
    events: u64,
    /// Seed of the synthetic stream.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the JSON line only, and no progress.
    #[arg(long)]
    json: bool,
}

/// One line of the table.
struct Figure {
    name: &'static str,
    what: &'static str,
    /// Nanoseconds per operation, the median of the passes.
    median: f64,
    best: f64,
}

/// Figures as they are measured.
struct Bench {
    repetitions: u32,
    figures: Vec<Figure>,
    bar: Progress,
}

/// How many figures there are, for the bar.
const FIGURES: u64 = 18;

impl Bench {
    /// Times `pass` over fresh state from `setup`; `operations` is what one pass does.
    fn time<S>(
        &mut self,
        name: &'static str,
        what: &'static str,
        operations: u64,
        mut setup: impl FnMut() -> Result<S, Failure>,
        mut pass: impl FnMut(&mut S),
    ) -> Result<(), Failure> {
        let mut samples = Vec::with_capacity(self.repetitions as usize);
        // The first pass warms caches and the branch predictor, and is not counted.
        for repetition in 0..=self.repetitions {
            let mut state = setup()?;
            let started = Instant::now();
            pass(&mut state);
            let elapsed = started.elapsed().as_secs_f64();
            black_box(&state);
            if repetition > 0 {
                samples.push(elapsed * 1e9 / operations as f64);
            }
        }
        self.push(name, what, samples);
        Ok(())
    }

    fn push(&mut self, name: &'static str, what: &'static str, mut samples: Vec<f64>) {
        samples.sort_by(f64::total_cmp);
        self.figures.push(Figure { name, what, median: samples[samples.len() / 2], best: samples[0] });
        self.bar.update(self.figures.len() as u64, FIGURES);
    }
}

/// Measures and prints.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut bench = Bench {
        repetitions: args.repetitions,
        figures: Vec::with_capacity(FIGURES as usize),
        bar: Progress::new("measuring", !args.json),
    };
    let events = synthetic_events(args)?;
    let instrument = Instrument::new("DEMO", 0.01, 1.0)?;

    feed(&mut bench, &events)?;
    single_operations(&mut bench)?;
    matching(&mut bench, &events)?;
    pools(&mut bench)?;
    position_and_risk(&mut bench)?;
    quotes(&mut bench)?;
    readers(&mut bench, &events, &instrument)?;
    let latency = engine(&mut bench, &events, instrument)?;
    let Bench { figures, bar, .. } = bench;
    drop(bar);

    if !args.json {
        print_table(&figures, &latency, args);
    }
    println!("{}", to_json(&figures, &latency, args));
    Ok(ExitCode::SUCCESS)
}

fn synthetic_events(args: &Args) -> Result<Vec<Event>, Failure> {
    let config = SyntheticConfig { seed: args.seed, events: args.events, ..SyntheticConfig::default() };
    let mut flow = SyntheticFlow::new(&config)?;
    let mut events = Vec::with_capacity(usize::try_from(args.events)?);
    while let Some(event) = flow.next_event()? {
        events.push(event);
    }
    Ok(events)
}

fn new_book() -> Result<OrderBook, Failure> {
    Ok(OrderBook::new(&BookConfig::default())?)
}

fn feed(bench: &mut Bench, events: &[Event]) -> Result<(), Failure> {
    let count = events.len() as u64;
    bench.time("book/feed", "add, execute, delete of a stream, one by one", count, new_book, |book| {
        for event in events {
            // No event is refused: the same stream is checked below.
            let _ = black_box(book.apply(event));
        }
    })?;
    bench.time("book/feed batch", "the same stream in batches of 64", count, new_book, |book| {
        for batch in events.chunks(64) {
            let _ = black_box(book.apply_batch(batch));
        }
    })?;
    let (mut single, mut batched) = (new_book()?, new_book()?);
    for event in events {
        single.apply(event)?;
    }
    for batch in events.chunks(64) {
        batched.apply_batch(batch)?;
    }
    if single.state_hash() != batched.state_hash() {
        return Err("the book applied in batches differs from the one applied event by event".into());
    }
    Ok(())
}

/// Ids 1 to [`STANDING`] in a scattered order: a full cycle, as the multiplier is odd.
fn scattered() -> impl Iterator<Item = u64> {
    (0..STANDING).map(|n| n * 2_654_435_761 % STANDING + 1)
}

/// Where an order of the standing book rests.
fn place_of(id: u64) -> (Side, Price) {
    let side = if id.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let distance = 1 + (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as i64;
    (side, Price(10_000 - side.sign() * distance))
}

fn standing_book() -> Result<OrderBook, Failure> {
    let mut book = new_book()?;
    for id in scattered() {
        let (side, price) = place_of(id);
        book.add(OrderId(id), side, price, Quantity(100))?;
    }
    Ok(book)
}

fn single_operations(bench: &mut Bench) -> Result<(), Failure> {
    bench.time("book/add", "a book of 4096 orders on 128 levels grows", STANDING, new_book, |book| {
        for id in 1..=STANDING {
            let (side, price) = place_of(id);
            let _ = black_box(book.add(OrderId(id), side, price, Quantity(100)));
        }
    })?;
    bench.time(
        "book/modify",
        "one tick away and back, in scattered order",
        2 * STANDING,
        standing_book,
        |book| {
            for away in [1, 0] {
                for id in scattered() {
                    let (side, price) = place_of(id);
                    let price = Price(price.0 - side.sign() * away);
                    let _ = black_box(book.modify(OrderId(id), price, Quantity(100)));
                }
            }
        },
    )?;
    bench.time(
        "book/execute",
        "a part of an order, in scattered order",
        STANDING,
        standing_book,
        |book| {
            for id in scattered() {
                let _ = black_box(book.execute(OrderId(id), Quantity(1)));
            }
        },
    )?;
    bench.time("book/delete", "in scattered order, until empty", STANDING, standing_book, |book| {
        for id in scattered() {
            let _ = black_box(book.delete(OrderId(id)));
        }
    })
}

/// A message to the matching book.
enum Request {
    Submit(NewOrder),
    Cancel(OrderId),
}

/// The requests that made the book's events: executions of one group are one market order.
fn requests(events: &[Event]) -> Vec<Request> {
    let mut requests = Vec::with_capacity(events.len());
    let (mut taken, mut taker) = (Quantity::ZERO, events.len() as u64);
    for event in events {
        match event.kind {
            EventKind::Execute => {
                taken = Quantity(taken.0 + event.quantity.0);
                if event.has(event_flags::LAST) {
                    taker += 1;
                    requests.push(Request::Submit(NewOrder::market(
                        OrderId(taker),
                        event.side.opposite(),
                        taken,
                    )));
                    taken = Quantity::ZERO;
                }
            }
            EventKind::Add => {
                // What it traded on arrival is part of it.
                let quantity = Quantity(event.quantity.0 + taken.0);
                taken = Quantity::ZERO;
                requests.push(Request::Submit(NewOrder::limit(
                    event.order_id,
                    event.side,
                    event.price,
                    quantity,
                )));
            }
            EventKind::Delete => requests.push(Request::Cancel(event.order_id)),
            _ => {}
        }
    }
    requests
}

fn matching(bench: &mut Bench, events: &[Event]) -> Result<(), Failure> {
    let requests = requests(events);
    let mut out = [BookEvent::EMPTY; 64];
    let mut handle = |book: &mut OrderBook, request: &Request| match request {
        Request::Submit(order) => book.submit(order, &mut out).map(|outcome| outcome.events),
        Request::Cancel(id) => book.cancel(*id, None, &mut out).map(|outcome| outcome.events),
    };
    let (mut matched, mut fed) = (new_book()?, new_book()?);
    for request in &requests {
        handle(&mut matched, request)?;
    }
    for event in events {
        fed.apply(event)?;
    }
    if matched.state_hash() != fed.state_hash() {
        return Err("the matching book differs from the book fed with its events".into());
    }
    let count = requests.len() as u64;
    bench.time("book/match", "limit, market and cancel requests", count, new_book, |book| {
        for request in &requests {
            let _ = black_box(handle(book, request));
        }
    })
}

fn pools(bench: &mut Bench) -> Result<(), Failure> {
    type Object = [u64; 8];
    let object = |n: u64| -> Object { [n; 8] };
    bench.time(
        "pool/typed",
        "insert, look at and remove 64 bytes",
        CALLS,
        || Ok(Pool::<Object>::new(2048)),
        |pool| {
            for n in 0..CALLS {
                // Written in its place and looked at there: copies on the stack, in and out, would cost three times the pool.
                if let Ok(key) = pool.insert(object(n)) {
                    black_box(pool.get(black_box(key)));
                    black_box(pool.remove(key).is_some());
                }
            }
        },
    )?;
    let raw = RawPoolConfig { block_size: 64, alignment: 64, capacity: 2048 };
    bench.time(
        "pool/raw",
        "alloc and free of 64 bytes",
        CALLS,
        || Ok(RawPool::new(&raw)?),
        |pool| {
            for _ in 0..CALLS {
                if let Ok(block) = pool.alloc() {
                    let _ = black_box(pool.free(black_box(block)));
                }
            }
        },
    )?;
    let shared = SharedPool::<Object>::new(2048, 64)?;
    bench.time(
        "pool/thread-local",
        "insert, look at and take 64 bytes",
        CALLS,
        || Ok(shared.local()),
        |pool| {
            for n in 0..CALLS {
                if let Ok(object) = pool.insert(object(n)) {
                    black_box(&*object);
                    black_box(pool.take(object)[0]);
                }
            }
        },
    )
}

/// A cheap sequence of sides, prices and quantities that opens, reduces and flips positions.
fn step(n: u64) -> (Side, Price, Quantity) {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let side = if mixed >> 63 == 0 { Side::Buy } else { Side::Sell };
    (side, Price(58_533 + (mixed >> 40 & 63) as i64), Quantity(1 + (mixed >> 50 & 127)))
}

fn position_and_risk(bench: &mut Bench) -> Result<(), Failure> {
    let fees = FeeSchedule::from_bps(-0.2, 0.5)?;
    bench.time(
        "position/fill",
        "opening, reducing and flipping, with fees",
        CALLS,
        || Ok(Position::FLAT),
        |position| {
            for n in 0..CALLS {
                let (side, price, quantity) = step(n);
                let _ = black_box(position.fill(side, price, quantity, true, &fees));
            }
        },
    )?;
    let limits = RiskConfig {
        max_order_quantity: Some(Quantity(1000)),
        max_order_notional: Some(Money(1 << 40)),
        collar_ticks: Some(500),
        collar_bps: Some(500),
        message_rate: Some(RateLimit { messages: 1_000_000, period_ns: 1_000_000_000, burst: 1_000_000 }),
        ..RiskConfig::default()
    }
    .with_max_position(Quantity(100_000));
    let exposure = Exposure {
        position: SignedQuantity(-400),
        working_buy: Quantity(300),
        working_sell: Quantity(200),
        reference: Some(Price(58_550)),
        ..Exposure::default()
    };
    // Made beforehand: an order that has just been put together field by field is waited for.
    let order = |n: u64| {
        let (side, price, quantity) = step(n);
        OrderIntent { side, price, quantity, timestamp: Timestamp(n * 2000), ..OrderIntent::EMPTY }
    };
    let orders: Vec<OrderIntent> = (0..CALLS).map(order).collect();
    bench.time(
        "risk/check",
        "every limit set",
        orders.len() as u64,
        // On the heap, where hosts have it; on the stack the layout of this function decided between 29 and 64 ns.
        || Ok(Box::new(RiskGate::new(&limits)?)),
        |gate| {
            for order in &orders {
                black_box(gate.check(order, black_box(&exposure)).is_ok());
            }
        },
    )
}

/// Views of the market that differ in everything a quote depends on.
fn views() -> Vec<MarketView> {
    (0..1024_u64)
        .map(|n| {
            let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let bid = 58_000 + (mixed >> 56) as i64;
            let ask = bid + 1 + (mixed >> 40 & 15) as i64;
            let shown = Quantity(1 + (mixed >> 20 & 511));
            MarketView {
                timestamp: Timestamp(n * 30_000_000),
                top: TopOfBook::new(Some((Price(bid), shown)), Some((Price(ask), shown))),
                microprice: None,
                sigma: Some(0.5 + (mixed >> 30 & 1023) as f64 * 0.002),
                observations: 1_000_000,
                spread: Some(2.0 + (mixed >> 10 & 1023) as f64 * 0.01),
                position: SignedQuantity((mixed % 39) as i64 - 19),
                prediction: None,
            }
        })
        .collect()
}

fn quotes(bench: &mut Bench) -> Result<(), Failure> {
    let views = views();
    let passes = CALLS / views.len() as u64;
    let count = passes * views.len() as u64;
    let nothing = || Ok(());
    bench.time("quote/closed form", "Avellaneda-Stoikov", count, nothing, |()| {
        for _ in 0..passes {
            for view in &views {
                let params = AsParams {
                    gamma: 0.1,
                    sigma: view.sigma.unwrap_or(1.0),
                    k: 2.0 / view.spread.unwrap_or(1.0),
                    tau: 1.0,
                };
                let _ = black_box(avellaneda_stoikov(black_box(&params), 58_000.0, view.position.0 as f64));
            }
        }
    })?;
    let table = GlftTable::new(&GlftParams::new(0.1, 2.5, 1.5, 140.0), 20, 1.0)?;
    bench.time("quote/table", "lookup in a solved table of inventory", count, nothing, |()| {
        for _ in 0..passes {
            for view in &views {
                black_box(black_box(&table).offsets(view.position.0 as f64));
            }
        }
    })?;
    let config = StoikovConfig { position_limit: Quantity(20), ..StoikovConfig::default() };
    bench.time(
        "quote/strategy",
        "the whole strategy: two quotes within limits",
        count,
        || Ok(StoikovStrategy::new(&config)?),
        |strategy| {
            for _ in 0..passes {
                for view in &views {
                    black_box(strategy.quotes(black_box(view)));
                }
            }
        },
    )
}

/// The stream as a LOBSTER message file.
fn lobster_text(events: &[Event]) -> Result<Vec<u8>, Failure> {
    let mut text = String::with_capacity(events.len() * 48);
    for event in events {
        let kind = match event.kind {
            EventKind::Add => 1,
            EventKind::Delete => 3,
            EventKind::Execute => 4,
            other => return Err(format!("LOBSTER has no message for {other:?}").into()),
        };
        let (seconds, nanos) = (event.timestamp.0 / 1_000_000_000, event.timestamp.0 % 1_000_000_000);
        writeln!(
            text,
            "{seconds}.{nanos:09},{kind},{},{},{},{}",
            event.order_id.0,
            event.quantity.0,
            event.price.0 * 100,
            event.side.sign()
        )?;
    }
    Ok(text.into_bytes())
}

/// Reads to the end; how many events there were.
fn drain(source: &mut impl EventSource) -> u64 {
    let mut count = 0;
    while let Ok(Some(event)) = source.next_event() {
        black_box(event);
        count += 1;
    }
    count
}

fn readers(bench: &mut Bench, events: &[Event], instrument: &Instrument) -> Result<(), Failure> {
    let count = events.len() as u64;
    let text = Input::from_bytes("synthetic.csv", lobster_text(events)?);
    if drain(&mut LobsterReader::new(text.clone(), instrument)) != count {
        return Err("the LOBSTER reader lost events".into());
    }
    bench.time(
        "reader/lobster",
        "a line of text to an event",
        count,
        || Ok(LobsterReader::new(text.clone(), instrument)),
        |reader| {
            drain(reader);
        },
    )?;
    let mut writer = ItchWriter::new(Vec::new(), instrument, &ItchWriterConfig::default())?;
    for event in events {
        writer.write(event)?;
    }
    let binary = Input::from_bytes("synthetic.itch", writer.finish()?);
    let open = || Ok(ItchReader::new(binary.clone(), instrument, StockFilter::All));
    let itch_events = drain(&mut open()?);
    if itch_events < count {
        return Err("the ITCH reader lost events".into());
    }
    bench.time("reader/itch", "a binary message to an event", itch_events, open, |reader| {
        drain(reader);
    })
}

/// The whole pipeline with simulated fills: throughput with the clock off, latencies with it on.
fn engine(
    bench: &mut Bench,
    events: &[Event],
    instrument: Instrument,
) -> Result<(LatencySummary, LatencySummary), Failure> {
    let strategy = StoikovConfig {
        order_quantity: Quantity(100),
        position_limit: Quantity(1000),
        ..StoikovConfig::default()
    };
    let replay = |clock| -> Result<Replay<StoikovStrategy>, Failure> {
        let config = EngineConfig { clock, ..EngineConfig::new(instrument) };
        Ok(Replay::new(&config, StoikovStrategy::new(&strategy)?, &VenueConfig::default())?)
    };
    let count = events.len() as u64;
    bench.time(
        "engine/event",
        "book to orders, and simulated fills",
        count,
        || replay(ClockMode::Off),
        |replay| {
            for event in events {
                let _ = black_box(replay.on_event(event));
            }
        },
    )?;
    let mut timed = replay(ClockMode::Total)?;
    for event in events {
        timed.on_event(event)?;
    }
    if timed.engine().stats().fills == 0 {
        return Err("the measured pipeline was never filled".into());
    }
    Ok((timed.engine().latency(Stage::TickToQuote), timed.engine().latency(Stage::Event)))
}

fn print_table(figures: &[Figure], latency: &(LatencySummary, LatencySummary), args: &Args) {
    println!("{:<20} {:>9} {:>9}", "ns per operation", "median", "best");
    for figure in figures {
        println!("{:<20} {:>9.1} {:>9.1}   {}", figure.name, figure.median, figure.best, figure.what);
    }
    let (quote, event) = latency;
    for (name, l) in [("tick to quote", quote), ("every event", event)] {
        println!(
            "{name:<20} p50 {} ns   p90 {} ns   p99 {} ns   p99.9 {} ns   max {} ns   ({} samples)",
            l.p50, l.p90, l.p99, l.p999, l.max, l.count
        );
    }
    println!(
        "median of {} passes over {} synthetic events (seed {}, {}); latencies include two readings of the clock",
        args.repetitions,
        args.events,
        args.seed,
        SyntheticFlow::GENERATOR
    );
}

fn to_json(figures: &[Figure], latency: &(LatencySummary, LatencySummary), args: &Args) -> Value {
    // Two decimals: more would be noise.
    let rounded = |ns: f64| json!((ns * 100.0).round() / 100.0);
    let medians: Map<String, Value> =
        figures.iter().map(|figure| (figure.name.to_owned(), rounded(figure.median))).collect();
    let percentiles = |l: &LatencySummary| json!({ "p50": l.p50, "p90": l.p90, "p99": l.p99, "p999": l.p999, "max": l.max });
    json!({
        "unit": "ns",
        "events": args.events,
        "repetitions": args.repetitions,
        "seed": args.seed,
        "random_generator": SyntheticFlow::GENERATOR,
        "median_ns": medians,
        "tick_to_quote_ns": percentiles(&latency.0),
        "event_ns": percentiles(&latency.1),
    })
}
