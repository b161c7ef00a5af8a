//! One instrument's position: signed quantity, cash and average cost in integers (FORMULAS F11).
//!
//! State is what has been paid (`cash`) and what the open lots cost (`basis`, signed like the quantity), in ticks ×
//! lots. A fill that opens moves its notional into the basis; a fill that reduces takes the basis' share of the
//! closed lots out again, rounded to the nearest unit, and the remainder stays with the open lots. Hence
//! realised = cash + basis and unrealised = quantity · mark − basis, and their sum is cash + quantity · mark to the
//! last unit whatever was rounded. Everything is O(1) and hot path.

use super::PositionError;
use crate::types::{FeeSchedule, Money, Price, Quantity, Side, SignedQuantity};

/// Bound of the wide sums: with it, sums of three of them and any quantity × price stay inside 128 bits.
const WIDE_LIMIT: i128 = 1 << 125;
/// Millionths in one unit of money.
const MICRO: i128 = 1_000_000;
/// Bound of the fees in millionths: rounded, they fit [`Money`].
const FEE_LIMIT: i128 = i64::MAX as i128 * MICRO;

/// What one fill did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillOutcome {
    /// Profit realised by the fill, before fees. Zero unless it reduced the position.
    pub realised: Money,
    /// The fill's fee in millionths of a [`Money`] unit; negative is a rebate.
    pub fee_micro: i128,
    /// Lots that closed open lots of the other sign.
    pub closed: Quantity,
    /// Lots that opened or added; both are non-zero on a flip.
    pub opened: Quantity,
    /// The position after the fill.
    pub position: SignedQuantity,
}

/// A position in one instrument. Plain `repr(C)` integers, so that it can be stored as it is.
///
/// ```
/// use market_maker::position::Position;
/// use market_maker::types::{FeeSchedule, Money, Price, Quantity, Side, SignedQuantity};
/// let mut position = Position::FLAT;
/// position.fill(Side::Buy, Price(100), Quantity(10), true, &FeeSchedule::FREE).unwrap();
/// // Sell 15: ten close at a profit of 5 ticks each, five open a short at 105.
/// let outcome = position.fill(Side::Sell, Price(105), Quantity(15), false, &FeeSchedule::FREE).unwrap();
/// assert_eq!((outcome.closed, outcome.opened), (Quantity(10), Quantity(5)));
/// assert_eq!(position.quantity(), SignedQuantity(-5));
/// assert_eq!(position.realised(), Money(50));
/// assert_eq!(position.unrealised(Price(103)).unwrap(), Money(10));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Position {
    cash: i128,
    basis: i128,
    fees_micro: i128,
    quantity: i64,
    bought: u64,
    sold: u64,
    fills: u64,
}

/// What a position comes to at a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Valuation {
    /// As [`Position::realised`].
    pub realised: Money,
    /// As [`Position::unrealised`].
    pub unrealised: Money,
    /// As [`Position::fees`].
    pub fees: Money,
    /// As [`Position::equity`].
    pub equity: Money,
}

impl Position {
    /// How many words the state takes.
    pub const WORDS: usize = 10;

    /// Nothing held, nothing traded.
    pub const FLAT: Self =
        Self { cash: 0, basis: 0, fees_micro: 0, quantity: 0, bought: 0, sold: 0, fills: 0 };

    /// Books a fill. Hot path, O(1).
    ///
    /// # Errors
    /// [`PositionError::ZeroQuantity`], [`PositionError::QuantityOutOfRange`], [`PositionError::PriceOutOfRange`], and
    /// [`PositionError::Overflow`] when the position, the realised profit or the fees would leave 64 bits or the
    /// cash 125. Nothing has changed then.
    pub fn fill(
        &mut self,
        side: Side,
        price: Price,
        quantity: Quantity,
        is_maker: bool,
        fees: &FeeSchedule,
    ) -> Result<FillOutcome, PositionError> {
        if let Some(change) = self.narrow(side, price, quantity, is_maker, fees) {
            self.take(side, &change);
            return Ok(change.outcome());
        }
        let (next, outcome) = self.after(side, price, quantity, is_maker, fees)?;
        *self = next;
        Ok(outcome)
    }

