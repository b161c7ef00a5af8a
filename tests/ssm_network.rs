//! What the SSM-HiPPO network promises: the definition, one set of bits for every way of asking, typed refusals.

#[path = "common/ssm.rs"]
mod ssm;
#[path = "common/ssm_oracle.rs"]
mod ssm_oracle;

use market_maker::model::error::ModelError;
use market_maker::model::input::BadInput;
use market_maker::model::ssm::{HeadSelection, SsmCarry, SsmHippo, SsmHippoConfig, SsmState};
use market_maker::model::weights::WeightFile;
use market_maker::simd::Simd;
use ssm::{Random, bits};
use ssm_oracle::Oracle;

fn default_simd() -> Simd {
    Simd::detect().unwrap()
}

fn network(config: &SsmHippoConfig) -> (SsmHippo, SsmState) {
    let model = ssm::formula_network(config, 1.0, default_simd()).unwrap();
    let state = SsmState::new(&model).unwrap();
    (model, state)
}

fn predict(model: &SsmHippo, state: &mut SsmState, window: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; model.config().output_len()];
    model.predict(state, window, &mut out).unwrap();
    out
}

#[test]
fn random_networks_compute_their_definition() {
    let mut random = Random::new(1);
    for case in 0..40 {
        let config = random.config();
        let scale = if case % 4 == 3 { 3.0 } else { 1.0 };
        let file = WeightFile::from_bytes(ssm::formula_weights(&config, scale).to_bytes()).unwrap();
        let model = SsmHippo::from_weights(&config, &file).unwrap();
        let oracle = Oracle::new(&config, file);
        let window = random.features(config.window_len());
        let found = predict(&model, &mut SsmState::new(&model).unwrap(), &window);
        let expected = oracle.predict(&window);
        let size = expected.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
        let error = ssm::largest_difference(&found, &expected) / size;
        assert!(error < 1e-5, "case {case}: error {error} of {size} with {config:?}");
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let mut random = Random::new(2);
    let mut configs: Vec<SsmHippoConfig> = (0..12).map(|_| random.config()).collect();
    configs.push(SsmHippoConfig { n_layer: 2, ..SsmHippoConfig::default() });
    for config in configs {
        let (windows, count) = (random.features(5 * config.window_len()), 5);
        let rows = random.features(2 * config.window_len());
        let mut expected: Option<Vec<u32>> = None;
        for simd in Simd::available() {
            let model = ssm::formula_network(&config, 2.0, simd).unwrap();
            let mut state = SsmState::new(&model).unwrap();
            let mut all = predict(&model, &mut state, &windows[..config.window_len()]);
            let mut out = vec![0.0; count * config.output_len()];
            model.predict_batch(&mut state, &windows, count, &mut out).unwrap();
            all.extend(&out);
            for row in rows.chunks_exact(config.num_channels) {
                if model.push(&mut state, row).unwrap()
                    && model.forecast(&mut state, &mut out[..config.output_len()]).is_ok()
                {
                    all.extend(&out[..config.output_len()]);
                }
            }
            let all = bits(&all);
            assert_eq!(*expected.get_or_insert_with(|| all.clone()), all, "{simd:?} {config:?}");
        }
    }
}

#[test]
fn a_stream_forecasts_the_bits_of_the_window_from_the_same_carry() {
    let mut random = Random::new(3);
    for _ in 0..25 {
        let config = random.config();
        let (model, mut stream) = network(&config);
        let mut window_state = SsmState::new(&model).unwrap();
        let (c, p) = (config.num_channels, config.num_patches());
        // Rows of the last window end where the newest patch ends, whatever the stride leaves over.
        let covered = (p - 1) * config.stride + config.patch_len;
        let rows = random.features((covered + 7 * config.stride) * c);
        let mut carries = vec![SsmCarry::new(&model).unwrap()];
        let (mut out, mut again) = (vec![0.0; config.output_len()], vec![0.0; config.output_len()]);
        let mut compared = 0;
        for (i, row) in rows.chunks_exact(c).enumerate() {
            if !model.push(&mut stream, row).unwrap() {
                continue;
            }
            let mut carry = SsmCarry::new(&model).unwrap();
            carry.copy_from(stream.carry()).unwrap();
            carries.push(carry);
            let tokens = stream.tokens_seen() as usize;
            if tokens < p {
                let refused = model.forecast(&mut stream, &mut out);
                assert!(
                    matches!(refused, Err(ModelError::NotReady { seen, needed }) if (seen, needed) == (tokens, p))
                );
                continue;
            }
            model.forecast(&mut stream, &mut out).unwrap();
            let mut window = rows[(i + 1 - covered) * c..(i + 1) * c].to_vec();
            // Rows after the last patch belong to no token.
            window.resize(config.window_len(), 0.5);
            model.predict_from(&mut window_state, &carries[tokens - p], &window, &mut again).unwrap();
            assert_eq!(bits(&out), bits(&again), "after {} rows, {config:?}", i + 1);
            if tokens == p {
                assert_eq!(bits(&out), bits(&predict(&model, &mut window_state, &window)));
            }
            compared += 1;
        }
        assert_eq!(compared, 8, "{config:?}");
    }
}

#[test]
fn window_calls_leave_the_stream_alone() {
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let mut untouched = SsmState::new(&model).unwrap();
    let mut random = Random::new(4);
    let rows = random.features(2 * config.window_len());
    let windows = random.features(6 * config.window_len());
    let (mut a, mut b) = (vec![0.0; config.output_len()], vec![0.0; config.output_len()]);
    let mut many = vec![0.0; 6 * config.output_len()];
    for row in rows.chunks_exact(config.num_channels) {
        model.push(&mut state, row).unwrap();
        model.push(&mut untouched, row).unwrap();
        predict(&model, &mut state, &windows[..config.window_len()]);
        model.predict_batch(&mut state, &windows, 6, &mut many).unwrap();
    }
    model.forecast(&mut state, &mut a).unwrap();
    model.forecast(&mut untouched, &mut b).unwrap();
    assert_eq!(bits(&a), bits(&b));
}

#[test]
fn a_reset_stream_is_a_new_one() {
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let rows = Random::new(5).features(config.window_len());
    let run = |state: &mut SsmState| {
        rows.chunks_exact(config.num_channels).for_each(|row| {
            model.push(state, row).unwrap();
        });
        let mut out = vec![0.0; config.output_len()];
        model.forecast(state, &mut out).unwrap();
        bits(&out)
    };
    let first = run(&mut state);
    let without_reset = run(&mut state);
    assert_ne!(first, without_reset, "the state was carried");
    state.reset();
    assert_eq!((state.rows_seen(), state.tokens_seen()), (0, 0));
    assert_eq!(run(&mut state), first);
}

#[test]
fn a_batch_has_the_bits_of_its_windows_alone() {
    let mut random = Random::new(6);
    for _ in 0..15 {
        let config = random.config();
        let (model, mut alone) = network(&config);
        let mut state = SsmState::with_batch(&model, 11).unwrap();
        for count in [0, 1, 2, 4, 5, 11] {
            let windows = random.features(count * config.window_len());
            let mut out = vec![0.0; count * config.output_len()];
            model.predict_batch(&mut state, &windows, count, &mut out).unwrap();
            for (window, out) in
                windows.chunks_exact(config.window_len()).zip(out.chunks(config.output_len()))
            {
                assert_eq!(
                    bits(out),
                    bits(&predict(&model, &mut alone, window)),
                    "{count} windows, {config:?}"
                );
            }
        }
    }
}

#[test]
fn a_part_has_the_bits_of_the_whole_and_fewer_rows() {
    let mut random = Random::new(7);
    for _ in 0..15 {
        let config = SsmHippoConfig { num_channels: random.whole(1, 30), ..random.config() };
        let (model, mut state) = network(&config);
        let window = random.features(config.window_len());
        let whole = predict(&model, &mut state, &window);
        let some = |random: &mut Random, size: usize| -> Vec<usize> {
            (0..random.whole(1, 4)).map(|_| random.whole(0, size - 1)).collect()
        };
        let horizons = some(&mut random, config.forecast_len);
        let channels = some(&mut random, config.num_channels);
        let selection = HeadSelection::new(&config, &horizons, &channels).unwrap();
        let mut part = vec![0.0; selection.len()];
        model.predict_part(&mut state, &window, &selection, &mut part).unwrap();
        let expected = horizons.iter().flat_map(|h| channels.iter().map(move |c| (h, c)));
        for ((h, c), found) in expected.zip(&part) {
            assert_eq!(found.to_bits(), whole[h * config.num_channels + c].to_bits());
        }
        assert!(selection.rows_computed() <= 16 * selection.len());
        assert!(selection.rows_computed() <= config.output_len().next_multiple_of(16));
    }
    let other = HeadSelection::new(&SsmHippoConfig::default(), &[0], &[0]).unwrap();
    let (model, mut state) = network(&ssm::small());
    let window = vec![0.0; model.config().window_len()];
    let refused = model.predict_part(&mut state, &window, &other, &mut [0.0]);
    assert!(matches!(refused, Err(ModelError::ForeignState)));
}

#[test]
fn bad_inputs_are_refused_by_name_and_change_nothing() {
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let window = Random::new(8).features(config.window_len());
    let before = predict(&model, &mut state, &window);
    let mut out = vec![7.0; config.output_len()];

    let short = model.predict(&mut state, &window[1..], &mut out);
    assert!(matches!(short, Err(ModelError::InputLength { expected: 203, found: 202 })), "{short:?}");
    let narrow = model.predict(&mut state, &window, &mut out[1..]);
    assert!(matches!(narrow, Err(ModelError::OutputLength { expected: 21, found: 20 })), "{narrow:?}");
    for (index, value) in [(0, f32::NAN), (100, f32::INFINITY), (202, f32::NEG_INFINITY), (50, f32::MAX)] {
        let mut bad = window.clone();
        bad[index] = value;
        let refused = model.predict(&mut state, &bad, &mut out);
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: i }) if i == index), "{refused:?}");
        let mut two = window.clone();
        two.extend(&bad);
        let mut many = vec![7.0; 2 * out.len()];
        let refused = model.predict_batch(&mut state, &two, 2, &mut many);
        let expected = config.window_len() + index;
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: i }) if i == expected));
        assert!(many.iter().all(|x| *x == 7.0));
    }
    let too_many = vec![0.0; 17 * config.window_len()];
    let mut many = vec![7.0; 17 * out.len()];
    assert!(matches!(
        model.predict_batch(&mut state, &too_many, 17, &mut many),
        Err(ModelError::InputLength { .. })
    ));
    assert!(out.iter().chain(&many).all(|x| *x == 7.0));
    assert_eq!(bits(&predict(&model, &mut state, &window)), bits(&before));

    let (foreign, _) = network(&SsmHippoConfig { d_state: 6, ..config });
    assert!(matches!(foreign.predict(&mut state, &window, &mut out), Err(ModelError::ForeignState)));
    assert!(matches!(foreign.push(&mut state, &window[..7]), Err(ModelError::ForeignState)));
    assert!(matches!(foreign.forecast(&mut state, &mut out), Err(ModelError::ForeignState)));
}

