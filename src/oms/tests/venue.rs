//! Random decisions against a random venue, whose truth is the oracle.

use std::collections::{BTreeMap, VecDeque};

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Resting {
    side: Side,
    price: Price,
    remaining: u64,
}

/// A venue with latency both ways, that refuses some requests and fills at random.
struct Venue {
    random: Xoshiro256PlusPlus,
    requests: VecDeque<OrderAction>,
    resting: BTreeMap<u64, Resting>,
    reports: VecDeque<ExecutionReport>,
    /// Takes fills on the way off a replacement.
    reduces: bool,
    /// Reports a replacement as a cancel and a new order.
    splits: bool,
    /// Signed lots traded.
    traded: i64,
}

impl Venue {
    fn chance(&mut self, one_in: u32) -> bool {
        self.random.next_u32().is_multiple_of(one_in)
    }

    fn say(&mut self, kind: ExecutionKind, id: OrderId, side: Side, leaves: u64) {
        self.reports.push_back(ExecutionReport {
            kind,
            order_id: id,
            side,
            leaves: Quantity(leaves),
            ..ExecutionReport::EMPTY
        });
    }

    fn rest(&mut self, id: OrderId, action: &OrderAction, quantity: u64) {
        let resting = Resting { side: action.side, price: action.price, remaining: quantity };
        assert!(self.resting.insert(id.0, resting).is_none(), "an id was used twice");
    }

    fn handle_request(&mut self) {
        let Some(action) = self.requests.pop_front() else { return };
        let (id, side) = (action.order_id, action.side);
        match action.kind {
            OrderActionKind::Place if self.chance(8) => self.say(ExecutionKind::Rejected, id, side, 0),
            OrderActionKind::Place => {
                self.rest(id, &action, action.quantity.0);
                // Some orders trade at once and are never said to be accepted.
                if self.chance(8) {
                    self.fill(id.0);
                } else {
                    self.say(ExecutionKind::Accepted, id, side, action.quantity.0);
                }
            }
            OrderActionKind::Cancel => match self.resting.remove(&id.0) {
                Some(_) => self.say(ExecutionKind::Cancelled, id, side, 0),
                None => self.say(ExecutionKind::CancelRejected, id, side, 0),
            },
            OrderActionKind::Replace => self.handle_replace(&action),
        }
    }

    fn handle_replace(&mut self, action: &OrderAction) {
        let (old, new, side) = (action.order_id, action.new_order_id, action.side);
        let refuses = self.chance(8);
        let Some(resting) = self.resting.get(&old.0).copied().filter(|_| !refuses) else {
            self.say(ExecutionKind::CancelRejected, old, side, 0);
            if self.splits {
                self.say(ExecutionKind::Rejected, new, side, 0);
            }
            return;
        };
        self.resting.remove(&old.0);
        let on_the_way = action.replaced_quantity.0 - resting.remaining;
        let quantity = action.quantity.0.saturating_sub(if self.reduces { on_the_way } else { 0 });
        if self.splits {
            self.say(ExecutionKind::Cancelled, old, side, 0);
            if quantity == 0 || self.chance(8) {
                self.say(ExecutionKind::Rejected, new, side, 0);
                return;
            }
            self.rest(new, action, quantity);
            self.say(ExecutionKind::Accepted, new, side, quantity);
        } else {
            if quantity > 0 {
                self.rest(new, action, quantity);
            }
            self.say(ExecutionKind::Replaced, old, side, quantity);
            self.reports.back_mut().unwrap().new_order_id = new;
        }
    }

    fn fill(&mut self, id: u64) {
        let draw = self.random.next_u64();
        let resting = self.resting.get_mut(&id).unwrap();
        let quantity = 1 + draw % resting.remaining;
        resting.remaining -= quantity;
        let now = *resting;
        if now.remaining == 0 {
            self.resting.remove(&id);
        }
        self.traded += now.side.sign() * quantity as i64;
        self.say(ExecutionKind::Filled, OrderId(id), now.side, now.remaining);
        self.reports.back_mut().unwrap().quantity = Quantity(quantity);
    }

