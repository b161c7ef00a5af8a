//! The two products: projections of many rows, and the recurrence with its cells.

use super::super::lanes::{LANES, Lanes};
use super::cell::cells;
use super::format::Recurrent;
use super::turns::{step_gates, turns};
use super::{BLOCK, GATES, GateMatrix, Project, Recur};

/// The place of one tile's numbers, all in words from the start of their arrays.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a> {
    pub weights: GateMatrix<'a>,
    /// Word of the tile's first column.
    pub first: usize,
    /// Words from one column to the next.
    pub step: usize,
    /// First output.
    pub output: usize,
}

impl<'a> Tile<'a> {
    /// Blocks from `block` on of a panel.
    #[inline(always)]
    pub fn new(weights: GateMatrix<'a>, group: usize, panel: usize, block: usize) -> Self {
        let step = group * BLOCK;
        let first = panel * weights.columns * step + block * BLOCK;
        Self { weights, first, step, output: (panel * group + block) * BLOCK }
    }
}

/// Panics unless the matrix is as long as its numbers say.
#[inline(always)]
fn check<S: Lanes, P: Recurrent<S>>(weights: GateMatrix<'_>) -> usize {
    let outputs = weights.panels * P::GROUP * BLOCK;
    assert!(weights.words.len() == outputs * weights.columns, "weights of {outputs} outputs");
    assert!(weights.scale.len() == if P::INTEGER { outputs } else { 0 }, "scales of {outputs} outputs");
    assert!(
        weights.correction.len() == if P::CORRECTED { outputs } else { 0 },
        "corrections of {outputs} outputs"
    );
    outputs
}

/// One column of [`sums`].
///
/// # Safety
/// As for [`sums`]; the column lies inside the matrix.
#[inline(always)]
unsafe fn column_step<S: Lanes, P: Recurrent<S>, const N: usize, const R: usize>(
    s: S,
    tile: Tile<'_>,
    column: usize,
    x: *const u32,
    stride: usize,
    sums: &mut [[[P::Sum; GATES]; N]; R],
) {
    // SAFETY: the column lies inside the matrix, hence the tile's words inside `words`.
    let w = unsafe { tile.weights.words.as_ptr().add(tile.first + column * tile.step) };
    for n in 0..N {
        for g in 0..GATES {
            // SAFETY: 16 words of this block and gate, by the above.
            let w = unsafe { s.load_bytes(w.add(n * BLOCK + g * LANES).cast()) };
            for r in 0..R {
                // SAFETY: row `r` has `columns` words, by the caller's promise.
                let x = unsafe { *x.add(r * stride + column) };
                sums[r][n][g] = P::step(s, sums[r][n][g], s.splat_i(x.cast_signed()), w);
            }
        }
    }
}

/// Sums of `N` adjacent blocks that begin at `values`.
///
/// # Safety
/// The matrix has passed [`check`]; the tile lies inside it.
#[inline(always)]
pub(super) unsafe fn begin<S: Lanes, P: Recurrent<S>, const N: usize>(
    s: S,
    tile: Tile<'_>,
    values: &[[S::F; GATES]; N],
) -> [[P::Sum; GATES]; N] {
    let mut sums = [[P::begin(s, s.splat(0.0), s.splat_i(0)); GATES]; N];
    for n in 0..N {
        for g in 0..GATES {
            let correction = if P::CORRECTED {
                let at = tile.output + n * BLOCK + g * LANES;
                // SAFETY: `check` found a correction for every output, and the tile's outputs lie inside.
                unsafe { s.load_bytes(tile.weights.correction.as_ptr().add(at).cast()) }
            } else {
                s.splat_i(0)
            };
            sums[n][g] = P::begin(s, values[n][g], correction);
        }
    }
    sums
}

/// What the sums stand for, to `values`, which hold where they began.
///
/// # Safety
/// As for [`begin`].
#[inline(always)]
pub(super) unsafe fn end<S: Lanes, P: Recurrent<S>, const N: usize>(
    s: S,
    tile: Tile<'_>,
    sums: &[[P::Sum; GATES]; N],
    values: &mut [[S::F; GATES]; N],
) {
    for n in 0..N {
        for g in 0..GATES {
            let scale = if P::INTEGER {
                let at = tile.output + n * BLOCK + g * LANES;
                // SAFETY: `check` found a scale for every output, and the tile's outputs lie inside.
                unsafe { s.load_at(tile.weights.scale.as_ptr().add(at)) }
            } else {
                s.splat(0.0)
            };
            values[n][g] = P::end(s, sums[n][g], scale, values[n][g]);
        }
    }
}

