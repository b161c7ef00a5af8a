//! A large matrix product in the precision that the configuration asks for, and the head made of such products.
//!
//! i16 and int8 round each input vector to steps of its own largest magnitude, so no input is ever out of range and a token's
//! values do not depend on its neighbours. Weights are rounded to steps of each row's largest magnitude. Sums are exact.

use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;
use crate::model::precision::Precision;
use crate::simd::blocks::Segments;
use crate::simd::lanes::LANES;
use crate::simd::{PackedBf16, PackedF32, PackedI8, PackedI16, Simd, Start};

/// Most steps of an i16 weight and of an i16 input, where the columns leave room for both.
const MOST_STEPS: (i32, i32) = (2047, 4095);
/// Steps of an int8 input.
const BYTE_STEPS: f32 = 127.0;
/// Rows that a part of the head computes together in the reduced precisions: as many blocks as run side by side.
const GROUP: usize = 8 * LANES;

/// Weights of the head, 768 KiB, that a second-level cache of 2 MiB keeps beside what a layer reads and writes.
const KEPT: usize = 192 << 10;

/// Packed weights of one product. Immutable.
#[derive(Debug)]
pub(super) enum Product {
    F32(PackedF32),
    Bf16(PackedBf16),
    /// The second is the input's largest step.
    I16(PackedI16, i16),
    Int8(PackedI8),
}

/// Room for rounded inputs: `[vector][column]`, and what a step of each vector is worth.
#[derive(Debug)]
pub(super) struct ProductScratch {
    halves: AlignedBuffer<u16>,
    steps: AlignedBuffer<i16>,
    bytes: AlignedBuffer<u8>,
    scales: AlignedBuffer<f32>,
}

impl ProductScratch {
    /// For up to `vectors` inputs of up to `columns` in one precision.
    pub fn new(precision: Precision, columns: usize, vectors: usize) -> Result<Self, OutOfMemory> {
        let of = |wanted: Precision| if precision == wanted { columns * vectors } else { 0 };
        Ok(Self {
            halves: AlignedBuffer::new(of(Precision::Bf16), 0)?,
            steps: AlignedBuffer::new(of(Precision::I16), 0)?,
            bytes: AlignedBuffer::new(of(Precision::Int8), 0)?,
            scales: AlignedBuffer::new(vectors, 0.0)?,
        })
    }
}

/// Largest steps of weights and inputs whose sums over `cols` stay in an i32.
fn steps_for(cols: usize) -> (i16, i16) {
    let room = i32::MAX as u64 / cols.max(1) as u64;
    // Half the bits each, but never more than the formats' own.
    let weight = (room / 2).isqrt().clamp(1, MOST_STEPS.0 as u64);
    let input = (room / weight).clamp(1, MOST_STEPS.1 as u64);
    (weight as i16, input as i16)
}

impl Product {
    /// Packs a row-major matrix.
    pub fn new(
        precision: Precision,
        rows: usize,
        cols: usize,
        row_major: &[f32],
        bias: Option<&[f32]>,
    ) -> Result<Self, ModelError> {
        let packed = match precision {
            Precision::F32 => PackedF32::new(rows, cols, row_major, bias).map(Self::F32),
            Precision::Bf16 => PackedBf16::new(rows, cols, row_major, bias).map(Self::Bf16),
            Precision::I16 => {
                let (weight, input) = steps_for(cols);
                PackedI16::new(rows, cols, row_major, bias, weight, input).map(|w| Self::I16(w, input))
            }
            Precision::Int8 => PackedI8::new(rows, cols, row_major, bias).map(Self::Int8),
        };
        Ok(packed?)
    }

    /// Bytes of weights that one call reads.
    pub fn size_in_bytes(&self) -> usize {
        match self {
            Self::F32(weights) => weights.size_in_bytes(),
            Self::Bf16(weights) => weights.size_in_bytes(),
            Self::I16(weights, _) => weights.size_in_bytes(),
            Self::Int8(weights) => weights.size_in_bytes(),
        }
    }

    /// y[i] ← start + W·x[i] for `n` vectors; the same bits as one by one. Hot path.
    #[allow(clippy::too_many_arguments, reason = "two strided operands, as every matrix product takes")]
    pub fn matmul(
        &self,
        simd: Simd,
        start: Start,
        x: &[f32],
        x_stride: usize,
        n: usize,
        y: &mut [f32],
        y_stride: usize,
        scratch: &mut ProductScratch,
    ) {
        let ProductScratch { halves, steps, bytes, scales } = scratch;
        match self {
            Self::F32(weights) => simd.matmul(weights, start, x, x_stride, n, y, y_stride),
            Self::Bf16(weights) => {
                let cols = weights.cols();
                for (i, out) in halves.chunks_exact_mut(cols).take(n).enumerate() {
                    simd.round_bf16(&x[i * x_stride..][..cols], out);
                }
                simd.matmul_bf16(weights, start, halves, cols, n, y, y_stride);
            }
            Self::I16(weights, limit) => {
                let cols = weights.cols();
                for (i, out) in steps.chunks_exact_mut(cols).take(n).enumerate() {
                    let x = &x[i * x_stride..][..cols];
                    scales[i] = simd.max_abs(x) / f32::from(*limit);
                    simd.quantise_i16(x, scales[i], *limit, out);
                }
                simd.matmul_i16(weights, start, steps, cols, &scales[..n], y, y_stride);
            }
            Self::Int8(weights) => {
                let cols = weights.cols();
                for (i, out) in bytes.chunks_exact_mut(cols).take(n).enumerate() {
                    let x = &x[i * x_stride..][..cols];
                    scales[i] = simd.max_abs(x) / BYTE_STEPS;
                    simd.quantise_u8(x, scales[i], out);
                }
                simd.matmul_i8(weights, start, bytes, cols, &scales[..n], y, y_stride);
            }
        }
    }
}

