//! The workloads, as vectors of 32-byte messages made from a seed.
//!
//! A [`Workload`] says how orders are placed; [`Workload::stream`] plays it against the [`ReferenceBook`] and writes
//! down, in the form asked for, what happened:
//!
//! * [`Form::Feed`]: what a venue publishes. Add, cancel, modify, execute by id; every id refers to a live order,
//!   partial executions leave the rest in place, nothing ever crosses.
//! * [`Form::Matching`]: what a venue receives. Limit and market orders that cross, cancels, modifies.
//!
//! The mix per action is 48.7 % add, 41.3 % cancel (uniform over live orders), 5 % modify, 2.5 % market and
//! 2.5 % crossing limit. The adds that exceed the cancels are eaten by the last two: their sizes are steered by the
//! number of live orders, which holds that number stationary without touching the mix. A modify always changes the
//! price and never crosses, so that every engine agrees on who loses priority.

use crate::reference::{LevelRow, ReferenceBook};
use market_maker::types::{Event, EventKind, OrderId, Price, Quantity, Side};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A new limit order; in feed form it rests, in matching form it may cross.
    Add = 0,
    /// An order leaves.
    Cancel = 1,
    /// An order takes a new price and quantity, behind the queue.
    Modify = 2,
    /// Feed form only: a resting order trades `quantity`, `left` stays.
    Execute = 3,
    /// Matching form only: a market order.
    Market = 4,
}

/// One message. Fields that a kind does not need are filled in all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Message {
    /// The order that the message is about.
    pub id: u64,
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: u32,
    /// Lots that stay in the book after an [`Kind::Execute`].
    pub left: u32,
    /// What it asks for.
    pub kind: Kind,
    /// Side of the order.
    pub side: Side,
}

const _: () = assert!(size_of::<Message>() == 32);

impl Message {
    /// The feed message as the core's own event.
    ///
    /// # Panics
    /// On a market order, which no feed carries.
    #[must_use]
    pub fn event(&self) -> Event {
        let kind = match self.kind {
            Kind::Add => EventKind::Add,
            Kind::Cancel => EventKind::Delete,
            Kind::Modify => EventKind::Modify,
            Kind::Execute => EventKind::Execute,
            Kind::Market => panic!("a market order is not a feed event"),
        };
        Event {
            order_id: OrderId(self.id),
            price: Price(self.price),
            quantity: Quantity(u64::from(self.quantity)),
            kind,
            side: self.side,
            ..Event::EMPTY
        }
    }
}

/// Whether a stream is what a venue publishes or what it receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Add, cancel, modify, execute by id: already matched.
    Feed,
    /// Limit, market, cancel, modify: to be matched.
    Matching,
}

/// How the mid moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// One grid step up or down, evenly, every so many messages.
    Random {
        /// Messages between steps.
        every: u32,
    },
    /// One grid step up every so many messages. Orders that the mid has passed are cancelled before others.
    Up {
        /// Messages between steps.
        every: u32,
    },
}

/// How a stream is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// As printed.
    pub name: &'static str,
    /// Equal seeds give equal streams.
    pub seed: u64,
    /// Messages after the resting orders.
    pub messages: usize,
    /// Orders that rest before the first message, and that the stream keeps.
    pub resting: usize,
    /// When set, half of the new prices are uniform over this many grid steps from the mid; the others (all, when
    /// not set) are geometric over 1–50 steps.
    pub uniform: Option<u64>,
    /// How the mid moves.
    pub walk: Walk,
    /// Ticks between two prices that the workload uses.
    pub grid: i64,
}

/// Ticks of the mid at the start; far enough from 0 for engines with unsigned prices.
const START: i64 = 1_000_000;
/// Chance of each further step of the geometric distance, in 1/1000.
const FURTHER: u64 = 900;
/// Largest geometric distance in grid steps.
const FURTHEST: u64 = 50;
/// Largest order in lots; sizes are uniform from 1.
const LARGEST: u64 = 100;
/// Orders that one aggressive order must fill on average: (48.7 % − 41.3 %) / 5 %.
const FILLS: f64 = 1.48;
/// Fraction by which an aggressive order grows per fraction of live orders above the target.
const GAIN: f64 = 50.0;

