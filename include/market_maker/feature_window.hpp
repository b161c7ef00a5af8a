// feature_window.hpp: mm::feature_window, the last rows of a regular time grid with the 24 default channels, computed from a
// book's events: what a predictor reads. One owner. Nothing allocates after construction.
#ifndef MARKET_MAKER_FEATURE_WINDOW_HPP
#define MARKET_MAKER_FEATURE_WINDOW_HPP

#include "book.hpp"
#include "status.hpp"

namespace mm {

/// Rows of features on a regular grid.
class feature_window {
public:
    /// mm_feature_window_config_init: the defaults.
    static mm_feature_window_config_t defaults() noexcept {
        return detail::defaults<mm_feature_window_config_t, mm_feature_window_config_init>();
    }

    /// As try_create; throws mm::error where that has a failed status.
    explicit feature_window(const mm_feature_window_config_t &config = defaults())
        : feature_window(try_create(config).value()) {}
    /// mm_feature_window_create.
    static result<feature_window> try_create(const mm_feature_window_config_t &config = defaults()) noexcept {
        mm_feature_window_t *handle = nullptr;
        const mm_status_t code = mm_feature_window_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return feature_window(handle);
    }

    /// Applies an event to the book and takes it into the window; how many rows the event's time completed. An event that the
    /// book refuses changes neither.
    result<std::uint32_t> try_apply(book &to, const mm_event_t &event) noexcept {
        return detail::one<std::uint32_t>([&](std::uint32_t *completed) {
            return mm_feature_window_apply(handle_.get(), to.get(), &event, nullptr, completed);
        });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    std::uint32_t apply(book &to, const mm_event_t &event) { return try_apply(to, event).value(); }
    /// mm_feature_window_apply_level.
    result<std::uint32_t> try_apply(level_book &to, const mm_event_t &event) noexcept {
        return detail::one<std::uint32_t>([&](std::uint32_t *completed) {
            return mm_feature_window_apply_level(handle_.get(), to.get(), &event, nullptr, completed);
        });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    std::uint32_t apply(level_book &to, const mm_event_t &event) { return try_apply(to, event).value(); }

    /// It is `now`, ns: how many rows have ended.
    std::uint32_t advance(std::uint64_t now) {
        std::uint32_t completed = 0;
        detail::check(mm_feature_window_advance(handle_.get(), now, &completed));
        return completed;
    }
    /// There is a gap in the feed.
    void interrupt() { detail::check(mm_feature_window_interrupt(handle_.get())); }

    /// mm_feature_window_info.
    mm_feature_window_info_t info() const {
        return detail::one<mm_feature_window_info_t>([&](mm_feature_window_info_t *info) {
                   return mm_feature_window_info(handle_.get(), info);
               }).value();
    }
    /// The full window where it lies, until the next change; MM_E_NOT_READY before it is full.
    result<span<const float>> try_window() const noexcept {
        const float *values = nullptr;
        std::size_t length = 0;
        const mm_status_t code = mm_feature_window_view(handle_.get(), &values, &length);
        if (code < 0) {
            return status(code);
        }
        return span<const float>(values, length);
    }
    /// As try_window; throws mm::error where that has a failed status.
    span<const float> window() const { return try_window().value(); }
    /// Copies the full window.
    status try_copy(span<float> out) const noexcept {
        return status(mm_feature_window_copy(handle_.get(), out.data(), out.size()));
    }
    /// The last `count` rows, or fewer where fewer exist, into `buffer`; the part of it that was written.
    result<span<float>> try_latest(std::size_t count, span<float> buffer) const noexcept {
        std::size_t copied = 0;
        const mm_status_t code =
            mm_feature_window_latest(handle_.get(), count, buffer.data(), buffer.size(), &copied);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(copied * MM_FEATURE_CHANNELS);
    }
    /// As try_latest; throws mm::error where that has a failed status.
    span<float> latest(std::size_t count, span<float> buffer) const { return try_latest(count, buffer).value(); }

    /// Whether rows change the normaliser's moments from here on.
    status try_set_learns(bool on) noexcept {
        return status(mm_feature_window_set_learns(handle_.get(), on ? 1 : 0));
    }
    /// The normaliser's moments to and from a safetensors file.
    status try_save_normaliser(const char *path) const noexcept {
        return status(mm_feature_window_save_normaliser(handle_.get(), path));
    }
    /// mm_feature_window_load_normaliser.
    status try_load_normaliser(const char *path) noexcept {
        return status(mm_feature_window_load_normaliser(handle_.get(), path));
    }

    /// The name of a channel; null from the last on.
    static const char *channel_name(std::size_t index) noexcept {
        const char *name = nullptr;
        return mm_feature_channel_name(index, &name, nullptr) < 0 ? nullptr : name;
    }

    /// The handle, still owned.
    mm_feature_window_t *get() const noexcept { return handle_.get(); }

private:
    explicit feature_window(mm_feature_window_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_feature_window_t, mm_feature_window_destroy> handle_;
};

}  // namespace mm

#endif
