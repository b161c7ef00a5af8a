//! The whole state as plain values: what an opening finds and a reader copies.

use super::layout::Layout;
use super::record::{AppliedIds, StoredLatch, StoredOrder};
use crate::mem::word_hash::fold;
use crate::position::{AccountState, InstrumentPosition, TradeRecord};

/// Everything that a store keeps, as it stood after one event.
///
/// Lists keep their room, so that a state which is read into again and again allocates only the first time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreState {
    /// The number of the event; counts every change since the store was made.
    pub epoch: u64,
    /// The account.
    pub account: AccountState,
    /// The sequence of the last event of no instrument, else 0.
    pub last_event: u64,
    /// What the order manager's next sequence number was last said to be, else 0.
    pub next_order_sequence: u64,
    /// The instruments in the order of their registration.
    pub positions: Vec<InstrumentPosition>,
    /// What was applied to each of [`positions`](Self::positions).
    pub applied: Vec<AppliedIds>,
    /// The working orders, in no particular order.
    pub orders: Vec<StoredOrder>,
    /// The latches that are set.
    pub latches: Vec<StoredLatch>,
    /// The latest trades, oldest first.
    pub trades: Vec<TradeRecord>,
    /// The fill id of each of [`trades`](Self::trades).
    pub trade_fill_ids: Vec<u64>,
    /// The remembered fill ids of all instruments, each one's oldest first.
    pub(super) ids: Vec<u64>,
    /// How many of [`ids`](Self::ids) are of each instrument, and how many went into its ring in all.
    pub(super) id_counts: Vec<(u32, u64)>,
    /// The record of each of [`orders`](Self::orders).
    pub(super) order_records: Vec<u32>,
    /// Trades that went into the ring in all.
    pub(super) trade_count: u64,
}

impl StoreState {
    /// An empty state with room for everything that such a store can keep.
    pub(super) fn with_room(layout: &Layout) -> Self {
        let [instruments, orders, latches, window, history] =
            [layout.instruments, layout.orders, layout.latches, layout.window, layout.history]
                .map(|count| count as usize);
        Self {
            positions: Vec::with_capacity(instruments),
            applied: Vec::with_capacity(instruments),
            orders: Vec::with_capacity(orders),
            latches: Vec::with_capacity(latches),
            trades: Vec::with_capacity(history),
            trade_fill_ids: Vec::with_capacity(history),
            ids: Vec::with_capacity(instruments * window),
            id_counts: Vec::with_capacity(instruments),
            order_records: Vec::with_capacity(orders),
            ..Self::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.positions.clear();
        self.applied.clear();
        self.orders.clear();
        self.latches.clear();
        self.trades.clear();
        self.trade_fill_ids.clear();
        self.ids.clear();
        self.id_counts.clear();
        self.order_records.clear();
        self.trade_count = 0;
    }

    /// The remembered fill ids of the instrument at this place of [`positions`](Self::positions), oldest first.
    #[must_use]
    pub fn fill_ids(&self, index: usize) -> &[u64] {
        let from: usize = self.id_counts[..index].iter().map(|count| count.0 as usize).sum();
        &self.ids[from..][..self.id_counts[index].0 as usize]
    }

    /// One number for everything but the epoch: equal for equal states, however they came to be. O(size), sorts a copy
    /// of the orders. The same on every machine.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut hash = 0x9E37_79B9_7F4A_7C15;
        let mut take = |words: &[u64]| {
            for &word in words {
                hash = fold(hash ^ word);
            }
        };
        let account = &self.account;
        take(&[
            account.capital as u64,
            account.day_start_equity as u64,
            account.peak_equity as u64,
            account.max_drawdown as u64,
            account.max_drawdown_peak as u64,
            account.fills,
            self.last_event,
            self.next_order_sequence,
            self.positions.len() as u64,
        ]);
        for (index, (slot, applied)) in self.positions.iter().zip(&self.applied).enumerate() {
            take(&super::record::encode_position(slot, applied, 0));
            take(&super::record::encode_info(slot, applied));
            take(self.fill_ids(index));
        }
        let mut orders = self.orders.clone();
        orders.sort_unstable_by_key(|order| order.id);
        take(&[orders.len() as u64, self.latches.len() as u64, self.trades.len() as u64]);
        for order in &orders {
            take(&super::record::encode_order(order));
        }
        for latch in &self.latches {
            take(&[latch.id]);
            take(&super::record::encode_latch(latch));
        }
        for (trade, &fill_id) in self.trades.iter().zip(&self.trade_fill_ids) {
            take(&super::record::encode_trade(trade, fill_id));
        }
        hash
    }
}
