//! Performance against direct sums over the whole history.

use super::{close, normal, pick, random, uniform};
use crate::analytics::{AnalyticsError, MarkoutConfig, Performance, PerformanceConfig};
use crate::types::{Price, Quantity, Side, Timestamp};

#[test]
fn ratios_are_those_of_the_whole_series() {
    let mut random = random(1);
    let config = PerformanceConfig {
        capital: 5_000.0,
        periods_per_year: 100.0,
        risk_free: 0.001,
        target: 0.002,
        ..PerformanceConfig::default()
    };
    let mut performance = Performance::new(&config).unwrap();
    assert_eq!(
        (performance.sharpe(), performance.sortino(), performance.information_ratio()),
        (None, None, None)
    );
    let (mut equity, mut marks, mut ends) = (5_000.0, vec![5_000.0], vec![5_000.0]);
    let mut active = Vec::new();
    for _ in 0..400 {
        for _ in 0..3 {
            equity *= 1.0 + 0.01 * normal(&mut random);
            performance.mark(equity);
            marks.push(equity);
        }
        performance.mark(f64::NAN);
        let benchmark = pick(&mut random, &[None, Some(0.01), Some(-0.02)]);
        performance.close_period(benchmark);
        ends.push(equity);
        let value = ends[ends.len() - 1] / ends[ends.len() - 2] - 1.0;
        active.extend(benchmark.map(|benchmark| value - benchmark));
    }
    let returns: Vec<f64> = ends.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
    let moments = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (mean, (squares / (values.len() - 1) as f64).sqrt())
    };
    let (mean, deviation) = moments(&returns);
    close(performance.sharpe().unwrap(), (mean - 0.001) / deviation * 10.0);
    let squares: f64 = returns.iter().map(|value| (value - 0.002).min(0.0).powi(2)).sum();
    let downside = (squares / returns.len() as f64).sqrt();
    close(performance.downside_deviation().unwrap(), downside);
    close(performance.sortino().unwrap(), (mean - 0.002) / downside * 10.0);
    let (mean, deviation) = moments(&active);
    close(performance.information_ratio().unwrap(), mean / deviation * 10.0);
    let falls = |part: bool| {
        let mut worst = 0.0_f64;
        for (at, &high) in marks.iter().enumerate() {
            for &low in &marks[at..] {
                worst = worst.max(if part { (high - low) / high } else { high - low });
            }
        }
        worst
    };
    close(performance.max_drawdown(), falls(false));
    close(performance.max_drawdown_percent(), 100.0 * falls(true));
    assert_eq!(performance.periods(), 400);
}

#[test]
fn drawdown_in_money_and_in_percent_may_be_different_falls() {
    let config = PerformanceConfig { capital: 100.0, ..PerformanceConfig::default() };
    let mut performance = Performance::new(&config).unwrap();
    for equity in [50.0, 1_000.0, 900.0] {
        performance.mark(equity);
    }
    assert_eq!((performance.max_drawdown(), performance.max_drawdown_percent()), (100.0, 50.0));
    performance.mark(-20.0);
    assert_eq!(performance.max_drawdown_percent(), 102.0, "more than everything");
    performance.close_period(None);
    performance.mark(10.0);
    performance.close_period(None);
    assert_eq!(performance.periods(), 1, "no return on what is below zero");
}

#[test]
fn closed_trades_give_win_rate_and_profit_factor() {
    let mut performance = Performance::new(&PerformanceConfig::default()).unwrap();
    assert_eq!((performance.win_rate(), performance.profit_factor()), (None, None));
    performance.on_closed(30.0);
    assert_eq!((performance.win_rate(), performance.profit_factor()), (Some(1.0), None), "no loss yet");
    for profit in [-10.0, 0.0, 30.0, f64::NAN] {
        performance.on_closed(profit);
    }
    assert_eq!((performance.win_rate(), performance.profit_factor()), (Some(0.5), Some(6.0)));
}

#[test]
fn fills_capture_the_spread_and_lose_to_the_mid_that_follows() {
    let mut random = random(2);
    let horizons = [50];
    let config = PerformanceConfig {
        markouts: MarkoutConfig { horizons_ns: &horizons, max_pending: 1 << 12 },
        ..PerformanceConfig::default()
    };
    let mut performance = Performance::new(&config).unwrap();
    assert_eq!((performance.trades_per_second(), performance.spread_capture()), (None, None));
    let (mut captured, mut quoted, mut against, mut lots_seen) = (0.0, 0.0, 0.0, 0.0);
    let mut bid = 1_000;
    for number in 0..500u64 {
        let now = Timestamp(number * 1_000_000);
        let ask = bid + pick(&mut random, &[2, 4, 6]);
        let mid = (bid + ask) as f64 / 2.0;
        performance.on_mid(now, Some(bid + ask));
        let side = pick(&mut random, &Side::BOTH);
        let (price, lots) =
            (pick(&mut random, &[bid, bid + 1, ask]), 1 + (uniform(&mut random) * 9.0) as u64);
        performance.on_fill(now, side, Price(price), Quantity(lots), Price(bid), Price(ask));
        let sign = side.sign() as f64;
        captured += lots as f64 * sign * (mid - price as f64);
        quoted += lots as f64 * (ask - bid) as f64 / 2.0;
        let next_bid = bid + pick(&mut random, &[-3, 0, 3]);
        let moved = pick(&mut random, &[0, 2]);
        // The mid at the horizon.
        performance.on_mid(Timestamp(now.0 + 20), Some(2 * next_bid + moved));
        against -= lots as f64 * sign * ((2 * next_bid + moved) as f64 / 2.0 - mid);
        lots_seen += lots as f64;
        performance.on_mid(Timestamp(now.0 + 500), Some(2 * next_bid + moved));
        bid = next_bid;
    }
    close(performance.spread_capture().unwrap(), captured / quoted);
    close(performance.adverse_selection(0).unwrap(), against / lots_seen);
    close(performance.fills().summary(0).unwrap().effective_spread_by_quantity, 2.0 * captured / lots_seen);
    close(performance.trades_per_second().unwrap(), 1_000.0);
    let before = performance.spread_capture();
    performance.on_fill(Timestamp(0), Side::Buy, Price(5), Quantity(1), Price(7), Price(7));
    performance.on_fill(Timestamp(0), Side::Buy, Price(5), Quantity(0), Price(7), Price(9));
    assert_eq!(performance.spread_capture(), before, "a locked book and a fill of nothing have no spread");
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let refuse = |config: PerformanceConfig<'_>| Performance::new(&config).unwrap_err();
    let base = PerformanceConfig::default;
    let error = refuse(PerformanceConfig { capital: 0.0, ..base() });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "capital" });
    let error = refuse(PerformanceConfig { periods_per_year: f64::INFINITY, ..base() });
    assert_eq!(error, AnalyticsError::NotFinite { parameter: "periods_per_year" });
    let error = refuse(PerformanceConfig { target: f64::NAN, ..base() });
    assert_eq!(error, AnalyticsError::NotFinite { parameter: "target" });
    assert_eq!(error.to_string(), "target is not a finite number");
}
