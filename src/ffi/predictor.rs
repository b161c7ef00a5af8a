//! Neural predictors: `mm_predictor_t`, one handle for the SSM-HiPPO network and the LSTM.

use std::ffi::{CStr, c_char};

use super::args::{self, Out};
use super::config::{self, Config};
use super::event;
use super::features::{FeatureGrid, mm_feature_window_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, Shared, create, destroy, guard};
use super::isa;
use super::status::*;
use crate::mem::buffer::AlignedBuffer;
use crate::model::error::ModelError;
use crate::model::input::BadInput;
use crate::model::lstm::{LstmConfig, LstmHead};
use crate::model::precision::Precision;
use crate::model::predictor::{Predictor, PredictorConfig, PredictorError, Shape};
use crate::model::ssm::SsmHippoConfig;
use crate::model::weights::WeightFile;

/// The state-space network: windows of market features to a forecast of every feature.
pub const MM_PREDICTOR_SSM_HIPPO: u32 = 1;
/// The LSTM with attention over time: windows to a few numbers.
pub const MM_PREDICTOR_LSTM: u32 = 2;

/// 32-bit floats; the same bits on every machine.
pub const MM_PRECISION_F32: u32 = 0;
/// Large products in bfloat16; bits may differ between processors.
pub const MM_PRECISION_BF16: u32 = 1;
/// Large products in 16-bit integers; the same bits on every machine.
pub const MM_PRECISION_I16: u32 = 2;
/// Large products in 8-bit integers; the same bits on every machine.
pub const MM_PRECISION_INT8: u32 = 3;

/// NaN or infinity in the inputs is an error.
pub const MM_BAD_INPUT_REFUSE: u32 = 0;
/// The same feature's value one row earlier stands in for NaN or infinity.
pub const MM_BAD_INPUT_FORWARD_FILL: u32 = 1;

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

/// Which network, of which sizes. The fields of the other network are not looked at.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_predictor_config_t {
    /// Set by `mm_predictor_config_init`.
    pub struct_size: usize,
    /// Where random weights come from when there is no file. Default 0.
    pub seed: u64,
    /// `MM_PREDICTOR_*`. Default SSM-HiPPO.
    pub kind: u32,
    /// `MM_PRECISION_*` of the large products. Default f32.
    pub precision: u32,
    /// `MM_BAD_INPUT_*`. Default refuse.
    pub bad_input: u32,
    /// Most windows of one `mm_predictor_predict_batch`, 1 to 4096. Default 16.
    pub max_batch: u32,
    /// SSM-HiPPO: width of a token. Default 128.
    pub d_model: u32,
    /// SSM-HiPPO: layers. Default 4.
    pub n_layer: u32,
    /// SSM-HiPPO: rows of a window. Default 96.
    pub seq_len: u32,
    /// SSM-HiPPO: states of a channel inside a block. Default 16.
    pub d_state: u32,
    /// SSM-HiPPO: features of a row. Default 24.
    pub num_channels: u32,
    /// SSM-HiPPO: steps of a forecast. Default 32.
    pub forecast_len: u32,
    /// SSM-HiPPO: rows of a patch. Default 16.
    pub patch_len: u32,
    /// SSM-HiPPO: rows from one patch to the next. Default 8.
    pub stride: u32,
    /// SSM-HiPPO: channels inside a block, as a multiple of `d_model`. Default 2.
    pub expand: u32,
    /// SSM-HiPPO: width of the convolution. Default 4.
    pub d_conv: u32,
    /// SSM-HiPPO: rank of the step's projection; 0, the default, is `d_model`/16 rounded up.
    pub dt_rank: u32,
    /// SSM-HiPPO: `d_model` over the units of the attention. Default 8.
    pub reduction_ratio: u32,
    /// SSM-HiPPO: 1 if layer i has 1 + i/2 times the states. Default 0.
    pub progressive_state: u8,
    /// Zero.
    pub reserved: [u8; 3],
    /// LSTM: rows of a window; 0, the default, is what the file says, else 100.
    pub lstm_steps: u32,
    /// LSTM: features of a row; 0, the default, is what the file has, 5 without one.
    pub lstm_features: u32,
    /// LSTM: units of a layer; 0, the default, is what the file has, 128 without one.
    pub lstm_hidden: u32,
    /// LSTM: layers; 0, the default, is what the file has, 2 without one.
    pub lstm_layers: u32,
    /// LSTM: units between the two dense layers; 0, the default, is what the file has, 64 without one.
    pub lstm_dense: u32,
    /// LSTM: outputs; 0, the default, is what the file has, 3 without one.
    pub lstm_outputs: u32,
    /// Zero.
    pub reserved_end: u32,
}

