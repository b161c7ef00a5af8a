//! The records: what each kind keeps, and how it becomes words and back.
//!
//! The last two words of a two-slot record are its slot's epoch and trailer, which `slot` and `area` fill in.

use crate::position::{InstrumentPosition, Position, TradeRecord};
use crate::types::{
    FeeSchedule, InstrumentId, Money, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};

/// Every field of every record, in order: part of the layout hash, to be changed with any of the functions below.
pub(super) const SCHEMA: &str = "\
commit capital day_start_equity peak_equity max_drawdown max_drawdown_peak fills last_event \
next_order_sequence trade_count trade_live event digest epoch trailer; \
position cash2 basis2 fees_micro2 quantity bought sold fills mark last_fill_id last_event ids<<1|has_mark epoch trailer; \
info instrument|fill_ids<<32 unit_value maker_rate taker_rate maker_lot taker_lot epoch trailer; \
order id linked_id predecessor price remaining filled new_price new_quantity new_quantity_sent sent tag0 tag1 \
instrument|side<<32|state<<40|level<<48|flags<<56 was epoch trailer; \
latch words8 epoch trailer; \
trade timestamp order_id price quantity realised position instrument|side<<32|is_maker<<40 fill_id crc; \
fill id";

pub(super) const POSITION_WORDS: usize = 16;
pub(super) const INFO_WORDS: usize = 8;
pub(super) const ORDER_WORDS: usize = 16;
pub(super) const LATCH_WORDS: usize = LATCH_FIELDS + 2;
pub(super) const TRADE_WORDS: usize = 9;

/// Whether the fill ids of an instrument can be compared for more than equality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FillIdOrder {
    /// They come in any order: the last [`fill_window`](super::StoreConfig::fill_window) of them are remembered.
    #[default]
    Any = 0,
    /// Each is larger than all before it: the last is remembered, and with it all.
    Increasing = 1,
}

impl FillIdOrder {
    /// The order with this number.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Any),
            1 => Some(Self::Increasing),
            _ => None,
        }
    }
}

/// What has been applied to an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppliedIds {
    /// The id of its last fill that had one, else 0.
    pub last_fill_id: u64,
    /// The sequence of its last event that had one, else 0.
    pub last_event: u64,
    /// How its fill ids are compared.
    pub fill_ids: FillIdOrder,
}

/// A working order as it is kept: integers only, so that any order manager can put its own in.
///
/// The order manager of this library fills it from its [`WorkingOrder`](crate::oms::WorkingOrder); a host with another
/// gives `state` and `flags` its own meaning. State 0 stands for no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct StoredOrder {
    /// Its client id.
    pub id: OrderId,
    /// The id of a replacement under way or a predecessor, else 0.
    pub linked_id: OrderId,
    /// The order that it took the place of, while that is not confirmed; else 0.
    pub predecessor: OrderId,
    /// Its price.
    pub price: Price,
    /// Lots that are left.
    pub remaining: Quantity,
    /// Lots that it has traded.
    pub filled: Quantity,
    /// Price of the replacement under way.
    pub new_price: Price,
    /// Lots of the replacement under way.
    pub new_quantity: Quantity,
    /// Lots of the replacement as it was sent.
    pub new_quantity_sent: Quantity,
    /// When its last request was sent.
    pub sent: Timestamp,
    /// The host's own: the venue's order id, a strategy.
    pub tags: [u64; 2],
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// The order manager's state, not 0.
    pub state: u8,
    /// Which wanted quote it serves.
    pub level: u8,
    /// The order manager's flags.
    pub flags: u8,
    /// What it was while its state is not known, else 0.
    pub was: u64,
}

impl StoredOrder {
    /// No order: state 0 and everything else zero.
    pub const EMPTY: Self = Self {
        id: OrderId(0),
        linked_id: OrderId(0),
        predecessor: OrderId(0),
        price: Price(0),
        remaining: Quantity(0),
        filled: Quantity(0),
        new_price: Price(0),
        new_quantity: Quantity(0),
        new_quantity_sent: Quantity(0),
        sent: Timestamp(0),
        tags: [0; 2],
        instrument: InstrumentId(0),
        side: Side::Buy,
        state: 0,
        level: 0,
        flags: 0,
        was: 0,
    };
}

/// Words of a latch.
pub const LATCH_FIELDS: usize = 8;

/// Something that a restart must not forget: a limit that has tripped, a kill switch that is on.
///
/// The words are those of whoever latches; those of this library's gate fit. All zero is a latch that is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct StoredLatch {
    /// Which latch: its place in the store, below [`latches`](super::StoreConfig::latches).
    pub id: u64,
    /// What it holds.
    pub words: [u64; LATCH_FIELDS],
}

impl StoredLatch {
    /// Whether it holds anything.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.words != [0; LATCH_FIELDS]
    }
}

/// `ids` counts the fill ids that have gone into the instrument's ring.
#[inline(always)]
pub(super) fn encode_position(
    slot: &InstrumentPosition,
    applied: &AppliedIds,
    ids: u64,
) -> [u64; POSITION_WORDS] {
    let [a, b, c, d, e, f, g, h, i, j] = slot.position.to_words();
    let flags = ids << 1 | u64::from(slot.has_mark);
    [a, b, c, d, e, f, g, h, i, j, slot.mark.0 as u64, applied.last_fill_id, applied.last_event, flags, 0, 0]
}

