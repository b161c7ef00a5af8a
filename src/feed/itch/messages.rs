//! Every message of NASDAQ TotalView-ITCH 5.0, as views that borrow the bytes of the feed.
//!
//! One table below states each message's type, length and fields as the specification (Nasdaq TotalView-ITCH 5.0,
//! sections 1.1 to 1.8) does; the compiler checks that the fields of each message lie end to end and fill its
//! length. A view is a reference to an array of exactly that length, so that reading a field is a load and a byte swap.
//! Hot path: nothing here allocates or panics.

use std::fmt;

use super::super::Reason;
use crate::types::{Side, Symbol, Timestamp};

/// Bytes in front of every message's own fields: type, stock locate, tracking number, timestamp.
pub const HEADER_LENGTH: usize = 11;

/// A price with four implied decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Price4(pub u32);

impl Price4 {
    /// The price in units of 10⁻⁹. Never overflows.
    #[must_use]
    #[inline]
    pub const fn nanos(self) -> i64 {
        self.0 as i64 * 100_000
    }
}

/// A price with eight implied decimals (market-wide circuit breaker levels).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Price8(pub u64);

impl Price8 {
    /// The price in units of 10⁻⁹, `None` beyond what those can express in 64 bits.
    #[must_use]
    #[inline]
    pub fn nanos(self) -> Option<i64> {
        i64::try_from(self.0).ok()?.checked_mul(10)
    }
}

/// A stock's name as ITCH writes it: eight characters, padded with spaces on the right.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Stock(pub [u8; 8]);

impl Stock {
    /// The name padded with spaces; `None` when it is empty, longer than eight bytes, not ASCII or holds a space.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        if bytes.is_empty() || bytes.len() > 8 || !bytes.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let mut padded = [b' '; 8];
        padded[..bytes.len()].copy_from_slice(bytes);
        Some(Self(padded))
    }

    /// The name without its padding; empty when the bytes are not ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
        if self.0.is_ascii() { std::str::from_utf8(&self.0[..end]).unwrap_or("") } else { "" }
    }

    /// The name as the core's symbol.
    #[must_use]
    pub fn symbol(&self) -> Symbol {
        Symbol::new(self.as_str()).unwrap_or_default()
    }
}

impl fmt::Debug for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stock({})", self.0.escape_ascii())
    }
}

impl fmt::Display for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A field that a message holds: how wide it is and how it is read.
trait Field {
    const WIDTH: usize;
    /// `bytes` holds the field at `at`: the table's check makes it so.
    fn read(bytes: &[u8], at: usize) -> Self;
}

macro_rules! big_endian {
    ($($name:ty),*) => {$(
        impl Field for $name {
            const WIDTH: usize = size_of::<$name>();
            #[inline(always)]
            fn read(bytes: &[u8], at: usize) -> Self {
                Self::from_be_bytes(Field::read(bytes, at))
            }
        }
    )*};
}
big_endian!(u8, u16, u32, u64);

impl<const N: usize> Field for [u8; N] {
    const WIDTH: usize = N;
    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        bytes[at..].first_chunk().copied().unwrap_or([0; N])
    }
}

macro_rules! transparent {
    ($($name:ident($inner:ty)),*) => {$(
        impl Field for $name {
            const WIDTH: usize = <$inner as Field>::WIDTH;
            #[inline(always)]
            fn read(bytes: &[u8], at: usize) -> Self {
                Self(<$inner as Field>::read(bytes, at))
            }
        }
    )*};
}
transparent!(Price4(u32), Price8(u64), Stock([u8; 8]));

