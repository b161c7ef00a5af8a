//! LightGBM's objectives as far as prediction needs them: the transform from raw scores to the predicted value.
//!
//! exp and log1p come from `libm`, so that every machine gives the same bits; they differ from a C library's by at most
//! a unit in the last place.

use super::error::TextProblem;

/// The transform that the model's objective applies to the sums of its leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// The raw score itself: regression and its relatives (l1, huber, fair, quantile, mape), ranking, custom.
    Identity,
    /// sign(x)·x², of a regression trained on signed square roots.
    SignedSquare,
    /// 1/(1 + exp(−slope·x)) per output: binary, multiclassova, cross-entropy.
    Sigmoid {
        /// The objective's parameter `sigmoid`, positive.
        slope: f64,
    },
    /// exp(x − max) / Σ exp(x − max) over the outputs: multiclass.
    Softmax,
    /// exp(x): poisson, gamma, tweedie.
    Exp,
    /// ln(1 + exp(x)): cross_entropy_lambda.
    Softplus,
}

impl Objective {
    /// Reads the value of the header's `objective` line. `outputs` is `num_tree_per_iteration`.
    pub(super) fn parse(text: &str, outputs: usize) -> Result<Self, TextProblem> {
        let mut words = text.split_ascii_whitespace();
        let name = words.next().unwrap_or("");
        let mut slope = 1.0;
        let mut square = false;
        for word in words {
            if word == "sqrt" {
                square = true;
            } else if let Some(value) = word.strip_prefix("sigmoid:") {
                slope = value.parse().unwrap_or(f64::NAN);
                if !(slope > 0.0 && slope < f64::INFINITY) {
                    return Err(TextProblem::ObjectiveParameter("sigmoid must be a positive number"));
                }
            } else if let Some(value) = word.strip_prefix("num_class:")
                && value.parse() != Ok(outputs)
            {
                return Err(TextProblem::ObjectiveParameter(
                    "num_class contradicts num_tree_per_iteration of the header",
                ));
            }
        }
        Ok(match name {
            // Huber and the poisson family switch it off.
            "regression" | "regression_l1" | "fair" | "quantile" | "mape" if square => Self::SignedSquare,
            "regression" | "regression_l1" | "huber" | "fair" | "quantile" | "mape" | "lambdarank"
            | "rank_xendcg" | "custom" | "none" => Self::Identity,
            "binary" | "multiclassova" => Self::Sigmoid { slope },
            "cross_entropy" => Self::Sigmoid { slope: 1.0 },
            "cross_entropy_lambda" => Self::Softplus,
            "multiclass" => Self::Softmax,
            "poisson" | "gamma" | "tweedie" => Self::Exp,
            _ => return Err(TextProblem::Objective(super::parse::snippet(text))),
        })
    }

    /// Turns one row's raw scores into predictions, in place. Hot path.
    pub fn transform(self, values: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::SignedSquare => values.iter_mut().for_each(|x| *x = x.signum() * *x * *x),
            Self::Sigmoid { slope } => {
                values.iter_mut().for_each(|x| *x = 1.0 / (1.0 + libm::exp(-slope * *x)));
            }
            Self::Softmax => softmax(values),
            Self::Exp => values.iter_mut().for_each(|x| *x = libm::exp(*x)),
            Self::Softplus => values.iter_mut().for_each(|x| *x = libm::log1p(libm::exp(*x))),
        }
    }
}

fn softmax(values: &mut [f64]) {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for x in values.iter_mut() {
        *x = libm::exp(*x - largest);
        sum += *x;
    }
    values.iter_mut().for_each(|x| *x /= sum);
}
