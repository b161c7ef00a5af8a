//! What an engine tells of itself: counters, account, latencies.

use super::status::Failure;
use crate::engine::{Engine, EngineStats, LatencySummary};
use crate::strategy::Strategy;
use crate::types::Money;

/// Counters of an engine since its creation. Quantities in lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_engine_stats_t {
    /// Market-data events, refused ones included.
    pub events: u64,
    /// Events that the book refused.
    pub refused_events: u64,
    /// Times that the strategy was asked for quotes.
    pub quotes: u64,
    /// New orders and replacements sent.
    pub orders_sent: u64,
    /// Of these, replacements.
    pub replaces: u64,
    /// Cancels sent.
    pub cancels: u64,
    /// Orders that the venue refused.
    pub venue_rejects: u64,
    /// Orders that the risk gate refused.
    pub risk_refusals: u64,
    /// Fills.
    pub fills: u64,
    /// Of these, fills that provided liquidity.
    pub maker_fills: u64,
    /// Lots filled.
    pub filled_quantity: u64,
    /// Lots of the orders sent.
    pub ordered_quantity: u64,
    /// What the quotes earned against the mid at the moment of their fills, half ticks x lots.
    pub spread_captured_half: i64,
    /// Largest |position|, lots.
    pub max_position: u64,
}

impl From<&EngineStats> for mm_engine_stats_t {
    fn from(stats: &EngineStats) -> Self {
        Self {
            events: stats.events,
            refused_events: stats.refused_events,
            quotes: stats.quotes,
            orders_sent: stats.orders_sent,
            replaces: stats.replaces,
            cancels: stats.cancels,
            venue_rejects: stats.venue_rejects,
            risk_refusals: stats.risk_refusals,
            fills: stats.fills,
            maker_fills: stats.maker_fills,
            filled_quantity: stats.filled_quantity,
            ordered_quantity: stats.ordered_quantity,
            spread_captured_half: stats.spread_captured_half,
            max_position: stats.max_position,
        }
    }
}

/// Position and result of an engine. Money in ticks x lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_engine_account_t {
    /// Lots held; negative is short.
    pub position: i64,
    /// Profit realised, before fees.
    pub realised: i64,
    /// Profit of the open position at `mark`; 0 without a mark.
    pub unrealised: i64,
    /// Fees paid; negative when rebates were more.
    pub fees: i64,
    /// Deepest fall of equity after fees from its peak.
    pub max_drawdown: i64,
    /// The price that the position is marked at, ticks; meaningful if `has_mark` is 1.
    pub mark: i64,
    /// 1 once both sides of the book have been seen.
    pub has_mark: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// Position and result of an engine now.
pub(crate) fn account_of<S: Strategy>(engine: &Engine<S>) -> Result<mm_engine_account_t, Failure> {
    let (position, mark) = (engine.position(), engine.mark());
    Ok(mm_engine_account_t {
        position: position.quantity().0,
        realised: position.realised().0,
        unrealised: mark.map_or(Ok(Money(0)), |mark| position.unrealised(mark))?.0,
        fees: position.fees().0,
        max_drawdown: engine.max_drawdown().0,
        mark: mark.map_or(0, |mark| mark.0),
        has_mark: u8::from(mark.is_some()),
        reserved: [0; 7],
    })
}

/// Percentiles of one stage's latency, ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct mm_latency_t {
    /// How many samples.
    pub count: u64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
}

impl From<LatencySummary> for mm_latency_t {
    fn from(summary: LatencySummary) -> Self {
        Self {
            count: summary.count,
            p50: summary.p50,
            p90: summary.p90,
            p99: summary.p99,
            p999: summary.p999,
            max: summary.max,
        }
    }
}
