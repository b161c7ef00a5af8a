// book.hpp: mm::book (order by order, price-time priority), mm::level_book (price levels) and mm::book_manager (by
// instrument). Prices in ticks, quantities in lots. Not thread-safe for writing; const functions may run on several
// threads while nobody writes. Nothing allocates after construction.
#ifndef MARKET_MAKER_BOOK_HPP
#define MARKET_MAKER_BOOK_HPP

#include "status.hpp"

namespace mm {

/// What a feed operation touched.
class touched {
public:
    /// Of MM_TOUCHED* bits.
    constexpr explicit touched(std::uint32_t bits = 0) noexcept : bits_(bits) {}
    /// Whether anything changed.
    constexpr bool changed() const noexcept { return (bits_ & MM_TOUCHED) != 0; }
    /// Whether a best price or its quantity changed.
    constexpr bool top_changed() const noexcept {
        return (bits_ & (MM_TOUCHED_BEST_BID | MM_TOUCHED_BEST_ASK)) != 0;
    }
    /// The same of one side.
    constexpr bool top_changed(side on) const noexcept {
        return (bits_ & (on == side::buy ? MM_TOUCHED_BEST_BID : MM_TOUCHED_BEST_ASK)) != 0;
    }
    /// MM_TOUCHED*.
    constexpr std::uint32_t bits() const noexcept { return bits_; }

private:
    std::uint32_t bits_;
};

namespace detail {
template <class Call>
result<touched> touching(Call &&call) noexcept {
    std::uint32_t bits = 0;
    const mm_status_t code = call(&bits);
    if (code < 0) {
        return status(code);
    }
    return touched(bits);
}
}  // namespace detail

/// What a matching operation wrote.
struct match {
    /// Events in the caller's array.
    std::size_t events = 0;
    /// Lots traded, resting and cancelled.
    mm_match_t outcome{};
};

/// An order book of one instrument, order by order.
class book {
public:
    /// mm_book_config_init: the defaults.
    static mm_book_config_t defaults() noexcept { return detail::defaults<mm_book_config_t, mm_book_config_init>(); }

    /// As try_create; throws mm::error.
    explicit book(const mm_book_config_t &config = defaults()) : book(try_create(config).value()) {}
    /// mm_book_create.
    static result<book> try_create(const mm_book_config_t &config = defaults()) noexcept {
        mm_book_t *handle = nullptr;
        const mm_status_t code = mm_book_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return book(handle);
    }

