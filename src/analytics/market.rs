//! Everything that follows from an order-by-order feed, driven event by event: what happened is worked out once and given to
//! each part.
//!
//! Protocol: apply the event to the book; where the book took it, pass both on. Time never steps back: an earlier timestamp counts
//! as the last one. The book counts as consistent after events with [`event_flags::LAST`]; the best prices "before" an event
//! are those of the last consistent book. A halt makes the market one without prices; a `Clear` or a snapshot breaks the feed:
//! what is open then is censored, and orders of a snapshot, whose age is unknown, are not watched. A cancellation or execution of
//! an order that is neither watched nor [`event_flags::LOCATED`] has no price and counts nowhere.
//!
//! O(1) amortised per event, but for reading at most 2 × `depth_levels` levels when the book changes, and the sampling of
//! [`CancelRates`]. Hot path, single writer, nothing allocated after construction, same numbers on every machine.

use super::resiliency::{Aftermath, shown_at_or_better};
use super::{
    AnalyticsError, ArrivalDispersion, CancelRates, FillMode, FlowToxicity, KyleRegression, LifetimeConfig,
    LogHistogram, MarkoutConfig, Markouts, OrderLifetimes, ParentTrade, QuoteLifetimes, Resiliency,
    ResiliencyConfig, SignMemory, SpreadDistribution, TimeMean, TradeAggregator, count,
    depth_weighted_spread,
};
use crate::book::{Depth, Touched};
use crate::features::TopOfBook;
use crate::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};

/// Parameters of [`MarketAnalytics`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketAnalyticsConfig<'a> {
    /// Widest spread that is told apart, ticks.
    pub max_spread: u32,
    /// Levels a side of the depth-weighted spread, 1..=64.
    pub depth_levels: u32,
    /// Lags of the signs' memory.
    pub sign_lags: u32,
    /// Windows of the counts of trades, nanoseconds, ascending.
    pub count_windows_ns: &'a [u64],
    /// Time grid on which resting orders are sampled, nanoseconds.
    pub cancel_sample_ns: u64,
    /// Volume of a VPIN bucket, lots.
    pub vpin_bucket: Quantity,
    /// VPIN buckets.
    pub vpin_buckets: u32,
    /// Intervals of Kyle's λ, nanoseconds, at most a day.
    pub kyle_interval_ns: u64,
    /// Of resiliency and replenishment.
    pub resiliency: ResiliencyConfig,
    /// Of spreads, impact and markouts.
    pub markouts: MarkoutConfig<'a>,
    /// Of order lifetimes.
    pub lifetimes: LifetimeConfig,
    /// What answers about fills are used for at first.
    pub fill_mode: FillMode,
}

impl Default for MarketAnalyticsConfig<'_> {
    /// Spreads to 1000 ticks, five levels, 20 lags, counts over 0.1, 1, 10 and 60 s, sampling every 0.1 s, VPIN as
    /// [`ChannelConfig`](crate::features::ChannelConfig) has it, Kyle's λ over seconds.
    fn default() -> Self {
        const MS: u64 = 1_000_000;
        Self {
            max_spread: 1000,
            depth_levels: 5,
            sign_lags: 20,
            count_windows_ns: &[100 * MS, 1_000 * MS, 10_000 * MS, 60_000 * MS],
            cancel_sample_ns: 100 * MS,
            vpin_bucket: Quantity(10_000),
            vpin_buckets: 50,
            kyle_interval_ns: 1_000 * MS,
            resiliency: ResiliencyConfig::default(),
            markouts: MarkoutConfig::default(),
            lifetimes: LifetimeConfig::default(),
            fill_mode: FillMode::LearnAndScore,
        }
    }
}

