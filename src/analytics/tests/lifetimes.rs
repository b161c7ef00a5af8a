//! Survival curves, the order table, order lifetimes.

use std::collections::HashMap;

use rand_xoshiro::rand_core::RngCore;

use super::super::bins::LogBins;
use super::super::orders::{OrderTable, Tracked};
use super::{close, pick, random};
use crate::analytics::{
    AnalyticsError, Ending, FillClass, FillMode, LifetimeConfig, OrderLifetimes, Survival,
};
use crate::types::{OrderId, Price, Quantity, Side, Timestamp};

const ENDINGS: [Ending; 3] = [Ending::Event, Ending::Competing, Ending::Censored];

/// The share of a sample that gets past a time, member by member: the at-risk set is counted anew for every end.
fn kaplan_meier(sample: &[(u64, Ending)], time: u64) -> (f64, f64) {
    let mut ends: Vec<u64> = sample.iter().filter(|(_, e)| *e != Ending::Censored).map(|(t, _)| *t).collect();
    ends.sort_unstable();
    ends.dedup();
    let (mut survival, mut alive, mut incidence) = (1.0, 1.0, 0.0);
    for end in ends.into_iter().filter(|&end| end <= time) {
        let count = |ending| sample.iter().filter(|member| **member == (end, ending)).count() as f64;
        let risk = sample.iter().filter(|(t, _)| *t >= end).count() as f64;
        survival *= 1.0 - count(Ending::Event) / risk;
        incidence += alive * count(Ending::Event) / risk;
        alive *= 1.0 - (count(Ending::Event) + count(Ending::Competing)) / risk;
    }
    (survival, incidence)
}

#[test]
fn curves_are_those_of_the_sample_with_durations_rounded_up_to_bins() {
    let mut random = random(1);
    for seed in 0..6 {
        let bins = LogBins::new(3);
        let (mut ours, mut first, mut second) =
            (Survival::default(), Survival::default(), Survival::default());
        assert_eq!((ours.at(5), ours.median_ns()), (None, None));
        let mut sample = Vec::new();
        for _ in 0..120 {
            let duration = random.next_u64() >> (30 + seed * 4 + random.next_u32() % 8);
            let ending = pick(&mut random, &ENDINGS[..if seed == 0 { 1 } else { 3 }]);
            ours.record(duration, ending);
            if random.next_u32().is_multiple_of(2) { &mut first } else { &mut second }
                .record(duration, ending);
            sample.push((bins.upper(bins.index(duration)), ending));
        }
        for &(time, _) in &sample {
            let (survival, incidence) = kaplan_meier(&sample, time);
            close(ours.survival(time).unwrap(), survival);
            close(ours.incidence(time).unwrap(), incidence);
        }
        assert_eq!((ours.survival(0), ours.incidence(0)), (Some(1.0), Some(0.0)));
        let half = sample.iter().map(|&(time, _)| time).filter(|&t| kaplan_meier(&sample, t).0 <= 0.5).min();
        assert_eq!(ours.median_ns(), half);
        first.merge(&second);
        assert_eq!(first, ours);
        second.copy_from(&ours);
        assert_eq!(second, ours);
    }
}

#[test]
fn greenwoods_error_without_censoring_is_that_of_a_proportion() {
    let mut lives = Survival::default();
    for duration in 1..=8 {
        lives.record(duration, Ending::Event);
    }
    for duration in 1..8 {
        let p = (8 - duration) as f64 / 8.0;
        close(lives.survival(duration).unwrap(), p);
        close(lives.at(duration).unwrap().standard_error, (p * (1.0 - p) / 8.0).sqrt());
    }
    let last = lives.at(8).unwrap();
    assert_eq!((last.survival, last.standard_error, last.incidence), (0.0, 0.0, 1.0));
}

