//! A predictor attached to an engine: what its outputs mean, and what it says now.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config::{self, Config};
use super::engine::{Pipeline, mm_engine_t};
use super::engine_config::part;
use super::feature_config::mm_feature_window_config_t;
use super::features::{add_moments, load_moments};
use super::guard::{Exclusive, NoHandle, Shared, guard};
use super::predictor::{Predicting, mm_predictor_t};
use super::status::*;
use crate::engine::{Asking, Engine, Forecast, Forecaster, ForecasterConfig, ForecasterError, Reading};
use crate::features::{CHANNELS, Channel, FeatureWindow, FeatureWindowConfig, NormaliserConfig};
use crate::model::predictor::{Predictor, Shape};
use crate::model::weights::WeightWriter;
use crate::strategy::Strategy;

/// The network is asked at every row, with the whole window and a state that starts at zero, as it was trained.
pub const MM_ASKING_WINDOW: u32 = 0;
/// Rows are pushed one by one and the state is carried: cheaper, and fresh every `stream_period` rows.
pub const MM_ASKING_STREAM: u32 = 1;

/// The outputs are rows of the default channels where a step of the forecast has as many values, else a triple.
pub const MM_READING_BY_NETWORK: u32 = 0;
/// The outputs are rows of the default channels for the coming steps of the grid: the change is the sum of `mid_return`
/// over the horizon, the volatility the mean of one of the three, the direction follows from both.
pub const MM_READING_CHANNELS: u32 = 1;
/// The first three outputs are the mid's log return over the horizon in basis points, its volatility in ticks per square
/// root of a second (0 or less says nothing), and the direction, -1 to 1.
pub const MM_READING_TRIPLE: u32 = 2;

/// How a predictor is attached to an engine.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_forecaster_config_t {
    /// Set by `mm_forecaster_config_init`.
    pub struct_size: usize,
    /// `MM_ASKING_*`. Default window.
    pub asking: u32,
    /// `MM_READING_*`. Default by the network.
    pub reading: u32,
    /// Steps of the grid that a prediction is about. Of rows of channels 0, the default, is all that the network
    /// forecasts; a triple wants the number that it was trained on.
    pub horizon: u32,
    /// Of rows of channels: the index of the volatility that is read, as `mm_feature_channel_name` counts. Default that of
    /// the medium one.
    pub volatility: u32,
}

// SAFETY: repr(C), begins with `struct_size`, four words of 4 bytes follow without padding, all integers.
unsafe impl Config for mm_forecaster_config_t {
    const FIRST_SIZE: usize = 24;
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            asking: MM_ASKING_WINDOW,
            reading: MM_READING_BY_NETWORK,
            horizon: 0,
            volatility: Channel::VolatilityMedium.index() as u32,
        }
    }
}

const _: () = assert!(size_of::<mm_forecaster_config_t>() == <mm_forecaster_config_t as Config>::FIRST_SIZE);

/// What an attached predictor says, and what it has done. Times in ns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct mm_prediction_t {
    /// Expected change of the mid over the horizon, ticks.
    pub change: f64,
    /// Expected volatility of the mid, ticks per square root of a second; meaningful if `has_volatility` is 1.
    pub volatility: f64,
    /// Confidence in the sign of the change, -1 (surely down) to 1 (surely up).
    pub direction: f64,
    /// The end of the last row that the network had seen, where the horizon begins; 0 before the first prediction.
    pub as_of: u64,
    /// The end of the horizon, exclusive; 0 before the first prediction.
    pub valid_until: u64,
    /// From `as_of` to the engine's latest time.
    pub age: u64,
    /// Rows that went to the network.
    pub rows: u64,
    /// Predictions made.
    pub predictions: u64,
    /// Times that the network refused or said what is no number; there was no prediction then.
    pub failures: u64,
    /// 1 if quotes may follow it: there is one, its horizon is not over, and no gap came after it.
    pub is_valid: u8,
    /// 1 if the model said a volatility.
    pub has_volatility: u8,
    /// 1 if the feature window is full, from when on a network that reads whole windows is asked.
    pub is_window_full: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

