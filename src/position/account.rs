//! What a tracker takes, keeps and tells, and what one instrument adds to an account.

use super::single::NarrowFill;
use super::{Position, PositionError, PositionLimits};
use crate::types::{
    FeeSchedule, InstrumentId, Money, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};

/// Capacities, limits and starting capital of a [`PositionTracker`](super::PositionTracker).
///
/// Money of the account is in account units: whatever the host chose when it registered its instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackerConfig {
    /// Instruments that can be registered.
    pub instruments: u32,
    /// Trades that the history keeps; older ones are overwritten. May be 0.
    pub history: u32,
    /// Equity at the start, in account units. Drawdown as a share is measured on it plus the profit.
    pub capital: i64,
    /// The limits.
    pub limits: PositionLimits,
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self { instruments: 64, history: 1024, capital: 0, limits: PositionLimits::default() }
    }
}

/// One fill as the tracker wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// What was traded.
    pub instrument: InstrumentId,
    /// Our side.
    pub side: Side,
    /// The price.
    pub price: Price,
    /// The lots.
    pub quantity: Quantity,
    /// Whether we provided the liquidity.
    pub is_maker: bool,
    /// Our order.
    pub order_id: OrderId,
    /// When.
    pub timestamp: Timestamp,
}

/// A line of the trade history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct TradeRecord {
    /// When.
    pub timestamp: Timestamp,
    /// Our order.
    pub order_id: OrderId,
    /// The price.
    pub price: Price,
    /// The lots.
    pub quantity: Quantity,
    /// Profit that it realised before fees, ticks × lots.
    pub realised: Money,
    /// The position after it.
    pub position: SignedQuantity,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Our side.
    pub side: Side,
    /// 1 if we provided the liquidity, else 0.
    pub is_maker: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// One instrument's state: plain integers, so that it can be stored as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct InstrumentPosition {
    /// The position.
    pub position: Position,
    /// What the open lots are valued at: the last mark, else the last fill's price.
    pub mark: Price,
    /// Account units in one tick × lot.
    pub unit_value: i64,
    /// What fills cost.
    pub fees: FeeSchedule,
    /// The instrument.
    pub instrument: InstrumentId,
    /// 1 once there was a mark or a fill, else 0.
    pub has_mark: u32,
}

/// The account's own state: with the instruments' it is everything that a tracker knows besides its history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct AccountState {
    /// Equity before any trade, account units.
    pub capital: i64,
    /// Equity when the day began.
    pub day_start_equity: i64,
    /// Highest equity so far.
    pub peak_equity: i64,
    /// Largest fall from a peak so far.
    pub max_drawdown: i64,
    /// The peak from which the largest fall happened.
    pub max_drawdown_peak: i64,
    /// Fills booked.
    pub fills: u64,
}

/// Sums over all instruments, in account units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Totals {
    /// Realised profit before fees.
    pub realised: i64,
    /// Profit of open lots at their marks, before fees.
    pub unrealised: i64,
    /// Fees paid less rebates.
    pub fees: i64,
}

impl Totals {
    /// Realised + unrealised − fees. The tracker admits only totals for which it fits.
    #[must_use]
    pub const fn net(&self) -> i64 {
        self.realised + self.unrealised - self.fees
    }
}

impl Totals {
    #[inline(always)]
    pub(super) fn replaced(&self, before: &Self, after: &Self) -> Result<Self, PositionError> {
        Ok(Self {
            realised: swapped(self.realised, before.realised, after.realised)?,
            unrealised: swapped(self.unrealised, before.unrealised, after.unrealised)?,
            fees: swapped(self.fees, before.fees, after.fees)?,
        })
    }
}

/// A total in which `new` takes the place of `old`; only what comes out must fit, not what is passed on the way.
#[inline(always)]
pub(super) fn swapped(total: i64, old: i64, new: i64) -> Result<i64, PositionError> {
    let (rest, first) = total.overflowing_sub(old);
    let (sum, second) = rest.overflowing_add(new);
    // The two overflows have opposite directions when both happen: a first one past one end leaves a number near the other,
    // from which only a way back overflows again.
    if first == second { Ok(sum) } else { Err(PositionError::Overflow) }
}

/// What a fill does to a slot, and what the slot adds to the totals then; `None` where 64 bits are not enough.
#[inline(always)]
pub(super) fn narrow(slot: &InstrumentPosition, mark: Price, fill: &Fill) -> Option<(NarrowFill, Totals)> {
    let change = slot.position.narrow(fill.side, fill.price, fill.quantity, fill.is_maker, &slot.fees)?;
    let [realised, unrealised, fees] = change.sums(mark)?;
    let unit = slot.unit_value;
    let share = Totals {
        realised: realised.checked_mul(unit)?,
        unrealised: unrealised.checked_mul(unit)?,
        fees: fees.checked_mul(unit)?,
    };
    Some((change, share))
}

/// What one instrument adds to the totals.
pub(super) fn contribution(
    position: &Position,
    mark: Price,
    has_mark: u32,
    unit_value: i64,
) -> Result<Totals, PositionError> {
    let scaled = |money: Money| money.0.checked_mul(unit_value).ok_or(PositionError::Overflow);
    Ok(Totals {
        realised: scaled(position.realised())?,
        unrealised: if has_mark == 1 { scaled(position.unrealised(mark)?)? } else { 0 },
        fees: scaled(position.fees())?,
    })
}

/// Equity, provided that every sum of [`Totals::net`] and [`PositionTracker::equity`](super::PositionTracker::equity) fits on the way.
pub(super) fn checked_equity(capital: i64, totals: &Totals) -> Result<i64, PositionError> {
    totals
        .realised
        .checked_add(totals.unrealised)
        .and_then(|sum| sum.checked_sub(totals.fees))
        .and_then(|net| capital.checked_add(net))
        .ok_or(PositionError::Overflow)
}

#[cfg(test)]
mod tests {
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn a_total_is_refused_only_when_what_comes_out_does_not_fit() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
        let (mut through, mut refused) = (0, 0);
        for _ in 0..100_000 {
            let mut number = || match random.next_u64() % 3 {
                0 => ends[(random.next_u64() % 7) as usize],
                1 => random.next_u64() as i64,
                _ => random.next_u64() as i64 >> 2,
            };
            let (total, old, new) = (number(), number(), number());
            let exact = i128::from(total) - i128::from(old) + i128::from(new);
            let expected = i64::try_from(exact).map_err(|_| PositionError::Overflow);
            assert_eq!(swapped(total, old, new), expected, "{total} {old} {new}");
            through += usize::from(expected.is_ok() && total.checked_sub(old).is_none());
            refused += usize::from(expected.is_err());
        }
        assert!(through > 1_000 && refused > 1_000, "{through} {refused}");
    }
}
