//! The default channels of a model's input, computed incrementally from the book and its trades (F10).
//!
//! Event by event only what cannot be recovered later is kept: the best ten levels before and after
//! (order-flow imbalance, queue depletion), moves of the mid (volatility), traded volume (VPIN, sums). Everything that is a function
//! of the state at a row's end is computed there. Per event O(1), bounded by the sixteen levels that are held per side; per row O(1).
//! Averages in time do not depend on how many events report the same state. Hot path, single writer, nothing allocated after
//! construction, same bits on every machine.
//!
//! What holds in a market that is not a proper one stands at [`FeatureWindow`](super::FeatureWindow).

mod day_clock;
mod kyle;
mod ladder;
mod names;
mod order_flow;
#[cfg(test)]
mod tests;
mod vpin;

pub use kyle::KyleLambda;
pub use names::{CHANNELS, Channel};
pub use vpin::Vpin;

use super::{Decay, EwmaVolatility, FeatureError, Microprice, TopOfBook, depth_imbalance};
use crate::book::{Depth, Touched};
use crate::types::{Event, EventKind, Quantity, Side, Timestamp, event_flags};
use day_clock::DayClock;
use ladder::{ABSENT, Changed, Ladder, price_of};
use order_flow::{FLOW_DEPTHS, OrderFlow};

/// What the channels are parametrised by, besides the row's length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelConfig {
    /// Half-lives of the three volatilities, seconds.
    pub volatility_half_lives: [f64; 3],
    /// Half-life of Kyle's λ, seconds.
    pub kyle_half_life: f64,
    /// Volume of a VPIN bucket, lots. The paper's choice is a fiftieth of the average daily volume.
    pub vpin_bucket: Quantity,
    /// How many full buckets VPIN spans.
    pub vpin_buckets: u32,
    /// A time at which a day begins for [`Channel::TimeSin`]; any, a multiple of a day away. UNIX times begin theirs at UTC
    /// midnight, feeds of one day at 0.
    pub day_start: Timestamp,
}

impl Default for ChannelConfig {
    /// Volatility over 1, 10 and 60 seconds, λ over five minutes, VPIN over fifty buckets of 10,000 lots, days from 0.
    fn default() -> Self {
        Self {
            volatility_half_lives: [1.0, 10.0, 60.0],
            kyle_half_life: 300.0,
            vpin_bucket: Quantity(10_000),
            vpin_buckets: 50,
            day_start: Timestamp(0),
        }
    }
}

const STATUS: u16 = 1 << EventKind::Status as u16;
const CLEAR: u16 = 1 << EventKind::Clear as u16;
const TRADE: u16 = 1 << EventKind::Trade as u16;
const EXECUTE: u16 = 1 << EventKind::Execute as u16;
/// Kinds that always name the side and price at which the book changes.
const PLACED: u16 = 1 << EventKind::Add as u16 | 1 << EventKind::Level as u16 | 1 << EventKind::Seed as u16;
/// Kinds that change the book where an order was and at the price that they name.
const MOVING: u16 = 1 << EventKind::Modify as u16 | 1 << EventKind::Replace as u16;

/// What the trades of a row add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Trades {
    signed: f64,
    volume: f64,
    prints: u64,
}

/// The state behind a row. See the [module](self)'s description.
#[derive(Clone, Debug)]
pub(super) struct Channels {
    ladder: Ladder,
    flow: OrderFlow,
    trades: Trades,
    events: u64,
    volatilities: [EwmaVolatility; 3],
    vpin: Vpin,
    kyle: KyleLambda,
    clock: DayClock,
    microprice: Option<Microprice>,
    rows_per_second: f64,
    /// Twice the last sound mid, and what it was at the end of the row before.
    mid2: i64,
    reference: i64,
    /// Spread, microprice deviation and imbalances of the last sound book, where they are computed already.
    book: [f64; 6],
    /// They are not: the book has changed since.
    is_book_stale: bool,
    /// A sound book has been seen; before that nothing counts.
    has_started: bool,
    /// The book shown is sound, and trading is on.
    is_sound: bool,
    is_halted: bool,
    /// What the ladder holds is not the book.
    must_rebuild: bool,
    /// The mid's next move counts nowhere.
    is_gap: bool,
    /// This row is no sample for λ.
    has_gap: bool,
}

