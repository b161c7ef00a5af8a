//! Why an order is refused: one reason for each check, with its number, its name and its place in the order of checks.

/// Why an order was refused. Each check has one. The numbers cross the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RiskReason {
    /// The kill switch is on.
    KillSwitch = 1,
    /// No lots, more than [`Quantity::MAX`](crate::types::Quantity::MAX), a price out of range, not positive where it must be,
    /// or a number that is not finite.
    InvalidOrder = 2,
    /// More lots than one order may have.
    OrderQuantity = 3,
    /// More notional than one order may have.
    OrderNotional = 4,
    /// A collar is set and there is no reference price to measure from.
    NoReference = 5,
    /// Too far from the reference price.
    PriceCollar = 6,
    /// If every working buy order filled, the position would be too long.
    LongPosition = 7,
    /// If every working sell order filled, the position would be too short.
    ShortPosition = 8,
    /// Too many messages.
    MessageRate = 9,
    /// The host has halted the gate.
    Halted = 10,
    /// Only orders that reduce the position may pass.
    ReduceOnly = 11,
    /// The instrument may not be traded.
    RestrictedInstrument = 12,
    /// The gate's table of instruments is full.
    UnknownInstrument = 13,
    /// The price is no multiple of the price increment.
    OffTick = 14,
    /// The quantity is no multiple of the quantity increment.
    OffLot = 15,
    /// Fewer lots than an order must have.
    MinQuantity = 16,
    /// The reference price is too old to measure from.
    StaleReference = 17,
    /// A post-only order that would trade on arrival.
    PostOnly = 18,
    /// Too near to an own quote of the other side.
    OwnSpread = 19,
    /// It would trade with an own order.
    SelfTrade = 20,
    /// An order with this id has passed already.
    DuplicateId = 21,
    /// The same order has passed within the window.
    DuplicateOrder = 22,
    /// Gross notional over all instruments, in the worst case of working orders.
    GrossNotional = 23,
    /// Net notional over all instruments, in the worst case of working orders.
    NetNotional = 24,
    /// Too much of the gross notional in one instrument.
    Concentration = 25,
    /// Too many working orders.
    WorkingOrders = 26,
    /// Too many orders for the trades that they brought.
    OrderToTrade = 27,
    /// Too many executions on one side of an instrument within the window.
    RepeatedExecution = 28,
    /// Too many fills, lots or notional within the window.
    MarketMakerProtection = 29,
    /// The day's loss is too large: realised, unrealised and fees.
    DailyLoss = 30,
    /// Equity has fallen too far from its peak.
    Drawdown = 31,
    /// Too many losing trades in a row.
    ConsecutiveLosses = 32,
    /// Value at risk is too large.
    ValueAtRisk = 33,
    /// Expected shortfall is too large.
    ExpectedShortfall = 34,
    /// The market moves against our fills: adverse selection.
    Markout = 35,
    /// The instrument's market data are too old.
    StaleData = 36,
    /// Market data have been missed and not recovered.
    SequenceGap = 37,
    /// The instrument's bid meets its ask.
    CrossedBook = 38,
    /// Time has gone back by more than is tolerated.
    ClockBackwards = 39,
    /// The venue's orders or positions differ from ours.
    ReconciliationBreak = 40,
    /// The host has not given a sign of life.
    DeadMan = 41,
}

