//! What a host decides of a risk gate: state, rules, switches, resets, the new day, and what survives a restart.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config;
use super::engine::mm_engine_t;
use super::event;
use super::guard::{Exclusive, NoHandle, Shared, guard};
use super::risk::{mm_risk_config_t, mm_risk_gate_t, status_of};
use super::status::*;
use crate::risk::{
    InstrumentRules, Restriction, RiskConfig, RiskGate, RiskLatches, RiskReason, Stance, TradingState,
    historical_tail_risk, normal_tail_risk,
};
use crate::types::{InstrumentId, Money, Timestamp};

/// Orders pass if the checks pass.
pub const MM_TRADING_ACTIVE: u8 = 0;
/// Only orders that reduce a position.
pub const MM_TRADING_REDUCE_ONLY: u8 = 1;
/// Only cancels.
pub const MM_TRADING_HALTED: u8 = 2;

/// Everything may be traded.
pub const MM_RESTRICTION_NONE: u8 = 0;
/// Only what reduces the position.
pub const MM_RESTRICTION_REDUCE_ONLY: u8 = 1;
/// Nothing but cancels.
pub const MM_RESTRICTION_RESTRICTED: u8 = 2;

/// What one instrument allows, and what it is worth.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_instrument_rules_t {
    /// Quantities are multiples of so many lots, at least 1.
    pub quantity_increment: u64,
    /// Account units in one tick x lot, at least 1.
    pub unit_value: i64,
    /// Prices are multiples of so many ticks, at least 1.
    pub price_increment: u32,
    /// `MM_RESTRICTION_*`.
    pub restriction: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

impl TryFrom<&mm_instrument_rules_t> for InstrumentRules {
    type Error = Failure;

    fn try_from(rules: &mm_instrument_rules_t) -> Result<Self, Failure> {
        let restriction = Restriction::from_u8(rules.restriction).ok_or_else(|| {
            Failure::new(MM_E_ENUM, format_args!("restriction {} is unknown", rules.restriction))
        })?;
        Ok(Self {
            price_increment: rules.price_increment,
            quantity_increment: rules.quantity_increment,
            unit_value: rules.unit_value,
            restriction,
        })
    }
}

/// A gate's latches and kill switch, to be stored and given to the gate of the next life. 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_latches_t {
    /// Changes of latches and switch so far: store them when it has moved.
    pub sequence: u64,
    /// Bit n: the check of `MM_E_RISK_*` number -201 - n has latched.
    pub latched: u64,
    /// 1 while the kill switch is on, else 0.
    pub killed: u64,
    /// When the last one latched, ns.
    pub timestamp: u64,
    /// -200 - `MM_E_RISK_*` of the last one, else 0.
    pub reason: u64,
    /// What it measured.
    pub observed: i64,
    /// What was allowed.
    pub limit: i64,
    /// Zero.
    pub reserved: u64,
}

impl From<RiskLatches> for mm_risk_latches_t {
    fn from(latches: RiskLatches) -> Self {
        let RiskLatches { sequence, latched, killed, timestamp, reason, observed, limit, reserved } = latches;
        Self { sequence, latched, killed, timestamp, reason, observed, limit, reserved }
    }
}

impl From<&mm_risk_latches_t> for RiskLatches {
    fn from(latches: &mm_risk_latches_t) -> Self {
        let mm_risk_latches_t { sequence, latched, killed, timestamp, reason, observed, limit, reserved } =
            *latches;
        Self { sequence, latched, killed, timestamp, reason, observed, limit, reserved }
    }
}

/// A trading state from its number.
pub(crate) fn state_of(state: u8) -> Result<TradingState, Failure> {
    TradingState::from_u8(state)
        .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("trading state {state} is unknown")))
}

/// The check behind a `MM_E_RISK_*`.
pub(crate) fn check_of(status: mm_status_t) -> Result<RiskReason, Failure> {
    u8::try_from(-200_i64 - i64::from(status))
        .ok()
        .and_then(RiskReason::from_u8)
        .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("{status} is the status of no check")))
}

