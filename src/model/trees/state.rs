//! The memory that evaluating a row needs, all of it taken and touched at construction.

use super::{BoostedTrees, TreeError};
use crate::mem::buffer::AlignedBuffer;
use crate::simd::rank::MAX_COLUMNS;

/// Rows whose sums run side by side in a batch.
pub(super) const BATCH: usize = 4;

/// Scratch of one thread for one [`BoostedTrees`]. Holds nothing between calls.
#[derive(Debug)]
pub struct TreesState {
    /// The model that it was made for.
    pub(super) model: u64,
    /// Per ranked feature.
    pub(super) ranks: AlignedBuffer<u32>,
    /// Per wide column.
    pub(super) wide: AlignedBuffer<u32>,
    /// Ranks as bytes, then categorical splits that have a column.
    pub(super) columns: [u8; MAX_COLUMNS],
    /// Per forced categorical split.
    pub(super) splits: AlignedBuffer<u8>,
    /// Per slot and lane of each block with forced tests; other places stay zero.
    pub(super) forced: AlignedBuffer<u8>,
    /// Leaves of one row, rounded up to whole registers.
    pub(super) lanes: usize,
    /// Exit leaves from the tables, per row of a batch.
    pub(super) leaves: AlignedBuffer<u8>,
    /// Where each tree's leaf values begin, plus the exit leaf of a walked tree; per row of a batch.
    pub(super) leaf_starts: AlignedBuffer<u32>,
}

impl TreesState {
    /// The scratch for a model, used once so that the caches hold what the first row needs. O(nodes).
    ///
    /// # Errors
    /// [`TreeError::Memory`].
    pub fn new(model: &BoostedTrees) -> Result<Self, TreeError> {
        let layout = &model.layout;
        let lanes = layout.blocks.iter().map(|block| block.table.lanes()).sum();
        let trees = model.num_trees();
        let mut leaf_starts = AlignedBuffer::new(BATCH * trees, 0)?;
        for starts in leaf_starts.chunks_exact_mut(trees) {
            starts.copy_from_slice(&layout.leaf_starts);
        }
        let mut state = Self {
            model: model.id,
            ranks: AlignedBuffer::new(layout.thresholds.len(), 0)?,
            wide: AlignedBuffer::new(layout.wide.len(), 0)?,
            columns: [0; MAX_COLUMNS],
            splits: AlignedBuffer::new(layout.split_forced, 0)?,
            forced: AlignedBuffer::new(layout.forced_bytes, 0)?,
            lanes,
            leaves: AlignedBuffer::new(BATCH * lanes, 0)?,
            leaf_starts,
        };
        state.warm(model)?;
        Ok(state)
    }

    /// Brings code, tables and leaf values into the caches, so that the first row takes no longer than the later ones.
    fn warm(&mut self, model: &BoostedTrees) -> Result<(), TreeError> {
        let (row, mut out) = (vec![0.0; model.num_features()], vec![0.0; model.num_outputs()]);
        for _ in 0..4 {
            std::hint::black_box(model.layout.leaf_values.iter().sum::<f64>());
            model.predict(self, &row, &mut out)?;
        }
        Ok(())
    }
}
