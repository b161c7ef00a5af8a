//! How a pool of engines runs, and what it says: the structs of `mm_engine_pool_t`.

use super::config::{self, Config};
use super::engine::mm_engine_t;
use super::guard::{NoHandle, guard};
use super::order_types::mm_order_action_t;
use super::status::*;
use super::worker_pool::{MM_BACK_PRESSURE_WAIT, MM_IDLE_YIELD};
use crate::engine::manager::{Output, OutputKind, RestPolicy};
use crate::oms::OrderAction;

/// An order action for the venue.
pub const MM_OUTPUT_ACTION: u8 = 0;
/// The engine rests until `time`; its quotes are withdrawn.
pub const MM_OUTPUT_REST_BEGINS: u8 = 1;
/// It quotes again.
pub const MM_OUTPUT_REST_ENDS: u8 = 2;
/// An internal check failed, and the engine will not be called again. Its orders may still work at the venue: cancel them.
pub const MM_OUTPUT_BROKEN: u8 = 3;

/// How a pool of engines runs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_engine_pool_config_t {
    /// Set by `mm_engine_pool_config_init`.
    pub struct_size: usize,
    /// Processors to bind the threads to, in turn; null binds none. Read only during the create.
    pub processors: *const u32,
    /// How many.
    pub processor_count: usize,
    /// With `MM_IDLE_SLEEP`, ns. Default 50 microseconds.
    pub idle_time: u64,
    /// Rest after too many errors, ns. Default five minutes.
    pub error_rest: u64,
    /// Rest after a lost connection, ns. Default one minute.
    pub connection_rest: u64,
    /// Threads, 1 to 1024; more than there are engines are not started. Default 1.
    pub threads: u32,
    /// Inputs that can wait for one thread, at least 1. Default 4096.
    pub inputs: u32,
    /// Outputs of one thread that can wait to be taken, at least 1; when they are full the thread waits. Default 4096.
    pub outputs: u32,
    /// Errors of an engine that are tolerated between two rests; the next one sends it to rest. Default 3.
    pub tolerated_errors: u32,
    /// `MM_BACK_PRESSURE_REJECT` or `MM_BACK_PRESSURE_WAIT`, the default. Where one thread both sends inputs and takes outputs, let it
    /// reject, or take before more outputs than `outputs` can have been made: an engine's thread that finds no room for an
    /// output waits, and so does then whoever sends to it.
    pub back_pressure: u8,
    /// `MM_IDLE_*`. Default yield.
    pub idle: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, six 8-byte fields, four of 4 and eight bytes fill 72 without padding, numbers
// and a pointer.
unsafe impl Config for mm_engine_pool_config_t {
    const FIRST_SIZE: usize = size_of::<Self>();
    fn defaults() -> Self {
        let rest = RestPolicy::default();
        Self {
            struct_size: size_of::<Self>(),
            processors: std::ptr::null(),
            processor_count: 0,
            idle_time: 50_000,
            error_rest: rest.error_rest_ns,
            connection_rest: rest.connection_rest_ns,
            threads: 1,
            inputs: 4096,
            outputs: 4096,
            tolerated_errors: rest.tolerated_errors,
            back_pressure: MM_BACK_PRESSURE_WAIT,
            idle: MM_IDLE_YIELD,
            reserved: [0; 6],
        }
    }
}

/// What an engine of a pool says.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_engine_output_t {
    /// Of an `MM_OUTPUT_ACTION`; else zero.
    pub action: mm_order_action_t,
    /// Of an `MM_OUTPUT_REST_BEGINS` the end of the rest, ns; else 0.
    pub time: u64,
    /// Whose it is.
    pub instrument: u32,
    /// `MM_OUTPUT_*`.
    pub kind: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

impl From<&Output> for mm_engine_output_t {
    fn from(output: &Output) -> Self {
        let nothing = OrderAction::EMPTY;
        let (kind, action, time) = match &output.kind {
            OutputKind::Action(action) => (MM_OUTPUT_ACTION, action, 0),
            OutputKind::RestBegins(until) => (MM_OUTPUT_REST_BEGINS, &nothing, until.0),
            OutputKind::RestEnds => (MM_OUTPUT_REST_ENDS, &nothing, 0),
            OutputKind::Broken => (MM_OUTPUT_BROKEN, &nothing, 0),
        };
        Self {
            action: mm_order_action_t::from(action),
            time,
            instrument: output.instrument.0,
            kind,
            reserved: [0; 3],
        }
    }
}

/// An engine that a pool has given back, and what it has done there.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_finished_engine_t {
    /// The engine, the caller's again.
    pub engine: *mut mm_engine_t,
    /// Inputs that it was given.
    pub inputs: u64,
    /// Of these, inputs that it refused.
    pub errors: u64,
    /// Rests that it took.
    pub rests: u64,
    /// Inputs that came after an internal check had failed.
    pub unheard: u64,
    /// Its instrument.
    pub instrument: u32,
    /// The status of the last input that it refused; 0 where it refused none.
    pub last_error: mm_status_t,
    /// 1 if an internal check failed: then the engine is poisoned, and can only be destroyed.
    pub is_broken: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Counters of a pool since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_engine_pool_stats_t {
    /// Inputs taken.
    pub sent: u64,
    /// Inputs worked off.
    pub done: u64,
    /// Inputs refused because there was no room.
    pub refused: u64,
    /// Inputs that had to wait for room.
    pub waited: u64,
    /// Engines.
    pub engines: u32,
    /// Threads.
    pub threads: u32,
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_engine_pool_config_init(
    config: *mut mm_engine_pool_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}
