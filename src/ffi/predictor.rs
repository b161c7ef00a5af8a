//! Neural predictors: `mm_predictor_t`, one handle for the SSM-HiPPO network and the LSTM.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config;
use super::features::{FeatureGrid, mm_feature_window_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::predictor_config::{self, mm_predictor_config_t, mm_predictor_info_t};
use super::status::*;
use crate::mem::buffer::AlignedBuffer;
use crate::model::error::ModelError;
use crate::model::predictor::{Predictor, PredictorError};
use crate::model::weights::WeightFile;

/// A network with the state and scratch of one thread.
pub struct mm_predictor_t {
    _opaque: [u8; 0],
}

/// The predictor, and where its results wait until all is well.
pub(super) struct Predicting {
    predictor: Predictor,
    results: AlignedBuffer<f32>,
}

impl Predicting {
    /// The network, to be shared.
    pub(super) const fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    fn new(predictor: Predictor) -> Result<Self, Failure> {
        let length = args::product(predictor.max_batch(), predictor.shape().output_len())?;
        let results = AlignedBuffer::new(length, 0.0).map_err(ModelError::from)?;
        Ok(Self { predictor, results })
    }
}

impl Noun for mm_predictor_t {
    type Value = Predicting;
    const NAME: &'static str = "mm_predictor_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-predi");
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        let status = match &error {
            ModelError::Io { .. } => MM_E_IO,
            ModelError::Malformed { .. } | ModelError::Tree { .. } => MM_E_MALFORMED,
            ModelError::MissingTensor { .. }
            | ModelError::UnexpectedTensor { .. }
            | ModelError::Shape { .. }
            | ModelError::Dtype { .. }
            | ModelError::NotFiniteWeight { .. }
            | ModelError::TooLarge { .. } => MM_E_WEIGHTS,
            ModelError::InputLength { .. } => MM_E_INPUT_LENGTH,
            ModelError::OutputLength { .. } => MM_E_BUFFER_TOO_SMALL,
            ModelError::NotFiniteInput { .. } => MM_E_INPUT_NOT_FINITE,
            ModelError::NotFiniteOutput { .. } => MM_E_OUTPUT_NOT_FINITE,
            ModelError::NotReady { .. } => MM_E_NOT_READY,
            ModelError::Memory(_) => MM_E_OUT_OF_MEMORY,
            ModelError::Simd(_) => MM_E_ISA,
            _ => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl From<PredictorError> for Failure {
    fn from(error: PredictorError) -> Self {
        let status = match error {
            PredictorError::Model(error) => return error.into(),
            PredictorError::Shared => MM_E_SHARED,
            PredictorError::TooMany { .. } => MM_E_FULL,
            PredictorError::NothingSelected => MM_E_NOT_READY,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_config_init(
    config: *mut mm_predictor_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// A predictor with the weights of a file, or random ones.
pub(crate) fn new_predictor(
    config: &mm_predictor_config_t,
    path: Option<&str>,
) -> Result<Predictor, Failure> {
    let made = if let Some(path) = path {
        let file = WeightFile::open(path)?;
        Predictor::from_weights(&predictor_config::configuration(config, Some(&file))?, &file)?
    } else {
        let sizes = predictor_config::configuration(config, None)?;
        predictor_config::affordable(&sizes)?;
        Predictor::from_seed(&sizes, config.seed)?
    };
    Ok(made.with_max_batch(config.max_batch as usize)?)
}

/// Makes a predictor with the weights of a safetensors file, or, where `path` is null, with random ones from `seed` (then
/// `is_trained` of its info is 0). Everything that it will ever need is allocated and touched here, so that the first
/// prediction takes as long as any.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a size out of its range, `MM_E_UTF8`, `MM_E_IO`,
/// `MM_E_MALFORMED` for a file that is no safetensors, `MM_E_WEIGHTS` for one of another network (the message names the tensor),
/// `MM_E_ISA`, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `config` points to an initialised config; `path` is null or a NUL-terminated string; `predictor` is writable. Free the handle
/// with `mm_predictor_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_create(
    config: *const mm_predictor_config_t,
    path: *const c_char,
    predictor: *mut *mut mm_predictor_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(predictor, "predictor") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        let path = if path.is_null() {
            None
        } else {
            // SAFETY: not null, by this function's contract.
            Some(unsafe { args::string(path, "path") }?)
        };
        out.set(create(Predicting::new(new_predictor(&config, path)?)?));
        Ok(MM_OK)
    })
}

/// A second handle on the same weights, with a state of its own and no stream under way: for another thread or instrument.
/// Either may be destroyed first.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `predictor` is a live handle that no other thread changes; `shared` is writable. Free the new handle with
/// `mm_predictor_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_share(
    predictor: *const mm_predictor_t,
    shared: *mut *mut mm_predictor_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(shared, "shared") }?;
        out.set(create(Predicting::new(value.predictor.share()?)?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `predictor` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_destroy(predictor: *mut mm_predictor_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(predictor) }
}

/// What a predictor reads, gives and costs.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `predictor` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_info(
    predictor: *const mm_predictor_t,
    info: *mut mm_predictor_info_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        out.set(predictor_config::info(&value.predictor, size_of_val(&value.results[..])));
        Ok(MM_OK)
    })
}

/// Lets `run` write `length` results, and hands them over when it has succeeded.
///
/// # Safety
/// `out` is writable for `capacity` values.
unsafe fn answer(
    value: &mut Predicting,
    length: usize,
    out: *mut f32,
    capacity: usize,
    run: impl FnOnce(&mut Predictor, &mut [f32]) -> Result<(), PredictorError>,
) -> Outcome {
    // SAFETY: forwarded.
    let out = unsafe { args::output(out, capacity, "out") }?;
    args::fits(length, capacity, "out")?;
    let results = &mut value.results[..length];
    run(&mut value.predictor, results)?;
    args::copy(results, out);
    Ok(MM_OK)
}

/// The forecast for a window of `length` = `input_rows` x `input_columns` values, oldest row first; `out` gets `output_rows` x
/// `output_columns`. A stream that is under way is not disturbed. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_BUFFER_TOO_SMALL`, `MM_E_INPUT_NOT_FINITE` (by the policy; the message names the
/// value), `MM_E_OUTPUT_NOT_FINITE`.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses; `window` is readable for `length` values, `out` writable for
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_predict(
    predictor: *mut mm_predictor_t,
    window: *const f32,
    length: usize,
    out: *mut f32,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let window = unsafe { args::input(window, length, "window") }?;
        let needed = value.predictor.shape().output_len();
        // SAFETY: by this function's contract.
        unsafe { answer(value, needed, out, capacity, |predictor, out| predictor.predict(window, out)) }
    })
}

