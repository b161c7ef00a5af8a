//! The recurrence there and back: steps take the panels upwards and downwards in turn, and a weight that is read serves two
//! steps.
//!
//! While a step goes through the panels upwards, the hidden states of the panels below are those of this step already, and the
//! weights of their columns, on their way through the registers, serve the next step's sums as well. The next step goes
//! downwards: what it still lacks is its own columns and those above, whose weights, in turn, serve the step after. So of P
//! panels' P² blocks of weights a step reads (P² + P)/2 instead of all, and does so where it turns from the first-level
//! cache. Only the first step of a call reads all.
//!
//! A float output is three sums: over its own panel's columns, begun at the projection, over those below, upwards, and over those
//! above, downwards, so that the hidden states that come last are needed last. The latter two are added, then the first. Which
//! of them is made a step ahead depends on the way, what goes into it does not. An integer output, whose order is free, is
//! one sum all the way.
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
/// The job has passed the checks of [`recur`](super::kernels::recur) for so many steps, in a format whose chains are no
/// shorter than the matrix; `N` is the blocks of a panel, a multiple of `B`.
#[inline(always)]
pub(super) unsafe fn turns<S: Lanes, P: Recurrent<S>, const N: usize, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    steps: usize,
) {
    let mut down = job.odd;
    for step in 0..steps {
        // SAFETY: the caller's promise, and the step lies inside the job.
        unsafe {
            if down {
                turn::<S, P, N, B, true>(s, job, [step, steps]);
            } else {
                turn::<S, P, N, B, false>(s, job, [step, steps]);
            }
        }
        down = !down;
    }
}

/// One step, downwards or upwards.
///
/// # Safety
/// As for [`turns`]; the step lies inside the job, those before it are done.
#[inline(always)]
unsafe fn turn<S: Lanes, P: Recurrent<S>, const N: usize, const B: usize, const DOWN: bool>(
    s: S,
    job: &mut Recur<'_>,
    [step, steps]: [usize; 2],
) {
    let panels = job.weights.panels;
    for position in 0..panels {
        let panel = if DOWN { panels - 1 - position } else { position };
        let mut words = s.splat_i(0);
        let mut block = 0;
        while block < N {
            let tile = Tile::new(job.weights, N, panel, block);
            // SAFETY: step and tile lie inside the job, and the panels on the way here are done.
            let gates = unsafe { tile_gates::<S, P, B, DOWN>(s, job, [step, steps], tile, panel) };
            // SAFETY: step and units lie inside the job.
            let elements = unsafe { cells::<S, P, B>(s, job, &gates, step, tile.output / GATES) };
            for elements in elements {
                words = P::push(s, words, elements);
            }
            block += B;
        }
        // SAFETY: step and panel lie inside the job.
        unsafe { store_words(s, job, step, panel, words) };
    }
}

/// The gates of one tile at one step, and as much of the next step's sums as its hidden states allow.
///
/// # Safety
/// As for [`turn`]; the tile is of this panel, and the panels on this step's way to it are done.
#[inline(always)]
unsafe fn tile_gates<S: Lanes, P: Recurrent<S>, const B: usize, const DOWN: bool>(
    s: S,
    job: &mut Recur<'_>,
    [step, steps]: [usize; 2],
    tile: Tile<'_>,
    panel: usize,
) -> [[S::F; GATES]; B] {
    let (columns, own) = (job.weights.columns, panel * LANES);
    let (below, above) = ([0, own], [own + LANES, columns]);
    let (passed, ahead) = if DOWN { (above, below) } else { (below, above) };
    // SAFETY: rows `step` and `step + 1` lie inside `rows`.
    let x = unsafe { job.rows.as_ptr().add(step * columns) };
    // SAFETY: as above.
    let next = unsafe { x.add(columns) };
    let mut values = [[s.splat(0.0); GATES]; B];
    // SAFETY: step and tile lie inside the job.
    unsafe { load_gates(s, job, step, tile, &mut values) };
    // SAFETY: the tile lies inside the matrix.
    let start = unsafe { begin::<S, P, B>(s, tile, &values) };
    let nothing = zero::<S, P, B>(s);

    // With registers to spare the panel's own columns come first, because those passed wait for the cells of the panel before.
    let own_first = B == 1 && !P::INTEGER;
    let mut of_own = [start];
    if own_first {
        // SAFETY: the columns lie inside the matrix and `x`.
        unsafe { over::<S, P, B, 1, false>(s, tile, [own, own + LANES], [x], &mut of_own) };
    }
    let (mut passing, later) = if P::INTEGER {
        // SAFETY: as for this function.
        ([unsafe { carried::<S, P, B, DOWN>(s, job, step, tile, ahead, start) }], start)
    } else {
        ([nothing], nothing)
    };
    if step + 1 < steps {
        let mut both = [passing[0], later];
        // SAFETY: the columns lie inside the matrix, `x` and `next`; in `next`, the panels passed have written them.
        unsafe { over::<S, P, B, 2, DOWN>(s, tile, passed, [x, next], &mut both) };
        passing[0] = both[0];
        // SAFETY: step and tile lie inside the job.
        unsafe { wait::<S, P, B>(s, job, step, tile, &both[1]) };
    } else {
        // SAFETY: the columns lie inside the matrix and `x`.
        unsafe { over::<S, P, B, 1, DOWN>(s, tile, passed, [x], &mut passing) };
    }
    if P::INTEGER {
        of_own = passing;
    }
    if !own_first {
        // SAFETY: the columns lie inside the matrix and `x`.
        unsafe { over::<S, P, B, 1, false>(s, tile, [own, own + LANES], [x], &mut of_own) };
    }
    let mut sums = of_own[0];
    if !P::INTEGER {
        // SAFETY: as for this function.
        let waiting = unsafe { carried::<S, P, B, DOWN>(s, job, step, tile, ahead, nothing) };
        sums = joined::<S, P, B>(s, sums, &joined::<S, P, B>(s, passing[0], &waiting));
    }
    // SAFETY: the tile lies inside the matrix.
    unsafe { end::<S, P, B>(s, tile, &sums, &mut values) };
    values
}

