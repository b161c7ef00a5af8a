//! Price levels of both sides: a ring ladder around the best price, and a far tier for everything else.
//!
//! Level `key` inside the window `[base, base + W)` lives at ring place `key mod W`, so locating it is arithmetic and
//! moving the window touches only the levels that leave or enter it. Levels outside live in the far tier, O(log n).
//! Orders know their price and never a level's place; moving a level copies its sentinel and re-points its two ends.
//!
//! The window follows the best price with hysteresis: it aims to hold the best three quarters up, and moves only
//! when the best has left the upper half (or comes close to the top) *and* the operations done in that state have
//! paid for the levels that may have to move. A walking price costs nothing visible, an outlier moves nothing, and
//! no sequence of operations can force more than a constant number of level moves per operation (amortised).

use super::bitmap::Bitmap;
use super::far::FarTier;
use super::node::{NIL, NO_KEY, Node, Nodes, key_of, price_of, rung_of};
use super::touched::Touched;
use super::view::Level;
use crate::mem::buffer::OutOfMemory;
use crate::mem::linked::Masked;
use crate::types::{Price, Quantity, Side};

/// How many level moves one operation beside the window pays for.
const MOVES_PER_OPERATION: u32 = 4;

/// One side's ladder.
#[derive(Debug)]
struct Half {
    /// Occupied levels inside the window.
    near: u32,
    /// Occupied levels in all.
    count: u32,
    /// Operations seen while the best lay badly in the window.
    debt: u32,
    occupied: Bitmap,
}

/// The node array and the levels of both sides. Orders occupy the first nodes.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) nodes: Nodes,
    /// Of each side the lowest key of the window.
    base: [i64; 2],
    /// Of each side the highest key with a level, [`NO_KEY`] when the side is empty.
    best: [i64; 2],
    halves: [Half; 2],
    /// Window size less one; the size is a power of two.
    mask: i64,
    far: FarTier,
    /// The far tier's place `p` has its sentinel at node `far_origin + p`.
    far_origin: u32,
}

impl Levels {
    /// So many nodes for orders, from node 0 on, the first `homes` of them (a power of two) a run of their own, and `far` levels
    /// beyond windows of `window` (a power of two ≥ 64) ticks.
    pub(super) fn new(orders: u32, homes: u32, window: u32, far: u32) -> Result<Self, OutOfMemory> {
        // Levels of neighbouring prices share a line when the ring starts on one.
        let origin = (orders + 2) & !1;
        let far_origin = origin + 2 * window - 1;
        let ladders = [(origin, window), (origin + window, window)];
        let mut nodes = Nodes::new(far_origin + far + 1, homes, ladders, Node::ZERO)?;
        for index in origin..=far_origin {
            nodes.isolate(index);
        }
        let half = || -> Result<Half, OutOfMemory> {
            let occupied = Bitmap::new(window as usize)?;
            Ok(Half { near: 0, count: 0, debt: 0, occupied })
        };
        Ok(Self {
            nodes,
            base: [0; 2],
            best: [NO_KEY; 2],
            halves: [half()?, half()?],
            mask: i64::from(window) - 1,
            far: FarTier::new(far)?,
            far_origin,
        })
    }

    /// Highest key of the side, [`NO_KEY`] when it is empty.
    #[inline(always)]
    pub(super) fn best(&self, side: Side) -> i64 {
        self.best[side.index()]
    }

    /// Levels of the side.
    #[inline(always)]
    pub(super) fn count(&self, side: Side) -> u32 {
        self.halves[side.index()].count
    }

    #[inline(always)]
    fn is_near(&self, side: Side, key: i64) -> bool {
        key.wrapping_sub(self.base[side.index()]) as u64 <= self.mask as u64
    }

    /// Starts loading the level's sentinel where its place is known without a search.
    #[inline(always)]
    pub(super) fn prefetch(&self, side: Side, key: i64) {
        self.nodes.prefetch(self.near_hint(side, key));
    }

    /// The ladder's sentinel for `key`, right only while the key lies inside the window: for prefetching.
    #[inline(always)]
    pub(super) fn near_hint(&self, side: Side, key: i64) -> u32 {
        self.nodes.index_of(rung_of(side, key))
    }

