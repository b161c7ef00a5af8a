// stoikov_strategy.hpp: the documented StoikovStrategy: the quotes of Avellaneda and Stoikov 2008 (F1), shifted by what a predictor
// expects, placed through the managers. Used by one thread at a time; stop() may come from another.
//
//   reservation price  mid + drift * expected change - (position - inventory_target) * risk_aversion * sigma^2 * tau
//   spread             (risk_aversion * sigma^2 * tau + 2/risk_aversion * ln(1 + risk_aversion/market_impact)) * spread_multiplier
//
// sigma^2 is the variance of the mid per second, from its changes over the last volatility_window samples, at least
// sampling_interval apart; tau what is left of the horizon. When the horizon is over the next begins, and horizons() says the
// how manieth it is. Time is that of the depths (last_update).
//
// The predictor is asked on rows of features made of the depths (depth_features.hpp), once it has seen enough; its forecast of
// the mid's returns, in standard deviations, is taken back to a price with sigma. An untrained predictor is not followed unless the
// config says so, nor is one that does not read the 24 default channels.
//
// An order stays as it is, with its place in the queue, until its price is off by requote_share of half the spread or its quantity
// by half, or until it would meet the market. A market that is not valid is not quoted: the orders are withdrawn.
#ifndef MARKET_MAKER_CPP_STOIKOV_STRATEGY_HPP
#define MARKET_MAKER_CPP_STOIKOV_STRATEGY_HPP

#include "../market_maker/quote.hpp"
#include "depth_features.hpp"
#include "market_making_strategy.hpp"
#include "market_predictor.hpp"
#include "order_manager.hpp"
#include "risk_manager.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace mm {

/// How a StoikovStrategy quotes.
struct StoikovStrategyConfig {
    /// Aversion to the price risk of inventory, at least 0, 1/(price unit).
    double risk_aversion = 0.1;
    /// Decay k of the fill intensity with the distance from the mid, positive, 1/price.
    double market_impact = 1.5;
    /// Samples of the volatility.
    std::size_t volatility_window = 100;
    /// The position at which quotes are even.
    double inventory_target = 0.0;
    /// Days.
    double time_horizon = 1.0;
    /// Part of the predicted change that the reservation price follows.
    double drift = 0.1;
    /// A quote whose fill intensity, exp(-k distance), is below this share of that at the mid is not placed.
    double min_intensity = 0.01;
    /// Largest position of either sign.
    double position_limit = 10.0;

    /// Factor on the spread.
    double spread_multiplier = 1.0;
    /// Quantity of one quote, as far as the managers' and the position's limits allow it.
    double order_size = 100.0;
    /// Part of the quantity that goes, on the side that adds to it, as the position nears its limit.
    double risk_factor = 0.1;
    /// 0 quotes nothing. One order a side is what the formula asks for.
    int max_orders_per_side = 3;
    /// Least seconds between two samples of the volatility.
    double sampling_interval = 1.0;
    /// How far a price may be off before its order moves, as a share of half the spread.
    double requote_share = 0.05;
    /// Bids are rounded down and asks up to multiples of it; 0 leaves prices as they come.
    double tick_size = 0.0;
    /// Seconds of a row of features.
    double feature_step = 0.1;
    /// Whether a predictor with random weights is followed.
    bool follow_untrained = false;
};

/// The documented strategy.
class StoikovStrategy : public MarketMakingStrategy {
public:
    /// Its config.
    using StoikovConfig = StoikovStrategyConfig;

    /// What it last wanted and why.
    struct State {
        /// Prices; the quantity is 0 on a side that is not quoted.
        double bid = 0.0;
        /// Ask price; 0 for none.
        double ask = 0.0;
        /// Quantity bid for.
        double bid_quantity = 0.0;
        /// Quantity offered.
        double ask_quantity = 0.0;
        /// The price around which it quotes.
        double reservation_price = 0.0;
        /// Price per square root of a day.
        double volatility = 0.0;
        /// What the predictor says of the mid over its forecast; 0 before it has said anything.
        double predicted_change = 0.0;
        /// Whether that moved the quotes.
        bool follows_prediction = false;
        /// Days left of the horizon.
        double remaining = 0.0;
    };

