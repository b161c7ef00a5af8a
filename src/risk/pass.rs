//! The way of an order through the checks, and everything that they look at.
//!
//! [`Core`] is the gate without its switch. An order that passes writes to the lines of its instrument, to what the checks remember,
//! to the monitor's cells and to the audit ring, and to nothing else; one that is refused to counters and ring. O(1), hot path.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::audit::AuditWriter;
use super::checks::condition::{ConditionLimits, Conditions};
use super::checks::set::Checks;
use super::checks::{Check, Facts, Finding};
use super::lines::{Lines, Lots, Worth};
use super::monitor::Shared;
use super::windows::{FillWindow, Markouts};
use super::{
    AuditKind, AuditRecord, Exposure, InstrumentRules, OrderIntent, ReasonSet, Restriction, RiskConfig,
    RiskCounters, RiskLatches, RiskReason, RiskReject, Stance, TradingState,
};
use crate::types::{InstrumentId, Quantity, Timestamp};

/// The account's profit as the gate was told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Account {
    pub(super) equity: i64,
    pub(super) day_start: i64,
    pub(super) peak: i64,
    pub(super) max_drawdown: i64,
    pub(super) losing_streak: u64,
}

/// Checks that measure what every order brings, or what only the host decides.
const ALWAYS_FED: ReasonSet = ReasonSet::EMPTY
    .with(RiskReason::KillSwitch)
    .with(RiskReason::InvalidOrder)
    .with(RiskReason::OrderQuantity)
    .with(RiskReason::OrderNotional)
    .with(RiskReason::NoReference)
    .with(RiskReason::LongPosition)
    .with(RiskReason::ShortPosition)
    .with(RiskReason::MessageRate)
    .with(RiskReason::Halted)
    .with(RiskReason::ReduceOnly)
    .with(RiskReason::RestrictedInstrument)
    .with(RiskReason::UnknownInstrument)
    .with(RiskReason::OffTick)
    .with(RiskReason::OffLot)
    .with(RiskReason::MinQuantity)
    .with(RiskReason::DuplicateOrder);

/// Everything but the switch, which is borrowed while the rest changes.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) config: RiskConfig,
    /// Of an instrument that has none of its own.
    pub(super) rules: InstrumentRules,
    /// Checks that the host has switched off.
    pub(super) off: ReasonSet,
    pub(super) on: ReasonSet,
    pub(super) checks: Checks,
    pub(super) limits: ConditionLimits,
    pub(super) conditions: Conditions,
    /// As of the last change of a condition.
    pub(super) closed: u64,
    pub(super) reducing: u64,
    pub(super) lines: Lines,
    pub(super) fills: FillWindow,
    pub(super) markouts: Markouts,
    pub(super) losses: Vec<f64>,
    pub(super) account: Account,
    /// Latest time seen, and the time at which something has to be looked at again.
    pub(super) now: u64,
    pub(super) wake: u64,
    /// The first time seen: a host that never pings is silent since then.
    pub(super) started: Option<u64>,
    pub(super) counters: RiskCounters,
    pub(super) fed: u64,
    pub(super) audit: AuditWriter,
    pub(super) shared: Arc<Shared>,
    pub(super) latch: RiskLatches,
    pub(super) was_killed: bool,
    /// Some instrument is restricted.
    pub(super) has_restrictions: bool,
}

/// Runs one check: a breach refuses, a warning is noted.
macro_rules! look {
    ($core:ident, $warnings:ident, $facts:ident: $($check:ident)*) => {$(
        if let Some(finding) = $core.checks.$check.look(&$facts) {
            found(reason_of(&$core.checks.$check), finding, &mut $warnings)?;
        }
    )*};
}

#[inline(always)]
const fn reason_of<C: Check>(_: &C) -> RiskReason {
    C::REASON
}

#[cold]
fn found(reason: RiskReason, finding: Finding, warnings: &mut u64) -> Result<(), RiskReject> {
    if finding.is_breach {
        return Err(RiskReject { reason, observed: finding.observed, limit: finding.limit });
    }
    *warnings |= reason.bit();
    Ok(())
}

#[cold]
pub(super) const fn killed() -> RiskReject {
    RiskReject { reason: RiskReason::KillSwitch, observed: 1, limit: 0 }
}

