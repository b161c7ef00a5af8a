//! VPIN: volume-synchronised probability of informed trading (Easley, López de Prado and O'Hara, *Review of Financial
//! Studies* 25(5), 2012, F10), with the aggressor's side as the feed tells it instead of the paper's bulk classification.
//!
//! Trades fill buckets of equal **volume** V, one after the other; a trade larger than what a bucket lacks goes on in
//! the next. VPIN is Σ|V_buy − V_sell|/(nV) over the last n full buckets. O(1) per trade amortised, at most n buckets
//! for the largest; exact in integers up to the last division. Hot path, single writer, no allocation after
//! construction.

use crate::features::FeatureError;
use crate::types::{Quantity, Side};

/// Largest bucket, so that every sum is exact in a double.
const MOST_LOTS: u64 = 1 << 40;
/// Most buckets.
const MOST_BUCKETS: u32 = 1 << 12;

/// VPIN over buckets of equal volume.
///
/// ```
/// use market_maker::features::Vpin;
/// use market_maker::types::{Quantity, Side};
/// let mut vpin = Vpin::new(Quantity(100), 2)?;
/// vpin.update(Some(Side::Buy), Quantity(75));
/// assert_eq!(vpin.value(), None); // no full bucket yet
/// vpin.update(Some(Side::Sell), Quantity(75)); // 25 fill the first, 50 are in the second
/// assert_eq!(vpin.value(), Some(0.5)); // |75 − 25| of 100
/// vpin.update(Some(Side::Sell), Quantity(50));
/// assert_eq!(vpin.value(), Some(0.75)); // and 100 of 100
/// # Ok::<(), market_maker::features::FeatureError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Vpin {
    bucket: u64,
    /// |buy − sell| of the last full buckets.
    imbalances: Box<[u64]>,
    next: usize,
    full: usize,
    sum: u64,
    /// Volume and signed volume of the bucket that is filling.
    volume: u64,
    net: i64,
    value: Option<f64>,
}

impl Vpin {
    /// Over the last `buckets` (1..=4096) full buckets of `bucket` lots (1..=2⁴⁰) each. The paper's choice is a bucket of a
    /// fiftieth of the average daily volume, and fifty of them.
    ///
    /// # Errors
    /// [`FeatureError::NotPositive`], [`FeatureError::TooLarge`] for `vpin_bucket` and `vpin_buckets`.
    pub fn new(bucket: Quantity, buckets: u32) -> Result<Self, FeatureError> {
        if bucket.0 == 0 {
            return Err(FeatureError::NotPositive { parameter: "vpin_bucket" });
        }
        if buckets == 0 {
            return Err(FeatureError::NotPositive { parameter: "vpin_buckets" });
        }
        if bucket.0 > MOST_LOTS {
            return Err(FeatureError::TooLarge { parameter: "vpin_bucket / 2^20", limit: 1 << 20 });
        }
        if buckets > MOST_BUCKETS {
            return Err(FeatureError::TooLarge { parameter: "vpin_buckets", limit: MOST_BUCKETS });
        }
        Ok(Self {
            bucket: bucket.0,
            imbalances: vec![0; buckets as usize].into_boxed_slice(),
            next: 0,
            full: 0,
            sum: 0,
            volume: 0,
            net: 0,
            value: None,
        })
    }

    /// A trade of `quantity` lots; one without a known aggressor fills a bucket on both sides alike. Hot path.
    #[inline]
    pub fn update(&mut self, aggressor: Option<Side>, quantity: Quantity) {
        let sign = aggressor.map_or(0, Side::sign);
        let mut rest = quantity.0;
        while rest > 0 {
            let taken = rest.min(self.bucket - self.volume);
            self.volume += taken;
            self.net += sign * taken as i64;
            rest -= taken;
            if self.volume == self.bucket {
                self.close();
                // Of a trade that fills every bucket anew, only the last ones can be told from each other.
                let passes = rest / self.bucket;
                let most = self.imbalances.len() as u64;
                if passes > most {
                    rest -= (passes - most) * self.bucket;
                }
            }
        }
    }

    #[inline(never)]
    fn close(&mut self) {
        let imbalance = self.net.unsigned_abs();
        self.sum = self.sum - self.imbalances[self.next] + imbalance;
        self.imbalances[self.next] = imbalance;
        self.next = if self.next + 1 == self.imbalances.len() { 0 } else { self.next + 1 };
        self.full = (self.full + 1).min(self.imbalances.len());
        (self.volume, self.net) = (0, 0);
        self.value = Some(self.sum as f64 / (self.full as u64 * self.bucket) as f64);
    }

    /// VPIN, 0..=1, over the full buckets, at most as many as asked for; `None` before the first is full. Hot path.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.value
    }
}
