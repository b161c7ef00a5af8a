//! Config structs that grow: `struct_size` first, new fields only at the end.
//!
//! A caller compiled against an older header passes a shorter struct: the fields that it lacks keep their defaults.
//! One compiled against a newer header passes a longer struct: it is accepted as long as the fields that this library
//! does not know are zero, which every new field takes to mean "as before".

use super::guard::Outcome;
use super::status::{Failure, MM_E_INVALID_ARGUMENT, MM_E_STRUCT_SIZE, MM_OK};

/// A config struct of the ABI.
///
/// # Safety
/// The type is `repr(C)`, begins with a `usize` named `struct_size`, has no padding that is not spelt out as a field,
/// and is valid in every bit pattern.
pub(crate) unsafe trait Config: Copy {
    /// Size of the struct in the release that introduced it; what a caller passes is never smaller.
    const FIRST_SIZE: usize;
    /// Every field at its documented default, `struct_size` set.
    fn defaults() -> Self;
}

/// Fills the first `struct_size` bytes of a caller's struct with the defaults, and those past what this library
/// knows with zeros.
///
/// # Errors
/// Null, misaligned, or a size below the first version's.
///
/// # Safety
/// `config` is null or writable for `struct_size` bytes, and nobody else uses that memory during the call.
pub(super) unsafe fn init<C: Config>(config: *mut C, struct_size: usize) -> Outcome {
    check_pointer(config)?;
    check_size::<C>(struct_size)?;
    let defaults = C::defaults();
    let known = struct_size.min(size_of::<C>());
    // SAFETY: writable for `struct_size` bytes by the caller's promise.
    unsafe { config.cast::<u8>().write_bytes(0, struct_size) };
    // SAFETY: `known` is at most both sizes, and a local cannot overlap the caller's struct.
    unsafe { config.cast::<u8>().copy_from_nonoverlapping((&raw const defaults).cast::<u8>(), known) };
    // SAFETY: the struct begins with its size (trait), is aligned (checked) and at least that long.
    unsafe { config.cast::<usize>().write(struct_size) };
    Ok(MM_OK)
}

/// A caller's struct, whatever version of the header it was compiled against.
///
/// # Errors
/// Null, misaligned, a size below the first version's, or an unknown field that is not zero.
///
/// # Safety
/// `config` is null or points to an initialised struct whose first field says how many bytes may be read.
pub(super) unsafe fn read<C: Config>(config: *const C) -> Result<C, Failure> {
    check_pointer(config)?;
    // SAFETY: not null and aligned (checked), begins with its size (trait).
    let struct_size = unsafe { config.cast::<usize>().read() };
    check_size::<C>(struct_size)?;
    let known = struct_size.min(size_of::<C>());
    let mut copy = C::defaults();
    // SAFETY: `struct_size` bytes may be read by the caller's promise, `known` is at most both sizes, and the local
    // cannot overlap; every bit pattern is a valid `C` (trait).
    unsafe { (&raw mut copy).cast::<u8>().copy_from_nonoverlapping(config.cast::<u8>(), known) };
    for offset in known..struct_size {
        // SAFETY: inside the `struct_size` bytes that may be read.
        let byte = unsafe { config.cast::<u8>().add(offset) };
        // SAFETY: as above.
        if unsafe { byte.read() } != 0 {
            return Err(Failure::new(
                MM_E_STRUCT_SIZE,
                format_args!("a config field at byte {offset} is set that this library does not know"),
            ));
        }
    }
    Ok(copy)
}

/// Largest struct that is believed: a size beyond it is an uninitialised field.
const LARGEST: usize = 1 << 16;

fn check_pointer<C>(config: *const C) -> Result<(), Failure> {
    if config.is_null() {
        return Err(Failure::null("config"));
    }
    if !config.is_aligned() {
        return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("config is not aligned")));
    }
    Ok(())
}

fn check_size<C: Config>(struct_size: usize) -> Result<(), Failure> {
    if !(C::FIRST_SIZE..=LARGEST).contains(&struct_size) {
        return Err(Failure::new(
            MM_E_STRUCT_SIZE,
            format_args!("struct_size is {struct_size}, expected {} or more", C::FIRST_SIZE),
        ));
    }
    Ok(())
}