#[cold]
pub(super) const fn because(reason: RiskReason, observed: i64, limit: i64) -> RiskReject {
    RiskReject { reason, observed, limit }
}

impl Core {
    /// With these limits, which have been validated.
    pub(super) fn new(config: &RiskConfig) -> Self {
        let (off, on) = (ReasonSet::EMPTY, config.configured());
        let executions = config.repeated_executions.map_or(0, |limit| limit.executions);
        let core = Self {
            config: *config,
            rules: InstrumentRules::of(config),
            off,
            on,
            checks: Checks::new(config, on),
            limits: ConditionLimits::new(config, on),
            conditions: Conditions::new(config, on),
            closed: 0,
            reducing: 0,
            lines: Lines::new(config.instruments, executions, config.tail.scenarios),
            fills: FillWindow::new(config.protection),
            markouts: Markouts::new(config.markout),
            losses: Vec::with_capacity(config.tail.scenarios as usize),
            account: Account::default(),
            now: 0,
            wake: 0,
            started: None,
            counters: RiskCounters::default(),
            fed: ALWAYS_FED.0,
            audit: AuditWriter::new(config.audit_capacity),
            shared: Arc::default(),
            latch: RiskLatches::default(),
            was_killed: false,
            has_restrictions: false,
        };
        core.shared.configured.store(on.0, Ordering::Relaxed);
        core.publish_settings();
        core
    }

    /// The whole way of an order.
    #[inline]
    pub(super) fn pass(&mut self, order: &OrderIntent, exposure: &Exposure) -> Result<(), RiskReject> {
        let mut warnings = 0;
        match self.evaluate(order, exposure, &mut warnings) {
            Ok(key) => {
                self.passed(key, order, warnings);
                Ok(())
            }
            Err(reject) => {
                // Takes the order out again.
                self.observe(order.instrument, exposure);
                self.refused(order, &reject);
                Err(reject)
            }
        }
    }

    /// The checks in their order, with the order counted in its instrument's line and in the sums; what tells it from others.
    #[inline]
    fn evaluate(
        &mut self,
        order: &OrderIntent,
        exposure: &Exposure,
        warnings: &mut u64,
    ) -> Result<u64, RiskReject> {
        let now = order.timestamp.0;
        if now >= self.wake || now < self.now || self.was_killed {
            self.tick(now);
        } else {
            self.now = now;
        }
        let state = self.shared.state.load(Ordering::Acquire);
        let halted = u64::from(state == TradingState::Halted as u8) * RiskReason::Halted.bit();
        if (halted & self.on.0) | self.closed != 0 {
            return Err(self.closed_reject(halted & self.on.0));
        }
        let Some(place) = self.lines.find_or_make(order.instrument, &self.rules) else {
            return Err(because(RiskReason::UnknownInstrument, i64::from(order.instrument.0), 0));
        };
        self.feed(exposure, order);
        let line = self.lines.line(place);
        let closed = line.closed & self.on.0;
        if closed != 0 {
            return Err(Self::line_reject(closed));
        }
        let added = order.quantity.0.saturating_sub(order.replaces.0);
        let before = Lots::of(exposure);
        let lots = before.with(order.side, added);
        let mark = exposure.reference.map_or(line.mark, |price| price.0.unsigned_abs());
        let unit = line.unit(if mark > 0 { mark } else { order.price.0.unsigned_abs() });
        let worth = Worth::of(lots.high, lots.low, unit);
        let is_new = order.replaces == Quantity::ZERO;
        let working_orders = exposure.working_orders.saturating_add(u32::from(is_new));
        self.lines.put(place, lots, worth, working_orders, mark);
        let line = self.lines.line(place);
        let key = self.checks.duplicate_order.key(order);
        let facts = Facts {
            order,
            exposure,
            line,
            totals: &self.lines.totals,
            is_growth: lots.gross() > before.gross(),
            added,
            age: line.age(now),
            key,
            own_opposite: [exposure.own_ask, exposure.own_bid][order.side.index()],
        };
        let mut seen = 0;
        look!(self, seen, facts: fresh_data);
        let reducing = self.reducing | self.reducing_here(state, line.rules.restriction);
        if reducing != 0 && !reduces(order, exposure) {
            return Err(self.reducing_reject(reducing));
        }
        look!(self, seen, facts: well_formed tick lot min_quantity quantity notional);
        look!(self, seen, facts: has_reference fresh_reference collar post_only self_trade own_spread);
        look!(self, seen, facts: duplicate_id duplicate_order);
        // One comparison for the two sides: no branch on the side, which nothing predicts.
        let limit = [&self.checks.long.0, &self.checks.short.0][order.side.index()];
        if limit.is_near(line.worst(order.side)) {
            look!(self, seen, facts: long short);
        }
        look!(self, seen, facts: working_orders gross net concentration order_to_trade);
        if let Some(finding) = self.checks.rate.take(order.timestamp) {
            let left = self.checks.rate.available().unwrap_or(0);
            self.shared.metrics.messages_left.store(left.into(), Ordering::Relaxed);
            found(RiskReason::MessageRate, finding, &mut seen)?;
        }
        *warnings = seen;
        Ok(key)
    }

