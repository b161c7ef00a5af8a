//! A whole replay: source, venue and engine in one loop, and what came of it.

use super::{ReplayVenue, VenueConfig, VenueError};
use crate::engine::manager::{Emit, Fault, Input, Unit};
use crate::engine::{Engine, EngineConfig, EngineError, EngineStats, Forecaster};
use crate::feed::{EventSource, FeedError};
use crate::oms::{ExecutionReport, OrderAction};
use crate::position::PositionError;
use crate::risk::RiskCounters;
use crate::strategy::Strategy;
use crate::types::{Event, InstrumentId, Money, SignedQuantity, Timestamp};

/// Why a replay cannot start or go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReplayError {
    /// The data.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The venue.
    #[error(transparent)]
    Venue(#[from] VenueError),
    /// The result does not fit its integers.
    #[error(transparent)]
    Position(#[from] PositionError),
}

/// What came of a replay. Money is in ticks × lots, before conversion by the instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaySummary {
    /// Counters of the engine.
    pub stats: EngineStats,
    /// What the risk gate passed and refused.
    pub risk: RiskCounters,
    /// Profit realised, before fees.
    pub realised: Money,
    /// Profit of the open position at the mark; zero without a mark.
    pub unrealised: Money,
    /// Fees paid, negative when rebates were more.
    pub fees: Money,
    /// Deepest fall of equity after fees.
    pub max_drawdown: Money,
    /// Lots held at the end.
    pub final_position: SignedQuantity,
    /// Time of the first event.
    pub first: Timestamp,
    /// Time of the last event.
    pub last: Timestamp,
    /// See [`Engine::state_hash`].
    pub state_hash: u64,
}

impl ReplaySummary {
    /// Lots filled over lots sent, 0 when none were sent.
    #[must_use]
    pub fn fill_ratio(&self) -> f64 {
        if self.stats.ordered_quantity == 0 {
            return 0.0;
        }
        self.stats.filled_quantity as f64 / self.stats.ordered_quantity as f64
    }
}

/// An engine whose orders go to a [`ReplayVenue`]. Allocates nothing after construction but in [`reserve`](Self::reserve).
///
/// ```
/// use market_maker::engine::EngineConfig;
/// use market_maker::feed::EventSource;
/// use market_maker::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
/// use market_maker::strategy::{StoikovConfig, StoikovStrategy};
/// use market_maker::types::Instrument;
///
/// let instrument = Instrument::new("DEMO", 0.01, 1.0).unwrap();
/// let strategy = StoikovStrategy::new(&StoikovConfig::default()).unwrap();
/// let mut replay = Replay::new(&EngineConfig::new(instrument), strategy, &VenueConfig::default()).unwrap();
/// let mut flow = SyntheticFlow::new(&SyntheticConfig { events: 20_000, ..Default::default() }).unwrap();
/// while let Some(event) = flow.next_event().unwrap() {
///     replay.on_event(&event).unwrap();
/// }
/// let summary = replay.summary().unwrap();
/// assert!(summary.stats.fills > 0);
/// ```
#[derive(Debug)]
pub struct Replay<S> {
    engine: Engine<S>,
    venue: ReplayVenue,
    actions: Box<[OrderAction]>,
    reports: Box<[ExecutionReport]>,
    first: Option<Timestamp>,
}

/// Actions that one event can cause: every level of both sides, with room to spare.
const ACTIONS: usize = 64;

impl<S: Strategy> Replay<S> {
    /// An engine and a venue at their start.
    ///
    /// # Errors
    /// [`ReplayError::Engine`], [`ReplayError::Venue`] for a bad configuration.
    pub fn new(engine: &EngineConfig, strategy: S, venue: &VenueConfig) -> Result<Self, ReplayError> {
        let venue = ReplayVenue::new(venue)?;
        let reports = vec![ExecutionReport::EMPTY; venue.most_reports()].into_boxed_slice();
        Ok(Self {
            engine: Engine::new(engine, strategy)?,
            venue,
            actions: vec![OrderAction::EMPTY; ACTIONS].into_boxed_slice(),
            reports,
            first: None,
        })
    }

