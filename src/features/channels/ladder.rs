//! The best levels of both sides, kept beside the book so that a feature sees them before and after an event.
//!
//! Each side holds its best levels exactly, up to [`KEPT`] of them: more than the [`DEPTH`] that features look at, so that
//! a level that vanishes is replaced from what is held, and the book is walked only after [`KEPT`] − [`DEPTH`] of them
//! have. An event whose place is known costs one look-up and the shift of what lies behind it: O(1), bounded by
//! [`KEPT`]. An event that names only its order is found by comparing what is held with the book: O([`KEPT`]).
//!
//! Hot path, single writer, no allocation.

use crate::book::Depth;
use crate::types::{Price, Side};

/// Levels that features look at.
pub(super) const DEPTH: usize = 10;
/// Levels that are held.
pub(super) const KEPT: usize = 16;
/// Key of a level that is not there: worse than every price.
pub(super) const ABSENT: i64 = i64::MIN;

/// The price as a number that grows toward better prices.
#[inline]
fn key_of(side: Side, price: Price) -> i64 {
    // A book's prices are below 2^61 and cannot saturate; an event's price may be anything.
    if side == Side::Buy { price.0 } else { price.0.saturating_neg() }
}

#[inline]
pub(super) fn price_of(side: Side, key: i64) -> Price {
    Price(side.sign().wrapping_mul(key))
}

/// Places of a side's arrays: behind the levels is room, so that a shift always moves [`KEPT`] of them. Which levels
/// change is a matter of chance, and a loop of unforeseeable length costs more than a few moves for nothing.
const PLACES: usize = 2 * KEPT;

/// One side, best first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    /// [`ABSENT`] behind the last.
    pub(super) keys: [i64; PLACES],
    /// Lots, at most 2⁵⁹; 0 behind the last.
    pub(super) lots: [i64; PLACES],
    count: usize,
    /// Key of the last level when the book may have more behind it, [`ABSENT`] when it has not.
    worst: i64,
}

impl Half {
    const EMPTY: Self = Self { keys: [ABSENT; PLACES], lots: [0; PLACES], count: 0, worst: ABSENT };

    /// How many keys are better: by bisection without a branch, of which half would be mispredicted.
    #[inline]
    fn rank(&self, key: i64) -> usize {
        let mut rank = 0;
        for step in [8, 4, 2, 1, 1] {
            rank += step * usize::from(self.keys[rank + step - 1] > key);
        }
        rank
    }

    /// Takes a level out; those behind it move up.
    #[inline]
    fn remove(&mut self, rank: usize) {
        shift::<1, 0>(&mut self.keys, rank);
        shift::<1, 0>(&mut self.lots, rank);
        self.count -= 1;
        if self.worst != ABSENT {
            self.worst = self.keys[self.count.max(1) - 1];
        }
    }

    /// Puts a level before the one at `rank`; the last one makes room where all places are taken.
    #[inline]
    fn insert(&mut self, rank: usize, key: i64, lots: i64) {
        shift::<0, 1>(&mut self.keys, rank);
        shift::<0, 1>(&mut self.lots, rank);
        (self.keys[rank], self.lots[rank]) = (key, lots);
        let is_full = self.count == KEPT;
        (self.keys[KEPT], self.lots[KEPT]) = (ABSENT, 0);
        self.count += usize::from(!is_full);
        if is_full || self.worst != ABSENT {
            self.worst = self.keys[self.count - 1];
        }
    }
}

/// Moves [`KEPT`] places from `rank + FROM` to `rank + TO`.
#[inline(always)]
fn shift<const FROM: usize, const TO: usize>(places: &mut [i64; PLACES], rank: usize) {
    let rank = rank.min(KEPT - 1);
    let mut moving = [0; KEPT];
    moving.copy_from_slice(&places[rank + FROM..rank + FROM + KEPT]);
    places[rank + TO..rank + TO + KEPT].copy_from_slice(&moving);
}

