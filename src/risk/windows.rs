//! What is counted over a window of time: fills for market-maker protection, and markouts.
//!
//! Rings of fixed size. Where more happens within a window than a ring holds, the newest entries are put together and
//! count for longer: a limit is met early and never late. Hot path.

use std::collections::VecDeque;

use super::{MarkoutLimit, ProtectionLimit};

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    at: u64,
    fills: u64,
    quantity: u128,
    notional: i128,
}

/// Fills, lots and notional within a window.
#[derive(Debug)]
pub(super) struct FillWindow {
    window: u64,
    entries: VecDeque<Entry>,
    capacity: usize,
    sum: Entry,
}

impl FillWindow {
    pub(super) fn new(limit: Option<ProtectionLimit>) -> Self {
        let capacity = limit.map_or(0, |limit| limit.fills.unwrap_or(0).max(256) as usize + 1);
        Self {
            window: limit.map_or(0, |limit| limit.window_ns),
            entries: VecDeque::with_capacity(capacity),
            capacity,
            sum: Entry::default(),
        }
    }

    /// A fill; returns fills, lots and notional of the window that ends with it.
    pub(super) fn add(&mut self, at: u64, quantity: u64, notional: i128) -> (u64, u128, i128) {
        self.expire(at);
        if self.capacity == 0 {
            return (0, 0, 0);
        }
        // A million such fills still have a sum.
        let notional = notional.clamp(-(i128::MAX >> 20), i128::MAX >> 20);
        let entry = Entry { at, fills: 1, quantity: quantity.into(), notional };
        if self.entries.len() < self.capacity {
            self.entries.push_back(entry);
        } else if let Some(newest) = self.entries.back_mut() {
            newest.at = newest.at.max(at);
            newest.fills += 1;
            newest.quantity += entry.quantity;
            newest.notional = newest.notional.saturating_add(notional);
        }
        self.sum.fills += 1;
        self.sum.quantity += entry.quantity;
        self.sum.notional = self.sum.notional.saturating_add(notional);
        self.sums()
    }

    /// Forgets what has left the window.
    pub(super) fn expire(&mut self, now: u64) {
        while let Some(oldest) = self.entries.front()
            && oldest.at.saturating_add(self.window) <= now
        {
            self.sum.fills -= oldest.fills;
            self.sum.quantity -= oldest.quantity;
            self.sum.notional = self.sum.notional.saturating_sub(oldest.notional);
            self.entries.pop_front();
        }
    }

    pub(super) const fn sums(&self) -> (u64, u128, i128) {
        (self.sum.fills, self.sum.quantity, self.sum.notional)
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.sum = Entry::default();
    }
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    due: u64,
    line: usize,
    sign: i64,
    price: i64,
    quantity: u64,
}

/// How the market moved after our fills: the mid a horizon later, against the price of the fill.
#[derive(Debug)]
pub(super) struct Markouts {
    horizon: u64,
    fills: usize,
    pending: VecDeque<Pending>,
    /// Half ticks × lots, and lots, of the last fills.
    done: VecDeque<(i128, u64)>,
    sum: i128,
    lots: u128,
}

impl Markouts {
    pub(super) fn new(limit: Option<MarkoutLimit>) -> Self {
        let fills = limit.map_or(0, |limit| limit.fills as usize);
        Self {
            horizon: limit.map_or(0, |limit| limit.horizon_ns),
            fills,
            // Fills that wait for their horizon; more than so many are not looked at.
            pending: VecDeque::with_capacity(if fills > 0 { fills.max(1024) } else { 0 }),
            done: VecDeque::with_capacity(fills),
            sum: 0,
            lots: 0,
        }
    }

    /// A fill, to be looked at later.
    pub(super) fn add(&mut self, at: u64, line: usize, sign: i64, price: i64, quantity: u64) {
        if self.fills > 0 && self.pending.len() < self.pending.capacity() {
            self.pending.push_back(Pending {
                due: at.saturating_add(self.horizon),
                line,
                sign,
                price,
                quantity,
            });
        }
    }

    /// Looks at the fills that are due, with the mids (doubled) as they were until now. Whether there were any.
    pub(super) fn settle(&mut self, now: u64, mid2: impl Fn(usize) -> Option<i64>) -> bool {
        let mut any = false;
        while let Some(&fill) = self.pending.front()
            && fill.due <= now
        {
            self.pending.pop_front();
            let Some(mid2) = mid2(fill.line) else { continue };
            let change = i128::from(fill.sign) * (i128::from(mid2) - 2 * i128::from(fill.price));
            let gain = change
                .saturating_mul(i128::from(fill.quantity))
                // As many as there can be still have a sum.
                .clamp(-(i128::MAX >> 14), i128::MAX >> 14);
            if self.done.len() == self.fills
                && let Some((gain, lots)) = self.done.pop_front()
            {
                self.sum -= gain;
                self.lots -= u128::from(lots);
            }
            self.done.push_back((gain, fill.quantity));
            self.sum += gain;
            self.lots += u128::from(fill.quantity);
            any = true;
        }
        any
    }

    /// Average loss per lot in thousandths of a tick, once there are enough fills; a gain is negative.
    pub(super) fn adverse_millticks(&self) -> Option<i128> {
        (self.fills > 0 && self.done.len() == self.fills && self.lots > 0)
            .then(|| self.sum.saturating_mul(-500) / self.lots as i128)
    }

    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.done.clear();
        self.sum = 0;
        self.lots = 0;
    }
}
