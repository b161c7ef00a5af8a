//! What the gate is told between orders: market data, fills, profit, reconciliations, time.
//!
//! Each update measures the conditions that depend on it. Hot path, O(1) unless it says otherwise. An update about an
//! instrument for which the table has no room is not followed; its orders are refused.

use std::sync::atomic::Ordering;

use super::checks::condition::{Change, ConditionLimits};
use super::checks::{Limit, cap};
use super::lines::Line;
use super::pass::Core;
use super::tail::{historical_tail_risk, normal_tail_risk};
use super::{
    AccountUpdate, AuditKind, AuditRecord, Exposure, FillUpdate, MarketUpdate, ReasonSet, RiskError,
    RiskGate, RiskReason, TailRisk,
};
use crate::types::{InstrumentId, Money, Side, Timestamp};

impl RiskGate {
    /// The best prices of an instrument have changed or been seen again.
    pub fn on_market(&mut self, update: &MarketUpdate) {
        let core = &mut self.core;
        let now = core.time(update.timestamp.0);
        core.settle_markouts(now);
        let Some(place) = core.lines.find_or_make(update.instrument, &core.rules) else { return };
        let is_crossed = matches!((update.bid, update.ask), (Some(bid), Some(ask)) if bid >= ask);
        let line = core.lines.line_mut(place);
        line.last_data = Some(now);
        line.best = [update.bid, update.ask];
        let crossing = line.close(RiskReason::CrossedBook, is_crossed);
        if let (Some(bid), Some(ask)) = (update.bid, update.ask)
            && bid.in_range()
            && ask.in_range()
        {
            let mid2 = bid.0 + ask.0;
            line.mid2 = Some(mid2);
            let mark = mid2.unsigned_abs() / 2;
            if line.mark != mark {
                core.lines.value(place, mark);
                core.publish_totals();
            }
            core.feed_bits(
                RiskReason::GrossNotional.bit()
                    | RiskReason::NetNotional.bit()
                    | RiskReason::Concentration.bit(),
            );
        }
        if crossing && core.on.contains(RiskReason::CrossedBook) {
            core.instrument_changed(RiskReason::CrossedBook, update.instrument, is_crossed, now);
        }
        core.feed_bits(
            RiskReason::StaleData.bit()
                | RiskReason::StaleReference.bit()
                | RiskReason::CrossedBook.bit()
                | RiskReason::PostOnly.bit(),
        );
    }

    /// Data of an instrument came that changed no best price: they are fresh.
    #[inline]
    pub fn on_data(&mut self, instrument: InstrumentId, now: Timestamp) {
        let core = &mut self.core;
        let now = core.time(now.0);
        let Some(place) = core.lines.find_or_make(instrument, &core.rules) else { return };
        core.lines.line_mut(place).last_data = Some(now);
        core.feed_bits(RiskReason::StaleData.bit() | RiskReason::StaleReference.bit());
    }

    /// A numbered message of an instrument's feed came. One that skips a number closes the instrument until
    /// [`on_recovered`](Self::on_recovered); a repeated or older one changes nothing. Number 0 stands for none.
    pub fn on_sequence(&mut self, instrument: InstrumentId, sequence: u64, now: Timestamp) {
        let core = &mut self.core;
        let now = core.time(now.0);
        let Some(place) = core.lines.find_or_make(instrument, &core.rules) else { return };
        if sequence == 0 {
            return;
        }
        core.feed_bits(RiskReason::SequenceGap.bit());
        let line = core.lines.line_mut(place);
        let is_gap = line.last_sequence.is_some_and(|last| sequence > last.saturating_add(1));
        line.last_sequence = Some(line.last_sequence.map_or(sequence, |last| last.max(sequence)));
        if is_gap && line.close(RiskReason::SequenceGap, true) && core.on.contains(RiskReason::SequenceGap) {
            core.instrument_changed(RiskReason::SequenceGap, instrument, true, now);
        }
    }

    /// The instrument's book is whole again, as of `sequence` (0 when its messages have no numbers).
    pub fn on_recovered(&mut self, instrument: InstrumentId, sequence: u64, now: Timestamp) {
        let core = &mut self.core;
        let now = core.time(now.0);
        let Some(place) = core.lines.find_or_make(instrument, &core.rules) else { return };
        let line = core.lines.line_mut(place);
        line.last_sequence = (sequence > 0).then_some(sequence);
        if line.close(RiskReason::SequenceGap, false) && core.on.contains(RiskReason::SequenceGap) {
            core.instrument_changed(RiskReason::SequenceGap, instrument, false, now);
        }
    }

