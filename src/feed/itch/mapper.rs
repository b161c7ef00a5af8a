//! From ITCH messages to events: the part of the reader that knows no framing, usable behind any transport.
//!
//! Hot path: no allocation, no panic. Prices and shares of the book must be whole ticks and lots of the instrument;
//! prices of prints are rounded to the nearest tick and flagged.

use super::super::Reason;
use super::messages::{Message, Price4, StockDirectory, side};
use super::{Stock, StockFilter};
use crate::types::{
    Event, EventKind, Instrument, InstrumentId, OrderId, Price, Quantity, Rounding, event_flags,
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
        let tick4 =
            if tick % PRICE4_NANOS == 0 { u32::try_from(tick / PRICE4_NANOS).unwrap_or(0) } else { 0 };
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
        let mut event = Event {
            timestamp,
            received: timestamp,
            sequence,
            instrument,
            flags: event_flags::LAST,
            ..Event::EMPTY
        };
        self.fill(message, &mut event)?;
        Ok(Some(event))
    }

    /// Whether a message of this type and locate number is held back, whatever else it says. Hot path.
    #[inline]
    pub(super) fn skips(&self, kind: u8, locate: u16) -> bool {
        match self.filter {
            StockFilter::All => false,
            StockFilter::Locate(_) | StockFilter::Stock(_) => {
                locate != 0 && kind != StockDirectory::TYPE && self.locate != Some(locate)
            }
        }
    }

    /// Writes into an event in place: building it anew in each arm would copy a cache line several times.
    #[inline]
    fn fill(&self, message: &Message<'_>, event: &mut Event) -> Result<(), Reason> {
        match message {
            Message::AddOrder(m) => {
                let order = (m.order_reference(), m.buy_sell(), m.price(), m.shares());
                self.add(order, event)?;
            }
            Message::AddOrderAttributed(m) => {
                let order = (m.order_reference(), m.buy_sell(), m.price(), m.shares());
                self.add(order, event)?;
            }
            Message::OrderExecuted(m) => {
                event.kind = EventKind::Execute;
                event.order_id = OrderId(m.order_reference());
                event.quantity = self.shares(u64::from(m.shares()))?;
            }
            Message::OrderExecutedWithPrice(m) => {
                event.kind = EventKind::Execute;
                event.order_id = OrderId(m.order_reference());
                event.quantity = self.shares(u64::from(m.shares()))?;
                self.print(m.price(), event)?;
            }
            Message::OrderCancel(m) => {
                event.kind = EventKind::Reduce;
                event.order_id = OrderId(m.order_reference());
                event.quantity = self.shares(u64::from(m.shares()))?;
            }
            Message::OrderDelete(m) => {
                event.kind = EventKind::Delete;
                event.order_id = OrderId(m.order_reference());
            }
            Message::OrderReplace(m) => {
                event.kind = EventKind::Replace;
                event.order_id = OrderId(m.order_reference());
                event.new_order_id = OrderId(m.new_order_reference());
                event.price = self.book_price(m.price())?;
                event.quantity = self.shares(u64::from(m.shares()))?;
            }
            Message::Trade(m) => {
                event.kind = EventKind::Trade;
                event.order_id = OrderId(m.order_reference());
                event.quantity = self.shares(u64::from(m.shares()))?;
                event.flags |= event_flags::HIDDEN;
                self.print(m.price(), event)?;
            }
            Message::CrossTrade(m) if m.shares() > 0 => {
                event.kind = EventKind::Trade;
                event.quantity = self.shares(m.shares())?;
                self.print(m.price(), event)?;
            }
            Message::TradingAction(m) => {
                event.kind = EventKind::Status;
                event.quantity = match m.trading_state() {
                    b'T' => Quantity(1),
                    b'H' | b'P' | b'Q' => Quantity(0),
                    _ => return Err(Reason::Field("trading state")),
                };
            }
            Message::OperationalHalt(m) if m.market_code() == b'Q' => {
                event.kind = EventKind::Status;
                event.quantity = match m.action() {
                    b'T' => Quantity(1),
                    b'H' => Quantity(0),
                    _ => return Err(Reason::Field("operational halt action")),
                };
            }
            _ => {}
        }
        Ok(())
    }

    #[inline]
    fn add(
        &self,
        (reference, buy_sell, price, shares): (u64, u8, Price4, u32),
        event: &mut Event,
    ) -> Result<(), Reason> {
        event.kind = EventKind::Add;
        event.order_id = OrderId(reference);
        event.side = side(buy_sell)?;
        event.price = self.book_price(price)?;
        event.quantity = self.shares(u64::from(shares))?;
        Ok(())
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

    /// The price of a print, rounded where it lies between ticks.
    #[inline]
    fn print(&self, price: Price4, event: &mut Event) -> Result<(), Reason> {
        event.price = match self.book_price(price) {
            Err(Reason::OffIncrement(_)) => {
                event.flags |= event_flags::ROUNDED;
                self.instrument
                    .price_from_nanos(price.nanos(), Rounding::Nearest)
                    .map_err(|error| Reason::number("price", error))?
            }
            exact => exact?,
        };
        Ok(())
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
