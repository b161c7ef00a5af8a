//! The checks: each a type with what its limit compiles to, its reason, and the one question that it asks.
//!
//! A check looks at [`Facts`] and finds nothing, or a [`Finding`]: something at its warning share of the limit, or above
//! the limit. The usual answer is nothing, so that each costs one comparison that is predicted; what follows a finding is
//! cold. A check that is off has a limit that nothing reaches. The checks of the gate's own conditions (losses, health,
//! protection) are asked when their data change, not with every order: see [`condition`].

pub(super) mod condition;
pub(super) mod exposure;
pub(super) mod order;
pub(super) mod rate;
pub(super) mod set;

use super::lines::{Line, Totals};
use super::{Exposure, OrderIntent, ReasonSet, RiskConfig, RiskReason};
use crate::types::Price;

/// What every check of an order looks at.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) order: &'a OrderIntent,
    pub(super) exposure: &'a Exposure,
    /// The instrument with the order, worth what it is at the mark or else at the order's own price.
    pub(super) line: &'a Line,
    /// The account's sums with the order.
    pub(super) totals: &'a Totals,
    /// The order makes the instrument's worst case worse.
    pub(super) is_growth: bool,
    /// Lots that the order adds to the working orders of its side.
    pub(super) added: u64,
    /// How old the instrument's data are, ns; the most that there is while none have come.
    pub(super) age: i64,
    /// What tells the order from others, where a check wants to know.
    pub(super) key: u64,
    /// The own quote of the other side.
    pub(super) own_opposite: Option<Price>,
}

/// Something at or above its warning share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) observed: i64,
    pub(super) limit: i64,
    pub(super) is_breach: bool,
}

impl Finding {
    /// Above the limit.
    #[cold]
    pub(super) fn breach(observed: i128, limit: i128) -> Self {
        Self { observed: cap(observed), limit: cap(limit), is_breach: true }
    }
}

/// The nearest number that fits.
#[inline]
pub(super) fn cap(value: i128) -> i64 {
    // Nearly all do.
    let low = value as i64;
    if i128::from(low) == value { low } else { nearest(value) }
}

#[cold]
fn nearest(value: i128) -> i64 {
    if value < 0 { i64::MIN } else { i64::MAX }
}

/// One check of an order.
pub(super) trait Check {
    /// Its reason.
    const REASON: RiskReason;
    /// The check of this configuration; one that finds nothing unless `on` has its reason.
    fn new(config: &RiskConfig, on: ReasonSet) -> Self;
    /// What it finds.
    fn look(&self, facts: &Facts<'_>) -> Option<Finding>;
}

/// A largest value, and the value above which somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    most: i64,
    quiet: i64,
}

impl Limit {
    /// Nothing is too much.
    pub(super) const OFF: Self = Self { most: i64::MAX, quiet: i64::MAX };

    /// At most `most`, with a warning from `share_bps` of it on; off when there is no limit.
    pub(super) fn new(most: Option<i64>, share_bps: u32) -> Self {
        match most {
            None | Some(i64::MAX) => Self::OFF,
            Some(most) => Self { most, quiet: quiet_below(most, share_bps) },
        }
    }

    pub(super) fn of<C: Check>(most: Option<i64>, config: &RiskConfig, on: ReasonSet) -> Self {
        Self::new(most.filter(|_| on.contains(C::REASON)), config.warn_share_bps)
    }

    pub(super) const fn is_on(&self) -> bool {
        self.most != i64::MAX
    }

    /// The largest value of which nothing is said, as a time.
    pub(super) const fn quiet(&self) -> u64 {
        if self.quiet < 0 { 0 } else { self.quiet as u64 }
    }

    /// Whether a value is worth a look.
    #[inline(always)]
    pub(super) const fn is_near(&self, observed: i64) -> bool {
        observed > self.quiet
    }

    /// What a value of 64 bits means.
    #[inline(always)]
    pub(super) fn look_at(&self, observed: i64) -> Option<Finding> {
        if self.is_near(observed) { self.judge(observed.into()) } else { None }
    }

    /// What a value means.
    #[inline(always)]
    pub(super) fn look(&self, observed: i128) -> Option<Finding> {
        if observed <= i128::from(self.quiet) { None } else { self.judge(observed) }
    }

    #[cold]
    fn judge(&self, observed: i128) -> Option<Finding> {
        self.is_on().then(|| Finding {
            observed: cap(observed),
            limit: self.most,
            is_breach: observed > i128::from(self.most),
        })
    }
}

/// The largest value below the warning share, so that standing at the share warns; a limit of zero warns of nothing.
fn quiet_below(most: i64, share_bps: u32) -> i64 {
    if share_bps >= 10_000 || most <= 0 {
        return most;
    }
    let share = (i128::from(most) * i128::from(share_bps) + 9_999) / 10_000;
    cap(share - 1).max(0)
}
