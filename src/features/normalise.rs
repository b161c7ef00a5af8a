//! Running normalisation: each channel less its mean, over its standard deviation, both by Welford's recurrence (1962) with
//! exponential decay (West 1979; Finch 2009), clipped.
//!
//! With decay d per row the weight of the past is W ← dW + 1, and a row moves the mean by δ/W and the variance to
//! (1 − 1/W)(var + δ²/W), δ being its distance from the mean before: the weighted moments Σdⁿx/W and Σdⁿ(x − mean)²/W
//! exactly, without the cancellation of sums of squares. A row takes part in the moments that it is normalised by, and
//! no later row does: nothing looks ahead, and a row keeps its numbers when the window moves on.
//!
//! A channel that does not vary is divided by 1: it shows its distance from the mean, which is 0 while it stays. The
//! state is three plain slices that are saved beside a model's weights. O(channels) per row, hot path, single
//! writer, nothing allocated after construction.

use super::FeatureError;

/// A standard deviation below this part of the mean's magnitude is rounding: the channel is constant.
const ROUNDING: f64 = 1e-7;
/// A variance below this is none.
const LEAST_VARIANCE: f64 = 1e-60;

/// How a [`Normaliser`] learns and clips.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormaliserConfig {
    /// After so many rows a row weighs half; infinity never forgets (every row the same).
    pub half_life_rows: f64,
    /// Largest magnitude of a normalised value; infinity (in effect the largest `f32`) does not clip.
    pub clip: f64,
    /// Whether rows change the moments. A model trained on fixed moments wants them fixed.
    pub learns: bool,
}

impl Default for NormaliserConfig {
    /// Half-life of 20,000 rows, clipped at 8 standard deviations, learning.
    fn default() -> Self {
        Self { half_life_rows: 20_000.0, clip: 8.0, learns: true }
    }
}

/// Running mean and variance of each channel, and the normalised row.
///
/// ```
/// use market_maker::features::{Normaliser, NormaliserConfig};
/// let mut normaliser = Normaliser::new(2, &NormaliserConfig::default())?;
/// let mut out = [0.0_f32; 2];
/// for i in 0..1000 {
///     normaliser.push(&[f64::from(i % 2), 7.0], &mut out)?; // one channel alternates, one is constant
/// }
/// assert!((out[0] - 1.0).abs() < 1e-3); // 1 is half above a mean of a half, the deviation is a half
/// assert_eq!(out[1], 0.0);
///
/// // Saved beside a model's weights, and loaded again:
/// let (mean, var, weight) = (normaliser.mean().to_vec(), normaliser.var().to_vec(), normaliser.weight().to_vec());
/// let mut restored = Normaliser::new(2, &NormaliserConfig::default())?;
/// restored.restore(&mean, &var, &weight)?;
/// assert_eq!(restored, normaliser);
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Normaliser {
    kept: f64,
    clip: f64,
    learns: bool,
    mean: Box<[f64]>,
    var: Box<[f64]>,
    weight: [f64; 1],
    /// Of each channel, what it is multiplied by.
    scale: Box<[f64]>,
}

impl Normaliser {
    /// Name of the tensor of means, `[channels]`.
    pub const MEAN: &'static str = "normaliser.mean";
    /// Name of the tensor of variances, `[channels]`.
    pub const VAR: &'static str = "normaliser.var";
    /// Name of the tensor of the rows' total weight, `[1]`.
    pub const WEIGHT: &'static str = "normaliser.weight";

    /// One that has seen nothing, for rows of `channels` values.
    ///
    /// # Errors
    /// [`FeatureError::NotPositive`] for `channels`, `half_life_rows` and `clip`, [`FeatureError::NotFinite`] where they
    /// are NaN.
    pub fn new(channels: usize, config: &NormaliserConfig) -> Result<Self, FeatureError> {
        for (value, parameter) in [(config.half_life_rows, "half_life_rows"), (config.clip, "clip")] {
            if value.is_nan() {
                return Err(FeatureError::NotFinite { parameter });
            }
            if value <= 0.0 {
                return Err(FeatureError::NotPositive { parameter });
            }
        }
        if channels == 0 {
            return Err(FeatureError::NotPositive { parameter: "channels" });
        }
        let zeros = vec![0.0; channels].into_boxed_slice();
        Ok(Self {
            kept: libm::exp2(-1.0 / config.half_life_rows),
            clip: config.clip.min(f64::from(f32::MAX)),
            learns: config.learns,
            mean: zeros.clone(),
            var: zeros,
            weight: [0.0],
            scale: vec![1.0; channels].into_boxed_slice(),
        })
    }

