//! The channels against direct sums over the whole history, in markets proper and improper.

use super::*;
use crate::book::{BookConfig, LevelBook, LevelBookConfig, OrderBook};
use crate::features::{FeatureWindow, FeatureWindowConfig};
use crate::types::{OrderId, Price};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const STEP: u64 = 1_000_000_000;

/// What happened, in order.
#[derive(Clone, Debug)]
enum Happened {
    /// A consistent book: best ten levels of each side as (price, lots), and whether it is sound.
    State {
        time: u64,
        sides: [Vec<(i64, i64)>; 2],
        is_sound: bool,
    },
    Gap {
        time: u64,
    },
    /// A print with the aggressor's sign, 0 unknown.
    Print {
        sign: i64,
        lots: u64,
    },
    /// An event that counts for the rate.
    Counted,
}

/// Everything that happened, and where in it each row ended.
#[derive(Default)]
struct Oracle {
    log: Vec<Happened>,
    /// Time of each row's end, and how long the log was.
    rows: Vec<(u64, usize)>,
    /// Where the first sound state stands.
    start: Option<usize>,
    is_halted: bool,
    must_rebuild: bool,
    is_changed: bool,
}

fn mid2(sides: &[Vec<(i64, i64)>; 2]) -> i64 {
    sides[0][0].0 + sides[1][0].0
}

/// Gain of one rank of a side, by the definition.
fn gain(side: usize, before: Option<&(i64, i64)>, after: Option<&(i64, i64)>) -> i64 {
    let better = |a: i64, b: i64| if side == 0 { a >= b } else { a <= b };
    match (before, after) {
        (None, None) => 0,
        (None, Some(&(_, lots))) => lots,
        (Some(&(_, lots)), None) => -lots,
        (Some(&(was, lost)), Some(&(is, gained))) => {
            i64::from(better(is, was)) * gained - i64::from(better(was, is)) * lost
        }
    }
}

impl Oracle {
    fn on_event(&mut self, time: u64, event: &Event, touched: Touched, book: &impl Depth) {
        let is_snapshot = event.has(event_flags::SNAPSHOT);
        if event.kind == EventKind::Status && self.is_halted != (event.quantity.0 == 0) {
            self.is_halted = event.quantity.0 == 0;
            self.log.push(Happened::Gap { time });
            self.must_rebuild = true;
        }
        self.must_rebuild |= is_snapshot || event.kind == EventKind::Clear;
        self.is_changed |= touched.changed();
        let is_print = matches!(event.kind, EventKind::Trade | EventKind::Execute);
        if is_print {
            let sign = match event.kind {
                EventKind::Trade if event.has(event_flags::SIDED) => event.side.sign(),
                EventKind::Execute => -event.side.sign(),
                _ => 0,
            };
            self.log.push(Happened::Print { sign, lots: event.quantity.0 });
        }
        if !is_snapshot && (is_print || touched.changed()) {
            self.log.push(Happened::Counted);
        }
        if event.has(event_flags::LAST) && (self.must_rebuild || self.is_changed) {
            if self.must_rebuild {
                self.log.push(Happened::Gap { time });
            }
            let top = |side| -> Vec<_> {
                book.levels(side).take(10).map(|level| (level.price.0, level.quantity.0 as i64)).collect()
            };
            let sides = [top(Side::Buy), top(Side::Sell)];
            let is_sound = !self.is_halted
                && sides[0].first().zip(sides[1].first()).is_some_and(|(bid, ask)| bid.0 < ask.0);
            if is_sound && self.start.is_none() {
                self.start = Some(self.log.len());
            }
            self.log.push(Happened::State { time, sides, is_sound });
            (self.must_rebuild, self.is_changed) = (false, false);
        }
    }

    fn interrupt(&mut self, time: u64) {
        self.log.push(Happened::Gap { time });
        self.must_rebuild = true;
    }

    /// Twice the mid of the last sound state among these, and where it stands.
    fn last_sound(&self, until: usize) -> Option<(usize, i64)> {
        (self.start?..until).rev().find_map(|i| match &self.log[i] {
            Happened::State { sides, is_sound: true, .. } => Some((i, mid2(sides))),
            _ => None,
        })
    }

    /// Whether the last state is sound and no gap follows it.
    fn is_sound_at(&self, until: usize) -> bool {
        let last =
            self.log[..until].iter().rev().find(|h| !matches!(h, Happened::Print { .. } | Happened::Counted));
        matches!(last, Some(Happened::State { is_sound: true, .. }))
    }

