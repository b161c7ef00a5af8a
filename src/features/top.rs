//! The best prices with their quantities, and what is computed from them alone (F10): mid, spread, size-weighted mid,
//! imbalance. Exact in integers up to the last division.

use crate::types::{Price, Quantity};

/// The best bid and ask with the quantity shown at each; either may be missing.
///
/// ```
/// use market_maker::features::TopOfBook;
/// use market_maker::types::{Price, Quantity};
/// let top = TopOfBook::new(Some((Price(100), Quantity(30))), Some((Price(102), Quantity(10))));
/// assert_eq!((top.mid(), top.spread()), (Some(101.0), Some(2)));
/// assert_eq!(top.weighted_mid(), Some(101.5)); // the heavier bid pushes up
/// assert_eq!(top.imbalance(), Some(0.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopOfBook {
    /// Best bid.
    pub bid: Option<Price>,
    /// Lots at the best bid; 0 without one.
    pub bid_quantity: Quantity,
    /// Best ask.
    pub ask: Option<Price>,
    /// Lots at the best ask; 0 without one.
    pub ask_quantity: Quantity,
}

impl TopOfBook {
    /// Price and quantity of each side that has one.
    #[must_use]
    pub fn new(bid: Option<(Price, Quantity)>, ask: Option<(Price, Quantity)>) -> Self {
        Self {
            bid: bid.map(|(price, _)| price),
            bid_quantity: bid.map_or(Quantity::ZERO, |(_, quantity)| quantity),
            ask: ask.map(|(price, _)| price),
            ask_quantity: ask.map_or(Quantity::ZERO, |(_, quantity)| quantity),
        }
    }

    /// Best bid and ask when both exist and the bid is below the ask: the only state that has a reference price.
    #[inline]
    #[must_use]
    pub fn sound(&self) -> Option<(Price, Price)> {
        match (self.bid, self.ask) {
            (Some(bid), Some(ask)) if bid < ask => Some((bid, ask)),
            _ => None,
        }
    }

    /// Twice the mid in ticks, exact; `None` when a side is missing.
    #[inline]
    #[must_use]
    pub fn mid2(&self) -> Option<i64> {
        // A book's prices are below 2^61 and cannot saturate.
        Some(self.bid?.0.saturating_add(self.ask?.0))
    }

    /// Mid in ticks.
    #[inline]
    #[must_use]
    pub fn mid(&self) -> Option<f64> {
        self.mid2().map(|mid2| mid2 as f64 * 0.5)
    }

    /// Ask minus bid in ticks; zero or negative when locked or crossed.
    #[inline]
    #[must_use]
    pub fn spread(&self) -> Option<i64> {
        Some(self.ask?.0.saturating_sub(self.bid?.0))
    }

    /// Size-weighted mid, ticks: (bid·ask quantity + ask·bid quantity)/(both). `None` without both sides or without any
    /// quantity.
    #[inline]
    #[must_use]
    pub fn weighted_mid(&self) -> Option<f64> {
        Some(self.mid()? + 0.5 * self.imbalance()? * self.spread()? as f64)
    }

    /// (bid quantity − ask quantity)/(bid quantity + ask quantity), −1..=1; `None` without any quantity.
    #[inline]
    #[must_use]
    pub fn imbalance(&self) -> Option<f64> {
        ratio(u128::from(self.bid_quantity.0), u128::from(self.ask_quantity.0))
    }
}

/// Imbalance over the first `levels` levels of each side, best first, −1..=1; `None` without any quantity.
///
/// Hot path: O(levels).
///
/// ```
/// use market_maker::features::depth_imbalance;
/// use market_maker::types::Quantity;
/// let bids = [Quantity(1), Quantity(5), Quantity(100)];
/// let asks = [Quantity(2)];
/// assert_eq!(depth_imbalance(bids, asks, 2), Some(0.5));
/// ```
#[inline]
#[must_use]
pub fn depth_imbalance(
    bids: impl IntoIterator<Item = Quantity>,
    asks: impl IntoIterator<Item = Quantity>,
    levels: usize,
) -> Option<f64> {
    // 128 bits: no number of 64-bit quantities that a book can hold overflows.
    let total = |sum: u128, quantity: Quantity| sum + u128::from(quantity.0);
    ratio(bids.into_iter().take(levels).fold(0, total), asks.into_iter().take(levels).fold(0, total))
}

#[inline]
fn ratio(bid: u128, ask: u128) -> Option<f64> {
    let both = bid.saturating_add(ask);
    if both == 0 {
        return None;
    }
    let difference = if bid >= ask { (bid - ask) as f64 } else { -((ask - bid) as f64) };
    Some(difference / both as f64)
}
