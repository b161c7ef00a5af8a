//! What the readers of text share: a scanner over bytes and the bookkeeping of lines.
//!
//! The scanner goes over each byte once, never past the end, and knows two failures: the data end inside a line, or
//! the line is wrong. O(1) per byte, no allocation, no panic on any bytes.

use super::{FeedError, Input, Progress, Reason};
use crate::types::{Instrument, Price, Quantity, Rounding};

/// Why a line cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The data end before the line does.
    End,
    /// The line is not what the format says.
    Bad(Reason),
}

impl From<Reason> for Fault {
    #[cold]
    fn from(reason: Reason) -> Self {
        Self::Bad(reason)
    }
}

/// A cursor over the rest of a file.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Whether the end of the bytes is the end of the file, so that the last line needs no newline.
    whole: bool,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize, whole: bool) -> Self {
        Self { bytes, at, whole }
    }

    /// The next byte without consuming it.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The failure of `field` here: the end of the data, or a line that is wrong.
    #[cold]
    pub(super) fn fail(&self, field: &'static str) -> Fault {
        match self.peek() {
            None => Fault::End,
            Some(b'\n' | b'\r') => Fault::Bad(Reason::Missing(field)),
            Some(_) => Fault::Bad(Reason::Field(field)),
        }
    }

    /// Consumes `byte`; otherwise `field` is malformed or missing.
    #[inline]
    pub(super) fn expect(&mut self, byte: u8, field: &'static str) -> Result<(), Fault> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.fail(field))
        }
    }

    /// Consumes `byte` when it is next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Consumes the end of the line: `\n`, `\r\n`, or the end of a whole file.
    #[inline]
    pub(super) fn line_end(&mut self) -> Result<(), Fault> {
        self.take(b'\r');
        match self.peek() {
            Some(b'\n') => {
                self.at += 1;
                Ok(())
            }
            None if self.whole => Ok(()),
            None => Err(Fault::End),
            Some(_) => Err(Fault::Bad(Reason::Other("more on the line than the format has"))),
        }
    }

    /// Digits, at least one.
    #[inline]
    pub(super) fn unsigned(&mut self, field: &'static str) -> Result<u64, Fault> {
        let (value, count) = self.digits(usize::MAX, field)?;
        if count == 0 { Err(self.fail(field)) } else { Ok(value) }
    }

    /// At most `most` digits, which is 9 or no limit; the value and how many digits there were.
    #[inline]
    fn digits(&mut self, most: usize, field: &'static str) -> Result<(u64, usize), Fault> {
        // Eighteen digits cannot overflow; the check is left to the rare longer numbers.
        const SURE: usize = 18;
        let mut value = 0;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut count = 0;
        for &byte in rest.iter().take(most.min(SURE)) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value * 10 + u64::from(digit);
            count += 1;
        }
        self.at += count;
        if count == SURE { self.more_digits(value, count, field) } else { Ok((value, count)) }
    }

    /// Goes on with [`digits`](Self::digits) where a number can overflow.
    #[cold]
    fn more_digits(
        &mut self,
        mut value: u64,
        mut count: usize,
        field: &'static str,
    ) -> Result<(u64, usize), Fault> {
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(u64::from(byte - b'0')))
                .ok_or(Fault::Bad(Reason::OutOfRange(field)))?;
            count += 1;
            self.at += 1;
        }
        Ok((value, count))
    }

    /// Digits with an optional minus sign.
    #[inline]
    pub(super) fn signed(&mut self, field: &'static str) -> Result<i64, Fault> {
        let negative = self.take(b'-');
        let value = self.unsigned(field)?;
        let value = i64::try_from(value).map_err(|_| Fault::Bad(Reason::OutOfRange(field)))?;
        Ok(if negative { -value } else { value })
    }

    /// A decimal in nano-units: `12`, `12.5`, `.5`, `12.`; digits past the ninth decimal must be zeros. Whether it has a
    /// decimal point comes with it.
    #[inline]
    pub(super) fn decimal(&mut self, field: &'static str) -> Result<(i64, bool), Fault> {
        let negative = self.take(b'-');
        let (nanos, has_point) = self.magnitude(field)?;
        if has_point {
            while self.take(b'0') {}
            if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                return Err(Fault::Bad(Reason::Field(field)));
            }
        }
        Ok((if negative { -nanos } else { nanos }, has_point))
    }

    /// Seconds in nanoseconds. Digits past the ninth decimal, the residue of producers that count in doubles, are
    /// rounded to the nearest, halves up.
    #[inline]
    pub(super) fn seconds(&mut self, field: &'static str) -> Result<u64, Fault> {
        let (mut nanos, has_point) = self.magnitude(field)?;
        if has_point && let Some(byte @ b'0'..=b'9') = self.peek() {
            nanos =
                nanos.checked_add(i64::from(byte >= b'5')).ok_or(Fault::Bad(Reason::OutOfRange(field)))?;
            while self.peek().is_some_and(|b| b.is_ascii_digit()) {
                self.at += 1;
            }
        }
        Ok(nanos.unsigned_abs())
    }

    /// An unsigned decimal up to its ninth decimal, in nano-units.
    #[inline]
    fn magnitude(&mut self, field: &'static str) -> Result<(i64, bool), Fault> {
        let (whole, mut count) = self.digits(usize::MAX, field)?;
        let mut fraction = 0;
        let has_point = self.take(b'.');
        if has_point {
            let (digits, decimals) = self.digits(9, field)?;
            fraction = digits * POWERS[9 - decimals];
            count += decimals;
        }
        if count == 0 {
            return Err(self.fail(field));
        }
        let nanos = i64::try_from(whole)
            .ok()
            .and_then(|whole| whole.checked_mul(1_000_000_000))
            .and_then(|scaled| scaled.checked_add(fraction as i64))
            .ok_or(Fault::Bad(Reason::OutOfRange(field)))?;
        Ok((nanos, has_point))
    }

    /// The bytes up to, not including, the next comma or line end; consumes them. Ends the data only with a line end.
    #[inline]
    pub(super) fn cell(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|b| matches!(b, b',' | b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The bytes from `from` to the cursor.
    pub(super) fn since(&self, from: usize) -> &'a [u8] {
        self.bytes.get(from..self.at).unwrap_or_default()
    }

    /// Consumes everything up to the next newline or the end.
    pub(super) fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    }
}

