/* Pools of threads from C99: tasks in lanes and for any thread, engines on threads, and that neither the number of threads nor
 * a shutdown amid work changes what comes out. Also compiled as C++.
 * Usage: pools [--short] */
#include "market_maker/market_maker.h"

#include <stdio.h>
#include <string.h>

static int failures = 0;
static int checks = 0;

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        ++checks;                                                                              \
        if (!(condition)) {                                                                    \
            ++failures;                                                                        \
            printf("%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, mm_last_error_message()); \
        }                                                                                      \
    } while (0)

enum { LANES = 5, MOST_TASKS = 2000, INSTRUMENTS = 4, MOST_EVENTS = 4000, CHUNK = 64, OUTPUTS = 256, REPORTS = 4096 };
static size_t tasks = MOST_TASKS;
static size_t most_events = MOST_EVENTS;

/* Threads: flags that another thread sets. */
static int load(const int *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }
static void store(int *flag, int value) { __atomic_store_n(flag, value, __ATOMIC_RELEASE); }

static mm_worker_pool_config_t pool_config(uint32_t threads) {
    mm_worker_pool_config_t config;
    mm_worker_pool_config_init(&config, sizeof config);
    config.threads = threads;
    return config;
}

/* A task that notes its number in its lane. Only one thread works a lane, so that nothing guards the list. */
typedef struct {
    size_t count;
    size_t numbers[MOST_TASKS];
} lane_t;
typedef struct {
    lane_t *lane;
    size_t number;
} note_t;
static lane_t lanes[LANES];
static note_t notes[LANES][MOST_TASKS];

static mm_status_t note(void *context) {
    note_t *self = (note_t *)context;
    self->lane->numbers[self->lane->count++] = self->number;
    return MM_OK;
}

static mm_status_t fail(void *context) {
    (void)context;
    return MM_E_INVALID_ARGUMENT;
}

static void lanes_run_in_order_and_nothing_is_lost(uint32_t threads, uint32_t capacity) {
    mm_worker_pool_config_t config = pool_config(threads);
    mm_worker_pool_t *pool = NULL;
    size_t i, j;

    memset(lanes, 0, sizeof lanes);
    config.capacity = capacity;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_OK);
    for (i = 0; i < tasks; ++i) {
        for (j = 0; j < LANES; ++j) {
            notes[j][i].lane = &lanes[j];
            notes[j][i].number = i;
            if (mm_worker_pool_submit_to(pool, j, note, &notes[j][i]) != MM_OK) {
                CHECK(!"a pool that waits takes every task");
            }
        }
    }
    mm_worker_pool_destroy(pool); /* amid work */
    for (j = 0; j < LANES; ++j) {
        int in_order = lanes[j].count == tasks;
        for (i = 0; i < lanes[j].count; ++i) {
            in_order &= lanes[j].numbers[i] == i;
        }
        CHECK(in_order);
    }
}

typedef struct {
    int started, go;
} gate_t;

static mm_status_t wait_at(void *context) {
    gate_t *gate = (gate_t *)context;
    store(&gate->started, 1);
    while (load(&gate->go) == 0) {
    }
    return MM_OK;
}

/* A pool of one thread, which stands at the gate. */
static mm_worker_pool_t *held_up(uint8_t back_pressure, gate_t *gate) {
    mm_worker_pool_config_t config = pool_config(1);
    mm_worker_pool_t *pool = NULL;
    config.capacity = 2;
    config.back_pressure = back_pressure;
    store(&gate->started, 0);
    store(&gate->go, 0);
    CHECK(mm_worker_pool_create(&config, &pool) == MM_OK);
    CHECK(mm_worker_pool_submit_to(pool, 0, wait_at, gate) == MM_OK);
    while (load(&gate->started) == 0) {
    }
    return pool;
}

static void a_full_pool_refuses_or_drops_the_oldest(void) {
    gate_t gate;
    lane_t lane;
    note_t number[5];
    mm_worker_pool_stats_t stats;
    mm_worker_pool_t *pool = held_up(MM_BACK_PRESSURE_REJECT, &gate);
    size_t i;

    for (i = 0; i < 5; ++i) {
        number[i].lane = &lane;
        number[i].number = i;
    }
    lane.count = 0;
    CHECK(mm_worker_pool_submit_to(pool, 0, note, &number[0]) == MM_OK);
    CHECK(mm_worker_pool_submit_to(pool, 0, note, &number[1]) == MM_OK);
    CHECK(mm_worker_pool_submit_to(pool, 0, note, &number[2]) == MM_E_FULL);
    CHECK(mm_worker_pool_submit(pool, note, &number[3]) == MM_OK); /* that queue is another one */
    CHECK(mm_worker_pool_stats(pool, &stats) == MM_OK && stats.waiting == 3 && stats.finished == 0);
    store(&gate.go, 1);
    CHECK(mm_worker_pool_drain(pool) == MM_OK);
    CHECK(mm_worker_pool_stats(pool, &stats) == MM_OK && stats.submitted == 4 && stats.finished == 4);
    CHECK(stats.refused == 1 && stats.dropped == 0 && stats.waiting == 0 && stats.threads == 1 && lane.count == 3);
    CHECK(mm_worker_pool_close(pool) == MM_OK);
    CHECK(mm_worker_pool_submit(pool, note, &number[4]) == MM_E_CLOSED);
    mm_worker_pool_destroy(pool);

    lane.count = 0;
    pool = held_up(MM_BACK_PRESSURE_DROP_OLDEST, &gate);
    for (i = 0; i < 5; ++i) {
        CHECK(mm_worker_pool_submit_to(pool, 0, note, &number[i]) == MM_OK);
    }
    store(&gate.go, 1);
    CHECK(mm_worker_pool_drain(pool) == MM_OK);
    CHECK(mm_worker_pool_stats(pool, &stats) == MM_OK && stats.dropped == 3 && stats.finished == 3);
    CHECK(lane.count == 2 && lane.numbers[0] == 3 && lane.numbers[1] == 4);
    mm_worker_pool_destroy(pool);
}

typedef struct {
    const mm_worker_pool_t *pool;
    gate_t *ready;
    mm_status_t drained, submitted[4];
} own_t;

static mm_status_t use_own_pool(void *context) {
    own_t *own = (own_t *)context;
    size_t i;
    while (load(&own->ready->go) == 0) {
    }
    own->drained = mm_worker_pool_drain(own->pool);
    for (i = 0; i < 4; ++i) {
        own->submitted[i] = mm_worker_pool_submit_to(own->pool, 0, fail, NULL);
    }
    return MM_OK;
}

static void a_task_may_submit_and_never_waits_for_its_own_pool(void) {
    mm_worker_pool_config_t config = pool_config(1);
    mm_worker_pool_t *pool = NULL;
    mm_worker_pool_stats_t stats;
    gate_t ready = {0, 0};
    own_t own;

    config.capacity = 2;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_OK);
    memset(&own, 0, sizeof own);
    own.pool = pool;
    own.ready = &ready;
    CHECK(mm_worker_pool_submit(pool, use_own_pool, &own) == MM_OK);
    store(&ready.go, 1);
    CHECK(mm_worker_pool_drain(pool) == MM_OK);
    CHECK(own.drained == MM_E_OWN_TASK);
    CHECK(own.submitted[0] == MM_OK && own.submitted[1] == MM_OK);
    CHECK(own.submitted[2] == MM_E_FULL && own.submitted[3] == MM_E_FULL);
    CHECK(mm_worker_pool_stats(pool, &stats) == MM_OK && stats.finished == 3 && stats.failed == 2);
    mm_worker_pool_destroy(pool);
}

