//! More room for a book that rests already: what the hot path never does, between two of its calls.
//!
//! A book takes all its storage at construction and the homes of its orders grow with the room asked for, so much more room than
//! is used costs cache. Who does not know how much a feed will fill starts small and calls [`OrderBook::reserve`] now and then.

use super::config::{BookConfig, BookError};
use super::level_book::{LevelBook, LevelBookConfig};
use super::order_book::OrderBook;
use super::view::Depth;
use crate::types::Side;

impl OrderBook {
    /// Makes room for at least `additional` more orders than rest now. A book that has less moves into new storage, twice as
    /// large or larger: queues, arrival stamps and all views stay as they are. O(room) then, and allocates: not for the hot path.
    ///
    /// # Errors
    /// [`BookError::BadConfig`] when that is more than [`BookConfig::MAX_ORDERS`], [`BookError::OutOfMemory`]. The book is as
    /// before then.
    ///
    /// ```
    /// use market_maker::book::{BookConfig, BookError, OrderBook};
    /// use market_maker::types::{OrderId, Price, Quantity, Side};
    ///
    /// let mut book = OrderBook::new(&BookConfig { max_orders: 1, ..BookConfig::default() })?;
    /// book.add(OrderId(1), Side::Buy, Price(100), Quantity(5))?;
    /// assert_eq!(book.add(OrderId(2), Side::Buy, Price(101), Quantity(5)), Err(BookError::PoolFull));
    /// book.reserve(1)?;
    /// book.add(OrderId(2), Side::Buy, Price(101), Quantity(5))?;
    /// # Ok::<(), BookError>(())
    /// ```
    pub fn reserve(&mut self, additional: u32) -> Result<(), BookError> {
        let Some(max_orders) = grown(self.len(), additional, self.config.max_orders)? else {
            return Ok(());
        };
        let mut larger = Self::new(&BookConfig { max_orders, ..self.config })?;
        for order in Side::BOTH.into_iter().flat_map(|side| self.orders(side)) {
            // The orders rest here: their ids differ, their sums fit, and they are fewer than there is room for.
            larger.restore(&order)?;
        }
        larger.next_stamp = self.next_stamp;
        larger.events_needed = self.events_needed;
        *self = larger;
        Ok(())
    }
}

impl LevelBook {
    /// Makes room for at least `additional` more levels than there are now, as [`OrderBook::reserve`] does for orders.
    ///
    /// # Errors
    /// As [`OrderBook::reserve`].
    pub fn reserve(&mut self, additional: u32) -> Result<(), BookError> {
        let LevelBookConfig { max_levels, window_ticks } = self.config();
        let Some(max_levels) = grown(self.len(), additional, max_levels)? else {
            return Ok(());
        };
        let mut larger = Self::new(&LevelBookConfig { max_levels, window_ticks })?;
        for side in Side::BOTH {
            for level in self.levels(side) {
                larger.set_level(side, level.price, level.quantity)?;
            }
        }
        *self = larger;
        Ok(())
    }
}

/// The room to take when `held` and `additional` more do not fit `room`; `None` when they do.
fn grown(held: usize, additional: u32, room: u32) -> Result<Option<u32>, BookError> {
    let most = BookConfig::MAX_ORDERS;
    let needed = held as u64 + u64::from(additional);
    if needed <= u64::from(room) {
        return Ok(None);
    }
    if needed > u64::from(most) {
        return Err(BookError::BadConfig);
    }
    Ok(Some((needed as u32).max(room.saturating_mul(2)).min(most)))
}
