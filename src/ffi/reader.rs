//! Recorded days: `mm_reader_t`, any recorded format as a stream of events.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config::{self, Config};
use super::event::{mm_event_t, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Outcome, create, destroy, guard};
use super::status::*;
use crate::feed::itch::{Stock, StockFilter};
use crate::feed::{self, EventSource, FeedError, Format, Input, Progress, SourceConfig, increments_of};
use crate::types::{Event, Instrument, InstrumentId};

/// LOBSTER message file; prices of 1e-4 dollar.
pub const MM_FORMAT_LOBSTER: u8 = 1;
/// NASDAQ TotalView-ITCH 5.0, the daily binary file.
pub const MM_FORMAT_ITCH: u8 = 2;
/// Databento DBN, schema mbo.
pub const MM_FORMAT_DBN: u8 = 3;
/// Databento CSV, schema mbo.
pub const MM_FORMAT_DATABENTO_CSV: u8 = 4;
/// Binance depth and trade streams, one JSON message a line.
pub const MM_FORMAT_BINANCE: u8 = 5;

/// Reads one recorded day.
pub struct mm_reader_t {
    _opaque: [u8; 0],
}

/// A source, and the error that it ended in while events before it were still to be delivered.
pub(crate) struct Reader {
    source: Box<dyn EventSource + Send>,
    pending: Option<FeedError>,
}

impl Reader {
    /// A reader at its start.
    pub(crate) const fn new(source: Box<dyn EventSource + Send>) -> Self {
        Self { source, pending: None }
    }

    /// The next events, at most `capacity`, each handed to `take` with its number; how many there were. An error that comes
    /// behind some is kept for the next call.
    pub(crate) fn next(
        &mut self,
        capacity: usize,
        mut take: impl FnMut(usize, Event),
    ) -> Result<usize, Failure> {
        if capacity == 0 {
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("capacity is 0")));
        }
        if let Some(error) = self.pending.take() {
            return Err(error.into());
        }
        for written in 0..capacity {
            match self.source.next_event() {
                Ok(Some(event)) => take(written, event),
                Ok(None) => return Ok(written),
                Err(error) if written == 0 => return Err(error.into()),
                Err(error) => {
                    self.pending = Some(error);
                    return Ok(written);
                }
            }
        }
        Ok(capacity)
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Progress {
        self.source.progress()
    }
}

impl Noun for mm_reader_t {
    type Value = Reader;
    const NAME: &'static str = "mm_reader_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-read\0");
}

/// What a reader needs to know besides the file. Null pointers stand for "none".
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_reader_config_t {
    /// Set by `mm_reader_config_init`.
    pub struct_size: usize,
    /// Tick, lot, id and, for ITCH, the stock's symbol. Null is a tick of 0.01, a lot of 1 and id 0. Read only during
    /// the open.
    pub instrument: *const mm_instrument_t,
    /// LOBSTER: the order book file whose row `seed_row` the book starts from. Null is none.
    pub seed_path: *const c_char,
    /// LOBSTER: row of the order book file, the first is 0.
    pub seed_row: u64,
    /// More files of the same recording, in the order of time.
    pub more_paths: *const *const c_char,
    /// How many.
    pub more_path_count: usize,
    /// DBN: the venue's number of the instrument, 0 for the file's only one. ITCH: the stock's locate number, 0 for
    /// the instrument's symbol, or all stocks when that is empty.
    pub venue_instrument: u32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: repr(C), begins with `struct_size`, no padding, integers and pointers.
unsafe impl Config for mm_reader_config_t {
    const FIRST_SIZE: usize = size_of::<Self>();
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            instrument: std::ptr::null(),
            seed_path: std::ptr::null(),
            seed_row: 0,
            more_paths: std::ptr::null(),
            more_path_count: 0,
            venue_instrument: 0,
            reserved: 0,
        }
    }
}

