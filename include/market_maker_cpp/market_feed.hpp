// market_feed.hpp: how the documented analytics hear of a market: mm_event_t of an order-by-order feed as they are, a MarketDepth as
// the level events that lead to it, a trade as a print. Prices become ticks and quantities lots on the way, rounded to the
// nearest. One owner.
#ifndef MARKET_MAKER_CPP_MARKET_FEED_HPP
#define MARKET_MAKER_CPP_MARKET_FEED_HPP

#include "../market_maker/analytics.hpp"
#include "market_depth.hpp"
#include "order.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace mm {
namespace detail {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// Seconds as ns; for what a config has checked.
inline std::uint64_t to_ns(double seconds) noexcept { return static_cast<std::uint64_t>(std::llround(seconds * 1e9)); }
inline double to_seconds(double ns) noexcept { return ns * 1e-9; }

/// An event at `time` that leaves the book consistent.
inline mm_event_t make_event(std::uint8_t kind, std::uint64_t time, std::uint8_t on, std::int64_t price,
                             std::uint64_t quantity, std::uint64_t order_id = 0) noexcept {
    mm_event_t event{};
    event.timestamp = time;
    event.received = time;
    event.kind = kind;
    event.side = on;
    event.price = price;
    event.quantity = quantity;
    event.order_id = order_id;
    event.flags = MM_FLAG_LAST;
    return event;
}

inline std::uint8_t raw_side(OrderSide on) noexcept { return on == OrderSide::BUY ? MM_SIDE_BUY : MM_SIDE_SELL; }

/// What a tick and a lot are.
struct market_scale {
    double tick = 0.01;
    double lot = 1.0;

    bool is_sound() const noexcept { return tick > 0.0 && lot > 0.0 && std::isfinite(tick) && std::isfinite(lot); }
    /// Nothing for what is no price, or farther than any tick.
    std::optional<std::int64_t> ticks(double price) const noexcept {
        const double value = std::round(price / tick);
        if (!(std::abs(value) < 4e18)) {
            return std::nullopt;
        }
        return static_cast<std::int64_t>(value);
    }
    /// Nothing for what is no quantity.
    std::optional<std::uint64_t> lots(double quantity) const noexcept {
        const double value = std::round(quantity / lot);
        if (!(value >= 0.0 && value < 1e18)) {
            return std::nullopt;
        }
        return static_cast<std::uint64_t>(value);
    }
};

/// The levels of a MarketDepth in ticks and lots.
struct market_ladder {
    struct level {
        std::int64_t price;
        std::uint64_t quantity;
    };
    struct one_side {
        std::array<level, MarketDepth::MAX_LEVELS> levels;
        std::size_t count = 0;

        std::uint64_t at(std::int64_t price) const noexcept {
            for (std::size_t i = 0; i < count; ++i) {
                if (levels[i].price == price) {
                    return levels[i].quantity;
                }
            }
            return 0;
        }
        bool take(const std::array<MarketDepth::Level, MarketDepth::MAX_LEVELS> &from, const market_scale &scale) noexcept {
            count = 0;
            for (const MarketDepth::Level &shown : from) {
                const auto lots = scale.lots(shown.quantity);
                const auto ticks = scale.ticks(shown.price);
                if (!lots || !ticks) {
                    return false;
                }
                if (*lots == 0) {
                    continue;
                }
                // Levels that fall on one tick are one.
                std::size_t i = 0;
                while (i < count && levels[i].price != *ticks) {
                    ++i;
                }
                if (i == count) {
                    levels[count++] = {*ticks, 0};
                }
                levels[i].quantity += *lots;
            }
            return true;
        }
    };
    one_side bids;
    one_side asks;
    std::uint64_t time = 0;

    /// False for a depth with a time before 1970, or with what is no price or quantity.
    bool take(const MarketDepth &depth, const market_scale &scale) noexcept {
        time = depth.last_update < 0 ? 0 : static_cast<std::uint64_t>(depth.last_update);
        return depth.last_update >= 0 && bids.take(depth.bids, scale) && asks.take(depth.asks, scale);
    }
};

/// A book and what is measured on it.
class market_feed {
public:
    /// The best prices now, in ticks and lots.
    struct top {
        mm_level_t bid{};
        mm_level_t ask{};
        bool has_bid = false;
        bool has_ask = false;

        bool is_sound() const noexcept { return has_bid && has_ask && bid.price < ask.price; }
        double mid() const noexcept {
            return is_sound() ? 0.5 * (static_cast<double>(bid.price) + static_cast<double>(ask.price)) : not_known;
        }
    };

    explicit market_feed(const mm_analytics_config_t &config, const mm_book_config_t &book_config)
        : analytics_(config), book_config_(book_config) {}

    /// An event of an order-by-order feed. False, and no change, for one that the book refuses, or beside depths.
    bool apply(const mm_event_t &event) {
        if (levels_) {
            return false;
        }
        if (!book_) {
            book_.emplace(book_config_);
        }
        return analytics_.try_apply(*book_, event).ok();
    }
    /// A book to go on from, as of before the first event.
    void begin(book &&from) { book_.emplace(std::move(from)); }

