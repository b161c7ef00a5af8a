use super::*;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

const SMALL: usize = 200_000;

fn small_deep() -> Workload {
    Workload { messages: SMALL, resting: 50_000, uniform: Some(1_000), ..Workload::DEEP }
}

fn workloads() -> [Workload; 4] {
    [
        Workload::REALISTIC.with_messages(SMALL),
        small_deep(),
        Workload::WALK.with_messages(SMALL),
        Workload::WALK_FINE.with_messages(SMALL),
    ]
}

#[test]
fn equal_seeds_give_equal_streams_and_others_do_not() {
    let workload = Workload::REALISTIC.with_messages(20_000);
    for form in [Form::Feed, Form::Matching] {
        let stream = workload.stream(form);
        assert!(stream == workload.stream(form));
        let other = Workload { seed: workload.seed + 1, ..workload }.stream(form);
        assert!(stream.messages != other.messages);
    }
}

#[test]
fn the_mix_is_the_stated_one() {
    for workload in workloads() {
        for form in [Form::Feed, Form::Matching] {
            let mix = workload.stream(form).mix;
            let shares = [
                (mix.adds, 0.487),
                (mix.cancels, 0.413),
                (mix.modifies, 0.05),
                (mix.markets, 0.025),
                (mix.crossing, 0.025),
            ];
            for (count, share) in shares {
                let expected = share * mix.total() as f64;
                let deviation = (share * (1.0 - share) * mix.total() as f64).sqrt();
                assert!(
                    (count as f64 - expected).abs() < 5.0 * deviation,
                    "{} {mix:?} {share}",
                    workload.name
                );
            }
        }
    }
}

#[test]
fn the_number_of_live_orders_is_stationary() {
    for workload in workloads() {
        for form in [Form::Feed, Form::Matching] {
            let stream = workload.stream(form);
            assert_eq!(stream.start.live, workload.resting);
            let drift = stream.end.live as f64 / stream.start.live as f64 - 1.0;
            assert!(drift.abs() < 0.05, "{} {form:?}: {drift}", workload.name);
            assert!((stream.most_live as f64) < 1.05 * workload.resting as f64, "{}", stream.most_live);
        }
    }
}

#[test]
fn realistic_has_about_a_hundred_levels_and_deep_fills_its_range() {
    let stream = Workload::REALISTIC.with_messages(SMALL).stream(Form::Feed);
    for state in [&stream.start, &stream.end] {
        assert!((90..=125).contains(&state.levels.len()), "{}", state.levels.len());
    }
    let deep = small_deep().stream(Form::Feed);
    for state in [&deep.start, &deep.end] {
        assert!((1_900..=2_150).contains(&state.levels.len()), "{}", state.levels.len());
    }
}

#[test]
fn a_climbing_mid_ends_a_million_ticks_higher() {
    for workload in [Workload::WALK, Workload::WALK_FINE] {
        let tenth = workload.with_messages(workload.messages / 10).stream(Form::Matching);
        let middle = |state: &State| {
            let best = Side::BOTH.map(|side| state.best(side).expect("both sides hold orders").price);
            (best[0] + best[1]) / 2
        };
        let climbed = 10 * (middle(&tenth.end) - middle(&tenth.start));
        assert!((980_000..=1_020_000).contains(&climbed), "{}: {climbed}", workload.name);
    }
}

/// Replays a feed stream by the plainest means and checks every claim of [`Form::Feed`] on the way.
#[test]
fn a_feed_stream_names_live_orders_only_and_never_crosses() {
    for workload in workloads() {
        let stream = workload.stream(Form::Feed);
        let mut orders: HashMap<u64, Message> = HashMap::new();
        let mut levels: [BTreeMap<i64, u64>; 2] = Default::default();
        let mut partial = 0;
        let mut traded = 0;
        fn leave(levels: &mut [BTreeMap<i64, u64>; 2], order: &Message, quantity: u32) {
            let side = &mut levels[order.side.index()];
            let level = side.get_mut(&order.price).unwrap();
            *level -= u64::from(quantity);
            if *level == 0 {
                side.remove(&order.price);
            }
        }
        for message in stream.resting.iter().chain(&stream.messages) {
            assert!((stream.lowest..=stream.highest).contains(&message.price));
            assert!(message.quantity > 0 && message.id >= 1 && message.id <= stream.last_id);
            match message.kind {
                Kind::Add => assert!(orders.insert(message.id, *message).is_none()),
                Kind::Cancel => {
                    let order = orders.remove(&message.id).unwrap();
                    leave(&mut levels, &order, order.quantity);
                }
                Kind::Modify => {
                    let order = orders.insert(message.id, *message).unwrap();
                    assert_eq!(order.side, message.side);
                    assert_ne!(order.price, message.price);
                    leave(&mut levels, &order, order.quantity);
                }
                Kind::Execute => {
                    let order = orders.get_mut(&message.id).unwrap();
                    assert_eq!(order.quantity - message.quantity, message.left);
                    let best = match order.side {
                        Side::Buy => levels[0].last_key_value(),
                        Side::Sell => levels[1].first_key_value(),
                    };
                    assert_eq!(*best.unwrap().0, order.price, "executions happen at the best price");
                    order.quantity = message.left;
                    let order = *order;
                    traded += u64::from(message.quantity);
                    leave(&mut levels, &order, message.quantity);
                    if message.left == 0 {
                        orders.remove(&message.id);
                    } else {
                        partial += 1;
                    }
                }
                Kind::Market => panic!("a feed carries no market order"),
            }
            if matches!(message.kind, Kind::Add | Kind::Modify) {
                *levels[message.side.index()].entry(message.price).or_default() +=
                    u64::from(message.quantity);
                if let (Some((bid, _)), Some((ask, _))) =
                    (levels[0].last_key_value(), levels[1].first_key_value())
                {
                    assert!(bid < ask, "{} crosses", workload.name);
                }
            }
        }
        assert!(partial > 1_000, "{partial}");
        assert_eq!(traded, stream.traded);
        assert_eq!(orders.len(), stream.end.live);
        assert_eq!(rows(&levels), stream.end.levels);
    }
}

