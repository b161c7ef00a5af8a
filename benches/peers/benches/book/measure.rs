//! Clocks and counters: nanoseconds per message, allocations per message, latency of single messages.

use crate::engine::{Engine, Tally, loaded};
use crate::ours::OursEvents;
use market_maker::types::Event;
use market_maker_peers::streams::Stream;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The system allocator with a counter that runs only while asked to, so that timed runs do not pay for it.
pub struct CountingAllocator;

static COUNTING: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

fn count() {
    if COUNTING.load(Ordering::Relaxed) {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system allocator unchanged; counting touches two atomics and no memory.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's layout, which it promises is not empty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's layout, which it promises is not empty.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller got `pointer` from this allocator, that is from the system's, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller got `pointer` from this allocator with this layout and asks for a legal size.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Allocations and reallocations while `work` runs.
pub fn allocations(work: impl FnOnce()) -> u64 {
    ALLOCATIONS.store(0, Ordering::Relaxed);
    COUNTING.store(true, Ordering::Relaxed);
    work();
    COUNTING.store(false, Ordering::Relaxed);
    ALLOCATIONS.load(Ordering::Relaxed)
}

/// Stops the benchmark when an engine did not end where the stream says that it ends.
pub fn check<E: Engine>(engine: &E, stream: &Stream, tally: &Tally) {
    let place = format!("{} on {:?}/{}", E::NAME, stream.form, stream.name);
    assert_eq!(tally.refused, 0, "{place} refused valid messages");
    if let Some(traded) = E::traded(tally) {
        assert_eq!(traded, stream.traded, "{place} traded another volume");
    }
    let levels = engine.levels(stream);
    let wrong = levels.iter().zip(&stream.end.levels).find(|(got, expected)| got != expected);
    assert_eq!(wrong, None, "{place} ends with another book");
    assert_eq!(levels.len(), stream.end.levels.len(), "{place} ends with another number of levels");
}

/// Time that this thread has spent on a processor. What other programs take in between does not count, which keeps
/// runs comparable on a machine that is not idle.
#[cfg(unix)]
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable for the length of the call, which keeps no pointer to it.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "the system has a clock for the processor time of a thread");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Time since the first call, where there is no such clock.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// One timed run: nanoseconds per message. Construction and the resting orders are outside.
pub fn time<E: Engine>(stream: &Stream) -> f64 {
    let mut engine = loaded::<E>(stream);
    let start = processor_time();
    let tally = black_box(engine.run(black_box(&stream.messages)));
    let elapsed = processor_time() - start;
    check(&engine, stream, &tally);
    elapsed.as_nanos() as f64 / stream.messages.len() as f64
}

/// One timed run over events made beforehand: nanoseconds per message.
pub fn time_events<const BATCH: usize>(stream: &Stream, events: &[Event]) -> f64 {
    let mut engine = loaded::<OursEvents<BATCH>>(stream);
    let start = processor_time();
    let tally = black_box(engine.apply(black_box(events)));
    let elapsed = processor_time() - start;
    check(&engine, stream, &tally);
    elapsed.as_nanos() as f64 / events.len() as f64
}

/// One counted run over events made beforehand: allocations per message.
pub fn count_event_allocations<const BATCH: usize>(stream: &Stream, events: &[Event]) -> f64 {
    let mut engine = loaded::<OursEvents<BATCH>>(stream);
    let mut tally = Tally::default();
    let counted = allocations(|| tally = engine.apply(events));
    check(&engine, stream, &tally);
    counted as f64 / events.len() as f64
}

/// One counted run: allocations per message.
pub fn count_allocations<E: Engine>(stream: &Stream) -> f64 {
    let mut engine = loaded::<E>(stream);
    let mut tally = Tally::default();
    let counted = allocations(|| tally = engine.run(&stream.messages));
    check(&engine, stream, &tally);
    counted as f64 / stream.messages.len() as f64
}

/// Reads the processor's time stamp counter, after everything before it and before everything after it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn stamp() -> u64 {
    fence();
    // SAFETY: every x86-64 processor has the counter, and the systems we run on let user code read it.
    let ticks = unsafe { std::arch::x86_64::_rdtsc() };
    fence();
    ticks
}

/// Waits until everything before it is done.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fence() {
    // SAFETY: the instruction belongs to SSE2, which every x86-64 processor has.
    unsafe { std::arch::x86_64::_mm_lfence() }
}

/// Nanoseconds since the first call, where there is no such counter.
#[cfg(not(target_arch = "x86_64"))]
fn stamp() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The counter's rate and what reading it costs.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    ticks_per_nano: f64,
    overhead: u64,
}

impl Timer {
    /// Measures the rate against the system's clock for 100 ms, and the median of 100 k empty intervals.
    pub fn calibrate() -> Self {
        let (from, start) = (stamp(), Instant::now());
        while start.elapsed() < Duration::from_millis(100) {
            std::hint::spin_loop();
        }
        let ticks = stamp() - from;
        let ticks_per_nano = ticks as f64 / start.elapsed().as_nanos() as f64;
        let mut empty: Vec<u64> = Vec::with_capacity(100_000);
        let mut last = stamp();
        for _ in 0..100_000 {
            let now = stamp();
            empty.push(now - last);
            last = now;
        }
        empty.sort_unstable();
        Self { ticks_per_nano, overhead: empty[empty.len() / 2] }
    }

    /// What one interval costs by itself, in nanoseconds.
    pub fn overhead(&self) -> f64 {
        self.overhead as f64 / self.ticks_per_nano
    }

    /// Runs the messages one by one between two stamps.
    pub fn latency<E: Engine>(&self, stream: &Stream) -> Latency {
        let mut engine = loaded::<E>(stream);
        let mut histogram = vec![0u32; HISTOGRAM];
        let mut tally = Tally::default();
        let mut longest = 0;
        for message in &stream.messages {
            let start = stamp();
            let one = engine.run(std::slice::from_ref(message));
            let ticks = stamp() - start;
            histogram[(ticks as usize).min(HISTOGRAM - 1)] += 1;
            longest = longest.max(ticks);
            tally.refused += one.refused;
            tally.traded += one.traded;
        }
        check(&engine, stream, &tally);
        let percentile = |share: f64| {
            let rank = (stream.messages.len() as f64 * share).ceil() as u64;
            let mut seen = 0;
            let ticks = histogram.iter().position(|&count| {
                seen += u64::from(count);
                seen >= rank
            });
            let ticks = ticks.filter(|&ticks| ticks < HISTOGRAM - 1).map_or(longest, |ticks| ticks as u64);
            ticks.saturating_sub(self.overhead) as f64 / self.ticks_per_nano
        };
        Latency { p50: percentile(0.5), p99: percentile(0.99), p999: percentile(0.999) }
    }
}

/// One bin per tick of the counter; the last one takes everything longer.
const HISTOGRAM: usize = 1 << 16;

/// Nanoseconds of single messages, less the timer's own.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Half of the messages take no longer.
    pub p50: f64,
    /// 99 % take no longer.
    pub p99: f64,
    /// 99.9 % take no longer.
    pub p999: f64,
}

/// Nanoseconds per message over the runs.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The middle run.
    pub median: f64,
    /// The fastest.
    pub least: f64,
    /// The slowest.
    pub most: f64,
}

impl Spread {
    /// Of at least one run.
    pub fn of(mut runs: Vec<f64>) -> Self {
        runs.sort_unstable_by(f64::total_cmp);
        Self { median: runs[runs.len() / 2], least: runs[0], most: runs[runs.len() - 1] }
    }
}
