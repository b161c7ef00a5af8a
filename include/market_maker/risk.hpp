// risk.hpp: mm::risk_gate, which every order passes or is refused with a typed reason, and mm::kill_switch, which any
// thread may throw. The gate itself has one owner.
#ifndef MARKET_MAKER_RISK_HPP
#define MARKET_MAKER_RISK_HPP

#include "status.hpp"

namespace mm {

/// Turns a gate off. Thread-safe; outlives the gate.
class kill_switch {
public:
    explicit kill_switch(mm_kill_switch_t *handle) noexcept : handle_(handle) {}

    /// Refuses every order from now on.
    void kill() const noexcept { (void)mm_kill_switch_set(handle_.get(), 1); }
    /// Lets orders pass again.
    void revive() const noexcept { (void)mm_kill_switch_set(handle_.get(), 0); }
    bool is_killed() const noexcept {
        std::uint8_t on = 1;
        (void)mm_kill_switch_get(handle_.get(), &on);
        return on != 0;
    }

private:
    detail::owner<mm_kill_switch_t, mm_kill_switch_destroy> handle_;
};

/// The pre-trade gate.
class risk_gate {
public:
    /// No limit anywhere.
    static mm_risk_config_t defaults() noexcept { return detail::defaults<mm_risk_config_t, mm_risk_config_init>(); }

    explicit risk_gate(const mm_risk_config_t &config = defaults()) : risk_gate(try_create(config).value()) {}
    static result<risk_gate> try_create(const mm_risk_config_t &config = defaults()) noexcept {
        mm_risk_gate_t *handle = nullptr;
        const mm_status_t code = mm_risk_gate_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return risk_gate(handle);
    }

    /// MM_OK, or the MM_E_RISK_* of the first failed check; counted either way.
    status check(const mm_order_intent_t &order, const mm_exposure_t &exposure) noexcept {
        return status(mm_risk_gate_check(get(), &order, &exposure));
    }
    status try_set_config(const mm_risk_config_t &config) noexcept {
        return status(mm_risk_gate_set_config(get(), &config));
    }
    void note_cancel(std::uint64_t timestamp) { detail::check(mm_risk_gate_note_cancel(get(), timestamp)); }
    mm_risk_counters_t counters() const {
        return detail::one<mm_risk_counters_t>([&](mm_risk_counters_t *c) {
                   return mm_risk_gate_counters(get(), c);
               }).value();
    }
    /// The gate's switch; all of a gate's switches are one.
    mm::kill_switch kill_switch() const {
        mm_kill_switch_t *handle = nullptr;
        detail::check(mm_risk_gate_kill_switch(get(), &handle));
        return mm::kill_switch(handle);
    }

    /// The handle, still owned.
    mm_risk_gate_t *get() const noexcept { return handle_.get(); }

private:
    explicit risk_gate(mm_risk_gate_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_risk_gate_t, mm_risk_gate_destroy> handle_;
};

}  // namespace mm

#endif