    /// The reference of the mid's move over a row; `None` when a gap is open at its end.
    fn reference(&self, from: usize, until: usize) -> Option<i64> {
        let gap = self.log[..until].iter().rposition(|h| matches!(h, Happened::Gap { .. })).unwrap_or(0);
        let first = (gap.max(self.start?)..until)
            .find(|&i| matches!(self.log[i], Happened::State { is_sound: true, .. }))?;
        let first = if first >= from { first + 1 } else { from };
        self.last_sound(first).map(|(_, mid2)| mid2)
    }

    fn row(&self, r: usize, config: &ChannelConfig) -> [f64; CHANNELS] {
        let (end, until) = self.rows[r];
        let start = self.start.unwrap();
        // The state at the start began everything: it is no change.
        let from = if r == 0 { start + 1 } else { self.rows[r - 1].1 };
        let seconds = STEP as f64 * 1e-9;
        let mut row = [0.0; CHANNELS];
        let mut set = |channel: Channel, value: f64| row[channel.index()] = value;

        let (at, mid) = self.last_sound(until).unwrap();
        let moved = self.reference(from, until).map_or(0, |reference| mid - reference);
        if mid > 0 && mid - moved > 0 {
            set(Channel::MidReturn, 1e4 * (mid as f64 / (mid - moved) as f64).ln());
        }
        let Happened::State { sides: [bids, asks], .. } = &self.log[at] else { unreachable!() };
        set(Channel::Spread, (asks[0].0 - bids[0].0) as f64);
        let imbalance = |depth: usize| {
            let sum =
                |side: &Vec<(i64, i64)>| side.iter().take(depth).map(|level| level.1 as f64).sum::<f64>();
            (sum(bids) - sum(asks)) / (sum(bids) + sum(asks))
        };
        set(Channel::MicropriceDeviation, 0.5 * imbalance(1) * (asks[0].0 - bids[0].0) as f64);
        set(Channel::Imbalance1, imbalance(1));
        set(Channel::Imbalance3, imbalance(3));
        set(Channel::Imbalance5, imbalance(5));
        set(Channel::Imbalance10, imbalance(10));

        let (mut flow, mut depleted, mut signed, mut volume, mut prints, mut events) =
            ([0; 10], [0; 2], 0, 0, 0, 0);
        for i in from..until {
            match &self.log[i] {
                Happened::Print { sign, lots } => {
                    signed += sign * *lots as i64;
                    volume += lots;
                    prints += 1;
                }
                Happened::Counted => events += 1,
                Happened::Gap { .. } => {}
                Happened::State { sides, .. } => {
                    let before = self.log[..i]
                        .iter()
                        .rev()
                        .find(|h| matches!(h, Happened::State { .. } | Happened::Gap { .. }));
                    let Some(Happened::State { sides: before, .. }) = before else { continue };
                    for side in 0..2 {
                        for (rank, flow) in flow.iter_mut().enumerate() {
                            let gain = gain(side, before[side].get(rank), sides[side].get(rank));
                            *flow += if side == 0 { gain } else { -gain };
                            if rank == 0 {
                                depleted[side] += (-gain).max(0);
                            }
                        }
                    }
                }
            }
        }
        let first = |depth| flow.iter().take(depth).sum::<i64>() as f64;
        set(Channel::OrderFlow1, first(1));
        set(Channel::OrderFlow3, first(3));
        set(Channel::OrderFlow5, first(5));
        set(Channel::OrderFlow10, first(10));
        set(Channel::SignedVolume, signed as f64);
        set(Channel::TradeVolume, volume as f64);
        set(Channel::TradeCount, f64::from(prints));
        set(Channel::BidDepletion, depleted[0] as f64 / seconds);
        set(Channel::AskDepletion, depleted[1] as f64 / seconds);
        set(Channel::EventRate, f64::from(events) / seconds);
        set(Channel::Vpin, self.vpin(until, config));
        set(Channel::KyleLambda, self.kyle(r, config));
        let [fast, medium, slow] = config.volatility_half_lives;
        set(Channel::VolatilityFast, self.volatility(end, until, fast));
        set(Channel::VolatilityMedium, self.volatility(end, until, medium));
        set(Channel::VolatilitySlow, self.volatility(end, until, slow));
        let angle = std::f64::consts::TAU * (end as f64 / 86_400e9);
        set(Channel::TimeSin, angle.sin());
        set(Channel::TimeCos, angle.cos());
        row
    }

