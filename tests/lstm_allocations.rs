//! Predictions, pushes and forecasts allocate nothing, whatever the precision and even when they refuse.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations_of;
use market_maker::model::input::BadInput;
use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
use market_maker::model::precision::Precision;
use market_maker::simd::Simd;

#[test]
fn the_hot_path_allocates_nothing_after_construction() {
    let shapes = [
        LstmConfig { steps: 23, hidden: 40, layers: 2, ..LstmConfig::default() },
        LstmConfig { steps: 5, hidden: 17, layers: 4, attention: false, head: None, ..LstmConfig::default() },
        LstmConfig { steps: 11, hidden: 20, bad_input: BadInput::ForwardFill, ..LstmConfig::default() },
    ];
    for config in shapes {
        for precision in Precision::ALL {
            for simd in Simd::available() {
                let config = LstmConfig { precision, ..config };
                let mut model = Lstm::from_seed(&config, 1).unwrap().on(simd);
                let windows: Vec<f32> =
                    (0..2 * config.window_len()).map(|i| (i as f32 * 0.7).sin()).collect();
                for calibrated in [false, true] {
                    if calibrated {
                        model.calibrate(&windows).unwrap();
                    }
                    let mut state = LstmState::new(&model).unwrap();
                    let mut out = vec![0.0; 2 * config.outputs()];
                    let mut memory = vec![0.0; config.memory_len()];
                    let mut bad = windows.clone();
                    bad[0] = f32::NAN;
                    let (length, outputs) = (config.window_len(), config.outputs());
                    let counted = allocations_of(|| {
                        model.predict(&mut state, &windows[..length], &mut out[..outputs]).unwrap();
                        model.predict_batch(&mut state, &windows, 2, &mut out).unwrap();
                        for row in windows.chunks_exact(config.features) {
                            model.push(&mut state, row).unwrap();
                            let _ = model.forecast(&mut state, &mut out[..outputs]);
                        }
                        state.copy_memory(&mut memory).unwrap();
                        model
                            .predict_from(&mut state, &memory, &windows[..length], &mut out[..outputs])
                            .unwrap();
                        state.set_memory(&memory).unwrap();
                        state.reset();
                        assert!(model.predict(&mut state, &bad[..length], &mut out[..outputs]).is_err());
                        assert!(model.predict(&mut state, &bad[1..length], &mut out[..outputs]).is_err());
                        assert!(model.push(&mut state, &bad[..config.features]).is_err());
                        assert!(model.forecast(&mut state, &mut out[..outputs]).is_err());
                    });
                    assert_eq!(counted, 0, "{precision} {simd:?}");
                }
            }
        }
    }
}

#[test]
fn the_counter_counts() {
    assert!(allocations_of(|| drop(std::hint::black_box(vec![1u8; 100]))) > 0);
}
