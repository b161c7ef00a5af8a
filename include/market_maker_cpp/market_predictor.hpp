// market_predictor.hpp: the documented MarketPredictor, a window of market features to a forecast of each of them. One owner;
// share() gives another thread one of its own on the same weights.
//
// The results are containers, so that a call allocates its result and nothing else; try_predict and try_forecast write to memory
// of the caller and allocate nothing. Without exceptions a failure ends the program, except in the try_ forms.
#ifndef MARKET_MAKER_CPP_MARKET_PREDICTOR_HPP
#define MARKET_MAKER_CPP_MARKET_PREDICTOR_HPP

#include "model_args.hpp"
#include "stable_vector.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mm {

/// What MarketPredictor and MLMarketMaker throw.
class MarketPredictorError : public std::runtime_error {
public:
    /// What went wrong.
    enum ErrorCode {
        /// Never thrown: nothing runs on a graphics processor.
        CUDA_ERROR,
        /// The system gave no memory.
        MEMORY_ERROR,
        /// The configuration, or a file that is missing, malformed, or of another network.
        MODEL_ERROR,
        /// The features: their number, or a value that is no number.
        DATA_ERROR,
        /// The weights cannot be changed.
        TRAINING_ERROR,
    };
    /// Another name of the same.
    using Code = ErrorCode;

    /// With what went wrong and a text.
    MarketPredictorError(ErrorCode code, const std::string &text) : std::runtime_error(text), code_(code) {}

    /// What went wrong.
    ErrorCode code() const noexcept { return code_; }

private:
    ErrorCode code_;
};

namespace detail {

[[noreturn]] inline void fail(MarketPredictorError::ErrorCode code, const std::string &text) {
#if MM_HAS_EXCEPTIONS
    throw MarketPredictorError(code, text);
#else
    (void)code;
    std::fprintf(stderr, "%s\n", text.c_str());
    std::abort();
#endif
}

/// Turns the failed call of a predictor into its exception; `where` is empty or says what was tried.
inline void check_prediction(status outcome, const std::string &where = std::string()) {
    if (outcome.ok()) {
        return;
    }
    MarketPredictorError::ErrorCode code = MarketPredictorError::MODEL_ERROR;
    switch (outcome.code()) {
    case MM_E_OUT_OF_MEMORY:
        code = MarketPredictorError::MEMORY_ERROR;
        break;
    case MM_E_INPUT_LENGTH:
    case MM_E_INPUT_NOT_FINITE:
    case MM_E_OUTPUT_NOT_FINITE:
    case MM_E_BUFFER_TOO_SMALL:
    case MM_E_NOT_READY:
        code = MarketPredictorError::DATA_ERROR;
        break;
    case MM_E_SHARED:
        code = MarketPredictorError::TRAINING_ERROR;
        break;
    default:
        break;
    }
    const std::string prefix = where.empty() ? where : where + ": ";
    fail(code, prefix + outcome.name() + ": " + last_error_message());
}

}  // namespace detail

/// A forecast, [steps][channels] row-major.
class Predictions {
public:
    Predictions() = default;
    /// All zero.
    Predictions(std::size_t steps, std::size_t channels)
        : values_(steps * channels), steps_(steps), channels_(channels) {}

    /// Steps ahead.
    std::size_t steps() const noexcept { return steps_; }
    /// Channels of each.
    std::size_t channels() const noexcept { return channels_; }
    /// Values in all.
    std::size_t size() const noexcept { return values_.size(); }
    /// Whether there is none.
    bool empty() const noexcept { return values_.empty(); }
    /// The first, of all that lie one after the other.
    float *data() noexcept { return values_.data(); }
    /// The first, of all that lie one after the other.
    const float *data() const noexcept { return values_.data(); }
    /// The i-th; unchecked.
    float &operator[](std::size_t i) noexcept { return values_[i]; }
    /// The i-th; unchecked.
    float operator[](std::size_t i) const noexcept { return values_[i]; }
    /// The forecast of a channel so many steps ahead, counted from 0; DATA_ERROR outside.
    float at(std::size_t step, std::size_t channel) const {
        if (step >= steps_ || channel >= channels_) {
            detail::fail(MarketPredictorError::DATA_ERROR,
                         "step " + std::to_string(step) + ", channel " + std::to_string(channel) + " of a forecast of " +
                             std::to_string(steps_) + " steps and " + std::to_string(channels_) + " channels");
        }
        return values_[step * channels_ + channel];
    }
    /// The first.
    std::vector<float>::const_iterator begin() const noexcept { return values_.begin(); }
    /// Behind the last.
    std::vector<float>::const_iterator end() const noexcept { return values_.end(); }

private:
    std::vector<float> values_;
    std::size_t steps_ = 0;
    std::size_t channels_ = 0;
};

