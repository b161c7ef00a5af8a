//! Trades: aggregation, memory, dispersion, markouts, toxicity.

use rand_xoshiro::rand_core::RngCore;

use super::{close, pick, random};
use crate::analytics::{
    AnalyticsError, ArrivalDispersion, FlowToxicity, MarkoutConfig, Markouts, ParentTrade, SIZE_BUCKETS,
    SignMemory, TradeAggregator,
};
use crate::features::{TopOfBook, Vpin};
use crate::types::{Price, Quantity, Side, Timestamp};

#[test]
fn prints_of_one_time_and_side_are_one_parent() {
    let mut random = random(1);
    let mut aggregator = TradeAggregator::default();
    let mut parents: Vec<ParentTrade> = Vec::new();
    let mut prints = Vec::new();
    let mut now = 0;
    for number in 0..3_000 {
        now += u64::from(random.next_u32().is_multiple_of(3));
        parents.extend(aggregator.finish_before(Timestamp(now)));
        let side = pick(&mut random, &[Side::Buy, Side::Buy, Side::Sell]);
        let (price, lots) = (100 + (random.next_u32() % 9) as i64, u64::from(random.next_u32() % 5));
        let top = TopOfBook::new(Some((Price(number), Quantity(1))), Some((Price(number + 2), Quantity(1))));
        parents.extend(aggregator.on_print(Timestamp(now), side, Price(price), Quantity(lots), &top));
        if lots > 0 {
            prints.push((now, side, price, lots, number));
        }
    }
    parents.extend(aggregator.finish());
    let runs: Vec<_> = prints.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
    assert_eq!(runs.len(), parents.len());
    for (run, parent) in runs.iter().zip(&parents) {
        assert_eq!((parent.time.0, parent.aggressor, parent.prints), (run[0].0, run[0].1, run.len() as u32));
        assert_eq!(parent.quantity.0, run.iter().map(|print| print.3).sum());
        let notional: i64 = run.iter().map(|print| print.2 * print.3 as i64).sum();
        assert_eq!(parent.notional, i128::from(notional));
        close(parent.price(), notional as f64 / parent.quantity.0 as f64);
        assert_eq!(parent.mid2(), Some(2 * run[0].4 + 2), "the prices before the first print");
    }
    assert_eq!(aggregator.finish(), None);
}

#[test]
fn signs_remember_what_direct_sums_remember() {
    let mut random = random(2);
    for lags in [1, 7, 64] {
        let mut memory = SignMemory::new(lags).unwrap();
        let mut signs: Vec<f64> = Vec::new();
        assert_eq!((memory.mean(), memory.autocorrelation(1)), (None, None));
        for _ in 0..700 {
            let last = signs.last().copied().unwrap_or(1.0);
            let side =
                if random.next_u32().is_multiple_of(4) == (last > 0.0) { Side::Sell } else { Side::Buy };
            memory.update(side);
            signs.push(side.sign() as f64);
        }
        let mean = signs.iter().sum::<f64>() / 700.0;
        close(memory.mean().unwrap(), mean);
        for lag in 1..=lags as usize {
            let pairs = signs.iter().zip(&signs[lag..]).map(|(a, b)| a * b).sum::<f64>() / (700 - lag) as f64;
            close(memory.autocorrelation(lag as u32).unwrap(), (pairs - mean * mean) / (1.0 - mean * mean));
        }
        assert_eq!((memory.autocorrelation(0), memory.autocorrelation(lags + 1)), (None, None));
        assert_eq!(memory.trades(), 700);
    }
    let mut constant = SignMemory::new(3).unwrap();
    (0..10).for_each(|_| constant.update(Side::Sell));
    assert_eq!((constant.mean(), constant.autocorrelation(1)), (Some(-1.0), None), "no variance");
    assert!(SignMemory::new(0).is_err() && SignMemory::new(65).is_err());
}

#[test]
fn dispersion_agrees_with_counting_every_window() {
    let mut random = random(3);
    let widths = [10, 64, 1_000];
    let mut arrivals = ArrivalDispersion::new(&widths).unwrap();
    let mut times: Vec<u64> = vec![12_345];
    arrivals.update(Timestamp(12_345));
    for _ in 0..4_000 {
        let gap = pick(&mut random, &[0, 1, 2, 3, 40, 700]);
        times.push(times.last().unwrap() + gap);
        arrivals.update(Timestamp(*times.last().unwrap()));
    }
    let gaps: Vec<f64> = times.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    let variance = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (mean, squares / (values.len() - 1) as f64)
    };
    let (mean, spread) = variance(&gaps);
    close(arrivals.mean_interval_ns().unwrap(), mean);
    close(arrivals.interval_dispersion().unwrap(), spread / (mean * mean));
    for (index, width) in widths.into_iter().enumerate() {
        let mut counts = vec![0.0; ((times.last().unwrap() - times[0]) / width + 1) as usize];
        times.iter().for_each(|time| counts[((time - times[0]) / width) as usize] += 1.0);
        counts.pop();
        let (mean, variance) = variance(&counts);
        let ours = arrivals.counts(index).unwrap();
        assert_eq!(ours.windows, counts.len() as u64);
        close(ours.mean, mean);
        close(ours.fano, variance / mean);
        close(ours.branching_ratio, (1.0 - (mean / variance).sqrt()).max(0.0));
    }
    assert_eq!(arrivals.counts(3), None);
    let error = ArrivalDispersion::new(&[5, 5]).unwrap_err();
    assert_eq!(error, AnalyticsError::NotAscending { parameter: "windows_ns" });
    assert!(ArrivalDispersion::new(&[]).is_err() && ArrivalDispersion::new(&[0]).is_err());
}

