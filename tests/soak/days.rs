//! The days that are repeated: a recorded hour where the data are installed, and synthetic flow, with the time going on from
//! one to the next.

use market_maker::feed::{EventSource, Input, LobsterReader};
use market_maker::sim::{SyntheticConfig, SyntheticFlow};
use market_maker::types::{Event, EventKind, Instrument, Timestamp, event_flags};

use super::common::data_file;

/// Events of a synthetic day.
const SYNTHETIC: u64 = 400_000;

pub struct Days {
    days: Vec<Vec<Event>>,
}

fn drain(mut source: impl EventSource) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = source.next_event().expect("a whole recording") {
        events.push(event);
    }
    events
}

fn recorded() -> Option<Vec<Event>> {
    let messages = data_file("lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst")?;
    let book = data_file("lobster/AAPL_2012-06-21_34200000_37800000_orderbook_50_first672.csv.zst")?;
    let instrument = Instrument::new("AAPL", 0.01, 1.0).unwrap();
    let reader = LobsterReader::new(Input::open(messages).unwrap(), &instrument);
    Some(drain(reader.with_seed(&Input::open(book).unwrap(), 0).unwrap()))
}

impl Days {
    pub fn read() -> Self {
        let synthetic = |seed| {
            let config = SyntheticConfig { seed, events: SYNTHETIC, ..SyntheticConfig::default() };
            drain(SyntheticFlow::new(&config).unwrap())
        };
        let mut days = vec![synthetic(1), synthetic(2)];
        days.extend(recorded());
        // Every day begins with an empty book.
        for day in &mut days {
            let first = day[0].timestamp;
            day.insert(
                0,
                Event { kind: EventKind::Clear, timestamp: first, flags: event_flags::LAST, ..Event::EMPTY },
            );
        }
        Self { days }
    }

    /// The day after `number` others.
    pub fn day(&self, number: u64) -> &[Event] {
        &self.days[(number % self.days.len() as u64) as usize]
    }

    /// How much later than it says a day happens that begins at `start`.
    pub fn offset(day: &[Event], start: Timestamp) -> u64 {
        start.0.saturating_sub(day[0].timestamp.0) + 1_000_000_000
    }
}
