// strategy_manager.hpp: the documented StrategyManager: strategies of many symbols on a pool of threads. Thread-safe.
//
// A symbol's market data reach its strategy one after the other and in order, whatever the number of threads. A strategy that
// throws harms nobody else: what it throws ends here. One that has thrown more than three times rests five minutes, one that has
// lost its connection (ExchangeError::CONNECTIVITY_LOST) one minute; its stop() is called when a rest begins and its initialize()
// when it is over, market data in between are left out.
#ifndef MARKET_MAKER_CPP_STRATEGY_MANAGER_HPP
#define MARKET_MAKER_CPP_STRATEGY_MANAGER_HPP

#include "market_making_strategy.hpp"
#include "thread_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mm {

/// The documented strategy manager.
class StrategyManager {
public:
    /// Where the time comes from. Called by several threads.
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// How a strategy is.
    struct StrategyState {
        /// False while it rests.
        bool is_active = true;
        /// What it has thrown since its last rest, lost connections left out.
        int error_count = 0;
        /// What went wrong last.
        std::chrono::steady_clock::time_point last_error = {};
        /// When its last rest ends or has ended.
        std::chrono::steady_clock::time_point recovery_time = {};
        /// Its text.
        std::string last_error_text;
        /// Market data that it has handled.
        std::uint64_t handled = 0;
        /// Market data that came during a rest.
        std::uint64_t left_out = 0;
        /// Market data that gave way to newer ones because the strategy was too slow.
        std::uint64_t overtaken = 0;
    };

    /// Throws that are forgiven.
    static constexpr int MAX_ERRORS = 3;
    /// Rest after more of them.
    static constexpr std::chrono::minutes ERROR_RESET_PERIOD{5};
    /// Rest after a lost connection.
    static constexpr std::chrono::minutes RECOVERY_DELAY{1};
    /// Market data of one symbol that may wait; more, and the oldest gives way.
    static constexpr std::size_t MAX_WAITING = 256;

    /// With so many threads.
    explicit StrategyManager(std::size_t threads = std::thread::hardware_concurrency(),
                             Clock clock = &std::chrono::steady_clock::now)
        : clock_(std::move(clock)), pool_(threads) {}
    StrategyManager(const StrategyManager &) = delete;
    StrategyManager &operator=(const StrategyManager &) = delete;
    ~StrategyManager() { stop_all(); }

    /// Initialises a strategy and runs it for a symbol from here on; one that was there is stopped. What initialize() throws
    /// comes through, and the strategy is not taken.
    void add_strategy(const std::string &symbol, std::shared_ptr<MarketMakingStrategy> strategy) {
        strategy->set_symbol(symbol);
        strategy->initialize();
        auto entry = std::make_shared<Entry>();
        entry->strategy = std::move(strategy);
        std::shared_ptr<Entry> old;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            old = std::exchange(entries_[symbol], std::move(entry));
        }
        stop(old);
    }
    /// Stops the strategy of a symbol, after what it is doing. False where there is none.
    bool remove_strategy(const std::string &symbol) {
        std::shared_ptr<Entry> old;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            const auto found = entries_.find(symbol);
            if (found == entries_.end()) {
                return false;
            }
            old = std::move(found->second);
            entries_.erase(found);
        }
        stop(old);
        return true;
    }

    /// Hands market data to the symbol's strategy, on a thread of the pool. False for an unknown symbol and during a rest.
    bool on_market_data(const std::string &symbol, const MarketDepth &depth) {
        const std::shared_ptr<Entry> entry = find(symbol);
        if (entry == nullptr) {
            return false;
        }
        const std::lock_guard<std::mutex> lock(entry->mutex);
        if (entry->is_stopped || is_resting(*entry)) {
            ++entry->state.left_out;
            return false;
        }
        entry->waiting.push_back(depth);
        if (entry->waiting.size() > MAX_WAITING) {
            entry->waiting.pop_front();
            ++entry->state.overtaken;
        }
        if (!entry->is_running) {
            entry->is_running = true;
            schedule(entry);
        }
        return true;
    }

    /// Stops all strategies, each after what it is doing; market data that still wait are dropped. Not from a strategy.
    void stop_all() {
        std::map<std::string, std::shared_ptr<Entry>> entries;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            entries.swap(entries_);
        }
        for (auto &entry : entries) {
            stop(entry.second);
        }
    }
    /// Waits until no market data wait and no strategy runs.
    void wait_until_idle() {
        std::vector<std::shared_ptr<Entry>> entries;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            for (const auto &entry : entries_) {
                entries.push_back(entry.second);
            }
        }
        for (const auto &entry : entries) {
            std::unique_lock<std::mutex> lock(entry->mutex);
            entry->is_idle.wait(lock, [&] { return !entry->is_running; });
        }
    }

    /// How the strategy of a symbol is; nothing where there is none.
    std::optional<StrategyState> get_state(const std::string &symbol) const {
        const std::shared_ptr<Entry> entry = find(symbol);
        if (entry == nullptr) {
            return std::nullopt;
        }
        const std::lock_guard<std::mutex> lock(entry->mutex);
        (void)is_resting(*entry);
        return entry->state;
    }

