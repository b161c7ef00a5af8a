//! The price-level book (L2): each level's whole quantity, as level feeds publish it.
//!
//! The same ladder and far tier as the order-by-order book, without orders. Hot path, O(1) inside the window; any
//! price range; all storage at construction. Not thread-safe for writing.

use super::config::{BookConfig, BookError};
use super::levels::Levels;
use super::node::{NIL, key_of};
use super::order_book::check_price;
use super::touched::Touched;
use super::view::{Depth, Level};
use crate::types::{Event, EventKind, Price, Quantity, Side};

/// Sizes of a [`LevelBook`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelBookConfig {
    /// Most levels of both sides together; 1 to [`BookConfig::MAX_ORDERS`].
    pub max_levels: u32,
    /// As [`BookConfig::window_ticks`].
    pub window_ticks: u32,
}

impl Default for LevelBookConfig {
    fn default() -> Self {
        Self { max_levels: 1 << 14, window_ticks: 1 << 14 }
    }
}

/// A book of price levels.
///
/// ```
/// use market_maker::book::{Depth, LevelBook, LevelBookConfig};
/// use market_maker::types::{Price, Quantity, Side};
///
/// let mut book = LevelBook::new(&LevelBookConfig::default())?;
/// book.set_level(Side::Sell, Price(101), Quantity(7))?;
/// book.set_level(Side::Buy, Price(99), Quantity(4))?;
/// assert_eq!(book.spread(), Some(2));
/// assert!(book.set_level(Side::Sell, Price(101), Quantity(0))?.top_changed());
/// assert_eq!(book.best(Side::Sell), None);
/// # Ok::<(), market_maker::book::BookError>(())
/// ```
#[derive(Debug)]
pub struct LevelBook {
    levels: Levels,
    config: LevelBookConfig,
}

impl LevelBook {
    /// An empty book with all its storage.
    ///
    /// # Errors
    /// [`BookError::BadConfig`], [`BookError::OutOfMemory`].
    pub fn new(config: &LevelBookConfig) -> Result<Self, BookError> {
        let sizes = BookConfig {
            max_orders: config.max_levels,
            window_ticks: config.window_ticks,
            ..BookConfig::default()
        };
        Ok(Self { levels: Levels::new(0, 1, sizes.window()?, config.max_levels)?, config: *config })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> LevelBookConfig {
        self.config
    }

    /// Levels of both sides together.
    #[must_use]
    pub fn len(&self) -> usize {
        Side::BOTH.map(|side| self.levels.count(side) as usize).iter().sum()
    }

    /// Whether there is no level.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The level at `price` now shows `quantity` in all; zero removes it (and is fine where there is none). Each
    /// level counts one order. Hot path.
    ///
    /// # Errors
    /// [`BookError::PriceOutOfRange`], [`BookError::QuantityOutOfRange`], [`BookError::PoolFull`].
    #[inline]
    pub fn set_level(&mut self, side: Side, price: Price, quantity: Quantity) -> Result<Touched, BookError> {
        check_price(price)?;
        if quantity > Quantity::MAX {
            return Err(BookError::QuantityOutOfRange);
        }
        let key = key_of(side, price);
        let best = self.levels.best(side);
        if let Some(index) = self.levels.find(side, key) {
            let level = &mut self.levels.nodes[index];
            if level.quantity == quantity.0 {
                return Ok(Touched::NOTHING);
            }
            level.quantity = quantity.0;
            if quantity.0 == 0 {
                level.id = 0;
                self.levels.emptied(side, key);
            }
            return Ok(Touched::level(side, key >= best));
        }
        if quantity.0 == 0 {
            return Ok(Touched::NOTHING);
        }
        if self.len() >= self.config.max_levels as usize {
            return Err(BookError::PoolFull);
        }
        let index = self.levels.place(side, key);
        if index == NIL {
            return Err(BookError::PoolFull);
        }
        let level = &mut self.levels.nodes[index];
        level.quantity = quantity.0;
        level.id = 1;
        self.levels.filled(side, key);
        Ok(Touched::level(side, key >= best))
    }

    /// Applies one event of a level feed: `Level` and `Clear`; trades, quotes and status events change nothing.
    /// Hot path.
    ///
    /// # Errors
    /// As [`LevelBook::set_level`]; [`BookError::WrongEvent`] for an event about an order.
    #[inline]
    pub fn apply(&mut self, event: &Event) -> Result<Touched, BookError> {
        match event.kind {
            EventKind::Level => self.set_level(event.side, event.price, event.quantity),
            EventKind::Clear => Ok(self.clear()),
            EventKind::None
            | EventKind::Trade
            | EventKind::BestQuote
            | EventKind::Status
            | EventKind::Fill => Ok(Touched::NOTHING),
            EventKind::Add
            | EventKind::Reduce
            | EventKind::Delete
            | EventKind::Modify
            | EventKind::Execute
            | EventKind::Replace
            | EventKind::Seed => Err(BookError::WrongEvent),
        }
    }

    /// Every level leaves. O(levels).
    pub fn clear(&mut self) -> Touched {
        let mut touched = Touched::NOTHING;
        for side in Side::BOTH {
            while let Some((key, index)) = self.levels.below(side, i64::MAX) {
                let level = &mut self.levels.nodes[index];
                (level.id, level.quantity) = (0, 0);
                self.levels.emptied(side, key);
                touched = touched.union(Touched::level(side, true));
            }
        }
        touched
    }
}

impl Depth for LevelBook {
    #[inline]
    fn best(&self, side: Side) -> Option<Level> {
        self.levels.view_best(side)
    }

    #[inline]
    fn level(&self, side: Side, price: Price) -> Option<Level> {
        self.levels.view(side, price)
    }

    fn levels(&self, side: Side) -> impl Iterator<Item = Level> {
        self.levels.iter(side)
    }

    fn level_count(&self, side: Side) -> usize {
        self.levels.count(side) as usize
    }
}
