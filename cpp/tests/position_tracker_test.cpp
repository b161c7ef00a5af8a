// The documented PositionTracker and MMapPositionTracker.
#include "position_tracker.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <random>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace mm;

TEST(PositionTrackerTest, AFreshTrackerIsFlat) {
    const PositionTracker tracker;
    EXPECT_EQ(tracker.get_position(1).quantity, 0);
    EXPECT_TRUE(tracker.get_all_positions().empty());
    EXPECT_EQ(tracker.get_total_pnl(), 0);
    EXPECT_TRUE(tracker.check_risk_limits());
}

TEST(PositionTrackerTest, APurchaseIsNoLoss) {
    PositionTracker tracker;
    ASSERT_TRUE(tracker.record_trade(1, 1000000, 100, OrderSide::BUY, 1));
    EXPECT_EQ(tracker.get_total_pnl(), 0);
    EXPECT_EQ(tracker.get_position(1).quantity, 100);
    EXPECT_DOUBLE_EQ(tracker.get_position(1).average_price, 1000000.0);
}

TEST(PositionTrackerTest, ARoundTripCountsOnce) {
    PositionTracker tracker;
    tracker.record_trade(1, 1000000, 500, OrderSide::BUY, 1);
    tracker.record_trade(1, 1000100, 500, OrderSide::SELL, 2);
    tracker.update_unrealized_pnl(1, 1000100);
    EXPECT_EQ(tracker.get_total_realized_pnl(), 50000);
    EXPECT_EQ(tracker.get_total_unrealized_pnl(), 0);
    EXPECT_EQ(tracker.get_total_pnl(), 50000);
}

TEST(PositionTrackerTest, OppositeSidesNetThroughZero) {
    PositionTracker tracker;
    tracker.record_trade(1, 100, 10, OrderSide::BUY, 1);
    tracker.record_trade(1, 105, 15, OrderSide::SELL, 2);
    const Position position = tracker.get_position(1);
    EXPECT_EQ(position.quantity, -5);
    EXPECT_EQ(position.realized_pnl, 50);
    EXPECT_DOUBLE_EQ(position.average_price, 105.0);
    EXPECT_EQ(position.total_bought, 10u);
    EXPECT_EQ(position.total_sold, 15u);
}

TEST(PositionTrackerTest, AShortGainsWhenThePriceFalls) {
    PositionTracker tracker;
    tracker.record_trade(1, 100, 10, OrderSide::SELL, 1);
    ASSERT_TRUE(tracker.update_unrealized_pnl(1, 90));
    EXPECT_EQ(tracker.get_total_unrealized_pnl(), 100);
    ASSERT_TRUE(tracker.update_unrealized_pnl(1, 110));
    EXPECT_EQ(tracker.get_total_unrealized_pnl(), -100);
}

TEST(PositionTrackerTest, RefusedTradesChangeNothing) {
    PositionTracker tracker;
    EXPECT_FALSE(tracker.record_trade(1, 100, 0, OrderSide::BUY, 1));
    EXPECT_TRUE(tracker.get_all_positions().empty());
    EXPECT_TRUE(tracker.get_trade_history().empty());
    EXPECT_FALSE(tracker.update_unrealized_pnl(9, 100)) << "no trade in it yet";
}

TEST(PositionTrackerTest, MarksOfAMapValueEverySymbol) {
    PositionTracker tracker;
    tracker.record_trade(1, 100, 10, OrderSide::BUY, 1);
    tracker.record_trade(2, 200, 10, OrderSide::SELL, 2);
    tracker.update_all_unrealized_pnl(std::map<SymbolId, Price>{{1, 101}, {2, 198}, {3, 1}});
    EXPECT_EQ(tracker.get_total_unrealized_pnl(), 10 + 20);
}

TEST(PositionTrackerTest, PositionLimitsCountTheSide) {
    PositionLimits limits;
    limits.max_position_size = 100;
    limits.max_long_position = 50;
    limits.max_short_position = 30;
    PositionTracker tracker(limits);
    EXPECT_TRUE(tracker.check_position_limits(1, 50, OrderSide::BUY));
    EXPECT_FALSE(tracker.check_position_limits(1, 51, OrderSide::BUY));
    EXPECT_TRUE(tracker.check_position_limits(1, 30, OrderSide::SELL));
    EXPECT_FALSE(tracker.check_position_limits(1, 31, OrderSide::SELL));
    tracker.record_trade(1, 100, 50, OrderSide::BUY, 1);
    EXPECT_FALSE(tracker.check_position_limits(1, 1, OrderSide::BUY));
    EXPECT_TRUE(tracker.check_position_limits(1, 80, OrderSide::SELL));
    EXPECT_FALSE(tracker.check_position_limits(1, 81, OrderSide::SELL));
}

