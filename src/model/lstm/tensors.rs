//! The network's weights as PyTorch lays them out: names, shapes, seeds, and the largest input that keeps sums finite.
//!
//! `lstm.weight_ih_l{i}` is `[4·hidden, inputs]` with gates in the order i, f, g, o, and so are the others of `torch.nn.LSTM`;
//! `attention`, `fc1` and `fc2` are `torch.nn.Linear`.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::config::LstmConfig;
use crate::mem::buffer::OutOfMemory;
use crate::model::error::ModelError;
use crate::model::weights::{WeightFile, WeightWriter};

/// One layer's weights, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LayerTensors {
    /// Inputs of the layer: features, or hidden units of the layer below.
    pub inputs: usize,
    pub weight_ih: Vec<f32>,
    pub weight_hh: Vec<f32>,
    pub bias_ih: Vec<f32>,
    pub bias_hh: Vec<f32>,
}

/// A dense layer, row-major `[rows][columns]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dense {
    pub rows: usize,
    pub columns: usize,
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
}

/// All weights of a network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensors {
    pub layers: Vec<LayerTensors>,
    pub attention: Option<Dense>,
    pub head: Option<[Dense; 2]>,
}

/// Where tensors come from: asked for each in a fixed order, with its name, shape and the scale of its initialisation.
trait Origin {
    fn tensor(&mut self, name: &str, shape: &[usize], scale: f64) -> Result<Vec<f32>, ModelError>;
}

struct FromFile<'a>(&'a WeightFile);

impl Origin for FromFile<'_> {
    fn tensor(&mut self, name: &str, shape: &[usize], _: f64) -> Result<Vec<f32>, ModelError> {
        self.0.f32(name, shape)
    }
}

struct FromSeed(Xoshiro256PlusPlus);

impl Origin for FromSeed {
    fn tensor(&mut self, _: &str, shape: &[usize], scale: f64) -> Result<Vec<f32>, ModelError> {
        let count = shape.iter().try_fold(1_usize, |size, n| size.checked_mul(*n)).unwrap_or(usize::MAX);
        let mut values = Vec::new();
        let bytes = count.saturating_mul(size_of::<f32>());
        values.try_reserve_exact(count).map_err(|_| OutOfMemory { bytes })?;
        // Uniform in ±scale from the top 53 bits.
        let mut draw = || ((self.0.next_u64() >> 11) as f64 * 2f64.powi(-52) - 1.0) * scale;
        values.extend((0..count).map(|_| draw() as f32));
        Ok(values)
    }
}

impl Tensors {
    /// Reads and checks all tensors that the configuration asks for.
    pub fn from_file(config: &LstmConfig, file: &WeightFile) -> Result<Self, ModelError> {
        Self::build(config, &mut FromFile(file))
    }

    /// PyTorch's initialisation: uniform in ±1/√hidden for the recurrent layers, ±1/√inputs for the dense ones.
    pub fn from_seed(config: &LstmConfig, seed: u64) -> Result<Self, ModelError> {
        Self::build(config, &mut FromSeed(Xoshiro256PlusPlus::seed_from_u64(seed)))
    }

    fn build(config: &LstmConfig, origin: &mut impl Origin) -> Result<Self, ModelError> {
        config.validate()?;
        let (hidden, gates) = (config.hidden, 4 * config.hidden);
        let scale = 1.0 / (hidden as f64).sqrt();
        let mut layers = Vec::with_capacity(config.layers);
        for layer in 0..config.layers {
            let inputs = if layer == 0 { config.features } else { hidden };
            let mut tensor =
                |part: &str, shape: &[usize]| origin.tensor(&format!("lstm.{part}_l{layer}"), shape, scale);
            layers.push(LayerTensors {
                inputs,
                weight_ih: tensor("weight_ih", &[gates, inputs])?,
                weight_hh: tensor("weight_hh", &[gates, hidden])?,
                bias_ih: tensor("bias_ih", &[gates])?,
                bias_hh: tensor("bias_hh", &[gates])?,
            });
        }
        let mut dense = |name: &str, rows: usize, columns: usize| {
            let scale = 1.0 / (columns as f64).sqrt();
            let weight = origin.tensor(&format!("{name}.weight"), &[rows, columns], scale)?;
            let bias = origin.tensor(&format!("{name}.bias"), &[rows], scale)?;
            Ok::<_, ModelError>(Dense { rows, columns, weight, bias })
        };
        let attention = if config.attention { Some(dense("attention", 1, hidden)?) } else { None };
        let head = match config.head {
            None => None,
            Some(head) => Some([dense("fc1", head.dense, hidden)?, dense("fc2", head.outputs, head.dense)?]),
        };
        Ok(Self { layers, attention, head })
    }