/// Sums of `N` adjacent blocks for `R` rows: `values` comes in as the start and leaves as the result.
///
/// # Safety
/// The matrix has passed [`check`]; the tile lies inside it; `x` is readable for `R` rows of `columns` words, `stride`
/// apart.
#[inline(always)]
unsafe fn sums<S: Lanes, P: Recurrent<S>, const N: usize, const R: usize>(
    s: S,
    tile: Tile<'_>,
    x: *const u32,
    stride: usize,
    values: &mut [[[S::F; GATES]; N]; R],
) {
    let mut start = 0;
    let columns = tile.weights.columns;
    while start < columns {
        let stop = if columns - start > P::CHAIN { start + P::CHAIN } else { columns };
        // SAFETY: the caller's promise.
        let mut sums = [unsafe { begin::<S, P, N>(s, tile, &values[0]) }; R];
        for r in 1..R {
            // SAFETY: the caller's promise.
            sums[r] = unsafe { begin::<S, P, N>(s, tile, &values[r]) };
        }
        for column in start..stop {
            // SAFETY: the column lies inside the matrix; the rest is the caller's promise.
            unsafe { column_step::<S, P, N, R>(s, tile, column, x, stride, &mut sums) };
        }
        for r in 0..R {
            // SAFETY: the caller's promise.
            unsafe { end::<S, P, N>(s, tile, &sums[r], &mut values[r]) };
        }
        start = stop;
    }
}

/// `gates[r] ← bias + W·rows[r]`.
#[inline(always)]
pub fn project<S: Lanes, P: Recurrent<S>>(s: S, job: &mut Project<'_>) {
    let rows = check_project::<S, P>(job);
    let outputs = job.bias.len();
    for panel in 0..job.weights.panels {
        for block in 0..P::GROUP {
            let tile = Tile::new(job.weights, P::GROUP, panel, block);
            let mut row = 0;
            // SAFETY: `check` passed, tile and rows lie inside by the loops' bounds and the assertions above.
            unsafe {
                // Five rows and four gates are twenty sums: what 32 registers hold. Others keep one row.
                if S::VECTOR_BLOCKS >= 8 {
                    while row + 5 <= rows {
                        project_rows::<S, P, 5>(s, job, tile, row, outputs);
                        row += 5;
                    }
                }
                while row < rows {
                    project_rows::<S, P, 1>(s, job, tile, row, outputs);
                    row += 1;
                }
            }
        }
    }
}

/// How many rows a projection has. Panics unless every slice is as long as its numbers say.
#[inline(always)]
fn check_project<S: Lanes, P: Recurrent<S>>(job: &Project<'_>) -> usize {
    let outputs = check::<S, P>(job.weights);
    let rows = job.gates.len().checked_div(outputs).unwrap_or(0);
    assert!(
        job.gates.len() == rows * outputs && job.bias.len() == outputs,
        "gates of whole rows, a bias for each"
    );
    let read = rows.saturating_sub(1) * job.stride + if rows > 0 { job.weights.columns } else { 0 };
    assert!(job.rows.len() >= read, "{rows} rows of inputs");
    rows
}

/// One tile of [`project`] for `R` rows from `row` on.
///
/// # Safety
/// The job has passed the checks of [`project`]; tile and rows lie inside it.
#[inline(always)]
unsafe fn project_rows<S: Lanes, P: Recurrent<S>, const R: usize>(
    s: S,
    job: &mut Project<'_>,
    tile: Tile<'_>,
    row: usize,
    outputs: usize,
) {
    let mut values = [[[s.splat(0.0); GATES]; 1]; R];
    for g in 0..GATES {
        // SAFETY: `bias` has all outputs.
        let bias = unsafe { s.load_at(job.bias.as_ptr().add(tile.output + g * LANES)) };
        for of_row in &mut values {
            of_row[0][g] = bias;
        }
    }
    // SAFETY: row `row + R − 1` lies inside `rows`.
    unsafe { sums::<S, P, 1, R>(s, tile, job.rows.as_ptr().add(row * job.stride), job.stride, &mut values) };
    for (r, of_row) in values.iter().enumerate() {
        for (g, value) in of_row[0].iter().enumerate() {
            let at = (row + r) * outputs + tile.output + g * LANES;
            // SAFETY: `gates` has all outputs of row `row + r`.
            unsafe { s.store_at(*value, job.gates.as_mut_ptr().add(at)) };
        }
    }
}

