//! The little dense linear algebra that discretisation needs: product, linear solve, matrix exponential.
//!
//! Row-major `f64`, O(n³), off the hot path. The exponential is scaling and squaring over the [13/13] Padé approximant
//! (Higham 2005, "The scaling and squaring method for the matrix exponential revisited"); only `+ − × ÷` are used, so every
//! machine gives the same bits.

use super::HippoError;

/// A square matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Square {
    pub n: usize,
    pub values: Vec<f64>,
}

impl Square {
    pub fn zeros(n: usize) -> Self {
        Self { n, values: vec![0.0; n * n] }
    }

    pub fn identity(n: usize) -> Self {
        let mut eye = Self::zeros(n);
        for i in 0..n {
            eye.values[i * n + i] = 1.0;
        }
        eye
    }

    pub fn product(&self, right: &Self) -> Self {
        let n = self.n;
        let mut out = Self::zeros(n);
        for i in 0..n {
            for k in 0..n {
                let factor = self.values[i * n + k];
                for j in 0..n {
                    out.values[i * n + j] += factor * right.values[k * n + j];
                }
            }
        }
        out
    }

    /// `self + factor·other`.
    pub fn plus(&self, factor: f64, other: &Self) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a + factor * b).collect();
        Self { n: self.n, values }
    }

    /// Largest column sum of absolute values.
    fn norm_1(&self) -> f64 {
        let column = |j: usize| (0..self.n).map(|i| self.values[i * self.n + j].abs()).sum::<f64>();
        (0..self.n).map(column).fold(0.0, f64::max)
    }

    /// Solves `self · X = right` for `columns` right-hand sides (row-major, n × columns), by elimination with partial
    /// pivoting.
    pub fn solve(mut self, right: &mut [f64], columns: usize) -> Result<(), HippoError> {
        let n = self.n;
        for k in 0..n {
            let size = |i: &usize| self.values[i * n + k].abs();
            let pivot = (k..n).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(k);
            let head = self.values[pivot * n + k];
            if head == 0.0 || !head.is_finite() {
                return Err(HippoError::Singular);
            }
            if pivot != k {
                for j in 0..n {
                    self.values.swap(k * n + j, pivot * n + j);
                }
                for j in 0..columns {
                    right.swap(k * columns + j, pivot * columns + j);
                }
            }
            for i in k + 1..n {
                let factor = self.values[i * n + k] / head;
                if factor != 0.0 {
                    for j in k..n {
                        self.values[i * n + j] -= factor * self.values[k * n + j];
                    }
                    for j in 0..columns {
                        right[i * columns + j] -= factor * right[k * columns + j];
                    }
                }
            }
        }
        for i in (0..n).rev() {
            for j in 0..columns {
                let later: f64 = (i + 1..n).map(|k| self.values[i * n + k] * right[k * columns + j]).sum();
                right[i * columns + j] = (right[i * columns + j] - later) / self.values[i * n + i];
            }
        }
        Ok(())
    }

    /// e^self.
    pub fn exponential(&self) -> Result<Self, HippoError> {
        /// Coefficients of the [13/13] approximant's numerator, from power 0 up.
        const PADE: [f64; 14] = [
            64_764_752_532_480_000.0,
            32_382_376_266_240_000.0,
            7_771_770_303_897_600.0,
            1_187_353_796_428_800.0,
            129_060_195_264_000.0,
            10_559_470_521_600.0,
            670_442_572_800.0,
            33_522_128_640.0,
            1_323_241_920.0,
            40_840_800.0,
            960_960.0,
            16_380.0,
            182.0,
            1.0,
        ];
        /// Up to this norm the approximant is exact to double precision without scaling.
        const UNSCALED: f64 = 5.371_920_351_148_152;
        let norm = self.norm_1();
        if !norm.is_finite() {
            return Err(HippoError::NotFinite { what: "the matrix", index: 0 });
        }
        let mut squarings = 0;
        let mut scale = 1.0;
        while norm * scale > UNSCALED {
            scale *= 0.5;
            squarings += 1;
        }
        let n = self.n;
        let a = Self::zeros(n).plus(scale, self);
        let a2 = a.product(&a);
        let a4 = a2.product(&a2);
        let a6 = a4.product(&a2);
        let eye = Self::identity(n);
        let high = |from: usize| {
            Self::zeros(n).plus(PADE[from + 4], &a6).plus(PADE[from + 2], &a4).plus(PADE[from], &a2)
        };
        let low = |from: usize| {
            let sum = Self::zeros(n).plus(PADE[from], &eye);
            sum.plus(PADE[from + 2], &a2).plus(PADE[from + 4], &a4).plus(PADE[from + 6], &a6)
        };
        let odd = a.product(&a6.product(&high(9)).plus(1.0, &low(1)));
        let even = a6.product(&high(8)).plus(1.0, &low(0));
        let mut result = even.plus(1.0, &odd);
        even.plus(-1.0, &odd).solve(&mut result.values, n)?;
        for _ in 0..squarings {
            result = result.product(&result);
        }
        Ok(result)
    }
}