    /// What an instrument's position and working orders are now. A check takes them over too; between checks this keeps
    /// the sums over all instruments up to date.
    pub fn observe(&mut self, instrument: InstrumentId, exposure: &Exposure) {
        let core = &mut self.core;
        let Some(place) = core.lines.find_or_make(instrument, &core.rules) else { return };
        core.lines.observe(place, exposure);
        core.publish_totals();
    }

    /// One of our orders traded. Each fill once: repeated ones are for the order manager to find.
    pub fn on_fill(&mut self, fill: &FillUpdate) {
        let core = &mut self.core;
        let now = core.time(fill.timestamp.0);
        let orders = core.checks.order_to_trade.orders;
        core.checks.order_to_trade.set(orders, core.checks.order_to_trade.fills + 1);
        core.shared.metrics.fills.store(core.checks.order_to_trade.fills, Ordering::Relaxed);
        core.feed_bits(
            RiskReason::OrderToTrade.bit()
                | RiskReason::MarketMakerProtection.bit()
                | RiskReason::RepeatedExecution.bit(),
        );
        core.count_loss(fill.realised, now);
        let Some(place) = core.lines.find_or_make(fill.instrument, &core.rules) else { return };
        let unit = core.lines.line(place).unit(fill.price.0.unsigned_abs());
        let notional = i128::from(fill.quantity.0) * i128::from(unit);
        core.protect(now, fill.quantity.0, notional);
        core.markouts.add(now, place, fill.side.sign(), fill.price.0, fill.quantity.0);
        core.repeat(place, fill.side, now);
    }

    /// The account's profit has changed.
    pub fn on_account(&mut self, update: &AccountUpdate) {
        let core = &mut self.core;
        let now = core.time(update.timestamp.0);
        let equity =
            i128::from(update.realised.0) + i128::from(update.unrealised.0) - i128::from(update.fees.0);
        let account = &mut core.account;
        account.equity = cap(equity);
        account.peak = account.peak.max(account.equity);
        let loss = i128::from(account.day_start) - i128::from(account.equity);
        let drawdown = i128::from(account.peak) - i128::from(account.equity);
        account.max_drawdown = account.max_drawdown.max(cap(drawdown));
        let metrics = &core.shared.metrics;
        metrics.equity.store(core.account.equity, Ordering::Relaxed);
        metrics.daily_profit.store(cap(-loss), Ordering::Relaxed);
        metrics.peak_equity.store(core.account.peak, Ordering::Relaxed);
        metrics.drawdown.store(cap(drawdown), Ordering::Relaxed);
        metrics.max_drawdown.store(core.account.max_drawdown, Ordering::Relaxed);
        core.feed_bits(RiskReason::DailyLoss.bit() | RiskReason::Drawdown.bit());
        core.measure(RiskReason::DailyLoss, |limits| limits.daily_loss, loss, now);
        core.measure(RiskReason::Drawdown, |limits| limits.drawdown, drawdown, now);
    }

    /// The relative volatility of an instrument over one period: 0.02 is 2 %.
    ///
    /// # Errors
    /// [`RiskError::NotFinite`], [`RiskError::BadConfig`] for a negative one, [`RiskError::InstrumentsFull`].
    pub fn on_volatility(&mut self, instrument: InstrumentId, volatility: f64) -> Result<(), RiskError> {
        if !volatility.is_finite() {
            return Err(RiskError::NotFinite("volatility"));
        }
        if volatility < 0.0 {
            return Err(RiskError::BadConfig("a volatility is negative"));
        }
        self.core.known_line(instrument)?.volatility = Some(volatility);
        Ok(())
    }

    /// The relative return of an instrument over the latest period. Give every instrument's returns period by period:
    /// the n-th last ones are one scenario.
    ///
    /// # Errors
    /// [`RiskError::NotFinite`], [`RiskError::InstrumentsFull`].
    pub fn on_return(&mut self, instrument: InstrumentId, value: f64) -> Result<(), RiskError> {
        if !value.is_finite() {
            return Err(RiskError::NotFinite("a return"));
        }
        let line = self.core.known_line(instrument)?;
        let length = line.returns.len() as u64;
        if length > 0 {
            line.returns[(line.returns_count % length) as usize] = value;
            line.returns_count += 1;
        }
        Ok(())
    }