private:
    struct Entry {
        std::shared_ptr<MarketMakingStrategy> strategy;
        std::mutex mutex;
        std::condition_variable is_idle;
        std::deque<MarketDepth> waiting;
        StrategyState state;
        bool is_running = false;
        bool is_stopped = false;
        /// A rest is over, and the strategy has not been told.
        bool is_back = false;
    };

    /// A turn of a symbol on a thread of the pool. No function with a future: that would be compiled in each program that
    /// includes this.
    struct Turn final : ThreadPool::Task {
        Turn(StrategyManager &of, std::shared_ptr<Entry> symbol) : manager(of), entry(std::move(symbol)) {}
        void run() override { manager.run(entry); }

        StrategyManager &manager;
        std::shared_ptr<Entry> entry;
    };
    /// What is called of a strategy.
    enum class Step { initialize, stop, market_data, error };

    static void call(MarketMakingStrategy &strategy, Step step, const MarketDepth *depth, const ExchangeError *error) {
        switch (step) {
        case Step::initialize:
            return strategy.initialize();
        case Step::stop:
            return strategy.stop();
        case Step::market_data:
            return strategy.on_market_data(*depth);
        case Step::error:
            return strategy.handle_error(*error);
        }
    }
    /// Calls into a strategy; what it throws, as an ExchangeError.
    static std::optional<ExchangeError> guarded(MarketMakingStrategy &strategy, Step step, const MarketDepth *depth = nullptr,
                                                const ExchangeError *error = nullptr) noexcept {
#if MM_HAS_EXCEPTIONS
        try {
            call(strategy, step, depth, error);
        } catch (const ExchangeError &thrown) {
            return thrown;
        } catch (const std::exception &thrown) {
            return ExchangeError(ExchangeError::SYSTEM_ERROR, thrown.what());
        } catch (...) {
            return ExchangeError(ExchangeError::SYSTEM_ERROR, "an exception that is no std::exception");
        }
#else
        call(strategy, step, depth, error);
#endif
        return std::nullopt;
    }

    std::shared_ptr<Entry> find(const std::string &symbol) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = entries_.find(symbol);
        return found == entries_.end() ? nullptr : found->second;
    }
    /// Whether the strategy rests, which it does no more once the time is over. The entry is locked.
    bool is_resting(Entry &entry) const {
        if (!entry.state.is_active && clock_() >= entry.state.recovery_time) {
            entry.state.is_active = true;
            entry.is_back = true;
            if (entry.state.error_count > MAX_ERRORS) {
                entry.state.error_count = 0;
            }
        }
        return !entry.state.is_active;
    }
    void schedule(const std::shared_ptr<Entry> &entry) {
        pool_.post(std::make_unique<Turn>(*this, entry));
    }

    /// One market data of a symbol; the next ones get in line, so that no symbol holds a thread for itself.
    void run(const std::shared_ptr<Entry> &entry) {
        MarketMakingStrategy &strategy = *entry->strategy;
        std::unique_lock<std::mutex> lock(entry->mutex);
        if (entry->waiting.empty()) {
            entry->is_running = false;
            entry->is_idle.notify_all();
            return;
        }
        const MarketDepth depth = entry->waiting.front();
        entry->waiting.pop_front();
        const bool is_back = std::exchange(entry->is_back, false);
        lock.unlock();
        std::optional<ExchangeError> error = is_back ? guarded(strategy, Step::initialize) : std::nullopt;
        if (!error) {
            error = guarded(strategy, Step::market_data, &depth);
        }
        if (error) {
            (void)guarded(strategy, Step::error, nullptr, &*error);
        }
        lock.lock();
        ++entry->state.handled;
        if (error && note(*entry, *error)) {
            entry->state.left_out += entry->waiting.size();
            entry->waiting.clear();
            lock.unlock();
            (void)guarded(strategy, Step::stop);
            lock.lock();
        }
        if (entry->waiting.empty() || entry->is_stopped) {
            entry->is_running = false;
            entry->is_idle.notify_all();
        } else {
            schedule(entry);
        }
    }
    /// Whether the strategy is to rest for this error. The entry is locked.
    bool note(Entry &entry, const ExchangeError &error) const {
        StrategyState &state = entry.state;
        state.last_error = clock_();
        state.last_error_text = error.what();
        const bool is_lost = error.code() == ExchangeError::CONNECTIVITY_LOST;
        if (!is_lost && ++state.error_count <= MAX_ERRORS) {
            return false;
        }
        state.is_active = false;
        state.recovery_time = state.last_error + (is_lost ? RECOVERY_DELAY : ERROR_RESET_PERIOD);
        return true;
    }
    static void stop(const std::shared_ptr<Entry> &entry) {
        if (entry == nullptr) {
            return;
        }
        {
            std::unique_lock<std::mutex> lock(entry->mutex);
            entry->is_stopped = true;
            entry->waiting.clear();
            entry->is_idle.wait(lock, [&] { return !entry->is_running; });
        }
        (void)guarded(*entry->strategy, Step::stop);
    }

    const Clock clock_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Entry>> entries_;
    /// Last, so that its threads end first.
    ThreadPool pool_;
};

}  // namespace mm

#endif