    /// Whether a tensor of this name is one of the network's.
    pub fn knows(&self, name: &str) -> bool {
        let of_layer = |rest: &str| {
            let parts = ["weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l"];
            parts.into_iter().find_map(|part| rest.strip_prefix(part)).is_some_and(|layer| {
                layer
                    .parse::<usize>()
                    .is_ok_and(|index| index < self.layers.len() && layer == index.to_string())
            })
        };
        match name.split_once('.') {
            Some(("lstm", rest)) => of_layer(rest),
            Some(("attention", "weight" | "bias")) => self.attention.is_some(),
            Some(("fc1" | "fc2", "weight" | "bias")) => self.head.is_some(),
            _ => false,
        }
    }

    /// Adds all tensors to a file.
    pub fn write(&self, writer: &mut WeightWriter) -> Result<(), ModelError> {
        for (l, layer) in self.layers.iter().enumerate() {
            let gates = layer.bias_ih.len();
            writer.f32(&format!("lstm.weight_ih_l{l}"), &[gates, layer.inputs], &layer.weight_ih)?;
            writer.f32(&format!("lstm.weight_hh_l{l}"), &[gates, gates / 4], &layer.weight_hh)?;
            writer.f32(&format!("lstm.bias_ih_l{l}"), &[gates], &layer.bias_ih)?;
            writer.f32(&format!("lstm.bias_hh_l{l}"), &[gates], &layer.bias_hh)?;
        }
        let attention = self.attention.iter().map(|dense| ("attention", dense));
        let head = self.head.iter().flat_map(|[fc1, fc2]| [("fc1", fc1), ("fc2", fc2)]);
        for (name, dense) in attention.chain(head) {
            writer.f32(&format!("{name}.weight"), &[dense.rows, dense.columns], &dense.weight)?;
            writer.f32(&format!("{name}.bias"), &[dense.rows], &dense.bias)?;
        }
        Ok(())
    }

    /// The largest |input| for which no sum overflows: hidden states are within ±1, so only weights and inputs count.
    pub fn input_limit(&self) -> Result<f32, ModelError> {
        // A quarter leaves room for what rounding adds along a chain.
        let most = f64::from(f32::MAX) / 4.0;
        let mut limit = most;
        for (l, layer) in self.layers.iter().enumerate() {
            let recurrent = row_sums(&layer.weight_hh, layer.bias_hh.len());
            let inputs = row_sums(&layer.weight_ih, layer.bias_ih.len());
            let biases = layer
                .bias_ih
                .iter()
                .zip(&layer.bias_hh)
                .map(|(a, b)| f64::from(a.abs()) + f64::from(b.abs()));
            for ((recurrent, inputs), bias) in recurrent.zip(inputs).zip(biases) {
                let fixed = recurrent + bias + if l == 0 { 0.0 } else { inputs };
                if fixed > most {
                    return Err(ModelError::TooLarge { tensor: format!("lstm.weight_hh_l{l}") });
                }
                if l == 0 && inputs > 0.0 {
                    limit = limit.min((most - fixed) / inputs);
                }
            }
        }
        if let Some(attention) = &self.attention {
            attention.largest_output("attention", 1.0, most)?;
        }
        if let Some([fc1, fc2]) = &self.head {
            let dense = fc1.largest_output("fc1", 1.0, most)?;
            fc2.largest_output("fc2", dense, most)?;
        }
        Ok(limit as f32)
    }
}

impl Dense {
    /// A bound of |output| for inputs within ±`input`, refused beyond `most`.
    fn largest_output(&self, name: &str, input: f64, most: f64) -> Result<f64, ModelError> {
        let sums = row_sums(&self.weight, self.rows).zip(&self.bias);
        let bound = sums.map(|(sum, bias)| sum * input + f64::from(bias.abs())).fold(0.0, f64::max);
        if bound <= most { Ok(bound) } else { Err(ModelError::TooLarge { tensor: format!("{name}.weight") }) }
    }
}

/// Σ|w| of each row.
fn row_sums(weights: &[f32], rows: usize) -> impl Iterator<Item = f64> {
    let columns = weights.len() / rows;
    weights.chunks_exact(columns).map(|row| row.iter().map(|w| f64::from(w.abs())).sum())
}
