use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::types::*;

const FREE: FeeSchedule = FeeSchedule::FREE;

/// Books fills at no fee and returns the position.
fn after(fills: &[(Side, i64, u64)]) -> Position {
    let mut position = Position::FLAT;
    for &(side, price, quantity) in fills {
        position.fill(side, Price(price), Quantity(quantity), true, &FREE).unwrap();
    }
    position
}

#[test]
fn profit_is_realised_on_reductions_only() {
    use Side::{Buy, Sell};
    for (fills, quantity, realised, average) in [
        (&[(Buy, 100, 10)][..], 10, 0, 100.0),
        (&[(Buy, 100, 10), (Buy, 110, 10)], 20, 0, 105.0),
        (&[(Buy, 100, 10), (Buy, 110, 10), (Sell, 120, 5)], 15, 75, 105.0),
        (&[(Buy, 100, 10), (Sell, 90, 10)], 0, -100, 0.0),
        (&[(Sell, 100, 10), (Buy, 90, 4)], -6, 40, 100.0),
        (&[(Sell, 100, 10), (Sell, 120, 10), (Buy, 100, 30)], 10, 200, 100.0),
        (&[(Buy, -5, 10), (Sell, 5, 10)], 0, 100, 0.0),
        (&[(Sell, -5, 10), (Buy, -8, 4)], -6, 12, -5.0),
    ] {
        let position = after(fills);
        assert_eq!(position.quantity(), SignedQuantity(quantity), "{fills:?}");
        assert_eq!(position.realised(), Money(realised), "{fills:?}");
        assert_eq!(position.average_price(), average, "{fills:?}");
    }
}

#[test]
fn a_round_trip_counts_once() {
    let position = after(&[(Side::Buy, 100, 7), (Side::Sell, 103, 7)]);
    assert_eq!((position.realised(), position.unrealised(Price(500)).unwrap()), (Money(21), Money(0)));
    assert_eq!((position.cash(), position.basis()), (21, 0));
}

#[test]
fn a_flip_closes_then_opens() {
    let mut position = after(&[(Side::Buy, 100, 10)]);
    let outcome = position.fill(Side::Sell, Price(105), Quantity(25), true, &FREE).unwrap();
    assert_eq!((outcome.closed, outcome.opened), (Quantity(10), Quantity(15)));
    assert_eq!((outcome.realised, outcome.position), (Money(50), SignedQuantity(-15)));
    assert_eq!(position.average_price(), 105.0);
    let outcome = position.fill(Side::Buy, Price(100), Quantity(5), true, &FREE).unwrap();
    assert_eq!((outcome.closed, outcome.opened, outcome.realised), (Quantity(5), Quantity(0), Money(25)));
}

#[test]
fn released_cost_is_rounded_and_the_remainder_stays() {
    // Three lots cost 100 in all; each sale releases a rounded part and nothing is lost.
    let mut position = after(&[(Side::Buy, 33, 2), (Side::Buy, 34, 1)]);
    let mut released = Vec::new();
    for _ in 0..3 {
        released.push(-position.fill(Side::Sell, Price(0), Quantity(1), true, &FREE).unwrap().realised.0);
    }
    assert_eq!(released, [33, 34, 33]);
    // Halves go away from zero, for shorts as for longs: 5 / 2 and −5 / 2.
    for (side, sign) in [(Side::Buy, 1), (Side::Sell, -1)] {
        let mut position = after(&[(side, 2, 1), (side, 3, 1)]);
        let outcome = position.fill(side.opposite(), Price(0), Quantity(1), true, &FREE).unwrap();
        assert_eq!(outcome.realised, Money(-3 * sign));
        assert_eq!(position.basis(), i128::from(2 * sign));
    }
}

/// Profit by cash alone, and realised profit by the definition, in arithmetic of its own: the average cost is a fraction
/// and what it releases is rounded by comparing doubled remainders.
#[derive(Default)]
struct Oracle {
    cash: i128,
    quantity: i128,
    cost: i128,
    realised: i128,
    fees: i128,
}

