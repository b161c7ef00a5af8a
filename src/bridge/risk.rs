//! `mm::cxx::risk_gate`: the pre-trade gate.

use super::guarded::{attempt, verdict};
use super::mirror::Blank;
use super::{Error, Guarded};
use crate::ffi::risk::{mm_exposure_t, mm_order_intent_t, mm_risk_config_t, mm_risk_counters_t, status_of};
use crate::ffi::risk_control::{check_of, mm_instrument_rules_t, mm_risk_latches_t, state_of};
use crate::ffi::risk_feed::{mm_risk_account_t, mm_risk_fill_t, mm_risk_market_t, mm_risk_order_t};
use crate::ffi::status::MM_OK;
use crate::risk::{self as core, Stance};
use crate::types::{InstrumentId, Money, Timestamp};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        include!("market-maker/src/bridge/risk_config.rs.h");
        #[cxx_name = "risk_config"]
        type RiskConfig = crate::bridge::risk_config::RiskConfig;
    }

    /// What the gate may do.
    #[cxx_name = "trading_state"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum TradingState {
        #[cxx_name = "active"]
        Active = 0,
        #[cxx_name = "reduce_only"]
        ReduceOnly = 1,
        #[cxx_name = "halted"]
        Halted = 2,
    }

    /// What of an instrument may be traded.
    #[cxx_name = "restriction"]
    #[derive(Debug, Hash)]
    #[repr(u8)]
    enum Restriction {
        #[cxx_name = "none"]
        None = 0,
        #[cxx_name = "reduce_only"]
        ReduceOnly = 1,
        #[cxx_name = "restricted"]
        Restricted = 2,
    }

    /// An order that wants out.
    #[cxx_name = "order_intent"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct OrderIntent {
        /// Time of the event that caused it, ns.
        timestamp: u64,
        /// Price, ticks.
        price: i64,
        /// Quantity, lots.
        quantity: u64,
        /// Open quantity of the order that it replaces, 0 for a new order.
        replaces: u64,
        /// Its side.
        side: Side,
    }

    /// What an order is measured against.
    #[cxx_name = "exposure"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Exposure {
        /// Lots held; negative is short.
        position: i64,
        /// Lots of working buy orders, in their worst case.
        working_buy: u64,
        /// Lots of working sell orders, in their worst case.
        working_sell: u64,
        /// The price that collars measure from, usually the mid, ticks; used if has_reference is true.
        reference: i64,
        /// Whether there is a reference price.
        has_reference: bool,
    }

    /// An order that wants out, and what it is measured against: everything that the checks look at.
    #[cxx_name = "risk_order"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskOrder {
        /// Time of the event that caused it, ns.
        timestamp: u64,
        /// The id that it would have; 0 for none, which no check of ids looks at.
        order_id: u64,
        /// Price, ticks.
        price: i64,
        /// Quantity, lots.
        quantity: u64,
        /// Open quantity of the order that it replaces, 0 for a new order.
        replaces: u64,
        /// Lots held of its instrument; negative is short.
        position: i64,
        /// Lots of working buy orders of the instrument, in their worst case.
        working_buy: u64,
        /// Lots of working sell orders of the instrument, in their worst case.
        working_sell: u64,
        /// The price that collars measure from, ticks; used if has_reference is true.
        reference: i64,
        /// The best working buy order, ticks, those being cancelled left out; used if has_own_bid is true.
        own_bid: i64,
        /// The best working sell order, ticks; used if has_own_ask is true.
        own_ask: i64,
        /// How many orders of the instrument work.
        working_orders: u32,
        /// The instrument.
        instrument: u32,
        /// Its side.
        side: Side,
        /// Whether it must not trade on arrival.
        post_only: bool,
        /// Whether there is one.
        has_reference: bool,
        /// Whether there is one.
        has_own_bid: bool,
        /// Whether there is one.
        has_own_ask: bool,
    }

    /// The best prices of an instrument.
    #[cxx_name = "risk_market"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskMarket {
        /// When, ns.
        timestamp: u64,
        /// Best bid, ticks; used if has_bid is true.
        bid: i64,
        /// Best ask, ticks; used if has_ask is true.
        ask: i64,
        /// The instrument.
        instrument: u32,
        /// Whether there is one.
        has_bid: bool,
        /// Whether there is one.
        has_ask: bool,
    }

    /// A fill, for the checks that count them.
    #[cxx_name = "risk_fill"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskFill {
        /// When, ns.
        timestamp: u64,
        /// The price, ticks.
        price: i64,
        /// Lots.
        quantity: u64,
        /// Profit that it realised after its fee, account units; used if has_realised is true.
        realised: i64,
        /// The instrument.
        instrument: u32,
        /// Its side.
        side: Side,
        /// Whether it reduced a position.
        has_realised: bool,
    }

    /// The account's profit since it began, account units.
    #[cxx_name = "risk_account"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskAccount {
        /// When, ns.
        timestamp: u64,
        /// Profit of reductions before fees.
        realised: i64,
        /// Profit of the open lots at the mark.
        unrealised: i64,
        /// Fees paid less rebates received.
        fees: i64,
    }

    /// What one instrument allows, and what it is worth.
    #[cxx_name = "instrument_rules"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct InstrumentRules {
        /// Quantities are multiples of so many lots, at least 1.
        quantity_increment: u64,
        /// Account units in one tick x lot, at least 1.
        unit_value: i64,
        /// Prices are multiples of so many ticks, at least 1.
        price_increment: u32,
        /// What may be traded.
        restriction: Restriction,
    }

    /// A gate's latches and kill switch, to be stored and given to the gate of the next life.
    #[cxx_name = "risk_latches"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskLatches {
        /// Changes of latches and switch so far: store them when it has moved.
        sequence: u64,
        /// Bit n: the check of MM_E_RISK_* number -201 - n has latched.
        latched: u64,
        /// 1 while the kill switch is on, else 0.
        killed: u64,
        /// When the last one latched, ns.
        timestamp: u64,
        /// -200 - MM_E_RISK_* of the last one, else 0.
        reason: u64,
        /// What it measured.
        observed: i64,
        /// What was allowed.
        limit: i64,
    }

    /// How often the gate was asked and what it answered.
    #[cxx_name = "risk_counters"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskCounters {
        /// Orders checked.
        evaluated: u64,
        /// Orders refused, by reason: refused[-200 - status], e.g. [3] for MM_E_RISK_ORDER_QUANTITY. The reasons from
        /// MM_E_RISK_MIN_QUANTITY on do not fit: mm_risk_coverage has all of them.
        refused: [u64; 16],
    }

    /// What a gate would say of any order of an instrument.
    #[cxx_name = "risk_stance"]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct RiskStance {
        /// 0 when it depends on the order, else the MM_E_RISK_* for which quotes are to be withdrawn.
        reason: i32,
        /// Orders that reduce the position may pass all the same.
        reduce_only: bool,
    }

    /// Value at risk and expected shortfall.
    #[cxx_name = "tail_risk"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct TailRisk {
        /// Account units.
        value_at_risk: f64,
        /// Account units.
        expected_shortfall: f64,
    }

    extern "Rust" {
        /// The pre-trade gate: every order passes it or is refused with a typed reason. One owner; a call that throws has changed
        /// nothing. A refusal is no exception: it is the business of a gate.
        #[cxx_name = "risk_gate"]
        #[derive(ExternType)]
        type RiskGate;

        /// No limit anywhere.
        #[Self = "RiskGate"]
        fn defaults() -> RiskConfig;
        /// A gate, its message bucket full and its switch off.
        #[Self = "RiskGate"]
        fn create(config: &RiskConfig) -> Result<Box<RiskGate>>;
        /// 0, or the MM_E_RISK_* of the first failed check; counted either way. last_error_message() says what was measured.
        fn check(self: &mut RiskGate, order: &OrderIntent, exposure: &Exposure) -> i32;
        /// The same with everything that the checks look at.
        fn check_order(self: &mut RiskGate, order: &RiskOrder) -> i32;
        /// The same for a price (ticks) and a quantity (lots) that are doubles.
        fn check_decimal(self: &mut RiskGate, order: &RiskOrder, price: f64, quantity: f64) -> i32;
        /// What it would say of any order of the instrument now. Counts nothing.
        fn stance(self: &mut RiskGate, instrument: u32, timestamp: u64) -> Result<RiskStance>;

        fn set_config(self: &mut RiskGate, config: &RiskConfig) -> Result<()>;
        /// Rules of an instrument's own, and a line in the gate's table.
        fn set_rules(self: &mut RiskGate, instrument: u32, rules: &InstrumentRules) -> Result<()>;
        /// Switches a check, named by its MM_E_RISK_*, on or off.
        fn set_enabled(self: &mut RiskGate, check: i32, on: bool) -> Result<()>;
        fn set_state(self: &mut RiskGate, state: TradingState, timestamp: u64) -> Result<()>;
        /// The daily loss is measured from the equity as it is, and orders and fills are counted from 0.
        fn new_day(self: &mut RiskGate, timestamp: u64) -> Result<()>;
        /// Equity at the day's start and at its peak, for an account that goes on after a restart.
        fn set_baseline(self: &mut RiskGate, day_start: i64, peak: i64) -> Result<()>;

        fn on_market(self: &mut RiskGate, market: &RiskMarket) -> Result<()>;
        fn on_data(self: &mut RiskGate, instrument: u32, timestamp: u64) -> Result<()>;
        fn on_sequence(self: &mut RiskGate, instrument: u32, sequence: u64, timestamp: u64) -> Result<()>;
        fn on_recovered(self: &mut RiskGate, instrument: u32, sequence: u64, timestamp: u64) -> Result<()>;
        /// What an instrument's position and working orders are now.
        fn observe(self: &mut RiskGate, order: &RiskOrder) -> Result<()>;
        /// One of our orders traded; each fill once.
        fn on_fill(self: &mut RiskGate, fill: &RiskFill) -> Result<()>;
        fn on_account(self: &mut RiskGate, account: &RiskAccount) -> Result<()>;
        fn on_volatility(self: &mut RiskGate, instrument: u32, volatility: f64) -> Result<()>;
        fn on_return(self: &mut RiskGate, instrument: u32, value: f64) -> Result<()>;
        /// Measures the tail of the positions at their marks; for a timer.
        fn update_tail_risk(self: &mut RiskGate, timestamp: u64) -> Result<TailRisk>;
        fn on_reconciliation(self: &mut RiskGate, breaks: u32, timestamp: u64) -> Result<()>;
        fn advance(self: &mut RiskGate, timestamp: u64) -> Result<()>;
        fn note_cancel(self: &mut RiskGate, timestamp: u64) -> Result<()>;

        /// To be stored when its sequence has moved.
        fn latches(self: &RiskGate) -> Result<RiskLatches>;
        /// What a reset must show; 0 while nothing is latched.
        fn latch_token(self: &RiskGate) -> Result<u64>;
        /// Takes over what was stored; opens nothing.
        fn restore(self: &mut RiskGate, stored: &RiskLatches) -> Result<()>;
        /// Opens every latch: with the token of the latches as they are, and a reason of 1 to 32 bytes.
        fn reset(self: &mut RiskGate, token: u64, reason: &str, timestamp: u64) -> Result<()>;
        fn counters(self: &RiskGate) -> Result<RiskCounters>;
    }
}

