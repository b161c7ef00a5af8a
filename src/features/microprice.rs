//! Stoikov's microprice (2018, *Quantitative Finance* 18(12), F10): the price that the mid is expected to reach, given
//! the imbalance and the spread shown now, estimated from the recorded transitions of the best prices.
//!
//! States are (imbalance step, spread); the expected total move G of the mid solves G = r + P·G with the one-step expected
//! move r and the transition matrix P. Every transition also counts mirrored (bid and ask exchanged, the move negated), so G
//! is odd in the imbalance and the equation needs only the states with a heavier bid: one linear system, which has a
//! solution wherever an imbalance ever fades. That is the limit of the sum ΣBⁱG¹ of the paper.
//!
//! Observing is O(1) and hot path; fitting is O((steps × spreads)³), off it; a price is one lookup.

use super::{FeatureError, TopOfBook};

/// Most imbalance steps, and most spreads, that an estimator takes.
const LIMIT: u32 = 64;

/// The grid of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicropriceConfig {
    /// Imbalance steps to each side of balance, 1..=64.
    pub imbalance_steps: u32,
    /// Widest spread with a state of its own, ticks, 1..=64.
    pub max_spread: u32,
}

impl Default for MicropriceConfig {
    /// Five steps a side, spreads up to four ticks.
    fn default() -> Self {
        Self { imbalance_steps: 5, max_spread: 4 }
    }
}

impl MicropriceConfig {
    fn states(&self) -> usize {
        self.imbalance_steps as usize * self.max_spread as usize
    }

    /// Sign of the imbalance (0: balanced) and the state of its magnitude; `None` for a top without a state.
    #[inline]
    fn state(&self, top: &TopOfBook) -> Option<State> {
        top.sound()?;
        let spread = u32::try_from(top.spread()?).ok().filter(|&spread| spread <= self.max_spread)?;
        // Half a step rounds away from balance on both sides alike.
        let step = libm::round(top.imbalance()? * f64::from(self.imbalance_steps));
        let magnitude = step.abs() as usize;
        let sign = if step > 0.0 { 1 } else { -i64::from(step < 0.0) };
        let index = (spread as usize - 1) * self.imbalance_steps as usize + magnitude.saturating_sub(1);
        Some(State { sign, index })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    sign: i64,
    index: usize,
}

/// Counts the transitions of the best prices and fits a [`Microprice`].
///
/// ```
/// use market_maker::features::{MicropriceConfig, MicropriceEstimator, TopOfBook};
/// use market_maker::types::{Price, Quantity};
/// let top = |bid: i64, b, a| TopOfBook::new(Some((Price(bid), Quantity(b))), Some((Price(bid + 1), Quantity(a))));
/// let mut estimator = MicropriceEstimator::new(&MicropriceConfig { imbalance_steps: 1, max_spread: 1 })?;
/// for i in 0..100i64 {
///     estimator.observe(&top(i, 9, 1)); // a heavy bid is always followed ...
///     estimator.observe(&top(i + 1, 5, 5)); // ... by a tick up and balance
/// }
/// let microprice = estimator.fit()?;
/// assert_eq!(microprice.price(&top(50, 9, 1)), Some(51.5));
/// assert_eq!(microprice.price(&top(50, 1, 9)), Some(49.5)); // and the mirror image
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MicropriceEstimator {
    config: MicropriceConfig,
    /// Transitions into a state less those into its mirror image, row-major.
    net: Box<[i64]>,
    /// Transitions out of a state.
    total: Box<[u64]>,
    /// Sum of moves of twice the mid out of a state.
    moves: Box<[i64]>,
    last: Option<(State, i64)>,
    observations: u64,
}

impl MicropriceEstimator {
    /// An estimator that has seen nothing; 8 bytes × (steps × spreads)² of memory.
    ///
    /// # Errors
    /// [`FeatureError::NotPositive`], [`FeatureError::TooLarge`] for `imbalance_steps` and `max_spread`.
    pub fn new(config: &MicropriceConfig) -> Result<Self, FeatureError> {
        for (value, parameter) in
            [(config.imbalance_steps, "imbalance_steps"), (config.max_spread, "max_spread")]
        {
            if value == 0 {
                return Err(FeatureError::NotPositive { parameter });
            }
            if value > LIMIT {
                return Err(FeatureError::TooLarge { parameter, limit: LIMIT });
            }
        }
        let states = config.states();
        if states > 512 {
            return Err(FeatureError::TooLarge { parameter: "imbalance_steps * max_spread", limit: 512 });
        }
        Ok(Self {
            config: *config,
            net: vec![0; states * states].into_boxed_slice(),
            total: vec![0; states].into_boxed_slice(),
            moves: vec![0; states].into_boxed_slice(),
            last: None,
            observations: 0,
        })
    }