impl Oracle {
    fn fill(&mut self, side: Side, price: i128, quantity: i128, fee: i128) {
        let signed = if side == Side::Buy { quantity } else { -quantity };
        self.cash -= signed * price;
        self.fees += fee;
        let closing =
            if self.quantity.signum() * signed.signum() < 0 { quantity.min(self.quantity.abs()) } else { 0 };
        if closing > 0 {
            let (cost, held) = (self.cost.unsigned_abs(), self.quantity.unsigned_abs());
            // cost · closing / held, which needs more than 128 bits, lot by lot of the quotient.
            let (whole, rest) = (cost / held, cost % held);
            let tail = rest * closing as u128;
            let magnitude = whole * closing as u128 + tail / held + u128::from(tail % held * 2 >= held);
            let released = self.cost.signum() * magnitude as i128;
            self.realised += closing * price * self.quantity.signum() - released;
            self.cost -= released;
        }
        let opening = quantity - closing;
        self.cost += signed.signum() * opening * price;
        self.quantity += signed;
    }
}

#[test]
fn invariant_holds_exactly_after_any_sequence() {
    let fees = FeeSchedule {
        maker_rate_ppb: -12_345,
        taker_rate_ppb: 54_321,
        maker_per_lot_micro: 7,
        taker_per_lot_micro: 300_000,
    };
    // Largest price and quantity, so that small odd numbers, ordinary ones and those near every bound are met.
    let ranges = [(3, 3), (50, 1000), (1 << 20, 1 << 20), (1 << 61, 2), (1, 1 << 60), (1 << 40, 1 << 22)];
    let (mut flips, mut overflows) = (0, 0);
    for seed in 0..60 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (prices, quantities) = ranges[seed as usize % ranges.len()];
        let mut position = Position::FLAT;
        let mut oracle = Oracle::default();
        for _ in 0..5_000 {
            let mut price = Price((random.next_u64() % (2 * prices)) as i64 - prices as i64);
            price.0 = price.0.clamp(Price::MIN.0, Price::MAX.0);
            let quantity = Quantity(1 + random.next_u64() % quantities);
            let side = Side::BOTH[random.next_u32() as usize % 2];
            let is_maker = random.next_u32() % 2 == 0;
            let before = position;
            match position.fill(side, price, quantity, is_maker, &fees) {
                Ok(outcome) => {
                    let realised = oracle.realised;
                    let fee = fees.fee_micro(price, quantity, is_maker);
                    oracle.fill(side, price.0.into(), quantity.0.into(), fee);
                    assert_eq!(i128::from(outcome.realised.0), oracle.realised - realised);
                    assert_eq!(outcome.closed.0 + outcome.opened.0, quantity.0);
                    flips += u32::from(outcome.closed.0 > 0 && outcome.opened.0 > 0);
                }
                Err(error) => {
                    assert_eq!(error, PositionError::Overflow);
                    assert_eq!(position, before, "a refused fill has changed the position");
                    overflows += 1;
                }
            }
            assert_eq!(i128::from(position.quantity().0), oracle.quantity);
            assert_eq!(position.cash(), oracle.cash);
            assert_eq!(i128::from(position.realised().0), oracle.realised);
            assert_eq!(position.fees_micro(), oracle.fees);
            assert!(position.is_consistent());
            let mark = Price((random.next_u64() % (2 * prices)) as i64 / 2);
            if let (Ok(unrealised), Ok(equity)) = (position.unrealised(mark), position.equity(mark)) {
                let worth = oracle.cash + oracle.quantity * i128::from(mark.0);
                let gross = i128::from(position.realised().0) + i128::from(unrealised.0);
                assert_eq!(gross, worth);
                assert_eq!(gross - i128::from(position.fees().0), i128::from(equity.0));
            } else {
                assert!(prices > 1 << 30 || quantities > 1 << 30, "ordinary numbers overflowed");
            }
        }
    }
    assert!(
        flips > 1000 && overflows > 100,
        "the sequences are too tame: {flips} flips, {overflows} overflows"
    );
}

