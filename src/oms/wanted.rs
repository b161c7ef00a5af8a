//! What a strategy wants: a few quotes per side, in ticks and lots that need not be whole.
//!
//! This is where doubles end: [`WantedQuotes::round`] is the one place at which wanted prices become ticks, outward
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
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundedSide {
    levels: [(Price, Quantity); MAX_LEVELS],
    /// Bit n: level n is wanted.
    pub wanted: u8,
    /// The most aggressive wanted price.
    pub best: Option<Price>,
}

impl RoundedSide {
    /// Nothing wanted. A constant: the default of a field after the other would be put together elsewhere and copied.
    pub const EMPTY: Self = Self { levels: [(Price(0), Quantity::ZERO); MAX_LEVELS], wanted: 0, best: None };

    /// The quote wanted at a level.
    #[inline]
    pub fn level(&self, level: usize) -> Option<(Price, Quantity)> {
        (self.wanted >> level & 1 != 0).then_some(self.levels[level])
    }

    /// Wants no more than so many lots at a level; none are no quote.
    pub fn limit(&mut self, level: usize, quantity: Quantity) {
        self.levels[level].1 = quantity;
        if quantity == Quantity::ZERO {
            self.wanted &= !(1 << level);
        }
    }
}

impl WantedQuotes {
    /// Nothing wanted: every working order is to be cancelled.
    pub const NONE: Self =
        Self { levels: [[WantedQuote { price: 0.0, quantity: 0.0 }; MAX_LEVELS]; 2], len: [0; 2] };

    /// At most one quote per side.
    #[inline]
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
    #[inline]
    #[must_use]
    pub fn side(&self, side: Side) -> &[WantedQuote] {
        &self.levels[side.index()][..(self.len[side.index()] as usize).min(MAX_LEVELS)]
    }

    /// One side in whole ticks and lots: bids down, asks up, quantities down. A price within 10⁻⁶ of a whole tick is
    /// that tick, so that noise of the last bit does not move a quote by a tick. With `boundary`, the opposite best
    /// price, a price that would meet it is moved to one tick before it. `rounded` is empty before.
    #[inline]
    pub(super) fn round(
        &self,
        side: Side,
        boundary: Option<Price>,
        rounded: &mut RoundedSide,
    ) -> Result<(), OmsError> {
        for (level, quote) in self.side(side).iter().enumerate() {
            let mut price = round_price(side, quote.price)?;
            let quantity = round_quantity(quote.quantity)?;
            if let Some(boundary) = boundary {
                price = match side {
                    Side::Buy => Price(price.0.min(boundary.0.saturating_sub(1))),
                    Side::Sell => Price(price.0.max(boundary.0.saturating_add(1))),
                };
                if !price.in_range() {
                    return Err(OmsError::BadQuote);
                }
            }
            if quantity == Quantity::ZERO {
                continue;
            }
            rounded.levels[level] = (price, quantity);
            rounded.wanted |= 1 << level;
            if rounded.best.is_none_or(|best| side.is_better(price, best)) {
                rounded.best = Some(price);
            }
        }
        Ok(())
    }
}

/// How far from a whole number noise may be.
const NOISE: f64 = 1e-6;

/// The largest whole number that is not above `value`, |value| < 2^63. A cast and a correction: exact, the same on every
/// machine, and no call where the processor has no instruction for it.
#[inline]
fn floor(value: f64) -> i64 {
    let truncated = value as i64;
    truncated - i64::from(truncated as f64 > value)
}

#[inline]
fn round_price(side: Side, price: f64) -> Result<Price, OmsError> {
    // Doubles below 2^61 round into Price::MIN..=MAX.
    if price.is_nan() || price.abs() >= 2_305_843_009_213_693_952.0 {
        return Err(OmsError::BadQuote);
    }
    Ok(Price(match side {
        Side::Buy => floor(price + NOISE),
        Side::Sell => -floor(NOISE - price),
    }))
}

#[inline]
fn round_quantity(quantity: f64) -> Result<Quantity, OmsError> {
    if !(0.0..=MAX_ORDER_QUANTITY.0 as f64).contains(&quantity) {
        return Err(OmsError::BadQuote);
    }
    Ok(Quantity(floor(quantity + NOISE) as u64))
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// What the rounding is to be, by the mathematical functions.
    fn oracle(side: Side, price: f64) -> i64 {
        if side == Side::Buy { (price + NOISE).floor() as i64 } else { (price - NOISE).ceil() as i64 }
    }

    #[track_caller]
    fn check(price: f64) {
        for side in Side::BOTH {
            let expected = Price(oracle(side, price));
            assert_eq!(round_price(side, price), Ok(expected), "{side:?} {price:e}");
            assert!(expected.in_range());
        }
        let quantity = round_quantity(price.abs());
        if price.abs() <= MAX_ORDER_QUANTITY.0 as f64 {
            assert_eq!(quantity, Ok(Quantity(oracle(Side::Buy, price.abs()) as u64)), "{price:e}");
        } else {
            assert_eq!(quantity, Err(OmsError::BadQuote), "{price:e}");
        }
    }

    #[test]
    fn rounding_is_that_of_the_mathematical_functions_at_every_magnitude() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for round in 0..400_000 {
            let bits = random.next_u64();
            // Exponents 2^-70 ..= 2^60, every sign and fraction.
            let exponent = 1023 - 70 + round % 131;
            let value = f64::from_bits(bits & 1 << 63 | exponent << 52 | bits & ((1 << 52) - 1));
            check(value);
            // Around whole numbers, halves, and the borders of the noise.
            let whole = (bits as i64 >> (3 + round % 60)) as f64;
            for offset in [0.0, 0.5, NOISE, -NOISE, 1.5 * NOISE, -1.5 * NOISE, 0.5 * NOISE] {
                check(whole + offset);
                check((whole + offset).next_up());
                check((whole + offset).next_down());
            }
        }
        for exact in [0.0, -0.0, f64::MIN_POSITIVE, -f64::MIN_POSITIVE, 2_305_843_009_213_693_696.0] {
            check(exact);
        }
    }

    #[test]
    fn noise_around_a_whole_tick_is_that_tick_and_a_fraction_goes_outward() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
        for _ in 0..200_000 {
            let ticks = random.next_u64() as i64 >> 34;
            let fraction = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            let noise = 0.99 * NOISE * (2.0 * fraction - 1.0);
            let inside = 1.01 * NOISE + (1.0 - 2.02 * NOISE) * fraction;
            for (side, outward) in [(Side::Buy, ticks), (Side::Sell, ticks + 1)] {
                assert_eq!(round_price(side, ticks as f64 + noise), Ok(Price(ticks)));
                assert_eq!(round_price(side, ticks as f64 + inside), Ok(Price(outward)));
            }
            let lots = ticks.unsigned_abs() + 1;
            assert_eq!(round_quantity(lots as f64 + noise), Ok(Quantity(lots)));
            assert_eq!(round_quantity(lots as f64 + inside), Ok(Quantity(lots)));
        }
    }

    #[test]
    fn what_is_no_price_is_refused() {
        let limit = 2_305_843_009_213_693_952.0;
        for price in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, limit, -limit] {
            assert_eq!(round_price(Side::Buy, price), Err(OmsError::BadQuote));
        }
        for quantity in [f64::NAN, f64::INFINITY, -f64::MIN_POSITIVE, -1.0] {
            assert_eq!(round_quantity(quantity), Err(OmsError::BadQuote));
        }
    }
}
