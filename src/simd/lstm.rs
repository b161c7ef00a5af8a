//! LSTM over a run of steps: input projections as one product, then the recurrence with the cell fused into it.
//!
//! Hochreiter & Schmidhuber 1997 with PyTorch's gates i, f, g, o. A layer's weights are laid out
//! `[panel][column word][block][gate][16]`: a *block* is 16 units, a *panel* is as many blocks as a 32-bit word holds
//! inputs (1 in f32, 2 in bf16 and i16, 4 in int8), so that one broadcast word of activations meets the four gates of a
//! whole panel, the panel's gates stay in registers, and the cell's outputs become whole words of the next step's input.
//! At 128 units a panel is 32 KiB in every format.
//!
//! At one window the recurrence reads all recurrent weights once per step, and that pass from the second-level cache is the wall.
//! Panels are taken in alternating order, so that the one touched last is still in the first-level cache when
//! the next step begins with it. With registers for it, a weight that is read serves two steps (`turns.rs`).
//!
//! Each f32 output is three chains of fused multiply-adds, whose columns and order do not depend on who computes them: those of
//! its own panel, begun at the projection (itself one chain begun at the bias), those of the panels below and those of the panels
//! above; integer sums are exact; the cell is one sequence of IEEE operations. So f32, i16 and int8 give the same bits on
//! every instruction set, for any number of steps per call and any order of panels.

use super::Simd;
#[cfg(doc)]
use super::format::{I16, Int8};
use super::lanes::LANES;

mod attention;
#[allow(
    clippy::needless_range_loop,
    reason = "an iterator's closure around lane operations would be compiled without the instruction set"
)]
mod cell;
mod format;
#[allow(
    clippy::needless_range_loop,
    reason = "an iterator's closure around lane operations would be compiled without the instruction set"
)]
mod kernels;
#[allow(
    clippy::needless_range_loop,
    reason = "an iterator's closure around lane operations would be compiled without the instruction set"
)]
mod turns;

pub(super) use attention::{row_dots, weighted_sum};
pub use format::{I16_ACTIVATION, I16_CHAIN, INT8_MOST};
pub(super) use kernels::{project, recur};

/// Gates of a unit.
pub const GATES: usize = 4;
/// Words of one column of one block.
const BLOCK: usize = GATES * LANES;

/// What a 32-bit word of weights or activations holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// One f32.
    F32,
    /// Two bfloat16, the earlier input in the low half.
    Bf16,
    /// Two 16-bit integers, see the format `I16`.
    I16,
    /// Four bytes, see the format `Int8`.
    Int8,
}

impl Words {
    /// Inputs of one word, which is also the blocks of one panel.
    #[must_use]
    pub const fn group(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 | Self::I16 => 2,
            Self::Int8 => 4,
        }
    }
}

/// A weight matrix of all gates, as the kernels read it. `outputs` below are `panels · blocks per panel · 4 · 16`.
#[derive(Clone, Copy, Debug)]
pub struct GateMatrix<'a> {
    /// `[panel][column word][block][gate][16]`, each word as many inputs as the format packs.
    pub words: &'a [u32],
    /// Column words of each output.
    pub columns: usize,
    /// Panels.
    pub panels: usize,
    /// What an integer sum is multiplied by, per output `[panel][block][gate][16]`; empty in float formats.
    pub scale: &'a [f32],
    /// −128 · Σw per output, int8 only.
    pub correction: &'a [i32],
}

/// The projections of several input rows: `gates[r] ← bias + W·rows[r]`.
#[derive(Debug)]
pub struct Project<'a> {
    /// The input weights.
    pub weights: GateMatrix<'a>,
    /// Where each output begins.
    pub bias: &'a [f32],
    /// Input rows, each of `weights.columns` words, `stride` apart.
    pub rows: &'a [u32],
    /// Words between rows.
    pub stride: usize,
    /// `[row][output]`, whose length says how many rows.
    pub gates: &'a mut [f32],
}

/// The recurrence of one layer over several steps.
#[derive(Debug)]
pub struct Recur<'a> {
    /// The recurrent weights.
    pub weights: GateMatrix<'a>,
    /// `[step][output]`: the projections. What stands here afterwards is of no use.
    pub gates: &'a mut [f32],
    /// `[steps + 1][columns]`: hidden states as words. Row 0 is the one before the first step, the others are written.
    pub rows: &'a mut [u32],
    /// The cells, per unit, updated.
    pub cell: &'a mut [f32],
    /// Hidden states as f32: step t is written `t · hidden_stride` from the start.
    pub hidden: &'a mut [f32],
    /// 0 keeps only the last step.
    pub hidden_stride: usize,
    /// Whether the first step takes the panels in the order of odd steps. No result depends on it.
    pub odd: bool,
}

impl Simd {
    /// The projections of several rows in a format. Hot path; O(rows · weights).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_project(self, precision: Words, job: &mut Project<'_>) {
        let kernel = match precision {
            Words::F32 => self.floats.lstm_project,
            Words::Bf16 => self.dots.lstm_project_bf16,
            Words::I16 => self.dots.lstm_project_i16,
            Words::Int8 => self.dots.lstm_project_i8,
        };
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { kernel(job) };
    }

    /// The recurrence over several steps in a format. Hot path; O(steps · weights).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_recur(self, precision: Words, job: &mut Recur<'_>) {
        let kernel = match precision {
            Words::F32 => self.floats.lstm_recur,
            Words::Bf16 => self.dots.lstm_recur_bf16,
            Words::I16 => self.dots.lstm_recur_i16,
            Words::Int8 => self.dots.lstm_recur_i8,
        };
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { kernel(job) };
    }

    /// `out[r] ← x·rows[r]`, rows `x.len()` apart (a multiple of 16): sixteen accumulators and the fixed tree for each.
    /// Hot path; O(rows).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn row_dots(self, x: &[f32], rows: &[f32], out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.row_dots)(x, rows, out) };
    }

    /// The weighted sum `out ← Σ weights[t] · rows[t]`, rows `out.len()` apart (a multiple of 16) in two parts that
    /// follow one another, so that a ring can be summed from its oldest row on; row t goes to partial sum t mod 8, in
    /// order, and these are added by halves. Hot path; O(rows).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn weighted_sum(self, weights: &[f32], rows: [&[f32]; 2], out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.weighted_sum)(weights, rows, out) };
    }
}
