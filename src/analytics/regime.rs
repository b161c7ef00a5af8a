//! Regimes, online and deterministic: volatility states by a hidden Markov model's forward filter, trends by Page's CUSUM.
//!
//! [`GaussianRegimes`]: returns are normal with a mean and a standard deviation that depend on a hidden state, which moves with a
//! fixed transition matrix; the filter gives the probability of each state given everything so far, by prediction πᵗ⁻¹A and Bayes'
//! rule (Hamilton, *Econometrica* 57(2), 1989). Two states of zero mean, calm and turbulent, make a volatility regime; three of one
//! deviation and different means a trend regime. [`Cusum`]: S⁺ ← max(0, S⁺ + x − k), S⁻ ← max(0, S⁻ − x − k) over returns in standard
//! deviations; above h there is a trend (Page, *Biometrika* 41, 1954). k is half the drift to detect; h sets how rare false
//! alarms are. Both O(1) per return (O(states²)), hot path, no allocation.

use super::{AnalyticsError, count, positive};

/// Most states.
pub const MAX_REGIMES: usize = 8;
/// A likelihood that a state keeps at least, relative to the likeliest: one outlier never makes a state impossible for ever.
const LEAST: f64 = 1e-300;

/// Parameters of [`GaussianRegimes`]. All slices have one element (or row) per state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegimeConfig<'a> {
    /// Mean return of each state.
    pub means: &'a [f64],
    /// Standard deviation of each, positive, in the unit of the returns.
    pub deviations: &'a [f64],
    /// Transition probabilities, row-major: row i is where state i goes in a step; each row sums to 1.
    pub transitions: &'a [f64],
}

/// Forward filter of a Gaussian hidden Markov model. It begins with every state equally likely.
///
/// ```
/// use market_maker::analytics::{GaussianRegimes, RegimeConfig};
/// let mut regimes = GaussianRegimes::new(&RegimeConfig {
///     means: &[0.0, 0.0],
///     deviations: &[1.0, 4.0], // calm, turbulent
///     transitions: &[0.99, 0.01, 0.05, 0.95],
/// })?;
/// for x in [0.5, -0.3, 0.2, 0.1, -0.6] {
///     regimes.update(x);
/// }
/// assert_eq!(regimes.state(), 0);
/// for x in [6.0, -7.0, 5.0] {
///     regimes.update(x);
/// }
/// assert_eq!(regimes.state(), 1);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianRegimes {
    states: usize,
    means: [f64; MAX_REGIMES],
    precisions: [f64; MAX_REGIMES],
    transitions: [[f64; MAX_REGIMES]; MAX_REGIMES],
    probabilities: [f64; MAX_REGIMES],
    log_likelihood: f64,
    observations: u64,
}

impl GaussianRegimes {
    /// With 1..=[`MAX_REGIMES`] states.
    ///
    /// # Errors
    /// [`AnalyticsError`] for `means`, `deviations`, `transitions`; [`AnalyticsError::NotAProbability`] for a row that does not
    /// sum to 1 within 1e-9.
    pub fn new(config: &RegimeConfig<'_>) -> Result<Self, AnalyticsError> {
        let states = count(config.means.len() as u64, MAX_REGIMES as u64, "means")?;
        for (found, expected, parameter) in [
            (config.deviations.len(), states, "deviations"),
            (config.transitions.len(), states * states, "transitions"),
        ] {
            if found != expected {
                return Err(AnalyticsError::Length { parameter, found, expected });
            }
        }
        let mut regimes = Self {
            states,
            means: [0.0; MAX_REGIMES],
            precisions: [0.0; MAX_REGIMES],
            transitions: [[0.0; MAX_REGIMES]; MAX_REGIMES],
            probabilities: [0.0; MAX_REGIMES],
            log_likelihood: 0.0,
            observations: 0,
        };
        for state in 0..states {
            if !config.means[state].is_finite() {
                return Err(AnalyticsError::NotFinite { parameter: "means" });
            }
            regimes.means[state] = config.means[state];
            regimes.precisions[state] = 1.0 / positive(config.deviations[state], "deviations")?;
            regimes.probabilities[state] = 1.0 / states as f64;
            let row = &config.transitions[state * states..(state + 1) * states];
            let is_row = row.iter().all(|p| (0.0..=1.0).contains(p));
            if !is_row || (row.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
                return Err(AnalyticsError::NotAProbability { parameter: "transitions" });
            }
            regimes.transitions[state][..states].copy_from_slice(row);
        }
        Ok(regimes)
    }

