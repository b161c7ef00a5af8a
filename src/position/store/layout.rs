//! Where everything lies in the file, and the header that says so.
//!
//! The file is a header page, an area, and, for [`Durability::Disk`](super::Durability), a second area of the same shape:
//! the checkpoint. An area is two commit slots, a page each, so that no disk sector holds both; then the records of
//! positions, registrations, orders and latches, two slots each; then the rings of fill ids and of trades. All in 64-bit
//! words of the host's byte order, which the magic number shows.

use super::record::{INFO_WORDS, LATCH_WORDS, ORDER_WORDS, POSITION_WORDS, SCHEMA, TRADE_WORDS};
use super::scan::COMMIT_WORDS;
use super::{StoreConfig, StoreError};
use crate::mem::crc32c;
use crate::mem::shared_words::{SharedWords, Words};

/// Words of a page: 4096 bytes.
pub(super) const PAGE: usize = 512;
const MAGIC: u64 = u64::from_le_bytes(*b"MM-STORE");
/// Raised when files of before cannot be read any more.
pub(super) const VERSION: u64 = 1;
/// Words of the header that its checksum, in the word behind them, covers.
const HEADER: usize = 7;
/// Not zero once a resized file has taken this one's place. Not covered by the checksum: it changes.
pub(super) const SUPERSEDED: usize = 64;

/// One two-slot record's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number among all records of an area.
    pub record: usize,
    /// First word of its first slot.
    pub at: usize,
    /// Words from slot to slot.
    pub stride: usize,
}

/// One area's places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AreaLayout {
    pub base: usize,
    positions: usize,
    infos: usize,
    orders: usize,
    latches: usize,
    ids: usize,
    trades: usize,
    pub end: usize,
    instruments: usize,
    order_count: usize,
    latch_count: usize,
    /// Ids that are live, and entries of the ring that holds them: as many more as one event may add.
    pub window: usize,
    pub id_slots: usize,
    /// The same for trades.
    pub history: usize,
    pub trade_slots: usize,
}

impl AreaLayout {
    /// `spare`: how many entries one event adds to a ring at most.
    fn new(base: usize, config: &StoreConfig, spare: impl Fn(usize) -> usize) -> Self {
        let [instruments, order_count, latch_count, window, history] =
            [config.instruments, config.orders, config.latches, config.fill_window, config.history]
                .map(|count| count as usize);
        let id_slots = if window == 0 { 0 } else { window + spare(window) };
        let trade_slots = if history == 0 { 0 } else { history + spare(history) };
        let positions = base + 2 * PAGE;
        let infos = positions + instruments * 2 * POSITION_WORDS;
        let orders = infos + instruments * 2 * INFO_WORDS;
        let latches = orders + order_count * 2 * ORDER_WORDS;
        let ids = latches + latch_count * 2 * LATCH_WORDS;
        let trades = ids + instruments * id_slots;
        let end = (trades + trade_slots * TRADE_WORDS).next_multiple_of(PAGE);
        Self {
            base,
            positions,
            infos,
            orders,
            latches,
            ids,
            trades,
            end,
            instruments,
            order_count,
            latch_count,
            window,
            id_slots,
            history,
            trade_slots,
        }
    }

    /// How many two-slot records there are.
    pub const fn records(&self) -> usize {
        2 * self.instruments + self.order_count + self.latch_count
    }

    pub const fn commit(&self, slot: u8) -> usize {
        self.base + slot as usize * PAGE
    }

    /// First word behind the commit slots.
    pub const fn records_from(&self) -> usize {
        self.base + 2 * PAGE
    }

    #[inline(always)]
    pub const fn position(&self, index: usize) -> Place {
        Place { record: index, at: self.positions + index * 2 * POSITION_WORDS, stride: POSITION_WORDS }
    }

    pub const fn info(&self, index: usize) -> Place {
        let record = self.instruments + index;
        Place { record, at: self.infos + index * 2 * INFO_WORDS, stride: INFO_WORDS }
    }

    pub const fn order(&self, index: usize) -> Place {
        let record = 2 * self.instruments + index;
        Place { record, at: self.orders + index * 2 * ORDER_WORDS, stride: ORDER_WORDS }
    }

    pub const fn latch(&self, index: usize) -> Place {
        let record = 2 * self.instruments + self.order_count + index;
        Place { record, at: self.latches + index * 2 * LATCH_WORDS, stride: LATCH_WORDS }
    }

    /// First word of an instrument's ring of ids.
    #[inline(always)]
    pub const fn ids(&self, index: usize) -> usize {
        self.ids + index * self.id_slots
    }

    /// First word of an entry in the ring of trades.
    pub const fn trade(&self, entry: usize) -> usize {
        self.trades + entry * TRADE_WORDS
    }

    /// What kind of record has this number, and which of its kind it is.
    pub const fn kind(&self, record: usize) -> (Kind, usize) {
        if record < self.instruments {
            return (Kind::Position, record);
        }
        let record = record - self.instruments;
        if record < self.instruments {
            return (Kind::Info, record);
        }
        let record = record - self.instruments;
        if record < self.order_count {
            return (Kind::Order, record);
        }
        (Kind::Latch, record - self.order_count)
    }
}

/// The kinds of two-slot records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Position,
    Info,
    Order,
    Latch,
}

impl Kind {
    /// Words of one slot.
    pub const fn words(self) -> usize {
        match self {
            Self::Position => POSITION_WORDS,
            Self::Info => INFO_WORDS,
            Self::Order => ORDER_WORDS,
            Self::Latch => LATCH_WORDS,
        }
    }
}