#[test]
fn a_refused_row_leaves_the_stream_as_it_was() {
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let mut clean = SsmState::new(&model).unwrap();
    let rows = Random::new(9).features(2 * config.window_len());
    for row in rows.chunks_exact(config.num_channels) {
        for (index, value) in [(3, f32::NAN), (6, f32::INFINITY), (0, -f32::MAX)] {
            let mut bad = row.to_vec();
            bad[index] = value;
            let refused = model.push(&mut state, &bad);
            assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: i }) if i == index));
        }
        assert!(matches!(model.push(&mut state, &row[1..]), Err(ModelError::InputLength { .. })));
        assert_eq!(model.push(&mut state, row).unwrap(), model.push(&mut clean, row).unwrap());
    }
    let (mut a, mut b) = (vec![0.0; config.output_len()], vec![0.0; config.output_len()]);
    model.forecast(&mut state, &mut a).unwrap();
    model.forecast(&mut clean, &mut b).unwrap();
    assert_eq!(bits(&a), bits(&b));
}

#[test]
fn forward_fill_puts_the_row_before_in_place_of_what_is_no_number() {
    let config = SsmHippoConfig { bad_input: BadInput::ForwardFill, ..ssm::small() };
    let c = config.num_channels;
    let (model, mut state) = network(&config);
    let mut random = Random::new(10);
    let mut bad = random.features(config.window_len());
    let mut filled = bad.clone();
    for (index, value) in [
        (9, f32::INFINITY),
        (30, f32::NAN),
        (37, -f32::INFINITY),
        (44, f32::MAX),
        (51, -1e38),
        (202, f32::NAN),
    ] {
        // What no sum can hold is as bad as what is no number.
        bad[index] = value;
        filled[index] = filled[index - c];
    }
    let expected = predict(&model, &mut state, &filled);
    assert_eq!(bits(&predict(&model, &mut state, &bad)), bits(&expected));
    let mut many = vec![0.0; 2 * config.output_len()];
    model.predict_batch(&mut state, &[filled.clone(), bad.clone()].concat(), 2, &mut many).unwrap();
    assert_eq!(bits(&many), [bits(&expected), bits(&expected)].concat());

    let mut other = SsmState::new(&model).unwrap();
    for (bad, filled) in bad.chunks_exact(c).zip(filled.chunks_exact(c)) {
        assert_eq!(model.push(&mut state, bad).unwrap(), model.push(&mut other, filled).unwrap());
    }
    let (mut a, mut b) = (vec![0.0; config.output_len()], vec![0.0; config.output_len()]);
    model.forecast(&mut state, &mut a).unwrap();
    model.forecast(&mut other, &mut b).unwrap();
    assert_eq!(bits(&a), bits(&b));

    // Nothing stands before the first row.
    state.reset();
    let refused = model.push(&mut state, &[f32::NAN; 7]);
    assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: 0 })));
    bad[3] = f32::NAN;
    let mut out = vec![7.0; config.output_len()];
    assert!(matches!(
        model.predict(&mut state, &bad, &mut out),
        Err(ModelError::NotFiniteInput { index: 3 })
    ));
    assert!(out.iter().all(|x| *x == 7.0));
}

