//! The whole pipeline of one instrument: `mm_engine_t`, market data in, order actions out.

use super::args::{self, Out};
use super::book::mm_book_config_t;
use super::config::{self, Config};
use super::depth::{self, mm_level_t};
use super::event::{self, mm_event_t, mm_instrument_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::order_types::{mm_execution_report_t, mm_order_action_t};
use super::orders::mm_order_manager_config_t;
use super::kill_switch::mm_kill_switch_t;
use super::risk::{mm_risk_config_t, mm_risk_counters_t};
use super::status::*;
use super::strategy::mm_stoikov_config_t;
use crate::book::BookConfig;
use crate::engine::{
    ClockMode, Engine, EngineConfig, EngineError, EngineStats, LatencySummary, ReportEffect, Stage,
};
use crate::features::FeatureConfig;
use crate::oms::{ExecutionReport, OmsConfig, OrderAction};
use crate::risk::RiskConfig;
use crate::strategy::{StoikovConfig, StoikovStrategy};
use crate::types::{Event, Instrument, Money, Timestamp};

/// The engine reads no clock: latencies are those that the host records.
pub const MM_CLOCK_OFF: u8 = 0;
/// The engine reads the monotonic clock at the start and the end of each event.
pub const MM_CLOCK_TOTAL: u8 = 1;
/// The engine reads the monotonic clock between its stages too.
pub const MM_CLOCK_STAGES: u8 = 2;

/// Stage: the event is applied to the book.
pub const MM_STAGE_BOOK: u8 = 0;
/// Stage: volatility, spread and imbalance take the new book in.
pub const MM_STAGE_FEATURES: u8 = 1;
/// Stage: the strategy computes the quotes that it wants.
pub const MM_STAGE_QUOTE: u8 = 2;
/// Stage: wanted quotes become order actions.
pub const MM_STAGE_ORDERS: u8 = 3;
/// All stages, for events after which a quote was computed.
pub const MM_STAGE_TICK_TO_QUOTE: u8 = 4;
/// All stages, for every event.
pub const MM_STAGE_EVENT: u8 = 5;

/// Actions that one event can cause at most.
pub const MM_MAX_ENGINE_ACTIONS: usize = 16;

/// One instrument's pipeline: book, features, strategy, risk gate, order manager, position. One owner thread.
pub struct mm_engine_t {
    _opaque: [u8; 0],
}

/// The engine, and room for what it may send at once.
pub(super) struct Pipeline {
    pub(super) engine: Engine<StoikovStrategy>,
    actions: [OrderAction; MM_MAX_ENGINE_ACTIONS],
}

impl Noun for mm_engine_t {
    type Value = Pipeline;
    const NAME: &'static str = "mm_engine_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-engin");
}

/// What an engine is built from. A null pointer stands for the defaults of that part; each is read only during the create.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_engine_config_t {
    /// Set by `mm_engine_config_init`.
    pub struct_size: usize,
    /// Increments, fees, and the id that orders carry.
    pub instrument: *const mm_instrument_t,
    /// Storage of the book; by level, `max_orders` counts levels.
    pub book: *const mm_book_config_t,
    /// The strategy.
    pub strategy: *const mm_stoikov_config_t,
    /// Pre-trade limits.
    pub risk: *const mm_risk_config_t,
    /// The order manager; its instrument is the engine's.
    pub orders: *const mm_order_manager_config_t,
    /// Half-life of the volatility, seconds. Default 60.
    pub volatility_half_life: f64,
    /// Half-life of the average spread, seconds. Default as the library's features.
    pub spread_half_life: f64,
    /// Half-life of order-flow imbalance and trade flow, seconds.
    pub flow_half_life: f64,
    /// 1 if the feed shows price levels instead of orders. Default 0.
    pub by_level: u8,
    /// `MM_CLOCK_*`. Default off.
    pub clock: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, no padding, numbers and pointers.
unsafe impl Config for mm_engine_config_t {
    const FIRST_SIZE: usize = size_of::<Self>();
    fn defaults() -> Self {
        let features = FeatureConfig::default();
        Self {
            struct_size: size_of::<Self>(),
            instrument: std::ptr::null(),
            book: std::ptr::null(),
            strategy: std::ptr::null(),
            risk: std::ptr::null(),
            orders: std::ptr::null(),
            volatility_half_life: features.volatility_half_life,
            spread_half_life: features.spread_half_life,
            flow_half_life: features.flow_half_life,
            by_level: 0,
            clock: MM_CLOCK_OFF,
            reserved: [0; 6],
        }
    }
}

/// Counters of an engine since its creation. Quantities in lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_engine_stats_t {
    /// Market-data events, refused ones included.
    pub events: u64,
    /// Events that the book refused.
    pub refused_events: u64,
    /// Times that the strategy was asked for quotes.
    pub quotes: u64,
    /// New orders and replacements sent.
    pub orders_sent: u64,
    /// Of these, replacements.
    pub replaces: u64,
    /// Cancels sent.
    pub cancels: u64,
    /// Orders that the venue refused.
    pub venue_rejects: u64,
    /// Orders that the risk gate refused.
    pub risk_refusals: u64,
    /// Fills.
    pub fills: u64,
    /// Of these, fills that provided liquidity.
    pub maker_fills: u64,
    /// Lots filled.
    pub filled_quantity: u64,
    /// Lots of the orders sent.
    pub ordered_quantity: u64,
    /// What the quotes earned against the mid at the moment of their fills, half ticks x lots.
    pub spread_captured_half: i64,
    /// Largest |position|, lots.
    pub max_position: u64,
}

