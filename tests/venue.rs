//! The venue of a replay: own orders in a recorded queue, against hand-made situations and a naive queue.

use std::collections::BTreeMap;

use market_maker::book::{BookConfig, Depth};
use market_maker::engine::MarketBook;
use market_maker::feed::EventSource;
use market_maker::oms::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind};
use market_maker::sim::{ReplayVenue, SyntheticConfig, SyntheticFlow, VenueConfig, VenueError};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

struct Market {
    book: MarketBook,
    venue: ReplayVenue,
    now: u64,
}

impl Market {
    fn new(config: VenueConfig, by_level: bool) -> Self {
        let book = BookConfig {
            max_orders: 4096,
            window_ticks: 1024,
            track_priority: true,
            ..BookConfig::default()
        };
        Self {
            book: MarketBook::new(&book, by_level).unwrap(),
            venue: ReplayVenue::new(&config).unwrap(),
            now: 0,
        }
    }

    fn by_order() -> Self {
        Self::new(VenueConfig::default(), false)
    }

    /// Lets an event happen one microsecond after the last and returns what the venue reports.
    fn event(&mut self, event: Event) -> Vec<ExecutionReport> {
        self.now += 1000;
        let event = Event { timestamp: Timestamp(self.now), ..event };
        let mut out = vec![ExecutionReport::EMPTY; self.venue.reports_needed()];
        let count = self.venue.on_event(&self.book, &event, &mut out).unwrap();
        self.book.apply(&event).unwrap();
        out.truncate(count);
        out
    }

    fn add(&mut self, id: u64, side: Side, price: i64, quantity: u64) -> Vec<ExecutionReport> {
        self.event(order(EventKind::Add, id, side, price, quantity))
    }

    fn quiet(&mut self) -> Vec<ExecutionReport> {
        self.event(Event::EMPTY)
    }

    fn send(&mut self, action: OrderAction) {
        self.venue.submit(Timestamp(self.now), &action).unwrap();
    }

    fn ahead(&self, id: u64) -> u64 {
        self.venue.orders().iter().find(|order| order.id == OrderId(id)).unwrap().ahead.0
    }
}

fn order(kind: EventKind, id: u64, side: Side, price: i64, quantity: u64) -> Event {
    Event {
        kind,
        order_id: OrderId(id),
        side,
        price: Price(price),
        quantity: Quantity(quantity),
        flags: event_flags::LAST,
        ..Event::EMPTY
    }
}

fn place(id: u64, side: Side, price: i64, quantity: u64) -> OrderAction {
    OrderAction {
        kind: OrderActionKind::Place,
        order_id: OrderId(id),
        side,
        price: Price(price),
        quantity: Quantity(quantity),
        post_only: 1,
        ..OrderAction::EMPTY
    }
}

fn cancel(id: u64) -> OrderAction {
    OrderAction { kind: OrderActionKind::Cancel, order_id: OrderId(id), ..OrderAction::EMPTY }
}

fn fills(reports: &[ExecutionReport]) -> Vec<(u64, u64)> {
    reports
        .iter()
        .filter(|report| report.kind == ExecutionKind::Filled)
        .map(|report| (report.order_id.0, report.quantity.0))
        .collect()
}

#[test]
fn an_order_waits_for_the_queue_ahead_and_trades_before_the_queue_behind() {
    let mut market = Market::by_order();
    market.add(1, Side::Buy, 100, 30);
    market.add(2, Side::Buy, 100, 20);
    market.send(place(900, Side::Buy, 100, 10));
    assert_eq!(market.quiet()[0].kind, ExecutionKind::Accepted);
    assert_eq!(market.ahead(900), 50);
    market.add(3, Side::Buy, 100, 40);

    assert_eq!(fills(&market.event(order(EventKind::Execute, 1, Side::Buy, 100, 30))), []);
    assert_eq!(market.ahead(900), 20);
    assert_eq!(fills(&market.event(order(EventKind::Reduce, 2, Side::Buy, 100, 15))), []);
    assert_eq!(market.ahead(900), 5);
    assert_eq!(fills(&market.event(order(EventKind::Delete, 3, Side::Buy, 100, 40))), []);
    assert_eq!(market.ahead(900), 5, "an order behind that leaves brings nobody forward");
    market.add(4, Side::Buy, 100, 40);
    assert_eq!(fills(&market.event(order(EventKind::Execute, 2, Side::Buy, 100, 5))), []);
    assert_eq!(market.ahead(900), 0);
    let reports = market.event(order(EventKind::Execute, 4, Side::Buy, 100, 4));
    assert_eq!(fills(&reports), [(900, 4)]);
    assert_eq!((reports[0].price, reports[0].leaves, reports[0].is_maker), (Price(100), Quantity(6), 1));
    assert_eq!(fills(&market.event(order(EventKind::Execute, 4, Side::Buy, 100, 30))), [(900, 6)]);
    assert!(market.venue.orders().is_empty());
}

