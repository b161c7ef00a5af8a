//! A long packed product in segments, for all rows or for some blocks of sixteen: the head of a network.
//!
//! One chain of a thousand fused multiply-adds rounds a thousand times at the size of the whole sum. Here each
//! segment of columns has a chain of its own, from zero, and the segments are added to the bias in their order: the error
//! falls with the segment's length and the work stays the same. A product with one vector reads each weight
//! once and is bound by memory; several vectors pass over the same blocks while they are in the cache.

use super::lanes::{LANES, Lanes};
use super::{PackedF32, Simd};

/// What [`Simd::matmul_segments`] works on.
#[derive(Clone, Copy, Debug)]
pub struct Segments<'a> {
    /// The matrix.
    pub weights: &'a PackedF32,
    /// Columns of a segment; the last one may be shorter.
    pub segment: usize,
    /// The blocks wanted, each of rows 16b to 16b + 15, in the outputs' order.
    pub blocks: &'a [usize],
    /// `count` vectors of `weights.cols()` values, one after the other.
    pub x: &'a [f32],
    /// Number of vectors.
    pub count: usize,
    /// Values from one vector's outputs to the next one's: at least sixteen for each block.
    pub stride: usize,
}

impl Simd {
    /// `y[i]` ← bias + Σ over segments of `W·x[i]`, sixteen outputs for each block of the job; rows beyond the matrix are zero.
    /// A vector's outputs do not depend on the others nor on the choice of blocks. Hot path; O(16 · blocks · cols · count).
    ///
    /// # Panics
    /// When a block does not exist, a segment is empty, or a slice is too short.
    #[inline]
    pub fn matmul_segments(self, job: Segments<'_>, y: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.matmul_segments)(job, y) }
    }
}

/// `y[i] ← bias + Σ W·x[i]` for some blocks of rows.
#[inline(always)]
pub fn matmul_segments<S: Lanes>(s: S, job: Segments<'_>, y: &mut [f32]) {
    let Segments { weights, segment, blocks, x, count, stride } = job;
    let mut exist = true;
    for block in blocks {
        exist &= *block < weights.padded_rows() / LANES;
    }
    let width = blocks.len() * LANES;
    assert!(
        exist
            && segment > 0
            && weights.cols().checked_mul(count).is_some_and(|len| len <= x.len())
            && (count == 0
                || (stride >= width
                    && (count - 1)
                        .checked_mul(stride)
                        .is_some_and(|last| y.len() - width.min(y.len()) >= last)
                    && y.len() >= width)),
        "{} blocks of a product of {}×{} with {count} vectors",
        blocks.len(),
        weights.rows(),
        weights.cols()
    );
    let y = y.as_mut_ptr();
    let mut place = 0;
    while place < blocks.len() && count > 0 {
        let left = blocks.len() - place;
        // SAFETY: as many blocks are left, all exist; `x` and `y` hold `count` vectors.
        place += unsafe {
            if count == 1 {
                match left {
                    8.. if S::VECTOR_BLOCKS >= 8 => columns::<S, 8, 1>(s, job, place, y),
                    4.. => columns::<S, 4, 1>(s, job, place, y),
                    2.. => columns::<S, 2, 1>(s, job, place, y),
                    _ => columns::<S, 1, 1>(s, job, place, y),
                }
            } else {
                match left {
                    4.. if S::VECTOR_BLOCKS >= 8 => columns::<S, 4, 4>(s, job, place, y),
                    2.. if S::VECTOR_BLOCKS >= 8 => columns::<S, 2, 4>(s, job, place, y),
                    _ => columns::<S, 1, 4>(s, job, place, y),
                }
            }
        };
    }
}

/// `R` blocks from `place` on, `C` vectors at a time, for all vectors. Gives `R`.
///
/// # Safety
/// There are as many blocks, all exist, and `x` and `y` hold the job's vectors.
#[inline(always)]
unsafe fn columns<S: Lanes, const R: usize, const C: usize>(
    s: S,
    job: Segments<'_>,
    place: usize,
    y: *mut f32,
) -> usize {
    let mut vector = 0;
    // SAFETY: vectors below `count`.
    unsafe {
        while C > 1 && vector + C <= job.count {
            tile::<S, R, C>(s, job, place, vector, y);
            vector += C;
        }
        while vector < job.count {
            tile::<S, R, 1>(s, job, place, vector, y);
            vector += 1;
        }
    }
    R
}

/// `R` blocks by `C` vectors, a segment's sums in registers.
///
/// # Safety
/// As for [`columns`], and `vector + C ≤ count`.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn tile<S: Lanes, const R: usize, const C: usize>(
    s: S,
    job: Segments<'_>,
    place: usize,
    vector: usize,
    y: *mut f32,
) {
    let Segments { weights: w, segment, blocks, x, stride, .. } = job;
    let cols = w.cols();
    let mut weights = [w.weights().as_ptr(); R];
    let mut totals = [[s.splat(0.0); C]; R];
    // SAFETY: by the caller's promise; a block holds `cols` times sixteen weights and sixteen biases.
    unsafe {
        let x = x.as_ptr().add(vector * cols);
        for r in 0..R {
            let block = *blocks.get_unchecked(place + r);
            weights[r] = weights[r].add(block * cols * LANES);
            totals[r] = [s.load_at(w.bias().as_ptr().add(block * LANES)); C];
        }
        let mut first = 0;
        while first < cols {
            let end = if cols - first < segment { cols } else { first + segment };
            let mut sums = [[s.splat(0.0); C]; R];
            for k in first..end {
                let mut column = [s.splat(0.0); R];
                for r in 0..R {
                    column[r] = s.load_at(weights[r].add(k * LANES));
                }
                for c in 0..C {
                    let x = s.splat(*x.add(c * cols + k));
                    for r in 0..R {
                        sums[r][c] = s.fma(column[r], x, sums[r][c]);
                    }
                }
            }
            for r in 0..R {
                for c in 0..C {
                    totals[r][c] = s.add(totals[r][c], sums[r][c]);
                }
            }
            first = end;
        }
        for r in 0..R {
            for c in 0..C {
                s.store_at(s.canonical(totals[r][c]), y.add((vector + c) * stride + (place + r) * LANES));
            }
        }
    }
}
