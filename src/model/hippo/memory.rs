//! The LegS memory: the best polynomial of degree < N through everything seen so far, kept up to date in O(N) a sample.
//!
//! ċ = −(1/t)Ac + (1/t)Bf under the bilinear rule with t = k: the step of [`LegsStep`] with δ = 1/k, so no time step is
//! chosen anywhere and the memory is the same for any sampling rate (Gu et al. 2020; FORMULAS F9). The error of the
//! coefficients falls as 1/k; where f is a polynomial of degree < N nothing else is left of it.

use super::{HippoError, LegsStep, Real};

/// Online approximation of a sequence by its first N scaled Legendre coefficients. One owner; `Send` and `Sync` as data.
///
/// Sample number j, from 1, stands at time j; time runs from 0 to the number of samples so far.
///
/// ```
/// # use market_maker::model::hippo::LegsMemory;
/// let mut memory = LegsMemory::<f64>::new(16)?;
/// for j in 1..=1000 {
///     memory.push((f64::from(j) / 100.0).sin())?;
/// }
/// let mut value = [0.0];
/// memory.reconstruct(&[500.0], &mut value)?;
/// assert!((value[0] - 5.0_f64.sin()).abs() < 0.02);
/// # Ok::<(), market_maker::model::hippo::HippoError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LegsMemory<T: Real> {
    legs: LegsStep<T>,
    coefficients: Box<[T]>,
    count: u64,
}

impl<T: Real> LegsMemory<T> {
    /// An empty memory of `order` coefficients: all the memory it will ever have.
    ///
    /// # Errors
    /// [`HippoError::Order`].
    pub fn new(order: usize) -> Result<Self, HippoError> {
        let legs = LegsStep::new(order)?;
        Ok(Self { coefficients: vec![T::default(); order].into(), legs, count: 0 })
    }

    /// Takes the next sample. Hot path, O(N).
    ///
    /// # Errors
    /// [`HippoError::NotFinite`]; the memory is unchanged then.
    pub fn push(&mut self, sample: T) -> Result<(), HippoError> {
        if !sample.is_finite() {
            return Err(HippoError::NotFinite { what: "the sample", index: 0 });
        }
        self.count += 1;
        let step = T::from_f64(1.0 / self.count as f64);
        self.legs.advance_one(&mut self.coefficients, 1, sample, step);
        Ok(())
    }

    /// Samples so far, which is also the newest sample's time.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Number of coefficients, N.
    #[must_use]
    pub fn order(&self) -> usize {
        self.coefficients.len()
    }

    /// c₀ … c₍N−1₎: of the functions √(2n+1)·Pₙ(2t/k − 1), orthonormal on [0, k] under the mean. c₀ is the mean so far.
    #[must_use]
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.coefficients.fill(T::default());
        self.count = 0;
    }

    /// The approximation at each of `times`, in samples, 0 ≤ time ≤ count. Hot path, O(N) a time.
    ///
    /// # Errors
    /// [`HippoError::Length`] where `out` has another length than `times`, [`HippoError::Time`] for a time outside the
    /// past (any time, while nothing has been seen). `out` is untouched then.
    pub fn reconstruct(&self, times: &[T], out: &mut [T]) -> Result<(), HippoError> {
        if out.len() != times.len() {
            return Err(HippoError::Length { what: "the output", expected: times.len(), found: out.len() });
        }
        let end = self.count as f64;
        let outside = |time: f64| self.count == 0 || !(0.0..=end).contains(&time);
        if let Some(index) = times.iter().position(|&time| outside(time.into())) {
            return Err(HippoError::Time { index, time: times[index].into(), end: self.count });
        }
        for (out, &time) in out.iter_mut().zip(times) {
            let place = T::from_f64(2.0 * time.into() / end - 1.0);
            *out = self.value_at(place);
        }
        Ok(())
    }

    /// Σ cₙ √(2n+1) Pₙ(place), by the three-term recurrence (n+1)Pₙ₊₁ = (2n+1)xPₙ − nPₙ₋₁.
    fn value_at(&self, place: T) -> T {
        let (mut before, mut legendre) = (T::default(), T::from_f64(1.0));
        let mut sum = T::default();
        for (n, (&c, &root)) in self.coefficients.iter().zip(self.legs.roots()).enumerate() {
            sum = sum + c * root * legendre;
            let n = n as f64;
            let next = (T::from_f64(2.0 * n + 1.0) * place * legendre - T::from_f64(n) * before)
                / T::from_f64(n + 1.0);
            before = legendre;
            legendre = next;
        }
        sum
    }
}
