//! Settings of the strategy that an engine runs: `mm_stoikov_config_t`.

use super::config::{self, Config};
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::strategy::{
    FillDecay, Horizon, Model, PredictionRule, Reference, RiskAversion, StoikovConfig, StrategyError,
};
use crate::types::{Quantity, SignedQuantity};

/// Avellaneda and Stoikov 2008, the closed form for a short horizon.
pub const MM_MODEL_AVELLANEDA_STOIKOV: u8 = 0;
/// Gueant, Lehalle and Fernandez-Tapia 2013, from a table solved at construction.
pub const MM_MODEL_GLFT_TABLE: u8 = 1;
/// The same infinitely far from the end, in closed form.
pub const MM_MODEL_GLFT_ASYMPTOTIC: u8 = 2;

/// Distances are measured from the mid.
pub const MM_REFERENCE_MID: u8 = 0;
/// Distances are measured from the size-weighted mid.
pub const MM_REFERENCE_WEIGHTED_MID: u8 = 1;

/// `risk_aversion` is a shift of the reservation price at the position limit, in average spreads.
pub const MM_AVERSION_AT_LIMIT: u8 = 0;
/// `risk_aversion` is gamma itself, 1/(tick lot).
pub const MM_AVERSION_FIXED: u8 = 1;

/// The horizon stays `horizon` seconds away.
pub const MM_HORIZON_ROLLING: u8 = 0;
/// The horizon counts down `horizon` seconds, then starts again. Avellaneda-Stoikov only.
pub const MM_HORIZON_COUNT_DOWN: u8 = 1;

/// How to quote both sides around the reference price. Prices in ticks, quantities in lots, times in seconds.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_stoikov_config_t {
    /// Set by `mm_stoikov_config_init`.
    pub struct_size: usize,
    /// Risk aversion, at least 0, in the unit of `aversion`. Default 1 average spread at the limit.
    pub risk_aversion: f64,
    /// Decay of the fill intensity with the distance from mid, 1/tick; 0, the default, is 2/(average spread).
    pub k: f64,
    /// Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
    pub intensity: f64,
    /// Seconds to the horizon. Default 60.
    pub horizon: f64,
    /// Least half of the total spread, ticks. Default 0.5.
    pub min_half_spread: f64,
    /// Largest volatility of the table, ticks per square root of a second. Default 100. GLFT table only.
    pub table_max_sigma: f64,
    /// Lots per quote, at least 1. Default 1.
    pub order_quantity: u64,
    /// Largest position that a fill may lead to, lots, at least 1. Default 10.
    pub position_limit: u64,
    /// The position to steer to, lots, within the limit. Default 0.
    pub inventory_target: i64,
    /// Mid changes that the volatility must have seen before the first quote. Default 100.
    pub warm_up: u64,
    /// Volatility rows of the table besides 0. Default 32. GLFT table only.
    pub table_steps: u32,
    /// `MM_MODEL_*`. Default Avellaneda-Stoikov.
    pub model: u8,
    /// `MM_REFERENCE_*`. Default mid.
    pub reference: u8,
    /// `MM_AVERSION_*`. Default at the limit, which only Avellaneda-Stoikov takes.
    pub aversion: u8,
    /// `MM_HORIZON_*`. Default rolling.
    pub horizon_mode: u8,
    /// Part of a prediction's expected change that the reservation price follows, at least 0. Default 0.
    pub change_weight: f64,
    /// Half average spreads by which a prediction's certain direction moves the reservation price, at least 0. Default 0.
    pub direction_weight: f64,
    /// Part of the predicted change in volatility that the spread follows, at least 0. Default 0.
    pub volatility_weight: f64,
    /// Largest move of the reservation price by a prediction, average spreads, at least 0. Default 2.
    pub max_prediction_shift: f64,
    /// Largest factor by which a prediction widens the spread, and its inverse the smallest; at least 1.
    /// 0 and the default are 3.
    pub max_prediction_scale: f64,
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 136 bytes without padding, all plain numbers.
unsafe impl Config for mm_stoikov_config_t {
    const FIRST_SIZE: usize = 96;
    fn defaults() -> Self {
        let defaults = StoikovConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            risk_aversion: 1.0,
            k: 0.0,
            intensity: defaults.intensity,
            horizon: 60.0,
            min_half_spread: defaults.min_half_spread,
            table_max_sigma: 100.0,
            order_quantity: defaults.order_quantity.0,
            position_limit: defaults.position_limit.0,
            inventory_target: defaults.inventory_target.0,
            warm_up: defaults.warm_up,
            table_steps: 32,
            model: MM_MODEL_AVELLANEDA_STOIKOV,
            reference: MM_REFERENCE_MID,
            aversion: MM_AVERSION_AT_LIMIT,
            horizon_mode: MM_HORIZON_ROLLING,
            change_weight: defaults.prediction.change_weight,
            direction_weight: defaults.prediction.direction_weight,
            volatility_weight: defaults.prediction.volatility_weight,
            max_prediction_shift: defaults.prediction.max_shift,
            max_prediction_scale: defaults.prediction.max_scale,
        }
    }
}

