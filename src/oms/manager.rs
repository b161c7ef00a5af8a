//! The order table: client ids, states, the venue's reports, and the worst case of what works.
//!
//! A client id is `sequence << bits | slot`: the slot is found without a search and a finished order's id never
//! matches the slot's next owner. The working quantity of each side is maintained with every change; an order under
//! replacement counts with the larger of what it has left and what is wanted. Everything is O(1) and hot path after
//! construction, unless it says otherwise.
//!
//! Reports may come late, twice, out of order or never, as long as fills carry ids: see [`OrderManager::on_report`].

mod reports;
mod requests;
mod stored;

pub use stored::StoredChanges;

use super::config::MAX_CAPACITY;
use super::late::LateFills;
use super::order::Role;
use super::{MAX_LEVELS, OmsConfig, OmsError, OrderState, WorkingOrder};
use crate::risk::{Exposure, RiskGate};
use crate::types::{OrderId, Price, Quantity, Side, SignedQuantity};

/// Marks an order that no wanted quote stands behind.
pub(super) const NO_LEVEL: u8 = u8::MAX;
/// Most fill ids and finished orders that can be remembered.
const MAX_MEMORY: u32 = 1 << 20;
/// Marks a level without an order.
const NO_SLOT: u32 = u32::MAX;

/// What a report did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportOutcome {
    /// The order after it; when `state` is final the manager has forgotten it.
    pub order: WorkingOrder,
    /// Lots that it filled.
    pub filled: Quantity,
}

/// Working orders of one instrument.
///
/// ```
/// use market_maker::oms::{ExecutionKind, ExecutionReport, OmsConfig, OrderAction, OrderManager, WantedQuote,
///     WantedQuotes, MarketTop};
/// use market_maker::risk::{RiskConfig, RiskGate};
/// use market_maker::types::{Price, Quantity, Side, SignedQuantity, Timestamp};
/// let mut gate = RiskGate::new(&RiskConfig::default()).unwrap();
/// let mut oms = OrderManager::new(&OmsConfig::default()).unwrap();
/// let wanted = WantedQuotes::one_level(
///     Some(WantedQuote { price: 99.7, quantity: 5.0 }),
///     Some(WantedQuote { price: 101.2, quantity: 5.0 }),
/// );
/// let top = MarketTop::new(Some(Price(100)), Some(Price(101)));
/// let mut actions = [OrderAction::EMPTY; 8];
/// let decision = oms.decide(&wanted, &top, SignedQuantity(0), Timestamp(1), &mut gate, &mut actions).unwrap();
/// assert_eq!(decision.actions, 2);
/// assert_eq!((actions[0].price, actions[1].price), (Price(99), Price(102)));
/// let accepted = ExecutionReport {
///     kind: ExecutionKind::Accepted, order_id: actions[0].order_id, leaves: Quantity(5), ..ExecutionReport::EMPTY
/// };
/// oms.on_report(&accepted).unwrap();
/// // Nothing has changed, so there is nothing to send.
/// let decision = oms.decide(&wanted, &top, SignedQuantity(0), Timestamp(2), &mut gate, &mut actions).unwrap();
/// assert_eq!(decision.actions, 0);
/// assert_eq!(oms.working(Side::Buy), Quantity(5));
/// ```
#[derive(Debug)]
pub struct OrderManager {
    pub(super) config: OmsConfig,
    slots: Box<[Option<WorkingOrder>]>,
    /// Free slots; the last is the next to be used.
    free: Vec<u32>,
    slot_bits: u32,
    next_sequence: u64,
    levels: [[u32; MAX_LEVELS]; 2],
    /// Bit n of a side: an order serves level n.
    occupied: [u8; 2],
    working: [u64; 2],
    pub(super) late: LateFills,
    /// Orders whose request was not answered in time.
    unknown: usize,
}

