//! HiPPO: state spaces whose state is the best polynomial (or Fourier) approximation of their input's past.
//!
//! [`Operator`] holds the pair (A, B) of ẋ = −Ax + Bu for the four classical measures, in `f64`; [`Operator::discretise`]
//! turns it into a step by the bilinear rule, by zero-order hold, or by the generalised bilinear rule. Both are dense, cost
//! O(N³), and belong to construction. [`LegsStep`] is the same bilinear step for LegS in O(N), because A is a diagonal plus
//! a rank-one part below it: one running sum replaces the triangular solve. [`LegsMemory`] is that step with δ = 1/k: an
//! online approximation of everything seen so far, whatever its length.
//!
//! Formulas: FORMULAS F9. Papers: Gu et al. 2020 (arXiv 2008.07669), Gu et al. 2022 (arXiv 2111.00396, 2206.12037).
//! Stepping is hot-path clean; nothing here is shared between threads by itself.

mod dense;
mod discretise;
mod legs;
mod memory;
mod operator;

#[cfg(test)]
mod tests;

pub use discretise::{Discrete, Rule};
pub use legs::{LegsStep, Real};
pub use memory::LegsMemory;
pub use operator::{Measure, Operator};

/// Largest order that an operator, a step or a memory takes.
pub const MAX_ORDER: usize = 1024;

/// What HiPPO refuses, and why. Nothing has changed when one of these comes back.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HippoError {
    /// The order is zero or above [`MAX_ORDER`].
    #[error("order {order} is not in 1..={MAX_ORDER}")]
    Order {
        /// What was asked for.
        order: usize,
    },
    /// A parameter is not a positive finite number, or α lies outside 0..=1.
    #[error("{parameter} = {value} is out of range")]
    Parameter {
        /// Which one.
        parameter: &'static str,
        /// Its value.
        value: f64,
    },
    /// The implicit step's matrix I + αΔA is singular to working precision.
    #[error("the matrix of the implicit step is singular")]
    Singular,
    /// A slice does not have the length that the order and the channels imply.
    #[error("{what} has {found} elements, {expected} are needed")]
    Length {
        /// Which slice.
        what: &'static str,
        /// What the shapes imply.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("{what} is not finite at {index}")]
    NotFinite {
        /// Which argument.
        what: &'static str,
        /// Where in it.
        index: usize,
    },
    /// A time lies before the first sample or after the last.
    #[error("time {time} at {index} lies outside 0..={end}")]
    Time {
        /// Where in the argument.
        index: usize,
        /// The time asked for.
        time: f64,
        /// The number of samples so far.
        end: u64,
    },
}

/// `order` if it can be had.
fn checked_order(order: usize) -> Result<usize, HippoError> {
    if order == 0 || order > MAX_ORDER { Err(HippoError::Order { order }) } else { Ok(order) }
}

/// `value` if it is positive and finite.
fn checked_positive(parameter: &'static str, value: f64) -> Result<f64, HippoError> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(HippoError::Parameter { parameter, value }) }
}
