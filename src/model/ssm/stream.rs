//! Streaming mode: a row at a time, with every layer's state carried.
//!
//! A row costs its embedding. A row that completes a patch, every `stride` rows, also costs one step of each layer: 1/P of a
//! window's layers. A forecast costs attention and head over the last P tokens. It has the bits of
//! [`predict_from`](SsmHippo::predict_from) over the last window of rows from the carry before it, because both run the same
//! kernels, in which a token's values depend neither on the number of tokens beside it nor on their places.

use super::config::SsmHippoConfig;
use super::layer::{From, LayerCarry, Sizes};
use super::network::{SsmHippo, check_length, take};
use super::state::SsmState;
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;
use crate::simd::lanes::LANES;

/// The layers' memory between two tokens: the convolutions' last inputs and the LegS states.
#[derive(Debug)]
pub struct SsmCarry {
    pub(super) config: SsmHippoConfig,
    pub(super) layers: Vec<LayerCarry>,
}

impl SsmCarry {
    /// The zero carry, that of a stream before its first token.
    ///
    /// # Errors
    /// [`ModelError::Memory`].
    pub fn new(model: &SsmHippo) -> Result<Self, ModelError> {
        Ok(Self::for_config(model.config())?)
    }

    fn for_config(config: &SsmHippoConfig) -> Result<Self, OutOfMemory> {
        let sizes = Sizes::new(config);
        let layers = (0..config.n_layer).map(|i| LayerCarry::new(sizes, config.state_of(i)));
        Ok(Self { config: config.clone(), layers: layers.collect::<Result<_, _>>()? })
    }

    /// Takes over another carry, without allocating. Hot path.
    ///
    /// # Errors
    /// [`ModelError::ForeignState`] for one of another network.
    pub fn copy_from(&mut self, other: &Self) -> Result<(), ModelError> {
        if self.config != other.config {
            return Err(ModelError::ForeignState);
        }
        for (to, from) in self.layers.iter_mut().zip(&other.layers) {
            to.copy_from(from);
        }
        Ok(())
    }

    /// LegS coefficient `n` of `channel` in `layer`; `None` where there is none.
    #[must_use]
    pub fn coefficient(&self, layer: usize, channel: usize, n: usize) -> Option<f32> {
        if layer >= self.config.n_layer
            || channel >= self.config.d_inner()
            || n >= self.config.state_of(layer)
        {
            return None;
        }
        let place = (channel / LANES * self.config.state_of(layer) + n) * LANES + channel % LANES;
        Some(self.layers[layer].state[place] / (2.0 * ((2 * n + 1) as f32).sqrt()))
    }
}

/// A stream's memory.
#[derive(Debug)]
pub(super) struct Stream {
    pub rows: u64,
    pub tokens: u64,
    /// The last `patch_len` rows and their embeddings, row number i at i mod `patch_len`.
    inputs: AlignedBuffer<f32>,
    embedded: AlignedBuffer<f32>,
    /// The last P tokens after the layers, token number i at i mod P.
    recent: AlignedBuffer<f32>,
    pub carry: SsmCarry,
}

impl Stream {
    pub fn new(config: &SsmHippoConfig) -> Result<Self, OutOfMemory> {
        let sizes = Sizes::new(config);
        Ok(Self {
            rows: 0,
            tokens: 0,
            inputs: AlignedBuffer::new(config.patch_len * sizes.c, 0.0)?,
            embedded: AlignedBuffer::new(config.patch_len * sizes.d_stride, 0.0)?,
            recent: AlignedBuffer::new(sizes.p * sizes.d_stride, 0.0)?,
            carry: SsmCarry::for_config(config)?,
        })
    }

    pub fn clear(&mut self) {
        (self.rows, self.tokens) = (0, 0);
        self.carry.layers.iter_mut().for_each(LayerCarry::clear);
    }
}

