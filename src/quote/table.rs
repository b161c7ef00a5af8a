//! F2: the exact Guéant–Lehalle–Fernandez-Tapia quotes, solved once into a table over inventory.
//!
//! The solver is in `exponential`; this file keeps the distances from mid. A quote is a lookup without a
//! transcendental function: O(1), one to four adjacent entries, hot path.
//!
//! Memory: 16 bytes × (2N + 1) × rows, where N is the inventory limit in orders; a table of one horizon has one row.

use super::exponential::Propagator;
use super::{GlftParams, Offsets, QuoteError, in_range, not_negative, positive};

/// Largest inventory limit of a table, in orders.
pub const MAX_INVENTORY_STEPS: u32 = 512;
/// Most entries (inventory levels × rows) of a table: 16 MiB.
pub const MAX_TABLE_ENTRIES: usize = 1 << 20;

/// The exact quotes of F2 for |inventory| ≤ N orders, at one horizon, or over a grid of horizons or volatilities.
///
/// Inventory between two lattice points, and a coordinate between two rows, are interpolated linearly; lattice points
/// are exact. At the upper limit there is no bid, at the lower no ask; less than one order below the upper limit the bid
/// is that of the last lattice point that has one. Inventory beyond the limit counts as at the limit.
///
/// ```
/// use market_maker::quote::{GlftParams, GlftTable};
/// let table = GlftTable::new(&GlftParams::new(0.01, 0.3, 0.3, 0.9), 30, 600.0)?;
/// let long = table.offsets(5.0);
/// assert!((long.bid.unwrap() - 3.653479).abs() < 1e-6 && (long.ask.unwrap() - 2.972522).abs() < 1e-6);
/// assert_eq!(table.offsets(30.0).bid, None);
/// # Ok::<(), market_maker::quote::QuoteError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GlftTable {
    /// Row-major; per row n = −N..=N; bid distance, ask distance (infinite where there is no quote).
    entries: Box<[[f64; 2]]>,
    steps: u32,
    rows: u32,
    order_size: f64,
    /// Rows per unit of the coordinate; 0 with a single row.
    per_coordinate: f64,
}

impl GlftTable {
    /// Solves F2 at one horizon: `tau` ≥ 0 seconds, |inventory| ≤ `inventory_limit` orders of `params.order_size` lots.
    ///
    /// # Errors
    /// [`QuoteError::NotFinite`], [`QuoteError::Negative`] (`gamma`, `xi`, `sigma`, `tau`),
    /// [`QuoteError::NotPositive`] (`k`, `intensity`, `order_size`, `inventory_limit`), [`QuoteError::TableTooLarge`],
    /// and [`QuoteError::OutOfRange`]: `tau` when (αN² + 2η)τ exceeds 2⁶⁰, `inventory_limit` when the solution falls
    /// by more than 10²⁹⁰ toward the limit.
    pub fn new(params: &GlftParams, inventory_limit: u32, tau: f64) -> Result<Self, QuoteError> {
        let tau = not_negative(tau, "tau")?;
        let mut solver = Solver::new(params, inventory_limit, 1)?;
        solver.push_at(params, tau)?;
        Ok(solver.finish(0.0))
    }

    /// Solves F2 for every remaining time i·`horizon`/`steps`, i = 0..=`steps`; the coordinate of
    /// [`offsets_at`](Self::offsets_at) is the remaining time in seconds.
    ///
    /// # Errors
    /// As for [`new`](Self::new); also [`QuoteError::NotPositive`] for `horizon` (seconds) and `steps`.
    pub fn over_horizon(
        params: &GlftParams,
        inventory_limit: u32,
        horizon: f64,
        steps: u32,
    ) -> Result<Self, QuoteError> {
        let horizon = positive(horizon, "horizon")?;
        let spacing = grid_spacing(horizon, steps, "horizon")?;
        let mut solver = Solver::new(params, inventory_limit, u64::from(steps) + 1)?;
        let coefficients = params.coefficients()?;
        let propagator =
            Propagator::new(coefficients.alpha, coefficients.eta, inventory_limit as usize, spacing)?;
        let mut v = vec![1.0; inventory_limit as usize + 1];
        let mut scratch = v.clone();
        solver.push(params, &v)?;
        for _ in 0..steps {
            propagator.apply(&mut v, &mut scratch)?;
            solver.push(params, &v)?;
        }
        Ok(solver.finish(f64::from(steps) / horizon))
    }

