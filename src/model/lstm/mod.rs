//! The LSTM predictor: stacked layers, softmax attention over time, two dense layers (design of the kernels:
//! [`simd::lstm`](crate::simd::lstm)).
//!
//! Hochreiter & Schmidhuber, *Long Short-Term Memory*, 1997, in PyTorch's layout: gates i, f, g, o,
//! `c ← σ(f)·c + σ(i)·tanh(g)`, `h ← σ(o)·tanh(c)`; score `a_t = wₐ·h_t + bₐ`, context `Σ softmax(a)_t h_t`, head
//! `W₂ ReLU(W₁ context + b₁) + b₂`.
//!
//! [`Lstm`] is immutable, `Send + Sync`, and meant to be shared; [`LstmState`] is one thread's memory. A window starts from zero and
//! costs `steps` steps; a stream carries its memory and costs one step per row. Both give the same bits from the
//! same memory. Nothing on the hot path allocates, and the first call finds every page touched.

mod calibration;
mod config;
mod packed;
mod reference;
mod run;
mod state;
mod tensors;

use std::path::Path;

pub use calibration::LstmCalibration;
pub use config::{LstmConfig, LstmHead};
pub use state::LstmState;

use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;
use crate::model::precision::{InputRanges, Precision, PublishedError};
use crate::model::weights::{WeightFile, WeightWriter};
use crate::simd::Simd;
use calibration::Fitted;
use packed::{Packed, Sizes};
use tensors::Tensors;

/// A dense layer for the kernels: rows padded with zeros to whole blocks of inputs.
#[derive(Debug)]
struct DenseRows {
    weight: AlignedBuffer<f32>,
    bias: AlignedBuffer<f32>,
}

impl DenseRows {
    /// `columns` is the padded number of inputs.
    fn new(dense: &tensors::Dense, columns: usize) -> Result<Self, OutOfMemory> {
        let mut weight = AlignedBuffer::new(dense.rows.saturating_mul(columns), 0.0)?;
        for (to, from) in weight.chunks_exact_mut(columns).zip(dense.weight.chunks_exact(dense.columns)) {
            to[..dense.columns].copy_from_slice(from);
        }
        let mut bias = AlignedBuffer::new(dense.rows, 0.0)?;
        bias.copy_from_slice(&dense.bias);
        Ok(Self { weight, bias })
    }

    /// `out ← W·x + b`. Hot path.
    fn apply(&self, simd: Simd, x: &[f32], out: &mut [f32]) {
        simd.row_dots(x, &self.weight, out);
        for (out, bias) in out.iter_mut().zip(&*self.bias) {
            *out += bias;
        }
    }
}

/// An LSTM network, ready to run.
///
/// ```
/// use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
/// let config = LstmConfig { steps: 20, hidden: 24, ..LstmConfig::default() };
/// let model = Lstm::from_seed(&config, 7)?;
/// assert!(!model.is_trained());
/// let mut state = LstmState::new(&model)?;
/// let window: Vec<f32> = (0..config.window_len()).map(|i| (i as f32 * 0.37).sin()).collect();
/// let mut out = [0.0; 3];
/// model.predict(&mut state, &window, &mut out)?;
///
/// let mut streamed = [0.0; 3];
/// for row in window.chunks_exact(config.features) {
///     model.push(&mut state, row)?;
/// }
/// model.forecast(&mut state, &mut streamed)?;
/// assert_eq!(out, streamed);
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Lstm {
    sizes: Sizes,
    simd: Simd,
    tensors: Tensors,
    packed: Packed,
    attention: Option<DenseRows>,
    head: Option<[DenseRows; 2]>,
    fitted: Option<Fitted>,
    /// Largest |input| for which no sum overflows.
    limit: f32,
    trained: bool,
}

/// Weights in the configured precision, fitted to what a calibration found or to a network without input.
fn pack(
    config: &LstmConfig,
    tensors: &Tensors,
    fitted: Option<&Fitted>,
) -> Result<(Sizes, Packed), ModelError> {
    let sizes = Sizes::new(config, fitted.is_some());
    let silent;
    let means = match (config.precision, fitted) {
        (Precision::F32, _) => &[][..],
        (_, Some(fitted)) => &fitted.means,
        _ => {
            silent = reference::means(config, tensors, &[]);
            &silent
        }
    };
    let packed = Packed::new(&sizes, tensors, fitted.map(|fitted| &fitted.ranges), means)?;
    Ok((sizes, packed))
}

