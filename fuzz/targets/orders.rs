//! The order manager under arbitrary requests and reports, and the router.
//!
//! What must hold whatever a venue says: what counts as working is the sum of the orders' worst cases, a fill id counts
//! once, a refused call changes nothing, and no order has more left than can be.

use std::collections::HashSet;

use market_maker::oms::{
    Break, ExecutionKind, ExecutionReport, FlattenPolicy, MAX_ORDER_QUANTITY, MarketTop, OmsConfig,
    OrderAction, OrderManager, OrderRequest, ReplaceMode, RequoteRule, Route, RouteRequest, RouteStyle,
    Shutdown, ShutdownConfig, VenueOffer, VenueOrder, VenueSnapshot, WantedQuote, WantedQuotes, WorkingOrder,
    route,
};
use market_maker::risk::{RiskConfig, RiskGate};
use market_maker::types::{
    FeeSchedule, InstrumentId, OrderId, Price, Quantity, Side, SignedQuantity, Timestamp,
};

use super::bytes::Bytes;

fn side(bytes: &mut Bytes<'_>) -> Side {
    if bytes.u8() & 1 == 0 { Side::Buy } else { Side::Sell }
}

fn price(bytes: &mut Bytes<'_>) -> Price {
    if bytes.is_one_in(12) { Price(bytes.i64()) } else { Price(1_000 + i64::from(bytes.u8() % 32)) }
}

fn quantity(bytes: &mut Bytes<'_>) -> Quantity {
    Quantity(bytes.u64())
}

/// One of ours, one that we had, or anything.
fn id(bytes: &mut Bytes<'_>, seen: &[OrderId]) -> OrderId {
    if seen.is_empty() || bytes.is_one_in(16) {
        return OrderId(bytes.u64());
    }
    seen[seen.len() - 1 - bytes.below(seen.len().min(12))]
}

/// `exact` while no report has told of fills that are still to come: those count as working, too.
fn inspect(oms: &OrderManager, exact: bool) -> Vec<WorkingOrder> {
    let orders: Vec<WorkingOrder> = oms.orders().copied().collect();
    assert_eq!(orders.len(), oms.len());
    let mut worst = [0_u128; 2];
    for order in &orders {
        assert!(!order.state.is_final(), "an order that is over works");
        assert!(order.remaining <= MAX_ORDER_QUANTITY && order.new_quantity <= MAX_ORDER_QUANTITY);
        assert_eq!(oms.order(order.id), Some(order));
        worst[order.side.index()] += u128::from(order.worst_case().0);
    }
    for side in Side::BOTH {
        let (working, worst) = (u128::from(oms.working(side).0), worst[side.index()]);
        assert!(
            if exact { working == worst } else { working >= worst },
            "{worst} lots work, {working} are counted"
        );
    }
    orders
}

