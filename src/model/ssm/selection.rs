//! Some horizons and channels of a prediction, prepared once so that asking costs only their rows of the head.

use super::config::SsmHippoConfig;
use super::product::Head;
use crate::model::error::ModelError;
use crate::model::precision::Precision;
use crate::simd::lanes::LANES;

/// Which part of a prediction is wanted. Made off the hot path; immutable, `Send + Sync`.
///
/// ```
/// use market_maker::model::ssm::{HeadSelection, SsmHippoConfig};
/// let config = SsmHippoConfig::default();
/// // The first step and the last of channels 0 and 5.
/// let selection = HeadSelection::new(&config, &[0, 31], &[0, 5])?;
/// assert_eq!(selection.len(), 4);
/// assert_eq!(selection.rows_computed(), 32);
/// assert!(HeadSelection::new(&config, &[32], &[0]).is_err());
/// # Ok::<(), market_maker::model::error::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadSelection {
    sizes: [usize; 3],
    precision: Precision,
    computed: usize,
    /// Blocks of sixteen head rows, ascending.
    blocks: Box<[usize]>,
    /// For each output, its place among the computed rows.
    places: Box<[usize]>,
}

impl HeadSelection {
    /// Every combination of `horizons` (0-based steps) and `channels`, in the order given; repetitions are allowed.
    /// O(selected · log).
    ///
    /// # Errors
    /// [`ModelError::Config`] for an empty list or an index out of range, and as [`SsmHippoConfig::validate`].
    pub fn new(config: &SsmHippoConfig, horizons: &[usize], channels: &[usize]) -> Result<Self, ModelError> {
        config.validate()?;
        check("horizons", horizons, config.forecast_len)?;
        check("channels", channels, config.num_channels)?;
        let of_step = |&h: &usize| channels.iter().map(move |c| h * config.num_channels + c);
        let rows: Vec<usize> = horizons.iter().flat_map(of_step).collect();
        let mut blocks: Vec<usize> = rows.iter().map(|row| row / LANES).collect();
        blocks.sort_unstable();
        blocks.dedup();
        // Every row's block is in the list, since the list was made of them.
        let place = |row: &usize| blocks.partition_point(|block| *block < row / LANES) * LANES + row % LANES;
        let places = rows.iter().map(place).collect();
        let computed = Head::rows_for(config.precision, &blocks, config.output_len());
        let sizes = [config.forecast_len, config.num_channels, config.num_patches() * config.d_model];
        Ok(Self { sizes, precision: config.precision, computed, places, blocks: blocks.into() })
    }

    /// Number of outputs, horizons × channels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Never: an empty selection cannot be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Rows of the head that a call computes: whole blocks of sixteen in f32, of 128 in the other precisions.
    #[must_use]
    pub const fn rows_computed(&self) -> usize {
        self.computed
    }

    pub(super) fn blocks(&self) -> &[usize] {
        &self.blocks
    }

    /// Whether it was made for a network of these sizes.
    pub(super) fn fits(&self, config: &SsmHippoConfig) -> bool {
        let sizes = [config.forecast_len, config.num_channels, config.num_patches() * config.d_model];
        self.sizes == sizes && self.precision == config.precision
    }

    /// The wanted outputs from the computed rows, if all are finite; `out` is untouched otherwise.
    pub(super) fn gather(&self, computed: &[f32], out: &mut [f32]) -> Result<(), ModelError> {
        if let Some(index) = self.places.iter().position(|&place| !computed[place].is_finite()) {
            return Err(ModelError::NotFiniteOutput { index });
        }
        for (out, &place) in out.iter_mut().zip(&self.places) {
            *out = computed[place];
        }
        Ok(())
    }
}

fn check(parameter: &'static str, indices: &[usize], size: usize) -> Result<(), ModelError> {
    if indices.is_empty() {
        return Err(ModelError::config(parameter, "none given"));
    }
    match indices.iter().find(|&&index| index >= size) {
        None => Ok(()),
        Some(index) => Err(ModelError::config(parameter, format!("{index} is not below {size}"))),
    }
}