TEST(PositionTrackerTest, ReducingIsAlwaysAllowed) {
    PositionLimits limits;
    limits.max_position_size = 10;
    PositionTracker tracker(limits);
    tracker.record_trade(1, 100, 40, OrderSide::BUY, 1);
    EXPECT_TRUE(tracker.check_position_limits(1, 20, OrderSide::SELL));
    EXPECT_FALSE(tracker.check_position_limits(1, 1, OrderSide::BUY));
}

TEST(PositionTrackerTest, TheDailyLossTrips) {
    PositionLimits limits;
    limits.max_daily_loss = 1000;
    limits.max_drawdown = 1000000;
    PositionTracker tracker(limits);
    tracker.record_trade(1, 1000, 10, OrderSide::BUY, 1);
    tracker.update_unrealized_pnl(1, 900);
    EXPECT_TRUE(tracker.check_risk_limits()) << "exactly at the limit";
    tracker.update_unrealized_pnl(1, 899);
    EXPECT_FALSE(tracker.check_risk_limits());
}

TEST(PositionTrackerTest, DrawdownIsPeakToTrough) {
    PositionLimits limits;
    limits.max_drawdown = 500;
    PositionTracker tracker(limits);
    tracker.record_trade(1, 1000, 10, OrderSide::BUY, 1);
    tracker.update_unrealized_pnl(1, 1100);
    tracker.update_unrealized_pnl(1, 1049);
    EXPECT_EQ(tracker.get_stats().drawdown, 510);
    EXPECT_GT(tracker.get_total_pnl(), 0);
    EXPECT_FALSE(tracker.check_risk_limits());
    tracker.update_unrealized_pnl(1, 1100);
    EXPECT_TRUE(tracker.check_risk_limits());
    EXPECT_EQ(tracker.get_stats().max_drawdown, 510);
}

TEST(PositionTrackerTest, LimitsCanBeReadAndReplaced) {
    PositionTracker tracker;
    PositionLimits limits = tracker.get_limits();
    EXPECT_EQ(limits.max_position_size, 1000000);
    EXPECT_EQ(limits.max_drawdown, 500000);
    limits.max_long_position = 7;
    EXPECT_TRUE(tracker.set_limits(limits));
    EXPECT_EQ(tracker.get_limits().max_long_position, 7);
    limits.max_long_position = -1;
    EXPECT_FALSE(tracker.set_limits(limits));
    EXPECT_EQ(tracker.get_limits().max_long_position, 7);
}

TEST(PositionTrackerTest, HistoryKeepsEveryTradeInOrder) {
    PositionTracker tracker;
    for (OrderId id = 1; id <= 5000; ++id) {
        tracker.record_trade(static_cast<SymbolId>(id % 3), 100, 1, OrderSide::BUY, id);
    }
    ASSERT_EQ(tracker.get_trade_history().size(), 5000u);
    EXPECT_EQ(tracker.get_trade_history().front().order_id, 1u);
    EXPECT_EQ(tracker.get_trade_history().back().order_id, 5000u);
    EXPECT_GT(tracker.get_trade_history().back().timestamp, 1500000000000000000u);
}

TEST(PositionTrackerTest, ResetForgetsTradesAndKeepsLimits) {
    PositionLimits limits;
    limits.max_position_size = 10;
    PositionTracker tracker(limits);
    tracker.record_trade(1, 100, 5, OrderSide::BUY, 1);
    tracker.reset();
    EXPECT_EQ(tracker.get_position(1).quantity, 0);
    EXPECT_TRUE(tracker.get_trade_history().empty());
    EXPECT_EQ(tracker.get_limits().max_position_size, 10);
}

TEST(PositionTrackerTest, CashPlusInventoryIsTheProfitForAnyTrades) {
    PositionTracker tracker;
    std::mt19937_64 random(3);
    std::map<SymbolId, std::pair<std::int64_t, std::int64_t>> naive;
    for (int i = 0; i < 20000; ++i) {
        const SymbolId symbol = static_cast<SymbolId>(random() % 5);
        const Price price = 900 + static_cast<Price>(random() % 200);
        const Quantity quantity = static_cast<Quantity>(random() % 50 + 1);
        const OrderSide side = random() % 2 == 0 ? OrderSide::BUY : OrderSide::SELL;
        ASSERT_TRUE(tracker.record_trade(symbol, price, quantity, side));
        ASSERT_TRUE(tracker.update_unrealized_pnl(symbol, price));
        auto &[held, cash] = naive[symbol];
        const std::int64_t sign = side == OrderSide::BUY ? 1 : -1;
        held += sign * quantity;
        cash -= sign * static_cast<std::int64_t>(quantity) * price;
        const Position position = tracker.get_position(symbol);
        ASSERT_EQ(position.quantity, held);
        ASSERT_EQ(position.total_pnl(), cash + held * price);
    }
    EXPECT_EQ(tracker.get_stats().symbols, 5u);
}

