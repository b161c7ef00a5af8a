//! Analytics allocate at construction and never again: a counting allocator over a simulated market and over the reports.

#[path = "common/allocations.rs"]
mod allocations;

use allocations::allocations_of;
use market_maker::analytics::{
    Cusum, CusumConfig, GaussianRegimes, InformationShare, MarketAnalytics, MarketAnalyticsConfig,
    Performance, PerformanceConfig, RegimeConfig, Survival,
};
use market_maker::book::{BookConfig, Depth, OrderBook};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side, Timestamp, event_flags};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// Orders that come, go and trade around a price that wanders.
fn market(events: u64) -> Vec<Event> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut live: Vec<(OrderId, Side, i64, u64)> = Vec::new();
    let (mut now, mut centre) = (0, 10_000);
    (1..=events)
        .map(|id| {
            now += random.next_u64() % 2_000_000;
            centre += (random.next_u32() % 3) as i64 - 1;
            let mut event = Event { timestamp: Timestamp(now), flags: event_flags::LAST, ..Event::EMPTY };
            if live.len() > 200 {
                let at = (random.next_u64() % live.len() as u64) as usize;
                let (order, side, price, quantity) = live.swap_remove(at);
                event.kind =
                    if random.next_u32().is_multiple_of(3) { EventKind::Execute } else { EventKind::Delete };
                (event.order_id, event.side, event.price) = (order, side, Price(price));
                event.quantity = Quantity(quantity);
            } else {
                let side = Side::BOTH[(random.next_u32() % 2) as usize];
                let price = centre - side.sign() * (1 + (random.next_u32() % 25) as i64);
                event.kind = EventKind::Add;
                (event.order_id, event.side, event.price) = (OrderId(id), side, Price(price));
                event.quantity = Quantity(1 + random.next_u64() % 300);
                live.push((OrderId(id), side, price, event.quantity.0));
            }
            event
        })
        .collect()
}

#[test]
fn a_market_and_its_reports_allocate_nothing() {
    let events = market(100_000);
    let mut book = OrderBook::new(&BookConfig::default()).unwrap();
    let mut analytics = MarketAnalytics::new(&MarketAnalyticsConfig::default()).unwrap();
    let mut performance = Performance::new(&PerformanceConfig::default()).unwrap();
    let mut share = InformationShare::new(5).unwrap();
    let mut cusum = Cusum::new(&CusumConfig::default()).unwrap();
    let mut regimes = GaussianRegimes::new(&RegimeConfig {
        means: &[0.0, 0.0],
        deviations: &[1.0, 3.0],
        transitions: &[0.9, 0.1, 0.1, 0.9],
    })
    .unwrap();
    let mut lives = Survival::default();
    let (mut before, mut fills) = (0, 0);
    let counted = allocations_of(|| {
        for event in &events {
            let top = (book.best(Side::Buy), book.best(Side::Sell));
            let Ok(touched) = book.apply(event) else { continue };
            analytics.on_event(event, touched, &book);
            let Some(mid2) = book.mid2() else { continue };
            performance.on_mid(event.timestamp, Some(mid2));
            if let (EventKind::Execute, (Some(bid), Some(ask))) = (event.kind, top) {
                performance.on_fill(
                    event.timestamp,
                    event.side,
                    event.price,
                    event.quantity,
                    bid.price,
                    ask.price,
                );
                fills += 1;
            }
            performance.mark(1e6 + mid2 as f64);
            performance.close_period(None);
            share.update(mid2 as f64, before as f64);
            regimes.update((mid2 - before) as f64);
            cusum.update((mid2 - before) as f64);
            before = mid2;
        }
        analytics.lifetimes().survival_into(Timestamp(u64::MAX), None, &mut lives);
        std::hint::black_box((lives.median_ns(), lives.points().count(), share.estimate().is_ok()));
        std::hint::black_box((performance.sharpe(), performance.adverse_selection(3), performance.sortino()));
        std::hint::black_box((analytics.markouts().decay(), analytics.sizes().quantile(0.5)));
        std::hint::black_box(analytics.kyle().estimate().is_ok());
        std::hint::black_box(analytics.lifetimes().calibration().reliability().count());
        analytics.interrupt(Timestamp(u64::MAX / 2));
    });
    assert_eq!(counted, 0);
    assert!(fills > 5_000 && analytics.sizes().len() > 5_000 && lives.len() > 10_000);
}
