//! Sizes and policies of an SSM-HiPPO network, checked once so that nothing later can be out of range.

use crate::model::error::ModelError;
use crate::model::input::BadInput;
use crate::model::precision::Precision;
use crate::model::weights::WeightFile;

/// Sizes, the numeric format of the large products, and what to do with bad inputs. The default is the documented network.
///
/// ```
/// use market_maker::model::ssm::SsmHippoConfig;
/// let config = SsmHippoConfig { seq_len: 48, d_model: 64, ..SsmHippoConfig::default() };
/// assert_eq!(config.num_patches(), 5);
/// assert_eq!(config.rank(), 4);
/// config.validate()?;
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsmHippoConfig {
    /// Width of a token, D.
    pub d_model: usize,
    /// Number of layers.
    pub n_layer: usize,
    /// Rows of a window, L.
    pub seq_len: usize,
    /// State size per channel of a block, N.
    pub d_state: usize,
    /// Features of a row, C.
    pub num_channels: usize,
    /// Steps predicted, H.
    pub forecast_len: usize,
    /// Rows of a patch; one patch is one token.
    pub patch_len: usize,
    /// Rows from one patch's start to the next one's.
    pub stride: usize,
    /// E = expand · D channels inside a block.
    pub expand: usize,
    /// Taps of the causal convolution.
    pub d_conv: usize,
    /// Rank of the step-length projection, R; 0 means ⌈D/16⌉.
    pub dt_rank: usize,
    /// The attention's hidden layer has max(1, D / reduction_ratio) units.
    pub reduction_ratio: usize,
    /// Layer i has a state of N·(1 + ⌊i/2⌋) instead of N.
    pub progressive_state: bool,
    /// Numeric format of the large products.
    pub precision: Precision,
    /// Policy for NaN and infinity in the features.
    pub bad_input: BadInput,
}

impl Default for SsmHippoConfig {
    fn default() -> Self {
        Self {
            d_model: 128,
            n_layer: 4,
            seq_len: 96,
            d_state: 16,
            num_channels: 24,
            forecast_len: 32,
            patch_len: 16,
            stride: 8,
            expand: 2,
            d_conv: 4,
            dt_rank: 0,
            reduction_ratio: 8,
            progressive_state: false,
            precision: Precision::F32,
            bad_input: BadInput::Refuse,
        }
    }
}

/// Largest state per channel that a layer takes: four neighbouring factors 1 + ½δ(n+1) must not overflow as a product.
const MAX_STATE: usize = 256;

impl SsmHippoConfig {
    /// Checks every size. O(1).
    ///
    /// # Errors
    /// [`ModelError::Config`] that names the first parameter out of its range, and the range.
    pub fn validate(&self) -> Result<(), ModelError> {
        let sizes = [
            ("d_model", self.d_model, 1, 4096),
            ("n_layer", self.n_layer, 1, 64),
            ("seq_len", self.seq_len, 1, 1 << 16),
            ("d_state", self.d_state, 1, MAX_STATE),
            ("num_channels", self.num_channels, 1, 4096),
            ("forecast_len", self.forecast_len, 1, 4096),
            ("patch_len", self.patch_len, 1, self.seq_len),
            ("stride", self.stride, 1, 1 << 16),
            ("expand", self.expand, 1, 16),
            ("d_conv", self.d_conv, 1, 64),
            ("dt_rank", self.dt_rank, 0, 4096),
            ("reduction_ratio", self.reduction_ratio, 1, 4096),
            // What follows from several of them.
            ("d_state", self.state_of(self.n_layer.clamp(1, 64) - 1), 1, MAX_STATE),
            ("forecast_len", self.forecast_len.saturating_mul(self.num_channels), 1, 1 << 20),
        ];
        match sizes.into_iter().find(|&(_, size, low, high)| !(low..=high).contains(&size)) {
            None => Ok(()),
            Some((parameter, size, low, high)) => {
                Err(ModelError::config(parameter, format!("{size} is not in {low}..={high}")))
            }
        }
    }

