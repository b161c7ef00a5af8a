// orders.hpp: mm::order_manager, own orders at the venue and the decision what to send; mm::shutdown, its orderly end; mm::try_route,
// which venues an order goes to. One owner each; they send nothing, they write actions into the caller's array.
#ifndef MARKET_MAKER_ORDERS_HPP
#define MARKET_MAKER_ORDERS_HPP

#include "risk.hpp"
#include "status.hpp"

namespace mm {

/// What a decision wrote.
struct decision {
    /// Actions in the caller's array.
    std::size_t actions = 0;
    /// Refused and held quotes.
    mm_decision_t outcome{};
};

/// What a submission wrote.
struct submission {
    /// Actions in the caller's array, in the order in which they are to be sent.
    std::size_t actions = 0;
    /// Lots that are sent, or why none are.
    mm_submission_t outcome{};
};

/// Working orders of one instrument.
class order_manager {
public:
    /// mm_order_manager_config_init: the defaults.
    static mm_order_manager_config_t defaults() noexcept {
        return detail::defaults<mm_order_manager_config_t, mm_order_manager_config_init>();
    }

    /// As try_create; throws mm::error where that has a failed status.
    explicit order_manager(const mm_order_manager_config_t &config = defaults())
        : order_manager(try_create(config).value()) {}
    /// mm_order_manager_create.
    static result<order_manager> try_create(const mm_order_manager_config_t &config = defaults()) noexcept {
        mm_order_manager_t *handle = nullptr;
        const mm_status_t code = mm_order_manager_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return order_manager(handle);
    }

    /// The messages that close the gap between what is wanted and what works; room for 8 is always enough.
    result<decision> try_decide(risk_gate &gate, const mm_wanted_quotes_t &wanted, const mm_market_top_t &top,
                                span<mm_order_action_t> actions) noexcept {
        decision done;
        const mm_status_t code = mm_order_manager_decide(get(), gate.get(), &wanted, &top, actions.data(),
                                                         actions.size(), &done.actions, &done.outcome);
        if (code < 0) {
            return status(code);
        }
        return done;
    }
    /// As try_decide; throws mm::error where that has a failed status.
    decision decide(risk_gate &gate, const mm_wanted_quotes_t &wanted, const mm_market_top_t &top,
                    span<mm_order_action_t> actions) {
        return try_decide(gate, wanted, top, actions).value();
    }
    /// mm_order_manager_place.
    result<mm_order_action_t> try_place(risk_gate &gate, const mm_order_request_t &request,
                                        const mm_market_top_t &top) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_place(get(), gate.get(), &request, &top, a);
        });
    }
    /// mm_order_manager_replace.
    result<mm_order_action_t> try_replace(risk_gate &gate, std::uint64_t id, const mm_order_request_t &request,
                                          const mm_market_top_t &top) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_replace(get(), gate.get(), id, &request, &top, a);
        });
    }
    /// mm_order_manager_cancel.
    result<mm_order_action_t> try_cancel(risk_gate &gate, std::uint64_t id, std::uint64_t timestamp) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_cancel(get(), gate.get(), id, timestamp, a);
        });
    }
    /// mm_order_manager_cancel_all.
    result<std::size_t> try_cancel_all(risk_gate &gate, std::uint64_t timestamp,
                                       span<mm_order_action_t> actions) noexcept {
        return detail::counted([&](std::size_t *n) {
            return mm_order_manager_cancel_all(get(), gate.get(), timestamp, actions.data(), actions.size(), n);
        });
    }
    /// Places an order and moves own orders that it would meet out of its way as the gate's self_trade says; room for one more than
    /// there are working orders is always enough. A refusal by the gate is no failure.
    result<submission> try_submit(risk_gate &gate, const mm_order_request_t &request, const mm_market_top_t &top,
                                  span<mm_order_action_t> actions) noexcept {
        submission done;
        const mm_status_t code = mm_order_manager_submit(get(), gate.get(), &request, &top, actions.data(),
                                                         actions.size(), &done.actions, &done.outcome);
        if (code < 0) {
            return status(code);
        }
        return done;
    }
    /// As try_submit; throws mm::error where that has a failed status.
    submission submit(risk_gate &gate, const mm_order_request_t &request, const mm_market_top_t &top,
                      span<mm_order_action_t> actions) {
        return try_submit(gate, request, top, actions).value();
    }
    /// Marks orders whose request has waited for longer than `timeout_ns` as unknown; how many are.
    std::size_t expire(std::uint64_t timestamp, std::uint64_t timeout_ns) {
        return detail::counted([&](std::size_t *n) {
                   return mm_order_manager_expire(get(), timestamp, timeout_ns, n);
               }).value();
    }
    /// Differences between the venue's word and ours; those that do not fit are counted. Changes nothing.
    result<mm_reconciliation_t> try_reconcile(span<const mm_venue_order_t> orders,
                                              const mm_venue_snapshot_t &snapshot,
                                              span<mm_break_t> breaks) const noexcept {
        return detail::one<mm_reconciliation_t>([&](mm_reconciliation_t *r) {
            return mm_order_manager_reconcile(get(), orders.data(), orders.size(), &snapshot, breaks.data(),
                                              breaks.size(), r);
        });
    }
    /// As try_reconcile; throws mm::error where that has a failed status.
    mm_reconciliation_t reconcile(span<const mm_venue_order_t> orders, const mm_venue_snapshot_t &snapshot,
                                  span<mm_break_t> breaks) const {
        return try_reconcile(orders, snapshot, breaks).value();
    }
    /// Makes the venue's word ours; how many of its orders could not be taken over.
    result<std::size_t> try_adopt(span<const mm_venue_order_t> orders, const mm_venue_snapshot_t &snapshot) noexcept {
        return detail::counted([&](std::size_t *left) {
            return mm_order_manager_adopt(get(), orders.data(), orders.size(), &snapshot, left);
        });
    }
    /// As try_adopt; throws mm::error where that has a failed status.
    std::size_t adopt(span<const mm_venue_order_t> orders, const mm_venue_snapshot_t &snapshot) {
        return try_adopt(orders, snapshot).value();
    }
    /// Counts a fill id as seen, after a restart.
    void remember_fill(std::uint64_t fill_id) { detail::check(mm_order_manager_remember_fill(get(), fill_id)); }

    /// Follows one report of the venue; the order after it.
    result<mm_order_t> try_on_report(const mm_execution_report_t &report) noexcept {
        return detail::one<mm_order_t>(
            [&](mm_order_t *o) { return mm_order_manager_on_report(get(), &report, o, nullptr); });
    }
    /// As try_on_report; throws mm::error where that has a failed status.
    mm_order_t on_report(const mm_execution_report_t &report) { return try_on_report(report).value(); }

    /// mm_order_manager_order.
    result<mm_order_t> try_order(std::uint64_t id) const noexcept {
        return detail::one<mm_order_t>([&](mm_order_t *o) { return mm_order_manager_order(get(), id, o); });
    }
    /// mm_order_manager_orders.
    result<std::size_t> try_orders(span<mm_order_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_order_manager_orders(get(), out.data(), out.size(), n); });
    }
    /// Lots of one side that can still trade at most.
    std::uint64_t working(side s) const {
        return detail::one<std::uint64_t>([&](std::uint64_t *lots) {
                   return mm_order_manager_working(get(), static_cast<std::uint8_t>(s), lots);
               }).value();
    }

    /// The sequence number of the next order: what a restarted host passes as first_sequence.
    std::uint64_t next_sequence() const {
        return detail::one<std::uint64_t>([&](std::uint64_t *n) {
                   return mm_order_manager_next_sequence(get(), n);
               }).value();
    }

    /// The handle, still owned.
    mm_order_manager_t *get() const noexcept { return handle_.get(); }

