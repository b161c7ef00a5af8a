//! Quote lifetime: how long a best price stands before it changes, by side. Hot path, O(1), single writer.

use super::{AnalyticsError, LogHistogram};
use crate::features::TopOfBook;
use crate::types::{Price, Side, Timestamp};

/// Lifetimes of the best bid's and the best ask's price. A change of quantity ends nothing.
///
/// ```
/// use market_maker::analytics::QuoteLifetimes;
/// use market_maker::features::TopOfBook;
/// use market_maker::types::{Price, Quantity, Side, Timestamp};
/// let mut quotes = QuoteLifetimes::new()?;
/// let top = |bid| TopOfBook::new(Some((Price(bid), Quantity(1))), None);
/// quotes.update(Timestamp(10), &top(100));
/// quotes.update(Timestamp(20), &top(101)); // when 100 began is not known
/// quotes.update(Timestamp(25), &top(100));
/// assert_eq!(quotes.lifetimes(Side::Buy).mean(), Some(5.0));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuoteLifetimes {
    lifetimes: [LogHistogram; 2],
    /// Per side the best price and, where it was seen to come, when.
    standing: [Option<(Price, Option<Timestamp>)>; 2],
}

impl QuoteLifetimes {
    /// Nothing seen.
    ///
    /// # Errors
    /// None in practice; those of [`LogHistogram::new`].
    pub fn new() -> Result<Self, AnalyticsError> {
        Ok(Self { lifetimes: [LogHistogram::new(4)?, LogHistogram::new(4)?], standing: [None; 2] })
    }

    /// The best prices after an event. Hot path: O(1).
    #[inline]
    pub fn update(&mut self, now: Timestamp, top: &TopOfBook) {
        for (side, price) in [(Side::Buy, top.bid), (Side::Sell, top.ask)] {
            let standing = &mut self.standing[side.index()];
            if standing.map(|(price, _)| price) == price {
                continue;
            }
            if let Some((_, Some(since))) = standing {
                self.lifetimes[side.index()].record(now.0.saturating_sub(since.0));
            }
            // A price that follows nothing may have stood before it was seen.
            let since = standing.map(|_| now);
            *standing = price.map(|price| (price, since));
        }
    }

    /// What stands now is not seen to end. Hot path.
    #[inline]
    pub fn interrupt(&mut self) {
        self.standing = [None; 2];
    }

    /// Completed lifetimes of a side's best price, nanoseconds.
    #[must_use]
    pub const fn lifetimes(&self, side: Side) -> &LogHistogram {
        &self.lifetimes[side as usize]
    }
}
