//! Bins whose width grows with the value: a power of two divided into equal parts, as in high-dynamic-range histograms.
//!
//! With b sub-bits an octave has 2ᵇ bins: a bin is at most 2⁻ᵇ of its value wide, values below 2ᵇ⁺¹ are exact, and b = 0 is the
//! plain log2 histogram (0, 1, 2–3, 4–7, …). All 64-bit values have a bin, in (65 − b)·2ᵇ of them. O(1) per value, hot path.

use super::{AnalyticsError, count};

/// Most sub-bits: 256 bins an octave, 0.4 %.
const MOST_SUB_BITS: u32 = 8;

/// How values map to bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogBins {
    sub_bits: u32,
}

impl LogBins {
    pub(super) const fn new(sub_bits: u32) -> Self {
        Self { sub_bits }
    }

    pub(super) const fn len(self) -> usize {
        (65 - self.sub_bits as usize) << self.sub_bits
    }

    #[inline]
    pub(super) const fn index(self, value: u64) -> usize {
        if value >> self.sub_bits == 0 {
            return value as usize;
        }
        let octave = 63 - value.leading_zeros() - self.sub_bits;
        // The leading bit is the first bin of the octave, so the mantissa adds to the octave's own number.
        ((octave as usize) << self.sub_bits) + (value >> octave) as usize
    }

    /// Smallest value of a bin.
    pub(super) const fn lower(self, index: usize) -> u64 {
        let octave = index >> self.sub_bits;
        if octave < 2 {
            return index as u64;
        }
        let mantissa = index - ((octave - 1) << self.sub_bits);
        (mantissa as u64) << (octave - 1)
    }

    /// Largest value of a bin.
    pub(super) const fn upper(self, index: usize) -> u64 {
        if index + 1 >= self.len() { u64::MAX } else { self.lower(index + 1) - 1 }
    }
}

/// A histogram of 64-bit values in bins of bounded relative width.
///
/// ```
/// use market_maker::analytics::LogHistogram;
/// let mut sizes = LogHistogram::new(0)?; // by powers of two
/// for lots in [1, 100, 100, 127, 500] {
///     sizes.record(lots);
/// }
/// let bins: Vec<_> = sizes.bins().collect();
/// assert_eq!(bins, [(1, 1, 1), (64, 127, 3), (256, 511, 1)]);
/// assert_eq!((sizes.quantile(0.5), sizes.mean()), (Some(127), Some(165.6)));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogHistogram {
    bins: LogBins,
    weights: Box<[u64]>,
    total: u64,
    sum: u128,
    most: u64,
}

impl LogHistogram {
    /// With 2^`sub_bits` bins an octave, `sub_bits` 0..=8.
    ///
    /// # Errors
    /// [`AnalyticsError::TooLarge`] for `sub_bits`.
    pub fn new(sub_bits: u32) -> Result<Self, AnalyticsError> {
        count(u64::from(sub_bits) + 1, u64::from(MOST_SUB_BITS) + 1, "sub_bits")?;
        let bins = LogBins::new(sub_bits);
        Ok(Self { bins, weights: vec![0; bins.len()].into_boxed_slice(), total: 0, sum: 0, most: 0 })
    }

    /// One value. Hot path: O(1).
    #[inline]
    pub fn record(&mut self, value: u64) {
        self.weights[self.bins.index(value)] += 1;
        self.total += 1;
        self.sum += u128::from(value);
        self.most = self.most.max(value);
    }

    /// Values recorded.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.total
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Sum of the values, exact.
    #[must_use]
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// Mean, from the exact sum.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.total > 0).then(|| self.sum as f64 / self.total as f64)
    }

    /// Largest value.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.total > 0).then_some(self.most)
    }

    /// The value that a share of `part` (0..=1) of the sample does not exceed: the largest value of the bin that holds the
    /// ⌈part·n⌉-th smallest, no more than the largest seen. `None` without a sample or for a part outside 0..=1. O(bins).
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<u64> {
        if self.total == 0 || !(0.0..=1.0).contains(&part) {
            return None;
        }
        let rank = (libm::ceil(part * self.total as f64) as u64).clamp(1, self.total);
        let mut seen = 0;
        let index = self.weights.iter().position(|&weight| {
            seen += weight;
            seen >= rank
        })?;
        Some(self.bins.upper(index).min(self.most))
    }

    /// The bins that hold anything, ascending: smallest value, largest value, how many. O(bins).
    pub fn bins(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        let filled = self.weights.iter().enumerate().filter(|&(_, &weight)| weight > 0);
        filled.map(|(index, &weight)| (self.bins.lower(index), self.bins.upper(index), weight))
    }
}
