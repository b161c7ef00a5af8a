//! Golden and property tests of the quoting formulas.

use super::*;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const FIRST: GlftParams = GlftParams::new(0.01, 0.3, 0.3, 0.9);
const SECOND: GlftParams = GlftParams::new(0.1, 2.0, 1.5, 140.0);

#[track_caller]
fn close(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected} within {tolerance}");
}

#[track_caller]
fn close_sides(actual: Offsets, bid: Option<f64>, ask: Option<f64>, tolerance: f64) {
    for (actual, expected) in [(actual.bid, bid), (actual.ask, ask)] {
        match (actual, expected) {
            (Some(actual), Some(expected)) => close(actual, expected, tolerance),
            (actual, expected) => assert_eq!(actual, expected),
        }
    }
}

fn uniform(random: &mut Xoshiro256PlusPlus, low: f64, high: f64) -> f64 {
    low + (high - low) * ((random.next_u64() >> 11) as f64 / (1u64 << 53) as f64)
}

fn log_uniform(random: &mut Xoshiro256PlusPlus, low: f64, high: f64) -> f64 {
    uniform(random, low.ln(), high.ln()).exp()
}

/// ln v of `v̇ = −diagonal·v + beside·(neighbours)` from v = 1, by classical Runge–Kutta on the whole lattice: shares
/// nothing with the library's solver, neither the method nor the symmetry.
fn runge_kutta(diagonal: &[f64], beside: f64, tau: f64) -> Vec<f64> {
    let rate = |v: &[f64]| -> Vec<f64> {
        let at =
            |i: usize, by: isize| i.checked_add_signed(by).and_then(|j| v.get(j)).copied().unwrap_or(0.0);
        (0..v.len()).map(|i| beside * (at(i, -1) + at(i, 1)) - diagonal[i] * v[i]).collect()
    };
    let stiffest = diagonal.iter().fold(0.0_f64, |most, &d| most.max(d)) + 2.0 * beside;
    let steps = (tau * stiffest * 64.0).ceil().max(1.0);
    let h = tau / steps;
    let mut v = vec![1.0; diagonal.len()];
    let mut taken_out = 0.0;
    let ahead =
        |v: &[f64], k: &[f64], by: f64| -> Vec<f64> { v.iter().zip(k).map(|(v, k)| v + by * k).collect() };
    for _ in 0..steps as u64 {
        let k1 = rate(&v);
        let k2 = rate(&ahead(&v, &k1, 0.5 * h));
        let k3 = rate(&ahead(&v, &k2, 0.5 * h));
        let k4 = rate(&ahead(&v, &k3, h));
        for i in 0..v.len() {
            v[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
        let largest = v.iter().fold(0.0_f64, |most, &value| most.max(value));
        taken_out += largest.ln();
        v.iter_mut().for_each(|value| *value /= largest);
    }
    v.iter().map(|value| value.ln() + taken_out).collect()
}

#[test]
fn f1_matches_its_golden_numbers_and_no_wrong_form() {
    let params = AsParams { gamma: 0.1, sigma: 2.0, k: 1.5, tau: 1.0 };
    let quotes = avellaneda_stoikov(&params, 100.0, 3.0).unwrap();
    close(quotes.bid, 97.954615, 5e-7);
    close(quotes.ask, 99.645385, 5e-7);
    close(quotes.spread, 1.690770, 5e-7);
    close(quotes.reservation, 98.8, 1e-12);
    // The risk term dropped, counted twice; the total spread used as the half.
    for (bid, ask, spread) in [
        (98.154615, 99.445385, 1.290770),
        (97.754615, 99.845385, 2.090770),
        (97.109230, 100.490770, 3.381541),
    ] {
        assert!((quotes.bid - bid).abs() > 0.1 && (quotes.ask - ask).abs() > 0.1);
        assert!((quotes.spread - spread).abs() > 0.1);
    }
    // Where F1 must not be used: the ask crosses the mid by 1.85 at ten lots of the first row of F2.
    let far =
        avellaneda_stoikov(&AsParams { gamma: 0.01, sigma: 0.3, k: 0.3, tau: 600.0 }, 0.0, 10.0).unwrap();
    close(far.ask, -1.85, 5e-3);
}

#[test]
fn f1_without_risk_aversion_quotes_two_over_k_and_is_continuous_there() {
    for k in [1e-3, 0.3, 1.5, 40.0] {
        let at = |gamma| {
            let params = AsParams { gamma, sigma: 2.0, k, tau: 1.0 };
            avellaneda_stoikov(&params, 100.0, 3.0).unwrap()
        };
        assert_eq!((at(0.0).spread, at(0.0).reservation), (2.0 / k, 100.0));
        for gamma in [1e-300, 1e-30, 1e-16, 1e-12, 1e-9] {
            // To first order 2/k + γσ²τ − γ/k²; the next term is ⅔γ²/k³.
            let first_order = 2.0 / k + gamma * (4.0 - 1.0 / (k * k));
            close(at(gamma).spread, first_order, 4e-15 / k + gamma * gamma / (k * k * k));
        }
    }
    // A fill decay without bound leaves the risk term alone.
    let eager = AsParams { gamma: 0.1, sigma: 2.0, k: 1e300, tau: 1.0 };
    close(avellaneda_stoikov(&eager, 0.0, 0.0).unwrap().spread, 0.4, 1e-15);
}

#[test]
fn the_half_spread_is_its_logarithm_to_the_last_bits_on_both_sides_of_the_series() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    for round in 0..200_000 {
        let k = log_uniform(&mut random, 1e-3, 1e3);
        let x = if round % 2 == 0 {
            uniform(&mut random, 0.0, 0.04)
        } else {
            log_uniform(&mut random, 1e-18, 1e6)
        };
        let gamma = x * k;
        let exact = gamma / k;
        let expected = exact.ln_1p() / exact / k;
        let actual = intensity_half_spread(gamma, k);
        assert!(
            (actual - expected).abs() <= 8e-16 * expected,
            "γ {gamma:e}, k {k:e}: {actual:e}, not {expected:e}"
        );
    }
    assert_eq!(intensity_half_spread(0.0, 4.0), 0.25);
    assert_eq!(log1p_ratio(f64::from_bits(1)), 1.0);
}

#[test]
fn f1_satisfies_its_own_definition_everywhere() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    for _ in 0..10_000 {
        let params = AsParams {
            gamma: log_uniform(&mut random, 1e-6, 10.0),
            sigma: log_uniform(&mut random, 1e-2, 1e2),
            k: log_uniform(&mut random, 1e-2, 1e2),
            tau: log_uniform(&mut random, 1e-3, 1e3),
        };
        let (mid, q) = (uniform(&mut random, -1e4, 1e4), uniform(&mut random, -50.0, 50.0));
        let quotes = avellaneda_stoikov(&params, mid, q).unwrap();
        let risk = params.gamma * params.sigma.powi(2) * params.tau;
        let spread = risk + 2.0 / params.gamma * (params.gamma / params.k).ln_1p();
        close(quotes.spread, spread, 1e-12 * spread);
        close(quotes.reservation, mid - q * risk, 1e-12 * (mid.abs() + q.abs() * risk));
        close(quotes.ask - quotes.reservation, 0.5 * spread, 1e-9 * (spread + mid.abs() + q.abs() * risk));
        close(quotes.reservation - quotes.bid, 0.5 * spread, 1e-9 * (spread + mid.abs() + q.abs() * risk));
    }
}

