//! The gate itself: limits, counters, kill switch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{RateLimit, RiskError, RiskReason, RiskReject, TokenBucket};
use crate::types::{Money, Price, Quantity, Side, SignedQuantity, Timestamp};

/// The limits. `None` switches a check off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskConfig {
    /// Lots of one order.
    pub max_order_quantity: Option<Quantity>,
    /// |price| × quantity of one order, ticks × lots.
    pub max_order_notional: Option<Money>,
    /// Distance of the price from the reference, ticks.
    pub collar_ticks: Option<u64>,
    /// Distance of the price from the reference, basis points of the reference. Both collars hold when both are set.
    pub collar_bps: Option<u32>,
    /// Lots long if every working buy order filled.
    pub max_long_position: Option<Quantity>,
    /// Lots short if every working sell order filled, as a positive number.
    pub max_short_position: Option<Quantity>,
    /// Messages per time. Cancels use it up and are never refused by it.
    pub message_rate: Option<RateLimit>,
}

impl RiskConfig {
    /// The same bound on both signs of the position.
    #[must_use]
    pub const fn with_max_position(mut self, lots: Quantity) -> Self {
        self.max_long_position = Some(lots);
        self.max_short_position = Some(lots);
        self
    }
}

/// An order that wants out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderIntent {
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: Price,
    /// Its quantity.
    pub quantity: Quantity,
    /// Open quantity, counted in [`Exposure`], of the order that it replaces; zero for a new order. The worst case of
    /// a replacement is the larger of the two, because a venue reduces a replacement by what its predecessor traded.
    pub replaces: Quantity,
    /// The time of the event that caused it.
    pub timestamp: Timestamp,
}

/// What the order is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Lots held.
    pub position: SignedQuantity,
    /// Lots of working buy orders, in their worst case.
    pub working_buy: Quantity,
    /// Lots of working sell orders, in their worst case.
    pub working_sell: Quantity,
    /// The price that collars measure from, usually the mid.
    pub reference: Option<Price>,
}

/// Turns the gate off from any thread. Clones share one switch.
///
/// ```
/// use market_maker::risk::{RiskConfig, RiskGate};
/// let gate = RiskGate::new(&RiskConfig::default()).unwrap();
/// let switch = gate.kill_switch();
/// std::thread::spawn(move || switch.kill()).join().unwrap();
/// assert!(gate.is_killed());
/// ```
#[derive(Clone, Debug, Default)]
pub struct KillSwitch(Arc<AtomicBool>);

