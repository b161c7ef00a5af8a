//! One order: its states and how each report changes it.
//!
//! Nothing here looks at other orders. A report is judged against the order alone and either gives its next state or a
//! typed error.

use super::{ExecutionKind, ExecutionReport, OmsError};
use crate::types::{OrderId, Price, Quantity, Side, Timestamp};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OrderState {
    /// Sent, not answered.
    PendingNew = 1,
    /// Works in full.
    Live = 2,
    /// Works with what is left after fills.
    PartiallyFilled = 3,
    /// Its cancel is under way; it may still trade.
    PendingCancel = 4,
    /// Its replacement is under way; it may still trade.
    PendingReplace = 5,
    /// Traded in full. Final.
    Filled = 6,
    /// Gone with lots left. Final.
    Cancelled = 7,
    /// Never worked. Final.
    Rejected = 8,
    /// Its request was not answered in time: it may work, have traded or be gone. It counts in its worst case until the
    /// venue has said something.
    Unknown = 9,
}

impl OrderState {
    /// Whether nothing can happen to the order any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Rejected)
    }
}

/// One order as the manager knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingOrder {
    /// Its client id.
    pub id: OrderId,
    /// The id of the replacement under way, or of the order that this one took the place of while that is not
    /// confirmed; else 0.
    pub linked_id: OrderId,
    /// Its price.
    pub price: Price,
    /// Lots that are left.
    pub remaining: Quantity,
    /// Lots that it has traded.
    pub filled: Quantity,
    /// Price of the replacement under way.
    pub new_price: Price,
    /// Lots of the replacement under way, less what the order has traded since it was sent.
    pub new_quantity: Quantity,
    /// Lots of the replacement as it was sent: the most that the venue may report.
    pub new_quantity_sent: Quantity,
    /// When its last request was sent.
    pub sent: Timestamp,
    /// Its side.
    pub side: Side,
    /// Where it stands.
    pub state: OrderState,
    /// Which wanted quote it serves, 255 for none.
    pub level: u8,
    /// Whether the venue has shown that it knows the order.
    pub is_acknowledged: bool,
    /// The order that it took the place of, while that is not confirmed; else 0.
    pub predecessor: OrderId,
    /// Whether `remaining` awaits the venue's word, because the order took another's place. It is at least what is left.
    pub is_estimate: bool,
    /// What it was while its state is [`OrderState::Unknown`], else without meaning.
    pub was: OrderState,
}

impl WorkingOrder {
    /// Lots that the order and its replacement can still trade at most.
    #[inline]
    #[must_use]
    pub fn worst_case(&self) -> Quantity {
        match self.phase() {
            OrderState::PendingReplace => self.remaining.max(self.new_quantity),
            phase if phase.is_final() => Quantity::ZERO,
            _ => self.remaining,
        }
    }

    /// Its state, or what it was before its request went unanswered.
    #[inline]
    pub(super) const fn phase(&self) -> OrderState {
        if matches!(self.state, OrderState::Unknown) { self.was } else { self.state }
    }

    /// Whether it can be cancelled: no cancel or replacement is under way, or only one that was not answered in time and
    /// can be repeated.
    #[inline]
    pub(super) const fn is_idle(&self) -> bool {
        match self.state {
            OrderState::PendingCancel | OrderState::PendingReplace => false,
            OrderState::Unknown => !matches!(self.was, OrderState::PendingReplace),
            _ => true,
        }
    }

    /// The price at which it may meet others: the more aggressive one while it is not known which of two works, none
    /// while it is being cancelled, because requests arrive in the order in which they are sent.
    #[inline]
    pub(super) fn meeting_price(&self) -> Option<Price> {
        match (self.state, self.was) {
            (OrderState::PendingCancel, _) => None,
            (OrderState::PendingReplace, _) => Some(self.new_price),
            (OrderState::Unknown, OrderState::PendingReplace) => {
                let is_better = self.side.is_better(self.new_price, self.price);
                Some(if is_better { self.new_price } else { self.price })
            }
            _ => Some(self.price),
        }
    }

    /// The state to which a refused cancel or replacement returns the order.
    const fn resting_state(&self) -> OrderState {
        if !self.is_acknowledged {
            OrderState::PendingNew
        } else if self.filled.0 > 0 {
            OrderState::PartiallyFilled
        } else {
            OrderState::Live
        }
    }
}

/// How an id stands to the order in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Order,
    Replacement,
    Predecessor,
}