use face::{
    Exposure, InstrumentRules, OrderIntent, Restriction, RiskAccount, RiskConfig, RiskFill, RiskMarket,
    RiskOrder, RiskStance, TailRisk,
};
pub(super) use face::{RiskCounters, RiskLatches, TradingState};

numbered!(Restriction: u8);
blank_by_default!(
    mm_order_intent_t,
    mm_exposure_t,
    mm_risk_order_t,
    mm_risk_market_t,
    mm_risk_fill_t,
    mm_risk_account_t,
    mm_instrument_rules_t,
    mm_risk_latches_t,
);
mirror!(OrderIntent => mm_order_intent_t { timestamp, price, quantity, replaces } numbers { side });
mirror!(Exposure => mm_exposure_t {
    position, working_buy, working_sell, reference
} flags { has_reference });
mirror!(RiskOrder => mm_risk_order_t {
    timestamp, order_id, price, quantity, replaces, position, working_buy, working_sell, reference, own_bid,
    own_ask, working_orders, instrument
} flags { post_only, has_reference, has_own_bid, has_own_ask } numbers { side });
mirror!(RiskMarket => mm_risk_market_t { timestamp, bid, ask, instrument } flags { has_bid, has_ask });
mirror!(RiskFill => mm_risk_fill_t {
    timestamp, price, quantity, realised, instrument
} flags { has_realised } numbers { side });
mirror!(RiskAccount => mm_risk_account_t { timestamp, realised, unrealised, fees });
mirror!(InstrumentRules => mm_instrument_rules_t {
    quantity_increment, unit_value, price_increment
} numbers { restriction });
mirror!(RiskLatches => mm_risk_latches_t { sequence, latched, killed, timestamp, reason, observed, limit });
shown!(RiskCounters => mm_risk_counters_t { evaluated, refused });

