//! The limits of a gate: `mm::cxx::risk_config`.

use crate::ffi::risk::mm_risk_config_t;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    /// What becomes of own orders that would trade with each other.
    #[cxx_name = "self_trade"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum SelfTrade {
        #[cxx_name = "off"]
        Off = 0,
        #[cxx_name = "cancel_newest"]
        CancelNewest = 1,
        #[cxx_name = "cancel_oldest"]
        CancelOldest = 2,
        #[cxx_name = "cancel_both"]
        CancelBoth = 3,
        #[cxx_name = "decrement"]
        Decrement = 4,
    }

    /// What a breach does; by_default is as the check has it.
    #[cxx_name = "breach_action"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum BreachAction {
        #[cxx_name = "by_default"]
        ByDefault = 0,
        #[cxx_name = "refuse"]
        Refuse = 1,
        #[cxx_name = "reduce_only"]
        ReduceOnly = 2,
        #[cxx_name = "pause"]
        Pause = 3,
        #[cxx_name = "latch"]
        Latch = 4,
    }

    /// The limits of a gate, as mm_risk_config_t has them: MM_NO_LIMIT (2^63-1), the default, switches a check off in
    /// the first eight fields; from min_order_quantity on 0, the default, does, and a limit of zero is MM_LIMIT_ZERO
    /// (-1).
    #[cxx_name = "risk_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskConfig {
        /// Lots of one order.
        max_order_quantity: i64,
        /// |price| x quantity of one order, ticks x lots.
        max_order_notional: i64,
        /// Distance of the price from the reference, ticks.
        collar_ticks: i64,
        /// Distance of the price from the reference, basis points. Both collars hold when both are set.
        collar_bps: i64,
        /// Lots long if every working buy order filled.
        max_long_position: i64,
        /// Lots short if every working sell order filled, as a positive number.
        max_short_position: i64,
        /// The time in which rate_messages messages may be sent, ns. Default one second.
        rate_period_ns: u64,
        /// Messages per period; 0, the default, is no limit. Cancels use it up and are never refused by it.
        rate_messages: u32,
        /// Messages that may be sent at once after a pause; 0 is rate_messages.
        rate_burst: u32,
        /// Fewest lots of one order.
        min_order_quantity: i64,
        /// How old the instrument's last market data may be for its reference to be used, ns; only with a collar.
        max_reference_age_ns: i64,
        /// Fewest ticks between an order and an own quote of the other side.
        min_own_spread: i64,
        /// The same instrument, side, price and quantity may not come again within so many ns.
        duplicate_window_ns: i64,
        /// Sum of the instruments' worst cases, account units.
        max_gross_notional: i64,
        /// Sum of the instruments' signed worst cases, account units, either sign.
        max_net_notional: i64,
        /// Share of one instrument in the gross notional, basis points.
        max_concentration_bps: i64,
        /// The gross notional counts as at least so much when shares are taken, account units.
        concentration_base: i64,
        /// Orders that work at once over all instruments.
        max_working_orders: i64,
        /// Orders for each fill, once there have been order_grace of the day.
        max_orders_per_fill: i64,
        /// Fills within protection_window_ns; more pull all quotes.
        protection_fills: i64,
        /// Lots filled within protection_window_ns.
        protection_quantity: i64,
        /// Notional filled within protection_window_ns, account units.
        protection_notional: i64,
        /// The day's loss: realised, unrealised and fees, account units.
        max_daily_loss: i64,
        /// Fall of equity from its peak, account units.
        max_drawdown: i64,
        /// Losing trades in a row.
        max_consecutive_losses: i64,
        /// Value at risk, account units.
        max_value_at_risk: i64,
        /// Expected shortfall, account units.
        max_expected_shortfall: i64,
        /// Average loss per lot markout_horizon_ns after our fills, thousandths of a tick.
        max_adverse_millticks: i64,
        /// How old an instrument's last market data may be, ns.
        max_data_age_ns: i64,
        /// How far time may go back, ns.
        max_clock_step_ns: i64,
        /// Breaks that a reconciliation may find.
        max_reconciliation_breaks: i64,
        /// How long the host may be silent, ns.
        ping_timeout_ns: i64,
        /// Quantities must be multiples of so many lots; 0 and 1 allow all.
        quantity_increment: u64,
        /// Orders of the day that max_orders_per_fill does not look at.
        order_grace: u64,
        /// Window of repeated_executions, ns.
        repeated_window_ns: u64,
        /// Window of the protection, ns; 0 switches it off.
        protection_window_ns: u64,
        /// How long after a fill the mid is taken, ns.
        markout_horizon_ns: u64,
        /// How long a pause lasts, ns; 0 is one second.
        cooldown_ns: u64,
        /// Prices must be multiples of so many ticks; 0 and 1 allow all.
        price_increment: u32,
        /// An id may not come again within at least so many; 0 switches the check off.
        duplicate_ids: u32,
        /// Messages of the rate that only cancels may use.
        cancel_reserve: u32,
        /// Executions on one side of an instrument within repeated_window_ns, 1 to 4096; 0 switches the check off.
        repeated_executions: u32,
        /// Fills that the markout is averaged over, 1 to 4096.
        markout_fills: u32,
        /// Confidence of the tail measures, basis points; 0 is 9900.
        confidence_bps: u32,
        /// Length of their horizon in the periods of the volatilities; 0 is true.
        tail_periods: u32,
        /// Returns remembered for each instrument, at most 4096; 0 leaves out the historical measure.
        tail_scenarios: u32,
        /// Share of a limit that warns, basis points; 0 is 8000, 10000 warns of nothing.
        warn_share_bps: u32,
        /// Instruments that fit; 0 is true6. Fixed at construction.
        instruments: u32,
        /// Decisions that the audit ring holds; 0 is true024. Fixed at construction.
        audit_capacity: u32,
        /// Whether prices must be above zero.
        positive_prices: bool,
        /// Whether post-only orders that would meet the opposite best price are refused.
        post_only: bool,
        /// What becomes of own orders that would meet; off by default.
        self_trade: SelfTrade,
        /// Whether a missed sequence number closes its instrument.
        sequence_gaps: bool,
        /// Whether a bid that meets the ask closes its instrument.
        crossed_books: bool,
        /// What its breach does.
        on_daily_loss: BreachAction,
        /// What its breach does.
        on_drawdown: BreachAction,
        /// What its breach does.
        on_consecutive_losses: BreachAction,
        /// What its breach does.
        on_value_at_risk: BreachAction,
        /// What its breach does.
        on_expected_shortfall: BreachAction,
        /// What its breach does.
        on_markout: BreachAction,
        /// What its breach does.
        on_protection: BreachAction,
        /// What its breach does.
        on_repeated_execution: BreachAction,
        /// What its breach does.
        on_reconciliation: BreachAction,
        /// What its breach does.
        on_clock: BreachAction,
        /// What its breach does.
        on_silence: BreachAction,
    }
}

