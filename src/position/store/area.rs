//! Writing the records of events into an area, so that each event is there as a whole or not at all.
//!
//! An event writes its records into their older slots, its ring entries into places that nothing live holds, and last
//! the older commit slot. Until that is whole, every record's slot of the commit before, every live ring entry and that
//! commit stand untouched; from then on the new ones count. What the commit proves is told in `scan`.
//!
//! All writes are hot path.

use super::layout::{AreaLayout, Kind, Layout, Place};
use super::record::{POSITION_WORDS, TRADE_WORDS};
use super::scan::{COMMIT_WORDS, Commit, Damage, id_term, scan, term, trade_crc, trade_term};
use super::slot;
use super::state::StoreState;
use crate::mem::shared_words::{SharedWords, Words};
use crate::position::AccountState;

/// What its writer knows of an area.
#[derive(Debug)]
pub(super) struct Area {
    pub layout: AreaLayout,
    /// The slot of the last commit.
    commit_slot: u8,
    digest: u64,
    /// Per record the slot that belongs to the last commit, and its share of the digest.
    records: Box<[(u8, u64)]>,
    /// Per instrument where the next fill id goes.
    id_heads: Box<[u32]>,
    trade_head: u32,
}

impl Area {
    /// An area without a commit.
    pub fn new(layout: &AreaLayout, instruments: u32) -> Self {
        Self {
            layout: *layout,
            commit_slot: 0,
            digest: 0,
            records: vec![(1, 0); layout.records()].into_boxed_slice(),
            id_heads: vec![0; instruments as usize].into_boxed_slice(),
            trade_head: 0,
        }
    }

    /// Reads the last committed state, to go on from. Changes nothing in the memory. Allocates.
    pub fn load(
        memory: &impl Words,
        layout: &Layout,
        area: &AreaLayout,
        state: &mut StoreState,
    ) -> Result<(Self, Commit), Damage> {
        let mut loaded = Self::new(area, layout.instruments);
        let records = &mut loaded.records;
        let (slot, commit) =
            scan(memory, layout, area, state, |record, slot, share| records[record] = (slot, share))?;
        let head = |count: u64, slots: usize| count.checked_rem(slots as u64).unwrap_or(0) as u32;
        for (id_head, &(_, count)) in loaded.id_heads.iter_mut().zip(&state.id_counts) {
            *id_head = head(count, area.id_slots);
        }
        loaded.trade_head = head(commit.trade_count, area.trade_slots);
        loaded.commit_slot = slot;
        loaded.digest = commit.digest;
        Ok((loaded, commit))
    }

    /// Takes what an event that never committed has left out of the way, so that no later commit counts it.
    pub fn scrub(&self, memory: &impl SharedWords, commit: &Commit) {
        let mut words = [0; POSITION_WORDS];
        for record in 0..self.layout.records() {
            let (place, length) = self.place(record);
            let words = &mut words[..length];
            for slot in [0, 1] {
                let at = place.at + slot * place.stride;
                if let slot::SlotState::Valid(_) = slot::read(memory, at, words)
                    && slot::epoch(words) > commit.epoch
                {
                    slot::invalidate(memory, at, length);
                }
            }
        }
    }

    /// Empties the area. Until the next commit it holds no state.
    pub fn clear(&mut self, memory: &impl SharedWords) {
        for slot in [0, 1] {
            slot::invalidate(memory, self.layout.commit(slot), COMMIT_WORDS);
        }
        for record in 0..self.layout.records() {
            let (place, length) = self.place(record);
            for slot in [0, 1] {
                slot::invalidate(memory, place.at + slot * place.stride, length);
            }
        }
        *self = Self::new(&self.layout, self.id_heads.len() as u32);
    }

    /// Where a record is and how long its slots are.
    pub fn place(&self, record: usize) -> (Place, usize) {
        let (kind, index) = self.layout.kind(record);
        let place = match kind {
            Kind::Position => self.layout.position(index),
            Kind::Info => self.layout.info(index),
            Kind::Order => self.layout.order(index),
            Kind::Latch => self.layout.latch(index),
        };
        (place, kind.words())
    }

    /// The words of the last committed or, within an event, the last written slot of a record.
    pub fn current(&self, memory: &impl Words, record: usize, words: &mut [u64]) {
        let (place, _) = self.place(record);
        memory.read(place.at + usize::from(self.records[record].0) * place.stride, words);
    }

    /// Whether a record was ever written.
    pub fn is_written(&self, record: usize) -> bool {
        self.records[record].1 != 0
    }

