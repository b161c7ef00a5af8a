//! The order book against a naive one (sorted maps of vectors) over more than ten million random operations: feed
//! and matching mode mixed, full pools, windows that move, prices and quantities at their limits. Every result is
//! compared, a sample of the refusals must leave the state hash as it was, and full depth is
//! compared at intervals.

use market_maker::book::{
    BookConfig, BookError, BookEvent, BookEventKind, Depth, Level, NewOrder, OrderBook, OrderKind,
    TimeInForce,
};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, event_flags};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, HashMap};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Resting {
    id: u64,
    quantity: u64,
    anonymous: bool,
}

/// Events of the oracle's matching: kind, order, maker, price, quantity, remaining.
type Said = (BookEventKind, u64, u64, i64, u64, u64);

struct Oracle {
    /// By "higher is better": the price of a bid, the negated price of an ask.
    sides: [BTreeMap<i64, Vec<Resting>>; 2],
    located: HashMap<u64, (Side, i64)>,
    orders: usize,
    capacity: usize,
    keep: bool,
    /// Events that the operation last refused for want of room would have written.
    needed: usize,
}

fn rank(side: Side, price: i64) -> i64 {
    price.wrapping_mul(side.sign())
}

impl Oracle {
    fn check(price: i64, quantity: u64) -> Result<(), BookError> {
        match quantity {
            0 => Err(BookError::ZeroQuantity),
            q if q > Quantity::MAX.0 => Err(BookError::QuantityOutOfRange),
            _ if !Price(price).in_range() => Err(BookError::PriceOutOfRange),
            _ => Ok(()),
        }
    }

    fn total(&self, side: Side, price: i64) -> u128 {
        let level = self.sides[side.index()].get(&rank(side, price));
        level.map_or(0, |level| level.iter().map(|o| u128::from(o.quantity)).sum())
    }

    fn fits(&self, side: Side, price: i64, quantity: u64, without: u64) -> Result<(), BookError> {
        let total = self.total(side, price) - u128::from(without) + u128::from(quantity);
        if total > u128::from(u64::MAX) { Err(BookError::QuantityOverflow) } else { Ok(()) }
    }

    fn get(&self, id: u64) -> Result<(Side, i64, Resting), BookError> {
        let &(side, price) = self.located.get(&id).ok_or(BookError::UnknownOrder)?;
        let level = &self.sides[side.index()][&rank(side, price)];
        let order = level.iter().find(|o| o.id == id && !o.anonymous).unwrap();
        Ok((side, price, *order))
    }

    fn push(&mut self, side: Side, price: i64, order: Resting) {
        let level = self.sides[side.index()].entry(rank(side, price)).or_default();
        if order.anonymous {
            level.insert(0, order);
        } else {
            level.push(order);
            self.located.insert(order.id, (side, price));
        }
        self.orders += 1;
    }

    /// Takes `by` out of an order, and the order out with its last lot.
    fn take(&mut self, side: Side, price: i64, id: u64, anonymous: bool, by: u64) {
        let level = self.sides[side.index()].get_mut(&rank(side, price)).unwrap();
        let at = level.iter().position(|o| o.id == id && o.anonymous == anonymous).unwrap();
        level[at].quantity -= by;
        if level[at].quantity == 0 {
            level.remove(at);
            self.orders -= 1;
            if !anonymous {
                self.located.remove(&id);
            }
            if self.sides[side.index()][&rank(side, price)].is_empty() {
                self.sides[side.index()].remove(&rank(side, price));
            }
        }
    }

    fn add(&mut self, id: u64, side: Side, price: i64, quantity: u64) -> Result<(), BookError> {
        Self::check(price, quantity)?;
        if self.located.contains_key(&id) {
            return Err(BookError::DuplicateOrder);
        }
        if self.orders == self.capacity {
            return Err(BookError::PoolFull);
        }
        self.fits(side, price, quantity, 0)?;
        self.push(side, price, Resting { id, quantity, anonymous: false });
        Ok(())
    }

    fn reduce(&mut self, id: u64, by: u64) -> Result<(), BookError> {
        let (side, price, order) = self.get(id)?;
        if by == 0 {
            return Err(BookError::ZeroQuantity);
        }
        if by > order.quantity {
            return Err(BookError::QuantityExceedsOrder);
        }
        self.take(side, price, id, false, by);
        Ok(())
    }

