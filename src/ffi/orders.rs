//! Own orders: `mm_order_manager_t`, which knows them and decides what to send.

use super::args::{self, Out};
use super::config;
use super::event;
use super::guard::{Exclusive, NoHandle, Noun, create, destroy, guard};
pub use super::order_config::mm_order_manager_config_t;
use super::order_types::*;
use super::risk::{mm_risk_gate_t, status_of};
use super::status::*;
use crate::oms::{
    ExecutionReport, MAX_LEVELS, MarketTop, OmsConfig, OmsError, OrderAction, OrderManager, OrderRequest,
    ReportOutcome, WantedQuotes,
};
use crate::types::{OrderId, Price, Quantity, SignedQuantity, Timestamp};

/// Working orders of one instrument, and the decision what to send.
pub struct mm_order_manager_t {
    _opaque: [u8; 0],
}

/// The manager, and room for what it may send at once.
pub(super) struct Orders {
    pub(super) manager: OrderManager,
    pub(super) scratch: Box<[OrderAction]>,
}

impl Noun for mm_order_manager_t {
    type Value = Orders;
    const NAME: &'static str = "mm_order_manager_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-order");
}

impl From<OmsError> for Failure {
    fn from(error: OmsError) -> Self {
        let status = match error {
            OmsError::Risk(reject) => return reject.into(),
            OmsError::UnknownOrder(_) => MM_E_NOT_FOUND,
            OmsError::FinishedOrder(_) => MM_E_ORDER_FINISHED,
            OmsError::WrongState { .. } => MM_E_ORDER_STATE,
            OmsError::Inconsistent { .. } => MM_E_REPORT_INCONSISTENT,
            OmsError::DuplicateFill(_) => MM_E_DUPLICATE,
            OmsError::WrongInstrument => MM_E_WRONG_INSTRUMENT,
            OmsError::BadReport => MM_E_BAD_REPORT,
            OmsError::Full { .. } => MM_E_FULL,
            OmsError::ActionBufferFull { .. } => MM_E_BUFFER_TOO_SMALL,
            OmsError::BadQuote => MM_E_BAD_QUOTE,
            OmsError::CrossedQuotes => MM_E_CROSSED_QUOTES,
            OmsError::QuantityOutOfRange => MM_E_QUANTITY_RANGE,
            OmsError::IdsExhausted => MM_E_IDS_EXHAUSTED,
            OmsError::BadConfig(_) => MM_E_INVALID_ARGUMENT,
        };
        Self::new(status, format_args!("{error}"))
    }
}

/// Makes a manager without orders.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a capacity or first sequence out of range.
///
/// # Safety
/// `config` points to an initialised config; `manager` is writable. Free the handle with `mm_order_manager_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_create(
    config: *const mm_order_manager_config_t,
    manager: *mut *mut mm_order_manager_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(manager, "manager") }?;
        // SAFETY: by this function's contract.
        let config = OmsConfig::try_from(&unsafe { config::read(config) }?)?;
        let manager = OrderManager::new(&config)?;
        let room = (config.capacity as usize + 1).max(2 * MAX_LEVELS);
        out.set(create(Orders { manager, scratch: vec![OrderAction::EMPTY; room].into_boxed_slice() }));
        Ok(MM_OK)
    })
}

/// Frees a manager. Null is fine.
///
/// # Safety
/// `manager` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_destroy(manager: *mut mm_order_manager_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(manager) }
}

