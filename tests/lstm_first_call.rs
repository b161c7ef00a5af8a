//! The first prediction finds every page, of data and of code, where the thousandth does: it takes no page fault.
//!
//! One test to a binary: faults are counted for the thread, but code pages are the process's.

#![cfg(target_os = "linux")]

use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
use market_maker::model::precision::Precision;

/// Page faults of this thread so far, those that needed no disk: field 10 of its stat line.
fn faults() -> u64 {
    let mut stat = [0_u8; 1024];
    let length = {
        use std::io::Read;
        std::fs::File::open("/proc/thread-self/stat").unwrap().read(&mut stat).unwrap()
    };
    let text = std::str::from_utf8(&stat[..length]).unwrap();
    let after_name = &text[text.rfind(')').unwrap() + 2..];
    after_name.split(' ').nth(7).unwrap().parse().unwrap()
}

/// Touches the stack that the calls below will use, which is the caller's and not the model's.
#[inline(never)]
fn touch_stack() {
    std::hint::black_box([1_u8; 128 << 10]);
}

#[test]
fn the_first_window_and_the_first_push_take_no_page_fault() {
    for precision in Precision::ALL {
        let config = LstmConfig { precision, ..LstmConfig::default() };
        let model = Lstm::from_seed(&config, 1).unwrap();
        let window: Vec<f32> = (0..config.window_len()).map(|i| (i as f32 * 0.7).sin()).collect();
        let mut out = [0.0; 3];
        let mut state = LstmState::new(&model).unwrap();
        touch_stack();
        let _ = faults();
        let before = faults();
        model.predict(&mut state, &window, &mut out).unwrap();
        for row in window.chunks_exact(config.features) {
            model.push(&mut state, row).unwrap();
        }
        model.forecast(&mut state, &mut out).unwrap();
        assert_eq!(faults() - before, 0, "{precision}");
    }
}
