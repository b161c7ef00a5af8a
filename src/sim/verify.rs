//! Rebuilt books against published ones: the truth test of readers and book together.
//!
//! LOBSTER publishes the book after every message, Databento (schema mbp-10) after every message that changes its ten
//! best levels. Each published row is compared level by level: price, quantity, and the number of orders where it is
//! published. O(1) per message and O(levels) per row; the books are sized from the length of the recording.

use crate::book::{BookConfig, BookError, Depth as _, Level, OrderBook};
use crate::feed::{
    DatabentoCsvMboReader, DatabentoCsvMbp10Reader, EventSource as _, FeedError, Format, Input,
    LobsterBookReader, LobsterLevel, LobsterReader, Mbp10Row, SourceConfig, detect_increments,
};
use crate::types::{ConversionError, Event, EventKind, Instrument, Side, Symbol, event_flags};

/// Why a comparison could not be made to the end.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The book cannot be built or is full.
    #[error("message {sequence}: {error}")]
    Book {
        /// Sequence of the event that the book refused.
        sequence: u64,
        /// Why.
        error: BookError,
    },
    /// The recording's increments make no instrument.
    #[error(transparent)]
    Increments(#[from] ConversionError),
    /// Nothing to compare.
    #[error("the number of levels to compare is 0")]
    NoLevels,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Published rows in reach: all of the file, or those before the row to stop at.
    pub rows: u64,
    /// Rows that were compared.
    pub compared: u64,
    /// Rows that differ, and rows that no message belongs to.
    pub mismatched_rows: u64,
    /// Number of the first of them; the first row is 0.
    pub first_mismatch_row: Option<u64>,
    /// Events that the book refused, as they name orders that the recording never announced.
    pub refused: u64,
}

impl VerifyReport {
    /// Counts a row.
    fn row(&mut self, number: u64, compared: bool, agrees: bool) {
        self.rows += 1;
        self.compared += u64::from(compared);
        if !agrees {
            self.mismatched_rows += 1;
            self.first_mismatch_row.get_or_insert(number);
        }
    }

    /// Applies an event; what the recording itself cannot know is counted, everything else ends the comparison.
    fn apply(&mut self, book: &mut OrderBook, event: &Event) -> Result<(), VerifyError> {
        match book.apply(event) {
            Ok(_) => Ok(()),
            Err(BookError::UnknownOrder) => {
                self.refused += 1;
                Ok(())
            }
            Err(error) => Err(VerifyError::Book { sequence: event.sequence, error }),
        }
    }
}

/// A comparison that broke off, with what it had found by then.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct Interrupted {
    /// Why it broke off.
    #[source]
    pub error: VerifyError,
    /// The rows before that: of a truncated file, every complete one.
    pub report: VerifyReport,
}

/// Runs a comparison; its report is kept when it breaks off.
fn reported(
    compare: impl FnOnce(&mut VerifyReport) -> Result<(), VerifyError>,
) -> Result<VerifyReport, Interrupted> {
    let mut report = VerifyReport::default();
    match compare(&mut report) {
        Ok(()) => Ok(report),
        Err(error) => Err(Interrupted { error, report }),
    }
}

/// What to compare in [`verify_lobster`].
#[derive(Clone, Debug)]
pub struct LobsterVerifyConfig {
    /// The message file that drives the book.
    pub messages: Input,
    /// The published rows.
    pub orderbook: Input,
    /// The order book file whose first row seeds the book; `None` is `orderbook` itself. It should have at least as
    /// many levels as are compared, or liquidity that rests there from before is missing.
    pub seed: Option<Input>,
    /// The message file that the rows of `orderbook` belong to when it is not `messages` but a part of it (the file of
    /// fewer levels); rows are compared where its next message turns up.
    pub aligned: Option<Input>,
    /// How many levels a side; `None` is all that `orderbook` has.
    pub levels: Option<usize>,
    /// Compares only rows before this one.
    pub until_row: Option<u64>,
}

/// [`verify_lobster_rows`] of a message file and its own order book file.
///
/// ```no_run
/// use market_maker::feed::Input;
/// let (messages, book) = (Input::open("message_50.csv.zst")?, Input::open("orderbook_50.csv.zst")?);
/// let report = market_maker::sim::verify::verify_lobster(messages, book, None, Some(10), None)?;
/// assert_eq!(report.mismatched_rows, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Interrupted`].
pub fn verify_lobster(
    messages: Input,
    orderbook: Input,
    seed: Option<Input>,
    levels: Option<usize>,
    until_row: Option<u64>,
) -> Result<VerifyReport, Interrupted> {
    verify_lobster_rows(&LobsterVerifyConfig { messages, orderbook, seed, aligned: None, levels, until_row })
}

/// Seeds a book from the first row, drives it by the messages after it and compares every row.
///
/// # Errors
/// [`Interrupted`].
pub fn verify_lobster_rows(config: &LobsterVerifyConfig) -> Result<VerifyReport, Interrupted> {
    reported(|report| compare_lobster(config, report))
}