#[test]
fn no_input_however_large_makes_a_nan() {
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let mut out = vec![0.0; config.output_len()];
    for exponent in -45..39 {
        let mut random = Random::new(11);
        let size = 10.0_f32.powi(exponent);
        let window: Vec<f32> = (0..config.window_len()).map(|_| random.unit() * size).collect();
        match model.predict(&mut state, &window, &mut out) {
            Ok(()) => assert!(out.iter().all(|x| x.is_finite()), "at 1e{exponent}"),
            Err(error) => {
                assert!(exponent > 30, "1e{exponent} is refused: {error}");
                assert!(matches!(error, ModelError::NotFiniteInput { .. }));
            }
        }
    }
}

#[test]
fn steps_of_any_length_stay_finite() {
    let config = ssm::small();
    for bias in [-1e4_f32, -100.0, 0.0, 30.0, 1e4, 1e9, 1e30] {
        let mut writer = ssm::formula_weights(&config, 1.0);
        for layer in 0..config.n_layer {
            let name = format!("layers.{layer}.block.dt_proj.bias");
            writer.f32(&name, &[config.d_inner()], &vec![bias; config.d_inner()]).unwrap();
        }
        let model =
            SsmHippo::from_weights(&config, &WeightFile::from_bytes(writer.to_bytes()).unwrap()).unwrap();
        let mut state = SsmState::new(&model).unwrap();
        let window = Random::new(12).features(config.window_len());
        assert!(predict(&model, &mut state, &window).iter().all(|x| x.abs() < 1e3), "bias {bias}");
    }
}

