use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use super::*;
use crate::book::BookConfig;
use crate::engine::{Engine, EngineConfig};
use crate::feed::EventSource;
use crate::oms::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind, WantedQuote, WantedQuotes};
use crate::sim::{Replay, SyntheticConfig, SyntheticFlow, VenueConfig};
use crate::strategy::{MarketView, StoikovConfig, StoikovStrategy, Strategy};
use crate::types::{Event, EventKind, Instrument, OrderId, Price, Quantity, Side, Timestamp, event_flags};

const SECOND: u64 = 1_000_000_000;

fn instrument(id: u32) -> Instrument {
    Instrument::new("TEST", 0.01, 1.0).unwrap().with_id(InstrumentId(id))
}

fn engine_config(id: u32) -> EngineConfig {
    let book = BookConfig { max_orders: 4096, window_ticks: 256, ..BookConfig::default() };
    EngineConfig { book, ..EngineConfig::new(instrument(id)) }
}

fn replay(id: u32) -> Replay<StoikovStrategy> {
    let strategy = StoikovStrategy::new(&StoikovConfig { warm_up: 10, ..StoikovConfig::default() }).unwrap();
    Replay::new(&engine_config(id), strategy, &VenueConfig::default()).unwrap()
}

fn flow(seed: u64) -> Vec<Event> {
    let config = SyntheticConfig { events: 3_000, seed, ..SyntheticConfig::default() };
    let mut flow = SyntheticFlow::new(&config).unwrap();
    std::iter::from_fn(|| flow.next_event().unwrap()).collect()
}

#[test]
fn results_are_the_same_at_any_number_of_threads_and_those_of_a_plain_loop() {
    let flows: Vec<Vec<Event>> = (0..6).map(flow).collect();
    let alone: Vec<u64> = flows
        .iter()
        .enumerate()
        .map(|(id, events)| {
            let mut replay = replay(id as u32);
            for event in events {
                replay.on_event(event).unwrap();
            }
            assert!(replay.summary().unwrap().stats.fills > 0);
            replay.engine().state_hash()
        })
        .collect();
    let run = |threads, inputs, idle| {
        let config = ManagerConfig { threads, inputs, idle, ..ManagerConfig::default() };
        let (manager, outputs) = Manager::start(&config, (0..6).map(replay)).unwrap();
        assert_eq!(manager.threads(), threads.min(6));
        let sender = manager.sender();
        let longest = flows.iter().map(Vec::len).max().unwrap();
        for i in 0..longest {
            for (id, events) in flows.iter().enumerate() {
                if let Some(event) = events.get(i) {
                    sender.send(InstrumentId(id as u32), &Input::Market(*event)).unwrap();
                }
            }
        }
        let finished = manager.stop(outputs, |_| {});
        let hashes: Vec<u64> = finished.iter().map(|finished| finished.unit.state_hash()).collect();
        assert_eq!(hashes, alone, "{threads} threads");
        for (finished, events) in finished.iter().zip(&flows) {
            assert_eq!((finished.inputs, finished.errors), (events.len() as u64, 0));
        }
        combined_hash(&finished)
    };
    let one = run(1, 4096, Idle::Yield);
    assert_eq!(run(2, 16, Idle::Yield), one);
    assert_eq!(run(4, 1, Idle::Yield), one);
    assert_eq!(run(3, 1 << 16, Idle::Spin), one);
    assert_eq!(run(9, 64, Idle::Sleep(Duration::from_micros(50))), one);
}

/// Why a [`Probe`] refuses.
#[derive(Debug, PartialEq, Eq)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

/// Answers every order id with a cancel of it; fails at what the price says.
#[derive(Clone)]
struct Probe {
    id: u32,
    seen: Vec<u64>,
    resting: Vec<bool>,
}

impl Probe {
    const BAD_DATA: i64 = 1;
    const ERROR: i64 = 2;
    const PANIC: i64 = 3;

    fn new(id: u32) -> Self {
        Self { id, seen: Vec::new(), resting: Vec::new() }
    }
}

impl Unit for Probe {
    type Error = Refused;

    fn instrument(&self) -> InstrumentId {
        InstrumentId(self.id)
    }

