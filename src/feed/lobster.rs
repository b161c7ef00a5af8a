//! LOBSTER: reconstructed NASDAQ order flow as CSV, order by order.
//!
//! A message line is `time,type,order id,size,price,direction`: seconds after midnight (decimals past the ninth, which
//! some files have, are floating-point residue and rounded away),
//! whole shares, dollars × 10 000, and the side of the *resting* order (1 buy, −1 sell). Types: 1 new order, 2 partial
//! cancel, 3 deletion, 4 execution of a visible order, 5 of a hidden one, 6 cross trade, 7 trading halt. The order book file
//! has one row per message, `ask price,ask size,bid price,bid size` for each level, best first.
//! Format: <https://lobsterdata.com/info/DataStructure.php>. O(1) per line, nothing allocated after construction.

use super::text::{self, Fault, Lines, Scanner};
use super::{EventSource, FeedError, Input, Progress, Reason};
use crate::types::{Event, EventKind, Instrument, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// Nano-units in LOBSTER's unit of price, 1/10 000 dollar.
const PRICE_UNIT: i64 = 100_000;

/// Reads a LOBSTER message file.
///
/// Each message is one event and its own group. `sequence` is the row, the first is 0. Cancels and executions carry the
/// resting order's side and price ([`event_flags::LOCATED`]). Executions of hidden orders and cross trades are prints:
/// [`EventKind::Trade`], a hidden one with the aggressor's side. A halt (type 7) is [`EventKind::Status`]: price −1
/// and 0 (quotes only) halt, 1 resumes trading. Columns after the sixth are ignored.
///
/// ```
/// use market_maker::feed::{EventSource, Input, LobsterReader};
/// use market_maker::types::{EventKind, Instrument, Price, Timestamp};
/// let input = Input::from_bytes("example", b"34200.004241176,1,16113575,18,5853300,1\n".to_vec());
/// let mut reader = LobsterReader::new(input, &Instrument::new("AAPL", 0.01, 1.0)?);
/// let event = reader.next_event()?.unwrap();
/// assert_eq!((event.kind, event.price), (EventKind::Add, Price(58533)));
/// assert_eq!(event.timestamp, Timestamp(34_200_004_241_176));
/// assert!(reader.next_event()?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LobsterReader {
    lines: Lines,
    instrument: Instrument,
    /// Seed events still to come, last first.
    seed: Vec<Event>,
}

impl LobsterReader {
    /// A reader of `messages` from its first row.
    #[must_use]
    pub const fn new(messages: Input, instrument: &Instrument) -> Self {
        Self { lines: Lines::new(messages), instrument: *instrument, seed: Vec::new() }
    }

    /// Starts from the book that the order book file shows at `row`: yields its levels as [`EventKind::Seed`] events
    /// (best first, bid and ask in turn) at the time of that row's message, then the messages *after* the row, which
    /// is the book after its own message.
    ///
    /// # Errors
    /// The first error in either file up to that row; a missing row is [`Reason::Missing`].
    pub fn with_seed(mut self, orderbook: &Input, row: u64) -> Result<Self, FeedError> {
        let mut at = Event::EMPTY;
        for _ in 0..=row {
            match self.next_event()? {
                Some(event) => at = event,
                None => return Err(self.lines.error(Fault::Bad(Reason::Missing("message of the seed row")))),
            }
        }
        let mut rows = LobsterBookReader::new(orderbook.clone(), &self.instrument);
        let mut levels = None;
        for _ in 0..=row {
            levels = rows.next_row()?;
        }
        let Some(levels) = levels else {
            return Err(rows.lines.error(Fault::Bad(Reason::Missing("seed row"))));
        };
        self.seed = levels
            .iter()
            .flat_map(|level| [(Side::Buy, level.bid), (Side::Sell, level.ask)])
            .filter_map(|(side, level)| level.map(|(price, quantity)| (side, price, quantity)))
            .map(|(side, price, quantity)| Event {
                kind: EventKind::Seed,
                side,
                price,
                quantity,
                flags: event_flags::SNAPSHOT,
                ..Event {
                    timestamp: at.timestamp,
                    received: at.received,
                    sequence: at.sequence,
                    instrument: at.instrument,
                    ..Event::EMPTY
                }
            })
            .collect();
        self.seed.reverse();
        if let Some(last) = self.seed.first_mut() {
            last.flags |= event_flags::LAST;
        }
        Ok(self)
    }
}

impl EventSource for LobsterReader {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        if let Some(event) = self.seed.pop() {
            return Ok(Some(event));
        }
        let (row, instrument) = (self.lines.line, &self.instrument);
        self.lines.next(|line| message(line, instrument, row))
    }

    fn progress(&self) -> Progress {
        self.lines.progress()
    }
}

