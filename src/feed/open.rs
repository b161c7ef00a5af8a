//! One door to all formats: by name, over one file or several, with the increments found where nobody states them.

use std::fmt;
use std::str::FromStr;

use super::itch::{ItchReader, StockFilter};
use super::{BinanceReader, DatabentoCsvMboReader, EventSource, FeedError, Input, LobsterReader, Progress};
use crate::types::{ConversionError, Event, EventKind, Instrument, InstrumentId, Symbol, event_flags};

/// A recorded format. [`FromStr`] and [`Display`](fmt::Display) use the names in the comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `lobster`: LOBSTER message file.
    Lobster,
    /// `itch`: NASDAQ TotalView-ITCH 5.0.
    Itch,
    /// `dbn`: Databento binary encoding.
    Dbn,
    /// `databento-csv`: Databento CSV, schema mbo.
    DatabentoCsv,
    /// `binance`: Binance streams as JSON lines.
    Binance,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Lobster, Self::Itch, Self::Dbn, Self::DatabentoCsv, Self::Binance];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lobster => "lobster",
            Self::Itch => "itch",
            Self::Dbn => "dbn",
            Self::DatabentoCsv => "databento-csv",
            Self::Binance => "binance",
        }
    }

    /// Whether the events are about price levels (for a [`LevelBook`](crate::book::LevelBook)) instead of orders.
    #[must_use]
    pub const fn is_by_level(self) -> bool {
        matches!(self, Self::Binance)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = FeedError;

    fn from_str(name: &str) -> Result<Self, FeedError> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or(FeedError::Unsupported(
            "unknown format: it is one of lobster, itch, dbn, databento-csv, binance",
        ))
    }
}

/// What [`open`] needs besides the files and the instrument. The default suits recordings of one instrument.
#[derive(Clone, Debug, Default)]
pub struct SourceConfig {
    /// LOBSTER only: the order book file and the row that the book starts from, see [`LobsterReader::with_seed`].
    pub seed: Option<(Input, u64)>,
    /// ITCH only: which stock.
    pub stocks: StockFilter,
    /// DBN only: which instrument, by the venue's id; `None` is the file's only one.
    pub only: Option<InstrumentId>,
}

/// Opens files of one format that follow each other in time as one source of events. Allocates; the source does not.
///
/// ```
/// use market_maker::feed::{EventSource, Format, Input, SourceConfig, detect_increments, open};
/// let input = Input::from_bytes("day", b"34200.1,1,7,100,5853300,1\n34200.2,1,8,50,5853500,1\n".to_vec());
/// let (format, config) = ("lobster".parse::<Format>()?, SourceConfig::default());
/// let instrument = detect_increments(format, std::slice::from_ref(&input), &config)?.instrument("AAPL")?;
/// assert_eq!((instrument.tick(), instrument.lot()), (0.01, 50.0));
/// let mut source = open(format, vec![input], &instrument, &config)?;
/// assert_eq!(source.next_event()?.unwrap().quantity.0, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`FeedError::Unsupported`] when there is no file, when a seed is given for another format than LOBSTER, or for DBN in
/// a build without the feature `dbn`; the errors of the readers' constructors.
pub fn open(
    format: Format,
    inputs: Vec<Input>,
    instrument: &Instrument,
    config: &SourceConfig,
) -> Result<Box<dyn EventSource + Send>, FeedError> {
    if inputs.is_empty() {
        return Err(FeedError::Unsupported("no file to read"));
    }
    if config.seed.is_some() && format != Format::Lobster {
        return Err(FeedError::Unsupported("only LOBSTER recordings are seeded from an order book file"));
    }
    if format == Format::Binance {
        return Ok(Box::new(BinanceReader::new(inputs, instrument)));
    }
    let mut sources = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        sources.push(open_one(format, input, instrument, config, index == 0)?);
    }
    match sources.pop() {
        Some(only) if sources.is_empty() => Ok(only),
        Some(last) => {
            sources.push(last);
            Ok(Box::new(Consecutive { sources, at: 0 }))
        }
        None => Err(FeedError::Unsupported("no file to read")),
    }
}

fn open_one(
    format: Format,
    input: Input,
    instrument: &Instrument,
    config: &SourceConfig,
    is_first: bool,
) -> Result<Box<dyn EventSource + Send>, FeedError> {
    Ok(match format {
        Format::Lobster => {
            let reader = LobsterReader::new(input, instrument);
            Box::new(match &config.seed {
                Some((orderbook, row)) if is_first => reader.with_seed(orderbook, *row)?,
                _ => reader,
            })
        }
        Format::Itch => Box::new(ItchReader::new(input, instrument, config.stocks)),
        #[cfg(feature = "dbn")]
        Format::Dbn => {
            use super::dbn::{DbnReader, InstrumentFilter};
            let filter = config.only.map_or(InstrumentFilter::Single, InstrumentFilter::Only);
            Box::new(DbnReader::new(input, instrument, filter)?)
        }
        #[cfg(not(feature = "dbn"))]
        Format::Dbn => return Err(FeedError::Unsupported("this build has no feature `dbn`")),
        Format::DatabentoCsv => Box::new(DatabentoCsvMboReader::new(input, instrument)?),
        Format::Binance => Box::new(BinanceReader::new(vec![input], instrument)),
    })
}

