//! Kyle's λ (*Econometrica* 53(6), 1985, F10): how far signed volume moves the mid, by decayed least squares with intercept.
//!
//! Samples are intervals: Δmid = a + λ·(signed volume) + ε, an interval that is n intervals old weighs 2^(−n/half-life).
//! The moments are kept about their running means (Welford's recurrence with decay), so that neither a drift of the mid
//! nor one-sided flow cancels digits. O(1) per interval, hot path, single writer.

use crate::features::FeatureError;

/// Below this a decayed sum of squares is the remainder of samples long forgotten.
const FORGOTTEN: f64 = 1e-100;

/// Decayed regression of the mid's change on signed volume.
///
/// ```
/// use market_maker::features::KyleLambda;
/// let mut kyle = KyleLambda::new(100.0)?;
/// for i in 0..50 {
///     let volume = f64::from(i % 7 - 3);
///     kyle.update(volume, 0.25 + 0.02 * volume); // lots, ticks
/// }
/// assert!((kyle.lambda().unwrap() - 0.02).abs() < 1e-12);
/// assert!((kyle.intercept().unwrap() - 0.25).abs() < 1e-12);
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KyleLambda {
    /// What a sample's weight is multiplied by when the next one comes.
    kept: f64,
    weight: f64,
    mean_volume: f64,
    mean_change: f64,
    /// Weighted Σ(volume − mean)² and Σ(volume − mean)(change − mean).
    squares: f64,
    products: f64,
}

impl KyleLambda {
    /// With this half-life in samples; infinity never forgets.
    ///
    /// # Errors
    /// [`FeatureError::NotFinite`] for NaN, [`FeatureError::NotPositive`] for `kyle_half_life`.
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        if half_life.is_nan() {
            return Err(FeatureError::NotFinite { parameter: "kyle_half_life" });
        }
        if half_life <= 0.0 {
            return Err(FeatureError::NotPositive { parameter: "kyle_half_life" });
        }
        Ok(Self {
            kept: libm::exp2(-1.0 / half_life),
            weight: 0.0,
            mean_volume: 0.0,
            mean_change: 0.0,
            squares: 0.0,
            products: 0.0,
        })
    }

    /// One interval: its signed volume in lots (buying positive), the change of the mid over it in ticks. A sample that is
    /// not finite is left out. Hot path.
    #[inline]
    pub fn update(&mut self, signed_volume: f64, change: f64) {
        if !signed_volume.is_finite() || !change.is_finite() {
            return;
        }
        self.weight = self.kept * self.weight + 1.0;
        let part = 1.0 / self.weight;
        let volume_off = signed_volume - self.mean_volume;
        self.mean_volume += part * volume_off;
        self.mean_change += part * (change - self.mean_change);
        self.squares = self.kept * self.squares + volume_off * (signed_volume - self.mean_volume);
        self.products = self.kept * self.products + volume_off * (change - self.mean_change);
        if self.squares < FORGOTTEN {
            (self.squares, self.products) = (0.0, 0.0);
        }
        // Means without samples fade as well, down to where arithmetic is slow.
        if self.mean_volume.abs() < FORGOTTEN {
            self.mean_volume = 0.0;
        }
        if self.mean_change.abs() < FORGOTTEN {
            self.mean_change = 0.0;
        }
    }

    /// λ in ticks per lot; `None` while the volume has not varied. Hot path.
    #[inline]
    #[must_use]
    pub fn lambda(&self) -> Option<f64> {
        // A variance within rounding of the mean's square is no variance.
        let rounding = 1e-24 * self.weight * self.mean_volume * self.mean_volume;
        (self.squares > rounding).then(|| self.products / self.squares)
    }

    /// The change of the mid without volume, ticks per interval; `None` while λ is.
    #[must_use]
    pub fn intercept(&self) -> Option<f64> {
        Some(self.mean_change - self.lambda()? * self.mean_volume)
    }

    /// Sum of the samples' weights.
    #[must_use]
    pub const fn weight(&self) -> f64 {
        self.weight
    }
}
