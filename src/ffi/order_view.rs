//! Own orders: what an `mm_order_manager_t` knows of them.

use super::args::{self, Out};
use super::event;
use super::guard::{Shared, guard};
use super::order_types::mm_order_t;
use super::orders::mm_order_manager_t;
use super::status::*;
use crate::oms::OmsError;
use crate::types::OrderId;

/// A working order by its id or the id of its replacement under way. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `order` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_order(
    manager: *const mm_order_manager_t,
    order_id: u64,
    order: *mut mm_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(order, "order") }?;
        let found =
            orders.manager.order(OrderId(order_id)).ok_or(OmsError::UnknownOrder(OrderId(order_id)))?;
        out.set(found.into());
        Ok(MM_OK)
    })
}

/// The working orders, in no particular order; `count` gets how many. O(capacity of the manager).
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_orders(
    manager: *const mm_order_manager_t,
    orders: *mut mm_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.manager.len(), capacity, "orders")?;
        count.set(args::fill(out, value.manager.orders().map(mm_order_t::from)));
        Ok(MM_OK)
    })
}

/// Lots of one side that can still trade at most, everything under way included. Hot path, O(1).
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `lots` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_working(
    manager: *const mm_order_manager_t,
    side: u8,
    lots: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(lots, "lots") }?;
        out.set(orders.manager.working(event::side(side)?).0);
        Ok(MM_OK)
    })
}

/// The sequence number that the next order's id will have: what a restarted host passes as `first_sequence`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `sequence` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_next_sequence(
    manager: *const mm_order_manager_t,
    sequence: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(sequence, "sequence") }?.set(orders.manager.next_sequence());
        Ok(MM_OK)
    })
}
