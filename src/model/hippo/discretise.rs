//! From ẋ = −Ax + Bu to xₖ₊₁ = Āxₖ + B̄u with the input held over a step of length Δ.
//!
//! The generalised bilinear rule is (I + αΔA)xₖ₊₁ = (I − (1−α)ΔA)xₖ + ΔBu: α = 0 is explicit Euler, ½ the bilinear
//! (Tustin) rule, 1 backward Euler. Zero-order hold is exact for an input that is constant over the step: Ā = e^(−ΔA).
//! For the operators here α ≥ ½ and zero-order hold are stable for every Δ > 0; Euler on LegS is not for Δ > 2/N
//! (FORMULAS F9). The same numbers as `scipy.signal.cont2discrete`. O(N³), off the hot path.

use super::dense::Square;
use super::{HippoError, Operator, checked_positive};

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// The trapezoidal rule, second order, A-stable: `Generalised { alpha: 0.5 }`.
    Bilinear,
    /// Exact for inputs that are constant over a step.
    ZeroOrderHold,
    /// The generalised bilinear rule; stable for every step from α = ½ up.
    Generalised {
        /// Share of the step taken implicitly, 0..=1.
        alpha: f64,
    },
}

/// One step's matrices Ā (N × N) and B̄ (N). Made by [`Operator::discretise`].
///
/// ```
/// # use market_maker::model::hippo::{Measure, Operator, Rule};
/// let step = Operator::new(Measure::LagT, 3)?.discretise(0.1, Rule::ZeroOrderHold)?;
/// let mut state = [0.0; 3];
/// for _ in 0..500 {
///     step.advance(&mut state, 2.0)?;
/// }
/// assert!((state[0] - 2.0).abs() < 1e-12 && state[1].abs() < 1e-12);
/// # Ok::<(), market_maker::model::hippo::HippoError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    a: Square,
    b: Vec<f64>,
}

impl Operator {
    /// The step of length `step` (time) by `rule`. O(N³).
    ///
    /// # Errors
    /// [`HippoError::Parameter`] for a step that is not positive and finite or α outside 0..=1;
    /// [`HippoError::Singular`] where the implicit matrix cannot be inverted.
    pub fn discretise(&self, step: f64, rule: Rule) -> Result<Discrete, HippoError> {
        let step = checked_positive("step", step)?;
        match rule {
            Rule::Bilinear => self.generalised(step, 0.5),
            Rule::Generalised { alpha } if (0.0..=1.0).contains(&alpha) => self.generalised(step, alpha),
            Rule::Generalised { alpha } => Err(HippoError::Parameter { parameter: "alpha", value: alpha }),
            Rule::ZeroOrderHold => self.zero_order_hold(step),
        }
    }

    fn generalised(&self, step: f64, alpha: f64) -> Result<Discrete, HippoError> {
        let n = self.order();
        let eye = Square::identity(n);
        let implicit = eye.plus(alpha * step, &self.a);
        let mut a = eye.plus(-(1.0 - alpha) * step, &self.a);
        let mut b: Vec<f64> = self.b.iter().map(|b| b * step).collect();
        implicit.clone().solve(&mut a.values, n)?;
        implicit.solve(&mut b, 1)?;
        Ok(Discrete { a, b })
    }

    /// exp([[−A, B], [0, 0]]·Δ) holds Ā and B̄ in its upper rows, even where A is singular.
    fn zero_order_hold(&self, step: f64) -> Result<Discrete, HippoError> {
        let n = self.order();
        let mut block = Square::zeros(n + 1);
        for i in 0..n {
            for j in 0..n {
                block.values[i * (n + 1) + j] = -self.a.values[i * n + j] * step;
            }
            block.values[i * (n + 1) + n] = self.b[i] * step;
        }
        let whole = block.exponential()?;
        let rows = whole.values.chunks_exact(n + 1).take(n);
        let a = Square { n, values: rows.clone().flat_map(|row| row[..n].iter().copied()).collect() };
        Ok(Discrete { a, b: rows.map(|row| row[n]).collect() })
    }
}

impl Discrete {
    /// Ā, row-major, N × N.
    #[must_use]
    pub fn a_values(&self) -> &[f64] {
        &self.a.values
    }

    /// B̄, of N elements.
    #[must_use]
    pub fn b_values(&self) -> &[f64] {
        &self.b
    }

    /// x ← Āx + B̄u, dense, O(N²); the state is unchanged on error. It allocates: the step for the hot path is
    /// [`LegsStep`](super::LegsStep).
    ///
    /// # Errors
    /// [`HippoError::Length`] for a state that has not N elements, [`HippoError::NotFinite`] for the input.
    pub fn advance(&self, state: &mut [f64], input: f64) -> Result<(), HippoError> {
        let n = self.b.len();
        if state.len() != n {
            return Err(HippoError::Length { what: "the state", expected: n, found: state.len() });
        }
        if !input.is_finite() {
            return Err(HippoError::NotFinite { what: "the input", index: 0 });
        }
        let row =
            |(row, b): (&[f64], &f64)| row.iter().zip(&*state).map(|(a, x)| a * x).sum::<f64>() + b * input;
        let next: Vec<f64> = self.a.values.chunks_exact(n).zip(&self.b).map(row).collect();
        state.copy_from_slice(&next);
        Ok(())
    }
}
