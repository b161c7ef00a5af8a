//! The second copy of the state, which a loss of power leaves whole.
//!
//! A checkpoint is an area that only a sync writes. A sync copies what has changed since the one before as one event
//! of this area: the records and ring entries, `msync`, the commit, `msync`. At any moment the disk holds the commit of
//! before with everything that it needs, or the new one, in whatever order the kernel wrote the pages back.

use super::area::Area;
use super::layout::{AreaLayout, Kind, Layout};
use super::record::{INFO_WORDS, LATCH_WORDS, ORDER_WORDS, POSITION_FLAGS, POSITION_WORDS};
use super::scan::Commit;
use super::state::StoreState;
use crate::mem::mapped_region::RegionError;
use crate::mem::shared_words::{SharedWords, Words};
use crate::position::AccountState;

#[derive(Debug)]
pub(super) struct Checkpoint {
    area: Area,
    /// The last commit of this area.
    commit: Commit,
    /// Whether a record has changed since the last sync, and the list of those.
    is_dirty: Box<[bool]>,
    dirty: Vec<u32>,
    /// Per instrument: fill ids since the last sync, and live and all ids of this area's ring.
    rings: Box<[Ring]>,
    /// Trades since the last sync or reset.
    new_trades: u64,
    was_reset: bool,
    /// A sync failed: what the area holds must be read again.
    is_unknown: bool,
    /// There is nothing in the area, or nothing to trust.
    is_blank: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Ring {
    new: u32,
    live: u32,
    count: u64,
}

/// The live state as a sync needs it.
pub(super) struct Source<'a> {
    pub area: &'a Area,
    pub commit: Commit,
    pub account: &'a AccountState,
    /// Live fill ids of each instrument.
    pub ids: &'a [u32],
}

impl Checkpoint {
    /// A checkpoint that knows nothing of its area yet.
    pub fn new(layout: &AreaLayout, instruments: u32) -> Self {
        let records = layout.records();
        Self {
            area: Area::new(layout, instruments),
            commit: Commit::default(),
            is_dirty: vec![false; records].into_boxed_slice(),
            dirty: Vec::with_capacity(records),
            rings: vec![Ring::default(); instruments as usize].into_boxed_slice(),
            new_trades: 0,
            was_reset: false,
            is_unknown: false,
            is_blank: true,
        }
    }

    /// Reads what the area holds; `None` when that is no state.
    pub fn load(&mut self, memory: &impl Words, layout: &Layout, state: &mut StoreState) -> Option<u64> {
        self.is_unknown = false;
        match Area::load(memory, layout, &self.area.layout, state) {
            Ok((area, commit)) => {
                (self.area, self.commit) = (area, commit);
                self.is_blank = false;
                for ring in &mut self.rings {
                    *ring = Ring::default();
                }
                for (ring, &(live, count)) in self.rings.iter_mut().zip(&state.id_counts) {
                    *ring = Ring { new: 0, live, count };
                }
                Some(commit.event)
            }
            Err(_) => {
                self.is_blank = true;
                None
            }
        }
    }

    /// As [`Area::scrub`].
    pub fn scrub(&self, memory: &impl SharedWords) {
        if !self.is_blank {
            self.area.scrub(memory, &self.commit);
        }
    }

    /// The event of the last commit; 0 before the first.
    pub const fn event(&self) -> u64 {
        self.commit.event
    }

    /// Notes that a record has changed. Hot path.
    #[inline(always)]
    pub fn touch(&mut self, record: usize) {
        if !self.is_dirty[record] {
            self.is_dirty[record] = true;
            self.dirty.push(record as u32);
        }
    }

    /// Notes a new fill id. Hot path.
    #[inline(always)]
    pub fn note_id(&mut self, instrument: usize) {
        self.rings[instrument].new = self.rings[instrument].new.saturating_add(1);
    }

    /// Notes a new trade. Hot path.
    #[inline(always)]
    pub const fn note_trade(&mut self) {
        self.new_trades = self.new_trades.saturating_add(1);
    }

    /// Notes that all trades were forgotten.
    pub const fn note_reset(&mut self) {
        self.new_trades = 0;
        self.was_reset = true;
    }

