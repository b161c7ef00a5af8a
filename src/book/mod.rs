//! Order books: order by order with price-time priority ([`OrderBook`]), by price level ([`LevelBook`]), and many of
//! them by instrument ([`BookManager`]).
//!
//! An [`OrderBook`] works in feed mode (it keeps what a venue reports) or in matching mode (it trades), over one
//! storage that is taken at construction: any price range, any 64-bit ids, no allocation afterwards, unless the caller asks for
//! more room ([`OrderBook::reserve`]). [`Depth`] is the view that all books share.

mod apply;
mod bitmap;
mod config;
mod far;
mod homes;
mod id_buckets;
mod level_book;
mod levels;
mod manager;
mod matching;
mod node;
mod order_book;
mod reserve;
mod snapshot;
mod touched;
mod view;

pub use apply::BatchError;
pub use config::{BookConfig, BookError};
pub use level_book::{LevelBook, LevelBookConfig};
pub use manager::BookManager;
pub use matching::{BookEvent, BookEventKind, NewOrder, OrderKind, Outcome, TimeInForce};
pub use order_book::OrderBook;
pub use touched::Touched;
pub use view::{Depth, Level, OrderView, QueuePosition};
