//! A simulated venue that lets own orders join a recorded queue.
//!
//! Own orders are not put into the recorded book (no market impact is assumed); each one remembers where in the
//! recorded queue it stands, and trades when the recorded flow would have reached it.
//!
//! *Order-by-order feeds.* The quantity ahead is exact. An order that arrives sees every resting order of its level
//! ahead of it; each recorded change of one of those orders (told apart by its arrival stamp in the book)
//! reduces the quantity ahead; an execution of an order behind ours, or at a price behind ours, must have met our
//! order first and fills it; so does an incoming recorded order that crosses our price.
//!
//! *Level feeds.* The quantity ahead can only be bounded. It starts as the level's quantity, falls with trades at the
//! price, and never exceeds what the level shows; cancels are taken to come from behind us as long as they can
//! (the risk-averse queue model). A trade beyond our price, or the other side's level reaching it, fills the order.
//!
//! One aggressor's quantity is shared among own orders by price, then by time, and never filled twice.
//!
//! Requests take effect after a latency: the entry latency for a new order or a replacement, the cancel latency for a
//! cancel. Reports are written to the caller's buffer. Nothing allocates after construction. Not thread-safe.

use crate::book::{Depth, OrderView};
use crate::engine::MarketBook;
use crate::oms::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind};
use crate::types::{Event, EventKind, InstrumentId, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// Latencies and capacities of a [`ReplayVenue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueConfig {
    /// From sending a new order or a replacement to its arrival, nanoseconds.
    pub entry_latency: u64,
    /// From sending a cancel to its arrival, nanoseconds.
    pub cancel_latency: u64,
    /// Own orders that may rest at once.
    pub max_orders: usize,
    /// Own requests that may be under way at once.
    pub max_requests: usize,
}

impl Default for VenueConfig {
    fn default() -> Self {
        Self { entry_latency: 0, cancel_latency: 0, max_orders: 64, max_requests: 256 }
    }
}

/// Recorded levels that one order may take: what it would take beyond them is left resting.
const TAKER_LEVELS: usize = 8;

/// Why a request or an event was refused. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VenueError {
    /// A capacity of zero or beyond 2^20.
    #[error("max_orders and max_requests must be between 1 and 1048576")]
    BadCapacity,
    /// Too many requests under way.
    #[error("too many requests are under way")]
    RequestsFull,
    /// The report buffer cannot hold what the event may cause.
    #[error("the report buffer holds {capacity} reports; {needed} may be needed")]
    ReportBufferTooSmall {
        /// Entries in the caller's buffer.
        capacity: usize,
        /// Entries that always suffice: see [`ReplayVenue::reports_needed`].
        needed: usize,
    },
    /// A request of quantity zero.
    #[error("an order of quantity zero")]
    ZeroQuantity,
}

/// An own order at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueOrder {
    /// The host's id.
    pub id: OrderId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Side.
    pub side: Side,
    /// Limit price.
    pub price: Price,
    /// What is left of it.
    pub remaining: Quantity,
    /// Recorded quantity that trades before it at its price.
    pub ahead: Quantity,
    /// Arrival stamp: recorded orders of its level with a smaller one are ahead.
    stamp: u64,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    due: Timestamp,
    number: u64,
    action: OrderAction,
}

/// Own orders in the recorded queue. See the module's description.
#[derive(Clone, Debug)]
pub struct ReplayVenue {
    config: VenueConfig,
    /// Sorted by due time, then by number: the next to arrive is last.
    requests: Vec<Request>,
    /// In arrival order.
    orders: Vec<VenueOrder>,
    next_number: u64,
}

/// Where reports go; capacity was checked before.
struct Reports<'a> {
    out: &'a mut [ExecutionReport],
    count: usize,
}

impl Reports<'_> {
    fn push(&mut self, report: ExecutionReport) {
        if let Some(slot) = self.out.get_mut(self.count) {
            *slot = report;
            self.count += 1;
        }
    }
}

