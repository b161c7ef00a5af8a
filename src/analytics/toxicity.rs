//! Flow toxicity: VPIN, and how unusual its value is by its own past.
//!
//! Easley, López de Prado and O'Hara (*Review of Financial Studies* 25(5), 2012) raise the alarm not at a level of VPIN, which
//! depends on the instrument and the bucket, but at a quantile of its own distribution (0.9 in their paper). The distribution is
//! over completed buckets, in 1024 bins of equal width. O(1) per trade amortised, O(bins) per quantile; hot path, fixed memory.

use super::AnalyticsError;
use crate::features::Vpin;
use crate::types::{Quantity, Side};

const BINS: usize = 1024;

/// VPIN with its empirical distribution. The share of trades that lost their maker money stands at
/// [`MarkoutSummary::toxic_share`](super::MarkoutSummary::toxic_share).
///
/// ```
/// use market_maker::analytics::FlowToxicity;
/// use market_maker::types::{Quantity, Side};
/// let mut toxicity = FlowToxicity::new(Quantity(100), 1)?;
/// for lots in [60, 70, 80] {
///     toxicity.update(Some(Side::Buy), Quantity(lots));
///     toxicity.update(Some(Side::Sell), Quantity(100 - lots));
/// }
/// assert_eq!((toxicity.vpin(), toxicity.percentile()), (Some(0.6), Some(1.0))); // the most one-sided of three
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FlowToxicity {
    vpin: Vpin,
    bucket: u64,
    /// Volume of the open bucket, to see it close.
    volume: u64,
    bins: Box<[u64]>,
    seen: u64,
}

impl FlowToxicity {
    /// VPIN over the last `buckets` buckets of `bucket` lots.
    ///
    /// # Errors
    /// Those of [`Vpin::new`].
    pub fn new(bucket: Quantity, buckets: u32) -> Result<Self, AnalyticsError> {
        Ok(Self {
            vpin: Vpin::new(bucket, buckets)?,
            bucket: bucket.0,
            volume: 0,
            bins: vec![0; BINS + 1].into_boxed_slice(),
            seen: 0,
        })
    }

    /// A trade; one without a known aggressor fills a bucket on both sides alike. A trade that closes several buckets adds
    /// the value after the last of them to the distribution. Hot path.
    #[inline]
    pub fn update(&mut self, aggressor: Option<Side>, quantity: Quantity) {
        self.vpin.update(aggressor, quantity);
        let volume = u128::from(self.volume) + u128::from(quantity.0);
        // The remainder is below the bucket, which fits.
        self.volume = (volume % u128::from(self.bucket)) as u64;
        if volume >= u128::from(self.bucket)
            && let Some(value) = self.vpin.value()
        {
            self.bins[bin(value)] += 1;
            self.seen += 1;
        }
    }

    /// VPIN, 0..=1; `None` before the first bucket is full.
    #[inline]
    #[must_use]
    pub const fn vpin(&self) -> Option<f64> {
        self.vpin.value()
    }

    /// Share of the values so far that VPIN now is not below, 0..=1, to a bin of 1/1024. O(bins).
    #[must_use]
    pub fn percentile(&self) -> Option<f64> {
        let now = bin(self.vpin.value()?);
        let up_to: u64 = self.bins[..=now].iter().sum();
        (self.seen > 0).then(|| up_to as f64 / self.seen as f64)
    }

    /// Values in the distribution.
    #[must_use]
    pub const fn observations(&self) -> u64 {
        self.seen
    }
}

fn bin(value: f64) -> usize {
    (value * BINS as f64) as usize
}
