//! Losses, protection, health: what breaches them, what their actions do, and how they end.

use super::*;

use AuditKind::{Breached, Cleared, Latched, Paused, Resumed, Warned};

/// The gate's answer after each value.
fn answers<const N: usize>(
    bench: &mut Bench,
    values: [i64; N],
    mut tell: impl FnMut(&mut Bench, i64),
) -> [Result<(), RiskReason>; N] {
    values.map(|value| {
        tell(bench, value);
        bench.try_buy()
    })
}

#[test]
fn the_days_loss_counts_realised_unrealised_and_fees_and_latches() {
    let mut bench = Bench::new(RiskConfig { max_daily_loss: Some(Money(1_000)), ..RiskConfig::default() });
    assert!(bench.row(RiskReason::DailyLoss).is_inert(), "nobody has told the gate of profits");
    bench.profit(500, 0, 0);
    bench.gate.new_day(Timestamp(bench.now));
    bench.profit(0, -400, 100);
    assert_eq!(bench.try_buy(), Ok(()), "exactly at the limit");
    bench.profit(0, -400, 101);
    let order = bench.order(Side::Sell, 10_000, 1);
    let refused = bench.ask(order).unwrap_err();
    assert_eq!((refused.reason, refused.observed, refused.limit), (RiskReason::DailyLoss, 1_001, 1_000));
    bench.profit(5_000, 0, 0);
    assert_eq!(bench.try_buy(), Err(RiskReason::DailyLoss), "a latch does not open by itself");
    assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Closed(_)));
    let daily = RiskReason::DailyLoss as u8;
    assert_eq!(bench.events()[1..], [(Warned, daily), (Latched, daily)]);
    assert_eq!(bench.gate.monitor().metrics().latched, ReasonSet::EMPTY.with(RiskReason::DailyLoss));
    let row = bench.row(RiskReason::DailyLoss);
    assert_eq!((row.refused, row.warned, row.action), (2, 1, Some(BreachAction::Latch)));
}

#[test]
fn drawdown_is_from_the_peak_of_equity() {
    let config = RiskConfig {
        max_drawdown: Some(Money(100)),
        actions: BreachActions::default().with(RiskReason::Drawdown, BreachAction::Refuse),
        ..RiskConfig::default()
    };
    let mut bench = Bench::new(config);
    let fall = Err(RiskReason::Drawdown);
    let after = answers(&mut bench, [50, 150, 50, 49, 50, 300, 201, 199], |b, equity| b.profit(equity, 0, 0));
    assert_eq!(after, [Ok(()), Ok(()), Ok(()), fall, Ok(()), Ok(()), Ok(()), fall]);
    let metrics = bench.gate.monitor().metrics();
    assert_eq!(
        (metrics.peak_equity, metrics.drawdown, metrics.max_drawdown),
        (Money(300), Money(101), Money(101))
    );
    let drawdown = RiskReason::Drawdown as u8;
    assert_eq!(
        bench.events(),
        [
            (Warned, drawdown),
            (Breached, drawdown),
            (Cleared, drawdown),
            (Warned, drawdown),
            (Breached, drawdown)
        ]
    );
}

#[test]
fn losing_trades_in_a_row_pause_and_the_pause_ends() {
    let config = RiskConfig { max_consecutive_losses: Some(2), cooldown_ns: 1_000, ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    let results = [-5, -5, 0, 7, -1, -1, -1];
    let after = answers(&mut bench, results, |b, profit| b.fill(Side::Sell, 10_000, 1, Some(profit)));
    let paused = Err(RiskReason::ConsecutiveLosses);
    assert_eq!(after, [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), paused]);
    bench.now += 999;
    assert_eq!(bench.try_buy(), paused);
    bench.now += 1;
    assert_eq!(bench.try_buy(), Ok(()));
    assert_eq!(
        answers(&mut bench, [-1, -1, -1], |b, p| b.fill(Side::Sell, 1, 1, Some(p))),
        [Ok(()), Ok(()), paused],
        "the count began anew"
    );
    let losses = RiskReason::ConsecutiveLosses as u8;
    assert!(bench.events().ends_with(&[(Resumed, losses), (Warned, losses), (Paused, losses)]));
}

