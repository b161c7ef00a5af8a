//! What trading earned: `mm_performance_t` (F11).

use super::analytics_config::times;
use super::analytics_figures::write_markouts;
use super::analytics_types::{known, mm_markout_t};
use super::args::Out;
use super::config::{self, Config};
use super::event::{flag, side};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::analytics::{MarkoutConfig, Performance, PerformanceConfig};
use crate::types::{Price, Quantity, Timestamp};

/// Streaming performance of one strategy.
pub struct mm_performance_t {
    _opaque: [u8; 0],
}

impl Noun for mm_performance_t {
    type Value = Performance;
    const NAME: &'static str = "mm_performance_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-perfo");
}

/// What performance is measured by.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_performance_config_t {
    /// Set by `mm_performance_config_init`.
    pub struct_size: usize,
    /// Equity at the start, money, positive. Default 1000000.
    pub capital: f64,
    /// Periods in a year, which annualises ratios; 1 leaves them per period. Default 252.
    pub periods_per_year: f64,
    /// Riskless return per period. Default 0.
    pub risk_free: f64,
    /// Target of the Sortino ratio, return per period. Default 0.
    pub target: f64,
    /// When fills are marked out, ns, ascending. Default as of `mm_analytics_config_t`.
    pub horizons: [u64; 12],
    /// How many of `horizons` count. Default 8.
    pub horizon_count: u32,
    /// Most fills that wait for their last horizon. Default 65536.
    pub max_pending: u32,
}

// SAFETY: repr(C), begins with `struct_size`; 17 8-byte fields and two of 4 fill 144 without padding, all plain numbers.
unsafe impl Config for mm_performance_config_t {
    const FIRST_SIZE: usize = 144;
    fn defaults() -> Self {
        let defaults = PerformanceConfig::default();
        let used = defaults.markouts.horizons_ns;
        let mut horizons = [0; 12];
        horizons[..used.len()].copy_from_slice(used);
        Self {
            struct_size: size_of::<Self>(),
            capital: defaults.capital,
            periods_per_year: defaults.periods_per_year,
            risk_free: defaults.risk_free,
            target: defaults.target,
            horizons,
            horizon_count: used.len() as u32,
            max_pending: defaults.markouts.max_pending,
        }
    }
}

const _: () =
    assert!(size_of::<mm_performance_config_t>() == <mm_performance_config_t as Config>::FIRST_SIZE);

/// The report. Doubles are NaN where nothing is known yet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_performance_report_t {
    /// Periods with a return.
    pub periods: u64,
    /// Annualised Sharpe ratio.
    pub sharpe: f64,
    /// Annualised Sortino ratio.
    pub sortino: f64,
    /// Annualised information ratio against the benchmark.
    pub information_ratio: f64,
    /// Largest fall of equity from a peak, money.
    pub max_drawdown: f64,
    /// Largest fall in percent of its peak.
    pub max_drawdown_percent: f64,
    /// Share of closed trades that made money, 0 to 1.
    pub win_rate: f64,
    /// Gross profit over gross loss.
    pub profit_factor: f64,
    /// Part of the quoted half-spread that fills earned against the mid, by lots.
    pub spread_capture: f64,
    /// Ticks per lot that the mid moved against the fills by the last horizon; positive is a cost.
    pub adverse_selection: f64,
    /// Fills per second, from the first to the last.
    pub trades_per_second: f64,
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_config_init(
    config: *mut mm_performance_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Makes a monitor at its capital.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
///
/// # Safety
/// `config` points to an initialised config; `performance` is writable. Free the handle with `mm_performance_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_create(
    config: *const mm_performance_config_t,
    performance: *mut *mut mm_performance_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(performance, "performance") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        out.set(create(Performance::new(&PerformanceConfig {
            capital: config.capital,
            periods_per_year: config.periods_per_year,
            risk_free: config.risk_free,
            target: config.target,
            markouts: MarkoutConfig {
                horizons_ns: times(&config.horizons, config.horizon_count, "horizon_count")?,
                max_pending: config.max_pending,
            },
        })?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `performance` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_destroy(performance: *mut mm_performance_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(performance) }
}

/// Equity now, money. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
///
/// # Safety
/// `performance` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_mark(performance: *mut mm_performance_t, equity: f64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(performance) }, |performance| {
        performance.mark(super::event::finite(equity, "equity")?);
        Ok(MM_OK)
    })
}

/// A period ends with the equity of the last mark; `benchmark` is what the benchmark returned over it, NaN for none. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `performance` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_close_period(
    performance: *mut mm_performance_t,
    benchmark: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(performance) }, |performance| {
        performance.close_period(Some(benchmark));
        Ok(MM_OK)
    })
}

/// A round trip was closed with this profit, fees paid, money. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
///
/// # Safety
/// `performance` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_on_closed(
    performance: *mut mm_performance_t,
    profit: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(performance) }, |performance| {
        performance.on_closed(super::event::finite(profit, "profit")?);
        Ok(MM_OK)
    })
}

/// An order of ours of `order_side` was filled at `price`, the best prices before being `bid` and `ask`. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`.
///
/// # Safety
/// `performance` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_on_fill(
    performance: *mut mm_performance_t,
    now: u64,
    order_side: u8,
    price: i64,
    quantity: u64,
    bid: i64,
    ask: i64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(performance) }, |performance| {
        let side = side(order_side)?;
        performance.on_fill(Timestamp(now), side, Price(price), Quantity(quantity), Price(bid), Price(ask));
        Ok(MM_OK)
    })
}

/// The best prices from `now` on, ns; `is_known` 0 while there are none. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_ENUM`.
///
/// # Safety
/// `performance` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_on_top(
    performance: *mut mm_performance_t,
    now: u64,
    is_known: u8,
    bid: i64,
    ask: i64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(performance) }, |performance| {
        let mid2 = flag(is_known, "is_known")?.then(|| bid.saturating_add(ask));
        performance.on_mid(Timestamp(now), mid2);
        Ok(MM_OK)
    })
}

/// The report.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `performance` is a live handle that no other thread changes; `report` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_report(
    performance: *const mm_performance_t,
    report: *mut mm_performance_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(performance) }, |performance| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(report, "report") }?;
        out.set(mm_performance_report_t {
            periods: performance.periods(),
            sharpe: known(performance.sharpe()),
            sortino: known(performance.sortino()),
            information_ratio: known(performance.information_ratio()),
            max_drawdown: performance.max_drawdown(),
            max_drawdown_percent: performance.max_drawdown_percent(),
            win_rate: known(performance.win_rate()),
            profit_factor: known(performance.profit_factor()),
            spread_capture: known(performance.spread_capture()),
            adverse_selection: known(
                performance.adverse_selection(performance.fills().horizons_ns().len() - 1),
            ),
            trades_per_second: known(performance.trades_per_second()),
        });
        Ok(MM_OK)
    })
}

/// Spreads and impact of the fills by horizon, shortest first, the aggressor being the other side; `count` gets their number.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; `MM_MAX_HORIZONS` places always suffice.
///
/// # Safety
/// `performance` is a live handle that no other thread changes; `out` is writable for `capacity` elements, `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_performance_markouts(
    performance: *const mm_performance_t,
    out: *mut mm_markout_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(performance) }, |performance| {
        // SAFETY: by this function's contract.
        unsafe { write_markouts(performance.fills(), out, capacity, count) }
    })
}
