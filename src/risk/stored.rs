//! The gate's latches in and out of the crash-safe store.

use super::RiskLatches;
use crate::position::store::{LATCH_FIELDS, StoredLatch};

impl RiskLatches {
    /// The latches as a store keeps them, in its latch number `id`.
    #[must_use]
    pub const fn to_stored(&self, id: u64) -> StoredLatch {
        let words: [u64; LATCH_FIELDS] = [
            self.sequence,
            self.latched,
            self.killed,
            self.timestamp,
            self.reason,
            self.observed as u64,
            self.limit as u64,
            self.reserved,
        ];
        StoredLatch { id, words }
    }

    /// The latches that were stored; [`RiskGate::restore`](super::RiskGate::restore) checks them.
    #[must_use]
    pub const fn from_stored(stored: &StoredLatch) -> Self {
        let words = &stored.words;
        Self {
            sequence: words[0],
            latched: words[1],
            killed: words[2],
            timestamp: words[3],
            reason: words[4],
            observed: words[5] as i64,
            limit: words[6] as i64,
            reserved: words[7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RiskConfig, RiskGate};
    use super::*;
    use crate::mem::shared_words::PlainWords;
    use crate::position::store::{Store, StoreConfig, Update};

    #[test]
    fn a_kill_switch_that_is_on_is_on_after_a_restart() {
        let config = StoreConfig::default();
        let memory = PlainWords::new((config.bytes().unwrap() / 8) as usize);
        let mut store = Store::create_in(memory, &config).unwrap();
        let gate = RiskGate::new(&RiskConfig::default()).unwrap();
        gate.kill();
        store.apply(&Update { latches: &[gate.latches().to_stored(5)], ..Update::default() }).unwrap();
        let store = Store::open_in(PlainWords::from_words(&store.memory().to_words()), &config).unwrap();
        let stored = store.latches().find(|latch| latch.id == 5).unwrap();
        assert_eq!(RiskLatches::from_stored(stored), gate.latches());
        let mut next = RiskGate::new(&RiskConfig::default()).unwrap();
        assert!(!next.is_killed());
        next.restore(&RiskLatches::from_stored(stored)).unwrap();
        assert!(next.is_killed());
    }

    #[test]
    fn every_field_comes_back() {
        let latches = RiskLatches {
            sequence: 1,
            latched: 2,
            killed: 3,
            timestamp: 4,
            reason: 5,
            observed: -6,
            limit: -7,
            reserved: 8,
        };
        assert_eq!(RiskLatches::from_stored(&latches.to_stored(9)), latches);
    }
}
