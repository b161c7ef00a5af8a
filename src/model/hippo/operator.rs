//! The operators (A, B) of ẋ = −Ax + Bu, by measure. FORMULAS F9; Gu et al. 2020, theorems 1 and 2; Gu et al. 2022
//! (arXiv 2206.12037) for the Fourier one.
//!
//! Each is checked by the equation that the exact coefficients of a known function satisfy, not only by numbers.

use super::dense::Square;
use super::{HippoError, checked_order, checked_positive};

/// Which past is approximated, and by what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Scaled Legendre: all of the past, equally weighted. In ċ = −(1/t)Ac + (1/t)Bf, so the time-invariant use of the
    /// same pair weights the past exponentially.
    LegS,
    /// Translated Legendre: the last `theta` of time, equally weighted.
    LegT {
        /// Length of the window, in time.
        theta: f64,
    },
    /// Translated Laguerre: all of the past with weight e^(−age).
    LagT,
    /// Truncated Fourier on the last `theta` of time: 1, √2·cos 2πmx, √2·sin 2πmx for m = 1, 2, … with x = age/theta.
    Fourier {
        /// Length of the window, in time.
        theta: f64,
    },
}

/// A state space ẋ = −Ax + Bu of order N with one input. Immutable once built; `f64` throughout.
///
/// ```
/// # use market_maker::model::hippo::{Measure, Operator};
/// let legs = Operator::new(Measure::LegS, 4)?;
/// assert_eq!(legs.a(1, 1), 2.0);
/// assert_eq!(legs.a(2, 0), 5.0_f64.sqrt());
/// assert_eq!(legs.a(0, 2), 0.0);
/// # Ok::<(), market_maker::model::hippo::HippoError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    pub(super) a: Square,
    pub(super) b: Vec<f64>,
}

impl Operator {
    /// The operator of `measure` with `order` coefficients. O(N²).
    ///
    /// # Errors
    /// [`HippoError::Order`], or [`HippoError::Parameter`] for a window that is not positive and finite.
    pub fn new(measure: Measure, order: usize) -> Result<Self, HippoError> {
        let order = checked_order(order)?;
        match measure {
            Measure::LegS => Ok(Self::legs(order)),
            Measure::LegT { theta } => Ok(Self::legt(order, checked_positive("theta", theta)?)),
            Measure::LagT => Ok(Self::lagt(order)),
            Measure::Fourier { theta } => Ok(Self::fourier(order, checked_positive("theta", theta)?)),
        }
    }

    /// Number of coefficients, N.
    #[must_use]
    pub fn order(&self) -> usize {
        self.b.len()
    }

    /// A's element in `row` and `column`.
    ///
    /// # Panics
    /// If either is not below the order.
    #[must_use]
    pub fn a(&self, row: usize, column: usize) -> f64 {
        assert!(row < self.order() && column < self.order(), "({row}, {column}) of order {}", self.order());
        self.a.values[row * self.order() + column]
    }

    /// A, row-major, N × N.
    #[must_use]
    pub fn a_values(&self) -> &[f64] {
        &self.a.values
    }

    /// B, of N elements.
    #[must_use]
    pub fn b_values(&self) -> &[f64] {
        &self.b
    }

    fn from_element(order: usize, b: Vec<f64>, element: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..order * order).map(|i| element(i / order, i % order)).collect();
        Self { a: Square { n: order, values }, b }
    }

    fn legs(order: usize) -> Self {
        let b = (0..order).map(legendre_root).collect();
        Self::from_element(order, b, |n, k| match n.cmp(&k) {
            std::cmp::Ordering::Greater => legendre_pair(n, k),
            std::cmp::Ordering::Equal => (n + 1) as f64,
            std::cmp::Ordering::Less => 0.0,
        })
    }

    fn legt(order: usize, theta: f64) -> Self {
        let b = (0..order).map(|n| legendre_root(n) / theta).collect();
        Self::from_element(order, b, |n, k| {
            let sign = if k > n && (k - n) % 2 == 1 { -1.0 } else { 1.0 };
            sign * legendre_pair(n, k) / theta
        })
    }

    fn lagt(order: usize) -> Self {
        Self::from_element(order, vec![1.0; order], |n, k| if k <= n { 1.0 } else { 0.0 })
    }

    /// The series meets the middle of the jump between f(t) and f(t − θ) at the window's edge; so the value that leaves is
    /// twice the series there less the value that enters, which is where the factors of two come from.
    fn fourier(order: usize, theta: f64) -> Self {
        let edge = |n: usize| match n {
            0 => 1.0,
            n if n % 2 == 1 => std::f64::consts::SQRT_2,
            _ => 0.0,
        };
        let b = (0..order).map(|n| 2.0 * edge(n) / theta).collect();
        Self::from_element(order, b, |n, k| {
            // Cosine and sine of frequency m stand at 2m−1 and 2m.
            let omega = std::f64::consts::TAU * (n.max(k) / 2) as f64;
            let derivative = match (n % 2, k % 2) {
                (1, 0) if k == n + 1 => -omega,
                (0, 1) if n == k + 1 => omega,
                _ => 0.0,
            };
            (2.0 * edge(n) * edge(k) - derivative) / theta
        })
    }
}

/// √(2n+1), the norm of the n-th Legendre polynomial's basis function and LegS's B.
pub(super) fn legendre_root(n: usize) -> f64 {
    ((2 * n + 1) as f64).sqrt()
}

/// √((2n+1)(2k+1)).
fn legendre_pair(n: usize, k: usize) -> f64 {
    (((2 * n + 1) * (2 * k + 1)) as f64).sqrt()
}