#[test]
fn fills_lots_or_notional_of_a_window_pull_the_quotes() {
    let limit = ProtectionLimit {
        window_ns: 100,
        fills: Some(3),
        quantity: Some(Quantity(50)),
        notional: Some(Money(400_000)),
    };
    let config = RiskConfig { protection: Some(limit), cooldown_ns: 1_000, ..RiskConfig::default() };
    let pulled = Err(RiskReason::MarketMakerProtection);
    let mut bench = Bench::new(config);
    for (step, answer) in [(0, Ok(())), (40, Ok(())), (40, Ok(())), (20, Ok(())), (20, pulled)] {
        bench.now += step;
        bench.fill(Side::Buy, 100, 1, None);
        assert_eq!(bench.try_buy(), answer, "at {}", bench.now);
    }
    for (price, quantity) in [(100, 51), (10_000, 41)] {
        let mut bench = Bench::new(config);
        bench.fill(Side::Sell, price, quantity - 1, None);
        assert_eq!(bench.try_buy(), Ok(()));
        bench.fill(Side::Buy, price, 1, None);
        assert_eq!(bench.try_buy(), pulled);
        assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Closed(_)));
        bench.now += 1_000;
        assert_eq!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Open);
        bench.gate.set_enabled(RiskReason::MarketMakerProtection, false).unwrap();
        bench.fill(Side::Buy, price, quantity + 1, None);
        assert_eq!(bench.try_buy(), Ok(()));
    }
}

#[test]
fn repeated_executions_on_one_side_latch() {
    let limit = RepeatLimit { executions: 3, window_ns: 100 };
    let config = RiskConfig { repeated_executions: Some(limit), ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    bench.fill(Side::Sell, 100, 1, None);
    for step in [0, 60, 40, 10] {
        bench.now += step;
        bench.fill(Side::Buy, 100, 1, None);
        assert_eq!(bench.try_buy(), Ok(()), "three within any hundred");
    }
    bench.now += 50;
    bench.fill(Side::Buy, 100, 1, None);
    assert_eq!(bench.try_buy(), Ok(()), "the one of 60 has left");
    bench.fill(Side::Buy, 100, 1, None);
    assert_eq!(bench.try_buy(), Err(RiskReason::RepeatedExecution));
    bench.now += 1_000_000;
    assert_eq!(bench.try_buy(), Err(RiskReason::RepeatedExecution), "until somebody looks");
    let token = bench.gate.latches().token();
    bench.gate.reset(token, "looked at it", Timestamp(bench.now)).unwrap();
    assert_eq!(bench.try_buy(), Ok(()));
}

#[test]
fn value_at_risk_and_shortfall_let_only_reducing_orders_pass() {
    let tail = TailConfig { scenarios: 8, ..TailConfig::default() };
    let config = RiskConfig {
        max_value_at_risk: Some(Money(46_527)),
        max_expected_shortfall: Some(Money(60_000)),
        tail,
        ..RiskConfig::default()
    };
    let mut bench = Bench::new(config);
    bench.exposure.position = SignedQuantity(100);
    let exposure = bench.exposure;
    bench.gate.observe(AAPL, &exposure);
    bench.gate.update_tail_risk(Timestamp(bench.now));
    assert!(!bench.row(RiskReason::ValueAtRisk).is_fed, "no volatility, no returns");
    // F7: 100 lots at 10 000 with 2 % are 46 526.957 and 53 304.284.
    bench.gate.on_volatility(AAPL, 0.02).unwrap();
    let measured = bench.gate.update_tail_risk(Timestamp(bench.now));
    assert!((measured.value_at_risk - 46_526.957).abs() < 1e-3);
    assert!((measured.expected_shortfall - 53_304.284).abs() < 1e-3);
    assert_eq!(bench.try_buy(), Ok(()), "rounded up it is exactly the limit");
    bench.gate.on_volatility(AAPL, 0.0201).unwrap();
    bench.gate.update_tail_risk(Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Err(RiskReason::ValueAtRisk));
    let sell = bench.order(Side::Sell, 10_000, 100);
    assert_eq!(bench.ask(sell), Ok(()), "it reduces");
    let flip = bench.order(Side::Sell, 10_000, 101);
    assert_eq!(bench.ask(flip).unwrap_err().reason, RiskReason::ValueAtRisk, "it would turn the position");
    assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::ReduceOnly(_)));
    bench.gate.on_volatility(AAPL, 0.01).unwrap();
    bench.gate.update_tail_risk(Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Ok(()), "it ends when it is measured again");
    // One bad day in eight: the quantile and the mean beyond are that day.
    for value in [0.01, 0.02, -0.07, 0.0, 0.0, 0.01, -0.01, 0.0] {
        bench.gate.on_return(AAPL, value).unwrap();
    }
    let measured = bench.gate.update_tail_risk(Timestamp(bench.now));
    assert!((measured.expected_shortfall - 70_000.0).abs() < 1e-6);
    assert_eq!(bench.try_buy(), Err(RiskReason::ValueAtRisk));
    bench.gate.set_enabled(RiskReason::ValueAtRisk, false).unwrap();
    bench.gate.update_tail_risk(Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Err(RiskReason::ExpectedShortfall));
    assert_eq!(bench.gate.on_volatility(AAPL, f64::NAN), Err(RiskError::NotFinite("volatility")));
    assert!(
        bench.gate.on_return(AAPL, f64::INFINITY).is_err() && bench.gate.on_volatility(AAPL, -1.0).is_err()
    );
}

