//! What passes between a host and a store: its config, orders, latches, updates and what it says of itself.

use std::mem::offset_of;

use super::config::Config;
use super::event;
use super::position_types::{mm_fill_t, mm_position_limits_t};
use super::risk_control::mm_risk_latches_t;
use super::status::*;
use crate::mem::mapped_region::RegionError;
use crate::position::store::{
    Applied, Durability, OrderChange, StoreConfig, StoreError, StoreState, StoredLatch, StoredOrder,
    SyncPolicy,
};
use crate::position::{FillOutcome, PositionLimits};
use crate::types::{InstrumentId, OrderId, Price, Quantity, Timestamp};

/// An applied event survives the death of the process.
pub const MM_DURABILITY_PROCESS: u8 = 0;
/// The same, and a loss of power from the next sync on.
pub const MM_DURABILITY_DISK: u8 = 1;

/// Opens the file, or makes it where there is none.
pub const MM_STORE_OPEN_OR_CREATE: u8 = 0;
/// Opens a file that exists.
pub const MM_STORE_OPEN: u8 = 1;
/// Makes a file where there is none.
pub const MM_STORE_CREATE: u8 = 2;

/// The fill ids of the instrument come in any order: the last `fill_window` of them are remembered.
pub const MM_FILL_IDS_ANY: u8 = 0;
/// Each fill id of the instrument is larger than all before it: the last one is remembered, and with it all.
pub const MM_FILL_IDS_INCREASING: u8 = 1;

/// The store was made by this call.
pub const MM_RECOVERY_CREATED: u8 = 0;
/// The store was found with the state after its last event.
pub const MM_RECOVERY_REOPENED: u8 = 1;
/// The store was damaged, by a loss of power or otherwise, and put back to its last sync.
pub const MM_RECOVERY_FROM_CHECKPOINT: u8 = 2;

/// Words of a latch.
pub const MM_STORE_LATCH_WORDS: usize = 8;
const _: () = assert!(MM_STORE_LATCH_WORDS == crate::position::store::LATCH_FIELDS);

/// Capacities, durability and account of a store.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_store_config_t {
    /// Set by `mm_store_config_init`.
    pub struct_size: usize,
    /// Equity at the start, account units. A store that exists keeps its own. Default 0.
    pub capital: i64,
    /// Limits of the positions, not stored. Defaults as those of a tracker.
    pub limits: mm_position_limits_t,
    /// Disk: syncs when an event's timestamp is this many nanoseconds after that of the last sync; 0 not by time.
    pub sync_every_ns: u64,
    /// Disk: syncs after so many events, 1 for each; 0 not by number. With both zero only `mm_store_sync` syncs.
    pub sync_every_events: u32,
    /// Instruments that can be registered, 1 to 65536. Default 64.
    pub instruments: u32,
    /// Working orders of all instruments together, 0 to 65536. Default 1024.
    pub orders: u32,
    /// Latches, 0 to 4096. Default 64.
    pub latches: u32,
    /// Fill ids that are remembered per instrument, 0 to 4096. Default 64.
    pub fill_window: u32,
    /// Latest trades that are kept, 0 to 2^24. Default 0.
    pub history: u32,
    /// `MM_DURABILITY_*`. Default process.
    pub durability: u8,
    /// `MM_STORE_OPEN_OR_CREATE`, `MM_STORE_OPEN` or `MM_STORE_CREATE`.
    pub mode: u8,
    /// 1: a store that exists keeps its capacities and its kind of durability, whatever is asked for here. 0: they must
    /// be the same.
    pub keep_capacities: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

// SAFETY: repr(C), begins with `struct_size`; eight 8-byte fields, six 4-byte ones and eight bytes leave no padding, all
// integers.
unsafe impl Config for mm_store_config_t {
    const FIRST_SIZE: usize = 96;
    fn defaults() -> Self {
        let defaults = StoreConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            capital: defaults.capital,
            limits: (&defaults.limits).into(),
            sync_every_ns: 0,
            sync_every_events: 0,
            instruments: defaults.instruments,
            orders: defaults.orders,
            latches: defaults.latches,
            fill_window: defaults.fill_window,
            history: defaults.history,
            durability: MM_DURABILITY_PROCESS,
            mode: MM_STORE_OPEN_OR_CREATE,
            keep_capacities: 0,
            reserved: [0; 5],
        }
    }
}

