//! Sixteen logical f32 lanes: what an instruction set must offer, and how a kernel is written once for all of them.
//!
//! [`Lanes`] is implemented by a *token*: a zero-sized value that exists only where its instruction set was found, so
//! holding one is the proof that its intrinsics may run. Scalar code keeps `[f32; 16]`, AVX2 two `__m256`, AVX-512 one
//! `__m512`, NEON four `float32x4_t`; every operation is the IEEE one, rounded once, so the same sequence of operations
//! gives the same bits on each. There is no approximate reciprocal or root, and no operation whose rounding differs.
//!
//! # Adding a fused kernel from another file
//!
//! 1. Write it once, generic, with the token first, and `#[inline(always)]` on it and on every helper that it calls:
//!
//!    ```text
//!    #[inline(always)]
//!    pub fn gated_add<S: Lanes>(s: S, gate: &[f32], x: &[f32], y: &mut [f32]) {
//!        assert!(gate.len() == x.len() && x.len() == y.len(), "one gate and one input per output");
//!        …
//!        s.store(s.canonical(s.fma(math::sigmoid(s, g), a, b)), out);
//!    }
//!    ```
//! 2. Add one line to a list in `simd/table.rs`: f32 work to `float_kernels!`; anything that calls [`Lanes::dot8`],
//!    [`Lanes::dot16`] or [`Lanes::dot_bf16`] to `dot_kernels!`, which is also built for VNNI, and with
//!    [`Lanes::dot_bf16`] to `bf16_kernels!` too:
//!    `gated_add(gate: &[f32], x: &[f32], y: &mut [f32]) = gates::gated_add;`
//! 3. Call it through a method of [`Simd`](super::Simd): `unsafe { (self.floats.gated_add)(gate, x, y) }`.
//! 4. Compare bytes over all [`Simd::available`](super::Simd::available) in a test.
//!
//! Rules. No closures (so no `map`, `from_fn`, `for_each`) around lane operations: a closure is a function of its own,
//! compiled without the instruction set, and each intrinsic in it becomes a call; use `for` loops and slices
//! (`as_chunks::<16>()`). Check lengths once at the top of the kernel, because the table's entries take plain slices.
//! Keep one order of additions per output whatever the instruction set; tile sizes may differ, orders may not. Pass
//! results through [`Lanes::canonical`] before they leave, because payload and sign of a NaN differ between machines.
//! Look at the assembly for calls and spills once it works.

/// Number of logical lanes.
pub const LANES: usize = 16;

