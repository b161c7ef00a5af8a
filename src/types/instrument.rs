//! An instrument's tick, lot and fees, and the checked conversions between outside numbers and integers.
//!
//! Outside prices and quantities are decimal: text, doubles, or the fixed-point integers of binary feeds. They
//! are first exact multiples of 10⁻⁹ ("nano-units"), then ticks or lots. Every conversion checks range and says
//! how it rounds; none truncates silently (0.57 dollars is 5700 at 10⁻⁴, never 5699).

use super::{InstrumentId, Money, Price, Quantity, Side, Symbol};

/// Nano-units in one unit of price or quantity.
const NANO: i64 = 1_000_000_000;

/// Why a number is not a price or quantity of this instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConversionError {
    /// NaN or infinity.
    #[error("not a finite number")]
    NotFinite,
    /// Outside the representable range.
    #[error("out of range")]
    OutOfRange,
    /// Not a whole number of ticks or lots.
    #[error("{nanos}e-9 is not a multiple of the increment {increment}e-9")]
    OffIncrement {
        /// The number in nano-units.
        nanos: i64,
        /// The tick or lot in nano-units.
        increment: i64,
    },
    /// Not a decimal number, or with more than nine decimals that matter.
    #[error("not a decimal number with at most nine decimals")]
    Malformed,
    /// A tick or lot that is not a positive multiple of 10⁻⁹.
    #[error("tick and lot must be positive multiples of 1e-9")]
    BadIncrement,
}

/// How a number between two ticks or lots becomes one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Refuse: [`ConversionError::OffIncrement`].
    Exact,
    /// To the nearest, halves away from zero.
    Nearest,
    /// Toward −∞.
    Down,
    /// Toward +∞.
    Up,
}

impl Rounding {
    /// Away from mid: a bid rounds down, an ask rounds up.
    #[must_use]
    pub const fn outward(side: Side) -> Self {
        match side {
            Side::Buy => Self::Down,
            Side::Sell => Self::Up,
        }
    }

    /// `value / increment` under this rule; `increment` is positive.
    fn divide(self, value: i64, increment: i64) -> Result<i64, ConversionError> {
        let (quotient, remainder) = (value.div_euclid(increment), value.rem_euclid(increment));
        if remainder == 0 {
            return Ok(quotient);
        }
        let up = match self {
            Self::Exact => return Err(ConversionError::OffIncrement { nanos: value, increment }),
            Self::Down => false,
            Self::Up => true,
            Self::Nearest => {
                let rest = increment - remainder;
                remainder > rest || (remainder == rest && value > 0)
            }
        };
        Ok(quotient + i64::from(up))
    }
}

/// What the venue charges (positive) or pays (negative) for a fill.
///
/// A fee is `notional × rate + quantity × per_lot`. Rates are parts per billion of the notional (1 basis point =
/// 100 000); the per-lot part is in millionths of a tick per lot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeSchedule {
    /// Rate of a fill that added liquidity, parts per billion of notional.
    pub maker_rate_ppb: i64,
    /// Rate of a fill that took liquidity, parts per billion of notional.
    pub taker_rate_ppb: i64,
    /// Charge per lot added, millionths of a tick.
    pub maker_per_lot_micro: i64,
    /// Charge per lot taken, millionths of a tick.
    pub taker_per_lot_micro: i64,
}

impl FeeSchedule {
    /// No fees.
    pub const FREE: Self =
        Self { maker_rate_ppb: 0, taker_rate_ppb: 0, maker_per_lot_micro: 0, taker_per_lot_micro: 0 };

    /// Rates in basis points of notional, rounded to 10⁻⁵ basis points.
    ///
    /// # Errors
    /// [`ConversionError::NotFinite`] or [`ConversionError::OutOfRange`] (beyond ±10 000 bps).
    pub fn from_bps(maker: f64, taker: f64) -> Result<Self, ConversionError> {
        let ppb = |bps: f64| {
            if !bps.is_finite() {
                Err(ConversionError::NotFinite)
            } else if bps.abs() > 10_000.0 {
                Err(ConversionError::OutOfRange)
            } else {
                Ok(libm::round(bps * 100_000.0) as i64)
            }
        };
        Ok(Self { maker_rate_ppb: ppb(maker)?, taker_rate_ppb: ppb(taker)?, ..Self::FREE })
    }