    /// Attaches a predictor to the engine; see [`Engine::set_forecaster`].
    pub fn attach(&mut self, forecaster: Forecaster) {
        self.engine.set_forecaster(Some(forecaster));
    }

    /// Makes room in the book for at least `additional` more orders, or levels; see
    /// [`OrderBook::reserve`](crate::book::OrderBook::reserve). Not for the hot path.
    ///
    /// # Errors
    /// [`ReplayError::Engine`]; the book is as before.
    pub fn reserve(&mut self, additional: u32) -> Result<(), ReplayError> {
        Ok(self.engine.reserve(additional)?)
    }

    /// One event: it acts on own orders at the venue, the engine hears the venue's reports, then the event itself, and its
    /// actions go to the venue. Returns whether the book took the event (an unknown order, say, is counted and skipped).
    ///
    /// # Errors
    /// [`ReplayError`]; a replay that returned one cannot go on.
    pub fn on_event(&mut self, event: &Event) -> Result<bool, ReplayError> {
        self.first.get_or_insert(event.timestamp);
        let count = self.venue.on_event(self.engine.book(), event, &mut self.reports)?;
        for report in &self.reports[..count] {
            // A cancel that crossed a fill on its way is stale to the engine; a fill of a finished order would be a
            // fill lost, and ends the replay.
            self.engine.on_report(report)?;
        }
        let count = match self.engine.on_event(event, &mut self.actions) {
            Ok(count) => count,
            Err(EngineError::Book(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        for action in &self.actions[..count] {
            self.venue.submit(self.engine.now(), action)?;
        }
        Ok(true)
    }

    /// Runs a source to its end.
    ///
    /// # Errors
    /// [`ReplayError`]. After [`ReplayError::Feed`] the [`summary`](Self::summary) is that of all data before it.
    pub fn run(&mut self, source: &mut impl EventSource) -> Result<(), ReplayError> {
        while let Some(event) = source.next_event()? {
            self.on_event(&event)?;
        }
        Ok(())
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine<S> {
        &self.engine
    }

    /// The venue.
    #[must_use]
    pub const fn venue(&self) -> &ReplayVenue {
        &self.venue
    }

    /// What has come of it so far.
    ///
    /// # Errors
    /// [`ReplayError::Position`] when a result leaves its integer.
    pub fn summary(&self) -> Result<ReplaySummary, ReplayError> {
        let position = self.engine.position();
        let unrealised = match self.engine.mark() {
            Some(mark) => position.unrealised(mark)?,
            None => Money(0),
        };
        Ok(ReplaySummary {
            stats: *self.engine.stats(),
            risk: *self.engine.risk_counters(),
            realised: position.realised(),
            unrealised,
            fees: position.fees(),
            max_drawdown: self.engine.max_drawdown(),
            final_position: position.quantity(),
            first: self.first.unwrap_or_default(),
            last: self.engine.now(),
            state_hash: self.engine.state_hash(),
        })
    }
}

impl<S: Strategy + Send + 'static> Unit for Replay<S> {
    type Error = ReplayError;

    fn instrument(&self) -> InstrumentId {
        self.engine.instrument().id
    }

    /// Market data; the venue is inside, so that reports from outside are none of its own and are ignored.
    fn on_input(&mut self, input: &Input, _: &mut Emit<'_>) -> Result<(), ReplayError> {
        if let Input::Market(event) = input {
            self.on_event(event)?;
        }
        Ok(())
    }

    fn fault_of(_: &ReplayError) -> Option<Fault> {
        Some(Fault::Error)
    }

    fn rest(&mut self, is_resting: bool, _: Timestamp, _: &mut Emit<'_>) -> Result<(), ReplayError> {
        self.engine.set_resting(is_resting);
        Ok(())
    }

    fn state_hash(&self) -> u64 {
        self.engine.state_hash()
    }
}
