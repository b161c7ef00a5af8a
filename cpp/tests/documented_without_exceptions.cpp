// The documented classes in a program without exceptions and RTTI: everything that does not fail works the same.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <atomic>
#include <cstdio>
#include <memory>

namespace {

int failures = 0;

void check(bool is_so, const char *claim) {
    if (!is_so) {
        std::fprintf(stderr, "not so: %s\n", claim);
        ++failures;
    }
}

MarketDepth around(double mid) {
    MarketDepth depth;
    depth.update_bid(0, mid - 0.5, 10.0);
    depth.update_ask(0, mid + 0.5, 10.0);
    return depth;
}

class Counter : public MarketMakingStrategy {
public:
    void on_market_data(const MarketDepth &) override { ++seen; }
    std::atomic<int> seen{0};
};

}  // namespace

int main() {
    OrderManager by_hand;
    check(!by_hand.place_order(OrderSide::BUY, 100.0, 11.0), "a large order is refused");
    check(by_hand.last_rejection().reason.code() == MM_E_RISK_ORDER_QUANTITY, "and says why");
    const auto order = by_hand.place_order(OrderSide::BUY, 100.0, 1.0);
    check(order && by_hand.cancel_order(order->order_id), "an order is placed and cancelled");

    const auto orders = std::make_shared<OrderManager>();
    const auto risk = std::make_shared<RiskManager>();
    const auto counter = std::make_shared<Counter>();
    {
        StrategyManager manager(2);
        manager.add_strategy("STOIKOV", std::make_shared<StoikovStrategy>(nullptr, orders, risk));
        manager.add_strategy("COUNTER", counter);
        for (int i = 0; i < 20; ++i) {
            check(manager.on_market_data("STOIKOV", around(100.0)), "market data are taken");
            check(manager.on_market_data("COUNTER", around(100.0)), "market data are taken");
        }
        manager.wait_until_idle();
        check(orders->get_active_orders().size() == 2, "both sides are quoted");
        check(risk->get_metrics().message_count == 2, "with one message each");
    }
    check(counter->seen == 20, "each market data was seen");
    check(orders->get_active_orders().empty(), "stopping withdraws");

    ThreadPool pool(2);
    check(pool.enqueue([](int a) { return 2 * a; }, 21).get() == 42, "a task gives its result");
    PerformanceMonitor monitor;
    monitor.record_return(0.1);
    monitor.record_return(-0.1);
    check(monitor.get_metrics().max_drawdown > 0.1, "drawdown is measured");
    { const PerformanceProfiler::ScopedTimer timer("all"); }
    check(PerformanceProfiler::instance().get_statistics("all").count == 1, "a scope is timed");
    AdvancedAnalytics analytics;
    check(analytics.analyze_order_book(around(100.0)).spread == 1.0, "a depth is analysed");
    check(analytics.analyze_trade_flow({OrderSide::BUY, 100.5, 2.0, 1}).trades <= 1, "a trade is analysed");
    MarketMicrostructure micro;
    check(micro.on_depth(around(100.0)) && micro.get_metrics().quoted_spread == 1.0, "a market is measured");
    const AdaptiveTemporalCoherenceLoss loss;
    check(loss.forward(std::vector<float>{1.0F}, std::vector<float>{0.0F}, 1, 0.0) == 1.0, "the loss is computed");
    return failures == 0 ? 0 : 1;
}
