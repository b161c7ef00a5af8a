//! `mm::cxx::reader`: recorded days and synthetic flow.

use super::guarded::attempt;
use super::mirror::Blank;
use super::{Error, Guarded, types};
use crate::ffi::event::mm_event_t;
use crate::ffi::reader::{self, Recording, mm_increments_t};
use crate::ffi::status::Failure;
use crate::ffi::synthetic::{self, mm_synthetic_config_t};
use crate::types::Instrument as CoreInstrument;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        #[cxx_name = "instrument"]
        type Instrument = crate::bridge::types::Instrument;
    }

    /// The format of a recorded day.
    #[cxx_name = "format"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Format {
        #[cxx_name = "lobster"]
        Lobster = 1,
        #[cxx_name = "itch"]
        Itch = 2,
        #[cxx_name = "dbn"]
        Dbn = 3,
        #[cxx_name = "databento_csv"]
        DatabentoCsv = 4,
        #[cxx_name = "binance"]
        Binance = 5,
    }

    /// What a reader needs to know besides the file.
    #[cxx_name = "reader_config"]
    #[derive(Clone, Debug)]
    struct ReaderConfig {
        /// Tick, lot, id and, for ITCH, the stock's symbol.
        instrument: Instrument,
        /// LOBSTER: the order book file whose row `seed_row` the book starts from; empty for none.
        seed_path: String,
        /// LOBSTER: row of the order book file, the first is 0.
        seed_row: u64,
        /// More files of the same recording, in the order of time.
        more_paths: Vec<String>,
        /// DBN: the venue's number of the instrument, 0 for the file's only one. ITCH: the stock's locate number, 0 for the
        /// instrument's symbol, or all stocks when that is empty.
        venue_instrument: u32,
    }

    /// Seeded Poisson order flow through a matching book. Rates are per second of simulated time.
    #[cxx_name = "synthetic_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct SyntheticConfig {
        /// Seed of the generator (xoshiro256++). Default 1.
        seed: u64,
        /// How many events there are, the opening book included. Default 1000000.
        events: u64,
        /// Fair price at the start, ticks. Default 10000.
        start_price: i64,
        /// Standard deviation of the fair price's change, ticks per square root of a second. Default 1.
        volatility: f64,
        /// Limit orders per second, both sides together. Default 50.
        limit_rate: f64,
        /// Market orders per second, both sides together. Default 8.
        market_rate: f64,
        /// Cancels per second of each resting order. Default 0.1.
        cancel_rate: f64,
        /// Mean distance of a limit order from the fair price, ticks, at least 1. Default 6.
        mean_distance: f64,
        /// Mean quantity of an order, lots, at least 1. Default 100.
        mean_quantity: f64,
        /// Orders that the flow's book can hold. Default 16384.
        max_orders: u32,
        /// Instrument that the events carry. Default 0.
        instrument: u32,
    }

    /// The smallest steps of a recording.
    #[cxx_name = "increments"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Increments {
        /// Tick in currency.
        tick: f64,
        /// Lot in units of the asset.
        lot: f64,
    }

    /// How far a reader is, in bytes of decompressed data.
    #[cxx_name = "progress"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Progress {
        /// Read.
        done: u64,
        /// In all.
        total: u64,
    }

    extern "Rust" {
        /// A recorded day of any format, or synthetic flow, as a stream of events. One owner.
        #[cxx_name = "reader"]
        type Reader;

        #[Self = "Reader"]
        fn defaults() -> ReaderConfig;
        #[Self = "Reader"]
        fn synthetic_defaults() -> SyntheticConfig;
        /// Opens a recorded day. The files must not be changed while they are read.
        #[Self = "Reader"]
        fn open(format: Format, path: &str, config: &ReaderConfig) -> Result<Box<Reader>>;
        /// Synthetic flow instead of a file: the same settings give the same events on every machine.
        #[Self = "Reader"]
        fn synthetic(config: &SyntheticConfig) -> Result<Box<Reader>>;
        /// The coarsest tick and lot that a recording's prices and quantities are multiples of; reads it once.
        #[Self = "Reader"]
        fn detect(format: Format, path: &str, config: &ReaderConfig) -> Result<Increments>;
        /// The next events into `out`; how many, 0 at the end. A bad place throws once, after every event before it.
        fn next(self: &mut Reader, out: &mut [Event]) -> Result<usize>;
        fn progress_so_far(self: &Reader) -> Result<Progress>;
    }
}

use face::{Event, Format, Increments, Instrument, Progress, ReaderConfig, SyntheticConfig};

blank_by_config!(mm_synthetic_config_t);
mirror!(SyntheticConfig => mm_synthetic_config_t {
    seed, events, start_price, volatility, limit_rate, market_rate, cancel_rate, mean_distance,
    mean_quantity, max_orders, instrument
});
shown!(Increments => mm_increments_t { tick, lot });

/// A source, and the error that it ended in while events before it were still to be delivered.
pub(super) struct Reader(Guarded<reader::Reader>);

/// What is to be opened.
fn recording<'a>(
    format: Format,
    path: &'a str,
    config: &'a ReaderConfig,
    instrument: &Instrument,
) -> Result<Recording<'a>, Failure> {
    Ok(Recording {
        format: format.repr,
        paths: std::iter::once(path).chain(config.more_paths.iter().map(String::as_str)).collect(),
        instrument: CoreInstrument::try_from(instrument)?,
        seed: (!config.seed_path.is_empty()).then_some((config.seed_path.as_str(), config.seed_row)),
        venue_instrument: config.venue_instrument,
    })
}

impl Reader {
    fn defaults() -> ReaderConfig {
        ReaderConfig {
            instrument: types::default_instrument(),
            seed_path: String::new(),
            seed_row: 0,
            more_paths: Vec::new(),
            venue_instrument: 0,
        }
    }

    fn synthetic_defaults() -> SyntheticConfig {
        mm_synthetic_config_t::blank().into()
    }

    fn open(format: Format, path: &str, config: &ReaderConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let source = recording(format, path, config, &config.instrument)?.open()?;
            Ok(Box::new(Self(Guarded::new(reader::Reader::new(source)))))
        })
    }

    fn synthetic(config: &SyntheticConfig) -> Result<Box<Self>, Error> {
        attempt(|| Ok(Box::new(Self(Guarded::new(synthetic::synthetic_reader(&config.into())?)))))
    }

    fn detect(format: Format, path: &str, config: &ReaderConfig) -> Result<Increments, Error> {
        attempt(|| {
            let finest = reader::finest();
            let symbol = config.instrument.symbol.clone();
            let finest =
                Instrument { symbol, tick: finest.tick, lot: finest.lot, ..types::default_instrument() };
            Ok(recording(format, path, config, &finest)?.increments()?.into())
        })
    }

    fn next(&mut self, out: &mut [Event]) -> Result<usize, Error> {
        self.0.change(|reader| {
            reader.next(out.len(), |place, event| out[place] = mm_event_t::from(event).into())
        })
    }

    fn progress_so_far(&self) -> Result<Progress, Error> {
        self.0.read(|reader| {
            let progress = reader.progress();
            Ok(Progress { done: progress.done, total: progress.total })
        })
    }
}