    fn keeps(&self, old: (i64, u64), new: (i64, u64)) -> bool {
        old.0 == new.0 && (new.1 == old.1 || new.1 < old.1 && self.keep)
    }

    fn modify(&mut self, id: u64, price: i64, quantity: u64) -> Result<(), BookError> {
        Self::check(price, quantity)?;
        let (side, old, order) = self.get(id)?;
        if self.keeps((old, order.quantity), (price, quantity)) {
            if quantity < order.quantity {
                self.take(side, old, id, false, order.quantity - quantity);
            }
            return Ok(());
        }
        self.fits(side, price, quantity, if old == price { order.quantity } else { 0 })?;
        self.take(side, old, id, false, order.quantity);
        self.push(side, price, Resting { id, quantity, anonymous: false });
        Ok(())
    }

    fn replace(&mut self, old: u64, new: u64, price: i64, quantity: u64) -> Result<(), BookError> {
        Self::check(price, quantity)?;
        let (side, before, order) = self.get(old)?;
        if new != old && self.located.contains_key(&new) {
            return Err(BookError::DuplicateOrder);
        }
        self.fits(side, price, quantity, if before == price { order.quantity } else { 0 })?;
        self.take(side, before, old, false, order.quantity);
        self.push(side, price, Resting { id: new, quantity, anonymous: false });
        Ok(())
    }

    fn seed_of(&self, side: Side, price: i64) -> Option<u64> {
        let first = self.sides[side.index()].get(&rank(side, price))?[0];
        first.anonymous.then_some(first.quantity)
    }

    fn seed(&mut self, side: Side, price: i64, quantity: u64) -> Result<(), BookError> {
        Self::check(price, quantity)?;
        if let Some(held) = self.seed_of(side, price) {
            Self::check(price, held + quantity)?;
            self.fits(side, price, quantity, 0)?;
            self.sides[side.index()].get_mut(&rank(side, price)).unwrap()[0].quantity += quantity;
            return Ok(());
        }
        if self.orders == self.capacity {
            return Err(BookError::PoolFull);
        }
        self.fits(side, price, quantity, 0)?;
        self.push(side, price, Resting { id: 0, quantity, anonymous: true });
        Ok(())
    }

    fn reduce_seed(&mut self, side: Side, price: i64, by: u64) -> Result<(), BookError> {
        if by == 0 {
            return Err(BookError::ZeroQuantity);
        }
        let held = self.seed_of(side, price).ok_or(BookError::UnknownOrder)?;
        self.take(side, price, 0, true, held.min(by));
        Ok(())
    }

    fn makers(&self, order: &NewOrder) -> Vec<(i64, Resting)> {
        let side = order.side.opposite();
        let reaches = |price: i64| {
            order.kind == OrderKind::Market
                || match order.side {
                    Side::Buy => price <= order.price.0,
                    Side::Sell => price >= order.price.0,
                }
        };
        let mut missing = order.quantity.0;
        let mut makers = Vec::new();
        for (&rank, level) in self.sides[side.index()].iter().rev() {
            let price = rank * side.sign();
            for maker in level {
                if missing == 0 || !reaches(price) {
                    return makers;
                }
                let quantity = missing.min(maker.quantity);
                missing -= quantity;
                makers.push((price, Resting { quantity, ..*maker }));
            }
        }
        makers
    }

