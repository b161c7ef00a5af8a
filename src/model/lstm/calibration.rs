//! Fitting the integer formats to the inputs, and measuring what a precision costs on them.

use super::packed::{Packed, Sizes};
use super::{Lstm, LstmState};
use crate::model::error::ModelError;
use crate::model::precision::InputRanges;

/// What a calibration found.
#[derive(Clone, Debug, PartialEq)]
pub struct LstmCalibration {
    /// Windows looked at.
    pub windows: usize,
    /// The range of each feature.
    pub ranges: InputRanges,
    /// Largest |error| of any output against double precision over these windows, the network being calibrated.
    pub max_error: f64,
}

impl Lstm {
    /// Learns the range of each feature from sample windows `[count][steps][features]`, and measures the error of the
    /// configured precision on them.
    ///
    /// Hidden states need no calibration, they lie within ±1. Without ranges the first layer's projection stays in f32 in every
    /// format; with them the integer formats take its inputs in 14 bits over the learnt range (centred, so that a price near 1 keeps
    /// its digits), which is faster where features are many; inputs beyond the range then count as its end. Float
    /// formats keep the ranges and do not use them. States made before are foreign after, where the format changes.
    ///
    /// O(count · steps · layers · hidden²) in double precision; off the hot path.
    ///
    /// # Errors
    /// [`ModelError::InputLength`] unless there is at least one window and no part of one; [`ModelError::NotFiniteInput`];
    /// [`ModelError::Memory`]. The network is then unchanged.
    pub fn calibrate(&mut self, windows: &[f32]) -> Result<LstmCalibration, ModelError> {
        let config = self.sizes.config;
        let length = config.window_len();
        let count = windows.len().div_ceil(length).max(1);
        if windows.len() != count * length {
            return Err(ModelError::InputLength { expected: count * length, found: windows.len() });
        }
        if let Some(index) = windows.iter().position(|x| x.is_nan() || x.abs() > self.limit) {
            return Err(ModelError::NotFiniteInput { index });
        }
        let mut ranges = InputRanges::new(config.features)?;
        ranges.observe(windows)?;
        let sizes = Sizes::new(&config, true);
        let packed = Packed::new(&sizes, &self.tensors, Some(&ranges))?;
        let before =
            (self.sizes, std::mem::replace(&mut self.packed, packed), self.ranges.replace(ranges.clone()));
        self.sizes = sizes;
        match self.measure_error(windows) {
            Ok(max_error) => Ok(LstmCalibration { windows: count, ranges, max_error }),
            Err(error) => {
                (self.sizes, self.packed, self.ranges) = before;
                Err(error)
            }
        }
    }

    /// Largest |error| of any output against double precision over windows `[any][steps][features]`. Allocates.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn measure_error(&self, windows: &[f32]) -> Result<f64, ModelError> {
        let config = self.config();
        let mut state = LstmState::new(self)?;
        let mut out = vec![0.0; config.outputs()];
        let mut most = 0.0_f64;
        for window in windows.chunks(config.window_len()) {
            self.predict(&mut state, window, &mut out)?;
            let exact = self.predict_f64(window)?;
            most = out.iter().zip(&exact).map(|(x, y)| (f64::from(*x) - y).abs()).fold(most, f64::max);
        }
        Ok(most)
    }
}
