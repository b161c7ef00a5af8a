//! The cell: four gates and the old cell to the new cell and the hidden state, sixteen units at a time, in registers.
//!
//! Sigmoids and tanh stay fractions until the end, so that two divisions do for five functions, and their exponentials take no
//! more terms than the format can tell.

use super::super::lanes::{LANES, Lanes};
use super::format::Recurrent;
use super::{GATES, Recur};

/// c' = σ(f)·c + σ(i)·tanh(g) and h = σ(o)·tanh(c'), each as one fraction: two divisions instead of five, for `B` adjacent
/// blocks operation by operation, because one block's are a chain of waits. Both are stored, the hidden states are returned as
/// elements.
///
/// # Safety
/// The job has passed the checks of [`recur`](super::kernels::recur); the step and the 16·`B` units from `unit` on lie inside it.
#[inline(always)]
pub(super) unsafe fn cells<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    gates: &[[S::F; GATES]; B],
    step: usize,
    unit: usize,
) -> [S::I; B] {
    let two = s.splat(2.0);
    let [mut i, mut f, mut g, mut o] = [[two; B]; GATES];
    let mut cell = [two; B];
    for n in 0..B {
        [i[n], f[n], g[n], o[n]] = gates[n];
        // SAFETY: `cell` has all units.
        cell[n] = unsafe { s.load_at(job.cell.as_ptr().add(unit + n * LANES)) };
    }
    let (input, forget) = (one_and_exp::<S, P, B>(s, i), one_and_exp::<S, P, B>(s, f));
    let e = exp2x_minus_one::<S, P, B>(s, g);
    let mut below = [two; B];
    for n in 0..B {
        below[n] = s.mul(input[n], s.add(e[n], two));
    }
    for n in 0..B {
        let above = s.fnma(e[n], forget[n], s.mul(cell[n], below[n]));
        cell[n] = s.div(above, s.mul(below[n], forget[n]));
    }
    let output = one_and_exp::<S, P, B>(s, o);
    let e = exp2x_minus_one::<S, P, B>(s, cell);
    let mut elements = [s.splat_i(0); B];
    for n in 0..B {
        let hidden = s.div(s.neg(e[n]), s.mul(output[n], s.add(e[n], two)));
        let unit = unit + n * LANES;
        // SAFETY: as above.
        unsafe { s.store_at(cell[n], job.cell.as_mut_ptr().add(unit)) };
        // SAFETY: `hidden` has all units of this step.
        unsafe { s.store_at(hidden, job.hidden.as_mut_ptr().add(step * job.hidden_stride + unit)) };
        elements[n] = P::encode(s, hidden);
    }
    elements
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

/// `p`, `r` and 2ⁿ where n + r = −log₂e · `factor` · x, x clamped to ±28/`factor`, and 2ʳ = 1 + p·r, of each x.
#[inline(always)]
fn exp_parts<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    mut x: [S::F; B],
    factor: f32,
) -> [[S::F; B]; 3] {
    let most = SATURATED / factor;
    for x in &mut x {
        *x = s.min(s.splat(most), s.max(s.splat(-most), *x));
    }
    let slope = s.splat(-std::f32::consts::LOG2_E * factor);
    let (mut rounded, mut r) = (x, x);
    for n in 0..B {
        rounded[n] = s.fma(x[n], slope, s.splat(ROUNDER));
    }
    for n in 0..B {
        r[n] = s.fma(x[n], slope, s.sub(s.splat(ROUNDER), rounded[n]));
    }
    let p = match P::TERMS {
        4 => horner(s, r, &EXP2_M1_4),
        5 => horner(s, r, &EXP2_M1_5),
        _ => horner(s, r, &EXP2_M1_6),
    };
    // The integer slides into the exponent; what else the rounder's bits hold falls out at the top.
    let one = s.splat_i(1.0_f32.to_bits().cast_signed());
    for power in &mut rounded {
        *power = s.float_of_bits(s.add_i(s.shl::<23>(s.bits(*power)), one));
    }
    [p, r, rounded]
}

/// `c[0] + c[1]·x + …` of each x.
#[inline(always)]
fn horner<S: Lanes, const N: usize, const B: usize>(s: S, x: [S::F; B], c: &[f32; N]) -> [S::F; B] {
    let mut sums = [s.splat(c[N - 1]); B];
    for i in 2..=N {
        for n in 0..B {
            sums[n] = s.fma(sums[n], x[n], s.splat(c[N - i]));
        }
    }
    sums
}

/// 1 + e^−x: one over it is the sigmoid.
#[inline(always)]
fn one_and_exp<S: Lanes, P: Recurrent<S>, const B: usize>(s: S, x: [S::F; B]) -> [S::F; B] {
    let [mut p, r, power] = exp_parts::<S, P, B>(s, x, 1.0);
    for n in 0..B {
        p[n] = s.fma(s.fma(p[n], r[n], s.splat(1.0)), power[n], s.splat(1.0));
    }
    p
}

/// e^−2x − 1: with E for it tanh x = −E/(2 + E), exact to a relative error where x is small.
#[inline(always)]
fn exp2x_minus_one<S: Lanes, P: Recurrent<S>, const B: usize>(s: S, x: [S::F; B]) -> [S::F; B] {
    let [mut p, r, power] = exp_parts::<S, P, B>(s, x, 2.0);
    for n in 0..B {
        p[n] = s.fma(s.mul(p[n], r[n]), power[n], s.sub(power[n], s.splat(1.0)));
    }
    p
}
