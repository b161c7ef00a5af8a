//! States, resets, restarts and coverage.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

fn lossy() -> RiskConfig {
    RiskConfig { max_daily_loss: Some(Money(10)), max_drawdown: Some(Money(20)), ..RiskConfig::default() }
}

#[test]
fn a_halted_gate_passes_only_cancels_and_a_reducing_one_what_reduces() {
    let mut bench = Bench::new(RiskConfig::default());
    bench.exposure.position = SignedQuantity(10);
    bench.exposure.working_sell = Quantity(4);
    bench.gate.set_state(TradingState::ReduceOnly, Timestamp(0));
    assert_eq!(bench.try_buy(), Err(RiskReason::ReduceOnly));
    let sell = bench.order(Side::Sell, 10_000, 6);
    assert_eq!(bench.ask(sell), Ok(()));
    let sell = bench.order(Side::Sell, 10_000, 7);
    assert_eq!(bench.ask(sell).unwrap_err().reason, RiskReason::ReduceOnly, "four are working already");
    let monitor = bench.gate.monitor();
    std::thread::spawn(move || monitor.set_state(TradingState::Halted)).join().unwrap();
    assert_eq!(bench.gate.state(), TradingState::Halted);
    assert_eq!(bench.try_buy(), Err(RiskReason::Halted));
    assert!(matches!(bench.gate.stance(AAPL, Timestamp(bench.now)), Stance::Closed(_)));
    bench.gate.note_cancel(Timestamp(bench.now));
    bench.gate.set_state(TradingState::Active, Timestamp(0));
    assert_eq!(bench.try_buy(), Ok(()));
    assert_eq!(bench.events(), [(AuditKind::State, 0), (AuditKind::State, 0)]);
}

#[test]
fn a_reset_wants_the_token_of_the_latches_as_they_are_and_a_reason() {
    let mut bench = Bench::new(lossy());
    let now = Timestamp(bench.now);
    assert_eq!(bench.gate.latches().token(), 0);
    assert_eq!(bench.gate.reset(0, "nothing to reset", now), Err(RiskError::WrongToken));
    bench.profit(-11, 0, 0);
    let early = bench.gate.latches().token();
    bench.profit(-21, 0, 0);
    assert_eq!(bench.gate.reset(early, "saw the first only", now), Err(RiskError::WrongToken));
    let token = bench.gate.latches().token();
    assert_eq!(bench.gate.reset(token, "", now), Err(RiskError::NoReason));
    assert_eq!(bench.gate.reset(token, &"x".repeat(33), now), Err(RiskError::NoReason));
    assert_eq!(bench.try_buy(), Err(RiskReason::DailyLoss));
    let opened = bench.gate.reset(token, "head of desk: agreed", now).unwrap();
    assert_eq!(opened, ReasonSet::EMPTY.with(RiskReason::DailyLoss).with(RiskReason::Drawdown));
    assert_eq!(bench.try_buy(), Ok(()));
    bench.profit(-31, 0, 0);
    assert_eq!(bench.try_buy(), Ok(()), "losses are measured from the reset on");
    bench.profit(-32, 0, 0);
    assert_eq!(bench.try_buy(), Err(RiskReason::DailyLoss));
    assert_eq!(bench.gate.reset(token, "again", now), Err(RiskError::WrongToken), "a token works once");
    let mut out = [AuditRecord::default(); 32];
    let drained = bench.gate.monitor().drain(&mut 0, &mut out);
    let reset = out[..drained.count].iter().find(|record| record.kind == AuditKind::Reset as u8).unwrap();
    let words = [reset.order_id, reset.price as u64, reset.quantity, reset.observed as u64];
    let text: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(text.strip_prefix(b"head of desk: agreed"), Some(&[0; 12][..]));
}

#[test]
fn latches_and_kill_switch_survive_a_restart() {
    let mut bench = Bench::new(lossy());
    bench.profit(-11, 0, 0);
    bench.gate.kill();
    let stored = bench.gate.latches();
    assert_eq!((stored.killed, stored.reasons().iter().count()), (1, 1));

    let mut next = Bench::new(RiskConfig::default());
    next.gate.restore(&stored).unwrap();
    assert_eq!(next.try_buy(), Err(RiskReason::KillSwitch));
    next.gate.revive();
    let order = next.order(Side::Buy, 10_000, 1);
    let refused = next.ask(order).unwrap_err();
    assert_eq!((refused.reason, refused.observed, refused.limit), (RiskReason::DailyLoss, 11, 10), "and why");
    next.gate.set_enabled(RiskReason::DailyLoss, false).unwrap();
    assert_eq!(next.try_buy(), Err(RiskReason::DailyLoss), "switching the check off opens no latch");
    assert!(next.gate.latches().sequence > stored.sequence, "the revival is a change too");
    let token = next.gate.latches().token();
    next.gate.reset(token, "after the restart", Timestamp(0)).unwrap();
    assert_eq!(next.try_buy(), Ok(()));

    let good = RiskLatches::default();
    for bad in [
        RiskLatches { latched: 1 << RiskReason::COUNT, ..good },
        RiskLatches { killed: 2, ..good },
        RiskLatches { reason: RiskReason::COUNT as u64 + 1, ..good },
        RiskLatches { reason: 1 << 40, ..good },
        RiskLatches { reserved: 1, ..good },
        RiskLatches { sequence: u64::MAX, ..good },
    ] {
        assert_eq!(next.gate.restore(&bad), Err(RiskError::BadLatches));
        assert_eq!(next.try_buy(), Ok(()));
    }
}