#[test]
fn weights_that_overflow_are_a_typed_error_and_no_nan() {
    let config = ssm::small();
    let mut writer = ssm::formula_weights(&config, 1.0);
    writer.f32("layers.0.norm.weight", &[config.d_model], &vec![f32::MAX; config.d_model]).unwrap();
    let model = SsmHippo::from_weights(&config, &WeightFile::from_bytes(writer.to_bytes()).unwrap()).unwrap();
    let mut state = SsmState::new(&model).unwrap();
    let window = Random::new(13).features(config.window_len());
    let mut out = vec![7.0; config.output_len()];
    let refused = model.predict(&mut state, &window, &mut out);
    assert!(matches!(refused, Err(ModelError::NotFiniteOutput { .. })), "{refused:?}");
    for row in window.chunks_exact(config.num_channels) {
        model.push(&mut state, row).unwrap();
    }
    assert!(matches!(model.forecast(&mut state, &mut out), Err(ModelError::NotFiniteOutput { .. })));
    assert!(out.iter().all(|x| *x == 7.0));
}

#[test]
fn a_seed_names_a_network_and_says_that_it_is_untrained() {
    let config = ssm::small();
    let window = Random::new(14).features(config.window_len());
    let bits_of = |seed| {
        let model = SsmHippo::from_seed(&config, seed).unwrap();
        assert!(!model.is_trained());
        bits(&predict(&model, &mut SsmState::new(&model).unwrap(), &window))
    };
    assert_eq!(bits_of(1), bits_of(1));
    assert_ne!(bits_of(1), bits_of(2));
}

