//! The audit ring: every decision of the gate as one binary record, for another thread to drain.
//!
//! One thread writes and never waits; any number of threads read, each with a cursor of its own. A reader that falls
//! behind by more than the ring holds is told how many records it has lost. Each slot is a small sequence lock of
//! 64 bytes: its stamp is odd while it is being written, and says which record it holds. Wait-free for the writer.
//!
//! # Record
//!
//! 64 bytes, little end first on the machines that the library supports; the fields of [`AuditRecord`] in their order:
//!
//! | bytes | field | order | condition, control |
//! |---|---|---|---|
//! | 0..8 | sequence | counts all records from 0 | the same |
//! | 8..16 | timestamp | of the order, ns | of the update, ns |
//! | 16..24 | order id | 0 when it had none | reset: bytes 0..8 of the reason |
//! | 24..32 | price | ticks | reset: bytes 8..16 |
//! | 32..40 | quantity | lots | reset: bytes 16..24 |
//! | 40..48 | observed | refused: what was measured; passed: the warnings, a bit for each reason | what was measured; reset: bytes 24..32 |
//! | 48..56 | limit | refused: the limit; passed: what it replaces, lots | the limit; reset: the token |
//! | 56..60 | instrument | | |
//! | 60 | kind | [`AuditKind`] | |
//! | 61 | reason | refused: [`RiskReason`](super::RiskReason), else 0 | the check, else 0 |
//! | 62 | side | 0 buy, 1 sell | state: the new one |
//! | 63 | flags | bit 0: post-only | 0 |

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// What was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AuditKind {
    /// An order passed.
    #[default]
    Passed = 1,
    /// An order was refused.
    Refused = 2,
    /// A cancel went out.
    Cancel = 3,
    /// A condition reached its warning share.
    Warned = 4,
    /// A condition was breached: orders are refused, or only reducing ones pass, while it lasts.
    Breached = 5,
    /// A condition ended.
    Cleared = 6,
    /// A soft breach: the gate pauses.
    Paused = 7,
    /// A pause ended.
    Resumed = 8,
    /// A hard breach: the gate is latched.
    Latched = 9,
    /// The latches were reset.
    Reset = 10,
    /// The host's state of the gate changed.
    State = 11,
    /// The kill switch was seen on, or off again: observed is 1 or 0.
    Kill = 12,
    /// A new day: the daily figures start anew.
    NewDay = 13,
}

impl AuditKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Passed,
            2 => Self::Refused,
            3 => Self::Cancel,
            4 => Self::Warned,
            5 => Self::Breached,
            6 => Self::Cleared,
            7 => Self::Paused,
            8 => Self::Resumed,
            9 => Self::Latched,
            10 => Self::Reset,
            11 => Self::State,
            12 => Self::Kill,
            13 => Self::NewDay,
            _ => return None,
        })
    }
}

/// One decision. The [module](self) says what the fields hold for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct AuditRecord {
    /// Counts all records from 0.
    pub sequence: u64,
    /// When, ns.
    pub timestamp: u64,
    /// The order.
    pub order_id: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Its lots.
    pub quantity: u64,
    /// What was measured.
    pub observed: i64,
    /// What was allowed.
    pub limit: i64,
    /// The instrument.
    pub instrument: u32,
    /// [`AuditKind`].
    pub kind: u8,
    /// [`RiskReason`](super::RiskReason), else 0.
    pub reason: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Bit 0: post-only.
    pub flags: u8,
}

const _: () = assert!(size_of::<AuditRecord>() == 64);

impl AuditRecord {
    #[inline]
    fn words(&self) -> [u64; 7] {
        let tail = u64::from(self.instrument)
            | u64::from(self.kind) << 32
            | u64::from(self.reason) << 40
            | u64::from(self.side) << 48
            | u64::from(self.flags) << 56;
        [
            self.timestamp,
            self.order_id,
            self.price as u64,
            self.quantity,
            self.observed as u64,
            self.limit as u64,
            tail,
        ]
    }

