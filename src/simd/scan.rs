//! The selective LegS scan: step length, state, read-out, skip and gate of an SSM-HiPPO block, in one pass.
//!
//! Per channel and token, with h = ½δ and δ = softplus(·): (I + ½δA)s′ = (I − ½δA)s + δBa, A and B of LegS, then
//! y = (Σ cₙs′ₙ + d·a)·SiLU(g). A is rank one below its diagonal n+1, so one running remainder per channel replaces the
//! triangular solve (FORMULAS F9; Gu et al. 2020). The state is kept as vₙ = 2√(2n+1)·sₙ, which takes every square
//! root out of the loop:
//!
//! ```text
//! ρ = δa;   for n = 0…N−1:   U = (vₙ + (2n+1)ρ) · 2/(1 + h(n+1));   ρ ← ρ − ¼δU;   vₙ ← U − vₙ;   y ← y + c̃ₙvₙ
//! ```
//!
//! with c̃ₙ = cₙ/(2√(2n+1)), a factor that belongs into the projection's weights. The divisors differ for every channel,
//! token and n; four of them share one division (the product's reciprocal times the other three), because an IEEE
//! division costs as much as the rest of the loop and approximate reciprocals differ between machines. δ is capped at
//! 2²⁴, where 1 + h(n+1) has long forgotten its 1 in f32: the product of four divisors then stays finite for N ≤ 256.
//!
//! Lanes run over channels, a block of sixteen keeps its state through all tokens, and O(N) is paid per token and
//! channel. One chain per output, so tokens one at a time or all at once give the same bits.

use super::ahead::Ahead;
use super::lanes::{LANES, Lanes};
use super::{Simd, math};

/// Largest state size whose products of four divisors stay finite under the cap on δ.
pub const MAX_STATE: usize = 256;
/// Blocks of sixteen channels whose recurrences run beside each other.
const SIDE_BY_SIDE: usize = 2;
/// Cache lines asked for during four n of such a group: what comes from the third-level cache meanwhile.
const ASKED: usize = 12;
/// The cap on the step length.
const LARGEST_STEP: f32 = 16_777_216.0;

/// What [`Simd::scan`](super::Simd::scan) works on. `channels` is `skip.len()`, a multiple of 16; N is `diagonal.len()`.
#[derive(Debug)]
pub struct Scan<'a> {
    /// n + 1, of N elements.
    pub diagonal: &'a [f32],
    /// 2n + 1, of N elements.
    pub weight: &'a [f32],
    /// d, `[channels]`.
    pub skip: &'a [f32],
    /// softplus's argument, `[tokens][channels]`.
    pub step: &'a [f32],
    /// a, `[tokens][channels]`.
    pub input: &'a [f32],
    /// g, `[tokens]` rows of `channels`, `gate_stride` apart.
    pub gate: &'a [f32],
    /// Values from one token's gates to the next one's.
    pub gate_stride: usize,
    /// c̃, `[tokens]` rows of N, `readout_stride` apart.
    pub readout: &'a [f32],
    /// Values from one token's read-out to the next one's.
    pub readout_stride: usize,
    /// v, `[channels / 16][N][16]`; moved on.
    pub state: &'a mut [f32],
    /// `[tokens][channels]`.
    pub output: &'a mut [f32],
    /// What will be read after the scan: as many of its cache lines as the scan has time for are asked for along the way.
    pub ahead: &'a [f32],
}

/// A checked job with its two outputs as pointers, so that the loops may hold them beside the inputs.
#[derive(Clone, Copy)]
struct Lines<'a> {
    diagonal: &'a [f32],
    weight: &'a [f32],
    skip: &'a [f32],
    step: &'a [f32],
    input: &'a [f32],
    gate: &'a [f32],
    gate_stride: usize,
    readout: &'a [f32],
    readout_stride: usize,
    state: *mut f32,
    output: *mut f32,
}

impl Simd {
    /// The selective LegS scan with step length, skip and gate: moves the states through all tokens and writes the gated
    /// outputs. Hot path; O(tokens · channels · N).
    ///
    /// # Panics
    /// When a slice has not the length that the job's shape asks for.
    #[inline]
    pub fn scan(self, job: Scan<'_>) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.scan)(job) }
    }
}

