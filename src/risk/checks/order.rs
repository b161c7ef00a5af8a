//! Checks of the order by itself and against the instrument's own market.

use super::{Check, Facts, Finding, Limit};
use crate::risk::recent::RecentMap;
use crate::risk::{OrderIntent, ReasonSet, RiskConfig, RiskReason};
use crate::types::{Price, Quantity, Side};

/// At least one lot, at most [`Quantity::MAX`], a price in range and, where asked, above zero.
#[derive(Debug)]
pub(in crate::risk) struct WellFormed {
    least_price: i64,
}

impl Check for WellFormed {
    const REASON: RiskReason = RiskReason::InvalidOrder;

    fn new(config: &RiskConfig, _: ReasonSet) -> Self {
        Self { least_price: if config.positive_prices { 1 } else { Price::MIN.0 } }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let OrderIntent { price, quantity, .. } = *facts.order;
        if quantity.0.wrapping_sub(1) >= Quantity::MAX.0 {
            return Some(Finding::breach(quantity.0.into(), Quantity::MAX.0.into()));
        }
        if price.0 > Price::MAX.0 {
            return Some(Finding::breach(price.0.into(), Price::MAX.0.into()));
        }
        (price.0 < self.least_price).then(|| Finding::breach(price.0.into(), self.least_price.into()))
    }
}

/// The price is a multiple of the instrument's increment.
#[derive(Debug)]
pub(in crate::risk) struct Tick {
    is_on: bool,
}

impl Check for Tick {
    const REASON: RiskReason = RiskReason::OffTick;

    fn new(_: &RiskConfig, on: ReasonSet) -> Self {
        Self { is_on: on.contains(Self::REASON) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let increment = i64::from(facts.line.rules.price_increment);
        if increment == 1 || !self.is_on || facts.order.price.0 % increment == 0 {
            return None;
        }
        Some(Finding::breach(facts.order.price.0.into(), increment.into()))
    }
}

/// The quantity is a multiple of the instrument's increment.
#[derive(Debug)]
pub(in crate::risk) struct Lot {
    is_on: bool,
}

impl Check for Lot {
    const REASON: RiskReason = RiskReason::OffLot;

