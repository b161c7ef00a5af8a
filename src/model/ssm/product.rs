//! A large matrix product in the precision that the configuration asks for.

use crate::mem::buffer::OutOfMemory;
use crate::model::error::ModelError;
use crate::model::precision::Precision;
use crate::simd::{PackedF32, Simd, SimdError, Start};

/// Packed weights of one product. Immutable.
#[derive(Debug)]
pub(super) enum Product {
    F32(PackedF32),
}

/// Room for quantised inputs.
#[derive(Debug)]
pub(super) struct ProductScratch {}

impl ProductScratch {
    pub fn new(_columns: usize, _tokens: usize) -> Result<Self, OutOfMemory> {
        Ok(Self {})
    }
}

impl Product {
    pub fn new(
        precision: Precision,
        rows: usize,
        cols: usize,
        row_major: &[f32],
        bias: Option<&[f32]>,
    ) -> Result<Self, ModelError> {
        match precision {
            Precision::F32 => Ok(Self::F32(PackedF32::new(rows, cols, row_major, bias).map_err(from_simd)?)),
            _ => Err(ModelError::config("precision", "not offered")),
        }
    }

    pub fn size_in_bytes(&self) -> usize {
        match self {
            Self::F32(weights) => weights.size_in_bytes(),
        }
    }

    /// y[i] ← start + W·x[i] for `n` vectors.
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
        _scratch: &mut ProductScratch,
    ) {
        match self {
            Self::F32(weights) => simd.matmul(weights, start, x, x_stride, n, y, y_stride),
        }
    }

    /// W·x + bias for some blocks of sixteen rows, one after the other in `y`; the bits of the whole product's rows.
    pub fn matvec_blocks(
        &self,
        simd: Simd,
        blocks: &[usize],
        x: &[f32],
        y: &mut [f32],
        _scratch: &mut ProductScratch,
    ) {
        match self {
            Self::F32(weights) => simd.matvec_blocks(weights, blocks, x, y),
        }
    }
}

/// A refusal of the kernels' module as this module says it.
pub(super) fn from_simd(error: SimdError) -> ModelError {
    match error {
        SimdError::OutOfMemory(memory) => ModelError::Memory(memory),
        SimdError::Range { .. } => ModelError::config("precision", error.to_string()),
        SimdError::UnknownIsa { .. } | SimdError::Unavailable { .. } => {
            ModelError::config("isa", error.to_string())
        }
        SimdError::Shape { what, expected, found } => {
            ModelError::Shape { tensor: what.to_owned(), expected: vec![expected], found: vec![found] }
        }
    }
}
