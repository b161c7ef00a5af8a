// Claims about the documented StrategyManager, MarketMakingStrategy and ExchangeError.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// A clock that stands until it is moved, for several threads.
struct HandClock {
    std::shared_ptr<std::atomic<std::int64_t>> now = std::make_shared<std::atomic<std::int64_t>>(1000);

    std::chrono::steady_clock::time_point operator()() const {
        return std::chrono::steady_clock::time_point(seconds(now->load()));
    }
    void advance(seconds by) const { *now += by.count(); }
};

MarketDepth around(double mid) {
    MarketDepth depth;
    depth.update_bid(0, mid - 0.01, 100.0);
    depth.update_ask(0, mid + 0.01, 100.0);
    return depth;
}

/// A user's strategy that notes what happens to it, and does on market data what it is told.
class Recorder : public MarketMakingStrategy {
public:
    explicit Recorder(std::function<void(const MarketDepth &)> action = nullptr) : action_(std::move(action)) {}

    void initialize() override { note("initialize"); }
    void stop() override { note("stop"); }
    void on_market_data(const MarketDepth &depth) override {
        EXPECT_FALSE(is_inside_.exchange(true));
        mids.push_back(depth.get_mid_price());
        if (action_) {
            struct Leave {
                std::atomic<bool> &flag;
                ~Leave() { flag = false; }
            } leave{is_inside_};
            action_(depth);
        }
        is_inside_ = false;
    }
    void handle_error(const ExchangeError &error) override {
        codes.push_back(error.code());
        texts.emplace_back(error.what());
    }

    std::vector<std::string> calls() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return calls_;
    }

    std::vector<double> mids;
    std::vector<ExchangeError::ErrorCode> codes;
    std::vector<std::string> texts;

private:
    void note(const char *call) {
        const std::lock_guard<std::mutex> lock(mutex_);
        calls_.emplace_back(call);
    }

    std::function<void(const MarketDepth &)> action_;
    std::atomic<bool> is_inside_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
};

void fail(const MarketDepth &) { throw std::runtime_error("out of luck"); }

/// Hands over market data and waits for them to be handled.
bool feed(StrategyManager &manager, const std::string &symbol, double mid) {
    const bool taken = manager.on_market_data(symbol, around(mid));
    manager.wait_until_idle();
    return taken;
}

TEST(ExchangeErrorTest, HasACodeAndAText) {
    const ExchangeError error(ExchangeError::ErrorCode::RATE_LIMIT_EXCEEDED, "slow down");
    EXPECT_EQ(error.code(), ExchangeError::RATE_LIMIT_EXCEEDED);
    EXPECT_STREQ(error.what(), "slow down");
    EXPECT_NE(ExchangeError::CONNECTIVITY_LOST, ExchangeError::INSUFFICIENT_LIQUIDITY);
    EXPECT_NE(ExchangeError::INVALID_ORDER, ExchangeError::SYSTEM_ERROR);
}

TEST(MarketMakingStrategyTest, ItsConfigHasTheDocumentedDefaults) {
    const MarketMakingStrategy::Config config;
    EXPECT_EQ(config.spread_multiplier, 1.0);
    EXPECT_EQ(config.position_limit, 1000.0);
    EXPECT_EQ(config.order_size, 100.0);
    EXPECT_EQ(config.risk_factor, 0.1);
    EXPECT_EQ(config.max_orders_per_side, 3);
    EXPECT_TRUE(std::is_abstract_v<MarketMakingStrategy>);
    EXPECT_TRUE(std::has_virtual_destructor_v<MarketMakingStrategy>);
}