static void pool_configs_are_checked(void) {
    const uint32_t nowhere[1] = {1000000};
    mm_worker_pool_config_t config;
    mm_worker_pool_t *pool = NULL;
    mm_worker_pool_stats_t stats;

    CHECK(mm_worker_pool_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_worker_pool_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_worker_pool_config_init(&config, sizeof config) == MM_OK);
    CHECK(config.threads == 1 && config.capacity == 4096 && config.back_pressure == MM_BACK_PRESSURE_WAIT);
    CHECK(config.idle == MM_IDLE_SLEEP && config.processors == NULL);
    CHECK(mm_worker_pool_create(NULL, &pool) == MM_E_NULL);
    CHECK(mm_worker_pool_create(&config, NULL) == MM_E_NULL);
    config.threads = 0;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_INVALID_ARGUMENT && strstr(mm_last_error_message(), "threads") != NULL);
    config = pool_config(5000);
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_INVALID_ARGUMENT);
    config = pool_config(1);
    config.capacity = 0;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_INVALID_ARGUMENT && strstr(mm_last_error_message(), "capacity") != NULL);
    config = pool_config(1);
    config.idle = 9;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_ENUM);
    config = pool_config(1);
    config.back_pressure = 9;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_ENUM);
    config = pool_config(2);
    config.processor_count = 1;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_NULL);
    config.processors = nowhere;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_E_PROCESSOR && pool == NULL);
    config = pool_config(2);
    config.idle = MM_IDLE_SPIN;
    CHECK(mm_worker_pool_create(&config, &pool) == MM_OK);
    CHECK(mm_worker_pool_submit(pool, NULL, NULL) == MM_E_NULL && mm_worker_pool_submit(NULL, fail, NULL) == MM_E_NULL);
    CHECK(mm_worker_pool_submit_to(pool, 1, NULL, NULL) == MM_E_NULL && mm_worker_pool_submit_to(NULL, 1, fail, NULL) == MM_E_NULL);
    CHECK(mm_worker_pool_drain(NULL) == MM_E_NULL && mm_worker_pool_close(NULL) == MM_E_NULL);
    CHECK(mm_worker_pool_stats(pool, NULL) == MM_E_NULL && mm_worker_pool_stats(NULL, &stats) == MM_E_NULL);
    mm_worker_pool_destroy(pool);
    mm_worker_pool_destroy(NULL);
}

