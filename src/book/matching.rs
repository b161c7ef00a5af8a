//! Matching mode: orders trade by price, then time, at the maker's price; events go into the caller's buffer.
//!
//! Every operation is decided before anything changes: a refusal, also for want of room in the event buffer, leaves
//! the book as it was. Hot path: no allocation, no callback; O(trades) inside the window.

use super::config::BookError;
use super::node::{NO_KEY, Tag, key_of, price_of};
use super::order_book::{OrderBook, check_price, check_quantity};
use super::touched::Touched;
use crate::types::{OrderId, Price, Quantity, Side};

/// Whether an order has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum OrderKind {
    /// Trades at its price or better.
    #[default]
    Limit = 0,
    /// Trades at any price and never rests; its price is ignored.
    Market = 1,
}

/// What becomes of the part of an order that does not trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum TimeInForce {
    /// It rests. For a market order the same as [`TimeInForce::Ioc`].
    #[default]
    Gtc = 0,
    /// It is cancelled.
    Ioc = 1,
    /// There is none: the order trades completely or is refused.
    Fok = 2,
}

/// An order to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct NewOrder {
    /// Its id, unlike that of any resting order.
    pub id: OrderId,
    /// Limit in ticks; ignored for market orders.
    pub price: Price,
    /// Quantity in lots.
    pub quantity: Quantity,
    /// Side.
    pub side: Side,
    /// Limit or market.
    pub kind: OrderKind,
    /// What becomes of the rest.
    pub time_in_force: TimeInForce,
    /// Refuse rather than trade. Only for limit orders that may rest.
    pub post_only: bool,
}

impl NewOrder {
    /// A limit order that rests.
    #[must_use]
    pub const fn limit(id: OrderId, side: Side, price: Price, quantity: Quantity) -> Self {
        Self {
            id,
            price,
            quantity,
            side,
            kind: OrderKind::Limit,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
        }
    }

    /// A market order.
    #[must_use]
    pub const fn market(id: OrderId, side: Side, quantity: Quantity) -> Self {
        Self {
            kind: OrderKind::Market,
            time_in_force: TimeInForce::Ioc,
            ..Self::limit(id, side, Price(0), quantity)
        }
    }

    /// The same order with another time in force.
    #[must_use]
    pub const fn with_time_in_force(self, time_in_force: TimeInForce) -> Self {
        Self { time_in_force, ..self }
    }

    /// The same order, refused if it would trade.
    #[must_use]
    pub const fn post_only(self) -> Self {
        Self { post_only: true, ..self }
    }
}

/// What a [`BookEvent`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum BookEventKind {
    /// Nothing: the state of a buffer before its first use.
    #[default]
    None = 0,
    /// The order is accepted, once for each order, before its trades. `remaining`: its quantity.
    Accepted = 1,
    /// The order traded `quantity` with `maker_id` at the maker's `price`.
    Trade = 2,
    /// `quantity` of the order was cancelled at the owner's request, or because it could not trade and may not rest.
    Cancelled = 3,
    /// The request was refused; [`BookEvent::reason`] says why. Nothing changed.
    Rejected = 4,
    /// The order has a new `price` and a new open quantity, `remaining`; trades may follow.
    Amended = 5,
}

/// One event of the matching book. 56 bytes, fixed layout: it crosses the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct BookEvent {
    /// The order that the request was about; of a trade, the taker.
    pub order_id: OrderId,
    /// Of a trade, the resting order; otherwise 0.
    pub maker_id: OrderId,
    /// Of a trade, the maker's price; otherwise the order's.
    pub price: Price,
    /// Of a trade or a cancel, how much.
    pub quantity: Quantity,
    /// What is open of the order after the event.
    pub remaining: Quantity,
    /// Of a trade, what is open of the maker after it.
    pub maker_remaining: Quantity,
    /// What happened.
    pub kind: BookEventKind,
    /// Side of `order_id`.
    pub side: Side,
    /// [`BookError::code`] of a rejection, otherwise 0.
    pub reason: u8,
    /// Whether the maker of a trade is anonymous liquidity.
    pub maker_anonymous: bool,
}

