//! Making a store, finding its state again, and bringing a state into it.

use super::area::Area;
use super::checkpoint::Checkpoint;
use super::fill_ids::FillIds;
use super::layout::Layout;
use super::record::{StoredLatch, StoredOrder, encode_trade};
use super::scan::Commit;
use super::{Durability, Recovery, Store, StoreConfig, StoreError, StoreState, SyncPolicy};
use crate::mem::id_map::IdMap;
use crate::mem::shared_words::SharedWords;
use crate::position::{PositionError, PositionTracker, TrackerConfig};
use crate::types::Timestamp;

impl<M: SharedWords> Store<M> {
    /// Makes a store in memory of [`StoreConfig::bytes`] bytes, all zero.
    ///
    /// # Errors
    /// [`StoreError::BadConfig`], also for memory of another size; [`StoreError::Position`] for bad limits;
    /// [`StoreError::Region`] when the memory cannot be synced.
    pub fn create_in(memory: M, config: &StoreConfig) -> Result<Self, StoreError> {
        Self::create_from(memory, config, None)
    }

    /// As [`create_in`](Self::create_in), with a state to begin with.
    pub(super) fn create_from(
        memory: M,
        config: &StoreConfig,
        state: Option<&StoreState>,
    ) -> Result<Self, StoreError> {
        let layout = Layout::new(config)?;
        if layout.words != memory.len() {
            return Err(StoreError::BadConfig("the memory is not of the configured size"));
        }
        let mut store = Self::empty(memory, layout, config)?;
        store.recovery = Recovery::Created;
        let mut fresh = StoreState::default();
        if state.is_none() {
            fresh.account = *store.tracker.account();
        }
        store.populate(state.unwrap_or(&fresh))?;
        store.sync()?;
        store.layout.write_header(&store.memory);
        store.memory.sync(0, super::layout::PAGE)?;
        Ok(store)
    }

    /// Takes over memory that holds a store.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::Endianness`], [`StoreError::Version`], [`StoreError::Layout`],
    /// [`StoreError::Size`], [`StoreError::Capacity`], [`StoreError::Corrupt`], [`StoreError::Superseded`],
    /// [`StoreError::Position`] for bad limits. Nothing has changed in the memory then.
    pub fn open_in(memory: M, config: &StoreConfig) -> Result<Self, StoreError> {
        let layout = Layout::read_header(&memory)?;
        layout.check(config)?;
        if memory.load(super::layout::SUPERSEDED) != 0 {
            return Err(StoreError::Superseded);
        }
        let mut store = Self::empty(memory, layout, config)?;
        store.recover()?;
        Ok(store)
    }

    /// Reads the memory again in place of what this store knows.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`]; the store is as it was then.
    pub fn reload(&mut self) -> Result<(), StoreError> {
        self.recover()
    }

    /// A store that knows nothing of its memory.
    fn empty(memory: M, layout: Layout, config: &StoreConfig) -> Result<Self, StoreError> {
        let tracker = PositionTracker::new(&TrackerConfig {
            instruments: layout.instruments,
            history: layout.history,
            capital: config.capital,
            limits: config.limits,
        })?;
        let (instruments, orders) = (layout.instruments as usize, layout.orders as usize);
        let latch = |id: u32| StoredLatch { id: id.into(), ..StoredLatch::default() };
        Ok(Self {
            live: Area::new(&layout.live, layout.instruments),
            checkpoint: layout.checkpoint.as_ref().map(|area| Checkpoint::new(area, layout.instruments)),
            policy: match config.durability {
                Durability::Process => SyncPolicy::default(),
                Durability::Disk(policy) => policy,
            },
            tracker,
            applied: Vec::with_capacity(instruments),
            known_ids: FillIds::new(instruments, layout.window as usize),
            live_ids: vec![0; instruments].into_boxed_slice(),
            id_counts: vec![0; instruments].into_boxed_slice(),
            order_index: IdMap::new(orders),
            orders: vec![StoredOrder::EMPTY; orders].into_boxed_slice(),
            free_orders: Vec::with_capacity(orders),
            order_marks: vec![(0, false); orders].into_boxed_slice(),
            attempts: 0,
            latches: (0..layout.latches).map(latch).collect(),
            commit: Commit::default(),
            recovery: Recovery::Reopened,
            unsynced_events: 0,
            last_sync: Timestamp(0),
            memory,
            layout,
        })
    }

