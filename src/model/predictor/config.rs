//! Which network a predictor is, its sizes, and the shapes that follow from them.

use crate::model::error::ModelError;
use crate::model::input::BadInput;
use crate::model::lstm::LstmConfig;
use crate::model::precision::Precision;
use crate::model::ssm::SsmHippoConfig;
use crate::model::weights::WeightFile;

/// Which network, and its sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PredictorConfig {
    /// The SSM-HiPPO network.
    SsmHippo(SsmHippoConfig),
    /// The LSTM.
    Lstm(LstmConfig),
}

impl PredictorConfig {
    /// Which network a weight file holds, told by its tensors' names, and its sizes, as
    /// [`SsmHippoConfig::from_weights`] and [`LstmConfig::from_weights`] find them.
    ///
    /// # Errors
    /// Those of the network's `from_weights`; of the SSM-HiPPO network's where the file holds neither.
    pub fn from_weights(file: &WeightFile) -> Result<Self, ModelError> {
        if file.contains("lstm.weight_ih_l0") {
            LstmConfig::from_weights(file).map(Self::Lstm)
        } else {
            SsmHippoConfig::from_weights(file).map(Self::SsmHippo)
        }
    }

    /// Shapes and periods. Of a valid configuration.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::SsmHippo(config) => Shape {
                input_rows: config.seq_len,
                input_columns: config.num_channels,
                output_rows: config.forecast_len,
                output_columns: config.num_channels,
                stream_period: config.stride,
                stream_warm_up: config.patch_len + (config.num_patches() - 1) * config.stride,
            },
            Self::Lstm(config) => Shape {
                input_rows: config.steps,
                input_columns: config.features,
                output_rows: 1,
                output_columns: config.outputs(),
                stream_period: 1,
                stream_warm_up: config.steps,
            },
        }
    }

    /// Number format of the large products.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        match self {
            Self::SsmHippo(config) => config.precision,
            Self::Lstm(config) => config.precision,
        }
    }

    /// Policy for inputs that are no numbers.
    #[must_use]
    pub const fn bad_input(&self) -> BadInput {
        match self {
            Self::SsmHippo(config) => config.bad_input,
            Self::Lstm(config) => config.bad_input,
        }
    }
}

/// What goes in and comes out, row-major.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows of a window.
    pub input_rows: usize,
    /// Features of a row.
    pub input_columns: usize,
    /// Steps of a forecast; 1 for the LSTM.
    pub output_rows: usize,
    /// Values of a step.
    pub output_columns: usize,
    /// Rows between two fresh forecasts of a stream.
    pub stream_period: usize,
    /// Rows until a stream's first forecast.
    pub stream_warm_up: usize,
}

impl Shape {
    /// Values of a window.
    #[must_use]
    pub const fn input_len(&self) -> usize {
        self.input_rows * self.input_columns
    }

    /// Values of a forecast.
    #[must_use]
    pub const fn output_len(&self) -> usize {
        self.output_rows * self.output_columns
    }
}
