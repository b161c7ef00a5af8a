//! The engine itself: its state, and the path of an event.

mod view;

use quanta::Clock;

use super::{
    ClockMode, EngineConfig, EngineError, EngineStats, Forecaster, LatencyRecorder, MarketBook, ReportEffect,
    Stage, StateHash,
};
use crate::book::Depth;
use crate::features::{Features, TopOfBook};
use crate::oms::{
    Decision, ExecutionKind, ExecutionReport, MarketTop, OmsConfig, OmsError, OrderAction, OrderActionKind,
    OrderManager, WantedQuotes,
};
use crate::position::Position;
use crate::risk::{AccountUpdate, FillUpdate, MarketUpdate, RiskGate, Stance};
use crate::strategy::{MarketView, Strategy};
use crate::types::{Event, EventKind, Instrument, Money, Quantity, Side, Timestamp, event_flags};

/// One instrument's pipeline. See the [module](super)'s description.
///
/// ```
/// use market_maker::engine::{Engine, EngineConfig};
/// use market_maker::oms::OrderAction;
/// use market_maker::strategy::{StoikovConfig, StoikovStrategy};
/// use market_maker::types::{Event, EventKind, Instrument, OrderId, Price, Quantity, Side, Timestamp, event_flags};
///
/// let instrument = Instrument::new("AAPL", 0.01, 1.0).unwrap();
/// let strategy = StoikovStrategy::new(&StoikovConfig { warm_up: 1, ..StoikovConfig::default() }).unwrap();
/// let mut engine = Engine::new(&EngineConfig::new(instrument), strategy).unwrap();
/// let mut actions = [OrderAction::EMPTY; 16];
/// let add = |id, side, price, second: u64| Event {
///     kind: EventKind::Add, order_id: OrderId(id), side, price: Price(price), quantity: Quantity(100),
///     timestamp: Timestamp(second * 1_000_000_000), flags: event_flags::LAST, ..Event::EMPTY
/// };
/// let feed = [add(1, Side::Buy, 9_990, 1), add(2, Side::Sell, 10_010, 2), add(3, Side::Buy, 9_992, 3), add(4, Side::Buy, 9_993, 4)];
/// let mut sent = 0;
/// for event in &feed {
///     sent += engine.on_event(event, &mut actions).unwrap();
/// }
/// assert_eq!(sent, 2); // a bid and an ask
/// ```
#[derive(Debug)]
pub struct Engine<S> {
    instrument: Instrument,
    book: MarketBook,
    features: Features,
    forecaster: Option<Box<Forecaster>>,
    strategy: S,
    gate: RiskGate,
    orders: OrderManager,
    position: Position,
    top: TopOfBook,
    /// Twice the last mid: an empty side (a cleared book, the end of a session) does not take the mark away.
    last_mid2: Option<i64>,
    now: Timestamp,
    /// The features have not seen the book's last change yet.
    is_top_stale: bool,
    /// Quotes may be due although the top did not change.
    requote: bool,
    is_halted: bool,
    is_resting: bool,
    /// Number of the last market-data message, 0 for none; followed where the gate checks numbers.
    sequence: u64,
    equity_peak: i64,
    max_drawdown: i64,
    stats: EngineStats,
    hash: StateHash,
    latency: LatencyRecorder,
    clock_mode: ClockMode,
    clock: Clock,
}

impl<S: Strategy> Engine<S> {
    /// An engine with an empty book, no position and no orders. Allocates everything it will ever need.
    ///
    /// # Errors
    /// The error of the part whose configuration is bad.
    pub fn new(config: &EngineConfig, strategy: S) -> Result<Self, EngineError> {
        let orders = OmsConfig { instrument: config.instrument.id, ..config.orders };
        Ok(Self {
            instrument: config.instrument,
            book: MarketBook::new(&config.book, config.by_level)?,
            features: Features::new(&config.features)?,
            forecaster: None,
            strategy,
            gate: RiskGate::new(&config.risk)?,
            orders: OrderManager::new(&orders)?,
            position: Position::FLAT,
            top: TopOfBook::default(),
            last_mid2: None,
            now: Timestamp(0),
            is_top_stale: false,
            requote: false,
            is_halted: false,
            is_resting: false,
            sequence: 0,
            equity_peak: 0,
            max_drawdown: 0,
            stats: EngineStats::default(),
            hash: StateHash::default(),
            latency: LatencyRecorder::new(),
            clock_mode: config.clock,
            clock: Clock::new(),
        })
    }