    /// [`fee_micro`](Self::fee_micro) where 64 bits are enough for every number on the way, as for ordinary fills. Hot path.
    #[inline(always)]
    pub(crate) const fn fee_micro_narrow(
        &self,
        price: Price,
        quantity: Quantity,
        is_maker: bool,
    ) -> Option<i64> {
        let (rate, per_lot) = if is_maker {
            (self.maker_rate_ppb, self.maker_per_lot_micro)
        } else {
            (self.taker_rate_ppb, self.taker_per_lot_micro)
        };
        let lots = quantity.0 as i64;
        // The rate has room for a thousand below; a legal price is not i64::MIN.
        if lots < 0 || rate.unsigned_abs() >= 1 << 53 {
            return None;
        }
        let (Some(by_lot), Some(notional)) = (lots.checked_mul(per_lot), price.0.abs().checked_mul(lots))
        else {
            return None;
        };
        let (whole, tail) = (notional / 1000, notional % 1000 * rate);
        let half = if tail >= 0 { 500 } else { -500 };
        let Some(by_rate) = whole.checked_mul(rate) else { return None };
        match by_rate.checked_add((tail + half) / 1000) {
            Some(by_rate) => by_rate.checked_add(by_lot),
            None => None,
        }
    }

    /// The fee of a fill in millionths of a [`Money`] unit, exact to that resolution (halves away from zero).
    ///
    /// Hot path. The product is formed in 128 bits and cannot overflow for any legal price and quantity.
    #[must_use]
    pub const fn fee_micro(&self, price: Price, quantity: Quantity, is_maker: bool) -> i128 {
        let (rate, per_lot) = if is_maker {
            (self.maker_rate_ppb, self.maker_per_lot_micro)
        } else {
            (self.taker_rate_ppb, self.taker_per_lot_micro)
        };
        let by_lot = quantity.0 as i128 * per_lot as i128;
        if rate == 0 {
            return by_lot;
        }
        // |price| < 2^61, quantity < 2^63: the notional fits 124 bits; split it so that the rate cannot overflow.
        let notional = price.0.unsigned_abs() as i128 * quantity.0 as i128;
        // 128-bit division is several times dearer; ordinary notionals and rates fit 64.
        if notional <= i64::MAX as i128 && rate.unsigned_abs() < 1 << 53 {
            let (whole, rest) = (notional as i64 / 1000, notional as i64 % 1000);
            let tail = rest * rate;
            let half = if tail >= 0 { 500 } else { -500 };
            let by_rate = whole as i128 * rate as i128 + ((tail + half) / 1000) as i128;
            return by_rate.saturating_add(by_lot);
        }
        let (whole, rest) = (notional / 1000, notional % 1000);
        let by_rate = whole.saturating_mul(rate as i128);
        let tail = rest * rate as i128;
        let half = if tail >= 0 { 500 } else { -500 };
        by_rate.saturating_add((tail + half) / 1000).saturating_add(by_lot)
    }
}

/// An instrument: name, increments and fees.
///
/// ```
/// use market_maker::types::{Instrument, Price, Rounding};
/// let aapl = Instrument::new("AAPL", 0.01, 1.0).unwrap();
/// assert_eq!(aapl.price("585.33").unwrap(), Price(58533));
/// assert_eq!(aapl.price_from_f64(585.337, Rounding::Down).unwrap(), Price(58533));
/// assert_eq!(aapl.price_to_f64(Price(58533)), 585.33);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// The number that its events carry.
    pub id: InstrumentId,
    /// Its name.
    pub symbol: Symbol,
    tick_nanos: i64,
    lot_nanos: i64,
    /// What a fill costs.
    pub fees: FeeSchedule,
}

impl Instrument {
    /// An instrument of id 0 without fees; `tick` in currency, `lot` in units of the asset.
    ///
    /// # Errors
    /// [`ConversionError::BadIncrement`] when an increment is not a positive multiple of 10⁻⁹ or exceeds 10⁹;
    /// [`ConversionError::Malformed`] when the name does not fit a [`Symbol`].
    pub fn new(symbol: &str, tick: f64, lot: f64) -> Result<Self, ConversionError> {
        let nanos = |value: f64| {
            let nanos = value * NANO as f64;
            let whole = libm::round(nanos);
            // A decimal increment such as 0.1 is not a double; accept what rounds to it within double precision.
            let is_whole = (nanos - whole).abs() <= 1e-6 * whole.abs().min(1e3);
            if value.is_finite() && whole >= 1.0 && value <= 1e9 && is_whole {
                Ok(whole as i64)
            } else {
                Err(ConversionError::BadIncrement)
            }
        };
        let symbol = Symbol::new(symbol).ok_or(ConversionError::Malformed)?;
        Self::from_nanos(symbol, nanos(tick)?, nanos(lot)?)
    }

