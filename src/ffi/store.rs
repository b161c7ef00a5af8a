//! State that survives: `mm_store_t`, a position tracker with orders and latches on a file, and its readers.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config::{self, Config};
use super::event::{self, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::position::{
    mm_fill_outcome_t, mm_fill_t, mm_position_limits_t, mm_position_t, mm_position_totals_t,
    mm_position_tracker_t, mm_trade_t,
};
use super::status::*;
use crate::mem::mapped_region::RegionError;
use crate::position::store::{
    Applied, Durability, FillIdOrder, OrderChange, PositionChange, Recovery, Store, StoreConfig, StoreError,
    StoreReader, StoreState, StoredLatch, StoredOrder, SyncPolicy, Update,
};
use crate::position::{Fill, FillOutcome, PositionLimits};
use crate::types::{Instrument, InstrumentId, OrderId, Price, Quantity, Timestamp};

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

/// Positions, working orders, latches and what was applied, in a file that survives the process.
pub struct mm_store_t {
    _opaque: [u8; 0],
}

impl Noun for mm_store_t {
    type Value = Store;
    const NAME: &'static str = "mm_store_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-store");
}

/// A view of a store that another handle, often of another process, writes.
pub struct mm_store_reader_t {
    _opaque: [u8; 0],
}

/// The view and what it saw last.
pub(super) struct Reader {
    reader: StoreReader,
    state: StoreState,
}

impl Noun for mm_store_reader_t {
    type Value = Reader;
    const NAME: &'static str = "mm_store_reader_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-strdr");
}

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
        let policy =
            SyncPolicy { every_events: config.sync_every_events, every_ns: config.sync_every_ns };
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

fn unknown(what: &str, number: u8) -> Failure {
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
/// that is not set.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_store_latch_t {
    /// Its place in the store, below the configured number.
    pub id: u64,
    /// What it holds: the words of whoever latches.
    pub words: [u64; MM_STORE_LATCH_WORDS],
}

/// Everything that one event of the host changes.
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
    /// `MM_RECOVERY_*`; reopened for a reader.
    pub recovery: u8,
    /// Zero.
    pub reserved: [u8; 7],
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
const fn status_of(applied: &Applied) -> (mm_status_t, Option<FillOutcome>) {
    match applied {
        Applied::Duplicate => (MM_DUPLICATE, None),
        Applied::Done(outcome) => (MM_OK, *outcome),
        Applied::Unsynced(outcome) => (MM_UNSYNCED, *outcome),
    }
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_config_init(
    config: *mut mm_store_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Opens or makes a store. `mm_store_info` says how it was found. O(size); nothing allocates afterwards.
///
/// # Errors
/// `MM_E_STORE_LOCKED` when it has a writer, `MM_E_STORE_READ_ONLY`, `MM_E_STORE_NO_SPACE`, `MM_E_STORE_EXISTS`, `MM_E_IO`;
/// `MM_E_STORE_FORMAT`, `MM_E_STORE_VERSION`, `MM_E_STORE_LAYOUT`, `MM_E_STORE_SIZE`, `MM_E_STORE_CAPACITY`,
/// `MM_E_STORE_CORRUPT`; `MM_E_INVALID_ARGUMENT`, `MM_E_ENUM`, `MM_E_STRUCT_SIZE`, `MM_E_UTF8`, `MM_E_NULL`. The file is as it
/// was then.
///
/// # Safety
/// `path` is a NUL-terminated string; `config` points to an initialised config; `store` is writable. Free the handle with
/// `mm_store_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_open(
    path: *const c_char,
    config: *const mm_store_config_t,
    store: *mut *mut mm_store_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(store, "store") }?;
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        // SAFETY: by this function's contract.
        let asked = unsafe { config::read(config) }?;
        let mut config = affordable(&asked)?;
        if event::flag(asked.keep_capacities, "keep_capacities")? && asked.mode != MM_STORE_CREATE {
            match Store::config_of(path) {
                Ok(found) => {
                    let (capital, limits, policy) = (config.capital, config.limits, config.durability);
                    config = StoreConfig { capital, limits, ..found };
                    if let (Durability::Disk(_), Durability::Disk(_)) = (found.durability, policy) {
                        config.durability = policy;
                    }
                }
                // There is none to keep.
                Err(StoreError::Region(RegionError::Io(std::io::ErrorKind::NotFound))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let opened = match asked.mode {
            MM_STORE_OPEN_OR_CREATE => Store::open_or_create(path, &config),
            MM_STORE_OPEN => Store::open(path, &config),
            MM_STORE_CREATE => Store::create(path, &config),
            other => return Err(unknown("store mode", other)),
        };
        out.set(create(opened?));
        Ok(MM_OK)
    })
}

/// The configuration, if its memory can be had.
fn affordable(asked: &mm_store_config_t) -> Result<StoreConfig, Failure> {
    let config = StoreConfig::try_from(asked)?;
    // What a store keeps beside the map is less than its file.
    args::affordable(usize::try_from(config.bytes()?).unwrap_or(usize::MAX))?;
    Ok(config)
}

/// Closes a store, which gives its lock back; what was applied stays. Null is fine.
///
/// # Safety
/// `store` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_destroy(store: *mut mm_store_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(store) }
}

/// Puts a file of other capacities, or another durability, in the place of this store's, with the same state: the latest
/// trades and fill ids as far as they fit. Readers of the old file get `MM_E_STORE_SUPERSEDED`. Not for the hot path.
///
/// # Errors
/// `MM_E_FULL` or `MM_E_NOT_FOUND` when the state does not fit, and those of making a store. The store is as it was then.
///
/// # Safety
/// `store` is a live handle that no other thread uses; `path` is the NUL-terminated path that it was opened with; `config`
/// points to an initialised config.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_resize(
    store: *mut mm_store_t,
    path: *const c_char,
    config: *const mm_store_config_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        // SAFETY: by this function's contract.
        let config = affordable(&unsafe { config::read(config) }?)?;
        store.resize(path, &config)?;
        Ok(MM_OK)
    })
}

