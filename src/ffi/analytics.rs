//! What a market was like: `mm_analytics_t` takes a book's events and reports spreads, resiliency, cancellations, trade flow,
//! impact, order lifetimes and fill probabilities (F10).

use super::args::{self, Out};
use super::book::{bits, mm_book_t};
use super::config::{self, Config};
use super::depth::mm_level_book_t;
use super::event::mm_event_t;
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::status::*;
use crate::analytics::{
    AnalyticsError, CANCEL_BUCKETS, Ending, FillClass, FillMode, LifetimeConfig, MarketAnalytics,
    MarketAnalyticsConfig, MarkoutConfig, Markouts, ResiliencyConfig, Survival, SurvivalPoint,
};
use crate::book::{BookError, Depth, Touched};
use crate::types::{Event, Quantity, Side, Timestamp};

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

/// Analytics of one instrument's feed.
pub struct mm_analytics_t {
    _opaque: [u8; 0],
}

/// The analytics, and room for a report that is put together.
pub(super) struct MarketReport {
    market: MarketAnalytics,
    lives: Survival,
}

impl MarketReport {
    /// What `kind` and `distance` of `mm_analytics_survival` name.
    fn survival(&mut self, kind: u8, distance: u32, now: u64) -> Result<&Survival, Failure> {
        match kind {
            MM_SURVIVAL_ORDERS => {
                let distance = (distance != MM_ALL_DISTANCES).then_some(distance as usize);
                if distance.is_some_and(|distance| distance >= FillClass::DISTANCES) {
                    return Err(Failure::new(
                        MM_E_INVALID_ARGUMENT,
                        format_args!("distance is out of range"),
                    ));
                }
                self.market.lifetimes().survival_into(Timestamp(now), distance, &mut self.lives);
                Ok(&self.lives)
            }
            MM_SURVIVAL_SPREAD_RECOVERY => Ok(self.market.resiliency().spread_recovery()),
            MM_SURVIVAL_DEPTH_RECOVERY => Ok(self.market.resiliency().depth_recovery()),
            _ => Err(Failure::new(MM_E_ENUM, format_args!("survival kind {kind} has no meaning"))),
        }
    }
}

impl Noun for mm_analytics_t {
    type Value = MarketReport;
    const NAME: &'static str = "mm_analytics_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-analy");
}

/// What analytics are built from. Times are ns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_analytics_config_t {
    /// Set by `mm_analytics_config_init`.
    pub struct_size: usize,
    /// Horizons of impact and markouts, ascending; 0 is right after the trade. Default 0, 10 ms, 100 ms, 1, 5, 10, 30, 60 s.
    pub horizons: [u64; 12],
    /// Windows of the counts of trades, ascending. Default 0.1, 1, 10, 60 s.
    pub count_windows: [u64; 8],
    /// Grid on which resting orders are sampled. Default 100 ms.
    pub cancel_sample: u64,
    /// Volume of a VPIN bucket, lots. Default 10000.
    pub vpin_bucket: u64,
    /// When replenishment is looked at after a trade. Default 1 s.
    pub replenishment_window: u64,
    /// When a recovery is given up. Default 60 s.
    pub recovery_limit: u64,
    /// Share of the depth that counts as recovered. Default 1.
    pub depth_share: f64,
    /// Within what time an order is to trade. Default 10 s.
    pub fill_horizon: u64,
    /// Orders that a coarser cell of the fill model weighs as. Default 20.
    pub fill_strength: f64,
    /// How many of `horizons` count. Default 8.
    pub horizon_count: u32,
    /// How many of `count_windows` count. Default 4.
    pub count_window_count: u32,
    /// VPIN buckets. Default 50.
    pub vpin_buckets: u32,
    /// Widest spread that is told apart, ticks. Default 1000.
    pub max_spread: u32,
    /// Levels a side of the depth-weighted spread, 1 to 64. Default 5.
    pub depth_levels: u32,
    /// Lags of the signs' memory, 1 to 64. Default 20.
    pub sign_lags: u32,
    /// Most trades that wait for their last horizon. Default 65536.
    pub max_pending: u32,
    /// Most orders that are watched at a time. Default 65536.
    pub max_orders: u32,
    /// Most orders that enter within the fill horizon. Default 65536.
    pub max_waiting: u32,
    /// Bins of the reliability curve. Default 10.
    pub reliability_bins: u32,
    /// `MM_FILLS_*`. Default both.
    pub fill_mode: u8,
    /// Zero.
    pub reserved: [u8; 7],
    /// Intervals over which Kyle's lambda is regressed, at most a day. Default, and what 0 stands for, 1 s.
    pub kyle_interval: u64,
}

