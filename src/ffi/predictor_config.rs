//! What a predictor is made of and what it tells of itself: the config and info structs, and what their numbers mean.

use std::ffi::{CStr, c_char};

use super::args;
use super::config::Config;
use super::event;
use super::isa;
use super::status::*;
use crate::model::input::BadInput;
use crate::model::lstm::{LstmConfig, LstmHead};
use crate::model::precision::Precision;
use crate::model::predictor::{Predictor, PredictorConfig, Shape};
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

/// NaN, infinity, or a value too large for the network's sums in the inputs is an error.
pub const MM_BAD_INPUT_REFUSE: u32 = 0;
/// The same feature's value one row earlier stands in for it.
pub const MM_BAD_INPUT_FORWARD_FILL: u32 = 1;

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

/// The sizes that a caller means; where they are the file's to say, `file` says them.
pub(crate) fn configuration(
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

/// Refuses random weights that the system certainly cannot hold, of which filling a vector would end the process.
///
/// # Errors
/// `MM_E_OUT_OF_MEMORY`, and as the configuration's `validate`.
pub(crate) fn affordable(config: &PredictorConfig) -> Result<(), Failure> {
    let product = |factors: &[usize]| factors.iter().fold(1_usize, |all, &one| all.saturating_mul(one));
    let weights = match config {
        PredictorConfig::SsmHippo(config) => {
            config.validate()?;
            let layers = product(&[config.n_layer, config.d_inner(), 3 * config.d_model + config.rank()]);
            let head = product(&[config.num_patches(), config.d_model, config.output_len()]);
            layers.saturating_add(head)
        }
        PredictorConfig::Lstm(config) => {
            config.validate()?;
            product(&[config.layers, 4, config.hidden, config.hidden + config.features])
        }
    };
    // Once as they are saved, once as the kernels read them.
    args::affordable(weights.saturating_mul(2 * size_of::<f32>()))
}

/// What a predictor tells of itself; `results` is the bytes of the place where its results wait.
pub(crate) fn info(predictor: &Predictor, results: usize) -> mm_predictor_info_t {
    let Shape { input_rows, input_columns, output_rows, output_columns, stream_period, stream_warm_up } =
        predictor.shape();
    let config = predictor.config();
    mm_predictor_info_t {
        input_rows,
        input_columns,
        output_rows,
        output_columns,
        stream_period,
        stream_warm_up,
        scratch_bytes: predictor.state_bytes() + results,
        weight_bytes: predictor.weight_bytes(),
        max_batch: predictor.max_batch(),
        isa: CStr::as_ptr(isa::name(predictor.isa())),
        kind: match config {
            PredictorConfig::SsmHippo(_) => MM_PREDICTOR_SSM_HIPPO,
            PredictorConfig::Lstm(_) => MM_PREDICTOR_LSTM,
        },
        precision: number(&PRECISIONS, &config.precision()),
        bad_input: number(&POLICIES, &config.bad_input()),
        is_trained: u8::from(predictor.is_trained()),
        reserved: [0; 3],
    }
}
