//! Failures on demand, for the tests of what a host sees when the library is wrong. Only with feature `test-panic`, which
//! no shipped build has: the header does not declare these functions, and a test looks for them in vain in the archive.

use super::book::mm_book_t;
use super::engine::mm_engine_t;
use super::guard::{Exclusive, NoHandle, Shared, guard};
use super::orders::mm_order_manager_t;
use super::risk::mm_risk_gate_t;
use super::status::mm_status_t;

/// Panics in a call that works on no handle.
///
/// # Safety
/// None needed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_test_panic() -> mm_status_t {
    guard(NoHandle, |()| panic!("asked to, without a handle"))
}

/// Panics in a call that changes a book.
///
/// # Safety
/// `book` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_test_panic_book(book: *mut mm_book_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(book) }, |_| panic!("asked to, with a book"))
}

/// Panics in a call that only reads an engine.
///
/// # Safety
/// `engine` is a live handle that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_test_panic_engine(engine: *const mm_engine_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |_| panic!("asked to, with an engine"))
}

/// Panics in a call that changes two handles.
///
/// # Safety
/// Both are live handles that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_test_panic_orders(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let handles = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(handles, |_| panic!("asked to, with two handles"))
}
