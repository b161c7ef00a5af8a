//! Calibration: what range each channel of the large products' inputs has, learnt from sample windows.
//!
//! i16 and int8 round a vector to steps of its largest value, so one large channel costs all others their bits. The inputs of
//! the projection of each layer and of the head come out of a norm with a weight per channel: dividing that weight by a factor
//! and multiplying the matrix's column by it changes nothing but the rounding. Factors are the square root of
//! input range over weight range (Xiao et al. 2022, arXiv 2211.10438), rounded to powers of two, so they are exact
//! and free at run time. f32 and bf16 do not need it and ignore it.

use super::config::SsmHippoConfig;
use super::network::{SsmHippo, check_length};
use super::parameters::Parameters;
use super::state::SsmState;
use crate::model::error::ModelError;
use crate::model::precision::{Precision, PublishedError};
use crate::model::weights::{WeightFile, WeightWriter};

/// The largest magnitude that each channel had before each layer's projection and before the head.
///
/// ```
/// use market_maker::model::precision::Precision;
/// use market_maker::model::ssm::{SsmHippo, SsmHippoConfig};
/// let config = SsmHippoConfig { d_model: 32, n_layer: 2, seq_len: 32, ..SsmHippoConfig::default() };
/// let model = SsmHippo::from_seed(&config, 7)?;
/// let windows = vec![0.25; 8 * config.window_len()];
/// let calibration = model.calibrate(&windows)?;
/// assert_eq!(calibration.windows(), 8);
/// let int8 = model.with_precision(Precision::Int8)?.with_calibration(&calibration)?;
/// assert!(int8.largest_difference(&model, &windows)? < 0.1);
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// One list of D for each layer, then the head's.
    pub(super) ranges: Vec<Vec<f32>>,
    windows: u64,
}

impl Calibration {
    pub(super) fn empty(config: &SsmHippoConfig) -> Self {
        Self { ranges: vec![vec![0.0; config.d_model]; config.n_layer + 1], windows: 0 }
    }

    /// Windows that it was learnt from; 0 for one that came from a file.
    #[must_use]
    pub const fn windows(&self) -> u64 {
        self.windows
    }

    /// max |x| of each of the D channels before the projection of layer `layer`; that of the head for `n_layer`; `None`
    /// beyond.
    #[must_use]
    pub fn ranges(&self, layer: usize) -> Option<&[f32]> {
        self.ranges.get(layer).map(Vec::as_slice)
    }

    /// Widens the ranges of one place by rows of D, `stride` apart.
    fn observe(&mut self, place: usize, rows: &[f32], stride: usize) {
        for row in rows.chunks_exact(stride) {
            for (most, x) in self.ranges[place].iter_mut().zip(row) {
                *most = most.max(x.abs());
            }
        }
    }

    /// Moves powers of two from the norm's weight to the columns of the matrix behind it, whose rows are whole numbers of
    /// D long: √(input range / weight range), so that neither side has all of the spread.
    pub(super) fn even_out(&self, place: usize, norm: &mut [f32], matrix: &mut [f32]) {
        let ranges = &self.ranges[place];
        let mut largest = vec![0.0_f32; ranges.len()];
        for row in matrix.chunks_exact(ranges.len()) {
            for (most, weight) in largest.iter_mut().zip(row) {
                *most = most.max(weight.abs());
            }
        }
        // Halves of the ratios' logarithms, less their mean: channels that are alike stay as they are.
        let half_log = |(&input, &weight): (&f32, &f32)| {
            let ratio = f64::from(input) / f64::from(weight);
            (ratio.is_finite() && ratio > 0.0).then(|| 0.5 * libm::log2(ratio))
        };
        let logs: Vec<Option<f64>> = ranges.iter().zip(&largest).map(half_log).collect();
        let known = logs.iter().flatten().count().max(1);
        let mean = logs.iter().flatten().sum::<f64>() / known as f64;
        let power = |log: f64| libm::round(log - mean).clamp(-30.0, 30.0) as i32;
        let factors: Vec<f32> =
            logs.iter().map(|log| log.map_or(1.0, |log| libm::ldexp(1.0, power(log)) as f32)).collect();
        for (norm, factor) in norm.iter_mut().zip(&factors) {
            *norm /= factor;
        }
        for row in matrix.chunks_exact_mut(ranges.len()) {
            for (weight, factor) in row.iter_mut().zip(&factors) {
                *weight *= factor;
            }
        }
    }

    fn fits(&self, config: &SsmHippoConfig) -> bool {
        self.ranges.len() == config.n_layer + 1 && self.ranges.iter().all(|r| r.len() == config.d_model)
    }

    /// The file's, if it has one.
    pub(super) fn load(config: &SsmHippoConfig, file: &WeightFile) -> Result<Option<Self>, ModelError> {
        if !file.contains(&name(config, 0)) {
            return Ok(None);
        }
        let of = |place| file.f32(&name(config, place), &[config.d_model]);
        let ranges = (0..=config.n_layer).map(of).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Self { ranges, windows: 0 }))
    }

    pub(super) fn put(&self, config: &SsmHippoConfig, writer: &mut WeightWriter) -> Result<(), ModelError> {
        for (place, ranges) in self.ranges.iter().enumerate() {
            writer.f32(&name(config, place), &[config.d_model], ranges)?;
        }
        Ok(())
    }
}