/// Moves the states through all tokens and writes the gated outputs.
#[inline(always)]
pub fn scan<S: Lanes>(s: S, job: Scan<'_>) {
    let (channels, order) = (job.skip.len(), job.diagonal.len());
    assert!(channels > 0 && channels.is_multiple_of(LANES), "{channels} channels are no whole lanes");
    let tokens = job.output.len() / channels;
    let rows = |len: usize, stride: usize, width: usize| {
        tokens == 0 || (stride >= width && len >= (tokens - 1) * stride + width)
    };
    assert!(
        (1..=MAX_STATE).contains(&order)
            && job.weight.len() == order
            && job.output.len() == tokens * channels
            && job.step.len() == tokens * channels
            && job.input.len() == tokens * channels
            && job.state.len() == channels * order
            && rows(job.gate.len(), job.gate_stride, channels)
            && rows(job.readout.len(), job.readout_stride, order),
        "a scan of {tokens} tokens, {channels} channels, {order} states"
    );
    let Scan {
        diagonal,
        weight,
        skip,
        step: steps,
        input,
        gate,
        gate_stride,
        readout,
        readout_stride,
        state,
        output,
        ahead,
    } = job;
    let (state, output) = (state.as_mut_ptr(), output.as_mut_ptr());
    let lines = Lines {
        diagonal,
        weight,
        skip,
        step: steps,
        input,
        gate,
        gate_stride,
        readout,
        readout_stride,
        state,
        output,
    };
    let (blocks, mut ahead) = (channels / LANES, Ahead::new(ahead));
    let mut block = 0;
    while block < blocks {
        let several = blocks - block >= SIDE_BY_SIDE;
        // SAFETY: the blocks exist, and every slice was checked to hold them and the tokens.
        unsafe {
            if several {
                group::<S, SIDE_BY_SIDE>(s, lines, block, tokens, &mut ahead);
            } else {
                group::<S, 1>(s, lines, block, tokens, &mut ahead);
            }
        }
        block += if several { SIDE_BY_SIDE } else { 1 };
    }
}

/// All tokens of `B` blocks of sixteen channels: step lengths, then the recurrence, then gates. What does not depend on the
/// state goes before and after it, so that the processor's window holds recurrence only.
///
/// # Safety
/// `B` blocks exist from `block` on, and the lines have the lengths that [`scan`] checks.
#[inline(always)]
unsafe fn group<S: Lanes, const B: usize>(
    s: S,
    lines: Lines<'_>,
    block: usize,
    tokens: usize,
    ahead: &mut Ahead,
) {
    let (channels, channel) = (lines.skip.len(), block * LANES);
    // SAFETY: by the caller's promise the lines hold `tokens` rows of `channel + 16·B ≤ channels`. The output is borrowed
    // exclusively by the job; it holds the step lengths until the recurrence replaces them.
    unsafe {
        for token in 0..tokens {
            for b in 0..B {
                let place = token * channels + channel + b * LANES;
                let delta = math::softplus(s, s.load_at(lines.step.as_ptr().add(place)));
                s.store_at(s.min(delta, s.splat(LARGEST_STEP)), lines.output.add(place));
            }
        }
        for token in 0..tokens {
            recurrence::<S, B>(s, lines, block, token, ahead);
        }
        for token in 0..tokens {
            for b in 0..B {
                let place = token * channels + channel + b * LANES;
                let gate = lines.gate.as_ptr().add(token * lines.gate_stride + channel + b * LANES);
                let gate = math::silu(s, s.load_at(gate));
                s.store_at(
                    s.canonical(s.mul(s.load_at(lines.output.add(place)), gate)),
                    lines.output.add(place),
                );
            }
        }
    }
}

