//! The whole of it on markets at random, and resiliency case by case.

use rand_xoshiro::rand_core::RngCore;

use super::{pick, random};
use crate::analytics::{
    AnalyticsError, Ending, MarketAnalytics, MarketAnalyticsConfig, MarkoutConfig, ResiliencyConfig, Survival,
};
use crate::book::{BookConfig, OrderBook};
use crate::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};

const LIVE: u16 = event_flags::LAST;

/// A market that is told what to do.
struct Market {
    book: OrderBook,
    analytics: MarketAnalytics,
    next: u64,
}

impl Market {
    fn new() -> Self {
        let config = MarketAnalyticsConfig {
            resiliency: ResiliencyConfig { window_ns: 100, limit_ns: 1_000, depth_share: 1.0 },
            markouts: MarkoutConfig { horizons_ns: &[0, 50], max_pending: 64 },
            ..MarketAnalyticsConfig::default()
        };
        Self {
            book: OrderBook::new(&BookConfig::default()).unwrap(),
            analytics: MarketAnalytics::new(&config).unwrap(),
            next: 1,
        }
    }

    fn send(&mut self, event: &Event) {
        if let Ok(touched) = self.book.apply(event) {
            self.analytics.on_event(event, touched, &self.book);
        }
    }

    fn add(&mut self, now: u64, side: Side, price: i64, quantity: u64) -> OrderId {
        let id = OrderId(self.next);
        self.next += 1;
        self.send(&Event {
            timestamp: Timestamp(now),
            kind: EventKind::Add,
            order_id: id,
            side,
            price: Price(price),
            quantity: Quantity(quantity),
            flags: LIVE,
            ..Event::EMPTY
        });
        id
    }

    fn on_order(&mut self, now: u64, kind: EventKind, id: OrderId, quantity: u64) {
        self.send(&Event {
            timestamp: Timestamp(now),
            kind,
            order_id: id,
            quantity: Quantity(quantity),
            flags: LIVE,
            ..Event::EMPTY
        });
    }
}

#[test]
fn a_sweep_recovers_in_spread_before_it_recovers_in_depth() {
    let mut market = Market::new();
    market.add(0, Side::Buy, 100, 10);
    let first = market.add(0, Side::Sell, 102, 6);
    let second = market.add(0, Side::Sell, 103, 8);
    market.add(0, Side::Sell, 110, 5);
    // One order takes 102 and half of 103: one parent, though two prints.
    market.on_order(1_000, EventKind::Execute, first, 6);
    market.on_order(1_000, EventKind::Execute, second, 4);
    market.add(1_040, Side::Sell, 102, 2); // the spread is back after 40
    market.add(1_070, Side::Sell, 101, 3); // five of six lots at 102 or better
    market.add(1_150, Side::Sell, 102, 1); // six: the depth is back after 150
    let resiliency = market.analytics.resiliency();
    assert_eq!(resiliency.spread_recovery().count(Ending::Event), 1);
    assert_eq!(resiliency.spread_recovery().median_ns(), Some(43), "the end of the bin of 40");
    assert_eq!(resiliency.depth_recovery().median_ns(), Some(159), "the end of the bin of 150");
    // Of six lots taken five were back when 100 ns had passed.
    assert_eq!((resiliency.replenishment(), resiliency.replenishments()), (Some(5.0 / 6.0), 1));
    let sizes = market.analytics.sizes();
    assert_eq!((sizes.len(), sizes.sum()), (1, 10));
    let summary = market.analytics.markouts().summary(0).unwrap();
    // Mean price 102.4 over a mid of 101, which stands at 101.5 afterwards.
    assert!((summary.effective_spread - 2.8).abs() < 1e-12);
    assert!((summary.price_impact - 1.0).abs() < 1e-12);
}

