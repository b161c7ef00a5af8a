//! The whole pipeline of one instrument: `mm_engine_t`, market data in, order actions out.

use super::args::{self, Out};
use super::config;
use super::depth::{self, mm_level_t};
use super::engine_config::{mm_engine_config_t, part};
use super::engine_figures::{account_of, mm_engine_account_t, mm_engine_stats_t, mm_latency_t};
use super::event::{self, mm_event_t};
use super::guard::{Exclusive, NoHandle, Noun, Shared, create, destroy, guard};
use super::kill_switch::mm_kill_switch_t;
use super::order_types::{mm_execution_report_t, mm_order_action_t};
use super::risk::mm_risk_counters_t;
use super::status::*;
use crate::book::BookConfig;
use crate::engine::{ClockMode, Engine, EngineConfig, EngineError, ReportEffect, Stage};
use crate::features::FeatureConfig;
use crate::oms::{ExecutionReport, OmsConfig, OrderAction};
use crate::risk::RiskConfig;
use crate::strategy::{StoikovConfig, StoikovStrategy};
use crate::types::{Event, Instrument, Timestamp};

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

impl Pipeline {
    pub(super) const fn new(engine: Engine<StoikovStrategy>) -> Self {
        Self { engine, actions: [OrderAction::EMPTY; MM_MAX_ENGINE_ACTIONS] }
    }
}

impl Noun for mm_engine_t {
    type Value = Pipeline;
    const NAME: &'static str = "mm_engine_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-engin");
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

/// A stage from its number.
pub(crate) fn stage(value: u8) -> Result<Stage, Failure> {
    Stage::from_u8(value).ok_or_else(|| Failure::new(MM_E_ENUM, format_args!("stage {value} is unknown")))
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
        out.set(create(Pipeline::new(engine)));
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

/// Computes quotes now, whether or not anything changed: after reports between events, or on a timer. `now` in ns. Rows of the
/// feature grid that have ended by then go to the predictor that is attached, first.
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

/// There is a gap in the feed that nothing in it tells of (a cleared book, a snapshot, a halt, and missing numbers where the
/// risk gate checks these tell by themselves): no move and no flow across it counts, and the prediction of a predictor
/// that is attached ends. Quotes are due at the next event. Hot path.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `engine` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_interrupt(engine: *mut mm_engine_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        pipeline.engine.interrupt();
        Ok(MM_OK)
    })
}

/// Makes room in the book for at least `additional` more orders, or levels, as `mm_book_reserve` does. Quotes and results do not
/// depend on it. Allocates: not for the hot path.
///
/// # Errors
/// As `mm_book_reserve`.
///
/// # Safety
/// `engine` is a live handle that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_reserve(engine: *mut mm_engine_t, additional: u32) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(engine) }, |pipeline| {
        pipeline.engine.reserve(additional)?;
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
        out.set(account_of(&pipeline.engine)?);
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
