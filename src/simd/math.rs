//! Exponential, tanh, sigmoid, GELU, SiLU and softplus on one value of lanes, in registers, for kernels to fuse.
//!
//! Polynomials and ratios are minimax fits of ours, their coefficients rounded to f32. NaN in gives NaN out (any
//! NaN: pass what is stored through [`Lanes::canonical`]). Bounds, against f64 and stated per function, are measured by
//! the tests over all exponents, and for `exp` over every f32. The slice kernels of the same names are these functions.

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

/// tanh(x)/x as a ratio in x², relative error 2^−29.3 for |x| ≤ 9.1.
const TANH_ABOVE: [f32; 6] = [1.0, 0.136_777_9, 0.003_865_634, 2.795_138e-5, 3.044_342e-8, -1.209_256_4e-11];
const TANH_BELOW: [f32; 5] = [1.0, 0.470_111_22, 0.027_236_056, 0.000_393_382, 1.283_357_7e-6];
/// From here on tanh rounds to one.
const TANH_HIGH: f32 = 9.02;

/// Hyperbolic tangent. Within 3 ulp; odd, −1 and 1 in the tails, ±0 kept.
#[inline(always)]
pub fn tanh<S: Lanes>(s: S, x: S::F) -> S::F {
    let x = s.min(s.splat(TANH_HIGH), s.max(s.splat(-TANH_HIGH), x));
    let square = s.mul(x, x);
    let above = s.mul(x, polynomial(s, square, &TANH_ABOVE));
    let ratio = s.div(above, polynomial(s, square, &TANH_BELOW));
    s.min(s.splat(1.0), s.max(s.splat(-1.0), ratio))
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

/// Φ(−a)·e^(a²/2) as a ratio for 0 ≤ a ≤ 14.6, relative error 2^−27.3.
const TAIL_ABOVE: [f32; 5] = [0.5, 0.438_496_46, 0.183_384_62, 0.040_683_67, 0.004_123_812];
const TAIL_BELOW: [f32; 6] = [1.0, 1.674_877_9, 1.203_123_6, 0.469_865_3, 0.101_985_22, 0.010_336_746];
/// Below −this x·Φ(x) rounds to zero.
const GELU_LOW: f32 = -14.5;

/// x·Φ(x) with the exact normal distribution (the erf form, not the tanh one). Within 4 ulp where the result is normal,
/// below that within 1e-43.
#[inline(always)]
pub fn gelu<S: Lanes>(s: S, x: S::F) -> S::F {
    let x = s.max(s.splat(GELU_LOW), x);
    let a = s.min(s.splat(-GELU_LOW), s.abs(x));
    // −a²/2 and what its rounding lost, so that the far tail keeps its relative accuracy.
    let half = s.mul(s.splat(-0.5), a);
    let exponent = s.mul(half, a);
    let lost = s.fnma(half, a, exponent);
    let e = exp_in_range(s, s.max(s.splat(EXP_LOW), exponent), Some(lost));
    let tail = s.div(s.mul(e, polynomial(s, a, &TAIL_ABOVE)), polynomial(s, a, &TAIL_BELOW));
    s.mul(x, s.select(s.lt(x, s.splat(0.0)), tail, s.sub(s.splat(1.0), tail)))
}
