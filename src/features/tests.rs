//! Property tests of the features against direct sums over the whole history.

use super::*;
use crate::types::Price;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const SECOND: u64 = 1_000_000_000;

#[track_caller]
fn close(actual: f64, expected: f64, relative: f64) {
    assert!((actual - expected).abs() <= relative * expected.abs(), "{actual} is not {expected}");
}

fn top(bid: i64, bid_quantity: u64, ask: i64, ask_quantity: u64) -> TopOfBook {
    TopOfBook::new(Some((Price(bid), Quantity(bid_quantity))), Some((Price(ask), Quantity(ask_quantity))))
}

/// Irregular times: bursts of nanoseconds and pauses of minutes.
fn next_time(random: &mut Xoshiro256PlusPlus, now: u64) -> u64 {
    let magnitude = random.next_u32() % 37;
    now + (random.next_u64() & ((1 << magnitude) - 1))
}

#[test]
fn forgetting_is_a_power_of_two_at_every_scale() {
    let decay = Decay::new(10.0).unwrap();
    assert_eq!(decay.forgotten(0), 0.0);
    for half_lives in [1u64, 2, 5] {
        close(decay.forgotten(half_lives * 10 * SECOND), 1.0 - 0.5_f64.powi(half_lives as i32), 1e-14);
    }
    for nanoseconds in (0..60).map(|i| 1u64 << i) {
        let x = nanoseconds as f64 * 1e-10 * std::f64::consts::LN_2;
        close(decay.forgotten(nanoseconds), -(-x).exp_m1(), 1e-14);
    }
    // Where the series serves, and on both sides of the change from it to the function.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let anywhere = (0..100_000).map(|_| 0.13 * (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64);
    for x in anywhere.chain([0.124_999_999, 0.125_000_001, 0.2]) {
        let nanoseconds = (x / std::f64::consts::LN_2 * 1e10) as u64;
        let x = nanoseconds as f64 * (1e-9 / decay.memory());
        close(decay.forgotten(nanoseconds), -(-x).exp_m1(), 5e-16);
    }
}

#[test]
fn volatility_is_the_decayed_sum_of_squares_over_the_decayed_time() {
    for seed in 0..20 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let half_life = [0.5, 30.0, 600.0][(seed % 3) as usize];
        let mut volatility = EwmaVolatility::new(half_life).unwrap();
        let mut history: Vec<(u64, i64)> = vec![(0, 2000)];
        volatility.update(Timestamp(0), 2000);
        for _ in 0..400 {
            let &(now, mid2) = history.last().unwrap();
            let moved = mid2 + (random.next_u32() % 5) as i64 - 2;
            history.push((next_time(&mut random, now), moved));
            let &(now, mid2) = history.last().unwrap();
            volatility.update(Timestamp(now), mid2);
            let age = |time: u64| (now - time) as f64 * 1e-9 / half_life;
            let squares: f64 = history
                .windows(2)
                .map(|pair| (0.5 * (pair[1].1 - pair[0].1) as f64).powi(2) * (-age(pair[1].0)).exp2())
                .sum();
            // ∫ 2^(−age/half-life) over the whole history.
            let elapsed = half_life / std::f64::consts::LN_2 * -(-age(0) * std::f64::consts::LN_2).exp_m1();
            // What a pause of many half-lives leaves is below the last bit of what was there.
            if elapsed > 0.0 && squares > 1e-6 {
                close(volatility.variance().unwrap(), squares / elapsed, 1e-9);
                close(volatility.sigma().unwrap(), (squares / elapsed).sqrt(), 1e-9);
            }
        }
        let changes = history.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        assert_eq!(volatility.observations(), changes as u64);
    }
}

