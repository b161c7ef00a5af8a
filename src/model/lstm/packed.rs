//! Weights as the kernels read them: gates of 16 units side by side, in the format that the configuration asks for.
//!
//! The layout is that of [`simd::lstm`](crate::simd::lstm). Hidden inputs are grouped into words so that a panel's cells become
//! whole words without shuffling: element `s` of word `16·p + j` is unit `16·(p·group + s) + j`. All weights of a network
//! stand in one buffer, on one large page where the system gives them, in the order in which a step reads them.

use std::ops::Range;

use super::config::LstmConfig;
use super::tensors::{LayerTensors, Tensors};
use crate::mem::buffer::{AlignedBuffer, OutOfMemory};
use crate::model::precision::{InputRanges, Precision};
use crate::simd::lstm::{GATES, GateMatrix, I16_ACTIVATION, I16_CHAIN, INT8_MOST, Words};

/// Lanes of a block.
const UNITS: usize = 16;
/// From this size on a buffer is put on large pages; smaller ones are rounded up to it.
const LARGE: usize = (1 << 20) / size_of::<u32>();
/// From this size on rounding up to a large page is worth its memory.
const WORTH_LARGE: usize = LARGE / 8;

/// The kernels' word format of a precision.
pub(super) const fn words_of(precision: Precision) -> Words {
    match precision {
        Precision::F32 => Words::F32,
        Precision::Bf16 => Words::Bf16,
        Precision::I16 => Words::I16,
        Precision::Int8 => Words::Int8,
    }
}

const fn is_integer(format: Words) -> bool {
    matches!(format, Words::I16 | Words::Int8)
}

/// Sizes that a network and its states share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub config: LstmConfig,
    /// Format of hidden inputs.
    pub words: Words,
    /// Format of the first layer's inputs: f32, or i16 after a calibration.
    pub input: Words,
    /// Hidden units padded to whole panels.
    pub units: usize,
    /// Words of a hidden state.
    pub columns: usize,
    /// Words of an input row.
    pub input_columns: usize,
    /// Units between the dense layers, padded to whole blocks.
    pub dense: usize,
}

impl Sizes {
    pub fn new(config: &LstmConfig, calibrated: bool) -> Self {
        let words = words_of(config.precision);
        let input = if calibrated && is_integer(words) { Words::I16 } else { Words::F32 };
        let units = config.hidden.next_multiple_of(UNITS * words.group());
        Self {
            config: *config,
            words,
            input,
            units,
            columns: units / words.group(),
            input_columns: config.features.div_ceil(input.group()),
            dense: config.head.map_or(0, |head| head.dense.next_multiple_of(UNITS)),
        }
    }

    /// Gate values of a step.
    pub const fn outputs(&self) -> usize {
        self.units * GATES
    }
}

/// Where one matrix stands.
#[derive(Clone, Debug)]
struct Part {
    format: Words,
    columns: usize,
    panels: usize,
    words: Range<usize>,
    scale: Range<usize>,
    correction: Range<usize>,
}

#[derive(Clone, Debug)]
struct Layer {
    input: Part,
    recurrent: Part,
    bias: Range<usize>,
}

/// Turns an input row into 14-bit words: `round((x − middle) · inverse)`, clamped.
#[derive(Debug)]
pub(super) struct InputCode {
    pub middle: Vec<f32>,
    pub inverse: Vec<f32>,
}

/// All gate matrices of a network.
#[derive(Debug)]
pub(super) struct Packed {
    words: AlignedBuffer<u32>,
    /// Biases and scales.
    floats: AlignedBuffer<f32>,
    corrections: AlignedBuffer<i32>,
    layers: Vec<Layer>,
    pub code: Option<InputCode>,
}

/// The buffers while they are filled, each up to the length beside it.
struct Filling {
    words: AlignedBuffer<u32>,
    words_len: usize,
    floats: AlignedBuffer<f32>,
    floats_len: usize,
    corrections: AlignedBuffer<i32>,
    corrections_len: usize,
}

