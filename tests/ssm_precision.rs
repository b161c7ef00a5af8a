//! The reduced precisions: their published errors, their bits, and what calibration is for.

#[path = "common/ssm.rs"]
mod ssm;
#[path = "common/ssm_oracle.rs"]
mod ssm_oracle;

use market_maker::model::error::ModelError;
use market_maker::model::precision::Precision;
use market_maker::model::ssm::{HeadSelection, SsmHippo, SsmHippoConfig, SsmState};
use market_maker::model::weights::WeightFile;
use market_maker::simd::Simd;
use ssm::{Random, bits};
use ssm_oracle::Oracle;

/// Largest |error| against the definition in f64 over some windows, for each precision.
fn errors(scale: f64, windows: usize) -> [f64; 4] {
    let config = SsmHippoConfig::default();
    let bytes = ssm::formula_weights(&config, scale).to_bytes();
    let file = || WeightFile::from_bytes(bytes.clone()).unwrap();
    let oracle = Oracle::new(&config, file());
    let model = SsmHippo::from_weights(&config, &file()).unwrap();
    let mut random = Random::new(21);
    let windows = random.features(windows * config.window_len());
    let expected: Vec<Vec<f64>> =
        windows.chunks_exact(config.window_len()).map(|w| oracle.predict(w)).collect();
    let sample = random.features(32 * config.window_len());
    let calibration = model.calibrate(&sample).unwrap();
    Precision::ALL.map(|precision| {
        let model = model.with_precision(precision).unwrap().with_calibration(&calibration).unwrap();
        let mut state = SsmState::new(&model).unwrap();
        let mut out = vec![0.0; config.output_len()];
        let mut largest = 0.0_f64;
        for (window, expected) in windows.chunks_exact(config.window_len()).zip(&expected) {
            model.predict(&mut state, window, &mut out).unwrap();
            largest = largest.max(ssm::largest_difference(&out, expected));
        }
        largest
    })
}

#[test]
fn measured_errors_are_within_the_published_ones() {
    let (default, three) = (errors(1.0, 24), errors(3.0, 24));
    for (i, precision) in Precision::ALL.into_iter().enumerate() {
        let published = SsmHippo::published_error(precision);
        println!("{precision}: {:.2e} at default scale, {:.2e} at three times", default[i], three[i]);
        assert!(default[i] <= published.default_scale, "{precision}: {} at default scale", default[i]);
        assert!(three[i] <= published.three_times, "{precision}: {} at three times", three[i]);
    }
}

#[test]
fn every_precision_has_one_set_of_bits_for_every_way_of_asking() {
    let mut random = Random::new(22);
    for precision in Precision::ALL {
        for _ in 0..6 {
            let config = SsmHippoConfig { precision, num_channels: random.whole(1, 50), ..random.config() };
            let model = ssm::formula_network(&config, 1.0, Simd::detect().unwrap()).unwrap();
            let mut state = SsmState::new(&model).unwrap();
            let windows = random.features(5 * config.window_len());
            let mut batch = vec![0.0; 5 * config.output_len()];
            model.predict_batch(&mut state, &windows, 5, &mut batch).unwrap();
            let mut out = vec![0.0; config.output_len()];
            let (last_h, last_c) = (config.forecast_len - 1, config.num_channels - 1);
            let selection = HeadSelection::new(&config, &[last_h, 0], &[last_c, 0, last_c / 2]).unwrap();
            assert!(selection.rows_computed() <= config.output_len().next_multiple_of(16));
            let mut part = vec![0.0; selection.len()];
            for (window, batch) in
                windows.chunks_exact(config.window_len()).zip(batch.chunks_exact(config.output_len()))
            {
                model.predict(&mut state, window, &mut out).unwrap();
                assert_eq!(bits(&out), bits(batch), "{precision}, {config:?}");
                model.predict_part(&mut state, window, &selection, &mut part).unwrap();
                let at = |h: usize, c: usize| out[h * config.num_channels + c].to_bits();
                let expected: Vec<u32> =
                    [last_h, 0].iter().flat_map(|h| [last_c, 0, last_c / 2].map(|c| at(*h, c))).collect();
                assert_eq!(bits(&part), expected, "{precision}, {config:?}");
                state.reset();
                for row in window.chunks_exact(config.num_channels) {
                    model.push(&mut state, row).unwrap();
                }
                let mut forecast = vec![0.0; config.output_len()];
                model.forecast(&mut state, &mut forecast).unwrap();
                assert_eq!(bits(&forecast), bits(&out), "{precision}, {config:?}");
            }
        }
    }
}

