//! The LSTM at its default sizes: a window, a pushed row and a forecast, in each precision.
//!
//! `cargo bench --bench lstm` (pin it: `taskset -c 1 cargo bench --bench lstm`); inputs rotate, and the first outputs are
//! printed. `make bench-inference` times it beside its peers.

#![allow(missing_docs, reason = "criterion_group! makes a public function without documentation")]

#[path = "../tests/common/lstm.rs"]
mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
use market_maker::model::precision::Precision;

const WINDOWS: usize = 64;

fn lstm(criterion: &mut Criterion) {
    for precision in Precision::ALL {
        let config = LstmConfig { precision, ..LstmConfig::default() };
        let model = Lstm::from_weights(&config, &common::file(&config, "bench ", 1.0)).unwrap();
        let mut state = LstmState::new(&model).unwrap();
        let windows: Vec<Vec<f32>> =
            (0..WINDOWS).map(|i| common::window(&config, &format!("bench.{i}"))).collect();
        let mut out = [0.0; 3];
        model.predict(&mut state, &windows[0], &mut out).unwrap();
        println!("{precision} on {:?}: first output {out:?}", model.simd());
        let mut group = criterion.benchmark_group(format!("lstm/{precision}"));
        let mut next = 0;
        group.bench_function("window", |bencher| {
            bencher.iter(|| {
                next = (next + 1) % WINDOWS;
                model.predict(&mut state, &windows[next], &mut out).unwrap();
                out
            });
        });
        let rows: Vec<&[f32]> = windows.iter().flat_map(|window| window.chunks_exact(5)).collect();
        let mut next = 0;
        group.bench_function("push", |bencher| {
            bencher.iter(|| {
                next = (next + 1) % rows.len();
                model.push(&mut state, rows[next]).unwrap()
            });
        });
        for row in &rows[..config.steps] {
            model.push(&mut state, row).unwrap();
        }
        group.bench_function("forecast", |bencher| {
            bencher.iter(|| {
                model.forecast(&mut state, &mut out).unwrap();
                out
            });
        });
        group.finish();
    }
}

criterion_group!(benches, lstm);
criterion_main!(benches);
