//! The information share's properties; its numbers stand in `tests/analytics_golden.rs`.

use super::{close, normal, random};
use crate::analytics::{AnalyticsError, InformationShare, InformationShares};

/// Prices that follow an error-correction model.
fn simulate(seed: u64, adjustment: [f64; 2], mix: f64, steps: usize) -> Vec<[f64; 2]> {
    let mut random = random(seed);
    let mut price = [0.0_f64, 0.0];
    (0..steps)
        .map(|_| {
            let error = price[0] - price[1];
            let (first, second) = (normal(&mut random), normal(&mut random));
            price[0] += adjustment[0] * error + first;
            price[1] += adjustment[1] * error + mix * first + second;
            price
        })
        .collect()
}

fn estimate(prices: &[[f64; 2]], lags: u32, form: impl Fn(&[f64; 2]) -> [f64; 2]) -> InformationShares {
    let mut share = InformationShare::new(lags).unwrap();
    for pair in prices {
        let [first, second] = form(pair);
        share.update(first, second);
    }
    share.estimate().unwrap()
}

#[test]
fn shares_are_found_for_every_mixture_of_the_innovations() {
    for (seed, adjustment, mix) in
        [(1, [-0.1, 0.1], 0.0), (2, [-0.02, 0.2], 0.0), (3, [-0.1, 0.1], 0.8), (4, [-0.05, 0.1], -0.5)]
    {
        let shares = estimate(&simulate(seed, adjustment, mix, 60_000), 1, |pair| *pair);
        let psi = [adjustment[1], -adjustment[0]];
        let omega = [1.0, mix, 1.0 + mix * mix];
        let total =
            psi[0] * psi[0] * omega[0] + 2.0 * psi[0] * psi[1] * omega[1] + psi[1] * psi[1] * omega[2];
        // First in the order: [ψF]₁ = ψ₁√ω₁₁ + ψ₂ω₁₂/√ω₁₁.
        let first = (psi[0] + psi[1] * mix).powi(2) / total;
        let last = psi[0] * psi[0] * (omega[0] - mix * mix / omega[2]) / total;
        assert!((shares.lower[0] - first.min(last)).abs() < 0.05, "{shares:?}");
        assert!((shares.upper[0] - first.max(last)).abs() < 0.05, "{shares:?}");
        assert!((shares.component_share[0] - psi[0] / (psi[0] + psi[1])).abs() < 0.05);
        assert!((shares.adjustment[0] - adjustment[0]).abs() < 0.01);
        for (one, other) in [(0, 1), (1, 0)] {
            assert!(
                0.0 <= shares.lower[one]
                    && shares.lower[one] <= shares.upper[one]
                    && shares.upper[one] <= 1.0
            );
            close(shares.lower[one] + shares.upper[other], 1.0);
        }
        assert!(
            mix != 0.0 || shares.upper[0] - shares.lower[0] < 0.01,
            "independent innovations: one number"
        );
    }
}

#[test]
fn exchanging_the_markets_exchanges_the_shares_and_units_do_not_matter() {
    let prices = simulate(5, [-0.1, 0.05], 0.4, 5_000);
    let shares = estimate(&prices, 3, |pair| *pair);
    let swapped = estimate(&prices, 3, |pair| [pair[1], pair[0]]);
    let scaled = estimate(&prices, 3, |pair| pair.map(|price| 250.0 * price));
    // A basis between the markets, and prices far from zero.
    let shifted = estimate(&prices, 3, |pair| [pair[0] + 1e5, pair[1] + 1e5 - 700.0]);
    for (one, other) in [(0, 1), (1, 0)] {
        assert!((shares.lower[one] - swapped.lower[other]).abs() < 1e-9);
        assert!((shares.upper[one] - swapped.upper[other]).abs() < 1e-9);
        assert!((shares.share[one] - scaled.share[one]).abs() < 1e-9);
        assert!((shares.share[one] - shifted.share[one]).abs() < 1e-6);
    }
    assert!((shares.correlation - scaled.correlation).abs() < 1e-9);
}

#[test]
fn a_break_in_the_feed_joins_nothing() {
    let prices = simulate(6, [-0.1, 0.1], 0.2, 4_000);
    let mut whole = InformationShare::new(2).unwrap();
    for (at, pair) in prices.iter().enumerate() {
        if at == 2_000 {
            whole.update(f64::NAN, 1.0);
        }
        whole.update(pair[0], pair[1]);
    }
    // One row is lost to the change, two to the lags.
    assert_eq!(whole.observations(), 4_000 - 2 * 3);
    assert!(whole.estimate().is_ok());
}

#[test]
fn what_is_not_determined_is_refused() {
    let undetermined =
        |share: &InformationShare| matches!(share.estimate(), Err(AnalyticsError::Undetermined { .. }));
    let mut share = InformationShare::new(1).unwrap();
    assert!(undetermined(&share));
    for at in 0..500 {
        share.update(f64::from(at % 7), f64::from(at % 7)); // one price twice
    }
    assert!(undetermined(&share));
    let mut still = InformationShare::new(1).unwrap();
    (0..500).for_each(|_| still.update(5.0, 6.0));
    assert!(undetermined(&still));
    assert_eq!(InformationShare::new(0).unwrap_err(), AnalyticsError::NotPositive { parameter: "lags" });
    assert_eq!(
        InformationShare::new(17).unwrap_err(),
        AnalyticsError::TooLarge { parameter: "lags", limit: 16 }
    );
}
