//! What a predictor expects of the market, and the rule by which a strategy follows it. O(1), hot path, off by default.
//!
//! With the average spread S (ticks), the volatility σ that the strategy quotes with, and a prediction (Δ, σ̂, d):
//!
//! * the reservation price moves by `change_weight`·Δ + `direction_weight`·d·S/2, at most `max_shift`·S either way;
//! * half of the total spread is multiplied by 1 + `volatility_weight`·(σ̂/σ − 1), kept within 1/`max_scale` and
//!   `max_scale`.
//!
//! A prediction that is no finite number, a market without an average spread and a volatility of zero leave the quotes
//! as the formula gives them. The bounds are what a wrong model can cost: it may not carry quotes further than that.

use super::StrategyError;

/// A forecast over the horizon of a model, in the market's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Expected change of the mid over the horizon, ticks.
    pub change: f64,
    /// Expected volatility of the mid, ticks per √second; `None` from a model that does not say.
    pub volatility: Option<f64>,
    /// Confidence in the sign of the change, −1 (surely down) ..= 1 (surely up).
    pub direction: f64,
}

/// How far a strategy follows predictions. The default is not at all.
///
/// ```
/// use market_maker::strategy::{Prediction, PredictionRule};
/// let rule = PredictionRule { change_weight: 0.5, volatility_weight: 1.0, ..PredictionRule::OFF };
/// let expected = Prediction { change: 3.0, volatility: Some(1.5), direction: 0.0 };
/// let adjustment = rule.adjust(&expected, Some(2.0), 1.0);
/// assert_eq!((adjustment.shift, adjustment.scale), (1.5, 1.5)); // half of three ticks; half again as wide
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictionRule {
    /// Part of the expected change that the reservation price follows, ≥ 0.
    pub change_weight: f64,
    /// Half average spreads that a certain direction moves the reservation price, ≥ 0.
    pub direction_weight: f64,
    /// Part of the relative change in volatility that the spread follows, ≥ 0.
    pub volatility_weight: f64,
    /// Largest move of the reservation price, average spreads, ≥ 0.
    pub max_shift: f64,
    /// Largest factor that widens the spread, and its inverse the smallest; ≥ 1.
    pub max_scale: f64,
}

/// What a rule makes of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    /// Added to the reservation price, ticks.
    pub shift: f64,
    /// Factor on the spread.
    pub scale: f64,
}

impl Adjustment {
    /// Quotes as the formula gives them.
    pub const NONE: Self = Self { shift: 0.0, scale: 1.0 };
}

impl PredictionRule {
    /// Predictions change nothing; the bounds are two average spreads and a factor of three.
    pub const OFF: Self = Self {
        change_weight: 0.0,
        direction_weight: 0.0,
        volatility_weight: 0.0,
        max_shift: 2.0,
        max_scale: 3.0,
    };

    /// Whether predictions change nothing.
    #[inline]
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.change_weight == 0.0 && self.direction_weight == 0.0 && self.volatility_weight == 0.0
    }

    pub(super) fn check(&self) -> Result<(), StrategyError> {
        let bad = |parameter| Err(StrategyError::BadParameter { parameter });
        for (parameter, value) in [
            ("change_weight", self.change_weight),
            ("direction_weight", self.direction_weight),
            ("volatility_weight", self.volatility_weight),
            ("max_shift", self.max_shift),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return bad(parameter);
            }
        }
        if !(self.max_scale.is_finite() && self.max_scale >= 1.0) {
            return bad("max_scale");
        }
        Ok(())
    }

    /// The rule at an average spread (ticks) and a volatility (ticks per √second). Hot path.
    #[inline]
    #[must_use]
    pub fn adjust(&self, prediction: &Prediction, spread: Option<f64>, sigma: f64) -> Adjustment {
        let Some(spread) = spread else { return Adjustment::NONE };
        let wanted = self.change_weight * prediction.change
            + self.direction_weight * prediction.direction * (0.5 * spread);
        let bound = self.max_shift * spread;
        let shift = if wanted.is_finite() { wanted.clamp(-bound.abs(), bound.abs()) } else { 0.0 };
        let scale = match prediction.volatility {
            Some(volatility) if sigma > 0.0 && volatility.is_finite() => {
                let factor = 1.0 + self.volatility_weight * (volatility / sigma - 1.0);
                factor.clamp(1.0 / self.max_scale, self.max_scale)
            }
            _ => 1.0,
        };
        Adjustment { shift, scale }
    }
}

impl Default for PredictionRule {
    fn default() -> Self {
        Self::OFF
    }
}
