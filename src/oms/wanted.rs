//! What a strategy wants: a few quotes per side, in ticks and lots that need not be whole.
//!
//! This is where doubles end: [`WantedQuotes::rounded`] is the one place at which wanted prices become ticks, outward
//! from mid, and wanted quantities become lots, downward.

use super::{MAX_ORDER_QUANTITY, OmsError};
use crate::types::{Price, Quantity, Side};

/// Quotes per side that a decision can handle.
pub const MAX_LEVELS: usize = 4;

/// One wanted quote.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct WantedQuote {
    /// Price in ticks, fractions allowed.
    pub price: f64,
    /// Quantity in lots, fractions allowed; less than one lot is no quote.
    pub quantity: f64,
}

/// The quotes that a strategy wants to have in the market now; an empty side wants no order there.
///
/// ```
/// use market_maker::oms::{WantedQuote, WantedQuotes};
/// use market_maker::types::Side;
/// let wanted = WantedQuotes::one_level(Some(WantedQuote { price: 99.7, quantity: 5.0 }), None);
/// assert_eq!(wanted.side(Side::Buy).len(), 1);
/// assert!(wanted.side(Side::Sell).is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct WantedQuotes {
    levels: [[WantedQuote; MAX_LEVELS]; 2],
    len: [u32; 2],
}

/// Wanted quotes of one side in ticks and lots.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RoundedSide {
    pub levels: [Option<(Price, Quantity)>; MAX_LEVELS],
}

impl RoundedSide {
    /// The most aggressive wanted price.
    pub fn best(&self, side: Side) -> Option<Price> {
        let prices = self.levels.iter().flatten().map(|quote| quote.0);
        match side {
            Side::Buy => prices.max(),
            Side::Sell => prices.min(),
        }
    }
}

impl WantedQuotes {
    /// Nothing wanted: every working order is to be cancelled.
    pub const NONE: Self =
        Self { levels: [[WantedQuote { price: 0.0, quantity: 0.0 }; MAX_LEVELS]; 2], len: [0; 2] };

    /// At most one quote per side.
    #[must_use]
    pub fn one_level(bid: Option<WantedQuote>, ask: Option<WantedQuote>) -> Self {
        let mut wanted = Self::NONE;
        for (side, quote) in [(Side::Buy, bid), (Side::Sell, ask)] {
            if let Some(quote) = quote {
                wanted.levels[side.index()][0] = quote;
                wanted.len[side.index()] = 1;
            }
        }
        wanted
    }

    /// Adds a quote behind those of its side; best first. `false`, and nothing added, when the side has
    /// [`MAX_LEVELS`] already. Hot path.
    #[must_use]
    pub fn push(&mut self, side: Side, quote: WantedQuote) -> bool {
        let len = self.len[side.index()] as usize;
        if len == MAX_LEVELS {
            return false;
        }
        self.levels[side.index()][len] = quote;
        self.len[side.index()] += 1;
        true
    }

    /// The quotes of one side, best first.
    #[must_use]
    pub fn side(&self, side: Side) -> &[WantedQuote] {
        &self.levels[side.index()][..(self.len[side.index()] as usize).min(MAX_LEVELS)]
    }

    /// One side in whole ticks and lots: bids down, asks up, quantities down. A price within 10⁻⁶ of a whole tick is
    /// that tick, so that noise of the last bit does not move a quote by a tick. With `boundary`, the opposite best
    /// price, a price that would meet it is moved to one tick before it.
    pub(super) fn rounded(&self, side: Side, boundary: Option<Price>) -> Result<RoundedSide, OmsError> {
        let mut rounded = RoundedSide::default();
        for (level, quote) in self.side(side).iter().enumerate() {
            let mut price = round_price(side, quote.price)?;
            let quantity = round_quantity(quote.quantity)?;
            if let Some(best) = boundary {
                price = match side {
                    Side::Buy => Price(price.0.min(best.0.saturating_sub(1))),
                    Side::Sell => Price(price.0.max(best.0.saturating_add(1))),
                };
                if !price.in_range() {
                    return Err(OmsError::BadQuote);
                }
            }
            rounded.levels[level] = (quantity > Quantity::ZERO).then_some((price, quantity));
        }
        Ok(rounded)
    }
}

/// What is so near a whole number is that number.
const NEAR: f64 = 1e-6;

fn round_price(side: Side, price: f64) -> Result<Price, OmsError> {
    // 2^61 bounds Price::MIN..=MAX; NaN fails the comparison.
    if price.is_nan() || price.abs() >= 2_305_843_009_213_693_952.0 {
        return Err(OmsError::BadQuote);
    }
    let (floor, rest) = split(price);
    let up = match side {
        Side::Buy => rest >= 1.0 - NEAR,
        Side::Sell => rest > NEAR,
    };
    let price = Price(floor + i64::from(up));
    if price.in_range() { Ok(price) } else { Err(OmsError::BadQuote) }
}

fn round_quantity(quantity: f64) -> Result<Quantity, OmsError> {
    if quantity.is_nan() || quantity < 0.0 || quantity > MAX_ORDER_QUANTITY.0 as f64 {
        return Err(OmsError::BadQuote);
    }
    let (floor, rest) = split(quantity);
    let lots = floor as u64 + u64::from(rest >= 1.0 - NEAR);
    Ok(Quantity(lots.min(MAX_ORDER_QUANTITY.0)))
}

/// Whole part toward −∞ and the rest in 0..1, of a number below 2⁶² in magnitude; exact, and without a call.
fn split(value: f64) -> (i64, f64) {
    let whole = value as i64;
    let floor = whole - i64::from((whole as f64) > value);
    (floor, value - floor as f64)
}