impl WorkingOrder {
    /// The order after a report, or why the report cannot be.
    pub(super) fn after(mut self, role: Role, report: &ExecutionReport) -> Result<Self, OmsError> {
        let wrong_state = OmsError::WrongState { order_id: report.order_id, state: self.state };
        // Whatever the venue says, it is no longer silent.
        self.state = self.phase();
        let is_replacing = self.state == OrderState::PendingReplace;
        match (report.kind, role) {
            (ExecutionKind::CancelRejected, Role::Predecessor) => {
                if self.is_acknowledged || !report.answers(self.id) {
                    return Err(OmsError::FinishedOrder(report.order_id));
                }
                // Its predecessor had gone before the replacement arrived, so that never came to be.
                self.state = OrderState::Rejected;
            }
            (ExecutionKind::Replaced, Role::Predecessor) if report.new_order_id == self.id => {
                self.settle_estimate(report)?;
            }
            (_, Role::Predecessor) => return Err(OmsError::FinishedOrder(report.order_id)),

            (ExecutionKind::Accepted, Role::Order) if self.is_acknowledged && self.is_estimate => {
                // Its fills were faster.
                self.settle_estimate(report)?;
            }
            (ExecutionKind::Accepted, Role::Order) => {
                if self.is_acknowledged {
                    return Err(wrong_state);
                }
                self.acknowledge(report, report.leaves)?;
                if self.state == OrderState::PendingNew {
                    self.state = OrderState::Live;
                }
            }
            (ExecutionKind::Accepted, Role::Replacement) => {
                self.become_replacement(report, report.leaves)?;
                if self.remaining == Quantity::ZERO {
                    return Err(inconsistent(report, self.new_quantity_sent));
                }
            }
            (ExecutionKind::Replaced, Role::Order) => {
                if !is_replacing || report.new_order_id != self.linked_id {
                    return Err(wrong_state);
                }
                self.become_replacement(report, report.leaves)?;
                if self.remaining == Quantity::ZERO {
                    self.state = OrderState::Filled;
                }
            }
            (ExecutionKind::Replaced, Role::Replacement) => return Err(wrong_state),

            (ExecutionKind::Rejected, Role::Order) => {
                if self.is_acknowledged {
                    return Err(wrong_state);
                }
                self.state = OrderState::Rejected;
            }
            (ExecutionKind::Rejected, Role::Replacement) => self.drop_replacement(),

            (ExecutionKind::Filled, _) => self.fill(role, report)?,

            (ExecutionKind::Cancelled, Role::Order) if is_replacing => {
                // The first half of a replacement: the new order is on its own now, and may be whole.
                std::mem::swap(&mut self.id, &mut self.linked_id);
                self.predecessor = self.linked_id;
                self.price = self.new_price;
                self.remaining = self.new_quantity_sent;
                self.filled = Quantity::ZERO;
                self.state = OrderState::PendingNew;
                self.is_acknowledged = false;
                self.is_estimate = true;
            }
            (ExecutionKind::Cancelled, _) => self.state = OrderState::Cancelled,

            (ExecutionKind::CancelRejected, Role::Order) => match self.state {
                OrderState::PendingCancel if report.answers(self.id) => self.state = self.resting_state(),
                OrderState::PendingReplace if report.answers(self.linked_id) => self.drop_replacement(),
                _ => return Err(wrong_state),
            },
            (ExecutionKind::CancelRejected, Role::Replacement) => return Err(wrong_state),
        }
        Ok(self)
    }

    /// The venue knows the order, with `open` lots.
    fn acknowledge(&mut self, report: &ExecutionReport, open: Quantity) -> Result<(), OmsError> {
        let fits = if self.is_estimate {
            open > Quantity::ZERO && open <= self.remaining
        } else {
            open == self.remaining
        };
        if !fits {
            return Err(inconsistent(report, self.remaining));
        }
        self.remaining = open;
        self.is_acknowledged = true;
        self.confirm();
        Ok(())
    }

    /// Its place and its quantity are confirmed.
    fn confirm(&mut self) {
        self.is_estimate = false;
        if self.linked_id == self.predecessor {
            self.linked_id = OrderId(0);
        }
        self.predecessor = OrderId(0);
    }