impl From<ForecasterError> for Failure {
    fn from(error: ForecasterError) -> Self {
        Self::new(MM_E_INVALID_ARGUMENT, format_args!("{error}"))
    }
}

fn unknown(name: &str, number: u32) -> Failure {
    Failure::new(MM_E_ENUM, format_args!("{name} {number} is unknown"))
}

/// What a config means for a network of this shape.
fn settings(config: &mm_forecaster_config_t, shape: Shape) -> Result<ForecasterConfig, Failure> {
    let asking = match config.asking {
        MM_ASKING_WINDOW => Asking::Window,
        MM_ASKING_STREAM => Asking::Stream,
        other => return Err(unknown("asking", other)),
    };
    let is_channels = match config.reading {
        MM_READING_BY_NETWORK => shape.output_columns == CHANNELS,
        MM_READING_CHANNELS => true,
        MM_READING_TRIPLE => false,
        other => return Err(unknown("reading", other)),
    };
    let reading = if is_channels {
        let all = u32::try_from(shape.output_rows).unwrap_or(u32::MAX);
        Reading::Channels {
            horizon: if config.horizon == 0 { all } else { config.horizon },
            volatility: *Channel::ALL
                .get(config.volatility as usize)
                .ok_or(ForecasterError::Outputs { parameter: "volatility" })?,
        }
    } else {
        Reading::Triple { horizon: config.horizon }
    };
    Ok(ForecasterConfig { asking, reading })
}

/// Rows that a network reads.
pub(crate) fn rows_read(network: &Predictor) -> u32 {
    u32::try_from(network.shape().input_rows).unwrap_or(u32::MAX)
}

/// A share of a network with a window of its own, for an engine.
pub(crate) fn new_forecaster(
    network: &Predictor,
    grid: &mm_feature_window_config_t,
    config: &mm_forecaster_config_t,
    normaliser: Option<&str>,
) -> Result<Forecaster, Failure> {
    let settings = settings(config, network.shape())?;
    let mut rows = FeatureWindow::new(&FeatureWindowConfig::try_from(grid)?)?;
    if let Some(path) = normaliser {
        load_moments(&mut rows, &NormaliserConfig::try_from(grid)?, path)?;
    }
    // One window at a time is all that an engine asks for.
    Ok(Forecaster::new(&settings, rows, network.share()?.with_max_batch(1)?)?)
}