/// Where an input stands: word and element.
type Place = fn(Words, usize) -> (usize, usize);

/// Where hidden unit `k` stands in a row of words: word and element.
pub(super) const fn hidden_place(words: Words, k: usize) -> (usize, usize) {
    let (block, lane) = (k / UNITS, k % UNITS);
    (block / words.group() * UNITS + lane, block % words.group())
}

/// Where feature `k` stands.
const fn feature_place(words: Words, k: usize) -> (usize, usize) {
    (k / words.group(), k % words.group())
}

/// One element of a word of activations, in its lowest bits. `x` is within ±1 for the integer formats.
pub(super) fn encode(words: Words, x: f32) -> u32 {
    match words {
        Words::F32 => x.to_bits(),
        Words::Bf16 => bf16(x),
        Words::I16 => u32::from(((x * I16_ACTIVATION).round_ties_even() as i16).cast_unsigned()),
        Words::Int8 => ((x * INT8_MOST).round_ties_even() as i32 + 128) as u32 & 0xff,
    }
}

/// To nearest, ties to even; finite below the largest bfloat16.
fn bf16(x: f32) -> u32 {
    let bits = x.to_bits();
    (bits + 0x7fff + (bits >> 16 & 1)) >> 16
}

impl Packed {
    /// Packs a network. O(weights).
    ///
    /// `means` are the hidden states that each layer has on average: what rounding the weights would add to a gate under them
    /// is taken off its bias (Nagel et al. 2019, arXiv 1906.04721), because it is the one part of the error that does not
    /// average out over a window.
    pub fn new(
        sizes: &Sizes,
        tensors: &Tensors,
        ranges: Option<&InputRanges>,
        means: &[Vec<f32>],
    ) -> Result<Self, OutOfMemory> {
        let mut filling = Filling::new(sizes)?;
        let code = ranges.filter(|_| sizes.input == Words::I16).map(InputCode::new);
        let mut layers = Vec::new();
        for (index, layer) in tensors.layers.iter().enumerate() {
            let (format, place) = if index == 0 {
                (sizes.input, feature_place as Place)
            } else {
                (sizes.words, hidden_place as Place)
            };
            let code = code.as_ref().filter(|_| index == 0);
            let columns = if index == 0 { sizes.input_columns } else { sizes.columns };
            let bias = filling.bias(sizes, layer, code);
            let scaled = code.map(|code| code.scaled(&layer.weight_ih));
            let weights = scaled.as_ref().unwrap_or(&layer.weight_ih);
            let below = index.checked_sub(1).and_then(|below| means.get(below));
            let own = means.get(index);
            let input = filling.matrix(sizes, format, columns, weights, place, below, &bias);
            let (words, columns) = (sizes.words, sizes.columns);
            let recurrent = filling.matrix(sizes, words, columns, &layer.weight_hh, hidden_place, own, &bias);
            layers.push(Layer { input, recurrent, bias });
        }
        let Filling { words, floats, corrections, .. } = filling;
        Ok(Self { words, floats, corrections, layers, code })
    }

    /// The input weights of a layer, their format, and the bias.
    pub fn input(&self, layer: usize) -> (Words, GateMatrix<'_>, &[f32]) {
        let layer = &self.layers[layer];
        (layer.input.format, self.matrix(&layer.input), &self.floats[layer.bias.clone()])
    }

    /// The recurrent weights of a layer.
    pub fn recurrent(&self, layer: usize) -> GateMatrix<'_> {
        self.matrix(&self.layers[layer].recurrent)
    }

    fn matrix(&self, part: &Part) -> GateMatrix<'_> {
        GateMatrix {
            words: &self.words[part.words.clone()],
            columns: part.columns,
            panels: part.panels,
            scale: &self.floats[part.scale.clone()],
            correction: &self.corrections[part.correction.clone()],
        }
    }

    /// Bytes of weights that a step reads.
    pub fn size_in_bytes(&self) -> usize {
        self.layers.iter().map(|layer| (layer.input.words.len() + layer.recurrent.words.len()) * 4).sum()
    }
}

