// position.hpp: mm::tracker, signed positions in many instruments with exact profit and loss, limits and drawdown.
// Not thread-safe for writing; const functions may run on several threads while nobody writes.
#ifndef MARKET_MAKER_POSITION_HPP
#define MARKET_MAKER_POSITION_HPP

#include "status.hpp"

namespace mm {

/// Positions under one account. Money of an instrument is ticks x lots, of the account account units.
class tracker {
public:
    /// mm_position_tracker_config_init: the defaults.
    static mm_position_tracker_config_t defaults() noexcept {
        return detail::defaults<mm_position_tracker_config_t, mm_position_tracker_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit tracker(const mm_position_tracker_config_t &config = defaults()) : tracker(try_create(config).value()) {}
    /// mm_position_tracker_create.
    static result<tracker> try_create(const mm_position_tracker_config_t &config = defaults()) noexcept {
        mm_position_tracker_t *handle = nullptr;
        const mm_status_t code = mm_position_tracker_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return tracker(handle);
    }

    /// Adds an instrument, flat; `unit_value` is what one tick x lot is worth in account units.
    status try_register(const mm_instrument_t &instrument, std::int64_t unit_value = 1) noexcept {
        return status(mm_position_tracker_register(get(), &instrument, unit_value));
    }
    /// mm_position_tracker_register.
    void register_instrument(const mm_instrument_t &instrument, std::int64_t unit_value = 1) {
        detail::check(mm_position_tracker_register(get(), &instrument, unit_value));
    }
    /// mm_position_tracker_record_fill.
    result<mm_fill_outcome_t> try_record_fill(const mm_fill_t &fill) noexcept {
        return detail::one<mm_fill_outcome_t>(
            [&](mm_fill_outcome_t *o) { return mm_position_tracker_record_fill(get(), &fill, o); });
    }
    /// As try_record_fill; throws mm::error where that has a failed status.
    mm_fill_outcome_t record_fill(const mm_fill_t &fill) { return try_record_fill(fill).value(); }
    /// mm_position_tracker_mark.
    status try_mark(std::uint32_t instrument, std::int64_t price) noexcept {
        return status(mm_position_tracker_mark(get(), instrument, price));
    }
    /// mm_position_tracker_mark.
    void mark(std::uint32_t instrument, std::int64_t price) {
        detail::check(mm_position_tracker_mark(get(), instrument, price));
    }

    /// mm_position_tracker_get.
    result<mm_position_t> try_get(std::uint32_t instrument) const noexcept {
        return detail::one<mm_position_t>(
            [&](mm_position_t *p) { return mm_position_tracker_get(get(), instrument, p); });
    }
    /// mm_position_tracker_positions.
    result<std::size_t> try_positions(span<mm_position_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_position_tracker_positions(get(), out.data(), out.size(), n); });
    }
    /// mm_position_tracker_totals.
    mm_position_totals_t totals() const {
        return detail::one<mm_position_totals_t>([&](mm_position_totals_t *t) {
                   return mm_position_tracker_totals(get(), t);
               }).value();
    }
    /// MM_OK, or the MM_E_LIMIT_* that the fill would exceed.
    status check_position(std::uint32_t instrument, side s, std::uint64_t quantity) const noexcept {
        return status(
            mm_position_tracker_check_position(get(), instrument, static_cast<std::uint8_t>(s), quantity));
    }
    /// MM_OK, MM_E_LIMIT_DAILY_LOSS or MM_E_LIMIT_DRAWDOWN.
    status check_loss() const noexcept { return status(mm_position_tracker_check_loss(get())); }
    /// mm_position_tracker_limits.
    mm_position_limits_t limits() const {
        return detail::one<mm_position_limits_t>([&](mm_position_limits_t *l) {
                   return mm_position_tracker_limits(get(), l);
               }).value();
    }
    /// mm_position_tracker_set_limits.
    status try_set_limits(const mm_position_limits_t &limits) noexcept {
        return status(mm_position_tracker_set_limits(get(), &limits));
    }
    /// The latest trades that fit, oldest first; how many were written.
    std::size_t history(span<mm_trade_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_position_tracker_history(get(), out.data(), out.size(), n);
               }).value();
    }
    /// mm_position_tracker_start_day.
    void start_day() { detail::check(mm_position_tracker_start_day(get())); }
    /// mm_position_tracker_reset.
    void reset() { detail::check(mm_position_tracker_reset(get())); }

    /// The handle, still owned.
    mm_position_tracker_t *get() const noexcept { return handle_.get(); }

private:
    explicit tracker(mm_position_tracker_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_position_tracker_t, mm_position_tracker_destroy> handle_;
};

/// An instrument at its defaults: tick 0.01, lot 1, no fees.
inline mm_instrument_t instrument(std::uint32_t id, double tick = 0.01, double lot = 1.0) noexcept {
    mm_instrument_t made = detail::defaults<mm_instrument_t, mm_instrument_init>();
    made.id = id;
    made.tick = tick;
    made.lot = lot;
    return made;
}

}  // namespace mm

#endif
