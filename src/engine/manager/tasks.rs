//! Tasks on a few pinned threads: what a host wants done beside its engines, or with handles of its own.
//!
//! A task goes to whichever worker is free ([`TaskPool::submit`]), or to a *lane*
//! ([`TaskPool::submit_to`]): tasks of one lane run one after the other on one worker, in the order in which they were
//! submitted. What is one instrument's and goes through its lane therefore ends the same at any number of threads.
//!
//! **Nothing is lost** but what [`BackPressure::DropOldest`] says and counts: closing refuses later tasks, and workers end
//! when those inside are done. A task that panics is counted, and the worker goes on. Nothing is allocated after
//! the start; submitting is O(1) and lock-free, but that it waits for room under [`BackPressure::Spin`].

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread::{Builder, JoinHandle};

use super::queue::relax;
use super::{BackPressure, Idle, ManagerError, Queue, QueueError};
use crate::mem::affinity::pin_current_thread;

/// How a pool runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskPoolConfig {
    /// Worker threads, at least 1.
    pub threads: usize,
    /// Processors to bind the workers to, in turn; empty binds none.
    pub processors: Vec<usize>,
    /// Tasks that can wait for one worker, and as many again for any; at least 1.
    pub capacity: usize,
    /// What a submit meets when there is no room.
    pub back_pressure: BackPressure,
    /// How a worker waits.
    pub idle: Idle,
}

impl Default for TaskPoolConfig {
    /// One thread, not bound, 4,096 tasks, submits wait, workers yield.
    fn default() -> Self {
        Self {
            threads: 1,
            processors: Vec::new(),
            capacity: 4096,
            back_pressure: BackPressure::Spin,
            idle: Idle::Yield,
        }
    }
}

/// What a pool has done since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskStats {
    /// Tasks taken.
    pub submitted: u64,
    /// Tasks that have run, those that failed included.
    pub finished: u64,
    /// Of these, tasks that said that they failed.
    pub failed: u64,
    /// Of these, tasks that panicked.
    pub panicked: u64,
    /// Tasks that made room for newer ones and never ran.
    pub dropped: u64,
    /// Submits refused because there was no room.
    pub refused: u64,
    /// Submits that had to wait for room.
    pub waited: u64,
}

/// What submitters and workers share.
struct Shared<T> {
    /// Of each worker.
    lanes: Vec<Queue<T>>,
    /// For any of them.
    common: Queue<T>,
    submitted: AtomicU64,
    finished: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
}

thread_local! {
    /// The pool whose worker this thread is, by the address of what it shares.
    static POOL: Cell<usize> = const { Cell::new(0) };
}

impl<T> Shared<T> {
    fn queues(&self) -> impl Iterator<Item = &Queue<T>> {
        self.lanes.iter().chain([&self.common])
    }

    fn close(&self) {
        self.queues().for_each(Queue::close);
    }

    fn submit(&self, queue: &Queue<T>, is_own: bool, task: T) -> Result<(), (T, QueueError)> {
        // Counted before it can run.
        self.submitted.fetch_add(1, Ordering::SeqCst);
        // A worker that waits for room may wait for itself.
        let pushed = if is_own { queue.push_at_once(task) } else { queue.push(task) };
        pushed.inspect_err(|_| {
            self.submitted.fetch_sub(1, Ordering::SeqCst);
        })
    }

    /// A worker's whole life.
    fn work(&self, lane: &Queue<T>, idle: Idle, run: &(impl Fn(T) -> bool + ?Sized)) {
        let mut is_lane_first = true;
        loop {
            // In turn, so that neither starves the other.
            let [first, second] = if is_lane_first { [lane, &self.common] } else { [&self.common, lane] };
            is_lane_first = !is_lane_first;
            match first.pop().or_else(|| second.pop()) {
                Some(task) => {
                    match catch_unwind(AssertUnwindSafe(|| run(task))) {
                        Ok(true) => {}
                        Ok(false) => _ = self.failed.fetch_add(1, Ordering::Relaxed),
                        Err(_) => _ = self.panicked.fetch_add(1, Ordering::Relaxed),
                    }
                    self.finished.fetch_add(1, Ordering::SeqCst);
                }
                None if lane.is_finished() && self.common.is_finished() => return,
                None => idle.wait(),
            }
        }
    }
}

/// Workers that run tasks of one type. Every method is for any thread.
///
/// ```
/// use market_maker::engine::manager::{TaskPool, TaskPoolConfig};
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::sync::Arc;
///
/// let sum = Arc::new(AtomicU64::new(0));
/// let config = TaskPoolConfig { threads: 2, ..TaskPoolConfig::default() };
/// let pool = TaskPool::start(&config, {
///     let sum = Arc::clone(&sum);
///     move |n: u64| sum.fetch_add(n, Ordering::Relaxed) < u64::MAX
/// })?;
/// for n in 1..=100 {
///     pool.submit(n).unwrap();
/// }
/// pool.drain().unwrap();
/// assert_eq!(sum.load(Ordering::Relaxed), 5050);
/// assert_eq!(pool.stop().finished, 100);
/// # Ok::<(), market_maker::engine::manager::ManagerError>(())
/// ```
pub struct TaskPool<T: Send + 'static> {
    shared: Arc<Shared<T>>,
    workers: Vec<JoinHandle<()>>,
}

/// A worker of the pool would wait for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task of the pool cannot wait for the pool")]
pub struct WouldWaitForItself;

