//! What each precision costs: the largest error against double precision stays within what `Lstm::published_error` states,
//! over random networks of the default sizes, at PyTorch's initial scale and with all weights three times as large.

#[path = "common/lstm.rs"]
mod common;

use market_maker::model::lstm::{Lstm, LstmConfig};
use market_maker::model::precision::Precision;

const NETWORKS: usize = 8;
const WINDOWS: usize = 6;

#[test]
fn errors_are_within_what_is_published() {
    // One reference for all precisions: the double-precision form does not depend on the format.
    for (scale, name) in [(1.0, "default scale"), (3.0, "three times")] {
        let mut most = [0.0_f64; 4];
        for network in 0..NETWORKS {
            let salt = format!("precision {network}");
            let config = LstmConfig::default();
            let file = common::file(&config, &salt, scale);
            let windows: Vec<Vec<f32>> =
                (0..WINDOWS).map(|w| common::window(&config, &format!("{network}.{w}"))).collect();
            let reference = Lstm::from_weights(&config, &file).unwrap();
            let exact: Vec<Vec<f64>> =
                windows.iter().map(|window| reference.predict_f64(window).unwrap()).collect();
            for (most, precision) in most.iter_mut().zip(Precision::ALL) {
                let config = LstmConfig { precision, ..config };
                let model = Lstm::from_weights(&config, &file).unwrap();
                let mut state = market_maker::model::lstm::LstmState::new(&model).unwrap();
                for (window, exact) in windows.iter().zip(&exact) {
                    let mut out = [0.0; 3];
                    model.predict(&mut state, window, &mut out).unwrap();
                    for (x, y) in out.iter().zip(exact) {
                        *most = most.max((f64::from(*x) - y).abs());
                    }
                }
            }
        }
        for (most, precision) in most.iter().zip(Precision::ALL) {
            let published = Lstm::published_error(precision);
            let bound = if scale == 1.0 { published.default_scale } else { published.three_times };
            println!("{precision} at {name}: {most:.2e}, published {bound:.2e}");
            assert!(*most <= bound, "{precision} at {name}: {most:e} is more than the published {bound:e}");
        }
    }
}

#[test]
fn a_calibrated_network_keeps_its_precision_on_market_features() {
    for scale in [1.0, 3.0] {
        for network in 0..3 {
            let config = LstmConfig::default();
            let file = common::file(&config, &format!("precision {network}"), scale);
            let windows: Vec<f32> =
                (0..4).flat_map(|w| common::market_window(config.steps, &format!("{network}.{w}"))).collect();
            for precision in Precision::ALL {
                let config = LstmConfig { precision, ..config };
                let mut model = Lstm::from_weights(&config, &file).unwrap();
                let error = model.calibrate(&windows).unwrap().max_error;
                // Inputs near one, not near zero, move the gates further than the windows of the published figures do.
                let published = Lstm::published_error(precision);
                let bound = 2.0 * if scale == 1.0 { published.default_scale } else { published.three_times };
                println!("{precision} at {scale}: {error:.2e}, bound {bound:.2e}");
                assert!(error <= bound, "{precision} at {scale}: {error:e} is more than {bound:e}");
            }
        }
    }
}

#[test]
fn a_wider_format_is_closer() {
    let [f32, bf16, i16, int8] = Precision::ALL.map(Lstm::published_error);
    for (better, worse) in [(f32, i16), (i16, bf16), (bf16, int8)] {
        assert!(better.default_scale < worse.default_scale && better.three_times < worse.three_times);
    }
}
