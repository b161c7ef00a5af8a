//! Hasbrouck's information share: which of two markets in one instrument finds the price, with upper and lower bounds.
//!
//! Source: Hasbrouck, *Journal of Finance* 50(4), 1995; the form through the error correction's orthogonal complement is that of
//! Baillie, Booth, Tse and Zabotina, *Journal of Financial Markets* 5, 2002. The two prices are cointegrated with vector (1, −1):
//! Δpₜ = c + α(p₁ − p₂)ₜ₋₁ + Σₖ Γₖ Δpₜ₋ₖ + eₜ, estimated by least squares, var(e) = Ω. The weights of the common
//! trend are ψ ∝ (−α₂, α₁) and market j's share is ([ψF]ⱼ)²/(ψΩψ'), F the Cholesky factor of Ω. Where the innovations are
//! correlated the order of the factorisation matters: a market's share is largest when it comes first and smallest when it
//! comes last, and both orders are reported. The weights themselves, normalised to one, are the component share of Gonzalo
//! and Granger (1995).
//!
//! Samples come on one grid for both markets (the last price of each at each step). Per sample O(k²) for k = 2 + 2·lags
//! regressors, into the normal equations; an estimate is O(k³). Nothing is allocated after construction.

use super::{AnalyticsError, count};

/// Most lags.
pub const MAX_VECM_LAGS: usize = 16;
const MOST: usize = 2 + 2 * MAX_VECM_LAGS;
/// A pivot below this part of its diagonal is rounding.
const SINGULAR: f64 = 1e-11;

/// The estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InformationShares {
    /// Samples in the regression.
    pub observations: u64,
    /// Least share of the first and of the second market, 0..=1.
    pub lower: [f64; 2],
    /// Largest share of each; `lower[0] + upper[1]` and `upper[0] + lower[1]` are 1.
    pub upper: [f64; 2],
    /// Middle of the bounds.
    pub share: [f64; 2],
    /// Gonzalo and Granger's component shares, which sum to 1.
    pub component_share: [f64; 2],
    /// Speeds α at which each price corrects p₁ − p₂, per step: negative for the first, positive for the second where they correct.
    pub adjustment: [f64; 2],
    /// Correlation of the innovations: what the bounds differ by comes from it.
    pub correlation: f64,
}

/// Normal equations of the error-correction model of two prices.
///
/// ```
/// use market_maker::analytics::InformationShare;
/// let mut share = InformationShare::new(1)?;
/// // The second market repeats the first a step later, and hardly errs.
/// let (mut price, mut state) = (0.0, 1_u32);
/// let mut draw = || { state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223); f64::from(state >> 8) / f64::from(1 << 24) - 0.5 };
/// for _ in 0..5_000 {
///     let before = price;
///     price += draw();
///     share.update(price, before + 0.1 * draw());
/// }
/// let shares = share.estimate()?;
/// assert!(shares.lower[0] > 0.95, "the first market leads: {shares:?}");
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InformationShare {
    lags: usize,
    /// The last changes, the newest first, and how many are there.
    changes: [[f64; 2]; MAX_VECM_LAGS],
    known: usize,
    last: Option<[f64; 2]>,
    /// The first difference of the prices: taken off all of them, so that a constant basis costs no digits.
    basis: f64,
    samples: u64,
    /// X'X (lower triangle), X'Y and Y'Y.
    xx: Box<[[f64; MOST]]>,
    xy: [[f64; MOST]; 2],
    yy: [f64; 3],
}