#[test]
fn f2_matches_the_formula_sheet() {
    let table = GlftTable::new(&FIRST, 30, 600.0).unwrap();
    for (q, bid, ask) in [(0.0, 3.313045, 3.313045), (5.0, 3.653479, 2.972522), (10.0, 3.992933, 2.632802)] {
        close_sides(table.offsets(q), Some(bid), Some(ask), 5.1e-7);
    }
    for (tau, q, bid, ask) in [(1.0, 1.0, 0.724070, 0.619143), (0.1, 1.0, 0.695868, 0.628556)] {
        close_sides(GlftTable::new(&SECOND, 20, tau).unwrap().offsets(q), Some(bid), Some(ask), 5e-7);
    }
    let short = GlftTable::new(&SECOND, 20, 0.005).unwrap();
    close_sides(short.offsets(0.0), Some(0.646385), Some(0.646385), 5e-7);
}

/// From `tests/golden/f2.py`.
#[test]
fn f2_matches_the_matrix_exponential_in_150_digits() {
    type Row = (i32, Option<f64>, Option<f64>);
    let cases: [(GlftParams, u32, f64, &[Row]); 7] = [
        (
            GlftParams::new(0.01, 0.3, 0.3, 0.9),
            30,
            600.0,
            &[
                (0, Some(3.3130454098439337), Some(3.3130454098439337)),
                (5, Some(3.6534794428653488), Some(2.97252177279011)),
                (10, Some(3.992932562054646), Some(2.6328019930164452)),
                (20, Some(4.665541984505163), Some(1.959199631344855)),
                (29, Some(6.130908413818155), Some(1.1337911252078952)),
                (30, None, Some(0.42705615078001946)),
            ],
        ),
        (
            GlftParams::new(0.1, 2.0, 1.5, 140.0),
            20,
            1.0,
            &[
                (0, Some(0.6716276014107538), Some(0.6716276014107538)),
                (1, Some(0.7240702260240682), Some(0.6191428213406696)),
                (10, Some(1.181419875605607), Some(0.1580731253117446)),
                (19, Some(1.6224308258369784), Some(-0.25581129898032173)),
                (20, None, Some(-0.331660403085555)),
            ],
        ),
        (
            GlftParams::new(0.1, 2.0, 1.5, 140.0),
            20,
            0.1,
            &[
                (0, Some(0.6622141605271856), Some(0.6622141605271856)),
                (1, Some(0.6958682213703965), Some(0.6285562622242378)),
                (10, Some(0.9973315623517893), Some(0.3267219200057269)),
                (19, Some(1.395303156206753), Some(0.007912597750248662)),
                (20, None, Some(-0.10453273345532954)),
            ],
        ),
        (
            GlftParams::new(0.1, 2.0, 1.5, 140.0),
            20,
            0.005,
            &[
                (0, Some(0.646384713729265), Some(0.646384713729265)),
                (1, Some(0.648383718433689), Some(0.6443857090221584)),
                (10, Some(0.6663747597676343), Some(0.6263946674227194)),
                (19, Some(0.8118739444340326), Some(0.595147238301072)),
                (20, None, Some(0.47889647831739085)),
            ],
        ),
        (
            GlftParams::new(0.5, 3.0, 0.4, 0.5),
            20,
            20.0,
            &[
                (0, Some(6.81019682210102), Some(6.81019682210102)),
                (1, Some(10.225272611813228), Some(-3.5664759572357045)),
                (10, Some(18.73065633894934), Some(-15.010524053764453)),
                (19, Some(21.71937691638324), Some(-18.219211164938795)),
                (20, None, Some(-18.475656051517923)),
            ],
        ),
        (
            GlftParams::new(0.0001, 0.8, 0.6, 0.2).with_order_size(100.0).with_xi(0.0),
            12,
            120.0,
            &[
                (0, Some(1.8044052105013426), Some(1.8044052105013426)),
                (1, Some(2.0788957449387704), Some(1.5289281228319909)),
                (6, Some(3.3776851902450877), Some(0.20128967566039946)),
                (11, Some(4.525450694836498), Some(-0.9416298062123281)),
                (12, None, Some(-1.1921173615031646)),
            ],
        ),
        (
            GlftParams::new(0.0, 1.0, 0.5, 2.0),
            5,
            10.0,
            &[
                (0, Some(2.0655430468625724), Some(2.0655430468625724)),
                (1, Some(2.2080107340141213), Some(1.9344569531374274)),
                (4, Some(3.3067780639523265), Some(1.3208251102198254)),
                (5, None, Some(0.6932219360476737)),
            ],
        ),
    ];
    for (params, limit, tau, rows) in cases {
        let table = GlftTable::new(&params, limit, tau).unwrap();
        for &(n, bid, ask) in rows {
            let offsets = table.offsets(f64::from(n) * params.order_size);
            close_sides(offsets, bid, ask, 1e-12 * (1.0 + 1.0 / params.k));
        }
    }
}