    /// Lot by lot.
    fn vpin(&self, until: usize, config: &ChannelConfig) -> f64 {
        let lots: Vec<i64> = self.log[self.start.unwrap()..until]
            .iter()
            .filter_map(|h| if let Happened::Print { sign, lots } = h { Some((*sign, *lots)) } else { None })
            .flat_map(|(sign, lots)| std::iter::repeat_n(sign, lots as usize))
            .collect();
        let buckets: Vec<i64> = lots
            .chunks_exact(config.vpin_bucket.0 as usize)
            .map(|bucket| bucket.iter().sum::<i64>().abs())
            .collect();
        let last = &buckets[buckets.len().saturating_sub(config.vpin_buckets as usize)..];
        if last.is_empty() {
            return 0.0;
        }
        last.iter().sum::<i64>() as f64 / (last.len() as u64 * config.vpin_bucket.0) as f64
    }

    /// Direct least squares over the rows that are samples.
    fn kyle(&self, r: usize, config: &ChannelConfig) -> f64 {
        let mut samples: Vec<(f64, f64)> = Vec::new();
        for row in 1..=r {
            let ((_, from), (_, until)) = (self.rows[row - 1], self.rows[row]);
            let is_broken = self.log[from..until].iter().any(|h| matches!(h, Happened::Gap { .. }))
                || self.reference(from, from).is_none();
            if is_broken || !self.is_sound_at(until) {
                continue;
            }
            let signed: i64 = self.log[from..until]
                .iter()
                .map(|h| if let Happened::Print { sign, lots } = h { sign * *lots as i64 } else { 0 })
                .sum();
            let moved = self.last_sound(until).unwrap().1 - self.last_sound(from).unwrap().1;
            samples.push((signed as f64, 0.5 * moved as f64));
        }
        least_squares(&samples, config.kyle_half_life / (STEP as f64 * 1e-9)).map_or(0.0, |(slope, _)| slope)
    }

    /// Ages are in time during which the book was sound: other time does not count.
    fn volatility(&self, end: u64, until: usize, half_life: f64) -> f64 {
        let mut moves: Vec<(u64, i64)> = Vec::new();
        let mut clock = 0;
        let mut standing: Option<(u64, i64)> = None;
        for happened in &self.log[self.start.unwrap()..until] {
            let (time, now) = match happened {
                Happened::State { time, sides, is_sound } => (*time, is_sound.then(|| mid2(sides))),
                Happened::Gap { time } => (*time, None),
                _ => continue,
            };
            if let Some((since, before)) = standing {
                clock += time - since;
                moves.extend(now.map(|after| (clock, after - before)));
            }
            standing = now.map(|mid2| (time, mid2));
        }
        clock += standing.map_or(0, |(since, _)| end - since);
        let age = |time: u64| (clock - time) as f64 * 1e-9 / half_life;
        let squares: f64 = moves.iter().map(|&(at, by)| (-age(at)).exp2() * 0.25 * (by * by) as f64).sum();
        let span = (1.0 - (-age(0)).exp2()) * half_life / std::f64::consts::LN_2;
        if span > 0.0 { (squares / span).sqrt() } else { 0.0 }
    }
}

/// Slope and intercept of the weighted regression, newest sample last.
fn least_squares(samples: &[(f64, f64)], half_life: f64) -> Option<(f64, f64)> {
    let weights = (0..samples.len()).rev().map(|age| (-(age as f64) / half_life).exp2());
    let weighted: Vec<(f64, (f64, f64))> = weights.zip(samples.iter().copied()).collect();
    let sum = |of: &dyn Fn(f64, f64) -> f64| weighted.iter().map(|&(w, (x, y))| w * of(x, y)).sum::<f64>();
    let weight = sum(&|_, _| 1.0);
    let (x0, y0) = (sum(&|x, _| x) / weight, sum(&|_, y| y) / weight);
    let squares = sum(&|x, _| (x - x0) * (x - x0));
    if samples.iter().all(|sample| sample.0 == samples[0].0) {
        return None;
    }
    let slope = sum(&|x, y| (x - x0) * (y - y0)) / squares;
    Some((slope, y0 - slope * x0))
}

fn small_config() -> FeatureWindowConfig {
    FeatureWindowConfig {
        rows: 100_000 / 2,
        step_ns: STEP,
        channels: ChannelConfig {
            volatility_half_lives: [0.3, 4.0, 90.0],
            kyle_half_life: 20.0,
            vpin_bucket: Quantity(60),
            vpin_buckets: 7,
            ..ChannelConfig::default()
        },
        normaliser: None,
    }
}