#[test]
fn the_order_table_is_a_map_with_a_fixed_size() {
    let mut random = random(2);
    for capacity in [1, 2, 5, 64] {
        let mut table = OrderTable::new(capacity);
        let mut map: HashMap<u64, u64> = HashMap::new();
        for step in 0..20_000u64 {
            // Few ids, so that probes meet; some far apart, so that homes differ.
            let id = (random.next_u64() % 24) * pick(&mut random, &[1, 1 << 40]);
            match random.next_u32() % 3 {
                0 => assert_eq!(table.remove(OrderId(id)).map(|t| t.born.0), map.remove(&id)),
                1 => {
                    let tracked = Tracked {
                        id: OrderId(id),
                        born: Timestamp(step),
                        price: Price(0),
                        open: Quantity(1),
                        class: FillClass::default(),
                        side: Side::Buy,
                        is_answered: false,
                        forecast: None,
                    };
                    let fits = map.contains_key(&id) || map.len() < capacity.next_power_of_two();
                    assert_eq!(table.insert(tracked), fits);
                    if fits {
                        map.insert(id, step);
                    }
                }
                _ => assert_eq!(table.get(OrderId(id)).map(|t| t.born.0), map.get(&id).copied()),
            }
            assert_eq!(table.len(), map.len());
        }
        let mut all: Vec<u64> = table.iter().map(|tracked| tracked.id.0).collect();
        let mut expected: Vec<u64> = map.into_keys().collect();
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected);
        table.clear();
        assert_eq!((table.len(), table.iter().count()), (0, 0));
    }
}

struct Life {
    born: u64,
    distance: usize,
    first_trade: Option<u64>,
    end: Option<(u64, Ending)>,
}

/// Orders at random; every life is kept and judged at the end.
#[test]
fn lifetimes_and_answers_agree_with_judging_every_life_afterwards() {
    for seed in 0..4 {
        let mut random = random(10 + seed);
        let horizon = 50;
        let config = LifetimeConfig { horizon_ns: horizon, max_orders: 4_096, ..LifetimeConfig::default() };
        let mut ours = OrderLifetimes::new(&config, FillMode::LearnAndScore).unwrap();
        let mut lives: HashMap<u64, Life> = HashMap::new();
        let mut alive: Vec<(u64, u64)> = Vec::new();
        let mut now = 0;
        for id in 0..5_000u64 {
            now += u64::from(random.next_u32() % 6);
            let time = Timestamp(now);
            if alive.len() > 40 || (random.next_u32().is_multiple_of(2) && !alive.is_empty()) {
                let at = (random.next_u64() % alive.len() as u64) as usize;
                let (victim, open) = alive[at];
                let life = lives.get_mut(&victim).unwrap();
                let lots = 1 + random.next_u64() % open;
                let kind = random.next_u32() % 3;
                match kind {
                    0 => {
                        ours.on_execute(time, OrderId(victim), Quantity(lots));
                        life.first_trade.get_or_insert(now);
                    }
                    1 => ours.on_reduce(time, OrderId(victim), Quantity(lots)),
                    _ => ours.on_cancel(time, OrderId(victim)),
                }
                alive[at].1 -= if kind == 2 { open } else { lots };
                if alive[at].1 == 0 {
                    alive.swap_remove(at);
                    life.end = Some((now, if kind == 0 { Ending::Event } else { Ending::Competing }));
                    assert_eq!(ours.order(OrderId(victim)), None);
                }
            } else {
                let behind = pick(&mut random, &[-2, 0, 0, 1, 7]);
                let lots = 1 + random.next_u64() % 3;
                assert!(ours.on_add(
                    time,
                    OrderId(id),
                    Side::Sell,
                    Price(7),
                    Quantity(lots),
                    behind,
                    Quantity(3)
                ));
                assert_eq!(ours.order(OrderId(id)), Some((Side::Sell, Price(7), Quantity(lots))));
                let distance = FillClass::new(behind, Quantity(3), Quantity(lots)).distance.into();
                lives.insert(id, Life { born: now, distance, first_trade: None, end: None });
                alive.push((id, lots));
            }
            // What is not watched changes nothing.
            ours.on_execute(time, OrderId(u64::MAX), Quantity(1));
        }
        assert_eq!((ours.alive(), ours.unwatched()), (alive.len(), 0));
        let mut whole = Survival::default();
        ours.survival_into(Timestamp(now), None, &mut whole);
        let mut expected = Survival::default();
        for distance in 0..FillClass::DISTANCES {
            let mut group = Survival::default();
            for life in lives.values().filter(|life| life.distance == distance) {
                let (end, ending) = life.end.unwrap_or((now, Ending::Censored));
                group.record(end - life.born, ending);
            }
            let mut reported = Survival::default();
            ours.survival_into(Timestamp(now), Some(distance), &mut reported);
            assert_eq!(reported, group);
            expected.merge(&group);
        }
        assert_eq!(whole, expected);
        let is_fill = |life: &Life| life.first_trade.is_some_and(|time| time - life.born <= horizon);
        let is_answered =
            |life: &Life| life.first_trade.is_some() || life.end.is_some() || life.born + horizon < now;
        for distance in 0..FillClass::DISTANCES {
            let group: Vec<_> = lives.values().filter(|l| l.distance == distance && is_answered(l)).collect();
            let fills = group.iter().filter(|life| is_fill(life)).count();
            assert_eq!(ours.model().at_distance(distance), Some((group.len() as u64, fills as u64)));
        }
        // All but the orders that entered before any answer had a forecast.
        let answered = lives.values().filter(|life| is_answered(life)).count() as u64;
        assert!(answered - ours.calibration().forecasts() < 40);
        ours.censor(Timestamp(now));
        assert_eq!(ours.alive(), 0);
        let mut after = Survival::default();
        ours.survival_into(Timestamp(now + 1_000), None, &mut after);
        assert_eq!(after, expected, "censored where they would have been counted as censored");
    }
}

