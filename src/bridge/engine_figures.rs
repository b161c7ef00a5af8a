//! What an engine tells of itself, and how a predictor is attached to it.

use crate::ffi::engine_figures::{mm_engine_account_t, mm_engine_stats_t, mm_latency_t};
use crate::ffi::forecaster::{mm_forecaster_config_t, mm_prediction_t};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// Counters of an engine since its creation. Quantities in lots.
    #[cxx_name = "engine_stats"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct EngineStats {
        /// Market-data events, refused ones included.
        events: u64,
        /// Events that the book refused.
        refused_events: u64,
        /// Times that the strategy was asked for quotes.
        quotes: u64,
        /// New orders and replacements sent.
        orders_sent: u64,
        /// Of these, replacements.
        replaces: u64,
        /// Cancels sent.
        cancels: u64,
        /// Orders that the venue refused.
        venue_rejects: u64,
        /// Orders that the risk gate refused.
        risk_refusals: u64,
        /// Fills.
        fills: u64,
        /// Of these, fills that provided liquidity.
        maker_fills: u64,
        /// Lots filled.
        filled_quantity: u64,
        /// Lots of the orders sent.
        ordered_quantity: u64,
        /// What the quotes earned against the mid at the moment of their fills, half ticks x lots.
        spread_captured_half: i64,
        /// Largest |position|, lots.
        max_position: u64,
    }

    /// Position and result of an engine. Money in ticks x lots.
    #[cxx_name = "engine_account"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct EngineAccount {
        /// Lots held; negative is short.
        position: i64,
        /// Profit realised, before fees.
        realised: i64,
        /// Profit of the open position at mark; 0 without a mark.
        unrealised: i64,
        /// Fees paid; negative when rebates were more.
        fees: i64,
        /// Deepest fall of equity after fees from its peak.
        max_drawdown: i64,
        /// The price that the position is marked at, ticks; meaningful if has_mark is true.
        mark: i64,
        /// Whether both sides of the book have been seen.
        has_mark: bool,
    }

    /// Percentiles of one stage's latency, ns.
    #[cxx_name = "latency"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Latency {
        /// How many samples.
        count: u64,
        /// Median.
        p50: u64,
        /// 90th percentile.
        p90: u64,
        /// 99th percentile.
        p99: u64,
        /// 99.9th percentile.
        p999: u64,
        /// Largest.
        max: u64,
    }

    /// How the network is asked: at every row, with the whole window; or row by row, with a state that is carried.
    #[cxx_name = "asking"]
    #[derive(Debug, Hash)]
    #[repr(u32)]
    enum Asking {
        #[cxx_name = "window"]
        Window = 0,
        #[cxx_name = "stream"]
        Stream = 1,
    }

    /// What the outputs of the network mean: MM_READING_*.
    #[cxx_name = "reading"]
    #[derive(Debug, Hash)]
    #[repr(u32)]
    enum Reading {
        #[cxx_name = "by_network"]
        ByNetwork = 0,
        #[cxx_name = "channels"]
        Channels = 1,
        #[cxx_name = "triple"]
        Triple = 2,
    }

    /// How a predictor is attached to an engine.
    #[cxx_name = "forecaster_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct ForecasterConfig {
        /// How the network is asked. Default window.
        asking: Asking,
        /// What its outputs mean. Default by the network.
        reading: Reading,
        /// Steps of the grid that a prediction is about. Of rows of channels 0, the default, is all that the network
        /// forecasts; a triple wants the number that it was trained on.
        horizon: u32,
        /// Of rows of channels: the index of the volatility that is read, as mm_feature_channel_name counts. Default
        /// that of the medium one.
        volatility: u32,
    }

    /// What an attached predictor says, and what it has done. Times in ns.
    #[cxx_name = "prediction"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Prediction {
        /// Expected change of the mid over the horizon, ticks.
        change: f64,
        /// Expected volatility of the mid, ticks per square root of a second; meaningful if has_volatility is true.
        volatility: f64,
        /// Confidence in the sign of the change, -1 (surely down) to 1 (surely up).
        direction: f64,
        /// The end of the last row that the network had seen, where the horizon begins; 0 before the first
        /// prediction.
        as_of: u64,
        /// The end of the horizon, exclusive; 0 before the first prediction.
        valid_until: u64,
        /// From as_of to the engine's latest time.
        age: u64,
        /// Rows that went to the network.
        rows: u64,
        /// Predictions made.
        predictions: u64,
        /// Times that the network refused or said what is no number; there was no prediction then.
        failures: u64,
        /// Whether quotes may follow it: there is one, its horizon is not over, and no gap came after it.
        is_valid: bool,
        /// Whether the model said a volatility.
        has_volatility: bool,
        /// Whether the feature window is full, from when on a network that reads whole windows is asked.
        is_window_full: bool,
    }
}

use face::{Asking, Reading};
pub(super) use face::{EngineAccount, EngineStats, ForecasterConfig, Latency, Prediction};

numbered!(Asking: u32, Reading: u32);
blank_by_config!(mm_forecaster_config_t);
shown!(EngineStats => mm_engine_stats_t {
    events, refused_events, quotes, orders_sent, replaces, cancels, venue_rejects, risk_refusals, fills,
    maker_fills, filled_quantity, ordered_quantity, spread_captured_half, max_position
});
shown!(EngineAccount => mm_engine_account_t {
    position, realised, unrealised, fees, max_drawdown, mark
} flags { has_mark });
shown!(Latency => mm_latency_t { count, p50, p90, p99, p999, max });
mirror!(ForecasterConfig => mm_forecaster_config_t { horizon, volatility } numbers { asking, reading });
shown!(Prediction => mm_prediction_t {
    change, volatility, direction, as_of, valid_until, age, rows, predictions, failures
} flags { is_valid, has_volatility, is_window_full });
