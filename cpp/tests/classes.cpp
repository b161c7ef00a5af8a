// The C++17 classes over the C interface; also built without exceptions and RTTI.
#include "market_maker/market_maker.hpp"

#include <array>
#include <cstdio>
#include <type_traits>
#include <vector>

static int failures = 0;

#define CHECK(...)                                                          \
    do {                                                                    \
        if (!(__VA_ARGS__)) {                                               \
            ++failures;                                                     \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__);   \
        }                                                                   \
    } while (0)

template <class T>
constexpr bool is_move_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                              !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(is_move_only<mm::pool> && is_move_only<mm::book> && is_move_only<mm::level_book> &&
              is_move_only<mm::book_manager> && is_move_only<mm::tracker> && is_move_only<mm::risk_gate> &&
              is_move_only<mm::kill_switch> && is_move_only<mm::order_manager> && is_move_only<mm::quoter> &&
              is_move_only<mm::reader> && is_move_only<mm::result<mm::book>>);

int main() {
    mm::book book;
    CHECK(book.add(1, mm::side::sell, 101, 5).top_changed(mm::side::sell));
    CHECK(book.try_add(1, mm::side::sell, 101, 5).status().code() == MM_E_DUPLICATE);
    std::array<mm_book_event_t, 8> events{};
    mm_new_order_t order{};
    order.order_id = 2;
    order.price = 101;
    order.quantity = 3;
    const mm::match match = book.submit(order, events);
    CHECK(match.events == 2 && match.outcome.filled == 3);
    CHECK(book.try_best(mm::side::sell)->quantity == 2);
    CHECK(!book.try_best(mm::side::buy));
    std::vector<mm_level_t> levels(4);
    CHECK(book.levels(mm::side::sell, levels) == 1 && levels[0].price == 101);

    // A moved-from object is empty: calls on it are typed errors, and destruction is fine.
    mm::book moved = std::move(book);
    CHECK(moved.order_count() == 1);
    CHECK(book.try_add(9, mm::side::buy, 1, 1).status().code() == MM_E_NULL);
    book = std::move(moved);
    CHECK(book.order_count() == 1);

    mm_pool_config_t tiny = mm::pool::defaults();
    tiny.capacity = 1;
    mm::pool pool(tiny);
    void *block = pool.alloc();
    CHECK(pool.try_alloc().status().code() == MM_E_FULL);
    CHECK(pool.try_free(block).ok());
    CHECK(pool.try_free(block).code() == MM_E_BLOCK_FREE);
    tiny.capacity = 0;
    CHECK(!mm::pool::try_create(tiny));

    mm::tracker tracker;
    tracker.register_instrument(mm::instrument(3));
    mm_fill_t fill{};
    fill.instrument = 3;
    fill.price = 100;
    fill.quantity = 10;
    CHECK(tracker.record_fill(fill).position == 10);
    tracker.mark(3, 104);
    CHECK(tracker.totals().unrealised == 40);

    mm::risk_gate gate;
    mm::order_manager orders;
    const mm::kill_switch kill = gate.kill_switch();
    mm_wanted_quotes_t wanted{};
    wanted.bid_count = 1;
    wanted.bids[0] = {99.5, 2.0};
    mm_market_top_t top{};
    std::array<mm_order_action_t, 8> actions{};
    CHECK(orders.decide(gate, wanted, top, actions).actions == 1);
    CHECK(actions[0].price == 99 && orders.working(mm::side::buy) == 2);
    kill.kill();
    CHECK(kill.is_killed());
    CHECK(orders.decide(gate, wanted, top, actions).actions == 1);
    CHECK(actions[0].kind == MM_ACTION_CANCEL);

    const mm::quoter quoter;
    CHECK(quoter.quote(100.0, 0.0, 1.0).has_bid == 1);
    CHECK(mm::reader::try_open(mm::format::itch, "no such file").status().code() == MM_E_IO);

#if MM_HAS_EXCEPTIONS
    try {
        (void)book.add(1, mm::side::sell, 101, 5);
        CHECK(false);
    } catch (const mm::error &error) {
        CHECK(error.status().code() == MM_E_DUPLICATE);
        CHECK(std::string(error.what()).find("MM_E_DUPLICATE: ") == 0);
    }
#endif
    std::printf("%s: %d failed\n", MM_HAS_EXCEPTIONS ? "with exceptions" : "without exceptions", failures);
    return failures == 0 ? 0 : 1;
}
