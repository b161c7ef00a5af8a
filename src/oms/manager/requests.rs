//! What the manager sends: places, cancels and replacements, each asked of the gate where it may refuse.

use super::{NO_LEVEL, OrderManager};
use crate::oms::order::Role;
use crate::oms::{MAX_ORDER_QUANTITY, OmsError, OrderAction, OrderActionKind, OrderState, WorkingOrder};
use crate::risk::{Exposure, OrderIntent, RiskGate};
use crate::types::{OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

impl OrderManager {
    /// The order `gate` is asked about.
    #[inline]
    pub(in crate::oms) fn intent(
        &self,
        side: Side,
        price: Price,
        quantity: Quantity,
        now: Timestamp,
    ) -> OrderIntent {
        OrderIntent {
            side,
            price,
            quantity,
            replaces: Quantity::ZERO,
            timestamp: now,
            instrument: self.config.instrument,
            order_id: OrderId(0),
            post_only: false,
        }
    }

    /// Makes a new order and the action that places it. Hot path, O(1).
    ///
    /// It is the host's own order: [`decide`](Self::decide) counts it in the exposure and leaves it alone.
    ///
    /// # Errors
    /// [`OmsError::Full`], [`OmsError::IdsExhausted`], [`OmsError::QuantityOutOfRange`], [`OmsError::Risk`].
    #[expect(clippy::too_many_arguments, reason = "an order and what it is checked against")]
    pub fn place(
        &mut self,
        side: Side,
        price: Price,
        quantity: Quantity,
        post_only: bool,
        position: SignedQuantity,
        reference: Option<Price>,
        now: Timestamp,
        gate: &mut RiskGate,
    ) -> Result<OrderAction, OmsError> {
        let exposure = self.exposure(position, reference, gate);
        self.place_at(NO_LEVEL, side, (price, quantity), post_only, &exposure, now, gate)
    }

    #[expect(clippy::too_many_arguments, reason = "an order and what it is checked against")]
    pub(in crate::oms) fn place_at(
        &mut self,
        level: u8,
        side: Side,
        (price, quantity): (Price, Quantity),
        post_only: bool,
        exposure: &Exposure,
        now: Timestamp,
        gate: &mut RiskGate,
    ) -> Result<OrderAction, OmsError> {
        let Some(&slot) = self.free.last() else {
            return Err(OmsError::Full { capacity: self.config.capacity });
        };
        if !self.has_ids(1) {
            return Err(OmsError::IdsExhausted);
        }
        if quantity > MAX_ORDER_QUANTITY {
            return Err(OmsError::QuantityOutOfRange);
        }
        let order_id = self.next_id(slot);
        let intent = OrderIntent { order_id, post_only, ..self.intent(side, price, quantity, now) };
        gate.check(&intent, exposure)?;
        self.free.pop();
        let id = self.issue(slot);
        self.store(
            slot as usize,
            WorkingOrder {
                id,
                linked_id: OrderId(0),
                price,
                remaining: quantity,
                filled: Quantity::ZERO,
                new_price: Price(0),
                new_quantity: Quantity::ZERO,
                new_quantity_sent: Quantity::ZERO,
                sent: now,
                side,
                state: OrderState::PendingNew,
                level,
                is_acknowledged: false,
                predecessor: OrderId(0),
                is_estimate: false,
                was: OrderState::PendingNew,
            },
        );
        if level != NO_LEVEL {
            self.levels[side.index()][usize::from(level)] = slot;
            self.occupied[side.index()] |= 1 << level;
        }
        Ok(OrderAction {
            order_id: id,
            price,
            quantity,
            instrument: self.config.instrument,
            kind: OrderActionKind::Place,
            side,
            post_only: u8::from(post_only),
            level,
            ..OrderAction::EMPTY
        })
    }

    /// The action that cancels an order, which may be one that is not acknowledged yet: requests arrive in the order in
    /// which they are sent. Never refused by the risk gate. Hot path, O(1).
    ///
    /// # Errors
    /// [`OmsError::UnknownOrder`], [`OmsError::FinishedOrder`]; [`OmsError::WrongState`] while a cancel or replacement
    /// is under way.
    pub fn cancel(
        &mut self,
        id: OrderId,
        now: Timestamp,
        gate: &mut RiskGate,
    ) -> Result<OrderAction, OmsError> {
        let slot = self.idle(id)?;
        let mut action = OrderAction::EMPTY;
        self.cancel_idle(slot, now, gate, &mut action)?;
        Ok(action)
    }

    /// Cancels the order in a slot, which has no request under way. The action is written where it stays: copying one
    /// that has just been put together field by field waits for all of them.
    pub(in crate::oms) fn cancel_idle(
        &mut self,
        slot: usize,
        now: Timestamp,
        gate: &mut RiskGate,
        action: &mut OrderAction,
    ) -> Result<(), OmsError> {
        let instrument = self.config.instrument;
        let order = self.change(slot, |order| {
            order.state = OrderState::PendingCancel;
            order.sent = now;
        })?;
        let (id, side, price, quantity) = (order.id, order.side, order.price, order.remaining);
        gate.cancelled(&OrderIntent { order_id: id, ..self.intent(side, price, quantity, now) });
        let Some(order) = self.in_slot(slot) else { return Err(OmsError::FinishedOrder(id)) };
        *action = OrderAction {
            order_id: order.id,
            price: order.price,
            quantity: order.remaining,
            instrument,
            kind: OrderActionKind::Cancel,
            side: order.side,
            level: order.level,
            ..OrderAction::EMPTY
        };
        Ok(())
    }

    /// The slot of an order without a cancel or replacement under way.
    fn idle(&self, id: OrderId) -> Result<usize, OmsError> {
        match self.find(id)? {
            (slot, Role::Order) => match &self.slots[slot] {
                Some(order) if order.is_idle() => Ok(slot),
                Some(order) => Err(OmsError::WrongState { order_id: id, state: order.state }),
                None => Err(OmsError::FinishedOrder(id)),
            },
            (_, Role::Replacement) => {
                Err(OmsError::WrongState { order_id: id, state: OrderState::PendingReplace })
            }
            (_, Role::Predecessor) => Err(OmsError::FinishedOrder(id)),
        }
    }

    /// The action that replaces an acknowledged order by one with `price` and `quantity` lots open. Hot path, O(1).
    ///
    /// # Errors
    /// As for [`cancel`](Self::cancel); also [`OmsError::WrongState`] while the order is not acknowledged,
    /// [`OmsError::IdsExhausted`], [`OmsError::QuantityOutOfRange`], [`OmsError::Risk`].
    #[expect(clippy::too_many_arguments, reason = "an order and what it is checked against")]
    pub fn replace(
        &mut self,
        id: OrderId,
        price: Price,
        quantity: Quantity,
        post_only: bool,
        position: SignedQuantity,
        reference: Option<Price>,
        now: Timestamp,
        gate: &mut RiskGate,
    ) -> Result<OrderAction, OmsError> {
        let slot = self.idle(id)?;
        let exposure = self.exposure(position, reference, gate);
        let mut action = OrderAction::EMPTY;
        self.replace_idle(slot, (price, quantity), post_only, &exposure, now, gate, &mut action)?;
        Ok(action)
    }

    /// Replaces the order in a slot, which has no request under way.
    #[inline]
    #[expect(
        clippy::too_many_arguments,
        reason = "an order, what it is checked against, and where its action goes"
    )]
    pub(in crate::oms) fn replace_idle(
        &mut self,
        slot: usize,
        (price, quantity): (Price, Quantity),
        post_only: bool,
        exposure: &Exposure,
        now: Timestamp,
        gate: &mut RiskGate,
        action: &mut OrderAction,
    ) -> Result<(), OmsError> {
        let Some(order) = self.in_slot(slot) else {
            return Err(OmsError::FinishedOrder(OrderId(slot as u64)));
        };
        if matches!(order.state, OrderState::PendingNew | OrderState::Unknown) {
            return Err(OmsError::WrongState { order_id: order.id, state: order.state });
        }
        if !self.has_ids(1) {
            return Err(OmsError::IdsExhausted);
        }
        if quantity > MAX_ORDER_QUANTITY {
            return Err(OmsError::QuantityOutOfRange);
        }
        let intent = OrderIntent {
            replaces: order.remaining,
            order_id: self.next_id(slot as u32),
            post_only,
            ..self.intent(order.side, price, quantity, now)
        };
        gate.check(&intent, exposure)?;
        self.send_replace(slot, price, quantity, post_only, now, action)
    }

    /// The replacement is allowed: the order waits for it.
    #[inline]
    fn send_replace(
        &mut self,
        slot: usize,
        price: Price,
        quantity: Quantity,
        post_only: bool,
        now: Timestamp,
        action: &mut OrderAction,
    ) -> Result<(), OmsError> {
        let instrument = self.config.instrument;
        let new_order_id = self.issue(slot as u32);
        let order = self.change(slot, |order| {
            order.linked_id = new_order_id;
            order.new_price = price;
            order.new_quantity = quantity;
            order.new_quantity_sent = quantity;
            order.state = OrderState::PendingReplace;
            order.sent = now;
        })?;
        *action = OrderAction {
            order_id: order.id,
            new_order_id,
            price,
            quantity,
            replaced_quantity: order.remaining,
            instrument,
            kind: OrderActionKind::Replace,
            side: order.side,
            post_only: u8::from(post_only),
            level: order.level,
        };
        Ok(())
    }

    /// Cancels every order that has no request under way; the orders that have one need a further call once it is
    /// answered. Returns the number of actions. O(capacity).
    ///
    /// # Errors
    /// [`OmsError::ActionBufferFull`] when `out` has less room than there are orders; nothing has changed then.
    pub fn cancel_all(
        &mut self,
        now: Timestamp,
        gate: &mut RiskGate,
        out: &mut [OrderAction],
    ) -> Result<usize, OmsError> {
        let needed = self.len();
        if out.len() < needed {
            return Err(OmsError::ActionBufferFull { needed });
        }
        let mut count = 0;
        for slot in 0..self.slots.len() {
            if let Some(id) = self.slots[slot].as_ref().map(|order| order.id)
                && let Ok(action) = self.cancel(id, now, gate)
            {
                out[count] = action;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Makes an acknowledged order smaller. Nothing can refuse it: less is less. The gate's rate is used up as by a cancel.
    pub(in crate::oms) fn decrease(
        &mut self,
        slot: usize,
        quantity: Quantity,
        now: Timestamp,
        gate: &mut RiskGate,
        action: &mut OrderAction,
    ) -> Result<(), OmsError> {
        let Some(order) = self.in_slot(slot).copied() else {
            return Err(OmsError::FinishedOrder(OrderId(slot as u64)));
        };
        if matches!(order.state, OrderState::PendingNew | OrderState::Unknown) {
            return Err(OmsError::WrongState { order_id: order.id, state: order.state });
        }
        gate.cancelled(&OrderIntent {
            order_id: order.id,
            ..self.intent(order.side, order.price, order.remaining, now)
        });
        self.send_replace(slot, order.price, quantity, false, now, action)
    }
}
