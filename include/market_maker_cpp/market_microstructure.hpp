// market_microstructure.hpp: the documented MarketMicrostructure: what trading in a market costs and what it tells, from the first
// event to the last. Thread-safe: every function takes one lock. O(1) per event but for the levels of the imbalance; nothing is
// allocated after the first event.
//
//   effective spread     2 d (p - m): d +1 for a purchase, p the trade's mean price, m the mid before it
//   realised spread      2 d (p - m'), m' the mid a horizon later
//   price impact         effective less realised: 2 d (m' - m)
//   imbalance            (bid - ask) / (bid + ask) of the quantities on the best levels, and of the trades' sides
//   flow toxicity        share of trades after which the mid stood beyond their price, a horizon later; VPIN beside it
//   Kyle's lambda        slope of the mid's change over an interval on its signed volume
//   information share    Hasbrouck's, of this market's mid and of another price of the same instrument
//
// The maths is the core's (mm_analytics_*, mm_information_share_*). A market is told either by mm_event_t of an order-by-order feed,
// or by MarketDepth and trades: whichever comes first. NaN stands for what is not known yet.
#ifndef MARKET_MAKER_CPP_MARKET_MICROSTRUCTURE_HPP
#define MARKET_MAKER_CPP_MARKET_MICROSTRUCTURE_HPP

#include "market_feed.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace mm {

/// How a market is measured.
struct MarketMicrostructureConfig {
    /// Price of a tick, and quantity of a lot: what results are scaled by, and depths and trades rounded to.
    double tick_size = 0.01;
    /// Quantity of a lot.
    double lot_size = 1.0;
    /// Seconds after a trade at which realised spread, impact and toxicity look at the mid.
    double horizon = 5.0;
    /// Levels a side that the imbalance counts, 1 to 64.
    std::size_t imbalance_levels = 5;
    /// Quantity of a VPIN bucket, and how many buckets VPIN spans.
    double vpin_bucket = 10000.0;
    /// Buckets that VPIN spans.
    std::uint32_t vpin_buckets = 50;
    /// Seconds of an interval of Kyle's regression.
    double kyle_interval = 1.0;
    /// Seconds of the grid on which two markets' prices are compared, and the lagged changes in the regression, 1 to 16.
    double information_interval = 1.0;
    /// Lagged changes in the regression, 1 to 16.
    std::uint32_t information_lags = 2;
    /// Storage of the book of a feed of events; one beyond its orders is refused.
    mm_book_config_t book = mm::book::defaults();
};

/// The documented microstructure of one instrument.
class MarketMicrostructure {
public:
    /// Its config.
    using Config = MarketMicrostructureConfig;

