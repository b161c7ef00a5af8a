// advanced_analytics.hpp: the documented AdvancedAnalytics: what an order book, a flow of trades and the lives of orders have been
// like over the last `window` of them. Thread-safe: every function takes one lock, an analysis holds it for its whole time.
//
// Two ways in. A program with an order-by-order feed calls on_event, and the window is its last so many events. One with the
// documented values gives MarketDepth, Trade and Order, and the window is the last so many of each. One program uses one of them.
//
// An analysis plays the window again through the core's analytics (mm_analytics_*), from the book as it was when the window began: its
// numbers are those of a recording that begins there, whatever came before. That costs O(window) and allocates; taking in what
// comes is O(1) (an event is applied to the book at both ends of the window). NaN stands for what is not known yet.
#ifndef MARKET_MAKER_CPP_ADVANCED_ANALYTICS_HPP
#define MARKET_MAKER_CPP_ADVANCED_ANALYTICS_HPP

#include "market_feed.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace mm {

/// How the window is measured.
struct AdvancedAnalyticsConfig {
    /// Events, or depths, trades and orders each; positive.
    std::size_t window = 1000;
    /// Price of a tick, and quantity of a lot: what results are scaled by, and depths, trades and orders rounded to.
    double tick_size = 0.01;
    /// Quantity of a lot.
    double lot_size = 1.0;
    /// Levels a side of imbalance, quantities and the depth-weighted spread, 1 to 64.
    std::size_t levels = 5;
    /// Seconds after a trade at which realised spread, impact and toxicity look at the mid.
    double horizon = 5.0;
    /// Seconds within which an order is to trade.
    double fill_horizon = 10.0;
    /// Quantity of a VPIN bucket, and how many buckets VPIN spans.
    double vpin_bucket = 10000.0;
    /// Buckets that VPIN spans.
    std::uint32_t vpin_buckets = 50;
    /// Storage of the book of a feed of events; one beyond its orders is refused.
    mm_book_config_t book = mm::book::defaults();
};

/// The documented analytics of one instrument.
class AdvancedAnalytics {
public:
    /// Its config.
    using Config = AdvancedAnalyticsConfig;

    /// A trade; `side` is the aggressor's, `time` ns since 1970.
    struct Trade {
        /// Side.
        OrderSide side = OrderSide::BUY;
        /// Price.
        double price = 0.0;
        /// Quantity.
        double quantity = 0.0;
        /// When, ns since 1970.
        std::int64_t time = 0;
    };

    /// Prices and spreads in price, quantities in units, times in seconds.
    struct OrderBookAnalysis {
        /// Events or depths in the window.
        std::size_t updates = 0;
        // Now.
        /// Half way between the best prices.
        double mid_price = detail::not_known;
        /// The best prices, each weighted by the quantity on the other side.
        double microprice = detail::not_known;
        /// Best ask less best bid.
        double spread = detail::not_known;
        /// (bid - ask) / (bid + ask), from -1 (all asks) to 1.
        double imbalance = detail::not_known;
        /// On the best levels, as many as the config says.
        double bid_quantity = 0.0;
        /// The same of the asks.
        double ask_quantity = 0.0;
        // Over the window, by time.
        /// Mean spread.
        double mean_spread = detail::not_known;
        /// Spread not exceeded for a tenth of the time.
        double spread_p10 = detail::not_known;
        /// For half of it.
        double median_spread = detail::not_known;
        /// For nine tenths of it.
        double spread_p90 = detail::not_known;
        /// Difference of both sides' quantity-weighted mean prices.
        double depth_weighted_spread = detail::not_known;
        /// Mean time that a best price stands.
        double bid_lifetime = detail::not_known;
        /// The same of the ask.
        double ask_lifetime = detail::not_known;
        /// Median time until spread and depth are back after a trade that moved the best.
        double spread_recovery = detail::not_known;
        /// The same of the depth.
        double depth_recovery = detail::not_known;
        /// Share of what a trade took that is back a second later.
        double replenishment = detail::not_known;
    };