    /// Reasons of the host's state and of the instrument for letting only reducing orders pass.
    #[inline]
    fn reducing_here(&self, state: u8, restriction: Restriction) -> u64 {
        let is_set = state == TradingState::ReduceOnly as u8 || restriction == Restriction::ReduceOnly;
        (u64::from(is_set) * RiskReason::ReduceOnly.bit()) & self.on.0
    }

    #[cold]
    fn closed_reject(&self, halted: u64) -> RiskReject {
        if halted != 0 { because(RiskReason::Halted, 1, 0) } else { self.conditions.reject(self.closed) }
    }

    #[cold]
    fn line_reject(closed: u64) -> RiskReject {
        because(ReasonSet(closed).first().unwrap_or(RiskReason::RestrictedInstrument), 1, 0)
    }

    #[cold]
    fn reducing_reject(&self, reducing: u64) -> RiskReject {
        if reducing & self.conditions.reducing() != 0 {
            self.conditions.reject(reducing & self.conditions.reducing())
        } else {
            because(RiskReason::ReduceOnly, 1, 0)
        }
    }

    #[inline]
    pub(super) fn stance(&mut self, instrument: InstrumentId, now: u64) -> Stance {
        if now >= self.wake || now < self.now {
            self.tick(now);
        }
        let state = self.shared.state.load(Ordering::Acquire);
        let halted = (u64::from(state == TradingState::Halted as u8) * RiskReason::Halted.bit()) & self.on.0;
        if halted | self.closed != 0 {
            return Stance::Closed(self.closed_reject(halted));
        }
        let Some(place) = self.lines.find_or_make(instrument, &self.rules) else {
            return Stance::Closed(because(RiskReason::UnknownInstrument, i64::from(instrument.0), 0));
        };
        let line = self.lines.line(place);
        if line.closed & self.on.0 != 0 {
            return Stance::Closed(Self::line_reject(line.closed & self.on.0));
        }
        let stale = self.checks.fresh_data.of_age(line.age(now));
        if let Some(finding) = stale.filter(|finding| finding.is_breach) {
            return Stance::Closed(because(RiskReason::StaleData, finding.observed, finding.limit));
        }
        let reducing = self.reducing | self.reducing_here(state, line.rules.restriction);
        if reducing == 0 { Stance::Open } else { Stance::ReduceOnly(self.reducing_reject(reducing)) }
    }

    /// Notes what an order brings along for the checks to measure.
    #[inline]
    fn feed(&mut self, exposure: &Exposure, order: &OrderIntent) {
        use RiskReason as R;
        const BY_ORDERS: u64 = R::PriceCollar.bit()
            | R::WorkingOrders.bit()
            | R::SelfTrade.bit()
            | R::OwnSpread.bit()
            | R::DuplicateId.bit();
        if self.fed & BY_ORDERS == BY_ORDERS {
            return;
        }
        let bit = |is_there: bool, bits: u64| if is_there { bits } else { 0 };
        let fed = self.fed
            | bit(exposure.reference.is_some(), R::PriceCollar.bit())
            | bit(exposure.working_orders > 0, R::WorkingOrders.bit())
            | bit(
                exposure.own_bid.is_some() || exposure.own_ask.is_some(),
                R::SelfTrade.bit() | R::OwnSpread.bit(),
            )
            | bit(order.order_id.0 != 0, R::DuplicateId.bit());
        if fed != self.fed {
            self.set_fed(fed);
        }
    }

