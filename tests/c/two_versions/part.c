/* A component in C. PART is its prefix. */
#include "part.h"

#include <market_maker/market_maker.h>

#define NAME(what) PART_JOIN(PART, what)

static mm_book_t *book;

const char *NAME(_version)(void) { return mm_version(); }

int NAME(_open)(int64_t best) {
    mm_book_config_t config;
    mm_book_config_init(&config, sizeof config);
    if (mm_book_create(&config, &book) != MM_OK) {
        return 1;
    }
    return mm_book_add(book, 1, MM_SIDE_BUY, best, 10, NULL) == MM_OK ? 0 : 2;
}

int64_t NAME(_best)(void) {
    mm_level_t level;
    return mm_book_best(book, MM_SIDE_BUY, &level) == MM_OK ? level.price : -1;
}

int NAME(_fail)(void) { return mm_book_add(book, 1, MM_SIDE_BUY, 5, 10, NULL) == MM_E_DUPLICATE ? 0 : 1; }

const char *NAME(_message)(void) { return mm_last_error_message(); }

int NAME(_panic)(void) {
    mm_pool_config_t config;
    mm_pool_t *pool = NULL;
    int is_caught;
    mm_pool_config_init(&config, sizeof config);
    if (mm_pool_create(&config, &pool) != MM_OK) {
        return 1;
    }
    is_caught = mm_pool_simulate_panic(pool) == MM_E_PANIC;
    mm_pool_destroy(pool);
    return is_caught ? 0 : 2;
}

void NAME(_close)(void) {
    mm_book_destroy(book);
    book = NULL;
}
