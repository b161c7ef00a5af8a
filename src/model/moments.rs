//! The moments of a feature window's normaliser in a safetensors file: beside the weights of the model that reads the
//! window, or alone.
//!
//! Tensors `normaliser.mean`, `normaliser.var` and `normaliser.weight` in double precision. Not hot path.

use super::error::ModelError;
use super::weights::{WeightFile, WeightWriter};
use crate::features::{CHANNELS, FeatureError, Normaliser, NormaliserConfig};

/// Why moments cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum MomentsError {
    /// The file, or a tensor that it lacks.
    #[error(transparent)]
    File(#[from] ModelError),
    /// The configuration, or values that are no moments.
    #[error(transparent)]
    Normaliser(#[from] FeatureError),
}

/// Whether a file holds moments.
#[must_use]
pub fn are_in(file: &WeightFile) -> bool {
    file.contains(Normaliser::MEAN)
}

/// A normaliser of the default channels that goes on from a file's moments.
///
/// # Errors
/// [`MomentsError::File`] for missing tensors and other shapes or types; [`MomentsError::Normaliser`] for negative variances,
/// numbers that are not finite, and the configuration's parameters.
pub fn read(file: &WeightFile, config: &NormaliserConfig) -> Result<Normaliser, MomentsError> {
    let mean = file.f64(Normaliser::MEAN, &[CHANNELS])?;
    let var = file.f64(Normaliser::VAR, &[CHANNELS])?;
    let weight = file.f64(Normaliser::WEIGHT, &[1])?;
    let mut normaliser = Normaliser::new(CHANNELS, config)?;
    normaliser.restore(&mean, &var, &weight)?;
    Ok(normaliser)
}

/// Adds a normaliser's moments to a file that is being written.
///
/// # Errors
/// None for a normaliser that was built; the type is that of [`WeightWriter::f64`].
pub fn write(normaliser: &Normaliser, writer: &mut WeightWriter) -> Result<(), ModelError> {
    let channels = normaliser.channels();
    writer
        .f64(Normaliser::MEAN, &[channels], normaliser.mean())?
        .f64(Normaliser::VAR, &[channels], normaliser.var())?
        .f64(Normaliser::WEIGHT, &[1], normaliser.weight())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_back_as_they_were_and_what_is_none_is_refused() {
        let config = NormaliserConfig { half_life_rows: 50.0, ..NormaliserConfig::default() };
        let mut normaliser = Normaliser::new(CHANNELS, &config).unwrap();
        let mut out = [0.0; CHANNELS];
        for i in 0..100 {
            let row: Vec<f64> = (0..CHANNELS).map(|c| f64::from(i % 7) * 1e3 + c as f64).collect();
            normaliser.push(&row, &mut out).unwrap();
        }
        let mut writer = WeightWriter::new();
        write(&normaliser, &mut writer).unwrap();
        let file = WeightFile::from_bytes(writer.to_bytes()).unwrap();
        assert!(are_in(&file));
        assert_eq!(read(&file, &config).unwrap(), normaliser);

        let empty = WeightFile::from_bytes(WeightWriter::new().to_bytes()).unwrap();
        assert!(!are_in(&empty));
        assert!(matches!(
            read(&empty, &config),
            Err(MomentsError::File(ModelError::MissingTensor { tensor })) if tensor == Normaliser::MEAN
        ));
        let mut writer = WeightWriter::new();
        let negative = [-1.0; CHANNELS];
        writer.f64(Normaliser::MEAN, &[CHANNELS], &negative).unwrap();
        writer.f64(Normaliser::VAR, &[CHANNELS], &negative).unwrap();
        writer.f64(Normaliser::WEIGHT, &[1], &[1.0]).unwrap();
        let file = WeightFile::from_bytes(writer.to_bytes()).unwrap();
        assert!(matches!(
            read(&file, &config),
            Err(MomentsError::Normaliser(FeatureError::BadElement { .. }))
        ));
    }
}