    /// Measures value at risk and expected shortfall of the positions at their marks (F7), parametrically where
    /// volatilities are known and historically where there are returns, and takes the larger. Volatilities of several
    /// instruments are added up as if they always moved against us together. O(instruments × scenarios): for a timer, not
    /// for every event.
    pub fn update_tail_risk(&mut self, now: Timestamp) -> TailRisk {
        let core = &mut self.core;
        let now = core.time(now.0);
        let tail = core.tail_risk();
        let round = |value: f64| libm::ceil(value).min(i64::MAX as f64) as i64;
        let (at_risk, shortfall) = (round(tail.value_at_risk), round(tail.expected_shortfall));
        core.shared.metrics.value_at_risk.store(at_risk, Ordering::Relaxed);
        core.shared.metrics.expected_shortfall.store(shortfall, Ordering::Relaxed);
        core.measure(RiskReason::ValueAtRisk, |limits| limits.value_at_risk, at_risk.into(), now);
        core.measure(RiskReason::ExpectedShortfall, |limits| limits.shortfall, shortfall.into(), now);
        tail
    }

    /// A reconciliation with the venue has found so many breaks.
    pub fn on_reconciliation(&mut self, breaks: u32, now: Timestamp) {
        let core = &mut self.core;
        let now = core.time(now.0);
        core.feed_bits(RiskReason::ReconciliationBreak.bit());
        core.shared.metrics.reconciliation_breaks.store(breaks.into(), Ordering::Relaxed);
        core.measure(RiskReason::ReconciliationBreak, |limits| limits.breaks, breaks.into(), now);
    }

    /// A sign of life of the host, for the dead-man's switch. [`RiskMonitor::ping`](super::RiskMonitor::ping) does the same from any
    /// thread.
    pub fn ping(&mut self, now: Timestamp) {
        self.core.shared.ping.store(now.0, Ordering::Relaxed);
    }

    /// Time has passed: pauses that are over end, and silence is noticed. Orders and updates do the same.
    pub fn advance(&mut self, now: Timestamp) {
        self.core.time(now.0);
    }
}

impl Core {
    /// Follows the clock; the time to go on with, which never runs backwards by less than the limit.
    #[inline]
    fn time(&mut self, now: u64) -> u64 {
        if now >= self.wake || now < self.now {
            self.tick(now);
        } else {
            self.now = now;
            self.shared.metrics.now.store(now, Ordering::Relaxed);
        }
        self.now
    }

    /// Looks at everything that depends on the time.
    #[cold]
    pub(super) fn tick(&mut self, now: u64) {
        let started = *self.started.get_or_insert(now);
        self.note_kill(false, now);
        if now < self.now {
            let back = i128::from(self.now) - i128::from(now);
            let is_breach = self.limits.clock_step.look(back).is_some_and(|finding| finding.is_breach);
            if is_breach {
                // From here on time is what it says now: a pause counted in the old one might never end.
                self.now = now;
            }
            self.measure(RiskReason::ClockBackwards, |limits| limits.clock_step, back, self.now);
        } else {
            self.now = now;
            self.measure(RiskReason::ClockBackwards, |limits| limits.clock_step, 0, now);
        }
        self.feed_bits(RiskReason::ClockBackwards.bit());
        let now = self.now;
        let over = self.conditions.resume(now);
        for reason in over.iter() {
            self.restart(reason);
            let (observed, limit) = self.conditions.last(reason);
            self.note(AuditKind::Resumed, reason, observed, limit, now);
        }
        let mut wake = self.conditions.next_resume();
        if self.limits.silence.is_on() {
            let last = self.shared.ping.load(Ordering::Relaxed);
            let silent = i128::from(now) - i128::from(last.max(started));
            self.measure(RiskReason::DeadMan, |limits| limits.silence, silent.max(0), now);
            // A ping of another thread wakes nobody: while the host is near its limit every order looks.
            let quiet = self.limits.silence.quiet();
            wake = wake.min(last.max(started).saturating_add(quiet).saturating_add(1)).max(1);
        }
        self.wake = wake;
        self.refresh();
        self.shared.metrics.now.store(self.now, Ordering::Relaxed);
    }

