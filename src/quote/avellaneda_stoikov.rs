//! F1, Avellaneda and Stoikov 2008 (*Quantitative Finance* 8(3), 217–224): the closed form for a short horizon and a
//! small inventory. O(1), one logarithm, no allocation.
//!
//! The formula is the expansion of F2 around zero inventory. Far from it the quotes cross the mid by any distance;
//! [`GlftTable`](super::GlftTable) is exact there.

use super::{QuoteError, Quotes, finite, in_range, intensity_half_spread, not_negative, positive};

/// Parameters of F1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AsParams {
    /// Risk aversion γ ≥ 0, 1/(tick·lot). 0 is a maker who does not mind inventory.
    pub gamma: f64,
    /// Volatility σ ≥ 0 of the mid, ticks per √second (an absolute price change, not a return).
    pub sigma: f64,
    /// Decay k > 0 of the fill intensity with the distance from mid, 1/tick. Not an arrival rate.
    pub k: f64,
    /// Time τ ≥ 0 to the horizon, seconds.
    pub tau: f64,
}

/// F1: the optimal quotes around `mid` (ticks) with `inventory` (lots, positive is long).
///
/// Reservation price r = mid − q·γ·σ²·τ; **total** spread γσ²τ + (2/γ)·ln(1 + γ/k), which is 2/k at γ = 0; bid and
/// ask are r ∓ spread/2.
///
/// Hot path: O(1), no allocation, no panic.
///
/// # Errors
/// [`QuoteError::NotFinite`], [`QuoteError::Negative`] (`gamma`, `sigma`, `tau`), [`QuoteError::NotPositive`] (`k`),
/// [`QuoteError::OutOfRange`] (`sigma`) when a result overflows.
///
/// ```
/// use market_maker::quote::{AsParams, avellaneda_stoikov};
/// let params = AsParams { gamma: 0.1, sigma: 2.0, k: 1.5, tau: 1.0 };
/// let quotes = avellaneda_stoikov(&params, 100.0, 3.0)?;
/// assert!((quotes.bid - 97.954615).abs() < 1e-6 && (quotes.ask - 99.645385).abs() < 1e-6);
/// # Ok::<(), market_maker::quote::QuoteError>(())
/// ```
#[inline]
pub fn avellaneda_stoikov(params: &AsParams, mid: f64, inventory: f64) -> Result<Quotes, QuoteError> {
    let gamma = not_negative(params.gamma, "gamma")?;
    let sigma = not_negative(params.sigma, "sigma")?;
    let k = positive(params.k, "k")?;
    let tau = not_negative(params.tau, "tau")?;
    let mid = finite(mid, "mid")?;
    let inventory = finite(inventory, "inventory")?;
    let risk = gamma * sigma * sigma * tau;
    let half_spread = in_range(0.5 * risk + intensity_half_spread(gamma, k), "sigma")?;
    let reservation = in_range(mid - inventory * risk, "sigma")?;
    Ok(Quotes {
        bid: reservation - half_spread,
        ask: reservation + half_spread,
        reservation,
        spread: in_range(2.0 * half_spread, "sigma")?,
    })
}