/// The window and the oracle beside each other.
struct Both {
    window: FeatureWindow,
    oracle: Oracle,
    now: u64,
    rows: Vec<[f64; CHANNELS]>,
}

impl Both {
    fn new() -> Self {
        Self {
            window: FeatureWindow::new(&small_config()).unwrap(),
            oracle: Oracle { must_rebuild: true, ..Oracle::default() },
            now: 0,
            rows: Vec::new(),
        }
    }

    fn on_event(&mut self, event: &Event, touched: Touched, book: &impl Depth) {
        while let Some(end) = self.window.next_end().filter(|&end| end <= event.timestamp) {
            assert_eq!(self.window.advance(end), 1);
            self.rows.push(*self.window.latest_values().unwrap());
            self.oracle.rows.push((end.0, self.oracle.log.len()));
        }
        self.now = self.now.max(event.timestamp.0);
        assert_eq!(self.window.on_event(event, touched, book), 0);
        self.oracle.on_event(self.now, event, touched, book);
    }

    fn interrupt(&mut self) {
        self.window.interrupt();
        self.oracle.interrupt(self.now);
    }

    /// Compares rows, each `every`th.
    fn check(&self, every: usize) {
        assert!(self.rows.len() > 50, "{}", self.rows.len());
        for (r, row) in self.rows.iter().enumerate().step_by(every) {
            let expected = self.oracle.row(r, &small_config().channels);
            for channel in Channel::ALL {
                let (ours, theirs) = (row[channel.index()], expected[channel.index()]);
                let is_close = (ours - theirs).abs() <= 1e-8 * theirs.abs() + 1e-10;
                assert!(is_close, "row {r}, {channel}: {ours} is not {theirs}");
            }
        }
    }
}

fn pick<T: Copy>(random: &mut Xoshiro256PlusPlus, from: &[T]) -> T {
    from[(random.next_u64() % from.len() as u64) as usize]
}

/// Mostly short waits, some of seconds; now and then a step back.
fn next_time(random: &mut Xoshiro256PlusPlus, now: u64) -> u64 {
    match random.next_u32() % 40 {
        0 => now + random.next_u64() % (5 * STEP),
        1 => now.saturating_sub(random.next_u64() % STEP),
        2..10 => now,
        _ => now + random.next_u64() % (STEP / 4),
    }
}

#[test]
fn improper_level_markets_agree_with_direct_sums_over_the_history() {
    for seed in 0..6 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut book = LevelBook::new(&LevelBookConfig::default()).unwrap();
        let mut both = Both::new();
        let (mut now, mut centre) = (random.next_u64() % (100 * STEP), pick(&mut random, &[0, 1000, 50_000]));
        let (mut snapshot_left, mut is_open) = (0, true);
        for _ in 0..4000 {
            now = next_time(&mut random, now);
            centre += pick(&mut random, &[0, 0, 0, 0, 0, 1, -1]);
            let side = pick(&mut random, &Side::BOTH);
            // Deep enough for ten levels, and over the centre often enough to lock and cross.
            let away = (random.next_u32() % 25) as i64 - pick(&mut random, &[0, 0, 0, 1, 2]);
            let flags = if random.next_u32() % 4 == 0 { 0 } else { event_flags::LAST };
            let mut event = Event {
                timestamp: Timestamp(now),
                kind: EventKind::Level,
                side,
                price: Price(centre - side.sign() * away),
                quantity: Quantity(pick(&mut random, &[0, 0, 1, 5, 9, 40])),
                flags,
                ..Event::EMPTY
            };
            if snapshot_left > 0 {
                snapshot_left -= 1;
                event.flags = event_flags::SNAPSHOT | if snapshot_left == 0 { event_flags::LAST } else { 0 };
            } else {
                match random.next_u32() % 400 {
                    0 => (event.kind, snapshot_left) = (EventKind::Clear, 20),
                    1 => event.kind = EventKind::Clear,
                    2 | 3 => {
                        is_open = !is_open || random.next_u32() % 3 == 0;
                        (event.kind, event.quantity) = (EventKind::Status, Quantity(u64::from(is_open)));
                    }
                    4 => both.interrupt(),
                    5 => snapshot_left = 5,
                    6..80 => {
                        event.kind = EventKind::Trade;
                        event.quantity = Quantity(u64::from(random.next_u32() % 90));
                        event.flags |= pick(&mut random, &[0, event_flags::SIDED, event_flags::SIDED]);
                    }
                    // Crossed levels do not stay for ever.
                    _ => {
                        let best = book.best(side.opposite()).filter(|_| random.next_u32() % 8 == 0);
                        if let Some(best) = best {
                            (event.side, event.price) = (side.opposite(), best.price);
                            event.quantity = Quantity(0);
                        }
                    }
                }
            }
            let touched = book.apply(&event).unwrap();
            both.on_event(&event, touched, &book);
        }
        let states = |sound: bool| {
            let log = both.oracle.log.iter();
            log.filter(|h| matches!(h, Happened::State { is_sound, .. } if *is_sound == sound)).count()
        };
        assert!(states(true) > 300 && states(false) > 100, "{} {}", states(true), states(false));
        both.check(7);
    }
}

