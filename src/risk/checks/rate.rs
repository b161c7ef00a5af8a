//! Checks of how much is sent.

use super::{Check, Facts, Finding, Limit};
use crate::risk::{ReasonSet, RiskConfig, RiskReason, TokenBucket};
use crate::types::Timestamp;

/// Orders for the fills that they brought.
#[derive(Debug)]
pub(in crate::risk) struct OrderToTrade {
    limit: Limit,
    orders_per_fill: u64,
    grace: u64,
    share_bps: u32,
    /// Of the day.
    pub(in crate::risk) orders: u64,
    pub(in crate::risk) fills: u64,
    is_on: bool,
}

impl Check for OrderToTrade {
    const REASON: RiskReason = RiskReason::OrderToTrade;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let mut check = Self {
            limit: Limit::OFF,
            orders_per_fill: config.order_to_trade.map_or(0, |limit| limit.orders_per_fill.into()),
            grace: config.order_to_trade.map_or(0, |limit| limit.grace),
            share_bps: config.warn_share_bps,
            orders: 0,
            fills: 0,
            is_on: config.order_to_trade.is_some() && on.contains(Self::REASON),
        };
        check.set_limit();
        check
    }

    #[inline]
    fn look(&self, _: &Facts<'_>) -> Option<Finding> {
        // Orders of a day are far from the end of 63 bits.
        self.limit.look_at(self.orders as i64 + 1)
    }
}

impl OrderToTrade {
    /// Orders that the fills so far allow.
    fn set_limit(&mut self) {
        let allowed = self.orders_per_fill.saturating_mul(self.fills.max(1)).max(self.grace);
        let allowed = allowed.min(i64::MAX as u64 - 1) as i64;
        self.limit = Limit::new(self.is_on.then_some(allowed), self.share_bps);
    }

    /// So many orders and fills today.
    pub(in crate::risk) fn set(&mut self, orders: u64, fills: u64) {
        self.orders = orders;
        self.fills = fills;
        self.set_limit();
    }
}

/// Messages per time, with a reserve that only cancels may use.
#[derive(Debug)]
pub(in crate::risk) struct MessageRate {
    bucket: Option<TokenBucket>,
    /// Credit that an order must find.
    floor: u64,
    /// Credit below which a warning is given.
    low: u64,
    is_on: bool,
}

impl MessageRate {
    pub(in crate::risk) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        // The configuration has been validated.
        let bucket = config.message_rate.and_then(|rate| TokenBucket::new(rate).ok());
        let full = u128::from(bucket.map_or(0, |bucket| bucket.credit().1));
        Self {
            bucket,
            floor: bucket.map_or(0, |bucket| bucket.needed_above(config.cancel_reserve)),
            low: (full * u128::from(10_000 - config.warn_share_bps) / 10_000) as u64,
            is_on: on.contains(RiskReason::MessageRate),
        }
    }

    /// Takes one message of an order, or says why not. The last check: what it takes is used.
    #[inline]
    pub(in crate::risk) fn take(&mut self, now: Timestamp) -> Option<Finding> {
        let bucket = self.bucket.as_mut()?;
        let passes = bucket.take_from(now, self.floor);
        if !self.is_on || passes && bucket.credit().0 >= self.low {
            return None;
        }
        Some(Self::finding(bucket, passes))
    }

    #[cold]
    fn finding(bucket: &TokenBucket, passes: bool) -> Finding {
        let limit = bucket.limit();
        let observed = i64::from(bucket.available()) + 1;
        Finding { observed, limit: limit.messages.into(), is_breach: !passes }
    }

    /// A cancel goes out.
    #[inline]
    pub(in crate::risk) fn cancel(&mut self, now: Timestamp) {
        if let Some(bucket) = &mut self.bucket {
            bucket.take_forced(now);
        }
    }

    /// Whole messages that are left.
    pub(in crate::risk) fn available(&self) -> Option<u32> {
        self.bucket.as_ref().map(TokenBucket::available)
    }

    /// Goes on with an older bucket of the same rate.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        if self.bucket.map(|bucket| bucket.limit()) == old.bucket.map(|bucket| bucket.limit()) {
            self.bucket = old.bucket;
        }
    }
}