    // Feed mode: keeps what a venue reports, never matches.
    /// mm_book_add.
    result<touched> try_add(std::uint64_t id, side s, std::int64_t price, std::uint64_t quantity) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_add(get(), id, raw(s), price, quantity, t); });
    }
    /// As try_add; throws mm::error where that has a failed status.
    touched add(std::uint64_t id, side s, std::int64_t price, std::uint64_t quantity) {
        return try_add(id, s, price, quantity).value();
    }
    /// mm_book_reduce.
    result<touched> try_reduce(std::uint64_t id, std::uint64_t by) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_reduce(get(), id, by, t); });
    }
    /// As try_reduce; throws mm::error where that has a failed status.
    touched reduce(std::uint64_t id, std::uint64_t by) { return try_reduce(id, by).value(); }
    /// mm_book_delete.
    result<touched> try_remove(std::uint64_t id) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_delete(get(), id, t); });
    }
    /// As try_remove; throws mm::error where that has a failed status.
    touched remove(std::uint64_t id) { return try_remove(id).value(); }
    /// mm_book_execute.
    result<touched> try_execute(std::uint64_t id, std::uint64_t quantity) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_execute(get(), id, quantity, t); });
    }
    /// As try_execute; throws mm::error where that has a failed status.
    touched execute(std::uint64_t id, std::uint64_t quantity) { return try_execute(id, quantity).value(); }
    /// mm_book_modify.
    result<touched> try_modify(std::uint64_t id, std::int64_t price, std::uint64_t quantity) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_modify(get(), id, price, quantity, t); });
    }
    /// As try_modify; throws mm::error where that has a failed status.
    touched modify(std::uint64_t id, std::int64_t price, std::uint64_t quantity) {
        return try_modify(id, price, quantity).value();
    }
    /// mm_book_replace.
    result<touched> try_replace(std::uint64_t id, std::uint64_t new_id, std::int64_t price,
                                std::uint64_t quantity) noexcept {
        return detail::touching(
            [&](std::uint32_t *t) { return mm_book_replace(get(), id, new_id, price, quantity, t); });
    }
    /// mm_book_seed.
    result<touched> try_seed(side s, std::int64_t price, std::uint64_t quantity) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_seed(get(), raw(s), price, quantity, t); });
    }
    /// mm_book_apply.
    result<touched> try_apply(const mm_event_t &event) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_apply(get(), &event, t); });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    touched apply(const mm_event_t &event) { return try_apply(event).value(); }
    /// Applies events until one is refused: `reason` of the batch says why, `applied` how many were.
    result<mm_batch_t> try_apply(span<const mm_event_t> events) noexcept {
        return detail::one<mm_batch_t>(
            [&](mm_batch_t *b) { return mm_book_apply_batch(get(), events.data(), events.size(), b); });
    }
    /// mm_book_clear.
    void clear() { detail::check(mm_book_clear(get(), nullptr)); }
    /// mm_book_reserve: room for so many more orders; allocates.
    void reserve(std::uint32_t additional) { detail::check(mm_book_reserve(get(), additional)); }

    // Matching mode: trades, and writes events into the caller's array.
    /// mm_book_submit.
    result<match> try_submit(const mm_new_order_t &order, span<mm_book_event_t> events) noexcept {
        return matching([&](std::size_t *n, mm_match_t *m) {
            return mm_book_submit(get(), &order, events.data(), events.size(), n, m);
        });
    }
    /// As try_submit; throws mm::error where that has a failed status.
    match submit(const mm_new_order_t &order, span<mm_book_event_t> events) {
        return try_submit(order, events).value();
    }
    /// Cancels `quantity` lots of a resting order, all of it for 0.
    result<match> try_cancel(std::uint64_t id, std::uint64_t quantity, span<mm_book_event_t> events) noexcept {
        return matching([&](std::size_t *n, mm_match_t *m) {
            return mm_book_cancel(get(), id, quantity, events.data(), events.size(), n, m);
        });
    }
    /// mm_book_amend.
    result<match> try_amend(std::uint64_t id, std::int64_t price, std::uint64_t quantity,
                            span<mm_book_event_t> events) noexcept {
        return matching([&](std::size_t *n, mm_match_t *m) {
            return mm_book_amend(get(), id, price, quantity, events.data(), events.size(), n, m);
        });
    }

    // Views. MM_E_NOT_FOUND stands for an empty side, an unknown price or an unknown id.
    /// mm_book_best.
    result<mm_level_t> try_best(side s) const noexcept {
        return detail::one<mm_level_t>([&](mm_level_t *l) { return mm_book_best(get(), raw(s), l); });
    }
    /// mm_book_level.
    result<mm_level_t> try_level(side s, std::int64_t price) const noexcept {
        return detail::one<mm_level_t>([&](mm_level_t *l) { return mm_book_level(get(), raw(s), price, l); });
    }
    /// The best levels of a side, best first; how many were written.
    std::size_t levels(side s, span<mm_level_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_book_levels(get(), raw(s), out.data(), out.size(), n);
               }).value();
    }
    /// mm_book_level_count.
    std::size_t level_count(side s) const {
        return detail::counted([&](std::size_t *n) { return mm_book_level_count(get(), raw(s), n); }).value();
    }
    /// mm_book_order_count.
    std::size_t order_count() const {
        return detail::counted([&](std::size_t *n) { return mm_book_order_count(get(), n); }).value();
    }
    /// mm_book_order.
    result<mm_resting_order_t> try_order(std::uint64_t id) const noexcept {
        return detail::one<mm_resting_order_t>([&](mm_resting_order_t *o) { return mm_book_order(get(), id, o); });
    }
    /// mm_book_orders_at.
    std::size_t orders_at(side s, std::int64_t price, span<mm_resting_order_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_book_orders_at(get(), raw(s), price, out.data(), out.size(), n);
               }).value();
    }
    /// mm_book_orders.
    std::size_t orders(side s, span<mm_resting_order_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_book_orders(get(), raw(s), out.data(), out.size(), n);
               }).value();
    }
    /// mm_book_queue_position.
    result<mm_queue_position_t> try_queue_position(std::uint64_t id) const noexcept {
        return detail::one<mm_queue_position_t>(
            [&](mm_queue_position_t *p) { return mm_book_queue_position(get(), id, p); });
    }
    /// mm_book_state_hash.
    std::uint64_t state_hash() const {
        return detail::one<std::uint64_t>([&](std::uint64_t *h) { return mm_book_state_hash(get(), h); }).value();
    }

    // Snapshots, with a checksum.
    /// mm_book_snapshot_size.
    std::size_t snapshot_size() const {
        return detail::counted([&](std::size_t *n) { return mm_book_snapshot_size(get(), n); }).value();
    }
    /// mm_book_write_snapshot.
    result<std::size_t> try_write_snapshot(span<std::uint8_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_book_write_snapshot(get(), out.data(), out.size(), n); });
    }
    /// mm_book_read_snapshot.
    status try_read_snapshot(span<const std::uint8_t> bytes) noexcept {
        return status(mm_book_read_snapshot(get(), bytes.data(), bytes.size()));
    }

    /// The handle, still owned.
    mm_book_t *get() const noexcept { return handle_.get(); }

