// Claims about the documented ThreadPool.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

TEST(ThreadPoolTest, AResultComesOutOfTheFuture) {
    ThreadPool pool(2);
    EXPECT_EQ(pool.size(), 2u);
    std::future<int> sum = pool.enqueue([](int a, int b) { return a + b; }, 40, 2);
    std::future<std::string> text = pool.enqueue([](const std::string &a) { return a + "!"; }, "done");
    std::future<void> nothing = pool.enqueue([] {});
    EXPECT_EQ(sum.get(), 42);
    EXPECT_EQ(text.get(), "done!");
    EXPECT_NO_THROW(nothing.get());
}

TEST(ThreadPoolTest, AnExceptionComesOutOfTheFutureAndHarmsNoThread) {
    ThreadPool pool(1);
    std::future<int> failed = pool.enqueue([]() -> int { throw std::out_of_range("beyond"); });
    std::future<int> next = pool.enqueue([] { return 7; });
    try {
        failed.get();
        FAIL();
    } catch (const std::out_of_range &error) {
        EXPECT_STREQ(error.what(), "beyond");
    }
    EXPECT_EQ(next.get(), 7);
}

TEST(ThreadPoolTest, TakesMembersReferencesAndWhatOnlyMoves) {
    struct Counter {
        int value = 0;
        int add(int by) { return value += by; }
    };
    ThreadPool pool(1);
    Counter counter;
    EXPECT_EQ(pool.enqueue(&Counter::add, &counter, 3).get(), 3);
    EXPECT_EQ(pool.enqueue([](std::unique_ptr<int> owned) { return *owned; }, std::make_unique<int>(5)).get(), 5);
    EXPECT_EQ(pool.enqueue([owned = std::make_unique<int>(6)] { return *owned; }).get(), 6);
    int changed = 0;
    pool.enqueue([](int &to) { to = 9; }, std::ref(changed)).get();
    EXPECT_EQ(changed, 9);
}

TEST(ThreadPoolTest, OneThreadRunsTasksInTheirOrder) {
    std::vector<int> order;
    {
        ThreadPool pool(1);
        for (int i = 0; i < 1000; ++i) {
            (void)pool.enqueue([&order, i] { order.push_back(i); });
        }
    }
    ASSERT_EQ(order.size(), 1000u);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
    }
}

TEST(ThreadPoolTest, ThreadsRunTasksAtTheSameTime) {
    ThreadPool pool(2);
    std::promise<void> first;
    std::promise<void> second;
    auto one = pool.enqueue([&] {
        first.set_value();
        second.get_future().get();
    });
    auto other = pool.enqueue([&] {
        first.get_future().get();
        second.set_value();
    });
    one.get();
    other.get();
}

TEST(ThreadPoolTest, ShutdownLosesNoTask) {
    std::atomic<int> ran{0};
    std::vector<std::future<int>> results;
    {
        ThreadPool pool(3);
        for (int i = 0; i < 500; ++i) {
            results.push_back(pool.enqueue([&ran, i] {
                ++ran;
                return i;
            }));
        }
        pool.shutdown();
        EXPECT_EQ(ran, 500);
        EXPECT_EQ(pool.pending(), 0u);
        EXPECT_THROW((void)pool.enqueue([] {}), std::runtime_error);
        pool.shutdown();
    }
    for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(results[static_cast<std::size_t>(i)].get(), i);
    }
}

TEST(ThreadPoolTest, NoThreadsIsOneThread) {
    ThreadPool pool(0);
    EXPECT_EQ(pool.size(), 1u);
    EXPECT_EQ(pool.enqueue([] { return 1; }).get(), 1);
    EXPECT_GE(ThreadPool().size(), 1u);
}

TEST(ThreadPoolTest, ManyThreadsEnqueueAtOnce) {
    std::atomic<int> ran{0};
    {
        ThreadPool pool(3);
        std::vector<std::thread> producers;
        for (int t = 0; t < 4; ++t) {
            producers.emplace_back([&] {
                for (int i = 0; i < 500; ++i) {
                    (void)pool.enqueue([&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
                    (void)pool.pending();
                }
            });
        }
        for (auto &producer : producers) {
            producer.join();
        }
    }
    EXPECT_EQ(ran, 2000);
}

}  // namespace
