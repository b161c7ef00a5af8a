//! State that survives: positions, cash, fees, working orders, risk latches and what has been applied, in a memory map.
//!
//! A [`Store`] is a [`PositionTracker`](super::PositionTracker) on a file of fixed size. Every call that changes something
//! is one *event*: when it returns, the event is in memory that belongs to the kernel, so the process may be killed at
//! any instruction and the next opening finds the state after the last event, or, if the kill came inside a call,
//! either before or after that one. Nothing in between: see `slot` for one record, `area` for the records of one event.
//!
//! **Durability.** [`Durability::Process`] promises just that. A loss of power may leave a file that is refused
//! ([`StoreError::Corrupt`]). [`Durability::Disk`] keeps a second copy of the state in the file, a checkpoint, written by
//! [`Store::sync`] and by policy (every so many events, every so much time by the host's clock) with `msync` between the
//! records and their commit: after a loss of power the file opens with a state at or after the last sync.
//!
//! **Idempotence.** An event that was applied is reported as [`Applied::Duplicate`] and changes nothing, so a host may
//! replay its whole log after a restart. Two things are remembered per instrument:
//! - the *sequence* of the last event, a number that the host (or its session layer) counts up. A sequence that is not
//!   above it has been applied. This holds for logs of any length, and needs a source that delivers in order;
//! - the *fill ids* of the last [`fill_window`](StoreConfig::fill_window) fills. Venues number executions as they like:
//!   per matching engine, per symbol, shuffled between gateways, and they resend after a reconnect under a new
//!   session sequence. An id is therefore compared for equality, never for order, unless the host says that the ids
//!   of the instrument increase ([`FillIdOrder::Increasing`]); then one number remembers all of them. The window must
//!   be at least as long as what the venue may send again.
//!
//! Single writer. Readers of any process open a [`StoreReader`], take no lock and see whole events only. Allocation-free
//! after opening; what changes a `Process` store enters no kernel, except where a page fault of a disk file does.

mod area;
mod checkpoint;
mod config;
mod file;
mod fill_ids;
mod layout;
mod orders;
mod reader;
mod record;
mod recover;
mod scan;
mod slot;
mod state;
mod update;
mod view;
mod writer;

pub use config::{Durability, StoreConfig, SyncPolicy};
pub use reader::StoreReader;
pub use record::{AppliedIds, FillIdOrder, LATCH_FIELDS, StoredLatch, StoredOrder};
pub use state::StoreState;
pub use update::{Applied, OrderChange, PositionChange, Recovery, Update};
pub use writer::Store;

use super::PositionError;
use crate::mem::mapped_region::RegionError;
use crate::types::OrderId;

/// Why a store cannot be opened or an event not be applied. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be had: it is locked by another writer, read-only, too large for the disk, missing.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// [`Store::create`] found a file.
    #[error("the file exists already")]
    Exists,
    /// The file does not begin as a store does.
    #[error("not a store")]
    NotAStore,
    /// The file was written by a machine of the other byte order.
    #[error("the store was written by a machine of another byte order")]
    Endianness,
    /// The file was written by another version of the format.
    #[error("the store has version {found}, this library writes {expected}")]
    Version {
        /// The file's.
        found: u64,
        /// Ours.
        expected: u64,
    },
    /// The records have other fields than this library's.
    #[error("the store's records have another layout")]
    Layout,
    /// The file is shorter or longer than its header says.
    #[error("the store has {found} bytes, its header says {expected}")]
    Size {
        /// The file's length in bytes.
        found: u64,
        /// What the header says.
        expected: u64,
    },
    /// The store was made with another capacity, or with another kind of durability.
    #[error("the store has {what} {found}, {wanted} are asked for")]
    Capacity {
        /// Of what.
        what: &'static str,
        /// The file's.
        found: u32,
        /// The configuration's.
        wanted: u32,
    },
    /// The contents contradict their checksums, and there is no checkpoint to fall back on.
    #[error("the store is damaged: {0}")]
    Corrupt(&'static str),
    /// The file has been replaced by a resized one: open the path again.
    #[error("the store was replaced by a resized file")]
    Superseded,
    /// The writer was faster than this reader, every time.
    #[error("the store changed during every attempt to read it")]
    Busy,
    /// The position, fill or mark was refused.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// No room for another working order.
    #[error("all {capacity} orders are in use")]
    OrdersFull {
        /// Orders that fit.
        capacity: u32,
    },
    /// The order to be removed is not there.
    #[error("order {0} is not in the store")]
    UnknownOrder(OrderId),
    /// The same order twice in one event, or an order without a state.
    #[error("order {0} is given twice or has no state")]
    BadOrder(OrderId),
    /// A latch beyond the configured number.
    #[error("latch {id} is beyond the {capacity} of this store")]
    UnknownLatch {
        /// Its number.
        id: u64,
        /// How many there are.
        capacity: u32,
    },
    /// A configuration that cannot work.
    #[error("bad configuration: {0}")]
    BadConfig(&'static str),
}
