//! The order table: client ids, states, the venue's reports, and the worst case of what works.
//!
//! A client id is `sequence << bits | slot`: the slot is found without a search and a finished order's id never
//! matches the slot's next owner. The working quantity of each side is maintained with every change; an order under
//! replacement counts with the larger of what it has left and what is wanted. Everything is O(1) and hot path after
//! construction, unless it says otherwise.
//!
//! Reports may come late, twice, out of order or never, as long as fills carry ids: see [`OrderManager::on_report`].

mod stored;

pub use stored::StoredChanges;

use super::config::MAX_CAPACITY;
use super::late::{Finished, LateFills};
use super::order::Role;
use super::{
    ExecutionKind, ExecutionReport, MAX_LEVELS, MAX_ORDER_QUANTITY, OmsConfig, OmsError, OrderAction,
    OrderActionKind, OrderState, WorkingOrder,
};
use crate::risk::{Exposure, OrderIntent, RiskGate};
use crate::types::{OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

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
    pub fn exposure(
        &self,
        position: SignedQuantity,
        reference: Option<Price>,
        gate: &RiskGate,
    ) -> Exposure {
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

    /// The order `gate` is asked about.
    #[inline]
    pub(super) fn intent(&self, side: Side, price: Price, quantity: Quantity, now: Timestamp) -> OrderIntent {
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
    pub(super) fn place_at(
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
    pub(super) fn cancel_idle(
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
    pub(super) fn replace_idle(
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

    /// Follows one report of the venue. Hot path, O(1).
    ///
    /// A replacement may be reported as one [`ExecutionKind::Replaced`], or as `Cancelled` for the old id followed by
    /// `Accepted` or `Rejected` for the new one. A fill of an order that was not accepted yet accepts it.
    ///
    /// Reports may come late, twice or out of order where fills have ids and refusals say what they refuse (see
    /// [`ExecutionReport::new_order_id`]): each fill then counts once and whenever it comes, also for an order that has been
    /// reported as gone, as long as that is one of the last [`OmsConfig::finished_orders`]. What never comes leaves the
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

    /// Makes an acknowledged order smaller. Nothing can refuse it: less is less. The gate's rate is used up as by a cancel.
    pub(super) fn decrease(
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