/// The gate.
pub(super) struct RiskGate(Guarded<core::RiskGate>);

impl RiskGate {
    fn defaults() -> RiskConfig {
        mm_risk_config_t::blank().into()
    }

    fn create(config: &RiskConfig) -> Result<Box<Self>, Error> {
        attempt(|| {
            let config = core::RiskConfig::try_from(&mm_risk_config_t::from(config))?;
            Ok(Box::new(Self(Guarded::new(core::RiskGate::new(&config)?))))
        })
    }

    /// The core's gate, to be changed.
    pub(super) const fn inner(&mut self) -> &mut Guarded<core::RiskGate> {
        &mut self.0
    }

    /// The core's gate, to be looked at.
    pub(super) const fn view(&self) -> &Guarded<core::RiskGate> {
        &self.0
    }

    fn check(&mut self, order: &OrderIntent, exposure: &Exposure) -> i32 {
        verdict(self.0.try_change(|gate| {
            let order = core::OrderIntent::try_from(&mm_order_intent_t::from(order))?;
            let exposure = core::Exposure::try_from(&mm_exposure_t::from(exposure))?;
            Ok(gate.check(&order, &exposure)?)
        }))
    }

    fn check_order(&mut self, order: &RiskOrder) -> i32 {
        verdict(self.0.try_change(|gate| {
            let (order, exposure) = mm_risk_order_t::from(order).parts()?;
            Ok(gate.check(&order, &exposure)?)
        }))
    }

