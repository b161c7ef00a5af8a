//! Same bits everywhere: whole networks, weights and inputs by formula, under every instruction set that this machine has
//! and against hashes that are committed. A run on another processor (or under an emulator) proves its predictions
//! equal to this one's to the last bit. `MARKET_MAKER_BLESS=1 cargo test --test model_bits` writes
//! `golden/model_hashes.txt` after an intended change.

use std::fmt::Write as _;

use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
use market_maker::model::precision::Precision;
use market_maker::model::ssm::{HeadSelection, SsmHippoConfig, SsmState};
use market_maker::simd::Simd;

#[path = "common/lstm.rs"]
mod lstm;
#[path = "common/ssm.rs"]
mod ssm;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/model_hashes.txt");
/// Those that promise the same bits.
const EXACT: [Precision; 3] = [Precision::F32, Precision::I16, Precision::Int8];

/// FNV-1a over the bits of all outputs.
fn hash(outputs: &[f32]) -> u64 {
    let bytes = outputs.iter().flat_map(|x| x.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A window from zero, two in a batch, and a stream with its forecasts.
fn lstm_outputs(config: &LstmConfig, simd: Simd) -> Vec<f32> {
    let model = Lstm::from_weights(config, &lstm::file(config, "bits", 1.0)).unwrap().on(simd);
    let mut state = LstmState::new(&model).unwrap();
    let windows: Vec<f32> =
        ["a", "b"].iter().flat_map(|name| lstm::window(config, &format!("bits {name}"))).collect();
    let mut out = vec![0.0; config.outputs()];
    model.predict(&mut state, &windows[..config.window_len()], &mut out).unwrap();
    let mut all = out.clone();
    let mut both = vec![0.0; 2 * config.outputs()];
    model.predict_batch(&mut state, &windows, 2, &mut both).unwrap();
    all.extend(&both);
    for row in windows.chunks_exact(config.features) {
        if model.push(&mut state, row).unwrap() {
            model.forecast(&mut state, &mut out).unwrap();
            all.extend(&out);
        }
    }
    all
}

/// A window, a part of it, a batch, and a stream with its forecasts.
fn ssm_outputs(config: &SsmHippoConfig, simd: Simd) -> Vec<f32> {
    let model = ssm::formula_network(config, 1.0, simd).unwrap();
    let mut state = SsmState::new(&model).unwrap();
    let windows = ssm::Random::new(5).features(3 * config.window_len());
    let mut out = vec![0.0; config.output_len()];
    model.predict(&mut state, &windows[..config.window_len()], &mut out).unwrap();
    let mut all = out.clone();
    let part = HeadSelection::new(config, &[0, config.forecast_len - 1], &[config.num_channels / 2]).unwrap();
    let mut some = vec![0.0; part.len()];
    model.predict_part(&mut state, &windows[..config.window_len()], &part, &mut some).unwrap();
    all.extend(&some);
    let mut three = vec![0.0; 3 * config.output_len()];
    model.predict_batch(&mut state, &windows, 3, &mut three).unwrap();
    all.extend(&three);
    for row in windows.chunks_exact(config.num_channels) {
        if model.push(&mut state, row).unwrap() && model.forecast(&mut state, &mut out).is_ok() {
            all.extend(&out);
        }
    }
    all
}

/// One line a network and precision: the documented sizes, and odd ones that fill no whole lanes.
fn hashes(simd: Simd) -> String {
    let mut text = String::new();
    for precision in EXACT {
        let odd =
            LstmConfig { features: 3, hidden: 21, layers: 3, steps: 17, precision, ..LstmConfig::default() };
        for (name, config) in [("lstm", LstmConfig { precision, ..LstmConfig::default() }), ("lstm odd", odd)]
        {
            let outputs = lstm_outputs(&config, simd);
            assert!(outputs.iter().all(|x| x.is_finite()));
            writeln!(text, "{name} {precision} {:016x}", hash(&outputs)).unwrap();
        }
        let default = SsmHippoConfig { precision, ..SsmHippoConfig::default() };
        for (name, config) in [("ssm", default), ("ssm odd", SsmHippoConfig { precision, ..ssm::small() })] {
            let outputs = ssm_outputs(&config, simd);
            assert!(outputs.iter().all(|x| x.is_finite()));
            writeln!(text, "{name} {precision} {:016x}", hash(&outputs)).unwrap();
        }
    }
    text
}

#[test]
fn every_network_gives_the_committed_bits_under_every_instruction_set_of_this_machine() {
    if std::env::var_os("MARKET_MAKER_BLESS").is_some() {
        std::fs::write(GOLDEN, hashes(Simd::available().next().unwrap())).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for simd in Simd::available() {
        // Portable code takes minutes under an emulator, and every native test run has compared it already.
        if cfg!(target_arch = "aarch64") && simd.isa().name() == "scalar" {
            continue;
        }
        let found = hashes(simd);
        assert_eq!(golden, found, "{simd:?}");
        println!("{simd:?}: as committed");
    }
}