#[inline]
fn message(line: &mut Scanner<'_>, instrument: &Instrument, row: u64) -> Result<Event, Fault> {
    let timestamp = Timestamp(line.seconds("time")?);
    line.expect(b',', "time")?;
    let kind = line.unsigned("type")?;
    line.expect(b',', "type")?;
    let order = line.signed("order id")?;
    line.expect(b',', "order id")?;
    let size = line.unsigned("size")?;
    line.expect(b',', "size")?;
    let price = line.signed("price")?;
    line.expect(b',', "price")?;
    let direction = line.signed("direction")?;
    match line.peek() {
        Some(b',') => line.skip_line(),
        Some(b'\n' | b'\r') | None => {}
        Some(_) => return Err(Reason::Field("direction").into()),
    }

    let side = match direction {
        1 => Side::Buy,
        -1 => Side::Sell,
        _ if kind == 7 => Side::Buy,
        _ => return Err(Reason::Field("direction").into()),
    };
    let mut event = Event {
        timestamp,
        received: timestamp,
        sequence: row,
        instrument: instrument.id,
        side,
        flags: event_flags::LAST,
        ..Event::EMPTY
    };
    let located = event_flags::LAST | event_flags::LOCATED;
    let nanos = price.checked_mul(PRICE_UNIT).ok_or(Fault::Bad(Reason::OutOfRange("price")))?;
    match kind {
        1..=4 => {
            (event.kind, event.flags) = match kind {
                1 => (EventKind::Add, event_flags::LAST),
                2 => (EventKind::Reduce, located),
                3 => (EventKind::Delete, located),
                _ => (EventKind::Execute, located),
            };
            event.order_id =
                OrderId(u64::try_from(order).map_err(|_| Fault::Bad(Reason::OutOfRange("order id")))?);
            event.price = text::price(instrument, nanos, "price")?;
            event.quantity = text::units(instrument, size, "size")?;
        }
        5 | 6 => {
            event.kind = EventKind::Trade;
            let (price, rounded) = text::print_price(instrument, nanos, "price")?;
            event.price = price;
            event.quantity = text::units(instrument, size, "size")?;
            if rounded {
                event.flags |= event_flags::ROUNDED;
            }
            if kind == 5 {
                event.side = side.opposite();
                event.flags |= event_flags::HIDDEN | event_flags::SIDED;
            }
        }
        7 => {
            event.kind = EventKind::Status;
            event.side = Side::Buy;
            event.quantity = match price {
                -1 | 0 => Quantity(0),
                1 => Quantity(1),
                _ => return Err(Reason::Field("price").into()),
            };
        }
        other => return Err(Reason::UnknownType(u8::try_from(other).unwrap_or(u8::MAX)).into()),
    }
    Ok(event)
}

/// One level of an order book row; `None` where the side has no such level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LobsterLevel {
    /// Ask price and size.
    pub ask: Option<(Price, Quantity)>,
    /// Bid price and size.
    pub bid: Option<(Price, Quantity)>,
}

/// Reads a LOBSTER order book file row by row, however many levels it has.
///
/// The first row fixes the number of levels; a row with another number is malformed. A last row without newline counts as
/// complete when all its fields are there.
///
/// ```
/// use market_maker::feed::{Input, LobsterBookReader};
/// use market_maker::types::{Instrument, Price, Quantity};
/// let input = Input::from_bytes("example", b"5859400,200,5853300,18\n".to_vec());
/// let mut rows = LobsterBookReader::new(input, &Instrument::new("AAPL", 0.01, 1.0)?);
/// assert_eq!(rows.next_row()?.unwrap()[0].bid, Some((Price(58533), Quantity(18))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LobsterBookReader {
    lines: Lines,
    instrument: Instrument,
    levels: Vec<LobsterLevel>,
}

impl LobsterBookReader {
    /// A reader from the first row.
    #[must_use]
    pub const fn new(orderbook: Input, instrument: &Instrument) -> Self {
        Self { lines: Lines::new(orderbook), instrument: *instrument, levels: Vec::new() }
    }

    /// The next row, best level first, or `None` at the end. O(levels); allocates at the first row only.
    ///
    /// # Errors
    /// As [`EventSource::next_event`]; off-tick prices are errors.
    pub fn next_row(&mut self) -> Result<Option<&[LobsterLevel]>, FeedError> {
        let Self { lines, instrument, levels } = self;
        let expected = levels.len();
        levels.clear();
        let row = lines.next(|line| {
            loop {
                levels.push(level(line, instrument)?);
                if levels.len() == expected || (expected == 0 && line.peek() != Some(b',')) {
                    return Ok(());
                }
                line.expect(b',', "level")?;
            }
        })?;
        Ok(row.map(|()| &*self.levels))
    }

    /// Number of the last row returned plus one.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.lines.line
    }
}

fn level(line: &mut Scanner<'_>, instrument: &Instrument) -> Result<LobsterLevel, Fault> {
    let ask = level_side(line, instrument, "ask price", "ask size")?;
    line.expect(b',', "ask size")?;
    let bid = level_side(line, instrument, "bid price", "bid size")?;
    Ok(LobsterLevel { ask, bid })
}

fn level_side(
    line: &mut Scanner<'_>,
    instrument: &Instrument,
    price_field: &'static str,
    size_field: &'static str,
) -> Result<Option<(Price, Quantity)>, Fault> {
    let price = line.signed(price_field)?;
    line.expect(b',', price_field)?;
    let size = line.unsigned(size_field)?;
    // LOBSTER's dummy for an empty level.
    if size == 0 && price.unsigned_abs() == 9_999_999_999 {
        return Ok(None);
    }
    let nanos = price.checked_mul(PRICE_UNIT).ok_or(Fault::Bad(Reason::OutOfRange(price_field)))?;
    Ok(Some((text::price(instrument, nanos, price_field)?, text::units(instrument, size, size_field)?)))
}
