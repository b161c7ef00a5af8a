//! The feature window beside the book that it follows: one event of synthetic flow through the book alone, then
//! through the book and the window. The difference is the window's. `-- --quick` for a short run.
//!
//! The window is the default one (96 rows of 24 channels, ten levels, normalised) on a grid of 100 ms and of a
//! second; a row's own cost shows in the difference of the two, as the flow has about a hundred events a second.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use market_maker::book::{BookConfig, OrderBook};
use market_maker::features::{FeatureWindow, FeatureWindowConfig, Normaliser, NormaliserConfig};
use market_maker::feed::EventSource;
use market_maker::sim::{SyntheticConfig, SyntheticFlow};
use market_maker::types::{Event, Timestamp};

const EVENTS: u64 = 20_000;

fn events() -> Vec<Event> {
    let config = SyntheticConfig { events: EVENTS, ..SyntheticConfig::default() };
    let mut flow = SyntheticFlow::new(&config).expect("the default is valid");
    std::iter::from_fn(|| flow.next_event().expect("nothing to read")).collect()
}

fn book() -> OrderBook {
    let config = BookConfig { max_orders: 1 << 12, window_ticks: 1 << 10, ..BookConfig::default() };
    OrderBook::new(&config).expect("constants are valid")
}

#[inline(never)]
fn through_book(book: &mut OrderBook, events: &[Event]) {
    for event in events {
        let _ = black_box(book.apply(black_box(event)));
    }
}

#[inline(never)]
fn through_both(book: &mut OrderBook, window: &mut FeatureWindow, events: &[Event]) -> u32 {
    let mut rows = 0;
    for event in events {
        if let Ok(touched) = book.apply(black_box(event)) {
            rows += black_box(window.on_event(event, touched, book));
        }
    }
    rows
}

fn flows(criterion: &mut Criterion) {
    let events = events();
    // The same without the place of an order that leaves, as ITCH tells it.
    let unlocated: Vec<Event> =
        events.iter().map(|event| Event { flags: event.flags & !4, ..*event }).collect();
    let mut group = criterion.benchmark_group("features");
    group.throughput(Throughput::Elements(EVENTS));
    group.bench_function("book alone", |b| {
        b.iter_batched_ref(book, |book| through_book(book, &events), BatchSize::LargeInput);
    });
    let second = 1_000_000_000;
    for (name, step_ns, normaliser, events) in [
        ("book and window, 1 s, raw", second, None, &events),
        ("book and window, 100 ms, raw", second / 10, None, &events),
        ("book and window, 100 ms", second / 10, Some(NormaliserConfig::default()), &events),
        ("book and window, 1 s, raw, orders not located", second, None, &unlocated),
    ] {
        let config = FeatureWindowConfig { step_ns, normaliser, ..FeatureWindowConfig::default() };
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || (book(), FeatureWindow::new(&config).expect("constants are valid")),
                |(book, window)| through_both(book, window, events),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn rows(criterion: &mut Criterion) {
    let events = events();
    let mut group = criterion.benchmark_group("features");
    for (name, normaliser) in
        [("one silent row, raw", None), ("one silent row", Some(NormaliserConfig::default()))]
    {
        let config = FeatureWindowConfig { normaliser, ..FeatureWindowConfig::default() };
        let mut window = FeatureWindow::new(&config).expect("constants are valid");
        through_both(&mut book(), &mut window, &events);
        let mut now = events[events.len() - 1].timestamp.0;
        group.bench_function(name, |b| {
            b.iter(|| {
                now += config.step_ns;
                black_box(window.advance(Timestamp(now)))
            });
        });
    }
    let mut normaliser = Normaliser::new(24, &NormaliserConfig::default()).expect("constants are valid");
    let (row, mut out) = ([0.5; 24], [0.0; 24]);
    group.bench_function("normaliser, 24 channels, learning", |b| {
        b.iter(|| normaliser.push(black_box(&row), black_box(&mut out)));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flows(&mut criterion);
    rows(&mut criterion);
    criterion.final_summary();
}
