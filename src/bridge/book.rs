//! `mm::cxx::book`: the order-by-order book, as it follows a feed and as it matches.

use super::guarded::{attempt, verdict};
use super::mirror::Blank;
use super::types::{self, fill, put};
use super::{Error, Guarded};
use crate::book::{self as core, BatchError, BookConfig as CoreConfig, Depth, OrderBook};
use crate::ffi::book::mm_book_config_t;
use crate::ffi::depth::{mm_level_t, mm_queue_position_t, mm_resting_order_t};
use crate::ffi::matching::mm_new_order_t;
use crate::ffi::status::{Failure, MM_E_OUT_OF_MEMORY, MM_OK};
use crate::types::{OrderId, Price, Quantity};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        #[cxx_name = "event"]
        type Event = crate::bridge::types::Event;
        #[cxx_name = "level"]
        type Level = crate::bridge::types::Level;
        #[cxx_name = "touched"]
        type Touched = crate::bridge::types::Touched;
    }

    /// Sizes and rules of a book: the fields of mm_book_config_t.
    #[cxx_name = "book_config"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct BookConfig {
        /// Most orders that can rest at a time, 1 to 2^27-1.
        max_orders: u32,
        /// Ticks a side that are reached by arithmetic instead of a search.
        window_ticks: u32,
        /// Whether an order that shrinks at its price keeps its place in the queue.
        keep_priority_on_decrease: bool,
        /// Whether each order's arrival stamp is kept and told as its priority.
        track_priority: bool,
    }

    /// A resting order.
    #[cxx_name = "resting_order"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct RestingOrder {
        /// Its id; 0 for anonymous liquidity.
        order_id: u64,
        /// Ticks.
        price: i64,
        /// Open quantity, lots.
        quantity: u64,
        /// Arrival stamp.
        priority: u64,
        /// Its side.
        side: Side,
        /// Whether it is anonymous liquidity.
        anonymous: bool,
    }

    /// What stands before an order in its level's queue.
    #[cxx_name = "queue_position"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct QueuePosition {
        /// Orders ahead.
        orders_ahead: u64,
        /// Their lots.
        quantity_ahead: u64,
    }

    /// How an order is priced.
    #[cxx_name = "order_kind"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum OrderKind {
        #[cxx_name = "limit"]
        Limit = 0,
        #[cxx_name = "market"]
        Market = 1,
    }

    /// What becomes of lots that do not trade at once.
    #[cxx_name = "time_in_force"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum TimeInForce {
        #[cxx_name = "good_till_cancel"]
        GoodTillCancel = 0,
        #[cxx_name = "immediate_or_cancel"]
        ImmediateOrCancel = 1,
        #[cxx_name = "fill_or_kill"]
        FillOrKill = 2,
    }

    /// An order to match.
    #[cxx_name = "new_order"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct NewOrder {
        /// Its id, unlike that of any resting order.
        order_id: u64,
        /// Limit, ticks; ignored for market orders.
        price: i64,
        /// Lots.
        quantity: u64,
        /// Its side.
        side: Side,
        /// Limit or market.
        kind: OrderKind,
        /// What becomes of the rest.
        time_in_force: TimeInForce,
        /// Refuse rather than trade on arrival.
        post_only: bool,
    }

    /// What the matching book did.
    #[cxx_name = "book_event_kind"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum BookEventKind {
        #[cxx_name = "none"]
        None = 0,
        #[cxx_name = "accepted"]
        Accepted = 1,
        #[cxx_name = "trade"]
        Trade = 2,
        #[cxx_name = "cancelled"]
        Cancelled = 3,
        #[cxx_name = "amended"]
        Amended = 5,
    }

    /// What the matching book did with an order: the fields of mm_book_event_t.
    #[cxx_name = "book_event"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct BookEvent {
        /// The order that the request was about; of a trade, the taker.
        order_id: u64,
        /// Of a trade, the resting order.
        maker_id: u64,
        /// Of a trade, the maker's price; otherwise the order's.
        price: i64,
        /// Of a trade or a cancel, how much.
        quantity: u64,
        /// What is open of the order after the event.
        remaining: u64,
        /// Of a trade, what is open of the maker after it.
        maker_remaining: u64,
        /// What happened.
        kind: BookEventKind,
        /// Side of the order.
        side: Side,
        /// Whether the maker of a trade is anonymous liquidity.
        maker_anonymous: bool,
    }

    /// What a matching operation came to.
    #[cxx_name = "match"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Match {
        /// Events written.
        events: usize,
        /// Lots traded.
        filled: u64,
        /// Lots of the order that rest afterwards.
        resting: u64,
        /// Lots cancelled.
        cancelled: u64,
        /// What changed.
        touched: Touched,
    }

    /// How far a batch came.
    #[cxx_name = "batch"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Batch {
        /// Events applied, from the first on.
        applied: usize,
        /// What all of them changed.
        touched: Touched,
        /// Why the event after them was refused, MM_E_*; 0 if none was.
        reason: i32,
    }

    extern "Rust" {
        /// An order book of one instrument, order by order, with price-time priority. One owner; const functions may run on
        /// several threads while nobody writes. A call that throws has changed nothing.
        #[cxx_name = "book"]
        #[derive(ExternType)]
        type Book;

        #[Self = "Book"]
        fn defaults() -> BookConfig;
        /// An empty book with all its storage.
        #[Self = "Book"]
        fn create(config: &BookConfig) -> Result<Box<Book>>;

        fn add(self: &mut Book, order_id: u64, side: Side, price: i64, quantity: u64) -> Result<Touched>;
        fn reduce(self: &mut Book, order_id: u64, by: u64) -> Result<Touched>;
        fn remove(self: &mut Book, order_id: u64) -> Result<Touched>;
        fn execute(self: &mut Book, order_id: u64, quantity: u64) -> Result<Touched>;
        fn modify(self: &mut Book, order_id: u64, price: i64, quantity: u64) -> Result<Touched>;
        fn replace(
            self: &mut Book,
            order_id: u64,
            new_order_id: u64,
            price: i64,
            quantity: u64,
        ) -> Result<Touched>;
        /// Anonymous liquidity joins the front of its level's queue.
        fn seed(self: &mut Book, side: Side, price: i64, quantity: u64) -> Result<Touched>;
        fn reduce_seed(self: &mut Book, side: Side, price: i64, by: u64) -> Result<Touched>;
        fn apply(self: &mut Book, event: &Event) -> Result<Touched>;
        /// The same without an exception, for feeds in which refusals are ordinary: 0 or MM_E_*; `touched` stays as it was then.
        fn try_apply(self: &mut Book, event: &Event, touched: &mut Touched) -> i32;
        /// Applies events until one is refused, which is no exception: the batch says where and why.
        fn apply_batch(self: &mut Book, events: &[Event]) -> Result<Batch>;
        fn clear(self: &mut Book) -> Result<Touched>;

        /// Matching: trades, and writes events. `events` larger than any before it costs one allocation.
        fn submit(self: &mut Book, order: &NewOrder, events: &mut [BookEvent]) -> Result<Match>;
        /// Cancels `quantity` lots of a resting order, all of it for 0.
        fn cancel(self: &mut Book, order_id: u64, quantity: u64, events: &mut [BookEvent]) -> Result<Match>;
        fn amend(
            self: &mut Book,
            order_id: u64,
            price: i64,
            quantity: u64,
            events: &mut [BookEvent],
        ) -> Result<Match>;

        /// The best level of a side; false, and `out` as it was, where the side is empty.
        fn best(self: &Book, side: Side, out: &mut Level) -> Result<bool>;
        /// The level at a price; false where there is none.
        fn level_at(self: &Book, side: Side, price: i64, out: &mut Level) -> Result<bool>;
        /// The best levels of a side, best first; how many were written.
        fn levels(self: &Book, side: Side, out: &mut [Level]) -> Result<usize>;
        fn level_count(self: &Book, side: Side) -> Result<usize>;
        fn order_count(self: &Book) -> usize;
        /// A resting order; false where there is none.
        fn order(self: &Book, order_id: u64, out: &mut RestingOrder) -> Result<bool>;
        fn orders_at(self: &Book, side: Side, price: i64, out: &mut [RestingOrder]) -> Result<usize>;
        fn orders(self: &Book, side: Side, out: &mut [RestingOrder]) -> Result<usize>;
        /// What stands before an order; false where there is none.
        fn queue_position_of(self: &Book, order_id: u64, out: &mut QueuePosition) -> Result<bool>;
        /// Equal books have equal hashes on every machine.
        fn state_hash(self: &Book) -> Result<u64>;
        /// The whole book with a checksum.
        fn snapshot(self: &Book) -> Result<Vec<u8>>;
        /// Replaces the contents by a snapshot's.
        fn restore(self: &mut Book, snapshot: &[u8]) -> Result<()>;
    }
}

