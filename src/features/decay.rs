//! Exponential forgetting over irregular times: the decay factor of an interval, and the time-weighted average of a
//! piecewise constant value. O(1), hot path, single writer.

use super::FeatureError;
use crate::types::Timestamp;

/// Up to here the series below is precise to the last bit: its first missing term is x¹¹/11! < 2⁻⁵⁵·x.
const SHORT: f64 = 0.125;

/// 1 − e^(−x) for 0 ≤ x < [`SHORT`]: ten terms of the series, in an order in which most of them do not wait for each
/// other. No call, no division, and the same bits on every machine.
#[inline]
fn forgotten_soon(x: f64) -> f64 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let low = (1.0 - x * (1.0 / 2.0)) + x2 * (1.0 / 6.0 - x * (1.0 / 24.0));
    let high = (1.0 / 120.0 - x * (1.0 / 720.0)) + x2 * (1.0 / 5_040.0 - x * (1.0 / 40_320.0));
    let top = 1.0 / 362_880.0 - x * (1.0 / 3_628_800.0);
    x * (low + x4 * (high + x4 * top))
}

/// Forgets half in each half-life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// ln 2 / half-life, per nanosecond.
    rate: f64,
    /// Half-life / ln 2, seconds: what a constant state's weight approaches.
    memory: f64,
}

impl Decay {
    /// With this half-life in seconds.
    ///
    /// # Errors
    /// [`FeatureError::NotFinite`], [`FeatureError::NotPositive`] for `half_life`.
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        Self::named(half_life, "half_life")
    }

    pub(super) fn named(half_life: f64, parameter: &'static str) -> Result<Self, FeatureError> {
        if !half_life.is_finite() {
            return Err(FeatureError::NotFinite { parameter });
        }
        // Below a nanosecond the clock cannot resolve it.
        if half_life < 1e-9 {
            return Err(FeatureError::NotPositive { parameter });
        }
        let memory = half_life / std::f64::consts::LN_2;
        Ok(Self { rate: 1e-9 / memory, memory })
    }

    /// The part of the weight that the interval forgets, 0..=1: 1 − 2^(−interval/half-life), precise for the
    /// shortest interval. Hot path.
    #[inline]
    #[must_use]
    pub fn forgotten(&self, nanoseconds: u64) -> f64 {
        let x = nanoseconds as f64 * self.rate;
        // Nearly all events are closer together than this.
        if x < SHORT { forgotten_soon(x) } else { -libm::expm1(-x) }
    }

    /// Half-life / ln 2, seconds: the decayed length of an infinitely long past.
    #[must_use]
    pub const fn memory(&self) -> f64 {
        self.memory
    }
}

/// Average of a piecewise constant value, weighted by how long each value stood, recent time more.
///
/// ```
/// use market_maker::features::TimeAverage;
/// use market_maker::types::Timestamp;
/// let mut average = TimeAverage::new(1e6)?; // nearly no forgetting
/// average.update(Timestamp(0), 1.0);
/// average.update(Timestamp(3_000_000_000), 5.0); // 1 stood for three seconds
/// average.update(Timestamp(4_000_000_000), 9.0); // 5 stood for one
/// assert!((average.value().unwrap() - 2.0).abs() < 1e-5);
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAverage {
    decay: Decay,
    sum: f64,
    weight: f64,
    current: Option<(Timestamp, f64)>,
}

impl TimeAverage {
    /// With this half-life in seconds.
    ///
    /// # Errors
    /// Those of [`Decay::new`].
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        Ok(Self::from_decay(Decay::new(half_life)?))
    }

    pub(super) const fn from_decay(decay: Decay) -> Self {
        Self { decay, sum: 0.0, weight: 0.0, current: None }
    }

    /// From `now` on the value is `value`. A value that is not finite interrupts. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, value: f64) {
        if !value.is_finite() {
            self.current = None;
            return;
        }
        let mut time = now;
        if let Some((since, stood)) = self.current {
            time = now.max(since);
            let forgotten = self.decay.forgotten(time.0 - since.0);
            self.sum += forgotten * (stood - self.sum);
            self.weight += forgotten * (1.0 - self.weight);
        }
        self.current = Some((time, value));
    }

    /// The value is unknown until the next update; what was learnt stays. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.current = None;
    }

    /// The average up to the last update; the current value while no time has passed; `None` when nothing is known.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        if self.weight > 0.0 { Some(self.sum / self.weight) } else { self.current.map(|(_, value)| value) }
    }
}
