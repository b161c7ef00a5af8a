//! Own orders: `mm_order_manager_t`, and the actions and reports that pass between host and venue.

use super::args::{self, Out};
use super::config::{self, Config};
use super::event;
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::risk::mm_risk_gate_t;
use super::status::*;
use crate::oms::{
    ExecutionKind, ExecutionReport, MAX_LEVELS, MarketTop, OmsConfig, OmsError, OrderAction, OrderManager,
    ReplaceMode, ReportOutcome, RequoteRule, WantedQuote, WantedQuotes, WorkingOrder,
};
use crate::types::{InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp};

/// A new order `order_id`.
pub const MM_ACTION_PLACE: u8 = 1;
/// Cancel what is left of `order_id`.
pub const MM_ACTION_CANCEL: u8 = 2;
/// Cancel what is left of `order_id` and put `new_order_id` in its place, as one request.
pub const MM_ACTION_REPLACE: u8 = 3;

/// The order works with `leaves` lots.
pub const MM_EXECUTION_ACCEPTED: u8 = 1;
/// The order was refused and never worked. For a replacement id: only the replacement was refused.
pub const MM_EXECUTION_REJECTED: u8 = 2;
/// `quantity` lots traded at `price`; `leaves` are left.
pub const MM_EXECUTION_FILLED: u8 = 3;
/// The order is gone, whoever asked for it.
pub const MM_EXECUTION_CANCELLED: u8 = 4;
/// `new_order_id` works with `leaves` lots in place of `order_id`.
pub const MM_EXECUTION_REPLACED: u8 = 5;
/// The cancel or replacement of `order_id` was refused; the order goes on as it was.
pub const MM_EXECUTION_CANCEL_REJECTED: u8 = 6;

/// Sent, not answered.
pub const MM_ORDER_PENDING_NEW: u8 = 1;
/// Works in full.
pub const MM_ORDER_LIVE: u8 = 2;
/// Works with what is left after fills.
pub const MM_ORDER_PARTIALLY_FILLED: u8 = 3;
/// Its cancel is under way; it may still trade.
pub const MM_ORDER_PENDING_CANCEL: u8 = 4;
/// Its replacement is under way; it may still trade.
pub const MM_ORDER_PENDING_REPLACE: u8 = 5;
/// Traded in full. Final.
pub const MM_ORDER_FILLED: u8 = 6;
/// Gone with lots left. Final.
pub const MM_ORDER_CANCELLED: u8 = 7;
/// Never worked. Final.
pub const MM_ORDER_REJECTED: u8 = 8;

/// Move an order when its price is off by more than `requote_distance` ticks.
pub const MM_REQUOTE_TICKS: u8 = 0;
/// Move an order when its price is off by more than `requote_distance` basis points.
pub const MM_REQUOTE_BPS: u8 = 1;

/// Orders are moved by one replace.
pub const MM_REPLACE_ATOMIC: u8 = 0;
/// Orders are moved by a cancel, and a new order once the venue has confirmed it.
pub const MM_REPLACE_CANCEL_FIRST: u8 = 1;

/// Quotes per side that a decision can handle.
pub const MM_MAX_QUOTE_LEVELS: usize = 4;

const _: () = assert!(MM_MAX_QUOTE_LEVELS == MAX_LEVELS);

/// Working orders of one instrument, and the decision what to send.
pub struct mm_order_manager_t {
    _opaque: [u8; 0],
}

/// The manager, and room for what it may send at once.
pub(super) struct Orders {
    manager: OrderManager,
    scratch: Box<[OrderAction]>,
}

impl Noun for mm_order_manager_t {
    type Value = Orders;
    const NAME: &'static str = "mm_order_manager_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-order");
}

/// Settings of an order manager.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_order_manager_config_t {
    /// Set by `mm_order_manager_config_init`.
    pub struct_size: usize,
    /// The first sequence number of client ids, at least 1, the default. A host that restarts goes on from
    /// `mm_order_manager_next_sequence`, so that no id is used twice.
    pub first_sequence: u64,
    /// The instrument of every order. Default 0.
    pub instrument: u32,
    /// Orders that can work at once, 1 to 65536. Default 64.
    pub capacity: u32,
    /// How far a price may be off before the order is moved, in the unit of `requote_unit`. Default 0.
    pub requote_distance: u32,
    /// How far a quantity may be off, basis points of what is wanted. Default 5000.
    pub requote_quantity_bps: u32,
    /// `MM_REQUOTE_*`. Default ticks.
    pub requote_unit: u8,
    /// `MM_REPLACE_*`. Default atomic.
    pub replace_mode: u8,
    /// 1, the default, if quotes must not trade on arrival.
    pub post_only: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