    /// Means over the trades that have reached a horizon. Spreads and impact in price, whole spreads: impact = effective - realised.
    struct Spreads {
        /// Seconds.
        double horizon = 0.0;
        /// Parent trades.
        std::uint64_t trades = 0;
        /// 2 d (p - m).
        double effective_spread = detail::not_known;
        /// 2 d (p - m').
        double realised_spread = detail::not_known;
        /// Effective less realised.
        double price_impact = detail::not_known;
        /// The same, weighted by the trades' quantities.
        double effective_spread_by_quantity = detail::not_known;
        /// Weighted by quantity.
        double realised_spread_by_quantity = detail::not_known;
        /// Weighted by quantity.
        double price_impact_by_quantity = detail::not_known;
        /// Share of the trades after which the mid stood beyond their price.
        double flow_toxicity = detail::not_known;
        /// Weighted by quantity.
        double flow_toxicity_by_quantity = detail::not_known;
    };
    /// Change of the mid = intercept + lambda x signed quantity.
    struct KyleLambda {
        /// Intervals in the regression.
        std::uint64_t intervals = 0;
        /// Price per unit of quantity.
        double lambda = detail::not_known;
        /// Of lambda.
        double standard_error = detail::not_known;
        /// Price per interval.
        double intercept = detail::not_known;
        /// 0 to 1.
        double r_squared = detail::not_known;
    };
    /// Index 0 is this market, 1 the other. Where innovations are correlated only bounds are known.
    struct InformationShare {
        /// Steps in the regression.
        std::uint64_t observations = 0;
        /// Least share of each.
        std::array<double, 2> lower = {detail::not_known, detail::not_known};
        /// Largest share of each.
        std::array<double, 2> upper = {detail::not_known, detail::not_known};
        /// The middle of the bounds.
        std::array<double, 2> share = {detail::not_known, detail::not_known};
        /// Gonzalo and Granger's.
        std::array<double, 2> component_share = {detail::not_known, detail::not_known};
        /// Speed at which each price corrects the difference, per interval.
        std::array<double, 2> adjustment = {detail::not_known, detail::not_known};
        /// Of the innovations.
        double correlation = detail::not_known;
    };
    /// Everything at once. Prices in price, quantities in units, shares from 0 to 1, imbalances from -1 (all asks) to 1.
    struct Metrics {
        /// Parent trades.
        std::uint64_t trades = 0;
        /// Half way between the best prices.
        double mid_price = detail::not_known;
        /// The best prices, each weighted by the quantity on the other side.
        double microprice = detail::not_known;
        /// Best ask less best bid.
        double quoted_spread = detail::not_known;
        /// 2 d (p - m).
        double effective_spread = detail::not_known;
        /// 2 d (p - m').
        double realised_spread = detail::not_known;
        /// Effective less realised.
        double price_impact = detail::not_known;
        /// Of the quantities on the best levels.
        double imbalance = detail::not_known;
        /// Purchases less sales over all.
        double trade_imbalance = detail::not_known;
        /// Share of trades after which the mid stood beyond their price.
        double flow_toxicity = detail::not_known;
        /// VPIN.
        double vpin = detail::not_known;
        /// Share of VPIN's past that it is not below now.
        double vpin_percentile = detail::not_known;
        /// Price per unit of quantity.
        double kyle_lambda = detail::not_known;
        /// This market's, the middle of its bounds.
        double information_share = detail::not_known;
    };

    /// std::invalid_argument for a config that is out of range.
    explicit MarketMicrostructure(const Config &config = Config())
        : config_(checked(config)), scale_{config.tick_size, config.lot_size}, feed_(parameters(config, horizon_), config.book),
          shares_(config.information_lags), grid_(detail::to_ns(config.information_interval)) {}

