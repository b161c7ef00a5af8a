//! Positions: `mm_position_tracker_t`, many instruments under one account and its limits.

use super::args::{self, Out};
use super::config::{self, Config};
use super::event::{self, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::position::{
    Fill, FillOutcome, InstrumentPosition, LimitBreach, PositionError, PositionLimits, PositionTracker,
    TrackerConfig, TradeRecord,
};
use crate::types::{Instrument, InstrumentId, OrderId, Price, Quantity, Timestamp};

/// Positions in many instruments: exact profit and loss, marks, limits, drawdown, latest trades.
pub struct mm_position_tracker_t {
    _opaque: [u8; 0],
}

impl Noun for mm_position_tracker_t {
    type Value = PositionTracker;
    const NAME: &'static str = "mm_position_tracker_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-posit");
}

/// Limits. Quantities are lots of one instrument, money is in account units. Standing exactly at a limit is allowed.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_position_limits_t {
    /// Largest position of either sign.
    pub max_position_size: i64,
    /// Largest long position.
    pub max_long_position: i64,
    /// Largest short position, as a positive number.
    pub max_short_position: i64,
    /// Largest loss since the day began, as a positive number: realised, unrealised and fees.
    pub max_daily_loss: i64,
    /// Largest fall of equity from its highest point, as a positive number.
    pub max_drawdown: i64,
}

impl From<&PositionLimits> for mm_position_limits_t {
    fn from(limits: &PositionLimits) -> Self {
        Self {
            max_position_size: limits.max_position_size,
            max_long_position: limits.max_long_position,
            max_short_position: limits.max_short_position,
            max_daily_loss: limits.max_daily_loss,
            max_drawdown: limits.max_drawdown,
        }
    }
}

impl From<&mm_position_limits_t> for PositionLimits {
    fn from(limits: &mm_position_limits_t) -> Self {
        Self {
            max_position_size: limits.max_position_size,
            max_long_position: limits.max_long_position,
            max_short_position: limits.max_short_position,
            max_daily_loss: limits.max_daily_loss,
            max_drawdown: limits.max_drawdown,
        }
    }
}

/// Capacities, limits and starting capital of a tracker.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_position_tracker_config_t {
    /// Set by `mm_position_tracker_config_init`.
    pub struct_size: usize,
    /// Equity at the start, account units. Default 0.
    pub capital: i64,
    /// The limits. Defaults: 1000000 lots, 500000 long, 500000 short, daily loss 1000000, drawdown 500000.
    pub limits: mm_position_limits_t,
    /// Instruments that can be registered, 1 to 2^20. Default 64.
    pub instruments: u32,
    /// Trades that the history keeps, 0 to 2^24; older ones are overwritten. Default 1024.
    pub history: u32,
}

// SAFETY: repr(C), begins with `struct_size`, six 8-byte fields and two 4-byte ones leave no padding, all integers.
unsafe impl Config for mm_position_tracker_config_t {
    const FIRST_SIZE: usize = 64;
    fn defaults() -> Self {
        let defaults = TrackerConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            capital: defaults.capital,
            limits: (&defaults.limits).into(),
            instruments: defaults.instruments,
            history: defaults.history,
        }
    }
}

const _: () = assert!(
    size_of::<mm_position_tracker_config_t>() >= <mm_position_tracker_config_t as Config>::FIRST_SIZE
);

/// One of our fills.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_fill_t {
    /// When, ns.
    pub timestamp: u64,
    /// Our order.
    pub order_id: u64,
    /// Price, ticks.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// What was traded.
    pub instrument: u32,
    /// Our side, `MM_SIDE_*`.
    pub side: u8,
    /// 1 if we provided the liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: u16,
}

impl TryFrom<&mm_fill_t> for Fill {
    type Error = Failure;

    fn try_from(fill: &mm_fill_t) -> Result<Self, Failure> {
        Ok(Self {
            instrument: InstrumentId(fill.instrument),
            side: event::side(fill.side)?,
            price: Price(fill.price),
            quantity: Quantity(fill.quantity),
            is_maker: event::flag(fill.is_maker, "is_maker")?,
            order_id: OrderId(fill.order_id),
            timestamp: Timestamp(fill.timestamp),
        })
    }
}

/// What one fill did.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_fill_outcome_t {
    /// Profit realised by the fill before fees, ticks x lots. Zero unless it reduced the position.
    pub realised: i64,
    /// The fill's fee in millionths of a tick x lot, capped to what fits; negative is a rebate.
    pub fee_micro: i64,
    /// Lots that closed open lots of the other sign.
    pub closed: u64,
    /// Lots that opened or added; both are non-zero on a flip.
    pub opened: u64,
    /// The position after the fill, lots.
    pub position: i64,
}

impl From<FillOutcome> for mm_fill_outcome_t {
    fn from(outcome: FillOutcome) -> Self {
        Self {
            realised: outcome.realised.0,
            fee_micro: outcome.fee_micro.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
            closed: outcome.closed.0,
            opened: outcome.opened.0,
            position: outcome.position.0,
        }
    }
}