namespace {
class Folder {
public:
    Folder() : path_("/tmp/mm_positions_" + std::to_string(::getpid()) + "_" + std::to_string(counter_++)) {
        std::remove(path_.c_str());
    }
    ~Folder() {
        std::remove(path_.c_str());
        std::remove((path_ + ".new").c_str());
    }
    const std::string &path() const { return path_; }

private:
    static inline int counter_ = 0;
    std::string path_;
};
}  // namespace

TEST(PositionTrackerTest, AMappedTrackerIsBackAtOnce) {
    const Folder file;
    {
        MMapPositionTracker tracker(file.path());
        tracker.record_trade(1, 100, 10, OrderSide::BUY, 11);
        tracker.record_trade(2, 50, 4, OrderSide::SELL, 12);
        tracker.update_unrealized_pnl(1, 120);
        tracker.update_unrealized_pnl(1, 110);
        EXPECT_TRUE(tracker.flush());
    }
    MMapPositionTracker again(file.path());
    EXPECT_EQ(again.get_position(1).quantity, 10);
    EXPECT_EQ(again.get_position(2).quantity, -4);
    EXPECT_EQ(again.get_total_unrealized_pnl(), 100);
    EXPECT_EQ(again.get_stats().max_drawdown, 100) << "the high at 120 is remembered";
    ASSERT_EQ(again.get_trade_history().size(), 2u);
    EXPECT_EQ(again.get_trade_history()[0].order_id, 11u);
    EXPECT_TRUE(again.load());
    EXPECT_EQ(again.get_position(1).quantity, 10);
}

TEST(PositionTrackerTest, AMappedTradeSurvivesTheProcess) {
    const Folder file;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        MMapPositionTracker tracker(file.path());
        for (OrderId id = 1; id <= 3000; ++id) {
            tracker.record_trade(1, 100, 1, OrderSide::BUY, id);
        }
        ::_exit(0);  // neither destructors nor a flush
    }
    int outcome = 1;
    ASSERT_EQ(::waitpid(child, &outcome, 0), child);
    ASSERT_EQ(outcome, 0);
    const MMapPositionTracker again(file.path());
    EXPECT_EQ(again.get_position(1).quantity, 3000);
}

TEST(PositionTrackerTest, AMappedTradeThatAKillCutsIsWholeOrAbsent) {
    const Folder file;
    std::uint64_t last = 0;
    for (int kill_number = 0; kill_number < 30; ++kill_number) {
        int pipes[2];
        ASSERT_EQ(::pipe(pipes), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(pipes[0]);
            MMapPositionTracker tracker(file.path());
            for (OrderId id = tracker.get_trade_history().size() + 1;; ++id) {
                // Symbol after symbol, so that the file grows under the kills in both ways.
                if (!tracker.record_trade(static_cast<SymbolId>(id / 16), 100, 1, OrderSide::BUY, id) ||
                    ::write(pipes[1], &id, sizeof id) != static_cast<ssize_t>(sizeof id)) {
                    ::_exit(1);
                }
            }
        }
        ::close(pipes[1]);
        OrderId acknowledged = 0;
        OrderId said = 0;
        for (int heard = 0; heard < 40 * kill_number + 1 &&
                            ::read(pipes[0], &said, sizeof said) == static_cast<ssize_t>(sizeof said); ++heard) {
            acknowledged = said;
        }
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int outcome = 0;
        ASSERT_EQ(::waitpid(child, &outcome, 0), child);
        ASSERT_TRUE(WIFSIGNALED(outcome));
        while (::read(pipes[0], &said, sizeof said) == static_cast<ssize_t>(sizeof said)) {
            acknowledged = said;
        }
        ::close(pipes[0]);
        const MMapPositionTracker again(file.path());
        const std::vector<Trade> &history = again.get_trade_history();
        ASSERT_GE(history.size(), acknowledged);
        ASSERT_GT(history.size(), last) << "a trade was acknowledged in every life";
        last = history.size();
        std::int64_t held = 0;
        for (const Position &position : again.get_all_positions()) {
            held += position.quantity;
        }
        ASSERT_EQ(held, static_cast<std::int64_t>(last));
        for (std::size_t i = 0; i < history.size(); ++i) {
            ASSERT_EQ(history[i].order_id, i + 1);
            ASSERT_EQ(history[i].symbol, (i + 1) / 16);
        }
    }
}

