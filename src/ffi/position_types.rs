//! What passes between a host and a position tracker: limits, config, fills, positions, totals and trades.

use super::config::Config;
use super::event;
use super::status::*;
use crate::position::{
    Fill, FillOutcome, InstrumentPosition, LimitBreach, PositionError, PositionLimits, PositionTracker,
    TrackerConfig, TradeRecord,
};
use crate::types::{InstrumentId, OrderId, Price, Quantity, Timestamp};

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
