//! The far tier: price levels outside the ladder's window, in treaps over a fixed slab.
//!
//! One treap a side, ordered by key; heap priorities are a hash of the key, so the shape depends only on the keys
//! held and every operation is O(log n) expected without randomness. (Seidel and Aragon, *Randomized search trees*,
//! 1996.) No recursion, no allocation after construction. A full slab cannot happen: the owner sizes it for the most
//! levels that can exist.

use super::node::{NIL, NO_KEY};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};

#[derive(Clone, Copy, Debug)]
struct Link {
    key: i64,
    left: u32,
    right: u32,
}

/// Where a subtree hangs.
#[derive(Clone, Copy)]
enum Edge {
    Root(usize),
    Left(u32),
    Right(u32),
}

/// Two ordered sets of keys (one a side) with a common store of places, numbered from 1.
#[derive(Debug)]
pub(super) struct FarTier {
    links: AlignedBuffer<Link>,
    roots: [u32; 2],
    best: [i64; 2],
    /// Head of the chain of free places, linked by `left`.
    free: u32,
    vacant: u32,
}

impl FarTier {
    pub(super) fn new(capacity: u32) -> Result<Self, OutOfMemory> {
        let mut links =
            AlignedBuffer::new(capacity as usize + 1, Link { key: NO_KEY, left: NIL, right: NIL })?;
        for place in 1..capacity {
            links[place as usize].left = place + 1;
        }
        Ok(Self {
            links,
            roots: [NIL; 2],
            best: [NO_KEY; 2],
            free: u32::from(capacity > 0),
            vacant: capacity,
        })
    }

    /// Highest key of the side, [`NO_KEY`] when it has none. O(1).
    #[inline(always)]
    pub(super) fn best(&self, side: usize) -> i64 {
        self.best[side]
    }

    /// Free places.
    pub(super) fn vacant(&self) -> u32 {
        self.vacant
    }

    /// The place of `key`.
    pub(super) fn find(&self, side: usize, key: i64) -> Option<u32> {
        let mut at = self.roots[side];
        while at != NIL {
            let link = &self.links[at as usize];
            if link.key == key {
                return Some(at);
            }
            at = if key < link.key { link.left } else { link.right };
        }
        None
    }

    /// The highest key below `key` and its place.
    pub(super) fn below(&self, side: usize, key: i64) -> Option<(i64, u32)> {
        let mut found = None;
        let mut at = self.roots[side];
        while at != NIL {
            let link = &self.links[at as usize];
            if link.key < key {
                found = Some((link.key, at));
                at = link.right;
            } else {
                at = link.left;
            }
        }
        found
    }

    /// Adds a key that the side does not hold and returns its place; `None` when the store is full.
    pub(super) fn insert(&mut self, side: usize, key: i64) -> Option<u32> {
        let place = self.free;
        if place == NIL {
            return None;
        }
        self.free = self.links[place as usize].left;
        self.vacant -= 1;
        let weight = weight_of(key);
        let mut edge = Edge::Root(side);
        let mut at = self.roots[side];
        while at != NIL {
            let link = self.links[at as usize];
            if weight_of(link.key) < weight {
                break;
            }
            (edge, at) =
                if key < link.key { (Edge::Left(at), link.left) } else { (Edge::Right(at), link.right) };
        }
        self.links[place as usize].key = key;
        self.set(edge, place);
        // What hung here is split by the key: the lower part to the left of the new place, the higher to the right.
        let mut lower = Edge::Left(place);
        let mut higher = Edge::Right(place);
        while at != NIL {
            let link = self.links[at as usize];
            if link.key < key {
                self.set(lower, at);
                lower = Edge::Right(at);
                at = link.right;
            } else {
                self.set(higher, at);
                higher = Edge::Left(at);
                at = link.left;
            }
        }
        self.set(lower, NIL);
        self.set(higher, NIL);
        self.best[side] = self.best[side].max(key);
        Some(place)
    }

