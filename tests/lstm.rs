//! The LSTM against its definition: a plain oracle over many shapes, the same bits on every instruction set, stream against
//! window, and every refusal.

#[path = "common/lstm.rs"]
mod common;

use common::{file, oracle, shapes, tensors, unit, window};
use market_maker::model::error::ModelError;
use market_maker::model::input::BadInput;
use market_maker::model::lstm::{Lstm, LstmConfig, LstmHead, LstmState};
use market_maker::model::precision::Precision;
use market_maker::model::weights::{WeightFile, WeightWriter};
use market_maker::simd::{Isa, Simd};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Shapes that are deliberately odd, and a few at the edges of blocks, panels, chunks and exact chains.
fn many_shapes() -> Vec<LstmConfig> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut below = |n: u32| (random.next_u32() % n) as usize;
    let mut all = Vec::new();
    for hidden in [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128] {
        all.push(LstmConfig {
            steps: 1 + below(25),
            features: 1 + below(9),
            hidden,
            layers: 1 + below(4),
            attention: below(2) == 0,
            head: (below(3) > 0).then(|| LstmHead { dense: 1 + below(40), outputs: 1 + below(20) }),
            ..LstmConfig::default()
        });
    }
    // Integer sums of more than 256 inputs are closed and begun anew.
    all.push(LstmConfig { steps: 3, hidden: 300, layers: 2, ..LstmConfig::default() });
    all.push(LstmConfig { steps: 21, features: 70, hidden: 20, layers: 3, ..LstmConfig::default() });
    all
}

fn predict(model: &Lstm, window: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; model.config().outputs()];
    model.predict(&mut LstmState::new(model).unwrap(), window, &mut out).unwrap();
    out
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}

fn largest_error(found: &[f32], exact: &[f64]) -> f64 {
    assert_eq!(found.len(), exact.len());
    found.iter().zip(exact).map(|(x, y)| (f64::from(*x) - y).abs()).fold(0.0, f64::max)
}

#[test]
fn every_shape_and_precision_agrees_with_the_definition() {
    for (index, config) in many_shapes().into_iter().enumerate() {
        let salt = index.to_string();
        for precision in Precision::ALL {
            let config = LstmConfig { precision, ..config };
            let model = Lstm::from_weights(&config, &file(&config, &salt, 1.0)).unwrap();
            let window = window(&config, &salt);
            let exact = oracle(&config, &salt, 1.0, &window, None);
            let error = largest_error(&predict(&model, &window), &exact);
            // Small networks have weights up to one and no average over units, so errors weigh more than at 128 units.
            let bound = match precision {
                Precision::F32 => 1e-6,
                Precision::I16 => 6e-4,
                Precision::Bf16 => 8e-3,
                Precision::Int8 => 2e-2,
            };
            assert!(error <= bound, "{precision}: {error:e} at {config:?}");
            // The library's own double-precision form is the oracle's too.
            let own = model.predict_f64(&window).unwrap();
            let between = own.iter().zip(&exact).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
            assert!(between < 1e-12, "{between:e} at {config:?}");
        }
    }
}