    /// The best prices after an event. A top without a state (one-sided, crossed, wider than `max_spread`) breaks the
    /// chain. Hot path: O(1).
    #[inline]
    pub fn observe(&mut self, top: &TopOfBook) {
        let (Some(state), Some(mid2)) = (self.config.state(top), top.mid2()) else {
            self.last = None;
            return;
        };
        let Some((from, before)) = self.last.replace((state, mid2)) else { return };
        // Staying put says nothing about where the mid goes.
        if from.sign == 0 || (from == state && before == mid2) {
            return;
        }
        let row = from.index * self.total.len();
        self.net[row + state.index] += from.sign * state.sign;
        self.total[from.index] += 1;
        let moved = mid2.saturating_sub(before).saturating_mul(from.sign);
        self.moves[from.index] = self.moves[from.index].saturating_add(moved);
        self.observations += 1;
    }

    /// Transitions that counted.
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.observations
    }

    /// Solves for the expected move of every state; a state never left has none.
    ///
    /// # Errors
    /// [`FeatureError::Undetermined`] without observations, and when some imbalance never fades, so that the expected
    /// move is not finite.
    pub fn fit(&self) -> Result<Microprice, FeatureError> {
        let undetermined = FeatureError::Undetermined { observations: self.observations };
        if self.observations == 0 {
            return Err(undetermined);
        }
        let size = self.total.len();
        let mut matrix = vec![0.0; size * size];
        let mut adjustment = vec![0.0; size];
        for row in 0..size {
            let total = self.total[row].max(1) as f64;
            for column in 0..size {
                matrix[row * size + column] =
                    f64::from(u8::from(row == column)) - self.net[row * size + column] as f64 / total;
            }
            adjustment[row] = 0.5 * self.moves[row] as f64 / total;
        }
        if !solve(&mut matrix, &mut adjustment) {
            return Err(undetermined);
        }
        Ok(Microprice { config: self.config, adjustment: adjustment.into_boxed_slice() })
    }
}

/// Gaussian elimination with partial pivoting in place; `false` when singular to double precision.
fn solve(matrix: &mut [f64], right: &mut [f64]) -> bool {
    let size = right.len();
    for column in 0..size {
        let mut pivot = column;
        for row in column + 1..size {
            if matrix[row * size + column].abs() > matrix[pivot * size + column].abs() {
                pivot = row;
            }
        }
        // Rows sum to at most 2 in magnitude: below this a pivot is rounding.
        if matrix[pivot * size + column].abs() < 1e-12 {
            return false;
        }
        if pivot != column {
            for k in 0..size {
                matrix.swap(pivot * size + k, column * size + k);
            }
            right.swap(pivot, column);
        }
        for row in column + 1..size {
            let factor = matrix[row * size + column] / matrix[column * size + column];
            if factor != 0.0 {
                for k in column..size {
                    matrix[row * size + k] -= factor * matrix[column * size + k];
                }
                right[row] -= factor * right[column];
            }
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|k| matrix[row * size + k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row * size + row];
    }
    true
}

/// A fitted microprice: mid plus the expected move of the state that the top is in.
///
/// Made by [`MicropriceEstimator::fit`]; the example stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Microprice {
    config: MicropriceConfig,
    adjustment: Box<[f64]>,
}

impl Microprice {
    /// The microprice in ticks; `None` for a top without a state. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn price(&self, top: &TopOfBook) -> Option<f64> {
        let state = self.config.state(top)?;
        Some(top.mid()? + state.sign as f64 * self.adjustment[state.index])
    }
}
