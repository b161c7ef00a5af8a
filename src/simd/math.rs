//! Exponential, tanh, sigmoid, GELU, SiLU and softplus on one value of lanes, in registers, for kernels to fuse.
//!
//! Polynomials and ratios are minimax fits of ours, their coefficients rounded to f32. NaN in gives NaN out (any
//! NaN: pass what is stored through [`Lanes::canonical`]). Bounds, against f64 and stated per function, are measured by
//! the tests over all exponents; an ignored test goes through every f32. The slice kernels of the
//! same names are these functions.

use super::lanes::Lanes;

const LOG2_E: f32 = std::f32::consts::LOG2_E;
const LN_2: f32 = std::f32::consts::LN_2;
/// ln 2 − [`LN_2`].
const LN_2_REST: f32 = -1.904_654_3e-9;
/// 1.5 · 2²³: adding it rounds to an integer, ties to even.
const ROUNDER: f32 = 12_582_912.0;
/// (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2, relative error of eʳ 2^−28.3.
const EXP: [f32; 5] = [0.499_999_94, 0.166_665_2, 0.041_668_4, 0.008_368_851, 0.001_381_432];
/// Below it e^x rounds to zero.
const EXP_LOW: f32 = -104.0;
/// Above it e^x rounds to infinity.
const EXP_HIGH: f32 = 89.0;

/// `c[0] + c[1]·x + …`, by Horner.
#[inline(always)]
fn polynomial<S: Lanes, const N: usize>(s: S, x: S::F, c: &[f32; N]) -> S::F {
    let mut sum = s.splat(c[N - 1]);
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = s.fma(sum, x, s.splat(c[i]));
    }
    sum
}

/// e^(x − rest) for x in [−104, 89], where `rest` is what rounding took from x.
#[inline(always)]
fn exp_in_range<S: Lanes>(s: S, x: S::F, rest: Option<S::F>) -> S::F {
    let rounder = s.splat(ROUNDER);
    let n = s.sub(s.fma(x, s.splat(LOG2_E), rounder), rounder);
    let r = s.fnma(n, s.splat(LN_2_REST), s.fnma(n, s.splat(LN_2), x));
    let r = match rest {
        Some(rest) => s.sub(r, rest),
        None => r,
    };
    let p = polynomial(s, r, &EXP);
    let p = s.fma(s.fma(p, r, s.splat(1.0)), r, s.splat(1.0));
    s.scale(p, n)
}

/// e^x. Within 1 ulp on the whole range, subnormal results included; overflow gives ∞.
#[inline(always)]
pub fn exp<S: Lanes>(s: S, x: S::F) -> S::F {
    // The bound comes first, because min and max answer with the second operand when one is NaN.
    exp_in_range(s, s.min(s.splat(EXP_HIGH), s.max(s.splat(EXP_LOW), x)), None)
}

/// e^x for x ≤ 0. As [`exp`], with one instruction less.
#[inline(always)]
pub fn exp_of_negative<S: Lanes>(s: S, x: S::F) -> S::F {
    exp_in_range(s, s.max(s.splat(EXP_LOW), x), None)
}

/// Below it tanh rounds to −1.
const TANH_LOW: f32 = -9.02;
/// ½ ln 2 and what f32 takes from it.
const HALF_LN_2: f32 = 0.5 * LN_2;
const HALF_LN_2_REST: f32 = 0.5 * LN_2_REST;
/// (e²ʳ − 1 − 2r)/r² for |r| ≤ ¼ ln 2: [`EXP`] times 4, 8, ….
const EXP_OF_TWICE: [f32; 5] = [4.0 * EXP[0], 8.0 * EXP[1], 16.0 * EXP[2], 32.0 * EXP[3], 64.0 * EXP[4]];

