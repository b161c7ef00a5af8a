//! Where to quote: `mm_quoter_t`, the closed forms and the solved table behind one call.

use super::args::Out;
use super::config::{self, Config};
use super::event;
use super::guard::{NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::quote::{
    AsParams, GlftAsymptotic, GlftParams, GlftTable, Offsets, QuoteError, Quotes, avellaneda_stoikov,
};

/// Avellaneda and Stoikov 2008, the closed form for a short horizon.
pub const MM_QUOTER_AVELLANEDA_STOIKOV: u8 = 0;
/// Gueant, Lehalle and Fernandez-Tapia 2013, solved once into a table over inventory and remaining time.
pub const MM_QUOTER_GLFT_TABLE: u8 = 1;
/// The same infinitely far from the end, in closed form.
pub const MM_QUOTER_GLFT_ASYMPTOTIC: u8 = 2;

/// Computes optimal quotes. Never changes after construction: any number of threads may use one.
pub struct mm_quoter_t {
    _opaque: [u8; 0],
}

/// The model, solved.
#[derive(Debug)]
pub(crate) enum Quoter {
    AvellanedaStoikov(AsParams),
    Table(GlftTable),
    Asymptotic(GlftAsymptotic),
}

impl Noun for mm_quoter_t {
    type Value = Quoter;
    const NAME: &'static str = "mm_quoter_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-quote");
}

/// Model and parameters of a quoter. Prices in ticks, times in seconds, inventory in lots.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_quoter_config_t {
    /// Set by `mm_quoter_config_init`.
    pub struct_size: usize,
    /// Aversion to the price risk of inventory, at least 0, 1/(tick lot). Default 0.1.
    pub gamma: f64,
    /// Aversion to the randomness of executions, at least 0, 1/(tick lot); negative, the default, is `gamma`. GLFT only.
    pub xi: f64,
    /// Volatility of the mid, at least 0, ticks per square root of a second. Default 2.
    pub sigma: f64,
    /// Decay of the fill intensity with the distance from mid, positive, 1/tick. Default 1.5.
    pub k: f64,
    /// Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
    pub intensity: f64,
    /// Lots in one order, positive. Default 1. GLFT only.
    pub order_size: f64,
    /// Seconds to the horizon. Default 1. Not for the asymptotic model.
    pub horizon: f64,
    /// Largest inventory of the table, orders, 1 to 512. Default 30.
    pub inventory_limit: u32,
    /// Remaining times that the table is solved for besides 0; 0, the default, is the full horizon only.
    pub horizon_steps: u32,
    /// `MM_QUOTER_*`. Default Avellaneda-Stoikov.
    pub model: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 80 bytes without padding, all plain numbers.
unsafe impl Config for mm_quoter_config_t {
    const FIRST_SIZE: usize = 80;
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            gamma: 0.1,
            xi: -1.0,
            sigma: 2.0,
            k: 1.5,
            intensity: 1.0,
            order_size: 1.0,
            horizon: 1.0,
            inventory_limit: 30,
            horizon_steps: 0,
            model: MM_QUOTER_AVELLANEDA_STOIKOV,
            reserved: [0; 7],
        }
    }
}

const _: () = assert!(size_of::<mm_quoter_config_t>() >= <mm_quoter_config_t as Config>::FIRST_SIZE);

/// Quotes around a mid, ticks, not rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct mm_quotes_t {
    /// Bid price; meaningful if `has_bid` is 1.
    pub bid: f64,
    /// Ask price; meaningful if `has_ask` is 1.
    pub ask: f64,
    /// 1, or 0 where the model wants no quote: at the inventory limit.
    pub has_bid: u8,
    /// 1, or 0 where the model wants no quote.
    pub has_ask: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

impl From<Quotes> for mm_quotes_t {
    fn from(quotes: Quotes) -> Self {
        Self { bid: quotes.bid, ask: quotes.ask, has_bid: 1, has_ask: 1, reserved: [0; 6] }
    }
}