// SAFETY: repr(C), begins with `struct_size`; 29 8-byte fields, ten of 4 and eight bytes fill 280 without padding, all plain
// numbers.
unsafe impl Config for mm_analytics_config_t {
    const FIRST_SIZE: usize = 272;
    fn defaults() -> Self {
        let defaults = MarketAnalyticsConfig::default();
        let (mut horizons, mut count_windows) = ([0; 12], [0; 8]);
        let (used, windows) = (defaults.markouts.horizons_ns, defaults.count_windows_ns);
        horizons[..used.len()].copy_from_slice(used);
        count_windows[..windows.len()].copy_from_slice(windows);
        Self {
            struct_size: size_of::<Self>(),
            horizons,
            count_windows,
            cancel_sample: defaults.cancel_sample_ns,
            vpin_bucket: defaults.vpin_bucket.0,
            replenishment_window: defaults.resiliency.window_ns,
            recovery_limit: defaults.resiliency.limit_ns,
            depth_share: defaults.resiliency.depth_share,
            fill_horizon: defaults.lifetimes.horizon_ns,
            fill_strength: defaults.lifetimes.strength,
            horizon_count: used.len() as u32,
            count_window_count: windows.len() as u32,
            vpin_buckets: defaults.vpin_buckets,
            max_spread: defaults.max_spread,
            depth_levels: defaults.depth_levels,
            sign_lags: defaults.sign_lags,
            max_pending: defaults.markouts.max_pending,
            max_orders: defaults.lifetimes.max_orders,
            max_waiting: defaults.lifetimes.max_waiting,
            reliability_bins: defaults.lifetimes.reliability_bins,
            fill_mode: MM_FILLS_LEARN_AND_SCORE,
            reserved: [0; 7],
            kyle_interval: defaults.kyle_interval_ns,
        }
    }
}

const _: () =
    assert!(size_of::<mm_analytics_config_t>() == <mm_analytics_config_t as Config>::FIRST_SIZE + 8);

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

