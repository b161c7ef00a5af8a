//! Volatility from event-time returns: every change of the mid, squared, over the time that passed, both decayed.
//!
//! σ² = Σ wᵢ·(Δmidᵢ)² / ∫ w dt with w = 2^(−age/half-life): ticks² per second, for any spacing of the events. Events
//! that leave the mid where it is change nothing but the time, so a feed that reports more of them gives the same σ. The
//! estimate includes the bounce of the mid between neighbouring prices; it is the volatility of the mid that a maker
//! quotes around, not of an efficient price. O(1), hot path, single writer.

use super::{Decay, FeatureError};
use crate::types::Timestamp;

/// Below this the decayed sum of squares, of which the least is 1, is the remainder of a time when the mid last moved hundreds of
/// half-lives ago. Zero says the same, and arithmetic near the smallest doubles is slow.
const FORGOTTEN: f64 = 1e-200;

/// Exponentially weighted volatility of the mid in ticks per √second.
///
/// ```
/// use market_maker::features::EwmaVolatility;
/// use market_maker::types::Timestamp;
/// let mut volatility = EwmaVolatility::new(60.0)?;
/// for i in 0..10_000u64 {
///     // The mid moves by two ticks (four half ticks) every 4 seconds: σ² = 4/4.
///     volatility.update(Timestamp(i * 4_000_000_000), 2000 + 4 * (i % 2) as i64);
/// }
/// assert!((volatility.sigma().unwrap() - 1.0).abs() < 0.02);
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EwmaVolatility {
    decay: Decay,
    /// Decayed Σ(Δ of twice the mid)², half ticks².
    squares: f64,
    /// Decayed elapsed time as a part of [`Decay::memory`].
    elapsed: f64,
    last: Option<(Timestamp, i64)>,
    observations: u64,
}

impl EwmaVolatility {
    /// With this half-life in seconds.
    ///
    /// # Errors
    /// [`FeatureError::NotFinite`], [`FeatureError::NotPositive`] for `half_life`.
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        Ok(Self::from_decay(Decay::new(half_life)?))
    }

    pub(super) const fn from_decay(decay: Decay) -> Self {
        Self { decay, squares: 0.0, elapsed: 0.0, last: None, observations: 0 }
    }

    /// Twice the mid (best bid + best ask, ticks) as of `now`. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, mid2: i64) {
        let mut time = now;
        if let Some((since, before)) = self.last {
            time = now.max(since);
            let forgotten = self.decay.forgotten(time.0 - since.0);
            let change = mid2.saturating_sub(before) as f64;
            self.squares += change * change - forgotten * self.squares;
            if self.squares < FORGOTTEN {
                self.squares = 0.0;
            }
            self.elapsed += forgotten * (1.0 - self.elapsed);
            self.observations += u64::from(mid2 != before);
        }
        self.last = Some((time, mid2));
    }

    /// Breaks the chain: neither the time nor the move until the next update counts. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// Variance of the mid in ticks² per second as of the last update; `None` before any time has passed.
    #[inline]
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        // A half tick squared is a quarter of a tick squared.
        (self.elapsed > 0.0).then(|| 0.25 * self.squares / (self.elapsed * self.decay.memory()))
    }

    /// Volatility in ticks per √second as of the last update; `None` before any time has passed.
    #[inline]
    #[must_use]
    pub fn sigma(&self) -> Option<f64> {
        self.variance().map(libm::sqrt)
    }

    /// Mid changes seen.
    #[inline]
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.observations
    }
}
