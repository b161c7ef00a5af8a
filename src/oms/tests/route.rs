//! Routing: the cheapest all-in, the same whatever the order of the offers, with the reason that decided.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

fn offer(venue: u32, price: i64, lots: u64) -> VenueOffer {
    VenueOffer {
        venue,
        price: Price(price),
        available: Quantity(lots),
        queue_ahead: Quantity(0),
        latency_ns: 1_000,
        fees: FeeSchedule::FREE,
        is_open: true,
    }
}

fn request(side: Side, limit: i64, lots: u64, style: RouteStyle) -> RouteRequest {
    RouteRequest {
        side,
        limit: Price(limit),
        quantity: Quantity(lots),
        style,
        queue_cost_micro: 0,
        latency_cost_micro: 0,
    }
}

fn routed(request: &RouteRequest, offers: &[VenueOffer]) -> (Vec<(u32, u64, RouteReason)>, u64) {
    let mut out = [Route::EMPTY; 16];
    let summary = route(request, offers, &mut out).unwrap();
    let routes = out[..summary.routes].iter().map(|r| (r.venue, r.quantity.0, r.reason)).collect();
    (routes, summary.left.0)
}

#[test]
fn a_taker_sweeps_the_best_prices_within_its_limit() {
    let offers = [offer(1, 102, 10), offer(2, 101, 5), offer(3, 103, 50), offer(4, 104, 50)];
    let buy = request(Side::Buy, 103, 30, RouteStyle::Take);
    let expected =
        vec![(2, 5, RouteReason::Price), (1, 10, RouteReason::Price), (3, 15, RouteReason::OnlyVenue)];
    assert_eq!(routed(&buy, &offers), (expected, 0));
    let sell = request(Side::Sell, 103, 80, RouteStyle::Take);
    assert_eq!(
        routed(&sell, &offers),
        (vec![(4, 50, RouteReason::Price), (3, 30, RouteReason::OnlyVenue)], 0)
    );
    assert_eq!(routed(&request(Side::Buy, 100, 1, RouteStyle::Take), &offers), (vec![], 1));
    let closed =
        [VenueOffer { is_open: false, ..offers[1] }, VenueOffer { available: Quantity(0), ..offers[0] }];
    assert_eq!(routed(&buy, &closed), (vec![], 30));
}

#[test]
fn each_part_of_the_cost_can_decide_and_is_named() {
    let base = offer(1, 100, 10);
    let cheap =
        VenueOffer { venue: 2, fees: FeeSchedule { maker_rate_ppb: -100, ..FeeSchedule::FREE }, ..base };
    let short = VenueOffer { venue: 3, ..base };
    let base = VenueOffer { queue_ahead: Quantity(500), ..base };
    let near = VenueOffer { venue: 4, latency_ns: 10, queue_ahead: Quantity(500), ..base };
    let mut rest = request(Side::Buy, 100, 10, RouteStyle::Rest);
    rest.queue_cost_micro = 7;
    rest.latency_cost_micro = 3;
    let first = |offers: &[VenueOffer]| routed(&rest, offers).0[0];
    assert_eq!(first(&[base, VenueOffer { queue_ahead: Quantity(500), ..cheap }]), (2, 10, RouteReason::Fee));
    assert_eq!(first(&[base, short]), (3, 10, RouteReason::Queue));
    assert_eq!(first(&[base, near]), (4, 10, RouteReason::Latency));
    let twin = VenueOffer { venue: 9, ..base };
    assert_eq!(first(&[twin, base]), (1, 10, RouteReason::Number));
    assert_eq!(first(&[base]), (1, 10, RouteReason::OnlyVenue));
    // A queue is nothing to who takes, and fees are the taker's.
    let take = RouteRequest { style: RouteStyle::Take, ..rest };
    let dear = VenueOffer { fees: FeeSchedule { taker_rate_ppb: 1, ..FeeSchedule::FREE }, ..short };
    assert_eq!(routed(&take, &[base, dear]).0[0].0, 1);
}

#[test]
fn the_order_of_the_offers_is_nothing_and_no_other_split_is_cheaper() {
    for seed in 0..300 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut draw = |n: u64| random.next_u64() % n;
        let mut offers: Vec<VenueOffer> = (0..1 + draw(6) as u32)
            .map(|venue| VenueOffer {
                queue_ahead: Quantity(draw(50)),
                latency_ns: draw(2_000),
                fees: FeeSchedule {
                    taker_per_lot_micro: draw(3_000_000) as i64 - 1_500_000,
                    ..FeeSchedule::FREE
                },
                is_open: draw(5) > 0,
                ..offer(venue, 100 + draw(4) as i64, draw(9))
            })
            .collect();
        let side = Side::BOTH[draw(2) as usize];
        let mut wanted = request(side, 100 + draw(4) as i64, 1 + draw(20), RouteStyle::Take);
        wanted.latency_cost_micro = draw(2_000_000);
        let mut out = [Route::EMPTY; 8];
        let summary = route(&wanted, &offers, &mut out).unwrap();
        let routes = out[..summary.routes].to_vec();
        assert_eq!(summary.routed.0 + summary.left.0, wanted.quantity.0);
        assert!(routes.is_sorted_by_key(|route| route.cost_micro));
        // Cheapest lot by lot is what an exhaustive list of single lots gives.
        let mut lots: Vec<i128> = Vec::new();
        for offer in &offers {
            let alone =
                route(&RouteRequest { quantity: Quantity(9), ..wanted }, &[*offer], &mut out).unwrap();
            lots.extend(std::iter::repeat_n(out[0].cost_micro, alone.routed.0 as usize));
        }
        lots.sort_unstable();
        let best: i128 = lots.iter().take(wanted.quantity.0 as usize).sum();
        assert_eq!(routes.iter().map(|r| r.cost_micro * i128::from(r.quantity.0)).sum::<i128>(), best);
        assert_eq!(summary.left.0, wanted.quantity.0.saturating_sub(lots.len() as u64));
        offers.reverse();
        let again = route(&wanted, &offers, &mut out).unwrap();
        assert_eq!((again, &out[..again.routes]), (summary, &routes[..]));
    }
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let (good, mut out) = (request(Side::Buy, 100, 1, RouteStyle::Take), [Route::EMPTY; 2]);
    let two = [offer(1, 100, 1), offer(1, 101, 1)];
    assert_eq!(route(&good, &two, &mut out), Err(OmsError::BadConfig("a venue comes twice")));
    assert_eq!(route(&good, &[offer(1, i64::MAX, 1)], &mut out), Err(OmsError::BadQuote));
    let none = RouteRequest { quantity: Quantity(0), ..good };
    assert_eq!(route(&none, &[], &mut out), Err(OmsError::BadQuote));
    let three = [offer(1, 1, 1), offer(2, 1, 1), offer(3, 1, 1)];
    assert_eq!(route(&good, &three, &mut out), Err(OmsError::ActionBufferFull { needed: 3 }));
    let many: Vec<_> = (0..65).map(|venue| offer(venue, 100, 1)).collect();
    assert!(matches!(route(&good, &many, &mut [Route::EMPTY; 65]), Err(OmsError::BadConfig(_))));
}
