//! Causal depthwise convolution with SiLU: the first half of an SSM-HiPPO block's channel work.
//!
//! Lanes run over channels; a block of sixteen channels goes through all tokens before the next one starts. The inputs
//! of the tokens before the first come from a tail that the kernel carries forward, so that a stream fed token by token
//! gives the bits of one call. One chain per output: the bias, then the taps from the oldest input to the newest.

use super::lanes::{LANES, Lanes};
use super::{Simd, math};

/// What [`Simd::conv_silu`](super::Simd::conv_silu) works on. `channels` is `bias.len()`, a multiple of 16.
#[derive(Debug)]
pub struct Conv<'a> {
    /// `[width][channels]`, the oldest input's tap first.
    pub taps: &'a [f32],
    /// `[channels]`.
    pub bias: &'a [f32],
    /// `[width − 1][channels]`: the last inputs before the first token, the oldest first; afterwards those of the last.
    pub tail: &'a mut [f32],
    /// `[tokens]` rows of `channels`, `input_stride` apart.
    pub input: &'a [f32],
    /// Values from one token's input to the next one's.
    pub input_stride: usize,
    /// `[tokens][channels]`.
    pub output: &'a mut [f32],
}

impl Simd {
    /// Causal depthwise convolution with SiLU: output ← SiLU(bias + Σ tap · input), and the tail moves on. Hot path;
    /// O(tokens · channels · width).
    ///
    /// # Panics
    /// When a slice has not the length that the job's shape asks for.
    #[inline]
    pub fn conv_silu(self, job: Conv<'_>) {
        // SAFETY: tables come only from `table::runnable`, which found their instruction set.
        unsafe { (self.floats.conv_silu)(job) }
    }
}

/// output ← SiLU(bias + Σ tap · input), and the tail moves on.
#[inline(always)]
pub fn conv_silu<S: Lanes>(s: S, job: Conv<'_>) {
    let Conv { taps, bias, tail, input, input_stride, output } = job;
    let channels = bias.len();
    assert!(channels > 0 && channels.is_multiple_of(LANES), "{channels} channels are no whole lanes");
    let (width, tokens) = (taps.len() / channels, output.len() / channels);
    let past = width.wrapping_sub(1);
    assert!(
        taps.len() == width * channels
            && width > 0
            && tail.len() == past * channels
            && output.len() == tokens * channels
            && (tokens == 0
                || (input_stride >= channels && input.len() >= (tokens - 1) * input_stride + channels)),
        "a convolution of {width} taps over {tokens} tokens of {channels}"
    );
    for channel in (0..channels).step_by(LANES) {
        for token in 0..tokens {
            // SAFETY: `channel + 16 ≤ channels`; taps, tail, input and output have the lengths checked above, `j < width`,
            // `row < past` in the tail and `row − past ≤ token < tokens` in the input.
            unsafe {
                let mut sum = s.load_at(bias.as_ptr().add(channel));
                for j in 0..width {
                    let row = token + j;
                    let x = if row < past {
                        s.load_at(tail.as_ptr().add(row * channels + channel))
                    } else {
                        s.load_at(input.as_ptr().add((row - past) * input_stride + channel))
                    };
                    sum = s.fma(s.load_at(taps.as_ptr().add(j * channels + channel)), x, sum);
                }
                let y = s.canonical(math::silu(s, sum));
                s.store_at(y, output.as_mut_ptr().add(token * channels + channel));
            }
        }
    }
    // Ascending, so that a row is read before it is overwritten.
    for j in 0..past {
        let (row, to) = (tokens + j, j * channels);
        if row < past {
            tail.copy_within(row * channels..(row + 1) * channels, to);
        } else {
            let from = (row - past) * input_stride;
            tail[to..to + channels].copy_from_slice(&input[from..from + channels]);
        }
    }
}
