// performance_monitor.hpp: the documented PerformanceMonitor: how well trading goes. Thread-safe. Fixed memory; every record is O(1)
// but a mid, which is O(fills that wait for it).
//
//   sharpe, information ratio   mean / standard deviation (of a sample, n - 1) of the returns, or of what they are above a
//                               benchmark's, times the square root of the periods in a year
//   max drawdown                peak to trough of equity: capital, compounded with the returns or as recorded
//   win rate, profit factor     of the fills that reduce a position: share with a gain; gains over losses
//   spread capture              how far from the mid our fills were, on our side of it, over half of the quoted spread
//   adverse selection           how far the mid has moved against them `horizon` later (the price impact of F10), in price
#ifndef MARKET_MAKER_CPP_PERFORMANCE_MONITOR_HPP
#define MARKET_MAKER_CPP_PERFORMANCE_MONITOR_HPP

#include "average_cost.hpp"
#include "market_depth.hpp"
#include "order.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <mutex>

namespace mm {

/// What ratios refer to.
struct PerformanceMonitorConfig {
    /// Equity before the first return, positive.
    double capital = 1.0;
    /// Returns in a year.
    double periods_per_year = 252.0;
    /// Seconds after a fill at which the mid is looked at.
    double horizon = 1.0;
};

/// The documented monitor. Times are ns since any one moment.
class PerformanceMonitor {
public:
    /// Its config.
    using Config = PerformanceMonitorConfig;

    /// Everything that is measured.
    struct PerformanceMetrics {
        /// 0 with fewer than two returns, or with returns that are all the same.
        double sharpe_ratio = 0.0;
        /// Of the returns above the benchmark.
        double information_ratio = 0.0;
        /// In the unit of equity.
        double max_drawdown = 0.0;
        /// As a share of the peak.
        double max_drawdown_percent = 0.0;
        /// 0 without a closing fill.
        double win_rate = 0.0;
        /// Infinite with gains alone, 0 without gains.
        double profit_factor = 0.0;
        /// Mean move of the mid against a fill, in price.
        double adverse_selection = 0.0;
        /// Share of the half spread that fills earned.
        double spread_capture = 0.0;
        /// Fills over the time from the first to the last; 0 with fewer than two.
        double trades_per_second = 0.0;
        /// Profit realised by fills.
        double realised = 0.0;
        /// Fills.
        std::uint64_t trades = 0;
    };

    /// std::invalid_argument for a config that is out of range.
    explicit PerformanceMonitor(const Config &config = Config()) : config_(checked(config)), equity_(config.capital), peak_(config.capital) {}

    /// The relative return of a period, and that of what it is compared with. Ignores what is no number, and a loss of more than
    /// all.
    void record_return(double value, double benchmark = 0.0) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (std::isfinite(value) && std::isfinite(benchmark) && value >= -1.0) {
            returns_.add(value);
            excess_.add(value - benchmark);
            follow(equity_ * (1.0 + value));
        }
    }
    /// Equity at the end of a period: the return is that since the last. Ignores what is not positive.
    void record_equity(double equity, double benchmark = 0.0) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (equity > 0.0 && std::isfinite(equity) && std::isfinite(benchmark) && equity_ > 0.0) {
            const double value = equity / equity_ - 1.0;
            returns_.add(value);
            excess_.add(value - benchmark);
            follow(equity);
        }
    }
    /// One of our fills in a market of these best prices. Ignores prices and quantities that are not positive.
    void record_fill(OrderSide side, double price, double quantity, double bid, double ask, std::int64_t time) {
        const std::lock_guard<std::mutex> lock(mutex_);
        fill(side, price, quantity, bid, ask, time);
    }
    /// What the mid is: looks at the fills that are old enough.
    void record_mid(double mid, std::int64_t time) {
        const std::lock_guard<std::mutex> lock(mutex_);
        settle(mid, time);
    }
    /// What is new among an order's fills, at its price, and the mid of the market, at the depth's time.
    void update(const Order &order, const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const double fresh = order.filled_quantity - known(order.order_id);
        if (fresh > 1e-12 * order.filled_quantity) {
            filled_[order.order_id] = order.filled_quantity;
            fill(order.side, order.price, fresh, depth.bids[0].price, depth.asks[0].price, depth.last_update);
        }
        settle(depth.get_mid_price(), depth.last_update);
    }

    /// Everything so far.
    PerformanceMetrics get_metrics() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        PerformanceMetrics metrics;
        const double year = std::sqrt(config_.periods_per_year);
        metrics.sharpe_ratio = returns_.ratio() * year;
        metrics.information_ratio = excess_.ratio() * year;
        metrics.max_drawdown = max_drawdown_;
        metrics.max_drawdown_percent = max_drawdown_share_;
        metrics.win_rate = closings_ > 0 ? static_cast<double>(wins_) / static_cast<double>(closings_) : 0.0;
        metrics.profit_factor = losses_ > 0.0 ? gains_ / losses_ : gains_ > 0.0 ? std::numeric_limits<double>::infinity() : 0.0;
        metrics.adverse_selection = settled_ > 0.0 ? adverse_ / settled_ : 0.0;
        metrics.spread_capture = half_spreads_ > 0.0 ? captured_ / half_spreads_ : 0.0;
        const double seconds = static_cast<double>(last_ - first_) / 1e9;
        metrics.trades_per_second = trades_ > 1 && seconds > 0.0 ? static_cast<double>(trades_) / seconds : 0.0;
        metrics.realised = position_.realised();
        metrics.trades = trades_;
        return metrics;
    }
    /// The same.
    PerformanceMetrics calculate_metrics() const { return get_metrics(); }

