//! The last so many keys and what belongs to them: exact, of fixed size, O(1).
//!
//! A ring keeps the keys in the order in which they came; an open-addressed table (linear probing, at most half full,
//! deletion by shifting back, so that no tombstones gather) finds them. Duplicate ids, duplicate orders, fill ids and
//! finished orders are all kept in one of these. Hot path after construction.

/// Remembers the last `capacity` keys, each with a value; the oldest is forgotten first.
#[derive(Clone, Debug)]
pub(crate) struct RecentMap<V> {
    /// The ring of keys, in the order in which they came.
    entries: Box<[(u64, V)]>,
    /// Place in the ring plus one; 0 is empty.
    table: Box<[u32]>,
    shift: u32,
    /// Where in the ring the next key goes.
    next: usize,
    len: usize,
}

impl<V: Copy + Default> RecentMap<V> {
    /// Remembers `capacity` keys; none when that is 0.
    pub(crate) fn new(capacity: u32) -> Self {
        let size = (capacity as usize * 2).next_power_of_two().max(2);
        Self {
            entries: vec![(0, V::default()); capacity as usize].into_boxed_slice(),
            table: vec![0; size].into_boxed_slice(),
            shift: 64 - size.trailing_zeros(),
            next: 0,
            len: 0,
        }
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        // Fibonacci hashing: the high bits of the product depend on every bit of the key.
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// Where in the table the key is, or where it would go.
    #[inline]
    fn find(&self, key: u64) -> Result<usize, usize> {
        let mask = self.table.len() - 1;
        let mut at = self.home(key);
        loop {
            match self.table[at] {
                0 => return Err(at),
                place if self.entries[place as usize - 1].0 == key => return Ok(at),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// How many keys are remembered.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// What belongs to a key.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        if self.len == 0 {
            return None;
        }
        self.find(key).ok().map(|at| &self.entries[self.table[at] as usize - 1].1)
    }

    /// As [`get`](Self::get), to change it.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        if self.len == 0 {
            return None;
        }
        self.find(key).ok().map(|at| &mut self.entries[self.table[at] as usize - 1].1)
    }

    /// Whether a key is remembered.
    #[inline]
    pub(crate) fn contains(&self, key: u64) -> bool {
        self.get(key).is_some()
    }

    /// The oldest key and what belongs to it.
    #[inline]
    pub(crate) fn oldest(&self) -> Option<(u64, V)> {
        let capacity = self.entries.len();
        let oldest = if self.next >= self.len { self.next - self.len } else { self.next + capacity - self.len };
        (self.len > 0).then(|| self.entries[oldest])
    }

    /// Forgets the oldest key.
    pub(crate) fn pop(&mut self) {
        let Some((key, _)) = self.oldest() else { return };
        let mask = self.table.len() - 1;
        let Ok(mut hole) = self.find(key) else { return };
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let place = self.table[at];
            if place == 0 {
                break;
            }
            // Moves back into the hole unless its home lies between the two.
            let home = self.home(self.entries[place as usize - 1].0);
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.table[hole] = place;
                hole = at;
            }
        }
        self.table[hole] = 0;
        self.len -= 1;
    }

    /// Remembers a key, in place of the oldest when there is no room; a key that is known keeps its place and gets the
    /// new value.
    #[inline]
    pub(crate) fn insert(&mut self, key: u64, value: V) {
        if let Some(known) = self.get_mut(key) {
            *known = value;
            return;
        }
        if self.entries.is_empty() {
            return;
        }
        if self.len == self.entries.len() {
            self.pop();
        }
        let place = self.next;
        self.entries[place] = (key, value);
        if let Err(at) = self.find(key) {
            self.table[at] = place as u32 + 1;
        }
        self.next = if place + 1 == self.entries.len() { 0 } else { place + 1 };
        self.len += 1;
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.table.fill(0);
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn it_remembers_exactly_the_last_keys() {
        for seed in 0..30_u64 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let capacity = 1 + random.next_u32() % 20;
            let (mut map, mut oracle) = (RecentMap::new(capacity), VecDeque::<(u64, u64)>::new());
            for n in 0..3_000_u64 {
                // Few keys, with the same high bits now and then, so that probes run into each other.
                let key = (random.next_u64() % 40) << (random.next_u32() % 3 * 20);
                if random.next_u32().is_multiple_of(16) {
                    map.pop();
                    oracle.pop_front();
                } else {
                    map.insert(key, n);
                    if let Some(known) = oracle.iter_mut().find(|known| known.0 == key) {
                        known.1 = n;
                    } else {
                        if oracle.len() == capacity as usize {
                            oracle.pop_front();
                        }
                        oracle.push_back((key, n));
                    }
                }
                assert_eq!((map.len(), map.oldest()), (oracle.len(), oracle.front().copied()));
                for key in (0..40).flat_map(|low: u64| [low, low << 20, low << 40]) {
                    let expected = oracle.iter().find(|known| known.0 == key).map(|known| known.1);
                    assert_eq!(map.get(key).copied(), expected);
                }
            }
            map.clear();
            assert!(map.oldest().is_none() && !map.contains(1));
        }
        let mut none = RecentMap::new(0);
        none.insert(1, 1);
        assert!(!none.contains(1));
    }
}
