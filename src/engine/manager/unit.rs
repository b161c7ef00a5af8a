//! What a worker runs: the trait, its inputs and outputs, and the engine as a unit.

use super::Fault;
use crate::engine::{Engine, EngineError};
use crate::oms::{ExecutionReport, OrderAction};
use crate::strategy::Strategy;
use crate::types::{Event, InstrumentId, Timestamp};

/// What a unit is told.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant, reason = "copied into a queue of fixed places, never boxed")]
pub enum Input {
    /// Market data.
    Market(Event),
    /// The venue's word on an own order.
    Report(ExecutionReport),
    /// Quotes are to be computed now.
    Refresh(Timestamp),
    /// The host saw something go wrong at this time.
    Fault(Fault, Timestamp),
}

impl Input {
    /// When it happened.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        match self {
            Self::Market(event) => event.timestamp,
            Self::Report(report) => report.timestamp,
            Self::Refresh(now) | Self::Fault(_, now) => *now,
        }
    }
}

/// What a unit or its worker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Whose it is.
    pub instrument: InstrumentId,
    /// What it is.
    pub kind: OutputKind,
}

/// What an [`Output`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// An order action for the venue.
    Action(OrderAction),
    /// The strategy rests until then; its quotes are withdrawn.
    RestBegins(Timestamp),
    /// It quotes again.
    RestEnds,
    /// The unit panicked and will not be called again. Its orders may still work at the venue: cancel them.
    Broken,
}

/// Where a unit's outputs go.
pub struct Emit<'a> {
    pub(super) instrument: InstrumentId,
    pub(super) sink: &'a mut dyn FnMut(Output),
}

impl Emit<'_> {
    /// Sends an order action. Hot path; waits while nobody takes outputs.
    pub fn action(&mut self, action: &OrderAction) {
        self.say(OutputKind::Action(*action));
    }

    pub(super) fn say(&mut self, kind: OutputKind) {
        (self.sink)(Output { instrument: self.instrument, kind });
    }
}

/// One instrument's work, owned by one worker.
pub trait Unit: Send + 'static {
    /// Why it refuses an input.
    type Error: std::error::Error + Send + 'static;

    /// Whose inputs it gets.
    fn instrument(&self) -> InstrumentId;

    /// Takes one input. [`Input::Fault`] never reaches it. The same inputs give the same outputs.
    ///
    /// # Errors
    /// Its own; the worker counts it and goes on with the next input.
    fn on_input(&mut self, input: &Input, emit: &mut Emit<'_>) -> Result<(), Self::Error>;

    /// Whether an error counts towards a rest, and as what; bad market data, say, is not the strategy's.
    fn fault_of(error: &Self::Error) -> Option<Fault>;

    /// A rest begins or ends. A resting unit follows its market, and withdraws its quotes.
    ///
    /// # Errors
    /// As for [`on_input`](Self::on_input).
    fn rest(&mut self, is_resting: bool, now: Timestamp, emit: &mut Emit<'_>) -> Result<(), Self::Error>;

    /// A hash of everything done so far.
    fn state_hash(&self) -> u64;
}

/// An [`Engine`] whose order actions are outputs and whose reports are inputs.
#[derive(Debug)]
pub struct EngineUnit<S> {
    engine: Engine<S>,
    actions: Box<[OrderAction]>,
}

/// Actions that one event can cause: every level of both sides, with room to spare.
const ACTIONS: usize = 64;

impl<S: Strategy> EngineUnit<S> {
    /// Takes an engine in.
    #[must_use]
    pub fn new(engine: Engine<S>) -> Self {
        Self { engine, actions: vec![OrderAction::EMPTY; ACTIONS].into_boxed_slice() }
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine<S> {
        &self.engine
    }

    /// Gives the engine back.
    #[must_use]
    pub fn into_engine(self) -> Engine<S> {
        self.engine
    }

    fn emit(&self, count: usize, emit: &mut Emit<'_>) {
        for action in &self.actions[..count] {
            emit.action(action);
        }
    }
}

impl<S: Strategy + Send + 'static> Unit for EngineUnit<S> {
    type Error = EngineError;

    fn instrument(&self) -> InstrumentId {
        self.engine.instrument().id
    }

    fn on_input(&mut self, input: &Input, emit: &mut Emit<'_>) -> Result<(), EngineError> {
        let count = match input {
            Input::Market(event) => self.engine.on_event(event, &mut self.actions)?,
            Input::Report(report) => {
                self.engine.on_report(report)?;
                0
            }
            Input::Refresh(now) => self.engine.refresh(*now, &mut self.actions)?,
            Input::Fault(..) => 0,
        };
        self.emit(count, emit);
        Ok(())
    }

    fn fault_of(error: &EngineError) -> Option<Fault> {
        (!matches!(error, EngineError::Book(_))).then_some(Fault::Error)
    }

    fn rest(&mut self, is_resting: bool, now: Timestamp, emit: &mut Emit<'_>) -> Result<(), EngineError> {
        self.engine.set_resting(is_resting);
        let count = self.engine.refresh(now, &mut self.actions)?;
        self.emit(count, emit);
        Ok(())
    }

    fn state_hash(&self) -> u64 {
        self.engine.state_hash()
    }
}
