use super::*;
use crate::book::{BookConfig, Depth};
use crate::features::{CHANNELS, Channel, FeatureWindow, FeatureWindowConfig};
use crate::feed::EventSource;
use crate::model::lstm::LstmConfig;
use crate::model::predictor::{Predictor, PredictorConfig};
use crate::model::ssm::SsmHippoConfig;
use crate::oms::{ExecutionKind, ExecutionReport, OrderAction, OrderActionKind};
use crate::risk::RiskConfig;
use crate::sim::{SyntheticConfig, SyntheticFlow};
use crate::strategy::{Prediction, PredictionRule, StoikovConfig, StoikovStrategy};
use crate::types::{Event, EventKind, Instrument, Quantity, Side, Timestamp, event_flags};

const ROWS: usize = 12;
const STEP: u64 = 100_000_000;

fn network() -> SsmHippoConfig {
    SsmHippoConfig {
        d_model: 16,
        n_layer: 2,
        seq_len: ROWS,
        num_channels: CHANNELS,
        forecast_len: 4,
        patch_len: 4,
        stride: 2,
        ..SsmHippoConfig::default()
    }
}

fn window() -> FeatureWindow {
    let config = FeatureWindowConfig { rows: ROWS as u32, step_ns: STEP, ..Default::default() };
    FeatureWindow::new(&config).unwrap()
}

fn predictor() -> Predictor {
    Predictor::from_seed(&PredictorConfig::SsmHippo(network()), 5).unwrap()
}

fn channels(asking: Asking) -> ForecasterConfig {
    let reading = Reading::Channels { horizon: 3, volatility: Channel::VolatilityMedium };
    ForecasterConfig { asking, reading }
}

fn flow(events: u64) -> Vec<Event> {
    let config = SyntheticConfig { events, seed: 3, ..SyntheticConfig::default() };
    let mut flow = SyntheticFlow::new(&config).unwrap();
    std::iter::from_fn(|| flow.next_event().unwrap()).collect()
}

fn engine(rule: PredictionRule, forecaster: Option<Forecaster>) -> Engine<StoikovStrategy> {
    let instrument = Instrument::new("TEST", 0.01, 1.0).unwrap();
    let book = BookConfig { max_orders: 8192, window_ticks: 1024, ..BookConfig::default() };
    let strategy = StoikovConfig { prediction: rule, warm_up: 10, ..StoikovConfig::default() };
    let strategy = StoikovStrategy::new(&strategy).unwrap();
    let mut engine = Engine::new(&EngineConfig { book, ..EngineConfig::new(instrument) }, strategy).unwrap();
    engine.set_forecaster(forecaster);
    engine
}

/// What the engine holds after each event.
fn predictions(
    config: &ForecasterConfig,
    events: &[Event],
) -> (Vec<Option<Prediction>>, Engine<StoikovStrategy>) {
    let forecaster = Forecaster::new(config, window(), predictor()).unwrap();
    let mut engine = engine(PredictionRule::OFF, Some(forecaster));
    let mut actions = [OrderAction::EMPTY; 16];
    let held = events
        .iter()
        .map(|event| {
            engine.on_event(event, &mut actions).unwrap();
            engine.forecaster().unwrap().prediction(engine.now())
        })
        .collect();
    (held, engine)
}

