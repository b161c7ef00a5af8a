//! What any thread may see of a gate, and the three things that it may do: ping, kill, and set the trading state.
//!
//! Each number is one atomic that the gate's thread stores and others load: reading waits for nobody, and numbers read
//! one after the other may be of two moments. The audit ring is read here too.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

use super::{
    AuditReader, AuditRecord, BreachAction, Drained, KillSwitch, ReasonSet, RiskReason, TradingState,
};
use crate::types::{Money, Timestamp};

const COUNT: usize = RiskReason::COUNT;

/// An array of counters.
#[derive(Debug)]
pub(super) struct Counts([AtomicU64; COUNT]);

impl Default for Counts {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Counts {
    pub(super) fn get(&self, index: usize) -> u64 {
        self.0[index].load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, index: usize, value: u64) {
        self.0[index].store(value, Ordering::Relaxed);
    }
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $kind:ident $type:ty = $from:expr;)*) => {
        /// What the gate measures. Money is in account units.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct RiskMetrics {
            $($(#[$doc])* pub $name: $type,)*
        }

        /// Where the gate's thread puts it.
        #[derive(Debug, Default)]
        pub(super) struct MetricCells {
            $(pub(super) $name: $kind,)*
        }

        impl MetricCells {
            fn read(&self) -> RiskMetrics {
                RiskMetrics { $($name: $from(self.$name.load(Ordering::Relaxed)),)* }
            }
        }
    };
}

metrics! {
    /// Latest time that the gate has seen, ns.
    now: AtomicU64 Timestamp = Timestamp;
    /// Orders that passed today.
    orders: AtomicU64 u64 = std::convert::identity;
    /// Fills of today.
    fills: AtomicU64 u64 = std::convert::identity;
    /// Orders that work, over all instruments.
    working_orders: AtomicU64 u64 = std::convert::identity;
    /// Σ over the instruments of the worst case × mark.
    gross_notional: AtomicI64 Money = Money;
    /// Σ if every working buy order filled.
    net_notional_high: AtomicI64 Money = Money;
    /// Σ if every working sell order filled.
    net_notional_low: AtomicI64 Money = Money;
    /// Realised + unrealised − fees.
    equity: AtomicI64 Money = Money;
    /// Equity less that of the day's start.
    daily_profit: AtomicI64 Money = Money;
    /// Highest equity.
    peak_equity: AtomicI64 Money = Money;
    /// Peak less equity.
    drawdown: AtomicI64 Money = Money;
    /// The largest drawdown so far.
    max_drawdown: AtomicI64 Money = Money;
    /// Losing trades in a row.
    consecutive_losses: AtomicU64 u64 = std::convert::identity;
    /// Value at risk when it was last measured.
    value_at_risk: AtomicI64 Money = Money;
    /// Expected shortfall when it was last measured.
    expected_shortfall: AtomicI64 Money = Money;
    /// Average loss per lot after fills, thousandths of a tick; a gain is negative.
    adverse_millticks: AtomicI64 i64 = std::convert::identity;
    /// Fills in the protection window, as of the last fill.
    window_fills: AtomicU64 u64 = std::convert::identity;
    /// Lots in the protection window.
    window_quantity: AtomicU64 u64 = std::convert::identity;
    /// Notional in the protection window.
    window_notional: AtomicI64 Money = Money;
    /// Messages that the rate has left, as of the last warning, refusal, cancel or feed.
    messages_left: AtomicU64 u64 = std::convert::identity;
    /// Breaks that the last reconciliation found.
    reconciliation_breaks: AtomicU64 u64 = std::convert::identity;
    /// Changes of the latches: when it moves, store them.
    latch_sequence: AtomicU64 u64 = std::convert::identity;
    /// Reasons for which no order passes now, the kill switch and the trading state left out.
    closed: AtomicU64 ReasonSet = ReasonSet;
    /// Reasons for which only reducing orders pass.
    reducing: AtomicU64 ReasonSet = ReasonSet;
    /// Of the closed ones, those that wait for a reset.
    latched: AtomicU64 ReasonSet = ReasonSet;
    /// Of the closed ones, those that end by themselves.
    paused: AtomicU64 ReasonSet = ReasonSet;
    /// Conditions at their warning share or above.
    warned: AtomicU64 ReasonSet = ReasonSet;
}

/// What the gate's thread and the others share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Orders asked about.
    pub(super) evaluated: AtomicU64,
    pub(super) refused: Counts,
    pub(super) warned: Counts,
    /// Evaluations of each check before the last change of what is on, and the counters at that change.
    pub(super) asked: Counts,
    pub(super) evaluated_then: AtomicU64,
    pub(super) refused_then: Counts,
    pub(super) configured: AtomicU64,
    pub(super) on: AtomicU64,
    pub(super) fed: AtomicU64,
    pub(super) actions: Counts,
    pub(super) state: AtomicU8,
    pub(super) ping: AtomicU64,
    pub(super) metrics: MetricCells,
}

