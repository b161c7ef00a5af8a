//! The number formats of the products: what a 32-bit word of inputs and a word of weights add to a running sum.
//!
//! A word holds one f32, two bf16, two i16 or four bytes; a register of sixteen words is one step of sixteen outputs.
//! Float sums begin where the output begins and grow in one order. Integer sums are exact, so their order is free: they begin
//! at zero (bytes: at a correction) and become an output by one multiply-add with their scale at the end.

use super::lanes::Lanes;

/// A number format of weights and inputs.
pub trait Format<S: Lanes>: Copy {
    /// A running sum in 16 lanes.
    type Sum: Copy;
    /// Inputs of one word.
    const GROUP: usize;
    /// Whether sums are integers, which have a scale per output.
    const INTEGER: bool;
    /// Whether integer sums begin at a correction.
    const CORRECTED: bool;
    /// A sum that begins at `value` (float) or at the correction (integer).
    fn begin(s: S, value: S::F, correction: S::I) -> Self::Sum;
    /// The sum with one word more.
    fn step(s: S, sum: Self::Sum, x: S::I, w: S::I) -> Self::Sum;
    /// What the sum stands for: itself (float), or `value` + sum · `scale` (integer).
    fn end(s: S, sum: Self::Sum, scale: S::F, value: S::F) -> S::F;
}

/// 32-bit floats.
#[derive(Clone, Copy, Debug)]
pub struct F32;
/// Pairs of bfloat16.
#[derive(Clone, Copy, Debug)]
pub struct Bf16;
/// Pairs of 16-bit integers.
#[derive(Clone, Copy, Debug)]
pub struct I16;
/// Fours of bytes: signed weights, inputs biased by 128.
#[derive(Clone, Copy, Debug)]
pub struct Int8;

impl<S: Lanes> Format<S> for F32 {
    type Sum = S::F;
    const GROUP: usize = 1;
    const INTEGER: bool = false;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(_: S, value: S::F, _: S::I) -> S::F {
        value
    }
    #[inline(always)]
    fn step(s: S, sum: S::F, x: S::I, w: S::I) -> S::F {
        s.fma(s.float_of_bits(w), s.float_of_bits(x), sum)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
}

impl<S: Lanes> Format<S> for Bf16 {
    type Sum = S::F;
    const GROUP: usize = 2;
    const INTEGER: bool = false;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(_: S, value: S::F, _: S::I) -> S::F {
        value
    }
    #[inline(always)]
    fn step(s: S, sum: S::F, x: S::I, w: S::I) -> S::F {
        s.dot_bf16(sum, x, w)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
}

impl<S: Lanes> Format<S> for I16 {
    type Sum = S::I;
    const GROUP: usize = 2;
    const INTEGER: bool = true;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(s: S, _: S::F, _: S::I) -> S::I {
        s.splat_i(0)
    }
    #[inline(always)]
    fn step(s: S, sum: S::I, x: S::I, w: S::I) -> S::I {
        s.dot16(sum, x, w)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
}

impl<S: Lanes> Format<S> for Int8 {
    type Sum = S::I;
    const GROUP: usize = 4;
    const INTEGER: bool = true;
    const CORRECTED: bool = true;
    #[inline(always)]
    fn begin(s: S, _: S::F, correction: S::I) -> S::I {
        s.dot8_start(correction)
    }
    #[inline(always)]
    fn step(s: S, sum: S::I, x: S::I, w: S::I) -> S::I {
        s.dot8(sum, x, w)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
}