/// What an event changed among the levels that are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touch {
    /// The place is as it was held: whatever changed lies elsewhere.
    Nothing,
    /// A level behind those that are held, or none.
    Beyond,
    /// The ranks from the first to the second.
    Ranks(usize, usize),
}

/// The ranks of a side that changed since they were last taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Changed {
    pub(super) const NOTHING: Self = Self { first: KEPT, last: 0 };

    #[inline]
    fn add(&mut self, first: usize, last: usize) {
        self.first = self.first.min(first);
        self.last = self.last.max(last);
    }

    /// Whether a rank that features look at is among them.
    #[inline]
    pub(super) fn is_near(self) -> bool {
        self.first < DEPTH
    }
}

#[derive(Clone, Debug)]
pub(super) struct Ladder {
    pub(super) halves: [Half; 2],
    pub(super) changed: [Changed; 2],
}

impl Ladder {
    pub(super) const EMPTY: Self = Self { halves: [Half::EMPTY; 2], changed: [Changed::NOTHING; 2] };

    /// Takes both sides from the book anew.
    pub(super) fn rebuild(&mut self, book: &impl Depth) {
        self.refill(book, Side::Buy);
        self.refill(book, Side::Sell);
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self, book: &impl Depth, side: Side) {
        let half = &mut self.halves[side.index()];
        *half = Half::EMPTY;
        for level in book.levels(side) {
            if half.count == KEPT {
                half.worst = half.keys[KEPT - 1];
                break;
            }
            half.keys[half.count] = key_of(side, level.price);
            half.lots[half.count] = lots(level.quantity.0);
            half.count += 1;
        }
        self.changed[side.index()].add(0, KEPT - 1);
    }

    /// The book changed at this place, says the event.
    #[inline]
    pub(super) fn update_at(&mut self, book: &impl Depth, side: Side, price: Price) {
        match self.touch(book, side, price) {
            Touch::Ranks(first, last) => self.changed[side.index()].add(first, last),
            Touch::Beyond => {}
            // The order rested elsewhere than the event says.
            Touch::Nothing => self.update_anywhere(book),
        }
    }

    /// One of the levels that are held may have shrunk or vanished: the book is asked for each until one has.
    #[inline(never)]
    pub(super) fn update_anywhere(&mut self, book: &impl Depth) {
        for side in Side::BOTH {
            let half = &self.halves[side.index()];
            for rank in 0..half.count {
                let price = price_of(side, half.keys[rank]);
                if book.level(side, price).map_or(0, |level| lots(level.quantity.0)) != half.lots[rank] {
                    return self.update_at(book, side, price);
                }
            }
        }
    }

    /// The book changed as above, and at this price on either side.
    #[inline(never)]
    pub(super) fn update_anywhere_and(&mut self, book: &impl Depth, price: Price) {
        // First the place that is known: the search ends at the first that differs.
        for side in Side::BOTH {
            if let Touch::Ranks(first, last) = self.touch(book, side, price) {
                self.changed[side.index()].add(first, last);
            }
        }
        self.update_anywhere(book);
    }

    #[inline]
    fn touch(&mut self, book: &impl Depth, side: Side, price: Price) -> Touch {
        let key = key_of(side, price);
        let half = &mut self.halves[side.index()];
        if key < half.worst {
            return Touch::Beyond;
        }
        let rank = half.rank(key);
        let shown = book.level(side, price).map_or(0, |level| lots(level.quantity.0));
        if half.keys[rank] == key {
            if shown == half.lots[rank] {
                return Touch::Nothing;
            }
            if shown != 0 {
                half.lots[rank] = shown;
                return Touch::Ranks(rank, rank);
            }
            half.remove(rank);
            if half.count < DEPTH && half.worst != ABSENT {
                self.refill(book, side);
            }
            return Touch::Ranks(rank, KEPT - 1);
        }
        if shown == 0 {
            return Touch::Nothing;
        }
        half.insert(rank, key, shown);
        Touch::Ranks(rank, KEPT - 1)
    }
}

