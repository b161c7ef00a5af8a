//! Databento binary encoding (DBN) versions 1 to 3: schema mbo order by order; mbp-1 and trades as quotes and prints.
//!
//! A file is metadata, then records of a whole number of four-byte words, little-endian. Databento's own crate decodes the
//! metadata and says where each field of a record lies (`offset_of!` of its record types); the reader loads the
//! fields from the borrowed bytes, whatever their alignment. O(1) per record, nothing allocated after construction,
//! no bytes can make it panic. Format: <https://databento.com/docs/standards-and-conventions/databento-binary-encoding>.

use std::mem::offset_of;

use ::dbn::decode::dbn::MetadataDecoder;
use ::dbn::enums::rtype;
use ::dbn::{
    BidAskPair, FIXED_PRICE_SCALE, MboMsg, Mbp1Msg, Metadata, RType, RecordHeader, Schema, TradeMsg,
    UNDEF_PRICE, VersionUpgradePolicy, flags,
};

use super::{EventSource, FeedError, Input, Progress, Reason};
use crate::types::{
    ConversionError, Event, EventKind, Instrument, InstrumentId, OrderId, Price, Quantity, Rounding, Side,
    Timestamp, event_flags,
};

/// Magic, version and length in front of the metadata.
const PRELUDE: usize = 8;
/// Metadata before its lists, in every version that is read.
const FIXED_METADATA: usize = 100;
/// Where the schema stands in the file.
const SCHEMA_OFFSET: u64 = PRELUDE as u64 + 16;
/// What a record gains in a live recording: the time at which the gateway sent it.
const TS_OUT: usize = 8;
const NEWEST_VERSION: u8 = 3;
/// One unit of size in nano-units.
const UNIT: i64 = FIXED_PRICE_SCALE;

/// Which instruments a reader yields events of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstrumentFilter {
    /// The file's only one, under the reader's own id; a record of a second is an error.
    #[default]
    Single,
    /// The one that the venue numbers so, under the reader's own id; records of others are skipped.
    Only(InstrumentId),
    /// All of them, under the venue's numbers.
    All,
}

/// Reads one DBN file.
///
/// Schema mbo, each record one event:
///
/// | action | event |
/// |---|---|
/// | `A` | `Add` |
/// | `C` | `Reduce` by the record's size, `LOCATED` |
/// | `M` | `Modify`, `LOCATED` |
/// | `T` | `Trade`; `side` is the aggressor's, `SIDED` unless the record names none |
/// | `F`, `N` | `None` with the record's price, size and side: the `C` or `M` that follows a fill changes the book |
/// | `R` | `Clear` |
///
/// Schemas trades and mbp-1: a `Trade` for each `T`; mbp-1 then yields the [`EventKind::BestQuote`] of the bid and of the ask
/// (quantity 0 where the side is empty). Flags: 128 becomes `LAST` (of the last event that a record makes), 32
/// `SNAPSHOT`. `timestamp` is `ts_event`, `received` is `ts_recv`, in UNIX nanoseconds. Other schemas are refused by name.
/// A recording of mixed schemas (as live data is) yields the events of these three and skips its other records.
///
/// ```no_run
/// use market_maker::feed::dbn::{DbnReader, InstrumentFilter};
/// use market_maker::feed::{EventSource, Input};
/// use market_maker::types::Instrument;
/// let future = Instrument::new("ESH4", 0.25, 1.0)?;
/// let mut reader = DbnReader::new(Input::open("esh4.mbo.dbn.zst")?, &future, InstrumentFilter::Single)?;
/// while let Some(event) = reader.next_event()? {
///     println!("{} {:?}", event.timestamp, event.kind);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DbnReader {
    input: Input,
    instrument: Instrument,
    filter: InstrumentFilter,
    /// The file's one instrument, once a record named it.
    single: Option<InstrumentId>,
    metadata: Metadata,
    offset: usize,
    /// Events that the last record made besides the one returned, the next one last.
    pending: [Event; 2],
    waiting: usize,
    finished: bool,
}

/// A record's fields, at the offsets that the record type `dbn` names.
macro_rules! load {
    ($record:expr, $type:ty, $first:ident $(. $rest:ident)*, $as:ty) => {
        <$as>::from_le_bytes(chunk($record, offset_of!($type, $first $(. $rest)*)))
    };
}

