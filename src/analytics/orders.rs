//! The orders that are being watched, by id: open addressing with linear probing and backward-shift deletion, at most half
//! full, so that O(1) holds without tombstones. Fixed memory, hot path.

use super::FillClass;
use crate::types::{OrderId, Price, Quantity, Side, Timestamp};

/// A watched order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tracked {
    pub(super) id: OrderId,
    pub(super) born: Timestamp,
    pub(super) price: Price,
    /// Lots still open.
    pub(super) open: Quantity,
    pub(super) class: FillClass,
    pub(super) side: Side,
    /// Whether the question "filled in time?" is answered.
    pub(super) is_answered: bool,
    /// What the model said at entry, where that is to be scored.
    pub(super) forecast: Option<f64>,
}

/// Orders by id.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OrderTable {
    slots: Box<[Option<Tracked>]>,
    len: usize,
}

impl OrderTable {
    pub(super) fn new(capacity: usize) -> Self {
        Self { slots: vec![None; (2 * capacity).next_power_of_two()].into_boxed_slice(), len: 0 }
    }

    #[inline]
    fn home(&self, id: OrderId) -> usize {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the id.
        let bits = self.slots.len().trailing_zeros();
        (id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - bits)) as usize
    }

    /// The slot of the order, or the free one where it would go.
    #[inline]
    fn probe(&self, id: OrderId) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.home(id);
        while self.slots[at].is_some_and(|tracked| tracked.id != id) {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    pub(super) fn get(&self, id: OrderId) -> Option<&Tracked> {
        self.slots[self.probe(id)].as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: OrderId) -> Option<&mut Tracked> {
        let at = self.probe(id);
        self.slots[at].as_mut()
    }

    /// `false` when full. An order with the same id is replaced.
    #[inline]
    pub(super) fn insert(&mut self, tracked: Tracked) -> bool {
        let at = self.probe(tracked.id);
        if self.slots[at].is_none() {
            if 2 * (self.len + 1) > self.slots.len() {
                return false;
            }
            self.len += 1;
        }
        self.slots[at] = Some(tracked);
        true
    }

    #[inline]
    pub(super) fn remove(&mut self, id: OrderId) -> Option<Tracked> {
        let mask = self.slots.len() - 1;
        let mut hole = self.probe(id);
        let removed = self.slots[hole].take()?;
        self.len -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let Some(next) = self.slots[at] else { break };
            // It may move back to the hole unless its home lies behind the hole.
            let from_home = at.wrapping_sub(self.home(next.id)) & mask;
            if from_home >= at.wrapping_sub(hole) & mask {
                self.slots[hole] = self.slots[at].take();
                hole = at;
            }
        }
        Some(removed)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Tracked> {
        self.slots.iter().flatten()
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(None);
        self.len = 0;
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }
}