private:
    explicit order_manager(mm_order_manager_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_order_manager_t, mm_order_manager_destroy> handle_;
};

/// An orderly shutdown: cancel all, then flatten by policy, then say what is left.
class shutdown {
public:
    /// mm_shutdown_config_init: the defaults.
    static mm_shutdown_config_t defaults() noexcept {
        return detail::defaults<mm_shutdown_config_t, mm_shutdown_config_init>();
    }

    /// Begins: from here on the gate lets only reducing orders pass, and stays so.
    shutdown(risk_gate &gate, std::uint64_t timestamp, const mm_shutdown_config_t &config = defaults())
        : shutdown(try_begin(gate, timestamp, config).value()) {}
    /// mm_shutdown_begin.
    static result<shutdown> try_begin(risk_gate &gate, std::uint64_t timestamp,
                                      const mm_shutdown_config_t &config = defaults()) noexcept {
        mm_shutdown_t *handle = nullptr;
        const mm_status_t code = mm_shutdown_begin(&config, gate.get(), timestamp, &handle);
        if (code < 0) {
            return status(code);
        }
        return shutdown(handle);
    }

    /// What is to be sent now; room for one more than there are working orders is always enough. After every report and on a
    /// timer, until the report says that it is over.
    result<std::size_t> try_step(order_manager &orders, risk_gate &gate, const mm_market_top_t &top,
                                 span<mm_order_action_t> actions) noexcept {
        return detail::counted([&](std::size_t *n) {
            return mm_shutdown_step(get(), orders.get(), gate.get(), &top, actions.data(), actions.size(), n);
        });
    }
    /// As try_step; throws mm::error where that has a failed status.
    std::size_t step(order_manager &orders, risk_gate &gate, const mm_market_top_t &top,
                     span<mm_order_action_t> actions) {
        return try_step(orders, gate, top, actions).value();
    }
    /// What has been done and what is left, with `position` lots held.
    mm_shutdown_report_t report(const order_manager &orders, std::int64_t position) const {
        return detail::one<mm_shutdown_report_t>([&](mm_shutdown_report_t *r) {
                   return mm_shutdown_report(get(), orders.get(), position, r);
               }).value();
    }

    /// The handle, still owned.
    mm_shutdown_t *get() const noexcept { return handle_.get(); }

private:
    explicit shutdown(mm_shutdown_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_shutdown_t, mm_shutdown_destroy> handle_;
};

/// Where an order goes.
struct routing {
    /// The first elements of the caller's array, cheapest first.
    span<mm_route_t> routes;
    /// Lots that no venue takes.
    std::uint64_t left = 0;
};

/// Routes an order over venues, with the reason of each route; `buffer` has room for as many as there are offers. Thread-safe.
inline result<routing> try_route(const mm_route_request_t &request, span<const mm_venue_offer_t> offers,
                                 span<mm_route_t> buffer) noexcept {
    routing done;
    std::size_t count = 0;
    const mm_status_t code =
        mm_route(&request, offers.data(), offers.size(), buffer.data(), buffer.size(), &count, &done.left);
    if (code < 0) {
        return status(code);
    }
    done.routes = buffer.first(count);
    return done;
}
/// As try_route; throws mm::error where that has a failed status.
inline routing route(const mm_route_request_t &request, span<const mm_venue_offer_t> offers,
                     span<mm_route_t> buffer) {
    return try_route(request, offers, buffer).value();
}

}  // namespace mm

#endif
