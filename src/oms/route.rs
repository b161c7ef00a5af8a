//! Smart order routing: which venue of an instrument gets how much, and why.
//!
//! All integer, no randomness, no clock: the same offers give the same routes, whatever order they are named in. Everything
//! that makes a venue better or worse is turned into one cost per lot in millionths of a tick: price, fee, the queue that a
//! resting order would wait behind, and latency, each at the weight that the request gives it. Ties go to the lower price cost, the lower fee,
//! the shorter queue, the lower latency and at last the smaller venue number, and the reason of a route says which of
//! these decided against the runner-up. O(venues²), hot path, no allocation.

use super::OmsError;
use crate::types::{FeeSchedule, Price, Quantity, Side};

/// Venues that can be compared at once.
const MAX_VENUES: usize = 64;
/// Millionths in one tick.
const MICRO: i128 = 1_000_000;

/// What a venue offers for an order of the request's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueOffer {
    /// The venue's number; each at most once.
    pub venue: u32,
    /// Taking: the best opposite price there. Resting: the price at which an order would rest.
    pub price: Price,
    /// Taking: lots that can be had at that price. Resting: most lots that the venue takes.
    pub available: Quantity,
    /// Lots that are in front of an order that rests there.
    pub queue_ahead: Quantity,
    /// One-way latency, nanoseconds.
    pub latency_ns: u64,
    /// What a fill costs there.
    pub fees: FeeSchedule,
    /// Whether orders may go there now.
    pub is_open: bool,
}

/// How the order wants to trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RouteStyle {
    /// At once, against what rests: split over the venues, cheapest first.
    Take = 1,
    /// By resting: all at the best venue, and what it does not take at the next.
    Rest = 2,
}

/// What is to be routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteRequest {
    /// The order's side.
    pub side: Side,
    /// The worst price that is acceptable.
    pub limit: Price,
    /// Lots.
    pub quantity: Quantity,
    /// How.
    pub style: RouteStyle,
    /// What one lot of queue in front is worth, millionths of a tick per lot; only for resting.
    pub queue_cost_micro: u64,
    /// What one microsecond of latency is worth, millionths of a tick per lot.
    pub latency_cost_micro: u64,
}

/// Why a venue comes before the one that would have been next. The numbers cross the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RouteReason {
    /// No other venue could have had it.
    OnlyVenue = 1,
    /// Its price is better.
    Price = 2,
    /// Its fee is lower.
    Fee = 3,
    /// Its queue is shorter.
    Queue = 4,
    /// It is nearer.
    Latency = 5,
    /// Equal in everything: the smaller venue number.
    Number = 6,
}

/// One part of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The venue.
    pub venue: u32,
    /// The price of its order.
    pub price: Price,
    /// Its lots.
    pub quantity: Quantity,
    /// All-in cost of a lot there, millionths of a tick: price (negative of it for a sell), fee, queue and latency.
    pub cost_micro: i128,
    /// What decided for it.
    pub reason: RouteReason,
}

impl Route {
    /// A route of nothing: to size buffers with.
    pub const EMPTY: Self = Self {
        venue: 0,
        price: Price(0),
        quantity: Quantity(0),
        cost_micro: 0,
        reason: RouteReason::OnlyVenue,
    };
}

/// What a routing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteSummary {
    /// Routes written.
    pub routes: usize,
    /// Lots that they have together.
    pub routed: Quantity,
    /// Lots that no venue takes within the limit.
    pub left: Quantity,
}

/// The parts of a venue's cost, in the order in which they break ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    total: i128,
    price: i128,
    fee: i128,
    queue: i128,
    latency: i128,
}

impl Cost {
    fn of(offer: &VenueOffer, request: &RouteRequest) -> Self {
        let is_maker = request.style == RouteStyle::Rest;
        let price = i128::from(request.side.sign()) * i128::from(offer.price.0) * MICRO;
        let fee = offer.fees.fee_micro(offer.price, Quantity(1), is_maker);
        let queue = if is_maker {
            i128::from(offer.queue_ahead.0).saturating_mul(i128::from(request.queue_cost_micro))
        } else {
            0
        };
        let latency =
            i128::from(offer.latency_ns).saturating_mul(i128::from(request.latency_cost_micro)) / 1000;
        let total = price.saturating_add(fee).saturating_add(queue).saturating_add(latency);
        Self { total, price, fee, queue, latency }
    }

    /// What makes `self` better than a runner-up that it does come before: the first part, in the order of ties, that is
    /// lower while the whole is not higher.
    fn reason_against(&self, other: &Self) -> RouteReason {
        let parts = [
            (self.price, other.price, RouteReason::Price),
            (self.fee, other.fee, RouteReason::Fee),
            (self.queue, other.queue, RouteReason::Queue),
            (self.latency, other.latency, RouteReason::Latency),
        ];
        // The part that saves most, the earlier one where two save as much.
        let mut best = (0, RouteReason::Number);
        for (ours, theirs, reason) in parts {
            let saving = theirs.saturating_sub(ours);
            if saving > best.0 {
                best = (saving, reason);
            }
        }
        best.1
    }
}