    fn fill_any(&mut self) {
        let at = self.random.next_u32() as usize % self.resting.len().max(1);
        if let Some(&id) = self.resting.keys().nth(at) {
            self.fill(id);
        }
    }

    fn cancel_any(&mut self) {
        let at = self.random.next_u32() as usize % self.resting.len().max(1);
        if let Some((&id, &resting)) = self.resting.iter().nth(at) {
            self.resting.remove(&id);
            self.say(ExecutionKind::Cancelled, OrderId(id), resting.side, 0);
        }
    }

    /// Lots of a side that can still reach our position: fills not reported yet, what rests or may come to rest.
    fn truth(&self, side: Side) -> u64 {
        let unreported = self.reports.iter().filter(|r| r.kind == ExecutionKind::Filled && r.side == side);
        let mut lots: u64 = unreported.map(|r| r.quantity.0).sum();
        for (&id, resting) in self.resting.iter().filter(|(_, resting)| resting.side == side) {
            let replacement = self
                .requests
                .iter()
                .find(|request| request.kind == OrderActionKind::Replace && request.order_id.0 == id);
            lots += replacement.map_or(resting.remaining, |request| {
                let on_the_way = request.replaced_quantity.0 - resting.remaining;
                resting.remaining.max(request.quantity.0.saturating_sub(on_the_way))
            });
        }
        for request in self.requests.iter().filter(|request| request.side == side) {
            if request.kind == OrderActionKind::Place {
                lots += request.quantity.0;
            }
        }
        lots
    }
}

struct Check {
    desk: Desk,
    venue: Venue,
    position: i64,
    delivered: Vec<ExecutionReport>,
}

impl Check {
    fn deliver(&mut self) {
        let Some(report) = self.venue.reports.pop_front() else { return };
        match self.desk.oms.on_report(&report) {
            Ok(outcome) => self.position += report.side.sign() * outcome.filled.0 as i64,
            // An answer to a request about an order that has ended on the way.
            Err(OmsError::FinishedOrder(_)) => {
                assert!(
                    matches!(report.kind, ExecutionKind::CancelRejected | ExecutionKind::Rejected),
                    "{report:?} was lost"
                );
            }
            Err(error) => panic!("{report:?}: {error}"),
        }
        self.repeat(&report);
        // A refused cancel may be followed by another of the same order, whose refusal looks the same.
        if report.kind != ExecutionKind::CancelRejected {
            self.delivered.push(report);
        }
    }

    /// A repeated report is an error and changes nothing.
    fn repeat(&mut self, report: &ExecutionReport) {
        let before = self.desk.snapshot();
        assert!(self.desk.oms.on_report(report).is_err(), "{report:?} was followed twice");
        assert_eq!(self.desk.snapshot(), before, "{report:?}");
    }

    fn check(&self) {
        for side in Side::BOTH {
            let working = self.desk.oms.working(side).0;
            let orders = self.desk.oms.orders().filter(|order| order.side == side);
            assert_eq!(working, orders.map(|order| order.worst_case().0).sum::<u64>());
            if self.venue.reduces {
                assert!(working >= self.venue.truth(side), "{working} < {}", self.venue.truth(side));
            }
        }
    }

    /// Lets every message arrive; then both know the same.
    fn settle(&mut self) {
        while !self.venue.requests.is_empty() || !self.venue.reports.is_empty() {
            self.venue.handle_request();
            self.deliver();
            self.check();
        }
        let ours: BTreeMap<u64, Resting> = self
            .desk
            .oms
            .orders()
            .map(|order| {
                assert!(matches!(order.state, OrderState::Live | OrderState::PartiallyFilled), "{order:?}");
                let resting = Resting { side: order.side, price: order.price, remaining: order.remaining.0 };
                (order.id.0, resting)
            })
            .collect();
        assert_eq!(ours, self.venue.resting);
        assert_eq!(self.position, self.venue.traded);
    }

