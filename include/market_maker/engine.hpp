// engine.hpp: mm::engine, one instrument's whole pipeline from market data to order actions, and mm::venue, the simulated
// venue that lets own orders join a recorded queue. One owner each; nothing allocates after construction.
#ifndef MARKET_MAKER_ENGINE_HPP
#define MARKET_MAKER_ENGINE_HPP

#include "predictor.hpp"
#include "risk.hpp"
#include "status.hpp"

namespace mm {

/// A stage of the pipeline, for latencies.
enum class stage : std::uint8_t {
    book = MM_STAGE_BOOK,
    features = MM_STAGE_FEATURES,
    quote = MM_STAGE_QUOTE,
    orders = MM_STAGE_ORDERS,
    tick_to_quote = MM_STAGE_TICK_TO_QUOTE,
    event = MM_STAGE_EVENT,
};

/// Book, features, strategy, risk gate, order manager and position of one instrument.
class engine {
public:
    /// mm_engine_config_init: the defaults.
    static mm_engine_config_t defaults() noexcept {
        return detail::defaults<mm_engine_config_t, mm_engine_config_init>();
    }
    /// mm_stoikov_config_init: the defaults.
    static mm_stoikov_config_t strategy_defaults() noexcept {
        return detail::defaults<mm_stoikov_config_t, mm_stoikov_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit engine(const mm_engine_config_t &config = defaults()) : engine(try_create(config).value()) {}
    /// mm_engine_create.
    static result<engine> try_create(const mm_engine_config_t &config = defaults()) noexcept {
        mm_engine_t *handle = nullptr;
        const mm_status_t code = mm_engine_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return engine(handle);
    }

    /// Takes one market-data event; the order actions that follow from it are the first elements of `buffer`, which
    /// MM_MAX_ENGINE_ACTIONS elements always suffice for. An event that the book refuses changes nothing.
    result<span<mm_order_action_t>> try_on_event(const mm_event_t &event,
                                                 span<mm_order_action_t> buffer) noexcept {
        std::size_t count = 0;
        const mm_status_t code =
            mm_engine_on_event(handle_.get(), &event, buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_on_event; throws mm::error where that has a failed status.
    span<mm_order_action_t> on_event(const mm_event_t &event, span<mm_order_action_t> buffer) {
        return try_on_event(event, buffer).value();
    }

    /// Quotes now, whether or not anything changed; `now` in ns.
    result<span<mm_order_action_t>> try_refresh(std::uint64_t now, span<mm_order_action_t> buffer) noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_engine_refresh(handle_.get(), now, buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_refresh; throws mm::error where that has a failed status.
    span<mm_order_action_t> refresh(std::uint64_t now, span<mm_order_action_t> buffer) {
        return try_refresh(now, buffer).value();
    }

    /// Takes the venue's word on an own order; MM_STALE is for one that is over.
    status try_on_report(const mm_execution_report_t &report) noexcept {
        return status(mm_engine_on_report(handle_.get(), &report));
    }
    /// mm_engine_on_report.
    status on_report(const mm_execution_report_t &report) {
        const mm_status_t code = mm_engine_on_report(handle_.get(), &report);
        detail::check(code);
        return status(code);
    }

    /// There is a gap in the feed that nothing in it tells of.
    void interrupt() { detail::check(mm_engine_interrupt(handle_.get())); }

    /// mm_engine_reserve: room in the book for so many more orders, or levels; allocates.
    void reserve(std::uint32_t additional) { detail::check(mm_engine_reserve(handle_.get(), additional)); }

    /// mm_forecaster_config_init: the defaults.
    static mm_forecaster_config_t forecaster_defaults() noexcept {
        return detail::defaults<mm_forecaster_config_t, mm_forecaster_config_init>();
    }
    /// Attaches a predictor, in place of one that is attached. The engine takes a share of its weights: `network` may be
    /// attached to other engines, be used besides and be destroyed first. Null stands for defaults; `normaliser` is the path
    /// of a safetensors file with the moments of the features. Whether quotes follow is the strategy's (`change_weight`,
    /// `direction_weight`, `volatility_weight`): not at all by default.
    status try_attach_predictor(const predictor &network, const mm_feature_window_config_t *window = nullptr,
                                const mm_forecaster_config_t *forecaster = nullptr,
                                const char *normaliser = nullptr) noexcept {
        return status(
            mm_engine_attach_predictor(handle_.get(), network.get(), window, forecaster, normaliser));
    }
    /// As try_attach_predictor; throws mm::error where that has a failed status.
    void attach_predictor(const predictor &network, const mm_feature_window_config_t *window = nullptr,
                          const mm_forecaster_config_t *forecaster = nullptr, const char *normaliser = nullptr) {
        detail::check(try_attach_predictor(network, window, forecaster, normaliser).code());
    }
    /// Takes the predictor away; fine where none is attached.
    void detach_predictor() { detail::check(mm_engine_detach_predictor(handle_.get())); }
    /// What the attached predictor last said, and whether it still holds; MM_E_NOT_FOUND where none is attached.
    result<mm_prediction_t> try_prediction() const noexcept {
        return detail::one<mm_prediction_t>(
            [&](mm_prediction_t *p) { return mm_engine_prediction(handle_.get(), p); });
    }
    /// As try_prediction; throws mm::error where that has a failed status.
    mm_prediction_t prediction() const { return try_prediction().value(); }
    /// Writes the moments of the attached predictor's features, for an engine that goes on from them.
    status try_save_normaliser(const char *path) const noexcept {
        return status(mm_engine_save_normaliser(handle_.get(), path));
    }
    /// As try_save_normaliser; throws mm::error where that has a failed status.
    void save_normaliser(const char *path) const { detail::check(try_save_normaliser(path).code()); }

    /// mm_engine_stats.
    mm_engine_stats_t stats() const {
        return detail::one<mm_engine_stats_t>([&](mm_engine_stats_t *s) {
                   return mm_engine_stats(handle_.get(), s);
               }).value();
    }
    /// Position and result, money in ticks x lots.
    mm_engine_account_t account() const {
        return detail::one<mm_engine_account_t>([&](mm_engine_account_t *a) {
                   return mm_engine_account(handle_.get(), a);
               }).value();
    }
    /// mm_engine_risk_counters.
    mm_risk_counters_t risk_counters() const {
        return detail::one<mm_risk_counters_t>([&](mm_risk_counters_t *c) {
                   return mm_engine_risk_counters(handle_.get(), c);
               }).value();
    }
    /// Equal for two replays of the same data with the same settings, from any language.
    std::uint64_t state_hash() const {
        return detail::one<std::uint64_t>([&](std::uint64_t *h) {
                   return mm_engine_state_hash(handle_.get(), h);
               }).value();
    }
    /// The best levels of a side, best first.
    span<mm_level_t> levels(side s, span<mm_level_t> buffer) const {
        std::size_t count = 0;
        detail::check(mm_engine_levels(handle_.get(), static_cast<std::uint8_t>(s), buffer.data(), buffer.size(),
                                       &count));
        return buffer.first(count);
    }
    /// Percentiles of a stage, ns.
    mm_latency_t latency(stage s) const {
        return detail::one<mm_latency_t>([&](mm_latency_t *l) {
                   return mm_engine_latency(handle_.get(), static_cast<std::uint8_t>(s), l);
               }).value();
    }
    /// Adds a latency that the host measured.
    void record_latency(stage s, std::uint64_t nanoseconds) {
        detail::check(mm_engine_record_latency(handle_.get(), static_cast<std::uint8_t>(s), nanoseconds));
    }
    /// The switch that stops every new order, for any thread.
    mm::kill_switch kill_switch() const {
        mm_kill_switch_t *handle = nullptr;
        detail::check(mm_engine_kill_switch(handle_.get(), &handle));
        return mm::kill_switch(handle);
    }
    /// A window into the engine's gate, for another thread.
    mm::risk_monitor risk_monitor() const {
        mm_risk_monitor_t *handle = nullptr;
        detail::check(mm_engine_risk_monitor(handle_.get(), &handle));
        return mm::risk_monitor(handle);
    }
    /// mm_engine_risk_set_config.
    status try_set_risk_config(const mm_risk_config_t &config) noexcept {
        return status(mm_engine_risk_set_config(handle_.get(), &config));
    }
    /// As the same functions of mm::risk_gate.
    mm::risk_latches risk_latches() const {
        mm::risk_latches now;
        detail::check(mm_engine_risk_latches(handle_.get(), &now.stored, &now.token));
        return now;
    }
    /// mm_engine_risk_restore.
    status try_restore_risk(const mm_risk_latches_t &stored) noexcept {
        return status(mm_engine_risk_restore(handle_.get(), &stored));
    }
    /// mm_engine_risk_reset.
    status try_reset_risk(std::uint64_t token, const char *reason, std::uint64_t timestamp) noexcept {
        return status(mm_engine_risk_reset(handle_.get(), token, reason, timestamp));
    }

    /// Owns a handle of the C interface.
    static engine adopt(mm_engine_t *handle) noexcept { return engine(handle); }
    /// The handle, still owned.
    mm_engine_t *get() const noexcept { return handle_.get(); }
    /// The handle, the caller's from here on.
    [[nodiscard]] mm_engine_t *release() noexcept { return handle_.release(); }

private:
    explicit engine(mm_engine_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_engine_t, mm_engine_destroy> handle_;
};

/// A simulated venue for replays: exact queue positions on order-by-order feeds, bounded ones on level feeds.
class venue {
public:
    /// mm_venue_config_init: the defaults.
    static mm_venue_config_t defaults() noexcept {
        return detail::defaults<mm_venue_config_t, mm_venue_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit venue(const mm_venue_config_t &config = defaults()) : venue(try_create(config).value()) {}
    /// mm_venue_create.
    static result<venue> try_create(const mm_venue_config_t &config = defaults()) noexcept {
        mm_venue_t *handle = nullptr;
        const mm_status_t code = mm_venue_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return venue(handle);
    }

    /// Sends a request at the time `now`, ns; it arrives after its latency.
    status try_submit(std::uint64_t now, const mm_order_action_t &action) noexcept {
        return status(mm_venue_submit(handle_.get(), now, &action));
    }
    /// mm_venue_submit.
    void submit(std::uint64_t now, const mm_order_action_t &action) {
        detail::check(mm_venue_submit(handle_.get(), now, &action));
    }

    /// How many reports the next event may cause.
    std::size_t reports_needed() const {
        return detail::one<std::size_t>([&](std::size_t *n) {
                   return mm_venue_reports_needed(handle_.get(), n);
               }).value();
    }

    /// What the recorded event does to own orders. Call it with each event before engine::on_event.
    result<span<mm_execution_report_t>> try_on_event(const engine &e, const mm_event_t &event,
                                                     span<mm_execution_report_t> buffer) noexcept {
        std::size_t count = 0;
        const mm_status_t code =
            mm_venue_on_event(handle_.get(), e.get(), &event, buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_on_event; throws mm::error where that has a failed status.
    span<mm_execution_report_t> on_event(const engine &e, const mm_event_t &event,
                                         span<mm_execution_report_t> buffer) {
        return try_on_event(e, event, buffer).value();
    }

    /// The handle, still owned.
    mm_venue_t *get() const noexcept { return handle_.get(); }

private:
    explicit venue(mm_venue_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_venue_t, mm_venue_destroy> handle_;
};

}  // namespace mm

#endif
