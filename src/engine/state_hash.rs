//! A rolling 64-bit hash of what an engine did: two replays agree exactly when their hashes do.
//!
//! FNV-1a over 64-bit words with a final avalanche (the finaliser of SplitMix64). Not cryptographic; defined over
//! values, so it is the same on every machine and from every language.

/// The running state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateHash(u64);

impl Default for StateHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl StateHash {
    /// Takes words in. Hot path.
    pub fn update(&mut self, words: &[u64]) {
        for &word in words {
            // The rotation lets high bits reach low ones, which the product alone never does.
            self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
        }
    }

    /// The hash so far.
    #[must_use]
    pub fn finish(self) -> u64 {
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_value_of_every_word_matter() {
        let hash = |words: &[u64]| {
            let mut state = StateHash::default();
            state.update(words);
            state.finish()
        };
        assert_ne!(hash(&[1, 2]), hash(&[2, 1]));
        assert_ne!(hash(&[1]), hash(&[1, 0]));
        for bit in 0..64 {
            assert_ne!(hash(&[7, 0, 9]), hash(&[7, 1 << bit, 9]), "bit {bit}");
        }
    }
}
