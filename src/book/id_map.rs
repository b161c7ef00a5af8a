//! Order id → node: a direct-mapped table of 32-bit words, with hashed buckets for the ids that collide in it.
//!
//! An id's home is its low bits, unmixed. Ids that a venue counts up therefore fill the table in order: sixteen new
//! orders share a cache line, and the line is there when they arrive. A word holds the node of at most one order whose
//! home it is, and the number of orders of the same home that found it taken; these live in [`IdBuckets`], where all 64
//! bits are mixed, so that sparse, strided and shuffled ids are safe. The full id is compared in the node, whose line
//! the caller is about to touch anyway.
//!
//! The table has at least four words per order. Random ids collide in it one time in five to nine, counted ids hardly
//! ever, and ids that agree in their low bits pay for the buckets alone. O(1) expected. Hot path; not thread-safe.

use super::id_buckets::{self, IdBuckets};
use super::node::Node;
use crate::mem::buffer::{AlignedBuffer, OutOfMemory, prefetch};

/// Bits of a word that hold a node.
const NODE_BITS: u32 = 27;
/// Most nodes of orders that a word can tell apart.
pub(super) const MAX_NODES: u32 = 1 << NODE_BITS;
const NODE: u32 = MAX_NODES - 1;
/// One order in the buckets, in a word's count.
const ONE: u32 = MAX_NODES;
/// The highest count stays: beyond it nobody knows when the last of them has gone, and the buckets are always asked.
const SATURATED: u32 = !NODE;

#[derive(Debug)]
pub(super) struct IdMap {
    words: AlignedBuffer<u32>,
    buckets: IdBuckets,
}

/// Where an id is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Position {
    /// In its word.
    Word,
    /// In the buckets.
    Bucket(id_buckets::Position),
}

impl IdMap {
    /// An empty map for so many orders, fewer than [`MAX_NODES`].
    pub(super) fn new(orders: u32) -> Result<Self, OutOfMemory> {
        let words = (orders as usize * 4).next_power_of_two().max(64);
        Ok(Self { words: AlignedBuffer::new(words, 0)?, buckets: IdBuckets::new(orders)? })
    }

    #[inline(always)]
    fn home(&self, id: u64) -> usize {
        // The length is a power of two; taking the mask from it shows the compiler that the index is in bounds.
        id as usize & (self.words.len() - 1)
    }

    /// The order with this id where it is at home, at [`Position::Word`]; `None` says nothing. Hot path.
    #[inline(always)]
    pub(super) fn find_home(&self, id: u64, nodes: &[Node]) -> Option<u32> {
        let node = self.words[self.home(id)] & NODE;
        // One test: a word without a node says node 0, which may carry any id.
        ((node != 0) & (nodes[node as usize].id == id)).then_some(node)
    }

    /// Whether nothing has this id's home, so that the id is not in the map and can go to [`Position::Word`]. Hot path.
    #[inline(always)]
    pub(super) fn is_home_free(&self, id: u64) -> bool {
        self.words[self.home(id)] == 0
    }

    /// The order with this id. Hot path.
    #[inline(always)]
    pub(super) fn find(&self, id: u64, nodes: &[Node]) -> Option<(Position, u32)> {
        if let Some(node) = self.find_home(id, nodes) {
            return Some((Position::Word, node));
        }
        if self.words[self.home(id)] & !NODE == 0 {
            return None;
        }
        self.find_bucket(id, nodes)
    }

    #[inline(never)]
    fn find_bucket(&self, id: u64, nodes: &[Node]) -> Option<(Position, u32)> {
        self.buckets.find(id, nodes).map(|(at, node)| (Position::Bucket(at), node))
    }

    /// Where an id that is not in the map can go; `None` when it is in the map. Valid until the map changes. Hot path.
    #[inline(always)]
    pub(super) fn vacancy(&self, id: u64, nodes: &[Node]) -> Option<Position> {
        if self.is_home_free(id) {
            return Some(Position::Word);
        }
        self.vacancy_taken(id, nodes)
    }

    #[inline(never)]
    fn vacancy_taken(&self, id: u64, nodes: &[Node]) -> Option<Position> {
        let word = self.words[self.home(id)];
        let node = word & NODE;
        if node == 0 {
            // Others of this home are in the buckets; this one may be among them.
            return self.buckets.find(id, nodes).is_none().then_some(Position::Word);
        }
        if nodes[node as usize].id == id {
            return None;
        }
        self.buckets.vacancy(id, nodes).map(Position::Bucket)
    }

