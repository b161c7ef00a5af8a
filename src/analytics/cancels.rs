//! Cancellation rates by distance from the best: per resting order and second, as order-flow models need them.
//!
//! Cont, Stoikov and Talreja (*Operations Research* 58(3), 2010) take the rate at a distance as cancellations there over time
//! and over the mean number of orders resting there, so that more orders do not look like more haste. The number resting is
//! sampled: at the first consistent book after each step of a time grid, for the time since the last sample. Distances are ticks
//! behind the best of the same side, in octaves. O(1) per event, O(levels within 511 ticks) per sample, hot path, fixed memory.

use super::{AnalyticsError, count};
use crate::book::Depth;
use crate::types::{Quantity, Side, Timestamp};

/// Buckets of distance: 0, 1, 2–3, 4–7, …, 256–511 ticks behind the best.
pub const CANCEL_BUCKETS: usize = 10;

#[inline]
const fn bucket(behind: i64) -> Option<usize> {
    let behind = if behind < 0 { 0 } else { behind as u64 };
    let bucket = (u64::BITS - behind.leading_zeros()) as usize;
    if bucket < CANCEL_BUCKETS { Some(bucket) } else { None }
}

/// What happened at one distance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CancelBucket {
    /// Orders that entered at it.
    pub adds: u64,
    /// Orders cancelled whole at it.
    pub cancels: u64,
    /// Lots cancelled at it, partial cancellations too.
    pub lots: u64,
    /// Orders × seconds that rested at it.
    pub order_seconds: f64,
}

impl CancelBucket {
    /// Cancellations per resting order and second; `None` before anything has rested.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.order_seconds > 0.0).then(|| self.cancels as f64 / self.order_seconds)
    }
}

/// Counts cancellations and what could have been cancelled.
///
/// ```
/// use market_maker::analytics::CancelRates;
/// use market_maker::book::{BookConfig, OrderBook};
/// use market_maker::types::{OrderId, Price, Quantity, Side, Timestamp};
/// let mut book = OrderBook::new(&BookConfig::default()).unwrap();
/// book.add(OrderId(1), Side::Buy, Price(99), Quantity(5)).unwrap();
/// book.add(OrderId(2), Side::Buy, Price(99), Quantity(5)).unwrap();
/// let mut cancels = CancelRates::new(1_000_000_000)?;
/// cancels.observe(Timestamp(0), &book);
/// cancels.observe(Timestamp(2_000_000_000), &book); // two orders for two seconds
/// cancels.on_cancel(0, Quantity(5), true);
/// assert_eq!(cancels.bucket(0).unwrap().rate(), Some(0.25));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CancelRates {
    step: u64,
    last: Option<Timestamp>,
    buckets: [CancelBucket; CANCEL_BUCKETS],
}

impl CancelRates {
    /// Sampling every `sample_ns` nanoseconds.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`] for `sample_ns`.
    pub fn new(sample_ns: u64) -> Result<Self, AnalyticsError> {
        count(sample_ns, u64::MAX, "sample_ns")?;
        Ok(Self { step: sample_ns, last: None, buckets: [CancelBucket::default(); CANCEL_BUCKETS] })
    }

    /// An order enters `behind` ticks behind the best of its side. Hot path.
    #[inline]
    pub fn on_add(&mut self, behind: i64) {
        if let Some(bucket) = bucket(behind) {
            self.buckets[bucket].adds += 1;
        }
    }

    /// Lots are cancelled there, the whole order or a part. Hot path.
    #[inline]
    pub fn on_cancel(&mut self, behind: i64, quantity: Quantity, is_whole: bool) {
        if let Some(bucket) = bucket(behind) {
            let bucket = &mut self.buckets[bucket];
            bucket.cancels += u64::from(is_whole);
            bucket.lots = bucket.lots.saturating_add(quantity.0);
        }
    }

    /// A consistent book; looked at when a step of the grid has passed. Hot path.
    #[inline]
    pub fn observe(&mut self, now: Timestamp, book: &impl Depth) {
        match self.last {
            Some(last) if now.0 / self.step <= last.0 / self.step => {}
            Some(last) => {
                self.sample((now.0 - last.0) as f64 * 1e-9, book);
                self.last = Some(now);
            }
            None => self.last = Some(now),
        }
    }

    #[inline(never)]
    fn sample(&mut self, seconds: f64, book: &impl Depth) {
        for side in Side::BOTH {
            let mut best = None;
            for level in book.levels(side) {
                let best = *best.get_or_insert(level.price.0);
                let Some(bucket) = bucket((level.price.0 - best).abs()) else { break };
                self.buckets[bucket].order_seconds += f64::from(level.orders) * seconds;
            }
        }
    }

    /// The time until the next observation counts for nothing. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// A bucket's counts; bucket 0 is at the best, bucket b from 2ᵇ⁻¹ to 2ᵇ − 1 ticks behind.
    #[must_use]
    pub fn bucket(&self, bucket: usize) -> Option<CancelBucket> {
        self.buckets.get(bucket).copied()
    }
}