impl ReplayVenue {
    /// A venue without orders.
    ///
    /// # Errors
    /// [`VenueError::BadCapacity`].
    pub fn new(config: &VenueConfig) -> Result<Self, VenueError> {
        const MOST: usize = 1 << 20;
        let legal = 1..=MOST;
        if !legal.contains(&config.max_orders) || !legal.contains(&config.max_requests) {
            return Err(VenueError::BadCapacity);
        }
        Ok(Self {
            config: *config,
            requests: Vec::with_capacity(config.max_requests),
            orders: Vec::with_capacity(config.max_orders),
            next_number: 0,
        })
    }

    /// Own orders that rest, in arrival order.
    #[must_use]
    pub fn orders(&self) -> &[VenueOrder] {
        &self.orders
    }

    /// Requests under way.
    #[must_use]
    pub fn requests_under_way(&self) -> usize {
        self.requests.len()
    }

    /// A report buffer of this size always suffices for the next call of [`on_event`](Self::on_event).
    #[must_use]
    pub fn reports_needed(&self) -> usize {
        // A request gives at most a cancel, an acceptance, its taker fills, and one fill by the event itself.
        self.requests.len() * (3 + TAKER_LEVELS) + self.orders.len()
    }

    /// A report buffer of this size suffices for every call.
    #[must_use]
    pub const fn most_reports(&self) -> usize {
        self.config.max_requests * (3 + TAKER_LEVELS) + self.config.max_orders
    }

    /// Takes a request that the host sends at `now`. Hot path; linear in the requests under way.
    ///
    /// # Errors
    /// [`VenueError::RequestsFull`], [`VenueError::ZeroQuantity`].
    pub fn submit(&mut self, now: Timestamp, action: &OrderAction) -> Result<(), VenueError> {
        if self.requests.len() == self.config.max_requests {
            return Err(VenueError::RequestsFull);
        }
        let latency = match action.kind {
            OrderActionKind::Cancel => self.config.cancel_latency,
            _ if action.quantity == Quantity::ZERO => return Err(VenueError::ZeroQuantity),
            _ => self.config.entry_latency,
        };
        let due = Timestamp(now.0.saturating_add(latency));
        let number = self.next_number;
        self.next_number += 1;
        let at = self.requests.partition_point(|r| (r.due, r.number) > (due, number));
        self.requests.insert(at, Request { due, number, action: *action });
        Ok(())
    }

    /// Lets the requests that are due arrive, then the recorded event `event` act on own orders.
    ///
    /// `book` is the recorded book **before** the event is applied to it; one by order must keep arrival stamps
    /// ([`BookConfig::track_priority`](crate::book::BookConfig::track_priority)), as [`MarketBook::new`] and every engine
    /// see to. Returns how many reports were written to `out`. Hot path; linear in own orders.
    ///
    /// # Errors
    /// [`VenueError::ReportBufferTooSmall`].
    pub fn on_event(
        &mut self,
        book: &MarketBook,
        event: &Event,
        out: &mut [ExecutionReport],
    ) -> Result<usize, VenueError> {
        let needed = self.reports_needed();
        if out.len() < needed {
            return Err(VenueError::ReportBufferTooSmall { capacity: out.len(), needed });
        }
        let mut reports = Reports { out, count: 0 };
        while let Some(request) = self.requests.last().copied()
            && request.due <= event.timestamp
        {
            self.requests.pop();
            self.arrive(book, &request, &mut reports);
        }
        if !self.orders.is_empty() {
            match book {
                MarketBook::Orders(orders) => self.on_order_event(orders, event, &mut reports),
                MarketBook::Levels(_) => self.on_level_event(event, &mut reports),
            }
        }
        Ok(reports.count)
    }

    fn arrive(&mut self, book: &MarketBook, request: &Request, reports: &mut Reports<'_>) {
        let (action, now) = (&request.action, request.due);
        match action.kind {
            OrderActionKind::Place => self.place(book, action, action.order_id, now, reports),
            OrderActionKind::Cancel => {
                let kind = match self.remove(action.order_id) {
                    Some(order) => {
                        reports.push(report(ExecutionKind::Cancelled, &order, Quantity::ZERO, now));
                        return;
                    }
                    None => ExecutionKind::CancelRejected,
                };
                reports.push(refusal(kind, action, action.order_id, now));
            }
            OrderActionKind::Replace => self.replace(book, action, now, reports),
        }
    }

