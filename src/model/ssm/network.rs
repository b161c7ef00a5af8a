//! The network: packed weights, window mode, partial heads.
//!
//! Embedding and skip commute with the patch's mean where they are linear: W_skip is applied to the patch's mean row, once a
//! token instead of once a row. The attention's second layer is applied once, to the sum of the two hidden vectors.

use std::ops::Range;
use std::path::Path;

use super::calibration::Calibration;
use super::config::SsmHippoConfig;
use super::layer::{EPSILON, From, Layer, Sizes, packed, padded};
use super::parameters::Parameters;
use super::product::Head;
use super::selection::HeadSelection;
use super::state::{Scratch, SsmState};
use super::stream::SsmCarry;
use crate::mem::buffer::AlignedBuffer;
use crate::model::error::ModelError;
use crate::model::precision::Precision;
use crate::model::weights::{WeightFile, WeightWriter};
use crate::simd::{PackedF32, Simd, Start};

/// Inputs are bounded so that no sum before the first norm overflows: |W x| stays below this.
const LARGEST_SUM: f32 = 1e33;

/// An SSM-HiPPO network: immutable weights, packed for the kernels. `Send + Sync`; share it in an `Arc`, with one
/// [`SsmState`] per thread.
///
/// ```
/// use market_maker::model::ssm::{SsmHippo, SsmHippoConfig, SsmState};
/// let config = SsmHippoConfig { d_model: 32, n_layer: 2, seq_len: 32, ..SsmHippoConfig::default() };
/// let model = SsmHippo::from_seed(&config, 7)?;
/// assert!(!model.is_trained());
/// let mut state = SsmState::new(&model)?;
/// let window = vec![0.1; config.window_len()];
/// let mut prediction = vec![0.0; config.output_len()];
/// model.predict(&mut state, &window, &mut prediction)?;
/// assert!(prediction.iter().all(|x| x.is_finite()));
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Debug)]
pub struct SsmHippo {
    pub(super) config: SsmHippoConfig,
    pub(super) sizes: Sizes,
    pub(super) simd: Simd,
    pub(super) parameters: Parameters,
    pub(super) calibration: Option<Calibration>,
    trained: bool,
    /// Largest |x| that is taken.
    pub(super) input_limit: f32,
    embed_input: PackedF32,
    embed_norm: [AlignedBuffer<f32>; 2],
    embed_skip: PackedF32,
    pub(super) layers: Vec<Layer>,
    fc1: PackedF32,
    fc2: PackedF32,
    norm: AlignedBuffer<f32>,
    head: Head,
}