#[test]
fn volatility_does_not_depend_on_how_many_events_report_the_same_mid() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let (mut sparse, mut dense) = (EwmaVolatility::new(20.0).unwrap(), EwmaVolatility::new(20.0).unwrap());
    let (mut now, mut mid2) = (0u64, 0i64);
    sparse.update(Timestamp(now), mid2);
    for _ in 0..5000 {
        let later = next_time(&mut random, now);
        for part in 1..8 {
            dense.update(Timestamp(now + (later - now) / 8 * part), mid2);
        }
        now = later;
        mid2 += (random.next_u32() % 3) as i64 - 1;
        sparse.update(Timestamp(now), mid2);
        dense.update(Timestamp(now), mid2);
    }
    close(dense.sigma().unwrap(), sparse.sigma().unwrap(), 1e-9);
    assert_eq!(dense.observations(), sparse.observations());
}

#[test]
fn volatility_of_a_random_walk_is_recovered_at_irregular_times() {
    // ±1 tick at Poisson times of 5 per second: σ² = 5 ticks²/s.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut volatility = EwmaVolatility::new(2000.0).unwrap();
    let (mut now, mut mid2) = (0.0_f64, 0i64);
    for _ in 0..100_000 {
        let uniform = ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        now -= uniform.ln() / 5.0;
        mid2 += if random.next_u32() & 1 == 0 { 2 } else { -2 };
        volatility.update(Timestamp((now * 1e9) as u64), mid2);
    }
    close(volatility.sigma().unwrap(), 5.0_f64.sqrt(), 0.03);
}

#[test]
fn an_interruption_counts_neither_its_time_nor_its_move() {
    let mut volatility = EwmaVolatility::new(1e4).unwrap();
    let mut reference = volatility;
    for second in 0..200u64 {
        volatility.update(Timestamp(second * SECOND), (second % 2) as i64 * 2);
        reference.update(Timestamp(second * SECOND), (second % 2) as i64 * 2);
    }
    volatility.interrupt();
    volatility.update(Timestamp(5000 * SECOND), 1_000_000);
    assert_eq!(volatility.sigma(), reference.sigma());
    assert_eq!(volatility.observations(), reference.observations());
}

#[test]
fn nothing_is_said_before_anything_is_known() {
    let mut volatility = EwmaVolatility::new(1.0).unwrap();
    assert_eq!((volatility.sigma(), volatility.observations()), (None, 0));
    volatility.update(Timestamp(5), 10);
    volatility.update(Timestamp(5), 12);
    assert_eq!((volatility.sigma(), volatility.observations()), (None, 1), "no time has passed");
    let features = Features::new(&FeatureConfig::default()).unwrap();
    assert_eq!((features.sigma(), features.spread(), features.observations()), (None, None, 0));
    assert_eq!((features.order_flow_imbalance(), features.trade_flow()), (0.0, 0.0));
}

#[test]
fn time_that_runs_backward_stands_still() {
    let mut features = Features::new(&FeatureConfig::default()).unwrap();
    features.on_top(Timestamp(10 * SECOND), &top(100, 1, 102, 1));
    features.on_top(Timestamp(20 * SECOND), &top(101, 1, 103, 1));
    let before = features.sigma().unwrap();
    features.on_top(Timestamp(3), &top(101, 1, 103, 1));
    features.on_trade(Timestamp(20 * SECOND), Side::Buy, Quantity(4));
    features.on_trade(Timestamp(0), Side::Buy, Quantity(4));
    assert_eq!(features.sigma(), Some(before));
    close(features.trade_flow(), 8.0 / Decay::new(5.0).unwrap().memory(), 1e-14);
    // And after it the clock goes on from where it stood.
    features.on_top(Timestamp(20 * SECOND), &top(101, 1, 103, 1));
    assert_eq!(features.sigma(), Some(before));
}

#[test]
fn a_mid_that_stands_long_enough_has_no_volatility_left() {
    let mut volatility = EwmaVolatility::new(1.0).unwrap();
    volatility.update(Timestamp(0), 100);
    volatility.update(Timestamp(SECOND), 104);
    let mut before = volatility.variance().unwrap();
    for second in 2..2000 {
        volatility.update(Timestamp(second * SECOND), 104);
        let now = volatility.variance().unwrap();
        assert!(now < before || now == 0.0, "{second}");
        assert!(now == 0.0 || now > 1e-220, "no arithmetic among the smallest doubles");
        before = now;
    }
    assert_eq!(before, 0.0);
}