/// What a MarketPredictor is made of, where sizes alone do not say it.
struct MarketPredictorConfig {
    /// For the program that trains; the predictor itself looks at the seed only.
    struct Training {
        /// Not used.
        double learning_rate = 1e-4;
        /// Not used.
        double weight_decay = 0.01;
        /// Not used.
        int batch_size = 32;
        /// Not used.
        int epochs = 100;
        /// Where random weights come from.
        std::uint64_t seed = 0;
    };
    /// How the network computes.
    struct Inference {
        /// A safetensors file; empty for random weights.
        std::string weights;
        /// Number format of the weights.
        mm::precision precision = mm::precision::f32;
        /// What NaN and infinity in features come to.
        mm::bad_input bad_input = mm::bad_input::refuse;
    };

    /// The network.
    ModelArgs model_args = {};
    /// For programs that train; nothing here does.
    Training training = {};
    /// How it computes.
    Inference inference = {};
};

/// The documented predictor over the SSM-HiPPO network.
class MarketPredictor {
public:
    /// Its config.
    using Config = MarketPredictorConfig;
    /// What it forecasts.
    using Predictions = mm::Predictions;

    /// With random weights of the config's seed: is_trained() is false until load().
    explicit MarketPredictor(const SSMHippoConfig &config = SSMHippoConfig())
        : MarketPredictor(config, std::string()) {}
    /// With the weights of a safetensors file.
    MarketPredictor(const SSMHippoConfig &config, const std::string &weights)
        : config_(config), predictor_(make(config, weights)), info_(predictor_.info()) {}
    /// With the file that the config names, if it names one.
    explicit MarketPredictor(const Config &config) : MarketPredictor(sizes(config), config.inference.weights) {}

    /// The forecast for a window of seq_len x num_channels features, row-major, oldest row first.
    Predictions predict(const float *features, std::size_t length) {
        Predictions result(info_.output_rows, info_.output_columns);
        detail::check_prediction(try_predict({features, length}, {result.data(), result.size()}));
        return result;
    }
    /// Of a window, [seq_len x num_channels] row-major.
    Predictions predict(const std::vector<float> &features) { return predict(features.data(), features.size()); }
    /// Of a window, [seq_len x num_channels] row-major.
    template <std::size_t ChunkSize>
    Predictions predict(const stable_vector<float, ChunkSize> &features) {
        return predict(gather(features, 0), features.size());
    }
    /// The same into memory of the caller, without allocating.
    status try_predict(span<const float> features, span<float> out) noexcept {
        return predictor_.try_predict(features, out);
    }

    /// Forecasts for `count` windows one behind the other: the bits of as many calls of predict, in less time.
    std::vector<Predictions> predict_batch(const float *features, std::size_t length, std::size_t count) {
        std::vector<Predictions> results;
        results.reserve(count);
        const std::size_t window = input_size();
        if (length != count * window) {
            detail::fail(MarketPredictorError::DATA_ERROR, std::to_string(length) + " features for " +
                                                               std::to_string(count) + " windows of " +
                                                               std::to_string(window));
        }
        std::vector<float> out(std::min(count, info_.max_batch) * output_size());
        for (std::size_t done = 0; done < count;) {
            const std::size_t part = std::min(count - done, info_.max_batch);
            detail::check_prediction(
                predictor_.try_predict_batch({features + done * window, part * window}, part, out));
            append(results, out, part);
            done += part;
        }
        return results;
    }
    /// The same for a container of windows, each a std::vector<float> or stable_vector<float>.
    template <class Windows, class = decltype(std::declval<const Windows &>().begin()->size())>
    std::vector<Predictions> predict_batch(const Windows &windows) {
        std::vector<Predictions> results;
        results.reserve(windows.size());
        const std::size_t window = input_size();
        std::vector<float> out(std::min<std::size_t>(windows.size(), info_.max_batch) * output_size());
        std::size_t part = 0;
        const auto run = [&] {
            detail::check_prediction(predictor_.try_predict_batch({gathered_.data(), part * window}, part, out));
            append(results, out, part);
            part = 0;
        };
        for (const auto &features : windows) {
            if (features.size() != window) {
                detail::fail(MarketPredictorError::DATA_ERROR,
                             "window " + std::to_string(results.size() + part) + " has " +
                                 std::to_string(features.size()) + " features instead of " + std::to_string(window));
            }
            gather(features, part * window);
            if (++part == info_.max_batch) {
                run();
            }
        }
        if (part != 0) {
            run();
        }
        return results;
    }