    /// An event of an order-by-order feed, in ticks and lots. False, and no change, for one that the book refuses.
    bool on_event(const mm_event_t &event) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return sampled(event.timestamp, [&] { return feed_.apply(event); });
    }
    /// The market now, at the depth's `last_update`. False, and no change, for what is no price, quantity or time.
    bool on_depth(const MarketDepth &depth) {
        detail::market_ladder ladder;
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!ladder.take(depth, scale_)) {
            return false;
        }
        return sampled(ladder.time, [&] { return feed_.apply(ladder); });
    }
    /// A trade, ns since 1970, before the depth that it leaves. False, and no change, as above.
    bool on_trade(OrderSide aggressor, double price, double quantity, std::int64_t time) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto ticks = scale_.ticks(price);
        const auto lots = scale_.lots(quantity);
        if (!ticks || !lots || *lots == 0 || time < 0) {
            return false;
        }
        const auto now = static_cast<std::uint64_t>(time);
        return sampled(now, [&] { return feed_.print(now, aggressor, *ticks, *lots); });
    }
    /// What another market of the instrument now pays, ns since 1970. False, and no change, for what is no price or time.
    bool on_other_market(double price, std::int64_t time) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!std::isfinite(price) || time < 0) {
            return false;
        }
        return sampled(static_cast<std::uint64_t>(time), [&] {
            other_ = price / scale_.tick;
            return true;
        });
    }
    /// It is `time`, ns, without an event.
    void advance(std::int64_t time) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (time >= 0) {
            (void)sampled(static_cast<std::uint64_t>(time), [&] {
                feed_.measured().advance(static_cast<std::uint64_t>(time));
                return true;
            });
        }
    }

    /// Everything so far.
    Metrics get_metrics() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const mm_analytics_flow_report_t flow = feed_.measured().flow_report();
        const auto best = feed_.best();
        const Spreads at = spreads_at(horizon_);
        Metrics metrics;
        metrics.trades = flow.trades;
        metrics.mid_price = best.mid() * scale_.tick;
        metrics.microprice = detail::size_weighted_mid(best) * scale_.tick;
        metrics.quoted_spread = best.is_sound() ? static_cast<double>(best.ask.price - best.bid.price) * scale_.tick : detail::not_known;
        metrics.effective_spread = at.effective_spread;
        metrics.realised_spread = at.realised_spread;
        metrics.price_impact = at.price_impact;
        metrics.imbalance = book_imbalance(config_.imbalance_levels);
        metrics.trade_imbalance = flow.sign_mean;
        metrics.flow_toxicity = at.flow_toxicity;
        metrics.vpin = flow.vpin;
        metrics.vpin_percentile = flow.vpin_percentile;
        metrics.kyle_lambda = kyle().lambda;
        metrics.information_share = information().share[0];
        return metrics;
    }

    /// At every horizon, shortest first: 0 (right after the trade), 0.01, 0.1, 1, 5, 10, 30, 60 s, and the config's.
    std::vector<Spreads> spreads() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::array<mm_markout_t, MM_MAX_HORIZONS> read{};
        const auto markouts = feed_.measured().try_markouts(read).value();
        std::vector<Spreads> all;
        for (const mm_markout_t &markout : markouts) {
            all.push_back(scaled(markout));
        }
        return all;
    }
    /// Over all trades.
    double effective_spread() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return spreads_at(0).effective_spread;
    }
    /// At the config's horizon.
    double realised_spread() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return spreads_at(horizon_).realised_spread;
    }
    /// Effective less realised spread, at the config's horizon.
    double price_impact() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return spreads_at(horizon_).price_impact;
    }
    /// Share of trades after which the mid stood beyond their price, at the config's horizon.
    double flow_toxicity() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return spreads_at(horizon_).flow_toxicity;
    }
    /// Of the best levels now, as many as the config says.
    double imbalance() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return book_imbalance(config_.imbalance_levels);
    }
    /// Of so many levels, at most 64.
    double imbalance(std::size_t levels) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return book_imbalance(levels);
    }
    /// VPIN, 0 to 1.
    double vpin() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return feed_.measured().flow_report().vpin;
    }
    /// Over all intervals so far.
    KyleLambda kyle_lambda() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return kyle();
    }
    /// Over all steps of the grid so far.
    InformationShare information_share() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return information();
    }