const _: () = assert!(size_of::<BookEvent>() == 56);

impl BookEvent {
    /// All zero.
    pub const EMPTY: Self = Self {
        order_id: OrderId(0),
        maker_id: OrderId(0),
        price: Price(0),
        quantity: Quantity(0),
        remaining: Quantity(0),
        maker_remaining: Quantity(0),
        kind: BookEventKind::None,
        side: Side::Buy,
        reason: 0,
        maker_anonymous: false,
    };
}

impl Default for BookEvent {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// What a matching operation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events written.
    pub events: usize,
    /// Quantity traded.
    pub filled: Quantity,
    /// Quantity of the order that rests afterwards.
    pub resting: Quantity,
    /// Quantity cancelled.
    pub cancelled: Quantity,
    /// What it touched.
    pub touched: Touched,
}

impl OrderBook {
    /// Accepts an order, trades what it can, and lets the rest rest or cancels it.
    ///
    /// Events: one `Accepted`, a `Trade` for each maker, one `Cancelled` if a rest may not rest. An order that is
    /// refused gives one `Rejected` (where the buffer has a place) besides the error, and nothing else happens.
    ///
    /// # Errors
    /// [`BookError::ZeroQuantity`], [`BookError::QuantityOutOfRange`], [`BookError::PriceOutOfRange`],
    /// [`BookError::BadOrder`], [`BookError::DuplicateOrder`], [`BookError::WouldTrade`], [`BookError::CannotFill`],
    /// [`BookError::QuantityOverflow`] (the level at its price could not take the whole order),
    /// [`BookError::PoolFull`] (it would rest, and no trade would free a place);
    /// [`BookError::EventBufferFull`], without an event: try again with room for [`OrderBook::events_needed`].
    ///
    /// ```
    /// use market_maker::book::{BookConfig, BookEvent, BookEventKind, NewOrder, OrderBook};
    /// use market_maker::types::{OrderId, Price, Quantity, Side};
    ///
    /// let mut book = OrderBook::new(&BookConfig::default())?;
    /// let mut events = [BookEvent::EMPTY; 16];
    /// book.submit(&NewOrder::limit(OrderId(1), Side::Sell, Price(100), Quantity(5)), &mut events)?;
    /// let taker = NewOrder::limit(OrderId(2), Side::Buy, Price(101), Quantity(8));
    /// let outcome = book.submit(&taker, &mut events)?;
    /// assert_eq!((outcome.filled, outcome.resting), (Quantity(5), Quantity(3)));
    /// assert_eq!(events[1].kind, BookEventKind::Trade);
    /// assert_eq!(events[1].price, Price(100));
    /// # Ok::<(), market_maker::book::BookError>(())
    /// ```
    #[inline]
    pub fn submit(&mut self, order: &NewOrder, out: &mut [BookEvent]) -> Result<Outcome, BookError> {
        match self.admit(order, out.len()) {
            Ok(crossing) => Ok(self.accept(order, crossing, out)),
            Err(error) => Err(refuse(error, order.id, order.side, order.price, order.quantity, out)),
        }
    }

