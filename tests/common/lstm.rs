//! What the tests of the LSTM share: weights by formula, files of them, and a plain oracle in double precision.
#![allow(dead_code, reason = "each test binary uses its own part")]

use market_maker::model::lstm::LstmConfig;
use market_maker::model::weights::{WeightFile, WeightWriter};

/// Numbers in [−1, 1) with 24 bits: SplitMix64 of a counter that starts at FNV-1a of a name, as `unit` in
/// python/goldens/lstm.py.
pub fn unit(name: &str, count: usize) -> Vec<f32> {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    let number = |index: u64| {
        let mut x = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        ((x >> 40) as f64 / 8_388_608.0 - 1.0) as f32
    };
    (1..=count as u64).map(number).collect()
}

/// Every tensor of a network by name and shape.
pub fn shapes(config: &LstmConfig) -> Vec<(String, Vec<usize>)> {
    let gates = 4 * config.hidden;
    let mut shapes = Vec::new();
    for layer in 0..config.layers {
        let inputs = if layer == 0 { config.features } else { config.hidden };
        shapes.push((format!("lstm.weight_ih_l{layer}"), vec![gates, inputs]));
        shapes.push((format!("lstm.weight_hh_l{layer}"), vec![gates, config.hidden]));
        shapes.push((format!("lstm.bias_ih_l{layer}"), vec![gates]));
        shapes.push((format!("lstm.bias_hh_l{layer}"), vec![gates]));
    }
    if config.attention {
        shapes.push(("attention.weight".into(), vec![1, config.hidden]));
        shapes.push(("attention.bias".into(), vec![1]));
    }
    if let Some(head) = config.head {
        shapes.push(("fc1.weight".into(), vec![head.dense, config.hidden]));
        shapes.push(("fc1.bias".into(), vec![head.dense]));
        shapes.push(("fc2.weight".into(), vec![head.outputs, head.dense]));
        shapes.push(("fc2.bias".into(), vec![head.outputs]));
    }
    shapes
}

/// A network's tensors by formula at `scale` times PyTorch's initial scale; `salt` tells networks apart.
pub fn tensors(config: &LstmConfig, salt: &str, scale: f64) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    shapes(config)
        .into_iter()
        .map(|(name, shape)| {
            let fan_in = match name.as_str() {
                "fc2.weight" | "fc2.bias" => config.head.unwrap().dense,
                _ => config.hidden,
            };
            let bound = scale / (fan_in as f64).sqrt();
            let values = unit(&format!("{salt}{name}"), shape.iter().product());
            (name, shape, values.into_iter().map(|u| (f64::from(u) * bound) as f32).collect())
        })
        .collect()
}

/// The same as a file in memory.
pub fn file(config: &LstmConfig, salt: &str, scale: f64) -> WeightFile {
    let mut writer = WeightWriter::new();
    for (name, shape, values) in tensors(config, salt, scale) {
        writer.f32(&name, &shape, &values).unwrap();
    }
    WeightFile::from_bytes(writer.to_bytes()).unwrap()
}

/// A window within ±1.
pub fn window(config: &LstmConfig, salt: &str) -> Vec<f32> {
    unit(&format!("window.{salt}"), config.steps * config.features)
}

/// A window of the five features that the default sizes are made for, over a random walk of prices with log-normal volumes:
/// price over last price, return, log return, volume over mean volume, relative change of volume.
pub fn market_window(steps: usize, salt: &str) -> Vec<f32> {
    let draws = unit(&format!("market.{salt}"), 6 * (steps + 1));
    // A sum of uniforms is near enough to normal.
    let normal = |t: usize, part: usize| -> f64 {
        draws[6 * t + 3 * part..][..3].iter().map(|u| f64::from(*u)).sum::<f64>()
    };
    let mut prices = vec![100.0];
    let mut volumes = Vec::new();
    for t in 0..=steps {
        prices.push(prices[t] * (1e-3 * normal(t, 0)).exp());
        volumes.push((0.5 * normal(t, 1)).exp());
    }
    let mean = volumes.iter().sum::<f64>() / volumes.len() as f64;
    let last = prices[steps + 1];
    (1..=steps)
        .flat_map(|t| {
            let (price, before) = (prices[t + 1], prices[t]);
            let change = volumes[t] / volumes[t - 1] - 1.0;
            [price / last, price / before - 1.0, (price / before).ln(), volumes[t] / mean, change]
        })
        .map(|x| x as f32)
        .collect()
}

