// Claims about the documented StoikovStrategy.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t morning = 1'700'000'000 * second;
constexpr std::int64_t day = 86400 * second;

/// A market of twenty levels around a mid, `half` from it, at a time.
MarketDepth around(double mid, std::int64_t time, double half = 5.0) {
    MarketDepth depth;
    for (std::size_t i = 0; i < MarketDepth::MAX_LEVELS; ++i) {
        const double off = half + 0.01 * static_cast<double>(i);
        depth.update_bid(i, mid - off, 100.0);
        depth.update_ask(i, mid + off, 100.0);
    }
    depth.last_update = time;
    return depth;
}

/// A strategy without a predictor, and what it trades through.
struct Desk {
    std::shared_ptr<OrderManager> orders = std::make_shared<OrderManager>();
    std::shared_ptr<RiskManager> risk = std::make_shared<RiskManager>();
    StoikovStrategy strategy;

    explicit Desk(const StoikovStrategy::StoikovConfig &config = StoikovStrategy::StoikovConfig(),
                  const std::shared_ptr<MarketPredictor> &predictor = nullptr)
        : strategy(predictor, orders, risk, config) {}

    std::vector<Order> of(OrderSide side) const {
        std::vector<Order> found;
        for (const Order &order : orders->get_active_orders()) {
            if (order.side == side) {
                found.push_back(order);
            }
        }
        return found;
    }
    Order bid() const { return of(OrderSide::BUY).empty() ? Order() : of(OrderSide::BUY)[0]; }
    Order ask() const { return of(OrderSide::SELL).empty() ? Order() : of(OrderSide::SELL)[0]; }
    /// Fills part of a working order.
    void fill(Order order, double quantity) const {
        order.filled_quantity = quantity;
        EXPECT_TRUE(orders->update_order(order));
    }
    /// A position that came from elsewhere.
    void hold(double quantity) const {
        Order order = *orders->place_order(OrderSide::BUY, 1.0, quantity);
        order.status = OrderStatus::FILLED;
        EXPECT_TRUE(orders->update_order(order));
    }
};

TEST(StoikovStrategyTest, ItsConfigHasTheDocumentedDefaults) {
    const StoikovStrategy::StoikovConfig config;
    EXPECT_EQ(config.risk_aversion, 0.1);
    EXPECT_EQ(config.market_impact, 1.5);
    EXPECT_EQ(config.volatility_window, 100u);
    EXPECT_EQ(config.inventory_target, 0.0);
    EXPECT_EQ(config.time_horizon, 1.0);
    EXPECT_EQ(config.drift, 0.1);
    EXPECT_EQ(config.min_intensity, 0.01);
    EXPECT_EQ(config.position_limit, 10.0);
    StoikovStrategy::StoikovConfig bad;
    bad.market_impact = 0.0;
    EXPECT_THROW(Desk refused(bad), std::invalid_argument);
    bad = StoikovStrategy::StoikovConfig();
    bad.risk_aversion = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(Desk refused(bad), std::invalid_argument);
}

TEST(StoikovStrategyTest, QuotesAreThoseOfAvellanedaAndStoikov) {
    StoikovStrategy::StoikovConfig config;
    config.time_horizon = 2.0;
    Desk desk(config);
    desk.hold(3.0);
    // One change of the mid, a day before the end: a variance of 4 until then.
    const double change = 2.0;
    desk.strategy.on_market_data(around(100.0 - change, morning));
    desk.strategy.on_market_data(around(100.0, morning + day));
    const StoikovStrategy::State state = desk.strategy.get_state();
    EXPECT_NEAR(state.volatility, 2.0, 1e-12);
    EXPECT_NEAR(state.remaining, 1.0, 1e-12);
    // FORMULAS F1: s=100 sigma=2 gamma=.1 k=1.5 tau=1 q=3.
    EXPECT_NEAR(state.bid, 97.954615, 1e-6);
    EXPECT_NEAR(state.ask, 99.645385, 1e-6);
    EXPECT_NEAR(state.reservation_price, 98.8, 1e-9);
    EXPECT_DOUBLE_EQ(desk.bid().price, state.bid);
    EXPECT_DOUBLE_EQ(desk.ask().price, state.ask);
}

TEST(StoikovStrategyTest, TheInventoryTargetIsWhereQuotesAreEven) {
    StoikovStrategy::StoikovConfig config;
    config.inventory_target = 3.0;
    config.spread_multiplier = 2.0;
    Desk desk(config);
    desk.hold(3.0);
    desk.strategy.on_market_data(around(100.0, morning));
    const StoikovStrategy::State state = desk.strategy.get_state();
    EXPECT_NEAR(state.reservation_price, 100.0, 1e-12);
    // Without volatility the spread is 2/gamma ln(1 + gamma/k), here twice that.
    EXPECT_NEAR(state.ask - state.bid, 2.0 * 1.290770, 1e-6);
}

