//! Checks of what the account could come to hold: always in the worst case of everything that works.
//!
//! An order is measured only against what it makes worse: one that works a position down passes even while the position
//! is above a limit.

use super::{Check, Facts, Finding, Limit, cap};
use crate::risk::lines::value;
use crate::risk::{ReasonSet, RiskConfig, RiskReason};
use crate::types::{Quantity, Side};

fn lots(limit: Option<Quantity>) -> Option<i64> {
    limit.map(|lots| lots.0 as i64)
}

/// Lots long if every working buy order filled.
#[derive(Debug)]
pub(in crate::risk) struct LongPosition(Limit);

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
        self.0.look(facts.worst_after())
    }
}

/// Lots short if every working sell order filled.
#[derive(Debug)]
pub(in crate::risk) struct ShortPosition(Limit);

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
        self.0.look(facts.worst_after())
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
        self.0.look(i128::from(facts.totals.orders) + 1)
    }
}

/// Value of a lot of the order's instrument: at the mark, else at the order's own price.
#[inline]
fn unit(facts: &Facts<'_>) -> i64 {
    let line = facts.line;
    line.unit(if line.mark > 0 { line.mark } else { facts.order.price.0.unsigned_abs() })
}

/// The instrument's worst case in account units after the order, and how much that is more than before.
#[inline]
fn worst(facts: &Facts<'_>) -> (i128, i128) {
    let before = facts.line.worst();
    let after = value(before.max(cap(facts.worst_after())), unit(facts));
    // What the sums hold of this line is at its mark, which is 0 while none is known.
    (after, after - value(before, facts.line.unit(facts.line.mark)))
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
        if !self.0.is_on() {
            return None;
        }
        let (_, more) = worst(facts);
        if more <= 0 { None } else { self.0.look(facts.totals.gross + more) }
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
        if !self.0.is_on() || facts.added == 0 {
            return None;
        }
        let total = match facts.order.side {
            Side::Buy => facts.totals.high,
            Side::Sell => -facts.totals.low,
        };
        self.0.look(total + value(facts.added.min(i64::MAX as u64) as i64, unit(facts)))
    }
}

/// Share of one instrument in the gross notional.
#[derive(Debug)]
pub(in crate::risk) struct Concentration {
    limit: Limit,
    base: i128,
}

impl Check for Concentration {
    const REASON: RiskReason = RiskReason::Concentration;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            limit: Limit::of::<Self>(config.max_concentration_bps.map(i64::from), config, on),
            base: config.concentration_base.0.into(),
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if !self.limit.is_on() {
            return None;
        }
        let (after, more) = worst(facts);
        if more <= 0 {
            return None;
        }
        let whole = (facts.totals.gross + more).max(self.base).max(1);
        // The share is taken only near the limit: 128-bit division is dear.
        let near = self.limit.near(after, whole);
        if near { self.limit.look(after * 10_000 / whole + i128::from(after * 10_000 % whole != 0)) } else { None }
    }
}

impl Limit {
    /// Whether `part` of `whole` in basis points is above what is quiet.
    #[inline]
    fn near(&self, part: i128, whole: i128) -> bool {
        part * 10_000 > whole * i128::from(self.quiet)
    }
}