#[test]
fn the_average_spread_weighs_by_time_and_recency() {
    for seed in 0..10 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut average = TimeAverage::new(15.0).unwrap();
        assert_eq!(average.value(), None);
        let mut history: Vec<(u64, f64)> = vec![(0, 3.0)];
        average.update(Timestamp(0), 3.0);
        assert_eq!(average.value(), Some(3.0), "the current value, before any time has passed");
        for _ in 0..300 {
            let now = next_time(&mut random, history.last().unwrap().0);
            history.push((now, f64::from(1 + random.next_u32() % 9)));
            average.update(Timestamp(now), history.last().unwrap().1);
            let recency = |time: u64| (-((now - time) as f64) * 1e-9 / 15.0).exp2();
            // The weight of an interval is the integral of 2^(−age/half-life) over it.
            let parts = history.windows(2).map(|pair| (recency(pair[1].0) - recency(pair[0].0), pair[0].1));
            let (sum, weight) = parts.fold((0.0, 0.0), |(s, w), (part, value)| (s + part * value, w + part));
            if weight > 1e-6 {
                close(average.value().unwrap(), sum / weight, 1e-8);
            }
        }
    }
}

#[test]
fn a_value_that_is_not_finite_interrupts_the_average() {
    let mut average = TimeAverage::new(1e6).unwrap();
    average.update(Timestamp(0), 2.0);
    average.update(Timestamp(SECOND), 2.0);
    average.update(Timestamp(SECOND), f64::NAN);
    average.update(Timestamp(100 * SECOND), 4.0);
    average.update(Timestamp(101 * SECOND), 4.0);
    close(average.value().unwrap(), 3.0, 1e-4);
}

#[test]
fn order_flow_follows_the_four_cases_of_each_side() {
    // (bid, quantity, ask, quantity) before and after; the contribution by hand from the definition.
    let cases = [
        ((100, 7, 105, 5), (100, 9, 105, 5), 2.0),
        ((100, 7, 105, 5), (101, 3, 105, 5), 3.0),
        ((100, 7, 105, 5), (99, 20, 105, 5), -7.0),
        ((100, 7, 105, 5), (100, 7, 105, 8), -3.0),
        ((100, 7, 105, 5), (100, 7, 104, 6), -6.0),
        ((100, 7, 105, 5), (100, 7, 106, 50), 5.0),
        ((100, 7, 105, 5), (101, 4, 106, 2), 9.0),
        ((100, 7, 105, 5), (100, 7, 105, 5), 0.0),
    ];
    for (before, after, expected) in cases {
        let mut flow = OrderFlowImbalance::new(1.0).unwrap();
        let (a, b) = (before, after);
        assert_eq!(flow.update(Timestamp(0), &top(a.0, a.1, a.2, a.3)), None);
        assert_eq!(
            flow.update(Timestamp(0), &top(b.0, b.1, b.2, b.3)),
            Some(expected),
            "{before:?} {after:?}"
        );
        assert_eq!(flow.value(), expected);
        // One half-life later half of it is left.
        flow.update(Timestamp(SECOND), &top(b.0, b.1, b.2, b.3));
        close(flow.value(), 0.5 * expected, 1e-12);
    }
}

#[test]
fn order_flow_mirrors_when_the_sides_do() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let (mut flow, mut mirror) =
        (OrderFlowImbalance::new(3.0).unwrap(), OrderFlowImbalance::new(3.0).unwrap());
    let mut now = 0;
    for _ in 0..10_000 {
        now = next_time(&mut random, now).min(now + SECOND);
        let (bid, ask) = (-1 - (random.next_u32() % 4) as i64, 1 + (random.next_u32() % 4) as i64);
        let (b, a) = (random.next_u64() % 100, random.next_u64() % 100);
        let left = flow.update(Timestamp(now), &top(bid, b, ask, a));
        let right = mirror.update(Timestamp(now), &top(-ask, a, -bid, b));
        assert_eq!(left, right.map(|value| -value));
        assert_eq!(flow.value(), -mirror.value());
    }
}