/* Recorded flow of each instrument. */
static mm_event_t flow[INSTRUMENTS][MOST_EVENTS];

static void record_flow(void) {
    mm_synthetic_config_t config;
    mm_reader_t *reader = NULL;
    size_t i, count, length;
    for (i = 0; i < INSTRUMENTS; ++i) {
        mm_synthetic_config_init(&config, sizeof config);
        config.events = most_events;
        config.seed = i + 1;
        config.instrument = (uint32_t)i;
        CHECK(mm_reader_open_synthetic(&config, &reader) == MM_OK);
        for (length = 0; length < most_events; length += count) {
            if (mm_reader_next(reader, flow[i] + length, most_events - length, &count) != MM_OK) {
                break;
            }
        }
        CHECK(length == most_events);
        mm_reader_destroy(reader);
    }
}

static mm_engine_t *engine(uint32_t id) {
    mm_instrument_t instrument;
    mm_stoikov_config_t strategy;
    mm_book_config_t book;
    mm_engine_config_t config;
    mm_engine_t *made = NULL;
    mm_instrument_init(&instrument, sizeof instrument);
    instrument.id = id;
    mm_stoikov_config_init(&strategy, sizeof strategy);
    strategy.warm_up = 10;
    mm_book_config_init(&book, sizeof book);
    book.max_orders = 16384;
    mm_engine_config_init(&config, sizeof config);
    config.instrument = &instrument;
    config.strategy = &strategy;
    config.book = &book;
    CHECK(mm_engine_create(&config, &made) == MM_OK);
    return made;
}

static uint64_t hash_of(const mm_engine_t *of) {
    uint64_t hash = 0;
    CHECK(mm_engine_state_hash(of, &hash) == MM_OK);
    return hash;
}

/* A piece of an instrument's day: engine and simulated venue, as one task. */
typedef struct {
    mm_engine_t *engine;
    mm_venue_t *venue;
    const mm_event_t *events;
    size_t count;
} piece_t;

static mm_status_t replay(void *context) {
    const piece_t *piece = (const piece_t *)context;
    mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS];
    mm_execution_report_t reports[64];
    size_t i, j, written;
    for (i = 0; i < piece->count; ++i) {
        if (mm_venue_on_event(piece->venue, piece->engine, &piece->events[i], reports, 64, &written) < 0) {
            return MM_E_BUFFER_TOO_SMALL;
        }
        for (j = 0; j < written; ++j) {
            (void)mm_engine_on_report(piece->engine, &reports[j]);
        }
        if (mm_engine_on_event(piece->engine, &piece->events[i], actions, MM_MAX_ENGINE_ACTIONS, &written) == MM_OK) {
            for (j = 0; j < written; ++j) {
                (void)mm_venue_submit(piece->venue, piece->events[i].timestamp, &actions[j]);
            }
        }
    }
    return MM_OK;
}

