//! Checks of the order by itself and against the instrument's own market.

use super::{Check, Facts, Finding, Limit};
use crate::risk::recent::Recent;
use crate::risk::{OrderIntent, ReasonSet, RiskConfig, RiskReason};
use crate::types::{Price, Quantity};

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
        self.0.look_at(facts.order.quantity.0 as i64)
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
        let price = order.price.0.unsigned_abs();
        match price.checked_mul(order.quantity.0) {
            Some(notional) if notional <= i64::MAX as u64 => self.0.look_at(notional as i64),
            _ => self.0.look(i128::from(price) * i128::from(order.quantity.0)),
        }
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
        self.limit.look_at(facts.age)
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
        self.limit.look_at(facts.age)
    }
}

fn capped(nanoseconds: u64) -> i64 {
    // One below "no limit".
    nanoseconds.min(i64::MAX as u64 - 1) as i64
}

impl FreshData {
    /// What it finds of data of this age, without an order.
    pub(in crate::risk) fn of_age(&self, age: i64) -> Option<Finding> {
        self.limit.look_at(age)
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
        let base = reference.0.unsigned_abs();
        if distance <= self.ticks.quiet() && (!self.is_on || self.is_quiet(distance, base)) {
            return None;
        }
        self.judge(distance, base)
    }
}

impl PriceCollar {
    /// Whether the distance is below the warning share of the basis points.
    #[inline]
    fn is_quiet(&self, distance: u64, base: u64) -> bool {
        match (distance.checked_mul(100_000_000), base.checked_mul(self.quiet_bps)) {
            (Some(part), Some(quiet)) => part < quiet.max(1),
            _ => false,
        }
    }

    #[cold]
    fn judge(&self, distance: u64, base: u64) -> Option<Finding> {
        let by_ticks = self.ticks.look(distance.into());
        if by_ticks.is_some_and(|finding| finding.is_breach) || !self.is_on {
            return by_ticks;
        }
        let quiet = i128::from(base) * i128::from(self.quiet_bps);
        let (distance, allowed) = (i128::from(distance), i128::from(self.bps) * i128::from(base));
        if distance * 100_000_000 < quiet.max(1) {
            return by_ticks;
        }
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
        let best = facts.line.best[order.side.opposite().index()]?;
        meets(order, best).then(|| Finding::breach(order.price.0.into(), best.0.into()))
    }
}

#[inline]
fn meets(order: &OrderIntent, other: Price) -> bool {
    order.price == other || order.side.is_better(order.price, other)
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
        let own = facts.own_opposite.filter(|_| self.is_on)?;
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
        let own = facts.own_opposite?;
        // Prices in range are far from the ends of 64 bits; others were refused before.
        let spread = (own.0.saturating_sub(facts.order.price.0)).saturating_mul(facts.order.side.sign());
        (spread < self.least).then(|| Finding::breach(spread.into(), self.least.into()))
    }
}

/// No id comes twice.
///
/// Ids usually grow: one above all that came before is new without a look, and the last ones are a sorted ring. The
/// first id that does not grow and is not among them moves the ring into a hashed memory, for good.
#[derive(Debug)]
pub(in crate::risk) struct DuplicateId {
    is_on: bool,
    ring: Box<[u64]>,
    next: usize,
    len: usize,
    highest: u64,
    /// Once ids have not grown.
    hashed: Option<Recent<()>>,
    spare: Option<Recent<()>>,
}

impl Check for DuplicateId {
    const REASON: RiskReason = RiskReason::DuplicateId;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        Self {
            is_on: config.duplicate_ids > 0 && on.contains(Self::REASON),
            ring: vec![0; config.duplicate_ids as usize].into_boxed_slice(),
            next: 0,
            len: 0,
            highest: 0,
            hashed: None,
            spare: (config.duplicate_ids > 0).then(|| Recent::new(config.duplicate_ids)),
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        let id = facts.order.order_id.0;
        if id > self.highest || !self.is_on || id == 0 { None } else { self.search(id) }
    }
}

impl DuplicateId {
    #[cold]
    fn search(&self, id: u64) -> Option<Finding> {
        let is_known = match &self.hashed {
            Some(hashed) => hashed.contains(id),
            None => {
                // The ring from its oldest on is sorted; it begins behind the newest once it is full.
                let (newer, older) = self.ring[..self.len].split_at(self.next.min(self.len));
                newer.binary_search(&id).is_ok() || older.binary_search(&id).is_ok()
            }
        };
        is_known.then(|| Finding::breach(id.into(), 1))
    }

    /// The order has passed.
    #[inline]
    pub(in crate::risk) fn passed(&mut self, order: &OrderIntent) {
        let id = order.order_id.0;
        if !self.is_on || id == 0 {
            return;
        }
        if id <= self.highest || self.hashed.is_some() {
            self.hash(id);
            return;
        }
        self.highest = id;
        self.ring[self.next] = id;
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
        self.len = (self.len + 1).min(self.ring.len());
    }

