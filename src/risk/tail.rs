//! Value at risk and expected shortfall (FORMULAS F7): losses are positive numbers.
//!
//! Parametric: normal returns of mean zero. Historical: the quantile of past losses and the mean of those at least as
//! large. All transcendentals through libm: the same bits everywhere.

use super::RiskError;

/// A pair of tail measures in the unit of the exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TailRisk {
    /// The loss that is not exceeded with the given confidence.
    pub value_at_risk: f64,
    /// The mean of the losses beyond it.
    pub expected_shortfall: f64,
}

/// The normal density.
fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI)
}

/// z with P(Z ≤ z) = `confidence`, for a confidence in 0.5 ..< 1: Newton's method on the complementary error function,
/// to the last few bits.
fn normal_quantile(confidence: f64) -> f64 {
    let beyond = 1.0 - confidence;
    // The tail falls like exp(−z²/2): its logarithm is a start from which Newton's steps never leave the convex side.
    let mut z = libm::sqrt((-2.0 * libm::log(2.0 * beyond)).max(0.0));
    for _ in 0..64 {
        let step = (0.5 * libm::erfc(z / std::f64::consts::SQRT_2) - beyond) / density(z);
        z += step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    z
}

/// F7, parametric: VaR = |q|·S·σ·√T·z and ES = |q|·S·σ·√T·φ(z)/(1−α), for an `exposure` |q|·S, the volatility σ of one
/// period, T `periods` and a confidence α in 0.5..1.
///
/// ```
/// let tail = market_maker::risk::normal_tail_risk(1e6, 0.02, 1.0, 0.99).unwrap();
/// assert!((tail.value_at_risk - 46_526.957).abs() < 1e-3);
/// assert!((tail.expected_shortfall - 53_304.284).abs() < 1e-3);
/// ```
///
/// # Errors
/// [`RiskError::NotFinite`] for a number that is not finite, [`RiskError::BadConfig`] for a negative volatility or time or
/// a confidence out of range.
pub fn normal_tail_risk(
    exposure: f64,
    volatility: f64,
    periods: f64,
    confidence: f64,
) -> Result<TailRisk, RiskError> {
    for (value, name) in
        [(exposure, "exposure"), (volatility, "volatility"), (periods, "periods"), (confidence, "confidence")]
    {
        if !value.is_finite() {
            return Err(RiskError::NotFinite(name));
        }
    }
    if volatility < 0.0 || periods < 0.0 || !(0.5..1.0).contains(&confidence) {
        return Err(RiskError::BadConfig("volatility and periods are not negative, confidence is 0.5 to 1"));
    }
    let z = normal_quantile(confidence);
    let deviation = exposure.abs() * volatility * libm::sqrt(periods);
    Ok(TailRisk {
        value_at_risk: deviation * z,
        expected_shortfall: deviation * density(z) / (1.0 - confidence),
    })
}

/// F7, historical: the α-quantile of `losses`, which is the ⌈αn⌉-th smallest, and the mean of it and those beyond. The
/// slice is reordered; O(n). No losses give zeros, and so does a quantile that is a gain.
///
/// # Errors
/// As for [`normal_tail_risk`].
pub fn historical_tail_risk(losses: &mut [f64], confidence: f64) -> Result<TailRisk, RiskError> {
    if !(0.5..1.0).contains(&confidence) {
        return Err(RiskError::BadConfig("confidence is 0.5 to 1"));
    }
    if losses.iter().any(|loss| !loss.is_finite()) {
        return Err(RiskError::NotFinite("a loss"));
    }
    if losses.is_empty() {
        return Ok(TailRisk::default());
    }
    // A confidence is a decimal: 0.99 · 100 must be 99 and not the next number above it.
    let rank = libm::ceil(confidence * losses.len() as f64 - 1e-9).max(1.0) as usize;
    let (_, &mut quantile, beyond) = losses.select_nth_unstable_by(rank - 1, f64::total_cmp);
    let count = beyond.len() as f64 + 1.0;
    // In ascending order, so that the sum does not depend on how the rest was left.
    beyond.sort_unstable_by(f64::total_cmp);
    let mean = (quantile + beyond.iter().sum::<f64>()) / count;
    Ok(TailRisk { value_at_risk: quantile.max(0.0), expected_shortfall: mean.max(0.0) })
}
