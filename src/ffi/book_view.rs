//! What a book shows: best prices, levels, orders, queue positions, and its snapshot.

use std::mem::MaybeUninit;

use super::args::{self, Out};
use super::book::mm_book_t;
use super::depth::{self, mm_level_t, mm_queue_position_t, mm_resting_order_t};
use super::event;
use super::guard::{Exclusive, Shared, guard};
use super::status::*;
use crate::book::BookError;
use crate::types::{OrderId, Price};

/// The best level of a side. Hot path, O(1) inside the window.
///
/// # Errors
/// `MM_E_NOT_FOUND` when the side is empty, `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `level` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_best(
    book: *const mm_book_t,
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
pub unsafe extern "C" fn mm_book_level(
    book: *const mm_book_t,
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
pub unsafe extern "C" fn mm_book_levels(
    book: *const mm_book_t,
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
pub unsafe extern "C" fn mm_book_level_count(
    book: *const mm_book_t,
    side: u8,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { depth::level_count(book, side, count) }
    })
}

/// The resting order with this id. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `order` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_order(
    book: *const mm_book_t,
    order_id: u64,
    order: *mut mm_resting_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(order, "order") }?;
        out.set(book.order(OrderId(order_id)).ok_or(BookError::UnknownOrder)?.into());
        Ok(MM_OK)
    })
}

/// The orders of a level, first in the queue first, at most `capacity`; `count` gets how many were written, 0 where there is no
/// level.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_orders_at(
    book: *const mm_book_t,
    side: u8,
    price: i64,
    orders: *mut mm_resting_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let queue = book.orders_at(event::side(side)?, Price(price));
        count.set(args::fill(out, queue.map(mm_resting_order_t::from)));
        Ok(MM_OK)
    })
}

/// All orders of a side, best level first, first in the queue first, at most `capacity`; `count` gets how many were written.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_orders(
    book: *const mm_book_t,
    side: u8,
    orders: *mut mm_resting_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        count.set(args::fill(out, book.orders(event::side(side)?).map(mm_resting_order_t::from)));
        Ok(MM_OK)
    })
}

/// What stands before an order in its level's queue. O(orders ahead).
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `position` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_queue_position(
    book: *const mm_book_t,
    order_id: u64,
    position: *mut mm_queue_position_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(position, "position") }?;
        out.set(book.queue_position(OrderId(order_id)).ok_or(BookError::UnknownOrder)?.into());
        Ok(MM_OK)
    })
}

/// How many orders rest, anonymous liquidity included (one a level).
///
/// # Safety
/// `book` is a live handle that no other thread changes; `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_order_count(book: *const mm_book_t, count: *mut usize) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(count, "count") }?.set(book.len());
        Ok(MM_OK)
    })
}

/// A hash of everything that rests, queue order included: equal books have equal hashes on every machine.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `hash` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_state_hash(book: *const mm_book_t, hash: *mut u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(hash, "hash") }?.set(book.state_hash());
        Ok(MM_OK)
    })
}

/// Bytes that a snapshot takes now.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `size` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_snapshot_size(book: *const mm_book_t, size: *mut usize) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(size, "size") }?.set(book.snapshot_size());
        Ok(MM_OK)
    })
}

/// Writes a snapshot with a checksum; `size` gets how many bytes. O(orders), allocates nothing.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when `capacity` is less than `mm_book_snapshot_size`.
///
/// # Safety
/// `book` is a live handle that no other thread changes; `bytes` is writable for `capacity` bytes and `size` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_write_snapshot(
    book: *const mm_book_t,
    bytes: *mut u8,
    capacity: usize,
    size: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(book) }, |book| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(bytes, capacity, "bytes") }?;
        // SAFETY: by this function's contract.
        let size = unsafe { Out::new(size, "size") }?;
        let needed = book.snapshot_size();
        args::fits(needed, capacity, "bytes")?;
        let out = &mut out[..needed];
        out.fill(MaybeUninit::new(0));
        // SAFETY: every byte has just been written, and the caller's array is ours during the call.
        let out = unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast::<u8>(), needed) };
        size.set(book.write_snapshot(out)?);
        Ok(MM_OK)
    })
}

/// Replaces the book's contents by a snapshot's, queue order and arrival stamps included; the book keeps its own sizes and
/// rules. Not for the hot path.
///
/// # Errors
/// `MM_E_SNAPSHOT` when the bytes are cut short or damaged, `MM_E_SNAPSHOT_VERSION`, `MM_E_FULL`, `MM_E_OUT_OF_MEMORY`. The book is
/// as before then.
///
/// # Safety
/// `book` is a live handle that no other thread uses; `bytes` is readable for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_book_read_snapshot(
    book: *mut mm_book_t,
    bytes: *const u8,
    size: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |book| {
        // SAFETY: by this function's contract.
        book.read_snapshot(unsafe { args::input(bytes, size, "bytes") }?)?;
        Ok(MM_OK)
    })
}
