//! Over the rows of a small matrix: their mean and their maximum, column by column.
//!
//! Lanes run over columns and a column's values are taken in the rows' order, so rows that lie in two runs, as in a ring,
//! give the bits of the same rows in one.

use super::Simd;
use super::lanes::{LANES, Lanes};

impl Simd {
    /// Mean of each column over all rows of both runs, the first run first: the sum in the rows' order times the
    /// reciprocal of their number. A row has `mean.len()` values. Hot path; O(rows · length).
    ///
    /// # Panics
    /// When a run is no whole number of rows, or a row is empty.
    #[inline]
    pub fn mean_of_rows(self, runs: [&[f32]; 2], mean: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.mean_of_rows)(runs, mean) }
    }

    /// Maximum of each column over all rows, which have `most.len()` values each. Hot path; O(rows · length).
    ///
    /// # Panics
    /// When there is no row, or `rows` is no whole number of them.
    #[inline]
    pub fn max_of_rows(self, rows: &[f32], most: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.max_of_rows)(rows, most) }
    }
}

/// `mean ← Σ rows / count`.
#[inline(always)]
pub fn mean_of_rows<S: Lanes>(s: S, runs: [&[f32]; 2], mean: &mut [f32]) {
    let length = mean.len();
    assert!(
        length > 0 && runs[0].len().is_multiple_of(length) && runs[1].len().is_multiple_of(length),
        "rows of {length} values in runs of {} and {}",
        runs[0].len(),
        runs[1].len()
    );
    let count = (runs[0].len() + runs[1].len()) / length;
    let factor = s.splat(1.0 / count as f32);
    let mut first = 0;
    while first < length {
        let width = if length - first < LANES { length - first } else { LANES };
        let mut sum = s.splat(0.0);
        for run in runs {
            for row in run.chunks_exact(length) {
                sum = s.add(sum, s.load_partial(&row[first..first + width]));
            }
        }
        s.store_partial(s.canonical(s.mul(sum, factor)), &mut mean[first..first + width]);
        first += LANES;
    }
}

/// `most ← max over rows`.
#[inline(always)]
pub fn max_of_rows<S: Lanes>(s: S, rows: &[f32], most: &mut [f32]) {
    let length = most.len();
    assert!(
        length > 0 && rows.len() >= length && rows.len().is_multiple_of(length),
        "rows of {length} values in {}",
        rows.len()
    );
    let mut first = 0;
    while first < length {
        let width = if length - first < LANES { length - first } else { LANES };
        let mut largest = s.load_partial(&rows[first..first + width]);
        for row in rows.chunks_exact(length) {
            largest = s.max(s.load_partial(&row[first..first + width]), largest);
        }
        s.store_partial(s.canonical(largest), &mut most[first..first + width]);
        first += LANES;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_maxima_are_those_of_plain_loops_with_the_same_bits_everywhere() {
        for (count, length) in [(1, 1), (3, 16), (5, 23), (16, 128), (7, 40)] {
            let rows: Vec<f32> = (0..count * length).map(|i| (i * 7919 % 1009) as f32 / 97.0 - 5.0).collect();
            let column = |j: usize| rows.iter().skip(j).step_by(length).copied();
            let factor = 1.0 / count as f32;
            let mean: Vec<f32> = (0..length).map(|j| column(j).sum::<f32>() * factor).collect();
            let most: Vec<f32> = (0..length).map(|j| column(j).fold(f32::NEG_INFINITY, f32::max)).collect();
            for simd in Simd::available() {
                let mut found = vec![0.0; length];
                for cut in 0..=count {
                    let (a, b) = rows.split_at(cut * length);
                    simd.mean_of_rows([a, b], &mut found);
                    assert_eq!(found, mean, "{simd:?}, {count} rows of {length} cut at {cut}");
                }
                simd.max_of_rows(&rows, &mut found);
                assert_eq!(found, most, "{simd:?}");
            }
        }
    }
}
