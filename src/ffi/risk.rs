//! Pre-trade risk: `mm_risk_gate_t`, and the `mm_kill_switch_t` that any thread may throw.

use super::args::{self, Out};
use super::config::{self, Config};
use super::event;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::risk::{
    Exposure, KillSwitch, OrderIntent, RateLimit, RiskConfig, RiskCounters, RiskError, RiskGate, RiskReason,
    RiskReject,
};
use crate::types::{Money, Price, Quantity, SignedQuantity, Timestamp};

/// In a limit: the check is off.
pub const MM_NO_LIMIT: i64 = 9_223_372_036_854_775_807;

/// The pre-trade gate: every order passes it or is refused with a typed reason.
pub struct mm_risk_gate_t {
    _opaque: [u8; 0],
}

impl Noun for mm_risk_gate_t {
    type Value = RiskGate;
    const NAME: &'static str = "mm_risk_gate_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-rgate");
}

/// Turns a gate off from any thread; it outlives the gate.
pub struct mm_kill_switch_t {
    _opaque: [u8; 0],
}

impl Noun for mm_kill_switch_t {
    type Value = KillSwitch;
    const NAME: &'static str = "mm_kill_switch_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-kills");
}

/// The limits of a gate. `MM_NO_LIMIT`, the default, switches a check off.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_risk_config_t {
    /// Set by `mm_risk_config_init`.
    pub struct_size: usize,
    /// Lots of one order.
    pub max_order_quantity: i64,
    /// |price| x quantity of one order, ticks x lots.
    pub max_order_notional: i64,
    /// Distance of the price from the reference, ticks.
    pub collar_ticks: i64,
    /// Distance of the price from the reference, basis points. Both collars hold when both are set.
    pub collar_bps: i64,
    /// Lots long if every working buy order filled.
    pub max_long_position: i64,
    /// Lots short if every working sell order filled, as a positive number.
    pub max_short_position: i64,
    /// The time in which `rate_messages` messages may be sent, ns. Default one second.
    pub rate_period_ns: u64,
    /// Messages per period; 0, the default, is no limit. Cancels use it up and are never refused by it.
    pub rate_messages: u32,
    /// Messages that may be sent at once after a pause; 0 is `rate_messages`.
    pub rate_burst: u32,
}

// SAFETY: repr(C), begins with `struct_size`, 8-byte fields and two 4-byte ones leave no padding, all integers.
unsafe impl Config for mm_risk_config_t {
    const FIRST_SIZE: usize = 72;
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            max_order_quantity: MM_NO_LIMIT,
            max_order_notional: MM_NO_LIMIT,
            collar_ticks: MM_NO_LIMIT,
            collar_bps: MM_NO_LIMIT,
            max_long_position: MM_NO_LIMIT,
            max_short_position: MM_NO_LIMIT,
            rate_period_ns: 1_000_000_000,
            rate_messages: 0,
            rate_burst: 0,
        }
    }
}

const _: () = assert!(size_of::<mm_risk_config_t>() >= <mm_risk_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_risk_config_t> for RiskConfig {
    type Error = Failure;

    fn try_from(config: &mm_risk_config_t) -> Result<Self, Failure> {
        let limit = |value: i64, name: &str| match value {
            MM_NO_LIMIT => Ok(None),
            0.. => Ok(Some(value)),
            _ => Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is negative"))),
        };
        let lots = |value, name| Ok::<_, Failure>(limit(value, name)?.map(|v| Quantity(v.unsigned_abs())));
        let bps = limit(config.collar_bps, "collar_bps")?
            .map(u32::try_from)
            .transpose()
            .map_err(|_| Failure::new(MM_E_INVALID_ARGUMENT, format_args!("collar_bps is above 2^32-1")))?;
        Ok(Self {
            max_order_quantity: lots(config.max_order_quantity, "max_order_quantity")?,
            max_order_notional: limit(config.max_order_notional, "max_order_notional")?.map(Money),
            collar_ticks: limit(config.collar_ticks, "collar_ticks")?.map(i64::unsigned_abs),
            collar_bps: bps,
            max_long_position: lots(config.max_long_position, "max_long_position")?,
            max_short_position: lots(config.max_short_position, "max_short_position")?,
            message_rate: (config.rate_messages > 0).then_some(RateLimit {
                messages: config.rate_messages,
                period_ns: config.rate_period_ns,
                burst: if config.rate_burst == 0 { config.rate_messages } else { config.rate_burst },
            }),
        })
    }
}

/// An order that wants out.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_order_intent_t {
    /// Time of the event that caused it, ns.
    pub timestamp: u64,
    /// Price, ticks.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// Open quantity of the order that it replaces, 0 for a new order.
    pub replaces: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// What an order is measured against.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_exposure_t {
    /// Lots held; negative is short.
    pub position: i64,
    /// Lots of working buy orders, in their worst case.
    pub working_buy: u64,
    /// Lots of working sell orders, in their worst case.
    pub working_sell: u64,
    /// The price that collars measure from, usually the mid, ticks; used if `has_reference` is 1.
    pub reference: i64,
    /// 1 if there is a reference price, else 0.
    pub has_reference: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// How often the gate was asked and what it answered.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_risk_counters_t {
    /// Orders checked.
    pub evaluated: u64,
    /// Orders refused, by reason: `refused[-200 - status]`, e.g. `[3]` for `MM_E_RISK_ORDER_QUANTITY`.
    pub refused: [u64; 16],
}

impl From<&RiskCounters> for mm_risk_counters_t {
    fn from(counters: &RiskCounters) -> Self {
        let mut refused = [0; 16];
        for reason in RiskReason::ALL {
            refused[reason as usize] = counters.refused_for(reason);
        }
        Self { evaluated: counters.evaluated, refused }
    }
}

