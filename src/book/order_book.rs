//! The order-by-order book: storage, the primitives, and feed mode.
//!
//! Feed mode replays what a venue says. It never matches, so a book may be locked or crossed, as it is in auctions.
//! Matching mode stands in the sibling module `matching`, on the same storage; views in `view`.
//!
//! Design: orders in a slab as intrusive lists under level sentinels (`node`), a ring ladder with bitmaps around the
//! best price and a treap beyond it (`levels`), each order at the node that the low bits of its id name (`homes`). All
//! storage is taken at construction. Every operation is O(1) inside the window, O(log levels) outside. Single writer; a
//! shared reference is safe to read from many threads.

use super::config::{BookConfig, BookError};
use super::homes::{Homes, vacate};
use super::levels::Levels;
use super::node::{NIL, Node, Tag, key_of};
use super::touched::Touched;
use crate::mem::buffer::AlignedBuffer;
use crate::mem::linked::Place;
use crate::types::{OrderId, Price, Quantity, Side};

/// An order book of one instrument, order by order, with price-time priority.
///
/// Feed mode ([`add`](Self::add), [`delete`](Self::delete), [`apply`](Self::apply), …) keeps what a venue reports;
/// matching mode ([`submit`](Self::submit), [`cancel`](Self::cancel), [`amend`](Self::amend)) trades. Whatever an
/// operation refuses leaves the book as it was.
///
/// ```
/// use market_maker::book::{BookConfig, Depth, OrderBook};
/// use market_maker::types::{OrderId, Price, Quantity, Side};
///
/// let mut book = OrderBook::new(&BookConfig::default())?;
/// book.add(OrderId(1), Side::Buy, Price(9_999), Quantity(5))?;
/// book.add(OrderId(2), Side::Buy, Price(9_999), Quantity(3))?;
/// let touched = book.add(OrderId(3), Side::Sell, Price(10_001), Quantity(4))?;
/// assert!(touched.top_changed_on(Side::Sell));
///
/// let bid = book.best(Side::Buy).unwrap();
/// assert_eq!((bid.price, bid.quantity, bid.orders), (Price(9_999), Quantity(8), 2));
/// let position = book.queue_position(OrderId(2)).unwrap();
/// assert_eq!((position.orders_ahead, position.quantity_ahead), (1, 5));
/// # Ok::<(), market_maker::book::BookError>(())
/// ```
#[derive(Debug)]
pub struct OrderBook {
    pub(super) levels: Levels,
    pub(super) homes: Homes,
    /// Arrival stamp of each order's node; empty when priorities are not tracked.
    pub(super) stamps: AlignedBuffer<u64>,
    pub(super) next_stamp: u64,
    len: u32,
    pub(super) events_needed: u32,
    pub(super) config: BookConfig,
}

impl OrderBook {
    /// An empty book with all its storage.
    ///
    /// # Errors
    /// [`BookError::BadConfig`], [`BookError::OutOfMemory`].
    pub fn new(config: &BookConfig) -> Result<Self, BookError> {
        let window = config.window()?;
        let orders = config.max_orders;
        let nodes = Homes::nodes(orders);
        Ok(Self {
            homes: Homes::new(orders)?,
            levels: Levels::new(nodes, Homes::homes(orders), window, orders)?,
            stamps: AlignedBuffer::new(if config.track_priority { nodes as usize } else { 0 }, 0)?,
            next_stamp: 1,
            len: 0,
            events_needed: 0,
            config: BookConfig { window_ticks: window, ..*config },
        })
    }

    /// The configuration, with the window as it was rounded.
    #[must_use]
    pub const fn config(&self) -> &BookConfig {
        &self.config
    }

    /// Orders that rest, anonymous liquidity included (one a level).
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether nothing rests.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The arrival stamp that the next order will get. Stamps grow and are never given twice.
    #[must_use]
    pub const fn priority_stamp(&self) -> u64 {
        self.next_stamp
    }

