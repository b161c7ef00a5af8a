//! Binance depth, trade and book-ticker streams as JSON lines, with the REST snapshot that starts the book.
//!
//! A line is `<receive time, UNIX ns> <JSON>`, or the JSON alone. The JSON is the combined-stream envelope
//! `{"stream":…,"data":{…}}`, a bare event, or a depth snapshot `{"lastUpdateId":…,"bids":…,"asks":…}`. Rule of
//! synchronisation: <https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams>.
//! O(length of the line); a line is parsed as a whole before its first event is delivered.

mod message;

use self::message::{Level, Message, Name, Payload, read};
use super::text::{Fault, Lines};
use super::{EventSource, FeedError, Input, Progress, Reason};
use crate::types::{Event, EventKind, Instrument, Side, Timestamp, event_flags};

/// Most levels in one message: the REST snapshot has at most 5000 a side.
const MOST_LEVELS: usize = 16_384;

/// Reads a recording of one symbol's streams, in one file or in several that continue each other.
///
/// | message | events |
/// |---|---|
/// | snapshot | [`EventKind::Clear`], then a [`EventKind::Level`] for each level, all with [`event_flags::SNAPSHOT`] |
/// | `depthUpdate` | a [`EventKind::Level`] for each level, bids first |
/// | `trade`, `aggTrade` | [`EventKind::Trade`] with the aggressor's side |
/// | `bookTicker` | two [`EventKind::BestQuote`], bid first |
///
/// Messages of other types are skipped. `sequence` is the update id (`u`, `lastUpdateId`) or the trade id. `timestamp` is the
/// venue's transaction time, else its event time; a message without either (spot's book ticker and snapshot) takes
/// that of the message before it. `received` is the recorder's time, on the recorder's own clock.
///
/// **Synchronisation.** Depth updates in front of the snapshot are held back; after it, those with `u` ≤
/// `lastUpdateId` are dropped and the others follow the snapshot with its receive time. From then on each
/// update must continue the one before it (futures: `pu`; spot: `U` − 1), else [`Reason::Gap`]. A later snapshot
/// that is not newer than the book is skipped. A recording with updates but without any snapshot ends with
/// [`FeedError::Unsupported`].
///
/// ```
/// use market_maker::feed::{BinanceReader, EventSource, Input};
/// use market_maker::types::{EventKind, Instrument, Price, Side};
/// let text = br#"1723161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,
///     "s":"BTCUSDT","t":3735683259,"p":"61837.63","q":"0.02","T":1723161255342,"m":true}}"#;
/// let text = text.iter().copied().filter(|&b| b != b'\n').collect();
/// let instrument = Instrument::new("BTCUSDT", 0.01, 1e-5)?;
/// let mut reader = BinanceReader::new(vec![Input::from_bytes("example", text)], &instrument);
/// let trade = reader.next_event()?.unwrap();
/// assert_eq!((trade.kind, trade.side, trade.price), (EventKind::Trade, Side::Sell, Price(6_183_763)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BinanceReader {
    files: Vec<Lines>,
    /// The file being read.
    file: usize,
    instrument: Instrument,
    sync: Sync,
    /// The levels of the message being delivered, and how many of them are out.
    levels: Vec<Level>,
    delivered: usize,
    /// What the events of the message being delivered share.
    template: Event,
    /// The second event of a book ticker.
    second: Option<Event>,
    /// The last venue time seen, ns.
    clock: u64,
}

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    file: usize,
    at: usize,
    line: u64,
}

/// How the book stands to the stream of updates.
#[derive(Clone, Copy, Debug, Default)]
struct Sync {
    /// The one symbol of the recording.
    symbol: Option<Name>,
    /// The last update in the book, and whether it is a snapshot's; `None` before the first snapshot.
    last: Option<(u64, bool)>,
    /// The first update held back for the snapshot.
    first: Option<Place>,
    /// While the updates held back are read again: where that ends, and the snapshot's receive time.
    replay: Option<(Place, u64)>,
}

impl Sync {
    /// Whether the message is to be delivered.
    fn admit(&mut self, message: &Message, place: Place) -> Result<bool, Fault> {
        if let Some(symbol) = message.symbol
            && *self.symbol.get_or_insert(symbol) != symbol
        {
            return Err(Reason::Other("more than one symbol in the recording").into());
        }
        match (message.payload, self.last) {
            (Payload::Other, _) => Ok(false),
            (Payload::Depth { .. }, None) => {
                self.first.get_or_insert(place);
                Ok(false)
            }
            (Payload::Depth { last, previous }, Some((known, from_snapshot))) => {
                if last <= known {
                    return Ok(false);
                }
                if previous > known || (previous < known && !from_snapshot) {
                    return Err(Reason::Gap { expected: known, found: previous }.into());
                }
                self.last = Some((last, false));
                Ok(true)
            }
            (Payload::Snapshot { id }, known) => {
                let is_newer = known.is_none_or(|(known, _)| id > known);
                if is_newer {
                    self.last = Some((id, true));
                }
                Ok(is_newer)
            }
            (Payload::Trade { .. } | Payload::Ticker { .. }, _) => Ok(self.replay.is_none()),
        }
    }
}