TEST(StrategyManagerTest, MarketDataReachTheSymbolsStrategyInOrder) {
    StrategyManager manager(4);
    std::vector<std::shared_ptr<Recorder>> recorders;
    for (int s = 0; s < 5; ++s) {
        recorders.push_back(std::make_shared<Recorder>());
        manager.add_strategy(std::to_string(s), recorders.back());
        EXPECT_EQ(recorders.back()->symbol(), std::to_string(s));
    }
    for (int i = 0; i < 200; ++i) {
        for (int s = 0; s < 5; ++s) {
            EXPECT_TRUE(manager.on_market_data(std::to_string(s), around(100.0 + i)));
        }
    }
    manager.wait_until_idle();
    for (int s = 0; s < 5; ++s) {
        const auto &mids = recorders[static_cast<std::size_t>(s)]->mids;
        ASSERT_EQ(mids.size(), 200u);
        for (std::size_t i = 0; i < 200; ++i) {
            EXPECT_DOUBLE_EQ(mids[i], 100.0 + static_cast<double>(i));
        }
        EXPECT_EQ(manager.get_state(std::to_string(s))->handled, 200u);
    }
    EXPECT_FALSE(manager.on_market_data("unknown", around(100.0)));
    EXPECT_FALSE(manager.get_state("unknown").has_value());
}

TEST(StrategyManagerTest, AStrategyThatThrowsMoreThanThreeTimesRestsFiveMinutes) {
    const HandClock clock;
    StrategyManager manager(2, clock);
    const auto bad = std::make_shared<Recorder>(fail);
    const auto good = std::make_shared<Recorder>();
    manager.add_strategy("BAD", bad);
    manager.add_strategy("GOOD", good);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(feed(manager, "BAD", 100.0));
        EXPECT_TRUE(manager.get_state("BAD")->is_active);
    }
    EXPECT_TRUE(feed(manager, "BAD", 100.0));
    EXPECT_FALSE(manager.get_state("BAD")->is_active);
    EXPECT_EQ(manager.get_state("BAD")->error_count, 4);
    EXPECT_EQ(manager.get_state("BAD")->last_error_text, "out of luck");
    EXPECT_EQ(manager.get_state("BAD")->recovery_time - manager.get_state("BAD")->last_error, minutes(5));
    EXPECT_EQ(bad->calls(), (std::vector<std::string>{"initialize", "stop"}));
    clock.advance(minutes(5) - seconds(1));
    EXPECT_FALSE(feed(manager, "BAD", 100.0));
    EXPECT_EQ(bad->mids.size(), 4u);
    EXPECT_EQ(manager.get_state("BAD")->left_out, 1u);
    // The other symbol goes on.
    EXPECT_TRUE(feed(manager, "GOOD", 100.0));
    EXPECT_EQ(good->mids.size(), 1u);
    clock.advance(seconds(1));
    EXPECT_TRUE(feed(manager, "BAD", 100.0));
    EXPECT_EQ(bad->mids.size(), 5u);
    EXPECT_EQ(bad->calls(), (std::vector<std::string>{"initialize", "stop", "initialize"}));
    EXPECT_TRUE(manager.get_state("BAD")->is_active);
    EXPECT_EQ(manager.get_state("BAD")->error_count, 1);
}

TEST(StrategyManagerTest, ALostConnectionIsARestOfOneMinute) {
    const HandClock clock;
    StrategyManager manager(1, clock);
    bool is_connected = false;
    const auto strategy = std::make_shared<Recorder>([&](const MarketDepth &) {
        if (!is_connected) {
            throw ExchangeError(ExchangeError::CONNECTIVITY_LOST, "gone");
        }
    });
    manager.add_strategy("A", strategy);
    EXPECT_TRUE(feed(manager, "A", 100.0));
    EXPECT_FALSE(manager.get_state("A")->is_active);
    EXPECT_EQ(manager.get_state("A")->error_count, 0);
    clock.advance(seconds(59));
    EXPECT_FALSE(feed(manager, "A", 100.0));
    clock.advance(seconds(1));
    is_connected = true;
    EXPECT_TRUE(feed(manager, "A", 100.0));
    EXPECT_TRUE(feed(manager, "A", 100.0));
    EXPECT_EQ(strategy->mids.size(), 3u);
    EXPECT_EQ(strategy->calls(), (std::vector<std::string>{"initialize", "stop", "initialize"}));
}

