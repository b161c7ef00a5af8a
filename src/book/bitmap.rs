//! Which places of a ring are occupied: a three-tier bitmap of 64-bit words with "highest at or below".
//!
//! Touched only when a level fills or empties. A query reads at most five words, and one more for each 2^18 places.
//! Hot path; not thread-safe.

use crate::mem::buffer::{AlignedBuffer, OutOfMemory};

/// Occupancy of `2^k` places.
#[derive(Debug)]
pub(super) struct Bitmap {
    /// Tier 0 (one bit a place), then tier 1 (one bit a word of tier 0), then tier 2.
    words: AlignedBuffer<u64>,
    tier1: usize,
    tier2: usize,
}

impl Bitmap {
    /// An empty bitmap of `places` places.
    pub(super) fn new(places: usize) -> Result<Self, OutOfMemory> {
        let tier1 = places.div_ceil(64);
        let tier2 = tier1 + tier1.div_ceil(64);
        let end = tier2 + (tier2 - tier1).div_ceil(64);
        Ok(Self { words: AlignedBuffer::new(end, 0)?, tier1, tier2 })
    }

    #[inline]
    pub(super) fn set(&mut self, place: usize) {
        self.words[place >> 6] |= 1 << (place & 63);
        self.words[self.tier1 + (place >> 12)] |= 1 << (place >> 6 & 63);
        self.words[self.tier2 + (place >> 18)] |= 1 << (place >> 12 & 63);
    }

    #[inline]
    pub(super) fn clear(&mut self, place: usize) {
        let word = &mut self.words[place >> 6];
        *word &= !(1 << (place & 63));
        if *word == 0 {
            let word = &mut self.words[self.tier1 + (place >> 12)];
            *word &= !(1 << (place >> 6 & 63));
            if *word == 0 {
                self.words[self.tier2 + (place >> 18)] &= !(1 << (place >> 12 & 63));
            }
        }
    }

    /// Clears `place` and returns the highest occupied place below it.
    #[inline]
    pub(super) fn clear_to_below(&mut self, place: usize) -> Option<usize> {
        let at = place >> 6;
        let word = &mut self.words[at];
        *word &= !(1 << (place & 63));
        let is_empty = *word == 0;
        let found = *word & below(place & 63);
        if found != 0 {
            return Some(at << 6 | highest_bit(found));
        }
        let word = &mut self.words[self.tier1 + (at >> 6)];
        *word &= !(u64::from(is_empty) << (at & 63));
        let found = *word & below(at & 63);
        if found != 0 {
            let at = at & !63 | highest_bit(found);
            return Some(at << 6 | highest_bit(self.words[at]));
        }
        if *word == 0 {
            self.words[self.tier2 + (place >> 18)] &= !(1 << (place >> 12 & 63));
        }
        self.highest_below_group(place >> 12)
    }

    /// The highest occupied place at or below `place`.
    #[inline]
    pub(super) fn highest_up_to(&self, place: usize) -> Option<usize> {
        let words = &self.words;
        let at = place >> 6;
        let found = words[at] & (u64::MAX >> (63 - (place & 63)));
        if found != 0 {
            return Some(at << 6 | highest_bit(found));
        }
        let found = words[self.tier1 + (at >> 6)] & below(at & 63);
        if found != 0 {
            let at = at & !63 | highest_bit(found);
            return Some(at << 6 | highest_bit(words[at]));
        }
        self.highest_below_group(at >> 6)
    }

    /// The highest occupied place below the first one of a word of tier 1.
    fn highest_below_group(&self, group: usize) -> Option<usize> {
        let words = &self.words;
        let mut at2 = group >> 6;
        let mut summary = words[self.tier2 + at2] & below(group & 63);
        while summary == 0 {
            at2 = at2.checked_sub(1)?;
            summary = words[self.tier2 + at2];
        }
        let at1 = at2 << 6 | highest_bit(summary);
        let at = at1 << 6 | highest_bit(words[self.tier1 + at1]);
        Some(at << 6 | highest_bit(words[at]))
    }
}

/// The bits below bit `n`.
#[inline(always)]
const fn below(n: usize) -> u64 {
    (1 << n) - 1
}

#[inline(always)]
const fn highest_bit(word: u64) -> usize {
    63 - (word | 1).leading_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use std::collections::BTreeSet;

    #[test]
    fn highest_up_to_agrees_with_a_sorted_set() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
        for places in [64_usize, 128, 4096, 1 << 14, 1 << 20] {
            let mut bitmap = Bitmap::new(places).unwrap();
            let mut set = BTreeSet::new();
            for round in 0..20_000 {
                let place = rng.next_u64() as usize % places;
                // Alternating growth and shrinkage visits both sparse and crowded states.
                if (rng.next_u32() % 8 < 5) == (round / 4000 % 2 == 0) {
                    bitmap.set(place);
                    set.insert(place);
                } else if let Some(&held) = set.range(..=place).next_back() {
                    set.remove(&held);
                    if rng.next_u32() % 2 == 0 {
                        bitmap.clear(held);
                    } else {
                        let below = bitmap.clear_to_below(held);
                        assert_eq!(below, set.range(..held).next_back().copied());
                    }
                }
                for query in [rng.next_u64() as usize % places, 0, places - 1] {
                    assert_eq!(bitmap.highest_up_to(query), set.range(..=query).next_back().copied());
                }
            }
        }
    }
}
