//! A book as bytes, and as one number.
//!
//! Snapshot, little-endian: a 40-byte header (magic `MMBK`, version u32, number of orders u64, next arrival stamp
//! u64, reserved u64, checksum u32, reserved u32), then 40 bytes an order (id u64, price i64, quantity u64, arrival
//! stamp u64, flags u64: bit 0 ask, bit 1 anonymous), bids then asks, best level first, first in the queue first.
//! The checksum is CRC-32C (Castagnoli, RFC 3720) of everything but its own four bytes.

use super::config::BookError;
use super::node::key_of;
use super::order_book::{OrderBook, check_price, check_quantity};
use super::view::OrderView;
use crate::mem::crc32c;
use crate::mem::word_hash::fold;
use crate::types::{OrderId, Price, Quantity, Side};

const MAGIC: u32 = u32::from_le_bytes(*b"MMBK");
const VERSION: u32 = 1;
const HEADER: usize = 40;
const RECORD: usize = 40;
/// Where the checksum stands in the header.
const CHECKSUM: usize = 32;

impl OrderBook {
    /// Bytes that a snapshot takes now.
    #[must_use]
    pub const fn snapshot_size(&self) -> usize {
        HEADER + RECORD * self.len()
    }

    /// Writes a snapshot and returns its size. O(orders), allocates nothing.
    ///
    /// # Errors
    /// [`BookError::SnapshotBufferFull`] when `out` is smaller than [`OrderBook::snapshot_size`].
    pub fn write_snapshot(&self, out: &mut [u8]) -> Result<usize, BookError> {
        let size = self.snapshot_size();
        let out = out.get_mut(..size).ok_or(BookError::SnapshotBufferFull)?;
        let (header, records) = out.split_at_mut(HEADER);
        header.fill(0);
        header[..4].copy_from_slice(&MAGIC.to_le_bytes());
        header[4..8].copy_from_slice(&VERSION.to_le_bytes());
        header[8..16].copy_from_slice(&(self.len() as u64).to_le_bytes());
        header[16..24].copy_from_slice(&self.next_stamp.to_le_bytes());
        let orders = Side::BOTH.into_iter().flat_map(|side| self.orders(side));
        for (record, order) in records.chunks_exact_mut(RECORD).zip(orders) {
            let flags = order.side as u64 | u64::from(order.anonymous) << 1;
            for (place, word) in record.chunks_exact_mut(8).zip([
                order.id.0,
                order.price.0 as u64,
                order.quantity.0,
                order.priority,
                flags,
            ]) {
                place.copy_from_slice(&word.to_le_bytes());
            }
        }
        let checksum = checksum_of(out);
        out[CHECKSUM..CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
        Ok(size)
    }

    /// Replaces the book's contents by a snapshot's, queue order and arrival stamps included. The book keeps its own
    /// sizes and rules. O(orders log orders); allocates a scratch list of ids, so not for the hot path.
    ///
    /// # Errors
    /// [`BookError::SnapshotCorrupt`], [`BookError::SnapshotVersion`], [`BookError::PoolFull`] when it holds more
    /// orders than the book takes, [`BookError::OutOfMemory`]. The book is as before then.
    pub fn read_snapshot(&mut self, bytes: &[u8]) -> Result<(), BookError> {
        let corrupt = BookError::SnapshotCorrupt;
        if bytes.len() < HEADER || word32(bytes, 0) != MAGIC {
            return Err(corrupt);
        }
        if word32(bytes, 4) != VERSION {
            return Err(BookError::SnapshotVersion);
        }
        let count = word64(bytes, 8);
        let next_stamp = word64(bytes, 16);
        let records = &bytes[HEADER..];
        if records.len() as u64 != count.checked_mul(RECORD as u64).ok_or(corrupt)?
            || word32(bytes, CHECKSUM) != checksum_of(bytes)
        {
            return Err(corrupt);
        }
        if count > u64::from(self.config.max_orders) {
            return Err(BookError::PoolFull);
        }
        validate(records, count as usize, next_stamp)?;
        self.clear();
        for order in records.chunks_exact(RECORD).map(order_of) {
            // All of this was validated: the ids differ, the sums fit and the orders are no more than there is room for.
            self.restore(&order)?;
        }
        self.next_stamp = next_stamp;
        Ok(())
    }

    /// An order of another book rests behind its queue with the stamp that it had there.
    pub(super) fn restore(&mut self, order: &OrderView) -> Result<(), BookError> {
        if order.anonymous {
            self.seed(order.side, order.price, order.quantity)?;
            return Ok(());
        }
        self.add(order.id, order.side, order.price, order.quantity)?;
        let slot = self.homes.find(order.id.0, &self.levels.nodes);
        if let Some(stamp) = slot.and_then(|slot| self.stamps.get_mut(slot as usize)) {
            *stamp = order.priority;
        }
        Ok(())
    }

    /// A hash of what rests: sides, prices, queue order, ids, quantities. Equal for equal books, whatever their
    /// history, sizes and arrival stamps. O(orders), allocates nothing. The same on every machine.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        let mut state = self.len() as u64;
        for side in Side::BOTH {
            for order in self.orders(side) {
                let flags = order.side as u64 | u64::from(order.anonymous) << 1;
                for word in [order.id.0, order.price.0 as u64, order.quantity.0, flags] {
                    state = fold(state ^ word);
                }
            }
        }
        state
    }
}

/// The order of a record.
fn order_of(record: &[u8]) -> OrderView {
    let flags = word64(record, 32);
    OrderView {
        id: OrderId(word64(record, 0)),
        price: Price(word64(record, 8) as i64),
        quantity: Quantity(word64(record, 16)),
        priority: word64(record, 24),
        side: if flags & 1 == 0 { Side::Buy } else { Side::Sell },
        anonymous: flags & 2 != 0,
    }
}

/// Checks all that an intact checksum does not promise, for a snapshot may be made by other hands.
fn validate(records: &[u8], count: usize, next_stamp: u64) -> Result<(), BookError> {
    let corrupt = BookError::SnapshotCorrupt;
    let mut ids: Vec<u64> = Vec::new();
    ids.try_reserve_exact(count).map_err(|_| BookError::OutOfMemory)?;
    let mut before: Option<(Side, i64)> = None;
    let mut sum = 0_u64;
    for (bytes, order) in records.chunks_exact(RECORD).map(|bytes| (bytes, order_of(bytes))) {
        check_price(order.price).map_err(|_| corrupt)?;
        check_quantity(order.quantity).map_err(|_| corrupt)?;
        let key = key_of(order.side, order.price);
        let ahead = before.is_some_and(|level| level == (order.side, key));
        let in_order = before.is_none_or(|(side, k)| side < order.side || side == order.side && k >= key);
        // Anonymous liquidity leads its level, alone.
        if word64(bytes, 32) > 3 || !in_order || ahead && order.anonymous || order.priority >= next_stamp {
            return Err(corrupt);
        }
        sum = if ahead { sum } else { 0 }.checked_add(order.quantity.0).ok_or(corrupt)?;
        before = Some((order.side, key));
        if !order.anonymous {
            ids.push(order.id.0);
        }
    }
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(corrupt);
    }
    Ok(())
}

fn word32(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte))
}

fn word64(bytes: &[u8], at: usize) -> u64 {
    u64::from(word32(bytes, at)) | u64::from(word32(bytes, at + 4)) << 32
}

fn checksum_of(snapshot: &[u8]) -> u32 {
    crc32c::bytes(crc32c::bytes(0, &snapshot[..CHECKSUM]), &snapshot[CHECKSUM + 4..])
}