impl From<AnalyticsError> for Failure {
    fn from(error: AnalyticsError) -> Self {
        let status = match error {
            AnalyticsError::Undetermined { .. } => MM_E_NOT_READY,
            _ => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
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

fn not_there(what: &str) -> Failure {
    Failure::new(MM_E_NOT_FOUND, format_args!("no such {what}, or nothing in it yet"))
}

pub(super) fn fill_mode(value: u8) -> Result<FillMode, Failure> {
    match value {
        MM_FILLS_LEARN => Ok(FillMode::Learn),
        MM_FILLS_SCORE => Ok(FillMode::Score),
        MM_FILLS_LEARN_AND_SCORE => Ok(FillMode::LearnAndScore),
        _ => Err(Failure::new(MM_E_ENUM, format_args!("fill mode {value} has no meaning"))),
    }
}

/// The first `count` of a config's times.
pub(super) fn times<'a>(values: &'a [u64], count: u32, name: &str) -> Result<&'a [u64], Failure> {
    values
        .get(..count as usize)
        .ok_or_else(|| Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} exceeds {}", values.len())))
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

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_config_init(
    config: *mut mm_analytics_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes analytics that have seen nothing, with all their storage.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
///
/// # Safety
/// `config` points to an initialised config; `analytics` is writable. Free the handle with `mm_analytics_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_create(
    config: *const mm_analytics_config_t,
    analytics: *mut *mut mm_analytics_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(analytics, "analytics") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let market = MarketAnalytics::new(&MarketAnalyticsConfig {
            max_spread: config.max_spread,
            depth_levels: config.depth_levels,
            sign_lags: config.sign_lags,
            count_windows_ns: times(&config.count_windows, config.count_window_count, "count_window_count")?,
            cancel_sample_ns: config.cancel_sample,
            vpin_bucket: Quantity(config.vpin_bucket),
            vpin_buckets: config.vpin_buckets,
            kyle_interval_ns: match config.kyle_interval {
                0 => MarketAnalyticsConfig::default().kyle_interval_ns,
                interval => interval,
            },
            resiliency: ResiliencyConfig {
                window_ns: config.replenishment_window,
                limit_ns: config.recovery_limit,
                depth_share: config.depth_share,
            },
            markouts: MarkoutConfig {
                horizons_ns: times(&config.horizons, config.horizon_count, "horizon_count")?,
                max_pending: config.max_pending,
            },
            lifetimes: LifetimeConfig {
                max_orders: config.max_orders,
                max_waiting: config.max_waiting,
                horizon_ns: config.fill_horizon,
                strength: config.fill_strength,
                reliability_bins: config.reliability_bins,
            },
            fill_mode: fill_mode(config.fill_mode)?,
        })?;
        out.set(create(MarketReport { market, lives: Survival::default() }));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `analytics` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_destroy(analytics: *mut mm_analytics_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(analytics) }
}

/// Applies an event to a book and tells the analytics.
///
/// # Safety
/// `event` is null or readable, `touched` null or writable.
unsafe fn apply<B: Depth>(
    analytics: &mut MarketAnalytics,
    book: &mut B,
    event: *const mm_event_t,
    touched: *mut u32,
    apply: impl FnOnce(&mut B, &Event) -> Result<Touched, BookError>,
) -> Outcome {
    // SAFETY: forwarded.
    let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
    // SAFETY: forwarded.
    let out = unsafe { Out::optional(touched, "touched") }?;
    let touched = apply(book, &event)?;
    analytics.on_event(&event, touched, book);
    if let Some(out) = out {
        out.set(bits(touched));
    }
    Ok(MM_OK)
}

/// Applies one event to the book, as `mm_book_apply`, and tells the analytics. `touched`, which may be null, gets `MM_TOUCHED*`
/// bits. Hot path.
///
/// # Errors
/// Those of `mm_book_apply`; neither the book nor the analytics have changed then.
///
/// # Safety
/// `analytics` and `book` are live handles that no other thread uses; `event` is readable; `touched` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_apply(
    analytics: *mut mm_analytics_t,
    book: *mut mm_book_t,
    event: *const mm_event_t,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let report = unsafe { Exclusive::new(analytics) };
    // SAFETY: by this function's contract.
    let book = unsafe { Exclusive::new(book) };
    guard((report, book), |(report, book): (&mut MarketReport, _)| {
        // SAFETY: by this function's contract.
        unsafe {
            apply(&mut report.market, book, event, touched, |book: &mut crate::book::OrderBook, event| {
                book.apply(event)
            })
        }
    })
}

/// As `mm_analytics_apply`, on a level book: everything but the lives of orders and the cancellations.
///
/// # Errors
/// Those of `mm_level_book_apply`; neither the book nor the analytics have changed then.
///
/// # Safety
/// As for `mm_analytics_apply`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_apply_level(
    analytics: *mut mm_analytics_t,
    book: *mut mm_level_book_t,
    event: *const mm_event_t,
    touched: *mut u32,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let report = unsafe { Exclusive::new(analytics) };
    // SAFETY: by this function's contract.
    let book = unsafe { Exclusive::new(book) };
    guard((report, book), |(report, book): (&mut MarketReport, _)| {
        // SAFETY: by this function's contract.
        unsafe {
            apply(&mut report.market, book, event, touched, |book: &mut crate::book::LevelBook, event| {
                book.apply(event)
            })
        }
    })
}

