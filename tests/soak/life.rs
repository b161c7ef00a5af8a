//! One life: an engine, a venue and a store, from a restart to the next, with faults on the way.

use market_maker::book::Depth;
use market_maker::engine::{Engine, EngineConfig, EngineError, MarketBook, ReportEffect};
use market_maker::oms::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind};
use market_maker::position::Fill;
use market_maker::position::store::{Applied, Store, StoredLatch, Update};
use market_maker::risk::{RiskConfig, RiskLatches};
use market_maker::sim::{ReplayVenue, VenueConfig};
use market_maker::strategy::{StoikovConfig, StoikovStrategy};
use market_maker::types::{
    Event, EventKind, Instrument, InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::allocations::allocations;
use super::days::Days;

const QUOTE: u64 = 100;
const LIMIT: u64 = 10 * QUOTE;
/// One in so many events is at fault.
const RARELY: u64 = 2_000;
/// One in so many of our requests is refused, and of the venue's reports comes twice.
const OFTEN: u64 = 50;
/// Events for which a gate that was closed before the restart must stay closed.
const CLOSED_FOR: u64 = 1_000;

/// What went wrong on purpose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    pub gaps: u64,
    pub duplicates: u64,
    pub malformed: u64,
    pub rejects: u64,
    pub repeated_reports: u64,
    pub kills: u64,
}

impl Faults {
    pub fn add(&mut self, other: &Self) {
        self.gaps += other.gaps;
        self.duplicates += other.duplicates;
        self.malformed += other.malformed;
        self.rejects += other.rejects;
        self.repeated_reports += other.repeated_reports;
        self.kills += other.kills;
    }
}

pub struct Ended {
    pub faults: Faults,
    pub fills: u64,
}

pub struct Life {
    number: u64,
    engine: Engine<StoikovStrategy>,
    venue: ReplayVenue,
    reports: Box<[ExecutionReport]>,
    random: Xoshiro256PlusPlus,
    faults: Faults,
    fills: u64,
    /// A number that no other life has used, not even one that was cut short: every fill is an event of the store.
    first_fill: u64,
    /// Of the store, when this life began.
    held: SignedQuantity,
    closed_for: u64,
    now: Timestamp,
    last: Option<(Fill, u64, u64)>,
}

impl Life {
    pub fn new(number: u64, store: &mut Store) -> Self {
        let instrument = Instrument::new("SOAK", 0.01, 1.0).unwrap();
        let strategy = StoikovConfig {
            order_quantity: Quantity(QUOTE),
            position_limit: Quantity(LIMIT),
            ..StoikovConfig::default()
        };
        let risk = RiskConfig { collar_bps: Some(500), crossed_books: true, ..RiskConfig::default() };
        let config =
            EngineConfig { risk: risk.with_max_position(Quantity(LIMIT)), ..EngineConfig::new(instrument) };
        // Now and then requests take a while, and reports cross them.
        let latency = [0, 1_000_000, 20_000_000][(number % 3) as usize];
        let venue =
            VenueConfig { entry_latency: latency, cancel_latency: latency / 2, ..VenueConfig::default() };
        let venue = ReplayVenue::new(&venue).unwrap();
        let reports = vec![ExecutionReport::EMPTY; venue.most_reports()].into_boxed_slice();
        let mut engine = Engine::new(&config, StoikovStrategy::new(&strategy).unwrap()).unwrap();
        let stored = store.latches().next().map(RiskLatches::from_stored);
        let mut closed_for = 0;
        if let Some(latches) = stored {
            assert_eq!(latches.killed, 1, "only a kill switch is stored here");
            engine.risk_mut().restore(&latches).unwrap();
            assert!(engine.risk().is_killed(), "the switch has not survived the restart");
            closed_for = CLOSED_FOR;
        }
        Self {
            number,
            engine,
            venue,
            reports,
            random: Xoshiro256PlusPlus::seed_from_u64(number),
            faults: Faults { kills: u64::from(closed_for > 0), ..Faults::default() },
            fills: 0,
            first_fill: store.epoch() + 1,
            held: store.tracker().get(InstrumentId(0)).unwrap().position.quantity(),
            closed_for,
            now: Timestamp(0),
            last: None,
        }
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.random.next_u64().is_multiple_of(n)
    }

