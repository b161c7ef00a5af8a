// ml_market_maker.hpp: the documented MLMarketMaker: an LSTM and a spread model around Avellaneda-Stoikov (2008) quotes. One
// owner. Nothing allocates after construction.
//
// A point is a mid price and a volume. From the last 100 of them the LSTM reads 100 rows of five features (see row below) and gives
// three numbers for the next point: the expected relative change of the price, the volatility (standard deviation of the relative
// change), and a direction, positive for up. The spread model gives a spread in basis points. Quotes are computed in
// basis points of the mid, so that they do not depend on the price's size:
//
//   s^2     = r^2 (1 + m^2) / 2        r realised volatility of the 100 points; m the LSTM's over r, held within 1/3 and 3
//   centre  = change (held within max_shift_bps) - inventory * risk_aversion * s^2 * horizon
//   spread  = max(risk_aversion s^2 horizon + 2/risk_aversion ln(1 + risk_aversion/fill_decay), the model's spread),
//             held within min_spread_bps and max_spread_bps
//   size    = order_size, less on the side that would take the inventory towards max_inventory, and less (by up to a half) on the
//             side that the direction speaks against
#ifndef MARKET_MAKER_CPP_ML_MARKET_MAKER_HPP
#define MARKET_MAKER_CPP_ML_MARKET_MAKER_HPP

#include "../market_maker/quote.hpp"
#include "../market_maker/trees.hpp"
#include "market_predictor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace mm {

/// Prices and sizes; all zero where there is no quote.
struct Quote {
    /// Bid price.
    double bid = 0.0;
    /// Ask price.
    double ask = 0.0;
    /// Quantity bid for.
    std::uint32_t bid_size = 0;
    /// Quantity offered.
    std::uint32_t ask_size = 0;
};

/// How an MLMarketMaker quotes. Volatilities are per square root of a point.
struct MLMarketMakerConfig {
    /// Aversion to the risk of inventory, 1/(bps unit), positive.
    double risk_aversion = 0.001;
    /// Decay of the fill intensity with the distance from mid, 1/bps, positive.
    double fill_decay = 0.5;
    /// Points until the inventory's risk ends.
    double horizon = 10.0;
    /// Least realised volatility that is believed, bps.
    double min_volatility_bps = 1.0;
    /// Largest shift of the centre by the expected change, bps.
    double max_shift_bps = 10.0;
    /// Least spread, bps.
    double min_spread_bps = 1.0;
    /// Largest spread, bps.
    double max_spread_bps = 500.0;
    /// Quantity quoted without inventory.
    std::uint32_t order_size = 100;
    /// The inventory at which a side stops quoting.
    double max_inventory = 1000.0;
};

/// The documented market maker.
class MLMarketMaker {
public:
    /// Its config.
    using Config = MLMarketMakerConfig;
    /// What it quotes.
    using Quote = mm::Quote;

    /// Points that a quote needs.
    static constexpr std::size_t window = 100;
    /// Features of a point.
    static constexpr std::size_t features = 5;
    /// What a LightGBM spread model may ask for by its features' names: the LSTM's outputs, the last row's features, and two of the
    /// whole window. Names that LightGBM makes up itself (Column_0, Column_1, ...) count in this order.
    static constexpr std::array<const char *, 10> spread_features = {
        "change",     "volatility",   "direction",     "price_ratio",         "return",
        "log_return", "volume_ratio", "volume_change", "realised_volatility", "window_return"};

    /// `lstm_path` is a safetensors file of an LSTM that reads 100 x 5 features and gives 3 outputs. `spread_path` is a LightGBM text
    /// model, or a safetensors file of another such LSTM, whose first output is the spread in basis points.
    MLMarketMaker(const std::string &lstm_path, const std::string &spread_path, const Config &config = Config())
        : config_(checked(config)),
          lstm_(make_lstm(lstm_path, 3)),
          quoter_(make_quoter(config)),
          row_(window * features),
          answer_(3) {
        if (is_text_model(spread_path)) {
            load_trees(spread_path);
        } else {
            spread_lstm_.emplace(make_lstm(spread_path, 0));
            answer_.resize(std::max<std::size_t>(3, spread_lstm_->info().output_columns));
        }
    }