impl InputCode {
    fn new(ranges: &InputRanges) -> Self {
        let bounds = || ranges.low().iter().zip(ranges.high());
        let middle: Vec<f32> = bounds().map(|(low, high)| low / 2.0 + high / 2.0).collect();
        let half = bounds().zip(&middle).map(|((low, high), middle)| (high - middle).max(middle - low));
        // A channel that never moved tells nothing: it counts as its middle.
        let inverse = half.map(|half| if half > 0.0 { I16_ACTIVATION / half } else { 0.0 });
        let inverse = inverse.map(|inverse| if inverse.is_finite() { inverse } else { 0.0 }).collect();
        Self { middle, inverse }
    }

    /// Weights for inputs in units of the code.
    fn scaled(&self, row_major: &[f32]) -> Vec<f32> {
        let columns = self.inverse.len();
        let unit = |k: usize| {
            if self.inverse[k % columns] > 0.0 { I16_ACTIVATION / self.inverse[k % columns] } else { 0.0 }
        };
        row_major.iter().enumerate().map(|(k, w)| w * unit(k)).collect()
    }

    /// Hot path.
    pub fn encode_row(&self, row: &[f32], words: &mut [u32]) {
        words.fill(0);
        for (k, x) in row.iter().enumerate() {
            let q = ((x - self.middle[k]) * self.inverse[k]).clamp(-I16_ACTIVATION, I16_ACTIVATION);
            let (word, element) = feature_place(Words::I16, k);
            words[word] |= u32::from((q.round_ties_even() as i16).cast_unsigned()) << (16 * element);
        }
    }
}

/// `count` more after `*len`.
fn take(len: &mut usize, count: usize) -> Range<usize> {
    *len += count;
    *len - count..*len
}

impl Filling {
    /// Zeros for everything that [`Packed::new`] fills in.
    fn new(sizes: &Sizes) -> Result<Self, OutOfMemory> {
        let (outputs, layers) = (sizes.outputs(), sizes.config.layers);
        let columns = sizes.input_columns + (2 * layers - 1) * sizes.columns;
        // A size that overflows is as good as one that is not there.
        let mut words = outputs.saturating_mul(columns);
        if words > WORTH_LARGE {
            words = words.max(LARGE);
        }
        let of = |format: Words| (usize::from(is_integer(format)), usize::from(format == Words::Int8));
        let (scaled, corrected) = of(sizes.words);
        let floats = layers + of(sizes.input).0 + (2 * layers - 1) * scaled;
        Ok(Self {
            words: AlignedBuffer::new(words, 0)?,
            words_len: 0,
            floats: AlignedBuffer::new(floats * outputs, 0.0)?,
            floats_len: 0,
            corrections: AlignedBuffer::new((2 * layers - 1) * corrected * outputs, 0)?,
            corrections_len: 0,
        })
    }

    /// `b_ih + b_hh`, and what the middle of calibrated inputs contributes, in output order.
    fn bias(&mut self, sizes: &Sizes, layer: &LayerTensors, code: Option<&InputCode>) -> Range<usize> {
        let place = take(&mut self.floats_len, sizes.outputs());
        for gate in 0..GATES {
            for unit in 0..sizes.config.hidden {
                let row = gate * sizes.config.hidden + unit;
                let mut bias = f64::from(layer.bias_ih[row]) + f64::from(layer.bias_hh[row]);
                if let Some(code) = code {
                    let weights = &layer.weight_ih[row * layer.inputs..][..layer.inputs];
                    bias += weights
                        .iter()
                        .zip(&code.middle)
                        .map(|(w, m)| f64::from(*w) * f64::from(*m))
                        .sum::<f64>();
                }
                self.floats[place.start + output(unit, gate)] = bias as f32;
            }
        }
        place
    }