/// Compares what is wanted with what works and writes the messages that close the gap; `count` gets how many.
/// `decision` may be null. At most one action per level and side, so that room for 8 always is enough. Refusals by the
/// gate are no errors here. While the gate's switch is on nothing is wanted. Hot path.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL`, `MM_E_BAD_QUOTE`, `MM_E_CROSSED_QUOTES`, `MM_E_IDS_EXHAUSTED`, `MM_E_ENUM`,
/// `MM_E_INVALID_ARGUMENT`. Nothing has changed then.
///
/// # Safety
/// `manager` and `gate` are live handles that no other thread uses; `wanted` and `top` are readable; `actions` is
/// writable for `capacity` elements, `count` is writable, `decision` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_decide(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    wanted: *const mm_wanted_quotes_t,
    top: *const mm_market_top_t,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
    decision: *mut mm_decision_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let wanted = WantedQuotes::try_from(unsafe { args::reference(wanted, "wanted") }?)?;
        // SAFETY: by this function's contract.
        let top = unsafe { args::reference(top, "top") }?;
        let market = MarketTop::try_from(top)?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let decision = unsafe { Out::optional(decision, "decision") }?;
        // The manager itself refuses when the caller's room is too small, before it changes anything.
        let room = capacity.min(orders.scratch.len());
        let done = orders.manager.decide(
            &wanted,
            &market,
            SignedQuantity(top.position),
            Timestamp(top.timestamp),
            gate,
            &mut orders.scratch[..room],
        )?;
        count.set(args::fill(out, orders.scratch[..done.actions].iter().map(mm_order_action_t::from)));
        if let Some(decision) = decision {
            decision.set(mm_decision_t {
                refused: done.refused,
                held: done.held,
                last_refusal: done.last_refusal.map_or(MM_OK, |reject| status_of(reject.reason)),
                reserved: 0,
            });
        }
        Ok(MM_OK)
    })
}

/// Makes an order of the host's own and the action that places it. Decisions count it in the exposure and leave it
/// alone. Hot path, O(1).
///
/// # Errors
/// `MM_E_FULL`, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_RISK_*`, `MM_E_ENUM`. No order has been made then.
///
/// # Safety
/// `manager` and `gate` are live handles that no other thread uses; `request` and `top` are readable; `action` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_place(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    request: *const mm_order_request_t,
    top: *const mm_market_top_t,
    action: *mut mm_order_action_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let request = unsafe { args::reference(request, "request") }?;
        // SAFETY: by this function's contract.
        let top = unsafe { args::reference(top, "top") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(action, "action") }?;
        let placed = orders.manager.place(
            event::side(request.side)?,
            Price(request.price),
            Quantity(request.quantity),
            event::flag(request.post_only, "post_only")?,
            SignedQuantity(top.position),
            MarketTop::try_from(top)?.reference,
            Timestamp(top.timestamp),
            gate,
        )?;
        out.set((&placed).into());
        Ok(MM_OK)
    })
}

/// The action that replaces an acknowledged order by one with the request's price and quantity. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE` while it is not acknowledged or another request is under
/// way, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_RISK_*`. The order is as it was then.
///
/// # Safety
/// As for `mm_order_manager_place`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_replace(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    order_id: u64,
    request: *const mm_order_request_t,
    top: *const mm_market_top_t,
    action: *mut mm_order_action_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let request = unsafe { args::reference(request, "request") }?;
        // SAFETY: by this function's contract.
        let top = unsafe { args::reference(top, "top") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(action, "action") }?;
        let replaced = orders.manager.replace(
            OrderId(order_id),
            Price(request.price),
            Quantity(request.quantity),
            event::flag(request.post_only, "post_only")?,
            SignedQuantity(top.position),
            MarketTop::try_from(top)?.reference,
            Timestamp(top.timestamp),
            gate,
        )?;
        out.set((&replaced).into());
        Ok(MM_OK)
    })
}

/// The action that cancels an order at `timestamp` ns. Never refused by the risk gate. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE` while a cancel or replacement is under way.
///
/// # Safety
/// `manager` and `gate` are live handles that no other thread uses; `action` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_cancel(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    order_id: u64,
    timestamp: u64,
    action: *mut mm_order_action_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(action, "action") }?;
        out.set((&orders.manager.cancel(OrderId(order_id), Timestamp(timestamp), gate)?).into());
        Ok(MM_OK)
    })
}

