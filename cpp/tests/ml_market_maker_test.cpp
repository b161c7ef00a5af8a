// The documented MLMarketMaker, on the weights that python/make_ml_weights.py makes: MM_ML_WEIGHTS is their folder.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

std::string weights(const std::string &name) { return std::string(MM_ML_WEIGHTS) + "/" + name; }

MLMarketMaker made(const MLMarketMaker::Config &config = {}) {
    return MLMarketMaker(weights("lstm.safetensors"), weights("spread.txt"), config);
}

using Series = std::vector<std::pair<double, double>>;

/// A price that swings by `size` around `level`.
Series swings(double level, double size, std::size_t count = 150) {
    Series series;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = static_cast<double>(i);
        series.emplace_back(level * (1.0 + size * std::sin(1.7 * x)), 100.0 + static_cast<double>((i * 37) % 900));
    }
    return series;
}

void feed(MLMarketMaker &maker, const Series &series) {
    for (const auto &[price, volume] : series) {
        maker.update_market_data(price, volume);
    }
}

double spread_bps(const Quote &quote, double mid) { return (quote.ask - quote.bid) / mid * 1e4; }

template <class Call>
void expect_error(MarketPredictorError::ErrorCode code, const std::string &part, Call &&call) {
    try {
        call();
        FAIL() << "no error";
    } catch (const MarketPredictorError &error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
}

}  // namespace

TEST(MLMarketMakerTest, QuotesNothingBeforeAHundredPoints) {
    MLMarketMaker maker = made();
    const Series series = swings(100.0, 1e-3, 100);
    for (std::size_t i = 0; i < 99; ++i) {
        maker.update_market_data(series[i].first, series[i].second);
        const Quote quote = maker.generate_quotes();
        EXPECT_EQ(quote.bid, 0.0);
        EXPECT_EQ(quote.ask, 0.0);
        EXPECT_EQ(quote.bid_size, 0u);
        EXPECT_EQ(quote.ask_size, 0u);
    }
    maker.update_market_data(series[99].first, series[99].second);
    const Quote quote = maker.generate_quotes();
    EXPECT_GT(quote.bid, 0.0);
    EXPECT_LT(quote.bid, quote.ask);
    EXPECT_GT(quote.bid_size, 0u);
    EXPECT_GT(quote.ask_size, 0u);
}

TEST(MLMarketMakerTest, LongInventoryLowersBothQuotesAndShortRaisesThem) {
    for (const double size : {0.0, 1e-4, 1e-2}) {
        MLMarketMaker maker = made();
        feed(maker, swings(100.0, size));
        const Quote flat = maker.generate_quotes();
        maker.on_fill(true, flat.bid, 10);
        const Quote longer = maker.generate_quotes();
        EXPECT_LT(longer.bid, flat.bid);
        EXPECT_LT(longer.ask, flat.ask);
        EXPECT_LE(longer.bid_size, flat.bid_size);
        maker.on_fill(false, flat.ask, 20);
        const Quote shorter = maker.generate_quotes();
        EXPECT_GT(shorter.bid, flat.bid);
        EXPECT_GT(shorter.ask, flat.ask);
    }
}

TEST(MLMarketMakerTest, ASideStopsAtTheLargestInventoryAndPricesStayPositive) {
    MLMarketMaker::Config config;
    config.max_inventory = 50.0;
    MLMarketMaker maker = made(config);
    feed(maker, swings(100.0, 5e-3));
    maker.on_fill(true, 100.0, 50.0);
    EXPECT_EQ(maker.generate_quotes().bid_size, 0u);
    EXPECT_GT(maker.generate_quotes().ask_size, 0u);
    maker.on_fill(true, 100.0, 1e9);
    const Quote quote = maker.generate_quotes();
    EXPECT_GT(quote.bid, 0.0);
    EXPECT_LT(quote.bid, quote.ask);
    maker.on_fill(false, 100.0, 2e9);
    EXPECT_EQ(maker.generate_quotes().ask_size, 0u);
    EXPECT_GT(maker.generate_quotes().bid_size, 0u);
}