#[test]
fn order_flow_breaks_at_a_missing_side() {
    let mut flow = OrderFlowImbalance::new(1.0).unwrap();
    flow.update(Timestamp(0), &top(100, 7, 105, 5));
    let one_sided = TopOfBook::new(Some((Price(100), Quantity(7))), None);
    assert_eq!(flow.update(Timestamp(0), &one_sided), None);
    assert_eq!(flow.update(Timestamp(0), &top(100, 90, 105, 5)), None);
    assert_eq!(flow.value(), 0.0);
    let most = i64::MAX as u64;
    assert_eq!(flow.update(Timestamp(0), &top(101, most, 106, most)), Some(most as f64 + 5.0));
}

#[test]
fn trade_flow_is_the_decayed_signed_volume_per_second() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut flow = TradeFlow::new(8.0).unwrap();
    let mut history = Vec::new();
    let mut now = 0;
    for _ in 0..500 {
        now = next_time(&mut random, now);
        let (side, lots) = (Side::BOTH[(random.next_u32() % 2) as usize], random.next_u64() % 50);
        flow.update(Timestamp(now), side, Quantity(lots));
        history.push((now, side.sign() as f64 * lots as f64));
        let decayed = |at: u64| -> f64 {
            let each = history.iter().map(|&(t, q)| q * (-((at - t) as f64) * 1e-9 / 8.0).exp2());
            each.sum::<f64>() * std::f64::consts::LN_2 / 8.0
        };
        assert!((flow.value() - decayed(now)).abs() < 1e-9);
        assert!((flow.value_at(Timestamp(now + 3 * SECOND)) - decayed(now + 3 * SECOND)).abs() < 1e-9);
    }
}

#[test]
fn the_weighted_mid_lies_inside_the_spread_toward_the_lighter_side() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
    for _ in 0..10_000 {
        let bid = (random.next_u32() % 2000) as i64 - 1000;
        let spread = 1 + (random.next_u32() % 20) as i64;
        let (b, a) = (random.next_u64() % 1000, random.next_u64() % 1000);
        let top = top(bid, b, bid + spread, a);
        let Some(weighted) = top.weighted_mid() else {
            assert_eq!((b, a), (0, 0));
            continue;
        };
        let (b, a) = (b as f64, a as f64);
        let expected = (bid as f64 * a + (bid + spread) as f64 * b) / (a + b);
        assert!((weighted - expected).abs() < 1e-9);
        assert!(weighted >= bid as f64 - 1e-9 && weighted <= (bid + spread) as f64 + 1e-9);
        assert_eq!(top.imbalance(), Some((b - a) / (b + a)));
    }
}

#[test]
fn a_top_without_a_side_has_no_prices_between() {
    let one = TopOfBook::new(None, Some((Price(5), Quantity(2))));
    assert_eq!((one.mid(), one.spread(), one.weighted_mid(), one.sound()), (None, None, None, None));
    assert_eq!(one.imbalance(), Some(-1.0));
    assert_eq!(TopOfBook::default().imbalance(), None);
    assert_eq!(top(5, 1, 5, 1).sound(), None, "locked");
    assert_eq!(top(6, 1, 5, 1).sound(), None, "crossed");
    assert_eq!(top(-6, 1, -5, 1).mid2(), Some(-11));
}

#[test]
fn depth_imbalance_counts_the_first_levels_only() {
    let lots = |quantities: &[u64]| quantities.iter().copied().map(Quantity).collect::<Vec<_>>();
    let (bids, asks) = (lots(&[3, 1, 100]), lots(&[1, 3, 0]));
    let at = |levels| depth_imbalance(bids.iter().copied(), asks.iter().copied(), levels);
    assert_eq!((at(0), at(1), at(2)), (None, Some(0.5), Some(0.0)));
    assert_eq!(at(3), Some(100.0 / 108.0));
    assert_eq!(at(50), at(3));
    let most = [Quantity(u64::MAX); 8];
    assert_eq!(depth_imbalance(most, most, 8), Some(0.0), "no overflow");
}