    /// The ladder's sentinel for a key inside the window, whether or not there is a level.
    #[inline(always)]
    pub(super) fn near(&self, side: Side, key: i64) -> Option<Masked> {
        self.is_near(side, key).then(|| rung_of(side, key))
    }

    /// The sentinel of a level that exists.
    #[inline(always)]
    pub(super) fn held(&mut self, side: Side, key: i64) -> u32 {
        if let Some(rung) = self.near(side, key) {
            return self.nodes.index_of(rung);
        }
        self.held_far(side, key)
    }

    /// [`held`](Self::held) outside the window.
    #[cold]
    #[inline(never)]
    pub(super) fn held_far(&mut self, side: Side, key: i64) -> u32 {
        self.settle(side);
        self.find(side, key).unwrap_or(0)
    }

    /// The sentinel of the level at `key`, if there is one. Changes nothing.
    #[inline]
    pub(super) fn find(&self, side: Side, key: i64) -> Option<u32> {
        if let Some(rung) = self.near(side, key) {
            return (self.nodes[rung].id != 0).then(|| self.nodes.index_of(rung));
        }
        self.far.find(side.index(), key).map(|place| self.far_origin + place)
    }

    /// The sentinel for `key`, in a place of its own; [`Levels::filled`] must follow when the level was empty.
    /// [`NIL`] when the far tier is full.
    #[inline(always)]
    pub(super) fn place(&mut self, side: Side, key: i64) -> u32 {
        if let Some(rung) = self.near(side, key) {
            return self.nodes.index_of(rung);
        }
        self.place_far(side, key)
    }

    /// [`place`](Self::place) outside the window.
    #[cold]
    #[inline(never)]
    pub(super) fn place_far(&mut self, side: Side, key: i64) -> u32 {
        let s = side.index();
        if self.halves[s].near == 0 && key > self.best[s] {
            // Nothing lies in the window and the newcomer will be the best: the window belongs around it.
            self.move_window(side, key);
        } else {
            self.settle(side);
        }
        if let Some(rung) = self.near(side, key) {
            return self.nodes.index_of(rung);
        }
        if let Some(place) = self.far.find(s, key) {
            return self.far_origin + place;
        }
        let Some(place) = self.far.insert(s, key) else { return NIL };
        let index = self.far_origin + place;
        self.empty(index);
        index
    }

    /// The level at `key` has just got its first order: what that touched.
    #[inline(never)]
    pub(super) fn filled(&mut self, side: Side, key: i64) -> Touched {
        let s = side.index();
        let near = self.is_near(side, key);
        let half = &mut self.halves[s];
        half.count += 1;
        if near {
            half.near += 1;
            half.occupied.set((key & self.mask) as usize);
        }
        if key <= self.best[s] {
            return Touched::level(side, false);
        }
        self.best[s] = key;
        if self.lies_well(side) { Touched::level(side, true) } else { self.settle(side) }
    }

    /// The level at `key` has just lost its last order: what that touched.
    #[inline(never)]
    pub(super) fn emptied(&mut self, side: Side, key: i64) -> Touched {
        // Whatever is rare ends in a function of its own, so that nothing has to be kept for it meanwhile.
        let s = side.index();
        if key != self.best[s] || !self.is_near(side, key) {
            return self.emptied_elsewhere(side, key);
        }
        let place = (key & self.mask) as usize;
        let half = &mut self.halves[s];
        half.count -= 1;
        half.near -= 1;
        let Some(found) = half.occupied.clear_to_below(place) else {
            return self.best_emptied(side, key);
        };
        // Whatever is left lies below.
        self.best[s] = (key - (place - found) as i64).max(self.far.best(s));
        if self.lies_well(side) { Touched::level(side, true) } else { self.settle(side) }
    }

    /// [`emptied`](Self::emptied) outside the window, or not the best level.
    #[inline(never)]
    fn emptied_elsewhere(&mut self, side: Side, key: i64) -> Touched {
        let s = side.index();
        let near = self.is_near(side, key);
        let half = &mut self.halves[s];
        half.count -= 1;
        if near {
            half.near -= 1;
            half.occupied.clear((key & self.mask) as usize);
        } else {
            self.far.remove(s, key);
        }
        if key == self.best[s] { self.best_emptied(side, key) } else { Touched::level(side, false) }
    }

