//! The store itself: a position tracker, orders and latches whose every change is an event in shared words.
//!
//! What an event changes is checked first, then changed in memory, then written and committed, which cannot fail.

use super::area::Area;
use super::checkpoint::{Checkpoint, Source};
use super::fill_ids::FillIds;
use super::id_map::IdMap;
use super::layout::Layout;
use super::record::{
    AppliedIds, FillIdOrder, POSITION_WORDS, StoredLatch, StoredOrder, encode_info, encode_latch,
    encode_order, encode_position, encode_trade,
};
use super::scan::Commit;
use super::{Durability, StoreConfig, StoreError, StoreState, SyncPolicy};
use crate::mem::crc32c::{self, Checksummed};
use crate::mem::mapped_region::MappedRegion;
use crate::mem::shared_words::SharedWords;
use crate::position::{
    Fill, FillOutcome, InstrumentPosition, PositionError, PositionLimits, PositionTracker, TrackerConfig,
    TradeRecord,
};
use crate::types::{FeeSchedule, InstrumentId, OrderId, Price, Timestamp};

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
    /// When, for [`SyncPolicy::every_ns`].
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

/// Positions, orders, latches and what was applied, on memory that survives the process.
///
/// ```
/// use market_maker::position::store::{Applied, FillIdOrder, Recovery, Store, StoreConfig};
/// use market_maker::position::Fill;
/// use market_maker::types::*;
/// let path = std::env::temp_dir().join(format!("mm-store-{}", std::process::id()));
/// let fill = Fill {
///     instrument: InstrumentId(7), side: Side::Buy, price: Price(100), quantity: Quantity(10), is_maker: true,
///     order_id: OrderId(1), timestamp: Timestamp(0),
/// };
/// let mut store = Store::open_or_create(&path, &StoreConfig::default()).unwrap();
/// store.register(InstrumentId(7), FeeSchedule::FREE, 1, FillIdOrder::Any).unwrap();
/// assert!(matches!(store.record_fill(&fill, 4711, 1).unwrap(), Applied::Done(_)));
/// drop(store); // or kill -9
///
/// let mut store = Store::open_or_create(&path, &StoreConfig::default()).unwrap();
/// assert_eq!(store.recovery(), Recovery::Reopened);
/// assert_eq!(store.record_fill(&fill, 4711, 1).unwrap(), Applied::Duplicate);
/// assert_eq!(store.tracker().get(InstrumentId(7)).unwrap().position.quantity(), SignedQuantity(10));
/// # drop(store); std::fs::remove_file(&path).unwrap();
/// ```
#[derive(Debug)]
pub struct Store<M = MappedRegion> {
    pub(super) memory: M,
    pub(super) layout: Layout,
    live: Area,
    checkpoint: Option<Checkpoint>,
    policy: SyncPolicy,
    tracker: PositionTracker,
    applied: Vec<AppliedIds>,
    known_ids: FillIds,
    /// Per instrument: how many fill ids are remembered, and how many went into the ring in all.
    live_ids: Box<[u32]>,
    id_counts: Box<[u64]>,
    order_index: IdMap,
    orders: Box<[StoredOrder]>,
    free_orders: Vec<u32>,
    /// Per order the last attempt to apply an event that touched it, and whether that made it.
    order_marks: Box<[(u64, bool)]>,
    attempts: u64,
    latches: Box<[StoredLatch]>,
    /// The last commit, its account and digest aside.
    commit: Commit,
    recovery: Recovery,
    unsynced_events: u32,
    last_sync: Timestamp,
}

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
            if index.contains(order.id.0) {
                return Err(StoreError::Corrupt("the orders"));
            }
            index.insert(order.id.0, record);
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

    #[inline(always)]
    fn put_position(&mut self, index: usize, epoch: u64) {
        let words: [u64; POSITION_WORDS] =
            encode_position(&self.tracker.positions()[index], &self.applied[index], self.id_counts[index]);
        let place = self.live.layout.position(index);
        self.live.put(&self.memory, place, words, epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    fn put_info(&mut self, index: usize, epoch: u64) {
        let words = encode_info(&self.tracker.positions()[index], &self.applied[index]);
        let place = self.live.layout.info(index);
        self.live.put(&self.memory, place, words, epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    #[inline]
    fn put_order(&mut self, record: usize, epoch: u64) {
        let place = self.live.layout.order(record);
        self.live.put(&self.memory, place, encode_order(&self.orders[record]), epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    fn put_latch(&mut self, latch: &StoredLatch, epoch: u64) {
        let place = self.live.layout.latch(latch.id as usize);
        self.live.put(&self.memory, place, encode_latch(latch), epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    /// Commits the event whose records have been written, and syncs when that is due.
    #[inline(always)]
    fn finish(&mut self, epoch: u64, now: Timestamp) -> bool {
        (self.commit.epoch, self.commit.event) = (epoch, epoch);
        self.live.commit(&self.memory, &self.commit, self.tracker.account());
        if self.checkpoint.is_none() {
            return true;
        }
        self.unsynced_events = self.unsynced_events.saturating_add(1);
        let policy = self.policy;
        let by_number = policy.every_events > 0 && self.unsynced_events >= policy.every_events;
        let by_time = policy.every_ns > 0 && now.0.saturating_sub(self.last_sync.0) >= policy.every_ns;
        if by_number || by_time {
            self.last_sync = now;
            return self.sync().is_ok();
        }
        true
    }

    /// Adds an instrument, flat. `unit_value` is what one tick × lot is worth in account units. O(1).
    ///
    /// # Errors
    /// [`StoreError::Position`] with what [`PositionTracker::register`] says.
    pub fn register(
        &mut self,
        instrument: InstrumentId,
        fees: FeeSchedule,
        unit_value: i64,
        fill_ids: FillIdOrder,
    ) -> Result<Applied, StoreError> {
        self.tracker.register(instrument, fees, unit_value)?;
        let (index, epoch) = (self.applied.len(), self.commit.epoch + 1);
        self.applied.push(AppliedIds { fill_ids, ..AppliedIds::default() });
        self.put_info(index, epoch);
        self.put_position(index, epoch);
        Ok(Self::done(self.finish(epoch, self.last_sync)))
    }

    /// Whether an event of the instrument, or of the account, with this sequence was applied. Hot path, O(1).
    #[inline(always)]
    fn is_known_sequence(&self, sequence: u64, index: Option<usize>) -> bool {
        let last_event = index.map_or(self.commit.last_event, |index| self.applied[index].last_event);
        sequence != 0 && sequence <= last_event
    }

    /// Whether the instrument's fill with this id was applied. Hot path, O(1) for a new id.
    #[inline(always)]
    fn is_known_fill(&self, fill_id: u64, index: usize) -> bool {
        let applied = &self.applied[index];
        fill_id != 0
            && match applied.fill_ids {
                FillIdOrder::Any => {
                    self.known_ids.may_contain(index, fill_id) && self.is_in_window(index, fill_id)
                }
                FillIdOrder::Increasing => fill_id <= applied.last_fill_id,
            }
    }

    #[inline(never)]
    fn is_in_window(&self, index: usize, fill_id: u64) -> bool {
        self.live.ids(&self.memory, index, self.live_ids[index], 0).any(|id| id == fill_id)
    }

    /// Books a fill under the venue's id and the host's sequence, either of which may be 0. Hot path, O(1).
    ///
    /// # Errors
    /// As for [`apply`](Self::apply).
    pub fn record_fill(&mut self, fill: &Fill, fill_id: u64, sequence: u64) -> Result<Applied, StoreError> {
        crc32c::in_line(Recording { store: self, fill, fill_id, sequence })
    }

    #[inline(always)]
    fn record_fill_in_line(
        &mut self,
        fill: &Fill,
        fill_id: u64,
        sequence: u64,
    ) -> Result<Applied, StoreError> {
        // The same as an update of this fill alone, without putting that together and taking it apart.
        let index = self.tracker.index_of(fill.instrument).ok_or(PositionError::UnknownInstrument)?;
        if self.is_known_sequence(sequence, Some(index)) || self.is_known_fill(fill_id, index) {
            return Ok(Applied::Duplicate);
        }
        let outcome = self.tracker.record_fill_at(index, fill)?;
        let epoch = self.commit.epoch + 1;
        if sequence != 0 {
            self.applied[index].last_event = sequence;
        }
        self.remember_fill(index, fill, fill_id, &outcome);
        self.put_position(index, epoch);
        let is_synced = self.finish(epoch, fill.timestamp);
        Ok(if is_synced { Applied::Done(Some(outcome)) } else { Applied::Unsynced(Some(outcome)) })
    }

    /// Applies one event as a whole; when this returns it survives the process. Hot path, O(changes).
    ///
    /// # Errors
    /// [`StoreError::Position`] for an unknown instrument or a fill or mark that the tracker refuses,
    /// [`StoreError::OrdersFull`] (orders that the same event removes do not make room for others),
    /// [`StoreError::UnknownOrder`], [`StoreError::BadOrder`], [`StoreError::UnknownLatch`]. Nothing has changed then.
    pub fn apply(&mut self, update: &Update<'_>) -> Result<Applied, StoreError> {
        let index = match update.instrument {
            Some(id) => Some(self.tracker.index_of(id).ok_or(PositionError::UnknownInstrument)?),
            None => None,
        };
        let fill_id = match update.position {
            Some(PositionChange::Fill(_, fill_id)) => fill_id,
            _ => 0,
        };
        if self.is_known_sequence(update.sequence, index)
            || index.is_some_and(|index| self.is_known_fill(fill_id, index))
        {
            return Ok(Applied::Duplicate);
        }
        let capacity = self.layout.latches;
        if let Some(latch) = update.latches.iter().find(|latch| latch.id >= u64::from(capacity)) {
            return Err(StoreError::UnknownLatch { id: latch.id, capacity });
        }
        if update.latches.iter().enumerate().any(|(at, a)| update.latches[..at].iter().any(|b| a.id == b.id))
        {
            return Err(StoreError::BadConfig("a latch is given twice"));
        }
        self.reserve_orders(update.orders)?;
        let outcome = match self.change_position(update) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.release_orders(update.orders);
                return Err(error);
            }
        };

        let epoch = self.commit.epoch + 1;
        if let Some(index) = index {
            if update.sequence != 0 {
                self.applied[index].last_event = update.sequence;
            }
            if let (Some(PositionChange::Fill(fill, _)), Some(outcome)) = (&update.position, &outcome) {
                self.remember_fill(index, fill, fill_id, outcome);
            }
            self.put_position(index, epoch);
        } else if update.sequence != 0 {
            self.commit.last_event = update.sequence;
        }
        self.write_orders(update.orders, epoch);
        for latch in update.latches {
            self.latches[latch.id as usize] = *latch;
            self.put_latch(latch, epoch);
        }
        if let Some(sequence) = update.next_order_sequence {
            self.commit.next_order_sequence = sequence;
        }
        let is_synced = self.finish(epoch, update.timestamp);
        Ok(if is_synced { Applied::Done(outcome) } else { Applied::Unsynced(outcome) })
    }

    #[inline(always)]
    fn change_position(&mut self, update: &Update<'_>) -> Result<Option<FillOutcome>, StoreError> {
        match &update.position {
            None => Ok(None),
            Some(PositionChange::Fill(fill, _)) => {
                if Some(fill.instrument) != update.instrument {
                    return Err(PositionError::UnknownInstrument.into());
                }
                Ok(Some(self.tracker.record_fill(fill)?))
            }
            Some(PositionChange::Mark(price)) => {
                let instrument = update.instrument.ok_or(PositionError::UnknownInstrument)?;
                self.tracker.mark(instrument, *price)?;
                Ok(None)
            }
        }
    }

    /// The fill's id into the window, the fill into the history.
    #[inline(always)]
    fn remember_fill(&mut self, index: usize, fill: &Fill, fill_id: u64, outcome: &FillOutcome) {
        if fill_id != 0 {
            self.applied[index].last_fill_id = fill_id;
            if self.layout.window > 0 && self.applied[index].fill_ids == FillIdOrder::Any {
                let live = self.live_ids[index];
                match self.live.push_id(&self.memory, index, live, fill_id) {
                    Some(oldest) => self.known_ids.remove(index, oldest),
                    None => self.live_ids[index] = live + 1,
                }
                self.known_ids.insert(index, fill_id);
                self.id_counts[index] += 1;
                if let Some(checkpoint) = &mut self.checkpoint {
                    checkpoint.note_id(index);
                }
            }
        }
        if self.layout.history > 0 {
            let trade = TradeRecord {
                timestamp: fill.timestamp,
                order_id: fill.order_id,
                price: fill.price,
                quantity: fill.quantity,
                realised: outcome.realised,
                position: outcome.position,
                instrument: fill.instrument,
                side: fill.side,
                is_maker: u8::from(fill.is_maker),
                reserved: [0; 2],
            };
            self.live.push_trade(&self.memory, self.commit.trade_live, encode_trade(&trade, fill_id));
            self.commit.trade_count += 1;
            self.commit.trade_live = (self.commit.trade_live + 1).min(self.layout.history.into());
            if let Some(checkpoint) = &mut self.checkpoint {
                checkpoint.note_trade();
            }
        }
    }

    /// Finds or takes a record for each order that changes, or changes nothing.
    fn reserve_orders(&mut self, changes: &[OrderChange]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.attempts += 1;
        for (at, change) in changes.iter().enumerate() {
            if let Err(error) = self.reserve_order(change) {
                self.release_orders(&changes[..at]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn reserve_order(&mut self, change: &OrderChange) -> Result<(), StoreError> {
        let (id, is_put) = match change {
            OrderChange::Put(order) if order.state == 0 => return Err(StoreError::BadOrder(order.id)),
            OrderChange::Put(order) => (order.id, true),
            OrderChange::Remove(id) => (*id, false),
        };
        let (record, is_new) = match self.order_index.get(id.0) {
            Some(record) => (record, false),
            None if is_put => {
                let full = StoreError::OrdersFull { capacity: self.layout.orders };
                let record = self.free_orders.pop().ok_or(full)?;
                self.order_index.insert(id.0, record);
                (record, true)
            }
            None => return Err(StoreError::UnknownOrder(id)),
        };
        let mark = &mut self.order_marks[record as usize];
        if mark.0 == self.attempts {
            return Err(StoreError::BadOrder(id));
        }
        *mark = (self.attempts, is_new);
        Ok(())
    }

    /// Gives back what [`reserve_orders`](Self::reserve_orders) took.
    fn release_orders(&mut self, changes: &[OrderChange]) {
        for change in changes.iter().rev() {
            if let OrderChange::Put(order) = change
                && let Some(record) = self.order_index.get(order.id.0)
                && self.order_marks[record as usize] == (self.attempts, true)
            {
                self.order_index.remove(order.id.0);
                self.free_orders.push(record);
            }
        }
    }

    fn write_orders(&mut self, changes: &[OrderChange], epoch: u64) {
        for change in changes {
            let id = match change {
                OrderChange::Put(order) => order.id,
                OrderChange::Remove(id) => *id,
            };
            let Some(record) = self.order_index.get(id.0) else { continue };
            match change {
                OrderChange::Put(order) => self.orders[record as usize] = *order,
                OrderChange::Remove(id) => {
                    self.orders[record as usize] = StoredOrder::EMPTY;
                    self.order_index.remove(id.0);
                    self.free_orders.push(record);
                }
            }
            self.put_order(record as usize, epoch);
        }
    }

    /// Whether an event of the account was applied already; if not, its sequence is taken.
    fn take_sequence(&mut self, sequence: u64) -> bool {
        if sequence != 0 && sequence <= self.commit.last_event {
            return false;
        }
        if sequence != 0 {
            self.commit.last_event = sequence;
        }
        true
    }

    fn done(is_synced: bool) -> Applied {
        if is_synced { Applied::Done(None) } else { Applied::Unsynced(None) }
    }

    /// Begins a new day: the daily loss counts from the present equity. `sequence` as in [`Update::sequence`]. O(1).
    pub fn start_day(&mut self, sequence: u64) -> Applied {
        if !self.take_sequence(sequence) {
            return Applied::Duplicate;
        }
        self.tracker.start_day();
        Self::done(self.finish(self.commit.epoch + 1, self.last_sync))
    }

    /// Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments, orders, latches
    /// and what was applied stay: a replay of old events still changes nothing. `sequence` as in [`Update::sequence`].
    /// O(instruments).
    pub fn reset(&mut self, sequence: u64) -> Applied {
        if !self.take_sequence(sequence) {
            return Applied::Duplicate;
        }
        self.tracker.reset();
        let epoch = self.commit.epoch + 1;
        for index in 0..self.applied.len() {
            self.put_position(index, epoch);
        }
        self.live.drop_trades(&self.memory, self.commit.trade_live);
        self.commit.trade_live = 0;
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.note_reset();
        }
        Self::done(self.finish(epoch, self.last_sync))
    }

    /// Takes over the positions, marks and account of a tracker that was kept elsewhere, as one event. Instruments that it
    /// has and the store has not are registered with [`FillIdOrder::Any`]; the history stays. O(instruments).
    ///
    /// # Errors
    /// [`StoreError::Position`] with [`PositionError::UnknownInstrument`] when the tracker lacks an instrument of the
    /// store, with [`PositionError::Full`], or with what [`PositionTracker::restore`] says. Nothing has changed then.
    pub fn import(&mut self, tracker: &PositionTracker) -> Result<Applied, StoreError> {
        let known = self.tracker.positions().iter();
        let mut positions: Vec<InstrumentPosition> = known
            .map(|slot| tracker.get(slot.instrument).copied().ok_or(PositionError::UnknownInstrument))
            .collect::<Result<_, _>>()?;
        let new = tracker.positions().iter().filter(|slot| self.tracker.get(slot.instrument).is_none());
        positions.extend(new);
        self.tracker.restore(tracker.account(), &positions)?;
        let trades: Vec<TradeRecord> = self.state().trades;
        self.tracker.restore_history(&trades);
        let epoch = self.commit.epoch + 1;
        self.applied.resize(positions.len(), AppliedIds::default());
        for index in 0..positions.len() {
            self.put_info(index, epoch);
            self.put_position(index, epoch);
        }
        Ok(Self::done(self.finish(epoch, self.last_sync)))
    }

    /// Puts the positions and the account into a tracker, in place of its own; its history becomes empty.
    ///
    /// # Errors
    /// What [`PositionTracker::restore`] says: it may have too few instruments.
    pub fn export(&self, tracker: &mut PositionTracker) -> Result<(), StoreError> {
        Ok(tracker.restore(self.tracker.account(), self.tracker.positions())?)
    }

    /// Makes everything safe from a loss of power. For a [`Durability::Process`] store that is what the file says now: the
    /// next change begins a time in which a loss of power may cost the file.
    ///
    /// # Errors
    /// [`StoreError::Region`]: nobody knows how much is safe. The next sync tries again with everything.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        match &mut self.checkpoint {
            None => self.memory.sync(0, self.layout.words)?,
            Some(checkpoint) => {
                let source = Source {
                    area: &self.live,
                    commit: self.commit,
                    account: self.tracker.account(),
                    ids: &self.live_ids,
                };
                checkpoint.sync(&self.memory, &self.layout, &source)?;
            }
        }
        self.unsynced_events = 0;
        Ok(())
    }

    /// Syncs when the policy asks for it at the time `now`. For hosts without events for a while.
    ///
    /// # Errors
    /// As for [`sync`](Self::sync).
    pub fn tick(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let every = self.policy.every_ns;
        if every > 0 && self.unsynced_events > 0 && now.0.saturating_sub(self.last_sync.0) >= every {
            self.last_sync = now;
            self.sync()?;
        }
        Ok(())
    }

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

    /// What [`Update::next_order_sequence`] last said, else 0.
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

/// A fill on its way into a store.
struct Recording<'a, M> {
    store: &'a mut Store<M>,
    fill: &'a Fill,
    fill_id: u64,
    sequence: u64,
}

impl<M: SharedWords> Checksummed for Recording<'_, M> {
    type Output = Result<Applied, StoreError>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        self.store.record_fill_in_line(self.fill, self.fill_id, self.sequence)
    }
}
