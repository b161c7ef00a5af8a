//! Memory that a later kernel will read, asked for while this one computes.
//!
//! Weights that do not stay in the second-level cache from one call to the next come from the third, at a rate that
//! bounds the kernels that do little with each of them (a head over one window), while kernels of much arithmetic leave
//! that way unused. So these take a span of memory along and ask for a few of its lines at a time.

use crate::mem::buffer::prefetch_far;

/// Bytes of a cache line, or half of one where lines are longer.
const LINE: usize = 64;

/// What is left to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    at: *const u8,
    end: *const u8,
}

impl Ahead {
    /// All of `span`.
    #[inline(always)]
    pub fn new<T>(span: &[T]) -> Self {
        let span = span.as_ptr_range();
        Self { at: span.start.cast(), end: span.end.cast() }
    }

    /// Asks for the next `LINES` lines, if any are left; a few beyond the end are harmless.
    #[inline(always)]
    pub fn ask<const LINES: usize>(&mut self) {
        if self.at < self.end {
            for line in 0..LINES {
                prefetch_far(self.at.wrapping_add(line * LINE));
            }
            self.at = self.at.wrapping_add(LINES * LINE);
        }
    }
}
