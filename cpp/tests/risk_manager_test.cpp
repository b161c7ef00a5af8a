// Claims about the documented RiskManager and its CircuitBreaker.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A clock that stands until it is moved.
struct HandClock {
    std::shared_ptr<std::chrono::steady_clock::time_point> now =
        std::make_shared<std::chrono::steady_clock::time_point>(seconds(1000));

    std::chrono::steady_clock::time_point operator()() const { return *now; }
    void advance(std::chrono::steady_clock::duration by) const { *now += by; }
};

MarketDepth around(double mid) {
    MarketDepth depth;
    depth.update_bid(0, mid - 0.01, 100.0);
    depth.update_ask(0, mid + 0.01, 100.0);
    return depth;
}

Order order(OrderSide side, double price, double quantity, std::int64_t id = 1, double filled = 0.0) {
    Order made;
    made.order_id = id;
    made.side = side;
    made.price = price;
    made.quantity = quantity;
    made.filled_quantity = filled;
    return made;
}

/// Trades the whole order at its price, in a market around `mid`.
void trade(RiskManager &manager, OrderSide side, double price, double quantity, std::int64_t id, double mid) {
    manager.update_metrics(order(side, price, quantity, id, quantity), around(mid));
}

void expect_refused(RiskManager &manager, const Order &refused, double mid, const std::string &reason) {
    EXPECT_FALSE(manager.check_order_risk(refused, around(mid))) << reason;
    EXPECT_NE(manager.last_rejection().text.find(reason), std::string::npos) << manager.last_rejection().text;
}

TEST(RiskManagerTest, AllThreeSpellingsMakeOneWithTheDocumentedDefaults) {
    const RiskManager by_default;
    EXPECT_EQ(by_default.limits().max_position_value, 1e6);
    EXPECT_EQ(by_default.limits().max_daily_loss, 5e4);
    EXPECT_EQ(by_default.limits().max_order_value, 1e5);
    EXPECT_EQ(by_default.limits().max_position_concentration, 0.2);
    EXPECT_EQ(by_default.limits().max_message_rate_per_second, 100);
    EXPECT_EQ(by_default.limits().max_adverse_selection, 0.01);
    EXPECT_EQ(by_default.limits().var_limit, 1e5);
    EXPECT_EQ(by_default.limits().stress_test_multiplier, 3.0);
    RiskManager::RiskLimits in_order{1.0, 2.0, 3.0, 0.4, 5, 0.6, 7.0, 8.0};
    const RiskManager with_risk_limits(in_order);
    EXPECT_EQ(with_risk_limits.limits().max_daily_loss, 2.0);
    EXPECT_EQ(with_risk_limits.limits().max_message_rate_per_second, 5);
    EXPECT_EQ(with_risk_limits.limits().stress_test_multiplier, 8.0);
    RiskManager::Limits limits;
    limits.max_position = 1000000;
    limits.max_order_value = 100000;
    limits.max_message_rate_per_second = 50;
    EXPECT_EQ(RiskManager(limits).limits().max_message_rate_per_second, 50);
    limits.max_daily_loss = -1.0;
    EXPECT_THROW(RiskManager refused(limits), std::invalid_argument);
}

TEST(RiskManagerTest, AnOrderMayBeWorthSoMuch) {
    RiskManager manager;
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 100.0, 1000.0), around(100.0)));
    EXPECT_FALSE(manager.last_rejection());
    expect_refused(manager, order(OrderSide::BUY, 100.0, 1000.1), 100.0, "MM_E_RISK_ORDER_NOTIONAL");
    // What has filled is not at risk of filling again.
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 100.0, 1500.0, 2, 600.0), around(100.0)));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (double bad : {0.0, -1.0, nan, infinity}) {
        expect_refused(manager, order(OrderSide::BUY, bad, 1.0), 100.0, "MM_E_RISK_INVALID_ORDER");
        expect_refused(manager, order(OrderSide::BUY, 1.0, bad), 100.0, "MM_E_RISK_INVALID_ORDER");
    }
}

