//! `mm::cxx::order_manager`: own orders and the decision what to send.

use std::pin::Pin;

use super::guarded::attempt;
use super::mirror::Blank;
use super::order_types::action;
use super::types::{self, fill, put};
use super::{Error, Guarded};
use crate::ffi::args::fits;
use crate::ffi::order_types::{mm_execution_report_t, mm_market_top_t, mm_order_request_t, mm_order_t};
use crate::ffi::orders::mm_order_manager_config_t;
use crate::ffi::risk::status_of;
use crate::ffi::status::{Failure, MM_E_INVALID_ARGUMENT, MM_OK};
use crate::oms::{self as core, MAX_LEVELS, OmsConfig, ReportOutcome, WantedQuotes};
use crate::types::{OrderId, Price, Quantity, SignedQuantity, Timestamp};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/order_types.rs.h");
        #[cxx_name = "execution_report"]
        type ExecutionReport = crate::bridge::order_types::ExecutionReport;
        #[cxx_name = "order_action"]
        type OrderAction = crate::bridge::order_types::OrderAction;
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        include!("market-maker/src/bridge/risk.rs.h");
        #[cxx_name = "risk_gate"]
        type RiskGate = crate::bridge::risk::RiskGate;
    }

    /// Where an order is: MM_ORDER_*.
    #[cxx_name = "order_state"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum OrderState {
        #[cxx_name = "none"]
        None = 0,
        #[cxx_name = "pending_new"]
        PendingNew = 1,
        #[cxx_name = "live"]
        Live = 2,
        #[cxx_name = "partially_filled"]
        PartiallyFilled = 3,
        #[cxx_name = "pending_cancel"]
        PendingCancel = 4,
        #[cxx_name = "pending_replace"]
        PendingReplace = 5,
        #[cxx_name = "filled"]
        Filled = 6,
        #[cxx_name = "cancelled"]
        Cancelled = 7,
        #[cxx_name = "rejected"]
        Rejected = 8,
        #[cxx_name = "unknown"]
        Unknown = 9,
    }

    /// The unit of requote_distance.
    #[cxx_name = "requote_unit"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum RequoteUnit {
        #[cxx_name = "ticks"]
        Ticks = 0,
        #[cxx_name = "basis_points"]
        BasisPoints = 1,
    }

    /// How orders are moved.
    #[cxx_name = "replace_mode"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum ReplaceMode {
        #[cxx_name = "atomic"]
        Atomic = 0,
        #[cxx_name = "cancel_first"]
        CancelFirst = 1,
    }

    /// Settings of an order manager.
    #[cxx_name = "order_manager_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct OrderManagerConfig {
        /// The first sequence number of client ids, at least 1, the default. A host that restarts goes on from
        /// mm_order_manager_next_sequence, so that no id is used twice.
        first_sequence: u64,
        /// The instrument of every order. Default 0.
        instrument: u32,
        /// Orders that can work at once, 1 to 65536. Default 64.
        capacity: u32,
        /// How far a price may be off before the order is moved, in the unit of requote_unit. Default 0.
        requote_distance: u32,
        /// How far a quantity may be off, basis points of what is wanted. Default 5000.
        requote_quantity_bps: u32,
        /// Unit of requote_distance. Default ticks.
        requote_unit: RequoteUnit,
        /// How orders are moved. Default atomic.
        replace_mode: ReplaceMode,
        /// Whether quotes must not trade on arrival.
        post_only: bool,
        /// Fill ids that are remembered at least, to count none twice; 0 is 4096.
        fill_ids: u32,
        /// Finished orders that are remembered at least, to book fills that come late; 0 is 256.
        finished_orders: u32,
    }

    /// What a decision needs to know of the market and of the account.
    #[cxx_name = "market_top"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct MarketTop {
        /// Time of the event that causes the decision, ns.
        timestamp: u64,
        /// Lots held; negative is short.
        position: i64,
        /// Best bid, ticks; used if has_bid is true.
        bid: i64,
        /// Best ask, ticks; used if has_ask is true.
        ask: i64,
        /// The price that risk collars measure from, ticks; used if has_reference is true, else the mid of bid and
        /// ask.
        reference: i64,
        /// Whether there is one.
        has_bid: bool,
        /// Whether there is one.
        has_ask: bool,
        /// Whether there is one.
        has_reference: bool,
    }

    /// An order of the host's own, beside the quotes.
    #[cxx_name = "order_request"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct OrderRequest {
        /// Limit price, ticks.
        price: i64,
        /// Lots.
        quantity: u64,
        /// Its side; of a replacement it is that of the replaced order, and not read.
        side: Side,
        /// Whether the order must not trade on arrival.
        post_only: bool,
    }

    /// One order as the manager knows it.
    #[cxx_name = "order"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Order {
        /// Its client id.
        order_id: u64,
        /// The id of the replacement under way, or of the order that it took the place of while that is not
        /// confirmed; else 0.
        linked_id: u64,
        /// Its price, ticks.
        price: i64,
        /// Lots that are left.
        remaining: u64,
        /// Lots that it has traded.
        filled: u64,
        /// When its last request was sent, ns.
        sent: u64,
        /// Its side.
        side: Side,
        /// Where it is.
        state: OrderState,
        /// Which wanted quote it serves, 255 for none.
        level: u8,
    }

    /// One wanted quote.
    #[cxx_name = "wanted_quote"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct WantedQuote {
        /// Price in ticks, fractions allowed: bids are rounded down and asks up.
        price: f64,
        /// Quantity in lots, fractions allowed: rounded down; less than one lot is no quote.
        quantity: f64,
    }

    /// What a decision came to.
    #[cxx_name = "decision"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Decision {
        /// Actions written.
        actions: usize,
        /// Orders that the risk gate refused.
        refused: u32,
        /// Quotes held back for now: no free slot, or the order would have met our own on the other side.
        held: u32,
        /// The MM_E_RISK_* of the last refusal, else 0.
        last_refusal: i32,
    }

    /// What a submission came to.
    #[cxx_name = "submission"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Submission {
        /// Actions written, in the order in which they are to be sent.
        actions: usize,
        /// Lots of the new order that are sent.
        sent: u64,
        /// The MM_E_RISK_* for which it is not sent, else 0.
        refusal: i32,
    }

    extern "Rust" {
        /// Working orders of one instrument, and the decision what to send. One owner; a call that throws has changed nothing.
        #[cxx_name = "order_manager"]
        type OrderManager;

        #[Self = "OrderManager"]
        fn defaults() -> OrderManagerConfig;
        /// A manager without orders.
        #[Self = "OrderManager"]
        fn create(config: &OrderManagerConfig) -> Result<Box<OrderManager>>;
        /// The messages that close the gap between what is wanted, at most 4 levels a side and best first, and what works; room
        /// for 8 is always enough. Refusals by the gate are no exceptions.
        fn decide(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            bids: &[WantedQuote],
            asks: &[WantedQuote],
            top: &MarketTop,
            actions: &mut [OrderAction],
        ) -> Result<Decision>;
        /// An order of the host's own; a refusal by the gate throws.
        fn place(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            request: &OrderRequest,
            top: &MarketTop,
        ) -> Result<OrderAction>;
        fn replace(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            order_id: u64,
            request: &OrderRequest,
            top: &MarketTop,
        ) -> Result<OrderAction>;
        fn cancel(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            order_id: u64,
            timestamp: u64,
        ) -> Result<OrderAction>;
        /// Cancels every order that has no request under way; how many actions were written.
        fn cancel_all(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            timestamp: u64,
            actions: &mut [OrderAction],
        ) -> Result<usize>;
        /// As place, and moves own orders that it would meet out of its way as the gate's self_trade says.
        fn submit(
            self: &mut OrderManager,
            gate: Pin<&mut RiskGate>,
            request: &OrderRequest,
            top: &MarketTop,
            actions: &mut [OrderAction],
        ) -> Result<Submission>;
        /// Follows one report of the venue; the order after it.
        fn on_report(self: &mut OrderManager, report: &ExecutionReport) -> Result<Order>;
        /// Marks orders whose request has waited for longer than `timeout_ns` as unknown; how many are.
        fn expire(self: &mut OrderManager, timestamp: u64, timeout_ns: u64) -> Result<usize>;
        /// Counts a fill id as seen, after a restart.
        fn remember_fill(self: &mut OrderManager, fill_id: u64) -> Result<()>;
        /// A working order by its id or the id of its replacement under way; false where there is none.
        fn order_of(self: &OrderManager, order_id: u64, out: &mut Order) -> Result<bool>;
        /// The working orders; how many were written.
        fn orders(self: &OrderManager, out: &mut [Order]) -> Result<usize>;
        /// Lots of one side that can still trade at most.
        fn working(self: &OrderManager, side: Side) -> Result<u64>;
        /// The sequence number of the next order: what a restarted host passes as first_sequence.
        fn next_sequence(self: &OrderManager) -> Result<u64>;
    }
}

