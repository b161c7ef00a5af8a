//! Our book, through its public interface and with its default rules.

use crate::engine::{Engine, Tally};
use market_maker::book::{BookConfig, BookError, BookEvent, Depth, NewOrder, OrderBook, Touched};
use market_maker::types::{Event, OrderId, Price, Quantity, Side};
use market_maker_peers::reference::LevelRow;
use market_maker_peers::streams::{Kind, Message, Stream};

/// Room for the events of one operation, of which a large market order has the most.
const EVENTS: usize = 1024;

/// A book with the default window and rules, and room for the orders that rest at once.
fn book_for(stream: &Stream) -> OrderBook {
    let max_orders = stream.most_live as u32 + 1;
    OrderBook::new(&BookConfig { max_orders, ..BookConfig::default() })
        .expect("the size is legal and memory is there")
}

fn levels_of(book: &OrderBook) -> Vec<LevelRow> {
    let rows = |side| {
        let level = move |level: market_maker::book::Level| LevelRow {
            side,
            price: level.price.0,
            quantity: level.quantity.0,
        };
        let mut rows: Vec<LevelRow> = book.levels(side).map(level).collect();
        rows.sort_unstable();
        rows
    };
    [rows(Side::Buy), rows(Side::Sell)].concat()
}

#[inline(always)]
fn note(tally: &mut Tally, result: Result<Touched, BookError>) {
    match result {
        Ok(touched) => tally.folded += u64::from(touched.top_changed()),
        Err(_) => tally.refused += 1,
    }
}

/// Feed mode, one method per message.
pub struct OursFeed(OrderBook);

impl OursFeed {
    #[inline(never)]
    fn rarer(&mut self, message: &Message) -> Result<Touched, BookError> {
        let id = OrderId(message.id);
        let quantity = Quantity(u64::from(message.quantity));
        match message.kind {
            Kind::Modify => self.0.modify(id, Price(message.price), quantity),
            Kind::Execute => self.0.execute(id, quantity),
            Kind::Add | Kind::Cancel | Kind::Market => Err(BookError::BadOrder),
        }
    }
}

impl Engine for OursFeed {
    const NAME: &'static str = "ours";

    fn new(stream: &Stream) -> Self {
        Self(book_for(stream))
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        let mut tally = Tally::default();
        for message in messages {
            let (id, price) = (OrderId(message.id), Price(message.price));
            let quantity = Quantity(u64::from(message.quantity));
            // As `OrderBook::apply` does: the two kinds that come most are told by a comparison, sooner than by a table.
            if message.kind == Kind::Add {
                note(&mut tally, self.0.add(id, message.side, price, quantity));
            } else if message.kind == Kind::Cancel {
                note(&mut tally, self.0.delete(id));
            } else {
                note(&mut tally, self.rarer(message));
            }
        }
        tally
    }

    fn levels(&self, _: &Stream) -> Vec<LevelRow> {
        levels_of(&self.0)
    }

    fn traded(_: &Tally) -> Option<u64> {
        None
    }
}

/// Feed mode through the core's 64-byte events: one at a time, or in batches of so many.
pub struct OursEvents<const BATCH: usize> {
    book: OrderBook,
}

impl<const BATCH: usize> OursEvents<BATCH> {
    /// Applies events that were made beforehand.
    pub fn apply(&mut self, events: &[Event]) -> Tally {
        let mut tally = Tally::default();
        if BATCH == 1 {
            for event in events {
                note(&mut tally, self.book.apply(event));
            }
        } else {
            for batch in events.chunks(BATCH) {
                match self.book.apply_batch(batch) {
                    Ok(touched) => tally.folded += u64::from(touched.top_changed()),
                    Err(_) => tally.refused += 1,
                }
            }
        }
        tally
    }
}

impl<const BATCH: usize> Engine for OursEvents<BATCH> {
    const NAME: &'static str = if BATCH == 1 { "ours-events" } else { "ours-batch" };

    fn new(stream: &Stream) -> Self {
        Self { book: book_for(stream) }
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        let events: Vec<Event> = messages.iter().map(Message::event).collect();
        self.apply(&events)
    }

    fn levels(&self, _: &Stream) -> Vec<LevelRow> {
        levels_of(&self.book)
    }

    fn traded(_: &Tally) -> Option<u64> {
        None
    }
}

/// Matching mode, every event written to a buffer.
pub struct OursMatching {
    book: OrderBook,
    events: Box<[BookEvent]>,
}

impl Engine for OursMatching {
    const NAME: &'static str = "ours";

    fn new(stream: &Stream) -> Self {
        Self { book: book_for(stream), events: vec![BookEvent::EMPTY; EVENTS].into() }
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        let mut tally = Tally::default();
        for message in messages {
            let (id, price) = (OrderId(message.id), Price(message.price));
            let quantity = Quantity(u64::from(message.quantity));
            let out = &mut self.events[..];
            let result = match message.kind {
                Kind::Add => self.book.submit(&NewOrder::limit(id, message.side, price, quantity), out),
                Kind::Market => self.book.submit(&NewOrder::market(id, message.side, quantity), out),
                Kind::Cancel => self.book.cancel(id, None, out),
                Kind::Modify => self.book.amend(id, price, quantity, out),
                Kind::Execute => Err(BookError::BadOrder),
            };
            match result {
                Ok(outcome) => {
                    tally.traded += outcome.filled.0;
                    tally.folded += outcome.events as u64;
                }
                Err(_) => tally.refused += 1,
            }
        }
        tally
    }

    fn levels(&self, _: &Stream) -> Vec<LevelRow> {
        levels_of(&self.book)
    }
}