    /// The next point. DATA_ERROR for a price that is not positive or a volume that is negative; nothing changes then.
    void update_market_data(double mid_price, double volume) {
        if (!(std::isfinite(mid_price) && mid_price > 0.0)) {
            detail::fail(MarketPredictorError::DATA_ERROR, "mid_price is not a positive number");
        }
        if (!(std::isfinite(volume) && volume >= 0.0)) {
            detail::fail(MarketPredictorError::DATA_ERROR, "volume is not a number of at least 0");
        }
        points_[next_] = {mid_price, volume};
        next_ = (next_ + 1) % window;
        count_ = std::min(count_ + 1, window);
        mark_ = mid_price;
        is_stale_ = true;
    }

    /// Quotes around the last mid; all zero until there are 100 points.
    Quote generate_quotes() {
        if (count_ < window) {
            return Quote();
        }
        if (is_stale_) {
            predict();
            is_stale_ = false;
        }
        // The closed form sees the variance to the horizon only as sigma^2 times the remaining time.
        const result<mm_quotes_t> quotes = quoter_.try_quote(shift_bps_, inventory_, variance_);
        detail::check_prediction(quotes.status());
        const double half = std::clamp(std::max(quotes->ask - quotes->bid, spread_bps_), config_.min_spread_bps,
                                       config_.max_spread_bps) /
                            2.0;
        const double farthest = 9000.0 - half;
        const double centre = std::clamp((quotes->bid + quotes->ask) / 2.0, -farthest, farthest);
        const double mid = point(window - 1).price;
        Quote quote;
        quote.bid = mid * (1.0 + (centre - half) / 1e4);
        quote.ask = mid * (1.0 + (centre + half) / 1e4);
        quote.bid_size = size(inventory_, -direction_);
        quote.ask_size = size(-inventory_, direction_);
        return quote;
    }

    /// An own order was filled. DATA_ERROR for a price or quantity that is not positive; nothing changes then.
    void on_fill(bool is_buy, double price, double quantity) {
        if (!(std::isfinite(price) && price > 0.0 && std::isfinite(quantity) && quantity > 0.0)) {
            detail::fail(MarketPredictorError::DATA_ERROR, "price or quantity of a fill is not a positive number");
        }
        inventory_ += is_buy ? quantity : -quantity;
        cash_ += is_buy ? -price * quantity : price * quantity;
        if (mark_ == 0.0) {
            mark_ = price;
        }
    }

    /// Signed units; positive is long.
    double get_inventory() const noexcept { return inventory_; }
    /// Cash plus the inventory at the last mid (at the first fill's price before there is one).
    double get_pnl() const noexcept { return cash_ + inventory_ * mark_; }

    /// The LSTM's expected change, volatility and direction behind the last quote; zero before the first.
    std::array<double, 3> get_prediction() const noexcept { return prediction_; }
    /// The spread model's answer behind the last quote, bps.
    double get_model_spread_bps() const noexcept { return spread_bps_; }
    /// What it was made with.
    const Config &config() const noexcept { return config_; }

private:
    struct Point {
        double price = 0.0;
        double volume = 0.0;
    };

