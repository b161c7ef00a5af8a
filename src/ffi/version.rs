//! Which library is this: its version, and the version of its binary interface.

use std::ffi::c_char;

use super::guard::{NoHandle, guard};
use super::status::MM_OK;

/// Changes when a program built against an older header no longer works; `mm_abi_version` of the library must be
/// equal to it. The shared library's soname carries the same number.
pub const MM_ABI_VERSION: u32 = 0;

/// The library's version, `"major.minor.patch"`. Never null; static storage.
///
/// # Safety
/// None needed, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    let mut version = c"".as_ptr();
    guard(NoHandle, |()| {
        version = VERSION.as_ptr().cast();
        Ok(MM_OK)
    });
    version
}

/// The binary interface that the library implements: compare with `MM_ABI_VERSION` of the header.
///
/// # Safety
/// None needed, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_abi_version() -> u32 {
    let mut version = 0;
    guard(NoHandle, |()| {
        version = MM_ABI_VERSION;
        Ok(MM_OK)
    });
    version
}
