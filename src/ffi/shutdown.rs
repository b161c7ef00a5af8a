//! Orderly shutdown: `mm_shutdown_t`.

use super::args::{self, Out};
use super::config::{self, Config};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::order_types::{mm_market_top_t, mm_order_action_t};
use super::orders::mm_order_manager_t;
use super::risk::{mm_risk_gate_t, status_of};
use super::status::*;
use crate::oms::{FlattenPolicy, MAX_ORDER_QUANTITY, MarketTop, Shutdown, ShutdownConfig};
use crate::types::{Quantity, SignedQuantity, Timestamp};

/// The position stays.
pub const MM_FLATTEN_LEAVE: u8 = 0;
/// Orders at our own side of the market, post-only.
pub const MM_FLATTEN_PASSIVE: u8 = 1;
/// Orders that take what is there, at most `slippage_ticks` beyond the best opposite price.
pub const MM_FLATTEN_CROSS: u8 = 2;

/// Orders are being cancelled.
pub const MM_SHUTDOWN_CANCELLING: u8 = 1;
/// The position is being flattened.
pub const MM_SHUTDOWN_FLATTENING: u8 = 2;
/// Nothing works and nothing is held.
pub const MM_SHUTDOWN_DONE: u8 = 3;
/// Nothing works, and the position stays by policy.
pub const MM_SHUTDOWN_LEFT: u8 = 4;
/// The deadline has passed with orders or lots left.
pub const MM_SHUTDOWN_GAVE_UP: u8 = 5;

/// A shutdown under way: cancel all, then flatten by policy, then say what is left.
pub struct mm_shutdown_t {
    _opaque: [u8; 0],
}

impl Noun for mm_shutdown_t {
    type Value = Shutdown;
    const NAME: &'static str = "mm_shutdown_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-shutd");
}

/// How a shutdown goes about it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_shutdown_config_t {
    /// Set by `mm_shutdown_config_init`.
    pub struct_size: usize,
    /// Most lots of one flattening order; default the most that there can be.
    pub clip: u64,
    /// How long a request may go unanswered before it is repeated, ns. Default 100 ms.
    pub retry_ns: u64,
    /// How long a flattening order may work before it is placed anew, ns. Default one second.
    pub reprice_ns: u64,
    /// When it gives up, ns after it began. Default 30 s.
    pub deadline_ns: u64,
    /// Ticks beyond the best price that crossing may go. Default 10.
    pub slippage_ticks: u32,
    /// `MM_FLATTEN_*`. Default cross.
    pub policy: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 48 bytes without padding, all integers.
unsafe impl Config for mm_shutdown_config_t {
    const FIRST_SIZE: usize = 48;
    fn defaults() -> Self {
        let defaults = ShutdownConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            clip: MAX_ORDER_QUANTITY.0,
            retry_ns: defaults.retry_ns,
            reprice_ns: defaults.reprice_ns,
            deadline_ns: defaults.deadline_ns,
            slippage_ticks: 10,
            policy: MM_FLATTEN_CROSS,
            reserved: [0; 3],
        }
    }
}

const _: () = assert!(size_of::<mm_shutdown_config_t>() == <mm_shutdown_config_t as Config>::FIRST_SIZE);