    /// What a fill does, as long as it can be booked and every number on the way fits 64 bits, as those of ordinary positions
    /// do: a third of the instructions of [`after`](Self::after), which says what it means when this is `None`.
    #[inline(always)]
    pub(super) fn narrow(
        &self,
        side: Side,
        price: Price,
        quantity: Quantity,
        is_maker: bool,
        fees: &FeeSchedule,
    ) -> Option<NarrowFill> {
        if quantity == Quantity::ZERO || quantity > Quantity::MAX || !price.in_range() {
            return None;
        }
        let (cash, basis, fees_micro) = (narrow(self.cash)?, narrow(self.basis)?, narrow(self.fees_micro)?);
        let (lots, sign, held) = (quantity.0 as i64, side.sign(), self.quantity);
        let closed = closed(held, sign, quantity.0);
        let opened = quantity.0 - closed;
        let paid = sign * price.0;
        let next_cash = cash.checked_sub(paid.checked_mul(lots)?)?;
        let released = match closed {
            0 => 0,
            all if all == held.unsigned_abs() => basis,
            part => share(basis, part, held.unsigned_abs())?,
        };
        // No larger than the whole notional, which fits.
        let next_basis = basis.checked_sub(released)?.checked_add(paid * opened as i64)?;
        let after = held.checked_add(sign * lots).filter(|&q| q != i64::MIN)?;
        let realised_in_all = next_cash.checked_add(next_basis)?;
        let fee_micro = fees.fee_micro_narrow(price, quantity, is_maker)?;
        Some(NarrowFill {
            cash: next_cash,
            basis: next_basis,
            fees_micro: fees_micro.checked_add(fee_micro)?,
            quantity: after,
            realised_in_all,
            realised: realised_in_all.checked_sub(cash.checked_add(basis)?)?,
            fee_micro,
            closed,
            opened,
        })
    }

    /// Becomes what a fill of this side makes of it.
    #[inline(always)]
    pub(super) fn take(&mut self, side: Side, change: &NarrowFill) {
        self.cash = change.cash.into();
        self.basis = change.basis.into();
        self.fees_micro = change.fees_micro.into();
        self.quantity = change.quantity;
        let lots = change.closed + change.opened;
        let traded = match side {
            Side::Buy => &mut self.bought,
            Side::Sell => &mut self.sold,
        };
        *traded = traded.saturating_add(lots);
        self.fills = self.fills.saturating_add(1);
    }

    /// The position after a fill, for all numbers.
    ///
    /// # Errors
    /// As for [`fill`](Self::fill).
    #[cold]
    #[inline(never)]
    pub(super) fn after(
        &self,
        side: Side,
        price: Price,
        quantity: Quantity,
        is_maker: bool,
        fees: &FeeSchedule,
    ) -> Result<(Self, FillOutcome), PositionError> {
        if quantity == Quantity::ZERO {
            return Err(PositionError::ZeroQuantity);
        }
        if quantity > Quantity::MAX {
            return Err(PositionError::QuantityOutOfRange);
        }
        if !price.in_range() {
            return Err(PositionError::PriceOutOfRange);
        }
        let (lots, sign, held) = (quantity.0 as i64, side.sign(), self.quantity);
        let closed = closed(held, sign, quantity.0);
        let opened = quantity.0 - closed;

        let released = self.released(closed);
        // |price| < 2^61 and lots < 2^63: products fit 124 bits.
        let paid = i128::from(sign * price.0);
        let cash = bounded(self.cash - paid * i128::from(lots))?;
        let added = paid * i128::from(opened as i64);
        let basis = bounded(self.basis - released + added)?;
        let after =
            held.checked_add(sign * lots).filter(|&q| q != i64::MIN).ok_or(PositionError::Overflow)?;

        money(cash + basis)?;
        let realised = money(cash + basis - self.cash - self.basis)?;
        let fee_micro = fees.fee_micro(price, quantity, is_maker);
        let fees_micro = self.fees_micro.checked_add(fee_micro).ok_or(PositionError::Overflow)?;
        if !(-FEE_LIMIT..=FEE_LIMIT).contains(&fees_micro) {
            return Err(PositionError::Overflow);
        }

        let (bought, sold) = match side {
            Side::Buy => (quantity.0, 0),
            Side::Sell => (0, quantity.0),
        };
        let next = Self {
            cash,
            basis,
            fees_micro,
            quantity: after,
            bought: self.bought.saturating_add(bought),
            sold: self.sold.saturating_add(sold),
            fills: self.fills.saturating_add(1),
        };
        let outcome = FillOutcome {
            realised,
            fee_micro,
            closed: Quantity(closed),
            opened: Quantity(opened),
            position: SignedQuantity(after),
        };
        Ok((next, outcome))
    }