#[test]
fn the_tail_measures_are_those_of_the_formulas() {
    // Losses 1..=100: the 99 % quantile is 99, and the mean of 99 and 100 is beyond it.
    let mut losses: Vec<f64> = (1..=100).map(f64::from).rev().collect();
    let tail = historical_tail_risk(&mut losses, 0.99).unwrap();
    assert_eq!((tail.value_at_risk, tail.expected_shortfall), (99.0, 99.5));
    assert_eq!(historical_tail_risk(&mut [], 0.99).unwrap(), TailRisk::default());
    assert_eq!(
        historical_tail_risk(&mut [-3.0; 5], 0.9).unwrap(),
        TailRisk::default(),
        "gains are no losses"
    );
    assert!(
        historical_tail_risk(&mut [f64::NAN], 0.9).is_err() && historical_tail_risk(&mut [], 1.0).is_err()
    );
    // Quantiles of the standard normal, from tables.
    for (confidence, z) in [
        (0.5, 0.0),
        (0.9, 1.281_551_565_544_6),
        (0.975, 1.959_963_984_540_054),
        (0.99, 2.326_347_874_040_841),
        (0.9999, 3.719_016_485_455_68),
    ] {
        let tail = normal_tail_risk(1.0, 1.0, 1.0, confidence).unwrap();
        assert!((tail.value_at_risk - z).abs() < 1e-12, "{confidence}: {}", tail.value_at_risk);
    }
    let four = normal_tail_risk(-1e6, 0.02, 4.0, 0.99).unwrap();
    assert!((four.value_at_risk - 2.0 * 46_526.957).abs() < 1e-2, "the square root of time");
    for bad in [(f64::NAN, 0.1, 1.0, 0.9), (1.0, -0.1, 1.0, 0.9), (1.0, 0.1, 1.0, 1.0), (1.0, 0.1, 1.0, 0.4)]
    {
        assert!(normal_tail_risk(bad.0, bad.1, bad.2, bad.3).is_err());
    }
}

#[test]
fn fills_that_the_market_runs_over_pause_quoting() {
    let limit = MarkoutLimit { adverse_millticks: 2_000, horizon_ns: 100, fills: 2 };
    let mut bench = Bench::new(RiskConfig { markout: Some(limit), ..RiskConfig::default() });
    // Bought at 10 000 and 9 998; a horizon later the mid is 9 997: three and one against us, two on average.
    bench.fill(Side::Buy, 10_000, 10, None);
    bench.now += 10;
    bench.fill(Side::Buy, 9_998, 10, None);
    bench.market(AAPL, 9_987, 10_007);
    bench.now += 99;
    bench.market(AAPL, 9_987, 10_007);
    assert!(bench.gate.monitor().metrics().adverse_millticks == 0, "one of the two is not due");
    bench.now += 1;
    bench.market(AAPL, 9_000, 9_100);
    assert_eq!(bench.gate.monitor().metrics().adverse_millticks, 2_000, "the mid as it was at the horizon");
    assert_eq!(bench.try_buy(), Ok(()));
    bench.fill(Side::Sell, 9_040, 10, None);
    bench.now += 100;
    bench.market(AAPL, 9_100, 9_200);
    assert_eq!(bench.gate.monitor().metrics().adverse_millticks, (1_000 + 10_000) / 2);
    assert_eq!(bench.try_buy(), Err(RiskReason::Markout));
    assert!(bench.row(RiskReason::Markout).is_fed);
}