    /// Takes one market-data event; writes the order actions that follow from it to `out` and returns how many.
    ///
    /// A buffer of twice the quoted levels per side plus two always suffices. Hot path.
    ///
    /// # Errors
    /// [`EngineError::Book`] when the book refuses the event: the book, the quotes, the orders, the time and the state
    /// hash stay as they were; the statistics count it.
    /// [`EngineError::Orders`] with [`OmsError::ActionBufferFull`] when `out` is too small: the event has been applied,
    /// no action was made, and quotes are computed again at the next event.
    pub fn on_event(&mut self, event: &Event, out: &mut [OrderAction]) -> Result<usize, EngineError> {
        let start = self.tick(ClockMode::Total);
        self.stats.events += 1;
        let touched = match self.book.apply(event) {
            Ok(touched) => touched,
            Err(error) => {
                self.stats.refused_events += 1;
                return Err(error.into());
            }
        };
        // Feeds merge several sources: a step back in time is no elapsed time.
        self.now = self.now.max(event.timestamp);
        self.is_top_stale |= touched.top_changed();
        self.watch(event);
        match event.kind {
            EventKind::Trade if event.has(event_flags::SIDED) => {
                self.features.on_trade(self.now, event.side, event.quantity);
            }
            EventKind::Execute => {
                // Feeds that name only the order leave its side to the book: executions happen at the best price.
                let resting = match (event.has(event_flags::LOCATED), touched.top_changed_on(Side::Buy)) {
                    (true, _) => Some(event.side),
                    (false, true) => Some(Side::Buy),
                    (false, false) => touched.top_changed_on(Side::Sell).then_some(Side::Sell),
                };
                if let Some(side) = resting {
                    self.features.on_trade(self.now, side.opposite(), event.quantity);
                }
            }
            EventKind::Status => self.set_halted(event.quantity == Quantity::ZERO),
            _ => {}
        }
        if let Some(forecaster) = &mut self.forecaster
            && forecaster.on_event(event, touched, &self.book)
        {
            self.requote |= self.strategy.follows_predictions();
        }
        let booked = self.lap(Stage::Book, start);
        let is_consistent = event.has(event_flags::LAST) && !event.has(event_flags::SNAPSHOT);
        if !is_consistent || !(self.is_top_stale || self.requote) {
            self.lap_total(false, start);
            return Ok(0);
        }
        let count = self.quote(booked, out)?;
        self.lap_total(true, start);
        Ok(count)
    }

    /// Tells the gate that data came, and makes quotes due when it no longer lets the working ones stand.
    #[inline]
    fn watch(&mut self, event: &Event) {
        let id = self.instrument.id;
        if self.gate.wants_data_times() {
            self.gate.on_data(id, self.now);
        }
        if self.gate.wants_sequences() {
            let is_recovery = event.has(event_flags::SNAPSHOT | event_flags::LAST);
            if is_recovery {
                self.gate.on_recovered(id, event.sequence, self.now);
            } else {
                self.gate.on_sequence(id, event.sequence, self.now);
            }
            if event.sequence != 0 {
                // What follows a snapshot follows on from it, whatever its number.
                if !is_recovery && self.sequence != 0 && event.sequence > self.sequence.saturating_add(1) {
                    self.interrupt();
                }
                let last = if is_recovery { 0 } else { self.sequence };
                self.sequence = last.max(event.sequence);
            }
        }
        if !self.requote && !self.orders.is_empty() && self.gate.needs_look(self.now) {
            self.requote = self.gate.stance(id, self.now) != Stance::Open;
        }
    }

    /// There is a gap in the feed, of which neither the book nor the sequence numbers (where the gate checks these) tell: no
    /// move and no flow across it counts, and a prediction that is attached ends. Quotes are due at the next event. Hot path.
    pub fn interrupt(&mut self) {
        self.features.interrupt();
        if let Some(forecaster) = &mut self.forecaster {
            forecaster.interrupt();
        }
        self.requote = true;
    }

    /// Makes room in the book for at least `additional` more orders, or levels; see
    /// [`OrderBook::reserve`](crate::book::OrderBook::reserve). Not for the hot path.
    ///
    /// # Errors
    /// [`EngineError::Book`]; the book is as before.
    pub fn reserve(&mut self, additional: u32) -> Result<(), EngineError> {
        Ok(self.book.reserve(additional)?)
    }

