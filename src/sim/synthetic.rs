//! Seeded synthetic order flow through the real matching book.
//!
//! Limit orders, market orders and cancels arrive as Poisson processes around a fair price that walks at random
//! (the zero-intelligence flow of Smith, Farmer, Gillemot and Krishnamurthy, Quantitative Finance 3:481, 2003, with a
//! moving centre): limit orders rest at geometric distances from the fair price, market orders take, each resting
//! order is cancelled at a constant rate. Orders go through [`OrderBook::submit`]; what the book did comes out as the
//! events that an order-by-order feed would publish, so a reader of a recording and this source are interchangeable.
//!
//! The generator is xoshiro256++ (seeded by SplitMix64), transcendental functions come from `libm`: the same seed
//! gives the same events on every machine. O(1) per event; nothing allocates after construction.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::book::{BookConfig, BookError, BookEvent, BookEventKind, Depth, NewOrder, OrderBook, OrderKind};
use crate::feed::{EventSource, FeedError, Progress};
use crate::types::{Event, EventKind, InstrumentId, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// Rates and sizes of the flow. Every rate is per second of simulated time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SyntheticConfig {
    /// Seed of the generator.
    pub seed: u64,
    /// How many events the source yields, the opening book included.
    pub events: u64,
    /// Instrument that the events carry.
    pub instrument: InstrumentId,
    /// Fair price at the start, ticks.
    pub start_price: Price,
    /// Standard deviation of the fair price's change, ticks per √second.
    pub volatility: f64,
    /// Limit orders per second, both sides together.
    pub limit_rate: f64,
    /// Market orders per second, both sides together.
    pub market_rate: f64,
    /// Cancels per second of each resting order.
    pub cancel_rate: f64,
    /// Mean distance of a limit order from the fair price, ticks; at least 1.
    pub mean_distance: f64,
    /// Mean quantity of an order, lots; at least 1.
    pub mean_quantity: f64,
    /// Orders that the book can hold.
    pub max_orders: u32,
}

impl Default for SyntheticConfig {
    /// A liquid stock at a tick of a cent: about 100 events a second, a spread of 1 to 3 ticks.
    fn default() -> Self {
        Self {
            seed: 1,
            events: 1_000_000,
            instrument: InstrumentId(0),
            start_price: Price(10_000),
            volatility: 1.0,
            limit_rate: 50.0,
            market_rate: 8.0,
            cancel_rate: 0.1,
            mean_distance: 6.0,
            mean_quantity: 100.0,
            max_orders: 16_384,
        }
    }
}