#[test]
fn predictions_come_with_every_row_of_a_full_window_and_say_what_the_network_says() {
    let events = flow(20_000);
    let (held, engine) = predictions(&channels(Asking::Window), &events);
    let forecaster = engine.forecaster().unwrap();
    let stats = *forecaster.stats();
    assert!(stats.rows > ROWS as u64 + 10);
    // The row that fills the window is the first to be asked about.
    assert!(held.iter().any(Option::is_none) && held.last().unwrap().is_some());
    assert_eq!((stats.predictions, stats.failures), (stats.rows - (ROWS as u64 - 1), 0));

    // The last one, from the whole forecast of a predictor of one's own.
    let mut whole = vec![0.0; 4 * CHANNELS];
    predictor().predict(forecaster.window().window().unwrap(), &mut whole).unwrap();
    let normaliser = forecaster.window().normaliser().unwrap();
    let original = |step: usize, channel: Channel| {
        let at = channel.index();
        let scale = normaliser.var()[at].sqrt();
        f64::from(whole[step * CHANNELS + at]) * scale + normaliser.mean()[at]
    };
    let basis_points: f64 = (0..3).map(|step| original(step, Channel::MidReturn)).sum();
    let volatility = (0..3).map(|step| original(step, Channel::VolatilityMedium)).sum::<f64>() / 3.0;
    let got = held.last().unwrap().unwrap();
    let side = |side| engine.book().best(side).unwrap().price.0 as f64;
    let mid = 0.5 * (side(Side::Buy) + side(Side::Sell));
    // The mid has moved by some ticks since the row was completed; in percent of it that is nothing.
    let change = mid * ((basis_points * 1e-4).exp() - 1.0);
    assert!((got.change - change).abs() <= 0.01 * change.abs(), "{} is not {change}", got.change);
    if volatility > 0.0 {
        assert!((got.volatility.unwrap() - volatility).abs() < 1e-6 * volatility);
        assert_eq!(got.direction.signum(), got.change.signum());
        assert!(got.direction.abs() <= 1.0);
    } else {
        assert_eq!((got.volatility, got.direction), (None, 0.0));
    }
}

#[test]
fn a_streams_prediction_holds_between_its_forecasts_and_ends_with_its_horizon() {
    let mut events = flow(20_000);
    let (held, engine) = predictions(&channels(Asking::Stream), &events);
    let stats = *engine.forecaster().unwrap().stats();
    // A forecast every second row, from the twelfth on; a horizon of three rows bridges them.
    assert_eq!(stats.predictions, (stats.rows - ROWS as u64) / 2 + 1);
    let first = held.iter().position(Option::is_some).unwrap();
    assert!(held[first..].iter().all(Option::is_some));

    // A silence longer than the horizon: the next event finds none.
    let mut late = *events.last().unwrap();
    late.timestamp = Timestamp(late.timestamp.0 + 4 * STEP);
    events.push(Event { kind: crate::types::EventKind::None, ..late });
    let forecaster = engine.forecaster().unwrap();
    assert_eq!(forecaster.prediction(late.timestamp), None);
}

/// The venue does what was asked.
fn done(action: &OrderAction, timestamp: Timestamp) -> ExecutionReport {
    let (kind, leaves) = match action.kind {
        OrderActionKind::Place => (ExecutionKind::Accepted, action.quantity),
        OrderActionKind::Cancel => (ExecutionKind::Cancelled, Quantity::ZERO),
        OrderActionKind::Replace => (ExecutionKind::Replaced, action.quantity),
    };
    ExecutionReport {
        kind,
        order_id: action.order_id,
        new_order_id: action.new_order_id,
        instrument: action.instrument,
        side: action.side,
        price: action.price,
        quantity: action.quantity,
        leaves,
        timestamp,
        ..ExecutionReport::EMPTY
    }
}

#[test]
fn quotes_follow_a_forecaster_only_when_the_rule_is_on() {
    let events = flow(12_000);
    let run = |rule: PredictionRule, is_attached: bool| {
        let forecaster =
            is_attached.then(|| Forecaster::new(&channels(Asking::Window), window(), predictor()).unwrap());
        let mut engine = engine(rule, forecaster);
        let mut actions = [OrderAction::EMPTY; 16];
        let mut all = Vec::new();
        for event in &events {
            let count = engine.on_event(event, &mut actions).unwrap();
            for action in &actions[..count] {
                engine.on_report(&done(action, event.timestamp)).unwrap();
            }
            all.extend_from_slice(&actions[..count]);
        }
        (all, engine.stats().quotes, engine.state_hash())
    };
    let on = PredictionRule { change_weight: 1.0, volatility_weight: 0.5, ..PredictionRule::OFF };
    let plain = run(PredictionRule::OFF, false);
    assert!(plain.0.len() > 100);
    // Off, a predictor changes nothing at all: not even how often quotes are computed.
    assert_eq!(run(PredictionRule::OFF, true), plain);
    assert_eq!(run(on, false), plain);
    let followed = run(on, true);
    assert_ne!(followed.0, plain.0);
    assert_eq!(run(on, true), followed, "the same input gives the same orders");
}