    /// The same from increments in nano-units.
    ///
    /// # Errors
    /// [`ConversionError::BadIncrement`] unless both are in 1..=10¹⁸.
    pub const fn from_nanos(
        symbol: Symbol,
        tick_nanos: i64,
        lot_nanos: i64,
    ) -> Result<Self, ConversionError> {
        const MOST: i64 = NANO * NANO;
        if tick_nanos < 1 || lot_nanos < 1 || tick_nanos > MOST || lot_nanos > MOST {
            return Err(ConversionError::BadIncrement);
        }
        Ok(Self { id: InstrumentId(0), symbol, tick_nanos, lot_nanos, fees: FeeSchedule::FREE })
    }

    /// The same instrument with these fees.
    #[must_use]
    pub const fn with_fees(mut self, fees: FeeSchedule) -> Self {
        self.fees = fees;
        self
    }

    /// The same instrument under this id.
    #[must_use]
    pub const fn with_id(mut self, id: InstrumentId) -> Self {
        self.id = id;
        self
    }

    /// One tick in currency.
    #[must_use]
    pub fn tick(&self) -> f64 {
        self.tick_nanos as f64 / NANO as f64
    }

    /// One lot in units of the asset.
    #[must_use]
    pub fn lot(&self) -> f64 {
        self.lot_nanos as f64 / NANO as f64
    }

    /// One tick in nano-units of currency.
    #[must_use]
    pub const fn tick_nanos(&self) -> i64 {
        self.tick_nanos
    }

    /// One lot in nano-units of the asset.
    #[must_use]
    pub const fn lot_nanos(&self) -> i64 {
        self.lot_nanos
    }

    /// A price in nano-units to ticks. Hot path.
    ///
    /// # Errors
    /// [`ConversionError::OutOfRange`] beyond [`Price::MIN`]..=[`Price::MAX`]; [`ConversionError::OffIncrement`]
    /// under [`Rounding::Exact`].
    pub fn price_from_nanos(&self, nanos: i64, rounding: Rounding) -> Result<Price, ConversionError> {
        let price = Price(rounding.divide(nanos, self.tick_nanos)?);
        if price.in_range() { Ok(price) } else { Err(ConversionError::OutOfRange) }
    }

    /// A price in currency to ticks.
    ///
    /// A double within 10⁻⁶ of a tick of a whole number of ticks is that number: 0.57 at a tick of 10⁻⁴ is 5700
    /// under every rule.
    ///
    /// # Errors
    /// [`ConversionError::NotFinite`], [`ConversionError::OutOfRange`], and [`ConversionError::OffIncrement`] under
    /// [`Rounding::Exact`].
    pub fn price_from_f64(&self, price: f64, rounding: Rounding) -> Result<Price, ConversionError> {
        let ticks = Self::round(price / self.tick(), rounding, price, self.tick_nanos)?;
        let price = Price(ticks);
        if price.in_range() { Ok(price) } else { Err(ConversionError::OutOfRange) }
    }

    /// A quantity in units of the asset to lots; the same rules as [`price_from_f64`](Self::price_from_f64).
    ///
    /// # Errors
    /// As there; a negative quantity is [`ConversionError::OutOfRange`].
    pub fn quantity_from_f64(&self, quantity: f64, rounding: Rounding) -> Result<Quantity, ConversionError> {
        let lots = Self::round(quantity / self.lot(), rounding, quantity, self.lot_nanos)?;
        u64::try_from(lots).map(Quantity).map_err(|_| ConversionError::OutOfRange)
    }

    fn round(scaled: f64, rounding: Rounding, value: f64, increment: i64) -> Result<i64, ConversionError> {
        if !value.is_finite() {
            return Err(ConversionError::NotFinite);
        }
        // 2^62: beyond it a double holds no fraction anyway and no book takes the price.
        if scaled.abs() >= 4_611_686_018_427_387_904.0 {
            return Err(ConversionError::OutOfRange);
        }
        let nearest = libm::round(scaled);
        let is_whole = (scaled - nearest).abs() <= 1e-6;
        Ok(match rounding {
            _ if is_whole => nearest as i64,
            Rounding::Nearest => nearest as i64,
            Rounding::Down => libm::floor(scaled) as i64,
            Rounding::Up => libm::ceil(scaled) as i64,
            Rounding::Exact => {
                let nanos = libm::round(value * NANO as f64) as i64;
                return Err(ConversionError::OffIncrement { nanos, increment });
            }
        })
    }

