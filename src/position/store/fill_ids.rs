//! Which fill ids are remembered: a filter in front of the rings that hold them.
//!
//! Per instrument, an array of counters over a hash of the id. A counter of zero, the answer for all but one in sixteen new
//! ids, says that the id is not in the ring; else the ring is searched. Adding and removing an id are one counter each and
//! no branch. O(1) expected, O(window) for an id that is there. Hot path.

/// Counters per remembered id.
const SPREAD: usize = 16;

/// The filters of all instruments.
#[derive(Debug)]
pub(super) struct FillIds {
    counters: Box<[u16]>,
    /// Counters of one instrument, a power of two, and what brings a hash into them.
    each: usize,
    shift: u32,
}

impl FillIds {
    /// Filters that know no id; `window` ids per instrument.
    pub fn new(instruments: usize, window: usize) -> Self {
        let each = (window * SPREAD).next_power_of_two().max(2);
        let counters = if window == 0 { 0 } else { instruments * each };
        Self { counters: vec![0; counters].into_boxed_slice(), each, shift: 64 - each.trailing_zeros() }
    }

    #[inline(always)]
    fn at(&self, instrument: usize, id: u64) -> usize {
        // Fibonacci hashing: consecutive ids and ids that share low bits spread.
        instrument * self.each + (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// Whether the ring is worth a search. Hot path.
    #[inline(always)]
    pub fn may_contain(&self, instrument: usize, id: u64) -> bool {
        self.counters.get(self.at(instrument, id)).is_some_and(|&counter| counter != 0)
    }

    /// Notes an id. Hot path.
    #[inline(always)]
    pub fn insert(&mut self, instrument: usize, id: u64) {
        let at = self.at(instrument, id);
        // A window has fewer ids than a counter counts.
        self.counters[at] = self.counters[at].wrapping_add(1);
    }

    /// Forgets an id that was noted. Hot path.
    #[inline(always)]
    pub fn remove(&mut self, instrument: usize, id: u64) {
        let at = self.at(instrument, id);
        self.counters[at] = self.counters[at].wrapping_sub(1);
    }

    /// Forgets every id.
    pub fn clear(&mut self) {
        self.counters.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn no_remembered_id_is_missed_and_few_others_are_searched_for() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
        let mut filter = FillIds::new(2, 64);
        let mut known = VecDeque::new();
        let mut searches = 0;
        for step in 0..50_000_u64 {
            let id = if step % 3 == 0 { step << 32 } else { random.next_u64() };
            searches += usize::from(filter.may_contain(1, id));
            assert!(!filter.may_contain(0, id));
            filter.insert(1, id);
            known.push_back(id);
            if known.len() > 64 {
                filter.remove(1, known.pop_front().unwrap());
            }
            if step % 50 == 0 {
                assert!(known.iter().all(|&id| filter.may_contain(1, id)));
            }
        }
        assert!(searches < 50_000 / 8, "{searches}");
        filter.clear();
        assert!(known.iter().all(|&id| !filter.may_contain(1, id)));
        assert!(!FillIds::new(3, 0).may_contain(2, 5));
    }
}
