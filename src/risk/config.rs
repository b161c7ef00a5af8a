//! The limits of a gate, and what happens when one is breached.

use super::{RateLimit, RiskError, RiskReason, TokenBucket};
use crate::types::{Money, Quantity};

/// What the breach of a condition (loss, health, protection: not of one order's own limits) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BreachAction {
    /// Orders are refused for as long as the condition holds.
    Refuse = 1,
    /// Only orders that reduce a position pass for as long as the condition holds.
    ReduceOnly = 2,
    /// Soft: orders are refused until the cooldown has passed; then the check starts anew.
    Pause = 3,
    /// Hard: orders are refused until [`RiskGate::reset`](super::RiskGate::reset), also across a restart.
    Latch = 4,
}

impl BreachAction {
    /// The action with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Refuse,
            2 => Self::ReduceOnly,
            3 => Self::Pause,
            4 => Self::Latch,
            _ => return None,
        })
    }
}

/// The conditions and what a breach of each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreachActions([BreachAction; RiskReason::COUNT]);

impl Default for BreachActions {
    /// Daily loss, drawdown, repeated executions and reconciliation breaks latch; consecutive losses, markouts and market-maker
    /// protection pause; value at risk and expected shortfall reduce only; the rest refuses while it lasts.
    fn default() -> Self {
        Self([BreachAction::Refuse; RiskReason::COUNT])
            .with(RiskReason::DailyLoss, BreachAction::Latch)
            .with(RiskReason::Drawdown, BreachAction::Latch)
            .with(RiskReason::RepeatedExecution, BreachAction::Latch)
            .with(RiskReason::ReconciliationBreak, BreachAction::Latch)
            .with(RiskReason::ConsecutiveLosses, BreachAction::Pause)
            .with(RiskReason::Markout, BreachAction::Pause)
            .with(RiskReason::MarketMakerProtection, BreachAction::Pause)
            .with(RiskReason::ClockBackwards, BreachAction::Pause)
            .with(RiskReason::ValueAtRisk, BreachAction::ReduceOnly)
            .with(RiskReason::ExpectedShortfall, BreachAction::ReduceOnly)
    }
}

impl BreachActions {
    /// The checks whose breach is a condition of the gate and can have any [`BreachAction`].
    pub const CONDITIONS: [RiskReason; 11] = [
        RiskReason::DailyLoss,
        RiskReason::Drawdown,
        RiskReason::ConsecutiveLosses,
        RiskReason::ValueAtRisk,
        RiskReason::ExpectedShortfall,
        RiskReason::Markout,
        RiskReason::MarketMakerProtection,
        RiskReason::RepeatedExecution,
        RiskReason::ReconciliationBreak,
        RiskReason::ClockBackwards,
        RiskReason::DeadMan,
    ];

    /// The same with another action for one check. Only the checks of [`CONDITIONS`](Self::CONDITIONS) read theirs.
    #[must_use]
    pub const fn with(mut self, reason: RiskReason, action: BreachAction) -> Self {
        self.0[reason.index()] = action;
        self
    }

    /// What a breach of this check does.
    #[must_use]
    pub const fn of(&self, reason: RiskReason) -> BreachAction {
        self.0[reason.index()]
    }
}

/// Which of two own orders gives way when they would trade with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SelfTradePolicy {
    /// The new order is refused.
    CancelNewest = 1,
    /// The resting orders that it would meet are cancelled.
    CancelOldest = 2,
    /// Both.
    CancelBoth = 3,
    /// Both are made smaller by the smaller of the two; what has nothing left is cancelled or not sent.
    Decrement = 4,
}

impl SelfTradePolicy {
    /// The policy with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::CancelNewest,
            2 => Self::CancelOldest,
            3 => Self::CancelBoth,
            4 => Self::Decrement,
            _ => return None,
        })
    }
}

/// At most so many fills, lots or so much notional within a window; more pulls all quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectionLimit {
    /// The window in nanoseconds.
    pub window_ns: u64,
    /// Fills; `None` for any number.
    pub fills: Option<u32>,
    /// Lots of either side.
    pub quantity: Option<Quantity>,
    /// |price| × quantity × unit value of either side.
    pub notional: Option<Money>,
}

/// At most so many executions on one side of one instrument within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatLimit {
    /// Executions, 1 to 4096.
    pub executions: u32,
    /// The window in nanoseconds.
    pub window_ns: u64,
}

