//! What every network promises behind the one face.

use super::*;
use crate::model::lstm::{LstmConfig, LstmHead};
use crate::model::precision::Precision;
use crate::model::ssm::SsmHippoConfig;

fn ssm() -> PredictorConfig {
    PredictorConfig::SsmHippo(SsmHippoConfig {
        d_model: 32,
        n_layer: 2,
        seq_len: 32,
        num_channels: 6,
        forecast_len: 4,
        patch_len: 8,
        stride: 4,
        ..SsmHippoConfig::default()
    })
}

fn lstm() -> PredictorConfig {
    let head = Some(LstmHead { dense: 16, outputs: 3 });
    PredictorConfig::Lstm(LstmConfig { steps: 20, hidden: 24, head, ..LstmConfig::default() })
}

fn int8(config: PredictorConfig) -> PredictorConfig {
    let precision = Precision::Int8;
    match config {
        PredictorConfig::SsmHippo(config) => {
            PredictorConfig::SsmHippo(SsmHippoConfig { precision, ..config })
        }
        PredictorConfig::Lstm(config) => PredictorConfig::Lstm(LstmConfig { precision, ..config }),
    }
}

fn wave(len: usize, phase: f32) -> Vec<f32> {
    (0..len).map(|i| (0.37 * i as f32 + phase).sin()).collect()
}

fn predict(predictor: &mut Predictor, window: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; predictor.shape().output_len()];
    predictor.predict(window, &mut out).unwrap();
    out
}

/// A path of this process and test that nothing else has.
fn path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("market-maker-predictor-{}-{name}", std::process::id()))
}

#[test]
fn shapes_follow_from_the_configuration() {
    let documented = PredictorConfig::SsmHippo(SsmHippoConfig::default()).shape();
    assert_eq!((documented.input_len(), documented.output_len()), (96 * 24, 32 * 24));
    assert_eq!((documented.stream_period, documented.stream_warm_up), (8, 96));
    // Rows behind the last whole patch wait for nothing.
    let loose = SsmHippoConfig { seq_len: 100, patch_len: 16, stride: 9, ..SsmHippoConfig::default() };
    assert_eq!(PredictorConfig::SsmHippo(loose).shape().stream_warm_up, 16 + 9 * 9);
    let shape = PredictorConfig::Lstm(LstmConfig::default()).shape();
    assert_eq!((shape.input_len(), shape.output_len(), shape.stream_warm_up), (500, 3, 100));
}

#[test]
fn batches_parts_and_streams_have_the_bits_of_windows() {
    for config in [ssm(), lstm()] {
        let mut predictor = Predictor::from_seed(&config, 5).unwrap();
        let shape = predictor.shape();
        let windows = wave(3 * shape.input_len(), 0.0);
        let mut batch = vec![0.0; 3 * shape.output_len()];
        predictor.predict_batch(&windows, 3, &mut batch).unwrap();
        for (window, batched) in windows.chunks(shape.input_len()).zip(batch.chunks(shape.output_len())) {
            assert_eq!(predict(&mut predictor, window), batched);
        }

        let window = &windows[..shape.input_len()];
        let whole = predict(&mut predictor, window);
        let (horizons, channels) = ([shape.output_rows - 1, 0], [2, 0, 2]);
        assert_eq!(predictor.selected_len(), None);
        predictor.select(&horizons[..shape.output_rows.min(2)], &channels).unwrap();
        let mut part = vec![0.0; predictor.selected_len().unwrap()];
        predictor.predict_part(window, &mut part).unwrap();
        let expected = horizons[..shape.output_rows.min(2)]
            .iter()
            .flat_map(|h| channels.map(|c| whole[h * shape.output_columns + c]));
        assert_eq!(part, expected.collect::<Vec<_>>());

        let mut rows = 0;
        for row in window.chunks(shape.input_columns) {
            rows += 1;
            assert_eq!(predictor.push(row).unwrap(), rows == shape.stream_warm_up);
            // A window in between does not disturb the stream.
            let _ = predict(&mut predictor, &windows[shape.input_len()..2 * shape.input_len()]);
        }
        let mut forecast = vec![0.0; shape.output_len()];
        predictor.forecast(&mut forecast).unwrap();
        assert_eq!(forecast, whole);
        predictor.reset();
        assert!(matches!(
            predictor.forecast(&mut forecast),
            Err(PredictorError::Model(ModelError::NotReady { seen: 0, .. }))
        ));
    }
}

#[test]
fn shared_weights_give_the_same_bits_on_every_thread_and_outlive_their_maker() {
    for config in [ssm(), lstm()] {
        let mut predictor = Predictor::from_seed(&config, 6).unwrap();
        let window = wave(predictor.shape().input_len(), 0.3);
        let expected = predict(&mut predictor, &window);
        let mut shared: Vec<_> = (0..4).map(|_| predictor.share().unwrap()).collect();
        drop(predictor);
        std::thread::scope(|scope| {
            for mine in &mut shared {
                scope.spawn(|| assert_eq!(predict(mine, &window), expected));
            }
        });
    }
}