impl Shared {
    /// How many orders each check has been asked about. Checks run in a fixed order and stop at the first refusal: what
    /// reached a check is what was asked less what the checks before it refused, so that an order that passes need
    /// count only once.
    pub(super) fn asked(&self) -> [u64; COUNT] {
        let on = self.on.load(Ordering::Relaxed);
        let evaluated = self.evaluated.load(Ordering::Relaxed);
        let mut reached = evaluated.saturating_sub(self.evaluated_then.load(Ordering::Relaxed));
        let mut asked = [0; COUNT];
        for reason in RiskReason::IN_ORDER {
            let index = reason.index();
            asked[index] = self.asked.get(index) + if on & reason.bit() != 0 { reached } else { 0 };
            let refused = self.refused.get(index).saturating_sub(self.refused_then.get(index));
            reached = reached.saturating_sub(refused);
        }
        asked
    }

    /// What is on is about to change: counts so far are kept.
    pub(super) fn settle(&self) {
        for (index, count) in self.asked().into_iter().enumerate() {
            self.asked.set(index, count);
            self.refused_then.set(index, self.refused.get(index));
        }
        self.evaluated_then.store(self.evaluated.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// What a host should know of one check, so that no limit is silently without effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckCoverage {
    /// Which check.
    pub reason: RiskReason,
    /// It has a limit, or needs none.
    pub is_configured: bool,
    /// It is switched on.
    pub is_on: bool,
    /// What it measures has been given to the gate at least once.
    pub is_fed: bool,
    /// Orders that it was asked about.
    pub evaluated: u64,
    /// Orders that it refused.
    pub refused: u64,
    /// Orders and changes at or above the warning share and not refused.
    pub warned: u64,
    /// What its breach does; `None` for a check of single orders.
    pub action: Option<BreachAction>,
}

impl CheckCoverage {
    /// A limit that is set and on but cannot refuse anything: it has never been asked or has nothing to measure.
    #[must_use]
    pub const fn is_inert(&self) -> bool {
        self.is_configured && self.is_on && (self.evaluated == 0 || !self.is_fed)
    }
}

/// A window into a gate, for any thread. Clones see the same gate, and outlive it.
///
/// ```
/// use market_maker::risk::{Exposure, OrderIntent, RiskConfig, RiskGate, RiskReason};
/// use market_maker::types::{Money, Quantity};
/// let config = RiskConfig { max_daily_loss: Some(Money(1000)), ..RiskConfig::default() };
/// let mut gate = RiskGate::new(&config).unwrap();
/// let monitor = gate.monitor();
/// gate.check(&OrderIntent { quantity: Quantity(1), ..OrderIntent::EMPTY }, &Exposure::default()).unwrap();
/// let row = std::thread::spawn(move || monitor.coverage()[RiskReason::DailyLoss.index()]).join().unwrap();
/// // The limit is set, but nobody has told the gate of profits yet.
/// assert!(row.is_configured && row.is_inert());
/// ```
#[derive(Clone, Debug)]
pub struct RiskMonitor {
    pub(super) shared: Arc<Shared>,
    pub(super) audit: AuditReader,
    pub(super) kill: KillSwitch,
}

impl RiskMonitor {
    /// Everything that the gate measures. Wait-free.
    #[must_use]
    pub fn metrics(&self) -> RiskMetrics {
        self.shared.metrics.read()
    }

    /// One row for each check, by its reason's number. Wait-free.
    #[must_use]
    pub fn coverage(&self) -> [CheckCoverage; RiskReason::COUNT] {
        let shared = &*self.shared;
        let asked = shared.asked();
        let set = |cell: &AtomicU64| ReasonSet(cell.load(Ordering::Relaxed));
        let (configured, on, fed) = (set(&shared.configured), set(&shared.on), set(&shared.fed));
        RiskReason::ALL.map(|reason| CheckCoverage {
            reason,
            is_configured: configured.contains(reason),
            is_on: on.contains(reason),
            is_fed: fed.contains(reason)
                || reason == RiskReason::DeadMan && shared.ping.load(Ordering::Relaxed) > 0,
            evaluated: asked[reason.index()],
            refused: shared.refused.get(reason.index()),
            warned: shared.warned.get(reason.index()),
            action: BreachAction::from_u8(shared.actions.get(reason.index()) as u8),
        })
    }

    /// Orders that the gate was asked about. Wait-free.
    #[must_use]
    pub fn evaluated(&self) -> u64 {
        self.shared.evaluated.load(Ordering::Relaxed)
    }

    /// The audit ring.
    #[must_use]
    pub const fn audit(&self) -> &AuditReader {
        &self.audit
    }

    /// Copies the decisions from `cursor` on; see [`AuditReader::drain`].
    pub fn drain(&self, cursor: &mut u64, out: &mut [AuditRecord]) -> Drained {
        self.audit.drain(cursor, out)
    }

    /// A sign of life of the host at `now`, for the dead-man's switch. Wait-free.
    pub fn ping(&self, now: Timestamp) {
        self.shared.ping.store(now.0, Ordering::Relaxed);
    }

    /// Lets the gate do more or less from its next order on. Wait-free. Where an order under way must not slip through,
    /// there is the [kill switch](Self::kill_switch).
    pub fn set_state(&self, state: TradingState) {
        self.shared.state.store(state as u8, Ordering::Release);
    }

    /// What the gate may do.
    #[must_use]
    pub fn state(&self) -> TradingState {
        TradingState::from_u8(self.shared.state.load(Ordering::Acquire)).unwrap_or(TradingState::Halted)
    }

    /// The gate's switch.
    #[must_use]
    pub const fn kill_switch(&self) -> &KillSwitch {
        &self.kill
    }
}