/// Sixteen f32 lanes and sixteen i32 lanes of one instruction set. See the module text for how kernels use it.
///
/// Every method is lane by lane unless it says otherwise, and costs one to four instructions for each register that
/// holds the lanes. Results are the same bits for every implementation except where a method says what differs; a NaN
/// result is a NaN everywhere, of which only [`canonical`](Self::canonical) fixes sign and payload.
pub trait Lanes: Copy + 'static {
    /// Sixteen f32.
    type F: Copy;
    /// Sixteen i32, or 64 bytes.
    type I: Copy;
    /// Sixteen truth values.
    type M: Copy;

    /// Blocks of 16 rows by columns of `x` that the f32 matrix product keeps in registers.
    const TILE: (usize, usize);
    /// Columns of `x` that two blocks keep in registers, for products whose weights should be read in one pass; 0 where
    /// that is no more than [`TILE`](Self::TILE) has.
    const WIDE: usize = 0;
    /// Blocks of 16 rows that the f32 matrix–vector product runs side by side.
    const VECTOR_BLOCKS: usize;
    /// Columns of `x` that the products of fewer bits keep in registers.
    const DOT_COLUMNS: usize;
    /// True where [`dot8`](Self::dot8) multiplies the biased byte and so needs [`dot8_start`](Self::dot8_start).
    const BIASED_DOT8: bool;

    /// All lanes `x`.
    fn splat(self, x: f32) -> Self::F;
    /// Sixteen values from memory.
    fn load(self, from: &[f32; 16]) -> Self::F;
    /// Sixteen values to memory.
    fn store(self, x: Self::F, to: &mut [f32; 16]);
    /// The first `min(16, len)` lanes from memory, zero in the others.
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::F {
        let mut all = [0.0; 16];
        for (to, from) in all.iter_mut().zip(from) {
            *to = *from;
        }
        self.load(&all)
    }
    /// The first `min(16, len)` lanes to memory.
    #[inline(always)]
    fn store_partial(self, x: Self::F, to: &mut [f32]) {
        let mut all = [0.0; 16];
        self.store(x, &mut all);
        for (to, from) in to.iter_mut().zip(&all) {
            *to = *from;
        }
    }
    /// Sixteen values from anywhere.
    ///
    /// # Safety
    /// `from` is readable for 64 bytes; no alignment is needed.
    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> Self::F {
        // SAFETY: readable for sixteen f32 by the caller's promise, and `[f32; 16]` is aligned as f32, which a pointer
        // derived from a slice of f32 is.
        self.load(unsafe { &*from.cast::<[f32; 16]>() })
    }
    /// Sixteen values to anywhere.
    ///
    /// # Safety
    /// `to` is writable for 64 bytes and aligned as f32.
    #[inline(always)]
    unsafe fn store_at(self, x: Self::F, to: *mut f32) {
        // SAFETY: writable for sixteen f32 by the caller's promise.
        self.store(x, unsafe { &mut *to.cast::<[f32; 16]>() });
    }

    /// `a + b`.
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a − b`.
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a · b`.
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a / b`, correctly rounded.
    fn div(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a · b + c`, rounded once.
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// `c − a · b`, rounded once.
    fn fnma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// `if a < b { a } else { b }`: the second where either is NaN or both are zero.
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// `if a > b { a } else { b }`: the second where either is NaN or both are zero.
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// Square root, correctly rounded.
    fn sqrt(self, x: Self::F) -> Self::F;
    /// Sign bit cleared.
    fn abs(self, x: Self::F) -> Self::F;
    /// Sign bit flipped.
    fn neg(self, x: Self::F) -> Self::F;
    /// Magnitude of the first with the sign bit of the second.
    fn copysign(self, magnitude: Self::F, sign: Self::F) -> Self::F;
    /// Nearest integer, ties to even.
    fn round(self, x: Self::F) -> Self::F;
    /// Largest integer not above.
    fn floor(self, x: Self::F) -> Self::F;
    /// `x · 2^n`, rounded once, for integral `n` with |n| ≤ 250 and 2⁻² ≤ |x| ≤ 2², or `x` zero, infinite or NaN.
    #[inline(always)]
    fn scale(self, x: Self::F, n: Self::F) -> Self::F {
        // Two steps, because 2^n itself may be out of range. The first is exact, so only the second rounds.
        let n = self.to_i32(n);
        let half = self.shr::<1>(n);
        let bias = self.splat_i(127);
        let low = self.float_of_bits(self.shl::<23>(self.add_i(half, bias)));
        let high = self.float_of_bits(self.shl::<23>(self.add_i(self.sub_i(n, half), bias)));
        self.mul(self.mul(x, low), high)
    }

    /// `a < b`; false where either is NaN.
    fn lt(self, a: Self::F, b: Self::F) -> Self::M;
    /// `a ≤ b`; false where either is NaN.
    fn le(self, a: Self::F, b: Self::F) -> Self::M;
    /// `a == b`; false where either is NaN.
    fn eq(self, a: Self::F, b: Self::F) -> Self::M;
    /// True where NaN.
    fn is_nan(self, x: Self::F) -> Self::M;
    /// `if mask { a } else { b }`.
    fn select(self, mask: Self::M, a: Self::F, b: Self::F) -> Self::F;
    /// `if mask { a } else { b }`.
    fn select_i(self, mask: Self::M, a: Self::I, b: Self::I) -> Self::I;
    /// Bit `i` is set where lane `i` is true.
    fn mask_bits(self, mask: Self::M) -> u16;
    /// Every NaN replaced by the one NaN 0x7FC0_0000; other values unchanged.
    #[inline(always)]
    fn canonical(self, x: Self::F) -> Self::F {
        // In integers: to the compiler one NaN is as good as another, and it drops a choice between floats.
        let bits = self.bits(x);
        let magnitude = self.and(bits, self.splat_i(i32::MAX));
        let nan = self.gt_i(magnitude, self.splat_i(f32::INFINITY.to_bits().cast_signed()));
        self.float_of_bits(self.select_i(nan, self.splat_i(super::NAN.to_bits().cast_signed()), bits))
    }

    /// All lanes `x`.
    fn splat_i(self, x: i32) -> Self::I;
    /// Sixteen values from memory.
    fn load_i(self, from: &[i32; 16]) -> Self::I;
    /// Sixteen values to memory.
    fn store_i(self, x: Self::I, to: &mut [i32; 16]);
    /// Sixty-four bytes from anywhere.
    ///
    /// # Safety
    /// `from` is readable for 64 bytes; no alignment is needed.
    unsafe fn load_bytes(self, from: *const u8) -> Self::I;
    /// Sixteen bytes, each widened with zeros.
    fn load_u8(self, from: &[u8; 16]) -> Self::I;
    /// Sixteen i16, each widened with its sign.
    fn load_i16(self, from: &[i16; 16]) -> Self::I;
    /// The lowest byte of each lane.
    fn store_low8(self, x: Self::I, to: &mut [u8; 16]);
    /// The low half of each lane.
    fn store_low16(self, x: Self::I, to: &mut [i16; 16]);
    /// `a + b`, wrapping.
    fn add_i(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a − b`, wrapping.
    fn sub_i(self, a: Self::I, b: Self::I) -> Self::I;
    /// Low half of `a · b`.
    fn mul_i(self, a: Self::I, b: Self::I) -> Self::I;
    /// The smaller, signed.
    fn min_i(self, a: Self::I, b: Self::I) -> Self::I;
    /// The larger, signed.
    fn max_i(self, a: Self::I, b: Self::I) -> Self::I;
    /// Shift left by 0 ≤ `N` < 32 bits.
    fn shl<const N: i32>(self, x: Self::I) -> Self::I;
    /// Shift right by 0 < `N` < 32 bits, copying the sign.
    fn shr<const N: i32>(self, x: Self::I) -> Self::I;
    /// Shift right by 0 < `N` < 32 bits, filling with zero.
    fn shr_logical<const N: i32>(self, x: Self::I) -> Self::I;
    /// Bits of both.
    fn and(self, a: Self::I, b: Self::I) -> Self::I;
    /// Bits of either.
    fn or(self, a: Self::I, b: Self::I) -> Self::I;
    /// Bits of exactly one.
    fn xor(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a == b`.
    fn eq_i(self, a: Self::I, b: Self::I) -> Self::M;
    /// `a > b`, signed.
    fn gt_i(self, a: Self::I, b: Self::I) -> Self::M;

    /// The bits of each lane.
    fn bits(self, x: Self::F) -> Self::I;
    /// The f32 with these bits.
    fn float_of_bits(self, x: Self::I) -> Self::F;
    /// Nearest integer, ties to even. Lanes that are NaN or outside i32 differ between instruction sets: clamp first.
    fn to_i32(self, x: Self::F) -> Self::I;
    /// Nearest f32, ties to even.
    fn to_f32(self, x: Self::I) -> Self::F;

    /// Sum by the fixed tree: lane j takes lane j + 8, then j + 4, j + 2, j + 1.
    fn reduce_add(self, x: Self::F) -> f32;
    /// Maximum by the same tree, each step [`max`](Self::max)(lane j, lane j + d).
    fn reduce_max(self, x: Self::F) -> f32;

    /// `acc + Σ (a − 128) · w` over the four bytes of a lane, `a` unsigned and `w` signed and not −128, as exact i32 —
    /// once the chain started from [`dot8_start`](Self::dot8_start).
    fn dot8(self, acc: Self::I, a: Self::I, w: Self::I) -> Self::I;
    /// Where a chain of [`dot8`](Self::dot8) starts: `correction` is −128 · Σw of the lane's weights over the chain.
    #[inline(always)]
    fn dot8_start(self, correction: Self::I) -> Self::I {
        if Self::BIASED_DOT8 { correction } else { self.splat_i(0) }
    }
    /// `acc + a₀w₀ + a₁w₁` over the two i16 halves of a lane, exact modulo 2³².
    fn dot16(self, acc: Self::I, a: Self::I, w: Self::I) -> Self::I;
    /// `acc + a₀w₀ + a₁w₁` over the two bf16 halves of a lane: low half first, each step fused. With AVX512_BF16 the
    /// hardware's own dot product, which rounds differently and treats subnormals as zero.
    #[inline(always)]
    fn dot_bf16(self, acc: Self::F, a: Self::I, w: Self::I) -> Self::F {
        let high = self.splat_i(0xFFFF_0000_u32.cast_signed());
        let low = self.fma(self.float_of_bits(self.shl::<16>(a)), self.float_of_bits(self.shl::<16>(w)), acc);
        self.fma(self.float_of_bits(self.and(a, high)), self.float_of_bits(self.and(w, high)), low)
    }
}
