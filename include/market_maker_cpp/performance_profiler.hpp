// performance_profiler.hpp: the documented PerformanceProfiler: named timers with percentiles. Thread-safe. Recording by a timer's
// reference takes no lock and allocates nothing; recording by name looks the name up under one.
//
// A timer is a histogram of fixed size, 64 buckets for each power of two: a percentile is at most 0.8 % off, count, sum, least and
// most are exact.
#ifndef MARKET_MAKER_CPP_PERFORMANCE_PROFILER_HPP
#define MARKET_MAKER_CPP_PERFORMANCE_PROFILER_HPP

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mm {

/// Timers of a program.
class PerformanceProfiler {
public:
    /// Times in ns.
    struct Statistics {
        /// Durations.
        std::uint64_t count = 0;
        /// Their sum.
        double total = 0.0;
        /// Their mean.
        double mean = 0.0;
        /// The least.
        double min = 0.0;
        /// The largest.
        double max = 0.0;
        /// That half do not exceed.
        double p50 = 0.0;
        /// That 90 % do not exceed.
        double p90 = 0.0;
        /// That 95 % do not exceed.
        double p95 = 0.0;
        /// That 99 % do not exceed.
        double p99 = 0.0;
        /// That 99.9 % do not exceed.
        double p999 = 0.0;
    };

    /// One name's durations. Lives as long as its profiler.
    class Timer {
    public:
        Timer() = default;
        Timer(const Timer &) = delete;
        Timer &operator=(const Timer &) = delete;

        /// Below zero counts as zero. Hot path: a few atomic additions.
        void record(std::chrono::nanoseconds duration) noexcept {
            const std::uint64_t ns = duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
            buckets_[bucket_of(ns)].fetch_add(1, std::memory_order_relaxed);
            total_.fetch_add(ns, std::memory_order_relaxed);
            std::uint64_t seen = min_.load(std::memory_order_relaxed);
            while (ns < seen && !min_.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
            }
            seen = max_.load(std::memory_order_relaxed);
            while (ns > seen && !max_.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
            }
        }
        /// The duration, ns, that a share of 0 to 1 of all does not exceed; 0 without any.
        double percentile(double share) const noexcept {
            const std::uint64_t all = count();
            if (all == 0 || !(share >= 0.0)) {
                return 0.0;
            }
            const auto rank = static_cast<std::uint64_t>(std::ceil((share < 1.0 ? share : 1.0) * static_cast<double>(all)));
            if (rank >= all) {
                return static_cast<double>(max_.load(std::memory_order_relaxed));
            }
            std::uint64_t passed = 0;
            for (std::size_t i = 0; i < buckets_.size(); ++i) {
                passed += buckets_[i].load(std::memory_order_relaxed);
                if (passed >= rank && passed > 0) {
                    return within(middle_of(i));
                }
            }
            return within(static_cast<double>(max_.load(std::memory_order_relaxed)));
        }
        /// Durations so far.
        std::uint64_t count() const noexcept {
            std::uint64_t sum = 0;
            for (const auto &bucket : buckets_) {
                sum += bucket.load(std::memory_order_relaxed);
            }
            return sum;
        }
        /// Their distribution.
        Statistics statistics() const noexcept {
            Statistics of;
            of.count = count();
            if (of.count == 0) {
                return of;
            }
            of.total = static_cast<double>(total_.load(std::memory_order_relaxed));
            of.mean = of.total / static_cast<double>(of.count);
            of.min = static_cast<double>(min_.load(std::memory_order_relaxed));
            of.max = static_cast<double>(max_.load(std::memory_order_relaxed));
            of.p50 = percentile(0.5);
            of.p90 = percentile(0.9);
            of.p95 = percentile(0.95);
            of.p99 = percentile(0.99);
            of.p999 = percentile(0.999);
            return of;
        }
        /// Forgets all.
        void reset() noexcept {
            for (auto &bucket : buckets_) {
                bucket.store(0, std::memory_order_relaxed);
            }
            total_.store(0, std::memory_order_relaxed);
            min_.store(UINT64_MAX, std::memory_order_relaxed);
            max_.store(0, std::memory_order_relaxed);
        }

    private:
        static constexpr unsigned bits = 6;
        static constexpr std::size_t per_octave = 1U << bits;

        static std::size_t bucket_of(std::uint64_t ns) noexcept {
            if (ns < per_octave) {
                return static_cast<std::size_t>(ns);
            }
            unsigned shift = 0;
            for (std::uint64_t rest = ns >> bits; rest > 1; rest >>= 1) {
                ++shift;
            }
            return per_octave * (shift + 1) + static_cast<std::size_t>((ns >> shift) - per_octave);
        }
        static double middle_of(std::size_t bucket) noexcept {
            if (bucket < per_octave) {
                return static_cast<double>(bucket);
            }
            const auto shift = static_cast<int>(bucket / per_octave - 1);
            const double width = std::ldexp(1.0, shift);
            return static_cast<double>(per_octave + bucket % per_octave) * width + (width - 1.0) / 2.0;
        }
        double within(double ns) const noexcept {
            const auto least = static_cast<double>(min_.load(std::memory_order_relaxed));
            const auto most = static_cast<double>(max_.load(std::memory_order_relaxed));
            return ns < least ? least : ns > most ? most : ns;
        }

        std::array<std::atomic<std::uint64_t>, per_octave * 59> buckets_ = {};
        std::atomic<std::uint64_t> total_{0};
        std::atomic<std::uint64_t> min_{UINT64_MAX};
        std::atomic<std::uint64_t> max_{0};
    };

    /// Records the time from its making to its end.
    class ScopedTimer {
    public:
        /// Begins now.
        explicit ScopedTimer(Timer &timer) noexcept : timer_(timer), start_(std::chrono::steady_clock::now()) {}
        /// By a name of instance().
        explicit ScopedTimer(const std::string &name) : ScopedTimer(PerformanceProfiler::instance().timer(name)) {}
        ScopedTimer(const ScopedTimer &) = delete;
        ScopedTimer &operator=(const ScopedTimer &) = delete;
        ~ScopedTimer() { timer_.record(std::chrono::steady_clock::now() - start_); }

    private:
        Timer &timer_;
        std::chrono::steady_clock::time_point start_;
    };

    PerformanceProfiler() = default;
    PerformanceProfiler(const PerformanceProfiler &) = delete;
    PerformanceProfiler &operator=(const PerformanceProfiler &) = delete;

    /// The program's own.
    static PerformanceProfiler &instance() {
        static PerformanceProfiler profiler;
        return profiler;
    }

    /// The timer of a name, made where there is none.
    Timer &timer(const std::string &name) {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::unique_ptr<Timer> &found = timers_[name];
        if (found == nullptr) {
            found = std::make_unique<Timer>();
        }
        return *found;
    }
    /// A duration of this name.
    void record(const std::string &name, std::chrono::nanoseconds duration) { timer(name).record(duration); }
    /// All zero for a name that nothing was recorded under.
    Statistics get_statistics(const std::string &name) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = timers_.find(name);
        return found == timers_.end() ? Statistics() : found->second->statistics();
    }
    /// The duration, ns, that a share of 0 to 1 of those under a name does not exceed.
    double percentile(const std::string &name, double share) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = timers_.find(name);
        return found == timers_.end() ? 0.0 : found->second->percentile(share);
    }
    /// Every name that has been timed.
    std::vector<std::string> names() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::vector<std::string> names;
        for (const auto &entry : timers_) {
            names.push_back(entry.first);
        }
        return names;
    }
    /// Forgets all durations. Timers stay.
    void reset() {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const auto &entry : timers_) {
            entry.second->reset();
        }
    }
    /// A line for each name: count, mean, percentiles and most, ns.
    std::string report() const {
        std::string text;
        for (const std::string &name : names()) {
            const Statistics of = get_statistics(name);
            char line[192];
            std::snprintf(line, sizeof line, ": count %llu, mean %.0f, p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f ns\n",
                          static_cast<unsigned long long>(of.count), of.mean, of.p50, of.p99, of.p999, of.max);
            text += name + line;
        }
        return text;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Timer>> timers_;
};

}  // namespace mm

#endif
