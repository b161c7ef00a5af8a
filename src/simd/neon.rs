//! The lanes in four 128-bit registers: Advanced SIMD of AArch64, which every such processor has.

use std::arch::aarch64::*;

use super::lanes::Lanes;

/// Token of NEON.
#[derive(Clone, Copy, Debug)]
pub struct Neon(());

impl Neon {
    /// The token.
    ///
    /// # Safety
    /// The processor supports Advanced SIMD.
    #[inline(always)]
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

type F = [float32x4_t; 4];
type I = [int32x4_t; 4];
type M = [uint32x4_t; 4];

/// Methods whose bodies are intrinsics.
macro_rules! ops {
    ($(fn $name:ident $(<const $n:ident>)? ($($arg:ident: $t:ty),*) $(-> $r:ty)? { $body:expr })*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self, $($arg: $t),*) $(-> $r)? {
            // SAFETY: `self` exists only where the instruction set is present, and memory is reached only through
            // references to as many bytes as are read or written.
            unsafe { $body }
        }
    )*};
}

/// Methods that do the same in all four quarters.
macro_rules! quarters {
    ($(fn $name:ident $(<const $n:ident>)? ($($arg:ident: $t:ty),*) -> $r:ty { $body:expr })*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self, $($arg: $t),*) -> $r {
            // SAFETY: `self` exists only where the instruction set is present.
            unsafe {
                let q0 = { $(let $arg = $arg[0];)* $body };
                let q1 = { $(let $arg = $arg[1];)* $body };
                let q2 = { $(let $arg = $arg[2];)* $body };
                let q3 = { $(let $arg = $arg[3];)* $body };
                [q0, q1, q2, q3]
            }
        }
    )*};
}

impl Lanes for Neon {
    type F = F;
    type I = I;
    type M = M;

    const TILE: (usize, usize) = (1, 6);
    const VECTOR_BLOCKS: usize = 4;
    const DOT_COLUMNS: usize = 4;
    const BIASED_DOT8: bool = false;

