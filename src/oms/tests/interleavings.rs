//! Reports late, twice, out of order or never: random interleavings against a venue whose truth is the oracle.
//!
//! A sequence is short: a few requests of all kinds, fills, cancels by the venue's own will, and reports that are delivered in
//! any order and more than once. What must hold at every step: the position is that of the fills that have been delivered,
//! every lot that rests at the venue or is on its way there is counted as working, nothing underflows. At the end, when
//! everything has been delivered, both sides know the same; where reports or requests were lost, adopting the venue's
//! snapshot makes it so, and nothing that comes afterwards changes the position again.

use std::collections::HashSet;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// Sequences of each test: together more than a million.
const SEQUENCES: u64 = if cfg!(miri) { 20 } else { 260_000 };

#[derive(Clone, Copy, Debug)]
struct Resting {
    id: OrderId,
    side: Side,
    price: Price,
    lots: u64,
}

/// What a sequence may do to its messages.
#[derive(Clone, Copy)]
struct Wire {
    /// Reports in any order.
    shuffles: bool,
    /// Reports more than once.
    repeats: bool,
    /// One in so many messages is lost; 0 for none.
    loses: u32,
}

struct World {
    random: Xoshiro256PlusPlus,
    wire: Wire,
    splits: bool,
    clock: u64,
    next_fill: u64,
    requests: Vec<OrderAction>,
    resting: Vec<Resting>,
    bag: Vec<ExecutionReport>,
    delivered: Vec<ExecutionReport>,
    traded: i64,
    /// Fills that have been delivered, and the position that they make.
    booked: HashSet<u64>,
    position: i64,
    /// Up to this time fills are in the adopted position.
    adopted_at: u64,
}

impl World {
    fn one_in(&mut self, n: u32) -> bool {
        self.random.next_u32().is_multiple_of(n)
    }

    fn loses(&mut self) -> bool {
        self.wire.loses > 0 && self.one_in(self.wire.loses)
    }

    fn say(&mut self, report: ExecutionReport) {
        self.clock += 1;
        let lost = self.loses();
        if !lost {
            self.bag.push(ExecutionReport { timestamp: Timestamp(self.clock), ..report });
        }
    }

    fn simple(&mut self, kind: ExecutionKind, order: OrderId, other: OrderId, side: Side, leaves: u64) {
        self.say(ExecutionReport {
            kind,
            order_id: order,
            new_order_id: other,
            side,
            leaves: Quantity(leaves),
            ..ExecutionReport::EMPTY
        });
    }

    fn handle(&mut self) {
        if self.requests.is_empty() {
            return;
        }
        let action = self.requests.remove(0);
        if self.loses() {
            return;
        }
        let (id, new, side) = (action.order_id, action.new_order_id, action.side);
        let none = OrderId(0);
        let at = self.resting.iter().position(|order| order.id == id);
        match (action.kind, at) {
            (OrderActionKind::Place, _) => {
                if self.one_in(6) {
                    self.simple(ExecutionKind::Rejected, id, none, side, 0);
                } else {
                    let lots = action.quantity.0;
                    self.resting.push(Resting { id, side, price: action.price, lots });
                    self.simple(ExecutionKind::Accepted, id, none, side, lots);
                }
            }
            (OrderActionKind::Cancel, Some(at)) => {
                self.resting.remove(at);
                self.simple(ExecutionKind::Cancelled, id, none, side, 0);
            }
            (OrderActionKind::Cancel, None) => self.simple(ExecutionKind::CancelRejected, id, id, side, 0),
            (OrderActionKind::Replace, Some(at)) if !self.one_in(5) => {
                let old = self.resting.remove(at);
                let on_the_way = action.replaced_quantity.0.saturating_sub(old.lots);
                let lots = action.quantity.0.saturating_sub(on_the_way);
                if lots > 0 && !(self.splits && self.one_in(5)) {
                    self.resting.push(Resting { id: new, side, price: action.price, lots });
                    if self.splits {
                        self.simple(ExecutionKind::Cancelled, id, none, side, 0);
                        self.simple(ExecutionKind::Accepted, new, none, side, lots);
                    } else {
                        self.simple(ExecutionKind::Replaced, id, new, side, lots);
                    }
                } else if self.splits {
                    self.simple(ExecutionKind::Cancelled, id, none, side, 0);
                    self.simple(ExecutionKind::Rejected, new, none, side, 0);
                } else {
                    self.simple(ExecutionKind::Replaced, id, new, side, 0);
                }
            }
            (OrderActionKind::Replace, _) => {
                self.simple(ExecutionKind::CancelRejected, id, new, side, 0);
                if self.splits {
                    self.simple(ExecutionKind::Rejected, new, none, side, 0);
                }
            }
        }
    }