#[test]
fn weights_and_calibration_travel_through_a_file() {
    for (name, config) in [("ssm", ssm()), ("lstm", lstm())] {
        let mut predictor = Predictor::from_seed(&config, 7).unwrap();
        let window = wave(predictor.shape().input_len(), 0.1);
        let path = path(name);
        predictor.save(&path).unwrap();
        let mut loaded = Predictor::load(&config, &path).unwrap();
        assert!(loaded.is_trained() && !predictor.is_trained());
        assert_eq!(predict(&mut loaded, &window), predict(&mut predictor, &window));
        // The file of the one network is not the other's.
        let other = if name == "ssm" { lstm() } else { ssm() };
        let refused = Predictor::load(&other, &path).unwrap_err();
        assert!(matches!(refused, PredictorError::Model(ModelError::MissingTensor { .. })), "{refused}");
        std::fs::remove_file(&path).unwrap();
    }
    for config in [ssm(), lstm()].map(int8) {
        let mut predictor = Predictor::from_seed(&config, 8).unwrap();
        let length = predictor.shape().input_len();
        let windows = wave(4 * length, 0.2);
        let window = &windows[..length];
        let before = predict(&mut predictor, window);
        let mut shared = predictor.share().unwrap();
        assert!(matches!(predictor.calibrate(&windows), Err(PredictorError::Shared)));
        assert_eq!(predict(&mut shared, window), before);
        drop(shared);
        let broken = predictor.calibrate(&windows[1..]);
        assert!(matches!(broken, Err(PredictorError::Model(ModelError::InputLength { .. }))));
        assert_eq!(predict(&mut predictor, window), before);
        predictor.calibrate(&windows).unwrap();
        assert_ne!(predict(&mut predictor, window), before, "ranges change what integers say");
        let path = path("calibrated");
        predictor.save(&path).unwrap();
        let mut loaded = Predictor::load(&config, &path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(predict(&mut loaded, window), predict(&mut predictor, window));
    }
}

#[test]
fn refusals_are_typed_and_write_nothing() {
    for config in [ssm(), lstm()] {
        let mut predictor = Predictor::from_seed(&config, 9).unwrap().with_max_batch(2).unwrap();
        let shape = predictor.shape();
        let mut window = wave(shape.input_len(), 0.0);
        let mut out = vec![7.0; shape.output_len()];
        let model = |result: Result<(), PredictorError>| match result {
            Err(PredictorError::Model(error)) => error,
            other => panic!("{other:?}"),
        };
        let short = predictor.predict(&window[1..], &mut out);
        assert!(matches!(model(short), ModelError::InputLength { .. }));
        let narrow = predictor.predict(&window, &mut out[1..]);
        assert!(matches!(model(narrow), ModelError::OutputLength { .. }));
        window[33] = f32::NAN;
        let bad = predictor.predict(&window, &mut out);
        assert!(matches!(model(bad), ModelError::NotFiniteInput { index: 33 }));
        let many = predictor.predict_batch(&[], 3, &mut out);
        assert!(matches!(many, Err(PredictorError::TooMany { windows: 3, max_batch: 2 })));
        let nothing = predictor.predict_part(&window, &mut out);
        assert!(matches!(nothing, Err(PredictorError::NothingSelected)));
        for (horizons, channels) in
            [(&[shape.output_rows][..], &[0][..]), (&[0], &[shape.output_columns]), (&[], &[0]), (&[0], &[])]
        {
            let refused = predictor.select(horizons, channels);
            assert!(matches!(model(refused), ModelError::Config { .. }));
        }
        assert!(out.iter().all(|&value| value == 7.0));
        for windows in [0, 4097] {
            let refused = Predictor::from_seed(&config, 9).unwrap().with_max_batch(windows);
            assert!(matches!(refused, Err(PredictorError::Model(ModelError::Config { .. }))));
        }
    }
}

#[test]
fn memory_is_stated() {
    let config = PredictorConfig::SsmHippo(SsmHippoConfig::default());
    let one = Predictor::from_seed(&config, 1).unwrap().with_max_batch(1).unwrap();
    let many = one.share().unwrap().with_max_batch(64).unwrap();
    assert!(one.state_bytes() > 96 * 128 * 4);
    // Each further window costs at least its tokens and its forecast.
    assert!(many.state_bytes() >= one.state_bytes() + 63 * 4 * (11 * 128 + 32 * 24));
    assert_eq!(one.weight_bytes(), many.weight_bytes());
    assert!(one.weight_bytes() > 4 * 11 * 128 * 32 * 24);
    assert_eq!(one.max_batch(), 1);
}

#[test]
fn a_file_tells_which_network_it_holds() {
    for config in [ssm(), lstm()] {
        let saved = Predictor::from_seed(&config, 3).unwrap().writer().unwrap().to_bytes();
        let file = WeightFile::from_bytes(saved).unwrap();
        let found = PredictorConfig::from_weights(&file).unwrap();
        assert_eq!(found.shape(), config.shape());
        assert!(Predictor::from_weights(&found, &file).unwrap().is_trained());
    }
    let empty = WeightFile::from_bytes(WeightWriter::new().to_bytes()).unwrap();
    assert!(matches!(PredictorConfig::from_weights(&empty), Err(ModelError::MissingTensor { .. })));
}