/// `N` bytes at `at`; the record's length was checked, so that they are there.
#[inline(always)]
fn chunk<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    record.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
}

/// The refusal of each schema that yields no events.
fn refuse(schema: Schema) -> Option<Reason> {
    macro_rules! table {
        ($($variant:ident = $name:literal),* $(,)?) => {
            match schema {
                Schema::Mbo | Schema::Mbp1 | Schema::Trades => None,
                $( Schema::$variant => Some(Reason::Other(
                    concat!("DBN schema ", $name, " holds no events; mbo, mbp-1 and trades do")
                )), )*
            }
        };
    }
    table! {
        Mbp10 = "mbp-10", Tbbo = "tbbo", Ohlcv1S = "ohlcv-1s", Ohlcv1M = "ohlcv-1m", Ohlcv1H = "ohlcv-1h",
        Ohlcv1D = "ohlcv-1d", Definition = "definition", Statistics = "statistics", Status = "status",
        Imbalance = "imbalance", OhlcvEod = "ohlcv-eod", Cmbp1 = "cmbp-1", Cbbo1S = "cbbo-1s",
        Cbbo1M = "cbbo-1m", Tcbbo = "tcbbo", Bbo1S = "bbo-1s", Bbo1M = "bbo-1m",
    }
}

/// The metadata and where the records begin; or what is wrong, and where.
fn metadata(bytes: &[u8]) -> Result<(Metadata, usize), (u64, Option<Reason>)> {
    let bad = |at: u64, text| Err((at, Some(Reason::Other(text))));
    let Some((prelude, rest)) = bytes.split_first_chunk::<PRELUDE>() else {
        return if b"DBN".starts_with(&bytes[..bytes.len().min(3)]) {
            Err((0, None))
        } else {
            bad(0, "not DBN: no metadata header (a fragment?)")
        };
    };
    let [b'D', b'B', b'N', version, length @ ..] = *prelude else {
        return bad(0, "not DBN: no metadata header (a fragment?)");
    };
    if version == 0 || version > NEWEST_VERSION {
        return bad(3, "DBN version is not 1, 2 or 3");
    }
    let length = u32::from_le_bytes(length);
    let end = length as usize;
    if end < FIXED_METADATA {
        let reason = Reason::Length { expected: FIXED_METADATA as u32, found: length };
        return Err((4, Some(reason)));
    }
    if rest.len() < end {
        return Err((0, None));
    }
    let whole = &bytes[..PRELUDE + end];
    match MetadataDecoder::with_upgrade_policy(whole, VersionUpgradePolicy::AsIs).decode() {
        Ok(metadata) => Ok((metadata, whole.len())),
        Err(_) => bad(PRELUDE as u64, "DBN metadata is malformed"),
    }
}

impl DbnReader {
    /// Reads the metadata. Ticks and lots are those of `instrument`, whichever instruments pass `filter`.
    ///
    /// # Errors
    /// [`FeedError::Record`] when the file does not begin with DBN metadata (a fragment, another format), is of a
    /// version that is not read, or of a schema without events; [`FeedError::Truncated`] when the metadata breaks off.
    pub fn new(input: Input, instrument: &Instrument, filter: InstrumentFilter) -> Result<Self, FeedError> {
        let fail = |offset, reason: Option<Reason>| match reason {
            Some(reason) => FeedError::Record { name: input.shared_name(), offset, reason },
            None => input
                .damage_error(0)
                .unwrap_or_else(|| FeedError::Truncated { name: input.shared_name(), offset }),
        };
        let (metadata, offset) = metadata(input.bytes()).map_err(|(at, reason)| fail(at, reason))?;
        if let Some(reason) = metadata.schema.and_then(refuse) {
            return Err(fail(SCHEMA_OFFSET, Some(reason)));
        }
        Ok(Self {
            input,
            instrument: *instrument,
            filter,
            single: None,
            metadata,
            offset,
            pending: [Event::EMPTY; 2],
            waiting: 0,
            finished: false,
        })
    }