#[test]
fn what_is_saved_loads_with_the_same_bits() {
    let config = ssm::small();
    let model = SsmHippo::from_seed(&config, 3).unwrap();
    let path = std::env::temp_dir().join(format!("ssm-hippo-{}.safetensors", std::process::id()));
    model.save(&path).unwrap();
    let loaded = SsmHippo::load(&config, &path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(loaded.is_trained());
    let window = Random::new(15).features(config.window_len());
    let of = |model: &SsmHippo| bits(&predict(model, &mut SsmState::new(model).unwrap(), &window));
    assert_eq!(of(&model), of(&loaded));
}

#[test]
fn a_file_that_does_not_fit_is_refused_with_the_tensors_name() {
    let config = ssm::small();
    let load = |writer: &market_maker::model::weights::WeightWriter, config: &SsmHippoConfig| {
        SsmHippo::from_weights(config, &WeightFile::from_bytes(writer.to_bytes()).unwrap()).map(|_| ())
    };
    let writer = ssm::formula_weights(&config, 1.0);
    load(&writer, &config).unwrap();
    let wider = SsmHippoConfig { num_channels: 8, ..config.clone() };
    let refused = load(&writer, &wider);
    assert!(matches!(refused, Err(ModelError::Shape { tensor, .. }) if tensor == "embed.input.weight"));
    let deeper = SsmHippoConfig { n_layer: 4, ..config.clone() };
    let refused = load(&writer, &deeper);
    assert!(matches!(refused, Err(ModelError::MissingTensor { tensor }) if tensor.starts_with("layers.3.")));
    let shallower = SsmHippoConfig { n_layer: 2, ..config.clone() };
    assert!(load(&writer, &shallower).is_err());
    let mut more = writer.clone();
    more.f32("normaliser.mean", &[7], &[0.0; 7]).unwrap();
    load(&more, &config).unwrap();
    more.f32("layers.0.block.extra", &[1], &[0.0]).unwrap();
    let refused = load(&more, &config);
    assert!(
        matches!(refused, Err(ModelError::UnexpectedTensor { tensor }) if tensor == "layers.0.block.extra")
    );
}

#[test]
fn the_carry_holds_legs_coefficients_of_what_the_block_saw() {
    // With a constant input every state tends to the coefficients of a constant: (a, 0, 0, …).
    let config = ssm::small();
    let (model, mut state) = network(&config);
    let row = Random::new(16).features(config.num_channels);
    for _ in 0..60_000 {
        model.push(&mut state, &row).unwrap();
    }
    let carry = state.carry();
    for channel in 0..config.d_inner() {
        let first = carry.coefficient(0, channel, 0).unwrap();
        for n in 1..config.d_state {
            let c = carry.coefficient(0, channel, n).unwrap();
            assert!(c.abs() < 1e-3 * (1.0 + first.abs()), "channel {channel}, n {n}: {c} beside {first}");
        }
    }
    assert_eq!(carry.coefficient(0, 0, config.d_state), None);
    assert_eq!(carry.coefficient(0, config.d_inner(), 0), None);
    assert_eq!(carry.coefficient(3, 0, 0), None);
}