    /// With what it trades through; the predictor and the risk manager may be null.
    StoikovStrategy(std::shared_ptr<MarketPredictor> predictor, std::shared_ptr<OrderManager> order_manager,
                    std::shared_ptr<RiskManager> risk_manager, const StoikovConfig &config = StoikovConfig())
        : MarketMakingStrategy(std::move(predictor), std::move(order_manager), std::move(risk_manager), common(config)),
          config_(checked(config)), quoter_(make_quoter(config)) {
        if (order_manager_ == nullptr) {
            detail::refuse_config("a StoikovStrategy needs an OrderManager");
        }
        if (predictor_ != nullptr && predictor_->config().num_channels == MM_FEATURE_CHANNELS) {
            features_.emplace(config.feature_step);
            forecast_.resize(predictor_->output_size());
        }
        changes_.reserve(config.volatility_window);
    }
    /// Without limits beside the order manager's.
    StoikovStrategy(std::shared_ptr<MarketPredictor> predictor, std::shared_ptr<OrderManager> order_manager,
                    const StoikovConfig &config = StoikovConfig())
        : StoikovStrategy(std::move(predictor), std::move(order_manager), nullptr, config) {}

    /// Goes on after stop().
    void initialize() override {
        const std::lock_guard<std::mutex> lock(mutex_);
        is_stopped_ = false;
    }
    /// Withdraws its orders and quotes no more until initialize().
    void stop() override {
        const std::lock_guard<std::mutex> lock(mutex_);
        is_stopped_ = true;
        withdraw();
    }

    /// Follows the market: volatility, prediction, fills, quotes.
    void on_market_data(const MarketDepth &depth) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (is_stopped_) {
            return;
        }
        if (!depth.is_valid()) {
            withdraw();
            return;
        }
        now_ = std::max(now_, depth.last_update > 0 ? depth.last_update : detail::system_time());
        const double mid = depth.get_mid_price();
        roll_horizon();
        sample(mid);
        predict(depth);
        follow_fills(depth);
        decide(depth, mid);
        // The side that gives way first, so that own orders never meet on the way.
        const Order *const bid = working(bid_order_);
        if (bid != nullptr && state_.bid_quantity > 0.0 && state_.bid > bid->price) {
            update(ask_order_, OrderSide::SELL, state_.ask, state_.ask_quantity, depth);
            update(bid_order_, OrderSide::BUY, state_.bid, state_.bid_quantity, depth);
        } else {
            update(bid_order_, OrderSide::BUY, state_.bid, state_.bid_quantity, depth);
            update(ask_order_, OrderSide::SELL, state_.ask, state_.ask_quantity, depth);
        }
    }

    /// What it sees and quotes now.
    State get_state() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return state_;
    }
    /// Horizons that have begun: 1 after the first market data, one more each time that one is over.
    std::uint64_t horizons() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return horizons_;
    }
    /// What it was made with.
    const StoikovConfig &config() const noexcept { return config_; }

