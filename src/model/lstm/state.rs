//! What a network needs to run: scratch for windows, and the memory and history of a stream.

use super::Lstm;
use super::packed::{Sizes, encode, hidden_place};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;

/// Steps whose projections are made as one product before the recurrence runs over them: few enough that everything between
/// the layers stays in the second-level cache, enough that the product reads its weights once for several rows and that
/// the first step, which shares its weights with none before it, is a small part.
pub(super) const CHUNK: usize = 20;

/// One layer's moving parts over a chunk of steps.
#[derive(Debug)]
pub(super) struct LayerRun {
    /// `[step][output]`.
    pub gates: AlignedBuffer<f32>,
    /// `[step + 1][column]`: hidden states as words, row 0 before the first step.
    pub rows: AlignedBuffer<u32>,
    /// Cells, `[unit]`.
    pub cell: AlignedBuffer<f32>,
    /// The last hidden state, `[unit]`.
    pub hidden: AlignedBuffer<f32>,
}

/// All layers over a chunk.
#[derive(Debug)]
pub(super) struct Run {
    /// Encoded input rows, `[step][input column]`.
    pub inputs: AlignedBuffer<u32>,
    pub layers: Vec<LayerRun>,
    /// Steps since the memory was set: the order of panels alternates with it.
    pub steps: usize,
}

impl Run {
    fn new(sizes: &Sizes, chunk: usize) -> Result<Self, OutOfMemory> {
        let layer = || {
            Ok(LayerRun {
                gates: AlignedBuffer::new(chunk * sizes.outputs(), 0.0)?,
                rows: AlignedBuffer::new((chunk + 1) * sizes.columns, 0)?,
                cell: AlignedBuffer::new(sizes.units, 0.0)?,
                hidden: AlignedBuffer::new(sizes.units, 0.0)?,
            })
        };
        let layers = (0..sizes.config.layers).map(|_| layer()).collect::<Result<_, OutOfMemory>>()?;
        Ok(Self { inputs: AlignedBuffer::new(chunk * sizes.input_columns, 0)?, layers, steps: 0 })
    }

    /// Every layer at zero. Hot path.
    pub fn clear(&mut self, sizes: &Sizes) {
        for layer in &mut self.layers {
            layer.cell.fill(0.0);
            layer.hidden.fill(0.0);
            let zero = encode(sizes.words, 0.0);
            let word =
                (0..sizes.words.group()).fold(0, |word, e| word | zero << (32 / sizes.words.group() * e));
            layer.rows[..sizes.columns].fill(word);
        }
        self.steps = 0;
    }

    /// Every layer at `memory`, `[layer][hidden state, then cell][hidden]`. Hot path.
    pub fn set(&mut self, sizes: &Sizes, memory: &[f32]) {
        self.clear(sizes);
        let hidden = sizes.config.hidden;
        for (layer, memory) in self.layers.iter_mut().zip(memory.chunks_exact(2 * hidden)) {
            let (state, cell) = memory.split_at(hidden);
            layer.cell[..hidden].copy_from_slice(cell);
            layer.hidden[..hidden].copy_from_slice(state);
            layer.set_row(sizes);
        }
    }

    /// The opposite of [`set`](Self::set). Hot path.
    pub fn get(&self, sizes: &Sizes, memory: &mut [f32]) {
        let hidden = sizes.config.hidden;
        for (layer, memory) in self.layers.iter().zip(memory.chunks_exact_mut(2 * hidden)) {
            memory[..hidden].copy_from_slice(&layer.hidden[..hidden]);
            memory[hidden..].copy_from_slice(&layer.cell[..hidden]);
        }
    }
}

impl LayerRun {
    /// Row 0 from the hidden state.
    fn set_row(&mut self, sizes: &Sizes) {
        let bits = 32 / sizes.words.group();
        self.rows[..sizes.columns].fill(0);
        for (k, x) in self.hidden.iter().enumerate() {
            let (word, element) = hidden_place(sizes.words, k);
            self.rows[word] |= encode(sizes.words, *x) << (bits * element);
        }
    }
}

/// Averages and dense layers at the end.
#[derive(Debug)]
pub(super) struct Tail {
    /// Attention scores, then weights, `[step]`.
    pub scores: AlignedBuffer<f32>,
    /// `[unit]`.
    pub context: AlignedBuffer<f32>,
    /// `[dense]`, zeros beyond the layer's units.
    pub dense: AlignedBuffer<f32>,
}

