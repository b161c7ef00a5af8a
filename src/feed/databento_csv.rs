//! Databento's CSV form of schemas mbo (order by order) and mbp-10 (ten levels a side).
//!
//! Columns are found by the names in the header line, in any order; unknown columns are skipped. Times are nanoseconds
//! since the epoch or ISO 8601 in UTC, prices decimals or integers of 10⁻⁹, as the file was ordered.
//! Schemas: <https://databento.com/docs/schemas-and-data-formats>. O(columns) per line, nothing allocated after the header.

use super::text::{self, Fault, Lines, Scanner};
use super::{EventSource, FeedError, Input, Progress, Reason};
use crate::types::{Event, EventKind, Instrument, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// Databento's flag for the last record of an event.
const F_LAST: u64 = 128;
/// Databento's flag for a record of a snapshot.
const F_SNAPSHOT: u64 = 32;
/// Databento's number for "no price".
const UNDEFINED_PRICE: i64 = i64::MAX;
/// Levels a side in schema mbp-10.
const LEVELS: usize = 10;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Received,
    Event,
    Action,
    Side,
    Price,
    Size,
    OrderId,
    Flags,
    Sequence,
    InstrumentId,
    LevelPrice(Side, u8),
    LevelSize(Side, u8),
    LevelCount(Side, u8),
    Ignored,
}

impl Column {
    fn named(name: &[u8]) -> Self {
        match name {
            b"ts_recv" => Self::Received,
            b"ts_event" => Self::Event,
            b"action" => Self::Action,
            b"side" => Self::Side,
            b"price" => Self::Price,
            b"size" => Self::Size,
            b"order_id" => Self::OrderId,
            b"flags" => Self::Flags,
            b"instrument_id" => Self::InstrumentId,
            b"sequence" => Self::Sequence,
            _ => Self::level(name).unwrap_or(Self::Ignored),
        }
    }

    /// `bid_px_00` to `ask_ct_09`.
    fn level(name: &[u8]) -> Option<Self> {
        let [side @ .., b'_', a, b, b'_', tens, ones] = name else { return None };
        let side = match side {
            b"bid" => Side::Buy,
            b"ask" => Side::Sell,
            _ => return None,
        };
        let level = match (tens, ones) {
            (b'0', b'0'..=b'9') => ones - b'0',
            _ => return None,
        };
        match [*a, *b] {
            [b'p', b'x'] => Some(Self::LevelPrice(side, level)),
            [b's', b'z'] => Some(Self::LevelSize(side, level)),
            [b'c', b't'] => Some(Self::LevelCount(side, level)),
            _ => None,
        }
    }
}

/// One side of one level as mbp-10 shows it; all zero where the side has no such level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mbp10Level {
    /// Price in ticks.
    pub price: Price,
    /// Total quantity in lots.
    pub quantity: Quantity,
    /// Number of orders; 0 means that there is no such level.
    pub orders: u32,
}

/// One row of schema mbp-10: what happened, and the book after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mbp10Row {
    /// When the venue says that it happened.
    pub timestamp: Timestamp,
    /// The venue's number of the message.
    pub sequence: u64,
    /// The action letter: `A` add, `C` cancel, `M` modify, `T` trade, `R` clear.
    pub action: u8,
    /// Bids, best first.
    pub bids: [Mbp10Level; LEVELS],
    /// Asks, best first.
    pub asks: [Mbp10Level; LEVELS],
}

impl Mbp10Row {
    /// The levels of one side, best first.
    #[must_use]
    pub const fn levels(&self, side: Side) -> &[Mbp10Level; LEVELS] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }
}

/// The cells of one line that any schema needs, before they mean anything.
#[derive(Clone, Copy)]
struct Cells {
    received: u64,
    event: u64,
    action: u8,
    side: u8,
    /// Nano-units; `None` where the cell is empty or holds the number for "no price".
    price: Option<i64>,
    size: u64,
    order_id: u64,
    flags: u64,
    sequence: u64,
    instrument_id: u64,
}

impl Cells {
    const EMPTY: Self = Self {
        received: 0,
        event: 0,
        action: 0,
        side: 0,
        price: None,
        size: 0,
        order_id: 0,
        flags: 0,
        sequence: 0,
        instrument_id: 0,
    };