impl OrderManager {
    /// A manager without orders.
    ///
    /// # Errors
    /// [`OmsError::BadConfig`] for a capacity outside 1..=65 536 or a first sequence of 0.
    pub fn new(config: &OmsConfig) -> Result<Self, OmsError> {
        if config.capacity == 0 || config.capacity > MAX_CAPACITY {
            return Err(OmsError::BadConfig("capacity must be in 1..=65536"));
        }
        if config.first_sequence == 0 {
            return Err(OmsError::BadConfig("first_sequence must be at least 1"));
        }
        if config.fill_ids > MAX_MEMORY || config.finished_orders > MAX_MEMORY {
            return Err(OmsError::BadConfig("fill_ids and finished_orders are at most 2^20"));
        }
        Ok(Self {
            config: *config,
            slots: vec![None; config.capacity as usize].into_boxed_slice(),
            free: (0..config.capacity).rev().collect(),
            slot_bits: config.capacity.next_power_of_two().trailing_zeros(),
            next_sequence: config.first_sequence,
            levels: [[NO_SLOT; MAX_LEVELS]; 2],
            occupied: [0; 2],
            working: [0; 2],
            late: LateFills::new(config),
            unknown: 0,
        })
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &OmsConfig {
        &self.config
    }

    /// The sequence number that the next order's id will have.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// How many orders are working.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether no order is working.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lots of one side that can still reach the position at most: what works, everything under way, and what has traded
    /// by a report that tells of fills which have not come yet. Hot path, O(1).
    #[must_use]
    pub const fn working(&self, side: Side) -> Quantity {
        Quantity(self.working[side.index()] + self.late.unreported(side))
    }

    /// How many orders are [`OrderState::Unknown`]. Hot path.
    #[must_use]
    pub const fn unknown(&self) -> usize {
        self.unknown
    }

    /// The working orders, in no particular order. O(capacity).
    pub fn orders(&self) -> impl Iterator<Item = &WorkingOrder> {
        self.slots.iter().flatten()
    }

    /// A working order by its id or the id of its replacement under way. Hot path, O(1).
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&WorkingOrder> {
        match self.find(id) {
            Ok((slot, Role::Order | Role::Replacement)) => self.slots[slot].as_ref(),
            _ => None,
        }
    }

    /// The levels of a side that orders serve, a bit each.
    #[inline]
    pub(super) const fn occupied(&self, side: Side) -> u8 {
        self.occupied[side.index()]
    }

    /// The order that serves a wanted level, and its slot.
    #[inline]
    pub(super) fn at_level(&self, side: Side, level: usize) -> Option<(usize, &WorkingOrder)> {
        let slot = self.levels[side.index()][level] as usize;
        Some((slot, self.in_slot(slot)?))
    }

    /// The order in a slot.
    #[inline]
    pub(super) fn in_slot(&self, slot: usize) -> Option<&WorkingOrder> {
        self.slots.get(slot)?.as_ref()
    }

    /// Whether another order fits.
    pub(super) const fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    /// Whether ids last for `count` more orders.
    pub(super) fn has_ids(&self, count: usize) -> bool {
        let last = u64::MAX >> self.slot_bits;
        last.checked_sub(self.next_sequence).is_some_and(|left| left >= count as u64)
    }

    fn find(&self, id: OrderId) -> Result<(usize, Role), OmsError> {
        let slot = (id.0 & ((1 << self.slot_bits) - 1)) as usize;
        let sequence = id.0 >> self.slot_bits;
        if slot >= self.slots.len() || sequence < self.config.first_sequence || sequence >= self.next_sequence
        {
            return Err(OmsError::UnknownOrder(id));
        }
        match &self.slots[slot] {
            Some(order) if order.id == id => Ok((slot, Role::Order)),
            Some(order) if order.linked_id == id && order.phase() == OrderState::PendingReplace => {
                Ok((slot, Role::Replacement))
            }
            Some(order) if order.predecessor == id && order.is_estimate => Ok((slot, Role::Predecessor)),
            _ => Err(OmsError::FinishedOrder(id)),
        }
    }

    /// The id that the next order in a slot will have.
    fn next_id(&self, slot: u32) -> OrderId {
        OrderId(self.next_sequence << self.slot_bits | u64::from(slot))
    }

    fn issue(&mut self, slot: u32) -> OrderId {
        let id = self.next_id(slot);
        self.next_sequence += 1;
        id
    }

    /// Stores an order's new state, keeps the working quantity right, and forgets the order when it is final.
    fn store(&mut self, slot: usize, order: WorkingOrder) {
        let before = self.slots[slot].as_ref().map_or(0, |old| old.worst_case().0);
        let was_unknown = matches!(self.slots[slot], Some(WorkingOrder { state: OrderState::Unknown, .. }));
        self.unknown -= usize::from(was_unknown);
        let working = &mut self.working[order.side.index()];
        *working = *working - before + order.worst_case().0;
        if order.state.is_final() {
            self.slots[slot] = None;
            self.free.push(slot as u32);
            if order.level != NO_LEVEL {
                self.levels[order.side.index()][usize::from(order.level)] = NO_SLOT;
                self.occupied[order.side.index()] &= !(1 << order.level);
            }
        } else {
            self.slots[slot] = Some(order);
        }
    }

    /// Changes a working order to one that still works and keeps the working quantity right.
    #[inline]
    fn change(
        &mut self,
        slot: usize,
        change: impl FnOnce(&mut WorkingOrder),
    ) -> Result<&WorkingOrder, OmsError> {
        let Some(order) = self.slots.get_mut(slot).and_then(Option::as_mut) else {
            return Err(OmsError::FinishedOrder(OrderId(slot as u64)));
        };
        let before = order.worst_case().0;
        let was_unknown = order.state == OrderState::Unknown;
        change(order);
        self.unknown += usize::from(order.state == OrderState::Unknown);
        self.unknown -= usize::from(was_unknown);
        let working = &mut self.working[order.side.index()];
        *working = *working - before + order.worst_case().0;
        Ok(order)
    }

    /// What the risk gate measures an order of this manager against. The best own prices are looked for only where
    /// the gate asks for them: O(1), else O(capacity). Hot path.
    #[inline]
    #[must_use]
    pub fn exposure(&self, position: SignedQuantity, reference: Option<Price>, gate: &RiskGate) -> Exposure {
        let mut exposure = Exposure {
            position,
            working_buy: self.working(Side::Buy),
            working_sell: self.working(Side::Sell),
            reference,
            working_orders: self.len() as u32,
            own_bid: None,
            own_ask: None,
        };
        if gate.wants_own_quotes() {
            (exposure.own_bid, exposure.own_ask) = (self.own_best(Side::Buy), self.own_best(Side::Sell));
        }
        exposure
    }

    /// The most aggressive price at which an own order of the side may be met. O(capacity).
    pub(super) fn own_best(&self, side: Side) -> Option<Price> {
        let prices = self.orders().filter(|order| order.side == side).filter_map(WorkingOrder::meeting_price);
        match side {
            Side::Buy => prices.max(),
            Side::Sell => prices.min(),
        }
    }

    /// Ends an order whatever it was, for reconciliation.
    pub(super) fn finish(&mut self, slot: usize) {
        let Some(order) = self.slots[slot] else { return };
        self.store(slot, WorkingOrder { state: OrderState::Cancelled, ..order });
    }

    /// Replaces what is known of an order, which goes on working, for reconciliation.
    pub(super) fn correct(&mut self, slot: usize, order: WorkingOrder) {
        if self.slots[slot].is_some_and(|before| before.side != order.side) {
            // It is counted on the other side, and serves a level there.
            self.finish(slot);
            self.free.pop();
        }
        self.store(slot, order);
    }

    /// Slots that there are.
    pub(super) fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// Takes an order of this manager's ids back that it had given up, if its slot is free.
    pub(super) fn revive(&mut self, order: WorkingOrder) -> bool {
        let slot = (order.id.0 & ((1 << self.slot_bits) - 1)) as u32;
        let Some(free) = self.free.iter().position(|&free| free == slot) else { return false };
        self.free.remove(free);
        self.store(slot as usize, order);
        true
    }

    /// Whether an id is of this manager's making.
    pub(super) fn is_own(&self, id: OrderId) -> bool {
        !matches!(self.find(id), Err(OmsError::UnknownOrder(_)))
    }

    /// The slot of a working order by its id or that of its replacement under way.
    pub(super) fn slot_of(&self, id: OrderId) -> Option<(usize, bool)> {
        match self.find(id) {
            Ok((slot, Role::Order)) => Some((slot, false)),
            Ok((slot, Role::Replacement)) => Some((slot, true)),
            _ => None,
        }
    }
}
