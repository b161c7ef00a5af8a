//! Reconciliation of an order manager with the venue's snapshot, requests that went unanswered, and late fills.

use super::args::{self, Out};
use super::event;
use super::guard::{Exclusive, Shared, guard};
use super::orders::mm_order_manager_t;
use super::status::*;
use crate::oms::{Break, VenueOrder, VenueSnapshot};
use crate::types::{OrderId, Price, Quantity, SignedQuantity, Timestamp};

/// We think that it works; the venue does not know it.
pub const MM_BREAK_MISSING_AT_VENUE: u8 = 1;
/// It works at the venue and we have given it up, or never gave it its id.
pub const MM_BREAK_UNKNOWN_TO_US: u8 = 2;
/// The venue has another number of lots left.
pub const MM_BREAK_QUANTITY: u8 = 3;
/// The venue has another price.
pub const MM_BREAK_PRICE: u8 = 4;
/// The venue has the other side.
pub const MM_BREAK_SIDE: u8 = 5;
/// The venue holds another position for us.
pub const MM_BREAK_POSITION: u8 = 6;
/// The order's request was not answered in time; it works at the venue.
pub const MM_BREAK_UNANSWERED: u8 = 7;

/// A working order as the venue knows it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_venue_order_t {
    /// The client id.
    pub order_id: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Lots that are left.
    pub leaves: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// When a snapshot was taken, and what the two sides hold.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_venue_snapshot_t {
    /// When it was taken, by the clock that stamps reports, ns: fills up to then are in it.
    pub timestamp: u64,
    /// Orders whose last request was sent less than so long before it are not judged, ns.
    pub grace_ns: u64,
    /// Lots held by the venue's word; negative is short.
    pub venue_position: i64,
    /// Lots held by ours.
    pub position: i64,
}

/// One difference.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_break_t {
    /// The order; 0 for the position.
    pub order_id: u64,
    /// What we have: lots, ticks, or the side's number, by the kind; 0 for nothing.
    pub ours: i64,
    /// What the venue has.
    pub venue: i64,
    /// `MM_BREAK_*`.
    pub kind: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

impl From<&Break> for mm_break_t {
    fn from(found: &Break) -> Self {
        Self {
            order_id: found.order_id.0,
            ours: found.ours,
            venue: found.venue,
            kind: found.kind as u8,
            reserved: [0; 7],
        }
    }
}

/// What a reconciliation came to.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_reconciliation_t {
    /// Breaks in all; those beyond the buffer are counted and not written.
    pub breaks: u64,
    /// Orders that agree.
    pub matched: u64,
    /// Orders that were not judged because a request may be on its way.
    pub in_flight: u64,
}

fn orders(orders: &[mm_venue_order_t]) -> Result<Vec<VenueOrder>, Failure> {
    orders
        .iter()
        .map(|order| {
            Ok(VenueOrder {
                order_id: OrderId(order.order_id),
                price: Price(order.price),
                leaves: Quantity(order.leaves),
                side: event::side(order.side)?,
            })
        })
        .collect()
}

fn taken<'a>(snapshot: &mm_venue_snapshot_t, orders: &'a [VenueOrder]) -> VenueSnapshot<'a> {
    VenueSnapshot {
        orders,
        position: SignedQuantity(snapshot.venue_position),
        timestamp: Timestamp(snapshot.timestamp),
        grace_ns: snapshot.grace_ns,
    }
}

/// Compares the venue's working orders and position with ours and writes the differences, as many as fit. Changes nothing; tell
/// `mm_risk_gate_on_reconciliation` how many there are. Allocates: for a timer or a restart.
///
/// # Errors
/// `MM_E_BAD_REPORT` when the snapshot names an order twice, `MM_E_ENUM`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `orders` is readable for `order_count` elements, `snapshot` readable,
/// `breaks` writable for `capacity` elements, `result` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_reconcile(
    manager: *const mm_order_manager_t,
    orders: *const mm_venue_order_t,
    order_count: usize,
    snapshot: *const mm_venue_snapshot_t,
    breaks: *mut mm_break_t,
    capacity: usize,
    result: *mut mm_reconciliation_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let list = self::orders(unsafe { args::input(orders, order_count, "orders") }?)?;
        // SAFETY: by this function's contract.
        let snapshot = unsafe { args::reference(snapshot, "snapshot") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(breaks, capacity, "breaks") }?;
        // SAFETY: by this function's contract.
        let result = unsafe { Out::new(result, "result") }?;
        let mut found = vec![Break::EMPTY; capacity.min(2 * list.len() + 4 * value.manager.len() + 1)];
        let done = value.manager.reconcile(
            &taken(snapshot, &list),
            SignedQuantity(snapshot.position),
            &mut found,
        )?;
        let written = done.breaks.min(found.len());
        args::fill(out, found[..written].iter().map(mm_break_t::from));
        result.set(mm_reconciliation_t {
            breaks: done.breaks as u64,
            matched: done.matched as u64,
            in_flight: done.in_flight as u64,
        });
        Ok(MM_OK)
    })
}

/// Makes the venue's word ours, orders in flight left out. Fills stamped at or before the snapshot are refused from now on: take over
/// its position. `left` gets how many of the venue's orders could not be taken over. Allocates.
///
/// # Errors
/// As there; nothing has changed then.
///
/// # Safety
/// As for `mm_order_manager_reconcile`, and no other thread uses `manager`; `left` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_adopt(
    manager: *mut mm_order_manager_t,
    orders: *const mm_venue_order_t,
    order_count: usize,
    snapshot: *const mm_venue_snapshot_t,
    left: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let list = self::orders(unsafe { args::input(orders, order_count, "orders") }?)?;
        // SAFETY: by this function's contract.
        let snapshot = unsafe { args::reference(snapshot, "snapshot") }?;
        // SAFETY: by this function's contract.
        let left = unsafe { Out::new(left, "left") }?;
        left.set(value.manager.adopt(&taken(snapshot, &list))?);
        Ok(MM_OK)
    })
}

/// Marks orders whose request has waited for an answer for longer than `timeout_ns` as `MM_ORDER_UNKNOWN`; `count` gets how many are.
/// O(capacity of the manager).
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_expire(
    manager: *mut mm_order_manager_t,
    timestamp: u64,
    timeout_ns: u64,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        count.set(value.manager.expire(Timestamp(timestamp), timeout_ns));
        Ok(MM_OK)
    })
}

/// Counts a fill id as seen: what a host that restarts does with the last ids of its former life. Hot path.
///
/// # Safety
/// `manager` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_remember_fill(
    manager: *mut mm_order_manager_t,
    fill_id: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |value| {
        value.manager.remember_fill(fill_id);
        Ok(MM_OK)
    })
}