#[test]
fn coverage_names_every_limit_that_is_without_effect() {
    let config = RiskConfig {
        max_daily_loss: Some(Money(1)),
        max_order_quantity: Some(Quantity(5)),
        collar_ticks: Some(100),
        ..RiskConfig::default()
    };
    let mut gate = RiskGate::new(&config).unwrap();
    let monitor = gate.monitor();
    let inert = || -> Vec<_> {
        let limits = [RiskReason::DailyLoss, RiskReason::OrderQuantity, RiskReason::PriceCollar];
        let rows = monitor.coverage();
        limits.into_iter().filter(|reason| rows[reason.index()].is_inert()).collect()
    };
    assert_eq!(inert(), [RiskReason::DailyLoss, RiskReason::OrderQuantity, RiskReason::PriceCollar]);
    let order = OrderIntent { quantity: Quantity(1), ..OrderIntent::EMPTY };
    assert!(gate.check(&order, &Exposure::default()).is_err(), "a collar without a reference");
    assert_eq!(inert(), [RiskReason::DailyLoss, RiskReason::PriceCollar]);
    let exposure = Exposure { reference: Some(Price(0)), ..Exposure::default() };
    gate.check(&order, &exposure).unwrap();
    assert_eq!(inert(), [RiskReason::DailyLoss]);
    gate.on_account(&AccountUpdate::default());
    assert_eq!(inert(), []);
    let rows = monitor.coverage();
    assert_eq!(rows.map(|row| row.reason), RiskReason::ALL);
    assert!(
        !rows[RiskReason::Markout.index()].is_configured && !rows[RiskReason::Markout.index()].is_inert()
    );
    assert_eq!(monitor.evaluated(), 2);
}

#[test]
fn evaluations_are_what_reached_a_check_across_changes_of_settings() {
    let mut bench = Bench::new(RiskConfig { max_order_quantity: Some(Quantity(5)), ..RiskConfig::default() });
    let count = |bench: &Bench, reason| bench.row(reason).evaluated;
    let large = bench.order(Side::Buy, 1, 6);
    for _ in 0..3 {
        bench.try_buy().unwrap();
        bench.ask(large).unwrap_err();
    }
    assert_eq!(count(&bench, RiskReason::OrderQuantity), 6);
    assert_eq!(count(&bench, RiskReason::MessageRate), 0, "without a limit it is not asked");
    let rate = RateLimit::per_second(1_000);
    let config = RiskConfig { message_rate: Some(rate), ..*bench.gate.config() };
    bench.gate.set_config(&config).unwrap();
    bench.try_buy().unwrap();
    bench.ask(large).unwrap_err();
    assert_eq!((count(&bench, RiskReason::OrderQuantity), count(&bench, RiskReason::MessageRate)), (8, 1));
    bench.gate.set_enabled(RiskReason::OrderQuantity, false).unwrap();
    bench.ask(large).unwrap();
    assert_eq!((count(&bench, RiskReason::OrderQuantity), count(&bench, RiskReason::MessageRate)), (8, 2));
    assert!(bench.gate.set_enabled(RiskReason::KillSwitch, false).is_err());
    assert!(bench.gate.set_enabled(RiskReason::InvalidOrder, false).is_err());
}

#[test]
fn sizes_are_fixed_at_construction_and_bad_settings_change_nothing() {
    let mut bench = Bench::new(RiskConfig::default());
    let good = *bench.gate.config();
    for bad in [
        RiskConfig { instruments: 5, ..good },
        RiskConfig { audit_capacity: 1, ..good },
        RiskConfig { instruments: 0, ..good },
        RiskConfig { warn_share_bps: 10_001, ..good },
        RiskConfig { cancel_reserve: 1, ..good },
        RiskConfig { duplicate_ids: u32::MAX, ..good },
        RiskConfig { max_daily_loss: Some(Money(-1)), ..good },
        RiskConfig { max_gross_notional: Some(Money(-1)), ..good },
        RiskConfig { max_concentration_bps: Some(10_001), ..good },
        RiskConfig { repeated_executions: Some(RepeatLimit { executions: 0, window_ns: 1 }), ..good },
        RiskConfig { tail: TailConfig { confidence_bps: 10_000, ..good.tail }, ..good },
        RiskConfig { message_rate: Some(RateLimit::per_second(5)), cancel_reserve: 5, ..good },
    ] {
        assert!(matches!(bench.gate.set_config(&bad), Err(RiskError::BadConfig(_))), "{bad:?}");
        assert_eq!(bench.gate.config(), &good);
    }
    let rules = InstrumentRules::default();
    for bad in [
        InstrumentRules { price_increment: 0, ..rules },
        InstrumentRules { quantity_increment: 0, ..rules },
        InstrumentRules { unit_value: 0, ..rules },
    ] {
        assert!(matches!(bench.gate.set_rules(AAPL, &bad), Err(RiskError::BadConfig(_))));
    }
}

