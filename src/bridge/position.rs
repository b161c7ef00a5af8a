//! `mm::cxx::tracker`: positions in many instruments under one account and its limits.

use super::guarded::{attempt, verdict};
use super::mirror::Blank;
use super::types::{self, fill, put};
use super::{Error, Guarded};
use crate::ffi::args::fits;
use crate::ffi::position::{
    mm_fill_outcome_t, mm_fill_t, mm_position_limits_t, mm_position_t, mm_position_totals_t,
    mm_position_tracker_config_t, mm_trade_t, new_tracker,
};
use crate::position::{self as core, PositionTracker};
use crate::types::{Instrument as CoreInstrument, InstrumentId, Price, Quantity};

#[cxx::bridge(namespace = "mm::cxx")]
pub(super) mod face {
    extern "C++" {
        include!("market-maker/src/bridge/types.rs.h");
        #[cxx_name = "side"]
        type Side = crate::bridge::types::Side;
        #[cxx_name = "instrument"]
        type Instrument = crate::bridge::types::Instrument;
    }

    /// Limits. Quantities are lots of one instrument, money is in account units. Standing exactly at a limit is
    /// allowed.
    #[cxx_name = "position_limits"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct PositionLimits {
        /// Largest position of either sign.
        max_position_size: i64,
        /// Largest long position.
        max_long_position: i64,
        /// Largest short position, as a positive number.
        max_short_position: i64,
        /// Largest loss since the day began, as a positive number: realised, unrealised and fees.
        max_daily_loss: i64,
        /// Largest fall of equity from its highest point, as a positive number.
        max_drawdown: i64,
    }

    /// Capacities, limits and starting capital of a tracker.
    #[cxx_name = "tracker_config"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct TrackerConfig {
        /// Equity at the start, account units. Default 0.
        capital: i64,
        /// The limits. Defaults: 1000000 lots, 500000 long, 500000 short, daily loss 1000000, drawdown 500000.
        limits: PositionLimits,
        /// Instruments that can be registered, 1 to 2^20. Default 64.
        instruments: u32,
        /// Trades that the history keeps, 0 to 2^24; older ones are overwritten. Default 1024.
        history: u32,
    }

    /// One of our fills.
    #[cxx_name = "fill"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Fill {
        /// When, ns.
        timestamp: u64,
        /// Our order.
        order_id: u64,
        /// Price, ticks.
        price: i64,
        /// Quantity, lots.
        quantity: u64,
        /// What was traded.
        instrument: u32,
        /// Our side.
        side: Side,
        /// Whether we provided the liquidity.
        is_maker: bool,
    }

    /// What one fill did.
    #[cxx_name = "fill_outcome"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct FillOutcome {
        /// Profit realised by the fill before fees, ticks x lots. Zero unless it reduced the position.
        realised: i64,
        /// The fill's fee in millionths of a tick x lot, capped to what fits; negative is a rebate.
        fee_micro: i64,
        /// Lots that closed open lots of the other sign.
        closed: u64,
        /// Lots that opened or added; both are non-zero on a flip.
        opened: u64,
        /// The position after the fill, lots.
        position: i64,
    }

    /// One instrument's position. Money is ticks x lots of the instrument.
    #[cxx_name = "position"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Position {
        /// Lots held; negative is short.
        quantity: i64,
        /// Average price of the open lots, ticks; 0 when flat.
        average_price: f64,
        /// Realised profit before fees.
        realised: i64,
        /// Profit of the open lots at the mark, before fees.
        unrealised: i64,
        /// Fees paid less rebates.
        fees: i64,
        /// What open lots are valued at, ticks: the last mark, else the first fill's price.
        mark: i64,
        /// Lots bought in all.
        bought: u64,
        /// Lots sold in all.
        sold: u64,
        /// Fills in all.
        fills: u64,
        /// The instrument.
        instrument: u32,
        /// Whether there was a mark or a fill.
        has_mark: bool,
    }

    /// Sums over all instruments, account units.
    #[cxx_name = "position_totals"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct PositionTotals {
        /// Realised profit before fees.
        realised: i64,
        /// Profit of open lots at their marks, before fees.
        unrealised: i64,
        /// Fees paid less rebates.
        fees: i64,
        /// Capital plus profit after fees.
        equity: i64,
        /// Highest equity so far.
        peak_equity: i64,
        /// Fall of equity from its highest point; never negative.
        drawdown: i64,
        /// Largest fall so far.
        max_drawdown: i64,
        /// Profit since the day began.
        daily_profit: i64,
        /// Fills booked.
        fills: u64,
    }

    /// A line of the trade history.
    #[cxx_name = "trade"]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Trade {
        /// When, ns.
        timestamp: u64,
        /// Our order.
        order_id: u64,
        /// Price, ticks.
        price: i64,
        /// Quantity, lots.
        quantity: u64,
        /// Profit that it realised before fees, ticks x lots.
        realised: i64,
        /// The position after it, lots.
        position: i64,
        /// What was traded.
        instrument: u32,
        /// Our side.
        side: Side,
        /// Whether we provided the liquidity.
        is_maker: bool,
    }

    extern "Rust" {
        /// Signed positions in many instruments with exact profit and loss, limits and drawdown. One owner; a call that throws
        /// has changed nothing.
        #[cxx_name = "tracker"]
        type Tracker;

        #[Self = "Tracker"]
        fn defaults() -> TrackerConfig;
        /// A tracker without instruments.
        #[Self = "Tracker"]
        fn create(config: &TrackerConfig) -> Result<Box<Tracker>>;
        /// Adds an instrument, flat; `unit_value` is what one tick x lot is worth in account units.
        fn register_instrument(self: &mut Tracker, instrument: &Instrument, unit_value: i64) -> Result<()>;
        fn record_fill(self: &mut Tracker, fill: &Fill) -> Result<FillOutcome>;
        fn mark(self: &mut Tracker, instrument: u32, price: i64) -> Result<()>;
        /// One instrument's position; false where it is not registered.
        fn position_of(self: &Tracker, instrument: u32, out: &mut Position) -> Result<bool>;
        /// Every registered instrument's position, in the order of registration; how many were written.
        fn positions(self: &Tracker, out: &mut [Position]) -> Result<usize>;
        fn totals(self: &Tracker) -> Result<PositionTotals>;
        /// 0, or the MM_E_LIMIT_* that the fill would exceed; last_error_message() says by how much.
        fn check_position(self: &Tracker, instrument: u32, side: Side, quantity: u64) -> i32;
        /// 0, MM_E_LIMIT_DAILY_LOSS or MM_E_LIMIT_DRAWDOWN.
        fn check_loss(self: &Tracker) -> i32;
        fn limits(self: &Tracker) -> Result<PositionLimits>;
        fn set_limits(self: &mut Tracker, limits: &PositionLimits) -> Result<()>;
        /// The latest trades that fit, oldest first; how many were written.
        fn history(self: &Tracker, out: &mut [Trade]) -> Result<usize>;
        fn start_day(self: &mut Tracker) -> Result<()>;
        fn reset(self: &mut Tracker) -> Result<()>;
    }
}