/// Quantities beyond 2⁵⁹, which no market has, count as that, so that ten of them can be summed.
#[inline]
fn lots(quantity: u64) -> i64 {
    quantity.min(1 << 59) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{BookConfig, LevelBook, LevelBookConfig, OrderBook};
    use crate::types::{OrderId, Quantity};
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Panics unless the ladder holds the book's best levels, as many as it claims.
    fn check(ladder: &Ladder, book: &impl Depth) {
        for side in Side::BOTH {
            let half = &ladder.halves[side.index()];
            let shown: Vec<_> = book.levels(side).take(half.count).collect();
            assert_eq!(shown.len(), half.count);
            assert!(half.count >= DEPTH.min(book.level_count(side)));
            assert_eq!(half.keys[KEPT..], [ABSENT; KEPT]);
            if half.worst == ABSENT {
                assert_eq!(half.count, book.level_count(side));
            } else {
                assert_eq!(half.worst, half.keys[half.count - 1]);
            }
            for rank in 0..KEPT {
                let (key, lots) = shown
                    .get(rank)
                    .map_or((ABSENT, 0), |level| (key_of(side, level.price), level.quantity.0 as i64));
                assert_eq!((half.keys[rank], half.lots[rank]), (key, lots), "{side} {rank}");
            }
        }
    }

    #[test]
    fn the_ladder_is_the_books_best_levels_whatever_changes() {
        for (seed, prices) in [(1, 8), (2, 14), (3, 40), (4, 400)] {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut book = LevelBook::new(&LevelBookConfig::default()).unwrap();
            let mut ladder = Ladder::EMPTY;
            for _ in 0..30_000 {
                let side = Side::BOTH[(random.next_u32() % 2) as usize];
                let price = Price((random.next_u32() % prices) as i64 - 20);
                let quantity = Quantity(u64::from((random.next_u32() % 3) * (random.next_u32() % 4)));
                let before = ladder.clone();
                if book.set_level(side, price, quantity).unwrap().changed() {
                    ladder.changed = [Changed::NOTHING; 2];
                    ladder.update_at(&book, side, price);
                }
                check(&ladder, &book);
                for (half, (was, changed)) in
                    ladder.halves.iter().zip(before.halves.iter().zip(ladder.changed))
                {
                    for rank in (0..KEPT).filter(|rank| !(changed.first..=changed.last).contains(rank)) {
                        let same = (half.keys[rank], half.lots[rank]) == (was.keys[rank], was.lots[rank]);
                        assert!(same, "a change outside of those told: {rank}");
                    }
                }
            }
        }
    }

    #[test]
    fn events_without_a_place_or_with_a_wrong_one_are_found() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
        let mut book = OrderBook::new(&BookConfig::default()).unwrap();
        let mut ladder = Ladder::EMPTY;
        let mut live: Vec<(u64, Side)> = Vec::new();
        for id in 1..20_000u64 {
            let side = Side::BOTH[(random.next_u32() % 2) as usize];
            let price = Price((random.next_u32() % 30) as i64 + if side == Side::Buy { 0 } else { 30 });
            if live.len() < 40 || random.next_u32() % 2 == 0 {
                book.add(OrderId(id), side, price, Quantity(1 + random.next_u64() % 9)).unwrap();
                live.push((id, side));
                ladder.update_at(&book, side, price);
            } else {
                let (old, side) = live.swap_remove(random.next_u64() as usize % live.len());
                match random.next_u32() % 3 {
                    0 => {
                        book.delete(OrderId(old)).unwrap();
                        ladder.update_anywhere(&book);
                    }
                    1 => {
                        let price = Price((random.next_u32() % 60) as i64);
                        book.replace(OrderId(old), OrderId(id), price, Quantity(3)).unwrap();
                        live.push((id, side));
                        ladder.update_anywhere_and(&book, price);
                    }
                    _ => {
                        book.delete(OrderId(old)).unwrap();
                        // The best level of the other side did not change, whatever the event says.
                        let wrong = book.best(side.opposite()).map_or(Price(0), |level| level.price);
                        ladder.update_at(&book, side.opposite(), wrong);
                    }
                }
            }
            check(&ladder, &book);
        }
    }
}
