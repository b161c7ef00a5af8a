//! What to do with an input that is no number: refuse it, or let the channel's last good value stand in for it.
//!
//! Shared by the networks, so that "never a NaN out" has one meaning: what is too large for a network's sums in `f32` is
//! as bad as infinity, under either policy.

use super::error::ModelError;

/// Policy for NaN, infinity and what is too large for a network's sums, in the features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BadInput {
    /// The call fails with [`ModelError::NotFiniteInput`] and changes nothing.
    #[default]
    Refuse,
    /// The value of the same channel one row earlier stands in: the row before in a window, the last pushed row in
    /// streaming mode. Where there is no earlier row the call fails as with [`Refuse`](Self::Refuse).
    ForwardFill,
}

impl BadInput {
    /// Copies rows, `[any][channels]` row-major, from `rows` to `clean` under the policy. `before` is the row before the
    /// first, where there is one. `limit` is the largest magnitude for which the model's sums stay finite: a value beyond it
    /// is no better than an infinite one, and is refused or filled as that is.
    ///
    /// Hot path. O(len). What `clean` holds after an error is unspecified.
    ///
    /// # Errors
    /// [`ModelError::NotFiniteInput`] with the first element that nothing may stand in for.
    pub(crate) fn copy_rows(
        self,
        limit: f32,
        rows: &[f32],
        channels: usize,
        before: Option<&[f32]>,
        clean: &mut [f32],
    ) -> Result<(), ModelError> {
        debug_assert_eq!(rows.len(), clean.len());
        // One pass without branches decides the usual case. NaN is not below any limit.
        let mut all_good = true;
        for (to, from) in clean.iter_mut().zip(rows) {
            all_good &= from.abs() <= limit;
            *to = *from;
        }
        if all_good {
            return Ok(());
        }
        for index in 0..clean.len() {
            if clean[index].abs() <= limit {
                continue;
            }
            let earlier = match before {
                _ if index >= channels => Some(clean[index - channels]),
                Some(before) => before.get(index).copied(),
                None => None,
            };
            match earlier {
                Some(value) if self == Self::ForwardFill => clean[index] = value,
                _ => return Err(ModelError::NotFiniteInput { index }),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusing_names_the_first_bad_value() {
        let mut clean = [0.0; 4];
        let refused =
            BadInput::Refuse.copy_rows(f32::MAX, &[1.0, 2.0, f32::NAN, f32::INFINITY], 2, None, &mut clean);
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: 2 })));
        BadInput::Refuse.copy_rows(f32::MAX, &[1.0, 2.0, 3.0, 4.0], 2, None, &mut clean).unwrap();
        assert_eq!(clean, [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn a_value_beyond_the_limit_is_as_bad_as_infinity() {
        let mut clean = [0.0; 2];
        let refused = BadInput::Refuse.copy_rows(10.0, &[10.0, -11.0], 1, None, &mut clean);
        assert!(matches!(refused, Err(ModelError::NotFiniteInput { index: 1 })));
        BadInput::ForwardFill.copy_rows(10.0, &[10.0, -11.0], 1, None, &mut clean).unwrap();
        assert_eq!(clean, [10.0, 10.0]);
    }

    #[test]
    fn filling_carries_each_channel_forward_and_needs_a_first_value() {
        let rows = [1.0, f32::NAN, f32::INFINITY, 5.0, f32::NAN, f32::NAN];
        let mut clean = [0.0; 6];
        let fill = BadInput::ForwardFill;
        assert!(matches!(
            fill.copy_rows(f32::MAX, &rows, 2, None, &mut clean),
            Err(ModelError::NotFiniteInput { index: 1 })
        ));
        fill.copy_rows(f32::MAX, &rows, 2, Some(&[8.0, 9.0]), &mut clean).unwrap();
        assert_eq!(clean, [1.0, 9.0, 1.0, 5.0, 1.0, 5.0]);
    }
}