/// Orders at random around a price that moves, taken, cancelled, shrunk, modified and replaced.
#[test]
fn order_by_order_markets_agree_with_direct_sums_over_the_history() {
    for seed in 0..4 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(100 + seed);
        let mut book = OrderBook::new(&BookConfig::default()).unwrap();
        let mut both = Both::new();
        let mut live: Vec<OrderId> = Vec::new();
        let (mut now, mut centre) = (STEP / 2, 5_000i64);
        for id in 1..5_000u64 {
            now = next_time(&mut random, now);
            centre += pick(&mut random, &[0, 0, 0, 0, 1, -1]);
            let side = pick(&mut random, &Side::BOTH);
            let price = Price(centre - side.sign() * (1 + (random.next_u32() % 30) as i64));
            let quantity = Quantity(1 + random.next_u64() % 50);
            let mut event = Event {
                timestamp: Timestamp(now),
                kind: EventKind::Add,
                order_id: OrderId(id),
                side,
                price,
                quantity,
                flags: event_flags::LAST,
                ..Event::EMPTY
            };
            let best = book.orders(side).next();
            if live.len() > 60 && random.next_u32() % 2 == 0 {
                let order = book.order(live.swap_remove((random.next_u64() % live.len() as u64) as usize));
                let Some(order) = order.or(best) else { continue };
                // Orders rest on the side that they name; half of the messages do not name it.
                let is_located = random.next_u32() % 2 == 0;
                event.order_id = order.id;
                event.side = if is_located { order.side } else { Side::Buy };
                event.flags |= if is_located { event_flags::LOCATED } else { 0 };
                event.kind = pick(
                    &mut random,
                    &[EventKind::Delete, EventKind::Reduce, EventKind::Modify, EventKind::Replace],
                );
                match event.kind {
                    EventKind::Delete | EventKind::Reduce => {
                        event.price = if is_located { order.price } else { Price(0) };
                        event.quantity = Quantity(1 + random.next_u64() % order.quantity.0);
                        if event.quantity < order.quantity && event.kind == EventKind::Reduce {
                            live.push(order.id);
                        }
                    }
                    _ => {
                        event.price =
                            Price(centre - order.side.sign() * (1 + (random.next_u32() % 30) as i64));
                        event.new_order_id = OrderId(id);
                        live.push(if event.kind == EventKind::Modify { order.id } else { OrderId(id) });
                    }
                }
            } else if let Some(order) = best.filter(|_| random.next_u32() % 4 == 0) {
                event.kind = EventKind::Execute;
                (event.order_id, event.price) = (order.id, order.price);
                event.quantity = Quantity(1 + random.next_u64() % order.quantity.0);
                event.flags |= pick(&mut random, &[0, event_flags::LOCATED]);
            } else {
                live.push(event.order_id);
            }
            if let Ok(touched) = book.apply(&event) {
                both.on_event(&event, touched, &book);
            }
        }
        both.check(5);
    }
}

