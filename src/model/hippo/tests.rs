use super::*;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::HashMap;
use std::f64::consts::TAU;

/// The arrays of tests/golden/hippo.txt by name.
fn goldens() -> HashMap<&'static str, Vec<f64>> {
    let text = include_str!("../../../tests/golden/hippo.txt");
    let array = |line: &'static str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let shape: Vec<usize> = words.by_ref().take(2).map(|n| n.parse().unwrap()).collect();
        let values: Vec<f64> = words.map(|x| x.parse().unwrap()).collect();
        assert_eq!(values.len(), shape[0] * shape[1], "{name}");
        (name, values)
    };
    text.lines().map(array).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], relative: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= relative * scale, "{what}[{i}]: {f} is not {e}");
    }
}

fn measures() -> [(&'static str, Measure, usize); 4] {
    [
        ("legs", Measure::LegS, 6),
        ("legt", Measure::LegT { theta: 2.0 }, 6),
        ("lagt", Measure::LagT, 6),
        ("fourier", Measure::Fourier { theta: 2.0 }, 7),
    ]
}

/// −Ac + Bf, the right-hand side of the operator's equation.
fn slope(operator: &Operator, c: &[f64], f: f64) -> Vec<f64> {
    let n = operator.order();
    (0..n).map(|i| operator.b[i] * f - (0..n).map(|j| operator.a(i, j) * c[j]).sum::<f64>()).collect()
}

/// Random numbers in [−1, 1).
fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    move || (generator.next_u64() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// ∫₀¹ f by Gauss–Legendre with five points on each of 200 panels: exact to rounding for what is integrated here.
fn integral(f: impl Fn(f64) -> f64) -> f64 {
    const NODES: [(f64, f64); 3] = [
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    let panels = 200;
    let half = 0.5 / f64::from(panels);
    let mut sum = 0.0;
    for panel in 0..panels {
        let middle = (f64::from(panel) * 2.0 + 1.0) * half;
        for (i, (x, w)) in NODES.into_iter().enumerate() {
            sum += w * f(middle + half * x);
            if i > 0 {
                sum += w * f(middle - half * x);
            }
        }
    }
    sum * half
}

/// √(2n+1)·Pₙ(1 − 2x): Legendre on [0, 1] with 1 at the newest end x = 0.
fn legendre(n: usize, x: f64) -> f64 {
    let place = 1.0 - 2.0 * x;
    let (mut before, mut now) = (0.0, 1.0);
    for k in 0..n {
        let k = k as f64;
        (before, now) = (now, ((2.0 * k + 1.0) * place * now - k * before) / (k + 1.0));
    }
    now * ((2 * n + 1) as f64).sqrt()
}

#[test]
fn operators_and_their_steps_are_those_of_scipy() {
    let goldens = goldens();
    let rules = [
        ("bilinear", Rule::Bilinear),
        ("zero_order_hold", Rule::ZeroOrderHold),
        ("euler", Rule::Generalised { alpha: 0.0 }),
        ("backward", Rule::Generalised { alpha: 1.0 }),
        ("quarter", Rule::Generalised { alpha: 0.25 }),
    ];
    for (name, measure, order) in measures() {
        let operator = Operator::new(measure, order).unwrap();
        assert_close(operator.a_values(), &goldens[&*format!("{name}/a")], 1e-15, name);
        assert_close(operator.b_values(), &goldens[&*format!("{name}/b")], 1e-15, name);
        for (label, rule) in rules {
            let step = operator.discretise(0.125, rule).unwrap();
            assert_close(step.a_values(), &goldens[&*format!("{name}/{label}/a")], 1e-13, label);
            assert_close(step.b_values(), &goldens[&*format!("{name}/{label}/b")], 1e-13, label);
        }
    }
}

#[test]
fn the_matrix_exponential_is_scipys_for_small_and_large_norms() {
    let goldens = goldens();
    let legs = Operator::new(Measure::LegS, 6).unwrap();
    for (scale, name) in [(0.01, "expm/0.01"), (1.0, "expm/1.0"), (40.0, "expm/40.0")] {
        let found = super::dense::Square::zeros(6).plus(-scale, &legs.a).exponential().unwrap();
        assert_close(&found.values, &goldens[name], 1e-12, name);
    }
}

#[test]
fn legs_of_a_line_and_of_a_constant_is_exact() {
    for order in [2, 5, 16, 64] {
        let legs = Operator::new(Measure::LegS, order).unwrap();
        // f(t) = t has c = t·v with (A + I)v = B, v = (1/2, 1/(2√3), 0, …); f = 1 has c = (1, 0, …) with Ac = B.
        let mut v = vec![0.0; order];
        (v[0], v[1]) = (0.5, 0.5 / 3.0_f64.sqrt());
        assert_close(&slope(&legs, &v, 1.0), &v, 1e-13, "line");
        let mut constant = vec![0.0; order];
        constant[0] = 1.0;
        assert_close(&slope(&legs, &constant, 1.0), &vec![0.0; order], 1e-13, "constant");
    }
}

#[test]
fn the_diagonal_of_legs_is_n_plus_1() {
    // With 3n+1 on the diagonal, which some descriptions print, the line's equation misses by 1/√3 in row 1.
    let mut wrong = Operator::new(Measure::LegS, 2).unwrap();
    wrong.a.values[3] = 4.0;
    let v = [0.5, 0.5 / 3.0_f64.sqrt()];
    let residual = slope(&wrong, &v, 1.0)[1] - v[1];
    assert!((residual.abs() - 1.0 / 3.0_f64.sqrt()).abs() < 1e-12, "{residual}");
}

#[test]
fn legt_carries_the_exact_window_of_a_polynomial() {
    let (order, theta) = (6, 1.7);
    let operator = Operator::new(Measure::LegT { theta }, order).unwrap();
    for degree in 0..order as i32 {
        let exact = |t: f64| -> Vec<f64> {
            (0..order).map(|n| integral(|x| (t - theta * x).powi(degree) * legendre(n, x))).collect()
        };
        let (t, eps) = (0.9, 1e-5);
        let (before, after) = (exact(t - eps), exact(t + eps));
        let expected: Vec<f64> = before.iter().zip(&after).map(|(b, a)| (a - b) / (2.0 * eps)).collect();
        assert_close(&slope(&operator, &exact(t), t.powi(degree)), &expected, 2e-8, "LegT");
    }
}

#[test]
fn lagt_carries_the_exact_past_of_a_line() {
    // f(t) = t has c = (t − 1, 1, 0, …) under e^(−age), and ċ = (1, 0, …).
    let operator = Operator::new(Measure::LagT, 5).unwrap();
    for t in [-2.0, 0.0, 7.5] {
        let found = slope(&operator, &[t - 1.0, 1.0, 0.0, 0.0, 0.0], t);
        assert_close(&found, &[1.0, 0.0, 0.0, 0.0, 0.0], 1e-14, "LagT");
    }
}

#[test]
fn fourier_carries_the_exact_window_of_a_periodic_function() {
    let (order, theta) = (7, 2.5);
    let operator = Operator::new(Measure::Fourier { theta }, order).unwrap();
    let weights = [0.3, -1.0, 0.7, 0.2, 1.1, -0.4, 0.9];
    let wave = |t: f64, derivative: bool| -> (f64, Vec<f64>) {
        // f(t) = Σ w of the basis at age 0 seen from t; its coefficients turn with t at each frequency.
        let mut c = vec![if derivative { 0.0 } else { weights[0] }];
        let mut value = weights[0];
        for m in 1..=3 {
            let omega = TAU * f64::from(m) / theta;
            let (a, b) = (weights[2 * m as usize - 1], weights[2 * m as usize]);
            let (sine, cosine) = (omega * t).sin_cos();
            // a·cos ωs + b·sin ωs with s = t − θx, on √2·cos 2πmx and √2·sin 2πmx.
            let (p, q) = (a * cosine + b * sine, a * sine - b * cosine);
            let half = std::f64::consts::FRAC_1_SQRT_2;
            value += p;
            if derivative {
                c.extend([-omega * q * half, omega * p * half]);
            } else {
                c.extend([p * half, q * half]);
            }
        }
        (value, c)
    };
    for t in [0.0, 0.4, 3.1] {
        let (value, c) = wave(t, false);
        assert_close(&slope(&operator, &c, value), &wave(t, true).1, 1e-13, "Fourier");
    }
}

#[test]
fn the_step_in_o_n_is_the_dense_bilinear_step() {
    let mut next = random(11);
    for order in [1, 2, 3, 8, 16, 31] {
        let operator = Operator::new(Measure::LegS, order).unwrap();
        let legs = LegsStep::<f64>::new(order).unwrap();
        for step in [1e-4, 0.03, 1.0, 50.0] {
            let dense = operator.discretise(step, Rule::Bilinear).unwrap();
            let mut slow: Vec<f64> = (0..order).map(|_| next()).collect();
            let mut fast = slow.clone();
            for _ in 0..20 {
                let input = next();
                dense.advance(&mut slow, input).unwrap();
                legs.advance(&mut fast, input, step).unwrap();
            }
            assert_close(&fast, &slow, 1e-10, "O(N) step");
        }
    }
}

#[test]
fn channels_step_as_each_would_alone() {
    let (order, channels) = (7, 5);
    let legs = LegsStep::<f32>::new(order).unwrap();
    let mut next = random(5);
    let mut many = vec![0.0_f32; order * channels];
    let mut alone = vec![vec![0.0_f32; order]; channels];
    for _ in 0..30 {
        let inputs: Vec<f32> = (0..channels).map(|_| next() as f32).collect();
        let steps: Vec<f32> = (0..channels).map(|_| (next() as f32 + 1.0) * 0.4).collect();
        legs.advance_channels(&mut many, &inputs, &steps).unwrap();
        for (channel, state) in alone.iter_mut().enumerate() {
            legs.advance(state, inputs[channel], steps[channel]).unwrap();
            for (n, s) in state.iter().enumerate() {
                assert_eq!(s.to_bits(), many[n * channels + channel].to_bits());
            }
        }
    }
}

#[test]
fn the_memory_is_the_dense_recurrence_and_the_published_numbers() {
    let goldens = goldens();
    let mut memory = LegsMemory::<f64>::new(12).unwrap();
    for &sample in &goldens["memory/samples"] {
        memory.push(sample).unwrap();
    }
    assert_close(memory.coefficients(), &goldens["memory/coefficients"], 1e-12, "memory");
    for (k, first, second) in [(100, 0.502_488, 0.290_14), (10_000, 0.500_025, 0.288_69)] {
        let mut memory = LegsMemory::<f64>::new(8).unwrap();
        (1..=k).for_each(|j| memory.push(f64::from(j)).unwrap());
        assert!((memory.coefficients()[0] / f64::from(k) - first).abs() < 1e-6);
        assert!((memory.coefficients()[1] / f64::from(k) - second).abs() < 1e-5);
    }
}

/// Largest error of the memory's reconstruction of `f` over [0, 1] sampled `k` times, relative to f's size.
fn reconstruction_error<T: Real>(order: usize, k: u32, f: impl Fn(f64) -> f64) -> f64 {
    let mut memory = LegsMemory::<T>::new(order).unwrap();
    for j in 1..=k {
        memory.push(T::from_f64(f(f64::from(j) / f64::from(k)))).unwrap();
    }
    let places: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
    let times: Vec<T> = places.iter().map(|x| T::from_f64(x * f64::from(k))).collect();
    let mut out = vec![T::default(); times.len()];
    memory.reconstruct(&times, &mut out).unwrap();
    let size = places.iter().map(|&x| f(x).abs()).fold(0.0, f64::max);
    let error = |(x, out): (&f64, &T)| (f(*x) - (*out).into()).abs();
    places.iter().zip(&out).map(error).fold(0.0, f64::max) / size
}

#[test]
fn polynomials_below_the_order_come_back_but_for_the_discretisation() {
    let mut next = random(3);
    for order in [2, 4, 7] {
        let weights: Vec<f64> = (0..order).map(|_| next() + 2.0).collect();
        let f = |x: f64| weights.iter().rev().fold(0.0, |sum, w| sum * x + w);
        let errors = [500, 1000, 2000, 4000].map(|k| reconstruction_error::<f64>(order, k, f));
        for pair in errors.windows(2) {
            // Twice the samples, half the error.
            assert!((1.7..2.3).contains(&(pair[0] / pair[1])), "order {order}: {errors:?}");
        }
        assert!(errors[3] < 0.01, "order {order}: {errors:?}");
        assert!(reconstruction_error::<f32>(order, 2000, f) < 2.0 * errors[2] + 1e-4);
    }
}

#[test]
fn what_is_no_polynomial_comes_back_better_with_more_coefficients() {
    let f = |x: f64| (9.0 * x).sin();
    let errors = [4, 6, 8, 12].map(|order| reconstruction_error::<f64>(order, 20_000, f));
    assert!(errors.windows(2).all(|pair| pair[1] < 0.7 * pair[0]), "{errors:?}");
    assert!(errors[3] < 5e-3, "{errors:?}");
}

#[test]
fn euler_on_legs_explodes_where_bilinear_and_hold_stay() {
    let (order, step) = (16, 0.2);
    let legs = Operator::new(Measure::LegS, order).unwrap();
    let run = |rule| {
        let step = legs.discretise(step, rule).unwrap();
        let mut state = vec![0.0; order];
        for k in 0..2000 {
            if step.advance(&mut state, f64::from(k % 7)).is_err() {
                break;
            }
        }
        state.iter().fold(0.0_f64, |m, x| if x.is_nan() { f64::INFINITY } else { m.max(x.abs()) })
    };
    assert!(run(Rule::Generalised { alpha: 0.0 }) > 1e100);
    for rule in [Rule::Bilinear, Rule::ZeroOrderHold, Rule::Generalised { alpha: 1.0 }] {
        assert!(run(rule) < 20.0);
    }
    for step in [1e-3, 1.0, 1e3, 1e6] {
        let legs = LegsStep::<f32>::new(order).unwrap();
        let mut state = vec![0.0_f32; order];
        for k in 0..2000 {
            legs.advance(&mut state, (k % 7) as f32, step).unwrap();
        }
        assert!(state.iter().all(|x| x.abs() < 50.0), "{step}: {state:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    assert_eq!(Operator::new(Measure::LegS, 0), Err(HippoError::Order { order: 0 }));
    assert!(matches!(Operator::new(Measure::LegT { theta: 0.0 }, 4), Err(HippoError::Parameter { .. })));
    assert!(matches!(
        Operator::new(Measure::Fourier { theta: f64::NAN }, 4),
        Err(HippoError::Parameter { parameter: "theta", .. })
    ));
    let operator = Operator::new(Measure::LegS, 4).unwrap();
    for step in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(operator.discretise(step, Rule::Bilinear), Err(HippoError::Parameter { .. })));
    }
    assert!(operator.discretise(0.1, Rule::Generalised { alpha: 1.5 }).is_err());

    let mut memory = LegsMemory::<f32>::new(4).unwrap();
    assert!(matches!(memory.reconstruct(&[0.0], &mut [0.0]), Err(HippoError::Time { .. })));
    memory.push(1.5).unwrap();
    let before = memory.clone();
    assert!(memory.push(f32::NAN).is_err());
    assert_eq!((memory.count(), memory.coefficients()), (before.count(), before.coefficients()));
    let mut out = [7.0, 7.0];
    assert!(memory.reconstruct(&[0.5, 1.5], &mut out).is_err());
    assert!(memory.reconstruct(&[0.5], &mut out).is_err());
    assert_eq!(out, [7.0, 7.0]);

    let legs = LegsStep::<f32>::new(3).unwrap();
    let mut state = [1.0, 2.0, 3.0];
    assert!(legs.advance(&mut state, f32::INFINITY, 0.1).is_err());
    assert!(legs.advance(&mut state, 1.0, -0.1).is_err());
    assert!(legs.advance(&mut state[..2], 1.0, 0.1).is_err());
    assert!(legs.advance_channels(&mut state, &[1.0], &[0.1, 0.1]).is_err());
    assert_eq!(state, [1.0, 2.0, 3.0]);
}