TEST(StrategyManagerTest, HandleErrorIsToldWhateverWasThrown) {
    StrategyManager manager(1);
    int count = 0;
    const auto strategy = std::make_shared<Recorder>([&](const MarketDepth &) {
        switch (count++) {
        case 0:
            throw ExchangeError(ExchangeError::INVALID_ORDER, "bad price");
        case 1:
            throw std::runtime_error("plain");
        default:
            throw 42;
        }
    });
    manager.add_strategy("A", strategy);
    for (int i = 0; i < 3; ++i) {
        feed(manager, "A", 100.0);
    }
    EXPECT_EQ(strategy->codes, (std::vector<ExchangeError::ErrorCode>{
                                   ExchangeError::INVALID_ORDER, ExchangeError::SYSTEM_ERROR, ExchangeError::SYSTEM_ERROR}));
    EXPECT_EQ(strategy->texts[0], "bad price");
    EXPECT_EQ(strategy->texts[1], "plain");
    EXPECT_NE(strategy->texts[2].find("no std::exception"), std::string::npos);
}

TEST(StrategyManagerTest, WhatTheHooksThrowStaysInside) {
    class Wild : public MarketMakingStrategy {
    public:
        void stop() override { throw std::runtime_error("stop"); }
        void on_market_data(const MarketDepth &) override { throw std::runtime_error("data"); }
        void handle_error(const ExchangeError &) override { throw 1; }
    };
    StrategyManager manager(1);
    manager.add_strategy("A", std::make_shared<Wild>());
    for (int i = 0; i < 6; ++i) {
        feed(manager, "A", 100.0);
    }
    EXPECT_FALSE(manager.get_state("A")->is_active);
    manager.stop_all();
}

TEST(StrategyManagerTest, AStrategyThatCannotBeginIsNotTaken) {
    class Broken : public MarketMakingStrategy {
    public:
        void initialize() override { throw std::runtime_error("no key"); }
        void on_market_data(const MarketDepth &) override {}
    };
    StrategyManager manager(1);
    EXPECT_THROW(manager.add_strategy("A", std::make_shared<Broken>()), std::runtime_error);
    EXPECT_FALSE(manager.on_market_data("A", around(100.0)));
}

TEST(StrategyManagerTest, StopAllStopsEachAfterWhatItIsDoing) {
    StrategyManager manager(2);
    std::promise<void> entered;
    std::promise<void> go_on;
    std::atomic<bool> has_ended{false};
    const auto slow = std::make_shared<Recorder>([&](const MarketDepth &) {
        entered.set_value();
        go_on.get_future().get();
        has_ended = true;
    });
    const auto idle = std::make_shared<Recorder>();
    manager.add_strategy("SLOW", slow);
    manager.add_strategy("IDLE", idle);
    EXPECT_TRUE(manager.on_market_data("SLOW", around(100.0)));
    entered.get_future().get();
    EXPECT_TRUE(manager.on_market_data("SLOW", around(101.0)));
    std::thread stopper([&] {
        manager.stop_all();
        EXPECT_TRUE(has_ended);
    });
    go_on.set_value();
    stopper.join();
    EXPECT_EQ(slow->calls().back(), "stop");
    EXPECT_EQ(idle->calls(), (std::vector<std::string>{"initialize", "stop"}));
    EXPECT_LE(slow->mids.size(), 2u);
    EXPECT_FALSE(manager.on_market_data("SLOW", around(100.0)));
    EXPECT_FALSE(manager.get_state("IDLE").has_value());
}

