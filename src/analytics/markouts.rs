//! What happened to the mid after each trade: effective and realised spread, price impact, markouts, the impact matrix, impact
//! decay and toxic shares, at several horizons, from one queue of pending trades (F10).
//!
//! With d = +1 for an aggressive buy, p its mean price, m the mid before it and m₊ₕ the mid that stands at time t + h (after
//! everything of that very time): effective spread 2d(p − m), realised spread 2d(p − m₊ₕ), price impact 2d(m₊ₕ − m) is their
//! difference exactly (Huang and Stoll, *Journal of Financial Economics* 41, 1996). The **impact matrix** holds d(m₊ₕ − m) by
//! octave of quantity and horizon; the **permanent share** is impact at the last horizon over the largest at any. A trade is
//! **toxic** at h when it would have cost its maker: d(m₊ₕ − p) > 0. The same for a maker's own fills: the aggressor is the
//! fill's other side, half the effective spread is what was captured, half the impact is adverse selection.
//!
//! A trade waits in a ring until its last horizon has passed; one that finds the ring full is counted and left out. O(horizons)
//! per event amortised, hot path, nothing allocated after construction.

use super::{AnalyticsError, Moments, ascending, count};
use crate::types::{Quantity, Side, Timestamp};

/// Most horizons.
pub const MAX_HORIZONS: usize = 12;
/// Rows of the impact matrix: bucket b holds quantities from 2ᵇ to 2ᵇ⁺¹ − 1 lots, the last everything larger.
pub const SIZE_BUCKETS: usize = 24;
/// Most trades that can wait.
const MOST_PENDING: u32 = 1 << 24;

/// Horizons and storage of [`Markouts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkoutConfig<'a> {
    /// After how long the mid is looked at, nanoseconds, strictly ascending, 1 to [`MAX_HORIZONS`]. 0 is the mid right after
    /// everything of the trade's own time.
    pub horizons_ns: &'a [u64],
    /// Most trades that wait for their last horizon; 1 to 2²⁴. Each costs 48 bytes.
    pub max_pending: u32,
}

impl Default for MarkoutConfig<'_> {
    /// At once, 10 ms, 100 ms, 1 s, 5 s, 10 s, 30 s and a minute; 65,536 trades.
    fn default() -> Self {
        const MS: u64 = 1_000_000;
        Self {
            horizons_ns: &[
                0,
                10 * MS,
                100 * MS,
                1_000 * MS,
                5_000 * MS,
                10_000 * MS,
                30_000 * MS,
                60_000 * MS,
            ],
            max_pending: 1 << 16,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Pending {
    time: u64,
    mid2: i64,
    price: f64,
    quantity: u64,
    sign: i8,
    bucket: u8,
}

/// Sums of one horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    trades: u64,
    /// Trades whose mid was not known at the horizon.
    unknown: u64,
    quantity: f64,
    effective: f64,
    impact: f64,
    effective_by_quantity: f64,
    impact_by_quantity: f64,
    toxic: u64,
    toxic_quantity: f64,
}

/// What trades cost and moved by one horizon, over the trades that have reached it. Spreads and impact are in ticks and whole
/// (not half) spreads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MarkoutSummary {
    /// Trades.
    pub trades: u64,
    /// Their lots.
    pub quantity: f64,
    /// Mean of 2d(p − m).
    pub effective_spread: f64,
    /// Mean of 2d(p − m₊ₕ): minus twice the taker's markout.
    pub realised_spread: f64,
    /// Mean of 2d(m₊ₕ − m): effective less realised.
    pub price_impact: f64,
    /// The effective spread weighted by quantity.
    pub effective_spread_by_quantity: f64,
    /// The realised spread weighted by quantity.
    pub realised_spread_by_quantity: f64,
    /// The price impact weighted by quantity.
    pub price_impact_by_quantity: f64,
    /// Share of the trades after which the mid stood beyond their price, 0..=1.
    pub toxic_share: f64,
    /// The same share by quantity.
    pub toxic_share_by_quantity: f64,
}

impl MarkoutSummary {
    /// Mean of d(m₊ₕ − p), ticks: what the taker had gained by then; the maker's markout is its negative.
    #[must_use]
    pub fn taker_markout(&self) -> f64 {
        -0.5 * self.realised_spread
    }
}