use face::{
    Batch, BookEvent, BookEventKind, Event, Level, Match, NewOrder, OrderKind, Side, TimeInForce, Touched,
};
pub(super) use face::{BookConfig, QueuePosition, RestingOrder};

numbered!(OrderKind: u8, TimeInForce: u8, BookEventKind: u8);
blank_by_config!(mm_book_config_t);
blank_by_default!(mm_new_order_t);
mirror!(BookConfig => mm_book_config_t {
    max_orders, window_ticks
} flags { keep_priority_on_decrease, track_priority });
shown!(RestingOrder => mm_resting_order_t {
    order_id, price, quantity, priority
} flags { anonymous } numbers { side });
shown!(QueuePosition => mm_queue_position_t { orders_ahead, quantity_ahead });
mirror!(NewOrder => mm_new_order_t {
    order_id, price, quantity
} flags { post_only } numbers { side, kind, time_in_force });

impl From<&core::BookEvent> for BookEvent {
    fn from(event: &core::BookEvent) -> Self {
        Self {
            order_id: event.order_id.0,
            maker_id: event.maker_id.0,
            price: event.price.0,
            quantity: event.quantity.0,
            remaining: event.remaining.0,
            maker_remaining: event.maker_remaining.0,
            kind: BookEventKind { repr: event.kind as u8 },
            side: Side { repr: event.side as u8 },
            maker_anonymous: event.maker_anonymous,
        }
    }
}