TEST(RiskManagerTest, APositionMayBeWorthSoMuch) {
    RiskManager::RiskLimits limits;
    limits.max_position_concentration = infinity;
    RiskManager manager(limits);
    EXPECT_TRUE(manager.check_position_risk("AAPL", 10000.0, 100.0));
    EXPECT_TRUE(manager.check_position_risk("AAPL", -10000.0, 100.0));
    EXPECT_FALSE(manager.check_position_risk("AAPL", 10000.1, 100.0));
    EXPECT_EQ(manager.last_rejection().reason.code(), MM_E_RISK_GROSS_NOTIONAL);
    EXPECT_FALSE(manager.check_position_risk("AAPL", std::numeric_limits<double>::quiet_NaN(), 100.0));
    limits.max_position_value = 2000.0;
    RiskManager small(limits);
    trade(small, OrderSide::BUY, 100.0, 15.0, 1, 100.0);
    EXPECT_TRUE(small.check_order_risk(order(OrderSide::BUY, 100.0, 5.0), around(100.0)));
    expect_refused(small, order(OrderSide::BUY, 100.0, 5.1), 100.0, "MM_E_RISK_GROSS_NOTIONAL");
    limits.max_position = 12.0;
    RiskManager in_units(limits);
    EXPECT_TRUE(in_units.check_position_risk("A", -12.0, 1.0));
    EXPECT_FALSE(in_units.check_position_risk("A", -12.5, 1.0));
    EXPECT_EQ(in_units.last_rejection().reason.code(), MM_E_RISK_SHORT_POSITION);
}

TEST(RiskManagerTest, OneSymbolMayBeSuchAShareOfAll) {
    RiskManager manager;
    // Alone a symbol is measured against max_position_value: 20 % of a million.
    EXPECT_TRUE(manager.check_position_risk("A", 2000.0, 100.0));
    EXPECT_FALSE(manager.check_position_risk("A", 2000.1, 100.0));
    EXPECT_EQ(manager.last_rejection().reason.code(), MM_E_RISK_CONCENTRATION);
    // With more than a million in all, against that.
    for (const char *symbol : {"B", "C", "D", "E", "F", "G", "H"}) {
        EXPECT_TRUE(manager.check_position_risk(symbol, 2000.0, 100.0)) << symbol;
    }
    EXPECT_TRUE(manager.check_position_risk("A", 3500.0, 100.0));
    EXPECT_FALSE(manager.check_position_risk("A", 3600.0, 100.0));
}

TEST(RiskManagerTest, APurchaseIsNoLoss) {
    RiskManager manager;
    trade(manager, OrderSide::BUY, 100.0, 500.0, 1, 100.0);
    EXPECT_DOUBLE_EQ(manager.get_metrics().daily_pnl, 0.0);
    EXPECT_DOUBLE_EQ(manager.get_metrics().max_drawdown, 0.0);
    EXPECT_DOUBLE_EQ(manager.get_position(), 500.0);
    EXPECT_TRUE(manager.check_circuit_breakers());
}

TEST(RiskManagerTest, DailyProfitIsRealisedAndUnrealised) {
    RiskManager manager;
    trade(manager, OrderSide::BUY, 100.0, 10.0, 1, 100.0);
    manager.update_market("", around(103.0));
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 30.0, 1e-9);
    trade(manager, OrderSide::SELL, 104.0, 4.0, 2, 103.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 4.0 * 4.0 + 6.0 * 3.0, 1e-9);
    // Through zero: ten sold, of which six close at +2 and four open a short.
    trade(manager, OrderSide::SELL, 102.0, 10.0, 3, 101.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 16.0 + 12.0 + 4.0, 1e-9);
    EXPECT_DOUBLE_EQ(manager.get_position(), -4.0);
    trade(manager, OrderSide::BUY, 110.0, 4.0, 4, 101.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 16.0 + 12.0 - 32.0, 1e-9);
    EXPECT_DOUBLE_EQ(manager.get_position(), 0.0);
}

