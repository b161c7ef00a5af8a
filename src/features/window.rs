//! The feature window: the last rows of a regular time grid, each with the 24 default channels.
//!
//! [`FeatureWindow`] says what a row holds, when the grid begins, and what a silence or a step back in time does. An
//! event costs O(1) amortised, and at most O(window length) after a silence. Rows lie in memory twice, a window's length
//! apart, so that the window is always one slice. Hot path, single writer; nothing is allocated after construction; every
//! value is finite.

use super::channels::{CHANNELS, ChannelConfig, Channels};
use super::{FeatureError, Microprice, Normaliser, NormaliserConfig};
use crate::book::{Depth, Touched};
use crate::mem::buffer::AlignedBuffer;
use crate::types::{Event, Timestamp};

/// Longest window, rows.
const MOST_ROWS: u32 = 1 << 16;
/// Longest step, seconds.
const MOST_SECONDS: u32 = 86_400;
/// Later times count as this one, so that the end of the next row is always a time.
const LAST_TIME: u64 = u64::MAX - 2 * MOST_SECONDS as u64 * 1_000_000_000;

/// What a [`FeatureWindow`] is built from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureWindowConfig {
    /// Rows of the window, 1..=65,536.
    pub rows: u32,
    /// Step of the grid in nanoseconds, up to a day.
    pub step_ns: u64,
    /// Parameters of the channels.
    pub channels: ChannelConfig,
    /// Running normalisation of the rows; `None` leaves them in their units.
    pub normaliser: Option<NormaliserConfig>,
}

impl Default for FeatureWindowConfig {
    /// 96 rows of 100 ms, normalised with the defaults.
    fn default() -> Self {
        Self {
            rows: 96,
            step_ns: 100_000_000,
            channels: ChannelConfig::default(),
            normaliser: Some(NormaliserConfig::default()),
        }
    }
}

/// The last rows of a regular time grid, each with the 24 default channels ([`Channel`](super::Channel)).
///
/// *Grid.* Rows end at the multiples of the step. A row holds what happened before its end and nothing that happened at its
/// end or after (`[start, end)`), so it is complete when the first event at or after its end arrives, or when
/// [`advance`](Self::advance) says that time has come so far. Irregular events are filled forward: what describes a
/// state keeps its last value, what adds up over the row is 0 in a row without events, averages age.
///
/// *Beginning.* The grid begins with the first sound book (both sides, neither locked nor crossed, trading not halted);
/// nothing before counts, and the first row is the rest of its step.
///
/// *Time* never steps back: an event with an earlier timestamp counts as one at the last time seen.
///
/// *Silence.* Several rows may be complete at once. Of a silence longer than the window only the last rows exist: after the
/// row in which the last event fell, whole steps are left out until as many are due as the window is long. State ages
/// over them as if they existed; λ and the normaliser's moments, whose samples are rows, do not learn from them.
///
/// *Improper markets.* While a side is empty or the book is locked or crossed, the channels that need a sound book hold their
/// last value, volatility neither ages nor counts the move across, and order flow goes on, since each side stands for
/// itself; the mid's move over such a time enters the return of the row in which the book is sound again. Over a gap (a
/// clear, a snapshot, a halt's beginning and end, [`interrupt`](Self::interrupt)) the move counts nowhere and order flow starts
/// anew from the book as it is. Of a group of events that the venue published as one, only the state after the last is seen.
///
/// Not thread-safe for writing; any number of windows may follow one book.
///
/// ```
/// use market_maker::book::{BookConfig, OrderBook};
/// use market_maker::features::{CHANNELS, Channel, FeatureWindow, FeatureWindowConfig};
/// use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};
///
/// let config = FeatureWindowConfig { rows: 4, step_ns: 1_000_000_000, normaliser: None, ..Default::default() };
/// let mut window = FeatureWindow::new(&config)?;
/// let mut book = OrderBook::new(&BookConfig::default())?;
/// let add = |second: u64, side, price| Event {
///     kind: EventKind::Add, order_id: OrderId(second), side, price: Price(price), quantity: Quantity(10),
///     timestamp: Timestamp(second * 1_000_000_000), flags: event_flags::LAST, ..Event::EMPTY
/// };
/// for event in [add(1, Side::Buy, 99), add(2, Side::Sell, 101), add(4, Side::Buy, 100)] {
///     let touched = book.apply(&event)?;
///     window.on_event(&event, touched, &book);
/// }
/// // The book is whole from 2 s on; at 4 s the rows that end at 3 s and at 4 s are complete, without the event at 4 s.
/// assert_eq!(window.rows_completed(), 2);
/// let row = window.latest_row().unwrap();
/// assert_eq!((row.len(), row[Channel::Spread.index()]), (CHANNELS, 2.0));
///
/// assert_eq!(window.advance(Timestamp(6_000_000_000)), 2);
/// assert!(window.is_full());
/// let mut copy = [0.0; 4 * CHANNELS];
/// window.copy_window(&mut copy)?;
/// assert_eq!(copy[2 * CHANNELS + Channel::OrderFlow1.index()], 10.0); // third row: a better bid of ten lots
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FeatureWindow {
    channels: Channels,
    normaliser: Option<Normaliser>,
    step: u64,
    length: usize,
    now: Timestamp,
    /// End of the row that is filling; beyond every time before the grid has begun.
    end: Timestamp,
    completed: u64,
    skipped: u64,
    /// The next row's place among the first `length`.
    place: usize,
    /// Row `i` of the ring at places `i` and `i + length`.
    rows: AlignedBuffer<f32>,
    /// The latest row in its units.
    values: [f64; CHANNELS],
}