/// What the step before made ahead, or at the first step the same from `start` on.
///
/// # Safety
/// As for [`tile_gates`]; the columns, those on the other side of the panel, lie inside the matrix.
#[inline(always)]
unsafe fn carried<S: Lanes, P: Recurrent<S>, const B: usize, const DOWN: bool>(
    s: S,
    job: &Recur<'_>,
    step: usize,
    tile: Tile<'_>,
    columns: [usize; 2],
    start: [[P::Sum; GATES]; B],
) -> [[P::Sum; GATES]; B] {
    if step > 0 {
        // SAFETY: the step before left the tile's sums there.
        return unsafe { resume::<S, P, B>(s, job, step - 1, tile) };
    }
    let (mut sums, x) = ([start], job.rows.as_ptr());
    // SAFETY: the columns lie inside the matrix and row 0.
    unsafe {
        if DOWN {
            over::<S, P, B, 1, false>(s, tile, columns, [x], &mut sums);
        } else {
            over::<S, P, B, 1, true>(s, tile, columns, [x], &mut sums);
        }
    }
    sums[0]
}

/// The gates of `B` blocks of one panel at one step, by the same three sums, for a format without integers.
///
/// # Safety
/// The matrix has passed the checks of [`recur`](super::kernels::recur); the tile lies inside it and is of this panel; `x` is
/// readable for its columns.
#[inline(always)]
pub(super) unsafe fn step_gates<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    tile: Tile<'_>,
    panel: usize,
    x: *const u32,
    values: &mut [[S::F; GATES]; B],
) {
    let (from, to) = (panel * LANES, (panel + 1) * LANES);
    // SAFETY: the tile lies inside the matrix.
    let mut of_own = [unsafe { begin::<S, P, B>(s, tile, values) }];
    let mut below = [zero::<S, P, B>(s)];
    let mut above = below;
    // SAFETY: the columns lie inside the matrix and `x`.
    unsafe { over::<S, P, B, 1, true>(s, tile, [to, tile.weights.columns], [x], &mut above) };
    // SAFETY: as above.
    unsafe { over::<S, P, B, 1, false>(s, tile, [0, from], [x], &mut below) };
    // SAFETY: as above.
    unsafe { over::<S, P, B, 1, false>(s, tile, [from, to], [x], &mut of_own) };
    let sums = joined::<S, P, B>(s, of_own[0], &joined::<S, P, B>(s, below[0], &above[0]));
    // SAFETY: the tile lies inside the matrix.
    unsafe { end::<S, P, B>(s, tile, &sums, values) };
}

/// Sums that begin at nothing, not even at a correction.
#[inline(always)]
fn zero<S: Lanes, P: Recurrent<S>, const B: usize>(s: S) -> [[P::Sum; GATES]; B] {
    [[P::begin(s, s.splat(0.0), s.splat_i(0)); GATES]; B]
}

/// Both sums of each output as one.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
fn joined<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    mut first: [[P::Sum; GATES]; B],
    second: &[[P::Sum; GATES]; B],
) -> [[P::Sum; GATES]; B] {
    for n in 0..B {
        for g in 0..GATES {
            first[n][g] = P::join(s, first[n][g], second[n][g]);
        }
    }
    first
}

/// Leaves a tile's sums in the place of its projections at `step`, which have been read.
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
) -> [[P::Sum; GATES]; B] {
    let mut stored = [[s.splat(0.0); GATES]; B];
    // SAFETY: the caller's promise.
    unsafe { load_gates(s, job, step, tile, &mut stored) };
    let mut sums = zero::<S, P, B>(s);
    for n in 0..B {
        for g in 0..GATES {
            sums[n][g] = P::taken_up(s, stored[n][g]);
        }
    }
    sums
}

/// Adds columns `from .. to`, or from the last to the first of them, for `T` steps with inputs of their own.
///
/// # Safety
/// The columns lie inside the tile's matrix and inside each of `x`.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn over<S: Lanes, P: Recurrent<S>, const B: usize, const T: usize, const DOWN: bool>(
    s: S,
    tile: Tile<'_>,
    [from, to]: [usize; 2],
    x: [*const u32; T],
    sums: &mut [[[P::Sum; GATES]; B]; T],
) {
    for step in from..to {
        let column = if DOWN { from + to - 1 - step } else { step };
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