/// Events that are checked and applied together.
const CHUNK: usize = 64;

/// The book, and room for what it may say at once.
pub(super) struct Book {
    book: Guarded<OrderBook>,
    events: Vec<core::BookEvent>,
}

impl Book {
    fn defaults() -> BookConfig {
        mm_book_config_t::blank().into()
    }

    fn create(config: &BookConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let config = CoreConfig::try_from(&mm_book_config_t::from(config))?;
            Ok(Box::new(Self { book: Guarded::new(OrderBook::new(&config)?), events: Vec::new() }))
        })
    }

    /// The core's book.
    pub(super) const fn inner(&mut self) -> &mut Guarded<OrderBook> {
        &mut self.book
    }

    fn add(&mut self, order_id: u64, side: Side, price: i64, quantity: u64) -> Result<Touched, Error> {
        self.book.change(|book| {
            Ok(book.add(OrderId(order_id), types::side(side)?, Price(price), Quantity(quantity))?.into())
        })
    }

    fn reduce(&mut self, order_id: u64, by: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.reduce(OrderId(order_id), Quantity(by))?.into()))
    }

    fn remove(&mut self, order_id: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.delete(OrderId(order_id))?.into()))
    }

    fn execute(&mut self, order_id: u64, quantity: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.execute(OrderId(order_id), Quantity(quantity))?.into()))
    }

    fn modify(&mut self, order_id: u64, price: i64, quantity: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.modify(OrderId(order_id), Price(price), Quantity(quantity))?.into()))
    }

    fn replace(
        &mut self,
        order_id: u64,
        new_order_id: u64,
        price: i64,
        quantity: u64,
    ) -> Result<Touched, Error> {
        let (id, new) = (OrderId(order_id), OrderId(new_order_id));
        self.book.change(|book| Ok(book.replace(id, new, Price(price), Quantity(quantity))?.into()))
    }

    fn seed(&mut self, side: Side, price: i64, quantity: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.seed(types::side(side)?, Price(price), Quantity(quantity))?.into()))
    }

    fn reduce_seed(&mut self, side: Side, price: i64, by: u64) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.reduce_seed(types::side(side)?, Price(price), Quantity(by))?.into()))
    }

    fn apply(&mut self, event: &Event) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.apply(&types::event(event)?)?.into()))
    }

    fn try_apply(&mut self, event: &Event, touched: &mut Touched) -> i32 {
        verdict(self.book.try_change(|book| {
            *touched = book.apply(&types::event(event)?)?.into();
            Ok(())
        }))
    }

    fn apply_batch(&mut self, events: &[Event]) -> Result<Batch, Error> {
        self.book.change(|book| {
            let mut done = Batch { applied: 0, touched: Touched::NONE, reason: MM_OK };
            let mut chunk = [crate::types::Event::EMPTY; CHUNK];
            for part in events.chunks(CHUNK) {
                let mut length = 0;
                let mut refused = None;
                for (to, from) in chunk.iter_mut().zip(part) {
                    match types::event(from) {
                        Ok(event) => *to = event,
                        Err(failure) => {
                            refused = Some(failure);
                            break;
                        }
                    }
                    length += 1;
                }
                let touched = match book.apply_batch(&chunk[..length]) {
                    Ok(touched) => {
                        done.applied += length;
                        touched
                    }
                    Err(BatchError { index, error, touched }) => {
                        done.applied += index;
                        refused = Some(error.into());
                        touched
                    }
                };
                done.touched = done.touched.and(touched.into());
                if let Some(failure) = refused {
                    done.reason = failure.status();
                    break;
                }
            }
            Ok(done)
        })
    }

    fn clear(&mut self) -> Result<Touched, Error> {
        self.book.change(|book| Ok(book.clear().into()))
    }

    fn submit(&mut self, order: &NewOrder, events: &mut [BookEvent]) -> Result<Match, Error> {
        let order = core::NewOrder::try_from(&mm_new_order_t::from(order))?;
        self.matching(events, |book, out| book.submit(&order, out))
    }

    fn cancel(&mut self, order_id: u64, quantity: u64, events: &mut [BookEvent]) -> Result<Match, Error> {
        let lots = (quantity > 0).then_some(Quantity(quantity));
        self.matching(events, |book, out| book.cancel(OrderId(order_id), lots, out))
    }

    fn amend(
        &mut self,
        order_id: u64,
        price: i64,
        quantity: u64,
        events: &mut [BookEvent],
    ) -> Result<Match, Error> {
        self.matching(events, |book, out| {
            book.amend(OrderId(order_id), Price(price), Quantity(quantity), out)
        })
    }

    /// Lets the core write into room of its own type, and hands over what it has written when it has succeeded.
    fn matching(
        &mut self,
        out: &mut [BookEvent],
        operation: impl FnOnce(&mut OrderBook, &mut [core::BookEvent]) -> Result<core::Outcome, core::BookError>,
    ) -> Result<Match, Error> {
        let (book, events) = (&mut self.book, &mut self.events);
        book.change(|book| {
            if events.len() < out.len() {
                events.try_reserve_exact(out.len() - events.len()).map_err(|_| {
                    Failure::new(MM_E_OUT_OF_MEMORY, format_args!("no room for {} events", out.len()))
                })?;
                events.resize(out.len(), core::BookEvent::EMPTY);
            }
            let events = &mut events[..out.len()];
            let done = operation(book, events)?;
            fill(out, events[..done.events].iter().map(BookEvent::from));
            Ok(Match {
                events: done.events,
                filled: done.filled.0,
                resting: done.resting.0,
                cancelled: done.cancelled.0,
                touched: done.touched.into(),
            })
        })
    }

    fn best(&self, side: Side, out: &mut Level) -> Result<bool, Error> {
        self.book.read(|book| Ok(put(out, book.best(types::side(side)?).map(mm_level_t::from))))
    }

    fn level_at(&self, side: Side, price: i64, out: &mut Level) -> Result<bool, Error> {
        self.book
            .read(|book| Ok(put(out, book.level(types::side(side)?, Price(price)).map(mm_level_t::from))))
    }

    fn levels(&self, side: Side, out: &mut [Level]) -> Result<usize, Error> {
        self.book.read(|book| {
            Ok(fill(out, book.levels(types::side(side)?).map(|level| mm_level_t::from(level).into())))
        })
    }

    fn level_count(&self, side: Side) -> Result<usize, Error> {
        self.book.read(|book| Ok(book.level_count(types::side(side)?)))
    }

    fn order_count(&self) -> usize {
        self.book.read(|book| Ok(book.len())).unwrap_or(0)
    }

    fn order(&self, order_id: u64, out: &mut RestingOrder) -> Result<bool, Error> {
        self.book.read(|book| Ok(put(out, book.order(OrderId(order_id)).map(mm_resting_order_t::from))))
    }

    fn orders_at(&self, side: Side, price: i64, out: &mut [RestingOrder]) -> Result<usize, Error> {
        self.book.read(|book| {
            let queue = book.orders_at(types::side(side)?, Price(price));
            Ok(fill(out, queue.map(|order| mm_resting_order_t::from(order).into())))
        })
    }

    fn orders(&self, side: Side, out: &mut [RestingOrder]) -> Result<usize, Error> {
        self.book.read(|book| {
            let orders = book.orders(types::side(side)?);
            Ok(fill(out, orders.map(|order| mm_resting_order_t::from(order).into())))
        })
    }

    fn queue_position_of(&self, order_id: u64, out: &mut QueuePosition) -> Result<bool, Error> {
        self.book
            .read(|book| Ok(put(out, book.queue_position(OrderId(order_id)).map(mm_queue_position_t::from))))
    }

    fn state_hash(&self) -> Result<u64, Error> {
        self.book.read(|book| Ok(book.state_hash()))
    }

    fn snapshot(&self) -> Result<Vec<u8>, Error> {
        self.book.read(|book| {
            let mut bytes = vec![0; book.snapshot_size()];
            let size = book.write_snapshot(&mut bytes)?;
            bytes.truncate(size);
            Ok(bytes)
        })
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), Error> {
        self.book.change(|book| Ok(book.read_snapshot(snapshot)?))
    }
}
