//! How far each transcendental is from f64, over all exponents, both signs, special values and the edges of range.

use super::super::*;

/// The function in f64, and where its results are measured in ulp or absolutely.
struct Claim {
    name: &'static str,
    kernel: fn(Simd, &mut [f32]),
    exact: fn(f64) -> f64,
    ulps: f64,
    /// An error this small is right as well.
    absolute: f64,
    /// Results at −∞, −0, 0, ∞.
    limits: [f32; 4],
}

fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// x·e^x/(1 + e^x), which does not overflow on either side.
fn silu(x: f64) -> f64 {
    if x < -700.0 { 0.0 * x } else { x / (1.0 + libm::exp(-x)) }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

const LN_2: f32 = std::f32::consts::LN_2;

const CLAIMS: [Claim; 6] = [
    Claim {
        name: "exp",
        kernel: |simd, x| simd.exp(x),
        exact: libm::exp,
        ulps: 1.0,
        absolute: 0.0,
        limits: [0.0, 1.0, 1.0, f32::INFINITY],
    },
    Claim {
        name: "tanh",
        kernel: |simd, x| simd.tanh(x),
        exact: libm::tanh,
        ulps: 3.0,
        absolute: 0.0,
        limits: [-1.0, -0.0, 0.0, 1.0],
    },
    Claim {
        name: "sigmoid",
        kernel: |simd, x| simd.sigmoid(x),
        exact: |x| 1.0 / (1.0 + libm::exp(-x)),
        ulps: 3.0,
        absolute: 0.0,
        limits: [0.0, 0.5, 0.5, 1.0],
    },
    Claim {
        name: "silu",
        kernel: |simd, x| simd.silu(x),
        exact: silu,
        ulps: 3.0,
        absolute: 1e-41,
        limits: [-0.0, -0.0, 0.0, f32::INFINITY],
    },
    Claim {
        name: "softplus",
        kernel: |simd, x| simd.softplus(x),
        exact: softplus,
        ulps: 2.0,
        absolute: 0.0,
        limits: [0.0, LN_2, LN_2, f32::INFINITY],
    },
    Claim {
        name: "gelu",
        kernel: |simd, x| simd.gelu(x),
        exact: |x| if x < -40.0 { -0.0 } else { x * normal(x) },
        ulps: 4.0,
        absolute: 1e-43,
        limits: [0.0, -0.0, 0.0, f32::INFINITY],
    },
];

/// Spacing of f32 at this magnitude.
fn ulp(x: f64) -> f64 {
    let exponent = libm::ilogb(x.abs().max(f64::from(f32::MIN_POSITIVE))).min(127);
    libm::ldexp(1.0, exponent - 23)
}

/// Largest error in ulp beyond the absolute allowance, and where.
fn worst(claim: &Claim, simd: Simd, inputs: impl Iterator<Item = f32>) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    let mut x = Vec::with_capacity(4096);
    let mut inputs = inputs.fuse();
    loop {
        x.clear();
        x.extend(inputs.by_ref().take(4096));
        if x.is_empty() {
            return worst;
        }
        let mut y = x.clone();
        (claim.kernel)(simd, &mut y);
        for (&x, &y) in x.iter().zip(&y) {
            let exact = (claim.exact)(f64::from(x));
            if x.is_nan() {
                assert_eq!(y.to_bits(), NAN.to_bits(), "{}({x})", claim.name);
            } else if y.is_infinite() {
                // Rounds to infinity from half an ulp above the largest.
                let edge = f64::from(f32::MAX) + 0.5 * ulp(f64::from(f32::MAX));
                assert!(exact.abs() >= edge * (1.0 - 2e-7), "{}({x}) = {y}, not {exact}", claim.name);
            } else {
                assert!(!y.is_nan(), "{}({x}) is not a number", claim.name);
                let error = (f64::from(y) - exact).abs();
                let ulps = if error <= claim.absolute { 0.0 } else { error / ulp(exact) };
                if ulps > worst.0 {
                    worst = (ulps, x);
                }
            }
        }
    }
}

/// All exponents and both signs: every 1021st of the 2³² patterns, the neighbourhood of each power of two, and many
/// inputs between −110 and 110, where the functions have their bends and edges.
fn inputs() -> impl Iterator<Item = f32> {
    let patterns = (0..=u32::MAX).step_by(1021).map(f32::from_bits);
    let powers = (0..=255_u32).flat_map(|exponent| {
        (-8..8_i32).flat_map(move |near| {
            let magnitude = (exponent << 23).wrapping_add_signed(near) & 0x7FFF_FFFF;
            [f32::from_bits(magnitude), f32::from_bits(magnitude | 1 << 31)]
        })
    });
    let dense = (0..2_000_000).map(|i| (f64::from(i) * 1.1e-4 - 110.0) as f32);
    patterns.chain(powers).chain(dense)
}

/// Every claim stands, after all of them were measured.
fn hold(measure: impl Fn(&Claim) -> (f64, f32)) {
    let mut broken = Vec::new();
    for claim in &CLAIMS {
        let (ulps, x) = measure(claim);
        println!("{}: {ulps:.4} ulp at {x:e}", claim.name);
        if ulps > claim.ulps {
            broken.push(format!("{} is {ulps} ulp off at {x:e}", claim.name));
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn transcendentals_are_as_accurate_as_they_say() {
    let simd = Simd::available().next().unwrap();
    hold(|claim| worst(claim, simd, inputs()));
}

#[test]
fn limits_and_signed_zeros_are_kept_and_every_nan_becomes_the_one_nan() {
    let at = [f32::NEG_INFINITY, -0.0, 0.0, f32::INFINITY];
    let nans = [f32::NAN, -f32::NAN, f32::from_bits(0x7F80_0001), f32::from_bits(0xFFFF_FFFF)];
    for simd in Simd::available() {
        for claim in &CLAIMS {
            let mut y = at;
            (claim.kernel)(simd, &mut y);
            assert_eq!(y.map(f32::to_bits), claim.limits.map(f32::to_bits), "{} {simd:?}: {y:?}", claim.name);
            let mut y = nans;
            (claim.kernel)(simd, &mut y);
            assert_eq!(y.map(f32::to_bits), [NAN.to_bits(); 4], "{} {simd:?}", claim.name);
        }
    }
}

#[test]
fn bounded_functions_stay_in_their_bounds() {
    let simd = Simd::available().next().unwrap();
    let mut x: Vec<f32> = (0..=u32::MAX).step_by(4099).map(f32::from_bits).filter(|x| !x.is_nan()).collect();
    let original = x.clone();
    simd.tanh(&mut x);
    assert!(
        x.iter().zip(&original).all(|(y, x)| y.abs() <= 1.0 && y.is_sign_negative() == x.is_sign_negative())
    );
    x.copy_from_slice(&original);
    simd.sigmoid(&mut x);
    assert!(x.iter().all(|y| (0.0..=1.0).contains(y)));
    x.copy_from_slice(&original);
    simd.softplus(&mut x);
    assert!(x.iter().zip(&original).all(|(y, x)| *y >= x.max(0.0)));
}

#[test]
#[ignore = "all 2^32 inputs of six functions take minutes"]
fn transcendentals_are_as_accurate_as_they_say_for_every_input() {
    let simd = Simd::available().next().unwrap();
    hold(|claim| worst(claim, simd, (0..=u32::MAX).map(f32::from_bits)));
}
