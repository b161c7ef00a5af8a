//! Reconciliation: what the venue says works and is held, against what we think.
//!
//! [`OrderManager::reconcile`] compares and changes nothing; each difference is a typed [`Break`].
//! [`OrderManager::adopt`] makes the venue's word ours. A request may be on its way while the snapshot is taken: orders
//! whose last request was sent less than a grace period before it are not judged. O(orders²) in the worst case: for a
//! timer or a restart, not for every event. Neither allocates.

use super::{OmsError, OrderManager, OrderState, WorkingOrder};
use crate::types::{OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

/// A working order as the venue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct VenueOrder {
    /// The client id.
    pub order_id: OrderId,
    /// Its price.
    pub price: Price,
    /// Lots that are left.
    pub leaves: Quantity,
    /// Its side.
    pub side: Side,
}

/// What the venue says of one instrument at one moment.
#[derive(Clone, Copy, Debug)]
pub struct VenueSnapshot<'a> {
    /// Every working order of ours.
    pub orders: &'a [VenueOrder],
    /// Lots held.
    pub position: SignedQuantity,
    /// When it was taken, by the clock that stamps reports: fills up to then are in it.
    pub timestamp: Timestamp,
    /// Orders whose last request was sent less than so long before it are not judged, ns.
    pub grace_ns: u64,
}

/// What kind of difference it is. The numbers cross the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BreakKind {
    /// We think that it works; the venue does not know it.
    MissingAtVenue = 1,
    /// It works at the venue and we have given it up, or never gave it its id.
    UnknownToUs = 2,
    /// The venue has another number of lots left.
    Quantity = 3,
    /// The venue has another price.
    Price = 4,
    /// The venue has the other side.
    Side = 5,
    /// The venue holds another position for us.
    Position = 6,
    /// The order's request was not answered in time, and the venue's word resolves it: what we have as unanswered works there.
    Unanswered = 7,
}

impl BreakKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::MissingAtVenue,
            2 => Self::UnknownToUs,
            3 => Self::Quantity,
            4 => Self::Price,
            5 => Self::Side,
            6 => Self::Position,
            7 => Self::Unanswered,
            _ => return None,
        })
    }
}

/// One difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// What kind.
    pub kind: BreakKind,
    /// The order; 0 for the position.
    pub order_id: OrderId,
    /// What we have: lots, ticks, or the side's number, by the kind; 0 for nothing.
    pub ours: i64,
    /// What the venue has.
    pub venue: i64,
}

impl Break {
    /// A break of nothing: to size buffers with.
    pub const EMPTY: Self = Self { kind: BreakKind::Position, order_id: OrderId(0), ours: 0, venue: 0 };
}

/// What a reconciliation came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Breaks in all; those beyond the buffer are counted and not written.
    pub breaks: usize,
    /// Orders that agree.
    pub matched: usize,
    /// Orders that were not judged because a request may be on its way.
    pub in_flight: usize,
}

/// Where breaks go.
struct Found<'a> {
    out: &'a mut [Break],
    result: Reconciliation,
}

impl Found<'_> {
    fn add(&mut self, kind: BreakKind, order_id: OrderId, ours: i64, venue: i64) {
        if let Some(place) = self.out.get_mut(self.result.breaks) {
            *place = Break { kind, order_id, ours, venue };
        }
        self.result.breaks += 1;
    }
}

fn lots(quantity: Quantity) -> i64 {
    quantity.0.min(i64::MAX as u64) as i64
}

impl OrderManager {
    /// Compares the venue's snapshot with our working orders and with `position`, ours, and writes the differences to
    /// `out`. Tell [`RiskGate::on_reconciliation`](crate::risk::RiskGate::on_reconciliation) how many there are.
    ///
    /// # Errors
    /// [`OmsError::BadReport`] when the snapshot names an order twice.
    pub fn reconcile(
        &self,
        snapshot: &VenueSnapshot<'_>,
        position: SignedQuantity,
        out: &mut [Break],
    ) -> Result<Reconciliation, OmsError> {
        check(snapshot)?;
        let mut found = Found { out, result: Reconciliation::default() };
        for order in self.orders() {
            if in_flight(order, snapshot) {
                found.result.in_flight += 1;
                continue;
            }
            match at_venue(order, snapshot) {
                None => found.add(BreakKind::MissingAtVenue, order.id, lots(order.remaining), 0),
                Some(venue) => compare(order, venue, &mut found),
            }
        }
        for venue in snapshot.orders {
            let is_known = self.order(venue.order_id).is_some();
            if !is_known {
                found.add(BreakKind::UnknownToUs, venue.order_id, 0, lots(venue.leaves));
            }
        }
        if position != snapshot.position {
            found.add(BreakKind::Position, OrderId(0), position.0, snapshot.position.0);
        }
        Ok(found.result)
    }