    /// Measures a condition and follows what changed.
    #[inline]
    pub(super) fn measure(
        &mut self,
        reason: RiskReason,
        limit: impl FnOnce(&ConditionLimits) -> Limit,
        observed: i128,
        now: u64,
    ) {
        let limit = limit(&self.limits);
        if let Some(change) = self.conditions.measure(reason, &limit, observed, now) {
            self.changed(reason, change, now);
        }
    }

    #[cold]
    fn changed(&mut self, reason: RiskReason, change: Change, now: u64) {
        let (observed, limit) = self.conditions.last(reason);
        let kind = match change {
            Change::Warned => {
                self.shared.warned.set(reason.index(), self.shared.warned.get(reason.index()) + 1);
                AuditKind::Warned
            }
            Change::Breached => AuditKind::Breached,
            Change::Cleared => AuditKind::Cleared,
            Change::Paused => {
                self.wake = self.wake.min(self.conditions.next_resume());
                AuditKind::Paused
            }
            Change::Latched => {
                self.latch.sequence += 1;
                self.latch.timestamp = now;
                self.latch.reason = reason as u64;
                self.latch.observed = observed;
                self.latch.limit = limit;
                AuditKind::Latched
            }
        };
        self.note(kind, reason, observed, limit, now);
        self.refresh();
    }

    /// Brings what orders look at up to date with the conditions.
    pub(super) fn refresh(&mut self) {
        self.closed = self.conditions.closed();
        self.reducing = self.conditions.reducing();
        self.latch.latched = self.conditions.latched();
        let metrics = &self.shared.metrics;
        metrics.closed.store(self.closed, Ordering::Relaxed);
        metrics.reducing.store(self.reducing, Ordering::Relaxed);
        metrics.latched.store(self.conditions.latched(), Ordering::Relaxed);
        metrics.paused.store(self.conditions.paused(), Ordering::Relaxed);
        metrics.warned.store(self.conditions.warned(), Ordering::Relaxed);
        metrics.latch_sequence.store(self.latch.sequence, Ordering::Relaxed);
    }

    pub(super) fn note(&mut self, kind: AuditKind, reason: RiskReason, observed: i64, limit: i64, now: u64) {
        self.audit.write(&AuditRecord {
            timestamp: now,
            observed,
            limit,
            kind: kind as u8,
            reason: reason as u8,
            ..AuditRecord::default()
        });
    }

    fn instrument_changed(
        &mut self,
        reason: RiskReason,
        instrument: InstrumentId,
        is_closed: bool,
        now: u64,
    ) {
        self.audit.write(&AuditRecord {
            timestamp: now,
            observed: i64::from(is_closed),
            instrument: instrument.0,
            kind: if is_closed { AuditKind::Breached } else { AuditKind::Cleared } as u8,
            reason: reason as u8,
            ..AuditRecord::default()
        });
    }

    #[inline]
    pub(super) fn feed_bits(&mut self, bits: u64) {
        if self.fed & bits != bits {
            self.set_fed(bits);
        }
    }

    fn known_line(&mut self, instrument: InstrumentId) -> Result<&mut Line, RiskError> {
        let capacity = self.config.instruments;
        let place = self
            .lines
            .find_or_make(instrument, &self.rules)
            .ok_or(RiskError::InstrumentsFull { capacity })?;
        Ok(self.lines.line_mut(place))
    }

    fn count_loss(&mut self, realised: Option<Money>, now: u64) {
        let Some(realised) = realised else { return };
        match realised.0 {
            ..0 => self.account.losing_streak += 1,
            0 => {}
            1.. => self.account.losing_streak = 0,
        }
        let streak = self.account.losing_streak;
        self.shared.metrics.consecutive_losses.store(streak, Ordering::Relaxed);
        self.feed_bits(RiskReason::ConsecutiveLosses.bit());
        self.measure(RiskReason::ConsecutiveLosses, |limits| limits.losses, streak.into(), now);
    }

    fn protect(&mut self, now: u64, quantity: u64, notional: i128) {
        let (fills, lots, value) = self.fills.add(now, quantity, notional);
        let lots = lots.min(u128::from(u64::MAX)) as u64;
        let metrics = &self.shared.metrics;
        metrics.window_fills.store(fills, Ordering::Relaxed);
        metrics.window_quantity.store(lots, Ordering::Relaxed);
        metrics.window_notional.store(cap(value), Ordering::Relaxed);
        let limits = &self.limits;
        let measured = [
            (limits.window_fills, i128::from(fills)),
            (limits.window_quantity, i128::from(lots)),
            (limits.window_notional, value),
        ];
        // The one that is breached speaks for the three, else one that warns.
        let worst = measured
            .into_iter()
            .max_by_key(|(limit, observed)| limit.look(*observed).map(|finding| finding.is_breach));
        if let Some((limit, observed)) = worst {
            self.measure(RiskReason::MarketMakerProtection, |_| limit, observed, now);
        }
    }