    /// Over parent trades: the prints of one side at one time are one. Spreads and impact in price, sizes in units.
    struct TradeFlowAnalysis {
        /// Parent trades.
        std::uint64_t trades = 0;
        /// Mean quantity.
        double mean_size = detail::not_known;
        /// Quantity that half do not exceed, within a sixteenth.
        double median_size = detail::not_known;
        /// That nine tenths do not exceed.
        double size_p90 = detail::not_known;
        /// That 99 of 100 do not exceed.
        double size_p99 = detail::not_known;
        /// Purchases less sales over all, -1 to 1.
        double imbalance = detail::not_known;
        /// Autocorrelation of the sides from one trade to the next.
        double sign_autocorrelation = detail::not_known;
        /// Variance of the times between trades over their mean squared; 1 for a Poisson process.
        double interval_dispersion = detail::not_known;
        /// Share of trades in a second that earlier ones brought about, as of a Hawkes process.
        double branching_ratio = detail::not_known;
        /// 2 d (p - m).
        double effective_spread = detail::not_known;
        /// 2 d (p - m'), m' the mid a horizon later.
        double realised_spread = detail::not_known;
        /// Effective less realised.
        double price_impact = detail::not_known;
        /// Share of trades after which the mid stood beyond their price.
        double toxicity = detail::not_known;
        /// VPIN.
        double vpin = detail::not_known;
        /// Share of its past that VPIN is not below now.
        double vpin_percentile = detail::not_known;
        /// Largest mean move of the mid in a trade's direction at any horizon, the one after a minute, and their ratio.
        double impact_peak = detail::not_known;
        /// After a minute.
        double impact_permanent = detail::not_known;
        /// Their ratio.
        double permanent_share = detail::not_known;
    };

    /// Times in seconds.
    struct OrderLifetimeAnalysis {
        /// Orders that entered in the window: filled whole, cancelled, or not seen to end.
        std::uint64_t orders = 0;
        /// Filled whole.
        std::uint64_t filled = 0;
        /// Cancelled, in part filled or not.
        std::uint64_t cancelled = 0;
        /// Not seen to end.
        std::uint64_t open = 0;
        /// Time in which half are filled whole, were no order cancelled (Kaplan-Meier).
        double median_time_to_fill = detail::not_known;
        /// Share that traded at all within the fill horizon, of those for which it is known.
        double fill_probability = detail::not_known;
        /// Of the forecasts made from distance, queue and size at each order's entry: 1 is perfect, 0 no better than that share.
        double fill_forecast_skill = detail::not_known;
        /// The curves, shortest time first; durations in ns.
        std::vector<mm_survival_point_t> survival;
        /// Cancellations by distance from the best, in octaves of ticks; with a feed of events only.
        std::array<mm_cancel_bucket_t, MM_CANCEL_BUCKETS> cancellations = {};
    };

    /// With this window and defaults.
    explicit AdvancedAnalytics(std::size_t window = 1000) : AdvancedAnalytics(with_window(window)) {}
    /// std::invalid_argument for a config that is out of range.
    explicit AdvancedAnalytics(const Config &config)
        : config_(checked(config)), scale_{config.tick_size, config.lot_size}, parameters_(parameters(config, horizon_)) {}

    /// An event of an order-by-order feed, in ticks and lots. False, and no change, for one that the book refuses, and beside depths
    /// and trades.
    bool on_event(const mm_event_t &event) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!depths_.empty() || !trades_.empty()) {
            return false;
        }
        if (!now_) {
            now_.emplace(config_.book);
            then_.emplace(config_.book);
        }
        if (!now_->try_apply(event)) {
            return false;
        }
        events_.push_back(event);
        if (events_.size() > config_.window) {
            const mm_event_t &oldest = events_.front();
            // What the book took once it takes again.
            (void)then_->try_apply(oldest);
            if (oldest.kind == MM_EVENT_STATUS) {
                is_halted_ = oldest.quantity == 0;
            }
            last_dropped_ = std::max(last_dropped_, oldest.timestamp);
            has_dropped_ = true;
            events_.pop_front();
        }
        return true;
    }

    /// Of the events or depths so far.
    OrderBookAnalysis analyze_order_book() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return book_analysis();
    }
    /// Takes a depth in, at its `last_update`, and analyses. What is no price, quantity or time is left out.
    OrderBookAnalysis analyze_order_book(const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        take(depth);
        return book_analysis();
    }
    /// Takes a depth in.
    bool on_depth(const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return take(depth);
    }

    /// Of the events or trades so far; spreads, impact and toxicity need events or depths beside them.
    TradeFlowAnalysis analyze_trade_flow() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return flow_analysis();
    }
    /// Takes a trade in, before the depth that it leaves, and analyses. What is no price, quantity or time is left out.
    TradeFlowAnalysis analyze_trade_flow(const Trade &trade) {
        const std::lock_guard<std::mutex> lock(mutex_);
        take(trade);
        return flow_analysis();
    }
    /// Takes trades in, oldest first: any container of them.
    template <class Trades, class = std::enable_if_t<!std::is_convertible_v<const Trades &, const Trade &>>>
    TradeFlowAnalysis analyze_trade_flow(const Trades &trades) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const Trade &trade : trades) {
            take(trade);
        }
        return flow_analysis();
    }
    /// Takes a trade in.
    bool on_trade(const Trade &trade) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return take(trade);
    }

    /// Of the events or orders so far.
    OrderLifetimeAnalysis analyze_order_lifetime() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return lifetime_analysis();
    }
    /// Takes in what an order is now, under its id, and analyses. What was never in the market (rejected, without price or quantity,
    /// with a time that runs backwards) is left out.
    OrderLifetimeAnalysis analyze_order_lifetime(const Order &order) {
        const std::lock_guard<std::mutex> lock(mutex_);
        take(order);
        return lifetime_analysis();
    }
    /// Takes orders in: any container of them.
    template <class Orders, class = std::enable_if_t<!std::is_convertible_v<const Orders &, const Order &>>>
    OrderLifetimeAnalysis analyze_order_lifetime(const Orders &orders) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const Order &order : orders) {
            take(order);
        }
        return lifetime_analysis();
    }
    /// Takes in what an order is now.
    bool on_order(const Order &order) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return take(order);
    }

    /// What it was made with.
    const Config &config() const noexcept { return config_; }

