//! The f32 recurrence over two steps at a time, so that most weights are read once for both where the order of sums allows.
//!
//! A step needs all hidden states of the one before it, but a sum takes them in ascending order, and they come panel by panel.
//! So while the first step's panel p is computed, the hidden states of panels 0 … p−1 after it stand already, and the
//! weights of their columns, on their way through the registers, serve the second step's sums as well. Those of the panel's
//! own columns follow when its cells are done, from the first-level cache. Then the second step's sums wait in the places of
//! the two steps' projections, which nobody else reads any more, and it is left with the columns of panels above p: of P
//! panels' P² blocks of weights, two steps read (3P² − P)/2 from the second-level cache instead of 2P². Each output is still
//! the same two chains over ascending columns, so no result depends on any of this.

use super::super::format::F32;
use super::super::lanes::{LANES, Lanes};
use super::cell::cells;
use super::format::Recurrent;
use super::kernels::{Tile, store_words};
use super::{GATES, Recur};

/// A step's sums of one panel: over even columns from the projection on, over odd ones from zero.
type Chains<S> = [[<S as Lanes>::F; GATES]; 2];

/// All steps but an odd one at the end; gives how many.
///
/// # Safety
/// The job has passed the checks of [`recur`](super::kernels::recur) in [`F32`] for so many steps.
#[inline(always)]
pub(super) unsafe fn pairs<S: Lanes>(s: S, job: &mut Recur<'_>, steps: usize) -> usize {
    let panels = job.weights.panels;
    let mut step = 0;
    while step + 2 <= steps {
        for panel in 0..panels {
            // SAFETY: both steps and the panel lie inside the job.
            unsafe { first(s, job, step, panel) };
        }
        // Downwards: the last panel's weights are the nearest.
        for panel in 0..panels {
            // SAFETY: as above; the first step is complete.
            unsafe { second(s, job, step + 1, panels - 1 - panel) };
        }
        step += 2;
    }
    step
}

/// One panel of a pair's first step, and as much of the second one's sums as its hidden states allow.
///
/// # Safety
/// As for [`pairs`]; `step`, the one after it and the panel lie inside the job; panels below have been through this.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn first<S: Lanes>(s: S, job: &mut Recur<'_>, step: usize, panel: usize) {
    let (columns, known) = (job.weights.columns, panel * LANES);
    let tile = Tile::new(job.weights, 1, panel, 0);
    let outputs = columns * GATES;
    // SAFETY: rows `step` and `step + 1` lie inside `rows`; of the latter only columns below `known` are read, which the
    // panels below have written.
    let x = unsafe { job.rows.as_ptr().add(step * columns) };
    // SAFETY: as above.
    let next = unsafe { x.add(columns) };
    let mut sums = [[[s.splat(0.0); GATES]; 2]; 2];
    for t in 0..2 {
        for g in 0..GATES {
            let at = (step + t) * outputs + tile.output + g * LANES;
            // SAFETY: `gates` has all outputs of both steps.
            sums[t][0][g] = unsafe { s.load_at(job.gates.as_ptr().add(at)) };
        }
    }
    // SAFETY: the columns lie inside the matrix and `x`, those below `known` also inside `next`.
    unsafe { over::<S, 2>(s, tile, [0, known], [x, next], &mut sums) };
    let (mut now, mut later) = ([sums[0]], [sums[1]]);
    // SAFETY: the columns lie inside the matrix and `x`.
    unsafe { over::<S, 1>(s, tile, [known, columns], [x], &mut now) };
    // SAFETY: step and panel lie inside the job.
    unsafe { finish(s, job, step, panel, now[0]) };
    // SAFETY: row `step + 1` lies inside `rows`.
    let next = unsafe { job.rows.as_ptr().add((step + 1) * columns) };
    // SAFETY: the columns lie inside the matrix and `next`, where they have just been written.
    unsafe { over::<S, 1>(s, tile, [known, known + LANES], [next], &mut later) };
    for (chain, sums) in later[0].iter().enumerate() {
        // The sums that began at the second step's projection take its place, the others that of the first step's.
        for (g, sum) in sums.iter().enumerate() {
            let at = (step + 1 - chain) * outputs + tile.output + g * LANES;
            // SAFETY: `gates` has all outputs of both steps.
            unsafe { s.store_at(*sum, job.gates.as_mut_ptr().add(at)) };
        }
    }
}

/// One panel of a pair's second step: from where the first one has brought its sums.
///
/// # Safety
/// As for [`pairs`]; `step`, the one before it and the panel lie inside the job; all panels have been through [`first`].
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn second<S: Lanes>(s: S, job: &mut Recur<'_>, step: usize, panel: usize) {
    let (columns, known) = (job.weights.columns, panel * LANES);
    let tile = Tile::new(job.weights, 1, panel, 0);
    let outputs = columns * GATES;
    let mut sums = [[[s.splat(0.0); GATES]; 2]];
    for chain in 0..2 {
        for g in 0..GATES {
            let at = (step - chain) * outputs + tile.output + g * LANES;
            // SAFETY: `gates` has all outputs of both steps.
            sums[0][chain][g] = unsafe { s.load_at(job.gates.as_ptr().add(at)) };
        }
    }
    // SAFETY: row `step` lies inside `rows`.
    let x = unsafe { job.rows.as_ptr().add(step * columns) };
    // SAFETY: the columns lie inside the matrix and `x`.
    unsafe { over::<S, 1>(s, tile, [known + LANES, columns], [x], &mut sums) };
    // SAFETY: step and panel lie inside the job.
    unsafe { finish(s, job, step, panel, sums[0]) };
}

/// Adds columns `from .. to`, an even number of them from an even one on, for `T` steps with inputs of their own.
///
/// # Safety
/// The columns lie inside the tile's matrix and inside each of `x`.
#[inline(always)]
unsafe fn over<S: Lanes, const T: usize>(
    s: S,
    tile: Tile<'_>,
    [from, to]: [usize; 2],
    x: [*const u32; T],
    sums: &mut [Chains<S>; T],
) {
    let mut column = from;
    while column < to {
        for chain in 0..2 {
            // SAFETY: the column lies inside the matrix, hence the tile's words inside `words`.
            let w = unsafe { tile.weights.words.as_ptr().add(tile.first + (column + chain) * tile.step) };
            let mut inputs = [s.splat(0.0); T];
            for t in 0..T {
                // SAFETY: the column lies inside `x[t]`.
                inputs[t] = s.splat(f32::from_bits(unsafe { *x[t].add(column + chain) }));
            }
            for g in 0..GATES {
                // SAFETY: 16 words of this gate, by the above.
                let w = unsafe { s.load_at(w.add(g * LANES).cast()) };
                for t in 0..T {
                    sums[t][chain][g] = s.fma(w, inputs[t], sums[t][chain][g]);
                }
            }
        }
        column += 2;
    }
}

/// The cells of one panel from its complete sums, and the hidden state's words.
///
/// # Safety
/// As for [`pairs`]; step and panel lie inside the job.
#[inline(always)]
unsafe fn finish<S: Lanes>(s: S, job: &mut Recur<'_>, step: usize, panel: usize, sums: Chains<S>) {
    let mut gates = sums[0];
    for g in 0..GATES {
        gates[g] = <F32 as Recurrent<S>>::join(s, sums[0][g], sums[1][g]);
    }
    // SAFETY: step and units lie inside the job.
    let [words] = unsafe { cells::<S, F32, 1>(s, job, &[gates], step, panel * LANES) };
    // SAFETY: step and panel lie inside the job.
    unsafe { store_words(s, job, step, panel, words) };
}
