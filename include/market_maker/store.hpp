// store.hpp: mm::store, positions, working orders and latches in a file that survives the process, and mm::store_reader, a view
// of one beside its writer. One owner each. Nothing allocates after opening.
#ifndef MARKET_MAKER_STORE_HPP
#define MARKET_MAKER_STORE_HPP

#include "orders.hpp"
#include "position.hpp"
#include "status.hpp"

#include <cstring>

namespace mm {

/// Whether the fill ids of an instrument can be compared for more than equality.
enum class fill_ids : std::uint8_t { any = MM_FILL_IDS_ANY, increasing = MM_FILL_IDS_INCREASING };

/// What became of an event that was not refused.
struct applied {
    /// MM_OK, MM_DUPLICATE (nothing has changed) or MM_UNSYNCED.
    status remark;
    /// What its fill did, if it had one and is no duplicate.
    mm_fill_outcome_t outcome{};

    /// Whether the event was applied before and has changed nothing.
    bool is_duplicate() const noexcept { return remark.code() == MM_DUPLICATE; }
    /// Applied, but the sync that was due failed: it would not survive a loss of power.
    bool is_unsynced() const noexcept { return remark.code() == MM_UNSYNCED; }
};

/// A store with this process as its writer.
class store {
public:
    /// mm_store_config_init: the defaults.
    static mm_store_config_t defaults() noexcept {
        return detail::defaults<mm_store_config_t, mm_store_config_init>();
    }

    /// Opens or makes the file, as `config.mode` says.
    explicit store(const char *path, const mm_store_config_t &config = defaults())
        : store(try_open(path, config).value()) {}
    /// mm_store_open.
    static result<store> try_open(const char *path, const mm_store_config_t &config = defaults()) noexcept {
        mm_store_t *handle = nullptr;
        const mm_status_t code = mm_store_open(path, &config, &handle);
        if (code < 0) {
            return status(code);
        }
        return store(handle);
    }
    /// Puts a file of other capacities in the place of this one, with the same state. `path` is that of the opening.
    status try_resize(const char *path, const mm_store_config_t &config) noexcept {
        return status(mm_store_resize(get(), path, &config));
    }

