//! The lists of kernels, and one table of function pointers per instruction set made from them.
//!
//! Each line of a list is `name(arguments) -> result = generic_function;` where the generic function takes a token of
//! [`Lanes`](super::lanes::Lanes) first. The macros build from it, per instruction set, a function compiled with that
//! instruction set's features, into which the generic one is inlined, and its entry in the table.

use super::Isa;
use super::blocks::Segments;
use super::conv::Conv;
use super::lstm::{self, Project, Recur};
use super::packed::{PackedF32, Start};
use super::packed_dots::{PackedBf16, PackedI8, PackedI16};
use super::scan::Scan;
use super::{blocks, conv, dense, dots, elementwise, format, norm, quantise, rows, scan};

/// Kernels over f32.
macro_rules! float_kernels {
    ($apply:ident!($($context:tt)*)) => {
        $apply! { $($context)*
            max_abs(x: &[f32]) -> f32 = quantise::max_abs;
            quantise_u8(x: &[f32], scale: f32, out: &mut [u8]) = quantise::quantise_u8;
            quantise_i16(x: &[f32], scale: f32, limit: i16, out: &mut [i16]) = quantise::quantise_i16;
            round_bf16(x: &[f32], out: &mut [u16]) = quantise::round_bf16;
            dequantise_u8(x: &[u8], scale: f32, out: &mut [f32]) = quantise::dequantise_u8;
            dequantise_i16(x: &[i16], scale: f32, out: &mut [f32]) = quantise::dequantise_i16;
            widen_bf16(x: &[u16], out: &mut [f32]) = quantise::widen_bf16;
            dot(a: &[f32], b: &[f32]) -> f32 = norm::dot;
            exp(x: &mut [f32]) = elementwise::exp;
            tanh(x: &mut [f32]) = elementwise::tanh;
            sigmoid(x: &mut [f32]) = elementwise::sigmoid;
            gelu(x: &mut [f32]) = elementwise::gelu;
            silu(x: &mut [f32]) = elementwise::silu;
            softplus(x: &mut [f32]) = elementwise::softplus;
            softmax(x: &mut [f32]) = norm::softmax;
            rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) = norm::rms_norm;
            layer_norm(x: &[f32], weight: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) = norm::layer_norm;
            matvec(w: &PackedF32, start: Start, x: &[f32], y: &mut [f32]) = dense::matvec;
            matmul(
                w: &PackedF32, start: Start, x: &[f32], x_stride: usize, n: usize, y: &mut [f32], y_stride: usize
            ) = dense::matmul;
            matmul_segments(job: Segments<'_>, y: &mut [f32]) = blocks::matmul_segments;
            mean_of_rows(runs: [&[f32]; 2], mean: &mut [f32]) = rows::mean_of_rows;
            max_of_rows(rows: &[f32], most: &mut [f32]) = rows::max_of_rows;
            conv_silu(job: Conv<'_>) = conv::conv_silu;
            scan(job: Scan<'_>) = scan::scan;
            lstm_project(job: &mut Project<'_>) = lstm::project::<_, format::F32>;
            lstm_recur(job: &mut Recur<'_>) = lstm::recur::<_, format::F32>;
            row_dots(x: &[f32], rows: &[f32], out: &mut [f32]) = lstm::row_dots;
            weighted_sum(weights: &[f32], rows: [&[f32]; 2], out: &mut [f32]) = lstm::weighted_sum;
        }
    };
}

/// Kernels that use the dot products of bytes, i16 or bf16: built once more for processors with VNNI.
macro_rules! dot_kernels {
    ($apply:ident!($($context:tt)*)) => {
        $apply! { $($context)*
            matmul_bf16(w: &PackedBf16, start: Start, x: &[u16], x_stride: usize, n: usize, y: &mut [f32], y_stride: usize)
                = dots::matmul_bf16;
            matmul_i16(
                w: &PackedI16, start: Start, x: &[i16], x_stride: usize, x_scales: &[f32], y: &mut [f32], y_stride: usize
            ) = dots::matmul_i16;
            matmul_i8(
                w: &PackedI8, start: Start, x: &[u8], x_stride: usize, x_scales: &[f32], y: &mut [f32], y_stride: usize
            ) = dots::matmul_i8;
            lstm_project_bf16(job: &mut Project<'_>) = lstm::project::<_, format::Bf16>;
            lstm_recur_bf16(job: &mut Recur<'_>) = lstm::recur::<_, format::Bf16>;
            lstm_project_i16(job: &mut Project<'_>) = lstm::project::<_, format::I16>;
            lstm_recur_i16(job: &mut Recur<'_>) = lstm::recur::<_, format::I16>;
            lstm_project_i8(job: &mut Project<'_>) = lstm::project::<_, format::Int8>;
            lstm_recur_i8(job: &mut Recur<'_>) = lstm::recur::<_, format::Int8>;
        }
    };
}

/// Those of them that are built once more for processors with AVX512_BF16.
#[cfg(target_arch = "x86_64")]
macro_rules! bf16_kernels {
    ($apply:ident!($($context:tt)*)) => {
        $apply! { $($context)*
            matmul_bf16(w: &PackedBf16, start: Start, x: &[u16], x_stride: usize, n: usize, y: &mut [f32], y_stride: usize)
                = dots::matmul_bf16;
        }
    };
}

macro_rules! declare {
    ($table:ident; $($name:ident($($arg:ident: $t:ty),* $(,)?) $(-> $r:ty)? = $generic:path;)*) => {
        /// One instruction set's kernels.
        ///
        /// Calling an entry is `unsafe`: the table's instruction set must be present.
        pub struct $table {
            /// Which instructions, in words.
            pub(super) name: &'static str,
            $(pub(super) $name: unsafe fn($($t),*) $(-> $r)?,)*
        }
    };
}

/// A table; with `over`, entries that the list lacks are those of another one.
macro_rules! define {
    ($table:ident $constant:ident $features:tt $token:ty, $text:literal $(, over $other:ident)?;
     $($name:ident($($arg:ident: $t:ty),* $(,)?) $(-> $r:ty)? = $generic:path;)*) => {
        pub static $constant: $table = {
            $(leaf! { $features $name($($arg: $t),*) $(-> $r)? = $generic, $token })*
            $table { name: $text, $($name,)* $(..$other)? }
        };
    };
}

macro_rules! leaf {
    (none $name:ident($($arg:ident: $t:ty),*) $(-> $r:ty)? = $generic:path, $token:ty) => {
        #[allow(clippy::too_many_arguments, reason = "plain slices and numbers keep the entry free of set-up")]
        unsafe fn $name($($arg: $t),*) $(-> $r)? {
            // SAFETY: the caller has found the table's instruction set.
            $generic(unsafe { <$token>::new() }, $($arg),*)
        }
    };
    ($features:literal $name:ident($($arg:ident: $t:ty),*) $(-> $r:ty)? = $generic:path, $token:ty) => {
        #[target_feature(enable = $features)]
        #[allow(clippy::too_many_arguments, reason = "plain slices and numbers keep the entry free of set-up")]
        unsafe fn $name($($arg: $t),*) $(-> $r)? {
            // SAFETY: the caller has found the table's instruction set.
            $generic(unsafe { <$token>::new() }, $($arg),*)
        }
    };
}

float_kernels!(declare!(Floats;));
dot_kernels!(declare!(Dots;));

float_kernels!(define!(Floats SCALAR none super::scalar::Scalar, "scalar";));
dot_kernels!(define!(Dots SCALAR_DOTS none super::scalar::Scalar, "";));

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::super::avx2::Avx2;
    use super::super::avx512::Avx512;
    use super::*;
    float_kernels!(define!(Floats AVX2 "avx2,fma" Avx2<false>, "avx2";));
    float_kernels!(
        define!(Floats AVX512 "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl" Avx512<false, false>, "avx512";)
    );
    dot_kernels!(define!(Dots AVX2_DOTS "avx2,fma" Avx2<false>, "";));
    dot_kernels!(define!(Dots AVX2_VNNI "avx2,fma,avxvnni" Avx2<true>, "vnni";));
    dot_kernels!(
        define!(Dots AVX512_DOTS "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl" Avx512<false, false>, "";)
    );
    dot_kernels!(define!(Dots AVX512_VNNI
        "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni" Avx512<true, false>, "vnni";));
    bf16_kernels!(define!(Dots AVX512_BF16
        "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16" Avx512<true, true>, "vnni+bf16",
        over AVX512_VNNI;));
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::super::neon::Neon;
    use super::*;
    float_kernels!(define!(Floats NEON "neon" Neon, "neon";));
    dot_kernels!(define!(Dots NEON_DOTS "neon" Neon, "";));
}

/// Every pair of tables that this machine can run, the fastest first and scalar last. Asks the processor; not hot.
///
/// The processor's own bf16 product comes first where it is the faster one. On AMD (Zen 5: 539 GFLOP/s of it against 268 of f32
/// multiply-adds) it is. On Intel (Xeon, Sapphire Rapids: 76 against 98 of two f32 multiply-adds with shifts, over
/// 512×128 weights and eleven vectors) it is not, and stands behind VNNI with the portable product, whose bits are
/// the same everywhere.
pub(super) fn runnable() -> impl Iterator<Item = (Isa, &'static Floats, &'static Dots)> {
    let mut found: [Option<(Isa, &'static Floats, &'static Dots)>; 6] = [None; 6];
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        if has!("avx2") && has!("fma") {
            if has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl") {
                let vnni = has!("avx512vnni");
                if vnni {
                    found[0] = Some((Isa::Avx512, &x86::AVX512, &x86::AVX512_VNNI));
                }
                if vnni && has!("avx512bf16") {
                    found[1] = Some((Isa::Avx512, &x86::AVX512, &x86::AVX512_BF16));
                    // Only AMD's processors have SSE4a.
                    if has!("sse4a") {
                        found.swap(0, 1);
                    }
                }
                found[2] = Some((Isa::Avx512, &x86::AVX512, &x86::AVX512_DOTS));
            }
            if has!("avxvnni") {
                found[3] = Some((Isa::Avx2, &x86::AVX2, &x86::AVX2_VNNI));
            }
            found[4] = Some((Isa::Avx2, &x86::AVX2, &x86::AVX2_DOTS));
        }
    }
    #[cfg(target_arch = "aarch64")]
    if std::arch::is_aarch64_feature_detected!("neon") {
        found[0] = Some((Isa::Neon, &arm::NEON, &arm::NEON_DOTS));
    }
    found[5] = Some((Isa::Scalar, &SCALAR, &SCALAR_DOTS));
    found.into_iter().flatten()
}
