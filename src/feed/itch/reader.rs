//! Reads NASDAQ's daily ITCH files: each message behind its length in two bytes, high byte first, and a message of
//! length zero at the end of the session (BinaryFILE).
//!
//! O(1) per message, borrowed from the input. Hot path: `next_event` and `next_message` never allocate, and no bytes
//! can make them panic.

use super::super::{EventSource, FeedError, Input, Progress, Reason};
use super::messages::{HEADER_LENGTH, LENGTHS, Message, parse_message};
use super::{EventMapper, StockFilter};
use crate::types::{Event, Instrument};

/// A reader of one daily file.
///
/// Every complete record in front of a malformed or incomplete one is delivered. A file without the closing record of
/// length zero is legal; bytes after it are not.
///
/// ```
/// use market_maker::feed::itch::{ItchReader, StockFilter};
/// use market_maker::feed::{EventSource, Input};
/// use market_maker::types::{EventKind, Instrument};
/// let file = b"\x00\x13D\x00\x07\x00\x00\x1f\x1a\xce\xd9\x17\x00\x00\x00\x00\x00\x00\x00\x00\x2a\x00\x00";
/// let stock = Instrument::new("AAPL", 0.01, 1.0).unwrap();
/// let mut reader = ItchReader::new(Input::from_bytes("example", file.to_vec()), &stock, StockFilter::All);
/// assert_eq!(reader.next_event().unwrap().unwrap().kind, EventKind::Delete);
/// assert!(reader.next_event().unwrap().is_none());
/// ```
#[derive(Debug)]
pub struct ItchReader {
    input: Input,
    mapper: EventMapper,
    offset: usize,
    sequence: u64,
    finished: bool,
}

/// What stands at an offset of the file.
enum Frame<'a> {
    /// A message, and where the next record begins.
    Message(Message<'a>, usize),
    /// The closing record, and where it ends.
    Close(usize),
    /// Nothing: the file ends here.
    End,
    /// A record that the file does not hold whole.
    Incomplete,
    /// A record that is no message.
    Bad(Reason),
}

#[inline]
fn frame(bytes: &[u8], offset: usize) -> Frame<'_> {
    let rest = bytes.get(offset..).unwrap_or_default();
    let Some((&length, rest)) = rest.split_first_chunk::<2>() else {
        return if rest.is_empty() { Frame::End } else { Frame::Incomplete };
    };
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 {
        return Frame::Close(offset + 2);
    }
    match rest.get(..length).map(parse_message) {
        Some(Ok(message)) => Frame::Message(message, offset + 2 + length),
        Some(Err(reason)) => Frame::Bad(reason),
        None => incomplete(rest, length),
    }
}

/// A record that reaches beyond the end of the file: broken off, unless its type or length is wrong anyway.
#[cold]
fn incomplete(rest: &[u8], length: usize) -> Frame<'_> {
    let Some(&kind) = rest.first() else { return Frame::Incomplete };
    match LENGTHS[usize::from(kind)] {
        0 => Frame::Bad(Reason::UnknownType(kind)),
        expected if usize::from(expected) != length => {
            Frame::Bad(Reason::Length { expected: u32::from(expected), found: length as u32 })
        }
        _ => Frame::Incomplete,
    }
}

/// How many messages in a row are well-formed and held back by the filter, and where the next one begins: what most of a
/// file is to a reader of one stock, skipped without looking at what each message says.
#[inline]
fn skip(bytes: &[u8], mapper: &EventMapper, mut offset: usize) -> (u64, usize) {
    let mut skipped = 0;
    while let Some(&[high, low, kind, locate_high, locate_low]) =
        bytes.get(offset..).and_then(<[u8]>::first_chunk::<5>)
    {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let next = offset + 2 + length;
        let held_back = mapper.skips(kind, u16::from_be_bytes([locate_high, locate_low]));
        if !held_back
            || usize::from(LENGTHS[usize::from(kind)]) != length
            || length == 0
            || next > bytes.len()
        {
            break;
        }
        skipped += 1;
        offset = next;
    }
    (skipped, offset)
}