    /// The market as of a depth. False, and no change, beside events.
    bool apply(const market_ladder &depth) {
        if (!use_levels()) {
            return false;
        }
        mm_event_t last{};
        last.kind = MM_EVENT_NONE;
        const auto send = [&](std::uint8_t on, std::int64_t price, std::uint64_t quantity) {
            tell(last, false);
            last = make_event(MM_EVENT_LEVEL, depth.time, on, price, quantity);
        };
        // What is gone first, so that no side passes through the other.
        const auto removals = [&](std::uint8_t on, const market_ladder::one_side &before, const market_ladder::one_side &now) {
            for (std::size_t i = 0; i < before.count; ++i) {
                if (now.at(before.levels[i].price) == 0) {
                    send(on, before.levels[i].price, 0);
                }
            }
        };
        const auto changes = [&](std::uint8_t on, const market_ladder::one_side &before, const market_ladder::one_side &now) {
            for (std::size_t i = 0; i < now.count; ++i) {
                if (before.at(now.levels[i].price) != now.levels[i].quantity) {
                    send(on, now.levels[i].price, now.levels[i].quantity);
                }
            }
        };
        removals(MM_SIDE_BUY, shown_.bids, depth.bids);
        removals(MM_SIDE_SELL, shown_.asks, depth.asks);
        changes(MM_SIDE_BUY, shown_.bids, depth.bids);
        changes(MM_SIDE_SELL, shown_.asks, depth.asks);
        tell(last, true);
        analytics_.advance(depth.time);
        shown_ = depth;
        return true;
    }
    /// A trade beside depths.
    bool print(std::uint64_t time, OrderSide aggressor, std::int64_t price, std::uint64_t quantity) {
        if (!use_levels()) {
            return false;
        }
        mm_event_t trade = make_event(MM_EVENT_TRADE, time, raw_side(aggressor), price, quantity);
        trade.flags |= MM_FLAG_SIDED;
        return analytics_.try_apply(*levels_, trade).ok();
    }

    top best() const noexcept {
        top now;
        const auto read = [&](const auto &from) {
            const auto bid = from.try_best(side::buy);
            const auto ask = from.try_best(side::sell);
            now.has_bid = bid.ok();
            now.has_ask = ask.ok();
            if (bid) {
                now.bid = *bid;
            }
            if (ask) {
                now.ask = *ask;
            }
        };
        if (book_) {
            read(*book_);
        } else if (levels_) {
            read(*levels_);
        }
        return now;
    }
    /// Lots over the best levels of a side.
    double lots(side on, std::size_t levels) const {
        std::array<mm_level_t, 64> read{};
        const span<mm_level_t> places(read.data(), levels < read.size() ? levels : read.size());
        const std::size_t count = book_ ? book_->levels(on, places) : levels_ ? levels_->levels(on, places) : 0;
        double sum = 0.0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += static_cast<double>(read[i].quantity);
        }
        return sum;
    }

    mm::analytics &measured() noexcept { return analytics_; }
    const mm::analytics &measured() const noexcept { return analytics_; }

private:
    bool use_levels() {
        if (book_) {
            return false;
        }
        if (!levels_) {
            levels_.emplace();
        }
        return true;
    }
    void tell(mm_event_t &event, bool is_last) {
        if (event.kind == MM_EVENT_NONE) {
            return;
        }
        event.flags = is_last ? MM_FLAG_LAST : 0;
        (void)analytics_.try_apply(*levels_, event);
    }

    mm::analytics analytics_;
    mm_book_config_t book_config_;
    std::optional<book> book_;
    std::optional<level_book> levels_;
    market_ladder shown_;
};

/// (bid - ask) / (bid + ask); not known without either.
inline double imbalance_of(double bid, double ask) noexcept { return bid + ask > 0.0 ? (bid - ask) / (bid + ask) : not_known; }

/// The mean of the best prices, each weighted by the quantity on the other side; ticks.
inline double size_weighted_mid(const market_feed::top &best) noexcept {
    if (!best.is_sound()) {
        return not_known;
    }
    const double bid = static_cast<double>(best.bid.quantity);
    const double ask = static_cast<double>(best.ask.quantity);
    return (static_cast<double>(best.bid.price) * ask + static_cast<double>(best.ask.price) * bid) / (bid + ask);
}

/// The horizons of `config` with one more among them, ns; where it stands.
inline std::size_t add_horizon(mm_analytics_config_t &config, std::uint64_t horizon) noexcept {
    std::size_t at = 0;
    while (at < config.horizon_count && config.horizons[at] < horizon) {
        ++at;
    }
    if (at < config.horizon_count && config.horizons[at] == horizon) {
        return at;
    }
    for (std::size_t i = config.horizon_count; i > at; --i) {
        config.horizons[i] = config.horizons[i - 1];
    }
    config.horizons[at] = horizon;
    ++config.horizon_count;
    return at;
}

}  // namespace detail
}  // namespace mm

#endif