const _: () = assert!(size_of::<mm_stoikov_config_t>() >= <mm_stoikov_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_stoikov_config_t> for StoikovConfig {
    type Error = Failure;

    fn try_from(config: &mm_stoikov_config_t) -> Result<Self, Failure> {
        let unknown =
            |name: &str, value: u8| Failure::new(MM_E_ENUM, format_args!("{name} {value} is unknown"));
        Ok(Self {
            model: match config.model {
                MM_MODEL_AVELLANEDA_STOIKOV => Model::AvellanedaStoikov,
                MM_MODEL_GLFT_TABLE => {
                    Model::GlftTable { max_sigma: config.table_max_sigma, steps: config.table_steps }
                }
                MM_MODEL_GLFT_ASYMPTOTIC => Model::GlftAsymptotic,
                other => return Err(unknown("model", other)),
            },
            reference: match config.reference {
                MM_REFERENCE_MID => Reference::Mid,
                MM_REFERENCE_WEIGHTED_MID => Reference::WeightedMid,
                other => return Err(unknown("reference", other)),
            },
            risk_aversion: match config.aversion {
                MM_AVERSION_AT_LIMIT => RiskAversion::AtLimit(config.risk_aversion),
                MM_AVERSION_FIXED => RiskAversion::Fixed(config.risk_aversion),
                other => return Err(unknown("aversion", other)),
            },
            decay: if config.k == 0.0 { FillDecay::FromSpread } else { FillDecay::Fixed(config.k) },
            intensity: config.intensity,
            horizon: match config.horizon_mode {
                MM_HORIZON_ROLLING => Horizon::Rolling(config.horizon),
                MM_HORIZON_COUNT_DOWN => Horizon::CountDown(config.horizon),
                other => return Err(unknown("horizon_mode", other)),
            },
            order_quantity: Quantity(config.order_quantity),
            position_limit: Quantity(config.position_limit),
            inventory_target: SignedQuantity(config.inventory_target),
            min_half_spread: config.min_half_spread,
            warm_up: config.warm_up,
            prediction: PredictionRule {
                change_weight: config.change_weight,
                direction_weight: config.direction_weight,
                volatility_weight: config.volatility_weight,
                max_shift: config.max_prediction_shift,
                max_scale: if config.max_prediction_scale == 0.0 {
                    PredictionRule::OFF.max_scale
                } else {
                    config.max_prediction_scale
                },
            },
        })
    }
}

impl From<StrategyError> for Failure {
    fn from(error: StrategyError) -> Self {
        Self::new(MM_E_INVALID_ARGUMENT, format_args!("{error}"))
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_stoikov_config_init(
    config: *mut mm_stoikov_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