TEST(RiskManagerTest, EachFillCountsOnce) {
    RiskManager manager;
    Order growing = order(OrderSide::BUY, 100.0, 10.0, 7, 4.0);
    for (int i = 0; i < 3; ++i) {
        manager.update_metrics(growing, around(101.0));
    }
    EXPECT_DOUBLE_EQ(manager.get_position(), 4.0);
    growing.filled_quantity = 10.0;
    growing.price = 99.0;
    for (int i = 0; i < 3; ++i) {
        manager.update_metrics(growing, around(101.0));
    }
    EXPECT_DOUBLE_EQ(manager.get_position(), 10.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 4.0 * 1.0 + 6.0 * 2.0, 1e-9);
    growing.filled_quantity = 4.0;
    manager.update_metrics(growing, around(101.0));
    EXPECT_DOUBLE_EQ(manager.get_position(), 10.0);
}

TEST(RiskManagerTest, SymbolsAreValuedAtTheirOwnPrices) {
    RiskManager manager;
    manager.update_metrics("A", order(OrderSide::BUY, 10.0, 5.0, 1, 5.0), around(11.0));
    manager.update_metrics("B", order(OrderSide::SELL, 2000.0, 1.0, 2, 1.0), around(1990.0));
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 5.0 + 10.0, 1e-9);
    EXPECT_DOUBLE_EQ(manager.get_position("A"), 5.0);
    EXPECT_DOUBLE_EQ(manager.get_position("B"), -1.0);
    EXPECT_DOUBLE_EQ(manager.get_position(), 0.0);
}

TEST(RiskManagerTest, DrawdownIsFromPeakToTrough) {
    RiskManager manager;
    trade(manager, OrderSide::BUY, 100.0, 10.0, 1, 100.0);
    for (double mid : {105.0, 102.0, 104.0, 101.0, 103.0}) {
        manager.update_market("", around(mid));
    }
    EXPECT_NEAR(manager.get_metrics().max_drawdown, 40.0, 1e-9);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 30.0, 1e-9);
}

TEST(RiskManagerTest, BeyondTheDailyLossOnlyWhatReducesPasses) {
    RiskManager::RiskLimits limits;
    limits.max_daily_loss = 1000.0;
    RiskManager manager(limits);
    manager.set_circuit_breaker(RiskManager::CircuitBreaker());
    trade(manager, OrderSide::BUY, 100.0, 100.0, 1, 90.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, -1000.0, 1e-9);
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 90.0, 1.0), around(90.0)));
    manager.update_market("", around(89.99));
    expect_refused(manager, order(OrderSide::BUY, 89.0, 1.0), 89.99, "MM_E_RISK_DAILY_LOSS");
    expect_refused(manager, order(OrderSide::SELL, 91.0, 101.0), 89.99, "MM_E_RISK_DAILY_LOSS");
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::SELL, 91.0, 100.0), around(89.99)));
    // A realised loss is one for the rest of the day.
    trade(manager, OrderSide::SELL, 89.0, 100.0, 2, 95.0);
    expect_refused(manager, order(OrderSide::BUY, 95.0, 1.0), 95.0, "MM_E_RISK_DAILY_LOSS");
    manager.reset_daily_metrics();
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 95.0, 1.0), around(95.0)));
}

