// Claims about the documented OrderManager.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Of the order, that so much has filled.
Order filled(Order order, double quantity) {
    order.filled_quantity = quantity;
    order.status = quantity < order.quantity ? OrderStatus::PARTIALLY_FILLED : OrderStatus::FILLED;
    return order;
}

Order place(OrderManager &manager, OrderSide side, double price, double quantity) {
    const std::optional<Order> order = manager.place_order(side, price, quantity);
    EXPECT_TRUE(order.has_value()) << manager.last_rejection().text;
    return order.value_or(Order());
}

void expect_refused(OrderManager &manager, OrderSide side, double price, double quantity, const std::string &reason) {
    const std::size_t before = manager.get_active_orders().size();
    EXPECT_FALSE(manager.check_risk_limits(side, quantity, price)) << reason;
    EXPECT_NE(manager.last_rejection().text.find(reason), std::string::npos) << manager.last_rejection().text;
    EXPECT_FALSE(manager.place_order(side, price, quantity).has_value()) << reason;
    EXPECT_TRUE(manager.last_rejection());
    EXPECT_NE(manager.last_rejection().text.find(reason), std::string::npos) << manager.last_rejection().text;
    EXPECT_EQ(manager.get_active_orders().size(), before);
}

TEST(OrderManagerTest, AllThreeSpellingsMakeOneWithTheDocumentedDefaults) {
    const OrderManager by_default;
    EXPECT_EQ(by_default.config().max_position, 100.0);
    EXPECT_EQ(by_default.config().max_order_size, 10.0);
    EXPECT_EQ(by_default.config().max_notional, 1e4);
    EXPECT_EQ(by_default.config().max_active_orders, 50);
    EXPECT_EQ(by_default.config().min_spread, 1e-4);
    OrderManager::Config config;
    config.max_active_orders = 100;
    config.max_position = 1000000;
    const OrderManager with_config(config);
    EXPECT_EQ(with_config.config().max_active_orders, 100);
    OrderManager::Limits limits{1.0, 2.0, 3.0, 4, 5.0};
    const OrderManager with_limits(limits);
    EXPECT_EQ(with_limits.config().max_position, 1.0);
    EXPECT_EQ(with_limits.config().max_order_size, 2.0);
    EXPECT_EQ(with_limits.config().max_notional, 3.0);
    EXPECT_EQ(with_limits.config().max_active_orders, 4);
    EXPECT_EQ(with_limits.config().min_spread, 5.0);
    config.max_position = -1.0;
    EXPECT_THROW(OrderManager refused(config), std::invalid_argument);
    config.max_position = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(OrderManager refused(config), std::invalid_argument);
}

TEST(OrderManagerTest, APlacedOrderWorksAsItWasGiven) {
    OrderManager manager;
    const Order order = place(manager, OrderSide::BUY, 100.0 / 3.0, 1.0 / 3.0);
    EXPECT_EQ(order.side, OrderSide::BUY);
    EXPECT_EQ(order.price, 100.0 / 3.0);
    EXPECT_EQ(order.quantity, 1.0 / 3.0);
    EXPECT_EQ(order.filled_quantity, 0.0);
    EXPECT_EQ(order.status, OrderStatus::NEW);
    EXPECT_TRUE(order.is_active());
    EXPECT_GT(order.creation_time, 0);
    EXPECT_EQ(order.creation_time, order.last_update_time);
    const auto active = manager.get_active_orders();
    ASSERT_EQ(active.size(), 1u);
    EXPECT_EQ(active[0].order_id, order.order_id);
    EXPECT_FALSE(manager.last_rejection());
}

TEST(OrderManagerTest, IdsAreUniqueOverAllManagers) {
    std::set<std::int64_t> ids;
    for (int m = 0; m < 10; ++m) {
        OrderManager manager;
        for (int i = 0; i < 100; ++i) {
            const Order order = place(manager, OrderSide::BUY, 10.0, 1.0);
            EXPECT_GT(order.order_id, 0);
            EXPECT_TRUE(ids.insert(order.order_id).second);
            EXPECT_TRUE(manager.cancel_order(order.order_id));
        }
    }
}