#[test]
fn f2_matches_runge_kutta_for_random_parameters() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    for _ in 0..40 {
        let limit = 1 + (random.next_u32() % 12);
        let params = GlftParams::new(
            log_uniform(&mut random, 1e-3, 1.0),
            log_uniform(&mut random, 0.1, 3.0),
            log_uniform(&mut random, 0.2, 3.0),
            log_uniform(&mut random, 0.1, 20.0),
        )
        .with_order_size([0.5, 1.0, 3.0, 4.0][(random.next_u32() % 4) as usize])
        .with_xi(log_uniform(&mut random, 1e-4, 1.0));
        let tau = log_uniform(&mut random, 1e-3, 10.0);
        let (size, k) = (params.order_size, params.k);
        let x = params.xi * size / k;
        let eta = params.intensity * (1.0 + x).powf(-(1.0 + 1.0 / x));
        let base = x.ln_1p() / (params.xi * size);
        let n = limit as i32;
        let diagonal: Vec<f64> = (-n..=n)
            .map(|i| 0.5 * k * params.gamma * params.sigma.powi(2) * size * f64::from(i * i))
            .collect();
        let log_v = runge_kutta(&diagonal, eta, tau);
        let table = GlftTable::new(&params, limit, tau).unwrap();
        for q in -n..=n {
            let at = |m: i32| log_v.get((m + n) as usize).copied();
            let expected = |m: i32| (m.abs() <= n).then(|| (at(q).unwrap() - at(m).unwrap()) / k + base);
            close_sides(
                table.offsets(f64::from(q) * size),
                expected(q + 1),
                expected(q - 1),
                1e-8 * (1.0 + 1.0 / k),
            );
        }
    }
}