/// Cancels every order that has no request under way; `count` gets the number of actions. O(capacity of the manager).
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there is less room than there are orders; nothing has changed then.
///
/// # Safety
/// `manager` and `gate` are live handles that no other thread uses; `actions` is writable for `capacity` elements and
/// `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_cancel_all(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    timestamp: u64,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let room = capacity.min(orders.scratch.len());
        let done = orders.manager.cancel_all(Timestamp(timestamp), gate, &mut orders.scratch[..room])?;
        count.set(args::fill(out, orders.scratch[..done].iter().map(mm_order_action_t::from)));
        Ok(MM_OK)
    })
}

/// As `mm_order_manager_place`, and does with own orders that it would meet what the gate's `self_trade` says: what
/// gives way is cancelled or made smaller by the actions before it. `submission` may be null. Room for one action more than there
/// are working orders is always enough. A refusal by the gate is no error here. O(orders), hot path.
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL`, `MM_E_FULL`, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_ENUM`. Nothing has been sent then.
///
/// # Safety
/// `manager` and `gate` are live handles that no other thread uses; `request` and `top` are readable; `actions` is writable
/// for `capacity` elements, `count` is writable, `submission` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_submit(
    manager: *mut mm_order_manager_t,
    gate: *mut mm_risk_gate_t,
    request: *const mm_order_request_t,
    top: *const mm_market_top_t,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
    submission: *mut mm_submission_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    let access = (unsafe { Exclusive::new(manager) }, unsafe { Exclusive::new(gate) });
    guard(access, |(orders, gate)| {
        // SAFETY: by this function's contract.
        let request = unsafe { args::reference(request, "request") }?;
        // SAFETY: by this function's contract.
        let top = unsafe { args::reference(top, "top") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let submission = unsafe { Out::optional(submission, "submission") }?;
        let request = OrderRequest {
            side: event::side(request.side)?,
            price: Price(request.price),
            quantity: Quantity(request.quantity),
            post_only: event::flag(request.post_only, "post_only")?,
        };
        let room = capacity.min(orders.scratch.len());
        let done = orders.manager.submit(
            &request,
            SignedQuantity(top.position),
            MarketTop::try_from(top)?.reference,
            Timestamp(top.timestamp),
            gate,
            &mut orders.scratch[..room],
        )?;
        count.set(args::fill(out, orders.scratch[..done.actions].iter().map(mm_order_action_t::from)));
        if let Some(submission) = submission {
            submission.set(mm_submission_t {
                sent: done.sent.0,
                refusal: done.refused.map_or(MM_OK, |reject| status_of(reject.reason)),
                reserved: 0,
            });
        }
        Ok(MM_OK)
    })
}

/// Follows one report of the venue. `order` (the order after it; forgotten by the manager when its state is final) and
/// `filled` (lots that the report filled) may be null. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE`, `MM_E_REPORT_INCONSISTENT`, `MM_E_WRONG_INSTRUMENT`,
/// `MM_E_BAD_REPORT`, `MM_E_DUPLICATE` for a fill that has been counted, `MM_E_ENUM`. Nothing has changed then.
///
/// Reports may come late, twice or out of order where fills have ids and refusals say what they refuse: see
/// `new_order_id` of the report.
///
/// # Safety
/// `manager` is a live handle that no other thread uses; `report` is readable; `order` and `filled` are null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_on_report(
    manager: *mut mm_order_manager_t,
    report: *const mm_execution_report_t,
    order: *mut mm_order_t,
    filled: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let report = ExecutionReport::try_from(unsafe { args::reference(report, "report") }?)?;
        // SAFETY: by this function's contract.
        let order = unsafe { Out::optional(order, "order") }?;
        // SAFETY: by this function's contract.
        let filled = unsafe { Out::optional(filled, "filled") }?;
        let ReportOutcome { order: after, filled: lots } = orders.manager.on_report(&report)?;
        if let Some(order) = order {
            order.set((&after).into());
        }
        if let Some(filled) = filled {
            filled.set(lots.0);
        }
        Ok(MM_OK)
    })
}
