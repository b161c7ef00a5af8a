//! Pre-trade risk: the limits of a gate.

use super::config::{self, Config};
use super::event;
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::risk::{
    BreachAction, BreachActions, MarkoutLimit, OrderToTradeLimit, ProtectionLimit, RateLimit, RepeatLimit,
    RiskConfig, RiskReason, SelfTradePolicy, TailConfig,
};
use crate::types::{Money, Quantity};

/// In a limit: the check is off.
pub const MM_NO_LIMIT: i64 = 9_223_372_036_854_775_807;
/// In a limit of which 0 switches the check off: a limit of zero.
pub const MM_LIMIT_ZERO: i64 = -1;

/// Self-trade prevention: the new order is refused.
pub const MM_SELF_TRADE_CANCEL_NEWEST: u8 = 1;
/// Self-trade prevention: the resting orders are cancelled.
pub const MM_SELF_TRADE_CANCEL_OLDEST: u8 = 2;
/// Self-trade prevention: both.
pub const MM_SELF_TRADE_CANCEL_BOTH: u8 = 3;
/// Self-trade prevention: both become smaller by the smaller of the two.
pub const MM_SELF_TRADE_DECREMENT: u8 = 4;

/// A breach refuses orders while it lasts.
pub const MM_BREACH_REFUSE: u8 = 1;
/// A breach lets only reducing orders pass while it lasts.
pub const MM_BREACH_REDUCE_ONLY: u8 = 2;
/// A soft breach: orders are refused until the cooldown has passed.
pub const MM_BREACH_PAUSE: u8 = 3;
/// A hard breach: orders are refused until a reset, also across a restart.
pub const MM_BREACH_LATCH: u8 = 4;

