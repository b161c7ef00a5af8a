//! Finding the state in an area: which commit is the last, which slot of each record belongs to it, and the proof.
//!
//! A commit names its epoch and a *digest*: the sum, over all records and live ring entries, of a hash of place, checksum
//! and epoch. The state of a commit takes from each record the newest whole slot whose epoch is not above the commit's.
//! When the digest of that choice is the commit's, these are exactly the records of which the writer made the sum; any
//! lost, damaged or foreign slot among them shows. Slots that the choice passes over may hold anything.
//!
//! The same function serves an opening and a reader beside a busy writer, whose choice fails the digest when it was
//! overtaken.

use super::layout::{AreaLayout, Layout};
use super::record::{
    INFO_WORDS, LATCH_WORDS, ORDER_WORDS, POSITION_WORDS, TRADE_WORDS, decode_latch, decode_order,
    decode_position, decode_trade,
};
use super::slot::{self, SlotState};
use super::state::StoreState;
use crate::mem::crc32c;
use crate::mem::shared_words::Words;
use crate::mem::word_hash::fold;
use crate::position::AccountState;

/// Account (6), last event, next order sequence, trades in all, live trades, event, digest, epoch, trailer.
pub(super) const COMMIT_WORDS: usize = 14;
/// Counters beyond this are not believed: they would overflow.
const MOST: u64 = 1 << 62;

/// What a commit slot says. A writer keeps account and digest elsewhere, where they change, and puts them in last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Commit {
    pub digest: u64,
    pub account: AccountState,
    pub last_event: u64,
    pub next_order_sequence: u64,
    pub trade_count: u64,
    pub trade_live: u64,
    /// The event of the store whose state this is.
    pub event: u64,
    /// Orders this area's commits and slots: the event itself in the live area, a count of the syncs in a checkpoint.
    pub epoch: u64,
}

impl Commit {
    #[inline(always)]
    pub const fn encode(&self, account: &AccountState, digest: u64) -> [u64; COMMIT_WORDS] {
        [
            account.capital as u64,
            account.day_start_equity as u64,
            account.peak_equity as u64,
            account.max_drawdown as u64,
            account.max_drawdown_peak as u64,
            account.fills,
            self.last_event,
            self.next_order_sequence,
            self.trade_count,
            self.trade_live,
            self.event,
            // Known last: the checksum of all before it need not wait.
            digest,
            self.epoch,
            0,
        ]
    }

    const fn decode(words: &[u64; COMMIT_WORDS]) -> Self {
        Self {
            account: AccountState {
                capital: words[0] as i64,
                day_start_equity: words[1] as i64,
                peak_equity: words[2] as i64,
                max_drawdown: words[3] as i64,
                max_drawdown_peak: words[4] as i64,
                fills: words[5],
            },
            last_event: words[6],
            next_order_sequence: words[7],
            trade_count: words[8],
            trade_live: words[9],
            event: words[10],
            digest: words[11],
            epoch: words[12],
        }
    }
}

/// Why an area is not a state.
pub(super) type Damage = &'static str;

/// A record's share of the digest.
#[inline(always)]
pub(super) const fn term(record: usize, crc: u32, epoch: u64) -> u64 {
    fold(((record as u64) << 32 | crc as u64) ^ epoch.rotate_left(40))
}

/// A fill id's share of the digest; `at` is its place in the file.
#[inline(always)]
pub(super) const fn id_term(at: usize, id: u64) -> u64 {
    fold(id ^ (at as u64).rotate_left(48))
}

/// A trade's share of the digest.
#[inline(always)]
pub(super) const fn trade_term(at: usize, crc: u32) -> u64 {
    fold((at as u64) << 32 | crc as u64)
}

/// The checksum of a trade's entry.
#[inline(always)]
pub(super) fn trade_crc(at: usize, words: &[u64; TRADE_WORDS]) -> u32 {
    crc32c::words(at as u32, &words[..TRADE_WORDS - 1])
}

/// The last commit and the slot that holds it.
pub(super) fn last_commit(memory: &impl Words, area: &AreaLayout) -> Result<(u8, Commit), Damage> {
    let mut found = None;
    for slot in [0, 1] {
        let mut words = [0; COMMIT_WORDS];
        match slot::read(memory, area.commit(slot), &mut words) {
            SlotState::Valid(_) => {
                let commit = Commit::decode(&words);
                if found.is_none_or(|(_, other): (u8, Commit)| commit.epoch > other.epoch) {
                    found = Some((slot, commit));
                }
            }
            SlotState::Writing => {}
            // Not a cut, and perhaps the newer of the two: going back to the other would lose an event unnoticed.
            SlotState::Blank | SlotState::Bad => return Err("a commit slot"),
        }
    }
    found.ok_or("both commit slots")
}

/// The newest whole slot that is not above `epoch`: its number, checksum and words.
fn newest<const LEN: usize>(
    memory: &impl Words,
    (at, stride): (usize, usize),
    epoch: u64,
) -> Option<(u8, u32, [u64; LEN])> {
    let mut best: Option<(u8, u32, [u64; LEN])> = None;
    for slot in [0, 1] {
        let mut words = [0; LEN];
        if let SlotState::Valid(crc) = slot::read(memory, at + usize::from(slot) * stride, &mut words)
            && slot::epoch(&words) <= epoch
            && best.as_ref().is_none_or(|other| slot::epoch(&words) > slot::epoch(&other.2))
        {
            best = Some((slot, crc, words));
        }
    }
    best
}