    /// The dataset's code, such as `GLBX.MDP3`.
    #[must_use]
    pub fn dataset(&self) -> &str {
        &self.metadata.dataset
    }

    /// The schema's name, `None` for a recording of mixed schemas.
    #[must_use]
    pub fn schema(&self) -> Option<&'static str> {
        self.metadata.schema.map(|schema| schema.as_str())
    }

    /// The version of the encoding, 1 to 3.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.metadata.version
    }

    /// The symbols that the recording was asked for.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.metadata.symbols.iter().map(String::as_str)
    }

    #[cold]
    fn fail(&mut self, reason: Option<Reason>) -> FeedError {
        self.finished = true;
        let (name, offset) = (self.input.shared_name(), self.offset as u64);
        match reason {
            Some(reason) => FeedError::Record { name, offset, reason },
            None => self.input.damage_error(self.offset).unwrap_or(FeedError::Truncated { name, offset }),
        }
    }
}

/// What turns the records of one file into events.
struct Decoder<'a> {
    instrument: &'a Instrument,
    filter: InstrumentFilter,
    schema: Option<Schema>,
    ts_out: bool,
}

/// The events that follow a record's first one: how many, the next one last.
struct Followers<'a> {
    events: &'a mut [Event; 2],
    count: &'a mut usize,
}

