//! Distributions and single figures of analytics: cancellations, markouts, impact, lives of orders, fills, signs and counts.

use super::analytics::mm_analytics_t;
use super::analytics_types::*;
use super::args::{self, Out};
use super::guard::{Exclusive, Outcome, Shared, guard};
use super::status::*;
use crate::analytics::{CANCEL_BUCKETS, Ending, FillClass, Markouts};
use crate::types::Quantity;

fn not_there(what: &str) -> Failure {
    Failure::new(MM_E_NOT_FOUND, format_args!("no such {what}, or nothing in it yet"))
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