impl Channels {
    pub(super) fn new(config: &ChannelConfig, step_ns: u64) -> Result<Self, FeatureError> {
        let [fast, medium, slow] = config.volatility_half_lives;
        let volatility = |half_life, name| Decay::named(half_life, name).map(EwmaVolatility::from_decay);
        // Checked as a time, used in rows.
        Decay::named(config.kyle_half_life, "kyle_half_life")?;
        let seconds = step_ns as f64 * 1e-9;
        Ok(Self {
            ladder: Ladder::EMPTY,
            flow: OrderFlow::EMPTY,
            trades: Trades::default(),
            events: 0,
            volatilities: [
                volatility(fast, "volatility_half_lives[0]")?,
                volatility(medium, "volatility_half_lives[1]")?,
                volatility(slow, "volatility_half_lives[2]")?,
            ],
            vpin: Vpin::new(config.vpin_bucket, config.vpin_buckets)?,
            kyle: KyleLambda::new(config.kyle_half_life / seconds)?,
            clock: DayClock::new(config.day_start),
            microprice: None,
            rows_per_second: 1.0 / seconds,
            mid2: 0,
            reference: 0,
            book: [0.0; 6],
            is_book_stale: false,
            has_started: false,
            is_sound: false,
            is_halted: false,
            must_rebuild: true,
            is_gap: true,
            has_gap: true,
        })
    }

    pub(super) fn set_microprice(&mut self, microprice: Option<Microprice>) {
        self.microprice = microprice;
        self.is_book_stale = self.has_started && self.is_sound;
    }

    /// Whether rows mean something yet.
    pub(super) const fn has_started(&self) -> bool {
        self.has_started
    }

    /// An event that the book has taken in; `now` never steps back. Hot path.
    #[inline]
    pub(super) fn on_event(&mut self, now: Timestamp, event: &Event, touched: Touched, book: &impl Depth) {
        let kind = 1 << event.kind as u16;
        let is_live = !event.has(event_flags::SNAPSHOT);
        if !is_live || kind & (STATUS | CLEAR) != 0 {
            self.on_rare(now, event);
        }
        let is_print = kind & (TRADE | EXECUTE) != 0;
        if is_print {
            self.trade(aggressor(event, touched), event.quantity);
        }
        self.events += u64::from(is_live & (is_print | touched.changed()));
        if touched.changed() && !self.must_rebuild {
            // A branch on the kind alone would be mispredicted half of the time.
            if event.has(event_flags::LOCATED) | (kind & PLACED != 0) && kind & MOVING == 0 {
                self.ladder.update_at(book, event.side, event.price);
            } else if kind & MOVING != 0 {
                self.ladder.update_anywhere_and(book, event.price);
            } else {
                self.ladder.update_anywhere(book);
            }
        }
        if event.has(event_flags::LAST) {
            self.commit(now, book);
        }
    }

    #[cold]
    #[inline(never)]
    fn on_rare(&mut self, now: Timestamp, event: &Event) {
        if event.kind == EventKind::Status {
            self.set_halted(now, event.quantity == Quantity::ZERO);
        } else {
            self.must_rebuild = true;
        }
    }

    #[inline]
    fn trade(&mut self, aggressor: Option<Side>, quantity: Quantity) {
        let lots = quantity.0 as f64;
        self.trades.signed += aggressor.map_or(0.0, |side| side.sign() as f64 * lots);
        self.trades.volume += lots;
        self.trades.prints += 1;
        if self.has_started {
            self.vpin.update(aggressor, quantity);
        }
    }