/// At most so many passed orders for each fill, once there have been `grace` orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderToTradeLimit {
    /// Orders for each fill.
    pub orders_per_fill: u32,
    /// Orders of the day that are free.
    pub grace: u64,
}

/// How far the market may move against our fills on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkoutLimit {
    /// Loss per lot a horizon after the fill, thousandths of a tick, averaged over the last `fills`.
    pub adverse_millticks: u32,
    /// How long after the fill the mid is taken, nanoseconds.
    pub horizon_ns: u64,
    /// Fills that the average is over, 1 to 4096. There is no judgement before there are as many.
    pub fills: u32,
}

/// How value at risk and expected shortfall are measured (FORMULAS F7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailConfig {
    /// Confidence in basis points, 5 000 to 9 999: 9 900 is 99 %.
    pub confidence_bps: u32,
    /// Length of the horizon in the periods that volatilities are stated for: the T of √T.
    pub periods: u32,
    /// Returns remembered for each instrument, at most 4096; 0 leaves out the historical measure.
    pub scenarios: u32,
}

impl Default for TailConfig {
    fn default() -> Self {
        Self { confidence_bps: 9_900, periods: 1, scenarios: 0 }
    }
}

/// The limits. `None` switches a check off, and so do `false` and, where it says so, 0. The default has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskConfig {
    /// Lots of one order.
    pub max_order_quantity: Option<Quantity>,
    /// |price| × quantity of one order, ticks × lots.
    pub max_order_notional: Option<Money>,
    /// Distance of the price from the reference, ticks.
    pub collar_ticks: Option<u64>,
    /// Distance of the price from the reference, basis points of the reference. Both collars hold when both are set.
    pub collar_bps: Option<u32>,
    /// Lots long if every working buy order filled.
    pub max_long_position: Option<Quantity>,
    /// Lots short if every working sell order filled, as a positive number.
    pub max_short_position: Option<Quantity>,
    /// Messages per time. Cancels use it up and are never refused by it.
    pub message_rate: Option<RateLimit>,

    /// Prices must be multiples of so many ticks; 0 and 1 allow all. [`InstrumentRules`](super::InstrumentRules) override it.
    pub price_increment: u32,
    /// Quantities must be multiples of so many lots; 0 and 1 allow all.
    pub quantity_increment: u64,
    /// Fewest lots of one order.
    pub min_order_quantity: Option<Quantity>,
    /// Prices must be above zero.
    pub positive_prices: bool,
    /// How long after the instrument's last market data its reference may be used, nanoseconds. Only with a collar.
    pub max_reference_age_ns: Option<u64>,
    /// Post-only orders that would meet the opposite best price are refused.
    pub post_only: bool,
    /// Fewest ticks between an order and an own quote of the other side.
    pub min_own_spread: Option<u64>,
    /// Orders must not trade with own orders.
    pub self_trade: Option<SelfTradePolicy>,
    /// An id may not come again within at least the last so many ids; 0 switches the check off. At most 2²⁰.
    pub duplicate_ids: u32,
    /// The same instrument, side, price and quantity may not come again within so many nanoseconds. At least
    /// the last 1024 orders are looked at.
    pub duplicate_window_ns: Option<u64>,

    /// Σ of the instruments' worst cases, account units.
    pub max_gross_notional: Option<Money>,
    /// |Σ| of the instruments' signed worst cases, account units.
    pub max_net_notional: Option<Money>,
    /// Share of one instrument in the gross notional, basis points.
    pub max_concentration_bps: Option<u32>,
    /// The gross notional counts as at least so much when shares are taken: a first order is no concentration.
    pub concentration_base: Money,
    /// Orders that work at once over all instruments.
    pub max_working_orders: Option<u32>,

    /// Messages of the rate that only cancels may use.
    pub cancel_reserve: u32,
    /// Orders for each fill.
    pub order_to_trade: Option<OrderToTradeLimit>,
    /// Executions on one side of an instrument.
    pub repeated_executions: Option<RepeatLimit>,
    /// Fills, lots and notional of the whole account.
    pub protection: Option<ProtectionLimit>,

    /// The day's loss: realised, unrealised and fees, account units.
    pub max_daily_loss: Option<Money>,
    /// Fall of equity from its peak, account units.
    pub max_drawdown: Option<Money>,
    /// Losing trades in a row.
    pub max_consecutive_losses: Option<u32>,
    /// Value at risk, account units.
    pub max_value_at_risk: Option<Money>,
    /// Expected shortfall, account units.
    pub max_expected_shortfall: Option<Money>,
    /// How the two are measured.
    pub tail: TailConfig,
    /// Adverse selection.
    pub markout: Option<MarkoutLimit>,

    /// How old an instrument's last market data may be, nanoseconds.
    pub max_data_age_ns: Option<u64>,
    /// A missed sequence number closes the instrument until it is recovered.
    pub sequence_gaps: bool,
    /// A bid that meets the ask closes the instrument while it lasts.
    pub crossed_books: bool,
    /// How far time may go back, nanoseconds.
    pub max_clock_step_ns: Option<u64>,
    /// Breaks that a reconciliation may find.
    pub max_reconciliation_breaks: Option<u32>,
    /// How long the host may be silent, nanoseconds.
    pub ping_timeout_ns: Option<u64>,

    /// Share of a limit at which a warning is given, basis points. Default 8 000; 10 000 gives none.
    pub warn_share_bps: u32,
    /// How long a pause lasts after its breach, nanoseconds. Default one second.
    pub cooldown_ns: u64,
    /// What the breach of a condition does.
    pub actions: BreachActions,
    /// Instruments that fit. Default 16, at most 65 536.
    pub instruments: u32,
    /// Decisions that the audit ring holds, rounded up to a power of two. Default 1024, at most 2²².
    pub audit_capacity: u32,
}

