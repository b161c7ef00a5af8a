//! The gate itself: the way of an order through the checks.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::audit::AuditWriter;
use super::checks::condition::Conditions;
use super::checks::{Check, Facts, Finding, Limit, cap};
use super::checks::{exposure, order as of_order, rate};
use super::lines::{Lines, Lots, Worth};
use super::monitor::Shared;
use super::windows::{FillWindow, Markouts};
use super::{
    AuditKind, AuditRecord, Exposure, InstrumentRules, KillSwitch, OrderIntent, ReasonSet, Restriction,
    RiskConfig, RiskError, RiskMonitor, RiskReason, RiskReject, SelfTradePolicy, TradingState,
};
use crate::types::{InstrumentId, Price, Quantity, Timestamp};

/// How often the gate was asked and what it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskCounters {
    /// Orders checked.
    pub evaluated: u64,
    /// Orders refused, by [`RiskReason::index`].
    pub refused: [u64; RiskReason::COUNT],
}

impl Default for RiskCounters {
    fn default() -> Self {
        Self { evaluated: 0, refused: [0; RiskReason::COUNT] }
    }
}

impl RiskCounters {
    /// Orders refused for `reason`.
    #[must_use]
    pub const fn refused_for(&self, reason: RiskReason) -> u64 {
        self.refused[reason.index()]
    }

    /// Orders refused in all.
    #[must_use]
    pub fn total_refused(&self) -> u64 {
        self.refused.iter().sum()
    }
}

/// What the gate would say of any order of an instrument, whatever the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// It depends on the order.
    Open,
    /// Only an order that reduces the position can pass, for this reason.
    ReduceOnly(RiskReject),
    /// None can pass, for this reason.
    Closed(RiskReject),
}

/// The checks of an order.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) well_formed: of_order::WellFormed,
    pub(super) tick: of_order::Tick,
    pub(super) lot: of_order::Lot,
    pub(super) min_quantity: of_order::MinQuantity,
    pub(super) quantity: of_order::OrderQuantity,
    pub(super) notional: of_order::OrderNotional,
    pub(super) has_reference: of_order::HasReference,
    pub(super) fresh_reference: of_order::FreshReference,
    pub(super) collar: of_order::PriceCollar,
    pub(super) post_only: of_order::PostOnly,
    pub(super) self_trade: of_order::SelfTrade,
    pub(super) own_spread: of_order::OwnSpread,
    pub(super) duplicate_id: of_order::DuplicateId,
    pub(super) duplicate_order: of_order::DuplicateOrder,
    pub(super) fresh_data: of_order::FreshData,
    pub(super) long: exposure::LongPosition,
    pub(super) short: exposure::ShortPosition,
    pub(super) working_orders: exposure::WorkingOrders,
    pub(super) gross: exposure::GrossNotional,
    pub(super) net: exposure::NetNotional,
    pub(super) concentration: exposure::Concentration,
    pub(super) order_to_trade: rate::OrderToTrade,
    pub(super) rate: rate::MessageRate,
}

impl Checks {
    pub(super) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            well_formed: Check::new(config, on),
            tick: Check::new(config, on),
            lot: Check::new(config, on),
            min_quantity: Check::new(config, on),
            quantity: Check::new(config, on),
            notional: Check::new(config, on),
            has_reference: Check::new(config, on),
            fresh_reference: Check::new(config, on),
            collar: Check::new(config, on),
            post_only: Check::new(config, on),
            self_trade: Check::new(config, on),
            own_spread: Check::new(config, on),
            duplicate_id: Check::new(config, on),
            duplicate_order: Check::new(config, on),
            fresh_data: Check::new(config, on),
            long: Check::new(config, on),
            short: Check::new(config, on),
            working_orders: Check::new(config, on),
            gross: Check::new(config, on),
            net: Check::new(config, on),
            concentration: Check::new(config, on),
            order_to_trade: Check::new(config, on),
            rate: rate::MessageRate::new(config, on),
        }
    }

    /// Goes on with what older checks have seen.
    pub(super) fn keep(&mut self, old: &mut Self) {
        self.duplicate_id.keep(&mut old.duplicate_id);
        self.duplicate_order.keep(&mut old.duplicate_order);
        self.order_to_trade.set(old.order_to_trade.orders, old.order_to_trade.fills);
        self.rate.keep(&mut old.rate);
    }
}