impl SsmHippo {
    /// Takes the stream's next row of `num_channels` features. True when the row completed a token, that is when the
    /// next [`forecast`](Self::forecast) differs from the last. Hot path; see the module's text for the cost.
    ///
    /// # Errors
    /// [`ModelError::InputLength`], [`ModelError::ForeignState`], [`ModelError::NotFiniteInput`] as in
    /// [`predict`](Self::predict), where the row before, if there is one, stands in. The stream is unchanged then.
    pub fn push(&self, state: &mut SsmState, row: &[f32]) -> Result<bool, ModelError> {
        self.check_state(state)?;
        let Sizes { d_stride, c, p, .. } = self.sizes;
        let SsmHippoConfig { patch_len, stride, bad_input, .. } = self.config;
        check_length(row.len(), c)?;
        let SsmState { scratch, stream, .. } = state;
        let patch = patch_len as u64;
        let place = (stream.rows % patch) as usize;
        let row = if self.within_limit(row) {
            row
        } else {
            let before = (stream.rows + patch - 1) % patch;
            let before = (stream.rows > 0).then(|| &stream.inputs[before as usize * c..][..c]);
            let clean = &mut scratch.clean[..c];
            bad_input.copy_rows(self.input_limit, row, c, before, clean)?;
            clean
        };
        // Nothing fails from here on.
        stream.inputs[place * c..][..c].copy_from_slice(row);
        self.embed_rows(row, 1, &mut scratch.normed, &mut stream.embedded[place * d_stride..][..d_stride]);
        stream.rows += 1;
        if stream.rows < patch || !(stream.rows - patch).is_multiple_of(stride as u64) {
            return Ok(false);
        }
        let z = &mut scratch.z[..d_stride];
        let (newer, older) = stream.inputs.split_at((place + 1) * c);
        self.simd.mean_of_rows([older, newer], &mut scratch.means[..c]);
        let (newer, older) = stream.embedded.split_at((place + 1) * d_stride);
        self.simd.mean_of_rows([older, newer], z);
        self.skip(&scratch.means[..c], 1, z);
        for (layer, carry) in self.layers.iter().zip(&mut stream.carry.layers) {
            let from = From::Carry(carry);
            layer.forward(self.simd, self.sizes, z, [1, 1], from, &mut scratch.layer, &[]);
        }
        let place = (stream.tokens % p as u64) as usize;
        stream.recent[place * d_stride..][..d_stride].copy_from_slice(z);
        stream.tokens += 1;
        Ok(true)
    }

    /// Predicts from the stream's last P tokens into `[forecast_len][num_channels]`. The stream is unchanged. Hot path;
    /// attention and head only.
    ///
    /// # Errors
    /// [`ModelError::NotReady`] with tokens seen and needed, [`ModelError::OutputLength`],
    /// [`ModelError::ForeignState`]; [`ModelError::NotFiniteOutput`] where weights are so large that the stream overflowed:
    /// it stays so until [`SsmState::reset`]. `out` is untouched then.
    pub fn forecast(&self, state: &mut SsmState, out: &mut [f32]) -> Result<(), ModelError> {
        self.check_state(state)?;
        let Sizes { d_stride, p, .. } = self.sizes;
        let expected = self.config.output_len();
        if out.len() != expected {
            return Err(ModelError::OutputLength { expected, found: out.len() });
        }
        let SsmState { scratch, stream, .. } = state;
        if stream.tokens < p as u64 {
            return Err(ModelError::NotReady { seen: stream.tokens as usize, needed: p });
        }
        let oldest = (stream.tokens % p as u64) as usize * d_stride;
        let (newer, older) = stream.recent.split_at(oldest);
        scratch.z[..older.len()].copy_from_slice(older);
        scratch.z[older.len()..p * d_stride].copy_from_slice(newer);
        self.attend(0, 0, scratch);
        self.head(1, scratch);
        take(&scratch.outputs[..expected], out)
    }
}
