//! Wanted quotes: prices before rounding, by layer.

use crate::types::Quantity;

/// Layers per side.
pub const MAX_LAYERS: usize = 4;

/// One wanted quote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WantedQuote {
    /// Ticks, not rounded.
    pub price: f64,
    /// Lots.
    pub quantity: Quantity,
}

/// The wanted quotes of both sides, best layer first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WantedQuotes {
    /// Bids.
    pub bids: [Option<WantedQuote>; MAX_LAYERS],
    /// Asks.
    pub asks: [Option<WantedQuote>; MAX_LAYERS],
}

impl WantedQuotes {
    /// No quote at all.
    pub const NONE: Self = Self { bids: [None; MAX_LAYERS], asks: [None; MAX_LAYERS] };
}
