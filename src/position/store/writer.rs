//! The store itself: a position tracker, orders and latches whose every change is an event in shared words.
//!
//! What an event changes is checked first, then changed in memory, then written and committed, which cannot fail.

use super::area::Area;
use super::checkpoint::{Checkpoint, Source};
use super::fill_ids::FillIds;
use super::layout::Layout;
use super::record::{
    AppliedIds, FillIdOrder, POSITION_WORDS, StoredLatch, StoredOrder, encode_info, encode_latch,
    encode_order, encode_position, encode_trade,
};
use super::scan::Commit;
use super::{Applied, PositionChange, Recovery, StoreError, SyncPolicy, Update};
use crate::mem::crc32c::{self, Checksummed};
use crate::mem::id_map::IdMap;
use crate::mem::mapped_region::MappedRegion;
use crate::mem::shared_words::SharedWords;
use crate::position::{Fill, FillOutcome, InstrumentPosition, PositionError, PositionTracker, TradeRecord};
use crate::types::{FeeSchedule, InstrumentId, Timestamp};

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
    pub(super) live: Area,
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) policy: SyncPolicy,
    pub(super) tracker: PositionTracker,
    pub(super) applied: Vec<AppliedIds>,
    pub(super) known_ids: FillIds,
    /// Per instrument: how many fill ids are remembered, and how many went into the ring in all.
    pub(super) live_ids: Box<[u32]>,
    pub(super) id_counts: Box<[u64]>,
    pub(super) order_index: IdMap<u32>,
    pub(super) orders: Box<[StoredOrder]>,
    pub(super) free_orders: Vec<u32>,
    /// Per order the last attempt to apply an event that touched it, and whether that made it.
    pub(super) order_marks: Box<[(u64, bool)]>,
    pub(super) attempts: u64,
    pub(super) latches: Box<[StoredLatch]>,
    /// The last commit, its account and digest aside.
    pub(super) commit: Commit,
    pub(super) recovery: Recovery,
    pub(super) unsynced_events: u32,
    pub(super) last_sync: Timestamp,
}

impl<M: SharedWords> Store<M> {
    #[inline(always)]
    pub(super) fn put_position(&mut self, index: usize, epoch: u64) {
        let words: [u64; POSITION_WORDS] =
            encode_position(&self.tracker.positions()[index], &self.applied[index], self.id_counts[index]);
        let place = self.live.layout.position(index);
        self.live.put(&self.memory, place, words, epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    pub(super) fn put_info(&mut self, index: usize, epoch: u64) {
        let words = encode_info(&self.tracker.positions()[index], &self.applied[index]);
        let place = self.live.layout.info(index);
        self.live.put(&self.memory, place, words, epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    #[inline]
    pub(super) fn put_order(&mut self, record: usize, epoch: u64) {
        let place = self.live.layout.order(record);
        self.live.put(&self.memory, place, encode_order(&self.orders[record]), epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    pub(super) fn put_latch(&mut self, latch: &StoredLatch, epoch: u64) {
        let place = self.live.layout.latch(latch.id as usize);
        self.live.put(&self.memory, place, encode_latch(latch), epoch);
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.touch(place.record);
        }
    }

    /// Commits the event whose records have been written, and syncs when that is due.
    #[inline(always)]
    pub(super) fn finish(&mut self, epoch: u64, now: Timestamp) -> bool {
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

    pub(super) fn done(is_synced: bool) -> Applied {
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

    /// Makes everything safe from a loss of power. For a
    /// [`Durability::Process`](super::Durability::Process) store that is what the file says now: the
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
