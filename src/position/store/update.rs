//! What passes between a host and a store: events, and what became of them.

use super::record::{StoredLatch, StoredOrder};
use crate::position::{Fill, FillOutcome};
use crate::types::{InstrumentId, OrderId, Price, Timestamp};

/// How a store was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// It was made by this call.
    Created,
    /// With the state after its last event.
    Reopened,
    /// Damaged by a loss of power, or otherwise, and put back to its checkpoint: the state after the event `epoch`. What
    /// the host did later is to be replayed or reconciled.
    FromCheckpoint {
        /// The event.
        epoch: u64,
    },
}

/// What became of an event that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was applied before; nothing has changed.
    Duplicate,
    /// It is applied; with what the fill did, where there was one.
    Done(Option<FillOutcome>),
    /// It is applied and survives the process, but the sync that was due failed: it would not survive a loss of power. The
    /// next sync tries again with everything.
    Unsynced(Option<FillOutcome>),
}

/// A change of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionChange {
    /// A fill, and the venue's id of it, 0 for none.
    Fill(Fill, u64),
    /// A new price to value the open lots at.
    Mark(Price),
}

/// A change of the working orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderChange {
    /// The order is new or has changed.
    Put(StoredOrder),
    /// The order is over.
    Remove(OrderId),
}

/// Everything that one event of the host changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Update<'a> {
    /// The instrument that it concerns; `None` for the account.
    pub instrument: Option<InstrumentId>,
    /// Its number in the host's stream of events of that instrument, or of the account; they increase. 0 for none: then
    /// only a fill id tells whether it was applied.
    pub sequence: u64,
    /// When, for [`SyncPolicy::every_ns`](super::SyncPolicy::every_ns).
    pub timestamp: Timestamp,
    /// What happens to the position.
    pub position: Option<PositionChange>,
    /// What happens to working orders, each id at most once.
    pub orders: &'a [OrderChange],
    /// The latches that are set or cleared.
    pub latches: &'a [StoredLatch],
    /// What the order manager will use next, so that no client id is used twice.
    pub next_order_sequence: Option<u64>,
}