/// One token of `B` blocks: the output's step lengths become y. The blocks' recurrences are independent; one alone would wait
/// for itself.
///
/// # Safety
/// As for [`group`], and `token` is one of the tokens.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "constant bounds, which unroll into registers")]
unsafe fn recurrence<S: Lanes, const B: usize>(
    s: S,
    lines: Lines<'_>,
    block: usize,
    token: usize,
    ahead: &mut Ahead,
) {
    let (channels, order, channel) = (lines.skip.len(), lines.diagonal.len(), block * LANES);
    let place = token * channels + channel;
    let (one, two) = (s.splat(1.0), s.splat(2.0));
    let mut half = [one; B];
    let mut quarter = [one; B];
    let mut rest = [one; B];
    let mut y = [one; B];
    // SAFETY: by the caller's promise `channel + 16·B ≤ channels`, `token` is one of the tokens, and the lines hold them
    // all; `n < order` below. State and output are borrowed exclusively by the job.
    unsafe {
        for b in 0..B {
            let a = s.load_at(lines.input.as_ptr().add(place + b * LANES));
            let delta = s.load_at(lines.output.add(place + b * LANES));
            half[b] = s.mul(delta, s.splat(0.5));
            quarter[b] = s.mul(delta, s.splat(0.25));
            rest[b] = s.mul(delta, a);
            y[b] = s.mul(s.load_at(lines.skip.as_ptr().add(channel + b * LANES)), a);
        }
        let state = lines.state.add(channel * order);
        let readout = lines.readout.as_ptr().add(token * lines.readout_stride);
        let (diagonal, weight) = (lines.diagonal.as_ptr(), lines.weight.as_ptr());
        let mut n = 0;
        while n + 4 <= order {
            ahead.ask::<ASKED>();
            let mut factors = [[one; B]; 4];
            for b in 0..B {
                let d0 = s.fma(half[b], s.splat(*diagonal.add(n)), one);
                let d1 = s.fma(half[b], s.splat(*diagonal.add(n + 1)), one);
                let d2 = s.fma(half[b], s.splat(*diagonal.add(n + 2)), one);
                let d3 = s.fma(half[b], s.splat(*diagonal.add(n + 3)), one);
                let (low, high) = (s.mul(d0, d1), s.mul(d2, d3));
                let both = s.div(two, s.mul(low, high));
                let (for_low, for_high) = (s.mul(both, high), s.mul(both, low));
                factors[0][b] = s.mul(for_low, d1);
                factors[1][b] = s.mul(for_low, d0);
                factors[2][b] = s.mul(for_high, d3);
                factors[3][b] = s.mul(for_high, d2);
            }
            for factors in &factors {
                for b in 0..B {
                    let at = state.add((b * order + n) * LANES);
                    let of = [quarter[b], factors[b], rest[b], y[b]];
                    (rest[b], y[b]) = advance(s, at, of, *weight.add(n), *readout.add(n));
                }
                n += 1;
            }
        }
        while n < order {
            for b in 0..B {
                let factor = s.div(two, s.fma(half[b], s.splat(*diagonal.add(n)), one));
                let at = state.add((b * order + n) * LANES);
                let of = [quarter[b], factor, rest[b], y[b]];
                (rest[b], y[b]) = advance(s, at, of, *weight.add(n), *readout.add(n));
            }
            n += 1;
        }
        for b in 0..B {
            s.store_at(y[b], lines.output.add(place + b * LANES));
        }
    }
}

/// One n of the recurrence: moves v at `state` and gives the new remainder and read-out of [¼δ, 2/(1 + h(n+1)), ρ, y].
///
/// # Safety
/// `state` is readable and writable for sixteen f32.
#[inline(always)]
unsafe fn advance<S: Lanes>(s: S, state: *mut f32, of: [S::F; 4], weight: f32, readout: f32) -> (S::F, S::F) {
    let [quarter, factor, rest, y] = of;
    // SAFETY: the caller's promise.
    let v = unsafe { s.load_at(state) };
    let sum = s.mul(s.fma(s.splat(weight), rest, v), factor);
    let v = s.sub(sum, v);
    // SAFETY: the caller's promise.
    unsafe { s.store_at(v, state) };
    (s.fnma(quarter, sum, rest), s.fma(s.splat(readout), v, y))
}
