//! `mm::cxx::predictor`: a neural network, window by window or row by row.

use super::guarded::attempt;
use super::mirror::Blank;
use super::{Error, Guarded};
use crate::ffi::args::{fits, product};
use crate::ffi::predictor::new_predictor;
use crate::ffi::predictor_config::{self, mm_predictor_config_t, mm_predictor_info_t};
use crate::ffi::status::{Failure, MM_E_INVALID_ARGUMENT};
use crate::mem::buffer::AlignedBuffer;
use crate::model::error::ModelError;
use crate::model::predictor::{self as core, PredictorError};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/feature_window.rs.h");
        #[cxx_name = "feature_window"]
        type FeatureWindow = crate::bridge::feature_window::FeatureWindow;
    }

    /// Which network.
    #[cxx_name = "network"]
    #[derive(Debug, Hash)]
    #[repr(u32)]
    enum Network {
        #[cxx_name = "ssm_hippo"]
        SsmHippo = 1,
        #[cxx_name = "lstm"]
        Lstm = 2,
    }

    /// Number format of a network's large products.
    #[cxx_name = "precision"]
    #[derive(Debug, Hash)]
    #[repr(u32)]
    enum Precision {
        #[cxx_name = "f32"]
        F32 = 0,
        #[cxx_name = "bf16"]
        Bf16 = 1,
        #[cxx_name = "i16"]
        I16 = 2,
        #[cxx_name = "int8"]
        Int8 = 3,
    }

    /// What to do with NaN and infinity in the features.
    #[cxx_name = "bad_input"]
    #[derive(Debug, Hash)]
    #[repr(u32)]
    enum BadInput {
        #[cxx_name = "refuse"]
        Refuse = 0,
        #[cxx_name = "forward_fill"]
        ForwardFill = 1,
    }

    /// Which network, of which sizes. The fields of the other network are not looked at.
    #[cxx_name = "predictor_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct PredictorConfig {
        /// Where random weights come from when there is no file. Default 0.
        seed: u64,
        /// Which network. Default SSM-HiPPO.
        kind: Network,
        /// Number format of the large products. Default f32.
        precision: Precision,
        /// What to do with NaN and infinity. Default refuse.
        bad_input: BadInput,
        /// Most windows of one mm_predictor_predict_batch, 1 to 4096. Default 16.
        max_batch: u32,
        /// SSM-HiPPO: width of a token. Default 128.
        d_model: u32,
        /// SSM-HiPPO: layers. Default 4.
        n_layer: u32,
        /// SSM-HiPPO: rows of a window. Default 96.
        seq_len: u32,
        /// SSM-HiPPO: states of a channel inside a block. Default 16.
        d_state: u32,
        /// SSM-HiPPO: features of a row. Default 24.
        num_channels: u32,
        /// SSM-HiPPO: steps of a forecast. Default 32.
        forecast_len: u32,
        /// SSM-HiPPO: rows of a patch. Default 16.
        patch_len: u32,
        /// SSM-HiPPO: rows from one patch to the next. Default 8.
        stride: u32,
        /// SSM-HiPPO: channels inside a block, as a multiple of d_model. Default 2.
        expand: u32,
        /// SSM-HiPPO: width of the convolution. Default 4.
        d_conv: u32,
        /// SSM-HiPPO: rank of the step's projection; 0, the default, is d_model/16 rounded up.
        dt_rank: u32,
        /// SSM-HiPPO: d_model over the units of the attention. Default 8.
        reduction_ratio: u32,
        /// SSM-HiPPO: whether layer i has 1 + i/2 times the states. Default not.
        progressive_state: bool,
        /// LSTM: rows of a window; 0, the default, is what the file says, else 100.
        lstm_steps: u32,
        /// LSTM: features of a row; 0, the default, is what the file has, 5 without one.
        lstm_features: u32,
        /// LSTM: units of a layer; 0, the default, is what the file has, 128 without one.
        lstm_hidden: u32,
        /// LSTM: layers; 0, the default, is what the file has, 2 without one.
        lstm_layers: u32,
        /// LSTM: units between the two dense layers; 0, the default, is what the file has, 64 without one.
        lstm_dense: u32,
        /// LSTM: outputs; 0, the default, is what the file has, 3 without one.
        lstm_outputs: u32,
    }

    /// What a predictor reads, gives and costs. Windows and forecasts are row-major.
    #[cxx_name = "predictor_info"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct PredictorInfo {
        /// Rows of a window.
        input_rows: usize,
        /// Features of a row.
        input_columns: usize,
        /// Steps of a forecast; 1 for the LSTM.
        output_rows: usize,
        /// Values of a step.
        output_columns: usize,
        /// Rows between two fresh forecasts of a stream.
        stream_period: usize,
        /// Rows until a stream's first forecast.
        stream_warm_up: usize,
        /// Bytes of this handle's own state and scratch.
        scratch_bytes: usize,
        /// Bytes of packed weights, once for all handles that share them.
        weight_bytes: usize,
        /// Most windows of one batch.
        max_batch: usize,
        /// Which network.
        kind: Network,
        /// Number format of the large products.
        precision: Precision,
        /// What it does with NaN and infinity.
        bad_input: BadInput,
        /// Whether the weights are other than random.
        is_trained: bool,
    }

    extern "Rust" {
        /// A network with the state and scratch of one thread. One owner; share() gives another thread one of its own on the same
        /// weights. A call that throws has changed nothing.
        #[cxx_name = "predictor"]
        #[derive(ExternType)]
        type Predictor;

        #[Self = "Predictor"]
        fn defaults(kind: Network) -> PredictorConfig;
        /// With random weights from the config's seed.
        #[Self = "Predictor"]
        fn create(config: &PredictorConfig) -> Result<Box<Predictor>>;
        /// With the weights of a safetensors file.
        #[Self = "Predictor"]
        fn load(config: &PredictorConfig, path: &str) -> Result<Box<Predictor>>;
        /// Another predictor on the same weights, with no stream under way.
        fn share(self: &Predictor) -> Result<Box<Predictor>>;
        fn info(self: &Predictor) -> Result<PredictorInfo>;
        /// The name of the instruction set that it runs on.
        fn isa(self: &Predictor) -> &'static str;
        /// The forecast for a window.
        fn predict(self: &mut Predictor, window: &[f32], out: &mut [f32]) -> Result<()>;
        /// Forecasts for `count` windows one behind the other; at most max_batch of the config.
        fn predict_batch(self: &mut Predictor, windows: &[f32], count: usize, out: &mut [f32]) -> Result<()>;
        /// Selects what predict_part computes: every combination of steps and values of a step. Allocates.
        fn select(self: &mut Predictor, horizons: &[u32], channels: &[u32]) -> Result<()>;
        /// The selected part of a window's forecast.
        fn predict_part(self: &mut Predictor, window: &[f32], out: &mut [f32]) -> Result<()>;
        /// The next row of a stream; whether a forecast is due that there was not before.
        fn push(self: &mut Predictor, row: &[f32]) -> Result<bool>;
        /// The forecast of the stream as it stands.
        fn forecast(self: &mut Predictor, out: &mut [f32]) -> Result<()>;
        /// Forgets the stream.
        fn reset(self: &mut Predictor) -> Result<()>;
        /// Learns ranges from `count` windows, for the integer precisions.
        fn calibrate(self: &mut Predictor, windows: &[f32], count: usize) -> Result<()>;
        /// Writes the weights.
        fn save(self: &Predictor, path: &str) -> Result<()>;
        /// The same with the moments of the window's normaliser in the file.
        fn save_with_window(self: &Predictor, window: &FeatureWindow, path: &str) -> Result<()>;
    }
}