const _: () = assert!(size_of::<mm_store_config_t>() >= <mm_store_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_store_config_t> for StoreConfig {
    type Error = Failure;

    fn try_from(config: &mm_store_config_t) -> Result<Self, Failure> {
        let policy = SyncPolicy { every_events: config.sync_every_events, every_ns: config.sync_every_ns };
        Ok(Self {
            instruments: config.instruments,
            orders: config.orders,
            latches: config.latches,
            fill_window: config.fill_window,
            history: config.history,
            capital: config.capital,
            limits: PositionLimits::from(&config.limits),
            durability: match config.durability {
                MM_DURABILITY_PROCESS => Durability::Process,
                MM_DURABILITY_DISK => Durability::Disk(policy),
                other => return Err(unknown("durability", other)),
            },
        })
    }
}

pub(super) fn unknown(what: &str, number: u8) -> Failure {
    Failure::new(MM_E_ENUM, format_args!("{what} {number} is unknown"))
}

/// A working order as a store keeps it. State 0 stands for an order that is over, of which only `order_id` is used.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_store_order_t {
    /// Its client id.
    pub order_id: u64,
    /// The id of a replacement under way or a predecessor, else 0.
    pub linked_id: u64,
    /// The order that it took the place of, while that is not confirmed; else 0.
    pub predecessor: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Lots that are left.
    pub remaining: u64,
    /// Lots that it has traded.
    pub filled: u64,
    /// Price of the replacement under way, ticks.
    pub new_price: i64,
    /// Lots of the replacement under way.
    pub new_quantity: u64,
    /// Lots of the replacement as it was sent.
    pub new_quantity_sent: u64,
    /// When its last request was sent, ns.
    pub sent: u64,
    /// The host's own: the venue's order id, a strategy.
    pub tags: [u64; 2],
    /// What it was while its state is not known, else 0.
    pub was: u64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// `MM_ORDER_*` or the host's own number; 0 removes the order.
    pub state: u8,
    /// Which wanted quote it serves.
    pub level: u8,
    /// The order manager's or the host's own flags.
    pub flags: u8,
}

impl From<&StoredOrder> for mm_store_order_t {
    fn from(order: &StoredOrder) -> Self {
        Self {
            order_id: order.id.0,
            linked_id: order.linked_id.0,
            predecessor: order.predecessor.0,
            price: order.price.0,
            remaining: order.remaining.0,
            filled: order.filled.0,
            new_price: order.new_price.0,
            new_quantity: order.new_quantity.0,
            new_quantity_sent: order.new_quantity_sent.0,
            sent: order.sent.0,
            tags: order.tags,
            was: order.was,
            instrument: order.instrument.0,
            side: order.side as u8,
            state: order.state,
            level: order.level,
            flags: order.flags,
        }
    }
}

/// A removal is state 0.
impl From<&OrderChange> for mm_store_order_t {
    fn from(change: &OrderChange) -> Self {
        match change {
            OrderChange::Put(order) => order.into(),
            OrderChange::Remove(id) => Self { order_id: id.0, ..Self::default() },
        }
    }
}

impl TryFrom<&mm_store_order_t> for StoredOrder {
    type Error = Failure;

    fn try_from(order: &mm_store_order_t) -> Result<Self, Failure> {
        Ok(Self {
            id: OrderId(order.order_id),
            linked_id: OrderId(order.linked_id),
            predecessor: OrderId(order.predecessor),
            price: Price(order.price),
            remaining: Quantity(order.remaining),
            filled: Quantity(order.filled),
            new_price: Price(order.new_price),
            new_quantity: Quantity(order.new_quantity),
            new_quantity_sent: Quantity(order.new_quantity_sent),
            sent: Timestamp(order.sent),
            tags: order.tags,
            instrument: InstrumentId(order.instrument),
            side: event::side(order.side)?,
            state: order.state,
            level: order.level,
            flags: order.flags,
            was: order.was,
        })
    }
}

/// Something that a restart must not forget: a limit that has tripped, a kill switch that is on. All words zero is a latch
/// that is not set. The words of a risk gate are its `mm_risk_latches_t`, byte for byte: copy them with `memcpy`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_store_latch_t {
    /// Its place in the store, below the configured number.
    pub id: u64,
    /// What it holds: the words of whoever latches.
    pub words: [u64; MM_STORE_LATCH_WORDS],
}

// The gate's latches go in and out as bytes: the order of the fields is that of `RiskLatches::to_stored`.
const _: () = assert!(size_of::<mm_risk_latches_t>() == size_of::<[u64; MM_STORE_LATCH_WORDS]>());
const _: () =
    assert!(offset_of!(mm_risk_latches_t, killed) == 16 && offset_of!(mm_risk_latches_t, limit) == 48);

impl From<&StoredLatch> for mm_store_latch_t {
    fn from(latch: &StoredLatch) -> Self {
        Self { id: latch.id, words: latch.words }
    }
}

impl From<&mm_store_latch_t> for StoredLatch {
    fn from(latch: &mm_store_latch_t) -> Self {
        Self { id: latch.id, words: latch.words }
    }
}

