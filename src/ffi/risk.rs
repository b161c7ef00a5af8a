//! Pre-trade risk: `mm_risk_gate_t` and its verdict. Its limits, what it is fed, told and watched by is in the files beside.

use super::args::{self, Out};
use super::config;
use super::event;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
pub use super::risk_config::mm_risk_config_t;
use super::status::*;
use crate::risk::{
    Exposure, OrderIntent, RiskConfig, RiskCounters, RiskError, RiskGate, RiskReason, RiskReject,
};
use crate::types::{Price, Quantity, SignedQuantity, Timestamp};

/// The pre-trade gate: every order passes it or is refused with a typed reason.
pub struct mm_risk_gate_t {
    _opaque: [u8; 0],
}

impl Noun for mm_risk_gate_t {
    type Value = RiskGate;
    const NAME: &'static str = "mm_risk_gate_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-rgate");
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

impl TryFrom<&mm_order_intent_t> for OrderIntent {
    type Error = Failure;

    fn try_from(order: &mm_order_intent_t) -> Result<Self, Failure> {
        Ok(Self {
            side: event::side(order.side)?,
            price: Price(order.price),
            quantity: Quantity(order.quantity),
            replaces: Quantity(order.replaces),
            timestamp: Timestamp(order.timestamp),
            ..Self::EMPTY
        })
    }
}

impl TryFrom<&mm_exposure_t> for Exposure {
    type Error = Failure;

    fn try_from(exposure: &mm_exposure_t) -> Result<Self, Failure> {
        let has_reference = event::flag(exposure.has_reference, "has_reference")?;
        Ok(Self {
            position: SignedQuantity(exposure.position),
            working_buy: Quantity(exposure.working_buy),
            working_sell: Quantity(exposure.working_sell),
            reference: has_reference.then_some(Price(exposure.reference)),
            ..Self::default()
        })
    }
}

/// How often the gate was asked and what it answered.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_risk_counters_t {
    /// Orders checked.
    pub evaluated: u64,
    /// Orders refused, by reason: `refused[-200 - status]`, e.g. `[3]` for `MM_E_RISK_ORDER_QUANTITY`. The reasons from
    /// `MM_E_RISK_MIN_QUANTITY` on do not fit: `mm_risk_coverage` has all of them.
    pub refused: [u64; 16],
}

impl From<&RiskCounters> for mm_risk_counters_t {
    fn from(counters: &RiskCounters) -> Self {
        let mut refused = [0; 16];
        for reason in RiskReason::ALL {
            if let Some(place) = refused.get_mut(reason as usize) {
                *place = counters.refused_for(reason);
            }
        }
        Self { evaluated: counters.evaluated, refused }
    }
}

/// `MM_E_RISK_*` of a reason: the constants are numbered like the reasons.
pub(crate) fn status_of(reason: RiskReason) -> mm_status_t {
    -200 - mm_status_t::from(reason as u8)
}

const _: () =
    assert!(MM_E_RISK_KILL_SWITCH == -201 && MM_E_RISK_DEAD_MAN == -200 - RiskReason::DeadMan as i32);

impl From<RiskReject> for Failure {
    fn from(reject: RiskReject) -> Self {
        let status = status_of(reject.reason);
        Self::new(status, format_args!("{reject}"))
    }
}

impl From<RiskError> for Failure {
    fn from(error: RiskError) -> Self {
        let status = match error {
            RiskError::BadConfig(_) | RiskError::NotFinite(_) => MM_E_INVALID_ARGUMENT,
            RiskError::InstrumentsFull { .. } => MM_E_FULL,
            RiskError::WrongToken => MM_E_RISK_TOKEN,
            RiskError::NoReason => MM_E_RISK_NO_REASON,
            RiskError::BadLatches => MM_E_RISK_LATCHES,
        };
        Self::new(status, format_args!("{error}"))
    }
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
        gate.check(&order.try_into()?, &exposure.try_into()?)?;
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
