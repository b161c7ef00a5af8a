//! The kernels on Advanced SIMD: 16 trees a register, four registers at a time.

use std::arch::aarch64::*;

use super::{Bytes, GROUP, MAX_COLUMNS, kernels};

/// Exists only where Advanced SIMD does.
#[derive(Clone, Copy)]
struct Neon;

kernels!(NEON, "neon", Neon, "neon");

impl Bytes for Neon {
    type V = uint8x16_t;
    const WIDTH: usize = 16;
    const CHAINS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const u8) -> uint8x16_t {
        // SAFETY: the token proves the instruction set; readable for 16 bytes by the caller's promise.
        unsafe { vld1q_u8(from) }
    }
    #[inline(always)]
    unsafe fn store(self, value: uint8x16_t, to: *mut u8) {
        // SAFETY: the token proves the instruction set; writable for 16 bytes by the caller's promise.
        unsafe { vst1q_u8(to, value) }
    }
    #[inline(always)]
    fn splat(self, byte: u8) -> uint8x16_t {
        // SAFETY: the token proves the instruction set.
        unsafe { vdupq_n_u8(byte) }
    }
    #[inline(always)]
    fn or(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
        // SAFETY: the token proves the instruction set.
        unsafe { vorrq_u8(a, b) }
    }
    #[inline(always)]
    fn lookup<const W: usize>(self, table: &[u8; MAX_COLUMNS], index: uint8x16_t) -> uint8x16_t {
        let table = table.as_ptr();
        // SAFETY: the token proves the instruction set; the table has 256 bytes.
        unsafe {
            match W {
                16 => vqtbl1q_u8(vld1q_u8(table), index),
                32 => vqtbl2q_u8(vld1q_u8_x2(table), index),
                64 => vqtbl4q_u8(vld1q_u8_x4(table), index),
                _ => {
                    // An index outside a quarter leaves what the quarter before found.
                    let mut found = vqtbl4q_u8(vld1q_u8_x4(table), index);
                    for quarter in 1..4_u8 {
                        let start = quarter * 64;
                        let within = vsubq_u8(index, vdupq_n_u8(start));
                        found = vqtbx4q_u8(found, vld1q_u8_x4(table.add(usize::from(start))), within);
                    }
                    found
                }
            }
        }
    }
    #[inline(always)]
    fn step(
        self,
        exit: uint8x16_t,
        rank: uint8x16_t,
        threshold: uint8x16_t,
        first: uint8x16_t,
        next: uint8x16_t,
    ) -> uint8x16_t {
        // SAFETY: the token proves the instruction set.
        unsafe { vbslq_u8(vandq_u8(vcgtq_u8(rank, threshold), vcgeq_u8(exit, first)), next, exit) }
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; GROUP], x: f64) -> u32 {
        let from = values.as_ptr();
        // SAFETY: the token proves the instruction set; 16 values are eight registers.
        unsafe {
            let x = vdupq_n_f64(x);
            let mut sum = vdupq_n_u64(0);
            for at in (0..GROUP).step_by(2) {
                // True is all ones, which is minus one.
                sum = vsubq_u64(sum, vcltq_f64(vld1q_f64(from.add(at)), x));
            }
            vaddvq_u64(sum) as u32
        }
    }
}
