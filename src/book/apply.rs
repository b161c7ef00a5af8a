//! Feed events onto the book: one at a time, and in batches that load ahead.

use super::config::BookError;
use super::node::{home_of, key_of};
use super::order_book::{OrderBook, check_quantity};
use super::touched::Touched;
use crate::types::{Event, EventKind, event_flags};
use std::hint::select_unpredictable;

/// Where and why a batch stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {index} of the batch: {error}")]
pub struct BatchError {
    /// The event that was refused. All before it are applied, it and those after it are not; a caller who wants to
    /// skip it goes on with the next.
    pub index: usize,
    /// Why.
    pub error: BookError,
    /// What the events before it touched, together.
    pub touched: Touched,
}

/// How many events ahead a batch starts loading the order's node and the level.
const FAR_AHEAD: usize = 10;
/// How many events ahead it starts loading the order's neighbours.
const NEAR_AHEAD: usize = 4;

impl OrderBook {
    /// Applies one event of an order-by-order feed. Hot path.
    ///
    /// `Reduce`, `Delete` and `Execute` of an order that the book does not know, with
    /// [`event_flags::LOCATED`] set, come out of the anonymous liquidity of their level (at most all of it:
    /// [`Touched::is_short`]). Trades, quotes and status events change nothing.
    ///
    /// # Errors
    /// Those of the single operations; [`BookError::WrongEvent`] for a price-level event. The book is unchanged then.
    #[inline]
    pub fn apply(&mut self, event: &Event) -> Result<Touched, BookError> {
        // Which of these comes next is anybody's guess, and a comparison tells the processor sooner than a table of jumps.
        if event.kind == EventKind::Add {
            self.add(event.order_id, event.side, event.price, event.quantity)
        } else if event.kind == EventKind::Delete {
            match self.delete(event.order_id) {
                Err(BookError::UnknownOrder) => self.take_from_seed(event),
                other => other,
            }
        } else {
            self.apply_other(event)
        }
    }

    /// The kinds of event that are rarer.
    #[inline(never)]
    fn apply_other(&mut self, event: &Event) -> Result<Touched, BookError> {
        match event.kind {
            // Handled there before anything comes here.
            EventKind::Add | EventKind::Delete => self.apply(event),
            EventKind::Reduce | EventKind::Execute => match self.reduce(event.order_id, event.quantity) {
                Err(BookError::UnknownOrder) => self.take_from_seed(event),
                other => other,
            },
            EventKind::Modify => self.modify(event.order_id, event.price, event.quantity),
            EventKind::Replace => {
                self.replace(event.order_id, event.new_order_id, event.price, event.quantity)
            }
            EventKind::Seed => self.seed(event.side, event.price, event.quantity),
            EventKind::Clear => Ok(self.clear()),
            EventKind::Level => Err(BookError::WrongEvent),
            EventKind::None
            | EventKind::Trade
            | EventKind::BestQuote
            | EventKind::Status
            | EventKind::Fill => Ok(Touched::NOTHING),
        }
    }

    /// Applies events in order with exactly the result of [`OrderBook::apply`] one by one, loading ahead the memory
    /// that they will touch. Faster on deep books, a little slower on books that fit the cache. Hot path.
    ///
    /// # Errors
    /// [`BatchError`] at the first event that is refused.
    pub fn apply_batch(&mut self, events: &[Event]) -> Result<Touched, BatchError> {
        let mut touched = Touched::NOTHING;
        for event in &events[..events.len().min(FAR_AHEAD)] {
            self.prefetch_node(event);
        }
        for (index, event) in events.iter().enumerate() {
            if let Some(event) = events.get(index + NEAR_AHEAD) {
                self.prefetch_neighbours(event);
            }
            if let Some(event) = events.get(index + FAR_AHEAD) {
                self.prefetch_node(event);
            }
            match self.apply(event) {
                Ok(one) => touched = touched.union(one),
                Err(error) => return Err(BatchError { index, error, touched }),
            }
        }
        Ok(touched)
    }

    /// Starts loading the order's node and the level that the event names. No branch here or below depends on the kind
    /// of event: a misprediction would cost what the load ahead gains.
    #[inline(always)]
    fn prefetch_node(&self, event: &Event) {
        let nodes = &self.levels.nodes;
        nodes.prefetch(nodes.index_of(home_of(event.order_id.0)));
        self.levels.prefetch(event.side, key_of(event.side, event.price));
    }

    /// Starts loading the neighbours in the queue that the event leaves or, for a new order, joins, and the level that
    /// it leaves.
    #[inline(always)]
    fn prefetch_neighbours(&self, event: &Event) {
        let level = self.levels.near_hint(event.side, key_of(event.side, event.price));
        let nodes = &self.levels.nodes;
        let order = nodes.index_of(home_of(event.order_id.0));
        let node = select_unpredictable(event.kind == EventKind::Add, level, order);
        let tag = nodes[node].tag;
        nodes.prefetch(nodes.prev(node));
        nodes.prefetch(nodes.next(node));
        self.levels.prefetch(tag.side(), tag.key());
    }

    #[cold]
    #[inline(never)]
    fn take_from_seed(&mut self, event: &Event) -> Result<Touched, BookError> {
        if !event.has(event_flags::LOCATED) {
            return Err(BookError::UnknownOrder);
        }
        check_quantity(event.quantity)?;
        self.reduce_seed(event.side, event.price, event.quantity)
    }
}
