//! Working orders in and out of the crash-safe store.
//!
//! A host puts an order into the [`Store`](crate::position::store::Store) whenever it has changed
//! ([`WorkingOrder::changes`], in the event that changed it), and after a restart gives all of them to a new manager
//! ([`OrderManager::restore`]). What the venue did meanwhile is then a matter of
//! [`reconcile`](OrderManager::reconcile). Orders that were over before the restart are not remembered: a fill of one of
//! these that comes after it is [`OmsError::FinishedOrder`], for the host to reconcile.

use super::super::{MAX_LEVELS, MAX_ORDER_QUANTITY, OmsError, OrderState, WorkingOrder};
use super::{NO_LEVEL, OrderManager};
use crate::position::store::{OrderChange, StoredOrder};
use crate::types::{InstrumentId, OrderId};

/// Flag of a stored order: the venue has shown that it knows it.
const ACKNOWLEDGED: u8 = 1;
/// Flag of a stored order: what is left awaits the venue's word.
const ESTIMATE: u8 = 2;

impl OrderState {
    /// The state with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::PendingNew,
            2 => Self::Live,
            3 => Self::PartiallyFilled,
            4 => Self::PendingCancel,
            5 => Self::PendingReplace,
            6 => Self::Filled,
            7 => Self::Cancelled,
            8 => Self::Rejected,
            9 => Self::Unknown,
            _ => return None,
        })
    }
}

/// What an order's change is to a store: at most two changes of its orders.
#[derive(Clone, Copy, Debug)]
pub struct StoredChanges {
    changes: [OrderChange; 2],
    count: usize,
}

impl StoredChanges {
    /// Those of an order that the manager has no more and that is known to the store under this id, `None` for one that it
    /// never had.
    #[must_use]
    pub const fn over(known: Option<OrderId>) -> Self {
        match known {
            Some(id) => Self { changes: [OrderChange::Remove(id); 2], count: 1 },
            None => Self { changes: [OrderChange::Remove(OrderId(0)); 2], count: 0 },
        }
    }

    /// The changes, for [`Update::orders`](crate::position::store::Update::orders).
    #[must_use]
    pub fn as_slice(&self) -> &[OrderChange] {
        &self.changes[..self.count]
    }
}

impl WorkingOrder {
    /// The order as a store keeps it. Hot path.
    #[must_use]
    pub const fn to_stored(&self, instrument: InstrumentId) -> StoredOrder {
        let acknowledged = if self.is_acknowledged { ACKNOWLEDGED } else { 0 };
        let estimate = if self.is_estimate { ESTIMATE } else { 0 };
        StoredOrder {
            id: self.id,
            linked_id: self.linked_id,
            predecessor: self.predecessor,
            price: self.price,
            remaining: self.remaining,
            filled: self.filled,
            new_price: self.new_price,
            new_quantity: self.new_quantity,
            new_quantity_sent: self.new_quantity_sent,
            sent: self.sent,
            tags: [0; 2],
            instrument,
            side: self.side,
            state: self.state as u8,
            level: self.level,
            flags: acknowledged | estimate,
            was: self.was as u64,
        }
    }

    /// The order that was stored; `None` for one that no manager stores.
    #[must_use]
    pub fn from_stored(stored: &StoredOrder) -> Option<Self> {
        let was = u8::try_from(stored.was).ok().and_then(OrderState::from_u8)?;
        let state = OrderState::from_u8(stored.state)?;
        let largest = stored.remaining.max(stored.new_quantity).max(stored.new_quantity_sent);
        let is_sound = !state.is_final()
            && !was.is_final()
            && was != OrderState::Unknown
            && largest <= MAX_ORDER_QUANTITY
            && stored.flags & !(ACKNOWLEDGED | ESTIMATE) == 0
            && (stored.level == NO_LEVEL || usize::from(stored.level) < MAX_LEVELS);
        is_sound.then_some(Self {
            id: stored.id,
            linked_id: stored.linked_id,
            price: stored.price,
            remaining: stored.remaining,
            filled: stored.filled,
            new_price: stored.new_price,
            new_quantity: stored.new_quantity,
            new_quantity_sent: stored.new_quantity_sent,
            sent: stored.sent,
            side: stored.side,
            state,
            level: stored.level,
            is_acknowledged: stored.flags & ACKNOWLEDGED != 0,
            predecessor: stored.predecessor,
            is_estimate: stored.flags & ESTIMATE != 0,
            was,
        })
    }

    /// What a store is to be told of this order, that is known to it under the id `before`, `None` for a new one: the id
    /// changes when a replacement takes the order's place, and an order that is over goes. Hot path.
    #[must_use]
    pub fn changes(&self, before: Option<OrderId>, instrument: InstrumentId) -> StoredChanges {
        let put = OrderChange::Put(self.to_stored(instrument));
        if self.state.is_final() {
            return StoredChanges::over(before);
        }
        let (changes, count) = match before {
            None => ([put; 2], 1),
            Some(id) if id == self.id => ([put; 2], 1),
            Some(id) => ([put, OrderChange::Remove(id)], 2),
        };
        StoredChanges { changes, count }
    }
}