#[test]
fn a_trade_at_a_worse_price_fills_at_the_own_price() {
    let mut market = Market::by_order();
    market.add(1, Side::Sell, 110, 30);
    market.add(2, Side::Sell, 112, 30);
    market.send(place(900, Side::Sell, 109, 10));
    market.quiet();
    let reports = market.event(order(EventKind::Execute, 1, Side::Sell, 110, 7));
    assert_eq!(fills(&reports), [(900, 7)]);
    assert_eq!(reports[0].price, Price(109));
}

#[test]
fn a_modify_that_loses_priority_leaves_the_queue_and_one_that_keeps_it_shrinks_it() {
    let mut market = Market::by_order();
    market.add(1, Side::Buy, 100, 30);
    market.add(2, Side::Buy, 100, 20);
    market.send(place(900, Side::Buy, 100, 10));
    market.quiet();
    market.event(order(EventKind::Modify, 1, Side::Buy, 100, 25));
    assert_eq!(market.ahead(900), 45);
    market.event(order(EventKind::Modify, 1, Side::Buy, 100, 60));
    assert_eq!(market.ahead(900), 20);
    market.event(order(EventKind::Modify, 2, Side::Buy, 99, 20));
    assert_eq!(market.ahead(900), 0);
    assert_eq!(fills(&market.event(order(EventKind::Execute, 1, Side::Buy, 100, 3))), [(900, 3)]);
    let replace = Event { new_order_id: OrderId(77), ..order(EventKind::Replace, 1, Side::Buy, 100, 5) };
    market.event(replace);
    assert_eq!(market.ahead(900), 0);
}

#[test]
fn liquidity_from_before_the_recording_is_ahead_of_every_order() {
    let mut market = Market::by_order();
    market.event(order(EventKind::Seed, 0, Side::Buy, 100, 50));
    market.send(place(900, Side::Buy, 100, 10));
    market.quiet();
    let located = |kind, quantity| Event {
        flags: event_flags::LAST | event_flags::LOCATED,
        ..order(kind, 12_345, Side::Buy, 100, quantity)
    };
    assert_eq!(fills(&market.event(located(EventKind::Execute, 20))), []);
    assert_eq!(market.ahead(900), 30);
    assert_eq!(fills(&market.event(located(EventKind::Delete, 30))), []);
    assert_eq!(market.ahead(900), 0);
}

#[test]
fn a_fill_that_the_feed_reports_apart_is_counted_once() {
    let mut market = Market::by_order();
    market.add(1, Side::Sell, 100, 30);
    market.send(place(900, Side::Sell, 100, 10));
    market.quiet();
    market.add(2, Side::Sell, 100, 30);
    assert_eq!(fills(&market.event(order(EventKind::Fill, 1, Side::Sell, 100, 30))), []);
    assert_eq!(market.ahead(900), 30, "the queue moves when the book does");
    market.event(order(EventKind::Reduce, 1, Side::Sell, 100, 30));
    assert_eq!(market.ahead(900), 0);
    assert_eq!(fills(&market.event(order(EventKind::Fill, 2, Side::Sell, 100, 4))), [(900, 4)]);
    assert_eq!(fills(&market.event(order(EventKind::Reduce, 2, Side::Sell, 100, 4))), []);
}

#[test]
fn an_incoming_order_that_crosses_us_trades_with_us_best_price_first() {
    let mut market = Market::by_order();
    market.add(1, Side::Buy, 95, 30);
    market.add(2, Side::Sell, 120, 30);
    market.send(place(900, Side::Buy, 100, 10));
    market.send(place(901, Side::Buy, 101, 10));
    market.send(place(902, Side::Buy, 100, 10));
    market.quiet();
    let reports = market.add(3, Side::Sell, 100, 25);
    assert_eq!(fills(&reports), [(901, 10), (900, 10), (902, 5)]);
}