    /// The next row of a stream, num_channels features; true when a forecast() is due that there was not before.
    bool push(const float *row, std::size_t length) {
        const result<bool> fresh = predictor_.try_push({row, length});
        detail::check_prediction(fresh.status());
        return *fresh;
    }
    /// The next row of the stream; whether a forecast is due.
    bool push(const std::vector<float> &row) { return push(row.data(), row.size()); }
    /// The next row of the stream; whether a forecast is due.
    template <std::size_t ChunkSize>
    bool push(const stable_vector<float, ChunkSize> &row) {
        return push(gather(row, 0), row.size());
    }
    /// The forecast of the stream as it stands; DATA_ERROR before the first is due.
    Predictions forecast() {
        Predictions result(info_.output_rows, info_.output_columns);
        detail::check_prediction(try_forecast({result.data(), result.size()}));
        return result;
    }
    /// As forecast, with a status.
    status try_forecast(span<float> out) noexcept { return predictor_.try_forecast(out); }
    /// Forgets the stream.
    void reset() { predictor_.reset(); }

    /// Takes the weights of a safetensors file, which must be of this network; otherwise nothing changes.
    void load(const std::string &path) {
        predictor_ = make(config_, path);
        info_ = predictor_.info();
    }
    /// Writes the weights to a safetensors file, which is replaced in one step.
    void save(const std::string &path) const { detail::check_prediction(predictor_.try_save(path.c_str()), path); }
    /// False where the weights are random.
    bool is_trained() const noexcept { return info_.is_trained != 0; }

    /// Learns the ranges of the features from `count` windows, for the integer precisions. TRAINING_ERROR while there is a
    /// share().
    void calibrate(const float *features, std::size_t length, std::size_t count) {
        detail::check_prediction(predictor_.try_calibrate({features, length}, count));
    }
    /// Another predictor on the same weights, for another thread.
    MarketPredictor share() const {
        result<mm::predictor> shared = predictor_.try_share();
        detail::check_prediction(shared.status());
        return MarketPredictor(config_, std::move(*shared));
    }

    /// The sizes.
    const SSMHippoConfig &config() const noexcept { return config_; }
    /// Features of a window.
    std::size_t input_size() const noexcept { return info_.input_rows * info_.input_columns; }
    /// Values of a forecast.
    std::size_t output_size() const noexcept { return info_.output_rows * info_.output_columns; }
    /// Shapes, periods, bytes, the instruction set.
    const mm_predictor_info_t &info() const noexcept { return info_; }
    /// What it is made of, still owned.
    mm::predictor &get() noexcept { return predictor_; }

private:
    MarketPredictor(const SSMHippoConfig &config, mm::predictor predictor)
        : config_(config), predictor_(std::move(predictor)), info_(predictor_.info()) {}

    static mm::predictor make(const SSMHippoConfig &config, const std::string &weights) {
        result<mm::predictor> made =
            mm::predictor::try_create(detail::c_config(config), weights.empty() ? nullptr : weights.c_str());
        detail::check_prediction(made.status(), weights);
        return std::move(*made);
    }
    static SSMHippoConfig sizes(const Config &config) noexcept {
        SSMHippoConfig sizes = config.model_args.to_config();
        sizes.precision = config.inference.precision;
        sizes.bad_input = config.inference.bad_input;
        sizes.seed = config.training.seed;
        return sizes;
    }

    /// Copies features behind the first `offset` gathered ones, and tells where these begin.
    template <std::size_t ChunkSize>
    const float *gather(const stable_vector<float, ChunkSize> &features, std::size_t offset) {
        gathered_.resize(std::max(gathered_.size(), offset + features.size()));
        features.copy_to(gathered_.data() + offset);
        return gathered_.data();
    }
    const float *gather(const std::vector<float> &features, std::size_t offset) {
        gathered_.resize(std::max(gathered_.size(), offset + features.size()));
        std::copy(features.begin(), features.end(), gathered_.data() + offset);
        return gathered_.data();
    }
    void append(std::vector<Predictions> &results, const std::vector<float> &out, std::size_t count) const {
        for (std::size_t i = 0; i < count; ++i) {
            results.emplace_back(info_.output_rows, info_.output_columns);
            std::copy_n(out.data() + i * output_size(), output_size(), results.back().data());
        }
    }

    SSMHippoConfig config_;
    mm::predictor predictor_;
    mm_predictor_info_t info_;
    std::vector<float> gathered_;
};

}  // namespace mm

#endif