TEST(StoikovStrategyTest, VolatilityIsPerTimeWhateverTheNumberOfUpdates) {
    Desk often;
    Desk seldom;
    for (int i = 0; i <= 60 * 40; ++i) {
        const double mid = 100.0 + 0.01 * ((i / 40) % 2);
        often.strategy.on_market_data(around(mid, morning + i * second / 40));
        if (i % 40 == 0) {
            seldom.strategy.on_market_data(around(mid, morning + i * second / 40));
        }
    }
    // One cent each second.
    const double expected = 0.01 * std::sqrt(86400.0);
    EXPECT_NEAR(seldom.strategy.get_state().volatility, expected, 1e-9);
    EXPECT_NEAR(often.strategy.get_state().volatility, expected, 1e-9);
}

TEST(StoikovStrategyTest, TheVolatilityWindowForgets) {
    StoikovStrategy::StoikovConfig config;
    config.volatility_window = 5;
    Desk desk(config);
    for (int i = 0; i < 4; ++i) {
        desk.strategy.on_market_data(around(100.0 + i, morning + i * second));
    }
    EXPECT_GT(desk.strategy.get_state().volatility, 0.0);
    for (int i = 4; i < 10; ++i) {
        desk.strategy.on_market_data(around(103.0, morning + i * second));
    }
    EXPECT_EQ(desk.strategy.get_state().volatility, 0.0);
}

TEST(StoikovStrategyTest, OnlyWhatChangedIsReplaced) {
    StoikovStrategy::StoikovConfig config;
    config.position_limit = 50.0;
    Desk desk(config);
    desk.strategy.on_market_data(around(100.0, morning));
    const Order bid = desk.bid();
    const Order ask = desk.ask();
    for (int i = 1; i <= 20; ++i) {
        desk.strategy.on_market_data(around(100.0 + 0.001 * i, morning + i));
    }
    EXPECT_EQ(desk.bid().order_id, bid.order_id);
    EXPECT_EQ(desk.ask().order_id, ask.order_id);
    EXPECT_EQ(desk.risk->get_metrics().message_count, 2);
    // A tenth is more than a twentieth of half the spread: both move, in one message each.
    desk.strategy.on_market_data(around(100.1, morning + 30));
    EXPECT_NE(desk.bid().order_id, bid.order_id);
    EXPECT_NE(desk.ask().order_id, ask.order_id);
    EXPECT_NEAR(desk.bid().price - bid.price, 0.1, 1e-9);
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
    EXPECT_EQ(desk.risk->get_metrics().message_count, 4);
    // One side alone: the bid is half filled and more.
    const Order moved_bid = desk.bid();
    const Order moved_ask = desk.ask();
    desk.fill(moved_bid, 6.0);
    desk.strategy.on_market_data(around(100.1, morning + 31));
    EXPECT_NE(desk.bid().order_id, moved_bid.order_id);
    EXPECT_EQ(desk.ask().order_id, moved_ask.order_id);
}

TEST(StoikovStrategyTest, ManyMovesLeaveOneOrderASide) {
    Desk desk;
    for (int i = 0; i < 300; ++i) {
        desk.strategy.on_market_data(around(100.0 + 3.0 * std::sin(0.37 * i), morning + i * 2 * second));
        EXPECT_LE(desk.of(OrderSide::BUY).size(), 1u);
        EXPECT_LE(desk.of(OrderSide::SELL).size(), 1u);
    }
}

TEST(StoikovStrategyTest, ItGoesOnAfterItsHorizonAndSaysSo) {
    Desk desk;
    EXPECT_EQ(desk.strategy.horizons(), 0u);
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_EQ(desk.strategy.horizons(), 1u);
    EXPECT_NEAR(desk.strategy.get_state().remaining, 1.0, 1e-12);
    desk.strategy.on_market_data(around(100.0, morning + day - second));
    EXPECT_EQ(desk.strategy.horizons(), 1u);
    desk.strategy.on_market_data(around(100.0, morning + day));
    EXPECT_EQ(desk.strategy.horizons(), 2u);
    EXPECT_NEAR(desk.strategy.get_state().remaining, 1.0, 1e-12);
    desk.strategy.on_market_data(around(100.0, morning + 4 * day + day / 4));
    EXPECT_EQ(desk.strategy.horizons(), 5u);
    EXPECT_NEAR(desk.strategy.get_state().remaining, 0.75, 1e-9);
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
}

