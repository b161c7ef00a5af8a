//! The gate: every order passes it or is refused with a typed reason.
//!
//! [`RiskGate`] has one owner, which asks it about orders and feeds it what its checks measure: market data, fills, the
//! account's profit, reconciliations. Any other thread has a [`RiskMonitor`]: it reads every number and every decision
//! without a lock, pings, sets the trading state, and throws the [`KillSwitch`], after which no order passes.
//!
//! Checks run in the order of [`RiskReason::IN_ORDER`] and stop at the first refusal. All arithmetic on the way of an order
//! is integer, time comes in with orders and updates and never from a clock. A check is O(1) and hot path. Standing exactly at
//! a limit passes; from the warning share of it (80 %) on a warning is counted. Cancels are never refused.
//!
//! A limit of one order refuses that order. A breach of the account's limits, of health or of protection is a condition:
//! what it does is its [`BreachAction`], from refusing while it lasts to a latch that only
//! [`RiskGate::reset`] opens and that survives a restart as [`RiskLatches`].

pub mod audit;
mod checks;
mod config;
mod control;
mod feeds;
mod gate;
mod intent;
mod kill;
mod latch;
mod lines;
mod monitor;
mod pass;
mod rate;
mod reason;
pub(crate) mod recent;
mod stored;
mod sync;
mod tail;
mod windows;

#[cfg(test)]
mod tests;

pub use audit::{AuditKind, AuditReader, AuditRecord, Drained};
pub use config::{
    BreachAction, BreachActions, MarkoutLimit, OrderToTradeLimit, ProtectionLimit, RepeatLimit, RiskConfig,
    SelfTradePolicy, TailConfig,
};
pub use gate::{RiskCounters, RiskGate, Stance};
pub use intent::{
    AccountUpdate, Exposure, FillUpdate, InstrumentRules, MarketUpdate, OrderIntent, Restriction,
    TradingState,
};
pub use kill::KillSwitch;
pub use latch::RiskLatches;
pub use monitor::{CheckCoverage, RiskMetrics, RiskMonitor};
pub use rate::{RateLimit, TokenBucket};
pub use reason::{ReasonSet, RiskError, RiskReason, RiskReject};
pub use tail::{TailRisk, historical_tail_risk, normal_tail_risk};