/// It is `now`, ns, without an event: what was waiting for it is settled. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_advance(analytics: *mut mm_analytics_t, now: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(analytics) }, |report| {
        report.market.advance(Timestamp(now));
        Ok(MM_OK)
    })
}

/// There is a gap in the feed at `now`, ns: what is open is not seen to end, and the next book follows nothing.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_interrupt(analytics: *mut mm_analytics_t, now: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(analytics) }, |report| {
        report.market.interrupt(Timestamp(now));
        Ok(MM_OK)
    })
}

/// What answers about fills are used for from now on: `MM_FILLS_*`.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`.
///
/// # Safety
/// `analytics` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_set_fill_mode(analytics: *mut mm_analytics_t, mode: u8) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(analytics) }, |report| {
        report.market.lifetimes_mut().set_mode(fill_mode(mode)?);
        Ok(MM_OK)
    })
}

/// The book's report.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `report` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_book_report(
    analytics: *const mm_analytics_t,
    report: *mut mm_analytics_book_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(report, "report") }?;
        let market = &handle.market;
        let (spread, resiliency) = (market.spread(), market.resiliency());
        let quantile = |part| known(spread.quantile(part).map(f64::from));
        let median = |survival: &Survival| known(survival.median_ns().map(|ns| ns as f64));
        out.set(mm_analytics_book_report_t {
            spread_time: spread.total_ns(),
            unsound_time: spread.unsound_ns(),
            spread_mean: known(spread.mean()),
            spread_p10: quantile(0.1),
            spread_p50: quantile(0.5),
            spread_p90: quantile(0.9),
            depth_weighted_spread: known(market.depth_spread().value()),
            bid_lifetime: known(market.quotes().lifetimes(Side::Buy).mean()),
            ask_lifetime: known(market.quotes().lifetimes(Side::Sell).mean()),
            spread_recovery: median(resiliency.spread_recovery()),
            depth_recovery: median(resiliency.depth_recovery()),
            replenishment: known(resiliency.replenishment()),
            replenishments: resiliency.replenishments(),
        });
        Ok(MM_OK)
    })
}

/// The trades' report.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `report` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_flow_report(
    analytics: *const mm_analytics_t,
    report: *mut mm_analytics_flow_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(report, "report") }?;
        let market = &handle.market;
        let size = |part| known(market.sizes().quantile(part).map(|lots| lots as f64));
        let decay = market.markouts().decay();
        out.set(mm_analytics_flow_report_t {
            trades: market.sizes().len(),
            size_mean: known(market.sizes().mean()),
            size_p50: size(0.5),
            size_p90: size(0.9),
            size_p99: size(0.99),
            sign_mean: known(market.signs().mean()),
            interval_dispersion: known(market.arrivals().interval_dispersion()),
            vpin: known(market.toxicity().vpin()),
            vpin_percentile: known(market.toxicity().percentile()),
            impact_peak: known(decay.map(|decay| decay.peak)),
            impact_permanent: known(decay.map(|decay| decay.permanent)),
            permanent_share: known(decay.map(|decay| decay.permanent_share)),
        });
        Ok(MM_OK)
    })
}

/// The fills' report.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `report` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_fill_report(
    analytics: *const mm_analytics_t,
    report: *mut mm_analytics_fill_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(report, "report") }?;
        let lifetimes = handle.market.lifetimes();
        let calibration = lifetimes.calibration();
        out.set(mm_analytics_fill_report_t {
            orders: lifetimes.model().orders(),
            alive: lifetimes.alive() as u64,
            unwatched: lifetimes.unwatched(),
            forecasts: calibration.forecasts(),
            base_rate: known(lifetimes.model().base_rate()),
            brier_score: known(calibration.brier_score()),
            skill: known(calibration.skill()),
            calibration_error: known(calibration.calibration_error()),
        });
        Ok(MM_OK)
    })
}

