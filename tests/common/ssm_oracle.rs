//! The SSM-HiPPO network's definition in f64 by plain loops, to compare with.

use std::collections::HashMap;

use market_maker::model::ssm::SsmHippoConfig;
use market_maker::model::weights::WeightFile;

/// The definition in f64 by plain loops: dense LegS matrices and a triangular solve for every channel and token.
pub struct Oracle {
    config: SsmHippoConfig,
    tensors: HashMap<String, Vec<f64>>,
}

impl Oracle {
    /// The network of a weight file.
    pub fn new(config: &SsmHippoConfig, file: WeightFile) -> Self {
        let read = |name: &str| (name.to_owned(), file.f64(name, file.shape(name).unwrap()).unwrap());
        Self { config: config.clone(), tensors: file.names().map(read).collect() }
    }

    fn tensor(&self, name: &str) -> &[f64] {
        &self.tensors[name]
    }

    /// W x + b, without b where the file has none.
    fn linear(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let weight = self.tensor(&format!("{name}.weight"));
        let bias = self.tensors.get(&format!("{name}.bias"));
        let row = |(r, row): (usize, &[f64])| {
            bias.map_or(0.0, |bias| bias[r]) + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()
        };
        weight.chunks_exact(x.len()).enumerate().map(row).collect()
    }

    fn rms_norm(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let weight = self.tensor(name);
        let mean = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        x.iter().zip(weight).map(|(x, w)| x / (mean + 1e-5).sqrt() * w).collect()
    }

    fn embed(&self, row: &[f64]) -> Vec<f64> {
        let pre = self.linear("embed.input", row);
        let n = pre.len() as f64;
        let mean = pre.iter().sum::<f64>() / n;
        let variance = pre.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let (weight, bias) = (self.tensor("embed.norm.weight"), self.tensor("embed.norm.bias"));
        let skip = self.linear("embed.skip", row);
        let value = |i: usize| {
            let x = (pre[i] - mean) / (variance + 1e-5).sqrt() * weight[i] + bias[i];
            0.5 * x * (1.0 + libm::erf(x / 2.0_f64.sqrt())) + skip[i]
        };
        (0..pre.len()).map(value).collect()
    }

    fn block(&self, layer: usize, z: &mut [Vec<f64>]) {
        let (config, prefix) = (&self.config, format!("layers.{layer}.block"));
        let (e, n, r) = (config.d_inner(), config.state_of(layer), config.rank());
        let silu = |x: f64| x / (1.0 + (-x).exp());
        let a = |i: usize, j: usize| match i.cmp(&j) {
            std::cmp::Ordering::Greater => (((2 * i + 1) * (2 * j + 1)) as f64).sqrt(),
            std::cmp::Ordering::Equal => (i + 1) as f64,
            std::cmp::Ordering::Less => 0.0,
        };
        let (taps, conv_bias) =
            (self.tensor(&format!("{prefix}.conv.weight")), self.tensor(&format!("{prefix}.conv.bias")));
        let d = self.tensor(&format!("{prefix}.d"));
        let width = config.d_conv;
        let mut state = vec![vec![0.0; n]; e];
        let mut past: Vec<Vec<f64>> = vec![vec![0.0; e]; width - 1];
        for token in z {
            let normed = self.rms_norm(&format!("layers.{layer}.norm.weight"), token);
            let both = self.linear(&format!("{prefix}.in_proj"), &normed);
            past.push(both[..e].to_vec());
            let last = &past[past.len() - width..];
            let conv =
                |c: usize| conv_bias[c] + (0..width).map(|j| taps[c * width + j] * last[j][c]).sum::<f64>();
            let input: Vec<f64> = (0..e).map(|c| silu(conv(c))).collect();
            let small = self.linear(&format!("{prefix}.x_proj"), &input);
            let step = self.linear(&format!("{prefix}.dt_proj"), &small[..r]);
            let gated: Vec<f64> = (0..e)
                .map(|c| {
                    let delta = step[c].max(0.0) + (-step[c].abs()).exp().ln_1p();
                    let s = &mut state[c];
                    let right: Vec<f64> = (0..n)
                        .map(|i| {
                            let moved: f64 = (0..n).map(|j| a(i, j) * s[j]).sum();
                            s[i] - 0.5 * delta * moved + delta * ((2 * i + 1) as f64).sqrt() * input[c]
                        })
                        .collect();
                    for i in 0..n {
                        let before: f64 = (0..i).map(|j| 0.5 * delta * a(i, j) * s[j]).sum();
                        s[i] = (right[i] - before) / (1.0 + 0.5 * delta * a(i, i));
                    }
                    let y: f64 = (0..n).map(|i| small[r + i] * s[i]).sum();
                    (y + d[c] * input[c]) * silu(both[e + c])
                })
                .collect();
            let out = self.linear(&format!("{prefix}.out_proj"), &gated);
            token.iter_mut().zip(out).for_each(|(z, x)| *z += x);
        }
    }

    /// The prediction of one window.
    pub fn predict(&self, window: &[f32]) -> Vec<f64> {
        let config = &self.config;
        let rows: Vec<Vec<f64>> = window
            .chunks_exact(config.num_channels)
            .map(|row| self.embed(&row.iter().map(|x| f64::from(*x)).collect::<Vec<_>>()))
            .collect();
        let d = config.d_model;
        let mut z: Vec<Vec<f64>> = (0..config.num_patches())
            .map(|p| {
                let patch = &rows[p * config.stride..p * config.stride + config.patch_len];
                (0..d).map(|i| patch.iter().map(|row| row[i]).sum::<f64>() / patch.len() as f64).collect()
            })
            .collect();
        (0..config.n_layer).for_each(|layer| self.block(layer, &mut z));
        let column = |i: usize| z.iter().map(move |token| token[i]);
        let mean: Vec<f64> = (0..d).map(|i| column(i).sum::<f64>() / z.len() as f64).collect();
        let most: Vec<f64> = (0..d).map(|i| column(i).fold(f64::NEG_INFINITY, f64::max)).collect();
        let mlp = |x: &[f64]| {
            let hidden: Vec<f64> = self.linear("attention.fc1", x).into_iter().map(|x| x.max(0.0)).collect();
            self.linear("attention.fc2", &hidden)
        };
        let gate: Vec<f64> =
            mlp(&mean).iter().zip(mlp(&most)).map(|(a, b)| 1.0 / (1.0 + (-(a + b)).exp())).collect();
        let flat: Vec<f64> = z
            .iter()
            .flat_map(|token| {
                let gated: Vec<f64> = token.iter().zip(&gate).map(|(z, g)| z * g).collect();
                self.rms_norm("norm.weight", &gated)
            })
            .collect();
        self.linear("head", &flat)
    }
}