TEST(PositionTrackerTest, AMappedFileGrowsWithItsSymbolsAndTrades) {
    const Folder file;
    {
        MMapPositionTracker tracker(file.path());
        for (OrderId id = 1; id <= 20000; ++id) {
            ASSERT_TRUE(tracker.record_trade(static_cast<SymbolId>(id % 300), 100, 1, OrderSide::BUY, id));
        }
        EXPECT_TRUE(tracker.load());
        EXPECT_EQ(tracker.get_trade_history().size(), 20000u);
    }
    const MMapPositionTracker again(file.path());
    EXPECT_EQ(again.get_all_positions().size(), 300u);
    EXPECT_EQ(again.get_position(299).quantity, 66);
    ASSERT_EQ(again.get_trade_history().size(), 20000u);
    EXPECT_EQ(again.get_trade_history().front().order_id, 1u);
    EXPECT_EQ(again.get_trade_history().back().order_id, 20000u);
}

TEST(PositionTrackerTest, AMappedFileIsFoundAgainFromAnotherFolder) {
    const Folder file;
    char before[4096];
    ASSERT_NE(::getcwd(before, sizeof before), nullptr);
    ASSERT_EQ(::chdir("/tmp"), 0);
    {
        MMapPositionTracker tracker(file.path().substr(5));
        EXPECT_EQ(tracker.path(), file.path().substr(5));
        ASSERT_EQ(::chdir("/"), 0);
        for (OrderId id = 1; id <= 5000; ++id) {
            ASSERT_TRUE(tracker.record_trade(1, 100, 1, OrderSide::BUY, id));
        }
    }
    ASSERT_EQ(::chdir(before), 0);
    EXPECT_EQ(MMapPositionTracker(file.path()).get_position(1).quantity, 5000);
}

TEST(PositionTrackerTest, ASecondMappedTrackerOnTheFileIsRefused) {
    const Folder file;
    MMapPositionTracker tracker(file.path());
    EXPECT_THROW(MMapPositionTracker{file.path()}, mm::error);
    EXPECT_TRUE(tracker.record_trade(1, 100, 1, OrderSide::BUY, 1));
}

TEST(PositionTrackerTest, ADamagedMappedFileIsRefusedAndStaysAsItIs) {
    const Folder file;
    {
        MMapPositionTracker tracker(file.path());
        tracker.record_trade(1, 100, 1, OrderSide::BUY, 1);
    }
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(4096 + 40);
    const char sound = static_cast<char>(bytes.get());
    bytes.seekp(4096 + 40);
    bytes.put(static_cast<char>(sound ^ 0x10)).flush();
    EXPECT_THROW(MMapPositionTracker{file.path()}, mm::error);
    bytes.seekp(4096 + 40);
    bytes.put(sound).flush();
    EXPECT_EQ(MMapPositionTracker(file.path()).get_position(1).quantity, 1);
}

TEST(PositionTrackerTest, AMappedRefusalIsNotOnTheFile) {
    const Folder file;
    {
        MMapPositionTracker tracker(file.path());
        EXPECT_FALSE(tracker.record_trade(1, 100, 0, OrderSide::BUY, 1));
        EXPECT_FALSE(tracker.update_unrealized_pnl(1, 100));
    }
    const MMapPositionTracker again(file.path());
    EXPECT_TRUE(again.get_all_positions().empty());
    EXPECT_TRUE(again.get_trade_history().empty());
}

TEST(PositionTrackerTest, AMappedResetIsOnTheFile) {
    const Folder file;
    {
        MMapPositionTracker tracker(file.path());
        tracker.record_trade(1, 100, 10, OrderSide::BUY, 1);
        tracker.reset();
        tracker.record_trade(1, 100, 3, OrderSide::BUY, 2);
    }
    const MMapPositionTracker again(file.path());
    EXPECT_EQ(again.get_position(1).quantity, 3);
    EXPECT_EQ(again.get_trade_history().size(), 1u);
}

TEST(PositionTrackerTest, AFileOfAnotherKindIsRefused) {
    const Folder file;
    std::ofstream(file.path()) << std::string(100000, 'x');
    EXPECT_THROW(MMapPositionTracker{file.path()}, mm::error);
    EXPECT_THROW(MMapPositionTracker{"/no/such/folder/positions"}, mm::error);
}
