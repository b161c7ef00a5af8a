//! Many positions under one account: marks, totals, day's loss, drawdown, limits and the latest trades.
//!
//! Instruments have different ticks and lots, so each is registered with what one tick × lot is worth in *account
//! units*, a whole number; totals are then exact integers. Slots are found through an open-addressing table (O(1)); a
//! fill or a mark updates the totals by the difference of that instrument. No allocation after construction.

use super::account::{checked_equity, contribution, narrow, swapped};
use super::{
    AccountState, Fill, FillOutcome, InstrumentPosition, LimitBreach, Position, PositionError,
    PositionLimits, Totals, TrackerConfig, TradeRecord,
};
use crate::mem::ring::RingBuffer;
use crate::types::{FeeSchedule, Instrument, InstrumentId, Price, Quantity, Side};

const EMPTY: u32 = u32::MAX;

/// Positions in many instruments under common limits.
///
/// ```
/// use market_maker::position::{Fill, PositionTracker, TrackerConfig};
/// use market_maker::types::*;
/// let mut tracker = PositionTracker::new(&TrackerConfig::default()).unwrap();
/// let id = InstrumentId(7);
/// tracker.register(id, FeeSchedule::FREE, 1).unwrap();
/// let fill = Fill {
///     instrument: id, side: Side::Buy, price: Price(100), quantity: Quantity(10), is_maker: true,
///     order_id: OrderId(1), timestamp: Timestamp(0),
/// };
/// tracker.record_fill(&fill).unwrap();
/// tracker.mark(id, Price(97)).unwrap();
/// assert_eq!(tracker.totals().unrealised, -30);
/// assert_eq!(tracker.drawdown(), 30);
/// ```
#[derive(Debug)]
pub struct PositionTracker {
    slots: Vec<InstrumentPosition>,
    /// What each slot adds to the totals.
    shares: Vec<Totals>,
    capacity: u32,
    /// Open-addressing table of slot numbers, a power of two at most half full.
    table: Box<[u32]>,
    account: AccountState,
    totals: Totals,
    limits: PositionLimits,
    history: Option<RingBuffer<TradeRecord>>,
}

impl PositionTracker {
    /// A tracker without instruments.
    ///
    /// # Errors
    /// [`PositionError::BadConfig`] when no or more than 2²⁴ instruments are asked for or a limit is negative.
    pub fn new(config: &TrackerConfig) -> Result<Self, PositionError> {
        if config.instruments == 0 || config.instruments > 1 << 24 {
            return Err(PositionError::BadConfig("instruments must be in 1..=2^24"));
        }
        if !config.limits.is_valid() {
            return Err(PositionError::BadConfig("a limit is negative"));
        }
        let buckets = (config.instruments as usize * 2).next_power_of_two();
        Ok(Self {
            slots: Vec::with_capacity(config.instruments as usize),
            shares: Vec::with_capacity(config.instruments as usize),
            capacity: config.instruments,
            table: vec![EMPTY; buckets].into_boxed_slice(),
            account: AccountState {
                capital: config.capital,
                day_start_equity: config.capital,
                peak_equity: config.capital,
                max_drawdown_peak: config.capital,
                ..AccountState::default()
            },
            totals: Totals::default(),
            limits: config.limits,
            history: (config.history > 0).then(|| RingBuffer::new(config.history as usize)),
        })
    }

    /// Account units in one tick × lot when the account counts in 10⁻⁹ of the currency; `None` when that is no whole
    /// number in 1..2⁶³.
    #[must_use]
    pub fn nano_unit_value(instrument: &Instrument) -> Option<i64> {
        let product = i128::from(instrument.tick_nanos()) * i128::from(instrument.lot_nanos());
        if product % 1_000_000_000 != 0 {
            return None;
        }
        i64::try_from(product / 1_000_000_000).ok()
    }