    /// The best level, at `key`, is gone.
    #[inline(never)]
    fn best_emptied(&mut self, side: Side, key: i64) -> Touched {
        let next = self.near_below(side, key).unwrap_or(NO_KEY);
        self.best[side.index()] = next.max(self.far.best(side.index()));
        self.settle(side)
    }

    /// The highest level below `key`: its key and its sentinel.
    #[inline]
    pub(super) fn below(&self, side: Side, key: i64) -> Option<(i64, u32)> {
        let s = side.index();
        let near = self.near_below(side, key).map(|key| (key, self.near_hint(side, key)));
        if near.map_or(NO_KEY, |(key, _)| key) >= self.far.best(s) {
            return near;
        }
        let far = self.far.below(s, key).map(|(key, place)| (key, self.far_origin + place));
        if far.map(|(key, _)| key) > near.map(|(key, _)| key) { far } else { near }
    }

    /// The highest level below `key` inside the window.
    #[inline]
    fn near_below(&self, side: Side, key: i64) -> Option<i64> {
        let half = &self.halves[side.index()];
        let base = self.base[side.index()];
        if half.near == 0 || key <= base {
            return None;
        }
        let top = base + self.mask;
        let from = (key - 1).min(top);
        let place = (from & self.mask) as usize;
        let found = match half.occupied.highest_up_to(place) {
            Some(found) => found,
            None => self.highest_place(side)?,
        };
        let key = from - ((place as i64 - found as i64) & self.mask);
        // Wrapping past the base comes back to the top of the window, above where the search began.
        (key >= base).then_some(key)
    }

    #[cold]
    #[inline(never)]
    fn highest_place(&self, side: Side) -> Option<usize> {
        self.halves[side.index()].occupied.highest_up_to(self.mask as usize)
    }

    /// Keys and sentinels of the side's levels, best first.
    pub(super) fn walk(&self, side: Side) -> impl Iterator<Item = (i64, u32)> {
        let mut from = i64::MAX;
        std::iter::from_fn(move || {
            let found = self.below(side, from)?;
            from = found.0;
            Some(found)
        })
    }

    /// The side's levels as the public sees them, best first.
    pub(super) fn iter(&self, side: Side) -> impl Iterator<Item = Level> {
        self.walk(side).map(move |(key, index)| self.level_view(side, key, index))
    }

    /// The best level.
    #[inline]
    pub(super) fn view_best(&self, side: Side) -> Option<Level> {
        let key = self.best(side);
        if key == NO_KEY {
            return None;
        }
        let index = self.find(side, key)?;
        Some(self.level_view(side, key, index))
    }

    /// The level at `price`.
    #[inline]
    pub(super) fn view(&self, side: Side, price: Price) -> Option<Level> {
        if !price.in_range() {
            return None;
        }
        let key = key_of(side, price);
        self.find(side, key).map(|index| self.level_view(side, key, index))
    }

    #[inline(always)]
    fn level_view(&self, side: Side, key: i64, index: u32) -> Level {
        let node = &self.nodes[index];
        Level { price: price_of(side, key), quantity: Quantity(node.quantity), orders: node.id as u32 }
    }

    /// Whether the best lies well in the window, from the middle up to a sixteenth below the top, or there is none.
    #[inline(always)]
    fn lies_well(&self, side: Side) -> bool {
        let window = self.mask as u64 + 1;
        let best = self.best[side.index()];
        let above_middle = (best.wrapping_sub(self.base[side.index()]) as u64).wrapping_sub(window / 2);
        above_middle < window / 2 - window / 16 || best == NO_KEY
    }

    /// Moves the window when the best lies badly in it and enough has been done meanwhile to pay for it. The top is touched.
    #[inline(never)]
    fn settle(&mut self, side: Side) -> Touched {
        if !self.lies_well(side) {
            let half = &mut self.halves[side.index()];
            half.debt = half.debt.saturating_add(MOVES_PER_OPERATION);
            if half.debt >= half.near {
                self.move_window(side, self.best[side.index()]);
            }
        }
        Touched::level(side, true)
    }