#[test]
fn hidden_executions_reach_us_at_and_beyond_our_price() {
    let mut market = Market::by_order();
    market.add(1, Side::Buy, 100, 30);
    market.add(2, Side::Sell, 110, 30);
    market.send(place(900, Side::Sell, 105, 10));
    market.quiet();
    let hidden = |price, quantity| Event {
        flags: event_flags::LAST | event_flags::HIDDEN | event_flags::SIDED,
        ..order(EventKind::Trade, 0, Side::Buy, price, quantity)
    };
    assert_eq!(fills(&market.event(hidden(104, 5))), []);
    assert_eq!(fills(&market.event(hidden(105, 4))), [(900, 4)]);
    assert_eq!(fills(&market.event(hidden(106, 40))), [(900, 6)]);
}

#[test]
fn a_post_only_order_that_would_trade_is_refused_and_another_takes() {
    let mut market = Market::by_order();
    market.add(1, Side::Sell, 100, 30);
    market.add(2, Side::Sell, 101, 30);
    market.send(place(900, Side::Buy, 100, 10));
    let reports = market.quiet();
    assert_eq!((reports.len(), reports[0].kind), (1, ExecutionKind::Rejected));
    assert!(market.venue.orders().is_empty());

    market.send(OrderAction { post_only: 0, ..place(901, Side::Buy, 101, 50) });
    let reports = market.quiet();
    assert_eq!(reports[0].kind, ExecutionKind::Accepted);
    assert_eq!(fills(&reports), [(901, 30), (901, 20)]);
    assert_eq!((reports[1].price, reports[2].price), (Price(100), Price(101)));
    assert!(reports[1..].iter().all(|report| report.is_maker == 0));
    assert_eq!(reports[2].leaves, Quantity::ZERO);
}

#[test]
fn requests_arrive_after_their_latency_and_not_before() {
    let config = VenueConfig { entry_latency: 1500, cancel_latency: 2500, ..VenueConfig::default() };
    let mut market = Market::new(config, false);
    market.add(1, Side::Buy, 100, 10);
    market.send(place(900, Side::Buy, 100, 10));
    market.add(2, Side::Buy, 100, 5); // 1 µs later: ours is still under way
    let reports = market.quiet(); // 2 µs later
    assert_eq!(
        (reports.len(), reports[0].kind, reports[0].timestamp),
        (1, ExecutionKind::Accepted, Timestamp(2500))
    );
    assert_eq!(market.ahead(900), 15);
    market.event(order(EventKind::Delete, 1, Side::Buy, 100, 10));
    market.event(order(EventKind::Delete, 2, Side::Buy, 100, 5));
    market.send(cancel(900));
    market.add(3, Side::Buy, 100, 5);
    assert_eq!(fills(&market.event(order(EventKind::Execute, 3, Side::Buy, 100, 3))), [(900, 3)]);
    let reports = market.quiet();
    assert_eq!((reports[0].kind, reports[0].leaves), (ExecutionKind::Cancelled, Quantity(7)));
    market.send(cancel(900));
    market.quiet();
    market.quiet();
    assert_eq!(market.quiet()[0].kind, ExecutionKind::CancelRejected);
}

#[test]
fn a_replacement_loses_its_place_and_what_the_old_order_traded() {
    let config = VenueConfig { entry_latency: 1500, ..VenueConfig::default() };
    let mut market = Market::new(config, false);
    market.send(place(900, Side::Buy, 100, 10));
    market.quiet();
    market.quiet();
    market.add(1, Side::Buy, 100, 5);
    let replace = OrderAction {
        kind: OrderActionKind::Replace,
        new_order_id: OrderId(901),
        replaced_quantity: Quantity(10),
        ..place(900, Side::Buy, 100, 12)
    };
    market.send(replace);
    assert_eq!(fills(&market.event(order(EventKind::Execute, 1, Side::Buy, 100, 4))), [(900, 4)]);
    let reports = market.quiet();
    assert_eq!(reports[0].kind, ExecutionKind::Replaced);
    assert_eq!((reports[0].order_id, reports[0].new_order_id), (OrderId(900), OrderId(901)));
    assert_eq!(reports[0].leaves, Quantity(8), "12 wanted less the 4 that the old order traded on the way");
    assert_eq!(market.ahead(901), 1);

    market.send(OrderAction { order_id: OrderId(5), ..replace });
    market.quiet();
    assert_eq!(market.quiet()[0].kind, ExecutionKind::CancelRejected);
}