    /// Adds an instrument, flat; `unit_value` is what one tick x lot is worth in account units.
    status try_register(const mm_instrument_t &instrument, std::int64_t unit_value = 1,
                        fill_ids order = fill_ids::any) noexcept {
        return status(mm_store_register(get(), &instrument, unit_value, static_cast<std::uint8_t>(order)));
    }
    /// As try_register; throws mm::error where that has a failed status.
    void register_instrument(const mm_instrument_t &instrument, std::int64_t unit_value = 1,
                             fill_ids order = fill_ids::any) {
        detail::check(try_register(instrument, unit_value, order).code());
    }
    /// Books a fill under the venue's id and the host's sequence, 0 for none; it survives the process when this returns.
    result<applied> try_record_fill(const mm_fill_t &fill, std::uint64_t fill_id = 0,
                                    std::uint64_t sequence = 0) noexcept {
        return done([&](mm_fill_outcome_t *o) { return mm_store_record_fill(get(), &fill, fill_id, sequence, o); });
    }
    /// As try_record_fill; throws mm::error where that has a failed status.
    applied record_fill(const mm_fill_t &fill, std::uint64_t fill_id = 0, std::uint64_t sequence = 0) {
        return try_record_fill(fill, fill_id, sequence).value();
    }
    /// Applies an event, its fill or mark, orders and latches, as a whole.
    result<applied> try_apply(const mm_store_update_t &update) noexcept {
        return done([&](mm_fill_outcome_t *o) { return mm_store_apply(get(), &update, o); });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    applied apply(const mm_store_update_t &update) { return try_apply(update).value(); }
    /// Values an instrument's open lots at a price.
    status try_mark(std::uint32_t instrument, std::int64_t price) noexcept {
        mm_store_update_t update{};
        update.instrument = instrument;
        update.has_instrument = 1;
        update.has_mark = 1;
        update.mark = price;
        return status(mm_store_apply(get(), &update, nullptr));
    }
    /// As try_mark; throws mm::error where that has a failed status.
    void mark(std::uint32_t instrument, std::int64_t price) { detail::check(try_mark(instrument, price).code()); }
    /// Begins a new day.
    status try_start_day(std::uint64_t sequence = 0) noexcept { return status(mm_store_start_day(get(), sequence)); }
    /// Forgets every trade; what was applied stays.
    status try_reset(std::uint64_t sequence = 0) noexcept { return status(mm_store_reset(get(), sequence)); }
    /// Takes over a tracker's positions and account.
    status try_import(const tracker &from) noexcept { return status(mm_store_import(get(), from.get())); }
    /// Puts the positions and the account into a tracker.
    status try_export(tracker &to) const noexcept { return status(mm_store_export(get(), to.get())); }
    /// mm_store_set_limits.
    status try_set_limits(const mm_position_limits_t &limits) noexcept {
        return status(mm_store_set_limits(get(), &limits));
    }

    /// Makes everything safe from a loss of power.
    status try_sync() noexcept { return status(mm_store_sync(get())); }
    /// mm_store_sync.
    void sync() { detail::check(mm_store_sync(get())); }
    /// Syncs when the policy asks for it at this time, ns.
    status try_tick(std::uint64_t now) noexcept { return status(mm_store_tick(get(), now)); }
    /// Reads the file again in place of what is in memory.
    status try_reload() noexcept { return status(mm_store_reload(get())); }

    /// mm_store_info.
    mm_store_info_t info() const {
        return detail::one<mm_store_info_t>([&](mm_store_info_t *i) { return mm_store_info(get(), i); }).value();
    }
    /// mm_store_position.
    result<mm_position_t> try_get(std::uint32_t instrument) const noexcept {
        return detail::one<mm_position_t>([&](mm_position_t *p) { return mm_store_position(get(), instrument, p); });
    }
    /// mm_store_positions.
    result<std::size_t> try_positions(span<mm_position_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_store_positions(get(), out.data(), out.size(), n); });
    }
    /// mm_store_totals.
    mm_position_totals_t totals() const {
        return detail::one<mm_position_totals_t>([&](mm_position_totals_t *t) {
                   return mm_store_totals(get(), t);
               }).value();
    }
    /// MM_OK, or the MM_E_LIMIT_* that the fill would exceed.
    status check_position(std::uint32_t instrument, side s, std::uint64_t quantity) const noexcept {
        return status(mm_store_check_position(get(), instrument, static_cast<std::uint8_t>(s), quantity));
    }
    /// MM_OK, MM_E_LIMIT_DAILY_LOSS or MM_E_LIMIT_DRAWDOWN.
    status check_loss() const noexcept { return status(mm_store_check_loss(get())); }
    /// mm_store_limits.
    mm_position_limits_t limits() const {
        return detail::one<mm_position_limits_t>([&](mm_position_limits_t *l) {
                   return mm_store_limits(get(), l);
               }).value();
    }
    /// Where a replay of an instrument's events may begin.
    result<mm_store_applied_t> try_applied(std::uint32_t instrument) const noexcept {
        return detail::one<mm_store_applied_t>(
            [&](mm_store_applied_t *a) { return mm_store_applied(get(), instrument, a); });
    }
    /// The remembered fill ids of an instrument, oldest first.
    result<std::size_t> try_fill_ids(std::uint32_t instrument, span<std::uint64_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_store_fill_ids(get(), instrument, out.data(), out.size(), n); });
    }
    /// mm_store_orders.
    result<std::size_t> try_orders(span<mm_store_order_t> out) const noexcept {
        return detail::counted([&](std::size_t *n) { return mm_store_orders(get(), out.data(), out.size(), n); });
    }
    /// The latches that are set.
    result<std::size_t> try_latches(span<mm_store_latch_t> out) const noexcept {
        return detail::counted([&](std::size_t *n) { return mm_store_latches(get(), out.data(), out.size(), n); });
    }
    /// The latest trades that fit, oldest first; how many were written.
    std::size_t history(span<mm_trade_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_store_history(get(), out.data(), out.size(), n);
               }).value();
    }

    /// The handle, still owned.
    mm_store_t *get() const noexcept { return handle_.get(); }