    /// Writes a record for the event `epoch`. At most once per event.
    #[inline(always)]
    pub fn put<const LEN: usize>(
        &mut self,
        memory: &impl SharedWords,
        place: Place,
        mut words: [u64; LEN],
        epoch: u64,
    ) {
        let (current, share) = &mut self.records[place.record];
        let slot = *current ^ 1;
        words[LEN - 2] = epoch;
        let crc = slot::write(memory, place.at + usize::from(slot) * place.stride, &words);
        let next = term(place.record, crc, epoch);
        self.digest = self.digest.wrapping_sub(*share).wrapping_add(next);
        (*current, *share) = (slot, next);
    }

    /// Adds a fill id to a ring in which `live` are live; returns the one that falls out.
    #[inline(always)]
    pub fn push_id(
        &mut self,
        memory: &impl SharedWords,
        instrument: usize,
        live: u32,
        id: u64,
    ) -> Option<u64> {
        let (ring, slots) = (self.layout.ids(instrument), self.layout.id_slots as u32);
        let head = self.id_heads[instrument];
        let at = ring + head as usize;
        memory.store(at, id);
        self.digest = self.digest.wrapping_add(id_term(at, id));
        self.id_heads[instrument] = if head + 1 == slots { 0 } else { head + 1 };
        if (live as usize) < self.layout.window {
            return None;
        }
        let oldest = before(head, self.layout.window as u32, slots);
        let at = ring + oldest as usize;
        let fallen = memory.load(at);
        self.digest = self.digest.wrapping_sub(id_term(at, fallen));
        Some(fallen)
    }

    /// The live ids of a ring, of which there are `live`, from the `skip`-th on, oldest first.
    pub fn ids(
        &self,
        memory: &impl Words,
        instrument: usize,
        live: u32,
        skip: u32,
    ) -> impl ExactSizeIterator<Item = u64> {
        let (ring, slots) = (self.layout.ids(instrument), self.layout.id_slots as u32);
        let first = before(self.id_heads[instrument], live, slots);
        // Both are at most the length of the ring, which a division would cost more to say.
        (skip..live).map(move |n| {
            let at = first + n;
            memory.load(ring + (if at >= slots { at - slots } else { at }) as usize)
        })
    }

    /// Adds a trade to the ring, in which `live` are live.
    #[inline]
    pub fn push_trade(&mut self, memory: &impl SharedWords, live: u64, mut words: [u64; TRADE_WORDS]) {
        let (head, slots) = (self.trade_head, self.layout.trade_slots as u32);
        let at = self.layout.trade(head as usize);
        let crc = trade_crc(at, &words);
        words[TRADE_WORDS - 1] = u64::from(crc);
        memory.write(at, &words);
        self.digest = self.digest.wrapping_add(trade_term(at, crc));
        self.trade_head = if head + 1 == slots { 0 } else { head + 1 };
        if live >= self.layout.history as u64 {
            self.drop_trade(memory, before(head, self.layout.history as u32, slots));
        }
    }

    /// Takes an entry of the trades' ring out of the digest.
    fn drop_trade(&mut self, memory: &impl Words, entry: u32) {
        let at = self.layout.trade(entry as usize);
        let crc = memory.load(at + TRADE_WORDS - 1) as u32;
        self.digest = self.digest.wrapping_sub(trade_term(at, crc));
    }

    /// Lets all `live` trades go; they stay where they are until the ring comes round.
    pub fn drop_trades(&mut self, memory: &impl Words, live: u64) {
        let slots = self.layout.trade_slots as u32;
        for back in 1..=live as u32 {
            self.drop_trade(memory, before(self.trade_head, back, slots));
        }
    }

    /// The words of the latest `count` trades, oldest first.
    pub fn trades(&self, memory: &impl Words, count: u32) -> impl Iterator<Item = [u64; TRADE_WORDS]> {
        let slots = self.layout.trade_slots as u32;
        (1..=count).rev().map(move |back| {
            let mut words = [0; TRADE_WORDS];
            memory.read(self.layout.trade(before(self.trade_head, back, slots) as usize), &mut words);
            words
        })
    }

    /// Commits: the event counts from here on. Account and digest of `commit` are not used.
    #[inline(always)]
    pub fn commit(&mut self, memory: &impl SharedWords, commit: &Commit, account: &AccountState) {
        let slot = self.commit_slot ^ 1;
        slot::write(memory, self.layout.commit(slot), &commit.encode(account, self.digest));
        self.commit_slot = slot;
    }

    /// The page of the last commit.
    pub const fn commit_at(&self) -> usize {
        self.layout.commit(self.commit_slot)
    }
}

/// `back` entries before `head` in a ring; `back` is at most its length.
#[inline(always)]
const fn before(head: u32, back: u32, slots: u32) -> u32 {
    if head >= back { head - back } else { head + slots - back }
}
