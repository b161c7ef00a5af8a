// engine_pool.hpp: mm::engine_pool, engines on a few pinned threads: events and reports go in from any thread, order actions come
// out to one. Nothing is lost, and results do not depend on the number of threads.
#ifndef MARKET_MAKER_ENGINE_POOL_HPP
#define MARKET_MAKER_ENGINE_POOL_HPP

#include "engine.hpp"
#include "status.hpp"
#include "worker_pool.hpp"

#include <memory>

namespace mm {

/// What an output of an engine is.
enum class output_kind : std::uint8_t {
    action = MM_OUTPUT_ACTION,
    rest_begins = MM_OUTPUT_REST_BEGINS,
    rest_ends = MM_OUTPUT_REST_ENDS,
    broken = MM_OUTPUT_BROKEN,
};

/// What a host tells of.
enum class fault : std::uint8_t {
    error = MM_FAULT_ERROR,
    connection = MM_FAULT_CONNECTION,
};

/// Outputs, and whether more are to come.
struct taken {
    /// What was taken.
    span<mm_engine_output_t> outputs;
    /// Every input sent before the call is worked off, and nothing is left.
    bool is_idle;
};

/// Engines, each of an instrument of its own, on threads.
class engine_pool {
public:
    /// mm_engine_pool_config_init: the defaults.
    static mm_engine_pool_config_t defaults(std::uint32_t threads = 1) noexcept {
        mm_engine_pool_config_t config = detail::defaults<mm_engine_pool_config_t, mm_engine_pool_config_init>();
        config.threads = threads;
        return config;
    }

    /// Takes the engines over; they are empty afterwards, and stay what they were where that fails.
    explicit engine_pool(span<engine> engines, const mm_engine_pool_config_t &config = defaults())
        : engine_pool(try_create(engines, config).value()) {}
    /// mm_engine_pool_create.
    static result<engine_pool> try_create(span<engine> engines,
                                          const mm_engine_pool_config_t &config = defaults()) noexcept {
        const std::unique_ptr<mm_engine_t *[]> handles(new (std::nothrow) mm_engine_t *[engines.size() + 1]);
        if (handles == nullptr) {
            return status(MM_E_OUT_OF_MEMORY);
        }
        for (std::size_t i = 0; i < engines.size(); ++i) {
            handles[i] = engines[i].get();
        }
        mm_engine_pool_t *handle = nullptr;
        const mm_status_t code = mm_engine_pool_create(&config, handles.get(), engines.size(), &handle);
        if (code < 0) {
            return status(code);
        }
        for (engine &moved : engines) {
            (void)moved.release();
        }
        return engine_pool(handle);
    }

    /// Hands market data to the engine of an instrument.
    status try_on_event(std::uint32_t instrument, const mm_event_t &event) const noexcept {
        return status(mm_engine_pool_on_event(handle_.get(), instrument, &event));
    }
    /// As try_on_event; throws mm::error where that has a failed status.
    void on_event(std::uint32_t instrument, const mm_event_t &event) const {
        detail::check(try_on_event(instrument, event).code());
    }
    /// Hands it the venue's word on an own order.
    status try_on_report(std::uint32_t instrument, const mm_execution_report_t &report) const noexcept {
        return status(mm_engine_pool_on_report(handle_.get(), instrument, &report));
    }
    /// As try_on_report; throws mm::error where that has a failed status.
    void on_report(std::uint32_t instrument, const mm_execution_report_t &report) const {
        detail::check(try_on_report(instrument, report).code());
    }
    /// Lets it quote now, ns.
    status try_refresh(std::uint32_t instrument, std::uint64_t now) const noexcept {
        return status(mm_engine_pool_refresh(handle_.get(), instrument, now));
    }
    /// As try_refresh; throws mm::error where that has a failed status.
    void refresh(std::uint32_t instrument, std::uint64_t now) const {
        detail::check(try_refresh(instrument, now).code());
    }
    /// Tells it that something went wrong at `now`, ns.
    status try_on_fault(std::uint32_t instrument, fault what, std::uint64_t now) const noexcept {
        return status(mm_engine_pool_on_fault(handle_.get(), instrument, static_cast<std::uint8_t>(what), now));
    }
    /// As try_on_fault; throws mm::error where that has a failed status.
    void on_fault(std::uint32_t instrument, fault what, std::uint64_t now) const {
        detail::check(try_on_fault(instrument, what, now).code());
    }

    /// What the engines have said so far. One thread at a time.
    result<taken> try_take(span<mm_engine_output_t> buffer) const noexcept {
        return collect(mm_engine_pool_take, buffer);
    }
    /// As try_take; throws mm::error where that has a failed status.
    taken take(span<mm_engine_output_t> buffer) const { return try_take(buffer).value(); }
    /// The same, waiting until the buffer is full or everything is worked off and taken.
    result<taken> try_drain(span<mm_engine_output_t> buffer) const noexcept {
        return collect(mm_engine_pool_drain, buffer);
    }
    /// As try_drain; throws mm::error where that has a failed status.
    taken drain(span<mm_engine_output_t> buffer) const { return try_drain(buffer).value(); }

    /// Refuses later inputs.
    void close() const { detail::check(mm_engine_pool_close(handle_.get())); }
    /// Works everything off, ends the threads and gives the engines back by instrument, each to be owned again by
    /// `engine::adopt`; what nobody has taken can still be taken.
    result<span<mm_finished_engine_t>> try_finish(span<mm_finished_engine_t> buffer) noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_engine_pool_finish(handle_.get(), buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_finish; throws mm::error where that has a failed status.
    span<mm_finished_engine_t> finish(span<mm_finished_engine_t> buffer) { return try_finish(buffer).value(); }

    /// mm_engine_pool_stats.
    mm_engine_pool_stats_t stats() const {
        return detail::one<mm_engine_pool_stats_t>([&](mm_engine_pool_stats_t *s) {
                   return mm_engine_pool_stats(handle_.get(), s);
               }).value();
    }

    /// The handle, still owned.
    mm_engine_pool_t *get() const noexcept { return handle_.get(); }

private:
    explicit engine_pool(mm_engine_pool_t *handle) noexcept : handle_(handle) {}

    template <class Call>
    result<taken> collect(Call &&call, span<mm_engine_output_t> buffer) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = call(handle_.get(), buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return taken{buffer.first(count), code == MM_END};
    }

    detail::owner<mm_engine_pool_t, mm_engine_pool_destroy> handle_;
};

}  // namespace mm

#endif