impl Default for RiskConfig {
    fn default() -> Self {
        Self {
            max_order_quantity: None,
            max_order_notional: None,
            collar_ticks: None,
            collar_bps: None,
            max_long_position: None,
            max_short_position: None,
            message_rate: None,
            price_increment: 0,
            quantity_increment: 0,
            min_order_quantity: None,
            positive_prices: false,
            max_reference_age_ns: None,
            post_only: false,
            min_own_spread: None,
            self_trade: None,
            duplicate_ids: 0,
            duplicate_window_ns: None,
            max_gross_notional: None,
            max_net_notional: None,
            max_concentration_bps: None,
            concentration_base: Money(0),
            max_working_orders: None,
            cancel_reserve: 0,
            order_to_trade: None,
            repeated_executions: None,
            protection: None,
            max_daily_loss: None,
            max_drawdown: None,
            max_consecutive_losses: None,
            max_value_at_risk: None,
            max_expected_shortfall: None,
            tail: TailConfig::default(),
            markout: None,
            max_data_age_ns: None,
            sequence_gaps: false,
            crossed_books: false,
            max_clock_step_ns: None,
            max_reconciliation_breaks: None,
            ping_timeout_ns: None,
            warn_share_bps: 8_000,
            cooldown_ns: 1_000_000_000,
            actions: BreachActions::default(),
            instruments: 16,
            audit_capacity: 1024,
        }
    }
}

/// Most samples of a window.
const MAX_SAMPLES: u32 = 4096;