#[test]
fn by_level_the_queue_ahead_is_bounded_by_the_level_and_falls_with_trades() {
    let mut market = Market::new(VenueConfig::default(), true);
    let level = |side, price, quantity| order(EventKind::Level, 0, side, price, quantity);
    let trade = |side, price, quantity| Event {
        flags: event_flags::LAST | event_flags::SIDED,
        ..order(EventKind::Trade, 0, side, price, quantity)
    };
    market.event(level(Side::Buy, 100, 50));
    market.event(level(Side::Sell, 110, 50));
    market.send(place(900, Side::Buy, 100, 10));
    market.quiet();
    assert_eq!(market.ahead(900), 50);
    market.event(level(Side::Buy, 100, 60));
    assert_eq!(market.ahead(900), 50, "what joins is behind");
    market.event(level(Side::Buy, 100, 40));
    assert_eq!(market.ahead(900), 40);
    assert_eq!(fills(&market.event(trade(Side::Sell, 100, 30))), []);
    assert_eq!(market.ahead(900), 10);
    assert_eq!(fills(&market.event(trade(Side::Sell, 100, 14))), [(900, 4)]);
    assert_eq!(fills(&market.event(trade(Side::Buy, 110, 14))), []);
    assert_eq!(fills(&market.event(trade(Side::Sell, 99, 2))), [(900, 2)]);
    assert_eq!(fills(&market.event(level(Side::Sell, 100, 3))), [(900, 3)]);
}

#[test]
fn bad_requests_and_small_buffers_are_refused_and_change_nothing() {
    assert_eq!(
        ReplayVenue::new(&VenueConfig { max_orders: 0, ..VenueConfig::default() }).unwrap_err(),
        VenueError::BadCapacity
    );
    let config = VenueConfig { max_requests: 2, max_orders: 1, ..VenueConfig::default() };
    let mut market = Market::new(config, false);
    assert_eq!(
        market.venue.submit(Timestamp(0), &place(1, Side::Buy, 100, 0)),
        Err(VenueError::ZeroQuantity)
    );
    market.send(place(1, Side::Buy, 100, 1));
    market.send(place(2, Side::Buy, 100, 1));
    assert_eq!(
        market.venue.submit(Timestamp(0), &place(3, Side::Buy, 100, 1)),
        Err(VenueError::RequestsFull)
    );
    let needed = market.venue.reports_needed();
    let mut small = vec![ExecutionReport::EMPTY; needed - 1];
    assert_eq!(
        market.venue.on_event(&market.book, &Event::EMPTY, &mut small),
        Err(VenueError::ReportBufferTooSmall { capacity: needed - 1, needed })
    );
    assert_eq!(market.venue.requests_under_way(), 2);
    let kinds: Vec<_> = market.quiet().iter().map(|report| report.kind).collect();
    assert_eq!(kinds, [ExecutionKind::Accepted, ExecutionKind::Rejected], "the second does not fit");
}

/// An order of the naive queue: recorded (`None`) or own.
#[derive(Clone, Copy, Debug)]
struct Queued {
    id: u64,
    quantity: u64,
    own: bool,
}

/// The same venue as explicit queues of single orders, every operation a linear search.
#[derive(Default)]
struct NaiveVenue {
    queues: BTreeMap<(u8, i64), Vec<Queued>>,
    fills: Vec<(u64, u64)>,
}

impl NaiveVenue {
    fn find(&self, id: u64, own: bool) -> Option<((u8, i64), usize)> {
        self.queues.iter().find_map(|(&key, queue)| {
            queue.iter().position(|order| order.id == id && order.own == own).map(|at| (key, at))
        })
    }

    /// Own orders of `side` at prices that `reaches` admits trade up to `quantity`; at `last`, only those in front of
    /// position `before`.
    fn trade(&mut self, side: Side, price: i64, before: usize, mut quantity: u64) {
        let mut keys: Vec<_> = self.queues.keys().copied().filter(|&(s, _)| s == side as u8).collect();
        if side == Side::Buy {
            keys.reverse();
        }
        for key in keys {
            let is_better = if side == Side::Buy { key.1 > price } else { key.1 < price };
            if !is_better && key.1 != price {
                break;
            }
            let end = if is_better { usize::MAX } else { before };
            let queue = self.queues.get_mut(&key).unwrap();
            for order in queue.iter_mut().take(end).filter(|order| order.own) {
                let traded = quantity.min(order.quantity);
                if traded > 0 {
                    order.quantity -= traded;
                    quantity -= traded;
                    self.fills.push((order.id, traded));
                }
            }
            queue.retain(|order| order.quantity > 0);
        }
    }