/// Whether a limit is on the notional of several instruments.
pub(super) const fn wants_worth(on: ReasonSet) -> bool {
    on.contains(RiskReason::GrossNotional)
        || on.contains(RiskReason::NetNotional)
        || on.contains(RiskReason::Concentration)
}

/// The limits of the conditions.
#[derive(Debug)]
pub(super) struct ConditionLimits {
    pub(super) daily_loss: Limit,
    pub(super) drawdown: Limit,
    pub(super) losses: Limit,
    pub(super) value_at_risk: Limit,
    pub(super) shortfall: Limit,
    pub(super) markout: Limit,
    pub(super) window_fills: Limit,
    pub(super) window_quantity: Limit,
    pub(super) window_notional: Limit,
    pub(super) executions: Limit,
    pub(super) breaks: Limit,
    pub(super) clock_step: Limit,
    pub(super) silence: Limit,
}

impl ConditionLimits {
    pub(super) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
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
    /// Some limit is on the notional of several instruments.
    pub(super) wants_worth: bool,
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
    pub(super) latch: super::RiskLatches,
    pub(super) was_killed: bool,
    /// Some instrument is restricted.
    pub(super) has_restrictions: bool,
}

/// The pre-trade gate. One owner; [`monitor`](Self::monitor) and [`kill_switch`](Self::kill_switch) are for other threads.
///
/// ```
/// use market_maker::risk::{Exposure, OrderIntent, RiskConfig, RiskGate, RiskReason};
/// use market_maker::types::{Price, Quantity, Side, SignedQuantity};
/// let config = RiskConfig::default().with_max_position(Quantity(100));
/// let mut gate = RiskGate::new(&config).unwrap();
/// let order = OrderIntent { side: Side::Buy, price: Price(58533), quantity: Quantity(10), ..OrderIntent::EMPTY };
/// let mut exposure = Exposure { position: SignedQuantity(60), working_buy: Quantity(30), ..Exposure::default() };
/// assert!(gate.check(&order, &exposure).is_ok());
/// exposure.working_buy = Quantity(31);
/// let refused = gate.check(&order, &exposure).unwrap_err();
/// assert_eq!((refused.reason, refused.observed, refused.limit), (RiskReason::LongPosition, 101, 100));
///
/// let switch = gate.kill_switch();
/// std::thread::spawn(move || switch.kill()).join().unwrap();
/// assert_eq!(gate.check(&order, &Exposure::default()).unwrap_err().reason, RiskReason::KillSwitch);
/// ```
#[derive(Debug)]
pub struct RiskGate {
    pub(super) kill: KillSwitch,
    pub(super) core: Core,
}

impl RiskGate {
    /// A gate with these limits, its bucket full and its switch off. Allocates everything that it will ever need, except
    /// for an instrument's windows (repeated executions, returns) when it is first mentioned: mention those that use them with
    /// [`set_rules`](Self::set_rules) beforehand.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] names the setting that is out of its range.
    pub fn new(config: &RiskConfig) -> Result<Self, RiskError> {
        config.validate()?;
        let (off, on) = (ReasonSet::EMPTY, config.configured());
        let executions = config.repeated_executions.map_or(0, |limit| limit.executions);
        let core = Core {
            config: *config,
            rules: InstrumentRules::of(config),
            off,
            on,
            checks: Checks::new(config, on),
            wants_worth: wants_worth(on),
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
            latch: super::RiskLatches::default(),
            was_killed: false,
            has_restrictions: false,
        };
        core.shared.configured.store(on.0, Ordering::Relaxed);
        core.publish_settings();
        Ok(Self { kill: KillSwitch::default(), core })
    }

