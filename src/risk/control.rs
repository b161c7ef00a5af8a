//! What the host decides: settings, switches, the trading state, resets, the new day, and what survives a restart.

use std::sync::atomic::Ordering;

use super::checks::condition::{ConditionLimits, Conditions};
use super::checks::set::Checks;
use super::pass::Core;
use super::windows::{FillWindow, Markouts};
use super::{
    AuditKind, AuditRecord, BreachActions, InstrumentRules, ReasonSet, Restriction, RiskConfig, RiskError,
    RiskGate, RiskLatches, RiskReason, TradingState,
};
use crate::types::{InstrumentId, Money, Timestamp};

impl RiskGate {
    /// Replaces the limits. Counters, switch, latches and what the checks have seen stay; the bucket stays when its rate
    /// does, else it starts full; a window whose length or size changes starts empty. Not a hot path.
    ///
    /// # Errors
    /// As for [`new`](Self::new), and when `instruments` or `audit_capacity` differ: they are fixed at construction. The old
    /// limits stay then.
    pub fn set_config(&mut self, config: &RiskConfig) -> Result<(), RiskError> {
        config.validate()?;
        let core = &mut self.core;
        let old = core.config;
        if config.instruments != old.instruments || config.audit_capacity != old.audit_capacity {
            return Err(RiskError::BadConfig("instruments and audit_capacity are fixed at construction"));
        }
        if config.protection != old.protection {
            core.fills = FillWindow::new(config.protection);
        }
        if config.markout != old.markout {
            core.markouts = Markouts::new(config.markout);
        }
        let executions = config.repeated_executions.map_or(0, |limit| limit.executions);
        core.lines.resize(executions, config.tail.scenarios);
        core.losses.reserve(config.tail.scenarios as usize);
        let (old_rules, rules) = (core.rules, InstrumentRules::of(config));
        core.lines.iter_mut().filter(|line| line.rules == old_rules).for_each(|line| line.rules = rules);
        core.rules = rules;
        core.config = *config;
        core.rebuild();
        Ok(())
    }

    /// Switches a check on or off. A check without a limit stays without effect.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] for the kill switch and for malformed orders, which nothing switches off.
    pub fn set_enabled(&mut self, reason: RiskReason, is_on: bool) -> Result<(), RiskError> {
        if matches!(reason, RiskReason::KillSwitch | RiskReason::InvalidOrder | RiskReason::UnknownInstrument)
        {
            return Err(RiskError::BadConfig("this check is always on"));
        }
        let core = &mut self.core;
        core.off = if is_on { core.off.without(reason) } else { core.off.with(reason) };
        core.rebuild();
        Ok(())
    }

    /// Gives an instrument rules of its own, and a line in the gate's table.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] for an increment or a unit value below 1, [`RiskError::InstrumentsFull`].
    pub fn set_rules(&mut self, instrument: InstrumentId, rules: &InstrumentRules) -> Result<(), RiskError> {
        if rules.price_increment == 0 || rules.quantity_increment == 0 || rules.unit_value < 1 {
            return Err(RiskError::BadConfig("increments and unit value must be at least 1"));
        }
        let core = &mut self.core;
        let capacity = core.config.instruments;
        let place =
            core.lines.find_or_make(instrument, rules).ok_or(RiskError::InstrumentsFull { capacity })?;
        let is_restricted = rules.restriction == Restriction::Restricted;
        let line = core.lines.line_mut(place);
        line.rules = *rules;
        line.close(RiskReason::RestrictedInstrument, is_restricted);
        let mark = line.mark;
        core.lines.value(place, mark);
        core.has_restrictions = core.lines.iter().any(|line| line.rules.restriction != Restriction::None);
        core.rebuild();
        Ok(())
    }

    /// Lets the gate do more or less from now on. [`RiskMonitor::set_state`](super::RiskMonitor::set_state) does the same from any
    /// thread.
    pub fn set_state(&mut self, state: TradingState, now: Timestamp) {
        let core = &mut self.core;
        core.shared.state.store(state as u8, Ordering::Release);
        core.audit.write(&AuditRecord {
            timestamp: now.0,
            kind: AuditKind::State as u8,
            side: state as u8,
            ..AuditRecord::default()
        });
    }

    /// What the host lets the gate do.
    #[must_use]
    pub fn state(&self) -> TradingState {
        TradingState::from_u8(self.core.shared.state.load(Ordering::Acquire)).unwrap_or(TradingState::Halted)
    }

    /// A new day: the daily loss is measured from the equity as it is, and orders and fills are counted from 0. Peaks, latches
    /// and positions stay.
    pub fn new_day(&mut self, now: Timestamp) {
        let core = &mut self.core;
        core.account.day_start = core.account.equity;
        core.checks.order_to_trade.set(0, 0);
        let metrics = &core.shared.metrics;
        metrics.orders.store(0, Ordering::Relaxed);
        metrics.fills.store(0, Ordering::Relaxed);
        metrics.daily_profit.store(0, Ordering::Relaxed);
        let limit = core.limits.daily_loss;
        core.measure(RiskReason::DailyLoss, |_| limit, 0, now.0);
        core.audit.write(&AuditRecord {
            timestamp: now.0,
            kind: AuditKind::NewDay as u8,
            ..AuditRecord::default()
        });
    }

