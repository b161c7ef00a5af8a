// A component in C++, whose inline classes are weak symbols in every object that uses them. PART is its prefix.
#include "part.h"

#include <market_maker/market_maker.hpp>
#include <market_maker_cpp/order_manager.hpp>

#include <memory>
#include <string>

#define NAME(what) PART_JOIN(PART, what)

namespace {

std::unique_ptr<mm::book> book;
std::string message;

}  // namespace

const char *NAME(_version)() { return mm_version(); }

int NAME(_open)(std::int64_t best) {
    book = std::make_unique<mm::book>();
    book->add(1, mm::side::buy, best, 10);
    // A class of the documented API as well, with thread-local state of its own.
    mm::OrderManager orders;
    return orders.place_order(mm::OrderSide::BUY, 100.0, 1.0).has_value() ? 0 : 2;
}

std::int64_t NAME(_best)() { return book->try_best(mm::side::buy).value().price; }

int NAME(_fail)() {
    try {
        book->add(1, mm::side::buy, 5, 10);
    } catch (const mm::error &failure) {
        message = failure.what();
        return failure.status().code() == MM_E_DUPLICATE ? 0 : 1;
    }
    return 2;
}

const char *NAME(_message)() { return mm::last_error_message(); }

int NAME(_panic)() {
    mm_pool_config_t config;
    mm_pool_t *pool = nullptr;
    mm_pool_config_init(&config, sizeof config);
    if (mm_pool_create(&config, &pool) != MM_OK) {
        return 1;
    }
    const bool is_caught = mm_pool_simulate_panic(pool) == MM_E_PANIC;
    mm_pool_destroy(pool);
    return is_caught ? 0 : 2;
}

void NAME(_close)() { book.reset(); }