#[test]
fn integer_precisions_have_the_same_bits_on_every_instruction_set() {
    let mut random = Random::new(23);
    for precision in [Precision::I16, Precision::Int8] {
        for _ in 0..8 {
            let config = SsmHippoConfig { precision, ..random.config() };
            let window = random.features(config.window_len());
            let of = |simd| {
                let model = ssm::formula_network(&config, 1.0, simd).unwrap();
                let mut out = vec![0.0; config.output_len()];
                model.predict(&mut SsmState::new(&model).unwrap(), &window, &mut out).unwrap();
                bits(&out)
            };
            let all: Vec<Vec<u32>> = Simd::available().map(of).collect();
            assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{precision}, {config:?}");
        }
    }
}

/// A network in which some channels are very much larger than the others, as trained ones have them.
fn uneven(config: &SsmHippoConfig) -> SsmHippo {
    let mut writer = ssm::formula_weights(config, 1.0);
    for layer in 0..config.n_layer {
        let norm: Vec<f32> = (0..config.d_model).map(|i| if i % 37 == 5 { 60.0 } else { 1.0 }).collect();
        writer.f32(&format!("layers.{layer}.norm.weight"), &[config.d_model], &norm).unwrap();
        let e = config.d_inner();
        let weights = (0..2 * e * config.d_model).map(|i| {
            let size = if i % config.d_model % 37 == 5 { 0.02 } else { 1.0 };
            size * ((i * 7919 % 1009) as f32 / 504.5 - 1.0) / (config.d_model as f32).sqrt()
        });
        let weights: Vec<f32> = weights.collect();
        writer
            .f32(&format!("layers.{layer}.block.in_proj.weight"), &[2 * e, config.d_model], &weights)
            .unwrap();
    }
    SsmHippo::from_weights(config, &WeightFile::from_bytes(writer.to_bytes()).unwrap()).unwrap()
}

#[test]
fn calibration_gives_uneven_channels_their_bits_back() {
    let config = SsmHippoConfig::default();
    let model = uneven(&config);
    let mut random = Random::new(24);
    let sample = random.features(32 * config.window_len());
    let windows = random.features(16 * config.window_len());
    let calibration = model.calibrate(&sample).unwrap();
    for precision in [Precision::I16, Precision::Int8] {
        let plain = model.with_precision(precision).unwrap();
        let calibrated = plain.with_calibration(&calibration).unwrap();
        let (before, after) = (
            plain.largest_difference(&model, &windows).unwrap(),
            calibrated.largest_difference(&model, &windows).unwrap(),
        );
        println!("{precision}: {before:.2e} without calibration, {after:.2e} with it");
        assert!(after < 0.6 * before, "{precision}: {before} without calibration, {after} with it");
    }
}

#[test]
fn calibration_changes_no_bit_of_f32_and_travels_with_the_weights() {
    let config = SsmHippoConfig { precision: Precision::Int8, ..ssm::small() };
    let model = ssm::formula_network(&config, 1.0, Simd::detect().unwrap()).unwrap();
    let mut random = Random::new(25);
    let window = random.features(config.window_len());
    let calibration = model.calibrate(&random.features(9 * config.window_len())).unwrap();
    assert_eq!(calibration.windows(), 9);
    assert_eq!(calibration.ranges(0).unwrap().len(), config.d_model);
    assert!(calibration.ranges(config.n_layer).is_some() && calibration.ranges(config.n_layer + 1).is_none());
    let of = |model: &SsmHippo| {
        let mut out = vec![0.0; config.output_len()];
        model.predict(&mut SsmState::new(model).unwrap(), &window, &mut out).unwrap();
        bits(&out)
    };
    let f32 = model.with_precision(Precision::F32).unwrap();
    assert_eq!(of(&f32), of(&f32.with_calibration(&calibration).unwrap()));

    let calibrated = model.with_calibration(&calibration).unwrap();
    let path = std::env::temp_dir().join(format!("ssm-calibration-{}.safetensors", std::process::id()));
    calibrated.save(&path).unwrap();
    let loaded = SsmHippo::load(&config, &path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(of(&loaded), of(&calibrated));
    // A calibration of a calibrated network is that of the network.
    let again = loaded.calibrate(&window).unwrap();
    assert_eq!(again.ranges(1), model.calibrate(&window).unwrap().ranges(1));
}

#[test]
fn a_calibration_that_does_not_fit_is_refused() {
    let config = ssm::small();
    let model = SsmHippo::from_seed(&config, 1).unwrap();
    let other = SsmHippo::from_seed(&SsmHippoConfig { n_layer: 2, ..config.clone() }, 1).unwrap();
    let window = Random::new(26).features(config.window_len());
    let calibration = other.calibrate(&window).unwrap();
    assert!(matches!(model.with_calibration(&calibration), Err(ModelError::ForeignState)));
    assert!(matches!(model.largest_difference(&other, &window), Err(ModelError::ForeignState)));
    for broken in [&window[..0], &window[1..]] {
        assert!(matches!(model.calibrate(broken), Err(ModelError::InputLength { .. })));
    }
    let mut bad = window;
    bad[2] = f32::NAN;
    assert!(matches!(model.calibrate(&bad), Err(ModelError::NotFiniteInput { index: 2 })));
}