#[test]
fn fees_are_kept_in_millionths_and_read_rounded() {
    // 0.4 units a fill: rounding each would give 0 for ever.
    let fees = FeeSchedule { taker_per_lot_micro: 400_000, maker_per_lot_micro: -250_000, ..FREE };
    let mut position = Position::FLAT;
    let mut read = Vec::new();
    for _ in 0..5 {
        position.fill(Side::Buy, Price(100), Quantity(1), false, &fees).unwrap();
        read.push(position.fees().0);
    }
    assert_eq!(read, [0, 1, 1, 2, 2]);
    assert_eq!(position.net_realised().unwrap(), Money(-2));
    let mut rebates = Position::FLAT;
    rebates.fill(Side::Sell, Price(100), Quantity(2), true, &fees).unwrap();
    assert_eq!((rebates.fees_micro(), rebates.fees()), (-500_000, Money(-1)));
}

#[test]
fn impossible_fills_are_refused_and_change_nothing() {
    let mut position = after(&[(Side::Buy, 100, 10)]);
    let before = position;
    let huge_fee = FeeSchedule { taker_per_lot_micro: i64::MAX, ..FREE };
    for (price, quantity, fees, error) in [
        (Price(1), Quantity(0), &FREE, PositionError::ZeroQuantity),
        (Price(1), Quantity(u64::MAX), &FREE, PositionError::QuantityOutOfRange),
        (Price(i64::MAX), Quantity(1), &FREE, PositionError::PriceOutOfRange),
        (Price(i64::MIN), Quantity(1), &FREE, PositionError::PriceOutOfRange),
        (Price(1), Quantity::MAX, &FREE, PositionError::Overflow),
        (Price(1), Quantity(1 << 40), &huge_fee, PositionError::Overflow),
    ] {
        assert_eq!(position.fill(Side::Buy, price, quantity, false, fees), Err(error));
        assert_eq!(position, before);
    }
    // Ten lots that gain 2^60 each: the profit does not fit.
    assert_eq!(
        position.fill(Side::Sell, Price(1 << 60), Quantity(10), true, &FREE),
        Err(PositionError::Overflow)
    );
    assert_eq!(position, before);
    assert_eq!(position.unrealised(Price(1 << 60)), Err(PositionError::Overflow));
    assert_eq!(position.equity(Price(i64::MAX)), Err(PositionError::PriceOutOfRange));
}

fn tracker(limits: PositionLimits, capital: i64) -> PositionTracker {
    let mut tracker =
        PositionTracker::new(&TrackerConfig { instruments: 4, history: 3, capital, limits }).unwrap();
    for id in [1, 9, 1 << 20] {
        tracker.register(InstrumentId(id), FREE, 1).unwrap();
    }
    tracker
}

fn fill(instrument: u32, side: Side, price: i64, quantity: u64) -> Fill {
    Fill {
        instrument: InstrumentId(instrument),
        side,
        price: Price(price),
        quantity: Quantity(quantity),
        is_maker: true,
        order_id: OrderId(price as u64),
        timestamp: Timestamp(quantity),
    }
}

#[test]
fn totals_are_the_sums_over_instruments_in_account_units() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let config = TrackerConfig { instruments: 8, limits: PositionLimits::NONE, capital: 1000, history: 0 };
    let mut tracker = PositionTracker::new(&config).unwrap();
    let fees = FeeSchedule::from_bps(-1.0, 5.0).unwrap();
    let ids: Vec<u32> = (0..8).map(|n| n * 0x1000_0000 + n).collect();
    for (n, &id) in ids.iter().enumerate() {
        tracker.register(InstrumentId(id), fees, n as i64 + 1).unwrap();
    }
    let (mut peak, mut worst) = (1000, 0);
    for _ in 0..20_000 {
        let id = ids[random.next_u32() as usize % 8];
        let price = 1000 + i64::from(random.next_u32() % 50);
        if random.next_u32() % 2 == 0 {
            tracker.mark(InstrumentId(id), Price(price)).unwrap();
        } else {
            let side = Side::BOTH[random.next_u32() as usize % 2];
            tracker.record_fill(&fill(id, side, price, 1 + random.next_u64() % 9)).unwrap();
        }
        let mut sums = Totals::default();
        for slot in tracker.positions() {
            sums.realised += slot.position.realised().0 * slot.unit_value;
            sums.unrealised += slot.position.unrealised(slot.mark).unwrap().0 * slot.unit_value;
            sums.fees += slot.position.fees().0 * slot.unit_value;
        }
        assert_eq!(tracker.totals(), sums);
        let equity = 1000 + sums.realised + sums.unrealised - sums.fees;
        peak = peak.max(equity);
        worst = worst.max(peak - equity);
        assert_eq!((tracker.equity(), tracker.drawdown()), (equity, peak - equity));
        assert_eq!(tracker.account().max_drawdown, worst);
    }
    // What the snapshot shows, another tracker can take over.
    let mut other = PositionTracker::new(&config).unwrap();
    other.restore(tracker.account(), tracker.positions()).unwrap();
    assert_eq!((other.totals(), other.account()), (tracker.totals(), tracker.account()));
    let next = fill(ids[3], Side::Sell, 1010, 50);
    assert_eq!(other.record_fill(&next), tracker.record_fill(&next));
    assert_eq!(other.positions(), tracker.positions());
}

