//! What the classes have in common: sides, market-data events, levels, instruments, what a book operation touched, and the
//! statuses behind the errors.

use super::mirror::Blank;
use crate::ffi::depth::mm_level_t;
use crate::ffi::event::{mm_event_t, mm_instrument_t};
use crate::ffi::status::{self, Failure, MM_E_INVALID_ARGUMENT};
use crate::types::{FeeSchedule, Instrument as CoreInstrument, InstrumentId};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// The side of an order or a level.
    #[cxx_name = "side"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Side {
        #[cxx_name = "buy"]
        Buy = 0,
        #[cxx_name = "sell"]
        Sell = 1,
    }

    /// What a market-data event says; MM_EVENT_* of the C header has the fields that each kind uses.
    #[cxx_name = "event_kind"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum EventKind {
        #[cxx_name = "none"]
        None = 0,
        #[cxx_name = "add"]
        Add = 1,
        #[cxx_name = "reduce"]
        Reduce = 2,
        #[cxx_name = "remove"]
        Delete = 3,
        #[cxx_name = "modify"]
        Modify = 4,
        #[cxx_name = "execute"]
        Execute = 5,
        #[cxx_name = "replace"]
        Replace = 6,
        #[cxx_name = "trade"]
        Trade = 7,
        #[cxx_name = "level"]
        Level = 8,
        #[cxx_name = "clear"]
        Clear = 9,
        #[cxx_name = "seed"]
        Seed = 10,
        #[cxx_name = "best_quote"]
        BestQuote = 11,
        #[cxx_name = "status"]
        Status = 12,
        #[cxx_name = "fill"]
        Fill = 13,
    }

    /// One market-data event in ticks and lots: the fields of mm_event_t.
    #[cxx_name = "event"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Event {
        /// When the venue says that it happened, ns.
        timestamp: u64,
        /// When the recorder received it, ns.
        received: u64,
        /// The venue's number for the message, 0 where it has none.
        sequence: u64,
        /// The order that the event is about.
        order_id: u64,
        /// The replacing order.
        new_order_id: u64,
        /// Ticks.
        price: i64,
        /// Lots.
        quantity: u64,
        /// Which instrument.
        instrument: u32,
        /// What happened.
        kind: EventKind,
        /// Of the resting order or level; of the aggressor for a trade.
        side: Side,
        /// MM_FLAG_* bits.
        flags: u16,
    }

    /// A price level.
    #[cxx_name = "level"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Level {
        /// Ticks.
        price: i64,
        /// Sum over the level's orders, lots.
        quantity: u64,
        /// Orders at the level; anonymous liquidity counts as one.
        orders: u32,
    }

    /// What a book operation changed.
    #[cxx_name = "touched"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Touched {
        /// The book changed.
        changed: bool,
        /// The best bid, or the quantity or number of orders at it, changed.
        best_bid: bool,
        /// The same of the best ask.
        best_ask: bool,
        /// Less was removed than was asked for, because the anonymous liquidity at the level was smaller.
        short_of: bool,
    }

    /// The increments that turn outside prices and quantities into ticks and lots, and what a fill costs.
    #[cxx_name = "instrument"]
    #[derive(Clone, Debug, PartialEq)]
    struct Instrument {
        /// At most 16 ASCII characters.
        symbol: String,
        /// Price increment in currency, a positive multiple of 1e-9.
        tick: f64,
        /// Quantity increment in units of the asset, a positive multiple of 1e-9.
        lot: f64,
        /// Fee of a fill that added liquidity, parts per billion of notional; negative is a rebate.
        maker_rate_ppb: i64,
        /// Fee of a fill that took liquidity, parts per billion of notional.
        taker_rate_ppb: i64,
        /// Fee per lot added, millionths of a tick.
        maker_per_lot_micro: i64,
        /// Fee per lot taken, millionths of a tick.
        taker_per_lot_micro: i64,
        /// The number that its events carry.
        id: u32,
    }

    extern "Rust" {
        /// An instrument at its defaults: tick 0.01, lot 1, no fees.
        fn default_instrument() -> Instrument;
        /// The status that an exception's text begins with, MM_E_*; 0 where it begins with none.
        fn status_of(what: &str) -> i32;
        /// "MM_E_FULL".
        fn status_name(status: i32) -> &'static str;
        /// What a status means, in a few words.
        fn status_text(status: i32) -> &'static str;
        /// What the last failure of this thread had to say, also of a refusal that is no exception.
        fn last_error_message() -> String;
    }
}

