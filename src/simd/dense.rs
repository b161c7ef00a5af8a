//! Packed f32 matrix times one vector or several.
//!
//! One chain per output: it begins where [`Start`] says and takes `fma(w[k], x[k], ·)` for k ascending. So every
//! tiling gives the same bits, and row n of the product of several vectors is the product of vector n. Tiles keep
//! blocks × columns of accumulators in registers: enough independent chains to cover the latency of the
//! multiply-add, and few enough loads for each.

use super::lanes::{LANES, Lanes};
use super::packed::{PackedF32, Start};

/// Weights that are passed over once per tile of columns, small enough for any second cache.
pub(super) const RESIDENT_BYTES: usize = 256 << 10;
/// Weights that stay in the first cache from one tile of columns to the next.
const NEAR_BYTES: usize = 24 << 10;

/// What a tile reads and writes.
#[derive(Clone, Copy)]
struct Product<'a> {
    w: &'a PackedF32,
    start: Start,
    x: *const f32,
    x_stride: usize,
    y: *mut f32,
    y_stride: usize,
}

/// `y ← start + W·x`.
#[inline(always)]
pub fn matvec<S: Lanes>(s: S, w: &PackedF32, start: Start, x: &[f32], y: &mut [f32]) {
    assert!(x.len() == w.cols() && y.len() == w.rows(), "a product of {}×{}", w.rows(), w.cols());
    let product = Product { w, start, x: x.as_ptr(), x_stride: 0, y: y.as_mut_ptr(), y_stride: 0 };
    // SAFETY: one column, `x` and `y` of the matrix's lengths.
    unsafe { columns::<S, 1>(s, product, 0, w.padded_rows() / LANES) };
}

/// `y[i] ← start + W·x[i]` for `n` vectors, `x_stride` and `y_stride` apart.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "two strided operands")]
pub fn matmul<S: Lanes>(
    s: S,
    w: &PackedF32,
    start: Start,
    x: &[f32],
    x_stride: usize,
    n: usize,
    y: &mut [f32],
    y_stride: usize,
) {
    check(w.rows(), w.cols(), x.len(), x_stride, n, y.len(), y_stride);
    let blocks = w.padded_rows() / LANES;
    // Weights from further away are read once for up to twelve columns: their way is then as fast as the arithmetic.
    let far = blocks * w.cols() * LANES * size_of::<f32>() > NEAR_BYTES;
    let widest = if far && n > S::TILE.1 { S::WIDE.clamp(S::TILE.1, 12) } else { S::TILE.1.min(6) };
    // As many blocks at a time as stay in the second cache while all columns pass.
    let share = (RESIDENT_BYTES / (w.cols() * LANES * size_of::<f32>()).max(1)).next_multiple_of(8);
    let mut first = 0;
    while first < blocks {
        let end = blocks.min(first + share);
        let mut done = 0;
        while done < n {
            let left = n - done;
            // Even widths: thirteen columns are seven and six, not twelve and one.
            let width = left.div_ceil(left.div_ceil(widest));
            // SAFETY: `check` proved that `n` columns at these strides lie inside `x` and `y`; `done + width` ≤ `n`,
            // and `end` ≤ `blocks`.
            unsafe {
                let (x, y) = (x.as_ptr().add(done * x_stride), y.as_mut_ptr().add(done * y_stride));
                let product = Product { w, start, x, x_stride, y, y_stride };
                match width {
                    12 if const { S::WIDE >= 12 } => columns::<S, 12>(s, product, first, end),
                    11 if const { S::WIDE >= 11 } => columns::<S, 11>(s, product, first, end),
                    10 if const { S::WIDE >= 10 } => columns::<S, 10>(s, product, first, end),
                    9 if const { S::WIDE >= 9 } => columns::<S, 9>(s, product, first, end),
                    8 if const { S::WIDE >= 8 } => columns::<S, 8>(s, product, first, end),
                    7 if const { S::WIDE >= 7 } => columns::<S, 7>(s, product, first, end),
                    6 if const { S::TILE.1 >= 6 } => columns::<S, 6>(s, product, first, end),
                    5 if const { S::TILE.1 >= 5 } => columns::<S, 5>(s, product, first, end),
                    4 if const { S::TILE.1 >= 4 } => columns::<S, 4>(s, product, first, end),
                    3 if const { S::TILE.1 >= 3 } => columns::<S, 3>(s, product, first, end),
                    2 if const { S::TILE.1 >= 2 } => columns::<S, 2>(s, product, first, end),
                    _ => columns::<S, 1>(s, product, first, end),
                }
            }
            done += width;
        }
        first = end;
    }
}