/// Adds an instrument, flat; its `id` and fees are used. `unit_value` is what one tick x lot is worth in account units,
/// `fill_ids` one of `MM_FILL_IDS_*`. `MM_UNSYNCED` as for `mm_store_apply`.
///
/// # Errors
/// `MM_E_FULL`, `MM_E_DUPLICATE`, `MM_E_INVALID_ARGUMENT` unless `unit_value` is positive, `MM_E_ENUM`.
///
/// # Safety
/// `store` is a live handle that no other thread uses; `instrument` points to an initialised struct.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_register(
    store: *mut mm_store_t,
    instrument: *const mm_instrument_t,
    unit_value: i64,
    fill_ids: u8,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let instrument = Instrument::try_from(&unsafe { config::read(instrument) }?)?;
        let order = FillIdOrder::from_u8(fill_ids).ok_or_else(|| unknown("order of fill ids", fill_ids))?;
        let applied = store.register(instrument.id, instrument.fees, unit_value, order)?;
        Ok(status_of(&applied).0)
    })
}

/// Books a fill under the venue's id and the host's sequence, either of which may be 0; survives the process when this
/// returns. `MM_DUPLICATE` when it was booked before: nothing has changed and `outcome` is not written. `MM_UNSYNCED` as for
/// `mm_store_apply`. `outcome` may be null. Hot path, O(1).
///
/// # Errors
/// As for `mm_position_tracker_record_fill`. Nothing has changed then.
///
/// # Safety
/// `store` is a live handle that no other thread uses; `fill` is readable, `outcome` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_record_fill(
    store: *mut mm_store_t,
    fill: *const mm_fill_t,
    fill_id: u64,
    sequence: u64,
    outcome: *mut mm_fill_outcome_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let fill = Fill::try_from(unsafe { args::reference(fill, "fill") }?)?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(outcome, "outcome") }?;
        let (status, done) = status_of(&store.record_fill(&fill, fill_id, sequence)?);
        if let (Some(out), Some(done)) = (out, done) {
            out.set(done.into());
        }
        Ok(status)
    })
}

/// Most orders and latches of one update.
const MOST_CHANGES: usize = 4096;