TEST(RiskManagerTest, ANewDayCountsFromZeroAndKeepsThePositions) {
    const HandClock clock;
    RiskManager manager(RiskManager::RiskLimits(), clock);
    const auto first = manager.get_metrics().last_reset;
    trade(manager, OrderSide::BUY, 100.0, 10.0, 1, 90.0);
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 90.0, 1.0, 2), around(90.0)));
    manager.note_cancel();
    EXPECT_EQ(manager.get_metrics().message_count, 2);
    clock.advance(minutes(10));
    manager.reset_daily_metrics();
    const RiskManager::RiskMetrics metrics = manager.get_metrics();
    EXPECT_EQ(metrics.daily_pnl, 0.0);
    EXPECT_EQ(metrics.max_drawdown, 0.0);
    EXPECT_EQ(metrics.message_count, 0);
    EXPECT_EQ(std::chrono::duration_cast<seconds>(metrics.last_reset - first), minutes(10));
    EXPECT_DOUBLE_EQ(manager.get_position(), 10.0);
    manager.update_market("", around(92.0));
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 20.0, 1e-9);
}

TEST(RiskManagerTest, TheMessageRateIsATokenBucket) {
    const HandClock clock;
    RiskManager::RiskLimits limits;
    limits.max_message_rate_per_second = 10;
    RiskManager manager(limits, clock);
    const Order small = order(OrderSide::BUY, 100.0, 1.0);
    const auto passing = [&](int tries) {
        int passed = 0;
        for (int i = 0; i < tries; ++i) {
            passed += manager.check_order_risk(small, around(100.0)) ? 1 : 0;
        }
        return passed;
    };
    EXPECT_EQ(passing(30), 10);
    expect_refused(manager, small, 100.0, "MM_E_RISK_MESSAGE_RATE");
    // Tokens come one by one, not all when a second begins.
    clock.advance(milliseconds(100));
    EXPECT_EQ(passing(5), 1);
    clock.advance(milliseconds(350));
    EXPECT_EQ(passing(9), 3);
    clock.advance(seconds(60));
    EXPECT_EQ(passing(30), 10);
    EXPECT_EQ(manager.get_metrics().message_count, 24);
    // A refused order is no message; a cancel is, and always passes.
    clock.advance(seconds(1));
    manager.note_cancel();
    EXPECT_EQ(passing(30), 9);
    limits.max_message_rate_per_second = 0;
    RiskManager silent(limits, clock);
    expect_refused(silent, small, 100.0, "MM_E_RISK_MESSAGE_RATE");
}

TEST(RiskManagerTest, ValueAtRiskIsTheQuantileOfLosses) {
    RiskManager manager;
    stable_vector<double> returns;
    for (int i = 1; i <= 100; ++i) {
        returns.push_back(50.0 - i);
    }
    // Losses -49 .. 50: the 99th smallest of a hundred is 49, the mean of it and what is beyond 49.5.
    EXPECT_DOUBLE_EQ(manager.calculate_var(returns), 49.0);
    EXPECT_DOUBLE_EQ(manager.get_metrics().current_var, 49.0);
    EXPECT_DOUBLE_EQ(manager.get_expected_shortfall(), 49.5);
    EXPECT_DOUBLE_EQ(manager.calculate_var(std::vector<double>{-3.0, 1.0, 2.0}, 0.5), 0.0);
    EXPECT_DOUBLE_EQ(manager.calculate_var(std::vector<double>{-3.0, 1.0, 2.0}, 0.9), 3.0);
    EXPECT_DOUBLE_EQ(manager.calculate_var(std::vector<double>{}, 0.99), 0.0);
    EXPECT_THROW(manager.calculate_var(std::vector<double>{1.0}, 1.0), mm::error);
    EXPECT_THROW(manager.calculate_var(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}), mm::error);
}

