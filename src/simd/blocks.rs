//! Part of a packed product: some blocks of sixteen rows, for callers that want few outputs of many.

use super::lanes::{LANES, Lanes};
use super::{PackedF32, Simd};

/// Blocks whose chains run beside each other.
const SIDE_BY_SIDE: usize = 8;

impl Simd {
    /// y ← W·x + bias for the rows of `blocks` (block b holds rows 16b to 16b + 15), sixteen outputs a block, in the
    /// order given. The bits of [`matvec`](Self::matvec) with [`Start::Bias`](super::Start::Bias); rows beyond the matrix are
    /// zero. Hot path; O(16 · blocks · cols).
    ///
    /// # Panics
    /// When a block does not exist, `x` has not `w.cols()` values, or `y` has fewer than 16 for each block.
    #[inline]
    pub fn matvec_blocks(self, w: &PackedF32, blocks: &[usize], x: &[f32], y: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.matvec_blocks)(w, blocks, x, y) }
    }
}

/// `y ← bias + W·x` for some blocks of rows.
#[inline(always)]
pub fn matvec_blocks<S: Lanes>(s: S, w: &PackedF32, blocks: &[usize], x: &[f32], y: &mut [f32]) {
    let last = w.padded_rows() / LANES;
    let mut exist = true;
    for block in blocks {
        exist &= *block < last;
    }
    assert!(
        exist && x.len() == w.cols() && y.len() >= blocks.len() * LANES,
        "{} blocks of a product of {}×{}",
        blocks.len(),
        w.rows(),
        w.cols()
    );
    let (mut blocks, mut y) = (blocks, y.as_mut_ptr());
    while !blocks.is_empty() {
        // SAFETY: all blocks exist, `x` has a value for each column, and `y` has room for sixteen values a block.
        unsafe {
            let done = match blocks.len() {
                SIDE_BY_SIDE.. => several::<S, SIDE_BY_SIDE>(s, w, blocks, x, y),
                4.. => several::<S, 4>(s, w, blocks, x, y),
                2.. => several::<S, 2>(s, w, blocks, x, y),
                _ => several::<S, 1>(s, w, blocks, x, y),
            };
            y = y.add(done * LANES);
            blocks = &blocks[done..];
        }
    }
}

/// The first `B` blocks of the list.
///
/// # Safety
/// There are as many, all exist, `x` has a value for each column, and `y` has room for sixteen values for each.
#[inline(always)]
unsafe fn several<S: Lanes, const B: usize>(
    s: S,
    w: &PackedF32,
    blocks: &[usize],
    x: &[f32],
    y: *mut f32,
) -> usize {
    let mut weights = [w.weights().as_ptr(); B];
    let mut sums = [s.splat(0.0); B];
    // SAFETY: by the caller's promise; a block holds `cols` times sixteen weights and sixteen biases.
    unsafe {
        for b in 0..B {
            let block = *blocks.get_unchecked(b);
            weights[b] = weights[b].add(block * w.cols() * LANES);
            sums[b] = s.load_at(w.bias().as_ptr().add(block * LANES));
        }
        for (k, x) in x.iter().enumerate() {
            let x = s.splat(*x);
            for b in 0..B {
                sums[b] = s.fma(s.load_at(weights[b].add(k * LANES)), x, sums[b]);
            }
        }
        for b in 0..B {
            s.store_at(s.canonical(sums[b]), y.add(b * LANES));
        }
    }
    B
}