    /// A new order rests behind its level's queue. Hot path, O(1) inside the window.
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::QuantityOutOfRange`], [`BookError::PriceOutOfRange`],
    /// [`BookError::DuplicateOrder`], [`BookError::PoolFull`], [`BookError::QuantityOverflow`].
    #[inline(always)]
    pub fn add(
        &mut self,
        id: OrderId,
        side: Side,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        check_quantity(quantity)?;
        check_price(price)?;
        match Homes::vacant_home(id.0, &self.levels.nodes) {
            Some(home) => self.join_at(home, id, side, price, quantity),
            None => self.add_elsewhere(id, side, price, quantity),
        }
    }

    /// Adds an order whose home may be taken.
    #[inline(never)]
    fn add_elsewhere(
        &mut self,
        id: OrderId,
        side: Side,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        if let Some(neighbour) = Homes::vacancy_next_door(id.0, &self.levels.nodes) {
            let touched = self.join_at(neighbour, id, side, price, quantity)?;
            Homes::moved_in_next_door(id.0, &mut self.levels.nodes);
            return Ok(touched);
        }
        self.add_anywhere(id, side, price, quantity)
    }

    /// Adds an order wherever there is room for it.
    #[inline(never)]
    fn add_anywhere(
        &mut self,
        id: OrderId,
        side: Side,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        let vacancy = self.homes.vacancy(id.0, &self.levels.nodes).ok_or(BookError::DuplicateOrder)?;
        let touched = self.join_at(vacancy.node(), id, side, price, quantity)?;
        self.homes.moved_in(vacancy, id.0, &mut self.levels.nodes);
        Ok(touched)
    }

    /// Puts a new order with checked arguments at a vacant node and behind its queue.
    #[inline(always)]
    fn join_at(
        &mut self,
        slot: impl Place,
        id: OrderId,
        side: Side,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        let key = key_of(side, price);
        let tag = Tag::new(side, key);
        // Whatever is rare ends in a function of its own, so that nothing has to be kept for it meanwhile.
        let Some(level) = self.levels.near(side, key) else {
            return self.join_slowly(self.levels.nodes.index_of(slot), id.0, tag, quantity.0);
        };
        if self.is_full() {
            return self.join_slowly(self.levels.nodes.index_of(slot), id.0, tag, quantity.0);
        }
        let Some(is_first) = self.link(level, slot, id.0, tag, quantity.0) else {
            return self.join_slowly(self.levels.nodes.index_of(slot), id.0, tag, quantity.0);
        };
        self.len += 1;
        if is_first {
            return Ok(self.levels.filled(side, key));
        }
        Ok(Touched::level(side, key >= self.levels.best(side)))
    }

    /// [`join_at`](Self::join_at) at a level outside the window, or where it is refused.
    #[cold]
    #[inline(never)]
    fn join_slowly(&mut self, slot: u32, id: u64, tag: Tag, quantity: u64) -> Result<Touched, BookError> {
        if self.is_full() {
            return Err(BookError::PoolFull);
        }
        let best = self.levels.best(tag.side());
        self.attach(slot, id, tag, quantity)?;
        self.len += 1;
        Ok(Touched::level(tag.side(), tag.key() >= best))
    }

    /// A resting order shrinks by `by` and keeps its priority; it leaves when nothing is left. Hot path.
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::UnknownOrder`], [`BookError::QuantityExceedsOrder`].
    #[inline(never)]
    pub fn reduce(&mut self, id: OrderId, by: Quantity) -> Result<Touched, BookError> {
        match Homes::find_home(id.0, &self.levels.nodes) {
            Some(home) => self.reduce_at(home, by, |book| book.leave(home)),
            None => self.reduce_elsewhere(id, by),
        }
    }

    /// Reduces an order that is not at home.
    #[inline(never)]
    fn reduce_elsewhere(&mut self, id: OrderId, by: Quantity) -> Result<Touched, BookError> {
        if let Some(neighbour) = Homes::find_next_door(id.0, &self.levels.nodes) {
            return self.reduce_at(neighbour, by, |book| {
                Homes::moved_out_next_door(id.0, &mut book.levels.nodes);
                book.leave(neighbour)
            });
        }
        let lodging = self.homes.find_lodging(id.0, &self.levels.nodes).ok_or(BookError::UnknownOrder)?;
        self.reduce_at(lodging.node, by, |book| {
            book.homes.moved_out_of_lodging(id.0, lodging, &mut book.levels.nodes);
            book.leave(lodging.node)
        })
    }

    #[inline(always)]
    fn reduce_at(
        &mut self,
        slot: impl Place,
        by: Quantity,
        take_out: impl FnOnce(&mut Self) -> Touched,
    ) -> Result<Touched, BookError> {
        let node = &mut self.levels.nodes[slot];
        if by.0.wrapping_sub(1) >= node.quantity {
            return Err(if by.0 == 0 { BookError::ZeroQuantity } else { BookError::QuantityExceedsOrder });
        }
        if by.0 == node.quantity {
            return Ok(take_out(self));
        }
        node.quantity -= by.0;
        let tag = node.tag;
        let level = self.levels.held(tag.side(), tag.key());
        self.levels.nodes[level].quantity -= by.0;
        Ok(Touched::level(tag.side(), tag.key() >= self.levels.best(tag.side())))
    }

    /// A resting order leaves. Hot path.
    ///
    /// # Errors
    /// [`BookError::UnknownOrder`].
    #[inline(always)]
    pub fn delete(&mut self, id: OrderId) -> Result<Touched, BookError> {
        match Homes::find_home(id.0, &self.levels.nodes) {
            Some(home) => Ok(self.leave(home)),
            None => self.delete_elsewhere(id),
        }
    }

    /// Deletes an order that is not at home.
    #[inline(never)]
    fn delete_elsewhere(&mut self, id: OrderId) -> Result<Touched, BookError> {
        if let Some(neighbour) = Homes::find_next_door(id.0, &self.levels.nodes) {
            Homes::moved_out_next_door(id.0, &mut self.levels.nodes);
            return Ok(self.leave(neighbour));
        }
        let lodging = self.homes.find_lodging(id.0, &self.levels.nodes).ok_or(BookError::UnknownOrder)?;
        self.homes.moved_out_of_lodging(id.0, lodging, &mut self.levels.nodes);
        Ok(self.leave(lodging.node))
    }

    #[inline(always)]
    fn find(&self, id: OrderId) -> Result<u32, BookError> {
        self.homes.find(id.0, &self.levels.nodes).ok_or(BookError::UnknownOrder)
    }

    /// A resting order traded `quantity` at its own price, as the feed reports it. Hot path.
    ///
    /// # Errors
    /// As [`OrderBook::reduce`].
    #[inline(always)]
    pub fn execute(&mut self, id: OrderId, quantity: Quantity) -> Result<Touched, BookError> {
        self.reduce(id, quantity)
    }

    /// A resting order takes a new price and a new open quantity. It keeps its place when the price stays and the
    /// quantity does not grow (and, for a decrease, [`BookConfig::keep_priority_on_decrease`] is set); otherwise it
    /// goes behind the queue. Hot path.
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::QuantityOutOfRange`], [`BookError::PriceOutOfRange`],
    /// [`BookError::UnknownOrder`], [`BookError::QuantityOverflow`].
    #[inline(never)]
    pub fn modify(&mut self, id: OrderId, price: Price, quantity: Quantity) -> Result<Touched, BookError> {
        check_quantity(quantity)?;
        check_price(price)?;
        match Homes::find_home(id.0, &self.levels.nodes) {
            Some(home) => self.reposition(home, price, quantity.0),
            None => self.modify_elsewhere(id, price, quantity),
        }
    }

    /// Modifies an order that is not at home.
    #[inline(never)]
    fn modify_elsewhere(
        &mut self,
        id: OrderId,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        let slot = self.find(id)?;
        self.reposition(slot, price, quantity.0)
    }

    /// A resting order gives way to a new one of the same side, behind the queue. Both ids may be the same. Hot path.
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::QuantityOutOfRange`], [`BookError::PriceOutOfRange`],
    /// [`BookError::UnknownOrder`] for `old`, [`BookError::DuplicateOrder`] for `new`,
    /// [`BookError::QuantityOverflow`].
    pub fn replace(
        &mut self,
        old: OrderId,
        new: OrderId,
        price: Price,
        quantity: Quantity,
    ) -> Result<Touched, BookError> {
        check_quantity(quantity)?;
        check_price(price)?;
        let slot = self.find(old)?;
        if new != old && self.find(new).is_ok() {
            return Err(BookError::DuplicateOrder);
        }
        let tag = self.levels.nodes[slot].tag;
        let side = tag.side();
        let key = key_of(side, price);
        self.check_room(side, key, quantity.0, Some(slot))?;
        let before = self.levels.best(side);
        if new == old {
            self.detach(slot);
            self.attach(slot, new.0, Tag::new(side, key), quantity.0)?;
        } else {
            self.take_out(slot);
            // The id was seen to be free, and the room that it needs was just given back.
            self.add_anywhere(new, side, price, quantity)?;
        }
        Ok(Touched::level(side, key.max(tag.key()) >= before))
    }

    /// Everything leaves. O(orders).
    pub fn clear(&mut self) -> Touched {
        let mut touched = Touched::NOTHING;
        for side in Side::BOTH {
            while let Some((_, level)) = self.levels.below(side, i64::MAX) {
                let slot = self.levels.nodes.next(level);
                touched = touched.union(self.take_out(slot));
            }
        }
        touched
    }

    /// Anonymous liquidity joins the front of its level's queue: what a price-level snapshot shows without ids. A
    /// level has at most one such entry; seeding again enlarges it. It takes one order's place in the book.
    ///
    /// # Errors
    /// As [`OrderBook::add`] without [`BookError::DuplicateOrder`]; [`BookError::QuantityOutOfRange`] also when the
    /// entry would grow beyond [`Quantity::MAX`].
    pub fn seed(&mut self, side: Side, price: Price, quantity: Quantity) -> Result<Touched, BookError> {
        check_quantity(quantity)?;
        check_price(price)?;
        let key = key_of(side, price);
        let best = self.levels.best(side);
        if let Some((level, slot)) = self.seed_at(side, key) {
            let own = self.levels.nodes[slot].quantity + quantity.0;
            check_quantity(Quantity(own))?;
            let nodes = &mut self.levels.nodes;
            let sum = nodes[level].quantity.checked_add(quantity.0);
            nodes[level].quantity = sum.ok_or(BookError::QuantityOverflow)?;
            nodes[slot].quantity = own;
            return Ok(Touched::level(side, key >= best));
        }
        if self.is_full() {
            return Err(BookError::PoolFull);
        }
        self.attach(self.homes.next_lodging(), 0, Tag::anonymous(side, key), quantity.0)?;
        self.homes.lodged_unnamed();
        self.len += 1;
        Ok(Touched::level(side, key >= best))
    }

    /// Anonymous liquidity shrinks by `by`, or by all of it when it is smaller
    /// ([`Touched::is_short`] tells).
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::UnknownOrder`] when the level has no anonymous liquidity.
    pub fn reduce_seed(&mut self, side: Side, price: Price, by: Quantity) -> Result<Touched, BookError> {
        if by.0 == 0 {
            return Err(BookError::ZeroQuantity);
        }
        check_price(price).map_err(|_| BookError::UnknownOrder)?;
        let key = key_of(side, price);
        let (level, slot) = self.seed_at(side, key).ok_or(BookError::UnknownOrder)?;
        let node = &mut self.levels.nodes[slot];
        if by.0 >= node.quantity {
            let short = by.0 > node.quantity;
            return Ok(self.take_out(slot).short(short));
        }
        node.quantity -= by.0;
        self.levels.nodes[level].quantity -= by.0;
        Ok(Touched::level(side, key >= self.levels.best(side)))
    }

    /// The level at `key` and the anonymous entry at its front.
    fn seed_at(&self, side: Side, key: i64) -> Option<(u32, u32)> {
        let level = self.levels.find(side, key)?;
        let first = self.levels.nodes.next(level);
        self.levels.nodes[first].tag.is_anonymous().then_some((level, first))
    }

    /// Whether the level at `key` can take `quantity` when the order at a node has left its own level, which may be this one.
    #[inline(always)]
    pub(super) fn check_room(
        &self,
        side: Side,
        key: i64,
        quantity: u64,
        leaving: Option<u32>,
    ) -> Result<(), BookError> {
        if let Some(rung) = self.levels.near(side, key)
            && self.levels.nodes[rung].quantity.checked_add(quantity).is_some()
        {
            return Ok(());
        }
        self.check_room_exactly(side, key, quantity, leaving)
    }

    #[cold]
    #[inline(never)]
    fn check_room_exactly(
        &self,
        side: Side,
        key: i64,
        quantity: u64,
        leaving: Option<u32>,
    ) -> Result<(), BookError> {
        if let Some(level) = self.levels.find(side, key) {
            let nodes = &self.levels.nodes;
            let leaving = leaving.map(|slot| &nodes[slot]).filter(|node| node.tag.key() == key);
            let rest = nodes[level].quantity - leaving.map_or(0, |node| node.quantity);
            rest.checked_add(quantity).ok_or(BookError::QuantityOverflow)?;
        }
        Ok(())
    }

    /// The priority rule: whether an order with this new key and quantity keeps its place in its queue.
    #[inline(always)]
    pub(super) const fn keeps_place(&self, order: &Node, key: i64, quantity: u64) -> bool {
        key == order.tag.key()
            && quantity <= order.quantity
            && (quantity == order.quantity || self.config.keep_priority_on_decrease)
    }

    /// Gives a resting order a new price and quantity by the priority rule.
    #[inline(always)]
    pub(super) fn reposition(
        &mut self,
        slot: impl Place,
        price: Price,
        quantity: u64,
    ) -> Result<Touched, BookError> {
        let node = self.levels.nodes[slot];
        let Node { id, quantity: held, tag } = node;
        let (side, old) = (tag.side(), tag.key());
        let key = key_of(side, price);
        let touched = Touched::level(side, key.max(old) >= self.levels.best(side));
        if self.keeps_place(&node, key, quantity) {
            if quantity == held {
                return Ok(Touched::NOTHING);
            }
            let level = self.levels.held(side, key);
            self.levels.nodes[level].quantity -= held - quantity;
            self.levels.nodes[slot].quantity = quantity;
            return Ok(touched);
        }
        self.check_room(side, key, quantity, Some(self.levels.nodes.index_of(slot)))?;
        self.detach(slot);
        self.attach(slot, id, Tag::new(side, key), quantity)?;
        Ok(touched)
    }

    /// Puts an order behind the queue of its level, anonymous liquidity in front of it. Fails, with nothing changed,
    /// when the level's sum would overflow.
    #[inline(always)]
    pub(super) fn attach(
        &mut self,
        slot: impl Place,
        id: u64,
        tag: Tag,
        quantity: u64,
    ) -> Result<(), BookError> {
        let is_first = match self.levels.near(tag.side(), tag.key()) {
            Some(level) => self.link(level, slot, id, tag, quantity).ok_or(BookError::QuantityOverflow)?,
            None => self.link_far(self.levels.nodes.index_of(slot), id, tag, quantity)?,
        };
        if is_first {
            self.levels.filled(tag.side(), tag.key());
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn link_far(&mut self, slot: u32, id: u64, tag: Tag, quantity: u64) -> Result<bool, BookError> {
        match self.levels.place_far(tag.side(), tag.key()) {
            NIL => Err(BookError::PoolFull),
            level => self.link(level, slot, id, tag, quantity).ok_or(BookError::QuantityOverflow),
        }
    }

    /// Puts an order into the queue, sum and count of a level; whether it is the first one there, which the level must be told
    /// then. Nothing, and `None`, when the sum would overflow.
    #[inline(always)]
    fn link(
        &mut self,
        level: impl Place,
        slot: impl Place,
        id: u64,
        tag: Tag,
        quantity: u64,
    ) -> Option<bool> {
        let admit = |sums: &mut Node| {
            sums.quantity = sums.quantity.checked_add(quantity)?;
            sums.id += 1;
            Some(sums.id == 1)
        };
        let nodes = &mut self.levels.nodes;
        let order = Node { id, quantity, tag };
        if tag.is_anonymous() {
            let is_first = admit(&mut nodes[level])?;
            nodes.link_behind(level, slot, order);
            return Some(is_first);
        }
        let is_first = nodes.join(level, slot, order, admit)?;
        if self.config.track_priority {
            self.stamps[nodes.index_of(slot) as usize] = self.next_stamp;
        }
        self.next_stamp += 1;
        Some(is_first)
    }

    /// Takes an order out of its level; its node stays the caller's.
    #[inline(always)]
    pub(super) fn detach(&mut self, slot: impl Place) {
        let tag = self.levels.nodes[slot].tag;
        let is_empty = match self.levels.near(tag.side(), tag.key()) {
            Some(level) => self.unlink(level, slot, |_| ()),
            None => self.unlink_far(self.levels.nodes.index_of(slot), tag),
        };
        if is_empty {
            self.levels.emptied(tag.side(), tag.key());
        }
    }

    #[cold]
    #[inline(never)]
    fn unlink_far(&mut self, slot: u32, tag: Tag) -> bool {
        // First the level: finding it may move the window, and a neighbour may be the level itself.
        let level = self.levels.held_far(tag.side(), tag.key());
        self.unlink(level, slot, |_| ())
    }

    /// Takes an order out of its level's queue, sum and count; whether it was the last one there, which the level must be told
    /// then. `edit` has its node.
    #[inline(always)]
    fn unlink(&mut self, level: impl Place, slot: impl Place, edit: impl FnOnce(&mut Node)) -> bool {
        self.levels.nodes.leave(slot, edit, level, |order, sums| {
            sums.quantity -= order.quantity;
            sums.id -= 1;
            sums.id == 0
        })
    }

    /// Whether as many orders rest as the book was built for. Hot path.
    #[inline(always)]
    pub(super) const fn is_full(&self) -> bool {
        self.len == self.config.max_orders
    }

    /// An order that is in no level any more is gone. Hot path.
    #[inline(always)]
    pub(super) fn give_back(&mut self, slot: u32) {
        self.len -= 1;
        vacate(&mut self.levels.nodes[slot]);
        self.homes.moved_out(slot, &mut self.levels.nodes);
    }

    /// Takes an order out of its level and out of the book.
    #[inline(always)]
    pub(super) fn take_out(&mut self, slot: u32) -> Touched {
        let touched = self.leave(slot);
        self.homes.moved_out(slot, &mut self.levels.nodes);
        touched
    }

    /// Takes an order out of its level and its node. The homes must be told, unless it was at home.
    #[inline(always)]
    fn leave(&mut self, slot: impl Place) -> Touched {
        let tag = self.levels.nodes[slot].tag;
        let (side, key) = (tag.side(), tag.key());
        let Some(level) = self.levels.near(side, key) else {
            return self.leave_far(self.levels.nodes.index_of(slot));
        };
        self.len -= 1;
        if self.unlink(level, slot, vacate) {
            return self.levels.emptied(side, key);
        }
        Touched::level(side, key >= self.levels.best(side))
    }

    /// [`leave`](Self::leave) from a level outside the window.
    #[cold]
    #[inline(never)]
    fn leave_far(&mut self, slot: u32) -> Touched {
        let tag = self.levels.nodes[slot].tag;
        let touched = Touched::level(tag.side(), tag.key() >= self.levels.best(tag.side()));
        self.detach(slot);
        vacate(&mut self.levels.nodes[slot]);
        self.len -= 1;
        touched
    }
}

#[inline(always)]
pub(super) fn check_quantity(quantity: Quantity) -> Result<(), BookError> {
    if quantity.0.wrapping_sub(1) < Quantity::MAX.0 {
        return Ok(());
    }
    Err(if quantity.0 == 0 { BookError::ZeroQuantity } else { BookError::QuantityOutOfRange })
}

#[inline(always)]
pub(super) fn check_price(price: Price) -> Result<(), BookError> {
    if price.in_range() { Ok(()) } else { Err(BookError::PriceOutOfRange) }
}
