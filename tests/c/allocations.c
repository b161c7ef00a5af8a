/* Nothing allocates after construction, seen from C: the program's own malloc counts while models predict, while threads work
 * tasks and engines off, and while events go through a reader, a simulated venue and an engine that follows a predictor. Over a
 * recorded hour (LOBSTER, AAPL) where the data are installed, over synthetic flow always. Needs glibc, whose allocator stays
 * reachable under other names.
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

/* Replays a reader to its end, quotes following an attached predictor, and says how many allocations that took; -1 when something went wrong. */
static long replay(mm_reader_t *reader, const mm_instrument_t *instrument, uint32_t asking, const char *name) {
    mm_book_config_t book;
    mm_stoikov_config_t strategy;
    mm_engine_config_t config;
    mm_venue_config_t latencies;
    mm_engine_t *engine = NULL;
    mm_venue_t *venue = NULL;
    mm_engine_stats_t stats;
    mm_predictor_config_t network;
    mm_predictor_t *predictor = NULL;
    mm_forecaster_config_t forecaster;
    mm_prediction_t prediction;
    size_t count = 0, written = 0, i, j;
    mm_status_t status;

    memset(&prediction, 0, sizeof prediction);
    mm_book_config_init(&book, sizeof book);
    book.max_orders = 1u << 18;
    mm_stoikov_config_init(&strategy, sizeof strategy);
    strategy.order_quantity = 100;
    strategy.position_limit = 1000;
    strategy.change_weight = 0.1;
    strategy.volatility_weight = 0.1;
    mm_predictor_config_init(&network, sizeof network);
    network.d_model = 16;
    network.n_layer = 1;
    mm_forecaster_config_init(&forecaster, sizeof forecaster);
    forecaster.asking = asking;
    mm_engine_config_init(&config, sizeof config);
    config.instrument = instrument;
    config.book = &book;
    config.strategy = &strategy;
    config.clock = MM_CLOCK_STAGES;
    mm_venue_config_init(&latencies, sizeof latencies);
    if (mm_engine_create(&config, &engine) != MM_OK || mm_venue_create(&latencies, &venue) != MM_OK ||
        mm_predictor_create(&network, NULL, &predictor) != MM_OK ||
        mm_engine_attach_predictor(engine, predictor, NULL, &forecaster, NULL) != MM_OK) {
        printf("%s: %s\n", name, mm_last_error_message());
        return -1;
    }

    mm_predictor_destroy(predictor);

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
        (void)mm_engine_prediction(engine, &prediction);
    }
    (void)mm_engine_interrupt(engine);
    (void)mm_engine_refresh(engine, events[0].timestamp + 1000000000u, actions, MM_MAX_ENGINE_ACTIONS, &written);
    counting = 0;
    (void)mm_engine_stats(engine, &stats);
    printf("%s: %llu events, %llu quotes, %llu fills, %llu predictions, %lu allocations\n", name,
           (unsigned long long)stats.events, (unsigned long long)stats.quotes, (unsigned long long)stats.fills,
           (unsigned long long)prediction.predictions, allocations);
    mm_venue_destroy(venue);
    mm_engine_destroy(engine);
    if (status != MM_END || stats.events < 1000 || stats.quotes == 0 || stats.fills == 0 || prediction.predictions < 100) {
        printf("%s: the replay did not do its work\n", name);
        return -1;
    }
    return (long)allocations;
}

