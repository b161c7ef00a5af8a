//! Positions: `mm_position_tracker_t`, many instruments under one account and its limits.

use super::args::{self, Out};
use super::config;
use super::event::{self, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
pub use super::position_types::*;
use super::status::*;
use crate::position::{Fill, PositionError, PositionTracker, TrackerConfig};
use crate::types::{Instrument, InstrumentId, Price, Quantity};

/// Positions in many instruments: exact profit and loss, marks, limits, drawdown, latest trades.
pub struct mm_position_tracker_t {
    _opaque: [u8; 0],
}

impl Noun for mm_position_tracker_t {
    type Value = PositionTracker;
    const NAME: &'static str = "mm_position_tracker_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-posit");
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_config_init(
    config: *mut mm_position_tracker_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// A tracker as the config says.
pub(crate) fn new_tracker(config: &mm_position_tracker_config_t) -> Result<PositionTracker, Failure> {
    if config.instruments > 1 << 20 || config.history > 1 << 24 {
        return Err(Failure::new(
            MM_E_INVALID_ARGUMENT,
            format_args!("at most 2^20 instruments and a history of 2^24"),
        ));
    }
    args::affordable(config.instruments as usize * 256 + config.history as usize * 128)?;
    Ok(PositionTracker::new(&TrackerConfig {
        instruments: config.instruments,
        history: config.history,
        capital: config.capital,
        limits: (&config.limits).into(),
    })?)
}

/// Makes a tracker without instruments.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a capacity out of range or a negative limit.
///
/// # Safety
/// `config` points to an initialised config; `tracker` is writable. Free the handle with
/// `mm_position_tracker_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_create(
    config: *const mm_position_tracker_config_t,
    tracker: *mut *mut mm_position_tracker_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(tracker, "tracker") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        out.set(create(new_tracker(&config)?));
        Ok(MM_OK)
    })
}

/// Frees a tracker. Null is fine.
///
/// # Safety
/// `tracker` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_destroy(tracker: *mut mm_position_tracker_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(tracker) }
}

/// Adds an instrument, flat; its `id` and fees are used. `unit_value` is what one tick x lot is worth in account units:
/// 1 when all instruments share tick and lot.
///
/// # Errors
/// `MM_E_FULL`, `MM_E_DUPLICATE`, `MM_E_INVALID_ARGUMENT` unless `unit_value` is positive.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses; `instrument` points to an initialised struct.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_register(
    tracker: *mut mm_position_tracker_t,
    instrument: *const mm_instrument_t,
    unit_value: i64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let instrument = Instrument::try_from(&unsafe { config::read(instrument) }?)?;
        tracker.register(instrument.id, instrument.fees, unit_value)?;
        Ok(MM_OK)
    })
}

/// Books a fill and values the position at its mark. `outcome` may be null. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument, `MM_E_ZERO_QUANTITY`, `MM_E_PRICE_RANGE`, `MM_E_QUANTITY_RANGE`,
/// `MM_E_OVERFLOW`, `MM_E_ENUM`. Nothing has changed then.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses; `fill` is readable, `outcome` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_record_fill(
    tracker: *mut mm_position_tracker_t,
    fill: *const mm_fill_t,
    outcome: *mut mm_fill_outcome_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let fill = Fill::try_from(unsafe { args::reference(fill, "fill") }?)?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::optional(outcome, "outcome") }?;
        let done = tracker.record_fill(&fill)?;
        if let Some(out) = out {
            out.set(done.into());
        }
        Ok(MM_OK)
    })
}

/// Values an instrument's open lots at `price`. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_PRICE_RANGE`, `MM_E_OVERFLOW`. Nothing has changed then.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_mark(
    tracker: *mut mm_position_tracker_t,
    instrument: u32,
    price: i64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        tracker.mark(InstrumentId(instrument), Price(price))?;
        Ok(MM_OK)
    })
}

/// One instrument's position.
///
/// # Errors
/// `MM_E_NOT_FOUND` for an unregistered instrument.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes; `position` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_get(
    tracker: *const mm_position_tracker_t,
    instrument: u32,
    position: *mut mm_position_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(position, "position") }?;
        let slot = tracker.get(InstrumentId(instrument)).ok_or(PositionError::UnknownInstrument)?;
        out.set(slot.into());
        Ok(MM_OK)
    })
}

/// Every registered instrument's position, in the order of registration; `count` gets how many there are.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`; a buffer of the configured `instruments` always fits.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes; `positions` is writable for `capacity` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_positions(
    tracker: *const mm_position_tracker_t,
    positions: *mut mm_position_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(positions, capacity, "positions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let slots = tracker.positions();
        args::fits(slots.len(), capacity, "positions")?;
        count.set(args::fill(out, slots.iter().map(mm_position_t::from)));
        Ok(MM_OK)
    })
}

/// Sums over all instruments, with equity and drawdown.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes; `totals` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_totals(
    tracker: *const mm_position_tracker_t,
    totals: *mut mm_position_totals_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(totals, "totals") }?;
        out.set(tracker.into());
        Ok(MM_OK)
    })
}

/// Whether a fill of `quantity` would keep the instrument within its position limits; an unregistered instrument is
/// flat. What reduces a position is always allowed. Hot path.
///
/// # Errors
/// `MM_E_LIMIT_POSITION`, `MM_E_LIMIT_LONG`, `MM_E_LIMIT_SHORT`, `MM_E_ENUM`.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_check_position(
    tracker: *const mm_position_tracker_t,
    instrument: u32,
    side: u8,
    quantity: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        tracker.check_position(InstrumentId(instrument), event::side(side)?, Quantity(quantity))?;
        Ok(MM_OK)
    })
}

/// Whether the day's loss and the drawdown are within their limits. Hot path.
///
/// # Errors
/// `MM_E_LIMIT_DAILY_LOSS`, `MM_E_LIMIT_DRAWDOWN`.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_check_loss(
    tracker: *const mm_position_tracker_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        tracker.check_loss()?;
        Ok(MM_OK)
    })
}

/// The limits.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes; `limits` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_limits(
    tracker: *const mm_position_tracker_t,
    limits: *mut mm_position_limits_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(limits, "limits") }?.set(tracker.limits().into());
        Ok(MM_OK)
    })
}

/// Replaces the limits.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` when one is negative.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses; `limits` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_set_limits(
    tracker: *mut mm_position_tracker_t,
    limits: *const mm_position_limits_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        tracker.set_limits(&unsafe { args::reference(limits, "limits") }?.into())?;
        Ok(MM_OK)
    })
}

/// The latest trades, oldest first: at most `capacity` of the newest; `count` gets how many were written.
///
/// # Safety
/// `tracker` is a live handle that no other thread changes; `trades` is writable for `capacity` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_history(
    tracker: *const mm_position_tracker_t,
    trades: *mut mm_trade_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(tracker) }, |tracker| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(trades, capacity, "trades") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let skip = tracker.history().count().saturating_sub(capacity);
        count.set(args::fill(out, tracker.history().skip(skip).map(mm_trade_t::from)));
        Ok(MM_OK)
    })
}

/// Begins a new day: the daily loss counts from the present equity. Drawdown goes on.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_start_day(tracker: *mut mm_position_tracker_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        tracker.start_day();
        Ok(MM_OK)
    })
}

/// Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments stay.
///
/// # Safety
/// `tracker` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_position_tracker_reset(tracker: *mut mm_position_tracker_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(tracker) }, |tracker| {
        tracker.reset();
        Ok(MM_OK)
    })
}
