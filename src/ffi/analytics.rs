//! What a market was like: `mm_analytics_t` takes a book's events and reports spreads, resiliency, cancellations, trade flow,
//! impact, order lifetimes and fill probabilities (F10). Distributions and single figures are in `analytics_figures`.

use super::analytics_config::{fill_mode, mm_analytics_config_t};
use super::analytics_types::*;
use super::args::{self, Out};
use super::book::{bits, mm_book_t};
use super::config;
use super::depth::mm_level_book_t;
use super::event::mm_event_t;
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::status::*;
use crate::analytics::{AnalyticsError, FillClass, MarketAnalytics, Survival};
use crate::book::{BookError, Depth, Touched};
use crate::types::{Event, Side, Timestamp};

/// Analytics of one instrument's feed.
pub struct mm_analytics_t {
    _opaque: [u8; 0],
}

/// The analytics, and room for a report that is put together.
pub(super) struct MarketReport {
    pub(super) market: MarketAnalytics,
    lives: Survival,
}

impl MarketReport {
    /// What `kind` and `distance` of `mm_analytics_survival` name.
    pub(super) fn survival(&mut self, kind: u8, distance: u32, now: u64) -> Result<&Survival, Failure> {
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

impl From<AnalyticsError> for Failure {
    fn from(error: AnalyticsError) -> Self {
        let status = match error {
            AnalyticsError::Undetermined { .. } => MM_E_NOT_READY,
            _ => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
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
        let market = MarketAnalytics::new(&config.market()?)?;
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