/* The days of all instruments, an instrument to a lane; 0 threads is a plain loop. */
static uint64_t replay_on(uint32_t threads) {
    static piece_t pieces[INSTRUMENTS][MOST_EVENTS / CHUNK + 1];
    mm_worker_pool_config_t config = pool_config(threads);
    mm_worker_pool_t *pool = NULL;
    mm_worker_pool_stats_t stats;
    mm_venue_config_t latencies;
    mm_engine_stats_t done;
    mm_engine_t *engines[INSTRUMENTS];
    mm_venue_t *venues[INSTRUMENTS];
    uint64_t hash = 0;
    size_t i, first;

    mm_venue_config_init(&latencies, sizeof latencies);
    for (i = 0; i < INSTRUMENTS; ++i) {
        engines[i] = engine((uint32_t)i);
        CHECK(mm_venue_create(&latencies, &venues[i]) == MM_OK);
    }
    if (threads > 0) {
        CHECK(mm_worker_pool_create(&config, &pool) == MM_OK);
    }
    for (first = 0; first < most_events; first += CHUNK) {
        for (i = 0; i < INSTRUMENTS; ++i) {
            piece_t *piece = &pieces[i][first / CHUNK];
            piece->engine = engines[i];
            piece->venue = venues[i];
            piece->events = flow[i] + first;
            piece->count = most_events - first < CHUNK ? most_events - first : (size_t)CHUNK;
            if (threads == 0) {
                CHECK(replay(piece) == MM_OK);
            } else {
                CHECK(mm_worker_pool_submit_to(pool, i, replay, piece) == MM_OK);
            }
        }
    }
    if (threads > 0) {
        CHECK(mm_worker_pool_drain(pool) == MM_OK);
        CHECK(mm_worker_pool_stats(pool, &stats) == MM_OK && stats.failed == 0 && stats.threads == threads);
        mm_worker_pool_destroy(pool);
    }
    for (i = 0; i < INSTRUMENTS; ++i) {
        CHECK(mm_engine_stats(engines[i], &done) == MM_OK && done.quotes > 0 && done.events == most_events);
        hash = hash * 31 + hash_of(engines[i]);
        mm_venue_destroy(venues[i]);
        mm_engine_destroy(engines[i]);
    }
    return hash;
}

/* The venue does what was asked. */
static mm_execution_report_t done(const mm_order_action_t *action, uint64_t timestamp) {
    mm_execution_report_t report;
    memset(&report, 0, sizeof report);
    report.kind = action->kind == MM_ACTION_PLACE    ? MM_EXECUTION_ACCEPTED
                  : action->kind == MM_ACTION_CANCEL ? MM_EXECUTION_CANCELLED
                                                     : MM_EXECUTION_REPLACED;
    report.order_id = action->order_id;
    report.new_order_id = action->new_order_id;
    report.instrument = action->instrument;
    report.side = action->side;
    report.price = action->price;
    report.quantity = action->quantity;
    report.leaves = action->kind == MM_ACTION_CANCEL ? 0 : action->quantity;
    report.timestamp = timestamp;
    return report;
}