// SAFETY: repr(C), begins with `struct_size`, two 8-byte fields, then 24 words of 4 bytes (one of them spelt as bytes) fill
// 112 bytes without padding, all integers.
unsafe impl Config for mm_predictor_config_t {
    const FIRST_SIZE: usize = 112;
    fn defaults() -> Self {
        let ssm = SsmHippoConfig::default();
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            struct_size: size_of::<Self>(),
            seed: 0,
            kind: MM_PREDICTOR_SSM_HIPPO,
            precision: MM_PRECISION_F32,
            bad_input: MM_BAD_INPUT_REFUSE,
            max_batch: 16,
            d_model: size(ssm.d_model),
            n_layer: size(ssm.n_layer),
            seq_len: size(ssm.seq_len),
            d_state: size(ssm.d_state),
            num_channels: size(ssm.num_channels),
            forecast_len: size(ssm.forecast_len),
            patch_len: size(ssm.patch_len),
            stride: size(ssm.stride),
            expand: size(ssm.expand),
            d_conv: size(ssm.d_conv),
            dt_rank: size(ssm.dt_rank),
            reduction_ratio: size(ssm.reduction_ratio),
            progressive_state: u8::from(ssm.progressive_state),
            reserved: [0; 3],
            lstm_steps: 0,
            lstm_features: 0,
            lstm_hidden: 0,
            lstm_layers: 0,
            lstm_dense: 0,
            lstm_outputs: 0,
            reserved_end: 0,
        }
    }
}

const _: () = assert!(size_of::<mm_predictor_config_t>() == <mm_predictor_config_t as Config>::FIRST_SIZE);

/// What a predictor reads, gives and costs. Windows and forecasts are row-major.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_predictor_info_t {
    /// Rows of a window.
    pub input_rows: usize,
    /// Features of a row.
    pub input_columns: usize,
    /// Steps of a forecast; 1 for the LSTM.
    pub output_rows: usize,
    /// Values of a step.
    pub output_columns: usize,
    /// Rows between two fresh forecasts of a stream.
    pub stream_period: usize,
    /// Rows until a stream's first forecast.
    pub stream_warm_up: usize,
    /// Bytes of this handle's own state and scratch.
    pub scratch_bytes: usize,
    /// Bytes of packed weights, once for all handles that share them.
    pub weight_bytes: usize,
    /// Most windows of one batch.
    pub max_batch: usize,
    /// The name of the instruction set that it runs on, static storage.
    pub isa: *const c_char,
    /// `MM_PREDICTOR_*`.
    pub kind: u32,
    /// `MM_PRECISION_*`.
    pub precision: u32,
    /// `MM_BAD_INPUT_*`.
    pub bad_input: u32,
    /// 0 where the weights are random.
    pub is_trained: u8,
    /// Zero.
    pub reserved: [u8; 3],
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
            ModelError::Simd(_) | ModelError::Config { parameter: "isa", .. } => MM_E_ISA,
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
            PredictorError::Unsupported { .. } => MM_E_UNSUPPORTED,
        };
        Self::new(status, format_args!("{error}"))
    }
}

const PRECISIONS: [(u32, Precision); 4] = [
    (MM_PRECISION_F32, Precision::F32),
    (MM_PRECISION_BF16, Precision::Bf16),
    (MM_PRECISION_I16, Precision::I16),
    (MM_PRECISION_INT8, Precision::Int8),
];
const POLICIES: [(u32, BadInput); 2] =
    [(MM_BAD_INPUT_REFUSE, BadInput::Refuse), (MM_BAD_INPUT_FORWARD_FILL, BadInput::ForwardFill)];

fn meaning<T: Copy>(table: &[(u32, T)], number: u32, name: &str) -> Result<T, Failure> {
    let row = table.iter().find(|row| row.0 == number);
    row.map(|row| row.1).ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("{name} {number} is unknown")))
}

