//! The methods of [`Simd`] for weights and activations of fewer bits.

use super::Simd;
use super::packed::Start;
use super::packed_dots::{PackedBf16, PackedI8, PackedI16};

impl Simd {
    /// The largest magnitude: zero of nothing, NaN if any element is. Hot path; O(n).
    #[inline]
    #[must_use]
    pub fn max_abs(self, x: &[f32]) -> f32 {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.max_abs)(x) }
    }

    /// `round(x/scale)` held in ±127, plus 128: ties to even, NaN counts as −127, a scale of zero makes all zero.
    /// The division is a product with 1/scale. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn quantise_u8(self, x: &[f32], scale: f32, out: &mut [u8]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.quantise_u8)(x, scale, out) }
    }

    /// `round(x/scale)` held in ±limit, as [`quantise_u8`](Self::quantise_u8). Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn quantise_i16(self, x: &[f32], scale: f32, limit: i16, out: &mut [i16]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.quantise_i16)(x, scale, limit, out) }
    }

    /// The bits of the nearest bf16, ties to even; NaN is 0x7FC0. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn round_bf16(self, x: &[f32], out: &mut [u16]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.round_bf16)(x, out) }
    }

    /// `(x − 128)·scale`. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn dequantise_u8(self, x: &[u8], scale: f32, out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.dequantise_u8)(x, scale, out) }
    }

    /// `x·scale`. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn dequantise_i16(self, x: &[i16], scale: f32, out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.dequantise_i16)(x, scale, out) }
    }

    /// The f32 of each bf16, exactly. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn widen_bf16(self, x: &[u16], out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.widen_bf16)(x, out) }
    }

    /// y ← start + W·x with bf16 weights and inputs (from [`round_bf16`](Self::round_bf16)) and f32 sums: one chain per
    /// output, two columns a step. **The bits may differ** between a processor with AVX512_BF16, whose dot product
    /// takes subnormals as zero and rounds in its own way, and all others, which agree. Hot path; O(rows · cols).
    ///
    /// # Panics
    /// When a length differs.
    #[inline]
    pub fn matvec_bf16(self, w: &PackedBf16, start: Start, x: &[u16], y: &mut [f32]) {
        assert!(x.len() == w.cols() && y.len() == w.rows(), "a product of {}×{}", w.rows(), w.cols());
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_bf16)(w, start, x, 0, 1, y, 0) }
    }

    /// [`matvec_bf16`](Self::matvec_bf16) of `n` vectors, strides as in [`matmul`](Self::matmul), the same bits as one by
    /// one. Hot path; O(n · rows · cols).
    ///
    /// # Panics
    /// When a vector does not lie inside its slice, or outputs overlap.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "two strided operands, as every matrix product takes")]
    pub fn matmul_bf16(
        self,
        w: &PackedBf16,
        start: Start,
        x: &[u16],
        x_stride: usize,
        n: usize,
        y: &mut [f32],
        y_stride: usize,
    ) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_bf16)(w, start, x, x_stride, n, y, y_stride) }
    }

    /// y ← start + (Σ steps of W · steps of x) · (row scale · `x_scale`): exact i32 sums, as long as |x| keeps to the
    /// limit that the matrix was packed for (beyond it they wrap, alike everywhere). Hot path; O(rows · cols).
    ///
    /// # Panics
    /// When a length differs.
    #[inline]
    pub fn matvec_i16(self, w: &PackedI16, start: Start, x: &[i16], x_scale: f32, y: &mut [f32]) {
        assert!(x.len() == w.cols() && y.len() == w.rows(), "a product of {}×{}", w.rows(), w.cols());
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_i16)(w, start, x, 0, &[x_scale], y, 0) }
    }

    /// [`matvec_i16`](Self::matvec_i16) of as many vectors as there are scales, strides as in
    /// [`matmul`](Self::matmul). Hot path; O(n · rows · cols).
    ///
    /// # Panics
    /// When a vector does not lie inside its slice, or outputs overlap.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "two strided operands, as every matrix product takes")]
    pub fn matmul_i16(
        self,
        w: &PackedI16,
        start: Start,
        x: &[i16],
        x_stride: usize,
        x_scales: &[f32],
        y: &mut [f32],
        y_stride: usize,
    ) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_i16)(w, start, x, x_stride, x_scales, y, y_stride) }
    }

    /// y ← start + (Σ steps of W · (x − 128)) · (row scale · `x_scale`): exact i32 sums for every byte. Hot path;
    /// O(rows · cols).
    ///
    /// # Panics
    /// When a length differs.
    #[inline]
    pub fn matvec_i8(self, w: &PackedI8, start: Start, x: &[u8], x_scale: f32, y: &mut [f32]) {
        assert!(x.len() == w.cols() && y.len() == w.rows(), "a product of {}×{}", w.rows(), w.cols());
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_i8)(w, start, x, 0, &[x_scale], y, 0) }
    }

    /// [`matvec_i8`](Self::matvec_i8) of as many vectors as there are scales, strides as in [`matmul`](Self::matmul).
    /// Hot path; O(n · rows · cols).
    ///
    /// # Panics
    /// When a vector does not lie inside its slice, or outputs overlap.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "two strided operands, as every matrix product takes")]
    pub fn matmul_i8(
        self,
        w: &PackedI8,
        start: Start,
        x: &[u8],
        x_stride: usize,
        x_scales: &[f32],
        y: &mut [f32],
        y_stride: usize,
    ) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.dots.matmul_i8)(w, start, x, x_stride, x_scales, y, y_stride) }
    }
}