private:
    explicit book(mm_book_t *handle) noexcept : handle_(handle) {}
    static constexpr std::uint8_t raw(side s) noexcept { return static_cast<std::uint8_t>(s); }
    template <class Call>
    static result<match> matching(Call &&call) noexcept {
        match done;
        const mm_status_t code = call(&done.events, &done.outcome);
        if (code < 0) {
            return status(code);
        }
        return done;
    }

    detail::owner<mm_book_t, mm_book_destroy> handle_;
};

/// A book of price levels, as level feeds publish it.
class level_book {
public:
    /// mm_level_book_config_init: the defaults.
    static mm_level_book_config_t defaults() noexcept {
        return detail::defaults<mm_level_book_config_t, mm_level_book_config_init>();
    }

    /// As try_create; throws mm::error.
    explicit level_book(const mm_level_book_config_t &config = defaults()) : level_book(try_create(config).value()) {}
    /// mm_level_book_create.
    static result<level_book> try_create(const mm_level_book_config_t &config = defaults()) noexcept {
        mm_level_book_t *handle = nullptr;
        const mm_status_t code = mm_level_book_create(&config, &handle);
        if (code < 0) {
            return status(code);
        }
        return level_book(handle);
    }

    /// The level at `price` now shows `quantity` lots; zero removes it.
    result<touched> try_set_level(side s, std::int64_t price, std::uint64_t quantity) noexcept {
        return detail::touching([&](std::uint32_t *t) {
            return mm_level_book_set_level(get(), static_cast<std::uint8_t>(s), price, quantity, t);
        });
    }
    /// mm_level_book_apply.
    result<touched> try_apply(const mm_event_t &event) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_level_book_apply(get(), &event, t); });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    touched apply(const mm_event_t &event) { return try_apply(event).value(); }
    /// mm_level_book_clear.
    void clear() { detail::check(mm_level_book_clear(get(), nullptr)); }
    /// mm_level_book_reserve: room for so many more levels; allocates.
    void reserve(std::uint32_t additional) { detail::check(mm_level_book_reserve(get(), additional)); }

    /// mm_level_book_best.
    result<mm_level_t> try_best(side s) const noexcept {
        return detail::one<mm_level_t>(
            [&](mm_level_t *l) { return mm_level_book_best(get(), static_cast<std::uint8_t>(s), l); });
    }
    /// mm_level_book_level.
    result<mm_level_t> try_level(side s, std::int64_t price) const noexcept {
        return detail::one<mm_level_t>(
            [&](mm_level_t *l) { return mm_level_book_level(get(), static_cast<std::uint8_t>(s), price, l); });
    }
    /// mm_level_book_levels.
    std::size_t levels(side s, span<mm_level_t> out) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_level_book_levels(get(), static_cast<std::uint8_t>(s), out.data(), out.size(), n);
               }).value();
    }
    /// mm_level_book_level_count.
    std::size_t level_count(side s) const {
        return detail::counted([&](std::size_t *n) {
                   return mm_level_book_level_count(get(), static_cast<std::uint8_t>(s), n);
               }).value();
    }

    /// The handle, still owned.
    mm_level_book_t *get() const noexcept { return handle_.get(); }