TEST(RiskManagerTest, ValueAtRiskAndItsStressedMultipleHaveLimits) {
    RiskManager manager;
    const Order small = order(OrderSide::BUY, 100.0, 1.0);
    (void)manager.calculate_var(std::vector<double>{-100000.0});
    EXPECT_TRUE(manager.check_order_risk(small, around(100.0)));
    (void)manager.calculate_var(std::vector<double>{-100001.0});
    expect_refused(manager, small, 100.0, "MM_E_RISK_VALUE_AT_RISK");
    EXPECT_FALSE(manager.check_position_risk("A", 1.0, 1.0));
    RiskManager::RiskLimits limits;
    limits.stress_test_multiplier = 20.0;
    RiskManager stressed(limits);
    (void)stressed.calculate_var(std::vector<double>{-50000.0});
    EXPECT_TRUE(stressed.check_order_risk(small, around(100.0)));
    (void)stressed.calculate_var(std::vector<double>{-50001.0});
    expect_refused(stressed, small, 100.0, "MM_E_RISK_VALUE_AT_RISK");
}

TEST(RiskManagerTest, AdverseSelectionIsTheLossAfterAFill) {
    const HandClock clock;
    RiskManager manager(RiskManager::RiskLimits(), clock);
    trade(manager, OrderSide::BUY, 100.0, 1.0, 1, 100.0);
    manager.update_market("", around(90.0));
    EXPECT_EQ(manager.get_metrics().adverse_selection_cost, 0.0);
    clock.advance(seconds(1));
    manager.update_market("", around(98.0));
    EXPECT_NEAR(manager.get_metrics().adverse_selection_cost, 0.02, 1e-12);
    expect_refused(manager, order(OrderSide::BUY, 98.0, 1.0), 98.0, "MM_E_RISK_MARKOUT");
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::SELL, 98.0, 1.0), around(98.0)));
    // A sale of three before the price falls gains: the average is weighted by quantity.
    trade(manager, OrderSide::SELL, 98.0, 3.0, 2, 98.0);
    clock.advance(seconds(1));
    manager.update_market("", around(97.02));
    EXPECT_NEAR(manager.get_metrics().adverse_selection_cost, (0.02 - 3.0 * 0.01) / 4.0, 1e-12);
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 98.0, 9.0), around(98.0)));
    manager.reset_daily_metrics();
    EXPECT_EQ(manager.get_metrics().adverse_selection_cost, 0.0);
}

TEST(RiskManagerTest, TheKillSwitchRefusesEveryOrder) {
    RiskManager manager;
    const mm::kill_switch off = manager.kill_switch();
    off.kill();
    expect_refused(manager, order(OrderSide::BUY, 100.0, 1.0), 100.0, "MM_E_RISK_KILL_SWITCH");
    off.revive();
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 100.0, 1.0), around(100.0)));
}