private:
    /// Mean and variance as numbers come (Welford 1962).
    struct Sample {
        double count = 0.0;
        double mean = 0.0;
        double squares = 0.0;

        void add(double value) noexcept {
            count += 1.0;
            const double off = value - mean;
            mean += off / count;
            squares += off * (value - mean);
        }
        double ratio() const noexcept {
            const double deviation = count > 1.0 ? std::sqrt(squares / (count - 1.0)) : 0.0;
            // Returns that are all the same differ by roundings only.
            return deviation > 1e-14 * std::abs(mean) ? mean / deviation : 0.0;
        }
    };
    struct Pending {
        std::int64_t due;
        double sign;
        double mid;
        double quantity;
    };
    static constexpr std::size_t most_pending = 65536;
    static constexpr std::size_t most_orders = 65536;

    static const Config &checked(const Config &config) {
        if (!(config.capital > 0.0 && std::isfinite(config.capital) && config.periods_per_year > 0.0 && config.horizon >= 0.0 &&
              config.horizon < 1e9)) {
            detail::refuse_config("a parameter of the PerformanceMonitor's config is out of its range");
        }
        return config;
    }
    void follow(double equity) noexcept {
        equity_ = equity;
        peak_ = std::max(peak_, equity);
        max_drawdown_ = std::max(max_drawdown_, peak_ - equity);
        max_drawdown_share_ = std::max(max_drawdown_share_, (peak_ - equity) / peak_);
    }
    /// What an order is known to have filled. Of more than so many orders the oldest are forgotten.
    double known(std::int64_t order_id) {
        const auto found = filled_.find(order_id);
        if (found != filled_.end()) {
            return found->second;
        }
        if (filled_order_.size() == most_orders) {
            filled_.erase(filled_order_.front());
            filled_order_.pop_front();
        }
        filled_order_.push_back(order_id);
        filled_.emplace(order_id, 0.0);
        return 0.0;
    }
    void fill(OrderSide side, double price, double quantity, double bid, double ask, std::int64_t time) {
        if (!(price > 0.0 && quantity > 0.0 && std::isfinite(price * quantity))) {
            return;
        }
        first_ = trades_ == 0 ? time : first_;
        last_ = std::max(last_, time);
        ++trades_;
        const AverageCost::Fill done = position_.book(side, price, quantity);
        if (done.is_closing) {
            ++closings_;
            wins_ += done.gain > 0.0 ? 1U : 0U;
            (done.gain > 0.0 ? gains_ : losses_) += std::abs(done.gain);
        }
        if (bid > 0.0 && ask > bid) {
            const double sign = side == OrderSide::BUY ? 1.0 : -1.0;
            const double mid = bid + (ask - bid) / 2.0;
            captured_ += sign * (mid - price) * quantity;
            half_spreads_ += (ask - bid) / 2.0 * quantity;
            if (pending_.size() < most_pending) {
                pending_.push_back({time + static_cast<std::int64_t>(config_.horizon * 1e9), sign, mid, quantity});
            }
        }
    }
    void settle(double mid, std::int64_t time) {
        if (!(mid > 0.0) || !std::isfinite(mid)) {
            return;
        }
        while (!pending_.empty() && pending_.front().due <= time) {
            const Pending &fill = pending_.front();
            adverse_ += fill.sign * (fill.mid - mid) * fill.quantity;
            settled_ += fill.quantity;
            pending_.pop_front();
        }
    }

    const Config config_;
    mutable std::mutex mutex_;
    Sample returns_;
    Sample excess_;
    double equity_;
    double peak_;
    double max_drawdown_ = 0.0;
    double max_drawdown_share_ = 0.0;
    AverageCost position_;
    std::uint64_t closings_ = 0;
    std::uint64_t wins_ = 0;
    double gains_ = 0.0;
    double losses_ = 0.0;
    double captured_ = 0.0;
    double half_spreads_ = 0.0;
    double adverse_ = 0.0;
    double settled_ = 0.0;
    std::deque<Pending> pending_;
    std::map<std::int64_t, double> filled_;
    std::deque<std::int64_t> filled_order_;
    std::uint64_t trades_ = 0;
    std::int64_t first_ = 0;
    std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace mm

#endif
