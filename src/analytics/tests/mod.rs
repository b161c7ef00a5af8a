//! Each structure against a naive oracle, each formula against numbers worked out by hand, each refusal against its reason.

mod book;
mod fills;
mod flow;
mod kyle;
mod lifetimes;
mod markets;
mod performance;
mod regimes;
mod shares;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

fn random(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// 0..1.
fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Nearly normal: twelve uniforms less six.
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    (0..12).map(|_| uniform(random)).sum::<f64>() - 6.0
}

fn pick<T: Copy>(random: &mut Xoshiro256PlusPlus, from: &[T]) -> T {
    from[(random.next_u64() % from.len() as u64) as usize]
}

#[track_caller]
fn close(ours: f64, oracle: f64) {
    assert!((ours - oracle).abs() <= 1e-9 * oracle.abs().max(1.0), "{ours}, the oracle has {oracle}");
}