/// Hyperbolic tangent. Within 3 ulp; odd, −1 and 1 in the tails, ±0 kept.
#[inline(always)]
pub fn tanh<S: Lanes>(s: S, x: S::F) -> S::F {
    // With m = e^(−2|x|) − 1, tanh |x| = −m/(2 + m), where m loses nothing to cancellation: e^(2r) − 1 is summed as such.
    let a = s.max(s.splat(TANH_LOW), s.neg(s.abs(x)));
    let rounder = s.splat(ROUNDER);
    let shifted = s.fma(a, s.splat(2.0 * LOG2_E), rounder);
    let n = s.sub(shifted, rounder);
    let r = s.fnma(n, s.splat(HALF_LN_2_REST), s.fnma(n, s.splat(HALF_LN_2), a));
    let p = s.fma(s.mul(polynomial(s, r, &EXP_OF_TWICE), r), r, s.add(r, r));
    // The lowest bits of the rounded sum are n itself; 2ⁿ is normal, since −26 ≤ n ≤ 0.
    let power = s.float_of_bits(s.add_i(s.shl::<23>(s.bits(shifted)), s.splat_i(127 << 23)));
    let m = s.fma(power, p, s.sub(power, s.splat(1.0)));
    s.copysign(s.div(m, s.add(s.splat(2.0), m)), x)
}

/// 1/(1 + e^−x). Within 3 ulp, the left tail down to subnormals included.
#[inline(always)]
pub fn sigmoid<S: Lanes>(s: S, x: S::F) -> S::F {
    let one = s.splat(1.0);
    let e = exp_of_negative(s, s.neg(s.abs(x)));
    s.div(s.select(s.lt(x, s.splat(0.0)), e, one), s.add(one, e))
}

/// x/(1 + e^−x), also called swish. Within 3 ulp where x ≥ −87; below that within 1e-41.
#[inline(always)]
pub fn silu<S: Lanes>(s: S, x: S::F) -> S::F {
    let one = s.splat(1.0);
    // Bounded, because −∞ · 0 would be NaN; at −120 the product is zero already.
    let x = s.max(s.splat(-120.0), x);
    let e = exp_of_negative(s, s.neg(s.abs(x)));
    s.div(s.mul(x, s.select(s.lt(x, s.splat(0.0)), e, one)), s.add(one, e))
}

/// ln(1 + e)/e for 0 ≤ e ≤ 1, relative error 2^−30.3.
const LOG_1P: [f32; 11] = [
    1.0,
    -0.499_999_82,
    0.333_325_6,
    -0.249_872_71,
    0.198_907_48,
    -0.161_056_92,
    0.124_184_37,
    -0.082_441_76,
    0.041_478_23,
    -0.013_407_532,
    0.002_030_241_8,
];

/// ln(1 + e^x). Within 2 ulp, the left tail down to subnormals included.
#[inline(always)]
pub fn softplus<S: Lanes>(s: S, x: S::F) -> S::F {
    let e = exp_of_negative(s, s.neg(s.abs(x)));
    // Second operand of max: x, so that NaN stays.
    s.fma(e, polynomial(s, e, &LOG_1P), s.max(s.splat(0.0), x))
}

/// Φ(−a)·e^(a²/2)·(a + k) for 0 ≤ a ≤ 14.6 as a polynomial in a/(a + k), relative error 2^−27.5.
const TAIL: [f32; 11] = [
    1.125,
    -0.894_643_8,
    -0.066_702_91,
    0.202_093_72,
    0.092_806_71,
    0.049_553_934,
    -0.233_454_59,
    0.359_906_9,
    -0.498_707_56,
    0.356_099_22,
    -0.093_011_15,
];
const TAIL_K: f32 = 2.25;

/// From here on |x|·Φ(−|x|) rounds to zero.
const GELU_HIGH: f32 = 14.5;

/// x·Φ(x) with the exact normal distribution (the erf form, not the tanh one). Within 4 ulp where the result is normal,
/// below that within 1e-43.
#[inline(always)]
pub fn gelu<S: Lanes>(s: S, x: S::F) -> S::F {
    let a = s.min(s.splat(GELU_HIGH), s.abs(x));
    // −a²/2 and what its rounding lost, so that the far tail keeps its relative accuracy.
    let half = s.mul(s.splat(-0.5), a);
    let exponent = s.mul(half, a);
    let lost = s.fnma(half, a, exponent);
    let e = exp_in_range(s, s.max(s.splat(EXP_LOW), exponent), Some(lost));
    let v = s.div(a, s.add(a, s.splat(TAIL_K)));
    // |x|·Φ(−|x|): the k of v's denominator is in the polynomial already.
    let tail = s.mul(e, s.mul(v, polynomial(s, v, &TAIL)));
    // Second operand of max: x, so that NaN and the sign of zero stay.
    s.sub(s.max(s.splat(0.0), x), tail)
}