impl InformationShare {
    /// With `lags` lagged changes of both prices, 1..=[`MAX_VECM_LAGS`].
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`] for `lags`.
    pub fn new(lags: u32) -> Result<Self, AnalyticsError> {
        Ok(Self {
            lags: count(u64::from(lags), MAX_VECM_LAGS as u64, "lags")?,
            changes: [[0.0; 2]; MAX_VECM_LAGS],
            known: 0,
            last: None,
            basis: 0.0,
            samples: 0,
            xx: vec![[0.0; MOST]; MOST].into_boxed_slice(),
            xy: [[0.0; MOST]; 2],
            yy: [0.0; 3],
        })
    }

    const fn regressors(&self) -> usize {
        2 + 2 * self.lags
    }

    /// Both prices at the next step of the grid, in one unit (ticks or logarithms). One that is not finite interrupts. Hot path:
    /// O(lags²).
    pub fn update(&mut self, first: f64, second: f64) {
        if !first.is_finite() || !second.is_finite() {
            self.interrupt();
            return;
        }
        let Some(last) = self.last.replace([first, second]) else {
            if self.samples == 0 {
                self.basis = first - second;
            }
            return;
        };
        let change = [first - last[0], second - last[1]];
        if self.known == self.lags {
            self.accumulate(last[0] - last[1] - self.basis, change);
        }
        self.changes.copy_within(..self.lags - 1, 1);
        self.changes[0] = change;
        self.known = (self.known + 1).min(self.lags);
    }

    fn accumulate(&mut self, error: f64, change: [f64; 2]) {
        let k = self.regressors();
        let mut x = [0.0; MOST];
        (x[0], x[1]) = (1.0, error);
        for (pair, lagged) in x[2..k].chunks_exact_mut(2).zip(&self.changes) {
            pair.copy_from_slice(lagged);
        }
        for row in 0..k {
            for (sum, value) in self.xx[row][..=row].iter_mut().zip(&x) {
                *sum += x[row] * value;
            }
            self.xy[0][row] += x[row] * change[0];
            self.xy[1][row] += x[row] * change[1];
        }
        self.yy[0] += change[0] * change[0];
        self.yy[1] += change[0] * change[1];
        self.yy[2] += change[1] * change[1];
        self.samples += 1;
    }

    /// The next prices follow nothing: a halt, a gap. Hot path.
    pub fn interrupt(&mut self) {
        self.last = None;
        self.known = 0;
    }

    /// Samples in the regression.
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.samples
    }

    /// The shares. O(lags³), allocates nothing.
    ///
    /// # Errors
    /// [`AnalyticsError::Undetermined`] with too few samples, collinear regressors, innovations without variance, or prices
    /// neither of which corrects.
    pub fn estimate(&self) -> Result<InformationShares, AnalyticsError> {
        let undetermined = AnalyticsError::Undetermined { observations: self.samples };
        let k = self.regressors();
        if self.samples <= k as u64 {
            return Err(undetermined);
        }
        let factor = cholesky(&self.xx, k).ok_or(undetermined)?;
        let coefficients = [solve(&factor, &self.xy[0], k), solve(&factor, &self.xy[1], k)];
        let explained = |left: usize, right: usize| -> f64 {
            (0..k).map(|at| coefficients[left][at] * self.xy[right][at]).sum()
        };
        let freedom = (self.samples - k as u64) as f64;
        let omega = [
            (self.yy[0] - explained(0, 0)) / freedom,
            (self.yy[1] - explained(0, 1)) / freedom,
            (self.yy[2] - explained(1, 1)) / freedom,
        ];
        let adjustment = [coefficients[0][1], coefficients[1][1]];
        shares(adjustment, omega, self.samples).ok_or(undetermined)
    }
}

/// From α and Ω = (ω₁₁, ω₁₂, ω₂₂).
fn shares(adjustment: [f64; 2], omega: [f64; 3], observations: u64) -> Option<InformationShares> {
    let [o11, o12, o22] = omega;
    let psi = [-adjustment[1], adjustment[0]];
    let scale = psi[0] + psi[1];
    if !(o11 > 0.0 && o22 > 0.0 && o11 * o22 > o12 * o12) || scale == 0.0 {
        return None;
    }
    let total = psi[0] * psi[0] * o11 + 2.0 * psi[0] * psi[1] * o12 + psi[1] * psi[1] * o22;
    // The last market keeps only what the first one's innovation does not explain.
    let last = |own: usize, own_variance: f64, other_variance: f64| {
        psi[own] * psi[own] * (own_variance - o12 * o12 / other_variance) / total
    };
    let bounds = [last(0, o11, o22), last(1, o22, o11)];
    if !(total > 0.0 && bounds.iter().all(|bound| bound.is_finite())) {
        return None;
    }
    // With a negative correlation the place at the end is the better one.
    let first = [1.0 - bounds[1], 1.0 - bounds[0]];
    let lower = [bounds[0].min(first[0]), bounds[1].min(first[1])];
    let upper = [bounds[0].max(first[0]), bounds[1].max(first[1])];
    Some(InformationShares {
        observations,
        lower,
        upper,
        share: [0.5 * (lower[0] + upper[0]), 0.5 * (lower[1] + upper[1])],
        component_share: [psi[0] / scale, psi[1] / scale],
        adjustment,
        correlation: o12 / libm::sqrt(o11 * o22),
    })
}

/// Lower factor of the leading k×k block; `None` where it is singular.
fn cholesky(matrix: &[[f64; MOST]], k: usize) -> Option<[[f64; MOST]; MOST]> {
    let mut factor = [[0.0; MOST]; MOST];
    for row in 0..k {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|at| factor[row][at] * factor[column][at]).sum();
            let rest = matrix[row][column] - dot;
            if column < row {
                factor[row][column] = rest / factor[column][column];
            } else if rest > SINGULAR * matrix[row][row] {
                factor[row][row] = libm::sqrt(rest);
            } else {
                return None;
            }
        }
    }
    Some(factor)
}

/// Solves L·L'·x = y.
fn solve(factor: &[[f64; MOST]; MOST], right: &[f64; MOST], k: usize) -> [f64; MOST] {
    let mut x = *right;
    for row in 0..k {
        let dot: f64 = (0..row).map(|at| factor[row][at] * x[at]).sum();
        x[row] = (x[row] - dot) / factor[row][row];
    }
    for row in (0..k).rev() {
        let dot: f64 = (row + 1..k).map(|at| factor[at][row] * x[at]).sum();
        x[row] = (x[row] - dot) / factor[row][row];
    }
    x
}