#[test]
fn a_refresh_completes_rows_as_an_event_that_changes_nothing_does() {
    let events = flow(20_000);
    let mut actions = [OrderAction::EMPTY; 16];
    for asking in [Asking::Window, Asking::Stream] {
        let (_, mut refreshed) = predictions(&channels(asking), &events);
        let (_, mut told) = predictions(&channels(asking), &events);
        let rows = refreshed.forecaster().unwrap().stats().rows;
        for step in 1..=3 {
            let now = Timestamp(events.last().unwrap().timestamp.0 + step * STEP);
            refreshed.refresh(now, &mut actions).unwrap();
            told.on_event(&Event { timestamp: now, ..Event::EMPTY }, &mut actions).unwrap();
            let (one, other) = (refreshed.forecaster().unwrap(), told.forecaster().unwrap());
            assert_eq!(one.stats().rows, rows + step);
            assert_eq!((one.stats(), one.latest()), (other.stats(), other.latest()));
            assert_eq!(one.window().latest_row(), other.window().latest_row());
        }
        // A time that has been is nothing new.
        refreshed.refresh(Timestamp(0), &mut actions).unwrap();
        assert_eq!(refreshed.forecaster().unwrap().stats().rows, rows + 3);
    }
}

/// Does something to an engine, given the event that comes next.
type Deed = fn(&mut Engine<StoikovStrategy>, Event);

