//! `mm::cxx::book_manager`: order-by-order books by instrument.

use super::guarded::attempt;
use super::types::{self, fill, put};
use super::{Error, Guarded};
use crate::book::{self as core, Depth, OrderBook};
use crate::ffi::args::fits;
use crate::ffi::book::mm_book_config_t;
use crate::ffi::book_manager::of;
use crate::ffi::depth::mm_level_t;
use crate::ffi::status::Failure;
use crate::types::InstrumentId;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        #[cxx_name = "level"]
        type Level = crate::bridge::types::Level;
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        #[cxx_name = "touched"]
        type Touched = crate::bridge::types::Touched;
        include!("market-maker/src/bridge/book.rs.h");
        #[cxx_name = "book_config"]
        type BookConfig = crate::bridge::book::BookConfig;
    }

    extern "Rust" {
        /// Order-by-order books by instrument. One owner; a call that throws has changed nothing.
        #[cxx_name = "book_manager"]
        type BookManager;

        #[Self = "BookManager"]
        fn create() -> Result<Box<BookManager>>;
        fn add_instrument(self: &mut BookManager, instrument: u32, config: &BookConfig) -> Result<()>;
        /// The registered instruments, in the order of their numbers; how many were written.
        fn instruments(self: &BookManager, out: &mut [u32]) -> Result<usize>;
        /// Applies an event to its instrument's book.
        fn apply(self: &mut BookManager, event: &Event) -> Result<Touched>;
        /// The best level of a side; false, and `out` as it was, where the side is empty.
        fn best(self: &BookManager, instrument: u32, side: Side, out: &mut Level) -> Result<bool>;
        /// The best levels of a side, best first; how many were written.
        fn levels(self: &BookManager, instrument: u32, side: Side, out: &mut [Level]) -> Result<usize>;
        fn level_count(self: &BookManager, instrument: u32, side: Side) -> Result<usize>;
        fn order_count(self: &BookManager, instrument: u32) -> Result<usize>;
        /// The hash of an instrument's book.
        fn state_hash(self: &BookManager, instrument: u32) -> Result<u64>;
    }
}

use face::{BookConfig, Event, Level, Side, Touched};

/// Books by instrument.
pub(super) struct BookManager(Guarded<core::BookManager>);

impl BookManager {
    fn create() -> Result<Box<Self>, Error> {
        attempt(|| Ok(Box::new(Self(Guarded::new(core::BookManager::new())))))
    }

    fn add_instrument(&mut self, instrument: u32, config: &BookConfig) -> Result<(), Error> {
        self.0.change(|manager| {
            let config = core::BookConfig::try_from(&mm_book_config_t::from(config))?;
            Ok(manager.add_instrument(InstrumentId(instrument), &config)?)
        })
    }

    fn instruments(&self, out: &mut [u32]) -> Result<usize, Error> {
        self.0.read(|manager| {
            fits(manager.len(), out.len(), "instruments")?;
            Ok(fill(out, manager.instruments().map(|id| id.0)))
        })
    }

    fn apply(&mut self, event: &Event) -> Result<Touched, Error> {
        self.0.change(|manager| Ok(manager.apply(&types::event(event)?)?.into()))
    }

    /// Lets a body look at an instrument's book.
    fn look<R>(
        &self,
        instrument: u32,
        body: impl FnOnce(&OrderBook) -> Result<R, Failure>,
    ) -> Result<R, Error> {
        self.0.read(|manager| body(of(manager, instrument)?))
    }

    fn best(&self, instrument: u32, side: Side, out: &mut Level) -> Result<bool, Error> {
        self.look(instrument, |book| Ok(put(out, book.best(types::side(side)?).map(mm_level_t::from))))
    }

    fn levels(&self, instrument: u32, side: Side, out: &mut [Level]) -> Result<usize, Error> {
        self.look(instrument, |book| {
            Ok(fill(out, book.levels(types::side(side)?).map(|level| mm_level_t::from(level).into())))
        })
    }

    fn level_count(&self, instrument: u32, side: Side) -> Result<usize, Error> {
        self.look(instrument, |book| Ok(book.level_count(types::side(side)?)))
    }

    fn order_count(&self, instrument: u32) -> Result<usize, Error> {
        self.look(instrument, |book| Ok(book.len()))
    }

    fn state_hash(&self, instrument: u32) -> Result<u64, Error> {
        self.look(instrument, |book| Ok(book.state_hash()))
    }
}