/// Why a flow could not be set up.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SyntheticError {
    /// A rate, mean or volatility is negative, NaN, infinite, or below its minimum.
    #[error("{0} is out of range")]
    BadParameter(&'static str),
    /// The book could not be built.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// Orders per side in the opening book.
const OPENING_ORDERS: u32 = 200;
/// An order that would trade with more resting orders than this is dropped.
const MOST_TRADES: usize = 62;

/// The flow, as a source of events. See the module's description.
///
/// ```
/// use market_maker::feed::EventSource;
/// use market_maker::sim::{SyntheticConfig, SyntheticFlow};
/// let mut flow = SyntheticFlow::new(&SyntheticConfig { events: 1000, ..Default::default() }).unwrap();
/// let mut count = 0;
/// while flow.next_event().unwrap().is_some() {
///     count += 1;
/// }
/// assert_eq!(count, 1000);
/// ```
#[derive(Debug)]
pub struct SyntheticFlow {
    config: SyntheticConfig,
    rng: Xoshiro256PlusPlus,
    book: OrderBook,
    /// Ids of resting orders in no particular order, so that a uniform one can be drawn. An id whose order traded away
    /// is dropped when it is drawn, and that arrival cancels nothing: so each order that rests is cancelled at its
    /// own rate, however many stale ids there are (thinning).
    live: Vec<OrderId>,
    next_id: u64,
    fair: f64,
    /// Seconds since the start.
    clock: f64,
    outgoing: [Event; MOST_TRADES + 2],
    outgoing_len: usize,
    outgoing_at: usize,
    yielded: u64,
    opened: bool,
}

impl SyntheticFlow {
    /// Name of the random generator, for outputs that must be reproducible.
    pub const GENERATOR: &'static str = "xoshiro256++";

    /// A flow at its start.
    ///
    /// # Errors
    /// [`SyntheticError`] for a parameter out of range.
    pub fn new(config: &SyntheticConfig) -> Result<Self, SyntheticError> {
        let non_negative = |value: f64, name| {
            if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(SyntheticError::BadParameter(name)) }
        };
        non_negative(config.volatility, "volatility")?;
        non_negative(config.market_rate, "market_rate")?;
        non_negative(config.cancel_rate, "cancel_rate")?;
        non_negative(config.limit_rate - f64::MIN_POSITIVE, "limit_rate")?;
        non_negative(config.mean_distance - 1.0, "mean_distance")?;
        non_negative(config.mean_quantity - 1.0, "mean_quantity")?;
        if !config.start_price.in_range() {
            return Err(SyntheticError::BadParameter("start_price"));
        }
        if config.max_orders < 4 * OPENING_ORDERS {
            return Err(SyntheticError::BadParameter("max_orders"));
        }
        let book = OrderBook::new(&BookConfig { max_orders: config.max_orders, ..BookConfig::default() })?;
        Ok(Self {
            config: *config,
            rng: Xoshiro256PlusPlus::seed_from_u64(config.seed),
            book,
            live: Vec::with_capacity(config.max_orders as usize),
            next_id: 1,
            fair: config.start_price.0 as f64,
            clock: 0.0,
            outgoing: [Event::EMPTY; MOST_TRADES + 2],
            outgoing_len: 0,
            outgoing_at: 0,
            yielded: 0,
            opened: false,
        })
    }

    /// The book that the flow trades in.
    #[must_use]
    pub fn book(&self) -> &OrderBook {
        &self.book
    }

    /// Uniform in (0, 1].
    fn uniform(&mut self) -> f64 {
        ((self.rng.next_u64() >> 11) + 1) as f64 / 9_007_199_254_740_992.0
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -libm::log(self.uniform()) / rate
    }

    /// Standard normal, by the sum of twelve uniforms (Irwin–Hall): tails beyond six deviations do not matter here
    /// and no rejection loop makes the number of draws depend on their values.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// Geometric on 1, 2, … with this mean.
    fn geometric(&mut self, mean: f64) -> i64 {
        if mean <= 1.0 {
            return 1;
        }
        let stay = libm::log1p(-1.0 / mean);
        1 + (libm::log(self.uniform()) / stay).min(1e6) as i64
    }

    fn side(&mut self) -> Side {
        if self.rng.next_u64() & 1 == 0 { Side::Buy } else { Side::Sell }
    }

    fn emit(&mut self, event: Event) {
        self.outgoing[self.outgoing_len] = Event {
            timestamp: Timestamp((self.clock * 1e9) as u64),
            received: Timestamp((self.clock * 1e9) as u64),
            instrument: self.config.instrument,
            ..event
        };
        self.outgoing_len += 1;
    }

    fn limit(&mut self, side: Side) {
        let distance = self.geometric(self.config.mean_distance);
        let quantity = Quantity(self.geometric(self.config.mean_quantity) as u64);
        let fair = libm::floor(self.fair) as i64;
        let price = Price(match side {
            Side::Buy => fair + 1 - distance,
            Side::Sell => fair + distance,
        });
        self.submit(side, OrderKind::Limit, price, quantity);
    }

    fn market(&mut self, side: Side) {
        let quantity = Quantity(self.geometric(self.config.mean_quantity) as u64);
        self.submit(side, OrderKind::Market, Price(0), quantity);
    }

    fn submit(&mut self, side: Side, kind: OrderKind, price: Price, quantity: Quantity) {
        let id = OrderId(self.next_id);
        let order = match kind {
            OrderKind::Limit => NewOrder::limit(id, side, price, quantity),
            OrderKind::Market => NewOrder::market(id, side, quantity),
        };
        let mut happened = [BookEvent::EMPTY; MOST_TRADES + 2];
        // A refusal (a full book, a sweep of more orders than one message may trade with) is no event.
        let Ok(outcome) = self.book.submit(&order, &mut happened) else { return };
        self.next_id += 1;
        for done in &happened[..outcome.events] {
            if done.kind == BookEventKind::Trade {
                self.emit(Event {
                    kind: EventKind::Execute,
                    order_id: done.maker_id,
                    side: side.opposite(),
                    price: done.price,
                    quantity: done.quantity,
                    flags: event_flags::LOCATED,
                    ..Event::EMPTY
                });
            }
        }
        if outcome.resting != Quantity::ZERO {
            self.live.push(order.id);
            self.emit(Event {
                kind: EventKind::Add,
                order_id: order.id,
                side,
                price,
                quantity: outcome.resting,
                ..Event::EMPTY
            });
        }
    }

    fn cancel(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let at = (self.rng.next_u64() % self.live.len() as u64) as usize;
        let id = self.live.swap_remove(at);
        let Some(order) = self.book.order(id) else { return };
        if self.book.delete(id).is_ok() {
            self.emit(Event {
                kind: EventKind::Delete,
                order_id: id,
                side: order.side,
                price: order.price,
                quantity: order.quantity,
                flags: event_flags::LOCATED,
                ..Event::EMPTY
            });
        }
    }

    /// One arrival of the merged Poisson process.
    fn step(&mut self) {
        let cancel_rate = self.config.cancel_rate * self.live.len() as f64;
        let total = self.config.limit_rate + self.config.market_rate + cancel_rate;
        let elapsed = self.exponential(total);
        self.clock += elapsed;
        self.fair += self.config.volatility * libm::sqrt(elapsed) * self.normal();
        let bound = Price::MAX.0 as f64 / 2.0;
        self.fair = self.fair.clamp(-bound, bound);
        let draw = self.uniform() * total;
        let side = self.side();
        if draw <= cancel_rate {
            self.cancel();
        } else if draw <= cancel_rate + self.config.market_rate {
            // Nobody takes the last level, so that a side does not stay empty.
            if self.book.level_count(side.opposite()) > 1 {
                self.market(side);
            }
        } else if self.live.len() + 1 >= self.config.max_orders as usize {
            // A book about to fill up takes no limit order; one that rests makes room instead.
            self.cancel();
        } else {
            self.limit(side);
        }
    }
}

impl EventSource for SyntheticFlow {
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        if self.yielded == self.config.events {
            return Ok(None);
        }
        while self.outgoing_at == self.outgoing_len {
            self.outgoing_at = 0;
            self.outgoing_len = 0;
            if !self.opened {
                let placed = self.next_id - 1;
                if placed < u64::from(2 * OPENING_ORDERS) {
                    self.limit(if placed.is_multiple_of(2) { Side::Buy } else { Side::Sell });
                    continue;
                }
                self.opened = true;
            }
            self.step();
        }
        let mut event = self.outgoing[self.outgoing_at];
        self.outgoing_at += 1;
        self.yielded += 1;
        event.sequence = self.yielded;
        if self.outgoing_at == self.outgoing_len {
            event.flags |= event_flags::LAST;
        }
        Ok(Some(event))
    }

    fn progress(&self) -> Progress {
        Progress { done: self.yielded, total: self.config.events }
    }
}
