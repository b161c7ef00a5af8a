use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::risk::*;
use crate::types::*;

const REFERENCE: Price = Price(10_000);

fn order(side: Side, price: i64, quantity: u64) -> OrderIntent {
    OrderIntent { side, price: Price(price), quantity: Quantity(quantity), ..OrderIntent::EMPTY }
}

fn flat() -> Exposure {
    Exposure { reference: Some(REFERENCE), ..Exposure::default() }
}

fn gate(config: RiskConfig) -> RiskGate {
    RiskGate::new(&config).unwrap()
}

/// The first order passes, the second is refused for the reason.
fn boundary(
    config: RiskConfig,
    exposure: Exposure,
    passes: OrderIntent,
    fails: OrderIntent,
    reason: RiskReason,
) {
    let mut gate = gate(config);
    assert_eq!(gate.check(&passes, &exposure), Ok(()), "{reason}");
    let refused = gate.check(&fails, &exposure).unwrap_err();
    assert_eq!(refused.reason, reason);
    let counters = gate.counters();
    assert_eq!((counters.evaluated, counters.total_refused(), counters.refused_for(reason)), (2, 1, 1));
    assert_eq!(RiskGate::new(&RiskConfig::default()).unwrap().check(&passes, &exposure), Ok(()));
}

#[test]
fn exactly_at_the_quantity_limit_passes() {
    let config = RiskConfig { max_order_quantity: Some(Quantity(10)), ..RiskConfig::default() };
    let (passes, fails) = (order(Side::Buy, 10_000, 10), order(Side::Buy, 10_000, 11));
    boundary(config, flat(), passes, fails, RiskReason::OrderQuantity);
}

#[test]
fn exactly_at_the_notional_limit_passes_whatever_the_sign_of_the_price() {
    let config = RiskConfig { max_order_notional: Some(Money(500)), ..RiskConfig::default() };
    for sign in [1, -1] {
        let (passes, fails) = (order(Side::Sell, 50 * sign, 10), order(Side::Sell, 167 * sign, 3));
        boundary(config, flat(), passes, fails, RiskReason::OrderNotional);
    }
    let refused = gate(config).check(&order(Side::Buy, Price::MAX.0, Quantity::MAX.0), &flat()).unwrap_err();
    assert_eq!((refused.observed, refused.limit), (i64::MAX, 500), "capped, not wrapped");
}

#[test]
fn exactly_at_the_collar_passes_on_both_sides_of_the_reference() {
    let ticks = RiskConfig { collar_ticks: Some(50), ..RiskConfig::default() };
    let bps = RiskConfig { collar_bps: Some(50), ..RiskConfig::default() };
    for config in [
        ticks,
        bps,
        RiskConfig { collar_ticks: Some(70), ..bps },
        RiskConfig { collar_bps: Some(70), ..ticks },
    ] {
        for sign in [1, -1] {
            let (passes, fails) =
                (order(Side::Buy, 10_000 + 50 * sign, 1), order(Side::Buy, 10_000 + 51 * sign, 1));
            boundary(config, flat(), passes, fails, RiskReason::PriceCollar);
        }
    }
    let negative = Exposure { reference: Some(Price(-10_000)), ..flat() };
    let (passes, fails) = (order(Side::Buy, -10_050, 1), order(Side::Buy, -10_051, 1));
    boundary(bps, negative, passes, fails, RiskReason::PriceCollar);
    let far = order(Side::Buy, Price::MIN.0, 1);
    let extreme = Exposure { reference: Some(Price::MAX), ..flat() };
    assert_eq!(gate(bps).check(&far, &extreme).unwrap_err().reason, RiskReason::PriceCollar);
}

#[test]
fn a_collar_without_a_reference_refuses() {
    let config = RiskConfig { collar_ticks: Some(50), ..RiskConfig::default() };
    let refused = gate(config).check(&order(Side::Buy, 1, 1), &Exposure::default()).unwrap_err();
    assert_eq!(refused.reason, RiskReason::NoReference);
    assert_eq!(gate(RiskConfig::default()).check(&order(Side::Buy, 1, 1), &Exposure::default()), Ok(()));
}