/// A cell of the impact matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactCell {
    /// Trades in it.
    pub trades: u64,
    /// Mean of d(m₊ₕ − m), ticks.
    pub impact: f64,
    /// Standard error of that mean; `None` below two trades.
    pub standard_error: Option<f64>,
}

/// How impact fades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactDecay {
    /// Index of the horizon with the largest mean impact.
    pub peak_horizon: usize,
    /// That impact, ticks.
    pub peak: f64,
    /// Mean impact at the last horizon, ticks.
    pub permanent: f64,
    /// permanent/peak; may be negative where the price came back further than it went.
    pub permanent_share: f64,
}

/// Follows each trade through its horizons.
///
/// ```
/// use market_maker::analytics::{MarkoutConfig, Markouts};
/// use market_maker::types::{Quantity, Side, Timestamp};
/// let mut markouts = Markouts::new(&MarkoutConfig { horizons_ns: &[1_000], max_pending: 8 })?;
/// markouts.on_mid(Timestamp(0), Some(200)); // mid 100
/// markouts.on_trade(Timestamp(5), Side::Buy, 101.0, Quantity(3), 200);
/// markouts.on_mid(Timestamp(900), Some(203)); // mid 101.5
/// markouts.on_mid(Timestamp(2_000), Some(300)); // the horizon has passed at 101.5
/// let summary = markouts.summary(0).unwrap();
/// assert_eq!((summary.effective_spread, summary.realised_spread, summary.price_impact), (2.0, -1.0, 3.0));
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Markouts {
    horizons: [u64; MAX_HORIZONS],
    used: usize,
    ring: Box<[Pending]>,
    /// Numbers of the oldest waiting trade and of the next one; a trade's place is its number modulo the ring.
    tail: u64,
    head: u64,
    /// Number of the next trade that has not reached each horizon.
    next: [u64; MAX_HORIZONS],
    mid2: Option<i64>,
    now: Timestamp,
    dropped: u64,
    sums: [Sums; MAX_HORIZONS],
    matrix: Box<[[Moments; SIZE_BUCKETS]]>,
}

impl Markouts {
    /// Nothing seen.
    ///
    /// # Errors
    /// [`AnalyticsError::NotPositive`], [`AnalyticsError::TooLarge`], [`AnalyticsError::NotAscending`] by the field's name.
    pub fn new(config: &MarkoutConfig<'_>) -> Result<Self, AnalyticsError> {
        ascending(config.horizons_ns, MAX_HORIZONS, "horizons_ns")?;
        let pending = count(u64::from(config.max_pending), u64::from(MOST_PENDING), "max_pending")?;
        let used = config.horizons_ns.len();
        let mut horizons = [0; MAX_HORIZONS];
        horizons[..used].copy_from_slice(config.horizons_ns);
        Ok(Self {
            horizons,
            used,
            ring: vec![Pending::default(); pending].into_boxed_slice(),
            tail: 0,
            head: 0,
            next: [0; MAX_HORIZONS],
            mid2: None,
            now: Timestamp(0),
            dropped: 0,
            sums: [Sums::default(); MAX_HORIZONS],
            matrix: vec![[Moments::default(); SIZE_BUCKETS]; used].into_boxed_slice(),
        })
    }

    /// Time has come to `now`, and nothing that happens at it is known yet: trades whose horizon ended before see the mid that
    /// stands. Hot path: O(horizons) amortised.
    #[inline]
    pub fn advance(&mut self, now: Timestamp) {
        self.now = now.max(self.now);
        for horizon in 0..self.used {
            while self.next[horizon] < self.head {
                let place = (self.next[horizon] % self.ring.len() as u64) as usize;
                let pending = self.ring[place];
                if pending.time.saturating_add(self.horizons[horizon]) >= self.now.0 {
                    break;
                }
                self.next[horizon] += 1;
                self.reach(horizon, &pending);
            }
        }
        // The last horizon is the longest.
        self.tail = self.next[self.used - 1];
    }

    #[inline]
    fn reach(&mut self, horizon: usize, pending: &Pending) {
        let sums = &mut self.sums[horizon];
        let Some(mid2) = self.mid2 else {
            sums.unknown += 1;
            return;
        };
        let sign = f64::from(pending.sign);
        let lots = pending.quantity as f64;
        // In whole spreads: twice the distance from the mid, which is half of mid2.
        let effective = sign * (2.0 * pending.price - pending.mid2 as f64);
        let impact = sign * (mid2 as f64 - pending.mid2 as f64);
        let is_toxic = impact > effective;
        sums.trades += 1;
        sums.quantity += lots;
        sums.effective += effective;
        sums.impact += impact;
        sums.effective_by_quantity += lots * effective;
        sums.impact_by_quantity += lots * impact;
        sums.toxic += u64::from(is_toxic);
        sums.toxic_quantity += if is_toxic { lots } else { 0.0 };
        self.matrix[horizon][usize::from(pending.bucket)].push(0.5 * impact);
    }