/// One record's words in an area, by the commit of this epoch.
pub(super) fn one<const LEN: usize>(
    memory: &impl Words,
    place: super::layout::Place,
    epoch: u64,
) -> Option<[u64; LEN]> {
    newest(memory, (place.at, place.stride), epoch).map(|(_, _, words)| words)
}

/// Reads the last committed state into `state`. `seen` gets number, slot and share of every record that belongs to it.
/// O(size of the area).
pub(super) fn scan(
    memory: &impl Words,
    layout: &Layout,
    area: &AreaLayout,
    state: &mut StoreState,
    mut seen: impl FnMut(usize, u8, u64),
) -> Result<(u8, Commit), Damage> {
    let (commit_slot, commit) = last_commit(memory, area)?;
    let epoch = commit.epoch;
    if epoch.max(commit.event).max(commit.trade_count) > MOST {
        return Err("a commit slot");
    }
    let mut digest = 0_u64;
    let mut count = |record: usize, slot: u8, crc: u32, words: &[u64]| {
        let share = term(record, crc, slot::epoch(words));
        digest = digest.wrapping_add(share);
        seen(record, slot, share);
    };
    state.clear();
    state.epoch = commit.event;
    state.account = commit.account;
    state.last_event = commit.last_event;
    state.next_order_sequence = commit.next_order_sequence;
    state.trade_count = commit.trade_count;

    for index in 0..layout.instruments as usize {
        let (position, info) = (area.position(index), area.info(index));
        let found = newest::<POSITION_WORDS>(memory, (position.at, position.stride), epoch);
        let registered = newest::<INFO_WORDS>(memory, (info.at, info.stride), epoch);
        match (found, registered) {
            (Some(found), Some(registered)) => {
                count(position.record, found.0, found.1, &found.2);
                count(info.record, registered.0, registered.1, &registered.2);
                let Some((slot, applied, ids)) = decode_position(&found.2, &registered.2) else {
                    return Err("a position");
                };
                if index != state.positions.len() || ids > MOST {
                    return Err("the order of the instruments");
                }
                state.positions.push(slot);
                state.applied.push(applied);
                state.id_counts.push((ids.min(area.window as u64) as u32, ids));
            }
            (None, None) => {}
            _ => return Err("an instrument"),
        }
    }
    for index in 0..layout.orders as usize {
        let place = area.order(index);
        if let Some((slot, crc, words)) = newest::<ORDER_WORDS>(memory, (place.at, place.stride), epoch) {
            count(place.record, slot, crc, &words);
            let order = decode_order(&words).ok_or("an order")?;
            if order.state != 0 {
                state.orders.push(order);
                state.order_records.push(index as u32);
            }
        }
    }
    for index in 0..layout.latches as usize {
        let place = area.latch(index);
        if let Some((slot, crc, words)) = newest::<LATCH_WORDS>(memory, (place.at, place.stride), epoch) {
            count(place.record, slot, crc, &words);
            let latch = decode_latch(index as u64, &words);
            if latch.is_set() {
                state.latches.push(latch);
            }
        }
    }
    digest = digest.wrapping_add(scan_ids(memory, area, state));
    digest = digest.wrapping_add(scan_trades(memory, area, commit.trade_live, state)?);
    if digest != commit.digest {
        return Err("a record");
    }
    Ok((commit_slot, commit))
}

/// The live fill ids and their share of the digest.
fn scan_ids(memory: &impl Words, area: &AreaLayout, state: &mut StoreState) -> u64 {
    let mut digest = 0_u64;
    for (index, &(live, count)) in state.id_counts.iter().enumerate() {
        for number in count - u64::from(live)..count {
            let at = area.ids(index) + (number % area.id_slots as u64) as usize;
            let id = memory.load(at);
            digest = digest.wrapping_add(id_term(at, id));
            state.ids.push(id);
        }
    }
    digest
}

/// The live trades and their share of the digest.
fn scan_trades(
    memory: &impl Words,
    area: &AreaLayout,
    live: u64,
    state: &mut StoreState,
) -> Result<u64, Damage> {
    let mut digest = 0_u64;
    let first = state.trade_count.checked_sub(live).ok_or("the trades")?;
    if live > area.history as u64 {
        return Err("the trades");
    }
    for number in first..state.trade_count {
        let at = area.trade((number % area.trade_slots as u64) as usize);
        let mut words = [0; TRADE_WORDS];
        memory.read(at, &mut words);
        let crc = trade_crc(at, &words);
        if words[TRADE_WORDS - 1] != u64::from(crc) {
            return Err("a trade");
        }
        digest = digest.wrapping_add(trade_term(at, crc));
        let (trade, fill_id) = decode_trade(&words).ok_or("a trade")?;
        state.trades.push(trade);
        state.trade_fill_ids.push(fill_id);
    }
    Ok(digest)
}
