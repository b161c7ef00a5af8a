//! One residual layer: RMS norm, projection, convolution, selective LegS scan, gate, projection back.
//!
//! The same code serves one token and many: every kernel computes a token's values by one fixed order of operations
//! whatever stands beside it, so a stream fed token by token and a window have the same bits. What a token leaves for
//! the next one, the convolution's last inputs and the scan's states, is a [`LayerCarry`].

use super::calibration::Calibration;
use super::config::SsmHippoConfig;
use super::parameters::Parameters;
use super::product::{Product, ProductScratch};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::error::ModelError;
use crate::model::precision::Precision;
use crate::simd::conv::Conv;
use crate::simd::lanes::LANES;
use crate::simd::scan::Scan;
use crate::simd::{PackedF32, Simd, Start};

/// ε of every norm.
pub(super) const EPSILON: f32 = 1e-5;

/// Sizes of a network with rows rounded up to whole lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// D, and from one token to the next.
    pub d: usize,
    pub d_stride: usize,
    /// E, and rounded up.
    pub e: usize,
    pub e_stride: usize,
    /// C.
    pub c: usize,
    /// P.
    pub p: usize,
    /// R.
    pub rank: usize,
    /// Largest R + N of any layer, rounded up.
    pub small_stride: usize,
    /// Taps − 1.
    pub past: usize,
}

impl Sizes {
    pub fn new(config: &SsmHippoConfig) -> Self {
        let (d, e) = (config.d_model, config.d_inner());
        let largest = config.state_of(config.n_layer - 1);
        Self {
            d,
            d_stride: d.next_multiple_of(LANES),
            e,
            e_stride: e.next_multiple_of(LANES),
            c: config.num_channels,
            p: config.num_patches(),
            rank: config.rank(),
            small_stride: (config.rank() + largest).next_multiple_of(LANES),
            past: config.d_conv - 1,
        }
    }
}

/// A buffer that begins with `values` and goes on with zeros up to `len`.
pub(super) fn padded(values: &[f32], len: usize) -> Result<AlignedBuffer<f32>, OutOfMemory> {
    let mut buffer = AlignedBuffer::new(len, 0.0)?;
    buffer[..values.len()].copy_from_slice(values);
    Ok(buffer)
}

/// What one layer carries from token to token.
#[derive(Debug)]
pub(super) struct LayerCarry {
    /// The convolution's last inputs, `[taps − 1][channel]`.
    pub tail: AlignedBuffer<f32>,
    /// The scan's states, scaled by 2√(2n+1), `[channel / 16][n][16]`.
    pub state: AlignedBuffer<f32>,
}

impl LayerCarry {
    pub fn new(sizes: Sizes, order: usize) -> Result<Self, OutOfMemory> {
        Ok(Self {
            tail: AlignedBuffer::new(sizes.past * sizes.e_stride, 0.0)?,
            state: AlignedBuffer::new(order * sizes.e_stride, 0.0)?,
        })
    }

    pub fn clear(&mut self) {
        self.tail.fill(0.0);
        self.state.fill(0.0);
    }

    /// Takes over a carry of the same sizes, or of a smaller order into scratch.
    pub fn copy_from(&mut self, other: &Self) {
        self.tail.copy_from_slice(&other.tail);
        self.state[..other.state.len()].copy_from_slice(&other.state);
    }
}