    /// Old and new together never trade more than was asked for: what the old order traded since the decision comes off
    /// the new one.
    fn replace(
        &mut self,
        book: &MarketBook,
        action: &OrderAction,
        now: Timestamp,
        reports: &mut Reports<'_>,
    ) {
        let Some(old) = self.orders.iter().find(|order| order.id == action.order_id).copied() else {
            // It traded away on the way here: nothing is left to replace.
            reports.push(refusal(ExecutionKind::CancelRejected, action, action.order_id, now));
            return;
        };
        let crosses = crosses(book, action.side, action.price);
        if crosses && action.post_only != 0 {
            reports.push(refusal(ExecutionKind::Rejected, action, action.new_order_id, now));
            return;
        }
        self.remove(old.id);
        let traded = action.replaced_quantity.0.saturating_sub(old.remaining.0);
        let remaining = Quantity(action.quantity.0.saturating_sub(traded));
        let order = self.new_order(book, action, action.new_order_id, remaining);
        let replaced = ExecutionReport {
            new_order_id: order.id,
            order_id: old.id,
            ..report(ExecutionKind::Replaced, &order, Quantity::ZERO, now)
        };
        reports.push(replaced);
        self.enter(book, order, crosses, now, reports);
    }

    fn place(
        &mut self,
        book: &MarketBook,
        action: &OrderAction,
        id: OrderId,
        now: Timestamp,
        reports: &mut Reports<'_>,
    ) {
        let crosses = crosses(book, action.side, action.price);
        let is_duplicate = self.orders.iter().any(|order| order.id == id);
        if (crosses && action.post_only != 0) || is_duplicate || self.orders.len() == self.config.max_orders {
            reports.push(refusal(ExecutionKind::Rejected, action, id, now));
            return;
        }
        let order = self.new_order(book, action, id, action.quantity);
        reports.push(report(ExecutionKind::Accepted, &order, Quantity::ZERO, now));
        self.enter(book, order, crosses, now, reports);
    }

    fn new_order(
        &mut self,
        book: &MarketBook,
        action: &OrderAction,
        id: OrderId,
        remaining: Quantity,
    ) -> VenueOrder {
        let ahead = book.level(action.side, action.price).map_or(Quantity::ZERO, |level| level.quantity);
        VenueOrder {
            id,
            instrument: action.instrument,
            side: action.side,
            price: action.price,
            remaining,
            ahead,
            stamp: book.priority_stamp(),
        }
    }

    /// Takes what the order crosses, and lets the rest of it join the queue.
    fn enter(
        &mut self,
        book: &MarketBook,
        mut order: VenueOrder,
        crosses: bool,
        now: Timestamp,
        reports: &mut Reports<'_>,
    ) {
        if crosses {
            take(book, &mut order, now, reports);
        }
        if order.remaining != Quantity::ZERO {
            self.orders.push(order);
        }
    }

    fn remove(&mut self, id: OrderId) -> Option<VenueOrder> {
        let at = self.orders.iter().position(|order| order.id == id)?;
        Some(self.orders.remove(at))
    }

