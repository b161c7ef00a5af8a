//! Two-sided quoting with inventory control: Avellaneda–Stoikov (F1), the exact GLFT table (F2) or the GLFT asymptotics
//! (F3) around the mid or the microprice. O(1) per view, hot path, single writer.
//!
//! **When it does not quote.** Without a best bid or ask, in a locked or crossed market, before the volatility has seen
//! `warm_up` mid changes, with a microprice that is no number, and where a formula leaves the range of a double: then every quote is withdrawn.
//!
//! **Inventory.** The formulas see the position less the target, one order as the unit of size. At the position limit only
//! the reducing side is quoted; near it an order is cut so that its fill cannot pass the limit.
//!
//! **Predictions.** Where a view carries one and the rule is on, it shifts the reservation price and scales the spread, see
//! [`PredictionRule`].
//!
//! **Post-only.** A bid is never above best ask − 1 tick, nor an ask below best bid + 1 tick.

use super::{Adjustment, MarketView, PredictionRule, Strategy, StrategyError};
use crate::oms::{MAX_ORDER_QUANTITY, WantedQuote, WantedQuotes};
use crate::quote::{
    AsParams, GlftAsymptotic, GlftParams, GlftTable, Offsets, QuoteError, avellaneda_stoikov,
};
use crate::types::{Quantity, SignedQuantity, Timestamp};

/// The formula that sets the distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// F1: short horizon, small inventory.
    AvellanedaStoikov,
    /// F2: exact, from a table solved at construction over inventory and volatility.
    GlftTable {
        /// Largest volatility of the table, ticks per √second; above it this one is used.
        max_sigma: f64,
        /// Volatility rows besides 0; between them the distances are interpolated.
        steps: u32,
    },
    /// F3: infinitely far from the end.
    GlftAsymptotic,
}

/// Decay k of the fill intensity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FillDecay {
    /// This many per tick, as calibrated.
    Fixed(f64),
    /// 2/(time-weighted average spread): without risk aversion F1 then quotes the prevailing spread.
    FromSpread,
}

/// Risk aversion γ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RiskAversion {
    /// This γ ≥ 0, 1/(tick·lot).
    Fixed(f64),
    /// γ = shift·spread/(σ²·τ·limit): F1's reservation price is so many average spreads away from the reference price
    /// when the position is at its limit, whatever the instrument and however volatile the day. F1 only.
    AtLimit(f64),
}

/// How the time τ to the horizon runs. F3 has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Horizon {
    /// Always this many seconds away.
    Rolling(f64),
    /// Counts down this many seconds from the first view that is quoted, then starts again. F1 only: a table is solved
    /// at one horizon.
    CountDown(f64),
}

impl Horizon {
    const fn seconds(self) -> f64 {
        match self {
            Self::Rolling(seconds) | Self::CountDown(seconds) => seconds,
        }
    }
}

/// The price that distances are measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The mid.
    Mid,
    /// The size-weighted mid; the mid where no quantity is shown.
    WeightedMid,
    /// The view's microprice; the mid where it has none.
    Microprice,
}

/// Settings of [`StoikovStrategy`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoikovConfig {
    /// The formula.
    pub model: Model,
    /// What distances are measured from.
    pub reference: Reference,
    /// Risk aversion.
    pub risk_aversion: RiskAversion,
    /// Decay of the fill intensity, 1/tick.
    pub decay: FillDecay,
    /// Fill intensity A > 0 at the reference price, orders per second (F2, F3).
    pub intensity: f64,
    /// Time to the horizon.
    pub horizon: Horizon,
    /// Lots per quote, 1 ..= [`MAX_ORDER_QUANTITY`].
    pub order_quantity: Quantity,
    /// Largest |position| in lots that a fill may lead to, at least 1.
    pub position_limit: Quantity,
    /// The position that the strategy steers to, lots; within the limit.
    pub inventory_target: SignedQuantity,
    /// Least half of the total spread, ticks, ≥ 0.
    pub min_half_spread: f64,
    /// Mid changes that the volatility must have seen before the first quote.
    pub warm_up: u64,
    /// How far quotes follow a view's prediction.
    pub prediction: PredictionRule,
}

