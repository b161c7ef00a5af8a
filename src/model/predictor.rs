//! One face for the networks: a [`Predictor`] is shared weights and a state of its own.
//!
//! What a caller does with a network does not depend on which it is: a window in, a forecast out; or row by row, where the
//! state is carried and a forecast is asked for when one is due. The weights lie behind an [`Arc`], so that each thread
//! has a predictor of its own on the same weights ([`Predictor::share`]).
//!
//! Everything that may run once per tick is *Hot path*; all memory is taken at construction.

mod config;

use std::path::Path;
use std::sync::Arc;

pub use config::{PredictorConfig, Shape};

use super::error::ModelError;
use super::lstm::{Lstm, LstmState};
use super::ssm::{HeadSelection, SsmHippo, SsmState};
use super::weights::{WeightFile, WeightWriter};
use crate::mem::buffer::bytes_taken;
use crate::simd::Isa;

/// Why a predictor refused. What refused has changed nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PredictorError {
    /// The network, its file or its inputs.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The weights cannot change, because other predictors share them.
    #[error("the weights are shared with other predictors: calibrate before sharing")]
    Shared,
    /// A part of the forecast was asked for before one was selected.
    #[error("no part of the forecast is selected")]
    NothingSelected,
    /// More windows than the predictor has room for.
    #[error("{windows} windows, max_batch is {max_batch}")]
    TooMany {
        /// Windows given.
        windows: usize,
        /// What there is room for.
        max_batch: usize,
    },
}

/// A network and one thread's state of it.
///
/// ```
/// use market_maker::model::lstm::LstmConfig;
/// use market_maker::model::predictor::{Predictor, PredictorConfig};
/// let config = PredictorConfig::Lstm(LstmConfig { steps: 20, hidden: 16, ..LstmConfig::default() });
/// let mut predictor = Predictor::from_seed(&config, 7)?;
/// assert!(!predictor.is_trained());
/// let shape = predictor.shape();
/// let window: Vec<f32> = (0..shape.input_len()).map(|i| (i as f32 * 0.3).sin()).collect();
/// let mut forecast = vec![0.0; shape.output_len()];
/// predictor.predict(&window, &mut forecast)?;
///
/// let mut other = predictor.share()?; // for another thread
/// let mut again = vec![0.0; shape.output_len()];
/// other.predict(&window, &mut again)?;
/// assert_eq!(again, forecast);
/// # Ok::<(), market_maker::model::predictor::PredictorError>(())
/// ```
#[derive(Debug)]
pub struct Predictor {
    config: PredictorConfig,
    network: Network,
    max_batch: usize,
    state_bytes: usize,
}

/// Windows of a batch, unless [`Predictor::with_max_batch`] says otherwise.
pub const DEFAULT_MAX_BATCH: usize = 16;

#[derive(Debug)]
enum Network {
    SsmHippo { model: Arc<SsmHippo>, state: Box<SsmState>, selection: Option<HeadSelection> },
    Lstm { model: Arc<Lstm>, state: Box<LstmState>, selection: Option<Gather> },
}

/// Some values of a small forecast, which is computed whole.
#[derive(Debug)]
struct Gather {
    whole: Box<[f32]>,
    places: Box<[usize]>,
}

/// The weights alone.
#[derive(Clone, Debug)]
enum Weights {
    SsmHippo(Arc<SsmHippo>),
    Lstm(Arc<Lstm>),
}

