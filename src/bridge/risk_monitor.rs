//! `mm::cxx::risk_monitor`: what any thread may see of a gate.

use super::types::fill;
use super::{Error, Guarded};
use crate::ffi::args::fits;
use crate::ffi::risk_control::state_of;
use crate::ffi::risk_monitor::{mm_audit_record_t, mm_risk_coverage_t, mm_risk_metrics_t};
use crate::risk as core;
use crate::types::Timestamp;

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/engine.rs.h");
        #[cxx_name = "engine"]
        type Engine = crate::bridge::engine::Engine;
        include!("market-maker/src/bridge/risk.rs.h");
        #[cxx_name = "risk_gate"]
        type RiskGate = crate::bridge::risk::RiskGate;
        #[cxx_name = "trading_state"]
        type TradingState = crate::bridge::risk::TradingState;
    }

    /// What a gate measures. Each number is whole; two of them may be of two moments. Money is in account units.
    #[cxx_name = "risk_metrics"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskMetrics {
        /// Latest time that the gate has seen, ns.
        now: u64,
        /// Orders that passed today.
        orders: u64,
        /// Fills of today.
        fills: u64,
        /// Orders that work, over all instruments.
        working_orders: u64,
        /// Sum over the instruments of the worst case x mark.
        gross_notional: i64,
        /// Sum if every working buy order filled.
        net_notional_high: i64,
        /// Sum if every working sell order filled.
        net_notional_low: i64,
        /// Realised + unrealised - fees.
        equity: i64,
        /// Equity less that of the day's start.
        daily_profit: i64,
        /// Highest equity.
        peak_equity: i64,
        /// Peak less equity.
        drawdown: i64,
        /// The largest drawdown so far.
        max_drawdown: i64,
        /// Losing trades in a row.
        consecutive_losses: u64,
        /// Value at risk when it was last measured.
        value_at_risk: i64,
        /// Expected shortfall when it was last measured.
        expected_shortfall: i64,
        /// Average loss per lot after fills, thousandths of a tick; a gain is negative.
        adverse_millticks: i64,
        /// Fills in the protection window, as of the last fill.
        window_fills: u64,
        /// Lots in the protection window.
        window_quantity: u64,
        /// Notional in the protection window.
        window_notional: i64,
        /// Messages that the rate has left, as of the last warning, refusal, cancel or feed.
        messages_left: u64,
        /// Breaks that the last reconciliation found.
        reconciliation_breaks: u64,
        /// Changes of the latches: when it moves, store them.
        latch_sequence: u64,
        /// Reasons for which no order passes now, the kill switch and the trading state left out: bit n stands for
        /// MM_E_RISK_* number -201 - n.
        closed: u64,
        /// Reasons for which only reducing orders pass: bit n stands for MM_E_RISK_* number -201 - n.
        reducing: u64,
        /// Of the closed ones, those that wait for a reset: bit n stands for MM_E_RISK_* number -201 - n.
        latched: u64,
        /// Of the closed ones, those that end by themselves: bit n stands for MM_E_RISK_* number -201 - n.
        paused: u64,
        /// Conditions at their warning share or above: bit n stands for MM_E_RISK_* number -201 - n.
        warned: u64,
    }

    /// What a host should know of one check, so that no limit is silently without effect.
    #[cxx_name = "risk_coverage"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct RiskCoverage {
        /// Orders that it was asked about.
        evaluated: u64,
        /// Orders that it refused.
        refused: u64,
        /// Orders and changes at or above the warning share and not refused.
        warned: u64,
        /// -200 - the MM_E_RISK_* of the check.
        check: u8,
        /// What its breach does, MM_BREACH_*; 0 for a check of single orders.
        action: u8,
        /// Whether it has a limit, or needs none.
        is_configured: bool,
        /// Whether it is switched on.
        is_on: bool,
        /// Whether what it measures has been given to the gate at least once.
        is_fed: bool,
        /// Whether it is set and on but cannot refuse anything: never asked, or nothing to measure.
        is_inert: bool,
    }

    /// One decision of a gate, as mm_audit_record_t has it.
    #[cxx_name = "audit_record"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct AuditRecord {
        /// Counts all records from 0.
        sequence: u64,
        /// When, ns.
        timestamp: u64,
        /// The order.
        order_id: u64,
        /// Its price, ticks.
        price: i64,
        /// Its lots.
        quantity: u64,
        /// What was measured.
        observed: i64,
        /// What was allowed.
        limit: i64,
        /// The instrument.
        instrument: u32,
        /// MM_AUDIT_*.
        kind: u8,
        /// -200 - MM_E_RISK_*, else 0.
        reason: u8,
        /// MM_SIDE_*.
        side: u8,
        /// Bit 0: post-only.
        flags: u8,
    }

    extern "Rust" {
        /// A window into a gate, for any thread; it outlives the gate.
        #[cxx_name = "risk_monitor"]
        type RiskMonitor;

        #[Self = "RiskMonitor"]
        fn of(gate: &RiskGate) -> Result<Box<RiskMonitor>>;
        #[Self = "RiskMonitor"]
        fn of_engine(engine: &Engine) -> Result<Box<RiskMonitor>>;
        fn metrics(self: &RiskMonitor) -> Result<RiskMetrics>;
        /// One row for each check; room for 64 is always enough. How many were written.
        fn coverage(self: &RiskMonitor, out: &mut [RiskCoverage]) -> Result<usize>;
        /// The decisions from `cursor` on, as many as there are and fit; the cursor moves behind them. `lost` gets how many were
        /// overwritten before they were read. Begin with 0; each reader has a cursor of its own.
        fn audit(
            self: &RiskMonitor,
            cursor: &mut u64,
            out: &mut [AuditRecord],
            lost: &mut u64,
        ) -> Result<usize>;
        /// A sign of life at `timestamp` ns, for the dead-man's switch.
        fn ping(self: &RiskMonitor, timestamp: u64);
        /// From the gate's next order on.
        fn set_state(self: &RiskMonitor, state: TradingState) -> Result<()>;
    }
}