/// Forecasts for `count` windows that lie one behind the other (`length` is the values of all of them), to outputs that lie
/// so: the bits of as many calls of `mm_predictor_predict`, in less time. Hot path.
///
/// # Errors
/// As `mm_predictor_predict`; `MM_E_FULL` for more than `max_batch` windows.
///
/// # Safety
/// As for `mm_predictor_predict`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_predict_batch(
    predictor: *mut mm_predictor_t,
    windows: *const f32,
    length: usize,
    count: usize,
    out: *mut f32,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let windows = unsafe { args::input(windows, length, "windows") }?;
        let max_batch = value.predictor.max_batch();
        if count > max_batch {
            return Err(PredictorError::TooMany { windows: count, max_batch }.into());
        }
        let needed = count * value.predictor.shape().output_len();
        // SAFETY: by this function's contract.
        unsafe {
            answer(value, needed, out, capacity, |predictor, out| {
                predictor.predict_batch(windows, count, out)
            })
        }
    })
}

/// Selects the part of a forecast that `mm_predictor_predict_part` computes: every combination of `horizons` (steps from 0; the
/// LSTM has one, 0) and `channels` (values of a step), in the order given. Allocates; not hot path.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_INVALID_ARGUMENT` for an empty list, an index that there is not, or more values than a whole batch
/// has. The selection is as it was then.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses; `horizons` and `channels` are readable for their counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_select(
    predictor: *mut mm_predictor_t,
    horizons: *const u32,
    horizon_count: usize,
    channels: *const u32,
    channel_count: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let horizons = unsafe { args::input(horizons, horizon_count, "horizons") }?;
        // SAFETY: by this function's contract.
        let channels = unsafe { args::input(channels, channel_count, "channels") }?;
        let (count, most) = (args::product(horizon_count, channel_count)?, value.results.len());
        if count > most {
            return Err(Failure::new(
                MM_E_INVALID_ARGUMENT,
                format_args!("{count} values selected, there is room for {most}"),
            ));
        }
        let indices = |list: &[u32]| list.iter().map(|&index| index as usize).collect::<Vec<_>>();
        value.predictor.select(&indices(horizons), &indices(channels))?;
        Ok(MM_OK)
    })
}

