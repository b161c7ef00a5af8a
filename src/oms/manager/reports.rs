//! What the manager is told: the venue's reports, and silence.

use super::{OrderManager, ReportOutcome};
use crate::oms::late::Finished;
use crate::oms::order::Role;
use crate::oms::{ExecutionKind, ExecutionReport, OmsError, OrderState, WorkingOrder};
use crate::types::{Quantity, Timestamp};

impl OrderManager {
    /// Follows one report of the venue. Hot path, O(1).
    ///
    /// A replacement may be reported as one [`ExecutionKind::Replaced`], or as `Cancelled` for the old id followed by
    /// `Accepted` or `Rejected` for the new one. A fill of an order that was not accepted yet accepts it.
    ///
    /// Reports may come late, twice or out of order where fills have ids and refusals say what they refuse (see
    /// [`ExecutionReport::new_order_id`]): each fill then counts once and whenever it comes, also for an order that has been
    /// reported as gone, as long as that is one of the last
    /// [`OmsConfig::finished_orders`](crate::oms::OmsConfig::finished_orders). What never comes leaves the
    /// order in its worst case: see [`expire`](Self::expire) and [`reconcile`](Self::reconcile).
    ///
    /// # Errors
    /// [`OmsError::UnknownOrder`], [`OmsError::FinishedOrder`] (an id of this manager's shape whose order is over),
    /// [`OmsError::DuplicateFill`], [`OmsError::WrongState`], [`OmsError::Inconsistent`], [`OmsError::WrongInstrument`],
    /// [`OmsError::BadReport`]. Nothing has changed then. A report that comes again is one of these.
    pub fn on_report(&mut self, report: &ExecutionReport) -> Result<ReportOutcome, OmsError> {
        if report.instrument != self.config.instrument {
            return Err(OmsError::WrongInstrument);
        }
        self.late.check_new(report)?;
        let (slot, role) = match self.find(report.order_id) {
            Ok((_, Role::Predecessor)) | Err(OmsError::FinishedOrder(_)) if report.fill_id() != 0 => {
                return self.late.book(report);
            }
            found => found?,
        };
        let Some(order) = self.slots[slot] else {
            return Err(OmsError::FinishedOrder(report.order_id));
        };
        let after = order.after(role, report)?;
        self.remember(&order, role, &after, report);
        self.store(slot, after);
        let filled = if report.kind == ExecutionKind::Filled { report.quantity } else { Quantity::ZERO };
        Ok(ReportOutcome { order: after, filled })
    }

    /// Remembers the ids that a report has made an end of, for fills of theirs that come late.
    fn remember(
        &mut self,
        before: &WorkingOrder,
        role: Role,
        after: &WorkingOrder,
        report: &ExecutionReport,
    ) {
        self.late.note(report);
        if after.id != before.id {
            // The order gave way to its replacement, with so much not reported as traded.
            self.late.finish(before, before.id, Finished::may_trade(before, before.remaining));
        }
        if !after.state.is_final() {
            return;
        }
        let is_over_by_fill = report.kind == ExecutionKind::Filled && !after.is_estimate;
        let finished = match after.state {
            OrderState::Rejected => return,
            // Everything has traded: what is left has been so without a report yet.
            OrderState::Filled if is_over_by_fill => Finished::has_traded(after, after.remaining),
            _ => Finished::may_trade(after, after.remaining),
        };
        self.late.finish(after, after.id, finished);
        if role == Role::Replacement && after.id == before.id && report.kind == ExecutionKind::Cancelled {
            // The replacement had taken the place before it was cancelled.
            self.late.finish(after, after.linked_id, Finished::may_trade(after, before.new_quantity_sent));
        }
    }

    /// Marks orders whose request has waited for an answer for longer than `timeout_ns` as [`OrderState::Unknown`], and says
    /// how many are. They count in their worst case as before; any report about them ends it. A new order or a cancel
    /// that is unknown may be cancelled (again); what became of a replacement the venue has to say. O(capacity).
    pub fn expire(&mut self, now: Timestamp, timeout_ns: u64) -> usize {
        for slot in 0..self.slots.len() {
            let Some(order) = self.in_slot(slot) else { continue };
            let waits = matches!(
                order.state,
                OrderState::PendingNew | OrderState::PendingCancel | OrderState::PendingReplace
            );
            if waits && now.0.saturating_sub(order.sent.0) > timeout_ns {
                let _ = self.change(slot, |order| {
                    order.was = order.state;
                    order.state = OrderState::Unknown;
                });
            }
        }
        self.unknown
    }

    /// Counts a fill id as seen: what a host that restarts does with the last ids of its former life. Hot path.
    pub fn remember_fill(&mut self, fill_id: u64) {
        self.late.remember(fill_id);
    }
}
