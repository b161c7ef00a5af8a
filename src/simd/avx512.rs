//! The lanes in one 512-bit register: AVX-512 F, BW, DQ and VL, with the dot products of VNNI and BF16 where present.

use std::arch::x86_64::*;

use super::lanes::Lanes;

/// Token of AVX-512; `VNNI` and `BF16` say which dot-product instructions it may use as well.
#[derive(Clone, Copy, Debug)]
pub struct Avx512<const VNNI: bool, const BF16: bool>(());

impl<const VNNI: bool, const BF16: bool> Avx512<VNNI, BF16> {
    /// The token.
    ///
    /// # Safety
    /// The processor and the operating system support AVX-512 F, BW, DQ and VL, also VNNI and BF16 where named.
    #[inline(always)]
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

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

/// Lanes below `len`.
#[inline(always)]
const fn first(len: usize) -> __mmask16 {
    if len >= 16 { !0 } else { (1 << len) - 1 }
}

impl<const VNNI: bool, const BF16: bool> Lanes for Avx512<VNNI, BF16> {
    type F = __m512;
    type I = __m512i;
    type M = __mmask16;

    const TILE: (usize, usize) = (4, 6);
    const WIDE: usize = 12;
    const VECTOR_BLOCKS: usize = 8;
    const DOT_COLUMNS: usize = 4;
    const BIASED_DOT8: bool = VNNI;