impl Decoder<'_> {
    /// Checks a record's length against its type; whether it is of a type that makes events.
    #[inline]
    fn check(&self, kind: u8, length: usize) -> Result<bool, Reason> {
        let expected = match (self.schema, kind) {
            (Some(Schema::Mbo) | None, rtype::MBO) => size_of::<MboMsg>(),
            (Some(Schema::Mbp1) | None, rtype::MBP_1) => size_of::<Mbp1Msg>(),
            (Some(Schema::Trades) | None, rtype::MBP_0) => size_of::<TradeMsg>(),
            // What a gateway says about itself stands between the records of any schema.
            (_, rtype::ERROR | rtype::SYSTEM | rtype::SYMBOL_MAPPING) => return Ok(false),
            (None, other) if RType::try_from(other).is_ok() => return Ok(false),
            (_, other) => return Err(Reason::UnknownType(other)),
        };
        let expected = if self.ts_out { expected + TS_OUT } else { expected };
        if length == expected {
            Ok(true)
        } else {
            Err(Reason::Length { expected: expected as u32, found: length as u32 })
        }
    }

    #[inline]
    fn record(
        &self,
        record: &[u8],
        single: &mut Option<InstrumentId>,
        followers: Followers<'_>,
    ) -> Result<Option<Event>, Reason> {
        let kind = load!(record, RecordHeader, rtype, u8);
        if !self.check(kind, record.len())? {
            return Ok(None);
        }
        let id = InstrumentId(load!(record, RecordHeader, instrument_id, u32));
        let instrument = match self.filter {
            InstrumentFilter::All => id,
            InstrumentFilter::Only(only) if only != id => return Ok(None),
            InstrumentFilter::Single if *single.get_or_insert(id) != id => {
                return Err(Reason::Other("more than one instrument in the file"));
            }
            InstrumentFilter::Only(_) | InstrumentFilter::Single => self.instrument.id,
        };
        let mut event = Event {
            timestamp: Timestamp(load!(record, RecordHeader, ts_event, u64)),
            instrument,
            ..Event::EMPTY
        };
        match kind {
            rtype::MBO => self.mbo(record, &mut event)?,
            rtype::MBP_1 => self.mbp1(record, &mut event, followers)?,
            _ => self.trades(record, &mut event)?,
        }
        Ok(Some(event))
    }

    /// Writes into an event in place: building it anew would copy a cache line several times.
    #[inline]
    fn mbo(&self, record: &[u8], event: &mut Event) -> Result<(), Reason> {
        let raw_flags = load!(record, MboMsg, flags, u8);
        let raw_price = load!(record, MboMsg, price, i64);
        let side = side(load!(record, MboMsg, side, u8))?;
        event.received = Timestamp(load!(record, MboMsg, ts_recv, u64));
        event.sequence = u64::from(load!(record, MboMsg, sequence, u32));
        event.order_id = OrderId(load!(record, MboMsg, order_id, u64));
        event.quantity = self.quantity(load!(record, MboMsg, size, u32))?;
        event.side = side.unwrap_or(Side::Buy);
        event.flags = event_bits(raw_flags);
        event.kind = match load!(record, MboMsg, action, u8) {
            b'A' => EventKind::Add,
            b'C' => EventKind::Reduce,
            b'M' => EventKind::Modify,
            b'T' => EventKind::Trade,
            b'F' => EventKind::Fill,
            b'N' => EventKind::None,
            b'R' => EventKind::Clear,
            other => return Err(Reason::UnknownType(other)),
        };
        match event.kind {
            EventKind::Clear => {}
            EventKind::Add | EventKind::Reduce | EventKind::Modify => {
                if raw_flags & (flags::TOB | flags::MBP) != 0 {
                    return Err(Reason::Other("an aggregated level among the orders"));
                }
                if side.is_none() {
                    return Err(Reason::Field("side"));
                }
                event.price = self.book_price(raw_price)?;
                if event.kind != EventKind::Add {
                    event.flags |= event_flags::LOCATED;
                }
            }
            // A record that only informs may have no price.
            EventKind::None | EventKind::Fill if raw_price == UNDEF_PRICE => mark_side(event, side),
            _ => self.print(event, raw_price, side)?,
        }
        // The side of a fill is that of the resting order.
        if event.kind == EventKind::Fill && event.has(event_flags::SIDED) {
            event.flags ^= event_flags::SIDED | event_flags::LOCATED;
        }
        Ok(())
    }

    fn trades(&self, record: &[u8], event: &mut Event) -> Result<(), Reason> {
        event.kind = EventKind::Trade;
        event.received = Timestamp(load!(record, TradeMsg, ts_recv, u64));
        event.sequence = u64::from(load!(record, TradeMsg, sequence, u32));
        event.quantity = self.quantity(load!(record, TradeMsg, size, u32))?;
        event.flags = event_bits(load!(record, TradeMsg, flags, u8));
        let side = side(load!(record, TradeMsg, side, u8))?;
        self.print(event, load!(record, TradeMsg, price, i64), side)
    }

    fn mbp1(&self, record: &[u8], first: &mut Event, followers: Followers<'_>) -> Result<(), Reason> {
        const LEVEL: usize = offset_of!(Mbp1Msg, levels);
        let event = Event {
            received: Timestamp(load!(record, Mbp1Msg, ts_recv, u64)),
            sequence: u64::from(load!(record, Mbp1Msg, sequence, u32)),
            flags: event_bits(load!(record, Mbp1Msg, flags, u8)),
            ..*first
        };
        let inner = Event { flags: event.flags & !event_flags::LAST, ..event };
        let level = &record[LEVEL..LEVEL + size_of::<BidAskPair>()];
        let bid = self.best(
            Event { side: Side::Buy, ..inner },
            load!(level, BidAskPair, bid_px, i64),
            load!(level, BidAskPair, bid_sz, u32),
        )?;
        let ask = self.best(
            Event { side: Side::Sell, ..event },
            load!(level, BidAskPair, ask_px, i64),
            load!(level, BidAskPair, ask_sz, u32),
        )?;
        (*first, *followers.events, *followers.count) = match load!(record, Mbp1Msg, action, u8) {
            b'T' => {
                let mut trade = Event {
                    kind: EventKind::Trade,
                    quantity: self.quantity(load!(record, Mbp1Msg, size, u32))?,
                    ..inner
                };
                let side = side(load!(record, Mbp1Msg, side, u8))?;
                self.print(&mut trade, load!(record, Mbp1Msg, price, i64), side)?;
                (trade, [ask, bid], 2)
            }
            b'A' | b'C' | b'M' | b'R' | b'F' | b'N' => (bid, [ask, Event::EMPTY], 1),
            other => return Err(Reason::UnknownType(other)),
        };
        Ok(())
    }

    fn best(&self, event: Event, raw_price: i64, size: u32) -> Result<Event, Reason> {
        let event = Event { kind: EventKind::BestQuote, ..event };
        if raw_price == UNDEF_PRICE {
            return Ok(event);
        }
        Ok(Event { price: self.book_price(raw_price)?, quantity: self.quantity(size)?, ..event })
    }

    #[inline]
    fn print(&self, event: &mut Event, raw_price: i64, side: Option<Side>) -> Result<(), Reason> {
        if raw_price == UNDEF_PRICE {
            return Err(Reason::Missing("price"));
        }
        mark_side(event, side);
        let number = |error| Reason::number("price", error);
        event.price = match self.instrument.price_from_nanos(raw_price, Rounding::Exact) {
            Err(ConversionError::OffIncrement { .. }) => {
                event.flags |= event_flags::ROUNDED;
                self.instrument.price_from_nanos(raw_price, Rounding::Nearest).map_err(number)?
            }
            exact => exact.map_err(number)?,
        };
        Ok(())
    }

    #[inline]
    fn book_price(&self, raw_price: i64) -> Result<Price, Reason> {
        if raw_price == UNDEF_PRICE {
            return Err(Reason::Missing("price"));
        }
        self.instrument
            .price_from_nanos(raw_price, Rounding::Exact)
            .map_err(|error| Reason::number("price", error))
    }

    #[inline]
    fn quantity(&self, size: u32) -> Result<Quantity, Reason> {
        if self.instrument.lot_nanos() == UNIT {
            return Ok(Quantity(u64::from(size)));
        }
        self.instrument
            .quantity_from_nanos(i64::from(size) * UNIT)
            .map_err(|error| Reason::number("size", error))
    }
}