    /// Adds an instrument, flat. `unit_value` is what one tick × lot is worth in account units: 1 when all
    /// instruments share tick and lot.
    ///
    /// # Errors
    /// [`PositionError::Full`], [`PositionError::DuplicateInstrument`], [`PositionError::BadConfig`] unless
    /// `unit_value` is positive.
    pub fn register(
        &mut self,
        instrument: InstrumentId,
        fees: FeeSchedule,
        unit_value: i64,
    ) -> Result<(), PositionError> {
        if unit_value < 1 {
            return Err(PositionError::BadConfig("unit_value must be positive"));
        }
        let bucket = match self.find(instrument) {
            Ok(_) => return Err(PositionError::DuplicateInstrument),
            Err(bucket) => bucket,
        };
        if self.slots.len() == self.capacity as usize {
            return Err(PositionError::Full { capacity: self.capacity });
        }
        self.table[bucket] = self.slots.len() as u32;
        self.shares.push(Totals::default());
        self.slots.push(InstrumentPosition {
            position: Position::FLAT,
            mark: Price(0),
            unit_value,
            fees,
            instrument,
            has_mark: 0,
        });
        Ok(())
    }

    /// The slot of an instrument, or the empty bucket where it would stand.
    fn find(&self, instrument: InstrumentId) -> Result<usize, usize> {
        let mask = self.table.len() - 1;
        // Fibonacci hashing: ids are often consecutive or share low bits.
        let hash = u64::from(instrument.0).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut bucket = hash as usize & mask;
        loop {
            let slot = self.table[bucket];
            if slot == EMPTY {
                return Err(bucket);
            }
            if self.slots[slot as usize].instrument == instrument {
                return Ok(slot as usize);
            }
            bucket = (bucket + 1) & mask;
        }
    }

    fn slot(&self, instrument: InstrumentId) -> Result<usize, PositionError> {
        self.find(instrument).map_err(|_| PositionError::UnknownInstrument)
    }

    /// Books a fill, values the position at its mark (at the fill's price until there is a mark), and writes the
    /// history. Hot path, O(1).
    ///
    /// # Errors
    /// [`PositionError::UnknownInstrument`] and those of [`Position::fill`]; [`PositionError::Overflow`] also when a total
    /// would overflow. Nothing has changed then.
    pub fn record_fill(&mut self, fill: &Fill) -> Result<FillOutcome, PositionError> {
        let at = self.slot(fill.instrument)?;
        self.record_fill_at(at, fill)
    }

    /// As [`record_fill`](Self::record_fill), for the instrument in this slot.
    #[inline(always)]
    pub(super) fn record_fill_at(&mut self, at: usize, fill: &Fill) -> Result<FillOutcome, PositionError> {
        let slot = &self.slots[at];
        let mark = if slot.has_mark == 1 { slot.mark } else { fill.price };
        let Some((change, share)) = narrow(slot, mark, fill) else { return self.record_fill_wide(at, fill) };
        let (totals, equity) = self.with_share(at, &share)?;
        let slot = &mut self.slots[at];
        slot.position.take(fill.side, &change);
        let outcome = change.outcome();
        self.booked(at, fill, mark, (share, totals, equity), &outcome);
        Ok(outcome)
    }

    /// As [`record_fill_at`](Self::record_fill_at), for numbers that outgrow 64 bits and for fills that are refused.
    #[cold]
    #[inline(never)]
    fn record_fill_wide(&mut self, at: usize, fill: &Fill) -> Result<FillOutcome, PositionError> {
        let slot = &self.slots[at];
        let (position, outcome) =
            slot.position.after(fill.side, fill.price, fill.quantity, fill.is_maker, &slot.fees)?;
        let mark = if slot.has_mark == 1 { slot.mark } else { fill.price };
        let share = contribution(&position, mark, 1, slot.unit_value)?;
        let (totals, equity) = self.with_share(at, &share)?;
        self.slots[at].position = position;
        self.booked(at, fill, mark, (share, totals, equity), &outcome);
        Ok(outcome)
    }

    /// Totals and equity once `share` is what the slot adds.
    #[inline(always)]
    fn with_share(&self, at: usize, share: &Totals) -> Result<(Totals, i64), PositionError> {
        let totals = self.totals.replaced(&self.shares[at], share)?;
        Ok((totals, checked_equity(self.account.capital, &totals)?))
    }

