// Claims about the documented PerformanceMonitor, PerformanceProfiler, AdaptiveTemporalCoherenceLoss and the pools' global names.
// The expected numbers of ratios and losses were computed with NumPy.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::int64_t second = 1'000'000'000;

const std::vector<double> returns = {0.01, -0.02, 0.015, 0.003, -0.007};
const std::vector<double> benchmark = {0.005, -0.01, 0.01, 0.0, -0.002};

TEST(PerformanceMonitorTest, SharpeAndInformationRatioAreAnnualised) {
    PerformanceMonitor monitor;
    for (std::size_t i = 0; i < returns.size(); ++i) {
        monitor.record_return(returns[i], benchmark[i]);
    }
    EXPECT_NEAR(monitor.get_metrics().sharpe_ratio, 0.22695243840934803, 1e-12);
    EXPECT_NEAR(monitor.get_metrics().information_ratio, -0.9382693349876499, 1e-12);
    PerformanceMonitor::Config config;
    config.periods_per_year = 63.0;
    PerformanceMonitor quarterly(config);
    for (double value : returns) {
        quarterly.record_return(value);
    }
    EXPECT_NEAR(quarterly.get_metrics().sharpe_ratio, 0.22695243840934803 / 2.0, 1e-12);
    EXPECT_NEAR(quarterly.get_metrics().information_ratio, quarterly.get_metrics().sharpe_ratio, 1e-12);
}

TEST(PerformanceMonitorTest, RatiosOfTooLittleAreZero) {
    PerformanceMonitor monitor;
    EXPECT_EQ(monitor.get_metrics().sharpe_ratio, 0.0);
    for (int i = 0; i < 10; ++i) {
        monitor.record_return(0.01, 0.01);
        EXPECT_EQ(monitor.get_metrics().sharpe_ratio, 0.0);
        EXPECT_EQ(monitor.get_metrics().information_ratio, 0.0);
    }
    monitor.record_return(std::numeric_limits<double>::quiet_NaN());
    monitor.record_return(-1.5);
    EXPECT_EQ(monitor.get_metrics().sharpe_ratio, 0.0);
}

TEST(PerformanceMonitorTest, DrawdownIsFromPeakToTroughOfEquity) {
    PerformanceMonitor::Config config;
    config.capital = 1e5;
    PerformanceMonitor by_return(config);
    for (double value : returns) {
        by_return.record_return(value);
    }
    EXPECT_NEAR(by_return.get_metrics().max_drawdown, 2020.0, 1e-6);
    EXPECT_NEAR(by_return.get_metrics().max_drawdown_percent, 0.02, 1e-12);
    PerformanceMonitor by_equity(config);
    for (double equity : {101000.0, 98980.0, 100464.7, 100766.0941, 100060.7314413}) {
        by_equity.record_equity(equity);
    }
    EXPECT_NEAR(by_equity.get_metrics().max_drawdown, 2020.0, 1e-6);
    EXPECT_NEAR(by_equity.get_metrics().sharpe_ratio, by_return.get_metrics().sharpe_ratio, 1e-9);
}

TEST(PerformanceMonitorTest, WinRateAndProfitFactorAreOfClosingFills) {
    PerformanceMonitor monitor;
    const auto fill = [&](OrderSide side, double price, double quantity) {
        monitor.record_fill(side, price, quantity, 0.0, 0.0, 0);
    };
    EXPECT_EQ(monitor.get_metrics().profit_factor, 0.0);
    fill(OrderSide::BUY, 100.0, 10.0);
    EXPECT_EQ(monitor.get_metrics().win_rate, 0.0);
    fill(OrderSide::SELL, 103.0, 4.0);  // +12
    EXPECT_EQ(monitor.get_metrics().profit_factor, std::numeric_limits<double>::infinity());
    fill(OrderSide::SELL, 99.0, 4.0);  // -4
    fill(OrderSide::SELL, 98.0, 6.0);  // -4, and four short
    fill(OrderSide::BUY, 97.0, 4.0);   // +4
    EXPECT_DOUBLE_EQ(monitor.get_metrics().win_rate, 0.5);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().profit_factor, 2.0);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().realised, 8.0);
    EXPECT_EQ(monitor.get_metrics().trades, 5u);
}

TEST(PerformanceMonitorTest, SpreadCaptureIsTheShareOfTheQuotedHalfSpread) {
    PerformanceMonitor monitor;
    monitor.record_fill(OrderSide::BUY, 99.0, 1.0, 99.0, 101.0, 0);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().spread_capture, 1.0);
    monitor.record_fill(OrderSide::SELL, 100.0, 1.0, 99.0, 101.0, 0);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().spread_capture, 0.5);
    // Two taken at the other side's price give it away.
    monitor.record_fill(OrderSide::BUY, 101.0, 2.0, 99.0, 101.0, 0);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().spread_capture, -0.25);
}

