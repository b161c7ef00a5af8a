//! The synthetic flow is what it says: reproducible, consistent with its own book, and Poisson at the stated rates.

use market_maker::book::{BookConfig, Depth, OrderBook};
use market_maker::engine::EngineConfig;
use market_maker::feed::EventSource;
use market_maker::sim::{Replay, SyntheticConfig, SyntheticError, SyntheticFlow, VenueConfig};
use market_maker::strategy::{StoikovConfig, StoikovStrategy};
use market_maker::types::{Event, EventKind, Instrument, InstrumentId, Price, Side, Timestamp, event_flags};

/// Orders per side that the flow opens with.
const OPENING: usize = 200;

fn flow(config: SyntheticConfig) -> SyntheticFlow {
    SyntheticFlow::new(&config).unwrap()
}

fn collect(config: SyntheticConfig) -> Vec<Event> {
    let mut flow = flow(config);
    std::iter::from_fn(|| flow.next_event().unwrap()).collect()
}

fn of_seed(seed: u64) -> SyntheticConfig {
    SyntheticConfig { seed, events: 50_000, ..SyntheticConfig::default() }
}

#[test]
fn the_same_seed_gives_the_same_events_and_another_seed_others() {
    assert_eq!(collect(of_seed(7)), collect(of_seed(7)));
    let (one, other) = (collect(of_seed(7)), collect(of_seed(8)));
    let same = one.iter().zip(&other).filter(|(a, b)| a.price == b.price && a.quantity == b.quantity).count();
    assert!(same < one.len() / 20, "{same} of {} events agree between seeds", one.len());
}

#[test]
fn the_events_rebuild_exactly_the_flows_own_book() {
    for seed in 0..5 {
        let mut flow = flow(SyntheticConfig { volatility: 5.0, ..of_seed(seed) });
        let mut book = OrderBook::new(&BookConfig::default()).unwrap();
        let mut groups = 0;
        while let Some(event) = flow.next_event().unwrap() {
            book.apply(&event).unwrap();
            if event.has(event_flags::LAST) {
                groups += 1;
                if groups % 97 == 0 {
                    assert_eq!(book.state_hash(), flow.book().state_hash(), "seed {seed}, group {groups}");
                }
            }
        }
        assert!(groups > 20_000, "{groups}");
    }
}

#[test]
fn events_are_numbered_carry_the_instrument_and_never_go_back_in_time() {
    let events = collect(SyntheticConfig { instrument: InstrumentId(42), ..of_seed(3) });
    let mut before = Timestamp(0);
    for (index, event) in events.iter().enumerate() {
        assert_eq!((event.sequence, event.instrument), (index as u64 + 1, InstrumentId(42)));
        assert!(event.timestamp >= before && event.received == event.timestamp);
        before = event.timestamp;
    }
    let located = |event: &&Event| matches!(event.kind, EventKind::Execute | EventKind::Delete);
    assert!(events.iter().filter(located).all(|event| event.has(event_flags::LOCATED)));
}

/// How far a count is from its expectation, in standard deviations of a Poisson variable.
fn deviations(count: f64, expected: f64) -> f64 {
    (count - expected) / expected.sqrt()
}

/// With a fair price that stands still no limit order crosses, so each kind of event is one kind of arrival.
#[test]
fn limit_orders_market_orders_and_cancels_arrive_at_their_rates() {
    for (seed, limit_rate, market_rate, cancel_rate) in
        [(1, 50.0, 8.0, 0.1), (2, 50.0, 8.0, 0.1), (3, 200.0, 60.0, 0.3), (4, 10.0, 2.0, 0.02)]
    {
        let mut flow = flow(SyntheticConfig {
            seed,
            events: 400_000,
            volatility: 0.0,
            limit_rate,
            market_rate,
            cancel_rate,
            ..SyntheticConfig::default()
        });
        let (mut limits, mut markets, mut cancels) = (0.0, 0.0, 0.0);
        // Seconds in which cancels could have come, one for each resting order.
        let mut order_seconds = 0.0;
        let (mut now, mut resting) = (0.0, 0.0);
        let mut events = 0;
        let mut book = OrderBook::new(&BookConfig::default()).unwrap();
        while let Some(event) = flow.next_event().unwrap() {
            events += 1;
            book.apply(&event).unwrap();
            if events <= 2 * OPENING {
                assert_eq!((event.kind, event.timestamp), (EventKind::Add, Timestamp(0)));
            } else {
                let at = event.timestamp.0 as f64 * 1e-9;
                order_seconds += (at - now) * resting;
                now = at;
                match event.kind {
                    EventKind::Add => limits += 1.0,
                    EventKind::Delete => cancels += 1.0,
                    EventKind::Execute => markets += f64::from(event.has(event_flags::LAST)),
                    other => panic!("{other:?}"),
                }
            }
            resting = book.len() as f64;
        }
        for (name, count, expected) in [
            ("limit", limits, limit_rate * now),
            ("market", markets, market_rate * now),
            ("cancel", cancels, cancel_rate * order_seconds),
        ] {
            let off = deviations(count, expected);
            assert!(
                off.abs() < 3.0,
                "seed {seed}: {count} {name} orders, {expected:.0} expected: {off:.1} σ"
            );
        }
    }
}