#[test]
fn f2_satisfies_its_differential_equation() {
    for (params, limit, horizon, steps) in [(FIRST, 30, 600.0, 6000), (SECOND, 20, 1.0, 4000)] {
        let table = GlftTable::over_horizon(&params, limit, horizon, steps).unwrap();
        let h = horizon / f64::from(steps);
        let alpha = 0.5 * params.k * params.gamma * params.sigma.powi(2);
        let eta = params.intensity * (1.0 + params.gamma / params.k).powf(-(1.0 + params.k / params.gamma));
        let base = (params.gamma / params.k).ln_1p() / params.gamma;
        let n = limit as i32;
        // ln(v_q/v_{q+1}) out of the bid's distance.
        let step = |q: i32, tau: f64| (table.offsets_at(f64::from(q), tau).bid.unwrap() - base) * params.k;
        // v̇_q/v_q; a neighbour outside the lattice is zero.
        let growth = |q: i32, tau: f64| {
            let down = if q > -n { step(q - 1, tau).exp() } else { 0.0 };
            let up = if q < n { (-step(q, tau)).exp() } else { 0.0 };
            eta * (down + up) - alpha * f64::from(q * q)
        };
        for row in [steps / 100, steps / 10, steps / 3, steps - 1] {
            let tau = f64::from(row) * h;
            for q in -n..n {
                let slope = (step(q, tau + h) - step(q, tau - h)) / (2.0 * h);
                let expected = growth(q, tau) - growth(q + 1, tau);
                let scale = alpha * f64::from(2 * n + 1) + eta;
                close(slope, expected, 1e-4 * scale);
            }
        }
    }
}

#[test]
fn f2_is_symmetric_monotone_and_closed_at_the_limits() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    for _ in 0..60 {
        let params = GlftParams::new(
            log_uniform(&mut random, 1e-4, 1.0),
            log_uniform(&mut random, 0.1, 3.0),
            log_uniform(&mut random, 0.1, 3.0),
            log_uniform(&mut random, 0.1, 100.0),
        );
        let limit = 1 + random.next_u32() % 24;
        let table = GlftTable::new(&params, limit, log_uniform(&mut random, 1e-2, 1e3)).unwrap();
        let n = limit as i32;
        for q in -n..=n {
            let (here, mirrored) = (table.offsets(f64::from(q)), table.offsets(f64::from(-q)));
            assert_eq!((here.bid, here.ask), (mirrored.ask, mirrored.bid), "the same bits on both sides");
            assert_eq!((here.bid.is_none(), here.ask.is_none()), (q == n, q == -n));
            if let (Some(bid), Some(next)) = (here.bid, table.offsets(f64::from(q + 1)).bid)
                && q < n
            {
                assert!(next >= bid - 1e-12, "a longer maker bids no closer: {q}");
            }
        }
    }
}

