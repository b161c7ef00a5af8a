//! A predictor inside the pipeline: events fill a feature window, complete rows go to a network, and what it says becomes
//! the [`Prediction`] that the strategy's rule may follow.
//!
//! **What the outputs mean** is [`Reading`]'s: a network trained to continue the default channels is read by two of them
//! (returns and a volatility), taken back to their units with the window's normaliser; one trained on targets of its
//! own gives change, volatility and direction directly.
//!
//! **Time.** A row is complete when its end has passed, and a prediction is about the time after its last row. It holds until
//! its horizon is over; then there is none until the next.
//!
//! **Gaps.** What breaks the window's chain of states (a cleared book, a snapshot, the beginning and the end of a halt, a gap
//! that the host or the sequence numbers tell of) ends the prediction and starts the stream anew; so does a silence
//! that leaves rows out, for the stream. A whole window goes on: its rows are the same grid, filled forward.
//!
//! Hot path: a row costs what the network costs, an event without one what the channels cost; nothing is allocated after
//! construction. Single writer.

use crate::book::{Depth, Touched};
use crate::features::{CHANNELS, Channel, FeatureWindow};
use crate::model::predictor::{Predictor, PredictorError};
use crate::strategy::Prediction;
use crate::types::{Event, EventKind, Quantity, Side, Timestamp, event_flags};

/// Which channel of a forecast row is a volatility.
const VOLATILITIES: [Channel; 3] =
    [Channel::VolatilityFast, Channel::VolatilityMedium, Channel::VolatilitySlow];

/// When the network is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// At every row, with the whole window and a state that starts at zero, as it was trained.
    Window,
    /// Row by row with the state carried: cheaper, and fresh every [`stream_period`](crate::model::predictor::Shape)
    /// rows.
    Stream,
}

/// What a network's outputs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Rows of the default channels for the coming steps of the grid. The change is the sum of
    /// [`Channel::MidReturn`] over the first `horizon` of them, the volatility the mean of `volatility` over the same; the
    /// direction is 2Φ(z) − 1, z the change over volatility times √time.
    Channels {
        /// Steps that count, 1 ..= the network's.
        horizon: u32,
        /// One of the three volatilities.
        volatility: Channel,
    },
    /// The first three values: the mid's log return over the horizon in basis points, its volatility in ticks per √second
    /// (0 or less says nothing), and the direction, −1 ..= 1.
    Triple {
        /// Steps of the grid that the return is about, at least 1.
        horizon: u32,
    },
}

/// How a predictor is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForecasterConfig {
    /// When it is asked.
    pub asking: Asking,
    /// What it says.
    pub reading: Reading,
}

/// Why a predictor cannot be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecasterError {
    /// The network reads another shape than the window has.
    #[error("the network reads {expected:?} rows and columns, the feature window has {found:?}")]
    Shape {
        /// The network's rows and columns.
        expected: (usize, usize),
        /// The window's.
        found: (usize, usize),
    },
    /// The outputs cannot be read that way.
    #[error("{parameter} does not fit the network's outputs")]
    Outputs {
        /// The setting's name.
        parameter: &'static str,
    },
}

/// A prediction and the time that it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// What is expected.
    pub prediction: Prediction,
    /// The end of the last row that the network had seen: the beginning of the horizon.
    pub as_of: Timestamp,
    /// The end of the horizon. Exclusive.
    pub valid_until: Timestamp,
}

/// What a forecaster has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForecasterStats {
    /// Rows that went to the network.
    pub rows: u64,
    /// Predictions made.
    pub predictions: u64,
    /// Times that the network refused, or said what is no number; there was no prediction then.
    pub failures: u64,
}

/// A feature window and a predictor that reads it.
#[derive(Debug)]
pub struct Forecaster {
    window: FeatureWindow,
    predictor: Predictor,
    config: ForecasterConfig,
    outputs: Box<[f32]>,
    columns: usize,
    /// Where return and volatility stand in a step of the outputs.
    places: (usize, usize),
    /// What quotes may follow, until its time is over.
    current: Option<Forecast>,
    /// The last one made, be it over.
    latest: Option<Forecast>,
    skipped: u64,
    /// The predictor's stream has taken rows in.
    is_streaming: bool,
    is_halted: bool,
    stats: ForecasterStats,
}

