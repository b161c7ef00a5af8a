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
    /// 12-bit weights (one scale per output row) and 13-bit activations, exact integer sums.
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
/// assert_eq!(ranges.max_abs(), [1.5, 3.0]);
/// assert_eq!(ranges.rows(), 2);
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InputRanges {
    max_abs: Vec<f32>,
    rows: u64,
}

impl InputRanges {
    /// Ranges of `channels` channels, nothing seen yet.
    ///
    /// # Errors
    /// [`ModelError::Config`] for no channel at all.
    pub fn new(channels: usize) -> Result<Self, ModelError> {
        if channels == 0 {
            return Err(ModelError::config("channels", "0 given, at least 1 is needed"));
        }
        Ok(Self { max_abs: vec![0.0; channels], rows: 0 })
    }

    /// Ranges that are known from elsewhere: `max |x|` per channel.
    ///
    /// # Errors
    /// [`ModelError::Config`] for no channel at all, or a range that is negative or not finite.
    pub fn from_max_abs(max_abs: &[f32]) -> Result<Self, ModelError> {
        let mut ranges = Self::new(max_abs.len())?;
        if let Some(channel) = max_abs.iter().position(|x| !x.is_finite() || *x < 0.0) {
            let problem =
                format!("{} given for channel {channel}, a finite range is needed", max_abs[channel]);
            return Err(ModelError::config("max_abs", problem));
        }
        ranges.max_abs.copy_from_slice(max_abs);
        Ok(ranges)
    }

    /// Widens the ranges by whole rows, row-major `[any][channels]`. O(rows × channels).
    ///
    /// # Errors
    /// [`ModelError::InputLength`] for a broken row, [`ModelError::NotFiniteInput`] for NaN or infinity; the ranges are then
    /// unchanged.
    pub fn observe(&mut self, rows: &[f32]) -> Result<(), ModelError> {
        let channels = self.max_abs.len();
        if !rows.len().is_multiple_of(channels) {
            let expected = rows.len().next_multiple_of(channels);
            return Err(ModelError::InputLength { expected, found: rows.len() });
        }
        if let Some(index) = rows.iter().position(|x| !x.is_finite()) {
            return Err(ModelError::NotFiniteInput { index });
        }
        for row in rows.chunks_exact(channels) {
            for (most, x) in self.max_abs.iter_mut().zip(row) {
                *most = most.max(x.abs());
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// `max |x|` of each channel.
    #[must_use]
    pub fn max_abs(&self) -> &[f32] {
        &self.max_abs
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
        assert!(InputRanges::from_max_abs(&[1.0, f32::INFINITY]).is_err());
    }
}