    fn check_decimal(&mut self, order: &RiskOrder, price: f64, quantity: f64) -> i32 {
        verdict(self.0.try_change(|gate| {
            let (order, exposure) = mm_risk_order_t::from(order).parts()?;
            gate.check_decimal(&order, price, quantity, &exposure)?;
            Ok(())
        }))
    }

    fn stance(&mut self, instrument: u32, timestamp: u64) -> Result<RiskStance, Error> {
        self.0.change(|gate| {
            let (reason, reduce_only) = match gate.stance(InstrumentId(instrument), Timestamp(timestamp)) {
                Stance::Open => (MM_OK, false),
                Stance::ReduceOnly(why) => (status_of(why.reason), true),
                Stance::Closed(why) => (status_of(why.reason), false),
            };
            Ok(RiskStance { reason, reduce_only })
        })
    }

    fn set_config(&mut self, config: &RiskConfig) -> Result<(), Error> {
        self.0.change(|gate| {
            Ok(gate.set_config(&core::RiskConfig::try_from(&mm_risk_config_t::from(config))?)?)
        })
    }

    fn set_rules(&mut self, instrument: u32, rules: &InstrumentRules) -> Result<(), Error> {
        self.0.change(|gate| {
            let rules = core::InstrumentRules::try_from(&mm_instrument_rules_t::from(rules))?;
            Ok(gate.set_rules(InstrumentId(instrument), &rules)?)
        })
    }

    fn set_enabled(&mut self, check: i32, on: bool) -> Result<(), Error> {
        self.0.change(|gate| Ok(gate.set_enabled(check_of(check)?, on)?))
    }

