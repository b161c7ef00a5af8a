//! The risk gate under arbitrary settings and streams of orders and updates.
//!
//! What an oracle is not needed for: an order that passes is within every plain limit by wide arithmetic that cannot
//! overflow, nothing passes a closed gate, every refusal is counted once, and latches survive being stored.

use market_maker::risk::{
    AccountUpdate, AuditRecord, BreachAction, BreachActions, Exposure, FillUpdate, InstrumentRules,
    MarketUpdate, MarkoutLimit, OrderIntent, OrderToTradeLimit, ProtectionLimit, RateLimit, RepeatLimit,
    Restriction, RiskConfig, RiskGate, RiskReason, SelfTradePolicy, Stance, TailConfig, TradingState,
};
use market_maker::types::{InstrumentId, Money, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

use super::bytes::Bytes;

fn side(bytes: &mut Bytes<'_>) -> Side {
    if bytes.u8() & 1 == 0 { Side::Buy } else { Side::Sell }
}

fn instrument(bytes: &mut Bytes<'_>) -> InstrumentId {
    InstrumentId(u32::from(bytes.u8() % 4))
}

fn money(bytes: &mut Bytes<'_>) -> Money {
    Money(bytes.i64())
}

/// Limits are mostly wide enough that some orders pass.
fn limit(bytes: &mut Bytes<'_>) -> u64 {
    if bytes.is_one_in(3) { bytes.u64() } else { 1_000 + u64::from(bytes.u16()) }
}

fn some_limit(bytes: &mut Bytes<'_>) -> Option<u64> {
    if bytes.u8() & 1 == 0 { None } else { Some(limit(bytes)) }
}

fn some_money(bytes: &mut Bytes<'_>) -> Option<Money> {
    some_limit(bytes).map(|limit| Money(limit.cast_signed()))
}

pub fn config(bytes: &mut Bytes<'_>) -> RiskConfig {
    let mut actions = BreachActions::default();
    if let Some(action) = BreachAction::from_u8(bytes.u8() % 8) {
        let at = bytes.below(BreachActions::CONDITIONS.len());
        actions = actions.with(BreachActions::CONDITIONS[at], action);
    }
    let small = |limit: Option<u64>| limit.map(|limit| limit as u32);
    RiskConfig {
        max_order_quantity: some_limit(bytes).map(Quantity),
        max_order_notional: some_money(bytes),
        collar_ticks: some_limit(bytes),
        collar_bps: small(some_limit(bytes)),
        max_long_position: some_limit(bytes).map(Quantity),
        max_short_position: some_limit(bytes).map(Quantity),
        message_rate: bytes.is_one_in(4).then(|| RateLimit {
            messages: bytes.u32(),
            period_ns: bytes.u64(),
            burst: bytes.u32(),
        }),
        price_increment: bytes.u32() % 4,
        quantity_increment: bytes.u64() % 4,
        min_order_quantity: bytes.is_one_in(6).then(|| Quantity(bytes.u64() % 8)),
        positive_prices: bytes.is_one_in(4),
        max_reference_age_ns: some_limit(bytes),
        post_only: bytes.is_one_in(4),
        min_own_spread: bytes.is_one_in(4).then(|| bytes.u64()),
        self_trade: SelfTradePolicy::from_u8(bytes.u8() % 8),
        duplicate_ids: u32::from(bytes.u8() % 16),
        duplicate_window_ns: bytes.is_one_in(4).then(|| bytes.u64()),
        max_gross_notional: some_money(bytes),
        max_net_notional: some_money(bytes),
        max_concentration_bps: bytes.is_one_in(4).then(|| bytes.u32() % 10_002),
        concentration_base: Money(bytes.u64().cast_signed()),
        max_working_orders: small(some_limit(bytes)),
        cancel_reserve: bytes.u32() % 4,
        order_to_trade: bytes
            .is_one_in(4)
            .then(|| OrderToTradeLimit { orders_per_fill: bytes.u32(), grace: bytes.u64() }),
        repeated_executions: bytes
            .is_one_in(4)
            .then(|| RepeatLimit { executions: 1 + bytes.u32() % 64, window_ns: bytes.u64() }),
        protection: bytes.is_one_in(3).then(|| ProtectionLimit {
            window_ns: bytes.u64(),
            fills: small(some_limit(bytes)).map(|fills| fills % 4_098),
            quantity: some_limit(bytes).map(Quantity),
            notional: some_money(bytes),
        }),
        max_daily_loss: some_money(bytes),
        max_drawdown: some_money(bytes),
        max_consecutive_losses: small(some_limit(bytes)),
        max_value_at_risk: some_money(bytes),
        max_expected_shortfall: some_money(bytes),
        tail: TailConfig {
            confidence_bps: 5_000 + u32::from(bytes.u16()) % 5_001,
            periods: bytes.u32() % 300,
            scenarios: u32::from(bytes.u8() % 32),
        },
        markout: bytes.is_one_in(4).then(|| MarkoutLimit {
            adverse_millticks: bytes.u32(),
            horizon_ns: bytes.u64(),
            fills: 1 + bytes.u32() % 16,
        }),
        max_data_age_ns: some_limit(bytes),
        sequence_gaps: bytes.is_one_in(3),
        crossed_books: bytes.is_one_in(3),
        max_clock_step_ns: some_limit(bytes),
        max_reconciliation_breaks: small(some_limit(bytes)),
        ping_timeout_ns: some_limit(bytes),
        warn_share_bps: bytes.u32() % 10_002,
        cooldown_ns: bytes.u64(),
        actions,
        instruments: 1 + u32::from(bytes.u8() % 4),
        audit_capacity: 1 + u32::from(bytes.u8() % 64),
    }
}

fn order(bytes: &mut Bytes<'_>, now: Timestamp) -> OrderIntent {
    OrderIntent {
        side: side(bytes),
        price: if bytes.is_one_in(6) {
            Price(bytes.i64())
        } else {
            Price(1_000 + i64::from(bytes.u8() % 32))
        },
        quantity: Quantity(bytes.u64()),
        replaces: if bytes.is_one_in(6) { Quantity(bytes.u64()) } else { Quantity::ZERO },
        timestamp: now,
        instrument: instrument(bytes),
        order_id: OrderId(bytes.u64()),
        post_only: bytes.u8() & 1 == 0,
    }
}

fn exposure(bytes: &mut Bytes<'_>) -> Exposure {
    let price = |bytes: &mut Bytes<'_>| {
        if bytes.is_one_in(12) { Price(bytes.i64()) } else { Price(1_000 + i64::from(bytes.u8() % 32)) }
    };
    Exposure {
        position: SignedQuantity(bytes.i64()),
        working_buy: Quantity(bytes.u64()),
        working_sell: Quantity(bytes.u64()),
        reference: bytes.some(price),
        working_orders: u32::from(bytes.u8()),
        own_bid: if bytes.is_one_in(4) { Some(price(bytes)) } else { None },
        own_ask: if bytes.is_one_in(4) { Some(price(bytes)) } else { None },
    }
}

