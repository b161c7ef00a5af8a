//! Settings of the strategy that an engine runs: `mm::cxx::stoikov_config`.

use crate::ffi::strategy::mm_stoikov_config_t;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// Which model the strategy quotes by.
    #[cxx_name = "stoikov_model"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum StoikovModel {
        #[cxx_name = "avellaneda_stoikov"]
        AvellanedaStoikov = 0,
        #[cxx_name = "glft_table"]
        GlftTable = 1,
        #[cxx_name = "glft_asymptotic"]
        GlftAsymptotic = 2,
    }

    /// What distances are measured from.
    #[cxx_name = "reference_price"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum ReferencePrice {
        #[cxx_name = "mid"]
        Mid = 0,
        #[cxx_name = "weighted_mid"]
        WeightedMid = 1,
    }

    /// The unit of risk_aversion: a shift at the position limit, in average spreads; or gamma itself, 1/(tick lot).
    #[cxx_name = "aversion"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Aversion {
        #[cxx_name = "at_limit"]
        AtLimit = 0,
        #[cxx_name = "fixed"]
        Fixed = 1,
    }

    /// Whether the horizon stays away or counts down.
    #[cxx_name = "horizon_mode"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum HorizonMode {
        #[cxx_name = "rolling"]
        Rolling = 0,
        #[cxx_name = "count_down"]
        CountDown = 1,
    }

    /// How to quote both sides around the reference price. Prices in ticks, quantities in lots, times in seconds.
    #[cxx_name = "stoikov_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct StoikovConfig {
        /// Risk aversion, at least 0, in the unit of aversion. Default 1 average spread at the limit.
        risk_aversion: f64,
        /// Decay of the fill intensity with the distance from mid, 1/tick; 0, the default, is 2/(average spread).
        k: f64,
        /// Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
        intensity: f64,
        /// Seconds to the horizon. Default 60.
        horizon: f64,
        /// Least half of the total spread, ticks. Default 0.5.
        min_half_spread: f64,
        /// Largest volatility of the table, ticks per square root of a second. Default 100. GLFT table only.
        table_max_sigma: f64,
        /// Lots per quote, at least 1. Default 1.
        order_quantity: u64,
        /// Largest position that a fill may lead to, lots, at least 1. Default 10.
        position_limit: u64,
        /// The position to steer to, lots, within the limit. Default 0.
        inventory_target: i64,
        /// Mid changes that the volatility must have seen before the first quote. Default 100.
        warm_up: u64,
        /// Volatility rows of the table besides 0. Default 32. GLFT table only.
        table_steps: u32,
        /// Which model. Default Avellaneda-Stoikov.
        model: StoikovModel,
        /// What distances are measured from. Default mid.
        reference: ReferencePrice,
        /// The unit of risk_aversion. Default at the limit, which only Avellaneda-Stoikov takes.
        aversion: Aversion,
        /// Whether the horizon counts down. Default rolling.
        horizon_mode: HorizonMode,
        /// Part of a prediction's expected change that the reservation price follows, at least 0. Default 0.
        change_weight: f64,
        /// Half average spreads by which a prediction's certain direction moves the reservation price, at least 0.
        /// Default 0.
        direction_weight: f64,
        /// Part of the predicted change in volatility that the spread follows, at least 0. Default 0.
        volatility_weight: f64,
        /// Largest move of the reservation price by a prediction, average spreads, at least 0. Default 2.
        max_prediction_shift: f64,
        /// Largest factor by which a prediction widens the spread, and its inverse the smallest; at least 1. 0 and
        /// the default are 3.
        max_prediction_scale: f64,
    }
}

pub(super) use face::StoikovConfig;
use face::{Aversion, HorizonMode, ReferencePrice, StoikovModel};

numbered!(StoikovModel: u8, ReferencePrice: u8, Aversion: u8, HorizonMode: u8);
blank_by_config!(mm_stoikov_config_t);
mirror!(StoikovConfig => mm_stoikov_config_t {
    risk_aversion, k, intensity, horizon, min_half_spread, table_max_sigma, order_quantity, position_limit,
    inventory_target, warm_up, table_steps, change_weight, direction_weight, volatility_weight,
    max_prediction_shift, max_prediction_scale
} numbers { model, reference, aversion, horizon_mode });
