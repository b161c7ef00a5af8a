// position_tracker.hpp: the documented PositionTracker and its persistent form, MMapPositionTracker, over mm::tracker.
// Prices are 1e-4 dollars; profits are 1e-4 dollars times quantity. Opposite sides net; profit is exact. Not thread-safe.
#ifndef MARKET_MAKER_POSITION_TRACKER_HPP
#define MARKET_MAKER_POSITION_TRACKER_HPP

#include "compat_types.hpp"
#include "position.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace mm {

/// Limits; standing exactly at one is allowed. Losses are positive numbers.
struct PositionLimits {
    /// Largest |position| of a symbol.
    std::int64_t max_position_size = 1000000;
    /// Largest long position.
    std::int64_t max_long_position = 500000;
    /// Largest short position.
    std::int64_t max_short_position = 500000;
    /// Largest loss of the day, ticks.
    PnL max_daily_loss = 1000000;
    /// Largest fall of profit from its peak, ticks.
    PnL max_drawdown = 500000;
};

/// One symbol's position.
struct Position {
    /// Symbol.
    SymbolId symbol = 0;
    /// Negative is short.
    std::int64_t quantity = 0;
    /// Of the open quantity; 0 when flat.
    double average_price = 0.0;
    /// What the open quantity is valued at.
    Price last_price = 0;
    /// Profit of what has been closed, ticks.
    PnL realized_pnl = 0;
    /// Profit of what is open at its mark, ticks.
    PnL unrealized_pnl = 0;
    /// Quantity bought in all.
    std::uint64_t total_bought = 0;
    /// Quantity sold in all.
    std::uint64_t total_sold = 0;
    /// Trades.
    std::uint64_t trade_count = 0;

    /// Realised and unrealised.
    PnL total_pnl() const noexcept { return realized_pnl + unrealized_pnl; }
};

/// One trade of the history.
struct Trade {
    /// Symbol.
    SymbolId symbol = 0;
    /// Side.
    OrderSide side = OrderSide::BUY;
    /// Quantity.
    Quantity quantity = 0;
    /// Price.
    Price price = 0;
    /// Id of the order.
    OrderId order_id = 0;
    /// Nanoseconds since the epoch.
    Timestamp timestamp = 0;
    /// Profit that the trade realised.
    PnL realized_pnl = 0;
};

/// Sums over all symbols.
struct PositionStats {
    /// Trades in all.
    std::uint64_t trades = 0;
    /// Quantity traded.
    std::uint64_t volume = 0;
    /// Symbols seen.
    std::size_t symbols = 0;
    /// Symbols that are not flat.
    std::size_t open_positions = 0;
    /// Profit of what has been closed, ticks.
    PnL realized_pnl = 0;
    /// Profit of what is open at its mark, ticks.
    PnL unrealized_pnl = 0;
    /// Fall of profit from its peak now, ticks.
    PnL drawdown = 0;
    /// Largest fall of profit from its peak, ticks.
    PnL max_drawdown = 0;
};

/// Positions in up to 65536 symbols. A symbol is known from its first trade.
class PositionTracker {
public:
    /// Flat, with these limits.
    explicit PositionTracker(const PositionLimits &limits = PositionLimits()) : tracker_(made(limits)) {}
    virtual ~PositionTracker() = default;
    /// Takes the positions over.
    PositionTracker(PositionTracker &&) noexcept = default;
    /// Takes the positions over.
    PositionTracker &operator=(PositionTracker &&) noexcept = default;