    fn step(&mut self) {
        let draw = self.venue.random.next_u64();
        match self.venue.random.next_u32() % 16 {
            0..4 => self.decide(),
            4..8 => self.venue.handle_request(),
            8..12 => self.deliver(),
            12..14 => self.venue.fill_any(),
            14 if draw.is_multiple_of(8) => self.venue.cancel_any(),
            14 => {
                let report = self.delivered.get(draw as usize % self.delivered.len().max(1)).copied();
                report.inspect(|report| self.repeat(report));
            }
            _ => self.by_hand(draw),
        }
        self.check();
    }

    fn decide(&mut self) {
        let random = &mut self.venue.random;
        let mid = 1000.0 + f64::from(random.next_u32() % 64) / 4.0;
        let mut wanted = WantedQuotes::NONE;
        for side in Side::BOTH {
            for level in 0..random.next_u32() % 4 {
                let offset = 0.3 + f64::from(level) + f64::from(random.next_u32() % 8) / 8.0;
                let price = mid - side.sign() as f64 * offset;
                let quantity = f64::from(random.next_u32() % 80) / 4.0;
                assert!(wanted.push(side, WantedQuote { price, quantity }));
            }
        }
        let top = MarketTop::new(Some(Price(mid as i64)), Some(Price(mid as i64 + 1)));
        self.desk.top = top;
        let working = self.desk.snapshot().0;
        match self.desk.try_decide(&wanted) {
            Ok(decision) => {
                for action in &self.desk.out[..decision.actions] {
                    if action.kind != OrderActionKind::Cancel {
                        let meets = match action.side {
                            Side::Buy => action.price >= top.ask.unwrap(),
                            Side::Sell => action.price <= top.bid.unwrap(),
                        };
                        assert!(
                            !meets
                                || working.iter().any(|o| o.id == action.order_id && o.price == action.price)
                        );
                        assert!(action.quantity > Quantity::ZERO);
                    }
                }
                self.venue.requests.extend(&self.desk.out[..decision.actions]);
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn by_hand(&mut self, draw: u64) {
        let ids: Vec<OrderId> = self.desk.oms.orders().map(|order| order.id).collect();
        let id = ids.get(draw as usize % ids.len().max(1)).copied().unwrap_or(OrderId(0));
        let before = self.desk.snapshot();
        let quantity = 1 + (draw >> 8) % 20;
        let action = match draw % 3 {
            0 => self.desk.place(Side::BOTH[(draw >> 16) as usize % 2], 900, quantity),
            1 => self.desk.cancel(id),
            _ => self.desk.replace(id, 901, quantity),
        };
        match action {
            Ok(action) => self.venue.requests.push_back(action),
            Err(_) => assert_eq!(self.desk.snapshot(), before, "a refused request has changed something"),
        }
    }
}

#[test]
fn manager_and_venue_agree_and_the_worst_case_covers_the_truth() {
    for seed in 0..48 {
        let config = OmsConfig {
            capacity: 12,
            requote: RequoteRule::Ticks(seed as u32 % 3),
            replace: if seed % 5 == 0 { ReplaceMode::CancelFirst } else { ReplaceMode::Atomic },
            ..OmsConfig::default()
        };
        let venue = Venue {
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            requests: VecDeque::new(),
            resting: BTreeMap::new(),
            reports: VecDeque::new(),
            reduces: seed % 2 == 0,
            splits: seed % 4 < 2,
            traded: 0,
        };
        let mut check = Check { desk: Desk::new(config), venue, position: 0, delivered: Vec::new() };
        for _ in 0..40 {
            for _ in 0..if cfg!(miri) { 10 } else { 150 } {
                check.step();
            }
            check.settle();
        }
        let fills = check.delivered.iter().filter(|report| report.kind == ExecutionKind::Filled).count();
        assert!(fills > 300 || cfg!(miri), "only {fills} fills were seen");
    }
}