    /// Learns from a row (where it learns) and writes the normalised row to `out`: finite, within the clip. Before
    /// anything was learnt that is the row itself. Hot path: O(channels).
    ///
    /// # Errors
    /// [`FeatureError::Length`] for `row` and `out`; [`FeatureError::BadElement`] for a value that no finite `f32` is
    /// near. Nothing has changed then.
    pub fn push(&mut self, row: &[f64], out: &mut [f32]) -> Result<(), FeatureError> {
        let channels = self.mean.len();
        for (found, parameter) in [(row.len(), "row"), (out.len(), "out")] {
            if found != channels {
                return Err(FeatureError::Length { parameter, expected: channels, found });
            }
        }
        if let Some(index) = row.iter().position(|&value| !(value as f32).is_finite()) {
            return Err(FeatureError::BadElement { parameter: "row", index });
        }
        if self.learns {
            self.learn(row);
        }
        for (((out, value), mean), scale) in
            out.iter_mut().zip(row).zip(self.mean.iter()).zip(self.scale.iter())
        {
            *out = ((value - mean) * scale).clamp(-self.clip, self.clip) as f32;
        }
        Ok(())
    }

    fn learn(&mut self, row: &[f64]) {
        self.weight[0] = self.kept * self.weight[0] + 1.0;
        let part = 1.0 / self.weight[0];
        for (((mean, var), scale), value) in
            self.mean.iter_mut().zip(self.var.iter_mut()).zip(self.scale.iter_mut()).zip(row)
        {
            let off = value - *mean;
            *mean += part * off;
            *var = (1.0 - part) * (*var + part * off * off);
            *scale = scale_of(*mean, *var);
        }
    }

    /// The value of a channel in its own units whose normalised value, as of the last row, is this. Hot path: O(1).
    ///
    /// # Panics
    /// Where there is no such channel.
    #[inline]
    #[must_use]
    pub fn original(&self, channel: usize, normalised: f64) -> f64 {
        normalised / self.scale[channel] + self.mean[channel]
    }

    /// Channels of a row.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.mean.len()
    }

    /// Whether rows change the moments.
    #[must_use]
    pub const fn learns(&self) -> bool {
        self.learns
    }

    /// Decides whether rows change the moments from here on.
    pub const fn set_learns(&mut self, learns: bool) {
        self.learns = learns;
    }

    /// Mean of each channel.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Variance of each channel, of the population.
    #[must_use]
    pub fn var(&self) -> &[f64] {
        &self.var
    }

    /// Total weight of the rows seen, one element: below 1/(1 − 2^(−1/half-life)), and their number when nothing is
    /// forgotten.
    #[must_use]
    pub const fn weight(&self) -> &[f64] {
        &self.weight
    }

    /// Goes on from saved moments, `f32` or `f64`. O(channels).
    ///
    /// # Errors
    /// [`FeatureError::Length`], and [`FeatureError::BadElement`] for what is not finite or negative (variances, the
    /// weight), both by the tensor's name. Nothing has changed then.
    pub fn restore<T: Copy + Into<f64>>(
        &mut self,
        mean: &[T],
        var: &[T],
        weight: &[T],
    ) -> Result<(), FeatureError> {
        let channels = self.mean.len();
        for (values, parameter, expected, least) in [
            (mean, Self::MEAN, channels, f64::NEG_INFINITY),
            (var, Self::VAR, channels, 0.0),
            (weight, Self::WEIGHT, 1, 0.0),
        ] {
            if values.len() != expected {
                return Err(FeatureError::Length { parameter, expected, found: values.len() });
            }
            let is_bad = |&value: &T| !(value.into().is_finite() && value.into() >= least);
            if let Some(index) = values.iter().position(is_bad) {
                return Err(FeatureError::BadElement { parameter, index });
            }
        }
        let is_seen = weight[0].into() > 0.0;
        for (index, (&mean, &var)) in mean.iter().zip(var).enumerate() {
            (self.mean[index], self.var[index]) = (mean.into(), var.into());
            self.scale[index] = if is_seen { scale_of(mean.into(), var.into()) } else { 1.0 };
        }
        self.weight = [weight[0].into()];
        Ok(())
    }
}