fn rows(levels: &[BTreeMap<i64, u64>; 2]) -> Vec<LevelRow> {
    let of_side = |side: Side| {
        levels[side.index()].iter().map(move |(&price, &quantity)| LevelRow { side, price, quantity })
    };
    Side::BOTH.into_iter().flat_map(of_side).collect()
}

/// Matches a matching stream by the plainest means: a map of queues, walked from the front.
#[test]
fn a_matching_stream_matches_to_the_stated_end() {
    for workload in workloads() {
        let stream = workload.with_messages(SMALL / 10).stream(Form::Matching);
        let mut queues: [BTreeMap<i64, VecDeque<(u64, u32)>>; 2] = Default::default();
        let mut place: HashMap<u64, (Side, i64)> = HashMap::new();
        let mut traded = 0;
        let mut crossed = 0;
        for message in stream.resting.iter().chain(&stream.messages) {
            if matches!(message.kind, Kind::Cancel | Kind::Modify) {
                let (side, price) = place.remove(&message.id).expect("the order is live");
                let queue = queues[side.index()].get_mut(&price).unwrap();
                queue.retain(|order| order.0 != message.id);
                if queue.is_empty() {
                    queues[side.index()].remove(&price);
                }
            }
            if message.kind == Kind::Cancel {
                continue;
            }
            let mut left = message.quantity;
            let makers = &mut queues[message.side.opposite().index()];
            while left > 0 {
                let best = match message.side {
                    Side::Buy => makers.first_entry(),
                    Side::Sell => makers.last_entry(),
                };
                let Some(mut best) = best else { break };
                if message.kind != Kind::Market
                    && message.side.is_better((*best.key()).into(), message.price.into())
                {
                    break;
                }
                let maker = best.get_mut().front_mut().unwrap();
                let lots = left.min(maker.1);
                left -= lots;
                maker.1 -= lots;
                traded += u64::from(lots);
                if maker.1 == 0 {
                    place.remove(&maker.0);
                    best.get_mut().pop_front();
                    if best.get().is_empty() {
                        best.remove();
                    }
                }
            }
            crossed += usize::from(left < message.quantity);
            assert!(message.kind != Kind::Modify || left == message.quantity, "a modify does not cross");
            if left > 0 && message.kind != Kind::Market {
                place.insert(message.id, (message.side, message.price));
                let queue = queues[message.side.index()].entry(message.price).or_default();
                queue.push_back((message.id, left));
            }
        }
        assert_eq!(crossed, stream.mix.markets + stream.mix.crossing);
        assert_eq!(traded, stream.traded);
        assert_eq!(place.len(), stream.end.live);
        let levels = queues.map(|side| {
            let total = |queue: &VecDeque<(u64, u32)>| queue.iter().map(|order| u64::from(order.1)).sum();
            side.iter().map(|(&price, queue)| (price, total(queue))).collect()
        });
        assert_eq!(rows(&levels), stream.end.levels);
    }
}

#[test]
fn other_ids_rename_and_change_nothing_else() {
    let stream = Workload::REALISTIC.with_messages(50_000).stream(Form::Feed);
    for ids in [Ids::Shuffled, Ids::Sparse] {
        let renamed = stream.with_ids(ids);
        let mut names: HashMap<u64, u64> = HashMap::new();
        for (old, new) in
            stream.resting.iter().zip(&renamed.resting).chain(stream.messages.iter().zip(&renamed.messages))
        {
            assert_eq!(*names.entry(old.id).or_insert(new.id), new.id);
            assert_eq!(Message { id: old.id, ..*new }, *old);
        }
        let distinct: HashSet<u64> = names.values().copied().collect();
        assert_eq!(distinct.len(), names.len());
        match ids {
            Ids::Shuffled => {
                assert_eq!(renamed.last_id, stream.last_id);
                assert!(distinct.iter().all(|id| (1..=stream.last_id).contains(id)));
                let kept = names.iter().filter(|(old, new)| old == new).count();
                assert!(kept < 20, "{kept} ids are where they were");
            }
            Ids::Sparse => {
                let octants: HashSet<u64> = distinct.iter().map(|id| id >> 61).collect();
                assert_eq!(octants.len(), 8, "the ids cover all 64 bits");
            }
        }
    }
}

#[test]
fn events_carry_what_the_message_says() {
    let stream = Workload::REALISTIC.with_messages(10_000).stream(Form::Feed);
    let mut seen = HashSet::new();
    for message in &stream.messages {
        let event = message.event();
        let expected = match message.kind {
            Kind::Add => EventKind::Add,
            Kind::Cancel => EventKind::Delete,
            Kind::Modify => EventKind::Modify,
            Kind::Execute | Kind::Market => EventKind::Execute,
        };
        seen.insert(event.kind);
        assert_eq!((event.kind, event.order_id.0, event.side), (expected, message.id, message.side));
        assert_eq!((event.price.0, event.quantity.0), (message.price, u64::from(message.quantity)));
    }
    assert_eq!(seen.len(), 4);
}
