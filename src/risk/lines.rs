//! What the gate knows of each instrument, and the account's sums over them.
//!
//! A line is made when its instrument is first mentioned and never goes. It is found by a table that is at most half
//! full, after a look at the line that was used last. The sums are kept with every change of a line, so that a limit over
//! all instruments costs as much with a thousand of them as with one.
//!
//! Between two checks an order manager follows reports that the gate does not see. That is on the safe side: fills and
//! cancels never raise the worst case of a side, so what a line holds is at least what there is. Hot path, O(1).

use super::{Exposure, InstrumentRules, Restriction, RiskReason};
use crate::types::{InstrumentId, Price, Side};

/// Most account units of one lot.
const MAX_UNIT: i128 = 1 << 62;
/// Most account units of one instrument: the sum of all of them, times ten thousand, fits 128 bits.
const MAX_VALUE: i128 = 1 << 90;

/// Lots × unit, the nearest number that can be summed.
#[inline]
pub(super) fn value(lots: i64, unit: i64) -> i128 {
    let value = i128::from(lots) * i128::from(unit);
    if value.unsigned_abs() > MAX_VALUE.unsigned_abs() { value.signum() * MAX_VALUE } else { value }
}

/// One instrument.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: InstrumentId,
    pub(super) rules: InstrumentRules,
    /// Lots held if every working buy order filled, and if every working sell order filled; negative is short. The nearest
    /// number that fits.
    pub(super) high: i64,
    pub(super) low: i64,
    pub(super) position: i64,
    pub(super) working_orders: u32,
    /// |price| that lots are valued at; 0 while none is known.
    pub(super) mark: u64,
    /// When its market data came last; `None` before the first.
    pub(super) last_data: Option<u64>,
    pub(super) bid: Option<Price>,
    pub(super) ask: Option<Price>,
    /// Bid + ask as of the last update that had both.
    pub(super) mid2: Option<i64>,
    pub(super) last_sequence: Option<u64>,
    /// Reasons that close this instrument alone.
    pub(super) closed: u64,
    /// Times of the last executions by side; a ring of the limit's length.
    pub(super) executions: [Box<[u64]>; 2],
    pub(super) execution_count: [u64; 2],
    /// Relative volatility of one period, and past relative returns, newest at `returns_next − 1`.
    pub(super) volatility: Option<f64>,
    pub(super) returns: Box<[f64]>,
    pub(super) returns_count: u64,
}

impl Line {
    /// Value of one lot in account units.
    #[inline]
    pub(super) fn unit(&self, price: u64) -> i64 {
        let unit = i128::from(price) * i128::from(self.rules.unit_value);
        // A product with lots then fits 128 bits with room to spare.
        if unit > MAX_UNIT { MAX_UNIT as i64 } else { unit as i64 }
    }

    /// Worst case of either side, lots.
    #[inline]
    pub(super) fn worst(&self) -> i64 {
        self.high.max(self.low.saturating_neg())
    }

    /// Closes or opens the instrument for a reason; whether that is a change.
    pub(super) fn close(&mut self, reason: RiskReason, is_closed: bool) -> bool {
        let before = self.closed;
        self.closed = if is_closed { before | reason.bit() } else { before & !reason.bit() };
        self.closed != before
    }

    /// The best opposite price that an order of `side` would meet.
    #[inline]
    pub(super) const fn opposite(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.ask,
            Side::Sell => self.bid,
        }
    }
}

/// Sums over the instruments, account units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Σ worst case × mark.
    pub(super) gross: i128,
    /// Σ (position + working buys) × mark, and Σ (position − working sells) × mark.
    pub(super) high: i128,
    pub(super) low: i128,
    /// Orders that work.
    pub(super) orders: u64,
}

impl Totals {
    /// What a line adds.
    #[inline]
    fn of(line: &Line) -> Self {
        let unit = line.unit(line.mark);
        Self {
            gross: value(line.worst(), unit),
            high: value(line.high, unit),
            low: value(line.low, unit),
            orders: u64::from(line.working_orders),
        }
    }

    #[inline]
    fn replace(&mut self, before: Self, after: Self) {
        self.gross += after.gross - before.gross;
        self.high += after.high - before.high;
        self.low += after.low - before.low;
        self.orders = (self.orders + after.orders).saturating_sub(before.orders);
    }
}

/// Every instrument's line.
#[derive(Debug)]
pub(super) struct Lines {
    lines: Vec<Line>,
    capacity: usize,
    /// Place plus one; 0 is empty.
    table: Box<[u32]>,
    last: usize,
    pub(super) totals: Totals,
    executions: usize,
    scenarios: usize,
}

