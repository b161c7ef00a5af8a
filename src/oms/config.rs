//! Settings of the order manager and the rules by which orders move.

use crate::types::{InstrumentId, Price, Quantity};

/// Orders that can work at once.
pub(super) const MAX_CAPACITY: u32 = 1 << 16;

/// Most lots of one order: with it the working quantity of a full table still is a
/// [`SignedQuantity`](crate::types::SignedQuantity).
pub const MAX_ORDER_QUANTITY: Quantity = Quantity(Quantity::MAX.0 / MAX_CAPACITY as u64);

/// When a working order is far enough from the wanted price to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequoteRule {
    /// When they differ by more than so many ticks; 0 moves on any difference.
    Ticks(u32),
    /// When they differ by more than so many basis points of the working price.
    BasisPoints(u32),
}

impl RequoteRule {
    /// Whether an order at `working` should move to `wanted`.
    #[must_use]
    pub fn is_exceeded(self, working: Price, wanted: Price) -> bool {
        let distance = working.0.abs_diff(wanted.0);
        match self {
            Self::Ticks(ticks) => distance > u64::from(ticks),
            Self::BasisPoints(bps) => {
                u128::from(distance) * 10_000 > u128::from(bps) * u128::from(working.0.unsigned_abs())
            }
        }
    }
}

/// How an order is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceMode {
    /// By one [`Replace`](super::OrderActionKind::Replace).
    Atomic,
    /// By a cancel, and a new order once the venue has confirmed it: for venues without replace, or where the pair
    /// must never work at once.
    CancelFirst,
}

/// Settings of an [`OrderManager`](super::OrderManager).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OmsConfig {
    /// The instrument of every order.
    pub instrument: InstrumentId,
    /// Orders that can work at once, 1 to 65 536.
    pub capacity: u32,
    /// When the price of a working order is off.
    pub requote: RequoteRule,
    /// The quantity of a working order is off when what is left differs from what is wanted by more than this share
    /// of what is wanted, in basis points: 10 000 tops up only an order that is gone.
    pub requote_quantity_bps: u32,
    /// How orders are moved.
    pub replace: ReplaceMode,
    /// Quotes must not trade on arrival: they are marked so, and a wanted price that meets the opposite best is moved to
    /// one tick before it.
    pub post_only: bool,
    /// The first sequence number, at least 1. A host that restarts goes on from [`next_sequence`](super::OrderManager::next_sequence), so
    /// that no id is used twice.
    pub first_sequence: u64,
    /// Fill ids that are remembered at least, to count none twice. At most 2²⁰.
    pub fill_ids: u32,
    /// Finished orders that are remembered at least, to book fills that come late. At most 2²⁰.
    pub finished_orders: u32,
}

impl Default for OmsConfig {
    fn default() -> Self {
        Self {
            instrument: InstrumentId(0),
            capacity: 64,
            requote: RequoteRule::Ticks(0),
            requote_quantity_bps: 5_000,
            replace: ReplaceMode::Atomic,
            post_only: true,
            first_sequence: 1,
            fill_ids: 4096,
            finished_orders: 256,
        }
    }
}