use face::{AuditRecord, Engine, RiskCoverage, RiskGate, RiskMetrics, TradingState};

shown!(RiskMetrics => mm_risk_metrics_t {
    now, orders, fills, working_orders, gross_notional, net_notional_high, net_notional_low, equity,
    daily_profit, peak_equity, drawdown, max_drawdown, consecutive_losses, value_at_risk,
    expected_shortfall, adverse_millticks, window_fills, window_quantity, window_notional, messages_left,
    reconciliation_breaks, latch_sequence, closed, reducing, latched, paused, warned
});
shown!(RiskCoverage => mm_risk_coverage_t {
    evaluated, refused, warned, check, action
} flags { is_configured, is_on, is_fed, is_inert });
shown!(AuditRecord => mm_audit_record_t {
    sequence, timestamp, order_id, price, quantity, observed, limit, instrument, kind, reason, side, flags
});

/// A window into a gate.
pub(super) struct RiskMonitor(Guarded<core::RiskMonitor>);

impl RiskMonitor {
    fn of(gate: &RiskGate) -> Result<Box<Self>, Error> {
        gate.view().read(|gate| Ok(Box::new(Self(Guarded::new(gate.monitor())))))
    }

    fn of_engine(engine: &Engine) -> Result<Box<Self>, Error> {
        engine.view().read(|pipeline| Ok(Box::new(Self(Guarded::new(pipeline.engine.risk_monitor())))))
    }

    fn metrics(&self) -> Result<RiskMetrics, Error> {
        self.0.read(|monitor| Ok(mm_risk_metrics_t::from(monitor.metrics()).into()))
    }

    fn coverage(&self, out: &mut [RiskCoverage]) -> Result<usize, Error> {
        self.0.read(|monitor| {
            let rows = monitor.coverage();
            fits(rows.len(), out.len(), "rows")?;
            Ok(fill(out, rows.iter().map(|row| mm_risk_coverage_t::from(row).into())))
        })
    }

    fn audit(&self, cursor: &mut u64, out: &mut [AuditRecord], lost: &mut u64) -> Result<usize, Error> {
        self.0.read(|monitor| {
            let mut done = 0;
            *lost = 0;
            let mut batch = [core::AuditRecord::default(); 16];
            while done < out.len() {
                let room = (out.len() - done).min(batch.len());
                let drained = monitor.drain(cursor, &mut batch[..room]);
                let records = batch[..drained.count].iter();
                done += fill(&mut out[done..], records.map(|record| mm_audit_record_t::from(record).into()));
                *lost += drained.lost;
                if drained.count < room {
                    break;
                }
            }
            Ok(done)
        })
    }

    fn ping(&self, timestamp: u64) {
        // A window cannot fail.
        let _ = self.0.try_read(|monitor| {
            monitor.ping(Timestamp(timestamp));
            Ok(())
        });
    }

    fn set_state(&self, state: TradingState) -> Result<(), Error> {
        let state = state_of(state.repr)?;
        self.0.read(|monitor| {
            monitor.set_state(state);
            Ok(())
        })
    }
}