pub fn commands(bytes: &[u8]) -> bool {
    let bytes = &mut Bytes::new(bytes);
    let config = OmsConfig {
        capacity: 1 + u32::from(bytes.u8() % 12),
        requote: if bytes.u8() & 1 == 0 {
            RequoteRule::Ticks(bytes.u32() % 4)
        } else {
            RequoteRule::BasisPoints(bytes.u32() % 64)
        },
        requote_quantity_bps: bytes.u32(),
        replace: if bytes.u8() & 1 == 0 { ReplaceMode::Atomic } else { ReplaceMode::CancelFirst },
        post_only: bytes.u8() & 1 == 0,
        fill_ids: 4_096,
        ..OmsConfig::default()
    };
    let Ok(mut oms) = OrderManager::new(&config) else { return false };
    let limits = if bytes.is_one_in(4) {
        super::gate::config(bytes)
    } else {
        RiskConfig::default().with_max_position(Quantity(100_000))
    };
    let Ok(mut gate) = RiskGate::new(&limits) else { return false };
    let mut out = [OrderAction::EMPTY; 32];
    let mut seen: Vec<OrderId> = Vec::new();
    let mut counted: HashSet<u64> = HashSet::new();
    let mut now = Timestamp(1);
    let mut position = SignedQuantity(0);
    let mut shutdown: Option<Shutdown> = None;
    let (mut worked, mut exact) = (false, true);
    while !bytes.is_empty() {
        now = Timestamp(now.0.saturating_add(bytes.u64() % 100_000));
        let before = inspect(&oms, exact);
        let top = MarketTop::new(bytes.some(price), bytes.some(price));
        let room = if bytes.is_one_in(8) { bytes.below(4) } else { out.len() };
        let buffer = &mut out[..room];
        let mut sent = 0;
        let refused = match bytes.below(16) {
            0..4 => {
                let mut wanted = WantedQuotes::NONE;
                for side in Side::BOTH {
                    for _ in 0..bytes.below(3) {
                        let offset = f64::from(bytes.u8() % 20);
                        let price = if bytes.is_one_in(16) {
                            bytes.f64()
                        } else {
                            1_010.0 - offset * side.sign() as f64
                        };
                        let quantity = if bytes.is_one_in(16) { bytes.f64() } else { f64::from(bytes.u8()) };
                        let _ = wanted.push(side, WantedQuote { price, quantity });
                    }
                }
                match oms.decide(&wanted, &top, position, now, &mut gate, buffer) {
                    Ok(decision) => {
                        sent = decision.actions;
                        false
                    }
                    Err(_) => true,
                }
            }
            4 => {
                let request = OrderRequest {
                    side: side(bytes),
                    price: price(bytes),
                    quantity: quantity(bytes),
                    post_only: bytes.u8() & 1 == 0,
                };
                match oms.submit(&request, position, top.reference, now, &mut gate, buffer) {
                    Ok(submission) => {
                        sent = submission.actions;
                        false
                    }
                    Err(_) => true,
                }
            }
            5 => {
                let (id, price, lots) = (id(bytes, &seen), price(bytes), quantity(bytes));
                let post_only = bytes.u8() & 1 == 0;
                match oms.replace(id, price, lots, post_only, position, top.reference, now, &mut gate) {
                    Ok(action) => {
                        seen.push(action.new_order_id);
                        false
                    }
                    Err(_) => true,
                }
            }
            6 => oms.cancel(id(bytes, &seen), now, &mut gate).is_err(),
            7 if bytes.is_one_in(4) => oms.cancel_all(now, &mut gate, buffer).is_err(),
            8 => {
                oms.expire(now, bytes.u64());
                false
            }
            9 if bytes.is_one_in(2) => {
                let orders: Vec<VenueOrder> = (0..bytes.below(5))
                    .map(|_| VenueOrder {
                        order_id: id(bytes, &seen),
                        price: price(bytes),
                        leaves: quantity(bytes),
                        side: side(bytes),
                    })
                    .collect();
                let snapshot = VenueSnapshot {
                    orders: &orders,
                    position: SignedQuantity(bytes.i64()),
                    timestamp: now,
                    grace_ns: bytes.u64(),
                };
                let mut breaks = [Break::EMPTY; 8];
                let _ = oms.reconcile(&snapshot, position, &mut breaks);
                let adopted = oms.adopt(&snapshot);
                adopted.is_err()
            }
            10 if bytes.is_one_in(4) => {
                let config = ShutdownConfig {
                    policy: [FlattenPolicy::Leave, FlattenPolicy::Cross { slippage_ticks: bytes.u32() }]
                        [bytes.below(2)],
                    clip: quantity(bytes),
                    retry_ns: bytes.u64(),
                    reprice_ns: bytes.u64(),
                    deadline_ns: bytes.u64(),
                };
                shutdown = Shutdown::begin(&config, now, &mut gate).ok().or(shutdown);
                false
            }
            11 => match &mut shutdown {
                Some(shutdown) => {
                    let stepped = shutdown.step(&mut oms, &top, position, now, &mut gate, buffer);
                    let _ = shutdown.report(&oms, position);
                    match stepped {
                        Ok(actions) => {
                            sent = actions;
                            false
                        }
                        Err(_) => true,
                    }
                }
                None => {
                    routing(bytes);
                    false
                }
            },
            _ => {
                let fill = bytes.u64();
                let kind = ExecutionKind::from_u8(1 + bytes.u8() % 6).unwrap_or(ExecutionKind::Accepted);
                let order_id = id(bytes, &seen);
                let known = oms.order(order_id).copied();
                // What an honest venue would say, changed here and there.
                let lots = known.map_or(Quantity(1), |order| {
                    if order.remaining.0 == 0 { Quantity(1) } else { Quantity(1 + fill % order.remaining.0) }
                });
                let left = known.map_or(0, |order| order.remaining.0.saturating_sub(lots.0));
                let report = ExecutionReport {
                    kind,
                    order_id,
                    new_order_id: match kind {
                        ExecutionKind::Filled => OrderId(fill),
                        _ if bytes.is_one_in(4) => OrderId(bytes.u64()),
                        _ => known.map_or(OrderId(0), |order| order.linked_id),
                    },
                    side: match known {
                        Some(order) if !bytes.is_one_in(16) => order.side,
                        _ => side(bytes),
                    },
                    price: price(bytes),
                    quantity: if bytes.is_one_in(12) { quantity(bytes) } else { lots },
                    leaves: match kind {
                        _ if bytes.is_one_in(12) => quantity(bytes),
                        ExecutionKind::Filled => Quantity(left),
                        ExecutionKind::Replaced => known.map_or(Quantity(0), |order| order.new_quantity),
                        _ => known.map_or(Quantity(0), |order| order.remaining),
                    },
                    timestamp: now,
                    instrument: InstrumentId(u32::from(bytes.is_one_in(32))),
                    is_maker: bytes.u8() & 1,
                    ..ExecutionReport::EMPTY
                };
                match oms.on_report(&report) {
                    Ok(outcome) => {
                        if kind == ExecutionKind::Filled {
                            exact &= fill == 0 || report.leaves > Quantity::ZERO;
                            assert_eq!(outcome.filled, report.quantity);
                            assert!(fill == 0 || counted.insert(fill), "fill {fill} counted twice");
                            let signed = i128::from(outcome.filled.0) * i128::from(report.side.sign());
                            let sum = i128::from(position.0) + signed;
                            position = SignedQuantity(i64::try_from(sum).unwrap_or(position.0));
                        } else {
                            assert_eq!(outcome.filled, Quantity::ZERO);
                        }
                        false
                    }
                    Err(_) => true,
                }
            }
        };
        assert!(sent <= room);
        for action in &out[..sent] {
            worked = true;
            seen.extend([action.order_id, action.new_order_id].into_iter().filter(|id| id.0 != 0));
        }
        let after = inspect(&oms, exact);
        assert!(!refused || after == before, "a refused call has changed the orders");
    }
    worked
}

