//! Parent trades: the prints that one aggressive order makes, put together again.
//!
//! A feed reports an execution per resting order. Prints of one side at one timestamp are one parent trade, whatever else
//! happens at that time; it is complete when time moves on or the side changes. Exact integers, O(1), hot path.

use crate::features::TopOfBook;
use crate::types::{Price, Quantity, Side, Timestamp};

/// What one aggressive order did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParentTrade {
    /// When.
    pub time: Timestamp,
    /// Side of the aggressor.
    pub aggressor: Side,
    /// Lots in all.
    pub quantity: Quantity,
    /// Σ price × quantity, ticks × lots.
    pub notional: i128,
    /// Prints.
    pub prints: u32,
    /// The best prices before the first print.
    pub before: TopOfBook,
}

impl ParentTrade {
    /// Mean price, ticks.
    #[must_use]
    pub fn price(&self) -> f64 {
        self.notional as f64 / self.quantity.0 as f64
    }

    /// Twice the mid before the trade, half ticks: `None` when the book was not a sound one.
    #[must_use]
    pub fn mid2(&self) -> Option<i64> {
        self.before.sound().map(|(bid, ask)| bid.0 + ask.0)
    }
}

/// Puts prints together.
///
/// ```
/// use market_maker::analytics::TradeAggregator;
/// use market_maker::features::TopOfBook;
/// use market_maker::types::{Price, Quantity, Side, Timestamp};
/// let (mut trades, top) = (TradeAggregator::default(), TopOfBook::default());
/// assert!(trades.on_print(Timestamp(5), Side::Buy, Price(100), Quantity(3), &top).is_none());
/// assert!(trades.on_print(Timestamp(5), Side::Buy, Price(104), Quantity(1), &top).is_none());
/// let parent = trades.finish_before(Timestamp(6)).unwrap();
/// assert_eq!((parent.quantity, parent.price(), parent.prints), (Quantity(4), 101.0, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeAggregator {
    open: Option<ParentTrade>,
}

impl TradeAggregator {
    /// A print; returns the parent that it shows to be complete, if any. `before` is the best prices before the event.
    /// A print of nothing changes nothing. Hot path.
    #[inline]
    pub fn on_print(
        &mut self,
        now: Timestamp,
        aggressor: Side,
        price: Price,
        quantity: Quantity,
        before: &TopOfBook,
    ) -> Option<ParentTrade> {
        if quantity == Quantity::ZERO {
            return None;
        }
        let notional = i128::from(price.0) * i128::from(quantity.0);
        if let Some(open) = &mut self.open
            && open.time == now
            && open.aggressor == aggressor
        {
            open.quantity.0 = open.quantity.0.saturating_add(quantity.0);
            open.notional += notional;
            open.prints += 1;
            return None;
        }
        self.open.replace(ParentTrade {
            time: now,
            aggressor,
            quantity,
            notional,
            prints: 1,
            before: *before,
        })
    }

    /// The parent that is complete because it is `now`. Hot path.
    #[inline]
    pub fn finish_before(&mut self, now: Timestamp) -> Option<ParentTrade> {
        self.open.take_if(|open| open.time < now)
    }

    /// The parent that may still grow.
    #[inline]
    #[must_use]
    pub const fn open(&self) -> Option<&ParentTrade> {
        self.open.as_ref()
    }

    /// The open parent, as it is: the feed has ended.
    pub fn finish(&mut self) -> Option<ParentTrade> {
        self.open.take()
    }
}