    fn on_order_event(&mut self, book: &crate::book::OrderBook, event: &Event, reports: &mut Reports<'_>) {
        match event.kind {
            EventKind::Add => {
                self.fill_crossed(event.side, event.price, event.quantity, event.timestamp, reports);
            }
            EventKind::Reduce | EventKind::Delete | EventKind::Execute | EventKind::Fill => {
                let is_execution = matches!(event.kind, EventKind::Execute | EventKind::Fill);
                // An execution that a separate event will take off the book leaves the queue then.
                let leaves_now = event.kind != EventKind::Fill;
                match book.order(event.order_id) {
                    Some(order) => {
                        let quantity = match event.kind {
                            EventKind::Delete => order.quantity,
                            _ => event.quantity.min(order.quantity),
                        };
                        if is_execution {
                            self.fill_executed(&order, quantity, event.timestamp, reports);
                        }
                        if leaves_now {
                            self.leave(order.side, order.price, order.priority, quantity);
                        }
                    }
                    // Liquidity that was there before the recording: in front of every order that joined since.
                    None if event.has(event_flags::LOCATED) => {
                        let seeded = OrderView {
                            id: event.order_id,
                            side: event.side,
                            price: event.price,
                            quantity: event.quantity,
                            priority: 0,
                            anonymous: true,
                        };
                        if is_execution {
                            self.fill_executed(&seeded, event.quantity, event.timestamp, reports);
                        }
                        if leaves_now {
                            self.leave(event.side, event.price, 0, event.quantity);
                        }
                    }
                    None => {}
                }
            }
            EventKind::Modify => {
                if let Some(order) = book.order(event.order_id) {
                    if order.price == event.price
                        && event.quantity <= order.quantity
                        && book.config().keep_priority_on_decrease
                    {
                        let by = Quantity(order.quantity.0 - event.quantity.0);
                        self.leave(order.side, order.price, order.priority, by);
                    } else {
                        self.leave(order.side, order.price, order.priority, order.quantity);
                        self.fill_crossed(order.side, event.price, event.quantity, event.timestamp, reports);
                    }
                }
            }
            EventKind::Replace => {
                if let Some(order) = book.order(event.order_id) {
                    self.leave(order.side, order.price, order.priority, order.quantity);
                    self.fill_crossed(order.side, event.price, event.quantity, event.timestamp, reports);
                }
            }
            // Hidden liquidity ranks behind every displayed order at its price.
            EventKind::Trade if event.has(event_flags::HIDDEN | event_flags::SIDED) => {
                self.fill_through(event, reports);
            }
            _ => {}
        }
    }

    fn on_level_event(&mut self, event: &Event, reports: &mut Reports<'_>) {
        match event.kind {
            EventKind::Trade if event.has(event_flags::SIDED) => self.fill_through(event, reports),
            EventKind::Level => {
                for order in &mut self.orders {
                    if order.side == event.side && order.price == event.price {
                        order.ahead = order.ahead.min(event.quantity);
                    }
                }
                if event.quantity != Quantity::ZERO {
                    self.fill_crossed(event.side, event.price, event.quantity, event.timestamp, reports);
                }
            }
            _ => {}
        }
    }

    /// `quantity` of a recorded order leaves the queue at `price`.
    fn leave(&mut self, side: Side, price: Price, stamp: u64, quantity: Quantity) {
        for order in &mut self.orders {
            if order.side == side && order.price == price && stamp < order.stamp {
                order.ahead = Quantity(order.ahead.0.saturating_sub(quantity.0));
            }
        }
    }

    /// A recorded resting order traded: own orders that rank before it had to trade first.
    fn fill_executed(
        &mut self,
        executed: &OrderView,
        quantity: Quantity,
        now: Timestamp,
        reports: &mut Reports<'_>,
    ) {
        let ranks_before = |own: &VenueOrder| {
            own.side == executed.side
                && (own.side.is_better(own.price, executed.price)
                    || (own.price == executed.price && own.stamp <= executed.priority))
        };
        self.fill_ranked(quantity, now, reports, ranks_before);
    }

    /// A recorded order of `side` came in at `price`: own orders of the other side that it crosses trade.
    fn fill_crossed(
        &mut self,
        side: Side,
        price: Price,
        quantity: Quantity,
        now: Timestamp,
        reports: &mut Reports<'_>,
    ) {
        self.fill_ranked(quantity, now, reports, |own| {
            own.side != side && (own.price == price || own.side.is_better(own.price, price))
        });
    }