/// All analytics of one instrument's feed.
///
/// ```
/// use market_maker::analytics::{MarketAnalytics, MarketAnalyticsConfig};
/// use market_maker::book::{BookConfig, OrderBook};
/// use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};
/// let mut book = OrderBook::new(&BookConfig::default()).unwrap();
/// let mut analytics = MarketAnalytics::new(&MarketAnalyticsConfig::default())?;
/// for (id, side, price) in [(1, Side::Buy, 99), (2, Side::Sell, 102), (3, Side::Buy, 100)] {
///     let event = Event {
///         timestamp: Timestamp(id * 1_000), kind: EventKind::Add, order_id: OrderId(id), side,
///         price: Price(price), quantity: Quantity(10), flags: event_flags::LAST, ..Event::EMPTY
///     };
///     let touched = book.apply(&event).unwrap();
///     analytics.on_event(&event, touched, &book);
/// }
/// assert_eq!(analytics.spread().mean(), Some(3.0)); // for a microsecond, before it became two
/// assert_eq!(analytics.lifetimes().alive(), 3);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarketAnalytics {
    levels: usize,
    now: Timestamp,
    /// Of the last consistent book; without prices while halted.
    top: TopOfBook,
    is_halted: bool,
    is_changed: bool,
    /// The feed broke, and no consistent book has been seen since.
    is_broken: bool,
    /// What the open parent trade has left so far.
    aftermath: Option<Aftermath>,
    trades: TradeAggregator,
    spread: SpreadDistribution,
    depth_spread: TimeMean,
    quotes: QuoteLifetimes,
    cancels: CancelRates,
    resiliency: Resiliency,
    sizes: LogHistogram,
    signs: SignMemory,
    arrivals: ArrivalDispersion,
    markouts: Markouts,
    toxicity: FlowToxicity,
    kyle: KyleRegression,
    lifetimes: OrderLifetimes,
}

/// Where an event happened.
#[derive(Clone, Copy)]
struct Place {
    side: Side,
    price: Price,
    /// Lots of the order before the event, where it is watched.
    open: Option<Quantity>,
}

impl MarketAnalytics {
    /// Nothing seen.
    ///
    /// # Errors
    /// [`AnalyticsError`] for a field, by its name.
    pub fn new(config: &MarketAnalyticsConfig<'_>) -> Result<Self, AnalyticsError> {
        Ok(Self {
            levels: count(u64::from(config.depth_levels), 64, "depth_levels")?,
            now: Timestamp(0),
            top: TopOfBook::default(),
            is_halted: false,
            is_changed: false,
            is_broken: true,
            aftermath: None,
            trades: TradeAggregator::default(),
            spread: SpreadDistribution::new(config.max_spread)?,
            depth_spread: TimeMean::default(),
            quotes: QuoteLifetimes::new()?,
            cancels: CancelRates::new(config.cancel_sample_ns)?,
            resiliency: Resiliency::new(&config.resiliency)?,
            sizes: LogHistogram::new(4)?,
            signs: SignMemory::new(config.sign_lags)?,
            arrivals: ArrivalDispersion::new(config.count_windows_ns)?,
            markouts: Markouts::new(&config.markouts)?,
            toxicity: FlowToxicity::new(config.vpin_bucket, config.vpin_buckets)?,
            kyle: KyleRegression::new(config.kyle_interval_ns)?,
            lifetimes: OrderLifetimes::new(&config.lifetimes, config.fill_mode)?,
        })
    }

    /// An event that the book has taken in, what it touched, and the book after it. Hot path.
    pub fn on_event(&mut self, event: &Event, touched: Touched, book: &impl Depth) {
        self.advance(event.timestamp);
        self.is_changed |= touched.changed();
        if event.has(event_flags::SNAPSHOT) || matches!(event.kind, EventKind::Clear | EventKind::Status) {
            self.on_rare(event);
        } else {
            self.on_live(event, book);
        }
        if event.has(event_flags::LAST) {
            self.commit(book);
        }
    }

