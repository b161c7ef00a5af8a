//! v(τ) = e^(−Mτ)·1 for the matrix of F2, accurate in every component, not only in the large ones.
//!
//! M has αn² on the diagonal and −η beside it for |n| ≤ N. v is even in n, so the problem lives on n = 0..=N, where the
//! row of n = 0 sees its neighbour twice. With c = αN² the matrix B = cI − M has no negative entry; neither have its
//! Taylor terms nor any square of e^(Bh). Scaling and squaring of such a matrix only ever adds positive numbers: nothing
//! cancels, and the tails of v, which fall by hundreds of orders of magnitude, keep the relative precision that the
//! ratios v_n/v_{n+1} need. (An eigen-decomposition is precise relative to the largest component only.) The scalar factor
//! e^(cτ) and all powers of two taken out on the way cancel in the ratios.
//!
//! O(N³·log((αN² + 2η)τ)) time and O(N²) memory, off the hot path.

use super::QuoteError;

/// Terms of the Taylor series; the norm of the scaled matrix is at most 1, and 1/24! < 2⁻⁷⁸.
const TERMS: usize = 24;
/// Largest number of squarings. Beyond 2^60 scaled steps a rounding error of the first one is everything.
const MAX_SQUARINGS: i32 = 60;
/// Smallest component, relative to the largest, that still has full precision.
const SMALLEST: f64 = 1e-290;

/// e^(Bh) up to a power of two, as a row-major square matrix over n = 0..=N.
pub(super) struct Propagator {
    size: usize,
    entries: Vec<f64>,
}

impl Propagator {
    /// Propagates by `tau` seconds. `alpha`, `tau` ≥ 0, `eta` > 0, all finite.
    pub(super) fn new(alpha: f64, eta: f64, steps: usize, tau: f64) -> Result<Self, QuoteError> {
        let size = steps + 1;
        let shift = alpha * (steps as f64) * (steps as f64);
        let norm = (shift + 2.0 * eta) * tau;
        if !norm.is_finite() {
            return Err(QuoteError::OutOfRange { parameter: "tau" });
        }
        let squarings = if norm <= 1.0 { 0 } else { libm::ilogb(norm) + 1 };
        if squarings > MAX_SQUARINGS {
            return Err(QuoteError::OutOfRange { parameter: "tau" });
        }
        let h = libm::scalbn(tau, -squarings);
        let mut sum = vec![0.0; size * size];
        for i in 0..size {
            sum[i * size + i] = 1.0;
        }
        let mut term = sum.clone();
        let mut next = vec![0.0; size * size];
        for order in 1..=TERMS {
            let scale = h / order as f64;
            for i in 0..size {
                let diagonal = alpha * ((steps * steps - i * i) as f64);
                let above = if i == 0 { 2.0 * eta } else { eta };
                for j in 0..size {
                    let mut value = diagonal * term[i * size + j];
                    if i > 0 {
                        value += eta * term[(i - 1) * size + j];
                    }
                    if i < steps {
                        value += above * term[(i + 1) * size + j];
                    }
                    next[i * size + j] = value * scale;
                }
            }
            std::mem::swap(&mut term, &mut next);
            for (total, part) in sum.iter_mut().zip(&term) {
                *total += part;
            }
        }
        let mut square = next;
        for _ in 0..squarings {
            normalise(&mut sum);
            square.fill(0.0);
            for (row, out) in sum.chunks_exact(size).zip(square.chunks_exact_mut(size)) {
                for (&left, right) in row.iter().zip(sum.chunks_exact(size)) {
                    for (value, &entry) in out.iter_mut().zip(right) {
                        *value += left * entry;
                    }
                }
            }
            std::mem::swap(&mut sum, &mut square);
        }
        normalise(&mut sum);
        Ok(Self { size, entries: sum })
    }

    /// v ← e^(Bh)·v up to a power of two; `scratch` is as long as `v`.
    ///
    /// # Errors
    /// [`QuoteError::OutOfRange`] (`inventory_limit`) when a component is too small to have its full precision.
    pub(super) fn apply(&self, v: &mut [f64], scratch: &mut [f64]) -> Result<(), QuoteError> {
        for (row, out) in self.entries.chunks_exact(self.size).zip(scratch.iter_mut()) {
            *out = row.iter().zip(v.iter()).map(|(entry, value)| entry * value).sum();
        }
        normalise(scratch);
        v.copy_from_slice(scratch);
        if v.iter().all(|&value| value >= SMALLEST) {
            Ok(())
        } else {
            Err(QuoteError::OutOfRange { parameter: "inventory_limit" })
        }
    }
}

/// Divides by the power of two that brings the largest entry to 1..2: exact.
fn normalise(entries: &mut [f64]) {
    let largest = entries.iter().fold(0.0_f64, |most, &entry| most.max(entry));
    if largest > 0.0 && largest.is_finite() {
        let exponent = -libm::ilogb(largest);
        for entry in entries {
            *entry = libm::scalbn(*entry, exponent);
        }
    }
}
