//! Order-flow imbalance at the best prices (Cont, Kukanov and Stoikov 2014, F10) and signed trade flow, both decayed in
//! time. O(1), hot path, single writer.

use super::{Decay, FeatureError, TopOfBook};
use crate::types::{Price, Quantity, Side, Timestamp};

/// Decayed sum of what each event adds to the bid and takes from the ask, in lots.
///
/// An event that moves the best from (Pᵇ, qᵇ, Pᵃ, qᵃ) to (P'ᵇ, q'ᵇ, P'ᵃ, q'ᵃ) contributes
/// 1{P'ᵇ ≥ Pᵇ}q'ᵇ − 1{P'ᵇ ≤ Pᵇ}qᵇ − 1{P'ᵃ ≤ Pᵃ}q'ᵃ + 1{P'ᵃ ≥ Pᵃ}qᵃ.
///
/// ```
/// use market_maker::features::{OrderFlowImbalance, TopOfBook};
/// use market_maker::types::{Price, Quantity, Timestamp};
/// let top = |bid, size| TopOfBook::new(Some((Price(bid), Quantity(size))), Some((Price(110), Quantity(5))));
/// let mut flow = OrderFlowImbalance::new(10.0)?;
/// assert_eq!(flow.update(Timestamp(0), &top(100, 7)), None); // nothing to compare with
/// assert_eq!(flow.update(Timestamp(0), &top(100, 9)), Some(2.0)); // two lots joined the bid
/// assert_eq!(flow.update(Timestamp(0), &top(101, 3)), Some(3.0)); // a better bid of three
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderFlowImbalance {
    decay: Decay,
    sum: f64,
    time: Timestamp,
    last: Option<Best>,
}

/// A two-sided top.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Best {
    bid: (Price, Quantity),
    ask: (Price, Quantity),
}

impl OrderFlowImbalance {
    /// With this half-life in seconds.
    ///
    /// # Errors
    /// Those of [`Decay::new`].
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        Ok(Self::from_decay(Decay::new(half_life)?))
    }

    pub(super) const fn from_decay(decay: Decay) -> Self {
        Self { decay, sum: 0.0, time: Timestamp(0), last: None }
    }

    /// The best prices after an event; returns the event's own contribution in lots, `None` for the first top and for
    /// one that lacks a side (which interrupts). Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, top: &TopOfBook) -> Option<f64> {
        let (Some(bid), Some(ask)) = (top.bid, top.ask) else {
            self.last = None;
            return None;
        };
        self.advance(now);
        let best = Best { bid: (bid, top.bid_quantity), ask: (ask, top.ask_quantity) };
        let last = self.last.replace(best)?;
        let lots = |quantity: Quantity, counts: bool| if counts { i128::from(quantity.0) } else { 0 };
        let contribution = lots(best.bid.1, best.bid.0 >= last.bid.0)
            - lots(last.bid.1, best.bid.0 <= last.bid.0)
            - lots(best.ask.1, best.ask.0 <= last.ask.0)
            + lots(last.ask.1, best.ask.0 >= last.ask.0);
        // The same number either way; only the narrow conversion is an instruction.
        let contribution = match i64::try_from(contribution) {
            Ok(narrow) => narrow as f64,
            Err(_) => wide(contribution),
        };
        self.sum += contribution;
        Some(contribution)
    }

    #[inline]
    fn advance(&mut self, now: Timestamp) {
        let time = now.max(self.time);
        self.sum -= self.decay.forgotten(time.0 - self.time.0) * self.sum;
        self.time = time;
    }

    /// Breaks the chain: the next top is compared with nothing. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// The decayed sum as of the last update, lots.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.sum
    }
}

/// Kept apart: converting 128 bits is a call, and the compiler would make it in either case.
#[cold]
#[inline(never)]
fn wide(lots: i128) -> f64 {
    lots as f64
}

/// Signed rate of trading in lots per second: buying is positive.
///
/// ```
/// use market_maker::features::TradeFlow;
/// use market_maker::types::{Quantity, Side, Timestamp};
/// let mut flow = TradeFlow::new(5.0)?;
/// for second in 0..600u64 {
///     flow.update(Timestamp(second * 1_000_000_000), Side::Sell, Quantity(3)); // three lots a second
/// }
/// assert!((flow.value() + 3.0).abs() < 0.3);
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TradeFlow {
    decay: Decay,
    sum: f64,
    time: Timestamp,
}

impl TradeFlow {
    /// With this half-life in seconds.
    ///
    /// # Errors
    /// Those of [`Decay::new`].
    pub fn new(half_life: f64) -> Result<Self, FeatureError> {
        Ok(Self::from_decay(Decay::new(half_life)?))
    }

    pub(super) const fn from_decay(decay: Decay) -> Self {
        Self { decay, sum: 0.0, time: Timestamp(0) }
    }

    /// A trade of `quantity` lots by an aggressor of this side. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, aggressor: Side, quantity: Quantity) {
        self.sum = self.sum_at(now) + aggressor.sign() as f64 * quantity.0 as f64;
        self.time = now.max(self.time);
    }

    /// The rate as of the last trade, lots per second.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.sum / self.decay.memory()
    }

    /// The rate as of `now`, lots per second: without trades it fades. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn value_at(&self, now: Timestamp) -> f64 {
        self.sum_at(now) / self.decay.memory()
    }

    fn sum_at(&self, now: Timestamp) -> f64 {
        self.sum * (1.0 - self.decay.forgotten(now.0.saturating_sub(self.time.0)))
    }
}