pub(super) use face::RiskConfig;
use face::{BreachAction, SelfTrade};

numbered!(SelfTrade: u8, BreachAction: u8);
blank_by_config!(mm_risk_config_t);
mirror!(RiskConfig => mm_risk_config_t {
    max_order_quantity, max_order_notional, collar_ticks, collar_bps, max_long_position, max_short_position,
    rate_period_ns, rate_messages, rate_burst, min_order_quantity, max_reference_age_ns, min_own_spread,
    duplicate_window_ns, max_gross_notional, max_net_notional, max_concentration_bps, concentration_base,
    max_working_orders, max_orders_per_fill, protection_fills, protection_quantity, protection_notional,
    max_daily_loss, max_drawdown, max_consecutive_losses, max_value_at_risk, max_expected_shortfall,
    max_adverse_millticks, max_data_age_ns, max_clock_step_ns, max_reconciliation_breaks, ping_timeout_ns,
    quantity_increment, order_grace, repeated_window_ns, protection_window_ns, markout_horizon_ns,
    cooldown_ns, price_increment, duplicate_ids, cancel_reserve, repeated_executions, markout_fills,
    confidence_bps, tail_periods, tail_scenarios, warn_share_bps, instruments, audit_capacity
} flags { positive_prices, post_only, sequence_gaps, crossed_books } numbers {
    self_trade, on_daily_loss, on_drawdown, on_consecutive_losses, on_value_at_risk, on_expected_shortfall,
    on_markout, on_protection, on_repeated_execution, on_reconciliation, on_clock, on_silence
});
