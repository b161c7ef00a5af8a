//! Attention over time and the dense layers: dot products of rows with one vector, and a weighted sum of rows.
//!
//! Both keep many partial sums. One long chain of additions would lose more here than the whole recurrence does.

use super::super::lanes::{LANES, Lanes};

/// `out[r] ← x·rows[r]`, rows `x.len()` apart, whole blocks of 16: sixteen accumulators and the fixed tree for each.
#[inline(always)]
pub fn row_dots<S: Lanes>(s: S, x: &[f32], rows: &[f32], out: &mut [f32]) {
    let (blocks, rest) = x.as_chunks::<LANES>();
    assert!(rest.is_empty() && rows.len() == x.len() * out.len(), "a row of whole blocks for each output");
    for (r, out) in out.iter_mut().enumerate() {
        let (row, _) = rows[r * x.len()..][..x.len()].as_chunks::<LANES>();
        let mut sum = s.splat(0.0);
        for (x, w) in blocks.iter().zip(row) {
            sum = s.fma(s.load(x), s.load(w), sum);
        }
        *out = s.reduce_add(sum);
    }
}

/// Partial sums of [`weighted_sum`].
const PARTS: usize = 8;

/// `out ← Σ weights[t] · rows[t]`, rows `out.len()` apart, whole blocks of 16. A second part of rows follows the first, so that a
/// ring can be summed from its oldest row on. Row t goes to partial sum t mod 8, in order; these are added by halves.
#[inline(always)]
pub fn weighted_sum<S: Lanes>(s: S, weights: &[f32], rows: [&[f32]; 2], out: &mut [f32]) {
    let width = out.len();
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    assert!(
        rest.is_empty() && rows[0].len() + rows[1].len() == weights.len() * width,
        "a row for each weight"
    );
    assert!(width == 0 || rows[0].len().is_multiple_of(width), "whole rows in each part");
    for (b, out) in blocks.iter_mut().enumerate() {
        let mut sums = [s.splat(0.0); PARTS];
        for (first, weights) in weights.chunks(PARTS).enumerate() {
            for part in 0..PARTS {
                let at = (first * PARTS + part) * width + b * LANES;
                if part < weights.len() {
                    let row =
                        if at < rows[0].len() { &rows[0][at..] } else { &rows[1][at - rows[0].len()..] };
                    if let Some((row, _)) = row.split_first_chunk::<LANES>() {
                        sums[part] = s.fma(s.splat(weights[part]), s.load(row), sums[part]);
                    }
                }
            }
        }
        let mut half = PARTS / 2;
        while half > 0 {
            for part in 0..half {
                sums[part] = s.add(sums[part], sums[part + half]);
            }
            half /= 2;
        }
        s.store(sums[0], out);
    }
}