    /// Takes `key` out and returns the place that it had.
    pub(super) fn remove(&mut self, side: usize, key: i64) -> Option<u32> {
        let mut edge = Edge::Root(side);
        let mut at = self.roots[side];
        while at != NIL {
            let link = self.links[at as usize];
            if link.key == key {
                self.join(edge, link.left, link.right);
                self.links[at as usize] = Link { key: NO_KEY, left: self.free, right: NIL };
                self.free = at;
                self.vacant += 1;
                if self.best[side] == key {
                    self.best[side] = self.highest(side);
                }
                return Some(at);
            }
            (edge, at) =
                if key < link.key { (Edge::Left(at), link.left) } else { (Edge::Right(at), link.right) };
        }
        None
    }

    /// Hangs the union of two trees, all keys of `low` below those of `high`, at `edge`.
    fn join(&mut self, mut edge: Edge, mut low: u32, mut high: u32) {
        while low != NIL && high != NIL {
            let (l, h) = (self.links[low as usize], self.links[high as usize]);
            if weight_of(l.key) >= weight_of(h.key) {
                self.set(edge, low);
                edge = Edge::Right(low);
                low = l.right;
            } else {
                self.set(edge, high);
                edge = Edge::Left(high);
                high = h.left;
            }
        }
        self.set(edge, low | high);
    }

    fn highest(&self, side: usize) -> i64 {
        let mut key = NO_KEY;
        let mut at = self.roots[side];
        while at != NIL {
            let link = &self.links[at as usize];
            key = link.key;
            at = link.right;
        }
        key
    }

    fn set(&mut self, edge: Edge, child: u32) {
        match edge {
            Edge::Root(side) => self.roots[side] = child,
            Edge::Left(at) => self.links[at as usize].left = child,
            Edge::Right(at) => self.links[at as usize].right = child,
        }
    }
}

/// The heap priority of a key: a hash without visible pattern (the finaliser of SplitMix64).
fn weight_of(key: i64) -> u64 {
    let mut z = (key as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::BTreeMap;

    #[test]
    fn the_treap_agrees_with_a_sorted_map_and_refuses_when_full() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        const CAPACITY: u32 = 300;
        let mut far = FarTier::new(CAPACITY).unwrap();
        let mut maps = [BTreeMap::new(), BTreeMap::new()];
        let mut refused = 0;
        for _ in 0..400_000 {
            let side = rng.next_u32() as usize % 2;
            let key = i64::from(rng.next_u32() % 600) * 1_000_003 - 300_000_000;
            if maps[side].contains_key(&key) {
                if rng.next_u32() % 8 < 5 {
                    assert_eq!(far.remove(side, key), maps[side].remove(&key));
                }
            } else if let Some(place) = far.insert(side, key) {
                assert!(!maps.iter().any(|m| m.values().any(|&p| p == place)), "a place is given once");
                maps[side].insert(key, place);
            } else {
                refused += 1;
                assert_eq!(maps[0].len() + maps[1].len(), CAPACITY as usize);
            }
            let query = i64::from(rng.next_u32() % 600) * 1_000_003 - 300_000_001;
            let expected = maps[side].range(..query).next_back().map(|(&k, &p)| (k, p));
            assert_eq!(far.below(side, query), expected);
            assert_eq!(far.find(side, key), maps[side].get(&key).copied());
            assert_eq!(far.best(side), maps[side].keys().next_back().copied().unwrap_or(NO_KEY));
        }
        assert!(refused > 1000);
    }

    #[test]
    fn a_sorted_run_of_keys_stays_shallow() {
        let mut far = FarTier::new(1 << 16).unwrap();
        for key in 0..1 << 16 {
            far.insert(0, key).unwrap();
        }
        let depth = |key: i64| {
            let (mut at, mut depth) = (far.roots[0], 0);
            while far.links[at as usize].key != key {
                let link = far.links[at as usize];
                at = if key < link.key { link.left } else { link.right };
                depth += 1;
            }
            depth
        };
        let deepest = (0..1 << 16).map(depth).max().unwrap();
        assert!(deepest < 64, "{deepest}");
    }
}