/// Runs the recurrence over all rows of `gates`.
#[inline(always)]
pub fn recur<S: Lanes, P: Recurrent<S>>(s: S, job: &mut Recur<'_>) {
    let outputs = check::<S, P>(job.weights);
    let columns = job.weights.columns;
    let units = outputs / GATES;
    let steps = job.gates.len().checked_div(outputs).unwrap_or(0);
    assert!(
        job.gates.len() == steps * outputs && job.cell.len() == units,
        "gates of whole steps, a cell per unit"
    );
    assert!(
        columns == units / P::GROUP && job.rows.len() == (steps + 1) * columns,
        "a row for each step and one"
    );
    assert!(
        steps == 0 || job.hidden.len() >= (steps - 1) * job.hidden_stride + units,
        "hidden states of {steps} steps"
    );
    let wide = S::VECTOR_BLOCKS >= 8;
    if wide && columns <= P::CHAIN {
        // SAFETY: all that was asserted above.
        unsafe {
            match P::GROUP {
                4 => turns::<S, P, 4, 2>(s, job, steps),
                2 => turns::<S, P, 2, 2>(s, job, steps),
                _ => turns::<S, P, 1, 1>(s, job, steps),
            }
        }
        return;
    }
    let mut down = job.odd;
    for step in 0..steps {
        for panel in 0..job.weights.panels {
            let panel = if down { job.weights.panels - 1 - panel } else { panel };
            // SAFETY: `check` passed; step and panel lie inside by the loops' bounds and the assertions above.
            unsafe {
                if wide && P::GROUP > 1 {
                    recur_panel::<S, P, 2>(s, job, step, panel);
                } else {
                    recur_panel::<S, P, 1>(s, job, step, panel);
                }
            }
        }
        down = !down;
    }
}

/// One panel of one step, `B` blocks side by side.
///
/// # Safety
/// The job has passed the checks of [`recur`]; step and panel lie inside it; a panel has a multiple of `B` blocks.
#[inline(always)]
unsafe fn recur_panel<S: Lanes, P: Recurrent<S>, const B: usize>(
    s: S,
    job: &mut Recur<'_>,
    step: usize,
    panel: usize,
) {
    let mut words = s.splat_i(0);
    let mut block = 0;
    while block < P::GROUP {
        let tile = Tile::new(job.weights, P::GROUP, panel, block);
        let mut values = [[[s.splat(0.0); GATES]; B]; 1];
        // SAFETY: the step lies inside the job.
        unsafe { load_gates(s, job, step, tile, &mut values[0]) };
        // SAFETY: row `step` lies inside `rows`.
        let x = unsafe { job.rows.as_ptr().add(step * job.weights.columns) };
        // SAFETY: the tile lies inside the matrix, `x` has as many words as it has columns.
        unsafe {
            if P::INTEGER {
                sums::<S, P, B, 1>(s, tile, x, 0, &mut values);
            } else {
                step_gates::<S, P, B>(s, tile, panel, x, &mut values[0]);
            }
        }
        // SAFETY: step and blocks lie inside the job.
        let elements = unsafe { cells::<S, P, B>(s, job, &values[0], step, tile.output / GATES) };
        for elements in elements {
            words = P::push(s, words, elements);
        }
        block += B;
    }
    // SAFETY: step and panel lie inside the job.
    unsafe { store_words(s, job, step, panel, words) };
}

/// The projections of `N` blocks at one step.
///
/// # Safety
/// The job has passed the checks of [`recur`]; step and tile lie inside it.
#[inline(always)]
pub(super) unsafe fn load_gates<S: Lanes, const N: usize>(
    s: S,
    job: &Recur<'_>,
    step: usize,
    tile: Tile<'_>,
    values: &mut [[S::F; GATES]; N],
) {
    let outputs = job.cell.len() * GATES;
    for n in 0..N {
        for g in 0..GATES {
            let at = step * outputs + tile.output + n * BLOCK + g * LANES;
            // SAFETY: `gates` has all outputs of this step.
            values[n][g] = unsafe { s.load_at(job.gates.as_ptr().add(at)) };
        }
    }
}

/// A panel's part of the hidden state after `step`.
///
/// # Safety
/// The job has passed the checks of [`recur`]; step and panel lie inside it.
#[inline(always)]
pub(super) unsafe fn store_words<S: Lanes>(
    s: S,
    job: &mut Recur<'_>,
    step: usize,
    panel: usize,
    words: S::I,
) {
    let at = (step + 1) * job.weights.columns + panel * LANES;
    // SAFETY: row `step + 1` lies inside `rows`, a panel's 16 words inside the row. f32 and u32 are stored alike.
    unsafe { s.store_at(s.float_of_bits(words), job.rows.as_mut_ptr().add(at).cast()) };
}