    /// Books a trade. False, and no change, for a zero quantity or a price out of range. Limits are asked by
    /// check_position_limits, they refuse no trade that has happened.
    bool record_trade(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id = 0) {
        const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::system_clock::now().time_since_epoch());
        return record(symbol, price, quantity, side, order_id, static_cast<Timestamp>(now.count()));
    }
    /// Values a symbol's position at `price`. False for a symbol without trades or a price out of range.
    bool update_unrealized_pnl(SymbolId symbol, Price price) { return mark(symbol, price); }
    /// Values every symbol of a map from SymbolId to Price.
    template <class Prices>
    void update_all_unrealized_pnl(const Prices &prices) {
        for (const auto &entry : prices) {
            mark(entry.first, entry.second);
        }
    }

    /// A flat one for a symbol without trades.
    Position get_position(SymbolId symbol) const {
        const auto found = tracker_.try_get(symbol);
        if (!found) {
            Position flat;
            flat.symbol = symbol;
            return flat;
        }
        return shown(*found);
    }
    /// Every symbol with trades, in the order of the first.
    std::vector<Position> get_all_positions() const {
        std::vector<mm_position_t> raw(known_);
        raw.resize(tracker_.try_positions(raw).value());
        std::vector<Position> positions;
        positions.reserve(raw.size());
        for (const mm_position_t &position : raw) {
            positions.push_back(shown(position));
        }
        return positions;
    }
    /// Over all symbols, before fees.
    PnL get_total_realized_pnl() const { return tracker_.totals().realised; }
    /// Over all symbols, at their marks.
    PnL get_total_unrealized_pnl() const { return tracker_.totals().unrealised; }
    /// Both.
    PnL get_total_pnl() const {
        const mm_position_totals_t totals = tracker_.totals();
        return totals.realised + totals.unrealised;
    }

    /// Whether a trade of `quantity` keeps the symbol within its position limits. What reduces is always allowed.
    bool check_position_limits(SymbolId symbol, Quantity quantity, OrderSide side) const noexcept {
        return tracker_.check_position(symbol, side == OrderSide::BUY ? mm::side::buy : mm::side::sell, quantity).ok();
    }
    /// Whether the day's loss and the drawdown are within their limits.
    bool check_risk_limits() const noexcept { return tracker_.check_loss().ok(); }
    /// The limits now.
    PositionLimits get_limits() const {
        const mm_position_limits_t limits = tracker_.limits();
        return {limits.max_position_size, limits.max_long_position, limits.max_short_position, limits.max_daily_loss,
                limits.max_drawdown};
    }
    /// False, and no change, when a limit is negative.
    bool set_limits(const PositionLimits &limits) noexcept { return tracker_.try_set_limits(raw(limits)).ok(); }

    /// Every trade since the start or the last reset, oldest first.
    const std::vector<Trade> &get_trade_history() const noexcept { return history_; }
    /// Counters since construction.
    PositionStats get_stats() const {
        PositionStats stats;
        const mm_position_totals_t totals = tracker_.totals();
        stats.trades = totals.fills;
        stats.realized_pnl = totals.realised;
        stats.unrealized_pnl = totals.unrealised;
        stats.drawdown = totals.drawdown;
        stats.max_drawdown = totals.max_drawdown;
        for (const Position &position : get_all_positions()) {
            stats.volume += position.total_bought + position.total_sold;
            ++stats.symbols;
            stats.open_positions += position.quantity != 0 ? 1 : 0;
        }
        return stats;
    }
    /// Forgets every trade. Limits stay.
    virtual void reset() { forget(); }

protected:
    /// Books a trade; for a tracker that stores it first.
    virtual bool record(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id,
                        Timestamp timestamp) {
        return book(symbol, price, quantity, side, order_id, timestamp);
    }
    /// Values a position; for a tracker that stores it first.
    virtual bool mark(SymbolId symbol, Price price) { return value(symbol, price); }

    /// Books a trade in memory.
    bool book(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id,
              Timestamp timestamp) {
        const mm_fill_t fill = fill_of(symbol, price, quantity, side, order_id, timestamp);
        result<mm_fill_outcome_t> done = tracker_.try_record_fill(fill);
        if (done.status().code() == MM_E_NOT_FOUND && quantity > 0) {
            tracker_.register_instrument(instrument(symbol, 1e-4));
            ++known_;
            done = tracker_.try_record_fill(fill);
        }
        if (!done) {
            return false;
        }
        history_.push_back({symbol, side, quantity, price, order_id, timestamp, done->realised});
        return true;
    }
    /// Values a position in memory.
    bool value(SymbolId symbol, Price price) noexcept { return tracker_.try_mark(symbol, price).ok(); }
    /// Forgets everything in memory.
    void forget() {
        tracker_.reset();
        history_.clear();
    }
    /// A trade as the core takes it.
    static mm_fill_t fill_of(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id,
                             Timestamp timestamp) noexcept {
        mm_fill_t fill{};
        fill.instrument = symbol;
        fill.price = price;
        fill.quantity = quantity;
        fill.side = static_cast<std::uint8_t>(side);
        fill.is_maker = 1;
        fill.order_id = order_id;
        fill.timestamp = timestamp;
        return fill;
    }
    /// Where positions that were kept elsewhere are put in; adopt() comes next.
    tracker &positions() noexcept { return tracker_; }
    /// `known` symbols and their history are those of positions() now.
    void adopt(std::size_t known, std::vector<Trade> history) noexcept {
        known_ = known;
        history_ = std::move(history);
    }

private:
    static mm_position_limits_t raw(const PositionLimits &limits) noexcept {
        return {limits.max_position_size, limits.max_long_position, limits.max_short_position, limits.max_daily_loss,
                limits.max_drawdown};
    }
    static tracker made(const PositionLimits &limits) {
        mm_position_tracker_config_t config = tracker::defaults();
        config.instruments = 65536;
        config.history = 0;
        config.limits = raw(limits);
        return tracker(config);
    }
    static Position shown(const mm_position_t &from) noexcept {
        Position position;
        position.symbol = static_cast<SymbolId>(from.instrument);
        position.quantity = from.quantity;
        position.average_price = from.average_price;
        position.last_price = from.mark;
        position.realized_pnl = from.realised;
        position.unrealized_pnl = from.unrealised;
        position.total_bought = from.bought;
        position.total_sold = from.sold;
        position.trade_count = from.fills;
        return position;
    }

    tracker tracker_;
    std::size_t known_ = 0;
    std::vector<Trade> history_;
};

}  // namespace mm

#include "mmap_position_tracker.hpp"

#endif
