//! What analytics are built from.

use super::analytics_types::{MM_FILLS_LEARN, MM_FILLS_LEARN_AND_SCORE, MM_FILLS_SCORE};
use super::config::{self, Config};
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::analytics::{FillMode, LifetimeConfig, MarketAnalyticsConfig, MarkoutConfig, ResiliencyConfig};
use crate::types::Quantity;

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

impl mm_analytics_config_t {
    /// What the core is built from.
    pub(super) fn market(&self) -> Result<MarketAnalyticsConfig<'_>, Failure> {
        Ok(MarketAnalyticsConfig {
            max_spread: self.max_spread,
            depth_levels: self.depth_levels,
            sign_lags: self.sign_lags,
            count_windows_ns: times(&self.count_windows, self.count_window_count, "count_window_count")?,
            cancel_sample_ns: self.cancel_sample,
            vpin_bucket: Quantity(self.vpin_bucket),
            vpin_buckets: self.vpin_buckets,
            kyle_interval_ns: match self.kyle_interval {
                0 => MarketAnalyticsConfig::default().kyle_interval_ns,
                interval => interval,
            },
            resiliency: ResiliencyConfig {
                window_ns: self.replenishment_window,
                limit_ns: self.recovery_limit,
                depth_share: self.depth_share,
            },
            markouts: MarkoutConfig {
                horizons_ns: times(&self.horizons, self.horizon_count, "horizon_count")?,
                max_pending: self.max_pending,
            },
            lifetimes: LifetimeConfig {
                max_orders: self.max_orders,
                max_waiting: self.max_waiting,
                horizon_ns: self.fill_horizon,
                strength: self.fill_strength,
                reliability_bins: self.reliability_bins,
            },
            fill_mode: fill_mode(self.fill_mode)?,
        })
    }
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
