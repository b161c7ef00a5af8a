//! What passes between host, order manager and venue: actions, reports, orders, wanted quotes, and their numbers.

use super::event;
use super::status::*;
use crate::oms::{
    ExecutionKind, ExecutionReport, MAX_LEVELS, MarketTop, OrderAction, WantedQuote, WantedQuotes,
    WorkingOrder,
};
use crate::types::{InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

/// A new order `order_id`.
pub const MM_ACTION_PLACE: u8 = 1;
/// Cancel what is left of `order_id`.
pub const MM_ACTION_CANCEL: u8 = 2;
/// Cancel what is left of `order_id` and put `new_order_id` in its place, as one request.
pub const MM_ACTION_REPLACE: u8 = 3;

/// The order works with `leaves` lots.
pub const MM_EXECUTION_ACCEPTED: u8 = 1;
/// The order was refused and never worked. For a replacement id: only the replacement was refused.
pub const MM_EXECUTION_REJECTED: u8 = 2;
/// `quantity` lots traded at `price`; `leaves` are left.
pub const MM_EXECUTION_FILLED: u8 = 3;
/// The order is gone, whoever asked for it.
pub const MM_EXECUTION_CANCELLED: u8 = 4;
/// `new_order_id` works with `leaves` lots in place of `order_id`.
pub const MM_EXECUTION_REPLACED: u8 = 5;
/// The cancel or replacement of `order_id` was refused; the order goes on as it was.
pub const MM_EXECUTION_CANCEL_REJECTED: u8 = 6;

/// Sent, not answered.
pub const MM_ORDER_PENDING_NEW: u8 = 1;
/// Works in full.
pub const MM_ORDER_LIVE: u8 = 2;
/// Works with what is left after fills.
pub const MM_ORDER_PARTIALLY_FILLED: u8 = 3;
/// Its cancel is under way; it may still trade.
pub const MM_ORDER_PENDING_CANCEL: u8 = 4;
/// Its replacement is under way; it may still trade.
pub const MM_ORDER_PENDING_REPLACE: u8 = 5;
/// Traded in full. Final.
pub const MM_ORDER_FILLED: u8 = 6;
/// Gone with lots left. Final.
pub const MM_ORDER_CANCELLED: u8 = 7;
/// Never worked. Final.
pub const MM_ORDER_REJECTED: u8 = 8;
/// Its request was not answered in time; it counts in its worst case until the venue has said something.
pub const MM_ORDER_UNKNOWN: u8 = 9;

/// Move an order when its price is off by more than `requote_distance` ticks.
pub const MM_REQUOTE_TICKS: u8 = 0;
/// Move an order when its price is off by more than `requote_distance` basis points.
pub const MM_REQUOTE_BPS: u8 = 1;

/// Orders are moved by one replace.
pub const MM_REPLACE_ATOMIC: u8 = 0;
/// Orders are moved by a cancel, and a new order once the venue has confirmed it.
pub const MM_REPLACE_CANCEL_FIRST: u8 = 1;

/// Quotes per side that a decision can handle.
pub const MM_MAX_QUOTE_LEVELS: usize = 4;

const _: () = assert!(MM_MAX_QUOTE_LEVELS == MAX_LEVELS);

/// A message for the host to send. 48 bytes.
///
/// The quantity of a replacement is the open quantity wanted at the moment of decision, when the old order had
/// `replaced_quantity` left; what the old order trades until the venue handles it is to be taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_order_action_t {
    /// The client id of the order that is placed, cancelled or replaced.
    pub order_id: u64,
    /// The client id of the replacement, else 0.
    pub new_order_id: u64,
    /// Limit price, ticks; of a cancelled order its own.
    pub price: i64,
    /// Lots wanted; of a cancelled order what is left of it.
    pub quantity: u64,
    /// What the replaced order had left, else 0.
    pub replaced_quantity: u64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_ACTION_*`.
    pub kind: u8,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 when the order must not trade on arrival, else 0.
    pub post_only: u8,
    /// The level of the wanted quotes that it serves, 0 the best; 255 for the host's own orders.
    pub level: u8,
}

impl From<&OrderAction> for mm_order_action_t {
    fn from(action: &OrderAction) -> Self {
        Self {
            order_id: action.order_id.0,
            new_order_id: action.new_order_id.0,
            price: action.price.0,
            quantity: action.quantity.0,
            replaced_quantity: action.replaced_quantity.0,
            instrument: action.instrument.0,
            kind: action.kind as u8,
            side: action.side as u8,
            post_only: action.post_only,
            level: action.level,
        }
    }
}

/// A venue's report on one order. 56 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_execution_report_t {
    /// The client id.
    pub order_id: u64,
    /// The replacement's client id. Of a fill the venue's id of it, 0 where it gives none: fills with an id are counted once
    /// each in whatever order they come, those without must come once and in order. Of a refused cancel the id of the order,
    /// of a refused replacement that of the replacement, or 0 where the venue does not say which was refused, which is taken
    /// for what is under way and must come once. Else 0.
    pub new_order_id: u64,
    /// Price of a fill, ticks.
    pub price: i64,
    /// Lots of a fill.
    pub quantity: u64,
    /// Lots left after the event; repeated and lost fills are found by it.
    pub leaves: u64,
    /// When, by the venue's clock, ns.
    pub timestamp: u64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_EXECUTION_*`.
    pub kind: u8,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 when the fill provided liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: u8,
}

