//! The kernels on AVX2 (32 trees a register) and on AVX-512 with VBMI (64 trees a register). AVX-512 without VBMI has no
//! permutation of bytes across a register and uses the AVX2 kernels.

use std::arch::x86_64::*;

use super::{Bytes, GROUP, MAX_COLUMNS, kernels};

/// Exists only where AVX2 does.
#[derive(Clone, Copy)]
struct Avx2;

/// Exists only where AVX-512 F, BW, VL and VBMI do.
#[derive(Clone, Copy)]
struct Vbmi;

kernels!(AVX2, "avx2", Avx2, "avx2,popcnt");
kernels!(AVX512_VBMI, "avx512+vbmi", Vbmi, "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,popcnt");

/// Lookup in 16·2^N bytes: halves by bit 4 + N − 1 of the index, down to one shuffle. Bit 7 of the index is clear.
macro_rules! shuffle_tree {
    ($name:ident, $half:ident, $size:literal, $shift:literal) => {
        #[inline(always)]
        unsafe fn $name(table: *const u8, index: __m256i) -> __m256i {
            // SAFETY: the instruction set is present and the table readable by the caller's promise.
            unsafe {
                let low = $half(table, index);
                let high = $half(table.add($size / 2), index);
                // Moves the deciding bit to the top of its byte.
                _mm256_blendv_epi8(low, high, _mm256_slli_epi16::<$shift>(index))
            }
        }
    };
}

#[inline(always)]
unsafe fn shuffle16(table: *const u8, index: __m256i) -> __m256i {
    // SAFETY: the instruction set is present and the table readable by the caller's promise.
    unsafe { _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(table.cast())), index) }
}
shuffle_tree!(shuffle32, shuffle16, 32, 3);
shuffle_tree!(shuffle64, shuffle32, 64, 2);
shuffle_tree!(shuffle128, shuffle64, 128, 1);

impl Bytes for Avx2 {
    type V = __m256i;
    const WIDTH: usize = 32;
    const CHAINS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const u8) -> __m256i {
        // SAFETY: the token proves the instruction set; readable for 32 bytes by the caller's promise.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(self, value: __m256i, to: *mut u8) {
        // SAFETY: the token proves the instruction set; writable for 32 bytes by the caller's promise.
        unsafe { _mm256_storeu_si256(to.cast(), value) }
    }
    #[inline(always)]
    fn splat(self, byte: u8) -> __m256i {
        // SAFETY: the token proves the instruction set.
        unsafe { _mm256_set1_epi8(byte.cast_signed()) }
    }
    #[inline(always)]
    fn or(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves the instruction set.
        unsafe { _mm256_or_si256(a, b) }
    }
    #[inline(always)]
    fn lookup<const W: usize>(self, table: &[u8; MAX_COLUMNS], index: __m256i) -> __m256i {
        let table = table.as_ptr();
        // SAFETY: the token proves the instruction set; the table has 256 bytes.
        unsafe {
            match W {
                16 => shuffle16(table, index),
                32 => shuffle32(table, index),
                64 => shuffle64(table, index),
                _ => {
                    let low = _mm256_and_si256(index, _mm256_set1_epi8(0x7F));
                    _mm256_blendv_epi8(shuffle128(table, low), shuffle128(table.add(128), low), index)
                }
            }
        }
    }
    #[inline(always)]
    fn step(
        self,
        exit: __m256i,
        rank: __m256i,
        threshold: __m256i,
        first: __m256i,
        next: __m256i,
    ) -> __m256i {
        // SAFETY: the token proves the instruction set.
        unsafe {
            let not_right = _mm256_cmpeq_epi8(_mm256_min_epu8(rank, threshold), rank);
            let not_removed = _mm256_subs_epu8(first, exit);
            let moves = _mm256_cmpeq_epi8(_mm256_or_si256(not_right, not_removed), _mm256_setzero_si256());
            // As `next` exceeds every exit, the larger one is the choice.
            _mm256_max_epu8(exit, _mm256_and_si256(moves, next))
        }
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; GROUP], x: f64) -> u32 {
        let from = values.as_ptr();
        // SAFETY: the token proves the instruction set; 16 values are four registers.
        unsafe {
            let x = _mm256_set1_pd(x);
            let mut sum = _mm256_setzero_si256();
            for at in (0..GROUP).step_by(4) {
                // True is all ones, which is minus one.
                let below = _mm256_cmp_pd::<_CMP_LT_OQ>(_mm256_loadu_pd(from.add(at)), x);
                sum = _mm256_add_epi64(sum, _mm256_castpd_si256(below));
            }
            let sum = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256::<1>(sum));
            let sum = _mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum));
            _mm_cvtsi128_si32(sum).unsigned_abs()
        }
    }
}

impl Bytes for Vbmi {
    type V = __m512i;
    const WIDTH: usize = 64;
    const CHAINS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const u8) -> __m512i {
        // SAFETY: the token proves the instruction set; readable for 64 bytes by the caller's promise.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(self, value: __m512i, to: *mut u8) {
        // SAFETY: the token proves the instruction set; writable for 64 bytes by the caller's promise.
        unsafe { _mm512_storeu_si512(to.cast(), value) }
    }
    #[inline(always)]
    fn splat(self, byte: u8) -> __m512i {
        // As words, since a masked move of a splat byte would become a masked broadcast, on the port of the compares.
        // SAFETY: the token proves the instruction set.
        unsafe { _mm512_set1_epi32(i32::from_ne_bytes([byte; 4])) }
    }
    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves the instruction set.
        unsafe { _mm512_or_si512(a, b) }
    }
    #[inline(always)]
    fn lookup<const W: usize>(self, table: &[u8; MAX_COLUMNS], index: __m512i) -> __m512i {
        let table = table.as_ptr();
        // SAFETY: the token proves the instruction set; the table has four parts of 64 bytes.
        unsafe {
            if W <= 64 {
                _mm512_permutexvar_epi8(index, self.load(table))
            } else {
                let (a, b) = (self.load(table), self.load(table.add(64)));
                let (c, d) = (self.load(table.add(128)), self.load(table.add(192)));
                let low = _mm512_permutex2var_epi8(a, index, b);
                let high = _mm512_permutex2var_epi8(c, index, d);
                _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(index), high)
            }
        }
    }
    #[inline(always)]
    fn step(
        self,
        exit: __m512i,
        rank: __m512i,
        threshold: __m512i,
        first: __m512i,
        next: __m512i,
    ) -> __m512i {
        // SAFETY: the token proves the instruction set.
        unsafe {
            let right = _mm512_cmpgt_epu8_mask(rank, threshold);
            let moves = _mm512_mask_cmple_epu8_mask(right, first, exit);
            _mm512_mask_mov_epi8(exit, moves, next)
        }
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; GROUP], x: f64) -> u32 {
        let from = values.as_ptr();
        // SAFETY: the token proves the instruction set; 16 values are two registers.
        unsafe {
            let x = _mm512_set1_pd(x);
            let low = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(_mm512_loadu_pd(from), x);
            let high = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(_mm512_loadu_pd(from.add(8)), x);
            _mm512_kunpackb(high.into(), low.into()).count_ones()
        }
    }
}
