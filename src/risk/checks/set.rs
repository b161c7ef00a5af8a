//! The checks of an order, all together.

use super::{Check, exposure, order as of_order, rate};
use crate::risk::{ReasonSet, RiskConfig};

/// The checks of an order.
#[derive(Debug)]
pub(in crate::risk) struct Checks {
    pub(in crate::risk) well_formed: of_order::WellFormed,
    pub(in crate::risk) tick: of_order::Tick,
    pub(in crate::risk) lot: of_order::Lot,
    pub(in crate::risk) min_quantity: of_order::MinQuantity,
    pub(in crate::risk) quantity: of_order::OrderQuantity,
    pub(in crate::risk) notional: of_order::OrderNotional,
    pub(in crate::risk) has_reference: of_order::HasReference,
    pub(in crate::risk) fresh_reference: of_order::FreshReference,
    pub(in crate::risk) collar: of_order::PriceCollar,
    pub(in crate::risk) post_only: of_order::PostOnly,
    pub(in crate::risk) self_trade: of_order::SelfTrade,
    pub(in crate::risk) own_spread: of_order::OwnSpread,
    pub(in crate::risk) duplicate_id: of_order::DuplicateId,
    pub(in crate::risk) duplicate_order: of_order::DuplicateOrder,
    pub(in crate::risk) fresh_data: of_order::FreshData,
    pub(in crate::risk) long: exposure::LongPosition,
    pub(in crate::risk) short: exposure::ShortPosition,
    pub(in crate::risk) working_orders: exposure::WorkingOrders,
    pub(in crate::risk) gross: exposure::GrossNotional,
    pub(in crate::risk) net: exposure::NetNotional,
    pub(in crate::risk) concentration: exposure::Concentration,
    pub(in crate::risk) order_to_trade: rate::OrderToTrade,
    pub(in crate::risk) rate: rate::MessageRate,
}

impl Checks {
    pub(in crate::risk) fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            well_formed: Check::new(config, on),
            tick: Check::new(config, on),
            lot: Check::new(config, on),
            min_quantity: Check::new(config, on),
            quantity: Check::new(config, on),
            notional: Check::new(config, on),
            has_reference: Check::new(config, on),
            fresh_reference: Check::new(config, on),
            collar: Check::new(config, on),
            post_only: Check::new(config, on),
            self_trade: Check::new(config, on),
            own_spread: Check::new(config, on),
            duplicate_id: Check::new(config, on),
            duplicate_order: Check::new(config, on),
            fresh_data: Check::new(config, on),
            long: Check::new(config, on),
            short: Check::new(config, on),
            working_orders: Check::new(config, on),
            gross: Check::new(config, on),
            net: Check::new(config, on),
            concentration: Check::new(config, on),
            order_to_trade: Check::new(config, on),
            rate: rate::MessageRate::new(config, on),
        }
    }

    /// Goes on with what older checks have seen.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        self.duplicate_id.keep(&mut old.duplicate_id);
        self.duplicate_order.keep(&mut old.duplicate_order);
        self.order_to_trade.set(old.order_to_trade.orders, old.order_to_trade.fills);
        self.rate.keep(&mut old.rate);
    }
}
