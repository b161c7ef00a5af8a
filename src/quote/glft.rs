//! F3, the asymptotic quotes of Guéant, Lehalle and Fernandez-Tapia 2013 (*Math. Fin. Econ.* 7(4), 477–507), with the
//! order size Δ and the parameter ξ of Guéant 2017 (arXiv 1605.01862, equations 4.6 and 4.7). O(1) per quote.
//!
//! The fill intensity is λ(δ) = A·e^(−kδ) per second at δ ticks from mid. ξ is the aversion to the execution's
//! randomness and γ that to the inventory's price risk: ξ = γ is a maker with exponential utility, ξ = 0 one who maximises
//! the mean less a running inventory penalty ½γσ²q² (F4).

use super::{Offsets, QuoteError, in_range, not_negative, positive};

/// Parameters of F2 and F3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlftParams {
    /// Aversion γ ≥ 0 to the price risk of inventory, 1/(tick·lot).
    pub gamma: f64,
    /// Aversion ξ ≥ 0 to the randomness of executions, 1/(tick·lot). The 2013 paper has ξ = γ.
    pub xi: f64,
    /// Volatility σ ≥ 0 of the mid, ticks per √second.
    pub sigma: f64,
    /// Decay k > 0 of the fill intensity with the distance from mid, 1/tick.
    pub k: f64,
    /// Fill intensity A > 0 at mid, 1/second.
    pub intensity: f64,
    /// Order size Δ > 0, lots.
    pub order_size: f64,
}

impl GlftParams {
    /// The 2013 model: exponential utility (ξ = γ) and orders of one lot.
    #[must_use]
    pub const fn new(gamma: f64, sigma: f64, k: f64, intensity: f64) -> Self {
        Self { gamma, xi: gamma, sigma, k, intensity, order_size: 1.0 }
    }

    /// The same with orders of `order_size` lots.
    #[must_use]
    pub const fn with_order_size(mut self, order_size: f64) -> Self {
        self.order_size = order_size;
        self
    }

    /// The same with aversion `xi` to the randomness of executions.
    #[must_use]
    pub const fn with_xi(mut self, xi: f64) -> Self {
        self.xi = xi;
        self
    }

    /// Checked coefficients of the equation in units of one order: n = q/Δ.
    pub(super) fn coefficients(&self) -> Result<Coefficients, QuoteError> {
        let gamma = not_negative(self.gamma, "gamma")?;
        let xi = not_negative(self.xi, "xi")?;
        let sigma = not_negative(self.sigma, "sigma")?;
        let k = positive(self.k, "k")?;
        let intensity = positive(self.intensity, "intensity")?;
        let order_size = positive(self.order_size, "order_size")?;
        let x = in_range(xi * order_size / k, "xi")?;
        // (1 + x)^(−(1 + 1/x)), e⁻¹ at x = 0.
        let logarithm = libm::log1p(x);
        let ratio = if x == 0.0 { 1.0 } else { logarithm / x };
        let discount = libm::exp(-(logarithm + ratio));
        let eta = intensity * discount;
        if eta < f64::MIN_POSITIVE {
            return Err(QuoteError::OutOfRange { parameter: "intensity" });
        }
        Ok(Coefficients {
            alpha: in_range(0.5 * k * gamma * order_size * sigma * sigma, "sigma")?,
            eta,
            half_spread: ratio / k,
            k,
            order_size,
        })
    }
}

/// What both the exact and the asymptotic solution need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coefficients {
    /// α = ½kγΔσ²: the diagonal is αn².
    pub alpha: f64,
    /// η = A(1 + ξΔ/k)^(−(1 + k/(ξΔ))): beside the diagonal stands −η.
    pub eta: f64,
    /// (1/(ξΔ))·ln(1 + ξΔ/k), 1/k at ξ = 0.
    pub half_spread: f64,
    /// Decay of the intensity.
    pub k: f64,
    /// Lots in one order.
    pub order_size: f64,
}

/// F3 solved for one set of parameters: a quote is then two multiplications.
///
/// δ_bid = (1/(ξΔ))·ln(1 + ξΔ/k) + ((2q + Δ)/2)·c and δ_ask the same with −(2q − Δ)/2, where
/// c = √(γσ²/(2kAΔ)·(1 + ξΔ/k)^(1 + k/(ξΔ))).
///
/// ```
/// use market_maker::quote::{GlftAsymptotic, GlftParams};
/// let glft = GlftAsymptotic::new(&GlftParams::new(0.01, 0.3, 0.3, 0.9))?;
/// let flat = glft.offsets(0.0);
/// assert!((flat.bid.unwrap() - 3.312915).abs() < 1e-6);
/// # Ok::<(), market_maker::quote::QuoteError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlftAsymptotic {
    half_spread: f64,
    skew: f64,
}

impl GlftAsymptotic {
    /// Solves F3. One exponential, one logarithm, one square root; no allocation.
    ///
    /// # Errors
    /// [`QuoteError::NotFinite`], [`QuoteError::Negative`] (`gamma`, `xi`, `sigma`), [`QuoteError::NotPositive`] (`k`,
    /// `intensity`, `order_size`), [`QuoteError::OutOfRange`] when a coefficient leaves the range of a double.
    #[inline]
    pub fn new(params: &GlftParams) -> Result<Self, QuoteError> {
        let of = params.coefficients()?;
        // √(α/η)/k is the slope per order; per lot it is divided by Δ.
        let per_order = in_range(libm::sqrt(of.alpha / of.eta) / of.k, "sigma")?;
        let skew = in_range(per_order / of.order_size, "order_size")?;
        Ok(Self { half_spread: in_range(of.half_spread + 0.5 * per_order, "k")?, skew })
    }

    /// Half of the total spread, ticks: the distance of both quotes from mid without inventory.
    #[must_use]
    pub const fn half_spread(&self) -> f64 {
        self.half_spread
    }

    /// How far both quotes move against one lot of inventory, ticks per lot.
    #[must_use]
    pub const fn skew(&self) -> f64 {
        self.skew
    }

    /// Distances from mid at `inventory` lots. Hot path: O(1). NaN inventory gives no quotes.
    #[inline]
    #[must_use]
    pub fn offsets(&self, inventory: f64) -> Offsets {
        let shift = self.skew * inventory;
        if !shift.is_finite() {
            return Offsets::NONE;
        }
        Offsets { bid: Some(self.half_spread + shift), ask: Some(self.half_spread - shift) }
    }
}

/// F3 in one call, for parameters that change with every quote: see [`GlftAsymptotic`].
///
/// Hot path: O(1), no allocation, no panic.
///
/// # Errors
/// Those of [`GlftAsymptotic::new`], and [`QuoteError::NotFinite`] for `inventory` (lots).
#[inline]
pub fn glft_asymptotic(params: &GlftParams, inventory: f64) -> Result<Offsets, QuoteError> {
    super::finite(inventory, "inventory")?;
    Ok(GlftAsymptotic::new(params)?.offsets(inventory))
}