fn name(config: &SsmHippoConfig, place: usize) -> String {
    if place == config.n_layer {
        "calibration.head".to_owned()
    } else {
        format!("calibration.layers.{place}")
    }
}

impl SsmHippo {
    /// Runs sample windows, one after the other in `windows`, and records the ranges. Off the hot path: it makes its own
    /// state. A few hundred windows of usual data are plenty; ranges that are too small cost accuracy, never
    /// correctness.
    ///
    /// # Errors
    /// [`ModelError::InputLength`] for no window or a broken one, and as [`predict`](Self::predict).
    pub fn calibrate(&self, windows: &[f32]) -> Result<Calibration, ModelError> {
        let len = self.config.window_len();
        check_length(windows.len(), windows.len().next_multiple_of(len).max(len))?;
        // The unchanged weights' ranges are wanted, whatever this network was packed for.
        let plain = self.repack(Precision::F32, None)?;
        let mut state = SsmState::with_batch(&plain, 1)?;
        let mut calibration = Calibration::empty(&self.config);
        let tokens = self.sizes.p * self.sizes.d_stride;
        for window in windows.chunks_exact(len) {
            plain.embed_window(window, 0, &mut state.scratch)?;
            for layer in 0..self.config.n_layer {
                plain.layers(layer..layer + 1, 1, None, &[], &mut state.scratch);
                let normed = &state.scratch.layer.normed[..tokens];
                calibration.observe(layer, normed, self.sizes.d_stride);
            }
            plain.attend(0, 0, &mut state.scratch);
            calibration.observe(self.config.n_layer, &state.scratch.flat, self.sizes.d);
            calibration.windows += 1;
        }
        Ok(calibration)
    }

    /// The same network packed with a calibration.
    ///
    /// # Errors
    /// [`ModelError::ForeignState`] for a calibration of other sizes, [`ModelError::Memory`].
    pub fn with_calibration(&self, calibration: &Calibration) -> Result<Self, ModelError> {
        if !calibration.fits(&self.config) {
            return Err(ModelError::ForeignState);
        }
        self.repack(self.config.precision, Some(calibration.clone()))
    }

    /// The same weights and calibration at another precision.
    ///
    /// # Errors
    /// [`ModelError::Memory`].
    pub fn with_precision(&self, precision: Precision) -> Result<Self, ModelError> {
        self.repack(precision, self.calibration.clone())
    }

    /// Largest |difference| of this network's predictions from those of `other` over sample windows: the measured error of
    /// a precision, where `other` is the f32 network. Off the hot path.
    ///
    /// # Errors
    /// [`ModelError::ForeignState`] for networks of other sizes; [`ModelError::InputLength`] for no window or a broken one,
    /// and as [`predict`](Self::predict).
    pub fn largest_difference(&self, other: &Self, windows: &[f32]) -> Result<f64, ModelError> {
        let same = SsmHippoConfig { precision: self.config.precision, ..other.config.clone() };
        if same != self.config {
            return Err(ModelError::ForeignState);
        }
        let len = self.config.window_len();
        check_length(windows.len(), windows.len().next_multiple_of(len).max(len))?;
        let (mut ours, mut theirs) = (SsmState::with_batch(self, 1)?, SsmState::with_batch(other, 1)?);
        let mut outs = [vec![0.0_f32; self.config.output_len()], vec![0.0_f32; self.config.output_len()]];
        let mut largest = 0.0_f64;
        for window in windows.chunks_exact(len) {
            self.predict(&mut ours, window, &mut outs[0])?;
            other.predict(&mut theirs, window, &mut outs[1])?;
            let difference = outs[0].iter().zip(&outs[1]).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs());
            largest = difference.fold(largest, f64::max);
        }
        Ok(largest)
    }

    /// The largest |error| that was measured against the definition in f64, calibrated, for default sizes, over 24 windows whose
    /// outputs reach 2.4 (6.6 at three times the weights), rounded up: `tests/ssm_precision.rs` measures it again and fails beyond
    /// it. At three times PyTorch's initial scale the network magnifies every rounding more than a hundredfold, f32's
    /// included, so only f32 is of use there: measure a trained network's own error with
    /// [`largest_difference`](Self::largest_difference).
    #[must_use]
    pub const fn published_error(precision: Precision) -> PublishedError {
        let (default_scale, three_times) = match precision {
            Precision::F32 => (2.5e-6, 4e-4),
            Precision::Bf16 => (6.5e-3, 2.0),
            Precision::I16 => (1e-3, 6.5),
            Precision::Int8 => (2.5e-2, 6.5),
        };
        PublishedError { default_scale, three_times }
    }

    fn repack(&self, precision: Precision, calibration: Option<Calibration>) -> Result<Self, ModelError> {
        let config = SsmHippoConfig { precision, ..self.config.clone() };
        let parameters: Parameters = self.parameters.clone();
        Self::pack(&config, parameters, calibration, self.is_trained(), self.simd)
    }
}