    #[cold]
    pub(super) fn set_fed(&mut self, fed: u64) {
        self.fed |= fed;
        self.shared.fed.store(self.fed, Ordering::Relaxed);
    }

    #[inline]
    fn passed(&mut self, key: u64, order: &OrderIntent, warnings: u64) {
        self.checks.duplicate_id.passed(order);
        self.checks.duplicate_order.passed(key, order);
        self.checks.order_to_trade.orders += 1;
        if warnings != 0 {
            self.warn(warnings);
        }
        self.counters.evaluated += 1;
        let shared = &*self.shared;
        shared.evaluated.store(self.counters.evaluated, Ordering::Relaxed);
        shared.metrics.now.store(self.now, Ordering::Relaxed);
        shared.metrics.orders.store(self.checks.order_to_trade.orders, Ordering::Relaxed);
        self.publish_totals();
        self.audit.write(&AuditRecord {
            observed: warnings as i64,
            limit: order.replaces.0 as i64,
            ..record(order, AuditKind::Passed)
        });
    }

    #[inline]
    pub(super) fn publish_totals(&self) {
        let (totals, metrics) = (&self.lines.totals, &self.shared.metrics);
        metrics.gross_notional.store(totals.gross, Ordering::Relaxed);
        metrics.net_notional_high.store(totals.high, Ordering::Relaxed);
        metrics.net_notional_low.store(totals.low, Ordering::Relaxed);
        metrics.working_orders.store(totals.orders, Ordering::Relaxed);
    }

    #[cold]
    fn warn(&mut self, warnings: u64) {
        for reason in ReasonSet(warnings).iter() {
            self.shared.warned.set(reason.index(), self.shared.warned.get(reason.index()) + 1);
        }
    }

    /// Takes over what the caller knows, also of an order that is refused.
    #[cold]
    fn observe(&mut self, instrument: InstrumentId, exposure: &Exposure) {
        if let Some(place) = self.lines.find_or_make(instrument, &self.rules) {
            self.lines.observe(place, exposure);
            self.publish_totals();
        }
    }

    /// Counts a refusal and writes it down.
    #[cold]
    pub(super) fn refused(&mut self, order: &OrderIntent, reject: &RiskReject) {
        let index = reject.reason.index();
        self.counters.evaluated += 1;
        self.counters.refused[index] += 1;
        self.shared.refused.set(index, self.counters.refused[index]);
        self.shared.evaluated.store(self.counters.evaluated, Ordering::Relaxed);
        self.audit.write(&AuditRecord {
            observed: reject.observed,
            limit: reject.limit,
            reason: reject.reason as u8,
            ..record(order, AuditKind::Refused)
        });
    }

    pub(super) fn cancel(&mut self, now: Timestamp, order: &OrderIntent) {
        self.checks.rate.cancel(now);
        self.audit.write(&record(order, AuditKind::Cancel));
    }
}

/// Whether the order can only make the position smaller, even if every working order of its side fills too.
fn reduces(order: &OrderIntent, exposure: &Exposure) -> bool {
    let is_held = exposure.position.0 != 0 && (exposure.position.0 > 0) != (order.side.sign() > 0);
    let working = [exposure.working_buy, exposure.working_sell][order.side.index()];
    // What it replaces works no more once this one does.
    let others = u128::from(working.0.saturating_sub(order.replaces.0));
    is_held && others + u128::from(order.quantity.0) <= u128::from(exposure.position.0.unsigned_abs())
}

#[inline]
fn record(order: &OrderIntent, kind: AuditKind) -> AuditRecord {
    AuditRecord {
        sequence: 0,
        timestamp: order.timestamp.0,
        order_id: order.order_id.0,
        price: order.price.0,
        quantity: order.quantity.0,
        observed: 0,
        limit: 0,
        instrument: order.instrument.0,
        kind: kind as u8,
        reason: 0,
        side: order.side as u8,
        flags: u8::from(order.post_only),
    }
}
