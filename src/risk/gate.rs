//! The gate: its construction, what an order is asked, and what a host sees of it. What it is fed is in
//! [`feeds`](super::feeds), what the host decides in [`control`](super::control), and the way of an order through the checks in
//! [`pass`](super::pass).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::pass::{Core, because, killed};
use super::{
    Exposure, KillSwitch, OrderIntent, RiskConfig, RiskError, RiskMonitor, RiskReason, RiskReject,
    SelfTradePolicy, TradingState,
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
        Ok(Self { kill: KillSwitch::default(), core: Core::new(config) })
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

    /// Whether the instrument's [`stance`](Self::stance) is open without being asked, which would change nothing. `false`
    /// says nothing. Hot path, a few loads.
    #[inline]
    pub(crate) fn is_surely_open(&self, instrument: InstrumentId, now: Timestamp) -> bool {
        !self.needs_look(now) && now.0 >= self.core.now && self.core.lines.is_last(instrument)
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
