// orders.hpp: mm::order_manager, own orders at the venue and the decision what to send. One owner; it sends nothing, it
// writes actions into the caller's array.
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

/// Working orders of one instrument.
class order_manager {
public:
    static mm_order_manager_config_t defaults() noexcept {
        return detail::defaults<mm_order_manager_config_t, mm_order_manager_config_init>();
    }

    explicit order_manager(const mm_order_manager_config_t &config = defaults())
        : order_manager(try_create(config).value()) {}
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
    decision decide(risk_gate &gate, const mm_wanted_quotes_t &wanted, const mm_market_top_t &top,
                    span<mm_order_action_t> actions) {
        return try_decide(gate, wanted, top, actions).value();
    }
    result<mm_order_action_t> try_place(risk_gate &gate, const mm_order_request_t &request,
                                        const mm_market_top_t &top) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_place(get(), gate.get(), &request, &top, a);
        });
    }
    result<mm_order_action_t> try_replace(risk_gate &gate, std::uint64_t id, const mm_order_request_t &request,
                                          const mm_market_top_t &top) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_replace(get(), gate.get(), id, &request, &top, a);
        });
    }
    result<mm_order_action_t> try_cancel(risk_gate &gate, std::uint64_t id, std::uint64_t timestamp) noexcept {
        return detail::one<mm_order_action_t>([&](mm_order_action_t *a) {
            return mm_order_manager_cancel(get(), gate.get(), id, timestamp, a);
        });
    }
    result<std::size_t> try_cancel_all(risk_gate &gate, std::uint64_t timestamp,
                                       span<mm_order_action_t> actions) noexcept {
        return detail::counted([&](std::size_t *n) {
            return mm_order_manager_cancel_all(get(), gate.get(), timestamp, actions.data(), actions.size(), n);
        });
    }
    /// Follows one report of the venue; the order after it.
    result<mm_order_t> try_on_report(const mm_execution_report_t &report) noexcept {
        return detail::one<mm_order_t>(
            [&](mm_order_t *o) { return mm_order_manager_on_report(get(), &report, o, nullptr); });
    }
    mm_order_t on_report(const mm_execution_report_t &report) { return try_on_report(report).value(); }

    result<mm_order_t> try_order(std::uint64_t id) const noexcept {
        return detail::one<mm_order_t>([&](mm_order_t *o) { return mm_order_manager_order(get(), id, o); });
    }
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

    /// The handle, still owned.
    mm_order_manager_t *get() const noexcept { return handle_.get(); }

private:
    explicit order_manager(mm_order_manager_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_order_manager_t, mm_order_manager_destroy> handle_;
};

}  // namespace mm

#endif
