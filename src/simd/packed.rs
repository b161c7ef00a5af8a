//! Weights laid out for the kernels: blocks of 16 rows, columns inside, so that one column of a block is one load.

use super::SimdError;
use super::lanes::LANES;
use crate::mem::buffer::AlignedBuffer;

/// Where the sum of each output begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At zero.
    Zero,
    /// At the matrix's own bias, which is zero if it was packed without one.
    Bias,
    /// At what the output holds: the residual form.
    Output,
}

/// A matrix of f32 weights in the order in which the kernels read it: `[block of 16 rows][column][16]`, the last block
/// filled up with zero rows, and a bias per row.
///
/// ```
/// # use market_maker::simd::{PackedF32, Simd, Start};
/// let weights = PackedF32::new(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], Some(&[0.5, -0.5])).unwrap();
/// let mut y = [0.0; 2];
/// Simd::detect().unwrap().matvec(&weights, Start::Bias, &[1.0, 0.0, -1.0], &mut y);
/// assert_eq!(y, [-1.5, -2.5]);
/// ```
#[derive(Debug)]
pub struct PackedF32 {
    rows: usize,
    cols: usize,
    weights: AlignedBuffer<f32>,
    bias: AlignedBuffer<f32>,
}

impl PackedF32 {
    /// Packs `row_major`, of `rows · cols` elements, and a bias of `rows` (zeros if absent). O(rows · cols).
    ///
    /// # Errors
    /// [`SimdError::Shape`] when a length does not fit, [`SimdError::OutOfMemory`].
    pub fn new(rows: usize, cols: usize, row_major: &[f32], bias: Option<&[f32]>) -> Result<Self, SimdError> {
        let padded = check_shape(rows, cols, row_major.len())?;
        if let Some(bias) = bias
            && bias.len() != rows
        {
            return Err(SimdError::Shape { what: "bias", expected: rows, found: bias.len() });
        }
        let mut weights = AlignedBuffer::new(padded * cols, 0.0)?;
        for (row, values) in row_major.chunks_exact(cols.max(1)).enumerate() {
            for (col, &value) in values.iter().enumerate() {
                weights[(row / LANES * cols + col) * LANES + row % LANES] = value;
            }
        }
        let mut padded_bias = AlignedBuffer::new(padded, 0.0)?;
        if let Some(bias) = bias {
            padded_bias[..rows].copy_from_slice(bias);
        }
        Ok(Self { rows, cols, weights, bias: padded_bias })
    }

    /// Outputs.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Inputs.
    #[must_use]
    pub const fn cols(&self) -> usize {
        self.cols
    }

    /// [`rows`](Self::rows) rounded up to a multiple of 16.
    #[must_use]
    pub const fn padded_rows(&self) -> usize {
        self.rows.next_multiple_of(LANES)
    }

    /// All weights in packed order: `padded_rows() · cols()` elements, 128-byte aligned.
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The bias of each row, zeros beyond [`rows`](Self::rows): `padded_rows()` elements.
    #[must_use]
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// Bytes that one product reads.
    #[must_use]
    pub const fn size_in_bytes(&self) -> usize {
        self.weights.size_in_bytes() + self.bias.size_in_bytes()
    }
}

/// The padded number of rows of a matrix of `len` elements.
pub(super) fn check_shape(rows: usize, cols: usize, len: usize) -> Result<usize, SimdError> {
    let expected = rows.saturating_mul(cols);
    if expected != len {
        return Err(SimdError::Shape { what: "weights", expected, found: len });
    }
    rows.checked_next_multiple_of(LANES)
        .filter(|padded| padded.checked_mul(cols).is_some())
        .ok_or(SimdError::Shape { what: "weights", expected: usize::MAX, found: len })
}