#[inline]
fn scale_of(mean: f64, var: f64) -> f64 {
    let rounding = ROUNDING * mean;
    if var > rounding * rounding && var > LEAST_VARIANCE { 1.0 / var.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn noise(random: &mut Xoshiro256PlusPlus) -> f64 {
        (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    #[test]
    fn moments_are_the_weighted_sums_over_the_whole_history() {
        for (seed, half_life) in [(1, 5.0), (2, 80.0), (3, 1e6), (4, f64::INFINITY)] {
            let config = NormaliserConfig { half_life_rows: half_life, clip: f64::INFINITY, learns: true };
            let mut normaliser = Normaliser::new(3, &config).unwrap();
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut history: Vec<[f64; 3]> = Vec::new();
            let mut out = [0.0; 3];
            for _ in 0..400 {
                // A large mean would cost sums of squares all their digits.
                let row = [1e6 + noise(&mut random), 1e-6 * noise(&mut random), 40.0 * noise(&mut random)];
                history.push(row);
                normaliser.push(&row, &mut out).unwrap();
                for channel in 0..3 {
                    let weighted = |of: &dyn Fn(f64) -> f64| -> f64 {
                        let ages = (0..history.len()).rev().map(|age| (-(age as f64) / half_life).exp2());
                        ages.zip(&history).map(|(weight, row)| weight * of(row[channel])).sum()
                    };
                    let weight = weighted(&|_| 1.0);
                    let origin = history[0][channel];
                    let mean = origin + weighted(&|x| x - origin) / weight;
                    let var = weighted(&|x| (x - mean) * (x - mean)) / weight;
                    assert!((normaliser.weight()[0] - weight).abs() < 1e-9 * weight);
                    let scale = if channel == 0 { 1e6 } else { 40.0 };
                    assert!((normaliser.mean()[channel] - mean).abs() < 1e-14 * scale);
                    assert!((normaliser.var()[channel] - var).abs() <= 1e-6 * var, "{channel}");
                    let back = normaliser.original(channel, f64::from(out[channel]));
                    assert!((back - row[channel]).abs() < 1e-5 * scale, "{back} is not {}", row[channel]);
                    if channel != 0 && history.len() > 1 {
                        let expected = (row[channel] - mean) / var.sqrt();
                        assert!((f64::from(out[channel]) - expected).abs() < 1e-5 * (1.0 + expected.abs()));
                    }
                }
            }
        }
    }

    #[test]
    fn a_constant_channel_is_zero_and_its_first_move_is_finite_and_clipped() {
        let config = NormaliserConfig { half_life_rows: 50.0, clip: 4.0, learns: true };
        let mut normaliser = Normaliser::new(4, &config).unwrap();
        let mut out = [9.0; 4];
        let constant = [0.0, 1e30, -0.1, f64::from(f32::MAX)];
        for _ in 0..1000 {
            normaliser.push(&constant, &mut out).unwrap();
            assert_eq!(out, [0.0; 4]);
        }
        normaliser.push(&[1e-20, -1e30, -0.1, -f64::from(f32::MAX)], &mut out).unwrap();
        assert!(out.iter().all(|value| value.abs() <= 4.0), "{out:?}");
        assert_eq!(out[1..], [-4.0, 0.0, -4.0]);
        // A frozen one shows a constant channel's distance.
        normaliser.restore(&[5.0; 4], &[0.0; 4], &[100.0]).unwrap();
        normaliser.set_learns(false);
        normaliser.push(&[5.0, 6.5, -100.0, 1e38], &mut out).unwrap();
        assert_eq!(out, [0.0, 1.5, -4.0, 4.0]);
    }

    #[test]
    fn a_frozen_normaliser_learns_nothing() {
        let mut normaliser = Normaliser::new(1, &NormaliserConfig::default()).unwrap();
        normaliser.set_learns(false);
        let mut out = [0.0];
        normaliser.push(&[3.5], &mut out).unwrap();
        assert_eq!((out, normaliser.weight()), ([3.5], &[0.0][..]), "as it came");
        normaliser.restore(&[1.0_f32], &[4.0], &[10.0]).unwrap();
        let before = normaliser.clone();
        normaliser.push(&[4.0], &mut out).unwrap();
        assert_eq!((out, &normaliser), ([1.5], &before));
    }

    #[test]
    fn what_is_restored_goes_on_as_if_never_saved() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(8);
        let mut one = Normaliser::new(5, &NormaliserConfig::default()).unwrap();
        let mut row = || [0; 5].map(|_: i32| 10.0 * noise(&mut random));
        let (mut a, mut b) = ([0.0; 5], [0.0; 5]);
        for _ in 0..300 {
            one.push(&row(), &mut a).unwrap();
        }
        let mut two = Normaliser::new(5, &NormaliserConfig::default()).unwrap();
        two.restore(one.mean(), one.var(), one.weight()).unwrap();
        for _ in 0..300 {
            let row = row();
            one.push(&row, &mut a).unwrap();
            two.push(&row, &mut b).unwrap();
            assert_eq!(a.map(f32::to_bits), b.map(f32::to_bits));
        }
    }

    #[test]
    fn bad_tensors_and_rows_are_refused_by_name_and_change_nothing() {
        let mut normaliser = Normaliser::new(2, &NormaliserConfig::default()).unwrap();
        normaliser.restore(&[1.0, 2.0], &[3.0, 4.0], &[5.0]).unwrap();
        let before = normaliser.clone();
        let length = |parameter, expected, found| FeatureError::Length { parameter, expected, found };
        let element = |parameter, index| FeatureError::BadElement { parameter, index };
        let (mean, var, weight) = (Normaliser::MEAN, Normaliser::VAR, Normaliser::WEIGHT);
        for (tensors, error) in [
            ((&[0.0][..], &[1.0, 1.0][..], &[1.0][..]), length(mean, 2, 1)),
            ((&[0.0, 0.0], &[1.0, 1.0, 1.0], &[1.0]), length(var, 2, 3)),
            ((&[0.0, 0.0], &[1.0, 1.0], &[]), length(weight, 1, 0)),
            ((&[0.0, f64::NAN], &[1.0, 1.0], &[1.0]), element(mean, 1)),
            ((&[f64::NEG_INFINITY, 0.0], &[1.0, 1.0], &[1.0]), element(mean, 0)),
            ((&[0.0, 0.0], &[1.0, -1.0], &[1.0]), element(var, 1)),
            ((&[0.0, 0.0], &[f64::INFINITY, 1.0], &[1.0]), element(var, 0)),
            ((&[0.0, 0.0], &[1.0, 1.0], &[f64::NAN]), element(weight, 0)),
            ((&[0.0, 0.0], &[1.0, 1.0], &[-1.0]), element(weight, 0)),
        ] {
            assert_eq!(normaliser.restore(tensors.0, tensors.1, tensors.2), Err(error));
        }
        let mut out = [7.0; 2];
        for (row, error) in [
            (&[1.0][..], length("row", 2, 1)),
            (&[1.0, f64::NAN], element("row", 1)),
            (&[f64::INFINITY, 1.0], element("row", 0)),
            (&[1e39, 1.0], element("row", 0)),
        ] {
            assert_eq!(normaliser.push(row, &mut out), Err(error));
        }
        assert_eq!(normaliser.push(&[1.0, 1.0], &mut [0.0; 3]), Err(length("out", 2, 3)));
        assert_eq!((normaliser, out), (before, [7.0; 2]));
    }

    #[test]
    fn a_bad_configuration_is_refused_by_name() {
        let good = NormaliserConfig::default();
        for (config, parameter) in [
            (NormaliserConfig { half_life_rows: 0.0, ..good }, "half_life_rows"),
            (NormaliserConfig { clip: -1.0, ..good }, "clip"),
        ] {
            assert_eq!(Normaliser::new(2, &config).unwrap_err(), FeatureError::NotPositive { parameter });
        }
        for (config, parameter) in [
            (NormaliserConfig { half_life_rows: f64::NAN, ..good }, "half_life_rows"),
            (NormaliserConfig { clip: f64::NAN, ..good }, "clip"),
        ] {
            assert_eq!(Normaliser::new(2, &config).unwrap_err(), FeatureError::NotFinite { parameter });
        }
        assert!(Normaliser::new(0, &good).is_err());
    }
}
