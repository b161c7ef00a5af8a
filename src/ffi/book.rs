//! The order-by-order book: `mm_book_t`, and its feed mode; matching.rs and book_view.rs hold the rest.

use super::args::{self, Out};
use super::config::{self, Config};
use super::event::{self, mm_event_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, create, destroy, guard};
use super::status::*;
use crate::book::{BatchError, BookConfig, BookError, OrderBook, Touched};
use crate::types::{Event, OrderId, Price, Quantity};

/// The book changed.
pub const MM_TOUCHED: u32 = 1;
/// The best bid, or the quantity or number of orders at it, changed.
pub const MM_TOUCHED_BEST_BID: u32 = 2;
/// The best ask, or the quantity or number of orders at it, changed.
pub const MM_TOUCHED_BEST_ASK: u32 = 4;
/// Less was removed than was asked for, because the anonymous liquidity at the level was smaller.
pub const MM_TOUCHED_SHORT: u32 = 8;

/// An order book of one instrument, order by order, with price-time priority.
pub struct mm_book_t {
    _opaque: [u8; 0],
}

impl Noun for mm_book_t {
    type Value = OrderBook;
    const NAME: &'static str = "mm_book_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-book\0");
}

/// Sizes and rules of a book. All storage is taken at construction.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_book_config_t {
    /// Set by `mm_book_config_init`.
    pub struct_size: usize,
    /// Most orders that can rest at a time, 1 to 2^27-1; each costs 200 to 350 bytes. Default 65536.
    pub max_orders: u32,
    /// Ticks a side that are reached by arithmetic instead of a search, 1 to 2^24, rounded up to a power of two; each
    /// costs 64 bytes. Prices outside are legal. Default 65536.
    pub window_ticks: u32,
    /// 1, the default, if an order that shrinks at its price keeps its place in the queue.
    pub keep_priority_on_decrease: u8,
    /// 1 if each order's arrival stamp is kept and told as its `priority`. Default 0; an engine's book always keeps it.
    pub track_priority: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 24 bytes without padding, all integers.
unsafe impl Config for mm_book_config_t {
    const FIRST_SIZE: usize = 24;
    fn defaults() -> Self {
        let defaults = BookConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            max_orders: defaults.max_orders,
            window_ticks: defaults.window_ticks,
            keep_priority_on_decrease: u8::from(defaults.keep_priority_on_decrease),
            track_priority: u8::from(defaults.track_priority),
            reserved: [0; 6],
        }
    }
}

const _: () = assert!(size_of::<mm_book_config_t>() >= <mm_book_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_book_config_t> for BookConfig {
    type Error = Failure;

    fn try_from(config: &mm_book_config_t) -> Result<Self, Failure> {
        Ok(Self {
            max_orders: config.max_orders,
            window_ticks: config.window_ticks,
            keep_priority_on_decrease: event::flag(
                config.keep_priority_on_decrease,
                "keep_priority_on_decrease",
            )?,
            track_priority: event::flag(config.track_priority, "track_priority")?,
        })
    }
}

/// How far a batch came.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_batch_t {
    /// Events applied, from the first on.
    pub applied: usize,
    /// `MM_TOUCHED*` bits of all of them.
    pub touched: u32,
    /// Why the event after them was refused, `MM_OK` if none was.
    pub reason: mm_status_t,
}