    fn fill(&mut self) {
        if self.resting.is_empty() {
            return;
        }
        let at = self.random.next_u32() as usize % self.resting.len();
        let lots = 1 + self.random.next_u64() % self.resting[at].lots;
        self.resting[at].lots -= lots;
        let order = self.resting[at];
        if order.lots == 0 {
            self.resting.remove(at);
        }
        self.traded += order.side.sign() * lots as i64;
        self.next_fill += 1;
        let report = ExecutionReport {
            kind: ExecutionKind::Filled,
            order_id: order.id,
            new_order_id: OrderId(self.next_fill),
            price: order.price,
            quantity: Quantity(lots),
            leaves: Quantity(order.lots),
            side: order.side,
            ..ExecutionReport::EMPTY
        };
        self.say(report);
    }

    fn cancel_unasked(&mut self) {
        if !self.resting.is_empty() {
            let at = self.random.next_u32() as usize % self.resting.len();
            let order = self.resting.remove(at);
            self.simple(ExecutionKind::Cancelled, order.id, OrderId(0), order.side, 0);
        }
    }

    fn deliver(&mut self, oms: &mut OrderManager) {
        let repeat = self.wire.repeats && !self.delivered.is_empty() && self.one_in(4);
        let report = if repeat {
            self.delivered[self.random.next_u32() as usize % self.delivered.len()]
        } else if self.bag.is_empty() {
            return;
        } else {
            let at = if self.wire.shuffles { self.random.next_u32() as usize % self.bag.len() } else { 0 };
            let report = self.bag.remove(at);
            self.delivered.push(report);
            report
        };
        let outcome = oms.on_report(&report);
        if report.kind != ExecutionKind::Filled {
            return;
        }
        let is_new = report.timestamp.0 > self.adopted_at && self.booked.insert(report.fill_id());
        match outcome {
            Ok(outcome) => {
                assert!(is_new, "{report:?} was booked twice");
                assert_eq!(outcome.filled, report.quantity);
                self.position += report.side.sign() * outcome.filled.0 as i64;
            }
            Err(error) => assert!(!is_new, "{report:?} was not booked: {error}"),
        }
    }

    /// Lots of a side that rest at the venue or are on the way there.
    fn truth(&self, side: Side) -> u64 {
        let mut lots = 0;
        for order in self.resting.iter().filter(|order| order.side == side) {
            let replace = self
                .requests
                .iter()
                .find(|request| request.kind == OrderActionKind::Replace && request.order_id == order.id);
            lots += replace.map_or(order.lots, |request| {
                let on_the_way = request.replaced_quantity.0.saturating_sub(order.lots);
                order.lots.max(request.quantity.0.saturating_sub(on_the_way))
            });
        }
        let places = self
            .requests
            .iter()
            .filter(|request| request.kind == OrderActionKind::Place && request.side == side);
        lots + places.map(|request| request.quantity.0).sum::<u64>()
    }

    fn check(&self, oms: &OrderManager) {
        for side in Side::BOTH {
            let (working, truth) = (oms.working(side).0, self.truth(side));
            assert!(working >= truth, "{working} of {truth} {side} lots are counted: {:?}", self.resting);
            assert!(working < 1 << 40, "something has wrapped around");
        }
    }

    fn snapshot(&self) -> Vec<VenueOrder> {
        let order = |o: &Resting| VenueOrder {
            order_id: o.id,
            price: o.price,
            leaves: Quantity(o.lots),
            side: o.side,
        };
        self.resting.iter().map(order).collect()
    }

    fn same(&self, oms: &OrderManager) {
        assert_eq!(
            oms.len(),
            self.resting.len(),
            "{:?} and {:?}",
            oms.orders().collect::<Vec<_>>(),
            self.resting
        );
        for order in &self.resting {
            let ours = oms.order(order.id).expect("the venue has it");
            assert_eq!((ours.remaining.0, ours.price, ours.side), (order.lots, order.price, order.side));
            assert!(!ours.is_estimate && ours.is_idle(), "{ours:?}");
        }
        for side in Side::BOTH {
            assert_eq!(oms.working(side).0, self.truth(side));
        }
        assert_eq!(self.position, self.traded);
    }
}

