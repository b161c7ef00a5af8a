//! The peers, each in its fastest correct configuration.

use crate::engine::{Engine, Tally, scan};
use hftbacktest::backtest::BacktestError;
use hftbacktest::depth::{HashMapMarketDepth, L3MarketDepth, MarketDepth, ROIVectorMarketDepth};
use market_maker::types::Side;
use market_maker_peers::reference::LevelRow;
use market_maker_peers::streams::{Kind, Message, Stream};
use orderbook_rs::{Id, TimeInForce};
use std::sync::Arc;

/// Ticks and lots of 1, so that its doubles are exact.
const UNIT: f64 = 1.0;

/// One message to an hftbacktest depth. An execution is a modify to what is left, or a delete.
#[inline(always)]
fn apply<D: L3MarketDepth<Error = BacktestError>>(
    depth: &mut D,
    message: &Message,
) -> Result<i64, BacktestError> {
    let (id, price, quantity) = (message.id, message.price as f64, f64::from(message.quantity));
    match (message.kind, message.side) {
        (Kind::Add, Side::Buy) => depth.add_buy_order(id, price, quantity, 0).map(|(_, best)| best),
        (Kind::Add, Side::Sell) => depth.add_sell_order(id, price, quantity, 0).map(|(_, best)| best),
        (Kind::Cancel, _) => depth.delete_order(id, 0).map(|(_, _, best)| best),
        (Kind::Modify, _) => depth.modify_order(id, price, quantity, 0).map(|(_, _, best)| best),
        (Kind::Execute, _) if message.left == 0 => depth.delete_order(id, 0).map(|(_, _, best)| best),
        (Kind::Execute, _) => {
            depth.modify_order(id, price, f64::from(message.left), 0).map(|(_, _, best)| best)
        }
        (Kind::Market, _) => Err(BacktestError::OrderNotFound),
    }
}

fn apply_all<D: L3MarketDepth<Error = BacktestError>>(depth: &mut D, messages: &[Message]) -> Tally {
    let mut tally = Tally::default();
    for message in messages {
        match apply(depth, message) {
            Ok(best) => tally.folded ^= best as u64,
            Err(_) => tally.refused += 1,
        }
    }
    tally
}

fn depth_levels<D: MarketDepth>(depth: &D, stream: &Stream) -> Vec<LevelRow> {
    scan(stream, |side, price| match side {
        Side::Buy => depth.bid_qty_at_tick(price) as u64,
        Side::Sell => depth.ask_qty_at_tick(price) as u64,
    })
}

/// hftbacktest's depth on a vector; the range of interest covers every price, the order map is reserved.
pub struct HftRoi(ROIVectorMarketDepth);

impl Engine for HftRoi {
    const NAME: &'static str = "hftbacktest-roi";

    fn new(stream: &Stream) -> Self {
        let mut depth = ROIVectorMarketDepth::new(UNIT, UNIT, stream.lowest as f64, stream.highest as f64);
        depth.orders.reserve(stream.most_live + 1);
        Self(depth)
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        apply_all(&mut self.0, messages)
    }

    fn levels(&self, stream: &Stream) -> Vec<LevelRow> {
        depth_levels(&self.0, stream)
    }

    fn traded(_: &Tally) -> Option<u64> {
        None
    }
}

/// hftbacktest's depth on hash maps, all three reserved.
pub struct HftHashMap(HashMapMarketDepth);

impl Engine for HftHashMap {
    const NAME: &'static str = "hftbacktest-hashmap";

    fn new(stream: &Stream) -> Self {
        let mut depth = HashMapMarketDepth::new(UNIT, UNIT);
        depth.orders.reserve(stream.most_live + 1);
        depth.bid_depth.reserve(2 * stream.start.levels.len());
        depth.ask_depth.reserve(2 * stream.start.levels.len());
        Self(depth)
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        apply_all(&mut self.0, messages)
    }

    fn levels(&self, stream: &Stream) -> Vec<LevelRow> {
        depth_levels(&self.0, stream)
    }

    fn traded(_: &Tally) -> Option<u64> {
        None
    }
}

/// lobster, without its statistics (they copy every fill), with an arena for every order that rests at once and its
/// default queue capacity; larger ones were not faster. Filled orders stay in its arena, which therefore grows all
/// the same. A modify is a cancel and a new order.
pub struct Lobster(lobster::OrderBook);