/// The side that a record names: `B`id, `A`sk, `N`one.
#[inline]
const fn side(code: u8) -> Result<Option<Side>, Reason> {
    match code {
        b'B' => Ok(Some(Side::Buy)),
        b'A' => Ok(Some(Side::Sell)),
        b'N' => Ok(None),
        _ => Err(Reason::Field("side")),
    }
}

const fn mark_side(event: &mut Event, side: Option<Side>) {
    if let Some(side) = side {
        event.side = side;
        event.flags |= event_flags::SIDED;
    }
}

#[inline]
const fn event_bits(raw: u8) -> u16 {
    let last = if raw & flags::LAST != 0 { event_flags::LAST } else { 0 };
    let snapshot = if raw & flags::SNAPSHOT != 0 { event_flags::SNAPSHOT } else { 0 };
    last | snapshot
}

impl EventSource for DbnReader {
    /// # Errors
    /// [`FeedError::Record`] with the offset of the record for a length that is not the type's, a type or action that the
    /// schema does not have, an unknown side, or a price or size between increments; [`FeedError::Truncated`] for a
    /// record that breaks off; [`FeedError::Corrupt`] for damaged compression.
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        if self.waiting > 0 {
            self.waiting -= 1;
            return Ok(Some(self.pending[self.waiting]));
        }
        if self.finished {
            return Ok(None);
        }
        loop {
            let rest = self.input.bytes().get(self.offset..).unwrap_or_default();
            let Some(&words) = rest.first() else {
                self.finished = true;
                return self.input.damage_error(self.offset).map_or(Ok(None), Err);
            };
            let length = usize::from(words) * 4;
            if length < size_of::<RecordHeader>() {
                let reason =
                    Reason::Length { expected: size_of::<RecordHeader>() as u32, found: length as u32 };
                return Err(self.fail(Some(reason)));
            }
            let decoder = Decoder {
                instrument: &self.instrument,
                filter: self.filter,
                schema: self.metadata.schema,
                ts_out: self.metadata.ts_out,
            };
            let Some(record) = rest.get(..length) else {
                // Broken off, unless its type or length is wrong anyway.
                let wrong = rest.get(1).and_then(|&kind| decoder.check(kind, length).err());
                return Err(self.fail(wrong));
            };
            let followers = Followers { events: &mut self.pending, count: &mut self.waiting };
            match decoder.record(record, &mut self.single, followers) {
                Ok(event) => {
                    self.offset += length;
                    if event.is_some() {
                        return Ok(event);
                    }
                }
                Err(reason) => return Err(self.fail(Some(reason))),
            }
        }
    }

    fn progress(&self) -> Progress {
        Progress { done: self.offset as u64, total: self.input.bytes().len() as u64 }
    }
}

#[cfg(test)]
mod tests;
