//! A plain matching book that decides what a stream contains: which ids are live, who trades with whom.
//!
//! Price-time priority over one array of levels per side that covers the workload's whole price range, FIFO lists
//! through a slab, and a list of live orders for uniform draws. Every operation is O(1) except that the best price
//! is found by walking over empty levels. It shares no code with the engines that are measured, which makes its
//! final state an independent answer to check them against.

use market_maker::types::Side;

const NONE: u32 = u32::MAX;

/// A resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// The id it was added with.
    pub id: u64,
    /// Ticks.
    pub price: i64,
    /// Lots left.
    pub quantity: u32,
    /// Which side it rests on.
    pub side: Side,
    next: u32,
    previous: u32,
    position: u32,
}

#[derive(Clone, Copy)]
struct Queue {
    head: u32,
    tail: u32,
    quantity: u64,
}

/// One price level of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LevelRow {
    /// Which side.
    pub side: Side,
    /// Ticks.
    pub price: i64,
    /// Lots of all its orders.
    pub quantity: u64,
}

/// An execution of a resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The resting order as it was before.
    pub maker: Resting,
    /// Lots that trade.
    pub quantity: u32,
}

/// The deciding book.
pub struct ReferenceBook {
    lowest: i64,
    queues: [Vec<Queue>; 2],
    best: [i64; 2],
    occupied: [usize; 2],
    orders: Vec<Resting>,
    free: Vec<u32>,
    live: Vec<u32>,
    live_on: [usize; 2],
}

impl ReferenceBook {
    /// An empty book for prices `lowest..=highest`.
    #[must_use]
    pub fn new(lowest: i64, highest: i64) -> Self {
        let levels = usize::try_from(highest - lowest + 1).expect("lowest is not above highest");
        let empty = Queue { head: NONE, tail: NONE, quantity: 0 };
        Self {
            lowest,
            queues: [vec![empty; levels], vec![empty; levels]],
            best: [lowest - 1, highest + 1],
            occupied: [0; 2],
            orders: Vec::new(),
            free: Vec::new(),
            live: Vec::new(),
            live_on: [0; 2],
        }
    }

    fn index(&self, price: i64) -> usize {
        usize::try_from(price - self.lowest).expect("the price is inside the workload's range")
    }

    /// The best price of a side.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<i64> {
        (self.occupied[side.index()] > 0).then(|| self.best[side.index()])
    }

    /// Orders resting in all.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// Orders resting on a side.
    #[must_use]
    pub fn live_on(&self, side: Side) -> usize {
        self.live_on[side.index()]
    }

    /// Levels that hold an order.
    #[must_use]
    pub fn level_count(&self, side: Side) -> usize {
        self.occupied[side.index()]
    }

    /// The handle of the `n`-th live order, in no particular order; `n` is below [`live`](Self::live).
    #[must_use]
    pub fn nth(&self, n: usize) -> u32 {
        self.live[n]
    }

    /// The handle of the first order at the best price.
    #[must_use]
    pub fn front(&self, side: Side) -> Option<u32> {
        self.best(side).map(|price| self.queues[side.index()][self.index(price)].head)
    }

    /// The order behind a handle.
    #[must_use]
    pub fn order(&self, handle: u32) -> Resting {
        self.orders[handle as usize]
    }

    /// Rests an order behind its level's queue.
    pub fn rest(&mut self, id: u64, side: Side, price: i64, quantity: u32) {
        let position = self.live.len() as u32;
        let at = self.index(price);
        let previous = self.queues[side.index()][at].tail;
        let order = Resting { id, price, quantity, side, next: NONE, previous, position };
        let handle = match self.free.pop() {
            Some(handle) => {
                self.orders[handle as usize] = order;
                handle
            }
            None => {
                self.orders.push(order);
                (self.orders.len() - 1) as u32
            }
        };
        let queue = &mut self.queues[side.index()][at];
        queue.tail = handle;
        queue.quantity += u64::from(quantity);
        if previous == NONE {
            queue.head = handle;
            self.occupied[side.index()] += 1;
            if self.occupied[side.index()] == 1
                || side.is_better(price.into(), self.best[side.index()].into())
            {
                self.best[side.index()] = price;
            }
        } else {
            self.orders[previous as usize].next = handle;
        }
        self.live.push(handle);
        self.live_on[side.index()] += 1;
    }

    /// Takes an order out.
    pub fn remove(&mut self, handle: u32) -> Resting {
        let order = self.orders[handle as usize];
        let side = order.side.index();
        let at = self.index(order.price);
        match order.previous {
            NONE => self.queues[side][at].head = order.next,
            previous => self.orders[previous as usize].next = order.next,
        }
        match order.next {
            NONE => self.queues[side][at].tail = order.previous,
            next => self.orders[next as usize].previous = order.previous,
        }
        self.queues[side][at].quantity -= u64::from(order.quantity);
        self.live.swap_remove(order.position as usize);
        if let Some(&moved) = self.live.get(order.position as usize) {
            self.orders[moved as usize].position = order.position;
        }
        self.live_on[side] -= 1;
        self.free.push(handle);
        if self.queues[side][at].head == NONE {
            self.occupied[side] -= 1;
            if self.occupied[side] > 0 && self.best[side] == order.price {
                let worse = -order.side.sign();
                while self.queues[side][self.index(self.best[side])].head == NONE {
                    self.best[side] += worse;
                }
            }
        }
        order
    }

    /// Matches up to `quantity` lots of an incoming order of `side` at `limit` or better (`None`: at any price),
    /// best price first, oldest order first. Tells each execution and returns the lots left over.
    pub fn take(&mut self, side: Side, limit: Option<i64>, quantity: u32, mut tell: impl FnMut(Fill)) -> u32 {
        let makers = side.opposite();
        let mut left = quantity;
        while left > 0 {
            let Some(handle) = self.front(makers) else { break };
            let maker = self.order(handle);
            if limit.is_some_and(|limit| side.is_better(maker.price.into(), limit.into())) {
                break;
            }
            let traded = left.min(maker.quantity);
            tell(Fill { maker, quantity: traded });
            left -= traded;
            if traded == maker.quantity {
                self.remove(handle);
            } else {
                self.orders[handle as usize].quantity -= traded;
                let at = self.index(maker.price);
                self.queues[makers.index()][at].quantity -= u64::from(traded);
            }
        }
        left
    }

    /// Every level that holds an order: bids, then asks, each by rising price.
    #[must_use]
    pub fn levels(&self) -> Vec<LevelRow> {
        let rows = |side: Side| {
            let occupied =
                self.queues[side.index()].iter().enumerate().filter(|(_, queue)| queue.head != NONE);
            occupied.map(move |(at, queue)| LevelRow {
                side,
                price: self.lowest + at as i64,
                quantity: queue.quantity,
            })
        };
        Side::BOTH.into_iter().flat_map(rows).collect()
    }
}
