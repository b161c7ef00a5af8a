//! Boosted trees from LightGBM's text model format, evaluated without a runtime: the same sums as LightGBM, bit for bit.
//!
//! [`BoostedTrees`] reads what `Booster.save_model` writes: numeric and categorical splits, all missing-value rules,
//! several outputs, averaged forests, every objective's transform. Leaves are added in the order of the trees in f64, as
//! LightGBM does, so raw scores are equal to LightGBM's; transformed values differ by the last bits of exp at most.
//!
//! A row costs one rank search per feature, then about three bytes and four instructions per node of *64 trees*
//! ([`crate::simd::rank`]: a left-to-right form of QuickScorer, Lucchese et al. 2015), then one addition per tree. What does
//! not fit (more than 256 leaves in a tree, more than 256 columns of 255 thresholds) is walked node by node, eight
//! trees interleaved, with the same result. All instruction sets give the same bits.
//!
//! Features follow LightGBM's rules: a value of at most 1e-35 in size is zero; NaN is missing where the split says so, goes
//! to the right of a categorical split and counts as zero otherwise; infinities compare as numbers; a category is
//! the value cut towards zero, and a negative or unknown one goes right. No value of a row is an error.

mod error;
mod layout;
mod objective;
mod parse;
mod state;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub use error::{TextProblem, TreeError};
pub use objective::Objective;
pub use state::TreesState;

use layout::Layout;
use state::BATCH;

use crate::mem::mapped_file::MappedFile;
use crate::simd::Simd;
use crate::simd::rank::Ranker;

/// A boosted-trees model. Immutable, `Send` and `Sync`: share it, and give each thread its own [`TreesState`].
///
/// ```
/// # use market_maker::model::trees::{BoostedTrees, TreesState};
/// let text = "tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=binary sigmoid:1\n\
///             feature_names=imbalance\n\nTree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\n\
///             decision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=-1 1\nis_linear=0\n\nend of trees\n";
/// let model = BoostedTrees::from_lightgbm(text).unwrap();
/// let mut state = TreesState::new(&model).unwrap();
/// let mut out = [0.0];
/// model.predict_raw(&mut state, &[0.7], &mut out).unwrap();
/// assert_eq!(out, [1.0]);
/// model.predict(&mut state, &[0.2], &mut out).unwrap();
/// assert!((out[0] - 1.0 / (1.0 + 1.0_f64.exp())).abs() < 1e-15);
/// ```
#[derive(Debug)]
pub struct BoostedTrees {
    /// Ties states to their model.
    id: u64,
    features: usize,
    outputs: usize,
    names: Vec<String>,
    objective: Objective,
    /// Iterations to divide by, for a model of averaged trees.
    average_over: Option<f64>,
    layout: Layout,
    ranker: Ranker,
}

impl BoostedTrees {
    /// Reads a model file. O(size · log size).
    ///
    /// # Errors
    /// [`TreeError::Read`] when the file cannot be mapped; otherwise as [`from_lightgbm`](Self::from_lightgbm).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, TreeError> {
        let path = path.as_ref();
        let file = MappedFile::open(path)
            .map_err(|source| TreeError::Read { path: path.display().to_string(), source })?;
        let text = std::str::from_utf8(file.bytes()).map_err(|error| {
            let before = &file.bytes()[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
            TreeError::Text { line, problem: TextProblem::NotUtf8 }
        })?;
        Self::from_lightgbm(text)
    }

