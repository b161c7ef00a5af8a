//! Tasks on a few pinned threads: `mm_worker_pool_t`, a C callback and its context at a time.

use std::ffi::c_void;
use std::time::Duration;

use super::args::{self, Out};
use super::config::{self, Config};
use super::guard::{NoHandle, Noun, Shared, create, destroy, guard};
use super::status::*;
use crate::engine::manager::{
    BackPressure, Idle, ManagerError, QueueError, TaskPool, TaskPoolConfig, TaskStats, WouldWaitForItself,
};

/// What has no room is refused with `MM_E_FULL` and counted.
pub const MM_BACK_PRESSURE_REJECT: u8 = 0;
/// The oldest that waits makes room, is counted, and never runs. Not for engines: a book that missed an event is wrong.
pub const MM_BACK_PRESSURE_DROP_OLDEST: u8 = 1;
/// The caller waits until there is room.
pub const MM_BACK_PRESSURE_WAIT: u8 = 2;

/// A thread without work keeps looking: least latency, a whole processor.
pub const MM_IDLE_SPIN: u8 = 0;
/// A thread without work gives the rest of its time slice away between looks.
pub const MM_IDLE_YIELD: u8 = 1;
/// A thread without work sleeps `idle_time` between looks.
pub const MM_IDLE_SLEEP: u8 = 2;

/// A task: called once with its context, on a thread of the pool. A negative result is counted as a failure and changes
/// nothing else. It must return: no C++ exception may leave it, and no longjmp.
pub type mm_task_t = Option<unsafe extern "C" fn(context: *mut c_void) -> mm_status_t>;

/// Threads that run tasks. Every function but its destroy function is for any thread at any time.
pub struct mm_worker_pool_t {
    _opaque: [u8; 0],
}

/// A function and what it is called with.
pub(super) struct Task {
    function: unsafe extern "C" fn(*mut c_void) -> mm_status_t,
    context: *mut c_void,
}

// SAFETY: who submits a task promises that its function may be called with its context on another thread.
unsafe impl Send for Task {}

impl Task {
    fn run(self) -> bool {
        // SAFETY: who submitted it promised that the function may be called with the context, once, on any thread.
        let status = unsafe { (self.function)(self.context) };
        status >= 0
    }
}

impl Noun for mm_worker_pool_t {
    type Value = TaskPool<Task>;
    const NAME: &'static str = "mm_worker_pool_t";
    const TAG: u64 = u64::from_le_bytes(*b"mm-worke");
}

/// How a pool of threads runs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct mm_worker_pool_config_t {
    /// Set by `mm_worker_pool_config_init`.
    pub struct_size: usize,
    /// Processors to bind the threads to, in turn; null binds none. Read only during the create.
    pub processors: *const u32,
    /// How many.
    pub processor_count: usize,
    /// With `MM_IDLE_SLEEP`, ns. Default 50 microseconds.
    pub idle_time: u64,
    /// Threads, 1 to 1024. Default 1.
    pub threads: u32,
    /// Tasks that can wait for one thread, and as many again for any; at least 1. Default 4096.
    pub capacity: u32,
    /// `MM_BACK_PRESSURE_*`. Default wait.
    pub back_pressure: u8,
    /// `MM_IDLE_*`. Default sleep.
    pub idle: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

// SAFETY: repr(C), begins with `struct_size`, four 8-byte fields, two of 4 and eight bytes fill 48 without padding, numbers
// and a pointer.
unsafe impl Config for mm_worker_pool_config_t {
    const FIRST_SIZE: usize = size_of::<Self>();
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            processors: std::ptr::null(),
            processor_count: 0,
            idle_time: 50_000,
            threads: 1,
            capacity: 4096,
            back_pressure: MM_BACK_PRESSURE_WAIT,
            idle: MM_IDLE_SLEEP,
            reserved: [0; 6],
        }
    }
}

