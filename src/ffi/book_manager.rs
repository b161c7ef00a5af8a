//! Books of many instruments: `mm_book_manager_t`.

use super::args::{self, Out};
use super::book::{mm_book_config_t, touching};
use super::config;
use super::depth::{self, mm_level_t, mm_queue_position_t, mm_resting_order_t};
use super::event::mm_event_t;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::matching::{matching, mm_book_event_t, mm_match_t, mm_new_order_t};
use super::status::*;
use crate::book::{BookConfig, BookError, BookManager, NewOrder, OrderBook};
use crate::types::{Event, InstrumentId, OrderId, Quantity};

/// Order-by-order books by instrument.
pub struct mm_book_manager_t {
    _opaque: [u8; 0],
}

impl Noun for mm_book_manager_t {
    type Value = BookManager;
    const NAME: &'static str = "mm_book_manager_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-books");
}

pub(crate) fn of(manager: &BookManager, instrument: u32) -> Result<&OrderBook, Failure> {
    Ok(manager.book(InstrumentId(instrument)).ok_or(BookError::UnknownInstrument)?)
}

fn of_mut(manager: &mut BookManager, instrument: u32) -> Result<&mut OrderBook, Failure> {
    Ok(manager.book_mut(InstrumentId(instrument)).ok_or(BookError::UnknownInstrument)?)
}

/// Makes a manager without instruments.
///
/// # Safety
/// `manager` is writable. Free the handle with `mm_book_manager_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_create(manager: *mut *mut mm_book_manager_t) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(manager, "manager") }?.set(create(BookManager::new()));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `manager` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_destroy(manager: *mut mm_book_manager_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(manager) }
}

/// Registers an instrument with an empty book. Allocates: not for the hot path.
///
/// # Errors
/// `MM_E_DUPLICATE`; those of `mm_book_create`.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `config` points to an initialised config.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_add_instrument(
    manager: *mut mm_book_manager_t,
    instrument: u32,
    config: *const mm_book_config_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let config = BookConfig::try_from(&unsafe { config::read(config) }?)?;
        manager.add_instrument(InstrumentId(instrument), &config)?;
        Ok(MM_OK)
    })
}

/// The registered instruments, in the order of their numbers; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `instruments` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_instruments(
    manager: *const mm_book_manager_t,
    instruments: *mut u32,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(instruments, capacity, "instruments") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(manager.len(), capacity, "instruments")?;
        count.set(args::fill(out, manager.instruments().map(|id| id.0)));
        Ok(MM_OK)
    })
}

/// Applies an event to the book of its instrument; `touched` may be null. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_apply`.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_apply(
    manager: *mut mm_book_manager_t,
    event: *const mm_event_t,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
        // SAFETY: by this function's contract.
        unsafe { touching(touched, || Ok(manager.apply(&event)?)) }
    })
}

/// `mm_book_submit` on the book of an instrument.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_submit`.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
/// `outcome` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_submit(
    manager: *mut mm_book_manager_t,
    instrument: u32,
    order: *const mm_new_order_t,
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let order = NewOrder::try_from(unsafe { args::reference(order, "order") }?)?;
        let book = of_mut(manager, instrument)?;
        // SAFETY: by this function's contract.
        unsafe { matching(events, capacity, count, outcome, |out| book.submit(&order, out)) }
    })
}

/// `mm_book_cancel` on the book of an instrument.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_cancel`.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
/// `outcome` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_cancel(
    manager: *mut mm_book_manager_t,
    instrument: u32,
    order_id: u64,
    quantity: u64,
    events: *mut mm_book_event_t,
    capacity: usize,
    count: *mut usize,
    outcome: *mut mm_match_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |manager| {
        let lots = (quantity > 0).then_some(Quantity(quantity));
        let book = of_mut(manager, instrument)?;
        // SAFETY: by this function's contract.
        unsafe { matching(events, capacity, count, outcome, |out| book.cancel(OrderId(order_id), lots, out)) }
    })
}

/// `mm_book_best` of an instrument's book. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_best`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `level` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_best(
    manager: *const mm_book_manager_t,
    instrument: u32,
    side: u8,
    level: *mut mm_level_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        let book = of(manager, instrument)?;
        // SAFETY: by this function's contract.
        unsafe { depth::best(book, side, level) }
    })
}

/// `mm_book_levels` of an instrument's book. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_levels`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `levels` is writable for `capacity` elements and
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_levels(
    manager: *const mm_book_manager_t,
    instrument: u32,
    side: u8,
    levels: *mut mm_level_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        let book = of(manager, instrument)?;
        // SAFETY: by this function's contract.
        unsafe { depth::levels(book, side, levels, capacity, count) }
    })
}

/// `mm_book_level_count` of an instrument's book.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_level_count`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_level_count(
    manager: *const mm_book_manager_t,
    instrument: u32,
    side: u8,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        let book = of(manager, instrument)?;
        // SAFETY: by this function's contract.
        unsafe { depth::level_count(book, side, count) }
    })
}

/// `mm_book_order` of an instrument's book. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_order`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `order` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_order(
    manager: *const mm_book_manager_t,
    instrument: u32,
    order_id: u64,
    order: *mut mm_resting_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(order, "order") }?;
        let view = of(manager, instrument)?.order(OrderId(order_id)).ok_or(BookError::UnknownOrder)?;
        out.set(view.into());
        Ok(MM_OK)
    })
}

/// `mm_book_queue_position` of an instrument's book.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_queue_position`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `position` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_queue_position(
    manager: *const mm_book_manager_t,
    instrument: u32,
    order_id: u64,
    position: *mut mm_queue_position_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(position, "position") }?;
        let ahead =
            of(manager, instrument)?.queue_position(OrderId(order_id)).ok_or(BookError::UnknownOrder)?;
        out.set(ahead.into());
        Ok(MM_OK)
    })
}

/// How many orders rest in an instrument's book.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_manager_order_count(
    manager: *const mm_book_manager_t,
    instrument: u32,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |manager| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(count, "count") }?;
        out.set(of(manager, instrument)?.len());
        Ok(MM_OK)
    })
}