/// Opens the latches of a gate, by `mm_risk_gate_reset` or an engine's.
fn reset(gate: &mut RiskGate, token: u64, reason: &str, timestamp: u64) -> Result<mm_status_t, Failure> {
    gate.reset(token, reason, Timestamp(timestamp))?;
    Ok(MM_OK)
}

/// Lets the gate do more or less from now on: `MM_TRADING_*`. Cancels always pass.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_set_state(
    gate: *mut mm_risk_gate_t,
    state: u8,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.set_state(state_of(state)?, Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// Gives an instrument rules of its own, and a line in the gate's table.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for an increment or a unit value below 1, `MM_E_FULL`, `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `rules` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_set_rules(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    rules: *const mm_instrument_rules_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let rules = unsafe { args::reference(rules, "rules") }?;
        gate.set_rules(InstrumentId(instrument), &rules.try_into()?)?;
        Ok(MM_OK)
    })
}

/// Switches a check, named by its `MM_E_RISK_*`, on (1) or off (0). A check without a limit stays without effect.
///
/// # Errors
/// `MM_E_ENUM`; `MM_E_INVALID_ARGUMENT` for the checks that nothing switches off: kill switch, malformed orders, unknown
/// instruments.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_set_enabled(
    gate: *mut mm_risk_gate_t,
    check: mm_status_t,
    on: u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.set_enabled(check_of(check)?, event::flag(on, "on")?)?;
        Ok(MM_OK)
    })
}

/// A new day: the daily loss is measured from the equity as it is, and orders and fills are counted from 0.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_new_day(gate: *mut mm_risk_gate_t, timestamp: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.new_day(Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// What equity was at the day's start and at its peak, account units, for a host that goes on with an account after a restart.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_set_baseline(
    gate: *mut mm_risk_gate_t,
    day_start: i64,
    peak: i64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.set_baseline(Money(day_start), Money(peak));
        Ok(MM_OK)
    })
}

/// What the gate would say of any order of the instrument now: `stance` gets 0 when it depends on the order, else the
/// `MM_E_RISK_*` for which quotes are to be withdrawn; `reduce_only` gets 1 when reducing orders may still pass. Counts nothing.
/// Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; the outputs are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_stance(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    timestamp: u64,
    stance: *mut mm_status_t,
    reduce_only: *mut u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let stance = unsafe { Out::new(stance, "stance") }?;
        // SAFETY: by this function's contract.
        let reduce_only = unsafe { Out::new(reduce_only, "reduce_only") }?;
        let (status, reduces) = match gate.stance(InstrumentId(instrument), Timestamp(timestamp)) {
            Stance::Open => (MM_OK, 0),
            Stance::ReduceOnly(why) => (status_of(why.reason), 1),
            Stance::Closed(why) => (status_of(why.reason), 0),
        };
        stance.set(status);
        reduce_only.set(reduces);
        Ok(MM_OK)
    })
}

/// The latches as they are, to be stored; `token` gets what a reset must show, 0 while nothing is latched, and may be null.
///
/// # Safety
/// `gate` is a live handle that no other thread changes; `latches` is writable, `token` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_latches(
    gate: *const mm_risk_gate_t,
    latches: *mut mm_risk_latches_t,
    token: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let latches = unsafe { Out::new(latches, "latches") }?;
        // SAFETY: by this function's contract.
        let token = unsafe { Out::optional(token, "token") }?;
        let now = gate.latches();
        latches.set(now.into());
        if let Some(token) = token {
            token.set(now.token());
        }
        Ok(MM_OK)
    })
}

/// Takes over stored latches and the stored kill switch. Nothing that is latched or killed already is opened.
///
/// # Errors
/// `MM_E_RISK_LATCHES` for what no gate can have written.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `latches` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_restore(
    gate: *mut mm_risk_gate_t,
    latches: *const mm_risk_latches_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let latches = unsafe { args::reference(latches, "latches") }?;
        gate.restore(&latches.into())?;
        Ok(MM_OK)
    })
}

/// Opens every latch. `token` is that of the latches as they are: another one that has latched in the meantime makes it wrong.
/// `reason`, 1 to 32 bytes of UTF-8, goes to the audit ring. The daily loss and the drawdown are measured from the equity as it is;
/// the kill switch stays as it is.
///
/// # Errors
/// `MM_E_RISK_TOKEN`, also when nothing is latched; `MM_E_RISK_NO_REASON`, `MM_E_UTF8`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `reason` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_reset(
    gate: *mut mm_risk_gate_t,
    token: u64,
    reason: *const c_char,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let reason = unsafe { args::string(reason, "reason") }?;
        reset(gate, token, reason, timestamp)
    })
}

