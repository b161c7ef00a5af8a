//! Every export as a call with an attacker's arguments. Generated from `src/ffi` by `tests/header.rs`: edit there.
#![allow(unused_imports, unused_variables, reason = "not every file has a function, not every function arguments")]

use std::ffi::c_char;
use std::mem::offset_of;

use market_maker::ffi::analytics::*;
use market_maker::ffi::analytics_config::*;
use market_maker::ffi::analytics_figures::*;
use market_maker::ffi::analytics_types::*;
use market_maker::ffi::book::*;
use market_maker::ffi::book_manager::*;
use market_maker::ffi::book_view::*;
use market_maker::ffi::depth::*;
use market_maker::ffi::engine::*;
use market_maker::ffi::engine_config::*;
use market_maker::ffi::engine_figures::*;
use market_maker::ffi::event::*;
use market_maker::ffi::feature_config::*;
use market_maker::ffi::features::*;
use market_maker::ffi::forecaster::*;
use market_maker::ffi::isa::*;
use market_maker::ffi::kill_switch::*;
use market_maker::ffi::matching::*;
use market_maker::ffi::order_config::*;
use market_maker::ffi::order_types::*;
use market_maker::ffi::order_view::*;
use market_maker::ffi::orders::*;
use market_maker::ffi::performance::*;
use market_maker::ffi::pool::*;
use market_maker::ffi::position::*;
use market_maker::ffi::position_types::*;
use market_maker::ffi::predictor::*;
use market_maker::ffi::predictor_config::*;
use market_maker::ffi::quote::*;
use market_maker::ffi::reader::*;
use market_maker::ffi::reconcile::*;
use market_maker::ffi::risk::*;
use market_maker::ffi::risk_config::*;
use market_maker::ffi::risk_control::*;
use market_maker::ffi::risk_feed::*;
use market_maker::ffi::risk_monitor::*;
use market_maker::ffi::route::*;
use market_maker::ffi::shutdown::*;
use market_maker::ffi::status::*;
use market_maker::ffi::store::*;
use market_maker::ffi::store_orders::*;
use market_maker::ffi::store_read::*;
use market_maker::ffi::store_reader::*;
use market_maker::ffi::store_types::*;
use market_maker::ffi::strategy::*;
use market_maker::ffi::synthetic::*;
use market_maker::ffi::trees::*;
use market_maker::ffi::venue::*;
use market_maker::ffi::version::*;

use super::abi::{Export, Field, Kind, Struct};

/// What the handles are, by number.
pub const NOUNS: [&str; 21] = [
    "mm_analytics_t",
    "mm_book_manager_t",
    "mm_book_t",
    "mm_engine_t",
    "mm_feature_window_t",
    "mm_kill_switch_t",
    "mm_level_book_t",
    "mm_order_manager_t",
    "mm_performance_t",
    "mm_pool_t",
    "mm_position_tracker_t",
    "mm_predictor_t",
    "mm_quoter_t",
    "mm_reader_t",
    "mm_risk_gate_t",
    "mm_risk_monitor_t",
    "mm_shutdown_t",
    "mm_store_reader_t",
    "mm_store_t",
    "mm_trees_t",
    "mm_venue_t",
];

