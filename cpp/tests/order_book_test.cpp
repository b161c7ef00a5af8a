// The documented OrderBook and OrderBookManager.
#include "order_book.hpp"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <random>

using namespace mm;

namespace {
constexpr Price operator""_usd(long double dollars) {
    return static_cast<Price>(dollars * 10000.0L + (dollars < 0 ? -0.5L : 0.5L));
}
}  // namespace

TEST(OrderBookTest, DollarsRoundAndNeverTruncate) {
    EXPECT_EQ(price_from_dollars(0.57), 5700);
    EXPECT_EQ(price_from_dollars(-0.57), -5700);
    EXPECT_EQ(price_from_dollars(1.00005), 10001);
    EXPECT_DOUBLE_EQ(price_to_dollars(5700), 0.57);
    for (Price price = 0; price < 2000000; price += 7) {
        ASSERT_EQ(price_from_dollars(price_to_dollars(price)), price);
    }
}

TEST(OrderBookTest, AFreshBookIsEmpty) {
    const OrderBook book(7);
    EXPECT_TRUE(book.empty());
    EXPECT_EQ(book.get_symbol(), 7);
    EXPECT_EQ(book.order_count(), 0u);
    EXPECT_EQ(book.level_count(), 0u);
    EXPECT_EQ(book.get_best_bid(), (std::pair<Price, Quantity>(0, 0)));
    EXPECT_EQ(book.get_best_ask(), (std::pair<Price, Quantity>(0, 0)));
    EXPECT_EQ(book.get_mid_price(), 0);
    EXPECT_EQ(book.get_spread(), 0);
    EXPECT_TRUE(book.get_bids().empty());
}

TEST(OrderBookTest, OrdersRestOnTheirSides) {
    OrderBook book(1);
    ASSERT_TRUE(book.add_order(1, 100.00_usd, 500, OrderSide::BUY));
    ASSERT_TRUE(book.add_order(2, 100.10_usd, 300, OrderSide::SELL));
    EXPECT_EQ(book.get_best_bid(), (std::pair<Price, Quantity>(1000000, 500)));
    EXPECT_EQ(book.get_best_ask(), (std::pair<Price, Quantity>(1001000, 300)));
    EXPECT_EQ(book.get_mid_price(), 1000500);
    EXPECT_EQ(book.get_spread(), 1000);
}

TEST(OrderBookTest, ALevelSumsItsOrders) {
    OrderBook book(1);
    book.add_order(1, 100, 5, OrderSide::BUY);
    book.add_order(2, 100, 6, OrderSide::BUY);
    book.add_order(3, 99, 7, OrderSide::BUY);
    EXPECT_EQ(book.get_best_bid().second, 11u);
    EXPECT_EQ(book.order_count(), 3u);
    EXPECT_EQ(book.level_count(), 2u);
}

TEST(OrderBookTest, ADuplicateIdChangesNothing) {
    OrderBook book(1);
    ASSERT_TRUE(book.add_order(1, 100, 5, OrderSide::BUY));
    EXPECT_FALSE(book.add_order(1, 101, 9, OrderSide::SELL));
    EXPECT_EQ(book.order_count(), 1u);
    EXPECT_EQ(book.get_order(1)->price, 100);
}

TEST(OrderBookTest, AZeroQuantityIsRefused) {
    OrderBook book(1);
    EXPECT_FALSE(book.add_order(1, 100, 0, OrderSide::BUY));
    EXPECT_TRUE(book.empty());
}

TEST(OrderBookTest, APriceBeyondTheRangeIsRefused) {
    OrderBook book(1);
    EXPECT_FALSE(book.add_order(1, std::numeric_limits<Price>::max(), 1, OrderSide::BUY));
    EXPECT_TRUE(book.empty());
}

