//! The probability that a new order is filled within a time, by distance from the best, queue ahead and size.
//!
//! Counts in cells, each shrunk towards the coarser cell above it: p(all) ← p(distance) ← p(distance, queue) ← p(distance, queue, size),
//! where p = (fills + s·p(above))/(orders + s). With s = 0 it would be the plain frequency of a cell, wild where the cell has few
//! orders; s orders' worth of the coarser answer is the mean of the beta prior with that weight (Efron and Morris 1975). O(1), hot path.

use super::{AnalyticsError, positive};
use crate::types::Quantity;

const DISTANCES: usize = FillClass::DISTANCES;
const QUEUES: usize = 16;
const SIZES: usize = 16;

/// What is known of an order when it enters: bucket numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FillClass {
    /// 0 improves its side's best, 1 joins it, 2 is one tick behind, 3 two or three, 4 four to seven, …, below
    /// [`FillClass::DISTANCES`].
    pub distance: u8,
    /// 0 is first in its level's queue, 1 one lot behind, 2 two or three, 3 four to seven, …
    pub queue: u8,
    /// 1 one lot, 2 two or three, 3 four to seven, …
    pub size: u8,
}

impl FillClass {
    /// Buckets of distance; the last is everything beyond 512 ticks.
    pub const DISTANCES: usize = 12;

    /// The class of an order that is `behind` ticks behind the best of its side (negative: better), with this much in front of it
    /// at its price.
    #[inline]
    #[must_use]
    pub const fn new(behind: i64, ahead: Quantity, size: Quantity) -> Self {
        let distance = if behind < 0 { 0 } else { 1 + octave(behind.unsigned_abs(), DISTANCES - 2) };
        Self { distance, queue: octave(ahead.0, QUEUES - 1), size: octave(size.0, SIZES - 1) }
    }
}

/// 0 for 0, 1 for 1, 2 for 2–3, 3 for 4–7, …, at most `most`.
const fn octave(value: u64, most: usize) -> u8 {
    let octave = (u64::BITS - value.leading_zeros()) as usize;
    (if octave < most { octave } else { most }) as u8
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    orders: u64,
    fills: u64,
}

impl Cell {
    #[inline]
    fn observe(&mut self, filled: bool) {
        self.orders += 1;
        self.fills += u64::from(filled);
    }

    #[inline]
    fn shrunk(self, above: f64, strength: f64) -> f64 {
        (self.fills as f64 + strength * above) / (self.orders as f64 + strength)
    }
}

/// Fill frequencies by class, coarse to fine.
///
/// ```
/// use market_maker::analytics::{FillClass, FillModel};
/// use market_maker::types::Quantity;
/// let mut model = FillModel::new(1.0)?;
/// let (near, far) = (FillClass::new(0, Quantity(0), Quantity(10)), FillClass::new(50, Quantity(0), Quantity(10)));
/// for i in 0..1000 {
///     model.observe(near, i % 2 == 0);
///     model.observe(far, false);
/// }
/// assert!((model.probability(near).unwrap() - 0.5).abs() < 0.01);
/// assert!(model.probability(far).unwrap() < 0.01);
/// # Ok::<(), market_maker::analytics::AnalyticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FillModel {
    strength: f64,
    all: Cell,
    by_distance: [Cell; DISTANCES],
    by_queue: Box<[[Cell; QUEUES]]>,
    by_size: Box<[[[Cell; SIZES]; QUEUES]]>,
}

impl FillModel {
    /// Where the coarser answer weighs as much as `strength` orders; positive.
    ///
    /// # Errors
    /// [`AnalyticsError::NotFinite`], [`AnalyticsError::NotPositive`] for `strength`.
    pub fn new(strength: f64) -> Result<Self, AnalyticsError> {
        Ok(Self {
            strength: positive(strength, "strength")?,
            all: Cell::default(),
            by_distance: [Cell::default(); DISTANCES],
            by_queue: vec![[Cell::default(); QUEUES]; DISTANCES].into_boxed_slice(),
            by_size: vec![[[Cell::default(); SIZES]; QUEUES]; DISTANCES].into_boxed_slice(),
        })
    }

    /// What came of an order. Hot path.
    #[inline]
    pub fn observe(&mut self, class: FillClass, filled: bool) {
        let (distance, queue, size) = places(class);
        self.all.observe(filled);
        self.by_distance[distance].observe(filled);
        self.by_queue[distance][queue].observe(filled);
        self.by_size[distance][queue][size].observe(filled);
    }

    /// The probability that an order of this class is filled; `None` before any was observed. Hot path.
    #[inline]
    #[must_use]
    pub fn probability(&self, class: FillClass) -> Option<f64> {
        let (distance, queue, size) = places(class);
        let all = self.base_rate()?;
        let by_distance = self.by_distance[distance].shrunk(all, self.strength);
        let by_queue = self.by_queue[distance][queue].shrunk(by_distance, self.strength);
        Some(self.by_size[distance][queue][size].shrunk(by_queue, self.strength))
    }

    /// Share of all observed orders that were filled.
    #[must_use]
    pub fn base_rate(&self) -> Option<f64> {
        (self.all.orders > 0).then(|| self.all.fills as f64 / self.all.orders as f64)
    }

    /// Orders and fills at one distance bucket, whatever their queue and size.
    #[must_use]
    pub fn at_distance(&self, distance: usize) -> Option<(u64, u64)> {
        self.by_distance.get(distance).map(|cell| (cell.orders, cell.fills))
    }

    /// Orders and fills with one queue bucket at one distance bucket.
    #[must_use]
    pub fn at_queue(&self, distance: usize, queue: usize) -> Option<(u64, u64)> {
        self.by_queue.get(distance)?.get(queue).map(|cell| (cell.orders, cell.fills))
    }

    /// Orders and fills with one size bucket, at one distance and queue bucket.
    #[must_use]
    pub fn at_size(&self, distance: usize, queue: usize, size: usize) -> Option<(u64, u64)> {
        self.by_size.get(distance)?.get(queue)?.get(size).map(|cell| (cell.orders, cell.fills))
    }

    /// Orders observed.
    #[must_use]
    pub const fn orders(&self) -> u64 {
        self.all.orders
    }
}

/// A class whose fields were made by hand may be out of range.
#[inline]
fn places(class: FillClass) -> (usize, usize, usize) {
    let place = |value: u8, len: usize| usize::from(value).min(len - 1);
    (place(class.distance, DISTANCES), place(class.queue, QUEUES), place(class.size, SIZES))
}
