//! What trading earned, and how (F11): Sharpe, Sortino and information ratio with their period stated, drawdown, win rate, profit
//! factor, spread capture, adverse selection, trades per second.
//!
//! Returns are of equity (capital + P&L) over equal periods that the host closes: r = Eₖ/Eₖ₋₁ − 1. Sharpe = (mean − risk-free)/deviation ·
//! √periods a year, the deviation unbiased (n − 1). Sortino = (mean − target)/downside deviation · √periods a year, downside deviation
//! √mean(min(0, r − target)²) over **all** periods. Information ratio: the Sharpe ratio of r less the benchmark's return, no risk-free
//! rate. Drawdown is peak to trough of equity at every mark, not only at the ends of periods. Win rate and profit factor are over
//! closed trades (round trips). What a fill captured and lost to those who knew better comes from [`Markouts`] on the maker's side.
//! O(1) per call, hot path, nothing allocated after construction.

use super::{AnalyticsError, MarkoutConfig, Markouts, Moments, positive};
use crate::types::{Price, Quantity, Side, Timestamp};

/// Parameters of [`Performance`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerformanceConfig<'a> {
    /// Equity at the start, in money; positive.
    pub capital: f64,
    /// Periods in a year, which annualises: 252 for days, 252 × 390 for minutes of a US trading day; 1 leaves ratios per period.
    pub periods_per_year: f64,
    /// Riskless return per period.
    pub risk_free: f64,
    /// Target of the Sortino ratio, return per period.
    pub target: f64,
    /// When fills are marked out; adverse selection is reported by horizon.
    pub markouts: MarkoutConfig<'a>,
}

impl Default for PerformanceConfig<'_> {
    /// A million, days, nothing riskless, the markouts' own horizons.
    fn default() -> Self {
        Self {
            capital: 1e6,
            periods_per_year: 252.0,
            risk_free: 0.0,
            target: 0.0,
            markouts: MarkoutConfig::default(),
        }
    }
}

/// Streaming performance of one strategy.
///
/// ```
/// use market_maker::analytics::{Performance, PerformanceConfig};
/// let mut performance = Performance::new(&PerformanceConfig { capital: 100.0, periods_per_year: 1.0, ..Default::default() })?;
/// for equity in [110.0, 99.0, 108.9] {
///     performance.mark(equity);
///     performance.close_period(None);
/// }
/// assert!((performance.sharpe().unwrap() - 0.288_675).abs() < 1e-6); // mean 1/30, deviation 0.11547
/// assert!((performance.max_drawdown_percent() - 10.0).abs() < 1e-12);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Performance {
    annual: f64,
    risk_free: f64,
    target: f64,
    equity: f64,
    period_start: f64,
    peak: f64,
    drawdown: f64,
    drawdown_part: f64,
    returns: Moments,
    active: Moments,
    downside: f64,
    wins: u64,
    losses: u64,
    flat: u64,
    gross_profit: f64,
    gross_loss: f64,
    fills: Markouts,
    filled: u64,
    first_fill: Timestamp,
    last_fill: Timestamp,
    /// Σ lots × ticks of half-spread quoted and captured, over fills with a sound book.
    quoted: f64,
    captured: f64,
}

impl Performance {
    /// At its capital.
    ///
    /// # Errors
    /// [`AnalyticsError`] for a field, by its name.
    pub fn new(config: &PerformanceConfig<'_>) -> Result<Self, AnalyticsError> {
        let capital = positive(config.capital, "capital")?;
        for (value, parameter) in [(config.risk_free, "risk_free"), (config.target, "target")] {
            if !value.is_finite() {
                return Err(AnalyticsError::NotFinite { parameter });
            }
        }
        Ok(Self {
            annual: libm::sqrt(positive(config.periods_per_year, "periods_per_year")?),
            risk_free: config.risk_free,
            target: config.target,
            equity: capital,
            period_start: capital,
            peak: capital,
            drawdown: 0.0,
            drawdown_part: 0.0,
            returns: Moments::default(),
            active: Moments::default(),
            downside: 0.0,
            wins: 0,
            losses: 0,
            flat: 0,
            gross_profit: 0.0,
            gross_loss: 0.0,
            fills: Markouts::new(&config.markouts)?,
            filled: 0,
            first_fill: Timestamp(0),
            last_fill: Timestamp(0),
            quoted: 0.0,
            captured: 0.0,
        })
    }

    /// Equity now, money; a value that is not finite is left out. Hot path.
    #[inline]
    pub fn mark(&mut self, equity: f64) {
        if !equity.is_finite() {
            return;
        }
        self.equity = equity;
        self.peak = self.peak.max(equity);
        let drawdown = self.peak - equity;
        self.drawdown = self.drawdown.max(drawdown);
        // The peak is at least the capital, which is positive.
        self.drawdown_part = self.drawdown_part.max(drawdown / self.peak);
    }

    /// A period ends with the equity of the last mark; `benchmark` is what the benchmark returned over it. After equity has been
    /// zero or below there is no return, and the period counts in nothing. Hot path.
    #[inline]
    pub fn close_period(&mut self, benchmark: Option<f64>) {
        let start = std::mem::replace(&mut self.period_start, self.equity);
        if start <= 0.0 {
            return;
        }
        let value = self.equity / start - 1.0;
        self.returns.push(value);
        let below = (value - self.target).min(0.0);
        self.downside += below * below;
        if let Some(benchmark) = benchmark.filter(|benchmark| benchmark.is_finite()) {
            self.active.push(value - benchmark);
        }
    }