    /// So many events, without a single allocation.
    pub fn run(&mut self, days: &Days, events: u64, store: &mut Store) {
        let before = allocations();
        let (mut left, mut day) = (events, self.number);
        while left > 0 {
            let recorded = days.day(day);
            let offset = Days::offset(recorded, self.now);
            let mut at = 0;
            while at < recorded.len() && left > 0 {
                let mut event = recorded[at];
                event.timestamp.0 += offset;
                event.received.0 += offset;
                self.now = self.now.max(event.timestamp);
                at += 1;
                left -= 1;
                if self.one_in(RARELY) {
                    match self.random.next_u64() % 3 {
                        0 => {
                            at += (self.random.next_u64() % 40) as usize;
                            self.faults.gaps += 1;
                        }
                        1 => {
                            self.faults.duplicates += 1;
                            self.event(&event, store);
                        }
                        _ => {
                            self.faults.malformed += 1;
                            let spoilt = self.spoilt(&event);
                            self.event(&spoilt, store);
                        }
                    }
                }
                self.event(&event, store);
            }
            day += 1;
        }
        assert_eq!(allocations() - before, 0, "life {} allocates", self.number);
    }

    /// The event with one field that is something else.
    fn spoilt(&mut self, event: &Event) -> Event {
        let word = self.random.next_u64();
        let mut spoilt = *event;
        match word % 6 {
            0 => spoilt.kind = EventKind::from_u8((word >> 8) as u8 % 16).unwrap_or(EventKind::None),
            1 => spoilt.side = spoilt.side.opposite(),
            2 => spoilt.price = Price(spoilt.price.0 + (word >> 32) as i64 % 400 - 200),
            3 => spoilt.quantity = Quantity(word >> 8),
            4 => spoilt.order_id = OrderId(word),
            _ => spoilt.flags = (word >> 16) as u16,
        }
        // A halt without an end would leave nothing to test for the rest of the day.
        if spoilt.kind == EventKind::Status {
            spoilt.kind = EventKind::None;
        }
        spoilt
    }

    fn event(&mut self, event: &Event, store: &mut Store) {
        let count = self.venue.on_event(self.engine.book(), event, &mut self.reports).unwrap();
        for at in 0..count {
            let report = self.reports[at];
            self.report(report, store);
        }
        let mut actions = [OrderAction::EMPTY; 64];
        let count = match self.engine.on_event(event, &mut actions) {
            Ok(count) => count,
            Err(EngineError::Book(_)) => return,
            Err(error) => panic!("life {}: {error}", self.number),
        };
        if self.closed_for > 0 {
            self.closed_for -= 1;
            let opens = actions[..count].iter().any(|action| action.kind != OrderActionKind::Cancel);
            assert!(!opens, "an order has passed a gate that was killed before the restart");
            if self.closed_for == 0 {
                self.engine.risk().revive();
                // Cleared in the store, too.
                let latches = [StoredLatch::default()];
                store.apply(&Update { latches: &latches, ..Update::default() }).unwrap();
            }
        }
        for action in &actions[..count] {
            if self.one_in(OFTEN) {
                self.reject(action, store);
            } else {
                self.venue.submit(self.engine.now(), action).unwrap();
            }
        }
    }