/// One request of the host's, whichever can be made.
fn request(world: &mut World, oms: &mut OrderManager, gate: &mut RiskGate) {
    let draw = world.random.next_u64();
    let ids: Vec<OrderId> = oms.orders().map(|order| order.id).collect();
    let id = ids.get(draw as usize % ids.len().max(1)).copied().unwrap_or(OrderId(0));
    let (flat, now) = (SignedQuantity(0), Timestamp(world.clock));
    let quantity = Quantity(1 + (draw >> 8) % 9);
    let price = Price(100 + (draw >> 32) as i64 % 4);
    let action = match draw >> 16 & 3 {
        0 => oms.place(Side::BOTH[(draw >> 24) as usize & 1], price, quantity, true, flat, None, now, gate),
        1 => oms.cancel(id, now, gate),
        _ => oms.replace(id, price, quantity, true, flat, None, now, gate),
    };
    world.requests.extend(action.ok());
}

fn run(seed: u64, wire: Wire) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let config = RiskConfig { audit_capacity: 1, instruments: 1, ..RiskConfig::default() };
    let mut gate = RiskGate::new(&config).unwrap();
    let settings = OmsConfig { capacity: 3, fill_ids: 64, finished_orders: 64, ..OmsConfig::default() };
    let mut fills = 0;
    for _ in 0..SEQUENCES {
        let mut oms = OrderManager::new(&settings).unwrap();
        let mut world = World {
            random: Xoshiro256PlusPlus::seed_from_u64(random.next_u64()),
            wire,
            splits: random.next_u32().is_multiple_of(2),
            clock: 1,
            next_fill: 0,
            requests: Vec::new(),
            resting: Vec::new(),
            bag: Vec::new(),
            delivered: Vec::new(),
            traded: 0,
            booked: HashSet::new(),
            position: 0,
            adopted_at: 0,
        };
        for _ in 0..10 + world.random.next_u32() % 30 {
            match world.random.next_u32() % 16 {
                0..4 => request(&mut world, &mut oms, &mut gate),
                4..7 => world.handle(),
                7..10 => world.fill(),
                10 => {
                    if world.one_in(4) {
                        world.cancel_unasked();
                    }
                }
                11 => {
                    oms.expire(Timestamp(world.clock), 5);
                }
                _ => world.deliver(&mut oms),
            }
            world.check(&oms);
        }
        while !world.requests.is_empty() {
            world.handle();
            world.check(&oms);
        }
        if wire.loses > 0 {
            // Some reports have not come yet and never matter again: the snapshot has what they tell.
            let orders = world.snapshot();
            let (at, position) = (Timestamp(world.clock), SignedQuantity(world.traded));
            let snapshot = VenueSnapshot { orders: &orders, position, timestamp: at, grace_ns: 0 };
            let mut breaks = [Break::EMPTY; 16];
            let ours = SignedQuantity(world.position);
            let found = oms.reconcile(&snapshot, ours, &mut breaks).unwrap();
            let differs = breaks[..found.breaks].iter().any(|b| b.kind == BreakKind::Position);
            assert_eq!(differs, world.position != world.traded);
            assert_eq!(oms.adopt(&snapshot), Ok(0), "every order of the venue finds its place");
            world.position = world.traded;
            world.adopted_at = world.clock;
            assert_eq!(oms.reconcile(&snapshot, position, &mut breaks).unwrap().breaks, 0);
            world.same(&oms);
            while !world.bag.is_empty() {
                world.deliver(&mut oms);
            }
            // Old news tell nothing that the snapshot had not.
            world.same(&oms);
        } else {
            while !world.bag.is_empty() {
                world.deliver(&mut oms);
                world.check(&oms);
            }
            world.same(&oms);
        }
        fills += world.next_fill;
    }
    assert!(fills > SEQUENCES / 2 || cfg!(miri), "the run is too tame: {fills} fills");
}

#[test]
fn reports_in_any_order_end_in_the_venues_truth() {
    run(1, Wire { shuffles: true, repeats: false, loses: 0 });
}

#[test]
fn reports_in_any_order_and_repeated_end_in_the_venues_truth() {
    run(2, Wire { shuffles: true, repeats: true, loses: 0 });
}

#[test]
fn repeated_reports_in_order_end_in_the_venues_truth() {
    run(3, Wire { shuffles: false, repeats: true, loses: 0 });
}

#[test]
fn what_is_lost_is_found_by_reconciliation() {
    run(4, Wire { shuffles: true, repeats: true, loses: 6 });
}