    quarters! {
        fn add(a: F, b: F) -> F { vaddq_f32(a, b) }
        fn sub(a: F, b: F) -> F { vsubq_f32(a, b) }
        fn mul(a: F, b: F) -> F { vmulq_f32(a, b) }
        fn div(a: F, b: F) -> F { vdivq_f32(a, b) }
        fn fma(a: F, b: F, c: F) -> F { vfmaq_f32(c, a, b) }
        fn fnma(a: F, b: F, c: F) -> F { vfmsq_f32(c, a, b) }
        // Compare and choose: the instruction of that name treats NaN and signed zeros otherwise than x86 does.
        fn min(a: F, b: F) -> F { vbslq_f32(vcltq_f32(a, b), a, b) }
        fn max(a: F, b: F) -> F { vbslq_f32(vcgtq_f32(a, b), a, b) }
        fn sqrt(x: F) -> F { vsqrtq_f32(x) }
        fn abs(x: F) -> F { vabsq_f32(x) }
        fn neg(x: F) -> F { vnegq_f32(x) }
        fn copysign(magnitude: F, sign: F) -> F { vbslq_f32(vdupq_n_u32(1 << 31), sign, magnitude) }
        fn round(x: F) -> F { vrndnq_f32(x) }
        fn floor(x: F) -> F { vrndmq_f32(x) }
        fn lt(a: F, b: F) -> M { vcltq_f32(a, b) }
        fn le(a: F, b: F) -> M { vcleq_f32(a, b) }
        fn eq(a: F, b: F) -> M { vceqq_f32(a, b) }
        fn is_nan(x: F) -> M { vmvnq_u32(vceqq_f32(x, x)) }
        fn select(mask: M, a: F, b: F) -> F { vbslq_f32(mask, a, b) }
        fn select_i(mask: M, a: I, b: I) -> I { vbslq_s32(mask, a, b) }
        fn add_i(a: I, b: I) -> I { vaddq_s32(a, b) }
        fn sub_i(a: I, b: I) -> I { vsubq_s32(a, b) }
        fn mul_i(a: I, b: I) -> I { vmulq_s32(a, b) }
        fn min_i(a: I, b: I) -> I { vminq_s32(a, b) }
        fn max_i(a: I, b: I) -> I { vmaxq_s32(a, b) }
        fn shl<const N>(x: I) -> I { vshlq_n_s32::<N>(x) }
        fn shr<const N>(x: I) -> I { vshrq_n_s32::<N>(x) }
        fn shr_logical<const N>(x: I) -> I { vreinterpretq_s32_u32(vshrq_n_u32::<N>(vreinterpretq_u32_s32(x))) }
        fn and(a: I, b: I) -> I { vandq_s32(a, b) }
        fn or(a: I, b: I) -> I { vorrq_s32(a, b) }
        fn xor(a: I, b: I) -> I { veorq_s32(a, b) }
        fn eq_i(a: I, b: I) -> M { vceqq_s32(a, b) }
        fn gt_i(a: I, b: I) -> M { vcgtq_s32(a, b) }
        fn bits(x: F) -> I { vreinterpretq_s32_f32(x) }
        fn float_of_bits(x: I) -> F { vreinterpretq_f32_s32(x) }
        fn to_i32(x: F) -> I { vcvtnq_s32_f32(x) }
        fn to_f32(x: I) -> F { vcvtq_f32_s32(x) }
        fn dot8(acc: I, a: I, w: I) -> I {{
            let a = veorq_s8(vreinterpretq_s8_s32(a), vdupq_n_s8(i8::MIN));
            let w = vreinterpretq_s8_s32(w);
            let low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(w)));
            let high = vpaddlq_s16(vmull_high_s8(a, w));
            vaddq_s32(acc, vpaddq_s32(low, high))
        }}
        fn dot16(acc: I, a: I, w: I) -> I {{
            let (a, w) = (vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(w));
            let low = vmull_s16(vget_low_s16(a), vget_low_s16(w));
            vaddq_s32(acc, vpaddq_s32(low, vmull_high_s16(a, w)))
        }}
    }

    ops! {
        fn splat(x: f32) -> F { [vdupq_n_f32(x); 4] }
        fn load(from: &[f32; 16]) -> F {{
            let from = from.as_ptr();
            [vld1q_f32(from), vld1q_f32(from.add(4)), vld1q_f32(from.add(8)), vld1q_f32(from.add(12))]
        }}
        fn store(x: F, to: &mut [f32; 16]) {{
            let to = to.as_mut_ptr();
            vst1q_f32(to, x[0]);
            vst1q_f32(to.add(4), x[1]);
            vst1q_f32(to.add(8), x[2]);
            vst1q_f32(to.add(12), x[3]);
        }}
        fn mask_bits(mask: M) -> u16 {{
            let weights = vld1q_u32([1, 2, 4, 8].as_ptr());
            let q0 = vaddvq_u32(vandq_u32(mask[0], weights));
            let q1 = vaddvq_u32(vandq_u32(mask[1], weights));
            let q2 = vaddvq_u32(vandq_u32(mask[2], weights));
            let q3 = vaddvq_u32(vandq_u32(mask[3], weights));
            (q0 | q1 << 4 | q2 << 8 | q3 << 12) as u16
        }}
        fn splat_i(x: i32) -> I { [vdupq_n_s32(x); 4] }
        fn load_i(from: &[i32; 16]) -> I {{
            let from = from.as_ptr();
            [vld1q_s32(from), vld1q_s32(from.add(4)), vld1q_s32(from.add(8)), vld1q_s32(from.add(12))]
        }}
        fn store_i(x: I, to: &mut [i32; 16]) {{
            let to = to.as_mut_ptr();
            vst1q_s32(to, x[0]);
            vst1q_s32(to.add(4), x[1]);
            vst1q_s32(to.add(8), x[2]);
            vst1q_s32(to.add(12), x[3]);
        }}
        fn load_u8(from: &[u8; 16]) -> I {{
            let bytes = vld1q_u8(from.as_ptr());
            let (low, high) = (vmovl_u8(vget_low_u8(bytes)), vmovl_high_u8(bytes));
            [
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(low))),
                vreinterpretq_s32_u32(vmovl_high_u16(low)),
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(high))),
                vreinterpretq_s32_u32(vmovl_high_u16(high)),
            ]
        }}
        fn load_i16(from: &[i16; 16]) -> I {{
            let (low, high) = (vld1q_s16(from.as_ptr()), vld1q_s16(from.as_ptr().add(8)));
            [vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)), vmovl_high_s16(high)]
        }}
        fn store_low8(x: I, to: &mut [u8; 16]) {{
            let low = vcombine_s16(vmovn_s32(x[0]), vmovn_s32(x[1]));
            let high = vcombine_s16(vmovn_s32(x[2]), vmovn_s32(x[3]));
            let bytes = vcombine_s8(vmovn_s16(low), vmovn_s16(high));
            vst1q_u8(to.as_mut_ptr(), vreinterpretq_u8_s8(bytes));
        }}
        fn store_low16(x: I, to: &mut [i16; 16]) {{
            vst1q_s16(to.as_mut_ptr(), vcombine_s16(vmovn_s32(x[0]), vmovn_s32(x[1])));
            vst1q_s16(to.as_mut_ptr().add(8), vcombine_s16(vmovn_s32(x[2]), vmovn_s32(x[3])));
        }}
        fn reduce_add(x: F) -> f32 {{
            let x = vaddq_f32(vaddq_f32(x[0], x[2]), vaddq_f32(x[1], x[3]));
            let x = vadd_f32(vget_low_f32(x), vget_high_f32(x));
            vget_lane_f32::<0>(x) + vget_lane_f32::<1>(x)
        }}
        fn reduce_max(x: F) -> f32 {{
            let (even, odd) = (
                vbslq_f32(vcgtq_f32(x[0], x[2]), x[0], x[2]),
                vbslq_f32(vcgtq_f32(x[1], x[3]), x[1], x[3]),
            );
            let x = vbslq_f32(vcgtq_f32(even, odd), even, odd);
            let (low, high) = (vget_low_f32(x), vget_high_f32(x));
            let x = vbsl_f32(vcgt_f32(low, high), low, high);
            let (low, high) = (vget_lane_f32::<0>(x), vget_lane_f32::<1>(x));
            if low > high { low } else { high }
        }}
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> I {
        // SAFETY: readable for 64 bytes by the caller's promise; byte loads need no alignment.
        unsafe {
            [
                vreinterpretq_s32_u8(vld1q_u8(from)),
                vreinterpretq_s32_u8(vld1q_u8(from.add(16))),
                vreinterpretq_s32_u8(vld1q_u8(from.add(32))),
                vreinterpretq_s32_u8(vld1q_u8(from.add(48))),
            ]
        }
    }
}