impl Default for StoikovConfig {
    /// F1 around the mid, one lot, limit ten, a shift of one spread at the limit, the decay from the spread, a rolling minute.
    fn default() -> Self {
        Self {
            model: Model::AvellanedaStoikov,
            reference: Reference::Mid,
            risk_aversion: RiskAversion::AtLimit(1.0),
            decay: FillDecay::FromSpread,
            intensity: 1.0,
            horizon: Horizon::Rolling(60.0),
            order_quantity: Quantity(1),
            position_limit: Quantity(10),
            inventory_target: SignedQuantity(0),
            min_half_spread: 0.5,
            warm_up: 100,
            prediction: PredictionRule::OFF,
        }
    }
}

/// Quotes both sides of the reference price by F1, F2 or F3.
///
/// ```
/// use market_maker::features::TopOfBook;
/// use market_maker::strategy::{FillDecay, MarketView, RiskAversion, StoikovConfig, StoikovStrategy, Strategy};
/// use market_maker::types::{Price, Quantity, Side, SignedQuantity, Timestamp};
/// let config = StoikovConfig {
///     risk_aversion: RiskAversion::Fixed(0.0), decay: FillDecay::Fixed(0.5), ..StoikovConfig::default()
/// };
/// let mut strategy = StoikovStrategy::new(&config)?;
/// let view = MarketView {
///     timestamp: Timestamp(0),
///     top: TopOfBook::new(Some((Price(99), Quantity(1))), Some((Price(101), Quantity(1)))),
///     microprice: None,
///     sigma: Some(1.5),
///     observations: 100,
///     spread: Some(2.0),
///     position: SignedQuantity(0),
///     prediction: None,
/// };
/// let wanted = strategy.quotes(&view);
/// assert_eq!(wanted.side(Side::Buy)[0].price, 98.0); // 1/k = 2 ticks below the mid
/// # Ok::<(), market_maker::strategy::StrategyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StoikovStrategy {
    config: StoikovConfig,
    table: Option<GlftTable>,
    horizon_ns: u64,
    started: Option<Timestamp>,
}

