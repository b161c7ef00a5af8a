//! Ids of any 64 bits → a small number: open addressing with linear probing, at most half full, sized once.
//!
//! Removal moves later entries back, so that there are no tombstones and a table never slows down. O(1) expected. Hot path.

const EMPTY: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) struct IdMap {
    buckets: Box<[(u64, u32)]>,
    shift: u32,
}

impl IdMap {
    /// An empty map for so many ids.
    pub fn new(capacity: usize) -> Self {
        let buckets = (capacity * 2).next_power_of_two().max(2);
        Self { buckets: vec![(0, EMPTY); buckets].into_boxed_slice(), shift: 64 - buckets.trailing_zeros() }
    }

    #[inline(always)]
    fn home(&self, id: u64) -> usize {
        // Fibonacci hashing: consecutive ids and ids that share low bits spread.
        (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize & (self.buckets.len() - 1)
    }

    /// The bucket of an id, or the empty one where it would stand.
    #[inline(always)]
    fn bucket(&self, id: u64) -> Result<usize, usize> {
        let mask = self.buckets.len() - 1;
        let mut at = self.home(id);
        loop {
            let (key, value) = self.buckets[at & mask];
            if value == EMPTY {
                return Err(at & mask);
            }
            if key == id {
                return Ok(at & mask);
            }
            at += 1;
        }
    }

    /// Whether the id is there. Hot path.
    #[inline]
    pub fn contains(&self, id: u64) -> bool {
        self.bucket(id).is_ok()
    }

    /// The number of an id. Hot path.
    #[inline]
    pub fn get(&self, id: u64) -> Option<u32> {
        self.bucket(id).ok().map(|at| self.buckets[at].1)
    }

    /// Adds an id that is not there; the caller keeps to the capacity. Hot path.
    #[inline]
    pub fn insert(&mut self, id: u64, value: u32) {
        let (Ok(at) | Err(at)) = self.bucket(id);
        self.buckets[at] = (id, value);
    }

    /// Removes an id, if it is there, and returns its number. Hot path.
    #[inline]
    pub fn remove(&mut self, id: u64) -> Option<u32> {
        let mask = self.buckets.len() - 1;
        let mut hole = self.bucket(id).ok()?;
        let value = self.buckets[hole].1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let (key, other) = self.buckets[at];
            if other == EMPTY {
                break;
            }
            // Whoever would not be found across the hole moves into it.
            let home = self.home(key);
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.buckets[hole] = (key, other);
                hole = at;
            }
        }
        self.buckets[hole].1 = EMPTY;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn the_map_agrees_with_the_standard_one_when_it_is_full_and_when_ids_collide() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
        for capacity in [1, 3, 8, 63] {
            let mut map = IdMap::new(capacity);
            let mut naive = HashMap::new();
            for step in 0..20_000_u32 {
                // Few ids, some with equal homes, and the extremes.
                let id = match random.next_u64() % 3 {
                    0 => random.next_u64() % (2 * capacity as u64),
                    1 => (random.next_u64() % 8) << 60,
                    _ => u64::MAX - random.next_u64() % 4,
                };
                assert_eq!(map.get(id), naive.get(&id).copied());
                assert_eq!(map.contains(id), naive.contains_key(&id));
                if random.next_u64().is_multiple_of(2) {
                    assert_eq!(map.remove(id), naive.remove(&id));
                } else if naive.len() < capacity && !naive.contains_key(&id) {
                    map.insert(id, step);
                    naive.insert(id, step);
                }
            }
        }
    }
}
