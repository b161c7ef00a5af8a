//! LSTM over a run of steps: input projections as one product, then the recurrence with the cell fused into it.
//!
//! Hochreiter & Schmidhuber 1997 with PyTorch's gates i, f, g, o. A layer's weights are laid out
//! `[panel][column word][block][gate][16]`: a *block* is 16 units, a *panel* is as many blocks as a 32-bit word holds
//! inputs (1 in f32, 2 in bf16 and i16, 4 in int8), so that one broadcast word of activations meets the four gates of a
//! whole panel, the panel's gates stay in registers, and the cell's outputs become whole words of the next step's input.
//! At 128 units a panel is 32 KiB in every format.
//!
//! At one window the recurrence reads all recurrent weights once per step, and that pass from the second-level cache is the wall.
//! Panels are taken in alternating order, so that the one touched last is still in the first-level cache when
//! the next step begins with it.
//!
//! Each f32 output is one chain of fused multiply-adds over ascending columns, begun at the projection, itself one chain
//! begun at the bias; integer sums are exact; the cell is one sequence of IEEE operations. So f32, i16 and int8 give the
//! same bits on every instruction set, for any number of steps per call and either order of panels.

use super::Simd;
use super::lanes::{LANES, Lanes};

/// Gates of a unit.
pub const GATES: usize = 4;
/// Words of one column of one block.
const BLOCK: usize = GATES * LANES;

/// What a 32-bit word of weights or activations holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// One f32.
    F32,
    /// Two bfloat16, the earlier input in the low half.
    Bf16,
    /// Two 16-bit integers, see [`I16`].
    I16,
    /// Four bytes, see [`Int8`].
    Int8,
}

impl Words {
    /// Inputs of one word, which is also the blocks of one panel.
    #[must_use]
    pub const fn group(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 | Self::I16 => 2,
            Self::Int8 => 4,
        }
    }
}

/// A weight matrix of all gates, as the kernels read it. `outputs` below are `panels · blocks per panel · 4 · 16`.
#[derive(Clone, Copy, Debug)]
pub struct GateMatrix<'a> {
    /// `[panel][column word][block][gate][16]`, each word as many inputs as the format packs.
    pub words: &'a [u32],
    /// Column words of each output.
    pub columns: usize,
    /// Panels.
    pub panels: usize,
    /// What an integer sum is multiplied by, per output `[panel][block][gate][16]`; empty in float formats.
    pub scale: &'a [f32],
    /// −128 · Σw per output, int8 only.
    pub correction: &'a [i32],
}

/// The projections of several input rows: `gates[r] ← bias + W·rows[r]`.
#[derive(Debug)]
pub struct Project<'a> {
    /// The input weights.
    pub weights: GateMatrix<'a>,
    /// Where each output begins.
    pub bias: &'a [f32],
    /// Input rows, each of `weights.columns` words, `stride` apart.
    pub rows: &'a [u32],
    /// Words between rows.
    pub stride: usize,
    /// `[row][output]`, whose length says how many rows.
    pub gates: &'a mut [f32],
}

/// The recurrence of one layer over several steps.
#[derive(Debug)]
pub struct Recur<'a> {
    /// The recurrent weights.
    pub weights: GateMatrix<'a>,
    /// `[step][output]`: the projections.
    pub gates: &'a [f32],
    /// `[steps + 1][columns]`: hidden states as words. Row 0 is the one before the first step, the others are written.
    pub rows: &'a mut [u32],
    /// The cells, per unit, updated.
    pub cell: &'a mut [f32],
    /// Hidden states as f32: step t is written `t · hidden_stride` from the start.
    pub hidden: &'a mut [f32],
    /// 0 keeps only the last step.
    pub hidden_stride: usize,
    /// Whether the first step takes the panels in the order of odd steps. No result depends on it.
    pub odd: bool,
}

