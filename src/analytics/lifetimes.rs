//! Order lifetimes: how long orders live, how they end, and whether a new one is filled within a horizon.
//!
//! Each order is watched from its entry to its last lot. Its life ends by the **event** when an execution takes the last lot, by
//! the **competing** end when a cancellation does, and is censored when the feed breaks or the report is made first: so
//! [`Survival`] gives Kaplan–Meier and incidence of fills, by distance from the best at entry. Apart from that each order answers
//! one question: did it trade at all within the horizon? The answers teach a [`FillModel`] and score its forecasts, each made
//! at the order's entry from what was known then. O(1) amortised, hot path, nothing allocated after construction.

use super::orders::{OrderTable, Tracked};
use super::{AnalyticsError, Calibration, Ending, FillClass, FillModel, Survival, count};
use crate::types::{OrderId, Price, Quantity, Side, Timestamp};

/// Most orders watched at a time.
const MOST_ORDERS: u32 = 1 << 24;

/// Sizes and parameters of [`OrderLifetimes`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifetimeConfig {
    /// Most orders that are watched at a time; 1 to 2²⁴. Each costs about 200 bytes.
    pub max_orders: u32,
    /// Most orders that can enter within a horizon; 1 to 2²⁴. Beyond that an answer "no" comes only when the order ends. Each
    /// costs 16 bytes.
    pub max_waiting: u32,
    /// Within what time an order is to trade, nanoseconds.
    pub horizon_ns: u64,
    /// [`FillModel::new`]'s strength.
    pub strength: f64,
    /// Bins of the reliability curve.
    pub reliability_bins: u32,
}

impl Default for LifetimeConfig {
    /// 65,536 orders, ten seconds, coarser cells weigh as twenty orders, ten bins.
    fn default() -> Self {
        Self {
            max_orders: 1 << 16,
            max_waiting: 1 << 16,
            horizon_ns: 10_000_000_000,
            strength: 20.0,
            reliability_bins: 10,
        }
    }
}

/// What answers are used for. Forecasts are made for orders that enter while scoring is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillMode {
    /// Answers teach the model.
    Learn,
    /// The model stays as it is; forecasts are scored.
    Score,
    /// Both: each forecast comes before its own answer is learnt.
    LearnAndScore,
}

/// Watches orders.
///
/// ```
/// use market_maker::analytics::{Ending, FillMode, LifetimeConfig, OrderLifetimes};
/// use market_maker::types::{OrderId, Price, Quantity, Side, Timestamp};
/// let mut orders = OrderLifetimes::new(&LifetimeConfig::default(), FillMode::LearnAndScore)?;
/// orders.on_add(Timestamp(0), OrderId(1), Side::Buy, Price(100), Quantity(5), 0, Quantity(30));
/// orders.on_execute(Timestamp(700), OrderId(1), Quantity(5));
/// assert_eq!(orders.survival(1).unwrap().count(Ending::Event), 1); // distance bucket 1: joined the best
/// assert_eq!(orders.model().base_rate(), Some(1.0));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLifetimes {
    orders: OrderTable,
    survival: Box<[Survival]>,
    model: FillModel,
    calibration: Calibration,
    mode: FillMode,
    horizon: u64,
    /// Orders by entry whose horizon may still be open.
    waiting: Box<[(OrderId, Timestamp)]>,
    tail: u64,
    head: u64,
    now: Timestamp,
    unwatched: u64,
}

impl OrderLifetimes {
    /// Nothing seen.
    ///
    /// # Errors
    /// [`AnalyticsError`] for a field, by its name.
    pub fn new(config: &LifetimeConfig, mode: FillMode) -> Result<Self, AnalyticsError> {
        let orders = count(u64::from(config.max_orders), u64::from(MOST_ORDERS), "max_orders")?;
        let waiting = count(u64::from(config.max_waiting), u64::from(MOST_ORDERS), "max_waiting")?;
        if config.horizon_ns == 0 {
            return Err(AnalyticsError::NotPositive { parameter: "horizon_ns" });
        }
        Ok(Self {
            orders: OrderTable::new(orders),
            survival: vec![Survival::default(); FillClass::DISTANCES].into_boxed_slice(),
            model: FillModel::new(config.strength)?,
            calibration: Calibration::new(config.reliability_bins)?,
            mode,
            horizon: config.horizon_ns,
            waiting: vec![(OrderId(0), Timestamp(0)); waiting].into_boxed_slice(),
            tail: 0,
            head: 0,
            now: Timestamp(0),
            unwatched: 0,
        })
    }

    /// What answers are used for from now on. Orders that entered under scoring are scored when the answer comes under scoring.
    pub const fn set_mode(&mut self, mode: FillMode) {
        self.mode = mode;
    }

    /// Time has come to `now`: orders whose horizon ended before have not traded in it. Hot path: O(1) amortised.
    #[inline]
    pub fn advance(&mut self, now: Timestamp) {
        self.now = now.max(self.now);
        let len = self.waiting.len() as u64;
        while self.tail < self.head {
            let (id, born) = self.waiting[(self.tail % len) as usize];
            if born.0.saturating_add(self.horizon) >= self.now.0 {
                break;
            }
            self.tail += 1;
            let unanswered = self.orders.get_mut(id).filter(|order| order.born == born && !order.is_answered);
            if let Some(order) = unanswered {
                order.is_answered = true;
                let order = *order;
                self.answer(&order, false);
            }
        }
    }

