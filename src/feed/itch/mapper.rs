//! From ITCH messages to events: the part of the reader that knows no framing, usable behind any transport.
//!
//! Hot path: no allocation, no panic. Prices and shares of the book must be whole ticks and lots of the instrument;
//! prices of prints are rounded to the nearest tick and flagged.

use super::super::Reason;
use super::messages::{Message, Price4, side};
use super::{Stock, StockFilter};
use crate::types::{
    ConversionError, Event, EventKind, Instrument, InstrumentId, OrderId, Price, Quantity, Rounding, event_flags,
};

/// Nano-units in one unit of the fourth decimal.
const PRICE4_NANOS: i64 = 100_000;
const NANO: i64 = 1_000_000_000;

/// Turns messages into events of one instrument, or of all stocks with the same increments.
///
/// ```
/// use market_maker::feed::itch::{EventMapper, StockFilter, parse_message};
/// use market_maker::types::{EventKind, Instrument, OrderId};
/// let stock = Instrument::new("AAPL", 0.01, 1.0).unwrap();
/// let mut mapper = EventMapper::new(&stock, StockFilter::Locate(7));
/// let packet = b"D\x00\x07\x00\x00\x1f\x1a\xce\xd9\x17\x00\x00\x00\x00\x00\x00\x00\x00\x2a";
/// let event = mapper.event(&parse_message(packet).unwrap(), 1).unwrap().unwrap();
/// assert_eq!((event.kind, event.order_id), (EventKind::Delete, OrderId(42)));
/// ```
#[derive(Clone, Debug)]
pub struct EventMapper {
    instrument: Instrument,
    /// The tick in units of the fourth decimal, 0 where it is not a whole number of them.
    tick4: u32,
    /// Whether a lot is one share.
    share_lots: bool,
    filter: StockFilter,
    locate: Option<u16>,
}

impl EventMapper {
    /// A mapper to the ticks and lots of `instrument`.
    #[must_use]
    pub fn new(instrument: &Instrument, filter: StockFilter) -> Self {
        let tick = instrument.tick_nanos();
        let tick4 = if tick % PRICE4_NANOS == 0 { u32::try_from(tick / PRICE4_NANOS).unwrap_or(0) } else { 0 };
        let locate = match filter {
            StockFilter::Locate(locate) => Some(locate),
            StockFilter::All | StockFilter::Stock(_) => None,
        };
        Self { instrument: *instrument, tick4, share_lots: instrument.lot_nanos() == NANO, filter, locate }
    }

    /// The locate number of the one stock that passes, once it is known: from the start, or from the directory.
    #[must_use]
    pub const fn locate(&self) -> Option<u16> {
        self.locate
    }

    /// The stock that the filter names and the directory has not listed yet.
    #[must_use]
    pub const fn missing_stock(&self) -> Option<Stock> {
        match (self.filter, self.locate) {
            (StockFilter::Stock(stock), None) => Some(stock),
            _ => None,
        }
    }

    /// The event that a message stands for, `None` when the filter holds it back. Hot path.
    ///
    /// # Errors
    /// [`Reason`] when a field has no meaning: a price between ticks, no shares, an unknown side or state. The mapper
    /// is unchanged.
    #[inline]
    pub fn event(&mut self, message: &Message<'_>, sequence: u64) -> Result<Option<Event>, Reason> {
        let locate = message.stock_locate();
        if let (Message::StockDirectory(entry), StockFilter::Stock(wanted)) = (message, self.filter)
            && entry.stock() == wanted
        {
            self.locate = Some(locate);
        }
        let instrument = match self.filter {
            StockFilter::All => InstrumentId(u32::from(locate)),
            StockFilter::Locate(_) | StockFilter::Stock(_) if locate == 0 || self.locate == Some(locate) => {
                self.instrument.id
            }
            StockFilter::Locate(_) | StockFilter::Stock(_) => return Ok(None),
        };
        let timestamp = message.timestamp();
        let event = Event {
            timestamp,
            received: timestamp,
            sequence,
            instrument,
            flags: event_flags::LAST,
            ..Event::EMPTY
        };
        self.fill(message, event).map(Some)
    }