    /// Passes or refuses one order, counts it and writes it to the audit ring. A passed order has used one message of the
    /// rate and counts as working from now on. Hot path, O(1).
    ///
    /// An order is measured against what it makes worse: a buy only against the long limit and a sell only against the
    /// short one, so that one which works a position down passes even while the position is above a limit.
    ///
    /// # Errors
    /// The first failed check. Nothing but counters and the audit ring has changed then.
    #[inline]
    pub fn check(&mut self, order: &OrderIntent, exposure: &Exposure) -> Result<(), RiskReject> {
        self.check_then(order, exposure, || ())
    }

    /// As [`check`](Self::check), and sends the order if it passes: [`KillSwitch::kill`] of another thread returns before
    /// this begins or after `send` has ended, so that nothing is sent once it has returned. Hot path if `send` is.
    ///
    /// # Errors
    /// As there; `send` has not been called then.
    #[inline]
    pub fn check_then<R>(
        &mut self,
        order: &OrderIntent,
        exposure: &Exposure,
        send: impl FnOnce() -> R,
    ) -> Result<R, RiskReject> {
        let Self { kill, core } = self;
        let Some(passing) = kill.enter() else {
            core.note_kill(true, order.timestamp.0);
            let reject = killed();
            core.refused(order, &reject);
            return Err(reject);
        };
        let verdict = core.pass(order, exposure);
        let sent = match verdict {
            Ok(()) => Ok(send()),
            Err(reject) => Err(reject),
        };
        drop(passing);
        sent
    }

    /// As [`check`](Self::check) for an order whose price (ticks) and quantity (lots) are doubles: what is not finite, no
    /// whole number of ticks or of lots is refused, and counted, before the rest. `order`'s own price and quantity are not read.
    ///
    /// # Errors
    /// [`RiskReason::InvalidOrder`], [`RiskReason::OffTick`], [`RiskReason::OffLot`], and as there. The order as it was checked
    /// otherwise.
    pub fn check_decimal(
        &mut self,
        order: &OrderIntent,
        price: f64,
        quantity: f64,
        exposure: &Exposure,
    ) -> Result<OrderIntent, RiskReject> {
        const LARGEST: f64 = 9e15; // every whole number up to here is a double
        let mut order = OrderIntent { price: Price(0), quantity: Quantity::ZERO, ..*order };
        let usable = |value: f64| value.is_finite() && value.abs() <= LARGEST;
        let reason = if !usable(price) || !usable(quantity) || quantity < 0.0 {
            Some(RiskReason::InvalidOrder)
        } else if price != libm::trunc(price) {
            Some(RiskReason::OffTick)
        } else if quantity != libm::trunc(quantity) {
            Some(RiskReason::OffLot)
        } else {
            None
        };
        if let Some(reason) = reason {
            let observed = if reason == RiskReason::OffTick { price } else { quantity };
            // A conversion of a double saturates, and of no number is 0.
            let reject = RiskReject { reason, observed: observed as i64, limit: 1 };
            self.core.refused(&order, &reject);
            return Err(reject);
        }
        order.price = Price(price as i64);
        order.quantity = Quantity(quantity as u64);
        self.check(&order, exposure).map(|()| order)
    }

    /// What the gate would say of any order of the instrument now. A quoting host withdraws what may not stand. Counts
    /// nothing. Hot path, O(1).
    #[inline]
    pub fn stance(&mut self, instrument: InstrumentId, now: Timestamp) -> Stance {
        let is_killed = self.kill.is_killed();
        if is_killed != self.core.was_killed {
            self.core.note_kill(is_killed, now.0);
        }
        if is_killed { Stance::Closed(killed()) } else { self.core.stance(instrument, now.0) }
    }

    /// Whether something may keep quotes of the instrument from standing, so that [`stance`](Self::stance) has to be asked. Never
    /// `false` when the stance is not open. Hot path, a few loads.
    #[inline]
    #[must_use]
    pub fn needs_look(&self, now: Timestamp) -> bool {
        const BY_INSTRUMENT: u64 =
            RiskReason::StaleData.bit() | RiskReason::SequenceGap.bit() | RiskReason::CrossedBook.bit();
        let core = &self.core;
        self.kill.is_killed()
            || core.was_killed
            || core.closed | core.reducing | core.on.0 & BY_INSTRUMENT != 0
            || now.0 >= core.wake
            || core.has_restrictions
            || core.shared.state.load(Ordering::Acquire) != TradingState::Active as u8
    }