/// A whole file's places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub instruments: u32,
    pub orders: u32,
    pub latches: u32,
    pub window: u32,
    pub history: u32,
    pub live: AreaLayout,
    pub checkpoint: Option<AreaLayout>,
    pub words: usize,
}

impl Layout {
    pub fn new(config: &StoreConfig) -> Result<Self, StoreError> {
        for (count, least, most, message) in [
            (config.instruments, 1, 1 << 16, "instruments must be in 1..=65536"),
            (config.orders, 0, 1 << 16, "orders must be at most 65536"),
            (config.latches, 0, 1 << 12, "latches must be at most 4096"),
            (config.fill_window, 0, 1 << 12, "fill_window must be at most 4096"),
            (config.history, 0, 1 << 24, "history must be at most 2^24"),
        ] {
            if count < least || count > most {
                return Err(StoreError::BadConfig(message));
            }
        }
        let live = AreaLayout::new(PAGE, config, |_| 1);
        // Between two syncs a whole window may be renewed, and the one of before must still stand beside it.
        let checkpoint =
            config.durability.has_checkpoint().then(|| AreaLayout::new(live.end, config, |live| live));
        Ok(Self {
            instruments: config.instruments,
            orders: config.orders,
            latches: config.latches,
            window: config.fill_window,
            history: config.history,
            live,
            checkpoint,
            words: checkpoint.as_ref().map_or(live.end, |area| area.end),
        })
    }

    /// The capacities, with the defaults for what a file does not say.
    pub fn config(&self) -> StoreConfig {
        StoreConfig {
            instruments: self.instruments,
            orders: self.orders,
            latches: self.latches,
            fill_window: self.window,
            history: self.history,
            durability: match self.checkpoint {
                None => super::Durability::Process,
                Some(_) => super::Durability::Disk(super::SyncPolicy::default()),
            },
            ..StoreConfig::default()
        }
    }

    fn header(&self) -> [u64; HEADER + 1] {
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        let mut words = [
            MAGIC,
            VERSION,
            layout_hash(),
            self.words as u64,
            pair(self.instruments, self.orders),
            pair(self.latches, self.window),
            pair(self.history, u32::from(self.checkpoint.is_some())),
            0,
        ];
        words[HEADER] = u64::from(crc32c::words(0, &words[..HEADER]));
        words
    }

    /// Makes the file a store: the magic number is the last word to be there.
    pub fn write_header(&self, memory: &impl SharedWords) {
        let words = self.header();
        memory.write(1, &words[1..]);
        memory.store(0, words[0]);
    }

    /// The layout that a file's header describes.
    pub fn read_header(memory: &impl Words) -> Result<Self, StoreError> {
        if memory.len() < PAGE {
            return Err(StoreError::Size { found: memory.len() as u64 * 8, expected: PAGE as u64 * 8 });
        }
        let mut words = [0; HEADER + 1];
        memory.read(0, &mut words);
        if words[0] == MAGIC.swap_bytes() {
            return Err(StoreError::Endianness);
        }
        if words[0] != MAGIC {
            return Err(StoreError::NotAStore);
        }
        if words[1] != VERSION {
            return Err(StoreError::Version { found: words[1], expected: VERSION });
        }
        if words[HEADER] != u64::from(crc32c::words(0, &words[..HEADER])) {
            return Err(StoreError::Corrupt("the header"));
        }
        if words[2] != layout_hash() {
            return Err(StoreError::Layout);
        }
        if words[3] != memory.len() as u64 {
            let expected = words[3].saturating_mul(8);
            return Err(StoreError::Size { found: memory.len() as u64 * 8, expected });
        }
        let low = |word: u64| word as u32;
        let high = |word: u64| (word >> 32) as u32;
        let config = StoreConfig {
            instruments: low(words[4]),
            orders: high(words[4]),
            latches: low(words[5]),
            fill_window: high(words[5]),
            history: low(words[6]),
            durability: match high(words[6]) {
                0 => super::Durability::Process,
                1 => super::Durability::Disk(super::SyncPolicy::default()),
                _ => return Err(StoreError::Corrupt("the header")),
            },
            ..StoreConfig::default()
        };
        let layout = Self::new(&config).map_err(|_| StoreError::Corrupt("the header"))?;
        if layout.words != memory.len() {
            return Err(StoreError::Corrupt("the header"));
        }
        Ok(layout)
    }

    /// Whether a host that wants `config` can use this file.
    pub fn check(&self, config: &StoreConfig) -> Result<(), StoreError> {
        for (what, found, wanted) in [
            ("instruments", self.instruments, config.instruments),
            ("orders", self.orders, config.orders),
            ("latches", self.latches, config.latches),
            ("fill ids", self.window, config.fill_window),
            ("trades", self.history, config.history),
            (
                "checkpoints",
                u32::from(self.checkpoint.is_some()),
                u32::from(config.durability.has_checkpoint()),
            ),
        ] {
            if found != wanted {
                return Err(StoreError::Capacity { what, found, wanted });
            }
        }
        Ok(())
    }
}

/// Changes with any field of any record: the description of all of them and their sizes.
const fn layout_hash() -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < SCHEMA.len() {
        hash = (hash ^ SCHEMA.as_bytes()[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    let sizes = [PAGE, COMMIT_WORDS, POSITION_WORDS, INFO_WORDS, ORDER_WORDS, LATCH_WORDS, TRADE_WORDS];
    let mut at = 0;
    while at < sizes.len() {
        hash = (hash ^ sizes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}