    fn submit(&mut self, order: &NewOrder, room: usize) -> Result<Vec<Said>, BookError> {
        let (id, quantity) = (order.id.0, order.quantity.0);
        let rests = order.kind == OrderKind::Limit && order.time_in_force == TimeInForce::Gtc;
        Self::check(if order.kind == OrderKind::Limit { order.price.0 } else { 0 }, quantity)?;
        if order.post_only && !rests {
            return Err(BookError::BadOrder);
        }
        if self.located.contains_key(&id) {
            return Err(BookError::DuplicateOrder);
        }
        let makers = self.makers(order);
        if order.post_only && !makers.is_empty() {
            return Err(BookError::WouldTrade);
        }
        let filled: u64 = makers.iter().map(|m| m.1.quantity).sum();
        if order.time_in_force == TimeInForce::Fok && filled < quantity {
            return Err(BookError::CannotFill);
        }
        if rests {
            self.fits(order.side, order.price.0, quantity, 0)?;
            if self.orders == self.capacity && makers.is_empty() {
                return Err(BookError::PoolFull);
            }
        }
        let needed = 1 + makers.len() + usize::from(!rests);
        if room < needed {
            self.needed = needed;
            return Err(BookError::EventBufferFull);
        }
        let mut said = vec![(BookEventKind::Accepted, id, 0, order.price.0, quantity, quantity)];
        let left = self.trade(order, makers, &mut said);
        if left > 0 && rests {
            self.push(order.side, order.price.0, Resting { id, quantity: left, anonymous: false });
        } else if left > 0 {
            said.push((BookEventKind::Cancelled, id, 0, order.price.0, left, 0));
        }
        Ok(said)
    }

    fn trade(&mut self, order: &NewOrder, makers: Vec<(i64, Resting)>, said: &mut Vec<Said>) -> u64 {
        let mut left = order.quantity.0;
        for (price, maker) in makers {
            left -= maker.quantity;
            self.take(order.side.opposite(), price, maker.id, maker.anonymous, maker.quantity);
            said.push((BookEventKind::Trade, order.id.0, maker.id, price, maker.quantity, left));
        }
        left
    }

    fn amend(&mut self, id: u64, price: i64, quantity: u64, room: usize) -> Result<Vec<Said>, BookError> {
        let (side, old, order) = self.get(id)?;
        Self::check(price, quantity)?;
        let wanted = NewOrder::limit(OrderId(id), side, Price(price), Quantity(quantity));
        let keeps = self.keeps((old, order.quantity), (price, quantity));
        let makers = if keeps { Vec::new() } else { self.makers(&wanted) };
        self.needed = 1 + makers.len();
        let full = BookError::EventBufferFull;
        if makers.is_empty() && room == 0 {
            return Err(full);
        }
        if !keeps {
            self.fits(side, price, quantity, if old == price { order.quantity } else { 0 })?;
        }
        if room < 1 + makers.len() {
            return Err(full);
        }
        let mut said = vec![(BookEventKind::Amended, id, 0, price, 0, quantity)];
        if makers.is_empty() {
            self.modify(id, price, quantity)?;
            return Ok(said);
        }
        self.take(side, old, id, false, order.quantity);
        let left = self.trade(&wanted, makers, &mut said);
        if left > 0 {
            self.push(side, price, Resting { id, quantity: left, anonymous: false });
        }
        Ok(said)
    }

    fn levels(&self, side: Side) -> impl Iterator<Item = Level> {
        self.sides[side.index()].iter().rev().map(move |(&rank, level)| Level {
            price: Price(rank * side.sign()),
            quantity: Quantity(level.iter().map(|o| o.quantity).sum()),
            orders: level.len() as u32,
        })
    }
}

/// How a run draws its operations.
struct Scenario {
    orders: u32,
    window: u32,
    operations: u64,
    /// Prices lie within this many ticks of the centre.
    spread: u64,
    /// Probability in 1/256 that the centre moves, and by how much at most.
    drift: (u32, i64),
    /// One in so many prices is an outlier.
    outlier: u32,
    huge_quantities: bool,
    keep: bool,
    /// The id that a small number stands for.
    id_of: fn(u64) -> u64,
}

const CALM: Scenario = Scenario {
    orders: 400,
    window: 1024,
    operations: 1_500_000,
    spread: 60,
    drift: (0, 0),
    outlier: 1000,
    huge_quantities: false,
    keep: true,
    id_of: |number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(7),
};

