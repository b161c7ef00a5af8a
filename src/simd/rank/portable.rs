//! The kernels on plain arrays: run everywhere, and are the reference for the other instruction sets.

use super::{Bytes, GROUP, MAX_COLUMNS, kernels};

#[derive(Clone, Copy)]
struct Portable;

kernels!(PORTABLE, "scalar", Portable);

impl Bytes for Portable {
    type V = [u8; 16];
    const WIDTH: usize = 16;
    const CHAINS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const u8) -> [u8; 16] {
        // SAFETY: readable for 16 bytes by the caller's promise.
        unsafe { from.cast::<[u8; 16]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(self, value: [u8; 16], to: *mut u8) {
        // SAFETY: writable for 16 bytes by the caller's promise.
        unsafe { to.cast::<[u8; 16]>().write_unaligned(value) }
    }
    #[inline(always)]
    fn splat(self, byte: u8) -> [u8; 16] {
        [byte; 16]
    }
    #[inline(always)]
    fn or(self, a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
        (u128::from_ne_bytes(a) | u128::from_ne_bytes(b)).to_ne_bytes()
    }
    #[inline(always)]
    fn lookup<const W: usize>(self, table: &[u8; MAX_COLUMNS], index: [u8; 16]) -> [u8; 16] {
        let mut out = index;
        for byte in &mut out {
            *byte = table[usize::from(*byte)];
        }
        out
    }
    #[inline(always)]
    fn step(
        self,
        exit: [u8; 16],
        rank: [u8; 16],
        threshold: [u8; 16],
        first: [u8; 16],
        next: [u8; 16],
    ) -> [u8; 16] {
        let mut out = exit;
        // Without branches, so that compilers find the vector instructions that the target has.
        for i in 0..16 {
            let moves = (u8::from(rank[i] > threshold[i]) & u8::from(first[i] <= exit[i])).wrapping_neg();
            out[i] = (next[i] & moves) | (exit[i] & !moves);
        }
        out
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; GROUP], x: f64) -> u32 {
        values.iter().map(|&value| u32::from(value < x)).sum()
    }
}
