//! `mm_risk_monitor_t`: what any thread may see of a gate, and the audit ring.

use std::ffi::{CStr, c_char};

use super::args::{self, Out};
use super::engine::mm_engine_t;
use super::guard::{NoHandle, Noun, Shared, create, destroy, guard};
use super::risk::mm_risk_gate_t;
use super::status::*;
use crate::risk::{AuditRecord, CheckCoverage, RiskMetrics, RiskMonitor, RiskReason, TradingState};
use crate::types::Timestamp;

/// An order passed.
pub const MM_AUDIT_PASSED: u8 = 1;
/// An order was refused.
pub const MM_AUDIT_REFUSED: u8 = 2;
/// A cancel went out.
pub const MM_AUDIT_CANCEL: u8 = 3;
/// A condition reached its warning share.
pub const MM_AUDIT_WARNED: u8 = 4;
/// A condition was breached: orders are refused, or only reducing ones pass, while it lasts.
pub const MM_AUDIT_BREACHED: u8 = 5;
/// A condition ended.
pub const MM_AUDIT_CLEARED: u8 = 6;
/// A soft breach: the gate pauses.
pub const MM_AUDIT_PAUSED: u8 = 7;
/// A pause ended.
pub const MM_AUDIT_RESUMED: u8 = 8;
/// A hard breach: the gate is latched.
pub const MM_AUDIT_LATCHED: u8 = 9;
/// The latches were reset.
pub const MM_AUDIT_RESET: u8 = 10;
/// The host's state of the gate changed.
pub const MM_AUDIT_STATE: u8 = 11;
/// The kill switch was seen on, or off again: `observed` is 1 or 0.
pub const MM_AUDIT_KILL: u8 = 12;
/// A new day.
pub const MM_AUDIT_NEW_DAY: u8 = 13;

/// A window into a gate, for any thread at any time; it outlives the gate.
pub struct mm_risk_monitor_t {
    _opaque: [u8; 0],
}

impl Noun for mm_risk_monitor_t {
    type Value = RiskMonitor;
    const NAME: &'static str = "mm_risk_monitor_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-rmoni");
}

/// What a host should know of one check, so that no limit is silently without effect. 32 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_coverage_t {
    /// Orders that it was asked about.
    pub evaluated: u64,
    /// Orders that it refused.
    pub refused: u64,
    /// Orders and changes at or above the warning share and not refused.
    pub warned: u64,
    /// -200 - the `MM_E_RISK_*` of the check.
    pub check: u8,
    /// What its breach does, `MM_BREACH_*`; 0 for a check of single orders.
    pub action: u8,
    /// 1 if it has a limit, or needs none.
    pub is_configured: u8,
    /// 1 if it is switched on.
    pub is_on: u8,
    /// 1 if what it measures has been given to the gate at least once.
    pub is_fed: u8,
    /// 1 if it is set and on but cannot refuse anything: never asked, or nothing to measure.
    pub is_inert: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

impl From<&CheckCoverage> for mm_risk_coverage_t {
    fn from(row: &CheckCoverage) -> Self {
        Self {
            evaluated: row.evaluated,
            refused: row.refused,
            warned: row.warned,
            check: row.reason as u8,
            action: row.action.map_or(0, |action| action as u8),
            is_configured: u8::from(row.is_configured),
            is_on: u8::from(row.is_on),
            is_fed: u8::from(row.is_fed),
            is_inert: u8::from(row.is_inert()),
            reserved: [0; 2],
        }
    }
}

/// What a gate measures. Each number is whole; two of them may be of two moments. Money is in account units.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_metrics_t {
    /// Latest time that the gate has seen, ns.
    pub now: u64,
    /// Orders that passed today.
    pub orders: u64,
    /// Fills of today.
    pub fills: u64,
    /// Orders that work, over all instruments.
    pub working_orders: u64,
    /// Sum over the instruments of the worst case x mark.
    pub gross_notional: i64,
    /// Sum if every working buy order filled.
    pub net_notional_high: i64,
    /// Sum if every working sell order filled.
    pub net_notional_low: i64,
    /// Realised + unrealised - fees.
    pub equity: i64,
    /// Equity less that of the day's start.
    pub daily_profit: i64,
    /// Highest equity.
    pub peak_equity: i64,
    /// Peak less equity.
    pub drawdown: i64,
    /// The largest drawdown so far.
    pub max_drawdown: i64,
    /// Losing trades in a row.
    pub consecutive_losses: u64,
    /// Value at risk when it was last measured.
    pub value_at_risk: i64,
    /// Expected shortfall when it was last measured.
    pub expected_shortfall: i64,
    /// Average loss per lot after fills, thousandths of a tick; a gain is negative.
    pub adverse_millticks: i64,
    /// Fills in the protection window, as of the last fill.
    pub window_fills: u64,
    /// Lots in the protection window.
    pub window_quantity: u64,
    /// Notional in the protection window.
    pub window_notional: i64,
    /// Messages that the rate has left, as of the last warning, refusal, cancel or feed.
    pub messages_left: u64,
    /// Breaks that the last reconciliation found.
    pub reconciliation_breaks: u64,
    /// Changes of the latches: when it moves, store them.
    pub latch_sequence: u64,
    /// Reasons for which no order passes now, the kill switch and the trading state left out: bit n stands for `MM_E_RISK_*` number -201 - n.
    pub closed: u64,
    /// Reasons for which only reducing orders pass: bit n stands for `MM_E_RISK_*` number -201 - n.
    pub reducing: u64,
    /// Of the closed ones, those that wait for a reset: bit n stands for `MM_E_RISK_*` number -201 - n.
    pub latched: u64,
    /// Of the closed ones, those that end by themselves: bit n stands for `MM_E_RISK_*` number -201 - n.
    pub paused: u64,
    /// Conditions at their warning share or above: bit n stands for `MM_E_RISK_*` number -201 - n.
    pub warned: u64,
}

