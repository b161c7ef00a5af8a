// risk.hpp: mm::risk_gate, which every order passes or is refused with a typed reason. The gate has one owner; any thread may have
// an mm::kill_switch and an mm::risk_monitor of it, and both outlive it.
#ifndef MARKET_MAKER_RISK_HPP
#define MARKET_MAKER_RISK_HPP

#include "status.hpp"

namespace mm {

/// Turns a gate off. Thread-safe; outlives the gate.
class kill_switch {
public:
    /// Owns a handle of the C interface.
    explicit kill_switch(mm_kill_switch_t *handle) noexcept : handle_(handle) {}

    /// Refuses every order from now on: when it returns no order passes any more.
    void kill() const noexcept { (void)mm_kill_switch_set(handle_.get(), 1); }
    /// The same without waiting for the check that the gate may be busy with; also from a signal handler.
    void request() const noexcept { (void)mm_kill_switch_request(handle_.get()); }
    /// Lets orders pass again.
    void revive() const noexcept { (void)mm_kill_switch_set(handle_.get(), 0); }
    /// mm_kill_switch_get.
    bool is_killed() const noexcept {
        std::uint8_t on = 1;
        (void)mm_kill_switch_get(handle_.get(), &on);
        return on != 0;
    }

private:
    detail::owner<mm_kill_switch_t, mm_kill_switch_destroy> handle_;
};

/// The name of a check by its MM_E_RISK_*: "daily_loss"; "unknown" for another status. Static storage.
inline const char *risk_check_name(status refusal) noexcept {
    const mm_status_t number = -200 - refusal.code();
    return mm_risk_check_name(number > 0 && number < 256 ? static_cast<std::uint8_t>(number) : std::uint8_t{0});
}

/// What the gate may do.
enum class trading_state : std::uint8_t {
    active = MM_TRADING_ACTIVE,
    reduce_only = MM_TRADING_REDUCE_ONLY,
    halted = MM_TRADING_HALTED,
};

/// A window into a gate. Thread-safe, wait-free; outlives the gate.
class risk_monitor {
public:
    /// Owns a handle of the C interface.
    explicit risk_monitor(mm_risk_monitor_t *handle) noexcept : handle_(handle) {}

    /// Everything that the gate measures.
    mm_risk_metrics_t metrics() const {
        return detail::one<mm_risk_metrics_t>([&](mm_risk_metrics_t *m) {
                   return mm_risk_monitor_metrics(handle_.get(), m);
               }).value();
    }
    /// One row for each check: which limits are set, have been asked and are fed; room for 64 is always enough.
    result<span<mm_risk_coverage_t>> try_coverage(span<mm_risk_coverage_t> buffer) const noexcept {
        std::size_t count = 0;
        const mm_status_t code = mm_risk_coverage(handle_.get(), buffer.data(), buffer.size(), &count);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_coverage; throws mm::error where that has a failed status.
    span<mm_risk_coverage_t> coverage(span<mm_risk_coverage_t> buffer) const { return try_coverage(buffer).value(); }
    /// The decisions from `cursor` on, as many as there are and fit; the cursor moves behind them. `lost` gets how many were
    /// overwritten before they were read. Begin with 0; each reader has a cursor of its own.
    result<span<mm_audit_record_t>> try_audit(std::uint64_t &cursor, span<mm_audit_record_t> buffer,
                                              std::uint64_t *lost = nullptr) const noexcept {
        std::size_t count = 0;
        const mm_status_t code =
            mm_risk_monitor_audit(handle_.get(), &cursor, buffer.data(), buffer.size(), &count, lost);
        if (code < 0) {
            return status(code);
        }
        return buffer.first(count);
    }
    /// As try_audit; throws mm::error where that has a failed status.
    span<mm_audit_record_t> audit(std::uint64_t &cursor, span<mm_audit_record_t> buffer,
                                  std::uint64_t *lost = nullptr) const {
        return try_audit(cursor, buffer, lost).value();
    }
    /// A sign of life at `timestamp` ns, for the dead-man's switch.
    void ping(std::uint64_t timestamp) const noexcept { (void)mm_risk_monitor_ping(handle_.get(), timestamp); }
    /// From the gate's next order on. Where an order under way must not slip through there is the kill switch.
    void set_state(trading_state state) const noexcept {
        (void)mm_risk_monitor_set_state(handle_.get(), static_cast<std::uint8_t>(state));
    }

    /// The handle, still owned.
    mm_risk_monitor_t *get() const noexcept { return handle_.get(); }

private:
    detail::owner<mm_risk_monitor_t, mm_risk_monitor_destroy> handle_;
};

/// Latches and kill switch as they are, to be stored, and what a reset must show (0 while nothing is latched).
struct risk_latches {
    /// To be written down.
    mm_risk_latches_t stored{};
    /// What a reset must show; 0 while nothing is latched.
    std::uint64_t token = 0;
};

/// What a gate would say of any order of an instrument.
struct risk_stance {
    /// MM_OK when it depends on the order, else the MM_E_RISK_* for which quotes are to be withdrawn.
    mm_status_t reason = MM_OK;
    /// Orders that reduce the position may pass all the same.
    bool reduce_only = false;
};

/// Value at risk and expected shortfall.
struct tail_risk {
    /// A loss, positive.
    double value_at_risk = 0;
    /// The mean loss beyond it.
    double expected_shortfall = 0;

