//! One line of a Binance recording: a single pass over JSON whose keys may come in any order.
//!
//! Nothing is built: known keys are parsed in place, everything else is skipped. Nesting is counted, not recursed
//! into, and a newline ends every value, so a broken line cannot swallow the next one.

use super::MOST_LEVELS;
use crate::feed::Reason;
use crate::feed::text::{self, Fault, Scanner};
use crate::types::{Instrument, Price, Quantity, Side};

/// A level of a depth message: its whole quantity, 0 when it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) side: Side,
    pub(super) price: Price,
    pub(super) quantity: Quantity,
}

/// What a line says; the levels of a depth message stand in the caller's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The recorder's time, ns.
    pub(super) received: Option<u64>,
    /// The venue's time, ns.
    pub(super) time: Option<u64>,
    pub(super) symbol: Option<Name>,
    pub(super) payload: Payload,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    /// Nothing that concerns a book.
    Other,
    Depth {
        last: u64,
        /// The update id that this one continues.
        previous: u64,
    },
    Snapshot {
        id: u64,
    },
    Trade {
        id: u64,
        price: Price,
        rounded: bool,
        quantity: Quantity,
        aggressor: Side,
    },
    Ticker {
        id: u64,
        bid: (Price, Quantity),
        ask: (Price, Quantity),
    },
}

/// A symbol as the venue writes it, inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name([u8; 32]);