/// Everything that one event of the host changes. Zeros are an event that changes nothing.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_store_update_t {
    /// Its number in the host's stream of events of the instrument, or of the account; they increase. 0 for none: then
    /// only `fill_id` tells whether it was applied.
    pub sequence: u64,
    /// When, ns, for `sync_every_ns`.
    pub timestamp: u64,
    /// A fill, or null. Its instrument is that of the update.
    pub fill: *const mm_fill_t,
    /// The venue's id of the fill, 0 for none.
    pub fill_id: u64,
    /// A price to value the open lots at, ticks, when `has_mark` is 1; not with a fill.
    pub mark: i64,
    /// Orders that are new, have changed or are over, each id at most once.
    pub orders: *const mm_store_order_t,
    /// How many, 4096 at most.
    pub order_count: usize,
    /// Latches that are set or cleared, each id at most once.
    pub latches: *const mm_store_latch_t,
    /// How many.
    pub latch_count: usize,
    /// What the order manager will use next, 0 for as before.
    pub next_order_sequence: u64,
    /// The instrument, when `has_instrument` is 1.
    pub instrument: u32,
    /// 1 for an event of an instrument, 0 for one of the account.
    pub has_instrument: u8,
    /// 1 when `mark` counts.
    pub has_mark: u8,
    /// Zero.
    pub reserved: u16,
}

/// What a store is and how it was found.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_store_info_t {
    /// The number of the last event: counts every change since the store was made.
    pub epoch: u64,
    /// The last event that is safe from a loss of power; 0 without `MM_DURABILITY_DISK`.
    pub synced_epoch: u64,
    /// The event whose state was found, under `MM_RECOVERY_FROM_CHECKPOINT`, else 0.
    pub recovered_epoch: u64,
    /// The sequence of the last event of the account, else 0.
    pub last_event: u64,
    /// What `next_order_sequence` was last said to be, else 0.
    pub next_order_sequence: u64,
    /// One number for the whole state but the epoch: equal for equal states.
    pub state_hash: u64,
    /// Instruments that are registered.
    pub instruments: u32,
    /// Working orders.
    pub orders: u32,
    /// Latches that are set.
    pub latches: u32,
    /// Trades that are kept.
    pub trades: u32,
    /// Instruments that can be registered.
    pub instrument_capacity: u32,
    /// Orders that can work at once.
    pub order_capacity: u32,
    /// Latches.
    pub latch_capacity: u32,
    /// Trades that can be kept.
    pub history: u32,
    /// Fill ids that are remembered per instrument.
    pub fill_window: u32,
    /// `MM_DURABILITY_*`.
    pub durability: u8,
    /// `MM_RECOVERY_*`; reopened for a reader.
    pub recovery: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// What was applied to an instrument last.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_store_applied_t {
    /// The id of its last fill that had one, else 0.
    pub last_fill_id: u64,
    /// The sequence of its last event that had one, else 0.
    pub last_event: u64,
}

impl mm_store_info_t {
    /// Everything but how the store was found.
    pub(super) fn new(state: &StoreState, config: &StoreConfig) -> Self {
        Self {
            epoch: state.epoch,
            last_event: state.last_event,
            next_order_sequence: state.next_order_sequence,
            state_hash: state.hash(),
            instruments: state.positions.len() as u32,
            orders: state.orders.len() as u32,
            latches: state.latches.len() as u32,
            trades: state.trades.len() as u32,
            instrument_capacity: config.instruments,
            order_capacity: config.orders,
            latch_capacity: config.latches,
            history: config.history,
            fill_window: config.fill_window,
            durability: match config.durability {
                Durability::Process => MM_DURABILITY_PROCESS,
                Durability::Disk(_) => MM_DURABILITY_DISK,
            },
            recovery: MM_RECOVERY_REOPENED,
            ..Self::default()
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Position(error) => return error.into(),
            StoreError::Region(RegionError::Locked) => MM_E_STORE_LOCKED,
            StoreError::Region(RegionError::ReadOnly) => MM_E_STORE_READ_ONLY,
            StoreError::Region(RegionError::NoSpace { .. }) => MM_E_STORE_NO_SPACE,
            StoreError::Region(_) => MM_E_IO,
            StoreError::Exists => MM_E_STORE_EXISTS,
            StoreError::NotAStore => MM_E_STORE_FORMAT,
            StoreError::Version { .. } => MM_E_STORE_VERSION,
            StoreError::Endianness | StoreError::Layout => MM_E_STORE_LAYOUT,
            StoreError::Size { .. } => MM_E_STORE_SIZE,
            StoreError::Capacity { .. } => MM_E_STORE_CAPACITY,
            StoreError::Corrupt(_) => MM_E_STORE_CORRUPT,
            StoreError::Superseded => MM_E_STORE_SUPERSEDED,
            StoreError::Busy => MM_E_STORE_BUSY,
            StoreError::OrdersFull { .. } => MM_E_FULL,
            StoreError::UnknownOrder(_) | StoreError::UnknownLatch { .. } => MM_E_NOT_FOUND,
            StoreError::BadOrder(_) => MM_E_DUPLICATE,
            StoreError::BadConfig(_) => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// The status of an applied event, and what its fill did.
pub(super) const fn status_of(applied: &Applied) -> (mm_status_t, Option<FillOutcome>) {
    match applied {
        Applied::Duplicate => (MM_DUPLICATE, None),
        Applied::Done(outcome) => (MM_OK, *outcome),
        Applied::Unsynced(outcome) => (MM_UNSYNCED, *outcome),
    }
}