TEST(MLMarketMakerTest, ProfitIsMarkedToTheLastMid) {
    MLMarketMaker maker = made();
    EXPECT_EQ(maker.get_pnl(), 0.0);
    maker.on_fill(true, 100.0, 10);
    EXPECT_EQ(maker.get_inventory(), 10.0);
    EXPECT_EQ(maker.get_pnl(), 0.0) << "a purchase is no loss";
    maker.update_market_data(101.0, 5.0);
    EXPECT_DOUBLE_EQ(maker.get_pnl(), 10.0);
    maker.update_market_data(99.0, 5.0);
    EXPECT_DOUBLE_EQ(maker.get_pnl(), -10.0);
    maker.on_fill(false, 102.0, 10);
    EXPECT_EQ(maker.get_inventory(), 0.0);
    EXPECT_DOUBLE_EQ(maker.get_pnl(), 20.0);
    maker.update_market_data(50.0, 5.0);
    EXPECT_DOUBLE_EQ(maker.get_pnl(), 20.0) << "a round trip counts once";
}

TEST(MLMarketMakerTest, QuotesScaleWithThePrice) {
    MLMarketMaker cheap = made(), dear = made();
    feed(cheap, swings(1.0, 1e-3));
    feed(dear, swings(65536.0, 1e-3));
    const Quote low = cheap.generate_quotes(), high = dear.generate_quotes();
    EXPECT_NEAR(high.bid / low.bid, 65536.0, 1e-6 * 65536.0);
    EXPECT_NEAR(high.ask / low.ask, 65536.0, 1e-6 * 65536.0);
}

TEST(MLMarketMakerTest, FollowsTheFormula) {
    const MLMarketMaker::Config config;
    MLMarketMaker maker = made();
    const Series series = swings(100.0, 2e-3);
    feed(maker, series);
    maker.on_fill(true, 100.0, 30.0);
    const Quote quote = maker.generate_quotes();
    const auto [change, volatility, direction] = maker.get_prediction();

    std::vector<double> returns;
    for (std::size_t i = series.size() - 99; i < series.size(); ++i) {
        returns.push_back(series[i].first / series[i - 1].first - 1.0);
    }
    double mean = 0.0, squares = 0.0;
    for (const double r : returns) {
        mean += r / 99.0;
    }
    for (const double r : returns) {
        squares += (r - mean) * (r - mean) / 99.0;
    }
    const double realised = std::sqrt(squares) * 1e4;
    ASSERT_GT(realised, config.min_volatility_bps);
    const double multiple = std::min(3.0, std::max(1.0 / 3.0, volatility * 1e4 / realised));
    const double variance = realised * realised * (1.0 + multiple * multiple) / 2.0 * config.horizon;
    const double shift = std::min(10.0, std::max(-10.0, change * 1e4));
    const double centre = shift - 30.0 * config.risk_aversion * variance;
    const double own = config.risk_aversion * variance +
                       2.0 / config.risk_aversion * std::log1p(config.risk_aversion / config.fill_decay);
    const double spread = std::max(own, maker.get_model_spread_bps());
    const double mid = series.back().first;
    EXPECT_NEAR(quote.bid, mid * (1.0 + (centre - spread / 2.0) * 1e-4), 1e-9 * mid);
    EXPECT_NEAR(quote.ask, mid * (1.0 + (centre + spread / 2.0) * 1e-4), 1e-9 * mid);
    const double against = std::max(0.0, -std::tanh(direction));
    EXPECT_EQ(quote.bid_size, static_cast<std::uint32_t>(std::lround(100.0 * 0.97 * (1.0 - 0.5 * against))));
}

TEST(MLMarketMakerTest, TheLstmSeesTheDocumentedFeatures) {
    MLMarketMaker maker = made();
    Series series = swings(100.0, 2e-3, 130);
    series[60].second = 0.0; // a silent point divides nothing
    feed(maker, series);
    (void)maker.generate_quotes();

    std::vector<float> window;
    const std::size_t first = series.size() - 100;
    double mean = 0.0;
    for (std::size_t i = first; i < series.size(); ++i) {
        mean += series[i].second / 100.0;
    }
    for (std::size_t i = first; i < series.size(); ++i) {
        const auto now = series[i], before = series[i == first ? i : i - 1];
        window.push_back(static_cast<float>(now.first / series.back().first));
        window.push_back(static_cast<float>((now.first - before.first) / before.first));
        window.push_back(static_cast<float>(std::log(now.first / before.first)));
        window.push_back(static_cast<float>(now.second / mean));
        window.push_back(before.second > 0.0 ? static_cast<float>((now.second - before.second) / before.second) : 0.0F);
    }
    mm_predictor_config_t config = mm::predictor::defaults(mm::network::lstm);
    mm::predictor lstm(config, weights("lstm.safetensors").c_str());
    std::array<float, 3> out = {};
    lstm.predict(window, out);
    const auto prediction = maker.get_prediction();
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(prediction[i], double{out[i]}, 1e-7);
    }
}