private:
    /// So many steps of the grid without a word are a gap.
    static constexpr std::uint64_t longest_silence = 3600;

    static const Config &checked(const Config &config) {
        const auto is_time = [](double seconds) { return seconds >= 1e-9 && seconds <= 86400.0; };
        const detail::market_scale scale{config.tick_size, config.lot_size};
        if (!scale.is_sound() || !is_time(config.kyle_interval) || !is_time(config.information_interval) ||
            !(config.horizon >= 0.0 && config.horizon <= 86400.0) || config.imbalance_levels < 1 || config.imbalance_levels > 64 ||
            config.information_lags < 1 || config.information_lags > 16 || config.vpin_buckets < 1 ||
            !(config.vpin_bucket >= config.lot_size) || !scale.lots(config.vpin_bucket)) {
            detail::refuse_config("a parameter of the MarketMicrostructure's config is out of its range");
        }
        return config;
    }
    static mm_analytics_config_t parameters(const Config &config, std::size_t &horizon) {
        mm_analytics_config_t given = mm::analytics::defaults();
        horizon = detail::add_horizon(given, detail::to_ns(config.horizon));
        given.vpin_bucket = *detail::market_scale{config.tick_size, config.lot_size}.lots(config.vpin_bucket);
        given.vpin_buckets = config.vpin_buckets;
        given.kyle_interval = detail::to_ns(config.kyle_interval);
        return given;
    }
    /// Makes a change at `now`; where it is one, takes both prices as they were before it at each step of the grid that has come.
    template <class Change>
    bool sampled(std::uint64_t now, Change &&change) {
        if (now < next_) {
            return change();
        }
        const double own = feed_.best().mid();
        const double other = other_;
        if (!change()) {
            return false;
        }
        if (next_ == 0) {
            next_ = (now / grid_ + 1) * grid_;
        } else {
            sample(now, own, other);
        }
        return true;
    }
    void sample(std::uint64_t now, double own, double other) {
        if ((now - next_) / grid_ >= longest_silence) {
            shares_.update(own, detail::not_known);
            next_ = (now / grid_ + 1) * grid_;
        }
        for (; next_ <= now; next_ += grid_) {
            shares_.update(own, other);
        }
    }
    Spreads scaled(const mm_markout_t &of) const noexcept {
        Spreads spreads;
        spreads.horizon = detail::to_seconds(static_cast<double>(of.horizon));
        spreads.trades = of.trades;
        spreads.effective_spread = of.effective_spread * scale_.tick;
        spreads.realised_spread = of.realised_spread * scale_.tick;
        spreads.price_impact = of.price_impact * scale_.tick;
        spreads.effective_spread_by_quantity = of.effective_spread_by_quantity * scale_.tick;
        spreads.realised_spread_by_quantity = of.realised_spread_by_quantity * scale_.tick;
        spreads.price_impact_by_quantity = of.price_impact_by_quantity * scale_.tick;
        spreads.flow_toxicity = of.toxic_share;
        spreads.flow_toxicity_by_quantity = of.toxic_share_by_quantity;
        return spreads;
    }
    Spreads spreads_at(std::size_t horizon) const {
        std::array<mm_markout_t, MM_MAX_HORIZONS> read{};
        return scaled(feed_.measured().try_markouts(read).value()[horizon]);
    }
    double book_imbalance(std::size_t levels) const {
        return detail::imbalance_of(feed_.lots(side::buy, levels), feed_.lots(side::sell, levels));
    }
    KyleLambda kyle() const noexcept {
        KyleLambda lambda;
        if (const auto known = feed_.measured().try_kyle_lambda()) {
            lambda.intervals = known->intervals;
            lambda.lambda = known->lambda * scale_.tick / scale_.lot;
            lambda.standard_error = known->standard_error * scale_.tick / scale_.lot;
            lambda.intercept = known->intercept * scale_.tick;
            lambda.r_squared = known->r_squared;
        }
        return lambda;
    }
    InformationShare information() const noexcept {
        InformationShare share;
        if (const auto known = shares_.try_estimate()) {
            share.observations = known->observations;
            for (std::size_t i = 0; i < 2; ++i) {
                share.lower[i] = known->lower[i];
                share.upper[i] = known->upper[i];
                share.share[i] = known->share[i];
                share.component_share[i] = known->component_share[i];
                share.adjustment[i] = known->adjustment[i];
            }
            share.correlation = known->correlation;
        }
        return share;
    }

    const Config config_;
    const detail::market_scale scale_;
    mutable std::mutex mutex_;
    /// Where the config's horizon stands.
    std::size_t horizon_ = 0;
    detail::market_feed feed_;
    mm::information_share shares_;
    std::uint64_t grid_;
    /// Next step of the grid, ns; 0 before the first event.
    std::uint64_t next_ = 0;
    /// Of the other market, in ticks.
    double other_ = detail::not_known;
};

}  // namespace mm

#endif