TEST(OrderManagerTest, TheReasonOfARefusalIsReadable) {
    OrderManager manager;
    expect_refused(manager, OrderSide::BUY, 100.0, 10.1, "MM_E_RISK_ORDER_QUANTITY");
    EXPECT_EQ(manager.last_rejection().reason.code(), MM_E_RISK_ORDER_QUANTITY);
    EXPECT_NE(manager.last_rejection().text.find("BUY 10.1 at 100"), std::string::npos);
    place(manager, OrderSide::BUY, 100.0, 10.0);
    EXPECT_FALSE(manager.last_rejection());
    EXPECT_TRUE(manager.last_rejection().text.empty());
    // Each thread reads its own.
    expect_refused(manager, OrderSide::BUY, 100.0, 11.0, "MM_E_RISK_ORDER_QUANTITY");
    std::thread([&] { EXPECT_FALSE(manager.last_rejection()); }).join();
    EXPECT_TRUE(manager.last_rejection());
}

TEST(OrderManagerTest, WhatIsNoOrderIsRefused) {
    OrderManager manager;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (double bad : {0.0, -1.0, nan, infinity, 1e300, 1e-12}) {
        expect_refused(manager, OrderSide::BUY, bad, 1.0, "MM_E_RISK_INVALID_ORDER");
    }
    for (double bad : {0.0, -1.0, nan, infinity, 1e-12}) {
        expect_refused(manager, OrderSide::SELL, 100.0, bad, "MM_E_RISK_INVALID_ORDER");
    }
}

TEST(OrderManagerTest, ThePositionCheckCountsWorkingOrdersInTheWorstCase) {
    OrderManager manager(OrderManager::Config{25.0, 10.0, infinity, 50, 0.0});
    place(manager, OrderSide::BUY, 100.0, 10.0);
    const Order second = place(manager, OrderSide::BUY, 100.0, 10.0);
    expect_refused(manager, OrderSide::BUY, 100.0, 5.1, "MM_E_RISK_LONG_POSITION");
    place(manager, OrderSide::BUY, 100.0, 5.0);
    expect_refused(manager, OrderSide::BUY, 100.0, 0.001, "MM_E_RISK_LONG_POSITION");
    // Working buys do not make room for sells.
    place(manager, OrderSide::SELL, 101.0, 10.0);
    place(manager, OrderSide::SELL, 101.0, 10.0);
    expect_refused(manager, OrderSide::SELL, 101.0, 5.1, "MM_E_RISK_SHORT_POSITION");
    // A fill moves lots from the working orders to the position and changes nothing in the worst case.
    EXPECT_TRUE(manager.update_order(filled(second, 10.0)));
    expect_refused(manager, OrderSide::BUY, 100.0, 0.001, "MM_E_RISK_LONG_POSITION");
}

TEST(OrderManagerTest, ExposureIsThatOfPositionAndWorkingOrdersAndFallsWithThem) {
    OrderManager manager;
    EXPECT_EQ(manager.get_notional_exposure(), 0.0);
    const Order buy = place(manager, OrderSide::BUY, 100.0, 5.0);
    const Order sell = place(manager, OrderSide::SELL, 101.0, 2.0);
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 702.0);
    EXPECT_TRUE(manager.update_order(filled(buy, 3.0)));
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 702.0);
    EXPECT_TRUE(manager.cancel_order(buy.order_id));
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 502.0);
    EXPECT_TRUE(manager.update_order(filled(sell, 2.0)));
    EXPECT_DOUBLE_EQ(manager.get_position(), 1.0);
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 101.0);
    manager.set_mark(99.0);
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 99.0);
    const Order last = place(manager, OrderSide::SELL, 99.0, 1.0);
    EXPECT_TRUE(manager.update_order(filled(last, 1.0)));
    EXPECT_EQ(manager.get_notional_exposure(), 0.0);
}

TEST(OrderManagerTest, ExposureStaysWithinMaxNotional) {
    OrderManager manager;
    for (int i = 0; i < 10; ++i) {
        place(manager, OrderSide::BUY, 100.0, 10.0);
    }
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 10000.0);
    expect_refused(manager, OrderSide::SELL, 200.0, 0.01, "max_notional");
    EXPECT_TRUE(manager.cancel_order(manager.get_active_orders()[0].order_id));
    place(manager, OrderSide::SELL, 200.0, 5.0);
    expect_refused(manager, OrderSide::BUY, 100.0, 0.1, "max_notional");
}