fn compare_lobster(config: &LobsterVerifyConfig, report: &mut VerifyReport) -> Result<(), VerifyError> {
    let levels = config.levels.unwrap_or(usize::MAX);
    if levels == 0 {
        return Err(VerifyError::NoLevels);
    }
    let until = config.until_row.unwrap_or(u64::MAX);
    // LOBSTER's own unit, 1/10 000 dollar, and whole shares: every price and size of the format.
    let instrument = &Instrument::from_nanos(Symbol::default(), 100_000, 1_000_000_000)?;
    let seed = config.seed.as_ref().unwrap_or(&config.orderbook);
    let mut messages = LobsterReader::new(config.messages.clone(), instrument).with_seed(seed, 0)?;
    let mut rows = LobsterBookReader::new(config.orderbook.clone(), instrument);
    let mut aligned = config.aligned.clone().map(|input| LobsterReader::new(input, instrument));
    let mut wanted = next_of(&mut aligned)?;
    // The message of the seed row is in the seed; it still claims the first row.
    let mut current = LobsterReader::new(config.messages.clone(), instrument).next_event()?;

    let mut book = new_book(&config.messages)?;
    let mut seeded = false;
    while report.rows < until {
        let Some(event) = messages.next_event()? else { break };
        report.apply(&mut book, &event)?;
        if event.kind == EventKind::Seed {
            seeded = event.has(event_flags::LAST);
        } else {
            current = Some(event);
        }
        if !seeded {
            continue;
        }
        if let Some(wanted_event) = &wanted {
            if !current.is_some_and(|event| is_same(&event, wanted_event)) {
                continue;
            }
            wanted = next_of(&mut aligned)?;
        } else if aligned.is_some() {
            break;
        }
        let Some(row) = rows.next_row()? else { break };
        report.row(report.rows, true, lobster_agrees(&book, row, levels));
    }
    while report.rows < until && rows.next_row()?.is_some() {
        report.row(report.rows, false, false);
    }
    Ok(())
}

fn next_of(reader: &mut Option<LobsterReader>) -> Result<Option<Event>, FeedError> {
    reader.as_mut().map_or(Ok(None), LobsterReader::next_event)
}

/// Whether two events are the same message, in different rows of different files.
fn is_same(one: &Event, other: &Event) -> bool {
    Event { sequence: 0, ..*one } == Event { sequence: 0, ..*other }
}

fn lobster_agrees(book: &OrderBook, row: &[LobsterLevel], levels: usize) -> bool {
    let row = &row[..levels.min(row.len())];
    Side::BOTH.into_iter().all(|side| {
        let mut ours = book.levels(side);
        row.iter().all(|published| {
            let published = match side {
                Side::Buy => published.bid,
                Side::Sell => published.ask,
            };
            ours.next().map(|level| (level.price, level.quantity)) == published
        })
    })
}

/// Drives a book by a file of schema mbo and compares every row of schema mbp-10 of the same recording.
///
/// A row agrees when the book equals it in ten levels, both sides, with order counts, after one of the orders' messages
/// with the row's sequence; rows of one sequence are found in order. Tick and lot are those of the mbo file.
///
/// # Errors
/// [`Interrupted`].
pub fn verify_databento(mbo: Input, mbp10: Input) -> Result<VerifyReport, Interrupted> {
    reported(|report| compare_databento(mbo, mbp10, report))
}

fn compare_databento(mbo: Input, mbp10: Input, report: &mut VerifyReport) -> Result<(), VerifyError> {
    let format = Format::DatabentoCsv;
    let increments = detect_increments(format, std::slice::from_ref(&mbo), &SourceConfig::default())?;
    let instrument = &increments.instrument("")?;
    let mut book = new_book(&mbo)?;
    let mut orders = DatabentoCsvMboReader::new(mbo, instrument)?;
    let mut rows = DatabentoCsvMbp10Reader::new(mbp10, instrument)?;
    let mut row = rows.next_row()?;
    let mut event = orders.next_event()?;
    while let Some(current) = event {
        report.apply(&mut book, &current)?;
        event = orders.next_event()?;
        let Some(published) = row else { break };
        if published.sequence == current.sequence && mbp10_agrees(&book, &published) {
            report.row(report.rows, true, true);
            row = rows.next_row()?;
        }
        // The group of this sequence is over: what it has not shown, it never will.
        while let Some(published) = row
            && published.timestamp <= current.timestamp
            && event.is_none_or(|next| next.sequence != published.sequence)
        {
            report.row(report.rows, published.sequence == current.sequence, false);
            row = rows.next_row()?;
        }
    }
    while row.is_some() {
        report.row(report.rows, false, false);
        row = rows.next_row()?;
    }
    Ok(())
}

fn mbp10_agrees(book: &OrderBook, row: &Mbp10Row) -> bool {
    Side::BOTH.into_iter().all(|side| {
        let mut ours = book.levels(side);
        row.levels(side).iter().all(|published| match ours.next() {
            Some(Level { price, quantity, orders }) => {
                (price, quantity, orders) == (published.price, published.quantity, published.orders)
            }
            None => published.orders == 0,
        })
    })
}

/// A book for as many orders as a recording of this length can announce.
fn new_book(input: &Input) -> Result<OrderBook, VerifyError> {
    // No line of either format is shorter than 20 bytes; a seed has at most 2 × 50 levels.
    let most = (input.bytes().len() / 20 + 128).min(BookConfig::MAX_ORDERS as usize);
    let config = BookConfig {
        max_orders: u32::try_from(most).unwrap_or(BookConfig::MAX_ORDERS),
        // LOBSTER counts in hundredths of cents: the window should span some dollars.
        window_ticks: 1 << 17,
        track_priority: false,
        ..BookConfig::default()
    };
    OrderBook::new(&config).map_err(|error| VerifyError::Book { sequence: 0, error })
}
