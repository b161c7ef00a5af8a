//! The lanes as plain arrays: runs everywhere, and is the reference that the other instruction sets must match bit for bit.
//!
//! Fused multiply-add is `f32::mul_add`: one instruction where the target has it, else the correctly rounded function
//! of the C library, which is slow and right. Operations here may stay calls, and the multiply-add does, lest sixteen calls be
//! repeated everywhere; those of the other tokens may not.

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

    #[inline]
    fn splat(self, x: f32) -> Self::F {
        [x; 16]
    }
    #[inline]
    fn load(self, from: &[f32; 16]) -> Self::F {
        *from
    }
    #[inline]
    fn store(self, x: Self::F, to: &mut [f32; 16]) {
        *to = x;
    }
    #[inline]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a + b)
    }
    #[inline]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a - b)
    }
    #[inline]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a * b)
    }
    #[inline]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| a / b)
    }
    #[inline(never)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        each!(|a, b, c| a.mul_add(b, c))
    }
    #[inline(never)]
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        each!(|a, b, c| (-a).mul_add(b, c))
    }
    #[inline]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| if a < b { a } else { b })
    }
    #[inline]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        each!(|a, b| if a > b { a } else { b })
    }
    #[inline]
    fn sqrt(self, x: Self::F) -> Self::F {
        each!(|x| x.sqrt())
    }
    #[inline]
    fn abs(self, x: Self::F) -> Self::F {
        each!(|x| x.abs())
    }
    #[inline]
    fn neg(self, x: Self::F) -> Self::F {
        each!(|x| -x)
    }
    #[inline]
    fn copysign(self, magnitude: Self::F, sign: Self::F) -> Self::F {
        each!(|magnitude, sign| magnitude.copysign(sign))
    }
    #[inline]
    fn round(self, x: Self::F) -> Self::F {
        each!(|x| x.round_ties_even())
    }
    #[inline]
    fn floor(self, x: Self::F) -> Self::F {
        each!(|x| x.floor())
    }
    #[inline]
    fn lt(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a < b)
    }
    #[inline]
    fn le(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a <= b)
    }
    #[inline]
    fn eq(self, a: Self::F, b: Self::F) -> Self::M {
        each!(|a, b| a == b)
    }
    #[inline]
    fn is_nan(self, x: Self::F) -> Self::M {
        each!(|x| x.is_nan())
    }
    #[inline]
    fn select(self, mask: Self::M, a: Self::F, b: Self::F) -> Self::F {
        each!(|mask, a, b| if mask { a } else { b })
    }
    #[inline]
    fn select_i(self, mask: Self::M, a: Self::I, b: Self::I) -> Self::I {
        each!(|mask, a, b| if mask { a } else { b })
    }
    #[inline]
    fn mask_bits(self, mask: Self::M) -> u16 {
        let mut bits = 0;
        for (i, &set) in mask.iter().enumerate() {
            bits |= u16::from(set) << i;
        }
        bits
    }
    #[inline]
    fn splat_i(self, x: i32) -> Self::I {
        [x; 16]
    }
    #[inline]
    fn load_i(self, from: &[i32; 16]) -> Self::I {
        *from
    }
    #[inline]
    fn store_i(self, x: Self::I, to: &mut [i32; 16]) {
        *to = x;
    }
    #[inline]
    unsafe fn load_bytes(self, from: *const u8) -> Self::I {
        // SAFETY: readable for 64 bytes by the caller's promise.
        unsafe { from.cast::<[i32; 16]>().read_unaligned() }
    }
    #[inline]
    fn load_u8(self, from: &[u8; 16]) -> Self::I {
        each!(|from| i32::from(from))
    }
    #[inline]
    fn load_i16(self, from: &[i16; 16]) -> Self::I {
        each!(|from| i32::from(from))
    }
    #[inline]
    fn store_low8(self, x: Self::I, to: &mut [u8; 16]) {
        *to = each!(|x| x as u8);
    }
    #[inline]
    fn store_low16(self, x: Self::I, to: &mut [i16; 16]) {
        *to = each!(|x| x as i16);
    }
    #[inline]
    fn add_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_add(a, b))
    }
    #[inline]
    fn sub_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_sub(a, b))
    }
    #[inline]
    fn mul_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| i32::wrapping_mul(a, b))
    }
    #[inline]
    fn min_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| if a < b { a } else { b })
    }
    #[inline]
    fn max_i(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| if a > b { a } else { b })
    }
    #[inline]
    fn shl<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| x << N)
    }
    #[inline]
    fn shr<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| x >> N)
    }
    #[inline]
    fn shr_logical<const N: i32>(self, x: Self::I) -> Self::I {
        each!(|x| (x.cast_unsigned() >> N).cast_signed())
    }
    #[inline]
    fn and(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a & b)
    }
    #[inline]
    fn or(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a | b)
    }
    #[inline]
    fn xor(self, a: Self::I, b: Self::I) -> Self::I {
        each!(|a, b| a ^ b)
    }
    #[inline]
    fn eq_i(self, a: Self::I, b: Self::I) -> Self::M {
        each!(|a, b| a == b)
    }
    #[inline]
    fn gt_i(self, a: Self::I, b: Self::I) -> Self::M {
        each!(|a, b| a > b)
    }
    #[inline]
    fn bits(self, x: Self::F) -> Self::I {
        each!(|x| x.to_bits().cast_signed())
    }
    #[inline]
    fn float_of_bits(self, x: Self::I) -> Self::F {
        each!(|x| f32::from_bits(x.cast_unsigned()))
    }
    #[inline]
    fn to_i32(self, x: Self::F) -> Self::I {
        each!(|x| x.round_ties_even() as i32)
    }
    #[inline]
    fn to_f32(self, x: Self::I) -> Self::F {
        each!(|x| x as f32)
    }
    #[inline]
    fn reduce_add(self, mut x: Self::F) -> f32 {
        for distance in [8, 4, 2, 1] {
            for j in 0..distance {
                x[j] += x[j + distance];
            }
        }
        x[0]
    }
    #[inline]
    fn reduce_max(self, mut x: Self::F) -> f32 {
        for distance in [8, 4, 2, 1] {
            for j in 0..distance {
                x[j] = if x[j] > x[j + distance] { x[j] } else { x[j + distance] };
            }
        }
        x[0]
    }
    #[inline]
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
    #[inline]
    fn dot16(self, acc: Self::I, a: Self::I, w: Self::I) -> Self::I {
        each!(|acc, a, w| {
            let low = i32::from(a as i16).wrapping_mul(i32::from(w as i16));
            let high = i32::wrapping_mul(a >> 16, w >> 16);
            i32::wrapping_add(acc, low.wrapping_add(high))
        })
    }
}
