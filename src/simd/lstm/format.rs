//! What the LSTM kernels ask of a number format beyond its sums: how long chains are, how exact the cell's
//! functions need to be, and how hidden states become the words of the next step's inputs.

use super::super::format::{Bf16, F32, Format, I16, Int8};
use super::super::lanes::Lanes;

/// A number format that a recurrence runs in. Hidden states of i16 are 14-bit activations, so that weights have as many bits
/// as the exact sums leave (13 at 128 inputs of like size).
pub trait Recurrent<S: Lanes>: Format<S> {
    /// Column words after which a running sum must be closed.
    const CHAIN: usize;
    /// Terms of the cell's exponentials: as many as the format's activations can tell.
    const TERMS: usize;
    /// Two sums as one.
    fn join(s: S, a: Self::Sum, b: Self::Sum) -> Self::Sum;
    /// A sum as what memory for floats can hold, bit for bit.
    fn stored(s: S, sum: Self::Sum) -> S::F;
    /// The sum that [`stored`](Self::stored) gave.
    fn taken_up(s: S, sum: S::F) -> Self::Sum;
    /// Hidden states in −1 ..= 1 as one element per lane.
    fn encode(s: S, hidden: S::F) -> S::I;
    /// One more block's elements into the panel's words; after [`GROUP`](Format::GROUP) calls the first is the lowest.
    fn push(s: S, words: S::I, elements: S::I) -> S::I;
}

/// Largest activation of `I16`: 14 bits.
pub const I16_ACTIVATION: f32 = 8191.0;
/// Inputs of one exact sum of `I16`. Over so many Σ|w| · [`I16_ACTIVATION`] must stay below 2³¹, which is what bounds the weights.
pub const I16_CHAIN: usize = 256;
/// Largest weight, and largest activation before the bias, of `Int8`.
pub const INT8_MOST: f32 = 127.0;

impl<S: Lanes> Recurrent<S> for F32 {
    const CHAIN: usize = usize::MAX;
    const TERMS: usize = 6;
    #[inline(always)]
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn stored(_: S, sum: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn taken_up(_: S, sum: S::F) -> S::F {
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

impl<S: Lanes> Recurrent<S> for Bf16 {
    const CHAIN: usize = usize::MAX;
    const TERMS: usize = 6;
    #[inline(always)]
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn stored(_: S, sum: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn taken_up(_: S, sum: S::F) -> S::F {
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

impl<S: Lanes> Recurrent<S> for I16 {
    const CHAIN: usize = I16_CHAIN / 2;
    const TERMS: usize = 5;
    #[inline(always)]
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn stored(s: S, sum: S::I) -> S::F {
        s.float_of_bits(sum)
    }
    #[inline(always)]
    fn taken_up(s: S, sum: S::F) -> S::I {
        s.bits(sum)
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

impl<S: Lanes> Recurrent<S> for Int8 {
    const CHAIN: usize = usize::MAX;
    const TERMS: usize = 4;
    #[inline(always)]
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn stored(s: S, sum: S::I) -> S::F {
        s.float_of_bits(sum)
    }
    #[inline(always)]
    fn taken_up(s: S, sum: S::F) -> S::I {
        s.bits(sum)
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
