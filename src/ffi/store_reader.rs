//! Reading a store beside its writer: `mm_store_reader_t`, a view that takes no lock.

use std::ffi::c_char;

use super::args::{self, Out};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::position_types::mm_position_t;
use super::status::*;
use super::store_types::*;
use crate::position::store::{StoreReader, StoreState};

/// A view of a store that another handle, often of another process, writes.
pub struct mm_store_reader_t {
    _opaque: [u8; 0],
}

/// The view, what it saw last, and room to read into, so that a reading that fails loses nothing.
pub(super) struct Reader {
    reader: StoreReader,
    state: StoreState,
    next: StoreState,
}

impl Noun for mm_store_reader_t {
    type Value = Reader;
    const NAME: &'static str = "mm_store_reader_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-strdr");
}

/// Maps a store for reading, beside its writer in any process. Takes no lock.
///
/// # Errors
/// Those of `mm_store_open` that concern the file.
///
/// # Safety
/// `path` is a NUL-terminated string; `reader` is writable. Free the handle with `mm_store_reader_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_open(
    path: *const c_char,
    reader: *mut *mut mm_store_reader_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(reader, "reader") }?;
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let reader = StoreReader::open(path)?;
        let (mut state, next) = (reader.state(), reader.state());
        reader.read(&mut state)?;
        out.set(create(Reader { reader, state, next }));
        Ok(MM_OK)
    })
}

/// Frees a reader. Null is fine.
///
/// # Safety
/// `reader` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_destroy(reader: *mut mm_store_reader_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(reader) }
}

/// Copies the state after the last event, whole; the functions of the reader show it until the next call that succeeds.
/// O(size), allocates nothing.
///
/// # Errors
/// `MM_E_STORE_BUSY` when the writer overtook every attempt, `MM_E_STORE_SUPERSEDED` when the store was resized,
/// `MM_E_STORE_CORRUPT`. What was read before stays.
///
/// # Safety
/// `reader` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_refresh(reader: *mut mm_store_reader_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(reader) }, |value| {
        value.reader.read(&mut value.next)?;
        std::mem::swap(&mut value.state, &mut value.next);
        Ok(MM_OK)
    })
}

/// What was read last. O(size), allocates.
///
/// # Safety
/// `reader` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_info(
    reader: *const mm_store_reader_t,
    info: *mut mm_store_info_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        out.set(mm_store_info_t::new(&value.state, &value.reader.config()));
        Ok(MM_OK)
    })
}

/// The positions that were read last, in the order of registration; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `reader` is a live handle that no other thread changes; `positions` is writable for `capacity` elements and `count`
/// is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_positions(
    reader: *const mm_store_reader_t,
    positions: *mut mm_position_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(positions, capacity, "positions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.state.positions.len(), capacity, "positions")?;
        count.set(args::fill(out, value.state.positions.iter().map(mm_position_t::from)));
        Ok(MM_OK)
    })
}

/// The working orders that were read last; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// As for `mm_store_reader_positions`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_orders(
    reader: *const mm_store_reader_t,
    orders: *mut mm_store_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.state.orders.len(), capacity, "orders")?;
        count.set(args::fill(out, value.state.orders.iter().map(mm_store_order_t::from)));
        Ok(MM_OK)
    })
}
