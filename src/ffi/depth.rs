//! What every book shows: levels (L2), orders (L3), queue positions; and `mm_level_book_t`, the book of price levels.

use super::args::{self, Out};
use super::book::touching;
use super::config::{self, Config};
use super::depth;
use super::event::{self, mm_event_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::status::*;
use crate::book::{Depth, Level, LevelBook, LevelBookConfig, OrderView, QueuePosition};
use crate::types::{Event, Price, Quantity};

/// A price level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_level_t {
    /// Price, ticks.
    pub price: i64,
    /// Sum over the level's orders, lots.
    pub quantity: u64,
    /// Orders at the level; anonymous liquidity counts as one.
    pub orders: u32,
    /// Zero.
    pub reserved: u32,
}

impl From<Level> for mm_level_t {
    fn from(level: Level) -> Self {
        Self { price: level.price.0, quantity: level.quantity.0, orders: level.orders, reserved: 0 }
    }
}

/// A resting order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_resting_order_t {
    /// Its id; 0 for anonymous liquidity.
    pub order_id: u64,
    /// Price, ticks.
    pub price: i64,
    /// Open quantity, lots.
    pub quantity: u64,
    /// Arrival stamp: within a level, a smaller one is ahead. 0 for anonymous liquidity, which is ahead of all.
    pub priority: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 for anonymous liquidity, else 0.
    pub anonymous: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

impl From<OrderView> for mm_resting_order_t {
    fn from(order: OrderView) -> Self {
        Self {
            order_id: order.id.0,
            price: order.price.0,
            quantity: order.quantity.0,
            priority: order.priority,
            side: order.side as u8,
            anonymous: u8::from(order.anonymous),
            reserved: [0; 6],
        }
    }
}

/// What stands before an order in its level's queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_queue_position_t {
    /// Orders ahead; anonymous liquidity counts as one.
    pub orders_ahead: u64,
    /// Their quantity, lots.
    pub quantity_ahead: u64,
}

impl From<QueuePosition> for mm_queue_position_t {
    fn from(position: QueuePosition) -> Self {
        Self { orders_ahead: position.orders_ahead, quantity_ahead: position.quantity_ahead }
    }
}

/// The best level of a side of any book.
///
/// # Safety
/// `out` is null or writable.
pub(super) unsafe fn best(book: &impl Depth, side: u8, out: *mut mm_level_t) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { Out::new(out, "level") }?;
    let level = book.best(event::side(side)?);
    out.set(level.ok_or_else(|| Failure::new(MM_E_NOT_FOUND, format_args!("the side is empty")))?.into());
    Ok(MM_OK)
}

/// The level at a price of any book.
///
/// # Safety
/// `out` is null or writable.
pub(super) unsafe fn level(book: &impl Depth, side: u8, price: i64, out: *mut mm_level_t) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { Out::new(out, "level") }?;
    let level = book.level(event::side(side)?, Price(price));
    out.set(level.ok_or_else(|| Failure::new(MM_E_NOT_FOUND, format_args!("no level at {price}")))?.into());
    Ok(MM_OK)
}

/// The best levels of a side of any book.
///
/// # Safety
/// `levels` is writable for `capacity` elements, `count` is null or writable.
pub(super) unsafe fn levels(
    book: &impl Depth,
    side: u8,
    levels: *mut mm_level_t,
    capacity: usize,
    count: *mut usize,
) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { args::output(levels, capacity, "levels") }?;
    // SAFETY: forwarded.
    let count = unsafe { Out::new(count, "count") }?;
    count.set(args::fill(out, book.levels(event::side(side)?).map(mm_level_t::from)));
    Ok(MM_OK)
}

/// How many levels a side of any book has.
///
/// # Safety
/// `count` is null or writable.
pub(super) unsafe fn level_count(book: &impl Depth, side: u8, count: *mut usize) -> Outcome {
    // SAFETY: forwarded.
    let count = unsafe { Out::new(count, "count") }?;
    count.set(book.level_count(event::side(side)?));
    Ok(MM_OK)
}

