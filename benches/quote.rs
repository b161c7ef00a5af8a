//! What a quote costs: the closed form, the table lookup, the features of one event, and the strategies on top.
//!
//! `cargo bench --bench quote` (pin it: `taskset -c 1 cargo bench --bench quote`). Inputs change with every call, so that
//! nothing is computed once and kept; each figure includes drawing the input from a small array.

#![allow(missing_docs, reason = "criterion_group! makes a public function without documentation")]

use criterion::{Criterion, criterion_group, criterion_main};
use market_maker::features::{FeatureConfig, Features, TopOfBook};
use market_maker::quote::{AsParams, GlftParams, GlftTable, avellaneda_stoikov, glft_asymptotic};
use market_maker::strategy::{
    FillDecay, Horizon, MarketView, Model, RiskAversion, StoikovConfig, StoikovStrategy, Strategy,
};
use market_maker::types::{Price, Quantity, SignedQuantity, Timestamp};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;

const INPUTS: usize = 1024;

fn views() -> Vec<MarketView> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    (0..INPUTS as u64)
        .map(|i| {
            let bid = 58_000 + (random.next_u32() % 100) as i64;
            let ask = bid + 1 + (random.next_u32() % 20) as i64;
            MarketView {
                timestamp: Timestamp(i * 30_000_000),
                top: TopOfBook::new(
                    Some((Price(bid), Quantity(1 + random.next_u64() % 500))),
                    Some((Price(ask), Quantity(1 + random.next_u64() % 500))),
                ),
                microprice: None,
                sigma: Some(0.5 + f64::from(random.next_u32() % 1000) * 0.002),
                observations: 1_000_000,
                spread: Some(2.0 + f64::from(random.next_u32() % 1000) * 0.01),
                position: SignedQuantity((random.next_u32() % 39) as i64 - 19),
                prediction: None,
            }
        })
        .collect()
}

fn formulas(criterion: &mut Criterion) {
    let views = views();
    let mut group = criterion.benchmark_group("quote");
    let mut next = 0;
    group.bench_function("f1_closed_form", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % INPUTS;
            let view = &views[next];
            let params = AsParams {
                gamma: 0.1,
                sigma: view.sigma.unwrap_or(1.0),
                k: 2.0 / view.spread.unwrap_or(1.0),
                tau: 1.0,
            };
            avellaneda_stoikov(black_box(&params), 58_000.0, view.position.0 as f64)
        });
    });
    let params = GlftParams::new(0.1, 2.5, 1.5, 140.0);
    group.bench_function("f3_asymptotic", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % INPUTS;
            let view = &views[next];
            let live = GlftParams { sigma: view.sigma.unwrap_or(1.0), ..params };
            glft_asymptotic(black_box(&live), view.position.0 as f64)
        });
    });
    let single = GlftTable::new(&params, 20, 1.0).expect("legal parameters");
    group.bench_function("f2_lookup", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % INPUTS;
            black_box(&single).offsets(views[next].position.0 as f64)
        });
    });
    let grid = GlftTable::over_volatility(&params, 20, 1.0, 64).expect("legal parameters");
    group.bench_function("f2_lookup_between_volatilities", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % INPUTS;
            let view = &views[next];
            black_box(&grid).offsets_at(view.position.0 as f64, view.sigma.unwrap_or(1.0))
        });
    });
    group.bench_function("f2_solve_20", |bencher| {
        bencher.iter(|| GlftTable::new(black_box(&params), 20, 1.0));
    });
    group.finish();
}

fn features(criterion: &mut Criterion) {
    let views = views();
    let mut features = Features::new(&FeatureConfig::default()).expect("legal settings");
    let mut next = 0u64;
    criterion.bench_function("features/on_top", |bencher| {
        bencher.iter(|| {
            next += 1;
            let view = &views[next as usize % INPUTS];
            features.on_top(Timestamp(next * 3_000_000), black_box(&view.top));
            features.sigma()
        });
    });
}

fn strategies(criterion: &mut Criterion) {
    let views = views();
    let mut group = criterion.benchmark_group("strategy");
    let models = [
        ("avellaneda_stoikov", Model::AvellanedaStoikov, FillDecay::FromSpread),
        ("glft_table", Model::GlftTable { max_sigma: 2.5, steps: 64 }, FillDecay::Fixed(1.5)),
        ("glft_asymptotic", Model::GlftAsymptotic, FillDecay::FromSpread),
    ];
    for (name, model, decay) in models {
        let config = StoikovConfig {
            model,
            decay,
            risk_aversion: RiskAversion::Fixed(0.1),
            intensity: 140.0,
            horizon: Horizon::Rolling(1.0),
            position_limit: Quantity(20),
            ..StoikovConfig::default()
        };
        let mut strategy = StoikovStrategy::new(&config).expect("legal settings");
        let mut next = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                next = (next + 1) % INPUTS;
                strategy.quotes(black_box(&views[next]))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, formulas, features, strategies);
criterion_main!(benches);
