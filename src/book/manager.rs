//! Many order books by instrument.
//!
//! Instruments are registered one by one, each with its own sizes; after that nothing allocates. Finding a book is
//! one array access for instrument numbers below 65,536 and a binary search above. Single writer.

use super::config::{BookConfig, BookError};
use super::order_book::OrderBook;
use super::touched::Touched;
use crate::types::{Event, InstrumentId};

/// Instrument numbers below this are found by index.
const DIRECT: u32 = 1 << 16;

/// Order books by [`InstrumentId`].
///
/// ```
/// use market_maker::book::{BookConfig, BookManager, Depth};
/// use market_maker::types::{Event, EventKind, InstrumentId, OrderId, Price, Quantity, Side};
///
/// let mut books = BookManager::new();
/// let config = BookConfig { max_orders: 1000, window_ticks: 256, ..BookConfig::default() };
/// books.add_instrument(InstrumentId(7), &config)?;
/// let event = Event {
///     instrument: InstrumentId(7),
///     kind: EventKind::Add,
///     order_id: OrderId(1),
///     side: Side::Buy,
///     price: Price(100),
///     quantity: Quantity(3),
///     ..Event::EMPTY
/// };
/// assert!(books.apply(&event)?.top_changed());
/// assert_eq!(books.book(InstrumentId(7)).unwrap().best(Side::Buy).unwrap().price, Price(100));
/// # Ok::<(), market_maker::book::BookError>(())
/// ```
#[derive(Debug, Default)]
pub struct BookManager {
    books: Vec<OrderBook>,
    /// Index into `books` plus one, by instrument number; 0 for none.
    direct: Vec<u32>,
    /// Instrument and index of every book, sorted.
    sorted: Vec<(InstrumentId, u32)>,
}

impl BookManager {
    /// No instruments yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { books: Vec::new(), direct: Vec::new(), sorted: Vec::new() }
    }

    /// Registers an instrument with an empty book. Allocates: not for the hot path.
    ///
    /// # Errors
    /// [`BookError::DuplicateInstrument`]; those of [`OrderBook::new`].
    pub fn add_instrument(&mut self, id: InstrumentId, config: &BookConfig) -> Result<(), BookError> {
        let Err(place) = self.sorted.binary_search_by_key(&id, |entry| entry.0) else {
            return Err(BookError::DuplicateInstrument);
        };
        let book = OrderBook::new(config)?;
        self.sorted.insert(place, (id, self.books.len() as u32));
        self.books.push(book);
        if id.0 < DIRECT {
            if self.direct.len() <= id.0 as usize {
                self.direct.resize(id.0 as usize + 1, 0);
            }
            self.direct[id.0 as usize] = self.books.len() as u32;
        }
        Ok(())
    }

    /// Registered instruments.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.books.len()
    }

    /// Whether no instrument is registered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.books.is_empty()
    }

    /// The registered instruments, in the order of their numbers.
    pub fn instruments(&self) -> impl Iterator<Item = InstrumentId> {
        self.sorted.iter().map(|entry| entry.0)
    }

    /// The instrument's book. Hot path.
    #[inline]
    #[must_use]
    pub fn book(&self, id: InstrumentId) -> Option<&OrderBook> {
        self.books.get(self.index(id)?)
    }

    /// The instrument's book, to change it. Hot path.
    #[inline]
    pub fn book_mut(&mut self, id: InstrumentId) -> Option<&mut OrderBook> {
        let index = self.index(id)?;
        self.books.get_mut(index)
    }

    /// Applies an event to its instrument's book. Hot path.
    ///
    /// # Errors
    /// [`BookError::UnknownInstrument`]; those of [`OrderBook::apply`].
    #[inline]
    pub fn apply(&mut self, event: &Event) -> Result<Touched, BookError> {
        self.book_mut(event.instrument).ok_or(BookError::UnknownInstrument)?.apply(event)
    }

    #[inline]
    fn index(&self, id: InstrumentId) -> Option<usize> {
        if id.0 < DIRECT {
            let entry = *self.direct.get(id.0 as usize)?;
            return (entry as usize).checked_sub(1);
        }
        let place = self.sorted.binary_search_by_key(&id, |entry| entry.0).ok()?;
        Some(self.sorted[place].1 as usize)
    }
}