    /// The cost of `closed` of the open lots: their share of the basis, to the nearest unit, halves away from zero.
    fn released(&self, closed: u64) -> i128 {
        let held = self.quantity.unsigned_abs();
        if closed == 0 {
            return 0;
        }
        if closed == held {
            return self.basis;
        }
        if let Ok(basis) = i64::try_from(self.basis)
            && let Some(released) = share(basis, closed, held)
        {
            return i128::from(released);
        }
        // Split so that no product leaves 128 bits: basis = quotient · held + rest, |rest · closed| < 2^126.
        let held = i128::from(held);
        let closed = i128::from(closed);
        let (quotient, rest) = (self.basis / held, self.basis % held);
        let product = rest * closed;
        let (tail, over) = (product / held, product % held);
        let up = over.abs() >= held - over.abs();
        quotient * closed + tail + if up { product.signum() } else { 0 }
    }

    /// Lots held; positive is long.
    #[must_use]
    pub const fn quantity(&self) -> SignedQuantity {
        SignedQuantity(self.quantity)
    }

    /// Average cost of the open lots in ticks; 0 when flat.
    #[must_use]
    pub fn average_price(&self) -> f64 {
        if self.quantity == 0 { 0.0 } else { self.basis as f64 / self.quantity as f64 }
    }

    /// Profit realised by reductions, before fees.
    #[must_use]
    pub const fn realised(&self) -> Money {
        // fill() admits only sums that fit.
        Money((self.cash + self.basis) as i64)
    }

    /// Fees paid less rebates received, rounded to the nearest unit (halves away from zero).
    #[must_use]
    pub const fn fees(&self) -> Money {
        Money(round_micro(self.fees_micro) as i64)
    }

    /// Fees paid less rebates received, in millionths of a unit, exact.
    #[must_use]
    pub const fn fees_micro(&self) -> i128 {
        self.fees_micro
    }

    /// Realised profit after fees.
    ///
    /// # Errors
    /// [`PositionError::Overflow`] when the difference leaves 64 bits.
    pub const fn net_realised(&self) -> Result<Money, PositionError> {
        money(self.cash + self.basis - round_micro(self.fees_micro))
    }

    /// Cash received less cash paid, before fees, in ticks × lots. Wide: gross notional outgrows [`Money`] long
    /// before a profit does.
    #[must_use]
    pub const fn cash(&self) -> i128 {
        self.cash
    }

    /// Signed cost of the open lots in ticks × lots: negative for a short at positive prices.
    #[must_use]
    pub const fn basis(&self) -> i128 {
        self.basis
    }

    /// Profit of the open lots at `mark`, before fees. Hot path.
    ///
    /// # Errors
    /// [`PositionError::PriceOutOfRange`]; [`PositionError::Overflow`] when it leaves 64 bits.
    pub const fn unrealised(&self, mark: Price) -> Result<Money, PositionError> {
        if !mark.in_range() {
            return Err(PositionError::PriceOutOfRange);
        }
        money(self.quantity as i128 * mark.0 as i128 - self.basis)
    }

    /// Profit after fees if the open lots are worth `mark`: realised + unrealised − fees, which is
    /// cash + quantity · mark − fees exactly. Hot path.
    ///
    /// # Errors
    /// As for [`unrealised`](Self::unrealised).
    pub const fn equity(&self, mark: Price) -> Result<Money, PositionError> {
        if !mark.in_range() {
            return Err(PositionError::PriceOutOfRange);
        }
        money(self.cash + self.quantity as i128 * mark.0 as i128 - round_micro(self.fees_micro))
    }

    /// All that the position comes to at `mark`, at once; `None` where [`unrealised`](Self::unrealised) or
    /// [`equity`](Self::equity) has no answer. Hot path.
    #[inline]
    pub(crate) fn valued(&self, mark: Price) -> Option<Valuation> {
        self.valued_narrow(mark).or_else(|| self.valued_wide(mark))
    }

    /// As long as every number on the way fits 64 bits.
    #[inline(always)]
    fn valued_narrow(&self, mark: Price) -> Option<Valuation> {
        if !mark.in_range() {
            return None;
        }
        let (cash, basis) = (narrow(self.cash)?, narrow(self.basis)?);
        let realised = cash.checked_add(basis)?;
        let unrealised = self.quantity.checked_mul(mark.0)?.checked_sub(basis)?;
        let fees = round_micro_narrow(narrow(self.fees_micro)?)?;
        let equity = realised.checked_add(unrealised)?.checked_sub(fees)?;
        Some(Valuation {
            realised: Money(realised),
            unrealised: Money(unrealised),
            fees: Money(fees),
            equity: Money(equity),
        })
    }