impl BinanceReader {
    /// A reader of files in the order of time.
    #[must_use]
    pub fn new(files: Vec<Input>, instrument: &Instrument) -> Self {
        Self {
            files: files.into_iter().map(Lines::new).collect(),
            file: 0,
            instrument: *instrument,
            sync: Sync::default(),
            levels: Vec::with_capacity(MOST_LEVELS),
            delivered: 0,
            template: Event::EMPTY,
            second: None,
            clock: 0,
        }
    }

    /// The next event of the message being delivered.
    #[inline]
    fn deliver(&mut self) -> Option<Event> {
        let Some(level) = self.levels.get(self.delivered) else {
            return self.second.take();
        };
        self.delivered += 1;
        let mut event = Event {
            kind: EventKind::Level,
            side: level.side,
            price: level.price,
            quantity: level.quantity,
            ..self.template
        };
        if self.delivered == self.levels.len() {
            event.flags |= event_flags::LAST;
        }
        Some(event)
    }

    /// Reads one line; its first event, if it has one that stands outside the level list.
    fn step(&mut self) -> Result<Option<Event>, FeedError> {
        let Self { files, file, instrument, sync, levels, .. } = self;
        let Some(lines) = files.get_mut(*file) else { return Ok(None) };
        let place = Place { file: *file, at: lines.at, line: lines.line };
        self.delivered = 0;
        let message = lines.next(|line| {
            let message = read(line, instrument, levels)?;
            if !sync.admit(&message, place)? {
                levels.clear();
                return Ok(Message { payload: Payload::Other, ..message });
            }
            Ok(message)
        });
        let after = Place { at: lines.at, line: lines.line, ..place };
        match message {
            Ok(Some(message)) => Ok(self.begin(&message, after)),
            Ok(None) => {
                self.levels.clear();
                self.file += 1;
                if self.sync.replay.is_some()
                    && let Some(next) = self.files.get_mut(self.file)
                {
                    next.seek(0, 0);
                }
                Ok(None)
            }
            Err(error) => {
                self.finish();
                Err(error)
            }
        }
    }

    /// Prepares the delivery of a message that ends at `after`; its first event unless that is a level.
    fn begin(&mut self, message: &Message, after: Place) -> Option<Event> {
        if let Some(time) = message.time {
            self.clock = time;
        }
        let received = match self.sync.replay {
            Some((_, received)) => received,
            None => message.received.unwrap_or(self.clock),
        };
        if self.clock == 0 {
            self.clock = received;
        }
        let template = Event {
            timestamp: Timestamp(self.clock),
            received: Timestamp(received),
            instrument: self.instrument.id,
            ..Event::EMPTY
        };
        let first = match message.payload {
            Payload::Other => None,
            Payload::Depth { last, .. } => {
                self.template = Event { sequence: last, ..template };
                None
            }
            Payload::Snapshot { id } => {
                self.template = Event { sequence: id, flags: event_flags::SNAPSHOT, ..template };
                if let Some(first) = self.sync.first.take() {
                    self.sync.replay = Some((after, received));
                    self.file = first.file;
                    self.files[first.file].seek(first.at, first.line);
                }
                let last = if self.levels.is_empty() { event_flags::LAST } else { 0 };
                Some(Event { kind: EventKind::Clear, flags: event_flags::SNAPSHOT | last, ..self.template })
            }
            Payload::Trade { id, price, rounded, quantity, aggressor } => {
                let rounded = if rounded { event_flags::ROUNDED } else { 0 };
                Some(Event {
                    kind: EventKind::Trade,
                    sequence: id,
                    side: aggressor,
                    price,
                    quantity,
                    flags: event_flags::LAST | event_flags::SIDED | rounded,
                    ..template
                })
            }
            Payload::Ticker { id, bid, ask } => {
                let quote = |side, (price, quantity), flags| Event {
                    kind: EventKind::BestQuote,
                    sequence: id,
                    side,
                    price,
                    quantity,
                    flags,
                    ..template
                };
                self.second = Some(quote(Side::Sell, ask, event_flags::LAST));
                Some(quote(Side::Buy, bid, 0))
            }
        };
        if let Some((until, _)) = self.sync.replay
            && (after.file, after.at) >= (until.file, until.at)
            && !matches!(message.payload, Payload::Snapshot { .. })
        {
            self.sync.replay = None;
        }
        first
    }

    /// Ends the reading for good.
    #[cold]
    fn finish(&mut self) {
        self.file = self.files.len();
        self.levels.clear();
        self.second = None;
        self.sync.first = None;
    }
}

impl EventSource for BinanceReader {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        loop {
            if let Some(event) = self.deliver() {
                return Ok(Some(event));
            }
            if self.file >= self.files.len() {
                if self.sync.last.is_none() && self.sync.first.is_some() {
                    self.finish();
                    return Err(FeedError::Unsupported("the recording has depth updates but no snapshot"));
                }
                return Ok(None);
            }
            if let Some(event) = self.step()? {
                return Ok(Some(event));
            }
        }
    }

    fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for (index, lines) in self.files.iter().enumerate() {
            let file = lines.progress();
            progress.total += file.total;
            progress.done += match index.cmp(&self.file) {
                std::cmp::Ordering::Less => file.total,
                std::cmp::Ordering::Equal => file.done,
                std::cmp::Ordering::Greater => 0,
            };
        }
        progress
    }
}
