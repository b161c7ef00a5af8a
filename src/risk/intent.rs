//! What a check looks at: the order, and what it is measured against.

use super::RiskConfig;
use crate::types::{InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

/// An order that wants out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderIntent {
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: Price,
    /// Its quantity.
    pub quantity: Quantity,
    /// Open quantity, counted in [`Exposure`], of the order that it replaces; zero for a new order. The worst case of
    /// a replacement is the larger of the two, because a venue reduces a replacement by what its predecessor traded.
    pub replaces: Quantity,
    /// The time of the event that caused it.
    pub timestamp: Timestamp,
    /// Its instrument.
    pub instrument: InstrumentId,
    /// The id that it would have; 0 for none yet, which no check of ids looks at.
    pub order_id: OrderId,
    /// Whether it must not trade on arrival.
    pub post_only: bool,
}

impl OrderIntent {
    /// A buy order of nothing, with every field zero, to be filled in with struct update syntax.
    pub const EMPTY: Self = Self {
        side: Side::Buy,
        price: Price(0),
        quantity: Quantity::ZERO,
        replaces: Quantity::ZERO,
        timestamp: Timestamp(0),
        instrument: InstrumentId(0),
        order_id: OrderId(0),
        post_only: false,
    };
}

impl Default for OrderIntent {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// What the order is measured against: one instrument's position and working orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Lots held.
    pub position: SignedQuantity,
    /// Lots of working buy orders, in their worst case.
    pub working_buy: Quantity,
    /// Lots of working sell orders, in their worst case.
    pub working_sell: Quantity,
    /// The price that collars measure from, usually the mid.
    pub reference: Option<Price>,
    /// How many orders work.
    pub working_orders: u32,
    /// The best working buy order, those being cancelled left out.
    pub own_bid: Option<Price>,
    /// The best working sell order, those being cancelled left out.
    pub own_ask: Option<Price>,
}

/// What one instrument allows, and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentRules {
    /// Prices are multiples of so many ticks, at least 1.
    pub price_increment: u32,
    /// Quantities are multiples of so many lots, at least 1.
    pub quantity_increment: u64,
    /// Account units in one tick × lot, at least 1: what makes notionals of several instruments comparable.
    pub unit_value: i64,
    /// What may be traded.
    pub restriction: Restriction,
}

impl Default for InstrumentRules {
    fn default() -> Self {
        Self { price_increment: 1, quantity_increment: 1, unit_value: 1, restriction: Restriction::None }
    }
}

impl InstrumentRules {
    /// The rules of an instrument that has none of its own.
    pub(super) fn of(config: &RiskConfig) -> Self {
        Self {
            price_increment: config.price_increment.max(1),
            quantity_increment: config.quantity_increment.max(1),
            ..Self::default()
        }
    }
}

/// What may be done in an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Restriction {
    /// Everything.
    #[default]
    None = 0,
    /// Only what reduces the position.
    ReduceOnly = 1,
    /// Nothing but cancels.
    Restricted = 2,
}

impl Restriction {
    /// The restriction with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::None,
            1 => Self::ReduceOnly,
            2 => Self::Restricted,
            _ => return None,
        })
    }
}

/// What the host lets the gate do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum TradingState {
    /// Orders pass if the checks pass.
    #[default]
    Active = 0,
    /// Only orders that reduce a position.
    ReduceOnly = 1,
    /// Only cancels.
    Halted = 2,
}

impl TradingState {
    /// The state with this number.
    #[must_use]
    pub const fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Active,
            1 => Self::ReduceOnly,
            2 => Self::Halted,
            _ => return None,
        })
    }
}

/// The best prices of an instrument, for the checks that look at the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketUpdate {
    /// The instrument.
    pub instrument: InstrumentId,
    /// When.
    pub timestamp: Timestamp,
    /// Best bid.
    pub bid: Option<Price>,
    /// Best ask.
    pub ask: Option<Price>,
}

/// A fill, for the checks that count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillUpdate {
    /// The instrument.
    pub instrument: InstrumentId,
    /// When.
    pub timestamp: Timestamp,
    /// Our side.
    pub side: Side,
    /// The price.
    pub price: Price,
    /// Lots.
    pub quantity: Quantity,
    /// Profit that it realised after its fee, account units; `None` when it only opened.
    pub realised: Option<crate::types::Money>,
}

/// The account's profit, for the checks of losses. Account units, all of them since the account began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountUpdate {
    /// When.
    pub timestamp: Timestamp,
    /// Profit of reductions before fees.
    pub realised: crate::types::Money,
    /// Profit of the open lots at the mark.
    pub unrealised: crate::types::Money,
    /// Fees paid less rebates received.
    pub fees: crate::types::Money,
}