    /// The book is consistent: what changed since it last was is seen now.
    #[inline]
    fn commit(&mut self, now: Timestamp, book: &impl Depth) {
        if self.must_rebuild {
            self.rebuild(now, book);
            return;
        }
        let [bids, asks] = self.ladder.changed;
        if !bids.is_near() && !asks.is_near() {
            return;
        }
        let is_top_changed = bids.first.min(asks.first) == 0;
        let top2 = if is_top_changed { self.top2() } else { None };
        if is_top_changed && self.is_sound && top2.is_none() {
            // The book as it was a moment ago is the one that the book channels hold.
            self.leave_sound(now);
        }
        for (side, changed) in [(Side::Buy, bids), (Side::Sell, asks)] {
            if changed.is_near() {
                self.flow.update(side, &self.ladder.halves[side.index()], changed);
            }
        }
        self.ladder.changed = [Changed::NOTHING; 2];
        self.is_book_stale = self.is_sound;
        let Some(mid2) = top2 else { return };
        if !self.is_sound {
            self.enter_sound(now, mid2);
        } else if mid2 != self.mid2 {
            self.move_mid(now, mid2);
        }
    }

    /// Twice the mid of what the ladder holds, when that is sound and trading is on.
    #[inline]
    fn top2(&self) -> Option<i64> {
        let (bid, ask) = (self.ladder.halves[0].keys[0], self.ladder.halves[1].keys[0]);
        // The ask's key is its price negated.
        (bid != ABSENT && ask != ABSENT && bid < -ask && !self.is_halted).then(|| bid - ask)
    }

    #[inline]
    fn move_mid(&mut self, now: Timestamp, mid2: i64) {
        self.mid2 = mid2;
        for volatility in &mut self.volatilities {
            volatility.update(now, mid2);
        }
    }