fn run(seed: u64, scenario: &Scenario) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let config = BookConfig {
        max_orders: scenario.orders,
        window_ticks: scenario.window,
        keep_priority_on_decrease: scenario.keep,
        track_priority: seed.is_multiple_of(2),
    };
    let mut book = OrderBook::new(&config).unwrap();
    let mut oracle = Oracle {
        sides: [BTreeMap::new(), BTreeMap::new()],
        located: HashMap::new(),
        orders: 0,
        capacity: scenario.orders as usize,
        needed: 0,
        keep: scenario.keep,
    };
    let mut centre = 10_000_i64;
    let mut out = [BookEvent::EMPTY; 64];
    let mut refused: HashMap<u8, u64> = HashMap::new();
    let mut trades = 0;
    let universe = u64::from(scenario.orders) * 3 / 2;
    for step in 0..scenario.operations {
        let mut draw = |bound: u64| ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64;
        if draw(256) < u64::from(scenario.drift.0) {
            centre += draw(2 * scenario.drift.1 as u64 + 1) as i64 - scenario.drift.1;
        }
        let mut id = || (scenario.id_of)(draw(universe));
        let (id, other) = (OrderId(id()), OrderId(id()));
        let side = Side::from_u8(draw(2) as u8).unwrap();
        // Bids mostly below the centre and asks above it, with some overlap.
        let offset = draw(scenario.spread) as i64 - scenario.spread as i64 / 8;
        let mut price = Price(centre - side.sign() * offset);
        if draw(u64::from(scenario.outlier)) == 0 {
            price =
                [Price::MAX, Price::MIN, Price(Price::MAX.0 + 1), Price(i64::MIN), Price(0), Price(1 << 40)]
                    [draw(6) as usize];
        }
        let quantity = Quantity(match draw(64) {
            0 => 0,
            1 => Quantity::MAX.0 + draw(2),
            2..6 if scenario.huge_quantities => Quantity::MAX.0 - draw(1000),
            _ => 1 + draw(100),
        });
        let room = if draw(16) == 0 { draw(4) as usize } else { 64 };
        let choice = draw(100);
        let hash =
            if step % u64::from(scenario.orders.max(25) / 25) == 0 { Some(book.state_hash()) } else { None };
        let tops = Side::BOTH.map(|side| book.best(side));
        let kind_event =
            |kind| Event { kind, order_id: id, new_order_id: other, side, price, quantity, ..Event::EMPTY };
        let mut matched = None;
        let (actual, expected) = match choice {
            0..22 => {
                let expected = oracle.add(id.0, side, price.0, quantity.0);
                (book.apply(&kind_event(EventKind::Add)), expected)
            }
            22..32 => {
                let located = draw(2) == 1;
                let event = Event {
                    flags: if located { event_flags::LOCATED } else { 0 },
                    ..kind_event(EventKind::Delete)
                };
                let known = oracle.get(id.0).map(|o| o.2.quantity);
                let expected = match known {
                    Ok(held) => oracle.reduce(id.0, held),
                    Err(_) if !located => Err(BookError::UnknownOrder),
                    Err(_) => located_fallback(&mut oracle, side, price, quantity),
                };
                (book.apply(&event), expected)
            }
            32..42 => {
                let located = draw(2) == 1;
                let event = Event {
                    flags: if located { event_flags::LOCATED } else { 0 },
                    ..kind_event(if draw(2) == 0 { EventKind::Reduce } else { EventKind::Execute })
                };
                let expected = match oracle.reduce(id.0, quantity.0) {
                    Err(BookError::UnknownOrder) if located => {
                        located_fallback(&mut oracle, side, price, quantity)
                    }
                    other => other,
                };
                (book.apply(&event), expected)
            }
            42..50 => {
                let expected = oracle.modify(id.0, price.0, quantity.0);
                (book.apply(&kind_event(EventKind::Modify)), expected)
            }
            50..55 => {
                let expected = oracle.replace(id.0, other.0, price.0, quantity.0);
                (book.apply(&kind_event(EventKind::Replace)), expected)
            }
            55..58 => {
                let expected = oracle.seed(side, price.0, quantity.0);
                (book.apply(&kind_event(EventKind::Seed)), expected)
            }
            58..60 => {
                let expected = oracle.reduce_seed(side, price.0, quantity.0);
                (book.reduce_seed(side, price, quantity), expected)
            }
            60..80 => {
                let order = NewOrder {
                    id,
                    side,
                    price,
                    quantity,
                    kind: if draw(8) == 0 { OrderKind::Market } else { OrderKind::Limit },
                    time_in_force: [TimeInForce::Gtc, TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok]
                        [draw(4) as usize],
                    post_only: draw(8) == 0,
                };
                matched = Some(oracle.submit(&order, room));
                let expected = matched.as_ref().unwrap().as_ref().map(|_| ()).map_err(|e| *e);
                (
                    book.submit(&order, &mut out[..room])
                        .map(|o| (check_events(&o, &out, &matched), o).1.touched),
                    expected,
                )
            }
            80..90 => {
                matched = Some(oracle.amend(id.0, price.0, quantity.0, room));
                let expected = matched.as_ref().unwrap().as_ref().map(|_| ()).map_err(|e| *e);
                (
                    book.amend(id, price, quantity, &mut out[..room])
                        .map(|o| (check_events(&o, &out, &matched), o).1.touched),
                    expected,
                )
            }
            _ => {
                let part = (draw(2) == 0).then_some(quantity);
                let held = oracle.get(id.0);
                let expected = match held {
                    _ if room == 0 => {
                        oracle.needed = 1;
                        Err(BookError::EventBufferFull)
                    }
                    Err(error) => Err(error),
                    Ok((.., order)) => oracle.reduce(id.0, part.map_or(order.quantity, |q| q.0)),
                };
                (book.cancel(id, part, &mut out[..room]).map(|o| o.touched), expected)
            }
        };
        assert_eq!(actual.map(|_| ()), expected, "seed {seed}, step {step}, operation {choice}");
        match actual {
            Ok(touched) => {
                for side in Side::BOTH {
                    let changed = tops[side.index()] != book.best(side);
                    let requeue = (42..55).contains(&choice) || (80..90).contains(&choice);
                    assert!(!changed || touched.top_changed_on(side), "a change of the top is flagged");
                    assert!(changed || !touched.top_changed_on(side) || requeue, "only a change is");
                }
                if let Some(Ok(said)) = matched {
                    trades += said.iter().filter(|s| s.0 == BookEventKind::Trade).count();
                }
            }
            Err(error) => {
                *refused.entry(error.code()).or_default() += 1;
                if let Some(hash) = hash {
                    assert_eq!(hash, book.state_hash(), "a refusal changes nothing");
                }
                let lacks_room = error == BookError::EventBufferFull;
                assert!(!lacks_room || book.events_needed() == oracle.needed);
                let silent = lacks_room || room == 0;
                if choice >= 60 && !silent {
                    assert_eq!((out[0].kind, out[0].reason), (BookEventKind::Rejected, error.code()));
                }
            }
        }
        for side in Side::BOTH {
            assert_eq!(book.best(side), oracle.levels(side).next(), "seed {seed}, step {step}");
        }
        if step % 4096 == 0 {
            compare(&book, &oracle);
        }
    }
    compare(&book, &oracle);
    assert!(trades > 1000, "{trades} trades");
    for error in [BookError::UnknownOrder, BookError::DuplicateOrder, BookError::ZeroQuantity] {
        assert!(refused[&error.code()] > 100);
    }
    if scenario.orders < 50 {
        assert!(refused[&BookError::PoolFull.code()] > 1000);
    }
    if scenario.huge_quantities {
        assert!(refused[&BookError::QuantityOverflow.code()] > 100);
    }
    assert!(refused[&BookError::PriceOutOfRange.code()] > 10);
    assert!(refused[&BookError::CannotFill.code()] > 10 && refused[&BookError::WouldTrade.code()] > 10);
}