    fn from_words(sequence: u64, words: [u64; 7]) -> Self {
        let [timestamp, order_id, price, quantity, observed, limit, tail] = words;
        Self {
            sequence,
            timestamp,
            order_id,
            price: price as i64,
            quantity,
            observed: observed as i64,
            limit: limit as i64,
            instrument: tail as u32,
            kind: (tail >> 32) as u8,
            reason: (tail >> 40) as u8,
            side: (tail >> 48) as u8,
            flags: (tail >> 56) as u8,
        }
    }
}

/// One cache line: the stamp is 2 · sequence + 1 while the record is written and 2 · sequence + 2 when it is whole.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Slot {
    stamp: AtomicU64,
    words: [AtomicU64; 7],
}

#[derive(Debug)]
struct Ring {
    slots: Box<[Slot]>,
    /// Records written.
    head: AtomicU64,
}

/// The writing end, which the gate owns.
#[derive(Debug)]
pub(super) struct AuditWriter {
    ring: Arc<Ring>,
    next: u64,
    mask: usize,
}

impl AuditWriter {
    /// An empty ring of at least `capacity` records.
    pub(super) fn new(capacity: u32) -> Self {
        let slots: Box<[Slot]> = (0..capacity.next_power_of_two()).map(|_| Slot::default()).collect();
        let mask = slots.len() - 1;
        Self { ring: Arc::new(Ring { slots, head: AtomicU64::new(0) }), next: 0, mask }
    }

    /// Appends a record, whose sequence it gives; the oldest goes when the ring is full. Hot path, wait-free.
    #[inline]
    pub(super) fn write(&mut self, record: &AuditRecord) {
        let ring = &*self.ring;
        let slot = &ring.slots[self.next as usize & self.mask];
        slot.stamp.store(self.next * 2 + 1, Ordering::Relaxed);
        // Whoever reads a word of this record also sees the odd stamp, through the fence that readers have.
        fence(Ordering::Release);
        for (to, word) in slot.words.iter().zip(record.words()) {
            to.store(word, Ordering::Relaxed);
        }
        slot.stamp.store(self.next * 2 + 2, Ordering::Release);
        self.next += 1;
        ring.head.store(self.next, Ordering::Release);
        // The ring is larger than the nearest cache: the line of the next record comes near in the meantime, so that nothing waits
        // for it when the next order locks out the kill switch.
        ring.slots[self.next as usize & self.mask].stamp.load(Ordering::Relaxed);
    }

    /// A reading end.
    pub(super) fn reader(&self) -> AuditReader {
        AuditReader { ring: Arc::clone(&self.ring) }
    }
}

/// What a drain came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Records written to the buffer.
    pub count: usize,
    /// Records that were overwritten before they were read.
    pub lost: u64,
}

/// The reading end, for any thread. Clones read the same ring.
#[derive(Clone, Debug)]
pub struct AuditReader {
    ring: Arc<Ring>,
}

impl AuditReader {
    /// Records that the ring holds.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.ring.slots.len()
    }

    /// Records written so far: the sequence of the next one.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.ring.head.load(Ordering::Acquire)
    }

    /// Copies the records from `cursor` on into `out`, as many as there are and fit, and moves the cursor behind them.
    /// Begin with a cursor of 0. Lock-free: a record that is overwritten on the way counts as lost.
    pub fn drain(&self, cursor: &mut u64, out: &mut [AuditRecord]) -> Drained {
        let mut drained = Drained::default();
        let slots = &self.ring.slots;
        while drained.count < out.len() {
            let head = self.written();
            // A cursor from nowhere starts at the end.
            *cursor = (*cursor).min(head);
            if *cursor == head {
                break;
            }
            let oldest = head.saturating_sub(slots.len() as u64);
            if *cursor < oldest {
                drained.lost += oldest - *cursor;
                *cursor = oldest;
            }
            let slot = &slots[*cursor as usize & (slots.len() - 1)];
            let whole = *cursor * 2 + 2;
            let before = slot.stamp.load(Ordering::Acquire);
            let words = std::array::from_fn(|at| slot.words[at].load(Ordering::Relaxed));
            // Orders the loads of the words before the second load of the stamp.
            fence(Ordering::Acquire);
            if before == whole && slot.stamp.load(Ordering::Relaxed) == whole {
                out[drained.count] = AuditRecord::from_words(*cursor, words);
                drained.count += 1;
            } else {
                drained.lost += 1;
            }
            *cursor += 1;
        }
        drained
    }
}
