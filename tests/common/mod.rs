//! What the integration tests share: recorded data, a counting allocator's ledger, and a naive book as oracle.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use market_maker::types::{Event, EventKind, OrderId, Price, Side, event_flags};

/// A file of the recorded data, or `None` where the data are not installed.
///
/// The folder is `MARKET_MAKER_DATA`, by default `../shared/data` beside the crate. A missing file fails the test when
/// `CI=true`, and is only reported elsewhere.
pub fn data_file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MARKET_MAKER_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{} is missing: set MARKET_MAKER_DATA to the folder of recorded data",
        path.display()
    );
    eprintln!("not checked: {} is missing (MARKET_MAKER_DATA)", path.display());
    None
}

/// A level of the naive book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NaiveLevel {
    /// Quantity of orders with an id.
    pub known: u64,
    /// Quantity without.
    pub seed: u64,
    /// How many orders with an id.
    pub orders: u32,
}

/// The slowest, plainest book: maps of maps, aggregated by level.
#[derive(Clone, Debug, Default)]
pub struct NaiveBook {
    pub orders: HashMap<OrderId, (Side, Price, u64)>,
    pub sides: [BTreeMap<Price, NaiveLevel>; 2],
    /// References to orders never announced, at no seeded level either.
    pub unknown: u64,
}

impl NaiveBook {
    /// Applies an event of an order or level feed.
    pub fn apply(&mut self, event: &Event) {
        let quantity = event.quantity.0;
        match event.kind {
            EventKind::Add => self.insert(event.order_id, event.side, event.price, quantity),
            EventKind::Seed => {
                self.sides[event.side.index()].entry(event.price).or_default().seed += quantity;
            }
            EventKind::Reduce | EventKind::Execute => self.take(event, quantity),
            EventKind::Delete => self.take(event, u64::MAX),
            EventKind::Modify => {
                let (side, ..) = self.orders[&event.order_id];
                self.take(event, u64::MAX);
                self.insert(event.order_id, side, event.price, quantity);
            }
            EventKind::Replace => {
                let (side, ..) = self.orders[&event.order_id];
                self.take(event, u64::MAX);
                self.insert(event.new_order_id, side, event.price, quantity);
            }
            EventKind::Level => {
                let side = &mut self.sides[event.side.index()];
                if quantity == 0 {
                    side.remove(&event.price);
                } else {
                    side.insert(event.price, NaiveLevel { seed: quantity, ..NaiveLevel::default() });
                }
            }
            EventKind::Clear => {
                self.orders.clear();
                self.sides = Default::default();
            }
            EventKind::None
            | EventKind::Trade
            | EventKind::BestQuote
            | EventKind::Status
            | EventKind::Fill => {}
        }
    }

    fn insert(&mut self, id: OrderId, side: Side, price: Price, quantity: u64) {
        assert!(self.orders.insert(id, (side, price, quantity)).is_none(), "{id} is there already");
        let level = self.sides[side.index()].entry(price).or_default();
        level.known += quantity;
        level.orders += 1;
    }

    fn take(&mut self, event: &Event, quantity: u64) {
        if let Some(order) = self.orders.get_mut(&event.order_id) {
            let (side, price, rest) = *order;
            let taken = quantity.min(rest);
            order.2 -= taken;
            let level = self.sides[side.index()].get_mut(&price).expect("an order's level");
            level.known -= taken;
            if taken == rest {
                level.orders -= 1;
                self.orders.remove(&event.order_id);
            }
            self.drop_empty(side, price);
            return;
        }
        let seed = self.sides[event.side.index()].get_mut(&event.price);
        match seed {
            Some(level) if event.has(event_flags::LOCATED) && level.seed > 0 => {
                level.seed -= event.quantity.0.min(level.seed);
                self.drop_empty(event.side, event.price);
            }
            _ => self.unknown += 1,
        }
    }

    fn drop_empty(&mut self, side: Side, price: Price) {
        let levels = &mut self.sides[side.index()];
        if levels.get(&price).is_some_and(|level| level.known + level.seed == 0) {
            levels.remove(&price);
        }
    }

    /// The levels of a side, best first: price, quantity, orders.
    pub fn levels(&self, side: Side) -> Box<dyn Iterator<Item = (Price, u64, u32)> + '_> {
        let shown = |(price, level): (&Price, &NaiveLevel)| (*price, level.known + level.seed, level.orders);
        match side {
            Side::Buy => Box::new(self.sides[0].iter().rev().map(shown)),
            Side::Sell => Box::new(self.sides[1].iter().map(shown)),
        }
    }

    /// The best level of a side.
    pub fn best(&self, side: Side) -> Option<(Price, u64, u32)> {
        self.levels(side).next()
    }
}
