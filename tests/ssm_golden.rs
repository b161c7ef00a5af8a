//! The network against its PyTorch definition (python/models/ssm_hippo.py, goldens by python/goldens/ssm_hippo.py).

#[path = "common/ssm.rs"]
mod ssm;

use market_maker::model::ssm::{SsmHippo, SsmHippoConfig, SsmState};
use market_maker::model::weights::WeightFile;
use market_maker::simd::Simd;

/// The stated bound, at PyTorch's initial scale.
const BOUND: f64 = 5e-6;

struct Golden {
    windows: Vec<f32>,
    predictions: Vec<f64>,
    pytorch: Vec<f64>,
    rows: Vec<f32>,
    forecasts: Vec<f64>,
    forecast_rows: Vec<f64>,
}

fn golden(name: &str, config: &SsmHippoConfig) -> Golden {
    let path = format!("{}/tests/golden/ssm_hippo_{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let file = WeightFile::open(path).unwrap();
    let (l, c, h) = (config.seq_len, config.num_channels, config.forecast_len);
    Golden {
        windows: file.f32("windows", &[3, l, c]).unwrap(),
        predictions: file.f64("prediction.f64", &[3, h, c]).unwrap(),
        pytorch: file.f64("prediction.f32", &[3, h, c]).unwrap(),
        rows: file.f32("rows", &[l + 3 * config.stride, c]).unwrap(),
        forecasts: file.f64("forecast.f64", &[4, h, c]).unwrap(),
        forecast_rows: file.f64("forecast.rows", &[4]).unwrap(),
    }
}

fn check(model: &SsmHippo, golden: &Golden) {
    let config = model.config();
    let mut state = SsmState::new(model).unwrap();
    let mut out = vec![0.0; config.output_len()];
    let predictions = golden.predictions.chunks_exact(out.len()).zip(golden.pytorch.chunks_exact(out.len()));
    for (window, (expected, pytorch)) in golden.windows.chunks_exact(config.window_len()).zip(predictions) {
        model.predict(&mut state, window, &mut out).unwrap();
        let error = ssm::largest_difference(&out, expected);
        let to_pytorch = ssm::largest_difference(&out, pytorch);
        println!("window: {error:.2e} from float64, {to_pytorch:.2e} from PyTorch's float32");
        assert!(error <= BOUND && to_pytorch <= BOUND, "{error} from float64, {to_pytorch} from float32");
    }
    let mut forecasts = golden.forecasts.chunks_exact(out.len()).zip(&golden.forecast_rows);
    for (count, row) in golden.rows.chunks_exact(config.num_channels).enumerate() {
        let complete = model.push(&mut state, row).unwrap();
        if !complete || model.forecast(&mut state, &mut out).is_err() {
            continue;
        }
        let (expected, rows) = forecasts.next().unwrap();
        assert_eq!(count + 1, *rows as usize);
        let error = ssm::largest_difference(&out, expected);
        println!("stream, row {rows}: {error:.2e} from float64");
        assert!(error <= BOUND, "{error} from float64 after {rows} rows");
    }
    assert!(forecasts.next().is_none(), "every forecast of the definition was made");
}

#[test]
fn the_default_network_is_pytorchs_to_5e_6() {
    let config = SsmHippoConfig::default();
    let golden = golden("default", &config);
    for simd in Simd::available() {
        check(&ssm::formula_network(&config, 1.0, simd).unwrap(), &golden);
    }
}

#[test]
fn a_network_of_odd_sizes_loads_pytorchs_state_dict_and_is_pytorchs_to_5e_6() {
    let config = ssm::small();
    let golden = golden("small", &config);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ssm_hippo_small_weights.safetensors");
    let model = SsmHippo::load(&config, path).unwrap();
    assert!(model.is_trained());
    check(&model, &golden);
    // The formula that stands for the large network's weights is PyTorch's side's formula.
    let formula = ssm::formula_network(&config, 1.0, model.simd()).unwrap();
    check(&formula, &golden);
}