    fn event(&mut self, event: &Event) {
        match event.kind {
            EventKind::Add => {
                let (side, quantity) = (event.side, event.quantity.0);
                self.trade(side.opposite(), event.price.0, usize::MAX, quantity);
                let queue = self.queues.entry((side as u8, event.price.0)).or_default();
                queue.push(Queued { id: event.order_id.0, quantity, own: false });
            }
            EventKind::Execute | EventKind::Delete => {
                let (key, at) = self.find(event.order_id.0, false).expect("the flow is consistent");
                if event.kind == EventKind::Execute {
                    let side = Side::from_u8(key.0).unwrap();
                    self.trade(side, key.1, at, event.quantity.0);
                }
                let (key, at) = self.find(event.order_id.0, false).unwrap();
                let queue = self.queues.get_mut(&key).unwrap();
                if event.kind == EventKind::Delete || queue[at].quantity == event.quantity.0 {
                    queue.remove(at);
                } else {
                    queue[at].quantity -= event.quantity.0;
                }
            }
            _ => unreachable!("the flow has no other events"),
        }
    }
}

#[test]
fn random_orders_in_synthetic_flow_trade_as_in_explicit_queues() {
    for seed in 0..6 {
        let flow = SyntheticConfig { seed, events: 30_000, cancel_rate: 0.3, ..SyntheticConfig::default() };
        let mut flow = SyntheticFlow::new(&flow).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
        let mut market = Market::by_order();
        let mut naive = NaiveVenue::default();
        let mut working: Vec<u64> = Vec::new();
        let (mut next_id, mut filled) = (1_u64 << 40, Vec::new());
        while let Some(event) = flow.next_event().unwrap() {
            // With no latency a request arrives before the next event: the naive venue handles it at once.
            if rng.next_u64() % 8 == 0 && working.len() < 16 {
                let side = if rng.next_u64() & 1 == 0 { Side::Buy } else { Side::Sell };
                let offset = (rng.next_u64() % 5) as i64 - 1;
                if let (Some(best), Some(opposite)) =
                    (market.book.best(side), market.book.best(side.opposite()))
                {
                    let price = Price(best.price.0 - side.sign() * offset);
                    // One that would trade on arrival is not for these queues.
                    if side.opposite().is_better(price, opposite.price) {
                        let quantity = 1 + rng.next_u64() % 150;
                        market.send(place(next_id, side, price.0, quantity));
                        let queue = naive.queues.entry((side as u8, price.0)).or_default();
                        queue.push(Queued { id: next_id, quantity, own: true });
                        working.push(next_id);
                        next_id += 1;
                    }
                }
            } else if rng.next_u64() % 8 == 0 && !working.is_empty() {
                let id = working.swap_remove((rng.next_u64() % working.len() as u64) as usize);
                market.send(cancel(id));
                if let Some((key, at)) = naive.find(id, true) {
                    naive.queues.get_mut(&key).unwrap().remove(at);
                }
            }
            continue_with(&mut market, &mut naive, &event, &mut filled, &mut working);
        }
        assert!(filled.len() > 500, "seed {seed}: only {} fills", filled.len());
    }
}

fn continue_with(
    market: &mut Market,
    naive: &mut NaiveVenue,
    event: &Event,
    filled: &mut Vec<(u64, u64)>,
    working: &mut Vec<u64>,
) {
    let reports = market.event(*event);
    assert!(reports.iter().all(|report| report.kind != ExecutionKind::Rejected));
    naive.event(event);
    let now = fills(&reports);
    assert_eq!(now, std::mem::take(&mut naive.fills), "at {event:?}");
    working.retain(|&id| naive.find(id, true).is_some());
    filled.extend(now);
    for order in market.venue.orders() {
        let (key, at) = naive.find(order.id.0, true).expect("both have it");
        let ahead: u64 = naive.queues[&key][..at].iter().filter(|o| !o.own).map(|o| o.quantity).sum();
        assert_eq!(order.ahead, Quantity(ahead), "order {} at {event:?}", order.id);
    }
}