impl From<BookError> for Failure {
    fn from(error: BookError) -> Self {
        let status = match error {
            BookError::PoolFull => MM_E_FULL,
            BookError::UnknownOrder | BookError::UnknownInstrument => MM_E_NOT_FOUND,
            BookError::DuplicateOrder | BookError::DuplicateInstrument => MM_E_DUPLICATE,
            BookError::ZeroQuantity => MM_E_ZERO_QUANTITY,
            BookError::QuantityOutOfRange => MM_E_QUANTITY_RANGE,
            BookError::QuantityOverflow => MM_E_OVERFLOW,
            BookError::QuantityExceedsOrder => MM_E_QUANTITY_EXCEEDS,
            BookError::PriceOutOfRange => MM_E_PRICE_RANGE,
            BookError::CannotFill => MM_E_CANNOT_FILL,
            BookError::WouldTrade => MM_E_WOULD_TRADE,
            BookError::BadOrder => MM_E_BAD_ORDER,
            BookError::EventBufferFull | BookError::SnapshotBufferFull => MM_E_BUFFER_TOO_SMALL,
            BookError::WrongEvent => MM_E_WRONG_EVENT,
            BookError::BadConfig => MM_E_INVALID_ARGUMENT,
            BookError::OutOfMemory => MM_E_OUT_OF_MEMORY,
            BookError::SnapshotCorrupt => MM_E_SNAPSHOT,
            BookError::SnapshotVersion => MM_E_SNAPSHOT_VERSION,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// Events that are checked and applied together: enough to hide memory latency, small enough for the stack.
const CHUNK: usize = 64;

/// `MM_TOUCHED*` bits.
pub(super) fn bits(touched: Touched) -> u32 {
    use crate::types::Side;
    let bit = |on: bool, bit: u32| if on { bit } else { 0 };
    bit(touched.changed(), MM_TOUCHED)
        | bit(touched.top_changed_on(Side::Buy), MM_TOUCHED_BEST_BID)
        | bit(touched.top_changed_on(Side::Sell), MM_TOUCHED_BEST_ASK)
        | bit(touched.is_short(), MM_TOUCHED_SHORT)
}

/// Runs a feed operation and hands over what it touched.
///
/// # Safety
/// `touched` is null or writable.
pub(super) unsafe fn touching(
    touched: *mut u32,
    operation: impl FnOnce() -> Result<Touched, Failure>,
) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { Out::optional(touched, "touched") }?;
    let done = operation()?;
    if let Some(out) = out {
        out.set(bits(done));
    }
    Ok(MM_OK)
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_config_init(
    config: *mut mm_book_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes an empty book with all its storage.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a size out of range, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `config` points to an initialised config; `book` is writable. Free the handle with `mm_book_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_create(
    config: *const mm_book_config_t,
    book: *mut *mut mm_book_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(book, "book") }?;
        // SAFETY: by this function's contract.
        let config = BookConfig::try_from(&unsafe { config::read(config) }?)?;
        out.set(create(OrderBook::new(&config)?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `book` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_destroy(book: *mut mm_book_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(book) }
}

/// A new order rests behind its level's queue. `touched` may be null; it gets `MM_TOUCHED*` bits. Feed mode: never matches.
/// Hot path, O(1) inside the window.
///
/// # Errors
/// `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_DUPLICATE`, `MM_E_FULL`, `MM_E_OVERFLOW` (the sum of the
/// level), `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_add(
    book: *mut mm_book_t,
    order_id: u64,
    side: u8,
    price: i64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe {
            touching(touched, || {
                Ok(book.add(OrderId(order_id), event::side(side)?, Price(price), Quantity(quantity))?)
            })
        }
    })
}

/// A resting order shrinks by `by` lots and keeps its priority; it leaves when nothing is left. Hot path.
///
/// # Errors
/// `MM_E_ZERO_QUANTITY`, `MM_E_NOT_FOUND`, `MM_E_QUANTITY_EXCEEDS`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_reduce(
    book: *mut mm_book_t,
    order_id: u64,
    by: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.reduce(OrderId(order_id), Quantity(by))?)) }
    })
}

/// A resting order leaves. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_delete(
    book: *mut mm_book_t,
    order_id: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.delete(OrderId(order_id))?)) }
    })
}

/// A resting order traded `quantity` lots at its own price, as the feed reports it. Hot path.
///
/// # Errors
/// As for `mm_book_reduce`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_execute(
    book: *mut mm_book_t,
    order_id: u64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.execute(OrderId(order_id), Quantity(quantity))?)) }
    })
}

/// A resting order takes a new price and a new open quantity. It keeps its place when the price stays and the quantity does
/// not grow; otherwise it goes behind the queue. Never matches. Hot path.
///
/// # Errors
/// `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_NOT_FOUND`, `MM_E_OVERFLOW`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_modify(
    book: *mut mm_book_t,
    order_id: u64,
    price: i64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.modify(OrderId(order_id), Price(price), Quantity(quantity))?)) }
    })
}

