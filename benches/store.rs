//! What it costs to make an event survive the process: a fill, a mark, an order, beside the tracker alone and beside the
//! obvious alternative, a record appended to a file.
//!
//! The store lies on `/dev/shm` where there is one, else in the folder for temporary files: the stores are the same, only
//! write-back differs (docs/reliability.md).
//!
//! `cargo bench --bench store -- --batches` times batches of 500 instead and prints their minimum and median: on a shared machine
//! most batches fall between two interruptions, while a mean has all of them.

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use criterion::Criterion;
use market_maker::mem::crc32c;
use market_maker::position::store::{
    Durability, FillIdOrder, OrderChange, PositionChange, Store, StoreConfig, StoreReader, StoredOrder,
    SyncPolicy, Update,
};
use market_maker::position::{Fill, PositionLimits, PositionTracker, TrackerConfig};
use market_maker::types::{FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

const INSTRUMENT: InstrumentId = InstrumentId(7);

fn scratch(name: &str) -> PathBuf {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() { shared.into() } else { std::env::temp_dir() };
    let path = folder.join(format!("mm-store-bench-{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

/// A cheap sequence of fills that open, reduce and flip.
fn fill(n: u64) -> Fill {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Fill {
        instrument: INSTRUMENT,
        side: if mixed >> 63 == 0 { Side::Buy } else { Side::Sell },
        price: Price(58_533 + (mixed >> 40 & 63) as i64),
        quantity: Quantity(1 + (mixed >> 50 & 127)),
        is_maker: true,
        order_id: OrderId(n),
        timestamp: Timestamp(n),
    }
}

fn fees() -> FeeSchedule {
    FeeSchedule::from_bps(-0.2, 0.5).unwrap()
}

fn store(path: &Path, config: &StoreConfig) -> Store {
    let config = StoreConfig { limits: PositionLimits::NONE, ..*config };
    let mut store = Store::create(path, &config).unwrap();
    store.register(INSTRUMENT, fees(), 1, FillIdOrder::Any).unwrap();
    store
}

fn fills(criterion: &mut Criterion) {
    let config = TrackerConfig { limits: PositionLimits::NONE, ..TrackerConfig::default() };
    let mut tracker = PositionTracker::new(&config).unwrap();
    tracker.register(INSTRUMENT, fees(), 1).unwrap();
    let mut n = 0;
    criterion.bench_function("store/tracker alone", |b| {
        b.iter(|| {
            n += 1;
            black_box(tracker.record_fill(&fill(n)).unwrap());
        });
    });
    let kinds = [
        ("store/fill", StoreConfig::default()),
        ("store/fill with history", StoreConfig { history: 1 << 16, ..StoreConfig::default() }),
        (
            "store/fill with checkpoints, between syncs",
            StoreConfig { durability: Durability::Disk(SyncPolicy::default()), ..StoreConfig::default() },
        ),
    ];
    for (name, config) in kinds {
        let path = scratch("fill");
        let mut store = store(&path, &config);
        criterion.bench_function(name, |b| {
            b.iter(|| {
                n += 1;
                black_box(store.record_fill(&fill(n), n.rotate_left(32) | 1, n).unwrap());
            });
        });
        std::fs::remove_file(path).unwrap();
    }
    // The alternative that a host would write: the same fill appended to a file by the system call.
    let path = scratch("append");
    let mut file = std::fs::File::create(&path).unwrap();
    let mut written = 0;
    criterion.bench_function("store/peer: append 56 bytes with write(2)", |b| {
        b.iter(|| {
            n += 1;
            let mut record = [0; 56];
            let fill = fill(n);
            for (to, word) in record.chunks_exact_mut(8).zip([n, fill.price.0 as u64, fill.quantity.0]) {
                to.copy_from_slice(&word.to_le_bytes());
            }
            file.write_all(black_box(&record)).unwrap();
            written += 1;
            if written == 1 << 20 {
                file.set_len(0).unwrap();
                written = 0;
            }
        });
    });
    std::fs::remove_file(path).unwrap();
}

fn others(criterion: &mut Criterion) {
    let path = scratch("others");
    let mut store = store(&path, &StoreConfig::default());
    let base = Update { instrument: Some(INSTRUMENT), ..Update::default() };
    let mut n = 0;
    criterion.bench_function("store/duplicate by sequence", |b| {
        store.record_fill(&fill(1), 1, 1).unwrap();
        b.iter(|| black_box(store.record_fill(&fill(1), 1, 1).unwrap()));
    });
    criterion.bench_function("store/mark", |b| {
        b.iter(|| {
            n += 1;
            let position = Some(PositionChange::Mark(fill(n).price));
            black_box(store.apply(&Update { position, ..base }).unwrap());
        });
    });
    let order = StoredOrder { id: OrderId(5), instrument: INSTRUMENT, state: 2, ..StoredOrder::EMPTY };
    criterion.bench_function("store/order changed", |b| {
        b.iter(|| {
            n += 1;
            let orders = [OrderChange::Put(StoredOrder { remaining: Quantity(n), ..order })];
            black_box(store.apply(&Update { orders: &orders, ..base }).unwrap());
        });
    });
    criterion.bench_function("store/fill with its order", |b| {
        b.iter(|| {
            n += 1;
            let orders = [OrderChange::Put(StoredOrder { remaining: Quantity(n), ..order })];
            let position = Some(PositionChange::Fill(fill(n), n | 1 << 60));
            black_box(store.apply(&Update { position, orders: &orders, ..base }).unwrap());
        });
    });
    let reader = StoreReader::open(&path).unwrap();
    criterion.bench_function("store/reader: one position", |b| {
        b.iter(|| black_box(reader.position(0).unwrap()));
    });
    std::fs::remove_file(path).unwrap();
    let words: Vec<u64> = (0..15).collect();
    criterion.bench_function("store/crc32c of 120 bytes", |b| {
        b.iter(|| black_box(crc32c::words(0, black_box(&words))));
    });
}

/// Minimum and median of many short batches.
fn batches(name: &str, mut body: impl FnMut(u64)) {
    const EACH: u64 = 500;
    let mut n = 0;
    let mut times: Vec<f64> = (0..3000)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..EACH {
                n += 1;
                body(n);
            }
            start.elapsed().as_nanos() as f64 / EACH as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:40} min {:6.1} ns   p50 {:6.1} ns", times[0], times[times.len() / 2]);
}

fn all_batches() {
    let config = TrackerConfig { limits: PositionLimits::NONE, ..TrackerConfig::default() };
    let mut tracker = PositionTracker::new(&config).unwrap();
    tracker.register(INSTRUMENT, fees(), 1).unwrap();
    batches("store/tracker alone", |n| {
        black_box(tracker.record_fill(&fill(n)).unwrap());
    });
    let path = scratch("batches");
    let mut any = store(&path, &StoreConfig::default());
    batches("store/fill", |n| {
        black_box(any.record_fill(&fill(n), n.rotate_left(32) | 1, n).unwrap());
    });
    let base = Update { instrument: Some(INSTRUMENT), ..Update::default() };
    batches("store/mark", |n| {
        let position = Some(PositionChange::Mark(fill(n).price));
        black_box(any.apply(&Update { position, ..base }).unwrap());
    });
    std::fs::remove_file(&path).unwrap();
    let config = StoreConfig { limits: PositionLimits::NONE, ..StoreConfig::default() };
    let mut increasing = Store::create(&path, &config).unwrap();
    increasing.register(INSTRUMENT, fees(), 1, FillIdOrder::Increasing).unwrap();
    batches("store/fill, ids that increase", |n| {
        black_box(increasing.record_fill(&fill(n), n, n).unwrap());
    });
    std::fs::remove_file(path).unwrap();
}

fn main() {
    if std::env::args().any(|argument| argument == "--batches") {
        return all_batches();
    }
    let mut criterion = Criterion::default().configure_from_args();
    fills(&mut criterion);
    others(&mut criterion);
    criterion.final_summary();
}
