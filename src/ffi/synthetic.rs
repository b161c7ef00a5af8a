//! Synthetic order flow behind the same handle as a recorded day: `mm_synthetic_config_t` and `mm_reader_open_synthetic`.

use super::args::Out;
use super::config::{self, Config};
use super::guard::{NoHandle, create, guard};
use super::reader::{Reader, mm_reader_t};
use super::status::*;
use crate::sim::{SyntheticConfig, SyntheticError, SyntheticFlow};
use crate::types::{InstrumentId, Price};

/// Seeded Poisson order flow through a matching book. Rates are per second of simulated time.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_synthetic_config_t {
    /// Set by `mm_synthetic_config_init`.
    pub struct_size: usize,
    /// Seed of the generator (xoshiro256++). Default 1.
    pub seed: u64,
    /// How many events there are, the opening book included. Default 1000000.
    pub events: u64,
    /// Fair price at the start, ticks. Default 10000.
    pub start_price: i64,
    /// Standard deviation of the fair price's change, ticks per square root of a second. Default 1.
    pub volatility: f64,
    /// Limit orders per second, both sides together. Default 50.
    pub limit_rate: f64,
    /// Market orders per second, both sides together. Default 8.
    pub market_rate: f64,
    /// Cancels per second of each resting order. Default 0.1.
    pub cancel_rate: f64,
    /// Mean distance of a limit order from the fair price, ticks, at least 1. Default 6.
    pub mean_distance: f64,
    /// Mean quantity of an order, lots, at least 1. Default 100.
    pub mean_quantity: f64,
    /// Orders that the flow's book can hold. Default 16384.
    pub max_orders: u32,
    /// Instrument that the events carry. Default 0.
    pub instrument: u32,
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 88 bytes without padding, all plain numbers.
unsafe impl Config for mm_synthetic_config_t {
    const FIRST_SIZE: usize = 88;
    fn defaults() -> Self {
        let defaults = SyntheticConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            seed: defaults.seed,
            events: defaults.events,
            start_price: defaults.start_price.0,
            volatility: defaults.volatility,
            limit_rate: defaults.limit_rate,
            market_rate: defaults.market_rate,
            cancel_rate: defaults.cancel_rate,
            mean_distance: defaults.mean_distance,
            mean_quantity: defaults.mean_quantity,
            max_orders: defaults.max_orders,
            instrument: defaults.instrument.0,
        }
    }
}

const _: () = assert!(size_of::<mm_synthetic_config_t>() >= <mm_synthetic_config_t as Config>::FIRST_SIZE);

impl From<SyntheticError> for Failure {
    fn from(error: SyntheticError) -> Self {
        match error {
            SyntheticError::Book(error) => error.into(),
            SyntheticError::BadParameter(_) => Self::new(MM_E_INVALID_ARGUMENT, format_args!("{error}")),
        }
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_synthetic_config_init(
    config: *mut mm_synthetic_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// A reader of synthetic flow as the config says.
pub(crate) fn synthetic_reader(config: &mm_synthetic_config_t) -> Result<Reader, Failure> {
    let flow = SyntheticFlow::new(&SyntheticConfig {
        seed: config.seed,
        events: config.events,
        instrument: InstrumentId(config.instrument),
        start_price: Price(config.start_price),
        volatility: config.volatility,
        limit_rate: config.limit_rate,
        market_rate: config.market_rate,
        cancel_rate: config.cancel_rate,
        mean_distance: config.mean_distance,
        mean_quantity: config.mean_quantity,
        max_orders: config.max_orders,
    })?;
    Ok(Reader::new(Box::new(flow)))
}

/// Opens synthetic flow as a reader: the same settings give the same events on every machine.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
///
/// # Safety
/// `config` points to an initialised config; `reader` is writable. Free the handle with `mm_reader_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_open_synthetic(
    config: *const mm_synthetic_config_t,
    reader: *mut *mut mm_reader_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(reader, "reader") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        out.set(create(synthetic_reader(&config)?));
        Ok(MM_OK)
    })
}