    /// The next return; one that is not finite is left out. Hot path: O(states²).
    #[inline]
    pub fn update(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let states = self.states;
        let mut logs = [f64::NEG_INFINITY; MAX_REGIMES];
        for (state, log) in logs[..states].iter_mut().enumerate() {
            let z = (value - self.means[state]) * self.precisions[state];
            *log = libm::log(self.precisions[state]) - 0.5 * z * z;
        }
        let most = logs[..states].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut joint = [0.0; MAX_REGIMES];
        for (to, joint) in joint[..states].iter_mut().enumerate() {
            let prior: f64 =
                (0..states).map(|from| self.probabilities[from] * self.transitions[from][to]).sum();
            *joint = prior * libm::exp(logs[to] - most).max(LEAST);
        }
        let total: f64 = joint[..states].iter().sum();
        // Only where all weight sits on states that the transition matrix leaves for ever.
        if total <= 0.0 {
            return;
        }
        for (probability, joint) in self.probabilities[..states].iter_mut().zip(&joint) {
            *probability = joint / total;
        }
        const HALF_LOG_2_PI: f64 = 0.918_938_533_204_672_8;
        self.log_likelihood += libm::log(total) + most - HALF_LOG_2_PI;
        self.observations += 1;
    }

    /// Probability of each state given all returns so far.
    #[inline]
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities[..self.states]
    }

    /// The likeliest state, the lower one of equals. Hot path.
    #[inline]
    #[must_use]
    pub fn state(&self) -> usize {
        let better = |best: usize, state| {
            if self.probabilities[state] > self.probabilities[best] { state } else { best }
        };
        (1..self.states).fold(0, better)
    }

    /// Sum of the logarithms of each return's predictive density: compares parameters on the same returns.
    #[must_use]
    pub const fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// Returns seen.
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.observations
    }
}

/// Where the price goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trend {
    /// No drift to speak of.
    #[default]
    Flat,
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

/// Parameters of [`Cusum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumConfig {
    /// k: drift per return that is let pass, standard deviations; half of the drift to detect.
    pub allowance: f64,
    /// h: sum beyond which there is a trend, standard deviations.
    pub threshold: f64,
    /// Returns after the last alarm until the trend is over.
    pub patience: u32,
}

impl Default for CusumConfig {
    /// Half a standard deviation; five; twenty returns.
    fn default() -> Self {
        Self { allowance: 0.5, threshold: 5.0, patience: 20 }
    }
}

/// Two-sided CUSUM as a trend state: an alarm sets the trend, resets both sums, and holds until `patience` returns have passed
/// without another alarm of its direction or one of the other direction comes.
///
/// ```
/// use market_maker::analytics::{Cusum, CusumConfig, Trend};
/// let mut cusum = Cusum::new(&CusumConfig { allowance: 0.5, threshold: 3.0, patience: 4 })?;
/// let states: Vec<_> = [0.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0].map(|x| cusum.update(x)).into();
/// assert_eq!(states[3], Trend::Up); // 1.5 + 1.5 + 1.5
/// assert_eq!(states[7], Trend::Flat);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cusum {
    config: CusumConfig,
    up: f64,
    down: f64,
    trend: Trend,
    left: u32,
    alarms: u64,
}

impl Cusum {
    /// Nothing seen.
    ///
    /// # Errors
    /// [`AnalyticsError::NotFinite`], [`AnalyticsError::NotPositive`] by the field's name; an allowance of 0 is legal.
    pub fn new(config: &CusumConfig) -> Result<Self, AnalyticsError> {
        if config.allowance != 0.0 {
            positive(config.allowance, "allowance")?;
        }
        positive(config.threshold, "threshold")?;
        if config.patience == 0 {
            return Err(AnalyticsError::NotPositive { parameter: "patience" });
        }
        Ok(Self { config: *config, up: 0.0, down: 0.0, trend: Trend::Flat, left: 0, alarms: 0 })
    }

    /// The next return in standard deviations (one that is not finite is left out); returns the trend. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, value: f64) -> Trend {
        if !value.is_finite() {
            return self.trend;
        }
        self.up = (self.up + value - self.config.allowance).max(0.0);
        self.down = (self.down - value - self.config.allowance).max(0.0);
        self.left = self.left.saturating_sub(1);
        if self.up > self.config.threshold || self.down > self.config.threshold {
            self.trend = if self.up > self.down { Trend::Up } else { Trend::Down };
            (self.up, self.down, self.left) = (0.0, 0.0, self.config.patience);
            self.alarms += 1;
        } else if self.left == 0 {
            self.trend = Trend::Flat;
        }
        self.trend
    }

    /// The trend now.
    #[inline]
    #[must_use]
    pub const fn trend(&self) -> Trend {
        self.trend
    }

    /// S⁺ and S⁻, standard deviations.
    #[must_use]
    pub const fn sums(&self) -> (f64, f64) {
        (self.up, self.down)
    }

    /// Alarms so far.
    #[must_use]
    pub const fn alarms(&self) -> u64 {
        self.alarms
    }
}