#[test]
fn the_best_prices_stay_around_a_fair_price_that_moves_as_configured() {
    // The mid of the book follows the fair price, so its variance over a minute is σ²·60.
    let config = SyntheticConfig { volatility: 4.0, events: 2_000_000, ..SyntheticConfig::default() };
    let mut flow = flow(config);
    let mut minute = 1;
    let mut mids = Vec::new();
    while let Some(event) = flow.next_event().unwrap() {
        while event.timestamp.0 >= minute * 60_000_000_000 {
            if let (Some(bid), Some(ask)) = (flow.book().best(Side::Buy), flow.book().best(Side::Sell)) {
                mids.push((bid.price.0 + ask.price.0) as f64 / 2.0);
            }
            minute += 1;
        }
    }
    let steps: Vec<f64> = mids.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let variance = steps.iter().map(|step| step * step).sum::<f64>() / steps.len() as f64;
    let expected = 16.0 * 60.0;
    // The variance of n squared normal steps is 2/n of its square; the spread adds a little.
    let three_sigma = 3.0 * (2.0 / steps.len() as f64).sqrt() * expected;
    assert!(steps.len() > 200, "{} minutes", steps.len());
    assert!((variance - expected).abs() < three_sigma + 10.0, "{variance} over {} minutes", steps.len());
}

#[test]
fn a_flow_under_stress_never_runs_dry_and_stays_in_its_book() {
    let stress = [
        // Nobody cancels: the book fills up.
        SyntheticConfig { cancel_rate: 0.0, market_rate: 0.0, max_orders: 800, ..of_seed(1) },
        // Takers outnumber makers.
        SyntheticConfig { market_rate: 500.0, ..of_seed(2) },
        // Orders are cancelled almost at once.
        SyntheticConfig { cancel_rate: 100.0, ..of_seed(3) },
        // The fair price runs away.
        SyntheticConfig { volatility: 10_000.0, ..of_seed(4) },
        SyntheticConfig { mean_distance: 1.0, mean_quantity: 1.0, ..of_seed(5) },
        SyntheticConfig { mean_distance: 1e4, mean_quantity: 1e6, ..of_seed(6) },
    ];
    for config in stress {
        let mut flow = flow(config);
        let mut book =
            OrderBook::new(&BookConfig { max_orders: config.max_orders, ..BookConfig::default() }).unwrap();
        let mut events = 0;
        while let Some(event) = flow.next_event().unwrap() {
            book.apply(&event).unwrap();
            events += 1;
        }
        assert_eq!(events, config.events, "{config:?}");
        assert!(book.len() <= config.max_orders as usize);
        assert_eq!(flow.next_event().unwrap(), None);
        assert_eq!(flow.progress().done, flow.progress().total);
    }
}

#[test]
fn bad_parameters_are_typed_errors_that_name_them() {
    let good = SyntheticConfig::default();
    for (config, parameter) in [
        (SyntheticConfig { volatility: -1.0, ..good }, "volatility"),
        (SyntheticConfig { volatility: f64::NAN, ..good }, "volatility"),
        (SyntheticConfig { limit_rate: 0.0, ..good }, "limit_rate"),
        (SyntheticConfig { limit_rate: f64::INFINITY, ..good }, "limit_rate"),
        (SyntheticConfig { market_rate: -0.1, ..good }, "market_rate"),
        (SyntheticConfig { cancel_rate: f64::NAN, ..good }, "cancel_rate"),
        (SyntheticConfig { mean_distance: 0.5, ..good }, "mean_distance"),
        (SyntheticConfig { mean_quantity: 0.0, ..good }, "mean_quantity"),
        (SyntheticConfig { start_price: Price(i64::MAX), ..good }, "start_price"),
        (SyntheticConfig { max_orders: 799, ..good }, "max_orders"),
    ] {
        assert_eq!(SyntheticFlow::new(&config).err(), Some(SyntheticError::BadParameter(parameter)));
    }
}

/// Own orders keep their place in the queues when the book moves into larger storage under them.
#[test]
fn a_replay_in_a_book_that_grows_has_the_results_of_one_with_room_from_the_start() {
    let replay = |max_orders: u32| {
        let mut config = EngineConfig::new(Instrument::new("DEMO", 0.01, 1.0).unwrap());
        config.book = BookConfig { max_orders, ..config.book };
        let strategy = StoikovStrategy::new(&StoikovConfig::default()).unwrap();
        Replay::new(&config, strategy, &VenueConfig::default()).unwrap()
    };
    let (mut ample, mut growing) = (replay(1 << 16), replay(1));
    for event in collect(of_seed(3)) {
        growing.reserve(1).unwrap();
        assert_eq!(growing.on_event(&event).unwrap(), ample.on_event(&event).unwrap());
    }
    let (ample, growing) = (ample.summary().unwrap(), growing.summary().unwrap());
    assert!(ample.stats.fills > 100);
    assert_eq!((growing.stats, growing.state_hash), (ample.stats, ample.state_hash));
    assert_eq!((growing.realised, growing.final_position), (ample.realised, ample.final_position));
}
