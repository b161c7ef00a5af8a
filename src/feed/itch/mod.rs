//! NASDAQ TotalView-ITCH 5.0: the order-by-order feed of the US's largest stock market, read and written.
//!
//! - [`parse_message`] turns the bytes of one message into a borrowed, typed [`Message`], whatever framed it.
//! - [`EventMapper`] turns messages into [`Event`](crate::types::Event)s, one for one.
//! - [`ItchReader`] reads NASDAQ's daily files (each message behind two bytes of length) as an
//!   [`EventSource`](super::EventSource).
//! - [`ItchWriter`] writes such a file from events, so that a sequence recorded in another format replays as ITCH.
//!
//! How messages become events:
//!
//! | message | event |
//! |---|---|
//! | `A` `F` | `Add` |
//! | `E` | `Execute`, at the order's own price, which the message does not carry (`LOCATED` is not set) |
//! | `C` | `Execute`; `price` is the **print's**, not the order's (`LOCATED` is not set) |
//! | `X` | `Reduce` |
//! | `D` | `Delete` |
//! | `U` | `Replace` |
//! | `P` | `Trade`, `HIDDEN`. Not `SIDED`: the message has said "buy" for both sides since 2014 |
//! | `Q` | `Trade`; `None` when nothing crossed |
//! | `H`, and `h` of NASDAQ's own market | `Status` |
//! | all others | `None`, so that events and messages stay one to one |
//!
//! Every event carries `LAST`: the feed does not group messages. `sequence` is the number of the message in the file,
//! the first is 1, as MoldUDP64 numbers a session. Times are nanoseconds since midnight in New York.

mod mapper;
mod messages;
mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub use mapper::EventMapper;
pub use messages::{
    AddOrder, AddOrderAttributed, AuctionCollar, BrokenTrade, CircuitBreakerLevels, CircuitBreakerStatus,
    CrossTrade, DirectListing, HEADER_LENGTH, Imbalance, IpoQuotingPeriod, MESSAGE_TYPES, Message,
    OperationalHalt, OrderCancel, OrderDelete, OrderExecuted, OrderExecutedWithPrice, OrderReplace,
    ParticipantPosition, Price4, Price8, RegSho, RetailInterest, Stock, StockDirectory, SystemEvent, Trade,
    TradingAction, parse_message, side,
};
pub use reader::ItchReader;
pub use writer::{ItchWriteError, ItchWriter, ItchWriterConfig};

/// Which stocks a reader yields events of. Messages about no single stock pass every filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StockFilter {
    /// All of them; the events' instrument is the stock locate number.
    #[default]
    All,
    /// The stock with this locate number; the events' instrument is the reader's.
    Locate(u16),
    /// The stock that the directory lists under this name; the events' instrument is the reader's.
    Stock(Stock),
}