use face::{BadInput, FeatureWindow, Network, Precision, PredictorConfig, PredictorInfo};

numbered!(Network: u32, Precision: u32, BadInput: u32);
blank_by_config!(mm_predictor_config_t);
mirror!(PredictorConfig => mm_predictor_config_t {
    seed, max_batch, d_model, n_layer, seq_len, d_state, num_channels, forecast_len, patch_len, stride,
    expand, d_conv, dt_rank, reduction_ratio, lstm_steps, lstm_features, lstm_hidden, lstm_layers,
    lstm_dense, lstm_outputs
} flags { progressive_state } numbers { kind, precision, bad_input });
shown!(PredictorInfo => mm_predictor_info_t {
    input_rows, input_columns, output_rows, output_columns, stream_period, stream_warm_up, scratch_bytes,
    weight_bytes, max_batch
} flags { is_trained } numbers { kind, precision, bad_input });

/// The network, and where its results wait until all is well.
struct Predicting {
    network: core::Predictor,
    results: AlignedBuffer<f32>,
}

/// A network with the state of one thread.
pub(super) struct Predictor(Guarded<Predicting>);

impl Predicting {
    /// Lets `run` write `length` results, and hands them over when it has succeeded.
    fn answer(
        &mut self,
        length: usize,
        out: &mut [f32],
        run: impl FnOnce(&mut core::Predictor, &mut [f32]) -> Result<(), PredictorError>,
    ) -> Result<(), Failure> {
        fits(length, out.len(), "out")?;
        let results = &mut self.results[..length];
        run(&mut self.network, results)?;
        out[..length].copy_from_slice(results);
        Ok(())
    }
}