    #[cold]
    #[inline(never)]
    fn rebuild(&mut self, now: Timestamp, book: &impl Depth) {
        self.interrupt(now);
        self.must_rebuild = false;
        self.ladder.rebuild(book);
        self.flow.rebase(&mut self.ladder);
        if let Some(mid2) = self.top2() {
            self.enter_sound(now, mid2);
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_sound(&mut self, now: Timestamp, mid2: i64) {
        (self.is_sound, self.is_book_stale) = (true, true);
        if !self.has_started {
            self.has_started = true;
            self.flow.take();
            (self.trades, self.events) = (Trades::default(), 0);
        }
        if self.is_gap {
            (self.is_gap, self.reference) = (false, mid2);
        }
        self.move_mid(now, mid2);
    }

    #[cold]
    #[inline(never)]
    fn leave_sound(&mut self, now: Timestamp) {
        self.refresh_book();
        self.is_sound = false;
        for volatility in &mut self.volatilities {
            // The last mid stood until now.
            volatility.update(now, self.mid2);
            volatility.interrupt();
        }
    }

    /// Messages were lost, or time passed that is no trading time.
    pub(super) fn interrupt(&mut self, now: Timestamp) {
        if self.is_sound {
            self.leave_sound(now);
        }
        (self.must_rebuild, self.is_gap, self.has_gap) = (true, true, true);
    }

    fn set_halted(&mut self, now: Timestamp, is_halted: bool) {
        if self.is_halted != is_halted {
            self.is_halted = is_halted;
            self.interrupt(now);
        }
    }

    /// The row that ends at `end`, and begins the next one. Hot path.
    pub(super) fn complete_row(&mut self, end: Timestamp, row: &mut [f64; CHANNELS]) {
        self.refresh_book();
        let moved = if self.is_gap { 0 } else { self.mid2.saturating_sub(self.reference) };
        let (flows, [bid_depleted, ask_depleted]) = self.flow.take();
        row[Channel::Spread.index()..=Channel::Imbalance10.index()].copy_from_slice(&self.book);
        row[Channel::OrderFlow1.index()..=Channel::OrderFlow10.index()].copy_from_slice(&flows);
        let mut set = |channel: Channel, value: f64| row[channel.index()] = value;
        set(Channel::MidReturn, log_return_bps(self.reference, moved));
        set(Channel::BidDepletion, bid_depleted * self.rows_per_second);
        set(Channel::AskDepletion, ask_depleted * self.rows_per_second);
        let trades = std::mem::take(&mut self.trades);
        set(Channel::SignedVolume, trades.signed);
        set(Channel::TradeVolume, trades.volume);
        set(Channel::TradeCount, trades.prints as f64);
        set(Channel::EventRate, std::mem::take(&mut self.events) as f64 * self.rows_per_second);
        set(Channel::Vpin, self.vpin.value().unwrap_or(0.0));

        if self.is_sound {
            if !self.has_gap {
                self.kyle.update(trades.signed, 0.5 * moved as f64);
            }
            for volatility in &mut self.volatilities {
                volatility.update(end, self.mid2);
            }
        }
        set(Channel::KyleLambda, self.kyle.lambda().unwrap_or(0.0));
        // A square root is exact on every machine.
        let [fast, medium, slow] = self.volatilities.map(|v| v.variance().unwrap_or(0.0).sqrt());
        set(Channel::VolatilityFast, fast);
        set(Channel::VolatilityMedium, medium);
        set(Channel::VolatilitySlow, slow);
        let (sin, cos) = self.clock.sin_cos(end);
        set(Channel::TimeSin, sin);
        set(Channel::TimeCos, cos);

        self.reference = self.mid2;
        self.has_gap = self.is_gap;
    }

    /// Computes the channels of the book shown, if it has changed since they were.
    #[inline]
    fn refresh_book(&mut self) {
        if !std::mem::take(&mut self.is_book_stale) {
            return;
        }
        let [bids, asks] = &self.flow.shown;
        let quantity = |&lots: &i64| Quantity(lots as u64);
        let top = TopOfBook::new(
            Some((price_of(Side::Buy, bids.keys[0]), quantity(&bids.lots[0]))),
            Some((price_of(Side::Sell, asks.keys[0]), quantity(&asks.lots[0]))),
        );
        let spread = top.spread().unwrap_or(0) as f64;
        let fitted = self.microprice.as_ref().and_then(|microprice| microprice.price(&top));
        self.book[0] = spread;
        self.book[1] = match (fitted, top.mid()) {
            (Some(price), Some(mid)) => price - mid,
            _ => 0.5 * spread * top.imbalance().unwrap_or(0.0),
        };
        for (value, depth) in self.book[2..].iter_mut().zip(FLOW_DEPTHS) {
            let (bids, asks) = (bids.lots.iter().map(quantity), asks.lots.iter().map(quantity));
            *value = depth_imbalance(bids, asks, depth).unwrap_or(0.0);
        }
    }
}

/// The side that took, where the feed tells it. A trade names it; an execution names the resting side, or else
/// it is that of the best level that shrank.
#[inline]
fn aggressor(event: &Event, touched: Touched) -> Option<Side> {
    if event.kind == EventKind::Trade {
        return event.has(event_flags::SIDED).then_some(event.side);
    }
    if event.has(event_flags::LOCATED) {
        return Some(event.side.opposite());
    }
    match (touched.top_changed_on(Side::Buy), touched.top_changed_on(Side::Sell)) {
        (true, false) => Some(Side::Sell),
        (false, true) => Some(Side::Buy),
        _ => None,
    }
}

/// 10⁴·ln((reference + moved)/reference) of twice the mids; 0 where no logarithm is.
#[inline]
fn log_return_bps(reference: i64, moved: i64) -> f64 {
    // Nearly all rows of a fine grid.
    if moved == 0 || reference <= 0 || moved <= -reference {
        return 0.0;
    }
    1e4 * libm::log1p(moved as f64 / reference as f64)
}
