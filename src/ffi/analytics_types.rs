//! What analytics report: the numbers of a book, its trades and its fills, and the elements of their distributions.

use crate::analytics::{CANCEL_BUCKETS, FillClass, Markouts, SurvivalPoint};

/// Most horizons of markouts.
pub const MM_MAX_HORIZONS: u32 = 12;
/// Most windows of trade counts.
pub const MM_MAX_COUNT_WINDOWS: u32 = 8;
/// Octaves of quantity in the impact matrix.
pub const MM_IMPACT_BUCKETS: u32 = 24;
/// Octaves of distance of cancellations.
pub const MM_CANCEL_BUCKETS: u32 = 10;
/// Buckets of the distance at which orders enter.
pub const MM_FILL_DISTANCES: u32 = 12;

/// Answers about fills teach the model.
pub const MM_FILLS_LEARN: u8 = 0;
/// The model stays as it is; its forecasts are scored.
pub const MM_FILLS_SCORE: u8 = 1;
/// Both: each forecast is scored before its answer is learnt.
pub const MM_FILLS_LEARN_AND_SCORE: u8 = 2;

/// Lives of orders: the event is a complete fill, the competing end a cancellation.
pub const MM_SURVIVAL_ORDERS: u8 = 0;
/// Times until the spread is back after a trade that moved the best.
pub const MM_SURVIVAL_SPREAD_RECOVERY: u8 = 1;
/// Times until the depth is back after a trade that moved the best.
pub const MM_SURVIVAL_DEPTH_RECOVERY: u8 = 2;

/// All distances in `mm_analytics_survival`.
pub const MM_ALL_DISTANCES: u32 = u32::MAX;

const _: () = assert!(
    MM_MAX_HORIZONS as usize == crate::analytics::MAX_HORIZONS
        && MM_MAX_COUNT_WINDOWS as usize == crate::analytics::MAX_WINDOWS
        && MM_IMPACT_BUCKETS as usize == crate::analytics::SIZE_BUCKETS
        && MM_CANCEL_BUCKETS as usize == CANCEL_BUCKETS
        && MM_FILL_DISTANCES as usize == FillClass::DISTANCES
);

/// The book's report. Doubles are NaN where nothing is known yet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_analytics_book_report_t {
    /// Time with a sound spread, ns.
    pub spread_time: u64,
    /// Time without one, ns.
    pub unsound_time: u64,
    /// Time-weighted mean spread, ticks.
    pub spread_mean: f64,
    /// Spread not exceeded for 10 % of the time, ticks.
    pub spread_p10: f64,
    /// For half of it.
    pub spread_p50: f64,
    /// For 90 % of it.
    pub spread_p90: f64,
    /// Time-weighted mean depth-weighted spread, ticks.
    pub depth_weighted_spread: f64,
    /// Mean time that a best bid's price stands, ns.
    pub bid_lifetime: f64,
    /// Mean time that a best ask's price stands, ns.
    pub ask_lifetime: f64,
    /// Time until the spread is back after a trade that moved the best, median of Kaplan-Meier, ns.
    pub spread_recovery: f64,
    /// The same of the depth.
    pub depth_recovery: f64,
    /// Mean share of the lots taken that is back after the window, 0 to 1.
    pub replenishment: f64,
    /// Trades in that mean.
    pub replenishments: u64,
}

/// The trades' report, over parent trades. Doubles are NaN where nothing is known yet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_analytics_flow_report_t {
    /// Parent trades.
    pub trades: u64,
    /// Mean lots.
    pub size_mean: f64,
    /// Lots that half of them do not exceed, within a sixteenth.
    pub size_p50: f64,
    /// Lots that 90 % do not exceed.
    pub size_p90: f64,
    /// Lots that 99 % do not exceed.
    pub size_p99: f64,
    /// Mean sign: buying less selling, -1 to 1.
    pub sign_mean: f64,
    /// Variance of the intervals over their mean squared; 1 for a Poisson process.
    pub interval_dispersion: f64,
    /// VPIN, 0 to 1.
    pub vpin: f64,
    /// Share of VPIN's past that it is not below now, 0 to 1.
    pub vpin_percentile: f64,
    /// Largest mean impact at any horizon, ticks.
    pub impact_peak: f64,
    /// Mean impact at the last horizon, ticks.
    pub impact_permanent: f64,
    /// Their ratio.
    pub permanent_share: f64,
}

/// The fills' report. Doubles are NaN where nothing is known yet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_analytics_fill_report_t {
    /// Orders that the model has learnt from.
    pub orders: u64,
    /// Orders watched now.
    pub alive: u64,
    /// Orders that found no room.
    pub unwatched: u64,
    /// Forecasts scored.
    pub forecasts: u64,
    /// Share of the learnt orders that traded in time.
    pub base_rate: f64,
    /// Mean squared error of the forecasts.
    pub brier_score: f64,
    /// 1 less the score over that of the scored orders' own base rate; 0 is no better than it.
    pub skill: f64,
    /// Mean |forecast - frequency| over the reliability curve.
    pub calibration_error: f64,
}

