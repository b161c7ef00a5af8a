//! How long things last when some of them have not ended yet, or ended in another way: the Kaplan–Meier estimate with
//! Greenwood's standard error and the Aalen–Johansen cumulative incidence, over binned durations in fixed memory.
//!
//! Sources: Kaplan and Meier, *Journal of the American Statistical Association* 53 (1958); Greenwood 1926; Aalen and Johansen,
//! *Scandinavian Journal of Statistics* 5 (1978). Durations fall in bins of an eighth of an octave (12.5 % wide at most), and
//! within a bin ends come before censorings: the estimates are exactly those of the sample with every duration rounded up to
//! the end of its bin. One minus Kaplan–Meier answers "how likely would it have ended so, had nothing else
//! ended it"; the incidence answers "how likely does it end so", with what competes. O(1) per duration; a report is O(bins).

use super::bins::LogBins;

/// Eight bins an octave.
const BINS: LogBins = LogBins::new(3);

/// How a duration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In the way that is asked about: a fill, a recovery.
    Event,
    /// In another way, after which it cannot happen any more: a cancellation.
    Competing,
    /// Not while it was watched.
    Censored,
}

/// One step of the curves: the state at the end of a bin in which something ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SurvivalPoint {
    /// End of the bin, nanoseconds.
    pub duration_ns: u64,
    /// Watched and not ended before the bin.
    pub at_risk: u64,
    /// Ended by the event in it.
    pub events: u64,
    /// Kaplan–Meier: share that outlives the bin, were the event the only end; 0..=1.
    pub survival: f64,
    /// Greenwood's standard error of it.
    pub standard_error: f64,
    /// Aalen–Johansen: share that has ended by the event, other ends being what they are; 0..=1.
    pub incidence: f64,
}

/// A sample of durations, ended or not, and its curves.
///
/// ```
/// use market_maker::analytics::{Ending, Survival};
/// let mut orders = Survival::default();
/// orders.record(1, Ending::Event);
/// orders.record(2, Ending::Censored); // leaves three at risk, then two
/// orders.record(3, Ending::Event);
/// orders.record(4, Ending::Competing);
/// assert_eq!(orders.survival(1), Some(0.75));
/// assert_eq!(orders.survival(3), Some(0.375)); // 3/4 · 1/2
/// assert_eq!(orders.incidence(4), Some(0.625)); // 1/4 + 3/4 · 1/2
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    events: Box<[u64]>,
    competing: Box<[u64]>,
    censored: Box<[u64]>,
    totals: [u64; 3],
}

impl Default for Survival {
    fn default() -> Self {
        let empty = || vec![0; BINS.len()].into_boxed_slice();
        Self { events: empty(), competing: empty(), censored: empty(), totals: [0; 3] }
    }
}

impl Survival {
    /// One duration. Hot path: O(1).
    #[inline]
    pub fn record(&mut self, duration_ns: u64, ending: Ending) {
        let bins = match ending {
            Ending::Event => &mut self.events,
            Ending::Competing => &mut self.competing,
            Ending::Censored => &mut self.censored,
        };
        bins[BINS.index(duration_ns)] += 1;
        self.totals[ending as usize] += 1;
    }

    /// Makes this a copy of another, without allocating. O(bins).
    pub fn copy_from(&mut self, other: &Self) {
        self.events.copy_from_slice(&other.events);
        self.competing.copy_from_slice(&other.competing);
        self.censored.copy_from_slice(&other.censored);
        self.totals = other.totals;
    }

    /// Adds another sample to this one. O(bins).
    pub fn merge(&mut self, other: &Self) {
        let add = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.events, &other.events);
        add(&mut self.competing, &other.competing);
        add(&mut self.censored, &other.censored);
        add(&mut self.totals, &other.totals);
    }

    /// Durations recorded with this ending.
    #[must_use]
    pub const fn count(&self, ending: Ending) -> u64 {
        self.totals[ending as usize]
    }

    /// Durations recorded.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.totals[0] + self.totals[1] + self.totals[2]
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The curves' steps, shortest duration first: every bin in which an event or a competing end fell.
    pub fn points(&self) -> impl Iterator<Item = SurvivalPoint> {
        let (mut at_risk, mut survival, mut greenwood) = (self.len(), 1.0, 0.0);
        // Of both kinds of end, and of the event alone among them.
        let (mut alive, mut incidence) = (1.0, 0.0);
        (0..BINS.len()).filter_map(move |bin| {
            let (events, competing) = (self.events[bin], self.competing[bin]);
            let before = at_risk;
            at_risk -= events + competing + self.censored[bin];
            if events + competing == 0 {
                return None;
            }
            let risk = before as f64;
            survival *= (before - events) as f64 / risk;
            if before > events {
                greenwood += events as f64 / (risk * (before - events) as f64);
            }
            incidence += alive * events as f64 / risk;
            alive *= (before - events - competing) as f64 / risk;
            Some(SurvivalPoint {
                duration_ns: BINS.upper(bin),
                at_risk: before,
                events,
                survival,
                standard_error: survival * libm::sqrt(greenwood),
                incidence,
            })
        })
    }

    /// The step that holds at this duration: the last whose bin does not begin after it. `None` without a sample.
    #[must_use]
    pub fn at(&self, duration_ns: u64) -> Option<SurvivalPoint> {
        if self.is_empty() {
            return None;
        }
        let end = BINS.upper(BINS.index(duration_ns));
        let start = SurvivalPoint { survival: 1.0, at_risk: self.len(), ..SurvivalPoint::default() };
        Some(self.points().take_while(|point| point.duration_ns <= end).last().unwrap_or(start))
    }

    /// Kaplan–Meier: share that lasts longer than the bin of this duration, were the event the only end; 0..=1.
    #[must_use]
    pub fn survival(&self, duration_ns: u64) -> Option<f64> {
        Some(self.at(duration_ns)?.survival)
    }

    /// Aalen–Johansen: share that has ended by the event within the bin of this duration, 0..=1.
    #[must_use]
    pub fn incidence(&self, duration_ns: u64) -> Option<f64> {
        Some(self.at(duration_ns)?.incidence)
    }

    /// The duration, nanoseconds, that half do not outlast (Kaplan–Meier); `None` where the curve stays above a half.
    #[must_use]
    pub fn median_ns(&self) -> Option<u64> {
        self.points().find(|point| point.survival <= 0.5).map(|point| point.duration_ns)
    }
}