/// A number format of weights and activations.
pub trait Format<S: Lanes>: Copy {
    /// A running sum in 16 lanes.
    type Sum: Copy;
    /// Inputs of one word, which is also the blocks of one panel.
    const GROUP: usize;
    /// Column words after which a running sum must be closed.
    const CHAIN: usize;
    /// Sums per output of the recurrence: with 2, even columns go to the one that begins at the projection and odd columns to
    /// the other, and the two are added. One block's four gates would otherwise be four chains, too few to keep the
    /// multipliers busy.
    const CHAINS: usize;
    /// Whether outputs have scales and sums are integers.
    const INTEGER: bool;
    /// Terms of the cell's exponentials: as many as the format's activations can tell.
    const TERMS: usize;
    /// Whether outputs have corrections.
    const CORRECTED: bool;
    /// A sum that begins at `value` (float) or at the correction (integer).
    fn begin(s: S, value: S::F, correction: S::I) -> Self::Sum;
    /// The sum with one column word more.
    fn step(s: S, sum: Self::Sum, x: S::I, w: S::I) -> Self::Sum;
    /// Two sums as one.
    fn join(s: S, a: Self::Sum, b: Self::Sum) -> Self::Sum;
    /// The value that a sum stands for.
    fn end(s: S, sum: Self::Sum, scale: S::F, value: S::F) -> S::F;
    /// Hidden states in −1 ..= 1 as one element per lane.
    fn encode(s: S, hidden: S::F) -> S::I;
    /// One more block's elements into the panel's words; after [`GROUP`](Self::GROUP) calls the first is the lowest.
    fn push(s: S, words: S::I, elements: S::I) -> S::I;
}

/// 32-bit floats.
#[derive(Clone, Copy, Debug)]
pub struct F32;
/// Pairs of bfloat16.
#[derive(Clone, Copy, Debug)]
pub struct Bf16;
/// Pairs of 16-bit integers: 12-bit weights, 13-bit activations.
#[derive(Clone, Copy, Debug)]
pub struct I16;
/// Fours of bytes: signed weights, activations biased by 128.
#[derive(Clone, Copy, Debug)]
pub struct Int8;

/// Largest weight of [`I16`]. With [`I16_ACTIVATION`] a chain of 256 products stays below 2³¹.
pub const I16_WEIGHT: f32 = 2047.0;
/// Largest activation of [`I16`].
pub const I16_ACTIVATION: f32 = 4095.0;
/// Largest weight, and largest activation before the bias, of [`Int8`].
pub const INT8_MOST: f32 = 127.0;

impl<S: Lanes> Format<S> for F32 {
    type Sum = S::F;
    const GROUP: usize = 1;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 2;
    const INTEGER: bool = false;
    const TERMS: usize = 6;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(_: S, value: S::F, _: S::I) -> S::F {
        value
    }
    #[inline(always)]
    fn step(s: S, sum: S::F, x: S::I, w: S::I) -> S::F {
        s.fma(s.float_of_bits(w), s.float_of_bits(x), sum)
    }
    #[inline(always)]
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.bits(hidden)
    }
    #[inline(always)]
    fn push(_: S, _: S::I, elements: S::I) -> S::I {
        elements
    }
}

impl<S: Lanes> Format<S> for Bf16 {
    type Sum = S::F;
    const GROUP: usize = 2;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 1;
    const INTEGER: bool = false;
    const TERMS: usize = 6;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(_: S, value: S::F, _: S::I) -> S::F {
        value
    }
    #[inline(always)]
    fn step(s: S, sum: S::F, x: S::I, w: S::I) -> S::F {
        s.dot_bf16(sum, x, w)
    }
    #[inline(always)]
    fn join(s: S, a: S::F, b: S::F) -> S::F {
        s.add(a, b)
    }
    #[inline(always)]
    fn end(_: S, sum: S::F, _: S::F, _: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        // To nearest, ties to even: half of the last place, less one where the bit kept is even.
        let bits = s.bits(hidden);
        let odd = s.and(s.shr_logical::<16>(bits), s.splat_i(1));
        s.shr_logical::<16>(s.add_i(s.add_i(bits, odd), s.splat_i(0x7fff)))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<16>(words), s.shl::<16>(elements))
    }
}

