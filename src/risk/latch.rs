//! Latches as plain data: what must survive a restart.

use super::{ReasonSet, RiskError, RiskReason};

/// The gate's latches and its kill switch: 64 bytes of plain integers, for a store to keep. The default is that of a new
/// gate: nothing latched.
///
/// A host takes it with [`RiskGate::latches`](super::RiskGate::latches) when [`sequence`](Self::sequence) has changed,
/// stores it, and gives it to the gate of its next life with [`RiskGate::restore`](super::RiskGate::restore).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct RiskLatches {
    /// Changes of latches and switch so far; the token of a reset depends on it.
    pub sequence: u64,
    /// Bit n: the check of reason number n + 1 has latched.
    pub latched: u64,
    /// 1 while the kill switch is on, else 0.
    pub killed: u64,
    /// When the last one latched, ns.
    pub timestamp: u64,
    /// The reason that latched last, else 0.
    pub reason: u64,
    /// What it measured.
    pub observed: i64,
    /// What was allowed.
    pub limit: i64,
    /// Zero.
    pub reserved: u64,
}

const _: () = assert!(size_of::<RiskLatches>() == 64);

impl RiskLatches {
    /// The reasons that are latched.
    #[must_use]
    pub const fn reasons(&self) -> ReasonSet {
        ReasonSet(self.latched)
    }

    /// What a reset must show: it depends on everything that has latched so far, so that whoever resets has seen the
    /// latches as they are. 0 while nothing is latched.
    #[must_use]
    pub const fn token(&self) -> u64 {
        if self.latched == 0 {
            return 0;
        }
        let mut mixed = self.latched ^ self.sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) | 1
    }

    /// # Errors
    /// [`RiskError::BadLatches`] for what no gate can have written.
    pub(super) fn validate(&self) -> Result<Option<RiskReason>, RiskError> {
        let reason = match self.reason {
            0 => None,
            number => {
                let number = u8::try_from(number).map_err(|_| RiskError::BadLatches)?;
                Some(RiskReason::from_u8(number).ok_or(RiskError::BadLatches)?)
            }
        };
        // Nobody counts that far, and what is counted on must not come to an end.
        let is_countable = self.sequence <= u64::MAX / 2;
        if self.latched & !ReasonSet::ALL.0 != 0 || self.killed > 1 || self.reserved != 0 || !is_countable {
            return Err(RiskError::BadLatches);
        }
        Ok(reason)
    }
}