    #[cold]
    #[inline(never)]
    fn valued_wide(&self, mark: Price) -> Option<Valuation> {
        Some(Valuation {
            realised: self.realised(),
            unrealised: self.unrealised(mark).ok()?,
            fees: self.fees(),
            equity: self.equity(mark).ok()?,
        })
    }

    /// Lots bought in all; stays at the largest number if it gets there.
    #[must_use]
    pub const fn bought(&self) -> Quantity {
        Quantity(self.bought)
    }

    /// Lots sold in all; stays at the largest number if it gets there.
    #[must_use]
    pub const fn sold(&self) -> Quantity {
        Quantity(self.sold)
    }

    /// Fills booked.
    #[must_use]
    pub const fn fills(&self) -> u64 {
        self.fills
    }

    /// The state as words, for [`from_words`](Self::from_words).
    #[must_use]
    pub const fn to_words(&self) -> [u64; Self::WORDS] {
        [
            self.cash as u64,
            (self.cash >> 64) as u64,
            self.basis as u64,
            (self.basis >> 64) as u64,
            self.fees_micro as u64,
            (self.fees_micro >> 64) as u64,
            self.quantity as u64,
            self.bought,
            self.sold,
            self.fills,
        ]
    }

    /// The position whose state these words are; `None` when no fills lead to it.
    #[must_use]
    pub const fn from_words(words: &[u64; Self::WORDS]) -> Option<Self> {
        const fn wide(low: u64, high: u64) -> i128 {
            (high as i64 as i128) << 64 | low as i128
        }
        let position = Self {
            cash: wide(words[0], words[1]),
            basis: wide(words[2], words[3]),
            fees_micro: wide(words[4], words[5]),
            quantity: words[6] as i64,
            bought: words[7],
            sold: words[8],
            fills: words[9],
        };
        if position.is_consistent() { Some(position) } else { None }
    }

    /// Whether the stored integers can have come from [`fill`](Self::fill): what a reader of stored state checks
    /// before it trusts them.
    #[must_use]
    pub const fn is_consistent(&self) -> bool {
        bounded(self.cash).is_ok()
            && bounded(self.basis).is_ok()
            && self.quantity != i64::MIN
            && (self.quantity != 0 || self.basis == 0)
            && money(self.cash + self.basis).is_ok()
            && self.fees_micro >= -FEE_LIMIT
            && self.fees_micro <= FEE_LIMIT
    }
}

/// What a fill does to a position whose numbers all fit 64 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct NarrowFill {
    cash: i64,
    basis: i64,
    fees_micro: i64,
    quantity: i64,
    realised_in_all: i64,
    realised: i64,
    fee_micro: i64,
    closed: u64,
    opened: u64,
}

impl NarrowFill {
    /// What the host is told.
    #[inline(always)]
    pub fn outcome(&self) -> FillOutcome {
        FillOutcome {
            realised: Money(self.realised),
            fee_micro: self.fee_micro.into(),
            closed: Quantity(self.closed),
            opened: Quantity(self.opened),
            position: SignedQuantity(self.quantity),
        }
    }

    /// Realised profit, profit of the open lots at `mark`, and fees, of the position after the fill; `None` when one of them
    /// does not come out in 64 bits.
    #[inline(always)]
    pub fn sums(&self, mark: Price) -> Option<[i64; 3]> {
        if !mark.in_range() {
            return None;
        }
        let unrealised = self.quantity.checked_mul(mark.0)?.checked_sub(self.basis)?;
        Some([self.realised_in_all, unrealised, round_micro_narrow(self.fees_micro)?])
    }
}

/// The number in 64 bits, if it fits.
#[inline(always)]
const fn narrow(wide: i128) -> Option<i64> {
    if wide as i64 as i128 == wide { Some(wide as i64) } else { None }
}

/// Closed lots are those that meet a position of the other sign.
#[inline(always)]
fn closed(held: i64, sign: i64, lots: u64) -> u64 {
    if held != 0 && (held > 0) != (sign > 0) { held.unsigned_abs().min(lots) } else { 0 }
}

/// `basis · part / whole` to the nearest, halves away from zero, where it can be had with a 64-bit division, which is several
/// times cheaper than one of 128 bits. `part` < `whole`.
#[inline(always)]
fn share(basis: i64, part: u64, whole: u64) -> Option<i64> {
    let product = basis.checked_mul(i64::try_from(part).ok()?)?;
    let divisor = i64::try_from(whole).ok()?;
    let (quotient, rest) = (product / divisor, product % divisor);
    let up = rest.unsigned_abs() >= whole - rest.unsigned_abs();
    Some(quotient + if up { product.signum() } else { 0 })
}