#[test]
fn drawdown_is_peak_to_trough_and_has_a_share() {
    let mut tracker = tracker(PositionLimits::NONE, 1000);
    tracker.record_fill(&fill(1, Side::Buy, 100, 10)).unwrap();
    for (mark, equity, drawdown) in [(120, 1200, 0), (90, 900, 300), (110, 1100, 100), (130, 1300, 0)] {
        tracker.mark(InstrumentId(1), Price(mark)).unwrap();
        assert_eq!((tracker.equity(), tracker.drawdown()), (equity, drawdown));
    }
    tracker.mark(InstrumentId(1), Price(117)).unwrap();
    assert_eq!(tracker.drawdown_share(), Some(0.1));
    let account = tracker.account();
    assert_eq!((account.max_drawdown, account.max_drawdown_peak, account.peak_equity), (300, 1200, 1300));
    tracker.reset();
    assert_eq!((tracker.equity(), tracker.drawdown(), tracker.totals()), (1000, 0, Totals::default()));
    assert_eq!(tracker.get(InstrumentId(1)).unwrap().position, Position::FLAT);
}

#[test]
fn a_purchase_is_no_loss_and_a_new_day_starts_from_here() {
    let limits = PositionLimits { max_daily_loss: 50, ..PositionLimits::NONE };
    let mut tracker = tracker(limits, 0);
    tracker.record_fill(&fill(9, Side::Buy, 1_000_000, 10)).unwrap();
    assert_eq!(tracker.daily_profit(), 0);
    tracker.mark(InstrumentId(9), Price(999_995)).unwrap();
    assert_eq!(tracker.check_loss(), Ok(()), "exactly at the limit");
    tracker.record_fill(&fill(9, Side::Sell, 999_994, 1)).unwrap();
    assert_eq!(tracker.check_loss(), Err(LimitBreach::DailyLoss { loss: 51, limit: 50 }));
    tracker.start_day();
    assert_eq!((tracker.check_loss(), tracker.daily_profit(), tracker.drawdown()), (Ok(()), 0, 51));
    let limits = PositionLimits { max_drawdown: 50, ..limits };
    tracker.set_limits(&limits).unwrap();
    assert_eq!(tracker.check_loss(), Err(LimitBreach::Drawdown { drawdown: 51, limit: 50 }));
}

#[test]
fn position_limits_breach_by_name_and_never_stop_a_reduction() {
    let limits = PositionLimits {
        max_position_size: 80,
        max_long_position: 100,
        max_short_position: 60,
        ..PositionLimits::NONE
    };
    let mut tracker = tracker(limits, 0);
    let id = InstrumentId(1);
    let check =
        |tracker: &PositionTracker, side, quantity| tracker.check_position(id, side, Quantity(quantity));
    assert_eq!(check(&tracker, Side::Buy, 80), Ok(()));
    assert_eq!(check(&tracker, Side::Buy, 81), Err(LimitBreach::PositionSize { instrument: id, limit: 80 }));
    assert_eq!(check(&tracker, Side::Sell, 60), Ok(()));
    assert_eq!(
        check(&tracker, Side::Sell, 61),
        Err(LimitBreach::ShortPosition { instrument: id, limit: 60 })
    );
    assert!(check(&tracker, Side::Buy, u64::MAX).is_err());
    tracker.set_limits(&PositionLimits { max_long_position: 70, ..limits }).unwrap();
    assert_eq!(check(&tracker, Side::Buy, 71), Err(LimitBreach::LongPosition { instrument: id, limit: 70 }));
    // Far above the limit, what reduces passes; what flips beyond the other limit does not.
    tracker.record_fill(&fill(1, Side::Buy, 10, 500)).unwrap();
    assert_eq!(check(&tracker, Side::Sell, 100), Ok(()));
    assert_eq!(check(&tracker, Side::Sell, 560), Ok(()));
    assert_eq!(
        check(&tracker, Side::Sell, 561),
        Err(LimitBreach::ShortPosition { instrument: id, limit: 60 })
    );
    assert!(check(&tracker, Side::Buy, 1).is_err());
    let negative = PositionLimits { max_drawdown: -1, ..limits };
    assert!(matches!(tracker.set_limits(&negative), Err(PositionError::BadConfig(_))));
}