/* Predictors, trees and a feature window at work; allocations, or -1 when something went wrong. */
static long models(void) {
    static const char text[] =
        "tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\nfeature_names=x\n\n"
        "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2\nleft_child=-1\n"
        "right_child=-2\nleaf_value=-1 1\nis_linear=0\n\nend of trees\n";
    static const uint32_t wanted[2] = {0, 2};
    static float out[4 * 2304], row[24], copy[2304];
    mm_predictor_config_t network;
    mm_predictor_t *predictors[4] = {NULL, NULL, NULL, NULL};
    mm_predictor_info_t info;
    mm_feature_window_config_t grid;
    mm_feature_window_t *features = NULL;
    mm_book_config_t book_config;
    mm_book_t *book = NULL;
    mm_trees_t *trees = NULL;
    mm_synthetic_config_t flow;
    mm_reader_t *reader = NULL;
    const float *window = NULL;
    size_t length = 0, count = 0, i, k, rows = 0, forecasts = 0;
    uint32_t completed = 0;
    uint8_t fresh = 0;
    double x = 0.7, y = 0.0;
    int failed = 0;

    mm_feature_window_config_init(&grid, sizeof grid);
    mm_book_config_init(&book_config, sizeof book_config);
    mm_synthetic_config_init(&flow, sizeof flow);
    flow.events = 100000;
    failed |= mm_feature_window_create(&grid, &features) != MM_OK || mm_book_create(&book_config, &book) != MM_OK;
    failed |= mm_reader_open_synthetic(&flow, &reader) != MM_OK;
    failed |= mm_trees_create_from_text(text, sizeof text - 1, &trees) != MM_OK;
    mm_predictor_config_init(&network, sizeof network);
    failed |= mm_predictor_create(&network, NULL, &predictors[0]) != MM_OK;
    failed |= failed || mm_predictor_select(predictors[0], wanted, 2, wanted, 2) != MM_OK;
    failed |= failed || mm_predictor_share(predictors[0], &predictors[1]) != MM_OK;
    network.kind = MM_PREDICTOR_LSTM;
    network.lstm_steps = 96;
    network.lstm_features = MM_FEATURE_CHANNELS;
    network.bad_input = MM_BAD_INPUT_FORWARD_FILL;
    failed |= mm_predictor_create(&network, NULL, &predictors[2]) != MM_OK;
    network.precision = MM_PRECISION_INT8;
    failed |= mm_predictor_create(&network, NULL, &predictors[3]) != MM_OK;
    if (failed) {
        printf("models: %s\n", mm_last_error_message());
        return -1;
    }

    allocations = 0;
    counting = 1;
    while (!failed && rows < 600 && mm_reader_next(reader, events, BATCH, &count) == MM_OK) {
        for (i = 0; i < count && !failed; ++i) {
            /* What the book refuses must not allocate either. */
            if (mm_feature_window_apply(features, book, &events[i], NULL, &completed) != MM_OK || completed == 0) {
                continue;
            }
            rows += completed;
            failed |= mm_feature_window_latest(features, 1, row, 24, &length) != MM_OK || length != 1;
            for (k = 1; k < 4; ++k) {
                failed |= mm_predictor_push(predictors[k], row, 24, &fresh) != MM_OK;
                if (fresh != 0) {
                    failed |= mm_predictor_forecast(predictors[k], out, 2304) != MM_OK;
                    ++forecasts;
                }
            }
            if (mm_feature_window_view(features, &window, &length) == MM_OK && rows % 16 == 0) {
                failed |= mm_feature_window_copy(features, copy, 2304) != MM_OK;
                for (k = 0; k < 4; ++k) {
                    failed |= mm_predictor_predict(predictors[k], window, length, out, 2304) != MM_OK;
                    failed |= mm_predictor_predict_batch(predictors[k], copy, length, 1, out, 2304) != MM_OK;
                    ++forecasts;
                }
                failed |= mm_predictor_predict_part(predictors[0], window, length, out, 4) != MM_OK;
                failed |= mm_predictor_predict(predictors[0], window, 5, out, 2304) != MM_E_INPUT_LENGTH;
                copy[0] = copy[0] / 0.0f;
                failed |= mm_predictor_predict(predictors[0], copy, length, out, 2304) != MM_E_INPUT_NOT_FINITE;
            }
            failed |= mm_trees_predict(trees, &x, 1, &y, 1) != MM_OK || mm_trees_predict_raw(trees, &x, 1, &y, 1) != MM_OK;
            failed |= mm_trees_predict_batch(trees, &x, 1, 1, &y, 1) != MM_OK;
        }
    }
    failed |= mm_feature_window_advance(features, 1u << 30, &completed) != MM_OK;
    failed |= mm_feature_window_interrupt(features) != MM_OK || mm_predictor_reset(predictors[1]) != MM_OK;
    failed |= mm_predictor_info(predictors[0], &info) != MM_OK;
    counting = 0;
    printf("models: %lu rows, %lu forecasts, %lu allocations\n", (unsigned long)rows, (unsigned long)forecasts, allocations);
    if (failed || rows < 200 || forecasts < 200) {
        printf("models: they did not do their work: %s\n", mm_last_error_message());
        return -1;
    }
    for (k = 0; k < 4; ++k) {
        mm_predictor_destroy(predictors[k]);
    }
    mm_trees_destroy(trees);
    mm_feature_window_destroy(features);
    mm_book_destroy(book);
    mm_reader_destroy(reader);
    return (long)allocations;
}

