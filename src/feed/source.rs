//! The one interface of every reader: a stream of events.

use super::FeedError;
use crate::types::Event;

/// A stream of market-data events in the order in which the venue published them.
///
/// The last event of each group that the venue published as one carries
/// [`event_flags::LAST`](crate::types::event_flags::LAST); a book is consistent after it.
pub trait EventSource {
    /// The next event, or `None` at the end. Hot path in every reader of this crate: no allocation per event.
    ///
    /// # Errors
    /// [`FeedError`] at the first malformed or incomplete record, after everything before it has been delivered. A
    /// source that returned an error is finished: from then on it returns `Ok(None)`.
    fn next_event(&mut self) -> Result<Option<Event>, FeedError>;

    /// How much of the input has been consumed.
    fn progress(&self) -> Progress;
}

impl<S: EventSource + ?Sized> EventSource for Box<S> {
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        (**self).next_event()
    }

    fn progress(&self) -> Progress {
        (**self).progress()
    }
}

/// How much of a source has been consumed, in bytes of decompressed data (or events, for a generator).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Consumed so far.
    pub done: u64,
    /// In all.
    pub total: u64,
}
