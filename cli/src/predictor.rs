//! `--predictor`: a network attached to the engine of a replay, and what came of it.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use market_maker::engine::{Asking, Forecaster, ForecasterConfig, Reading};
use market_maker::features::{
    CHANNELS, Channel, ChannelConfig, FeatureWindow, FeatureWindowConfig, NormaliserConfig,
};
use market_maker::model::lstm::LstmConfig;
use market_maker::model::moments;
use market_maker::model::predictor::{Predictor, PredictorConfig};
use market_maker::model::ssm::SsmHippoConfig;
use market_maker::model::weights::WeightFile;
use market_maker::strategy::PredictionRule;
use market_maker::types::Quantity;
use serde_json::{Value, json};

use crate::Failure;

#[derive(Clone, Copy, ValueEnum)]
enum NetworkName {
    /// The state-space network, SSM-HiPPO.
    Ssm,
    /// The LSTM with attention.
    Lstm,
}

/// A network beside the strategy.
#[derive(ClapArgs)]
pub struct PredictorArgs {
    /// Attach a network: a safetensors file of its weights. Sizes, and the moments of the features where they are in it, come
    /// from the file too.
    #[arg(long)]
    predictor: Option<PathBuf>,
    /// Which network the file holds; told by its tensors when absent.
    #[arg(long, value_enum, requires = "predictor")]
    network: Option<NetworkName>,
    /// Carry the network's state from row to row instead of asking it with the whole window.
    #[arg(long, requires = "predictor")]
    stream: bool,
    /// Step of the feature grid, milliseconds.
    #[arg(long, default_value_t = 100, requires = "predictor")]
    grid_ms: u64,
    /// Volume of a VPIN bucket, lots; the library's default when absent.
    #[arg(long, requires = "predictor")]
    vpin_bucket: Option<u64>,
    /// Steps of the grid that a prediction is about; `horizon` of the file's metadata, or all that the network forecasts,
    /// when absent.
    #[arg(long, requires = "predictor")]
    prediction_steps: Option<u32>,
    /// Part of the expected change that the reservation price follows.
    #[arg(long, default_value_t = 0.0, requires = "predictor")]
    follow_change: f64,
    /// Half spreads that a certain direction moves the reservation price.
    #[arg(long, default_value_t = 0.0, requires = "predictor")]
    follow_direction: f64,
    /// Part of the expected change in volatility that the spread follows.
    #[arg(long, default_value_t = 0.0, requires = "predictor")]
    follow_volatility: f64,
}

impl PredictorArgs {
    /// How far the strategy follows.
    pub fn rule(&self) -> PredictionRule {
        PredictionRule {
            change_weight: self.follow_change,
            direction_weight: self.follow_direction,
            volatility_weight: self.follow_volatility,
            ..PredictionRule::OFF
        }
    }

    /// The network with its window; `None` where none was asked for.
    pub fn forecaster(&self) -> Result<Option<Forecaster>, Failure> {
        let Some(path) = &self.predictor else { return Ok(None) };
        let file = WeightFile::open(path)?;
        let config = match self.network {
            None => PredictorConfig::from_weights(&file)?,
            Some(NetworkName::Ssm) => PredictorConfig::SsmHippo(SsmHippoConfig::from_weights(&file)?),
            Some(NetworkName::Lstm) => PredictorConfig::Lstm(LstmConfig::from_weights(&file)?),
        };
        let network = Predictor::from_weights(&config, &file)?.with_max_batch(1)?;
        let shape = network.shape();
        let told = file.metadata().get("horizon").map(|text| {
            text.parse::<u32>().map_err(|_| format!("horizon `{text}` in the file is no number"))
        });
        let steps = self.prediction_steps.or(told.transpose()?);
        let reading = if shape.output_columns == CHANNELS {
            let steps = steps.unwrap_or(u32::try_from(shape.output_rows)?);
            Reading::Channels { horizon: steps, volatility: Channel::VolatilityMedium }
        } else {
            let missing = "the file does not say how many steps its prediction is about: --prediction-steps";
            Reading::Triple { horizon: steps.ok_or(missing)? }
        };
        // Moments that were saved with the weights are those that the network was trained on: they stay.
        let has_moments = moments::are_in(&file);
        let normaliser = NormaliserConfig { learns: !has_moments, ..NormaliserConfig::default() };
        let channels = ChannelConfig::default();
        let mut window = FeatureWindow::new(&FeatureWindowConfig {
            rows: u32::try_from(shape.input_rows)?,
            step_ns: self.grid_ms.saturating_mul(1_000_000),
            channels: ChannelConfig {
                vpin_bucket: self.vpin_bucket.map_or(channels.vpin_bucket, Quantity),
                ..channels
            },
            normaliser: Some(normaliser),
        })?;
        if has_moments {
            window.set_normaliser(Some(moments::read(&file, &normaliser)?))?;
        }
        let asking = if self.stream { Asking::Stream } else { Asking::Window };
        Ok(Some(Forecaster::new(&ForecasterConfig { asking, reading }, window, network)?))
    }
}

/// What the network did, for the JSON line.
pub fn to_json(forecaster: &Forecaster) -> Value {
    let stats = forecaster.stats();
    let network = match forecaster.predictor().config() {
        PredictorConfig::SsmHippo(_) => "ssm",
        PredictorConfig::Lstm(_) => "lstm",
    };
    json!({
        "network": network,
        "isa": forecaster.predictor().isa().name(),
        "rows": stats.rows,
        "predictions": stats.predictions,
        "failures": stats.failures,
    })
}

/// The same for people.
pub fn print(forecaster: &Forecaster) {
    let stats = forecaster.stats();
    println!(
        "  predictions       {:>14}   rows {}   refused or no number {}",
        stats.predictions, stats.rows, stats.failures
    );
}