/// Applies one event as a whole: its fill or mark, its orders, its latches. It survives the process when this returns.
/// `MM_DUPLICATE` when it was applied before: nothing has changed. `MM_UNSYNCED` when it is applied and the sync that was
/// due failed: it would not survive a loss of power; the next sync tries again with everything. `outcome` may be null and
/// is written when a fill was booked. Hot path as long as there are 16 orders at most, O(changes).
///
/// # Errors
/// As for `mm_store_record_fill`; `MM_E_FULL` for the orders, where those that the same event removes do not make room;
/// `MM_E_NOT_FOUND` for an order to be removed or a latch that is not there, `MM_E_DUPLICATE` for an order given twice,
/// `MM_E_INVALID_ARGUMENT`. Nothing has changed then.
///
/// # Safety
/// `store` is a live handle that no other thread uses; `update` and what it points to is readable; `outcome` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_apply(
    store: *mut mm_store_t,
    update: *const mm_store_update_t,
    outcome: *mut mm_fill_outcome_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let update = unsafe { args::reference(update, "update") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(outcome, "outcome") }?;
        // SAFETY: by this function's contract.
        let orders = unsafe { args::input(update.orders, update.order_count, "orders") }?;
        // SAFETY: by this function's contract.
        let latches = unsafe { args::input(update.latches, update.latch_count, "latches") }?;
        if orders.len() > MOST_CHANGES || latches.len() > MOST_CHANGES {
            let what = format_args!("at most {MOST_CHANGES} orders and latches in one update");
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, what));
        }
        let position = match (update.fill.is_null(), event::flag(update.has_mark, "has_mark")?) {
            (true, false) => None,
            (true, true) => Some(PositionChange::Mark(Price(update.mark))),
            (false, false) => {
                // SAFETY: not null, by this function's contract.
                let fill = unsafe { args::reference(update.fill, "fill") }?;
                Some(PositionChange::Fill(Fill::try_from(fill)?, update.fill_id))
            }
            (false, true) => {
                let what = format_args!("a fill and a mark in one update");
                return Err(Failure::new(MM_E_INVALID_ARGUMENT, what));
            }
        };
        let has_instrument = event::flag(update.has_instrument, "has_instrument")?;
        let changes = Changes::new(orders, latches)?;
        let applied = store.apply(&Update {
            instrument: has_instrument.then_some(InstrumentId(update.instrument)),
            sequence: update.sequence,
            timestamp: Timestamp(update.timestamp),
            position,
            orders: changes.orders(),
            latches: changes.latches(),
            next_order_sequence: (update.next_order_sequence != 0).then_some(update.next_order_sequence),
        })?;
        let (status, done) = status_of(&applied);
        if let (Some(out), Some(done)) = (out, done) {
            out.set(done.into());
        }
        Ok(status)
    })
}

/// Orders and latches of an update as the core has them: on the stack as long as they are few.
struct Changes {
    few_orders: [OrderChange; Self::FEW],
    few_latches: [StoredLatch; Self::FEW],
    many_orders: Vec<OrderChange>,
    many_latches: Vec<StoredLatch>,
    order_count: usize,
    latch_count: usize,
}

impl Changes {
    const FEW: usize = 16;

    fn new(orders: &[mm_store_order_t], latches: &[mm_store_latch_t]) -> Result<Self, Failure> {
        let change = |order: &mm_store_order_t| -> Result<OrderChange, Failure> {
            Ok(match order.state {
                0 => OrderChange::Remove(OrderId(order.order_id)),
                _ => OrderChange::Put(StoredOrder::try_from(order)?),
            })
        };
        let latch = |latch: &mm_store_latch_t| StoredLatch { id: latch.id, words: latch.words };
        let mut changes = Self {
            few_orders: [OrderChange::Remove(OrderId(0)); Self::FEW],
            few_latches: [StoredLatch::default(); Self::FEW],
            many_orders: Vec::new(),
            many_latches: Vec::new(),
            order_count: orders.len(),
            latch_count: latches.len(),
        };
        if orders.len() <= Self::FEW {
            for (to, order) in changes.few_orders.iter_mut().zip(orders) {
                *to = change(order)?;
            }
        } else {
            changes.many_orders = orders.iter().map(change).collect::<Result<_, _>>()?;
        }
        if latches.len() <= Self::FEW {
            for (to, from) in changes.few_latches.iter_mut().zip(latches) {
                *to = latch(from);
            }
        } else {
            changes.many_latches = latches.iter().map(latch).collect();
        }
        Ok(changes)
    }

    fn orders(&self) -> &[OrderChange] {
        self.few_orders.get(..self.order_count).unwrap_or(&self.many_orders)
    }

    fn latches(&self) -> &[StoredLatch] {
        self.few_latches.get(..self.latch_count).unwrap_or(&self.many_latches)
    }
}

/// Begins a new day: the daily loss counts from the present equity. `sequence` as in an update of the account; `MM_DUPLICATE`
/// and `MM_UNSYNCED` as there.
///
/// # Safety
/// `store` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_start_day(store: *mut mm_store_t, sequence: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| Ok(status_of(&store.start_day(sequence)).0))
}

/// Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments, orders, latches and
/// what was applied stay. `sequence` as for `mm_store_start_day`.
///
/// # Safety
/// `store` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reset(store: *mut mm_store_t, sequence: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| Ok(status_of(&store.reset(sequence)).0))
}

/// Makes everything safe from a loss of power. With `MM_DURABILITY_PROCESS` that is what the file says now, and the next
/// change begins a time in which a loss of power may cost the file.
///
/// # Errors
/// `MM_E_IO`: nobody knows how much is safe. The next sync tries again with everything.
///
/// # Safety
/// `store` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_sync(store: *mut mm_store_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        store.sync()?;
        Ok(MM_OK)
    })
}

/// Syncs when `sync_every_ns` asks for it at the time `now`: for hosts without events for a while.
///
/// # Errors
/// As for `mm_store_sync`.
///
/// # Safety
/// `store` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_tick(store: *mut mm_store_t, now: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        store.tick(Timestamp(now))?;
        Ok(MM_OK)
    })
}

/// Reads the file again in place of what is in memory.
///
/// # Errors
/// `MM_E_STORE_CORRUPT`.
///
/// # Safety
/// `store` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reload(store: *mut mm_store_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        store.reload()?;
        Ok(MM_OK)
    })
}

/// Takes over the positions, marks and account of a tracker, as one event. Instruments that it has and the store has not
/// are registered with `MM_FILL_IDS_ANY`; the history stays. `MM_UNSYNCED` as for `mm_store_apply`.
///
/// # Errors
/// `MM_E_NOT_FOUND` when the tracker lacks an instrument of the store, `MM_E_FULL`. Nothing has changed then.
///
/// # Safety
/// `store` is a live handle that no other thread uses, `tracker` one that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_import(
    store: *mut mm_store_t,
    tracker: *const mm_position_tracker_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let store = unsafe { Exclusive::new(store) };
    // SAFETY: by this function's contract.
    let tracker = unsafe { Shared::new(tracker) };
    guard((store, tracker), |(store, tracker)| Ok(status_of(&store.import(tracker)?).0))
}

/// Puts the positions, marks and account into a tracker, in place of its own; its history becomes empty.
///
/// # Errors
/// `MM_E_FULL` when the tracker has too few instruments. It is as it was then.
///
/// # Safety
/// `store` is a live handle that no other thread changes, `tracker` one that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_export(
    store: *const mm_store_t,
    tracker: *mut mm_position_tracker_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let store = unsafe { Shared::new(store) };
    // SAFETY: by this function's contract.
    let tracker = unsafe { Exclusive::new(tracker) };
    guard((store, tracker), |(store, tracker)| {
        store.export(tracker)?;
        Ok(MM_OK)
    })
}

/// What the store is and how it was found. O(size), allocates.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_info(store: *const mm_store_t, info: *mut mm_store_info_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(info, "info") }?;
        let (recovery, recovered_epoch) = match store.recovery() {
            Recovery::Created => (MM_RECOVERY_CREATED, 0),
            Recovery::Reopened => (MM_RECOVERY_REOPENED, 0),
            Recovery::FromCheckpoint { epoch } => (MM_RECOVERY_FROM_CHECKPOINT, epoch),
        };
        let synced_epoch = store.synced_epoch().unwrap_or(0);
        out.set(mm_store_info_t { recovery, recovered_epoch, synced_epoch, ..info_of(&store.state()) });
        Ok(MM_OK)
    })
}

fn info_of(state: &StoreState) -> mm_store_info_t {
    mm_store_info_t {
        epoch: state.epoch,
        last_event: state.last_event,
        next_order_sequence: state.next_order_sequence,
        state_hash: state.hash(),
        instruments: state.positions.len() as u32,
        orders: state.orders.len() as u32,
        latches: state.latches.len() as u32,
        trades: state.trades.len() as u32,
        recovery: MM_RECOVERY_REOPENED,
        ..mm_store_info_t::default()
    }
}

/// One instrument's position.
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `position` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_position(
    store: *const mm_store_t,
    instrument: u32,
    position: *mut mm_position_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(position, "position") }?;
        let found = store.tracker().get(InstrumentId(instrument));
        out.set(found.ok_or(crate::position::PositionError::UnknownInstrument)?.into());
        Ok(MM_OK)
    })
}

