// depth_features.hpp: what a predictor reads, made of depths: each depth becomes the level changes since the one before, these go
// into a level book, and its feature window completes rows of the 24 default channels on a regular grid. One owner.
#ifndef MARKET_MAKER_CPP_DEPTH_FEATURES_HPP
#define MARKET_MAKER_CPP_DEPTH_FEATURES_HPP

#include "../market_maker/feature_window.hpp"
#include "market_depth.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace mm {

/// Rows of features from a stream of depths.
class DepthFeatures {
public:
    /// Rows of `step` seconds.
    explicit DepthFeatures(double step = 0.1) : step_(step), window_(window_config(step)), rows_(longest * MM_FEATURE_CHANNELS) {
        while (return_channel_ < MM_FEATURE_CHANNELS &&
               std::strcmp(feature_window::channel_name(return_channel_), "mid_return") != 0) {
            ++return_channel_;
        }
    }

    /// It is `now` (ns), and the market looks like this; calls row(values, count) for each row that has ended, oldest first.
    template <class Row>
    void update(const MarketDepth &depth, std::int64_t now, Row &&row) {
        const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0));
        std::uint32_t completed = has_book_ ? window_.advance(time) : 0;
        if (!has_book_) {
            // So fine that the price has six digits: normalised features do not depend on it.
            ticks_per_price_ = std::pow(10.0, 5.0 - std::floor(std::log10(depth.get_mid_price())));
            has_book_ = true;
        }
        Side bids;
        Side asks;
        read(depth.bids, bids);
        read(depth.asks, asks);
        // What has gone first, so that the book never crosses itself on the way; one group, consistent at its end.
        events_.clear();
        for (const bool gone : {true, false}) {
            list(side::buy, bids_, bids, time, gone);
            list(side::sell, asks_, asks, time, gone);
        }
        if (!events_.empty()) {
            events_.back().flags = MM_FLAG_LAST;
        }
        for (const mm_event_t &event : events_) {
            completed += window_.try_apply(book_, event).value_or(0);
        }
        bids_ = bids;
        asks_ = asks;
        const std::size_t count = std::min<std::size_t>(completed, longest);
        const span<float> latest = window_.latest(count, rows_);
        for (std::size_t i = 0; i < latest.size(); i += MM_FEATURE_CHANNELS) {
            row(latest.data() + i, static_cast<std::size_t>(MM_FEATURE_CHANNELS));
        }
    }

    /// Seconds of a row.
    double step() const noexcept { return step_; }
    /// Which channel is the return of the mid, in standard deviations.
    std::size_t return_channel() const noexcept { return return_channel_; }

private:
    struct Level {
        std::int64_t price = 0;
        std::uint64_t quantity = 0;
    };
    struct Side {
        std::array<Level, MarketDepth::MAX_LEVELS> levels = {};
        std::size_t count = 0;

        std::uint64_t at(std::int64_t price) const noexcept {
            for (std::size_t i = 0; i < count; ++i) {
                if (levels[i].price == price) {
                    return levels[i].quantity;
                }
            }
            return 0;
        }
    };
    static constexpr std::size_t longest = 96;
    static constexpr double lots_per_unit = 1e4;

    static mm_feature_window_config_t window_config(double step) {
        mm_feature_window_config_t config = feature_window::defaults();
        config.step = step > 0.0 && step <= 86400.0 ? static_cast<std::uint64_t>(step * 1e9) : 0;
        config.rows = longest;
        return config;
    }
    void read(const std::array<MarketDepth::Level, MarketDepth::MAX_LEVELS> &from, Side &to) const noexcept {
        for (const MarketDepth::Level &level : from) {
            const double price = level.price * ticks_per_price_;
            const double quantity = std::min(level.quantity * lots_per_unit, 1e15);
            if (quantity >= 0.5 && price > 0.0 && price < 1e15) {
                const std::int64_t ticks = std::llround(price);
                const auto lots = static_cast<std::uint64_t>(std::llround(quantity));
                // Levels that fall on one tick are one level.
                if (to.count > 0 && to.levels[to.count - 1].price == ticks) {
                    to.levels[to.count - 1].quantity += lots;
                } else {
                    to.levels[to.count++] = {ticks, lots};
                }
            }
        }
    }
    /// The level changes from one depth to the next: those that are gone, or those that are new or different.
    void list(side s, const Side &before, const Side &after, std::uint64_t time, bool gone) {
        const Side &listed = gone ? before : after;
        for (std::size_t i = 0; i < listed.count; ++i) {
            const std::int64_t price = listed.levels[i].price;
            const std::uint64_t now = after.at(price);
            if (gone ? now == 0 : now != before.at(price)) {
                mm_event_t event{};
                event.timestamp = time;
                event.kind = MM_EVENT_LEVEL;
                event.side = static_cast<std::uint8_t>(s);
                event.price = price;
                event.quantity = now;
                events_.push_back(event);
            }
        }
    }

    double step_;
    feature_window window_;
    level_book book_;
    std::vector<float> rows_;
    std::vector<mm_event_t> events_;
    std::size_t return_channel_ = 0;
    double ticks_per_price_ = 1.0;
    bool has_book_ = false;
    Side bids_;
    Side asks_;
};

}  // namespace mm

#endif