TEST(StrategyManagerTest, ANewStrategyTakesThePlaceOfTheOld) {
    StrategyManager manager(1);
    const auto old = std::make_shared<Recorder>();
    const auto fresh = std::make_shared<Recorder>();
    manager.add_strategy("A", old);
    manager.add_strategy("A", fresh);
    EXPECT_EQ(old->calls(), (std::vector<std::string>{"initialize", "stop"}));
    feed(manager, "A", 100.0);
    EXPECT_TRUE(old->mids.empty());
    EXPECT_EQ(fresh->mids.size(), 1u);
    EXPECT_TRUE(manager.remove_strategy("A"));
    EXPECT_FALSE(manager.remove_strategy("A"));
    EXPECT_EQ(fresh->calls().back(), "stop");
}

TEST(StrategyManagerTest, ASlowStrategyGetsTheNewestMarketData) {
    StrategyManager manager(1);
    std::promise<void> entered;
    std::promise<void> go_on;
    bool is_first = true;
    const auto slow = std::make_shared<Recorder>([&](const MarketDepth &) {
        if (is_first) {
            is_first = false;
            entered.set_value();
            go_on.get_future().get();
        }
    });
    manager.add_strategy("A", slow);
    EXPECT_TRUE(manager.on_market_data("A", around(100.0)));
    entered.get_future().get();
    const int sent = static_cast<int>(StrategyManager::MAX_WAITING) + 40;
    for (int i = 1; i <= sent; ++i) {
        EXPECT_TRUE(manager.on_market_data("A", around(100.0 + i)));
    }
    go_on.set_value();
    manager.wait_until_idle();
    EXPECT_EQ(manager.get_state("A")->overtaken, 40u);
    ASSERT_EQ(slow->mids.size(), 1 + StrategyManager::MAX_WAITING);
    EXPECT_DOUBLE_EQ(slow->mids[1], 141.0);
    EXPECT_DOUBLE_EQ(slow->mids.back(), 100.0 + sent);
}

TEST(StrategyManagerTest, ManyThreadsFeedManyStrategiesThatFail) {
    const HandClock clock;
    StrategyManager manager(3, clock);
    std::vector<std::shared_ptr<Recorder>> recorders;
    for (int s = 0; s < 6; ++s) {
        recorders.push_back(std::make_shared<Recorder>([s](const MarketDepth &) {
            if (s % 3 == 1) {
                throw std::runtime_error("once more");
            }
            if (s % 3 == 2) {
                throw ExchangeError(ExchangeError::CONNECTIVITY_LOST);
            }
        }));
        manager.add_strategy(std::to_string(s), recorders.back());
    }
    std::vector<std::thread> feeds;
    for (int t = 0; t < 3; ++t) {
        feeds.emplace_back([&manager, &clock] {
            for (int i = 0; i < 300; ++i) {
                (void)manager.on_market_data(std::to_string(i % 6), around(100.0 + i));
                (void)manager.get_state(std::to_string(i % 6));
                clock.advance(seconds(1));
            }
        });
    }
    for (auto &one : feeds) {
        one.join();
    }
    manager.wait_until_idle();
    for (int s = 0; s < 6; ++s) {
        const auto state = manager.get_state(std::to_string(s));
        EXPECT_EQ(state->handled + state->left_out + state->overtaken, 150u);
        EXPECT_EQ(state->handled, recorders[static_cast<std::size_t>(s)]->mids.size());
    }
    EXPECT_EQ(manager.get_state("0")->left_out, 0u);
    manager.stop_all();
}

TEST(StrategyManagerTest, OursRunBesideAUsersOwn) {
    StrategyManager manager(2);
    const auto orders = std::make_shared<OrderManager>();
    manager.add_strategy("OURS", std::make_shared<StoikovStrategy>(nullptr, orders, std::make_shared<RiskManager>()));
    const auto own = std::make_shared<Recorder>(fail);
    manager.add_strategy("OWN", own);
    for (int i = 0; i < 10; ++i) {
        feed(manager, "OURS", 100.0);
        feed(manager, "OWN", 100.0);
    }
    EXPECT_EQ(orders->get_active_orders().size(), 2u);
    EXPECT_EQ(own->mids.size(), 4u);
    manager.stop_all();
    EXPECT_TRUE(orders->get_active_orders().empty());
}

}  // namespace