/// The limits of a gate. `MM_NO_LIMIT`, the default, switches a check off in the first eight fields; from
/// `min_order_quantity` on 0, the default, does, and a limit of zero is `MM_LIMIT_ZERO`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_risk_config_t {
    /// Set by `mm_risk_config_init`.
    pub struct_size: usize,
    /// Lots of one order.
    pub max_order_quantity: i64,
    /// |price| x quantity of one order, ticks x lots.
    pub max_order_notional: i64,
    /// Distance of the price from the reference, ticks.
    pub collar_ticks: i64,
    /// Distance of the price from the reference, basis points. Both collars hold when both are set.
    pub collar_bps: i64,
    /// Lots long if every working buy order filled.
    pub max_long_position: i64,
    /// Lots short if every working sell order filled, as a positive number.
    pub max_short_position: i64,
    /// The time in which `rate_messages` messages may be sent, ns. Default one second.
    pub rate_period_ns: u64,
    /// Messages per period; 0, the default, is no limit. Cancels use it up and are never refused by it.
    pub rate_messages: u32,
    /// Messages that may be sent at once after a pause; 0 is `rate_messages`.
    pub rate_burst: u32,
    /// Fewest lots of one order.
    pub min_order_quantity: i64,
    /// How old the instrument's last market data may be for its reference to be used, ns; only with a collar.
    pub max_reference_age_ns: i64,
    /// Fewest ticks between an order and an own quote of the other side.
    pub min_own_spread: i64,
    /// The same instrument, side, price and quantity may not come again within so many ns.
    pub duplicate_window_ns: i64,
    /// Sum of the instruments' worst cases, account units.
    pub max_gross_notional: i64,
    /// Sum of the instruments' signed worst cases, account units, either sign.
    pub max_net_notional: i64,
    /// Share of one instrument in the gross notional, basis points.
    pub max_concentration_bps: i64,
    /// The gross notional counts as at least so much when shares are taken, account units.
    pub concentration_base: i64,
    /// Orders that work at once over all instruments.
    pub max_working_orders: i64,
    /// Orders for each fill, once there have been `order_grace` of the day.
    pub max_orders_per_fill: i64,
    /// Fills within `protection_window_ns`; more pull all quotes.
    pub protection_fills: i64,
    /// Lots filled within `protection_window_ns`.
    pub protection_quantity: i64,
    /// Notional filled within `protection_window_ns`, account units.
    pub protection_notional: i64,
    /// The day's loss: realised, unrealised and fees, account units.
    pub max_daily_loss: i64,
    /// Fall of equity from its peak, account units.
    pub max_drawdown: i64,
    /// Losing trades in a row.
    pub max_consecutive_losses: i64,
    /// Value at risk, account units.
    pub max_value_at_risk: i64,
    /// Expected shortfall, account units.
    pub max_expected_shortfall: i64,
    /// Average loss per lot `markout_horizon_ns` after our fills, thousandths of a tick.
    pub max_adverse_millticks: i64,
    /// How old an instrument's last market data may be, ns.
    pub max_data_age_ns: i64,
    /// How far time may go back, ns.
    pub max_clock_step_ns: i64,
    /// Breaks that a reconciliation may find.
    pub max_reconciliation_breaks: i64,
    /// How long the host may be silent, ns.
    pub ping_timeout_ns: i64,
    /// Quantities must be multiples of so many lots; 0 and 1 allow all.
    pub quantity_increment: u64,
    /// Orders of the day that `max_orders_per_fill` does not look at.
    pub order_grace: u64,
    /// Window of `repeated_executions`, ns.
    pub repeated_window_ns: u64,
    /// Window of the protection, ns; 0 switches it off.
    pub protection_window_ns: u64,
    /// How long after a fill the mid is taken, ns.
    pub markout_horizon_ns: u64,
    /// How long a pause lasts, ns; 0 is one second.
    pub cooldown_ns: u64,
    /// Prices must be multiples of so many ticks; 0 and 1 allow all.
    pub price_increment: u32,
    /// An id may not come again within at least so many; 0 switches the check off.
    pub duplicate_ids: u32,
    /// Messages of the rate that only cancels may use.
    pub cancel_reserve: u32,
    /// Executions on one side of an instrument within `repeated_window_ns`, 1 to 4096; 0 switches the check off.
    pub repeated_executions: u32,
    /// Fills that the markout is averaged over, 1 to 4096.
    pub markout_fills: u32,
    /// Confidence of the tail measures, basis points; 0 is 9900.
    pub confidence_bps: u32,
    /// Length of their horizon in the periods of the volatilities; 0 is 1.
    pub tail_periods: u32,
    /// Returns remembered for each instrument, at most 4096; 0 leaves out the historical measure.
    pub tail_scenarios: u32,
    /// Share of a limit that warns, basis points; 0 is 8000, 10000 warns of nothing.
    pub warn_share_bps: u32,
    /// Instruments that fit; 0 is 16. Fixed at construction.
    pub instruments: u32,
    /// Decisions that the audit ring holds; 0 is 1024. Fixed at construction.
    pub audit_capacity: u32,
    /// 1 if prices must be above zero.
    pub positive_prices: u8,
    /// 1 if post-only orders that would meet the opposite best price are refused.
    pub post_only: u8,
    /// `MM_SELF_TRADE_*`; 0 switches the check off.
    pub self_trade: u8,
    /// 1 if a missed sequence number closes its instrument.
    pub sequence_gaps: u8,
    /// 1 if a bid that meets the ask closes its instrument.
    pub crossed_books: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_daily_loss: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_drawdown: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_consecutive_losses: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_value_at_risk: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_expected_shortfall: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_markout: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_protection: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_repeated_execution: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_reconciliation: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_clock: u8,
    /// What its breach does, `MM_BREACH_*`; 0 is the default.
    pub on_silence: u8,
    /// Zero.
    pub reserved: [u8; 4],
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill the struct without padding (asserted below), all integers.
unsafe impl Config for mm_risk_config_t {
    const FIRST_SIZE: usize = 72;
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            max_order_quantity: MM_NO_LIMIT,
            max_order_notional: MM_NO_LIMIT,
            collar_ticks: MM_NO_LIMIT,
            collar_bps: MM_NO_LIMIT,
            max_long_position: MM_NO_LIMIT,
            max_short_position: MM_NO_LIMIT,
            rate_period_ns: 1_000_000_000,
            rate_messages: 0,
            rate_burst: 0,
            min_order_quantity: 0,
            max_reference_age_ns: 0,
            min_own_spread: 0,
            duplicate_window_ns: 0,
            max_gross_notional: 0,
            max_net_notional: 0,
            max_concentration_bps: 0,
            concentration_base: 0,
            max_working_orders: 0,
            max_orders_per_fill: 0,
            protection_fills: 0,
            protection_quantity: 0,
            protection_notional: 0,
            max_daily_loss: 0,
            max_drawdown: 0,
            max_consecutive_losses: 0,
            max_value_at_risk: 0,
            max_expected_shortfall: 0,
            max_adverse_millticks: 0,
            max_data_age_ns: 0,
            max_clock_step_ns: 0,
            max_reconciliation_breaks: 0,
            ping_timeout_ns: 0,
            quantity_increment: 0,
            order_grace: 0,
            repeated_window_ns: 0,
            protection_window_ns: 0,
            markout_horizon_ns: 0,
            cooldown_ns: 0,
            price_increment: 0,
            duplicate_ids: 0,
            cancel_reserve: 0,
            repeated_executions: 0,
            markout_fills: 0,
            confidence_bps: 0,
            tail_periods: 0,
            tail_scenarios: 0,
            warn_share_bps: 0,
            instruments: 0,
            audit_capacity: 0,
            positive_prices: 0,
            post_only: 0,
            self_trade: 0,
            sequence_gaps: 0,
            crossed_books: 0,
            on_daily_loss: 0,
            on_drawdown: 0,
            on_consecutive_losses: 0,
            on_value_at_risk: 0,
            on_expected_shortfall: 0,
            on_markout: 0,
            on_protection: 0,
            on_repeated_execution: 0,
            on_reconciliation: 0,
            on_clock: 0,
            on_silence: 0,
            reserved: [0; 4],
        }
    }
}

