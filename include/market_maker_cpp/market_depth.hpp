// market_depth.hpp: the documented MarketDepth, the best twenty levels of each side as plain numbers, and MarketDataBuffer, the
// last so many of them. A MarketDepth is a value of one owner; the buffer is thread-safe.
#ifndef MARKET_MAKER_CPP_MARKET_DEPTH_HPP
#define MARKET_MAKER_CPP_MARKET_DEPTH_HPP

#include "stable_vector.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace mm {
namespace detail {

/// The system's time, ns since 1970.
inline std::int64_t system_time() noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace detail

/// The best levels of a book, best first. A level without quantity is empty.
struct MarketDepth {
    /// A price and what is shown at it.
    struct Level {
        /// Price.
        double price = 0.0;
        /// Quantity.
        double quantity = 0.0;
        /// ns since 1970.
        std::int64_t update_time = 0;
    };
    /// Levels a side.
    static constexpr std::size_t MAX_LEVELS = 20;

    /// Offers, the best first.
    std::array<Level, MAX_LEVELS> asks = {};
    /// Bids, the best first.
    std::array<Level, MAX_LEVELS> bids = {};
    /// ns since 1970. A program that replays a day sets it to the time of the recording.
    std::int64_t last_update = 0;

    /// The level now shows so much; a quantity of 0 empties it. False, and no change, for a level from MAX_LEVELS on, a quantity
    /// below zero, or what is no number.
    bool update_ask(std::size_t level, double price, double quantity) noexcept { return update(asks, level, price, quantity); }
    /// The same of the bids.
    bool update_bid(std::size_t level, double price, double quantity) noexcept { return update(bids, level, price, quantity); }

    /// Half way between the best prices; 0 while a side is empty.
    double get_mid_price() const noexcept {
        return has_both_sides() ? bids[0].price + (asks[0].price - bids[0].price) / 2.0 : 0.0;
    }
    /// Best ask less best bid; 0 while a side is empty.
    double get_spread() const noexcept { return has_both_sides() ? asks[0].price - bids[0].price : 0.0; }
    /// Whether both sides have positive best prices that do not meet, and no level is better than one before it.
    bool is_valid() const noexcept {
        if (!has_both_sides() || !(bids[0].price > 0.0) || !(bids[0].price < asks[0].price)) {
            return false;
        }
        for (std::size_t i = 1; i < MAX_LEVELS; ++i) {
            if ((bids[i].quantity > 0.0 && !(bids[i].price <= bids[i - 1].price)) ||
                (asks[i].quantity > 0.0 && !(asks[i].price >= asks[i - 1].price))) {
                return false;
            }
        }
        return std::isfinite(asks[0].price);
    }

private:
    bool has_both_sides() const noexcept { return bids[0].quantity > 0.0 && asks[0].quantity > 0.0; }
    bool update(std::array<Level, MAX_LEVELS> &side, std::size_t level, double price, double quantity) noexcept {
        if (level >= MAX_LEVELS || !std::isfinite(price) || !std::isfinite(quantity) || quantity < 0.0) {
            return false;
        }
        last_update = detail::system_time();
        side[level] = {price, quantity, last_update};
        return true;
    }
};

/// The last `capacity` depths. Thread-safe.
class MarketDataBuffer {
public:
    /// Room for so many; 0 keeps none.
    explicit MarketDataBuffer(std::size_t capacity = 1024) : capacity_(capacity) {}

    /// Takes a depth in place of the oldest. O(1).
    void push_depth(const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (depths_.size() < capacity_) {
            depths_.push_back(depth);
        } else if (capacity_ > 0) {
            depths_[next_] = depth;
            next_ = (next_ + 1) % capacity_;
        }
    }
    /// The last `n` depths, or as many as there are, oldest first.
    stable_vector<MarketDepth> get_recent_depth(std::size_t n) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        stable_vector<MarketDepth> recent;
        const std::size_t held = depths_.size();
        for (std::size_t i = held - (n < held ? n : held); i < held; ++i) {
            recent.push_back(depths_[(next_ + i) % held]);
        }
        return recent;
    }
    /// How many there are.
    std::size_t size() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return depths_.size();
    }
    /// Most that it holds.
    std::size_t capacity() const noexcept { return capacity_; }

private:
    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::vector<MarketDepth> depths_;
    /// The oldest, once there are as many as fit.
    std::size_t next_ = 0;
};

}  // namespace mm

#endif