/// The selected part of a window's forecast, `[horizons][channels]`: the bits of `mm_predictor_predict`; of SSM-HiPPO's head only the
/// rows asked for are computed. Hot path.
///
/// # Errors
/// As `mm_predictor_predict`; `MM_E_NOT_READY` where nothing is selected.
///
/// # Safety
/// As for `mm_predictor_predict`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_predict_part(
    predictor: *mut mm_predictor_t,
    window: *const f32,
    length: usize,
    out: *mut f32,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let window = unsafe { args::input(window, length, "window") }?;
        let needed = value.predictor.selected_len().ok_or(PredictorError::NothingSelected)?;
        // SAFETY: by this function's contract.
        unsafe { answer(value, needed, out, capacity, |predictor, out| predictor.predict_part(window, out)) }
    })
}

/// The next row of a stream, `length` = `input_columns` values. `fresh`, which may be null, gets 1 if a forecast is due that
/// there was not before, else 0. Hot path: one row's work, and one token's where one is complete.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_INPUT_NOT_FINITE`; the stream has not moved then.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses; `row` is readable for `length` values; `fresh` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_push(
    predictor: *mut mm_predictor_t,
    row: *const f32,
    length: usize,
    fresh: *mut u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let row = unsafe { args::input(row, length, "row") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(fresh, "fresh") }?;
        let is_fresh = value.predictor.push(row)?;
        if let Some(out) = out {
            out.set(u8::from(is_fresh));
        }
        Ok(MM_OK)
    })
}

/// The forecast of the stream as it stands. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_READY` before `stream_warm_up` rows, `MM_E_BUFFER_TOO_SMALL`, `MM_E_OUTPUT_NOT_FINITE`.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses; `out` is writable for `capacity` values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_forecast(
    predictor: *mut mm_predictor_t,
    out: *mut f32,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        let needed = value.predictor.shape().output_len();
        // SAFETY: by this function's contract.
        unsafe { answer(value, needed, out, capacity, Predictor::forecast) }
    })
}

/// Forgets the stream. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_reset(predictor: *mut mm_predictor_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        value.predictor.reset();
        Ok(MM_OK)
    })
}

/// Learns from `count` windows that lie one behind the other the ranges that the integer precisions scale by;
/// `mm_predictor_save` keeps them. The stream starts anew. Not hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_INPUT_NOT_FINITE`, `MM_E_INVALID_ARGUMENT` for no window, `MM_E_SHARED` where another
/// handle shares the weights or an engine has them attached: calibrate first.
///
/// # Safety
/// `predictor` is a live handle that no other thread uses; `windows` is readable for `length` values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_calibrate(
    predictor: *mut mm_predictor_t,
    windows: *const f32,
    length: usize,
    count: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let windows = unsafe { args::input(windows, length, "windows") }?;
        if count == 0 {
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("no window to learn from")));
        }
        let expected = args::product(count, value.predictor.shape().input_len())?;
        if length != expected {
            return Err(ModelError::InputLength { expected, found: length }.into());
        }
        value.predictor.calibrate(windows)?;
        Ok(MM_OK)
    })
}

/// Writes the weights to a safetensors file, from which `mm_predictor_create` makes a predictor of the same bits. A file that is
/// there is replaced in one step.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`.
///
/// # Safety
/// `predictor` is a live handle that no other thread changes; `path` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_save(
    predictor: *const mm_predictor_t,
    path: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(predictor) }, |value| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        value.predictor.save(path)?;
        Ok(MM_OK)
    })
}

/// As `mm_predictor_save`, with the normaliser of the feature window that feeds the predictor in the same file, for
/// `mm_feature_window_load_normaliser`.
///
/// # Errors
/// As `mm_predictor_save`; `MM_E_UNSUPPORTED` for a window that does not normalise.
///
/// # Safety
/// Both are live handles that no other thread changes; `path` is a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_predictor_save_with_window(
    predictor: *const mm_predictor_t,
    window: *const mm_feature_window_t,
    path: *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let predictor = unsafe { Shared::new(predictor) };
    // SAFETY: by this function's contract.
    let window = unsafe { Shared::new(window) };
    guard((predictor, window), |(value, window): (&Predicting, &FeatureGrid)| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let mut writer = value.predictor.writer()?;
        window.add_normaliser(&mut writer)?;
        writer.write(path)?;
        Ok(MM_OK)
    })
}