impl From<&EngineStats> for mm_engine_stats_t {
    fn from(stats: &EngineStats) -> Self {
        Self {
            events: stats.events,
            refused_events: stats.refused_events,
            quotes: stats.quotes,
            orders_sent: stats.orders_sent,
            replaces: stats.replaces,
            cancels: stats.cancels,
            venue_rejects: stats.venue_rejects,
            risk_refusals: stats.risk_refusals,
            fills: stats.fills,
            maker_fills: stats.maker_fills,
            filled_quantity: stats.filled_quantity,
            ordered_quantity: stats.ordered_quantity,
            spread_captured_half: stats.spread_captured_half,
            max_position: stats.max_position,
        }
    }
}

/// Position and result of an engine. Money in ticks x lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_engine_account_t {
    /// Lots held; negative is short.
    pub position: i64,
    /// Profit realised, before fees.
    pub realised: i64,
    /// Profit of the open position at `mark`; 0 without a mark.
    pub unrealised: i64,
    /// Fees paid; negative when rebates were more.
    pub fees: i64,
    /// Deepest fall of equity after fees from its peak.
    pub max_drawdown: i64,
    /// The price that the position is marked at, ticks; meaningful if `has_mark` is 1.
    pub mark: i64,
    /// 1 once both sides of the book have been seen.
    pub has_mark: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Percentiles of one stage's latency, ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_latency_t {
    /// How many samples.
    pub count: u64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
}

impl From<LatencySummary> for mm_latency_t {
    fn from(summary: LatencySummary) -> Self {
        Self {
            count: summary.count,
            p50: summary.p50,
            p90: summary.p90,
            p99: summary.p99,
            p999: summary.p999,
            max: summary.max,
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Book(error) => error.into(),
            EngineError::Features(error) => error.into(),
            EngineError::Risk(error) => error.into(),
            EngineError::Orders(error) => error.into(),
            EngineError::Position(error) => error.into(),
            EngineError::Strategy(error) => error.into(),
        }
    }
}

/// A part of the config: its defaults for null.
///
/// # Safety
/// `part` is null or points to an initialised config.
unsafe fn part<C: Config>(part: *const C) -> Result<C, Failure> {
    if part.is_null() {
        return Ok(C::defaults());
    }
    // SAFETY: not null, forwarded.
    unsafe { config::read(part) }
}

