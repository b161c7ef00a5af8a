//! The market-data event and the instrument as C sees them: plain structs of integers.
//!
//! Numbers that stand for a kind or a side are checked on the way in; on the way out they are always meaningful.

use std::ffi::c_char;

use super::config::{self, Config};
use super::guard::{NoHandle, guard};
use super::status::{Failure, MM_E_ENUM, MM_E_INVALID_ARGUMENT, mm_status_t};
use crate::types::{
    Event, EventKind, FeeSchedule, Instrument, InstrumentId, OrderId, Price, Quantity, Side, Timestamp,
};

/// Buy: rests among the bids.
pub const MM_SIDE_BUY: u8 = 0;
/// Sell: rests among the asks.
pub const MM_SIDE_SELL: u8 = 1;

/// Nothing that a book shows.
pub const MM_EVENT_NONE: u8 = 0;
/// A new resting order: `order_id`, `side`, `price`, `quantity`.
pub const MM_EVENT_ADD: u8 = 1;
/// A resting order shrinks by `quantity` and keeps its priority: `order_id`.
pub const MM_EVENT_REDUCE: u8 = 2;
/// A resting order leaves the book: `order_id`.
pub const MM_EVENT_DELETE: u8 = 3;
/// A resting order takes a new `price` and a new total `quantity`: `order_id`.
pub const MM_EVENT_MODIFY: u8 = 4;
/// A resting order trades `quantity` at its own price: `order_id`.
pub const MM_EVENT_EXECUTE: u8 = 5;
/// `order_id` is replaced by `new_order_id` at `price` with `quantity`, behind the queue.
pub const MM_EVENT_REPLACE: u8 = 6;
/// A print that does not change the book: `price`, `quantity`, `side` of the aggressor under `MM_FLAG_SIDED`.
pub const MM_EVENT_TRADE: u8 = 7;
/// A price level shows `quantity` in all, 0 removes it: `side`, `price`. Level feeds only.
pub const MM_EVENT_LEVEL: u8 = 8;
/// The whole book is empty now.
pub const MM_EVENT_CLEAR: u8 = 9;
/// Resting liquidity without a known order id, in front of the queue: `side`, `price`, `quantity`.
pub const MM_EVENT_SEED: u8 = 10;
/// The venue's own statement of its best bid or ask: `side`, `price`, `quantity`. Changes nothing.
pub const MM_EVENT_BEST_QUOTE: u8 = 11;
/// Trading halts (`quantity` 0) or resumes (`quantity` 1).
pub const MM_EVENT_STATUS: u8 = 12;
/// The resting order `order_id` traded `quantity` at `price`; the change of the book follows as an event of its own.
pub const MM_EVENT_FILL: u8 = 13;

/// Last event of a group that the venue published as one; the book is consistent after it.
pub const MM_FLAG_LAST: u16 = 1;
/// Part of a snapshot, not of live trading.
pub const MM_FLAG_SNAPSHOT: u16 = 2;
/// `side` and `price` of the resting order are filled in although the kind needs only the id.
pub const MM_FLAG_LOCATED: u16 = 4;
/// `side` of a trade is known.
pub const MM_FLAG_SIDED: u16 = 8;
/// The price of a trade print was rounded to the nearest tick.
pub const MM_FLAG_ROUNDED: u16 = 16;
/// The trade print is of hidden liquidity.
pub const MM_FLAG_HIDDEN: u16 = 32;

/// One market-data event in ticks and lots. 64 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_event_t {
    /// When the venue says that it happened, ns.
    pub timestamp: u64,
    /// When the recorder received it, ns; equal to `timestamp` where the feed does not say.
    pub received: u64,
    /// The venue's number for the message, 0 where it has none.
    pub sequence: u64,
    /// The order that the event is about.
    pub order_id: u64,
    /// The replacing order of an `MM_EVENT_REPLACE`.
    pub new_order_id: u64,
    /// Price, ticks.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// Which instrument.
    pub instrument: u32,
    /// `MM_EVENT_*`.
    pub kind: u8,
    /// `MM_SIDE_*`, of the resting order or level; of the aggressor for a trade.
    pub side: u8,
    /// `MM_FLAG_*` bits.
    pub flags: u16,
}

const _: () = assert!(size_of::<mm_event_t>() == 64);

impl From<Event> for mm_event_t {
    fn from(event: Event) -> Self {
        Self {
            timestamp: event.timestamp.0,
            received: event.received.0,
            sequence: event.sequence,
            order_id: event.order_id.0,
            new_order_id: event.new_order_id.0,
            price: event.price.0,
            quantity: event.quantity.0,
            instrument: event.instrument.0,
            kind: event.kind as u8,
            side: event.side as u8,
            flags: event.flags,
        }
    }
}

