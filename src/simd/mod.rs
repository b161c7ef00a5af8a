//! Numeric kernels over 16 logical lanes, with the same bits from every instruction set.
//!
//! Every f32 sum has one fixed order and every multiply-add rounds once, so scalar code, AVX2 + FMA, AVX-512 and NEON
//! agree to the last bit, results that are NaN included; integer products are exact. Only bf16 differs, where the
//! processor's own dot product is used. An instruction set is chosen once, when [`Simd::detect`] is called (or named in
//! the environment variable `MARKET_MAKER_FORCE_ISA`); a [`Simd`] is two pointers to tables of kernels.
//!
//! Kernels are on the hot path: they neither allocate nor enter the kernel. Shapes are the caller's program, not user
//! input, so slices of the wrong length panic as indexing does. Subnormals are numbers: the floating-point environment
//! must be the default one (no flush to zero).

use std::fmt;

use crate::mem::buffer::OutOfMemory;

mod ahead;
mod dense;
mod dots;
mod elementwise;
mod format;
pub mod lanes;
pub mod math;
mod norm;
mod packed;
mod packed_dots;
mod quantise;
mod quantised;
mod scalar;
mod table;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

pub mod blocks;
pub mod conv;
pub mod lstm;
pub mod rank;
pub mod rows;
pub mod scan;

#[cfg(test)]
mod tests;

pub use packed::{PackedF32, Start};
pub use packed_dots::{PackedBf16, PackedI8, PackedI16};

/// The NaN that every kernel stores for a NaN result: quiet, positive, no payload.
pub const NAN: f32 = f32::from_bits(0x7FC0_0000);

/// The one NaN for every NaN, chosen in integers because to the compiler one NaN is as good as another.
#[inline(always)]
pub(crate) const fn canonical(x: f32) -> f32 {
    let bits = x.to_bits();
    f32::from_bits(if bits & 0x7FFF_FFFF > f32::INFINITY.to_bits() { NAN.to_bits() } else { bits })
}

/// The environment variable that names the instruction set to use: `scalar`, `avx2`, `avx512` or `neon`.
pub const FORCE_VARIABLE: &str = "MARKET_MAKER_FORCE_ISA";

/// A family of kernels by the instructions that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Portable code; runs everywhere.
    Scalar,
    /// AVX2 and FMA, also AVX-VNNI where present.
    Avx2,
    /// AVX-512 F, BW, DQ and VL, also VNNI and BF16 where present.
    Avx512,
    /// Advanced SIMD of AArch64.
    Neon,
}

impl Isa {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Scalar, Self::Avx2, Self::Avx512, Self::Neon];

    /// The name by which [`FORCE_VARIABLE`] knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    /// The instruction set of that name.
    ///
    /// # Errors
    /// [`SimdError::UnknownIsa`].
    pub fn from_name(name: &str) -> Result<Self, SimdError> {
        Self::ALL
            .into_iter()
            .find(|isa| isa.name() == name)
            .ok_or_else(|| SimdError::UnknownIsa { name: name.to_owned() })
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why kernels or packed weights could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimdError {
    /// No instruction set has this name.
    #[error("unknown instruction set {name:?}; known are scalar, avx2, avx512, neon")]
    UnknownIsa {
        /// What was asked for.
        name: String,
    },
    /// This machine lacks the instruction set.
    #[error("instruction set {isa} is not available on this machine")]
    Unavailable {
        /// What was asked for.
        isa: Isa,
    },
    /// A slice has not the length that the shape asks for.
    #[error("{what}: expected {expected} values, found {found}")]
    Shape {
        /// Which argument.
        what: &'static str,
        /// Its length by the shape.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// Sums of this many products might leave i32.
    #[error("{cols} products of up to {weight} · {input} may exceed 32 bits")]
    Range {
        /// Products in a sum.
        cols: usize,
        /// Largest weight.
        weight: i32,
        /// Largest input.
        input: i32,
    },
    /// No memory for packed weights.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// The kernels of one instruction set. Copies are free; any thread may use them.
///
/// ```
/// # use market_maker::simd::{Isa, Simd};
/// let best = Simd::detect().unwrap();
/// let scalar = Simd::new(Isa::Scalar).unwrap();
/// let (mut a, mut b) = ([0.5_f32, -20.0, 3.0], [0.5_f32, -20.0, 3.0]);
/// best.gelu(&mut a);
/// scalar.gelu(&mut b);
/// assert_eq!(a.map(f32::to_bits), b.map(f32::to_bits));
/// ```
#[derive(Clone, Copy)]
pub struct Simd {
    isa: Isa,
    floats: &'static table::Floats,
    dots: &'static table::Dots,
}

impl Simd {
    /// The fastest kernels of this machine, or those that `MARKET_MAKER_FORCE_ISA` names. Reads the environment: call it
    /// when a handle is created.
    ///
    /// # Errors
    /// [`SimdError::UnknownIsa`] and [`SimdError::Unavailable`] when the variable names what does not exist or is not
    /// here; an empty variable is as none.
    pub fn detect() -> Result<Self, SimdError> {
        match std::env::var_os(FORCE_VARIABLE) {
            Some(name) if !name.is_empty() => Self::new(Isa::from_name(&name.to_string_lossy())?),
            _ => Self::available().next().ok_or(SimdError::Unavailable { isa: Isa::Scalar }),
        }
    }

    /// The kernels of one instruction set.
    ///
    /// # Errors
    /// [`SimdError::Unavailable`].
    pub fn new(isa: Isa) -> Result<Self, SimdError> {
        Self::available().find(|simd| simd.isa == isa).ok_or(SimdError::Unavailable { isa })
    }

    /// Every family of kernels that this machine can run, the fastest first, scalar last; a family whose processor has
    /// extra dot products comes again without them. For tests and benchmarks.
    pub fn available() -> impl Iterator<Item = Self> {
        table::runnable().map(|(isa, floats, dots)| Self { isa, floats, dots })
    }

    /// Which instruction set.
    #[must_use]
    pub const fn isa(self) -> Isa {
        self.isa
    }

    /// The dot-product extensions in use beyond the instruction set itself: empty, `vnni` or `vnni+bf16`.
    #[must_use]
    pub const fn extensions(self) -> &'static str {
        self.dots.name
    }

    /// Σ aᵢ·bᵢ, 16 accumulators and the fixed tree. Hot path.
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    #[must_use]
    pub fn dot(self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.dot)(a, b) }
    }
}