    fn set_state(&mut self, state: TradingState, timestamp: u64) -> Result<(), Error> {
        let state = state_of(state.repr)?;
        self.tell(|gate| gate.set_state(state, Timestamp(timestamp)))
    }

    fn new_day(&mut self, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.new_day(Timestamp(timestamp)))
    }

    fn set_baseline(&mut self, day_start: i64, peak: i64) -> Result<(), Error> {
        self.tell(|gate| gate.set_baseline(Money(day_start), Money(peak)))
    }

    fn on_market(&mut self, market: &RiskMarket) -> Result<(), Error> {
        let market = (&mm_risk_market_t::from(market)).try_into()?;
        self.tell(|gate| gate.on_market(&market))
    }

    fn on_data(&mut self, instrument: u32, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.on_data(InstrumentId(instrument), Timestamp(timestamp)))
    }

    fn on_sequence(&mut self, instrument: u32, sequence: u64, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.on_sequence(InstrumentId(instrument), sequence, Timestamp(timestamp)))
    }

    fn on_recovered(&mut self, instrument: u32, sequence: u64, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.on_recovered(InstrumentId(instrument), sequence, Timestamp(timestamp)))
    }

    fn observe(&mut self, order: &RiskOrder) -> Result<(), Error> {
        let (order, exposure) = mm_risk_order_t::from(order).parts()?;
        self.tell(|gate| gate.observe(order.instrument, &exposure))
    }

    fn on_fill(&mut self, fill: &RiskFill) -> Result<(), Error> {
        let fill = (&mm_risk_fill_t::from(fill)).try_into()?;
        self.tell(|gate| gate.on_fill(&fill))
    }

    fn on_account(&mut self, account: &RiskAccount) -> Result<(), Error> {
        self.tell(|gate| gate.on_account(&(&mm_risk_account_t::from(account)).into()))
    }

    fn on_volatility(&mut self, instrument: u32, volatility: f64) -> Result<(), Error> {
        self.0.change(|gate| Ok(gate.on_volatility(InstrumentId(instrument), volatility)?))
    }

    fn on_return(&mut self, instrument: u32, value: f64) -> Result<(), Error> {
        self.0.change(|gate| Ok(gate.on_return(InstrumentId(instrument), value)?))
    }

    fn update_tail_risk(&mut self, timestamp: u64) -> Result<TailRisk, Error> {
        self.0.change(|gate| {
            let tail = gate.update_tail_risk(Timestamp(timestamp));
            Ok(TailRisk { value_at_risk: tail.value_at_risk, expected_shortfall: tail.expected_shortfall })
        })
    }

    fn on_reconciliation(&mut self, breaks: u32, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.on_reconciliation(breaks, Timestamp(timestamp)))
    }

    fn advance(&mut self, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.advance(Timestamp(timestamp)))
    }

    fn note_cancel(&mut self, timestamp: u64) -> Result<(), Error> {
        self.tell(|gate| gate.note_cancel(Timestamp(timestamp)))
    }

    fn latches(&self) -> Result<RiskLatches, Error> {
        self.0.read(|gate| Ok(mm_risk_latches_t::from(gate.latches()).into()))
    }

    fn latch_token(&self) -> Result<u64, Error> {
        self.0.read(|gate| Ok(gate.latches().token()))
    }

    fn restore(&mut self, stored: &RiskLatches) -> Result<(), Error> {
        self.0.change(|gate| Ok(gate.restore(&(&mm_risk_latches_t::from(stored)).into())?))
    }

    fn reset(&mut self, token: u64, reason: &str, timestamp: u64) -> Result<(), Error> {
        self.0.change(|gate| {
            gate.reset(token, reason, Timestamp(timestamp))?;
            Ok(())
        })
    }

    fn counters(&self) -> Result<RiskCounters, Error> {
        self.0.read(|gate| Ok(mm_risk_counters_t::from(gate.counters()).into()))
    }

    /// Tells the gate what it only takes note of.
    fn tell(&mut self, body: impl FnOnce(&mut core::RiskGate)) -> Result<(), Error> {
        self.0.change(|gate| {
            body(gate);
            Ok(())
        })
    }
}
