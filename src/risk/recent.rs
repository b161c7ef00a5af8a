//! The keys that came last and what belongs to them, of fixed size and without deletion.
//!
//! Two open-addressed tables (linear probing, at most half full): new keys go into the younger one, and when it holds
//! `capacity` of them the older one is forgotten at once and becomes the younger. So at least the last `capacity` keys are
//! remembered and never more than twice as many, a look costs two probes, and nothing is ever shifted. Duplicate ids,
//! duplicate orders, fill ids and finished orders are kept in one of these. O(1), hot path after construction.

#[derive(Clone, Copy, Debug, Default)]
struct Slot<V> {
    key: u64,
    /// The table's generation when it was written; any other is empty.
    generation: u64,
    value: V,
}

#[derive(Clone, Debug)]
struct Table<V> {
    slots: Box<[Slot<V>]>,
    generation: u64,
    len: u32,
}

impl<V: Copy + Default> Table<V> {
    fn new(size: usize) -> Self {
        // Slots begin with generation 0, which no table has.
        Self { slots: vec![Slot::default(); size].into_boxed_slice(), generation: 1, len: 0 }
    }

    /// Where the key is, or where it would go.
    #[inline]
    fn find(&self, home: usize, key: u64) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut at = home & mask;
        loop {
            let slot = &self.slots[at];
            if slot.generation != self.generation {
                return Err(at);
            }
            if slot.key == key {
                return Ok(at);
            }
            at = (at + 1) & mask;
        }
    }
}

/// Remembers at least the last `capacity` keys, each with a value.
#[derive(Clone, Debug)]
pub(crate) struct Recent<V> {
    tables: [Table<V>; 2],
    /// The table that new keys go into.
    young: usize,
    capacity: u32,
    shift: u32,
}

impl<V: Copy + Default> Recent<V> {
    /// Remembers `capacity` keys; none when that is 0.
    pub(crate) fn new(capacity: u32) -> Self {
        let size = (capacity as usize * 2).next_power_of_two().max(2);
        Self {
            tables: [Table::new(size), Table::new(size)],
            young: 0,
            capacity,
            shift: 64 - size.trailing_zeros(),
        }
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        // Fibonacci hashing: the high bits of the product depend on every bit of the key.
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// What belongs to a key.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        let home = self.home(key);
        for table in [&self.tables[self.young], &self.tables[self.young ^ 1]] {
            if let Ok(at) = table.find(home, key) {
                return Some(&table.slots[at].value);
            }
        }
        None
    }

    /// As [`get`](Self::get), to change it.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let home = self.home(key);
        let found = [self.young, self.young ^ 1]
            .into_iter()
            .find_map(|table| self.tables[table].find(home, key).ok().map(|at| (table, at)));
        found.map(|(table, at)| &mut self.tables[table].slots[at].value)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        for table in &mut self.tables {
            table.generation += 1;
            table.len = 0;
        }
    }

    /// Whether a key is remembered.
    #[inline]
    pub(crate) fn contains(&self, key: u64) -> bool {
        self.get(key).is_some()
    }

    /// Remembers a key, as the newest, with this value.
    #[inline]
    pub(crate) fn insert(&mut self, key: u64, value: V) {
        if self.capacity == 0 {
            return;
        }
        if self.tables[self.young].len == self.capacity {
            self.young ^= 1;
            let table = &mut self.tables[self.young];
            table.generation += 1;
            table.len = 0;
        }
        let home = self.home(key);
        let table = &mut self.tables[self.young];
        let at = match table.find(home, key) {
            Ok(at) => at,
            Err(at) => {
                table.len += 1;
                at
            }
        };
        table.slots[at] = Slot { key, generation: table.generation, value };
    }
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn it_remembers_the_last_keys_and_not_many_more() {
        for seed in 0..30_u64 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let capacity = 1 + random.next_u32() % 20;
            let mut recent = Recent::new(capacity);
            // Key and value in the order in which they came; a key that comes again counts anew.
            let mut oracle: Vec<(u64, u64)> = Vec::new();
            for n in 0..3_000_u64 {
                // Few keys, with the same high bits now and then, so that probes run into each other.
                let key = (random.next_u64() % 60) << (random.next_u32() % 3 * 20);
                recent.insert(key, n);
                oracle.retain(|known| known.0 != key);
                oracle.push((key, n));
                for key in (0..60).flat_map(|low: u64| [low, low << 20, low << 40]) {
                    let age = oracle.iter().rev().position(|known| known.0 == key);
                    let expected = age.map(|age| oracle[oracle.len() - 1 - age].1);
                    match recent.get(key) {
                        Some(&value) => assert_eq!(Some(value), expected),
                        None => {
                            assert!(age.is_none_or(|age| age >= capacity as usize), "{key} was forgotten")
                        }
                    }
                    if age.is_none_or(|age| age >= 2 * capacity as usize) {
                        assert!(!recent.contains(key));
                    }
                }
            }
            if let Some(value) = recent.get_mut(oracle[oracle.len() - 1].0) {
                *value = 7;
            }
            assert_eq!(recent.get(oracle[oracle.len() - 1].0), Some(&7));
            recent.clear();
            assert!((0..60).all(|key| !recent.contains(key)));
        }
        let mut none = Recent::new(0);
        none.insert(1, 1);
        assert!(!none.contains(1));
    }
}