use face::{
    Fill, FillOutcome, Instrument, Position, PositionLimits, PositionTotals, Side, TrackerConfig, Trade,
};

blank_by_config!(mm_position_tracker_config_t);
blank_by_default!(mm_fill_t);
mirror!(PositionLimits => mm_position_limits_t {
    max_position_size, max_long_position, max_short_position, max_daily_loss, max_drawdown
});
mirror!(Fill => mm_fill_t {
    timestamp, order_id, price, quantity, instrument
} flags { is_maker } numbers { side });
shown!(FillOutcome => mm_fill_outcome_t { realised, fee_micro, closed, opened, position });
shown!(Position => mm_position_t {
    quantity, average_price, realised, unrealised, fees, mark, bought, sold, fills, instrument
} flags { has_mark });
shown!(PositionTotals => mm_position_totals_t {
    realised, unrealised, fees, equity, peak_equity, drawdown, max_drawdown, daily_profit, fills
});
shown!(Trade => mm_trade_t {
    timestamp, order_id, price, quantity, realised, position, instrument
} flags { is_maker } numbers { side });

impl Blank for mm_position_limits_t {
    fn blank() -> Self {
        mm_position_tracker_config_t::blank().limits
    }
}

/// Positions of one account.
pub(super) struct Tracker(Guarded<PositionTracker>);

