//! What a store knows: `mm_store_t`, read by its owner.

use super::args::{self, Out};
use super::event;
use super::guard::{Shared, guard};
use super::position_types::{mm_position_limits_t, mm_position_t, mm_position_totals_t, mm_trade_t};
use super::status::*;
use super::store::mm_store_t;
use super::store_types::*;
use crate::position::PositionError;
use crate::position::store::Recovery;
use crate::types::{InstrumentId, Quantity};

/// What the store is and how it was found. O(size), allocates.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_info(store: *const mm_store_t, info: *mut mm_store_info_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        let (recovery, recovered_epoch) = match store.recovery() {
            Recovery::Created => (MM_RECOVERY_CREATED, 0),
            Recovery::Reopened => (MM_RECOVERY_REOPENED, 0),
            Recovery::FromCheckpoint { epoch } => (MM_RECOVERY_FROM_CHECKPOINT, epoch),
        };
        let synced_epoch = store.synced_epoch().unwrap_or(0);
        let found = mm_store_info_t::new(&store.state(), &store.config());
        out.set(mm_store_info_t { recovery, recovered_epoch, synced_epoch, ..found });
        Ok(MM_OK)
    })
}

/// One instrument's position.
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `position` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_position(
    store: *const mm_store_t,
    instrument: u32,
    position: *mut mm_position_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(position, "position") }?;
        let found = store.tracker().get(InstrumentId(instrument));
        out.set(found.ok_or(PositionError::UnknownInstrument)?.into());
        Ok(MM_OK)
    })
}

/// Every position, in the order of registration; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `positions` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_positions(
    store: *const mm_store_t,
    positions: *mut mm_position_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(positions, capacity, "positions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let known = store.tracker().positions();
        args::fits(known.len(), capacity, "positions")?;
        count.set(args::fill(out, known.iter().map(mm_position_t::from)));
        Ok(MM_OK)
    })
}

/// Sums over all instruments, account units.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `totals` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_totals(
    store: *const mm_store_t,
    totals: *mut mm_position_totals_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(totals, "totals") }?.set(store.tracker().into());
        Ok(MM_OK)
    })
}

/// Whether a fill would keep the position within its limits, as `mm_position_tracker_check_position`. Hot path, O(1).
///
/// # Errors
/// `MM_E_LIMIT_POSITION`, `MM_E_LIMIT_LONG`, `MM_E_LIMIT_SHORT`, `MM_E_ENUM`.
///
/// # Safety
/// `store` is a live handle that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_check_position(
    store: *const mm_store_t,
    instrument: u32,
    side: u8,
    quantity: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        store.tracker().check_position(InstrumentId(instrument), event::side(side)?, Quantity(quantity))?;
        Ok(MM_OK)
    })
}

/// Whether the day's loss and the drawdown are within their limits. Hot path, O(1).
///
/// # Errors
/// `MM_E_LIMIT_DAILY_LOSS`, `MM_E_LIMIT_DRAWDOWN`.
///
/// # Safety
/// `store` is a live handle that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_check_loss(store: *const mm_store_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        store.tracker().check_loss()?;
        Ok(MM_OK)
    })
}

/// The limits, which are not stored.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `limits` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_limits(
    store: *const mm_store_t,
    limits: *mut mm_position_limits_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(limits, "limits") }?.set(store.tracker().limits().into());
        Ok(MM_OK)
    })
}

/// What was applied to an instrument last: where a replay may begin.
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `applied` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_applied(
    store: *const mm_store_t,
    instrument: u32,
    applied: *mut mm_store_applied_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(applied, "applied") }?;
        let found = store.applied(InstrumentId(instrument));
        let ids = found.ok_or(PositionError::UnknownInstrument)?;
        out.set(mm_store_applied_t { last_fill_id: ids.last_fill_id, last_event: ids.last_event });
        Ok(MM_OK)
    })
}

/// The fill ids of an instrument that are remembered, oldest first; `count` gets how many, at most `fill_window`.
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `ids` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_fill_ids(
    store: *const mm_store_t,
    instrument: u32,
    ids: *mut u64,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(ids, capacity, "ids") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let known = store.fill_ids(InstrumentId(instrument)).ok_or(PositionError::UnknownInstrument)?;
        args::fits(known.len(), capacity, "ids")?;
        count.set(args::fill(out, known));
        Ok(MM_OK)
    })
}

/// The working orders, in no particular order; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_orders(
    store: *const mm_store_t,
    orders: *mut mm_store_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(store.orders().count(), capacity, "orders")?;
        count.set(args::fill(out, store.orders().map(mm_store_order_t::from)));
        Ok(MM_OK)
    })
}

/// The latches that are set; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `latches` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_latches(
    store: *const mm_store_t,
    latches: *mut mm_store_latch_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(latches, capacity, "latches") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(store.latches().count(), capacity, "latches")?;
        count.set(args::fill(out, store.latches().map(mm_store_latch_t::from)));
        Ok(MM_OK)
    })
}

/// The latest trades that fit, oldest first; `count` gets how many.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `trades` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_history(
    store: *const mm_store_t,
    trades: *mut mm_trade_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(trades, capacity, "trades") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let skip = store.tracker().history().count().saturating_sub(capacity);
        count.set(args::fill(out, store.tracker().history().skip(skip).map(mm_trade_t::from)));
        Ok(MM_OK)
    })
}