/// The stream's history: the last `steps` hidden states of the last layer as a ring.
#[derive(Debug)]
pub(super) struct History {
    /// `[step][unit]`, empty without attention.
    pub hidden: AlignedBuffer<f32>,
    /// `[step]`.
    pub scores: AlignedBuffer<f32>,
    /// Where the next row goes.
    pub next: usize,
    /// Rows pushed since the last reset.
    pub seen: usize,
    /// The last row, after filling.
    pub row: AlignedBuffer<f32>,
}

/// Scratch and streaming state of one thread: everything is allocated and its pages touched here.
///
/// Not shared: one state per thread and instrument; any number of them read one [`Lstm`].
#[derive(Debug)]
pub struct LstmState {
    pub(super) sizes: Sizes,
    /// A window with its bad inputs filled, `[step][feature]`.
    pub(super) clean: AlignedBuffer<f32>,
    pub(super) window: Run,
    pub(super) stream: Run,
    /// Hidden states of the last layer over a window, `[step][unit]`; one row without attention.
    pub(super) hidden: AlignedBuffer<f32>,
    pub(super) tail: Tail,
    pub(super) history: History,
}

impl LstmState {
    /// Memory for one model's sizes. A few steps are run over it, so that the first call finds data and code where the
    /// thousandth does. O(steps · hidden + layers · hidden²).
    ///
    /// # Errors
    /// [`ModelError::Memory`].
    pub fn new(model: &Lstm) -> Result<Self, ModelError> {
        let sizes = model.sizes;
        let config = sizes.config;
        let kept = if config.attention { config.steps } else { 1 };
        let mut state = Self {
            sizes,
            clean: AlignedBuffer::new(config.window_len(), 0.0)?,
            window: Run::new(&sizes, CHUNK.min(config.steps))?,
            stream: Run::new(&sizes, 1)?,
            hidden: AlignedBuffer::new(kept * sizes.units, 0.0)?,
            tail: Tail {
                scores: AlignedBuffer::new(config.steps, 0.0)?,
                context: AlignedBuffer::new(sizes.units, 0.0)?,
                dense: AlignedBuffer::new(sizes.dense, 0.0)?,
            },
            history: History {
                hidden: AlignedBuffer::new(kept * sizes.units, 0.0)?,
                scores: AlignedBuffer::new(kept, 0.0)?,
                next: 0,
                seen: 0,
                row: AlignedBuffer::new(config.features, 0.0)?,
            },
        };
        model.warm(&mut state, &mut AlignedBuffer::new(config.outputs(), 0.0)?);
        state.reset();
        Ok(state)
    }

    /// Forgets the stream: memory at zero, no history. Windows are not concerned. Hot path.
    pub fn reset(&mut self) {
        self.stream.clear(&self.sizes);
        self.history.next = 0;
        self.history.seen = 0;
    }

    /// Rows pushed since the last reset.
    #[must_use]
    pub const fn rows_seen(&self) -> usize {
        self.history.seen
    }

    /// Copies the stream's memory, `[layer][hidden state, then cell][hidden]` (PyTorch's h and c), for
    /// [`Lstm::predict_from`] or a later [`set_memory`](Self::set_memory). Hot path.
    ///
    /// # Errors
    /// [`ModelError::OutputLength`] unless `memory` has [`memory_len`](super::LstmConfig::memory_len) values.
    pub fn copy_memory(&self, memory: &mut [f32]) -> Result<(), ModelError> {
        let expected = self.sizes.config.memory_len();
        if memory.len() != expected {
            return Err(ModelError::OutputLength { expected, found: memory.len() });
        }
        self.stream.get(&self.sizes, memory);
        Ok(())
    }

    /// Starts the stream anew from a memory, with no history. Hot path.
    ///
    /// # Errors
    /// As [`Lstm::predict_from`] for its memory; the stream is then unchanged.
    pub fn set_memory(&mut self, memory: &[f32]) -> Result<(), ModelError> {
        check_memory(&self.sizes, memory)?;
        self.reset();
        self.stream.set(&self.sizes, memory);
        Ok(())
    }
}

/// Where adding one to a cell no longer changes it: no cell grows beyond.
const LARGEST_CELL: f32 = 16_777_216.0;

/// Hidden states within ±1, cells within what they can reach.
pub(super) fn check_memory(sizes: &Sizes, memory: &[f32]) -> Result<(), ModelError> {
    let expected = sizes.config.memory_len();
    if memory.len() != expected {
        return Err(ModelError::InputLength { expected, found: memory.len() });
    }
    let hidden = sizes.config.hidden;
    let most = |index: usize| if (index / hidden).is_multiple_of(2) { 1.0 } else { LARGEST_CELL };
    match memory.iter().enumerate().find(|(index, x)| x.is_nan() || x.abs() > most(*index)) {
        None => Ok(()),
        Some((index, _)) => Err(ModelError::NotFiniteInput { index }),
    }
}