impl FeatureWindow {
    /// A window that has seen nothing. Allocates everything it will ever need.
    ///
    /// # Errors
    /// [`FeatureError`] naming the parameter that is zero, not finite or too large; [`FeatureError::OutOfMemory`].
    pub fn new(config: &FeatureWindowConfig) -> Result<Self, FeatureError> {
        if config.rows == 0 {
            return Err(FeatureError::NotPositive { parameter: "rows" });
        }
        if config.rows > MOST_ROWS {
            return Err(FeatureError::TooLarge { parameter: "rows", limit: MOST_ROWS });
        }
        if config.step_ns == 0 {
            return Err(FeatureError::NotPositive { parameter: "step_ns" });
        }
        if config.step_ns > u64::from(MOST_SECONDS) * 1_000_000_000 {
            return Err(FeatureError::TooLarge { parameter: "step_ns / 1_000_000_000", limit: MOST_SECONDS });
        }
        let length = config.rows as usize;
        let normaliser = config.normaliser.map(|config| Normaliser::new(CHANNELS, &config)).transpose()?;
        Ok(Self {
            channels: Channels::new(&config.channels, config.step_ns)?,
            normaliser,
            step: config.step_ns,
            length,
            now: Timestamp(0),
            end: Timestamp(u64::MAX),
            completed: 0,
            skipped: 0,
            place: 0,
            rows: AlignedBuffer::new(2 * length * CHANNELS, 0.0)?,
            values: [0.0; CHANNELS],
        })
    }

    /// Takes an event that the book has just taken in (`touched` is what [`apply`](crate::book::OrderBook::apply) of
    /// either book returned) and returns how many rows it completed; those do not hold the event. Hot path: O(1)
    /// amortised.
    ///
    /// Every event belongs here, also those that change no book: trades, halts, snapshots. One that the book refused does not.
    #[inline]
    pub fn on_event(&mut self, event: &Event, touched: Touched, book: &impl Depth) -> u32 {
        let completed = self.advance(event.timestamp);
        self.channels.on_event(self.now, event, touched, book);
        if self.end.0 == u64::MAX && self.channels.has_started() {
            self.end = Timestamp((self.now.0 / self.step + 1) * self.step);
        }
        completed
    }

    /// It is `now`: completes the rows that have ended, and returns how many, at most one more than the window is
    /// long. Times at or before the last one are nothing new. Hot path.
    #[inline]
    pub fn advance(&mut self, now: Timestamp) -> u32 {
        self.now = self.now.max(Timestamp(now.0.min(LAST_TIME)));
        if self.now < self.end { 0 } else { self.complete() }
    }

    /// Breaks the chain of states without forgetting the averages, for a gap in the feed: no move of the mid and no flow
    /// across it counts, and the book is read anew with the next event. Rows go on by time. Hot path.
    pub fn interrupt(&mut self) {
        self.channels.interrupt(self.now);
    }

    #[inline(never)]
    fn complete(&mut self) -> u32 {
        let silent = (self.now.0 - self.end.0) / self.step;
        let skipped = silent.saturating_sub(self.length as u64);
        self.complete_one();
        self.end.0 += skipped * self.step;
        self.skipped += skipped;
        for _ in skipped..silent {
            self.complete_one();
        }
        (silent - skipped) as u32 + 1
    }

    fn complete_one(&mut self) {
        self.channels.complete_row(self.end, &mut self.values);
        let most = f64::from(f32::MAX);
        for value in &mut self.values {
            // Sums over a row of the largest quantities there can be; nothing is ever NaN.
            *value = value.clamp(-most, most);
        }
        let place = self.place * CHANNELS;
        let (first, second) = self.rows.split_at_mut(self.length * CHANNELS);
        let row = &mut first[place..place + CHANNELS];
        match &mut self.normaliser {
            // Neither the lengths nor the values above can be refused.
            Some(normaliser) => {
                let _ = normaliser.push(&self.values, row);
            }
            None => row.iter_mut().zip(&self.values).for_each(|(out, &value)| *out = value as f32),
        }
        second[place..place + CHANNELS].copy_from_slice(row);
        self.place = if self.place + 1 == self.length { 0 } else { self.place + 1 };
        self.end.0 += self.step;
        self.completed += 1;
    }