    /// An order enters, `behind` ticks behind the best of its side before it (negative: it improves), with `ahead` lots
    /// in front of it at its price. `false` when there is no room to watch it. Hot path.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "the facts of one message")]
    pub fn on_add(
        &mut self,
        now: Timestamp,
        id: OrderId,
        side: Side,
        price: Price,
        quantity: Quantity,
        behind: i64,
        ahead: Quantity,
    ) -> bool {
        self.advance(now);
        // An id that comes again: the first life's end was not seen.
        self.end(id, Ending::Censored);
        let class = FillClass::new(behind, ahead, quantity);
        let forecast = match self.mode {
            FillMode::Learn => None,
            FillMode::Score | FillMode::LearnAndScore => self.model.probability(class),
        };
        let is_watched = self.orders.insert(Tracked {
            id,
            born: self.now,
            price,
            open: quantity,
            class,
            side,
            is_answered: false,
            forecast,
        });
        if !is_watched {
            self.unwatched += 1;
            return false;
        }
        let len = self.waiting.len() as u64;
        if self.head - self.tail < len {
            self.waiting[(self.head % len) as usize] = (id, self.now);
            self.head += 1;
        }
        true
    }

    /// An order trades. One that is not watched changes nothing. Hot path.
    #[inline]
    pub fn on_execute(&mut self, now: Timestamp, id: OrderId, quantity: Quantity) {
        self.advance(now);
        let Some(order) = self.orders.get_mut(id) else { return };
        order.open.0 = order.open.0.saturating_sub(quantity.0);
        let is_first = !std::mem::replace(&mut order.is_answered, true);
        let order = *order;
        if is_first {
            self.answer(&order, self.now.0 - order.born.0 <= self.horizon);
        }
        if order.open == Quantity::ZERO {
            self.end(id, Ending::Event);
        }
    }

    /// An order shrinks without trading. Hot path.
    #[inline]
    pub fn on_reduce(&mut self, now: Timestamp, id: OrderId, quantity: Quantity) {
        self.advance(now);
        let Some(order) = self.orders.get_mut(id) else { return };
        order.open.0 = order.open.0.saturating_sub(quantity.0);
        if order.open == Quantity::ZERO {
            self.end(id, Ending::Competing);
        }
    }

    /// An order is cancelled. Hot path.
    #[inline]
    pub fn on_cancel(&mut self, now: Timestamp, id: OrderId) {
        self.advance(now);
        self.end(id, Ending::Competing);
    }

    /// The feed breaks: what becomes of the orders alive is not seen. O(orders).
    pub fn censor(&mut self, now: Timestamp) {
        self.advance(now);
        for order in self.orders.iter() {
            self.survival[usize::from(order.class.distance)]
                .record(self.now.0 - order.born.0, Ending::Censored);
        }
        self.orders.clear();
        (self.tail, self.head) = (0, 0);
    }

    #[inline]
    fn end(&mut self, id: OrderId, ending: Ending) {
        let Some(order) = self.orders.remove(id) else { return };
        self.survival[usize::from(order.class.distance)].record(self.now.0 - order.born.0, ending);
        if !order.is_answered && ending == Ending::Competing {
            self.answer(&order, false);
        }
    }

    #[inline]
    fn answer(&mut self, order: &Tracked, traded: bool) {
        if let Some(forecast) = order.forecast
            && self.mode != FillMode::Learn
        {
            self.calibration.record(forecast, traded);
        }
        if self.mode != FillMode::Score {
            self.model.observe(order.class, traded);
        }
    }

    /// Side, price and open lots of a watched order. Hot path.
    #[inline]
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<(Side, Price, Quantity)> {
        self.orders.get(id).map(|order| (order.side, order.price, order.open))
    }

    /// Ended lives of the orders that entered at a distance, a bucket as [`FillClass::distance`]; times from entry to end,
    /// the event is a complete fill. Orders still alive are not in it: see [`OrderLifetimes::survival_into`].
    #[must_use]
    pub fn survival(&self, distance: usize) -> Option<&Survival> {
        self.survival.get(distance)
    }

    /// Fills `out` with the lives of all orders of one distance bucket, or of all, those alive now as censored.
    /// O(orders + bins), allocates nothing.
    pub fn survival_into(&self, now: Timestamp, distance: Option<usize>, out: &mut Survival) {
        out.copy_from(&self.survival[distance.unwrap_or(0).min(FillClass::DISTANCES - 1)]);
        if distance.is_none() {
            self.survival[1..].iter().for_each(|other| out.merge(other));
        }
        let now = now.max(self.now);
        let wanted =
            |order: &&Tracked| distance.is_none_or(|wanted| wanted == usize::from(order.class.distance));
        for order in self.orders.iter().filter(wanted) {
            out.record(now.0 - order.born.0, Ending::Censored);
        }
    }

    /// The model, as learnt so far.
    #[must_use]
    pub const fn model(&self) -> &FillModel {
        &self.model
    }

    /// How its forecasts did.
    #[must_use]
    pub const fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// Orders watched now.
    #[must_use]
    pub const fn alive(&self) -> usize {
        self.orders.len()
    }

    /// Orders that found no room.
    #[must_use]
    pub const fn unwatched(&self) -> u64 {
        self.unwatched
    }
}