    /// The replacement works with `open` lots and the order that it replaces is gone.
    fn become_replacement(&mut self, report: &ExecutionReport, open: Quantity) -> Result<(), OmsError> {
        if open > self.new_quantity_sent {
            return Err(inconsistent(report, self.new_quantity_sent));
        }
        self.id = self.linked_id;
        self.linked_id = OrderId(0);
        self.price = self.new_price;
        self.remaining = open;
        self.filled = Quantity::ZERO;
        self.state = OrderState::Live;
        self.is_acknowledged = true;
        self.is_estimate = false;
        self.predecessor = OrderId(0);
        Ok(())
    }

    /// The replacement will not be; the order goes on with what it has left.
    fn drop_replacement(&mut self) {
        self.linked_id = OrderId(0);
        self.new_quantity = Quantity::ZERO;
        self.state = if self.remaining == Quantity::ZERO { OrderState::Filled } else { self.resting_state() };
    }

    fn fill(&mut self, role: Role, report: &ExecutionReport) -> Result<(), OmsError> {
        let quantity = report.quantity;
        if quantity == Quantity::ZERO
            || quantity > Quantity::MAX
            || report.leaves > Quantity::MAX
            || report.side != self.side
            || !report.price.in_range()
        {
            return Err(OmsError::BadReport);
        }
        if report.fill_id() != 0 {
            return self.fill_by_id(role, report);
        }
        // Both are at most 2^63 − 1: the sum fits.
        let open = Quantity(report.leaves.0 + quantity.0);
        if role == Role::Replacement {
            self.become_replacement(report, open)?;
        } else if !self.is_acknowledged {
            self.acknowledge(report, open)?;
        } else if open != self.remaining {
            let expected = Quantity(self.remaining.0.saturating_sub(quantity.0));
            return Err(inconsistent(report, expected));
        }
        self.trade(quantity, report.leaves);
        Ok(())
    }

    /// A fill that has an id of its own, so that it counts whatever came before or is still to come. `leaves` is only
    /// asked whether the order is over at the venue.
    fn fill_by_id(&mut self, role: Role, report: &ExecutionReport) -> Result<(), OmsError> {
        if role == Role::Replacement {
            // It works, and how much of it is for its acceptance to say: until then as much as was sent.
            let old = self.id;
            self.become_replacement(report, self.new_quantity_sent)?;
            self.linked_id = old;
            self.predecessor = old;
            self.is_estimate = true;
        }
        let quantity = report.quantity;
        if quantity > self.remaining {
            return Err(inconsistent(report, self.remaining));
        }
        self.is_acknowledged = true;
        self.trade(quantity, Quantity(self.remaining.0 - quantity.0));
        if report.leaves == Quantity::ZERO && !self.state.is_final() {
            let may_still_come =
                self.state == OrderState::PendingReplace && self.new_quantity > Quantity::ZERO;
            if !may_still_come {
                // Traded in full, although not every fill has been reported.
                self.state = OrderState::Filled;
            }
        }
        Ok(())
    }

    /// The acceptance says how much there was, after fills have shown that it works.
    fn settle_estimate(&mut self, report: &ExecutionReport) -> Result<(), OmsError> {
        let (total, filled) = (report.leaves.0, self.filled.0);
        if total < filled || total - filled > self.remaining.0 {
            return Err(inconsistent(report, self.remaining));
        }
        self.remaining = Quantity(total - filled);
        self.is_acknowledged = true;
        self.confirm();
        let may_still_come = self.state == OrderState::PendingReplace && self.new_quantity > Quantity::ZERO;
        match self.state {
            _ if self.remaining == Quantity::ZERO && !may_still_come => self.state = OrderState::Filled,
            OrderState::PendingNew => self.state = OrderState::Live,
            _ => {}
        }
        Ok(())
    }

    /// So much has traded and so much is left.
    fn trade(&mut self, quantity: Quantity, left: Quantity) {
        self.remaining = left;
        self.filled = Quantity(self.filled.0.saturating_add(quantity.0));
        let is_replacing = self.state == OrderState::PendingReplace;
        if is_replacing {
            self.new_quantity = Quantity(self.new_quantity.0.saturating_sub(quantity.0));
        }
        // A replacement that asked for more than the order had can still bring the difference.
        if self.remaining == Quantity::ZERO && !(is_replacing && self.new_quantity > Quantity::ZERO) {
            self.state = OrderState::Filled;
        } else if matches!(self.state, OrderState::PendingNew | OrderState::Live) {
            self.state = OrderState::PartiallyFilled;
        }
    }
}

const fn inconsistent(report: &ExecutionReport, expected: Quantity) -> OmsError {
    OmsError::Inconsistent { order_id: report.order_id, expected, reported: report.leaves }
}