#[test]
fn an_unsound_top_interrupts_every_feature() {
    let mut features = Features::new(&FeatureConfig::default()).unwrap();
    for second in 0..50u64 {
        let bid = 100 + (second % 2) as i64;
        features.on_top(Timestamp(second * SECOND), &top(bid, 5, bid + 2, 5));
    }
    let before = features;
    for unsound in [top(200, 1, 200, 1), top(300, 1, 200, 1), TopOfBook::default()] {
        let mut after = before;
        after.on_top(Timestamp(51 * SECOND), &unsound);
        after.on_top(Timestamp(900 * SECOND), &top(900, 5, 950, 5));
        assert_eq!(after.sigma(), before.sigma());
        assert_eq!(after.spread(), before.spread());
        assert_eq!(after.observations(), before.observations());
    }
}

#[test]
fn a_bad_half_life_is_refused_by_name() {
    let good = FeatureConfig::default();
    let bad = |half_life| {
        [
            (FeatureConfig { volatility_half_life: half_life, ..good }, "volatility_half_life"),
            (FeatureConfig { spread_half_life: half_life, ..good }, "spread_half_life"),
            (FeatureConfig { flow_half_life: half_life, ..good }, "flow_half_life"),
        ]
    };
    for half_life in [f64::NAN, f64::INFINITY] {
        for (config, parameter) in bad(half_life) {
            assert_eq!(Features::new(&config).unwrap_err(), FeatureError::NotFinite { parameter });
        }
    }
    for half_life in [0.0, -1.0, 1e-12] {
        for (config, parameter) in bad(half_life) {
            assert_eq!(Features::new(&config).unwrap_err(), FeatureError::NotPositive { parameter });
        }
    }
    assert_eq!(EwmaVolatility::new(0.0).unwrap_err(), FeatureError::NotPositive { parameter: "half_life" });
}

/// Stoikov's two stages on the full, mirrored chain: G¹ = (I − Q)⁻¹·r, B = (I − Q)⁻¹·T, G = ΣBⁱG¹, by plain iteration.
/// Keys are (signed step, spread).
fn microprice_by_the_paper(tops: &[TopOfBook], steps: i64) -> std::collections::BTreeMap<(i64, i64), f64> {
    use std::collections::BTreeMap;
    type Key = (i64, i64);
    let key = |top: &TopOfBook| -> Key {
        let (b, a) = (top.bid_quantity.0 as f64, top.ask_quantity.0 as f64);
        (((b - a) / (b + a) * steps as f64).round() as i64, top.spread().unwrap())
    };
    let mut total: BTreeMap<Key, f64> = BTreeMap::new();
    let mut move_of: BTreeMap<Key, f64> = BTreeMap::new();
    let mut counts: BTreeMap<(Key, Key, bool), f64> = BTreeMap::new();
    for pair in tops.windows(2) {
        let moved = pair[1].mid().unwrap() - pair[0].mid().unwrap();
        for mirror in [1, -1] {
            let ((s, w), (t, v)) = (key(&pair[0]), key(&pair[1]));
            let (from, to) = ((s * mirror, w), (t * mirror, v));
            *total.entry(from).or_default() += 1.0;
            *move_of.entry(from).or_default() += moved * mirror as f64;
            *counts.entry((from, to, moved != 0.0)).or_default() += 1.0;
        }
    }
    let apply = |moving: bool, g: &BTreeMap<Key, f64>| {
        let mut out: BTreeMap<Key, f64> = BTreeMap::new();
        for (&(from, to, moved), &count) in &counts {
            if moved == moving {
                *out.entry(from).or_default() += count / total[&from] * g.get(&to).copied().unwrap_or(0.0);
            }
        }
        out
    };
    // (I − Q)⁻¹·x as ΣQⁱx.
    let resolve = |mut term: BTreeMap<Key, f64>| {
        let mut sum = BTreeMap::new();
        while term.values().any(|value| value.abs() > 1e-14) {
            for (&state, &value) in &term {
                *sum.entry(state).or_insert(0.0) += value;
            }
            term = apply(false, &term);
        }
        sum
    };
    let mut term = resolve(move_of.iter().map(|(&state, &sum)| (state, sum / total[&state])).collect());
    let mut g: BTreeMap<Key, f64> = BTreeMap::new();
    while term.values().any(|value: &f64| value.abs() > 1e-13) {
        for (&state, &value) in &term {
            *g.entry(state).or_default() += value;
        }
        term = resolve(apply(true, &term));
    }
    g
}