/// What a pool has done since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_worker_pool_stats_t {
    /// Tasks taken.
    pub submitted: u64,
    /// Tasks that have run, those that failed included.
    pub finished: u64,
    /// Of these, tasks whose result was negative.
    pub failed: u64,
    /// Tasks that made room for newer ones and never ran.
    pub dropped: u64,
    /// Submits refused because there was no room.
    pub refused: u64,
    /// Submits that had to wait for room.
    pub waited: u64,
    /// Tasks that wait now.
    pub waiting: u64,
    /// Threads.
    pub threads: u64,
}

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Self {
        let status = match error {
            QueueError::Full => MM_E_FULL,
            QueueError::Closed => MM_E_CLOSED,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl From<ManagerError> for Failure {
    fn from(error: ManagerError) -> Self {
        let status = match error {
            ManagerError::BadParameter { .. } => MM_E_INVALID_ARGUMENT,
            ManagerError::DuplicateInstrument(_) => MM_E_DUPLICATE,
            ManagerError::Affinity(_) => MM_E_PROCESSOR,
            ManagerError::Thread => MM_E_THREAD,
        };
        Self::new(status, format_args!("{error}"))
    }
}

impl From<WouldWaitForItself> for Failure {
    fn from(error: WouldWaitForItself) -> Self {
        Self::new(MM_E_OWN_TASK, format_args!("{error}"))
    }
}

/// Threads and queues that no machine has would end the process where their memory is taken.
pub(super) fn sizes(threads: u32, capacities: &[(&'static str, u32)]) -> Result<(), Failure> {
    let bad = |parameter| ManagerError::BadParameter { parameter }.into();
    if !(1..=1024).contains(&threads) {
        return Err(bad("threads"));
    }
    match capacities.iter().find(|(_, capacity)| !(1..=1 << 24).contains(capacity)) {
        Some((parameter, _)) => Err(bad(parameter)),
        None => Ok(()),
    }
}

pub(super) fn back_pressure(number: u8) -> Result<BackPressure, Failure> {
    match number {
        MM_BACK_PRESSURE_REJECT => Ok(BackPressure::Reject),
        MM_BACK_PRESSURE_DROP_OLDEST => Ok(BackPressure::DropOldest),
        MM_BACK_PRESSURE_WAIT => Ok(BackPressure::Spin),
        other => Err(Failure::new(MM_E_ENUM, format_args!("back_pressure {other} is unknown"))),
    }
}

pub(super) fn idle(number: u8, time: u64) -> Result<Idle, Failure> {
    match number {
        MM_IDLE_SPIN => Ok(Idle::Spin),
        MM_IDLE_YIELD => Ok(Idle::Yield),
        MM_IDLE_SLEEP => Ok(Idle::Sleep(Duration::from_nanos(time))),
        other => Err(Failure::new(MM_E_ENUM, format_args!("idle {other} is unknown"))),
    }
}

/// The processors that a config names.
///
/// # Safety
/// `processors` is null or readable for `count` numbers.
pub(super) unsafe fn processors(processors: *const u32, count: usize) -> Result<Vec<usize>, Failure> {
    // SAFETY: forwarded.
    let list = unsafe { args::input(processors, count, "processors") }?;
    Ok(list.iter().map(|&processor| processor as usize).collect())
}

/// Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
///
/// # Safety
/// `config` is null (an error) or writable for `struct_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_config_init(
    config: *mut mm_worker_pool_config_t,
    struct_size: usize,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        unsafe { config::init(config, struct_size) }
    })
}

/// Starts the threads, with all the room that tasks will ever have.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` naming the setting, `MM_E_PROCESSOR`, `MM_E_THREAD`,
/// `MM_E_OUT_OF_MEMORY`. No thread is left running then.
///
/// # Safety
/// `config` points to an initialised config whose processors are null or readable; `pool` is writable. Free the handle with
/// `mm_worker_pool_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_create(
    config: *const mm_worker_pool_config_t,
    pool: *mut *mut mm_worker_pool_t,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(pool, "pool") }?;
        // SAFETY: by this function's contract.
        let config = unsafe { config::read(config) }?;
        sizes(config.threads, &[("capacity", config.capacity)])?;
        let capacity = config.capacity as usize;
        let settings = TaskPoolConfig {
            threads: config.threads as usize,
            // SAFETY: by this function's contract.
            processors: unsafe { processors(config.processors, config.processor_count) }?,
            capacity,
            back_pressure: back_pressure(config.back_pressure)?,
            idle: idle(config.idle, config.idle_time)?,
        };
        let queues = settings.threads + 1;
        args::affordable(queues.saturating_mul(capacity).saturating_mul(2 * size_of::<Task>()))?;
        out.set(create(TaskPool::start(&settings, Task::run)?));
        Ok(MM_OK)
    })
}