/// The last prediction of an engine's predictor.
pub(crate) fn prediction_of<S: Strategy>(engine: &Engine<S>) -> Result<mm_prediction_t, Failure> {
    let forecaster = engine.forecaster().ok_or_else(none_attached)?;
    let stats = forecaster.stats();
    let counts = mm_prediction_t {
        rows: stats.rows,
        predictions: stats.predictions,
        failures: stats.failures,
        is_window_full: u8::from(forecaster.window().is_full()),
        ..mm_prediction_t::default()
    };
    Ok(match forecaster.latest() {
        None => counts,
        Some(&Forecast { prediction, as_of, valid_until }) => mm_prediction_t {
            change: prediction.change,
            volatility: prediction.volatility.unwrap_or(0.0),
            direction: prediction.direction,
            as_of: as_of.0,
            valid_until: valid_until.0,
            age: engine.now().0.saturating_sub(as_of.0),
            is_valid: u8::from(forecaster.prediction(engine.now()).is_some()),
            has_volatility: u8::from(prediction.volatility.is_some()),
            ..counts
        },
    })
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_forecaster_config_init(
    config: *mut mm_forecaster_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Attaches a predictor to an engine, in place of one that is attached: from the next event on the engine fills a feature
/// window of its own, asks the network, and its strategy may follow what it says, as far as `change_weight`,
/// `direction_weight` and `volatility_weight` of its `mm_stoikov_config_t` let it (not at all by default: then nothing that the
/// engine does changes).
///
/// The engine takes a share of the weights and a state of its own, as `mm_predictor_share`: the same handle may be attached
/// to any number of engines, may be used besides (its stream is not disturbed), and may be destroyed before them.
/// `mm_predictor_calibrate` is refused while an engine has a share.
///
/// Null for `window` stands for the defaults with as many rows as the network reads, null for `forecaster` for its defaults.
/// `normaliser` is null, for a window that learns its moments as it goes, or the path of a safetensors file that has them
/// (`mm_predictor_save_with_window`, `mm_engine_save_normaliser`); `normaliser_learns` of the window's config says whether they
/// then change. Allocates; nothing does afterwards.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`; `MM_E_INVALID_ARGUMENT` for a parameter out of its range and for a network that
/// does not read the window or cannot be read so (the message says what does not fit); of the file `MM_E_UTF8`, `MM_E_IO`,
/// `MM_E_MALFORMED`, `MM_E_WEIGHTS`, and `MM_E_UNSUPPORTED` for a window that does not normalise; `MM_E_OUT_OF_MEMORY`. What was
/// attached before stays then.
///
/// # Safety
/// `engine` is a live handle that no other thread uses, `predictor` one that no other thread changes; `window` and `forecaster`
/// are null or point to initialised configs; `normaliser` is null or a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_attach_predictor(
    engine: *mut mm_engine_t,
    predictor: *const mm_predictor_t,
    window: *const mm_feature_window_config_t,
    forecaster: *const mm_forecaster_config_t,
    normaliser: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let engine = unsafe { Exclusive::new(engine) };
    // SAFETY: by this function's contract.
    let predictor = unsafe { Shared::new(predictor) };
    guard((engine, predictor), |(pipeline, predicting): (&mut Pipeline, &Predicting)| {
        let network = predicting.predictor();
        // SAFETY: by this function's contract.
        let mut grid = unsafe { part(window) }?;
        if window.is_null() {
            grid.rows = rows_read(network);
        }
        // SAFETY: by this function's contract.
        let settings = unsafe { part(forecaster) }?;
        let normaliser = if normaliser.is_null() {
            None
        } else {
            // SAFETY: not null, by this function's contract.
            Some(unsafe { args::string(normaliser, "normaliser") }?)
        };
        pipeline.engine.set_forecaster(Some(new_forecaster(network, &grid, &settings, normaliser)?));
        Ok(MM_OK)
    })
}

/// Takes the predictor away that is attached, with its window. Fine where none is.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `engine` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_detach_predictor(engine: *mut mm_engine_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        if pipeline.engine.forecaster().is_some() {
            pipeline.engine.set_forecaster(None);
        }
        Ok(MM_OK)
    })
}

pub(crate) fn none_attached() -> Failure {
    Failure::new(MM_E_NOT_FOUND, format_args!("no predictor is attached"))
}

/// The last prediction of the predictor that is attached, with its times; all zero but the counts before the first.
/// Hot path, O(1).
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_FOUND` where none is attached.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `prediction` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_prediction(
    engine: *const mm_engine_t,
    prediction: *mut mm_prediction_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(prediction, "prediction") }?;
        out.set(prediction_of(&pipeline.engine)?);
        Ok(MM_OK)
    })
}

/// Writes the moments of the attached predictor's feature window to a safetensors file of their own, which is replaced in
/// one step where it is there: for `mm_engine_attach_predictor` after a restart. Not hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_NOT_FOUND` where no predictor is attached, `MM_E_UNSUPPORTED` for a window that does
/// not normalise.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `path` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_save_normaliser(
    engine: *const mm_engine_t,
    path: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let forecaster = pipeline.engine.forecaster().ok_or_else(none_attached)?;
        let mut writer = WeightWriter::new();
        add_moments(forecaster.window(), &mut writer)?;
        writer.write(path)?;
        Ok(MM_OK)
    })
}