#[test]
fn a_given_memory_is_where_the_window_starts() {
    for precision in Precision::ALL {
        let config = LstmConfig { steps: 7, hidden: 40, layers: 3, precision, ..LstmConfig::default() };
        let model = Lstm::from_weights(&config, &file(&config, "memory", 1.0)).unwrap();
        let mut state = LstmState::new(&model).unwrap();
        let memory = unit("start", config.memory_len());
        let window = window(&config, "memory");
        let mut out = [0.0; 3];
        model.predict_from(&mut state, &memory, &window, &mut out).unwrap();
        let exact = oracle(&config, "memory", 1.0, &window, Some(&memory));
        let bound = if precision == Precision::F32 { 1e-6 } else { 5e-3 };
        assert!(largest_error(&out, &exact) < bound, "{precision}");
        let from_zero = predict(&model, &window);
        assert_ne!(bits(&out), bits(&from_zero));
        model.predict_from(&mut state, &vec![0.0; config.memory_len()], &window, &mut out).unwrap();
        assert_eq!(bits(&out), bits(&from_zero));
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for (index, config) in many_shapes().into_iter().enumerate() {
        let salt = index.to_string();
        for precision in Precision::ALL {
            let config = LstmConfig { precision, ..config };
            let file = file(&config, &salt, 3.0);
            let windows: Vec<f32> = (0..3).flat_map(|w| window(&config, &format!("{salt}.{w}"))).collect();
            let mut first: Option<Vec<u32>> = None;
            for simd in Simd::available() {
                let mut model = Lstm::from_weights(&config, &file).unwrap().on(simd);
                assert_eq!(model.simd().isa(), simd.isa());
                let mut found = run_everything(&model, &windows);
                // The calibrated input path as well.
                model.calibrate(&windows).unwrap();
                found.extend(run_everything(&model, &windows));
                let bf16 = precision == Precision::Bf16;
                match &first {
                    None => first = Some(bits(&found)),
                    Some(first) if !bf16 => {
                        assert_eq!(first, &bits(&found), "{precision} on {simd:?}: {config:?}")
                    }
                    Some(first) => {
                        // A hardware product of bfloat16 rounds in its own way.
                        let far = first.iter().zip(&found).map(|(a, b)| (f32::from_bits(*a) - b).abs());
                        let far = far.fold(0.0, f32::max);
                        assert!(far < 1e-2, "{far} on {simd:?}");
                    }
                }
            }
        }
    }
}

/// Windows, batch and stream of a model, one after another.
fn run_everything(model: &Lstm, windows: &[f32]) -> Vec<f32> {
    let config = *model.config();
    let mut state = LstmState::new(model).unwrap();
    let mut all = Vec::new();
    let mut out = vec![0.0; config.outputs()];
    for window in windows.chunks_exact(config.window_len()) {
        model.predict(&mut state, window, &mut out).unwrap();
        all.extend_from_slice(&out);
    }
    for row in windows.chunks_exact(config.features) {
        if model.push(&mut state, row).unwrap() {
            model.forecast(&mut state, &mut out).unwrap();
            all.extend_from_slice(&out);
        }
    }
    let mut memory = vec![0.0; config.memory_len()];
    state.copy_memory(&mut memory).unwrap();
    all.extend_from_slice(&memory);
    all
}

#[test]
fn the_stream_equals_the_window_from_the_same_memory_bit_for_bit() {
    for (index, config) in many_shapes().into_iter().enumerate() {
        for precision in Precision::ALL {
            let config = LstmConfig { precision, ..config };
            let model = Lstm::from_weights(&config, &file(&config, &index.to_string(), 2.0)).unwrap();
            let mut state = LstmState::new(&model).unwrap();
            let rows = unit("stream", 3 * config.window_len() + 5 * config.features);
            let rows: Vec<&[f32]> = rows.chunks_exact(config.features).collect();
            let mut memories = Vec::new();
            let (mut streamed, mut windowed) = (vec![0.0; config.outputs()], vec![0.0; config.outputs()]);
            for (t, row) in rows.iter().enumerate() {
                let mut memory = vec![0.0; config.memory_len()];
                state.copy_memory(&mut memory).unwrap();
                memories.push(memory);
                let ready = model.push(&mut state, row).unwrap();
                assert_eq!((ready, state.rows_seen()), (t + 1 >= config.steps, t + 1));
                if !ready {
                    let refused = model.forecast(&mut state, &mut streamed);
                    assert!(matches!(refused, Err(ModelError::NotReady { seen, needed })
                        if seen == t + 1 && needed == config.steps));
                    continue;
                }
                model.forecast(&mut state, &mut streamed).unwrap();
                let from = t + 1 - config.steps;
                let window = rows[from..=t].concat();
                // The window shares the state with the stream and must not disturb it.
                model.predict_from(&mut state, &memories[from], &window, &mut windowed).unwrap();
                assert_eq!(bits(&streamed), bits(&windowed), "{precision} at row {t}: {config:?}");
                if from == 0 {
                    model.predict(&mut state, &window, &mut windowed).unwrap();
                    assert_eq!(bits(&streamed), bits(&windowed));
                }
            }
            // A stream that starts anew, from zero or from a memory, forgets everything.
            state.reset();
            assert!(matches!(
                model.forecast(&mut state, &mut streamed),
                Err(ModelError::NotReady { seen: 0, .. })
            ));
            let middle = memories.len() - config.steps;
            state.set_memory(&memories[middle]).unwrap();
            for row in &rows[middle..] {
                model.push(&mut state, row).unwrap();
            }
            model.forecast(&mut state, &mut windowed).unwrap();
            model
                .predict_from(&mut state, &memories[middle], &rows[middle..].concat(), &mut streamed)
                .unwrap();
            assert_eq!(bits(&streamed), bits(&windowed));
        }
    }
}

#[test]
fn a_batch_is_as_many_windows() {
    let config = LstmConfig { steps: 13, hidden: 24, ..LstmConfig::default() };
    let model = Lstm::from_seed(&config, 5).unwrap();
    let mut state = LstmState::new(&model).unwrap();
    let windows = unit("batch", 4 * config.window_len());
    let mut out = [0.0; 12];
    model.predict_batch(&mut state, &windows, 4, &mut out).unwrap();
    for (window, out) in windows.chunks_exact(config.window_len()).zip(out.chunks_exact(3)) {
        assert_eq!(bits(&predict(&model, window)), bits(out));
    }
    model.predict_batch(&mut state, &[], 0, &mut []).unwrap();
    let before = out;
    let mut bad = windows.clone();
    bad[2 * config.window_len() + 7] = f32::NAN;
    let refused = model.predict_batch(&mut state, &bad, 4, &mut out);
    assert!(
        matches!(refused, Err(ModelError::NotFiniteInput { index }) if index == 2 * config.window_len() + 7)
    );
    assert_eq!(out, before, "nothing is written when one window is refused");
    assert!(matches!(
        model.predict_batch(&mut state, &windows, usize::MAX, &mut out),
        Err(ModelError::InputLength { .. })
    ));
}

#[test]
fn wrong_lengths_and_foreign_states_change_nothing() {
    let config = LstmConfig { steps: 4, hidden: 8, ..LstmConfig::default() };
    let model = Lstm::from_seed(&config, 5).unwrap();
    let mut state = LstmState::new(&model).unwrap();
    let window = window(&config, "");
    let mut out = [7.0; 3];
    let refuse = |result: Result<(), ModelError>, expected: &str| {
        assert_eq!(result.unwrap_err().to_string(), expected);
    };
    refuse(model.predict(&mut state, &window[1..], &mut out), "input of 19 values, expected 20");
    refuse(model.predict(&mut state, &window, &mut out[1..]), "room for 2 outputs, expected 3");
    refuse(model.push(&mut state, &window[..4]).map(|_| ()), "input of 4 values, expected 5");
    refuse(model.forecast(&mut state, &mut out), "0 rows seen, 4 are needed");
    refuse(model.forecast(&mut state, &mut out[1..]), "room for 2 outputs, expected 3");
    refuse(state.copy_memory(&mut out), "room for 3 outputs, expected 32");
    refuse(state.set_memory(&[0.0; 3]), "input of 3 values, expected 32");
    let memory = vec![0.0; 32];
    refuse(
        model.predict_from(&mut state, &memory[1..], &window, &mut out),
        "input of 31 values, expected 32",
    );
    for (index, bad) in [(0, 1.5), (3, f32::NAN), (8, 1e9), (31, f32::INFINITY)] {
        let mut memory = memory.clone();
        memory[index] = bad;
        let refused = model.predict_from(&mut state, &memory, &window, &mut out);
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: i }) if i == index), "{refused:?}");
        assert!(state.set_memory(&memory).is_err());
    }
    let other = Lstm::from_seed(&LstmConfig { hidden: 9, ..config }, 5).unwrap();
    assert!(matches!(other.predict(&mut state, &window, &mut out), Err(ModelError::ForeignState)));
    assert!(matches!(other.push(&mut state, &window[..5]), Err(ModelError::ForeignState)));
    assert!(matches!(other.forecast(&mut state, &mut out), Err(ModelError::ForeignState)));
    assert_eq!(out, [7.0; 3]);
    assert_eq!(state.rows_seen(), 0);
}