/// One instrument's position. Money is ticks x lots of the instrument.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_position_t {
    /// Lots held; negative is short.
    pub quantity: i64,
    /// Average price of the open lots, ticks; 0 when flat.
    pub average_price: f64,
    /// Realised profit before fees.
    pub realised: i64,
    /// Profit of the open lots at the mark, before fees.
    pub unrealised: i64,
    /// Fees paid less rebates.
    pub fees: i64,
    /// What open lots are valued at, ticks: the last mark, else the first fill's price.
    pub mark: i64,
    /// Lots bought in all.
    pub bought: u64,
    /// Lots sold in all.
    pub sold: u64,
    /// Fills in all.
    pub fills: u64,
    /// The instrument.
    pub instrument: u32,
    /// 1 once there was a mark or a fill, else 0.
    pub has_mark: u32,
}

impl From<&InstrumentPosition> for mm_position_t {
    fn from(slot: &InstrumentPosition) -> Self {
        let position = &slot.position;
        Self {
            quantity: position.quantity().0,
            average_price: position.average_price(),
            realised: position.realised().0,
            // The tracker admits only marks at which it fits.
            unrealised: if slot.has_mark == 1 {
                position.unrealised(slot.mark).map_or(0, |m| m.0)
            } else {
                0
            },
            fees: position.fees().0,
            mark: slot.mark.0,
            bought: position.bought().0,
            sold: position.sold().0,
            fills: position.fills(),
            instrument: slot.instrument.0,
            has_mark: slot.has_mark,
        }
    }
}

/// Sums over all instruments, account units.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_position_totals_t {
    /// Realised profit before fees.
    pub realised: i64,
    /// Profit of open lots at their marks, before fees.
    pub unrealised: i64,
    /// Fees paid less rebates.
    pub fees: i64,
    /// Capital plus profit after fees.
    pub equity: i64,
    /// Highest equity so far.
    pub peak_equity: i64,
    /// Fall of equity from its highest point; never negative.
    pub drawdown: i64,
    /// Largest fall so far.
    pub max_drawdown: i64,
    /// Profit since the day began.
    pub daily_profit: i64,
    /// Fills booked.
    pub fills: u64,
}

impl From<&PositionTracker> for mm_position_totals_t {
    fn from(tracker: &PositionTracker) -> Self {
        let (sums, account) = (tracker.totals(), tracker.account());
        Self {
            realised: sums.realised,
            unrealised: sums.unrealised,
            fees: sums.fees,
            equity: tracker.equity(),
            peak_equity: account.peak_equity,
            drawdown: tracker.drawdown(),
            max_drawdown: account.max_drawdown,
            daily_profit: tracker.daily_profit(),
            fills: account.fills,
        }
    }
}

/// A line of the trade history.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_trade_t {
    /// When, ns.
    pub timestamp: u64,
    /// Our order.
    pub order_id: u64,
    /// Price, ticks.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// Profit that it realised before fees, ticks x lots.
    pub realised: i64,
    /// The position after it, lots.
    pub position: i64,
    /// What was traded.
    pub instrument: u32,
    /// Our side.
    pub side: u8,
    /// 1 if we provided the liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: u16,
}

impl From<&TradeRecord> for mm_trade_t {
    fn from(trade: &TradeRecord) -> Self {
        Self {
            timestamp: trade.timestamp.0,
            order_id: trade.order_id.0,
            price: trade.price.0,
            quantity: trade.quantity.0,
            realised: trade.realised.0,
            position: trade.position.0,
            instrument: trade.instrument.0,
            side: trade.side as u8,
            is_maker: trade.is_maker,
            reserved: 0,
        }
    }
}

impl From<PositionError> for Failure {
    fn from(error: PositionError) -> Self {
        let status = match error {
            PositionError::ZeroQuantity => MM_E_ZERO_QUANTITY,
            PositionError::PriceOutOfRange => MM_E_PRICE_RANGE,
            PositionError::QuantityOutOfRange => MM_E_QUANTITY_RANGE,
            PositionError::Overflow => MM_E_OVERFLOW,
            PositionError::UnknownInstrument => MM_E_NOT_FOUND,
            PositionError::DuplicateInstrument => MM_E_DUPLICATE,
            PositionError::Full { .. } => MM_E_FULL,
            PositionError::BadConfig(_) => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl From<LimitBreach> for Failure {
    fn from(breach: LimitBreach) -> Self {
        let status = match breach {
            LimitBreach::PositionSize { .. } => MM_E_LIMIT_POSITION,
            LimitBreach::LongPosition { .. } => MM_E_LIMIT_LONG,
            LimitBreach::ShortPosition { .. } => MM_E_LIMIT_SHORT,
            LimitBreach::DailyLoss { .. } => MM_E_LIMIT_DAILY_LOSS,
            LimitBreach::Drawdown { .. } => MM_E_LIMIT_DRAWDOWN,
        };
        Self::new(status, format_args!("{breach}"))
    }
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
        if config.instruments > 1 << 20 || config.history > 1 << 24 {
            return Err(Failure::new(
                MM_E_INVALID_ARGUMENT,
                format_args!("at most 2^20 instruments and a history of 2^24"),
            ));
        }
        args::affordable(config.instruments as usize * 256 + config.history as usize * 128)?;
        let value = PositionTracker::new(&TrackerConfig {
            instruments: config.instruments,
            history: config.history,
            capital: config.capital,
            limits: (&config.limits).into(),
        })?;
        out.set(create(value));
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
