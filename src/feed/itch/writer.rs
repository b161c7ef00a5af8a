//! Writes ITCH from events, so that a sequence recorded in another format can be replayed as a NASDAQ daily file.
//!
//! ITCH knows orders only by reference number and cannot say everything that an event can. The writer therefore keeps
//! the live orders (a table of fixed capacity) and translates:
//!
//! | event | written |
//! |---|---|
//! | `Add` | `A` |
//! | `Seed` | `A` under a reference of the writer's own; only before other orders, so that it keeps its place in front |
//! | `Reduce` | `X`, or `D` when nothing remains |
//! | `Delete` | `D` |
//! | `Modify` to less at the same price | `X` |
//! | `Modify` to more, or to another price | `U` to a reference of the writer's own, under which the order goes on |
//! | `Execute` | `E`; `C` when the event has a price that is not the order's and is not `LOCATED` |
//! | `Replace` | `U` |
//! | `Trade` | `P` (the aggressor's side and the kind of print are lost) |
//! | `Status` | `H` |
//! | `Clear` | `D` of every live order |
//! | `None` | nothing |
//! | `Level`, `BestQuote` | refused |
//!
//! A `LOCATED` reduce, delete or execute of an order that was never added is taken from the level's seed, as far as that
//! reaches. An event that is refused changes nothing and writes nothing. O(1) per event (`Clear`: O(capacity)), no allocation
//! after construction beyond what the output does.

use std::io::{self, Write};

use super::messages::{AddOrder, HEADER_LENGTH, Price4, Stock, StockDirectory, Trade};
use crate::mem::id_map::IdMap;
use crate::types::{Event, EventKind, Instrument, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// References from here on are the writer's own.
const OWN_REFERENCES: u64 = 1 << 63;
const NANO: i128 = 1_000_000_000;
/// Longest message written, with its length in front.
const FRAME: usize = 2 + Trade::LENGTH;
const _: () = assert!(Trade::LENGTH >= StockDirectory::LENGTH && Trade::LENGTH >= AddOrder::LENGTH);

/// How an [`ItchWriter`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItchWriterConfig {
    /// The stock's locate number, not 0.
    pub locate: u16,
    /// How many orders can be live at once, seeds not counted.
    pub max_orders: u32,
    /// How many levels can be seeded.
    pub max_seeds: u32,
    /// What the events' timestamps show at midnight: subtracted, because ITCH counts from there.
    pub midnight: Timestamp,
    /// The time of the messages in front of the first event, after midnight.
    pub start: Timestamp,
}

impl Default for ItchWriterConfig {
    fn default() -> Self {
        Self {
            locate: 1,
            max_orders: 1 << 20,
            max_seeds: 1 << 12,
            midnight: Timestamp(0),
            start: Timestamp(0),
        }
    }
}

/// Why an event cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ItchWriteError {
    /// The output failed; what it holds is undefined.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    /// ITCH has no message for this: a price level, a quote, a seed behind orders, or a second seed of a level.
    #[error("ITCH cannot express {0:?} here")]
    Inexpressible(EventKind),
    /// The event names an order that is not live, and no seed stands in for it.
    #[error("order {0} is not live")]
    UnknownOrder(OrderId),
    /// The new order's number is in use.
    #[error("order {0} is live already")]
    DuplicateOrder(OrderId),
    /// The number lies among those that the writer gives out itself (2⁶³ and up).
    #[error("order number {0} is reserved")]
    ReservedOrder(OrderId),
    /// As many orders are live as the configuration allows.
    #[error("more than {0} live orders")]
    OrdersFull(u32),
    /// As many levels are seeded as the configuration allows.
    #[error("more than {0} seeded levels")]
    SeedsFull(u32),
    /// More is taken from an order than it has.
    #[error("order {0} has only {1} left")]
    QuantityExceedsOrder(OrderId, Quantity),
    /// Negative, beyond 32 bits, or not a whole number of ten-thousandths.
    #[error("price of {0} ticks is not an ITCH price")]
    Price(Price),
    /// Zero, beyond 32 bits, or not a whole number of shares.
    #[error("quantity of {0} lots is not a number of ITCH shares")]
    Quantity(Quantity),
    /// Before midnight, or beyond 48 bits after it.
    #[error("time {0} is not an ITCH time")]
    Timestamp(Timestamp),
    /// The locate number is 0, or the instrument's symbol is no ITCH stock name.
    #[error("bad configuration: {0}")]
    Config(&'static str),
}

