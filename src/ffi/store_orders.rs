//! The order manager's orders in and out of a store, as `mm_store_order_t`.

use super::args::{self, Out};
use super::guard::{Exclusive, Shared, guard};
use super::orders::mm_order_manager_t;
use super::status::*;
use super::store_types::mm_store_order_t;
use crate::oms::StoredChanges;
use crate::position::store::StoredOrder;
use crate::types::OrderId;

/// What a store is to be told of an order that has changed: `orders` of an `mm_store_update_t`, at most two. `before` is the
/// id under which the store has it, 0 for a new one; `after` the id that it has now. The id changes when a replacement takes
/// the order's place (`mm_order_manager_order` of either id says which holds); an order that is over is to be removed.
/// Hot path, O(1).
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when `capacity` is below what is to be told.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `changes` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_stored(
    manager: *const mm_order_manager_t,
    before: u64,
    after: u64,
    changes: *mut mm_store_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(changes, capacity, "changes") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let known = (before != 0).then_some(OrderId(before));
        let told = match orders.manager.order(OrderId(after)) {
            Some(order) => order.changes(known, orders.manager.config().instrument),
            None => StoredChanges::over(known),
        };
        args::fits(told.as_slice().len(), capacity, "changes")?;
        count.set(args::fill(out, told.as_slice().iter().map(mm_store_order_t::from)));
        Ok(MM_OK)
    })
}

/// Takes over the orders of an earlier run, `mm_store_orders`; those of other instruments are passed over. `next_sequence` is
/// `next_order_sequence` of the store's info, and `fill_ids` are fills that have been counted, `mm_store_fill_ids`. What the
/// venue did meanwhile is a matter of `mm_order_manager_reconcile`. O(orders), allocates.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` when this manager has orders already, or when the orders are not those of a manager with this
/// capacity and sequence; `MM_E_ENUM`. Nothing has changed then.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `orders` is readable for `order_count` elements, `fill_ids` for
/// `fill_id_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_restore(
    manager: *mut mm_order_manager_t,
    orders: *const mm_store_order_t,
    order_count: usize,
    fill_ids: *const u64,
    fill_id_count: usize,
    next_sequence: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let orders = unsafe { args::input(orders, order_count, "orders") }?;
        // SAFETY: by this function's contract.
        let fill_ids = unsafe { args::input(fill_ids, fill_id_count, "fill_ids") }?;
        let orders: Vec<StoredOrder> = orders.iter().map(StoredOrder::try_from).collect::<Result<_, _>>()?;
        value.manager.restore(&orders, fill_ids, next_sequence)?;
        Ok(MM_OK)
    })
}