/// Every struct that a caller fills, by name.
pub static STRUCTS: &[Struct] = &[
    Struct {
        name: "mm_analytics_book_report_t",
        size: size_of::<mm_analytics_book_report_t>(),
        init: None,
        fields: &[
            Field { name: "spread_time", at: offset_of!(mm_analytics_book_report_t, spread_time), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "unsound_time", at: offset_of!(mm_analytics_book_report_t, unsound_time), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "spread_mean", at: offset_of!(mm_analytics_book_report_t, spread_mean), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_p10", at: offset_of!(mm_analytics_book_report_t, spread_p10), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_p50", at: offset_of!(mm_analytics_book_report_t, spread_p50), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_p90", at: offset_of!(mm_analytics_book_report_t, spread_p90), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "depth_weighted_spread", at: offset_of!(mm_analytics_book_report_t, depth_weighted_spread), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "bid_lifetime", at: offset_of!(mm_analytics_book_report_t, bid_lifetime), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "ask_lifetime", at: offset_of!(mm_analytics_book_report_t, ask_lifetime), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_recovery", at: offset_of!(mm_analytics_book_report_t, spread_recovery), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "depth_recovery", at: offset_of!(mm_analytics_book_report_t, depth_recovery), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "replenishment", at: offset_of!(mm_analytics_book_report_t, replenishment), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "replenishments", at: offset_of!(mm_analytics_book_report_t, replenishments), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_analytics_config_t",
        size: size_of::<mm_analytics_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_analytics_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_analytics_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "horizons", at: offset_of!(mm_analytics_config_t, horizons), width: size_of::<[u64; 12]>(), kind: Kind::Bytes },
            Field { name: "count_windows", at: offset_of!(mm_analytics_config_t, count_windows), width: size_of::<[u64; 8]>(), kind: Kind::Bytes },
            Field { name: "cancel_sample", at: offset_of!(mm_analytics_config_t, cancel_sample), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "vpin_bucket", at: offset_of!(mm_analytics_config_t, vpin_bucket), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "replenishment_window", at: offset_of!(mm_analytics_config_t, replenishment_window), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "recovery_limit", at: offset_of!(mm_analytics_config_t, recovery_limit), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "depth_share", at: offset_of!(mm_analytics_config_t, depth_share), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "fill_horizon", at: offset_of!(mm_analytics_config_t, fill_horizon), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "fill_strength", at: offset_of!(mm_analytics_config_t, fill_strength), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "horizon_count", at: offset_of!(mm_analytics_config_t, horizon_count), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "count_window_count", at: offset_of!(mm_analytics_config_t, count_window_count), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "vpin_buckets", at: offset_of!(mm_analytics_config_t, vpin_buckets), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_spread", at: offset_of!(mm_analytics_config_t, max_spread), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "depth_levels", at: offset_of!(mm_analytics_config_t, depth_levels), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "sign_lags", at: offset_of!(mm_analytics_config_t, sign_lags), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_pending", at: offset_of!(mm_analytics_config_t, max_pending), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_orders", at: offset_of!(mm_analytics_config_t, max_orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_waiting", at: offset_of!(mm_analytics_config_t, max_waiting), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reliability_bins", at: offset_of!(mm_analytics_config_t, reliability_bins), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "fill_mode", at: offset_of!(mm_analytics_config_t, fill_mode), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_analytics_config_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
            Field { name: "kyle_interval", at: offset_of!(mm_analytics_config_t, kyle_interval), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_analytics_fill_report_t",
        size: size_of::<mm_analytics_fill_report_t>(),
        init: None,
        fields: &[
            Field { name: "orders", at: offset_of!(mm_analytics_fill_report_t, orders), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "alive", at: offset_of!(mm_analytics_fill_report_t, alive), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "unwatched", at: offset_of!(mm_analytics_fill_report_t, unwatched), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "forecasts", at: offset_of!(mm_analytics_fill_report_t, forecasts), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "base_rate", at: offset_of!(mm_analytics_fill_report_t, base_rate), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "brier_score", at: offset_of!(mm_analytics_fill_report_t, brier_score), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "skill", at: offset_of!(mm_analytics_fill_report_t, skill), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "calibration_error", at: offset_of!(mm_analytics_fill_report_t, calibration_error), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_analytics_flow_report_t",
        size: size_of::<mm_analytics_flow_report_t>(),
        init: None,
        fields: &[
            Field { name: "trades", at: offset_of!(mm_analytics_flow_report_t, trades), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "size_mean", at: offset_of!(mm_analytics_flow_report_t, size_mean), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "size_p50", at: offset_of!(mm_analytics_flow_report_t, size_p50), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "size_p90", at: offset_of!(mm_analytics_flow_report_t, size_p90), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "size_p99", at: offset_of!(mm_analytics_flow_report_t, size_p99), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "sign_mean", at: offset_of!(mm_analytics_flow_report_t, sign_mean), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "interval_dispersion", at: offset_of!(mm_analytics_flow_report_t, interval_dispersion), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "vpin", at: offset_of!(mm_analytics_flow_report_t, vpin), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "vpin_percentile", at: offset_of!(mm_analytics_flow_report_t, vpin_percentile), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "impact_peak", at: offset_of!(mm_analytics_flow_report_t, impact_peak), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "impact_permanent", at: offset_of!(mm_analytics_flow_report_t, impact_permanent), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "permanent_share", at: offset_of!(mm_analytics_flow_report_t, permanent_share), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_audit_record_t",
        size: size_of::<mm_audit_record_t>(),
        init: None,
        fields: &[
            Field { name: "sequence", at: offset_of!(mm_audit_record_t, sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "timestamp", at: offset_of!(mm_audit_record_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_id", at: offset_of!(mm_audit_record_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_audit_record_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_audit_record_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "observed", at: offset_of!(mm_audit_record_t, observed), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "limit", at: offset_of!(mm_audit_record_t, limit), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_audit_record_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_audit_record_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reason", at: offset_of!(mm_audit_record_t, reason), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_audit_record_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "flags", at: offset_of!(mm_audit_record_t, flags), width: size_of::<u8>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_batch_t",
        size: size_of::<mm_batch_t>(),
        init: None,
        fields: &[
            Field { name: "applied", at: offset_of!(mm_batch_t, applied), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "touched", at: offset_of!(mm_batch_t, touched), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reason", at: offset_of!(mm_batch_t, reason), width: size_of::<mm_status_t>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_book_config_t",
        size: size_of::<mm_book_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_book_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_book_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "max_orders", at: offset_of!(mm_book_config_t, max_orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "window_ticks", at: offset_of!(mm_book_config_t, window_ticks), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "keep_priority_on_decrease", at: offset_of!(mm_book_config_t, keep_priority_on_decrease), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "track_priority", at: offset_of!(mm_book_config_t, track_priority), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_book_config_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_book_event_t",
        size: size_of::<mm_book_event_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_book_event_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "maker_id", at: offset_of!(mm_book_event_t, maker_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_book_event_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_book_event_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "remaining", at: offset_of!(mm_book_event_t, remaining), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "maker_remaining", at: offset_of!(mm_book_event_t, maker_remaining), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_book_event_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_book_event_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reason", at: offset_of!(mm_book_event_t, reason), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "maker_anonymous", at: offset_of!(mm_book_event_t, maker_anonymous), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_book_event_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_break_t",
        size: size_of::<mm_break_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_break_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "ours", at: offset_of!(mm_break_t, ours), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "venue", at: offset_of!(mm_break_t, venue), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_break_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_break_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_cancel_bucket_t",
        size: size_of::<mm_cancel_bucket_t>(),
        init: None,
        fields: &[
            Field { name: "adds", at: offset_of!(mm_cancel_bucket_t, adds), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cancels", at: offset_of!(mm_cancel_bucket_t, cancels), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "lots", at: offset_of!(mm_cancel_bucket_t, lots), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "rate", at: offset_of!(mm_cancel_bucket_t, rate), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_count_dispersion_t",
        size: size_of::<mm_count_dispersion_t>(),
        init: None,
        fields: &[
            Field { name: "windows", at: offset_of!(mm_count_dispersion_t, windows), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "mean", at: offset_of!(mm_count_dispersion_t, mean), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "fano", at: offset_of!(mm_count_dispersion_t, fano), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "branching_ratio", at: offset_of!(mm_count_dispersion_t, branching_ratio), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_decision_t",
        size: size_of::<mm_decision_t>(),
        init: None,
        fields: &[
            Field { name: "refused", at: offset_of!(mm_decision_t, refused), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "held", at: offset_of!(mm_decision_t, held), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "last_refusal", at: offset_of!(mm_decision_t, last_refusal), width: size_of::<mm_status_t>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_decision_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_engine_account_t",
        size: size_of::<mm_engine_account_t>(),
        init: None,
        fields: &[
            Field { name: "position", at: offset_of!(mm_engine_account_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "realised", at: offset_of!(mm_engine_account_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "unrealised", at: offset_of!(mm_engine_account_t, unrealised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fees", at: offset_of!(mm_engine_account_t, fees), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_drawdown", at: offset_of!(mm_engine_account_t, max_drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "mark", at: offset_of!(mm_engine_account_t, mark), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "has_mark", at: offset_of!(mm_engine_account_t, has_mark), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_engine_account_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_engine_config_t",
        size: size_of::<mm_engine_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_engine_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_engine_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_engine_config_t, instrument), width: size_of::<*const mm_instrument_t>(), kind: Kind::Pointer(26, None) },
            Field { name: "book", at: offset_of!(mm_engine_config_t, book), width: size_of::<*const mm_book_config_t>(), kind: Kind::Pointer(6, None) },
            Field { name: "strategy", at: offset_of!(mm_engine_config_t, strategy), width: size_of::<*const mm_stoikov_config_t>(), kind: Kind::Pointer(71, None) },
            Field { name: "risk", at: offset_of!(mm_engine_config_t, risk), width: size_of::<*const mm_risk_config_t>(), kind: Kind::Pointer(59, None) },
            Field { name: "orders", at: offset_of!(mm_engine_config_t, orders), width: size_of::<*const mm_order_manager_config_t>(), kind: Kind::Pointer(37, None) },
            Field { name: "volatility_half_life", at: offset_of!(mm_engine_config_t, volatility_half_life), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_half_life", at: offset_of!(mm_engine_config_t, spread_half_life), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "flow_half_life", at: offset_of!(mm_engine_config_t, flow_half_life), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "by_level", at: offset_of!(mm_engine_config_t, by_level), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "clock", at: offset_of!(mm_engine_config_t, clock), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_engine_config_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_engine_stats_t",
        size: size_of::<mm_engine_stats_t>(),
        init: None,
        fields: &[
            Field { name: "events", at: offset_of!(mm_engine_stats_t, events), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "refused_events", at: offset_of!(mm_engine_stats_t, refused_events), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "quotes", at: offset_of!(mm_engine_stats_t, quotes), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "orders_sent", at: offset_of!(mm_engine_stats_t, orders_sent), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "replaces", at: offset_of!(mm_engine_stats_t, replaces), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cancels", at: offset_of!(mm_engine_stats_t, cancels), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "venue_rejects", at: offset_of!(mm_engine_stats_t, venue_rejects), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "risk_refusals", at: offset_of!(mm_engine_stats_t, risk_refusals), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "fills", at: offset_of!(mm_engine_stats_t, fills), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "maker_fills", at: offset_of!(mm_engine_stats_t, maker_fills), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "filled_quantity", at: offset_of!(mm_engine_stats_t, filled_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "ordered_quantity", at: offset_of!(mm_engine_stats_t, ordered_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "spread_captured_half", at: offset_of!(mm_engine_stats_t, spread_captured_half), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_position", at: offset_of!(mm_engine_stats_t, max_position), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_event_t",
        size: size_of::<mm_event_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_event_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "received", at: offset_of!(mm_event_t, received), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sequence", at: offset_of!(mm_event_t, sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_id", at: offset_of!(mm_event_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "new_order_id", at: offset_of!(mm_event_t, new_order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_event_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_event_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_event_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_event_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_event_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "flags", at: offset_of!(mm_event_t, flags), width: size_of::<u16>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_execution_report_t",
        size: size_of::<mm_execution_report_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_execution_report_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "new_order_id", at: offset_of!(mm_execution_report_t, new_order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_execution_report_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_execution_report_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "leaves", at: offset_of!(mm_execution_report_t, leaves), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "timestamp", at: offset_of!(mm_execution_report_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_execution_report_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_execution_report_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_execution_report_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_maker", at: offset_of!(mm_execution_report_t, is_maker), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_execution_report_t, reserved), width: size_of::<u8>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_exposure_t",
        size: size_of::<mm_exposure_t>(),
        init: None,
        fields: &[
            Field { name: "position", at: offset_of!(mm_exposure_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "working_buy", at: offset_of!(mm_exposure_t, working_buy), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "working_sell", at: offset_of!(mm_exposure_t, working_sell), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reference", at: offset_of!(mm_exposure_t, reference), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "has_reference", at: offset_of!(mm_exposure_t, has_reference), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_exposure_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_feature_window_config_t",
        size: size_of::<mm_feature_window_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_feature_window_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_feature_window_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "step", at: offset_of!(mm_feature_window_config_t, step), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "volatility_half_lives", at: offset_of!(mm_feature_window_config_t, volatility_half_lives), width: size_of::<[f64; 3]>(), kind: Kind::Bytes },
            Field { name: "kyle_half_life", at: offset_of!(mm_feature_window_config_t, kyle_half_life), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "vpin_bucket", at: offset_of!(mm_feature_window_config_t, vpin_bucket), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "day_start", at: offset_of!(mm_feature_window_config_t, day_start), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "normaliser_half_life_rows", at: offset_of!(mm_feature_window_config_t, normaliser_half_life_rows), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "normaliser_clip", at: offset_of!(mm_feature_window_config_t, normaliser_clip), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "rows", at: offset_of!(mm_feature_window_config_t, rows), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "vpin_buckets", at: offset_of!(mm_feature_window_config_t, vpin_buckets), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "normalise", at: offset_of!(mm_feature_window_config_t, normalise), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "normaliser_learns", at: offset_of!(mm_feature_window_config_t, normaliser_learns), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_feature_window_config_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_feature_window_info_t",
        size: size_of::<mm_feature_window_info_t>(),
        init: None,
        fields: &[
            Field { name: "rows", at: offset_of!(mm_feature_window_info_t, rows), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "columns", at: offset_of!(mm_feature_window_info_t, columns), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "rows_completed", at: offset_of!(mm_feature_window_info_t, rows_completed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "rows_skipped", at: offset_of!(mm_feature_window_info_t, rows_skipped), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "next_end", at: offset_of!(mm_feature_window_info_t, next_end), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "is_full", at: offset_of!(mm_feature_window_info_t, is_full), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_feature_window_info_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_fill_outcome_t",
        size: size_of::<mm_fill_outcome_t>(),
        init: None,
        fields: &[
            Field { name: "realised", at: offset_of!(mm_fill_outcome_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fee_micro", at: offset_of!(mm_fill_outcome_t, fee_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "closed", at: offset_of!(mm_fill_outcome_t, closed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "opened", at: offset_of!(mm_fill_outcome_t, opened), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_fill_outcome_t, position), width: size_of::<i64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_fill_t",
        size: size_of::<mm_fill_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_fill_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_id", at: offset_of!(mm_fill_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_fill_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_fill_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_fill_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_fill_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_maker", at: offset_of!(mm_fill_t, is_maker), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_fill_t, reserved), width: size_of::<u16>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_forecaster_config_t",
        size: size_of::<mm_forecaster_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_forecaster_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_forecaster_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "asking", at: offset_of!(mm_forecaster_config_t, asking), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reading", at: offset_of!(mm_forecaster_config_t, reading), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "horizon", at: offset_of!(mm_forecaster_config_t, horizon), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "volatility", at: offset_of!(mm_forecaster_config_t, volatility), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_impact_cell_t",
        size: size_of::<mm_impact_cell_t>(),
        init: None,
        fields: &[
            Field { name: "trades", at: offset_of!(mm_impact_cell_t, trades), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "impact", at: offset_of!(mm_impact_cell_t, impact), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "standard_error", at: offset_of!(mm_impact_cell_t, standard_error), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_increments_t",
        size: size_of::<mm_increments_t>(),
        init: None,
        fields: &[
            Field { name: "tick", at: offset_of!(mm_increments_t, tick), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "lot", at: offset_of!(mm_increments_t, lot), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_instrument_rules_t",
        size: size_of::<mm_instrument_rules_t>(),
        init: None,
        fields: &[
            Field { name: "quantity_increment", at: offset_of!(mm_instrument_rules_t, quantity_increment), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "unit_value", at: offset_of!(mm_instrument_rules_t, unit_value), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "price_increment", at: offset_of!(mm_instrument_rules_t, price_increment), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "restriction", at: offset_of!(mm_instrument_rules_t, restriction), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_instrument_rules_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_instrument_t",
        size: size_of::<mm_instrument_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_instrument_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_instrument_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "symbol", at: offset_of!(mm_instrument_t, symbol), width: size_of::<[c_char; 16]>(), kind: Kind::Bytes },
            Field { name: "tick", at: offset_of!(mm_instrument_t, tick), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "lot", at: offset_of!(mm_instrument_t, lot), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "maker_rate_ppb", at: offset_of!(mm_instrument_t, maker_rate_ppb), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "taker_rate_ppb", at: offset_of!(mm_instrument_t, taker_rate_ppb), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "maker_per_lot_micro", at: offset_of!(mm_instrument_t, maker_per_lot_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "taker_per_lot_micro", at: offset_of!(mm_instrument_t, taker_per_lot_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "id", at: offset_of!(mm_instrument_t, id), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_instrument_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_kyle_lambda_t",
        size: size_of::<mm_kyle_lambda_t>(),
        init: None,
        fields: &[
            Field { name: "intervals", at: offset_of!(mm_kyle_lambda_t, intervals), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "lambda", at: offset_of!(mm_kyle_lambda_t, lambda), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "standard_error", at: offset_of!(mm_kyle_lambda_t, standard_error), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "intercept", at: offset_of!(mm_kyle_lambda_t, intercept), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "r_squared", at: offset_of!(mm_kyle_lambda_t, r_squared), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_latency_t",
        size: size_of::<mm_latency_t>(),
        init: None,
        fields: &[
            Field { name: "count", at: offset_of!(mm_latency_t, count), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "p50", at: offset_of!(mm_latency_t, p50), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "p90", at: offset_of!(mm_latency_t, p90), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "p99", at: offset_of!(mm_latency_t, p99), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "p999", at: offset_of!(mm_latency_t, p999), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "max", at: offset_of!(mm_latency_t, max), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_level_book_config_t",
        size: size_of::<mm_level_book_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_level_book_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_level_book_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "max_levels", at: offset_of!(mm_level_book_config_t, max_levels), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "window_ticks", at: offset_of!(mm_level_book_config_t, window_ticks), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_level_t",
        size: size_of::<mm_level_t>(),
        init: None,
        fields: &[
            Field { name: "price", at: offset_of!(mm_level_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_level_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "orders", at: offset_of!(mm_level_t, orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_level_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_market_top_t",
        size: size_of::<mm_market_top_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_market_top_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_market_top_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "bid", at: offset_of!(mm_market_top_t, bid), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "ask", at: offset_of!(mm_market_top_t, ask), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "reference", at: offset_of!(mm_market_top_t, reference), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "has_bid", at: offset_of!(mm_market_top_t, has_bid), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_ask", at: offset_of!(mm_market_top_t, has_ask), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_reference", at: offset_of!(mm_market_top_t, has_reference), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_market_top_t, reserved), width: size_of::<[u8; 5]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_markout_t",
        size: size_of::<mm_markout_t>(),
        init: None,
        fields: &[
            Field { name: "horizon", at: offset_of!(mm_markout_t, horizon), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "trades", at: offset_of!(mm_markout_t, trades), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "effective_spread", at: offset_of!(mm_markout_t, effective_spread), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "realised_spread", at: offset_of!(mm_markout_t, realised_spread), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "price_impact", at: offset_of!(mm_markout_t, price_impact), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "effective_spread_by_quantity", at: offset_of!(mm_markout_t, effective_spread_by_quantity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "realised_spread_by_quantity", at: offset_of!(mm_markout_t, realised_spread_by_quantity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "price_impact_by_quantity", at: offset_of!(mm_markout_t, price_impact_by_quantity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "toxic_share", at: offset_of!(mm_markout_t, toxic_share), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "toxic_share_by_quantity", at: offset_of!(mm_markout_t, toxic_share_by_quantity), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_match_t",
        size: size_of::<mm_match_t>(),
        init: None,
        fields: &[
            Field { name: "filled", at: offset_of!(mm_match_t, filled), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "resting", at: offset_of!(mm_match_t, resting), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cancelled", at: offset_of!(mm_match_t, cancelled), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "touched", at: offset_of!(mm_match_t, touched), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_match_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_new_order_t",
        size: size_of::<mm_new_order_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_new_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_new_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_new_order_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_new_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_new_order_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "time_in_force", at: offset_of!(mm_new_order_t, time_in_force), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_new_order_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_new_order_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_order_action_t",
        size: size_of::<mm_order_action_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_order_action_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "new_order_id", at: offset_of!(mm_order_action_t, new_order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_order_action_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_order_action_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "replaced_quantity", at: offset_of!(mm_order_action_t, replaced_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_order_action_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_order_action_t, kind), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_order_action_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_order_action_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "level", at: offset_of!(mm_order_action_t, level), width: size_of::<u8>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_order_intent_t",
        size: size_of::<mm_order_intent_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_order_intent_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_order_intent_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_order_intent_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "replaces", at: offset_of!(mm_order_intent_t, replaces), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_order_intent_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_order_intent_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_order_manager_config_t",
        size: size_of::<mm_order_manager_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_order_manager_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_order_manager_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "first_sequence", at: offset_of!(mm_order_manager_config_t, first_sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_order_manager_config_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "capacity", at: offset_of!(mm_order_manager_config_t, capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "requote_distance", at: offset_of!(mm_order_manager_config_t, requote_distance), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "requote_quantity_bps", at: offset_of!(mm_order_manager_config_t, requote_quantity_bps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "requote_unit", at: offset_of!(mm_order_manager_config_t, requote_unit), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "replace_mode", at: offset_of!(mm_order_manager_config_t, replace_mode), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_order_manager_config_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_order_manager_config_t, reserved), width: size_of::<[u8; 5]>(), kind: Kind::Bytes },
            Field { name: "fill_ids", at: offset_of!(mm_order_manager_config_t, fill_ids), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "finished_orders", at: offset_of!(mm_order_manager_config_t, finished_orders), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_order_request_t",
        size: size_of::<mm_order_request_t>(),
        init: None,
        fields: &[
            Field { name: "price", at: offset_of!(mm_order_request_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_order_request_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_order_request_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_order_request_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_order_request_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_order_t",
        size: size_of::<mm_order_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "linked_id", at: offset_of!(mm_order_t, linked_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "remaining", at: offset_of!(mm_order_t, remaining), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "filled", at: offset_of!(mm_order_t, filled), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sent", at: offset_of!(mm_order_t, sent), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "state", at: offset_of!(mm_order_t, state), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "level", at: offset_of!(mm_order_t, level), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_order_t, reserved), width: size_of::<[u8; 5]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_performance_config_t",
        size: size_of::<mm_performance_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_performance_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_performance_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "capital", at: offset_of!(mm_performance_config_t, capital), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "periods_per_year", at: offset_of!(mm_performance_config_t, periods_per_year), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "risk_free", at: offset_of!(mm_performance_config_t, risk_free), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "target", at: offset_of!(mm_performance_config_t, target), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "horizons", at: offset_of!(mm_performance_config_t, horizons), width: size_of::<[u64; 12]>(), kind: Kind::Bytes },
            Field { name: "horizon_count", at: offset_of!(mm_performance_config_t, horizon_count), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_pending", at: offset_of!(mm_performance_config_t, max_pending), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_performance_report_t",
        size: size_of::<mm_performance_report_t>(),
        init: None,
        fields: &[
            Field { name: "periods", at: offset_of!(mm_performance_report_t, periods), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sharpe", at: offset_of!(mm_performance_report_t, sharpe), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "sortino", at: offset_of!(mm_performance_report_t, sortino), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "information_ratio", at: offset_of!(mm_performance_report_t, information_ratio), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "max_drawdown", at: offset_of!(mm_performance_report_t, max_drawdown), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "max_drawdown_percent", at: offset_of!(mm_performance_report_t, max_drawdown_percent), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "win_rate", at: offset_of!(mm_performance_report_t, win_rate), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "profit_factor", at: offset_of!(mm_performance_report_t, profit_factor), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "spread_capture", at: offset_of!(mm_performance_report_t, spread_capture), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "adverse_selection", at: offset_of!(mm_performance_report_t, adverse_selection), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "trades_per_second", at: offset_of!(mm_performance_report_t, trades_per_second), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_pool_config_t",
        size: size_of::<mm_pool_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_pool_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_pool_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "block_size", at: offset_of!(mm_pool_config_t, block_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "alignment", at: offset_of!(mm_pool_config_t, alignment), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "capacity", at: offset_of!(mm_pool_config_t, capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_pool_config_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_pool_stats_t",
        size: size_of::<mm_pool_stats_t>(),
        init: None,
        fields: &[
            Field { name: "capacity", at: offset_of!(mm_pool_stats_t, capacity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "in_use", at: offset_of!(mm_pool_stats_t, in_use), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "high_water", at: offset_of!(mm_pool_stats_t, high_water), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "allocated", at: offset_of!(mm_pool_stats_t, allocated), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "freed", at: offset_of!(mm_pool_stats_t, freed), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_position_limits_t",
        size: size_of::<mm_position_limits_t>(),
        init: None,
        fields: &[
            Field { name: "max_position_size", at: offset_of!(mm_position_limits_t, max_position_size), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_long_position", at: offset_of!(mm_position_limits_t, max_long_position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_short_position", at: offset_of!(mm_position_limits_t, max_short_position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_daily_loss", at: offset_of!(mm_position_limits_t, max_daily_loss), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_drawdown", at: offset_of!(mm_position_limits_t, max_drawdown), width: size_of::<i64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_position_t",
        size: size_of::<mm_position_t>(),
        init: None,
        fields: &[
            Field { name: "quantity", at: offset_of!(mm_position_t, quantity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "average_price", at: offset_of!(mm_position_t, average_price), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "realised", at: offset_of!(mm_position_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "unrealised", at: offset_of!(mm_position_t, unrealised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fees", at: offset_of!(mm_position_t, fees), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "mark", at: offset_of!(mm_position_t, mark), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "bought", at: offset_of!(mm_position_t, bought), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sold", at: offset_of!(mm_position_t, sold), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "fills", at: offset_of!(mm_position_t, fills), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_position_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "has_mark", at: offset_of!(mm_position_t, has_mark), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_position_totals_t",
        size: size_of::<mm_position_totals_t>(),
        init: None,
        fields: &[
            Field { name: "realised", at: offset_of!(mm_position_totals_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "unrealised", at: offset_of!(mm_position_totals_t, unrealised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fees", at: offset_of!(mm_position_totals_t, fees), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "equity", at: offset_of!(mm_position_totals_t, equity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "peak_equity", at: offset_of!(mm_position_totals_t, peak_equity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "drawdown", at: offset_of!(mm_position_totals_t, drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_drawdown", at: offset_of!(mm_position_totals_t, max_drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "daily_profit", at: offset_of!(mm_position_totals_t, daily_profit), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fills", at: offset_of!(mm_position_totals_t, fills), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_position_tracker_config_t",
        size: size_of::<mm_position_tracker_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_position_tracker_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_position_tracker_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "capital", at: offset_of!(mm_position_tracker_config_t, capital), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "limits", at: offset_of!(mm_position_tracker_config_t, limits), width: size_of::<mm_position_limits_t>(), kind: Kind::Bytes },
            Field { name: "instruments", at: offset_of!(mm_position_tracker_config_t, instruments), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "history", at: offset_of!(mm_position_tracker_config_t, history), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_prediction_t",
        size: size_of::<mm_prediction_t>(),
        init: None,
        fields: &[
            Field { name: "change", at: offset_of!(mm_prediction_t, change), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "volatility", at: offset_of!(mm_prediction_t, volatility), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "direction", at: offset_of!(mm_prediction_t, direction), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "as_of", at: offset_of!(mm_prediction_t, as_of), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "valid_until", at: offset_of!(mm_prediction_t, valid_until), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "age", at: offset_of!(mm_prediction_t, age), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "rows", at: offset_of!(mm_prediction_t, rows), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "predictions", at: offset_of!(mm_prediction_t, predictions), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "failures", at: offset_of!(mm_prediction_t, failures), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "is_valid", at: offset_of!(mm_prediction_t, is_valid), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_volatility", at: offset_of!(mm_prediction_t, has_volatility), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_window_full", at: offset_of!(mm_prediction_t, is_window_full), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_prediction_t, reserved), width: size_of::<[u8; 5]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_predictor_config_t",
        size: size_of::<mm_predictor_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_predictor_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_predictor_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "seed", at: offset_of!(mm_predictor_config_t, seed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "kind", at: offset_of!(mm_predictor_config_t, kind), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "precision", at: offset_of!(mm_predictor_config_t, precision), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "bad_input", at: offset_of!(mm_predictor_config_t, bad_input), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_batch", at: offset_of!(mm_predictor_config_t, max_batch), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "d_model", at: offset_of!(mm_predictor_config_t, d_model), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "n_layer", at: offset_of!(mm_predictor_config_t, n_layer), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "seq_len", at: offset_of!(mm_predictor_config_t, seq_len), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "d_state", at: offset_of!(mm_predictor_config_t, d_state), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "num_channels", at: offset_of!(mm_predictor_config_t, num_channels), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "forecast_len", at: offset_of!(mm_predictor_config_t, forecast_len), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "patch_len", at: offset_of!(mm_predictor_config_t, patch_len), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "stride", at: offset_of!(mm_predictor_config_t, stride), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "expand", at: offset_of!(mm_predictor_config_t, expand), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "d_conv", at: offset_of!(mm_predictor_config_t, d_conv), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "dt_rank", at: offset_of!(mm_predictor_config_t, dt_rank), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reduction_ratio", at: offset_of!(mm_predictor_config_t, reduction_ratio), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "progressive_state", at: offset_of!(mm_predictor_config_t, progressive_state), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_predictor_config_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
            Field { name: "lstm_steps", at: offset_of!(mm_predictor_config_t, lstm_steps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "lstm_features", at: offset_of!(mm_predictor_config_t, lstm_features), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "lstm_hidden", at: offset_of!(mm_predictor_config_t, lstm_hidden), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "lstm_layers", at: offset_of!(mm_predictor_config_t, lstm_layers), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "lstm_dense", at: offset_of!(mm_predictor_config_t, lstm_dense), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "lstm_outputs", at: offset_of!(mm_predictor_config_t, lstm_outputs), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved_end", at: offset_of!(mm_predictor_config_t, reserved_end), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_predictor_info_t",
        size: size_of::<mm_predictor_info_t>(),
        init: None,
        fields: &[
            Field { name: "input_rows", at: offset_of!(mm_predictor_info_t, input_rows), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "input_columns", at: offset_of!(mm_predictor_info_t, input_columns), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "output_rows", at: offset_of!(mm_predictor_info_t, output_rows), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "output_columns", at: offset_of!(mm_predictor_info_t, output_columns), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "stream_period", at: offset_of!(mm_predictor_info_t, stream_period), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "stream_warm_up", at: offset_of!(mm_predictor_info_t, stream_warm_up), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "scratch_bytes", at: offset_of!(mm_predictor_info_t, scratch_bytes), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "weight_bytes", at: offset_of!(mm_predictor_info_t, weight_bytes), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "max_batch", at: offset_of!(mm_predictor_info_t, max_batch), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "isa", at: offset_of!(mm_predictor_info_t, isa), width: size_of::<*const c_char>(), kind: Kind::Text },
            Field { name: "kind", at: offset_of!(mm_predictor_info_t, kind), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "precision", at: offset_of!(mm_predictor_info_t, precision), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "bad_input", at: offset_of!(mm_predictor_info_t, bad_input), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "is_trained", at: offset_of!(mm_predictor_info_t, is_trained), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_predictor_info_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_queue_position_t",
        size: size_of::<mm_queue_position_t>(),
        init: None,
        fields: &[
            Field { name: "orders_ahead", at: offset_of!(mm_queue_position_t, orders_ahead), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "quantity_ahead", at: offset_of!(mm_queue_position_t, quantity_ahead), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_quoter_config_t",
        size: size_of::<mm_quoter_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_quoter_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_quoter_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "gamma", at: offset_of!(mm_quoter_config_t, gamma), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "xi", at: offset_of!(mm_quoter_config_t, xi), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "sigma", at: offset_of!(mm_quoter_config_t, sigma), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "k", at: offset_of!(mm_quoter_config_t, k), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "intensity", at: offset_of!(mm_quoter_config_t, intensity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "order_size", at: offset_of!(mm_quoter_config_t, order_size), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "horizon", at: offset_of!(mm_quoter_config_t, horizon), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "inventory_limit", at: offset_of!(mm_quoter_config_t, inventory_limit), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "horizon_steps", at: offset_of!(mm_quoter_config_t, horizon_steps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "model", at: offset_of!(mm_quoter_config_t, model), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_quoter_config_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_quotes_t",
        size: size_of::<mm_quotes_t>(),
        init: None,
        fields: &[
            Field { name: "bid", at: offset_of!(mm_quotes_t, bid), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "ask", at: offset_of!(mm_quotes_t, ask), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "has_bid", at: offset_of!(mm_quotes_t, has_bid), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_ask", at: offset_of!(mm_quotes_t, has_ask), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_quotes_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_reader_config_t",
        size: size_of::<mm_reader_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_reader_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_reader_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_reader_config_t, instrument), width: size_of::<*const mm_instrument_t>(), kind: Kind::Pointer(26, None) },
            Field { name: "seed_path", at: offset_of!(mm_reader_config_t, seed_path), width: size_of::<*const c_char>(), kind: Kind::Text },
            Field { name: "seed_row", at: offset_of!(mm_reader_config_t, seed_row), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "more_paths", at: offset_of!(mm_reader_config_t, more_paths), width: size_of::<*const *const c_char>(), kind: Kind::Texts(Some(offset_of!(mm_reader_config_t, more_path_count))) },
            Field { name: "more_path_count", at: offset_of!(mm_reader_config_t, more_path_count), width: size_of::<usize>(), kind: Kind::Count },
            Field { name: "venue_instrument", at: offset_of!(mm_reader_config_t, venue_instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_reader_config_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_reconciliation_t",
        size: size_of::<mm_reconciliation_t>(),
        init: None,
        fields: &[
            Field { name: "breaks", at: offset_of!(mm_reconciliation_t, breaks), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "matched", at: offset_of!(mm_reconciliation_t, matched), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "in_flight", at: offset_of!(mm_reconciliation_t, in_flight), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_reliability_bin_t",
        size: size_of::<mm_reliability_bin_t>(),
        init: None,
        fields: &[
            Field { name: "forecasts", at: offset_of!(mm_reliability_bin_t, forecasts), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "forecast", at: offset_of!(mm_reliability_bin_t, forecast), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "frequency", at: offset_of!(mm_reliability_bin_t, frequency), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_resting_order_t",
        size: size_of::<mm_resting_order_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_resting_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_resting_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_resting_order_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "priority", at: offset_of!(mm_resting_order_t, priority), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_resting_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "anonymous", at: offset_of!(mm_resting_order_t, anonymous), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_resting_order_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_account_t",
        size: size_of::<mm_risk_account_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_risk_account_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "realised", at: offset_of!(mm_risk_account_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "unrealised", at: offset_of!(mm_risk_account_t, unrealised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "fees", at: offset_of!(mm_risk_account_t, fees), width: size_of::<i64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_risk_config_t",
        size: size_of::<mm_risk_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_risk_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_risk_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "max_order_quantity", at: offset_of!(mm_risk_config_t, max_order_quantity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_order_notional", at: offset_of!(mm_risk_config_t, max_order_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "collar_ticks", at: offset_of!(mm_risk_config_t, collar_ticks), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "collar_bps", at: offset_of!(mm_risk_config_t, collar_bps), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_long_position", at: offset_of!(mm_risk_config_t, max_long_position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_short_position", at: offset_of!(mm_risk_config_t, max_short_position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "rate_period_ns", at: offset_of!(mm_risk_config_t, rate_period_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "rate_messages", at: offset_of!(mm_risk_config_t, rate_messages), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "rate_burst", at: offset_of!(mm_risk_config_t, rate_burst), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "min_order_quantity", at: offset_of!(mm_risk_config_t, min_order_quantity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_reference_age_ns", at: offset_of!(mm_risk_config_t, max_reference_age_ns), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "min_own_spread", at: offset_of!(mm_risk_config_t, min_own_spread), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "duplicate_window_ns", at: offset_of!(mm_risk_config_t, duplicate_window_ns), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_gross_notional", at: offset_of!(mm_risk_config_t, max_gross_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_net_notional", at: offset_of!(mm_risk_config_t, max_net_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_concentration_bps", at: offset_of!(mm_risk_config_t, max_concentration_bps), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "concentration_base", at: offset_of!(mm_risk_config_t, concentration_base), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_working_orders", at: offset_of!(mm_risk_config_t, max_working_orders), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_orders_per_fill", at: offset_of!(mm_risk_config_t, max_orders_per_fill), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "protection_fills", at: offset_of!(mm_risk_config_t, protection_fills), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "protection_quantity", at: offset_of!(mm_risk_config_t, protection_quantity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "protection_notional", at: offset_of!(mm_risk_config_t, protection_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_daily_loss", at: offset_of!(mm_risk_config_t, max_daily_loss), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_drawdown", at: offset_of!(mm_risk_config_t, max_drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_consecutive_losses", at: offset_of!(mm_risk_config_t, max_consecutive_losses), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_value_at_risk", at: offset_of!(mm_risk_config_t, max_value_at_risk), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_expected_shortfall", at: offset_of!(mm_risk_config_t, max_expected_shortfall), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_adverse_millticks", at: offset_of!(mm_risk_config_t, max_adverse_millticks), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_data_age_ns", at: offset_of!(mm_risk_config_t, max_data_age_ns), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_clock_step_ns", at: offset_of!(mm_risk_config_t, max_clock_step_ns), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_reconciliation_breaks", at: offset_of!(mm_risk_config_t, max_reconciliation_breaks), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "ping_timeout_ns", at: offset_of!(mm_risk_config_t, ping_timeout_ns), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity_increment", at: offset_of!(mm_risk_config_t, quantity_increment), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_grace", at: offset_of!(mm_risk_config_t, order_grace), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "repeated_window_ns", at: offset_of!(mm_risk_config_t, repeated_window_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "protection_window_ns", at: offset_of!(mm_risk_config_t, protection_window_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "markout_horizon_ns", at: offset_of!(mm_risk_config_t, markout_horizon_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cooldown_ns", at: offset_of!(mm_risk_config_t, cooldown_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price_increment", at: offset_of!(mm_risk_config_t, price_increment), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "duplicate_ids", at: offset_of!(mm_risk_config_t, duplicate_ids), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "cancel_reserve", at: offset_of!(mm_risk_config_t, cancel_reserve), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "repeated_executions", at: offset_of!(mm_risk_config_t, repeated_executions), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "markout_fills", at: offset_of!(mm_risk_config_t, markout_fills), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "confidence_bps", at: offset_of!(mm_risk_config_t, confidence_bps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "tail_periods", at: offset_of!(mm_risk_config_t, tail_periods), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "tail_scenarios", at: offset_of!(mm_risk_config_t, tail_scenarios), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "warn_share_bps", at: offset_of!(mm_risk_config_t, warn_share_bps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "instruments", at: offset_of!(mm_risk_config_t, instruments), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "audit_capacity", at: offset_of!(mm_risk_config_t, audit_capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "positive_prices", at: offset_of!(mm_risk_config_t, positive_prices), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_risk_config_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "self_trade", at: offset_of!(mm_risk_config_t, self_trade), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "sequence_gaps", at: offset_of!(mm_risk_config_t, sequence_gaps), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "crossed_books", at: offset_of!(mm_risk_config_t, crossed_books), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_daily_loss", at: offset_of!(mm_risk_config_t, on_daily_loss), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_drawdown", at: offset_of!(mm_risk_config_t, on_drawdown), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_consecutive_losses", at: offset_of!(mm_risk_config_t, on_consecutive_losses), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_value_at_risk", at: offset_of!(mm_risk_config_t, on_value_at_risk), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_expected_shortfall", at: offset_of!(mm_risk_config_t, on_expected_shortfall), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_markout", at: offset_of!(mm_risk_config_t, on_markout), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_protection", at: offset_of!(mm_risk_config_t, on_protection), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_repeated_execution", at: offset_of!(mm_risk_config_t, on_repeated_execution), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_reconciliation", at: offset_of!(mm_risk_config_t, on_reconciliation), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_clock", at: offset_of!(mm_risk_config_t, on_clock), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "on_silence", at: offset_of!(mm_risk_config_t, on_silence), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_config_t, reserved), width: size_of::<[u8; 4]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_counters_t",
        size: size_of::<mm_risk_counters_t>(),
        init: None,
        fields: &[
            Field { name: "evaluated", at: offset_of!(mm_risk_counters_t, evaluated), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "refused", at: offset_of!(mm_risk_counters_t, refused), width: size_of::<[u64; 16]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_coverage_t",
        size: size_of::<mm_risk_coverage_t>(),
        init: None,
        fields: &[
            Field { name: "evaluated", at: offset_of!(mm_risk_coverage_t, evaluated), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "refused", at: offset_of!(mm_risk_coverage_t, refused), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "warned", at: offset_of!(mm_risk_coverage_t, warned), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "check", at: offset_of!(mm_risk_coverage_t, check), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "action", at: offset_of!(mm_risk_coverage_t, action), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_configured", at: offset_of!(mm_risk_coverage_t, is_configured), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_on", at: offset_of!(mm_risk_coverage_t, is_on), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_fed", at: offset_of!(mm_risk_coverage_t, is_fed), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_inert", at: offset_of!(mm_risk_coverage_t, is_inert), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_coverage_t, reserved), width: size_of::<[u8; 2]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_fill_t",
        size: size_of::<mm_risk_fill_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_risk_fill_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_risk_fill_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_risk_fill_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "realised", at: offset_of!(mm_risk_fill_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_risk_fill_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_risk_fill_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_realised", at: offset_of!(mm_risk_fill_t, has_realised), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_fill_t, reserved), width: size_of::<[u8; 2]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_latches_t",
        size: size_of::<mm_risk_latches_t>(),
        init: None,
        fields: &[
            Field { name: "sequence", at: offset_of!(mm_risk_latches_t, sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "latched", at: offset_of!(mm_risk_latches_t, latched), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "killed", at: offset_of!(mm_risk_latches_t, killed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "timestamp", at: offset_of!(mm_risk_latches_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reason", at: offset_of!(mm_risk_latches_t, reason), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "observed", at: offset_of!(mm_risk_latches_t, observed), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "limit", at: offset_of!(mm_risk_latches_t, limit), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_latches_t, reserved), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_risk_market_t",
        size: size_of::<mm_risk_market_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_risk_market_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "bid", at: offset_of!(mm_risk_market_t, bid), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "ask", at: offset_of!(mm_risk_market_t, ask), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_risk_market_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "has_bid", at: offset_of!(mm_risk_market_t, has_bid), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_ask", at: offset_of!(mm_risk_market_t, has_ask), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_market_t, reserved), width: size_of::<[u8; 2]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_risk_metrics_t",
        size: size_of::<mm_risk_metrics_t>(),
        init: None,
        fields: &[
            Field { name: "now", at: offset_of!(mm_risk_metrics_t, now), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "orders", at: offset_of!(mm_risk_metrics_t, orders), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "fills", at: offset_of!(mm_risk_metrics_t, fills), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "working_orders", at: offset_of!(mm_risk_metrics_t, working_orders), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "gross_notional", at: offset_of!(mm_risk_metrics_t, gross_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "net_notional_high", at: offset_of!(mm_risk_metrics_t, net_notional_high), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "net_notional_low", at: offset_of!(mm_risk_metrics_t, net_notional_low), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "equity", at: offset_of!(mm_risk_metrics_t, equity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "daily_profit", at: offset_of!(mm_risk_metrics_t, daily_profit), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "peak_equity", at: offset_of!(mm_risk_metrics_t, peak_equity), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "drawdown", at: offset_of!(mm_risk_metrics_t, drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "max_drawdown", at: offset_of!(mm_risk_metrics_t, max_drawdown), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "consecutive_losses", at: offset_of!(mm_risk_metrics_t, consecutive_losses), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "value_at_risk", at: offset_of!(mm_risk_metrics_t, value_at_risk), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "expected_shortfall", at: offset_of!(mm_risk_metrics_t, expected_shortfall), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "adverse_millticks", at: offset_of!(mm_risk_metrics_t, adverse_millticks), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "window_fills", at: offset_of!(mm_risk_metrics_t, window_fills), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "window_quantity", at: offset_of!(mm_risk_metrics_t, window_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "window_notional", at: offset_of!(mm_risk_metrics_t, window_notional), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "messages_left", at: offset_of!(mm_risk_metrics_t, messages_left), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reconciliation_breaks", at: offset_of!(mm_risk_metrics_t, reconciliation_breaks), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "latch_sequence", at: offset_of!(mm_risk_metrics_t, latch_sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "closed", at: offset_of!(mm_risk_metrics_t, closed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reducing", at: offset_of!(mm_risk_metrics_t, reducing), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "latched", at: offset_of!(mm_risk_metrics_t, latched), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "paused", at: offset_of!(mm_risk_metrics_t, paused), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "warned", at: offset_of!(mm_risk_metrics_t, warned), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_risk_order_t",
        size: size_of::<mm_risk_order_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_risk_order_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_id", at: offset_of!(mm_risk_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_risk_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_risk_order_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "replaces", at: offset_of!(mm_risk_order_t, replaces), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_risk_order_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "working_buy", at: offset_of!(mm_risk_order_t, working_buy), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "working_sell", at: offset_of!(mm_risk_order_t, working_sell), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reference", at: offset_of!(mm_risk_order_t, reference), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "own_bid", at: offset_of!(mm_risk_order_t, own_bid), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "own_ask", at: offset_of!(mm_risk_order_t, own_ask), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "working_orders", at: offset_of!(mm_risk_order_t, working_orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_risk_order_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_risk_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "post_only", at: offset_of!(mm_risk_order_t, post_only), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_reference", at: offset_of!(mm_risk_order_t, has_reference), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_own_bid", at: offset_of!(mm_risk_order_t, has_own_bid), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_own_ask", at: offset_of!(mm_risk_order_t, has_own_ask), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_risk_order_t, reserved), width: size_of::<[u8; 11]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_route_request_t",
        size: size_of::<mm_route_request_t>(),
        init: None,
        fields: &[
            Field { name: "limit", at: offset_of!(mm_route_request_t, limit), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_route_request_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "queue_cost_micro", at: offset_of!(mm_route_request_t, queue_cost_micro), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "latency_cost_micro", at: offset_of!(mm_route_request_t, latency_cost_micro), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_route_request_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "style", at: offset_of!(mm_route_request_t, style), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_route_request_t, reserved), width: size_of::<[u8; 6]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_route_t",
        size: size_of::<mm_route_t>(),
        init: None,
        fields: &[
            Field { name: "price", at: offset_of!(mm_route_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_route_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cost_micro", at: offset_of!(mm_route_t, cost_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "venue", at: offset_of!(mm_route_t, venue), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "reason", at: offset_of!(mm_route_t, reason), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_route_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_shutdown_config_t",
        size: size_of::<mm_shutdown_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_shutdown_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_shutdown_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "clip", at: offset_of!(mm_shutdown_config_t, clip), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "retry_ns", at: offset_of!(mm_shutdown_config_t, retry_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "reprice_ns", at: offset_of!(mm_shutdown_config_t, reprice_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "deadline_ns", at: offset_of!(mm_shutdown_config_t, deadline_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "slippage_ticks", at: offset_of!(mm_shutdown_config_t, slippage_ticks), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "policy", at: offset_of!(mm_shutdown_config_t, policy), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_shutdown_config_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_shutdown_report_t",
        size: size_of::<mm_shutdown_report_t>(),
        init: None,
        fields: &[
            Field { name: "working_orders", at: offset_of!(mm_shutdown_report_t, working_orders), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "unknown_orders", at: offset_of!(mm_shutdown_report_t, unknown_orders), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "working_quantity", at: offset_of!(mm_shutdown_report_t, working_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_shutdown_report_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "actions", at: offset_of!(mm_shutdown_report_t, actions), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "last_refusal", at: offset_of!(mm_shutdown_report_t, last_refusal), width: size_of::<mm_status_t>(), kind: Kind::Integer },
            Field { name: "phase", at: offset_of!(mm_shutdown_report_t, phase), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_over", at: offset_of!(mm_shutdown_report_t, is_over), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_shutdown_report_t, reserved), width: size_of::<[u8; 2]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_stoikov_config_t",
        size: size_of::<mm_stoikov_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_stoikov_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_stoikov_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "risk_aversion", at: offset_of!(mm_stoikov_config_t, risk_aversion), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "k", at: offset_of!(mm_stoikov_config_t, k), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "intensity", at: offset_of!(mm_stoikov_config_t, intensity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "horizon", at: offset_of!(mm_stoikov_config_t, horizon), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "min_half_spread", at: offset_of!(mm_stoikov_config_t, min_half_spread), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "table_max_sigma", at: offset_of!(mm_stoikov_config_t, table_max_sigma), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "order_quantity", at: offset_of!(mm_stoikov_config_t, order_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "position_limit", at: offset_of!(mm_stoikov_config_t, position_limit), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "inventory_target", at: offset_of!(mm_stoikov_config_t, inventory_target), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "warm_up", at: offset_of!(mm_stoikov_config_t, warm_up), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "table_steps", at: offset_of!(mm_stoikov_config_t, table_steps), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "model", at: offset_of!(mm_stoikov_config_t, model), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reference", at: offset_of!(mm_stoikov_config_t, reference), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "aversion", at: offset_of!(mm_stoikov_config_t, aversion), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "horizon_mode", at: offset_of!(mm_stoikov_config_t, horizon_mode), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "change_weight", at: offset_of!(mm_stoikov_config_t, change_weight), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "direction_weight", at: offset_of!(mm_stoikov_config_t, direction_weight), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "volatility_weight", at: offset_of!(mm_stoikov_config_t, volatility_weight), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "max_prediction_shift", at: offset_of!(mm_stoikov_config_t, max_prediction_shift), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "max_prediction_scale", at: offset_of!(mm_stoikov_config_t, max_prediction_scale), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_store_applied_t",
        size: size_of::<mm_store_applied_t>(),
        init: None,
        fields: &[
            Field { name: "last_fill_id", at: offset_of!(mm_store_applied_t, last_fill_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "last_event", at: offset_of!(mm_store_applied_t, last_event), width: size_of::<u64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_store_config_t",
        size: size_of::<mm_store_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_store_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_store_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "capital", at: offset_of!(mm_store_config_t, capital), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "limits", at: offset_of!(mm_store_config_t, limits), width: size_of::<mm_position_limits_t>(), kind: Kind::Bytes },
            Field { name: "sync_every_ns", at: offset_of!(mm_store_config_t, sync_every_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sync_every_events", at: offset_of!(mm_store_config_t, sync_every_events), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "instruments", at: offset_of!(mm_store_config_t, instruments), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "orders", at: offset_of!(mm_store_config_t, orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "latches", at: offset_of!(mm_store_config_t, latches), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "fill_window", at: offset_of!(mm_store_config_t, fill_window), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "history", at: offset_of!(mm_store_config_t, history), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "durability", at: offset_of!(mm_store_config_t, durability), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "mode", at: offset_of!(mm_store_config_t, mode), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "keep_capacities", at: offset_of!(mm_store_config_t, keep_capacities), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_store_config_t, reserved), width: size_of::<[u8; 5]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_store_info_t",
        size: size_of::<mm_store_info_t>(),
        init: None,
        fields: &[
            Field { name: "epoch", at: offset_of!(mm_store_info_t, epoch), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "synced_epoch", at: offset_of!(mm_store_info_t, synced_epoch), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "recovered_epoch", at: offset_of!(mm_store_info_t, recovered_epoch), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "last_event", at: offset_of!(mm_store_info_t, last_event), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "next_order_sequence", at: offset_of!(mm_store_info_t, next_order_sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "state_hash", at: offset_of!(mm_store_info_t, state_hash), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instruments", at: offset_of!(mm_store_info_t, instruments), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "orders", at: offset_of!(mm_store_info_t, orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "latches", at: offset_of!(mm_store_info_t, latches), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "trades", at: offset_of!(mm_store_info_t, trades), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "instrument_capacity", at: offset_of!(mm_store_info_t, instrument_capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "order_capacity", at: offset_of!(mm_store_info_t, order_capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "latch_capacity", at: offset_of!(mm_store_info_t, latch_capacity), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "history", at: offset_of!(mm_store_info_t, history), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "fill_window", at: offset_of!(mm_store_info_t, fill_window), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "durability", at: offset_of!(mm_store_info_t, durability), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "recovery", at: offset_of!(mm_store_info_t, recovery), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_store_info_t, reserved), width: size_of::<[u8; 2]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_store_latch_t",
        size: size_of::<mm_store_latch_t>(),
        init: None,
        fields: &[
            Field { name: "id", at: offset_of!(mm_store_latch_t, id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "words", at: offset_of!(mm_store_latch_t, words), width: size_of::<[u64; MM_STORE_LATCH_WORDS]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_store_order_t",
        size: size_of::<mm_store_order_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_store_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "linked_id", at: offset_of!(mm_store_order_t, linked_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "predecessor", at: offset_of!(mm_store_order_t, predecessor), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_store_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "remaining", at: offset_of!(mm_store_order_t, remaining), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "filled", at: offset_of!(mm_store_order_t, filled), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "new_price", at: offset_of!(mm_store_order_t, new_price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "new_quantity", at: offset_of!(mm_store_order_t, new_quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "new_quantity_sent", at: offset_of!(mm_store_order_t, new_quantity_sent), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "sent", at: offset_of!(mm_store_order_t, sent), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "tags", at: offset_of!(mm_store_order_t, tags), width: size_of::<[u64; 2]>(), kind: Kind::Bytes },
            Field { name: "was", at: offset_of!(mm_store_order_t, was), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_store_order_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_store_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "state", at: offset_of!(mm_store_order_t, state), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "level", at: offset_of!(mm_store_order_t, level), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "flags", at: offset_of!(mm_store_order_t, flags), width: size_of::<u8>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_store_update_t",
        size: size_of::<mm_store_update_t>(),
        init: None,
        fields: &[
            Field { name: "sequence", at: offset_of!(mm_store_update_t, sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "timestamp", at: offset_of!(mm_store_update_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "fill", at: offset_of!(mm_store_update_t, fill), width: size_of::<*const mm_fill_t>(), kind: Kind::Pointer(21, None) },
            Field { name: "fill_id", at: offset_of!(mm_store_update_t, fill_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "mark", at: offset_of!(mm_store_update_t, mark), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "orders", at: offset_of!(mm_store_update_t, orders), width: size_of::<*const mm_store_order_t>(), kind: Kind::Pointer(76, Some(offset_of!(mm_store_update_t, order_count))) },
            Field { name: "order_count", at: offset_of!(mm_store_update_t, order_count), width: size_of::<usize>(), kind: Kind::Count },
            Field { name: "latches", at: offset_of!(mm_store_update_t, latches), width: size_of::<*const mm_store_latch_t>(), kind: Kind::Pointer(75, Some(offset_of!(mm_store_update_t, latch_count))) },
            Field { name: "latch_count", at: offset_of!(mm_store_update_t, latch_count), width: size_of::<usize>(), kind: Kind::Count },
            Field { name: "next_order_sequence", at: offset_of!(mm_store_update_t, next_order_sequence), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_store_update_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "has_instrument", at: offset_of!(mm_store_update_t, has_instrument), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "has_mark", at: offset_of!(mm_store_update_t, has_mark), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_store_update_t, reserved), width: size_of::<u16>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_submission_t",
        size: size_of::<mm_submission_t>(),
        init: None,
        fields: &[
            Field { name: "sent", at: offset_of!(mm_submission_t, sent), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "refusal", at: offset_of!(mm_submission_t, refusal), width: size_of::<mm_status_t>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_submission_t, reserved), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_survival_point_t",
        size: size_of::<mm_survival_point_t>(),
        init: None,
        fields: &[
            Field { name: "duration", at: offset_of!(mm_survival_point_t, duration), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "at_risk", at: offset_of!(mm_survival_point_t, at_risk), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "events", at: offset_of!(mm_survival_point_t, events), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "survival", at: offset_of!(mm_survival_point_t, survival), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "standard_error", at: offset_of!(mm_survival_point_t, standard_error), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "incidence", at: offset_of!(mm_survival_point_t, incidence), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_survival_summary_t",
        size: size_of::<mm_survival_summary_t>(),
        init: None,
        fields: &[
            Field { name: "events", at: offset_of!(mm_survival_summary_t, events), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "competing", at: offset_of!(mm_survival_summary_t, competing), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "censored", at: offset_of!(mm_survival_summary_t, censored), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "median", at: offset_of!(mm_survival_summary_t, median), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_synthetic_config_t",
        size: size_of::<mm_synthetic_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_synthetic_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_synthetic_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "seed", at: offset_of!(mm_synthetic_config_t, seed), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "events", at: offset_of!(mm_synthetic_config_t, events), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "start_price", at: offset_of!(mm_synthetic_config_t, start_price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "volatility", at: offset_of!(mm_synthetic_config_t, volatility), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "limit_rate", at: offset_of!(mm_synthetic_config_t, limit_rate), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "market_rate", at: offset_of!(mm_synthetic_config_t, market_rate), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "cancel_rate", at: offset_of!(mm_synthetic_config_t, cancel_rate), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "mean_distance", at: offset_of!(mm_synthetic_config_t, mean_distance), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "mean_quantity", at: offset_of!(mm_synthetic_config_t, mean_quantity), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "max_orders", at: offset_of!(mm_synthetic_config_t, max_orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_synthetic_config_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_trade_t",
        size: size_of::<mm_trade_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_trade_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "order_id", at: offset_of!(mm_trade_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_trade_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "quantity", at: offset_of!(mm_trade_t, quantity), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "realised", at: offset_of!(mm_trade_t, realised), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_trade_t, position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "instrument", at: offset_of!(mm_trade_t, instrument), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_trade_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "is_maker", at: offset_of!(mm_trade_t, is_maker), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_trade_t, reserved), width: size_of::<u16>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_trees_info_t",
        size: size_of::<mm_trees_info_t>(),
        init: None,
        fields: &[
            Field { name: "features", at: offset_of!(mm_trees_info_t, features), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "outputs", at: offset_of!(mm_trees_info_t, outputs), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "trees", at: offset_of!(mm_trees_info_t, trees), width: size_of::<usize>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_venue_config_t",
        size: size_of::<mm_venue_config_t>(),
        init: Some(|to, size| {
            // SAFETY: the attacker's buffers are writable for any size that is believed.
            unsafe { mm_venue_config_init(to.cast(), size) }
        }),
        fields: &[
            Field { name: "struct_size", at: offset_of!(mm_venue_config_t, struct_size), width: size_of::<usize>(), kind: Kind::Integer },
            Field { name: "entry_latency", at: offset_of!(mm_venue_config_t, entry_latency), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "cancel_latency", at: offset_of!(mm_venue_config_t, cancel_latency), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "max_orders", at: offset_of!(mm_venue_config_t, max_orders), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "max_requests", at: offset_of!(mm_venue_config_t, max_requests), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_venue_offer_t",
        size: size_of::<mm_venue_offer_t>(),
        init: None,
        fields: &[
            Field { name: "price", at: offset_of!(mm_venue_offer_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "available", at: offset_of!(mm_venue_offer_t, available), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "queue_ahead", at: offset_of!(mm_venue_offer_t, queue_ahead), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "latency_ns", at: offset_of!(mm_venue_offer_t, latency_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "maker_rate_ppb", at: offset_of!(mm_venue_offer_t, maker_rate_ppb), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "taker_rate_ppb", at: offset_of!(mm_venue_offer_t, taker_rate_ppb), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "maker_per_lot_micro", at: offset_of!(mm_venue_offer_t, maker_per_lot_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "taker_per_lot_micro", at: offset_of!(mm_venue_offer_t, taker_per_lot_micro), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "venue", at: offset_of!(mm_venue_offer_t, venue), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "is_open", at: offset_of!(mm_venue_offer_t, is_open), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_venue_offer_t, reserved), width: size_of::<[u8; 3]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_venue_order_t",
        size: size_of::<mm_venue_order_t>(),
        init: None,
        fields: &[
            Field { name: "order_id", at: offset_of!(mm_venue_order_t, order_id), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "price", at: offset_of!(mm_venue_order_t, price), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "leaves", at: offset_of!(mm_venue_order_t, leaves), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "side", at: offset_of!(mm_venue_order_t, side), width: size_of::<u8>(), kind: Kind::Integer },
            Field { name: "reserved", at: offset_of!(mm_venue_order_t, reserved), width: size_of::<[u8; 7]>(), kind: Kind::Bytes },
        ],
    },
    Struct {
        name: "mm_venue_snapshot_t",
        size: size_of::<mm_venue_snapshot_t>(),
        init: None,
        fields: &[
            Field { name: "timestamp", at: offset_of!(mm_venue_snapshot_t, timestamp), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "grace_ns", at: offset_of!(mm_venue_snapshot_t, grace_ns), width: size_of::<u64>(), kind: Kind::Integer },
            Field { name: "venue_position", at: offset_of!(mm_venue_snapshot_t, venue_position), width: size_of::<i64>(), kind: Kind::Integer },
            Field { name: "position", at: offset_of!(mm_venue_snapshot_t, position), width: size_of::<i64>(), kind: Kind::Integer },
        ],
    },
    Struct {
        name: "mm_wanted_quote_t",
        size: size_of::<mm_wanted_quote_t>(),
        init: None,
        fields: &[
            Field { name: "price", at: offset_of!(mm_wanted_quote_t, price), width: size_of::<f64>(), kind: Kind::Float },
            Field { name: "quantity", at: offset_of!(mm_wanted_quote_t, quantity), width: size_of::<f64>(), kind: Kind::Float },
        ],
    },
    Struct {
        name: "mm_wanted_quotes_t",
        size: size_of::<mm_wanted_quotes_t>(),
        init: None,
        fields: &[
            Field { name: "bids", at: offset_of!(mm_wanted_quotes_t, bids), width: size_of::<[mm_wanted_quote_t; 4]>(), kind: Kind::Bytes },
            Field { name: "asks", at: offset_of!(mm_wanted_quotes_t, asks), width: size_of::<[mm_wanted_quote_t; 4]>(), kind: Kind::Bytes },
            Field { name: "bid_count", at: offset_of!(mm_wanted_quotes_t, bid_count), width: size_of::<u32>(), kind: Kind::Integer },
            Field { name: "ask_count", at: offset_of!(mm_wanted_quotes_t, ask_count), width: size_of::<u32>(), kind: Kind::Integer },
        ],
    },
];

/// Every function of the interface, by name.
pub static EXPORTS: &[Export] = &[
    Export {
        number: 0,
        name: "mm_abi_version",
        creates: None,
        destroys: None,
        call: |a| {
            // SAFETY: the attacker passes only what the interface allows.
            let _ = unsafe { mm_abi_version() };
            MM_OK
        },
    },
    Export {
        number: 1,
        name: "mm_analytics_advance",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let now = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_advance(analytics.cast(), now) }
        },
    },
    Export {
        number: 2,
        name: "mm_analytics_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let book = a.handle(2);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_apply(analytics.cast(), book.cast(), event.cast(), touched.cast()) }
        },
    },
    Export {
        number: 3,
        name: "mm_analytics_apply_level",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let book = a.handle(6);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_apply_level(analytics.cast(), book.cast(), event.cast(), touched.cast()) }
        },
    },
    Export {
        number: 4,
        name: "mm_analytics_book_report",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let report = a.output(size_of::<mm_analytics_book_report_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_book_report(analytics.cast(), report.cast()) }
        },
    },
    Export {
        number: 5,
        name: "mm_analytics_cancels",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let buckets = a.outputs(size_of::<mm_cancel_bucket_t>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_cancels(analytics.cast(), buckets.cast(), capacity) }
        },
    },
    Export {
        number: 6,
        name: "mm_analytics_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 7,
        name: "mm_analytics_counts",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let window = a.u32();
            let counts = a.output(size_of::<mm_count_dispersion_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_counts(analytics.cast(), window, counts.cast()) }
        },
    },
    Export {
        number: 8,
        name: "mm_analytics_create",
        creates: Some(0),
        destroys: None,
        call: |a| {
            let config = a.structure(1);
            let analytics = a.slot(0);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_create(config.cast(), analytics.cast()) }
        },
    },
    Export {
        number: 9,
        name: "mm_analytics_destroy",
        creates: None,
        destroys: Some(0),
        call: |a| {
            let analytics = a.handle(0);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_destroy(analytics.cast()) };
            MM_OK
        },
    },
    Export {
        number: 10,
        name: "mm_analytics_fill_probability",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let behind = a.i64();
            let ahead = a.u64();
            let quantity = a.u64();
            let probability = a.output(size_of::<f64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_fill_probability(analytics.cast(), behind, ahead, quantity, probability.cast()) }
        },
    },
    Export {
        number: 11,
        name: "mm_analytics_fill_report",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let report = a.output(size_of::<mm_analytics_fill_report_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_fill_report(analytics.cast(), report.cast()) }
        },
    },
    Export {
        number: 12,
        name: "mm_analytics_flow_report",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let report = a.output(size_of::<mm_analytics_flow_report_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_flow_report(analytics.cast(), report.cast()) }
        },
    },
    Export {
        number: 13,
        name: "mm_analytics_impact",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let bucket = a.u32();
            let horizon = a.u32();
            let cell = a.output(size_of::<mm_impact_cell_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_impact(analytics.cast(), bucket, horizon, cell.cast()) }
        },
    },
    Export {
        number: 14,
        name: "mm_analytics_interrupt",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let now = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_interrupt(analytics.cast(), now) }
        },
    },
    Export {
        number: 15,
        name: "mm_analytics_kyle_lambda",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let lambda = a.output(size_of::<mm_kyle_lambda_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_kyle_lambda(analytics.cast(), lambda.cast()) }
        },
    },
    Export {
        number: 16,
        name: "mm_analytics_markouts",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let out = a.outputs(size_of::<mm_markout_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_markouts(analytics.cast(), out.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 17,
        name: "mm_analytics_reliability",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let bins = a.outputs(size_of::<mm_reliability_bin_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_reliability(analytics.cast(), bins.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 18,
        name: "mm_analytics_set_fill_mode",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let mode = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_set_fill_mode(analytics.cast(), mode) }
        },
    },
    Export {
        number: 19,
        name: "mm_analytics_sign_autocorrelation",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let lag = a.u32();
            let value = a.output(size_of::<f64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_sign_autocorrelation(analytics.cast(), lag, value.cast()) }
        },
    },
    Export {
        number: 20,
        name: "mm_analytics_survival",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let kind = a.u8();
            let distance = a.u32();
            let now = a.u64();
            let points = a.outputs(size_of::<mm_survival_point_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_survival(analytics.cast(), kind, distance, now, points.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 21,
        name: "mm_analytics_survival_summary",
        creates: None,
        destroys: None,
        call: |a| {
            let analytics = a.handle(0);
            let kind = a.u8();
            let distance = a.u32();
            let now = a.u64();
            let summary = a.output(size_of::<mm_survival_summary_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_analytics_survival_summary(analytics.cast(), kind, distance, now, summary.cast()) }
        },
    },
    Export {
        number: 22,
        name: "mm_book_add",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let side = a.u8();
            let price = a.i64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_add(book.cast(), order_id, side, price, quantity, touched.cast()) }
        },
    },
    Export {
        number: 23,
        name: "mm_book_amend",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let price = a.i64();
            let quantity = a.u64();
            let events = a.outputs(size_of::<mm_book_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let outcome = a.output(size_of::<mm_match_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_amend(book.cast(), order_id, price, quantity, events.cast(), capacity, count.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 24,
        name: "mm_book_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_apply(book.cast(), event.cast(), touched.cast()) }
        },
    },
    Export {
        number: 25,
        name: "mm_book_apply_batch",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let events = a.structures(15);
            let count = a.length();
            let batch = a.output(size_of::<mm_batch_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_apply_batch(book.cast(), events.cast(), count, batch.cast()) }
        },
    },
    Export {
        number: 26,
        name: "mm_book_best",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let level = a.output(size_of::<mm_level_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_best(book.cast(), side, level.cast()) }
        },
    },
    Export {
        number: 27,
        name: "mm_book_cancel",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let quantity = a.u64();
            let events = a.outputs(size_of::<mm_book_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let outcome = a.output(size_of::<mm_match_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_cancel(book.cast(), order_id, quantity, events.cast(), capacity, count.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 28,
        name: "mm_book_clear",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_clear(book.cast(), touched.cast()) }
        },
    },
    Export {
        number: 29,
        name: "mm_book_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 30,
        name: "mm_book_create",
        creates: Some(2),
        destroys: None,
        call: |a| {
            let config = a.structure(6);
            let book = a.slot(2);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_create(config.cast(), book.cast()) }
        },
    },
    Export {
        number: 31,
        name: "mm_book_delete",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_delete(book.cast(), order_id, touched.cast()) }
        },
    },
    Export {
        number: 32,
        name: "mm_book_destroy",
        creates: None,
        destroys: Some(2),
        call: |a| {
            let book = a.handle(2);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_destroy(book.cast()) };
            MM_OK
        },
    },
    Export {
        number: 33,
        name: "mm_book_execute",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_execute(book.cast(), order_id, quantity, touched.cast()) }
        },
    },
    Export {
        number: 34,
        name: "mm_book_level",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let price = a.i64();
            let level = a.output(size_of::<mm_level_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_level(book.cast(), side, price, level.cast()) }
        },
    },
    Export {
        number: 35,
        name: "mm_book_level_count",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_level_count(book.cast(), side, count.cast()) }
        },
    },
    Export {
        number: 36,
        name: "mm_book_levels",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let levels = a.outputs(size_of::<mm_level_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_levels(book.cast(), side, levels.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 37,
        name: "mm_book_manager_add_instrument",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let config = a.structure(6);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_add_instrument(manager.cast(), instrument, config.cast()) }
        },
    },
    Export {
        number: 38,
        name: "mm_book_manager_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_apply(manager.cast(), event.cast(), touched.cast()) }
        },
    },
    Export {
        number: 39,
        name: "mm_book_manager_best",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let side = a.u8();
            let level = a.output(size_of::<mm_level_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_best(manager.cast(), instrument, side, level.cast()) }
        },
    },
    Export {
        number: 40,
        name: "mm_book_manager_cancel",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let order_id = a.u64();
            let quantity = a.u64();
            let events = a.outputs(size_of::<mm_book_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let outcome = a.output(size_of::<mm_match_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_cancel(manager.cast(), instrument, order_id, quantity, events.cast(), capacity, count.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 41,
        name: "mm_book_manager_create",
        creates: Some(1),
        destroys: None,
        call: |a| {
            let manager = a.slot(1);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_create(manager.cast()) }
        },
    },
    Export {
        number: 42,
        name: "mm_book_manager_destroy",
        creates: None,
        destroys: Some(1),
        call: |a| {
            let manager = a.handle(1);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_destroy(manager.cast()) };
            MM_OK
        },
    },
    Export {
        number: 43,
        name: "mm_book_manager_instruments",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instruments = a.outputs(size_of::<u32>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_instruments(manager.cast(), instruments.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 44,
        name: "mm_book_manager_level_count",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let side = a.u8();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_level_count(manager.cast(), instrument, side, count.cast()) }
        },
    },
    Export {
        number: 45,
        name: "mm_book_manager_levels",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let side = a.u8();
            let levels = a.outputs(size_of::<mm_level_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_levels(manager.cast(), instrument, side, levels.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 46,
        name: "mm_book_manager_order",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let order_id = a.u64();
            let order = a.output(size_of::<mm_resting_order_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_order(manager.cast(), instrument, order_id, order.cast()) }
        },
    },
    Export {
        number: 47,
        name: "mm_book_manager_order_count",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_order_count(manager.cast(), instrument, count.cast()) }
        },
    },
    Export {
        number: 48,
        name: "mm_book_manager_queue_position",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let order_id = a.u64();
            let position = a.output(size_of::<mm_queue_position_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_queue_position(manager.cast(), instrument, order_id, position.cast()) }
        },
    },
    Export {
        number: 49,
        name: "mm_book_manager_submit",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(1);
            let instrument = a.u32();
            let order = a.structure(34);
            let events = a.outputs(size_of::<mm_book_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let outcome = a.output(size_of::<mm_match_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_manager_submit(manager.cast(), instrument, order.cast(), events.cast(), capacity, count.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 50,
        name: "mm_book_modify",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let price = a.i64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_modify(book.cast(), order_id, price, quantity, touched.cast()) }
        },
    },
    Export {
        number: 51,
        name: "mm_book_order",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let order = a.output(size_of::<mm_resting_order_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_order(book.cast(), order_id, order.cast()) }
        },
    },
    Export {
        number: 52,
        name: "mm_book_order_count",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_order_count(book.cast(), count.cast()) }
        },
    },
    Export {
        number: 53,
        name: "mm_book_orders",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let orders = a.outputs(size_of::<mm_resting_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_orders(book.cast(), side, orders.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 54,
        name: "mm_book_orders_at",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let price = a.i64();
            let orders = a.outputs(size_of::<mm_resting_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_orders_at(book.cast(), side, price, orders.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 55,
        name: "mm_book_queue_position",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let position = a.output(size_of::<mm_queue_position_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_queue_position(book.cast(), order_id, position.cast()) }
        },
    },
    Export {
        number: 56,
        name: "mm_book_read_snapshot",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let bytes = a.numbers(size_of::<u8>(), false);
            let size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_read_snapshot(book.cast(), bytes.cast(), size) }
        },
    },
    Export {
        number: 57,
        name: "mm_book_reduce",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let by = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_reduce(book.cast(), order_id, by, touched.cast()) }
        },
    },
    Export {
        number: 58,
        name: "mm_book_reduce_seed",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let price = a.i64();
            let by = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_reduce_seed(book.cast(), side, price, by, touched.cast()) }
        },
    },
    Export {
        number: 59,
        name: "mm_book_replace",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order_id = a.u64();
            let new_order_id = a.u64();
            let price = a.i64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_replace(book.cast(), order_id, new_order_id, price, quantity, touched.cast()) }
        },
    },
    Export {
        number: 60,
        name: "mm_book_reserve",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let additional = a.room();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_reserve(book.cast(), additional) }
        },
    },
    Export {
        number: 61,
        name: "mm_book_seed",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let side = a.u8();
            let price = a.i64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_seed(book.cast(), side, price, quantity, touched.cast()) }
        },
    },
    Export {
        number: 62,
        name: "mm_book_snapshot_size",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let size = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_snapshot_size(book.cast(), size.cast()) }
        },
    },
    Export {
        number: 63,
        name: "mm_book_state_hash",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let hash = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_state_hash(book.cast(), hash.cast()) }
        },
    },
    Export {
        number: 64,
        name: "mm_book_submit",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let order = a.structure(34);
            let events = a.outputs(size_of::<mm_book_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let outcome = a.output(size_of::<mm_match_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_submit(book.cast(), order.cast(), events.cast(), capacity, count.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 65,
        name: "mm_book_write_snapshot",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(2);
            let bytes = a.outputs(size_of::<u8>());
            let capacity = a.length();
            let size = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_book_write_snapshot(book.cast(), bytes.cast(), capacity, size.cast()) }
        },
    },
    Export {
        number: 66,
        name: "mm_engine_account",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let account = a.output(size_of::<mm_engine_account_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_account(engine.cast(), account.cast()) }
        },
    },
    Export {
        number: 67,
        name: "mm_engine_attach_predictor",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let predictor = a.handle(11);
            let window = a.structure(18);
            let forecaster = a.structure(22);
            let normaliser = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_attach_predictor(engine.cast(), predictor.cast(), window.cast(), forecaster.cast(), normaliser.cast()) }
        },
    },
    Export {
        number: 68,
        name: "mm_engine_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 69,
        name: "mm_engine_create",
        creates: Some(3),
        destroys: None,
        call: |a| {
            let config = a.structure(13);
            let engine = a.slot(3);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_create(config.cast(), engine.cast()) }
        },
    },
    Export {
        number: 70,
        name: "mm_engine_destroy",
        creates: None,
        destroys: Some(3),
        call: |a| {
            let engine = a.handle(3);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_destroy(engine.cast()) };
            MM_OK
        },
    },
    Export {
        number: 71,
        name: "mm_engine_detach_predictor",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_detach_predictor(engine.cast()) }
        },
    },
    Export {
        number: 72,
        name: "mm_engine_interrupt",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_interrupt(engine.cast()) }
        },
    },
    Export {
        number: 73,
        name: "mm_engine_kill_switch",
        creates: Some(5),
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let kill_switch = a.slot(5);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_kill_switch(engine.cast(), kill_switch.cast()) }
        },
    },
    Export {
        number: 74,
        name: "mm_engine_latency",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let stage_number = a.u8();
            let latency = a.output(size_of::<mm_latency_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_latency(engine.cast(), stage_number, latency.cast()) }
        },
    },
    Export {
        number: 75,
        name: "mm_engine_levels",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let side = a.u8();
            let levels = a.outputs(size_of::<mm_level_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_levels(engine.cast(), side, levels.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 76,
        name: "mm_engine_on_event",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let event = a.structure(15);
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_on_event(engine.cast(), event.cast(), actions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 77,
        name: "mm_engine_on_report",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let report = a.structure(16);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_on_report(engine.cast(), report.cast()) }
        },
    },
    Export {
        number: 78,
        name: "mm_engine_prediction",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let prediction = a.output(size_of::<mm_prediction_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_prediction(engine.cast(), prediction.cast()) }
        },
    },
    Export {
        number: 79,
        name: "mm_engine_record_latency",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let stage_number = a.u8();
            let nanoseconds = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_record_latency(engine.cast(), stage_number, nanoseconds) }
        },
    },
    Export {
        number: 80,
        name: "mm_engine_refresh",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let now = a.u64();
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_refresh(engine.cast(), now, actions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 81,
        name: "mm_engine_reserve",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let additional = a.room();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_reserve(engine.cast(), additional) }
        },
    },
    Export {
        number: 82,
        name: "mm_engine_risk_counters",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let counters = a.output(size_of::<mm_risk_counters_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_counters(engine.cast(), counters.cast()) }
        },
    },
    Export {
        number: 83,
        name: "mm_engine_risk_latches",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let latches = a.output(size_of::<mm_risk_latches_t>());
            let token = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_latches(engine.cast(), latches.cast(), token.cast()) }
        },
    },
    Export {
        number: 84,
        name: "mm_engine_risk_monitor",
        creates: Some(15),
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let monitor = a.slot(15);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_monitor(engine.cast(), monitor.cast()) }
        },
    },
    Export {
        number: 85,
        name: "mm_engine_risk_reset",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let token = a.u64();
            let reason = a.text();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_reset(engine.cast(), token, reason.cast(), timestamp) }
        },
    },
    Export {
        number: 86,
        name: "mm_engine_risk_restore",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let latches = a.structure(63);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_restore(engine.cast(), latches.cast()) }
        },
    },
    Export {
        number: 87,
        name: "mm_engine_risk_set_config",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let config = a.structure(59);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_risk_set_config(engine.cast(), config.cast()) }
        },
    },
    Export {
        number: 88,
        name: "mm_engine_save_normaliser",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let path = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_save_normaliser(engine.cast(), path.cast()) }
        },
    },
    Export {
        number: 89,
        name: "mm_engine_state_hash",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let hash = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_state_hash(engine.cast(), hash.cast()) }
        },
    },
    Export {
        number: 90,
        name: "mm_engine_stats",
        creates: None,
        destroys: None,
        call: |a| {
            let engine = a.handle(3);
            let stats = a.output(size_of::<mm_engine_stats_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_engine_stats(engine.cast(), stats.cast()) }
        },
    },
    Export {
        number: 91,
        name: "mm_feature_channel_name",
        creates: None,
        destroys: None,
        call: |a| {
            let index = a.usize();
            let name = a.output(size_of::<usize>());
            let unit = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_channel_name(index, name.cast(), unit.cast()) }
        },
    },
    Export {
        number: 92,
        name: "mm_feature_window_advance",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let now = a.u64();
            let completed = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_advance(window.cast(), now, completed.cast()) }
        },
    },
    Export {
        number: 93,
        name: "mm_feature_window_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let book = a.handle(2);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            let completed = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_apply(window.cast(), book.cast(), event.cast(), touched.cast(), completed.cast()) }
        },
    },
    Export {
        number: 94,
        name: "mm_feature_window_apply_level",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let book = a.handle(6);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            let completed = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_apply_level(window.cast(), book.cast(), event.cast(), touched.cast(), completed.cast()) }
        },
    },
    Export {
        number: 95,
        name: "mm_feature_window_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 96,
        name: "mm_feature_window_copy",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_copy(window.cast(), out.cast(), capacity) }
        },
    },
    Export {
        number: 97,
        name: "mm_feature_window_create",
        creates: Some(4),
        destroys: None,
        call: |a| {
            let config = a.structure(18);
            let window = a.slot(4);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_create(config.cast(), window.cast()) }
        },
    },
    Export {
        number: 98,
        name: "mm_feature_window_destroy",
        creates: None,
        destroys: Some(4),
        call: |a| {
            let window = a.handle(4);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_destroy(window.cast()) };
            MM_OK
        },
    },
    Export {
        number: 99,
        name: "mm_feature_window_info",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let info = a.output(size_of::<mm_feature_window_info_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_info(window.cast(), info.cast()) }
        },
    },
    Export {
        number: 100,
        name: "mm_feature_window_interrupt",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_interrupt(window.cast()) }
        },
    },
    Export {
        number: 101,
        name: "mm_feature_window_latest",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let count = a.usize();
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            let copied = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_latest(window.cast(), count, out.cast(), capacity, copied.cast()) }
        },
    },
    Export {
        number: 102,
        name: "mm_feature_window_load_normaliser",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let path = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_load_normaliser(window.cast(), path.cast()) }
        },
    },
    Export {
        number: 103,
        name: "mm_feature_window_save_normaliser",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let path = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_save_normaliser(window.cast(), path.cast()) }
        },
    },
    Export {
        number: 104,
        name: "mm_feature_window_set_learns",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let on = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_set_learns(window.cast(), on) }
        },
    },
    Export {
        number: 105,
        name: "mm_feature_window_view",
        creates: None,
        destroys: None,
        call: |a| {
            let window = a.handle(4);
            let values = a.output(size_of::<usize>());
            let length = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_feature_window_view(window.cast(), values.cast(), length.cast()) }
        },
    },
    Export {
        number: 106,
        name: "mm_forecaster_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_forecaster_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 107,
        name: "mm_historical_tail_risk",
        creates: None,
        destroys: None,
        call: |a| {
            let losses = a.outputs(size_of::<f64>());
            let count = a.length();
            let confidence = a.f64();
            let value_at_risk = a.output(size_of::<f64>());
            let expected_shortfall = a.output(size_of::<f64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_historical_tail_risk(losses.cast(), count, confidence, value_at_risk.cast(), expected_shortfall.cast()) }
        },
    },
    Export {
        number: 108,
        name: "mm_instrument_init",
        creates: None,
        destroys: None,
        call: |a| {
            let instrument = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_instrument_init(instrument.cast(), struct_size) }
        },
    },
    Export {
        number: 109,
        name: "mm_isa_at",
        creates: None,
        destroys: None,
        call: |a| {
            let index = a.usize();
            let name_out = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_isa_at(index, name_out.cast()) }
        },
    },
    Export {
        number: 110,
        name: "mm_isa_count",
        creates: None,
        destroys: None,
        call: |a| {
            // SAFETY: the attacker passes only what the interface allows.
            let _ = unsafe { mm_isa_count() };
            MM_OK
        },
    },
    Export {
        number: 111,
        name: "mm_isa_name",
        creates: None,
        destroys: None,
        call: |a| {
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_isa_name() };
            a.returned(text)
        },
    },
    Export {
        number: 112,
        name: "mm_kill_switch_destroy",
        creates: None,
        destroys: Some(5),
        call: |a| {
            let kill_switch = a.handle(5);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_kill_switch_destroy(kill_switch.cast()) };
            MM_OK
        },
    },
    Export {
        number: 113,
        name: "mm_kill_switch_get",
        creates: None,
        destroys: None,
        call: |a| {
            let kill_switch = a.handle(5);
            let on = a.output(size_of::<u8>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_kill_switch_get(kill_switch.cast(), on.cast()) }
        },
    },
    Export {
        number: 114,
        name: "mm_kill_switch_request",
        creates: None,
        destroys: None,
        call: |a| {
            let kill_switch = a.handle(5);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_kill_switch_request(kill_switch.cast()) }
        },
    },
    Export {
        number: 115,
        name: "mm_kill_switch_set",
        creates: None,
        destroys: None,
        call: |a| {
            let kill_switch = a.handle(5);
            let on = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_kill_switch_set(kill_switch.cast(), on) }
        },
    },
    Export {
        number: 116,
        name: "mm_last_error_message",
        creates: None,
        destroys: None,
        call: |a| {
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_last_error_message() };
            a.returned(text)
        },
    },
    Export {
        number: 117,
        name: "mm_level_book_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let event = a.structure(15);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_apply(book.cast(), event.cast(), touched.cast()) }
        },
    },
    Export {
        number: 118,
        name: "mm_level_book_best",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let side = a.u8();
            let level = a.output(size_of::<mm_level_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_best(book.cast(), side, level.cast()) }
        },
    },
    Export {
        number: 119,
        name: "mm_level_book_clear",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_clear(book.cast(), touched.cast()) }
        },
    },
    Export {
        number: 120,
        name: "mm_level_book_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 121,
        name: "mm_level_book_create",
        creates: Some(6),
        destroys: None,
        call: |a| {
            let config = a.structure(29);
            let book = a.slot(6);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_create(config.cast(), book.cast()) }
        },
    },
    Export {
        number: 122,
        name: "mm_level_book_destroy",
        creates: None,
        destroys: Some(6),
        call: |a| {
            let book = a.handle(6);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_destroy(book.cast()) };
            MM_OK
        },
    },
    Export {
        number: 123,
        name: "mm_level_book_level",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let side = a.u8();
            let price = a.i64();
            let level = a.output(size_of::<mm_level_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_level(book.cast(), side, price, level.cast()) }
        },
    },
    Export {
        number: 124,
        name: "mm_level_book_level_count",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let side = a.u8();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_level_count(book.cast(), side, count.cast()) }
        },
    },
    Export {
        number: 125,
        name: "mm_level_book_levels",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let side = a.u8();
            let levels = a.outputs(size_of::<mm_level_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_levels(book.cast(), side, levels.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 126,
        name: "mm_level_book_reserve",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let additional = a.room();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_reserve(book.cast(), additional) }
        },
    },
    Export {
        number: 127,
        name: "mm_level_book_set_level",
        creates: None,
        destroys: None,
        call: |a| {
            let book = a.handle(6);
            let side = a.u8();
            let price = a.i64();
            let quantity = a.u64();
            let touched = a.output(size_of::<u32>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_level_book_set_level(book.cast(), side, price, quantity, touched.cast()) }
        },
    },
    Export {
        number: 128,
        name: "mm_normal_tail_risk",
        creates: None,
        destroys: None,
        call: |a| {
            let exposure = a.f64();
            let volatility = a.f64();
            let periods = a.f64();
            let confidence = a.f64();
            let value_at_risk = a.output(size_of::<f64>());
            let expected_shortfall = a.output(size_of::<f64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_normal_tail_risk(exposure, volatility, periods, confidence, value_at_risk.cast(), expected_shortfall.cast()) }
        },
    },
    Export {
        number: 129,
        name: "mm_order_manager_adopt",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let orders = a.structures(86);
            let order_count = a.length();
            let snapshot = a.structure(87);
            let left = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_adopt(manager.cast(), orders.cast(), order_count, snapshot.cast(), left.cast()) }
        },
    },
    Export {
        number: 130,
        name: "mm_order_manager_cancel",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let order_id = a.u64();
            let timestamp = a.u64();
            let action = a.output(size_of::<mm_order_action_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_cancel(manager.cast(), gate.cast(), order_id, timestamp, action.cast()) }
        },
    },
    Export {
        number: 131,
        name: "mm_order_manager_cancel_all",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let timestamp = a.u64();
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_cancel_all(manager.cast(), gate.cast(), timestamp, actions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 132,
        name: "mm_order_manager_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 133,
        name: "mm_order_manager_create",
        creates: Some(7),
        destroys: None,
        call: |a| {
            let config = a.structure(37);
            let manager = a.slot(7);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_create(config.cast(), manager.cast()) }
        },
    },
    Export {
        number: 134,
        name: "mm_order_manager_decide",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let wanted = a.structure(89);
            let top = a.structure(31);
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let decision = a.output(size_of::<mm_decision_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_decide(manager.cast(), gate.cast(), wanted.cast(), top.cast(), actions.cast(), capacity, count.cast(), decision.cast()) }
        },
    },
    Export {
        number: 135,
        name: "mm_order_manager_destroy",
        creates: None,
        destroys: Some(7),
        call: |a| {
            let manager = a.handle(7);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_destroy(manager.cast()) };
            MM_OK
        },
    },
    Export {
        number: 136,
        name: "mm_order_manager_expire",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let timestamp = a.u64();
            let timeout_ns = a.u64();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_expire(manager.cast(), timestamp, timeout_ns, count.cast()) }
        },
    },
    Export {
        number: 137,
        name: "mm_order_manager_next_sequence",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let sequence = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_next_sequence(manager.cast(), sequence.cast()) }
        },
    },
    Export {
        number: 138,
        name: "mm_order_manager_on_report",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let report = a.structure(16);
            let order = a.output(size_of::<mm_order_t>());
            let filled = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_on_report(manager.cast(), report.cast(), order.cast(), filled.cast()) }
        },
    },
    Export {
        number: 139,
        name: "mm_order_manager_order",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let order_id = a.u64();
            let order = a.output(size_of::<mm_order_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_order(manager.cast(), order_id, order.cast()) }
        },
    },
    Export {
        number: 140,
        name: "mm_order_manager_orders",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let orders = a.outputs(size_of::<mm_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_orders(manager.cast(), orders.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 141,
        name: "mm_order_manager_place",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let request = a.structure(38);
            let top = a.structure(31);
            let action = a.output(size_of::<mm_order_action_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_place(manager.cast(), gate.cast(), request.cast(), top.cast(), action.cast()) }
        },
    },
    Export {
        number: 142,
        name: "mm_order_manager_reconcile",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let orders = a.structures(86);
            let order_count = a.length();
            let snapshot = a.structure(87);
            let breaks = a.outputs(size_of::<mm_break_t>());
            let capacity = a.length();
            let result = a.output(size_of::<mm_reconciliation_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_reconcile(manager.cast(), orders.cast(), order_count, snapshot.cast(), breaks.cast(), capacity, result.cast()) }
        },
    },
    Export {
        number: 143,
        name: "mm_order_manager_remember_fill",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let fill_id = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_remember_fill(manager.cast(), fill_id) }
        },
    },
    Export {
        number: 144,
        name: "mm_order_manager_replace",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let order_id = a.u64();
            let request = a.structure(38);
            let top = a.structure(31);
            let action = a.output(size_of::<mm_order_action_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_replace(manager.cast(), gate.cast(), order_id, request.cast(), top.cast(), action.cast()) }
        },
    },
    Export {
        number: 145,
        name: "mm_order_manager_restore",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let orders = a.structures(76);
            let order_count = a.length();
            let fill_ids = a.numbers(size_of::<u64>(), false);
            let fill_id_count = a.length();
            let next_sequence = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_restore(manager.cast(), orders.cast(), order_count, fill_ids.cast(), fill_id_count, next_sequence) }
        },
    },
    Export {
        number: 146,
        name: "mm_order_manager_stored",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let before = a.u64();
            let after = a.u64();
            let changes = a.outputs(size_of::<mm_store_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_stored(manager.cast(), before, after, changes.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 147,
        name: "mm_order_manager_submit",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let gate = a.handle(14);
            let request = a.structure(38);
            let top = a.structure(31);
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let submission = a.output(size_of::<mm_submission_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_submit(manager.cast(), gate.cast(), request.cast(), top.cast(), actions.cast(), capacity, count.cast(), submission.cast()) }
        },
    },
    Export {
        number: 148,
        name: "mm_order_manager_working",
        creates: None,
        destroys: None,
        call: |a| {
            let manager = a.handle(7);
            let side = a.u8();
            let lots = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_order_manager_working(manager.cast(), side, lots.cast()) }
        },
    },
    Export {
        number: 149,
        name: "mm_performance_close_period",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let benchmark = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_close_period(performance.cast(), benchmark) }
        },
    },
    Export {
        number: 150,
        name: "mm_performance_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 151,
        name: "mm_performance_create",
        creates: Some(8),
        destroys: None,
        call: |a| {
            let config = a.structure(40);
            let performance = a.slot(8);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_create(config.cast(), performance.cast()) }
        },
    },
    Export {
        number: 152,
        name: "mm_performance_destroy",
        creates: None,
        destroys: Some(8),
        call: |a| {
            let performance = a.handle(8);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_destroy(performance.cast()) };
            MM_OK
        },
    },
    Export {
        number: 153,
        name: "mm_performance_mark",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let equity = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_mark(performance.cast(), equity) }
        },
    },
    Export {
        number: 154,
        name: "mm_performance_markouts",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let out = a.outputs(size_of::<mm_markout_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_markouts(performance.cast(), out.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 155,
        name: "mm_performance_on_closed",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let profit = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_on_closed(performance.cast(), profit) }
        },
    },
    Export {
        number: 156,
        name: "mm_performance_on_fill",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let now = a.u64();
            let order_side = a.u8();
            let price = a.i64();
            let quantity = a.u64();
            let bid = a.i64();
            let ask = a.i64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_on_fill(performance.cast(), now, order_side, price, quantity, bid, ask) }
        },
    },
    Export {
        number: 157,
        name: "mm_performance_on_top",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let now = a.u64();
            let is_known = a.u8();
            let bid = a.i64();
            let ask = a.i64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_on_top(performance.cast(), now, is_known, bid, ask) }
        },
    },
    Export {
        number: 158,
        name: "mm_performance_report",
        creates: None,
        destroys: None,
        call: |a| {
            let performance = a.handle(8);
            let report = a.output(size_of::<mm_performance_report_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_performance_report(performance.cast(), report.cast()) }
        },
    },
    Export {
        number: 159,
        name: "mm_pool_alloc",
        creates: None,
        destroys: None,
        call: |a| {
            let pool = a.handle(9);
            let block = a.block_slot();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_alloc(pool.cast(), block.cast()) }
        },
    },
    Export {
        number: 160,
        name: "mm_pool_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 161,
        name: "mm_pool_create",
        creates: Some(9),
        destroys: None,
        call: |a| {
            let config = a.structure(42);
            let pool = a.slot(9);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_create(config.cast(), pool.cast()) }
        },
    },
    Export {
        number: 162,
        name: "mm_pool_destroy",
        creates: None,
        destroys: Some(9),
        call: |a| {
            let pool = a.handle(9);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_destroy(pool.cast()) };
            MM_OK
        },
    },
    Export {
        number: 163,
        name: "mm_pool_free",
        creates: None,
        destroys: None,
        call: |a| {
            let pool = a.handle(9);
            let block = a.block();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_free(pool.cast(), block.cast()) }
        },
    },
    Export {
        number: 164,
        name: "mm_pool_simulate_panic",
        creates: None,
        destroys: None,
        call: |a| {
            let pool = a.handle(9);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_simulate_panic(pool.cast()) }
        },
    },
    Export {
        number: 165,
        name: "mm_pool_stats",
        creates: None,
        destroys: None,
        call: |a| {
            let pool = a.handle(9);
            let stats = a.output(size_of::<mm_pool_stats_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_pool_stats(pool.cast(), stats.cast()) }
        },
    },
    Export {
        number: 166,
        name: "mm_position_tracker_check_loss",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_check_loss(tracker.cast()) }
        },
    },
    Export {
        number: 167,
        name: "mm_position_tracker_check_position",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let instrument = a.u32();
            let side = a.u8();
            let quantity = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_check_position(tracker.cast(), instrument, side, quantity) }
        },
    },
    Export {
        number: 168,
        name: "mm_position_tracker_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 169,
        name: "mm_position_tracker_create",
        creates: Some(10),
        destroys: None,
        call: |a| {
            let config = a.structure(47);
            let tracker = a.slot(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_create(config.cast(), tracker.cast()) }
        },
    },
    Export {
        number: 170,
        name: "mm_position_tracker_destroy",
        creates: None,
        destroys: Some(10),
        call: |a| {
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_destroy(tracker.cast()) };
            MM_OK
        },
    },
    Export {
        number: 171,
        name: "mm_position_tracker_get",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let instrument = a.u32();
            let position = a.output(size_of::<mm_position_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_get(tracker.cast(), instrument, position.cast()) }
        },
    },
    Export {
        number: 172,
        name: "mm_position_tracker_history",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let trades = a.outputs(size_of::<mm_trade_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_history(tracker.cast(), trades.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 173,
        name: "mm_position_tracker_limits",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let limits = a.output(size_of::<mm_position_limits_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_limits(tracker.cast(), limits.cast()) }
        },
    },
    Export {
        number: 174,
        name: "mm_position_tracker_mark",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let instrument = a.u32();
            let price = a.i64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_mark(tracker.cast(), instrument, price) }
        },
    },
    Export {
        number: 175,
        name: "mm_position_tracker_positions",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let positions = a.outputs(size_of::<mm_position_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_positions(tracker.cast(), positions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 176,
        name: "mm_position_tracker_record_fill",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let fill = a.structure(21);
            let outcome = a.output(size_of::<mm_fill_outcome_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_record_fill(tracker.cast(), fill.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 177,
        name: "mm_position_tracker_register",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let instrument = a.structure(26);
            let unit_value = a.i64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_register(tracker.cast(), instrument.cast(), unit_value) }
        },
    },
    Export {
        number: 178,
        name: "mm_position_tracker_reset",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_reset(tracker.cast()) }
        },
    },
    Export {
        number: 179,
        name: "mm_position_tracker_set_limits",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let limits = a.structure(44);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_set_limits(tracker.cast(), limits.cast()) }
        },
    },
    Export {
        number: 180,
        name: "mm_position_tracker_start_day",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_start_day(tracker.cast()) }
        },
    },
    Export {
        number: 181,
        name: "mm_position_tracker_totals",
        creates: None,
        destroys: None,
        call: |a| {
            let tracker = a.handle(10);
            let totals = a.output(size_of::<mm_position_totals_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_position_tracker_totals(tracker.cast(), totals.cast()) }
        },
    },
    Export {
        number: 182,
        name: "mm_predictor_calibrate",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let windows = a.numbers(size_of::<f32>(), true);
            let length = a.length();
            let count = a.usize();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_calibrate(predictor.cast(), windows.cast(), length, count) }
        },
    },
    Export {
        number: 183,
        name: "mm_predictor_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 184,
        name: "mm_predictor_create",
        creates: Some(11),
        destroys: None,
        call: |a| {
            let config = a.structure(49);
            let path = a.text();
            let predictor = a.slot(11);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_create(config.cast(), path.cast(), predictor.cast()) }
        },
    },
    Export {
        number: 185,
        name: "mm_predictor_destroy",
        creates: None,
        destroys: Some(11),
        call: |a| {
            let predictor = a.handle(11);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_destroy(predictor.cast()) };
            MM_OK
        },
    },
    Export {
        number: 186,
        name: "mm_predictor_forecast",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_forecast(predictor.cast(), out.cast(), capacity) }
        },
    },
    Export {
        number: 187,
        name: "mm_predictor_info",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let info = a.output(size_of::<mm_predictor_info_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_info(predictor.cast(), info.cast()) }
        },
    },
    Export {
        number: 188,
        name: "mm_predictor_predict",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let window = a.numbers(size_of::<f32>(), true);
            let length = a.length();
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_predict(predictor.cast(), window.cast(), length, out.cast(), capacity) }
        },
    },
    Export {
        number: 189,
        name: "mm_predictor_predict_batch",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let windows = a.numbers(size_of::<f32>(), true);
            let length = a.length();
            let count = a.usize();
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_predict_batch(predictor.cast(), windows.cast(), length, count, out.cast(), capacity) }
        },
    },
    Export {
        number: 190,
        name: "mm_predictor_predict_part",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let window = a.numbers(size_of::<f32>(), true);
            let length = a.length();
            let out = a.outputs(size_of::<f32>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_predict_part(predictor.cast(), window.cast(), length, out.cast(), capacity) }
        },
    },
    Export {
        number: 191,
        name: "mm_predictor_push",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let row = a.numbers(size_of::<f32>(), true);
            let length = a.length();
            let fresh = a.output(size_of::<u8>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_push(predictor.cast(), row.cast(), length, fresh.cast()) }
        },
    },
    Export {
        number: 192,
        name: "mm_predictor_reset",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_reset(predictor.cast()) }
        },
    },
    Export {
        number: 193,
        name: "mm_predictor_save",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let path = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_save(predictor.cast(), path.cast()) }
        },
    },
    Export {
        number: 194,
        name: "mm_predictor_save_with_window",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let window = a.handle(4);
            let path = a.text();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_save_with_window(predictor.cast(), window.cast(), path.cast()) }
        },
    },
    Export {
        number: 195,
        name: "mm_predictor_select",
        creates: None,
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let horizons = a.numbers(size_of::<u32>(), false);
            let horizon_count = a.length();
            let channels = a.numbers(size_of::<u32>(), false);
            let channel_count = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_select(predictor.cast(), horizons.cast(), horizon_count, channels.cast(), channel_count) }
        },
    },
    Export {
        number: 196,
        name: "mm_predictor_share",
        creates: Some(11),
        destroys: None,
        call: |a| {
            let predictor = a.handle(11);
            let shared = a.slot(11);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_predictor_share(predictor.cast(), shared.cast()) }
        },
    },
    Export {
        number: 197,
        name: "mm_quoter_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_quoter_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 198,
        name: "mm_quoter_create",
        creates: Some(12),
        destroys: None,
        call: |a| {
            let config = a.structure(52);
            let quoter = a.slot(12);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_quoter_create(config.cast(), quoter.cast()) }
        },
    },
    Export {
        number: 199,
        name: "mm_quoter_destroy",
        creates: None,
        destroys: Some(12),
        call: |a| {
            let quoter = a.handle(12);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_quoter_destroy(quoter.cast()) };
            MM_OK
        },
    },
    Export {
        number: 200,
        name: "mm_quoter_quote",
        creates: None,
        destroys: None,
        call: |a| {
            let quoter = a.handle(12);
            let mid = a.f64();
            let inventory = a.f64();
            let remaining = a.f64();
            let quotes = a.output(size_of::<mm_quotes_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_quoter_quote(quoter.cast(), mid, inventory, remaining, quotes.cast()) }
        },
    },
    Export {
        number: 201,
        name: "mm_reader_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 202,
        name: "mm_reader_destroy",
        creates: None,
        destroys: Some(13),
        call: |a| {
            let reader = a.handle(13);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_destroy(reader.cast()) };
            MM_OK
        },
    },
    Export {
        number: 203,
        name: "mm_reader_detect_increments",
        creates: None,
        destroys: None,
        call: |a| {
            let format = a.u8();
            let path = a.text();
            let config = a.structure(54);
            let increments = a.output(size_of::<mm_increments_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_detect_increments(format, path.cast(), config.cast(), increments.cast()) }
        },
    },
    Export {
        number: 204,
        name: "mm_reader_next",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(13);
            let events = a.outputs(size_of::<mm_event_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_next(reader.cast(), events.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 205,
        name: "mm_reader_open",
        creates: Some(13),
        destroys: None,
        call: |a| {
            let format = a.u8();
            let path = a.text();
            let config = a.structure(54);
            let reader = a.slot(13);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_open(format, path.cast(), config.cast(), reader.cast()) }
        },
    },
    Export {
        number: 206,
        name: "mm_reader_open_synthetic",
        creates: Some(13),
        destroys: None,
        call: |a| {
            let config = a.structure(81);
            let reader = a.slot(13);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_open_synthetic(config.cast(), reader.cast()) }
        },
    },
    Export {
        number: 207,
        name: "mm_reader_progress",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(13);
            let done = a.output(size_of::<u64>());
            let total = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_reader_progress(reader.cast(), done.cast(), total.cast()) }
        },
    },
    Export {
        number: 208,
        name: "mm_risk_check_name",
        creates: None,
        destroys: None,
        call: |a| {
            let check = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_risk_check_name(check) };
            a.returned(text)
        },
    },
    Export {
        number: 209,
        name: "mm_risk_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 210,
        name: "mm_risk_coverage",
        creates: None,
        destroys: None,
        call: |a| {
            let monitor = a.handle(15);
            let rows = a.outputs(size_of::<mm_risk_coverage_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_coverage(monitor.cast(), rows.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 211,
        name: "mm_risk_gate_advance",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_advance(gate.cast(), timestamp) }
        },
    },
    Export {
        number: 212,
        name: "mm_risk_gate_check",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let order = a.structure(36);
            let exposure = a.structure(17);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_check(gate.cast(), order.cast(), exposure.cast()) }
        },
    },
    Export {
        number: 213,
        name: "mm_risk_gate_check_decimal",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let order = a.structure(66);
            let price = a.f64();
            let quantity = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_check_decimal(gate.cast(), order.cast(), price, quantity) }
        },
    },
    Export {
        number: 214,
        name: "mm_risk_gate_check_order",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let order = a.structure(66);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_check_order(gate.cast(), order.cast()) }
        },
    },
    Export {
        number: 215,
        name: "mm_risk_gate_counters",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let counters = a.output(size_of::<mm_risk_counters_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_counters(gate.cast(), counters.cast()) }
        },
    },
    Export {
        number: 216,
        name: "mm_risk_gate_create",
        creates: Some(14),
        destroys: None,
        call: |a| {
            let config = a.structure(59);
            let gate = a.slot(14);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_create(config.cast(), gate.cast()) }
        },
    },
    Export {
        number: 217,
        name: "mm_risk_gate_destroy",
        creates: None,
        destroys: Some(14),
        call: |a| {
            let gate = a.handle(14);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_destroy(gate.cast()) };
            MM_OK
        },
    },
    Export {
        number: 218,
        name: "mm_risk_gate_kill_switch",
        creates: Some(5),
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let kill_switch = a.slot(5);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_kill_switch(gate.cast(), kill_switch.cast()) }
        },
    },
    Export {
        number: 219,
        name: "mm_risk_gate_latches",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let latches = a.output(size_of::<mm_risk_latches_t>());
            let token = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_latches(gate.cast(), latches.cast(), token.cast()) }
        },
    },
    Export {
        number: 220,
        name: "mm_risk_gate_monitor",
        creates: Some(15),
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let monitor = a.slot(15);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_monitor(gate.cast(), monitor.cast()) }
        },
    },
    Export {
        number: 221,
        name: "mm_risk_gate_new_day",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_new_day(gate.cast(), timestamp) }
        },
    },
    Export {
        number: 222,
        name: "mm_risk_gate_note_cancel",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_note_cancel(gate.cast(), timestamp) }
        },
    },
    Export {
        number: 223,
        name: "mm_risk_gate_observe",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let order = a.structure(66);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_observe(gate.cast(), order.cast()) }
        },
    },
    Export {
        number: 224,
        name: "mm_risk_gate_on_account",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let account = a.structure(58);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_account(gate.cast(), account.cast()) }
        },
    },
    Export {
        number: 225,
        name: "mm_risk_gate_on_data",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_data(gate.cast(), instrument, timestamp) }
        },
    },
    Export {
        number: 226,
        name: "mm_risk_gate_on_fill",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let fill = a.structure(62);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_fill(gate.cast(), fill.cast()) }
        },
    },
    Export {
        number: 227,
        name: "mm_risk_gate_on_market",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let market = a.structure(64);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_market(gate.cast(), market.cast()) }
        },
    },
    Export {
        number: 228,
        name: "mm_risk_gate_on_reconciliation",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let breaks = a.u32();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_reconciliation(gate.cast(), breaks, timestamp) }
        },
    },
    Export {
        number: 229,
        name: "mm_risk_gate_on_recovered",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let sequence = a.u64();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_recovered(gate.cast(), instrument, sequence, timestamp) }
        },
    },
    Export {
        number: 230,
        name: "mm_risk_gate_on_return",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let value = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_return(gate.cast(), instrument, value) }
        },
    },
    Export {
        number: 231,
        name: "mm_risk_gate_on_sequence",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let sequence = a.u64();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_sequence(gate.cast(), instrument, sequence, timestamp) }
        },
    },
    Export {
        number: 232,
        name: "mm_risk_gate_on_volatility",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let volatility = a.f64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_on_volatility(gate.cast(), instrument, volatility) }
        },
    },
    Export {
        number: 233,
        name: "mm_risk_gate_reset",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let token = a.u64();
            let reason = a.text();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_reset(gate.cast(), token, reason.cast(), timestamp) }
        },
    },
    Export {
        number: 234,
        name: "mm_risk_gate_restore",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let latches = a.structure(63);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_restore(gate.cast(), latches.cast()) }
        },
    },
    Export {
        number: 235,
        name: "mm_risk_gate_set_baseline",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let day_start = a.i64();
            let peak = a.i64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_set_baseline(gate.cast(), day_start, peak) }
        },
    },
    Export {
        number: 236,
        name: "mm_risk_gate_set_config",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let config = a.structure(59);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_set_config(gate.cast(), config.cast()) }
        },
    },
    Export {
        number: 237,
        name: "mm_risk_gate_set_enabled",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let check = a.status();
            let on = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_set_enabled(gate.cast(), check, on) }
        },
    },
    Export {
        number: 238,
        name: "mm_risk_gate_set_rules",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let rules = a.structure(25);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_set_rules(gate.cast(), instrument, rules.cast()) }
        },
    },
    Export {
        number: 239,
        name: "mm_risk_gate_set_state",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let state = a.u8();
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_set_state(gate.cast(), state, timestamp) }
        },
    },
    Export {
        number: 240,
        name: "mm_risk_gate_stance",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let instrument = a.u32();
            let timestamp = a.u64();
            let stance = a.output(size_of::<mm_status_t>());
            let reduce_only = a.output(size_of::<u8>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_stance(gate.cast(), instrument, timestamp, stance.cast(), reduce_only.cast()) }
        },
    },
    Export {
        number: 241,
        name: "mm_risk_gate_update_tail_risk",
        creates: None,
        destroys: None,
        call: |a| {
            let gate = a.handle(14);
            let timestamp = a.u64();
            let value_at_risk = a.output(size_of::<f64>());
            let expected_shortfall = a.output(size_of::<f64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_gate_update_tail_risk(gate.cast(), timestamp, value_at_risk.cast(), expected_shortfall.cast()) }
        },
    },
    Export {
        number: 242,
        name: "mm_risk_monitor_audit",
        creates: None,
        destroys: None,
        call: |a| {
            let monitor = a.handle(15);
            let cursor = a.output(size_of::<u64>());
            let records = a.outputs(size_of::<mm_audit_record_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let lost = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_monitor_audit(monitor.cast(), cursor.cast(), records.cast(), capacity, count.cast(), lost.cast()) }
        },
    },
    Export {
        number: 243,
        name: "mm_risk_monitor_destroy",
        creates: None,
        destroys: Some(15),
        call: |a| {
            let monitor = a.handle(15);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_monitor_destroy(monitor.cast()) };
            MM_OK
        },
    },
    Export {
        number: 244,
        name: "mm_risk_monitor_metrics",
        creates: None,
        destroys: None,
        call: |a| {
            let monitor = a.handle(15);
            let metrics = a.output(size_of::<mm_risk_metrics_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_monitor_metrics(monitor.cast(), metrics.cast()) }
        },
    },
    Export {
        number: 245,
        name: "mm_risk_monitor_ping",
        creates: None,
        destroys: None,
        call: |a| {
            let monitor = a.handle(15);
            let timestamp = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_monitor_ping(monitor.cast(), timestamp) }
        },
    },
    Export {
        number: 246,
        name: "mm_risk_monitor_set_state",
        creates: None,
        destroys: None,
        call: |a| {
            let monitor = a.handle(15);
            let state = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_risk_monitor_set_state(monitor.cast(), state) }
        },
    },
    Export {
        number: 247,
        name: "mm_route",
        creates: None,
        destroys: None,
        call: |a| {
            let request = a.structure(67);
            let offers = a.structures(85);
            let offer_count = a.length();
            let routes = a.outputs(size_of::<mm_route_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            let left = a.output(size_of::<u64>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_route(request.cast(), offers.cast(), offer_count, routes.cast(), capacity, count.cast(), left.cast()) }
        },
    },
    Export {
        number: 248,
        name: "mm_shutdown_begin",
        creates: Some(16),
        destroys: None,
        call: |a| {
            let config = a.structure(69);
            let gate = a.handle(14);
            let timestamp = a.u64();
            let shutdown = a.slot(16);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_shutdown_begin(config.cast(), gate.cast(), timestamp, shutdown.cast()) }
        },
    },
    Export {
        number: 249,
        name: "mm_shutdown_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_shutdown_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 250,
        name: "mm_shutdown_destroy",
        creates: None,
        destroys: Some(16),
        call: |a| {
            let shutdown = a.handle(16);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_shutdown_destroy(shutdown.cast()) };
            MM_OK
        },
    },
    Export {
        number: 251,
        name: "mm_shutdown_report",
        creates: None,
        destroys: None,
        call: |a| {
            let shutdown = a.handle(16);
            let manager = a.handle(7);
            let position = a.i64();
            let report = a.output(size_of::<mm_shutdown_report_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_shutdown_report(shutdown.cast(), manager.cast(), position, report.cast()) }
        },
    },
    Export {
        number: 252,
        name: "mm_shutdown_step",
        creates: None,
        destroys: None,
        call: |a| {
            let shutdown = a.handle(16);
            let manager = a.handle(7);
            let gate = a.handle(14);
            let top = a.structure(31);
            let actions = a.outputs(size_of::<mm_order_action_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_shutdown_step(shutdown.cast(), manager.cast(), gate.cast(), top.cast(), actions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 253,
        name: "mm_status_name",
        creates: None,
        destroys: None,
        call: |a| {
            let status = a.status();
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_status_name(status) };
            a.returned(text)
        },
    },
    Export {
        number: 254,
        name: "mm_status_text",
        creates: None,
        destroys: None,
        call: |a| {
            let status = a.status();
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_status_text(status) };
            a.returned(text)
        },
    },
    Export {
        number: 255,
        name: "mm_stoikov_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_stoikov_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 256,
        name: "mm_store_applied",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let instrument = a.u32();
            let applied = a.output(size_of::<mm_store_applied_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_applied(store.cast(), instrument, applied.cast()) }
        },
    },
    Export {
        number: 257,
        name: "mm_store_apply",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let update = a.structure(77);
            let outcome = a.output(size_of::<mm_fill_outcome_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_apply(store.cast(), update.cast(), outcome.cast()) }
        },
    },
    Export {
        number: 258,
        name: "mm_store_check_loss",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_check_loss(store.cast()) }
        },
    },
    Export {
        number: 259,
        name: "mm_store_check_position",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let instrument = a.u32();
            let side = a.u8();
            let quantity = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_check_position(store.cast(), instrument, side, quantity) }
        },
    },
    Export {
        number: 260,
        name: "mm_store_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 261,
        name: "mm_store_destroy",
        creates: None,
        destroys: Some(18),
        call: |a| {
            let store = a.handle(18);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_destroy(store.cast()) };
            MM_OK
        },
    },
    Export {
        number: 262,
        name: "mm_store_export",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_export(store.cast(), tracker.cast()) }
        },
    },
    Export {
        number: 263,
        name: "mm_store_fill_ids",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let instrument = a.u32();
            let ids = a.outputs(size_of::<u64>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_fill_ids(store.cast(), instrument, ids.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 264,
        name: "mm_store_history",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let trades = a.outputs(size_of::<mm_trade_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_history(store.cast(), trades.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 265,
        name: "mm_store_import",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let tracker = a.handle(10);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_import(store.cast(), tracker.cast()) }
        },
    },
    Export {
        number: 266,
        name: "mm_store_info",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let info = a.output(size_of::<mm_store_info_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_info(store.cast(), info.cast()) }
        },
    },
    Export {
        number: 267,
        name: "mm_store_latches",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let latches = a.outputs(size_of::<mm_store_latch_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_latches(store.cast(), latches.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 268,
        name: "mm_store_limits",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let limits = a.output(size_of::<mm_position_limits_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_limits(store.cast(), limits.cast()) }
        },
    },
    Export {
        number: 269,
        name: "mm_store_open",
        creates: Some(18),
        destroys: None,
        call: |a| {
            let path = a.text();
            let config = a.structure(73);
            let store = a.slot(18);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_open(path.cast(), config.cast(), store.cast()) }
        },
    },
    Export {
        number: 270,
        name: "mm_store_orders",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let orders = a.outputs(size_of::<mm_store_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_orders(store.cast(), orders.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 271,
        name: "mm_store_position",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let instrument = a.u32();
            let position = a.output(size_of::<mm_position_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_position(store.cast(), instrument, position.cast()) }
        },
    },
    Export {
        number: 272,
        name: "mm_store_positions",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let positions = a.outputs(size_of::<mm_position_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_positions(store.cast(), positions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 273,
        name: "mm_store_reader_destroy",
        creates: None,
        destroys: Some(17),
        call: |a| {
            let reader = a.handle(17);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_destroy(reader.cast()) };
            MM_OK
        },
    },
    Export {
        number: 274,
        name: "mm_store_reader_info",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(17);
            let info = a.output(size_of::<mm_store_info_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_info(reader.cast(), info.cast()) }
        },
    },
    Export {
        number: 275,
        name: "mm_store_reader_open",
        creates: Some(17),
        destroys: None,
        call: |a| {
            let path = a.text();
            let reader = a.slot(17);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_open(path.cast(), reader.cast()) }
        },
    },
    Export {
        number: 276,
        name: "mm_store_reader_orders",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(17);
            let orders = a.outputs(size_of::<mm_store_order_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_orders(reader.cast(), orders.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 277,
        name: "mm_store_reader_positions",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(17);
            let positions = a.outputs(size_of::<mm_position_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_positions(reader.cast(), positions.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 278,
        name: "mm_store_reader_refresh",
        creates: None,
        destroys: None,
        call: |a| {
            let reader = a.handle(17);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reader_refresh(reader.cast()) }
        },
    },
    Export {
        number: 279,
        name: "mm_store_record_fill",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let fill = a.structure(21);
            let fill_id = a.u64();
            let sequence = a.u64();
            let outcome = a.output(size_of::<mm_fill_outcome_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_record_fill(store.cast(), fill.cast(), fill_id, sequence, outcome.cast()) }
        },
    },
    Export {
        number: 280,
        name: "mm_store_register",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let instrument = a.structure(26);
            let unit_value = a.i64();
            let fill_ids = a.u8();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_register(store.cast(), instrument.cast(), unit_value, fill_ids) }
        },
    },
    Export {
        number: 281,
        name: "mm_store_reload",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reload(store.cast()) }
        },
    },
    Export {
        number: 282,
        name: "mm_store_reset",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let sequence = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_reset(store.cast(), sequence) }
        },
    },
    Export {
        number: 283,
        name: "mm_store_resize",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let path = a.text();
            let config = a.structure(73);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_resize(store.cast(), path.cast(), config.cast()) }
        },
    },
    Export {
        number: 284,
        name: "mm_store_set_limits",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let limits = a.structure(44);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_set_limits(store.cast(), limits.cast()) }
        },
    },
    Export {
        number: 285,
        name: "mm_store_start_day",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let sequence = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_start_day(store.cast(), sequence) }
        },
    },
    Export {
        number: 286,
        name: "mm_store_sync",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_sync(store.cast()) }
        },
    },
    Export {
        number: 287,
        name: "mm_store_tick",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let now = a.u64();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_tick(store.cast(), now) }
        },
    },
    Export {
        number: 288,
        name: "mm_store_totals",
        creates: None,
        destroys: None,
        call: |a| {
            let store = a.handle(18);
            let totals = a.output(size_of::<mm_position_totals_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_store_totals(store.cast(), totals.cast()) }
        },
    },
    Export {
        number: 289,
        name: "mm_synthetic_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_synthetic_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 290,
        name: "mm_trees_create",
        creates: Some(19),
        destroys: None,
        call: |a| {
            let path = a.text();
            let trees = a.slot(19);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_create(path.cast(), trees.cast()) }
        },
    },
    Export {
        number: 291,
        name: "mm_trees_create_from_text",
        creates: Some(19),
        destroys: None,
        call: |a| {
            let text = a.numbers(size_of::<c_char>(), false);
            let length = a.length();
            let trees = a.slot(19);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_create_from_text(text.cast(), length, trees.cast()) }
        },
    },
    Export {
        number: 292,
        name: "mm_trees_destroy",
        creates: None,
        destroys: Some(19),
        call: |a| {
            let trees = a.handle(19);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_destroy(trees.cast()) };
            MM_OK
        },
    },
    Export {
        number: 293,
        name: "mm_trees_feature_name",
        creates: None,
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let index = a.usize();
            let name = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_feature_name(trees.cast(), index, name.cast()) }
        },
    },
    Export {
        number: 294,
        name: "mm_trees_info",
        creates: None,
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let info = a.output(size_of::<mm_trees_info_t>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_info(trees.cast(), info.cast()) }
        },
    },
    Export {
        number: 295,
        name: "mm_trees_predict",
        creates: None,
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let row = a.numbers(size_of::<f64>(), true);
            let length = a.length();
            let out = a.outputs(size_of::<f64>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_predict(trees.cast(), row.cast(), length, out.cast(), capacity) }
        },
    },
    Export {
        number: 296,
        name: "mm_trees_predict_batch",
        creates: None,
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let rows = a.numbers(size_of::<f64>(), true);
            let length = a.length();
            let count = a.usize();
            let out = a.outputs(size_of::<f64>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_predict_batch(trees.cast(), rows.cast(), length, count, out.cast(), capacity) }
        },
    },
    Export {
        number: 297,
        name: "mm_trees_predict_raw",
        creates: None,
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let row = a.numbers(size_of::<f64>(), true);
            let length = a.length();
            let out = a.outputs(size_of::<f64>());
            let capacity = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_predict_raw(trees.cast(), row.cast(), length, out.cast(), capacity) }
        },
    },
    Export {
        number: 298,
        name: "mm_trees_share",
        creates: Some(19),
        destroys: None,
        call: |a| {
            let trees = a.handle(19);
            let shared = a.slot(19);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_trees_share(trees.cast(), shared.cast()) }
        },
    },
    Export {
        number: 299,
        name: "mm_venue_config_init",
        creates: None,
        destroys: None,
        call: |a| {
            let config = a.uninitialised();
            let struct_size = a.length();
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_config_init(config.cast(), struct_size) }
        },
    },
    Export {
        number: 300,
        name: "mm_venue_create",
        creates: Some(20),
        destroys: None,
        call: |a| {
            let config = a.structure(84);
            let venue = a.slot(20);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_create(config.cast(), venue.cast()) }
        },
    },
    Export {
        number: 301,
        name: "mm_venue_destroy",
        creates: None,
        destroys: Some(20),
        call: |a| {
            let venue = a.handle(20);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_destroy(venue.cast()) };
            MM_OK
        },
    },
    Export {
        number: 302,
        name: "mm_venue_on_event",
        creates: None,
        destroys: None,
        call: |a| {
            let venue = a.handle(20);
            let engine = a.handle(3);
            let event = a.structure(15);
            let reports = a.outputs(size_of::<mm_execution_report_t>());
            let capacity = a.length();
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_on_event(venue.cast(), engine.cast(), event.cast(), reports.cast(), capacity, count.cast()) }
        },
    },
    Export {
        number: 303,
        name: "mm_venue_reports_needed",
        creates: None,
        destroys: None,
        call: |a| {
            let venue = a.handle(20);
            let count = a.output(size_of::<usize>());
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_reports_needed(venue.cast(), count.cast()) }
        },
    },
    Export {
        number: 304,
        name: "mm_venue_submit",
        creates: None,
        destroys: None,
        call: |a| {
            let venue = a.handle(20);
            let now = a.u64();
            let action = a.structure(35);
            // SAFETY: the attacker passes only what the interface allows.
            unsafe { mm_venue_submit(venue.cast(), now, action.cast()) }
        },
    },
    Export {
        number: 305,
        name: "mm_version",
        creates: None,
        destroys: None,
        call: |a| {
            // SAFETY: the attacker passes only what the interface allows.
            let text = unsafe { mm_version() };
            a.returned(text)
        },
    },
];