impl Lstm {
    /// A network with PyTorch's random initialisation (Xoshiro256++ of `seed`); not trained.
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::Memory`], [`ModelError::Simd`].
    pub fn from_seed(config: &LstmConfig, seed: u64) -> Result<Self, ModelError> {
        Self::assemble(config, Tensors::from_seed(config, seed)?, None, false)
    }

    /// Reads the tensors of a safetensors file, named as in the PyTorch state dict; others are ignored.
    ///
    /// # Errors
    /// [`ModelError::Io`], [`ModelError::Malformed`], and as [`from_weights`](Self::from_weights).
    pub fn load(config: &LstmConfig, path: impl AsRef<Path>) -> Result<Self, ModelError> {
        Self::from_weights(config, &WeightFile::open(path)?)
    }

    /// The same from an open file.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::Shape`], [`ModelError::Dtype`], [`ModelError::NotFiniteWeight`],
    /// [`ModelError::TooLarge`], each naming the tensor; [`ModelError::Config`], [`ModelError::Memory`], [`ModelError::Simd`].
    pub fn from_weights(config: &LstmConfig, file: &WeightFile) -> Result<Self, ModelError> {
        let tensors = Tensors::from_file(config, file)?;
        Self::assemble(config, tensors, Fitted::from_file(config, file)?, true)
    }

    /// As [`from_weights`](Self::from_weights), refusing a file with tensors that belong to no part of the network.
    ///
    /// # Errors
    /// [`ModelError::UnexpectedTensor`] besides those of [`from_weights`](Self::from_weights).
    pub fn from_weights_strict(config: &LstmConfig, file: &WeightFile) -> Result<Self, ModelError> {
        let model = Self::from_weights(config, file)?;
        file.refuse_others(|name| model.tensors.knows(name) || Fitted::knows(config, name))?;
        Ok(model)
    }

    fn assemble(
        config: &LstmConfig,
        tensors: Tensors,
        fitted: Option<Fitted>,
        trained: bool,
    ) -> Result<Self, ModelError> {
        let limit = tensors.input_limit()?;
        if let Some(fitted) = &fitted
            && fitted.ranges.max_abs().any(|most| most > limit)
        {
            return Err(ModelError::TooLarge { tensor: Fitted::HIGH.to_owned() });
        }
        let (sizes, packed) = pack(config, &tensors, fitted.as_ref())?;
        let rows = |dense: &tensors::Dense, columns| DenseRows::new(dense, columns);
        let attention = tensors.attention.as_ref().map(|dense| rows(dense, sizes.units)).transpose()?;
        let head = match &tensors.head {
            None => None,
            Some([fc1, fc2]) => Some([rows(fc1, sizes.units)?, rows(fc2, sizes.dense)?]),
        };
        Ok(Self { sizes, simd: Simd::detect()?, tensors, packed, attention, head, fitted, limit, trained })
    }

    /// Writes the weights, the calibrated ranges and the sizes; [`load`](Self::load) gives the same predictions, bit for bit.
    ///
    /// # Errors
    /// [`ModelError::Io`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        self.writer()?.write(path)
    }

    /// What [`save`](Self::save) writes, for other tensors to be added (a normaliser's).
    ///
    /// # Errors
    /// None for a network that was built; the type is that of [`WeightWriter::f32`].
    pub fn writer(&self) -> Result<WeightWriter, ModelError> {
        let mut writer = WeightWriter::new();
        writer.metadata("architecture", "lstm").metadata("steps", &self.sizes.config.steps.to_string());
        self.tensors.write(&mut writer)?;
        if let Some(fitted) = &self.fitted {
            fitted.write(&mut writer)?;
        }
        Ok(writer)
    }

    /// The same network on other kernels, for tests and comparisons; states stay valid.
    #[must_use]
    pub fn on(mut self, simd: Simd) -> Self {
        self.simd = simd;
        self
    }

    /// False where the weights are random.
    #[must_use]
    pub const fn is_trained(&self) -> bool {
        self.trained
    }

    /// The configuration that it was built with.
    #[must_use]
    pub const fn config(&self) -> &LstmConfig {
        &self.sizes.config
    }

    /// The kernels in use.
    #[must_use]
    pub const fn simd(&self) -> Simd {
        self.simd
    }

    /// The ranges that [`calibrate`](Self::calibrate) learnt or the file held.
    #[must_use]
    pub fn input_ranges(&self) -> Option<&InputRanges> {
        self.fitted.as_ref().map(|fitted| &fitted.ranges)
    }

    /// Bytes of packed weights: what a row of a stream reads.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        self.packed.size_in_bytes()
    }

    /// One window in double precision throughout: what errors are measured against. Slow, allocates.
    ///
    /// # Errors
    /// [`ModelError::InputLength`], [`ModelError::NotFiniteInput`] whatever the policy.
    pub fn predict_f64(&self, window: &[f32]) -> Result<Vec<f64>, ModelError> {
        let expected = self.sizes.config.window_len();
        if window.len() != expected {
            return Err(ModelError::InputLength { expected, found: window.len() });
        }
        if let Some(index) = window.iter().position(|x| x.is_nan() || x.abs() > self.limit) {
            return Err(ModelError::NotFiniteInput { index });
        }
        Ok(reference::predict(&self.sizes.config, &self.tensors, window))
    }

    /// The largest |error| measured over eight random networks of the default sizes, without calibration, and six windows each
    /// within ±1 (`tests/lstm_precision.rs` measures again, and fails when it finds more).
    #[must_use]
    pub const fn published_error(precision: Precision) -> PublishedError {
        match precision {
            Precision::F32 => PublishedError { default_scale: 1e-8, three_times: 2e-7 },
            Precision::Bf16 => PublishedError { default_scale: 3e-6, three_times: 9e-4 },
            Precision::I16 => PublishedError { default_scale: 1.3e-6, three_times: 5e-5 },
            Precision::Int8 => PublishedError { default_scale: 6e-5, three_times: 4e-3 },
        }
    }
}