    /// Parses one cell; cells of levels are given to `level`.
    #[inline]
    fn parse(
        &mut self,
        column: Column,
        line: &mut Scanner<'_>,
        level: &mut impl FnMut(Column, &mut Scanner<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match column {
            Column::Received => self.received = time(line, "ts_recv")?,
            Column::Event => self.event = time(line, "ts_event")?,
            Column::Action => self.action = letter(line, "action")?,
            Column::Side => self.side = letter(line, "side")?,
            Column::Price => self.price = price_nanos(line, "price")?,
            Column::Size => self.size = line.unsigned("size")?,
            Column::OrderId => self.order_id = line.unsigned("order_id")?,
            Column::Flags => self.flags = line.unsigned("flags")?,
            Column::Sequence => self.sequence = line.unsigned("sequence")?,
            Column::InstrumentId => self.instrument_id = line.unsigned("instrument_id")?,
            Column::LevelPrice(..) | Column::LevelSize(..) | Column::LevelCount(..) => level(column, line)?,
            Column::Ignored => {
                line.cell();
            }
        }
        Ok(())
    }
}

/// The header and the lines below it.
#[derive(Debug)]
struct Table {
    lines: Lines,
    columns: Box<[Column]>,
    /// The venue's id of the one instrument that the file is about.
    only: Option<u64>,
}

impl Table {
    /// Reads the header; every column in `required` must be there.
    fn new(input: Input, required: &[(Column, &'static str)]) -> Result<Self, FeedError> {
        let mut lines = Lines::new(input);
        let mut columns = Vec::new();
        let header = lines.next(|line| {
            loop {
                columns.push(Column::named(line.cell()));
                if !line.take(b',') {
                    break;
                }
            }
            match required.iter().find(|(column, _)| !columns.contains(column)) {
                Some((_, name)) if line.peek().is_some() => Err(Reason::Missing(name).into()),
                Some(_) => Err(Fault::End),
                None => Ok(()),
            }
        })?;
        if header.is_none() {
            return Err(lines.error(Fault::Bad(Reason::Missing("header"))));
        }
        Ok(Self { lines, columns: columns.into_boxed_slice(), only: None })
    }

    #[inline]
    fn next<T>(
        &mut self,
        mut level: impl FnMut(Column, &mut Scanner<'_>) -> Result<(), Fault>,
        finish: impl FnOnce(&Cells) -> Result<T, Fault>,
    ) -> Result<Option<T>, FeedError> {
        let Self { columns, only, .. } = self;
        self.lines.next(|line| {
            let mut cells = Cells::EMPTY;
            for (index, &column) in columns.iter().enumerate() {
                if index > 0 {
                    line.expect(b',', "column")?;
                }
                cells.parse(column, line, &mut level)?;
            }
            if *only.get_or_insert(cells.instrument_id) != cells.instrument_id {
                return Err(Reason::Other("more than one instrument in the file").into());
            }
            finish(&cells)
        })
    }
}

/// Reads schema mbo as CSV.
///
/// | action | event |
/// |---|---|
/// | `A` add | [`EventKind::Add`] |
/// | `C` cancel | [`EventKind::Reduce`] by the size cancelled, [`event_flags::LOCATED`]; the book removes an order with nothing left |
/// | `M` modify | [`EventKind::Modify`] to the new price and total size, [`event_flags::LOCATED`] |
/// | `T` trade | [`EventKind::Trade`] with the aggressor's side unless the venue does not say; changes no book |
/// | `F` fill | [`EventKind::Fill`]: the cancel or modify that follows it changes the book |
/// | `N` none | [`EventKind::None`] |
/// | `R` clear | [`EventKind::Clear`] |
///
/// A file must be about one instrument. Flag 128 becomes [`event_flags::LAST`], flag 32 [`event_flags::SNAPSHOT`].
///
/// ```
/// use market_maker::feed::{DatabentoCsvMboReader, EventSource, Input};
/// use market_maker::types::{EventKind, Instrument, Price};
/// let text = b"ts_recv,ts_event,action,side,price,size,order_id,flags,sequence\n\
///     1752739503360842448,1752739503360677248,A,B,5.510000000,100,817593,130,851012\n";
/// let input = Input::from_bytes("example", text.to_vec());
/// let mut reader = DatabentoCsvMboReader::new(input, &Instrument::new("ARL", 0.01, 1.0)?)?;
/// let event = reader.next_event()?.unwrap();
/// assert_eq!((event.kind, event.price, event.sequence), (EventKind::Add, Price(551), 851_012));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DatabentoCsvMboReader {
    table: Table,
    instrument: Instrument,
}

impl DatabentoCsvMboReader {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Reason::Missing`] for a column that schema mbo has and the header lacks.
    pub fn new(input: Input, instrument: &Instrument) -> Result<Self, FeedError> {
        let required = [
            (Column::Event, "ts_event"),
            (Column::Action, "action"),
            (Column::Side, "side"),
            (Column::Price, "price"),
            (Column::Size, "size"),
            (Column::OrderId, "order_id"),
            (Column::Flags, "flags"),
            (Column::Sequence, "sequence"),
        ];
        Ok(Self { table: Table::new(input, &required)?, instrument: *instrument })
    }
}

impl EventSource for DatabentoCsvMboReader {
    #[inline]
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        let instrument = &self.instrument;
        self.table.next(ignore, |cells| mbo_event(cells, instrument))
    }

    fn progress(&self) -> Progress {
        self.table.lines.progress()
    }
}

fn ignore(_: Column, line: &mut Scanner<'_>) -> Result<(), Fault> {
    line.cell();
    Ok(())
}

fn mbo_event(cells: &Cells, instrument: &Instrument) -> Result<Event, Fault> {
    let side = match cells.side {
        b'B' => Some(Side::Buy),
        b'A' => Some(Side::Sell),
        b'N' => None,
        _ => return Err(Reason::Field("side").into()),
    };
    let mut event = Event {
        timestamp: Timestamp(cells.event),
        received: Timestamp(if cells.received == 0 { cells.event } else { cells.received }),
        sequence: cells.sequence,
        order_id: OrderId(cells.order_id),
        instrument: instrument.id,
        quantity: text::units(instrument, cells.size, "size")?,
        side: side.unwrap_or(Side::Buy),
        ..Event::EMPTY
    };
    if cells.flags & F_LAST != 0 {
        event.flags |= event_flags::LAST;
    }
    if cells.flags & F_SNAPSHOT != 0 {
        event.flags |= event_flags::SNAPSHOT;
    }
    event.kind = match cells.action {
        b'A' => EventKind::Add,
        b'C' => EventKind::Reduce,
        b'M' => EventKind::Modify,
        b'T' => EventKind::Trade,
        b'F' => EventKind::Fill,
        b'N' => EventKind::None,
        b'R' => EventKind::Clear,
        other => return Err(Reason::UnknownType(other).into()),
    };
    match event.kind {
        EventKind::Add | EventKind::Reduce | EventKind::Modify => {
            if side.is_none() {
                return Err(Reason::Field("side").into());
            }
            let nanos = cells.price.ok_or(Fault::Bad(Reason::Missing("price")))?;
            event.price = text::price(instrument, nanos, "price")?;
            if event.kind != EventKind::Add {
                event.flags |= event_flags::LOCATED;
            }
        }
        EventKind::Clear => {}
        kind => {
            // A trade without a price is malformed; a record that only informs may have none.
            match cells.price {
                Some(nanos) => {
                    let (price, rounded) = text::print_price(instrument, nanos, "price")?;
                    event.price = price;
                    if rounded {
                        event.flags |= event_flags::ROUNDED;
                    }
                }
                None if kind == EventKind::Trade => return Err(Reason::Missing("price").into()),
                None => {}
            }
            if side.is_some() {
                event.flags |= match kind {
                    EventKind::Fill => event_flags::LOCATED,
                    _ => event_flags::SIDED,
                };
            }
        }
    }
    Ok(event)
}

/// Reads schema mbp-10 as CSV, row by row: the published book to check a rebuilt one against.
///
/// ```no_run
/// use market_maker::feed::{DatabentoCsvMbp10Reader, Input};
/// use market_maker::types::Instrument;
/// let input = Input::open("arl.mbp10.csv.zst")?;
/// let mut rows = DatabentoCsvMbp10Reader::new(input, &Instrument::new("ARL", 0.01, 1.0)?)?;
/// while let Some(row) = rows.next_row()? {
///     println!("{} {:?} {:?}", row.sequence, row.bids[0], row.asks[0]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DatabentoCsvMbp10Reader {
    table: Table,
    instrument: Instrument,
}

impl DatabentoCsvMbp10Reader {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Reason::Missing`] for a column that schema mbp-10 has and the header lacks.
    pub fn new(input: Input, instrument: &Instrument) -> Result<Self, FeedError> {
        let mut required =
            vec![(Column::Event, "ts_event"), (Column::Action, "action"), (Column::Sequence, "sequence")];
        for level in 0..LEVELS as u8 {
            for side in Side::BOTH {
                required.extend([
                    (Column::LevelPrice(side, level), "price of a level"),
                    (Column::LevelSize(side, level), "size of a level"),
                    (Column::LevelCount(side, level), "order count of a level"),
                ]);
            }
        }
        Ok(Self { table: Table::new(input, &required)?, instrument: *instrument })
    }

    /// The next row, or `None` at the end. No allocation.
    ///
    /// # Errors
    /// As [`EventSource::next_event`]; off-tick prices are errors.
    pub fn next_row(&mut self) -> Result<Option<Mbp10Row>, FeedError> {
        let instrument = &self.instrument;
        let mut sides = [[Mbp10Level::default(); LEVELS]; 2];
        let level = |column: Column, line: &mut Scanner<'_>| {
            match column {
                Column::LevelPrice(side, level) => {
                    if let Some(nanos) = price_nanos(line, "price of a level")? {
                        sides[side.index()][usize::from(level)].price =
                            text::price(instrument, nanos, "price of a level")?;
                    }
                }
                Column::LevelSize(side, level) => {
                    let size = line.unsigned("size of a level")?;
                    sides[side.index()][usize::from(level)].quantity =
                        text::units(instrument, size, "size of a level")?;
                }
                Column::LevelCount(side, level) => {
                    let count = line.unsigned("order count of a level")?;
                    sides[side.index()][usize::from(level)].orders = u32::try_from(count)
                        .map_err(|_| Fault::Bad(Reason::OutOfRange("order count of a level")))?;
                }
                _ => {
                    line.cell();
                }
            }
            Ok(())
        };
        let row = self.table.next(level, |cells| Ok((cells.event, cells.sequence, cells.action)))?;
        let [bids, asks] = sides;
        Ok(row.map(|(timestamp, sequence, action)| Mbp10Row {
            timestamp: Timestamp(timestamp),
            sequence,
            action,
            bids,
            asks,
        }))
    }

    /// Number of rows read.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.table.lines.line - 1
    }
}

/// One letter.
#[inline]
fn letter(line: &mut Scanner<'_>, field: &'static str) -> Result<u8, Fault> {
    match line.peek() {
        Some(byte) if byte.is_ascii_alphabetic() => {
            line.at += 1;
            Ok(byte)
        }
        _ => Err(line.fail(field)),
    }
}

/// A decimal, or an integer of 10⁻⁹; `None` for an empty cell and for the number that means "no price".
#[inline]
fn price_nanos(line: &mut Scanner<'_>, field: &'static str) -> Result<Option<i64>, Fault> {
    if matches!(line.peek(), Some(b',' | b'\n' | b'\r')) {
        return Ok(None);
    }
    let start = line.clone();
    match line.decimal(field) {
        Ok((nanos, true)) => Ok(Some(nanos)),
        Err(Fault::End) => Err(Fault::End),
        // No decimal point: the number counts nano-units. Anything else malformed fails again in the same way.
        _ => {
            *line = start;
            let nanos = line.signed(field)?;
            Ok(if nanos == UNDEFINED_PRICE { None } else { Some(nanos) })
        }
    }
}

/// Nanoseconds since the epoch, or ISO 8601 in UTC: `2025-07-17T07:05:09.035793433Z`.
#[inline]
fn time(line: &mut Scanner<'_>, field: &'static str) -> Result<u64, Fault> {
    let year = line.unsigned(field)?;
    if line.peek() != Some(b'-') {
        return Ok(year);
    }
    let mut part = |separator: u8, range: std::ops::RangeInclusive<u64>| {
        line.expect(separator, field)?;
        let value = line.unsigned(field)?;
        match line.peek() {
            // The rest of the number is missing.
            None => Err(Fault::End),
            Some(_) if range.contains(&value) => Ok(value),
            Some(_) => Err(Fault::Bad(Reason::Field(field))),
        }
    };
    let month = part(b'-', 1..=12)?;
    let day = part(b'-', 1..=31)?;
    let hour = part(b'T', 0..=23)?;
    let minute = part(b':', 0..=59)?;
    line.expect(b':', field)?;
    let nanos = line.seconds(field)?;
    line.expect(b'Z', field)?;
    if !(1970..=2500).contains(&year) || nanos >= 61_000_000_000 {
        return Err(Reason::OutOfRange(field).into());
    }
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60;
    Ok(seconds * 1_000_000_000 + nanos)
}

/// Days from 1970-01-01 in the Gregorian calendar, for years from 1970: the year begins in March, so that the leap day is its
/// last.
const fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}
