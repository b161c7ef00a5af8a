//! The lanes in two 256-bit registers: AVX2 and FMA, with the byte dot product of AVX-VNNI where present.

use std::arch::x86_64::*;

use super::lanes::Lanes;

/// Token of AVX2 + FMA; `VNNI` says whether it may use AVX-VNNI as well.
#[derive(Clone, Copy, Debug)]
pub struct Avx2<const VNNI: bool>(());

impl<const VNNI: bool> Avx2<VNNI> {
    /// The token.
    ///
    /// # Safety
    /// The processor and the operating system support AVX2 and FMA, also AVX-VNNI where named.
    #[inline(always)]
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

type F = [__m256; 2];
type I = [__m256i; 2];

/// Methods whose bodies are intrinsics.
macro_rules! ops {
    ($(fn $name:ident $(<const $n:ident>)? ($($arg:ident: $t:ty),*) $(-> $r:ty)? { $body:expr })*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self, $($arg: $t),*) $(-> $r)? {
            // SAFETY: `self` exists only where the instruction set is present, and memory is reached only through
            // references to as many bytes as are read or written.
            unsafe { $body }
        }
    )*};
}

/// Methods that do the same in both halves.
macro_rules! halves {
    ($(fn $name:ident $(<const $n:ident>)? ($($arg:ident: $t:ty),*) -> $r:ty { $body:expr })*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self, $($arg: $t),*) -> $r {
            // SAFETY: `self` exists only where the instruction set is present.
            unsafe {
                let low = { $(let $arg = $arg[0];)* $body };
                let high = { $(let $arg = $arg[1];)* $body };
                [low, high]
            }
        }
    )*};
}

/// Sign bit set in the lanes below `len` − 8·`half`.
#[inline(always)]
fn first(len: usize, half: usize) -> [i32; 8] {
    let mut mask = [0; 8];
    for (j, lane) in mask.iter_mut().enumerate() {
        *lane = -i32::from(half * 8 + j < len);
    }
    mask
}

impl<const VNNI: bool> Lanes for Avx2<VNNI> {
    type F = F;
    type I = I;
    type M = F;

    const TILE: (usize, usize) = (1, 6);
    const VECTOR_BLOCKS: usize = 4;
    const DOT_COLUMNS: usize = 4;
    const BIASED_DOT8: bool = VNNI;

