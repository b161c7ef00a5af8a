//! `mm::cxx::feature_window`: what a predictor reads.

use std::pin::Pin;

use super::guarded::attempt;
use super::mirror::Blank;
use super::{Error, Guarded, types};
use crate::features::{self as core, CHANNELS, Channel, NormaliserConfig};
use crate::ffi::args::fits;
use crate::ffi::feature_config::mm_feature_window_config_t;
use crate::ffi::features::{add_moments, load_moments, not_normalising};
use crate::ffi::status::Failure;
use crate::model::weights::WeightWriter;
use crate::types::Timestamp;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        include!("market-maker/src/bridge/book.rs.h");
        #[cxx_name = "book"]
        type Book = crate::bridge::book::Book;
        include!("market-maker/src/bridge/level_book.rs.h");
        #[cxx_name = "level_book"]
        type LevelBook = crate::bridge::level_book::LevelBook;
    }

    /// What a feature window is built from.
    #[cxx_name = "feature_window_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct FeatureWindowConfig {
        /// Step of the grid, ns, up to a day. Default 100 ms.
        step: u64,
        /// Half-lives of the three volatilities, seconds. Default 1, 10, 60.
        volatility_half_lives: [f64; 3],
        /// Half-life of Kyle's lambda, seconds. Default 300.
        kyle_half_life: f64,
        /// Volume of a VPIN bucket, lots. Default 10000.
        vpin_bucket: u64,
        /// A time at which a day begins, ns. Default 0.
        day_start: u64,
        /// After so many rows a row weighs half in the normaliser. Default 20000.
        normaliser_half_life_rows: f64,
        /// Largest magnitude of a normalised value, standard deviations. Default 8.
        normaliser_clip: f64,
        /// Rows of the window, 1 to 65536. Default 96.
        rows: u32,
        /// How many full buckets VPIN spans. Default 50.
        vpin_buckets: u32,
        /// Whether rows are normalised.
        normalise: bool,
        /// Whether rows change the normaliser's moments.
        normaliser_learns: bool,
    }

    /// How far a window is.
    #[cxx_name = "feature_window_info"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct FeatureWindowInfo {
        /// Rows of a full window.
        rows: usize,
        /// Values of a row.
        columns: usize,
        /// Rows completed since the beginning, those that have left the window included.
        rows_completed: u64,
        /// Rows that long silences left out.
        rows_skipped: u64,
        /// When the row that is filling will end, ns; UINT64_MAX before the first sound book.
        next_end: u64,
        /// Whether as many rows are complete as the window is long.
        is_full: bool,
    }

    extern "Rust" {
        /// The last rows of a regular time grid with the 24 default channels, from a book's events: what a predictor reads. One
        /// owner; a call that throws has changed nothing.
        #[cxx_name = "feature_window"]
        #[derive(ExternType)]
        type FeatureWindow;

        #[Self = "FeatureWindow"]
        fn defaults() -> FeatureWindowConfig;
        /// A window that has seen nothing, with all its storage.
        #[Self = "FeatureWindow"]
        fn create(config: &FeatureWindowConfig) -> Result<Box<FeatureWindow>>;
        /// The name of a channel; empty from the last on.
        #[Self = "FeatureWindow"]
        fn channel_name(index: usize) -> &'static str;
        /// Applies an event to the book and takes it into the window; how many rows the event's time completed. An event that
        /// the book refuses changes neither.
        fn apply(self: &mut FeatureWindow, book: Pin<&mut Book>, event: &Event) -> Result<u32>;
        fn apply_level(self: &mut FeatureWindow, book: Pin<&mut LevelBook>, event: &Event) -> Result<u32>;
        /// It is `now`, ns: how many rows have ended.
        fn advance(self: &mut FeatureWindow, now: u64) -> Result<u32>;
        /// There is a gap in the feed.
        fn interrupt(self: &mut FeatureWindow) -> Result<()>;
        fn info(self: &FeatureWindow) -> Result<FeatureWindowInfo>;
        /// The full window where it lies, until the next change; throws MM_E_NOT_READY before it is full.
        fn window(self: &FeatureWindow) -> Result<&[f32]>;
        /// The last `count` rows, or fewer where fewer exist; how many values were written.
        fn latest(self: &FeatureWindow, count: usize, out: &mut [f32]) -> Result<usize>;
        /// Whether rows change the normaliser's moments from here on.
        fn set_learns(self: &mut FeatureWindow, on: bool) -> Result<()>;
        /// The normaliser's moments to and from a safetensors file.
        fn save_normaliser(self: &FeatureWindow, path: &str) -> Result<()>;
        fn load_normaliser(self: &mut FeatureWindow, path: &str) -> Result<()>;
    }
}

