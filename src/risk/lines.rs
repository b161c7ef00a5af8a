//! What the gate knows of each instrument, and the account's sums over them.
//!
//! A line is made when its instrument is first mentioned and never goes. It is found by a table that is at most half
//! full, after a look at the line that was used last. The sums are kept with every change of a line, so that a limit over
//! all instruments costs as much with a thousand of them as with one.
//!
//! Between two checks an order manager follows reports that the gate does not see. That is on the safe side: fills and
//! cancels never raise the worst case of a side, so what a line holds is at least what there is. Hot path, O(1).

use super::checks::cap;
use super::{Exposure, InstrumentRules, Restriction, RiskReason};
use crate::types::{InstrumentId, Price, Side};

/// What a line's lots are worth in account units, saturated at 64 bits, which is above every limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// If every working buy order filled.
    pub(super) high: i64,
    /// If every working sell order filled.
    pub(super) low: i64,
    /// The worse of the two.
    pub(super) gross: i64,
}

impl Worth {
    #[inline]
    pub(super) fn of(high: i64, low: i64, unit: i64) -> Self {
        let (high, low) = (high.saturating_mul(unit), low.saturating_mul(unit));
        Self { high, low, gross: high.max(low.saturating_neg()) }
    }
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
    /// What is in the sums.
    pub(super) worth: Worth,
    /// When its market data came last; `None` before the first.
    pub(super) last_data: Option<u64>,
    /// Best bid and best ask.
    pub(super) best: [Option<Price>; 2],
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
        (price.min(i64::MAX as u64) as i64).saturating_mul(self.rules.unit_value)
    }

    /// Lots on one side in its worst case; positive is exposed.
    #[inline]
    pub(super) fn worst(&self, side: Side) -> i64 {
        [self.high, self.low.saturating_neg()][side.index()]
    }

    /// How old its data are, ns; the most that there is while none have come.
    #[inline]
    pub(super) fn age(&self, now: u64) -> i64 {
        self.last_data.map_or(i64::MAX, |last| now.saturating_sub(last).min(i64::MAX as u64) as i64)
    }

    /// Closes or opens the instrument for a reason; whether that is a change.
    pub(super) fn close(&mut self, reason: RiskReason, is_closed: bool) -> bool {
        let before = self.closed;
        self.closed = if is_closed { before | reason.bit() } else { before & !reason.bit() };
        self.closed != before
    }
}

/// Lots held, and in the worst case of each side. The nearest numbers that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lots {
    pub(super) position: i64,
    /// If every working buy order filled.
    pub(super) high: i64,
    /// If every working sell order filled; negative is short.
    pub(super) low: i64,
}

impl Lots {
    #[inline]
    pub(super) fn of(exposure: &Exposure) -> Self {
        let position = exposure.position.0;
        Self {
            position,
            high: position.saturating_add_unsigned(exposure.working_buy.0),
            low: position.saturating_sub_unsigned(exposure.working_sell.0),
        }
    }

    /// With `added` more lots working on a side.
    #[inline]
    pub(super) fn with(mut self, side: Side, added: u64) -> Self {
        // Both, and nothing of the other side's: no branch on the side, which nothing predicts.
        let of_side = [added, 0];
        self.high = self.high.saturating_add_unsigned(of_side[side.index()]);
        self.low = self.low.saturating_sub_unsigned(of_side[side.opposite().index()]);
        self
    }

    /// The worse of the two sides.
    #[inline]
    pub(super) fn gross(self) -> i64 {
        self.high.max(self.low.saturating_neg())
    }
}

