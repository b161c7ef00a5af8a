//! A fixed-length aligned array, written once at construction so that no later access enters the kernel.
//!
//! Buffers of a mebibyte and more are aligned and rounded up to two mebibytes and offered to the kernel for large pages
//! (`madvise(MADV_HUGEPAGE)`, advice only: a refusal changes nothing but speed). Every element is written before
//! [`AlignedBuffer::new`] returns, which faults all pages in. After that a buffer is an ordinary slice: indexing is
//! checked, because a check that never fails costs no latency where a mask would lengthen each pointer chase.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Size of the large page that big buffers are aligned to.
const LARGE_PAGE: usize = 2 << 20;
/// Size from which a buffer is rounded up to large pages.
const WORTH_A_LARGE_PAGE: usize = 1 << 20;
/// Alignment of every buffer: two cache lines, the unit that prefetchers of x86-64 and Apple silicon fetch.
const ALIGNMENT: usize = 128;

/// The memory for a buffer of this many bytes could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no memory for a buffer of {bytes} bytes")]
pub struct OutOfMemory {
    /// What was asked for; `usize::MAX` where the size itself overflows.
    pub bytes: usize,
}

thread_local! {
    // Constant and without a destructor: counting neither allocates nor registers anything.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Bytes of the buffers that this thread has made so far, those that are gone included: the difference over a construction is
/// what it took.
#[must_use]
pub fn bytes_taken() -> usize {
    TAKEN.get()
}

/// A fixed-length array of `T`, at least 128-byte aligned, prefaulted, on large pages where the system gives them.
///
/// ```
/// # use market_maker::mem::buffer::AlignedBuffer;
/// let mut buffer = AlignedBuffer::new(1000, 7_u32).unwrap();
/// buffer[3] += 1;
/// assert_eq!(buffer.len(), 1000);
/// assert_eq!(buffer[..4], [7, 7, 7, 8]);
/// assert_eq!(buffer.as_ptr() as usize % 128, 0);
/// ```
pub struct AlignedBuffer<T: Copy> {
    start: NonNull<T>,
    len: usize,
}

// SAFETY: the buffer owns its elements exclusively, as a `Box<[T]>` does.
unsafe impl<T: Copy + Send> Send for AlignedBuffer<T> {}
// SAFETY: a shared buffer gives out only shared slices.
unsafe impl<T: Copy + Sync> Sync for AlignedBuffer<T> {}

impl<T: Copy> AlignedBuffer<T> {
    /// A buffer of `len` elements, each a copy of `value`. O(len).
    ///
    /// # Errors
    /// [`OutOfMemory`] when the system refuses.
    pub fn new(len: usize, value: T) -> Result<Self, OutOfMemory> {
        let Some(layout) = Self::layout(len) else {
            return Err(OutOfMemory { bytes: usize::MAX });
        };
        let start = if layout.size() == 0 {
            NonNull::dangling()
        } else {
            // SAFETY: the layout's size is not zero.
            let raw = unsafe { alloc(layout) };
            let Some(start) = NonNull::new(raw.cast::<T>()) else {
                return Err(OutOfMemory { bytes: layout.size() });
            };
            advise_large_pages(raw, layout.size());
            for index in 0..len {
                // SAFETY: `index` is below `len`, so the place lies inside the allocation.
                let place = unsafe { start.add(index) };
                // SAFETY: the place is inside our fresh allocation, aligned for `T`, and nothing else refers to it.
                unsafe { place.write(value) };
            }
            TAKEN.set(TAKEN.get().wrapping_add(layout.size()));
            start
        };
        Ok(Self { start, len })
    }

    /// Bytes that the buffer occupies.
    #[must_use]
    pub const fn size_in_bytes(&self) -> usize {
        self.len * size_of::<T>()
    }

    /// `None` when the size overflows.
    fn layout(len: usize) -> Option<Layout> {
        let array = Layout::array::<T>(len).ok()?;
        if array.size() < WORTH_A_LARGE_PAGE {
            return array.align_to(ALIGNMENT).ok();
        }
        // Whole large pages, so that the last part of the buffer gets one too.
        Some(array.align_to(LARGE_PAGE).ok()?.pad_to_align())
    }
}

impl<T: Copy> Drop for AlignedBuffer<T> {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.len)
            && layout.size() != 0
        {
            // SAFETY: `start` came from `alloc` with the layout that the same length gives again.
            unsafe { dealloc(self.start.as_ptr().cast::<u8>(), layout) };
        }
    }
}

