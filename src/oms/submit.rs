//! Orders of the host's own, with self-trade prevention arranged.
//!
//! The gate refuses an order that would meet one of ours. Here what is in the way is moved out of it first, as
//! [`SelfTradePolicy`] says: the cancels go before the order, and requests arrive in the order in which they are sent.
//! O(orders), hot path.

use super::{OmsError, OrderAction, OrderManager};
use crate::risk::{RiskGate, RiskReject, SelfTradePolicy};
use crate::types::{Price, Quantity, Side, SignedQuantity, Timestamp};

/// An order that the host wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: Price,
    /// Its lots.
    pub quantity: Quantity,
    /// Whether it must not trade on arrival.
    pub post_only: bool,
}

/// What a request came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// Actions written to the buffer, in the order in which they are to be sent.
    pub actions: usize,
    /// Lots of the new order that are sent; fewer than asked for under [`SelfTradePolicy::Decrement`].
    pub sent: Quantity,
    /// Why no order is sent, although what stood in its way may have been cancelled.
    pub refused: Option<RiskReject>,
}

impl OrderManager {
    /// Places an order, and does with our own orders that it would meet what the gate's
    /// [`self_trade`](crate::risk::RiskConfig::self_trade) says; without a policy as [`place`](Self::place). At most one action for each working
    /// order and one more.
    ///
    /// An own order whose replacement is under way, or is unknown, cannot be moved: then the new order is refused.
    ///
    /// # Errors
    /// [`OmsError::ActionBufferFull`], [`OmsError::Full`], [`OmsError::IdsExhausted`], [`OmsError::QuantityOutOfRange`].
    /// Nothing has been sent then. A refusal by the gate is no error here.
    pub fn submit(
        &mut self,
        request: &OrderRequest,
        position: SignedQuantity,
        reference: Option<Price>,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
    ) -> Result<Submission, OmsError> {
        let needed = self.len() + 1;
        if out.len() < needed {
            return Err(OmsError::ActionBufferFull { needed });
        }
        if request.quantity > super::MAX_ORDER_QUANTITY {
            return Err(OmsError::QuantityOutOfRange);
        }
        if !self.has_ids(needed) {
            return Err(OmsError::IdsExhausted);
        }
        if !self.has_room() {
            return Err(OmsError::Full { capacity: self.config.capacity });
        }
        let mut done = Submission::default();
        let policy = gate.self_trade_policy();
        let mut left = request.quantity;
        if let Some(policy) = policy.filter(|policy| *policy != SelfTradePolicy::CancelNewest) {
            // What is not allowed to pass at all must not move anything either.
            let asked = self.intent(request.side, request.price, request.quantity, now);
            if let Err(reject) = gate.preview(&asked) {
                gate.withhold(&asked, &reject);
                return Ok(Submission { refused: Some(reject), ..done });
            }
            while left > Quantity::ZERO
                && let Some(slot) = self.in_the_way(request)
            {
                if !self.make_way(slot, policy, &mut left, now, gate, out, &mut done)? {
                    break;
                }
            }
            if policy == SelfTradePolicy::CancelBoth && done.actions > 0 {
                let asked = self.intent(request.side, request.price, request.quantity, now);
                let reject = gate.refuse_self_trade(&asked);
                return Ok(Submission { refused: Some(reject), ..done });
            }
            if left == Quantity::ZERO {
                return Ok(done);
            }
        }
        let OrderRequest { side, price, post_only, .. } = *request;
        match self.place(side, price, left, post_only, position, reference, now, gate) {
            Ok(action) => {
                out[done.actions] = action;
                done.actions += 1;
                done.sent = left;
            }
            Err(OmsError::Risk(reject)) => done.refused = Some(reject),
            Err(error) => return Err(error),
        }
        Ok(done)
    }

    /// The own order that the request would meet first: the best one of the other side.
    fn in_the_way(&self, request: &OrderRequest) -> Option<usize> {
        let other = request.side.opposite();
        let mut best: Option<(usize, Price)> = None;
        for slot in 0..self.capacity() {
            let Some(order) = self.in_slot(slot).filter(|order| order.side == other) else { continue };
            let Some(price) = order.meeting_price() else { continue };
            let meets = price == request.price || request.side.is_better(request.price, price);
            if meets && best.is_none_or(|(_, than)| other.is_better(price, than)) {
                best = Some((slot, price));
            }
        }
        best.map(|(slot, _)| slot)
    }

    /// Moves one own order out of the way; whether that was possible.
    #[expect(clippy::too_many_arguments, reason = "an order, a policy, and where its action goes")]
    fn make_way(
        &mut self,
        slot: usize,
        policy: SelfTradePolicy,
        left: &mut Quantity,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
        done: &mut Submission,
    ) -> Result<bool, OmsError> {
        let Some(own) = self.in_slot(slot).copied().filter(|order| order.is_idle()) else { return Ok(false) };
        let action = &mut out[done.actions];
        if policy == SelfTradePolicy::Decrement && own.remaining > *left {
            // The larger one stays with the difference, where the venue knows it already.
            let rest = Quantity(own.remaining.0 - left.0);
            match self.decrease(slot, rest, now, gate, action) {
                Ok(()) => *left = Quantity::ZERO,
                Err(OmsError::WrongState { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        } else {
            self.cancel_idle(slot, now, gate, action)?;
            if policy == SelfTradePolicy::Decrement {
                *left = Quantity(left.0 - own.remaining.0);
            }
        }
        done.actions += 1;
        Ok(true)
    }
}
