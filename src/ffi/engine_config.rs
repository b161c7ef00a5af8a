//! What an engine is built from: `mm_engine_config_t`.

use super::book::mm_book_config_t;
use super::config::{self, Config};
use super::event::mm_instrument_t;
use super::guard::{NoHandle, guard};
use super::orders::mm_order_manager_config_t;
use super::risk::mm_risk_config_t;
use super::status::*;
use super::strategy::mm_stoikov_config_t;
use crate::features::FeatureConfig;

/// The engine reads no clock: latencies are those that the host records.
pub const MM_CLOCK_OFF: u8 = 0;
/// The engine reads the monotonic clock at the start and the end of each event.
pub const MM_CLOCK_TOTAL: u8 = 1;
/// The engine reads the monotonic clock between its stages too.
pub const MM_CLOCK_STAGES: u8 = 2;

/// What an engine is built from. A null pointer stands for the defaults of that part; each is read only during the create.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_engine_config_t {
    /// Set by `mm_engine_config_init`.
    pub struct_size: usize,
    /// Increments, fees, and the id that orders carry.
    pub instrument: *const mm_instrument_t,
    /// Storage of the book; by level, `max_orders` counts levels.
    pub book: *const mm_book_config_t,
    /// The strategy.
    pub strategy: *const mm_stoikov_config_t,
    /// Pre-trade limits.
    pub risk: *const mm_risk_config_t,
    /// The order manager; its instrument is the engine's.
    pub orders: *const mm_order_manager_config_t,
    /// Half-life of the volatility, seconds. Default 60.
    pub volatility_half_life: f64,
    /// Half-life of the average spread, seconds. Default as the library's features.
    pub spread_half_life: f64,
    /// Half-life of order-flow imbalance and trade flow, seconds.
    pub flow_half_life: f64,
    /// 1 if the feed shows price levels instead of orders. Default 0.
    pub by_level: u8,
    /// `MM_CLOCK_*`. Default off.
    pub clock: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, no padding, numbers and pointers.
unsafe impl Config for mm_engine_config_t {
    const FIRST_SIZE: usize = size_of::<Self>();
    fn defaults() -> Self {
        let features = FeatureConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            instrument: std::ptr::null(),
            book: std::ptr::null(),
            strategy: std::ptr::null(),
            risk: std::ptr::null(),
            orders: std::ptr::null(),
            volatility_half_life: features.volatility_half_life,
            spread_half_life: features.spread_half_life,
            flow_half_life: features.flow_half_life,
            by_level: 0,
            clock: MM_CLOCK_OFF,
            reserved: [0; 6],
        }
    }
}

/// A part of the config: its defaults for null.
///
/// # Safety
/// `part` is null or points to an initialised config.
pub(super) unsafe fn part<C: Config>(part: *const C) -> Result<C, Failure> {
    if part.is_null() {
        return Ok(C::defaults());
    }
    // SAFETY: not null, forwarded.
    unsafe { config::read(part) }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_config_init(
    config: *mut mm_engine_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