#[test]
fn not_finite_and_absurd_inputs_are_refused_with_their_place() {
    let config = LstmConfig { steps: 4, hidden: 8, ..LstmConfig::default() };
    let model = Lstm::from_seed(&config, 5).unwrap();
    let mut state = LstmState::new(&model).unwrap();
    let good = window(&config, "");
    let mut out = [7.0; 3];
    model.push(&mut state, &good[..5]).unwrap();
    let mut before = vec![0.0; config.memory_len()];
    state.copy_memory(&mut before).unwrap();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        for index in 0..good.len() {
            let mut window = good.clone();
            window[index] = bad;
            let refused = model.predict(&mut state, &window, &mut out);
            assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: i }) if i == index));
            assert!(model.predict_f64(&window).is_err());
        }
        let refused = model.push(&mut state, &[1.0, 1.0, bad, 1.0, 1.0]);
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: 2 })));
    }
    let mut after = vec![0.0; config.memory_len()];
    state.copy_memory(&mut after).unwrap();
    assert_eq!(bits(&before), bits(&after));
    assert_eq!(out, [7.0; 3]);
}

#[test]
fn inputs_as_large_as_the_weights_allow_give_finite_outputs() {
    for precision in Precision::ALL {
        let config = LstmConfig { steps: 12, hidden: 20, precision, ..LstmConfig::default() };
        let model = Lstm::from_seed(&config, 3).unwrap();
        let mut state = LstmState::new(&model).unwrap();
        for size in [1e3, 1e20, 3e37] {
            let window: Vec<f32> = window(&config, "large").iter().map(|x| x.signum() * size).collect();
            let mut out = [f32::NAN; 3];
            model.predict(&mut state, &window, &mut out).unwrap();
            assert!(out.iter().all(|x| x.is_finite()), "{out:?}");
            let exact = model.predict_f64(&window).unwrap();
            assert!(largest_error(&out, &exact) < 0.05, "{precision} {size}: {out:?} {exact:?}");
        }
    }
}