#[test]
fn a_model_in_score_mode_learns_nothing_and_in_learn_mode_scores_nothing() {
    let mut orders = OrderLifetimes::new(&LifetimeConfig::default(), FillMode::Learn).unwrap();
    let life = |orders: &mut OrderLifetimes, id: u64, filled: bool| {
        orders.on_add(Timestamp(id), OrderId(id), Side::Buy, Price(1), Quantity(1), 0, Quantity(0));
        if filled {
            orders.on_execute(Timestamp(id), OrderId(id), Quantity(1));
        } else {
            orders.on_cancel(Timestamp(id), OrderId(id));
        }
    };
    life(&mut orders, 1, true);
    life(&mut orders, 2, false);
    assert_eq!((orders.model().orders(), orders.calibration().forecasts()), (2, 0));
    // Entered under learning, answered under scoring: neither.
    orders.on_add(Timestamp(3), OrderId(3), Side::Buy, Price(1), Quantity(1), 0, Quantity(0));
    orders.set_mode(FillMode::Score);
    orders.on_cancel(Timestamp(4), OrderId(3));
    assert_eq!((orders.model().orders(), orders.calibration().forecasts()), (2, 0));
    life(&mut orders, 5, true);
    assert_eq!((orders.model().orders(), orders.calibration().forecasts()), (2, 1));
    close(orders.calibration().brier_score().unwrap(), 0.25);
}

#[test]
fn a_full_table_watches_no_more_and_a_full_queue_answers_late() {
    let config =
        LifetimeConfig { max_orders: 2, max_waiting: 1, horizon_ns: 10, ..LifetimeConfig::default() };
    let mut orders = OrderLifetimes::new(&config, FillMode::Learn).unwrap();
    let add = |orders: &mut OrderLifetimes, now, id| {
        orders.on_add(Timestamp(now), OrderId(id), Side::Buy, Price(1), Quantity(1), 0, Quantity(0))
    };
    assert!(add(&mut orders, 0, 1) && add(&mut orders, 0, 2));
    assert!(!add(&mut orders, 0, 3));
    assert_eq!((orders.alive(), orders.unwatched()), (2, 1));
    orders.advance(Timestamp(100));
    assert_eq!(orders.model().orders(), 1, "the second order is answered when it ends");
    orders.on_execute(Timestamp(100), OrderId(2), Quantity(1));
    assert_eq!(orders.model().at_distance(1), Some((2, 0)), "too late for the horizon");
    // The same id again: the first life's end was not seen.
    assert!(add(&mut orders, 101, 1));
    assert_eq!(orders.survival(1).unwrap().count(Ending::Censored), 1);
    let refuse = |config| OrderLifetimes::new(&config, FillMode::Learn).unwrap_err();
    let base = LifetimeConfig::default();
    let error = refuse(LifetimeConfig { max_orders: 0, ..base });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "max_orders" });
    let error = refuse(LifetimeConfig { max_waiting: u32::MAX, ..base });
    assert_eq!(error, AnalyticsError::TooLarge { parameter: "max_waiting", limit: 1 << 24 });
    let error = refuse(LifetimeConfig { horizon_ns: 0, ..base });
    assert_eq!(error, AnalyticsError::NotPositive { parameter: "horizon_ns" });
}