impl KillSwitch {
    /// Refuses every order from now on. Any thread, hot path.
    pub fn kill(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Lets orders pass again. Any thread, hot path.
    pub fn revive(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether orders are refused. Any thread, hot path.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// How often the gate was asked and what it answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskCounters {
    /// Orders checked.
    pub evaluated: u64,
    /// Orders refused, by [`RiskReason::index`].
    pub refused: [u64; RiskReason::COUNT],
}

impl RiskCounters {
    /// Orders refused for `reason`.
    #[must_use]
    pub const fn refused_for(&self, reason: RiskReason) -> u64 {
        self.refused[reason.index()]
    }

    /// Orders refused in all.
    #[must_use]
    pub fn total_refused(&self) -> u64 {
        self.refused.iter().sum()
    }
}

/// The pre-trade gate.
///
/// ```
/// use market_maker::risk::{Exposure, OrderIntent, RiskConfig, RiskGate, RiskReason};
/// use market_maker::types::{Price, Quantity, Side, SignedQuantity, Timestamp};
/// let config = RiskConfig::default().with_max_position(Quantity(100));
/// let mut gate = RiskGate::new(&config).unwrap();
/// let order = OrderIntent {
///     side: Side::Buy, price: Price(58533), quantity: Quantity(10), replaces: Quantity::ZERO, timestamp: Timestamp(0),
/// };
/// let mut exposure = Exposure { position: SignedQuantity(60), working_buy: Quantity(30), ..Exposure::default() };
/// assert!(gate.check(&order, &exposure).is_ok());
/// exposure.working_buy = Quantity(31);
/// let refused = gate.check(&order, &exposure).unwrap_err();
/// assert_eq!((refused.reason, refused.observed, refused.limit), (RiskReason::LongPosition, 101, 100));
/// ```
#[derive(Debug)]
pub struct RiskGate {
    config: RiskConfig,
    bucket: Option<TokenBucket>,
    counters: RiskCounters,
    kill: KillSwitch,
}

impl RiskGate {
    /// A gate with these limits, its bucket full and its switch off.
    ///
    /// # Errors
    /// [`RiskError::BadConfig`] for a negative notional, a position limit above [`Quantity::MAX`] or a bad rate.
    pub fn new(config: &RiskConfig) -> Result<Self, RiskError> {
        let bucket = Self::validate(config)?;
        Ok(Self { config: *config, bucket, counters: RiskCounters::default(), kill: KillSwitch::default() })
    }

    fn validate(config: &RiskConfig) -> Result<Option<TokenBucket>, RiskError> {
        if config.max_order_notional.is_some_and(|notional| notional.0 < 0) {
            return Err(RiskError::BadConfig("max_order_notional is negative"));
        }
        for limit in [config.max_order_quantity, config.max_long_position, config.max_short_position] {
            if limit.is_some_and(|lots| lots > Quantity::MAX) {
                return Err(RiskError::BadConfig("a limit in lots is above Quantity::MAX"));
            }
        }
        config.message_rate.map(TokenBucket::new).transpose()
    }

    /// Replaces the limits. Counters and the switch stay; the bucket stays when its rate does, else it starts full.
    ///
    /// # Errors
    /// As for [`new`](Self::new); the old limits stay then.
    pub fn set_config(&mut self, config: &RiskConfig) -> Result<(), RiskError> {
        let bucket = Self::validate(config)?;
        if config.message_rate != self.config.message_rate {
            self.bucket = bucket;
        }
        self.config = *config;
        Ok(())
    }

    /// The limits.
    #[must_use]
    pub const fn config(&self) -> &RiskConfig {
        &self.config
    }

    /// Passes or refuses one order and counts it. A passed order has used one message of the rate. Hot path, O(1).
    ///
    /// The position check asks what this order can add: a buy is measured only against the long limit and a sell only
    /// against the short one, so an order that works a position down passes even while the position is above a limit.
    ///
    /// # Errors
    /// The first failed check. Nothing but the counters has changed then.
    pub fn check(&mut self, order: &OrderIntent, exposure: &Exposure) -> Result<(), RiskReject> {
        self.counters.evaluated += 1;
        let verdict = self.evaluate(order, exposure);
        if let Err(reject) = &verdict {
            self.counters.refused[reject.reason.index()] += 1;
        }
        verdict
    }

    fn evaluate(&mut self, order: &OrderIntent, exposure: &Exposure) -> Result<(), RiskReject> {
        let config = &self.config;
        if self.kill.is_killed() {
            return Err(reject(RiskReason::KillSwitch, 1, 0));
        }
        if order.quantity == Quantity::ZERO || order.quantity > Quantity::MAX {
            return Err(reject(RiskReason::InvalidOrder, order.quantity.0.into(), Quantity::MAX.0.into()));
        }
        if !order.price.in_range() {
            return Err(reject(RiskReason::InvalidOrder, order.price.0.into(), Price::MAX.0.into()));
        }
        if let Some(limit) = config.max_order_quantity
            && order.quantity > limit
        {
            return Err(reject(RiskReason::OrderQuantity, order.quantity.0.into(), limit.0.into()));
        }
        if let Some(limit) = config.max_order_notional {
            let notional = i128::from(order.price.0.unsigned_abs()) * i128::from(order.quantity.0);
            if notional > i128::from(limit.0) {
                return Err(reject(RiskReason::OrderNotional, notional, limit.0.into()));
            }
        }
        if config.collar_ticks.is_some() || config.collar_bps.is_some() {
            Self::check_collar(config, order.price, exposure.reference)?;
        }
        // The order's own side only: a resting order of the other side is not made worse by it.
        let (held, working, limit, reason) = match order.side {
            Side::Buy => {
                let held = i128::from(exposure.position.0);
                (held, exposure.working_buy, config.max_long_position, RiskReason::LongPosition)
            }
            Side::Sell => {
                let held = -i128::from(exposure.position.0);
                (held, exposure.working_sell, config.max_short_position, RiskReason::ShortPosition)
            }
        };
        if let Some(limit) = limit {
            let added = order.quantity.0.saturating_sub(order.replaces.0);
            let worst = held + i128::from(working.0) + i128::from(added);
            if added > 0 && worst > i128::from(limit.0) {
                return Err(reject(reason, worst, limit.0.into()));
            }
        }
        if let Some(bucket) = &mut self.bucket
            && !bucket.take(order.timestamp)
        {
            let limit = bucket.limit();
            return Err(reject(
                RiskReason::MessageRate,
                i128::from(bucket.available()) + 1,
                limit.messages.into(),
            ));
        }
        Ok(())
    }

    fn check_collar(config: &RiskConfig, price: Price, reference: Option<Price>) -> Result<(), RiskReject> {
        let Some(reference) = reference else {
            return Err(reject(RiskReason::NoReference, 0, 0));
        };
        let distance = i128::from(price.0.abs_diff(reference.0));
        if let Some(ticks) = config.collar_ticks
            && distance > i128::from(ticks)
        {
            return Err(reject(RiskReason::PriceCollar, distance, ticks.into()));
        }
        if let Some(bps) = config.collar_bps {
            let base = i128::from(reference.0.unsigned_abs());
            if distance * 10_000 > i128::from(bps) * base {
                return Err(reject(RiskReason::PriceCollar, distance, i128::from(bps) * base / 10_000));
            }
        }
        Ok(())
    }

    /// Tells the gate of a cancel that goes out at `now`: it uses the rate up and is never refused. Hot path.
    pub fn note_cancel(&mut self, now: Timestamp) {
        if let Some(bucket) = &mut self.bucket {
            bucket.take_forced(now);
        }
    }

    /// The switch, to hand to another thread.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitch {
        self.kill.clone()
    }

    /// Refuses every order from now on.
    pub fn kill(&self) {
        self.kill.kill();
    }

    /// Lets orders pass again.
    pub fn revive(&self) {
        self.kill.revive();
    }

    /// Whether the kill switch is on. Hot path.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.kill.is_killed()
    }

    /// What was asked and refused since construction.
    #[must_use]
    pub const fn counters(&self) -> &RiskCounters {
        &self.counters
    }
}

#[cold]
fn reject(reason: RiskReason, observed: i128, limit: i128) -> RiskReject {
    let cap = |value: i128| value.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    RiskReject { reason, observed: cap(observed), limit: cap(limit) }
}