// SAFETY: repr(C), begins with `struct_size`, the fields fill 40 bytes without padding, all integers.
unsafe impl Config for mm_order_manager_config_t {
    const FIRST_SIZE: usize = 40;
    fn defaults() -> Self {
        let defaults = OmsConfig::default();
        let (requote_unit, requote_distance) = match defaults.requote {
            RequoteRule::Ticks(ticks) => (MM_REQUOTE_TICKS, ticks),
            RequoteRule::BasisPoints(bps) => (MM_REQUOTE_BPS, bps),
        };
        Self {
            struct_size: size_of::<Self>(),
            first_sequence: defaults.first_sequence,
            instrument: defaults.instrument.0,
            capacity: defaults.capacity,
            requote_distance,
            requote_quantity_bps: defaults.requote_quantity_bps,
            requote_unit,
            replace_mode: match defaults.replace {
                ReplaceMode::Atomic => MM_REPLACE_ATOMIC,
                ReplaceMode::CancelFirst => MM_REPLACE_CANCEL_FIRST,
            },
            post_only: u8::from(defaults.post_only),
            reserved: [0; 5],
        }
    }
}

const _: () =
    assert!(size_of::<mm_order_manager_config_t>() >= <mm_order_manager_config_t as Config>::FIRST_SIZE);

impl TryFrom<&mm_order_manager_config_t> for OmsConfig {
    type Error = Failure;

    fn try_from(config: &mm_order_manager_config_t) -> Result<Self, Failure> {
        Ok(Self {
            instrument: InstrumentId(config.instrument),
            capacity: config.capacity,
            requote: match config.requote_unit {
                MM_REQUOTE_TICKS => RequoteRule::Ticks(config.requote_distance),
                MM_REQUOTE_BPS => RequoteRule::BasisPoints(config.requote_distance),
                other => {
                    return Err(Failure::new(MM_E_ENUM, format_args!("requote_unit {other} is unknown")));
                }
            },
            requote_quantity_bps: config.requote_quantity_bps,
            replace: match config.replace_mode {
                MM_REPLACE_ATOMIC => ReplaceMode::Atomic,
                MM_REPLACE_CANCEL_FIRST => ReplaceMode::CancelFirst,
                other => {
                    return Err(Failure::new(MM_E_ENUM, format_args!("replace_mode {other} is unknown")));
                }
            },
            post_only: event::flag(config.post_only, "post_only")?,
            first_sequence: config.first_sequence,
        })
    }
}

/// A message for the host to send. 48 bytes.
///
/// The quantity of a replacement is the open quantity wanted at the moment of decision, when the old order had
/// `replaced_quantity` left; what the old order trades until the venue handles it is to be taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_order_action_t {
    /// The client id of the order that is placed, cancelled or replaced.
    pub order_id: u64,
    /// The client id of the replacement, else 0.
    pub new_order_id: u64,
    /// Limit price, ticks; of a cancelled order its own.
    pub price: i64,
    /// Lots wanted; of a cancelled order what is left of it.
    pub quantity: u64,
    /// What the replaced order had left, else 0.
    pub replaced_quantity: u64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_ACTION_*`.
    pub kind: u8,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 when the order must not trade on arrival, else 0.
    pub post_only: u8,
    /// The level of the wanted quotes that it serves, 0 the best; 255 for the host's own orders.
    pub level: u8,
}

impl From<&OrderAction> for mm_order_action_t {
    fn from(action: &OrderAction) -> Self {
        Self {
            order_id: action.order_id.0,
            new_order_id: action.new_order_id.0,
            price: action.price.0,
            quantity: action.quantity.0,
            replaced_quantity: action.replaced_quantity.0,
            instrument: action.instrument.0,
            kind: action.kind as u8,
            side: action.side as u8,
            post_only: action.post_only,
            level: action.level,
        }
    }
}

/// A venue's report on one order. 56 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_execution_report_t {
    /// The client id.
    pub order_id: u64,
    /// The replacement's client id, else 0.
    pub new_order_id: u64,
    /// Price of a fill, ticks.
    pub price: i64,
    /// Lots of a fill.
    pub quantity: u64,
    /// Lots left after the event; repeated and lost fills are found by it.
    pub leaves: u64,
    /// When, by the venue's clock, ns.
    pub timestamp: u64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_EXECUTION_*`.
    pub kind: u8,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 when the fill provided liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: u8,
}