#[test]
fn a_self_exciting_process_shows_its_branching_ratio() {
    // Each trade causes another with probability one half, a little later: clusters of geometric size.
    let mut random = random(4);
    let mut times: Vec<u64> = Vec::new();
    for _ in 0..40_000 {
        let mut at = random.next_u64() % 40_000_000_000;
        loop {
            times.push(at);
            if random.next_u32().is_multiple_of(2) {
                break;
            }
            at += u64::from(random.next_u32() % 100_000);
        }
    }
    times.sort_unstable();
    let mut arrivals = ArrivalDispersion::new(&[100_000_000]).unwrap();
    times.iter().for_each(|&time| arrivals.update(Timestamp(time)));
    // For offspring of at most one the Fano factor is (1 + n)/(1 − n), 3 here; the Hawkes formula reads 1 − 1/√3.
    let counts = arrivals.counts(0).unwrap();
    assert!((counts.fano - 3.0).abs() < 0.45, "{counts:?}");
    assert!((counts.branching_ratio - (1.0 - 3.0_f64.sqrt().recip())).abs() < 0.05);
}

/// The mid at every nanosecond, and what became of each trade.
#[test]
fn markouts_agree_with_looking_up_every_mid() {
    let mut random = random(5);
    for (seed, room) in [(1, 4), (2, 4_096), (3, 64)] {
        let horizons = [0, 3, 10, 200];
        let mut markouts =
            Markouts::new(&MarkoutConfig { horizons_ns: &horizons, max_pending: room }).unwrap();
        let mut mids: Vec<Option<i64>> = Vec::new();
        let mut trades = Vec::new();
        let (mut mid2, mut dropped) = (2_000 + seed, 0);
        for _ in 0..4_000 {
            let now = Timestamp(mids.len() as u64);
            markouts.advance(now);
            if random.next_u32().is_multiple_of(10) {
                let side = pick(&mut random, &Side::BOTH);
                let price = mid2 as f64 / 2.0 + super::uniform(&mut random) * 4.0 - 2.0;
                let lots = 1 + random.next_u64() % 1_000;
                if markouts.on_trade(now, side, price, Quantity(lots), mid2) {
                    trades.push((now.0, side.sign() as f64, price, lots, mid2));
                } else {
                    dropped += 1;
                }
            }
            mid2 += pick(&mut random, &[0, 0, 1, -1, 3, -3]);
            let shown = (!random.next_u32().is_multiple_of(20)).then_some(mid2);
            markouts.on_mid(now, shown);
            mids.push(shown);
        }
        let end = mids.len() as u64 - 1;
        assert_eq!((markouts.dropped(), dropped > 0), (dropped, room < 30));
        for (index, &horizon) in horizons.iter().enumerate() {
            let reached = trades.iter().filter(|trade| trade.0 + horizon < end);
            let known: Vec<_> = reached
                .clone()
                .filter_map(|trade| Some((trade, mids[(trade.0 + horizon) as usize]? as f64 / 2.0)))
                .collect();
            assert_eq!(markouts.unknown(index), (reached.count() - known.len()) as u64);
            let mean = |value: &dyn Fn(f64, f64, f64, f64) -> f64, by_quantity: bool| {
                let weight = |lots: u64| if by_quantity { lots as f64 } else { 1.0 };
                let sum: f64 = known
                    .iter()
                    .map(|((_, sign, price, lots, mid2), then)| {
                        weight(*lots) * value(*sign, *price, *mid2 as f64 / 2.0, *then)
                    })
                    .sum();
                sum / known.iter().map(|(trade, _)| weight(trade.3)).sum::<f64>()
            };
            let ours = markouts.summary(index).unwrap();
            assert_eq!(ours.trades, known.len() as u64);
            for by_quantity in [false, true] {
                let choose = |plain, weighted| if by_quantity { weighted } else { plain };
                close(
                    choose(ours.effective_spread, ours.effective_spread_by_quantity),
                    mean(&|d, p, m, _| 2.0 * d * (p - m), by_quantity),
                );
                close(
                    choose(ours.realised_spread, ours.realised_spread_by_quantity),
                    mean(&|d, p, _, then| 2.0 * d * (p - then), by_quantity),
                );
                close(
                    choose(ours.price_impact, ours.price_impact_by_quantity),
                    mean(&|d, _, m, then| 2.0 * d * (then - m), by_quantity),
                );
                close(
                    choose(ours.toxic_share, ours.toxic_share_by_quantity),
                    mean(&|d, p, _, then| f64::from(u8::from(d * (then - p) > 0.0)), by_quantity),
                );
            }
            close(ours.taker_markout(), -0.5 * ours.realised_spread);
            let mut counted = 0;
            for bucket in 0..SIZE_BUCKETS {
                let cell: Vec<f64> = known
                    .iter()
                    .filter(|(trade, _)| trade.3.ilog2() as usize == bucket)
                    .map(|(trade, then)| trade.1 * (then - trade.4 as f64 / 2.0))
                    .collect();
                let Some(ours) = markouts.impact(bucket, index) else {
                    assert!(cell.is_empty());
                    continue;
                };
                counted += ours.trades;
                let n = cell.len() as f64;
                let average = cell.iter().sum::<f64>() / n;
                close(ours.impact, average);
                if cell.len() > 1 {
                    let squares: f64 = cell.iter().map(|x| (x - average) * (x - average)).sum();
                    close(ours.standard_error.unwrap(), (squares / (n - 1.0) / n).sqrt());
                }
            }
            assert_eq!(counted, ours.trades);
        }
    }
}

