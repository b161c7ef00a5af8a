//! What goes to the venue and what comes back: two fixed-layout structs that cross the C ABI.

use crate::types::{InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

/// What an action asks of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OrderActionKind {
    /// A new order `order_id`.
    Place = 1,
    /// Cancel what is left of `order_id`.
    Cancel = 2,
    /// Cancel what is left of `order_id` and put `new_order_id` in its place, as one request.
    Replace = 3,
}

impl OrderActionKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            1 => Self::Place,
            2 => Self::Cancel,
            3 => Self::Replace,
            _ => return None,
        })
    }
}

/// A message for the host to send.
///
/// The quantity of a replacement is the *open* quantity wanted at the moment of decision, when the old order had
/// `replaced_quantity` left. What the old order trades until the venue handles the replacement is to be taken off
/// it, so that old and new together never trade more than `max(replaced_quantity, quantity)`. OUCH and FIX venues
/// do that when they are sent the total of the chain: lots filled before + `quantity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct OrderAction {
    /// The client id of the order that is placed, cancelled or replaced.
    pub order_id: OrderId,
    /// The client id of the replacement, else 0.
    pub new_order_id: OrderId,
    /// Limit price; of a cancelled order its own.
    pub price: Price,
    /// Lots wanted; of a cancelled order what is left of it.
    pub quantity: Quantity,
    /// What the replaced order had left, else 0.
    pub replaced_quantity: Quantity,
    /// The instrument.
    pub instrument: InstrumentId,
    /// What is asked.
    pub kind: OrderActionKind,
    /// The order's side.
    pub side: Side,
    /// 1 when the order must not trade on arrival, else 0.
    pub post_only: u8,
    /// The level of the wanted quotes that it serves, 0 the best.
    pub level: u8,
}

const _: () = assert!(size_of::<OrderAction>() == 48);

impl OrderAction {
    /// An action with every field zero and kind `Place`: to size buffers with.
    pub const EMPTY: Self = Self {
        order_id: OrderId(0),
        new_order_id: OrderId(0),
        price: Price(0),
        quantity: Quantity(0),
        replaced_quantity: Quantity(0),
        instrument: InstrumentId(0),
        kind: OrderActionKind::Place,
        side: Side::Buy,
        post_only: 0,
        level: 0,
    };
}

impl Default for OrderAction {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// What a venue says of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExecutionKind {
    /// The order works with `leaves` lots. For a replacement that the venue reports as a cancel and a new order, the
    /// new id is accepted after the old one was [`Cancelled`](Self::Cancelled).
    Accepted = 1,
    /// The order was refused and never worked. For a replacement id: only the replacement was refused.
    Rejected = 2,
    /// `quantity` lots traded at `price`; `leaves` are left.
    Filled = 3,
    /// The order is gone, whoever asked for it.
    Cancelled = 4,
    /// `new_order_id` works with `leaves` lots in place of `order_id`; no lots when the old order had traded them all.
    Replaced = 5,
    /// The cancel or replacement of `order_id` was refused; the order goes on as it was.
    CancelRejected = 6,
}

impl ExecutionKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            1 => Self::Accepted,
            2 => Self::Rejected,
            3 => Self::Filled,
            4 => Self::Cancelled,
            5 => Self::Replaced,
            6 => Self::CancelRejected,
            _ => return None,
        })
    }
}

/// A venue's report on one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct ExecutionReport {
    /// The client id.
    pub order_id: OrderId,
    /// The replacement's client id. Of a fill the venue's id of it, 0 where it gives none: fills with an id are counted
    /// once each in whatever order they come, those without must come once and in order. Of a refused cancel the id of the
    /// order, of a refused replacement that of the replacement, or 0 where the venue does not say which of the two was
    /// refused, which is taken for what is under way and must come once. Else 0.
    pub new_order_id: OrderId,
    /// Price of a fill.
    pub price: Price,
    /// Lots of a fill.
    pub quantity: Quantity,
    /// Lots left after the event. It is compared with our count, which is how repeated and lost fills are found.
    pub leaves: Quantity,
    /// When, by the venue's clock.
    pub timestamp: Timestamp,
    /// The instrument.
    pub instrument: InstrumentId,
    /// What happened.
    pub kind: ExecutionKind,
    /// The order's side.
    pub side: Side,
    /// 1 when the fill provided liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: u8,
}

const _: () = assert!(size_of::<ExecutionReport>() == 56);

impl ExecutionReport {
    /// A report with every field zero and kind `Accepted`, to be filled in with struct update syntax.
    pub const EMPTY: Self = Self {
        order_id: OrderId(0),
        new_order_id: OrderId(0),
        price: Price(0),
        quantity: Quantity(0),
        leaves: Quantity(0),
        timestamp: Timestamp(0),
        instrument: InstrumentId(0),
        kind: ExecutionKind::Accepted,
        side: Side::Buy,
        is_maker: 0,
        reserved: 0,
    };

    /// The venue's id of a fill, 0 when it has none or is no fill.
    #[must_use]
    pub const fn fill_id(&self) -> u64 {
        if matches!(self.kind, ExecutionKind::Filled) { self.new_order_id.0 } else { 0 }
    }

    /// Whether a refusal is about this request, or does not say what it is about.
    pub(super) fn answers(&self, request: OrderId) -> bool {
        self.new_order_id.0 == 0 || self.new_order_id == request
    }
}

impl Default for ExecutionReport {
    fn default() -> Self {
        Self::EMPTY
    }
}
