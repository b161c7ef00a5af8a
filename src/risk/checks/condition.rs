//! Conditions: breaches that are not one order's but the gate's, and last.
//!
//! A check of losses, of health or of protection is asked when its data change. What it finds is kept here as bits,
//! so that an order costs one comparison for all of them together. What a breach does is its [`BreachAction`]: refuse or
//! reduce while the condition holds, pause until a cooldown has passed, or latch until a reset.

use super::Limit;
use crate::risk::{BreachAction, BreachActions, ReasonSet, RiskConfig, RiskReason, RiskReject};

/// What a change of a condition was: written to the audit ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::risk) enum Change {
    Warned,
    Breached,
    Cleared,
    Paused,
    Latched,
}

/// The limits of the conditions.
#[derive(Debug)]
pub(in crate::risk) struct ConditionLimits {
    pub(in crate::risk) daily_loss: Limit,
    pub(in crate::risk) drawdown: Limit,
    pub(in crate::risk) losses: Limit,
    pub(in crate::risk) value_at_risk: Limit,
    pub(in crate::risk) shortfall: Limit,
    pub(in crate::risk) markout: Limit,
    pub(in crate::risk) window_fills: Limit,
    pub(in crate::risk) window_quantity: Limit,
    pub(in crate::risk) window_notional: Limit,
    pub(in crate::risk) executions: Limit,
    pub(in crate::risk) breaks: Limit,
    pub(in crate::risk) clock_step: Limit,
    pub(in crate::risk) silence: Limit,
}

impl ConditionLimits {
    pub(in crate::risk) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        use RiskReason as R;
        let limit = |reason, most: Option<i64>| {
            Limit::new(most.filter(|_| on.contains(reason)), config.warn_share_bps)
        };
        let time = |ns: Option<u64>| ns.map(|ns| ns.min(i64::MAX as u64 - 1) as i64);
        let protection = config.protection;
        Self {
            daily_loss: limit(R::DailyLoss, config.max_daily_loss.map(|money| money.0)),
            drawdown: limit(R::Drawdown, config.max_drawdown.map(|money| money.0)),
            losses: limit(R::ConsecutiveLosses, config.max_consecutive_losses.map(i64::from)),
            value_at_risk: limit(R::ValueAtRisk, config.max_value_at_risk.map(|money| money.0)),
            shortfall: limit(R::ExpectedShortfall, config.max_expected_shortfall.map(|money| money.0)),
            markout: limit(R::Markout, config.markout.map(|limit| limit.adverse_millticks.into())),
            window_fills: limit(
                R::MarketMakerProtection,
                protection.and_then(|limit| limit.fills.map(i64::from)),
            ),
            window_quantity: limit(
                R::MarketMakerProtection,
                protection.and_then(|limit| limit.quantity.map(|lots| lots.0.min(i64::MAX as u64) as i64)),
            ),
            window_notional: limit(
                R::MarketMakerProtection,
                protection.and_then(|limit| limit.notional.map(|money| money.0)),
            ),
            executions: limit(
                R::RepeatedExecution,
                config.repeated_executions.map(|limit| limit.executions.into()),
            ),
            breaks: limit(R::ReconciliationBreak, config.max_reconciliation_breaks.map(i64::from)),
            clock_step: limit(R::ClockBackwards, time(config.max_clock_step_ns)),
            silence: limit(R::DeadMan, time(config.ping_timeout_ns)),
        }
    }
}

/// The state of every condition.
#[derive(Clone, Debug)]
pub(in crate::risk) struct Conditions {
    actions: BreachActions,
    cooldown: u64,
    on: u64,
    /// Conditions that hold now and refuse, or let only reducing orders pass.
    refusing: u64,
    reducing: u64,
    paused: u64,
    latched: u64,
    /// At their warning share or above.
    warned: u64,
    resume_at: [u64; RiskReason::COUNT],
    observed: [i64; RiskReason::COUNT],
    limit: [i64; RiskReason::COUNT],
}

