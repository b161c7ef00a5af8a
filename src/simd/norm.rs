//! Reductions over a slice: dot product, softmax, RMS and layer norm.
//!
//! Sixteen accumulators, element i into number i mod 16 in ascending order, then the tree of
//! [`Lanes::reduce_add`]. One accumulator a lane means one dependent addition for each 16 elements: vectors here are
//! short (the model's width), and one fixed order for every instruction set is worth more.

use super::lanes::{LANES, Lanes};

/// Σ aᵢ·bᵢ.
#[inline(always)]
pub fn dot<S: Lanes>(s: S, a: &[f32], b: &[f32]) -> f32 {
    assert!(a.len() == b.len(), "a dot product takes two vectors of one length");
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut sum = s.splat(0.0);
    for (a, b) in a.iter().zip(b) {
        sum = s.fma(s.load(a), s.load(b), sum);
    }
    if !a_rest.is_empty() {
        sum = s.fma(s.load_partial(a_rest), s.load_partial(b_rest), sum);
    }
    super::canonical(s.reduce_add(sum))
}

/// e^(xᵢ − max)/Σ in place.
#[inline(always)]
pub fn softmax<S: Lanes>(s: S, x: &mut [f32]) {
    let (chunks, rest) = x.as_chunks_mut::<LANES>();
    let lowest = s.splat(f32::NEG_INFINITY);
    // What lies beyond the end must not count: −∞ in the maximum, and zero in the sum, which e^−∞ is.
    let mut tail = [f32::NEG_INFINITY; LANES];
    for (to, from) in tail.iter_mut().zip(rest.iter()) {
        *to = *from;
    }
    let mut largest = lowest;
    for chunk in chunks.iter() {
        largest = s.max(s.load(chunk), largest);
    }
    largest = s.max(s.load(&tail), largest);
    let largest = s.splat(s.reduce_max(largest));
    let mut sum = s.splat(0.0);
    for chunk in chunks.iter_mut() {
        let e = super::math::exp(s, s.sub(s.load(chunk), largest));
        sum = s.add(sum, e);
        s.store(e, chunk);
    }
    if !rest.is_empty() {
        let e = super::math::exp(s, s.sub(s.load(&tail), largest));
        sum = s.add(sum, e);
        s.store(e, &mut tail);
    }
    let scale = s.splat(1.0 / s.reduce_add(sum));
    for chunk in chunks {
        s.store(s.canonical(s.mul(s.load(chunk), scale)), chunk);
    }
    if !rest.is_empty() {
        s.store_partial(s.canonical(s.mul(s.load(&tail), scale)), rest);
    }
}

/// out = x/√(mean x² + ε) ∘ weight.
#[inline(always)]
pub fn rms_norm<S: Lanes>(s: S, x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    assert!(x.len() == weight.len() && x.len() == out.len(), "a norm takes vectors of one length");
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut sum = s.splat(0.0);
    for chunk in chunks {
        let x = s.load(chunk);
        sum = s.fma(x, x, sum);
    }
    if !rest.is_empty() {
        let x = s.load_partial(rest);
        sum = s.fma(x, x, sum);
    }
    let scale = s.splat(1.0 / (s.reduce_add(sum) / x.len() as f32 + epsilon).sqrt());
    let (weights, weight_rest) = weight.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for ((x, weight), out) in chunks.iter().zip(weights).zip(outs) {
        s.store(s.canonical(s.mul(s.mul(s.load(x), scale), s.load(weight))), out);
    }
    if !rest.is_empty() {
        let y = s.mul(s.mul(s.load_partial(rest), scale), s.load_partial(weight_rest));
        s.store_partial(s.canonical(y), out_rest);
    }
}

/// out = (x − mean)/√(variance + ε) ∘ weight + bias, the variance over n.
#[inline(always)]
pub fn layer_norm<S: Lanes>(s: S, x: &[f32], weight: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
    let n = x.len();
    assert!(n == weight.len() && n == bias.len() && n == out.len(), "a norm takes vectors of one length");
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut sum = s.splat(0.0);
    for chunk in chunks {
        sum = s.add(sum, s.load(chunk));
    }
    sum = s.add(sum, s.load_partial(rest));
    let mean = s.reduce_add(sum) / n as f32;
    let means = s.splat(mean);
    let mut sum = s.splat(0.0);
    for chunk in chunks {
        let centred = s.sub(s.load(chunk), means);
        sum = s.fma(centred, centred, sum);
    }
    // The lanes beyond the end hold the mean, so that they add nothing.
    let mut tail = [mean; LANES];
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let tail = s.sub(s.load(&tail), means);
    sum = s.fma(tail, tail, sum);
    let scale = s.splat(1.0 / (s.reduce_add(sum) / n as f32 + epsilon).sqrt());
    let (weights, weight_rest) = weight.as_chunks::<LANES>();
    let (biases, bias_rest) = bias.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for (((x, weight), bias), out) in chunks.iter().zip(weights).zip(biases).zip(outs) {
        let y = s.fma(s.mul(s.sub(s.load(x), means), scale), s.load(weight), s.load(bias));
        s.store(s.canonical(y), out);
    }
    if !rest.is_empty() {
        let y = s.fma(s.mul(tail, scale), s.load_partial(weight_rest), s.load_partial(bias_rest));
        s.store_partial(s.canonical(y), out_rest);
    }
}