#[test]
fn position_counts_working_orders_of_the_same_side_in_the_worst_case() {
    let config = RiskConfig::default().with_max_position(Quantity(100));
    let exposure = Exposure {
        position: SignedQuantity(40),
        working_buy: Quantity(50),
        working_sell: Quantity(130),
        ..flat()
    };
    let (passes, fails) = (order(Side::Buy, 1, 10), order(Side::Buy, 1, 11));
    boundary(config, exposure, passes, fails, RiskReason::LongPosition);
    // Short in the worst case: 130 − 40 working already, so ten more are the limit.
    let (passes, fails) = (order(Side::Sell, 1, 10), order(Side::Sell, 1, 11));
    boundary(config, exposure, passes, fails, RiskReason::ShortPosition);
    let extreme = Exposure { position: SignedQuantity(i64::MIN), working_sell: Quantity(u64::MAX), ..flat() };
    let refused = gate(config).check(&order(Side::Sell, 1, Quantity::MAX.0), &extreme).unwrap_err();
    assert_eq!((refused.reason, refused.observed), (RiskReason::ShortPosition, i64::MAX));
}

#[test]
fn an_order_that_works_an_excessive_position_down_passes() {
    let config = RiskConfig::default().with_max_position(Quantity(100));
    let long = Exposure { position: SignedQuantity(500), working_buy: Quantity(10), ..flat() };
    assert_eq!(gate(config).check(&order(Side::Sell, 1, 600), &long), Ok(()), "down to 100 short");
    assert!(gate(config).check(&order(Side::Sell, 1, 601), &long).is_err());
    assert!(gate(config).check(&order(Side::Buy, 1, 1), &long).is_err());
    let short = Exposure { position: SignedQuantity(-500), ..flat() };
    assert_eq!(gate(config).check(&order(Side::Buy, 1, 500), &short), Ok(()));
    assert!(gate(config).check(&order(Side::Sell, 1, 1), &short).is_err());
}

#[test]
fn a_replacement_counts_only_what_it_adds() {
    let config = RiskConfig::default().with_max_position(Quantity(100));
    let exposure = Exposure { working_buy: Quantity(100), ..flat() };
    let replacing = |quantity| OrderIntent { replaces: Quantity(30), ..order(Side::Buy, 1, quantity) };
    boundary(config, exposure, replacing(30), replacing(31), RiskReason::LongPosition);
    // Above the limit already, a replacement that adds nothing still may move.
    let above = Exposure { working_buy: Quantity(150), ..flat() };
    assert_eq!(gate(config).check(&replacing(29), &above), Ok(()));
}

#[test]
fn malformed_orders_are_refused() {
    for bad in [
        order(Side::Buy, 1, 0),
        order(Side::Buy, 1, u64::MAX),
        order(Side::Buy, i64::MAX, 1),
        order(Side::Buy, i64::MIN, 1),
    ] {
        assert_eq!(
            gate(RiskConfig::default()).check(&bad, &flat()).unwrap_err().reason,
            RiskReason::InvalidOrder
        );
    }
}

#[test]
fn the_message_rate_is_a_bucket_refilled_by_event_time() {
    let rate = RateLimit { messages: 2, period_ns: 1000, burst: 3 };
    let mut gate = gate(RiskConfig { message_rate: Some(rate), ..RiskConfig::default() });
    let mut passes = |now| {
        gate.check(&OrderIntent { timestamp: Timestamp(now), ..order(Side::Buy, 1, 1) }, &flat()).is_ok()
    };
    let answers = [5, 5, 5, 5, 504, 505, 505, 400, 1005].map(&mut passes);
    assert_eq!(answers, [true, true, true, false, false, true, false, false, true]);
    assert_eq!(gate.counters().refused_for(RiskReason::MessageRate), 4);
}

#[test]
fn an_order_refused_for_another_reason_uses_no_message() {
    let rate = RateLimit { messages: 1, period_ns: 1000, burst: 1 };
    let config = RiskConfig {
        message_rate: Some(rate),
        max_order_quantity: Some(Quantity(1)),
        ..RiskConfig::default()
    };
    let mut gate = gate(config);
    assert_eq!(gate.check(&order(Side::Buy, 1, 2), &flat()).unwrap_err().reason, RiskReason::OrderQuantity);
    assert_eq!(gate.check(&order(Side::Buy, 1, 1), &flat()), Ok(()));
}