impl From<RiskMetrics> for mm_risk_metrics_t {
    fn from(metrics: RiskMetrics) -> Self {
        Self {
            now: metrics.now.0,
            orders: metrics.orders,
            fills: metrics.fills,
            working_orders: metrics.working_orders,
            gross_notional: metrics.gross_notional.0,
            net_notional_high: metrics.net_notional_high.0,
            net_notional_low: metrics.net_notional_low.0,
            equity: metrics.equity.0,
            daily_profit: metrics.daily_profit.0,
            peak_equity: metrics.peak_equity.0,
            drawdown: metrics.drawdown.0,
            max_drawdown: metrics.max_drawdown.0,
            consecutive_losses: metrics.consecutive_losses,
            value_at_risk: metrics.value_at_risk.0,
            expected_shortfall: metrics.expected_shortfall.0,
            adverse_millticks: metrics.adverse_millticks,
            window_fills: metrics.window_fills,
            window_quantity: metrics.window_quantity,
            window_notional: metrics.window_notional.0,
            messages_left: metrics.messages_left,
            reconciliation_breaks: metrics.reconciliation_breaks,
            latch_sequence: metrics.latch_sequence,
            closed: metrics.closed.0,
            reducing: metrics.reducing.0,
            latched: metrics.latched.0,
            paused: metrics.paused.0,
            warned: metrics.warned.0,
        }
    }
}

/// One decision of a gate. 64 bytes.
///
/// Of an order all fields are its own, `observed` and `limit` those of its refusal; of one that passed `observed` has a bit
/// for each check at its warning share and `limit` the lots that it replaces. Of a condition `reason`, `observed` and
/// `limit` say which and why. Of a reset `order_id`, `price`, `quantity` and `observed` are the 32 bytes of its reason and
/// `limit` its token. Of a state `side` is the new one.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_audit_record_t {
    /// Counts all records from 0.
    pub sequence: u64,
    /// When, ns.
    pub timestamp: u64,
    /// The order.
    pub order_id: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Its lots.
    pub quantity: u64,
    /// What was measured.
    pub observed: i64,
    /// What was allowed.
    pub limit: i64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_AUDIT_*`.
    pub kind: u8,
    /// -200 - `MM_E_RISK_*`, else 0.
    pub reason: u8,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// Bit 0: post-only.
    pub flags: u8,
}

const _: () = assert!(size_of::<mm_audit_record_t>() == 64);

impl From<&AuditRecord> for mm_audit_record_t {
    fn from(record: &AuditRecord) -> Self {
        let AuditRecord {
            sequence,
            timestamp,
            order_id,
            price,
            quantity,
            observed,
            limit,
            instrument,
            kind,
            reason,
            side,
            flags,
        } = *record;
        Self {
            sequence,
            timestamp,
            order_id,
            price,
            quantity,
            observed,
            limit,
            instrument,
            kind,
            reason,
            side,
            flags,
        }
    }
}

/// Names of the checks, by number.
const NAMES: [&CStr; RiskReason::COUNT] = [
    c"kill_switch",
    c"invalid_order",
    c"order_quantity",
    c"order_notional",
    c"no_reference",
    c"price_collar",
    c"long_position",
    c"short_position",
    c"message_rate",
    c"halted",
    c"reduce_only",
    c"restricted_instrument",
    c"unknown_instrument",
    c"off_tick",
    c"off_lot",
    c"min_quantity",
    c"stale_reference",
    c"post_only",
    c"own_spread",
    c"self_trade",
    c"duplicate_id",
    c"duplicate_order",
    c"gross_notional",
    c"net_notional",
    c"concentration",
    c"working_orders",
    c"order_to_trade",
    c"repeated_execution",
    c"market_maker_protection",
    c"daily_loss",
    c"drawdown",
    c"consecutive_losses",
    c"value_at_risk",
    c"expected_shortfall",
    c"markout",
    c"stale_data",
    c"sequence_gap",
    c"crossed_book",
    c"clock_backwards",
    c"reconciliation_break",
    c"dead_man",
];

/// A window into the gate for other threads.
///
/// # Safety
/// `gate` is a live handle that no other thread changes; `monitor` is writable. Free the handle with
/// `mm_risk_monitor_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_monitor(
    gate: *const mm_risk_gate_t,
    monitor: *mut *mut mm_risk_monitor_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let monitor = unsafe { Out::new(monitor, "monitor") }?;
        monitor.set(create(gate.monitor()));
        Ok(MM_OK)
    })
}