    /// Whether some check looks at how old an instrument's data are. Hot path.
    #[inline]
    #[must_use]
    pub const fn wants_data_times(&self) -> bool {
        self.core.on.contains(RiskReason::StaleData) || self.core.on.contains(RiskReason::StaleReference)
    }

    /// Whether some check looks at the numbers of market-data messages. Hot path.
    #[inline]
    #[must_use]
    pub const fn wants_sequences(&self) -> bool {
        self.core.on.contains(RiskReason::SequenceGap)
    }

    /// Whether some check looks at the own quotes of [`Exposure`]. Hot path.
    #[inline]
    #[must_use]
    pub const fn wants_own_quotes(&self) -> bool {
        self.core.on.contains(RiskReason::SelfTrade) || self.core.on.contains(RiskReason::OwnSpread)
    }

    /// What gives way when an order would meet an own one; `None` while the check is off. Hot path.
    #[must_use]
    pub const fn self_trade_policy(&self) -> Option<SelfTradePolicy> {
        if self.core.on.contains(RiskReason::SelfTrade) { self.core.config.self_trade } else { None }
    }

    /// Whether the gate's own state lets any order like this pass. Counts nothing.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn preview(&mut self, order: &OrderIntent) -> Result<(), RiskReject> {
        match self.stance(order.instrument, order.timestamp) {
            Stance::Closed(why) => Err(why),
            Stance::Open | Stance::ReduceOnly(_) => Ok(()),
        }
    }

    /// Refuses an order because it would have met own ones, which have been cancelled with it.
    pub(crate) fn refuse_self_trade(&mut self, order: &OrderIntent) -> RiskReject {
        let reject = because(RiskReason::SelfTrade, order.price.0, order.price.0);
        self.core.refused(order, &reject);
        reject
    }

    /// Counts an order that was not even asked about, because of the gate's [`stance`](Self::stance): a quote that was
    /// wanted and is withheld. Hot path.
    pub fn withhold(&mut self, order: &OrderIntent, reject: &RiskReject) {
        self.core.refused(order, reject);
    }

    /// Tells the gate of a cancel that goes out at `now`: it uses the rate up and is never refused. Hot path.
    pub fn note_cancel(&mut self, now: Timestamp) {
        self.core.cancel(now, &OrderIntent { timestamp: now, ..OrderIntent::EMPTY });
    }

    /// As [`note_cancel`](Self::note_cancel), with the order that is cancelled for the audit ring. Hot path.
    pub fn cancelled(&mut self, order: &OrderIntent) {
        self.core.cancel(order.timestamp, order);
    }

    /// The switch, to hand to another thread.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitch {
        self.kill.clone()
    }

    /// A window into the gate for another thread.
    #[must_use]
    pub fn monitor(&self) -> RiskMonitor {
        RiskMonitor {
            shared: Arc::clone(&self.core.shared),
            audit: self.core.audit.reader(),
            kill: self.kill.clone(),
        }
    }

    /// Refuses every order from now on.
    pub fn kill(&self) {
        // The gate's own thread is not busy with an order here.
        self.kill.request();
    }

    /// Lets orders pass again.
    pub fn revive(&self) {
        self.kill.revive();
    }

    /// Whether the kill switch is on. Hot path.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.kill.is_killed()
    }

    /// What was asked and refused since construction.
    #[must_use]
    pub const fn counters(&self) -> &RiskCounters {
        &self.core.counters
    }

    /// The limits.
    #[must_use]
    pub const fn config(&self) -> &RiskConfig {
        &self.core.config
    }
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
const fn killed() -> RiskReject {
    RiskReject { reason: RiskReason::KillSwitch, observed: 1, limit: 0 }
}