impl Lobster {
    /// Lobster's own default.
    const QUEUE_CAPACITY: usize = 10;

    const fn side(side: Side) -> lobster::Side {
        match side {
            Side::Buy => lobster::Side::Bid,
            Side::Sell => lobster::Side::Ask,
        }
    }
}

impl Engine for Lobster {
    const NAME: &'static str = "lobster";

    fn new(stream: &Stream) -> Self {
        Self(lobster::OrderBook::new(stream.most_live + 1, Self::QUEUE_CAPACITY, false))
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        use lobster::{OrderEvent, OrderType};
        let mut tally = Tally::default();
        for message in messages {
            let (id, side) = (u128::from(message.id), Self::side(message.side));
            let (qty, price) = (u64::from(message.quantity), message.price as u64);
            let event = match message.kind {
                Kind::Add => self.0.execute(OrderType::Limit { id, side, qty, price }),
                Kind::Market => self.0.execute(OrderType::Market { id, side, qty }),
                Kind::Cancel => self.0.execute(OrderType::Cancel { id }),
                Kind::Modify => {
                    self.0.execute(OrderType::Cancel { id });
                    self.0.execute(OrderType::Limit { id, side, qty, price })
                }
                Kind::Execute => {
                    tally.refused += 1;
                    continue;
                }
            };
            match event {
                OrderEvent::Filled { filled_qty, .. } | OrderEvent::PartiallyFilled { filled_qty, .. } => {
                    tally.traded += filled_qty;
                }
                OrderEvent::Placed { .. } | OrderEvent::Canceled { .. } => tally.folded += 1,
                OrderEvent::Unfilled { .. } => tally.refused += 1,
            }
        }
        tally
    }

    fn levels(&self, _: &Stream) -> Vec<LevelRow> {
        let depth = self.0.depth(0);
        let row = |side| {
            move |level: lobster::BookLevel| LevelRow { side, price: level.price as i64, quantity: level.qty }
        };
        depth
            .bids
            .into_iter()
            .map(row(Side::Buy))
            .chain(depth.asks.into_iter().map(row(Side::Sell)))
            .collect()
    }
}

/// orderbook-rs with its stub clock, which spares it a clock read per order. A modify is a cancel and a new order,
/// which is also what its own update does. Its plain calls do not say what a limit order traded; the levels at the end do.
pub struct OrderBookRs(orderbook_rs::OrderBook<()>);

impl OrderBookRs {
    const fn side(side: Side) -> orderbook_rs::Side {
        match side {
            Side::Buy => orderbook_rs::Side::Buy,
            Side::Sell => orderbook_rs::Side::Sell,
        }
    }

    fn add(&self, message: &Message) -> bool {
        let (price, quantity) = (message.price as u128, u64::from(message.quantity));
        let (id, side) = (Id::Sequential(message.id), Self::side(message.side));
        self.0.add_limit_order(id, price, quantity, side, TimeInForce::Gtc, None).is_ok()
    }

    fn cancel(&self, message: &Message) -> bool {
        matches!(self.0.cancel_order(Id::Sequential(message.id)), Ok(Some(_)))
    }
}

impl Engine for OrderBookRs {
    const NAME: &'static str = "orderbook-rs";

    fn new(_: &Stream) -> Self {
        Self(orderbook_rs::OrderBook::with_clock("X", Arc::new(orderbook_rs::StubClock::new())))
    }

    fn run(&mut self, messages: &[Message]) -> Tally {
        let mut tally = Tally::default();
        for message in messages {
            let done = match message.kind {
                Kind::Add => self.add(message),
                Kind::Cancel => self.cancel(message),
                Kind::Modify => self.cancel(message) && self.add(message),
                Kind::Market => {
                    let (id, side) = (Id::Sequential(message.id), Self::side(message.side));
                    self.0.submit_market_order(id, u64::from(message.quantity), side).is_ok()
                }
                Kind::Execute => false,
            };
            tally.refused += u64::from(!done);
        }
        tally
    }

    fn levels(&self, stream: &Stream) -> Vec<LevelRow> {
        scan(stream, |side, price| {
            self.0.visible_quantity_at_price(price as u128, Self::side(side)).unwrap_or(0)
        })
    }

    fn traded(_: &Tally) -> Option<u64> {
        None
    }
}
