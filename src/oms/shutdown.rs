//! Orderly shutdown: cancel everything, then flatten by policy, then say what is left.
//!
//! A small state machine that the host turns with every event or on a timer: [`Shutdown::step`] writes what is to be
//! sent now. It goes on to flatten only when no order works any more, so that nothing that was resting can trade on
//! top. Its own orders pass the gate like any others, which has been set to let only reducing orders pass: a gate
//! that is killed or latched lets none pass, and the report says what is left. O(orders) for a step.

use super::{OmsError, OrderAction, OrderManager, OrderState};
use crate::oms::MarketTop;
use crate::risk::{RiskGate, RiskReject, TradingState};
use crate::types::{Price, Quantity, Side, SignedQuantity, Timestamp};

/// What is done with the position once nothing works any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlattenPolicy {
    /// It stays.
    Leave,
    /// Orders at our own side of the market, post-only: no price is given away, and it may not trade.
    Passive,
    /// Orders that take what is there, at most so many ticks beyond the best opposite price.
    Cross {
        /// Ticks beyond the best price.
        slippage_ticks: u32,
    },
}

/// How a shutdown goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutdownConfig {
    /// What is done with the position.
    pub policy: FlattenPolicy,
    /// Most lots of one flattening order.
    pub clip: Quantity,
    /// How long a request may go unanswered before it is repeated, ns.
    pub retry_ns: u64,
    /// How long a flattening order may work before it is cancelled to be placed anew, ns.
    pub reprice_ns: u64,
    /// When it gives up, ns after it began.
    pub deadline_ns: u64,
}

