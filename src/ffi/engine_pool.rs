//! Engines on a few pinned threads: `mm_engine_pool_t`, events and reports in, order actions out.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::args::{self, Out};
use super::config;
use super::engine::{Pipeline, mm_engine_t};
use super::engine_pool_config::{
    mm_engine_output_t, mm_engine_pool_config_t, mm_engine_pool_stats_t, mm_finished_engine_t,
};
use super::event::mm_event_t;
use super::guard::{Access, Exclusive, NoHandle, Noun, Shared, Vacated, create, destroy, guard, vacate};
use super::order_types::mm_execution_report_t;
use super::status::*;
use super::worker_pool::{back_pressure, idle, processors, sizes};
use crate::engine::manager::{
    EngineUnit, Fault, Finished, Input, Manager, ManagerConfig, Output, Outputs, RestPolicy, SendError,
    Sender,
};
use crate::oms::ExecutionReport;
use crate::strategy::StoikovStrategy;
use crate::types::{Event, InstrumentId, Timestamp};

/// The host or the venue refused an input for a reason of the strategy's own.
pub const MM_FAULT_ERROR: u8 = 0;
/// The line to the venue is lost.
pub const MM_FAULT_CONNECTION: u8 = 1;

/// Engines on threads. Inputs may come from any thread at any time; outputs are taken by one.
pub struct mm_engine_pool_t {
    _opaque: [u8; 0],
}

type Unit = EngineUnit<StoikovStrategy>;

/// The threads, and what they have said.
pub(super) struct Pool {
    sender: Sender,
    engines: u32,
    /// Until it is finished.
    manager: Option<Manager<Unit>>,
    outlet: Mutex<Outlet>,
}

struct Outlet {
    /// Until it is finished.
    outputs: Option<Outputs>,
    /// What nobody had taken by then.
    left: VecDeque<Output>,
}

impl Outlet {
    fn take(&mut self) -> Option<Output> {
        match &mut self.outputs {
            Some(outputs) => outputs.take(),
            None => self.left.pop_front(),
        }
    }
}

impl Pool {
    fn outlet(&self) -> MutexGuard<'_, Outlet> {
        self.outlet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_idle(&self) -> bool {
        self.manager.is_none() || self.sender.is_idle()
    }
}

impl Noun for mm_engine_pool_t {
    type Value = Pool;
    const NAME: &'static str = "mm_engine_pool_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-engpo");
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::UnknownInstrument(_) => Self::new(MM_E_NOT_FOUND, format_args!("{error}")),
            SendError::Queue(error) => error.into(),
        }
    }
}

/// Vacates handles, or none of them.
///
/// # Safety
/// The pointers are null or handles that no other thread uses until they are restored or freed.
unsafe fn vacate_all(
    pointers: &[*mut mm_engine_t],
) -> Result<(Vec<Vacated<mm_engine_t>>, Vec<Pipeline>), Failure> {
    let (mut places, mut values) = (Vec::new(), Vec::new());
    for &pointer in pointers {
        // SAFETY: forwarded. A handle that stands here twice is none the second time.
        match unsafe { vacate(pointer) } {
            Ok((place, value)) => {
                places.push(place);
                values.push(value);
            }
            Err(failure) => {
                places
                    .into_iter()
                    .zip(values)
                    .for_each(|(place, value): (Vacated<_>, _)| place.restore(value));
                return Err(failure);
            }
        }
    }
    Ok((places, values))
}

/// Starts threads and deals `count` engines out to them, each with an instrument of its own. The engines are the pool's
/// from then on: the pointers in `engines` are set to null, and `mm_engine_pool_finish` gives engines back. Kill switches and
/// monitors of theirs stay good. Results do not depend on the number of threads: an engine sees its own inputs only, in the
/// order in which they were sent, and time comes in with them.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` naming the setting, `MM_E_HANDLE` for what is no engine or
/// stands there twice, `MM_E_POISONED`, `MM_E_DUPLICATE` for two engines of one instrument, `MM_E_PROCESSOR`, `MM_E_THREAD`,
/// `MM_E_OUT_OF_MEMORY`. The engines are the caller's as before then, and no thread is left running.
///
/// # Safety
/// `config` points to an initialised config whose processors are null or readable; `engines` is readable and writable for `count`
/// pointers to live handles that no other thread uses; `pool` is writable. Free the handle with `mm_engine_pool_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_create(
    config: *const mm_engine_pool_config_t,
    engines: *mut *mut mm_engine_t,
    count: usize,
    pool: *mut *mut mm_engine_pool_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(pool, "pool") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        // SAFETY: by this function's contract.
        let pointers = unsafe { args::in_place(engines, count, "engines") }?;
        if pointers.is_empty() {
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("no engines")));
        }
        sizes(config.threads, &[("inputs", config.inputs), ("outputs", config.outputs)])?;
        let settings = ManagerConfig {
            threads: config.threads as usize,
            // SAFETY: by this function's contract.
            processors: unsafe { processors(config.processors, config.processor_count) }?,
            inputs: config.inputs as usize,
            outputs: config.outputs as usize,
            back_pressure: back_pressure(config.back_pressure)?,
            idle: idle(config.idle, config.idle_time)?,
            rest: RestPolicy {
                tolerated_errors: config.tolerated_errors,
                error_rest_ns: config.error_rest,
                connection_rest_ns: config.connection_rest,
            },
        };
        let waiting = settings.inputs * (size_of::<Input>() + 16) + settings.outputs * size_of::<Output>();
        args::affordable(settings.threads.min(count).saturating_mul(waiting))?;
        // SAFETY: by this function's contract.
        let (places, pipelines) = unsafe { vacate_all(pointers) }?;
        let units = pipelines.into_iter().map(|pipeline| Unit::new(pipeline.engine)).collect();
        match Manager::try_start(&settings, units) {
            Ok((manager, outputs)) => {
                places.into_iter().for_each(Vacated::free);
                pointers.fill(std::ptr::null_mut());
                out.set(create(Pool {
                    sender: manager.sender(),
                    engines: u32::try_from(count).unwrap_or(u32::MAX),
                    manager: Some(manager),
                    outlet: Mutex::new(Outlet { outputs: Some(outputs), left: VecDeque::new() }),
                }));
                Ok(MM_OK)
            }
            Err((error, units)) => {
                for (place, unit) in places.into_iter().zip(units) {
                    place.restore(Pipeline::new(unit.into_engine()));
                }
                Err(error.into())
            }
        }
    })
}