    /// Everything but the position itself after a fill.
    #[inline(always)]
    fn booked(
        &mut self,
        at: usize,
        fill: &Fill,
        mark: Price,
        (share, totals, equity): (Totals, Totals, i64),
        outcome: &FillOutcome,
    ) {
        let slot = &mut self.slots[at];
        slot.mark = mark;
        slot.has_mark = 1;
        self.shares[at] = share;
        self.totals = totals;
        self.observe(equity);
        self.account.fills += 1;
        if let Some(history) = &mut self.history {
            history.push_overwrite(TradeRecord {
                timestamp: fill.timestamp,
                order_id: fill.order_id,
                price: fill.price,
                quantity: fill.quantity,
                realised: outcome.realised,
                position: outcome.position,
                instrument: fill.instrument,
                side: fill.side,
                is_maker: u8::from(fill.is_maker),
                reserved: [0; 2],
            });
        }
    }

    /// Values an instrument's open lots at `price`. Hot path, O(1).
    ///
    /// # Errors
    /// [`PositionError::UnknownInstrument`], [`PositionError::PriceOutOfRange`], [`PositionError::Overflow`]. Nothing
    /// has changed then.
    pub fn mark(&mut self, instrument: InstrumentId, price: Price) -> Result<(), PositionError> {
        let at = self.slot(instrument)?;
        // Realised profit and fees stay as they are, so only one sum is formed anew.
        let slot = &self.slots[at];
        let unrealised = slot.position.unrealised(price)?.0.checked_mul(slot.unit_value);
        let share = Totals { unrealised: unrealised.ok_or(PositionError::Overflow)?, ..self.shares[at] };
        let totals = Totals {
            unrealised: swapped(self.totals.unrealised, self.shares[at].unrealised, share.unrealised)?,
            ..self.totals
        };
        let equity = checked_equity(self.account.capital, &totals)?;
        self.totals = totals;
        self.shares[at] = share;
        self.slots[at].mark = price;
        self.slots[at].has_mark = 1;
        self.observe(equity);
        Ok(())
    }

    fn observe(&mut self, equity: i64) {
        let account = &mut self.account;
        account.peak_equity = account.peak_equity.max(equity);
        let drawdown = account.peak_equity.saturating_sub(equity);
        if drawdown > account.max_drawdown {
            account.max_drawdown = drawdown;
            account.max_drawdown_peak = account.peak_equity;
        }
    }

    /// One instrument's state.
    #[must_use]
    pub fn get(&self, instrument: InstrumentId) -> Option<&InstrumentPosition> {
        self.find(instrument).ok().map(|at| &self.slots[at])
    }

    /// Every registered instrument, in the order of registration. With [`account`](Self::account) this is the
    /// snapshot that [`restore`](Self::restore) takes.
    #[must_use]
    pub fn positions(&self) -> &[InstrumentPosition] {
        &self.slots
    }

    /// The account's state.
    #[must_use]
    pub const fn account(&self) -> &AccountState {
        &self.account
    }

    /// Sums over all instruments.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// Capital plus profit after fees, account units.
    #[must_use]
    pub const fn equity(&self) -> i64 {
        self.account.capital + self.totals.net()
    }

    /// Fall of equity from its highest point, account units; never negative.
    #[must_use]
    pub const fn drawdown(&self) -> i64 {
        self.account.peak_equity.saturating_sub(self.equity())
    }

    /// Fall of equity from its highest point as a share of that point; `None` while that point is not positive.
    #[must_use]
    pub fn drawdown_share(&self) -> Option<f64> {
        let peak = self.account.peak_equity;
        (peak > 0).then(|| self.drawdown() as f64 / peak as f64)
    }

    /// Profit since the day began, account units.
    #[must_use]
    pub const fn daily_profit(&self) -> i64 {
        self.equity().saturating_sub(self.account.day_start_equity)
    }