    ops! {
        fn splat(x: f32) -> __m512 { _mm512_set1_ps(x) }
        fn load(from: &[f32; 16]) -> __m512 { _mm512_loadu_ps(from.as_ptr()) }
        fn store(x: __m512, to: &mut [f32; 16]) { _mm512_storeu_ps(to.as_mut_ptr(), x) }
        fn load_partial(from: &[f32]) -> __m512 { _mm512_maskz_loadu_ps(first(from.len()), from.as_ptr()) }
        fn store_partial(x: __m512, to: &mut [f32]) { _mm512_mask_storeu_ps(to.as_mut_ptr(), first(to.len()), x) }
        fn add(a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn sub(a: __m512, b: __m512) -> __m512 { _mm512_sub_ps(a, b) }
        fn mul(a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn div(a: __m512, b: __m512) -> __m512 { _mm512_div_ps(a, b) }
        fn fma(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        fn fnma(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fnmadd_ps(a, b, c) }
        fn min(a: __m512, b: __m512) -> __m512 { _mm512_min_ps(a, b) }
        fn max(a: __m512, b: __m512) -> __m512 { _mm512_max_ps(a, b) }
        fn sqrt(x: __m512) -> __m512 { _mm512_sqrt_ps(x) }
        fn abs(x: __m512) -> __m512 { _mm512_abs_ps(x) }
        fn neg(x: __m512) -> __m512 { _mm512_xor_ps(x, _mm512_set1_ps(-0.0)) }
        fn copysign(magnitude: __m512, sign: __m512) -> __m512 {
            // Bit by bit: sign where the first operand is set, else magnitude.
            _mm512_castsi512_ps(_mm512_ternarylogic_epi32::<0xCA>(
                _mm512_set1_epi32(i32::MIN),
                _mm512_castps_si512(sign),
                _mm512_castps_si512(magnitude),
            ))
        }
        fn round(x: __m512) -> __m512 { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
        fn floor(x: __m512) -> __m512 { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(x) }
        fn scale(x: __m512, n: __m512) -> __m512 { _mm512_scalef_ps(x, n) }
        fn lt(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b) }
        fn le(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b) }
        fn eq(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b) }
        fn is_nan(x: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(x, x) }
        fn select(mask: __mmask16, a: __m512, b: __m512) -> __m512 { _mm512_mask_blend_ps(mask, b, a) }
        fn select_i(mask: __mmask16, a: __m512i, b: __m512i) -> __m512i { _mm512_mask_blend_epi32(mask, b, a) }
        fn splat_i(x: i32) -> __m512i { _mm512_set1_epi32(x) }
        fn load_i(from: &[i32; 16]) -> __m512i { _mm512_loadu_si512(from.as_ptr().cast()) }
        fn store_i(x: __m512i, to: &mut [i32; 16]) { _mm512_storeu_si512(to.as_mut_ptr().cast(), x) }
        fn load_u8(from: &[u8; 16]) -> __m512i { _mm512_cvtepu8_epi32(_mm_loadu_si128(from.as_ptr().cast())) }
        fn load_i16(from: &[i16; 16]) -> __m512i { _mm512_cvtepi16_epi32(_mm256_loadu_si256(from.as_ptr().cast())) }
        fn store_low8(x: __m512i, to: &mut [u8; 16]) { _mm_storeu_si128(to.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(x)) }
        fn store_low16(x: __m512i, to: &mut [i16; 16]) {
            _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm512_cvtepi32_epi16(x))
        }
        fn add_i(a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi32(a, b) }
        fn sub_i(a: __m512i, b: __m512i) -> __m512i { _mm512_sub_epi32(a, b) }
        fn mul_i(a: __m512i, b: __m512i) -> __m512i { _mm512_mullo_epi32(a, b) }
        fn min_i(a: __m512i, b: __m512i) -> __m512i { _mm512_min_epi32(a, b) }
        fn max_i(a: __m512i, b: __m512i) -> __m512i { _mm512_max_epi32(a, b) }
        fn shl<const N>(x: __m512i) -> __m512i { _mm512_sll_epi32(x, _mm_cvtsi32_si128(N)) }
        fn shr<const N>(x: __m512i) -> __m512i { _mm512_sra_epi32(x, _mm_cvtsi32_si128(N)) }
        fn shr_logical<const N>(x: __m512i) -> __m512i { _mm512_srl_epi32(x, _mm_cvtsi32_si128(N)) }
        fn and(a: __m512i, b: __m512i) -> __m512i { _mm512_and_si512(a, b) }
        fn or(a: __m512i, b: __m512i) -> __m512i { _mm512_or_si512(a, b) }
        fn xor(a: __m512i, b: __m512i) -> __m512i { _mm512_xor_si512(a, b) }
        fn eq_i(a: __m512i, b: __m512i) -> __mmask16 { _mm512_cmpeq_epi32_mask(a, b) }
        fn gt_i(a: __m512i, b: __m512i) -> __mmask16 { _mm512_cmpgt_epi32_mask(a, b) }
        fn bits(x: __m512) -> __m512i { _mm512_castps_si512(x) }
        fn float_of_bits(x: __m512i) -> __m512 { _mm512_castsi512_ps(x) }
        fn to_i32(x: __m512) -> __m512i { _mm512_cvtps_epi32(x) }
        fn to_f32(x: __m512i) -> __m512 { _mm512_cvtepi32_ps(x) }
        fn reduce_add(x: __m512) -> f32 {{
            let x = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x));
            let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)))
        }}
        fn reduce_max(x: __m512) -> f32 {{
            let x = _mm256_max_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x));
            let x = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)))
        }}
        fn dot8(acc: __m512i, a: __m512i, w: __m512i) -> __m512i {
            if VNNI {
                _mm512_dpbusd_epi32(acc, a, w)
            } else {
                // |a − 128| ≤ 128 and |w| ≤ 127, so a pair sums to at most 32512: the saturating product is exact.
                let a = _mm512_xor_si512(a, _mm512_set1_epi8(i8::MIN));
                let w = _mm512_mask_sub_epi8(w, _mm512_movepi8_mask(a), _mm512_setzero_si512(), w);
                let pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(a), w);
                _mm512_add_epi32(acc, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
            }
        }
        fn dot16(acc: __m512i, a: __m512i, w: __m512i) -> __m512i {
            if VNNI { _mm512_dpwssd_epi32(acc, a, w) } else { _mm512_add_epi32(acc, _mm512_madd_epi16(a, w)) }
        }
        fn dot_bf16(acc: __m512, a: __m512i, w: __m512i) -> __m512 {
            if BF16 {
                _mm512_dpbf16_ps(acc, std::mem::transmute::<__m512i, __m512bh>(a), std::mem::transmute::<__m512i, __m512bh>(w))
            } else {
                let high = _mm512_set1_epi32(0xFFFF_0000_u32.cast_signed());
                let (a0, w0) = (_mm512_slli_epi32::<16>(a), _mm512_slli_epi32::<16>(w));
                let (a1, w1) = (_mm512_and_si512(a, high), _mm512_and_si512(w, high));
                let low = _mm512_fmadd_ps(_mm512_castsi512_ps(a0), _mm512_castsi512_ps(w0), acc);
                _mm512_fmadd_ps(_mm512_castsi512_ps(a1), _mm512_castsi512_ps(w1), low)
            }
        }
    }

    #[inline(always)]
    fn mask_bits(self, mask: __mmask16) -> u16 {
        mask
    }
    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> __m512i {
        // SAFETY: `self` proves the instruction set; readable for 64 bytes by the caller's promise.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
}