impl From<FeedError> for Failure {
    fn from(error: FeedError) -> Self {
        let status = match error {
            FeedError::Io { .. } => MM_E_IO,
            FeedError::Line { .. } | FeedError::Record { .. } => MM_E_MALFORMED,
            FeedError::Truncated { .. } => MM_E_TRUNCATED,
            FeedError::Corrupt { .. } => MM_E_CORRUPT,
            FeedError::Unsupported(_) => MM_E_UNSUPPORTED,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// What is to be opened: the numbers and paths of `mm_reader_config_t`, checked.
pub(crate) struct Recording<'a> {
    /// `MM_FORMAT_*`.
    pub(crate) format: u8,
    /// The files, in the order of time; one at least.
    pub(crate) paths: Vec<&'a str>,
    /// Tick, lot, id and symbol.
    pub(crate) instrument: Instrument,
    /// The order book file and the row that the book starts from.
    pub(crate) seed: Option<(&'a str, u64)>,
    /// The venue's number, 0 for none.
    pub(crate) venue_instrument: u32,
}

impl Recording<'_> {
    /// Opens the files.
    pub(crate) fn open(&self) -> Result<Box<dyn EventSource + Send>, Failure> {
        let format = match self.format {
            MM_FORMAT_LOBSTER => Format::Lobster,
            MM_FORMAT_ITCH => Format::Itch,
            MM_FORMAT_DBN => Format::Dbn,
            MM_FORMAT_DATABENTO_CSV => Format::DatabentoCsv,
            MM_FORMAT_BINANCE => Format::Binance,
            other => return Err(Failure::new(MM_E_ENUM, format_args!("format {other} is unknown"))),
        };
        let mut source = SourceConfig {
            seed: None,
            stocks: if format == Format::Itch {
                stock(&self.instrument, self.venue_instrument)?
            } else {
                StockFilter::All
            },
            only: (self.venue_instrument != 0).then_some(InstrumentId(self.venue_instrument)),
        };
        if let Some((path, row)) = self.seed {
            source.seed = Some((Input::open(path)?, row));
        }
        let inputs = self.paths.iter().map(Input::open).collect::<Result<Vec<_>, _>>()?;
        Ok(feed::open(format, inputs, &self.instrument, &source)?)
    }

    /// The coarsest tick and lot; `instrument` is the finest one.
    pub(crate) fn increments(&self) -> Result<mm_increments_t, Failure> {
        let found = increments_of(&mut self.open()?)?;
        Ok(mm_increments_t { tick: found.tick_nanos as f64 / 1e9, lot: found.lot_nanos as f64 / 1e9 })
    }
}

/// One unit of 1e-9 as tick and lot: every price and quantity is a whole number of them.
pub(crate) fn finest() -> mm_instrument_t {
    mm_instrument_t { tick: 1e-9, lot: 1e-9, ..mm_instrument_t::defaults() }
}

/// What C says of a recording.
///
/// # Safety
/// The pointers of `config` are null or as `mm_reader_config_t` says.
unsafe fn recording<'a>(
    format: u8,
    path: &'a str,
    config: &mm_reader_config_t,
) -> Result<Recording<'a>, Failure> {
    let instrument = if config.instrument.is_null() {
        Instrument::try_from(&mm_instrument_t::defaults())?
    } else {
        // SAFETY: not null, and initialised by the caller's promise.
        Instrument::try_from(&unsafe { config::read(config.instrument) }?)?
    };
    let seed = if config.seed_path.is_null() {
        None
    } else {
        // SAFETY: not null, and a string by the caller's promise.
        Some((unsafe { args::string(config.seed_path, "seed_path") }?, config.seed_row))
    };
    let mut paths = vec![path];
    // SAFETY: by the caller's promise.
    for &path in unsafe { args::input(config.more_paths, config.more_path_count, "more_paths") }? {
        // SAFETY: each is a string by the caller's promise.
        paths.push(unsafe { args::string(path, "more_paths[]") }?);
    }
    Ok(Recording { format, paths, instrument, seed, venue_instrument: config.venue_instrument })
}