static mm_status_t nothing(void *context) {
    (void)context;
    return MM_OK;
}

/* Tasks and engines on threads; allocations, or -1 when something went wrong. The counter is no atomic: it tells none from
 * some. */
static long pools(void) {
    mm_worker_pool_config_t config;
    mm_worker_pool_t *tasks = NULL;
    mm_engine_pool_config_t engine_config;
    mm_engine_pool_t *pool = NULL;
    mm_engine_config_t settings;
    mm_engine_t *engine = NULL;
    mm_synthetic_config_t flow;
    mm_reader_t *reader = NULL;
    mm_engine_output_t outputs[64];
    size_t count = 0, i, sent = 0;
    int failed = 0;

    mm_worker_pool_config_init(&config, sizeof config);
    config.threads = 2;
    config.capacity = 64;
    mm_engine_pool_config_init(&engine_config, sizeof engine_config);
    engine_config.inputs = 64;
    mm_engine_config_init(&settings, sizeof settings);
    mm_synthetic_config_init(&flow, sizeof flow);
    flow.events = 20000;
    failed |= mm_worker_pool_create(&config, &tasks) != MM_OK || mm_engine_create(&settings, &engine) != MM_OK;
    failed |= failed || mm_engine_pool_create(&engine_config, &engine, 1, &pool) != MM_OK;
    failed |= mm_reader_open_synthetic(&flow, &reader) != MM_OK;
    if (failed) {
        printf("pools: %s\n", mm_last_error_message());
        return -1;
    }
    allocations = 0;
    counting = 1;
    for (i = 0; i < 20000; ++i) {
        failed |= mm_worker_pool_submit(tasks, nothing, NULL) != MM_OK;
        failed |= mm_worker_pool_submit_to(tasks, i, nothing, NULL) != MM_OK;
    }
    failed |= mm_worker_pool_drain(tasks) != MM_OK;
    while (!failed && mm_reader_next(reader, events, BATCH, &count) == MM_OK) {
        for (i = 0; i < count; ++i) {
            failed |= mm_engine_pool_on_event(pool, 0, &events[i]) != MM_OK;
            ++sent;
        }
        while (mm_engine_pool_drain(pool, outputs, 64, &count) == MM_OK) {
        }
    }
    counting = 0;
    printf("pools: 40000 tasks, %lu events, %lu allocations\n", (unsigned long)sent, allocations);
    mm_worker_pool_destroy(tasks);
    mm_engine_pool_destroy(pool);
    mm_reader_destroy(reader);
    if (failed || sent < 20000) {
        printf("pools: they did not do their work: %s\n", mm_last_error_message());
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

    if (models() != 0 || pools() != 0) {
        return 1;
    }
    flow.events = 300000;
    if (mm_reader_open_synthetic(&flow, &reader) != MM_OK) {
        return 2;
    }
    found = replay(reader, &instrument, MM_ASKING_WINDOW, "synthetic flow");
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
        found = replay(reader, &instrument, MM_ASKING_STREAM, "recorded hour");
        mm_reader_destroy(reader);
        if (found != 0) {
            return 1;
        }
    } else {
        printf("recorded hour: no data given\n");
    }
    return 0;
}