    /// Finds the state and takes it over. The memory changes only when there is one.
    fn recover(&mut self) -> Result<(), StoreError> {
        let mut state = StoreState::with_room(&self.layout);
        let found = Area::load(&self.memory, &self.layout, &self.layout.live, &mut state);
        let mut saved = StoreState::default();
        let saved_epoch =
            self.checkpoint.as_mut().and_then(|cp| cp.load(&self.memory, &self.layout, &mut saved));
        match (found, saved_epoch) {
            (Ok((live, commit)), saved_epoch) if saved_epoch.is_none_or(|epoch| epoch <= commit.event) => {
                self.adopt(&state)?;
                live.scrub(&self.memory, &commit);
                (self.live, self.commit) = (live, commit);
                self.recovery = Recovery::Reopened;
            }
            (_, Some(epoch)) => {
                self.adopt(&saved)?;
                self.live.clear(&self.memory);
                self.populate(&saved)?;
                self.recovery = Recovery::FromCheckpoint { epoch };
            }
            (Err(damage), None) => return Err(StoreError::Corrupt(damage)),
            (Ok(_), None) => return Err(StoreError::Corrupt("the checkpoint")),
        }
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.scrub(&self.memory);
            checkpoint.touch_all();
        }
        Ok(())
    }

    /// Takes a state over into this process's memory, or changes nothing.
    fn adopt(&mut self, state: &StoreState) -> Result<(), StoreError> {
        let corrupt = |_| StoreError::Corrupt("the positions");
        let mut index = IdMap::new(self.orders.len());
        for (order, &record) in state.orders.iter().zip(&state.order_records) {
            if index.contains(order.id.0) || !index.insert(order.id.0, record) {
                return Err(StoreError::Corrupt("the orders"));
            }
        }
        self.tracker.restore(&state.account, &state.positions).map_err(corrupt)?;
        self.tracker.restore_history(&state.trades);
        self.order_index = index;
        self.orders.fill(StoredOrder::EMPTY);
        for (order, &record) in state.orders.iter().zip(&state.order_records) {
            self.orders[record as usize] = *order;
        }
        self.free_orders.clear();
        let free = (0..self.layout.orders).rev().filter(|&record| self.orders[record as usize].state == 0);
        self.free_orders.extend(free);
        for (id, latch) in self.latches.iter_mut().enumerate() {
            *latch = StoredLatch { id: id as u64, ..StoredLatch::default() };
        }
        for latch in &state.latches {
            self.latches[latch.id as usize] = *latch;
        }
        self.applied.clear();
        self.applied.extend_from_slice(&state.applied);
        self.live_ids.fill(0);
        self.id_counts.fill(0);
        self.known_ids.clear();
        for (index, &(live, count)) in state.id_counts.iter().enumerate() {
            self.live_ids[index] = live;
            self.id_counts[index] = count;
            for &id in state.fill_ids(index) {
                self.known_ids.insert(index, id);
            }
        }
        Ok(())
    }

    /// Writes a state into an empty live area as one event.
    fn populate(&mut self, state: &StoreState) -> Result<(), StoreError> {
        let mut state = state.clone();
        // Only what fits is kept; a smaller store keeps the latest.
        let history = self.layout.history as usize;
        let skip = state.trades.len().saturating_sub(history);
        state.trades.drain(..skip);
        state.trade_fill_ids.drain(..skip);
        let mut ids = Vec::new();
        for index in 0..state.positions.len() {
            let known = state.fill_ids(index);
            ids.push(known[known.len().saturating_sub(self.layout.window as usize)..].to_vec());
        }
        state.id_counts = ids.iter().map(|ids| (ids.len() as u32, ids.len() as u64)).collect();
        state.ids = ids.concat();
        state.order_records = (0..state.orders.len() as u32).collect();
        if state.positions.len() > self.layout.instruments as usize {
            return Err(PositionError::Full { capacity: self.layout.instruments }.into());
        }
        if state.orders.len() > self.layout.orders as usize {
            return Err(StoreError::OrdersFull { capacity: self.layout.orders });
        }
        if let Some(latch) = state.latches.iter().find(|latch| latch.id >= u64::from(self.layout.latches)) {
            return Err(StoreError::UnknownLatch { id: latch.id, capacity: self.layout.latches });
        }
        self.adopt(&state)?;
        let epoch = state.epoch.max(1);
        for index in 0..state.positions.len() {
            self.put_info(index, epoch);
            for live in 0..self.live_ids[index] {
                let id = state.fill_ids(index)[live as usize];
                self.live.push_id(&self.memory, index, live, id);
            }
            self.put_position(index, epoch);
        }
        for record in 0..state.orders.len() {
            self.put_order(record, epoch);
        }
        for latch in &state.latches {
            self.put_latch(latch, epoch);
        }
        for (live, (trade, &fill_id)) in state.trades.iter().zip(&state.trade_fill_ids).enumerate() {
            self.live.push_trade(&self.memory, live as u64, encode_trade(trade, fill_id));
        }
        self.commit = Commit {
            digest: 0,
            account: state.account,
            last_event: state.last_event,
            next_order_sequence: state.next_order_sequence,
            trade_count: state.trades.len() as u64,
            trade_live: state.trades.len() as u64,
            event: epoch,
            epoch,
        };
        // Both commit slots are whole in a sound store.
        self.live.commit(&self.memory, &self.commit, &state.account);
        self.live.commit(&self.memory, &self.commit, &state.account);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch_all();
        }
        Ok(())
    }
}
