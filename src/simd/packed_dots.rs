//! Weights of fewer bits, laid out for the dot-product instructions: `[block of 16 rows][group of columns][16 rows][4
//! bytes]`, where a group is four bytes or two halves of one row, so that one load is one step of sixteen rows.

use super::SimdError;
use super::lanes::LANES;
use super::packed::check_shape;
use crate::mem::buffer::AlignedBuffer;

/// What the three formats share. Rows beyond the last and columns beyond the last of a group are zero.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Groups of columns in a row.
    pub(super) groups: usize,
    /// One group of one row in each.
    pub(super) weights: AlignedBuffer<[u8; 4]>,
    pub(super) bias: AlignedBuffer<f32>,
    /// What one step of a row's weights is worth; unused by bf16.
    pub(super) scales: AlignedBuffer<f32>,
    /// −128 times the row's sum of weights; used by bytes alone.
    pub(super) corrections: AlignedBuffer<i32>,
}

impl Groups {
    /// Packs values of `4 / per_group` bytes each, which `encode` makes from a row's weights and their largest magnitude,
    /// returning the row's scale.
    fn new(
        rows: usize,
        cols: usize,
        per_group: usize,
        row_major: &[f32],
        bias: Option<&[f32]>,
        mut encode: impl FnMut(&[f32], f32, &mut dyn FnMut(usize, i32)) -> f32,
    ) -> Result<Self, SimdError> {
        let padded = check_shape(rows, cols, row_major.len())?;
        if let Some(bias) = bias
            && bias.len() != rows
        {
            return Err(SimdError::Shape { what: "bias", expected: rows, found: bias.len() });
        }
        let groups = cols.div_ceil(per_group);
        let mut weights = AlignedBuffer::new(padded * groups, [0_u8; 4])?;
        let mut scales = AlignedBuffer::new(padded, 0.0)?;
        let mut corrections = AlignedBuffer::new(padded, 0_i32)?;
        let bytes = 4 / per_group;
        for (row, values) in row_major.chunks_exact(cols.max(1)).enumerate() {
            let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
            let mut sum = 0_i32;
            scales[row] = encode(values, largest, &mut |col, value| {
                let place = &mut weights[(row / LANES * groups + col / per_group) * LANES + row % LANES];
                let start = col % per_group * bytes;
                place[start..start + bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
                sum = sum.wrapping_add(value);
            });
            corrections[row] = sum.wrapping_mul(-128);
        }
        let mut padded_bias = AlignedBuffer::new(padded, 0.0)?;
        if let Some(bias) = bias {
            padded_bias[..rows].copy_from_slice(bias);
        }
        Ok(Self { rows, cols, groups, weights, bias: padded_bias, scales, corrections })
    }

    /// Steps of a row in ±`limit`, as many as the format allows, and what one is worth.
    fn quantised(
        rows: usize,
        cols: usize,
        per_group: usize,
        row_major: &[f32],
        bias: Option<&[f32]>,
        limit: i16,
    ) -> Result<Self, SimdError> {
        Self::new(rows, cols, per_group, row_major, bias, |values, largest, put| {
            let limit = f32::from(limit);
            let scale = largest / limit;
            if scale > 0.0 {
                for (col, value) in values.iter().enumerate() {
                    put(col, (value / scale).round_ties_even().clamp(-limit, limit) as i32);
                }
            }
            scale
        })
    }

    /// `None` if `cols` products of these magnitudes may leave i32.
    fn in_range(cols: usize, weight: i32, input: i32) -> Result<(), SimdError> {
        let largest =
            (cols as u64).checked_mul(u64::from(weight.unsigned_abs()) * u64::from(input.unsigned_abs()));
        match largest {
            Some(largest) if largest <= i32::MAX as u64 => Ok(()),
            _ => Err(SimdError::Range { cols, weight, input }),
        }
    }
}

macro_rules! accessors {
    ($packed:ident) => {
        impl $packed {
            /// Outputs.
            #[must_use]
            pub const fn rows(&self) -> usize {
                self.0.rows
            }

            /// Inputs.
            #[must_use]
            pub const fn cols(&self) -> usize {
                self.0.cols
            }

            /// Bytes that one product reads of the weights.
            #[must_use]
            pub const fn size_in_bytes(&self) -> usize {
                self.0.weights.size_in_bytes()
            }

            /// All weights in packed order, four bytes of a row in each; zero where there is no row or column.
            #[must_use]
            pub fn weights(&self) -> &[[u8; 4]] {
                &self.0.weights
            }

            /// The bias of each row, padded with zeros to a multiple of 16.
            #[must_use]
            pub fn bias(&self) -> &[f32] {
                &self.0.bias
            }
        }
    };
}

/// Weights rounded to bf16, two columns to a group.
#[derive(Debug)]
pub struct PackedBf16(pub(super) Groups);

/// Weights as i16 steps with a scale per row, two columns to a group.
#[derive(Debug)]
pub struct PackedI16(pub(super) Groups);

/// Weights as i8 steps in ±127 with a scale per row, four columns to a group.
#[derive(Debug)]
pub struct PackedI8(pub(super) Groups);

accessors!(PackedBf16);
accessors!(PackedI16);
accessors!(PackedI8);

impl PackedBf16 {
    /// Rounds and packs `row_major`, of `rows · cols` elements, and a bias of `rows` in f32. O(rows · cols).
    ///
    /// # Errors
    /// [`SimdError::Shape`] when a length does not fit, [`SimdError::OutOfMemory`].
    pub fn new(rows: usize, cols: usize, row_major: &[f32], bias: Option<&[f32]>) -> Result<Self, SimdError> {
        Groups::new(rows, cols, 2, row_major, bias, |values, _, put| {
            for (col, value) in values.iter().enumerate() {
                let bits = value.to_bits();
                put(col, ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).cast_signed());
            }
            1.0
        })
        .map(Self)
    }
}

