//! What can be wrong with a tree model's text, with a row, or with the memory handed in.

use crate::mem::buffer::OutOfMemory;
use crate::simd::SimdError;

/// Why a tree model was not read or a row not predicted. A call that returns one has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The file could not be read.
    #[error("cannot read the tree model {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of the model's text is wrong.
    #[error("tree model, line {line}: {problem}")]
    Text {
        /// The line, counted from one.
        line: usize,
        /// What is wrong with it.
        problem: TextProblem,
    },
    /// A row has not as many values as the model has features.
    #[error("a row has {found} values, the model has {expected} features")]
    RowLength {
        /// Values that the rows must have.
        expected: usize,
        /// Values that were given.
        found: usize,
    },
    /// The place for the result has not as many values as the model has outputs.
    #[error("room for {found} values, the result has {expected}")]
    OutputLength {
        /// Values that the result has.
        expected: usize,
        /// Values that were given room.
        found: usize,
    },
    /// The state was made for another model.
    #[error("the state belongs to another model")]
    ForeignState,
    /// No memory for the model or its state.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
    /// The instruction set that the environment asks for is not there.
    #[error(transparent)]
    Simd(#[from] SimdError),
}

/// What is wrong with a line of a tree model's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// The text is not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// The first line is not `tree`.
    #[error("not a LightGBM model: the first line must be \"tree\"")]
    NotAModel,
    /// The format's version is not one of those that are understood: v2, v3, v4.
    #[error("format version \"{0}\" is not one of v2, v3, v4")]
    Version(String),
    /// The text ends before `end of trees`.
    #[error("the text ends before \"end of trees\"")]
    Truncated,
    /// A header or tree lacks a key; the line is the header's or tree's first.
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
    /// A key stands twice in one header or tree.
    #[error("\"{0}\" stands here a second time")]
    Duplicate(&'static str),
    /// A line is neither `key=value` nor a known word.
    #[error("\"{0}\" is not key=value")]
    NotKeyValue(String),
    /// A value is not the number that its key asks for.
    #[error("{key}: \"{text}\" is not {wanted}")]
    Number {
        /// The key of the line.
        key: &'static str,
        /// The start of what was found.
        text: String,
        /// What is asked for.
        wanted: &'static str,
    },
    /// A list has the wrong number of values.
    #[error("{key}: {found} values instead of {expected}")]
    Count {
        /// The key of the line.
        key: &'static str,
        /// How many values there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A value points outside what it may point to.
    #[error("{key}: {value} at place {place} is not below {limit}")]
    Range {
        /// The key of the line.
        key: &'static str,
        /// Index of the value in the line, from zero.
        place: usize,
        /// The value.
        value: i64,
        /// What it must stay below.
        limit: i64,
    },
    /// `decision_type` has bits that no LightGBM version writes.
    #[error("decision_type: {value} at place {place} has unknown bits")]
    DecisionType {
        /// Index of the node.
        place: usize,
        /// The value.
        value: i64,
    },
    /// A node or leaf has two parents, or a cycle leads back to it.
    #[error("{what} {index} is reached a second time: not a tree")]
    NotATree {
        /// `node` or `leaf`.
        what: &'static str,
        /// Its index.
        index: usize,
    },
    /// No path from the root leads to a node.
    #[error("node {index} is reached from no other: not a tree")]
    Unreached {
        /// Its index.
        index: usize,
    },
    /// Trees are not numbered from zero without gaps.
    #[error("tree {found} where tree {expected} was due")]
    TreeNumber {
        /// The number that was due.
        expected: usize,
        /// The number that was found.
        found: usize,
    },
    /// The number of trees is not a positive multiple of `num_tree_per_iteration`.
    #[error("{trees} trees do not make whole iterations of {per_iteration}")]
    Iterations {
        /// Trees in the text.
        trees: usize,
        /// `num_tree_per_iteration`.
        per_iteration: usize,
    },
    /// The trees have linear models in their leaves, which are not supported.
    #[error("linear trees (linear_tree=true) are not supported: leaves must be constants")]
    LinearTree,
    /// The objective is unknown, so its transform is too.
    #[error("objective \"{0}\" is not known")]
    Objective(String),
    /// The objective's parameters contradict the header or are out of range.
    #[error("objective: {0}")]
    ObjectiveParameter(&'static str),
}
