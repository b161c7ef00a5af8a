//! Boosted trees of a LightGBM text model: `mm_trees_t`.

use std::ffi::{CStr, CString, c_char};
use std::sync::Arc;

use super::args::{self, Out};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::model::trees::{BoostedTrees, TextProblem, TreeError, TreesState};

/// A boosted-trees model with the scratch of one thread.
pub struct mm_trees_t {
    _opaque: [u8; 0],
}

/// The model, which handles may share, and this handle's scratch.
pub(super) struct Trees {
    model: Arc<Model>,
    state: TreesState,
}

struct Model {
    trees: BoostedTrees,
    /// As C reads them.
    names: Vec<CString>,
}

impl Noun for mm_trees_t {
    type Value = Trees;
    const NAME: &'static str = "mm_trees_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-trees");
}

/// What a model reads and gives.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_trees_info_t {
    /// Values of a row.
    pub features: usize,
    /// Values of a prediction: one, or one per class.
    pub outputs: usize,
    /// Trees, over all outputs.
    pub trees: usize,
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        let status = match &error {
            TreeError::Read { .. } => MM_E_IO,
            TreeError::Text {
                problem: TextProblem::LinearTree | TextProblem::Objective(_) | TextProblem::Version(_),
                ..
            } => MM_E_UNSUPPORTED,
            TreeError::Text { .. } => MM_E_MALFORMED,
            TreeError::Simd(_) => MM_E_ISA,
            TreeError::RowLength { .. } => MM_E_INPUT_LENGTH,
            TreeError::OutputLength { .. } => MM_E_BUFFER_TOO_SMALL,
            TreeError::Memory(_) => MM_E_OUT_OF_MEMORY,
            _ => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl Trees {
    fn new(trees: BoostedTrees) -> Result<Self, Failure> {
        // A name comes from a line of text, in which the reader takes no NUL for more than a blank.
        let names = trees
            .feature_names()
            .iter()
            .map(|name| CString::new(name.replace('\0', " ")).unwrap_or_default());
        let names = names.collect();
        Self::of(Arc::new(Model { trees, names }))
    }

    fn of(model: Arc<Model>) -> Result<Self, Failure> {
        let state = TreesState::new(&model.trees)?;
        Ok(Self { model, state })
    }
}

/// Reads a LightGBM model from a text file, as `Booster.save_model` writes it.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_MALFORMED` (the message names the line), `MM_E_UNSUPPORTED` for linear trees and
/// unknown objectives, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `path` is a NUL-terminated string; `trees` is writable. Free the handle with `mm_trees_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_create(path: *const c_char, trees: *mut *mut mm_trees_t) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(trees, "trees") }?;
        out.set(create(Trees::new(BoostedTrees::load(path)?)?));
        Ok(MM_OK)
    })
}

/// The same from text in memory, `length` bytes, not necessarily NUL-terminated.
///
/// # Errors
/// As `mm_trees_create`.
///
/// # Safety
/// `text` is readable for `length` bytes; `trees` is writable. Free the handle with `mm_trees_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_create_from_text(
    text: *const c_char,
    length: usize,
    trees: *mut *mut mm_trees_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let text = unsafe { args::input(text.cast::<u8>(), length, "text") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(trees, "trees") }?;
        let text = std::str::from_utf8(text)
            .map_err(|_| Failure::new(MM_E_UTF8, format_args!("text is not UTF-8")))?;
        out.set(create(Trees::new(BoostedTrees::from_lightgbm(text)?)?));
        Ok(MM_OK)
    })
}

/// A second handle on the same trees, with a scratch of its own: for another thread. Either may be destroyed first.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_OUT_OF_MEMORY`.
///
/// # Safety
/// `trees` is a live handle that no other thread changes; `shared` is writable. Free the new handle with `mm_trees_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_share(
    trees: *const mm_trees_t,
    shared: *mut *mut mm_trees_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(trees) }, |trees| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(shared, "shared") }?;
        out.set(create(Trees::of(trees.model.clone())?));
        Ok(MM_OK)
    })
}

/// Frees a handle. Null is fine.
///
/// # Safety
/// `trees` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_destroy(trees: *mut mm_trees_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(trees) }
}

/// What the model reads and gives.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `trees` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_info(trees: *const mm_trees_t, info: *mut mm_trees_info_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(trees) }, |trees| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        let model = &trees.model.trees;
        out.set(mm_trees_info_t {
            features: model.num_features(),
            outputs: model.num_outputs(),
            trees: model.num_trees(),
        });
        Ok(MM_OK)
    })
}