private:
    explicit level_book(mm_level_book_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_level_book_t, mm_level_book_destroy> handle_;
};

/// Order-by-order books by instrument.
class book_manager {
public:
    book_manager() : book_manager(try_create().value()) {}
    /// mm_book_manager_create.
    static result<book_manager> try_create() noexcept {
        mm_book_manager_t *handle = nullptr;
        const mm_status_t code = mm_book_manager_create(&handle);
        if (code < 0) {
            return status(code);
        }
        return book_manager(handle);
    }

    /// mm_book_manager_add_instrument.
    status try_add_instrument(std::uint32_t instrument, const mm_book_config_t &config = book::defaults()) noexcept {
        return status(mm_book_manager_add_instrument(get(), instrument, &config));
    }
    /// mm_book_manager_add_instrument.
    void add_instrument(std::uint32_t instrument, const mm_book_config_t &config = book::defaults()) {
        detail::check(mm_book_manager_add_instrument(get(), instrument, &config));
    }
    /// The registered instruments, in the order of their numbers; MM_E_BUFFER_TOO_SMALL when not all fit.
    result<std::size_t> try_instruments(span<std::uint32_t> out) const noexcept {
        return detail::counted(
            [&](std::size_t *n) { return mm_book_manager_instruments(get(), out.data(), out.size(), n); });
    }
    /// mm_book_manager_apply.
    result<touched> try_apply(const mm_event_t &event) noexcept {
        return detail::touching([&](std::uint32_t *t) { return mm_book_manager_apply(get(), &event, t); });
    }
    /// As try_apply; throws mm::error where that has a failed status.
    touched apply(const mm_event_t &event) { return try_apply(event).value(); }
    /// mm_book_manager_submit.
    result<match> try_submit(std::uint32_t instrument, const mm_new_order_t &order,
                             span<mm_book_event_t> events) noexcept {
        match done;
        const mm_status_t code = mm_book_manager_submit(get(), instrument, &order, events.data(), events.size(),
                                                        &done.events, &done.outcome);
        if (code < 0) {
            return status(code);
        }
        return done;
    }
    /// mm_book_manager_best.
    result<mm_level_t> try_best(std::uint32_t instrument, side s) const noexcept {
        return detail::one<mm_level_t>([&](mm_level_t *l) {
            return mm_book_manager_best(get(), instrument, static_cast<std::uint8_t>(s), l);
        });
    }
    /// mm_book_manager_levels.
    result<std::size_t> try_levels(std::uint32_t instrument, side s, span<mm_level_t> out) const noexcept {
        return detail::counted([&](std::size_t *n) {
            return mm_book_manager_levels(get(), instrument, static_cast<std::uint8_t>(s), out.data(), out.size(), n);
        });
    }

    /// The handle, still owned.
    mm_book_manager_t *get() const noexcept { return handle_.get(); }

private:
    explicit book_manager(mm_book_manager_t *handle) noexcept : handle_(handle) {}
    detail::owner<mm_book_manager_t, mm_book_manager_destroy> handle_;
};

}  // namespace mm

#endif