impl Name {
    fn new(text: &[u8]) -> Result<Self, Fault> {
        let mut name = [0; 32];
        match name.get_mut(..text.len()) {
            Some(place) => place.copy_from_slice(text),
            None => return Err(Reason::OutOfRange("s").into()),
        }
        Ok(Self(name))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Depth,
    Trade,
    Ticker,
    Other,
}

/// The values of the known keys.
#[derive(Default)]
struct Fields {
    kind: Option<Kind>,
    symbol: Option<Name>,
    event_time: Option<u64>,
    transaction_time: Option<u64>,
    first_id: Option<u64>,
    last_id: Option<u64>,
    previous_id: Option<u64>,
    snapshot_id: Option<u64>,
    trade_id: Option<u64>,
    aggregate_id: Option<u64>,
    buyer_is_maker: Option<bool>,
    price: Option<i64>,
    quantity: Option<i64>,
    bid: Option<i64>,
    bid_size: Option<i64>,
    ask: Option<i64>,
    ask_size: Option<i64>,
}

/// Parses a line up to its end, which is not consumed; fills `levels`.
pub(super) fn read(
    line: &mut Scanner<'_>,
    instrument: &Instrument,
    levels: &mut Vec<Level>,
) -> Result<Message, Fault> {
    levels.clear();
    let received = match line.peek() {
        Some(b'0'..=b'9') => {
            let time = line.unsigned("receive time")?;
            line.expect(b' ', "receive time")?;
            Some(time)
        }
        _ => None,
    };
    let mut fields = Fields::default();
    object(line, instrument, levels, &mut fields, true)?;
    space(line);
    let millis = fields.transaction_time.or(fields.event_time);
    let time = match millis {
        Some(millis) => Some(millis.checked_mul(1_000_000).ok_or(Fault::Bad(Reason::OutOfRange("E")))?),
        None => None,
    };
    let payload = payload(&fields, instrument)?;
    Ok(Message { received, time, symbol: fields.symbol, payload })
}

fn payload(fields: &Fields, instrument: &Instrument) -> Result<Payload, Fault> {
    let is_ticker = fields.kind.is_none() && fields.bid.is_some() && fields.ask.is_some();
    Ok(match fields.kind {
        Some(Kind::Depth) => {
            let first = need(fields.first_id, "U")?;
            Payload::Depth {
                last: need(fields.last_id, "u")?,
                previous: fields.previous_id.unwrap_or(first.wrapping_sub(1)),
            }
        }
        Some(Kind::Trade) => {
            let quantity = text::quantity(instrument, need(fields.quantity, "q")?, "q")?;
            // Futures print liquidations against the insurance fund as trades of nothing.
            if quantity == Quantity::ZERO {
                return Ok(Payload::Other);
            }
            let (price, rounded) = text::print_price(instrument, need(fields.price, "p")?, "p")?;
            let aggressor = if need(fields.buyer_is_maker, "m")? { Side::Sell } else { Side::Buy };
            let id = need(fields.trade_id.or(fields.aggregate_id), "t")?;
            Payload::Trade { id, price, rounded, quantity, aggressor }
        }
        Some(Kind::Ticker) => ticker(fields, instrument)?,
        None if is_ticker => ticker(fields, instrument)?,
        None => match fields.snapshot_id {
            Some(id) => Payload::Snapshot { id },
            None => Payload::Other,
        },
        Some(Kind::Other) => Payload::Other,
    })
}

fn ticker(fields: &Fields, instrument: &Instrument) -> Result<Payload, Fault> {
    let quote = |price: Option<i64>, size: Option<i64>, price_key, size_key| {
        Ok::<_, Fault>((
            text::price(instrument, need(price, price_key)?, price_key)?,
            text::quantity(instrument, need(size, size_key)?, size_key)?,
        ))
    };
    Ok(Payload::Ticker {
        id: fields.last_id.unwrap_or(0),
        bid: quote(fields.bid, fields.bid_size, "b", "B")?,
        ask: quote(fields.ask, fields.ask_size, "a", "A")?,
    })
}

fn need<T>(value: Option<T>, key: &'static str) -> Result<T, Fault> {
    value.ok_or(Fault::Bad(Reason::Missing(key)))
}

#[inline]
fn space(line: &mut Scanner<'_>) {
    while let Some(b' ' | b'\t') = line.peek() {
        line.at += 1;
    }
}

/// Consumes `byte` and the blanks around it.
#[inline]
fn mark(line: &mut Scanner<'_>, byte: u8, what: &'static str) -> Result<(), Fault> {
    space(line);
    line.expect(byte, what)?;
    space(line);
    Ok(())
}

fn object(
    line: &mut Scanner<'_>,
    instrument: &Instrument,
    levels: &mut Vec<Level>,
    fields: &mut Fields,
    outer: bool,
) -> Result<(), Fault> {
    mark(line, b'{', "{")?;
    if line.take(b'}') {
        return Ok(());
    }
    loop {
        let key = string(line, "key")?;
        mark(line, b':', ":")?;
        match line.peek() {
            // One level of nesting: the envelope's payload.
            Some(b'{') if outer && key == b"data" => object(line, instrument, levels, fields, false)?,
            Some(_) if fields.kind == Some(Kind::Other) => skip_value(line)?,
            Some(first) => value(line, key, first, instrument, levels, fields)?,
            None => return Err(Fault::End),
        }
        space(line);
        if !line.take(b',') {
            return line.expect(b'}', "}");
        }
        space(line);
    }
}

/// Parses the value of a known key when it has the expected shape, else skips it: a key that is needed is then missing.
fn value(
    line: &mut Scanner<'_>,
    key: &[u8],
    first: u8,
    instrument: &Instrument,
    levels: &mut Vec<Level>,
    fields: &mut Fields,
) -> Result<(), Fault> {
    match first {
        b'"' => {
            let (place, name) = match key {
                b"p" => (&mut fields.price, "p"),
                b"q" => (&mut fields.quantity, "q"),
                b"b" => (&mut fields.bid, "b"),
                b"B" => (&mut fields.bid_size, "B"),
                b"a" => (&mut fields.ask, "a"),
                b"A" => (&mut fields.ask_size, "A"),
                b"e" => {
                    fields.kind = Some(match string(line, "e")? {
                        b"depthUpdate" => Kind::Depth,
                        b"trade" | b"aggTrade" => Kind::Trade,
                        b"bookTicker" => Kind::Ticker,
                        _ => Kind::Other,
                    });
                    return Ok(());
                }
                b"s" => {
                    fields.symbol = Some(Name::new(string(line, "s")?)?);
                    return Ok(());
                }
                _ => return string(line, "string").map(|_| ()),
            };
            *place = Some(quoted_decimal(line, name)?);
        }
        b'0'..=b'9' => {
            let (place, name) = match key {
                b"E" => (&mut fields.event_time, "E"),
                b"T" => (&mut fields.transaction_time, "T"),
                b"U" => (&mut fields.first_id, "U"),
                b"u" => (&mut fields.last_id, "u"),
                b"pu" => (&mut fields.previous_id, "pu"),
                b"lastUpdateId" => (&mut fields.snapshot_id, "lastUpdateId"),
                b"t" => (&mut fields.trade_id, "t"),
                b"a" => (&mut fields.aggregate_id, "a"),
                _ => return skip_value(line),
            };
            *place = Some(line.unsigned(name)?);
        }
        b'[' => match key {
            b"b" | b"bids" => return level_list(line, instrument, Side::Buy, levels),
            b"a" | b"asks" => return level_list(line, instrument, Side::Sell, levels),
            _ => return skip_value(line),
        },
        b't' | b'f' if key == b"m" => {
            let from = line.at;
            skip_value(line)?;
            fields.buyer_is_maker = match line.since(from) {
                b"true" => Some(true),
                b"false" => Some(false),
                _ => return Err(line.fail("m")),
            };
        }
        _ => return skip_value(line),
    }
    Ok(())
}

/// `[["price","quantity"],…]`; members after the second (of old recordings) are skipped.
fn level_list(
    line: &mut Scanner<'_>,
    instrument: &Instrument,
    side: Side,
    levels: &mut Vec<Level>,
) -> Result<(), Fault> {
    mark(line, b'[', "[")?;
    if line.take(b']') {
        return Ok(());
    }
    loop {
        mark(line, b'[', "level")?;
        let price = text::price(instrument, quoted_decimal(line, "price")?, "price")?;
        mark(line, b',', "level")?;
        let quantity = text::quantity(instrument, quoted_decimal(line, "quantity")?, "quantity")?;
        space(line);
        while line.take(b',') {
            space(line);
            skip_value(line)?;
            space(line);
        }
        line.expect(b']', "level")?;
        if levels.len() >= MOST_LEVELS {
            return Err(Reason::Other("more than 16384 levels in one message").into());
        }
        levels.push(Level { side, price, quantity });
        space(line);
        if !line.take(b',') {
            return line.expect(b']', "]");
        }
    }
}

#[inline]
fn quoted_decimal(line: &mut Scanner<'_>, field: &'static str) -> Result<i64, Fault> {
    line.expect(b'"', field)?;
    let (nanos, _) = line.decimal(field)?;
    line.expect(b'"', field)?;
    Ok(nanos)
}

/// A string's bytes between its quotes, escapes as they stand.
#[inline]
fn string<'a>(line: &mut Scanner<'a>, field: &'static str) -> Result<&'a [u8], Fault> {
    line.expect(b'"', field)?;
    let from = line.at;
    loop {
        match line.peek() {
            Some(b'"') => {
                let text = line.since(from);
                line.at += 1;
                return Ok(text);
            }
            Some(b'\n') | None => return Err(line.fail(field)),
            Some(b'\\') => {
                line.at += 1;
                if matches!(line.peek(), Some(b'\n') | None) {
                    return Err(line.fail(field));
                }
                line.at += 1;
            }
            Some(_) => line.at += 1,
        }
    }
}

/// Skips a value of any shape.
fn skip_value(line: &mut Scanner<'_>) -> Result<(), Fault> {
    let mut depth = 0usize;
    loop {
        match line.peek() {
            Some(b'"') => {
                string(line, "string")?;
            }
            Some(b'{' | b'[') => {
                depth += 1;
                line.at += 1;
                continue;
            }
            Some(b'}' | b']') if depth > 0 => {
                depth -= 1;
                line.at += 1;
            }
            Some(b',' | b':' | b' ' | b'\t') if depth > 0 => {
                line.at += 1;
                continue;
            }
            Some(byte) if is_word(byte) => {
                while line.peek().is_some_and(is_word) {
                    line.at += 1;
                }
            }
            _ => return Err(line.fail("value")),
        }
        if depth == 0 {
            return Ok(());
        }
    }
}

/// A byte of a number or literal.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
