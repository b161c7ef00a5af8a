//! The book in matching mode: orders in, trades out, as events in the caller's array.

use std::mem::MaybeUninit;

use super::args::{self, Out};
use super::book::{bits, mm_book_t};
use super::event;
use super::guard::{Exclusive, Outcome, guard};
use super::status::*;
use crate::book::{BookError, BookEvent, BookEventKind, NewOrder, OrderKind, TimeInForce};
use crate::types::{OrderId, Price, Quantity};

/// Trades at its price or better.
pub const MM_ORDER_LIMIT: u8 = 0;
/// Trades at any price and never rests.
pub const MM_ORDER_MARKET: u8 = 1;

/// What does not trade at once rests.
pub const MM_GOOD_TILL_CANCEL: u8 = 0;
/// What does not trade at once is cancelled.
pub const MM_IMMEDIATE_OR_CANCEL: u8 = 1;
/// The order trades completely or is refused.
pub const MM_FILL_OR_KILL: u8 = 2;

/// The order is accepted, once for each order, before its trades. `remaining`: its quantity.
pub const MM_BOOK_ACCEPTED: u8 = 1;
/// The order traded `quantity` with `maker_id` at the maker's `price`.
pub const MM_BOOK_TRADE: u8 = 2;
/// `quantity` of the order was cancelled, at the owner's request or because it could not trade and may not rest.
pub const MM_BOOK_CANCELLED: u8 = 3;
/// The order has a new `price` and a new open quantity, `remaining`; trades may follow.
pub const MM_BOOK_AMENDED: u8 = 5;

/// An order to match.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_new_order_t {
    /// Its id, unlike that of any resting order.
    pub order_id: u64,
    /// Limit, ticks; ignored for market orders.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// `MM_ORDER_LIMIT` or `MM_ORDER_MARKET`.
    pub kind: u8,
    /// `MM_GOOD_TILL_CANCEL`, `MM_IMMEDIATE_OR_CANCEL` or `MM_FILL_OR_KILL`.
    pub time_in_force: u8,
    /// 1 to refuse rather than trade on arrival; only for limit orders that may rest.
    pub post_only: u8,
    /// Zero.
    pub reserved: u32,
}

impl TryFrom<&mm_new_order_t> for NewOrder {
    type Error = Failure;

    fn try_from(order: &mm_new_order_t) -> Result<Self, Failure> {
        Ok(Self {
            id: OrderId(order.order_id),
            price: Price(order.price),
            quantity: Quantity(order.quantity),
            side: event::side(order.side)?,
            kind: match order.kind {
                MM_ORDER_LIMIT => OrderKind::Limit,
                MM_ORDER_MARKET => OrderKind::Market,
                other => return Err(Failure::new(MM_E_ENUM, format_args!("order kind {other} is unknown"))),
            },
            time_in_force: match order.time_in_force {
                MM_GOOD_TILL_CANCEL => TimeInForce::Gtc,
                MM_IMMEDIATE_OR_CANCEL => TimeInForce::Ioc,
                MM_FILL_OR_KILL => TimeInForce::Fok,
                other => {
                    return Err(Failure::new(MM_E_ENUM, format_args!("time in force {other} is unknown")));
                }
            },
            post_only: event::flag(order.post_only, "post_only")?,
        })
    }
}

/// What the matching book did with an order. 56 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_book_event_t {
    /// The order that the request was about; of a trade, the taker.
    pub order_id: u64,
    /// Of a trade, the resting order; otherwise 0.
    pub maker_id: u64,
    /// Of a trade, the maker's price; otherwise the order's. Ticks.
    pub price: i64,
    /// Of a trade or a cancel, how much. Lots.
    pub quantity: u64,
    /// What is open of the order after the event, lots.
    pub remaining: u64,
    /// Of a trade, what is open of the maker after it, lots.
    pub maker_remaining: u64,
    /// `MM_BOOK_*`.
    pub kind: u8,
    /// `MM_SIDE_*` of `order_id`.
    pub side: u8,
    /// Zero.
    pub reason: u8,
    /// 1 if the maker of a trade is anonymous liquidity, else 0.
    pub maker_anonymous: u8,
    /// Zero.
    pub reserved: u32,
}

// The core writes its own events straight into the caller's array: the two must be the same bytes.
const _: () = {
    assert!(size_of::<mm_book_event_t>() == size_of::<BookEvent>());
    assert!(align_of::<mm_book_event_t>() >= align_of::<BookEvent>());
    assert!(std::mem::offset_of!(mm_book_event_t, maker_id) == std::mem::offset_of!(BookEvent, maker_id));
    assert!(std::mem::offset_of!(mm_book_event_t, price) == std::mem::offset_of!(BookEvent, price));
    assert!(std::mem::offset_of!(mm_book_event_t, quantity) == std::mem::offset_of!(BookEvent, quantity));
    assert!(std::mem::offset_of!(mm_book_event_t, remaining) == std::mem::offset_of!(BookEvent, remaining));
    assert!(
        std::mem::offset_of!(mm_book_event_t, maker_remaining)
            == std::mem::offset_of!(BookEvent, maker_remaining)
    );
    assert!(std::mem::offset_of!(mm_book_event_t, kind) == std::mem::offset_of!(BookEvent, kind));
    assert!(std::mem::offset_of!(mm_book_event_t, side) == std::mem::offset_of!(BookEvent, side));
    assert!(std::mem::offset_of!(mm_book_event_t, reason) == std::mem::offset_of!(BookEvent, reason));
    assert!(
        std::mem::offset_of!(mm_book_event_t, maker_anonymous)
            == std::mem::offset_of!(BookEvent, maker_anonymous)
    );
    assert!(BookEventKind::Accepted as u8 == MM_BOOK_ACCEPTED);
    assert!(BookEventKind::Trade as u8 == MM_BOOK_TRADE);
    assert!(BookEventKind::Cancelled as u8 == MM_BOOK_CANCELLED);
    assert!(BookEventKind::Amended as u8 == MM_BOOK_AMENDED);
};