    /// Makes the venue's word ours, orders in flight left out: an order that the venue does not know is over, one that it
    /// knows works as it says, also when we had given it up and its place is free. Fills stamped at or before the
    /// snapshot are refused from now on ([`OmsError::DuplicateFill`]): the snapshot's position, which the caller takes over,
    /// has them. Says how many of the venue's orders could not be taken over: foreign ids, or places that are taken.
    ///
    /// # Errors
    /// As for [`reconcile`](Self::reconcile); nothing has changed then.
    pub fn adopt(&mut self, snapshot: &VenueSnapshot<'_>) -> Result<usize, OmsError> {
        check(snapshot)?;
        let mut left = 0;
        for slot in 0..self.capacity() {
            let Some(order) = self.in_slot(slot).copied() else { continue };
            if in_flight(&order, snapshot) {
                continue;
            }
            match at_venue(&order, snapshot) {
                None => self.finish(slot),
                Some(venue) if venue.leaves == Quantity::ZERO => self.finish(slot),
                // More than an order can have: ours stays as it is.
                Some(venue) if venue.leaves > super::MAX_ORDER_QUANTITY => left += 1,
                Some(venue) => self.correct(slot, adopted(&order, venue)),
            }
        }
        for venue in snapshot.orders {
            if self.slot_of(venue.order_id).is_some()
                || venue.leaves == Quantity::ZERO && self.is_own(venue.order_id)
            {
                continue;
            }
            let taken = self.is_own(venue.order_id)
                && venue.leaves > Quantity::ZERO
                && venue.leaves <= super::MAX_ORDER_QUANTITY
                && self.revive(fresh(venue));
            left += usize::from(!taken);
        }
        self.late.cover(snapshot.timestamp);
        Ok(left)
    }
}

/// No order twice.
fn check(snapshot: &VenueSnapshot<'_>) -> Result<(), OmsError> {
    let twice = snapshot
        .orders
        .iter()
        .enumerate()
        .any(|(at, order)| snapshot.orders[..at].iter().any(|other| other.order_id == order.order_id));
    if twice { Err(OmsError::BadReport) } else { Ok(()) }
}

/// Whether a request of the order may be on its way.
fn in_flight(order: &WorkingOrder, snapshot: &VenueSnapshot<'_>) -> bool {
    let waits = matches!(
        order.state,
        OrderState::PendingNew | OrderState::PendingCancel | OrderState::PendingReplace
    );
    waits && snapshot.timestamp.0.saturating_sub(order.sent.0) < snapshot.grace_ns
}

/// The order at the venue, under its own id or that of its replacement.
fn at_venue<'a>(order: &WorkingOrder, snapshot: &VenueSnapshot<'a>) -> Option<&'a VenueOrder> {
    let by = |id: OrderId| snapshot.orders.iter().find(move |venue| venue.order_id == id);
    let replacement = (order.phase() == OrderState::PendingReplace).then(|| by(order.linked_id)).flatten();
    replacement.or_else(|| by(order.id))
}

fn compare(order: &WorkingOrder, venue: &VenueOrder, found: &mut Found<'_>) {
    let before = found.result.breaks;
    let is_replacement = venue.order_id != order.id;
    let (price, quantity) =
        if is_replacement { (order.new_price, order.new_quantity) } else { (order.price, order.remaining) };
    if venue.side != order.side {
        found.add(BreakKind::Side, venue.order_id, order.side as i64, venue.side as i64);
    }
    if venue.price != price {
        found.add(BreakKind::Price, venue.order_id, price.0, venue.price.0);
    }
    if venue.leaves != quantity {
        found.add(BreakKind::Quantity, venue.order_id, lots(quantity), lots(venue.leaves));
    }
    if order.state == OrderState::Unknown {
        found.add(BreakKind::Unanswered, venue.order_id, order.was as i64, 0);
    }
    found.result.matched += usize::from(found.result.breaks == before);
}

/// Our order as the venue has it.
fn adopted(order: &WorkingOrder, venue: &VenueOrder) -> WorkingOrder {
    let is_same = venue.order_id == order.id;
    WorkingOrder {
        filled: if is_same { order.filled } else { Quantity::ZERO },
        level: if venue.side == order.side { order.level } else { super::manager::NO_LEVEL },
        sent: order.sent,
        ..fresh(venue)
    }
}

/// An order of which only the venue's word is known.
fn fresh(venue: &VenueOrder) -> WorkingOrder {
    WorkingOrder {
        id: venue.order_id,
        linked_id: OrderId(0),
        price: venue.price,
        remaining: venue.leaves,
        filled: Quantity::ZERO,
        new_price: Price(0),
        new_quantity: Quantity::ZERO,
        new_quantity_sent: Quantity::ZERO,
        sent: Timestamp(0),
        side: venue.side,
        state: OrderState::Live,
        level: super::manager::NO_LEVEL,
        is_acknowledged: true,
        predecessor: OrderId(0),
        is_estimate: false,
        was: OrderState::Live,
    }
}