/// A book of price levels (L2): each level's whole quantity, as level feeds publish it.
pub struct mm_level_book_t {
    _opaque: [u8; 0],
}

impl Noun for mm_level_book_t {
    type Value = LevelBook;
    const NAME: &'static str = "mm_level_book_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-level");
}

/// Sizes of a level book.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_level_book_config_t {
    /// Set by `mm_level_book_config_init`.
    pub struct_size: usize,
    /// Most levels of both sides together, 1 to 2^27-1. Default 16384.
    pub max_levels: u32,
    /// As for a book. Default 16384.
    pub window_ticks: u32,
}

// SAFETY: repr(C), begins with `struct_size`, no padding, all integers.
unsafe impl Config for mm_level_book_config_t {
    const FIRST_SIZE: usize = 16;
    fn defaults() -> Self {
        let defaults = LevelBookConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            max_levels: defaults.max_levels,
            window_ticks: defaults.window_ticks,
        }
    }
}

const _: () = assert!(size_of::<mm_level_book_config_t>() >= <mm_level_book_config_t as Config>::FIRST_SIZE);

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_config_init(
    config: *mut mm_level_book_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes an empty level book with all its storage.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a size out of range, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `config` points to an initialised config; `book` is writable. Free the handle with `mm_level_book_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_create(
    config: *const mm_level_book_config_t,
    book: *mut *mut mm_level_book_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(book, "book") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let sizes = LevelBookConfig { max_levels: config.max_levels, window_ticks: config.window_ticks };
        out.set(create(LevelBook::new(&sizes)?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `book` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_destroy(book: *mut mm_level_book_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(book) }
}

/// The level at `price` now shows `quantity` lots in all; zero removes it. `touched` may be null. Hot path.
///
/// # Errors
/// `MM_E_PRICE_RANGE`, `MM_E_QUANTITY_RANGE`, `MM_E_FULL`, `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_set_level(
    book: *mut mm_level_book_t,
    side: u8,
    price: i64,
    quantity: u64,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe {
            touching(touched, || Ok(book.set_level(event::side(side)?, Price(price), Quantity(quantity))?))
        }
    })
}

/// Applies one event of a level feed; trades, quotes and status events change nothing. `touched` may be null. Hot path.
///
/// # Errors
/// As for `mm_level_book_set_level`; `MM_E_WRONG_EVENT` for an event about an order.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_apply(
    book: *mut mm_level_book_t,
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

/// Everything leaves. `touched` may be null.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_clear(book: *mut mm_level_book_t, touched: *mut u32) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(book.clear())) }
    })
}

/// Makes room for at least `additional` more levels than there are now, as `mm_book_reserve` does for orders. Allocates: not for
/// the hot path.
///
/// # Errors
/// As `mm_book_reserve`.
///
/// # Safety
/// `book` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_reserve(book: *mut mm_level_book_t, additional: u32) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        book.reserve(additional)?;
        Ok(MM_OK)
    })
}

/// The best level of a side. Hot path, O(1) inside the window.
///
/// # Errors
/// `MM_E_NOT_FOUND` when the side is empty, `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `level` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_best(
    book: *const mm_level_book_t,
    side: u8,
    level: *mut mm_level_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { depth::best(book, side, level) }
    })
}

/// The level at a price. Hot path, O(1) inside the window.
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `level` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_level(
    book: *const mm_level_book_t,
    side: u8,
    price: i64,
    level: *mut mm_level_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { depth::level(book, side, price, level) }
    })
}

/// The best levels of a side, best first, at most `capacity`; `count` gets how many were written. Hot path.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `levels` is writable for `capacity` elements and
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_levels(
    book: *const mm_level_book_t,
    side: u8,
    levels: *mut mm_level_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { depth::levels(book, side, levels, capacity, count) }
    })
}

/// How many levels a side has.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_level_book_level_count(
    book: *const mm_level_book_t,
    side: u8,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { depth::level_count(book, side, count) }
    })
}
