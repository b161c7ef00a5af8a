//! The number formats of the LSTM kernels: how a word's inputs meet a word's weights, and how hidden states become words.

use super::super::lanes::Lanes;

/// A number format of weights and activations.
pub trait Format<S: Lanes>: Copy {
    /// A running sum in 16 lanes.
    type Sum: Copy;
    /// Inputs of one word, which is also the blocks of one panel.
    const GROUP: usize;
    /// Column words after which a running sum must be closed.
    const CHAIN: usize;
    /// Sums per output of the recurrence: with 2, even columns go to the one that begins at the projection and odd columns to
    /// the other, and the two are added. One block's four gates would otherwise be four chains, too few to keep the
    /// multipliers busy.
    const CHAINS: usize;
    /// Whether outputs have scales and sums are integers.
    const INTEGER: bool;
    /// Terms of the cell's exponentials: as many as the format's activations can tell.
    const TERMS: usize;
    /// Whether outputs have corrections.
    const CORRECTED: bool;
    /// A sum that begins at `value` (float) or at the correction (integer).
    fn begin(s: S, value: S::F, correction: S::I) -> Self::Sum;
    /// The sum with one column word more.
    fn step(s: S, sum: Self::Sum, x: S::I, w: S::I) -> Self::Sum;
    /// Two sums as one.
    fn join(s: S, a: Self::Sum, b: Self::Sum) -> Self::Sum;
    /// The value that a sum stands for.
    fn end(s: S, sum: Self::Sum, scale: S::F, value: S::F) -> S::F;
    /// Hidden states in −1 ..= 1 as one element per lane.
    fn encode(s: S, hidden: S::F) -> S::I;
    /// One more block's elements into the panel's words; after [`GROUP`](Self::GROUP) calls the first is the lowest.
    fn push(s: S, words: S::I, elements: S::I) -> S::I;
}

/// 32-bit floats.
#[derive(Clone, Copy, Debug)]
pub struct F32;
/// Pairs of bfloat16.
#[derive(Clone, Copy, Debug)]
pub struct Bf16;
/// Pairs of 16-bit integers: 14-bit activations, weights of as many bits as the exact sums leave (13 at 128 inputs of like size).
#[derive(Clone, Copy, Debug)]
pub struct I16;
/// Fours of bytes: signed weights, activations biased by 128.
#[derive(Clone, Copy, Debug)]
pub struct Int8;

/// Largest activation of [`I16`]: 14 bits.
pub const I16_ACTIVATION: f32 = 8191.0;
/// Inputs of one exact sum of [`I16`]. Over so many Σ|w| · [`I16_ACTIVATION`] must stay below 2³¹, which is what bounds the weights.
pub const I16_CHAIN: usize = 256;
/// Largest weight, and largest activation before the bias, of [`Int8`].
pub const INT8_MOST: f32 = 127.0;

impl<S: Lanes> Format<S> for F32 {
    type Sum = S::F;
    const GROUP: usize = 1;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 2;
    const INTEGER: bool = false;
    const TERMS: usize = 6;
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
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.bits(hidden)
    }
    #[inline(always)]
    fn push(_: S, _: S::I, elements: S::I) -> S::I {
        elements
    }
}

impl<S: Lanes> Format<S> for Bf16 {
    type Sum = S::F;
    const GROUP: usize = 2;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 1;
    const INTEGER: bool = false;
    const TERMS: usize = 6;
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
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        // To nearest, ties to even: half of the last place, less one where the bit kept is even.
        let bits = s.bits(hidden);
        let odd = s.and(s.shr_logical::<16>(bits), s.splat_i(1));
        s.shr_logical::<16>(s.add_i(s.add_i(bits, odd), s.splat_i(0x7fff)))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<16>(words), s.shl::<16>(elements))
    }
}

impl<S: Lanes> Format<S> for I16 {
    type Sum = S::I;
    const GROUP: usize = 2;
    const CHAIN: usize = I16_CHAIN / 2;
    const CHAINS: usize = 1;
    const INTEGER: bool = true;
    const TERMS: usize = 5;
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
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.to_i32(s.mul(hidden, s.splat(I16_ACTIVATION)))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<16>(words), s.shl::<16>(elements))
    }
}

impl<S: Lanes> Format<S> for Int8 {
    type Sum = S::I;
    const GROUP: usize = 4;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 1;
    const INTEGER: bool = true;
    const TERMS: usize = 4;
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
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.add_i(s.to_i32(s.mul(hidden, s.splat(INT8_MOST))), s.splat_i(128))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<8>(words), s.shl::<24>(elements))
    }
}