#[test]
fn the_microprice_is_the_limit_of_the_papers_two_stages() {
    for seed in 0..4 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut tops = Vec::new();
        let (mut bid, mut spread, mut pressure) = (1000i64, 1i64, 0.0_f64);
        for _ in 0..20_000 {
            pressure = 0.9 * pressure + f64::from(random.next_u32() % 2001) * 1e-3 - 1.0;
            let heavy = (50.0 + 15.0 * pressure).clamp(1.0, 99.0) as u64;
            tops.push(top(bid, heavy, bid + spread, 100 - heavy));
            // The heavier side pushes, now and then.
            if f64::from(random.next_u32() % 1000) * 5e-3 < pressure.abs() {
                bid += if pressure > 0.0 { 1 } else { -1 };
            }
            spread = if random.next_u32() % 10 == 0 { 1 + (random.next_u32() % 3) as i64 } else { spread };
        }
        let mut estimator =
            MicropriceEstimator::new(&MicropriceConfig { imbalance_steps: 3, max_spread: 3 }).unwrap();
        tops.iter().for_each(|top| estimator.observe(top));
        let microprice = estimator.fit().unwrap();
        let paper = microprice_by_the_paper(&tops, 3);
        let mut previous = f64::NEG_INFINITY;
        for (bid_lots, ask_lots, step) in
            [(1, 99, -3), (20, 80, -2), (34, 66, -1), (50, 50, 0), (66, 34, 1), (99, 1, 3)]
        {
            let shown = top(500, bid_lots, 502, ask_lots);
            let adjustment = microprice.price(&shown).unwrap() - 501.0;
            let expected = paper.get(&(step, 2)).copied().unwrap_or(0.0);
            assert!((adjustment - expected).abs() < 1e-9, "{step}: {adjustment} {expected}");
            assert!(adjustment >= previous, "a heavier bid lifts it");
            previous = adjustment;
        }
        assert!(previous > 0.2);
    }
}

#[test]
fn the_microprice_refuses_what_does_not_determine_it() {
    let config = MicropriceConfig { imbalance_steps: 1, max_spread: 2 };
    let mut estimator = MicropriceEstimator::new(&config).unwrap();
    assert_eq!(estimator.fit().unwrap_err(), FeatureError::Undetermined { observations: 0 });
    // The bid is always heavier and the price always rises: the expected move has no end.
    for i in 0..50 {
        estimator.observe(&top(i, 9, i + 1, 1));
    }
    assert_eq!(estimator.fit().unwrap_err(), FeatureError::Undetermined { observations: 49 });
    for (imbalance_steps, max_spread) in [(0, 1), (1, 0), (65, 1), (1, 65), (64, 64)] {
        assert!(MicropriceEstimator::new(&MicropriceConfig { imbalance_steps, max_spread }).is_err());
    }
}

#[test]
fn the_microprice_skips_tops_without_a_state() {
    let config = MicropriceConfig { imbalance_steps: 1, max_spread: 1 };
    let mut estimator = MicropriceEstimator::new(&config).unwrap();
    for i in 0..10 {
        for unfit in [TopOfBook::default(), top(5, 9, 5, 1), top(5, 9, 7, 1), top(5, 0, 6, 0)] {
            estimator.observe(&top(i, 9, i + 1, 1));
            estimator.observe(&unfit);
        }
    }
    assert_eq!(estimator.observations(), 0);
    estimator.observe(&top(5, 9, 6, 1));
    estimator.observe(&top(6, 5, 7, 5));
    let microprice = estimator.fit().unwrap();
    assert_eq!(microprice.price(&top(5, 9, 6, 1)), Some(6.5));
    assert_eq!(microprice.price(&top(5, 9, 7, 1)), None, "wider than any state");
    assert_eq!(microprice.price(&TopOfBook::default()), None);
}
