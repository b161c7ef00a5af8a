//! What a thread needs beside the network: room for activations, and a stream's memory.

use super::config::SsmHippoConfig;
use super::layer::{LayerCarry, LayerScratch, Sizes};
use super::network::SsmHippo;
use super::product::ProductScratch;
use super::stream::{SsmCarry, Stream};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;
use crate::simd::lanes::LANES;

/// Windows that go through the layers together in batched mode: enough to share the weights' way from the cache, few
/// enough for their activations to stay in it.
pub(super) const TOGETHER: usize = 4;
/// Windows that a batched call takes, unless [`SsmState::with_batch`] says otherwise.
const DEFAULT_BATCH: usize = 16;

/// Scratch and streaming state for one thread: all memory is taken, and its pages are touched, at construction.
#[derive(Debug)]
pub struct SsmState {
    pub(super) config: SsmHippoConfig,
    pub(super) scratch: Scratch,
    pub(super) stream: Stream,
}

/// Activations between the stages.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Windows that a batched call takes.
    pub batch: usize,
    /// A window or row after the policy for bad inputs.
    pub clean: AlignedBuffer<f32>,
    /// Embedded rows before the norm, and after GELU.
    pub normed: AlignedBuffer<f32>,
    pub embedded: AlignedBuffer<f32>,
    /// Mean rows of patches.
    pub means: AlignedBuffer<f32>,
    /// Tokens of up to [`TOGETHER`] windows.
    pub z: AlignedBuffer<f32>,
    /// Mean and maximum over tokens.
    pub pooled: AlignedBuffer<f32>,
    pub hidden: AlignedBuffer<f32>,
    pub gate: AlignedBuffer<f32>,
    /// The head's inputs and outputs, of `batch` windows.
    pub flat: AlignedBuffer<f32>,
    pub outputs: AlignedBuffer<f32>,
    pub layer: LayerScratch,
    pub head: ProductScratch,
    pub carry: LayerCarry,
}

impl Scratch {
    fn new(config: &SsmHippoConfig, batch: usize) -> Result<Self, OutOfMemory> {
        let sizes = Sizes::new(config);
        let Sizes { d, d_stride, c, p, .. } = sizes;
        let tokens = TOGETHER.min(batch) * p;
        let rows = config.seq_len * d_stride;
        let of = |len: usize| AlignedBuffer::new(len, 0.0);
        Ok(Self {
            batch,
            clean: of(config.window_len())?,
            normed: of(rows)?,
            embedded: of(rows)?,
            means: of(p * c)?,
            z: of(tokens * d_stride)?,
            pooled: of(2 * d_stride)?,
            hidden: of(2 * config.attention_hidden())?,
            gate: of(d_stride)?,
            flat: of(batch * p * d)?,
            // Selected blocks of the head are whole.
            outputs: of(batch * config.output_len().next_multiple_of(LANES))?,
            layer: LayerScratch::new(config.precision, sizes, tokens)?,
            head: ProductScratch::new(config.precision, d, batch)?,
            carry: LayerCarry::new(sizes, config.state_of(config.n_layer - 1))?,
        })
    }
}

impl SsmState {
    /// A state for `model`, with the stream empty. A few windows and rows are run over it, so that the first call finds code and
    /// weights where the thousandth does. O(a window).
    ///
    /// # Errors
    /// [`ModelError::Memory`].
    pub fn new(model: &SsmHippo) -> Result<Self, ModelError> {
        Self::with_batch(model, DEFAULT_BATCH)
    }

    /// A state whose batched calls take up to `windows` windows. The gain per window ends at a few dozen; 1 takes the
    /// least memory.
    ///
    /// # Errors
    /// [`ModelError::Config`] for zero or more than 4096 windows, [`ModelError::Memory`].
    pub fn with_batch(model: &SsmHippo, windows: usize) -> Result<Self, ModelError> {
        if !(1..=4096).contains(&windows) {
            return Err(ModelError::config("windows", format!("{windows} is not in 1..=4096")));
        }
        let config = model.config().clone();
        let (scratch, stream) = (Scratch::new(&config, windows)?, Stream::new(&config)?);
        let mut state = Self { scratch, stream, config };
        model.warm(&mut state);
        state.reset();
        Ok(state)
    }

    /// Windows that a batched call takes at most.
    #[must_use]
    pub const fn batch_capacity(&self) -> usize {
        self.scratch.batch
    }

    /// Forgets the stream: the next row is the first. Hot path.
    pub fn reset(&mut self) {
        self.stream.clear();
    }

    /// Rows that the stream has taken since construction or [`reset`](Self::reset).
    #[must_use]
    pub const fn rows_seen(&self) -> u64 {
        self.stream.rows
    }

    /// Tokens that the stream has completed.
    #[must_use]
    pub const fn tokens_seen(&self) -> u64 {
        self.stream.tokens
    }

    /// What the stream carries from its last token to the next one.
    #[must_use]
    pub const fn carry(&self) -> &SsmCarry {
        &self.stream.carry
    }
}