    fn new(_: &RiskConfig, on: ReasonSet) -> Self {
        Self { is_on: on.contains(Self::REASON) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let increment = facts.line.rules.quantity_increment;
        if increment == 1 || !self.is_on || facts.order.quantity.0.is_multiple_of(increment) {
            return None;
        }
        Some(Finding::breach(facts.order.quantity.0.into(), increment.into()))
    }
}

/// The order is large enough.
#[derive(Debug)]
pub(in crate::risk) struct MinQuantity {
    least: u64,
}

impl Check for MinQuantity {
    const REASON: RiskReason = RiskReason::MinQuantity;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let least = config.min_order_quantity.filter(|_| on.contains(Self::REASON));
        Self { least: least.map_or(0, |lots| lots.0) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let lots = facts.order.quantity.0;
        (lots < self.least).then(|| Finding::breach(lots.into(), self.least.into()))
    }
}

/// Lots of one order.
#[derive(Debug)]
pub(in crate::risk) struct OrderQuantity(Limit);

impl Check for OrderQuantity {
    const REASON: RiskReason = RiskReason::OrderQuantity;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(config.max_order_quantity.map(|lots| lots.0 as i64), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        self.0.look(facts.order.quantity.0.into())
    }
}

/// |price| × quantity of one order.
#[derive(Debug)]
pub(in crate::risk) struct OrderNotional(Limit);

impl Check for OrderNotional {
    const REASON: RiskReason = RiskReason::OrderNotional;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self(Limit::of::<Self>(config.max_order_notional.map(|money| money.0), config, on))
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let order = facts.order;
        self.0.look(i128::from(order.price.0.unsigned_abs()) * i128::from(order.quantity.0))
    }
}

/// Where a collar is set there is a price to measure from.
#[derive(Debug)]
pub(in crate::risk) struct HasReference {
    is_on: bool,
}

impl Check for HasReference {
    const REASON: RiskReason = RiskReason::NoReference;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let has_collar = config.collar_ticks.is_some() || config.collar_bps.is_some();
        Self { is_on: has_collar && on.contains(Self::REASON) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        (self.is_on && facts.exposure.reference.is_none()).then(|| Finding::breach(0, 0))
    }
}

/// Where a collar is set the price to measure from is fresh: the instrument's market data came lately.
#[derive(Debug)]
pub(in crate::risk) struct FreshReference {
    limit: Limit,
}

impl Check for FreshReference {
    const REASON: RiskReason = RiskReason::StaleReference;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let has_collar = config.collar_ticks.is_some() || config.collar_bps.is_some();
        let age = config.max_reference_age_ns.filter(|_| has_collar).map(capped);
        Self { limit: Limit::of::<Self>(age, config, on) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        age(&self.limit, facts)
    }
}

/// The instrument's market data came lately.
#[derive(Debug)]
pub(in crate::risk) struct FreshData {
    limit: Limit,
}

impl Check for FreshData {
    const REASON: RiskReason = RiskReason::StaleData;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self { limit: Limit::of::<Self>(config.max_data_age_ns.map(capped), config, on) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        age(&self.limit, facts)
    }
}

fn capped(nanoseconds: u64) -> i64 {
    // One below "no limit".
    nanoseconds.min(i64::MAX as u64 - 1) as i64
}

/// How old the instrument's data are; data that never came are older than any limit.
#[inline]
fn age(limit: &Limit, facts: &Facts<'_>) -> Option<Finding> {
    match facts.line.last_data {
        Some(last) => limit.look(facts.order.timestamp.0.saturating_sub(last).into()),
        None => limit.look(i64::MAX.into()),
    }
}

/// Distance of the price from the reference, in ticks and in basis points.
#[derive(Debug)]
pub(in crate::risk) struct PriceCollar {
    ticks: Limit,
    /// 0 when off; else the share of the reference in basis points, and of it the share that warns.
    bps: u32,
    quiet_bps: u64,
    is_on: bool,
}

impl Check for PriceCollar {
    const REASON: RiskReason = RiskReason::PriceCollar;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let ticks = config.collar_ticks.map(|ticks| ticks.min(i64::MAX as u64 - 1) as i64);
        let is_on = on.contains(Self::REASON) && config.collar_bps.is_some();
        let bps = config.collar_bps.unwrap_or(0);
        Self {
            ticks: Limit::of::<Self>(ticks, config, on),
            bps,
            // In hundred-millionths of the reference.
            quiet_bps: u64::from(bps) * u64::from(config.warn_share_bps),
            is_on,
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let reference = facts.exposure.reference?;
        let distance = facts.order.price.0.abs_diff(reference.0);
        let by_ticks = self.ticks.look(distance.into());
        if by_ticks.is_some_and(|finding| finding.is_breach) || !self.is_on {
            return by_ticks;
        }
        let base = reference.0.unsigned_abs();
        let quiet = i128::from(base) * i128::from(self.quiet_bps);
        if i128::from(distance) * 100_000_000 < quiet.max(1) {
            return by_ticks;
        }
        self.by_bps(distance, base).or(by_ticks)
    }
}

impl PriceCollar {
    #[cold]
    fn by_bps(&self, distance: u64, base: u64) -> Option<Finding> {
        let (distance, allowed) = (i128::from(distance), i128::from(self.bps) * i128::from(base));
        Some(Finding {
            observed: super::cap(distance),
            limit: super::cap(allowed / 10_000),
            is_breach: distance * 10_000 > allowed,
        })
    }
}

/// A post-only order does not trade on arrival.
#[derive(Debug)]
pub(in crate::risk) struct PostOnly {
    is_on: bool,
}

impl Check for PostOnly {
    const REASON: RiskReason = RiskReason::PostOnly;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self { is_on: config.post_only && on.contains(Self::REASON) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let order = facts.order;
        if !self.is_on || !order.post_only {
            return None;
        }
        let best = facts.line.opposite(order.side)?;
        meets(order, best).then(|| Finding::breach(order.price.0.into(), best.0.into()))
    }
}

#[inline]
fn meets(order: &OrderIntent, other: Price) -> bool {
    order.price == other || order.side.is_better(order.price, other)
}

#[inline]
fn own_opposite(facts: &Facts<'_>) -> Option<Price> {
    match facts.order.side {
        Side::Buy => facts.exposure.own_ask,
        Side::Sell => facts.exposure.own_bid,
    }
}

/// The order does not meet an own order of the other side. What gives way is for the order manager to arrange: an order
/// that still meets one when it gets here is refused.
#[derive(Debug)]
pub(in crate::risk) struct SelfTrade {
    is_on: bool,
}

impl Check for SelfTrade {
    const REASON: RiskReason = RiskReason::SelfTrade;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self { is_on: config.self_trade.is_some() && on.contains(Self::REASON) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let own = own_opposite(facts).filter(|_| self.is_on)?;
        meets(facts.order, own).then(|| Finding::breach(facts.order.price.0.into(), own.0.into()))
    }
}

/// The order keeps its distance from own quotes of the other side.
#[derive(Debug)]
pub(in crate::risk) struct OwnSpread {
    least: i64,
}

impl Check for OwnSpread {
    const REASON: RiskReason = RiskReason::OwnSpread;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let least = config.min_own_spread.filter(|_| on.contains(Self::REASON));
        Self { least: least.map_or(i64::MIN, |ticks| ticks.min(i64::MAX as u64) as i64) }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let own = own_opposite(facts)?;
        // Prices in range are far from the ends of 64 bits; others were refused before.
        let spread = (own.0.saturating_sub(facts.order.price.0)).saturating_mul(facts.order.side.sign());
        (spread < self.least).then(|| Finding::breach(spread.into(), self.least.into()))
    }
}

