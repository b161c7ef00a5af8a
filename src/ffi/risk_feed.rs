//! What a risk gate is told between orders: market data, fills, profit, volatilities, reconciliations. And the whole order
//! that `mm_risk_gate_check_order` asks about.

use super::args::{self, Out};
use super::event;
use super::guard::{Exclusive, guard};
use super::risk::mm_risk_gate_t;
use super::status::*;
use crate::risk::{AccountUpdate, Exposure, FillUpdate, MarketUpdate, OrderIntent};
use crate::types::{InstrumentId, Money, OrderId, Price, Quantity, SignedQuantity, Timestamp};

/// An order that wants out, and what it is measured against: everything that the checks look at. 112 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_order_t {
    /// Time of the event that caused it, ns.
    pub timestamp: u64,
    /// The id that it would have; 0 for none, which no check of ids looks at.
    pub order_id: u64,
    /// Price, ticks.
    pub price: i64,
    /// Quantity, lots.
    pub quantity: u64,
    /// Open quantity of the order that it replaces, 0 for a new order.
    pub replaces: u64,
    /// Lots held of its instrument; negative is short.
    pub position: i64,
    /// Lots of working buy orders of the instrument, in their worst case.
    pub working_buy: u64,
    /// Lots of working sell orders of the instrument, in their worst case.
    pub working_sell: u64,
    /// The price that collars measure from, ticks; used if `has_reference` is 1.
    pub reference: i64,
    /// The best working buy order, ticks, those being cancelled left out; used if `has_own_bid` is 1.
    pub own_bid: i64,
    /// The best working sell order, ticks; used if `has_own_ask` is 1.
    pub own_ask: i64,
    /// How many orders of the instrument work.
    pub working_orders: u32,
    /// The instrument.
    pub instrument: u32,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 if it must not trade on arrival.
    pub post_only: u8,
    /// 1 or 0.
    pub has_reference: u8,
    /// 1 or 0.
    pub has_own_bid: u8,
    /// 1 or 0.
    pub has_own_ask: u8,
    /// Zero.
    pub reserved: [u8; 11],
}

const _: () = assert!(size_of::<mm_risk_order_t>() == 112);

impl mm_risk_order_t {
    /// The order and its exposure as the gate takes them.
    pub(crate) fn parts(&self) -> Result<(OrderIntent, Exposure), Failure> {
        let price =
            |has: u8, price: i64, name| Ok::<_, Failure>(event::flag(has, name)?.then_some(Price(price)));
        let order = OrderIntent {
            side: event::side(self.side)?,
            price: Price(self.price),
            quantity: Quantity(self.quantity),
            replaces: Quantity(self.replaces),
            timestamp: Timestamp(self.timestamp),
            instrument: InstrumentId(self.instrument),
            order_id: OrderId(self.order_id),
            post_only: event::flag(self.post_only, "post_only")?,
        };
        let exposure = Exposure {
            position: SignedQuantity(self.position),
            working_buy: Quantity(self.working_buy),
            working_sell: Quantity(self.working_sell),
            reference: price(self.has_reference, self.reference, "has_reference")?,
            working_orders: self.working_orders,
            own_bid: price(self.has_own_bid, self.own_bid, "has_own_bid")?,
            own_ask: price(self.has_own_ask, self.own_ask, "has_own_ask")?,
        };
        Ok((order, exposure))
    }
}

/// The best prices of an instrument.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_market_t {
    /// When, ns.
    pub timestamp: u64,
    /// Best bid, ticks; used if `has_bid` is 1.
    pub bid: i64,
    /// Best ask, ticks; used if `has_ask` is 1.
    pub ask: i64,
    /// The instrument.
    pub instrument: u32,
    /// 1 or 0.
    pub has_bid: u8,
    /// 1 or 0.
    pub has_ask: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// A fill, for the checks that count them.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_fill_t {
    /// When, ns.
    pub timestamp: u64,
    /// The price, ticks.
    pub price: i64,
    /// Lots.
    pub quantity: u64,
    /// Profit that it realised after its fee, account units; used if `has_realised` is 1.
    pub realised: i64,
    /// The instrument.
    pub instrument: u32,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// 1 if it reduced a position, else 0.
    pub has_realised: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// The account's profit since it began, account units.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_risk_account_t {
    /// When, ns.
    pub timestamp: u64,
    /// Profit of reductions before fees.
    pub realised: i64,
    /// Profit of the open lots at the mark.
    pub unrealised: i64,
    /// Fees paid less rebates received.
    pub fees: i64,
}

impl TryFrom<&mm_risk_market_t> for MarketUpdate {
    type Error = Failure;

    fn try_from(market: &mm_risk_market_t) -> Result<Self, Failure> {
        let price =
            |has: u8, price: i64, name| Ok::<_, Failure>(event::flag(has, name)?.then_some(Price(price)));
        Ok(Self {
            instrument: InstrumentId(market.instrument),
            timestamp: Timestamp(market.timestamp),
            bid: price(market.has_bid, market.bid, "has_bid")?,
            ask: price(market.has_ask, market.ask, "has_ask")?,
        })
    }
}

impl TryFrom<&mm_risk_fill_t> for FillUpdate {
    type Error = Failure;

    fn try_from(fill: &mm_risk_fill_t) -> Result<Self, Failure> {
        Ok(Self {
            instrument: InstrumentId(fill.instrument),
            timestamp: Timestamp(fill.timestamp),
            side: event::side(fill.side)?,
            price: Price(fill.price),
            quantity: Quantity(fill.quantity),
            realised: event::flag(fill.has_realised, "has_realised")?.then_some(Money(fill.realised)),
        })
    }
}