TEST(OrderManagerTest, WhatWorksAPositionDownIsNotHeldBackByMaxNotional) {
    OrderManager manager(OrderManager::Config{100.0, 100.0, 1000.0, 50, 0.0});
    const Order order = place(manager, OrderSide::BUY, 100.0, 10.0);
    EXPECT_TRUE(manager.update_order(filled(order, 10.0)));
    expect_refused(manager, OrderSide::BUY, 100.0, 1.0, "max_notional");
    expect_refused(manager, OrderSide::SELL, 100.0, 10.5, "max_notional");
    place(manager, OrderSide::SELL, 100.0, 6.0);
    expect_refused(manager, OrderSide::SELL, 100.0, 4.5, "max_notional");
    place(manager, OrderSide::SELL, 100.0, 4.0);
}

TEST(OrderManagerTest, OnlySoManyOrdersWorkAtOnce) {
    OrderManager manager(OrderManager::Config{100.0, 10.0, 1e4, 3, 1e-4});
    std::vector<Order> orders;
    for (int i = 0; i < 3; ++i) {
        orders.push_back(place(manager, OrderSide::BUY, 10.0, 1.0));
    }
    expect_refused(manager, OrderSide::BUY, 10.0, 1.0, "MM_E_RISK_WORKING_ORDERS");
    EXPECT_TRUE(manager.cancel_order(orders[1].order_id));
    place(manager, OrderSide::BUY, 10.0, 1.0);
    OrderManager none(OrderManager::Config{100.0, 10.0, 1e4, 0, 1e-4});
    expect_refused(none, OrderSide::BUY, 10.0, 1.0, "MM_E_RISK_WORKING_ORDERS");
}

TEST(OrderManagerTest, OwnOrdersKeepMinSpreadBetweenThemAndNeverMeet) {
    OrderManager manager(OrderManager::Config{100.0, 10.0, 1e4, 50, 0.5});
    place(manager, OrderSide::BUY, 100.0, 1.0);
    expect_refused(manager, OrderSide::SELL, 100.4, 1.0, "MM_E_RISK_OWN_SPREAD");
    place(manager, OrderSide::SELL, 100.5, 1.0);
    expect_refused(manager, OrderSide::BUY, 100.1, 1.0, "MM_E_RISK_OWN_SPREAD");
    OrderManager without(OrderManager::Config{100.0, 10.0, 1e4, 50, 0.0});
    place(without, OrderSide::BUY, 100.0, 1.0);
    expect_refused(without, OrderSide::SELL, 100.0, 1.0, "MM_E_RISK_OWN_SPREAD");
}

TEST(OrderManagerTest, ACheckChangesNothing) {
    OrderManager manager(OrderManager::Config{10.0, 10.0, 1e4, 1, 1e-4});
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(manager.check_risk_limits(OrderSide::BUY, 10.0, 100.0));
    }
    EXPECT_EQ(manager.get_active_orders().size(), 0u);
    EXPECT_EQ(manager.get_notional_exposure(), 0.0);
    place(manager, OrderSide::BUY, 100.0, 10.0);
}

TEST(OrderManagerTest, ACancelledOrderIsGoneOnce) {
    OrderManager manager;
    const Order order = place(manager, OrderSide::BUY, 100.0, 1.0);
    EXPECT_FALSE(manager.cancel_order(order.order_id + 1));
    EXPECT_TRUE(manager.cancel_order(order.order_id));
    EXPECT_FALSE(manager.cancel_order(order.order_id));
    EXPECT_TRUE(manager.get_active_orders().empty());
    EXPECT_EQ(manager.get_order(order.order_id)->status, OrderStatus::CANCELLED);
    place(manager, OrderSide::BUY, 100.0, 1.0);
    place(manager, OrderSide::SELL, 101.0, 1.0);
    EXPECT_EQ(manager.cancel_all(), 2u);
    EXPECT_EQ(manager.get_notional_exposure(), 0.0);
}