/// Cancellations by distance, nearest first: `MM_CANCEL_BUCKETS` buckets.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `buckets` is writable for `capacity` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_cancels(
    analytics: *const mm_analytics_t,
    buckets: *mut mm_cancel_bucket_t,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        args::fits(CANCEL_BUCKETS, capacity, "buckets")?;
        // SAFETY: by this function's contract; no more than the capacity.
        let out = unsafe { args::output(buckets, CANCEL_BUCKETS, "buckets") }?;
        let cancels = handle.market.cancels();
        let buckets = (0..CANCEL_BUCKETS).filter_map(|at| cancels.bucket(at));
        args::fill(
            out,
            buckets.map(|bucket| mm_cancel_bucket_t {
                adds: bucket.adds,
                cancels: bucket.cancels,
                lots: bucket.lots,
                rate: known(bucket.rate()),
            }),
        );
        Ok(MM_OK)
    })
}

/// Spreads, impact and toxicity by horizon, shortest first; `count` gets their number.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; `MM_MAX_HORIZONS` places always suffice.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `out` is writable for `capacity` elements, `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_markouts(
    analytics: *const mm_analytics_t,
    out: *mut mm_markout_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        unsafe { write_markouts(handle.market.markouts(), out, capacity, count) }
    })
}

/// # Safety
/// `out` is null or writable for `capacity` elements, `count` null or writable.
pub(super) unsafe fn write_markouts(
    from: &Markouts,
    out: *mut mm_markout_t,
    capacity: usize,
    count: *mut usize,
) -> Outcome {
    let needed = from.horizons_ns().len();
    args::fits(needed, capacity, "out")?;
    // SAFETY: forwarded; no more than the capacity.
    let places = unsafe { args::output(out, needed, "out") }?;
    // SAFETY: forwarded.
    let count = unsafe { Out::new(count, "count") }?;
    count.set(args::fill(places, markouts(from)));
    Ok(MM_OK)
}

/// A cell of the impact matrix: trades of 2^bucket to 2^(bucket+1) - 1 lots, by the `horizon`-th horizon.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_FOUND` where there is no such trade.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `cell` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_impact(
    analytics: *const mm_analytics_t,
    bucket: u32,
    horizon: u32,
    cell: *mut mm_impact_cell_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(cell, "cell") }?;
        let cell = handle.market.markouts().impact(bucket as usize, horizon as usize);
        let cell = cell.ok_or_else(|| not_there("cell of the impact matrix"))?;
        out.set(mm_impact_cell_t {
            trades: cell.trades,
            impact: cell.impact,
            standard_error: known(cell.standard_error),
        });
        Ok(MM_OK)
    })
}

/// Curves of `MM_SURVIVAL_*` as of `now`, ns, shortest duration first; `count` gets the number of points. For orders those that
/// entered at one `distance` (0 improved, 1 joined the best, 2 a tick behind, 3 two or three, in octaves) or
/// `MM_ALL_DISTANCES`; those still alive count as not ended. O(orders).
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a distance that is none, `MM_E_BUFFER_TOO_SMALL`; 496 places always suffice.
///
/// # Safety
/// `analytics` is a live handle that no other thread uses; `points` is writable for `capacity` elements, `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_survival(
    analytics: *mut mm_analytics_t,
    kind: u8,
    distance: u32,
    now: u64,
    points: *mut mm_survival_point_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(count, "count") }?;
        let survival = handle.survival(kind, distance, now)?;
        let ends = survival.count(Ending::Event) + survival.count(Ending::Competing);
        let needed = if ends == 0 { 0 } else { survival.points().count() };
        args::fits(needed, capacity, "points")?;
        // SAFETY: by this function's contract; no more than the capacity.
        let places = unsafe { args::output(points, needed, "points") }?;
        out.set(args::fill(places, survival.points().map(mm_survival_point_t::from)));
        Ok(MM_OK)
    })
}