impl RiskConfig {
    /// The same bound on both signs of the position.
    #[must_use]
    pub const fn with_max_position(mut self, lots: Quantity) -> Self {
        self.max_long_position = Some(lots);
        self.max_short_position = Some(lots);
        self
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] names the setting that is not.
    pub fn validate(&self) -> Result<(), RiskError> {
        let must = |holds: bool, what| if holds { Ok(()) } else { Err(RiskError::BadConfig(what)) };
        let money = |value: Option<Money>| value.is_none_or(|money| money.0 >= 0);
        must(money(self.max_order_notional), "max_order_notional is negative")?;
        for notional in [self.max_gross_notional, self.max_net_notional, Some(self.concentration_base)] {
            must(money(notional), "a notional of the account is negative")?;
        }
        let losses =
            [self.max_daily_loss, self.max_drawdown, self.max_value_at_risk, self.max_expected_shortfall];
        must(losses.into_iter().all(money), "a limit of losses is negative")?;
        for limit in [self.max_order_quantity, self.max_long_position, self.max_short_position] {
            must(limit.is_none_or(|lots| lots <= Quantity::MAX), "a limit in lots is above Quantity::MAX")?;
        }
        must(self.duplicate_ids <= 1 << 20, "duplicate_ids is above 2^20")?;
        must(
            self.max_concentration_bps.is_none_or(|bps| bps <= 10_000),
            "max_concentration_bps is above 10000",
        )?;
        must(self.warn_share_bps <= 10_000, "warn_share_bps is above 10000")?;
        must((1..=1 << 16).contains(&self.instruments), "instruments must be in 1..=65536")?;
        must((1..=1 << 22).contains(&self.audit_capacity), "audit_capacity must be in 1..=2^22")?;
        let samples = |count: u32| (1..=MAX_SAMPLES).contains(&count);
        must(
            self.repeated_executions.is_none_or(|limit| samples(limit.executions)),
            "repeated executions must be 1 to 4096",
        )?;
        must(self.markout.is_none_or(|limit| samples(limit.fills)), "markouts are over 1 to 4096 fills")?;
        must(
            self.protection.is_none_or(|limit| {
                money(limit.notional) && limit.fills.is_none_or(|fills| fills <= MAX_SAMPLES)
            }),
            "protection counts at most 4096 fills and no negative notional",
        )?;
        must(
            (5_000..10_000).contains(&self.tail.confidence_bps) && self.tail.scenarios <= MAX_SAMPLES,
            "confidence must be 5000 to 9999 basis points and scenarios at most 4096",
        )?;
        if let Some(rate) = self.message_rate {
            TokenBucket::new(rate)?;
            must(self.cancel_reserve < rate.burst, "the cancel reserve leaves no message for orders")?;
        } else {
            must(self.cancel_reserve == 0, "a cancel reserve needs a message rate")?;
        }
        Ok(())
    }

    /// The checks that have a limit, whether or not they are switched on.
    #[must_use]
    pub fn configured(&self) -> super::ReasonSet {
        use RiskReason as R;
        let collar = self.collar_ticks.is_some() || self.collar_bps.is_some();
        [
            // These need no limit.
            (R::KillSwitch, true),
            (R::InvalidOrder, true),
            (R::Halted, true),
            (R::ReduceOnly, true),
            (R::RestrictedInstrument, true),
            (R::UnknownInstrument, true),
            (R::OffTick, self.price_increment > 1),
            (R::OffLot, self.quantity_increment > 1),
            (R::OrderQuantity, self.max_order_quantity.is_some()),
            (R::OrderNotional, self.max_order_notional.is_some()),
            (R::NoReference, collar),
            (R::PriceCollar, collar),
            (R::LongPosition, self.max_long_position.is_some()),
            (R::ShortPosition, self.max_short_position.is_some()),
            (R::MessageRate, self.message_rate.is_some()),
            (R::MinQuantity, self.min_order_quantity.is_some()),
            (R::StaleReference, collar && self.max_reference_age_ns.is_some()),
            (R::PostOnly, self.post_only),
            (R::OwnSpread, self.min_own_spread.is_some()),
            (R::SelfTrade, self.self_trade.is_some()),
            (R::DuplicateId, self.duplicate_ids > 0),
            (R::DuplicateOrder, self.duplicate_window_ns.is_some()),
            (R::GrossNotional, self.max_gross_notional.is_some()),
            (R::NetNotional, self.max_net_notional.is_some()),
            (R::Concentration, self.max_concentration_bps.is_some()),
            (R::WorkingOrders, self.max_working_orders.is_some()),
            (R::OrderToTrade, self.order_to_trade.is_some()),
            (R::RepeatedExecution, self.repeated_executions.is_some()),
            (R::MarketMakerProtection, self.protection.is_some()),
            (R::DailyLoss, self.max_daily_loss.is_some()),
            (R::Drawdown, self.max_drawdown.is_some()),
            (R::ConsecutiveLosses, self.max_consecutive_losses.is_some()),
            (R::ValueAtRisk, self.max_value_at_risk.is_some()),
            (R::ExpectedShortfall, self.max_expected_shortfall.is_some()),
            (R::Markout, self.markout.is_some()),
            (R::StaleData, self.max_data_age_ns.is_some()),
            (R::SequenceGap, self.sequence_gaps),
            (R::CrossedBook, self.crossed_books),
            (R::ClockBackwards, self.max_clock_step_ns.is_some()),
            (R::ReconciliationBreak, self.max_reconciliation_breaks.is_some()),
            (R::DeadMan, self.ping_timeout_ns.is_some()),
        ]
        .into_iter()
        .fold(super::ReasonSet::EMPTY, |set, (reason, is_set)| if is_set { set.with(reason) } else { set })
    }
}