pub(super) use face::{Event, EventKind, Instrument, Level, Side, Touched};

numbered!(Side: u8, EventKind: u8);
blank_by_default!(mm_event_t);
mirror!(Event => mm_event_t {
    timestamp, received, sequence, order_id, new_order_id, price, quantity, instrument, flags
} numbers { kind, side });
shown!(Level => mm_level_t { price, quantity, orders });

impl From<crate::book::Touched> for Touched {
    #[inline]
    fn from(touched: crate::book::Touched) -> Self {
        use crate::types::Side;
        Self {
            changed: touched.changed(),
            best_bid: touched.top_changed_on(Side::Buy),
            best_ask: touched.top_changed_on(Side::Sell),
            short_of: touched.is_short(),
        }
    }
}

impl TryFrom<&Instrument> for CoreInstrument {
    type Error = Failure;

    fn try_from(config: &Instrument) -> Result<Self, Failure> {
        let mut instrument = Self::new(&config.symbol, config.tick, config.lot)
            .map_err(|e| Failure::new(MM_E_INVALID_ARGUMENT, format_args!("instrument: {e}")))?;
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

pub(super) fn default_instrument() -> Instrument {
    let defaults = mm_instrument_t::blank();
    Instrument {
        symbol: String::new(),
        tick: defaults.tick,
        lot: defaults.lot,
        maker_rate_ppb: defaults.maker_rate_ppb,
        taker_rate_ppb: defaults.taker_rate_ppb,
        maker_per_lot_micro: defaults.maker_per_lot_micro,
        taker_per_lot_micro: defaults.taker_per_lot_micro,
        id: defaults.id,
    }
}

blank_by_config!(mm_instrument_t);

/// A side as the core has it.
pub(super) fn side(side: Side) -> Result<crate::types::Side, Failure> {
    crate::ffi::event::side(side.repr)
}

/// An event as the core has it.
#[inline]
pub(super) fn event(event: &Event) -> Result<crate::types::Event, Failure> {
    crate::types::Event::try_from(&mm_event_t::from(event))
}

/// Writes as many items as fit, and says how many.
pub(super) fn fill<T>(out: &mut [T], items: impl Iterator<Item = T>) -> usize {
    let mut count = 0;
    for (place, item) in out.iter_mut().zip(items) {
        *place = item;
        count += 1;
    }
    count
}

/// Writes a result that may not be there; whether it is.
pub(super) fn put<T>(out: &mut T, found: Option<impl Into<T>>) -> bool {
    let is_there = found.is_some();
    if let Some(found) = found {
        *out = found.into();
    }
    is_there
}

fn status_of(what: &str) -> i32 {
    what.split(':').next().and_then(status::named).unwrap_or(0)
}

fn status_name(status: i32) -> &'static str {
    status::name_of(status).to_str().unwrap_or_default()
}

fn status_text(status: i32) -> &'static str {
    status::text_of(status).to_str().unwrap_or_default()
}

fn last_error_message() -> String {
    status::message()
}

impl Touched {
    /// Nothing.
    pub(super) const NONE: Self = Self { changed: false, best_bid: false, best_ask: false, short_of: false };

    /// What either changed.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            changed: self.changed | other.changed,
            best_bid: self.best_bid | other.best_bid,
            best_ask: self.best_ask | other.best_ask,
            short_of: self.short_of | other.short_of,
        }
    }
}
