//! State that survives: `mm_store_t`, a position tracker with orders and latches on a file; how it is made and changed.

use std::ffi::c_char;

use super::args::{self, Out};
use super::config;
use super::event::{self, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::position::mm_position_tracker_t;
use super::position_types::{mm_fill_outcome_t, mm_fill_t, mm_position_limits_t};
use super::status::*;
use super::store_types::*;
use crate::mem::mapped_region::RegionError;
use crate::position::store::{
    Durability, FillIdOrder, OrderChange, PositionChange, Store, StoreConfig, StoreError, StoredLatch,
    StoredOrder, Update,
};
use crate::position::{Fill, PositionLimits};
use crate::types::{Instrument, InstrumentId, OrderId, Price, Timestamp};

/// Positions, working orders, latches and what was applied, in a file that survives the process.
pub struct mm_store_t {
    _opaque: [u8; 0],
}

impl Noun for mm_store_t {
    type Value = Store;
    const NAME: &'static str = "mm_store_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-store");
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
/// `MM_E_INVALID_ARGUMENT` when `path` is not this store's, `MM_E_FULL` or `MM_E_NOT_FOUND` when the state does not fit, and
/// those of making a store. The store is as it was then.
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
/// As many of one update as are converted on the stack.
const FEW_ORDERS: usize = 8;
const FEW_LATCHES: usize = 2;

/// Applies one event as a whole: its fill or mark, its orders, its latches. It survives the process when this returns.
/// `MM_DUPLICATE` when it was applied before: nothing has changed. `MM_UNSYNCED` when it is applied and the sync that was
/// due failed: it would not survive a loss of power; the next sync tries again with everything. `outcome` may be null and
/// is written when a fill was booked. Hot path as long as there are 8 orders and 2 latches at most, O(changes).
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
        let orders = Few::<_, FEW_ORDERS>::new(orders, OrderChange::Remove(OrderId(0)), order_change)?;
        let latches = Few::<_, FEW_LATCHES>::new(latches, StoredLatch::default(), |latch| Ok(latch.into()))?;
        let applied = store.apply(&Update {
            instrument: has_instrument.then_some(InstrumentId(update.instrument)),
            sequence: update.sequence,
            timestamp: Timestamp(update.timestamp),
            position,
            orders: orders.as_slice(),
            latches: latches.as_slice(),
            next_order_sequence: (update.next_order_sequence != 0).then_some(update.next_order_sequence),
        })?;
        let (status, done) = status_of(&applied);
        if let (Some(out), Some(done)) = (out, done) {
            out.set(done.into());
        }
        Ok(status)
    })
}

/// Things of an update as the core has them: on the stack as long as they are few.
struct Few<T, const FEW: usize> {
    few: [T; FEW],
    many: Vec<T>,
    count: usize,
}

impl<T: Copy, const FEW: usize> Few<T, FEW> {
    fn new<F>(from: &[F], empty: T, make: impl Fn(&F) -> Result<T, Failure>) -> Result<Self, Failure> {
        let mut made = Self { few: [empty; FEW], many: Vec::new(), count: from.len() };
        if from.len() <= FEW {
            for (to, from) in made.few.iter_mut().zip(from) {
                *to = make(from)?;
            }
        } else {
            made.many = from.iter().map(make).collect::<Result<_, _>>()?;
        }
        Ok(made)
    }

    fn as_slice(&self) -> &[T] {
        self.few.get(..self.count).unwrap_or(&self.many)
    }
}

fn order_change(order: &mm_store_order_t) -> Result<OrderChange, Failure> {
    Ok(match order.state {
        0 => OrderChange::Remove(OrderId(order.order_id)),
        _ => OrderChange::Put(StoredOrder::try_from(order)?),
    })
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

/// Replaces the limits, which are not stored.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` when one is negative.
///
/// # Safety
/// `store` is a live handle that no other thread uses; `limits` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_store_set_limits(
    store: *mut mm_store_t,
    limits: *const mm_position_limits_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(store) }, |store| {
        // SAFETY: by this function's contract.
        let limits = unsafe { args::reference(limits, "limits") }?;
        store.set_limits(&PositionLimits::from(limits))?;
        Ok(MM_OK)
    })
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