/// What became of what `mm_analytics_survival` draws curves of. O(orders).
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a distance that is none.
///
/// # Safety
/// `analytics` is a live handle that no other thread uses; `summary` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_survival_summary(
    analytics: *mut mm_analytics_t,
    kind: u8,
    distance: u32,
    now: u64,
    summary: *mut mm_survival_summary_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(summary, "summary") }?;
        let survival = handle.survival(kind, distance, now)?;
        out.set(mm_survival_summary_t {
            events: survival.count(Ending::Event),
            competing: survival.count(Ending::Competing),
            censored: survival.count(Ending::Censored),
            median: known(survival.median_ns().map(|ns| ns as f64)),
        });
        Ok(MM_OK)
    })
}

/// Kyle's lambda over the whole feed so far. Hot path.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_READY` below three intervals, or while their volume has not varied.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `lambda` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_kyle_lambda(
    analytics: *const mm_analytics_t,
    lambda: *mut mm_kyle_lambda_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(lambda, "lambda") }?;
        let estimate = handle.market.kyle().estimate()?;
        out.set(mm_kyle_lambda_t {
            intervals: estimate.intervals,
            lambda: estimate.lambda,
            standard_error: estimate.standard_error,
            intercept: estimate.intercept,
            r_squared: estimate.r_squared,
        });
        Ok(MM_OK)
    })
}

/// The probability that an order trades within the fill horizon that enters `behind` ticks behind the best of its side
/// (negative: better), with `ahead` lots in front of it at its price, `quantity` lots large. Hot path.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_READY` before any answer.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `probability` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_fill_probability(
    analytics: *const mm_analytics_t,
    behind: i64,
    ahead: u64,
    quantity: u64,
    probability: *mut f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(probability, "probability") }?;
        let class = FillClass::new(behind, Quantity(ahead), Quantity(quantity));
        let value = handle.market.lifetimes().model().probability(class);
        let value =
            value.ok_or_else(|| Failure::new(MM_E_NOT_READY, format_args!("no order has been answered")))?;
        out.set(value);
        Ok(MM_OK)
    })
}

/// The reliability curve: bin i of n holds the forecasts from i/n to (i+1)/n; `count` gets n.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; the config's `reliability_bins` places suffice.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `bins` is writable for `capacity` elements, `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_reliability(
    analytics: *const mm_analytics_t,
    bins: *mut mm_reliability_bin_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(count, "count") }?;
        let calibration = handle.market.lifetimes().calibration();
        let needed = calibration.reliability().count();
        args::fits(needed, capacity, "bins")?;
        // SAFETY: by this function's contract; no more than the capacity.
        let places = unsafe { args::output(bins, needed, "bins") }?;
        let curve = calibration.reliability().map(|bin| mm_reliability_bin_t {
            forecasts: bin.map_or(0, |bin| bin.forecasts),
            forecast: known(bin.map(|bin| bin.forecast)),
            frequency: known(bin.map(|bin| bin.frequency)),
        });
        out.set(args::fill(places, curve));
        Ok(MM_OK)
    })
}

/// Autocorrelation of the aggressors' sides at a lag, trades.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_FOUND` for a lag that is not kept, or before the sides have varied.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `value` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_sign_autocorrelation(
    analytics: *const mm_analytics_t,
    lag: u32,
    value: *mut f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(value, "value") }?;
        out.set(handle.market.signs().autocorrelation(lag).ok_or_else(|| not_there("lag"))?);
        Ok(MM_OK)
    })
}

/// Dispersion of the counts of trades in windows of the `window`-th length.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_FOUND` for a window that is none, or before two have passed.
///
/// # Safety
/// `analytics` is a live handle that no other thread changes; `counts` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_analytics_counts(
    analytics: *const mm_analytics_t,
    window: u32,
    counts: *mut mm_count_dispersion_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(analytics) }, |handle| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(counts, "counts") }?;
        let counts = handle.market.arrivals().counts(window as usize).ok_or_else(|| not_there("window"))?;
        out.set(mm_count_dispersion_t {
            windows: counts.windows,
            mean: counts.mean,
            fano: counts.fano,
            branching_ratio: counts.branching_ratio,
        });
        Ok(MM_OK)
    })
}