    /// One matrix of all gates: `row_major` is `[4·hidden][inputs]`. `means` are its inputs on average.
    #[allow(clippy::too_many_arguments, reason = "a matrix, its place and what belongs to it")]
    fn matrix(
        &mut self,
        sizes: &Sizes,
        format: Words,
        columns: usize,
        row_major: &[f32],
        place: Place,
        means: Option<&Vec<f32>>,
        bias: &Range<usize>,
    ) -> Part {
        let inputs = row_major.len() / (GATES * sizes.config.hidden);
        let group = format.group();
        let panels = sizes.units / UNITS / group;
        let activation = f64::from(if format == Words::Int8 { INT8_MOST } else { I16_ACTIVATION });
        let words = take(&mut self.words_len, sizes.outputs() * columns);
        let scale = take(&mut self.floats_len, if is_integer(format) { sizes.outputs() } else { 0 });
        let corrected = if format == Words::Int8 { sizes.outputs() } else { 0 };
        let correction = take(&mut self.corrections_len, corrected);
        for gate in 0..GATES {
            for unit in 0..sizes.config.hidden {
                let row = &row_major[(gate * sizes.config.hidden + unit) * inputs..][..inputs];
                let unit_weight = unit_weight(format, row);
                let integer = |w: f32| {
                    if unit_weight > 0.0 { (f64::from(w) / unit_weight).round_ties_even() as i32 } else { 0 }
                };
                let (panel, block) = (unit / UNITS / group, unit / UNITS % group);
                let lane = unit % UNITS;
                let (mut sum, mut lost) = (0, 0.0);
                for (k, w) in row.iter().enumerate() {
                    let (word, element) = place(format, k);
                    let (bits, kept) = match format {
                        Words::F32 => (w.to_bits(), f64::from(*w)),
                        Words::Bf16 => (bf16(*w), f64::from(f32::from_bits(bf16(*w) << 16))),
                        Words::I16 | Words::Int8 => {
                            let q = integer(*w);
                            let mask = if format == Words::Int8 { 0xff } else { 0xffff };
                            sum += q;
                            (q as u32 & mask, f64::from(q) * unit_weight)
                        }
                    };
                    lost += (f64::from(*w) - kept) * means.map_or(0.0, |means| f64::from(means[k]));
                    let at = (((panel * columns + word) * group + block) * GATES + gate) * UNITS + lane;
                    self.words[words.start + at] |= bits << (32 / group * element);
                }
                let output = output(unit, gate);
                let bias = &mut self.floats[bias.start + output];
                *bias = (f64::from(*bias) + lost) as f32;
                if let Some(scale) = self.floats[scale.clone()].get_mut(output) {
                    *scale = (unit_weight / activation) as f32;
                }
                if let Some(correction) = self.corrections[correction.clone()].get_mut(output) {
                    *correction = -128 * sum;
                }
            }
        }
        Part { format, columns, panels, words, scale, correction }
    }
}

/// What one step of a row's integer weights stands for: as little as they allow. Zero for a row of zeros and for float formats.
fn unit_weight(format: Words, row: &[f32]) -> f64 {
    let largest = row.iter().fold(0.0_f64, |largest, w| largest.max(f64::from(w.abs())));
    match format {
        Words::F32 | Words::Bf16 => 0.0,
        Words::Int8 => largest / f64::from(INT8_MOST),
        Words::I16 => {
            // A chain's words hold 256 neighbours of the row, from features and from hidden units alike. Rounding adds
            // up to a half for each of them to Σ|w|.
            let most = f64::from(i32::MAX) / f64::from(I16_ACTIVATION) - I16_CHAIN as f64 / 2.0;
            let sum = |part: &[f32]| part.iter().map(|w| f64::from(w.abs())).sum::<f64>();
            let chain = row.chunks(I16_CHAIN).map(sum).fold(0.0, f64::max);
            (chain / most).max(largest / f64::from(i16::MAX))
        }
    }
}

/// The place of a unit's gate among a step's outputs.
const fn output(unit: usize, gate: usize) -> usize {
    (unit / UNITS * GATES + gate) * UNITS + unit % UNITS
}
