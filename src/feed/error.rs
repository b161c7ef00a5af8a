//! What can be wrong with recorded data: one error type for every format.
//!
//! An error names the file, the line or byte offset, and a reason that a program can match on. Making one does not
//! allocate (the name is shared with the [`Input`](super::Input)), and a reader that returned one is finished.

use std::io;
use std::sync::Arc;

use crate::types::ConversionError;

/// Why a line or record is not what its format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A field is not of its kind: a letter where a number belongs, a missing comma, a number that is too large.
    #[error("field `{0}` is malformed")]
    Field(&'static str),
    /// The line or record ends before this field, or a JSON object lacks it.
    #[error("field `{0}` is missing")]
    Missing(&'static str),
    /// A price or quantity is not a whole number of the instrument's ticks or lots.
    #[error("field `{0}` is not a multiple of the instrument's increment")]
    OffIncrement(&'static str),
    /// A price or quantity is beyond what the core represents, or a negative quantity.
    #[error("field `{0}` is out of range")]
    OutOfRange(&'static str),
    /// A message, action or record type that the format does not define.
    #[error("unknown type {0:#04x}")]
    UnknownType(u8),
    /// A record's stated length is not that of its type.
    #[error("length {found}, expected {expected}")]
    Length {
        /// What the format says.
        expected: u32,
        /// What the record says.
        found: u32,
    },
    /// An update is missing between two that the file holds.
    #[error("gap in update ids: {found} follows {expected}")]
    Gap {
        /// The id that had to be continued.
        expected: u64,
        /// The id found.
        found: u64,
    },
    /// Anything else; the text says what.
    #[error("{0}")]
    Other(&'static str),
}

impl Reason {
    /// Why the number in `field` does not convert.
    #[must_use]
    pub const fn number(field: &'static str, error: ConversionError) -> Self {
        match error {
            ConversionError::OffIncrement { .. } => Self::OffIncrement(field),
            ConversionError::OutOfRange => Self::OutOfRange(field),
            ConversionError::NotFinite | ConversionError::Malformed | ConversionError::BadIncrement => {
                Self::Field(field)
            }
        }
    }
}

/// Why a file cannot be read, or not further.
///
/// `name` is the path that the input was opened with, or the name given to
/// [`Input::from_bytes`](super::Input::from_bytes). Offsets count bytes of the decompressed data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FeedError {
    /// The file cannot be opened or mapped.
    #[error("{name}: {error}")]
    Io {
        /// Which file.
        name: Arc<str>,
        /// What the system said.
        error: Arc<io::Error>,
    },
    /// A text line is not what its format says.
    #[error("{name}:{line}: {reason}")]
    Line {
        /// Which file.
        name: Arc<str>,
        /// Number of the line, the first is 1.
        line: u64,
        /// What is wrong with it.
        reason: Reason,
    },
    /// A binary record is not what its format says.
    #[error("{name}: offset {offset}: {reason}")]
    Record {
        /// Which file.
        name: Arc<str>,
        /// Where the record begins.
        offset: u64,
        /// What is wrong with it.
        reason: Reason,
    },
    /// The file ends inside a record; everything before it has been delivered.
    #[error("{name}: truncated: the record at offset {offset} is incomplete")]
    Truncated {
        /// Which file.
        name: Arc<str>,
        /// Where the incomplete record begins.
        offset: u64,
    },
    /// The compressed file is damaged; the data before the damage has been delivered.
    #[error("{name}: corrupt compressed data after {offset} bytes of content")]
    Corrupt {
        /// Which file.
        name: Arc<str>,
        /// How many bytes were decompressed before the damage.
        offset: u64,
    },
    /// The reader was asked for something that the format or the file cannot give.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// A reader returns one of these per event: it must fit the space that an event takes anyway.
const _: () = assert!(size_of::<FeedError>() <= 56);