    /// Attaches a predictor, or takes it away: from the next event on its predictions are part of what the strategy sees.
    /// Whether and how far quotes follow them is the strategy's rule
    /// ([`PredictionRule`](crate::strategy::PredictionRule)). A new prediction makes quotes due, unless the strategy follows none.
    pub fn set_forecaster(&mut self, forecaster: Option<Forecaster>) {
        self.forecaster = forecaster.map(Box::new);
        self.requote |= self.strategy.follows_predictions();
    }

    /// Computes quotes now, whether or not anything changed: after reports between events, or on a timer of the host's. Rows
    /// of the feature grid that have ended by `now` go to the predictor that is attached, first.
    ///
    /// # Errors
    /// [`EngineError::Orders`], as for [`on_event`](Self::on_event).
    pub fn refresh(&mut self, now: Timestamp, out: &mut [OrderAction]) -> Result<usize, EngineError> {
        self.now = self.now.max(now);
        let start = self.tick(ClockMode::Stages);
        if let Some(forecaster) = &mut self.forecaster {
            forecaster.advance(self.now, &self.book);
        }
        self.quote(start, out)
    }

    fn quote(&mut self, start: u64, out: &mut [OrderAction]) -> Result<usize, EngineError> {
        // In a variable, and not read back from the engine: what has just been stored field by field would be waited for.
        let mut top = self.top;
        if self.is_top_stale {
            self.is_top_stale = false;
            let side = |side| self.book.best(side).map(|level| (level.price, level.quantity));
            top = TopOfBook::new(side(Side::Buy), side(Side::Sell));
            self.top = top;
            self.last_mid2 = top.mid2().or(self.last_mid2);
            self.features.on_top(self.now, &top);
            self.gate.on_market(&MarketUpdate {
                instrument: self.instrument.id,
                timestamp: self.now,
                bid: top.bid,
                ask: top.ask,
            });
            self.track_equity();
        }
        // Until the orders below are decided without error, quotes are due.
        self.requote = true;
        let featured = self.lap(Stage::Features, start);

        let wanted = if self.is_halted || self.is_resting {
            WantedQuotes::NONE
        } else {
            self.stats.quotes += 1;
            let mut view = MarketView::new(self.now, top, &self.features, self.position.quantity());
            if let Some(forecaster) = &self.forecaster {
                view.prediction = forecaster.prediction(self.now);
            }
            self.strategy.quotes(&view)
        };
        let quoted = self.lap(Stage::Quote, featured);

        let top = MarketTop::new(top.bid, top.ask);
        let (position, mut decision) = (self.position.quantity(), Decision::default());
        self.orders.decide_into(&wanted, &top, position, self.now, &mut self.gate, out, &mut decision)?;
        self.requote = false;
        self.stats.risk_refusals += u64::from(decision.refused);
        for action in &out[..decision.actions] {
            self.note_sent(action);
        }
        self.lap(Stage::Orders, quoted);
        Ok(decision.actions)
    }

    /// Takes the venue's word on an own order.
    ///
    /// A fill, a refusal or the end of an order makes quotes due at the next event (or [`refresh`](Self::refresh)).
    /// Hot path.
    ///
    /// # Errors
    /// [`EngineError::Orders`] for a report that fits no order, [`EngineError::Position`] for a fill that the position
    /// cannot hold. Nothing has changed then.
    pub fn on_report(&mut self, report: &ExecutionReport) -> Result<ReportEffect, EngineError> {
        let mut position = self.position;
        let (mut realised, mut net) = (Money(0), None);
        if report.kind == ExecutionKind::Filled {
            let outcome = position.fill(
                report.side,
                report.price,
                report.quantity,
                report.is_maker != 0,
                &self.instrument.fees,
            );
            match outcome {
                Ok(outcome) => {
                    realised = outcome.realised;
                    let fee = (outcome.fee_micro / 1_000_000).clamp(i64::MIN.into(), i64::MAX.into()) as i64;
                    let after_fee = Money(realised.0.saturating_sub(fee));
                    net = (outcome.closed > Quantity::ZERO).then_some(after_fee);
                }
                // What cannot be booked must not reach the order manager either.
                Err(error) => return Err(error.into()),
            }
        }
        let outcome = match self.orders.on_report(report) {
            Ok(outcome) => outcome,
            Err(OmsError::FinishedOrder(_)) if report.kind != ExecutionKind::Filled => {
                return Ok(ReportEffect::Stale);
            }
            Err(OmsError::DuplicateFill(_)) => return Ok(ReportEffect::Stale),
            Err(error) => return Err(error.into()),
        };
        self.now = self.now.max(report.timestamp);
        self.hash.update(&[
            report.kind as u64,
            report.order_id.0,
            report.price.0 as u64,
            report.quantity.0,
            report.leaves.0,
        ]);
        self.requote |= !matches!(report.kind, ExecutionKind::Accepted | ExecutionKind::Replaced);
        if report.kind == ExecutionKind::Rejected {
            self.stats.venue_rejects += 1;
        }
        if report.kind != ExecutionKind::Filled {
            return Ok(ReportEffect::Order(outcome.order.state));
        }
        self.position = position;
        self.note_fill(report);
        self.gate.on_fill(&FillUpdate {
            instrument: self.instrument.id,
            timestamp: self.now,
            side: report.side,
            price: report.price,
            quantity: report.quantity,
            realised: net,
        });
        self.track_equity();
        Ok(ReportEffect::Fill { realised })
    }

