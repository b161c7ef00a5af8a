// A failed internal check of the library, seen from C++: an exception of the class's throwing form, a status of the other one,
// and a program that goes on. Linked with an archive of its own, which has exports that fail on demand.
#include "market_maker/market_maker.hpp"

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

extern "C" {
mm_status_t mm_test_panic() noexcept;
mm_status_t mm_test_panic_book(mm_book_t *book) noexcept;
}

static int failures = 0;

#define CHECK(...)                                                          \
    do {                                                                    \
        if (!(__VA_ARGS__)) {                                               \
            ++failures;                                                     \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__);   \
        }                                                                   \
    } while (0)

static mm_event_t order(std::uint64_t id) {
    mm_event_t event{};
    event.kind = MM_EVENT_ADD;
    event.order_id = id;
    event.price = 100;
    event.quantity = 5;
    return event;
}

static void the_throwing_form_throws_and_the_other_one_returns() {
    mm::book bad, good;
    bad.apply(order(1));
    CHECK(mm_test_panic_book(bad.get()) == MM_E_PANIC);
    CHECK(bad.try_apply(order(2)).status().code() == MM_E_POISONED);
    bool thrown = false;
    try {
        bad.apply(order(3));
    } catch (const mm::error &error) {
        thrown = true;
        CHECK(error.status().code() == MM_E_POISONED);
        CHECK(std::string(error.what()).find("MM_E_POISONED") == 0);
    }
    CHECK(thrown);
    good.apply(order(1));
    // A poisoned book can be moved, and destroyed by whoever has it then.
    mm::book moved = std::move(bad);
    CHECK(moved.try_apply(order(4)).status().code() == MM_E_POISONED);
    moved = mm::book();
    moved.apply(order(1));
}

// Exceptions of the host and panics of the library do not meet: each unwinds its own side.
static void a_panic_inside_of_a_host_that_unwinds_is_survived() {
    struct on_exit {
        mm_status_t status = MM_OK;
        ~on_exit() { CHECK((status = mm_test_panic()) == MM_E_PANIC); }
    };
    bool caught = false;
    try {
        on_exit guard;
        throw 5;
    } catch (int) {
        caught = true;
    }
    CHECK(caught);
}

static void threads_that_panic_leave_each_other_alone() {
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (int &count : wrong) {
        threads.emplace_back([&count] {
            for (int round = 0; round < 100; ++round) {
                mm::book bad, good;
                count += mm_test_panic_book(bad.get()) != MM_E_PANIC;
                count += bad.try_apply(order(1)).status().code() != MM_E_POISONED;
                count += !good.try_apply(order(1));
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    for (int count : wrong) {
        CHECK(count == 0);
    }
}

int main() {
    // Rust tells standard error of each of them.
    if (std::freopen("/dev/null", "w", stderr) == nullptr) {
        return 2;
    }
    the_throwing_form_throws_and_the_other_one_returns();
    a_panic_inside_of_a_host_that_unwinds_is_survived();
    threads_that_panic_leave_each_other_alone();
    std::printf("panics: %d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
