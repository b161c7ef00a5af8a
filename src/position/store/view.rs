//! What a store knows, read by its owner.

use super::checkpoint::Checkpoint;
use super::record::{AppliedIds, StoredLatch, StoredOrder};
use super::{Durability, Recovery, Store, StoreConfig, StoreError, StoreState};
use crate::mem::shared_words::SharedWords;
use crate::position::{PositionLimits, PositionTracker};
use crate::types::{InstrumentId, OrderId};

impl<M: SharedWords> Store<M> {
    /// The positions, totals, limits and latest trades.
    #[must_use]
    pub const fn tracker(&self) -> &PositionTracker {
        &self.tracker
    }

    /// Replaces the limits, which are not stored.
    ///
    /// # Errors
    /// As for [`PositionTracker::set_limits`].
    pub fn set_limits(&mut self, limits: &PositionLimits) -> Result<(), StoreError> {
        Ok(self.tracker.set_limits(limits)?)
    }

    /// The capacities, the policy, the limits and the capital.
    #[must_use]
    pub fn config(&self) -> StoreConfig {
        let config = self.layout.config();
        StoreConfig {
            capital: self.tracker.account().capital,
            limits: *self.tracker.limits(),
            durability: match config.durability {
                Durability::Process => Durability::Process,
                Durability::Disk(_) => Durability::Disk(self.policy),
            },
            ..config
        }
    }

    /// The fill ids of an instrument that are remembered, oldest first. O(window).
    #[must_use]
    pub fn fill_ids(&self, instrument: InstrumentId) -> Option<impl ExactSizeIterator<Item = u64>> {
        let index = self.tracker.index_of(instrument)?;
        Some(self.live.ids(&self.memory, index, self.live_ids[index], 0))
    }

    /// The working orders, in no particular order. O(capacity).
    pub fn orders(&self) -> impl Iterator<Item = &StoredOrder> {
        self.orders.iter().filter(|order| order.state != 0)
    }

    /// A working order. Hot path, O(1).
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&StoredOrder> {
        self.order_index.get(id.0).map(|record| &self.orders[record as usize])
    }

    /// The latches that are set. O(capacity).
    pub fn latches(&self) -> impl Iterator<Item = &StoredLatch> {
        self.latches.iter().filter(|latch| latch.is_set())
    }

    /// What was applied to an instrument last. Hot path, O(1).
    #[must_use]
    pub fn applied(&self, instrument: InstrumentId) -> Option<AppliedIds> {
        self.tracker.index_of(instrument).map(|index| self.applied[index])
    }

    /// The sequence of the last event of the account, else 0.
    #[must_use]
    pub const fn last_event(&self) -> u64 {
        self.commit.last_event
    }

    /// What [`Update::next_order_sequence`](super::Update::next_order_sequence) last said, else 0.
    #[must_use]
    pub const fn next_order_sequence(&self) -> u64 {
        self.commit.next_order_sequence
    }

    /// The number of the last event: counts every change since the store was made.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.commit.epoch
    }

    /// The number of the last event that is safe from a loss of power; `None` without checkpoints.
    #[must_use]
    pub fn synced_epoch(&self) -> Option<u64> {
        self.checkpoint.as_ref().map(Checkpoint::event)
    }

    /// How the store was found when it was opened.
    #[must_use]
    pub const fn recovery(&self) -> Recovery {
        self.recovery
    }

    /// The memory.
    #[must_use]
    pub const fn memory(&self) -> &M {
        &self.memory
    }

    /// A copy of everything, as this process knows it. O(size), allocates.
    #[must_use]
    pub fn state(&self) -> StoreState {
        let mut state = StoreState {
            epoch: self.commit.epoch,
            account: *self.tracker.account(),
            last_event: self.commit.last_event,
            next_order_sequence: self.commit.next_order_sequence,
            positions: self.tracker.positions().to_vec(),
            applied: self.applied.clone(),
            latches: self.latches().copied().collect(),
            trade_count: self.commit.trade_count,
            ..StoreState::default()
        };
        for (record, order) in self.orders.iter().enumerate().filter(|(_, order)| order.state != 0) {
            state.orders.push(*order);
            state.order_records.push(record as u32);
        }
        for index in 0..self.applied.len() {
            let live = self.live_ids[index];
            state.id_counts.push((live, self.id_counts[index]));
            state.ids.extend(self.live.ids(&self.memory, index, live, 0));
        }
        for words in self.live.trades(&self.memory, self.commit.trade_live as u32) {
            if let Some((trade, fill_id)) = super::record::decode_trade(&words) {
                state.trades.push(trade);
                state.trade_fill_ids.push(fill_id);
            }
        }
        state
    }
}
