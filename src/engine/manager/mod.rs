//! Many instruments on a few pinned threads: each unit (an engine, a replay) belongs to one worker, gets its inputs in the
//! order in which they were sent, and shares nothing with any other.
//!
//! **Results do not depend on the number of threads.** A unit sees only its own inputs, in order, and time comes in with
//! them. **Nothing is lost.** Inputs wait in one bounded queue per worker; when it is full a sender is refused or waits, as
//! [`ManagerConfig::back_pressure`] says (an event cannot be dropped: a book that missed one is wrong). Closing refuses
//! new inputs; the workers finish those inside before they end, and what they emit waits until it is taken.
//! **One strategy's trouble is its own.** A unit that errs too often rests ([`RestPolicy`]) while it keeps listening to
//! its market; one that panics is never called again; all others go on.
//!
//! Work that is no unit's goes to a [`TaskPool`], on the same queues and threads.
//!
//! Nothing is allocated after the start on either side of the queues. Workers never block on a lock; how they wait for
//! inputs is [`Idle`]'s choice.

mod queue;
#[cfg(test)]
mod queue_tests;
mod rest;
mod sync;
mod tasks;
#[cfg(test)]
mod tests;
mod unit;
mod worker;

pub use queue::{BackPressure, Queue, QueueError};
pub use rest::{Fault, RestPolicy};
pub use tasks::{TaskPool, TaskPoolConfig, TaskStats, WouldWaitForItself};
pub use unit::{Emit, EngineUnit, Input, Output, OutputKind, Unit};
pub use worker::Finished;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::mem::affinity::{AffinityError, pin_current_thread};
use crate::mem::ring::{Consumer, spsc};
use crate::types::InstrumentId;
use worker::{Mailbox, Worker};

/// How a worker waits when it has no input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// It keeps looking: least latency, a whole processor.
    Spin,
    /// It gives the rest of its time slice away between looks.
    Yield,
    /// It sleeps this long between looks.
    Sleep(Duration),
}

impl Idle {
    /// One look's wait.
    fn wait(self) {
        match self {
            Self::Spin => std::hint::spin_loop(),
            Self::Yield => std::thread::yield_now(),
            Self::Sleep(time) => std::thread::sleep(time),
        }
    }
}

/// How a manager runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagerConfig {
    /// Worker threads, at least 1; more than there are units are not started.
    pub threads: usize,
    /// Processors to bind the workers to, in turn; empty binds none.
    pub processors: Vec<usize>,
    /// Inputs that can wait for one worker, at least 1.
    pub inputs: usize,
    /// Outputs of one worker that can wait to be taken, at least 1.
    pub outputs: usize,
    /// What a sender meets when a worker's inputs are full: [`BackPressure::Reject`] or [`BackPressure::Spin`].
    pub back_pressure: BackPressure,
    /// How a worker waits.
    pub idle: Idle,
    /// When a unit that errs has to rest.
    pub rest: RestPolicy,
}

impl Default for ManagerConfig {
    /// One thread, not bound, 4,096 inputs and outputs, senders wait, workers yield.
    fn default() -> Self {
        Self {
            threads: 1,
            processors: Vec::new(),
            inputs: 4096,
            outputs: 4096,
            back_pressure: BackPressure::Spin,
            idle: Idle::Yield,
            rest: RestPolicy::default(),
        }
    }
}

/// Why a manager does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManagerError {
    /// A setting, by its name.
    #[error("{parameter} is out of its legal range")]
    BadParameter {
        /// The field's name.
        parameter: &'static str,
    },
    /// Two units of one instrument.
    #[error("instrument {0} has two units")]
    DuplicateInstrument(u32),
    /// A worker could not be bound to its processor.
    #[error(transparent)]
    Affinity(#[from] AffinityError),
    /// The system gives no more threads.
    #[error("a worker thread could not be started")]
    Thread,
}

/// Why an input was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No unit has this instrument.
    #[error("no unit for instrument {0}")]
    UnknownInstrument(u32),
    /// The worker's queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// What senders share.
#[derive(Debug)]
struct Shared {
    /// By instrument: the worker and its unit.
    routes: Vec<(InstrumentId, u32, u32)>,
    mailboxes: Vec<Mailbox>,
}

impl Shared {
    /// Where an instrument's inputs go, and its unit's place there.
    #[inline]
    fn route(&self, instrument: InstrumentId) -> Option<(&Mailbox, u32)> {
        let place = self.routes.binary_search_by_key(&instrument, |route| route.0).ok()?;
        let (_, worker, unit) = self.routes[place];
        Some((&self.mailboxes[worker as usize], unit))
    }
}