/// An order that passed is within the limits, by arithmetic of twice the width.
fn is_within(config: &RiskConfig, order: &OrderIntent, exposure: &Exposure) {
    let wide = |lots: Quantity| i128::from(lots.0);
    if let Some(limit) = config.max_order_quantity {
        assert!(order.quantity <= limit);
    }
    if let Some(limit) = config.max_order_notional {
        assert!(i128::from(order.price.0).abs() * wide(order.quantity) <= i128::from(limit.0));
    }
    if let Some(ticks) = config.collar_ticks {
        let reference = exposure.reference.expect("an order without a reference passed a collar");
        assert!(i128::from(order.price.0.abs_diff(reference.0)) <= i128::from(ticks));
    }
    // What replaces counts as what it adds, and an order that adds nothing may pass above a limit. The largest number is no limit.
    let added = wide(order.quantity) - wide(order.replaces);
    let position = i128::from(exposure.position.0);
    let (long, short) = (wide(exposure.working_buy) + position, wide(exposure.working_sell) - position);
    let sides = [
        (Side::Buy, config.max_long_position, long, "long"),
        (Side::Sell, config.max_short_position, short, "short"),
    ];
    for (side, limit, worst, what) in sides {
        if let Some(limit) = limit.filter(|limit| *limit < Quantity::MAX)
            && order.side == side
            && added > 0
        {
            assert!(worst + added <= wide(limit), "{worst} and {added} lots {what}, allowed are {limit:?}");
        }
    }
    if let Some(limit) = config.max_working_orders {
        assert!(order.replaces != Quantity::ZERO || exposure.working_orders < limit);
    }
    assert!(order.quantity > Quantity::ZERO && order.price.in_range());
    assert!(!config.positive_prices || order.price.0 > 0);
}