/// Where the count of ids and the mark's flag stand in a position.
pub(super) const POSITION_FLAGS: usize = 13;

pub(super) fn encode_info(slot: &InstrumentPosition, applied: &AppliedIds) -> [u64; INFO_WORDS] {
    let fees = &slot.fees;
    [
        u64::from(slot.instrument.0) | (applied.fill_ids as u64) << 32,
        slot.unit_value as u64,
        fees.maker_rate_ppb as u64,
        fees.taker_rate_ppb as u64,
        fees.maker_per_lot_micro as u64,
        fees.taker_per_lot_micro as u64,
        0,
        0,
    ]
}

/// A position, what was applied to it, and how many ids went into its ring; `None` when the words make no sense.
pub(super) fn decode_position(
    words: &[u64; POSITION_WORDS],
    info: &[u64; INFO_WORDS],
) -> Option<(InstrumentPosition, AppliedIds, u64)> {
    let mut position = [0; Position::WORDS];
    position.copy_from_slice(&words[..Position::WORDS]);
    let slot = InstrumentPosition {
        position: Position::from_words(&position)?,
        mark: Price(words[10] as i64),
        unit_value: info[1] as i64,
        fees: FeeSchedule {
            maker_rate_ppb: info[2] as i64,
            taker_rate_ppb: info[3] as i64,
            maker_per_lot_micro: info[4] as i64,
            taker_per_lot_micro: info[5] as i64,
        },
        instrument: InstrumentId(info[0] as u32),
        has_mark: (words[POSITION_FLAGS] & 1) as u32,
    };
    let order = u8::try_from(info[0] >> 32).ok().and_then(FillIdOrder::from_u8)?;
    let applied = AppliedIds { last_fill_id: words[11], last_event: words[12], fill_ids: order };
    Some((slot, applied, words[POSITION_FLAGS] >> 1))
}

#[inline(always)]
pub(super) fn encode_order(order: &StoredOrder) -> [u64; ORDER_WORDS] {
    [
        order.id.0,
        order.linked_id.0,
        order.predecessor.0,
        order.price.0 as u64,
        order.remaining.0,
        order.filled.0,
        order.new_price.0 as u64,
        order.new_quantity.0,
        order.new_quantity_sent.0,
        order.sent.0,
        order.tags[0],
        order.tags[1],
        u64::from(order.instrument.0)
            | (order.side as u64) << 32
            | u64::from(order.state) << 40
            | u64::from(order.level) << 48
            | u64::from(order.flags) << 56,
        order.was,
        0,
        0,
    ]
}

pub(super) fn decode_order(words: &[u64; ORDER_WORDS]) -> Option<StoredOrder> {
    let packed = words[12];
    Some(StoredOrder {
        id: OrderId(words[0]),
        linked_id: OrderId(words[1]),
        predecessor: OrderId(words[2]),
        price: Price(words[3] as i64),
        remaining: Quantity(words[4]),
        filled: Quantity(words[5]),
        new_price: Price(words[6] as i64),
        new_quantity: Quantity(words[7]),
        new_quantity_sent: Quantity(words[8]),
        sent: Timestamp(words[9]),
        tags: [words[10], words[11]],
        instrument: InstrumentId(packed as u32),
        side: Side::from_u8((packed >> 32) as u8)?,
        state: (packed >> 40) as u8,
        level: (packed >> 48) as u8,
        flags: (packed >> 56) as u8,
        was: words[13],
    })
}

pub(super) fn encode_latch(latch: &StoredLatch) -> [u64; LATCH_WORDS] {
    let mut words = [0; LATCH_WORDS];
    words[..LATCH_FIELDS].copy_from_slice(&latch.words);
    words
}

pub(super) fn decode_latch(id: u64, words: &[u64; LATCH_WORDS]) -> StoredLatch {
    let mut latch = StoredLatch { id, ..StoredLatch::default() };
    latch.words.copy_from_slice(&words[..LATCH_FIELDS]);
    latch
}

/// The checksum's word is left 0.
pub(super) fn encode_trade(trade: &TradeRecord, fill_id: u64) -> [u64; TRADE_WORDS] {
    [
        trade.timestamp.0,
        trade.order_id.0,
        trade.price.0 as u64,
        trade.quantity.0,
        trade.realised.0 as u64,
        trade.position.0 as u64,
        u64::from(trade.instrument.0) | (trade.side as u64) << 32 | u64::from(trade.is_maker) << 40,
        fill_id,
        0,
    ]
}

/// The trade and its fill id.
pub(super) fn decode_trade(words: &[u64; TRADE_WORDS]) -> Option<(TradeRecord, u64)> {
    let trade = TradeRecord {
        timestamp: Timestamp(words[0]),
        order_id: OrderId(words[1]),
        price: Price(words[2] as i64),
        quantity: Quantity(words[3]),
        realised: Money(words[4] as i64),
        position: SignedQuantity(words[5] as i64),
        instrument: InstrumentId(words[6] as u32),
        side: Side::from_u8((words[6] >> 32) as u8)?,
        is_maker: (words[6] >> 40 & 1) as u8,
        reserved: [0; 2],
    };
    Some((trade, words[7]))
}