    static const Config &checked(const Config &config) {
        const bool ok = config.risk_aversion > 0.0 && config.fill_decay > 0.0 && config.horizon >= 0.0 &&
                        config.min_volatility_bps > 0.0 && config.max_shift_bps >= 0.0 && config.min_spread_bps > 0.0 &&
                        config.max_spread_bps >= config.min_spread_bps && config.max_spread_bps <= 10000.0 &&
                        config.max_inventory > 0.0 && std::isfinite(config.max_inventory);
        if (!ok) {
            detail::fail(MarketPredictorError::MODEL_ERROR, "a parameter of the config is out of its range");
        }
        return config;
    }
    static predictor make_lstm(const std::string &path, std::uint32_t outputs) {
        mm_predictor_config_t config = predictor::defaults(network::lstm);
        config.lstm_steps = window;
        config.lstm_features = features;
        config.lstm_outputs = outputs;
        config.max_batch = 1;
        result<predictor> made = predictor::try_create(config, path.c_str());
        detail::check_prediction(made.status(), path);
        if (outputs != 0 && made->info().output_columns != outputs) {
            detail::fail(MarketPredictorError::MODEL_ERROR, path + ": the network has no head of three outputs");
        }
        return std::move(*made);
    }
    static quoter make_quoter(const Config &from) {
        mm_quoter_config_t config = quoter::defaults();
        config.model = MM_QUOTER_AVELLANEDA_STOIKOV;
        config.gamma = from.risk_aversion;
        config.k = from.fill_decay;
        config.sigma = 1.0;
        config.horizon = 1e12;
        result<quoter> made = quoter::try_create(config);
        detail::check_prediction(made.status());
        return std::move(*made);
    }
    /// A LightGBM text begins with the word tree; a safetensors file with eight bytes that are a length.
    static bool is_text_model(const std::string &path) {
        char start[5] = {};
        std::FILE *file = std::fopen(path.c_str(), "rb");
        if (file == nullptr) {
            detail::fail(MarketPredictorError::MODEL_ERROR, path + ": cannot be opened");
        }
        const std::size_t read = std::fread(start, 1, sizeof start, file);
        std::fclose(file);
        return read == sizeof start && std::memcmp(start, "tree", 4) == 0 && (start[4] == '\n' || start[4] == '\r');
    }
    void load_trees(const std::string &path) {
        result<mm::trees> made = mm::trees::try_load(path.c_str());
        detail::check_prediction(made.status(), path);
        trees_.emplace(std::move(*made));
        const mm_trees_info_t info = trees_->info();
        if (info.outputs != 1) {
            detail::fail(MarketPredictorError::MODEL_ERROR, path + ": a spread model has one output");
        }
        for (std::size_t i = 0; i < info.features; ++i) {
            const char *name = trees_->feature_name(i);
            const auto known = std::find_if(spread_features.begin(), spread_features.end(),
                                            [&](const char *k) { return std::strcmp(k, name) == 0; });
            std::size_t source = static_cast<std::size_t>(known - spread_features.begin());
            if (known == spread_features.end() && "Column_" + std::to_string(i) == name) {
                source = i;
            }
            if (source >= spread_features.size()) {
                detail::fail(MarketPredictorError::MODEL_ERROR, path + ": no feature is called " + name);
            }
            sources_.push_back(source);
        }
        spread_row_.resize(sources_.size());
    }

    /// A point of the window, oldest first.
    const Point &point(std::size_t i) const noexcept { return points_[(next_ + i) % window]; }
    /// What a network takes: extreme ratios are held within bounds that no market reaches.
    static float bounded(double value) noexcept { return static_cast<float>(std::clamp(value, -1e4, 1e4)); }

    /// The five features of every point: price / last price, return, log return, volume / mean volume, relative change of the volume.
    /// Returns and change are 0 for the first point of the window, and the volume's features where they would divide by 0.
    void fill_row(double mean_volume) noexcept {
        const double last = point(window - 1).price;
        for (std::size_t i = 0; i < window; ++i) {
            const Point &now = point(i);
            const Point &before = point(i == 0 ? 0 : i - 1);
            float *row = row_.data() + i * features;
            row[0] = bounded(now.price / last);
            row[1] = bounded((now.price - before.price) / before.price);
            row[2] = bounded(std::log(now.price / before.price));
            row[3] = mean_volume > 0.0 ? bounded(now.volume / mean_volume) : 0.0F;
            row[4] = before.volume > 0.0 ? bounded((now.volume - before.volume) / before.volume) : 0.0F;
        }
    }

