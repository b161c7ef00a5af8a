// Claims about the documented MarketDepth, MarketDataBuffer and Order.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

MarketDepth around(double mid) {
    MarketDepth depth;
    for (std::size_t i = 0; i < MarketDepth::MAX_LEVELS; ++i) {
        depth.update_bid(i, mid - 0.01 * static_cast<double>(i + 1), 100.0);
        depth.update_ask(i, mid + 0.01 * static_cast<double>(i + 1), 100.0);
    }
    return depth;
}

TEST(MarketDepthTest, HasTwentyLevelsOfPriceQuantityAndTime) {
    EXPECT_EQ(MarketDepth::MAX_LEVELS, 20u);
    MarketDepth depth;
    EXPECT_EQ(depth.asks.size(), 20u);
    EXPECT_EQ(depth.bids.size(), 20u);
    EXPECT_TRUE(depth.update_ask(19, 101.5, 7.0));
    EXPECT_EQ(depth.asks[19].price, 101.5);
    EXPECT_EQ(depth.asks[19].quantity, 7.0);
    EXPECT_EQ(depth.asks[19].update_time, depth.last_update);
    EXPECT_GT(depth.last_update, 1'500'000'000'000'000'000);
    EXPECT_TRUE(std::is_copy_assignable_v<MarketDepth>);
}

TEST(MarketDepthTest, AnUpdateThatCannotBeChangesNothing) {
    MarketDepth depth = around(100.0);
    const MarketDepth before = depth;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(depth.update_bid(20, 99.0, 1.0));
    EXPECT_FALSE(depth.update_bid(0, nan, 1.0));
    EXPECT_FALSE(depth.update_bid(0, 99.0, nan));
    EXPECT_FALSE(depth.update_ask(0, 101.0, -1.0));
    EXPECT_EQ(depth.bids[0].price, before.bids[0].price);
    EXPECT_EQ(depth.asks[0].quantity, before.asks[0].quantity);
    EXPECT_EQ(depth.last_update, before.last_update);
}

TEST(MarketDepthTest, MidAndSpreadAreThoseOfTheBestPrices) {
    const MarketDepth depth = around(100.0);
    EXPECT_DOUBLE_EQ(depth.get_mid_price(), 100.0);
    EXPECT_NEAR(depth.get_spread(), 0.02, 1e-12);
    MarketDepth empty;
    EXPECT_EQ(empty.get_mid_price(), 0.0);
    EXPECT_EQ(empty.get_spread(), 0.0);
    empty.update_bid(0, 99.0, 1.0);
    EXPECT_EQ(empty.get_mid_price(), 0.0);
}

TEST(MarketDepthTest, IsValidMeansPositivePricesThatDoNotMeetInOrder) {
    EXPECT_TRUE(around(100.0).is_valid());
    EXPECT_FALSE(MarketDepth().is_valid());
    MarketDepth crossed = around(100.0);
    crossed.update_bid(0, 100.02, 1.0);
    EXPECT_FALSE(crossed.is_valid());
    MarketDepth one_sided = around(100.0);
    one_sided.update_ask(0, 100.01, 0.0);
    EXPECT_FALSE(one_sided.is_valid());
    MarketDepth disordered = around(100.0);
    disordered.update_bid(3, 99.999, 1.0);
    EXPECT_FALSE(disordered.is_valid());
    EXPECT_FALSE(around(-5.0).is_valid());
}

TEST(MarketDataBufferTest, GivesTheLastOnesOldestFirst) {
    MarketDataBuffer buffer(3);
    EXPECT_EQ(buffer.get_recent_depth(5).size(), 0u);
    for (int i = 1; i <= 5; ++i) {
        buffer.push_depth(around(100.0 + i));
    }
    EXPECT_EQ(buffer.size(), 3u);
    const stable_vector<MarketDepth> two = buffer.get_recent_depth(2);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_DOUBLE_EQ(two[0].get_mid_price(), 104.0);
    EXPECT_DOUBLE_EQ(two[1].get_mid_price(), 105.0);
    const auto all = buffer.get_recent_depth(99);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_DOUBLE_EQ(all[0].get_mid_price(), 103.0);
    MarketDataBuffer none(0);
    none.push_depth(around(1.0));
    EXPECT_EQ(none.size(), 0u);
    EXPECT_EQ(MarketDataBuffer().capacity(), 1024u);
}

TEST(MarketDataBufferTest, ManyThreadsPushAndRead) {
    MarketDataBuffer buffer(8);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&buffer, t] {
            for (int i = 0; i < 200; ++i) {
                buffer.push_depth(around(100.0 + t));
                EXPECT_LE(buffer.get_recent_depth(4).size(), 4u);
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(buffer.size(), 8u);
}

TEST(OrderTest, IsActiveUntilItIsComplete) {
    Order order;
    order.quantity = 3.0;
    for (OrderStatus status : {OrderStatus::NEW, OrderStatus::PARTIALLY_FILLED}) {
        order.status = status;
        EXPECT_TRUE(order.is_active());
        EXPECT_FALSE(order.is_complete());
    }
    for (OrderStatus status : {OrderStatus::FILLED, OrderStatus::CANCELLED, OrderStatus::REJECTED}) {
        order.status = status;
        EXPECT_FALSE(order.is_active());
        EXPECT_TRUE(order.is_complete());
    }
    order.filled_quantity = 1.0;
    EXPECT_EQ(order.remaining(), 2.0);
}

TEST(OrderTest, ItsFieldsAreInTheDocumentedOrder) {
    const Order order{7, OrderSide::SELL, 100.5, 3.0, 1.0, OrderStatus::PARTIALLY_FILLED, 11, 12};
    EXPECT_EQ(order.order_id, 7);
    EXPECT_EQ(order.side, OrderSide::SELL);
    EXPECT_EQ(order.price, 100.5);
    EXPECT_EQ(order.quantity, 3.0);
    EXPECT_EQ(order.filled_quantity, 1.0);
    EXPECT_EQ(order.status, OrderStatus::PARTIALLY_FILLED);
    EXPECT_EQ(order.creation_time, 11);
    EXPECT_EQ(order.last_update_time, 12);
}

}  // namespace