impl Lines {
    /// Room for `capacity` instruments, each with windows of so many executions and returns.
    pub(super) fn new(capacity: u32, executions: u32, scenarios: u32) -> Self {
        Self {
            lines: Vec::with_capacity(capacity as usize),
            capacity: capacity as usize,
            table: vec![0; (capacity as usize * 2).next_power_of_two()].into_boxed_slice(),
            last: 0,
            totals: Totals::default(),
            executions: executions as usize,
            scenarios: scenarios as usize,
        }
    }

    /// The place of an instrument's line, which is made if it is new and fits. A new line takes its windows from the
    /// allocator unless they are empty: hosts that use them mention their instruments beforehand.
    #[inline]
    pub(super) fn find_or_make(&mut self, id: InstrumentId, rules: &InstrumentRules) -> Option<usize> {
        if self.lines.get(self.last).is_some_and(|line| line.id == id) {
            return Some(self.last);
        }
        self.search(id, rules)
    }

    fn search(&mut self, id: InstrumentId, rules: &InstrumentRules) -> Option<usize> {
        let mask = self.table.len() - 1;
        let mut at = (u64::from(id.0).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        loop {
            let place = self.table[at] as usize;
            if place == 0 {
                break;
            }
            if self.lines[place - 1].id == id {
                self.last = place - 1;
                return Some(place - 1);
            }
            at = (at + 1) & mask;
        }
        if self.lines.len() == self.capacity {
            return None;
        }
        let window = |length| vec![0; length].into_boxed_slice();
        self.lines.push(Line {
            id,
            rules: *rules,
            high: 0,
            low: 0,
            position: 0,
            working_orders: 0,
            mark: 0,
            last_data: None,
            bid: None,
            ask: None,
            mid2: None,
            last_sequence: None,
            closed: if rules.restriction == Restriction::Restricted {
                RiskReason::RestrictedInstrument.bit()
            } else {
                0
            },
            executions: [window(self.executions), window(self.executions)],
            execution_count: [0; 2],
            volatility: None,
            returns: vec![0.0; self.scenarios].into_boxed_slice(),
            returns_count: 0,
        });
        self.last = self.lines.len() - 1;
        self.table[at] = self.lines.len() as u32;
        Some(self.last)
    }

    #[inline]
    pub(super) fn line(&self, place: usize) -> &Line {
        &self.lines[place]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Line> {
        self.lines.iter_mut()
    }

    /// Changes a line without touching what the sums are made of.
    #[inline]
    pub(super) fn line_mut(&mut self, place: usize) -> &mut Line {
        &mut self.lines[place]
    }

    /// Changes a line and keeps the sums right.
    #[inline]
    pub(super) fn change(&mut self, place: usize, change: impl FnOnce(&mut Line)) {
        let line = &mut self.lines[place];
        let before = Totals::of(line);
        change(line);
        let after = Totals::of(line);
        self.totals.replace(before, after);
    }

    /// Takes over what the caller knows of an instrument.
    #[inline]
    pub(super) fn observe(&mut self, place: usize, exposure: &Exposure) {
        let held = exposure.position.0;
        let high = held.saturating_add_unsigned(exposure.working_buy.0);
        let low = held.saturating_sub_unsigned(exposure.working_sell.0);
        let mark = exposure.reference.map(|price| price.0.unsigned_abs());
        let line = &mut self.lines[place];
        let mark = mark.unwrap_or(line.mark);
        line.position = held;
        if line.high != high
            || line.low != low
            || line.mark != mark
            || line.working_orders != exposure.working_orders
        {
            self.change(place, |line| {
                line.high = high;
                line.low = low;
                line.mark = mark;
                line.working_orders = exposure.working_orders;
            });
        }
    }

    /// Gives every line windows of these lengths; those that have another length start empty. Allocates.
    pub(super) fn resize(&mut self, executions: u32, scenarios: u32) {
        self.executions = executions as usize;
        self.scenarios = scenarios as usize;
        for line in &mut self.lines {
            if line.executions[0].len() != self.executions {
                line.executions = [(); 2].map(|()| vec![0; self.executions].into_boxed_slice());
                line.execution_count = [0; 2];
            }
            if line.returns.len() != self.scenarios {
                line.returns = vec![0.0; self.scenarios].into_boxed_slice();
                line.returns_count = 0;
            }
        }
    }
}