TEST(OrderBookTest, ACrossingOrderTradesAndItsRestRests) {
    OrderBook book(1);
    book.add_order(1, 100, 5, OrderSide::SELL);
    ASSERT_TRUE(book.add_order(2, 101, 8, OrderSide::BUY));
    EXPECT_EQ(book.get_best_bid(), (std::pair<Price, Quantity>(101, 3)));
    EXPECT_EQ(book.get_best_ask().second, 0u);
    EXPECT_EQ(book.get_stats().volume, 5u);
}

TEST(OrderBookTest, CancelTakesAllOrPart) {
    OrderBook book(1);
    book.add_order(1, 100, 10, OrderSide::BUY);
    EXPECT_TRUE(book.cancel_order(1, 4));
    EXPECT_EQ(book.get_best_bid().second, 6u);
    EXPECT_FALSE(book.cancel_order(1, 7));
    EXPECT_EQ(book.get_best_bid().second, 6u);
    EXPECT_TRUE(book.cancel_order(1));
    EXPECT_TRUE(book.empty());
    EXPECT_FALSE(book.cancel_order(1));
}

TEST(OrderBookTest, ModifyMovesAndKeepsPriorityOnlyOnDecrease) {
    OrderBook book(1);
    book.add_order(1, 100, 10, OrderSide::SELL);
    book.add_order(2, 100, 10, OrderSide::SELL);
    ASSERT_TRUE(book.modify_order(1, 100, 5));
    ASSERT_TRUE(book.execute_trade(100, 5, OrderSide::BUY));
    EXPECT_FALSE(book.get_order(1).has_value()) << "it kept its place and traded first";
    ASSERT_TRUE(book.modify_order(2, 102, 10));
    EXPECT_EQ(book.get_best_ask(), (std::pair<Price, Quantity>(102, 10)));
    EXPECT_FALSE(book.modify_order(2, 102, 0));
    EXPECT_FALSE(book.modify_order(99, 100, 1));
}

TEST(OrderBookTest, ModifyThroughTheSpreadTrades) {
    OrderBook book(1);
    book.add_order(1, 100, 10, OrderSide::BUY);
    book.add_order(2, 105, 4, OrderSide::SELL);
    ASSERT_TRUE(book.modify_order(1, 105, 10));
    EXPECT_EQ(book.get_best_bid(), (std::pair<Price, Quantity>(105, 6)));
    EXPECT_EQ(book.get_stats().trades, 1u);
}

TEST(OrderBookTest, TradesGoByPriceThenTime) {
    OrderBook book(1);
    book.add_order(1, 101, 5, OrderSide::SELL);
    book.add_order(2, 100, 5, OrderSide::SELL);
    book.add_order(3, 100, 5, OrderSide::SELL);
    ASSERT_TRUE(book.execute_trade(101, 7, OrderSide::BUY));
    EXPECT_FALSE(book.get_order(2).has_value());
    EXPECT_EQ(book.get_order(3)->quantity, 3u);
    EXPECT_EQ(book.get_order(1)->quantity, 5u);
}

TEST(OrderBookTest, ATradeTheBookCannotFillChangesNothing) {
    OrderBook book(1);
    book.add_order(1, 100, 5, OrderSide::BUY);
    book.add_order(2, 99, 5, OrderSide::BUY);
    EXPECT_FALSE(book.execute_trade(100, 6, OrderSide::SELL));
    EXPECT_FALSE(book.execute_trade(100, 0, OrderSide::SELL));
    EXPECT_FALSE(book.execute_trade(101, 1, OrderSide::SELL));
    EXPECT_EQ(book.get_best_bid().second, 5u);
    EXPECT_TRUE(book.execute_trade(99, 6, OrderSide::SELL));
    EXPECT_EQ(book.get_best_bid(), (std::pair<Price, Quantity>(99, 4)));
}

TEST(OrderBookTest, ATradeNeedsNoFreeId) {
    OrderBook book(1);
    book.add_order(std::numeric_limits<OrderId>::max(), 100, 5, OrderSide::BUY);
    EXPECT_TRUE(book.execute_trade(100, 2, OrderSide::SELL));
    EXPECT_EQ(book.get_best_bid().second, 3u);
}