#[test]
fn forward_fill_takes_each_features_last_good_value() {
    let config =
        LstmConfig { steps: 5, hidden: 12, bad_input: BadInput::ForwardFill, ..LstmConfig::default() };
    let model = Lstm::from_seed(&config, 5).unwrap();
    let mut state = LstmState::new(&model).unwrap();
    let good = window(&config, "");
    let mut holed = good.clone();
    let mut filled = good.clone();
    for (index, bad) in [(7, f32::NAN), (12, f32::INFINITY), (23, f32::MAX), (24, f32::NEG_INFINITY)] {
        holed[index] = bad;
        filled[index] = filled[index - 5];
    }
    assert_eq!(bits(&predict(&model, &holed)), bits(&predict(&model, &filled)));
    let (mut a, mut b) = ([0.0; 3], [0.0; 3]);
    for (rows, out) in [(&holed, &mut a), (&filled, &mut b)] {
        state.reset();
        for row in rows.chunks_exact(5) {
            model.push(&mut state, row).unwrap();
        }
        model.forecast(&mut state, out).unwrap();
    }
    assert_eq!(bits(&a), bits(&b));
    // The first row of a window or a stream has nothing before it.
    holed[2] = f32::NAN;
    assert!(matches!(
        model.predict(&mut state, &holed, &mut a),
        Err(ModelError::NotFiniteInput { index: 2 })
    ));
    state.reset();
    assert!(matches!(model.push(&mut state, &holed[..5]), Err(ModelError::NotFiniteInput { index: 2 })));
}