/// The way in, for any number of threads. Inputs of one instrument keep their order when one thread sends them.
#[derive(Clone, Debug)]
pub struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    /// Hands an input to the instrument's unit. Hot path: O(log instruments), no allocation.
    ///
    /// # Errors
    /// [`SendError`]; the input has not been taken then.
    pub fn send(&self, instrument: InstrumentId, input: &Input) -> Result<(), SendError> {
        let (mailbox, unit) =
            self.shared.route(instrument).ok_or(SendError::UnknownInstrument(instrument.0))?;
        Ok(mailbox.send(unit, input)?)
    }

    /// Inputs that wait for the worker of this instrument; `None` for an unknown one.
    #[must_use]
    pub fn waiting(&self, instrument: InstrumentId) -> Option<usize> {
        self.shared.route(instrument).map(|(mailbox, _)| mailbox.queue.len())
    }

    /// Inputs refused because a queue was full, over all workers.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.shared.mailboxes.iter().map(|mailbox| mailbox.queue.refused()).sum()
    }

    /// Inputs that had to wait for room, over all workers.
    #[must_use]
    pub fn waited(&self) -> u64 {
        self.shared.mailboxes.iter().map(|mailbox| mailbox.queue.waited()).sum()
    }

    /// Inputs taken, over all workers.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.shared.mailboxes.iter().map(Mailbox::sent).sum()
    }

    /// Inputs worked off, over all workers.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.shared.mailboxes.iter().map(Mailbox::done).sum()
    }

    /// Whether every input that was taken before this call has been worked off, and what came of it can be taken.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        // What is done is read first: it cannot catch up with a later sum by standing still.
        self.shared.mailboxes.iter().all(|mailbox| {
            let done = mailbox.done();
            done >= mailbox.sent()
        })
    }
}

/// The way out, for one thread. Outputs of one instrument keep their order. When it is dropped, later outputs are
/// discarded and counted.
#[derive(Debug)]
pub struct Outputs {
    lanes: Vec<Consumer<Output>>,
    next: usize,
    running: Arc<AtomicUsize>,
    abandoned: Arc<AtomicBool>,
}

impl Outputs {
    /// The next output of any worker, in turn. Hot path.
    pub fn take(&mut self) -> Option<Output> {
        for _ in 0..self.lanes.len() {
            let lane = self.next;
            self.next = (lane + 1) % self.lanes.len();
            if let Some(output) = self.lanes[lane].pop() {
                return Some(output);
            }
        }
        None
    }

    /// Whether every worker has ended. What [`take`](Self::take) does not give after that does not exist.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.running.load(Ordering::Acquire) == 0
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Release);
    }
}

/// Units on their workers.
///
/// ```
/// use market_maker::engine::manager::{Input, Manager, ManagerConfig};
/// use market_maker::engine::EngineConfig;
/// use market_maker::feed::EventSource;
/// use market_maker::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
/// use market_maker::strategy::{StoikovConfig, StoikovStrategy};
/// use market_maker::types::{Instrument, InstrumentId};
///
/// let units = (0..3).map(|id| {
///     let instrument = Instrument::new("DEMO", 0.01, 1.0).unwrap().with_id(InstrumentId(id));
///     let strategy = StoikovStrategy::new(&StoikovConfig::default()).unwrap();
///     Replay::new(&EngineConfig::new(instrument), strategy, &VenueConfig::default()).unwrap()
/// });
/// let (manager, outputs) = Manager::start(&ManagerConfig { threads: 2, ..Default::default() }, units)?;
/// let sender = manager.sender();
/// let mut flow = SyntheticFlow::new(&SyntheticConfig { events: 5_000, ..Default::default() }).unwrap();
/// while let Some(event) = flow.next_event().unwrap() {
///     for id in 0..3 {
///         sender.send(InstrumentId(id), &Input::Market(event)).unwrap();
///     }
/// }
/// let finished = manager.stop(outputs, |_| {});
/// assert!(finished.iter().all(|unit| unit.errors == 0 && unit.inputs == finished[0].inputs));
/// # Ok::<(), market_maker::engine::manager::ManagerError>(())
/// ```
#[derive(Debug)]
pub struct Manager<U: Unit> {
    sender: Sender,
    workers: Vec<JoinHandle<Vec<Finished<U>>>>,
}

impl<U: Unit> Manager<U> {
    /// Deals the units out to workers and starts these.
    ///
    /// # Errors
    /// [`ManagerError`]; then no thread is left running.
    pub fn start(
        config: &ManagerConfig,
        units: impl IntoIterator<Item = U>,
    ) -> Result<(Self, Outputs), ManagerError> {
        Self::try_start(config, units.into_iter().collect()).map_err(|(error, _)| error)
    }