fn stage(value: u8) -> Result<Stage, Failure> {
    Stage::from_u8(value).ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("stage {value} is unknown")))
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_config_init(
    config: *mut mm_engine_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Builds an engine and everything it will ever need.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT`; the message names the setting.
///
/// # Safety
/// `config` points to an initialised config whose pointers are null or point to initialised configs; `engine` is writable.
/// Free the handle with `mm_engine_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_create(
    config: *const mm_engine_config_t,
    engine: *mut *mut mm_engine_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(engine, "engine") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        // SAFETY: by this function's contract.
        let instrument = Instrument::try_from(&unsafe { part(config.instrument) }?)?;
        // SAFETY: by this function's contract.
        let book = BookConfig::try_from(&unsafe { part(config.book) }?)?;
        // SAFETY: by this function's contract.
        let strategy = StoikovConfig::try_from(&unsafe { part(config.strategy) }?)?;
        // SAFETY: by this function's contract.
        let risk = RiskConfig::try_from(&unsafe { part(config.risk) }?)?;
        // SAFETY: by this function's contract.
        let orders = OmsConfig::try_from(&unsafe { part(config.orders) }?)?;
        let clock = ClockMode::from_u8(config.clock)
            .ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("clock {} is unknown", config.clock)))?;
        let settings = EngineConfig {
            instrument,
            book,
            by_level: event::flag(config.by_level, "by_level")?,
            features: FeatureConfig {
                volatility_half_life: config.volatility_half_life,
                spread_half_life: config.spread_half_life,
                flow_half_life: config.flow_half_life,
            },
            risk,
            orders,
            clock,
        };
        let engine = Engine::new(&settings, StoikovStrategy::new(&strategy)?)?;
        out.set(create(Pipeline { engine, actions: [OrderAction::EMPTY; MM_MAX_ENGINE_ACTIONS] }));
        Ok(MM_OK)
    })
}

/// Frees an engine. Null is fine. Orders that still work at the venue are the host's to cancel.
///
/// # Safety
/// `engine` is null or a live handle that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_destroy(engine: *mut mm_engine_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(engine) }
}

/// Takes one market-data event; writes the order actions that follow from it, of which there are at most
/// `MM_MAX_ENGINE_ACTIONS`, and `count` gets how many. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_DUPLICATE`, `MM_E_FULL` and the other statuses of `mm_book_apply` when the book refuses the event:
/// book, quotes and orders stay as they were. `MM_E_BUFFER_TOO_SMALL`: the event has been applied, no action was made, and
/// quotes are computed again at the next event. `MM_E_ENUM` for a kind or side without meaning.
///
/// # Safety
/// `engine` is a live handle that no other thread uses; `event` points to an event; `actions` is writable for `capacity`
/// elements and `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_on_event(
    engine: *mut mm_engine_t,
    event: *const mm_event_t,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
        let room = capacity.min(MM_MAX_ENGINE_ACTIONS);
        let made = pipeline.engine.on_event(&event, &mut pipeline.actions[..room])?;
        count.set(args::fill(out, pipeline.actions[..made].iter().map(mm_order_action_t::from)));
        Ok(MM_OK)
    })
}

/// Computes quotes now, whether or not anything changed: after reports between events, or on a timer. `now` in ns.
///
/// # Errors
/// As for `mm_engine_on_event`, but for the book's.
///
/// # Safety
/// As for `mm_engine_on_event`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_refresh(
    engine: *mut mm_engine_t,
    now: u64,
    actions: *mut mm_order_action_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(actions, capacity, "actions") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        let room = capacity.min(MM_MAX_ENGINE_ACTIONS);
        let made = pipeline.engine.refresh(Timestamp(now), &mut pipeline.actions[..room])?;
        count.set(args::fill(out, pipeline.actions[..made].iter().map(mm_order_action_t::from)));
        Ok(MM_OK)
    })
}