    /// The mid from `now` on, as twice the mid in ticks; `None` while there is none. Hot path.
    #[inline]
    pub fn on_mid(&mut self, now: Timestamp, mid2: Option<i64>) {
        self.advance(now);
        self.mid2 = mid2;
    }

    /// A trade at `now` (no earlier than the one before, else that one's time counts) at this mean price in ticks, and twice
    /// the mid before it. `false` when it is left out: no lots, no finite price, or no room. Hot path.
    #[inline]
    pub fn on_trade(
        &mut self,
        now: Timestamp,
        aggressor: Side,
        price: f64,
        quantity: Quantity,
        mid2: i64,
    ) -> bool {
        if quantity == Quantity::ZERO || !price.is_finite() {
            return false;
        }
        if self.head - self.tail == self.ring.len() as u64 {
            self.dropped += 1;
            return false;
        }
        let place = |number: u64| (number % self.ring.len() as u64) as usize;
        let before = if self.head > self.tail { self.ring[place(self.head - 1)].time } else { 0 };
        let at = place(self.head);
        self.ring[at] = Pending {
            time: now.0.max(before),
            mid2,
            price,
            quantity: quantity.0,
            sign: aggressor.sign() as i8,
            bucket: quantity.0.ilog2().min(SIZE_BUCKETS as u32 - 1) as u8,
        };
        self.head += 1;
        true
    }

    /// Horizons, nanoseconds.
    #[must_use]
    pub fn horizons_ns(&self) -> &[u64] {
        &self.horizons[..self.used]
    }

    /// Trades that found no room.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Trades that reached this horizon while there was no mid.
    #[must_use]
    pub fn unknown(&self, horizon: usize) -> u64 {
        self.sums[..self.used].get(horizon).map_or(0, |sums| sums.unknown)
    }

    /// The averages at the `horizon`-th horizon; `None` before a trade has reached it.
    #[must_use]
    pub fn summary(&self, horizon: usize) -> Option<MarkoutSummary> {
        let sums = self.sums[..self.used].get(horizon).filter(|sums| sums.trades > 0)?;
        let (trades, lots) = (sums.trades as f64, sums.quantity);
        Some(MarkoutSummary {
            trades: sums.trades,
            quantity: lots,
            effective_spread: sums.effective / trades,
            realised_spread: (sums.effective - sums.impact) / trades,
            price_impact: sums.impact / trades,
            effective_spread_by_quantity: sums.effective_by_quantity / lots,
            realised_spread_by_quantity: (sums.effective_by_quantity - sums.impact_by_quantity) / lots,
            price_impact_by_quantity: sums.impact_by_quantity / lots,
            toxic_share: sums.toxic as f64 / trades,
            toxic_share_by_quantity: sums.toxic_quantity / lots,
        })
    }

    /// Mean impact of trades of one octave of quantity by a horizon; `None` where there is no such trade.
    #[must_use]
    pub fn impact(&self, bucket: usize, horizon: usize) -> Option<ImpactCell> {
        let cell = self.matrix.get(horizon)?.get(bucket)?;
        Some(ImpactCell { trades: cell.count, impact: cell.mean()?, standard_error: cell.standard_error() })
    }

    /// How the mean impact fades from its peak to the last horizon, each over the trades that have reached it; `None` before
    /// one has reached the last, or without a positive peak.
    #[must_use]
    pub fn decay(&self) -> Option<ImpactDecay> {
        let impact = |horizon| self.summary(horizon).map(|summary| 0.5 * summary.price_impact);
        let permanent = impact(self.used - 1)?;
        let mut peak = (0, impact(0)?);
        for horizon in 1..self.used {
            let now = impact(horizon)?;
            if now > peak.1 {
                peak = (horizon, now);
            }
        }
        (peak.1 > 0.0).then(|| ImpactDecay {
            peak_horizon: peak.0,
            peak: peak.1,
            permanent,
            permanent_share: permanent / peak.1,
        })
    }
}
