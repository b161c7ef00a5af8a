//! From f32 to bytes, i16 and bf16 and back: rounding to nearest, ties to even, the same on every instruction set.

use super::lanes::{LANES, Lanes};

/// The largest magnitude; zero of nothing, and NaN if any element is.
#[inline(always)]
pub fn max_abs<S: Lanes>(s: S, x: &[f32]) -> f32 {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut largest = s.splat(0.0);
    // A sum that stays zero unless something is NaN: the maximum alone would lose it.
    let mut poison = s.splat(0.0);
    for chunk in chunks {
        let x = s.abs(s.load(chunk));
        poison = s.add(poison, s.select(s.is_nan(x), x, s.splat(0.0)));
        largest = s.max(x, largest);
    }
    let x = s.abs(s.load_partial(rest));
    poison = s.add(poison, s.select(s.is_nan(x), x, s.splat(0.0)));
    largest = s.max(x, largest);
    if s.mask_bits(s.is_nan(poison)) == 0 { s.reduce_max(largest) } else { super::NAN }
}

/// x/scale rounded and held in ±limit; NaN counts as −limit, and so does everything when the scale is zero.
#[inline(always)]
fn steps<S: Lanes>(s: S, x: S::F, inverse: S::F, limit: S::F) -> S::I {
    // The bound comes second, so that it is what NaN turns into.
    s.to_i32(s.min(s.max(s.mul(x, inverse), s.neg(limit)), limit))
}

/// 1/scale, and zero for a scale of zero: all values are then zero.
#[inline(always)]
fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

/// `round(x/scale)` in ±127, plus 128.
#[inline(always)]
pub fn quantise_u8<S: Lanes>(s: S, x: &[f32], scale: f32, out: &mut [u8]) {
    assert!(x.len() == out.len(), "one byte per value");
    let (inverse, limit, zero) = (s.splat(inverse(scale)), s.splat(127.0), s.splat_i(128));
    let (chunks, rest) = x.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for (x, out) in chunks.iter().zip(outs) {
        s.store_low8(s.add_i(steps(s, s.load(x), inverse, limit), zero), out);
    }
    let mut last = [0; LANES];
    s.store_low8(s.add_i(steps(s, s.load_partial(rest), inverse, limit), zero), &mut last);
    out_rest.copy_from_slice(&last[..rest.len()]);
}

/// `round(x/scale)` in ±limit.
#[inline(always)]
pub fn quantise_i16<S: Lanes>(s: S, x: &[f32], scale: f32, limit: i16, out: &mut [i16]) {
    assert!(x.len() == out.len(), "one i16 per value");
    let (inverse, limit) = (s.splat(inverse(scale)), s.splat(f32::from(limit)));
    let (chunks, rest) = x.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for (x, out) in chunks.iter().zip(outs) {
        s.store_low16(steps(s, s.load(x), inverse, limit), out);
    }
    let mut last = [0; LANES];
    s.store_low16(steps(s, s.load_partial(rest), inverse, limit), &mut last);
    out_rest.copy_from_slice(&last[..rest.len()]);
}

/// The bits of the nearest bf16, in the low half; NaN is 0x7FC0, subnormals are numbers.
#[inline(always)]
fn to_bf16<S: Lanes>(s: S, x: S::F) -> S::I {
    let bits = s.bits(s.canonical(x));
    let odd = s.and(s.shr_logical::<16>(bits), s.splat_i(1));
    // Overflow into the exponent is the rounding to the next power of two, and to infinity at the top; the canonical NaN
    // has no low bits, so it stays.
    s.shr_logical::<16>(s.add_i(bits, s.add_i(odd, s.splat_i(0x7FFF))))
}

/// Each value as the nearest bf16.
#[inline(always)]
pub fn round_bf16<S: Lanes>(s: S, x: &[f32], out: &mut [u16]) {
    assert!(x.len() == out.len(), "one bf16 per value");
    let (chunks, rest) = x.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    let mut halves = [0; LANES];
    for (x, out) in chunks.iter().zip(outs) {
        s.store_low16(to_bf16(s, s.load(x)), &mut halves);
        for (out, half) in out.iter_mut().zip(&halves) {
            *out = half.cast_unsigned();
        }
    }
    s.store_low16(to_bf16(s, s.load_partial(rest)), &mut halves);
    for (out, half) in out_rest.iter_mut().zip(&halves) {
        *out = half.cast_unsigned();
    }
}

/// `(x − 128)·scale`.
#[inline(always)]
pub fn dequantise_u8<S: Lanes>(s: S, x: &[u8], scale: f32, out: &mut [f32]) {
    assert!(x.len() == out.len(), "one value per byte");
    let (scale, zero) = (s.splat(scale), s.splat_i(128));
    let (chunks, rest) = x.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for (x, out) in chunks.iter().zip(outs) {
        s.store(s.canonical(s.mul(s.to_f32(s.sub_i(s.load_u8(x), zero)), scale)), out);
    }
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    s.store_partial(s.canonical(s.mul(s.to_f32(s.sub_i(s.load_u8(&last), zero)), scale)), out_rest);
}

/// `x·scale`.
#[inline(always)]
pub fn dequantise_i16<S: Lanes>(s: S, x: &[i16], scale: f32, out: &mut [f32]) {
    assert!(x.len() == out.len(), "one value per i16");
    let scale = s.splat(scale);
    let (chunks, rest) = x.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for (x, out) in chunks.iter().zip(outs) {
        s.store(s.canonical(s.mul(s.to_f32(s.load_i16(x)), scale)), out);
    }
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    s.store_partial(s.canonical(s.mul(s.to_f32(s.load_i16(&last)), scale)), out_rest);
}

/// The f32 of each bf16, exactly.
#[inline(always)]
pub fn widen_bf16<S: Lanes>(_: S, x: &[u16], out: &mut [f32]) {
    assert!(x.len() == out.len(), "one value per bf16");
    for (x, out) in x.iter().zip(out) {
        *out = f32::from_bits(u32::from(*x) << 16);
    }
}