/// The kernels of one slice, in place.
macro_rules! in_place {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl Simd {$(
            $(#[$doc])*
            #[inline]
            pub fn $name(self, x: &mut [f32]) {
                // SAFETY: tables come only from `table::runnable`, which found their instruction set.
                unsafe { (self.floats.$name)(x) }
            }
        )*}
    };
}

in_place! {
    /// e^x in place. Accuracy: [`math::exp`]. Hot path.
    exp;
    /// tanh in place. Accuracy: [`math::tanh`]. Hot path.
    tanh;
    /// 1/(1 + e^−x) in place. Accuracy: [`math::sigmoid`]. Hot path.
    sigmoid;
    /// x·Φ(x) in place, the erf form. Accuracy: [`math::gelu`]. Hot path.
    gelu;
    /// x/(1 + e^−x) in place. Accuracy: [`math::silu`]. Hot path.
    silu;
    /// ln(1 + e^x) in place. Accuracy: [`math::softplus`]. Hot path.
    softplus;
    /// e^(xᵢ − max x)/Σ in place; a NaN or +∞ anywhere makes all NaN. Hot path.
    softmax;
}

impl Simd {
    /// out = x/√(mean x² + ε) ∘ weight. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn rms_norm(self, x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.rms_norm)(x, weight, epsilon, out) }
    }

    /// out = (x − mean)/√(variance + ε) ∘ weight + bias, the variance over n. Hot path; O(n).
    ///
    /// # Panics
    /// When the lengths differ.
    #[inline]
    pub fn layer_norm(self, x: &[f32], weight: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.layer_norm)(x, weight, bias, epsilon, out) }
    }

    /// y ← start + W·x: `x` of `w.cols()`, `y` of `w.rows()`. Each output is one chain of fused multiply-adds over
    /// ascending columns. Hot path; O(rows · cols).
    ///
    /// # Panics
    /// When a length differs.
    #[inline]
    pub fn matvec(self, w: &PackedF32, start: Start, x: &[f32], y: &mut [f32]) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.matvec)(w, start, x, y) }
    }

    /// `y[i]` ← start + `W·x[i]` for `n` vectors: `x` holds them `x_stride` apart, `y` takes them `y_stride` apart (at least
    /// `w.rows()`). The same bits as `n` calls of [`matvec`](Self::matvec). Hot path; O(n · rows · cols).
    ///
    /// # Panics
    /// When a vector does not lie inside its slice, or outputs overlap.
    #[inline]
    #[allow(clippy::too_many_arguments, reason = "two strided operands, as every matrix product takes")]
    pub fn matmul(
        self,
        w: &PackedF32,
        start: Start,
        x: &[f32],
        x_stride: usize,
        n: usize,
        y: &mut [f32],
        y_stride: usize,
    ) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.matmul)(w, start, x, x_stride, n, y, y_stride) }
    }
}

impl fmt::Debug for Simd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simd").field("isa", &self.floats.name).field("extensions", &self.dots.name).finish()
    }
}
