//! Checks of what the account could come to hold: always in the worst case of everything that works.
//!
//! An order is measured only against what it makes worse: one that works a position down passes even while the position
//! is above a limit.

use super::{Check, Facts, Finding, Limit};
use crate::risk::{ReasonSet, RiskConfig, RiskReason};
use crate::types::{Quantity, Side};

fn lots(limit: Option<Quantity>) -> Option<i64> {
    limit.map(|lots| lots.0 as i64)
}

/// Lots long if every working buy order filled.
#[derive(Debug)]
pub(in crate::risk) struct LongPosition(pub(in crate::risk) Limit);

impl Check for LongPosition {
    const REASON: RiskReason = RiskReason::LongPosition;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(lots(config.max_long_position), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if facts.order.side != Side::Buy || facts.added == 0 {
            return None;
        }
        self.0.look_at(facts.line.worst(facts.order.side))
    }
}

/// Lots short if every working sell order filled.
#[derive(Debug)]
pub(in crate::risk) struct ShortPosition(pub(in crate::risk) Limit);

impl Check for ShortPosition {
    const REASON: RiskReason = RiskReason::ShortPosition;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(lots(config.max_short_position), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if facts.order.side != Side::Sell || facts.added == 0 {
            return None;
        }
        self.0.look_at(facts.line.worst(facts.order.side))
    }
}

/// Orders that work at once, over all instruments.
#[derive(Debug)]
pub(in crate::risk) struct WorkingOrders(Limit);

impl Check for WorkingOrders {
    const REASON: RiskReason = RiskReason::WorkingOrders;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(config.max_working_orders.map(i64::from), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if facts.order.replaces > Quantity::ZERO {
            return None;
        }
        self.0.look_at(facts.totals.orders as i64)
    }
}

/// Σ of the instruments' worst cases.
#[derive(Debug)]
pub(in crate::risk) struct GrossNotional(Limit);

impl Check for GrossNotional {
    const REASON: RiskReason = RiskReason::GrossNotional;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(config.max_gross_notional.map(|money| money.0), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if facts.is_growth { self.0.look_at(facts.totals.gross) } else { None }
    }
}

/// |Σ| of the instruments' signed worst cases on the order's side.
#[derive(Debug)]
pub(in crate::risk) struct NetNotional(Limit);

impl Check for NetNotional {
    const REASON: RiskReason = RiskReason::NetNotional;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(config.max_net_notional.map(|money| money.0), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if facts.added == 0 {
            return None;
        }
        let sums = facts.totals;
        self.0.look_at([sums.high, sums.low.saturating_neg()][facts.order.side.index()])
    }
}

/// Share of one instrument in the gross notional.
#[derive(Debug)]
pub(in crate::risk) struct Concentration {
    limit: Limit,
    /// The least that counts as the whole.
    base: i64,
}

impl Check for Concentration {
    const REASON: RiskReason = RiskReason::Concentration;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            limit: Limit::of::<Self>(config.max_concentration_bps.map(i64::from), config, on),
            base: config.concentration_base.0.max(1),
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if !facts.is_growth || !self.limit.is_on() {
            return None;
        }
        let after = facts.line.worth.gross;
        let whole = facts.totals.gross.max(self.base);
        // The share is taken only near the limit: 128-bit division is dear.
        let near = self.limit.near(after, whole);
        if !near {
            return None;
        }
        let (part, whole) = (i128::from(after) * 10_000, i128::from(whole));
        self.limit.look(part / whole + i128::from(part % whole != 0))
    }
}

impl Limit {
    /// Whether `part` of `whole` in basis points is above what is quiet.
    #[inline]
    fn near(&self, part: i64, whole: i64) -> bool {
        // Nearly always there is room for this in 64 bits.
        match (part.checked_mul(10_000), whole.checked_mul(self.quiet)) {
            (Some(part), Some(quiet)) => part > quiet,
            _ => i128::from(part) * 10_000 > i128::from(whole) * i128::from(self.quiet),
        }
    }
}