impl Predictor {
    /// A network with random weights of `seed`: for tests, and as a start of training. Not trained.
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::Memory`], [`ModelError::Simd`].
    pub fn from_seed(config: &PredictorConfig, seed: u64) -> Result<Self, PredictorError> {
        let weights = match config {
            PredictorConfig::SsmHippo(config) => {
                Weights::SsmHippo(Arc::new(SsmHippo::from_seed(config, seed)?))
            }
            PredictorConfig::Lstm(config) => Weights::Lstm(Arc::new(Lstm::from_seed(config, seed)?)),
        };
        Self::assemble(config.clone(), weights, DEFAULT_MAX_BATCH)
    }

    /// A network with the weights of a safetensors file.
    ///
    /// # Errors
    /// Those of the network's `load`; each names the tensor or the parameter.
    pub fn load(config: &PredictorConfig, path: impl AsRef<Path>) -> Result<Self, PredictorError> {
        Self::from_weights(config, &WeightFile::open(path)?)
    }

    /// The same from an open file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_weights(config: &PredictorConfig, file: &WeightFile) -> Result<Self, PredictorError> {
        let weights = match config {
            PredictorConfig::SsmHippo(config) => {
                Weights::SsmHippo(Arc::new(SsmHippo::from_weights(config, file)?))
            }
            PredictorConfig::Lstm(config) => Weights::Lstm(Arc::new(Lstm::from_weights(config, file)?)),
        };
        Self::assemble(config.clone(), weights, DEFAULT_MAX_BATCH)
    }

    /// Makes the state; with the memory that it takes on record.
    fn assemble(config: PredictorConfig, weights: Weights, max_batch: usize) -> Result<Self, PredictorError> {
        let before = bytes_taken();
        let network = match weights {
            Weights::SsmHippo(model) => Network::SsmHippo {
                state: Box::new(SsmState::with_batch(&model, max_batch)?),
                selection: None,
                model,
            },
            Weights::Lstm(model) => {
                Network::Lstm { state: Box::new(LstmState::new(&model)?), selection: None, model }
            }
        };
        Ok(Self { config, network, max_batch, state_bytes: bytes_taken().wrapping_sub(before) })
    }

    fn weights(&self) -> Weights {
        match &self.network {
            Network::SsmHippo { model, .. } => Weights::SsmHippo(model.clone()),
            Network::Lstm { model, .. } => Weights::Lstm(model.clone()),
        }
    }

    /// The same predictor with room for `windows` windows in a batch, 1 to 4096, and no stream under way.
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::Memory`].
    pub fn with_max_batch(self, windows: usize) -> Result<Self, PredictorError> {
        if !(1..=4096).contains(&windows) {
            return Err(ModelError::config("max_batch", format!("{windows} is not in 1..=4096")).into());
        }
        let weights = self.weights();
        Self::assemble(self.config, weights, windows)
    }

    /// A second predictor on the same weights, with a fresh state of its own: for another thread or instrument.
    ///
    /// # Errors
    /// [`ModelError::Memory`].
    pub fn share(&self) -> Result<Self, PredictorError> {
        Self::assemble(self.config.clone(), self.weights(), self.max_batch)
    }

    /// The forecast for a window, `[input_rows][input_columns]`, into `[output_rows][output_columns]`. A stream that is under
    /// way is not disturbed. Hot path.
    ///
    /// # Errors
    /// [`ModelError::InputLength`], [`ModelError::OutputLength`], [`ModelError::NotFiniteInput`] by the policy,
    /// [`ModelError::NotFiniteOutput`]; nothing is written then.
    #[inline]
    pub fn predict(&mut self, window: &[f32], out: &mut [f32]) -> Result<(), PredictorError> {
        match &mut self.network {
            Network::SsmHippo { model, state, .. } => model.predict(state, window, out)?,
            Network::Lstm { model, state, .. } => model.predict(state, window, out)?,
        }
        Ok(())
    }

    /// Forecasts for `count` windows that lie one behind the other, to outputs that lie so: equal to as many calls of
    /// [`predict`](Self::predict), bit for bit, and faster. Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), indices counted over all windows; [`PredictorError::TooMany`] beyond
    /// [`max_batch`](Self::max_batch). What `out` holds after an error in a window's values is unspecified.
    pub fn predict_batch(
        &mut self,
        windows: &[f32],
        count: usize,
        out: &mut [f32],
    ) -> Result<(), PredictorError> {
        if count > self.max_batch {
            return Err(PredictorError::TooMany { windows: count, max_batch: self.max_batch });
        }
        match &mut self.network {
            Network::SsmHippo { model, state, .. } => model.predict_batch(state, windows, count, out)?,
            Network::Lstm { model, state, .. } => model.predict_batch(state, windows, count, out)?,
        }
        Ok(())
    }

    /// Selects the part of a forecast that [`predict_part`](Self::predict_part) computes: every combination of horizons
    /// (0-based steps; the LSTM has one, 0) and channels, in the order given. Not hot path.
    ///
    /// # Errors
    /// [`ModelError::Config`] for an empty list or an index out of range; the selection is as it was then.
    pub fn select(&mut self, horizons: &[usize], channels: &[usize]) -> Result<(), PredictorError> {
        match &mut self.network {
            Network::SsmHippo { model, selection, .. } => {
                *selection = Some(HeadSelection::new(model.config(), horizons, channels)?);
            }
            Network::Lstm { model, selection, .. } => {
                let outputs = model.config().outputs();
                for (parameter, wanted, size) in [("horizons", horizons, 1), ("channels", channels, outputs)]
                {
                    if wanted.is_empty() {
                        return Err(ModelError::config(parameter, "none given").into());
                    }
                    if let Some(index) = wanted.iter().find(|index| **index >= size) {
                        let problem = format!("{index} is not below {size}");
                        return Err(ModelError::config(parameter, problem).into());
                    }
                }
                let places = horizons.iter().flat_map(|_| channels.iter().copied()).collect();
                *selection = Some(Gather { whole: vec![0.0; outputs].into(), places });
            }
        }
        Ok(())
    }

    /// Values of the selected part; `None` where nothing is selected.
    #[must_use]
    pub fn selected_len(&self) -> Option<usize> {
        match &self.network {
            Network::SsmHippo { selection, .. } => selection.as_ref().map(HeadSelection::len),
            Network::Lstm { selection, .. } => selection.as_ref().map(|gather| gather.places.len()),
        }
    }

    /// The selected part of a window's forecast, `[horizons][channels]`: the bits of [`predict`](Self::predict), and of the
    /// SSM-HiPPO network's head only the rows asked for are computed. Hot path.
    ///
    /// # Errors
    /// [`PredictorError::NothingSelected`]; otherwise as [`predict`](Self::predict).
    pub fn predict_part(&mut self, window: &[f32], out: &mut [f32]) -> Result<(), PredictorError> {
        match &mut self.network {
            Network::SsmHippo { model, state, selection: Some(selection) } => {
                model.predict_part(state, window, selection, out)?;
            }
            Network::Lstm { model, state, selection: Some(Gather { whole, places }) } => {
                if out.len() != places.len() {
                    let (expected, found) = (places.len(), out.len());
                    return Err(ModelError::OutputLength { expected, found }.into());
                }
                model.predict(state, window, whole)?;
                for (to, place) in out.iter_mut().zip(places.iter()) {
                    *to = whole[*place];
                }
            }
            _ => return Err(PredictorError::NothingSelected),
        }
        Ok(())
    }

    /// The next row of a stream, `[input_columns]`. True where a forecast is due that there was not before. Hot path: the cost of
    /// one row, and of one token where one is complete.
    ///
    /// # Errors
    /// [`ModelError::InputLength`], [`ModelError::NotFiniteInput`] by the policy; the stream has not moved then.
    #[inline]
    pub fn push(&mut self, row: &[f32]) -> Result<bool, PredictorError> {
        Ok(match &mut self.network {
            Network::SsmHippo { model, state, .. } => {
                model.push(state, row)? && state.tokens_seen() >= model.config().num_patches() as u64
            }
            Network::Lstm { model, state, .. } => model.push(state, row)?,
        })
    }

    /// The forecast of the stream as it stands. Hot path.
    ///
    /// # Errors
    /// [`ModelError::NotReady`] before the first is due, [`ModelError::OutputLength`], [`ModelError::NotFiniteOutput`].
    #[inline]
    pub fn forecast(&mut self, out: &mut [f32]) -> Result<(), PredictorError> {
        match &mut self.network {
            Network::SsmHippo { model, state, .. } => model.forecast(state, out)?,
            Network::Lstm { model, state, .. } => model.forecast(state, out)?,
        }
        Ok(())
    }

    /// Forgets the stream. Hot path.
    pub fn reset(&mut self) {
        match &mut self.network {
            Network::SsmHippo { state, .. } => state.reset(),
            Network::Lstm { state, .. } => state.reset(),
        }
    }

    /// Learns from whole windows the ranges that the integer formats scale by. Not hot path; the stream starts anew.
    ///
    /// # Errors
    /// [`PredictorError::Shared`]; [`ModelError::InputLength`], [`ModelError::NotFiniteInput`]. The network is as it was then.
    pub fn calibrate(&mut self, windows: &[f32]) -> Result<(), PredictorError> {
        match &mut self.network {
            Network::SsmHippo { model, state, .. } => {
                let model = Arc::get_mut(model).ok_or(PredictorError::Shared)?;
                *model = model.with_calibration(&model.calibrate(windows)?)?;
                **state = SsmState::with_batch(model, self.max_batch)?;
                Ok(())
            }
            Network::Lstm { model, state, .. } => {
                Arc::get_mut(model).ok_or(PredictorError::Shared)?.calibrate(windows)?;
                **state = LstmState::new(model)?;
                Ok(())
            }
        }
    }

    /// Writes the weights to a safetensors file; [`load`](Self::load) gives the same predictions, bit for bit.
    ///
    /// # Errors
    /// [`ModelError::Io`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PredictorError> {
        Ok(self.writer()?.write(path)?)
    }

    /// What [`save`](Self::save) writes, for other tensors to be added (a normaliser's).
    ///
    /// # Errors
    /// None for a network that was built; the type is that of [`WeightWriter::f32`].
    pub fn writer(&self) -> Result<WeightWriter, PredictorError> {
        Ok(match &self.network {
            Network::SsmHippo { model, .. } => model.writer()?,
            Network::Lstm { model, .. } => model.writer()?,
        })
    }

    /// The configuration that it was built with.
    #[must_use]
    pub const fn config(&self) -> &PredictorConfig {
        &self.config
    }

    /// Shapes and periods.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.config.shape()
    }

    /// False where the weights are random.
    #[must_use]
    pub fn is_trained(&self) -> bool {
        match &self.network {
            Network::SsmHippo { model, .. } => model.is_trained(),
            Network::Lstm { model, .. } => model.is_trained(),
        }
    }

    /// The kernels in use.
    #[must_use]
    pub fn isa(&self) -> Isa {
        match &self.network {
            Network::SsmHippo { model, .. } => model.simd().isa(),
            Network::Lstm { model, .. } => model.simd().isa(),
        }
    }

    /// Bytes of packed weights, which all that share them have once.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        match &self.network {
            Network::SsmHippo { model, .. } => {
                let (body, head) = model.weight_bytes();
                body + head
            }
            Network::Lstm { model, .. } => model.weight_bytes(),
        }
    }

    /// Bytes of this predictor's own state and scratch.
    #[must_use]
    pub const fn state_bytes(&self) -> usize {
        self.state_bytes
    }

    /// Most windows of one batch.
    #[must_use]
    pub const fn max_batch(&self) -> usize {
        self.max_batch
    }
}

#[cfg(test)]
mod tests;
