//! Fills that come late, twice or for orders that are over.
//!
//! An order that is reported as gone may still have fills on the way. What it could still have traded is remembered for a
//! while, so that such a fill is booked once and never for more than there was. Where a report says that an order has
//! traded in full while fills of it are missing, those lots are certain to come: they count as working until they do.
//! Fixed size, O(1), hot path.

use super::{ExecutionKind, ExecutionReport, OmsConfig, OmsError, OrderState, ReportOutcome, WorkingOrder};
use crate::risk::recent::Recent;
use crate::types::{OrderId, Quantity, Side, Timestamp};

/// What a finished order may still have traded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Finished {
    order: Option<WorkingOrder>,
    /// Lots that late fills can have at most.
    allowed: u64,
    /// Of these, lots that are certain to come.
    expected: u64,
}

impl Finished {
    /// Up to so many lots may have traded before the end.
    pub(super) fn may_trade(order: &WorkingOrder, lots: Quantity) -> Self {
        Self { order: Some(*order), allowed: lots.0, expected: 0 }
    }

    /// So many lots have traded and are not reported yet.
    pub(super) fn has_traded(order: &WorkingOrder, lots: Quantity) -> Self {
        Self { order: Some(*order), allowed: lots.0, expected: lots.0 }
    }
}

/// What is remembered of fills and finished orders.
#[derive(Debug)]
pub(super) struct LateFills {
    fills: Recent<()>,
    finished: Recent<Finished>,
    /// Lots that are certain to come, by side.
    unreported: [u64; 2],
    /// Fills up to this time are in a snapshot that was adopted.
    covered: Option<Timestamp>,
}

impl LateFills {
    pub(super) fn new(config: &OmsConfig) -> Self {
        Self {
            fills: Recent::new(config.fill_ids),
            finished: Recent::new(config.finished_orders),
            unreported: [0; 2],
            covered: None,
        }
    }

    pub(super) const fn unreported(&self, side: Side) -> u64 {
        self.unreported[side.index()]
    }

    /// Refuses a fill that has been counted.
    #[inline]
    pub(super) fn check_new(&self, report: &ExecutionReport) -> Result<(), OmsError> {
        if report.kind != ExecutionKind::Filled {
            return Ok(());
        }
        let id = report.fill_id();
        let is_covered = self.covered.is_some_and(|until| report.timestamp <= until);
        if is_covered || id != 0 && self.fills.contains(id) {
            return Err(OmsError::DuplicateFill(id));
        }
        Ok(())
    }

    /// The report has been followed.
    #[inline]
    pub(super) fn note(&mut self, report: &ExecutionReport) {
        self.remember(report.fill_id());
    }

    pub(super) fn remember(&mut self, fill_id: u64) {
        if fill_id != 0 {
            self.fills.insert(fill_id, ());
        }
    }

    /// An id is over.
    pub(super) fn finish(&mut self, order: &WorkingOrder, id: OrderId, finished: Finished) {
        if finished.allowed > 0 {
            self.unreported[order.side.index()] += finished.expected;
            self.finished.insert(id.0, finished);
        }
    }

    /// Books a fill of an order that is over.
    pub(super) fn book(&mut self, report: &ExecutionReport) -> Result<ReportOutcome, OmsError> {
        let over = OmsError::FinishedOrder(report.order_id);
        let Some(finished) = self.finished.get_mut(report.order_id.0) else { return Err(over) };
        let Some(order) = finished.order else { return Err(over) };
        let lots = report.quantity.0;
        if report.side != order.side || !report.price.in_range() || lots == 0 {
            return Err(OmsError::BadReport);
        }
        if lots > finished.allowed {
            return Err(OmsError::Inconsistent {
                order_id: report.order_id,
                expected: Quantity(finished.allowed),
                reported: report.quantity,
            });
        }
        finished.allowed -= lots;
        let came = lots.min(finished.expected);
        finished.expected -= came;
        self.unreported[order.side.index()] -= came;
        let remaining = Quantity(finished.allowed);
        self.note(report);
        let state = if order.state.is_final() { order.state } else { OrderState::Cancelled };
        let filled = Quantity(order.filled.0.saturating_add(lots));
        Ok(ReportOutcome {
            order: WorkingOrder { id: report.order_id, state, remaining, filled, ..order },
            filled: report.quantity,
        })
    }

    /// A snapshot of the venue has been adopted: everything that traded until then is in its position.
    pub(super) fn cover(&mut self, until: Timestamp) {
        // Where the venue gives no times there is nothing to compare.
        if until > Timestamp(0) {
            self.covered = Some(self.covered.map_or(until, |before| before.max(until)));
        }
        self.unreported = [0; 2];
        self.finished.clear();
    }
}