/// Where a segment's tokens start from.
pub(super) enum From<'a> {
    /// Each segment from nothing; the buffer is scratch.
    Zero(&'a mut LayerCarry),
    /// The only segment from here, and its end is left here.
    Carry(&'a mut LayerCarry),
}

/// Activations of a layer for a fixed largest number of tokens.
#[derive(Debug)]
pub(super) struct LayerScratch {
    /// The projection's inputs.
    pub normed: AlignedBuffer<f32>,
    /// Both halves of the projection: a, then g.
    both: AlignedBuffer<f32>,
    /// a after the convolution.
    input: AlignedBuffer<f32>,
    /// δ′ and c̃.
    small: AlignedBuffer<f32>,
    /// softplus's argument.
    step: AlignedBuffer<f32>,
    gated: AlignedBuffer<f32>,
    product: ProductScratch,
}

impl LayerScratch {
    pub fn new(precision: Precision, sizes: Sizes, tokens: usize) -> Result<Self, OutOfMemory> {
        let of = |width: usize| AlignedBuffer::new(width * tokens, 0.0);
        Ok(Self {
            normed: of(sizes.d_stride)?,
            both: of(2 * sizes.e_stride)?,
            input: of(sizes.e_stride)?,
            small: of(sizes.small_stride)?,
            step: of(sizes.e_stride)?,
            gated: of(sizes.e_stride)?,
            product: ProductScratch::new(precision, sizes.d_stride.max(sizes.e_stride), tokens)?,
        })
    }
}

/// A layer's packed weights. Immutable.
#[derive(Debug)]
pub(super) struct Layer {
    norm: AlignedBuffer<f32>,
    in_proj: Product,
    taps: AlignedBuffer<f32>,
    conv_bias: AlignedBuffer<f32>,
    x_proj: PackedF32,
    dt_proj: PackedF32,
    skip: AlignedBuffer<f32>,
    out_proj: Product,
    /// n + 1 and 2n + 1.
    diagonal: AlignedBuffer<f32>,
    weight: AlignedBuffer<f32>,
    small_stride: usize,
}

impl Layer {
    /// Packs layer `index`. Rows of E are filled up with zero rows, so that channels come in whole lanes, and the
    /// read-out's rows take the factor 1/(2√(2n+1)) of the scaled state.
    /// Factors move from the norm's weight into the projection's columns.
    pub fn new(
        config: &SsmHippoConfig,
        parameters: &Parameters,
        calibration: Option<&Calibration>,
        index: usize,
    ) -> Result<Self, ModelError> {
        let sizes = Sizes::new(config);
        let Sizes { d, e, e_stride, rank, .. } = sizes;
        let (order, width) = (config.state_of(index), config.d_conv);
        let get = |name| parameters.of_layer(index, name);

        let halves = get("block.in_proj.weight");
        let mut norm = padded(get("norm.weight"), d)?;
        let mut both = vec![0.0; 2 * e_stride * d];
        both[..e * d].copy_from_slice(&halves[..e * d]);
        both[e_stride * d..(e_stride + e) * d].copy_from_slice(&halves[e * d..]);
        if let Some(calibration) = calibration {
            calibration.even_out(index, &mut norm, &mut both);
        }

        let mut taps = AlignedBuffer::new(width * e_stride, 0.0)?;
        for (channel, of_channel) in get("block.conv.weight").chunks_exact(width).enumerate() {
            for (j, tap) in of_channel.iter().enumerate() {
                taps[j * e_stride + channel] = *tap;
            }
        }

        let mut small = get("block.x_proj.weight").to_vec();
        for (n, row) in small[rank * e..].chunks_exact_mut(e).enumerate() {
            let factor = 0.5 / ((2 * n + 1) as f64).sqrt();
            row.iter_mut().for_each(|w| *w = (f64::from(*w) * factor) as f32);
        }

        let mut dt = get("block.dt_proj.weight").to_vec();
        dt.resize(e_stride * rank, 0.0);
        let mut dt_bias = get("block.dt_proj.bias").to_vec();
        dt_bias.resize(e_stride, 0.0);

        let mut diagonal = AlignedBuffer::new(order, 0.0)?;
        let mut weight = AlignedBuffer::new(order, 0.0)?;
        for n in 0..order {
            diagonal[n] = (n + 1) as f32;
            weight[n] = (2 * n + 1) as f32;
        }
        Ok(Self {
            norm,
            in_proj: Product::new(config.precision, 2 * e_stride, d, &both, None)?,
            taps,
            conv_bias: padded(get("block.conv.bias"), e_stride)?,
            x_proj: packed(rank + order, e, &small, None)?,
            dt_proj: packed(e_stride, rank, &dt, Some(&dt_bias))?,
            skip: padded(get("block.d"), e_stride)?,
            out_proj: Product::new(config.precision, d, e, get("block.out_proj.weight"), None)?,
            diagonal,
            weight,
            small_stride: (rank + order).next_multiple_of(LANES),
        })
    }

    /// State per channel, N.
    pub fn order(&self) -> usize {
        self.diagonal.len()
    }

    /// Bytes of weights that one call reads.
    pub fn size_in_bytes(&self) -> usize {
        let small = self.x_proj.size_in_bytes() + self.dt_proj.size_in_bytes();
        let vectors = [&self.norm, &self.taps, &self.conv_bias, &self.skip].map(|v| v.size_in_bytes());
        self.in_proj.size_in_bytes() + self.out_proj.size_in_bytes() + small + vectors.iter().sum::<usize>()
    }

    /// z ← z + Block(RMSNorm(z)) for `segments` runs of `tokens` each, one after the other in `z`. What is `ahead` will be
    /// read later and is asked for on the way. Hot path.
    #[allow(clippy::too_many_arguments, reason = "what is shared, what is worked on, and hints")]
    pub fn forward(
        &self,
        simd: Simd,
        sizes: Sizes,
        z: &mut [f32],
        [segments, tokens]: [usize; 2],
        from: From<'_>,
        scratch: &mut LayerScratch,
        ahead: &[f32],
    ) {
        let Sizes { d, d_stride, e, e_stride, rank, .. } = sizes;
        let (all, both_stride, small_stride) = (segments * tokens, 2 * e_stride, self.small_stride);
        let LayerScratch { normed, both, input, small, step, gated, product } = scratch;
        let (carry, fresh) = match from {
            From::Zero(carry) => (carry, true),
            From::Carry(carry) => (carry, false),
        };
        let tail = &mut carry.tail[..];
        let state = &mut carry.state[..self.order() * e_stride];

        for (row, out) in z.chunks_exact(d_stride).zip(normed.chunks_exact_mut(d_stride)).take(all) {
            simd.rms_norm(&row[..d], &self.norm, EPSILON, &mut out[..d]);
        }
        self.in_proj.matmul(simd, Start::Zero, normed, d_stride, all, both, both_stride, product);
        for segment in 0..segments {
            if fresh {
                tail.fill(0.0);
            }
            let first = segment * tokens;
            simd.conv_silu(Conv {
                taps: &self.taps,
                bias: &self.conv_bias,
                tail,
                input: &both[first * both_stride..],
                input_stride: both_stride,
                output: &mut input[first * e_stride..(first + tokens) * e_stride],
            });
        }
        simd.matmul(&self.x_proj, Start::Zero, input, e_stride, all, small, small_stride);
        simd.matmul(&self.dt_proj, Start::Bias, small, small_stride, all, step, e_stride);
        for segment in 0..segments {
            if fresh {
                state.fill(0.0);
            }
            let first = segment * tokens;
            let channels = first * e_stride..(first + tokens) * e_stride;
            simd.scan(Scan {
                diagonal: &self.diagonal,
                weight: &self.weight,
                skip: &self.skip,
                step: &step[channels.clone()],
                input: &input[channels.clone()],
                gate: &both[first * both_stride + e_stride..],
                gate_stride: both_stride,
                readout: &small[first * small_stride + rank..],
                readout_stride: small_stride,
                state,
                output: &mut gated[channels],
                ahead: if segment == 0 { ahead } else { &[] },
            });
        }
        debug_assert!(e <= e_stride);
        self.out_proj.matmul(simd, Start::Output, gated, e_stride, all, z, d_stride, product);
    }
}

/// Packs a matrix of weights.
pub(super) fn packed(
    rows: usize,
    cols: usize,
    row_major: &[f32],
    bias: Option<&[f32]>,
) -> Result<PackedF32, ModelError> {
    Ok(PackedF32::new(rows, cols, row_major, bias)?)
}