impl StoikovStrategy {
    /// Checks the settings and solves the table, if the model has one.
    ///
    /// The table reaches over (position limit + |target|)/order quantity orders, rounded up.
    ///
    /// # Errors
    /// [`StrategyError::Quote`] with the model's parameter; [`StrategyError::BadParameter`] for `order_quantity`,
    /// `position_limit`, `inventory_target`, `horizon`, `min_half_spread`, `risk_aversion` and those of the prediction rule; [`StrategyError::TableNeedsFixedDecay`].
    pub fn new(config: &StoikovConfig) -> Result<Self, StrategyError> {
        let bad = |parameter| Err(StrategyError::BadParameter { parameter });
        let seconds = config.horizon.seconds();
        // The bound keeps the horizon's nanoseconds below 2^63.
        if !(seconds.is_finite() && (1e-9..=9e9).contains(&seconds)) {
            return bad("horizon");
        }
        if config.order_quantity.0 == 0 || config.order_quantity > MAX_ORDER_QUANTITY {
            return bad("order_quantity");
        }
        if config.position_limit.0 == 0 || config.position_limit > Quantity::MAX {
            return bad("position_limit");
        }
        if config.inventory_target.0.unsigned_abs() > config.position_limit.0 {
            return bad("inventory_target");
        }
        if !(config.min_half_spread.is_finite() && config.min_half_spread >= 0.0) {
            return bad("min_half_spread");
        }
        config.prediction.check()?;
        let mut strategy = Self {
            config: *config,
            table: None,
            horizon_ns: libm::round(seconds * 1e9) as u64,
            started: None,
        };
        // The parameters that do not change with the market are checked now, at a volatility of zero.
        let k = match config.decay {
            FillDecay::Fixed(k) => k,
            FillDecay::FromSpread => 1.0,
        };
        let gamma = match config.risk_aversion {
            RiskAversion::Fixed(gamma) => gamma,
            RiskAversion::AtLimit(shift)
                if shift.is_finite() && shift >= 0.0 && config.model == Model::AvellanedaStoikov =>
            {
                0.0
            }
            RiskAversion::AtLimit(_) => return bad("risk_aversion"),
        };
        strategy.by_formula(0.0, gamma, 0.0, k, seconds)?;
        if let Model::GlftTable { max_sigma, steps } = config.model {
            if config.decay == FillDecay::FromSpread {
                return Err(StrategyError::TableNeedsFixedDecay);
            }
            if matches!(config.horizon, Horizon::CountDown(_)) {
                return bad("horizon");
            }
            let reach = config.position_limit.0 + config.inventory_target.0.unsigned_abs();
            let orders = u32::try_from(reach.div_ceil(config.order_quantity.0)).unwrap_or(u32::MAX);
            let params = strategy.glft_params(gamma, max_sigma, k);
            strategy.table = Some(GlftTable::over_volatility(&params, orders, seconds, steps)?);
        }
        Ok(strategy)
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &StoikovConfig {
        &self.config
    }

    fn glft_params(&self, gamma: f64, sigma: f64, k: f64) -> GlftParams {
        GlftParams::new(gamma, sigma, k, self.config.intensity)
            .with_order_size(self.config.order_quantity.0 as f64)
    }

    /// Distances from the reference price by F1 or F3; with a table, F3 serves the check at construction. Always in line: a result
    /// that returns through memory, an option put together there field by field, is waited for.
    #[inline(always)]
    fn by_formula(
        &self,
        inventory: f64,
        gamma: f64,
        sigma: f64,
        k: f64,
        tau: f64,
    ) -> Result<Offsets, QuoteError> {
        if self.config.model == Model::AvellanedaStoikov {
            // One order is the unit of the formula: γ per order, inventory in orders.
            let size = self.config.order_quantity.0 as f64;
            let params = AsParams { gamma: gamma * size, sigma, k, tau };
            let quotes = avellaneda_stoikov(&params, 0.0, inventory / size)?;
            return Ok(Offsets { bid: Some(-quotes.bid), ask: Some(quotes.ask) });
        }
        Ok(GlftAsymptotic::new(&self.glft_params(gamma, sigma, k))?.offsets(inventory))
    }

    #[inline]
    fn offsets(&self, inventory: f64, gamma: f64, sigma: f64, k: f64, tau: f64) -> Offsets {
        match &self.table {
            Some(table) => table.offsets_at(inventory, sigma),
            None => self.by_formula(inventory, gamma, sigma, k, tau).unwrap_or(Offsets::NONE),
        }
    }
}

impl Horizon {
    /// Seconds to the horizon; the first view starts the count.
    #[inline]
    fn remaining(self, period_ns: u64, started: &mut Option<Timestamp>, now: Timestamp) -> f64 {
        match self {
            Self::Rolling(seconds) => seconds,
            Self::CountDown(_) => {
                let started = started.get_or_insert(now).0;
                // At least one nanosecond, by construction.
                let period = period_ns.max(1);
                (period - now.0.saturating_sub(started) % period) as f64 * 1e-9
            }
        }
    }
}

/// Both distances grown by as much. A call, so that distances that need no growing do not wait for its sum.
#[cold]
#[inline(never)]
fn widened(bid: f64, ask: f64, by: f64) -> Offsets {
    Offsets { bid: Some(bid + by), ask: Some(ask + by) }
}

/// The distances with the total spread multiplied; where a formula quotes one side only, that distance is.
fn scaled(offsets: Offsets, scale: f64) -> Offsets {
    match offsets {
        Offsets { bid: Some(bid), ask: Some(ask) } => {
            let growth = 0.5 * (bid + ask) * (scale - 1.0);
            Offsets { bid: Some(bid + growth), ask: Some(ask + growth) }
        }
        Offsets { bid, ask } => Offsets { bid: bid.map(|bid| bid * scale), ask: ask.map(|ask| ask * scale) },
    }
}

impl Strategy for StoikovStrategy {
    #[inline]
    fn quotes(&mut self, view: &MarketView) -> WantedQuotes {
        let config = &self.config;
        let Some((best_bid, best_ask)) = view.top.sound() else { return WantedQuotes::NONE };
        let (Some(mid), Some(sigma)) = (view.top.mid(), view.sigma) else { return WantedQuotes::NONE };
        if view.observations < config.warm_up || !sigma.is_finite() {
            return WantedQuotes::NONE;
        }
        let k = match config.decay {
            FillDecay::Fixed(k) => k,
            FillDecay::FromSpread => match view.spread {
                Some(spread) if spread > 0.0 => 2.0 / spread,
                _ => return WantedQuotes::NONE,
            },
        };
        let reference = match config.reference {
            Reference::Mid => mid,
            Reference::WeightedMid => view.top.weighted_mid().unwrap_or(mid),
            Reference::Microprice => view.microprice.unwrap_or(mid),
        };
        // A bound below would turn NaN into a price.
        if !reference.is_finite() {
            return WantedQuotes::NONE;
        }
        let tau = config.horizon.remaining(self.horizon_ns, &mut self.started, view.timestamp);
        let inventory = view.position.0 as f64 - config.inventory_target.0 as f64;
        let gamma = match config.risk_aversion {
            RiskAversion::Fixed(gamma) => gamma,
            RiskAversion::AtLimit(shift) => {
                let variance = sigma * sigma * (tau * config.position_limit.0 as f64);
                match view.spread {
                    Some(spread) if variance > 0.0 => shift * spread / variance,
                    _ => 0.0,
                }
            }
        };
        let mut offsets = self.offsets(inventory, gamma, sigma, k, tau);
        let mut reference = reference;
        if let Some(prediction) = &view.prediction
            && !config.prediction.is_off()
        {
            let Adjustment { shift, scale } = config.prediction.adjust(prediction, view.spread, sigma);
            reference += shift;
            offsets = scaled(offsets, scale);
        }
        if let Offsets { bid: Some(bid), ask: Some(ask) } = offsets {
            let half_spread = 0.5 * (bid + ask);
            if half_spread < config.min_half_spread {
                offsets = widened(bid, ask, config.min_half_spread - half_spread);
            }
        }
        let limit = i128::from(config.position_limit.0);
        let position = i128::from(view.position.0);
        let quote = |price: f64, room: i128| {
            // `room` is below 2^65; what exceeds the order quantity does not matter.
            let room = u64::try_from(room.max(0)).unwrap_or(u64::MAX);
            let lots = room.min(config.order_quantity.0);
            (lots > 0 && price.is_finite()).then_some(WantedQuote { price, quantity: lots as f64 })
        };
        let highest_bid = best_ask.0.saturating_sub(1) as f64;
        let lowest_ask = best_bid.0.saturating_add(1) as f64;
        WantedQuotes::one_level(
            offsets.bid.and_then(|offset| {
                let bid = reference - offset;
                quote(if bid > highest_bid { highest_bid } else { bid }, limit - position)
            }),
            offsets.ask.and_then(|offset| {
                let ask = reference + offset;
                quote(if ask < lowest_ask { lowest_ask } else { ask }, limit + position)
            }),
        )
    }

    #[inline]
    fn follows_predictions(&self) -> bool {
        !self.config.prediction.is_off()
    }
}
