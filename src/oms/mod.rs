//! Orders at the venue: their states, their worst case, and the decision what to send.
//!
//! [`OrderManager`] knows every working order by the client id that it gave it, follows the venue's reports, and turns
//! wanted quotes into as few messages as the requote rule allows. It sends nothing: it writes [`OrderAction`]s into the
//! caller's buffer. Single writer; hot path after construction.

mod config;
mod decide;
mod late;
mod manager;
mod message;
mod order;
mod reconcile;
mod route;
mod shutdown;
mod submit;
mod wanted;

#[cfg(test)]
mod tests;

pub use config::{MAX_ORDER_QUANTITY, OmsConfig, ReplaceMode, RequoteRule};
pub use decide::{Decision, MarketTop};
pub use manager::{OrderManager, ReportOutcome, StoredChanges};
pub use message::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind};
pub use order::{OrderState, WorkingOrder};
pub use reconcile::{Break, BreakKind, Reconciliation, VenueOrder, VenueSnapshot};
pub use route::{Route, RouteReason, RouteRequest, RouteStyle, RouteSummary, VenueOffer, route};
pub use shutdown::{FlattenPolicy, Shutdown, ShutdownConfig, ShutdownPhase, ShutdownReport};
pub use submit::{OrderRequest, Submission};
pub use wanted::{MAX_LEVELS, WantedQuote, WantedQuotes};

use crate::risk::RiskReject;
use crate::types::{OrderId, Quantity};

/// Why a request or a report was refused. Nothing has changed when one is returned, except that a refusal by the risk
/// gate has been counted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OmsError {
    /// The manager never gave this id to an order.
    #[error("order {0} is unknown")]
    UnknownOrder(OrderId),
    /// The order was ours and is finished: a late or repeated report, usually harmless.
    #[error("order {0} is finished already")]
    FinishedOrder(OrderId),
    /// The report or request does not fit the order's state: a repeated acceptance, a second cancel.
    #[error("order {order_id} is {state:?}, which this does not fit")]
    WrongState {
        /// The order.
        order_id: OrderId,
        /// Its state.
        state: OrderState,
    },
    /// The report's quantities contradict what the order has left: a repeated or a lost fill.
    #[error("order {order_id} has {expected} lots left, the report says {reported}")]
    Inconsistent {
        /// The order.
        order_id: OrderId,
        /// Lots that are left by our count.
        expected: Quantity,
        /// Lots that are left by the report.
        reported: Quantity,
    },
    /// A fill that has been counted already, by its id or by the snapshot that was adopted after it.
    #[error("fill {0} has been counted already")]
    DuplicateFill(u64),
    /// A report about another instrument.
    #[error("the report is about another instrument")]
    WrongInstrument,
    /// A fill of no lots, or of another side than the order's, or at a price out of range.
    #[error("the report's side, price or quantity cannot be")]
    BadReport,
    /// Every slot holds a working order.
    #[error("{capacity} orders are working already")]
    Full {
        /// Orders that fit.
        capacity: u32,
    },
    /// The buffer for actions may be too small for this decision.
    #[error("the action buffer needs room for {needed}")]
    ActionBufferFull {
        /// Actions that it must have room for.
        needed: usize,
    },
    /// A wanted price or quantity that is no number or out of range.
    #[error("a wanted quote is not a usable number")]
    BadQuote,
    /// The best wanted bid is not below the best wanted ask.
    #[error("the wanted bid and ask cross")]
    CrossedQuotes,
    /// More lots than [`MAX_ORDER_QUANTITY`].
    #[error("the quantity of one order is out of range")]
    QuantityOutOfRange,
    /// Every client id has been used.
    #[error("client order ids are used up")]
    IdsExhausted,
    /// The risk gate refused the order.
    #[error(transparent)]
    Risk(#[from] RiskReject),
    /// A configuration that cannot work.
    #[error("bad configuration: {0}")]
    BadConfig(&'static str),
}
