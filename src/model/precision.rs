//! Number formats of a network's weights, and what a calibration learns about its inputs.
//!
//! `f32` is the default and exact in the sense of every golden test. The others trade error for speed, are chosen by
//! configuration, and publish their error: each network states the largest one measured against `f64` as a
//! [`PublishedError`]. The integer formats sum exactly, so their bits are the same on every machine; `bf16` may
//! use a hardware dot product whose roundings differ from one processor to another.
//!
//! Hidden activations are bounded by construction, inputs are not: [`InputRanges`] records them from sample windows,
//! once, outside the hot path.

use std::fmt;
use std::str::FromStr;

use super::error::ModelError;

/// The format of weights and activations inside the large products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32-bit floats throughout.
    #[default]
    F32,
    /// Weights and activations rounded to bfloat16 (8 significant bits), sums in `f32`. Bits may differ between processors.
    Bf16,
    /// 16-bit words: 14-bit activations, weights of as many bits as exact sums leave (one scale per output row).
    I16,
    /// 8-bit weights (one scale per output row) and 8-bit activations, exact integer sums.
    Int8,
}

impl Precision {
    /// All formats, widest first.
    pub const ALL: [Self; 4] = [Self::F32, Self::Bf16, Self::I16, Self::Int8];

    /// `f32`, `bf16`, `i16` or `int8`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::I16 => "i16",
            Self::Int8 => "int8",
        }
    }

    /// Whether every processor gives the same bits.
    #[must_use]
    pub const fn same_bits_everywhere(self) -> bool {
        !matches!(self, Self::Bf16)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = ModelError;

    /// The inverse of [`name`](Precision::name).
    ///
    /// # Errors
    /// [`ModelError::Config`] for any other word.
    fn from_str(name: &str) -> Result<Self, ModelError> {
        let known = Self::ALL.into_iter().find(|precision| precision.name() == name);
        known.ok_or_else(|| {
            ModelError::config("precision", format!("`{name}` is none of f32, bf16, i16, int8"))
        })
    }
}

/// The largest `|error|` of a network's outputs against `f64`, as measured over random weights and windows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PublishedError {
    /// With weights at the scale that PyTorch initialises them to.
    pub default_scale: f64,
    /// With all weights three times as large, where gates saturate and errors grow along the recurrence.
    pub three_times: f64,
}

/// The range of each input channel, learnt from sample rows.
///
/// ```
/// use market_maker::model::precision::InputRanges;
/// let mut ranges = InputRanges::new(2)?;
/// ranges.observe(&[0.5, -3.0, /* next row */ -1.5, 2.0])?;
/// assert_eq!((ranges.low(), ranges.high()), (&[-1.5, -3.0][..], &[0.5, 2.0][..]));
/// assert_eq!(ranges.rows(), 2);
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InputRanges {
    low: Vec<f32>,
    high: Vec<f32>,
    rows: u64,
}

impl InputRanges {
    /// Ranges of `channels` channels, nothing seen yet: every range is 0 to 0.
    ///
    /// # Errors
    /// [`ModelError::Config`] for no channel at all.
    pub fn new(channels: usize) -> Result<Self, ModelError> {
        if channels == 0 {
            return Err(ModelError::config("channels", "0 given, at least 1 is needed"));
        }
        Ok(Self { low: vec![0.0; channels], high: vec![0.0; channels], rows: 0 })
    }

    /// Ranges that are known from elsewhere.
    ///
    /// # Errors
    /// [`ModelError::Config`] for no channel at all, lists of different length, or a range that is reversed or not finite.
    pub fn from_bounds(low: &[f32], high: &[f32]) -> Result<Self, ModelError> {
        let mut ranges = Self::new(low.len())?;
        if high.len() != low.len() {
            let problem = format!("{} upper bounds given for {} channels", high.len(), low.len());
            return Err(ModelError::config("high", problem));
        }
        let bad = low
            .iter()
            .zip(high)
            .position(|(low, high)| !(low.is_finite() && high.is_finite() && low <= high));
        if let Some(channel) = bad {
            let problem = format!("{} to {} given for channel {channel}", low[channel], high[channel]);
            return Err(ModelError::config("low", problem));
        }
        ranges.low.copy_from_slice(low);
        ranges.high.copy_from_slice(high);
        Ok(ranges)
    }

    /// Widens the ranges by whole rows, row-major `[any][channels]`. O(rows × channels).
    ///
    /// # Errors
    /// [`ModelError::InputLength`] for a broken row, [`ModelError::NotFiniteInput`] for NaN or infinity; the ranges are then
    /// unchanged.
    pub fn observe(&mut self, rows: &[f32]) -> Result<(), ModelError> {
        let channels = self.low.len();
        if !rows.len().is_multiple_of(channels) {
            let expected = rows.len().next_multiple_of(channels);
            return Err(ModelError::InputLength { expected, found: rows.len() });
        }
        if let Some(index) = rows.iter().position(|x| !x.is_finite()) {
            return Err(ModelError::NotFiniteInput { index });
        }
        for row in rows.chunks_exact(channels) {
            if self.rows == 0 {
                self.low.copy_from_slice(row);
                self.high.copy_from_slice(row);
            }
            for ((low, high), x) in self.low.iter_mut().zip(&mut self.high).zip(row) {
                (*low, *high) = (low.min(*x), high.max(*x));
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// The smallest value of each channel.
    #[must_use]
    pub fn low(&self) -> &[f32] {
        &self.low
    }

    /// The largest value of each channel.
    #[must_use]
    pub fn high(&self) -> &[f32] {
        &self.high
    }

    /// max |x| of each channel.
    pub fn max_abs(&self) -> impl Iterator<Item = f32> {
        self.low.iter().zip(&self.high).map(|(low, high)| low.abs().max(high.abs()))
    }

    /// How many channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.low.len()
    }

    /// Rows seen; 0 for ranges that came from elsewhere.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_others_are_refused() {
        for precision in Precision::ALL {
            assert_eq!(precision.name().parse::<Precision>().unwrap(), precision);
        }
        assert!("fp16".parse::<Precision>().unwrap_err().to_string().contains("fp16"));
    }

    #[test]
    fn bad_rows_leave_the_ranges_alone() {
        let mut ranges = InputRanges::new(2).unwrap();
        ranges.observe(&[1.0, 2.0]).unwrap();
        let before = ranges.clone();
        assert!(matches!(ranges.observe(&[5.0]), Err(ModelError::InputLength { expected: 2, found: 1 })));
        assert!(matches!(
            ranges.observe(&[5.0, 5.0, 5.0, f32::NAN]),
            Err(ModelError::NotFiniteInput { index: 3 })
        ));
        assert_eq!(ranges, before);
        assert!(InputRanges::new(0).is_err());
        assert!(InputRanges::from_bounds(&[1.0, 0.0], &[1.0, f32::INFINITY]).is_err());
        assert!(InputRanges::from_bounds(&[1.0], &[0.5]).is_err());
        assert!(InputRanges::from_bounds(&[1.0], &[]).is_err());
        let known = InputRanges::from_bounds(&[-3.0, 1.0], &[2.0, 1.5]).unwrap();
        assert_eq!(known.max_abs().collect::<Vec<_>>(), [3.0, 1.5]);
        assert_eq!(known.channels(), 2);
    }
}
