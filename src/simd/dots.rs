//! Packed matrix times vectors by the dot-product instructions: bytes and i16 with exact i32 sums and one scaling at
//! the end, bf16 with f32 sums.
//!
//! Integer sums are the same in any order, and the scaling is `fma(sum, row scale · input scale, start)` everywhere, so
//! the results are the same bits on every instruction set. bf16 sums two products a step in one fixed order, except
//! where the processor's own dot product is used, which rounds otherwise.

use super::dense::{RESIDENT_BYTES, check};
use super::format::{Bf16, Format, I16, Int8};
use super::lanes::{LANES, Lanes};
use super::packed::Start;
use super::packed_dots::{Groups, PackedBf16, PackedI8, PackedI16};

/// `y[i] ← start + W·x[i]` for `n` vectors of bf16.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "two strided operands")]
pub fn matmul_bf16<S: Lanes>(
    s: S,
    w: &PackedBf16,
    start: Start,
    x: &[u16],
    x_stride: usize,
    n: usize,
    y: &mut [f32],
    y_stride: usize,
) {
    check(w.rows(), w.cols(), x.len(), x_stride, n, y.len(), y_stride);
    let (x, y) = (x.as_ptr().cast(), y.as_mut_ptr());
    // SAFETY: `check` proved that `n` columns lie inside `x` and `y`; no scales are read.
    unsafe { product::<S, Bf16>(s, &w.0, start, x, 2 * x_stride, None, n, y, y_stride) };
}

/// `y[i] ← start + W·x[i]` for as many vectors of i16 as there are scales.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "two strided operands")]
pub fn matmul_i16<S: Lanes>(
    s: S,
    w: &PackedI16,
    start: Start,
    x: &[i16],
    x_stride: usize,
    scales: &[f32],
    y: &mut [f32],
    y_stride: usize,
) {
    let n = scales.len();
    check(w.rows(), w.cols(), x.len(), x_stride, n, y.len(), y_stride);
    let (x, y) = (x.as_ptr().cast(), y.as_mut_ptr());
    // SAFETY: `check` proved that `n` columns lie inside `x` and `y`; there are `n` scales.
    unsafe { product::<S, I16>(s, &w.0, start, x, 2 * x_stride, Some(scales), n, y, y_stride) };
}

/// `y[i] ← start + W·x[i]` for as many vectors of bytes as there are scales.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "two strided operands")]
pub fn matmul_i8<S: Lanes>(
    s: S,
    w: &PackedI8,
    start: Start,
    x: &[u8],
    x_stride: usize,
    scales: &[f32],
    y: &mut [f32],
    y_stride: usize,
) {
    let n = scales.len();
    check(w.rows(), w.cols(), x.len(), x_stride, n, y.len(), y_stride);
    let (x, y) = (x.as_ptr(), y.as_mut_ptr());
    // SAFETY: `check` proved that `n` columns lie inside `x` and `y`; there are `n` scales.
    unsafe { product::<S, Int8>(s, &w.0, start, x, x_stride, Some(scales), n, y, y_stride) };
}

/// What a tile reads and writes; the stride of `x` is in bytes.
#[derive(Clone, Copy)]
struct Product<'a> {
    w: &'a Groups,
    start: Start,
    x: *const u8,
    x_stride: usize,
    scales: Option<&'a [f32]>,
    y: *mut f32,
    y_stride: usize,
}

/// All columns in tiles.
///
/// # Safety
/// `n` columns at these strides lie inside `x` (in bytes) and `y`, and there are `n` scales or none.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "two strided operands")]
unsafe fn product<S: Lanes, K: Format<S>>(
    s: S,
    w: &Groups,
    start: Start,
    x: *const u8,
    x_stride: usize,
    scales: Option<&[f32]>,
    n: usize,
    y: *mut f32,
    y_stride: usize,
) {
    let blocks = w.rows.div_ceil(LANES);
    let share = (RESIDENT_BYTES / (w.groups * LANES * 4).max(1)).next_multiple_of(8);
    let mut first = 0;
    while first < blocks {
        let end = blocks.min(first + share);
        let mut done = 0;
        while done < n {
            let left = n - done;
            let width = left.div_ceil(left.div_ceil(S::DOT_COLUMNS.min(4)));
            let scales = scales.map(|scales| &scales[done..done + width]);
            // SAFETY: columns below `n`, blocks below `blocks`.
            unsafe {
                let (x, y) = (x.add(done * x_stride), y.add(done * y_stride));
                let product = Product { w, start, x, x_stride, scales, y, y_stride };
                match width {
                    4 if const { S::DOT_COLUMNS >= 4 } => columns::<S, K, 4>(s, product, first, end),
                    3 if const { S::DOT_COLUMNS >= 3 } => columns::<S, K, 3>(s, product, first, end),
                    2 if const { S::DOT_COLUMNS >= 2 } => columns::<S, K, 2>(s, product, first, end),
                    _ => columns::<S, K, 1>(s, product, first, end),
                }
            }
            done += width;
        }
        first = end;
    }
}