pub(super) use face::OrderManagerConfig;
use face::{
    Decision, ExecutionReport, MarketTop, Order, OrderAction, OrderRequest, OrderState, ReplaceMode,
    RequoteUnit, RiskGate, Side, Submission, WantedQuote,
};

numbered!(OrderState: u8, RequoteUnit: u8, ReplaceMode: u8);
blank_by_config!(mm_order_manager_config_t);
blank_by_default!(mm_market_top_t, mm_order_request_t);
mirror!(OrderManagerConfig => mm_order_manager_config_t {
    first_sequence, instrument, capacity, requote_distance, requote_quantity_bps, fill_ids, finished_orders
} flags { post_only } numbers { requote_unit, replace_mode });
mirror!(MarketTop => mm_market_top_t {
    timestamp, position, bid, ask, reference
} flags { has_bid, has_ask, has_reference });
mirror!(OrderRequest => mm_order_request_t { price, quantity } flags { post_only } numbers { side });
shown!(Order => mm_order_t {
    order_id, linked_id, price, remaining, filled, sent, level
} numbers { side, state });

/// The manager, and room for what it may send at once.
struct Orders {
    manager: core::OrderManager,
    scratch: Box<[core::OrderAction]>,
}

/// Working orders of one instrument.
pub(super) struct OrderManager(Guarded<Orders>);