fn routing(bytes: &mut Bytes<'_>) {
    let offers: Vec<VenueOffer> = (0..bytes.below(8))
        .map(|_| VenueOffer {
            venue: u32::from(bytes.u8() % 12),
            price: price(bytes),
            available: quantity(bytes),
            queue_ahead: quantity(bytes),
            latency_ns: bytes.u64(),
            fees: FeeSchedule {
                maker_rate_ppb: bytes.i64(),
                taker_rate_ppb: bytes.i64(),
                maker_per_lot_micro: bytes.i64(),
                taker_per_lot_micro: bytes.i64(),
            },
            is_open: !bytes.is_one_in(6),
        })
        .collect();
    let request = RouteRequest {
        side: side(bytes),
        limit: price(bytes),
        quantity: quantity(bytes),
        style: if bytes.u8() & 1 == 0 { RouteStyle::Take } else { RouteStyle::Rest },
        queue_cost_micro: bytes.u64(),
        latency_cost_micro: bytes.u64(),
    };
    let mut routes = [Route::EMPTY; 8];
    if let Ok(summary) = route(&request, &offers, &mut routes) {
        let sum: u128 = routes[..summary.routes].iter().map(|route| u128::from(route.quantity.0)).sum();
        assert_eq!(sum, u128::from(summary.routed.0));
        assert_eq!(sum + u128::from(summary.left.0), u128::from(request.quantity.0), "lots appear or vanish");
        for part in &routes[..summary.routes] {
            assert!(!request.side.is_better(part.price, request.limit), "a route beyond the limit");
        }
    }
}