    fn on_input(&mut self, input: &Input, emit: &mut Emit<'_>) -> Result<(), Refused> {
        let Input::Market(event) = input else { return Ok(()) };
        match event.price.0 {
            Self::BAD_DATA => return Err(Refused("bad data")),
            Self::ERROR => return Err(Refused("error")),
            Self::PANIC => panic!("as told"),
            _ => {}
        }
        self.seen.push(event.order_id.0);
        emit.action(&OrderAction {
            kind: OrderActionKind::Cancel,
            order_id: event.order_id,
            ..OrderAction::EMPTY
        });
        Ok(())
    }

    fn fault_of(error: &Refused) -> Option<Fault> {
        (error.0 == "error").then_some(Fault::Error)
    }

    fn rest(&mut self, is_resting: bool, _: Timestamp, _: &mut Emit<'_>) -> Result<(), Refused> {
        self.resting.push(is_resting);
        Ok(())
    }

    fn state_hash(&self) -> u64 {
        self.seen.len() as u64
    }
}

fn market(id: u64, price: i64, second: u64) -> Input {
    Input::Market(Event {
        kind: EventKind::Add,
        order_id: OrderId(id),
        price: Price(price),
        timestamp: Timestamp(second * SECOND),
        ..Event::EMPTY
    })
}

#[test]
fn nothing_is_lost_or_reordered_with_the_smallest_queues_and_a_shutdown_amid_work() {
    const INPUTS: u64 = 400;
    let config = ManagerConfig { threads: 3, inputs: 1, outputs: 1, ..ManagerConfig::default() };
    let (manager, mut outputs) = Manager::start(&config, (0..5).map(Probe::new)).unwrap();
    let sender = manager.sender();
    let feeding = std::thread::spawn(move || {
        for i in 0..INPUTS {
            for id in 0..5 {
                sender.send(InstrumentId(id), &market(i, 100, i)).unwrap();
            }
        }
    });
    let mut got: HashMap<u32, Vec<u64>> = HashMap::new();
    let mut note = |output: Output| {
        let OutputKind::Action(action) = output.kind else { panic!("{output:?}") };
        got.entry(output.instrument.0).or_default().push(action.order_id.0);
    };
    while !feeding.is_finished() {
        if let Some(output) = outputs.take() {
            note(output);
        }
    }
    feeding.join().unwrap();
    let finished = manager.stop(outputs, &mut note);
    let all: Vec<u64> = (0..INPUTS).collect();
    for finished in finished {
        assert_eq!(finished.unit.seen, all);
        assert_eq!(got[&finished.unit.id], all);
    }
}

#[test]
fn too_many_errors_rest_one_unit_and_others_go_on() {
    let (manager, outputs) =
        Manager::start(&ManagerConfig::default(), [Probe::new(1), Probe::new(2)]).unwrap();
    let sender = manager.sender();
    let send = |id, input| sender.send(InstrumentId(id), &input).unwrap();
    for _ in 0..9 {
        send(1, market(0, Probe::BAD_DATA, 10));
    }
    for i in 0..4 {
        send(1, market(i, Probe::ERROR, 10));
        send(2, market(i, 100, 10));
    }
    send(1, market(50, 100, 309));
    send(1, market(51, 100, 310));
    send(2, Input::Fault(Fault::ConnectionLost, Timestamp(400 * SECOND)));
    let mut said = Vec::new();
    let finished = manager.stop(outputs, |output| {
        if !matches!(output.kind, OutputKind::Action(_)) {
            said.push((output.instrument.0, output.kind));
        }
    });
    let at = |second: u64| Timestamp(second * SECOND);
    assert_eq!(
        said,
        [
            (1, OutputKind::RestBegins(at(310))),
            (1, OutputKind::RestEnds),
            (2, OutputKind::RestBegins(at(460))),
        ]
    );
    assert_eq!(finished[0].unit.resting, [true, false]);
    assert_eq!(finished[0].unit.seen, [50, 51], "a resting unit hears its market");
    assert_eq!((finished[0].errors, finished[0].rests), (13, 1));
    assert_eq!(finished[0].last_error, Some(Refused("error")));
    assert_eq!(finished[1].unit.seen, [0, 1, 2, 3]);
    assert_eq!(finished[1].unit.resting, [true]);
}

