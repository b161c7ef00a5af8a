// thread_pool.hpp: the documented ThreadPool. Thread-safe. Every task that was accepted runs, also those that still wait when
// the pool goes; what a task throws comes out of its future.
#ifndef MARKET_MAKER_CPP_THREAD_POOL_HPP
#define MARKET_MAKER_CPP_THREAD_POOL_HPP

#include "../market_maker/status.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace mm {

/// Threads that run tasks in the order in which they came.
class ThreadPool {
public:
    /// What a thread of the pool is to do; run() may not throw.
    struct Task {
        Task() = default;
        Task(const Task &) = delete;
        Task &operator=(const Task &) = delete;
        virtual ~Task() = default;
        /// Runs it.
        virtual void run() = 0;

    private:
        friend class ThreadPool;
        std::unique_ptr<Task> next;
    };

    /// So many threads, at least one.
    explicit ThreadPool(std::size_t threads = std::thread::hardware_concurrency()) {
        threads = threads == 0 ? 1 : threads;
        workers_.reserve(threads);
        for (std::size_t i = 0; i < threads; ++i) {
            workers_.emplace_back([this] { work(); });
        }
    }
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;
    ~ThreadPool() { shutdown(); }

    /// Runs f(args...) on a thread of the pool; function and arguments are copied or moved, as std::thread does. Throws
    /// std::runtime_error after shutdown().
    template <class F, class... Args>
    auto enqueue(F &&f, Args &&...args) -> std::future<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>> {
        using Result = std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>;
        std::packaged_task<Result()> call(
            [function = std::decay_t<F>(std::forward<F>(f)),
             arguments = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable -> Result {
                return std::apply(std::move(function), std::move(arguments));
            });
        std::future<Result> result = call.get_future();
        post(std::make_unique<Packaged<Result>>(std::move(call)));
        return result;
    }
    /// Runs a task without a future: what enqueue makes of a function.
    void post(std::unique_ptr<Task> task) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (is_stopping_) {
                refuse();
            }
            push(std::move(task));
        }
        wake_.notify_one();
    }

    /// Takes no more tasks, runs all that were taken, and ends the threads. Again it does nothing. Not from a task.
    void shutdown() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            is_stopping_ = true;
        }
        wake_.notify_all();
        for (std::thread &worker : workers_) {
            if (worker.joinable()) {
                worker.join();
            }
        }
    }

    /// Threads.
    std::size_t size() const noexcept { return workers_.size(); }
    /// Tasks that wait for a thread.
    std::size_t pending() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return waiting_;
    }

private:
    template <class Result>
    struct Packaged final : Task {
        explicit Packaged(std::packaged_task<Result()> packaged) : call(std::move(packaged)) {}
        void run() override { call(); }

        std::packaged_task<Result()> call;
    };

    [[noreturn]] static void refuse() {
#if MM_HAS_EXCEPTIONS
        throw std::runtime_error("enqueue on a ThreadPool that is shut down");
#else
        std::fputs("enqueue on a ThreadPool that is shut down\n", stderr);
        std::abort();
#endif
    }
    void push(std::unique_ptr<Task> task) noexcept {
        Task *const added = task.get();
        (last_ == nullptr ? first_ : last_->next) = std::move(task);
        last_ = added;
        ++waiting_;
    }
    std::unique_ptr<Task> pop() noexcept {
        std::unique_ptr<Task> task = std::move(first_);
        first_ = std::move(task->next);
        if (first_ == nullptr) {
            last_ = nullptr;
        }
        --waiting_;
        return task;
    }
    void work() {
        while (true) {
            std::unique_ptr<Task> task;
            {
                std::unique_lock<std::mutex> lock(mutex_);
                wake_.wait(lock, [this] { return first_ != nullptr || is_stopping_; });
                if (first_ == nullptr) {
                    return;
                }
                task = pop();
            }
            task->run();
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::unique_ptr<Task> first_;
    Task *last_ = nullptr;
    std::size_t waiting_ = 0;
    bool is_stopping_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace mm

#endif