/// Closes a pool, waits until every task that it has taken has run, ends its threads and frees it. From a task of the pool
/// it does not wait: the threads end by themselves when the tasks have run. Null is fine.
///
/// # Safety
/// `pool` is null or a live handle that no other thread uses, and that is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_destroy(pool: *mut mm_worker_pool_t) {
    // SAFETY: by this function's contract.
    unsafe { destroy(pool) }
}

fn task(function: mm_task_t, context: *mut c_void) -> Result<Task, Failure> {
    let function = function.ok_or_else(|| Failure::null("task"))?;
    Ok(Task { function, context })
}

/// Hands a task to whichever thread is free first. Called from a task of the pool it never waits: where others would, that is
/// `MM_E_FULL`. Hot path.
///
/// # Errors
/// `MM_E_NULL` for a null function (a null context is fine), `MM_E_FULL`, `MM_E_CLOSED`.
///
/// # Safety
/// `pool` is a live handle; `task` may be called with `context` once, on another thread, at any time until the pool is
/// destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_submit(
    pool: *const mm_worker_pool_t,
    task: mm_task_t,
    context: *mut c_void,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        pool.submit(self::task(task, context)?).map_err(|(_, error)| error)?;
        Ok(MM_OK)
    })
}

/// Hands a task to a lane: tasks of one number run one after the other on one thread, in the order in which one thread
/// submits them. What concerns one instrument only and goes through its lane ends the same at any number of threads. Otherwise
/// as `mm_worker_pool_submit`. Hot path.
///
/// # Errors
/// As there.
///
/// # Safety
/// As there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_submit_to(
    pool: *const mm_worker_pool_t,
    lane: u64,
    task: mm_task_t,
    context: *mut c_void,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        pool.submit_to(lane, self::task(task, context)?).map_err(|(_, error)| error)?;
        Ok(MM_OK)
    })
}

/// Waits until no task waits or runs, those included that are submitted meanwhile. What tasks wrote can be read then.
///
/// # Errors
/// `MM_E_NULL`, `MM_E_OWN_TASK` from a task of the pool.
///
/// # Safety
/// `pool` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_drain(pool: *const mm_worker_pool_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        pool.drain()?;
        Ok(MM_OK)
    })
}

/// Refuses later tasks with `MM_E_CLOSED`. Those inside are run.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `pool` is a live handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_close(pool: *const mm_worker_pool_t) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        pool.close();
        Ok(MM_OK)
    })
}

/// What the pool has done so far; the counters of one at work may be a task apart from each other.
///
/// # Errors
/// `MM_E_NULL`.
///
/// # Safety
/// `pool` is a live handle; `stats` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_worker_pool_stats(
    pool: *const mm_worker_pool_t,
    stats: *mut mm_worker_pool_stats_t,
) -> mm_status_t {
    // SAFETY: by this function's contract.
    guard(unsafe { Shared::new(pool) }, |pool| {
        // SAFETY: by this function's contract.
        let out = unsafe { Out::new(stats, "stats") }?;
        // A callback from C that panicked would have been Rust's own: counted with the failures.
        let TaskStats { submitted, finished, failed, panicked, dropped, refused, waited } = pool.stats();
        out.set(mm_worker_pool_stats_t {
            submitted,
            finished,
            failed: failed + panicked,
            dropped,
            refused,
            waited,
            waiting: pool.waiting() as u64,
            threads: pool.threads() as u64,
        });
        Ok(MM_OK)
    })
}
