//! The network's tensors: their names and shapes as in the PyTorch state dict, their first values, their file.
//!
//! One list describes them; initialising, loading, checking and saving all walk it. Kept unpacked beside the packed
//! copies that the kernels read, so that a network of any precision saves the weights that it was given.

use std::collections::BTreeMap;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::config::SsmHippoConfig;
use crate::model::error::ModelError;
use crate::model::weights::{WeightFile, WeightWriter};

/// How a fresh network fills a tensor: PyTorch's rules for its layers, Mamba's for the step length.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fresh {
    /// Uniform in ±1/√fan-in.
    Uniform { fan_in: usize },
    /// Norms' and the skip term's weights.
    Ones,
    /// Biases of norms.
    Zeros,
    /// softplus⁻¹ of steps that are log-uniform between 1e-3 and 1e-1.
    StepBias,
}

#[derive(Clone, Debug)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    fresh: Fresh,
}

/// All tensors of a network by name, row-major `f32`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameters {
    tensors: BTreeMap<String, Vec<f32>>,
}

/// Every tensor that a valid configuration asks for, in the state dict's order.
fn tensors(config: &SsmHippoConfig) -> Vec<Tensor> {
    let mut list = Vec::new();
    let mut put =
        |name: String, shape: &[usize], fresh| list.push(Tensor { name, shape: shape.to_vec(), fresh });
    let (d, e, c, r) = (config.d_model, config.d_inner(), config.num_channels, config.rank());
    let (hidden, flat) = (config.attention_hidden(), config.num_patches() * config.d_model);
    let linear = |put: &mut dyn FnMut(String, &[usize], Fresh), name: &str, rows: usize, columns: usize| {
        let fresh = Fresh::Uniform { fan_in: columns };
        put(format!("{name}.weight"), &[rows, columns], fresh);
        put(format!("{name}.bias"), &[rows], fresh);
    };
    linear(&mut put, "embed.input", d, c);
    put("embed.norm.weight".into(), &[d], Fresh::Ones);
    put("embed.norm.bias".into(), &[d], Fresh::Zeros);
    linear(&mut put, "embed.skip", d, c);
    for i in 0..config.n_layer {
        let block = format!("layers.{i}.block");
        put(format!("layers.{i}.norm.weight"), &[d], Fresh::Ones);
        put(format!("{block}.d"), &[e], Fresh::Ones);
        put(format!("{block}.in_proj.weight"), &[2 * e, d], Fresh::Uniform { fan_in: d });
        put(format!("{block}.conv.weight"), &[e, 1, config.d_conv], Fresh::Uniform { fan_in: config.d_conv });
        put(format!("{block}.conv.bias"), &[e], Fresh::Uniform { fan_in: config.d_conv });
        put(format!("{block}.x_proj.weight"), &[r + config.state_of(i), e], Fresh::Uniform { fan_in: e });
        put(format!("{block}.dt_proj.weight"), &[e, r], Fresh::Uniform { fan_in: r });
        put(format!("{block}.dt_proj.bias"), &[e], Fresh::StepBias);
        put(format!("{block}.out_proj.weight"), &[d, e], Fresh::Uniform { fan_in: e });
    }
    linear(&mut put, "attention.fc1", hidden, d);
    linear(&mut put, "attention.fc2", d, hidden);
    put("norm.weight".into(), &[d], Fresh::Ones);
    linear(&mut put, "head", config.output_len(), flat);
    list
}

impl Parameters {
    /// Fresh weights: Xoshiro256++ seeded with `seed`, tensors in the state dict's order. The same seed gives the same bits
    /// on every machine.
    pub fn from_seed(config: &SsmHippoConfig, seed: u64) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        // 53 random bits in [0, 1).
        let mut unit = || (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut value = |fresh| match fresh {
            Fresh::Uniform { fan_in } => ((2.0 * unit() - 1.0) / (fan_in as f64).sqrt()) as f32,
            Fresh::Ones => 1.0,
            Fresh::Zeros => 0.0,
            Fresh::StepBias => {
                let step = libm::exp(unit() * 100.0_f64.ln() + 1e-3_f64.ln());
                (step + libm::log(-libm::expm1(-step))) as f32
            }
        };
        let mut fill = |t: Tensor| {
            let values = (0..t.shape.iter().product()).map(|_| value(t.fresh)).collect();
            (t.name, values)
        };
        Self { tensors: tensors(config).into_iter().map(&mut fill).collect() }
    }

    /// Reads every tensor, and refuses a file that holds others: weights of another architecture would fit by accident.
    pub fn load(config: &SsmHippoConfig, file: &WeightFile) -> Result<Self, ModelError> {
        let list = tensors(config);
        let mut loaded = BTreeMap::new();
        for tensor in list {
            let values = file.f32(&tensor.name, &tensor.shape)?;
            loaded.insert(tensor.name, values);
        }
        // The feature pipeline's statistics and the calibration travel in the same file.
        let other = ["normaliser.", "calibration."];
        file.refuse_others(|name| loaded.contains_key(name) || other.iter().any(|o| name.starts_with(o)))?;
        Ok(Self { tensors: loaded })
    }

    /// Puts every tensor into a writer.
    pub fn put(&self, config: &SsmHippoConfig, writer: &mut WeightWriter) -> Result<(), ModelError> {
        for tensor in tensors(config) {
            writer.f32(&tensor.name, &tensor.shape, self.get(&tensor.name))?;
        }
        Ok(())
    }

    /// A tensor's values; empty for a name that is not in the list, which no caller asks for.
    pub fn get(&self, name: &str) -> &[f32] {
        debug_assert!(self.tensors.contains_key(name), "{name}");
        self.tensors.get(name).map_or(&[], Vec::as_slice)
    }

    /// A tensor of layer `layer`.
    pub fn of_layer(&self, layer: usize, name: &str) -> &[f32] {
        self.get(&format!("layers.{layer}.{name}"))
    }
}