impl From<&mm_risk_account_t> for AccountUpdate {
    fn from(account: &mm_risk_account_t) -> Self {
        Self {
            timestamp: Timestamp(account.timestamp),
            realised: Money(account.realised),
            unrealised: Money(account.unrealised),
            fees: Money(account.fees),
        }
    }
}

/// Passes or refuses one order with everything that the checks look at, and counts it. A passed order has used one message of
/// the rate and counts as working from now on. Hot path, O(1).
///
/// # Errors
/// The `MM_E_RISK_*` of the first failed check; the message says what was measured against which limit. Nothing but counters and
/// the audit ring has changed then. `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `order` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_check_order(
    gate: *mut mm_risk_gate_t,
    order: *const mm_risk_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let order = unsafe { args::reference(order, "order") }?;
        let (order, exposure) = order.parts()?;
        gate.check(&order, &exposure)?;
        Ok(MM_OK)
    })
}

/// As `mm_risk_gate_check_order` for a price (ticks) and a quantity (lots) that are doubles: what is not finite or no whole number
/// is refused and counted. `order`'s own price and quantity are not read.
///
/// # Errors
/// `MM_E_RISK_INVALID_ORDER`, `MM_E_RISK_OFF_TICK`, `MM_E_RISK_OFF_LOT`, and as for `mm_risk_gate_check_order`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `order` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_check_decimal(
    gate: *mut mm_risk_gate_t,
    order: *const mm_risk_order_t,
    price: f64,
    quantity: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let order = unsafe { args::reference(order, "order") }?;
        let (order, exposure) = order.parts()?;
        gate.check_decimal(&order, price, quantity, &exposure)?;
        Ok(MM_OK)
    })
}

/// The best prices of an instrument have changed or been seen again. Hot path, O(1).
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `market` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_market(
    gate: *mut mm_risk_gate_t,
    market: *const mm_risk_market_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let market = unsafe { args::reference(market, "market") }?;
        gate.on_market(&market.try_into()?);
        Ok(MM_OK)
    })
}

/// Data of an instrument came at `timestamp` ns that changed no best price: they are fresh. Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_data(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_data(InstrumentId(instrument), Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// A numbered message of an instrument's feed came. One that skips a number closes the instrument until
/// `mm_risk_gate_on_recovered`; 0 stands for none. Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_sequence(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    sequence: u64,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_sequence(InstrumentId(instrument), sequence, Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// The instrument's book is whole again, as of `sequence` (0 when its messages have no numbers).
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_recovered(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    sequence: u64,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_recovered(InstrumentId(instrument), sequence, Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// What an instrument's position and working orders are now; of `order` only the instrument and the fields of the exposure are
/// read. A check takes them over too. Hot path.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `order` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_observe(
    gate: *mut mm_risk_gate_t,
    order: *const mm_risk_order_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let order = unsafe { args::reference(order, "order") }?;
        let (order, exposure) = order.parts()?;
        gate.observe(order.instrument, &exposure);
        Ok(MM_OK)
    })
}

/// One of our orders traded; tell each fill once. Hot path.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `fill` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_fill(
    gate: *mut mm_risk_gate_t,
    fill: *const mm_risk_fill_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let fill = unsafe { args::reference(fill, "fill") }?;
        gate.on_fill(&fill.try_into()?);
        Ok(MM_OK)
    })
}

/// The account's profit has changed. Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; `account` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_account(
    gate: *mut mm_risk_gate_t,
    account: *const mm_risk_account_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let account = unsafe { args::reference(account, "account") }?;
        gate.on_account(&account.into());
        Ok(MM_OK)
    })
}

/// The relative volatility of an instrument over one period: 0.02 is 2 %.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for one that is negative or not finite, `MM_E_FULL`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_volatility(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    volatility: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_volatility(InstrumentId(instrument), volatility)?;
        Ok(MM_OK)
    })
}

/// The relative return of an instrument over the latest period. Give every instrument's returns period by period.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for one that is not finite, `MM_E_FULL`.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_return(
    gate: *mut mm_risk_gate_t,
    instrument: u32,
    value: f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_return(InstrumentId(instrument), value)?;
        Ok(MM_OK)
    })
}

/// Measures value at risk and expected shortfall of the positions at their marks; the outputs, account units, may be null.
/// O(instruments x scenarios): for a timer.
///
/// # Safety
/// `gate` is a live handle that no other thread uses; the outputs are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_update_tail_risk(
    gate: *mut mm_risk_gate_t,
    timestamp: u64,
    value_at_risk: *mut f64,
    expected_shortfall: *mut f64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        // SAFETY: by this function's contract.
        let at_risk = unsafe { Out::optional(value_at_risk, "value_at_risk") }?;
        // SAFETY: by this function's contract.
        let shortfall = unsafe { Out::optional(expected_shortfall, "expected_shortfall") }?;
        let tail = gate.update_tail_risk(Timestamp(timestamp));
        if let Some(out) = at_risk {
            out.set(tail.value_at_risk);
        }
        if let Some(out) = shortfall {
            out.set(tail.expected_shortfall);
        }
        Ok(MM_OK)
    })
}

/// A reconciliation with the venue has found so many breaks.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_on_reconciliation(
    gate: *mut mm_risk_gate_t,
    breaks: u32,
    timestamp: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.on_reconciliation(breaks, Timestamp(timestamp));
        Ok(MM_OK)
    })
}

/// Time has passed: pauses that are over end, and silence is noticed. Orders and updates do the same. Hot path.
///
/// # Safety
/// `gate` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_risk_gate_advance(gate: *mut mm_risk_gate_t, timestamp: u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(gate) }, |gate| {
        gate.advance(Timestamp(timestamp));
        Ok(MM_OK)
    })
}