const _: () = assert!(size_of::<mm_risk_config_t>() == 368);

impl TryFrom<&mm_risk_config_t> for RiskConfig {
    type Error = Failure;

    fn try_from(config: &mm_risk_config_t) -> Result<Self, Failure> {
        let limit = |value: i64, name: &str| match value {
            MM_NO_LIMIT => Ok(None),
            0.. => Ok(Some(value)),
            _ => Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is negative"))),
        };
        let lots = |value, name| Ok::<_, Failure>(limit(value, name)?.map(|v| Quantity(v.unsigned_abs())));
        let bps = limit(config.collar_bps, "collar_bps")?
            .map(u32::try_from)
            .transpose()
            .map_err(|_| Failure::new(MM_E_INVALID_ARGUMENT, format_args!("collar_bps is above 2^32-1")))?;
        // 0 is no limit, and a limit of zero has a number of its own.
        let set = |value: i64, name: &str| match value {
            0 | MM_NO_LIMIT => Ok(None),
            MM_LIMIT_ZERO => Ok(Some(0)),
            1.. => Ok(Some(value)),
            _ => Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is negative"))),
        };
        let money = |value, name| Ok::<_, Failure>(set(value, name)?.map(Money));
        let time = |value, name| Ok::<_, Failure>(set(value, name)?.map(i64::unsigned_abs));
        let count = |value, name| {
            set(value, name)?
                .map(u32::try_from)
                .transpose()
                .map_err(|_| Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is above 2^32-1")))
        };
        let few = |value: u32, default: u32| if value == 0 { default } else { value };
        let defaults = Self::default();
        let self_trade = match config.self_trade {
            0 => None,
            number => Some(
                SelfTradePolicy::from_u8(number)
                    .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("self_trade {number} is unknown")))?,
            ),
        };
        Ok(Self {
            max_order_quantity: lots(config.max_order_quantity, "max_order_quantity")?,
            max_order_notional: limit(config.max_order_notional, "max_order_notional")?.map(Money),
            collar_ticks: limit(config.collar_ticks, "collar_ticks")?.map(i64::unsigned_abs),
            collar_bps: bps,
            max_long_position: lots(config.max_long_position, "max_long_position")?,
            max_short_position: lots(config.max_short_position, "max_short_position")?,
            message_rate: (config.rate_messages > 0).then_some(RateLimit {
                messages: config.rate_messages,
                period_ns: config.rate_period_ns,
                burst: if config.rate_burst == 0 { config.rate_messages } else { config.rate_burst },
            }),
            price_increment: config.price_increment,
            quantity_increment: config.quantity_increment,
            min_order_quantity: time(config.min_order_quantity, "min_order_quantity")?.map(Quantity),
            positive_prices: event::flag(config.positive_prices, "positive_prices")?,
            max_reference_age_ns: time(config.max_reference_age_ns, "max_reference_age_ns")?,
            post_only: event::flag(config.post_only, "post_only")?,
            min_own_spread: time(config.min_own_spread, "min_own_spread")?,
            self_trade,
            duplicate_ids: config.duplicate_ids,
            duplicate_window_ns: time(config.duplicate_window_ns, "duplicate_window_ns")?,
            max_gross_notional: money(config.max_gross_notional, "max_gross_notional")?,
            max_net_notional: money(config.max_net_notional, "max_net_notional")?,
            max_concentration_bps: count(config.max_concentration_bps, "max_concentration_bps")?,
            concentration_base: Money(config.concentration_base),
            max_working_orders: count(config.max_working_orders, "max_working_orders")?,
            cancel_reserve: config.cancel_reserve,
            order_to_trade: count(config.max_orders_per_fill, "max_orders_per_fill")?
                .map(|orders_per_fill| OrderToTradeLimit { orders_per_fill, grace: config.order_grace }),
            repeated_executions: (config.repeated_executions > 0).then_some(RepeatLimit {
                executions: config.repeated_executions,
                window_ns: config.repeated_window_ns,
            }),
            protection: (config.protection_window_ns > 0)
                .then(|| {
                    Ok::<_, Failure>(ProtectionLimit {
                        window_ns: config.protection_window_ns,
                        fills: count(config.protection_fills, "protection_fills")?,
                        quantity: time(config.protection_quantity, "protection_quantity")?.map(Quantity),
                        notional: money(config.protection_notional, "protection_notional")?,
                    })
                })
                .transpose()?,
            max_daily_loss: money(config.max_daily_loss, "max_daily_loss")?,
            max_drawdown: money(config.max_drawdown, "max_drawdown")?,
            max_consecutive_losses: count(config.max_consecutive_losses, "max_consecutive_losses")?,
            max_value_at_risk: money(config.max_value_at_risk, "max_value_at_risk")?,
            max_expected_shortfall: money(config.max_expected_shortfall, "max_expected_shortfall")?,
            tail: TailConfig {
                confidence_bps: few(config.confidence_bps, defaults.tail.confidence_bps),
                periods: few(config.tail_periods, defaults.tail.periods),
                scenarios: config.tail_scenarios,
            },
            markout: count(config.max_adverse_millticks, "max_adverse_millticks")?.map(|adverse_millticks| {
                MarkoutLimit {
                    adverse_millticks,
                    horizon_ns: config.markout_horizon_ns,
                    fills: config.markout_fills,
                }
            }),
            max_data_age_ns: time(config.max_data_age_ns, "max_data_age_ns")?,
            sequence_gaps: event::flag(config.sequence_gaps, "sequence_gaps")?,
            crossed_books: event::flag(config.crossed_books, "crossed_books")?,
            max_clock_step_ns: time(config.max_clock_step_ns, "max_clock_step_ns")?,
            max_reconciliation_breaks: count(config.max_reconciliation_breaks, "max_reconciliation_breaks")?,
            ping_timeout_ns: time(config.ping_timeout_ns, "ping_timeout_ns")?,
            warn_share_bps: few(config.warn_share_bps, defaults.warn_share_bps),
            cooldown_ns: if config.cooldown_ns == 0 { defaults.cooldown_ns } else { config.cooldown_ns },
            actions: actions(config)?,
            instruments: few(config.instruments, defaults.instruments),
            audit_capacity: few(config.audit_capacity, defaults.audit_capacity),
        })
    }
}

/// What the breaches do.
fn actions(config: &mm_risk_config_t) -> Result<BreachActions, Failure> {
    let numbers = [
        (RiskReason::DailyLoss, config.on_daily_loss),
        (RiskReason::Drawdown, config.on_drawdown),
        (RiskReason::ConsecutiveLosses, config.on_consecutive_losses),
        (RiskReason::ValueAtRisk, config.on_value_at_risk),
        (RiskReason::ExpectedShortfall, config.on_expected_shortfall),
        (RiskReason::Markout, config.on_markout),
        (RiskReason::MarketMakerProtection, config.on_protection),
        (RiskReason::RepeatedExecution, config.on_repeated_execution),
        (RiskReason::ReconciliationBreak, config.on_reconciliation),
        (RiskReason::ClockBackwards, config.on_clock),
        (RiskReason::DeadMan, config.on_silence),
    ];
    let mut actions = BreachActions::default();
    for (reason, number) in numbers {
        if number != 0 {
            let action = BreachAction::from_u8(number)
                .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("breach action {number} is unknown")))?;
            actions = actions.with(reason, action);
        }
    }
    Ok(actions)
}

/// Fills a config with its defaults: no limit anywhere. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_config_init(
    config: *mut mm_risk_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