#[test]
fn f2_without_time_left_is_the_myopic_quote_and_the_solution_starts_there() {
    let base = intensity_half_spread(SECOND.gamma, SECOND.k);
    let now = GlftTable::new(&SECOND, 20, 0.0).unwrap();
    close_sides(now.offsets(7.0), Some(base), Some(base), 1e-15);
    let grid = GlftTable::over_horizon(&SECOND, 20, 1.0, 10).unwrap();
    assert_eq!(grid.offsets_at(7.0, 0.0), now.offsets(7.0));
}

#[test]
fn f2_expands_to_f1_at_a_short_horizon_near_zero_inventory() {
    // F2 − F1 is of third order in τ: halving τ leaves about an eighth.
    let difference = |tau: f64, q: f64| {
        let exact = GlftTable::new(&SECOND, 20, tau).unwrap().offsets(q);
        let params = AsParams { gamma: SECOND.gamma, sigma: SECOND.sigma, k: SECOND.k, tau };
        let expansion = avellaneda_stoikov(&params, 0.0, q).unwrap();
        (exact.bid.unwrap() + expansion.bid).abs() + (exact.ask.unwrap() - expansion.ask).abs()
    };
    for q in [0.0, 1.0, 3.0] {
        let (coarse, fine) = (difference(2e-3, q), difference(1e-3, q));
        assert!(fine < 1e-6 && coarse / fine > 6.0, "{q}: {coarse} {fine}");
    }
}

#[test]
fn f2_tends_to_f3_far_from_the_end_as_trading_gets_frequent() {
    let mut before = f64::INFINITY;
    for intensity in [0.9, 9.0, 90.0, 900.0] {
        let params = GlftParams { intensity, ..FIRST };
        let table = GlftTable::new(&params, 240, 1e5).unwrap();
        let limit = GlftAsymptotic::new(&params).unwrap();
        let worst = [0.0, 1.0, 5.0, -5.0]
            .map(|q| (table.offsets(q).bid.unwrap() - limit.offsets(q).bid.unwrap()).abs() / limit.skew())
            .into_iter()
            .fold(0.0, f64::max);
        assert!(worst < before, "{intensity}: {worst} after {before}");
        before = worst;
    }
    assert!(before < 1e-2, "{before}");
    // The horizon itself: from ten minutes on nothing moves any more in the first row.
    let (far, farther) = (GlftTable::new(&FIRST, 30, 6e4).unwrap(), GlftTable::new(&FIRST, 30, 6e7).unwrap());
    for q in -29..=29 {
        let q = f64::from(q);
        close_sides(far.offsets(q), farther.offsets(q).bid, farther.offsets(q).ask, 1e-11);
    }
}

#[test]
fn f2_is_f4_when_executions_carry_no_risk() {
    // F4 with φ = γσ²/2 and no terminal penalty: −φκq² on the diagonal, λ/e beside it, 1/κ + h(q) − h(q ± 1).
    let (phi, kappa, lambda, n, tau) = (0.02, 0.8, 1.7, 6_i32, 5.0);
    let diagonal: Vec<f64> = (-n..=n).map(|q| phi * kappa * f64::from(q * q)).collect();
    let log_omega = runge_kutta(&diagonal, lambda / std::f64::consts::E, tau);
    let distance =
        |q: i32, to: i32| 1.0 / kappa + (log_omega[(q + n) as usize] - log_omega[(to + n) as usize]) / kappa;
    let against = |params: GlftParams, tolerance: f64| {
        let table = GlftTable::new(&params, n as u32, tau).unwrap();
        for q in 1 - n..n {
            let (bid, ask) = (distance(q, q + 1), distance(q, q - 1));
            close_sides(table.offsets(f64::from(q)), Some(bid), Some(ask), tolerance);
        }
    };
    for gamma in [1e-2, 1e-4, 1e-6_f64] {
        let sigma = (2.0 * phi / gamma).sqrt();
        against(GlftParams::new(gamma, sigma, kappa, lambda), 4.0 * gamma + 1e-9);
    }
    against(GlftParams::new(0.1, (2.0 * phi / 0.1_f64).sqrt(), kappa, lambda).with_xi(0.0), 1e-9);
}