    /// Cancels a resting order, or `quantity` of it; what stays keeps its priority. One `Cancelled` event.
    ///
    /// # Errors
    /// [`BookError::UnknownOrder`], [`BookError::ZeroQuantity`], [`BookError::QuantityExceedsOrder`] with one
    /// `Rejected` event; [`BookError::EventBufferFull`] without.
    #[inline]
    pub fn cancel(
        &mut self,
        id: OrderId,
        quantity: Option<Quantity>,
        out: &mut [BookEvent],
    ) -> Result<Outcome, BookError> {
        let Some(event) = out.first_mut() else {
            return Err(self.lacks_room(1));
        };
        let Some(slot) = self.homes.find(id.0, &self.levels.nodes) else {
            let quantity = quantity.unwrap_or_default();
            return Err(refuse(BookError::UnknownOrder, id, Side::Buy, Price(0), quantity, out));
        };
        let node = self.levels.nodes[slot];
        let side = node.tag.side();
        let removed = quantity.map_or(node.quantity, |quantity| quantity.0);
        if removed.wrapping_sub(1) >= node.quantity {
            let error = if removed == 0 { BookError::ZeroQuantity } else { BookError::QuantityExceedsOrder };
            return Err(refuse(error, id, side, node.tag.price(), Quantity(removed), out));
        }
        let remaining = node.quantity - removed;
        let touched = if remaining == 0 {
            self.take_out(slot)
        } else {
            self.levels.nodes[slot].quantity = remaining;
            let level = self.levels.held(side, node.tag.key());
            self.levels.nodes[level].quantity -= removed;
            Touched::level(side, node.tag.key() >= self.levels.best(side))
        };
        *event = BookEvent {
            order_id: id,
            price: node.tag.price(),
            quantity: Quantity(removed),
            remaining: Quantity(remaining),
            kind: BookEventKind::Cancelled,
            side,
            ..BookEvent::EMPTY
        };
        Ok(Outcome {
            events: 1,
            resting: Quantity(remaining),
            cancelled: Quantity(removed),
            touched,
            ..Outcome::default()
        })
    }

    /// Gives a resting order a new price and a new open quantity. It keeps its place by the rule of
    /// [`OrderBook::modify`]; otherwise it goes behind the queue, and trades first if its new price crosses the
    /// spread. One `Amended` event, then a `Trade` for each maker.
    ///
    /// # Errors
    /// [`BookError::UnknownOrder`], [`BookError::ZeroQuantity`], [`BookError::QuantityOutOfRange`],
    /// [`BookError::PriceOutOfRange`], [`BookError::QuantityOverflow`] with one `Rejected` event;
    /// [`BookError::EventBufferFull`] without.
    pub fn amend(
        &mut self,
        id: OrderId,
        price: Price,
        quantity: Quantity,
        out: &mut [BookEvent],
    ) -> Result<Outcome, BookError> {
        let found = self.homes.find(id.0, &self.levels.nodes);
        let side = found.map_or(Side::Buy, |slot| self.levels.nodes[slot].tag.side());
        match self.try_amend(found, price, quantity, out) {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(refuse(error, id, side, price, quantity, out)),
        }
    }

    fn try_amend(
        &mut self,
        slot: Option<u32>,
        price: Price,
        quantity: Quantity,
        out: &mut [BookEvent],
    ) -> Result<Outcome, BookError> {
        let slot = slot.ok_or(BookError::UnknownOrder)?;
        check_quantity(quantity)?;
        check_price(price)?;
        let node = self.levels.nodes[slot];
        let side = node.tag.side();
        let key = key_of(side, price);
        let limit = key_of(side.opposite(), price);
        let amended = BookEvent {
            order_id: OrderId(node.id),
            price,
            remaining: quantity,
            kind: BookEventKind::Amended,
            side,
            ..BookEvent::EMPTY
        };
        if self.keeps_place(&node, key, quantity.0) || self.levels.best(side.opposite()) < limit {
            let event = out.first_mut().ok_or_else(|| self.lacks_room(1))?;
            let touched = self.reposition(slot, price, quantity.0)?;
            *event = amended;
            return Ok(Outcome { events: 1, resting: quantity, touched, ..Outcome::default() });
        }
        self.check_room(side, key, quantity.0, Some(slot))?;
        self.check_events(side.opposite(), limit, quantity.0, 1, out.len())?;
        out[0] = amended;
        let before = self.levels.best(side);
        self.detach(slot);
        let (events, remaining) = self.trade(amended, limit, quantity.0, out);
        let mut touched = Touched::level(side, node.tag.key() >= before)
            .union(Touched::level(side.opposite(), remaining != quantity.0));
        if remaining == 0 {
            self.give_back(slot);
        } else {
            touched = touched.union(Touched::level(side, key >= self.levels.best(side)));
            // Room was checked above, on a side that trading does not touch.
            self.attach(slot, node.id, Tag::new(side, key), remaining)?;
        }
        Ok(Outcome {
            events,
            filled: Quantity(quantity.0 - remaining),
            resting: Quantity(remaining),
            cancelled: Quantity(0),
            touched,
        })
    }

