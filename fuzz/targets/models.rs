//! Model files: safetensors weights as both networks read them, LightGBM text models.

use market_maker::model::lstm::{Lstm, LstmConfig, LstmHead, LstmState};
use market_maker::model::ssm::{SsmHippo, SsmHippoConfig, SsmState};
use market_maker::model::trees::{BoostedTrees, TreesState};
use market_maker::model::weights::WeightFile;

/// The networks that the seeds hold the weights of.
pub fn ssm_config() -> SsmHippoConfig {
    SsmHippoConfig {
        d_model: 4,
        n_layer: 1,
        seq_len: 4,
        d_state: 2,
        num_channels: 2,
        forecast_len: 1,
        patch_len: 2,
        stride: 2,
        expand: 1,
        d_conv: 2,
        dt_rank: 1,
        reduction_ratio: 2,
        ..SsmHippoConfig::default()
    }
}

pub fn lstm_config() -> LstmConfig {
    LstmConfig {
        steps: 3,
        features: 2,
        hidden: 2,
        layers: 1,
        head: Some(LstmHead { dense: 2, outputs: 1 }),
        ..LstmConfig::default()
    }
}

/// Sizes of what a file describes that are still computed with here.
const MOST_PRODUCTS: usize = 1 << 16;

pub fn weights(bytes: &[u8]) -> bool {
    let Ok(file) = WeightFile::from_bytes(bytes.to_vec()) else { return false };
    for name in file.names() {
        let shape = file.shape(name).expect("a tensor that is listed has a shape").to_vec();
        let _ = file.f32(name, &shape);
        let _ = file.f64(name, &shape);
    }
    let mut loaded = false;
    // As the file describes itself, and as a host that knows what it wants.
    let described = LstmConfig::from_weights(&file).ok().filter(|config| {
        config.hidden.saturating_mul(config.features.saturating_add(config.hidden)) < MOST_PRODUCTS
            && config.window_len() < MOST_PRODUCTS
    });
    for config in described.into_iter().chain([lstm_config()]) {
        if let Ok(network) = Lstm::from_weights(&config, &file) {
            loaded = true;
            let mut state = LstmState::new(&network).expect("room for a small state");
            let mut out = vec![0.0; config.outputs()];
            // Weights may be any finite numbers, and the result then too large: that is a typed error.
            if network.predict(&mut state, &vec![0.5; config.window_len()], &mut out).is_ok() {
                assert!(out.iter().all(|value| value.is_finite()));
            }
        }
    }
    let config = ssm_config();
    if let Ok(network) = SsmHippo::from_weights(&config, &file) {
        loaded = true;
        let mut state = SsmState::new(&network).expect("room for a small state");
        let mut out = vec![0.0; config.forecast_len * config.num_channels];
        let window = vec![0.5; config.seq_len * config.num_channels];
        if network.predict(&mut state, &window, &mut out).is_ok() {
            assert!(out.iter().all(|value| value.is_finite()));
        }
    }
    loaded
}

pub fn trees(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(model) = BoostedTrees::from_lightgbm(&text) else { return false };
    let mut state = TreesState::new(&model).expect("room for a small state");
    let features = model.feature_names().len();
    if features > 4096 {
        return true;
    }
    let mut out = [0.0; 64];
    for value in [0.0, -1.5, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e-40] {
        let row = vec![value; features];
        for length in [1, 3, 64] {
            let _ = model.predict_raw(&mut state, &row, &mut out[..length]);
            let _ = model.predict(&mut state, &row, &mut out[..length]);
        }
    }
    true
}