impl RiskReason {
    /// How many reasons there are.
    pub const COUNT: usize = 41;
    /// Every reason, by its number.
    pub const ALL: [Self; Self::COUNT] = [
        Self::KillSwitch,
        Self::InvalidOrder,
        Self::OrderQuantity,
        Self::OrderNotional,
        Self::NoReference,
        Self::PriceCollar,
        Self::LongPosition,
        Self::ShortPosition,
        Self::MessageRate,
        Self::Halted,
        Self::ReduceOnly,
        Self::RestrictedInstrument,
        Self::UnknownInstrument,
        Self::OffTick,
        Self::OffLot,
        Self::MinQuantity,
        Self::StaleReference,
        Self::PostOnly,
        Self::OwnSpread,
        Self::SelfTrade,
        Self::DuplicateId,
        Self::DuplicateOrder,
        Self::GrossNotional,
        Self::NetNotional,
        Self::Concentration,
        Self::WorkingOrders,
        Self::OrderToTrade,
        Self::RepeatedExecution,
        Self::MarketMakerProtection,
        Self::DailyLoss,
        Self::Drawdown,
        Self::ConsecutiveLosses,
        Self::ValueAtRisk,
        Self::ExpectedShortfall,
        Self::Markout,
        Self::StaleData,
        Self::SequenceGap,
        Self::CrossedBook,
        Self::ClockBackwards,
        Self::ReconciliationBreak,
        Self::DeadMan,
    ];
    /// Every reason, in the order in which the checks run: the gate's own state, the instrument's, then the order, the
    /// exposure that it would bring, and the rate, so that a refused order uses no message.
    pub const IN_ORDER: [Self; Self::COUNT] = [
        Self::KillSwitch,
        Self::Halted,
        Self::DailyLoss,
        Self::Drawdown,
        Self::ConsecutiveLosses,
        Self::ValueAtRisk,
        Self::ExpectedShortfall,
        Self::Markout,
        Self::MarketMakerProtection,
        Self::RepeatedExecution,
        Self::ReconciliationBreak,
        Self::ClockBackwards,
        Self::DeadMan,
        Self::UnknownInstrument,
        Self::RestrictedInstrument,
        Self::SequenceGap,
        Self::CrossedBook,
        Self::StaleData,
        Self::ReduceOnly,
        Self::InvalidOrder,
        Self::OffTick,
        Self::OffLot,
        Self::MinQuantity,
        Self::OrderQuantity,
        Self::OrderNotional,
        Self::NoReference,
        Self::StaleReference,
        Self::PriceCollar,
        Self::PostOnly,
        Self::SelfTrade,
        Self::OwnSpread,
        Self::DuplicateId,
        Self::DuplicateOrder,
        Self::LongPosition,
        Self::ShortPosition,
        Self::WorkingOrders,
        Self::GrossNotional,
        Self::NetNotional,
        Self::Concentration,
        Self::OrderToTrade,
        Self::MessageRate,
    ];

    /// 0 for the first reason: its place in [`ALL`](Self::ALL) and in the counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize - 1
    }

    /// Its bit in a [`ReasonSet`].
    #[must_use]
    pub const fn bit(self) -> u64 {
        1 << self.index()
    }

    /// The reason with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        if number == 0 || number as usize > Self::COUNT { None } else { Some(Self::ALL[number as usize - 1]) }
    }

    /// The name in snake case, for summaries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill_switch",
            Self::InvalidOrder => "invalid_order",
            Self::OrderQuantity => "order_quantity",
            Self::OrderNotional => "order_notional",
            Self::NoReference => "no_reference",
            Self::PriceCollar => "price_collar",
            Self::LongPosition => "long_position",
            Self::ShortPosition => "short_position",
            Self::MessageRate => "message_rate",
            Self::Halted => "halted",
            Self::ReduceOnly => "reduce_only",
            Self::RestrictedInstrument => "restricted_instrument",
            Self::UnknownInstrument => "unknown_instrument",
            Self::OffTick => "off_tick",
            Self::OffLot => "off_lot",
            Self::MinQuantity => "min_quantity",
            Self::StaleReference => "stale_reference",
            Self::PostOnly => "post_only",
            Self::OwnSpread => "own_spread",
            Self::SelfTrade => "self_trade",
            Self::DuplicateId => "duplicate_id",
            Self::DuplicateOrder => "duplicate_order",
            Self::GrossNotional => "gross_notional",
            Self::NetNotional => "net_notional",
            Self::Concentration => "concentration",
            Self::WorkingOrders => "working_orders",
            Self::OrderToTrade => "order_to_trade",
            Self::RepeatedExecution => "repeated_execution",
            Self::MarketMakerProtection => "market_maker_protection",
            Self::DailyLoss => "daily_loss",
            Self::Drawdown => "drawdown",
            Self::ConsecutiveLosses => "consecutive_losses",
            Self::ValueAtRisk => "value_at_risk",
            Self::ExpectedShortfall => "expected_shortfall",
            Self::Markout => "markout",
            Self::StaleData => "stale_data",
            Self::SequenceGap => "sequence_gap",
            Self::CrossedBook => "crossed_book",
            Self::ClockBackwards => "clock_backwards",
            Self::ReconciliationBreak => "reconciliation_break",
            Self::DeadMan => "dead_man",
        }
    }
}