/// What happened at one octave of distance: bucket 0 at the best, bucket b from 2^(b-1) to 2^b - 1 ticks behind.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_cancel_bucket_t {
    /// Orders that entered at it.
    pub adds: u64,
    /// Orders cancelled whole at it.
    pub cancels: u64,
    /// Lots cancelled at it.
    pub lots: u64,
    /// Cancellations per resting order and second; NaN before anything has rested.
    pub rate: f64,
}

/// What trades cost and moved by one horizon. Spreads and impact are whole spreads in ticks: impact = effective - realised.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_markout_t {
    /// The horizon, ns.
    pub horizon: u64,
    /// Trades that reached it.
    pub trades: u64,
    /// Mean effective spread. NaN, as all that follows, without a trade.
    pub effective_spread: f64,
    /// Mean realised spread.
    pub realised_spread: f64,
    /// Mean price impact.
    pub price_impact: f64,
    /// The same three, weighted by quantity.
    pub effective_spread_by_quantity: f64,
    /// Weighted by quantity.
    pub realised_spread_by_quantity: f64,
    /// Weighted by quantity.
    pub price_impact_by_quantity: f64,
    /// Share of the trades after which the mid stood beyond their price.
    pub toxic_share: f64,
    /// The same by quantity.
    pub toxic_share_by_quantity: f64,
}

/// A cell of the impact matrix.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_impact_cell_t {
    /// Trades in it.
    pub trades: u64,
    /// Mean move of the mid in the trade's direction, ticks.
    pub impact: f64,
    /// Its standard error; NaN below two trades.
    pub standard_error: f64,
}

/// A step of survival curves.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_survival_point_t {
    /// When, ns.
    pub duration: u64,
    /// Watched and not ended before.
    pub at_risk: u64,
    /// Ended by the event at it.
    pub events: u64,
    /// Kaplan-Meier: share that outlives it, were the event the only end.
    pub survival: f64,
    /// Greenwood's standard error.
    pub standard_error: f64,
    /// Aalen-Johansen: share that has ended by the event.
    pub incidence: f64,
}

/// What became of what survival curves are about, over all of them.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_survival_summary_t {
    /// Ended by the event: a complete fill, a recovery.
    pub events: u64,
    /// Ended by the competing end: a cancellation.
    pub competing: u64,
    /// Not seen to end, those that are open now included.
    pub censored: u64,
    /// Duration that half outlive, were the event the only end (Kaplan-Meier), ns; NaN where more than half do.
    pub median: f64,
}

/// Kyle's lambda: the regression change of the mid = intercept + lambda x signed volume, over intervals of equal time.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_kyle_lambda_t {
    /// Intervals in the regression.
    pub intervals: u64,
    /// Ticks per lot.
    pub lambda: f64,
    /// Its standard error, ticks per lot.
    pub standard_error: f64,
    /// The change of the mid without volume, ticks per interval.
    pub intercept: f64,
    /// Share of the mid's variance that signed volume explains, 0 to 1.
    pub r_squared: f64,
}

/// A bin of the reliability curve.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_reliability_bin_t {
    /// Forecasts in it.
    pub forecasts: u64,
    /// Their mean; NaN without any.
    pub forecast: f64,
    /// How often the event happened; NaN without any.
    pub frequency: f64,
}

/// Dispersion of counts in windows of one length.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_count_dispersion_t {
    /// Windows completed.
    pub windows: u64,
    /// Mean count.
    pub mean: f64,
    /// Fano factor; 1 for a Poisson process.
    pub fano: f64,
    /// Branching ratio of the self-exciting process with this dispersion.
    pub branching_ratio: f64,
}

impl From<SurvivalPoint> for mm_survival_point_t {
    fn from(point: SurvivalPoint) -> Self {
        Self {
            duration: point.duration_ns,
            at_risk: point.at_risk,
            events: point.events,
            survival: point.survival,
            standard_error: point.standard_error,
            incidence: point.incidence,
        }
    }
}

/// A number, or NaN for one that is not known.
pub(super) fn known(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// Markouts by horizon.
pub(super) fn markouts(markouts: &Markouts) -> impl Iterator<Item = mm_markout_t> {
    markouts.horizons_ns().iter().enumerate().map(|(index, &horizon)| {
        let summary = markouts.summary(index);
        let value = |of: fn(&crate::analytics::MarkoutSummary) -> f64| known(summary.as_ref().map(of));
        mm_markout_t {
            horizon,
            trades: summary.map_or(0, |summary| summary.trades),
            effective_spread: value(|s| s.effective_spread),
            realised_spread: value(|s| s.realised_spread),
            price_impact: value(|s| s.price_impact),
            effective_spread_by_quantity: value(|s| s.effective_spread_by_quantity),
            realised_spread_by_quantity: value(|s| s.realised_spread_by_quantity),
            price_impact_by_quantity: value(|s| s.price_impact_by_quantity),
            toxic_share: value(|s| s.toxic_share),
            toxic_share_by_quantity: value(|s| s.toxic_share_by_quantity),
        }
    })
}