fn around(mid: f64, offsets: Offsets) -> mm_quotes_t {
    mm_quotes_t {
        bid: offsets.bid.map_or(0.0, |distance| mid - distance),
        ask: offsets.ask.map_or(0.0, |distance| mid + distance),
        has_bid: u8::from(offsets.bid.is_some()),
        has_ask: u8::from(offsets.ask.is_some()),
        reserved: [0; 6],
    }
}

impl From<QuoteError> for Failure {
    fn from(error: QuoteError) -> Self {
        Self::new(MM_E_INVALID_ARGUMENT, format_args!("{error}"))
    }
}

impl Quoter {
    /// Checks the parameters and solves what can be solved once.
    pub(crate) fn new(config: &mm_quoter_config_t) -> Result<Self, Failure> {
        let glft = GlftParams {
            gamma: config.gamma,
            xi: if config.xi < 0.0 { config.gamma } else { config.xi },
            sigma: config.sigma,
            k: config.k,
            intensity: config.intensity,
            order_size: config.order_size,
        };
        Ok(match config.model {
            MM_QUOTER_AVELLANEDA_STOIKOV => {
                let params =
                    AsParams { gamma: config.gamma, sigma: config.sigma, k: config.k, tau: config.horizon };
                avellaneda_stoikov(&params, 0.0, 0.0)?;
                Self::AvellanedaStoikov(params)
            }
            MM_QUOTER_GLFT_TABLE if config.horizon_steps == 0 => {
                Self::Table(GlftTable::new(&glft, config.inventory_limit, config.horizon)?)
            }
            MM_QUOTER_GLFT_TABLE => Self::Table(GlftTable::over_horizon(
                &glft,
                config.inventory_limit,
                config.horizon,
                config.horizon_steps,
            )?),
            MM_QUOTER_GLFT_ASYMPTOTIC => Self::Asymptotic(GlftAsymptotic::new(&glft)?),
            other => return Err(Failure::new(MM_E_ENUM, format_args!("model {other} is unknown"))),
        })
    }

    /// The quotes around `mid`.
    pub(crate) fn quote(&self, mid: f64, inventory: f64, remaining: f64) -> Result<mm_quotes_t, Failure> {
        event::finite(mid, "mid")?;
        event::finite(inventory, "inventory")?;
        if event::finite(remaining, "remaining")? < 0.0 {
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("remaining is negative")));
        }
        Ok(match self {
            Self::AvellanedaStoikov(params) => {
                let params = AsParams { tau: remaining.min(params.tau), ..*params };
                avellaneda_stoikov(&params, mid, inventory)?.into()
            }
            Self::Table(table) => around(mid, table.offsets_at(inventory, remaining)),
            Self::Asymptotic(glft) => around(mid, glft.offsets(inventory)),
        })
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_quoter_config_init(
    config: *mut mm_quoter_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Checks the parameters and solves what can be solved once. The table costs milliseconds, the closed forms nothing.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
///
/// # Safety
/// `config` points to an initialised config; `quoter` is writable. Free the handle with `mm_quoter_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_quoter_create(
    config: *const mm_quoter_config_t,
    quoter: *mut *mut mm_quoter_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(quoter, "quoter") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        out.set(create(Quoter::new(&config)?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `quoter` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_quoter_destroy(quoter: *mut mm_quoter_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(quoter) }
}

/// The optimal quotes around `mid` ticks with `inventory` lots and `remaining` seconds to the horizon. `remaining` is ignored by
/// the asymptotic model and by a table of the full horizon only; beyond the horizon it counts as the horizon. Hot path, O(1).
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for a mid, inventory or time that is no number, or a negative time.
///
/// # Safety
/// `quoter` is a live handle; `quotes` is writable. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_quoter_quote(
    quoter: *const mm_quoter_t,
    mid: f64,
    inventory: f64,
    remaining: f64,
    quotes: *mut mm_quotes_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(quoter) }, |quoter| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(quotes, "quotes") }?;
        out.set(quoter.quote(mid, inventory, remaining)?);
        Ok(MM_OK)
    })
}
