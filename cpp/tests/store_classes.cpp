// mm::store and mm::store_reader; also built without exceptions and RTTI. Usage: store_classes FOLDER.
#include "market_maker/store.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

static int failures = 0;
static std::string folder = ".";

#define CHECK(...)                                                          \
    do {                                                                    \
        if (!(__VA_ARGS__)) {                                               \
            ++failures;                                                     \
            std::printf("%s:%d: %s (%s)\n", __FILE__, __LINE__, #__VA_ARGS__, mm::last_error_message()); \
        }                                                                   \
    } while (0)

template <class T>
constexpr bool is_move_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                              !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(is_move_only<mm::store> && is_move_only<mm::store_reader> && is_move_only<mm::result<mm::store>>);

static std::string fresh(const char *name) {
    std::string path = folder + "/" + name;
    std::remove(path.c_str());
    return path;
}

static mm_fill_t buy(std::int64_t price, std::uint64_t quantity) {
    mm_fill_t fill{};
    fill.instrument = 7;
    fill.price = price;
    fill.quantity = quantity;
    return fill;
}

static mm_store_config_t small() {
    mm_store_config_t config = mm::store::defaults();
    config.instruments = 2;
    config.orders = 4;
    config.latches = 1;
    config.history = 8;
    return config;
}

static void a_store_is_back_and_knows_what_it_has_booked() {
    const std::string path = fresh("classes");
    {
        mm::store store(path.c_str(), small());
        store.register_instrument(mm::instrument(7));
        CHECK(store.record_fill(buy(100, 10), 44).outcome.position == 10);
        CHECK(store.record_fill(buy(100, 10), 44).is_duplicate());
        store.mark(7, 103);
        CHECK(mm::store::try_open(path.c_str(), small()).status().code() == MM_E_STORE_LOCKED);
        mm::store moved = std::move(store);
        CHECK(moved.totals().unrealised == 30);
        CHECK(moved.try_sync().ok() && moved.try_tick(5).ok() && moved.try_reload().ok());
        moved.sync();
    }
    mm::store store(path.c_str(), small());
    CHECK(store.info().recovery == MM_RECOVERY_REOPENED && store.info().trades == 1);
    CHECK(store.try_get(7).value().quantity == 10 && store.try_get(8).status().code() == MM_E_NOT_FOUND);
    CHECK(store.try_applied(7)->last_fill_id == 44);
    std::array<std::uint64_t, 4> ids{};
    CHECK(store.try_fill_ids(7, ids).value() == 1 && ids[0] == 44);
    std::array<mm_trade_t, 4> trades{};
    CHECK(store.history(trades) == 1 && trades[0].quantity == 10);
    std::array<mm_position_t, 2> positions{};
    CHECK(store.try_positions(positions).value() == 1 && positions[0].unrealised == 30);
    mm_position_limits_t limits = store.limits();
    limits.max_long_position = 12;
    CHECK(store.try_set_limits(limits).ok() && store.check_position(7, mm::side::buy, 2).ok());
    CHECK(store.check_position(7, mm::side::buy, 3).code() == MM_E_LIMIT_LONG && store.check_loss().ok());

    mm::tracker tracker;
    CHECK(store.try_export(tracker).ok() && tracker.try_get(7)->quantity == 10);
    tracker.record_fill(buy(103, 1));
    CHECK(store.try_import(tracker).ok() && store.try_get(7)->quantity == 11);
    CHECK(store.try_start_day(9).code() == MM_OK && store.try_start_day(9).code() == MM_DUPLICATE);
    mm_store_config_t larger = small();
    larger.instruments = 5;
    CHECK(store.try_resize(path.c_str(), larger).ok() && store.info().instrument_capacity == 5);
    CHECK(store.try_register(mm::instrument(8), 1, mm::fill_ids::increasing).ok());
    CHECK(store.try_reset().ok() && store.try_get(7)->quantity == 0);
}

static void orders_and_latches_go_on() {
    const std::string path = fresh("orders");
    std::uint64_t id = 0;
    {
        mm::store store(path.c_str(), small());
        store.register_instrument(mm::instrument(7));
        mm::risk_gate gate;
        mm_order_manager_config_t config = mm::order_manager::defaults();
        config.instrument = 7;
        mm::order_manager manager(config);
        mm_order_request_t request{};
        request.price = 100;
        request.quantity = 5;
        id = manager.try_place(gate, request, mm_market_top_t{})->order_id;
        std::array<mm_store_order_t, 2> changes{};
        gate.kill_switch().kill();
        mm_risk_latches_t latches{};
        CHECK(mm_risk_gate_latches(gate.get(), &latches, nullptr) == MM_OK);
        const mm_store_latch_t latch = mm::to_stored(0, latches);
        mm_store_update_t update{};
        update.instrument = 7;
        update.has_instrument = 1;
        update.orders = changes.data();
        update.order_count = mm::try_stored(manager, 0, id, changes).value();
        update.latches = &latch;
        update.latch_count = 1;
        CHECK(mm_order_manager_next_sequence(manager.get(), &update.next_order_sequence) == MM_OK);
        CHECK(store.apply(update).remark.code() == MM_OK);
        update.order_count = 2;
        changes[1] = changes[0];
        CHECK(store.try_apply(update).status().code() == MM_E_DUPLICATE);
    }
    mm::store_reader reader(path.c_str());
    const mm::store store(path.c_str(), small());
    std::array<mm_store_order_t, 4> orders{};
    const std::size_t count = reader.try_orders(orders).value();
    CHECK(count == 1 && orders[0].order_id == id && store.try_orders(orders).value() == 1);
    std::array<mm_store_latch_t, 1> latches{};
    CHECK(store.try_latches(latches).value() == 1);
    const mm::risk_gate gate;
    const mm_risk_latches_t kept = mm::from_stored(latches[0]);
    CHECK(mm_risk_gate_restore(gate.get(), &kept) == MM_OK && gate.kill_switch().is_killed());
    mm_order_manager_config_t config = mm::order_manager::defaults();
    config.instrument = 7;
    mm::order_manager manager(config);
    const mm::span<const mm_store_order_t> some(orders.data(), count);
    CHECK(mm::try_restore(manager, some, {}, store.info().next_order_sequence).ok());
    CHECK(manager.working(mm::side::buy) == 5);
}

static void a_reader_sees_the_last_event() {
    const std::string path = fresh("reader");
    CHECK(mm::store_reader::try_open(path.c_str()).status().code() == MM_E_IO);
    mm::store store(path.c_str(), small());
    store.register_instrument(mm::instrument(7));
    mm::store_reader reader(path.c_str());
    store.record_fill(buy(100, 3));
    std::array<mm_position_t, 2> positions{};
    CHECK(reader.try_positions(positions).value() == 1 && positions[0].quantity == 0);
    reader.refresh();
    CHECK(reader.try_positions(positions).value() == 1 && positions[0].quantity == 3);
    CHECK(reader.try_refresh().ok() && reader.info().state_hash == store.info().state_hash);
}

int main(int argc, char **argv) {
    if (argc == 2) {
        folder = argv[1];
    }
    a_store_is_back_and_knows_what_it_has_booked();
    orders_and_latches_go_on();
    a_reader_sees_the_last_event();
#if MM_HAS_EXCEPTIONS
    try {
        const mm::store store("/no/such/folder/store");
        CHECK(false);
    } catch (const mm::error &error) {
        CHECK(error.status().code() == MM_E_IO);
    }
#endif
    std::printf("%s: %d failed\n", MM_HAS_EXCEPTIONS ? "with exceptions" : "without exceptions", failures);
    return failures == 0 ? 0 : 1;
}
