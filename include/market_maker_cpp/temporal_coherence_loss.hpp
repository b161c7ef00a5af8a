// temporal_coherence_loss.hpp: the documented AdaptiveTemporalCoherenceLoss, how far a forecast is from what came. A value: any
// number of threads may use one. O(steps x channels).
//
//   (1 - alpha p) mean (y - x)^2 + beta p mean ((y' - y) - (x' - x))^2
//
// over forecasts y of x, where ' is the next step of the same channel and p the progress of training, 0 to 1: late in training it
// counts more that the forecast moves as the market does.
#ifndef MARKET_MAKER_CPP_TEMPORAL_COHERENCE_LOSS_HPP
#define MARKET_MAKER_CPP_TEMPORAL_COHERENCE_LOSS_HPP

#include "market_predictor.hpp"
#include "order.hpp"

#include <cstddef>
#include <vector>

namespace mm {

/// The documented loss.
class AdaptiveTemporalCoherenceLoss {
public:
    /// Its two parts.
    struct Parts {
        /// Mean squared error.
        double error = 0.0;
        /// Mean squared error of the steps' differences; 0 for a single step.
        double coherence = 0.0;
    };

    /// Weights of the terms.
    explicit AdaptiveTemporalCoherenceLoss(double alpha = 0.3, double beta = 0.2) : alpha_(alpha), beta_(beta) {
        if (!(alpha >= 0.0 && alpha <= 1.0 && beta >= 0.0 && beta <= 1e300)) {
            detail::refuse_config("alpha of the loss must be within 0 and 1, beta not negative");
        }
    }

    /// Of [steps][channels] values, row-major.
    Parts parts(const float *predicted, const float *target, std::size_t steps, std::size_t channels) const noexcept {
        Parts parts;
        const std::size_t count = steps * channels;
        const auto off = [&](std::size_t i) { return double{predicted[i]} - double{target[i]}; };
        for (std::size_t i = 0; i < count; ++i) {
            parts.error += off(i) * off(i);
            if (i + channels < count) {
                const double difference = off(i + channels) - off(i);
                parts.coherence += difference * difference;
            }
        }
        parts.error /= count > 0 ? static_cast<double>(count) : 1.0;
        parts.coherence /= steps > 1 && channels > 0 ? static_cast<double>(count - channels) : 1.0;
        return parts;
    }
    /// The loss of a forecast, [steps x channels] row-major, at this share of the training, 0 to 1.
    double forward(const float *predicted, const float *target, std::size_t steps, std::size_t channels,
                   double training_progress = 1.0) const noexcept {
        const Parts of = parts(predicted, target, steps, channels);
        const double progress = training_progress < 0.0 ? 0.0 : training_progress > 1.0 ? 1.0 : training_progress;
        return (1.0 - alpha_ * progress) * of.error + beta_ * progress * of.coherence;
    }
    /// DATA_ERROR where the shapes differ.
    double forward(const Predictions &predicted, const Predictions &target, double training_progress = 1.0) const {
        if (predicted.steps() != target.steps() || predicted.channels() != target.channels()) {
            detail::fail(MarketPredictorError::DATA_ERROR, "the forecast and its target have different shapes");
        }
        return forward(predicted.data(), target.data(), predicted.steps(), predicted.channels(), training_progress);
    }
    /// DATA_ERROR where the lengths differ or are no multiple of the channels.
    double forward(const std::vector<float> &predicted, const std::vector<float> &target, std::size_t channels,
                   double training_progress = 1.0) const {
        if (predicted.size() != target.size() || channels == 0 || predicted.size() % channels != 0) {
            detail::fail(MarketPredictorError::DATA_ERROR, "the forecast and its target have different shapes");
        }
        return forward(predicted.data(), target.data(), predicted.size() / channels, channels, training_progress);
    }

    /// Weight of the first term.
    double alpha() const noexcept { return alpha_; }
    /// Weight of the second term.
    double beta() const noexcept { return beta_; }

private:
    double alpha_;
    double beta_;
};

}  // namespace mm

#endif