private:
    explicit store(mm_store_t *handle) noexcept : handle_(handle) {}
    template <class Call>
    static result<applied> done(Call &&call) noexcept {
        applied what;
        const mm_status_t code = call(&what.outcome);
        if (code < 0) {
            return status(code);
        }
        what.remark = status(code);
        return what;
    }
    detail::owner<mm_store_t, mm_store_destroy> handle_;
};

/// A view of a store that another handle, often of another process, writes. Takes no lock.
class store_reader {
public:
    /// As try_open; throws mm::error.
    explicit store_reader(const char *path) : store_reader(try_open(path).value()) {}
    /// mm_store_reader_open.
    static result<store_reader> try_open(const char *path) noexcept {
        mm_store_reader_t *handle = nullptr;
        const mm_status_t code = mm_store_reader_open(path, &handle);
        if (code < 0) {
            return status(code);
        }
        return store_reader(handle);
    }

    /// Copies the state after the last event, whole; the functions below show it until the next call that succeeds.
    status try_refresh() noexcept { return status(mm_store_reader_refresh(get())); }
    /// mm_store_reader_refresh.
    void refresh() { detail::check(mm_store_reader_refresh(get())); }
    /// mm_store_reader_info.
    mm_store_info_t info() const {
        return detail::one<mm_store_info_t>([&](mm_store_info_t *i) {
                   return mm_store_reader_info(get(), i);
               }).value();
    }
    /// mm_store_reader_positions.
    result<std::size_t> try_positions(span<mm_position_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_store_reader_positions(get(), out.data(), out.size(), n); });
    }
    /// mm_store_reader_orders.
    result<std::size_t> try_orders(span<mm_store_order_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_store_reader_orders(get(), out.data(), out.size(), n); });
    }

    /// The handle, still owned.
    mm_store_reader_t *get() const noexcept { return handle_.get(); }

private:
    explicit store_reader(mm_store_reader_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_store_reader_t, mm_store_reader_destroy> handle_;
};

/// What a store is to be told of a manager's order that has changed: `orders` of an update, two at most.
inline result<std::size_t> try_stored(const order_manager &manager, std::uint64_t before, std::uint64_t after,
                                      span<mm_store_order_t> out) noexcept {
    return detail::counted([&](std::size_t *n) {
        return mm_order_manager_stored(manager.get(), before, after, out.data(), out.size(), n);
    });
}

/// Gives a new manager the orders of an earlier run.
inline status try_restore(order_manager &manager, span<const mm_store_order_t> orders,
                          span<const std::uint64_t> fill_ids, std::uint64_t next_sequence) noexcept {
    return status(mm_order_manager_restore(manager.get(), orders.data(), orders.size(), fill_ids.data(),
                                           fill_ids.size(), next_sequence));
}

/// A gate's latches as a store keeps them, in its latch `id`.
inline mm_store_latch_t to_stored(std::uint64_t id, const mm_risk_latches_t &latches) noexcept {
    mm_store_latch_t latch{};
    static_assert(sizeof latch.words == sizeof latches, "a latch holds a gate's latches");
    latch.id = id;
    std::memcpy(latch.words, &latches, sizeof latch.words);
    return latch;
}

/// The gate's latches that a store has kept.
inline mm_risk_latches_t from_stored(const mm_store_latch_t &latch) noexcept {
    mm_risk_latches_t latches{};
    std::memcpy(&latches, latch.words, sizeof latches);
    return latches;
}

}  // namespace mm

#endif
