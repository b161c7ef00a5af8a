// worker_pool.hpp: mm::worker_pool, tasks on a few pinned threads. Every function is for any thread; the destructor waits until
// everything that was submitted has run.
#ifndef MARKET_MAKER_WORKER_POOL_HPP
#define MARKET_MAKER_WORKER_POOL_HPP

#include "status.hpp"

#include <memory>

namespace mm {

/// What meets a task, or an input, for which there is no room.
enum class back_pressure : std::uint8_t {
    reject = MM_BACK_PRESSURE_REJECT,
    drop_oldest = MM_BACK_PRESSURE_DROP_OLDEST,
    wait = MM_BACK_PRESSURE_WAIT,
};

/// How a thread waits that has nothing to do.
enum class idle : std::uint8_t {
    spin = MM_IDLE_SPIN,
    yield = MM_IDLE_YIELD,
    sleep = MM_IDLE_SLEEP,
};

/// Threads that run tasks: functions of C, or callables.
class worker_pool {
public:
    /// mm_worker_pool_config_init: the defaults.
    static mm_worker_pool_config_t defaults(std::uint32_t threads = 1) noexcept {
        mm_worker_pool_config_t config = detail::defaults<mm_worker_pool_config_t, mm_worker_pool_config_init>();
        config.threads = threads;
        return config;
    }

    /// As try_create; throws mm::error where that has a failed status.
    explicit worker_pool(const mm_worker_pool_config_t &config = defaults())
        : worker_pool(try_create(config).value()) {}
    /// With so many threads and defaults.
    explicit worker_pool(std::uint32_t threads) : worker_pool(defaults(threads)) {}
    /// mm_worker_pool_create.
    static result<worker_pool> try_create(const mm_worker_pool_config_t &config = defaults()) noexcept {
        mm_worker_pool_t *handle = nullptr;
        const mm_status_t code = mm_worker_pool_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return worker_pool(handle, config.back_pressure == MM_BACK_PRESSURE_DROP_OLDEST);
    }

    /// Hands `task(context)` to whichever thread is free first. No exception may leave it. Allocates nothing.
    status try_submit(mm_task_t task, void *context) const noexcept {
        return status(mm_worker_pool_submit(handle_.get(), task, context));
    }
    /// As try_submit; throws mm::error where that has a failed status.
    void submit(mm_task_t task, void *context) const { detail::check(try_submit(task, context).code()); }
    /// The same to a lane: tasks of one number run one after the other, in order, on one thread.
    status try_submit_to(std::uint64_t lane, mm_task_t task, void *context) const noexcept {
        return status(mm_worker_pool_submit_to(handle_.get(), lane, task, context));
    }
    /// As try_submit_to; throws mm::error where that has a failed status.
    void submit_to(std::uint64_t lane, mm_task_t task, void *context) const {
        detail::check(try_submit_to(lane, task, context).code());
    }

    /// Hands a callable over, which lives until it has run; one that throws counts as failed. Allocates. A pool that drops the
    /// oldest takes none (MM_E_UNSUPPORTED): nobody would free those that it drops.
    template <class F, class = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &>>>
    status try_submit(F &&callable) const noexcept {
        return give(std::forward<F>(callable),
                    [&](void *context) { return try_submit(&run<std::decay_t<F>>, context); });
    }
    /// As try_submit; throws mm::error where that has a failed status.
    template <class F, class = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &>>>
    void submit(F &&callable) const {
        detail::check(try_submit(std::forward<F>(callable)).code());
    }
    /// The same to a lane.
    template <class F, class = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &>>>
    status try_submit_to(std::uint64_t lane, F &&callable) const noexcept {
        return give(std::forward<F>(callable),
                    [&](void *context) { return try_submit_to(lane, &run<std::decay_t<F>>, context); });
    }
    /// As try_submit_to; throws mm::error where that has a failed status.
    template <class F, class = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &>>>
    void submit_to(std::uint64_t lane, F &&callable) const {
        detail::check(try_submit_to(lane, std::forward<F>(callable)).code());
    }

    /// Waits until no task waits or runs; MM_E_OWN_TASK from a task of the pool.
    status try_drain() const noexcept { return status(mm_worker_pool_drain(handle_.get())); }
    /// As try_drain; throws mm::error where that has a failed status.
    void drain() const { detail::check(try_drain().code()); }
    /// Refuses later tasks.
    void close() const { detail::check(mm_worker_pool_close(handle_.get())); }

    /// mm_worker_pool_stats.
    mm_worker_pool_stats_t stats() const {
        return detail::one<mm_worker_pool_stats_t>([&](mm_worker_pool_stats_t *s) {
                   return mm_worker_pool_stats(handle_.get(), s);
               }).value();
    }

    /// The handle, still owned.
    mm_worker_pool_t *get() const noexcept { return handle_.get(); }

private:
    worker_pool(mm_worker_pool_t *handle, bool drops) noexcept : handle_(handle), drops_(drops) {}

    template <class F>
    static mm_status_t run(void *context) noexcept {
        const std::unique_ptr<F> callable(static_cast<F *>(context));
#if MM_HAS_EXCEPTIONS
        try {
            (*callable)();
        } catch (...) {
            return MM_E_INVALID_ARGUMENT;
        }
#else
        (*callable)();
#endif
        return MM_OK;
    }

    template <class F, class Submit>
    status give(F &&callable, Submit &&hand_over) const noexcept {
        if (drops_) {
            return status(MM_E_UNSUPPORTED);
        }
        std::unique_ptr<std::decay_t<F>> owned(new (std::nothrow) std::decay_t<F>(std::forward<F>(callable)));
        if (owned == nullptr) {
            return status(MM_E_OUT_OF_MEMORY);
        }
        const status handed = hand_over(owned.get());
        if (handed.ok()) {
            (void)owned.release();  // the task frees it
        }
        return handed;
    }

    detail::owner<mm_worker_pool_t, mm_worker_pool_destroy> handle_;
    bool drops_ = false;
};

}  // namespace mm

#endif