impl<S: Lanes> Format<S> for I16 {
    type Sum = S::I;
    const GROUP: usize = 2;
    const CHAIN: usize = 128;
    const CHAINS: usize = 1;
    const INTEGER: bool = true;
    const TERMS: usize = 5;
    const CORRECTED: bool = false;
    #[inline(always)]
    fn begin(s: S, _: S::F, _: S::I) -> S::I {
        s.splat_i(0)
    }
    #[inline(always)]
    fn step(s: S, sum: S::I, x: S::I, w: S::I) -> S::I {
        s.dot16(sum, x, w)
    }
    #[inline(always)]
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.to_i32(s.mul(hidden, s.splat(I16_ACTIVATION)))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<16>(words), s.shl::<16>(elements))
    }
}

impl<S: Lanes> Format<S> for Int8 {
    type Sum = S::I;
    const GROUP: usize = 4;
    const CHAIN: usize = usize::MAX;
    const CHAINS: usize = 1;
    const INTEGER: bool = true;
    const TERMS: usize = 4;
    const CORRECTED: bool = true;
    #[inline(always)]
    fn begin(s: S, _: S::F, correction: S::I) -> S::I {
        s.dot8_start(correction)
    }
    #[inline(always)]
    fn step(s: S, sum: S::I, x: S::I, w: S::I) -> S::I {
        s.dot8(sum, x, w)
    }
    #[inline(always)]
    fn join(s: S, a: S::I, b: S::I) -> S::I {
        s.add_i(a, b)
    }
    #[inline(always)]
    fn end(s: S, sum: S::I, scale: S::F, value: S::F) -> S::F {
        s.fma(s.to_f32(sum), scale, value)
    }
    #[inline(always)]
    fn encode(s: S, hidden: S::F) -> S::I {
        s.add_i(s.to_i32(s.mul(hidden, s.splat(INT8_MOST))), s.splat_i(128))
    }
    #[inline(always)]
    fn push(s: S, words: S::I, elements: S::I) -> S::I {
        s.or(s.shr_logical::<8>(words), s.shl::<24>(elements))
    }
}

/// The place of one tile's numbers, all in words from the start of their arrays.
#[derive(Clone, Copy)]
struct Tile<'a> {
    weights: GateMatrix<'a>,
    /// Word of the tile's first column.
    first: usize,
    /// Words from one column to the next.
    step: usize,
    /// First output.
    output: usize,
}

impl<'a> Tile<'a> {
    /// Blocks from `block` on of a panel.
    #[inline(always)]
    fn new(weights: GateMatrix<'a>, group: usize, panel: usize, block: usize) -> Self {
        let step = group * BLOCK;
        let first = panel * weights.columns * step + block * BLOCK;
        Self { weights, first, step, output: (panel * group + block) * BLOCK }
    }
}

/// Panics unless the matrix is as long as its numbers say.
#[inline(always)]
fn check<S: Lanes, P: Format<S>>(weights: GateMatrix<'_>) -> usize {
    let outputs = weights.panels * P::GROUP * BLOCK;
    assert!(weights.words.len() == outputs * weights.columns, "weights of {outputs} outputs");
    assert!(weights.scale.len() == if P::INTEGER { outputs } else { 0 }, "scales of {outputs} outputs");
    assert!(weights.correction.len() == if P::CORRECTED { outputs } else { 0 }, "corrections of {outputs} outputs");
    outputs
}

