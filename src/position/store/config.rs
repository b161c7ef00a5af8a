//! What a store is sized for and how hard it tries.

use super::StoreError;
use super::layout::Layout;
use crate::position::PositionLimits;

/// What an applied event survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process.
    #[default]
    Process,
    /// The death of the process at once, and a loss of power from the next sync on. The file holds the state twice.
    Disk(SyncPolicy),
}

impl Durability {
    pub(super) const fn has_checkpoint(self) -> bool {
        matches!(self, Self::Disk(_))
    }
}

/// When a store syncs by itself. Whichever comes first; with both zero it syncs only when [`sync`](super::Store::sync) is
/// called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncPolicy {
    /// After so many events, 1 for each; 0 for not by number.
    pub every_events: u32,
    /// When an event's timestamp is this many nanoseconds after that of the last sync; 0 for not by time.
    pub every_ns: u64,
}

/// Capacities, durability and account of a [`Store`](super::Store).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Instruments that can be registered, 1 to 65 536.
    pub instruments: u32,
    /// Working orders of all instruments together, 0 to 65 536.
    pub orders: u32,
    /// Risk latches, 0 to 4096.
    pub latches: u32,
    /// Fill ids that are remembered per instrument, 0 to 4096; those of [`FillIdOrder::Increasing`](super::FillIdOrder)
    /// need none.
    pub fill_window: u32,
    /// Latest trades that are kept, 0 to 2²⁴.
    pub history: u32,
    /// Equity at the start, account units. A store that exists keeps its own.
    pub capital: i64,
    /// The limits of the tracker. Not stored.
    pub limits: PositionLimits,
    /// What an applied event survives. A store that exists must have been made for the same kind.
    pub durability: Durability,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            instruments: 64,
            orders: 1024,
            latches: 64,
            fill_window: 64,
            history: 0,
            capital: 0,
            limits: PositionLimits::default(),
            durability: Durability::Process,
        }
    }
}

impl StoreConfig {
    /// Bytes of the file.
    ///
    /// # Errors
    /// [`StoreError::BadConfig`] when a capacity is out of range.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        Ok(Layout::new(self)?.words as u64 * 8)
    }
}