/// A resting order gives way to a new one of the same side, behind the queue. Both ids may be the same. Hot path.
///
/// # Errors
/// As for `mm_book_modify`; `MM_E_DUPLICATE` when `new_order_id` rests already.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_replace(
    book: *mut mm_book_t,
    order_id: u64,
    new_order_id: u64,
    price: i64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe {
            touching(touched, || {
                Ok(book.replace(
                    OrderId(order_id),
                    OrderId(new_order_id),
                    Price(price),
                    Quantity(quantity),
                )?)
            })
        }
    })
}

/// Anonymous liquidity joins the front of its level's queue: what a price-level snapshot shows without ids.
///
/// # Errors
/// As for `mm_book_add` without `MM_E_DUPLICATE`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_seed(
    book: *mut mm_book_t,
    side: u8,
    price: i64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.seed(event::side(side)?, Price(price), Quantity(quantity))?)) }
    })
}

/// Anonymous liquidity shrinks by `by` lots, or by all of it when it is smaller (`MM_TOUCHED_SHORT` tells).
///
/// # Errors
/// `MM_E_ZERO_QUANTITY`, `MM_E_NOT_FOUND`, `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_reduce_seed(
    book: *mut mm_book_t,
    side: u8,
    price: i64,
    by: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.reduce_seed(event::side(side)?, Price(price), Quantity(by))?)) }
    })
}

/// Everything leaves. O(orders).
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_clear(book: *mut mm_book_t, touched: *mut u32) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.clear())) }
    })
}

/// Makes room for at least `additional` more orders than rest now. A book that has less moves into new storage, twice as large or
/// larger: queues, arrival stamps and all views stay as they are. O(room) then, and allocates: not for the hot path. Much more
/// room than is used costs cache, so a book of a feed that nobody knows may start small and be asked this now and then.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` when that is more than a book can have room for, `MM_E_OUT_OF_MEMORY`. The book is as before then.
///
/// # Safety
/// `book` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_reserve(book: *mut mm_book_t, additional: u32) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        book.reserve(additional)?;
        Ok(MM_OK)
    })
}

/// Applies one event of an order-by-order feed; `touched` may be null. Hot path.
///
/// `MM_EVENT_REDUCE`, `_DELETE` and `_EXECUTE` of an unknown order with `MM_FLAG_LOCATED` come out of the anonymous liquidity of
/// their level. Trades, quotes and status events change nothing.
///
/// # Errors
/// Those of the single operations; `MM_E_WRONG_EVENT` for a price-level event; `MM_E_ENUM`. The book is unchanged then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_apply(
    book: *mut mm_book_t,
    event: *const mm_event_t,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.apply(&event)?)) }
    })
}

/// Applies events in order with exactly the result of `mm_book_apply` one by one, loading ahead the memory that they will
/// touch: faster on deep books. Stops at the first event that is refused and says so with `MM_PARTIAL`; `batch` tells how many
/// were applied and why it stopped. Hot path.
///
/// # Errors
/// `MM_E_NULL`; no event has been applied then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `events` is readable for `count` elements; `batch` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_apply_batch(
    book: *mut mm_book_t,
    events: *const mm_event_t,
    count: usize,
    batch: *mut mm_batch_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let events = unsafe { args::input(events, count, "events") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(batch, "batch") }?;
        let mut done = mm_batch_t::default();
        let mut chunk = [Event::EMPTY; CHUNK];
        for part in events.chunks(CHUNK) {
            let mut length = 0;
            let mut refused = None;
            for (to, from) in chunk.iter_mut().zip(part) {
                match Event::try_from(from) {
                    Ok(event) => *to = event,
                    Err(failure) => {
                        refused = Some(failure);
                        break;
                    }
                }
                length += 1;
            }
            match book.apply_batch(&chunk[..length]) {
                Ok(touched) => {
                    done.applied += length;
                    done.touched |= bits(touched);
                }
                Err(BatchError { index, error, touched }) => {
                    done.applied += index;
                    done.touched |= bits(touched);
                    refused = Some(error.into());
                }
            }
            if let Some(failure) = refused {
                done.reason = failure.status();
                break;
            }
        }
        out.set(done);
        Ok(if done.reason == MM_OK { MM_OK } else { MM_PARTIAL })
    })
}
