//! What a book is sized by, and how it refuses.

/// Sizes and rules of an [`OrderBook`](super::OrderBook).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookConfig {
    /// Most orders that can rest at a time; 1 to 2²⁷ − 1. Each costs 200 to 350 bytes, as its four homes
    /// round up to a power of two.
    pub max_orders: u32,
    /// Ticks a side that are reached by arithmetic instead of a search; rounded up to a power of two from 64 to
    /// 2²⁴. Each costs 64 bytes. Prices outside are legal and cost a search.
    pub window_ticks: u32,
    /// Whether an order that shrinks at its price keeps its place in the queue. Most venues: yes.
    pub keep_priority_on_decrease: bool,
    /// Whether each order's arrival stamp is kept, for [`OrderView::priority`](super::OrderView::priority).
    pub track_priority: bool,
}

impl Default for BookConfig {
    fn default() -> Self {
        Self {
            max_orders: 1 << 16,
            window_ticks: 1 << 16,
            keep_priority_on_decrease: true,
            track_priority: false,
        }
    }
}

impl BookConfig {
    /// Largest [`BookConfig::max_orders`].
    pub const MAX_ORDERS: u32 = (1 << 27) - 1;
    /// Largest [`BookConfig::window_ticks`].
    pub const MAX_WINDOW_TICKS: u32 = 1 << 24;

    /// The window as the book makes it.
    ///
    /// # Errors
    /// [`BookError::BadConfig`] when a size is zero or too large.
    pub(super) fn window(&self) -> Result<u32, BookError> {
        if self.max_orders == 0
            || self.max_orders > Self::MAX_ORDERS
            || self.window_ticks == 0
            || self.window_ticks > Self::MAX_WINDOW_TICKS
        {
            return Err(BookError::BadConfig);
        }
        Ok(self.window_ticks.next_power_of_two().max(64))
    }
}

/// Why a book refused. Whatever the error, the book is as it was before the call. One byte, so that results stay in
/// registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BookError {
    /// The book holds as many orders (or levels) as it was built for.
    #[error("the book is full")]
    PoolFull,
    /// No resting order has this id, or no anonymous liquidity rests at this price.
    #[error("no such order rests in the book")]
    UnknownOrder,
    /// An order with this id rests already.
    #[error("an order with this id rests already")]
    DuplicateOrder,
    /// A quantity of zero.
    #[error("the quantity is zero")]
    ZeroQuantity,
    /// A quantity above [`Quantity::MAX`](crate::types::Quantity::MAX).
    #[error("the quantity is too large")]
    QuantityOutOfRange,
    /// The sum of a level would exceed 64 bits.
    #[error("the level's quantity would overflow")]
    QuantityOverflow,
    /// More than the order has.
    #[error("the quantity exceeds what the order has")]
    QuantityExceedsOrder,
    /// A price outside [`Price::MIN`](crate::types::Price::MIN)..=[`Price::MAX`](crate::types::Price::MAX).
    #[error("the price is out of range")]
    PriceOutOfRange,
    /// A fill-or-kill order that cannot be filled at once.
    #[error("the order cannot be filled completely")]
    CannotFill,
    /// A post-only order that would trade.
    #[error("the post-only order would trade")]
    WouldTrade,
    /// Order attributes that contradict each other: post-only with market, immediate-or-cancel or fill-or-kill.
    #[error("the order's attributes contradict each other")]
    BadOrder,
    /// The caller's event buffer cannot take all events of the operation;
    /// [`OrderBook::events_needed`](super::OrderBook::events_needed) tells how many suffice.
    #[error("the event buffer is too small")]
    EventBufferFull,
    /// An event that this book does not apply: a price level on an order book, an order on a level book.
    #[error("the event is of a kind that this book does not apply")]
    WrongEvent,
    /// No book is registered for the instrument.
    #[error("no book for this instrument")]
    UnknownInstrument,
    /// An instrument that is registered already.
    #[error("the instrument has a book already")]
    DuplicateInstrument,
    /// A size of zero or beyond the stated limits.
    #[error("the configuration is out of range")]
    BadConfig,
    /// The system gave no memory.
    #[error("out of memory")]
    OutOfMemory,
    /// The buffer is too small for the snapshot.
    #[error("the buffer is too small for the snapshot")]
    SnapshotBufferFull,
    /// The bytes are not a snapshot, are cut short, or their checksum or contents are wrong.
    #[error("the snapshot is corrupt")]
    SnapshotCorrupt,
    /// The snapshot was written by another version of the format.
    #[error("the snapshot is of another version")]
    SnapshotVersion,
}

impl From<crate::mem::buffer::OutOfMemory> for BookError {
    fn from(_: crate::mem::buffer::OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl BookError {
    /// A stable number for the error, from 1: what [`BookEvent::reason`](super::BookEvent::reason) carries.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::PoolFull => 1,
            Self::UnknownOrder => 2,
            Self::DuplicateOrder => 3,
            Self::ZeroQuantity => 4,
            Self::QuantityOutOfRange => 5,
            Self::QuantityOverflow => 6,
            Self::QuantityExceedsOrder => 7,
            Self::PriceOutOfRange => 8,
            Self::CannotFill => 9,
            Self::WouldTrade => 10,
            Self::BadOrder => 11,
            Self::EventBufferFull => 12,
            Self::WrongEvent => 13,
            Self::UnknownInstrument => 14,
            Self::DuplicateInstrument => 15,
            Self::BadConfig => 16,
            Self::OutOfMemory => 17,
            Self::SnapshotBufferFull => 18,
            Self::SnapshotCorrupt => 19,
            Self::SnapshotVersion => 20,
        }
    }
}
