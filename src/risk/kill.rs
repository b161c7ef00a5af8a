//! The kill switch: when [`KillSwitch::kill`] has returned, no order passes.
//!
//! Reading a flag is not enough for that: the gate's thread may have read it a moment before it was set, and the order
//! would pass a moment after. So the gate says when it is busy with an order: it makes a number odd, looks at the flag,
//! and makes the number even again when the order has been refused or sent. Whoever kills sets the flag and then waits
//! until that one order is through. Each side writes and then reads what the other wrote, in the one order of sequentially
//! consistent operations (Dekker), so that either the gate sees the flag or the killer sees the odd number.
//! `tests/loom_kill_switch.rs` checks every interleaving of this file.
//!
//! The gate's side is wait-free: an exchange, a load and a store.

use super::sync::{Arc, AtomicBool, AtomicU64, Ordering, announce, fence, pause};

#[derive(Debug)]
struct Shared {
    is_killed: AtomicBool,
    /// Odd while the gate is busy with an order.
    passing: AtomicU64,
}

/// Turns a gate off from any thread. Clones share one switch. [`RiskGate`](crate::risk::RiskGate) shows its use.
#[derive(Clone, Debug)]
pub struct KillSwitch(Arc<Shared>);

impl Default for KillSwitch {
    fn default() -> Self {
        Self(Arc::new(Shared { is_killed: AtomicBool::new(false), passing: AtomicU64::new(0) }))
    }
}

impl KillSwitch {
    /// Refuses every order from now on. When this returns no order passes any more: the one that the gate may be busy
    /// with has been refused, or has passed before. Any thread.
    ///
    /// Waits for that one order, which is one check and what the host does inside of
    /// [`check_then`](crate::risk::RiskGate::check_then). Where waiting is not possible, in a signal handler or inside of
    /// that function, use [`request`](Self::request).
    pub fn kill(&self) {
        self.request();
        // Pairs with the announcement in `enter`: either that one comes later, and the gate sees the flag, or this load sees
        // the gate's odd number.
        fence(Ordering::SeqCst);
        let passing = self.0.passing.load(Ordering::Acquire);
        if passing & 1 == 1 {
            while self.0.passing.load(Ordering::Acquire) == passing {
                pause();
            }
        }
    }

    /// As [`kill`](Self::kill), without waiting for the order that the gate may be busy with. Any thread, wait-free.
    pub fn request(&self) {
        self.0.is_killed.store(true, Ordering::Release);
    }

    /// Lets orders pass again. Any thread, wait-free.
    pub fn revive(&self) {
        self.0.is_killed.store(false, Ordering::Release);
    }

    /// Whether orders are refused. Any thread, wait-free.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.0.is_killed.load(Ordering::Acquire)
    }

    /// The gate is busy with an order until the result is dropped, which also happens when a panic unwinds. `None`
    /// while the switch is on. Only the gate's own thread calls this.
    #[inline]
    pub(crate) fn enter(&self) -> Option<Passing<'_>> {
        let passing = Passing { shared: &self.0, number: self.0.passing.load(Ordering::Relaxed) };
        // Also a release: whoever waits for one order and finds the next one begun sees everything that was done for the first.
        announce(&self.0.passing, passing.number.wrapping_add(1));
        if self.0.is_killed.load(Ordering::SeqCst) { None } else { Some(passing) }
    }
}

/// While this lives the gate is busy with an order.
#[derive(Debug)]
pub(crate) struct Passing<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for Passing<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: whoever waited for this sees everything that was done for the order.
        self.shared.passing.store(self.number.wrapping_add(2), Ordering::Release);
    }
}
