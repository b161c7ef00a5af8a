//! The pre-trade gate: every order passes it or is refused with a typed reason.
//!
//! Checks run in the order of [`RiskReason`] and stop at the first refusal: kill switch, a well-formed order, quantity,
//! notional, price collar, position in the worst case of working orders, message rate. All arithmetic is integer, time
//! comes in with the orders and never from a clock. A check is O(1) and hot path. Standing exactly at a limit passes.
//! Cancels are never refused.
//!
//! The gate has one owner; only its [`KillSwitch`] is for any thread.

mod gate;
mod rate;

#[cfg(test)]
mod tests;

pub use gate::{Exposure, KillSwitch, OrderIntent, RiskConfig, RiskCounters, RiskGate};
pub use rate::{RateLimit, TokenBucket};

/// Why an order was refused. The numbers cross the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RiskReason {
    /// The kill switch is on.
    KillSwitch = 1,
    /// No lots, more than [`Quantity::MAX`](crate::types::Quantity::MAX), or a price out of range.
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
}

impl RiskReason {
    /// How many reasons there are.
    pub const COUNT: usize = 9;
    /// Every reason, in the order in which the checks run.
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
    ];

    /// 0 for the first reason: its place in [`ALL`](Self::ALL) and in the counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize - 1
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
        }
    }
}

impl std::fmt::Display for RiskReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
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

/// A limit that cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskError {
    /// The named setting is out of its range.
    #[error("bad risk configuration: {0}")]
    BadConfig(&'static str),
}