#[cold]
const fn because(reason: RiskReason, observed: i64, limit: i64) -> RiskReject {
    RiskReject { reason, observed, limit }
}

impl Core {
    /// The whole way of an order.
    #[inline]
    fn pass(&mut self, order: &OrderIntent, exposure: &Exposure) -> Result<(), RiskReject> {
        let mut warnings = 0;
        match self.evaluate(order, exposure, &mut warnings) {
            Ok(place) => {
                self.passed(place, order, exposure, warnings);
                Ok(())
            }
            Err(reject) => {
                self.observe(order.instrument, exposure);
                self.refused(order, &reject);
                Err(reject)
            }
        }
    }

    /// The checks in their order; the place of the instrument's line.
    #[inline]
    fn evaluate(
        &mut self,
        order: &OrderIntent,
        exposure: &Exposure,
        warnings: &mut u64,
    ) -> Result<usize, RiskReject> {
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
        let after = before.with(order.side, added);
        let (mut worth_before, mut worth_after) = Default::default();
        if self.wants_worth {
            let mark = exposure.reference.map_or(line.mark, |price| price.0.unsigned_abs());
            let unit = line.unit(if mark > 0 { mark } else { order.price.0.unsigned_abs() });
            worth_before = Worth::of(before.high, before.low, unit);
            worth_after = Worth::of(after.high, after.low, unit);
        }
        let facts = Facts {
            order,
            exposure,
            line,
            totals: &self.lines.totals,
            after,
            worth_before,
            worth_after,
            added,
            own_opposite: [exposure.own_ask, exposure.own_bid][order.side.index()],
            opposite: line.best[order.side.opposite().index()],
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
        if limit.is_near(after.worst(order.side)) {
            look!(self, seen, facts: long short);
        }
        look!(self, seen, facts: working_orders);
        if self.wants_worth {
            look!(self, seen, facts: gross net concentration);
        }
        look!(self, seen, facts: order_to_trade);
        if let Some(finding) = self.checks.rate.take(order.timestamp) {
            let left = self.checks.rate.available().unwrap_or(0);
            self.shared.metrics.messages_left.store(left.into(), Ordering::Relaxed);
            found(RiskReason::MessageRate, finding, &mut seen)?;
        }
        *warnings = seen;
        Ok(place)
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
    fn stance(&mut self, instrument: InstrumentId, now: u64) -> Stance {
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
        let order = OrderIntent { timestamp: Timestamp(now), ..OrderIntent::EMPTY };
        if let Some(finding) = self.checks.fresh_data.age(&order, line).filter(|finding| finding.is_breach) {
            return Stance::Closed(because(RiskReason::StaleData, finding.observed, finding.limit));
        }
        let reducing = self.reducing | self.reducing_here(state, line.rules.restriction);
        if reducing == 0 { Stance::Open } else { Stance::ReduceOnly(self.reducing_reject(reducing)) }
    }

    /// Notes what an order brings along for the checks to measure.
    #[inline]
    fn feed(&mut self, exposure: &Exposure, order: &OrderIntent) {
        use RiskReason as R;
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
    fn passed(&mut self, place: usize, order: &OrderIntent, exposure: &Exposure, warnings: u64) {
        let added = order.quantity.0.saturating_sub(order.replaces.0);
        let is_new = order.replaces == Quantity::ZERO;
        let mark = exposure.reference.map_or(self.lines.line(place).mark, |price| price.0.unsigned_abs());
        let working = exposure.working_orders.saturating_add(u32::from(is_new));
        self.lines.set(place, Lots::of(exposure).with(order.side, added), working, mark);
        self.checks.duplicate_id.passed(order);
        self.checks.duplicate_order.passed(order);
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
        metrics.gross_notional.store(cap(totals.gross), Ordering::Relaxed);
        metrics.net_notional_high.store(cap(totals.high), Ordering::Relaxed);
        metrics.net_notional_low.store(cap(totals.low), Ordering::Relaxed);
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

    fn cancel(&mut self, now: Timestamp, order: &OrderIntent) {
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