    /// Of an exposure whose returns are normal with mean zero: `volatility` of one period, a `confidence` of 0.5 to 1.
    static result<tail_risk> try_normal(double exposure, double volatility, double periods,
                                        double confidence) noexcept {
        return detail::one<tail_risk>([&](tail_risk *t) {
            return mm_normal_tail_risk(exposure, volatility, periods, confidence, &t->value_at_risk,
                                       &t->expected_shortfall);
        });
    }
    /// Of past losses, which are positive; they are reordered.
    static result<tail_risk> try_historical(span<double> losses, double confidence) noexcept {
        return detail::one<tail_risk>([&](tail_risk *t) {
            return mm_historical_tail_risk(losses.data(), losses.size(), confidence, &t->value_at_risk,
                                           &t->expected_shortfall);
        });
    }
};

/// The pre-trade gate.
class risk_gate {
public:
    /// No limit anywhere.
    static mm_risk_config_t defaults() noexcept { return detail::defaults<mm_risk_config_t, mm_risk_config_init>(); }

    /// As try_create; throws mm::error.
    explicit risk_gate(const mm_risk_config_t &config = defaults()) : risk_gate(try_create(config).value()) {}
    /// mm_risk_gate_create.
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
    /// The same with everything that the checks look at.
    status check(const mm_risk_order_t &order) noexcept { return status(mm_risk_gate_check_order(get(), &order)); }
    /// The same for a price (ticks) and a quantity (lots) that are doubles.
    status check(const mm_risk_order_t &order, double price, double quantity) noexcept {
        return status(mm_risk_gate_check_decimal(get(), &order, price, quantity));
    }
    /// What it would say of any order of the instrument now. Counts nothing.
    risk_stance stance(std::uint32_t instrument, std::uint64_t timestamp) {
        risk_stance now;
        std::uint8_t reduces = 0;
        detail::check(mm_risk_gate_stance(get(), instrument, timestamp, &now.reason, &reduces));
        now.reduce_only = reduces != 0;
        return now;
    }

    /// mm_risk_gate_set_config.
    status try_set_config(const mm_risk_config_t &config) noexcept {
        return status(mm_risk_gate_set_config(get(), &config));
    }
    /// As try_set_config; throws mm::error where that has a failed status.
    void set_config(const mm_risk_config_t &config) { detail::check(try_set_config(config).code()); }
    /// Rules of an instrument's own, and a line in the gate's table.
    status try_set_rules(std::uint32_t instrument, const mm_instrument_rules_t &rules) noexcept {
        return status(mm_risk_gate_set_rules(get(), instrument, &rules));
    }
    /// As try_set_rules; throws mm::error where that has a failed status.
    void set_rules(std::uint32_t instrument, const mm_instrument_rules_t &rules) {
        detail::check(try_set_rules(instrument, rules).code());
    }
    /// Switches a check, named by its MM_E_RISK_*, on or off.
    status try_set_enabled(mm_status_t check, bool on) noexcept {
        return status(mm_risk_gate_set_enabled(get(), check, on ? 1 : 0));
    }
    /// As try_set_enabled; throws mm::error where that has a failed status.
    void set_enabled(mm_status_t check, bool on) { detail::check(try_set_enabled(check, on).code()); }
    /// mm_risk_gate_set_state.
    void set_state(trading_state state, std::uint64_t timestamp) {
        detail::check(mm_risk_gate_set_state(get(), static_cast<std::uint8_t>(state), timestamp));
    }
    /// The daily loss is measured from the equity as it is, and orders and fills are counted from 0.
    void new_day(std::uint64_t timestamp) { detail::check(mm_risk_gate_new_day(get(), timestamp)); }
    /// Equity at the day's start and at its peak, for an account that goes on after a restart.
    void set_baseline(std::int64_t day_start, std::int64_t peak) {
        detail::check(mm_risk_gate_set_baseline(get(), day_start, peak));
    }