const POWERS: [u64; 10] =
    [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// A book price of the instrument: exact.
#[inline]
pub(super) fn price(instrument: &Instrument, nanos: i64, field: &'static str) -> Result<Price, Fault> {
    instrument.price_from_nanos(nanos, Rounding::Exact).map_err(|e| Fault::Bad(Reason::number(field, e)))
}

/// The price of a print, rounded to the nearest tick, and whether it had to be.
#[inline]
pub(super) fn print_price(
    instrument: &Instrument,
    nanos: i64,
    field: &'static str,
) -> Result<(Price, bool), Fault> {
    let rounded = nanos % instrument.tick_nanos() != 0;
    let price = instrument
        .price_from_nanos(nanos, Rounding::Nearest)
        .map_err(|e| Fault::Bad(Reason::number(field, e)))?;
    Ok((price, rounded))
}

/// A quantity of the instrument: exact and not negative.
#[inline]
pub(super) fn quantity(instrument: &Instrument, nanos: i64, field: &'static str) -> Result<Quantity, Fault> {
    instrument.quantity_from_nanos(nanos).map_err(|e| Fault::Bad(Reason::number(field, e)))
}

/// A whole number of units (shares, contracts) as a quantity of the instrument.
#[inline]
pub(super) fn units(instrument: &Instrument, units: u64, field: &'static str) -> Result<Quantity, Fault> {
    let nanos = i64::try_from(units)
        .ok()
        .and_then(|units| units.checked_mul(1_000_000_000))
        .ok_or(Fault::Bad(Reason::OutOfRange(field)))?;
    quantity(instrument, nanos, field)
}

/// A file as lines: where the next one begins, its number, and what ends the reading.
#[derive(Debug)]
pub(super) struct Lines {
    input: Input,
    /// Offset of the next line.
    pub(super) at: usize,
    /// Number of lines consumed.
    pub(super) line: u64,
    finished: bool,
}

impl Lines {
    pub(super) const fn new(input: Input) -> Self {
        Self { input, at: 0, line: 0, finished: false }
    }

    /// Parses the next line with `parse`, which stops before the line's end; `None` after the last one.
    #[inline]
    pub(super) fn next<T>(
        &mut self,
        parse: impl FnOnce(&mut Scanner<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, FeedError> {
        let bytes = self.input.bytes();
        if self.finished || self.at >= bytes.len() {
            return self.end();
        }
        let mut scanner = Scanner::new(bytes, self.at, self.input.damage().is_none());
        match parse(&mut scanner).and_then(|value| scanner.line_end().map(|()| value)) {
            Ok(value) => {
                self.at = scanner.at;
                self.line += 1;
                Ok(Some(value))
            }
            Err(fault) => Err(self.error(fault)),
        }
    }

    #[cold]
    fn end<T>(&mut self) -> Result<Option<T>, FeedError> {
        let first = !std::mem::replace(&mut self.finished, true);
        match self.input.damage_error(self.at) {
            Some(error) if first => Err(error),
            _ => Ok(None),
        }
    }

    /// The error for a fault in the next line; nothing is read after it.
    #[cold]
    pub(super) fn error(&mut self, fault: Fault) -> FeedError {
        self.finished = true;
        let name = self.input.shared_name();
        match fault {
            Fault::Bad(reason) => FeedError::Line { name, line: self.line + 1, reason },
            Fault::End => self
                .input
                .damage_error(self.at)
                .unwrap_or(FeedError::Truncated { name, offset: self.at as u64 }),
        }
    }

    /// Goes back to the line that begins at `at`, after `line` others.
    pub(super) const fn seek(&mut self, at: usize, line: u64) {
        self.at = at;
        self.line = line;
        self.finished = false;
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { done: self.at as u64, total: self.input.bytes().len() as u64 }
    }
}
