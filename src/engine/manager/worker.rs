//! A worker thread: takes inputs, calls units, keeps their faults apart.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::queue::relax;
use super::rest::{Change, Rest};
use super::{
    BackPressure, Emit, Idle, Input, ManagerConfig, Output, OutputKind, Queue, QueueError, RestPolicy, Unit,
};
use crate::mem::ring::Producer;

/// Inputs of one worker, each with the place of its unit, and how many came and went.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) queue: Queue<(u32, Input)>,
    sent: AtomicU64,
    done: AtomicU64,
}

impl Mailbox {
    pub(super) fn new(capacity: usize, policy: BackPressure) -> Self {
        Self { queue: Queue::new(capacity, policy), sent: AtomicU64::new(0), done: AtomicU64::new(0) }
    }

    #[inline]
    pub(super) fn send(&self, unit: u32, input: &Input) -> Result<(), QueueError> {
        // Counted before it can be worked off.
        self.sent.fetch_add(1, Ordering::SeqCst);
        self.queue.push((unit, *input)).map_err(|(_, error)| {
            self.sent.fetch_sub(1, Ordering::SeqCst);
            error
        })
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }
}

/// A unit whose worker has ended.
#[derive(Debug)]
pub struct Finished<U: Unit> {
    /// The unit, with all that it knows.
    pub unit: U,
    /// Inputs that it was given.
    pub inputs: u64,
    /// Of these, inputs that it refused.
    pub errors: u64,
    /// Why it refused the last of them.
    pub last_error: Option<U::Error>,
    /// Rests that it took.
    pub rests: u64,
    /// Outputs that nobody was there to take.
    pub undelivered: u64,
    /// Whether it panicked; inputs after that were counted and thrown away.
    pub is_broken: bool,
    /// Inputs that came after it had panicked.
    pub unheard: u64,
}

struct Seat<U: Unit> {
    state: Finished<U>,
    rest: Rest,
}

pub(super) struct Worker<U: Unit> {
    seats: Vec<Seat<U>>,
    outbox: Producer<Output>,
    running: Running,
    abandoned: Arc<AtomicBool>,
    idle: Idle,
    policy: RestPolicy,
}

/// Counts a worker as running until it is dropped, however that comes about.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

impl<U: Unit> Worker<U> {
    pub(super) fn new(
        config: &ManagerConfig,
        units: Vec<U>,
        outbox: Producer<Output>,
        running: Arc<AtomicUsize>,
        abandoned: Arc<AtomicBool>,
    ) -> Self {
        let seat = |unit| Seat {
            state: Finished {
                unit,
                inputs: 0,
                errors: 0,
                last_error: None,
                rests: 0,
                undelivered: 0,
                is_broken: false,
                unheard: 0,
            },
            rest: Rest::default(),
        };
        Self {
            seats: units.into_iter().map(seat).collect(),
            outbox,
            running: Running(running),
            abandoned,
            idle: config.idle,
            policy: config.rest,
        }
    }

    /// Works until the mailbox is closed and empty.
    pub(super) fn run(mut self, mailbox: &Mailbox) -> Vec<Finished<U>> {
        self.work(mailbox);
        let finished = self.seats.into_iter().map(|seat| seat.state).collect();
        drop(self.running);
        finished
    }

    fn work(&mut self, mailbox: &Mailbox) {
        loop {
            match mailbox.queue.pop() {
                Some((seat, input)) => {
                    self.handle(seat as usize, &input);
                    mailbox.done.fetch_add(1, Ordering::SeqCst);
                }
                None if mailbox.queue.is_finished() => return,
                None => self.idle.wait(),
            }
        }
    }

    fn handle(&mut self, seat: usize, input: &Input) {
        let Self { seats, outbox, abandoned, policy, .. } = self;
        let Seat { state, rest } = &mut seats[seat];
        if state.is_broken {
            state.unheard += 1;
            return;
        }
        state.inputs += 1;
        let Finished { unit, undelivered, .. } = state;
        let mut sink = |output| deliver(outbox, abandoned, undelivered, output);
        let mut emit = Emit { instrument: unit.instrument(), sink: &mut sink };
        let now = input.timestamp();
        let called = catch_unwind(AssertUnwindSafe(|| {
            let mut failure = None;
            if rest.advance(now) == Change::Ends {
                emit.say(OutputKind::RestEnds);
                failure = unit.rest(false, now, &mut emit).err();
            }
            let fault = match input {
                Input::Fault(fault, _) => Some(*fault),
                _ => match unit.on_input(input, &mut emit) {
                    Ok(()) => None,
                    Err(error) => {
                        let fault = U::fault_of(&error);
                        failure = Some(error);
                        fault
                    }
                },
            };
            let change = fault.map_or(Change::None, |fault| rest.fault(fault, now, policy));
            if let Change::Begins(until) = change {
                emit.say(OutputKind::RestBegins(until));
                failure = unit.rest(true, now, &mut emit).err().or(failure);
            }
            (failure, matches!(change, Change::Begins(_)))
        }));
        match called {
            Ok((failure, rests)) => {
                state.rests += u64::from(rests);
                if let Some(error) = failure {
                    state.errors += 1;
                    state.last_error = Some(error);
                }
            }
            Err(_) => {
                emit.say(OutputKind::Broken);
                state.is_broken = true;
            }
        }
    }
}

/// Waits for room, unless nobody will ever take it.
fn deliver(outbox: &mut Producer<Output>, abandoned: &AtomicBool, undelivered: &mut u64, output: Output) {
    let mut output = output;
    let mut attempts = 0;
    loop {
        match outbox.push(output) {
            Ok(()) => return,
            Err(back) => output = back,
        }
        if abandoned.load(Ordering::Acquire) {
            *undelivered += 1;
            return;
        }
        relax(attempts);
        attempts = attempts.saturating_add(1);
    }
}
