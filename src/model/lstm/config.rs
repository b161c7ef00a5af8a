//! Sizes and choices of an LSTM predictor, validated once.

use crate::model::error::ModelError;
use crate::model::input::BadInput;
use crate::model::precision::Precision;
use crate::model::weights::WeightFile;

/// Largest number of hidden units, features, dense units or outputs: where exact integer sums are still exact.
pub(super) const MOST_UNITS: usize = 16_384;
/// Largest window.
const MOST_STEPS: usize = 1 << 20;
/// Most layers.
const MOST_LAYERS: usize = 4;

/// The two dense layers after the recurrence: hidden → `dense`, ReLU, → `outputs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LstmHead {
    /// Units between the two layers.
    pub dense: usize,
    /// Outputs of the network.
    pub outputs: usize,
}

impl Default for LstmHead {
    /// 64 units; three outputs: change, volatility, direction.
    fn default() -> Self {
        Self { dense: 64, outputs: 3 }
    }
}

/// The network's sizes and choices. The default is 2 × 128 units over 100 steps of 5 features, attention, 64 → 3 head, f32.
///
/// ```
/// use market_maker::model::lstm::LstmConfig;
/// let config = LstmConfig { hidden: 32, layers: 1, ..LstmConfig::default() };
/// assert_eq!((config.window_len(), config.outputs()), (500, 3));
/// config.validate()?;
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LstmConfig {
    /// Rows of a window, 1 ..= 2²⁰.
    pub steps: usize,
    /// Features of a row, 1 ..= 16384.
    pub features: usize,
    /// Units of each layer, 1 ..= 16384.
    pub hidden: usize,
    /// Layers, 1 ..= 4.
    pub layers: usize,
    /// Whether the last layer's states are averaged over the window by softmax attention (score wₐ·h + bₐ); otherwise the state
    /// after the last row is taken alone.
    pub attention: bool,
    /// The dense layers; `None` returns the (averaged) hidden state itself.
    pub head: Option<LstmHead>,
    /// Format of the large products. Attention, head and cell are f32 in all of them.
    pub precision: Precision,
    /// What to do with inputs that are no numbers.
    pub bad_input: BadInput,
}

impl Default for LstmConfig {
    fn default() -> Self {
        Self {
            steps: 100,
            features: 5,
            hidden: 128,
            layers: 2,
            attention: true,
            head: Some(LstmHead::default()),
            precision: Precision::default(),
            bad_input: BadInput::default(),
        }
    }
}

impl LstmConfig {
    /// Values of a window, row-major `[steps][features]`.
    #[must_use]
    pub const fn window_len(&self) -> usize {
        self.steps * self.features
    }

    /// Values of a prediction.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        match self.head {
            Some(head) => head.outputs,
            None => self.hidden,
        }
    }

    /// Values of a memory `[layer][hidden state, then cell][hidden]`, PyTorch's (h₀, c₀).
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        self.layers * 2 * self.hidden
    }

    /// Checks every size against its range.
    ///
    /// # Errors
    /// [`ModelError::Config`] naming the parameter.
    pub fn validate(&self) -> Result<(), ModelError> {
        let head = self.head.unwrap_or_default();
        let sizes = [
            ("steps", self.steps, MOST_STEPS),
            ("features", self.features, MOST_UNITS),
            ("hidden", self.hidden, MOST_UNITS),
            ("layers", self.layers, MOST_LAYERS),
            ("head.dense", head.dense, MOST_UNITS),
            ("head.outputs", head.outputs, MOST_UNITS),
        ];
        match sizes.into_iter().find(|(_, size, most)| !(1..=*most).contains(size)) {
            None => Ok(()),
            Some((parameter, size, most)) => {
                Err(ModelError::config(parameter, format!("{size} given, 1 to {most} are possible")))
            }
        }
    }

    /// The sizes that a weight file's tensors imply; `steps` from its metadata where it is there, else the default, as are the
    /// precision and the input policy.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`] where the file holds no LSTM; [`ModelError::Config`] for sizes out of range.
    pub fn from_weights(file: &WeightFile) -> Result<Self, ModelError> {
        let width = |name: &str, axis: usize| match file.shape(name) {
            Some(&[rows, columns]) => Ok([rows, columns][axis]),
            Some(found) => Err(ModelError::Shape {
                tensor: name.to_owned(),
                expected: vec![0, 0],
                found: found.to_vec(),
            }),
            None => Err(ModelError::MissingTensor { tensor: name.to_owned() }),
        };
        let default = Self::default();
        let head = if file.contains("fc1.weight") {
            Some(LstmHead { dense: width("fc1.weight", 0)?, outputs: width("fc2.weight", 0)? })
        } else {
            None
        };
        let steps = match file.metadata().get("steps") {
            None => default.steps,
            Some(text) => text
                .parse()
                .map_err(|_| ModelError::config("steps", format!("`{text}` in the file is no number")))?,
        };
        let config = Self {
            steps,
            features: width("lstm.weight_ih_l0", 1)?,
            hidden: width("lstm.weight_hh_l0", 1)?,
            layers: (0..).take_while(|l| file.contains(&format!("lstm.weight_ih_l{l}"))).count(),
            attention: file.contains("attention.weight"),
            head,
            ..default
        };
        config.validate()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_out_of_range_are_named() {
        let ok = LstmConfig::default();
        ok.validate().unwrap();
        let head = |dense, outputs| Some(LstmHead { dense, outputs });
        let bad = [
            (LstmConfig { steps: 0, ..ok }, "steps: 0 given, 1 to 1048576 are possible"),
            (LstmConfig { features: 16_385, ..ok }, "features: 16385 given, 1 to 16384 are possible"),
            (LstmConfig { hidden: 0, ..ok }, "hidden: 0 given, 1 to 16384 are possible"),
            (LstmConfig { layers: 5, ..ok }, "layers: 5 given, 1 to 4 are possible"),
            (LstmConfig { head: head(0, 3), ..ok }, "head.dense: 0 given, 1 to 16384 are possible"),
            (LstmConfig { head: head(3, 0), ..ok }, "head.outputs: 0 given, 1 to 16384 are possible"),
        ];
        for (config, message) in bad {
            assert_eq!(config.validate().unwrap_err().to_string(), message);
        }
        assert_eq!(LstmConfig { head: None, ..ok }.outputs(), 128);
    }
}
