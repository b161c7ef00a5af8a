//! `mm::cxx::trees`: boosted trees of a LightGBM text model.

use std::sync::Arc;

use super::guarded::attempt;
use super::{Error, Guarded};
use crate::ffi::args::{fits, product};
use crate::ffi::status::Failure;
use crate::model::trees::{BoostedTrees, TreeError, TreesState};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// What a model reads and gives.
    #[cxx_name = "trees_info"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct TreesInfo {
        /// Values of a row.
        features: usize,
        /// Values of a prediction: one, or one per class.
        outputs: usize,
        /// Trees, over all outputs.
        trees: usize,
    }

    extern "Rust" {
        /// A boosted-trees model with the scratch of one thread. One owner; share() gives another thread one of its own on the same
        /// trees.
        #[cxx_name = "trees"]
        type Trees;

        /// Reads a LightGBM model from a text file, as Booster.save_model writes it.
        #[Self = "Trees"]
        fn load(path: &str) -> Result<Box<Trees>>;
        /// The same from text in memory.
        #[Self = "Trees"]
        fn from_text(text: &str) -> Result<Box<Trees>>;
        /// Another handle on the same trees.
        fn share(self: &Trees) -> Result<Box<Trees>>;
        fn info(self: &Trees) -> TreesInfo;
        /// The name of a feature; empty when there is none.
        fn feature_name(self: &Trees, index: usize) -> &str;
        /// The prediction for a row; NaN is a missing value.
        fn predict(self: &mut Trees, row: &[f64], out: &mut [f64]) -> Result<()>;
        /// The sums of the leaves, without the objective's transform.
        fn predict_raw(self: &mut Trees, row: &[f64], out: &mut [f64]) -> Result<()>;
        /// Predictions for `count` rows one behind the other.
        fn predict_batch(self: &mut Trees, rows: &[f64], count: usize, out: &mut [f64]) -> Result<()>;
    }
}

use face::TreesInfo;

/// The model, which others may share, and a scratch of its own.
pub(super) struct Trees {
    model: Arc<BoostedTrees>,
    state: Guarded<TreesState>,
}

type Predict = fn(&BoostedTrees, &mut TreesState, &[f64], &mut [f64]) -> Result<(), TreeError>;

impl Trees {
    fn of(model: Arc<BoostedTrees>) -> Result<Box<Self>, Failure> {
        let state = Guarded::new(TreesState::new(&model)?);
        Ok(Box::new(Self { model, state }))
    }

    fn load(path: &str) -> Result<Box<Self>, Error> {
        attempt(|| Self::of(Arc::new(BoostedTrees::load(path)?)))
    }

    fn from_text(text: &str) -> Result<Box<Self>, Error> {
        attempt(|| Self::of(Arc::new(BoostedTrees::from_lightgbm(text)?)))
    }

    fn share(&self) -> Result<Box<Self>, Error> {
        attempt(|| Self::of(Arc::clone(&self.model)))
    }

    fn info(&self) -> TreesInfo {
        TreesInfo {
            features: self.model.num_features(),
            outputs: self.model.num_outputs(),
            trees: self.model.num_trees(),
        }
    }

    fn feature_name(&self, index: usize) -> &str {
        self.model.feature_names().get(index).map_or("", String::as_str)
    }

    /// Runs one of the model's functions on `count` rows. Only lengths can be wrong, and they are checked first.
    fn run(&mut self, rows: &[f64], count: usize, out: &mut [f64], run: Predict) -> Result<(), Error> {
        let model = &self.model;
        self.state.change(|state| {
            let expected = product(count, model.num_features())?;
            let needed = product(count, model.num_outputs())?;
            if rows.len() != expected {
                return Err(TreeError::RowLength { expected, found: rows.len() }.into());
            }
            fits(needed, out.len(), "out")?;
            Ok(run(model, state, rows, &mut out[..needed])?)
        })
    }

    fn predict(&mut self, row: &[f64], out: &mut [f64]) -> Result<(), Error> {
        self.run(row, 1, out, BoostedTrees::predict)
    }

    fn predict_raw(&mut self, row: &[f64], out: &mut [f64]) -> Result<(), Error> {
        self.run(row, 1, out, BoostedTrees::predict_raw)
    }

    fn predict_batch(&mut self, rows: &[f64], count: usize, out: &mut [f64]) -> Result<(), Error> {
        self.run(rows, count, out, BoostedTrees::predict_batch)
    }
}