#[test]
fn f3_matches_its_golden_numbers() {
    close_sides(glft_asymptotic(&FIRST, 0.0).unwrap(), Some(3.312915), Some(3.312915), 5e-7);
    close_sides(glft_asymptotic(&FIRST, 5.0).unwrap(), Some(3.652244), Some(2.973586), 5e-7);
}

#[test]
fn f3_is_equation_4_6_of_gueant_with_order_size_and_xi() {
    let (gamma, sigma, k, a) = (0.01_f64, 0.3_f64, 0.3_f64, 0.9_f64);
    for (size, xi) in [(1.0, gamma), (3.0, gamma), (50.0, 0.002), (0.1, 2.0)] {
        let params = GlftParams::new(gamma, sigma, k, a).with_order_size(size).with_xi(xi);
        let x = xi * size / k;
        let c = (gamma * sigma * sigma / (2.0 * k * a * size) * (1.0 + x).powf(1.0 + 1.0 / x)).sqrt();
        let base = (1.0 + x).ln() / (xi * size);
        for q in [-12.0, 0.0, 7.0] {
            let (bid, ask) = (base + (2.0 * q + size) / 2.0 * c, base - (2.0 * q - size) / 2.0 * c);
            close_sides(
                glft_asymptotic(&params, q).unwrap(),
                Some(bid),
                Some(ask),
                1e-12 * (bid.abs() + ask.abs()),
            );
        }
    }
    // ξ → 0: the power is e, the base 1/k.
    let neutral = GlftParams::new(gamma, sigma, k, a).with_xi(0.0);
    let c = (gamma * sigma * sigma / (2.0 * k * a) * std::f64::consts::E).sqrt();
    close_sides(
        glft_asymptotic(&neutral, 2.0).unwrap(),
        Some(1.0 / k + 2.5 * c),
        Some(1.0 / k - 1.5 * c),
        1e-14,
    );
    let nearly = glft_asymptotic(&neutral.with_xi(1e-13), 2.0).unwrap();
    close_sides(nearly, Some(1.0 / k + 2.5 * c), Some(1.0 / k - 1.5 * c), 1e-11);
    // γ = 0: inventory does not matter.
    close_sides(
        glft_asymptotic(&GlftParams::new(0.0, sigma, k, a), 1e6).unwrap(),
        Some(1.0 / k),
        Some(1.0 / k),
        1e-15,
    );
}

#[test]
fn the_order_size_only_rescales_the_unit_of_inventory() {
    let (size, lots) = (25.0, GlftParams::new(4e-4, 0.8, 0.5, 1.3));
    let table = GlftTable::new(&lots.with_order_size(size), 10, 60.0).unwrap();
    let orders = GlftTable::new(&GlftParams::new(4e-4 * size, 0.8, 0.5, 1.3), 10, 60.0).unwrap();
    for n in -10..=10 {
        let (a, b) = (table.offsets(f64::from(n) * size), orders.offsets(f64::from(n)));
        close_sides(a, b.bid, b.ask, 1e-12);
    }
}