impl<T: Send + 'static> TaskPool<T> {
    /// Starts the workers. `run` is called with each task, and says whether it went well.
    ///
    /// # Errors
    /// [`ManagerError`] for `threads`, `capacity`, a processor that there is not, threads that there are not; then no
    /// thread is left running.
    pub fn start(
        config: &TaskPoolConfig,
        run: impl Fn(T) -> bool + Send + Sync + 'static,
    ) -> Result<Self, ManagerError> {
        for (parameter, value) in [("threads", config.threads), ("capacity", config.capacity)] {
            if value == 0 {
                return Err(ManagerError::BadParameter { parameter });
            }
        }
        let queue = || Queue::new(config.capacity, config.back_pressure);
        let shared = Arc::new(Shared {
            lanes: (0..config.threads).map(|_| queue()).collect(),
            common: queue(),
            submitted: AtomicU64::new(0),
            finished: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
        });
        let run = Arc::new(run);
        // What fails drops the pool, which closes it and waits for those that have started.
        let mut pool = Self { shared, workers: Vec::with_capacity(config.threads) };
        for index in 0..config.threads {
            let processor = match config.processors.len() {
                0 => None,
                count => Some(config.processors[index % count]),
            };
            let (shared, run, idle) = (Arc::clone(&pool.shared), Arc::clone(&run), config.idle);
            let (ready, readiness) = channel();
            let life = move || {
                POOL.set(Arc::as_ptr(&shared).addr());
                let bound = processor.map_or(Ok(()), pin_current_thread);
                let is_bound = bound.is_ok();
                // Whoever starts the worker waits for this word.
                let _ = ready.send(bound);
                if is_bound {
                    shared.work(&shared.lanes[index], idle, &*run);
                }
            };
            let builder = Builder::new().name(format!("mm-task-{index}"));
            pool.workers.push(builder.spawn(life).map_err(|_| ManagerError::Thread)?);
            readiness.recv().map_err(|_| ManagerError::Thread)??;
        }
        Ok(pool)
    }

    /// Whether the caller is one of the pool's workers.
    fn is_own(&self) -> bool {
        POOL.get() == Arc::as_ptr(&self.shared).addr()
    }

    /// Hands a task to whichever worker is free first. From a task of the pool it never waits: where others wait, that is
    /// refused. Hot path.
    ///
    /// # Errors
    /// The task itself, with [`QueueError`].
    pub fn submit(&self, task: T) -> Result<(), (T, QueueError)> {
        self.shared.submit(&self.shared.common, self.is_own(), task)
    }

    /// Hands a task to a lane, of which there are as many as numbers: tasks of one lane run in order on one worker. As
    /// [`submit`](Self::submit) otherwise. Hot path.
    ///
    /// # Errors
    /// As there.
    pub fn submit_to(&self, lane: u64, task: T) -> Result<(), (T, QueueError)> {
        let lanes = &self.shared.lanes;
        self.shared.submit(&lanes[(lane % lanes.len() as u64) as usize], self.is_own(), task)
    }

    /// Waits until no task waits or runs; those that are submitted meanwhile are waited for too. What tasks did is visible
    /// then.
    ///
    /// # Errors
    /// [`WouldWaitForItself`] from a task of the pool.
    pub fn drain(&self) -> Result<(), WouldWaitForItself> {
        if self.is_own() {
            return Err(WouldWaitForItself);
        }
        let mut attempts = 0;
        loop {
            // What is over is read first: a later count of what came cannot fall behind it.
            let dropped: u64 = self.shared.queues().map(Queue::dropped).sum();
            let over = self.shared.finished.load(Ordering::SeqCst) + dropped;
            if over >= self.shared.submitted.load(Ordering::SeqCst) {
                return Ok(());
            }
            relax(attempts);
            attempts = attempts.saturating_add(1);
        }
    }

    /// Refuses later tasks. Those inside are run.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Closes, waits until every task has run, and ends the workers. From a task of the pool it does not wait: the
    /// workers end by themselves then.
    #[must_use]
    pub fn stop(mut self) -> TaskStats {
        self.join();
        self.stats()
    }

    fn join(&mut self) {
        self.close();
        let is_own = self.is_own();
        for worker in self.workers.drain(..).filter(|_| !is_own) {
            // A worker catches its tasks' panics, so that joining fails only when the process is beyond help.
            let _ = worker.join();
        }
    }

    /// Worker threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.shared.lanes.len()
    }

    /// Tasks that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.queues().map(Queue::len).sum()
    }

    /// Counters; those of a pool at work may be a task apart from each other.
    #[must_use]
    pub fn stats(&self) -> TaskStats {
        let shared = &self.shared;
        let sum = |count: fn(&Queue<T>) -> u64| shared.queues().map(count).sum();
        TaskStats {
            finished: shared.finished.load(Ordering::SeqCst),
            submitted: shared.submitted.load(Ordering::SeqCst),
            failed: shared.failed.load(Ordering::Relaxed),
            panicked: shared.panicked.load(Ordering::Relaxed),
            dropped: sum(Queue::dropped),
            refused: sum(Queue::refused),
            waited: sum(Queue::waited),
        }
    }
}

impl<T: Send + 'static> Drop for TaskPool<T> {
    /// As [`stop`](Self::stop).
    fn drop(&mut self) {
        self.join();
    }
}

impl<T: Send + 'static> std::fmt::Debug for TaskPool<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskPool").field("threads", &self.threads()).field("stats", &self.stats()).finish()
    }
}

#[cfg(test)]
mod tests;