impl Workload {
    /// 10 k live orders on about a hundred levels.
    pub const REALISTIC: Self = Self {
        name: "realistic",
        seed: 20_120_621,
        messages: 5_000_000,
        resting: 10_000,
        uniform: None,
        walk: Walk::Random { every: 10_000 },
        grid: 1,
    };

    /// 1 M live orders over 20 k levels.
    pub const DEEP: Self =
        Self { name: "deep", seed: 20_120_622, resting: 1_000_000, uniform: Some(10_000), ..Self::REALISTIC };

    /// The mid climbs 10⁶ ticks in 20 k steps of 50 ticks: the realistic book on a coarse grid.
    pub const WALK: Self =
        Self { name: "walk", seed: 20_120_623, walk: Walk::Up { every: 250 }, grid: 50, ..Self::REALISTIC };

    /// The mid climbs 10⁶ ticks in steps of one tick, so fast that the orders left behind spread over thousands of
    /// levels.
    pub const WALK_FINE: Self =
        Self { name: "walk-fine", seed: 20_120_624, walk: Walk::Up { every: 5 }, grid: 1, ..Self::REALISTIC };

    /// The same workload with another number of messages; a climbing mid climbs in proportion.
    #[must_use]
    pub const fn with_messages(self, messages: usize) -> Self {
        Self { messages, ..self }
    }

    /// Plays the workload and writes it down.
    ///
    /// # Panics
    /// When the workload keeps no order at all.
    #[must_use]
    pub fn stream(&self, form: Form) -> Stream {
        assert!(self.resting > 0, "a workload keeps at least one order");
        Player::new(self, form).play()
    }

    /// Lowest and highest price that the workload can use.
    fn range(&self) -> (i64, i64) {
        let reach = (self.uniform.unwrap_or(0).max(FURTHEST) as i64 + 8) * self.grid;
        let steps = |every: u32| (self.messages as i64 / i64::from(every) + 1) * self.grid;
        match self.walk {
            Walk::Random { every } => (START - reach - steps(every), START + reach + steps(every)),
            Walk::Up { every } => (START - reach, START + reach + steps(every)),
        }
    }
}

/// How many actions of each kind a stream took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mix {
    /// Passive adds.
    pub adds: usize,
    /// Cancels.
    pub cancels: usize,
    /// Modifies.
    pub modifies: usize,
    /// Market orders.
    pub markets: usize,
    /// Limit orders that cross.
    pub crossing: usize,
}

impl Mix {
    /// All actions.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.adds + self.cancels + self.modifies + self.markets + self.crossing
    }
}

/// What a book holds at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Orders.
    pub live: usize,
    /// Every level: bids, then asks, each by rising price.
    pub levels: Vec<LevelRow>,
}

impl State {
    /// Best bid or ask.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<LevelRow> {
        let mut of_side = self.levels.iter().filter(|row| row.side == side);
        match side {
            Side::Buy => of_side.next_back().copied(),
            Side::Sell => of_side.next().copied(),
        }
    }
}

/// A workload written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Name of the workload.
    pub name: &'static str,
    /// Published or received.
    pub form: Form,
    /// Limit orders, none of which cross, that rest before the first message.
    pub resting: Vec<Message>,
    /// The messages.
    pub messages: Vec<Message>,
    /// Lowest price used or usable.
    pub lowest: i64,
    /// Highest price used or usable.
    pub highest: i64,
    /// Most orders that ever rested at once.
    pub most_live: usize,
    /// Largest id.
    pub last_id: u64,
    /// What was drawn.
    pub mix: Mix,
    /// Lots that traded.
    pub traded: u64,
    /// The book after `resting`.
    pub start: State,
    /// The book after `messages`.
    pub end: State,
}

/// How order ids look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// A permutation of 1 … last.
    Shuffled,
    /// Distinct numbers scattered over all 64 bits.
    Sparse,
}