    #[inline]
    fn fill(&self, message: &Message<'_>, blank: Event) -> Result<Event, Reason> {
        Ok(match message {
            Message::AddOrder(m) => Event {
                kind: EventKind::Add,
                order_id: OrderId(m.order_reference()),
                side: side(m.buy_sell())?,
                price: self.book_price(m.price())?,
                quantity: self.shares(u64::from(m.shares()))?,
                ..blank
            },
            Message::AddOrderAttributed(m) => Event {
                kind: EventKind::Add,
                order_id: OrderId(m.order_reference()),
                side: side(m.buy_sell())?,
                price: self.book_price(m.price())?,
                quantity: self.shares(u64::from(m.shares()))?,
                ..blank
            },
            Message::OrderExecuted(m) => Event {
                kind: EventKind::Execute,
                order_id: OrderId(m.order_reference()),
                quantity: self.shares(u64::from(m.shares()))?,
                ..blank
            },
            Message::OrderExecutedWithPrice(m) => self.print(
                m.price(),
                Event {
                    kind: EventKind::Execute,
                    order_id: OrderId(m.order_reference()),
                    quantity: self.shares(u64::from(m.shares()))?,
                    ..blank
                },
            )?,
            Message::OrderCancel(m) => Event {
                kind: EventKind::Reduce,
                order_id: OrderId(m.order_reference()),
                quantity: self.shares(u64::from(m.shares()))?,
                ..blank
            },
            Message::OrderDelete(m) => {
                Event { kind: EventKind::Delete, order_id: OrderId(m.order_reference()), ..blank }
            }
            Message::OrderReplace(m) => Event {
                kind: EventKind::Replace,
                order_id: OrderId(m.order_reference()),
                new_order_id: OrderId(m.new_order_reference()),
                price: self.book_price(m.price())?,
                quantity: self.shares(u64::from(m.shares()))?,
                ..blank
            },
            Message::Trade(m) => self.print(
                m.price(),
                Event {
                    kind: EventKind::Trade,
                    order_id: OrderId(m.order_reference()),
                    quantity: self.shares(u64::from(m.shares()))?,
                    flags: blank.flags | event_flags::HIDDEN,
                    ..blank
                },
            )?,
            Message::CrossTrade(m) if m.shares() > 0 => self.print(
                m.price(),
                Event { kind: EventKind::Trade, quantity: self.shares(m.shares())?, ..blank },
            )?,
            Message::TradingAction(m) => {
                let trading = match m.trading_state() {
                    b'T' => 1,
                    b'H' | b'P' | b'Q' => 0,
                    _ => return Err(Reason::Field("trading state")),
                };
                Event { kind: EventKind::Status, quantity: Quantity(trading), ..blank }
            }
            Message::OperationalHalt(m) if m.market_code() == b'Q' => {
                let trading = match m.action() {
                    b'T' => 1,
                    b'H' => 0,
                    _ => return Err(Reason::Field("operational halt action")),
                };
                Event { kind: EventKind::Status, quantity: Quantity(trading), ..blank }
            }
            _ => blank,
        })
    }

    /// A price at which an order rests: a whole number of ticks.
    #[inline]
    fn book_price(&self, price: Price4) -> Result<Price, Reason> {
        match price.0.checked_rem(self.tick4) {
            Some(0) => Ok(Price(i64::from(price.0 / self.tick4))),
            _ => self
                .instrument
                .price_from_nanos(price.nanos(), Rounding::Exact)
                .map_err(|error| Reason::number("price", error)),
        }
    }

    /// `event` at the price of a print, rounded where it lies between ticks.
    #[inline]
    fn print(&self, price: Price4, event: Event) -> Result<Event, Reason> {
        match self.instrument.price_from_nanos(price.nanos(), Rounding::Exact) {
            Ok(price) => Ok(Event { price, ..event }),
            Err(ConversionError::OffIncrement { .. }) => {
                let price = self
                    .instrument
                    .price_from_nanos(price.nanos(), Rounding::Nearest)
                    .map_err(|error| Reason::number("price", error))?;
                Ok(Event { price, flags: event.flags | event_flags::ROUNDED, ..event })
            }
            Err(error) => Err(Reason::number("price", error)),
        }
    }

    /// A number of shares that an event needs: positive, and a whole number of lots.
    #[inline]
    fn shares(&self, shares: u64) -> Result<Quantity, Reason> {
        if shares == 0 {
            return Err(Reason::OutOfRange("shares"));
        }
        let shares = i64::try_from(shares).map_err(|_| Reason::OutOfRange("shares"))?;
        if self.share_lots {
            return Ok(Quantity(shares as u64));
        }
        let nanos = shares.checked_mul(NANO).ok_or(Reason::OutOfRange("shares"))?;
        self.instrument.quantity_from_nanos(nanos).map_err(|error| Reason::number("shares", error))
    }
}