/// A window into the engine's gate for other threads.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `monitor` is writable. Free the handle with
/// `mm_risk_monitor_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_monitor(
    engine: *const mm_engine_t,
    monitor: *mut *mut mm_risk_monitor_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let monitor = unsafe { Out::new(monitor, "monitor") }?;
        monitor.set(create(pipeline.engine.risk_monitor()));
        Ok(MM_OK)
    })
}

/// Frees a monitor; its gate goes on as it is. Null is fine.
///
/// # Safety
/// `monitor` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_monitor_destroy(monitor: *mut mm_risk_monitor_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(monitor) }
}

/// One row for each check, by its number: which limits are configured, have ever been evaluated and are fed with data. `count` gets
/// how many; room for 64 is always enough. Any thread, wait-free.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL`.
///
/// # Safety
/// `monitor` is a live handle; `rows` is writable for `capacity` elements and `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_coverage(
    monitor: *const mm_risk_monitor_t,
    rows: *mut mm_risk_coverage_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(monitor) }, |monitor| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(rows, capacity, "rows") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let rows = monitor.coverage();
        args::fits(rows.len(), capacity, "rows")?;
        count.set(args::fill(out, rows.iter().map(mm_risk_coverage_t::from)));
        Ok(MM_OK)
    })
}

/// Everything that the gate measures. Any thread, wait-free.
///
/// # Safety
/// `monitor` is a live handle; `metrics` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_monitor_metrics(
    monitor: *const mm_risk_monitor_t,
    metrics: *mut mm_risk_metrics_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(monitor) }, |monitor| {
        // SAFETY: by this function's contract.
        let metrics = unsafe { Out::new(metrics, "metrics") }?;
        metrics.set(monitor.metrics().into());
        Ok(MM_OK)
    })
}

/// Copies the gate's decisions from `*cursor` on, as many as there are and fit, and moves the cursor behind them; begin with 0. `count`
/// gets how many, `lost` (which may be null) how many were overwritten before they were read. Any thread, each with a cursor of its
/// own; lock-free.
///
/// # Safety
/// `monitor` is a live handle; `cursor` is readable and writable, `records` writable for `capacity` elements, `count` writable,
/// `lost` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_monitor_audit(
    monitor: *const mm_risk_monitor_t,
    cursor: *mut u64,
    records: *mut mm_audit_record_t,
    capacity: usize,
    count: *mut usize,
    lost: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(monitor) }, |monitor| {
        // SAFETY: by this function's contract.
        let cursor = unsafe { args::in_place(cursor, 1, "cursor") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(records, capacity, "records") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let lost = unsafe { Out::optional(lost, "lost") }?;
        let mut done = 0;
        let mut gone = 0;
        let mut batch = [AuditRecord::default(); 16];
        while done < out.len() {
            let room = (out.len() - done).min(batch.len());
            let drained = monitor.drain(&mut cursor[0], &mut batch[..room]);
            args::fill(&mut out[done..], batch[..drained.count].iter().map(mm_audit_record_t::from));
            done += drained.count;
            gone += drained.lost;
            if drained.count < room {
                break;
            }
        }
        count.set(done);
        if let Some(lost) = lost {
            lost.set(gone);
        }
        Ok(MM_OK)
    })
}

/// A sign of life of the host at `timestamp` ns, for the dead-man's switch. Any thread, wait-free.
///
/// # Safety
/// `monitor` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_monitor_ping(
    monitor: *const mm_risk_monitor_t,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(monitor) }, |monitor| {
        monitor.ping(Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// Lets the gate do more or less from its next order on: `MM_TRADING_*`. Any thread, wait-free. Where an order under way must not slip
/// through there is the kill switch.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `monitor` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_monitor_set_state(
    monitor: *const mm_risk_monitor_t,
    state: u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(monitor) }, |monitor| {
        let state = TradingState::from_u8(state)
            .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("trading state {state} is unknown")))?;
        monitor.set_state(state);
        Ok(MM_OK)
    })
}

/// The name of a check by its number (-200 - `MM_E_RISK_*`), in snake case; "unknown" for a number that is none. Never null; static
/// storage.
///
/// # Safety
/// None needed: any number is fine, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_check_name(check: u8) -> *const c_char {
    let mut name = c"unknown";
    guard(NoHandle, |()| {
        if let Some(found) = usize::from(check).checked_sub(1).and_then(|at| NAMES.get(at)) {
            name = found;
        }
        Ok(MM_OK)
    });
    name.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_reasons() {
        for (reason, name) in RiskReason::ALL.into_iter().zip(NAMES) {
            assert_eq!(name.to_str(), Ok(reason.name()));
        }
    }
}