impl From<&ExecutionReport> for mm_execution_report_t {
    fn from(report: &ExecutionReport) -> Self {
        Self {
            order_id: report.order_id.0,
            new_order_id: report.new_order_id.0,
            price: report.price.0,
            quantity: report.quantity.0,
            leaves: report.leaves.0,
            timestamp: report.timestamp.0,
            instrument: report.instrument.0,
            kind: report.kind as u8,
            side: report.side as u8,
            is_maker: report.is_maker,
            reserved: 0,
        }
    }
}

impl TryFrom<&mm_execution_report_t> for ExecutionReport {
    type Error = Failure;

    fn try_from(report: &mm_execution_report_t) -> Result<Self, Failure> {
        let kind = ExecutionKind::from_u8(report.kind).ok_or_else(|| {
            Failure::new(MM_E_ENUM, format_args!("execution kind {} is unknown", report.kind))
        })?;
        Ok(Self {
            order_id: OrderId(report.order_id),
            new_order_id: OrderId(report.new_order_id),
            price: Price(report.price),
            quantity: Quantity(report.quantity),
            leaves: Quantity(report.leaves),
            timestamp: Timestamp(report.timestamp),
            instrument: InstrumentId(report.instrument),
            kind,
            side: event::side(report.side)?,
            is_maker: u8::from(event::flag(report.is_maker, "is_maker")?),
            reserved: 0,
        })
    }
}

/// One wanted quote.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_wanted_quote_t {
    /// Price in ticks, fractions allowed: bids are rounded down and asks up.
    pub price: f64,
    /// Quantity in lots, fractions allowed: rounded down; less than one lot is no quote.
    pub quantity: f64,
}

/// The quotes that are wanted in the market now, best first; an empty side wants no order there.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_wanted_quotes_t {
    /// Bids, of which the first `bid_count` are used.
    pub bids: [mm_wanted_quote_t; 4],
    /// Asks, of which the first `ask_count` are used.
    pub asks: [mm_wanted_quote_t; 4],
    /// At most `MM_MAX_QUOTE_LEVELS`.
    pub bid_count: u32,
    /// At most `MM_MAX_QUOTE_LEVELS`.
    pub ask_count: u32,
}

impl TryFrom<&mm_wanted_quotes_t> for WantedQuotes {
    type Error = Failure;

    fn try_from(wanted: &mm_wanted_quotes_t) -> Result<Self, Failure> {
        let mut quotes = Self::NONE;
        let sides = [
            (Side::Buy, &wanted.bids, wanted.bid_count, "bid_count"),
            (Side::Sell, &wanted.asks, wanted.ask_count, "ask_count"),
        ];
        for (side, levels, count, name) in sides {
            let levels = levels.get(..count as usize).ok_or_else(|| {
                Failure::new(MM_E_INVALID_ARGUMENT, format_args!("{name} is {count}, at most {MAX_LEVELS}"))
            })?;
            for level in levels {
                // Cannot be full: the count was checked.
                let _ = quotes.push(side, WantedQuote { price: level.price, quantity: level.quantity });
            }
        }
        Ok(quotes)
    }
}

/// What a decision needs to know of the market and of the account.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_market_top_t {
    /// Time of the event that causes the decision, ns.
    pub timestamp: u64,
    /// Lots held; negative is short.
    pub position: i64,
    /// Best bid, ticks; used if `has_bid` is 1.
    pub bid: i64,
    /// Best ask, ticks; used if `has_ask` is 1.
    pub ask: i64,
    /// The price that risk collars measure from, ticks; used if `has_reference` is 1, else the mid of bid and ask.
    pub reference: i64,
    /// 1 or 0.
    pub has_bid: u8,
    /// 1 or 0.
    pub has_ask: u8,
    /// 1 or 0.
    pub has_reference: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

impl TryFrom<&mm_market_top_t> for MarketTop {
    type Error = Failure;

    fn try_from(top: &mm_market_top_t) -> Result<Self, Failure> {
        let price =
            |has: u8, price: i64, name| Ok::<_, Failure>(event::flag(has, name)?.then_some(Price(price)));
        let mut market =
            Self::new(price(top.has_bid, top.bid, "has_bid")?, price(top.has_ask, top.ask, "has_ask")?);
        if let Some(reference) = price(top.has_reference, top.reference, "has_reference")? {
            market.reference = Some(reference);
        }
        Ok(market)
    }
}