/* Rounds of events whose orders are answered at the end of the round, in a plain loop. */
static uint64_t rounds_alone(size_t *actions_made) {
    static mm_order_action_t actions[CHUNK * MM_MAX_ENGINE_ACTIONS];
    mm_engine_t *engines[INSTRUMENTS];
    uint64_t hash = 0;
    size_t i, j, first, length, count;

    *actions_made = 0;
    for (i = 0; i < INSTRUMENTS; ++i) {
        engines[i] = engine((uint32_t)i);
        for (first = 0; first + CHUNK <= most_events; first += CHUNK) {
            length = 0;
            for (j = 0; j < CHUNK; ++j) {
                if (mm_engine_on_event(engines[i], &flow[i][first + j], actions + length, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK) {
                    length += count;
                }
            }
            for (j = 0; j < length; ++j) {
                const mm_execution_report_t report = done(&actions[j], flow[i][first + CHUNK - 1].timestamp);
                CHECK(mm_engine_on_report(engines[i], &report) == MM_OK);
            }
            *actions_made += length;
        }
        hash = hash * 31 + hash_of(engines[i]);
        mm_engine_destroy(engines[i]);
    }
    return hash;
}

static mm_engine_pool_config_t engine_pool_config(uint32_t threads) {
    mm_engine_pool_config_t config;
    mm_engine_pool_config_init(&config, sizeof config);
    config.threads = threads;
    return config;
}

/* The same on the threads of a pool. */
static uint64_t rounds_on(uint32_t threads, uint32_t inputs, uint32_t room, size_t *actions_made) {
    static mm_order_action_t actions[INSTRUMENTS * CHUNK * MM_MAX_ENGINE_ACTIONS];
    mm_engine_pool_config_t config = engine_pool_config(threads);
    mm_engine_pool_t *pool = NULL;
    mm_engine_pool_stats_t stats;
    mm_finished_engine_t finished[INSTRUMENTS];
    mm_engine_t *engines[INSTRUMENTS];
    mm_engine_output_t outputs[OUTPUTS];
    mm_status_t status;
    uint64_t hash = 0;
    size_t i, j, first, length, count;

    for (i = 0; i < INSTRUMENTS; ++i) {
        engines[i] = engine((uint32_t)i);
    }
    config.inputs = inputs;
    CHECK(mm_engine_pool_create(&config, engines, INSTRUMENTS, &pool) == MM_OK);
    for (i = 0; i < INSTRUMENTS; ++i) {
        CHECK(engines[i] == NULL);
    }
    *actions_made = 0;
    for (first = 0; first + CHUNK <= most_events; first += CHUNK) {
        for (j = 0; j < CHUNK; ++j) {
            for (i = 0; i < INSTRUMENTS; ++i) {
                if (mm_engine_pool_on_event(pool, (uint32_t)i, &flow[i][first + j]) != MM_OK) {
                    CHECK(!"a pool that waits takes every event");
                }
            }
        }
        length = 0;
        do {
            status = mm_engine_pool_drain(pool, outputs, room, &count);
            CHECK(status == MM_END || (status == MM_OK && count == room));
            for (j = 0; j < count; ++j) {
                CHECK(outputs[j].kind == MM_OUTPUT_ACTION && outputs[j].instrument == outputs[j].action.instrument);
                actions[length++] = outputs[j].action;
            }
        } while (status == MM_OK);
        for (j = 0; j < length; ++j) {
            const uint32_t id = actions[j].instrument;
            const mm_execution_report_t report = done(&actions[j], flow[id][first + CHUNK - 1].timestamp);
            CHECK(mm_engine_pool_on_report(pool, id, &report) == MM_OK);
        }
        *actions_made += length;
    }
    CHECK(mm_engine_pool_drain(pool, outputs, OUTPUTS, &count) == MM_END && count == 0);
    CHECK(mm_engine_pool_stats(pool, &stats) == MM_OK && stats.sent == stats.done && stats.engines == INSTRUMENTS);
    CHECK(stats.threads == (threads < INSTRUMENTS ? threads : (uint32_t)INSTRUMENTS) && stats.refused == 0);
    CHECK(mm_engine_pool_finish(pool, finished, INSTRUMENTS - 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_engine_pool_finish(pool, finished, INSTRUMENTS, &count) == MM_OK && count == INSTRUMENTS);
    for (i = 0; i < count; ++i) {
        CHECK(finished[i].instrument == i && finished[i].is_broken == 0 && finished[i].rests == 0);
        CHECK(finished[i].inputs >= first && finished[i].unheard == 0);
        CHECK((finished[i].errors == 0) == (finished[i].last_error == MM_OK));
        hash = hash * 31 + hash_of(finished[i].engine);
        mm_engine_destroy(finished[i].engine);
    }
    CHECK(mm_engine_pool_finish(pool, finished, INSTRUMENTS, &count) == MM_E_CLOSED);
    CHECK(mm_engine_pool_on_event(pool, 0, &flow[0][0]) == MM_E_CLOSED);
    mm_engine_pool_destroy(pool);
    return hash;
}

static void results_do_not_depend_on_the_number_of_threads(void) {
    const uint64_t replayed = replay_on(0);
    size_t alone, made;
    const uint64_t answered = rounds_alone(&alone);

    CHECK(replay_on(1) == replayed);
    CHECK(replay_on(2) == replayed);
    CHECK(replay_on(4) == replayed);
    CHECK(alone > 0);
    CHECK(rounds_on(1, 4096, OUTPUTS, &made) == answered && made == alone);
    CHECK(rounds_on(2, 1, 3, &made) == answered && made == alone);
    CHECK(rounds_on(4, 64, OUTPUTS, &made) == answered && made == alone);
}

static void what_a_pool_refuses_leaves_the_engines_with_the_caller(void) {
    const uint32_t nowhere[1] = {1000000};
    mm_engine_pool_config_t config;
    mm_engine_pool_t *pool = NULL;
    mm_engine_pool_stats_t stats;
    mm_finished_engine_t finished[3];
    mm_engine_output_t output;
    mm_engine_t *list[3];
    mm_engine_t *const one = engine(1), *const two = engine(2), *const also_one = engine(1);
    const uint64_t before = hash_of(one);
    size_t count = 77;

    CHECK(mm_engine_pool_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_engine_pool_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_engine_pool_config_init(&config, sizeof config) == MM_OK && config.tolerated_errors == 3);
    CHECK(config.error_rest == 300000000000u && config.connection_rest == 60000000000u);
    list[0] = one, list[1] = two, list[2] = also_one;
    CHECK(mm_engine_pool_create(NULL, list, 2, &pool) == MM_E_NULL);
    CHECK(mm_engine_pool_create(&config, NULL, 2, &pool) == MM_E_NULL);
    CHECK(mm_engine_pool_create(&config, list, 2, NULL) == MM_E_NULL);
    CHECK(mm_engine_pool_create(&config, list, 0, &pool) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_engine_pool_create(&config, list, 3, &pool) == MM_E_DUPLICATE); /* two of instrument 1 */
    list[2] = one;
    CHECK(mm_engine_pool_create(&config, list, 3, &pool) == MM_E_HANDLE); /* one of them twice */
    list[2] = NULL;
    CHECK(mm_engine_pool_create(&config, list, 3, &pool) == MM_E_NULL);
    config.threads = 0;
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_E_INVALID_ARGUMENT);
    config = engine_pool_config(1);
    config.outputs = 0;
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_E_INVALID_ARGUMENT && strstr(mm_last_error_message(), "outputs") != NULL);
    config = engine_pool_config(1);
    config.back_pressure = MM_BACK_PRESSURE_DROP_OLDEST;
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_E_INVALID_ARGUMENT);
    config = engine_pool_config(1);
    config.idle = 9;
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_E_ENUM);
    config = engine_pool_config(2);
    config.processors = nowhere;
    config.processor_count = 1;
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_E_PROCESSOR);
    CHECK(pool == NULL && list[0] == one && list[1] == two && hash_of(one) == before && hash_of(two) != 0);

    config = engine_pool_config(2);
    CHECK(mm_engine_pool_create(&config, list, 2, &pool) == MM_OK && list[0] == NULL && list[1] == NULL);
    CHECK(mm_engine_pool_on_event(pool, 9, &flow[0][0]) == MM_E_NOT_FOUND);
    CHECK(mm_engine_pool_on_event(pool, 1, NULL) == MM_E_NULL && mm_engine_pool_on_event(NULL, 1, &flow[0][0]) == MM_E_NULL);
    CHECK(mm_engine_pool_on_report(pool, 1, NULL) == MM_E_NULL);
    CHECK(mm_engine_pool_refresh(pool, 9, 1) == MM_E_NOT_FOUND && mm_engine_pool_refresh(NULL, 1, 1) == MM_E_NULL);
    CHECK(mm_engine_pool_on_fault(pool, 1, 9, 1) == MM_E_ENUM && mm_engine_pool_on_fault(pool, 9, MM_FAULT_ERROR, 1) == MM_E_NOT_FOUND);
    CHECK(mm_engine_pool_take(pool, &output, 0, &count) == MM_E_BUFFER_TOO_SMALL && count == 77);
    CHECK(mm_engine_pool_take(pool, NULL, 1, &count) == MM_E_NULL && mm_engine_pool_take(pool, &output, 1, NULL) == MM_E_NULL);
    CHECK(mm_engine_pool_drain(NULL, &output, 1, &count) == MM_E_NULL && mm_engine_pool_close(NULL) == MM_E_NULL);
    CHECK(mm_engine_pool_stats(pool, NULL) == MM_E_NULL && mm_engine_pool_stats(NULL, &stats) == MM_E_NULL);
    CHECK(mm_engine_pool_finish(pool, NULL, 2, &count) == MM_E_NULL && mm_engine_pool_finish(NULL, finished, 2, &count) == MM_E_NULL);
    CHECK(mm_engine_pool_take(pool, &output, 1, &count) == MM_END && count == 0);

    /* A lost connection: a rest of a minute, said and not taken until the pool is finished. */
    CHECK(mm_engine_pool_on_fault(pool, 2, MM_FAULT_CONNECTION, 5000000000u) == MM_OK);
    CHECK(mm_engine_pool_refresh(pool, 1, 5000000000u) == MM_OK);
    CHECK(mm_engine_pool_close(pool) == MM_OK && mm_engine_pool_refresh(pool, 1, 1) == MM_E_CLOSED);
    CHECK(mm_engine_pool_finish(pool, finished, 3, &count) == MM_OK && count == 2);
    CHECK(finished[0].instrument == 1 && finished[0].inputs == 1 && finished[0].rests == 0);
    CHECK(finished[1].instrument == 2 && finished[1].inputs == 1 && finished[1].rests == 1);
    CHECK(mm_engine_pool_take(pool, &output, 1, &count) == MM_OK && count == 1);
    CHECK(output.kind == MM_OUTPUT_REST_BEGINS && output.instrument == 2 && output.time == 65000000000u);
    CHECK(mm_engine_pool_take(pool, &output, 1, &count) == MM_END && count == 0);
    CHECK(mm_engine_pool_stats(pool, &stats) == MM_OK && stats.done == 2 && stats.threads == 0);
    mm_engine_pool_destroy(pool);
    mm_engine_pool_destroy(NULL);
    mm_engine_destroy(finished[0].engine);
    mm_engine_destroy(finished[1].engine);
    mm_engine_destroy(also_one);
}

