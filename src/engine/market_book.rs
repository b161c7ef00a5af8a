//! The engine's book: order by order where the feed is, by price level where it is not.

use super::StateHash;
use crate::book::{BookConfig, BookError, Depth, Level, LevelBook, LevelBookConfig, OrderBook, Touched};
use crate::types::{Event, Price, Side};

/// A book of either kind behind one set of views.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one per engine, never moved on the hot path")]
pub enum MarketBook {
    /// Order by order (L3).
    Orders(OrderBook),
    /// By price level (L2).
    Levels(LevelBook),
}

impl MarketBook {
    /// An empty book; `by_level` chooses the kind, and then `max_orders` counts levels. Arrival stamps are kept whatever
    /// `config` says: a simulated venue tells queue positions by them.
    ///
    /// # Errors
    /// [`BookError`] for a bad configuration.
    pub fn new(config: &BookConfig, by_level: bool) -> Result<Self, BookError> {
        Ok(if by_level {
            let config = LevelBookConfig { max_levels: config.max_orders, window_ticks: config.window_ticks };
            Self::Levels(LevelBook::new(&config)?)
        } else {
            Self::Orders(OrderBook::new(&BookConfig { track_priority: true, ..*config })?)
        })
    }

    /// Applies an event. Hot path.
    ///
    /// # Errors
    /// [`BookError`]; the book is unchanged.
    pub fn apply(&mut self, event: &Event) -> Result<Touched, BookError> {
        match self {
            Self::Orders(book) => book.apply(event),
            Self::Levels(book) => book.apply(event),
        }
    }

    /// Orders that rest, or levels that there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Orders(book) => book.len(),
            Self::Levels(book) => book.len(),
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for at least `additional` more orders or levels; see [`OrderBook::reserve`]. Not for the hot path.
    ///
    /// # Errors
    /// As there.
    pub fn reserve(&mut self, additional: u32) -> Result<(), BookError> {
        match self {
            Self::Orders(book) => book.reserve(additional),
            Self::Levels(book) => book.reserve(additional),
        }
    }

    /// The arrival stamp of the next order; 0 for a book by level.
    #[must_use]
    pub fn priority_stamp(&self) -> u64 {
        match self {
            Self::Orders(book) => book.priority_stamp(),
            Self::Levels(_) => 0,
        }
    }

    /// A hash of everything that rests, in order; the same on every machine.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        match self {
            Self::Orders(book) => book.state_hash(),
            Self::Levels(book) => {
                let mut hash = StateHash::default();
                for side in Side::BOTH {
                    for level in book.levels(side) {
                        hash.update(&[side as u64, level.price.0 as u64, level.quantity.0]);
                    }
                }
                hash.finish()
            }
        }
    }
}

/// Levels of either kind of book, best first.
#[derive(Debug)]
enum EitherLevels<A, B> {
    Orders(A),
    Levels(B),
}

impl<A: Iterator<Item = Level>, B: Iterator<Item = Level>> Iterator for EitherLevels<A, B> {
    type Item = Level;

    fn next(&mut self) -> Option<Level> {
        match self {
            Self::Orders(levels) => levels.next(),
            Self::Levels(levels) => levels.next(),
        }
    }
}

impl Depth for MarketBook {
    fn best(&self, side: Side) -> Option<Level> {
        match self {
            Self::Orders(book) => book.best(side),
            Self::Levels(book) => book.best(side),
        }
    }

    fn level(&self, side: Side, price: Price) -> Option<Level> {
        match self {
            Self::Orders(book) => book.level(side, price),
            Self::Levels(book) => book.level(side, price),
        }
    }

    fn levels(&self, side: Side) -> impl Iterator<Item = Level> {
        match self {
            Self::Orders(book) => EitherLevels::Orders(book.levels(side)),
            Self::Levels(book) => EitherLevels::Levels(book.levels(side)),
        }
    }

    fn level_count(&self, side: Side) -> usize {
        match self {
            Self::Orders(book) => book.level_count(side),
            Self::Levels(book) => book.level_count(side),
        }
    }
}