/// Sums over all instruments, account units.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `totals` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_totals(
    store: *const mm_store_t,
    totals: *mut mm_position_totals_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(totals, "totals") }?.set(store.tracker().into());
        Ok(MM_OK)
    })
}

/// What was applied to an instrument last: where a replay may begin.
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `applied` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_applied(
    store: *const mm_store_t,
    instrument: u32,
    applied: *mut mm_store_applied_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(applied, "applied") }?;
        let found = store.applied(InstrumentId(instrument));
        let ids = found.ok_or(crate::position::PositionError::UnknownInstrument)?;
        out.set(mm_store_applied_t { last_fill_id: ids.last_fill_id, last_event: ids.last_event });
        Ok(MM_OK)
    })
}

/// The working orders, in no particular order; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_orders(
    store: *const mm_store_t,
    orders: *mut mm_store_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(store.orders().count(), capacity, "orders")?;
        count.set(args::fill(out, store.orders().map(mm_store_order_t::from)));
        Ok(MM_OK)
    })
}

/// The latches that are set; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `latches` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_latches(
    store: *const mm_store_t,
    latches: *mut mm_store_latch_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(latches, capacity, "latches") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(store.latches().count(), capacity, "latches")?;
        let set = store.latches().map(|latch| mm_store_latch_t { id: latch.id, words: latch.words });
        count.set(args::fill(out, set));
        Ok(MM_OK)
    })
}

/// The latest trades that fit, oldest first; `count` gets how many.
///
/// # Safety
/// `store` is a live handle that no other thread changes; `trades` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_history(
    store: *const mm_store_t,
    trades: *mut mm_trade_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(trades, capacity, "trades") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let skip = store.tracker().history().count().saturating_sub(capacity);
        count.set(args::fill(out, store.tracker().history().skip(skip).map(mm_trade_t::from)));
        Ok(MM_OK)
    })
}

/// Maps a store for reading, beside its writer in any process. Takes no lock.
///
/// # Errors
/// Those of `mm_store_open` that concern the file.
///
/// # Safety
/// `path` is a NUL-terminated string; `reader` is writable. Free the handle with `mm_store_reader_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_open(
    path: *const c_char,
    reader: *mut *mut mm_store_reader_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(reader, "reader") }?;
        // SAFETY: by this function's contract.
        let path = unsafe { args::string(path, "path") }?;
        let reader = StoreReader::open(path)?;
        let mut state = reader.state();
        reader.read(&mut state)?;
        out.set(create(Reader { reader, state }));
        Ok(MM_OK)
    })
}

/// Frees a reader. Null is fine.
///
/// # Safety
/// `reader` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_destroy(reader: *mut mm_store_reader_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(reader) }
}

/// Copies the state after the last event, whole; the functions below show it until the next call. O(size).
///
/// # Errors
/// `MM_E_STORE_BUSY` when the writer overtook every attempt, `MM_E_STORE_SUPERSEDED` when the store was resized,
/// `MM_E_STORE_CORRUPT`. What was read before is lost then.
///
/// # Safety
/// `reader` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_refresh(reader: *mut mm_store_reader_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(reader) }, |value| {
        value.reader.read(&mut value.state)?;
        Ok(MM_OK)
    })
}

/// What was read last. O(size), allocates.
///
/// # Safety
/// `reader` is a live handle that no other thread changes; `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_info(
    reader: *const mm_store_reader_t,
    info: *mut mm_store_info_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(info, "info") }?.set(info_of(&value.state));
        Ok(MM_OK)
    })
}

/// The positions that were read last, in the order of registration; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `reader` is a live handle that no other thread changes; `positions` is writable for `capacity` elements and `count`
/// is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_positions(
    reader: *const mm_store_reader_t,
    positions: *mut mm_position_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(positions, capacity, "positions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.state.positions.len(), capacity, "positions")?;
        count.set(args::fill(out, value.state.positions.iter().map(mm_position_t::from)));
        Ok(MM_OK)
    })
}

/// The working orders that were read last; `count` gets how many.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// As for `mm_store_reader_positions`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_reader_orders(
    reader: *const mm_store_reader_t,
    orders: *mut mm_store_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(reader) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.state.orders.len(), capacity, "orders")?;
        count.set(args::fill(out, value.state.orders.iter().map(mm_store_order_t::from)));
        Ok(MM_OK)
    })
}