/// What a decision came to.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_decision_t {
    /// Orders that the risk gate refused.
    pub refused: u32,
    /// Quotes held back for now: no free slot, or the order would have met our own on the other side.
    pub held: u32,
    /// The `MM_E_RISK_*` of the last refusal, else 0.
    pub last_refusal: mm_status_t,
    /// Zero.
    pub reserved: u32,
}

/// An order of the host's own, beside the quotes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_order_request_t {
    /// Limit price, ticks.
    pub price: i64,
    /// Lots.
    pub quantity: u64,
    /// `MM_SIDE_*`; of a replacement it is that of the replaced order, and not read.
    pub side: u8,
    /// 1 when the order must not trade on arrival, else 0.
    pub post_only: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// One order as the manager knows it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_order_t {
    /// Its client id.
    pub order_id: u64,
    /// The id of the replacement under way, or of the order that it took the place of while that is not confirmed;
    /// else 0.
    pub linked_id: u64,
    /// Its price, ticks.
    pub price: i64,
    /// Lots that are left.
    pub remaining: u64,
    /// Lots that it has traded.
    pub filled: u64,
    /// When its last request was sent, ns.
    pub sent: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// `MM_ORDER_*`.
    pub state: u8,
    /// Which wanted quote it serves, 255 for none.
    pub level: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

impl From<&WorkingOrder> for mm_order_t {
    fn from(order: &WorkingOrder) -> Self {
        Self {
            order_id: order.id.0,
            linked_id: order.linked_id.0,
            price: order.price.0,
            remaining: order.remaining.0,
            filled: order.filled.0,
            sent: order.sent.0,
            side: order.side as u8,
            state: order.state as u8,
            level: order.level,
            reserved: [0; 5],
        }
    }
}

impl From<OmsError> for Failure {
    fn from(error: OmsError) -> Self {
        let status = match error {
            OmsError::Risk(reject) => return reject.into(),
            OmsError::UnknownOrder(_) => MM_E_NOT_FOUND,
            OmsError::FinishedOrder(_) => MM_E_ORDER_FINISHED,
            OmsError::WrongState { .. } => MM_E_ORDER_STATE,
            OmsError::Inconsistent { .. } => MM_E_REPORT_INCONSISTENT,
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

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_config_init(
    config: *mut mm_order_manager_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
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
        let room = (config.capacity as usize).max(2 * MAX_LEVELS);
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
                last_refusal: done.last_refusal.map_or(MM_OK, |reject| -200 - i32::from(reject.reason as u8)),
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

/// Follows one report of the venue. `order` (the order after it; forgotten by the manager when its state is final) and
/// `filled` (lots that the report filled) may be null. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE`, `MM_E_REPORT_INCONSISTENT`, `MM_E_WRONG_INSTRUMENT`,
/// `MM_E_BAD_REPORT`, `MM_E_ENUM`. Nothing has changed then.
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

/// A working order by its id or the id of its replacement under way. Hot path, O(1).
///
/// # Errors
/// `MM_E_NOT_FOUND`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `order` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_order(
    manager: *const mm_order_manager_t,
    order_id: u64,
    order: *mut mm_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(order, "order") }?;
        let found =
            orders.manager.order(OrderId(order_id)).ok_or(OmsError::UnknownOrder(OrderId(order_id)))?;
        out.set(found.into());
        Ok(MM_OK)
    })
}

/// The working orders, in no particular order; `count` gets how many. O(capacity of the manager).
///
/// # Errors
/// `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_orders(
    manager: *const mm_order_manager_t,
    orders: *mut mm_order_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |value| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(orders, capacity, "orders") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(value.manager.len(), capacity, "orders")?;
        count.set(args::fill(out, value.manager.orders().map(mm_order_t::from)));
        Ok(MM_OK)
    })
}

/// Lots of one side that can still trade at most, everything under way included. Hot path, O(1).
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `lots` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_working(
    manager: *const mm_order_manager_t,
    side: u8,
    lots: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(lots, "lots") }?;
        out.set(orders.manager.working(event::side(side)?).0);
        Ok(MM_OK)
    })
}

/// The sequence number that the next order's id will have: what a restarted host passes as `first_sequence`.
///
/// # Safety
/// `manager` is a live handle that no other thread changes; `sequence` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_order_manager_next_sequence(
    manager: *const mm_order_manager_t,
    sequence: *mut u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(manager) }, |orders| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(sequence, "sequence") }?.set(orders.manager.next_sequence());
        Ok(MM_OK)
    })
}