    halves! {
        fn add(a: F, b: F) -> F { _mm256_add_ps(a, b) }
        fn sub(a: F, b: F) -> F { _mm256_sub_ps(a, b) }
        fn mul(a: F, b: F) -> F { _mm256_mul_ps(a, b) }
        fn div(a: F, b: F) -> F { _mm256_div_ps(a, b) }
        fn fma(a: F, b: F, c: F) -> F { _mm256_fmadd_ps(a, b, c) }
        fn fnma(a: F, b: F, c: F) -> F { _mm256_fnmadd_ps(a, b, c) }
        fn min(a: F, b: F) -> F { _mm256_min_ps(a, b) }
        fn max(a: F, b: F) -> F { _mm256_max_ps(a, b) }
        fn sqrt(x: F) -> F { _mm256_sqrt_ps(x) }
        fn abs(x: F) -> F { _mm256_andnot_ps(_mm256_set1_ps(-0.0), x) }
        fn neg(x: F) -> F { _mm256_xor_ps(x, _mm256_set1_ps(-0.0)) }
        fn copysign(magnitude: F, sign: F) -> F {
            _mm256_or_ps(
                _mm256_andnot_ps(_mm256_set1_ps(-0.0), magnitude),
                _mm256_and_ps(_mm256_set1_ps(-0.0), sign),
            )
        }
        fn round(x: F) -> F { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
        fn floor(x: F) -> F { _mm256_round_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(x) }
        fn lt(a: F, b: F) -> F { _mm256_cmp_ps::<_CMP_LT_OQ>(a, b) }
        fn le(a: F, b: F) -> F { _mm256_cmp_ps::<_CMP_LE_OQ>(a, b) }
        fn eq(a: F, b: F) -> F { _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b) }
        fn is_nan(x: F) -> F { _mm256_cmp_ps::<_CMP_UNORD_Q>(x, x) }
        fn select(mask: F, a: F, b: F) -> F { _mm256_blendv_ps(b, a, mask) }
        fn select_i(mask: F, a: I, b: I) -> I { _mm256_blendv_epi8(b, a, _mm256_castps_si256(mask)) }
        fn add_i(a: I, b: I) -> I { _mm256_add_epi32(a, b) }
        fn sub_i(a: I, b: I) -> I { _mm256_sub_epi32(a, b) }
        fn mul_i(a: I, b: I) -> I { _mm256_mullo_epi32(a, b) }
        fn min_i(a: I, b: I) -> I { _mm256_min_epi32(a, b) }
        fn max_i(a: I, b: I) -> I { _mm256_max_epi32(a, b) }
        fn shl<const N>(x: I) -> I { _mm256_slli_epi32::<N>(x) }
        fn shr<const N>(x: I) -> I { _mm256_srai_epi32::<N>(x) }
        fn shr_logical<const N>(x: I) -> I { _mm256_srli_epi32::<N>(x) }
        fn and(a: I, b: I) -> I { _mm256_and_si256(a, b) }
        fn or(a: I, b: I) -> I { _mm256_or_si256(a, b) }
        fn xor(a: I, b: I) -> I { _mm256_xor_si256(a, b) }
        fn eq_i(a: I, b: I) -> F { _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)) }
        fn gt_i(a: I, b: I) -> F { _mm256_castsi256_ps(_mm256_cmpgt_epi32(a, b)) }
        fn bits(x: F) -> I { _mm256_castps_si256(x) }
        fn float_of_bits(x: I) -> F { _mm256_castsi256_ps(x) }
        fn to_i32(x: F) -> I { _mm256_cvtps_epi32(x) }
        fn to_f32(x: I) -> F { _mm256_cvtepi32_ps(x) }
        fn dot8(acc: I, a: I, w: I) -> I {
            if VNNI {
                _mm256_dpbusd_avx_epi32(acc, a, w)
            } else {
                // |a − 128| ≤ 128 and |w| ≤ 127, so a pair sums to at most 32512: the saturating product is exact.
                let a = _mm256_xor_si256(a, _mm256_set1_epi8(i8::MIN));
                let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(w, a));
                _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
            }
        }
        fn dot16(acc: I, a: I, w: I) -> I {
            if VNNI { _mm256_dpwssd_avx_epi32(acc, a, w) } else { _mm256_add_epi32(acc, _mm256_madd_epi16(a, w)) }
        }
    }

    ops! {
        fn splat(x: f32) -> F { [_mm256_set1_ps(x); 2] }
        fn load(from: &[f32; 16]) -> F { [_mm256_loadu_ps(from.as_ptr()), _mm256_loadu_ps(from.as_ptr().add(8))] }
        fn store(x: F, to: &mut [f32; 16]) {{
            _mm256_storeu_ps(to.as_mut_ptr(), x[0]);
            _mm256_storeu_ps(to.as_mut_ptr().add(8), x[1]);
        }}
        fn load_partial(from: &[f32]) -> F {{
            let (low, high) = (first(from.len(), 0), first(from.len(), 1));
            [
                _mm256_maskload_ps(from.as_ptr(), _mm256_loadu_si256(low.as_ptr().cast())),
                _mm256_maskload_ps(from.as_ptr().wrapping_add(8), _mm256_loadu_si256(high.as_ptr().cast())),
            ]
        }}
        fn store_partial(x: F, to: &mut [f32]) {{
            let (low, high) = (first(to.len(), 0), first(to.len(), 1));
            let to = to.as_mut_ptr();
            _mm256_maskstore_ps(to, _mm256_loadu_si256(low.as_ptr().cast()), x[0]);
            _mm256_maskstore_ps(to.wrapping_add(8), _mm256_loadu_si256(high.as_ptr().cast()), x[1]);
        }}
        fn mask_bits(mask: F) -> u16 { (_mm256_movemask_ps(mask[0]) | _mm256_movemask_ps(mask[1]) << 8) as u16 }
        fn splat_i(x: i32) -> I { [_mm256_set1_epi32(x); 2] }
        fn load_i(from: &[i32; 16]) -> I {{
            let from = from.as_ptr().cast::<__m256i>();
            [_mm256_loadu_si256(from), _mm256_loadu_si256(from.add(1))]
        }}
        fn store_i(x: I, to: &mut [i32; 16]) {{
            let to = to.as_mut_ptr().cast::<__m256i>();
            _mm256_storeu_si256(to, x[0]);
            _mm256_storeu_si256(to.add(1), x[1]);
        }}
        fn load_u8(from: &[u8; 16]) -> I {{
            let bytes = _mm_loadu_si128(from.as_ptr().cast());
            [_mm256_cvtepu8_epi32(bytes), _mm256_cvtepu8_epi32(_mm_srli_si128::<8>(bytes))]
        }}
        fn load_i16(from: &[i16; 16]) -> I {{
            let halves = _mm256_loadu_si256(from.as_ptr().cast());
            [
                _mm256_cvtepi16_epi32(_mm256_castsi256_si128(halves)),
                _mm256_cvtepi16_epi32(_mm256_extracti128_si256::<1>(halves)),
            ]
        }}
        fn store_low8(x: I, to: &mut [u8; 16]) {{
            let pick = _mm256_setr_epi8(
                0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, //
                -1, -1, -1, -1, 0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1,
            );
            let (low, high) = (_mm256_shuffle_epi8(x[0], pick), _mm256_shuffle_epi8(x[1], pick));
            let low = _mm_or_si128(_mm256_castsi256_si128(low), _mm256_extracti128_si256::<1>(low));
            let high = _mm_or_si128(_mm256_castsi256_si128(high), _mm256_extracti128_si256::<1>(high));
            _mm_storeu_si128(to.as_mut_ptr().cast(), _mm_unpacklo_epi64(low, high));
        }}
        fn store_low16(x: I, to: &mut [i16; 16]) {{
            // The low half with its sign in the high one, so that saturation in the packing changes nothing.
            let low = _mm256_srai_epi32::<16>(_mm256_slli_epi32::<16>(x[0]));
            let high = _mm256_srai_epi32::<16>(_mm256_slli_epi32::<16>(x[1]));
            let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
            _mm256_storeu_si256(to.as_mut_ptr().cast(), packed);
        }}
        fn reduce_add(x: F) -> f32 {{
            let x = _mm256_add_ps(x[0], x[1]);
            let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)))
        }}
        fn reduce_max(x: F) -> f32 {{
            let x = _mm256_max_ps(x[0], x[1]);
            let x = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)))
        }}
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> I {
        let from = from.cast::<__m256i>();
        // SAFETY: `self` proves the instruction set; readable for 64 bytes by the caller's promise.
        unsafe { [_mm256_loadu_si256(from), _mm256_loadu_si256(from.add(1))] }
    }
}
