mod decisions;
mod interleavings;
mod reconcile;
mod reports;
mod route;
mod shutdown;
mod submit;
mod venue;

use super::*;
use crate::risk::{RiskConfig, RiskGate};
use crate::types::*;

/// A manager, an open gate, a market at 100 × 102 and a buffer.
struct Desk {
    oms: OrderManager,
    gate: RiskGate,
    top: MarketTop,
    now: u64,
    out: [OrderAction; 8],
}

impl Desk {
    fn new(config: OmsConfig) -> Self {
        Self {
            oms: OrderManager::new(&config).unwrap(),
            gate: RiskGate::new(&RiskConfig::default()).unwrap(),
            top: MarketTop::new(Some(Price(100)), Some(Price(102))),
            now: 0,
            out: [OrderAction::EMPTY; 8],
        }
    }

    fn try_decide(&mut self, wanted: &WantedQuotes) -> Result<Decision, OmsError> {
        self.now += 1;
        let flat = SignedQuantity(0);
        self.oms.decide(wanted, &self.top, flat, Timestamp(self.now), &mut self.gate, &mut self.out)
    }

    /// The actions of a decision.
    fn decide(&mut self, wanted: &WantedQuotes) -> Vec<OrderAction> {
        let decision = self.try_decide(wanted).unwrap();
        self.out[..decision.actions].to_vec()
    }

    /// One bid and one ask that the venue has accepted; their ids.
    fn quoting(&mut self, wanted: &WantedQuotes) -> Vec<OrderAction> {
        let actions = self.decide(wanted);
        for action in &actions {
            self.report(ExecutionKind::Accepted, action.order_id, |r| r.leaves = action.quantity).unwrap();
        }
        actions
    }

    fn report(
        &mut self,
        kind: ExecutionKind,
        order_id: OrderId,
        details: impl FnOnce(&mut ExecutionReport),
    ) -> Result<ReportOutcome, OmsError> {
        let side = self.oms.order(order_id).map_or(Side::Buy, |order| order.side);
        let mut report = ExecutionReport { kind, order_id, side, ..ExecutionReport::EMPTY };
        details(&mut report);
        self.oms.on_report(&report)
    }

    fn fill(&mut self, id: OrderId, quantity: u64, leaves: u64) -> Result<ReportOutcome, OmsError> {
        self.report(ExecutionKind::Filled, id, |r| {
            r.quantity = Quantity(quantity);
            r.leaves = Quantity(leaves);
        })
    }

    fn place(&mut self, side: Side, price: i64, quantity: u64) -> Result<OrderAction, OmsError> {
        let (flat, now) = (SignedQuantity(0), Timestamp(self.now));
        self.oms.place(side, Price(price), Quantity(quantity), true, flat, None, now, &mut self.gate)
    }

    fn replace(&mut self, id: OrderId, price: i64, quantity: u64) -> Result<OrderAction, OmsError> {
        let (flat, now) = (SignedQuantity(0), Timestamp(self.now));
        self.oms.replace(id, Price(price), Quantity(quantity), true, flat, None, now, &mut self.gate)
    }

    fn cancel(&mut self, id: OrderId) -> Result<OrderAction, OmsError> {
        self.oms.cancel(id, Timestamp(self.now), &mut self.gate)
    }

    fn state(&self, id: OrderId) -> Option<OrderState> {
        self.oms.order(id).map(|order| order.state)
    }

    /// Everything that a refused call must leave as it was.
    fn snapshot(&self) -> (Vec<WorkingOrder>, [Quantity; 2], u64) {
        (
            self.oms.orders().copied().collect(),
            Side::BOTH.map(|side| self.oms.working(side)),
            self.oms.next_sequence(),
        )
    }
}

fn quotes(bid: Option<(f64, f64)>, ask: Option<(f64, f64)>) -> WantedQuotes {
    let quote = |(price, quantity)| WantedQuote { price, quantity };
    WantedQuotes::one_level(bid.map(quote), ask.map(quote))
}

fn both(bid: f64, ask: f64) -> WantedQuotes {
    quotes(Some((bid, 10.0)), Some((ask, 10.0)))
}

/// Kind, side, price, quantity.
fn brief(action: &OrderAction) -> (OrderActionKind, Side, i64, u64) {
    (action.kind, action.side, action.price.0, action.quantity.0)
}
