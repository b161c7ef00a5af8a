//! How the book comes back after a trade: resiliency of spread and depth, replenishment of the level that was hit.
//!
//! **Resiliency** (Foucault, Kadan and Kandel 2005; Large, *Journal of Financial Markets* 10, 2007): after a trade that moved the best
//! price of the side it hit, how long until the spread is no wider than before, and until as much as a stated share of the
//! depth at the old best is there again at that price or better. A recovery that has not come by the limit, or before the
//! next such trade on that side, is censored, not left out: leaving it out would make the book look quicker than it is.
//! **Replenishment**: after a trade that took visible lots, the share of them that is back, at the old price or better, when
//! the window has passed, 0..=1; a further trade on that side within the window makes it unknown.
//!
//! One episode a side is open at a time. O(1) per event but for the levels that are better than an old best, at most sixteen. Hot
//! path, single writer, fixed memory.

use super::{AnalyticsError, Ending, Moments, ParentTrade, Survival, positive};
use crate::book::Depth;
use crate::features::TopOfBook;
use crate::types::{Price, Side, Timestamp};

/// Levels better than the old best that are added up.
const MOST_LEVELS: usize = 16;

/// Parameters of [`Resiliency`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResiliencyConfig {
    /// When replenishment is looked at, nanoseconds after the trade.
    pub window_ns: u64,
    /// When a recovery is given up, nanoseconds.
    pub limit_ns: u64,
    /// Share of the depth that counts as recovered, above 0.
    pub depth_share: f64,
}