    /// Puts the window so that `best` lies three quarters up. Stays where it is when the far tier could not take
    /// every level that may have to leave, which its sizing (a place for each level that can exist) rules out.
    #[cold]
    #[inline(never)]
    fn move_window(&mut self, side: Side, best: i64) {
        let s = side.index();
        if self.far.vacant() < self.halves[s].near {
            return;
        }
        let window = self.mask + 1;
        let old = self.base[s];
        let new = best - (window - window / 4);
        self.halves[s].debt = 0;
        // Leaving levels: those of the old window below the new one, or above it.
        let (mut from, until) =
            if new >= old { (new.min(old + window), old) } else { (old + window, (new + window).max(old)) };
        while let Some(key) = self.near_below(side, from)
            && key >= until
        {
            let Some(place) = self.far.insert(s, key) else { break };
            let index = self.near_hint(side, key);
            self.nodes.relocate(index, self.far_origin + place);
            self.empty(index);
            self.halves[s].occupied.clear((key & self.mask) as usize);
            self.halves[s].near -= 1;
            from = key;
        }
        self.base[s] = new;
        let mut from = new + window;
        while let Some((key, place)) = self.far.below(s, from)
            && key >= new
        {
            self.far.remove(s, key);
            self.nodes.relocate(self.far_origin + place, self.near_hint(side, key));
            self.halves[s].occupied.set((key & self.mask) as usize);
            self.halves[s].near += 1;
            from = key;
        }
    }

    /// Makes a node the sentinel of an empty level.
    fn empty(&mut self, index: u32) {
        self.nodes[index] = Node::ZERO;
        self.nodes.isolate(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    impl Levels {
        /// Panics when an invariant does not hold.
        fn check(&self) {
            for side in Side::BOTH {
                let s = side.index();
                let (mut near, mut all, mut from, mut best) = (0, 0, i64::MAX, None);
                while let Some((key, index)) = self.below(side, from) {
                    assert!(key < from);
                    assert_eq!(self.find(side, key), Some(index));
                    best = best.or(Some(key));
                    near += u32::from(self.is_near(side, key));
                    all += 1;
                    from = key;
                }
                let half = &self.halves[s];
                assert_eq!(best.unwrap_or(NO_KEY), self.best[s]);
                assert_eq!((near, all), (half.near, half.count));
                let occupied = (0..=self.mask as u32)
                    .filter(|&place| {
                        let index = self.near_hint(side, i64::from(place));
                        let level = self.nodes[index];
                        let alone = self.nodes.next(index) == index && self.nodes.prev(index) == index;
                        assert!(level.id != 0 || alone);
                        level.id != 0
                    })
                    .count();
                assert_eq!(occupied as u32, half.near);
            }
        }
    }

    /// Makes a level of one anonymous lot appear or disappear.
    fn toggle(levels: &mut Levels, side: Side, key: i64) {
        if let Some(index) = levels.find(side, key) {
            levels.nodes[index].id = 0;
            levels.emptied(side, key);
        } else if let index @ 1.. = levels.place(side, key) {
            levels.nodes[index].id = 1;
            levels.filled(side, key);
        }
    }

    #[test]
    fn invariants_hold_while_windows_move() {
        for (seed, spread, drift) in [(1, 50, 0), (2, 500, 3), (3, 100_000, 0), (4, 200, 40)] {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut levels = Levels::new(64, 64, 128, 400).unwrap();
            for step in 0..60_000_i64 {
                let side = Side::from_u8((rng.next_u32() % 2) as u8).unwrap();
                if levels.count(Side::Buy) + levels.count(Side::Sell) > 390 {
                    let (key, _) = levels.below(side, i64::MAX).unwrap_or((0, 0));
                    toggle(&mut levels, side, key);
                } else {
                    let key = step * drift / 10 + i64::from(rng.next_u32() % spread);
                    toggle(&mut levels, side, key);
                }
                if step % 16 == 0 {
                    levels.check();
                }
            }
        }
    }

    #[test]
    fn a_lone_outlier_does_not_move_a_crowded_window() {
        let mut levels = Levels::new(64, 64, 1024, 2000).unwrap();
        for key in 0..512 {
            toggle(&mut levels, Side::Buy, key);
        }
        let base = levels.base[0];
        for _ in 0..20 {
            toggle(&mut levels, Side::Buy, 1 << 40);
            assert_eq!(levels.best(Side::Buy), 1 << 40);
            toggle(&mut levels, Side::Buy, 1 << 40);
            assert_eq!(levels.best(Side::Buy), 511);
        }
        assert_eq!(levels.base[0], base);
    }
}
