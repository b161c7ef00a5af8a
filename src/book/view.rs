//! What a book shows: best prices (L1), price levels (L2), orders (L3), queue positions. Nothing here allocates.

use super::node::{key_of, price_of};
use super::order_book::OrderBook;
use crate::types::{OrderId, Price, Quantity, Side};

/// A price level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Level {
    /// Price in ticks.
    pub price: Price,
    /// Sum over the level's orders, in lots.
    pub quantity: Quantity,
    /// Orders at the level; anonymous liquidity counts as one.
    pub orders: u32,
}

/// A resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct OrderView {
    /// Its id; 0 for anonymous liquidity.
    pub id: OrderId,
    /// Price in ticks.
    pub price: Price,
    /// Open quantity in lots.
    pub quantity: Quantity,
    /// Arrival stamp: within a level, a smaller one is ahead. 0 for anonymous liquidity, which is ahead of all, and
    /// wherever [`BookConfig::track_priority`](super::BookConfig::track_priority) is off.
    pub priority: u64,
    /// Side.
    pub side: Side,
    /// Whether this is anonymous liquidity.
    pub anonymous: bool,
}

/// What stands before an order in its level's queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct QueuePosition {
    /// Orders ahead; anonymous liquidity counts as one.
    pub orders_ahead: u64,
    /// Their quantity in lots.
    pub quantity_ahead: u64,
}

/// Depth by price level, the same for order-by-order and price-level books.
pub trait Depth {
    /// The best level of a side. Hot path, O(1) inside the window.
    fn best(&self, side: Side) -> Option<Level>;

    /// The level at a price. Hot path, O(1) inside the window.
    fn level(&self, side: Side, price: Price) -> Option<Level>;

    /// The levels of a side, best first.
    fn levels(&self, side: Side) -> impl Iterator<Item = Level>;

    /// Levels of a side.
    fn level_count(&self, side: Side) -> usize;

    /// Fills `out` with the best levels, best first, and returns how many there were. Hot path.
    fn fill_levels(&self, side: Side, out: &mut [Level]) -> usize {
        let mut count = 0;
        for (place, level) in out.iter_mut().zip(self.levels(side)) {
            *place = level;
            count += 1;
        }
        count
    }

    /// Best bid plus best ask: twice the mid, in ticks. `None` when a side is empty.
    fn mid2(&self) -> Option<i64> {
        Some(self.best(Side::Buy)?.price.0 + self.best(Side::Sell)?.price.0)
    }

    /// Best ask less best bid, in ticks; negative when crossed. `None` when a side is empty.
    fn spread(&self) -> Option<i64> {
        Some(self.best(Side::Sell)?.price.0 - self.best(Side::Buy)?.price.0)
    }

    /// Whether the best bid is above the best ask.
    fn is_crossed(&self) -> bool {
        self.spread().is_some_and(|spread| spread < 0)
    }

    /// Whether the best bid equals the best ask.
    fn is_locked(&self) -> bool {
        self.spread() == Some(0)
    }
}

impl Depth for OrderBook {
    #[inline]
    fn best(&self, side: Side) -> Option<Level> {
        self.levels.view_best(side)
    }

    #[inline]
    fn level(&self, side: Side, price: Price) -> Option<Level> {
        self.levels.view(side, price)
    }

    fn levels(&self, side: Side) -> impl Iterator<Item = Level> {
        self.levels.iter(side)
    }

    fn level_count(&self, side: Side) -> usize {
        self.levels.count(side) as usize
    }
}

impl OrderBook {
    /// The resting order with this id. Hot path, O(1).
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<OrderView> {
        let slot = self.homes.find(id.0, &self.levels.nodes)?;
        Some(self.view_of(slot))
    }

    /// The orders of a level, first in the queue first. Empty where there is no level.
    pub fn orders_at(&self, side: Side, price: Price) -> impl Iterator<Item = OrderView> {
        let level = if price.in_range() { self.levels.find(side, key_of(side, price)) } else { None };
        level.into_iter().flat_map(|index| self.queue(index))
    }

    /// All orders of a side: best level first, first in the queue first.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = OrderView> {
        self.levels.walk(side).flat_map(|(_, index)| self.queue(index))
    }

    /// What stands before an order in its queue. O(orders ahead).
    #[must_use]
    pub fn queue_position(&self, id: OrderId) -> Option<QueuePosition> {
        let slot = self.homes.find(id.0, &self.levels.nodes)?;
        let nodes = &self.levels.nodes;
        let tag = nodes[slot].tag;
        let level = self.levels.find(tag.side(), tag.key())?;
        let mut position = QueuePosition::default();
        let mut at = nodes.next(level);
        while at != slot && at != level {
            position.orders_ahead += 1;
            position.quantity_ahead += nodes[at].quantity;
            at = nodes.next(at);
        }
        Some(position)
    }

    /// The orders of the level with this sentinel.
    pub(super) fn queue(&self, level: u32) -> impl Iterator<Item = OrderView> {
        let mut at = self.levels.nodes.next(level);
        std::iter::from_fn(move || {
            (at != level).then(|| {
                let slot = at;
                at = self.levels.nodes.next(slot);
                self.view_of(slot)
            })
        })
    }

    pub(super) fn view_of(&self, slot: u32) -> OrderView {
        let node = self.levels.nodes[slot];
        let anonymous = node.tag.is_anonymous();
        OrderView {
            id: OrderId(node.id),
            price: price_of(node.tag.side(), node.tag.key()),
            quantity: Quantity(node.quantity),
            priority: if anonymous { 0 } else { self.stamps.get(slot as usize).copied().unwrap_or(0) },
            side: node.tag.side(),
            anonymous,
        }
    }
}
