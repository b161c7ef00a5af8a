//! The LSTM against PyTorch: windows and outputs that python/goldens/lstm.py computed with `torch.nn.LSTM` from the same weights.

#[path = "common/lstm.rs"]
mod common;

use std::path::PathBuf;

use market_maker::model::lstm::{Lstm, LstmConfig, LstmHead, LstmState};
use market_maker::model::precision::Precision;
use market_maker::model::weights::WeightFile;
use market_maker::simd::Simd;

const WINDOWS: usize = 4;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Largest |error| against PyTorch in double precision, and that of PyTorch's own single precision.
fn errors(model: &Lstm, name: &str) -> [f64; 2] {
    let config = *model.config();
    let file = WeightFile::open(golden(&format!("lstm_{name}.safetensors"))).unwrap();
    let windows = file.f32("windows", &[WINDOWS, config.steps, config.features]).unwrap();
    let memory = file.f32("memory", &[WINDOWS, config.layers, 2, config.hidden]).unwrap();
    let expected = |name: &str| file.f64(name, &[WINDOWS, config.outputs()]).unwrap();
    let mut state = LstmState::new(model).unwrap();
    let mut found = vec![0.0; WINDOWS * config.outputs()];
    model.predict_batch(&mut state, &windows, WINDOWS, &mut found).unwrap();
    let mut found_from = vec![0.0; WINDOWS * config.outputs()];
    for (w, out) in found_from.chunks_exact_mut(config.outputs()).enumerate() {
        let memory = &memory[w * config.memory_len()..][..config.memory_len()];
        let window = &windows[w * config.window_len()..][..config.window_len()];
        model.predict_from(&mut state, memory, window, out).unwrap();
    }
    found.extend(found_from);
    let all = |precision: &str| {
        [expected(&format!("prediction.{precision}")), expected(&format!("prediction_from.{precision}"))]
            .concat()
    };
    let (exact, theirs) = (all("f64"), all("f32"));
    let far = |values: &mut dyn Iterator<Item = f64>| {
        values.zip(&exact).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
    };
    [far(&mut found.iter().map(|x| f64::from(*x))), far(&mut theirs.iter().copied())]
}

fn odd() -> LstmConfig {
    LstmConfig {
        steps: 17,
        features: 7,
        hidden: 21,
        layers: 3,
        head: Some(LstmHead { dense: 11, outputs: 4 }),
        ..LstmConfig::default()
    }
}

#[test]
fn f32_is_within_a_millionth_of_pytorch_at_the_default_sizes_and_scale() {
    let config = LstmConfig::default();
    let file = common::file(&config, "golden ", 1.0);
    for simd in Simd::available().filter(|simd| simd.isa().name() != "scalar") {
        let model = Lstm::from_weights(&config, &file).unwrap().on(simd);
        let [ours, theirs] = errors(&model, "default");
        println!("{simd:?}: {ours:.1e}, PyTorch's f32 {theirs:.1e}");
        assert!(ours <= 1e-6, "{simd:?}: {ours:e}");
    }
}

#[test]
fn a_network_of_odd_sizes_loads_from_its_state_dict() {
    let file = WeightFile::open(golden("lstm_odd_weights.safetensors")).unwrap();
    assert_eq!(LstmConfig::from_weights(&file).unwrap(), odd());
    for simd in Simd::available() {
        let model = Lstm::from_weights_strict(&odd(), &file).unwrap().on(simd);
        assert!(model.is_trained());
        let [ours, _] = errors(&model, "odd");
        assert!(ours <= 1e-6, "{simd:?}: {ours:e}");
    }
}

#[test]
fn without_attention_and_head_the_last_state_is_the_output() {
    let config = LstmConfig {
        steps: 9,
        features: 2,
        hidden: 16,
        layers: 4,
        attention: false,
        head: None,
        ..LstmConfig::default()
    };
    let file = common::file(&config, "plain ", 2.0);
    for simd in Simd::available() {
        let model = Lstm::from_weights(&config, &file).unwrap().on(simd);
        let [ours, _] = errors(&model, "plain");
        assert!(ours <= 1e-6, "{simd:?}: {ours:e}");
    }
}

#[test]
fn the_other_precisions_are_within_their_published_error_of_pytorch() {
    let config = LstmConfig::default();
    let file = common::file(&config, "golden ", 1.0);
    for precision in Precision::ALL {
        let config = LstmConfig { precision, ..config };
        let model = Lstm::from_weights(&config, &file).unwrap();
        // Half of the windows start from a memory far from rest, which the published figure does not.
        let [ours, _] = errors(&model, "default");
        let bound = 2.0 * Lstm::published_error(precision).default_scale;
        println!("{precision}: {ours:.1e}");
        assert!(ours <= bound, "{precision}: {ours:e} is more than {bound:e}");
    }
}