/// Routes an order over the venues that are open, have something and are within the limit, cheapest first; the routes go to
/// `out` in that order, with the reason of each.
///
/// ```
/// use market_maker::oms::{Route, RouteReason, RouteRequest, RouteStyle, VenueOffer, route};
/// use market_maker::types::{FeeSchedule, Price, Quantity, Side};
/// let offer = |venue, price, lots, taker_bps| VenueOffer {
///     venue, price: Price(price), available: Quantity(lots), queue_ahead: Quantity(0), latency_ns: 50_000,
///     fees: FeeSchedule::from_bps(0.0, taker_bps).unwrap(), is_open: true,
/// };
/// let request = RouteRequest {
///     side: Side::Buy, limit: Price(10_005), quantity: Quantity(100), style: RouteStyle::Take,
///     queue_cost_micro: 0, latency_cost_micro: 0,
/// };
/// // Venue 2 has the better price, but its fee of 3 basis points is worth three ticks.
/// let offers = [offer(1, 10_002, 60, 0.0), offer(2, 10_001, 80, 3.0), offer(3, 10_006, 500, 0.0)];
/// let mut out = [Route::EMPTY; 3];
/// let summary = route(&request, &offers, &mut out).unwrap();
/// assert_eq!((summary.routes, summary.left), (2, Quantity(0)));
/// assert_eq!((out[0].venue, out[0].quantity, out[0].reason), (1, Quantity(60), RouteReason::Fee));
/// assert_eq!((out[1].venue, out[1].quantity, out[1].reason), (2, Quantity(40), RouteReason::OnlyVenue));
/// ```
///
/// # Errors
/// [`OmsError::BadConfig`] for more than 64 offers or a venue that comes twice, [`OmsError::BadQuote`] for a price out of
/// range or an order of no lots, [`OmsError::ActionBufferFull`] when `out` has less room than there are offers. Nothing has
/// been written then.
pub fn route(
    request: &RouteRequest,
    offers: &[VenueOffer],
    out: &mut [Route],
) -> Result<RouteSummary, OmsError> {
    if offers.len() > MAX_VENUES {
        return Err(OmsError::BadConfig("at most 64 venues are compared at once"));
    }
    if out.len() < offers.len() {
        return Err(OmsError::ActionBufferFull { needed: offers.len() });
    }
    let is_bad = |offer: &VenueOffer| !offer.price.in_range();
    if request.quantity == Quantity::ZERO || request.quantity > Quantity::MAX || offers.iter().any(is_bad) {
        return Err(OmsError::BadQuote);
    }
    for (at, offer) in offers.iter().enumerate() {
        if offers[..at].iter().any(|other| other.venue == offer.venue) {
            return Err(OmsError::BadConfig("a venue comes twice"));
        }
    }
    let is_eligible = |offer: &VenueOffer| {
        let within = offer.price == request.limit || request.side.is_better(request.limit, offer.price);
        offer.is_open && offer.available > Quantity::ZERO && within
    };
    // Cheapest first, by insertion: there are few.
    let mut ranked = [(0_usize, Cost { total: 0, price: 0, fee: 0, queue: 0, latency: 0 }); MAX_VENUES];
    let mut count = 0;
    for (at, offer) in offers.iter().enumerate().filter(|(_, offer)| is_eligible(offer)) {
        let cost = Cost::of(offer, request);
        let mut place = count;
        while place > 0 {
            let (other, than) = ranked[place - 1];
            if (than, offers[other].venue) <= (cost, offer.venue) {
                break;
            }
            ranked[place] = ranked[place - 1];
            place -= 1;
        }
        ranked[place] = (at, cost);
        count += 1;
    }
    let mut summary = RouteSummary { left: request.quantity, ..RouteSummary::default() };
    for (place, (at, cost)) in ranked[..count].iter().enumerate() {
        if summary.left == Quantity::ZERO {
            break;
        }
        let offer = &offers[*at];
        let quantity = Quantity(offer.available.0.min(summary.left.0));
        let next = ranked[..count].get(place + 1);
        out[summary.routes] = Route {
            venue: offer.venue,
            price: offer.price,
            quantity,
            cost_micro: cost.total,
            reason: next.map_or(RouteReason::OnlyVenue, |(_, other)| cost.reason_against(other)),
        };
        summary.routes += 1;
        summary.routed.0 += quantity.0;
        summary.left.0 -= quantity.0;
    }
    Ok(summary)
}