/// Sums over the instruments, account units: the nearest numbers that fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Σ worst case × mark.
    pub(super) gross: i64,
    /// Σ (position + working buys) × mark, and Σ (position − working sells) × mark.
    pub(super) high: i64,
    pub(super) low: i64,
    /// Orders that work.
    pub(super) orders: u64,
    /// A sum did not fit: changes are not to be taken off what is left of it.
    is_capped: bool,
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
        if self.is_last(id) { Some(self.last) } else { self.search(id, rules) }
    }

    /// Whether the line that was used last is this instrument's.
    #[inline]
    pub(super) fn is_last(&self, id: InstrumentId) -> bool {
        self.lines.get(self.last).is_some_and(|line| line.id == id)
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
            worth: Worth::default(),
            last_data: None,
            best: [None; 2],
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

    /// Sets what the sums are made of, valued at `mark`.
    #[inline]
    pub(super) fn set(&mut self, place: usize, lots: Lots, working_orders: u32, mark: u64) {
        let worth = Worth::of(lots.high, lots.low, self.lines[place].unit(mark));
        self.put(place, lots, worth, working_orders, mark);
    }

    /// Sets what the sums are made of. O(1); O(instruments) while a sum does not fit into 64 bits.
    #[inline]
    pub(super) fn put(&mut self, place: usize, lots: Lots, worth: Worth, working_orders: u32, mark: u64) {
        let (line, sums) = (&mut self.lines[place], &mut self.totals);
        sums.orders = sums.orders + u64::from(working_orders) - u64::from(line.working_orders);
        let change = |sum: &mut i64, before: i64, after: i64| {
            let (rest, is_below) = sum.overflowing_sub(before);
            let (changed, is_above) = rest.overflowing_add(after);
            *sum = changed;
            is_below | is_above
        };
        let does_not_fit = change(&mut sums.gross, line.worth.gross, worth.gross)
            | change(&mut sums.high, line.worth.high, worth.high)
            | change(&mut sums.low, line.worth.low, worth.low)
            | sums.is_capped;
        line.position = lots.position;
        line.high = lots.high;
        line.low = lots.low;
        line.mark = mark;
        line.working_orders = working_orders;
        line.worth = worth;
        if does_not_fit {
            self.sum_up();
        }
    }

    /// The sums anew, from every line.
    #[cold]
    fn sum_up(&mut self) {
        let sum = |part: fn(&Line) -> i64| self.lines.iter().map(|line| i128::from(part(line))).sum::<i128>();
        let sums = [sum(|line| line.worth.gross), sum(|line| line.worth.high), sum(|line| line.worth.low)];
        let [gross, high, low] = sums.map(cap);
        let is_capped = sums != [gross, high, low].map(i128::from);
        self.totals = Totals { gross, high, low, is_capped, ..self.totals };
    }

    /// Values a line's lots anew, after its mark or its unit has changed.
    pub(super) fn value(&mut self, place: usize, mark: u64) {
        let line = &self.lines[place];
        let lots = Lots { position: line.position, high: line.high, low: line.low };
        self.set(place, lots, line.working_orders, mark);
    }

    /// Takes over what the caller knows of an instrument.
    pub(super) fn observe(&mut self, place: usize, exposure: &Exposure) {
        let mark = exposure.reference.map_or(self.lines[place].mark, |price| price.0.unsigned_abs());
        self.set(place, Lots::of(exposure), exposure.working_orders, mark);
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

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn the_sums_are_those_of_the_lines_also_after_they_did_not_fit() {
        let mut capped = 0;
        for seed in 0..200 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut lines = Lines::new(8, 0, 0);
            for _ in 0..200 {
                let id = InstrumentId(random.next_u32() % 8);
                let place = lines.find_or_make(id, &InstrumentRules::default()).unwrap();
                // Small numbers, and now and then such as saturate.
                let shift = if random.next_u32().is_multiple_of(8) { 1 } else { 40 };
                let mut lots = || (random.next_u64() >> shift) as i64;
                let (position, buys, sells) = (lots() - (1 << 20), lots(), lots());
                let lots = Lots {
                    position,
                    high: position.saturating_add(buys),
                    low: position.saturating_sub(sells),
                };
                lines.set(place, lots, random.next_u32() % 9, u64::from(random.next_u32()));
                let sum =
                    |part: fn(&Line) -> i64| lines.iter().map(|line| i128::from(part(line))).sum::<i128>();
                let sums = [sum(|l| l.worth.gross), sum(|l| l.worth.high), sum(|l| l.worth.low)];
                let Totals { gross, high, low, orders, is_capped } = lines.totals;
                assert_eq!([gross, high, low], sums.map(cap), "seed {seed}");
                assert_eq!(orders, lines.iter().map(|line| u64::from(line.working_orders)).sum::<u64>());
                assert_eq!(is_capped, sums.map(|sum| i128::from(cap(sum))) != sums);
                capped += u32::from(is_capped);
            }
        }
        assert!(capped > 1_000 && capped < 39_000, "{capped} of 40 000 did not fit");
    }
}