fn stock(instrument: &Instrument, locate: u32) -> Result<StockFilter, Failure> {
    if locate != 0 {
        return u16::try_from(locate).map(StockFilter::Locate).map_err(|_| {
            Failure::new(MM_E_INVALID_ARGUMENT, format_args!("a locate number is at most 65535"))
        });
    }
    match instrument.symbol.as_str() {
        "" => Ok(StockFilter::All),
        name => Stock::new(name).map(StockFilter::Stock).ok_or_else(|| {
            Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is no ITCH stock symbol"))
        }),
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_config_init(
    config: *mut mm_reader_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Opens a recorded day of `format` (`MM_FORMAT_*`). Files that end in `.gz` or `.zst` are decompressed at once, others are
/// mapped. `config` may be null for the defaults.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_UTF8`, `MM_E_ENUM`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT`, `MM_E_IO`, `MM_E_MALFORMED` for a
/// bad header, `MM_E_TRUNCATED`, `MM_E_UNSUPPORTED`. The message names the file and the place.
///
/// # Safety
/// `path` is a string; `config` is null or points to an initialised config; `reader` is writable. The files must not be
/// changed while they are read. Free the handle with `mm_reader_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_open(
    format: u8,
    path: *const c_char,
    config: *const mm_reader_config_t,
    reader: *mut *mut mm_reader_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(reader, "reader") }?;
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let config = if config.is_null() {
            mm_reader_config_t::defaults()
        } else {
            // SAFETY: not null, by this function's contract.
            unsafe { config::read(config) }?
        };
        // SAFETY: by this function's contract.
        let recording = unsafe { recording(format, path, &config) }?;
        out.set(create(Reader::new(recording.open()?)));
        Ok(MM_OK)
    })
}

/// The smallest steps of a recording.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_increments_t {
    /// Tick in currency.
    pub tick: f64,
    /// Lot in units of the asset.
    pub lot: f64,
}

/// Finds the coarsest tick and lot that every book price and every quantity of a recording is a multiple of, by reading it
/// once. The instrument of `config` is not used, but for an ITCH symbol; `config` may be null.
///
/// # Errors
/// As for `mm_reader_open`; `MM_E_UNSUPPORTED` when there is no price at all.
///
/// # Safety
/// As for `mm_reader_open`; `increments` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_detect_increments(
    format: u8,
    path: *const c_char,
    config: *const mm_reader_config_t,
    increments: *mut mm_increments_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(increments, "increments") }?;
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let config = if config.is_null() {
            mm_reader_config_t::defaults()
        } else {
            // SAFETY: not null, by this function's contract.
            unsafe { config::read(config) }?
        };
        let symbol = if config.instrument.is_null() {
            finest().symbol
        } else {
            // SAFETY: not null, and initialised by this function's contract.
            unsafe { config::read(config.instrument) }?.symbol
        };
        let finest = mm_instrument_t { symbol, ..finest() };
        let config = mm_reader_config_t { instrument: &raw const finest, ..config };
        // SAFETY: the pointers are the caller's, and the local instrument that outlives the call.
        out.set(unsafe { recording(format, path, &config) }?.increments()?);
        Ok(MM_OK)
    })
}

/// Frees a reader. Null is fine.
///
/// # Safety
/// `reader` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_destroy(reader: *mut mm_reader_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(reader) }
}

/// The next events, at most `capacity`; `count` gets how many. Returns `MM_END`, with a count of 0, when there are no more.
/// Hot path.
///
/// # Errors
/// `MM_E_MALFORMED`, `MM_E_TRUNCATED`, `MM_E_CORRUPT`, once, after every event before the bad place has been delivered; the
/// message names the file, the line or offset, and the reason. The stream has ended then. `MM_E_INVALID_ARGUMENT` for a
/// capacity of 0.
///
/// # Safety
/// `reader` is a live handle that no other thread uses; `events` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_next(
    reader: *mut mm_reader_t,
    events: *mut mm_event_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(reader) }, |reader| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(events, capacity, "events") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let written = reader.next(capacity, |place, event| {
            out[place].write(event.into());
        })?;
        count.set(written);
        outcome(written)
    })
}

fn outcome(written: usize) -> Outcome {
    Ok(if written == 0 { MM_END } else { MM_OK })
}

/// How far the reader is, in bytes of decompressed data.
///
/// # Safety
/// `reader` is a live handle that no other thread uses; `done` and `total` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_reader_progress(
    reader: *mut mm_reader_t,
    done: *mut u64,
    total: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(reader) }, |reader| {
        // SAFETY: by this function's contract.
        let done = unsafe { Out::new(done, "done") }?;
        // SAFETY: by this function's contract.
        let total = unsafe { Out::new(total, "total") }?;
        let progress = reader.progress();
        done.set(progress.done);
        total.set(progress.total);
        Ok(MM_OK)
    })
}
