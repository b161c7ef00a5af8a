//! Checked arguments: outputs, slices and strings, each from a raw pointer once.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use super::status::{Failure, MM_E_BUFFER_TOO_SMALL, MM_E_INVALID_ARGUMENT, MM_E_OUT_OF_MEMORY, MM_E_UTF8};

/// Why a pointer that is not null cannot be used.
fn misaligned(name: &str) -> Failure {
    Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is not aligned"))
}

/// Where one result goes. Nothing is written before [`set`](Self::set).
pub(super) struct Out<'a, T>(&'a mut MaybeUninit<T>);

impl<T> Out<'_, T> {
    /// # Errors
    /// Null or misaligned.
    ///
    /// # Safety
    /// `pointer` is null or writable for a `T`, and nobody else uses that memory during the call.
    pub(super) unsafe fn new(pointer: *mut T, name: &str) -> Result<Self, Failure> {
        if pointer.is_null() {
            return Err(Failure::null(name));
        }
        if !pointer.is_aligned() {
            return Err(misaligned(name));
        }
        // SAFETY: not null, aligned, writable and unshared by the caller's promise; it need not be initialised.
        Ok(Self(unsafe { &mut *pointer.cast::<MaybeUninit<T>>() }))
    }

    /// As [`new`](Self::new), where null means that the caller does not want the result.
    ///
    /// # Errors
    /// Misaligned.
    ///
    /// # Safety
    /// As there.
    pub(super) unsafe fn optional(pointer: *mut T, name: &str) -> Result<Option<Self>, Failure> {
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: forwarded.
        unsafe { Self::new(pointer, name) }.map(Some)
    }

    /// Writes the result.
    pub(super) fn set(self, value: T) {
        self.0.write(value);
    }
}

/// One struct that the call reads.
///
/// # Errors
/// Null or misaligned.
///
/// # Safety
/// `pointer` is null or points to an initialised `T` that nobody changes during the call.
pub(super) unsafe fn reference<'a, T: Copy>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    check_array(pointer, 1, name)?;
    // SAFETY: not null, aligned (checked); initialised and unchanged by the caller's promise.
    Ok(unsafe { &*pointer })
}

/// An array that the call reads. Null is fine for an empty one.
///
/// # Errors
/// Null with a length, misaligned, or longer than memory can be.
///
/// # Safety
/// `pointer` is null or readable for `length` initialised `T`s that nobody changes during the call.
pub(super) unsafe fn input<'a, T: Copy>(
    pointer: *const T,
    length: usize,
    name: &str,
) -> Result<&'a [T], Failure> {
    if length == 0 {
        return Ok(&[]);
    }
    check_array(pointer, length, name)?;
    // SAFETY: not null, aligned, not too long; readable and initialised by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// An array that the call writes, of which nothing is read. Null is fine for an empty one.
///
/// # Errors
/// As for [`input`].
///
/// # Safety
/// `pointer` is null or writable for `length` `T`s, and nobody else uses that memory during the call.
pub(super) unsafe fn output<'a, T: Copy>(
    pointer: *mut T,
    length: usize,
    name: &str,
) -> Result<&'a mut [MaybeUninit<T>], Failure> {
    if length == 0 {
        return Ok(&mut []);
    }
    check_array(pointer.cast_const(), length, name)?;
    // SAFETY: not null, aligned, not too long; writable and unshared by the caller's promise, and uninitialised
    // memory is fine behind `MaybeUninit`.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer.cast::<MaybeUninit<T>>(), length) })
}

/// An array that the call reads and changes. Null is fine for an empty one.
///
/// # Errors
/// As for [`input`].
///
/// # Safety
/// `pointer` is null or readable and writable for `length` initialised `T`s, and nobody else uses them during the call.
pub(super) unsafe fn in_place<'a, T: Copy>(
    pointer: *mut T,
    length: usize,
    name: &str,
) -> Result<&'a mut [T], Failure> {
    if length == 0 {
        return Ok(&mut []);
    }
    check_array(pointer.cast_const(), length, name)?;
    // SAFETY: not null, aligned, not too long; initialised, writable and unshared by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer, length) })
}

/// An output as an ordinary slice of zeros, for code that writes slices. Once nothing can fail any more.
pub(super) fn cleared<T: Copy + Default>(out: &mut [MaybeUninit<T>]) -> &mut [T] {
    for place in &mut *out {
        place.write(T::default());
    }
    let (start, length) = (out.as_mut_ptr().cast::<T>(), out.len());
    // SAFETY: the same memory with the same borrow, and every element was written just now.
    unsafe { std::slice::from_raw_parts_mut(start, length) }
}

/// Hands over a result that was computed elsewhere. `out` is at least as long.
pub(super) fn copy<T: Copy>(from: &[T], out: &mut [MaybeUninit<T>]) {
    for (to, from) in out.iter_mut().zip(from) {
        to.write(*from);
    }
}

/// The number of elements of `count` things of `each`.
pub(crate) fn product(count: usize, each: usize) -> Result<usize, Failure> {
    count.checked_mul(each).ok_or_else(|| {
        Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{count} times {each} values fit no memory"))
    })
}

/// Refuses a buffer that cannot take `needed` elements.
pub(crate) fn fits(needed: usize, capacity: usize, name: &str) -> Result<(), Failure> {
    if needed > capacity {
        return Err(Failure::new(
            MM_E_BUFFER_TOO_SMALL,
            format_args!("{name} has room for {capacity}, {needed} are needed"),
        ));
    }
    Ok(())
}

/// Refuses what the system certainly cannot give, where the allocation itself would end the process.
pub(crate) fn affordable(bytes: usize) -> Result<(), Failure> {
    let mut trial: Vec<u8> = Vec::new();
    trial
        .try_reserve_exact(bytes)
        .map_err(|_| Failure::new(MM_E_OUT_OF_MEMORY, format_args!("{bytes} bytes are not to be had")))
}

/// Writes as many items as fit, and says how many.
pub(super) fn fill<T>(out: &mut [MaybeUninit<T>], items: impl Iterator<Item = T>) -> usize {
    let mut count = 0;
    for (to, item) in out.iter_mut().zip(items) {
        to.write(item);
        count += 1;
    }
    count
}

fn check_array<T>(pointer: *const T, length: usize, name: &str) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure::null(name));
    }
    if !pointer.is_aligned() {
        return Err(misaligned(name));
    }
    if length.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Failure::new(
            MM_E_INVALID_ARGUMENT,
            format_args!("{name} cannot hold {length} elements"),
        ));
    }
    Ok(())
}

/// A NUL-terminated UTF-8 string.
///
/// # Errors
/// Null, or not UTF-8.
///
/// # Safety
/// `pointer` is null or a NUL-terminated string that nobody changes during the call.
pub(super) unsafe fn string<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    if pointer.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: NUL-terminated and unchanged by the caller's promise.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|_| Failure::new(MM_E_UTF8, format_args!("{name} is not UTF-8")))
}