impl OrderManager {
    /// Takes over the orders of an earlier run; those of other instruments are passed over. `next_sequence` is what
    /// [`next_sequence`](Self::next_sequence) was then, and `fill_ids` are fills that have been counted. O(orders),
    /// allocates: for a start.
    ///
    /// # Errors
    /// [`OmsError::BadConfig`] when this manager has orders already, or when the orders are not those of a manager with this
    /// capacity and sequence. Nothing has changed then.
    pub fn restore(
        &mut self,
        orders: &[StoredOrder],
        fill_ids: &[u64],
        next_sequence: u64,
    ) -> Result<(), OmsError> {
        const FOREIGN: OmsError = OmsError::BadConfig("the stored orders are not of such a manager");
        if !self.is_empty() {
            return Err(OmsError::BadConfig("the manager has orders already"));
        }
        let mut slots = vec![None; self.slots.len()];
        let mut levels = self.levels;
        let mut occupied = [0_u8; 2];
        let mut working = [0_u64; 2];
        let mut unknown = 0;
        let mut first_sequence = self.config.first_sequence;
        for stored in orders.iter().filter(|order| order.instrument == self.config.instrument) {
            let order = WorkingOrder::from_stored(stored).ok_or(FOREIGN)?;
            let slot = (order.id.0 & ((1 << self.slot_bits) - 1)) as usize;
            let ids = [order.id, order.linked_id, order.predecessor];
            for id in ids.into_iter().filter(|id| id.0 != 0) {
                let sequence = id.0 >> self.slot_bits;
                if sequence == 0 || sequence >= next_sequence {
                    return Err(FOREIGN);
                }
                first_sequence = first_sequence.min(sequence);
            }
            if slots.get(slot).is_none_or(Option::is_some) {
                return Err(FOREIGN);
            }
            let side = order.side.index();
            if order.level != NO_LEVEL {
                if occupied[side] >> order.level & 1 == 1 {
                    return Err(FOREIGN);
                }
                occupied[side] |= 1 << order.level;
                levels[side][usize::from(order.level)] = slot as u32;
            }
            working[side] += order.worst_case().0;
            unknown += usize::from(order.state == OrderState::Unknown);
            slots[slot] = Some(order);
        }
        self.free.clear();
        let free = (0..slots.len() as u32).rev().filter(|&slot| slots[slot as usize].is_none());
        self.free.extend(free);
        self.slots = slots.into_boxed_slice();
        (self.levels, self.occupied, self.working, self.unknown) = (levels, occupied, working, unknown);
        self.config.first_sequence = first_sequence;
        self.next_sequence = self.next_sequence.max(next_sequence);
        for &fill_id in fill_ids {
            self.remember_fill(fill_id);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::mem::shared_words::PlainWords;
    use crate::oms::{ExecutionKind, ExecutionReport, OmsConfig};
    use crate::position::store::{Store, StoreConfig, Update};
    use crate::risk::{RiskConfig, RiskGate};
    use crate::types::{Price, Quantity, Side, SignedQuantity, Timestamp};

    const CONFIG: OmsConfig = OmsConfig {
        instrument: InstrumentId(3),
        capacity: 5,
        requote: crate::oms::RequoteRule::Ticks(0),
        requote_quantity_bps: 5_000,
        replace: crate::oms::ReplaceMode::Atomic,
        post_only: true,
        first_sequence: 7,
        fill_ids: 16,
        finished_orders: 4,
    };

    /// What a test compares restored managers by.
    fn sum_of_worst_cases(manager: &OrderManager) -> Quantity {
        Quantity(manager.orders().map(|order| order.worst_case().0).sum())
    }

    fn restored(store: &Store<PlainWords>) -> OrderManager {
        let mut manager = OrderManager::new(&CONFIG).unwrap();
        let orders: Vec<StoredOrder> = store.orders().copied().collect();
        manager.restore(&orders, &[], store.next_order_sequence().max(CONFIG.first_sequence)).unwrap();
        manager
    }

    /// A random report that may or may not fit the order.
    fn report(random: &mut Xoshiro256PlusPlus, order: &WorkingOrder) -> ExecutionReport {
        let leaves = order.remaining.0;
        let traded = 1 + random.next_u64() % leaves.max(1);
        let (kind, leaves) = match random.next_u64() % 6 {
            0 => (ExecutionKind::Accepted, leaves),
            1 => (ExecutionKind::Rejected, 0),
            2 => (ExecutionKind::Filled, leaves.saturating_sub(traded)),
            3 => (ExecutionKind::Cancelled, 0),
            4 => (ExecutionKind::Replaced, order.new_quantity_sent.0),
            _ => (ExecutionKind::CancelRejected, 0),
        };
        ExecutionReport {
            kind,
            order_id: if random.next_u64().is_multiple_of(4) { order.linked_id } else { order.id },
            new_order_id: if kind == ExecutionKind::Replaced { order.linked_id } else { OrderId(0) },
            price: order.price,
            quantity: Quantity(traded),
            leaves: Quantity(leaves),
            instrument: CONFIG.instrument,
            side: order.side,
            ..ExecutionReport::EMPTY
        }
    }

    #[test]
    fn a_manager_that_is_restored_after_any_event_has_the_orders_of_the_one_that_was_lost() {
        let config = StoreConfig { orders: 10, ..StoreConfig::default() };
        let memory = PlainWords::new((config.bytes().unwrap() / 8) as usize);
        let mut store = Store::create_in(memory, &config).unwrap();
        let mut gate = RiskGate::new(&RiskConfig::default()).unwrap();
        let mut manager = OrderManager::new(&CONFIG).unwrap();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(44);
        let (mut accepted, mut restarts) = (0, 0);
        for now in 0..20_000 {
            let pick = (random.next_u64() % 5) as usize;
            let chosen = manager.orders().nth(pick).copied();
            let (price, lots) = (Price(100 + pick as i64), Quantity(1 + random.next_u64() % 50));
            let (flat, at) = (SignedQuantity(0), Timestamp(now));
            // Each kind of change tells the store of the order that it concerned.
            let changed = match (random.next_u64() % 8, chosen) {
                (0 | 1, _) => {
                    let side = if pick < 2 { Side::Buy } else { Side::Sell };
                    let placed = manager.place(side, price, lots, true, flat, None, at, &mut gate);
                    placed.ok().map(|action| (None, *manager.order(action.order_id).unwrap()))
                }
                (2, Some(order)) => manager
                    .cancel(order.id, at, &mut gate)
                    .ok()
                    .map(|_| (Some(order.id), *manager.order(order.id).unwrap())),
                (3, Some(order)) => manager
                    .replace(order.id, price, lots, true, flat, None, at, &mut gate)
                    .ok()
                    .map(|_| (Some(order.id), *manager.order(order.id).unwrap())),
                (_, Some(order)) => {
                    let outcome = manager.on_report(&report(&mut random, &order));
                    outcome.ok().map(|outcome| (Some(order.id), outcome.order))
                }
                _ => None,
            };
            let Some((before, order)) = changed else { continue };
            accepted += 1;
            let changes = order.changes(before, CONFIG.instrument);
            let update = Update {
                orders: changes.as_slice(),
                next_order_sequence: Some(manager.next_sequence()),
                ..Update::default()
            };
            store.apply(&update).unwrap();
            let again = restored(&store);
            let sorted = |manager: &OrderManager| {
                let mut orders: Vec<WorkingOrder> = manager.orders().copied().collect();
                orders.sort_by_key(|order| order.id);
                orders
            };
            assert_eq!(sorted(&again), sorted(&manager));
            assert_eq!(
                (again.next_sequence(), again.unknown()),
                (manager.next_sequence(), manager.unknown())
            );
            let both = again.working(Side::Buy).0 + again.working(Side::Sell).0;
            assert_eq!(both, sum_of_worst_cases(&again).0);
            if now % 50 == 0 {
                // The process dies here, and the new one goes on.
                manager = again;
                restarts += 1;
            }
        }
        assert!(accepted > 5_000 && restarts > 100, "{accepted} {restarts}");
    }

    #[test]
    fn orders_that_no_such_manager_stores_are_refused_and_change_nothing() {
        let sound = StoredOrder {
            id: OrderId(9 << 3 | 2),
            remaining: Quantity(5),
            instrument: CONFIG.instrument,
            state: OrderState::Live as u8,
            level: NO_LEVEL,
            was: OrderState::PendingNew as u64,
            ..StoredOrder::EMPTY
        };
        let level = |id, level| StoredOrder { id: OrderId(id), level, ..sound };
        let bad: [&[StoredOrder]; 9] = [
            &[sound, sound],
            &[StoredOrder { id: OrderId(9 << 3 | 5), ..sound }],
            &[StoredOrder { id: OrderId(10 << 3), ..sound }],
            &[StoredOrder { state: OrderState::Filled as u8, ..sound }],
            &[StoredOrder { state: 77, ..sound }],
            &[StoredOrder { was: 6, ..sound }],
            &[StoredOrder { flags: 4, ..sound }],
            &[StoredOrder { remaining: Quantity(u64::MAX), ..sound }],
            &[level(8 << 3, 1), level(8 << 3 | 1, 1)],
        ];
        for orders in bad {
            let mut manager = OrderManager::new(&CONFIG).unwrap();
            assert!(matches!(manager.restore(orders, &[], 10), Err(OmsError::BadConfig(_))), "{orders:?}");
            assert!(manager.is_empty() && manager.next_sequence() == 7);
        }
        let mut manager = OrderManager::new(&CONFIG).unwrap();
        let other = StoredOrder { instrument: InstrumentId(4), state: 77, ..sound };
        manager.restore(&[sound, other], &[], 10).unwrap();
        assert_eq!((manager.len(), manager.working(Side::Buy)), (1, Quantity(5)));
        assert!(manager.restore(&[], &[], 10).is_err());
    }
}