impl Default for ResiliencyConfig {
    /// A second; a minute; all of it.
    fn default() -> Self {
        Self { window_ns: 1_000_000_000, limit_ns: 60_000_000_000, depth_share: 1.0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Recovery {
    since: Timestamp,
    price: Price,
    /// Ticks and lots before the trade.
    spread: i64,
    depth: f64,
    is_spread_back: bool,
    is_depth_back: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Refill {
    since: Timestamp,
    price: Price,
    /// Lots shown at the price or better before and after the trade, and now.
    before: u64,
    after: u64,
    shown: u64,
}

/// What the book was right after a trade: its best prices, and the lots at the price that was hit or better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Aftermath {
    pub(super) top: TopOfBook,
    pub(super) shown: u64,
}

/// Lots of a side at a price or better, over its best sixteen levels.
pub(super) fn shown_at_or_better(book: &impl Depth, side: Side, price: Price) -> u64 {
    let reaches = |level: &crate::book::Level| !side.is_better(price, level.price);
    book.levels(side)
        .take(MOST_LEVELS)
        .take_while(reaches)
        .fold(0, |sum: u64, level| sum.saturating_add(level.quantity.0))
}

/// Recovery times and replenishment. Driven by [`MarketAnalytics`](super::MarketAnalytics), which knows what the book was
/// before and after each trade.
#[derive(Clone, Debug, PartialEq)]
pub struct Resiliency {
    config: ResiliencyConfig,
    recoveries: [Option<Recovery>; 2],
    refills: [Option<Refill>; 2],
    spread: Survival,
    depth: Survival,
    replenished: Moments,
    interrupted: u64,
}

impl Resiliency {
    /// Nothing seen.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::NotFinite`] by the field's name.
    pub fn new(config: &ResiliencyConfig) -> Result<Self, AnalyticsError> {
        for (value, parameter) in [(config.window_ns, "window_ns"), (config.limit_ns, "limit_ns")] {
            if value == 0 {
                return Err(AnalyticsError::NotPositive { parameter });
            }
        }
        positive(config.depth_share, "depth_share")?;
        Ok(Self {
            config: *config,
            recoveries: [None; 2],
            refills: [None; 2],
            spread: Survival::default(),
            depth: Survival::default(),
            replenished: Moments::default(),
            interrupted: 0,
        })
    }

    /// Time has come to `now`, and nothing that happens at it is known yet. Hot path: O(1).
    #[inline]
    pub(super) fn advance(&mut self, now: Timestamp) {
        for side in 0..2 {
            if let Some(refill) = self.refills[side]
                .take_if(|refill| refill.since.0.saturating_add(self.config.window_ns) < now.0)
            {
                let back = refill.shown.saturating_sub(refill.after) as f64;
                let taken = (refill.before - refill.after) as f64;
                self.replenished.push((back / taken).min(1.0));
            }
            if let Some(recovery) = self.recoveries[side]
                .take_if(|recovery| recovery.since.0.saturating_add(self.config.limit_ns) < now.0)
            {
                self.censor(&recovery, self.config.limit_ns);
            }
        }
    }

    fn censor(&mut self, recovery: &Recovery, duration: u64) {
        if !recovery.is_spread_back {
            self.spread.record(duration, Ending::Censored);
        }
        if !recovery.is_depth_back {
            self.depth.record(duration, Ending::Censored);
        }
    }

    /// A parent trade and what it left behind. Hot path: O(1).
    pub(super) fn on_trade(&mut self, trade: &ParentTrade, after: &Aftermath) {
        let (Some((bid, ask)), passive) = (trade.before.sound(), trade.aggressor.opposite()) else { return };
        let (price, depth, best) = match passive {
            Side::Buy => (bid, trade.before.bid_quantity.0, after.top.bid),
            Side::Sell => (ask, trade.before.ask_quantity.0, after.top.ask),
        };
        let side = passive.index();
        if after.shown < depth {
            let refill =
                Refill { since: trade.time, price, before: depth, after: after.shown, shown: after.shown };
            self.interrupted += u64::from(self.refills[side].replace(refill).is_some());
        }
        if best.is_none_or(|best| passive.is_better(price, best)) {
            let recovery = Recovery {
                since: trade.time,
                price,
                spread: ask.0 - bid.0,
                depth: depth as f64 * self.config.depth_share,
                is_spread_back: false,
                is_depth_back: false,
            };
            if let Some(old) = self.recoveries[side].replace(recovery) {
                self.censor(&old, trade.time.0.saturating_sub(old.since.0));
            }
        }
    }

    /// A consistent book. Hot path.
    #[inline]
    pub(super) fn on_book(&mut self, now: Timestamp, top: &TopOfBook, book: &impl Depth) {
        for side in Side::BOTH {
            let at = side.index();
            if let Some(refill) = &mut self.refills[at] {
                refill.shown = shown_at_or_better(book, side, refill.price);
            }
            let Some(recovery) = &mut self.recoveries[at] else { continue };
            let age = now.0.saturating_sub(recovery.since.0);
            if !recovery.is_spread_back
                && top.sound().is_some_and(|(bid, ask)| ask.0 - bid.0 <= recovery.spread)
            {
                recovery.is_spread_back = true;
                self.spread.record(age, Ending::Event);
            }
            if !recovery.is_depth_back
                && shown_at_or_better(book, side, recovery.price) as f64 >= recovery.depth
            {
                recovery.is_depth_back = true;
                self.depth.record(age, Ending::Event);
            }
            if recovery.is_spread_back && recovery.is_depth_back {
                self.recoveries[at] = None;
            }
        }
    }

    /// The feed breaks: what is open is not seen to end.
    pub(super) fn interrupt(&mut self, now: Timestamp) {
        for side in 0..2 {
            if let Some(recovery) = self.recoveries[side].take() {
                self.censor(&recovery, now.0.saturating_sub(recovery.since.0));
            }
            self.interrupted += u64::from(self.refills[side].take().is_some());
        }
    }

    /// Times from a trade that moved the best until the spread was no wider than before it.
    #[must_use]
    pub const fn spread_recovery(&self) -> &Survival {
        &self.spread
    }

    /// Times from a trade that moved the best until the depth was there again.
    #[must_use]
    pub const fn depth_recovery(&self) -> &Survival {
        &self.depth
    }

    /// Mean share of the taken lots that was back after the window, 0..=1.
    #[must_use]
    pub fn replenishment(&self) -> Option<f64> {
        self.replenished.mean()
    }

    /// Trades whose replenishment is in the mean.
    #[must_use]
    pub const fn replenishments(&self) -> u64 {
        self.replenished.count
    }

    /// Trades whose replenishment another trade, or a break of the feed, made unknown.
    #[must_use]
    pub const fn interrupted(&self) -> u64 {
        self.interrupted
    }
}