    /// Solves F2 at `tau` seconds for every volatility i·`params.sigma`/`steps`, i = 0..=`steps`: a live volatility then
    /// needs no solver. The coordinate of [`offsets_at`](Self::offsets_at) is σ in ticks per √second;
    /// `params.sigma` is the largest.
    ///
    /// # Errors
    /// As for [`new`](Self::new); also [`QuoteError::NotPositive`] for `sigma` and `steps`.
    pub fn over_volatility(
        params: &GlftParams,
        inventory_limit: u32,
        tau: f64,
        steps: u32,
    ) -> Result<Self, QuoteError> {
        let tau = not_negative(tau, "tau")?;
        let most = positive(params.sigma, "sigma")?;
        let spacing = grid_spacing(most, steps, "sigma")?;
        let mut solver = Solver::new(params, inventory_limit, u64::from(steps) + 1)?;
        for i in 0..=steps {
            solver.push_at(&GlftParams { sigma: f64::from(i) * spacing, ..*params }, tau)?;
        }
        Ok(solver.finish(f64::from(steps) / most))
    }

    /// The inventory limit in orders.
    #[must_use]
    pub const fn inventory_limit(&self) -> u32 {
        self.steps
    }

    /// Number of rows: 1, or the grid's steps + 1.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    /// Distances from mid at `inventory` lots, in the table's last row: its full horizon, its largest volatility.
    ///
    /// Hot path: O(1), no transcendental function. NaN gives no quotes.
    #[inline]
    #[must_use]
    pub fn offsets(&self, inventory: f64) -> Offsets {
        let Some(place) = self.place(inventory) else { return Offsets::NONE };
        place.open(self.interpolate(self.rows as usize - 1, &place))
    }

    /// Distances from mid at `inventory` lots and at `coordinate`: the remaining time or the volatility of the grid,
    /// clamped to it. A table of one row ignores it.
    ///
    /// Hot path: O(1), no transcendental function. NaN gives no quotes.
    #[inline]
    #[must_use]
    pub fn offsets_at(&self, inventory: f64, coordinate: f64) -> Offsets {
        if coordinate.is_nan() {
            return Offsets::NONE;
        }
        let Some(place) = self.place(inventory) else { return Offsets::NONE };
        let last = f64::from(self.rows - 1);
        // A grid of one row has no scale, and ∞·0 is not a number.
        let row = if self.rows == 1 { 0.0 } else { (coordinate * self.per_coordinate).clamp(0.0, last) };
        let lower = row as usize;
        let weight = row - lower as f64;
        let near = self.interpolate(lower, &place);
        if weight == 0.0 {
            return place.open(near);
        }
        let far = self.interpolate(lower + 1, &place);
        place.open([near[0] + weight * (far[0] - near[0]), near[1] + weight * (far[1] - near[1])])
    }

    /// Where `inventory` lots lies on the lattice.
    #[inline]
    fn place(&self, inventory: f64) -> Option<Place> {
        let limit = f64::from(self.steps);
        // A division, so that whole orders of whole lots land exactly on the lattice.
        let orders = (inventory / self.order_size).clamp(-limit, limit);
        if orders.is_nan() {
            return None;
        }
        // Each side is read where it has a quote: the bid below +N, the ask above −N.
        let clamped = |low: f64, high: f64| {
            let column = orders.clamp(low, high) + limit;
            let lower = column as usize;
            (lower, column - lower as f64)
        };
        Some(Place {
            bid: clamped(-limit, limit - 1.0),
            ask: clamped(1.0 - limit, limit),
            has_bid: orders < limit,
            has_ask: orders > -limit,
        })
    }