#[test]
fn absurd_numbers_neither_overflow_nor_pass() {
    let config = RiskConfig {
        max_gross_notional: Some(Money(i64::MAX - 1)),
        max_net_notional: Some(Money(i64::MAX - 1)),
        max_concentration_bps: Some(1),
        max_daily_loss: Some(Money(i64::MAX - 1)),
        actions: BreachActions::default().with(RiskReason::DailyLoss, BreachAction::Refuse),
        ..RiskConfig::default()
    };
    let mut bench = Bench::new(config);
    let rules = InstrumentRules { unit_value: i64::MAX, ..InstrumentRules::default() };
    for id in 0..10 {
        bench.gate.set_rules(InstrumentId(100 + id), &rules).unwrap();
        let exposure = Exposure {
            position: SignedQuantity(if id % 2 == 0 { i64::MAX } else { i64::MIN }),
            working_buy: Quantity(u64::MAX),
            working_sell: Quantity(u64::MAX),
            reference: Some(Price(i64::MIN)),
            working_orders: u32::MAX,
            ..Exposure::default()
        };
        bench.gate.observe(InstrumentId(100 + id), &exposure);
        for side in Side::BOTH {
            let order = OrderIntent {
                instrument: InstrumentId(100 + id),
                ..bench.order(side, Price::MAX.0, 1 << 62)
            };
            let _ = bench.gate.check(&order, &exposure);
        }
    }
    assert_eq!(bench.try_buy(), Err(RiskReason::GrossNotional));
    bench.profit(i64::MIN, i64::MIN, i64::MAX);
    assert_eq!(bench.try_buy(), Err(RiskReason::DailyLoss));
    bench.profit(i64::MAX, i64::MAX, i64::MIN);
    bench.fill(Side::Buy, i64::MIN, u64::MAX, Some(i64::MIN));
    bench.now = u64::MAX;
    let _ = bench.try_buy();
}

/// Everything that asking a gate for its stance may change.
fn traces(gate: &RiskGate) -> impl PartialEq + std::fmt::Debug + use<> {
    let core = &gate.core;
    let state = (core.now, core.wake, core.closed, core.reducing, core.was_killed, core.lines.iter().count());
    (
        state,
        *gate.counters(),
        gate.latches(),
        format!("{:?}", core.conditions),
        gate.monitor().audit().written(),
    )
}

#[test]
fn a_gate_that_is_surely_open_is_open_and_asking_it_changes_nothing() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let (mut sure, mut shut) = (0, 0);
    for round in 0..60_u32 {
        let config = RiskConfig {
            instruments: 1 + round % 2,
            max_data_age_ns: round.is_multiple_of(5).then_some(500),
            max_daily_loss: Some(Money(100)),
            ..RiskConfig::default()
        };
        let mut bench = Bench::new(config);
        for _ in 0..200 {
            bench.now = (bench.now + random.next_u64() % 300).saturating_sub(random.next_u64() % 4 / 3 * 500);
            let now = Timestamp(bench.now);
            match random.next_u32() % 24 {
                0 => bench.gate.kill(),
                1..4 => bench.gate.revive(),
                4 => bench.gate.set_state(TradingState::Halted, now),
                5 => bench.gate.set_state(TradingState::ReduceOnly, now),
                6..10 => bench.gate.set_state(TradingState::Active, now),
                10 | 11 => {
                    let restriction = Restriction::from_u8((random.next_u32() % 3) as u8).unwrap();
                    let rules = InstrumentRules { restriction, ..InstrumentRules::default() };
                    bench.gate.set_rules(AAPL, &rules).unwrap();
                }
                12 => bench.gate.on_account(&AccountUpdate {
                    timestamp: now,
                    realised: Money(-(random.next_u64() as i64 & 127)),
                    ..AccountUpdate::default()
                }),
                13 => bench.gate.new_day(now),
                14..18 => bench.market(AAPL, 9_990, 10_010),
                _ => {}
            }
            // Twice: a gate is surely open only for the instrument that it looked at last.
            for instrument in [AAPL, AAPL, MSFT, MSFT] {
                let is_sure = bench.gate.is_surely_open(instrument, now);
                let before = traces(&bench.gate);
                let stance = bench.gate.stance(instrument, now);
                if is_sure {
                    assert_eq!((stance, traces(&bench.gate)), (Stance::Open, before));
                }
                sure += u32::from(is_sure);
                shut += u32::from(stance != Stance::Open);
            }
        }
    }
    assert!(sure > 1_000 && shut > 1_000, "{sure} {shut}");
}
