//! The network's hot path neither allocates nor touches a new page, from the first call on.

#[path = "common/allocations.rs"]
mod allocations;
#[path = "common/ssm.rs"]
mod ssm;

use allocations::allocations_of;
use market_maker::model::ssm::{HeadSelection, SsmCarry, SsmHippo, SsmHippoConfig, SsmState};
use ssm::Random;

/// Page faults of this thread so far that needed no disk.
fn page_faults() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a whole rusage, which the call fills.
    let failed = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
    assert_eq!(failed, 0);
    // SAFETY: zeroed is a valid rusage, filled or not.
    unsafe { usage.assume_init() }.ru_minflt
}

#[test]
fn no_call_allocates_not_even_the_first_or_a_refused_one() {
    let mut random = Random::new(1);
    for config in [SsmHippoConfig { n_layer: 2, ..SsmHippoConfig::default() }, ssm::small()] {
        let model = SsmHippo::from_seed(&config, 1).unwrap();
        let mut state = SsmState::new(&model).unwrap();
        let mut carry = SsmCarry::new(&model).unwrap();
        let windows = random.features(6 * config.window_len());
        let window = &windows[..config.window_len()];
        let mut bad = window.to_vec();
        bad[5] = f32::NAN;
        let selection = HeadSelection::new(&config, &[0, 2], &[1]).unwrap();
        let mut out = vec![0.0; 6 * config.output_len()];
        let (one, two) = (config.output_len(), selection.len());
        let counted = allocations_of(|| {
            model.predict(&mut state, window, &mut out[..one]).unwrap();
            model.predict_batch(&mut state, &windows, 6, &mut out).unwrap();
            model.predict_part(&mut state, window, &selection, &mut out[..two]).unwrap();
            for row in windows.chunks_exact(config.num_channels) {
                model.push(&mut state, row).unwrap();
            }
            model.forecast(&mut state, &mut out[..one]).unwrap();
            carry.copy_from(state.carry()).unwrap();
            model.predict_from(&mut state, &carry, window, &mut out[..one]).unwrap();
            assert!(model.predict(&mut state, &bad, &mut out[..one]).is_err());
            assert!(model.predict(&mut state, window, &mut out[..two]).is_err());
            assert!(model.push(&mut state, &bad[..1]).is_err());
            assert!(model.push(&mut state, &bad[..config.num_channels]).is_err());
            state.reset();
            assert!(model.forecast(&mut state, &mut out[..one]).is_err());
        });
        assert_eq!(counted, 0);
    }
}

#[test]
fn the_first_call_finds_every_page_in_place() {
    let config = SsmHippoConfig::default();
    let model = SsmHippo::from_seed(&config, 1).unwrap();
    let mut state = SsmState::new(&model).unwrap();
    let windows = Random::new(2).features(4 * config.window_len());
    let mut out = vec![1.0; 4 * config.output_len()];
    let before = page_faults();
    model.predict(&mut state, &windows[..config.window_len()], &mut out[..config.output_len()]).unwrap();
    model.predict_batch(&mut state, &windows, 4, &mut out).unwrap();
    for row in windows.chunks_exact(config.num_channels) {
        model.push(&mut state, row).unwrap();
    }
    model.forecast(&mut state, &mut out[..config.output_len()]).unwrap();
    let faults = page_faults() - before;
    // Code and stack come in as they are first used; weights (6 MB, 1500 small pages) and scratch do not.
    assert!(faults <= 32, "{faults} pages were first touched by a call");
}