    fn note_sent(&mut self, action: &OrderAction) {
        self.hash.update(&[
            action.kind as u64,
            action.order_id.0,
            action.new_order_id.0,
            action.price.0 as u64,
            action.quantity.0 << 1 | action.side as u64,
        ]);
        if action.kind == OrderActionKind::Cancel {
            self.stats.cancels += 1;
            return;
        }
        self.stats.orders_sent += 1;
        self.stats.replaces += u64::from(action.kind == OrderActionKind::Replace);
        self.stats.ordered_quantity = self.stats.ordered_quantity.saturating_add(action.quantity.0);
    }

    fn note_fill(&mut self, report: &ExecutionReport) {
        let stats = &mut self.stats;
        stats.fills += 1;
        stats.maker_fills += u64::from(report.is_maker != 0);
        stats.filled_quantity = stats.filled_quantity.saturating_add(report.quantity.0);
        stats.max_position = stats.max_position.max(self.position.quantity().0.unsigned_abs());
        if let Some(mid2) = self.top.mid2() {
            let edge = i128::from(report.side.sign())
                * (i128::from(mid2) - 2 * i128::from(report.price.0))
                * i128::from(report.quantity.0);
            let total = i128::from(stats.spread_captured_half) + edge;
            stats.spread_captured_half = total.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        }
    }

    /// Follows the peak of equity and the deepest fall from it, and tells the gate. An equity beyond 64 bits is left out.
    fn track_equity(&mut self) {
        let Some(mark) = self.mark() else { return };
        let Some(valuation) = self.position.valued(mark) else { return };
        let equity = valuation.equity.0;
        self.equity_peak = self.equity_peak.max(equity);
        self.max_drawdown = self.max_drawdown.max(self.equity_peak.saturating_sub(equity));
        self.gate.on_account(&AccountUpdate {
            timestamp: self.now,
            realised: valuation.realised,
            unrealised: valuation.unrealised,
            fees: valuation.fees,
        });
    }

    /// Stops quoting, or takes it up again. A resting engine follows its market, and wants no quotes: at the next event (or
    /// [`refresh`](Self::refresh)) they are withdrawn.
    pub fn set_resting(&mut self, is_resting: bool) {
        self.requote |= self.is_resting != is_resting;
        self.is_resting = is_resting;
    }

    fn set_halted(&mut self, is_halted: bool) {
        if self.is_halted != is_halted {
            self.is_halted = is_halted;
            self.requote = true;
            self.features.interrupt();
        }
    }

    /// A reading of the clock in nanoseconds, when the mode is at least `mode`.
    fn tick(&self, mode: ClockMode) -> u64 {
        if self.clock_mode as u8 >= mode as u8 && self.clock_mode != ClockMode::Off {
            self.clock.raw()
        } else {
            0
        }
    }

    fn lap(&mut self, stage: Stage, since: u64) -> u64 {
        if self.clock_mode != ClockMode::Stages {
            return since;
        }
        let now = self.clock.raw();
        self.latency.record(stage, self.clock.delta_as_nanos(since, now));
        now
    }

    /// The end of an event: one reading serves both of its histograms.
    fn lap_total(&mut self, is_quoted: bool, since: u64) {
        if self.clock_mode == ClockMode::Off {
            return;
        }
        let elapsed = self.clock.delta_as_nanos(since, self.clock.raw());
        self.latency.record(Stage::Event, elapsed);
        if is_quoted {
            self.latency.record(Stage::TickToQuote, elapsed);
        }
    }
}