impl Forecaster {
    /// Puts the two together.
    ///
    /// # Errors
    /// [`ForecasterError::Shape`] where the network does not read the window's rows of [`CHANNELS`] values;
    /// [`ForecasterError::Outputs`] naming `horizon`, `volatility` or `reading`.
    pub fn new(
        config: &ForecasterConfig,
        window: FeatureWindow,
        mut predictor: Predictor,
    ) -> Result<Self, ForecasterError> {
        let shape = predictor.shape();
        let expected = (shape.input_rows, shape.input_columns);
        let found = (window.len(), CHANNELS);
        if expected != found {
            return Err(ForecasterError::Shape { expected, found });
        }
        let bad = |parameter| Err(ForecasterError::Outputs { parameter });
        let (mut columns, mut places) = (shape.output_columns, (0, 0));
        let mut outputs = shape.output_len();
        match config.reading {
            Reading::Channels { horizon, volatility } => {
                if columns != CHANNELS {
                    return bad("reading");
                }
                if horizon == 0 || horizon as usize > shape.output_rows {
                    return bad("horizon");
                }
                if !VOLATILITIES.contains(&volatility) {
                    return bad("volatility");
                }
                places = (Channel::MidReturn.index(), volatility.index());
                if config.asking == Asking::Window {
                    // Only what is read is computed.
                    let horizons: Vec<usize> = (0..horizon as usize).collect();
                    if predictor.select(&horizons, &[places.0, places.1]).is_err() {
                        return bad("horizon");
                    }
                    (columns, places) = (2, (0, 1));
                    outputs = horizons.len() * columns;
                }
            }
            Reading::Triple { .. } if outputs < 3 => return bad("reading"),
            Reading::Triple { horizon: 0 } => return bad("horizon"),
            Reading::Triple { .. } => {}
        }
        Ok(Self {
            window,
            predictor,
            config: *config,
            outputs: vec![0.0; outputs].into_boxed_slice(),
            columns,
            places,
            current: None,
            latest: None,
            skipped: 0,
            is_streaming: false,
            is_halted: false,
            stats: ForecasterStats::default(),
        })
    }

    /// Takes an event that the book has just taken in; true where it brought a new prediction, or ended one. Hot path.
    pub fn on_event(&mut self, event: &Event, touched: Touched, book: &impl Depth) -> bool {
        let rows = self.window.on_event(event, touched, book);
        // Rows that the event's time completed ended before the event.
        let is_new = rows != 0 && self.on_rows(rows as usize, book);
        let is_break = match event.kind {
            EventKind::Clear => true,
            EventKind::Status => {
                let was_halted = self.is_halted;
                self.is_halted = event.quantity == Quantity::ZERO;
                self.is_halted != was_halted
            }
            _ => event.has(event_flags::SNAPSHOT),
        };
        if is_break { self.start_anew() || is_new } else { is_new }
    }

    /// It is `now`: rows that have ended go to the network, as if an event had come that changes nothing. True as for
    /// [`on_event`](Self::on_event). Hot path.
    pub fn advance(&mut self, now: Timestamp, book: &impl Depth) -> bool {
        let rows = self.window.advance(now);
        rows != 0 && self.on_rows(rows as usize, book)
    }

    /// There is a gap in the feed: breaks the window's chain of states, ends the prediction and starts the stream anew. True
    /// where there was a prediction. Hot path.
    pub fn interrupt(&mut self) -> bool {
        self.window.interrupt();
        self.start_anew()
    }

    fn start_anew(&mut self) -> bool {
        self.reset_stream();
        self.current.take().is_some()
    }

    /// Once for a whole snapshot: resetting costs as much as the states are large.
    fn reset_stream(&mut self) {
        if self.is_streaming {
            self.predictor.reset();
            self.is_streaming = false;
        }
    }

    fn on_rows(&mut self, rows: usize, book: &impl Depth) -> bool {
        let before = self.current;
        self.stats.rows += rows as u64;
        let skipped = self.window.rows_skipped();
        if skipped != self.skipped {
            self.skipped = skipped;
            self.reset_stream();
        }
        let asked = match self.config.asking {
            Asking::Window => self.ask_window(),
            Asking::Stream => self.ask_stream(rows),
        };
        let as_of = self.last_end();
        match asked {
            // Between two forecasts the last one holds, while its horizon lasts.
            Ok(false) => self.current = before.filter(|forecast| as_of < forecast.valid_until),
            Ok(true) => {
                let mid = book.best(Side::Buy).zip(book.best(Side::Sell));
                let mid = mid.map(|(bid, ask)| bid.price.0.saturating_add(ask.price.0) as f64 * 0.5);
                self.current = mid.and_then(|mid| self.read(mid)).map(|prediction| Forecast {
                    prediction,
                    as_of,
                    valid_until: Timestamp(as_of.0.saturating_add(self.horizon_ns())),
                });
                self.latest = self.current.or(self.latest);
                self.count();
            }
            Err(_) => {
                self.current = None;
                self.count();
            }
        }
        self.current != before
    }