fn located_fallback(
    oracle: &mut Oracle,
    side: Side,
    price: Price,
    quantity: Quantity,
) -> Result<(), BookError> {
    match quantity.0 {
        0 => Err(BookError::ZeroQuantity),
        q if q > Quantity::MAX.0 => Err(BookError::QuantityOutOfRange),
        q => oracle.reduce_seed(side, price.0, q),
    }
}

fn check_events(
    outcome: &market_maker::book::Outcome,
    out: &[BookEvent],
    matched: &Option<Result<Vec<Said>, BookError>>,
) {
    let said: Vec<Said> = out[..outcome.events]
        .iter()
        .map(|e| (e.kind, e.order_id.0, e.maker_id.0, e.price.0, e.quantity.0, e.remaining.0))
        .collect();
    let Some(Ok(expected)) = matched else { panic!("the book accepted what the oracle refuses") };
    assert_eq!(&said, expected);
    let filled: u64 = said.iter().filter(|s| s.0 == BookEventKind::Trade).map(|s| s.4).sum();
    assert_eq!(filled, outcome.filled.0);
}

fn compare(book: &OrderBook, oracle: &Oracle) {
    assert_eq!(book.len(), oracle.orders);
    for side in Side::BOTH {
        assert!(book.levels(side).eq(oracle.levels(side)));
        assert_eq!(book.level_count(side), oracle.sides[side.index()].len());
        for (&rank, level) in &oracle.sides[side.index()] {
            let price = Price(rank * side.sign());
            let queue: Vec<Resting> = book
                .orders_at(side, price)
                .map(|o| Resting { id: o.id.0, quantity: o.quantity.0, anonymous: o.anonymous })
                .collect();
            assert_eq!(&queue, level);
            if book.config().track_priority {
                assert!(book.orders_at(side, price).map(|o| o.priority).is_sorted_by(|a, b| a < b));
            }
            let last = level.last().unwrap();
            if !last.anonymous {
                let position = book.queue_position(OrderId(last.id)).unwrap();
                assert_eq!(position.orders_ahead as usize, level.len() - 1);
                let ahead =
                    level.iter().map(|o| u128::from(o.quantity)).sum::<u128>() - u128::from(last.quantity);
                assert_eq!(u128::from(position.quantity_ahead), ahead);
            }
        }
    }
    for id in oracle.located.keys() {
        let (side, price, resting) = oracle.get(*id).unwrap();
        let order = book.order(OrderId(*id)).unwrap();
        assert_eq!((order.side, order.price.0, order.quantity.0), (side, price, resting.quantity));
    }
    let mut bytes = vec![0; book.snapshot_size()];
    book.write_snapshot(&mut bytes).unwrap();
    let mut restored = OrderBook::new(book.config()).unwrap();
    restored.read_snapshot(&bytes).unwrap();
    assert_eq!(restored.state_hash(), book.state_hash());
}

