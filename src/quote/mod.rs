//! Where to quote: closed forms and solved tables of the optimal distances from mid.
//!
//! | row | function | paper |
//! |---|---|---|
//! | F1 | [`avellaneda_stoikov`] | Avellaneda and Stoikov 2008 |
//! | F2 | [`GlftTable`] | Guéant, Lehalle and Fernandez-Tapia 2013, with Guéant 2017's order size and ξ |
//! | F3 | [`glft_asymptotic`] | the same papers, infinitely far from the end |
//!
//! **Units.** Prices are in ticks, times in seconds, inventory in lots, unless the caller chooses another consistent
//! set: σ in ticks per √second, the fill decay k in 1/tick, the fill intensity A in 1/second, the risk aversion γ in
//! 1/(tick·lot). σ of log returns is multiplied by the price before it comes here.
//!
//! Every transcendental function is `libm`'s, so that the same inputs give the same bits on every machine.

mod avellaneda_stoikov;
mod exponential;
mod glft;
mod table;
#[cfg(test)]
mod tests;

pub use avellaneda_stoikov::{AsParams, avellaneda_stoikov};
pub use glft::{GlftAsymptotic, GlftParams, glft_asymptotic};
pub use table::{GlftTable, MAX_INVENTORY_STEPS, MAX_TABLE_ENTRIES};

/// Why no quote can be computed from these parameters. The parameter is named as the field or argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// NaN or infinity.
    #[error("{parameter} is not a finite number")]
    NotFinite {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// Below zero where zero is the least legal value.
    #[error("{parameter} is negative")]
    Negative {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// Zero or below where only positive values mean something.
    #[error("{parameter} must be positive")]
    NotPositive {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// Legal by itself, but the result does not fit a double, or not to full precision.
    #[error("{parameter} is beyond what double precision can solve")]
    OutOfRange {
        /// The parameter whose reduction makes the problem solvable.
        parameter: &'static str,
    },
    /// The table would have more entries than [`MAX_TABLE_ENTRIES`], or more inventory steps than
    /// [`MAX_INVENTORY_STEPS`].
    #[error("{parameter}: {requested} exceeds the limit of {limit}")]
    TableTooLarge {
        /// What is too large.
        parameter: &'static str,
        /// How much was asked for.
        requested: u64,
        /// The most there can be.
        limit: u64,
    },
}

/// Two-sided quotes in ticks, not yet rounded to the tick grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quotes {
    /// Bid price.
    pub bid: f64,
    /// Ask price.
    pub ask: f64,
    /// Reservation (indifference) price: the middle of the two.
    pub reservation: f64,
    /// **Total** spread, ask minus bid.
    pub spread: f64,
}

/// Optimal distances from mid in ticks: the bid goes to `mid − bid`, the ask to `mid + ask`.
///
/// A distance may be negative (a quote on the far side of mid, when inventory is large). `None`: no quote on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Offsets {
    /// Distance of the bid below mid.
    pub bid: Option<f64>,
    /// Distance of the ask above mid.
    pub ask: Option<f64>,
}

impl Offsets {
    /// No quote on either side.
    pub const NONE: Self = Self { bid: None, ask: None };
}

/// A finite number.
fn finite(value: f64, parameter: &'static str) -> Result<f64, QuoteError> {
    if value.is_finite() { Ok(value) } else { Err(QuoteError::NotFinite { parameter }) }
}

/// A finite number that is not negative.
fn not_negative(value: f64, parameter: &'static str) -> Result<f64, QuoteError> {
    if finite(value, parameter)? < 0.0 { Err(QuoteError::Negative { parameter }) } else { Ok(value) }
}

/// A finite positive number.
fn positive(value: f64, parameter: &'static str) -> Result<f64, QuoteError> {
    if finite(value, parameter)? > 0.0 { Ok(value) } else { Err(QuoteError::NotPositive { parameter }) }
}

/// A result that must fit a double.
fn in_range(value: f64, parameter: &'static str) -> Result<f64, QuoteError> {
    if value.is_finite() { Ok(value) } else { Err(QuoteError::OutOfRange { parameter }) }
}

/// (1/γ)·ln(1 + γ/k), the half-spread of a maker without inventory risk; 1/k at γ = 0.
#[inline]
fn intensity_half_spread(gamma: f64, k: f64) -> f64 {
    // k is known long before γ where that follows volatility: only products wait for γ.
    let inverse = 1.0 / k;
    let x = gamma * inverse;
    // Indifferent to inventory or nearly so, as makers are.
    if x < SMALL {
        return log1p_ratio(x) * inverse;
    }
    // Divided, because the inverse of the smallest k is no double.
    let x = gamma / k;
    if x == 0.0 { 1.0 / k } else { libm::log1p(x) / x / k }
}

/// Up to here the series below is precise to the last bit: its first missing term is x¹¹/12 < 2⁻⁵⁸.
const SMALL: f64 = 1.0 / 32.0;

/// ln(1 + x)/x for 0 ≤ x < [`SMALL`], 1 at x = 0: eleven terms of the series, in an order in which most of them do not
/// wait for each other. No call, no division, and the same bits on every machine.
#[inline]
fn log1p_ratio(x: f64) -> f64 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let low = (1.0 - x * (1.0 / 2.0)) + x2 * (1.0 / 3.0 - x * (1.0 / 4.0));
    let middle = (1.0 / 5.0 - x * (1.0 / 6.0)) + x2 * (1.0 / 7.0 - x * (1.0 / 8.0));
    let high = (1.0 / 9.0 - x * (1.0 / 10.0)) + x2 * (1.0 / 11.0);
    low + x4 * (middle + x4 * high)
}