pub fn commands(bytes: &[u8]) -> bool {
    let bytes = &mut Bytes::new(bytes);
    let mut config = config(bytes);
    let Ok(mut gate) = RiskGate::new(&config) else { return false };
    let monitor = gate.monitor();
    let mut records = [AuditRecord::default(); 16];
    let (mut cursor, mut drained) = (0, 0);
    let mut now = Timestamp(1_000);
    let (mut passed, mut plain) = (false, true);
    while !bytes.is_empty() {
        // Time goes forward, mostly.
        now = if bytes.is_one_in(16) {
            Timestamp(bytes.u64())
        } else {
            Timestamp(now.0.saturating_add(bytes.u64() % 5_000))
        };
        match bytes.below(16) {
            0..6 => {
                let (order, exposure) = (order(bytes, now), exposure(bytes));
                let stance = gate.stance(order.instrument, now);
                // A host may switch the check of the state off.
                let halted = plain && gate.state() == TradingState::Halted;
                let closed = halted || matches!(stance, Stance::Closed(_));
                let counters = *gate.counters();
                let verdict = gate.check(&order, &exposure);
                let after = *gate.counters();
                assert_eq!(after.evaluated, counters.evaluated + 1);
                let refused = u64::from(verdict.is_err());
                assert_eq!(after.total_refused(), counters.total_refused() + refused);
                if verdict.is_ok() {
                    passed = true;
                    assert!(!gate.is_killed() && !closed, "an order has passed a closed gate: {stance:?}");
                    if plain {
                        is_within(&config, &order, &exposure);
                    }
                }
            }
            6 => gate.on_market(&MarketUpdate {
                instrument: instrument(bytes),
                timestamp: now,
                bid: bytes.some(|bytes| Price(1_000 + bytes.i64() % 64)),
                ask: bytes.some(|bytes| Price(1_001 + bytes.i64() % 64)),
            }),
            7 => gate.on_fill(&FillUpdate {
                instrument: instrument(bytes),
                timestamp: now,
                side: side(bytes),
                price: Price(bytes.i64()),
                quantity: Quantity(bytes.u64()),
                realised: bytes.some(money),
            }),
            8 => gate.on_account(&AccountUpdate {
                timestamp: now,
                realised: money(bytes),
                unrealised: money(bytes),
                fees: money(bytes),
            }),
            9 => {
                let (instrument, sequence) = (instrument(bytes), bytes.u64());
                match bytes.below(3) {
                    0 => gate.on_sequence(instrument, sequence, now),
                    1 => gate.on_recovered(instrument, sequence, now),
                    _ => gate.on_data(instrument, now),
                }
            }
            10 => {
                let instrument = instrument(bytes);
                let _ = gate.on_volatility(instrument, bytes.f64());
                let _ = gate.on_return(instrument, bytes.f64());
                let tail = gate.update_tail_risk(now);
                let _ = format!("{tail:?}");
            }
            11 => match bytes.below(6) {
                0 => gate.kill(),
                1 => gate.revive(),
                2 => gate.set_state(TradingState::from_u8(bytes.u8() % 3).unwrap_or_default(), now),
                3 => gate.new_day(now),
                4 => gate.set_baseline(money(bytes), money(bytes)),
                _ => gate.on_reconciliation(bytes.u32(), now),
            },
            12 => {
                let latches = gate.latches();
                let token = latches.token();
                if bytes.u8() & 1 == 0 {
                    assert!(gate.reset(token.wrapping_add(1), "attack", now).is_err());
                    assert_eq!(gate.latches(), latches, "a reset with another token has changed the latches");
                } else {
                    assert_eq!(gate.reset(token, "attack", now).is_ok(), latches.latched != 0);
                }
                let mut other = RiskGate::new(&config).expect("the same configuration");
                other.restore(&latches).expect("what a gate gave, a gate takes");
                assert_eq!(other.latches().latched, latches.latched);
                assert_eq!(other.is_killed(), latches.killed == 1);
            }
            13 => {
                let (id, exposure) = (instrument(bytes), exposure(bytes));
                gate.observe(id, &exposure);
                gate.note_cancel(now);
                gate.ping(now);
                gate.advance(now);
            }
            14 => {
                // Rules of an instrument and switched-off checks are limits of another kind.
                plain = false;
                let rules = InstrumentRules {
                    price_increment: bytes.u32() % 4,
                    quantity_increment: bytes.u64() % 4,
                    unit_value: bytes.i64(),
                    restriction: Restriction::from_u8(bytes.u8() % 3).unwrap_or_default(),
                };
                let _ = gate.set_rules(instrument(bytes), &rules);
                if let Some(reason) = RiskReason::from_u8(bytes.u8() % 48) {
                    let _ = gate.set_enabled(reason, bytes.u8() & 1 == 0);
                }
            }
            _ => {
                if bytes.is_one_in(4) {
                    let next = RiskConfig { instruments: config.instruments, ..self::config(bytes) };
                    if gate.set_config(&next).is_ok() {
                        config = next;
                    } else {
                        assert_eq!(gate.config(), &config, "a refused configuration has changed the gate");
                    }
                }
                let _ = (monitor.metrics(), monitor.coverage(), monitor.evaluated());
                let step = monitor.drain(&mut cursor, &mut records);
                drained += step.count as u64 + step.lost;
                assert_eq!(cursor, drained, "records drained and lost are not those written");
                assert!(cursor <= monitor.audit().written());
            }
        }
    }
    passed
}