/// The quotes of one side, added to those that are wanted.
fn want(
    wanted: &mut WantedQuotes,
    side: crate::types::Side,
    quotes: &[WantedQuote],
    name: &str,
) -> Result<(), Failure> {
    if quotes.len() > MAX_LEVELS {
        let count = quotes.len();
        return Err(Failure::new(
            MM_E_INVALID_ARGUMENT,
            format_args!("{name} is {count}, at most {MAX_LEVELS}"),
        ));
    }
    for &WantedQuote { price, quantity } in quotes {
        // Cannot be full: the count was checked.
        let _ = wanted.push(side, core::WantedQuote { price, quantity });
    }
    Ok(())
}

/// The market as the core has it.
fn market(top: &MarketTop) -> Result<core::MarketTop, Failure> {
    core::MarketTop::try_from(&mm_market_top_t::from(top))
}

impl OrderManager {
    fn defaults() -> OrderManagerConfig {
        mm_order_manager_config_t::blank().into()
    }

    fn create(config: &OrderManagerConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let config = OmsConfig::try_from(&mm_order_manager_config_t::from(config))?;
            let manager = core::OrderManager::new(&config)?;
            let room = (config.capacity as usize + 1).max(2 * MAX_LEVELS);
            let scratch = vec![core::OrderAction::EMPTY; room].into_boxed_slice();
            Ok(Box::new(Self(Guarded::new(Orders { manager, scratch }))))
        })
    }

    /// Lets a body use manager and gate together.
    fn with<R>(
        &mut self,
        gate: Pin<&mut RiskGate>,
        body: impl FnOnce(&mut Orders, &mut crate::risk::RiskGate) -> Result<R, Failure>,
    ) -> Result<R, Error> {
        let gate = gate.get_mut().inner();
        self.0.change(|orders| gate.try_change(|gate| body(orders, gate)))
    }

    fn decide(
        &mut self,
        gate: Pin<&mut RiskGate>,
        bids: &[WantedQuote],
        asks: &[WantedQuote],
        top: &MarketTop,
        actions: &mut [OrderAction],
    ) -> Result<Decision, Error> {
        self.with(gate, |orders, gate| {
            let mut wanted = WantedQuotes::NONE;
            want(&mut wanted, crate::types::Side::Buy, bids, "bid_count")?;
            want(&mut wanted, crate::types::Side::Sell, asks, "ask_count")?;
            let room = actions.len().min(orders.scratch.len());
            let done = orders.manager.decide(
                &wanted,
                &market(top)?,
                SignedQuantity(top.position),
                Timestamp(top.timestamp),
                gate,
                &mut orders.scratch[..room],
            )?;
            fill(actions, orders.scratch[..done.actions].iter().map(action));
            Ok(Decision {
                actions: done.actions,
                refused: done.refused,
                held: done.held,
                last_refusal: done.last_refusal.map_or(MM_OK, |reject| status_of(reject.reason)),
            })
        })
    }

    fn place(
        &mut self,
        gate: Pin<&mut RiskGate>,
        request: &OrderRequest,
        top: &MarketTop,
    ) -> Result<OrderAction, Error> {
        self.with(gate, |orders, gate| {
            let placed = orders.manager.place(
                types::side(request.side)?,
                Price(request.price),
                Quantity(request.quantity),
                request.post_only,
                SignedQuantity(top.position),
                market(top)?.reference,
                Timestamp(top.timestamp),
                gate,
            )?;
            Ok(action(&placed))
        })
    }

    fn replace(
        &mut self,
        gate: Pin<&mut RiskGate>,
        order_id: u64,
        request: &OrderRequest,
        top: &MarketTop,
    ) -> Result<OrderAction, Error> {
        self.with(gate, |orders, gate| {
            let replaced = orders.manager.replace(
                OrderId(order_id),
                Price(request.price),
                Quantity(request.quantity),
                request.post_only,
                SignedQuantity(top.position),
                market(top)?.reference,
                Timestamp(top.timestamp),
                gate,
            )?;
            Ok(action(&replaced))
        })
    }

    fn cancel(
        &mut self,
        gate: Pin<&mut RiskGate>,
        order_id: u64,
        timestamp: u64,
    ) -> Result<OrderAction, Error> {
        self.with(gate, |orders, gate| {
            Ok(action(&orders.manager.cancel(OrderId(order_id), Timestamp(timestamp), gate)?))
        })
    }

    fn cancel_all(
        &mut self,
        gate: Pin<&mut RiskGate>,
        timestamp: u64,
        actions: &mut [OrderAction],
    ) -> Result<usize, Error> {
        self.with(gate, |orders, gate| {
            let room = actions.len().min(orders.scratch.len());
            let done = orders.manager.cancel_all(Timestamp(timestamp), gate, &mut orders.scratch[..room])?;
            Ok(fill(actions, orders.scratch[..done].iter().map(action)))
        })
    }

    fn submit(
        &mut self,
        gate: Pin<&mut RiskGate>,
        request: &OrderRequest,
        top: &MarketTop,
        actions: &mut [OrderAction],
    ) -> Result<Submission, Error> {
        self.with(gate, |orders, gate| {
            let order = core::OrderRequest {
                side: types::side(request.side)?,
                price: Price(request.price),
                quantity: Quantity(request.quantity),
                post_only: request.post_only,
            };
            let room = actions.len().min(orders.scratch.len());
            let done = orders.manager.submit(
                &order,
                SignedQuantity(top.position),
                market(top)?.reference,
                Timestamp(top.timestamp),
                gate,
                &mut orders.scratch[..room],
            )?;
            fill(actions, orders.scratch[..done.actions].iter().map(action));
            Ok(Submission {
                actions: done.actions,
                sent: done.sent.0,
                refusal: done.refused.map_or(MM_OK, |reject| status_of(reject.reason)),
            })
        })
    }

    fn on_report(&mut self, report: &ExecutionReport) -> Result<Order, Error> {
        self.0.change(|orders| {
            let report = core::ExecutionReport::try_from(&mm_execution_report_t::from(report))?;
            let ReportOutcome { order, .. } = orders.manager.on_report(&report)?;
            Ok(mm_order_t::from(&order).into())
        })
    }

    fn expire(&mut self, timestamp: u64, timeout_ns: u64) -> Result<usize, Error> {
        self.0.change(|orders| Ok(orders.manager.expire(Timestamp(timestamp), timeout_ns)))
    }

    fn remember_fill(&mut self, fill_id: u64) -> Result<(), Error> {
        self.0.change(|orders| {
            orders.manager.remember_fill(fill_id);
            Ok(())
        })
    }

    fn order_of(&self, order_id: u64, out: &mut Order) -> Result<bool, Error> {
        self.0.read(|orders| Ok(put(out, orders.manager.order(OrderId(order_id)).map(mm_order_t::from))))
    }

    fn orders(&self, out: &mut [Order]) -> Result<usize, Error> {
        self.0.read(|orders| {
            fits(orders.manager.len(), out.len(), "orders")?;
            Ok(fill(out, orders.manager.orders().map(|order| mm_order_t::from(order).into())))
        })
    }

    fn working(&self, side: Side) -> Result<u64, Error> {
        self.0.read(|orders| Ok(orders.manager.working(types::side(side)?).0))
    }

    fn next_sequence(&self) -> Result<u64, Error> {
        self.0.read(|orders| Ok(orders.manager.next_sequence()))
    }
}