#[test]
fn a_recovery_that_does_not_come_is_censored_not_forgotten() {
    let mut market = Market::new();
    market.add(0, Side::Buy, 100, 10);
    let best = market.add(0, Side::Sell, 102, 6);
    let next = market.add(0, Side::Sell, 104, 6);
    market.add(0, Side::Sell, 109, 6);
    market.on_order(10, EventKind::Execute, best, 6);
    market.on_order(40, EventKind::Execute, next, 6); // a second trade that moves the best: censored at 30
    market.add(2_000, Side::Buy, 90, 1); // past the limit of the second
    for recovery in
        [market.analytics.resiliency().spread_recovery(), market.analytics.resiliency().depth_recovery()]
    {
        assert_eq!((recovery.count(Ending::Event), recovery.count(Ending::Censored)), (0, 2));
        let points = recovery.points().count();
        assert_eq!((points, recovery.survival(1_000)), (0, Some(1.0)));
    }
    let resiliency = market.analytics.resiliency();
    assert_eq!((resiliency.replenishment(), resiliency.interrupted()), (Some(0.0), 1));
}

#[test]
fn a_trade_that_leaves_the_best_where_it_is_needs_no_recovery() {
    let mut market = Market::new();
    market.add(0, Side::Buy, 100, 10);
    let best = market.add(0, Side::Sell, 102, 6);
    market.on_order(10, EventKind::Execute, best, 2);
    market.add(20, Side::Sell, 102, 1);
    market.add(500, Side::Buy, 99, 1);
    let resiliency = market.analytics.resiliency();
    assert!(resiliency.spread_recovery().is_empty() && resiliency.depth_recovery().is_empty());
    assert_eq!(resiliency.replenishment(), Some(0.5));
}

#[test]
fn halts_and_gaps_count_as_no_market() {
    let mut market = Market::new();
    market.add(0, Side::Buy, 100, 10);
    let ask = market.add(0, Side::Sell, 102, 6);
    let status = |now, quantity| Event {
        timestamp: Timestamp(now),
        kind: EventKind::Status,
        quantity: Quantity(quantity),
        flags: LIVE,
        ..Event::EMPTY
    };
    market.send(&status(50, 0));
    market.send(&status(80, 1));
    market.on_order(100, EventKind::Reduce, ask, 1);
    assert_eq!(market.analytics.spread().total_ns(), 50 + 20);
    assert_eq!(market.analytics.spread().unsound_ns(), 30);
    assert_eq!(market.analytics.lifetimes().alive(), 2, "a halt ends no life");
    let clear = Event { timestamp: Timestamp(130), kind: EventKind::Clear, flags: LIVE, ..Event::EMPTY };
    market.send(&clear);
    assert_eq!(market.analytics.spread().total_ns(), 100);
    let mut lives = Survival::default();
    market.analytics.lifetimes().survival_into(Timestamp(500), None, &mut lives);
    assert_eq!((lives.count(Ending::Censored), lives.len()), (2, 2));
    // Orders of a snapshot have an age that nobody knows.
    market.send(&Event {
        timestamp: Timestamp(200),
        kind: EventKind::Add,
        order_id: OrderId(77),
        side: Side::Buy,
        price: Price(5),
        quantity: Quantity(1),
        flags: LIVE | event_flags::SNAPSHOT,
        ..Event::EMPTY
    });
    assert_eq!(market.analytics.lifetimes().alive(), 0);
    assert_eq!(market.analytics.cancels().bucket(0).unwrap().adds, 2);
}