impl Conditions {
    pub(in crate::risk) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            actions: config.actions,
            cooldown: config.cooldown_ns,
            on: on.0,
            refusing: 0,
            reducing: 0,
            paused: 0,
            latched: 0,
            warned: 0,
            resume_at: [0; RiskReason::COUNT],
            observed: [0; RiskReason::COUNT],
            limit: [0; RiskReason::COUNT],
        }
    }

    /// Takes over settings. What is latched or paused stays.
    pub(in crate::risk) fn configure(&mut self, config: &RiskConfig, on: ReasonSet) {
        self.actions = config.actions;
        self.cooldown = config.cooldown_ns;
        self.on = on.0;
        // A condition of a check that has no limit any more can never be cleared by its data.
        self.refusing &= on.0;
        self.reducing &= on.0;
        self.warned &= on.0;
    }

    /// Reasons for which no order passes. A latch holds even while its check is off: only a reset opens it.
    #[inline]
    pub(in crate::risk) fn closed(&self) -> u64 {
        self.latched | (self.refusing | self.paused) & self.on
    }

    /// Reasons for which only reducing orders pass.
    #[inline]
    pub(in crate::risk) fn reducing(&self) -> u64 {
        self.reducing & self.on
    }

    pub(in crate::risk) const fn latched(&self) -> u64 {
        self.latched
    }

    pub(in crate::risk) const fn paused(&self) -> u64 {
        self.paused
    }

    pub(in crate::risk) const fn warned(&self) -> u64 {
        self.warned
    }

    /// Why, of a set of reasons.
    #[cold]
    pub(in crate::risk) fn reject(&self, reasons: u64) -> RiskReject {
        let reason = ReasonSet(reasons).first().unwrap_or(RiskReason::Halted);
        RiskReject { reason, observed: self.observed[reason.index()], limit: self.limit[reason.index()] }
    }

    /// A condition was measured. Gives at most one change.
    #[inline]
    pub(in crate::risk) fn measure(
        &mut self,
        reason: RiskReason,
        limit: &Limit,
        observed: i128,
        now: u64,
    ) -> Option<Change> {
        let bit = reason.bit();
        let finding = limit.look(observed);
        if finding.is_none() && (self.warned | self.refusing | self.reducing) & bit == 0 {
            return None;
        }
        self.found(reason, finding.map(|f| (f.observed, f.limit, f.is_breach)), now)
    }

    #[cold]
    fn found(&mut self, reason: RiskReason, finding: Option<(i64, i64, bool)>, now: u64) -> Option<Change> {
        let (bit, index) = (reason.bit(), reason.index());
        let Some((observed, limit, is_breach)) = finding else {
            let held = (self.refusing | self.reducing) & bit != 0;
            self.warned &= !bit;
            self.refusing &= !bit;
            self.reducing &= !bit;
            return held.then_some(Change::Cleared);
        };
        let is_new_warning = self.warned & bit == 0;
        self.warned |= bit;
        if self.latched & bit != 0 || self.paused & bit != 0 {
            return None;
        }
        self.observed[index] = observed;
        self.limit[index] = limit;
        if !is_breach {
            let held = (self.refusing | self.reducing) & bit != 0;
            self.refusing &= !bit;
            self.reducing &= !bit;
            return if held { Some(Change::Cleared) } else { is_new_warning.then_some(Change::Warned) };
        }
        match self.actions.of(reason) {
            BreachAction::Refuse => {
                let is_new = self.refusing & bit == 0;
                self.refusing |= bit;
                is_new.then_some(Change::Breached)
            }
            BreachAction::ReduceOnly => {
                let is_new = self.reducing & bit == 0;
                self.reducing |= bit;
                is_new.then_some(Change::Breached)
            }
            BreachAction::Pause => {
                self.paused |= bit;
                self.resume_at[index] = now.saturating_add(self.cooldown);
                Some(Change::Paused)
            }
            BreachAction::Latch => {
                self.latched |= bit;
                Some(Change::Latched)
            }
        }
    }

    /// The latest word on a condition: what was measured against which limit.
    pub(in crate::risk) const fn last(&self, reason: RiskReason) -> (i64, i64) {
        (self.observed[reason.index()], self.limit[reason.index()])
    }

    /// When the next pause ends.
    pub(in crate::risk) fn next_resume(&self) -> u64 {
        ReasonSet(self.paused).iter().map(|reason| self.resume_at[reason.index()]).min().unwrap_or(u64::MAX)
    }

    /// Ends the pauses whose time has come, and says which.
    pub(in crate::risk) fn resume(&mut self, now: u64) -> ReasonSet {
        let over = ReasonSet(self.paused)
            .iter()
            .filter(|reason| self.resume_at[reason.index()] <= now)
            .fold(ReasonSet::EMPTY, ReasonSet::with);
        self.paused &= !over.0;
        self.warned &= !over.0;
        over
    }

    /// Ends every latch, and says which there were.
    pub(in crate::risk) fn reset(&mut self) -> ReasonSet {
        let latched = ReasonSet(self.latched);
        self.latched = 0;
        self.warned &= !latched.0;
        latched
    }

    /// Adds latches that were stored.
    pub(in crate::risk) fn restore(&mut self, latched: u64, reason: Option<RiskReason>, last: (i64, i64)) {
        self.latched |= latched;
        if let Some(reason) = reason {
            self.observed[reason.index()] = last.0;
            self.limit[reason.index()] = last.1;
        }
    }
}