/// As `mm_risk_gate_set_config` for the engine's gate.
///
/// # Errors
/// As there.
///
/// # Safety
/// `engine` is a live handle that no other thread uses; `config` points to an initialised config.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_set_config(
    engine: *mut mm_engine_t,
    config: *const mm_risk_config_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let config = RiskConfig::try_from(&unsafe { config::read(config) }?)?;
        pipeline.engine.risk_mut().set_config(&config)?;
        Ok(MM_OK)
    })
}

/// As `mm_risk_gate_latches` for the engine's gate.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `latches` is writable, `token` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_latches(
    engine: *const mm_engine_t,
    latches: *mut mm_risk_latches_t,
    token: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let latches = unsafe { Out::new(latches, "latches") }?;
        // SAFETY: by this function's contract.
        let token = unsafe { Out::optional(token, "token") }?;
        let now = pipeline.engine.risk().latches();
        latches.set(now.into());
        if let Some(token) = token {
            token.set(now.token());
        }
        Ok(MM_OK)
    })
}

/// As `mm_risk_gate_restore` for the engine's gate.
///
/// # Errors
/// As there.
///
/// # Safety
/// `engine` is a live handle that no other thread uses; `latches` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_restore(
    engine: *mut mm_engine_t,
    latches: *const mm_risk_latches_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let latches = unsafe { args::reference(latches, "latches") }?;
        pipeline.engine.risk_mut().restore(&latches.into())?;
        Ok(MM_OK)
    })
}

/// As `mm_risk_gate_reset` for the engine's gate.
///
/// # Errors
/// As there.
///
/// # Safety
/// `engine` is a live handle that no other thread uses; `reason` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_reset(
    engine: *mut mm_engine_t,
    token: u64,
    reason: *const c_char,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let reason = unsafe { args::string(reason, "reason") }?;
        reset(pipeline.engine.risk_mut(), token, reason, timestamp)
    })
}

/// Value at risk and expected shortfall of an exposure |q|S whose returns are normal with mean zero: `volatility` of one period,
/// the horizon in `periods`, a `confidence` of 0.5 to 1. Any thread.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for numbers that are not finite or out of range.
///
/// # Safety
/// The outputs are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_normal_tail_risk(
    exposure: f64,
    volatility: f64,
    periods: f64,
    confidence: f64,
    value_at_risk: *mut f64,
    expected_shortfall: *mut f64,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let value_at_risk = unsafe { Out::new(value_at_risk, "value_at_risk") }?;
        // SAFETY: by this function's contract.
        let expected_shortfall = unsafe { Out::new(expected_shortfall, "expected_shortfall") }?;
        let tail = normal_tail_risk(exposure, volatility, periods, confidence)?;
        value_at_risk.set(tail.value_at_risk);
        expected_shortfall.set(tail.expected_shortfall);
        Ok(MM_OK)
    })
}

/// The quantile of past losses and the mean of those at least as large; losses are positive. `losses` is reordered. O(count), any
/// thread.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for a loss that is not finite or a confidence out of 0.5 to 1.
///
/// # Safety
/// `losses` is readable and writable for `count` elements; the outputs are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_historical_tail_risk(
    losses: *mut f64,
    count: usize,
    confidence: f64,
    value_at_risk: *mut f64,
    expected_shortfall: *mut f64,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let losses = unsafe { args::in_place(losses, count, "losses") }?;
        // SAFETY: by this function's contract.
        let value_at_risk = unsafe { Out::new(value_at_risk, "value_at_risk") }?;
        // SAFETY: by this function's contract.
        let expected_shortfall = unsafe { Out::new(expected_shortfall, "expected_shortfall") }?;
        let tail = historical_tail_risk(losses, confidence)?;
        value_at_risk.set(tail.value_at_risk);
        expected_shortfall.set(tail.expected_shortfall);
        Ok(MM_OK)
    })
}
