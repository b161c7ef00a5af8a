//! What an engine has done, in counts and integers.

/// Counters of an [`Engine`](super::Engine) since its construction. Quantities are lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct EngineStats {
    /// Market-data events, refused ones included.
    pub events: u64,
    /// Events that the book refused (an unknown order, a full pool).
    pub refused_events: u64,
    /// Times that the strategy was asked for quotes.
    pub quotes: u64,
    /// New orders and replacements sent.
    pub orders_sent: u64,
    /// Of these, replacements.
    pub replaces: u64,
    /// Cancels sent.
    pub cancels: u64,
    /// Orders that the venue refused.
    pub venue_rejects: u64,
    /// Orders that the risk gate refused.
    pub risk_refusals: u64,
    /// Fills.
    pub fills: u64,
    /// Of these, fills that provided liquidity.
    pub maker_fills: u64,
    /// Lots filled.
    pub filled_quantity: u64,
    /// Lots of the orders sent.
    pub ordered_quantity: u64,
    /// Σ side · (mid − price) · quantity over the fills, in half ticks × lots: what the quotes earned against the mid
    /// at the moment of the fill. Saturates.
    pub spread_captured_half: i64,
    /// Largest |position|, lots.
    pub max_position: u64,
}
