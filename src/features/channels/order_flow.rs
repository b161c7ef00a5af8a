//! Order-flow imbalance at the first ten levels (F10), and how fast the best queues shrink.
//!
//! Cont, Kukanov and Stoikov (*J. Financial Econometrics* 12(1), 2014) at the best prices; Xu, Gould and Howison
//! (*Market Microstructure and Liquidity* 4, 2018) rank by rank: when the level of rank m goes from price P and
//! quantity q to P' and q', the bid gains 1{P' ≥ P}q' − 1{P' ≤ P}q, the ask likewise with better meaning lower, and
//! the flow of rank m is what the bid gains less what the ask gains. A rank without a level has the worst price and no
//! quantity. Each side stands for itself, so a locked, crossed or one-sided book does not break the flow.
//!
//! O(ranks that changed), at most ten a side; hot path, single writer.

use super::ladder::{ABSENT, Changed, DEPTH, Half, Ladder};
use crate::types::Side;

/// How many first ranks each order-flow channel sums.
pub(super) const FLOW_DEPTHS: [usize; 4] = [1, 3, 5, 10];

/// The first depth that each rank counts for.
const BUCKET: [u8; DEPTH] = [0, 1, 1, 2, 2, 3, 3, 3, 3, 3];

/// A side as of the last consistent state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) keys: [i64; DEPTH],
    pub(super) lots: [i64; DEPTH],
}

impl Shown {
    /// What the side gains at a rank, lots; the rank is shown as the ladder holds it from here on.
    #[inline(always)]
    fn take(&mut self, half: &Half, rank: usize) -> i64 {
        let (was_key, was) = (self.keys[rank], self.lots[rank]);
        let (key, lots) = (half.keys[rank], half.lots[rank]);
        (self.keys[rank], self.lots[rank]) = (key, lots);
        let gained = if key >= was_key { lots } else { 0 };
        let lost = if key <= was_key { was } else { 0 };
        gained - lost
    }
}

#[derive(Clone, Debug)]
pub(super) struct OrderFlow {
    pub(super) shown: [Shown; 2],
    /// Sums of ranks 1, 2..=3, 4..=5 and 6..=10, bid less ask, lots.
    sums: [f64; 4],
    /// Lots that left the best queue of each side.
    depleted: [f64; 2],
}

impl OrderFlow {
    pub(super) const EMPTY: Self = Self {
        shown: [Shown { keys: [ABSENT; DEPTH], lots: [0; DEPTH] }; 2],
        sums: [0.0; 4],
        depleted: [0.0; 2],
    };

    /// Both sides are as the ladder holds them, and nothing flowed.
    pub(super) fn rebase(&mut self, ladder: &mut Ladder) {
        for (shown, half) in self.shown.iter_mut().zip(&ladder.halves) {
            shown.keys.copy_from_slice(&half.keys[..DEPTH]);
            shown.lots.copy_from_slice(&half.lots[..DEPTH]);
        }
        ladder.changed = [Changed::NOTHING; 2];
    }

    /// Counts what flowed from the state shown to the one that the ladder holds, which is shown from here on.
    #[inline]
    pub(super) fn update(&mut self, side: Side, half: &Half, changed: Changed) {
        let shown = &mut self.shown[side.index()];
        let sign = side.sign();
        if changed.first == changed.last && changed.first < DEPTH {
            let rank = changed.first;
            let flow = shown.take(half, rank);
            self.sums[usize::from(BUCKET[rank])] += (sign * flow) as f64;
            self.depleted[side.index()] += if rank == 0 { (-flow).max(0) as f64 } else { 0.0 };
            return;
        }
        // A level came or went. A rank that did not change flows nothing: all of them cost less than not to know how many.
        let best = shown.take(half, 0);
        let mut sums = [best, 0, 0, 0];
        for (rank, bucket) in BUCKET.into_iter().enumerate().skip(1) {
            sums[usize::from(bucket)] += shown.take(half, rank);
        }
        for (total, sum) in self.sums.iter_mut().zip(sums) {
            *total += (sign * sum) as f64;
        }
        self.depleted[side.index()] += (-best).max(0) as f64;
    }

    /// Flow over the first 1, 3, 5 and 10 ranks since the last call, lots; the bid's and the ask's depletion, lots.
    #[inline]
    pub(super) fn take(&mut self) -> ([f64; 4], [f64; 2]) {
        let [first, second, third, fourth] = std::mem::take(&mut self.sums);
        let three = first + second;
        let five = three + third;
        ([first, three, five, five + fourth], std::mem::take(&mut self.depleted))
    }
}
