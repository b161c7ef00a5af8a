//! The predictors' side of `make bench-inference`: weights and inputs for everybody, then times of one case.
//!
//! - `prepare FOLDER`: writes the networks' weights (from fixed seeds), rotating inputs, and what the networks give for
//!   them; predicts the rows of the trees where `FOLDER/trees.txt` is there.
//! - `time CASE FOLDER CALLS`: one JSON line of microseconds per call: first call, median, 99th percentile, mean. The
//!   process is fresh, so the first call is one after loading.
//! - Without arguments: prepares a temporary folder and prints all cases of the networks.
//!
//! Each call is timed on its own; the clock's own time (median of empty intervals) is subtracted.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use market_maker::model::lstm::{Lstm, LstmConfig, LstmState};
use market_maker::model::precision::Precision;
use market_maker::model::ssm::{SsmHippo, SsmHippoConfig, SsmState};
use market_maker::model::trees::{BoostedTrees, TreesState};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Inputs that take turns.
const WINDOWS: usize = 64;
const NETWORKS: [&str; 7] =
    ["lstm/f32", "lstm/bf16", "lstm/i16", "lstm/int8", "ssm/window", "ssm/push", "ssm/push+forecast"];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["prepare", folder] => prepare(folder.as_ref()),
        ["time", case, folder, calls] => {
            println!("{}", time(case, folder.as_ref(), calls.parse()?)?);
            Ok(())
        }
        [] => {
            let folder = std::env::temp_dir().join(format!("market-maker-inference-{}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            prepare(&folder)?;
            for case in NETWORKS {
                println!("{case:18} {}", time(case, &folder, 1000)?);
            }
            Ok(std::fs::remove_dir_all(folder)?)
        }
        _ => Err("prepare FOLDER | time CASE FOLDER CALLS".into()),
    }
}

fn lstm_config(precision: Precision) -> LstmConfig {
    LstmConfig { precision, ..LstmConfig::default() }
}

fn prepare(folder: &Path) -> Result<()> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(17);
    let mut numbers = |count: usize| -> Vec<f32> {
        (0..count).map(|_| ((random.next_u64() >> 40) as f32) / (1 << 23) as f32 - 1.0).collect()
    };
    let config = lstm_config(Precision::F32);
    Lstm::from_seed(&config, 1)?.save(folder.join("lstm.safetensors"))?;
    let model = Lstm::load(&config, folder.join("lstm.safetensors"))?;
    let windows = numbers(WINDOWS * config.window_len());
    let mut state = LstmState::new(&model)?;
    let mut outputs = vec![0.0; WINDOWS * config.outputs()];
    for (window, out) in
        windows.chunks_exact(config.window_len()).zip(outputs.chunks_exact_mut(config.outputs()))
    {
        model.predict(&mut state, window, out)?;
    }
    write(&folder.join("lstm.in"), windows.iter().map(|x| x.to_le_bytes()))?;
    write(&folder.join("lstm.out"), outputs.iter().map(|x| x.to_le_bytes()))?;

    let config = SsmHippoConfig::default();
    SsmHippo::from_seed(&config, 1)?.save(folder.join("ssm.safetensors"))?;
    let model = SsmHippo::load(&config, folder.join("ssm.safetensors"))?;
    let windows = numbers(WINDOWS * config.window_len());
    let mut state = SsmState::new(&model)?;
    let mut outputs = vec![0.0; WINDOWS * config.output_len()];
    for (window, out) in
        windows.chunks_exact(config.window_len()).zip(outputs.chunks_exact_mut(config.output_len()))
    {
        model.predict(&mut state, window, out)?;
    }
    write(&folder.join("ssm.in"), windows.iter().map(|x| x.to_le_bytes()))?;
    write(&folder.join("ssm.out"), outputs.iter().map(|x| x.to_le_bytes()))?;

    if folder.join("trees.txt").exists() {
        let model = BoostedTrees::load(folder.join("trees.txt"))?;
        let mut state = TreesState::new(&model)?;
        let rows = read(&folder.join("trees.in"), f64::from_le_bytes)?;
        let mut outputs = vec![0.0; rows.len() / model.num_features() * model.num_outputs()];
        model.predict_batch(&mut state, &rows, &mut outputs)?;
        write(&folder.join("trees.out"), outputs.iter().map(|x| x.to_le_bytes()))?;
    }
    Ok(())
}