#[test]
fn cancels_pass_always_and_use_the_rate_up() {
    let rate = RateLimit { messages: 1, period_ns: 1000, burst: 2 };
    let mut gate = gate(RiskConfig { message_rate: Some(rate), ..RiskConfig::default() });
    for _ in 0..50 {
        gate.note_cancel(Timestamp(0));
    }
    assert_eq!(gate.check(&order(Side::Buy, 1, 1), &flat()).unwrap_err().reason, RiskReason::MessageRate);
    // The bucket is empty and not in debt.
    let later = OrderIntent { timestamp: Timestamp(1000), ..order(Side::Buy, 1, 1) };
    assert_eq!(gate.check(&later, &flat()), Ok(()));
}

#[test]
fn the_bucket_never_passes_more_than_burst_and_rate_together() {
    for seed in 0..20 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let limit = RateLimit {
            messages: 1 + random.next_u32() % 20,
            period_ns: 1 + random.next_u64() % 1000,
            burst: 1 + random.next_u32() % 10,
        };
        let mut bucket = TokenBucket::new(limit).unwrap();
        // The oracle keeps fractions: credit in messages × period.
        let period = u128::from(limit.period_ns);
        let full = u128::from(limit.burst) * period;
        let (mut credit, mut now) = (full, random.next_u64() % 1000);
        let mut last = now;
        for _ in 0..5_000 {
            now += random.next_u64() % (2 * limit.period_ns) / u64::from(1 + random.next_u32() % 50);
            credit = (credit + u128::from(now - last) * u128::from(limit.messages)).min(full);
            last = now;
            let expected = credit >= period;
            credit -= if expected { period } else { 0 };
            assert_eq!(bucket.take(Timestamp(now)), expected);
            assert_eq!(u128::from(bucket.available()), credit / period);
        }
    }
    let mut bucket = TokenBucket::new(RateLimit::per_second(1)).unwrap();
    assert!(bucket.take(Timestamp(0)) && bucket.take(Timestamp(u64::MAX)) && !bucket.take(Timestamp(0)));
}

#[test]
fn the_kill_switch_works_from_any_thread_and_comes_before_every_other_check() {
    let mut gate = gate(RiskConfig { max_order_quantity: Some(Quantity(1)), ..RiskConfig::default() });
    let switch = gate.kill_switch();
    std::thread::spawn(move || switch.kill()).join().unwrap();
    let refused = gate.check(&order(Side::Buy, 1, 5), &flat()).unwrap_err();
    assert_eq!(refused.reason, RiskReason::KillSwitch);
    gate.revive();
    assert_eq!(gate.check(&order(Side::Buy, 1, 1), &flat()), Ok(()));
}

#[test]
fn reasons_have_the_numbers_that_cross_the_boundary() {
    let numbers: Vec<u8> = RiskReason::ALL.iter().map(|&reason| reason as u8).collect();
    assert_eq!(numbers, (1..=RiskReason::COUNT as u8).collect::<Vec<_>>());
    let mut in_order = RiskReason::IN_ORDER.map(|reason| reason as u8);
    in_order.sort_unstable();
    assert_eq!(in_order.as_slice(), numbers);
    for (index, reason) in RiskReason::ALL.iter().enumerate() {
        assert_eq!((reason.index(), RiskReason::from_u8(*reason as u8)), (index, Some(*reason)));
    }
}

#[test]
fn impossible_limits_are_refused_and_the_old_ones_stay() {
    let good = RiskConfig { max_order_quantity: Some(Quantity(1)), ..RiskConfig::default() };
    let mut gate = gate(good);
    let rate = |messages, period_ns, burst| RiskConfig {
        message_rate: Some(RateLimit { messages, period_ns, burst }),
        ..RiskConfig::default()
    };
    for bad in [
        RiskConfig { max_order_notional: Some(Money(-1)), ..RiskConfig::default() },
        RiskConfig::default().with_max_position(Quantity(u64::MAX)),
        rate(0, 1, 1),
        rate(1, 0, 1),
        rate(1, 1, 0),
        rate(1, u64::MAX, 2),
    ] {
        assert!(matches!(gate.set_config(&bad), Err(RiskError::BadConfig(_))), "{bad:?}");
        assert_eq!(gate.config(), &good);
    }
}