/// No id comes twice.
#[derive(Debug)]
pub(in crate::risk) struct DuplicateId {
    is_on: bool,
    capacity: u32,
    seen: RecentMap<()>,
}

impl Check for DuplicateId {
    const REASON: RiskReason = RiskReason::DuplicateId;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            is_on: config.duplicate_ids > 0 && on.contains(Self::REASON),
            capacity: config.duplicate_ids,
            seen: RecentMap::new(config.duplicate_ids),
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let id = facts.order.order_id.0;
        (self.is_on && id != 0 && self.seen.contains(id)).then(|| Finding::breach(id.into(), 1))
    }
}

impl DuplicateId {
    /// The order has passed.
    #[inline]
    pub(in crate::risk) fn passed(&mut self, order: &OrderIntent) {
        if self.is_on && order.order_id.0 != 0 {
            self.seen.insert(order.order_id.0, ());
        }
    }

    /// Goes on with what an older check has seen, where it remembers as many.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        if self.capacity == old.capacity {
            std::mem::swap(&mut self.seen, &mut old.seen);
        }
    }
}

/// Orders that [`DuplicateOrder`] looks back at.
const ORDERS: u32 = 1024;

/// The same order does not come twice within the window. Orders are told apart by a 64-bit mixture of their fields.
#[derive(Debug)]
pub(in crate::risk) struct DuplicateOrder {
    window: u64,
    seen: RecentMap<u64>,
}

impl Check for DuplicateOrder {
    const REASON: RiskReason = RiskReason::DuplicateOrder;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let window = config.duplicate_window_ns.filter(|_| on.contains(Self::REASON));
        Self {
            window: window.unwrap_or(0),
            seen: RecentMap::new(if config.duplicate_window_ns.is_some() { ORDERS } else { 0 }),
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if self.window == 0 {
            return None;
        }
        let last = *self.seen.get(key(facts.order))?;
        let elapsed = facts.order.timestamp.0.saturating_sub(last);
        (elapsed < self.window).then(|| Finding::breach(elapsed.into(), self.window.into()))
    }
}

impl DuplicateOrder {
    /// The order has passed.
    #[inline]
    pub(in crate::risk) fn passed(&mut self, order: &OrderIntent) {
        if self.window > 0 {
            self.seen.insert(key(order), order.timestamp.0);
        }
    }

    /// Goes on with what an older check has seen.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        if self.window > 0 && old.window > 0 {
            std::mem::swap(&mut self.seen, &mut old.seen);
        }
    }
}

/// A mixture of what makes two orders the same.
#[inline]
fn key(order: &OrderIntent) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut mixed = (u64::from(order.instrument.0) << 1 | order.side as u64).wrapping_mul(ODD);
    mixed = (mixed ^ mixed >> 29 ^ order.price.0 as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 32 ^ order.quantity.0).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}