    /// The sizes that a weight file's tensors imply. How rows make tokens (`seq_len`, `patch_len`, `stride`) is in its metadata; where
    /// it is not, patches are the default's and the window as long as the head's tokens need. Precision and input policy
    /// are the default's.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`] or [`ModelError::Shape`] where the file holds no such network; [`ModelError::Config`] for
    /// sizes out of range and metadata that are no numbers.
    pub fn from_weights(file: &WeightFile) -> Result<Self, ModelError> {
        fn size<const RANK: usize>(file: &WeightFile, name: &str) -> Result<[usize; RANK], ModelError> {
            let found =
                file.shape(name).ok_or_else(|| ModelError::MissingTensor { tensor: name.to_owned() })?;
            let wrong = || ModelError::Shape {
                tensor: name.to_owned(),
                expected: vec![0; RANK],
                found: found.to_vec(),
            };
            // A network without a width is none, and what follows divides by sizes.
            <[usize; RANK]>::try_from(found).ok().filter(|sizes| !sizes.contains(&0)).ok_or_else(wrong)
        }
        let given = |name: &'static str| {
            let number = |text: &String| {
                let problem = || ModelError::config(name, format!("`{text}` in the file is no number"));
                text.parse::<usize>().map_err(|_| problem())
            };
            file.metadata().get(name).map(number).transpose()
        };
        let default = Self::default();
        let [d_model, num_channels] = size(file, "embed.input.weight")?;
        let [twice_inner, _] = size(file, "layers.0.block.in_proj.weight")?;
        let [_, _, d_conv] = size(file, "layers.0.block.conv.weight")?;
        let [_, dt_rank] = size(file, "layers.0.block.dt_proj.weight")?;
        let state = |layer: usize| {
            let [rows, _] = size(file, &format!("layers.{layer}.block.x_proj.weight"))?;
            Ok::<_, ModelError>(rows.saturating_sub(dt_rank))
        };
        let n_layer = (0..).take_while(|i| file.contains(&format!("layers.{i}.norm.weight"))).count();
        let [hidden, _] = size(file, "attention.fc1.weight")?;
        let [outputs, flat] = size(file, "head.weight")?;
        let patch_len = given("patch_len")?.unwrap_or(default.patch_len);
        let stride = given("stride")?.unwrap_or(default.stride);
        let needed = (flat / d_model).saturating_sub(1).saturating_mul(stride).saturating_add(patch_len);
        let config = Self {
            d_model,
            n_layer,
            seq_len: given("seq_len")?.unwrap_or(needed),
            d_state: state(0)?,
            num_channels,
            forecast_len: outputs / num_channels,
            patch_len,
            stride,
            expand: twice_inner / 2 / d_model,
            d_conv,
            dt_rank,
            reduction_ratio: d_model / hidden,
            progressive_state: n_layer > 2 && state(2)? > state(0)?,
            ..default
        };
        config.validate()?;
        Ok(config)
    }

    /// Channels inside a block, E = expand · D.
    #[must_use]
    pub const fn d_inner(&self) -> usize {
        self.expand.saturating_mul(self.d_model)
    }

    /// Tokens of a window, P = (L − patch_len)/stride + 1. Of a valid configuration only.
    #[must_use]
    pub const fn num_patches(&self) -> usize {
        self.seq_len.saturating_sub(self.patch_len) / if self.stride == 0 { 1 } else { self.stride } + 1
    }

    /// Rank of the step-length projection, R.
    #[must_use]
    pub const fn rank(&self) -> usize {
        if self.dt_rank == 0 { self.d_model.div_ceil(16) } else { self.dt_rank }
    }

    /// Hidden units of the attention.
    #[must_use]
    pub const fn attention_hidden(&self) -> usize {
        let hidden = self.d_model / if self.reduction_ratio == 0 { 1 } else { self.reduction_ratio };
        if hidden == 0 { 1 } else { hidden }
    }

    /// State per channel of layer `layer`.
    #[must_use]
    pub const fn state_of(&self, layer: usize) -> usize {
        if self.progressive_state { self.d_state.saturating_mul(1 + layer / 2) } else { self.d_state }
    }

    /// Values of a window, L · C.
    #[must_use]
    pub const fn window_len(&self) -> usize {
        self.seq_len * self.num_channels
    }

    /// Values of a prediction, H · C.
    #[must_use]
    pub const fn output_len(&self) -> usize {
        self.forecast_len * self.num_channels
    }

    /// Multiply-adds of one window: the size of the work, for shares of a machine's peak. Element-wise work is not counted.
    #[must_use]
    pub fn multiply_adds_per_window(&self) -> usize {
        let embed = self.num_channels * self.d_model * (self.seq_len + self.num_patches());
        let block = |layer| {
            let (inner, state) = (self.d_inner(), self.state_of(layer));
            let products = 3 * self.d_model + self.d_conv + self.rank() + state + self.rank();
            inner * (products + 5 * state)
        };
        let layers: usize = (0..self.n_layer).map(block).sum();
        let attention = 3 * self.attention_hidden() * self.d_model;
        embed
            + layers * self.num_patches()
            + attention
            + self.num_patches() * self.d_model * self.output_len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_documented_network() {
        let config = SsmHippoConfig::default();
        config.validate().unwrap();
        let sizes = (config.d_inner(), config.num_patches(), config.rank(), config.attention_hidden());
        assert_eq!(sizes, (256, 11, 8, 16));
        assert_eq!((config.window_len(), config.output_len()), (2304, 768));
    }

    #[test]
    fn a_bad_size_is_named() {
        type Change = fn(&mut SsmHippoConfig);
        let changes: [(&str, Change); 16] = [
            ("d_model", |c| c.d_model = 0),
            ("d_model", |c| c.d_model = usize::MAX),
            ("n_layer", |c| c.n_layer = 0),
            ("n_layer", |c| c.n_layer = usize::MAX),
            ("seq_len", |c| c.seq_len = 0),
            ("d_state", |c| c.d_state = 0),
            ("d_state", |c| (c.d_state, c.n_layer, c.progressive_state) = (128, 9, true)),
            ("num_channels", |c| c.num_channels = 0),
            ("forecast_len", |c| c.forecast_len = 0),
            ("forecast_len", |c| (c.forecast_len, c.num_channels) = (4096, 4096)),
            ("patch_len", |c| c.patch_len = c.seq_len + 1),
            ("patch_len", |c| c.patch_len = 0),
            ("stride", |c| c.stride = 0),
            ("expand", |c| c.expand = 0),
            ("d_conv", |c| c.d_conv = 0),
            ("reduction_ratio", |c| c.reduction_ratio = 0),
        ];
        for (name, change) in changes {
            let mut config = SsmHippoConfig::default();
            change(&mut config);
            let found = config.validate();
            assert!(
                matches!(found, Err(ModelError::Config { parameter, .. }) if parameter == name),
                "{name}: {found:?}"
            );
        }
    }

    #[test]
    fn a_saved_network_tells_its_sizes_and_a_bare_state_dict_most_of_them() {
        let odd = SsmHippoConfig {
            d_model: 24,
            n_layer: 3,
            seq_len: 23,
            d_state: 6,
            num_channels: 5,
            forecast_len: 3,
            patch_len: 7,
            stride: 3,
            d_conv: 3,
            dt_rank: 4,
            reduction_ratio: 5,
            progressive_state: true,
            ..SsmHippoConfig::default()
        };
        let saved = |config: &SsmHippoConfig| {
            let model = crate::model::ssm::SsmHippo::from_seed(config, 1).unwrap();
            model.writer().unwrap().to_bytes()
        };
        let file = WeightFile::from_bytes(saved(&odd)).unwrap();
        let found = SsmHippoConfig::from_weights(&file).unwrap();
        // The attention has four units: 24/5 and 24/6 say the same.
        assert_eq!((found.attention_hidden(), found.rank()), (odd.attention_hidden(), 4));
        assert_eq!(found, SsmHippoConfig { reduction_ratio: 6, ..odd.clone() });
        crate::model::ssm::SsmHippo::from_weights(&found, &file).unwrap();

        let mut bare = crate::model::weights::WeightWriter::new();
        let default = SsmHippoConfig { d_model: 16, n_layer: 1, ..SsmHippoConfig::default() };
        let file = WeightFile::from_bytes(saved(&default)).unwrap();
        for name in file.names() {
            let shape = file.shape(name).unwrap();
            bare.f32(name, shape, &file.f32(name, shape).unwrap()).unwrap();
        }
        let bare = WeightFile::from_bytes(bare.to_bytes()).unwrap();
        let found = SsmHippoConfig::from_weights(&bare).unwrap();
        assert_eq!(found, SsmHippoConfig { dt_rank: 1, ..default });

        let none = WeightFile::from_bytes(crate::model::weights::WeightWriter::new().to_bytes()).unwrap();
        assert!(matches!(
            SsmHippoConfig::from_weights(&none),
            Err(ModelError::MissingTensor { tensor }) if tensor == "embed.input.weight"
        ));
    }

    #[test]
    fn a_progressive_state_grows_every_second_layer() {
        let config = SsmHippoConfig { progressive_state: true, n_layer: 6, ..SsmHippoConfig::default() };
        assert_eq!([0, 1, 2, 3, 4, 5].map(|i| config.state_of(i)), [16, 16, 32, 32, 48, 48]);
    }
}
