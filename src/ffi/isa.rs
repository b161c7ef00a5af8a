//! Which kernels the models run on.

use std::ffi::{CStr, c_char};

use super::args::Out;
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::simd::{Isa, Simd};

/// The name as C wants it.
pub(crate) const fn name(isa: Isa) -> &'static CStr {
    match isa {
        Isa::Scalar => c"scalar",
        Isa::Avx2 => c"avx2",
        Isa::Avx512 => c"avx512",
        Isa::Neon => c"neon",
    }
}

/// The instruction sets that this machine has, the fastest first. A family that comes with and without extensions counts once.
fn available() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().rev().filter(|isa| Simd::new(*isa).is_ok())
}

/// The instruction set that a model made now would run on: `"scalar"`, `"avx2"`, `"avx512"` or `"neon"`; the fastest of the
/// machine unless the environment variable `MARKET_MAKER_FORCE_ISA` names another. `""` when it names one that is not to be
/// had, which every create function refuses. Never null; static storage.
///
/// # Safety
/// None needed: no other thread may change the environment meanwhile, as always.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_isa_name() -> *const c_char {
    let mut text = c"";
    guard(NoHandle, |()| {
        text = Simd::detect().map_or(c"", |simd| name(simd.isa()));
        Ok(MM_OK)
    });
    text.as_ptr()
}

/// How many instruction sets this machine has kernels for; at least 1, the portable one.
///
/// # Safety
/// None needed, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_isa_count() -> usize {
    let mut count = 0;
    guard(NoHandle, |()| {
        count = available().count();
        Ok(MM_OK)
    });
    count
}

/// The name of one of them, the fastest first. Static storage.
///
/// # Errors
/// `MM_E_NOT_FOUND` from `mm_isa_count()` on.
///
/// # Safety
/// `name_out` is writable. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_isa_at(index: usize, name_out: *mut *const c_char) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(name_out, "name_out") }?;
        let isa = available().nth(index).ok_or_else(|| {
            Failure::new(MM_E_NOT_FOUND, format_args!("there is no instruction set {index}"))
        })?;
        out.set(name(isa).as_ptr());
        Ok(MM_OK)
    })
}