/// Closes a pool, waits until every input that it has taken is worked off, ends its threads, and frees it with its engines.
/// What nobody has taken of their outputs is lost; `mm_engine_pool_finish` loses nothing. Null is fine.
///
/// # Safety
/// `pool` is null or a live handle that no other thread uses, and that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_destroy(pool: *mut mm_engine_pool_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(pool) }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(manager) = self.manager.take() {
            // Nobody will take outputs any more: workers throw away what finds no room.
            self.outlet().outputs = None;
            drop(manager.finish());
        }
    }
}

/// Hands market data to the engine of an instrument. Hot path.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_NOT_FOUND` for an instrument without an engine; `MM_E_FULL` and `MM_E_CLOSED`; `MM_E_ENUM` for a kind or side
/// without meaning. What the engine itself refuses is counted, and said by `mm_engine_pool_finish`.
///
/// # Safety
/// `pool` is a live handle; `event` points to an event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_on_event(
    pool: *const mm_engine_pool_t,
    instrument: u32,
    event: *const mm_event_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let event = Event::try_from(unsafe { args::reference(event, "event") }?)?;
        pool.sender.send(InstrumentId(instrument), &Input::Market(event))?;
        Ok(MM_OK)
    })
}

/// Hands the venue's word on an own order to the engine of an instrument. Hot path.
///
/// # Errors
/// As for `mm_engine_pool_on_event`.
///
/// # Safety
/// `pool` is a live handle; `report` points to a report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_on_report(
    pool: *const mm_engine_pool_t,
    instrument: u32,
    report: *const mm_execution_report_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let report = ExecutionReport::try_from(unsafe { args::reference(report, "report") }?)?;
        pool.sender.send(InstrumentId(instrument), &Input::Report(report))?;
        Ok(MM_OK)
    })
}

/// Lets the engine of an instrument compute quotes, as `mm_engine_refresh`. `now` in ns. Hot path.
///
/// # Errors
/// As for `mm_engine_pool_on_event`.
///
/// # Safety
/// `pool` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_refresh(
    pool: *const mm_engine_pool_t,
    instrument: u32,
    now: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        pool.sender.send(InstrumentId(instrument), &Input::Refresh(Timestamp(now)))?;
        Ok(MM_OK)
    })
}

/// Tells the engine of an instrument that something went wrong at `now`, ns (`MM_FAULT_*`): it may have to rest. Hot path.
///
/// # Errors
/// As for `mm_engine_pool_on_event`; `MM_E_ENUM` for a fault without meaning.
///
/// # Safety
/// `pool` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_on_fault(
    pool: *const mm_engine_pool_t,
    instrument: u32,
    fault: u8,
    now: u64,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        let fault = match fault {
            MM_FAULT_ERROR => Fault::Error,
            MM_FAULT_CONNECTION => Fault::ConnectionLost,
            other => return Err(Failure::new(MM_E_ENUM, format_args!("fault {other} is unknown"))),
        };
        pool.sender.send(InstrumentId(instrument), &Input::Fault(fault, Timestamp(now)))?;
        Ok(MM_OK)
    })
}