    fn count(&mut self) {
        if self.current.is_some() {
            self.stats.predictions += 1;
        } else {
            self.stats.failures += 1;
        }
    }

    fn ask_window(&mut self) -> Result<bool, PredictorError> {
        let Ok(window) = self.window.window() else { return Ok(false) };
        match self.config.reading {
            Reading::Channels { .. } => self.predictor.predict_part(window, &mut self.outputs)?,
            Reading::Triple { .. } => self.predictor.predict(window, &mut self.outputs)?,
        }
        Ok(true)
    }

    fn ask_stream(&mut self, rows: usize) -> Result<bool, PredictorError> {
        let mut is_fresh = false;
        self.is_streaming = true;
        for row in self.window.latest_rows(rows).chunks_exact(CHANNELS) {
            is_fresh |= self.predictor.push(row)?;
        }
        if is_fresh {
            self.predictor.forecast(&mut self.outputs)?;
        }
        Ok(is_fresh)
    }

    /// The outputs in the market's units; `None` where they are no finite numbers.
    fn read(&self, mid: f64) -> Option<Prediction> {
        let seconds = self.horizon_ns() as f64 * 1e-9;
        let prediction = match self.config.reading {
            Reading::Channels { horizon, volatility } => {
                let (mut basis_points, mut sum) = (0.0, 0.0);
                for step in self.outputs.chunks_exact(self.columns).take(horizon as usize) {
                    basis_points += self.window.original(Channel::MidReturn, step[self.places.0]);
                    sum += self.window.original(volatility, step[self.places.1]);
                }
                let change = ticks(mid, basis_points);
                let volatility = sum / f64::from(horizon);
                // Where the network sees no volatility, it says nothing about how sure it is.
                let direction = if volatility > 0.0 {
                    libm::erf(change / (volatility * (2.0 * seconds).sqrt()))
                } else {
                    0.0
                };
                Prediction { change, volatility: (volatility > 0.0).then_some(volatility), direction }
            }
            Reading::Triple { .. } => {
                let value = |index: usize| f64::from(self.outputs[index]);
                let volatility = value(1);
                Prediction {
                    change: ticks(mid, value(0)),
                    volatility: (volatility > 0.0).then_some(volatility),
                    direction: value(2).clamp(-1.0, 1.0),
                }
            }
        };
        (prediction.change.is_finite() && prediction.direction.is_finite()).then_some(prediction)
    }

    /// When the last row ended.
    fn last_end(&self) -> Timestamp {
        let next = self.window.next_end().map_or(0, |end| end.0);
        Timestamp(next.saturating_sub(self.window.step_ns()))
    }

    fn horizon_ns(&self) -> u64 {
        let (Reading::Channels { horizon, .. } | Reading::Triple { horizon }) = self.config.reading;
        u64::from(horizon).saturating_mul(self.window.step_ns())
    }

    /// What is expected as of `now`. Hot path: O(1).
    #[inline]
    #[must_use]
    pub fn prediction(&self, now: Timestamp) -> Option<Prediction> {
        self.current.filter(|forecast| now < forecast.valid_until).map(|forecast| forecast.prediction)
    }

    /// The last prediction made with its times, be it over ([`prediction`](Self::prediction) tells). O(1).
    #[must_use]
    pub const fn latest(&self) -> Option<&Forecast> {
        self.latest.as_ref()
    }

    /// The window.
    #[must_use]
    pub const fn window(&self) -> &FeatureWindow {
        &self.window
    }

    /// The predictor.
    #[must_use]
    pub const fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &ForecasterConfig {
        &self.config
    }

    /// Counters.
    #[must_use]
    pub const fn stats(&self) -> &ForecasterStats {
        &self.stats
    }
}

/// A log return in basis points as a change in ticks.
fn ticks(mid: f64, basis_points: f64) -> f64 {
    mid * libm::expm1(basis_points * 1e-4)
}