/// Sources one after the other.
struct Consecutive {
    sources: Vec<Box<dyn EventSource + Send>>,
    at: usize,
}

impl EventSource for Consecutive {
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        while let Some(source) = self.sources.get_mut(self.at) {
            match source.next_event() {
                Ok(None) => self.at += 1,
                Ok(event) => return Ok(event),
                Err(error) => {
                    self.at = self.sources.len();
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    fn progress(&self) -> Progress {
        self.sources.iter().map(|source| source.progress()).fold(Progress::default(), |sum, one| Progress {
            done: sum.done + one.done,
            total: sum.total + one.total,
        })
    }
}

/// The coarsest tick and lot that every book price and every quantity of a recording is a multiple of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Increments {
    /// Tick in nano-units of currency.
    pub tick_nanos: i64,
    /// Lot in nano-units of the asset.
    pub lot_nanos: i64,
}

impl Increments {
    /// An instrument of id 0 with these increments.
    ///
    /// # Errors
    /// [`ConversionError::Malformed`] for a name that is no [`Symbol`]; [`ConversionError::BadIncrement`] for increments
    /// that were not detected but made up.
    pub fn instrument(&self, symbol: &str) -> Result<Instrument, ConversionError> {
        let symbol = Symbol::new(symbol).ok_or(ConversionError::Malformed)?;
        Instrument::from_nanos(symbol, self.tick_nanos, self.lot_nanos)
    }
}

/// Finds a recording's increments by reading it once: the greatest common divisors of all prices at which orders or
/// levels stood (of the trades, where there are only those) and of all quantities. O(length).
///
/// A file that is malformed or breaks off part-way gives the increments of what comes before; reading it with them
/// tells the error.
///
/// # Errors
/// As [`open`]; the recording's own error when it comes before any price, and [`FeedError::Unsupported`] when there
/// is none at all.
pub fn detect_increments(
    format: Format,
    inputs: &[Input],
    config: &SourceConfig,
) -> Result<Increments, FeedError> {
    let finest = Instrument::from_nanos(Symbol::default(), 1, 1)
        .map_err(|_| FeedError::Unsupported("no instrument has increments of 1e-9"))?;
    increments_of(&mut open(format, inputs.to_vec(), &finest, config)?)
}

/// As [`detect_increments`], of a source whose instrument has a tick and a lot of 10⁻⁹. Reads it to its end.
///
/// # Errors
/// As there.
pub fn increments_of(source: &mut impl EventSource) -> Result<Increments, FeedError> {
    let (mut book, mut prints, mut quantities) = (Divisor(0), Divisor(0), Divisor(0));
    let outcome = loop {
        match source.next_event() {
            Ok(Some(event)) => {
                match event.kind {
                    EventKind::Add
                    | EventKind::Modify
                    | EventKind::Replace
                    | EventKind::Level
                    | EventKind::Seed
                    | EventKind::BestQuote => book.add(event.price.0.unsigned_abs()),
                    EventKind::Reduce | EventKind::Delete | EventKind::Execute
                        if event.has(event_flags::LOCATED) =>
                    {
                        book.add(event.price.0.unsigned_abs());
                    }
                    EventKind::Trade => prints.add(event.price.0.unsigned_abs()),
                    // Their quantities do not count shares.
                    EventKind::Status | EventKind::Clear | EventKind::None | EventKind::Fill => continue,
                    EventKind::Reduce | EventKind::Delete | EventKind::Execute => {}
                }
                quantities.add(event.quantity.0);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let tick = if book.0 == 0 { prints } else { book };
    match (tick.increment(), quantities.increment(), outcome) {
        (Some(tick_nanos), Some(lot_nanos), _) => Ok(Increments { tick_nanos, lot_nanos }),
        (.., Some(error)) => Err(error),
        (.., None) => Err(FeedError::Unsupported("the recording holds no price to detect the tick from")),
    }
}

/// A running greatest common divisor; 0 before the first number.
#[derive(Clone, Copy)]
struct Divisor(u64);

impl Divisor {
    fn add(&mut self, value: u64) {
        if self.0 != 0 && value.is_multiple_of(self.0) {
            return;
        }
        let (mut a, mut b) = (self.0, value);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        self.0 = a;
    }

    /// The divisor as an increment, which is at most 10⁹ units.
    fn increment(self) -> Option<i64> {
        const UNIT: u64 = 1_000_000_000;
        match self.0 {
            0 => None,
            found if found <= UNIT * UNIT => Some(found as i64),
            found if found.is_multiple_of(UNIT) => Some(UNIT as i64),
            _ => Some(1),
        }
    }
}