    /// A print of `event.quantity`: own orders at better prices trade in full, those at its price after what is ahead.
    fn fill_through(&mut self, event: &Event, reports: &mut Reports<'_>) {
        let resting = event.side.opposite();
        let hidden = event.has(event_flags::HIDDEN);
        let mut left = event.quantity.0;
        // What stands ahead at this price is common to all own orders there: it is consumed once.
        let mut consumed = 0;
        while left > 0 {
            let Some(at) = self.next_in_line(|own| {
                own.side == resting
                    && (own.side.is_better(own.price, event.price)
                        || (own.price == event.price && (hidden || own.ahead.0 <= consumed + left)))
            }) else {
                break;
            };
            let own = &self.orders[at];
            if own.price == event.price && !hidden {
                let ahead = own.ahead.0.saturating_sub(consumed);
                consumed += ahead;
                left -= ahead;
                if left == 0 {
                    break;
                }
            }
            let quantity = left.min(self.orders[at].remaining.0);
            left -= quantity;
            self.fill(at, Quantity(quantity), event.timestamp, reports);
        }
        if !hidden {
            for own in &mut self.orders {
                if own.side == resting && own.price == event.price {
                    own.ahead = Quantity(own.ahead.0.saturating_sub(event.quantity.0));
                }
            }
        }
    }

    fn fill_ranked(
        &mut self,
        quantity: Quantity,
        now: Timestamp,
        reports: &mut Reports<'_>,
        is_hit: impl Fn(&VenueOrder) -> bool,
    ) {
        let mut left = quantity.0;
        while left > 0 {
            let Some(at) = self.next_in_line(&is_hit) else { return };
            let quantity = left.min(self.orders[at].remaining.0);
            left -= quantity;
            self.fill(at, Quantity(quantity), now, reports);
        }
    }

    /// The own order, of those that `is_hit` admits, that trades first: best price, then earliest.
    fn next_in_line(&self, is_hit: impl Fn(&VenueOrder) -> bool) -> Option<usize> {
        let mut first: Option<usize> = None;
        for (at, order) in self.orders.iter().enumerate() {
            if is_hit(order) && first.is_none_or(|f| order.side.is_better(order.price, self.orders[f].price))
            {
                first = Some(at);
            }
        }
        first
    }

    fn fill(&mut self, at: usize, quantity: Quantity, now: Timestamp, reports: &mut Reports<'_>) {
        let order = &mut self.orders[at];
        order.remaining.0 -= quantity.0;
        reports.push(report(ExecutionKind::Filled, order, quantity, now));
        if order.remaining == Quantity::ZERO {
            self.orders.remove(at);
        }
    }
}

/// Whether an order at `price` would trade against the recorded book.
fn crosses(book: &MarketBook, side: Side, price: Price) -> bool {
    book.best(side.opposite()).is_some_and(|best| !side.is_better(best.price, price))
}

/// Trades `order` against the levels of `book` that it crosses. They are not used up: the recorded flow goes on as it
/// was recorded.
fn take(book: &MarketBook, order: &mut VenueOrder, now: Timestamp, reports: &mut Reports<'_>) {
    let mut levels = [crate::book::Level::default(); TAKER_LEVELS];
    let count = book.fill_levels(order.side.opposite(), &mut levels);
    for level in &levels[..count] {
        if order.remaining == Quantity::ZERO || order.side.is_better(level.price, order.price) {
            return;
        }
        let quantity = order.remaining.min(level.quantity);
        order.remaining.0 -= quantity.0;
        let fill = VenueOrder { price: level.price, ..*order };
        reports.push(ExecutionReport { is_maker: 0, ..report(ExecutionKind::Filled, &fill, quantity, now) });
    }
}

fn report(kind: ExecutionKind, order: &VenueOrder, quantity: Quantity, now: Timestamp) -> ExecutionReport {
    ExecutionReport {
        kind,
        order_id: order.id,
        instrument: order.instrument,
        side: order.side,
        price: order.price,
        quantity,
        leaves: order.remaining,
        is_maker: 1,
        timestamp: now,
        ..ExecutionReport::EMPTY
    }
}

fn refusal(kind: ExecutionKind, action: &OrderAction, id: OrderId, now: Timestamp) -> ExecutionReport {
    ExecutionReport {
        kind,
        order_id: id,
        instrument: action.instrument,
        side: action.side,
        price: action.price,
        timestamp: now,
        ..ExecutionReport::EMPTY
    }
}
