//! `mm::cxx::level_book`: the book of price levels.

use super::guarded::attempt;
use super::mirror::Blank;
use super::types::{self, fill, put};
use super::{Error, Guarded};
use crate::book::{self as core, Depth};
use crate::ffi::depth::{mm_level_book_config_t, mm_level_t};
use crate::types::{Price, Quantity};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        #[cxx_name = "level"]
        type Level = crate::bridge::types::Level;
        #[cxx_name = "touched"]
        type Touched = crate::bridge::types::Touched;
    }

    /// Sizes of a level book.
    #[cxx_name = "level_book_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct LevelBookConfig {
        /// Most levels of both sides together, 1 to 2^27-1. Default 16384.
        max_levels: u32,
        /// As for a book. Default 16384.
        window_ticks: u32,
    }

    extern "Rust" {
        /// A book of price levels, as level feeds publish it. One owner; a call that throws has changed nothing.
        #[cxx_name = "level_book"]
        #[derive(ExternType)]
        type LevelBook;

        #[Self = "LevelBook"]
        fn defaults() -> LevelBookConfig;
        /// An empty book with all its storage.
        #[Self = "LevelBook"]
        fn create(config: &LevelBookConfig) -> Result<Box<LevelBook>>;
        /// The level at `price` now shows `quantity` lots; zero removes it.
        fn set_level(self: &mut LevelBook, side: Side, price: i64, quantity: u64) -> Result<Touched>;
        fn apply(self: &mut LevelBook, event: &Event) -> Result<Touched>;
        fn clear(self: &mut LevelBook) -> Result<Touched>;
        /// The best level of a side; false, and `out` as it was, where the side is empty.
        fn best(self: &LevelBook, side: Side, out: &mut Level) -> Result<bool>;
        /// The level at a price; false where there is none.
        fn level_at(self: &LevelBook, side: Side, price: i64, out: &mut Level) -> Result<bool>;
        /// The best levels of a side, best first; how many were written.
        fn levels(self: &LevelBook, side: Side, out: &mut [Level]) -> Result<usize>;
        fn level_count(self: &LevelBook, side: Side) -> Result<usize>;
    }
}

use face::{Event, Level, LevelBookConfig, Side, Touched};

blank_by_config!(mm_level_book_config_t);
mirror!(LevelBookConfig => mm_level_book_config_t { max_levels, window_ticks });

/// Each level's whole quantity.
pub(super) struct LevelBook(Guarded<core::LevelBook>);

impl LevelBook {
    fn defaults() -> LevelBookConfig {
        mm_level_book_config_t::blank().into()
    }

    fn create(config: &LevelBookConfig) -> Result<Box<Self>, Error> {
        let &LevelBookConfig { max_levels, window_ticks } = config;
        attempt(|| {
            let book = core::LevelBook::new(&core::LevelBookConfig { max_levels, window_ticks })?;
            Ok(Box::new(Self(Guarded::new(book))))
        })
    }

    /// The core's book.
    pub(super) const fn inner(&mut self) -> &mut Guarded<core::LevelBook> {
        &mut self.0
    }

    fn set_level(&mut self, side: Side, price: i64, quantity: u64) -> Result<Touched, Error> {
        self.0.change(|book| Ok(book.set_level(types::side(side)?, Price(price), Quantity(quantity))?.into()))
    }

    fn apply(&mut self, event: &Event) -> Result<Touched, Error> {
        self.0.change(|book| Ok(book.apply(&types::event(event)?)?.into()))
    }

    fn clear(&mut self) -> Result<Touched, Error> {
        self.0.change(|book| Ok(book.clear().into()))
    }

    fn best(&self, side: Side, out: &mut Level) -> Result<bool, Error> {
        self.0.read(|book| Ok(put(out, book.best(types::side(side)?).map(mm_level_t::from))))
    }

    fn level_at(&self, side: Side, price: i64, out: &mut Level) -> Result<bool, Error> {
        self.0.read(|book| Ok(put(out, book.level(types::side(side)?, Price(price)).map(mm_level_t::from))))
    }

    fn levels(&self, side: Side, out: &mut [Level]) -> Result<usize, Error> {
        self.0.read(|book| {
            Ok(fill(out, book.levels(types::side(side)?).map(|level| mm_level_t::from(level).into())))
        })
    }

    fn level_count(&self, side: Side) -> Result<usize, Error> {
        self.0.read(|book| Ok(book.level_count(types::side(side)?)))
    }
}