TEST(OrderBookTest, OrderTypesDoWhatTheySay) {
    OrderBook book(1);
    book.add_order(1, 100, 5, OrderSide::SELL);
    EXPECT_FALSE(book.add_order(2, 100, 1, OrderSide::BUY, OrderType::POST_ONLY));
    EXPECT_FALSE(book.add_order(3, 100, 6, OrderSide::BUY, OrderType::FOK));
    EXPECT_EQ(book.get_best_ask().second, 5u);
    EXPECT_TRUE(book.add_order(4, 100, 2, OrderSide::BUY, OrderType::IOC));
    EXPECT_TRUE(book.add_order(5, 0, 9, OrderSide::BUY, OrderType::MARKET));
    EXPECT_TRUE(book.empty());
}

TEST(OrderBookTest, DepthIsBestFirstAndCut) {
    OrderBook book(1);
    for (OrderId id = 1; id <= 80; ++id) {
        book.add_order(id, static_cast<Price>(1000 - id), 1, OrderSide::BUY);
        book.add_order(1000 + id, static_cast<Price>(1000 + id), 1, OrderSide::SELL);
    }
    EXPECT_EQ(book.get_bids().size(), 50u);
    EXPECT_EQ(book.get_asks(3).size(), 3u);
    EXPECT_EQ(book.get_bids(200).size(), 80u);
    EXPECT_EQ(book.get_bids(2)[0].first, 999);
    EXPECT_EQ(book.get_bids(2)[1].first, 998);
    EXPECT_EQ(book.get_asks(2)[1].first, 1002);
}

TEST(OrderBookTest, NegativePricesAreLegal) {
    OrderBook book(1);
    ASSERT_TRUE(book.add_order(1, -101, 5, OrderSide::BUY));
    ASSERT_TRUE(book.add_order(2, -100, 5, OrderSide::SELL));
    EXPECT_EQ(book.get_mid_price(), -101);
    EXPECT_EQ(book.get_spread(), 1);
}

TEST(OrderBookTest, AGrownBookKeepsItsQueues) {
    OrderBook book(1);
    for (OrderId id = 1; id <= 10000; ++id) {
        ASSERT_TRUE(book.add_order(id, 100, 1, OrderSide::SELL));
    }
    EXPECT_EQ(book.order_count(), 10000u);
    ASSERT_TRUE(book.execute_trade(100, 4000, OrderSide::BUY));
    EXPECT_FALSE(book.get_order(4000).has_value());
    EXPECT_TRUE(book.get_order(4001).has_value());
}

TEST(OrderBookTest, AHugeLevelShowsTheLargestQuantity) {
    OrderBook book(1);
    book.add_order(1, 100, 4000000000u, OrderSide::BUY);
    book.add_order(2, 100, 4000000000u, OrderSide::BUY);
    EXPECT_EQ(book.get_best_bid().second, std::numeric_limits<Quantity>::max());
}