#[test]
fn time_may_go_back_a_little() {
    let config = RiskConfig { max_clock_step_ns: Some(10), cooldown_ns: 50, ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    bench.now -= 10;
    assert_eq!(bench.try_buy(), Ok(()));
    bench.now -= 1;
    assert_eq!(bench.try_buy(), Err(RiskReason::ClockBackwards));
    bench.now += 49;
    assert_eq!(bench.try_buy(), Err(RiskReason::ClockBackwards));
    bench.now += 1;
    assert_eq!(bench.try_buy(), Ok(()), "the pause is counted in the new time");
    let mut off = Bench::new(RiskConfig::default());
    off.now -= 900;
    assert_eq!(off.try_buy(), Ok(()));
}

#[test]
fn a_break_with_the_venue_latches() {
    let config = RiskConfig { max_reconciliation_breaks: Some(1), ..RiskConfig::default() };
    let mut bench = Bench::new(config);
    bench.gate.on_reconciliation(1, Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Ok(()));
    bench.gate.on_reconciliation(2, Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Err(RiskReason::ReconciliationBreak));
    bench.gate.on_reconciliation(0, Timestamp(bench.now));
    assert_eq!(bench.try_buy(), Err(RiskReason::ReconciliationBreak));
}

#[test]
fn a_silent_host_is_taken_for_dead_until_it_pings() {
    let mut bench = Bench::new(RiskConfig { ping_timeout_ns: Some(100), ..RiskConfig::default() });
    let monitor = bench.gate.monitor();
    assert!(bench.row(RiskReason::DeadMan).is_inert());
    bench.now += 100;
    assert_eq!(bench.try_buy(), Ok(()), "silent since it began");
    bench.now += 1;
    assert_eq!(bench.try_buy(), Err(RiskReason::DeadMan));
    assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Closed(_)));
    let now = Timestamp(bench.now);
    std::thread::spawn(move || monitor.ping(now)).join().unwrap();
    assert_eq!(bench.try_buy(), Ok(()));
    for _ in 0..50 {
        bench.now += 60;
        bench.gate.ping(Timestamp(bench.now));
        assert_eq!(bench.try_buy(), Ok(()));
    }
    bench.now += 101;
    assert_eq!(bench.try_buy(), Err(RiskReason::DeadMan));
    bench.gate.set_enabled(RiskReason::DeadMan, false).unwrap();
    assert_eq!(bench.try_buy(), Ok(()));
}

#[test]
fn every_condition_can_have_every_action() {
    for reason in BreachActions::CONDITIONS {
        for (action, during) in [
            (BreachAction::Refuse, Err(reason)),
            (BreachAction::ReduceOnly, Err(reason)),
            (BreachAction::Pause, Err(reason)),
            (BreachAction::Latch, Err(reason)),
        ] {
            let config = RiskConfig {
                max_reconciliation_breaks: Some(0),
                actions: BreachActions::default().with(RiskReason::ReconciliationBreak, action),
                ..RiskConfig::default()
            };
            if reason != RiskReason::ReconciliationBreak {
                // All conditions share one machine; it is told of this one.
                assert_eq!(BreachActions::default().with(reason, action).of(reason), action);
                continue;
            }
            let mut bench = Bench::new(config);
            bench.exposure.position = SignedQuantity(10);
            bench.gate.on_reconciliation(1, Timestamp(bench.now));
            assert_eq!(bench.try_buy(), during, "{action:?}");
            let sell = bench.order(Side::Sell, 10_000, 10);
            assert_eq!(bench.ask(sell).is_ok(), action == BreachAction::ReduceOnly, "{action:?}");
            bench.gate.on_reconciliation(0, Timestamp(bench.now));
            let ends = matches!(action, BreachAction::Refuse | BreachAction::ReduceOnly);
            assert_eq!(bench.try_buy().is_ok(), ends, "{action:?}: the condition has ended");
            bench.now += config.cooldown_ns;
            assert_eq!(
                bench.try_buy().is_ok(),
                action != BreachAction::Latch,
                "{action:?}: the cooldown is over"
            );
        }
    }
}