impl Stream {
    /// The same stream with other ids.
    #[must_use]
    pub fn with_ids(&self, ids: Ids) -> Self {
        let mut table: Vec<u64> = (0..=self.last_id).collect();
        match ids {
            Ids::Shuffled => {
                let mut draw = Draw::new(self.last_id);
                for at in (2..table.len()).rev() {
                    table.swap(at, 1 + draw.below(at as u64) as usize);
                }
            }
            Ids::Sparse => table.iter_mut().for_each(|id| *id = scatter(*id)),
        }
        let mut renamed = self.clone();
        for message in renamed.resting.iter_mut().chain(&mut renamed.messages) {
            message.id = table[message.id as usize];
        }
        renamed.last_id = table.into_iter().max().unwrap_or(0);
        renamed
    }
}

/// A bijection of the 64-bit numbers (the finaliser of SplitMix64).
const fn scatter(id: u64) -> u64 {
    let id = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let id = (id ^ (id >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let id = (id ^ (id >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    id ^ (id >> 31)
}

struct Draw(Xoshiro256PlusPlus);

impl Draw {
    fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Uniform over `0..bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    fn side(&mut self) -> Side {
        if self.below(2) == 0 { Side::Buy } else { Side::Sell }
    }

    /// Geometric over 1…50, by redrawing what falls beyond.
    fn distance(&mut self) -> u64 {
        loop {
            let mut distance = 1;
            while distance <= FURTHEST && self.below(1000) < FURTHER {
                distance += 1;
            }
            if distance <= FURTHEST {
                return distance;
            }
        }
    }
}

struct Player<'a> {
    workload: &'a Workload,
    form: Form,
    draw: Draw,
    book: ReferenceBook,
    mid: i64,
    steps: usize,
    next_id: u64,
    written: Vec<Message>,
    traded: u64,
    most_live: usize,
    mix: Mix,
}

impl<'a> Player<'a> {
    fn new(workload: &'a Workload, form: Form) -> Self {
        let (lowest, highest) = workload.range();
        Self {
            workload,
            form,
            draw: Draw::new(workload.seed),
            book: ReferenceBook::new(lowest, highest),
            mid: START,
            steps: 0,
            next_id: 1,
            written: Vec::with_capacity(workload.messages + 64),
            traded: 0,
            most_live: 0,
            mix: Mix::default(),
        }
    }

    fn play(mut self) -> Stream {
        for _ in 0..self.workload.resting {
            self.add();
        }
        let resting = std::mem::replace(&mut self.written, Vec::with_capacity(self.workload.messages + 64));
        let start = self.state();
        self.mix = Mix::default();
        while self.written.len() < self.workload.messages {
            self.walk();
            match self.draw.below(1000) {
                0..487 => self.add(),
                487..900 => self.cancel(),
                900..950 => self.modify(),
                950..975 => self.market(),
                _ => self.cross(),
            }
            self.most_live = self.most_live.max(self.book.live());
        }
        let (lowest, highest) = self.workload.range();
        Stream {
            name: self.workload.name,
            form: self.form,
            resting,
            end: self.state(),
            messages: self.written,
            lowest,
            highest,
            most_live: self.most_live,
            last_id: self.next_id - 1,
            mix: self.mix,
            traded: self.traded,
            start,
        }
    }

    fn state(&self) -> State {
        State { live: self.book.live(), levels: self.book.levels() }
    }

    /// Takes the steps that are due by the number of messages.
    fn walk(&mut self) {
        let (Walk::Random { every } | Walk::Up { every }) = self.workload.walk;
        while self.steps < self.written.len() / every as usize {
            self.steps += 1;
            let direction = match self.workload.walk {
                Walk::Random { .. } => self.draw.side().sign(),
                Walk::Up { .. } => 1,
            };
            self.mid += direction * self.workload.grid;
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    fn quantity(&mut self) -> u32 {
        1 + self.draw.below(LARGEST) as u32
    }

    /// A price that does not cross: the drawn distance from the mid, or one step short of the other side.
    fn passive_price(&mut self, side: Side) -> i64 {
        let steps = match self.workload.uniform {
            Some(reach) if self.draw.below(2) == 0 => 1 + self.draw.below(reach),
            _ => self.draw.distance(),
        };
        let grid = self.workload.grid;
        let price = self.mid - side.sign() * steps as i64 * grid;
        match self.book.best(side.opposite()) {
            Some(other) if !side.is_better(other.into(), price.into()) => other - side.sign() * grid,
            _ => price,
        }
    }

    fn write(&mut self, kind: Kind, id: u64, side: Side, price: i64, quantity: u32, left: u32) {
        self.written.push(Message { id, price, quantity, left, kind, side });
    }

    fn add(&mut self) {
        let side = self.draw.side();
        let (id, price, quantity) = (self.id(), self.passive_price(side), self.quantity());
        self.book.rest(id, side, price, quantity);
        self.write(Kind::Add, id, side, price, quantity, quantity);
        self.mix.adds += 1;
    }

    /// An order that the mid has passed, when it climbs on purpose; else any live order.
    fn victim(&mut self) -> u32 {
        if let Walk::Up { .. } = self.workload.walk
            && self.book.best(Side::Sell).is_some_and(|ask| ask <= self.mid)
            && let Some(passed) = self.book.front(Side::Sell)
        {
            return passed;
        }
        self.book.nth(self.draw.below(self.book.live() as u64) as usize)
    }

    fn cancel(&mut self) {
        if self.book.live() == 0 {
            return self.add();
        }
        let handle = self.victim();
        let order = self.book.remove(handle);
        self.write(Kind::Cancel, order.id, order.side, order.price, order.quantity, 0);
        self.mix.cancels += 1;
    }

    fn modify(&mut self) {
        if self.book.live() == 0 {
            return self.add();
        }
        let handle = self.book.nth(self.draw.below(self.book.live() as u64) as usize);
        let old = self.book.remove(handle);
        let mut price = self.passive_price(old.side);
        if price == old.price {
            price -= old.side.sign() * self.workload.grid;
        }
        let quantity = self.quantity();
        self.book.rest(old.id, old.side, price, quantity);
        self.write(Kind::Modify, old.id, old.side, price, quantity, quantity);
        self.mix.modifies += 1;
    }

    /// The aggressor's side, drawn so that each resting order is as likely to be on the side that is hit, and its
    /// size: more when too many orders rest, less when too few.
    fn aggressor(&mut self) -> (Side, u32) {
        let hit = self.draw.below(self.book.live() as u64) as usize;
        let side = if hit < self.book.live_on(Side::Sell) { Side::Buy } else { Side::Sell };
        let target = self.workload.resting as f64;
        let surplus = (self.book.live() as f64 - target) / target;
        let mean = (LARGEST + 1) as f64 / 2.0 * FILLS * (1.0 + GAIN * surplus).clamp(0.05, 10.0);
        (side, 1 + self.draw.below((2.0 * mean) as u64) as u32)
    }

    fn take(&mut self, side: Side, limit: Option<i64>, quantity: u32) -> u32 {
        let (written, traded, form) = (&mut self.written, &mut self.traded, self.form);
        self.book.take(side, limit, quantity, |fill| {
            *traded += u64::from(fill.quantity);
            if form == Form::Feed {
                let maker = fill.maker;
                let left = maker.quantity - fill.quantity;
                let (id, price, side, quantity) = (maker.id, maker.price, maker.side, fill.quantity);
                written.push(Message { id, price, quantity, left, kind: Kind::Execute, side });
            }
        })
    }

    fn market(&mut self) {
        if self.book.live() == 0 {
            return self.add();
        }
        let (side, quantity) = self.aggressor();
        let id = self.id();
        if self.form == Form::Matching {
            self.write(Kind::Market, id, side, 0, quantity, 0);
        }
        self.take(side, None, quantity);
        self.mix.markets += 1;
    }

    fn cross(&mut self) {
        if self.book.live() == 0 {
            return self.add();
        }
        let (side, quantity) = self.aggressor();
        let id = self.id();
        let through = self.draw.below(4) as i64 * self.workload.grid;
        let best = self.book.best(side.opposite()).unwrap_or(self.mid);
        let limit = best + side.sign() * through;
        if self.form == Form::Matching {
            self.write(Kind::Add, id, side, limit, quantity, quantity);
        }
        let left = self.take(side, Some(limit), quantity);
        if left > 0 {
            self.book.rest(id, side, limit, left);
            if self.form == Form::Feed {
                self.write(Kind::Add, id, side, limit, left, left);
            }
        }
        self.mix.crossing += 1;
    }
}

#[cfg(test)]
mod tests;