TEST(OrderManagerTest, FillsMakeThePositionAndEachCountsOnce) {
    OrderManager manager;
    const Order order = place(manager, OrderSide::SELL, 100.0, 4.0);
    EXPECT_TRUE(manager.update_order(filled(order, 1.0)));
    EXPECT_TRUE(manager.update_order(filled(order, 1.0)));
    EXPECT_EQ(manager.get_position(), -1.0);
    EXPECT_EQ(manager.get_order(order.order_id)->status, OrderStatus::PARTIALLY_FILLED);
    EXPECT_EQ(manager.get_order(order.order_id)->filled_quantity, 1.0);
    EXPECT_TRUE(manager.update_order(filled(order, 3.0)));
    // An update that is older than what is known, and one of more than there is.
    EXPECT_FALSE(manager.update_order(filled(order, 2.0)));
    EXPECT_FALSE(manager.update_order([&] { Order more = filled(order, 3.5); more.filled_quantity = 5.0; return more; }()));
    EXPECT_EQ(manager.get_position(), -3.0);
    EXPECT_TRUE(manager.update_order(filled(order, 4.0)));
    EXPECT_TRUE(manager.update_order(filled(order, 4.0)));
    EXPECT_EQ(manager.get_position(), -4.0);
    EXPECT_EQ(manager.get_order(order.order_id)->status, OrderStatus::FILLED);
    EXPECT_TRUE(manager.get_active_orders().empty());
    Order unknown = order;
    unknown.order_id += 1;
    EXPECT_FALSE(manager.update_order(filled(unknown, 1.0)));
}

TEST(OrderManagerTest, StatusAloneAndQuantityAloneSayThatAnOrderIsFilled) {
    OrderManager manager;
    Order by_status = place(manager, OrderSide::BUY, 100.0, 2.0);
    by_status.status = OrderStatus::FILLED;
    EXPECT_TRUE(manager.update_order(by_status));
    EXPECT_EQ(manager.get_position(), 2.0);
    Order by_quantity = place(manager, OrderSide::BUY, 100.0, 3.0);
    by_quantity.filled_quantity = 3.0;
    EXPECT_TRUE(manager.update_order(by_quantity));
    EXPECT_EQ(manager.get_position(), 5.0);
    EXPECT_TRUE(manager.get_active_orders().empty());
}

TEST(OrderManagerTest, TheVenueMayEndAnOrder) {
    OrderManager manager;
    for (OrderStatus status : {OrderStatus::CANCELLED, OrderStatus::REJECTED}) {
        Order order = place(manager, OrderSide::BUY, 100.0, 2.0);
        order.status = status;
        EXPECT_TRUE(manager.update_order(order));
        EXPECT_EQ(manager.get_order(order.order_id)->status, status);
    }
    Order partly = place(manager, OrderSide::BUY, 100.0, 2.0);
    partly.filled_quantity = 0.5;
    partly.status = OrderStatus::CANCELLED;
    EXPECT_TRUE(manager.update_order(partly));
    EXPECT_EQ(manager.get_position(), 0.5);
    EXPECT_TRUE(manager.get_active_orders().empty());
}

TEST(OrderManagerTest, AFillThatCrossedWithACancelIsCounted) {
    OrderManager manager;
    const Order order = place(manager, OrderSide::BUY, 100.0, 2.0);
    EXPECT_TRUE(manager.cancel_order(order.order_id));
    EXPECT_TRUE(manager.update_order(filled(order, 1.5)));
    EXPECT_TRUE(manager.update_order(filled(order, 1.5)));
    EXPECT_EQ(manager.get_position(), 1.5);
    EXPECT_EQ(manager.get_order(order.order_id)->status, OrderStatus::CANCELLED);
    EXPECT_TRUE(manager.get_active_orders().empty());
    const Order replaced = place(manager, OrderSide::BUY, 100.0, 2.0);
    ASSERT_TRUE(manager.replace_order(replaced.order_id, 99.0, 2.0).has_value());
    EXPECT_TRUE(manager.update_order(filled(replaced, 1.0)));
    EXPECT_EQ(manager.get_position(), 2.5);
}

TEST(OrderManagerTest, DecimalFractionsAddUpToNothing) {
    OrderManager manager;
    for (double quantity : {0.1, 0.2}) {
        const Order order = place(manager, OrderSide::BUY, 100.0, quantity);
        EXPECT_TRUE(manager.update_order(filled(order, quantity)));
    }
    const Order order = place(manager, OrderSide::SELL, 100.0, 0.3);
    EXPECT_TRUE(manager.update_order(filled(order, 0.3)));
    EXPECT_EQ(manager.get_position(), 0.0);
}