    /// How many events surely suffice for the operation that was last refused with [`BookError::EventBufferFull`].
    #[must_use]
    pub const fn events_needed(&self) -> usize {
        self.events_needed as usize
    }

    #[cold]
    fn lacks_room(&mut self, needed: usize) -> BookError {
        self.events_needed = needed as u32;
        BookError::EventBufferFull
    }

    /// Decides whether the order is accepted, and whether it trades.
    #[inline(always)]
    fn admit(&mut self, order: &NewOrder, room: usize) -> Result<bool, BookError> {
        check_quantity(order.quantity)?;
        let rests = order.kind == OrderKind::Limit && order.time_in_force == TimeInForce::Gtc;
        if order.kind == OrderKind::Limit {
            check_price(order.price)?;
        }
        if order.post_only && !rests {
            return Err(BookError::BadOrder);
        }
        if self.homes.find(order.id.0, &self.levels.nodes).is_some() {
            return Err(BookError::DuplicateOrder);
        }
        let opposite = order.side.opposite();
        let limit = limit_of(order);
        let crossing = self.levels.best(opposite) >= limit;
        if crossing && order.post_only {
            return Err(BookError::WouldTrade);
        }
        if order.time_in_force == TimeInForce::Fok && !self.can_fill(opposite, limit, order.quantity.0) {
            return Err(BookError::CannotFill);
        }
        if rests {
            self.check_room(order.side, key_of(order.side, order.price), order.quantity.0, None)?;
            if self.is_full() && !crossing {
                return Err(BookError::PoolFull);
            }
        }
        if crossing {
            self.check_events(opposite, limit, order.quantity.0, 1 + usize::from(!rests), room)?;
        } else if room < 1 + usize::from(!rests) {
            return Err(self.lacks_room(1 + usize::from(!rests)));
        }
        Ok(crossing)
    }

    #[inline(always)]
    fn accept(&mut self, order: &NewOrder, crossing: bool, out: &mut [BookEvent]) -> Outcome {
        let side = order.side;
        let accepted = BookEvent {
            order_id: order.id,
            price: order.price,
            quantity: order.quantity,
            remaining: order.quantity,
            kind: BookEventKind::Accepted,
            side,
            ..BookEvent::EMPTY
        };
        out[0] = accepted;
        let mut outcome = Outcome { events: 1, ..Outcome::default() };
        let mut remaining = order.quantity.0;
        if crossing {
            (outcome.events, remaining) = self.trade(accepted, limit_of(order), remaining, out);
            outcome.filled = Quantity(order.quantity.0 - remaining);
            outcome.touched = Touched::level(side.opposite(), true);
            if remaining == 0 {
                return outcome;
            }
        }
        if order.kind == OrderKind::Limit && order.time_in_force == TimeInForce::Gtc {
            // The order was admitted: its id is new, its level has room, and a node is free or was freed by a trade.
            if let Ok(touched) = self.add(order.id, side, order.price, Quantity(remaining)) {
                outcome.touched = outcome.touched.union(touched);
                outcome.resting = Quantity(remaining);
            }
        } else {
            out[outcome.events] = BookEvent {
                kind: BookEventKind::Cancelled,
                quantity: Quantity(remaining),
                remaining: Quantity(0),
                ..accepted
            };
            outcome.events += 1;
            outcome.cancelled = Quantity(remaining);
        }
        outcome
    }

