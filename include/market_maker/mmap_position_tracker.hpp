// mmap_position_tracker.hpp: MMapPositionTracker, the position tracker whose trades survive the process, on an mm::store.
//
// The file keeps positions, marks, the account with its drawdown, and the history. It is of fixed size between growths: a
// trade in a new symbol or beyond the history's room puts a file of twice the room in its place first, whole or not at all,
// which takes as long as writing it. The file keeps the latest 2^24 trades. One writer, which holds a lock; readers of any
// process open mm::store_reader.
#ifndef MARKET_MAKER_MMAP_POSITION_TRACKER_HPP
#define MARKET_MAKER_MMAP_POSITION_TRACKER_HPP

#include "position_tracker.hpp"
#include "store.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mm {

/// A position tracker on a file.
class MMapPositionTracker final : public PositionTracker {
public:
    /// Opens or creates the file; what it stores is there at once. Throws mm::error (ends the program without exceptions)
    /// when the file cannot be opened, is no such file, is damaged, or has a writer already.
    explicit MMapPositionTracker(const std::string &path, const PositionLimits &limits = PositionLimits())
        : PositionTracker(limits), path_(path), file_(absolute(path)), store_(file_.c_str(), first_config()) {
        take_over();
    }
    MMapPositionTracker(MMapPositionTracker &&) = delete;
    MMapPositionTracker &operator=(MMapPositionTracker &&) = delete;

    /// Forces everything to the disk: safe from a loss of power when it returns true, until the next change.
    bool flush() noexcept { return store_.try_sync().ok(); }
    /// Reads the file again in place of what is in memory. False, and no change, when it is damaged.
    bool load() {
        if (!store_.try_reload().ok()) {
            return false;
        }
        take_over();
        return true;
    }
    /// Forgets every trade, on the file too.
    void reset() override {
        detail::check(store_.try_reset().code());
        forget();
    }
    /// Where the store lies.
    const std::string &path() const noexcept { return path_; }

protected:
    /// As PositionTracker.
    bool record(SymbolId symbol, Price price, Quantity quantity, OrderSide side, OrderId order_id,
                Timestamp timestamp) override {
        if (quantity == 0 || !has_room_for_trade()) {
            return false;
        }
        const mm_fill_t fill = fill_of(symbol, price, quantity, side, order_id, timestamp);
        status done = store_.try_record_fill(fill).status();
        if (done.code() == MM_E_NOT_FOUND && add(symbol)) {
            done = store_.try_record_fill(fill).status();
        }
        return done.ok() && book(symbol, price, quantity, side, order_id, timestamp);
    }
    /// As PositionTracker.
    bool mark(SymbolId symbol, Price price) override {
        return store_.try_mark(symbol, price).ok() && value(symbol, price);
    }

private:
    static constexpr std::uint32_t kFirstSymbols = 64;
    static constexpr std::uint32_t kMostSymbols = 1U << 16;
    static constexpr std::uint32_t kFirstTrades = 4096;
    static constexpr std::uint32_t kMostTrades = 1U << 24;

    /// The file is found again when it grows, wherever the program has gone.
    static std::string absolute(const std::string &path) {
        std::error_code failed;
        const std::filesystem::path whole = std::filesystem::absolute(path, failed);
        return failed ? path : whole.string();
    }
    static mm_store_config_t config_of(std::uint32_t symbols, std::uint32_t trades) noexcept {
        mm_store_config_t config = store::defaults();
        config.instruments = symbols;
        config.history = trades;
        config.orders = 0;
        config.latches = 0;
        config.fill_window = 0;
        return config;
    }
    static mm_store_config_t first_config() noexcept {
        mm_store_config_t config = config_of(kFirstSymbols, kFirstTrades);
        config.keep_capacities = 1;
        return config;
    }

    bool grow(std::uint32_t symbols, std::uint32_t trades) noexcept {
        if (!store_.try_resize(file_.c_str(), config_of(symbols, trades)).ok()) {
            return false;
        }
        symbols_ = symbols;
        trades_ = trades;
        return true;
    }
    bool has_room_for_trade() noexcept {
        return get_trade_history().size() < trades_ || trades_ >= kMostTrades ||
               grow(symbols_, std::min(std::max(2 * trades_, kFirstTrades), kMostTrades));
    }
    bool add(SymbolId symbol) noexcept {
        const mm_instrument_t added = instrument(symbol, 1e-4);
        status done = store_.try_register(added);
        if (done.code() == MM_E_FULL && grow(std::min(2 * symbols_, kMostSymbols), trades_)) {
            done = store_.try_register(added);
        }
        return done.ok();
    }

    /// What the store knows becomes what this tracker knows.
    void take_over() {
        const mm_store_info_t info = store_.info();
        symbols_ = info.instrument_capacity;
        trades_ = info.history;
        std::vector<mm_trade_t> raw(info.trades);
        raw.resize(store_.history(raw));
        std::vector<Trade> history;
        history.reserve(raw.size());
        for (const mm_trade_t &trade : raw) {
            history.push_back({static_cast<SymbolId>(trade.instrument), static_cast<OrderSide>(trade.side),
                               static_cast<Quantity>(trade.quantity), trade.price, trade.order_id, trade.timestamp,
                               trade.realised});
        }
        detail::check(store_.try_export(positions()).code());
        adopt(info.instruments, std::move(history));
    }

    std::string path_;
    std::string file_;
    store store_;
    std::uint32_t symbols_ = 0;
    std::uint32_t trades_ = 0;
};

}  // namespace mm

#endif
