//! SSM-HiPPO at the documented sizes: a window, a batch, a part, a stream's rows and its forecast, in each precision.
//!
//! `cargo bench --bench ssm` runs criterion on rotating windows and then prints p50 and p99 of single calls, which
//! criterion does not. Pin it to one core (`taskset -c 1`).

use std::hint::black_box;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput};
use market_maker::model::precision::Precision;
use market_maker::model::ssm::{HeadSelection, SsmHippo, SsmHippoConfig, SsmState};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Windows that calls rotate over.
const WINDOWS: usize = 64;

struct Case {
    model: SsmHippo,
    state: SsmState,
    windows: Vec<f32>,
    out: Vec<f32>,
    next: usize,
}

impl Case {
    fn new(precision: Precision) -> Self {
        let config = SsmHippoConfig { precision, ..SsmHippoConfig::default() };
        let model = SsmHippo::from_seed(&config, 1).expect("the default configuration is valid");
        let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
        let mut value = || (random.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0;
        let windows: Vec<f32> = (0..WINDOWS * config.window_len()).map(|_| value()).collect();
        let model = model.with_calibration(&model.calibrate(&windows).expect("finite windows"));
        let model = model.expect("its own calibration");
        let state = SsmState::with_batch(&model, WINDOWS).expect("memory");
        Self { state, windows, out: vec![0.0; WINDOWS * config.output_len()], next: 0, model }
    }

    fn window(&mut self) {
        let (len, outputs) = (self.model.config().window_len(), self.model.config().output_len());
        let window = &self.windows[self.next * len..][..len];
        self.next = (self.next + 1) % WINDOWS;
        self.model
            .predict(&mut self.state, black_box(window), &mut self.out[..outputs])
            .expect("a good window");
    }

    fn part(&mut self, selection: &HeadSelection) {
        let len = self.model.config().window_len();
        let window = &self.windows[self.next * len..][..len];
        self.next = (self.next + 1) % WINDOWS;
        let out = &mut self.out[..selection.len()];
        self.model.predict_part(&mut self.state, black_box(window), selection, out).expect("a good window");
    }

    fn batch(&mut self, count: usize) {
        let (len, outputs) = (self.model.config().window_len(), self.model.config().output_len());
        let windows = &self.windows[..count * len];
        let out = &mut self.out[..count * outputs];
        self.model.predict_batch(&mut self.state, black_box(windows), count, out).expect("good windows");
    }

    /// True when the row completed a token.
    fn push(&mut self) -> bool {
        let channels = self.model.config().num_channels;
        let rows = self.windows.len() / channels;
        let row = &self.windows[self.next % rows * channels..][..channels];
        self.next += 1;
        self.model.push(&mut self.state, black_box(row)).expect("a good row")
    }

    fn forecast(&mut self) {
        let outputs = self.model.config().output_len();
        self.model.forecast(&mut self.state, &mut self.out[..outputs]).expect("a full stream");
    }

    /// Pushes whole windows, so that a forecast can be made.
    fn fill(&mut self) {
        self.next = 0;
        for _ in 0..self.model.config().seq_len {
            self.push();
        }
    }
}

fn report(name: &str, mut nanoseconds: Vec<u64>) {
    nanoseconds.sort_unstable();
    let at = |share: f64| nanoseconds[(nanoseconds.len() as f64 * share) as usize] as f64 / 1e3;
    println!("{name:<24} p50 {:>9.2} µs   p99 {:>9.2} µs   least {:>9.2} µs", at(0.5), at(0.99), at(0.0));
}

fn percentiles(precision: Precision) {
    let mut case = Case::new(precision);
    let timed = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_nanos() as u64
    };
    let windows = (0..3000).map(|_| timed(&mut || case.window())).collect();
    report(&format!("{precision}/window"), windows);
    case.fill();
    let (mut plain, mut token) = (Vec::new(), Vec::new());
    for _ in 0..40_000 {
        let mut complete = false;
        let time = timed(&mut || complete = case.push());
        if complete { token.push(time) } else { plain.push(time) }
    }
    report(&format!("{precision}/push row"), plain);
    report(&format!("{precision}/push token"), token);
    let forecasts = (0..3000).map(|_| timed(&mut || case.forecast())).collect();
    report(&format!("{precision}/forecast"), forecasts);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let macs = SsmHippoConfig::default().multiply_adds_per_window() as u64;
    for precision in Precision::ALL {
        let mut group = criterion.benchmark_group(format!("ssm/{precision}"));
        let mut case = Case::new(precision);
        group.throughput(Throughput::Elements(macs));
        group.bench_function("window", |b| b.iter(|| case.window()));
        for count in [16, 64] {
            group.throughput(Throughput::Elements(macs * count as u64));
            group.bench_function(BenchmarkId::new("batch", count), |b| b.iter(|| case.batch(count)));
        }
        let selection = HeadSelection::new(case.model.config(), &[0], &[0, 1, 2]).expect("indices in range");
        group.throughput(Throughput::Elements(1));
        group.bench_function("part", |b| b.iter(|| case.part(&selection)));
        case.fill();
        // Eight rows, of which the last completes a token.
        group
            .bench_function("push 8 rows", |b| b.iter(|| (0..8).fold(false, |fresh, _| fresh | case.push())));
        group.bench_function("forecast", |b| b.iter(|| case.forecast()));
        group.finish();
    }
    criterion.final_summary();
    Precision::ALL.into_iter().for_each(percentiles);
}
