//! Allocation and release of a 64-byte object: our pools beside the global allocator and the `slab` crate, on the same
//! two patterns. *Pair* writes the object in place, looks at it and frees it at once; *churn* keeps 1024 objects alive and replaces them in a shuffled order.

use std::hint::black_box;

use criterion::Criterion;
use market_maker::mem::pool::{Pool, RawPool, RawPoolConfig};
use market_maker::mem::thread_local_pool::{SharedPool, SharedRawPool};

type Object = [u64; 8];

const LIVE: usize = 1024;
const RAW: RawPoolConfig = RawPoolConfig { block_size: 64, alignment: 64, capacity: 2048 };

fn object(n: u64) -> Object {
    [n; 8]
}

/// Which object to replace next: a full cycle through all of them in a scattered order.
fn next(at: usize) -> usize {
    (at * 805 + 1) % LIVE
}

fn pair(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pool/pair");
    let mut pool = Pool::new(2048);
    group.bench_function("Pool", |b| {
        b.iter(|| {
            let key = black_box(pool.insert(object(1)).unwrap_or_else(|_| unreachable!()));
            black_box(pool.get(key));
            pool.remove(key).is_some()
        });
    });
    let mut raw = RawPool::new(&RAW).unwrap();
    group.bench_function("RawPool", |b| {
        b.iter(|| {
            let block = raw.alloc().unwrap();
            raw.free(black_box(block))
        });
    });
    let shared = SharedPool::new(2048, 64).unwrap();
    let mut local = shared.local();
    group.bench_function("ThreadLocalPool", |b| {
        b.iter(|| {
            let object = black_box(local.insert(object(1)).unwrap_or_else(|_| unreachable!()));
            black_box(&*object);
            local.take(object)[0]
        });
    });
    let mut local_raw = SharedRawPool::new(&RAW, 64).unwrap().local();
    group.bench_function("ThreadLocalRawPool", |b| {
        b.iter(|| {
            let block = local_raw.alloc().unwrap();
            local_raw.free(black_box(block))
        });
    });
    let mut slab = slab::Slab::with_capacity(2048);
    group.bench_function("slab", |b| {
        b.iter(|| {
            let key = black_box(slab.insert(object(1)));
            black_box(slab.get(key));
            slab.try_remove(key).is_some()
        });
    });
    group.bench_function("Box", |b| b.iter(|| drop(black_box(Box::new(object(1))))));
    group.finish();
}

fn churn(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pool/churn");
    let mut pool = Pool::new(2048);
    let mut keys: Vec<_> = (0..LIVE as u64).map(|n| pool.insert(object(n)).unwrap()).collect();
    let mut at = 0;
    group.bench_function("Pool", |b| {
        b.iter(|| {
            at = next(at);
            black_box(pool.remove(keys[at]));
            keys[at] = pool.insert(black_box(object(1))).unwrap_or_else(|_| unreachable!());
        });
    });
    let mut raw = RawPool::new(&RAW).unwrap();
    let mut blocks: Vec<_> = (0..LIVE).map(|_| raw.alloc().unwrap()).collect();
    group.bench_function("RawPool", |b| {
        b.iter(|| {
            at = next(at);
            raw.free(blocks[at]).unwrap();
            blocks[at] = raw.alloc().unwrap();
        });
    });
    let mut slab = slab::Slab::with_capacity(2048);
    let mut keys: Vec<_> = (0..LIVE as u64).map(|n| slab.insert(object(n))).collect();
    group.bench_function("slab", |b| {
        b.iter(|| {
            at = next(at);
            black_box(slab.remove(keys[at]));
            keys[at] = slab.insert(black_box(object(1)));
        });
    });
    let mut boxes: Vec<_> = (0..LIVE as u64).map(|n| Some(Box::new(object(n)))).collect();
    group.bench_function("Box", |b| {
        b.iter(|| {
            at = next(at);
            // A free and an allocation, as for the others; writing through the old box would be neither.
            drop(boxes[at].take());
            boxes[at] = Some(Box::new(black_box(object(1))));
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    pair(&mut criterion);
    churn(&mut criterion);
    criterion.final_summary();
}