TEST(OrderManagerTest, LargeLimitsAreCountedCoarser) {
    OrderManager manager(OrderManager::Config{1e12, 1e10, infinity, 50, 0.0});
    const Order order = place(manager, OrderSide::BUY, 1e-5, 1e10);
    EXPECT_TRUE(manager.update_order(filled(order, 1e10)));
    EXPECT_EQ(manager.get_position(), 1e10);
    expect_refused(manager, OrderSide::BUY, 1e-5, 1.0001e10, "MM_E_RISK_ORDER_QUANTITY");
    OrderManager unlimited(OrderManager::Config{infinity, infinity, infinity, 50, 0.0});
    place(unlimited, OrderSide::BUY, 1e6, 1e5);
    expect_refused(unlimited, OrderSide::BUY, 1e6, 1e10, "MM_E_");
}

TEST(OrderManagerTest, AReplacementTakesThePlaceOfAnOrderInOneStep) {
    OrderManager manager(OrderManager::Config{10.0, 10.0, 1000.0, 1, 1e-4});
    const Order order = place(manager, OrderSide::BUY, 100.0, 10.0);
    EXPECT_FALSE(manager.replace_order(order.order_id, 101.0, 10.0).has_value());
    EXPECT_NE(manager.last_rejection().text.find("max_notional"), std::string::npos);
    EXPECT_FALSE(manager.replace_order(order.order_id, 90.0, 10.1).has_value());
    EXPECT_EQ(manager.get_active_orders()[0].order_id, order.order_id);
    const auto replaced = manager.replace_order(order.order_id, 99.0, 10.0);
    ASSERT_TRUE(replaced.has_value()) << manager.last_rejection().text;
    EXPECT_NE(replaced->order_id, order.order_id);
    ASSERT_EQ(manager.get_active_orders().size(), 1u);
    EXPECT_EQ(manager.get_active_orders()[0].order_id, replaced->order_id);
    EXPECT_EQ(manager.get_notional_exposure(), 990.0);
    EXPECT_FALSE(manager.replace_order(order.order_id, 99.0, 1.0).has_value());
    EXPECT_TRUE(manager.update_order(filled(*replaced, 10.0)));
    EXPECT_EQ(manager.get_position(), 10.0);
}

TEST(OrderManagerTest, TheKillSwitchRefusesEveryOrderAndNoCancel) {
    OrderManager manager;
    const Order order = place(manager, OrderSide::BUY, 100.0, 1.0);
    const mm::kill_switch off = manager.kill_switch();
    std::thread([&] { off.kill(); }).join();
    expect_refused(manager, OrderSide::BUY, 100.0, 1.0, "MM_E_RISK_KILL_SWITCH");
    EXPECT_TRUE(manager.cancel_order(order.order_id));
    off.revive();
    place(manager, OrderSide::BUY, 100.0, 1.0);
}

TEST(OrderManagerTest, CheckAndInsertAreOneStepForManyThreads) {
    OrderManager manager(OrderManager::Config{100.0, 1.0, infinity, 1000, 0.0});
    std::atomic<int> placed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                placed += manager.place_order(OrderSide::BUY, 100.0, 1.0).has_value() ? 1 : 0;
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(placed, 100);
    EXPECT_EQ(manager.get_active_orders().size(), 100u);
    EXPECT_DOUBLE_EQ(manager.get_notional_exposure(), 10000.0);
}

TEST(OrderManagerTest, ThreadsThatTradeCancelAndReadLeaveWhatTheyMust) {
    OrderManager manager(OrderManager::Config{1e6, 10.0, infinity, 1000, 0.0});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&manager, t] {
            // Buys below 100 and sells above: own orders of several threads never meet.
            const OrderSide side = t % 2 == 0 ? OrderSide::BUY : OrderSide::SELL;
            for (int i = 0; i < 200; ++i) {
                const auto order = manager.place_order(side, side == OrderSide::BUY ? 99.0 : 101.0, 2.0);
                ASSERT_TRUE(order.has_value()) << manager.last_rejection().text;
                EXPECT_TRUE(manager.update_order(filled(*order, 0.5)));
                EXPECT_TRUE(i % 2 == 0 ? manager.cancel_order(order->order_id) : manager.update_order(filled(*order, 2.0)));
                EXPECT_GE(manager.get_notional_exposure(), 0.0);
                (void)manager.check_risk_limits(side, 1.0, 100.0);
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(manager.get_active_orders().empty());
    EXPECT_EQ(manager.get_position(), 0.0);
    EXPECT_EQ(manager.get_notional_exposure(), 0.0);
}

}  // namespace