#[test]
fn grids_hold_the_single_tables_and_interpolate_between_them() {
    let horizons = GlftTable::over_horizon(&SECOND, 20, 1.0, 20).unwrap();
    let volatilities = GlftTable::over_volatility(&SECOND, 20, 1.0, 8).unwrap();
    assert_eq!((horizons.rows(), volatilities.rows(), horizons.inventory_limit()), (21, 9, 20));
    for q in [-20.0, -19.0, -3.0, 0.0, 1.0, 20.0] {
        for tau in [0.05, 0.5, 1.0] {
            let single = GlftTable::new(&SECOND, 20, tau).unwrap().offsets(q);
            close_sides(horizons.offsets_at(q, tau), single.bid, single.ask, 1e-10);
        }
        for sigma in [0.0, 0.25, 1.0, 2.0] {
            let single = GlftTable::new(&GlftParams { sigma, ..SECOND }, 20, 1.0).unwrap().offsets(q);
            close_sides(volatilities.offsets_at(q, sigma), single.bid, single.ask, 1e-12);
        }
    }
    assert_eq!(horizons.offsets(4.0), horizons.offsets_at(4.0, 1e9));
    assert_eq!(horizons.offsets_at(4.0, -3.0), horizons.offsets_at(4.0, 0.0));
    let middle = |table: &GlftTable, a: f64, b: f64| {
        let (low, high) = (table.offsets_at(4.0, a).bid.unwrap(), table.offsets_at(4.0, b).bid.unwrap());
        close(table.offsets_at(4.0, 0.5 * (a + b)).bid.unwrap(), 0.5 * (low + high), 1e-12);
    };
    middle(&horizons, 0.50, 0.55);
    middle(&volatilities, 0.75, 1.0);
}

#[test]
fn inventory_between_lattice_points_interpolates_and_never_invents_a_side() {
    let table = GlftTable::new(&FIRST, 30, 600.0).unwrap();
    let (a, b) = (table.offsets(4.0), table.offsets(5.0));
    let between = table.offsets(4.25);
    close(between.bid.unwrap(), 0.75 * a.bid.unwrap() + 0.25 * b.bid.unwrap(), 1e-12);
    close(between.ask.unwrap(), 0.75 * a.ask.unwrap() + 0.25 * b.ask.unwrap(), 1e-12);
    // Part of an order below the limit: the bid is the last one that the lattice has.
    assert_eq!(table.offsets(29.5).bid, table.offsets(29.0).bid);
    assert_eq!(table.offsets(-29.5).ask, table.offsets(-29.0).ask);
    assert!(table.offsets(29.5).ask < table.offsets(29.0).ask);
    for beyond in [30.0, 31.0, 1e300, f64::INFINITY] {
        assert_eq!(table.offsets(beyond), table.offsets(30.0));
        assert_eq!(table.offsets(-beyond), table.offsets(-30.0));
    }
    assert_eq!(table.offsets(f64::NAN), Offsets::NONE);
    assert_eq!(table.offsets_at(0.0, f64::NAN), Offsets::NONE);
    assert_eq!(GlftAsymptotic::new(&FIRST).unwrap().offsets(f64::NAN), Offsets::NONE);
    let least = GlftTable::new(&FIRST, 1, 600.0).unwrap();
    assert!(least.offsets(1.0).bid.is_none() && least.offsets(1.0).ask.is_some());
    assert!(least.offsets(0.0).bid.is_some() && least.offsets(0.0).ask.is_some());
}

