//! Order id → node: buckets of one cache line, seven entries each.
//!
//! An entry holds 32 bits of the id's hash and the node; the full id is compared in the node, whose line the caller
//! is about to touch anyway. All seven hashes of a bucket are compared at once, so a lookup, an insertion and a
//! removal each read one line and take no unpredictable branch. A bucket that is full passes entries on to the next
//! ones and counts those it passed on; the count tells a search whether to go on, so there are no tombstones and no
//! slow decay. At a full book four of seven entries are taken on average, and one id in fifty lives beyond its bucket.
//!
//! The hash mixes all 64 bits, so sequential, sparse, strided and shuffled ids cost the same. It has no secret: it is
//! safe against patterns, not against an opponent who picks ids at will. O(1) expected. Hot path; not thread-safe.

use super::node::Nodes;
use crate::mem::buffer::{AlignedBuffer, OutOfMemory, lanes_equal};

/// Entries of a bucket; the eighth lane counts the entries passed on.
const LANES: usize = 7;
const ALL: u32 = (1 << LANES) - 1;

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Bucket {
    /// Hashes; lane 7: how many entries that belong here live in later buckets.
    hashes: [u32; 8],
    /// Nodes, 0 where the entry is free.
    nodes: [u32; 8],
}

const EMPTY: Bucket = Bucket { hashes: [0; 8], nodes: [0; 8] };

/// The map. The ids themselves live in the nodes.
#[derive(Debug)]
pub(super) struct IdBuckets {
    buckets: AlignedBuffer<Bucket>,
    mask: usize,
}

/// An entry of the map, good until its next change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    bucket: usize,
    lane: usize,
}

impl IdBuckets {
    /// A map for at most `orders` ids.
    pub(super) fn new(orders: u32) -> Result<Self, OutOfMemory> {
        // More than one bucket, and always one with a free entry.
        let buckets = (orders as usize).div_ceil(4).next_power_of_two().max(2);
        Ok(Self { buckets: AlignedBuffer::new(buckets, EMPTY)?, mask: buckets - 1 })
    }

    /// Where `id` is and its node.
    #[inline(always)]
    pub(super) fn find(&self, id: u64, nodes: &Nodes) -> Option<(Position, u32)> {
        let hash = hash_of(id);
        let home = hash as usize & self.mask;
        let bucket = &self.buckets[home];
        if let Some(found) = search(bucket, home, hash, id, nodes) {
            return Some(found);
        }
        if bucket.hashes[LANES] == 0 {
            return None;
        }
        self.find_beyond(home, hash, id, nodes)
    }

    /// Where `id` would go; `None` when it is held already.
    #[inline(always)]
    pub(super) fn vacancy(&self, id: u64, nodes: &Nodes) -> Option<Position> {
        let hash = hash_of(id);
        let home = hash as usize & self.mask;
        let bucket = &self.buckets[home];
        if search(bucket, home, hash, id, nodes).is_some() {
            return None;
        }
        let free = lanes_equal(&bucket.nodes, 0) & ALL;
        if bucket.hashes[LANES] == 0 && free != 0 {
            return Some(Position { bucket: home, lane: free.trailing_zeros() as usize });
        }
        self.vacancy_beyond(home, hash, id, nodes)
    }

    /// Fills a vacancy.
    #[inline(always)]
    pub(super) fn insert(&mut self, at: Position, id: u64, node: u32) {
        let hash = hash_of(id);
        let bucket = &mut self.buckets[at.bucket];
        bucket.hashes[at.lane & 7] = hash;
        bucket.nodes[at.lane & 7] = node;
        let home = hash as usize & self.mask;
        if home != at.bucket {
            self.buckets[home].hashes[LANES] += 1;
        }
    }

    /// Frees an entry.
    #[inline(always)]
    pub(super) fn remove(&mut self, at: Position) {
        let bucket = &mut self.buckets[at.bucket];
        bucket.nodes[at.lane & 7] = 0;
        let home = bucket.hashes[at.lane & 7] as usize & self.mask;
        if home != at.bucket {
            self.buckets[home].hashes[LANES] -= 1;
        }
    }

    #[cold]
    #[inline(never)]
    fn find_beyond(&self, home: usize, hash: u32, id: u64, nodes: &Nodes) -> Option<(Position, u32)> {
        let mut left = self.buckets[home].hashes[LANES];
        let mut at = home;
        while left != 0 {
            at = (at + 1) & self.mask;
            if at == home {
                break;
            }
            let bucket = &self.buckets[at];
            if let Some(found) = search(bucket, at, hash, id, nodes) {
                return Some(found);
            }
            for lane in 0..LANES {
                let same = bucket.nodes[lane] != 0 && bucket.hashes[lane] as usize & self.mask == home;
                left -= u32::from(same);
            }
        }
        None
    }