/// Blocks `block` to `end` of `C` columns.
///
/// # Safety
/// The blocks exist, and `C` columns at the product's strides lie inside its `x` and `y`.
#[inline(always)]
unsafe fn columns<S: Lanes, K: Format<S>, const C: usize>(
    s: S,
    product: Product<'_>,
    mut block: usize,
    end: usize,
) {
    // Decided before code is generated, so that tiles which an instruction set never uses are not compiled for it.
    // One column leaves registers for more blocks.
    // SAFETY: blocks below `end`, columns by the caller's promise.
    unsafe {
        if const { C == 1 && S::VECTOR_BLOCKS >= 8 } {
            while end - block >= 8 {
                tile::<S, K, 8, C>(s, product, block);
                block += 8;
            }
        }
        if const { S::TILE.0 >= 4 || (C == 1 && S::VECTOR_BLOCKS >= 4) } {
            while end - block >= 4 {
                tile::<S, K, 4, C>(s, product, block);
                block += 4;
            }
        }
        if const { S::TILE.0 >= 2 || (C == 1 && S::VECTOR_BLOCKS >= 2) } {
            while end - block >= 2 {
                tile::<S, K, 2, C>(s, product, block);
                block += 2;
            }
        }
        while block < end {
            tile::<S, K, 1, C>(s, product, block);
            block += 1;
        }
    }
}

/// `R` blocks of rows by `C` columns, sums in registers.
///
/// # Safety
/// `R` blocks exist from `block` on, and `C` columns lie inside the product's `x` and `y`.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn tile<S: Lanes, K: Format<S>, const R: usize, const C: usize>(
    s: S,
    product: Product<'_>,
    block: usize,
) {
    let Product { w, start, x, x_stride, scales, y, y_stride } = product;
    let first = block * LANES;
    let zero = s.splat(0.0);
    let mut sums = [[K::begin(s, zero, s.splat_i(0)); C]; R];
    for r in 0..R {
        let (corrections, _) = w.corrections[first + r * LANES..].as_chunks::<LANES>();
        sums[r] = [K::begin(s, zero, s.load_i(&corrections[0])); C];
    }
    let whole = w.cols / K::GROUP;
    // SAFETY: the block exists by the caller's promise; a block is `groups` times 16 groups of weights.
    let weights = unsafe { w.weights.as_ptr().cast::<u8>().add(first * w.groups * 4) };
    let stride = w.groups * LANES * 4;
    // The columns of the last, incomplete group, apart: zeros meet the zero weights beyond them.
    let bytes = 4 / K::GROUP * (w.cols % K::GROUP);
    let mut last = [[0_u8; 4]; C];
    for c in 0..C {
        // SAFETY: the last bytes of a column of `x`.
        last[c][..bytes]
            .copy_from_slice(unsafe { std::slice::from_raw_parts(x.add(c * x_stride + whole * 4), bytes) });
    }
    // Groups `group` to `end`, of `x` first, then of `last`.
    let (mut group, mut end, mut at, mut at_stride) = (0, whole, x, x_stride);
    loop {
        while group < end {
            // SAFETY: group `group` of existing blocks; its four bytes of each column of `x` or of `last`.
            unsafe {
                let weights = weights.add(group * LANES * 4);
                accumulate::<S, K, R, C>(s, &mut sums, weights, stride, at, at_stride);
            }
            group += 1;
            at = at.wrapping_add(4);
        }
        if end == w.groups {
            break;
        }
        (end, at, at_stride) = (w.groups, last.as_ptr().cast(), 4);
    }
    // Once per output, so not worth unrolling: the bounds are hidden from the compiler.
    let (rows, columns) = (std::hint::black_box(R), std::hint::black_box(C));
    for r in 0..rows {
        let row = first + r * LANES;
        let live = (w.rows - row).min(LANES);
        let (row_scales, _) = w.scales[row..].as_chunks::<LANES>();
        let row_scale = s.load(&row_scales[0]);
        let (bias, _) = w.bias[row..].as_chunks::<LANES>();
        for c in 0..columns {
            // SAFETY: rows below `rows` of a column of `y`.
            let to = unsafe { std::slice::from_raw_parts_mut(y.add(c * y_stride + row), live) };
            let begin = match start {
                Start::Zero => s.splat(0.0),
                Start::Bias => s.load(&bias[0]),
                Start::Output => s.load_partial(to),
            };
            let scale = match scales {
                Some(scales) => s.mul(row_scale, s.splat(scales[c])),
                None => row_scale,
            };
            let sum = K::end(s, sums[r][c], scale, begin);
            // Float sums began at zero, so that all formats read their start here, once, and not beside the tile's set-up.
            s.store_partial(s.canonical(if K::INTEGER { sum } else { s.add(sum, begin) }), to);
        }
    }
}

/// Adds one group of columns.
///
/// # Safety
/// `R` times 64 bytes of weights, `block` apart, and `C` times four bytes, `x_stride` apart, are readable.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn accumulate<S: Lanes, K: Format<S>, const R: usize, const C: usize>(
    s: S,
    sums: &mut [[K::Sum; C]; R],
    weights: *const u8,
    block: usize,
    x: *const u8,
    x_stride: usize,
) {
    let mut group = [s.splat_i(0); R];
    for r in 0..R {
        // SAFETY: 64 bytes of block `r` by the caller's promise.
        group[r] = unsafe { s.load_bytes(weights.add(r * block)) };
    }
    for c in 0..C {
        // SAFETY: four bytes of vector `c` by the caller's promise.
        let x = s.splat_i(unsafe { x.add(c * x_stride).cast::<i32>().read_unaligned() });
        for r in 0..R {
            sums[r][c] = K::step(s, sums[r][c], x, group[r]);
        }
    }
}