fn number<T: PartialEq>(table: &[(u32, T)], value: &T) -> u32 {
    table.iter().find(|row| row.1 == *value).map_or(0, |row| row.0)
}

/// The sizes that the caller gave, over those of the file or the default.
fn lstm(config: &mm_predictor_config_t, base: LstmConfig) -> LstmConfig {
    let or = |given: u32, base: usize| if given == 0 { base } else { given as usize };
    let head = base.head.map(|head| LstmHead {
        dense: or(config.lstm_dense, head.dense),
        outputs: or(config.lstm_outputs, head.outputs),
    });
    LstmConfig {
        steps: or(config.lstm_steps, base.steps),
        features: or(config.lstm_features, base.features),
        hidden: or(config.lstm_hidden, base.hidden),
        layers: or(config.lstm_layers, base.layers),
        head,
        ..base
    }
}

fn configuration(
    config: &mm_predictor_config_t,
    file: Option<&WeightFile>,
) -> Result<PredictorConfig, Failure> {
    let precision = meaning(&PRECISIONS, config.precision, "precision")?;
    let bad_input = meaning(&POLICIES, config.bad_input, "bad_input")?;
    match config.kind {
        MM_PREDICTOR_SSM_HIPPO => Ok(PredictorConfig::SsmHippo(SsmHippoConfig {
            d_model: config.d_model as usize,
            n_layer: config.n_layer as usize,
            seq_len: config.seq_len as usize,
            d_state: config.d_state as usize,
            num_channels: config.num_channels as usize,
            forecast_len: config.forecast_len as usize,
            patch_len: config.patch_len as usize,
            stride: config.stride as usize,
            expand: config.expand as usize,
            d_conv: config.d_conv as usize,
            dt_rank: config.dt_rank as usize,
            reduction_ratio: config.reduction_ratio as usize,
            progressive_state: event::flag(config.progressive_state, "progressive_state")?,
            precision,
            bad_input,
        })),
        MM_PREDICTOR_LSTM => {
            let base = file.map_or_else(|| Ok(LstmConfig::default()), LstmConfig::from_weights)?;
            Ok(PredictorConfig::Lstm(LstmConfig { precision, bad_input, ..lstm(config, base) }))
        }
        other => Err(Failure::new(MM_E_ENUM, format_args!("kind {other} is unknown"))),
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
        let made = if path.is_null() {
            Predictor::from_seed(&configuration(&config, None)?, config.seed)?
        } else {
            // SAFETY: by this function's contract.
            let file = WeightFile::open(unsafe { args::string(path, "path") }?)?;
            Predictor::from_weights(&configuration(&config, Some(&file))?, &file)?
        };
        out.set(create(Predicting::new(made.with_max_batch(config.max_batch as usize)?)?));
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
        let Shape { input_rows, input_columns, output_rows, output_columns, stream_period, stream_warm_up } =
            value.predictor.shape();
        let config = value.predictor.config();
        out.set(mm_predictor_info_t {
            input_rows,
            input_columns,
            output_rows,
            output_columns,
            stream_period,
            stream_warm_up,
            scratch_bytes: value.predictor.state_bytes() + size_of_val(&value.results[..]),
            weight_bytes: value.predictor.weight_bytes(),
            max_batch: value.predictor.max_batch(),
            isa: CStr::as_ptr(isa::name(value.predictor.isa())),
            kind: match config {
                PredictorConfig::SsmHippo(_) => MM_PREDICTOR_SSM_HIPPO,
                PredictorConfig::Lstm(_) => MM_PREDICTOR_LSTM,
            },
            precision: number(&PRECISIONS, &config.precision()),
            bad_input: number(&POLICIES, &config.bad_input()),
            is_trained: u8::from(value.predictor.is_trained()),
            reserved: [0; 3],
        });
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

/// The selected part of a window's forecast, [horizons][channels]: the bits of `mm_predictor_predict`; of SSM-HiPPO's head only the
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

/// Learns the ranges of the inputs from `count` windows that lie one behind the other, which the integer precisions scale
/// by; `mm_predictor_save` keeps them. The stream starts anew. Not hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_INPUT_NOT_FINITE`, `MM_E_INVALID_ARGUMENT` for no window, `MM_E_SHARED` where another
/// handle shares the weights (calibrate first), `MM_E_UNSUPPORTED` for SSM-HiPPO, which needs none.
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