const _: () = assert!(HEADER_LENGTH >= 3, "type and locate number stand in every message");

impl ItchReader {
    /// A reader of the stocks that pass `filter`, in the ticks and lots of `instrument`. Allocates nothing.
    #[must_use]
    pub fn new(input: Input, instrument: &Instrument, filter: StockFilter) -> Self {
        let mapper = EventMapper::new(instrument, filter);
        Self { input, mapper, offset: 0, sequence: 0, finished: false }
    }

    /// The locate number of the one stock that passes, once it is known.
    #[must_use]
    pub const fn locate(&self) -> Option<u16> {
        self.mapper.locate()
    }

    /// The next message, whatever its stock: for readers of the fields that no event carries. Hot path.
    ///
    /// Shares its position with [`next_event`](EventSource::next_event).
    ///
    /// # Errors
    /// As [`next_event`](EventSource::next_event), without those about the meaning of fields.
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, FeedError> {
        if self.finished {
            return Ok(None);
        }
        match frame(self.input.bytes(), self.offset) {
            Frame::Message(message, next) => {
                self.offset = next;
                self.sequence += 1;
                Ok(Some(message))
            }
            other => {
                self.finished = true;
                close(&self.input, &mut self.offset, &other).map_or(Ok(None), Err)
            }
        }
    }

    #[cold]
    fn fail(&mut self, reason: Reason) -> FeedError {
        self.finished = true;
        FeedError::Record { name: self.input.shared_name(), offset: self.offset as u64, reason }
    }

    /// The end of the file, which is an error when the stock that the filter names was never listed.
    #[cold]
    fn end(&mut self) -> Result<Option<Event>, FeedError> {
        match self.mapper.missing_stock() {
            Some(_) => Err(self.fail(Reason::Missing("stock directory entry of the symbol"))),
            None => Ok(None),
        }
    }
}

/// What ends the reading at a frame that holds no message: `None` when the file ends as it should.
#[cold]
fn close(input: &Input, offset: &mut usize, frame: &Frame<'_>) -> Option<FeedError> {
    let name = input.shared_name();
    let at = *offset as u64;
    match *frame {
        Frame::Bad(reason) => Some(FeedError::Record { name, offset: at, reason }),
        Frame::Incomplete => {
            Some(input.damage_error(*offset).unwrap_or(FeedError::Truncated { name, offset: at }))
        }
        Frame::Close(end) if end < input.bytes().len() => {
            *offset = end;
            let reason = Reason::Other("bytes after the end of the session");
            Some(FeedError::Record { name, offset: end as u64, reason })
        }
        Frame::Close(end) => {
            *offset = end;
            input.damage_error(end)
        }
        Frame::Message(..) | Frame::End => input.damage_error(*offset),
    }
}

impl EventSource for ItchReader {
    /// # Errors
    /// [`FeedError::Record`] with the offset of the record for an unknown type, a length that is not the type's, a field
    /// without meaning, bytes after the closing record, or a filter's stock that the whole file does not list;
    /// [`FeedError::Truncated`] for a record that breaks off; [`FeedError::Corrupt`] for damaged compression.
    fn next_event(&mut self) -> Result<Option<Event>, FeedError> {
        if self.finished {
            return Ok(None);
        }
        let (skipped, offset) = skip(self.input.bytes(), &self.mapper, self.offset);
        self.sequence += skipped;
        self.offset = offset;
        loop {
            match frame(self.input.bytes(), self.offset) {
                Frame::Message(message, next) => match self.mapper.event(&message, self.sequence + 1) {
                    Ok(event) => {
                        self.offset = next;
                        self.sequence += 1;
                        if event.is_some() {
                            return Ok(event);
                        }
                    }
                    Err(reason) => return Err(self.fail(reason)),
                },
                other => {
                    self.finished = true;
                    return match close(&self.input, &mut self.offset, &other) {
                        Some(error) => Err(error),
                        None => self.end(),
                    };
                }
            }
        }
    }

    fn progress(&self) -> Progress {
        Progress { done: self.offset as u64, total: self.input.bytes().len() as u64 }
    }
}