/// The head: W_out over all tokens of a window.
///
/// In f32 one product, summed token by token. In the other precisions a product for each token, whose inputs have their own steps, and for each
/// group of [`GROUP`] rows, so that a part of the outputs costs its groups.
#[derive(Debug)]
pub(super) enum Head {
    Whole {
        weights: PackedF32,
        /// All of them.
        blocks: Box<[usize]>,
        width: usize,
    },
    /// `[group][token]`.
    Parts { groups: Vec<Vec<Product>>, rows: usize, width: usize },
}

impl Head {
    /// Packs W_out, `[rows][tokens · width]`.
    pub fn new(
        precision: Precision,
        [rows, tokens, width]: [usize; 3],
        weights: &[f32],
        bias: &[f32],
    ) -> Result<Self, ModelError> {
        let cols = tokens * width;
        if precision == Precision::F32 {
            let weights = PackedF32::new(rows, cols, weights, Some(bias))?;
            return Ok(Self::Whole { weights, blocks: (0..rows.div_ceil(LANES)).collect(), width });
        }
        let mut groups = Vec::new();
        for (weights, bias) in weights.chunks(GROUP * cols).zip(bias.chunks(GROUP)) {
            let part = |token: usize| {
                let of_token = |row: &[f32]| row[token * width..][..width].to_vec();
                let matrix: Vec<f32> = weights.chunks_exact(cols).flat_map(of_token).collect();
                // The first token's product begins with the bias, the others go on from its outputs.
                Product::new(precision, bias.len(), width, &matrix, (token == 0).then_some(bias))
            };
            groups.push((0..tokens).map(part).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self::Parts { groups, rows, width })
    }

    /// Rows that are computed for a selection of blocks of sixteen.
    pub fn rows_for(precision: Precision, blocks: &[usize], rows: usize) -> usize {
        if precision == Precision::F32 {
            return blocks.len() * LANES;
        }
        let mut groups: Vec<usize> = blocks.iter().map(|block| block * LANES / GROUP).collect();
        groups.dedup();
        groups.iter().map(|group| GROUP.min(rows - group * GROUP)).sum()
    }

    /// The weights that [`apply`](Self::apply) reads first, as many as the second-level cache keeps while the layers run.
    pub fn begin(&self) -> &[f32] {
        match self {
            Self::Whole { weights, .. } => &weights.weights()[..KEPT.min(weights.weights().len())],
            Self::Parts { .. } => &[],
        }
    }

    pub fn size_in_bytes(&self) -> usize {
        match self {
            Self::Whole { weights, .. } => weights.size_in_bytes(),
            Self::Parts { groups, .. } => groups.iter().flatten().map(Product::size_in_bytes).sum(),
        }
    }

    /// All outputs of `windows` flattened windows, whole blocks of sixteen apart. Hot path.
    pub fn apply(&self, simd: Simd, x: &[f32], windows: usize, y: &mut [f32], scratch: &mut ProductScratch) {
        match self {
            Self::Whole { weights, blocks, width } => {
                let stride = weights.padded_rows();
                let job = Segments { weights, segment: *width, blocks, x, count: windows, stride };
                simd.matmul_segments(job, y);
            }
            Self::Parts { groups, rows, .. } => {
                let stride = rows.next_multiple_of(LANES);
                for group in 0..groups.len() {
                    self.group(simd, group, x, windows, &mut y[group * GROUP..], stride, scratch);
                }
            }
        }
    }

    /// Some blocks of sixteen outputs of one window, one after the other in `y`, which has room for all. Hot path.
    pub fn apply_blocks(
        &self,
        simd: Simd,
        blocks: &[usize],
        x: &[f32],
        y: &mut [f32],
        scratch: &mut ProductScratch,
    ) {
        match self {
            Self::Whole { weights, width, .. } => {
                let stride = blocks.len() * LANES;
                let job = Segments { weights, segment: *width, blocks, x, count: 1, stride };
                simd.matmul_segments(job, y);
            }
            Self::Parts { rows, .. } => {
                let mut done = None;
                for (place, block) in blocks.iter().enumerate() {
                    let (group, first) = (block * LANES / GROUP, block * LANES);
                    if done != Some(group) {
                        // Blocks ascend, so earlier ones have been moved below this group already.
                        self.group(simd, group, x, 1, &mut y[group * GROUP..], *rows, scratch);
                        done = Some(group);
                    }
                    y.copy_within(first..(first + LANES).min(*rows), place * LANES);
                }
            }
        }
    }

    /// One group's rows of `windows` windows; outputs `stride` apart.
    #[allow(clippy::too_many_arguments, reason = "one strided operand and its scratch")]
    fn group(
        &self,
        simd: Simd,
        group: usize,
        x: &[f32],
        windows: usize,
        y: &mut [f32],
        stride: usize,
        scratch: &mut ProductScratch,
    ) {
        if let Self::Parts { groups, width, .. } = self {
            let (tokens, cols) = (&groups[group], groups[group].len() * width);
            for (token, product) in tokens.iter().enumerate() {
                let start = if token == 0 { Start::Bias } else { Start::Output };
                product.matmul(simd, start, &x[token * width..], cols, windows, y, stride, scratch);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fill_the_formats_and_never_overflow_a_sum() {
        assert_eq!(steps_for(128), (2047, 4095));
        assert_eq!(steps_for(256), (2047, 4095));
        for cols in [1, 257, 1000, 65_536, 1 << 20] {
            let (weight, input) = steps_for(cols);
            assert!(cols as i64 * i64::from(weight) * i64::from(input) <= i64::from(i32::MAX), "{cols}");
            assert!(weight >= 1 && input >= 1);
        }
    }
}