    fn repeat(&mut self, place: usize, side: Side, now: u64) {
        let Some(limit) = self.config.repeated_executions else { return };
        let line = self.lines.line_mut(place);
        let (ring, count) = (&mut line.executions[side.index()], line.execution_count[side.index()]);
        let length = ring.len() as u64;
        if length == 0 {
            return;
        }
        // This one, and those of the ring that are not older than the window, newest first.
        let recent = (0..count.min(length))
            .take_while(|back| {
                let at = ring[((count - 1 - back) % length) as usize];
                at.saturating_add(limit.window_ns) > now
            })
            .count();
        ring[(count % length) as usize] = now;
        line.execution_count[side.index()] = count + 1;
        let executions = recent as i128 + 1;
        self.measure(RiskReason::RepeatedExecution, |limits| limits.executions, executions, now);
    }

    fn settle_markouts(&mut self, now: u64) {
        let lines = &self.lines;
        if !self.markouts.settle(now, |place| lines.line(place).mid2) {
            return;
        }
        self.feed_bits(RiskReason::Markout.bit());
        if let Some(adverse) = self.markouts.adverse_millticks() {
            self.shared.metrics.adverse_millticks.store(cap(adverse), Ordering::Relaxed);
            self.measure(RiskReason::Markout, |limits| limits.markout, adverse.max(0), now);
        }
    }

    fn tail_risk(&mut self) -> TailRisk {
        let config = self.config.tail;
        let confidence = f64::from(config.confidence_bps) / 10_000.0;
        let value = |line: &Line| line.position as f64 * line.unit(line.mark) as f64;
        let (mut deviation, mut is_fed) = (0.0, false);
        for line in self.lines.iter() {
            if let Some(volatility) = line.volatility {
                deviation += libm::fabs(value(line)) * volatility;
                is_fed = true;
            }
        }
        // Finite by construction; a sum that is not is beyond every limit.
        let endless = TailRisk { value_at_risk: f64::MAX, expected_shortfall: f64::MAX };
        let mut tail =
            normal_tail_risk(deviation, 1.0, f64::from(config.periods), confidence).unwrap_or(endless);
        let held = |line: &&Line| line.position != 0;
        let scenarios =
            self.lines.iter().filter(held).map(|line| line.returns_count.min(line.returns.len() as u64));
        let scenarios = scenarios.min().unwrap_or(0);
        if scenarios > 0 {
            self.losses.clear();
            for back in 1..=scenarios {
                let loss: f64 = self
                    .lines
                    .iter()
                    .filter(held)
                    .map(|line| {
                        let at = (line.returns_count - back) % line.returns.len() as u64;
                        -value(line) * line.returns[at as usize]
                    })
                    .sum();
                self.losses.push(loss);
            }
            let past = historical_tail_risk(&mut self.losses, confidence).unwrap_or(endless);
            tail.value_at_risk = tail.value_at_risk.max(past.value_at_risk);
            tail.expected_shortfall = tail.expected_shortfall.max(past.expected_shortfall);
            is_fed = true;
        }
        if is_fed {
            self.feed_bits(RiskReason::ValueAtRisk.bit() | RiskReason::ExpectedShortfall.bit());
        }
        tail
    }

    /// A check whose breach is over starts anew: what it was measured from is as of now.
    pub(super) fn restart(&mut self, reason: RiskReason) {
        match reason {
            RiskReason::DailyLoss => self.account.day_start = self.account.equity,
            RiskReason::Drawdown => self.account.peak = self.account.equity,
            RiskReason::ConsecutiveLosses => self.account.losing_streak = 0,
            RiskReason::Markout => self.markouts.clear(),
            RiskReason::MarketMakerProtection => self.fills.clear(),
            RiskReason::RepeatedExecution => {
                self.lines.iter_mut().for_each(|line| line.execution_count = [0; 2]);
            }
            _ => {}
        }
    }

    /// Restarts each of a set.
    pub(super) fn restart_all(&mut self, reasons: ReasonSet) {
        reasons.iter().for_each(|reason| self.restart(reason));
    }
}
