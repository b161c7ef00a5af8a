//! What an engine shows of itself, and the few things that a host may change between events.

use super::Engine;
use crate::engine::{EngineStats, Forecaster, LatencySummary, MarketBook, Stage};
use crate::features::Features;
use crate::oms::OrderManager;
use crate::position::Position;
use crate::risk::{KillSwitch, RiskCounters, RiskGate, RiskMonitor};
use crate::types::{Instrument, Money, Price, Timestamp};

impl<S> Engine<S> {
    /// The instrument.
    #[must_use]
    pub const fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    /// The book as of the last event.
    #[must_use]
    pub const fn book(&self) -> &MarketBook {
        &self.book
    }

    /// The features as of the last quote.
    #[must_use]
    pub const fn features(&self) -> &Features {
        &self.features
    }

    /// The predictor that is attached.
    #[must_use]
    pub fn forecaster(&self) -> Option<&Forecaster> {
        self.forecaster.as_deref()
    }

    /// The strategy.
    #[must_use]
    pub const fn strategy(&self) -> &S {
        &self.strategy
    }

    /// The working orders.
    #[must_use]
    pub const fn orders(&self) -> &OrderManager {
        &self.orders
    }

    /// The position.
    #[must_use]
    pub const fn position(&self) -> &Position {
        &self.position
    }

    /// What the risk gate passed and refused.
    #[must_use]
    pub const fn risk_counters(&self) -> &RiskCounters {
        self.gate.counters()
    }

    /// The risk gate, to be read by its owner.
    #[must_use]
    pub const fn risk(&self) -> &RiskGate {
        &self.gate
    }

    /// The risk gate, to be reset, restored, fed or switched. Quotes are due at the next event.
    pub fn risk_mut(&mut self) -> &mut RiskGate {
        self.requote = true;
        &mut self.gate
    }

    /// A window into the gate for another thread: its metrics, its coverage, its audit ring.
    #[must_use]
    pub fn risk_monitor(&self) -> RiskMonitor {
        self.gate.monitor()
    }

    /// The switch that stops every new order, for any thread. At the next event after it all orders are cancelled.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitch {
        self.gate.kill_switch()
    }

    /// Latest time seen.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Counters.
    #[must_use]
    pub const fn stats(&self) -> &EngineStats {
        &self.stats
    }

    /// The price that the position is marked at: the last mid, a half tick rounded against the position (down when
    /// long, up when short). `None` until both sides have been seen; a side that empties later leaves the mark.
    #[must_use]
    pub fn mark(&self) -> Option<Price> {
        let mid2 = self.last_mid2?;
        Some(Price(if self.position.quantity().0 < 0 {
            (mid2 + 1).div_euclid(2)
        } else {
            mid2.div_euclid(2)
        }))
    }

    /// Deepest fall of equity (profit and loss after fees, marked at [`mark`](Self::mark)) from its peak.
    #[must_use]
    pub const fn max_drawdown(&self) -> Money {
        Money(self.max_drawdown)
    }

    /// Percentiles of a stage's latency.
    #[must_use]
    pub fn latency(&self, stage: Stage) -> LatencySummary {
        self.latency.summary(stage)
    }

    /// Adds a latency that the host measured. Hot path.
    pub fn record_latency(&mut self, stage: Stage, nanoseconds: u64) {
        self.latency.record(stage, nanoseconds);
    }

    /// A hash of everything sent and reported so far, the book and the position. Two replays of the same data with the
    /// same settings give the same number on every machine and from every language. Linear in the book.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        let mut hash = self.hash;
        let position = &self.position;
        hash.update(&[
            self.book.state_hash(),
            position.quantity().0 as u64,
            position.cash() as u64,
            (position.cash() >> 64) as u64,
            position.fees().0 as u64,
            self.stats.events - self.stats.refused_events,
            self.stats.quotes,
        ]);
        hash.finish()
    }
}