TEST(MLMarketMakerTest, TheSpreadModelWidensWithVolatility) {
    for (const char *model : {"spread.txt", "spread.safetensors"}) {
        MLMarketMaker::Config config;
        config.fill_decay = 1e3; // so that the model's spread is the wider one
        config.risk_aversion = 1e-9;
        MLMarketMaker calm(weights("lstm.safetensors"), weights(model), config);
        feed(calm, swings(100.0, 1e-5));
        const double before = spread_bps(calm.generate_quotes(), 100.0);
        EXPECT_NEAR(before, calm.get_model_spread_bps(), 1e-2);
        EXPECT_GE(before, config.min_spread_bps);
        if (std::string(model) == "spread.txt") {
            feed(calm, swings(100.0, 2e-3));
            EXPECT_GT(spread_bps(calm.generate_quotes(), 100.0), before + 1.0);
        }
    }
}

TEST(MLMarketMakerTest, TreesMayNumberTheirFeatures) {
    std::ifstream file(weights("spread.txt"));
    std::stringstream text;
    text << file.rdbuf();
    const auto with_names = [&](const std::string &names) {
        std::string copy = text.str();
        const std::size_t from = copy.find("feature_names="), to = copy.find('\n', from);
        copy.replace(from, to - from, "feature_names=" + names);
        const std::string path = ::testing::TempDir() + "mm_numbered_spread.txt";
        std::ofstream(path, std::ios::binary) << copy;
        return path;
    };
    const Series series = swings(100.0, 2e-3);
    MLMarketMaker named = made();
    feed(named, series);
    const std::string path =
        with_names("Column_0 Column_1 Column_2 Column_3 Column_4 Column_5 Column_6 Column_7 Column_8 Column_9");
    {
        MLMarketMaker numbered(weights("lstm.safetensors"), path);
        feed(numbered, series);
        EXPECT_EQ(numbered.generate_quotes().bid, named.generate_quotes().bid);
    }
    (void)with_names("change volatility direction price_ratio return log_return volume_ratio volume_change moon_phase "
                     "window_return");
    expect_error(MarketPredictorError::MODEL_ERROR, "moon_phase",
                 [&] { MLMarketMaker refused(weights("lstm.safetensors"), path); });
    std::filesystem::remove(path);
}

TEST(MLMarketMakerTest, RefusesWhatCannotBe) {
    MLMarketMaker maker = made();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double price : {0.0, -1.0, nan, infinity}) {
        expect_error(MarketPredictorError::DATA_ERROR, "mid_price", [&] { maker.update_market_data(price, 1.0); });
        expect_error(MarketPredictorError::DATA_ERROR, "fill", [&] { maker.on_fill(true, price, 1.0); });
    }
    for (const double volume : {-1.0, nan, infinity}) {
        expect_error(MarketPredictorError::DATA_ERROR, "volume", [&] { maker.update_market_data(1.0, volume); });
        expect_error(MarketPredictorError::DATA_ERROR, "fill", [&] { maker.on_fill(true, 1.0, volume); });
    }
    EXPECT_EQ(maker.get_inventory(), 0.0);
    EXPECT_EQ(maker.get_pnl(), 0.0);
    expect_error(MarketPredictorError::MODEL_ERROR, "absent",
                 [&] { MLMarketMaker refused("absent.safetensors", weights("spread.txt")); });
    expect_error(MarketPredictorError::MODEL_ERROR, "absent",
                 [&] { MLMarketMaker refused(weights("lstm.safetensors"), "absent.txt"); });
    expect_error(MarketPredictorError::MODEL_ERROR, "fc2.weight",
                 [&] { MLMarketMaker refused(weights("spread.safetensors"), weights("spread.txt")); });
    MLMarketMaker::Config config;
    config.risk_aversion = 0.0;
    expect_error(MarketPredictorError::MODEL_ERROR, "config", [&] { (void)made(config); });
}

TEST(MLMarketMakerTest, ExtremeMarketsGiveFiniteQuotes) {
    MLMarketMaker maker = made();
    for (int i = 0; i < 250; ++i) {
        maker.update_market_data(i % 2 == 0 ? 1e-200 : 1e200, i % 3 == 0 ? 0.0 : (i % 3 == 1 ? 1e-300 : 1e300));
        const Quote quote = maker.generate_quotes();
        EXPECT_TRUE(std::isfinite(quote.bid) && std::isfinite(quote.ask));
        if (i >= 99) {
            EXPECT_LT(quote.bid, quote.ask);
            EXPECT_GT(quote.bid, 0.0);
        }
    }
}
