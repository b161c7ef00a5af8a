//! Regimes against the definition: all paths of the hidden state, all beginnings of a trend.

use rand_xoshiro::rand_core::RngCore;

use super::{close, normal, pick, random};
use crate::analytics::{AnalyticsError, Cusum, CusumConfig, GaussianRegimes, RegimeConfig, Trend};

/// Sums the density over every path that the hidden state can have taken.
fn over_all_paths(config: &RegimeConfig<'_>, returns: &[f64]) -> (Vec<f64>, f64) {
    let states = config.means.len();
    let mut by_last = vec![0.0; states];
    for path in 0..states.pow(returns.len() as u32 + 1) {
        let mut rest = path;
        let mut before = rest % states;
        let mut density = 1.0 / states as f64;
        for value in returns {
            rest /= states;
            let state = rest % states;
            let z = (value - config.means[state]) / config.deviations[state];
            density *= config.transitions[before * states + state] * (-0.5 * z * z).exp()
                / (config.deviations[state] * (2.0 * std::f64::consts::PI).sqrt());
            before = state;
        }
        by_last[before] += density;
    }
    let total: f64 = by_last.iter().sum();
    (by_last.iter().map(|density| density / total).collect(), total.ln())
}

#[test]
fn the_filter_weighs_every_path() {
    let mut random = random(1);
    let configs = [
        RegimeConfig { means: &[0.0, 0.0], deviations: &[1.0, 3.0], transitions: &[0.9, 0.1, 0.2, 0.8] },
        RegimeConfig {
            means: &[-1.0, 0.0, 1.0],
            deviations: &[1.0, 0.5, 1.0],
            transitions: &[0.8, 0.2, 0.0, 0.1, 0.8, 0.1, 0.0, 0.3, 0.7],
        },
        RegimeConfig { means: &[0.5], deviations: &[2.0], transitions: &[1.0] },
    ];
    for config in configs {
        let mut regimes = GaussianRegimes::new(&config).unwrap();
        let mut returns = Vec::new();
        for _ in 0..8 {
            let value = 2.0 * normal(&mut random);
            regimes.update(value);
            regimes.update(f64::NAN);
            returns.push(value);
            let (probabilities, likelihood) = over_all_paths(&config, &returns);
            for (ours, oracle) in regimes.probabilities().iter().zip(&probabilities) {
                close(*ours, *oracle);
            }
            close(regimes.log_likelihood(), likelihood);
            let likeliest = probabilities.iter().copied().fold(0.0, f64::max);
            close(regimes.probabilities()[regimes.state()], likeliest);
        }
        assert_eq!(regimes.observations(), 8);
    }
}

#[test]
fn the_filter_finds_the_state_of_a_simulated_market_and_survives_outliers() {
    let mut random = random(2);
    let config =
        RegimeConfig { means: &[0.0, 0.0], deviations: &[1.0, 3.0], transitions: &[0.99, 0.01, 0.02, 0.98] };
    let mut regimes = GaussianRegimes::new(&config).unwrap();
    let (mut state, mut right) = (0, 0);
    for _ in 0..20_000 {
        let leaves = [100, 50][state];
        if random.next_u32().is_multiple_of(leaves) {
            state = 1 - state;
        }
        regimes.update(normal(&mut random) * [1.0, 3.0][state]);
        right += u32::from(regimes.state() == state);
    }
    assert!(right > 18_000, "{right} of 20000");
    // One return of a billion deviations, and the filter still works.
    regimes.update(3e9);
    assert_eq!(regimes.state(), 1);
    (0..60).for_each(|_| regimes.update(0.1));
    assert_eq!(regimes.state(), 0);
    assert!((regimes.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn cusum_is_the_largest_sum_over_all_beginnings() {
    let mut random = random(3);
    let config = CusumConfig { allowance: 0.25, threshold: 4.0, patience: 6 };
    let mut cusum = Cusum::new(&config).unwrap();
    // Returns since the last alarm, and when and how it was.
    let mut since: Vec<f64> = Vec::new();
    let mut alarm: Option<(usize, Trend)> = None;
    let mut alarms = 0;
    for step in 0..3_000 {
        let drift = pick(&mut random, &[0.0, 0.0, 0.4, -0.4]);
        let value = normal(&mut random) + drift;
        let trend = cusum.update(value);
        assert_eq!(cusum.update(f64::NAN), trend);
        since.push(value);
        let largest = |sign: f64| {
            let sums = (0..since.len())
                .map(|from| since[from..].iter().map(|value| sign * value - 0.25).sum::<f64>());
            sums.fold(0.0, f64::max)
        };
        let (up, down) = (largest(1.0), largest(-1.0));
        if up > 4.0 || down > 4.0 {
            alarm = Some((step, if up > down { Trend::Up } else { Trend::Down }));
            alarms += 1;
            since.clear();
        } else {
            close(cusum.sums().0, up);
            close(cusum.sums().1, down);
        }
        let expected = alarm.filter(|(at, _)| step - at < 6).map_or(Trend::Flat, |(_, trend)| trend);
        assert_eq!((trend, cusum.trend()), (expected, expected));
    }
    assert!(alarms > 20);
    assert_eq!(cusum.alarms(), alarms);
}

#[test]
fn bad_parameters_are_refused_by_name() {
    fn refuse(means: &[f64], deviations: &[f64], transitions: &[f64]) -> AnalyticsError {
        GaussianRegimes::new(&RegimeConfig { means, deviations, transitions }).unwrap_err()
    }
    let chain = &[0.5, 0.5, 0.5, 0.5];
    assert_eq!(refuse(&[], &[], &[]), AnalyticsError::NotPositive { parameter: "means" });
    assert_eq!(refuse(&[0.0; 9], &[1.0; 9], &[]), AnalyticsError::TooLarge { parameter: "means", limit: 8 });
    assert_eq!(
        refuse(&[0.0, 0.0], &[1.0], chain),
        AnalyticsError::Length { parameter: "deviations", found: 1, expected: 2 }
    );
    assert_eq!(
        refuse(&[0.0, 0.0], &[1.0, 1.0], &[1.0]),
        AnalyticsError::Length { parameter: "transitions", found: 1, expected: 4 }
    );
    let error = refuse(&[0.0, f64::NAN], &[1.0, 1.0], chain);
    assert_eq!(error, AnalyticsError::NotFinite { parameter: "means" });
    let error = refuse(&[0.0, 0.0], &[1.0, 0.0], chain);
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "deviations" });
    for chain in [[0.5, 0.6, 0.5, 0.5], [1.5, -0.5, 0.5, 0.5], [f64::NAN, 1.0, 0.5, 0.5]] {
        let error = refuse(&[0.0, 0.0], &[1.0, 1.0], &chain);
        assert_eq!(error, AnalyticsError::NotAProbability { parameter: "transitions" });
    }
    let cusum = |allowance, threshold, patience| Cusum::new(&CusumConfig { allowance, threshold, patience });
    assert!(cusum(0.0, 1.0, 1).is_ok());
    assert_eq!(cusum(-1.0, 1.0, 1).unwrap_err(), AnalyticsError::NotPositive { parameter: "allowance" });
    assert_eq!(cusum(0.5, 0.0, 1).unwrap_err(), AnalyticsError::NotPositive { parameter: "threshold" });
    assert_eq!(cusum(0.5, 1.0, 0).unwrap_err(), AnalyticsError::NotPositive { parameter: "patience" });
}
