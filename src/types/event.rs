//! The one market-data event: what every reader yields, every book applies and every engine consumes.
//!
//! 64 bytes, one cache line, `repr(C)`: it crosses the C ABI by pointer without conversion. It stands here,
//! below the book and the feed, because both use it.

use super::{InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

/// What happened. The comment of each kind says which fields of [`Event`] it uses besides the times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// Nothing that a book shows: a status message, an administrative record.
    None = 0,
    /// A new resting order: `order_id`, `side`, `price`, `quantity`.
    Add = 1,
    /// A resting order shrinks by `quantity` and keeps its priority: `order_id`; `side` and `price` when
    /// [`event_flags::LOCATED`] is set.
    Reduce = 2,
    /// A resting order leaves the book: `order_id`; `side`, `price` and the `quantity` that leaves when
    /// [`event_flags::LOCATED`] is set.
    Delete = 3,
    /// A resting order takes a new `price` and a new total `quantity`: `order_id`. Priority is lost when the price
    /// changes or the quantity grows.
    Modify = 4,
    /// A resting order trades `quantity` at its own price: `order_id`; `side` (of the resting order) and `price`
    /// when [`event_flags::LOCATED`] is set.
    Execute = 5,
    /// A resting order `order_id` is replaced by a new one `new_order_id` of the same side at `price` with
    /// `quantity`, behind the queue.
    Replace = 6,
    /// A print that does not change the book: `price`, `quantity`, `side` **of the aggressor** when
    /// [`event_flags::SIDED`] is set (a hidden execution, an aggregated trade, an auction).
    Trade = 7,
    /// A price level now shows `quantity` in all (0 removes it): `side`, `price`. Level feeds only.
    Level = 8,
    /// The whole book is empty now.
    Clear = 9,
    /// Resting liquidity without a known order id, in front of the level's queue: `side`, `price`, `quantity`.
    /// Seeds a book from a snapshot that shows only levels.
    Seed = 10,
    /// The venue's own statement of the best bid (`side` buy) or ask: `side`, `price`, `quantity`. Changes nothing.
    BestQuote = 11,
    /// Trading in the instrument halts (`quantity` 0) or resumes (`quantity` 1).
    Status = 12,
    /// The resting order `order_id` traded `quantity` at `price`; the change of the book follows as an event of its
    /// own, so this one changes nothing. For feeds that publish both.
    Fill = 13,
}

impl EventKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            0 => Self::None,
            1 => Self::Add,
            2 => Self::Reduce,
            3 => Self::Delete,
            4 => Self::Modify,
            5 => Self::Execute,
            6 => Self::Replace,
            7 => Self::Trade,
            8 => Self::Level,
            9 => Self::Clear,
            10 => Self::Seed,
            11 => Self::BestQuote,
            12 => Self::Status,
            13 => Self::Fill,
            _ => return None,
        })
    }
}

/// Bits of [`Event::flags`].
pub mod event_flags {
    /// Last event of a group that the venue published as one; the book is consistent after it.
    pub const LAST: u16 = 1;
    /// Part of a snapshot, not of live trading.
    pub const SNAPSHOT: u16 = 2;
    /// `side` and `price` of the resting order are filled in although the kind needs only the id.
    pub const LOCATED: u16 = 4;
    /// `side` of a trade is known.
    pub const SIDED: u16 = 8;
    /// The price of a trade print was rounded to the nearest tick.
    pub const ROUNDED: u16 = 16;
    /// The trade print is of hidden liquidity.
    pub const HIDDEN: u16 = 32;
}

/// One market-data event in ticks and lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Event {
    /// When the venue says that it happened.
    pub timestamp: Timestamp,
    /// When the recorder received it; equal to `timestamp` where the feed does not say.
    pub received: Timestamp,
    /// The venue's number for the message, 0 where it has none. LOBSTER: the row.
    pub sequence: u64,
    /// The order that the event is about.
    pub order_id: OrderId,
    /// The replacing order of an [`EventKind::Replace`].
    pub new_order_id: OrderId,
    /// Price in ticks.
    pub price: Price,
    /// Quantity in lots.
    pub quantity: Quantity,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// What happened.
    pub kind: EventKind,
    /// Side of the resting order or level; of the aggressor for a trade.
    pub side: Side,
    /// [`event_flags`] bits.
    pub flags: u16,
}

const _: () = assert!(size_of::<Event>() == 64);

impl Event {
    /// An event of kind `None` with every field zero, to be filled in with struct update syntax.
    pub const EMPTY: Self = Self {
        timestamp: Timestamp(0),
        received: Timestamp(0),
        sequence: 0,
        order_id: OrderId(0),
        new_order_id: OrderId(0),
        price: Price(0),
        quantity: Quantity(0),
        instrument: InstrumentId(0),
        kind: EventKind::None,
        side: Side::Buy,
        flags: 0,
    };

    /// Whether all bits of `flag` are set.
    #[must_use]
    pub const fn has(&self, flag: u16) -> bool {
        self.flags & flag == flag
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::EMPTY
    }
}