impl std::fmt::Display for RiskReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A set of reasons, a bit each.
///
/// ```
/// use market_maker::risk::{ReasonSet, RiskReason};
/// let set = ReasonSet::EMPTY.with(RiskReason::DailyLoss);
/// assert!(set.contains(RiskReason::DailyLoss) && !set.contains(RiskReason::Drawdown));
/// assert_eq!(set.first(), Some(RiskReason::DailyLoss));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct ReasonSet(pub u64);

impl ReasonSet {
    /// No reason.
    pub const EMPTY: Self = Self(0);
    /// Every reason.
    pub const ALL: Self = Self((1 << RiskReason::COUNT) - 1);

    /// The set and one more.
    #[must_use]
    pub const fn with(self, reason: RiskReason) -> Self {
        Self(self.0 | reason.bit())
    }

    /// The set without one.
    #[must_use]
    pub const fn without(self, reason: RiskReason) -> Self {
        Self(self.0 & !reason.bit())
    }

    /// Whether the reason is in it.
    #[must_use]
    pub const fn contains(self, reason: RiskReason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The one that is checked first. O(reasons).
    #[must_use]
    pub fn first(self) -> Option<RiskReason> {
        RiskReason::IN_ORDER.into_iter().find(|&reason| self.contains(reason))
    }

    /// Each reason, by its number. O(reasons in the set).
    pub fn iter(self) -> impl Iterator<Item = RiskReason> {
        let mut left = self.0 & Self::ALL.0;
        std::iter::from_fn(move || {
            let reason = *RiskReason::ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(reason)
        })
    }
}

/// A refused order. Only the gate's counters have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("order refused: {reason} ({observed} against a limit of {limit})")]
pub struct RiskReject {
    /// Which check refused it.
    pub reason: RiskReason,
    /// What was measured, in the check's own unit; capped to the largest number that fits.
    pub observed: i64,
    /// What was allowed.
    pub limit: i64,
}

/// A limit that cannot be meant, or a request that the gate cannot follow. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskError {
    /// The named setting is out of its range.
    #[error("bad risk configuration: {0}")]
    BadConfig(&'static str),
    /// The table of instruments is full.
    #[error("the gate has room for {capacity} instruments")]
    InstrumentsFull {
        /// How many fit.
        capacity: u32,
    },
    /// The token of a reset is not that of the latches as they are now.
    #[error("the token does not belong to the latches as they are now")]
    WrongToken,
    /// A reset needs a reason of 1 to 32 bytes.
    #[error("a reset needs a reason of 1 to 32 bytes")]
    NoReason,
    /// A number that is not finite.
    #[error("{0} is not a finite number")]
    NotFinite(&'static str),
    /// Stored latches that no gate can have written.
    #[error("these are no latches of a gate")]
    BadLatches,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_goes_over_exactly_what_is_in_it_by_number() {
        assert_eq!(ReasonSet::EMPTY.iter().next(), None);
        assert!(ReasonSet::ALL.iter().eq(RiskReason::ALL));
        // Bits that stand for nothing are no reason.
        assert!(ReasonSet(u64::MAX).iter().eq(RiskReason::ALL));
        for step in 1..RiskReason::COUNT {
            let expected: Vec<RiskReason> = RiskReason::ALL.into_iter().step_by(step).collect();
            let set = expected.iter().fold(ReasonSet::EMPTY, |set, &reason| set.with(reason));
            assert!(set.iter().eq(expected.iter().copied()));
        }
    }
}