    /// Step of the grid, ns.
    #[must_use]
    pub const fn step_ns(&self) -> u64 {
        self.step
    }

    /// What a value of a row is in its channel's own unit, as the normaliser stands. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn original(&self, channel: super::Channel, value: f32) -> f64 {
        let value = f64::from(value);
        self.normaliser.as_ref().map_or(value, |normaliser| normaliser.original(channel.index(), value))
    }

    /// Rows of a full window.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether no row is complete yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.completed == 0
    }

    /// Whether as many rows are complete as the window is long. Hot path.
    #[inline]
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.completed >= self.length as u64
    }

    /// Rows completed since the beginning, those that have left the window included.
    #[inline]
    #[must_use]
    pub const fn rows_completed(&self) -> u64 {
        self.completed
    }

    /// Rows that long silences left out.
    #[must_use]
    pub const fn rows_skipped(&self) -> u64 {
        self.skipped
    }

    /// When the row that is filling will end; `None` before the grid has begun. The row before it ended one step earlier.
    #[inline]
    #[must_use]
    pub const fn next_end(&self) -> Option<Timestamp> {
        if self.end.0 == u64::MAX { None } else { Some(self.end) }
    }

    /// The full window as one slice `[rows × 24]`, row-major, oldest row first: what a model takes. Hot path: O(1),
    /// nothing is copied.
    ///
    /// # Errors
    /// [`FeatureError::NotFull`].
    #[inline]
    pub fn window(&self) -> Result<&[f32], FeatureError> {
        if !self.is_full() {
            let rows = self.completed as u32;
            return Err(FeatureError::NotFull { rows, needed: self.length as u32 });
        }
        Ok(self.latest_rows(self.length))
    }

    /// Copies the full window to `out`, `[rows × 24]`, row-major, oldest row first. Hot path.
    ///
    /// # Errors
    /// [`FeatureError::NotFull`]; [`FeatureError::Length`] for `out`. Nothing is written then.
    pub fn copy_window(&self, out: &mut [f32]) -> Result<(), FeatureError> {
        let window = self.window()?;
        if out.len() != window.len() {
            let (expected, found) = (window.len(), out.len());
            return Err(FeatureError::Length { parameter: "out", expected, found });
        }
        out.copy_from_slice(window);
        Ok(())
    }

    /// The last `count` rows, oldest first, or fewer where fewer exist or the window is shorter: what a streaming
    /// model has not seen yet when `count` is what [`on_event`](Self::on_event) returned. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn latest_rows(&self, count: usize) -> &[f32] {
        let count = count.min(self.length).min(usize::try_from(self.completed).unwrap_or(usize::MAX));
        let end = (self.place + self.length) * CHANNELS;
        &self.rows[end - count * CHANNELS..end]
    }

    /// The latest row, normalised where asked. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn latest_row(&self) -> Option<&[f32]> {
        (!self.is_empty()).then(|| self.latest_rows(1))
    }

    /// The latest row in its units, before normalisation and rounding to `f32`. Hot path: O(1).
    #[inline]
    #[must_use]
    pub const fn latest_values(&self) -> Option<&[f64; CHANNELS]> {
        if self.completed == 0 { None } else { Some(&self.values) }
    }

    /// The normaliser, to save its moments.
    #[must_use]
    pub const fn normaliser(&self) -> Option<&Normaliser> {
        self.normaliser.as_ref()
    }

    /// Normalises with this one (or not at all) from the next row on; rows that are complete stay as they are.
    ///
    /// # Errors
    /// [`FeatureError::Length`] when its channels are not 24. Nothing has changed then.
    pub fn set_normaliser(&mut self, normaliser: Option<Normaliser>) -> Result<(), FeatureError> {
        if let Some(found) = normaliser.as_ref().map(Normaliser::channels)
            && found != CHANNELS
        {
            return Err(FeatureError::Length { parameter: "normaliser", expected: CHANNELS, found });
        }
        self.normaliser = normaliser;
        Ok(())
    }

    /// Takes the microprice of [`Channel::MicropriceDeviation`](super::Channel::MicropriceDeviation) from a fitted one;
    /// the size-weighted mid where it has no state for the top, and always when `None`.
    pub fn set_microprice(&mut self, microprice: Option<Microprice>) {
        self.channels.set_microprice(microprice);
    }
}