static void a_pool_is_destroyed_amid_work_with_its_engines(void) {
    mm_engine_pool_config_t config = engine_pool_config(2);
    mm_engine_pool_t *pool = NULL;
    mm_engine_t *engines[2];
    mm_kill_switch_t *kill_switch = NULL;
    size_t i;

    engines[0] = engine(0);
    engines[1] = engine(1);
    CHECK(mm_engine_kill_switch(engines[0], &kill_switch) == MM_OK);
    config.outputs = 1; /* nobody takes them */
    CHECK(mm_engine_pool_create(&config, engines, 2, &pool) == MM_OK);
    for (i = 0; i < 40; ++i) {
        CHECK(mm_engine_pool_on_event(pool, (uint32_t)(i % 2), &flow[i % 2][i / 2]) == MM_OK);
    }
    mm_engine_pool_destroy(pool);
    CHECK(mm_kill_switch_set(kill_switch, 1) == MM_OK); /* it outlives its engine, also there */
    mm_kill_switch_destroy(kill_switch);
}

int main(int argc, char **argv) {
    uint32_t threads;
    if (argc == 2 && strcmp(argv[1], "--short") == 0) {
        tasks = 50;
        most_events = 20 * CHUNK;
    }
    pool_configs_are_checked();
    for (threads = 1; threads <= 4; threads *= 2) {
        lanes_run_in_order_and_nothing_is_lost(threads, 4096);
        lanes_run_in_order_and_nothing_is_lost(threads, 1);
    }
    a_full_pool_refuses_or_drops_the_oldest();
    a_task_may_submit_and_never_waits_for_its_own_pool();
    record_flow();
    results_do_not_depend_on_the_number_of_threads();
    what_a_pool_refuses_leaves_the_engines_with_the_caller();
    a_pool_is_destroyed_amid_work_with_its_engines();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
