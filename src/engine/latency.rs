//! Latency histograms per stage of the pipeline.
//!
//! The core reads no clock of its own accord (a replay must not depend on one). A host that has time stamps feeds
//! them through [`LatencyRecorder::record`]; a host that has none asks for the monotonic clock with [`ClockMode`], and
//! the engine then times itself with the processor's cycle counter (`quanta`).
//!
//! Recording is allocation-free and constant-time: the histograms (HdrHistogram, 1 ns to 1 s, two significant
//! digits, so within 1 %) are sized at construction; longer times count as one second.

use hdrhistogram::Histogram;

/// A stage of the pipeline from a market-data event to order actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// The event is applied to the book.
    Book = 0,
    /// Volatility, spread and imbalance take the new book in.
    Features = 1,
    /// The strategy computes the quotes that it wants.
    Quote = 2,
    /// Wanted quotes become order actions: rounding, comparison with working orders, risk checks.
    Orders = 3,
    /// All of it, for events after which a quote was computed.
    TickToQuote = 4,
    /// All of it, for every event.
    Event = 5,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 6] =
        [Self::Book, Self::Features, Self::Quote, Self::Orders, Self::TickToQuote, Self::Event];

    /// The stage with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        if value < 6 { Some(Self::ALL[value as usize]) } else { None }
    }

    /// A short name for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Features => "features",
            Self::Quote => "quote",
            Self::Orders => "orders",
            Self::TickToQuote => "tick-to-quote",
            Self::Event => "event",
        }
    }
}

/// Which clock the engine reads by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ClockMode {
    /// None. Histograms hold only what the host records.
    #[default]
    Off = 0,
    /// The monotonic clock, at the start and the end of each event.
    Total = 1,
    /// The monotonic clock, also between the stages (each reading costs about as much as a book update).
    Stages = 2,
}

impl ClockMode {
    /// The mode with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Off),
            1 => Some(Self::Total),
            2 => Some(Self::Stages),
            _ => None,
        }
    }
}

/// Percentiles of one histogram, nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct LatencySummary {
    /// How many samples.
    pub count: u64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
}

const LONGEST_NS: u64 = 1_000_000_000;

/// One histogram per [`Stage`].
#[derive(Clone, Debug)]
pub struct LatencyRecorder {
    histograms: [Histogram<u64>; 6],
}

impl Default for LatencyRecorder {
    fn default() -> Self {
        Self::new()
    }
}

impl LatencyRecorder {
    /// Empty histograms (about 40 kB each).
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the constant bounds are valid")]
    pub fn new() -> Self {
        Self {
            histograms: std::array::from_fn(|_| {
                Histogram::new_with_bounds(1, LONGEST_NS, 2).expect("constant bounds are valid")
            }),
        }
    }

    /// Adds a sample. Hot path.
    pub fn record(&mut self, stage: Stage, nanoseconds: u64) {
        self.histograms[stage as usize].saturating_record(nanoseconds);
    }

    /// Percentiles of a stage. Linear in the histogram's size; not for the hot path.
    #[must_use]
    pub fn summary(&self, stage: Stage) -> LatencySummary {
        let histogram = &self.histograms[stage as usize];
        if histogram.is_empty() {
            return LatencySummary::default();
        }
        LatencySummary {
            count: histogram.len(),
            p50: histogram.value_at_quantile(0.50),
            p90: histogram.value_at_quantile(0.90),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            max: histogram.max(),
        }
    }

    /// Forgets every sample.
    pub fn reset(&mut self) {
        self.histograms.iter_mut().for_each(Histogram::reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_one_percent() {
        let mut recorder = LatencyRecorder::new();
        (1..=10_000).for_each(|ns| recorder.record(Stage::Quote, ns));
        let summary = recorder.summary(Stage::Quote);
        assert_eq!(summary.count, 10_000);
        for (got, want) in
            [(summary.p50, 5000.0), (summary.p90, 9000.0), (summary.p99, 9900.0), (summary.p999, 9990.0)]
        {
            assert!((got as f64 - want).abs() <= want * 0.01, "{got} is not {want}");
        }
        assert_eq!(recorder.summary(Stage::Book), LatencySummary::default());
    }

    #[test]
    fn a_stall_longer_than_the_range_counts_as_the_longest() {
        let mut recorder = LatencyRecorder::new();
        recorder.record(Stage::Event, u64::MAX);
        assert!(recorder.summary(Stage::Event).max >= LONGEST_NS);
        recorder.reset();
        assert_eq!(recorder.summary(Stage::Event).count, 0);
    }
}