    /// Begins a new day: the daily loss counts from the present equity. Drawdown goes on.
    pub const fn start_day(&mut self) {
        self.account.day_start_equity = self.equity();
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &PositionLimits {
        &self.limits
    }

    /// Replaces the limits.
    ///
    /// # Errors
    /// [`PositionError::BadConfig`] when one is negative.
    pub fn set_limits(&mut self, limits: &PositionLimits) -> Result<(), PositionError> {
        if !limits.is_valid() {
            return Err(PositionError::BadConfig("a limit is negative"));
        }
        self.limits = *limits;
        Ok(())
    }

    /// Whether a fill of `quantity` would keep the instrument within its position limits. An unregistered instrument
    /// is flat. Hot path.
    ///
    /// # Errors
    /// The limit that it would exceed.
    pub fn check_position(
        &self,
        instrument: InstrumentId,
        side: Side,
        quantity: Quantity,
    ) -> Result<(), LimitBreach> {
        let held = self.get(instrument).map_or(0, |slot| i128::from(slot.position.quantity().0));
        let after = held + i128::from(side.sign()) * i128::from(quantity.0);
        self.limits.check_position(instrument, held, after)
    }

    /// Whether the day's loss and the drawdown are within their limits. Hot path.
    ///
    /// # Errors
    /// The limit that is exceeded.
    pub fn check_loss(&self) -> Result<(), LimitBreach> {
        let loss = self.daily_profit().saturating_neg();
        if loss > self.limits.max_daily_loss {
            return Err(LimitBreach::DailyLoss { loss, limit: self.limits.max_daily_loss });
        }
        let drawdown = self.drawdown();
        if drawdown > self.limits.max_drawdown {
            return Err(LimitBreach::Drawdown { drawdown, limit: self.limits.max_drawdown });
        }
        Ok(())
    }

    /// The latest trades, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &TradeRecord> {
        self.history.iter().flat_map(RingBuffer::iter)
    }

    /// Puts trades of an earlier run, oldest first, into the history.
    pub(super) fn restore_history(&mut self, trades: &[TradeRecord]) {
        if let Some(history) = &mut self.history {
            history.clear();
            for trade in trades {
                history.push_overwrite(*trade);
            }
        }
    }

    /// The place of an instrument in [`positions`](Self::positions). Hot path.
    #[must_use]
    pub fn index_of(&self, instrument: InstrumentId) -> Option<usize> {
        self.find(instrument).ok()
    }

    /// Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments stay.
    pub fn reset(&mut self) {
        for slot in &mut self.slots {
            slot.position = Position::FLAT;
            slot.mark = Price(0);
            slot.has_mark = 0;
        }
        let capital = self.account.capital;
        self.account = AccountState {
            capital,
            day_start_equity: capital,
            peak_equity: capital,
            max_drawdown_peak: capital,
            ..AccountState::default()
        };
        self.totals = Totals::default();
        self.shares.fill(Totals::default());
        if let Some(history) = &mut self.history {
            history.clear();
        }
    }

    /// Takes over a state that [`account`](Self::account) and [`positions`](Self::positions) once showed, in place of
    /// its own; the history becomes empty.
    ///
    /// # Errors
    /// [`PositionError::Full`], [`PositionError::DuplicateInstrument`], [`PositionError::BadConfig`] when a position is not
    /// one that fills can lead to, [`PositionError::Overflow`]. Nothing has changed then.
    pub fn restore(
        &mut self,
        account: &AccountState,
        positions: &[InstrumentPosition],
    ) -> Result<(), PositionError> {
        if positions.len() > self.capacity as usize {
            return Err(PositionError::Full { capacity: self.capacity });
        }
        let mut instruments: Vec<InstrumentId> = positions.iter().map(|slot| slot.instrument).collect();
        instruments.sort_unstable();
        if !instruments.is_sorted_by(|a, b| a < b) {
            return Err(PositionError::DuplicateInstrument);
        }
        let mut totals = Totals::default();
        for slot in positions {
            if slot.unit_value < 1 || slot.has_mark > 1 || !slot.position.is_consistent() {
                return Err(PositionError::BadConfig("a stored position contradicts itself"));
            }
            let added = contribution(&slot.position, slot.mark, slot.has_mark, slot.unit_value)?;
            totals = totals.replaced(&Totals::default(), &added)?;
        }
        let equity = checked_equity(account.capital, &totals)?;
        if account.peak_equity < equity || account.max_drawdown < account.peak_equity.saturating_sub(equity) {
            return Err(PositionError::BadConfig("the stored high-water mark contradicts the positions"));
        }
        self.slots.clear();
        self.shares.clear();
        self.table.fill(EMPTY);
        for slot in positions {
            if let Err(bucket) = self.find(slot.instrument) {
                self.table[bucket] = self.slots.len() as u32;
                self.slots.push(*slot);
                self.shares.push(contribution(&slot.position, slot.mark, slot.has_mark, slot.unit_value)?);
            }
        }
        self.account = *account;
        self.totals = totals;
        if let Some(history) = &mut self.history {
            history.clear();
        }
        Ok(())
    }
}
