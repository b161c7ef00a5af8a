// The documented MemoryPool and ThreadLocalPool.
#include "memory_pool.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

using namespace mm;

namespace {
struct Order {
    std::uint64_t id = 0;
    double price = 0.0;
};
struct alignas(128) Wide {
    char bytes[128];
};
struct Counted {
    static inline int alive = 0;
    explicit Counted(int v) : value(v) { ++alive; }
    ~Counted() { --alive; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;
    int value;
};
struct Thrower {
    Thrower() { throw std::string("no"); }
};
}  // namespace

TEST(MemoryPoolTest, HandsOutDistinctObjectsUntilFull) {
    MemoryPool<Order> pool(100);
    std::set<Order *> seen;
    for (int i = 0; i < 100; ++i) {
        Order *order = pool.allocate();
        ASSERT_NE(order, nullptr);
        EXPECT_TRUE(seen.insert(order).second);
    }
    EXPECT_TRUE(pool.full());
    EXPECT_EQ(pool.allocate(), nullptr);
    EXPECT_EQ(pool.size(), 100u);
}

TEST(MemoryPoolTest, AFreedObjectIsUsedAgain) {
    MemoryPool<Order> pool(1);
    Order *order = pool.allocate();
    ASSERT_TRUE(pool.deallocate(order));
    EXPECT_TRUE(pool.empty());
    EXPECT_EQ(pool.allocate(), order);
}

TEST(MemoryPoolTest, ADoubleFreeIsRefused) {
    MemoryPool<Order> pool(4);
    Order *order = pool.allocate();
    EXPECT_TRUE(pool.deallocate(order));
    EXPECT_FALSE(pool.deallocate(order));
    EXPECT_EQ(pool.get_stats().available(), 4u);
}

TEST(MemoryPoolTest, AForeignPointerIsRefused) {
    MemoryPool<Order> pool(4);
    MemoryPool<Order> other(4);
    Order local;
    EXPECT_FALSE(pool.deallocate(&local));
    EXPECT_FALSE(pool.deallocate(other.allocate()));
    auto *inside = reinterpret_cast<Order *>(reinterpret_cast<char *>(pool.allocate()) + 1);
    EXPECT_FALSE(pool.deallocate(inside));
    EXPECT_EQ(pool.size(), 1u);
}

TEST(MemoryPoolTest, FreeingNullIsFine) {
    MemoryPool<Order> pool(1);
    EXPECT_TRUE(pool.deallocate(nullptr));
    pool.destroy(nullptr);
    EXPECT_EQ(pool.get_stats().deallocations, 0u);
}

TEST(MemoryPoolTest, ObjectsAreAligned) {
    MemoryPool<Wide> pool(5);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pool.allocate()) % 128, 0u);
    }
}

TEST(MemoryPoolTest, ConstructAndDestroyRunTheirFunctions) {
    MemoryPool<Counted> pool(2);
    Counted *first = pool.construct(41);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->value, 41);
    EXPECT_EQ(Counted::alive, 1);
    pool.destroy(first);
    EXPECT_EQ(Counted::alive, 0);
}

TEST(MemoryPoolTest, AThrowingConstructorLeaksNothing) {
    MemoryPool<Thrower> pool(1);
    EXPECT_THROW(pool.construct(), std::string);
    EXPECT_TRUE(pool.empty());
}

TEST(MemoryPoolTest, StatsCount) {
    MemoryPool<Order> pool(8);
    Order *a = pool.allocate();
    Order *b = pool.allocate();
    pool.deallocate(a);
    const PoolStats stats = pool.get_stats();
    EXPECT_EQ(stats.capacity, 8u);
    EXPECT_EQ(stats.in_use, 1u);
    EXPECT_EQ(stats.high_water, 2u);
    EXPECT_EQ(stats.allocations, 2u);
    EXPECT_EQ(stats.deallocations, 1u);
    pool.deallocate(b);
}

TEST(MemoryPoolTest, ImpossibleCapacitiesAreRefused) {
    EXPECT_THROW(MemoryPool<Order>(0), mm::error);
    EXPECT_THROW(MemoryPool<Order>(std::size_t{1} << 40), mm::error);
}

TEST(MemoryPoolTest, AMovedPoolTakesItsObjectsAlong) {
    MemoryPool<Order> pool(2);
    Order *order = pool.construct();
    MemoryPool<Order> moved(std::move(pool));
    EXPECT_TRUE(moved.deallocate(order));
}

TEST(MemoryPoolTest, ThreadsShareALocalPoolWithoutLoss) {
    ThreadLocalPool<Order> pool(4096, 16);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&pool, t] {
            std::vector<Order *> mine;
            for (int round = 0; round < 2000; ++round) {
                Order *order = pool.construct();
                ASSERT_NE(order, nullptr);
                order->id = static_cast<std::uint64_t>(t) << 32 | static_cast<std::uint64_t>(round);
                mine.push_back(order);
                if (mine.size() > 500) {
                    for (Order *held : mine) {
                        ASSERT_EQ(held->id >> 32, static_cast<std::uint64_t>(t));
                        pool.destroy(held);
                    }
                    mine.clear();
                }
            }
            for (Order *held : mine) {
                pool.destroy(held);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(pool.get_stats().in_use, 0u) << "the caches came back when their threads ended";
}

TEST(MemoryPoolTest, AnObjectMayBeGivenBackByAnotherThread) {
    ThreadLocalPool<Order> pool(64, 4);
    Order *order = pool.allocate();
    std::thread([&] { pool.deallocate(order); }).join();
    pool.flush();
    EXPECT_EQ(pool.get_stats().in_use, 0u);
}

TEST(MemoryPoolTest, AFullLocalPoolGivesNull) {
    ThreadLocalPool<Order> pool(10, 4);
    for (int i = 0; i < 10; ++i) {
        ASSERT_NE(pool.allocate(), nullptr);
    }
    EXPECT_EQ(pool.allocate(), nullptr);
}