    /// [`start`](Self::start), which gives the units back where it fails.
    ///
    /// # Errors
    /// [`ManagerError`] and the units, in their order; then no thread is left running.
    #[allow(clippy::type_complexity, reason = "an error and what it gives back")]
    pub fn try_start(
        config: &ManagerConfig,
        units: Vec<U>,
    ) -> Result<(Self, Outputs), (ManagerError, Vec<U>)> {
        let threads = config.threads.min(units.len());
        let routes = match routes(config, &units) {
            Ok(routes) => routes,
            Err(error) => return Err((error, units)),
        };
        let mailboxes = (0..threads).map(|_| Mailbox::new(config.inputs, config.back_pressure)).collect();
        let sender = Sender { shared: Arc::new(Shared { routes, mailboxes }) };
        let mut manager = Self { sender, workers: Vec::with_capacity(threads) };
        let mut posts = Vec::with_capacity(threads);
        // Units move to their threads when all of these stand: until then nothing is lost.
        let started = (0..threads).try_for_each(|index| {
            let (post, post_box) = channel::<Worker<U>>();
            let (ready, readiness) = channel();
            let processor = match config.processors.len() {
                0 => None,
                count => Some(config.processors[index % count]),
            };
            let shared = Arc::clone(&manager.sender.shared);
            let life = move || {
                let bound = processor.map_or(Ok(()), pin_current_thread);
                // Whoever starts the worker waits for this word; the thread ends where it gets no work to do.
                let _ = ready.send(bound);
                post_box.recv().map_or_else(|_| Vec::new(), |worker| worker.run(&shared.mailboxes[index]))
            };
            let builder = Builder::new().name(format!("mm-worker-{index}"));
            manager.workers.push(builder.spawn(life).map_err(|_| ManagerError::Thread)?);
            posts.push(post);
            readiness.recv().map_err(|_| ManagerError::Thread)??;
            Ok(())
        });
        if let Err(error) = started {
            drop(posts);
            drop(manager.finish());
            return Err((error, units));
        }
        let mut hands: Vec<Vec<U>> = (0..threads).map(|_| Vec::new()).collect();
        for (index, unit) in units.into_iter().enumerate() {
            hands[index % threads].push(unit);
        }
        let running = Arc::new(AtomicUsize::new(threads));
        let abandoned = Arc::new(AtomicBool::new(false));
        let mut lanes = Vec::with_capacity(threads);
        for (post, hand) in posts.into_iter().zip(hands) {
            let (producer, consumer) = spsc(config.outputs);
            lanes.push(consumer);
            // The thread waits for it, and nothing else ends the thread.
            let _ =
                post.send(Worker::new(config, hand, producer, Arc::clone(&running), Arc::clone(&abandoned)));
        }
        Ok((manager, Outputs { lanes, next: 0, running, abandoned }))
    }

    /// A way in.
    #[must_use]
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Workers.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.workers.len()
    }

    /// Refuses later inputs. The workers go on until they have finished those inside.
    pub fn close(&self) {
        self.sender.shared.mailboxes.iter().for_each(|mailbox| mailbox.queue.close());
    }

    /// Closes, waits until every input has been worked off, and returns the units by instrument. Another thread has to take
    /// the outputs meanwhile, or have dropped them.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finished<U>> {
        self.close();
        Self::collect(&mut self.workers)
    }

    /// [`finish`](Self::finish), with every output that is left going to `sink`.
    pub fn stop(mut self, mut outputs: Outputs, mut sink: impl FnMut(Output)) -> Vec<Finished<U>> {
        self.close();
        loop {
            // Asked first: an output that was there before the last worker ended is found afterwards.
            let is_over = outputs.is_over();
            while let Some(output) = outputs.take() {
                sink(output);
            }
            if is_over {
                break;
            }
            std::thread::yield_now();
        }
        Self::collect(&mut self.workers)
    }

    fn collect(workers: &mut Vec<JoinHandle<Vec<Finished<U>>>>) -> Vec<Finished<U>> {
        // A worker catches its units' panics, so that joining fails only when the process is beyond help.
        let mut finished: Vec<Finished<U>> =
            workers.drain(..).filter_map(|worker| worker.join().ok()).flatten().collect();
        finished.sort_unstable_by_key(|finished| finished.unit.instrument());
        finished
    }
}

impl<U: Unit> Drop for Manager<U> {
    /// Closes. The workers end by themselves when their inputs are worked off.
    fn drop(&mut self) {
        self.close();
    }
}

/// By instrument: the worker of each unit and its place there.
fn routes<U: Unit>(
    config: &ManagerConfig,
    units: &[U],
) -> Result<Vec<(InstrumentId, u32, u32)>, ManagerError> {
    let bad = |parameter| Err(ManagerError::BadParameter { parameter });
    if config.threads == 0 {
        return bad("threads");
    }
    if config.inputs == 0 {
        return bad("inputs");
    }
    if config.outputs == 0 {
        return bad("outputs");
    }
    if config.back_pressure == BackPressure::DropOldest {
        return bad("back_pressure");
    }
    let place = |(index, unit): (usize, &U)| {
        (unit.instrument(), (index % config.threads) as u32, (index / config.threads) as u32)
    };
    let mut routes: Vec<_> = units.iter().enumerate().map(place).collect();
    routes.sort_unstable_by_key(|route| route.0);
    match routes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(ManagerError::DuplicateInstrument(pair[0].0.0)),
        None => Ok(routes),
    }
}

/// One hash of all units by instrument: the same at any number of threads.
#[must_use]
pub fn combined_hash<U: Unit>(finished: &[Finished<U>]) -> u64 {
    let mut hash = super::StateHash::default();
    for finished in finished {
        hash.update(&[u64::from(finished.unit.instrument().0), finished.unit.state_hash()]);
    }
    hash.finish()
}