TEST(StoikovStrategyTest, ItStaysWithinItsPositionLimit) {
    Desk desk;
    desk.hold(4.0);
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_DOUBLE_EQ(desk.bid().quantity, 6.0);
    EXPECT_DOUBLE_EQ(desk.ask().quantity, 10.0);
    desk.hold(6.0);
    desk.strategy.on_market_data(around(100.0, morning + 1));
    EXPECT_TRUE(desk.of(OrderSide::BUY).empty());
    EXPECT_EQ(desk.strategy.get_state().bid_quantity, 0.0);
    EXPECT_FALSE(desk.of(OrderSide::SELL).empty());
}

TEST(StoikovStrategyTest, TheRiskFactorTakesFromTheSideThatAdds) {
    StoikovStrategy::StoikovConfig config;
    config.order_size = 2.0;
    config.risk_factor = 0.5;
    Desk desk(config);
    desk.hold(4.0);
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_DOUBLE_EQ(desk.bid().quantity, 2.0 * (1.0 - 0.5 * 0.4));
    EXPECT_DOUBLE_EQ(desk.ask().quantity, 2.0);
}

TEST(StoikovStrategyTest, WhatIsTooUnlikelyToFillIsNotPlaced) {
    StoikovStrategy::StoikovConfig config;
    // Half the spread is .645: an intensity of .38 of that at the mid.
    config.min_intensity = 0.37;
    Desk desk(config);
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
    config.min_intensity = 0.39;
    Desk none(config);
    none.strategy.on_market_data(around(100.0, morning));
    EXPECT_TRUE(none.orders->get_active_orders().empty());
    config.min_intensity = 0.0;
    config.max_orders_per_side = 0;
    Desk off(config);
    off.strategy.on_market_data(around(100.0, morning));
    EXPECT_TRUE(off.orders->get_active_orders().empty());
}

TEST(StoikovStrategyTest, QuotesNeverMeetTheMarket) {
    StoikovStrategy::StoikovConfig config;
    config.market_impact = 1000.0;
    config.risk_aversion = 1.0;
    config.min_intensity = 0.0;
    Desk desk(config);
    desk.hold(9.0);
    for (int i = 0; i < 50; ++i) {
        const MarketDepth depth = around(100.0 + 0.3 * (i % 2), morning + i * second, 0.01);
        desk.strategy.on_market_data(depth);
        for (const Order &order : desk.orders->get_active_orders()) {
            EXPECT_TRUE(order.side == OrderSide::BUY ? order.price < depth.asks[0].price : order.price > depth.bids[0].price);
        }
    }
    EXPECT_LT(desk.strategy.get_state().reservation_price, 99.0);
}

TEST(StoikovStrategyTest, PricesAreMultiplesOfTheTick) {
    StoikovStrategy::StoikovConfig config;
    config.tick_size = 0.05;
    Desk desk(config);
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_NEAR(desk.bid().price, 99.35, 1e-9);
    EXPECT_NEAR(desk.ask().price, 100.65, 1e-9);
}

TEST(StoikovStrategyTest, AMarketThatIsNotValidIsNotQuoted) {
    Desk desk;
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
    desk.strategy.on_market_data(MarketDepth());
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
    desk.strategy.on_market_data(around(100.0, morning + second));
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
}

TEST(StoikovStrategyTest, StopWithdrawsUntilInitialize) {
    Desk desk;
    desk.strategy.on_market_data(around(100.0, morning));
    desk.strategy.stop();
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
    desk.strategy.on_market_data(around(100.0, morning + 1));
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
    desk.strategy.initialize();
    desk.strategy.on_market_data(around(100.0, morning + 2));
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
}

TEST(StoikovStrategyTest, EachOrderPassesBothManagers) {
    Desk desk;
    desk.risk->kill_switch().kill();
    desk.strategy.on_market_data(around(100.0, morning));
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
    desk.risk->kill_switch().revive();
    desk.orders->kill_switch().kill();
    desk.strategy.on_market_data(around(100.0, morning + 1));
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
    desk.orders->kill_switch().revive();
    desk.strategy.on_market_data(around(100.0, morning + 2));
    EXPECT_EQ(desk.orders->get_active_orders().size(), 2u);
    // When an order may no longer be sent, none of the old price stays.
    desk.risk->kill_switch().kill();
    desk.strategy.on_market_data(around(105.0, morning + 3));
    EXPECT_TRUE(desk.orders->get_active_orders().empty());
}

TEST(StoikovStrategyTest, AnExhaustedMessageRateLeavesOrdersThatAreNoBetterThanWanted) {
    Desk desk;
    desk.strategy.on_market_data(around(100.0, morning));
    Order probe;
    probe.price = 1.0;
    probe.quantity = 1.0;
    while (desk.risk->check_order_risk(probe, MarketDepth())) {
    }
    const Order bid = desk.bid();
    desk.strategy.on_market_data(around(100.5, morning + 1));
    // The old ask is below what is wanted: it goes. The old bid is too: it may stand, or have moved if a token came.
    for (const Order &order : desk.orders->get_active_orders()) {
        EXPECT_TRUE(order.side == OrderSide::BUY || order.price > 101.0);
        EXPECT_TRUE(order.side == OrderSide::SELL || order.order_id == bid.order_id || order.price > 99.5);
    }
    EXPECT_FALSE(desk.of(OrderSide::BUY).empty());
}