    #[cold]
    #[inline(never)]
    fn vacancy_beyond(&self, home: usize, hash: u32, id: u64, nodes: &Nodes) -> Option<Position> {
        if self.find_beyond(home, hash, id, nodes).is_some() {
            return None;
        }
        // The map has more entries than the book has orders, so this ends at a free one; it would return a taken
        // entry only to a caller with more orders than it asked for.
        let mut at = home;
        loop {
            let free = lanes_equal(&self.buckets[at].nodes, 0) & ALL;
            if free != 0 {
                return Some(Position { bucket: at, lane: free.trailing_zeros() as usize });
            }
            at = (at + 1) & self.mask;
            if at == home {
                return Some(Position { bucket: home, lane: 0 });
            }
        }
    }
}

/// The entry of `id` inside one bucket.
#[inline(always)]
fn search(bucket: &Bucket, at: usize, hash: u32, id: u64, nodes: &Nodes) -> Option<(Position, u32)> {
    let mut equal = lanes_equal(&bucket.hashes, hash) & ALL;
    while equal != 0 {
        let lane = equal.trailing_zeros() as usize & 7;
        let node = bucket.nodes[lane];
        if node != 0 && nodes[node].id == id {
            return Some((Position { bucket: at, lane }, node));
        }
        equal &= equal - 1;
    }
    None
}

/// 32 bits of hash: both halves of a 128-bit product, folded.
#[inline(always)]
fn hash_of(id: u64) -> u32 {
    let product = u128::from(id ^ 0x9E37_79B9_7F4A_7C15) * u128::from(0xD6E8_FEB8_6659_FD93_u64);
    ((product as u64) ^ (product >> 64) as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::super::node::Node;
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::HashMap;

    #[test]
    fn the_map_agrees_with_the_standard_one_up_to_full() {
        for (seed, universe) in [(1, 600), (2, 5000), (3, u64::MAX)] {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut map = IdBuckets::new(512).unwrap();
            let mut nodes = Nodes::new(513, 1, [(0, 1); 2], Node::ZERO).unwrap();
            let mut free: Vec<u32> = (1..=512).collect();
            let mut oracle: HashMap<u64, u32> = HashMap::new();
            let mut held: Vec<u64> = Vec::new();
            for round in 0..500_000 {
                let grow = round / 3000 % 2 == 0;
                if rng.next_u32() % 8 < if grow { 6 } else { 2 } {
                    let id = rng.next_u64() % universe;
                    match map.vacancy(id, &nodes) {
                        None => assert!(oracle.contains_key(&id)),
                        Some(at) => {
                            assert!(!oracle.contains_key(&id));
                            if let Some(node) = free.pop() {
                                map.insert(at, id, node);
                                nodes[node].id = id;
                                oracle.insert(id, node);
                                held.push(id);
                            }
                        }
                    }
                } else if !held.is_empty() {
                    let id = held.swap_remove(rng.next_u64() as usize % held.len());
                    let (at, node) = map.find(id, &nodes).unwrap();
                    assert_eq!(oracle.remove(&id), Some(node));
                    map.remove(at);
                    free.push(node);
                }
                let id = rng.next_u64() % universe;
                assert_eq!(map.find(id, &nodes).map(|x| x.1), oracle.get(&id).copied());
            }
        }
    }

    #[test]
    fn no_pattern_of_ids_crowds_buckets() {
        const COUNT: u64 = 1 << 15;
        type Pattern = Box<dyn Fn(u64) -> u64>;
        let patterns: Vec<(String, Pattern)> = (0..49)
            .map(|k| (format!("multiples of 2^{k}"), Box::new(move |i| i << k) as Pattern))
            .chain([
                ("bit-reversed".into(), Box::new(u64::reverse_bits) as Pattern),
                ("downwards".into(), Box::new(|i| u64::MAX - i)),
                ("stride 1000".into(), Box::new(|i| i * 1000)),
                ("stride 1e9+7".into(), Box::new(|i| i * 1_000_000_007)),
                ("two counters".into(), Box::new(|i| (i & 1) << 63 | i >> 1)),
                ("64 shards".into(), Box::new(|i| ((i % 64) << 56) | (i / 64))),
                ("time stamps".into(), Box::new(|i| 1_700_000_000_000_000_000 + i * 12_345)),
            ])
            .collect();
        for (name, pattern) in patterns {
            let mut map = IdBuckets::new(COUNT as u32).unwrap();
            let mut nodes = Nodes::new(COUNT as u32 + 1, 1, [(0, 1); 2], Node::ZERO).unwrap();
            let mut beyond = 0;
            let mut longest = 0;
            for i in 0..COUNT {
                let id = pattern(i);
                let at = map.vacancy(id, &nodes).unwrap();
                let distance = at.bucket.wrapping_sub(hash_of(id) as usize) & map.mask;
                beyond += u64::from(distance != 0);
                longest = longest.max(distance);
                map.insert(at, id, i as u32 + 1);
                nodes[i as u32 + 1].id = id;
            }
            // Poisson with mean 4: 2.1 % of the entries find their bucket of seven full; a regular pattern may double it.
            let share = beyond as f64 / COUNT as f64;
            assert!(
                share < 0.06 && longest < 12,
                "{name}: {share} beyond their bucket, longest way {longest}"
            );
        }
    }
}
