//! The cell: four gates and the old cell to the new cell and the hidden state, sixteen units at a time, in registers.
//!
//! Sigmoids and tanh stay fractions until the end, so that two divisions do for five functions, and their exponentials take no
//! more terms than the format can tell.

use super::super::lanes::Lanes;
use super::format::Recurrent;
use super::{GATES, Recur};

/// c' = σ(f)·c + σ(i)·tanh(g) and h = σ(o)·tanh(c'), each as one fraction: two divisions instead of five. Both are stored,
/// the hidden states are returned as elements.
///
/// # Safety
/// The job has passed the checks of [`recur`](super::kernels::recur); the step and the 16 units from `unit` on lie inside it.
#[inline(always)]
pub(super) unsafe fn cells<S: Lanes, P: Recurrent<S>>(
    s: S,
    job: &mut Recur<'_>,
    [i, f, g, o]: [S::F; GATES],
    step: usize,
    unit: usize,
) -> S::I {
    let two = s.splat(2.0);
    // SAFETY: `cell` has all units.
    let cell = unsafe { s.load_at(job.cell.as_ptr().add(unit)) };
    let (input, forget) = (one_and_exp::<S, P>(s, i), one_and_exp::<S, P>(s, f));
    let e = exp2x_minus_one::<S, P>(s, g);
    let below = s.mul(input, s.add(e, two));
    let above = s.fnma(e, forget, s.mul(cell, below));
    let cell = s.div(above, s.mul(below, forget));
    let output = one_and_exp::<S, P>(s, o);
    let e = exp2x_minus_one::<S, P>(s, cell);
    let hidden = s.div(s.neg(e), s.mul(output, s.add(e, two)));
    // SAFETY: as above.
    unsafe { s.store_at(cell, job.cell.as_mut_ptr().add(unit)) };
    // SAFETY: `hidden` has all units of this step.
    unsafe { s.store_at(hidden, job.hidden.as_mut_ptr().add(step * job.hidden_stride + unit)) };
    P::encode(s, hidden)
}

/// Where gates saturate: e⁻²⁸ is below what 1 + x can tell, and three factors 1 + e²⁸ stay inside f32.
const SATURATED: f32 = 28.0;
/// 1.5 · 2²³: adding it rounds to an integer, ties to even, which then stands in the low bits.
const ROUNDER: f32 = 12_582_912.0;
/// (2ʳ − 1)/r for |r| ≤ ½: minimax fits of ours, with the coefficients rounded to f32 of relative error 2^−25.5, 2^−21.0
/// and 2^−16.0. The integer formats, whose activations have 13 and 8 bits, take the shorter ones.
const EXP2_M1_6: [f32; 6] =
    [std::f32::consts::LN_2, 0.240_226_49, 0.055_503_573, 0.009_618_238, 0.001_339_073_5, 0.000_154_035_12];
#[allow(clippy::approx_constant, reason = "the fit's first coefficient is near ln 2, not ln 2")]
const EXP2_M1_5: [f32; 5] = [0.693_147_1, 0.240_223_51, 0.055_505_004, 0.009_666_245, 0.001_333_353_9];
const EXP2_M1_4: [f32; 4] = [0.693_136_9, 0.240_232_53, 0.055_837_29, 0.009_618_111];

/// `p`, `r` and 2ⁿ where n + r = −log₂e · `factor` · x, x clamped to ±28/`factor`, and 2ʳ = 1 + p·r.
#[inline(always)]
fn exp_parts<S: Lanes, P: Recurrent<S>>(s: S, x: S::F, factor: f32) -> (S::F, S::F, S::F) {
    let most = SATURATED / factor;
    let x = s.min(s.splat(most), s.max(s.splat(-most), x));
    let slope = s.splat(-std::f32::consts::LOG2_E * factor);
    let rounded = s.fma(x, slope, s.splat(ROUNDER));
    let r = s.fma(x, slope, s.sub(s.splat(ROUNDER), rounded));
    let p = match P::TERMS {
        4 => horner(s, r, &EXP2_M1_4),
        5 => horner(s, r, &EXP2_M1_5),
        _ => horner(s, r, &EXP2_M1_6),
    };
    // The integer slides into the exponent; what else the rounder's bits hold falls out at the top.
    let one = s.splat_i(1.0_f32.to_bits().cast_signed());
    (p, r, s.float_of_bits(s.add_i(s.shl::<23>(s.bits(rounded)), one)))
}

/// `c[0] + c[1]·x + …`.
#[inline(always)]
fn horner<S: Lanes, const N: usize>(s: S, x: S::F, c: &[f32; N]) -> S::F {
    let mut sum = s.splat(c[N - 1]);
    for i in 2..=N {
        sum = s.fma(sum, x, s.splat(c[N - i]));
    }
    sum
}

/// 1 + e^−x: one over it is the sigmoid.
#[inline(always)]
fn one_and_exp<S: Lanes, P: Recurrent<S>>(s: S, x: S::F) -> S::F {
    let (p, r, power) = exp_parts::<S, P>(s, x, 1.0);
    s.fma(s.fma(p, r, s.splat(1.0)), power, s.splat(1.0))
}

/// e^−2x − 1: with E for it tanh x = −E/(2 + E), exact to a relative error where x is small.
#[inline(always)]
fn exp2x_minus_one<S: Lanes, P: Recurrent<S>>(s: S, x: S::F) -> S::F {
    let (p, r, power) = exp_parts::<S, P>(s, x, 2.0);
    s.fma(s.mul(p, r), power, s.sub(power, s.splat(1.0)))
}
