//! Smart order routing: `mm_route`.

use super::args::{self, Out};
use super::event;
use super::guard::{NoHandle, guard};
use super::status::*;
use crate::oms::{Route, RouteRequest, RouteStyle, VenueOffer, route};
use crate::types::{FeeSchedule, Price, Quantity};

/// Trade at once: split over the venues, cheapest first.
pub const MM_ROUTE_TAKE: u8 = 1;
/// Rest: all at the best venue, and what it does not take at the next.
pub const MM_ROUTE_REST: u8 = 2;

/// No other venue could have had it.
pub const MM_ROUTE_REASON_ONLY_VENUE: u8 = 1;
/// Its price is better.
pub const MM_ROUTE_REASON_PRICE: u8 = 2;
/// Its fee is lower.
pub const MM_ROUTE_REASON_FEE: u8 = 3;
/// Its queue is shorter.
pub const MM_ROUTE_REASON_QUEUE: u8 = 4;
/// It is nearer.
pub const MM_ROUTE_REASON_LATENCY: u8 = 5;
/// Equal in everything: the smaller venue number.
pub const MM_ROUTE_REASON_NUMBER: u8 = 6;

/// Venues that can be compared at once.
pub const MM_MAX_VENUES: usize = 64;

/// What a venue offers for an order of the request's side.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_venue_offer_t {
    /// Taking: the best opposite price there. Resting: the price at which an order would rest. Ticks.
    pub price: i64,
    /// Taking: lots that can be had at that price. Resting: most lots that the venue takes.
    pub available: u64,
    /// Lots in front of an order that rests there.
    pub queue_ahead: u64,
    /// One-way latency, ns.
    pub latency_ns: u64,
    /// Maker fee, parts per billion of notional; negative is a rebate.
    pub maker_rate_ppb: i64,
    /// Taker fee, parts per billion of notional.
    pub taker_rate_ppb: i64,
    /// Maker charge per lot, millionths of a tick.
    pub maker_per_lot_micro: i64,
    /// Taker charge per lot, millionths of a tick.
    pub taker_per_lot_micro: i64,
    /// The venue's number; each at most once.
    pub venue: u32,
    /// 1 if orders may go there now.
    pub is_open: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

/// What is to be routed.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_route_request_t {
    /// The worst price that is acceptable, ticks.
    pub limit: i64,
    /// Lots.
    pub quantity: u64,
    /// What one lot of queue in front is worth, millionths of a tick per lot; only for resting.
    pub queue_cost_micro: u64,
    /// What one microsecond of latency is worth, millionths of a tick per lot.
    pub latency_cost_micro: u64,
    /// `MM_SIDE_*`.
    pub side: u8,
    /// `MM_ROUTE_TAKE` or `MM_ROUTE_REST`.
    pub style: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// One part of the order.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct mm_route_t {
    /// The price of its order, ticks.
    pub price: i64,
    /// Its lots.
    pub quantity: u64,
    /// All-in cost of a lot there, millionths of a tick; the nearest number that fits.
    pub cost_micro: i64,
    /// The venue.
    pub venue: u32,
    /// `MM_ROUTE_REASON_*`: what decided for it against the next.
    pub reason: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

impl From<&Route> for mm_route_t {
    fn from(route: &Route) -> Self {
        Self {
            price: route.price.0,
            quantity: route.quantity.0,
            cost_micro: route.cost_micro.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
            venue: route.venue,
            reason: route.reason as u8,
            reserved: [0; 3],
        }
    }
}

/// Routes an order over the venues that are open, have something and are within the limit, cheapest first, with the reason of each
/// route. `count` gets how many routes, `left` (which may be null) the lots that no venue takes. The same offers give the same routes
/// whatever their order. Any thread, hot path.
///
/// # Errors
/// `MM_E_INVALID_ARGUMENT` for more than `MM_MAX_VENUES` offers or a venue that comes twice, `MM_E_BAD_QUOTE` for a price out of range
/// or no lots, `MM_E_BUFFER_TOO_SMALL` with less room than there are offers, `MM_E_ENUM`.
///
/// # Safety
/// `request` is readable, `offers` readable for `offer_count` elements, `routes` writable for `capacity` elements, `count` writable,
/// `left` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_route(
    request: *const mm_route_request_t,
    offers: *const mm_venue_offer_t,
    offer_count: usize,
    routes: *mut mm_route_t,
    capacity: usize,
    count: *mut usize,
    left: *mut u64,
) -> mm_status_t {
    guard(NoHandle, |()| {
        // SAFETY: by this function's contract.
        let request = unsafe { args::reference(request, "request") }?;
        // SAFETY: by this function's contract.
        let offers = unsafe { args::input(offers, offer_count, "offers") }?;
        // SAFETY: by this function's contract.
        let out = unsafe { args::output(routes, capacity, "routes") }?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count, "count") }?;
        // SAFETY: by this function's contract.
        let left = unsafe { Out::optional(left, "left") }?;
        if offers.len() > MM_MAX_VENUES {
            return Err(Failure::new(MM_E_INVALID_ARGUMENT, format_args!("at most {MM_MAX_VENUES} venues")));
        }
        let request = RouteRequest {
            side: event::side(request.side)?,
            limit: Price(request.limit),
            quantity: Quantity(request.quantity),
            style: match request.style {
                MM_ROUTE_TAKE => RouteStyle::Take,
                MM_ROUTE_REST => RouteStyle::Rest,
                other => return Err(Failure::new(MM_E_ENUM, format_args!("style {other} is unknown"))),
            },
            queue_cost_micro: request.queue_cost_micro,
            latency_cost_micro: request.latency_cost_micro,
        };
        let empty = VenueOffer {
            venue: 0,
            price: Price(0),
            available: Quantity(0),
            queue_ahead: Quantity(0),
            latency_ns: 0,
            fees: FeeSchedule::FREE,
            is_open: false,
        };
        let mut list = [empty; MM_MAX_VENUES];
        for (to, offer) in list.iter_mut().zip(offers) {
            *to = VenueOffer {
                venue: offer.venue,
                price: Price(offer.price),
                available: Quantity(offer.available),
                queue_ahead: Quantity(offer.queue_ahead),
                latency_ns: offer.latency_ns,
                fees: FeeSchedule {
                    maker_rate_ppb: offer.maker_rate_ppb,
                    taker_rate_ppb: offer.taker_rate_ppb,
                    maker_per_lot_micro: offer.maker_per_lot_micro,
                    taker_per_lot_micro: offer.taker_per_lot_micro,
                },
                is_open: event::flag(offer.is_open, "is_open")?,
            };
        }
        let mut found = [Route::EMPTY; MM_MAX_VENUES];
        let room = capacity.min(MM_MAX_VENUES);
        let done = route(&request, &list[..offers.len()], &mut found[..room])?;
        count.set(args::fill(out, found[..done.routes].iter().map(mm_route_t::from)));
        if let Some(left) = left {
            left.set(done.left.0);
        }
        Ok(MM_OK)
    })
}