fn time(case: &str, folder: &Path, calls: usize) -> Result<String> {
    // Before loading, so that the first call follows loading at once, as it does in a program that starts.
    let watch = Stopwatch::new(calls);
    let floats = |name: &str| read(&folder.join(name), f32::from_le_bytes);
    match case {
        "lstm/f32" | "lstm/bf16" | "lstm/i16" | "lstm/int8" => {
            let precision = Precision::ALL.into_iter().find(|precision| case.ends_with(precision.name()));
            let config = lstm_config(precision.unwrap_or_default());
            let model = Lstm::load(&config, folder.join("lstm.safetensors"))?;
            let (windows, expected) = (floats("lstm.in")?, floats("lstm.out")?);
            let mut state = LstmState::new(&model)?;
            let mut out = vec![0.0; config.outputs()];
            let length = config.window_len();
            let times = watch.measure(|call| {
                let window = &windows[call % WINDOWS * length..][..length];
                model.predict(&mut state, window, &mut out)
            })?;
            let mut error = 0.0_f32;
            for (window, expected) in windows.chunks_exact(length).zip(expected.chunks_exact(out.len())) {
                model.predict(&mut state, window, &mut out)?;
                error = out.iter().zip(expected).map(|(x, y)| (x - y).abs()).fold(error, f32::max);
            }
            Ok(times.json(f64::from(error)))
        }
        "ssm/window" => {
            let config = SsmHippoConfig::default();
            let model = SsmHippo::load(&config, folder.join("ssm.safetensors"))?;
            let (windows, length) = (floats("ssm.in")?, config.window_len());
            let mut state = SsmState::new(&model)?;
            let mut out = vec![0.0; config.output_len()];
            let times = watch.measure(|call| {
                let window = &windows[call % WINDOWS * length..][..length];
                model.predict(&mut state, window, &mut out)
            })?;
            Ok(times.json(0.0))
        }
        "ssm/push" | "ssm/push+forecast" => {
            let config = SsmHippoConfig::default();
            let model = SsmHippo::load(&config, folder.join("ssm.safetensors"))?;
            let rows = floats("ssm.in")?;
            let mut state = SsmState::new(&model)?;
            let mut out = vec![0.0; config.output_len()];
            let count = rows.len() / config.num_channels;
            let row = |number: usize| &rows[number % count * config.num_channels..][..config.num_channels];
            // A forecast needs a window's worth of rows.
            for number in 0..config.seq_len {
                model.push(&mut state, row(number))?;
            }
            let forecast = case != "ssm/push";
            let times = watch.measure(|call| {
                let complete = model.push(&mut state, row(config.seq_len + call))?;
                if complete && forecast { model.forecast(&mut state, &mut out) } else { Ok(()) }
            })?;
            Ok(times.json(0.0))
        }
        "trees/row" => {
            let model = BoostedTrees::load(folder.join("trees.txt"))?;
            let rows = read(&folder.join("trees.in"), f64::from_le_bytes)?;
            let (features, mut out) = (model.num_features(), vec![0.0; model.num_outputs()]);
            let count = rows.len() / features;
            let mut state = TreesState::new(&model)?;
            // A row that is predicted has just been computed.
            std::hint::black_box(rows[..features].iter().sum::<f64>());
            let times = watch.measure(|call| {
                model.predict(&mut state, &rows[call % count * features..][..features], &mut out)
            })?;
            Ok(times.json(0.0))
        }
        _ => Err(format!("unknown case {case}").into()),
    }
}

/// Nanoseconds per call.
struct Times {
    first: f64,
    mean: f64,
    sorted: Vec<f64>,
}

impl Times {
    fn json(&self, error: f64) -> String {
        let at = |q: f64| self.sorted[((self.sorted.len() - 1) as f64 * q) as usize] / 1e3;
        format!(
            "{{\"engine\":\"ours\",\"p50\":{:.4},\"p99\":{:.4},\"mean\":{:.4},\"first\":{:.4},\"error\":{error:e}}}",
            at(0.5),
            at(0.99),
            self.mean / 1e3,
            self.first / 1e3
        )
    }
}

/// The clock's own nanoseconds, and room for times.
struct Stopwatch {
    clock: f64,
    times: Vec<f64>,
}

impl Stopwatch {
    fn new(calls: usize) -> Self {
        let mut times: Vec<f64> = (0..1001).map(|_| Instant::now().elapsed().as_nanos() as f64).collect();
        times.sort_by(f64::total_cmp);
        // Written, not only reserved: no page is touched for the first time between calls.
        Self { clock: times[times.len() / 2], times: vec![1.0; calls.max(1)] }
    }

    /// Times of the calls, numbered from zero: the first, then, after a round of inputs, as many as there is room for.
    fn measure<E: Error + 'static>(
        mut self,
        mut call: impl FnMut(usize) -> std::result::Result<(), E>,
    ) -> Result<Times> {
        let clock = self.clock;
        let mut one = |number: usize| -> Result<f64> {
            let start = Instant::now();
            call(number)?;
            Ok((start.elapsed().as_nanos() as f64 - clock).max(0.0))
        };
        let first = one(0)?;
        for number in 1..WINDOWS {
            one(number)?;
        }
        for (number, time) in self.times.iter_mut().enumerate() {
            *time = one(WINDOWS + number)?;
        }
        let mean = self.times.iter().sum::<f64>() / self.times.len() as f64;
        self.times.sort_by(f64::total_cmp);
        Ok(Times { first, mean, sorted: self.times })
    }
}

fn write<const N: usize>(path: &Path, values: impl Iterator<Item = [u8; N]>) -> Result<()> {
    Ok(std::fs::write(path, values.flatten().collect::<Vec<u8>>())?)
}

fn read<T, const N: usize>(path: &Path, value: fn([u8; N]) -> T) -> Result<Vec<T>> {
    let bytes = std::fs::read(path)?;
    let (values, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(format!("{}: not whole numbers", path.display()).into());
    }
    Ok(values.iter().copied().map(value).collect())
}
