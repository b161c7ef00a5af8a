//! The default channels: their order, names and units, and what each one is.
//!
//! The order is part of what a trained model means, so it never changes: a number is a channel for good.

/// Channels of a row.
pub const CHANNELS: usize = 24;

/// One of the default channels, numbered by its place in a row.
///
/// *Over the row* means from the end of the row before (inclusive) to the end of this one (exclusive); *at its end* means as
/// of the last consistent book before that. A *sound* book has both sides and no crossed or locked prices; the channels
/// that need one hold their last value while it is not. All definitions are F10's where it has one. Levels count from
/// the best; a *print* is one execution of one resting order, or one trade message.
///
/// ```
/// use market_maker::features::{CHANNELS, Channel};
/// assert_eq!(Channel::ALL.len(), CHANNELS);
/// assert_eq!(Channel::OrderFlow3.index(), 8);
/// assert_eq!(Channel::from_name("vpin"), Some(Channel::Vpin));
/// assert_eq!(Channel::KyleLambda.unit(), "ticks/lot");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Channel {
    /// 10⁴·ln(mid / mid at the end of the row before): basis points, any sign. 0 where either mid is not positive and
    /// over a gap (see [`FeatureWindow::interrupt`](crate::features::FeatureWindow::interrupt)).
    MidReturn = 0,
    /// Best ask less best bid at the row's end: ticks, at least 1.
    Spread = 1,
    /// Microprice less mid at the row's end: ticks, within half a spread for the size-weighted mid
    /// ½·spread·(q_bid − q_ask)/(q_bid + q_ask), which it is unless a fitted one
    /// ([`FeatureWindow::set_microprice`](crate::features::FeatureWindow::set_microprice), Stoikov 2018) is given.
    MicropriceDeviation = 2,
    /// (Q_bid − Q_ask)/(Q_bid + Q_ask) over the best level of each side at the row's end: −1..=1.
    Imbalance1 = 3,
    /// The same over the first three levels.
    Imbalance3 = 4,
    /// The same over the first five levels.
    Imbalance5 = 5,
    /// The same over the first ten levels.
    Imbalance10 = 6,
    /// Order-flow imbalance of the best prices (Cont, Kukanov and Stoikov 2014), summed over the row: lots, any sign.
    OrderFlow1 = 7,
    /// Multi-level order-flow imbalance (Xu, Gould and Howison 2018) of the first three ranks together, summed over
    /// the row: lots, any sign.
    OrderFlow3 = 8,
    /// The same of the first five ranks.
    OrderFlow5 = 9,
    /// The same of the first ten ranks.
    OrderFlow10 = 10,
    /// Traded lots with the aggressor's sign (buying positive), summed over the row. A print without a known
    /// aggressor adds nothing.
    SignedVolume = 11,
    /// Traded lots, summed over the row; at least 0.
    TradeVolume = 12,
    /// Prints over the row; at least 0.
    TradeCount = 13,
    /// VPIN (Easley, López de Prado and O'Hara 2012) over the last full volume buckets at the row's end: 0..=1; 0 before
    /// the first is full. See [`Vpin`](crate::features::Vpin).
    Vpin = 14,
    /// Kyle's λ: slope of the mid's change over a row (ticks) on the row's signed volume (lots), decayed least squares
    /// with intercept over all rows so far, this one included: ticks per lot, any sign; 0 while the volume has not
    /// varied. Rows that hold a gap or end without a sound book are no samples. See
    /// [`KyleLambda`](crate::features::KyleLambda).
    KyleLambda = 15,
    /// Realised volatility of the mid with the first half-life, as of the row's end: ticks per √second, at least 0; 0
    /// before any time has passed. Time without a sound book does not pass for it, and moves across it do not count. See
    /// [`EwmaVolatility`](crate::features::EwmaVolatility).
    VolatilityFast = 16,
    /// The same with the second half-life.
    VolatilityMedium = 17,
    /// The same with the third half-life.
    VolatilitySlow = 18,
    /// How fast the best bid's queue shrinks: lots that left it over the row (traded, cancelled, or with their whole
    /// level), the negative part of each change's bid side in [`OrderFlow1`](Self::OrderFlow1), per second of a full row;
    /// at least 0.
    BidDepletion = 19,
    /// The same for the best ask's queue.
    AskDepletion = 20,
    /// Events over the row that changed the book or printed a trade, per second of a full row; at least 0.
    EventRate = 21,
    /// Sine of the time of day at the row's end, a day being a turn from its configured start: −1..=1.
    TimeSin = 22,
    /// Cosine of the same.
    TimeCos = 23,
}

/// Channel, name, unit: in the order of a row.
const TABLE: [(Channel, &str, &str); CHANNELS] = [
    (Channel::MidReturn, "mid_return", "bps"),
    (Channel::Spread, "spread", "ticks"),
    (Channel::MicropriceDeviation, "microprice_deviation", "ticks"),
    (Channel::Imbalance1, "imbalance_1", "1"),
    (Channel::Imbalance3, "imbalance_3", "1"),
    (Channel::Imbalance5, "imbalance_5", "1"),
    (Channel::Imbalance10, "imbalance_10", "1"),
    (Channel::OrderFlow1, "order_flow_1", "lots"),
    (Channel::OrderFlow3, "order_flow_3", "lots"),
    (Channel::OrderFlow5, "order_flow_5", "lots"),
    (Channel::OrderFlow10, "order_flow_10", "lots"),
    (Channel::SignedVolume, "signed_volume", "lots"),
    (Channel::TradeVolume, "trade_volume", "lots"),
    (Channel::TradeCount, "trade_count", "1"),
    (Channel::Vpin, "vpin", "1"),
    (Channel::KyleLambda, "kyle_lambda", "ticks/lot"),
    (Channel::VolatilityFast, "volatility_fast", "ticks/sqrt(s)"),
    (Channel::VolatilityMedium, "volatility_medium", "ticks/sqrt(s)"),
    (Channel::VolatilitySlow, "volatility_slow", "ticks/sqrt(s)"),
    (Channel::BidDepletion, "bid_depletion", "lots/s"),
    (Channel::AskDepletion, "ask_depletion", "lots/s"),
    (Channel::EventRate, "event_rate", "1/s"),
    (Channel::TimeSin, "time_sin", "1"),
    (Channel::TimeCos, "time_cos", "1"),
];

impl Channel {
    /// Every channel in the order of a row.
    pub const ALL: [Self; CHANNELS] = {
        let mut all = [Self::MidReturn; CHANNELS];
        let mut index = 0;
        while index < CHANNELS {
            all[index] = TABLE[index].0;
            assert!(all[index] as usize == index);
            index += 1;
        }
        all
    };

    /// Its place in a row.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The channel with this place.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Its name, as data frames and configurations use it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The channel with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// Its unit; `"1"` for a pure number.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        TABLE[self as usize].2
    }
}

impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