/// What a matching operation came to.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_match_t {
    /// Lots traded.
    pub filled: u64,
    /// Lots of the order that rest afterwards.
    pub resting: u64,
    /// Lots cancelled.
    pub cancelled: u64,
    /// `MM_TOUCHED*` bits.
    pub touched: u32,
    /// Zero.
    pub reserved: u32,
}

/// Runs a matching operation that writes into the caller's array. A refused request leaves the array as it was.
///
/// # Safety
/// `events` is writable for `capacity` elements; `count` is writable; `outcome` is null or writable.
pub(super) unsafe fn matching(
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
    operation: impl FnOnce(&mut [BookEvent]) -> Result<crate::book::Outcome, BookError>,
) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { args::output(events, capacity, "events") }?;
    // SAFETY: forwarded.
    let count = unsafe { Out::new(count, "count") }?;
    // SAFETY: forwarded.
    let outcome = unsafe { Out::optional(outcome, "outcome") }?;
    // A refusal writes one event of its own, which here is the status: keep what stood in its place.
    let kept: Option<MaybeUninit<mm_book_event_t>> = out.first().copied();
    let pointer = out.as_mut_ptr().cast::<BookEvent>();
    // SAFETY: the array is writable and unshared, and the two types have one layout (asserted above). The core only
    // ever assigns whole elements and reads none that it has not assigned, so that what they held does not matter.
    let buffer = unsafe { std::slice::from_raw_parts_mut(pointer, out.len()) };
    match operation(buffer) {
        Ok(done) => {
            for event in &mut out[..done.events] {
                // SAFETY: the core has written it, apart from the padding that is our last field.
                let event = unsafe { &mut *event.as_mut_ptr() };
                event.reserved = 0;
            }
            count.set(done.events);
            if let Some(outcome) = outcome {
                outcome.set(mm_match_t {
                    filled: done.filled.0,
                    resting: done.resting.0,
                    cancelled: done.cancelled.0,
                    touched: bits(done.touched),
                    reserved: 0,
                });
            }
            Ok(MM_OK)
        }
        Err(error) => {
            if let (Some(first), Some(kept)) = (out.first_mut(), kept) {
                *first = kept;
            }
            Err(error.into())
        }
    }
}

/// Accepts an order, trades what it can at the makers' prices by price and time, and lets the rest rest or cancels it.
/// Events: one `MM_BOOK_ACCEPTED`, a `MM_BOOK_TRADE` for each maker, one `MM_BOOK_CANCELLED` if a rest may not rest. `count` gets
/// how many; `outcome` may be null. Hot path, O(trades).
///
/// # Errors
/// `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_BAD_ORDER`, `MM_E_DUPLICATE`, `MM_E_WOULD_TRADE`,
/// `MM_E_CANNOT_FILL`, `MM_E_OVERFLOW`, `MM_E_FULL`, `MM_E_ENUM`; `MM_E_BUFFER_TOO_SMALL` when not all events fit. The order is
/// rejected and the book is unchanged then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
/// `outcome` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_submit(
    book: *mut mm_book_t,
    order: *const mm_new_order_t,
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let order = NewOrder::try_from(unsafe { args::reference(order, "order") }?)?;
        // SAFETY: by this function's contract.
        unsafe { matching(events, capacity, count, outcome, |out| book.submit(&order, out)) }
    })
}

/// Cancels a resting order, or `quantity` lots of it (0 is all); what stays keeps its priority. One `MM_BOOK_CANCELLED`.
/// Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_QUANTITY_EXCEEDS`, `MM_E_BUFFER_TOO_SMALL`. The book is unchanged then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
/// `outcome` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_cancel(
    book: *mut mm_book_t,
    order_id: u64,
    quantity: u64,
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        let lots = (quantity > 0).then_some(Quantity(quantity));
        // SAFETY: by this function's contract.
        unsafe { matching(events, capacity, count, outcome, |out| book.cancel(OrderId(order_id), lots, out)) }
    })
}

/// Gives a resting order a new price and a new open quantity, by the rules of `mm_book_modify`, and trades if its new price
/// meets the other side. One `MM_BOOK_AMENDED`, then trades. Hot path.
///
/// # Errors
/// As for `mm_book_modify`; `MM_E_BUFFER_TOO_SMALL`. The book is unchanged then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
/// `outcome` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_amend(
    book: *mut mm_book_t,
    order_id: u64,
    price: i64,
    quantity: u64,
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe {
            matching(events, capacity, count, outcome, |out| {
                book.amend(OrderId(order_id), Price(price), Quantity(quantity), out)
            })
        }
    })
}
