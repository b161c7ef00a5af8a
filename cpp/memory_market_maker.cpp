// memory_market_maker: the documented order book, position tracker and memory pool at work, with times per operation.
// Usage: memory_market_maker [--quick]
#include "memory_pool.hpp"
#include "order_book.hpp"
#include "position_tracker.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>

namespace {

/// Nanoseconds per call of `operation`, called `count` times.
template <class Operation>
double time_of(std::size_t count, Operation &&operation) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        operation(i);
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    return spent.count() / static_cast<double>(count);
}

struct Session {
    mm::OrderBook book{1};
    mm::PositionTracker tracker;
    std::mt19937_64 random{20120621};
    mm::OrderId next_id = 1;

    /// A market that moves around 100 dollars; we buy and sell its best prices as the flow trades against us.
    void step() {
        const mm::Price mid = 1000000 + static_cast<mm::Price>(random() % 200) - 100;
        const mm::OrderSide side = (random() & 1) == 0 ? mm::OrderSide::BUY : mm::OrderSide::SELL;
        const mm::Price away = 100 + static_cast<mm::Price>(random() % 10) * 100;
        const mm::Price price = side == mm::OrderSide::BUY ? mid - away : mid + away;
        book.add_order(next_id++, price, 100, side);
        if (next_id % 5 == 0) {
            const auto best = side == mm::OrderSide::BUY ? book.get_best_ask() : book.get_best_bid();
            if (best.second >= 50 && book.execute_trade(best.first, 50, side)) {
                const mm::OrderSide ours = side == mm::OrderSide::BUY ? mm::OrderSide::SELL : mm::OrderSide::BUY;
                if (tracker.check_position_limits(1, 50, ours)) {
                    tracker.record_trade(1, best.first, 50, ours, next_id);
                }
            }
        }
        if (book.get_mid_price() != 0) {
            tracker.update_unrealized_pnl(1, book.get_mid_price());
        }
    }
};

}  // namespace

int main(int argc, char **argv) {
    const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    const std::size_t steps = quick ? 20000 : 1000000;

    Session session;
    for (std::size_t i = 0; i < steps; ++i) {
        session.step();
    }
    const mm::OrderBookStats book = session.book.get_stats();
    const mm::PositionStats position = session.tracker.get_stats();
    const auto bid = session.book.get_best_bid();
    const auto ask = session.book.get_best_ask();
    std::printf("orders  %llu added, %zu resting on %zu levels, %llu trades of %llu shares\n",
                static_cast<unsigned long long>(book.orders_added), book.resting_orders,
                book.bid_levels + book.ask_levels, static_cast<unsigned long long>(book.trades),
                static_cast<unsigned long long>(book.volume));
    std::printf("market  %.4f x %u | %.4f x %u\n", mm::price_to_dollars(bid.first), bid.second,
                mm::price_to_dollars(ask.first), ask.second);
    std::printf("ours    %lld shares, realised %.2f, unrealised %.2f, worst drawdown %.2f dollars\n",
                static_cast<long long>(session.tracker.get_position(1).quantity),
                mm::price_to_dollars(position.realized_pnl), mm::price_to_dollars(position.unrealized_pnl),
                mm::price_to_dollars(position.max_drawdown));

    mm::OrderBook bench(2);
    const double add = time_of(steps, [&](std::size_t i) {
        bench.add_order(i + 1, 1000000 - static_cast<mm::Price>(i % 64), 10, mm::OrderSide::BUY);
    });
    const double cancel = time_of(steps, [&](std::size_t i) { bench.cancel_order(i + 1); });
    mm::MemoryPool<mm::BookOrder> pool(1024);
    const double memory = time_of(steps, [&](std::size_t) { pool.destroy(pool.construct()); });
    mm::PositionTracker positions;
    const double trade = time_of(steps, [&](std::size_t i) {
        positions.record_trade(1, 1000000, 1, i % 2 == 0 ? mm::OrderSide::BUY : mm::OrderSide::SELL);
    });
    std::printf("time    add %.0f ns, cancel %.0f ns, pool object %.1f ns, position trade %.0f ns\n", add, cancel, memory,
                trade);

    // The demonstration is one only if the parts agree with each other.
    const bool is_sound = bid.first < ask.first && bench.empty() && pool.empty() &&
                          session.tracker.get_total_pnl() == position.realized_pnl + position.unrealized_pnl;
    return is_sound ? 0 : 1;
}