    /// A decimal string (`"585.33"`) to ticks, exactly.
    ///
    /// # Errors
    /// [`ConversionError::Malformed`], [`ConversionError::OutOfRange`], [`ConversionError::OffIncrement`].
    pub fn price(&self, text: &str) -> Result<Price, ConversionError> {
        self.price_from_nanos(parse_nanos(text.as_bytes())?, Rounding::Exact)
    }

    /// A decimal string to lots, exactly.
    ///
    /// # Errors
    /// As for [`price`](Self::price); a negative quantity is out of range.
    pub fn quantity(&self, text: &str) -> Result<Quantity, ConversionError> {
        self.quantity_from_nanos(parse_nanos(text.as_bytes())?)
    }

    /// A quantity in nano-units to lots, exactly. Hot path.
    ///
    /// # Errors
    /// [`ConversionError::OutOfRange`] when negative, [`ConversionError::OffIncrement`].
    pub fn quantity_from_nanos(&self, nanos: i64) -> Result<Quantity, ConversionError> {
        let lots = Rounding::Exact.divide(nanos, self.lot_nanos)?;
        u64::try_from(lots).map(Quantity).map_err(|_| ConversionError::OutOfRange)
    }

    /// Ticks to currency.
    #[must_use]
    pub fn price_to_f64(&self, price: Price) -> f64 {
        scale(price.0, self.tick_nanos)
    }

    /// Lots to units of the asset.
    #[must_use]
    pub fn quantity_to_f64(&self, quantity: Quantity) -> f64 {
        quantity.0 as f64 * self.lot_nanos as f64 / NANO as f64
    }

    /// Ticks × lots to currency.
    #[must_use]
    pub fn money_to_f64(&self, money: Money) -> f64 {
        money.0 as f64 * (self.tick_nanos as f64 * self.lot_nanos as f64 / (NANO as f64 * NANO as f64))
    }
}

/// `count × increment` nano-units as the double nearest to the decimal, where it is exact in 53 bits.
fn scale(count: i64, increment: i64) -> f64 {
    match count.checked_mul(increment) {
        Some(nanos) => nanos as f64 / NANO as f64,
        None => count as f64 * increment as f64 / NANO as f64,
    }
}