    #[inline]
    fn interpolate(&self, row: usize, place: &Place) -> [f64; 2] {
        let width = 2 * self.steps as usize + 1;
        let side = |(lower, weight): (usize, f64), side: usize| {
            let near = self.entries[row * width + lower][side];
            if weight == 0.0 {
                return near;
            }
            near + weight * (self.entries[row * width + lower + 1][side] - near)
        };
        [side(place.bid, 0), side(place.ask, 1)]
    }
}

/// A position on the inventory axis: lattice point below and distance past it, for each side.
struct Place {
    bid: (usize, f64),
    ask: (usize, f64),
    has_bid: bool,
    has_ask: bool,
}

impl Place {
    #[inline]
    fn open(&self, [bid, ask]: [f64; 2]) -> Offsets {
        Offsets { bid: self.has_bid.then_some(bid), ask: self.has_ask.then_some(ask) }
    }
}

/// The distance between two rows of a grid from 0 to `most`.
fn grid_spacing(most: f64, steps: u32, parameter: &'static str) -> Result<f64, QuoteError> {
    if steps == 0 {
        return Err(QuoteError::NotPositive { parameter: "steps" });
    }
    let spacing = most / f64::from(steps);
    // A subnormal spacing would make its inverse infinite.
    if spacing < f64::MIN_POSITIVE { Err(QuoteError::OutOfRange { parameter }) } else { Ok(spacing) }
}

/// Collects rows; sized by the checks of its constructor.
struct Solver {
    entries: Vec<[f64; 2]>,
    steps: u32,
    rows: u32,
    order_size: f64,
}

impl Solver {
    fn new(params: &GlftParams, inventory_limit: u32, rows: u64) -> Result<Self, QuoteError> {
        params.coefficients()?;
        if inventory_limit == 0 {
            return Err(QuoteError::NotPositive { parameter: "inventory_limit" });
        }
        if inventory_limit > MAX_INVENTORY_STEPS {
            return Err(QuoteError::TableTooLarge {
                parameter: "inventory_limit",
                requested: u64::from(inventory_limit),
                limit: u64::from(MAX_INVENTORY_STEPS),
            });
        }
        let requested = (2 * u64::from(inventory_limit) + 1) * rows;
        if requested > MAX_TABLE_ENTRIES as u64 {
            return Err(QuoteError::TableTooLarge {
                parameter: "steps",
                requested,
                limit: MAX_TABLE_ENTRIES as u64,
            });
        }
        Ok(Self {
            entries: Vec::with_capacity(requested as usize),
            steps: inventory_limit,
            rows: 0,
            order_size: params.order_size,
        })
    }

    /// Solves one row from scratch.
    fn push_at(&mut self, params: &GlftParams, tau: f64) -> Result<(), QuoteError> {
        let of = params.coefficients()?;
        let mut v = vec![1.0; self.steps as usize + 1];
        let mut scratch = v.clone();
        Propagator::new(of.alpha, of.eta, self.steps as usize, tau)?.apply(&mut v, &mut scratch)?;
        self.push(params, &v)
    }

    /// Appends the row of v over n = 0..=N.
    fn push(&mut self, params: &GlftParams, v: &[f64]) -> Result<(), QuoteError> {
        let of = params.coefficients()?;
        let limit = i64::from(self.steps);
        // ln v once per level, so that bid(n) and ask(−n) are the same bits.
        let log_v: Vec<f64> = v.iter().map(|&value| libm::log(value)).collect();
        let at = |n: i64| log_v[n.unsigned_abs() as usize];
        for n in -limit..=limit {
            let distance = |neighbour: i64| {
                if neighbour.abs() > limit {
                    return Ok(f64::INFINITY);
                }
                in_range((at(n) - at(neighbour)) / of.k + of.half_spread, "k")
            };
            self.entries.push([distance(n + 1)?, distance(n - 1)?]);
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(self, per_coordinate: f64) -> GlftTable {
        GlftTable {
            entries: self.entries.into_boxed_slice(),
            steps: self.steps,
            rows: self.rows,
            order_size: self.order_size,
            per_coordinate,
        }
    }
}