    /// Time has come to `now` without an event: what was waiting for it is settled. Hot path.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = now.max(self.now);
        if let Some(parent) = self.trades.finish_before(self.now) {
            self.on_parent(&parent);
        }
        self.kyle.advance(self.now, self.top.sound().map(|(bid, ask)| bid.0 + ask.0));
        self.markouts.advance(self.now);
        self.resiliency.advance(self.now);
        self.lifetimes.advance(self.now);
    }

    #[cold]
    #[inline(never)]
    fn on_rare(&mut self, event: &Event) {
        if event.kind == EventKind::Status {
            self.is_halted = event.quantity == Quantity::ZERO;
            self.is_changed = true;
        } else if !self.is_broken {
            self.interrupt(self.now);
        }
    }

    /// Messages were lost: what is open is not seen to end, and the next book follows nothing. O(orders).
    pub fn interrupt(&mut self, now: Timestamp) {
        self.advance(now);
        if let Some(parent) = self.trades.finish() {
            self.on_parent(&parent);
        }
        self.spread.update(self.now, None);
        self.spread.interrupt();
        self.depth_spread.update(self.now, None);
        self.quotes.interrupt();
        self.cancels.interrupt();
        self.resiliency.interrupt(self.now);
        self.markouts.on_mid(self.now, None);
        self.kyle.interrupt();
        self.lifetimes.censor(self.now);
        self.top = TopOfBook::default();
        (self.is_broken, self.is_changed) = (true, true);
    }

    #[inline]
    fn on_live(&mut self, event: &Event, book: &impl Depth) {
        let (now, id, quantity) = (self.now, event.order_id, event.quantity);
        match event.kind {
            EventKind::Add => self.enter(id, event.side, event.price, quantity, book),
            EventKind::Execute => {
                let place = self.place(event);
                self.lifetimes.on_execute(now, id, quantity);
                if let Some(place) = place {
                    self.print(place.side.opposite(), place.price, quantity);
                }
            }
            EventKind::Reduce | EventKind::Delete => {
                let Some(place) = self.place(event) else { return };
                let is_whole = event.kind == EventKind::Delete || place.open == Some(quantity);
                let left =
                    if event.kind == EventKind::Delete { place.open.unwrap_or(quantity) } else { quantity };
                self.on_cancel(place, left, is_whole);
                if is_whole {
                    self.lifetimes.on_cancel(now, id);
                } else {
                    self.lifetimes.on_reduce(now, id, quantity);
                }
            }
            EventKind::Modify => {
                let Some(place) = self.place(event) else { return };
                let open = place.open.unwrap_or(Quantity::ZERO);
                if event.price == place.price && quantity <= open {
                    self.on_cancel(place, Quantity(open.0 - quantity.0), false);
                    self.lifetimes.on_reduce(now, id, Quantity(open.0 - quantity.0));
                } else {
                    // Behind the queue: one life ends and another begins.
                    self.on_cancel(place, open, true);
                    self.lifetimes.on_cancel(now, id);
                    self.enter(id, place.side, event.price, quantity, book);
                }
            }
            EventKind::Replace => {
                let Some(place) = self.place(event) else { return };
                self.on_cancel(place, place.open.unwrap_or(Quantity::ZERO), true);
                self.lifetimes.on_cancel(now, id);
                self.enter(event.new_order_id, place.side, event.price, quantity, book);
            }
            EventKind::Trade => {
                if event.has(event_flags::SIDED) {
                    self.print(event.side, event.price, quantity);
                } else {
                    self.toxicity.update(None, quantity);
                }
            }
            EventKind::None
            | EventKind::Level
            | EventKind::Clear
            | EventKind::Seed
            | EventKind::BestQuote
            | EventKind::Status
            | EventKind::Fill => {}
        }
    }

    /// Of the order that the event is about.
    #[inline]
    fn place(&self, event: &Event) -> Option<Place> {
        if let Some((side, price, open)) = self.lifetimes.order(event.order_id) {
            return Some(Place { side, price, open: Some(open) });
        }
        // A new price may stand in these, which is no place of the old order.
        let is_located =
            event.has(event_flags::LOCATED) && !matches!(event.kind, EventKind::Modify | EventKind::Replace);
        is_located.then_some(Place { side: event.side, price: event.price, open: None })
    }

    /// Ticks behind the best of a side before the event; negative is better, `None` on a side that was empty.
    #[inline]
    fn behind(&self, side: Side, price: Price) -> Option<i64> {
        match side {
            Side::Buy => self.top.bid.map(|best| best.0 - price.0),
            Side::Sell => self.top.ask.map(|best| price.0 - best.0),
        }
    }

    #[inline]
    fn enter(&mut self, id: OrderId, side: Side, price: Price, quantity: Quantity, book: &impl Depth) {
        let behind = self.behind(side, price).unwrap_or(-1);
        let shown = book.level(side, price).map_or(0, |level| level.quantity.0);
        let ahead = Quantity(shown.saturating_sub(quantity.0));
        self.cancels.on_add(behind);
        self.lifetimes.on_add(self.now, id, side, price, quantity, behind, ahead);
    }

    #[inline]
    fn on_cancel(&mut self, place: Place, quantity: Quantity, is_whole: bool) {
        if let Some(behind) = self.behind(place.side, place.price) {
            self.cancels.on_cancel(behind, quantity, is_whole);
        }
    }

    #[inline]
    fn print(&mut self, aggressor: Side, price: Price, quantity: Quantity) {
        if let Some(parent) = self.trades.on_print(self.now, aggressor, price, quantity, &self.top) {
            self.on_parent(&parent);
        }
    }

    fn on_parent(&mut self, parent: &ParentTrade) {
        self.sizes.record(parent.quantity.0);
        self.signs.update(parent.aggressor);
        self.arrivals.update(parent.time);
        self.toxicity.update(Some(parent.aggressor), parent.quantity);
        self.kyle.on_trade(parent.aggressor, parent.quantity);
        if let Some(mid2) = parent.mid2() {
            self.markouts.on_trade(parent.time, parent.aggressor, parent.price(), parent.quantity, mid2);
        }
        if let Some(after) = self.aftermath.take() {
            self.resiliency.on_trade(parent, &after);
        }
    }

    /// The book is consistent.
    #[inline]
    fn commit(&mut self, book: &impl Depth) {
        let now = self.now;
        if self.is_changed {
            let best = |side| book.best(side).map(|level| (level.price, level.quantity));
            self.top = if self.is_halted {
                TopOfBook::default()
            } else {
                TopOfBook::new(best(Side::Buy), best(Side::Sell))
            };
            let sound = self.top.sound();
            self.spread.update(now, sound.map(|(bid, ask)| ask.0 - bid.0));
            let depth_spread = sound.and_then(|_| depth_weighted_spread(book, self.levels));
            self.depth_spread.update(now, depth_spread);
            self.quotes.update(now, &self.top);
            self.markouts.on_mid(now, sound.map(|(bid, ask)| bid.0 + ask.0));
            self.resiliency.on_book(now, &self.top, book);
            (self.is_changed, self.is_broken) = (false, false);
        }
        if let Some(open) = self.trades.open() {
            let passive = open.aggressor.opposite();
            let hit = if passive == Side::Buy { open.before.bid } else { open.before.ask };
            let shown = hit.map_or(0, |price| shown_at_or_better(book, passive, price));
            self.aftermath = Some(Aftermath { top: self.top, shown });
        }
        if !self.is_halted {
            self.cancels.observe(now, book);
        }
    }

    /// Spread by time.
    #[must_use]
    pub const fn spread(&self) -> &SpreadDistribution {
        &self.spread
    }

    /// Time-weighted mean of the depth-weighted spread, ticks.
    #[must_use]
    pub const fn depth_spread(&self) -> &TimeMean {
        &self.depth_spread
    }

    /// Lifetimes of the best prices.
    #[must_use]
    pub const fn quotes(&self) -> &QuoteLifetimes {
        &self.quotes
    }

    /// Cancellations by distance.
    #[must_use]
    pub const fn cancels(&self) -> &CancelRates {
        &self.cancels
    }

    /// Recovery after trades.
    #[must_use]
    pub const fn resiliency(&self) -> &Resiliency {
        &self.resiliency
    }

    /// Quantities of parent trades, lots, 16 bins an octave.
    #[must_use]
    pub const fn sizes(&self) -> &LogHistogram {
        &self.sizes
    }

    /// Memory of the signs of parent trades.
    #[must_use]
    pub const fn signs(&self) -> &SignMemory {
        &self.signs
    }

    /// Dispersion of the times of parent trades.
    #[must_use]
    pub const fn arrivals(&self) -> &ArrivalDispersion {
        &self.arrivals
    }

    /// Spreads, impact and markouts of parent trades.
    #[must_use]
    pub const fn markouts(&self) -> &Markouts {
        &self.markouts
    }

    /// Kyle's λ.
    #[must_use]
    pub const fn kyle(&self) -> &KyleRegression {
        &self.kyle
    }

    /// VPIN and its distribution.
    #[must_use]
    pub const fn toxicity(&self) -> &FlowToxicity {
        &self.toxicity
    }

    /// Orders.
    #[must_use]
    pub const fn lifetimes(&self) -> &OrderLifetimes {
        &self.lifetimes
    }

    /// Orders, to change what answers are used for.
    pub const fn lifetimes_mut(&mut self) -> &mut OrderLifetimes {
        &mut self.lifetimes
    }
}