    /// The venue refuses a request without having looked at it.
    fn reject(&mut self, action: &OrderAction, store: &mut Store) {
        self.faults.rejects += 1;
        let (kind, answers) = match action.kind {
            OrderActionKind::Place => (ExecutionKind::Rejected, OrderId(0)),
            OrderActionKind::Cancel => (ExecutionKind::CancelRejected, action.order_id),
            OrderActionKind::Replace => (ExecutionKind::CancelRejected, action.new_order_id),
        };
        let report = ExecutionReport {
            kind,
            order_id: action.order_id,
            new_order_id: answers,
            side: action.side,
            timestamp: self.engine.now(),
            instrument: action.instrument,
            ..ExecutionReport::EMPTY
        };
        self.report(report, store);
    }

    fn report(&mut self, mut report: ExecutionReport, store: &mut Store) {
        if report.kind == ExecutionKind::Filled {
            report.new_order_id = OrderId(self.first_fill + self.fills);
        }
        let effect = self.engine.on_report(&report).unwrap_or_else(|error| {
            panic!("life {}: {error} on {report:?}", self.number);
        });
        if let ReportEffect::Fill { .. } = effect {
            self.fills += 1;
            let fill = Fill {
                instrument: InstrumentId(0),
                side: report.side,
                price: report.price,
                quantity: report.quantity,
                is_maker: report.is_maker != 0,
                order_id: report.order_id,
                timestamp: report.timestamp,
            };
            let (id, sequence) = (report.fill_id(), report.fill_id());
            assert!(matches!(store.record_fill(&fill, id, sequence), Ok(Applied::Done(Some(_)))));
            self.last = Some((fill, id, sequence));
            let position = self.engine.position().quantity().0.unsigned_abs();
            assert!(position <= LIMIT, "life {}: {position} lots are held, {LIMIT} are allowed", self.number);
        }
        if self.one_in(OFTEN) {
            self.faults.repeated_reports += 1;
            let position = self.engine.position().quantity();
            // Refused or stale, never counted.
            assert!(
                !matches!(self.engine.on_report(&report), Ok(ReportEffect::Fill { .. })),
                "a fill counted twice"
            );
            assert_eq!(self.engine.position().quantity(), position);
        }
    }

    /// Everything that must hold when the process ends.
    pub fn end(self, store: &mut Store) -> Ended {
        let ours = self.engine.position();
        assert!(ours.is_consistent());
        // Lots bought and sold, and money paid and earned, are what the parts say.
        assert_eq!(ours.bought().0 as i128 - ours.sold().0 as i128, i128::from(ours.quantity().0));
        let entry = store.tracker().get(InstrumentId(0)).unwrap();
        assert_eq!(
            entry.position.quantity().0,
            self.held.0 + ours.quantity().0,
            "a fill is missing in the store"
        );
        assert!(entry.position.is_consistent());
        if let Some((fill, id, sequence)) = self.last {
            let before = store.state().hash();
            assert_eq!(store.record_fill(&fill, id, sequence), Ok(Applied::Duplicate));
            assert_eq!(store.state().hash(), before, "a repeated fill has changed the store");
        }
        let MarketBook::Orders(book) = self.engine.book() else { panic!("a book of orders") };
        for side in Side::BOTH {
            for level in book.levels(side) {
                let sum: u64 = book.orders_at(side, level.price).map(|order| order.quantity.0).sum();
                assert_eq!(sum, level.quantity.0, "a level is not the sum of its orders");
            }
            let orders = self.engine.orders().orders().filter(|order| order.side == side);
            let worst: u64 = orders.map(|order| order.worst_case().0).sum();
            assert_eq!(self.engine.orders().working(side).0, worst, "an order is not counted");
        }
        let counters = self.engine.risk_counters();
        assert!(counters.total_refused() <= counters.evaluated + self.engine.stats().events * 2);
        // Now and then somebody throws the switch before the process ends.
        if self.number % 3 == 1 {
            self.engine.kill_switch().kill();
            let latches = [self.engine.risk().latches().to_stored(0)];
            store.apply(&Update { latches: &latches, ..Update::default() }).unwrap();
        }
        Ended { faults: self.faults, fills: self.fills }
    }
}