#[test]
fn a_panic_breaks_one_unit_and_others_go_on() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let (manager, outputs) =
        Manager::start(&ManagerConfig::default(), [Probe::new(1), Probe::new(2)]).unwrap();
    let sender = manager.sender();
    sender.send(InstrumentId(1), &market(0, Probe::PANIC, 1)).unwrap();
    for i in 0..3 {
        sender.send(InstrumentId(1), &market(i, 100, 1)).unwrap();
        sender.send(InstrumentId(2), &market(i, 100, 1)).unwrap();
    }
    let mut broken = Vec::new();
    let finished = manager.stop(outputs, |output| {
        if output.kind == OutputKind::Broken {
            broken.push(output.instrument.0);
        }
    });
    std::panic::set_hook(hook);
    assert_eq!(broken, [1]);
    assert!(finished[0].is_broken && finished[0].unit.seen.is_empty());
    assert_eq!(finished[0].unheard, 3);
    assert_eq!(finished[1].unit.seen, [0, 1, 2]);
}

#[test]
fn outputs_that_nobody_takes_are_counted_and_hold_nothing_up() {
    let config = ManagerConfig { outputs: 4, ..ManagerConfig::default() };
    let (manager, outputs) = Manager::start(&config, [Probe::new(0)]).unwrap();
    drop(outputs);
    for i in 0..100 {
        manager.sender().send(InstrumentId(0), &market(i, 100, 1)).unwrap();
    }
    let finished = manager.finish();
    assert_eq!((finished[0].unit.seen.len(), finished[0].undelivered), (100, 96));
}

/// Quotes one lot outside the best prices.
struct Join;

impl Strategy for Join {
    fn quotes(&mut self, view: &MarketView) -> WantedQuotes {
        let quote = |price: i64| Some(WantedQuote { price: price as f64, quantity: 1.0 });
        match view.top.sound() {
            Some((bid, ask)) => WantedQuotes::one_level(quote(bid.0 - 1), quote(ask.0 + 1)),
            None => WantedQuotes::NONE,
        }
    }
}

#[test]
fn a_resting_engine_withdraws_its_quotes_and_quotes_again_afterwards() {
    let unit = EngineUnit::new(Engine::new(&engine_config(7), Join).unwrap());
    let (manager, mut outputs) = Manager::start(&ManagerConfig::default(), [unit]).unwrap();
    let sender = manager.sender();
    let mut take = |count: usize| -> Vec<OutputKind> {
        std::iter::from_fn(|| {
            loop {
                if let Some(output) = outputs.take() {
                    return Some(output.kind);
                }
                std::thread::yield_now();
            }
        })
        .take(count)
        .collect()
    };
    let kinds = |outputs: &[OutputKind]| -> Vec<Option<OrderActionKind>> {
        let kind = |output: &OutputKind| match output {
            OutputKind::Action(action) => Some(action.kind),
            _ => None,
        };
        outputs.iter().map(kind).collect()
    };
    let add = |id, side, price, second: u64| {
        Input::Market(Event {
            kind: EventKind::Add,
            order_id: OrderId(id),
            side,
            price: Price(price),
            quantity: Quantity(5),
            timestamp: Timestamp(second * SECOND),
            flags: event_flags::LAST,
            ..Event::EMPTY
        })
    };
    let send = |input| sender.send(InstrumentId(7), &input).unwrap();
    send(add(1, Side::Buy, 100, 1));
    send(add(2, Side::Sell, 110, 1));
    let placed = take(2);
    assert_eq!(kinds(&placed), [Some(OrderActionKind::Place); 2]);
    for output in &placed {
        let OutputKind::Action(action) = output else { panic!("{output:?}") };
        send(Input::Report(ExecutionReport {
            instrument: action.instrument,
            kind: ExecutionKind::Accepted,
            order_id: action.order_id,
            side: action.side,
            price: action.price,
            quantity: action.quantity,
            leaves: action.quantity,
            timestamp: Timestamp(2 * SECOND),
            ..ExecutionReport::EMPTY
        }));
    }
    send(Input::Fault(Fault::ConnectionLost, Timestamp(3 * SECOND)));
    let withdrawn = take(3);
    assert_eq!(withdrawn[0], OutputKind::RestBegins(Timestamp(63 * SECOND)));
    assert_eq!(kinds(&withdrawn[1..]), [Some(OrderActionKind::Cancel); 2]);
    send(add(3, Side::Buy, 101, 30)); // hears it, and stays away
    for output in &placed {
        let OutputKind::Action(action) = output else { panic!("{output:?}") };
        send(Input::Report(ExecutionReport {
            instrument: action.instrument,
            kind: ExecutionKind::Cancelled,
            order_id: action.order_id,
            side: action.side,
            price: action.price,
            timestamp: Timestamp(31 * SECOND),
            ..ExecutionReport::EMPTY
        }));
    }
    send(add(4, Side::Buy, 102, 63));
    let again = take(3);
    assert_eq!(again[0], OutputKind::RestEnds);
    assert_eq!(kinds(&again[1..]), [Some(OrderActionKind::Place); 2]);
    drop(outputs);
    assert_eq!(manager.finish()[0].errors, 0);
}