    /// Trades `remaining` against levels at keys of `limit` and better, writing events from place 1 on. Returns the
    /// number of events with that before place 1, and what remains.
    fn trade(
        &mut self,
        taker: BookEvent,
        limit: i64,
        mut remaining: u64,
        out: &mut [BookEvent],
    ) -> (usize, u64) {
        let side = taker.side.opposite();
        let mut events = 1;
        while remaining != 0 {
            let key = self.levels.best(side);
            if key < limit {
                break;
            }
            let level = self.levels.held(side, key);
            let slot = self.levels.nodes.next(level);
            let maker = self.levels.nodes[slot];
            let quantity = remaining.min(maker.quantity);
            remaining -= quantity;
            out[events] = BookEvent {
                maker_id: OrderId(maker.id),
                price: price_of(side, key),
                quantity: Quantity(quantity),
                remaining: Quantity(remaining),
                maker_remaining: Quantity(maker.quantity - quantity),
                kind: BookEventKind::Trade,
                maker_anonymous: maker.tag.is_anonymous(),
                ..taker
            };
            events += 1;
            if quantity == maker.quantity {
                self.take_out(slot);
            } else {
                self.levels.nodes[slot].quantity -= quantity;
                self.levels.nodes[level].quantity -= quantity;
            }
        }
        (events, remaining)
    }

    /// Whether the levels of `side` at keys of `limit` and better hold `quantity`.
    fn can_fill(&self, side: Side, limit: i64, quantity: u64) -> bool {
        let mut missing = quantity;
        for (key, level) in self.levels.walk(side) {
            if key < limit {
                break;
            }
            let held = self.levels.nodes[level].quantity;
            if held >= missing {
                return true;
            }
            missing -= held;
        }
        false
    }

    /// Whether `room` events suffice for `others` and a trade with each maker that `quantity` would meet.
    #[inline(always)]
    fn check_events(
        &mut self,
        side: Side,
        limit: i64,
        quantity: u64,
        others: usize,
        room: usize,
    ) -> Result<(), BookError> {
        if room >= others + self.len() || room as u64 >= quantity.saturating_add(others as u64) {
            return Ok(());
        }
        self.count_makers(side, limit, quantity, others, room)
    }

    #[inline(never)]
    fn count_makers(
        &mut self,
        side: Side,
        limit: i64,
        quantity: u64,
        others: usize,
        room: usize,
    ) -> Result<(), BookError> {
        let nodes = &self.levels.nodes;
        let mut missing = quantity;
        let mut makers = 0;
        'levels: for (key, level) in self.levels.walk(side) {
            if key < limit {
                break;
            }
            let mut slot = nodes.next(level);
            while slot != level {
                makers += 1;
                let held = nodes[slot].quantity;
                if held >= missing {
                    break 'levels;
                }
                missing -= held;
                slot = nodes.next(slot);
            }
        }
        if makers + others <= room {
            return Ok(());
        }
        Err(self.lacks_room(makers + others))
    }
}

/// The lowest key of the opposite side that the order trades with.
#[inline(always)]
const fn limit_of(order: &NewOrder) -> i64 {
    match order.kind {
        OrderKind::Limit => key_of(order.side.opposite(), order.price),
        OrderKind::Market => NO_KEY + 1,
    }
}

/// Writes the rejection, unless it is for want of room, and hands the error on.
#[cold]
#[inline(never)]
fn refuse(
    error: BookError,
    id: OrderId,
    side: Side,
    price: Price,
    quantity: Quantity,
    out: &mut [BookEvent],
) -> BookError {
    if let Some(event) = out.first_mut()
        && error != BookError::EventBufferFull
    {
        *event = BookEvent {
            order_id: id,
            price,
            quantity,
            kind: BookEventKind::Rejected,
            side,
            reason: error.code(),
            ..BookEvent::EMPTY
        };
    }
    error
}