    /// What equity was at the day's start and at its peak, for a host that goes on with an account after a restart.
    pub fn set_baseline(&mut self, day_start: Money, peak: Money) {
        let account = &mut self.core.account;
        account.day_start = day_start.0;
        account.peak = peak.0;
    }

    /// The latches as they are, to be stored. Their [`sequence`](RiskLatches::sequence) moves with every change.
    #[must_use]
    pub fn latches(&self) -> RiskLatches {
        RiskLatches { killed: u64::from(self.kill.is_killed()), ..self.core.latch }
    }

    /// Takes over stored latches and the stored kill switch. Nothing that is latched or killed already is opened.
    ///
    /// # Errors
    /// [`RiskError::BadLatches`] for what no gate can have written.
    pub fn restore(&mut self, latches: &RiskLatches) -> Result<(), RiskError> {
        let reason = latches.validate()?;
        let core = &mut self.core;
        core.conditions.restore(latches.latched, reason, (latches.observed, latches.limit));
        let sequence = core.latch.sequence.max(latches.sequence);
        core.latch = RiskLatches { sequence, killed: 0, ..*latches };
        if latches.killed == 1 {
            self.kill.request();
        }
        core.refresh();
        Ok(())
    }

    /// Opens every latch. `token` is the [`RiskLatches::token`] of the latches as they are: another one that has latched
    /// in the meantime makes it wrong. `reason`, 1 to 32 bytes, goes to the audit ring. Each check starts anew: the daily
    /// loss and the drawdown are measured from the equity as it is. The kill switch stays as it is.
    ///
    /// # Errors
    /// [`RiskError::WrongToken`], also when nothing is latched; [`RiskError::NoReason`].
    pub fn reset(&mut self, token: u64, reason: &str, now: Timestamp) -> Result<ReasonSet, RiskError> {
        let bytes = reason.as_bytes();
        if bytes.is_empty() || bytes.len() > 32 {
            return Err(RiskError::NoReason);
        }
        let core = &mut self.core;
        if token == 0 || token != core.latch.token() {
            return Err(RiskError::WrongToken);
        }
        let opened = core.conditions.reset();
        core.restart_all(opened);
        core.latch.sequence += 1;
        let mut text = [0; 32];
        text[..bytes.len()].copy_from_slice(bytes);
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&text[at * 8..at * 8 + 8]);
            u64::from_le_bytes(word)
        };
        core.audit.write(&AuditRecord {
            timestamp: now.0,
            order_id: word(0),
            price: word(1) as i64,
            quantity: word(2),
            observed: word(3) as i64,
            limit: token as i64,
            kind: AuditKind::Reset as u8,
            ..AuditRecord::default()
        });
        core.refresh();
        Ok(opened)
    }
}

impl Core {
    /// Compiles the checks anew from settings and switches.
    fn rebuild(&mut self) {
        self.shared.settle();
        let mut configured = self.config.configured();
        for line in self.lines.iter() {
            if line.rules.price_increment > 1 {
                configured = configured.with(RiskReason::OffTick);
            }
            if line.rules.quantity_increment > 1 {
                configured = configured.with(RiskReason::OffLot);
            }
        }
        self.on = ReasonSet(configured.0 & !self.off.0);
        let mut old = std::mem::replace(&mut self.checks, Checks::new(&self.config, self.on));
        self.checks.keep(&mut old);
        self.limits = ConditionLimits::new(&self.config, self.on);
        Conditions::configure(&mut self.conditions, &self.config, self.on);
        // What is on may have to be looked at again at another time.
        self.wake = 0;
        self.shared.configured.store(configured.0, Ordering::Relaxed);
        self.publish_settings();
        self.refresh();
    }

    /// What the monitor tells of the settings.
    pub(super) fn publish_settings(&self) {
        let shared = &*self.shared;
        shared.on.store(self.on.0, Ordering::Relaxed);
        for reason in BreachActions::CONDITIONS {
            shared.actions.set(reason.index(), self.config.actions.of(reason) as u64);
        }
        shared.fed.store(self.fed, Ordering::Relaxed);
    }

    /// Writes down that the kill switch was seen on or off.
    #[cold]
    pub(super) fn note_kill(&mut self, is_killed: bool, now: u64) {
        if is_killed != self.was_killed {
            self.was_killed = is_killed;
            self.latch.sequence += 1;
            self.shared.metrics.latch_sequence.store(self.latch.sequence, Ordering::Relaxed);
            self.note(AuditKind::Kill, RiskReason::KillSwitch, i64::from(is_killed), 0, now);
        }
    }
}