impl PackedI16 {
    /// Quantises each row to steps of its largest magnitude / `weight_limit` and packs it; inputs will be in
    /// ±`input_limit`. Weights are finite. O(rows · cols).
    ///
    /// # Errors
    /// [`SimdError::Range`] unless `cols · weight_limit · input_limit` < 2³¹: sums are exact.
    /// [`SimdError::Shape`] when a length does not fit, [`SimdError::OutOfMemory`].
    pub fn new(
        rows: usize,
        cols: usize,
        row_major: &[f32],
        bias: Option<&[f32]>,
        weight_limit: i16,
        input_limit: i16,
    ) -> Result<Self, SimdError> {
        Groups::in_range(cols, weight_limit.into(), input_limit.into())?;
        Groups::quantised(rows, cols, 2, row_major, bias, weight_limit).map(Self)
    }

    /// What one step of each row's weights is worth, padded with zeros to a multiple of 16.
    #[must_use]
    pub fn scales(&self) -> &[f32] {
        &self.0.scales
    }
}

impl PackedI8 {
    /// Quantises each row to steps of its largest magnitude / 127 and packs it. Weights are finite. O(rows · cols).
    ///
    /// # Errors
    /// [`SimdError::Range`] beyond 132 104 columns: sums are exact.
    /// [`SimdError::Shape`] when a length does not fit, [`SimdError::OutOfMemory`].
    pub fn new(rows: usize, cols: usize, row_major: &[f32], bias: Option<&[f32]>) -> Result<Self, SimdError> {
        Groups::in_range(cols, 127, 128)?;
        Groups::quantised(rows, cols, 4, row_major, bias, 127).map(Self)
    }

    /// What one step of each row's weights is worth, padded with zeros to a multiple of 16.
    #[must_use]
    pub fn scales(&self) -> &[f32] {
        &self.0.scales
    }

    /// −128 · the sum of each row's steps, for [`Lanes::dot8_start`](super::lanes::Lanes::dot8_start); padded with zeros.
    #[must_use]
    pub fn corrections(&self) -> &[i32] {
        &self.0.corrections
    }
}
