//! What passes between a host and a venue: order actions out, execution reports in.

use crate::ffi::order_types::{mm_execution_report_t, mm_order_action_t};
use crate::oms as core;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
    }

    /// What is to be sent.
    #[cxx_name = "action_kind"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum ActionKind {
        #[cxx_name = "place"]
        Place = 1,
        #[cxx_name = "cancel"]
        Cancel = 2,
        #[cxx_name = "replace"]
        Replace = 3,
    }

    /// What a venue's report says: MM_EXECUTION_*.
    #[cxx_name = "execution_kind"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum ExecutionKind {
        #[cxx_name = "accepted"]
        Accepted = 1,
        #[cxx_name = "rejected"]
        Rejected = 2,
        #[cxx_name = "filled"]
        Filled = 3,
        #[cxx_name = "cancelled"]
        Cancelled = 4,
        #[cxx_name = "replaced"]
        Replaced = 5,
        #[cxx_name = "cancel_rejected"]
        CancelRejected = 6,
    }

    /// A message for the host to send.
    #[cxx_name = "order_action"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct OrderAction {
        /// The client id of the order that is placed, cancelled or replaced.
        order_id: u64,
        /// The client id of the replacement, else 0.
        new_order_id: u64,
        /// Limit price, ticks; of a cancelled order its own.
        price: i64,
        /// Lots wanted; of a cancelled order what is left of it.
        quantity: u64,
        /// What the replaced order had left, else 0.
        replaced_quantity: u64,
        /// The instrument.
        instrument: u32,
        /// What it says.
        kind: ActionKind,
        /// Its side.
        side: Side,
        /// Whether the order must not trade on arrival.
        post_only: bool,
        /// The level of the wanted quotes that it serves, 0 the best; 255 for the host's own orders.
        level: u8,
    }

    /// A venue's report on one order.
    #[cxx_name = "execution_report"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct ExecutionReport {
        /// The client id.
        order_id: u64,
        /// The replacement's client id. Of a fill the venue's id of it, 0 where it gives none: fills with an id are
        /// counted once each in whatever order they come, those without must come once and in order. Of a refused
        /// cancel the id of the order, of a refused replacement that of the replacement, or 0 where the venue does
        /// not say which was refused, which is taken for what is under way and must come once. Else 0.
        new_order_id: u64,
        /// Price of a fill, ticks.
        price: i64,
        /// Lots of a fill.
        quantity: u64,
        /// Lots left after the event; repeated and lost fills are found by it.
        leaves: u64,
        /// When, by the venue's clock, ns.
        timestamp: u64,
        /// The instrument.
        instrument: u32,
        /// What it says.
        kind: ExecutionKind,
        /// Its side.
        side: Side,
        /// Whether the fill provided liquidity.
        is_maker: bool,
    }
}

use face::{ActionKind, ExecutionKind};
pub(super) use face::{ExecutionReport, OrderAction};

numbered!(ActionKind: u8, ExecutionKind: u8);
blank_by_default!(mm_order_action_t, mm_execution_report_t);
mirror!(OrderAction => mm_order_action_t {
    order_id, new_order_id, price, quantity, replaced_quantity, instrument, level
} flags { post_only } numbers { kind, side });
mirror!(ExecutionReport => mm_execution_report_t {
    order_id, new_order_id, price, quantity, leaves, timestamp, instrument
} flags { is_maker } numbers { kind, side });

/// A core action as C++ sees it.
#[inline]
pub(super) fn action(action: &core::OrderAction) -> OrderAction {
    mm_order_action_t::from(action).into()
}