    #[cold]
    fn hash(&mut self, id: u64) {
        if self.hashed.is_none()
            && let Some(mut hashed) = self.spare.take()
        {
            let (newer, older) = self.ring[..self.len].split_at(self.next.min(self.len));
            older.iter().chain(newer).for_each(|&id| hashed.insert(id, ()));
            self.hashed = Some(hashed);
            // From now on every id is looked for.
            self.highest = u64::MAX;
        }
        if let Some(hashed) = &mut self.hashed {
            hashed.insert(id, ());
        }
    }

    /// Goes on with what an older check has seen, where it remembers as many.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        if self.ring.len() == old.ring.len() {
            let is_on = self.is_on;
            std::mem::swap(self, old);
            self.is_on = is_on;
        }
    }
}

/// Sets of four orders.
const SETS: usize = 512;
/// Orders remembered beside them.
const OVERFLOW: u32 = 1024;

/// Four orders and when they passed: one cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Set {
    keys: [u64; 4],
    times: [u64; 4],
}

/// The same order does not come twice within the window. Orders are told apart by a 64-bit mixture of their fields.
///
/// An order has a set of four places and takes that of the oldest there; one that is displaced while its window lasts
/// goes to a memory beside, which is looked at only once there has been one.
#[derive(Debug)]
pub(in crate::risk) struct DuplicateOrder {
    window: u64,
    sets: Box<[Set]>,
    beside: Recent<u64>,
    has_beside: bool,
}

impl Check for DuplicateOrder {
    const REASON: RiskReason = RiskReason::DuplicateOrder;

    fn new(config: &RiskConfig, on: ReasonSet) -> Self {
        let window = config.duplicate_window_ns.filter(|_| on.contains(Self::REASON));
        let is_set = config.duplicate_window_ns.is_some();
        Self {
            window: window.unwrap_or(0),
            sets: vec![Set::default(); if is_set { SETS } else { 0 }].into_boxed_slice(),
            beside: Recent::new(if is_set { OVERFLOW } else { 0 }),
            has_beside: false,
        }
    }

    #[inline]
    fn look(&self, facts: &Facts<'_>) -> Option<Finding> {
        if self.window == 0 {
            return None;
        }
        let key = facts.key;
        let set = &self.sets[key as usize % SETS];
        let is_there = set.keys.iter().fold(false, |found, &known| found | (known == key));
        if is_there | self.has_beside { self.search(key, facts.order) } else { None }
    }
}

impl DuplicateOrder {
    /// What tells the order from others; 0 while the check is off.
    #[inline]
    pub(in crate::risk) fn key(&self, order: &OrderIntent) -> u64 {
        if self.window == 0 { 0 } else { key(order) }
    }

    #[cold]
    fn search(&self, key: u64, order: &OrderIntent) -> Option<Finding> {
        let set = &self.sets[key as usize % SETS];
        let here = set.keys.iter().zip(set.times).filter(|(known, _)| **known == key).map(|(_, time)| time);
        // It may be there twice, when it passed again after its window.
        let last = here.chain(self.beside.get(key).copied()).max()?;
        let elapsed = order.timestamp.0.saturating_sub(last);
        (elapsed < self.window).then(|| Finding::breach(elapsed.into(), self.window.into()))
    }

    /// The order has passed.
    #[inline]
    pub(in crate::risk) fn passed(&mut self, key: u64, order: &OrderIntent) {
        if self.window == 0 {
            return;
        }
        let now = order.timestamp.0;
        let set = &mut self.sets[key as usize % SETS];
        let older = |a: usize, b: usize| if set.times[b] < set.times[a] { b } else { a };
        let place = older(older(0, 1), older(2, 3));
        let (old, at) = (set.keys[place], set.times[place]);
        set.keys[place] = key;
        set.times[place] = now;
        if old != 0 && at.saturating_add(self.window) > now {
            self.set_beside(old, at);
        }
    }

    #[cold]
    fn set_beside(&mut self, key: u64, at: u64) {
        self.beside.insert(key, at);
        self.has_beside = true;
    }

    /// Goes on with what an older check has seen.
    pub(in crate::risk) fn keep(&mut self, old: &mut Self) {
        if !self.sets.is_empty() && !old.sets.is_empty() {
            let window = self.window;
            std::mem::swap(self, old);
            self.window = window;
        }
    }
}

/// A mixture of what makes two orders the same, never 0.
#[inline]
fn key(order: &OrderIntent) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut mixed = (u64::from(order.instrument.0) << 1 | order.side as u64).wrapping_mul(ODD);
    mixed = (mixed ^ mixed >> 29 ^ order.price.0 as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 32 ^ order.quantity.0).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ mixed >> 31) | 1 << 63
}