/// What a shutdown has done and what is left.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_shutdown_report_t {
    /// Orders that still work.
    pub working_orders: u64,
    /// Of these, orders whose request was not answered in time.
    pub unknown_orders: u64,
    /// Lots that working orders can still trade, buys and sells together.
    pub working_quantity: u64,
    /// Lots held.
    pub position: i64,
    /// Actions sent so far.
    pub actions: u64,
    /// `MM_E_RISK_*` of the last refusal of a flattening order, else 0.
    pub last_refusal: mm_status_t,
    /// `MM_SHUTDOWN_*`.
    pub phase: u8,
    /// 1 when there is nothing more to do.
    pub is_over: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_shutdown_config_init(
    config: *mut mm_shutdown_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Begins a shutdown at `timestamp` ns: from here on the gate lets only reducing orders pass, and stays so.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a clip out of range.
///
/// # Safety
/// `config` points to an initialised config; `gate` is a live handle that no other thread uses; `shutdown` is writable. Free the
/// handle with `mm_shutdown_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_shutdown_begin(
    config: *const mm_shutdown_config_t,
    gate: *mut mm_risk_gate_t,
    timestamp: u64,
    shutdown: *mut *mut mm_shutdown_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let shutdown = unsafe { Out::new(shutdown, "shutdown") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let policy = match config.policy {
            MM_FLATTEN_LEAVE => FlattenPolicy::Leave,
            MM_FLATTEN_PASSIVE => FlattenPolicy::Passive,
            MM_FLATTEN_CROSS => FlattenPolicy::Cross { slippage_ticks: config.slippage_ticks },
            other => return Err(Failure::new(MM_E_ENUM, format_args!("policy {other} is unknown"))),
        };
        let config = ShutdownConfig {
            policy,
            clip: Quantity(config.clip),
            retry_ns: config.retry_ns,
            reprice_ns: config.reprice_ns,
            deadline_ns: config.deadline_ns,
        };
        shutdown.set(create(Shutdown::begin(&config, Timestamp(timestamp), gate)?));
        Ok(MM_OK)
    })
}

/// Frees a shutdown; orders and gate stay as they are. Null is fine.
///
/// # Safety
/// `shutdown` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_shutdown_destroy(shutdown: *mut mm_shutdown_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(shutdown) }
}

/// What is to be sent now; `count` gets how many actions. Room for one more than there are working orders is always enough. Call it
/// after every report and on a timer, until the report says that it is over. O(orders).
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL`; nothing has changed then.
///
/// # Safety
/// The handles are live and no other thread uses them; `top` is readable; `actions` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_shutdown_step(
    shutdown: *mut mm_shutdown_t,
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    top: *const mm_market_top_t,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let handles = (unsafe { Exclusive::new(shutdown) }, unsafe { Exclusive::new(manager) });
    // SAFETY: by this function's contract.
    let access = (handles, unsafe { Exclusive::new(gate) });
    guard(access, |((shutdown, orders), gate)| {
        // SAFETY: by this function's contract.
        let top = unsafe { args::reference(top, "top") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let room = capacity.min(orders.scratch.len());
        let done = shutdown.step(
            &mut orders.manager,
            &MarketTop::try_from(top)?,
            SignedQuantity(top.position),
            Timestamp(top.timestamp),
            gate,
            &mut orders.scratch[..room],
        )?;
        count.set(args::fill(out, orders.scratch[..done].iter().map(mm_order_action_t::from)));
        Ok(MM_OK)
    })
}

/// What has been done and what is left, with `position` lots held.
///
/// # Safety
/// The handles are live and no other thread changes them; `report` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_shutdown_report(
    shutdown: *const mm_shutdown_t,
    manager: *const mm_order_manager_t,
    position: i64,
    report: *mut mm_shutdown_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Shared::new(shutdown) }, unsafe { Shared::new(manager) });
    guard(access, |(shutdown, orders)| {
        // SAFETY: by this function's contract.
        let report = unsafe { Out::new(report, "report") }?;
        let left = shutdown.report(&orders.manager, SignedQuantity(position));
        report.set(mm_shutdown_report_t {
            working_orders: left.working_orders as u64,
            unknown_orders: left.unknown_orders as u64,
            working_quantity: left.working_quantity.0,
            position: left.position.0,
            actions: left.actions,
            last_refusal: left.last_refusal.map_or(MM_OK, |reject| status_of(reject.reason)),
            phase: left.phase as u8,
            is_over: u8::from(shutdown.is_over()),
            reserved: [0; 2],
        });
        Ok(MM_OK)
    })
}
