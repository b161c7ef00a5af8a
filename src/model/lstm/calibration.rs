//! Fitting the integer formats to the inputs, and measuring what a precision costs on them.

use super::config::LstmConfig;
use super::{Lstm, LstmState, pack, reference};
use crate::model::error::ModelError;
use crate::model::precision::InputRanges;
use crate::model::weights::{WeightFile, WeightWriter};

/// What a network keeps of a calibration, and stores beside its weights.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub ranges: InputRanges,
    /// The hidden states of each layer on average.
    pub means: Vec<Vec<f32>>,
}

impl Fitted {
    pub const LOW: &str = "calibration.low";
    pub const HIGH: &str = "calibration.high";

    fn mean_name(layer: usize) -> String {
        format!("calibration.hidden_l{layer}")
    }

    /// Whether a tensor of this name is a calibration's.
    pub fn knows(config: &LstmConfig, name: &str) -> bool {
        [Self::LOW, Self::HIGH].contains(&name)
            || (0..config.layers).any(|layer| Self::mean_name(layer) == name)
    }

    /// The calibration in a file, where there is one: all of it or none.
    pub fn from_file(config: &LstmConfig, file: &WeightFile) -> Result<Option<Self>, ModelError> {
        if !file.names().any(|name| Self::knows(config, name)) {
            return Ok(None);
        }
        let bounds = |name| file.f32(name, &[config.features]);
        let ranges = InputRanges::from_bounds(&bounds(Self::LOW)?, &bounds(Self::HIGH)?)?;
        let mean = |layer| file.f32(&Self::mean_name(layer), &[config.hidden]);
        let means = (0..config.layers).map(mean).collect::<Result<_, _>>()?;
        Ok(Some(Self { ranges, means }))
    }

    /// Adds the calibration's tensors to a file.
    pub fn write(&self, writer: &mut WeightWriter) -> Result<(), ModelError> {
        let features = self.ranges.channels();
        writer.f32(Self::LOW, &[features], self.ranges.low())?;
        writer.f32(Self::HIGH, &[features], self.ranges.high())?;
        for (layer, mean) in self.means.iter().enumerate() {
            writer.f32(&Self::mean_name(layer), &[mean.len()], mean)?;
        }
        Ok(())
    }
}

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
    /// Fits the configured precision to sample windows `[count][steps][features]`, and measures its error on them.
    ///
    /// Learns what every hidden state is on average: the part of a rounded weight's error that does not average out is taken
    /// off the biases, by these means instead of those of a network without input. Learns the range of each feature:
    /// with it the integer formats take the first layer's inputs in 14 bits over that range (centred, so that a price near 1
    /// keeps its digits) instead of in f32, which is faster where features are many; inputs beyond the range then count as
    /// its end. An f32 network keeps both for saving and is unchanged by them. States made before are
    /// foreign after, where the format changes.
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
        let means = reference::means(&config, &self.tensors, windows);
        let fitted = Fitted { ranges: ranges.clone(), means };
        let (sizes, packed) = pack(&config, &self.tensors, Some(&fitted))?;
        let sizes = std::mem::replace(&mut self.sizes, sizes);
        let packed = std::mem::replace(&mut self.packed, packed);
        let fitted = self.fitted.replace(fitted);
        match self.measure_error(windows) {
            Ok(max_error) => Ok(LstmCalibration { windows: count, ranges, max_error }),
            Err(error) => {
                (self.sizes, self.packed, self.fitted) = (sizes, packed, fitted);
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