/// One column of [`sums`].
///
/// # Safety
/// As for [`sums`]; the column lies inside the matrix.
#[inline(always)]
unsafe fn column_step<S: Lanes, P: Format<S>, const N: usize, const R: usize>(
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
unsafe fn begin<S: Lanes, P: Format<S>, const N: usize>(
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
unsafe fn end<S: Lanes, P: Format<S>, const N: usize>(
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
unsafe fn sums<S: Lanes, P: Format<S>, const N: usize, const R: usize>(
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
pub fn project<S: Lanes, P: Format<S>>(s: S, job: &mut Project<'_>) {
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
fn check_project<S: Lanes, P: Format<S>>(job: &Project<'_>) -> usize {
    let outputs = check::<S, P>(job.weights);
    let rows = job.gates.len().checked_div(outputs).unwrap_or(0);
    assert!(job.gates.len() == rows * outputs && job.bias.len() == outputs, "gates of whole rows, a bias for each");
    let read = rows.saturating_sub(1) * job.stride + if rows > 0 { job.weights.columns } else { 0 };
    assert!(job.rows.len() >= read, "{rows} rows of inputs");
    rows
}

/// One tile of [`project`] for `R` rows from `row` on.
///
/// # Safety
/// The job has passed the checks of [`project`]; tile and rows lie inside it.
#[inline(always)]
unsafe fn project_rows<S: Lanes, P: Format<S>, const R: usize>(
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
pub fn recur<S: Lanes, P: Format<S>>(s: S, job: &mut Recur<'_>) {
    let outputs = check::<S, P>(job.weights);
    let columns = job.weights.columns;
    let units = outputs / GATES;
    let steps = job.gates.len().checked_div(outputs).unwrap_or(0);
    assert!(job.gates.len() == steps * outputs && job.cell.len() == units, "gates of whole steps, a cell per unit");
    assert!(columns == units / P::GROUP && job.rows.len() == (steps + 1) * columns, "a row for each step and one");
    assert!(steps == 0 || job.hidden.len() >= (steps - 1) * job.hidden_stride + units, "hidden states of {steps} steps");
    if S::VECTOR_BLOCKS >= 8 && columns <= P::CHAIN {
        // SAFETY: all that was asserted above.
        unsafe {
            match P::GROUP {
                4 => panels::<S, P, 4>(s, job, steps),
                2 => panels::<S, P, 2>(s, job, steps),
                _ => panels::<S, P, 1>(s, job, steps),
            }
        }
        return;
    }
    let mut odd = job.odd;
    for step in 0..steps {
        for panel in 0..job.weights.panels {
            let panel = if odd { job.weights.panels - 1 - panel } else { panel };
            // SAFETY: `check` passed; step and panel lie inside by the loops' bounds and the assertions above.
            unsafe { recur_panel::<S, P>(s, job, step, panel) };
        }
        odd = !odd;
    }
}

/// One panel of one step, block by block.
///
/// # Safety
/// The job has passed the checks of [`recur`]; step and panel lie inside it.
#[inline(always)]
unsafe fn recur_panel<S: Lanes, P: Format<S>>(s: S, job: &mut Recur<'_>, step: usize, panel: usize) {
    let mut words = s.splat_i(0);
    for block in 0..P::GROUP {
        let tile = Tile::new(job.weights, P::GROUP, panel, block);
        let mut values = [[[s.splat(0.0); GATES]; 1]; 1];
        // SAFETY: the step lies inside the job.
        unsafe { load_gates(s, job, step, tile, &mut values[0]) };
        // SAFETY: row `step` lies inside `rows`.
        let x = unsafe { job.rows.as_ptr().add(step * job.weights.columns) };
        // SAFETY: the tile lies inside the matrix, `x` has as many words as it has columns.
        unsafe {
            if job.weights.columns > P::CHAIN {
                sums::<S, P, 1, 1>(s, tile, x, 0, &mut values);
            } else if P::CHAINS == 2 {
                // Two gates in two chains are what sixteen registers hold.
                chained::<S, P, 1, 0, 2>(s, tile, x, &mut values[0]);
                chained::<S, P, 1, 2, 4>(s, tile, x, &mut values[0]);
            } else {
                chained::<S, P, 1, 0, 4>(s, tile, x, &mut values[0]);
            }
        }
        // SAFETY: step and block lie inside the job.
        let elements = unsafe { cells::<S, P>(s, job, values[0][0], step, tile.output / GATES) };
        words = P::push(s, words, elements);
    }
    // SAFETY: step and panel lie inside the job.
    unsafe { store_words(s, job, step, panel, words) };
}

/// The projections of `N` blocks at one step.
///
/// # Safety
/// The job has passed the checks of [`recur`]; step and tile lie inside it.
#[inline(always)]
unsafe fn load_gates<S: Lanes, const N: usize>(
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
unsafe fn store_words<S: Lanes>(s: S, job: &mut Recur<'_>, step: usize, panel: usize, words: S::I) {
    let at = (step + 1) * job.weights.columns + panel * LANES;
    // SAFETY: row `step + 1` lies inside `rows`, a panel's 16 words inside the row. f32 and u32 are stored alike.
    unsafe { s.store_at(s.float_of_bits(words), job.rows.as_mut_ptr().add(at).cast()) };
}

/// All steps, a panel's `N` blocks side by side.
///
/// # Safety
/// The job has passed the checks of [`recur`] for so many steps; `N` is the blocks of a panel; columns make one chain.
#[inline(always)]
unsafe fn panels<S: Lanes, P: Format<S>, const N: usize>(s: S, job: &mut Recur<'_>, steps: usize) {
    let weights = job.weights;
    let mut odd = job.odd;
    for step in 0..steps {
        for position in 0..weights.panels {
            let panel = if odd { weights.panels - 1 - position } else { position };
            let tile = Tile::new(weights, N, panel, 0);
            let mut values = [[s.splat(0.0); GATES]; N];
            // SAFETY: step and tile lie inside the job.
            unsafe { load_gates(s, job, step, tile, &mut values) };
            // SAFETY: row `step` lies inside `rows`.
            let x = unsafe { job.rows.as_ptr().add(step * weights.columns) };
            // SAFETY: the tile lies inside the matrix, `x` has as many words as it has columns.
            unsafe { chained::<S, P, N, 0, GATES>(s, tile, x, &mut values) };
            let mut words = s.splat_i(0);
            for (n, gates) in values.iter().enumerate() {
                // SAFETY: step and units lie inside the job.
                let elements = unsafe { cells::<S, P>(s, job, *gates, step, tile.output / GATES + n * LANES) };
                words = P::push(s, words, elements);
            }
            // SAFETY: step and panel lie inside the job.
            unsafe { store_words(s, job, step, panel, words) };
        }
        odd = !odd;
    }
}

/// The recurrence's sums for gates `G0 .. G1` of `N` blocks, in the format's number of chains: `values` comes in as the
/// start and leaves as the result.
///
/// # Safety
/// The matrix has passed [`check`] and its columns, an even number, make one chain; the tile lies inside it; `x` is readable
/// for its columns.
#[inline(always)]
unsafe fn chained<S: Lanes, P: Format<S>, const N: usize, const G0: usize, const G1: usize>(
    s: S,
    tile: Tile<'_>,
    x: *const u32,
    values: &mut [[S::F; GATES]; N],
) {
    // SAFETY: the caller's promise.
    let mut even = unsafe { begin::<S, P, N>(s, tile, values) };
    let mut odd = [[P::begin(s, s.splat(0.0), s.splat_i(0)); GATES]; N];
    for column in (0..tile.weights.columns).step_by(2) {
        // SAFETY: the column lies inside the matrix and `x`.
        unsafe { column_of_gates::<S, P, N, G0, G1>(s, tile, column, x, &mut even) };
        let second = if P::CHAINS == 2 { &mut odd } else { &mut even };
        // SAFETY: as above, the number of columns being even.
        unsafe { column_of_gates::<S, P, N, G0, G1>(s, tile, column + 1, x, second) };
    }
    let mut ends = *values;
    for n in 0..N {
        for g in G0..G1 {
            if P::CHAINS == 2 {
                even[n][g] = P::join(s, even[n][g], odd[n][g]);
            }
        }
    }
    // SAFETY: the caller's promise.
    unsafe { end::<S, P, N>(s, tile, &even, &mut ends) };
    for n in 0..N {
        values[n][G0..G1].copy_from_slice(&ends[n][G0..G1]);
    }
}

/// One column of [`chained`].
///
/// # Safety
/// As for [`chained`]; the column lies inside the matrix.
#[inline(always)]
unsafe fn column_of_gates<S: Lanes, P: Format<S>, const N: usize, const G0: usize, const G1: usize>(
    s: S,
    tile: Tile<'_>,
    column: usize,
    x: *const u32,
    sums: &mut [[P::Sum; GATES]; N],
) {
    // SAFETY: `x` has as many words as the matrix columns.
    let x = s.splat_i(unsafe { *x.add(column) }.cast_signed());
    // SAFETY: the column lies inside the matrix, hence the tile's words inside `words`.
    let w = unsafe { tile.weights.words.as_ptr().add(tile.first + column * tile.step) };
    for n in 0..N {
        for g in G0..G1 {
            // SAFETY: 16 words of this block and gate, by the above.
            let w = unsafe { s.load_bytes(w.add(n * BLOCK + g * LANES).cast()) };
            sums[n][g] = P::step(s, sums[n][g], x, w);
        }
    }
}

/// c' = σ(f)·c + σ(i)·tanh(g) and h = σ(o)·tanh(c'), each as one fraction: two divisions instead of five. Both are stored,
/// the hidden states are returned as elements.
///
/// # Safety
/// The job has passed the checks of [`recur`]; the step and the 16 units from `unit` on lie inside it.
#[inline(always)]
unsafe fn cells<S: Lanes, P: Format<S>>(
    s: S,
    job: &mut Recur<'_>,
    [i, f, g, o]: [S::F; GATES],
    step: usize,
    unit: usize,
) -> S::I {
    let two = s.splat(2.0);
    // SAFETY: `cell` has all units.
    let cell = unsafe { s.load_at(job.cell.as_ptr().add(unit)) };
    let (input, forget) = (one_and_exp::<S, P>(s, i), one_and_exp::<S, P>(s, f));
    let e = exp2x_minus_one::<S, P>(s, g);
    let below = s.mul(input, s.add(e, two));
    let above = s.fnma(e, forget, s.mul(cell, below));
    let cell = s.div(above, s.mul(below, forget));
    let output = one_and_exp::<S, P>(s, o);
    let e = exp2x_minus_one::<S, P>(s, cell);
    let hidden = s.div(s.neg(e), s.mul(output, s.add(e, two)));
    // SAFETY: as above.
    unsafe { s.store_at(cell, job.cell.as_mut_ptr().add(unit)) };
    // SAFETY: `hidden` has all units of this step.
    unsafe { s.store_at(hidden, job.hidden.as_mut_ptr().add(step * job.hidden_stride + unit)) };
    P::encode(s, hidden)
}

/// Where gates saturate: e⁻²⁸ is below what 1 + x can tell, and three factors 1 + e²⁸ stay inside f32.
const SATURATED: f32 = 28.0;
/// 1.5 · 2²³: adding it rounds to an integer, ties to even, which then stands in the low bits.
const ROUNDER: f32 = 12_582_912.0;
/// (2ʳ − 1)/r for |r| ≤ ½: minimax fits of ours, with the coefficients rounded to f32 of relative error 2^−25.5, 2^−21.0
/// and 2^−16.0. The integer formats, whose activations have 13 and 8 bits, take the shorter ones.
const EXP2_M1_6: [f32; 6] =
    [0.693_147_2, 0.240_226_49, 0.055_503_573, 0.009_618_238, 0.001_339_073_5, 0.000_154_035_12];
const EXP2_M1_5: [f32; 5] = [0.693_147_1, 0.240_223_51, 0.055_505_004, 0.009_666_245, 0.001_333_353_9];
const EXP2_M1_4: [f32; 4] = [0.693_136_9, 0.240_232_53, 0.055_837_29, 0.009_618_111];

/// `p`, `r` and 2ⁿ where n + r = −log₂e · `factor` · x, x clamped to ±28/`factor`, and 2ʳ = 1 + p·r.
#[inline(always)]
fn exp_parts<S: Lanes, P: Format<S>>(s: S, x: S::F, factor: f32) -> (S::F, S::F, S::F) {
    let most = SATURATED / factor;
    let x = s.min(s.splat(most), s.max(s.splat(-most), x));
    let slope = s.splat(-std::f32::consts::LOG2_E * factor);
    let rounded = s.fma(x, slope, s.splat(ROUNDER));
    let r = s.fma(x, slope, s.sub(s.splat(ROUNDER), rounded));
    let p = match P::TERMS {
        4 => horner(s, r, &EXP2_M1_4),
        5 => horner(s, r, &EXP2_M1_5),
        _ => horner(s, r, &EXP2_M1_6),
    };
    // The integer slides into the exponent; what else the rounder's bits hold falls out at the top.
    let one = s.splat_i(1.0_f32.to_bits().cast_signed());
    (p, r, s.float_of_bits(s.add_i(s.shl::<23>(s.bits(rounded)), one)))
}

/// `c[0] + c[1]·x + …`.
#[inline(always)]
fn horner<S: Lanes, const N: usize>(s: S, x: S::F, c: &[f32; N]) -> S::F {
    let mut sum = s.splat(c[N - 1]);
    for i in 2..=N {
        sum = s.fma(sum, x, s.splat(c[N - i]));
    }
    sum
}

/// 1 + e^−x: one over it is the sigmoid.
#[inline(always)]
fn one_and_exp<S: Lanes, P: Format<S>>(s: S, x: S::F) -> S::F {
    let (p, r, power) = exp_parts::<S, P>(s, x, 1.0);
    s.fma(s.fma(p, r, s.splat(1.0)), power, s.splat(1.0))
}

/// e^−2x − 1: with E for it tanh x = −E/(2 + E), exact to a relative error where x is small.
#[inline(always)]
fn exp2x_minus_one<S: Lanes, P: Format<S>>(s: S, x: S::F) -> S::F {
    let (p, r, power) = exp_parts::<S, P>(s, x, 2.0);
    s.fma(s.mul(p, r), power, s.sub(power, s.splat(1.0)))
}

/// Attention scores `scores[r] ← bias + w·rows[r]`, rows `w.len()` apart; `w` is padded with zeros to whole blocks. Sixteen
/// accumulators and the fixed tree for each.
#[inline(always)]
pub fn scores<S: Lanes>(s: S, w: &[f32], bias: f32, rows: &[f32], scores: &mut [f32]) {
    let (blocks, rest) = w.as_chunks::<LANES>();
    assert!(rest.is_empty() && rows.len() == w.len() * scores.len(), "a row of whole blocks for each score");
    for (r, score) in scores.iter_mut().enumerate() {
        let (row, _) = rows[r * w.len()..][..w.len()].as_chunks::<LANES>();
        let mut sum = s.splat(0.0);
        for (w, h) in blocks.iter().zip(row) {
            sum = s.fma(s.load(w), s.load(h), sum);
        }
        *score = s.reduce_add(sum) + bias;
    }
}

/// The weighted sum of rows `out ← Σ weights[t] · rows[t]`, rows `out.len()` apart, in order of t; whole blocks. A second part
/// follows the first, so that a ring can be summed from its oldest row on.
#[inline(always)]
pub fn weighted_sum<S: Lanes>(s: S, weights: &[f32], rows: [&[f32]; 2], out: &mut [f32]) {
    let width = out.len();
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    assert!(rest.is_empty() && rows[0].len() + rows[1].len() == weights.len() * width, "a row for each weight");
    for (b, out) in blocks.iter_mut().enumerate() {
        let mut sum = s.splat(0.0);
        let mut t = 0;
        for part in rows {
            for row in part.chunks_exact(width) {
                let (row, _) = row.as_chunks::<LANES>();
                sum = s.fma(s.splat(weights[t]), s.load(&row[b]), sum);
                t += 1;
            }
        }
        s.store(sum, out);
    }
}

impl Simd {
    /// The projections of several rows in a format. Hot path; O(rows · weights).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_project(self, precision: Words, job: &mut Project<'_>) {
        let kernel = match precision {
            Words::F32 => self.floats.lstm_project,
            Words::Bf16 => self.dots.lstm_project_bf16,
            Words::I16 => self.dots.lstm_project_i16,
            Words::Int8 => self.dots.lstm_project_i8,
        };
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { kernel(job) };
    }

    /// The recurrence over several steps in a format. Hot path; O(steps · weights).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_recur(self, precision: Words, job: &mut Recur<'_>) {
        let kernel = match precision {
            Words::F32 => self.floats.lstm_recur,
            Words::Bf16 => self.dots.lstm_recur_bf16,
            Words::I16 => self.dots.lstm_recur_i16,
            Words::Int8 => self.dots.lstm_recur_i8,
        };
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { kernel(job) };
    }

    /// Attention scores, see [`scores`]. Hot path; O(rows).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_scores(self, w: &[f32], bias: f32, rows: &[f32], scores: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.lstm_scores)(w, bias, rows, scores) };
    }

    /// The weighted sum of rows, see [`weighted_sum`]. Hot path; O(rows).
    ///
    /// # Panics
    /// When a slice has not the length that the shapes ask for.
    #[inline]
    pub fn lstm_weighted_sum(self, weights: &[f32], rows: [&[f32]; 2], out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.lstm_weighted_sum)(weights, rows, out) };
    }
}
