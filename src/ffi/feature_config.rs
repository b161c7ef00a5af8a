//! What a feature window is made of and what it tells of itself: the config and info structs.

use super::config::{self, Config};
use super::event;
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::features::{CHANNELS, ChannelConfig, FeatureError, FeatureWindowConfig, NormaliserConfig};
use crate::types::{Quantity, Timestamp};

/// Values of a row: the default channels, whose names `mm_feature_channel_name` tells.
pub const MM_FEATURE_CHANNELS: u32 = 24;

const _: () = assert!(MM_FEATURE_CHANNELS as usize == CHANNELS);

/// What a feature window is built from.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_feature_window_config_t {
    /// Set by `mm_feature_window_config_init`.
    pub struct_size: usize,
    /// Step of the grid, ns, up to a day. Default 100 ms.
    pub step: u64,
    /// Half-lives of the three volatilities, seconds. Default 1, 10, 60.
    pub volatility_half_lives: [f64; 3],
    /// Half-life of Kyle's lambda, seconds. Default 300.
    pub kyle_half_life: f64,
    /// Volume of a VPIN bucket, lots. Default 10000.
    pub vpin_bucket: u64,
    /// A time at which a day begins, ns. Default 0.
    pub day_start: u64,
    /// After so many rows a row weighs half in the normaliser. Default 20000.
    pub normaliser_half_life_rows: f64,
    /// Largest magnitude of a normalised value, standard deviations. Default 8.
    pub normaliser_clip: f64,
    /// Rows of the window, 1 to 65536. Default 96.
    pub rows: u32,
    /// How many full buckets VPIN spans. Default 50.
    pub vpin_buckets: u32,
    /// 1, the default, if rows are normalised.
    pub normalise: u8,
    /// 1, the default, if rows change the normaliser's moments.
    pub normaliser_learns: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, ten 8-byte fields, two of 4 and eight bytes fill 96 without padding, all
// plain numbers.
unsafe impl Config for mm_feature_window_config_t {
    const FIRST_SIZE: usize = 96;
    fn defaults() -> Self {
        let defaults = FeatureWindowConfig::default();
        let (channels, normaliser) = (defaults.channels, defaults.normaliser.unwrap_or_default());
        Self {
            struct_size: size_of::<Self>(),
            step: defaults.step_ns,
            volatility_half_lives: channels.volatility_half_lives,
            kyle_half_life: channels.kyle_half_life,
            vpin_bucket: channels.vpin_bucket.0,
            day_start: channels.day_start.0,
            normaliser_half_life_rows: normaliser.half_life_rows,
            normaliser_clip: normaliser.clip,
            rows: defaults.rows,
            vpin_buckets: channels.vpin_buckets,
            normalise: u8::from(defaults.normaliser.is_some()),
            normaliser_learns: u8::from(normaliser.learns),
            reserved: [0; 6],
        }
    }
}

const _: () =
    assert!(size_of::<mm_feature_window_config_t>() == <mm_feature_window_config_t as Config>::FIRST_SIZE);

/// How far a window is.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_feature_window_info_t {
    /// Rows of a full window.
    pub rows: usize,
    /// Values of a row.
    pub columns: usize,
    /// Rows completed since the beginning, those that have left the window included.
    pub rows_completed: u64,
    /// Rows that long silences left out.
    pub rows_skipped: u64,
    /// When the row that is filling will end, ns; `UINT64_MAX` before the first sound book.
    pub next_end: u64,
    /// 1 if as many rows are complete as the window is long.
    pub is_full: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

impl TryFrom<&mm_feature_window_config_t> for NormaliserConfig {
    type Error = Failure;

    fn try_from(config: &mm_feature_window_config_t) -> Result<Self, Failure> {
        Ok(Self {
            half_life_rows: config.normaliser_half_life_rows,
            clip: config.normaliser_clip,
            learns: event::flag(config.normaliser_learns, "normaliser_learns")?,
        })
    }
}

impl TryFrom<&mm_feature_window_config_t> for FeatureWindowConfig {
    type Error = Failure;

    fn try_from(config: &mm_feature_window_config_t) -> Result<Self, Failure> {
        let normaliser = NormaliserConfig::try_from(config)?;
        Ok(Self {
            rows: config.rows,
            step_ns: config.step,
            channels: ChannelConfig {
                volatility_half_lives: config.volatility_half_lives,
                kyle_half_life: config.kyle_half_life,
                vpin_bucket: Quantity(config.vpin_bucket),
                vpin_buckets: config.vpin_buckets,
                day_start: Timestamp(config.day_start),
            },
            normaliser: event::flag(config.normalise, "normalise")?.then_some(normaliser),
        })
    }
}

impl From<FeatureError> for Failure {
    fn from(error: FeatureError) -> Self {
        let status = match error {
            FeatureError::NotFull { .. } => MM_E_NOT_READY,
            FeatureError::OutOfMemory => MM_E_OUT_OF_MEMORY,
            _ => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_feature_window_config_init(
    config: *mut mm_feature_window_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
