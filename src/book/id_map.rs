//! Order id → node: open addressing over eight-byte entries.
//!
//! An entry holds 32 bits of the id's hash and the node; the full id is compared in the node, whose line the caller
//! is about to touch anyway. The hash mixes `id / 8` and keeps the low three bits of the id as a permutation inside
//! one aligned group of eight entries, so that ids given out in sequence share a cache line while sparse, strided
//! and shuffled ids spread as under a full hash. Linear probing at a load of at most one half; removal shifts the
//! rest of the run back, so there are no tombstones and no slow decay. The home of an entry follows from its stored
//! hash. O(1) expected. The hash has no secret: it is safe against patterns, not against an opponent who picks ids
//! at will. Hot path; not thread-safe.

use super::node::Node;
use crate::mem::buffer::{AlignedBuffer, OutOfMemory, prefetch};

#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
struct Entry {
    hash: u32,
    /// 0 marks a free entry.
    node: u32,
}

const FREE: Entry = Entry { hash: 0, node: 0 };

/// The map. The ids themselves live in the nodes.
#[derive(Debug)]
pub(super) struct IdMap {
    entries: AlignedBuffer<Entry>,
    mask: usize,
}

/// A position in the map, good until its next change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position(usize);

impl IdMap {
    /// A map for at most `orders` ids.
    pub(super) fn new(orders: u32) -> Result<Self, OutOfMemory> {
        let capacity = (orders as usize * 2).next_power_of_two().max(16);
        Ok(Self { entries: AlignedBuffer::new(capacity, FREE)?, mask: capacity - 1 })
    }

    /// Where `id` is and its node.
    #[inline(always)]
    pub(super) fn find(&self, id: u64, nodes: &[Node]) -> Option<(Position, u32)> {
        let hash = hash_of(id);
        let mut at = hash as usize & self.mask;
        loop {
            let entry = self.entries[at];
            if entry.node == 0 {
                return None;
            }
            if entry.hash == hash && nodes[entry.node as usize].id == id {
                return Some((Position(at), entry.node));
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Where `id` would go; `None` when it is held already.
    #[inline(always)]
    pub(super) fn vacancy(&self, id: u64, nodes: &[Node]) -> Option<Position> {
        let hash = hash_of(id);
        let mut at = hash as usize & self.mask;
        loop {
            let entry = self.entries[at];
            if entry.node == 0 {
                return Some(Position(at));
            }
            if entry.hash == hash && nodes[entry.node as usize].id == id {
                return None;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Fills a vacancy.
    #[inline(always)]
    pub(super) fn insert(&mut self, at: Position, id: u64, node: u32) {
        self.entries[at.0] = Entry { hash: hash_of(id), node };
    }

    /// Frees a position and closes the gap.
    #[inline(always)]
    pub(super) fn remove(&mut self, at: Position) {
        let mut gap = at.0;
        let mut at = gap;
        loop {
            at = (at + 1) & self.mask;
            let entry = self.entries[at];
            if entry.node == 0 {
                break;
            }
            // The entry may fill the gap unless its home lies behind the gap.
            let from_home = at.wrapping_sub(entry.hash as usize) & self.mask;
            let from_gap = at.wrapping_sub(gap) & self.mask;
            if from_home >= from_gap {
                self.entries[gap] = entry;
                gap = at;
            }
        }
        self.entries[gap] = FREE;
    }

    /// Starts loading the entry of `id`.
    #[inline(always)]
    pub(super) fn prefetch(&self, id: u64) {
        prefetch(&self.entries, hash_of(id) as usize & self.mask);
    }

    /// The node that probably holds `id`: a guess from the home entry alone, for prefetching.
    #[inline(always)]
    pub(super) fn guess(&self, id: u64) -> u32 {
        self.entries[hash_of(id) as usize & self.mask].node
    }
}

/// 32 bits of hash; sequential ids of one group of eight differ in their low three bits only.
#[inline(always)]
fn hash_of(id: u64) -> u32 {
    let product = u128::from((id >> 3) ^ 0x9E37_79B9_7F4A_7C15) * u128::from(0xD6E8_FEB8_6659_FD93_u64);
    let folded = (product as u64) ^ (product >> 64) as u64;
    folded as u32 ^ (id & 7) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::HashMap;

    #[test]
    fn the_map_agrees_with_the_standard_one_up_to_full() {
        for (seed, universe) in [(1, 600), (2, 5000), (3, u64::MAX)] {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut map = IdMap::new(512).unwrap();
            let mut nodes = vec![Node::ZERO; 513];
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
                    map.remove(at);
                    free.push(node);
                }
                let id = rng.next_u64() % universe;
                assert_eq!(map.find(id, &nodes).map(|x| x.1), oracle.get(&id).copied());
            }
        }
    }

    #[test]
    fn no_pattern_of_ids_makes_long_runs() {
        const COUNT: u64 = 1 << 15;
        let patterns: Vec<(String, Box<dyn Fn(u64) -> u64>)> = (0..49)
            .map(|k| (format!("multiples of 2^{k}"), Box::new(move |i| i << k) as Box<dyn Fn(u64) -> u64>))
            .chain([
                ("bit-reversed".into(), Box::new(u64::reverse_bits) as Box<dyn Fn(u64) -> u64>),
                ("downwards".into(), Box::new(|i| u64::MAX - i)),
                ("stride 1000".into(), Box::new(|i| i * 1000)),
                ("stride 1e9+7".into(), Box::new(|i| i * 1_000_000_007)),
                ("two counters".into(), Box::new(|i| (i & 1) << 63 | i >> 1)),
                ("64 shards".into(), Box::new(|i| (i % 64) << 56 | i / 64)),
                ("time stamps".into(), Box::new(|i| 1_700_000_000_000_000_000 + i * 12_345)),
            ])
            .collect();
        for (name, pattern) in patterns {
            let mut map = IdMap::new(COUNT as u32).unwrap();
            let mut nodes = vec![Node::ZERO; COUNT as usize + 1];
            let mut total = 0;
            let mut longest = 0;
            for i in 0..COUNT {
                let id = pattern(i);
                let at = map.vacancy(id, &nodes).unwrap();
                let distance = at.0.wrapping_sub(hash_of(id) as usize) & map.mask;
                total += distance;
                longest = longest.max(distance);
                map.insert(at, id, i as u32 + 1);
                nodes[i as usize + 1].id = id;
            }
            let mean = total as f64 / COUNT as f64;
            // Linear probing to a load of one half: 0.25 expected with single keys, more where runs of eight move
            // together.
            assert!(mean < 2.0 && longest < 150, "{name}: mean {mean}, longest {longest}");
        }
    }
}