#[test]
fn vpin_fills_buckets_lot_by_lot() {
    for (seed, bucket, buckets) in [(1, 1, 1), (2, 10, 4), (3, 37, 50), (4, 1000, 3)] {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut vpin = Vpin::new(Quantity(bucket), buckets).unwrap();
        let mut lots: Vec<i64> = Vec::new();
        for _ in 0..500 {
            let side = pick(&mut random, &[None, Some(Side::Buy), Some(Side::Sell), Some(Side::Buy)]);
            let size = pick(&mut random, &[0, 1, 3, 20, 500]) * (random.next_u64() % 5);
            vpin.update(side, Quantity(size));
            lots.extend(std::iter::repeat_n(side.map_or(0, Side::sign), size as usize));
            let full: Vec<i64> =
                lots.chunks_exact(bucket as usize).map(|bucket| bucket.iter().sum::<i64>().abs()).collect();
            let last = &full[full.len().saturating_sub(buckets as usize)..];
            let expected = (!last.is_empty())
                .then(|| last.iter().sum::<i64>() as f64 / (last.len() as u64 * bucket) as f64);
            assert_eq!(vpin.value(), expected);
        }
    }
    // The largest trade there can be is no long loop.
    let mut vpin = Vpin::new(Quantity(1), 4096).unwrap();
    vpin.update(None, Quantity(1));
    vpin.update(Some(Side::Sell), Quantity(u64::MAX));
    assert_eq!(vpin.value(), Some(1.0));
    let mut vpin = Vpin::new(Quantity(1 << 40), 2).unwrap();
    vpin.update(Some(Side::Buy), Quantity(u64::MAX));
    assert_eq!(vpin.value(), Some(1.0));
}

#[test]
fn kyles_lambda_is_decayed_least_squares() {
    for (seed, half_life) in [(1, 3.0), (2, 50.0), (3, f64::INFINITY)] {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut kyle = KyleLambda::new(half_life).unwrap();
        let mut samples: Vec<(f64, f64)> = Vec::new();
        for _ in 0..400 {
            let noise = (random.next_u32() % 100) as f64 - 50.0;
            // A mean far from zero, on both axes.
            let volume = 1e4 + (random.next_u32() % 1000) as f64;
            samples.push((volume, 3e4 + 0.02 * volume + 0.1 * noise));
            let &(volume, change) = samples.last().unwrap();
            kyle.update(volume, change);
            kyle.update(f64::NAN, 1.0);
            kyle.update(1.0, f64::INFINITY);
            match least_squares(&samples, half_life) {
                None => assert_eq!(kyle.lambda(), None),
                Some((slope, intercept)) => {
                    assert!((kyle.lambda().unwrap() - slope).abs() < 1e-8 * (1.0 + slope.abs()));
                    assert!((kyle.intercept().unwrap() - intercept).abs() < 1e-7 * intercept.abs());
                }
            }
        }
    }
    let mut constant = KyleLambda::new(10.0).unwrap();
    for i in 0..100 {
        constant.update(0.1, f64::from(i));
        assert_eq!((constant.lambda(), constant.intercept()), (None, None), "the volume has not varied");
    }
}

#[test]
fn a_fitted_microprice_replaces_the_weighted_mid_where_it_has_a_state() {
    use crate::features::{MicropriceConfig, MicropriceEstimator};
    let mut estimator =
        MicropriceEstimator::new(&MicropriceConfig { imbalance_steps: 1, max_spread: 1 }).unwrap();
    let top =
        |bid: i64, b, a| TopOfBook::new(Some((Price(bid), Quantity(b))), Some((Price(bid + 1), Quantity(a))));
    for i in 0..100i64 {
        estimator.observe(&top(i, 9, 1));
        estimator.observe(&top(i + 1, 5, 5));
    }
    let mut window = FeatureWindow::new(&small_config()).unwrap();
    let mut book = LevelBook::new(&LevelBookConfig::default()).unwrap();
    let mut show = |window: &mut FeatureWindow, second: u64, side, price, quantity| {
        let event = Event {
            timestamp: Timestamp(second * STEP),
            kind: EventKind::Level,
            side,
            price: Price(price),
            quantity: Quantity(quantity),
            flags: event_flags::LAST,
            ..Event::EMPTY
        };
        let touched = book.apply(&event).unwrap();
        window.on_event(&event, touched, &book);
        window.latest_values().map(|row| row[Channel::MicropriceDeviation.index()])
    };
    window.set_microprice(Some(estimator.fit().unwrap()));
    show(&mut window, 1, Side::Buy, 50, 9);
    show(&mut window, 1, Side::Sell, 51, 1);
    assert_eq!(show(&mut window, 2, Side::Sell, 51, 0), Some(1.0), "the fitted move, a tick from the mid");
    show(&mut window, 2, Side::Sell, 52, 1);
    assert_eq!(show(&mut window, 3, Side::Sell, 52, 9), Some(0.8), "a spread without a state: ½·2·0.8");
    window.set_microprice(None);
    show(&mut window, 3, Side::Sell, 51, 1);
    assert_eq!(show(&mut window, 4, Side::Sell, 51, 2), Some(0.4));
}
