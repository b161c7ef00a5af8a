//! What the benchmark asks of every engine, and the check that it did the work.

use market_maker::types::Side;
use market_maker_peers::reference::LevelRow;
use market_maker_peers::streams::{Message, Stream};

/// What a run of messages added up to; returned so that no work can be optimised away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that the engine refused. Every stream is valid, so this must stay 0.
    pub refused: u64,
    /// Lots traded, for engines that match.
    pub traded: u64,
    /// Whatever else the engine returned, folded together.
    pub folded: u64,
}

/// A book under measurement.
pub trait Engine: Sized {
    /// As printed.
    const NAME: &'static str;

    /// An empty book with room for the stream, as far as the engine lets room be reserved. Not timed.
    fn new(stream: &Stream) -> Self;

    /// Applies the messages one at a time. Timed.
    fn run(&mut self, messages: &[Message]) -> Tally;

    /// Every level that holds an order: bids, then asks, each by rising price. Not timed.
    fn levels(&self, stream: &Stream) -> Vec<LevelRow>;

    /// Lots that the engine says have traded, where a run's tally does not say it.
    fn traded(tally: &Tally) -> Option<u64> {
        Some(tally.traded)
    }
}

/// A book with the stream's resting orders in it.
pub fn loaded<E: Engine>(stream: &Stream) -> E {
    let mut engine = E::new(stream);
    let tally = engine.run(&stream.resting);
    assert_eq!((tally.refused, tally.traded), (0, 0), "{} refuses or trades a resting order", E::NAME);
    engine
}

/// Rows of all prices of the stream's range at which `quantity` finds something.
pub fn scan(stream: &Stream, quantity: impl Fn(Side, i64) -> u64) -> Vec<LevelRow> {
    let prices = |side| (stream.lowest..=stream.highest).map(move |price| (side, price));
    let rows = Side::BOTH.into_iter().flat_map(prices).map(|(side, price)| {
        let quantity = quantity(side, price);
        LevelRow { side, price, quantity }
    });
    rows.filter(|row| row.quantity > 0).collect()
}