const fn bounded(value: i128) -> Result<i128, PositionError> {
    if value > -WIDE_LIMIT && value < WIDE_LIMIT { Ok(value) } else { Err(PositionError::Overflow) }
}

const fn money(value: i128) -> Result<Money, PositionError> {
    if value >= i64::MIN as i128 && value <= i64::MAX as i128 {
        Ok(Money(value as i64))
    } else {
        Err(PositionError::Overflow)
    }
}

/// As [`round_micro`], if it comes out in 64 bits on the way.
#[inline(always)]
fn round_micro_narrow(micro: i64) -> Option<i64> {
    let half = if micro >= 0 { MICRO as i64 / 2 } else { -(MICRO as i64) / 2 };
    Some(micro.checked_add(half)? / MICRO as i64)
}

/// Millionths to units, to the nearest, halves away from zero.
const fn round_micro(micro: i128) -> i128 {
    // 128-bit division is several times dearer; ordinary fees fit 64, with room for the half.
    if micro as i64 as i128 == micro && (micro as i64).unsigned_abs() < 1 << 62 {
        let micro = micro as i64;
        let half = if micro >= 0 { MICRO as i64 / 2 } else { -(MICRO as i64) / 2 };
        return ((micro + half) / MICRO as i64) as i128;
    }
    let half = if micro >= 0 { MICRO / 2 } else { -MICRO / 2 };
    micro.saturating_add(half) / MICRO
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn what_fits_64_bits_comes_out_as_in_128() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(12);
        let (mut narrow, mut sums, mut refused) = (0, 0, 0);
        for _ in 0..300_000 {
            // Numbers of every length, so that some fit and some do not, in one place or another.
            let mut number = |bits: u64| (random.next_u64() as i64) >> (64 - bits + random.next_u64() % bits);
            let wide = |number: i64, up: u32| i128::from(number) << up;
            let held = number(63);
            let up = if number(3) == 0 { 20 } else { 0 };
            let position = Position {
                cash: wide(number(63), up),
                basis: if held == 0 { 0 } else { wide(number(63), up) },
                fees_micro: wide(number(63), up / 4),
                quantity: held,
                ..Position::FLAT
            };
            if !position.is_consistent() {
                continue;
            }
            let fees = FeeSchedule {
                maker_rate_ppb: number(40),
                taker_rate_ppb: number(62),
                maker_per_lot_micro: number(40),
                taker_per_lot_micro: 0,
            };
            let (price, quantity) = (Price(number(60)), Quantity(number(62).unsigned_abs().max(1)));
            let side = if number(2) == 0 { Side::Buy } else { Side::Sell };
            let is_maker = number(2) == 0;
            let expected = position.after(side, price, quantity, is_maker, &fees);
            if let Some(change) = position.narrow(side, price, quantity, is_maker, &fees) {
                let mut next = position;
                next.take(side, &change);
                assert_eq!(
                    Ok((next, change.outcome())),
                    expected,
                    "{position:?} {price:?} {quantity:?} {fees:?}"
                );
                let mark = Price(number(61));
                if let Some([realised, unrealised, paid]) = change.sums(mark) {
                    assert_eq!((Money(realised), Money(paid)), (next.realised(), next.fees()));
                    assert_eq!(Ok(Money(unrealised)), next.unrealised(mark));
                    sums += 1;
                }
                assert_eq!(next.valued(mark), next.valued_wide(mark), "{next:?} {mark:?}");
                narrow += 1;
            }
            refused += usize::from(expected.is_err());
            let mut next = position;
            let outcome = next.fill(side, price, quantity, is_maker, &fees);
            assert_eq!(outcome.map(|outcome| (next, outcome)), expected);
            assert!(expected.is_ok() || next == position);
        }
        assert!(narrow > 20_000 && sums > 10_000 && refused > 1_000, "{narrow} {sums} {refused}");
    }

    #[test]
    fn fees_round_to_the_nearest_unit_on_both_sides_of_64_bits() {
        let nearest = |micro: i128| (micro.abs() + MICRO / 2) / MICRO * micro.signum();
        for center in [0, 1 << 40, 1 << 62, 1 << 63, 1 << 64, i128::from(i64::MAX) * MICRO] {
            for offset in
                [-MICRO, -MICRO / 2 - 1, -MICRO / 2, -MICRO / 2 + 1, -1, 0, 1, 499_999, 500_000, 500_001]
            {
                let micro: i128 = center + offset;
                assert_eq!(round_micro(micro), nearest(micro), "{micro}");
                assert_eq!(round_micro(-micro), -nearest(micro), "{micro}");
            }
        }
    }
}
