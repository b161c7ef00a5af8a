// predictor.hpp: mm::predictor, a neural network behind one face: the SSM-HiPPO network or the LSTM, window by window or row by
// row. One owner; share() gives another thread a predictor of its own on the same weights.
//
// Windows and forecasts are row-major: [input_rows][input_columns] in, [output_rows][output_columns] out. Nothing but
// construction, share, calibrate and save allocates.
#ifndef MARKET_MAKER_PREDICTOR_HPP
#define MARKET_MAKER_PREDICTOR_HPP

#include "status.hpp"

namespace mm {

/// Which network.
enum class network : std::uint32_t {
    ssm_hippo = MM_PREDICTOR_SSM_HIPPO,
    lstm = MM_PREDICTOR_LSTM,
};

/// Number format of a network's large products.
enum class precision : std::uint32_t {
    f32 = MM_PRECISION_F32,
    bf16 = MM_PRECISION_BF16,
    i16 = MM_PRECISION_I16,
    int8 = MM_PRECISION_INT8,
};

/// What to do with NaN and infinity in the features.
enum class bad_input : std::uint32_t {
    refuse = MM_BAD_INPUT_REFUSE,
    forward_fill = MM_BAD_INPUT_FORWARD_FILL,
};

/// The instruction set that a model made now would run on; "" when MARKET_MAKER_FORCE_ISA names one that is not here.
inline const char *isa_name() noexcept { return mm_isa_name(); }

class feature_window;

/// A network with the state of one thread.
class predictor {
public:
    /// mm_predictor_config_init: the defaults.
    static mm_predictor_config_t defaults(network kind = network::ssm_hippo) noexcept {
        mm_predictor_config_t config = detail::defaults<mm_predictor_config_t, mm_predictor_config_init>();
        config.kind = static_cast<std::uint32_t>(kind);
        return config;
    }

    /// With the weights of a safetensors file, or random ones from the config's seed where `path` is null.
    explicit predictor(const mm_predictor_config_t &config = defaults(), const char *path = nullptr)
        : predictor(try_create(config, path).value()) {}
    /// mm_predictor_create.
    static result<predictor> try_create(const mm_predictor_config_t &config = defaults(),
                                        const char *path = nullptr) noexcept {
        mm_predictor_t *handle = nullptr;
        const mm_status_t code = mm_predictor_create(&config, path, &handle);
        if (code < 0) {
            return status(code);
        }
        return predictor(handle);
    }

    /// Another predictor on the same weights, with no stream under way.
    result<predictor> try_share() const noexcept {
        mm_predictor_t *handle = nullptr;
        const mm_status_t code = mm_predictor_share(handle_.get(), &handle);
        if (code < 0) {
            return status(code);
        }
        return predictor(handle);
    }
    /// As try_share; throws mm::error where that has a failed status.
    predictor share() const { return try_share().value(); }

    /// Shapes, periods, sizes.
    result<mm_predictor_info_t> try_info() const noexcept {
        return detail::one<mm_predictor_info_t>(
            [&](mm_predictor_info_t *info) { return mm_predictor_info(handle_.get(), info); });
    }
    /// As try_info; throws mm::error where that has a failed status.
    mm_predictor_info_t info() const { return try_info().value(); }

    /// The forecast for a window.
    status try_predict(span<const float> window, span<float> out) noexcept {
        return status(
            mm_predictor_predict(handle_.get(), window.data(), window.size(), out.data(), out.size()));
    }
    /// As try_predict; throws mm::error.
    void predict(span<const float> window, span<float> out) { check(try_predict(window, out)); }

    /// Forecasts for `count` windows one behind the other; at most max_batch of the config.
    status try_predict_batch(span<const float> windows, std::size_t count, span<float> out) noexcept {
        return status(mm_predictor_predict_batch(handle_.get(), windows.data(), windows.size(), count, out.data(),
                                                 out.size()));
    }
    /// As try_predict_batch; throws mm::error.
    void predict_batch(span<const float> windows, std::size_t count, span<float> out) {
        check(try_predict_batch(windows, count, out));
    }

    /// Selects what predict_part computes: every combination of steps and values of a step, in the order given. Allocates.
    status try_select(span<const std::uint32_t> horizons, span<const std::uint32_t> channels) noexcept {
        return status(mm_predictor_select(handle_.get(), horizons.data(), horizons.size(), channels.data(),
                                          channels.size()));
    }
    /// As try_select; throws mm::error.
    void select(span<const std::uint32_t> horizons, span<const std::uint32_t> channels) {
        check(try_select(horizons, channels));
    }
    /// The selected part of a window's forecast, [horizons][channels].
    status try_predict_part(span<const float> window, span<float> out) noexcept {
        return status(
            mm_predictor_predict_part(handle_.get(), window.data(), window.size(), out.data(), out.size()));
    }
    /// As try_predict_part; throws mm::error.
    void predict_part(span<const float> window, span<float> out) { check(try_predict_part(window, out)); }

    /// The next row of a stream; whether a forecast is due that there was not before.
    result<bool> try_push(span<const float> row) noexcept {
        std::uint8_t fresh = 0;
        const mm_status_t code = mm_predictor_push(handle_.get(), row.data(), row.size(), &fresh);
        if (code < 0) {
            return status(code);
        }
        return fresh != 0;
    }
    /// As try_push; throws mm::error where that has a failed status.
    bool push(span<const float> row) { return try_push(row).value(); }

    /// The forecast of the stream as it stands; MM_E_NOT_READY before the first is due.
    status try_forecast(span<float> out) noexcept {
        return status(mm_predictor_forecast(handle_.get(), out.data(), out.size()));
    }
    /// As try_forecast; throws mm::error.
    void forecast(span<float> out) { check(try_forecast(out)); }

    /// Forgets the stream.
    void reset() { detail::check(mm_predictor_reset(handle_.get())); }

    /// Learns ranges from `count` windows, for the integer precisions; MM_E_SHARED while there is a share().
    status try_calibrate(span<const float> windows, std::size_t count) noexcept {
        return status(mm_predictor_calibrate(handle_.get(), windows.data(), windows.size(), count));
    }
    /// As try_calibrate; throws mm::error.
    void calibrate(span<const float> windows, std::size_t count) { check(try_calibrate(windows, count)); }

    /// Writes the weights; a predictor made from the file gives the same bits.
    status try_save(const char *path) const noexcept { return status(mm_predictor_save(handle_.get(), path)); }
    /// As try_save; throws mm::error.
    void save(const char *path) const { check(try_save(path)); }
    /// The same with the moments of the window's normaliser in the file.
    status try_save(const feature_window &window, const char *path) const noexcept;
    /// As try_save; throws mm::error.
    void save(const feature_window &window, const char *path) const;

    /// The handle, still owned.
    mm_predictor_t *get() const noexcept { return handle_.get(); }

private:
    explicit predictor(mm_predictor_t *handle) noexcept : handle_(handle) {}
    static void check(status s) { detail::check(s.code()); }
    detail::owner<mm_predictor_t, mm_predictor_destroy> handle_;
};

}  // namespace mm

#include "feature_window.hpp"

namespace mm {

inline status predictor::try_save(const feature_window &window, const char *path) const noexcept {
    return status(mm_predictor_save_with_window(handle_.get(), window.get(), path));
}
inline void predictor::save(const feature_window &window, const char *path) const { check(try_save(window, path)); }

}  // namespace mm

#endif