#[test]
fn impact_that_comes_back_has_a_small_permanent_share() {
    let mut markouts = Markouts::new(&MarkoutConfig { horizons_ns: &[10, 20, 30], max_pending: 8 }).unwrap();
    assert_eq!(markouts.decay(), None);
    markouts.on_mid(Timestamp(0), Some(200));
    assert!(markouts.on_trade(Timestamp(100), Side::Sell, 99.0, Quantity(1), 200));
    // 2, then 4, then 1 tick down.
    for (now, mid2) in [(105, 196), (115, 192), (125, 198), (200, 198)] {
        markouts.on_mid(Timestamp(now), Some(mid2));
    }
    let decay = markouts.decay().unwrap();
    assert_eq!((decay.peak_horizon, decay.peak, decay.permanent, decay.permanent_share), (1, 4.0, 1.0, 0.25));
    assert!(!markouts.on_trade(Timestamp(200), Side::Buy, f64::NAN, Quantity(1), 198));
    assert!(!markouts.on_trade(Timestamp(200), Side::Buy, 99.0, Quantity(0), 198));
    assert_eq!((markouts.dropped(), markouts.summary(3), markouts.impact(0, 3)), (0, None, None));
    let refuse =
        |horizons_ns, max_pending| Markouts::new(&MarkoutConfig { horizons_ns, max_pending }).unwrap_err();
    assert_eq!(refuse(&[2, 1], 1), AnalyticsError::NotAscending { parameter: "horizons_ns" });
    assert_eq!(refuse(&[], 1), AnalyticsError::NotPositive { parameter: "horizons_ns" });
    assert_eq!(refuse(&[0; 13], 1), AnalyticsError::TooLarge { parameter: "horizons_ns", limit: 12 });
    assert_eq!(refuse(&[1], 0), AnalyticsError::NotPositive { parameter: "max_pending" });
}

#[test]
fn toxicity_ranks_vpin_among_its_own_past() {
    let mut random = random(6);
    let mut toxicity = FlowToxicity::new(Quantity(100), 3).unwrap();
    let mut vpin = Vpin::new(Quantity(100), 3).unwrap();
    let (mut volume, mut values): (u64, Vec<f64>) = (0, Vec::new());
    for _ in 0..2_000 {
        let side = pick(&mut random, &[None, Some(Side::Buy), Some(Side::Sell), Some(Side::Sell)]);
        let lots = pick(&mut random, &[0, 1, 20, 60, 350]);
        toxicity.update(side, Quantity(lots));
        vpin.update(side, Quantity(lots));
        if (volume + lots) / 100 > volume / 100 {
            values.push(vpin.value().unwrap());
        }
        volume += lots;
        assert_eq!(toxicity.vpin(), vpin.value());
        if let Some(now) = vpin.value() {
            let bin = |value: f64| (value * 1024.0).floor();
            let below = values.iter().filter(|&&value| bin(value) <= bin(now)).count();
            assert_eq!(toxicity.percentile(), Some(below as f64 / values.len() as f64));
        }
    }
    assert_eq!(toxicity.observations(), values.len() as u64);
    assert!(matches!(FlowToxicity::new(Quantity(0), 3), Err(AnalyticsError::Feature(_))));
}