/// What breaks the chain of states, as the feed or the host tells it.
fn gaps() -> [(&'static str, Deed); 5] {
    fn feed(engine: &mut Engine<StoikovStrategy>, event: Event) {
        engine.on_event(&event, &mut [OrderAction::EMPTY; 16]).unwrap();
    }
    [
        ("clear", |engine, last| feed(engine, Event { kind: EventKind::Clear, ..last })),
        ("snapshot", |engine, last| feed(engine, Event { flags: event_flags::SNAPSHOT, ..last })),
        ("halt", |engine, last| {
            feed(engine, Event { kind: EventKind::Status, quantity: Quantity(0), ..last });
        }),
        ("missing numbers", |engine, last| feed(engine, Event { sequence: last.sequence + 2, ..last })),
        ("the host", |engine, _| engine.interrupt()),
    ]
}

#[test]
fn a_gap_ends_the_prediction_and_starts_the_stream_anew() {
    let mut events = flow(20_000);
    for (number, event) in events.iter_mut().enumerate() {
        event.sequence = number as u64 + 1;
    }
    let watching = |asking| {
        let instrument = Instrument::new("TEST", 0.01, 1.0).unwrap();
        let book = BookConfig { max_orders: 8192, window_ticks: 1024, ..BookConfig::default() };
        let risk = RiskConfig { sequence_gaps: true, ..RiskConfig::default() };
        let strategy = StoikovStrategy::new(&StoikovConfig::default()).unwrap();
        let config = EngineConfig { book, risk, ..EngineConfig::new(instrument) };
        let mut engine = Engine::new(&config, strategy).unwrap();
        engine.set_forecaster(Some(Forecaster::new(&channels(asking), window(), predictor()).unwrap()));
        engine
    };
    for asking in [Asking::Window, Asking::Stream] {
        for (name, break_off) in gaps() {
            let mut engine = watching(asking);
            let mut actions = [OrderAction::EMPTY; 16];
            for event in &events {
                engine.on_event(event, &mut actions).unwrap();
            }
            let held = |engine: &Engine<StoikovStrategy>| {
                let forecaster = engine.forecaster().unwrap();
                (forecaster.prediction(engine.now()), forecaster.latest().copied())
            };
            let (before, latest) = held(&engine);
            assert!(before.is_some(), "{name}");
            let last = events.last().unwrap();
            let none = Event { sequence: last.sequence, timestamp: last.timestamp, ..Event::EMPTY };
            break_off(&mut engine, none);
            // What was said is still known, and over.
            assert_eq!(held(&engine), (None, latest), "{name}");

            // A whole window goes on with the next row; a stream has to see as many rows as at first.
            let made = engine.forecaster().unwrap().stats().predictions;
            let rows = match asking {
                Asking::Window => 1,
                Asking::Stream => ROWS as u64,
            };
            let is_without_book = name == "clear";
            for row in 1..=rows {
                engine.refresh(Timestamp(last.timestamp.0 + row * STEP), &mut actions).unwrap();
                let stats = engine.forecaster().unwrap().stats();
                let is_asked = row == rows;
                assert_eq!(
                    stats.predictions + stats.failures,
                    made + u64::from(is_asked),
                    "{name}, row {row}"
                );
            }
            // Without a mid there are no ticks to say it in.
            assert_eq!(held(&engine).0.is_none(), is_without_book, "{name}");
        }
    }
}

#[test]
fn a_triple_is_read_directly_and_what_is_no_direction_is_bounded() {
    let config = LstmConfig { features: CHANNELS, steps: ROWS, hidden: 16, ..LstmConfig::default() };
    let lstm = || Predictor::from_seed(&PredictorConfig::Lstm(config), 9).unwrap();
    let triple = ForecasterConfig { asking: Asking::Window, reading: Reading::Triple { horizon: 10 } };
    let forecaster = Forecaster::new(&triple, window(), lstm()).unwrap();
    let mut engine = engine(PredictionRule::OFF, Some(forecaster));
    let mut actions = [OrderAction::EMPTY; 16];
    for event in &flow(20_000) {
        engine.on_event(event, &mut actions).unwrap();
    }
    let forecaster = engine.forecaster().unwrap();
    let mut outputs = [0.0; 3];
    lstm().predict(forecaster.window().window().unwrap(), &mut outputs).unwrap();
    let got = forecaster.prediction(engine.now()).unwrap();
    assert_eq!(got.direction, f64::from(outputs[2]).clamp(-1.0, 1.0));
    assert_eq!(got.volatility, (outputs[1] > 0.0).then_some(f64::from(outputs[1])));
    assert_eq!(got.change.signum(), f64::from(outputs[0]).signum());
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    let refused = |config: &ForecasterConfig, window, predictor| {
        Forecaster::new(config, window, predictor).map(|_| ()).unwrap_err()
    };
    let with = |reading| ForecasterConfig { asking: Asking::Window, reading };
    let short = FeatureWindowConfig { rows: 3, step_ns: STEP, ..Default::default() };
    let found = (3, CHANNELS);
    assert_eq!(
        refused(&channels(Asking::Window), FeatureWindow::new(&short).unwrap(), predictor()),
        ForecasterError::Shape { expected: (ROWS, CHANNELS), found }
    );
    for (parameter, reading) in [
        ("horizon", Reading::Channels { horizon: 0, volatility: Channel::VolatilityFast }),
        ("horizon", Reading::Channels { horizon: 5, volatility: Channel::VolatilityFast }),
        ("volatility", Reading::Channels { horizon: 1, volatility: Channel::Spread }),
        ("horizon", Reading::Triple { horizon: 0 }),
    ] {
        assert_eq!(refused(&with(reading), window(), predictor()), ForecasterError::Outputs { parameter });
    }
    let config = LstmConfig { features: CHANNELS, steps: ROWS, hidden: 16, ..LstmConfig::default() };
    let lstm = Predictor::from_seed(&PredictorConfig::Lstm(config), 9).unwrap();
    let reading = Reading::Channels { horizon: 1, volatility: Channel::VolatilityFast };
    assert_eq!(refused(&with(reading), window(), lstm), ForecasterError::Outputs { parameter: "reading" });
}
