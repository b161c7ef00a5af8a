//! SSM-HiPPO networks for the tests: weights by formula, random configurations and windows.
#![allow(dead_code, reason = "each test binary uses a part")]

use market_maker::model::error::ModelError;
use market_maker::model::ssm::{SsmHippo, SsmHippoConfig};
use market_maker::model::weights::{WeightFile, WeightWriter};
use market_maker::simd::Simd;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Numbers in [−1, 1) by the formula of python/goldens/ssm_hippo.py.
fn unit(name: &str) -> impl Iterator<Item = f64> {
    let mut counter = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    std::iter::repeat_with(move || {
        counter = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (counter ^ counter >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ x >> 31) >> 40) as f64 / 8_388_608.0 - 1.0
    })
}

/// Name and shape of every tensor.
pub fn tensors(config: &SsmHippoConfig) -> Vec<(String, Vec<usize>)> {
    let (d, e, c, r) = (config.d_model, config.d_inner(), config.num_channels, config.rank());
    let hidden = config.attention_hidden();
    let mut list: Vec<(String, Vec<usize>)> = vec![
        ("embed.input.weight".into(), vec![d, c]),
        ("embed.input.bias".into(), vec![d]),
        ("embed.norm.weight".into(), vec![d]),
        ("embed.norm.bias".into(), vec![d]),
        ("embed.skip.weight".into(), vec![d, c]),
        ("embed.skip.bias".into(), vec![d]),
        ("attention.fc1.weight".into(), vec![hidden, d]),
        ("attention.fc1.bias".into(), vec![hidden]),
        ("attention.fc2.weight".into(), vec![d, hidden]),
        ("attention.fc2.bias".into(), vec![d]),
        ("norm.weight".into(), vec![d]),
        ("head.weight".into(), vec![config.output_len(), config.num_patches() * d]),
        ("head.bias".into(), vec![config.output_len()]),
    ];
    for i in 0..config.n_layer {
        let n = config.state_of(i);
        for (name, shape) in [
            ("norm.weight", vec![d]),
            ("block.d", vec![e]),
            ("block.in_proj.weight", vec![2 * e, d]),
            ("block.conv.weight", vec![e, 1, config.d_conv]),
            ("block.conv.bias", vec![e]),
            ("block.x_proj.weight", vec![r + n, e]),
            ("block.dt_proj.weight", vec![e, r]),
            ("block.dt_proj.bias", vec![e]),
            ("block.out_proj.weight", vec![d, e]),
        ] {
            list.push((format!("layers.{i}.{name}"), shape));
        }
    }
    list
}

/// Weights by formula, at `scale` times PyTorch's initial size.
pub fn formula_weights(config: &SsmHippoConfig, scale: f64) -> WeightWriter {
    let list = tensors(config);
    let mut writer = WeightWriter::new();
    for (name, shape) in &list {
        let weight = name.replace(".bias", ".weight");
        let fan_in = list.iter().find(|(n, _)| *n == weight).map_or(1, |(_, s)| s[1..].iter().product());
        let value = |u: f64| {
            let value = if name.ends_with("norm.weight") || name.ends_with(".d") {
                1.0 + 0.1 * u
            } else if name == "embed.norm.bias" {
                0.1 * u
            } else if name.ends_with("dt_proj.bias") {
                -4.0 + 2.0 * u
            } else {
                scale * u / (fan_in as f64).sqrt()
            };
            value as f32
        };
        let values: Vec<f32> = unit(name).take(shape.iter().product()).map(value).collect();
        writer.f32(name, shape, &values).unwrap();
    }
    writer
}

/// The network of [`formula_weights`].
pub fn formula_network(config: &SsmHippoConfig, scale: f64, simd: Simd) -> Result<SsmHippo, ModelError> {
    let file = WeightFile::from_bytes(formula_weights(config, scale).to_bytes())?;
    SsmHippo::from_weights_with(config, &file, simd)
}

/// The sizes of the small golden network.
pub fn small() -> SsmHippoConfig {
    SsmHippoConfig {
        d_model: 20,
        n_layer: 3,
        seq_len: 29,
        d_state: 5,
        num_channels: 7,
        forecast_len: 3,
        patch_len: 6,
        stride: 4,
        expand: 2,
        d_conv: 3,
        dt_rank: 3,
        reduction_ratio: 3,
        progressive_state: true,
        ..SsmHippoConfig::default()
    }
}

/// A source of reproducible numbers.
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A whole number in `low..=high`.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.0.next_u64() % (high - low + 1) as u64) as usize
    }

    /// A number in [−1, 1).
    pub fn unit(&mut self) -> f32 {
        ((self.0.next_u64() >> 40) as f32) / 8_388_608.0 - 1.0
    }

    /// Features: mostly within ±3, some far out.
    pub fn features(&mut self, len: usize) -> Vec<f32> {
        let value = |_| {
            let far = if self.whole(0, 15) == 0 { 10.0 } else { 3.0 };
            far * self.unit()
        };
        (0..len).map(value).collect()
    }

    /// A small network of odd sizes.
    pub fn config(&mut self) -> SsmHippoConfig {
        let seq_len = self.whole(4, 30);
        SsmHippoConfig {
            d_model: self.whole(1, 40),
            n_layer: self.whole(1, 4),
            seq_len,
            d_state: self.whole(1, 19),
            num_channels: self.whole(1, 9),
            forecast_len: self.whole(1, 7),
            patch_len: self.whole(1, seq_len),
            stride: self.whole(1, 9),
            expand: self.whole(1, 3),
            d_conv: self.whole(1, 6),
            dt_rank: self.whole(0, 5),
            reduction_ratio: self.whole(1, 9),
            progressive_state: self.whole(0, 1) == 1,
            ..SsmHippoConfig::default()
        }
    }
}

/// Largest |a − b|.
pub fn largest_difference(a: &[f32], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

/// The bits, to compare.
pub fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}
