//! A token bucket in whole numbers: messages per period, with time given by the caller.
//!
//! Credit is counted in message·nanoseconds / period, so that refilling is one multiplication and nothing is ever
//! rounded away: one message costs `period_ns` units and each nanosecond earns `messages` units.

use super::RiskError;
use crate::types::Timestamp;

/// At most `messages` per `period_ns` on average, and at most `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Messages earned per period.
    pub messages: u32,
    /// The period in nanoseconds.
    pub period_ns: u64,
    /// Messages that a full bucket holds.
    pub burst: u32,
}

impl RateLimit {
    /// `messages` per second, with a bucket of as many.
    #[must_use]
    pub const fn per_second(messages: u32) -> Self {
        Self { messages, period_ns: 1_000_000_000, burst: messages }
    }
}

/// A token bucket. It is full at the start.
///
/// ```
/// use market_maker::risk::{RateLimit, TokenBucket};
/// use market_maker::types::Timestamp;
/// let mut bucket = TokenBucket::new(RateLimit::per_second(2)).unwrap();
/// assert!(bucket.take(Timestamp(0)) && bucket.take(Timestamp(0)) && !bucket.take(Timestamp(0)));
/// assert!(!bucket.take(Timestamp(499_999_999)));
/// assert!(bucket.take(Timestamp(500_000_000)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBucket {
    limit: RateLimit,
    credit: u64,
    capacity: u64,
    last: Option<Timestamp>,
}

impl TokenBucket {
    /// A full bucket.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] when a field is zero or `burst × period_ns` exceeds 63 bits.
    pub fn new(limit: RateLimit) -> Result<Self, RiskError> {
        if limit.messages == 0 || limit.period_ns == 0 || limit.burst == 0 {
            return Err(RiskError::BadConfig("a rate limit needs messages, a period and a burst"));
        }
        let capacity = limit
            .period_ns
            .checked_mul(u64::from(limit.burst))
            .filter(|&c| c <= i64::MAX as u64)
            .ok_or(RiskError::BadConfig("burst × period exceeds 63 bits"))?;
        Ok(Self { limit, credit: capacity, capacity, last: None })
    }

    /// The limit.
    #[must_use]
    pub const fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Earns what the time since the last call is worth. Time that runs backwards earns nothing. Hot path.
    pub fn refill(&mut self, now: Timestamp) {
        if let Some(last) = self.last {
            let elapsed = now.0.saturating_sub(last.0);
            let earned = elapsed.saturating_mul(u64::from(self.limit.messages));
            self.credit = self.credit.saturating_add(earned).min(self.capacity);
            self.last = Some(Timestamp(last.0.max(now.0)));
        } else {
            self.last = Some(now);
        }
    }

    /// Takes one message's credit at `now`; `false` when there is not enough, and then none is taken. Hot path.
    #[must_use]
    pub fn take(&mut self, now: Timestamp) -> bool {
        self.refill(now);
        let enough = self.credit >= self.limit.period_ns;
        if enough {
            self.credit -= self.limit.period_ns;
        }
        enough
    }

    /// As [`take`](Self::take), leaving `reserve` messages untouched. Hot path.
    #[must_use]
    pub fn take_above(&mut self, now: Timestamp, reserve: u32) -> bool {
        let floor = self.needed_above(reserve);
        self.take_from(now, floor)
    }

    /// Credit with which one message leaves `reserve` untouched.
    pub(super) const fn needed_above(&self, reserve: u32) -> u64 {
        self.limit.period_ns.saturating_mul(reserve as u64 + 1)
    }

    /// Takes one message's credit where there is at least `floor`, which is at least one message's.
    #[inline]
    pub(super) fn take_from(&mut self, now: Timestamp, floor: u64) -> bool {
        self.refill(now);
        let enough = self.credit >= floor;
        if enough {
            self.credit -= self.limit.period_ns;
        }
        enough
    }

    /// Credit left, and that of a full bucket, in messages × the period's nanoseconds.
    #[must_use]
    pub const fn credit(&self) -> (u64, u64) {
        (self.credit, self.capacity)
    }

    /// Takes one message's credit or what is left of it, for a message that goes out in any case. Hot path.
    pub fn take_forced(&mut self, now: Timestamp) {
        self.refill(now);
        self.credit = self.credit.saturating_sub(self.limit.period_ns);
    }

    /// Whole messages in the bucket after the last call.
    #[must_use]
    pub const fn available(&self) -> u32 {
        (self.credit / self.limit.period_ns) as u32
    }
}