TEST(RiskManagerTest, ManyThreadsCountEachFillOnce) {
    RiskManager manager;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&manager] {
            for (std::int64_t id = 1; id <= 200; ++id) {
                manager.update_metrics(order(OrderSide::BUY, 100.0, 1.0, id, 1.0), around(100.0));
                (void)manager.check_order_risk(order(OrderSide::SELL, 100.0, 1.0, -id), around(100.0));
                (void)manager.get_metrics();
                (void)manager.check_circuit_breakers();
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_DOUBLE_EQ(manager.get_position(), 200.0);
    EXPECT_NEAR(manager.get_metrics().daily_pnl, 0.0, 1e-9);
}

RiskManager::CircuitBreaker breaker(double loss, int losses, double drawdown) {
    RiskManager::CircuitBreaker made;
    made.loss_threshold = loss;
    made.max_consecutive_losses = losses;
    made.max_drawdown = drawdown;
    made.cooldown_period = seconds(30);
    return made;
}

TEST(CircuitBreakerTest, ItsFieldsAreInTheDocumentedOrder) {
    const RiskManager::CircuitBreaker made{1.0, 2, 3.0, seconds(4), true, {}};
    EXPECT_EQ(made.loss_threshold, 1.0);
    EXPECT_EQ(made.max_consecutive_losses, 2);
    EXPECT_EQ(made.max_drawdown, 3.0);
    EXPECT_EQ(made.cooldown_period, seconds(4));
    EXPECT_TRUE(made.is_triggered);
    EXPECT_THROW(RiskManager().set_circuit_breaker(breaker(-1.0, 2, 3.0)), std::invalid_argument);
}

TEST(CircuitBreakerTest, TriggersOnTheLossAndRestsForTheCooldown) {
    const HandClock clock;
    RiskManager::RiskLimits limits;
    limits.max_adverse_selection = infinity;
    RiskManager manager(limits, clock);
    manager.set_circuit_breaker(breaker(100.0, INT_MAX, infinity));
    trade(manager, OrderSide::BUY, 100.0, 10.0, 1, 90.0);
    EXPECT_TRUE(manager.check_circuit_breakers());
    EXPECT_FALSE(manager.get_circuit_breaker().is_triggered);
    clock.advance(seconds(1));
    manager.update_market("", around(89.9));
    EXPECT_FALSE(manager.check_circuit_breakers());
    EXPECT_TRUE(manager.get_circuit_breaker().is_triggered);
    EXPECT_EQ(manager.get_circuit_breaker().trigger_time, clock());
    expect_refused(manager, order(OrderSide::BUY, 90.0, 1.0), 89.9, "circuit breaker");
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::SELL, 90.0, 10.0), around(89.9)));
    clock.advance(seconds(29));
    EXPECT_FALSE(manager.check_circuit_breakers());
    clock.advance(seconds(2));
    EXPECT_TRUE(manager.check_circuit_breakers());
    EXPECT_TRUE(manager.check_order_risk(order(OrderSide::BUY, 90.0, 1.0), around(89.9)));
    // From here on it takes another such loss.
    manager.update_market("", around(85.0));
    EXPECT_TRUE(manager.check_circuit_breakers());
    manager.update_market("", around(79.0));
    EXPECT_FALSE(manager.check_circuit_breakers());
}

TEST(CircuitBreakerTest, TriggersOnTheDrawdownFromAPeak) {
    RiskManager manager;
    manager.set_circuit_breaker(breaker(infinity, INT_MAX, 50.0));
    trade(manager, OrderSide::BUY, 100.0, 10.0, 1, 100.0);
    manager.update_market("", around(110.0));
    manager.update_market("", around(105.1));
    EXPECT_TRUE(manager.check_circuit_breakers());
    manager.update_market("", around(104.9));
    EXPECT_FALSE(manager.check_circuit_breakers());
    EXPECT_GT(manager.get_metrics().daily_pnl, 0.0);
}

TEST(CircuitBreakerTest, TriggersOnMoreLosingTradesInARowThanAllowed) {
    RiskManager manager;
    manager.set_circuit_breaker(breaker(infinity, 2, infinity));
    std::int64_t id = 0;
    const auto round_trip = [&](double gain) {
        trade(manager, OrderSide::BUY, 100.0, 1.0, ++id, 100.0);
        trade(manager, OrderSide::SELL, 100.0 + gain, 1.0, ++id, 100.0);
        return manager.check_circuit_breakers();
    };
    EXPECT_TRUE(round_trip(-1.0));
    EXPECT_TRUE(round_trip(-1.0));
    EXPECT_TRUE(round_trip(1.0));
    EXPECT_TRUE(round_trip(-1.0));
    EXPECT_TRUE(round_trip(-1.0));
    EXPECT_FALSE(round_trip(-1.0));
}

TEST(CircuitBreakerTest, ByDefaultItIsMaxDailyLossForLossAndDrawdown) {
    RiskManager manager;
    const auto defaults = manager.get_circuit_breaker();
    EXPECT_EQ(defaults.loss_threshold, 5e4);
    EXPECT_EQ(defaults.max_drawdown, 5e4);
    EXPECT_EQ(defaults.cooldown_period, minutes(5));
    EXPECT_FALSE(defaults.is_triggered);
    trade(manager, OrderSide::BUY, 100.0, 5000.0, 1, 89.0);
    EXPECT_FALSE(manager.check_circuit_breakers());
}

}  // namespace