#[test]
fn a_calm_book_agrees_with_the_oracle() {
    run(1, &CALM);
    run(2, &Scenario { keep: false, ..CALM });
}

#[test]
fn a_full_pool_agrees_with_the_oracle() {
    for seed in 10..13 {
        run(seed, &Scenario { orders: 24, window: 64, operations: 700_000, outlier: 50, ..CALM });
    }
}

#[test]
fn prices_far_beyond_the_window_agree_with_the_oracle() {
    run(20, &Scenario { window: 64, spread: 3000, operations: 1_000_000, ..CALM });
    run(21, &Scenario { window: 64, spread: 300, operations: 1_000_000, outlier: 20, ..CALM });
}

#[test]
fn a_walking_and_a_jumping_price_agree_with_the_oracle() {
    run(30, &Scenario { window: 256, drift: (128, 3), operations: 1_000_000, ..CALM });
    run(31, &Scenario { window: 64, drift: (2, 500), operations: 1_000_000, ..CALM });
}

#[test]
fn quantities_at_their_limits_agree_with_the_oracle() {
    run(40, &Scenario { huge_quantities: true, spread: 12, outlier: 200, operations: 1_000_000, ..CALM });
}

#[test]
fn a_deep_book_agrees_with_the_oracle() {
    run(
        50,
        &Scenario { orders: 6000, window: 512, spread: 2000, operations: 1_500_000, drift: (8, 40), ..CALM },
    );
}

#[test]
fn ids_of_any_pattern_agree_with_the_oracle() {
    let patterns: [fn(u64) -> u64; 4] = [
        |number| number,
        // Alike in their low bits, which say where an order lies: all of them, and by threes.
        |number| number << 40,
        |number| (number % 3) | ((number / 3) << 32),
        // Two ids for each pair of places.
        |number| (number % 100) | ((number / 100) << 10),
    ];
    for (seed, id_of) in (60..).zip(patterns) {
        run(seed, &Scenario { operations: 300_000, id_of, ..CALM });
        run(seed, &Scenario { operations: 300_000, id_of, orders: 24, window: 64, ..CALM });
    }
}