TEST(StoikovStrategyTest, TheRiskManagerLearnsEachFillOnce) {
    Desk desk;
    desk.strategy.set_symbol("S");
    desk.strategy.on_market_data(around(100.0, morning));
    const Order bid = desk.bid();
    desk.fill(bid, 4.0);
    for (int i = 1; i < 5; ++i) {
        desk.strategy.on_market_data(around(100.0, morning + i));
    }
    EXPECT_DOUBLE_EQ(desk.risk->get_position("S"), 4.0);
    EXPECT_NEAR(desk.risk->get_metrics().daily_pnl, 4.0 * (100.0 - bid.price), 1e-9);
    desk.fill(bid, 10.0);
    desk.strategy.on_market_data(around(100.0, morning + 6));
    EXPECT_DOUBLE_EQ(desk.risk->get_position("S"), 10.0);
}

SSMHippoConfig small(int channels) {
    SSMHippoConfig config;
    config.d_model = 32;
    config.n_layer = 2;
    config.seq_len = 32;
    config.num_channels = channels;
    config.forecast_len = 4;
    config.patch_len = 8;
    config.stride = 4;
    return config;
}

/// A market that moves for a while, ten times a second.
void walk(StoikovStrategy &strategy) {
    for (int i = 0; i < 600; ++i) {
        strategy.on_market_data(around(100.0 + 0.05 * std::sin(0.2 * i), morning + i * second / 10, 0.5));
    }
}

TEST(StoikovStrategyTest, ThePredictionMovesTheReservationPriceByItsShare) {
    StoikovStrategy::StoikovConfig config;
    config.follow_untrained = true;
    config.drift = 0.25;
    Desk desk(config, std::make_shared<MarketPredictor>(small(24)));
    walk(desk.strategy);
    const StoikovStrategy::State state = desk.strategy.get_state();
    EXPECT_TRUE(state.follows_prediction);
    EXPECT_TRUE(std::isfinite(state.predicted_change));
    EXPECT_NE(state.predicted_change, 0.0);
    const double mid = 100.0 + 0.05 * std::sin(0.2 * 599);
    const double half = (state.ask - state.bid) / 2.0;
    EXPECT_NEAR(state.reservation_price - mid, std::clamp(0.25 * state.predicted_change, -half, half), 1e-9);
}

TEST(StoikovStrategyTest, AnUntrainedPredictorIsAskedAndNotFollowed) {
    Desk desk(StoikovStrategy::StoikovConfig(), std::make_shared<MarketPredictor>(small(24)));
    walk(desk.strategy);
    const StoikovStrategy::State state = desk.strategy.get_state();
    EXPECT_NE(state.predicted_change, 0.0);
    EXPECT_FALSE(state.follows_prediction);
    EXPECT_NEAR(state.reservation_price, 100.0 + 0.05 * std::sin(0.2 * 599), 1e-9);
    // Nor is one of other features.
    StoikovStrategy::StoikovConfig config;
    config.follow_untrained = true;
    config.min_intensity = 0.0;
    Desk other(config, std::make_shared<MarketPredictor>(small(6)));
    walk(other.strategy);
    EXPECT_FALSE(other.strategy.get_state().follows_prediction);
    EXPECT_EQ(other.orders->get_active_orders().size(), 2u);
}

TEST(StoikovStrategyTest, ItWorksWithoutARiskManagerAndNotWithoutAnOrderManager) {
    const auto orders = std::make_shared<OrderManager>();
    StoikovStrategy strategy(nullptr, orders);
    strategy.on_market_data(around(100.0, morning));
    EXPECT_EQ(orders->get_active_orders().size(), 2u);
    EXPECT_THROW(StoikovStrategy(nullptr, nullptr), std::invalid_argument);
}

TEST(StoikovStrategyTest, TheConfigIsOneOfTheManagersAsWell) {
    const auto orders = std::make_shared<OrderManager>(OrderManager::Config{100.0, 2.0, 1e4, 50, 1e-4});
    StoikovStrategy strategy(nullptr, orders, std::make_shared<RiskManager>());
    strategy.on_market_data(around(100.0, morning));
    for (const Order &order : orders->get_active_orders()) {
        EXPECT_DOUBLE_EQ(order.quantity, 2.0);
    }
    EXPECT_EQ(orders->get_active_orders().size(), 2u);
}

}  // namespace
