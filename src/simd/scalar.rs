//! The lanes as plain arrays: runs everywhere, and is the reference that the other instruction sets must match bit for bit.
//!
//! Fused multiply-add is `f32::mul_add`: one instruction where the target has it, else the correctly rounded function
//! of the C library, which is slow and right.

use super::lanes::Lanes;

/// Token of the portable implementation; always available.
#[derive(Clone, Copy, Debug)]
pub struct Scalar(());

impl Scalar {
    /// The token.
    ///
    /// # Safety
    /// None is needed; the signature is that of the other tokens.
    #[inline(always)]
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

/// Lane by lane.
macro_rules! each {
    (|$($lane:ident),*| $value:expr) => {{
        let mut out = [Default::default(); 16];
        for i in 0..16 {
            $(let $lane = $lane[i];)*
            out[i] = $value;
        }
        out
    }};
}

impl Lanes for Scalar {
    type F = [f32; 16];
    type I = [i32; 16];
    type M = [bool; 16];

    const TILE: (usize, usize) = (1, 1);
    const VECTOR_BLOCKS: usize = 1;
    const DOT_COLUMNS: usize = 1;
    const BIASED_DOT8: bool = false;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::F {
        [x; 16]
    }
    #[inline(always)]
    fn load(self, from: &[f32; 16]) -> Self::F {
        *from
    }
    #[inline(always)]
    fn store(self, x: Self::F, to: &mut [f32; 16]) {
        *to = x;
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a * b)
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a / b)
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        each!(|a, b, c| a.mul_add(b, c))
    }
    #[inline(always)]
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        each!(|a, b, c| (-a).mul_add(b, c))
    }
    #[inline(always)]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn sqrt(self, x: Self::F) -> Self::F {
        each!(|x| x.sqrt())
    }
    #[inline(always)]
    fn abs(self, x: Self::F) -> Self::F {
        each!(|x| x.abs())
    }
    #[inline(always)]
    fn neg(self, x: Self::F) -> Self::F {
        each!(|x| -x)
    }
    #[inline(always)]
    fn copysign(self, magnitude: Self::F, sign: Self::F) -> Self::F {
        each!(|magnitude, sign| magnitude.copysign(sign))
    }
    #[inline(always)]
    fn round(self, x: Self::F) -> Self::F {
        each!(|x| x.round_ties_even())
    }
    #[inline(always)]
    fn floor(self, x: Self::F) -> Self::F {
        each!(|x| x.floor())
    }
    #[inline(always)]
    fn lt(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a < b)
    }
    #[inline(always)]
    fn le(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a <= b)
    }
    #[inline(always)]
    fn eq(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a == b)
    }
    #[inline(always)]
    fn is_nan(self, x: Self::F) -> Self::M {
        each!(|x| x.is_nan())
    }
    #[inline(always)]
    fn select(self, mask: Self::M, a: Self::F, b: Self::F) -> Self::F {
        each!(|mask, a, b| if mask { a } else { b })
    }
    #[inline(always)]
    fn select_i(self, mask: Self::M, a: Self::I, b: Self::I) -> Self::I {
        each!(|mask, a, b| if mask { a } else { b })
    }
    #[inline(always)]
    fn mask_bits(self, mask: Self::M) -> u16 {
        let mut bits = 0;
        for (i, &set) in mask.iter().enumerate() {
            bits |= u16::from(set) << i;
        }
        bits
    }
    #[inline(always)]
    fn splat_i(self, x: i32) -> Self::I {
        [x; 16]
    }
    #[inline(always)]
    fn load_i(self, from: &[i32; 16]) -> Self::I {
        *from
    }
    #[inline(always)]
    fn store_i(self, x: Self::I, to: &mut [i32; 16]) {
        *to = x;
    }
    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> Self::I {
        // SAFETY: readable for 64 bytes by the caller's promise.
        unsafe { from.cast::<[i32; 16]>().read_unaligned() }
    }
    #[inline(always)]
    fn load_u8(self, from: &[u8; 16]) -> Self::I {
        each!(|from| i32::from(from))
    }
    #[inline(always)]
    fn load_i16(self, from: &[i16; 16]) -> Self::I {
        each!(|from| i32::from(from))
    }
    #[inline(always)]
    fn store_low8(self, x: Self::I, to: &mut [u8; 16]) {
        *to = each!(|x| x as u8);
    }
    #[inline(always)]
    fn store_low16(self, x: Self::I, to: &mut [i16; 16]) {
        *to = each!(|x| x as i16);
    }
    #[inline(always)]
    fn add_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_add(a, b))
    }
    #[inline(always)]
    fn sub_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_sub(a, b))
    }
    #[inline(always)]
    fn mul_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_mul(a, b))
    }
    #[inline(always)]
    fn min_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    fn max_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn shl<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| x << N)
    }
    #[inline(always)]
    fn shr<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| x >> N)
    }
    #[inline(always)]
    fn shr_logical<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| (x.cast_unsigned() >> N).cast_signed())
    }
    #[inline(always)]
    fn and(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a & b)
    }
    #[inline(always)]
    fn or(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a | b)
    }
    #[inline(always)]
    fn xor(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a ^ b)
    }
    #[inline(always)]
    fn eq_i(self, a: Self::I, b: Self::I) -> Self::M {
        each!(|a, b| a == b)
    }
    #[inline(always)]
    fn gt_i(self, a: Self::I, b: Self::I) -> Self::M {
        each!(|a, b| a > b)
    }
    #[inline(always)]
    fn bits(self, x: Self::F) -> Self::I {
        each!(|x| x.to_bits().cast_signed())
    }
    #[inline(always)]
    fn float_of_bits(self, x: Self::I) -> Self::F {
        each!(|x| f32::from_bits(x.cast_unsigned()))
    }
    #[inline(always)]
    fn to_i32(self, x: Self::F) -> Self::I {
        each!(|x| x.round_ties_even() as i32)
    }
    #[inline(always)]
    fn to_f32(self, x: Self::I) -> Self::F {
        each!(|x| x as f32)
    }
    #[inline(always)]
    fn reduce_add(self, mut x: Self::F) -> f32 {
        for distance in [8, 4, 2, 1] {
            for j in 0..distance {
                x[j] += x[j + distance];
            }
        }
        x[0]
    }
    #[inline(always)]
    fn reduce_max(self, mut x: Self::F) -> f32 {
        for distance in [8, 4, 2, 1] {
            for j in 0..distance {
                x[j] = if x[j] > x[j + distance] { x[j] } else { x[j + distance] };
            }
        }
        x[0]
    }
    #[inline(always)]
    fn dot8(self, acc: Self::I, a: Self::I, w: Self::I) -> Self::I {
        each!(|acc, a, w| {
            let (a, w) = (i32::to_le_bytes(a), i32::to_le_bytes(w));
            let mut sum: i32 = acc;
            for j in 0..4 {
                sum = sum.wrapping_add((i32::from(a[j]) - 128) * i32::from(w[j].cast_signed()));
            }
            sum
        })
    }
    #[inline(always)]
    fn dot16(self, acc: Self::I, a: Self::I, w: Self::I) -> Self::I {
        each!(|acc, a, w| {
            let low = i32::from(a as i16).wrapping_mul(i32::from(w as i16));
            let high = i32::wrapping_mul(a >> 16, w >> 16);
            i32::wrapping_add(acc, low.wrapping_add(high))
        })
    }
}