    /// Reads the text of a model, as `Booster.save_model` or `model_to_string` writes it (format v2 to v4).
    /// O(size · log size).
    ///
    /// # Errors
    /// [`TreeError::Text`] names the line and what is wrong with it; [`TreeError::Memory`]; [`TreeError::Simd`] when the
    /// environment asks for an instruction set that is not there.
    pub fn from_lightgbm(text: &str) -> Result<Self, TreeError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let ranker = Ranker::new(Simd::detect()?);
        let text = parse::parse(text)?;
        let iterations = text.trees.len() / text.outputs;
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            features: text.features,
            outputs: text.outputs,
            names: text.names,
            objective: text.objective,
            average_over: text.average.then_some(iterations as f64),
            layout: Layout::new(&text.trees)?,
            ranker,
        })
    }

    /// The same model on other kernels. Results do not change; for tests and benchmarks.
    #[must_use]
    pub fn with_ranker(mut self, ranker: Ranker) -> Self {
        self.ranker = ranker;
        self
    }

    /// Values in a row.
    #[must_use]
    pub const fn num_features(&self) -> usize {
        self.features
    }

    /// Values that a prediction has: one, or one per class.
    #[must_use]
    pub const fn num_outputs(&self) -> usize {
        self.outputs
    }

    /// Number of trees, over all outputs.
    #[must_use]
    pub fn num_trees(&self) -> usize {
        self.layout.leaf_starts.len()
    }

    /// Number of trees that are walked node by node, because the vector kernel cannot hold them.
    #[must_use]
    pub fn num_walked_trees(&self) -> usize {
        self.layout.flat_count()
    }

    /// The features' names in the order of a row.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.names
    }

    /// The transform from raw scores to predictions.
    #[must_use]
    pub const fn objective(&self) -> Objective {
        self.objective
    }

    /// Which kernels the model runs on.
    #[must_use]
    pub const fn ranker(&self) -> Ranker {
        self.ranker
    }

    /// Sums of leaf values for one row: LightGBM's `predict(raw_score=True)`, bit for bit. `row` has
    /// [`num_features`](Self::num_features) values, `out` [`num_outputs`](Self::num_outputs).
    /// Hot path; O(features + nodes/64 + trees).
    ///
    /// # Errors
    /// [`TreeError::RowLength`], [`TreeError::OutputLength`], [`TreeError::ForeignState`]; `out` is then untouched.
    pub fn predict_raw(&self, state: &mut TreesState, row: &[f64], out: &mut [f64]) -> Result<(), TreeError> {
        self.check(state, row.len(), self.features, out.len(), self.outputs)?;
        self.find_leaves(state, 0, row);
        self.add_leaves::<1>(state, out);
        Ok(())
    }

    /// The prediction for one row: [`predict_raw`](Self::predict_raw), averaged over iterations if the model says so, then
    /// the objective's transform. Hot path.
    ///
    /// # Errors
    /// As [`predict_raw`](Self::predict_raw).
    pub fn predict(&self, state: &mut TreesState, row: &[f64], out: &mut [f64]) -> Result<(), TreeError> {
        self.predict_raw(state, row, out)?;
        self.finish(out);
        Ok(())
    }

    /// Predictions for rows that lie one behind the other in `rows`, to outputs that lie so in `out`: equal to calls of
    /// [`predict`](Self::predict), and faster, as four rows' sums run side by side. Hot path.
    ///
    /// # Errors
    /// [`TreeError::RowLength`] when `rows` is not a whole number of rows, [`TreeError::OutputLength`],
    /// [`TreeError::ForeignState`]; `out` is then untouched.
    pub fn predict_batch(
        &self,
        state: &mut TreesState,
        rows: &[f64],
        out: &mut [f64],
    ) -> Result<(), TreeError> {
        let count = rows.len() / self.features;
        let whole = if rows.len().is_multiple_of(self.features) { rows.len() } else { self.features };
        self.check(state, rows.len(), whole, out.len(), count * self.outputs)?;
        let parts = rows.chunks(BATCH * self.features).zip(out.chunks_mut(BATCH * self.outputs));
        for (rows, out) in parts {
            let count = rows.len() / self.features;
            for (place, row) in rows.chunks_exact(self.features).enumerate() {
                self.find_leaves(state, place, row);
            }
            if count == BATCH {
                self.add_leaves::<BATCH>(state, out);
            } else {
                for (place, out) in out.chunks_exact_mut(self.outputs).enumerate() {
                    self.add_leaves_of(state, [place], out);
                }
            }
            out.chunks_exact_mut(self.outputs).for_each(|out| self.finish(out));
        }
        Ok(())
    }

    fn check(
        &self,
        state: &TreesState,
        row: usize,
        row_expected: usize,
        out: usize,
        out_expected: usize,
    ) -> Result<(), TreeError> {
        if row != row_expected {
            return Err(TreeError::RowLength { expected: row_expected, found: row });
        }
        if out != out_expected {
            return Err(TreeError::OutputLength { expected: out_expected, found: out });
        }
        if state.model != self.id {
            return Err(TreeError::ForeignState);
        }
        Ok(())
    }

    /// Finds every tree's exit leaf for a row, into the state's place of that number. One copy of the code, which
    /// [`TreesState::new`] has brought into the caches.
    #[inline(never)]
    fn find_leaves(&self, state: &mut TreesState, place: usize, row: &[f64]) {
        let layout = &self.layout;
        self.ranker.ranks(&layout.thresholds, row, &mut state.ranks);
        for (column, wide) in layout.wide.iter().zip(state.wide.iter_mut()) {
            *wide = column.rank(&state.ranks, row);
        }
        let (ranks, splits) = state.columns.split_at_mut(layout.columns.len());
        for (column, byte) in layout.columns.iter().zip(ranks) {
            *byte = state.wide[column.wide as usize].saturating_sub(column.start).min(255) as u8;
        }
        let right =
            |split: usize| u8::from(layout.splits[split].goes_right(&layout.words, row)).wrapping_neg();
        for (split, byte) in splits[..layout.split_columns].iter_mut().enumerate() {
            *byte = right(split);
        }
        for (split, byte) in state.splits.iter_mut().enumerate() {
            *byte = right(layout.split_columns + split);
        }
        for forced in &layout.forced {
            state.forced[forced.place as usize] = state.splits[forced.split as usize - layout.split_columns];
        }
        let mut leaves = &mut state.leaves[place * state.lanes..][..state.lanes];
        for block in &layout.blocks {
            let (these, rest) = leaves.split_at_mut(block.table.lanes());
            leaves = rest;
            let length = block.table.slots() * block.table.lanes();
            let forced = block.forced.map(|start| &state.forced[start..start + length]);
            self.ranker.exit_leaves(&block.table, &state.columns, forced, these);
        }
        if layout.flat_count() != 0 {
            let trees = self.num_trees();
            let starts = &mut state.leaf_starts[place * trees..][..trees];
            layout.walk(&state.wide, row, starts);
        }
    }

    /// The sums of the first `R` places, one behind the other.
    fn add_leaves<const R: usize>(&self, state: &TreesState, out: &mut [f64]) {
        self.add_leaves_of::<R>(state, std::array::from_fn(|place| place), out);
    }

    /// The sums of `R` places: per place and output one chain of additions in the order of the trees.
    #[inline(never)]
    fn add_leaves_of<const R: usize>(&self, state: &TreesState, places: [usize; R], out: &mut [f64]) {
        let (trees, outputs) = (self.num_trees(), self.outputs);
        let starts = places.map(|place| &state.leaf_starts[place * trees..][..trees]);
        let leaves = places.map(|place| &state.leaves[place * state.lanes..][..trees]);
        for output in 0..outputs {
            let mut sums = [0.0; R];
            for tree in (output..trees).step_by(outputs) {
                for ((sum, starts), leaves) in sums.iter_mut().zip(&starts).zip(&leaves) {
                    *sum += self.layout.leaf_values[starts[tree] as usize + usize::from(leaves[tree])];
                }
            }
            for (place, sum) in sums.into_iter().enumerate() {
                out[place * outputs + output] = sum;
            }
        }
    }

    fn finish(&self, out: &mut [f64]) {
        if let Some(iterations) = self.average_over {
            out.iter_mut().for_each(|sum| *sum /= iterations);
        }
        self.objective.transform(out);
    }
}
