//! Scalars: each a transparent integer whose name carries its unit.

use std::fmt;

macro_rules! integer {
    ($(#[$doc:meta])* $name:ident($repr:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl From<$repr> for $name {
            fn from(value: $repr) -> Self {
                Self(value)
            }
        }
    };
}

integer! {
    /// A price in ticks of its instrument. Negative prices are legal (spreads, power, oil).
    Price(i64)
}
integer! {
    /// An unsigned quantity in lots of its instrument.
    Quantity(u64)
}
integer! {
    /// A signed quantity in lots: positive is long.
    SignedQuantity(i64)
}
integer! {
    /// An order identifier. Every 64-bit value is legal.
    OrderId(u64)
}
integer! {
    /// Nanoseconds since the epoch of the feed it came from (UNIX, or midnight for feeds of one day).
    Timestamp(u64)
}
integer! {
    /// A venue's or host's number for an instrument.
    InstrumentId(u32)
}
integer! {
    /// Money in ticks × lots of one instrument, exact. [`Instrument::money_to_f64`](super::Instrument::money_to_f64)
    /// turns it into currency.
    Money(i64)
}

impl Price {
    /// Largest magnitude that a book accepts: leaves room for a side bit and for window arithmetic.
    pub const MAX: Self = Self(i64::MAX / 4);
    /// Smallest price that a book accepts.
    pub const MIN: Self = Self(-(i64::MAX / 4));

    /// Whether the price lies in [`Price::MIN`]..=[`Price::MAX`].
    #[inline]
    #[must_use]
    pub const fn in_range(self) -> bool {
        // The same without a constant that would occupy a register.
        const { assert!(Self::MAX.0 == (1 << 61) - 1 && Self::MIN.0 == -Self::MAX.0) };
        self.0.unsigned_abs() >> 61 == 0
    }
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Largest quantity that a book accepts: representable as a [`SignedQuantity`].
    pub const MAX: Self = Self(i64::MAX as u64);
}

/// The side of an order: a buy order rests among the bids, a sell order among the asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Side {
    /// Bid.
    Buy = 0,
    /// Ask (offer).
    Sell = 1,
}

impl Side {
    /// Both sides, bid first.
    pub const BOTH: [Self; 2] = [Self::Buy, Self::Sell];

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// +1 for a buy, −1 for a sell: the sign of the position that a fill of this side adds.
    #[must_use]
    pub const fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    /// 0 for a buy, 1 for a sell.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The side with this number (0 buy, 1 sell), `None` for any other.
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Buy),
            1 => Some(Self::Sell),
            _ => None,
        }
    }

    /// Whether an order of this side at `price` is more aggressive than one at `other`.
    #[inline]
    #[must_use]
    pub const fn is_better(self, price: Price, other: Price) -> bool {
        // The complement reverses the order of all integers: no branch on the side, which nothing predicts.
        let flip = -(self as i64);
        price.0 ^ flip > other.0 ^ flip
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}

/// An instrument's name, at most 16 bytes of ASCII, stored inline.
///
/// ```
/// # use market_maker::types::Symbol;
/// assert_eq!(Symbol::new("AAPL").unwrap().as_str(), "AAPL");
/// assert!(Symbol::new("a name that is too long").is_none());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Symbol([u8; 16]);

impl Symbol {
    /// `None` when the name is longer than 16 bytes, holds a NUL or is not ASCII.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        if bytes.len() > 16 || !name.is_ascii() || bytes.contains(&0) {
            return None;
        }
        let mut symbol = [0; 16];
        symbol[..bytes.len()].copy_from_slice(bytes);
        Some(Self(symbol))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|&b| b == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..end]).unwrap_or("")
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol({:?})", self.as_str())
    }
}