impl From<RiskReject> for Failure {
    fn from(reject: RiskReject) -> Self {
        let status = match reject.reason {
            RiskReason::KillSwitch => MM_E_RISK_KILL_SWITCH,
            RiskReason::InvalidOrder => MM_E_RISK_INVALID_ORDER,
            RiskReason::OrderQuantity => MM_E_RISK_ORDER_QUANTITY,
            RiskReason::OrderNotional => MM_E_RISK_ORDER_NOTIONAL,
            RiskReason::NoReference => MM_E_RISK_NO_REFERENCE,
            RiskReason::PriceCollar => MM_E_RISK_PRICE_COLLAR,
            RiskReason::LongPosition => MM_E_RISK_LONG_POSITION,
            RiskReason::ShortPosition => MM_E_RISK_SHORT_POSITION,
            RiskReason::MessageRate => MM_E_RISK_MESSAGE_RATE,
        };
        Self::new(status, format_args!("{reject}"))
    }
}

impl From<RiskError> for Failure {
    fn from(error: RiskError) -> Self {
        Self::new(MM_E_INVALID_ARGUMENT, format_args!("{error}"))
    }
}

/// Fills a config with its defaults: no limit anywhere. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_config_init(
    config: *mut mm_risk_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes a gate, its message bucket full and its switch off.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a negative limit or a rate that cannot be.
///
/// # Safety
/// `config` points to an initialised config; `gate` is writable. Free the handle with `mm_risk_gate_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_create(
    config: *const mm_risk_config_t,
    gate: *mut *mut mm_risk_gate_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(gate, "gate") }?;
        // SAFETY: by this function's contract.
        let config = RiskConfig::try_from(&unsafe { config::read(config) }?)?;
        out.set(create(RiskGate::new(&config)?));
        Ok(MM_OK)
    })
}

/// Frees a gate. Null is fine.
///
/// # Safety
/// `gate` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_destroy(gate: *mut mm_risk_gate_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(gate) }
}

/// Replaces the limits. Counters and the switch stay; the bucket stays when its rate does.
///
/// # Errors
/// As for `mm_risk_gate_create`; the old limits stay then.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `config` points to an initialised config.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_set_config(
    gate: *mut mm_risk_gate_t,
    config: *const mm_risk_config_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let config = RiskConfig::try_from(&unsafe { config::read(config) }?)?;
        gate.set_config(&config)?;
        Ok(MM_OK)
    })
}

/// Passes or refuses one order and counts it. A passed order has used one message of the rate. Hot path, O(1).
///
/// # Errors
/// The `MM_E_RISK_*` of the first failed check; the message says what was measured against which limit. Nothing but
/// the counters has changed then.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `order` and `exposure` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_check(
    gate: *mut mm_risk_gate_t,
    order: *const mm_order_intent_t,
    exposure: *const mm_exposure_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let order = unsafe { args::reference(order, "order") }?;
        // SAFETY: by this function's contract.
        let exposure = unsafe { args::reference(exposure, "exposure") }?;
        let has_reference = event::flag(exposure.has_reference, "has_reference")?;
        gate.check(
            &OrderIntent {
                side: event::side(order.side)?,
                price: Price(order.price),
                quantity: Quantity(order.quantity),
                replaces: Quantity(order.replaces),
                timestamp: Timestamp(order.timestamp),
            },
            &Exposure {
                position: SignedQuantity(exposure.position),
                working_buy: Quantity(exposure.working_buy),
                working_sell: Quantity(exposure.working_sell),
                reference: has_reference.then_some(Price(exposure.reference)),
            },
        )?;
        Ok(MM_OK)
    })
}

/// Tells the gate of a cancel that goes out at `timestamp` ns: it uses the rate up and is never refused. Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_note_cancel(gate: *mut mm_risk_gate_t, timestamp: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.note_cancel(Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// How often the gate was asked and what it answered.
///
/// # Safety
/// `gate` is a live handle that no other thread changes; `counters` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_counters(
    gate: *const mm_risk_gate_t,
    counters: *mut mm_risk_counters_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(counters, "counters") }?;
        out.set(gate.counters().into());
        Ok(MM_OK)
    })
}

/// The gate's switch, a handle of its own that any thread may use. All switches of a gate are one.
///
/// # Safety
/// `gate` is a live handle that no other thread changes; `kill_switch` is writable. Free the handle with
/// `mm_kill_switch_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_kill_switch(
    gate: *const mm_risk_gate_t,
    kill_switch: *mut *mut mm_kill_switch_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(kill_switch, "kill_switch") }?.set(create(gate.kill_switch()));
        Ok(MM_OK)
    })
}

/// Frees a switch; its gate goes on as it is. Null is fine.
///
/// # Safety
/// `kill_switch` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_destroy(kill_switch: *mut mm_kill_switch_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(kill_switch) }
}

/// Refuses every order from now on (`on` 1) or lets orders pass again (`on` 0). Any thread, hot path.
///
/// # Errors
/// `MM_E_ENUM` for another number.
///
/// # Safety
/// `kill_switch` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_set(kill_switch: *const mm_kill_switch_t, on: u8) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(kill_switch) }, |kill_switch| {
        if event::flag(on, "on")? {
            kill_switch.kill();
        } else {
            kill_switch.revive();
        }
        Ok(MM_OK)
    })
}

/// Whether orders are refused: `on` gets 1 or 0. Any thread, hot path.
///
/// # Safety
/// `kill_switch` is a live handle; `on` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_kill_switch_get(
    kill_switch: *const mm_kill_switch_t,
    on: *mut u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(kill_switch) }, |kill_switch| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(on, "on") }?.set(u8::from(kill_switch.is_killed()));
        Ok(MM_OK)
    })
}