/// Nanoseconds since midnight from the six bytes at offset 5 of any message.
#[inline(always)]
fn timestamp(bytes: &[u8]) -> Timestamp {
    let [a, b, c, d, e, f]: [u8; 6] = Field::read(bytes, 5);
    Timestamp(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

macro_rules! messages {
    ($(
        $(#[$doc:meta])*
        $name:ident = $code:literal, $length:literal bytes {
            $( $(#[$field_doc:meta])* $field:ident: $kind:ty = $at:literal, )*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #[repr(transparent)]
            pub struct $name<'a>(&'a [u8; $length]);

            impl<'a> $name<'a> {
                /// The message's type.
                pub const TYPE: u8 = $code;
                /// The message's length in bytes, its type included.
                pub const LENGTH: usize = $length;

                /// The whole message.
                #[must_use]
                pub const fn as_bytes(&self) -> &'a [u8; $length] {
                    self.0
                }

                /// The number that stands for the stock today; 0 in messages about no single stock.
                #[must_use]
                #[inline]
                pub fn stock_locate(&self) -> u16 {
                    Field::read(self.0, 1)
                }

                /// NASDAQ's internal tracking number.
                #[must_use]
                #[inline]
                pub fn tracking_number(&self) -> u16 {
                    Field::read(self.0, 3)
                }

                /// Nanoseconds since midnight, New York time.
                #[must_use]
                #[inline]
                pub fn timestamp(&self) -> Timestamp {
                    timestamp(self.0)
                }

                $(
                    $(#[$field_doc])*
                    #[must_use]
                    #[inline]
                    pub fn $field(&self) -> $kind {
                        Field::read(self.0, $at)
                    }
                )*
            }

            const _: () = {
                #[allow(unused_mut, reason = "every message has a field, but the macro cannot know it")]
                let mut end = HEADER_LENGTH;
                $(
                    assert!($at == end, "fields lie end to end");
                    end += <$kind as Field>::WIDTH;
                )*
                assert!(end == $length, "fields fill the message");
            };
        )*

        /// One message of the feed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Message<'a> {
            $( $(#[$doc])* $name($name<'a>), )*
        }

        impl<'a> Message<'a> {
            /// The whole message.
            #[must_use]
            pub const fn as_bytes(&self) -> &'a [u8] {
                match self {
                    $( Self::$name(message) => message.0, )*
                }
            }

            /// The number that stands for the stock today; 0 in messages about no single stock.
            #[must_use]
            #[inline]
            pub fn stock_locate(&self) -> u16 {
                Field::read(self.as_bytes(), 1)
            }

            /// Nanoseconds since midnight, New York time.
            #[must_use]
            #[inline]
            pub fn timestamp(&self) -> Timestamp {
                timestamp(self.as_bytes())
            }
        }

        /// Every message type with its length, in the order of the specification.
        pub const MESSAGE_TYPES: &[(u8, usize)] = &[$( ($code, $length) ),*];

        /// Reads one message, without any framing around it.
        ///
        /// ```
        /// use market_maker::feed::itch::{Message, parse_message};
        /// let bytes = b"D\x00\x07\x00\x00\x1f\x1a\xce\xd9\x17\x00\x00\x00\x00\x00\x00\x00\x00\x2a";
        /// let Ok(Message::OrderDelete(delete)) = parse_message(bytes) else { panic!() };
        /// assert_eq!((delete.stock_locate(), delete.order_reference()), (7, 42));
        /// ```
        ///
        /// # Errors
        /// [`Reason::Missing`] for no bytes at all, [`Reason::UnknownType`], and [`Reason::Length`] when the length is
        /// not exactly that of the type.
        #[inline]
        pub fn parse_message(bytes: &[u8]) -> Result<Message<'_>, Reason> {
            match bytes.first() {
                $(
                    Some($code) => match bytes.try_into() {
                        Ok(bytes) => Ok(Message::$name($name(bytes))),
                        Err(_) => Err(wrong_length($length, bytes.len())),
                    },
                )*
                Some(&other) => Err(Reason::UnknownType(other)),
                None => Err(Reason::Missing("message type")),
            }
        }
    };
}

/// The length of each message type, 0 where there is none: a check without a branch for each type.
pub(super) const LENGTHS: [u8; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < MESSAGE_TYPES.len() {
        let (code, length) = MESSAGE_TYPES[at];
        assert!(length < 256 && lengths[code as usize] == 0, "lengths fit a byte, types are distinct");
        lengths[code as usize] = length as u8;
        at += 1;
    }
    lengths
};

#[cold]
fn wrong_length(expected: u32, found: usize) -> Reason {
    Reason::Length { expected, found: u32::try_from(found).unwrap_or(u32::MAX) }
}

messages! {
    /// System event: a boundary of the trading day, for all stocks.
    SystemEvent = b'S', 12 bytes {
        /// `O` start of messages, `S` start of system hours, `Q` start of market hours, `M` end of market hours,
        /// `E` end of system hours, `C` end of messages.
        event_code: u8 = 11,
    }
    /// Stock directory: names the stock behind a locate number; sent before trading for every stock.
    StockDirectory = b'R', 39 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// Listing market or tier: `Q` Global Select, `G` Global, `S` Capital Market, `N` NYSE, `A` NYSE American,
        /// `P` Arca, `Z` BATS, `V` IEX, space not known.
        market_category: u8 = 19,
        /// Compliance of the issuer: `N` normal, `D` deficient, `E` delinquent, `Q` bankrupt, `S` suspended,
        /// combinations `G` `H` `J` `K`, `C` creations suspended, space not known.
        financial_status: u8 = 20,
        /// Shares in a round lot.
        round_lot_size: u32 = 21,
        /// `Y` when only round lots are accepted.
        round_lots_only: u8 = 25,
        /// Class of the security.
        issue_classification: u8 = 26,
        /// Sub-type of the security.
        issue_subtype: [u8; 2] = 27,
        /// `P` live, `T` test.
        authenticity: u8 = 29,
        /// `Y` when the stock is subject to short sale thresholds.
        short_sale_threshold: u8 = 30,
        /// `Y` when the stock is a new issue set for an IPO.
        ipo_flag: u8 = 31,
        /// Limit-up limit-down tier: `1`, `2`, or space.
        luld_tier: u8 = 32,
        /// `Y` for an exchange-traded product.
        etp_flag: u8 = 33,
        /// Leverage of the exchange-traded product.
        etp_leverage: u32 = 34,
        /// `Y` for an inverse exchange-traded product.
        inverse: u8 = 38,
    }
    /// Stock trading action: the stock's trading state changes.
    TradingAction = b'H', 25 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// `H` halted, `P` paused, `Q` quotation only, `T` trading.
        trading_state: u8 = 19,
        /// Reserved.
        reserved: u8 = 20,
        /// Why, as a code of four characters.
        reason: [u8; 4] = 21,
    }
    /// Short sale price test restriction (Reg SHO).
    RegSho = b'Y', 20 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// `0` none, `1` in effect after an intraday drop, `2` remains in effect.
        action: u8 = 19,
    }
    /// Market participant position: a market maker's standing in a stock.
    ParticipantPosition = b'L', 26 bytes {
        /// The market participant.
        participant: [u8; 4] = 11,
        /// The stock's name.
        stock: Stock = 15,
        /// `Y` for a primary market maker.
        primary_market_maker: u8 = 23,
        /// `N` normal, `P` passive, `S` syndicate, `R` pre-syndicate, `L` penalty.
        market_maker_mode: u8 = 24,
        /// `A` active, `E` excused, `W` withdrawn, `S` suspended, `D` deleted.
        participant_state: u8 = 25,
    }
    /// Market-wide circuit breaker: the day's decline levels.
    CircuitBreakerLevels = b'V', 35 bytes {
        /// First level, eight decimals.
        level1: Price8 = 11,
        /// Second level, eight decimals.
        level2: Price8 = 19,
        /// Third level, eight decimals.
        level3: Price8 = 27,
    }
    /// Market-wide circuit breaker: a level has been breached.
    CircuitBreakerStatus = b'W', 12 bytes {
        /// `1`, `2` or `3`.
        breached_level: u8 = 11,
    }
    /// Quoting period update of an initial public offering.
    IpoQuotingPeriod = b'K', 28 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// When quoting begins, seconds since midnight.
        release_time: u32 = 19,
        /// `A` anticipated, `C` cancelled or postponed.
        release_qualifier: u8 = 23,
        /// Price of the offering.
        price: Price4 = 24,
    }
    /// Auction collar of a limit-up limit-down pause.
    AuctionCollar = b'J', 35 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// Reference price of the collar.
        reference_price: Price4 = 19,
        /// Upper price.
        upper_price: Price4 = 23,
        /// Lower price.
        lower_price: Price4 = 27,
        /// How many times the auction has been extended.
        extension: u32 = 31,
    }
    /// Operational halt of a stock on one market.
    OperationalHalt = b'h', 21 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// `Q` NASDAQ, `B` BX, `X` PSX.
        market_code: u8 = 19,
        /// `H` halted, `T` lifted.
        action: u8 = 20,
    }
    /// Add order without attribution.
    AddOrder = b'A', 36 bytes {
        /// The order's number, unique for the day.
        order_reference: u64 = 11,
        /// `B` or `S`.
        buy_sell: u8 = 19,
        /// Shares displayed.
        shares: u32 = 20,
        /// The stock's name.
        stock: Stock = 24,
        /// Display price.
        price: Price4 = 32,
    }
    /// Add order with the market participant's name.
    AddOrderAttributed = b'F', 40 bytes {
        /// The order's number, unique for the day.
        order_reference: u64 = 11,
        /// `B` or `S`.
        buy_sell: u8 = 19,
        /// Shares displayed.
        shares: u32 = 20,
        /// The stock's name.
        stock: Stock = 24,
        /// Display price.
        price: Price4 = 32,
        /// The market participant.
        attribution: [u8; 4] = 36,
    }
    /// Order executed at its display price, in part or in full.
    OrderExecuted = b'E', 31 bytes {
        /// The order that trades.
        order_reference: u64 = 11,
        /// Shares executed.
        shares: u32 = 19,
        /// Number of the match, unique for the day.
        match_number: u64 = 23,
    }
    /// Order executed at a price that differs from its display price.
    OrderExecutedWithPrice = b'C', 36 bytes {
        /// The order that trades.
        order_reference: u64 = 11,
        /// Shares executed.
        shares: u32 = 19,
        /// Number of the match, unique for the day.
        match_number: u64 = 23,
        /// `Y`, or `N` when the volume is printed again by a later bulk message.
        printable: u8 = 31,
        /// Price of the execution.
        price: Price4 = 32,
    }
    /// Order cancelled in part.
    OrderCancel = b'X', 23 bytes {
        /// The order that shrinks.
        order_reference: u64 = 11,
        /// Shares removed.
        shares: u32 = 19,
    }
    /// Order deleted.
    OrderDelete = b'D', 19 bytes {
        /// The order that leaves.
        order_reference: u64 = 11,
    }
    /// Order replaced by a new one of the same side, which loses priority.
    OrderReplace = b'U', 35 bytes {
        /// The order that leaves.
        order_reference: u64 = 11,
        /// The order that takes its place.
        new_order_reference: u64 = 19,
        /// Shares displayed of the new order.
        shares: u32 = 27,
        /// Display price of the new order.
        price: Price4 = 31,
    }
    /// Execution of a hidden order.
    Trade = b'P', 44 bytes {
        /// Always 0 since December 2010.
        order_reference: u64 = 11,
        /// Side of the hidden order; always `B` since July 2014, whichever side it was.
        buy_sell: u8 = 19,
        /// Shares executed.
        shares: u32 = 20,
        /// The stock's name.
        stock: Stock = 24,
        /// Price of the execution.
        price: Price4 = 32,
        /// Number of the match, unique for the day.
        match_number: u64 = 36,
    }
    /// Cross trade: the print of an auction.
    CrossTrade = b'Q', 40 bytes {
        /// Shares matched.
        shares: u64 = 11,
        /// The stock's name.
        stock: Stock = 19,
        /// Price of the cross.
        price: Price4 = 27,
        /// Number of the match, unique for the day.
        match_number: u64 = 31,
        /// `O` opening, `C` closing, `H` IPO or halted stock.
        cross_type: u8 = 39,
    }
    /// An execution is broken.
    BrokenTrade = b'B', 19 bytes {
        /// The broken match.
        match_number: u64 = 11,
    }
    /// Net order imbalance indicator in front of a cross.
    Imbalance = b'I', 50 bytes {
        /// Shares that pair at the reference price.
        paired_shares: u64 = 11,
        /// Shares that do not.
        imbalance_shares: u64 = 19,
        /// `B` buy, `S` sell, `N` none, `O` too few orders, `P` paused.
        direction: u8 = 27,
        /// The stock's name.
        stock: Stock = 28,
        /// Clearing price of the cross orders alone.
        far_price: Price4 = 36,
        /// Clearing price of cross and continuous orders.
        near_price: Price4 = 40,
        /// Reference price.
        reference_price: Price4 = 44,
        /// `O` opening, `C` closing, `H` IPO or halted stock, `A` extended trading close.
        cross_type: u8 = 48,
        /// How far the near price lies from the reference price, as a code.
        price_variation: u8 = 49,
    }
    /// Retail price improvement interest.
    RetailInterest = b'N', 20 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// `B` buy side, `S` sell side, `A` both, `N` none.
        interest: u8 = 19,
    }
    /// Direct listing with capital raise: price discovery.
    DirectListing = b'O', 48 bytes {
        /// The stock's name.
        stock: Stock = 11,
        /// `Y` or `N`: eligible to be released for trading.
        open_eligibility: u8 = 19,
        /// Lowest allowed price.
        minimum_price: Price4 = 20,
        /// Highest allowed price.
        maximum_price: Price4 = 24,
        /// Near execution price.
        near_price: Price4 = 28,
        /// When the near execution price was set, nanoseconds since midnight.
        near_time: u64 = 32,
        /// Lower price of the range collar.
        lower_collar: Price4 = 40,
        /// Upper price of the range collar.
        upper_collar: Price4 = 44,
    }
}

/// The side that `B` or `S` stands for.
///
/// # Errors
/// [`Reason::Field`] for any other byte.
#[inline]
pub fn side(buy_sell: u8) -> Result<Side, Reason> {
    match buy_sell {
        b'B' => Ok(Side::Buy),
        b'S' => Ok(Side::Sell),
        _ => Err(Reason::Field("buy/sell indicator")),
    }
}