    /// What the checks measure: market data, fills, profit, reconciliations, time.
    void on_market(const mm_risk_market_t &market) { detail::check(mm_risk_gate_on_market(get(), &market)); }
    /// mm_risk_gate_on_data.
    void on_data(std::uint32_t instrument, std::uint64_t timestamp) {
        detail::check(mm_risk_gate_on_data(get(), instrument, timestamp));
    }
    /// mm_risk_gate_on_sequence.
    void on_sequence(std::uint32_t instrument, std::uint64_t sequence, std::uint64_t timestamp) {
        detail::check(mm_risk_gate_on_sequence(get(), instrument, sequence, timestamp));
    }
    /// mm_risk_gate_on_recovered.
    void on_recovered(std::uint32_t instrument, std::uint64_t sequence, std::uint64_t timestamp) {
        detail::check(mm_risk_gate_on_recovered(get(), instrument, sequence, timestamp));
    }
    /// What an instrument's position and working orders are now.
    void observe(const mm_risk_order_t &order) { detail::check(mm_risk_gate_observe(get(), &order)); }
    /// One of our orders traded; each fill once.
    void on_fill(const mm_risk_fill_t &fill) { detail::check(mm_risk_gate_on_fill(get(), &fill)); }
    /// mm_risk_gate_on_account.
    void on_account(const mm_risk_account_t &account) { detail::check(mm_risk_gate_on_account(get(), &account)); }
    /// mm_risk_gate_on_volatility.
    status try_on_volatility(std::uint32_t instrument, double volatility) noexcept {
        return status(mm_risk_gate_on_volatility(get(), instrument, volatility));
    }
    /// mm_risk_gate_on_return.
    status try_on_return(std::uint32_t instrument, double value) noexcept {
        return status(mm_risk_gate_on_return(get(), instrument, value));
    }
    /// Measures the tail of the positions at their marks; for a timer.
    tail_risk update_tail_risk(std::uint64_t timestamp) {
        tail_risk measured;
        detail::check(mm_risk_gate_update_tail_risk(get(), timestamp, &measured.value_at_risk,
                                                    &measured.expected_shortfall));
        return measured;
    }
    /// mm_risk_gate_on_reconciliation.
    void on_reconciliation(std::uint32_t breaks, std::uint64_t timestamp) {
        detail::check(mm_risk_gate_on_reconciliation(get(), breaks, timestamp));
    }
    /// mm_risk_gate_advance.
    void advance(std::uint64_t timestamp) { detail::check(mm_risk_gate_advance(get(), timestamp)); }

    /// To be stored whenever the monitor's latch_sequence has moved.
    risk_latches latches() const {
        risk_latches now;
        detail::check(mm_risk_gate_latches(get(), &now.stored, &now.token));
        return now;
    }
    /// Takes over what was stored; opens nothing.
    status try_restore(const mm_risk_latches_t &stored) noexcept {
        return status(mm_risk_gate_restore(get(), &stored));
    }
    /// As try_restore; throws mm::error where that has a failed status.
    void restore(const mm_risk_latches_t &stored) { detail::check(try_restore(stored).code()); }
    /// Opens every latch: with the token of the latches as they are, and a reason of 1 to 32 bytes.
    status try_reset(std::uint64_t token, const char *reason, std::uint64_t timestamp) noexcept {
        return status(mm_risk_gate_reset(get(), token, reason, timestamp));
    }
    /// As try_reset; throws mm::error where that has a failed status.
    void reset(std::uint64_t token, const char *reason, std::uint64_t timestamp) {
        detail::check(try_reset(token, reason, timestamp).code());
    }

    /// mm_risk_gate_note_cancel.
    void note_cancel(std::uint64_t timestamp) { detail::check(mm_risk_gate_note_cancel(get(), timestamp)); }
    /// mm_risk_gate_counters.
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
    /// A window into the gate for another thread.
    risk_monitor monitor() const {
        mm_risk_monitor_t *handle = nullptr;
        detail::check(mm_risk_gate_monitor(get(), &handle));
        return risk_monitor(handle);
    }

    /// The handle, still owned.
    mm_risk_gate_t *get() const noexcept { return handle_.get(); }

private:
    explicit risk_gate(mm_risk_gate_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_risk_gate_t, mm_risk_gate_destroy> handle_;
};

}  // namespace mm

#endif