/// The name of a feature, as the model's text has it; it lives as long as any handle on these trees.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_NOT_FOUND` from the number of features on.
///
/// # Safety
/// `trees` is a live handle that no other thread changes; `name` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_feature_name(
    trees: *const mm_trees_t,
    index: usize,
    name: *mut *const c_char,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(trees) }, |trees| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(name, "name") }?;
        let found = trees.model.names.get(index).map(CString::as_c_str).map(CStr::as_ptr);
        out.set(
            found.ok_or_else(|| Failure::new(MM_E_NOT_FOUND, format_args!("there is no feature {index}")))?,
        );
        Ok(MM_OK)
    })
}

/// Runs one of the model's functions on rows from C. Only lengths can be wrong, and they are checked first: `out` may be
/// cleared before the function runs.
///
/// # Safety
/// `rows` is readable for `length` values, `out` writable for `capacity`.
unsafe fn predict(
    trees: &mut Trees,
    (rows, length, expected): (*const f64, usize, usize),
    (out, capacity, needed): (*mut f64, usize, usize),
    run: impl FnOnce(&BoostedTrees, &mut TreesState, &[f64], &mut [f64]) -> Result<(), TreeError>,
) -> super::guard::Outcome {
    // SAFETY: forwarded.
    let rows = unsafe { args::input(rows, length, "row") }?;
    // SAFETY: forwarded.
    let out = unsafe { args::output(out, capacity, "out") }?;
    if length != expected {
        return Err(TreeError::RowLength { expected, found: length }.into());
    }
    args::fits(needed, capacity, "out")?;
    run(&trees.model.trees, &mut trees.state, rows, args::cleared(&mut out[..needed]))?;
    Ok(MM_OK)
}

/// The sum of the leaves that a row reaches, per output: LightGBM's `predict(raw_score=True)`. Any value is fine in a row: NaN is
/// missing, as LightGBM has it. Writes the model's outputs. Hot path.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_INPUT_LENGTH` unless `length` is the number of features, `MM_E_BUFFER_TOO_SMALL`.
///
/// # Safety
/// `trees` is a live handle that no other thread uses; `row` is readable for `length` values, `out` writable for `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_predict_raw(
    trees: *mut mm_trees_t,
    row: *const f64,
    length: usize,
    out: *mut f64,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(trees) }, |trees| {
        let (features, outputs) = (trees.model.trees.num_features(), trees.model.trees.num_outputs());
        let (row, out) = ((row, length, features), (out, capacity, outputs));
        // SAFETY: by this function's contract.
        unsafe { predict(trees, row, out, BoostedTrees::predict_raw) }
    })
}

/// The prediction for a row: the raw score under the objective's transform (probabilities for classes, and so on). Hot path.
///
/// # Errors
/// As `mm_trees_predict_raw`.
///
/// # Safety
/// As for `mm_trees_predict_raw`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_predict(
    trees: *mut mm_trees_t,
    row: *const f64,
    length: usize,
    out: *mut f64,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(trees) }, |trees| {
        let (features, outputs) = (trees.model.trees.num_features(), trees.model.trees.num_outputs());
        let (row, out) = ((row, length, features), (out, capacity, outputs));
        // SAFETY: by this function's contract.
        unsafe { predict(trees, row, out, BoostedTrees::predict) }
    })
}

/// Predictions for `count` rows that lie one behind the other, to outputs that lie so; `length` is the values of all rows
/// together. Hot path.
///
/// # Errors
/// As `mm_trees_predict_raw`, with `count` rows; `MM_E_INVALID_ARGUMENT` for more rows than memory can hold.
///
/// # Safety
/// As for `mm_trees_predict_raw`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_trees_predict_batch(
    trees: *mut mm_trees_t,
    rows: *const f64,
    length: usize,
    count: usize,
    out: *mut f64,
    capacity: usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(trees) }, |trees| {
        let (features, outputs) = (trees.model.trees.num_features(), trees.model.trees.num_outputs());
        let (expected, needed) = (args::product(count, features)?, args::product(count, outputs)?);
        let (rows, out) = ((rows, length, expected), (out, capacity, needed));
        // SAFETY: by this function's contract.
        unsafe { predict(trees, rows, out, BoostedTrees::predict_batch) }
    })
}