impl<T: Copy> Deref for AlignedBuffer<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `start` points to `len` elements, all written by `new`, borrowed as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for AlignedBuffer<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: `start` points to `len` elements, all written by `new`, borrowed exclusively as long as `self`.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> fmt::Debug for AlignedBuffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlignedBuffer").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Asks for the cache line of `slice[index]` without waiting for it. Any index is harmless; one outside the slice is
/// useless. Hot path.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    let address = slice.as_ptr().wrapping_add(index);
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch never faults and reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast::<i8>()) };
    }
    #[cfg(target_arch = "aarch64")]
    {
        // SAFETY: PRFM is a hint: it never faults and changes no architectural state.
        unsafe {
            std::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly))
        };
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// Asks for the cache line at an address, into the second-level cache. Any address is harmless. Hot path.
#[inline(always)]
pub fn prefetch_far(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch never faults and reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast::<i8>()) };
    }
    #[cfg(target_arch = "aarch64")]
    {
        // SAFETY: PRFM is a hint: it never faults and changes no architectural state.
        unsafe {
            std::arch::asm!("prfm pldl2keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly))
        };
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// Bit `i` is set where `words[i] == value`. Hot path; a few instructions without a branch.
#[inline(always)]
#[must_use]
pub fn lanes_equal(words: &[u32; 8], value: u32) -> u32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE2 is part of x86-64.
    return unsafe { lanes_equal_sse2(words, value) };
    #[cfg(not(target_arch = "x86_64"))]
    words.iter().enumerate().fold(0, |mask, (lane, &word)| mask | u32::from(word == value) << lane)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn lanes_equal_sse2(words: &[u32; 8], value: u32) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_castsi128_ps, _mm_cmpeq_epi32, _mm_loadu_si128, _mm_movemask_ps, _mm_set1_epi32,
    };
    let start = words.as_ptr().cast::<__m128i>();
    // SAFETY: the first 16 of the array's 32 bytes; the load needs no alignment.
    let low = unsafe { _mm_loadu_si128(start) };
    // SAFETY: the last 16 of the array's 32 bytes; the load needs no alignment.
    let high = unsafe { _mm_loadu_si128(start.wrapping_add(1)) };
    let value = _mm_set1_epi32(value.cast_signed());
    let low = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(low, value)));
    let high = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(high, value)));
    (low | high << 4).cast_unsigned()
}

#[cfg(target_os = "linux")]
fn advise_large_pages(start: *mut u8, bytes: usize) {
    if bytes >= WORTH_A_LARGE_PAGE {
        // SAFETY: the range is our own fresh allocation, aligned to a page; the advice keeps its contents and
        // protection, and its failure is harmless.
        let _ = unsafe { libc::madvise(start.cast::<libc::c_void>(), bytes, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_large_pages(_start: *mut u8, _bytes: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_starts_as_the_given_value_and_keeps_what_is_written() {
        for len in [0, 1, 127, 4096, 700_001] {
            let mut buffer = AlignedBuffer::new(len, 0xABCD_u64).unwrap();
            assert_eq!(buffer.len(), len);
            assert!(buffer.iter().all(|&x| x == 0xABCD));
            for (i, x) in buffer.iter_mut().enumerate() {
                *x = i as u64;
            }
            assert!(buffer.iter().enumerate().all(|(i, &x)| x == i as u64));
        }
    }

    #[test]
    fn large_buffers_start_on_a_large_page_and_small_ones_on_two_lines() {
        let large = AlignedBuffer::new(LARGE_PAGE / 8, 0_u64).unwrap();
        assert_eq!(large.as_ptr() as usize % LARGE_PAGE, 0);
        assert_eq!(large.size_in_bytes(), LARGE_PAGE);
        let small = AlignedBuffer::new(5, 0_u8).unwrap();
        assert_eq!(small.as_ptr() as usize % ALIGNMENT, 0);
    }

    #[test]
    fn a_thread_knows_what_its_buffers_took() {
        let before = bytes_taken();
        let buffer = AlignedBuffer::new(1000, 0.0_f32).unwrap();
        let took = bytes_taken() - before;
        assert!(took >= buffer.size_in_bytes());
        drop(buffer);
        assert_eq!(bytes_taken() - before, took, "what is gone counts too");
        std::thread::spawn(|| assert_eq!(bytes_taken(), 0)).join().unwrap();
    }

    #[test]
    fn a_size_that_overflows_is_an_error() {
        assert_eq!(AlignedBuffer::new(usize::MAX, 0_u64).unwrap_err(), OutOfMemory { bytes: usize::MAX });
    }

    #[test]
    fn equal_lanes_are_the_set_bits() {
        for expected in 0..256_u32 {
            let words =
                std::array::from_fn(|lane| if expected >> lane & 1 == 1 { u32::MAX } else { lane as u32 });
            assert_eq!(lanes_equal(&words, u32::MAX), expected);
        }
    }

    #[test]
    fn a_prefetch_of_any_index_changes_nothing() {
        let buffer = AlignedBuffer::new(4, 1_u64).unwrap();
        for index in [0, 3, 4, usize::MAX] {
            prefetch(&buffer, index);
        }
        for address in [std::ptr::null(), buffer.as_ptr().cast(), usize::MAX as *const u8] {
            prefetch_far(address);
        }
        assert_eq!(buffer[..], [1; 4]);
    }
}