/// Every kind of event in any order, times that step back, groups, and messages without a place: counts must add up.
#[test]
fn markets_at_random_lose_no_order() {
    for seed in 0..6 {
        let mut random = random(seed);
        let mut market = Market::new();
        let mut live: Vec<OrderId> = Vec::new();
        let (mut now, mut centre, mut entered, mut cancelled, mut lots_traded) =
            (1_000u64, 5_000i64, 0, 0, 0);
        for _ in 0..6_000 {
            now += u64::from(random.next_u32() % 40);
            let late = if random.next_u32().is_multiple_of(10) { now - 5 } else { now };
            centre += pick(&mut random, &[0, 0, 0, 1, -1]);
            let side = pick(&mut random, &Side::BOTH);
            let flags = pick(&mut random, &[LIVE, LIVE, LIVE, 0]);
            let mut event = Event { timestamp: Timestamp(late), flags, side, ..Event::EMPTY };
            let victim = (live.len() > 20 || random.next_u32().is_multiple_of(3))
                .then(|| live.get((random.next_u64() % live.len().max(1) as u64) as usize).copied())
                .flatten()
                .and_then(|id| market.book.order(id));
            if let Some(order) = victim {
                event.order_id = order.id;
                event.kind = pick(
                    &mut random,
                    &[
                        EventKind::Delete,
                        EventKind::Delete,
                        EventKind::Execute,
                        EventKind::Execute,
                        EventKind::Reduce,
                        EventKind::Modify,
                        EventKind::Replace,
                    ],
                );
                event.quantity = Quantity(1 + random.next_u64() % order.quantity.0);
                event.price = order.price;
                if matches!(event.kind, EventKind::Modify | EventKind::Replace)
                    && random.next_u32().is_multiple_of(2)
                {
                    event.price = Price(centre - order.side.sign() * (1 + (random.next_u32() % 20) as i64));
                    event.quantity = Quantity(1 + random.next_u64() % 30);
                } else if random.next_u32().is_multiple_of(2) {
                    (event.side, event.flags) = (order.side, flags | event_flags::LOCATED);
                }
                let is_whole = event.quantity == order.quantity;
                match event.kind {
                    EventKind::Delete => cancelled += 1,
                    EventKind::Reduce => cancelled += u64::from(is_whole),
                    EventKind::Execute => lots_traded += event.quantity.0,
                    EventKind::Modify => {
                        let keeps = event.price == order.price && event.quantity <= order.quantity;
                        (cancelled, entered) = (cancelled + u64::from(!keeps), entered + u64::from(!keeps));
                    }
                    _ => {
                        event.new_order_id = OrderId(market.next);
                        market.next += 1;
                        live.push(event.new_order_id);
                        (cancelled, entered) = (cancelled + 1, entered + 1);
                    }
                }
            } else {
                event.kind = EventKind::Add;
                event.order_id = OrderId(market.next);
                event.price = Price(centre - side.sign() * ((random.next_u32() % 20) as i64 - 1));
                event.quantity = Quantity(1 + random.next_u64() % 30);
                market.next += 1;
                live.push(event.order_id);
                entered += 1;
            }
            market.send(&event);
            live.retain(|&id| market.book.order(id).is_some());
        }
        let analytics = &mut market.analytics;
        analytics.interrupt(Timestamp(now + 10));
        let mut lives = Survival::default();
        analytics.lifetimes().survival_into(Timestamp(now + 10), None, &mut lives);
        assert_eq!(lives.len(), entered);
        assert_eq!(lives.count(Ending::Competing), cancelled);
        assert_eq!(lives.count(Ending::Censored), live.len() as u64);
        assert_eq!(analytics.lifetimes().alive(), 0);
        assert_eq!(analytics.sizes().sum(), u128::from(lots_traded));
        assert_eq!(analytics.sizes().len(), analytics.signs().trades());
        assert!(analytics.spread().total_ns() + analytics.spread().unsound_ns() <= now + 10);
        assert!(analytics.resiliency().replenishment().is_some_and(|share| (0.0..=1.0).contains(&share)));
        assert!(analytics.depth_spread().value() > analytics.spread().mean().map(|mean| mean - 1e-9));
    }
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let refuse = |config: MarketAnalyticsConfig<'_>| MarketAnalytics::new(&config).unwrap_err();
    let base = MarketAnalyticsConfig::default;
    let error = refuse(MarketAnalyticsConfig { depth_levels: 0, ..base() });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "depth_levels" });
    let error = refuse(MarketAnalyticsConfig { depth_levels: 65, ..base() });
    assert_eq!(error, AnalyticsError::TooLarge { parameter: "depth_levels", limit: 64 });
    let resiliency = ResiliencyConfig { depth_share: f64::NAN, ..ResiliencyConfig::default() };
    let error = refuse(MarketAnalyticsConfig { resiliency, ..base() });
    assert_eq!(error, AnalyticsError::NotFinite { parameter: "depth_share" });
    let resiliency = ResiliencyConfig { limit_ns: 0, ..ResiliencyConfig::default() };
    let error = refuse(MarketAnalyticsConfig { resiliency, ..base() });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "limit_ns" });
    let error = refuse(MarketAnalyticsConfig { count_windows_ns: &[], ..base() });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "windows_ns" });
}