    /// Notes that everything may have changed.
    pub fn touch_all(&mut self) {
        for record in 0..self.is_dirty.len() {
            self.touch(record);
        }
        for ring in &mut self.rings {
            ring.new = u32::MAX;
        }
        self.note_reset();
        self.new_trades = u64::MAX;
    }

    /// Copies what has changed, and returns when it is safe.
    pub fn sync(
        &mut self,
        memory: &impl SharedWords,
        layout: &Layout,
        source: &Source<'_>,
    ) -> Result<(), RegionError> {
        let mut is_due = self.commit.event != source.commit.event;
        if self.is_unknown {
            // The scratch state is dropped again: a failed sync is no hot path.
            self.load(memory, layout, &mut StoreState::default());
            self.scrub(memory);
            self.touch_all();
            is_due = true;
        }
        if self.is_blank {
            self.area.clear(memory);
            self.commit = Commit::default();
            self.rings.fill(Ring::default());
            self.touch_all();
            is_due = true;
            self.is_blank = false;
        }
        if !is_due {
            return Ok(());
        }
        // Until it has succeeded, nobody knows how much of it has.
        self.is_unknown = true;
        self.copy_records(memory, source);
        self.copy_trades(memory, source);
        let area = self.area.layout;
        memory.sync(area.records_from(), area.end)?;
        self.area.commit(memory, &self.commit, source.account);
        let at = self.area.commit_at();
        memory.sync(at, at + super::layout::PAGE)?;
        self.is_unknown = false;
        Ok(())
    }

    fn copy_records(&mut self, memory: &impl SharedWords, source: &Source<'_>) {
        fn words<const LEN: usize>(memory: &impl Words, source: &Source<'_>, record: usize) -> [u64; LEN] {
            let mut words = [0; LEN];
            source.area.current(memory, record, &mut words);
            words
        }
        let epoch = self.commit.epoch + 1;
        for at in 0..self.dirty.len() {
            let record = self.dirty[at] as usize;
            self.is_dirty[record] = false;
            if !source.area.is_written(record) {
                continue;
            }
            let (kind, index) = self.area.layout.kind(record);
            let (place, _) = self.area.place(record);
            match kind {
                Kind::Position => {
                    let mut words = words::<POSITION_WORDS>(memory, source, record);
                    let count = self.copy_ids(memory, source, index);
                    words[POSITION_FLAGS] = count << 1 | words[POSITION_FLAGS] & 1;
                    self.area.put(memory, place, words, epoch);
                }
                Kind::Info => {
                    self.area.put(memory, place, words::<INFO_WORDS>(memory, source, record), epoch);
                }
                Kind::Order => {
                    self.area.put(memory, place, words::<ORDER_WORDS>(memory, source, record), epoch);
                }
                Kind::Latch => {
                    self.area.put(memory, place, words::<LATCH_WORDS>(memory, source, record), epoch);
                }
            }
        }
        self.dirty.clear();
    }

    /// Adds the ids that are new to an instrument's ring; returns how many went into it in all. As many as the window
    /// holds at most: the ring has room for them beside those of the last commit.
    fn copy_ids(&mut self, memory: &impl SharedWords, source: &Source<'_>, index: usize) -> u64 {
        let live = source.ids[index];
        let ring = &mut self.rings[index];
        let new = ring.new.min(live);
        for id in source.area.ids(memory, index, live, live - new) {
            self.area.push_id(memory, index, ring.live, id);
            ring.live = (ring.live + 1).min(self.area.layout.window as u32);
            ring.count += 1;
        }
        ring.new = 0;
        ring.count
    }

    /// The same for the trades, and the commit with the counts.
    fn copy_trades(&mut self, memory: &impl SharedWords, source: &Source<'_>) {
        let (mut count, mut live) = (self.commit.trade_count, self.commit.trade_live);
        if self.was_reset {
            self.area.drop_trades(memory, live);
            live = 0;
            self.was_reset = false;
        }
        let new = self.new_trades.min(source.commit.trade_live);
        for words in source.area.trades(memory, new as u32) {
            self.area.push_trade(memory, live, words);
            live = (live + 1).min(self.area.layout.history as u64);
            count += 1;
        }
        self.new_trades = 0;
        let epoch = self.commit.epoch + 1;
        self.commit = Commit { trade_count: count, trade_live: live, epoch, ..source.commit };
    }
}