impl Default for ShutdownConfig {
    /// Cross up to ten ticks, in one order, retries after 100 ms, prices again after one second, gives up after 30.
    fn default() -> Self {
        Self {
            policy: FlattenPolicy::Cross { slippage_ticks: 10 },
            clip: super::MAX_ORDER_QUANTITY,
            retry_ns: 100_000_000,
            reprice_ns: 1_000_000_000,
            deadline_ns: 30_000_000_000,
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ShutdownPhase {
    /// Orders are being cancelled.
    Cancelling = 1,
    /// The position is being flattened.
    Flattening = 2,
    /// Nothing works and nothing is held.
    Done = 3,
    /// Nothing works, and the position stays by policy.
    Left = 4,
    /// The deadline has passed with orders or lots left; what still works is being cancelled.
    GaveUp = 5,
}

/// What a shutdown has done and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutdownReport {
    /// How far it is.
    pub phase: ShutdownPhase,
    /// Orders that still work.
    pub working_orders: usize,
    /// Of these, orders whose request was not answered in time.
    pub unknown_orders: usize,
    /// Lots that working orders can still trade, buys and sells together.
    pub working_quantity: Quantity,
    /// Lots held.
    pub position: SignedQuantity,
    /// Actions sent so far.
    pub actions: u64,
    /// The last refusal of a flattening order.
    pub last_refusal: Option<RiskReject>,
}

/// A shutdown under way.
#[derive(Clone, Copy, Debug)]
pub struct Shutdown {
    config: ShutdownConfig,
    began: Timestamp,
    phase: ShutdownPhase,
    actions: u64,
    last_refusal: Option<RiskReject>,
}

impl Shutdown {
    /// Begins: from here on the gate lets only reducing orders pass (and stays so).
    ///
    /// # Errors
    /// [`OmsError::BadConfig`] for a clip of no lots or more than
    /// [`MAX_ORDER_QUANTITY`](super::MAX_ORDER_QUANTITY).
    pub fn begin(config: &ShutdownConfig, now: Timestamp, gate: &mut RiskGate) -> Result<Self, OmsError> {
        if config.clip == Quantity::ZERO || config.clip > super::MAX_ORDER_QUANTITY {
            return Err(OmsError::BadConfig("clip must be in 1..=MAX_ORDER_QUANTITY"));
        }
        if gate.state() == TradingState::Active {
            gate.set_state(TradingState::ReduceOnly, now);
        }
        Ok(Self {
            config: *config,
            began: now,
            phase: ShutdownPhase::Cancelling,
            actions: 0,
            last_refusal: None,
        })
    }

    /// What is to be sent now: `out` needs room for every working order and one more. Call it after every report, and on
    /// a timer at least as often as `retry_ns`, until [`is_over`](Self::is_over). Stop asking for quotes before.
    ///
    /// # Errors
    /// [`OmsError::ActionBufferFull`]; nothing has changed then.
    pub fn step(
        &mut self,
        oms: &mut OrderManager,
        top: &MarketTop,
        position: SignedQuantity,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
    ) -> Result<usize, OmsError> {
        let needed = oms.len() + 1;
        if out.len() < needed {
            return Err(OmsError::ActionBufferFull { needed });
        }
        oms.expire(now, self.config.retry_ns);
        let elapsed = now.0.saturating_sub(self.began.0);
        if elapsed >= self.config.deadline_ns && !self.is_over() {
            self.phase = ShutdownPhase::GaveUp;
        }
        let count = match self.phase {
            ShutdownPhase::Cancelling | ShutdownPhase::GaveUp => oms.cancel_all(now, gate, out)?,
            ShutdownPhase::Flattening => self.cancel_old(oms, now, gate, out)?,
            ShutdownPhase::Done | ShutdownPhase::Left => 0,
        };
        let mut count = count;
        if oms.is_empty() && matches!(self.phase, ShutdownPhase::Cancelling | ShutdownPhase::Flattening) {
            self.phase = match (position.0, self.config.policy) {
                (0, _) => ShutdownPhase::Done,
                (_, FlattenPolicy::Leave) => ShutdownPhase::Left,
                _ => ShutdownPhase::Flattening,
            };
            if self.phase == ShutdownPhase::Flattening
                && let Some(action) = self.flatten(oms, top, position, now, gate)
            {
                out[count] = action;
                count += 1;
            }
        }
        self.actions += count as u64;
        Ok(count)
    }

    /// Whether there is nothing more to do: done, left by policy, or given up with nothing working.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.phase, ShutdownPhase::Done | ShutdownPhase::Left | ShutdownPhase::GaveUp)
    }

    /// What has been done and what is left.
    #[must_use]
    pub fn report(&self, oms: &OrderManager, position: SignedQuantity) -> ShutdownReport {
        let working = Side::BOTH.map(|side| oms.working(side).0);
        ShutdownReport {
            phase: self.phase,
            working_orders: oms.len(),
            unknown_orders: oms.unknown(),
            working_quantity: Quantity(working[0].saturating_add(working[1])),
            position,
            actions: self.actions,
            last_refusal: self.last_refusal,
        }
    }

    /// Cancels flattening orders that have worked for long enough.
    fn cancel_old(
        &self,
        oms: &mut OrderManager,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
    ) -> Result<usize, OmsError> {
        let mut count = 0;
        for slot in 0..oms.capacity() {
            let Some(order) = oms.in_slot(slot) else { continue };
            let age = now.0.saturating_sub(order.sent.0);
            let is_due = age >= self.config.reprice_ns || order.state == OrderState::Unknown;
            if is_due && order.is_idle() {
                oms.cancel_idle(slot, now, gate, &mut out[count])?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn flatten(
        &mut self,
        oms: &mut OrderManager,
        top: &MarketTop,
        position: SignedQuantity,
        now: Timestamp,
        gate: &mut RiskGate,
    ) -> Option<OrderAction> {
        let side = if position.0 > 0 { Side::Sell } else { Side::Buy };
        let (own, opposite) = match side {
            Side::Buy => (top.bid, top.ask),
            Side::Sell => (top.ask, top.bid),
        };
        let (price, post_only) = match self.config.policy {
            FlattenPolicy::Leave => return None,
            FlattenPolicy::Passive => (own?, true),
            FlattenPolicy::Cross { slippage_ticks } => {
                (Price(opposite?.0.saturating_add(side.sign() * i64::from(slippage_ticks))), false)
            }
        };
        let quantity = Quantity(position.0.unsigned_abs().min(self.config.clip.0));
        match oms.place(side, price, quantity, post_only, position, top.reference, now, gate) {
            Ok(action) => Some(action),
            Err(OmsError::Risk(reject)) => {
                self.last_refusal = Some(reject);
                None
            }
            Err(_) => None,
        }
    }
}