impl SsmHippo {
    /// A network of fresh weights: PyTorch's initialisation with Xoshiro256++ seeded by `seed`, LegS state matrices.
    /// It predicts nothing useful, and says so: [`is_trained`](Self::is_trained) is false. O(weights).
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::Memory`].
    pub fn from_seed(config: &SsmHippoConfig, seed: u64) -> Result<Self, ModelError> {
        config.validate()?;
        Self::pack(config, Parameters::from_seed(config, seed), None, false, Simd::detect()?)
    }

    /// The network of a safetensors file with the PyTorch state dict's names.
    ///
    /// # Errors
    /// [`ModelError::Config`]; those of [`WeightFile::open`] and [`WeightFile::f32`], which name the tensor;
    /// [`ModelError::UnexpectedTensor`] for a file that holds more than this configuration knows (tensors named
    /// `normaliser.…` and `calibration.…` apart).
    pub fn load(config: &SsmHippoConfig, path: impl AsRef<Path>) -> Result<Self, ModelError> {
        config.validate()?;
        Self::from_weights(config, &WeightFile::open(path)?)
    }

    /// As [`load`](Self::load), from an open file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_weights(config: &SsmHippoConfig, file: &WeightFile) -> Result<Self, ModelError> {
        Self::from_weights_with(config, file, Simd::detect()?)
    }

    /// As [`from_weights`](Self::from_weights), with the kernels of a chosen instruction set.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_weights_with(
        config: &SsmHippoConfig,
        file: &WeightFile,
        simd: Simd,
    ) -> Result<Self, ModelError> {
        config.validate()?;
        let calibration = Calibration::load(config, file)?;
        Self::pack(config, Parameters::load(config, file)?, calibration, true, simd)
    }

    /// The same network on the kernels of another instruction set.
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::Memory`].
    pub fn with_simd(&self, simd: Simd) -> Result<Self, ModelError> {
        Self::pack(&self.config, self.parameters.clone(), self.calibration.clone(), self.trained, simd)
    }

    /// Writes the weights, and the calibration if there is one, as a safetensors file, in one step: readers see the old file
    /// or the whole new one. Weights are saved as they were given, whatever the precision.
    ///
    /// # Errors
    /// [`ModelError::Io`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        self.writer()?.write(path)
    }

    /// What [`save`](Self::save) writes, for other tensors to be added (a normaliser's).
    ///
    /// # Errors
    /// None for a network that was built; the type is that of [`WeightWriter::f32`].
    pub fn writer(&self) -> Result<WeightWriter, ModelError> {
        let mut writer = WeightWriter::new();
        let SsmHippoConfig { seq_len, patch_len, stride, .. } = self.config;
        writer.metadata("architecture", "ssm-hippo");
        for (name, size) in [("seq_len", seq_len), ("patch_len", patch_len), ("stride", stride)] {
            writer.metadata(name, &size.to_string());
        }
        self.parameters.put(&self.config, &mut writer)?;
        if let Some(calibration) = &self.calibration {
            calibration.put(&self.config, &mut writer)?;
        }
        Ok(writer)
    }

    /// False for weights that came from a seed.
    #[must_use]
    pub const fn is_trained(&self) -> bool {
        self.trained
    }

    /// The configuration, as given.
    #[must_use]
    pub const fn config(&self) -> &SsmHippoConfig {
        &self.config
    }

    /// The kernels in use.
    #[must_use]
    pub const fn simd(&self) -> Simd {
        self.simd
    }

    /// Bytes of packed weights that one window reads: (embedding and layers and attention, head).
    #[must_use]
    pub fn weight_bytes(&self) -> (usize, usize) {
        let body: usize = self.layers.iter().map(Layer::size_in_bytes).sum();
        let small = [&self.embed_input, &self.embed_skip, &self.fc1, &self.fc2].map(PackedF32::size_in_bytes);
        (body + small.iter().sum::<usize>(), self.head.size_in_bytes())
    }

    pub(super) fn pack(
        config: &SsmHippoConfig,
        parameters: Parameters,
        calibration: Option<Calibration>,
        trained: bool,
        simd: Simd,
    ) -> Result<Self, ModelError> {
        let sizes = Sizes::new(config);
        let Sizes { d, c, p, .. } = sizes;
        let get = |name| parameters.get(name);
        // Only rounding to steps gains by it.
        let stepped = matches!(config.precision, Precision::I16 | Precision::Int8);
        let even = calibration.as_ref().filter(|_| stepped);
        let layers = (0..config.n_layer)
            .map(|i| Layer::new(config, &parameters, even, i))
            .collect::<Result<Vec<_>, _>>()?;
        let hidden = config.attention_hidden();
        let mut norm = padded(get("norm.weight"), d)?;
        let mut head = get("head.weight").to_vec();
        if let Some(calibration) = even {
            calibration.even_out(config.n_layer, &mut norm, &mut head);
        }
        // Both branches of the attention add this bias.
        let twice: Vec<f32> = get("attention.fc2.bias").iter().map(|b| 2.0 * b).collect();
        Ok(Self {
            input_limit: input_limit(&parameters, c),
            embed_input: packed(d, c, get("embed.input.weight"), Some(get("embed.input.bias")))?,
            embed_norm: [padded(get("embed.norm.weight"), d)?, padded(get("embed.norm.bias"), d)?],
            embed_skip: packed(d, c, get("embed.skip.weight"), Some(get("embed.skip.bias")))?,
            layers,
            fc1: packed(hidden, d, get("attention.fc1.weight"), Some(get("attention.fc1.bias")))?,
            fc2: packed(d, hidden, get("attention.fc2.weight"), Some(&twice))?,
            norm,
            head: Head::new(config.precision, [config.output_len(), p, d], &head, get("head.bias"))?,
            config: config.clone(),
            sizes,
            simd,
            parameters,
            calibration,
            trained,
        })
    }

    /// Predicts from one window, `[seq_len][num_channels]` row-major, the oldest row first, into
    /// `[forecast_len][num_channels]`. Every window starts from the zero state; streaming state is not touched.
    /// Hot path; O(the configuration's multiply-adds).
    ///
    /// # Errors
    /// [`ModelError::InputLength`], [`ModelError::OutputLength`], [`ModelError::ForeignState`];
    /// [`ModelError::NotFiniteInput`] by the policy for bad inputs, of which a value too large for `f32` sums is one;
    /// [`ModelError::NotFiniteOutput`] where weights are so large that the result overflows. `out` is untouched then.
    pub fn predict(&self, state: &mut SsmState, window: &[f32], out: &mut [f32]) -> Result<(), ModelError> {
        self.run_window(state, None, window, out.len(), None)?;
        take(&state.scratch.outputs[..out.len()], out)
    }

    /// As [`predict`](Self::predict), with the layers starting from `carry` instead of zero: what a stream's forecast is
    /// equal to, bit for bit, where `carry` is the stream's before the window's first patch was complete. Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_from(
        &self,
        state: &mut SsmState,
        carry: &SsmCarry,
        window: &[f32],
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        if carry.config != self.config {
            return Err(ModelError::ForeignState);
        }
        self.run_window(state, Some(carry), window, out.len(), None)?;
        take(&state.scratch.outputs[..out.len()], out)
    }

    /// As [`predict`](Self::predict), for some horizons and channels only: the head's other rows are not computed
    /// (sixteen rows at a time are). `out` is `[selected horizons][selected channels]`, the same bits as those of the whole
    /// prediction. Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); [`ModelError::ForeignState`] also for a selection made for other sizes.
    pub fn predict_part(
        &self,
        state: &mut SsmState,
        window: &[f32],
        selection: &HeadSelection,
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        self.run_window(state, None, window, out.len(), Some(selection))?;
        selection.gather(&state.scratch.outputs, out)
    }

    /// Runs windows and a stream over a new state, which is to be reset afterwards.
    pub(super) fn warm(&self, state: &mut SsmState) {
        let config = &self.config;
        let (silent, mut out) = (vec![0.0; config.window_len()], vec![0.0; config.output_len()]);
        // Weights that make an output overflow are told by the calls that the user makes.
        let _ = self.predict(state, &silent, &mut out);
        for row in silent.chunks_exact(config.num_channels) {
            let _ = self.push(state, row);
        }
        let _ = self.forecast(state, &mut out);
        let _ = self.predict(state, &silent, &mut out);
    }

    /// Checks, embeds, runs the layers and the head; the result stands in the scratch, finite where it was computed.
    fn run_window(
        &self,
        state: &mut SsmState,
        carry: Option<&SsmCarry>,
        window: &[f32],
        out: usize,
        selection: Option<&HeadSelection>,
    ) -> Result<(), ModelError> {
        self.check_state(state)?;
        let config = &self.config;
        check_length(window.len(), config.window_len())?;
        if selection.is_some_and(|selection| !selection.fits(config)) {
            return Err(ModelError::ForeignState);
        }
        let expected = selection.map_or(config.output_len(), HeadSelection::len);
        if out != expected {
            return Err(ModelError::OutputLength { expected, found: out });
        }
        let scratch = &mut state.scratch;
        self.embed_window(window, 0, scratch)?;
        let ahead = if selection.is_none() { self.head.begin() } else { &[] };
        self.layers(0..config.n_layer, 1, carry, ahead, scratch);
        self.attend(0, 0, scratch);
        match selection {
            None => self.head(1, scratch),
            Some(selection) => self.head_part(selection, scratch),
        }
        Ok(())
    }

    /// Refuses a state that was made for a network of other sizes.
    pub(super) fn check_state(&self, state: &SsmState) -> Result<(), ModelError> {
        if state.config == self.config { Ok(()) } else { Err(ModelError::ForeignState) }
    }

    /// Cleans and embeds a window into tokens of the scratch, from place `place` (in windows).
    pub(super) fn embed_window(
        &self,
        window: &[f32],
        place: usize,
        scratch: &mut Scratch,
    ) -> Result<(), ModelError> {
        let Sizes { d, d_stride, c, p, .. } = self.sizes;
        let SsmHippoConfig { seq_len, patch_len, stride, bad_input, .. } = self.config;
        let Scratch { clean, normed, embedded, means, z, .. } = scratch;
        // False for NaN too: the usual window is neither copied nor looked at again.
        let window = if self.within_limit(window) {
            window
        } else {
            bad_input.copy_rows(self.input_limit, window, c, None, clean)?;
            clean
        };
        self.embed_rows(window, seq_len, normed, embedded);
        for (patch, mean) in means.chunks_exact_mut(c).enumerate().take(p) {
            let first = patch * stride;
            self.simd.mean_of_rows([&window[first * c..(first + patch_len) * c], &[]], mean);
            let rows = [&embedded[first * d_stride..(first + patch_len) * d_stride], &[]];
            self.simd.mean_of_rows(rows, &mut z[(place * p + patch) * d_stride..][..d_stride]);
        }
        let z = &mut z[place * p * d_stride..];
        self.skip(&means[..p * c], p, z);
        debug_assert!(z.len() >= (p - 1) * d_stride + d);
        Ok(())
    }

    /// Whether every value is finite and small enough for every sum before the first norm.
    #[inline]
    pub(super) fn within_limit(&self, values: &[f32]) -> bool {
        values.iter().fold(true, |all, x| all & (x.abs() <= self.input_limit))
    }

    /// GELU(LayerNorm(W_in x + b_in)) of `n` rows.
    pub(super) fn embed_rows(&self, rows: &[f32], n: usize, pre: &mut [f32], out: &mut [f32]) {
        let Sizes { d, d_stride, c, .. } = self.sizes;
        let [weight, bias] = &self.embed_norm;
        self.simd.matmul(&self.embed_input, Start::Bias, rows, c, n, pre, d_stride);
        for (pre, out) in pre.chunks_exact(d_stride).zip(out.chunks_exact_mut(d_stride)).take(n) {
            self.simd.layer_norm(&pre[..d], weight, bias, EPSILON, &mut out[..d]);
            self.simd.gelu(&mut out[..d]);
        }
    }

    /// Adds W_skip x + b_skip of `n` patches' mean rows to their tokens.
    pub(super) fn skip(&self, means: &[f32], n: usize, z: &mut [f32]) {
        let Sizes { d, d_stride, c, .. } = self.sizes;
        for token in z.chunks_exact_mut(d_stride).take(n) {
            for (z, bias) in token[..d].iter_mut().zip(self.embed_skip.bias()) {
                *z += *bias;
            }
        }
        self.simd.matmul(&self.embed_skip, Start::Output, means, c, n, z, d_stride);
    }

    /// The tokens of `windows` windows through some layers, from zero or from one window's carry. Each layer asks for its share
    /// of what is `ahead`.
    pub(super) fn layers(
        &self,
        some: Range<usize>,
        windows: usize,
        carry: Option<&SsmCarry>,
        ahead: &[f32],
        scratch: &mut Scratch,
    ) {
        let mut shares = ahead.chunks(ahead.len().div_ceil(self.layers.len()).max(1));
        let Scratch { z, layer: work, carry: room, .. } = scratch;
        for (i, layer) in self.layers.iter().enumerate().take(some.end).skip(some.start) {
            let from = match carry {
                None => From::Zero(room),
                Some(carry) => {
                    room.copy_from(&carry.layers[i]);
                    From::Carry(room)
                }
            };
            let share = shares.next().unwrap_or_default();
            layer.forward(self.simd, self.sizes, z, [windows, self.sizes.p], from, work, share);
        }
    }

    /// Channel attention, norm and flattening of the window at `place` of the tokens, into `flat_place` of the head's inputs.
    pub(super) fn attend(&self, place: usize, flat_place: usize, scratch: &mut Scratch) {
        let Sizes { d, d_stride, p, .. } = self.sizes;
        let Scratch { z, pooled, hidden, gate, flat, .. } = scratch;
        let z = &mut z[place * p * d_stride..][..p * d_stride];
        let (mean, most) = pooled.split_at_mut(d_stride);
        self.simd.mean_of_rows([z, &[]], mean);
        self.simd.max_of_rows(z, most);
        let units = self.fc1.rows();
        let (of_mean, of_most) = hidden.split_at_mut(units);
        self.simd.matvec(&self.fc1, Start::Bias, &mean[..d], of_mean);
        self.simd.matvec(&self.fc1, Start::Bias, &most[..d], of_most);
        for (a, b) in of_mean.iter_mut().zip(of_most.iter()) {
            *a = a.max(0.0) + b.max(0.0);
        }
        self.simd.matvec(&self.fc2, Start::Bias, of_mean, &mut gate[..d]);
        self.simd.sigmoid(&mut gate[..d]);
        let flat = &mut flat[flat_place * p * d..][..p * d];
        for (token, out) in z.chunks_exact_mut(d_stride).zip(flat.chunks_exact_mut(d)) {
            for (x, gate) in token.iter_mut().zip(gate.iter()) {
                *x *= *gate;
            }
            self.simd.rms_norm(&token[..d], &self.norm, EPSILON, out);
        }
    }

    /// The head over `windows` flattened windows.
    pub(super) fn head(&self, windows: usize, scratch: &mut Scratch) {
        let Scratch { flat, outputs, head: work, .. } = scratch;
        self.head.apply(self.simd, flat, windows, outputs, work);
    }

    /// The head's blocks that a selection asks for.
    fn head_part(&self, selection: &HeadSelection, scratch: &mut Scratch) {
        let Scratch { flat, outputs, head: work, .. } = scratch;
        let flat = &flat[..self.sizes.p * self.sizes.d];
        self.head.apply_blocks(self.simd, selection.blocks(), flat, outputs, work);
    }
}

