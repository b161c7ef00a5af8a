//! The integer recurrence there and back: steps take the panels upwards and downwards in turn, and a weight that is read serves two
//! steps.
//!
//! Integer sums are exact, so their order is free. While a step goes through the panels upwards, the hidden states of the
//! panels below are those of this step already, and the weights of their columns, on their way through the registers, serve the
//! next step's sums as well. The next step goes downwards: what it still lacks is its own columns and those above, whose hidden
//! states, in turn, it has just made for the step after. So of P panels' P² blocks of weights a step reads (P² + P)/2 instead of
//! all, and does so where it turns from the first-level cache. Only the first step of a call reads all.
//!
//! Sums of the next step wait in the places of this step's projections, which nobody else reads any more.

use super::super::lanes::{LANES, Lanes};
use super::cell::cells;
use super::format::Recurrent;
use super::kernels::{Tile, begin, end, load_gates, store_words};
use super::{BLOCK, GATES, Recur};

/// All steps, `B` of a panel's `N` blocks side by side.
///
/// # Safety
/// The job has passed the checks of [`recur`](super::kernels::recur) for so many steps, in an integer format whose chains are no
/// shorter than the matrix; `N` is the blocks of a panel, a multiple of `B`.
#[inline(always)]
pub(super) unsafe fn turns<S: Lanes, P: Recurrent<S>, const N: usize, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    steps: usize,
) {
    let panels = job.weights.panels;
    let mut odd = job.odd;
    for step in 0..steps {
        let mut position = 0;
        while position < panels {
            let panel = if odd { panels - 1 - position } else { position };
            let mut words = s.splat_i(0);
            let mut block = 0;
            while block < N {
                let tile = Tile::new(job.weights, N, panel, block);
                // SAFETY: step and tile lie inside the job.
                let gates = unsafe { tile_sums::<S, P, B>(s, job, [step, steps], tile, panel, odd) };
                // SAFETY: step and units lie inside the job.
                let elements = unsafe { cells::<S, P, B>(s, job, &gates, step, tile.output / GATES) };
                for elements in elements {
                    words = P::push(s, words, elements);
                }
                block += B;
            }
            // SAFETY: step and panel lie inside the job.
            unsafe { store_words(s, job, step, panel, words) };
            position += 1;
        }
        odd = !odd;
    }
}

/// The gates of one tile at one step, and as much of the next step's sums as its hidden states allow.
///
/// # Safety
/// As for [`turns`]; the tile is of this panel, and the panels on this step's way to it are done.
#[inline(always)]
unsafe fn tile_sums<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    [step, steps]: [usize; 2],
    tile: Tile<'_>,
    panel: usize,
    odd: bool,
) -> [[S::F; GATES]; B] {
    let (columns, own) = (job.weights.columns, panel * LANES);
    let (below, above) = ([0, own], [own + LANES, columns]);
    let (passed, ahead) = if odd { (above, below) } else { (below, above) };
    // SAFETY: rows `step` and `step + 1` lie inside `rows`.
    let x = unsafe { job.rows.as_ptr().add(step * columns) };
    // SAFETY: as above.
    let next = unsafe { x.add(columns) };
    let mut values = [[s.splat(0.0); GATES]; B];
    // SAFETY: step and tile lie inside the job.
    unsafe { load_gates(s, job, step, tile, &mut values) };
    // SAFETY: the tile lies inside the matrix.
    let fresh = unsafe { begin::<S, P, B>(s, tile, &values) };
    let mut sums = [fresh; 2];
    if step == 0 {
        let mut now = [fresh];
        // SAFETY: the columns lie inside the matrix and `x`.
        unsafe { over::<S, P, B, 1>(s, tile, ahead, [x], &mut now) };
        sums[0] = now[0];
    } else {
        // SAFETY: the step before left the tile's sums there.
        unsafe { resume::<S, P, B>(s, job, step - 1, tile, &mut sums[0]) };
    }
    let mut now = [sums[0]];
    if step + 1 < steps {
        // SAFETY: the columns lie inside the matrix, `x` and `next`; in `next`, the panels passed have written them.
        unsafe { over::<S, P, B, 2>(s, tile, passed, [x, next], &mut sums) };
        // SAFETY: the tile's projections at this step have been read.
        unsafe { wait::<S, P, B>(s, job, step, tile, &sums[1]) };
        now[0] = sums[0];
    } else {
        // SAFETY: the columns lie inside the matrix and `x`.
        unsafe { over::<S, P, B, 1>(s, tile, passed, [x], &mut now) };
    }
    // SAFETY: the columns lie inside the matrix and `x`.
    unsafe { over::<S, P, B, 1>(s, tile, [own, own + LANES], [x], &mut now) };
    // SAFETY: the tile lies inside the matrix.
    unsafe { end::<S, P, B>(s, tile, &now[0], &mut values) };
    values
}

/// Leaves a tile's sums in the place of its projections at `step`.
///
/// # Safety
/// Step and tile lie inside the job.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn wait<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    step: usize,
    tile: Tile<'_>,
    sums: &[[P::Sum; GATES]; B],
) {
    let outputs = job.cell.len() * GATES;
    for n in 0..B {
        for g in 0..GATES {
            let at = step * outputs + tile.output + n * BLOCK + g * LANES;
            // SAFETY: `gates` has all outputs of this step.
            unsafe { s.store_at(P::stored(s, sums[n][g]), job.gates.as_mut_ptr().add(at)) };
        }
    }
}

/// Takes up what [`wait`] left.
///
/// # Safety
/// Step and tile lie inside the job.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn resume<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    job: &Recur<'_>,
    step: usize,
    tile: Tile<'_>,
    sums: &mut [[P::Sum; GATES]; B],
) {
    let mut stored = [[s.splat(0.0); GATES]; B];
    // SAFETY: the caller's promise.
    unsafe { load_gates(s, job, step, tile, &mut stored) };
    for n in 0..B {
        for g in 0..GATES {
            sums[n][g] = P::taken_up(s, stored[n][g]);
        }
    }
}

/// Adds columns `from .. to` for `T` steps with inputs of their own.
///
/// # Safety
/// The columns lie inside the tile's matrix and inside each of `x`.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn over<S: Lanes, P: Recurrent<S>, const B: usize, const T: usize>(
    s: S,
    tile: Tile<'_>,
    [from, to]: [usize; 2],
    x: [*const u32; T],
    sums: &mut [[[P::Sum; GATES]; B]; T],
) {
    for column in from..to {
        // SAFETY: the column lies inside the matrix, hence the tile's words inside `words`.
        let w = unsafe { tile.weights.words.as_ptr().add(tile.first + column * tile.step) };
        let mut inputs = [s.splat_i(0); T];
        for t in 0..T {
            // SAFETY: the column lies inside `x[t]`.
            inputs[t] = s.splat_i(unsafe { *x[t].add(column) }.cast_signed());
        }
        for n in 0..B {
            for g in 0..GATES {
                // SAFETY: 16 words of this block and gate, by the above.
                let w = unsafe { s.load_bytes(w.add(n * BLOCK + g * LANES).cast()) };
                for t in 0..T {
                    sums[t][n][g] = P::step(s, sums[t][n][g], inputs[t], w);
                }
            }
        }
    }
}