/// A side from its number.
///
/// # Errors
/// `MM_E_ENUM`.
pub(crate) fn side(value: u8) -> Result<Side, Failure> {
    Side::from_u8(value)
        .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("side {value} is neither 0 (buy) nor 1 (sell)")))
}

/// A truth value from its number.
///
/// # Errors
/// `MM_E_ENUM` unless it is 0 or 1.
pub(super) fn flag(value: u8, name: &str) -> Result<bool, Failure> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Failure::new(MM_E_ENUM, format_args!("{name} is {value}, neither 0 nor 1"))),
    }
}

/// A number that is neither NaN nor infinite.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT`.
pub(crate) fn finite(value: f64, name: &str) -> Result<f64, Failure> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is not a finite number")))
    }
}

impl TryFrom<&mm_event_t> for Event {
    type Error = Failure;

    fn try_from(event: &mm_event_t) -> Result<Self, Failure> {
        let kind = EventKind::from_u8(event.kind)
            .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("event kind {} is unknown", event.kind)))?;
        Ok(Self {
            timestamp: Timestamp(event.timestamp),
            received: Timestamp(event.received),
            sequence: event.sequence,
            order_id: OrderId(event.order_id),
            new_order_id: OrderId(event.new_order_id),
            price: Price(event.price),
            quantity: Quantity(event.quantity),
            instrument: InstrumentId(event.instrument),
            kind,
            side: side(event.side)?,
            flags: event.flags,
        })
    }
}

/// An instrument: the increments that turn outside prices and quantities into ticks and lots, and what a fill costs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_instrument_t {
    /// Set by `mm_instrument_init`.
    pub struct_size: usize,
    /// Its name: at most 16 ASCII characters, NUL-padded, not necessarily NUL-terminated. Default empty.
    pub symbol: [c_char; 16],
    /// Price increment in currency, a positive multiple of 1e-9. Default 0.01.
    pub tick: f64,
    /// Quantity increment in units of the asset, a positive multiple of 1e-9. Default 1.
    pub lot: f64,
    /// Fee of a fill that added liquidity, parts per billion of notional (1 bp = 100000); negative is a rebate.
    pub maker_rate_ppb: i64,
    /// Fee of a fill that took liquidity, parts per billion of notional.
    pub taker_rate_ppb: i64,
    /// Fee per lot added, millionths of a tick.
    pub maker_per_lot_micro: i64,
    /// Fee per lot taken, millionths of a tick.
    pub taker_per_lot_micro: i64,
    /// The number that its events carry. Default 0.
    pub id: u32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: repr(C), begins with `struct_size`, 8-byte fields and two 4-byte ones leave no padding, all plain numbers.
unsafe impl Config for mm_instrument_t {
    const FIRST_SIZE: usize = 80;
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            symbol: [0; 16],
            tick: 0.01,
            lot: 1.0,
            maker_rate_ppb: 0,
            taker_rate_ppb: 0,
            maker_per_lot_micro: 0,
            taker_per_lot_micro: 0,
            id: 0,
            reserved: 0,
        }
    }
}

const _: () = assert!(size_of::<mm_instrument_t>() >= <mm_instrument_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_instrument_t> for Instrument {
    type Error = Failure;

    fn try_from(config: &mm_instrument_t) -> Result<Self, Failure> {
        let invalid = |detail: &dyn std::fmt::Display| {
            Failure::new(MM_E_INVALID_ARGUMENT, format_args!("instrument: {detail}"))
        };
        let bytes = config.symbol.map(|c| c.to_ne_bytes()[0]);
        let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        let name = std::str::from_utf8(&bytes[..length]).map_err(|e| invalid(&e))?;
        let mut instrument = Self::new(name, config.tick, config.lot).map_err(|e| invalid(&e))?;
        instrument.id = InstrumentId(config.id);
        instrument.fees = FeeSchedule {
            maker_rate_ppb: config.maker_rate_ppb,
            taker_rate_ppb: config.taker_rate_ppb,
            maker_per_lot_micro: config.maker_per_lot_micro,
            taker_per_lot_micro: config.taker_per_lot_micro,
        };
        Ok(instrument)
    }
}

/// Fills an instrument with its defaults. Pass `sizeof *instrument` as `struct_size`.
///
/// # Safety
/// `instrument` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_instrument_init(
    instrument: *mut mm_instrument_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(instrument, struct_size) }
    })
}