/// An input slice of the right length.
pub(super) fn check_length(found: usize, expected: usize) -> Result<(), ModelError> {
    if found == expected { Ok(()) } else { Err(ModelError::InputLength { expected, found }) }
}

/// Without a branch for each value.
pub(super) fn all_finite(values: &[f32]) -> bool {
    values.iter().fold(true, |all, x| all & x.is_finite())
}

/// Copies a result that is finite throughout.
pub(super) fn take(result: &[f32], out: &mut [f32]) -> Result<(), ModelError> {
    if all_finite(result) {
        out.copy_from_slice(result);
        return Ok(());
    }
    let index = result.iter().position(|x| !x.is_finite()).unwrap_or(0);
    Err(ModelError::NotFiniteOutput { index })
}

/// The largest |x| for which W x + b of both embeddings stays below [`LARGEST_SUM`].
fn input_limit(parameters: &Parameters, channels: usize) -> f32 {
    let largest_row = ["embed.input", "embed.skip"].map(|name| {
        let weights = parameters.get(&format!("{name}.weight"));
        let sums = weights.chunks_exact(channels).map(|row| row.iter().map(|w| f64::from(w.abs())).sum());
        sums.fold(1.0, f64::max)
    });
    (f64::from(LARGEST_SUM) / largest_row[0].max(largest_row[1])) as f32
}
