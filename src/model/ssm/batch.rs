//! Batched mode: many windows, or many instruments, that share the weights' way from memory.
//!
//! A few windows at a time go through the layers side by side, every matrix product over all of their tokens; the head is
//! one product over all windows. Results have the bits of [`predict`](SsmHippo::predict) on each window alone.

use super::network::{SsmHippo, all_finite, check_length};
use super::state::{SsmState, TOGETHER};
use crate::model::error::ModelError;
use crate::simd::lanes::LANES;

impl SsmHippo {
    /// Predicts from `count` windows, one after the other in `windows`, into `count` predictions in `out`, all or none.
    /// No window sees another; streaming state is not touched. Hot path.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), with indices counted from the start of the whole slices. More windows than
    /// [`SsmState::batch_capacity`] are an [`ModelError::InputLength`] that expects as many. `out` is untouched then.
    pub fn predict_batch(
        &self,
        state: &mut SsmState,
        windows: &[f32],
        count: usize,
        out: &mut [f32],
    ) -> Result<(), ModelError> {
        self.check_state(state)?;
        let (window_len, output_len) = (self.config.window_len(), self.config.output_len());
        check_length(windows.len(), count.min(state.batch_capacity()).saturating_mul(window_len))?;
        let expected = count.saturating_mul(output_len);
        if out.len() != expected {
            return Err(ModelError::OutputLength { expected, found: out.len() });
        }
        let scratch = &mut state.scratch;
        for (first, group) in windows.chunks(TOGETHER * window_len).enumerate() {
            let first = first * TOGETHER;
            let together = group.len() / window_len;
            for (place, window) in group.chunks_exact(window_len).enumerate() {
                self.embed_window(window, place, scratch).map_err(|error| match error {
                    ModelError::NotFiniteInput { index } => {
                        ModelError::NotFiniteInput { index: (first + place) * window_len + index }
                    }
                    other => other,
                })?;
            }
            self.layers(0..self.config.n_layer, together, None, &[], scratch);
            for place in 0..together {
                self.attend(place, first + place, scratch);
            }
        }
        self.head(count, scratch);
        let stride = output_len.next_multiple_of(LANES);
        if let Some(index) = first_not_finite(scratch.outputs.chunks_exact(stride).take(count), output_len) {
            return Err(ModelError::NotFiniteOutput { index });
        }
        for (out, found) in out.chunks_exact_mut(output_len).zip(scratch.outputs.chunks_exact(stride)) {
            out.copy_from_slice(&found[..output_len]);
        }
        Ok(())
    }
}

/// The first output that is not finite, counted over the predictions.
fn first_not_finite<'a>(predictions: impl Iterator<Item = &'a [f32]>, len: usize) -> Option<usize> {
    let mut bad = predictions.enumerate().filter(|(_, p)| !all_finite(&p[..len]));
    bad.next().map(|(i, p)| i * len + p.iter().position(|x| !x.is_finite()).unwrap_or(0))
}