#[test]
fn every_bad_parameter_is_refused_by_name() {
    use QuoteError::{Negative, NotFinite, NotPositive};
    let good = AsParams { gamma: 0.1, sigma: 2.0, k: 1.5, tau: 1.0 };
    type Set<T> = fn(&mut T, f64);
    let fields: [(&'static str, bool, Set<AsParams>); 4] = [
        ("gamma", false, |p, v| p.gamma = v),
        ("sigma", false, |p, v| p.sigma = v),
        ("k", true, |p, v| p.k = v),
        ("tau", false, |p, v| p.tau = v),
    ];
    for (parameter, must_be_positive, set) in fields {
        let with = |value| {
            let mut params = good;
            set(&mut params, value);
            avellaneda_stoikov(&params, 100.0, 0.0)
        };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(with(value), Err(NotFinite { parameter }));
        }
        let refused = if must_be_positive { NotPositive { parameter } } else { Negative { parameter } };
        assert_eq!(with(-1.0), Err(refused));
        assert_eq!(with(0.0).is_err(), must_be_positive);
    }
    assert_eq!(avellaneda_stoikov(&good, f64::NAN, 0.0), Err(NotFinite { parameter: "mid" }));
    assert_eq!(avellaneda_stoikov(&good, 0.0, f64::NAN), Err(NotFinite { parameter: "inventory" }));
    assert_eq!(glft_asymptotic(&FIRST, f64::NAN), Err(NotFinite { parameter: "inventory" }));

    let fields: [(&'static str, bool, Set<GlftParams>); 6] = [
        ("gamma", false, |p, v| p.gamma = v),
        ("xi", false, |p, v| p.xi = v),
        ("sigma", false, |p, v| p.sigma = v),
        ("k", true, |p, v| p.k = v),
        ("intensity", true, |p, v| p.intensity = v),
        ("order_size", true, |p, v| p.order_size = v),
    ];
    for (parameter, must_be_positive, set) in fields {
        let with = |value| {
            let mut params = FIRST;
            set(&mut params, value);
            let asymptotic = GlftAsymptotic::new(&params).map(|_| ());
            assert_eq!(GlftTable::new(&params, 3, 1.0).map(|_| ()), asymptotic);
            assert_eq!(GlftTable::over_horizon(&params, 3, 1.0, 2).map(|_| ()), asymptotic);
            asymptotic
        };
        for value in [f64::NAN, f64::INFINITY] {
            assert_eq!(with(value), Err(NotFinite { parameter }));
        }
        let refused = if must_be_positive { NotPositive { parameter } } else { Negative { parameter } };
        assert_eq!(with(-1.0), Err(refused));
        assert_eq!(with(0.0).is_err(), must_be_positive, "{parameter}");
    }
    assert_eq!(GlftTable::new(&FIRST, 3, -1.0).unwrap_err(), Negative { parameter: "tau" });
    assert_eq!(GlftTable::new(&FIRST, 3, f64::NAN).unwrap_err(), NotFinite { parameter: "tau" });
    assert_eq!(GlftTable::new(&FIRST, 0, 1.0).unwrap_err(), NotPositive { parameter: "inventory_limit" });
    assert_eq!(GlftTable::over_horizon(&FIRST, 3, 0.0, 5).unwrap_err(), NotPositive { parameter: "horizon" });
    assert_eq!(GlftTable::over_horizon(&FIRST, 3, 1.0, 0).unwrap_err(), NotPositive { parameter: "steps" });
    assert_eq!(
        GlftTable::over_volatility(&FIRST, 3, 1.0, 0).unwrap_err(),
        NotPositive { parameter: "steps" }
    );
    let still = GlftParams { sigma: 0.0, ..FIRST };
    assert_eq!(
        GlftTable::over_volatility(&still, 3, 1.0, 5).unwrap_err(),
        NotPositive { parameter: "sigma" }
    );
}

#[test]
fn a_problem_beyond_double_precision_or_memory_is_refused_not_answered() {
    use QuoteError::{OutOfRange, TableTooLarge};
    assert_eq!(
        GlftTable::new(&FIRST, MAX_INVENTORY_STEPS + 1, 1.0).unwrap_err(),
        TableTooLarge { parameter: "inventory_limit", requested: 513, limit: 512 }
    );
    assert!(matches!(
        GlftTable::over_horizon(&FIRST, 30, 1.0, u32::MAX).unwrap_err(),
        TableTooLarge { parameter: "steps", .. }
    ));
    // e^-3000 toward the limit: no double holds the tail.
    let steep = GlftParams::new(1.0, 30.0, 1.0, 0.1);
    assert_eq!(GlftTable::new(&steep, 200, 100.0).unwrap_err(), OutOfRange { parameter: "inventory_limit" });
    assert_eq!(GlftTable::new(&FIRST, 30, 1e30).unwrap_err(), OutOfRange { parameter: "tau" });
    let huge = AsParams { gamma: 1e200, sigma: 1e200, k: 1.0, tau: 1.0 };
    assert_eq!(avellaneda_stoikov(&huge, 0.0, 0.0), Err(OutOfRange { parameter: "sigma" }));
    assert_eq!(
        GlftAsymptotic::new(&GlftParams::new(1e200, 1e200, 1.0, 1.0)),
        Err(OutOfRange { parameter: "sigma" })
    );
}