private:
    /// A depth or a trade, and when it came among both.
    struct Depth {
        std::uint64_t number;
        detail::market_ladder ladder;
    };
    struct Print {
        std::uint64_t number;
        std::uint64_t time;
        OrderSide side;
        std::int64_t price;
        std::uint64_t quantity;
    };

    static Config with_window(std::size_t window) {
        Config config;
        config.window = window;
        return config;
    }
    static const Config &checked(const Config &config) {
        const detail::market_scale scale{config.tick_size, config.lot_size};
        const auto is_time = [](double seconds) { return seconds >= 0.0 && seconds <= 86400.0; };
        if (config.window < 1 || config.window > std::size_t{1} << 24U || !scale.is_sound() || config.levels < 1 || config.levels > 64 ||
            !is_time(config.horizon) || !(is_time(config.fill_horizon) && config.fill_horizon >= 1e-9) || config.vpin_buckets < 1 ||
            !(config.vpin_bucket >= config.lot_size) || !scale.lots(config.vpin_bucket)) {
            detail::refuse_config("a parameter of the AdvancedAnalytics' config is out of its range");
        }
        return config;
    }
    static mm_analytics_config_t parameters(const Config &config, std::size_t &horizon) {
        mm_analytics_config_t given = mm::analytics::defaults();
        horizon = detail::add_horizon(given, detail::to_ns(config.horizon));
        given.depth_levels = static_cast<std::uint32_t>(config.levels);
        given.fill_horizon = detail::to_ns(config.fill_horizon);
        given.vpin_bucket = *detail::market_scale{config.tick_size, config.lot_size}.lots(config.vpin_bucket);
        given.vpin_buckets = config.vpin_buckets;
        // No more can be open than the window has brought.
        const auto most = static_cast<std::uint32_t>(config.window);
        given.max_orders = most;
        given.max_waiting = most;
        given.max_pending = most;
        return given;
    }

    bool take(const MarketDepth &depth) {
        detail::market_ladder ladder;
        if (now_ || !ladder.take(depth, scale_)) {
            return false;
        }
        depths_.push_back({number_++, ladder});
        if (depths_.size() > config_.window) {
            depths_.pop_front();
        }
        return true;
    }
    bool take(const Trade &trade) {
        const auto ticks = scale_.ticks(trade.price);
        const auto lots = scale_.lots(trade.quantity);
        if (now_ || !ticks || !lots || *lots == 0 || trade.time < 0) {
            return false;
        }
        trades_.push_back({number_++, static_cast<std::uint64_t>(trade.time), trade.side, *ticks, *lots});
        if (trades_.size() > config_.window) {
            trades_.pop_front();
        }
        return true;
    }
    bool take(const Order &order) {
        if (order.status == OrderStatus::REJECTED || !(order.quantity > 0.0) || !(order.filled_quantity >= 0.0) ||
            !scale_.lots(order.quantity) || !scale_.ticks(order.price) || order.creation_time < 0 ||
            order.last_update_time < order.creation_time) {
            return false;
        }
        if (orders_.insert_or_assign(order.order_id, order).second) {
            order_ids_.push_back(order.order_id);
            if (order_ids_.size() > config_.window) {
                orders_.erase(order_ids_.front());
                order_ids_.pop_front();
            }
        }
        return true;
    }

    /// A book that is made for one analysis: no larger than it must be.
    mm_book_config_t small_book(std::size_t orders) const noexcept {
        mm_book_config_t config = config_.book;
        config.max_orders = static_cast<std::uint32_t>(std::min<std::size_t>(config.max_orders, orders + 64));
        config.window_ticks = std::min<std::uint32_t>(config.window_ticks, 1024);
        return config;
    }
    /// The window through fresh analytics.
    detail::market_feed replayed() const {
        const std::size_t resting =
            then_ ? then_->order_count() + then_->level_count(side::buy) + then_->level_count(side::sell) : 0;
        const mm_book_config_t storage = small_book(resting + events_.size());
        detail::market_feed feed(parameters_, storage);
        if (!now_) {
            auto trade = trades_.begin();
            for (const Depth &depth : depths_) {
                for (; trade != trades_.end() && trade->number < depth.number; ++trade) {
                    feed.print(trade->time, trade->side, trade->price, trade->quantity);
                }
                feed.apply(depth.ladder);
            }
            for (; trade != trades_.end(); ++trade) {
                feed.print(trade->time, trade->side, trade->price, trade->quantity);
            }
            return feed;
        }
        if (has_dropped_) {
            std::vector<std::uint8_t> bytes(then_->snapshot_size());
            const std::size_t length = then_->try_write_snapshot(bytes).value();
            book from(storage);
            detail::check(from.try_read_snapshot(span<const std::uint8_t>(bytes.data(), length)).code());
            feed.begin(std::move(from));
            // That trading goes on, or not, makes the analytics read the book.
            feed.apply(detail::make_event(MM_EVENT_STATUS, last_dropped_, MM_SIDE_BUY, 0, is_halted_ ? 0 : 1));
        }
        for (const mm_event_t &event : events_) {
            feed.apply(event);
        }
        return feed;
    }

    OrderBookAnalysis book_analysis() const {
        const detail::market_feed feed = replayed();
        const mm_analytics_book_report_t report = feed.measured().book_report();
        const auto best = feed.best();
        const double tick = scale_.tick;
        OrderBookAnalysis analysis;
        analysis.updates = now_ ? events_.size() : depths_.size();
        analysis.mid_price = best.mid() * tick;
        analysis.microprice = detail::size_weighted_mid(best) * tick;
        analysis.spread = best.is_sound() ? static_cast<double>(best.ask.price - best.bid.price) * tick : detail::not_known;
        analysis.bid_quantity = feed.lots(side::buy, config_.levels) * scale_.lot;
        analysis.ask_quantity = feed.lots(side::sell, config_.levels) * scale_.lot;
        analysis.imbalance = detail::imbalance_of(analysis.bid_quantity, analysis.ask_quantity);
        analysis.mean_spread = report.spread_mean * tick;
        analysis.spread_p10 = report.spread_p10 * tick;
        analysis.median_spread = report.spread_p50 * tick;
        analysis.spread_p90 = report.spread_p90 * tick;
        analysis.depth_weighted_spread = report.depth_weighted_spread * tick;
        analysis.bid_lifetime = detail::to_seconds(report.bid_lifetime);
        analysis.ask_lifetime = detail::to_seconds(report.ask_lifetime);
        analysis.spread_recovery = detail::to_seconds(report.spread_recovery);
        analysis.depth_recovery = detail::to_seconds(report.depth_recovery);
        analysis.replenishment = report.replenishment;
        return analysis;
    }
    TradeFlowAnalysis flow_analysis() const {
        detail::market_feed feed = replayed();
        if (!now_) {
            // The last trade is whole: none can join it any more.
            const std::uint64_t depth = depths_.empty() ? 0 : depths_.back().ladder.time;
            const std::uint64_t trade = trades_.empty() ? 0 : trades_.back().time;
            feed.measured().advance(std::max(depth, trade) + 1);
        }
        const mm_analytics_flow_report_t report = feed.measured().flow_report();
        std::array<mm_markout_t, MM_MAX_HORIZONS> markouts{};
        const mm_markout_t at = feed.measured().try_markouts(markouts).value()[horizon_];
        const double tick = scale_.tick;
        TradeFlowAnalysis analysis;
        analysis.trades = report.trades;
        analysis.mean_size = report.size_mean * scale_.lot;
        analysis.median_size = report.size_p50 * scale_.lot;
        analysis.size_p90 = report.size_p90 * scale_.lot;
        analysis.size_p99 = report.size_p99 * scale_.lot;
        analysis.imbalance = report.sign_mean;
        analysis.sign_autocorrelation = feed.measured().try_sign_autocorrelation(1).value_or(detail::not_known);
        analysis.interval_dispersion = report.interval_dispersion;
        if (const auto counts = feed.measured().try_counts(1)) {
            analysis.branching_ratio = counts->branching_ratio;
        }
        analysis.effective_spread = at.effective_spread * tick;
        analysis.realised_spread = at.realised_spread * tick;
        analysis.price_impact = at.price_impact * tick;
        analysis.toxicity = at.toxic_share;
        analysis.vpin = report.vpin;
        analysis.vpin_percentile = report.vpin_percentile;
        analysis.impact_peak = report.impact_peak * tick;
        analysis.impact_permanent = report.impact_permanent * tick;
        analysis.permanent_share = report.permanent_share;
        return analysis;
    }

    /// The orders as events of a book of their own, by time.
    detail::market_feed lived() const {
        std::vector<mm_event_t> events;
        events.reserve(3 * orders_.size());
        std::uint64_t id = 0;
        for (const std::int64_t known : order_ids_) {
            const Order &order = orders_.at(known);
            const std::uint64_t whole = std::max<std::uint64_t>(*scale_.lots(order.quantity), 2);
            const bool is_filled = order.status == OrderStatus::FILLED || order.filled_quantity >= order.quantity;
            // A part of an order is never all of it, however few lots it has.
            const std::uint64_t part = scale_.lots(order.filled_quantity).value_or(whole);
            const std::uint64_t traded = is_filled ? whole : order.filled_quantity > 0.0 ? std::clamp<std::uint64_t>(part, 1, whole - 1) : 0;
            const auto ended = static_cast<std::uint64_t>(order.last_update_time);
            const std::uint8_t on = detail::raw_side(order.side);
            const std::int64_t price = *scale_.ticks(order.price);
            events.push_back(detail::make_event(MM_EVENT_ADD, static_cast<std::uint64_t>(order.creation_time), on, price, whole, ++id));
            if (traded > 0) {
                events.push_back(detail::make_event(MM_EVENT_EXECUTE, ended, on, price, traded, id));
            }
            if (order.status == OrderStatus::CANCELLED && !is_filled) {
                events.push_back(detail::make_event(MM_EVENT_DELETE, ended, on, price, whole - traded, id));
            }
        }
        std::stable_sort(events.begin(), events.end(),
                         [](const mm_event_t &a, const mm_event_t &b) { return a.timestamp < b.timestamp; });
        detail::market_feed feed(parameters_, small_book(orders_.size()));
        for (const mm_event_t &event : events) {
            feed.apply(event);
        }
        latest_ = events.empty() ? 0 : events.back().timestamp;
        return feed;
    }
    OrderLifetimeAnalysis lifetime_analysis() const {
        detail::market_feed feed = now_ ? replayed() : lived();
        const std::uint64_t end = now_ ? (events_.empty() ? 0 : events_.back().timestamp) : latest_;
        mm::analytics &measured = feed.measured();
        const mm_analytics_fill_report_t fills = measured.fill_report();
        const auto ends = measured.try_survival_summary(MM_SURVIVAL_ORDERS, MM_ALL_DISTANCES, end).value();
        OrderLifetimeAnalysis analysis;
        analysis.orders = ends.events + ends.competing + ends.censored;
        analysis.filled = ends.events;
        analysis.cancelled = ends.competing;
        analysis.open = ends.censored;
        analysis.median_time_to_fill = detail::to_seconds(ends.median);
        analysis.fill_probability = fills.base_rate;
        analysis.fill_forecast_skill = fills.skill;
        // As many as there can be.
        std::array<mm_survival_point_t, 496> points{};
        const auto curve = measured.try_survival(MM_SURVIVAL_ORDERS, MM_ALL_DISTANCES, end, points).value();
        analysis.survival.assign(curve.begin(), curve.end());
        if (now_) {
            detail::check(measured.try_cancels(analysis.cancellations).code());
        }
        return analysis;
    }

    const Config config_;
    const detail::market_scale scale_;
    /// Where the config's horizon stands.
    std::size_t horizon_ = 0;
    const mm_analytics_config_t parameters_;
    mutable std::mutex mutex_;

    // A feed: its last events, the book after them and the book before them.
    std::deque<mm_event_t> events_;
    std::optional<book> now_;
    std::optional<book> then_;
    std::uint64_t last_dropped_ = 0;
    bool has_dropped_ = false;
    bool is_halted_ = false;

    // The documented values.
    std::deque<Depth> depths_;
    std::deque<Print> trades_;
    std::uint64_t number_ = 0;
    std::map<std::int64_t, Order> orders_;
    std::deque<std::int64_t> order_ids_;
    mutable std::uint64_t latest_ = 0;
};

}  // namespace mm

#endif