TEST(OrderBookTest, ItAgreesWithAPlainMapOnRandomOrders) {
    struct Naive {
        std::map<Price, std::list<std::pair<OrderId, Quantity>>> asks;
        std::map<Price, std::list<std::pair<OrderId, Quantity>>, std::greater<>> bids;
    } naive;
    OrderBook book(1);
    std::mt19937_64 random(7);
    std::map<OrderId, std::pair<OrderSide, Price>> live;
    const auto trade = [](auto &levels, auto crosses, Quantity quantity, auto &alive) {
        while (quantity > 0 && !levels.empty() && crosses(levels.begin()->first)) {
            auto &queue = levels.begin()->second;
            const Quantity taken = std::min(quantity, queue.front().second);
            quantity -= taken;
            queue.front().second -= taken;
            if (queue.front().second == 0) {
                alive.erase(queue.front().first);
                queue.pop_front();
                if (queue.empty()) {
                    levels.erase(levels.begin());
                }
            }
        }
        return quantity;
    };
    for (OrderId id = 1; id <= 20000; ++id) {
        if (random() % 3 == 0 && !live.empty()) {
            auto victim = live.lower_bound(random() % id);
            if (victim == live.end()) {
                victim = live.begin();
            }
            ASSERT_TRUE(book.cancel_order(victim->first));
            const auto drop = [&](auto &levels) {
                auto &queue = levels[victim->second.second];
                queue.remove_if([&](const auto &order) { return order.first == victim->first; });
                if (queue.empty()) {
                    levels.erase(victim->second.second);
                }
            };
            if (victim->second.first == OrderSide::BUY) {
                drop(naive.bids);
            } else {
                drop(naive.asks);
            }
            live.erase(victim);
        } else {
            const OrderSide side = random() % 2 == 0 ? OrderSide::BUY : OrderSide::SELL;
            const Price price = 1000 + static_cast<Price>(random() % 21) - (side == OrderSide::BUY ? 12 : 8);
            const Quantity quantity = static_cast<Quantity>(random() % 9 + 1);
            ASSERT_TRUE(book.add_order(id, price, quantity, side));
            Quantity rest;
            if (side == OrderSide::BUY) {
                rest = trade(naive.asks, [&](Price ask) { return ask <= price; }, quantity, live);
                if (rest > 0) {
                    naive.bids[price].emplace_back(id, rest);
                }
            } else {
                rest = trade(naive.bids, [&](Price bid) { return bid >= price; }, quantity, live);
                if (rest > 0) {
                    naive.asks[price].emplace_back(id, rest);
                }
            }
            if (rest > 0) {
                live[id] = {side, price};
            }
        }
        ASSERT_EQ(book.order_count(), live.size());
        const auto shown = [](const auto &levels) {
            std::vector<std::pair<Price, Quantity>> all;
            for (const auto &level : levels) {
                Quantity sum = 0;
                for (const auto &order : level.second) {
                    sum += order.second;
                }
                all.emplace_back(level.first, sum);
            }
            return all;
        };
        ASSERT_EQ(book.get_bids(1000), shown(naive.bids)) << "after " << id;
        ASSERT_EQ(book.get_asks(1000), shown(naive.asks)) << "after " << id;
    }
}

TEST(OrderBookTest, AManagerKeepsSymbolsApart) {
    OrderBookManager books;
    EXPECT_TRUE(books.add_order(5, 1, 100, 10, OrderSide::BUY));
    EXPECT_TRUE(books.add_order(3, 1, 200, 20, OrderSide::SELL));
    EXPECT_EQ(books.order_book_count(), 2u);
    EXPECT_EQ(books.get_active_symbols(), (std::vector<SymbolId>{3, 5}));
    EXPECT_EQ(books.get_best_bid(5).first, 100);
    EXPECT_EQ(books.get_best_ask(3).first, 200);
    EXPECT_EQ(books.get_best_bid(3).second, 0u);
    EXPECT_TRUE(books.execute_trade(5, 100, 4, OrderSide::SELL));
    EXPECT_TRUE(books.modify_order(5, 1, 99, 6));
    EXPECT_TRUE(books.cancel_order(5, 1));
    EXPECT_TRUE(books.get_order_book(5)->empty());
}

TEST(OrderBookTest, AManagerRefusesUnknownSymbols) {
    OrderBookManager books;
    EXPECT_FALSE(books.cancel_order(1, 1));
    EXPECT_FALSE(books.modify_order(1, 1, 1, 1));
    EXPECT_FALSE(books.execute_trade(1, 1, 1, OrderSide::BUY));
    EXPECT_FALSE(books.get_order(1, 1).has_value());
    EXPECT_EQ(books.get_order_book(1), nullptr);
    EXPECT_FALSE(books.add_order(1, 1, 100, 0, OrderSide::BUY));
    EXPECT_EQ(books.order_book_count(), 0u) << "a refused first order makes no book";
}
