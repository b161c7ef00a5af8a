//! A table of fixed capacity from a 64-bit key to a small value, for the writer's live orders.
//!
//! Open addressing with linear probing and removal by shifting back, at most half full: every operation is O(1)
//! expected. Nothing is allocated after construction.

/// The table.
#[derive(Debug)]
pub(super) struct ReferenceTable<V> {
    slots: Box<[Option<(u64, V)>]>,
    len: usize,
    capacity: usize,
}

impl<V: Copy> ReferenceTable<V> {
    /// A table of at most `capacity` entries.
    pub(super) fn new(capacity: u32) -> Self {
        let capacity = capacity as usize;
        let slots = (capacity * 2).next_power_of_two().max(2);
        Self { slots: vec![None; slots].into_boxed_slice(), len: 0, capacity }
    }

    /// Multiplying by an odd constant spreads consecutive keys; the high bits are the good ones.
    #[allow(clippy::cast_possible_truncation, reason = "the shift leaves fewer bits than an index has")]
    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    const fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    /// The slot of `key`, or the empty one in which its search ends.
    fn find(&self, key: u64) -> usize {
        let mut slot = self.home(key);
        while self.slots[slot].is_some_and(|(other, _)| other != key) {
            slot = self.next(slot);
        }
        slot
    }

    pub(super) const fn is_full(&self) -> bool {
        self.len == self.capacity
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: u64) -> Option<V> {
        self.slots[self.find(key)].map(|(_, value)| value)
    }

    /// Adds or overwrites; whether there was room.
    #[must_use]
    pub(super) fn insert(&mut self, key: u64, value: V) -> bool {
        let slot = self.find(key);
        if self.slots[slot].is_none() {
            if self.is_full() {
                return false;
            }
            self.len += 1;
        }
        self.slots[slot] = Some((key, value));
        true
    }

    pub(super) fn remove(&mut self, key: u64) {
        let mut hole = self.find(key);
        if self.slots[hole].take().is_none() {
            return;
        }
        self.len -= 1;
        let mut slot = self.next(hole);
        while let Some((key, _)) = self.slots[slot] {
            // An entry may fill the hole unless its home lies after the hole on the way to the entry.
            let mask = self.slots.len() - 1;
            let distance_home = slot.wrapping_sub(self.home(key)) & mask;
            let distance_hole = slot.wrapping_sub(hole) & mask;
            if distance_home >= distance_hole {
                self.slots.swap(slot, hole);
                hole = slot;
            }
            slot = self.next(slot);
        }
    }

    /// Any one entry at or after `slot`, for emptying the table in a fixed order.
    pub(super) fn first_from(&self, slot: usize) -> Option<(usize, V)> {
        (slot..self.slots.len()).find_map(|slot| self.slots[slot].map(|(_, value)| (slot, value)))
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(None);
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand_core::{RngCore as _, SeedableRng as _};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::ReferenceTable;

    #[test]
    fn table_agrees_with_a_hash_map() {
        for seed in 0..8 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let capacity = [1, 2, 7, 100][seed as usize % 4];
            let mut table = ReferenceTable::new(capacity);
            let mut oracle = HashMap::new();
            for step in 0..200_000_u64 {
                // Few keys, so that every operation meets live ones; some far apart, some consecutive.
                let key =
                    (random.next_u64() % (2 * u64::from(capacity) + 1)) << (if seed < 4 { 0 } else { 40 });
                match random.next_u64() % 3 {
                    0 => {
                        let fits = oracle.len() < capacity as usize || oracle.contains_key(&key);
                        assert_eq!(table.insert(key, step), fits);
                        if fits {
                            oracle.insert(key, step);
                        }
                    }
                    1 => {
                        table.remove(key);
                        oracle.remove(&key);
                    }
                    _ => {}
                }
                assert_eq!(table.get(key), oracle.get(&key).copied());
                assert_eq!((table.len(), table.is_full()), (oracle.len(), oracle.len() == capacity as usize));
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