pub(super) use face::FeatureWindowConfig;
use face::{Book, Event, FeatureWindowInfo, LevelBook};

blank_by_config!(mm_feature_window_config_t);
mirror!(FeatureWindowConfig => mm_feature_window_config_t {
    step, volatility_half_lives, kyle_half_life, vpin_bucket, day_start, normaliser_half_life_rows,
    normaliser_clip, rows, vpin_buckets
} flags { normalise, normaliser_learns });

/// The window, and how a normaliser is made for it.
struct FeatureGrid {
    window: core::FeatureWindow,
    normaliser: NormaliserConfig,
}

/// Rows of features on a regular grid.
pub(super) struct FeatureWindow(Guarded<FeatureGrid>);

impl FeatureWindow {
    fn defaults() -> FeatureWindowConfig {
        mm_feature_window_config_t::blank().into()
    }

    fn create(config: &FeatureWindowConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let config = mm_feature_window_config_t::from(config);
            let window = core::FeatureWindow::new(&core::FeatureWindowConfig::try_from(&config)?)?;
            let normaliser = NormaliserConfig::try_from(&config)?;
            Ok(Box::new(Self(Guarded::new(FeatureGrid { window, normaliser }))))
        })
    }

    fn channel_name(index: usize) -> &'static str {
        Channel::ALL.get(index).map_or("", |channel| channel.name())
    }

    /// Adds the moments to a file that is being written.
    pub(super) fn add_moments(&self, writer: &mut WeightWriter) -> Result<(), Failure> {
        self.0.try_read(|grid| add_moments(&grid.window, writer))
    }

    fn apply(&mut self, book: Pin<&mut Book>, event: &Event) -> Result<u32, Error> {
        let book = book.get_mut().inner();
        self.0.change(|grid| {
            book.try_change(|book| {
                let event = types::event(event)?;
                let touched = book.apply(&event)?;
                Ok(grid.window.on_event(&event, touched, book))
            })
        })
    }

    fn apply_level(&mut self, book: Pin<&mut LevelBook>, event: &Event) -> Result<u32, Error> {
        let book = book.get_mut().inner();
        self.0.change(|grid| {
            book.try_change(|book| {
                let event = types::event(event)?;
                let touched = book.apply(&event)?;
                Ok(grid.window.on_event(&event, touched, book))
            })
        })
    }

    fn advance(&mut self, now: u64) -> Result<u32, Error> {
        self.0.change(|grid| Ok(grid.window.advance(Timestamp(now))))
    }

    fn interrupt(&mut self) -> Result<(), Error> {
        self.0.change(|grid| {
            grid.window.interrupt();
            Ok(())
        })
    }

    fn info(&self) -> Result<FeatureWindowInfo, Error> {
        self.0.read(|grid| {
            let window = &grid.window;
            Ok(FeatureWindowInfo {
                rows: window.len(),
                columns: CHANNELS,
                rows_completed: window.rows_completed(),
                rows_skipped: window.rows_skipped(),
                next_end: window.next_end().map_or(u64::MAX, |end| end.0),
                is_full: window.is_full(),
            })
        })
    }

    fn window(&self) -> Result<&[f32], Error> {
        self.0.view(|grid| Ok(grid.window.window()?))
    }

    fn latest(&self, count: usize, out: &mut [f32]) -> Result<usize, Error> {
        self.0.read(|grid| {
            let rows = grid.window.latest_rows(count);
            fits(rows.len(), out.len(), "out")?;
            out[..rows.len()].copy_from_slice(rows);
            Ok(rows.len())
        })
    }

    fn set_learns(&mut self, on: bool) -> Result<(), Error> {
        self.0.change(|grid| {
            let mut normaliser = grid.window.normaliser().ok_or_else(not_normalising)?.clone();
            normaliser.set_learns(on);
            Ok(grid.window.set_normaliser(Some(normaliser))?)
        })
    }

    fn save_normaliser(&self, path: &str) -> Result<(), Error> {
        self.0.read(|grid| {
            let mut writer = WeightWriter::new();
            add_moments(&grid.window, &mut writer)?;
            Ok(writer.write(path)?)
        })
    }

    fn load_normaliser(&mut self, path: &str) -> Result<(), Error> {
        self.0.change(|grid| load_moments(&mut grid.window, &grid.normaliser, path))
    }
}
