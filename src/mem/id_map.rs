//! Ids of any 64 bits → a small value: open addressing with linear probing, at most half full, sized once.
//!
//! Removal moves later entries back, so that there are no tombstones and a table never slows down. Every operation is O(1)
//! expected, except where it says otherwise, and hot path. Nothing is allocated after construction.

/// The map.
#[derive(Clone, Debug)]
pub(crate) struct IdMap<V> {
    buckets: Box<[(u64, Option<V>)]>,
    shift: u32,
    len: usize,
    capacity: usize,
}

impl<V: Copy> IdMap<V> {
    /// An empty map for so many ids.
    pub(crate) fn new(capacity: usize) -> Self {
        let buckets = (capacity * 2).next_power_of_two().max(2);
        Self {
            buckets: vec![(0, None); buckets].into_boxed_slice(),
            shift: 64 - buckets.trailing_zeros(),
            len: 0,
            capacity,
        }
    }

    #[inline(always)]
    fn home(&self, id: u64) -> usize {
        // Fibonacci hashing: consecutive ids and ids that share low bits spread. The mask says so to the compiler.
        (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize & (self.buckets.len() - 1)
    }

    /// The bucket of an id, or the empty one in which its search ends.
    #[inline(always)]
    fn bucket(&self, id: u64) -> usize {
        let mask = self.buckets.len() - 1;
        let mut at = self.home(id);
        while self.buckets[at & mask].1.is_some() && self.buckets[at & mask].0 != id {
            at += 1;
        }
        at & mask
    }

    /// How many ids there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no room for another id.
    pub(crate) const fn is_full(&self) -> bool {
        self.len == self.capacity
    }

    /// Whether the id is there.
    #[inline]
    pub(crate) fn contains(&self, id: u64) -> bool {
        self.get(id).is_some()
    }

    /// The value of an id.
    #[inline]
    pub(crate) fn get(&self, id: u64) -> Option<V> {
        self.buckets[self.bucket(id)].1
    }

    /// Adds or overwrites; whether there was room.
    #[must_use]
    #[inline]
    pub(crate) fn insert(&mut self, id: u64, value: V) -> bool {
        let at = self.bucket(id);
        if self.buckets[at].1.is_none() {
            if self.is_full() {
                return false;
            }
            self.len += 1;
        }
        self.buckets[at] = (id, Some(value));
        true
    }

    /// Removes an id, if it is there, and returns its value.
    #[inline]
    pub(crate) fn remove(&mut self, id: u64) -> Option<V> {
        let mask = self.buckets.len() - 1;
        let mut hole = self.bucket(id);
        let value = self.buckets[hole].1.take()?;
        self.len -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let (key, other) = self.buckets[at];
            if other.is_none() {
                return Some(value);
            }
            // Whoever would not be found across the hole moves into it.
            if at.wrapping_sub(self.home(key)) & mask >= at.wrapping_sub(hole) & mask {
                self.buckets[hole] = (key, other);
                self.buckets[at].1 = None;
                hole = at;
            }
        }
    }

    /// Any one entry at or after a place, and that place, for emptying the map in a fixed order. O(capacity).
    pub(crate) fn first_from(&self, place: usize) -> Option<(usize, V)> {
        (place..self.buckets.len()).find_map(|at| self.buckets[at].1.map(|value| (at, value)))
    }

    /// Forgets every id. O(capacity).
    pub(crate) fn clear(&mut self) {
        self.buckets.fill((0, None));
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand_core::{RngCore as _, SeedableRng as _};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::IdMap;

    #[test]
    fn the_map_agrees_with_the_standard_one_when_it_is_full_and_when_ids_collide() {
        for seed in 0..8 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let capacity = [1, 2, 7, 100][seed as usize % 4];
            let mut table = IdMap::new(capacity);
            let mut oracle = HashMap::new();
            for step in 0..200_000_u64 {
                // Few keys, so that every operation meets live ones; some far apart, some consecutive, some extreme.
                let key = (random.next_u64() % (2 * capacity as u64 + 1)) << (if seed < 4 { 0 } else { 40 });
                match random.next_u64() % 3 {
                    0 => {
                        let fits = oracle.len() < capacity || oracle.contains_key(&key);
                        assert_eq!(table.insert(key, step), fits);
                        if fits {
                            oracle.insert(key, step);
                        }
                    }
                    1 => {
                        assert_eq!(table.remove(key), oracle.remove(&key));
                    }
                    _ => {}
                }
                assert_eq!(table.get(key), oracle.get(&key).copied());
                assert_eq!(table.contains(key), oracle.contains_key(&key));
                assert_eq!((table.len(), table.is_full()), (oracle.len(), oracle.len() == capacity));
            }
            let mut values: Vec<u64> = oracle.values().copied().collect();
            let mut found = Vec::new();
            let mut slot = 0;
            while let Some((at, value)) = table.first_from(slot) {
                found.push(value);
                slot = at + 1;
            }
            values.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, values);
            table.clear();
            assert_eq!((table.len(), table.first_from(0)), (0, None));
        }
    }
}