TEST(PerformanceMonitorTest, AdverseSelectionIsTheMoveOfTheMidAgainstUs) {
    PerformanceMonitor monitor;
    monitor.record_fill(OrderSide::BUY, 99.0, 3.0, 99.0, 101.0, 0);
    monitor.record_mid(50.0, second - 1);
    EXPECT_EQ(monitor.get_metrics().adverse_selection, 0.0);
    monitor.record_mid(99.5, second);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().adverse_selection, 0.5);
    monitor.record_fill(OrderSide::SELL, 100.0, 1.0, 99.0, 100.0, 2 * second);
    monitor.record_mid(98.5, 3 * second);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().adverse_selection, (3.0 * 0.5 - 1.0) / 4.0);
}

TEST(PerformanceMonitorTest, TradesPerSecondAreOverTheTimeTraded) {
    PerformanceMonitor monitor;
    for (int i = 0; i <= 20; ++i) {
        EXPECT_EQ(monitor.get_metrics().trades_per_second, i < 2 ? 0.0 : i / (0.5 * (i - 1)));
        monitor.record_fill(OrderSide::BUY, 10.0, 1.0, 9.0, 11.0, i * second / 2);
    }
    EXPECT_DOUBLE_EQ(monitor.calculate_metrics().trades_per_second, 2.1);
}

TEST(PerformanceMonitorTest, AnOrdersFillsCountOnceEach) {
    PerformanceMonitor monitor;
    MarketDepth depth;
    depth.update_bid(0, 99.0, 1.0);
    depth.update_ask(0, 101.0, 1.0);
    Order order;
    order.order_id = 5;
    order.price = 99.0;
    order.quantity = 4.0;
    monitor.update(order, depth);
    for (double filled : {1.0, 1.0, 4.0, 4.0}) {
        order.filled_quantity = filled;
        monitor.update(order, depth);
    }
    EXPECT_EQ(monitor.get_metrics().trades, 2u);
    EXPECT_DOUBLE_EQ(monitor.get_metrics().spread_capture, 1.0);
    PerformanceMonitor::Config config;
    config.capital = 0.0;
    EXPECT_THROW(PerformanceMonitor refused(config), std::invalid_argument);
}

TEST(PerformanceProfilerTest, ThereIsOneInstance) {
    EXPECT_EQ(&PerformanceProfiler::instance(), &PerformanceProfiler::instance());
}

