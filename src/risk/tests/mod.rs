mod audit;
mod checks;
mod conditions;
mod control;
mod gate;
mod kill;

use super::*;
use crate::types::*;

const AAPL: InstrumentId = InstrumentId(7);
const MSFT: InstrumentId = InstrumentId(8);

/// A gate with one instrument at 9 990 × 10 010, and a clock.
struct Bench {
    gate: RiskGate,
    exposure: Exposure,
    now: u64,
    next_id: u64,
}

impl Bench {
    fn new(config: RiskConfig) -> Self {
        let mut bench = Self {
            gate: RiskGate::new(&config).unwrap(),
            exposure: Exposure { reference: Some(Price(10_000)), ..Exposure::default() },
            now: 1_000,
            next_id: 1,
        };
        bench.market(AAPL, 9_990, 10_010);
        bench
    }

    fn market(&mut self, instrument: InstrumentId, bid: i64, ask: i64) {
        self.gate.on_market(&MarketUpdate {
            instrument,
            timestamp: Timestamp(self.now),
            bid: Some(Price(bid)),
            ask: Some(Price(ask)),
        });
    }

    fn order(&mut self, side: Side, price: i64, quantity: u64) -> OrderIntent {
        self.next_id += 1;
        OrderIntent {
            side,
            price: Price(price),
            quantity: Quantity(quantity),
            timestamp: Timestamp(self.now),
            instrument: AAPL,
            order_id: OrderId(self.next_id),
            ..OrderIntent::EMPTY
        }
    }

    fn ask(&mut self, order: OrderIntent) -> Result<(), RiskReject> {
        let exposure = self.exposure;
        self.gate.check(&order, &exposure)
    }

    /// Whether a small buy at the mid passes, or why not.
    fn try_buy(&mut self) -> Result<(), RiskReason> {
        let order = self.order(Side::Buy, 10_000, 1);
        self.ask(order).map_err(|reject| reject.reason)
    }

    fn fill(&mut self, side: Side, price: i64, quantity: u64, realised: Option<i64>) {
        self.gate.on_fill(&FillUpdate {
            instrument: AAPL,
            timestamp: Timestamp(self.now),
            side,
            price: Price(price),
            quantity: Quantity(quantity),
            realised: realised.map(Money),
        });
    }

    fn profit(&mut self, realised: i64, unrealised: i64, fees: i64) {
        self.gate.on_account(&AccountUpdate {
            timestamp: Timestamp(self.now),
            realised: Money(realised),
            unrealised: Money(unrealised),
            fees: Money(fees),
        });
    }

    fn row(&self, reason: RiskReason) -> CheckCoverage {
        self.gate.monitor().coverage()[reason.index()]
    }

    /// The audit records so far, without those of orders.
    fn events(&self) -> Vec<(AuditKind, u8)> {
        let mut out = [AuditRecord::default(); 64];
        let drained = self.gate.monitor().drain(&mut 0, &mut out);
        out[..drained.count]
            .iter()
            .map(|record| (AuditKind::from_u8(record.kind).unwrap(), record.reason))
            .filter(|(kind, _)| !matches!(kind, AuditKind::Passed | AuditKind::Refused | AuditKind::Cancel))
            .collect()
    }
}