#[test]
fn a_saved_network_predicts_the_same_bits_and_says_that_it_was_loaded() {
    let folder = std::env::temp_dir().join(format!("mm-lstm-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("lstm.safetensors");
    for precision in Precision::ALL {
        let config = LstmConfig { steps: 9, hidden: 20, precision, ..LstmConfig::default() };
        let mut model = Lstm::from_seed(&config, 77).unwrap();
        assert!(!model.is_trained());
        let window = window(&config, "saved");
        for calibrated in [false, true] {
            if calibrated {
                model.calibrate(&window).unwrap();
            }
            model.save(&path).unwrap();
            let loaded = Lstm::load(&config, &path).unwrap();
            assert!(loaded.is_trained());
            assert_eq!(loaded.input_ranges().is_some(), calibrated);
            assert_eq!(bits(&predict(&model, &window)), bits(&predict(&loaded, &window)));
            let file = WeightFile::open(&path).unwrap();
            Lstm::from_weights_strict(&config, &file).unwrap();
            assert_eq!(LstmConfig { precision, ..LstmConfig::from_weights(&file).unwrap() }, config);
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn seeds_are_reproducible_and_differ() {
    let config = LstmConfig { steps: 4, hidden: 16, ..LstmConfig::default() };
    let window = window(&config, "");
    let of = |seed| bits(&predict(&Lstm::from_seed(&config, seed).unwrap(), &window));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

/// A file with one tensor changed by `change`.
fn with(config: &LstmConfig, name: &str, change: impl Fn(&mut Vec<usize>, &mut Vec<f32>)) -> WeightFile {
    let mut writer = WeightWriter::new();
    for (tensor, mut shape, mut values) in tensors(config, "", 1.0) {
        if tensor == name {
            change(&mut shape, &mut values);
        }
        writer.f32(&tensor, &shape, &values).unwrap();
    }
    WeightFile::from_bytes(writer.to_bytes()).unwrap()
}

#[test]
fn each_tensor_is_named_when_it_is_missing_misshapen_or_too_large() {
    let config = LstmConfig { steps: 4, hidden: 6, features: 3, ..LstmConfig::default() };
    for (name, shape) in shapes(&config) {
        let mut writer = WeightWriter::new();
        for (other, shape, values) in tensors(&config, "", 1.0) {
            if other != name {
                writer.f32(&other, &shape, &values).unwrap();
            }
        }
        let missing = WeightFile::from_bytes(writer.to_bytes()).unwrap();
        let error = Lstm::from_weights(&config, &missing).unwrap_err().to_string();
        assert_eq!(error, format!("tensor `{name}` is missing"));
        let longer = with(&config, &name, |shape, values| {
            let row = values.len() / shape[0];
            shape[0] += 1;
            values.extend(vec![0.0; row]);
        });
        let error = Lstm::from_weights(&config, &longer).unwrap_err().to_string();
        assert!(error.starts_with(&format!("tensor `{name}` has shape ")), "{error}");
        assert!(error.ends_with(&format!("expected {shape:?}")), "{error}");
        let huge = with(&config, &name, |_, values| values.fill(f32::MAX));
        let loaded = Lstm::from_weights(&config, &huge);
        if name == "lstm.weight_ih_l0" {
            // Large input weights make the largest input small instead.
            let model = loaded.unwrap();
            let mut state = LstmState::new(&model).unwrap();
            let refused = model.push(&mut state, &[1.0; 3]);
            assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: 0 })));
            model.push(&mut state, &[1e-3; 3]).unwrap();
        } else {
            assert!(matches!(loaded, Err(ModelError::TooLarge { .. })), "{name}");
        }
    }
}

#[test]
fn strict_loading_refuses_what_belongs_to_no_part() {
    let config = LstmConfig { steps: 4, hidden: 6, layers: 1, head: None, ..LstmConfig::default() };
    for stranger in ["fc1.weight", "lstm.weight_ih_l1", "lstm.weight_ih_l00", "attention", "optimizer.step"] {
        let mut writer = WeightWriter::new();
        for (name, shape, values) in tensors(&config, "", 1.0) {
            writer.f32(&name, &shape, &values).unwrap();
        }
        writer.f32(stranger, &[1], &[0.0]).unwrap();
        let file = WeightFile::from_bytes(writer.to_bytes()).unwrap();
        Lstm::from_weights(&config, &file).unwrap();
        let refused = Lstm::from_weights_strict(&config, &file).unwrap_err();
        assert!(matches!(refused, ModelError::UnexpectedTensor { tensor } if tensor == stranger));
    }
}

#[test]
fn a_calibration_needs_whole_good_windows_and_otherwise_changes_nothing() {
    let config = LstmConfig { steps: 6, hidden: 20, precision: Precision::I16, ..LstmConfig::default() };
    let mut model = Lstm::from_seed(&config, 1).unwrap();
    let windows = unit("calibration", 3 * config.window_len());
    let before = bits(&predict(&model, &windows[..30]));
    assert!(matches!(model.calibrate(&[]), Err(ModelError::InputLength { expected: 30, found: 0 })));
    assert!(matches!(
        model.calibrate(&windows[..31]),
        Err(ModelError::InputLength { expected: 60, found: 31 })
    ));
    let mut bad = windows.clone();
    bad[40] = f32::NAN;
    assert!(matches!(model.calibrate(&bad), Err(ModelError::NotFiniteInput { index: 40 })));
    assert!(model.input_ranges().is_none());
    assert_eq!(bits(&predict(&model, &windows[..30])), before);

    let mut old_state = LstmState::new(&model).unwrap();
    let found = model.calibrate(&windows).unwrap();
    assert_eq!((found.windows, found.ranges.rows()), (3, 18));
    assert_eq!(found.ranges.low()[1], windows.iter().skip(1).step_by(5).copied().fold(f32::MAX, f32::min));
    assert!(found.max_error > 0.0 && found.max_error < 1e-3, "{}", found.max_error);
    assert_ne!(bits(&predict(&model, &windows[..30])), before);
    let mut out = [0.0; 3];
    let refused = model.predict(&mut old_state, &windows[..30], &mut out);
    assert!(matches!(refused, Err(ModelError::ForeignState)));
}

#[test]
fn calibrated_inputs_keep_the_digits_of_a_price_near_one() {
    // Features around 1 that move in the fourth digit: a range from zero would lose them.
    let config = LstmConfig { steps: 20, hidden: 32, precision: Precision::Int8, ..LstmConfig::default() };
    let mut model = Lstm::from_seed(&config, 9).unwrap();
    let windows: Vec<f32> = unit("near", 8 * config.window_len()).iter().map(|u| 1.0 + 3e-4 * u).collect();
    let plain = model.measure_error(&windows).unwrap();
    let calibrated = model.calibrate(&windows).unwrap().max_error;
    assert!(calibrated < 1.5 * plain, "{calibrated:e} after {plain:e}");
    // Beyond the range the end of the range counts.
    let far = vec![2.0; config.window_len()];
    let high = model.input_ranges().unwrap().high().to_vec();
    let ends: Vec<f32> = far.iter().enumerate().map(|(i, _)| high[i % 5]).collect();
    assert_eq!(bits(&predict(&model, &far)), bits(&predict(&model, &ends)));
}

#[test]
fn the_named_instruction_set_is_used() {
    let config = LstmConfig { steps: 3, hidden: 8, ..LstmConfig::default() };
    let scalar = Lstm::from_seed(&config, 1).unwrap().on(Simd::new(Isa::Scalar).unwrap());
    assert_eq!(scalar.simd().isa(), Isa::Scalar);
    assert!(scalar.weight_bytes() > 0);
}