impl From<&ExecutionReport> for mm_execution_report_t {
    fn from(report: &ExecutionReport) -> Self {
        Self {
            order_id: report.order_id.0,
            new_order_id: report.new_order_id.0,
            price: report.price.0,
            quantity: report.quantity.0,
            leaves: report.leaves.0,
            timestamp: report.timestamp.0,
            instrument: report.instrument.0,
            kind: report.kind as u8,
            side: report.side as u8,
            is_maker: report.is_maker,
            reserved: 0,
        }
    }
}

impl TryFrom<&mm_execution_report_t> for ExecutionReport {
    type Error = Failure;

    fn try_from(report: &mm_execution_report_t) -> Result<Self, Failure> {
        let kind = ExecutionKind::from_u8(report.kind).ok_or_else(|| {
            Failure::new(MM_E_ENUM, format_args!("execution kind {} is unknown", report.kind))
        })?;
        Ok(Self {
            order_id: OrderId(report.order_id),
            new_order_id: OrderId(report.new_order_id),
            price: Price(report.price),
            quantity: Quantity(report.quantity),
            leaves: Quantity(report.leaves),
            timestamp: Timestamp(report.timestamp),
            instrument: InstrumentId(report.instrument),
            kind,
            side: event::side(report.side)?,
            is_maker: u8::from(event::flag(report.is_maker, "is_maker")?),
            reserved: 0,
        })
    }
}

/// One wanted quote.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_wanted_quote_t {
    /// Price in ticks, fractions allowed: bids are rounded down and asks up.
    pub price: f64,
    /// Quantity in lots, fractions allowed: rounded down; less than one lot is no quote.
    pub quantity: f64,
}

/// The quotes that are wanted in the market now, best first; an empty side wants no order there.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_wanted_quotes_t {
    /// Bids, of which the first `bid_count` are used.
    pub bids: [mm_wanted_quote_t; 4],
    /// Asks, of which the first `ask_count` are used.
    pub asks: [mm_wanted_quote_t; 4],
    /// At most `MM_MAX_QUOTE_LEVELS`.
    pub bid_count: u32,
    /// At most `MM_MAX_QUOTE_LEVELS`.
    pub ask_count: u32,
}

impl TryFrom<&mm_wanted_quotes_t> for WantedQuotes {
    type Error = Failure;

