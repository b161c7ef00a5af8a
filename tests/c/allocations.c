/* Nothing allocates after construction, seen from C: the program's own malloc counts while events go through a reader, a
 * simulated venue and an engine. Over a recorded hour (LOBSTER, AAPL) where the data are installed, over synthetic flow
 * always. Needs glibc, whose allocator stays reachable under other names.
 * Usage: allocations [MESSAGES ORDERBOOK] */
#include "market_maker/market_maker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static int counting = 0;
static unsigned long allocations = 0;

static void count_one(void) {
    if (counting) {
        ++allocations;
    }
}
void *malloc(size_t size) {
    count_one();
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    count_one();
    return __libc_calloc(count, size);
}
void *realloc(void *block, size_t size) {
    count_one();
    return __libc_realloc(block, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
    count_one();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **block, size_t alignment, size_t size) {
    count_one();
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

enum { BATCH = 256, REPORTS = 4096 };
static mm_event_t events[BATCH];
static mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS];
static mm_execution_report_t reports[REPORTS];

/* Replays a reader to its end and says how many allocations that took; -1 when something went wrong. */
static long replay(mm_reader_t *reader, const mm_instrument_t *instrument, const char *name) {
    mm_book_config_t book;
    mm_stoikov_config_t strategy;
    mm_engine_config_t config;
    mm_venue_config_t latencies;
    mm_engine_t *engine = NULL;
    mm_venue_t *venue = NULL;
    mm_engine_stats_t stats;
    size_t count = 0, written = 0, i, j;
    mm_status_t status;

    mm_book_config_init(&book, sizeof book);
    book.max_orders = 1u << 18;
    mm_stoikov_config_init(&strategy, sizeof strategy);
    strategy.order_quantity = 100;
    strategy.position_limit = 1000;
    mm_engine_config_init(&config, sizeof config);
    config.instrument = instrument;
    config.book = &book;
    config.strategy = &strategy;
    config.clock = MM_CLOCK_STAGES;
    mm_venue_config_init(&latencies, sizeof latencies);
    if (mm_engine_create(&config, &engine) != MM_OK || mm_venue_create(&latencies, &venue) != MM_OK) {
        printf("%s: %s\n", name, mm_last_error_message());
        return -1;
    }

    allocations = 0;
    counting = 1;
    while ((status = mm_reader_next(reader, events, BATCH, &count)) == MM_OK) {
        for (i = 0; i < count; ++i) {
            if (mm_venue_on_event(venue, engine, &events[i], reports, REPORTS, &written) < 0) {
                counting = 0;
                printf("%s: %s\n", name, mm_last_error_message());
                return -1;
            }
            for (j = 0; j < written; ++j) {
                (void)mm_engine_on_report(engine, &reports[j]);
            }
            /* What the book refuses is counted by the engine; the refusal's message must not allocate either. */
            if (mm_engine_on_event(engine, &events[i], actions, MM_MAX_ENGINE_ACTIONS, &written) == MM_OK) {
                for (j = 0; j < written; ++j) {
                    (void)mm_venue_submit(venue, events[i].timestamp, &actions[j]);
                }
            }
        }
    }
    counting = 0;
    (void)mm_engine_stats(engine, &stats);
    printf("%s: %llu events, %llu quotes, %llu fills, %lu allocations\n", name, (unsigned long long)stats.events,
           (unsigned long long)stats.quotes, (unsigned long long)stats.fills, allocations);
    mm_venue_destroy(venue);
    mm_engine_destroy(engine);
    if (status != MM_END || stats.events < 1000 || stats.quotes == 0 || stats.fills == 0) {
        printf("%s: the replay did not do its work\n", name);
        return -1;
    }
    return (long)allocations;
}

int main(int argc, char **argv) {
    mm_instrument_t instrument;
    mm_synthetic_config_t flow;
    mm_reader_config_t config;
    mm_reader_t *reader = NULL;
    void *volatile probe;
    long found;

    /* The counter counts: else the rest would prove nothing. */
    counting = 1;
    probe = malloc(1);
    if (mm_instrument_init(&instrument, sizeof instrument) != MM_OK || mm_synthetic_config_init(&flow, sizeof flow) != MM_OK) {
        return 2;
    }
    flow.events = 1000;
    if (mm_reader_open_synthetic(&flow, &reader) != MM_OK) {
        return 2;
    }
    counting = 0;
    free(probe);
    if (allocations < 3) {
        printf("the allocator of the library is not counted\n");
        return 2;
    }
    mm_reader_destroy(reader);

    flow.events = 300000;
    if (mm_reader_open_synthetic(&flow, &reader) != MM_OK) {
        return 2;
    }
    found = replay(reader, &instrument, "synthetic flow");
    mm_reader_destroy(reader);
    if (found != 0) {
        return 1;
    }
    if (argc == 3) {
        mm_reader_config_init(&config, sizeof config);
        config.instrument = &instrument;
        config.seed_path = argv[2];
        if (mm_reader_open(MM_FORMAT_LOBSTER, argv[1], &config, &reader) != MM_OK) {
            printf("%s\n", mm_last_error_message());
            return 2;
        }
        found = replay(reader, &instrument, "recorded hour");
        mm_reader_destroy(reader);
        if (found != 0) {
            return 1;
        }
    } else {
        printf("recorded hour: no data given\n");
    }
    return 0;
}