/// Takes the venue's word on an own order. Returns `MM_STALE` for an order that is over: nothing changed. Hot path.
///
/// # Errors
/// `MM_E_NOT_FOUND`, `MM_E_ORDER_STATE`, `MM_E_REPORT_INCONSISTENT`, `MM_E_BAD_REPORT`, `MM_E_WRONG_INSTRUMENT` for a report
/// that fits no order, `MM_E_ORDER_FINISHED` for a fill of an order that is over, `MM_E_OVERFLOW` for a fill that the position
/// cannot hold, `MM_E_ENUM`.
///
/// # Safety
/// `engine` is a live handle that no other thread uses; `report` points to a report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_on_report(
    engine: *mut mm_engine_t,
    report: *const mm_execution_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let report = ExecutionReport::try_from(unsafe { args::reference(report, "report") }?)?;
        Ok(match pipeline.engine.on_report(&report)? {
            ReportEffect::Stale => MM_STALE,
            ReportEffect::Order(_) | ReportEffect::Fill { .. } => MM_OK,
        })
    })
}

/// The counters.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `stats` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_stats(
    engine: *const mm_engine_t,
    stats: *mut mm_engine_stats_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(stats, "stats") }?.set(pipeline.engine.stats().into());
        Ok(MM_OK)
    })
}

/// Position and result.
///
/// # Errors
/// `MM_E_OVERFLOW` when the unrealised profit does not fit its integer.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `account` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_account(
    engine: *const mm_engine_t,
    account: *mut mm_engine_account_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(account, "account") }?;
        let engine = &pipeline.engine;
        let position = engine.position();
        let mark = engine.mark();
        out.set(mm_engine_account_t {
            position: position.quantity().0,
            realised: position.realised().0,
            unrealised: mark.map_or(Ok(Money(0)), |mark| position.unrealised(mark))?.0,
            fees: position.fees().0,
            max_drawdown: engine.max_drawdown().0,
            mark: mark.map_or(0, |mark| mark.0),
            has_mark: u8::from(mark.is_some()),
            reserved: [0; 7],
        });
        Ok(MM_OK)
    })
}

/// A hash of everything sent and reported so far, of the book and of the position: two replays of the same data with the
/// same settings give the same number on every machine and from every language. Linear in the book.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `hash` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_state_hash(engine: *const mm_engine_t, hash: *mut u64) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(hash, "hash") }?.set(pipeline.engine.state_hash());
        Ok(MM_OK)
    })
}

/// The best levels of the engine's book, best first; `count` gets how many there were. Hot path.
///
/// # Errors
/// `MM_E_ENUM` for a side without meaning.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `levels` is writable for `capacity` elements, `count` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_levels(
    engine: *const mm_engine_t,
    side: u8,
    levels: *mut mm_level_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { depth::levels(pipeline.engine.book(), side, levels, capacity, count) }
    })
}

/// What the engine's risk gate passed and refused.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `counters` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_risk_counters(
    engine: *const mm_engine_t,
    counters: *mut mm_risk_counters_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(counters, "counters") }?.set(pipeline.engine.risk_counters().into());
        Ok(MM_OK)
    })
}

/// The switch that stops every new order, for any thread. At the next event after it every order is cancelled.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `kill_switch` is writable. Free it with
/// `mm_kill_switch_destroy`; it outlives the engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_kill_switch(
    engine: *const mm_engine_t,
    kill_switch: *mut *mut mm_kill_switch_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(kill_switch, "kill_switch") }?.set(create(pipeline.engine.kill_switch()));
        Ok(MM_OK)
    })
}

/// Percentiles of a stage's latency (`MM_STAGE_*`).
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `engine` is a live handle that no other thread changes; `latency` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_latency(
    engine: *const mm_engine_t,
    stage_number: u8,
    latency: *mut mm_latency_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(engine) }, |pipeline| {
        // SAFETY: by this function's contract.
        unsafe { Out::new(latency, "latency") }?.set(pipeline.engine.latency(stage(stage_number)?).into());
        Ok(MM_OK)
    })
}

/// Adds a latency that the host measured, ns, to a stage's histogram. Hot path.
///
/// # Errors
/// `MM_E_ENUM`.
///
/// # Safety
/// `engine` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_record_latency(
    engine: *mut mm_engine_t,
    stage_number: u8,
    nanoseconds: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        pipeline.engine.record_latency(stage(stage_number)?, nanoseconds);
        Ok(MM_OK)
    })
}