/// Panics unless `n` columns at these strides lie inside `x` and `y`.
#[inline(always)]
pub(super) fn check(
    rows: usize,
    cols: usize,
    x: usize,
    x_stride: usize,
    n: usize,
    y: usize,
    y_stride: usize,
) {
    let fits = |len: usize, stride: usize, width: usize| {
        n == 0
            || (n - 1)
                .checked_mul(stride)
                .and_then(|last| last.checked_add(width))
                .is_some_and(|end| end <= len)
    };
    assert!(fits(x, x_stride, cols), "{n} inputs of {cols}, {x_stride} apart, in {x} values");
    assert!(
        (y_stride >= rows || n < 2) && fits(y, y_stride, rows),
        "{n} outputs of {rows}, {y_stride} apart, in {y} values"
    );
}

/// Blocks `block` to `end` of `C` columns.
///
/// # Safety
/// The blocks exist, and `C` columns at the product's strides lie inside its `x` and `y`.
#[inline(always)]
unsafe fn columns<S: Lanes, const C: usize>(s: S, product: Product<'_>, mut block: usize, end: usize) {
    // Decided before code is generated, so that tiles which an instruction set never uses are not compiled for it.
    // One column leaves registers for more blocks.
    // SAFETY: blocks below `end`, columns by the caller's promise.
    unsafe {
        if const { C == 1 && S::VECTOR_BLOCKS >= 8 } {
            while end - block >= 8 {
                tile::<S, 8, C>(s, product, block);
                block += 8;
            }
        }
        if const { (S::TILE.0 >= 4 && C <= 6) || (C == 1 && S::VECTOR_BLOCKS >= 4) } {
            while end - block >= 4 {
                tile::<S, 4, C>(s, product, block);
                block += 4;
            }
        }
        if const { S::TILE.0 >= 2 || (C == 1 && S::VECTOR_BLOCKS >= 2) } {
            while end - block >= 2 {
                tile::<S, 2, C>(s, product, block);
                block += 2;
            }
        }
        while block < end {
            tile::<S, 1, C>(s, product, block);
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
unsafe fn tile<S: Lanes, const R: usize, const C: usize>(s: S, product: Product<'_>, block: usize) {
    let Product { w, start, x, x_stride, y, y_stride } = product;
    let (rows, cols) = (w.rows(), w.cols());
    // SAFETY: the block exists by the caller's promise; a block is `cols` times 16 weights and 16 biases.
    let (weights, bias) =
        unsafe { (w.weights().as_ptr().add(block * cols * LANES), w.bias().as_ptr().add(block * LANES)) };
    let whole = (block + R) * LANES <= rows;
    let mut sums = [[s.splat(0.0); C]; R];
    for r in 0..R {
        let row = (block + r) * LANES;
        for c in 0..C {
            // SAFETY: rows below `rows` of a column of `y`, or 16 biases of an existing block.
            sums[r][c] = unsafe {
                match start {
                    Start::Zero => s.splat(0.0),
                    Start::Bias => s.load_at(bias.add(r * LANES)),
                    Start::Output if whole => s.load_at(y.add(c * y_stride + row)),
                    Start::Output => s.load_partial(std::slice::from_raw_parts(
                        y.add(c * y_stride + row),
                        (rows - row).min(LANES),
                    )),
                }
            };
        }
    }
    let mut k = 0;
    // SAFETY: columns below `cols` of existing blocks, elements below `cols` of columns of `x`.
    unsafe {
        // In small tiles the arithmetic of addresses competes with the multiply-adds, so four steps share it.
        if const { R * C <= 8 } {
            while k + 4 <= cols {
                for step in 0..4 {
                    accumulate(
                        s,
                        &mut sums,
                        weights.add((k + step) * LANES),
                        cols * LANES,
                        x.add(k + step),
                        x_stride,
                    );
                }
                k += 4;
            }
        }
        while k < cols {
            accumulate(s, &mut sums, weights.add(k * LANES), cols * LANES, x.add(k), x_stride);
            k += 1;
        }
    }
    for r in 0..R {
        let row = (block + r) * LANES;
        for c in 0..C {
            let sum = s.canonical(sums[r][c]);
            // SAFETY: rows below `rows` of a column of `y`.
            unsafe {
                let to = y.add(c * y_stride + row);
                if whole {
                    s.store_at(sum, to);
                } else {
                    s.store_partial(sum, std::slice::from_raw_parts_mut(to, (rows - row).min(LANES)));
                }
            }
        }
    }
}

/// Adds one column of weights times one element of each vector.
///
/// # Safety
/// `R` times 16 weights, `block` apart, and `C` elements, `x_stride` apart, are readable.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn accumulate<S: Lanes, const R: usize, const C: usize>(
    s: S,
    sums: &mut [[S::F; C]; R],
    weights: *const f32,
    block: usize,
    x: *const f32,
    x_stride: usize,
) {
    let mut column = [s.splat(0.0); R];
    for r in 0..R {
        // SAFETY: 16 weights of block `r` by the caller's promise.
        column[r] = unsafe { s.load_at(weights.add(r * block)) };
    }
    for c in 0..C {
        // SAFETY: an element of vector `c` by the caller's promise.
        let x = s.splat(unsafe { *x.add(c * x_stride) });
        for r in 0..R {
            sums[r][c] = s.fma(column[r], x, sums[r][c]);
        }
    }
}
