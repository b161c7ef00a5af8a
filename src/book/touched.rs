//! What an operation on a book touched, as one byte.

use crate::types::Side;

/// What an operation touched: one byte of facts.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Touched(u8);

impl Touched {
    const SHORT: u8 = 4;
    const CHANGED: u8 = 8;

    /// Nothing.
    pub const NOTHING: Self = Self(0);

    #[inline(always)]
    pub(super) const fn level(side: Side, top: bool) -> Self {
        Self(Self::CHANGED | (top as u8) << side as u8)
    }

    #[inline(always)]
    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline(always)]
    pub(super) const fn short(self, short: bool) -> Self {
        Self(self.0 | if short { Self::SHORT } else { 0 })
    }

    /// Whether the best price of either side changed, or the quantity, the number or the queue of the orders at it.
    #[inline]
    #[must_use]
    pub const fn top_changed(self) -> bool {
        self.0 & 3 != 0
    }

    /// [`Touched::top_changed`] of one side.
    #[inline]
    #[must_use]
    pub const fn top_changed_on(self, side: Side) -> bool {
        self.0 >> side as u8 & 1 != 0
    }

    /// Whether the book changed at all.
    #[inline]
    #[must_use]
    pub const fn changed(self) -> bool {
        self.0 & Self::CHANGED != 0
    }

    /// Whether less was removed than was asked for, because the anonymous liquidity at the level was smaller.
    #[inline]
    #[must_use]
    pub const fn is_short(self) -> bool {
        self.0 & Self::SHORT != 0
    }
}

impl std::fmt::Debug for Touched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Touched")
            .field("changed", &self.changed())
            .field("bid_top", &self.top_changed_on(Side::Buy))
            .field("ask_top", &self.top_changed_on(Side::Sell))
            .field("short", &self.is_short())
            .finish()
    }
}