/// An order as the feed's readers know it.
#[derive(Clone, Copy, Debug)]
struct Live {
    reference: u64,
    price: Price,
    quantity: Quantity,
    side: Side,
}

/// Where a live order is kept.
#[derive(Clone, Copy)]
enum Place {
    Order(u64),
    Seed(u64),
}

/// Writes one stock's daily file.
///
/// ```
/// use market_maker::feed::itch::{ItchReader, ItchWriter, ItchWriterConfig, StockFilter};
/// use market_maker::feed::{EventSource, Input};
/// use market_maker::types::{Event, EventKind, Instrument, OrderId, Price, Quantity};
/// let stock = Instrument::new("AAPL", 0.01, 1.0)?;
/// let mut writer = ItchWriter::new(Vec::new(), &stock, &ItchWriterConfig::default())?;
/// let add = Event { kind: EventKind::Add, order_id: OrderId(7), price: Price(58533), quantity: Quantity(18), ..Event::EMPTY };
/// writer.write(&add)?;
/// let file = writer.finish()?;
/// let mut reader = ItchReader::new(Input::from_bytes("example", file), &stock, StockFilter::All);
/// let read = std::iter::from_fn(|| reader.next_event().transpose()).find(|e| e.as_ref().is_ok_and(|e| e.kind == EventKind::Add));
/// assert_eq!(read.unwrap()?.price, add.price);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ItchWriter<W> {
    output: W,
    instrument: Instrument,
    stock: Stock,
    config: ItchWriterConfig,
    orders: IdMap<Live>,
    seeds: IdMap<Live>,
    /// The next reference of the writer's own.
    next_reference: u64,
    next_match: u64,
    /// Nanoseconds since midnight of the latest message.
    clock: u64,
}

/// One message behind its length.
struct Frame {
    bytes: [u8; FRAME],
    end: usize,
}

impl Frame {
    /// `bytes` fit: every message written is at most [`FRAME`] long.
    fn put<const N: usize>(mut self, bytes: [u8; N]) -> Self {
        self.bytes[self.end..self.end + N].copy_from_slice(&bytes);
        self.end += N;
        self
    }

    #[allow(clippy::cast_possible_truncation, reason = "a frame is shorter than 64 bytes")]
    fn finished(&mut self) -> &[u8] {
        let length = (self.end - 2) as u16;
        self.bytes[..2].copy_from_slice(&length.to_be_bytes());
        &self.bytes[..self.end]
    }
}

/// A key for a level: prices of a book use 62 bits and a sign.
const fn level_key(side: Side, price: Price) -> u64 {
    ((price.0 as u64) << 1) | side.index() as u64
}

impl<W: Write> ItchWriter<W> {
    /// Begins a file: start of messages, the stock's directory entry, start of system and market hours, trading.
    ///
    /// # Errors
    /// [`ItchWriteError::Config`] for locate number 0 or a symbol that is not one to eight printable characters;
    /// [`ItchWriteError::Timestamp`] for a start beyond 48 bits; [`ItchWriteError::Io`].
    pub fn new(
        output: W,
        instrument: &Instrument,
        config: &ItchWriterConfig,
    ) -> Result<Self, ItchWriteError> {
        if config.locate == 0 {
            return Err(ItchWriteError::Config("locate number 0 stands for no stock"));
        }
        let stock = Stock::new(instrument.symbol.as_str())
            .ok_or(ItchWriteError::Config("the symbol is not a stock name of one to eight characters"))?;
        if config.start.0 >= 1 << 48 {
            return Err(ItchWriteError::Timestamp(config.start));
        }
        let mut writer = Self {
            output,
            instrument: *instrument,
            stock,
            config: *config,
            orders: IdMap::new(config.max_orders as usize),
            seeds: IdMap::new(config.max_seeds as usize),
            next_reference: OWN_REFERENCES,
            next_match: 1,
            clock: config.start.0,
        };
        writer.system_event(b'O')?;
        let directory = writer.header(b'R').put(writer.stock.0).put(*b"QN");
        let directory = directory.put(100_u32.to_be_bytes()).put(*b"NCZ PNN1N").put(0_u32.to_be_bytes());
        writer.send(directory.put(*b"N"))?;
        writer.system_event(b'S')?;
        writer.trading_action(true)?;
        writer.system_event(b'Q')?;
        Ok(writer)
    }