/// A decimal (`-12.5`, `0.00010000`) in nano-units. Hot path.
///
/// # Errors
/// [`ConversionError::Malformed`] when it is not a decimal or has non-zero digits past the ninth decimal;
/// [`ConversionError::OutOfRange`] beyond ±9.2e9.
pub(crate) fn parse_nanos(text: &[u8]) -> Result<i64, ConversionError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mut value: i64 = 0;
    let mut seen = 0usize;
    let mut decimals: Option<u32> = None;
    for &byte in digits {
        match (byte, decimals) {
            (b'.', None) => decimals = Some(0),
            (b'0'..=b'9', Some(9)) => {
                if byte != b'0' {
                    return Err(ConversionError::Malformed);
                }
            }
            (b'0'..=b'9', _) => {
                seen += 1;
                value = value
                    .checked_mul(10)
                    .and_then(|v| v.checked_add(i64::from(byte - b'0')))
                    .ok_or(ConversionError::OutOfRange)?;
                decimals = decimals.map(|d| d + 1);
            }
            _ => return Err(ConversionError::Malformed),
        }
    }
    if seen == 0 {
        return Err(ConversionError::Malformed);
    }
    let missing = 9 - decimals.unwrap_or(0);
    let value = value.checked_mul(10_i64.pow(missing)).ok_or(ConversionError::OutOfRange)?;
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_round_and_never_truncate() {
        let stock = Instrument::new("X", 1e-4, 1.0).unwrap();
        for rounding in [Rounding::Exact, Rounding::Nearest, Rounding::Down, Rounding::Up] {
            assert_eq!(stock.price_from_f64(0.57, rounding), Ok(Price(5700)), "{rounding:?}");
        }
        assert_eq!(stock.price("0.57"), Ok(Price(5700)));
    }

    #[test]
    fn outward_rounding_moves_bids_down_and_asks_up_on_both_signs() {
        let spread = Instrument::new("X", 0.25, 1.0).unwrap();
        for (value, down, up) in [(1.3, 5, 6), (-1.3, -6, -5), (0.1, 0, 1), (-0.1, -1, 0)] {
            assert_eq!(spread.price_from_f64(value, Rounding::outward(Side::Buy)), Ok(Price(down)));
            assert_eq!(spread.price_from_f64(value, Rounding::outward(Side::Sell)), Ok(Price(up)));
            let nanos = libm::round(value * 1e9) as i64;
            assert_eq!(spread.price_from_nanos(nanos, Rounding::Down), Ok(Price(down)));
            assert_eq!(spread.price_from_nanos(nanos, Rounding::Up), Ok(Price(up)));
        }
    }

    #[test]
    fn nearest_sends_halves_away_from_zero() {
        let coin = Instrument::new("X", 0.5, 1.0).unwrap();
        for (nanos, ticks) in [(250_000_000, 1), (-250_000_000, -1), (249_999_999, 0), (750_000_000, 2)] {
            assert_eq!(coin.price_from_nanos(nanos, Rounding::Nearest), Ok(Price(ticks)), "{nanos}");
        }
    }

    #[test]
    fn bad_numbers_are_refused_with_their_reason() {
        let stock = Instrument::new("X", 0.01, 1.0).unwrap();
        assert_eq!(stock.price_from_f64(f64::NAN, Rounding::Nearest), Err(ConversionError::NotFinite));
        assert_eq!(stock.price_from_f64(f64::INFINITY, Rounding::Down), Err(ConversionError::NotFinite));
        assert_eq!(stock.price_from_f64(1e300, Rounding::Down), Err(ConversionError::OutOfRange));
        assert_eq!(stock.quantity_from_f64(-1.0, Rounding::Nearest), Err(ConversionError::OutOfRange));
        assert!(matches!(stock.price("1.005"), Err(ConversionError::OffIncrement { .. })));
        for text in ["", "-", ".", "1,5", "1.2.3", "abc", "1e5", " 1"] {
            assert_eq!(stock.price(text), Err(ConversionError::Malformed), "{text:?}");
        }
        assert_eq!(stock.price("99999999999999999999"), Err(ConversionError::OutOfRange));
        assert_eq!(stock.price("1.0000000001"), Err(ConversionError::Malformed));
        assert_eq!(stock.price("1.0000000000"), Ok(Price(100)));
        for tick in [0.0, -0.01, f64::NAN, 1e-10, 1.5e-9, 2e9] {
            assert_eq!(Instrument::new("X", tick, 1.0), Err(ConversionError::BadIncrement), "{tick}");
        }
    }

    #[test]
    fn common_increments_are_exact() {
        for (tick, nanos) in
            [(0.01, 10_000_000), (0.1, 100_000_000), (0.25, 250_000_000), (1e-4, 100_000), (1e-9, 1)]
        {
            let instrument = Instrument::new("X", tick, 1e-6).unwrap();
            assert_eq!((instrument.tick_nanos(), instrument.lot_nanos()), (nanos, 1000));
        }
    }

    #[test]
    fn every_cent_survives_the_way_there_and_back() {
        let stock = Instrument::new("X", 0.01, 1.0).unwrap();
        for ticks in (-200_000..200_000).chain(100_000_000..100_010_000) {
            let there = stock.price_to_f64(Price(ticks));
            assert_eq!(stock.price_from_f64(there, Rounding::Exact), Ok(Price(ticks)));
            assert_eq!(stock.price(&format!("{there:.2}")), Ok(Price(ticks)));
        }
    }

    #[test]
    fn fees_are_exact_to_a_millionth() {
        let fees = FeeSchedule::from_bps(-0.5, 4.0).unwrap();
        // 10 000 ticks × 3 lots = 30 000 units of notional; 4 bps of it is 12 units.
        assert_eq!(fees.fee_micro(Price(10_000), Quantity(3), false), 12_000_000);
        assert_eq!(fees.fee_micro(Price(10_000), Quantity(3), true), -1_500_000);
        assert_eq!(fees.fee_micro(Price(-10_000), Quantity(3), false), 12_000_000);
        let per_share = FeeSchedule { taker_per_lot_micro: 300_000, ..FeeSchedule::FREE };
        assert_eq!(per_share.fee_micro(Price(58_533), Quantity(7), false), 2_100_000);
        assert_eq!(per_share.fee_micro(Price(58_533), Quantity(7), true), 0);
        assert!(fees.fee_micro(Price::MAX, Quantity::MAX, false) > 0);
    }
}