#[test]
fn history_keeps_the_latest_trades_oldest_first() {
    let mut tracker = tracker(PositionLimits::NONE, 0);
    for price in 1..=5 {
        tracker.record_fill(&fill(1, Side::Sell, price, 2)).unwrap();
    }
    let prices: Vec<_> = tracker.history().map(|trade| (trade.price.0, trade.position.0)).collect();
    assert_eq!(prices, [(3, -6), (4, -8), (5, -10)]);
    assert_eq!(tracker.account().fills, 5);
}

#[test]
fn refused_tracker_calls_change_nothing() {
    let mut tracker = tracker(PositionLimits::NONE, 0);
    tracker.register(InstrumentId(4), FREE, i64::MAX).unwrap();
    tracker.record_fill(&fill(1, Side::Buy, 100, 10)).unwrap();
    tracker.record_fill(&fill(4, Side::Buy, 100, 1)).unwrap();
    let (positions, account) = (tracker.positions().to_vec(), *tracker.account());
    let full = PositionError::Full { capacity: 4 };
    assert_eq!(tracker.register(InstrumentId(5), FREE, 1), Err(full));
    assert_eq!(tracker.register(InstrumentId(9), FREE, 1), Err(PositionError::DuplicateInstrument));
    assert!(matches!(tracker.register(InstrumentId(5), FREE, 0), Err(PositionError::BadConfig(_))));
    assert_eq!(tracker.record_fill(&fill(77, Side::Buy, 1, 1)), Err(PositionError::UnknownInstrument));
    assert_eq!(tracker.record_fill(&fill(1, Side::Buy, 1, 0)), Err(PositionError::ZeroQuantity));
    assert_eq!(tracker.mark(InstrumentId(77), Price(1)), Err(PositionError::UnknownInstrument));
    assert_eq!(tracker.mark(InstrumentId(1), Price(i64::MAX)), Err(PositionError::PriceOutOfRange));
    // One tick is worth 2^63 − 1 units here: two of them do not fit.
    assert_eq!(tracker.mark(InstrumentId(4), Price(102)), Err(PositionError::Overflow));
    assert_eq!(tracker.record_fill(&fill(4, Side::Sell, 102, 1)), Err(PositionError::Overflow));
    let mut bad = positions.clone();
    bad[1] = bad[0];
    assert_eq!(tracker.restore(&account, &bad), Err(PositionError::DuplicateInstrument));
    let low_peak = AccountState { peak_equity: -1, ..account };
    assert!(matches!(tracker.restore(&low_peak, &positions), Err(PositionError::BadConfig(_))));
    assert_eq!((tracker.positions(), *tracker.account()), (&positions[..], account));
    assert_eq!(tracker.history().count(), 2);
}

#[test]
fn nano_units_value_instruments_of_different_ticks() {
    let stock = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let coin = Instrument::new("BTC", 0.1, 0.00001).unwrap();
    assert_eq!(PositionTracker::nano_unit_value(&stock), Some(10_000_000));
    assert_eq!(PositionTracker::nano_unit_value(&coin), Some(1000));
    let fine = Instrument::new("X", 1e-9, 1e-3).unwrap();
    assert_eq!(PositionTracker::nano_unit_value(&fine), None);
}