impl Predictor {
    fn defaults(kind: Network) -> PredictorConfig {
        PredictorConfig { kind, ..mm_predictor_config_t::blank().into() }
    }

    fn new(network: core::Predictor) -> Result<Box<Self>, Failure> {
        let length = product(network.max_batch(), network.shape().output_len())?;
        let results = AlignedBuffer::new(length, 0.0).map_err(ModelError::from)?;
        Ok(Box::new(Self(Guarded::new(Predicting { network, results }))))
    }

    fn create(config: &PredictorConfig) -> Result<Box<Self>, Error> {
        attempt(|| Self::new(new_predictor(&config.into(), None)?))
    }

    fn load(config: &PredictorConfig, path: &str) -> Result<Box<Self>, Error> {
        attempt(|| Self::new(new_predictor(&config.into(), Some(path))?))
    }

    /// Lets a body look at the network.
    pub(super) fn look<R>(
        &self,
        body: impl FnOnce(&core::Predictor) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.0.try_read(|value| body(&value.network))
    }

    fn share(&self) -> Result<Box<Self>, Error> {
        self.0.read(|value| Self::new(value.network.share()?))
    }

    fn info(&self) -> Result<PredictorInfo, Error> {
        self.0
            .read(|value| Ok(predictor_config::info(&value.network, size_of_val(&value.results[..])).into()))
    }

    fn isa(&self) -> &'static str {
        self.0
            .read(|value| Ok(crate::ffi::isa::name(value.network.isa()).to_str().unwrap_or("")))
            .unwrap_or("")
    }

    fn predict(&mut self, window: &[f32], out: &mut [f32]) -> Result<(), Error> {
        self.0.change(|value| {
            let needed = value.network.shape().output_len();
            value.answer(needed, out, |network, out| network.predict(window, out))
        })
    }

    fn predict_batch(&mut self, windows: &[f32], count: usize, out: &mut [f32]) -> Result<(), Error> {
        self.0.change(|value| {
            let max_batch = value.network.max_batch();
            if count > max_batch {
                return Err(PredictorError::TooMany { windows: count, max_batch }.into());
            }
            let needed = count * value.network.shape().output_len();
            value.answer(needed, out, |network, out| network.predict_batch(windows, count, out))
        })
    }

    fn select(&mut self, horizons: &[u32], channels: &[u32]) -> Result<(), Error> {
        self.0.change(|value| {
            let (count, most) = (product(horizons.len(), channels.len())?, value.results.len());
            if count > most {
                return Err(Failure::new(
                    MM_E_INVALID_ARGUMENT,
                    format_args!("{count} values selected, there is room for {most}"),
                ));
            }
            let indices = |list: &[u32]| list.iter().map(|&index| index as usize).collect::<Vec<_>>();
            Ok(value.network.select(&indices(horizons), &indices(channels))?)
        })
    }

    fn predict_part(&mut self, window: &[f32], out: &mut [f32]) -> Result<(), Error> {
        self.0.change(|value| {
            let needed = value.network.selected_len().ok_or(PredictorError::NothingSelected)?;
            value.answer(needed, out, |network, out| network.predict_part(window, out))
        })
    }

    fn push(&mut self, row: &[f32]) -> Result<bool, Error> {
        self.0.change(|value| Ok(value.network.push(row)?))
    }

    fn forecast(&mut self, out: &mut [f32]) -> Result<(), Error> {
        self.0.change(|value| {
            let needed = value.network.shape().output_len();
            value.answer(needed, out, core::Predictor::forecast)
        })
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.0.change(|value| {
            value.network.reset();
            Ok(())
        })
    }

    fn calibrate(&mut self, windows: &[f32], count: usize) -> Result<(), Error> {
        self.0.change(|value| {
            if count == 0 {
                return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("no window to learn from")));
            }
            let expected = product(count, value.network.shape().input_len())?;
            if windows.len() != expected {
                return Err(ModelError::InputLength { expected, found: windows.len() }.into());
            }
            Ok(value.network.calibrate(windows)?)
        })
    }

    fn save(&self, path: &str) -> Result<(), Error> {
        self.0.read(|value| Ok(value.network.save(path)?))
    }

    fn save_with_window(&self, window: &FeatureWindow, path: &str) -> Result<(), Error> {
        self.0.read(|value| {
            let mut writer = value.network.writer()?;
            window.add_moments(&mut writer)?;
            Ok(writer.write(path)?)
        })
    }
}