    fn try_from(wanted: &mm_wanted_quotes_t) -> Result<Self, Failure> {
        let mut quotes = Self::NONE;
        let sides = [
            (Side::Buy, &wanted.bids, wanted.bid_count, "bid_count"),
            (Side::Sell, &wanted.asks, wanted.ask_count, "ask_count"),
        ];
        for (side, levels, count, name) in sides {
            let levels = levels.get(..count as usize).ok_or_else(|| {
                Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is {count}, at most {MAX_LEVELS}"))
            })?;
            for level in levels {
                // Cannot be full: the count was checked.
                let _ = quotes.push(side, WantedQuote { price: level.price, quantity: level.quantity });
            }
        }
        Ok(quotes)
    }
}

/// What a decision needs to know of the market and of the account.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_market_top_t {
    /// Time of the event that causes the decision, ns.
    pub timestamp: u64,
    /// Lots held; negative is short.
    pub position: i64,
    /// Best bid, ticks; used if `has_bid` is 1.
    pub bid: i64,
    /// Best ask, ticks; used if `has_ask` is 1.
    pub ask: i64,
    /// The price that risk collars measure from, ticks; used if `has_reference` is 1, else the mid of bid and ask.
    pub reference: i64,
    /// 1 or 0.
    pub has_bid: u8,
    /// 1 or 0.
    pub has_ask: u8,
    /// 1 or 0.
    pub has_reference: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

impl TryFrom<&mm_market_top_t> for MarketTop {
    type Error = Failure;

    fn try_from(top: &mm_market_top_t) -> Result<Self, Failure> {
        let price =
            |has: u8, price: i64, name| Ok::<_, Failure>(event::flag(has, name)?.then_some(Price(price)));
        let mut market =
            Self::new(price(top.has_bid, top.bid, "has_bid")?, price(top.has_ask, top.ask, "has_ask")?);
        if let Some(reference) = price(top.has_reference, top.reference, "has_reference")? {
            market.reference = Some(reference);
        }
        Ok(market)
    }
}

/// What a decision came to.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_decision_t {
    /// Orders that the risk gate refused.
    pub refused: u32,
    /// Quotes held back for now: no free slot, or the order would have met our own on the other side.
    pub held: u32,
    /// The `MM_E_RISK_*` of the last refusal, else 0.
    pub last_refusal: mm_status_t,
    /// Zero.
    pub reserved: u32,
}

/// What a submission came to.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_submission_t {
    /// Lots of the new order that are sent; fewer than asked for under `MM_SELF_TRADE_DECREMENT`, 0 when it was refused.
    pub sent: u64,
    /// The `MM_E_RISK_*` for which it is not sent, else 0.
    pub refusal: mm_status_t,
    /// Zero.
    pub reserved: u32,
}

/// An order of the host's own, beside the quotes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_order_request_t {
    /// Limit price, ticks.
    pub price: i64,
    /// Lots.
    pub quantity: u64,
    /// `MM_SIDE_*`; of a replacement it is that of the replaced order, and not read.
    pub side: u8,
    /// 1 when the order must not trade on arrival, else 0.
    pub post_only: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// One order as the manager knows it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_order_t {
    /// Its client id.
    pub order_id: u64,
    /// The id of the replacement under way, or of the order that it took the place of while that is not confirmed;
    /// else 0.
    pub linked_id: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Lots that are left.
    pub remaining: u64,
    /// Lots that it has traded.
    pub filled: u64,
    /// When its last request was sent, ns.
    pub sent: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// `MM_ORDER_*`.
    pub state: u8,
    /// Which wanted quote it serves, 255 for none.
    pub level: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

impl From<&WorkingOrder> for mm_order_t {
    fn from(order: &WorkingOrder) -> Self {
        Self {
            order_id: order.id.0,
            linked_id: order.linked_id.0,
            price: order.price.0,
            remaining: order.remaining.0,
            filled: order.filled.0,
            sent: order.sent.0,
            side: order.side as u8,
            state: order.state as u8,
            level: order.level,
            reserved: [0; 5],
        }
    }
}
