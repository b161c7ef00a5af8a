//! The bilinear LegS step in O(N): (I + ½δA)s′ = (I − ½δA)s + δBa, without a matrix.
//!
//! Below its diagonal n+1 LegS's A is the outer product of b = √(2n+1) with itself, so a row of either side needs only
//! one sum over the rows before it. With h = ½δ and u = s + s′ the whole step is, for n ascending,
//!
//! ```text
//! uₙ = (2sₙ + h·bₙ·r) / (1 + h(n+1)),   r ← r − bₙ·uₙ,   s′ₙ = uₙ − sₙ,   r starting at 2a
//! ```
//!
//! (Gu et al. 2020, appendix E, has the idea; FORMULAS F9.) Stable for every δ > 0. The network's kernel is the same
//! recurrence over lanes of channels, in [`crate::simd::scan`].

use super::operator::legendre_root;
use super::{HippoError, checked_order};
use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Sub};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: what a memory or a step computes in.
pub trait Real:
    sealed::Sealed
    + Copy
    + Debug
    + PartialOrd
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Into<f64>
{
    /// The nearest value.
    fn from_f64(value: f64) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
}

impl Real for f32 {
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

impl Real for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

/// The O(N) bilinear step of LegS, for one channel or many. Immutable; shared freely between threads.
///
/// ```
/// # use market_maker::model::hippo::LegsStep;
/// let legs = LegsStep::<f64>::new(4)?;
/// let mut state = [0.0; 4];
/// for _ in 0..10_000 {
///     legs.advance(&mut state, 3.0, 0.01)?;
/// }
/// // ẋ = −Ax + Bu with a constant input settles where Ax = Bu, at (u, 0, 0, 0).
/// assert!((state[0] - 3.0).abs() < 1e-12 && state[1].abs() < 1e-12);
/// # Ok::<(), market_maker::model::hippo::HippoError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LegsStep<T: Real> {
    /// bₙ = √(2n+1).
    roots: Box<[T]>,
    /// n + 1.
    diagonal: Box<[T]>,
}

impl<T: Real> LegsStep<T> {
    /// A step of `order` coefficients. O(N).
    ///
    /// # Errors
    /// [`HippoError::Order`].
    pub fn new(order: usize) -> Result<Self, HippoError> {
        let order = checked_order(order)?;
        let roots = (0..order).map(|n| T::from_f64(legendre_root(n))).collect();
        let diagonal = (0..order).map(|n| T::from_f64((n + 1) as f64)).collect();
        Ok(Self { roots, diagonal })
    }

    /// Number of coefficients, N.
    #[must_use]
    pub fn order(&self) -> usize {
        self.roots.len()
    }

    /// √(2n+1) for n from 0 to N−1: B, and the value of the n-th basis function at the newest sample.
    #[must_use]
    pub fn roots(&self) -> &[T] {
        &self.roots
    }

    /// One step of length `step` with the input held at `input`. Hot path, O(N).
    ///
    /// # Errors
    /// [`HippoError::Length`] where the state has not N elements, [`HippoError::NotFinite`] for an input that is not
    /// finite, [`HippoError::Parameter`] for a step that is negative or not finite. The state is unchanged then.
    pub fn advance(&self, state: &mut [T], input: T, step: T) -> Result<(), HippoError> {
        self.advance_channels(state, &[input], &[step])
    }

    /// One step of many channels, each with its own input and step length, as in a selective state space. `state` is
    /// `[N][channel]`, `inputs` and `steps` are `[channel]`. Hot path, O(N · channels).
    ///
    /// # Errors
    /// As [`advance`](Self::advance), naming the channel.
    pub fn advance_channels(&self, state: &mut [T], inputs: &[T], steps: &[T]) -> Result<(), HippoError> {
        let channels = inputs.len();
        if steps.len() != channels {
            return Err(HippoError::Length { what: "the steps", expected: channels, found: steps.len() });
        }
        if state.len() != self.order() * channels {
            let expected = self.order() * channels;
            return Err(HippoError::Length { what: "the state", expected, found: state.len() });
        }
        if let Some(index) = inputs.iter().position(|x| !x.is_finite()) {
            return Err(HippoError::NotFinite { what: "the input", index });
        }
        let zero = T::default();
        if let Some(&step) = steps.iter().find(|&&step| !(step.is_finite() && step >= zero)) {
            return Err(HippoError::Parameter { parameter: "step", value: step.into() });
        }
        for channel in 0..channels {
            self.advance_one(&mut state[channel..], channels, inputs[channel], steps[channel]);
        }
        Ok(())
    }

    /// The recurrence itself, on every `stride`-th element from the start of `state`.
    #[inline]
    pub(super) fn advance_one(&self, state: &mut [T], stride: usize, input: T, step: T) {
        let (one, two) = (T::from_f64(1.0), T::from_f64(2.0));
        let half = step * T::from_f64(0.5);
        let mut rest = two * input;
        for ((s, &root), &diagonal) in state.iter_mut().step_by(stride).zip(&self.roots).zip(&self.diagonal) {
            let sum = (two * *s + half * root * rest) / (one + half * diagonal);
            rest = rest - root * sum;
            *s = sum - *s;
        }
    }
}