TEST(PerformanceProfilerTest, AScopedTimerRecordsItsScope) {
    PerformanceProfiler &profiler = PerformanceProfiler::instance();
    profiler.reset();
    {
        const PerformanceProfiler::ScopedTimer timer("scope");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    const auto of = profiler.get_statistics("scope");
    EXPECT_EQ(of.count, 1u);
    EXPECT_GE(of.min, 2e6);
    EXPECT_EQ(of.min, of.max);
    EXPECT_EQ(of.p50, of.max);
    EXPECT_NE(profiler.report().find("scope: count 1"), std::string::npos);
    profiler.reset();
    EXPECT_EQ(profiler.get_statistics("scope").count, 0u);
    EXPECT_EQ(profiler.get_statistics("never").count, 0u);
    EXPECT_EQ(profiler.percentile("never", 0.5), 0.0);
}

TEST(PerformanceProfilerTest, PercentilesAreThoseOfASortedListToWithinABucket) {
    PerformanceProfiler profiler;
    PerformanceProfiler::Timer &timer = profiler.timer("t");
    std::vector<std::uint64_t> sorted;
    std::uint64_t state = 1;
    for (int i = 0; i < 20000; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const std::uint64_t ns = (state >> 33) >> (i % 28);
        timer.record(std::chrono::nanoseconds(ns));
        sorted.push_back(ns);
    }
    std::sort(sorted.begin(), sorted.end());
    double total = 0.0;
    for (std::uint64_t ns : sorted) {
        total += static_cast<double>(ns);
    }
    const auto of = profiler.get_statistics("t");
    EXPECT_EQ(of.count, sorted.size());
    EXPECT_DOUBLE_EQ(of.total, total);
    EXPECT_EQ(of.min, static_cast<double>(sorted.front()));
    EXPECT_EQ(of.max, static_cast<double>(sorted.back()));
    for (double share : {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(share * 20000.0));
        const auto expected = static_cast<double>(sorted[rank == 0 ? 0 : rank - 1]);
        EXPECT_NEAR(profiler.percentile("t", share), expected, expected * 0.008) << share;
    }
    EXPECT_EQ(of.p99, profiler.percentile("t", 0.99));
    timer.record(std::chrono::nanoseconds(-5));
    timer.record(std::chrono::nanoseconds::max());
    EXPECT_EQ(profiler.percentile("t", 1.0), static_cast<double>(std::chrono::nanoseconds::max().count()));
}

TEST(PerformanceProfilerTest, ManyThreadsRecordAndRead) {
    PerformanceProfiler profiler;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&profiler, t] {
            for (int i = 1; i <= 1000; ++i) {
                profiler.record(t % 2 == 0 ? "even" : "odd", std::chrono::nanoseconds(i));
                if (i % 100 == 0) {
                    (void)profiler.report();
                }
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(profiler.names(), (std::vector<std::string>{"even", "odd"}));
    EXPECT_EQ(profiler.get_statistics("even").count, 2000u);
    EXPECT_DOUBLE_EQ(profiler.get_statistics("odd").mean, 500.5);
}

const std::vector<float> predicted = {0.001F, 0.299F, -0.274F, -0.891F, -0.455F, -0.992F,
                                      0.06F,  1.34F,  -0.492F, -0.62F,  0.49F,   0.357F};
const std::vector<float> target = {0.105F,  -0.93F, -0.029F, 0.695F,  -1.344F, -0.458F,
                                   -1.901F, -1.29F, -1.842F, -0.235F, -1.267F, 0.271F};

TEST(AdaptiveTemporalCoherenceLossTest, IsErrorAndCoherenceWeightedByProgress) {
    const AdaptiveTemporalCoherenceLoss loss;
    EXPECT_EQ(loss.alpha(), 0.3);
    EXPECT_EQ(loss.beta(), 0.2);
    const auto parts = loss.parts(predicted.data(), target.data(), 4, 3);
    EXPECT_NEAR(parts.error, 1.749978812727557, 1e-12);
    EXPECT_NEAR(parts.coherence, 3.2689702215714522, 1e-12);
    EXPECT_NEAR(loss.forward(predicted, target, 3, 0.0), 1.749978812727557, 1e-12);
    EXPECT_NEAR(loss.forward(predicted, target, 3, 0.5), 1.8143790129755686, 1e-12);
    EXPECT_NEAR(loss.forward(predicted, target, 3), 1.8787792132235803, 1e-12);
    // Beyond its end training is at its end.
    EXPECT_EQ(loss.forward(predicted, target, 3, 7.0), loss.forward(predicted, target, 3, 1.0));
    EXPECT_EQ(loss.forward(predicted, predicted, 3), 0.0);
}

TEST(AdaptiveTemporalCoherenceLossTest, AForecastThatIsOffByAConstantIsCoherent) {
    std::vector<float> shifted = {1.0F, 2.0F, 4.0F};
    const std::vector<float> truth = {0.5F, 1.5F, 3.5F};
    const AdaptiveTemporalCoherenceLoss loss(0.3, 0.2);
    EXPECT_DOUBLE_EQ(loss.forward(shifted, truth, 1), 0.7 * 0.25);
    EXPECT_DOUBLE_EQ(loss.forward(shifted, truth, 3), 0.7 * 0.25);
    EXPECT_THROW((void)loss.forward(shifted, truth, 2), MarketPredictorError);
    shifted.pop_back();
    EXPECT_THROW((void)loss.forward(shifted, truth, 1), MarketPredictorError);
    EXPECT_THROW(AdaptiveTemporalCoherenceLoss(-0.1), std::invalid_argument);
    MarketPredictor::Predictions forecast(1, 2);
    MarketPredictor::Predictions came(1, 2);
    forecast[0] = 2.0F;
    EXPECT_DOUBLE_EQ(loss.forward(forecast, came), 0.7 * 2.0);
    EXPECT_THROW((void)loss.forward(forecast, MarketPredictor::Predictions(2, 1)), MarketPredictorError);
}

TEST(MemoryPoolTest, TheDocumentedSpellingWorksFromTheUmbrella) {
    MemoryPool<std::string> pool(2);
    std::string *const text = pool.construct("hello");
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(*text, "hello");
    EXPECT_EQ(pool.get_stats().in_use, 1u);
    pool.destroy(text);
    ThreadLocalPool<int> shared(8);
    int *const number = shared.construct(7);
    EXPECT_EQ(*number, 7);
    shared.destroy(number);
}

}  // namespace
