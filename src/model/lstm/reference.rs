//! The network in double precision, plainly: what every other precision's error is measured against.
//!
//! O(steps · layers · hidden²) like the fast path, about a hundred times slower; allocates.

use super::config::LstmConfig;
use super::tensors::{Dense, LayerTensors, Tensors};

/// Steps after which a network without input is taken to have settled.
const SETTLED: usize = 48;

/// The hidden states of each layer on average over windows `[any][steps][features]`; without any, over steps without input.
pub(super) fn means(config: &LstmConfig, tensors: &Tensors, windows: &[f32]) -> Vec<Vec<f32>> {
    let silent = vec![0.0; SETTLED * config.features];
    let (windows, steps) = if windows.is_empty() { (&silent[..], SETTLED) } else { (windows, config.steps) };
    let mut means = vec![vec![0.0; config.hidden]; config.layers];
    let rows = (windows.len() / config.features) as f64;
    for window in windows.chunks_exact(steps * config.features) {
        let mut sequence = inputs(config, window);
        for (layer, mean) in tensors.layers.iter().zip(&mut means) {
            run_layer(config, layer, &mut sequence);
            for h in &sequence {
                for (mean, h) in mean.iter_mut().zip(h) {
                    *mean += h / rows;
                }
            }
        }
    }
    // What a file stores, so that a network that was saved and loaded is the same.
    means.into_iter().map(|mean| mean.into_iter().map(|x: f64| x as f32).collect()).collect()
}

fn inputs(config: &LstmConfig, window: &[f32]) -> Vec<Vec<f64>> {
    window.chunks_exact(config.features).map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect()
}

/// Replaces each input of a layer by its hidden state.
fn run_layer(config: &LstmConfig, layer: &LayerTensors, sequence: &mut [Vec<f64>]) {
    let (mut hidden, mut cell) = (vec![0.0; config.hidden], vec![0.0; config.hidden]);
    for x in sequence {
        step(layer, x, &mut hidden, &mut cell);
        x.clone_from(&hidden);
    }
}

/// One window from a memory of zeros.
pub(super) fn predict(config: &LstmConfig, tensors: &Tensors, window: &[f32]) -> Vec<f64> {
    let mut sequence = inputs(config, window);
    for layer in &tensors.layers {
        run_layer(config, layer, &mut sequence);
    }
    let context = match &tensors.attention {
        None => sequence.pop().unwrap_or_default(),
        Some(attention) => {
            let scores: Vec<f64> = sequence.iter().map(|h| attention.apply(h)[0]).collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = scores.iter().map(|score| libm::exp(score - most)).collect();
            let total: f64 = weights.iter().sum();
            let mean = |k: usize| sequence.iter().zip(&weights).map(|(h, w)| h[k] * w).sum::<f64>() / total;
            (0..config.hidden).map(mean).collect()
        }
    };
    match &tensors.head {
        None => context,
        Some([fc1, fc2]) => {
            let dense: Vec<f64> = fc1.apply(&context).into_iter().map(|x| x.max(0.0)).collect();
            fc2.apply(&dense)
        }
    }
}

fn step(layer: &LayerTensors, x: &[f64], hidden: &mut [f64], cell: &mut [f64]) {
    let units = hidden.len();
    let gate = |row: usize, hidden: &[f64]| {
        let bias = f64::from(layer.bias_ih[row]) + f64::from(layer.bias_hh[row]);
        bias + dot(&layer.weight_ih[row * x.len()..][..x.len()], x)
            + dot(&layer.weight_hh[row * units..][..units], hidden)
    };
    let gates: Vec<f64> = (0..4 * units).map(|row| gate(row, hidden)).collect();
    for k in 0..units {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| gates[gate * units + k]);
        cell[k] = sigmoid(f) * cell[k] + sigmoid(i) * libm::tanh(g);
        hidden[k] = sigmoid(o) * libm::tanh(cell[k]);
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn dot(weights: &[f32], x: &[f64]) -> f64 {
    weights.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum()
}

impl Dense {
    fn apply(&self, x: &[f64]) -> Vec<f64> {
        let rows = self.weight.chunks_exact(self.columns).zip(&self.bias);
        rows.map(|(row, bias)| dot(row, x) + f64::from(*bias)).collect()
    }
}