    /// How many orders are live, seeds not counted.
    #[must_use]
    pub const fn live_orders(&self) -> usize {
        self.orders.len()
    }

    /// Writes what says the same as `event`; returns how many messages that took (0 for an event that says nothing,
    /// or that changes nothing).
    ///
    /// # Errors
    /// [`ItchWriteError`]; except after [`ItchWriteError::Io`], nothing has been written and nothing has changed.
    pub fn write(&mut self, event: &Event) -> Result<u32, ItchWriteError> {
        let clock = event
            .timestamp
            .0
            .checked_sub(self.config.midnight.0)
            .filter(|&nanos| nanos < 1 << 48)
            .ok_or(ItchWriteError::Timestamp(event.timestamp))?;
        let before = std::mem::replace(&mut self.clock, clock);
        let written = self.translate(event);
        if written.is_err() {
            self.clock = before;
        }
        written
    }

    /// Ends the file: end of market and system hours, end of messages, the closing record. Returns the output, flushed.
    ///
    /// # Errors
    /// [`ItchWriteError::Io`].
    pub fn finish(mut self) -> Result<W, ItchWriteError> {
        for code in *b"MEC" {
            self.system_event(code)?;
        }
        self.output.write_all(&[0, 0])?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn translate(&mut self, event: &Event) -> Result<u32, ItchWriteError> {
        match event.kind {
            EventKind::None | EventKind::Fill => Ok(0),
            EventKind::Add => {
                let key = self.free_order(event.order_id)?;
                if self.orders.is_full() {
                    return Err(ItchWriteError::OrdersFull(self.config.max_orders));
                }
                self.add(Place::Order(key), key, event)
            }
            EventKind::Seed => {
                let key = level_key(event.side, event.price);
                if self.orders.len() > 0 || self.seeds.get(key).is_some() {
                    return Err(ItchWriteError::Inexpressible(EventKind::Seed));
                }
                if self.seeds.is_full() {
                    return Err(ItchWriteError::SeedsFull(self.config.max_seeds));
                }
                let written = self.add(Place::Seed(key), self.next_reference, event)?;
                self.next_reference += 1;
                Ok(written)
            }
            EventKind::Reduce => {
                let (place, live) = self.located(event)?;
                let by = Self::taken(place, &live, event)?;
                self.reduce(place, live, by)
            }
            EventKind::Delete => {
                let (place, live) = self.located(event)?;
                let by = match place {
                    Place::Order(_) => live.quantity,
                    Place::Seed(_) => Quantity(event.quantity.0.min(live.quantity.0)),
                };
                self.reduce(place, live, by)
            }
            EventKind::Execute => self.execute(event),
            EventKind::Modify => {
                let live = self.order(event.order_id)?;
                let place = Place::Order(event.order_id.0);
                match (event.price == live.price, event.quantity.cmp(&live.quantity)) {
                    (true, std::cmp::Ordering::Equal) => Ok(0),
                    (true, std::cmp::Ordering::Less) if event.quantity > Quantity::ZERO => {
                        self.reduce(place, live, Quantity(live.quantity.0 - event.quantity.0))
                    }
                    _ => {
                        let reference = self.next_reference;
                        let moved = self.replace(&live, reference, event)?;
                        self.next_reference += 1;
                        self.keep(place, moved);
                        Ok(1)
                    }
                }
            }
            EventKind::Replace => {
                let live = self.order(event.order_id)?;
                let key = self.free_order(event.new_order_id)?;
                let moved = self.replace(&live, key, event)?;
                self.orders.remove(event.order_id.0);
                self.keep(Place::Order(key), moved);
                Ok(1)
            }
            EventKind::Trade => {
                let price = self.price4(event.price)?;
                let shares = self.shares(event.quantity)?;
                let print = self.header(b'P').put(0_u64.to_be_bytes()).put(*b"B").put(shares.to_be_bytes());
                let print = print.put(self.stock.0).put(price.0.to_be_bytes());
                self.send_match(print)
            }
            EventKind::Status => self.trading_action(event.quantity > Quantity::ZERO).map(|()| 1),
            EventKind::Clear => self.clear(),
            EventKind::Level | EventKind::BestQuote => Err(ItchWriteError::Inexpressible(event.kind)),
        }
    }

    fn add(&mut self, place: Place, reference: u64, event: &Event) -> Result<u32, ItchWriteError> {
        let price = self.price4(event.price)?;
        let shares = self.shares(event.quantity)?;
        let side = match event.side {
            Side::Buy => *b"B",
            Side::Sell => *b"S",
        };
        let message = self.header(b'A').put(reference.to_be_bytes()).put(side).put(shares.to_be_bytes());
        self.send(message.put(self.stock.0).put(price.0.to_be_bytes()))?;
        let live = Live { reference, price: event.price, quantity: event.quantity, side: event.side };
        self.keep(place, live);
        Ok(1)
    }

    fn execute(&mut self, event: &Event) -> Result<u32, ItchWriteError> {
        let (place, live) = self.located(event)?;
        let by = Self::taken(place, &live, event)?;
        let shares = self.shares(by)?;
        let print_price = (!event.has(event_flags::LOCATED) && event.price != Price(0))
            .then_some(event.price)
            .filter(|&price| price != live.price);
        let reference = live.reference.to_be_bytes();
        if let Some(price) = print_price {
            let price = self.price4(price)?;
            let message = self.header(b'C').put(reference).put(shares.to_be_bytes());
            let message = message.put(self.next_match.to_be_bytes()).put(*b"Y").put(price.0.to_be_bytes());
            self.send(message)?;
            self.next_match += 1;
        } else {
            self.send_match(self.header(b'E').put(reference).put(shares.to_be_bytes()))?;
        }
        self.take(place, live, by);
        Ok(1)
    }

    fn reduce(&mut self, place: Place, live: Live, by: Quantity) -> Result<u32, ItchWriteError> {
        let reference = live.reference.to_be_bytes();
        if by == live.quantity {
            self.send(self.header(b'D').put(reference))?;
        } else {
            let shares = self.shares(by)?;
            self.send(self.header(b'X').put(reference).put(shares.to_be_bytes()))?;
        }
        self.take(place, live, by);
        Ok(1)
    }

    fn replace(&mut self, live: &Live, reference: u64, event: &Event) -> Result<Live, ItchWriteError> {
        let price = self.price4(event.price)?;
        let shares = self.shares(event.quantity)?;
        let message = self.header(b'U').put(live.reference.to_be_bytes()).put(reference.to_be_bytes());
        self.send(message.put(shares.to_be_bytes()).put(price.0.to_be_bytes()))?;
        Ok(Live { reference, price: event.price, quantity: event.quantity, side: live.side })
    }

    fn clear(&mut self) -> Result<u32, ItchWriteError> {
        let mut written = 0;
        for seeds in [true, false] {
            let mut slot = 0;
            loop {
                let table = if seeds { &self.seeds } else { &self.orders };
                let Some((at, live)) = table.first_from(slot) else { break };
                self.send(self.header(b'D').put(live.reference.to_be_bytes()))?;
                written += 1;
                slot = at + 1;
            }
        }
        self.seeds.clear();
        self.orders.clear();
        Ok(written)
    }

    /// The key of a new order that may be added.
    fn free_order(&self, id: OrderId) -> Result<u64, ItchWriteError> {
        if id.0 >= OWN_REFERENCES {
            return Err(ItchWriteError::ReservedOrder(id));
        }
        match self.orders.get(id.0) {
            Some(_) => Err(ItchWriteError::DuplicateOrder(id)),
            None => Ok(id.0),
        }
    }

    fn order(&self, id: OrderId) -> Result<Live, ItchWriteError> {
        self.orders.get(id.0).ok_or(ItchWriteError::UnknownOrder(id))
    }

    /// The order that an event names, or the seed of its level.
    fn located(&self, event: &Event) -> Result<(Place, Live), ItchWriteError> {
        if let Some(live) = self.orders.get(event.order_id.0) {
            return Ok((Place::Order(event.order_id.0), live));
        }
        let key = level_key(event.side, event.price);
        match self.seeds.get(key) {
            Some(live) if event.has(event_flags::LOCATED) => Ok((Place::Seed(key), live)),
            _ => Err(ItchWriteError::UnknownOrder(event.order_id)),
        }
    }

    /// How much an event takes from what [`located`](Self::located) found.
    fn taken(place: Place, live: &Live, event: &Event) -> Result<Quantity, ItchWriteError> {
        match place {
            _ if event.quantity == Quantity::ZERO => Err(ItchWriteError::Quantity(event.quantity)),
            Place::Order(_) if event.quantity > live.quantity => {
                Err(ItchWriteError::QuantityExceedsOrder(event.order_id, live.quantity))
            }
            Place::Order(_) => Ok(event.quantity),
            Place::Seed(_) => Ok(event.quantity.min(live.quantity)),
        }
    }

    fn take(&mut self, place: Place, live: Live, by: Quantity) {
        let rest = Quantity(live.quantity.0 - by.0);
        if rest > Quantity::ZERO {
            self.keep(place, Live { quantity: rest, ..live });
        } else {
            match place {
                Place::Order(key) => self.orders.remove(key),
                Place::Seed(key) => self.seeds.remove(key),
            };
        }
    }

    /// Stores an order for which there is room: one that is live, or one whose room was checked or freed.
    fn keep(&mut self, place: Place, live: Live) {
        let stored = match place {
            Place::Order(key) => self.orders.insert(key, live),
            Place::Seed(key) => self.seeds.insert(key, live),
        };
        debug_assert!(stored, "room is checked before a message is written");
    }

    fn price4(&self, price: Price) -> Result<Price4, ItchWriteError> {
        let nanos = i128::from(price.0) * i128::from(self.instrument.tick_nanos());
        match u32::try_from(nanos / 100_000) {
            Ok(units) if nanos % 100_000 == 0 => Ok(Price4(units)),
            _ => Err(ItchWriteError::Price(price)),
        }
    }

    fn shares(&self, quantity: Quantity) -> Result<u32, ItchWriteError> {
        let nanos = i128::from(quantity.0) * i128::from(self.instrument.lot_nanos());
        match u32::try_from(nanos / NANO) {
            Ok(shares) if shares > 0 && nanos % NANO == 0 => Ok(shares),
            _ => Err(ItchWriteError::Quantity(quantity)),
        }
    }

    /// The start of a message about the stock: tracking number 0, the time of the event.
    fn header(&self, kind: u8) -> Frame {
        self.header_for(kind, self.config.locate)
    }

    fn header_for(&self, kind: u8, locate: u16) -> Frame {
        let [_, _, a, b, c, d, e, f] = self.clock.to_be_bytes();
        let frame = Frame { bytes: [0; FRAME], end: 2 };
        let frame = frame.put([kind]).put(locate.to_be_bytes()).put([0, 0]).put([a, b, c, d, e, f]);
        debug_assert!(frame.end == 2 + HEADER_LENGTH, "the header is what the messages expect");
        frame
    }

    fn system_event(&mut self, code: u8) -> Result<(), ItchWriteError> {
        self.send(self.header_for(b'S', 0).put([code]))
    }

    fn trading_action(&mut self, trading: bool) -> Result<(), ItchWriteError> {
        let state = if trading { *b"T" } else { *b"H" };
        self.send(self.header(b'H').put(self.stock.0).put(state).put(*b"     "))
    }

    /// Sends a message that ends in the next match number.
    fn send_match(&mut self, frame: Frame) -> Result<u32, ItchWriteError> {
        self.send(frame.put(self.next_match.to_be_bytes()))?;
        self.next_match += 1;
        Ok(1)
    }

    fn send(&mut self, mut frame: Frame) -> Result<(), ItchWriteError> {
        Ok(self.output.write_all(frame.finished())?)
    }
}