private:
    static constexpr double seconds_per_day = 86400.0;
    static constexpr double ns_per_second = 1e9;

    static Config common(const StoikovConfig &config) {
        Config common;
        common.spread_multiplier = config.spread_multiplier;
        common.position_limit = config.position_limit;
        common.order_size = config.order_size;
        common.risk_factor = config.risk_factor;
        common.max_orders_per_side = config.max_orders_per_side;
        return common;
    }
    static const StoikovConfig &checked(const StoikovConfig &config) {
        const bool ok = config.risk_aversion >= 0.0 && config.market_impact > 0.0 && config.volatility_window > 0 &&
                        std::isfinite(config.inventory_target) && config.time_horizon > 0.0 && config.time_horizon < 36500.0 &&
                        std::isfinite(config.drift) && config.min_intensity >= 0.0 && config.min_intensity <= 1.0 &&
                        config.position_limit >= 0.0 && config.spread_multiplier > 0.0 && config.order_size >= 0.0 &&
                        config.risk_factor >= 0.0 && config.risk_factor <= 1.0 && config.max_orders_per_side >= 0 &&
                        config.sampling_interval > 0.0 && config.requote_share >= 0.0 && config.tick_size >= 0.0 &&
                        config.feature_step > 0.0 && config.feature_step <= seconds_per_day;
        if (!ok) {
            detail::refuse_config("a parameter of the StoikovConfig is out of its range");
        }
        return config;
    }
    static quoter make_quoter(const StoikovConfig &from) {
        mm_quoter_config_t config = quoter::defaults();
        config.model = MM_QUOTER_AVELLANEDA_STOIKOV;
        config.gamma = from.risk_aversion;
        config.k = from.market_impact;
        // The closed form sees variance and time only as their product, which is given as the time.
        config.sigma = 1.0;
        config.horizon = 1e300;
        return quoter(config);
    }

    void roll_horizon() {
        const double length = config_.time_horizon * seconds_per_day;
        if (horizons_ == 0) {
            horizons_ = 1;
            horizon_start_ = now_;
        }
        double since = static_cast<double>(now_ - horizon_start_) / ns_per_second;
        if (since >= length) {
            const double over = std::floor(since / length);
            horizons_ += static_cast<std::uint64_t>(over);
            horizon_start_ += static_cast<std::int64_t>(over * length * ns_per_second);
            since = static_cast<double>(now_ - horizon_start_) / ns_per_second;
        }
        remaining_ = std::clamp(length - since, 0.0, length);
        state_.remaining = remaining_ / seconds_per_day;
    }
    void sample(double mid) {
        const double since = static_cast<double>(now_ - sample_time_) / ns_per_second;
        if (sample_time_ != 0 && since < config_.sampling_interval) {
            return;
        }
        if (sample_time_ != 0) {
            const std::pair<double, double> change((mid - sample_mid_) * (mid - sample_mid_), since);
            if (changes_.size() < config_.volatility_window) {
                changes_.push_back(change);
            } else {
                changes_[oldest_change_] = change;
                oldest_change_ = (oldest_change_ + 1) % changes_.size();
            }
            double squares = 0.0;
            double seconds = 0.0;
            for (const auto &one : changes_) {
                squares += one.first;
                seconds += one.second;
            }
            variance_ = squares / seconds;
            state_.volatility = std::sqrt(variance_ * seconds_per_day);
        }
        sample_time_ = now_;
        sample_mid_ = mid;
    }
    void predict(const MarketDepth &depth) {
        if (!features_) {
            return;
        }
        features_->update(depth, now_, [&](const float *row, std::size_t length) {
            if (predictor_->push(row, length)) {
                detail::check_prediction(predictor_->try_forecast(forecast_));
                has_forecast_ = true;
            }
        });
        if (!has_forecast_) {
            return;
        }
        double deviations = 0.0;
        for (std::size_t i = features_->return_channel(); i < forecast_.size(); i += MM_FEATURE_CHANNELS) {
            deviations += double{forecast_[i]};
        }
        state_.predicted_change = deviations * std::sqrt(variance_ * features_->step());
        state_.follows_prediction = (predictor_->is_trained() || config_.follow_untrained) && config_.drift != 0.0;
    }
    /// Tells the risk manager what our orders have traded, and both what the position is worth.
    void follow_fills(const MarketDepth &depth) {
        order_manager_->set_mark(depth.get_mid_price());
        for (std::int64_t *id : {&bid_order_, &ask_order_}) {
            const std::optional<Order> order = *id != 0 ? order_manager_->get_order(*id) : std::nullopt;
            if (order && risk_manager_ != nullptr) {
                risk_manager_->update_metrics(symbol(), *order, depth);
            }
            if (!order || !order->is_active()) {
                *id = 0;
            }
        }
        if (risk_manager_ != nullptr) {
            risk_manager_->update_market(symbol(), depth);
        }
    }
    /// What is wanted now.
    void decide(const MarketDepth &depth, double mid) {
        const double position = order_manager_->get_position();
        const mm_quotes_t quotes =
            quoter_.quote(mid, position - config_.inventory_target, variance_ * remaining_);
        const double half = (quotes.ask - quotes.bid) / 2.0 * config_.spread_multiplier;
        const double shift =
            state_.follows_prediction ? std::clamp(config_.drift * state_.predicted_change, -half, half) : 0.0;
        state_.reservation_price = (quotes.bid + quotes.ask) / 2.0 + shift;
        half_spread_ = half;
        // Passive: what would meet the market stands at the best price of its own side.
        const double bid = rounded(state_.reservation_price - half, false);
        const double ask = rounded(state_.reservation_price + half, true);
        state_.bid = bid < depth.asks[0].price ? bid : depth.bids[0].price;
        state_.ask = ask > depth.bids[0].price ? ask : depth.asks[0].price;
        state_.bid_quantity = quantity(state_.bid, mid - state_.bid, position);
        state_.ask_quantity = quantity(state_.ask, state_.ask - mid, -position);
    }
    double rounded(double price, bool up) const noexcept {
        if (config_.tick_size <= 0.0) {
            return price;
        }
        // A share of 1e-9 of a tick is what a multiple of it may be off.
        const double ticks = price / config_.tick_size;
        return (up ? std::ceil(ticks - 1e-9) : std::floor(ticks + 1e-9)) * config_.tick_size;
    }
    /// The quantity of a quote on the side that adds to `position`; 0 for none.
    double quantity(double price, double distance, double position) const noexcept {
        const bool is_wanted = price > 0.0 && config_.max_orders_per_side > 0 &&
                               std::exp(-config_.market_impact * std::max(distance, 0.0)) >= config_.min_intensity;
        const double room = config_.position_limit - position;
        if (!is_wanted || !(room > 0.0)) {
            return 0.0;
        }
        const double share = config_.position_limit > 0.0 ? std::clamp(position / config_.position_limit, 0.0, 1.0) : 0.0;
        const double size = std::min(config_.order_size, order_manager_->config().max_order_size);
        return std::min(size * (1.0 - config_.risk_factor * share), room);
    }

    const Order *working(std::int64_t id) {
        const std::optional<Order> order = id != 0 ? order_manager_->get_order(id) : std::nullopt;
        looked_at_ = order && order->is_active() ? *order : Order();
        return looked_at_.order_id != 0 ? &looked_at_ : nullptr;
    }
    bool may_send(OrderSide side, double price, double quantity, const MarketDepth &depth) {
        if (risk_manager_ == nullptr) {
            return true;
        }
        Order order;
        order.side = side;
        order.price = price;
        order.quantity = quantity;
        return risk_manager_->check_order_risk(symbol(), order, depth);
    }
    void cancel(std::int64_t &id) {
        if (id != 0 && order_manager_->cancel_order(id) && risk_manager_ != nullptr) {
            risk_manager_->note_cancel();
        }
        id = 0;
    }
    void withdraw() {
        cancel(bid_order_);
        cancel(ask_order_);
        state_.bid_quantity = 0.0;
        state_.ask_quantity = 0.0;
    }
    /// Brings one side to what is wanted, with as few messages as that takes.
    void update(std::int64_t &id, OrderSide side, double price, double quantity, const MarketDepth &depth) {
        const Order *const order = working(id);
        if (!(quantity > 0.0)) {
            cancel(id);
            return;
        }
        if (order == nullptr) {
            if (may_send(side, price, quantity, depth)) {
                const std::optional<Order> placed = order_manager_->place_order(side, price, quantity);
                id = placed ? placed->order_id : 0;
            }
            return;
        }
        const bool meets = side == OrderSide::BUY ? order->price >= depth.asks[0].price : order->price <= depth.bids[0].price;
        const bool stays = !meets && std::abs(price - order->price) <= config_.requote_share * half_spread_ &&
                           std::abs(order->remaining() - quantity) <= 0.5 * quantity;
        if (stays) {
            return;
        }
        if (may_send(side, price, quantity, depth)) {
            const std::optional<Order> moved = order_manager_->replace_order(id, price, quantity);
            if (moved) {
                id = moved->order_id;
            } else {
                cancel(id);
            }
            return;
        }
        // Only the message rate lets an order stand that is no better for the market than what is wanted.
        const bool is_too_good = side == OrderSide::BUY ? order->price > price : order->price < price;
        if (is_too_good || risk_manager_->last_rejection().reason.code() != MM_E_RISK_MESSAGE_RATE) {
            cancel(id);
        }
    }

    const StoikovConfig config_;
    const quoter quoter_;
    mutable std::mutex mutex_;
    std::optional<DepthFeatures> features_;
    std::vector<float> forecast_;
    bool has_forecast_ = false;
    bool is_stopped_ = false;
    State state_;
    std::int64_t now_ = 0;
    std::uint64_t horizons_ = 0;
    std::int64_t horizon_start_ = 0;
    /// Seconds.
    double remaining_ = 0.0;
    std::int64_t sample_time_ = 0;
    double sample_mid_ = 0.0;
    /// Squared changes of the mid and the seconds that they took, a ring once it is full.
    std::vector<std::pair<double, double>> changes_;
    std::size_t oldest_change_ = 0;
    /// Of the mid, per second.
    double variance_ = 0.0;
    double half_spread_ = 0.0;
    std::int64_t bid_order_ = 0;
    std::int64_t ask_order_ = 0;
    Order looked_at_;
};

}  // namespace mm

#endif