/// Takes outputs until `out` is full or nothing is left; where something is to come, `wait` says whether to go on.
///
/// # Safety
/// `out` is writable for `capacity` elements and `count` is writable.
unsafe fn collect(
    pool: &Pool,
    out: *mut mm_engine_output_t,
    capacity: usize,
    count: *mut usize,
    wait: impl Fn() -> bool,
) -> super::guard::Outcome {
    // SAFETY: forwarded.
    let out = unsafe { args::output(out, capacity, "outputs") }?;
    // SAFETY: forwarded.
    let count = unsafe { Out::new(count, "count") }?;
    args::fits(1, capacity, "outputs")?;
    let mut outlet = pool.outlet();
    let mut taken = 0;
    let mut status = MM_OK;
    while taken < capacity {
        // Asked first: what was there when all was worked off is found afterwards.
        let is_idle = pool.is_idle();
        if let Some(output) = outlet.take() {
            out[taken].write(mm_engine_output_t::from(&output));
            taken += 1;
        } else if is_idle {
            status = MM_END;
            break;
        } else if !wait() {
            break;
        }
    }
    count.set(taken);
    Ok(status)
}

/// Takes what the engines have said so far, each engine's words in order; `count` gets how many. `MM_END` says that every input
/// sent before the call is worked off and nothing is left. Hot path. One thread at a time; a second one waits.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL` for no room at all.
///
/// # Safety
/// `pool` is a live handle; `outputs` is writable for `capacity` elements and `count` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_take(
    pool: *const mm_engine_pool_t,
    outputs: *mut mm_engine_output_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        unsafe { collect(pool, outputs, capacity, count, || false) }
    })
}

/// As `mm_engine_pool_take`, waiting: until `outputs` is full (`MM_OK`: call again), or every input is worked off and everything
/// taken (`MM_END`). Inputs that are sent meanwhile are waited for too.
///
/// # Errors
/// As for `mm_engine_pool_take`.
///
/// # Safety
/// As for `mm_engine_pool_take`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_drain(
    pool: *const mm_engine_pool_t,
    outputs: *mut mm_engine_output_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        let wait = || {
            std::thread::yield_now();
            true
        };
        // SAFETY: by this function's contract.
        unsafe { collect(pool, outputs, capacity, count, wait) }
    })
}

/// Refuses later inputs with `MM_E_CLOSED`. Those inside are worked off.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `pool` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_close(pool: *const mm_engine_pool_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        if let Some(manager) = &pool.manager {
            manager.close();
        }
        Ok(MM_OK)
    })
}

/// Closes the pool, waits until every input that it has taken is worked off, ends its threads and gives the engines back by
/// instrument; `count` gets how many. Outputs that nobody had taken can still be taken. Allocates; not hot path.
///
/// # Errors
/// `MM_E_NULL`; `MM_E_BUFFER_TOO_SMALL` for fewer places than engines: the pool runs on then; `MM_E_CLOSED` the second time.
///
/// # Safety
/// `pool` is a live handle that no other thread uses; `engines` is writable for `capacity` elements and `count` is writable. Free
/// each engine with `mm_engine_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_finish(
    pool: *mut mm_engine_pool_t,
    engines: *mut mm_finished_engine_t,
    capacity: usize,
    count: *mut usize,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Exclusive::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(engines, capacity, "engines") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        args::fits(pool.engines as usize, capacity, "engines")?;
        let closed = || Failure::new(MM_E_CLOSED, format_args!("the engines have been given back"));
        let manager = pool.manager.take().ok_or_else(closed)?;
        let mut outlet = pool.outlet();
        let Outlet { outputs, left } = &mut *outlet;
        let outputs = outputs.take().ok_or_else(closed)?;
        let finished = manager.stop(outputs, |output| left.push_back(output));
        count.set(args::fill(out, finished.into_iter().map(given_back)));
        Ok(MM_OK)
    })
}

fn given_back(finished: Finished<Unit>) -> mm_finished_engine_t {
    let Finished { unit, inputs, errors, last_error, rests, is_broken, unheard, .. } = finished;
    let engine = unit.into_engine();
    let instrument = engine.instrument().id.0;
    let engine: *mut mm_engine_t = create(Pipeline::new(engine));
    if is_broken {
        // As after a panic in a call of the engine's own.
        // SAFETY: a live handle that nobody else has yet.
        unsafe { Exclusive::new(engine) }.poison();
    }
    mm_finished_engine_t {
        instrument,
        engine,
        inputs,
        errors,
        rests,
        unheard,
        last_error: last_error.map_or(MM_OK, |error| Failure::from(error).status()),
        is_broken: u8::from(is_broken),
        reserved: [0; 7],
    }
}

/// What has gone in so far; the counters of a pool at work may be an input apart from each other.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `pool` is a live handle; `stats` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_stats(
    pool: *const mm_engine_pool_t,
    stats: *mut mm_engine_pool_stats_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(stats, "stats") }?;
        let threads = pool.manager.as_ref().map_or(0, Manager::threads);
        out.set(mm_engine_pool_stats_t {
            // What is done is read first, and is never more than what was sent.
            done: pool.sender.done(),
            sent: pool.sender.sent(),
            refused: pool.sender.refused(),
            waited: pool.sender.waited(),
            engines: pool.engines,
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
        });
        Ok(MM_OK)
    })
}