#[test]
fn bad_settings_unknown_instruments_and_closed_doors_are_typed_errors() {
    let start = |config: &ManagerConfig, ids: &[u32]| {
        Manager::start(config, ids.iter().map(|&id| Probe::new(id))).map(|_| ()).unwrap_err()
    };
    let good = ManagerConfig::default;
    for (parameter, config) in [
        ("threads", ManagerConfig { threads: 0, ..good() }),
        ("inputs", ManagerConfig { inputs: 0, ..good() }),
        ("outputs", ManagerConfig { outputs: 0, ..good() }),
        ("back_pressure", ManagerConfig { back_pressure: BackPressure::DropOldest, ..good() }),
    ] {
        assert_eq!(start(&config, &[1]), ManagerError::BadParameter { parameter });
    }
    assert_eq!(start(&good(), &[4, 2, 4]), ManagerError::DuplicateInstrument(4));
    let processor = usize::MAX;
    let nowhere = ManagerConfig { threads: 2, processors: vec![processor], ..good() };
    assert_eq!(start(&nowhere, &[1, 2]), ManagerError::Affinity(AffinityError { processor }));
    // What does not start gives its units back.
    let (_, back) = Manager::try_start(&nowhere, [4, 2, 9].map(Probe::new).to_vec()).map(|_| ()).unwrap_err();
    assert_eq!(back.iter().map(|unit| unit.id).collect::<Vec<_>>(), [4, 2, 9]);

    let (manager, outputs) = Manager::start(&good(), [Probe::new(1)]).unwrap();
    let sender = manager.sender();
    let send = |id| sender.send(InstrumentId(id), &market(1, 100, 1));
    assert_eq!(send(9), Err(SendError::UnknownInstrument(9)));
    manager.close();
    assert_eq!(send(1), Err(SendError::Queue(QueueError::Closed)));
    assert_eq!(manager.stop(outputs, |_| {})[0].inputs, 0);
}

#[test]
fn a_manager_is_idle_when_every_input_is_worked_off_and_its_outputs_can_be_taken() {
    let config = ManagerConfig { threads: 2, outputs: 256, ..ManagerConfig::default() };
    let (manager, mut outputs) = Manager::start(&config, (0..3).map(Probe::new)).unwrap();
    let sender = manager.sender();
    assert!(sender.is_idle());
    for round in 1..=5_u64 {
        for i in 0..10 {
            for id in 0..3 {
                sender.send(InstrumentId(id), &market(i, 100, i)).unwrap();
            }
        }
        while !sender.is_idle() {
            std::thread::yield_now();
        }
        assert_eq!((sender.sent(), sender.done()), (30 * round, 30 * round));
        let mut count = 0;
        while outputs.take().is_some() {
            count += 1;
        }
        assert_eq!(count, 30);
    }
    assert_eq!(manager.stop(outputs, |_| {}).len(), 3);
}

#[test]
fn a_sender_that_must_not_wait_is_refused_and_can_send_again() {
    let config = ManagerConfig {
        inputs: 1,
        outputs: 1,
        back_pressure: BackPressure::Reject,
        ..ManagerConfig::default()
    };
    let (manager, outputs) = Manager::start(&config, [Probe::new(1)]).unwrap();
    let sender = manager.sender();
    let mut sent = 0;
    // Nobody takes outputs: the worker stops at the second of them, and then the queue is full.
    while sent < 10 && sender.refused() == 0 {
        sent += u64::from(sender.send(InstrumentId(1), &market(sent, 100, 1)).is_ok());
    }
    assert_eq!(sender.refused(), 1);
    assert!(sender.waiting(InstrumentId(1)).is_some_and(|waiting| waiting <= 1));
    let finished = manager.stop(outputs, |_| {});
    assert_eq!(finished[0].unit.seen, (0..sent).collect::<Vec<_>>());
}