    /// A round trip was closed with this profit, fees paid; money. Hot path.
    #[inline]
    pub fn on_closed(&mut self, profit: f64) {
        if profit > 0.0 {
            self.wins += 1;
            self.gross_profit += profit;
        } else if profit < 0.0 {
            self.losses += 1;
            self.gross_loss -= profit;
        } else if profit == 0.0 {
            self.flat += 1;
        }
    }

    /// One of our orders of this side was filled at `price`, best bid and ask being these before. A fill without lots, or in a
    /// book that is locked or crossed, counts in the rate of trades only. Hot path.
    #[inline]
    pub fn on_fill(
        &mut self,
        now: Timestamp,
        side: Side,
        price: Price,
        quantity: Quantity,
        bid: Price,
        ask: Price,
    ) {
        if self.filled == 0 {
            self.first_fill = now;
        }
        self.filled += 1;
        self.last_fill = now.max(self.last_fill);
        if bid >= ask || quantity == Quantity::ZERO {
            return;
        }
        let mid2 = bid.0.saturating_add(ask.0);
        let lots = quantity.0 as f64;
        self.quoted += lots * (0.5 * (ask.0 as f64 - bid.0 as f64));
        self.captured += lots * (side.sign() as f64 * (0.5 * mid2 as f64 - price.0 as f64));
        // Whoever traded with us was the aggressor.
        self.fills.on_trade(now, side.opposite(), price.0 as f64, quantity, mid2);
    }

    /// Twice the mid from `now` on, ticks. Hot path.
    #[inline]
    pub fn on_mid(&mut self, now: Timestamp, mid2: Option<i64>) {
        self.fills.on_mid(now, mid2);
    }

    /// Periods with a return.
    #[must_use]
    pub const fn periods(&self) -> u64 {
        self.returns.count
    }

    /// Annualised Sharpe ratio; `None` below two periods or without deviation.
    #[must_use]
    pub fn sharpe(&self) -> Option<f64> {
        ratio(&self.returns, self.risk_free).map(|ratio| ratio * self.annual)
    }

    /// Annualised information ratio over the periods that had a benchmark.
    #[must_use]
    pub fn information_ratio(&self) -> Option<f64> {
        ratio(&self.active, 0.0).map(|ratio| ratio * self.annual)
    }

    /// √mean(min(0, r − target)²) over all periods.
    #[must_use]
    pub fn downside_deviation(&self) -> Option<f64> {
        (self.returns.count > 0).then(|| libm::sqrt(self.downside / self.returns.count as f64))
    }

    /// Annualised Sortino ratio; `None` while no period was below the target.
    #[must_use]
    pub fn sortino(&self) -> Option<f64> {
        let deviation = self.downside_deviation().filter(|&deviation| deviation > 0.0)?;
        Some((self.returns.mean - self.target) / deviation * self.annual)
    }

    /// Largest fall of equity from a peak, money.
    #[must_use]
    pub const fn max_drawdown(&self) -> f64 {
        self.drawdown
    }

    /// Largest fall from a peak in percent of that peak; not always the fall that is largest in money.
    #[must_use]
    pub const fn max_drawdown_percent(&self) -> f64 {
        100.0 * self.drawdown_part
    }

    /// Share of the closed trades that made money, 0..=1.
    #[must_use]
    pub fn win_rate(&self) -> Option<f64> {
        let closed = self.wins + self.losses + self.flat;
        (closed > 0).then(|| self.wins as f64 / closed as f64)
    }

    /// Gross profit over gross loss; `None` without a loss.
    #[must_use]
    pub fn profit_factor(&self) -> Option<f64> {
        (self.gross_loss > 0.0).then(|| self.gross_profit / self.gross_loss)
    }

    /// Part of the quoted half-spread that fills earned against the mid, by lots: 1 for fills at our touch, less for fills inside.
    #[must_use]
    pub fn spread_capture(&self) -> Option<f64> {
        (self.quoted > 0.0).then(|| self.captured / self.quoted)
    }

    /// Mean ticks per lot that the mid moved against the fills by the `horizon`-th horizon: positive is a cost.
    #[must_use]
    pub fn adverse_selection(&self, horizon: usize) -> Option<f64> {
        self.fills.summary(horizon).map(|summary| 0.5 * summary.price_impact_by_quantity)
    }

    /// Everything about the fills by horizon, the aggressor being the other side.
    #[must_use]
    pub const fn fills(&self) -> &Markouts {
        &self.fills
    }

    /// Fills per second from the first to the last; `None` before time has passed between two.
    #[must_use]
    pub fn trades_per_second(&self) -> Option<f64> {
        let nanoseconds = self.last_fill.0 - self.first_fill.0;
        // n fills span n − 1 intervals.
        (nanoseconds > 0).then(|| (self.filled - 1) as f64 / (nanoseconds as f64 * 1e-9))
    }
}

fn ratio(returns: &Moments, off: f64) -> Option<f64> {
    let variance = returns.variance().filter(|&variance| variance > 0.0)?;
    Some((returns.mean - off) / libm::sqrt(variance))
}
