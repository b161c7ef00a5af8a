//! What can go wrong with a model: its file, its configuration, its inputs.
//!
//! One enum for the whole module, so that a caller handles the predictors alike. The variants that a *Hot path* function
//! returns (lengths, values, readiness) hold plain numbers and allocate nothing; the others come from construction,
//! loading and saving. Every variant says what was found and where.

use std::path::PathBuf;

use crate::mem::buffer::OutOfMemory;
use crate::simd::SimdError;

/// Why a model could not be built, loaded, saved or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what its format asks for: cut short, malformed, or inconsistent.
    #[error("{}: {problem}", place(path))]
    Malformed {
        /// The file; `None` for bytes that came from memory.
        path: Option<PathBuf>,
        /// What is wrong.
        problem: String,
    },
    /// The weights lack a tensor that the configuration asks for.
    #[error("tensor `{tensor}` is missing")]
    MissingTensor {
        /// The missing name.
        tensor: String,
    },
    /// The weights hold a tensor that the model does not know (strict loading only).
    #[error("tensor `{tensor}` belongs to no part of the model")]
    UnexpectedTensor {
        /// The unknown name.
        tensor: String,
    },
    /// A tensor has another shape than the configuration asks for.
    #[error("tensor `{tensor}` has shape {found:?}, expected {expected:?}")]
    Shape {
        /// The tensor.
        tensor: String,
        /// The shape that follows from the configuration.
        expected: Vec<usize>,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// A tensor's elements are no floating-point numbers that weights are read from.
    #[error("tensor `{tensor}` has elements of type {found}, expected F32, F64, F16 or BF16")]
    Dtype {
        /// The tensor.
        tensor: String,
        /// The type in the file, as safetensors spells it.
        found: String,
    },
    /// A weight is NaN or infinite, or too large for the type that it is read as.
    #[error("tensor `{tensor}` is not finite at element {index}")]
    NotFiniteWeight {
        /// The tensor.
        tensor: String,
        /// The element, counted row-major from 0.
        index: usize,
    },
    /// Weights are finite, but so large that sums over them are not.
    #[error("tensor `{tensor}` is so large that its sums overflow")]
    TooLarge {
        /// The tensor.
        tensor: String,
    },
    /// A parameter of the configuration is out of its range.
    #[error("{parameter}: {problem}")]
    Config {
        /// The parameter's name, as the configuration struct spells it.
        parameter: &'static str,
        /// Its range, and what was given.
        problem: String,
    },
    /// An input slice has the wrong length.
    #[error("input of {found} values, expected {expected}")]
    InputLength {
        /// The length that the model reads.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// An output slice has the wrong length.
    #[error("room for {found} outputs, expected {expected}")]
    OutputLength {
        /// The length that the model writes.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// An input is NaN, infinite or so large that sums would overflow, and no earlier value may stand in for it.
    #[error("input {index} is not finite, or beyond all range")]
    NotFiniteInput {
        /// The element, counted from the start of the input slice.
        index: usize,
    },
    /// The inputs are finite but so large that the result is not; nothing was written.
    #[error("output {index} is not finite: the inputs are out of all range")]
    NotFiniteOutput {
        /// The first output that is not finite.
        index: usize,
    },
    /// The state was made for a model of other sizes.
    #[error("the state belongs to a model of other sizes")]
    ForeignState,
    /// A streaming model has not seen enough rows yet.
    #[error("{seen} rows seen, {needed} are needed")]
    NotReady {
        /// Rows, or tokens, since the last reset.
        seen: usize,
        /// How many the model needs before it answers.
        needed: usize,
    },
    /// A line of a tree model's text cannot be read.
    #[error("line {line}: {problem}")]
    Tree {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// No kernels: the environment names an instruction set that is unknown or not here.
    #[error(transparent)]
    Simd(SimdError),
    /// The system refuses memory.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
}

fn place(path: &Option<PathBuf>) -> String {
    path.as_ref().map_or_else(|| "weights in memory".to_owned(), |path| path.display().to_string())
}

impl From<SimdError> for ModelError {
    /// What the kernels refuse, as a caller of a model understands it: only a missing instruction set stays
    /// [`ModelError::Simd`].
    fn from(error: SimdError) -> Self {
        match error {
            SimdError::OutOfMemory(memory) => Self::Memory(memory),
            SimdError::Shape { what, expected, found } => {
                Self::Shape { tensor: what.to_owned(), expected: vec![expected], found: vec![found] }
            }
            // The configured width has sums that the configured number format cannot hold.
            SimdError::Range { .. } => Self::config("precision", error.to_string()),
            SimdError::UnknownIsa { .. } | SimdError::Unavailable { .. } => Self::Simd(error),
        }
    }
}

impl ModelError {
    /// A parameter out of its range.
    pub(crate) fn config(parameter: &'static str, problem: impl Into<String>) -> Self {
        Self::Config { parameter, problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_tensor_what_was_expected_and_what_was_found() {
        let shape =
            ModelError::Shape { tensor: "fc1.weight".into(), expected: vec![64, 128], found: vec![64, 64] };
        assert_eq!(shape.to_string(), "tensor `fc1.weight` has shape [64, 64], expected [64, 128]");
        let value = ModelError::NotFiniteWeight { tensor: "norm.weight".into(), index: 7 };
        assert_eq!(value.to_string(), "tensor `norm.weight` is not finite at element 7");
        let file = ModelError::Malformed { path: None, problem: "cut short".into() };
        assert_eq!(file.to_string(), "weights in memory: cut short");
    }

    #[test]
    fn a_refusal_of_the_kernels_is_the_models_own_error_of_that_kind() {
        let memory = ModelError::from(SimdError::OutOfMemory(OutOfMemory { bytes: 7 }));
        assert!(matches!(memory, ModelError::Memory(OutOfMemory { bytes: 7 })));
        let range = ModelError::from(SimdError::Range { cols: 200_000, weight: 127, input: 128 });
        assert!(matches!(range, ModelError::Config { parameter: "precision", .. }));
        let shape = ModelError::from(SimdError::Shape { what: "bias", expected: 4, found: 3 });
        assert_eq!(shape.to_string(), "tensor `bias` has shape [3], expected [4]");
        let absent = ModelError::from(SimdError::UnknownIsa { name: "sse9".into() });
        assert!(matches!(absent, ModelError::Simd(SimdError::UnknownIsa { .. })));
    }
}
