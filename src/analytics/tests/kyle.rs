//! Kyle's λ against sums over every interval.

use rand_xoshiro::rand_core::RngCore;

use super::{close, pick, random};
use crate::analytics::{AnalyticsError, KyleRegression};
use crate::types::{Quantity, Side, Timestamp};

/// Least squares over a list of (volume, change): λ, its error, intercept, R².
fn regression(samples: &[(f64, f64)]) -> [f64; 4] {
    let n = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / n;
    let (mx, my) = (mean(|s| s.0), mean(|s| s.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>();
    let lambda = sum(&|s| (s.0 - mx) * (s.1 - my)) / sum(&|s| (s.0 - mx).powi(2));
    let intercept = my - lambda * mx;
    let rest = sum(&|s| (s.1 - intercept - lambda * s.0).powi(2));
    let error = (rest / (n - 2.0) / sum(&|s| (s.0 - mx).powi(2))).sqrt();
    [lambda, error, intercept, 1.0 - rest / sum(&|s| (s.1 - my).powi(2))]
}

#[test]
fn lambda_agrees_with_least_squares_over_every_interval() {
    let mut random = random(11);
    for length in [1, 10, 1_000] {
        let mut kyle = KyleRegression::new(length).unwrap();
        let (mut now, mut mid2, mut samples) = (5_u64, Some(2_000_i64), Vec::new());
        // The naive one: the interval of the last call, what was bought in it, and the mid at its start.
        let (mut interval, mut volume, mut start) = (None, 0.0, None);
        for _ in 0..5_000 {
            now += pick(&mut random, &[0, 0, 1, length / 2, length, 7 * length]);
            let here = now / length;
            if interval.is_some_and(|open| open < here) {
                for at in interval.unwrap()..here {
                    if let (Some(from), Some(to)) = (start, mid2) {
                        let change = if at == interval.unwrap() { (to - from) as f64 / 2.0 } else { 0.0 };
                        samples.push((volume, change));
                    }
                    (start, volume) = (mid2, 0.0);
                }
            }
            interval = Some(here);
            kyle.advance(Timestamp(now), mid2);
            match random.next_u32() % 200 {
                0 => mid2 = None,
                1 => {
                    kyle.interrupt();
                    (start, volume) = (None, 0.0);
                }
                2..=90 => {
                    let side = pick(&mut random, &[Side::Buy, Side::Sell, Side::Sell]);
                    let lots = 1 + u64::from(random.next_u32() % 50);
                    kyle.on_trade(side, Quantity(lots));
                    volume += side.sign() as f64 * lots as f64;
                    mid2 = Some(mid2.unwrap_or(2_000) + side.sign() * (random.next_u32() % 4) as i64);
                }
                _ => mid2 = Some(mid2.unwrap_or(2_000) + i64::from(random.next_u32() % 3) - 1),
            }
        }
        let ours = kyle.estimate().unwrap();
        assert_eq!(ours.intervals, samples.len() as u64);
        let [lambda, error, intercept, r_squared] = regression(&samples);
        assert!((ours.lambda - lambda).abs() < 1e-9 && (ours.standard_error - error).abs() < 1e-9);
        assert!((ours.intercept - intercept).abs() < 1e-9);
        close(ours.r_squared, r_squared);
    }
}

#[test]
fn what_has_not_varied_determines_nothing() {
    let undetermined = |kyle: &KyleRegression, observations| {
        assert_eq!(kyle.estimate(), Err(AnalyticsError::Undetermined { observations }));
    };
    let mut kyle = KyleRegression::new(10).unwrap();
    undetermined(&kyle, 0);
    for at in 0..9_u64 {
        kyle.advance(Timestamp(10 * at), Some(at as i64));
        kyle.on_trade(Side::Buy, Quantity(1_000_000_007));
    }
    undetermined(&kyle, 7);
    // An age without events is one step.
    kyle.advance(Timestamp(u64::MAX), Some(8));
    kyle.advance(Timestamp(u64::MAX), Some(8));
    let estimate = kyle.estimate().unwrap();
    assert!(estimate.intervals > u64::MAX / 11 && estimate.lambda.is_finite());
    let error = KyleRegression::new(0).unwrap_err();
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "kyle_interval_ns" });
    assert!(KyleRegression::new(86_400_000_000_001).is_err());
}