    /// Puts an id at a position that [`vacancy`](Self::vacancy) gave. Hot path.
    #[inline(always)]
    pub(super) fn insert(&mut self, at: Position, id: u64, node: u32) {
        let home = self.home(id);
        let word = &mut self.words[home];
        match at {
            Position::Word => *word |= node,
            Position::Bucket(at) => {
                if *word < SATURATED {
                    *word += ONE;
                }
                self.buckets.insert(at, id, node);
            }
        }
    }

    /// Takes an id out at the position that [`find`](Self::find) gave. Hot path.
    #[inline(always)]
    pub(super) fn remove(&mut self, at: Position, id: u64) {
        let home = self.home(id);
        let word = &mut self.words[home];
        match at {
            Position::Word => *word &= !NODE,
            Position::Bucket(at) => {
                if *word < SATURATED {
                    *word -= ONE;
                }
                self.buckets.remove(at);
            }
        }
    }

    /// Starts loading what [`find`](Self::find) will look at first.
    #[inline(always)]
    pub(super) fn prefetch(&self, id: u64) {
        prefetch(&self.words, self.home(id));
    }

    /// The node that the id most likely has, unchecked; 0 when there is none. For loading ahead.
    #[inline(always)]
    pub(super) fn guess(&self, id: u64) -> u32 {
        self.words[self.home(id)] & NODE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::HashMap;

    /// Random insertions and removals of ids from `pick`, against the standard map, up to a full map and back.
    fn agrees_with_the_standard_map(seed: u64, capacity: u32, mut pick: impl FnMut(u64) -> u64) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut map = IdMap::new(capacity).unwrap();
        let mut nodes = vec![Node::ZERO; capacity as usize + 1];
        let mut free: Vec<u32> = (1..=capacity).collect();
        let mut oracle: HashMap<u64, u32> = HashMap::new();
        let mut held: Vec<u64> = Vec::new();
        for round in 0..300_000 {
            let grow = round / 3000 % 2 == 0;
            if rng.next_u32() % 8 < if grow { 6 } else { 2 } {
                let id = pick(rng.next_u64());
                match map.vacancy(id, &nodes) {
                    None => assert!(oracle.contains_key(&id)),
                    Some(at) => {
                        assert!(!oracle.contains_key(&id));
                        if let Some(node) = free.pop() {
                            map.insert(at, id, node);
                            nodes[node as usize].id = id;
                            oracle.insert(id, node);
                            held.push(id);
                        }
                    }
                }
            } else if !held.is_empty() {
                let id = held.swap_remove(rng.next_u64() as usize % held.len());
                let (at, node) = map.find(id, &nodes).unwrap();
                assert_eq!(oracle.remove(&id), Some(node));
                map.remove(at, id);
                free.push(node);
            }
            let id = pick(rng.next_u64());
            assert_eq!(map.find(id, &nodes).map(|x| x.1), oracle.get(&id).copied());
        }
        for id in held {
            let (at, _) = map.find(id, &nodes).unwrap();
            map.remove(at, id);
        }
        assert!(oracle.keys().all(|&id| map.find(id, &nodes).is_none()));
    }

    #[test]
    fn dense_sparse_and_counted_ids_are_found_and_no_others() {
        agrees_with_the_standard_map(1, 512, |random| random % 600);
        agrees_with_the_standard_map(2, 512, |random| random);
        let mut counter = 0;
        agrees_with_the_standard_map(3, 512, move |random| {
            counter += 1;
            if random % 2 == 0 { counter } else { counter - random % 3000 % counter }
        });
    }

    #[test]
    fn ids_that_share_their_home_are_found_however_many_they_are() {
        // All of one home, beyond what a word's count can tell; and of a few.
        agrees_with_the_standard_map(4, 512, |random| (random % 2000) << 40);
        agrees_with_the_standard_map(5, 64, |random| (random % 200) << 32 | random >> 62);
    }

    #[test]
    fn counted_ids_stay_in_order_in_the_table() {
        let mut map = IdMap::new(1000).unwrap();
        let nodes = vec![Node::ZERO; 1001];
        for id in 5_000_000_000..5_000_001_000_u64 {
            let at = map.vacancy(id, &nodes).unwrap();
            assert!(matches!(at, Position::Word));
            map.insert(at, id, (id % 1000) as u32 + 1);
        }
    }
}