    void predict() {
        double mean_volume = 0.0, mean = 0.0, squares = 0.0;
        for (std::size_t i = 0; i < window; ++i) {
            mean_volume += point(i).volume / static_cast<double>(window);
        }
        fill_row(mean_volume);
        constexpr double returns = static_cast<double>(window - 1);
        for (std::size_t i = 1; i < window; ++i) {
            mean += std::clamp(point(i).price / point(i - 1).price - 1.0, -1.0, 1.0) / returns;
        }
        for (std::size_t i = 1; i < window; ++i) {
            const double off = std::clamp(point(i).price / point(i - 1).price - 1.0, -1.0, 1.0) - mean;
            squares += off * off / returns;
        }
        const double realised = std::sqrt(squares);

        detail::check_prediction(lstm_.try_predict(row_, answer_));
        prediction_ = {double{answer_[0]}, double{answer_[1]}, double{answer_[2]}};
        shift_bps_ = std::clamp(prediction_[0] * 1e4, -config_.max_shift_bps, config_.max_shift_bps);
        direction_ = std::tanh(prediction_[2]);
        const double believed = std::max(realised * 1e4, config_.min_volatility_bps);
        const double multiple = std::clamp(prediction_[1] * 1e4 / believed, 1.0 / 3.0, 3.0);
        variance_ = believed * believed * (1.0 + multiple * multiple) / 2.0 * config_.horizon;
        spread_bps_ = model_spread(realised);
    }

    double model_spread(double realised) {
        double spread = 0.0;
        if (trees_) {
            const float *last = row_.data() + (window - 1) * features;
            const std::array<double, spread_features.size()> all = {
                prediction_[0], prediction_[1], prediction_[2], double{last[0]}, double{last[1]},
                double{last[2]}, double{last[3]}, double{last[4]}, realised,
                point(window - 1).price / point(0).price - 1.0};
            for (std::size_t i = 0; i < sources_.size(); ++i) {
                spread_row_[i] = all[sources_[i]];
            }
            detail::check_prediction(trees_->try_predict(spread_row_, {&spread, 1}));
        } else {
            detail::check_prediction(spread_lstm_->try_predict(row_, answer_));
            spread = double{answer_[0]};
        }
        return std::isfinite(spread) ? std::clamp(spread, 0.0, config_.max_spread_bps) : 0.0;
    }

    /// The size of the side that adds to `position`, where `against` > 0 says that the direction speaks against it.
    std::uint32_t size(double position, double against) const noexcept {
        const double room = std::clamp(1.0 - position / config_.max_inventory, 0.0, 1.0);
        const double wanted = static_cast<double>(config_.order_size) * room * (1.0 - 0.5 * std::max(0.0, against));
        return room > 0.0 ? static_cast<std::uint32_t>(std::max(1.0, std::round(wanted))) : 0;
    }

    Config config_;
    predictor lstm_;
    quoter quoter_;
    std::optional<mm::trees> trees_;
    std::optional<predictor> spread_lstm_;
    /// For each feature of the spread trees, which of `spread_features` it is.
    std::vector<std::size_t> sources_;
    std::vector<double> spread_row_;
    std::array<Point, window> points_ = {};
    std::size_t next_ = 0;
    std::size_t count_ = 0;
    /// The window's features, [100][5].
    std::vector<float> row_;
    std::vector<float> answer_;
    bool is_stale_ = true;
    std::array<double, 3> prediction_ = {};
    double shift_bps_ = 0.0;
    double direction_ = 0.0;
    double variance_ = 0.0;
    double spread_bps_ = 0.0;
    double inventory_ = 0.0;
    double cash_ = 0.0;
    double mark_ = 0.0;
};

}  // namespace mm

#endif