/// The network as its definition reads, one number at a time, in double precision. `memory` is (h, c) by layer.
pub fn oracle(
    config: &LstmConfig,
    salt: &str,
    scale: f64,
    window: &[f32],
    memory: Option<&[f32]>,
) -> Vec<f64> {
    let all = tensors(config, salt, scale);
    let get = |name: String| -> &[f32] { &all.iter().find(|(n, ..)| *n == name).unwrap().2 };
    let hidden = config.hidden;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for t in 0..config.steps {
        rows.push((0..config.features).map(|f| f64::from(window[t * config.features + f])).collect());
    }
    for layer in 0..config.layers {
        let (wi, wh) = (get(format!("lstm.weight_ih_l{layer}")), get(format!("lstm.weight_hh_l{layer}")));
        let (bi, bh) = (get(format!("lstm.bias_ih_l{layer}")), get(format!("lstm.bias_hh_l{layer}")));
        let start = |part: usize, k: usize| {
            memory.map_or(0.0, |memory| f64::from(memory[(layer * 2 + part) * hidden + k]))
        };
        let mut h: Vec<f64> = (0..hidden).map(|k| start(0, k)).collect();
        let mut c: Vec<f64> = (0..hidden).map(|k| start(1, k)).collect();
        for row in &mut rows {
            let mut gates = vec![0.0; 4 * hidden];
            for (r, gate) in gates.iter_mut().enumerate() {
                let mut sum = f64::from(bi[r]) + f64::from(bh[r]);
                for (k, x) in row.iter().enumerate() {
                    sum += f64::from(wi[r * row.len() + k]) * x;
                }
                for (k, x) in h.iter().enumerate() {
                    sum += f64::from(wh[r * hidden + k]) * x;
                }
                *gate = sum;
            }
            let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
            for k in 0..hidden {
                c[k] = sigmoid(gates[hidden + k]) * c[k] + sigmoid(gates[k]) * gates[2 * hidden + k].tanh();
                h[k] = sigmoid(gates[3 * hidden + k]) * c[k].tanh();
            }
            *row = h.clone();
        }
    }
    let context = if config.attention {
        let (w, b) = (get("attention.weight".into()), get("attention.bias".into())[0]);
        let score =
            |row: &Vec<f64>| row.iter().zip(w).map(|(h, w)| h * f64::from(*w)).sum::<f64>() + f64::from(b);
        let weights: Vec<f64> = rows.iter().map(|row| score(row).exp()).collect();
        let total: f64 = weights.iter().sum();
        (0..hidden).map(|k| rows.iter().zip(&weights).map(|(row, w)| row[k] * w / total).sum()).collect()
    } else {
        rows.pop().unwrap()
    };
    let dense = |name: &str, x: &[f64]| -> Vec<f64> {
        let (w, b) = (get(format!("{name}.weight")), get(format!("{name}.bias")));
        let row =
            |r: usize| x.iter().enumerate().map(|(k, x)| f64::from(w[r * x_len(w, b) + k]) * x).sum::<f64>();
        (0..b.len()).map(|r| row(r) + f64::from(b[r])).collect()
    };
    match config.head {
        None => context,
        Some(_) => {
            let relu: Vec<f64> = dense("fc1", &context).into_iter().map(|x| x.max(0.0)).collect();
            dense("fc2", &relu)
        }
    }
}

fn x_len(w: &[f32], b: &[f32]) -> usize {
    w.len() / b.len()
}