impl Tracker {
    fn defaults() -> TrackerConfig {
        let defaults = mm_position_tracker_config_t::blank();
        TrackerConfig {
            capital: defaults.capital,
            limits: defaults.limits.into(),
            instruments: defaults.instruments,
            history: defaults.history,
        }
    }

    fn create(config: &TrackerConfig) -> Result<Box<Self>, Error> {
        let config = mm_position_tracker_config_t {
            capital: config.capital,
            limits: (&config.limits).into(),
            instruments: config.instruments,
            history: config.history,
            ..Blank::blank()
        };
        attempt(|| Ok(Box::new(Self(Guarded::new(new_tracker(&config)?)))))
    }

    fn register_instrument(&mut self, instrument: &Instrument, unit_value: i64) -> Result<(), Error> {
        self.0.change(|tracker| {
            let instrument = CoreInstrument::try_from(instrument)?;
            Ok(tracker.register(instrument.id, instrument.fees, unit_value)?)
        })
    }

    fn record_fill(&mut self, fill: &Fill) -> Result<FillOutcome, Error> {
        self.0.change(|tracker| {
            let done = tracker.record_fill(&core::Fill::try_from(&mm_fill_t::from(fill))?)?;
            Ok(mm_fill_outcome_t::from(done).into())
        })
    }

    fn mark(&mut self, instrument: u32, price: i64) -> Result<(), Error> {
        self.0.change(|tracker| Ok(tracker.mark(InstrumentId(instrument), Price(price))?))
    }

    fn position_of(&self, instrument: u32, out: &mut Position) -> Result<bool, Error> {
        self.0.read(|tracker| Ok(put(out, tracker.get(InstrumentId(instrument)).map(mm_position_t::from))))
    }

    fn positions(&self, out: &mut [Position]) -> Result<usize, Error> {
        self.0.read(|tracker| {
            let slots = tracker.positions();
            fits(slots.len(), out.len(), "positions")?;
            Ok(fill(out, slots.iter().map(|slot| mm_position_t::from(slot).into())))
        })
    }

    fn totals(&self) -> Result<PositionTotals, Error> {
        self.0.read(|tracker| Ok(mm_position_totals_t::from(tracker).into()))
    }

    fn check_position(&self, instrument: u32, side: Side, quantity: u64) -> i32 {
        verdict(self.0.try_read(|tracker| {
            Ok(tracker.check_position(InstrumentId(instrument), types::side(side)?, Quantity(quantity))?)
        }))
    }

    fn check_loss(&self) -> i32 {
        verdict(self.0.try_read(|tracker| Ok(tracker.check_loss()?)))
    }

    fn limits(&self) -> Result<PositionLimits, Error> {
        self.0.read(|tracker| Ok(mm_position_limits_t::from(tracker.limits()).into()))
    }

    fn set_limits(&mut self, limits: &PositionLimits) -> Result<(), Error> {
        self.0.change(|tracker| Ok(tracker.set_limits(&(&mm_position_limits_t::from(limits)).into())?))
    }

    fn history(&self, out: &mut [Trade]) -> Result<usize, Error> {
        self.0.read(|tracker| {
            let skip = tracker.history().count().saturating_sub(out.len());
            Ok(fill(out, tracker.history().skip(skip).map(|trade| mm_trade_t::from(trade).into())))
        })
    }

    fn start_day(&mut self) -> Result<(), Error> {
        self.0.change(|tracker| {
            tracker.start_day();
            Ok(())
        })
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.0.change(|tracker| {
            tracker.reset();
            Ok(())
        })
    }
}
