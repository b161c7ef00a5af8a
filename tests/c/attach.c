/* A predictor attached to an engine, from C99: quotes that follow it and quotes that do not, lifetimes, what is refused, and
 * that a refusal leaves what was attached. Also compiled as C++.
 * Usage: attach FOLDER, which is writable. */
#include "market_maker/market_maker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;
static int checks = 0;
static const char *folder = ".";

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        ++checks;                                                                              \
        if (!(condition)) {                                                                    \
            ++failures;                                                                        \
            printf("%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, mm_last_error_message()); \
        }                                                                                      \
    } while (0)

/* FOLDER/name; good until the next call but one. */
static const char *in_folder(const char *name) {
    static char paths[2][1024];
    static int turn = 0;
    turn = 1 - turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

enum { ROWS = 16, BATCH = 256, REPORTS = 4096, EVENTS = 20000 };

static mm_predictor_config_t network(void) {
    mm_predictor_config_t config;
    mm_predictor_config_init(&config, sizeof config);
    config.d_model = 16;
    config.n_layer = 1;
    config.seq_len = ROWS;
    config.forecast_len = 4;
    config.patch_len = 4;
    config.stride = 2;
    config.seed = 5;
    return config;
}

static mm_predictor_t *predictor(void) {
    mm_predictor_config_t config = network();
    mm_predictor_t *made = NULL;
    CHECK(mm_predictor_create(&config, NULL, &made) == MM_OK);
    return made;
}

static mm_engine_t *engine(double change_weight, double volatility_weight) {
    mm_stoikov_config_t strategy;
    mm_engine_config_t config;
    mm_book_config_t book;
    mm_engine_t *made = NULL;
    mm_stoikov_config_init(&strategy, sizeof strategy);
    strategy.change_weight = change_weight;
    strategy.volatility_weight = volatility_weight;
    strategy.warm_up = 10;
    mm_book_config_init(&book, sizeof book);
    book.max_orders = 16384;
    mm_engine_config_init(&config, sizeof config);
    config.strategy = &strategy;
    config.book = &book;
    CHECK(mm_engine_create(&config, &made) == MM_OK);
    return made;
}

/* Lets synthetic flow and a simulated venue loose on an engine; the state's hash afterwards. */
static uint64_t run(mm_engine_t *on) {
    static mm_event_t events[BATCH];
    static mm_execution_report_t reports[REPORTS];
    mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS];
    mm_synthetic_config_t flow;
    mm_venue_config_t latencies;
    mm_reader_t *reader = NULL;
    mm_venue_t *venue = NULL;
    size_t count = 0, written = 0, i, j;
    uint64_t hash = 0;

    mm_synthetic_config_init(&flow, sizeof flow);
    flow.events = EVENTS;
    mm_venue_config_init(&latencies, sizeof latencies);
    CHECK(mm_reader_open_synthetic(&flow, &reader) == MM_OK && mm_venue_create(&latencies, &venue) == MM_OK);
    while (mm_reader_next(reader, events, BATCH, &count) == MM_OK) {
        for (i = 0; i < count; ++i) {
            if (mm_venue_on_event(venue, on, &events[i], reports, REPORTS, &written) < 0) {
                CHECK(!"the venue takes every event");
            }
            for (j = 0; j < written; ++j) {
                (void)mm_engine_on_report(on, &reports[j]);
            }
            if (mm_engine_on_event(on, &events[i], actions, MM_MAX_ENGINE_ACTIONS, &written) == MM_OK) {
                for (j = 0; j < written; ++j) {
                    (void)mm_venue_submit(venue, events[i].timestamp, &actions[j]);
                }
            }
        }
    }
    CHECK(mm_engine_state_hash(on, &hash) == MM_OK);
    mm_venue_destroy(venue);
    mm_reader_destroy(reader);
    return hash;
}

/* One run of an engine of these weights: its hash and its counters. */
static uint64_t outcome(double change, double volatility, const mm_predictor_t *attached, uint32_t asking,
                        mm_engine_stats_t *stats) {
    mm_engine_t *on = engine(change, volatility);
    mm_forecaster_config_t forecaster;
    uint64_t hash;
    CHECK(mm_forecaster_config_init(&forecaster, sizeof forecaster) == MM_OK);
    forecaster.asking = asking;
    if (attached != NULL) {
        CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_OK);
    }
    hash = run(on);
    CHECK(mm_engine_stats(on, stats) == MM_OK);
    mm_engine_destroy(on);
    return hash;
}

static void quotes_follow_only_where_the_rule_says_so(void) {
    mm_predictor_t *attached = predictor();
    mm_engine_stats_t plain, off, on, again, stream;
    const uint64_t hash = outcome(0.0, 0.0, NULL, MM_ASKING_WINDOW, &plain);
    uint64_t followed;

    CHECK(plain.quotes > 100 && plain.fills > 0);
    /* Off: bit for bit what an engine without a predictor does. */
    CHECK(outcome(0.0, 0.0, attached, MM_ASKING_WINDOW, &off) == hash && memcmp(&plain, &off, sizeof off) == 0);
    CHECK(outcome(0.0, 0.0, attached, MM_ASKING_STREAM, &off) == hash && memcmp(&plain, &off, sizeof off) == 0);
    CHECK(outcome(1.0, 0.5, NULL, MM_ASKING_WINDOW, &off) == hash && memcmp(&plain, &off, sizeof off) == 0);
    /* On: other quotes, the same ones each time. */
    followed = outcome(1.0, 0.5, attached, MM_ASKING_WINDOW, &on);
    CHECK(followed != hash && on.orders_sent != plain.orders_sent);
    CHECK(outcome(1.0, 0.5, attached, MM_ASKING_WINDOW, &again) == followed && memcmp(&on, &again, sizeof on) == 0);
    CHECK(outcome(1.0, 0.5, attached, MM_ASKING_STREAM, &stream) != followed);
    mm_predictor_destroy(attached);
}

static void a_predictor_may_be_destroyed_before_the_engines_that_share_it(void) {
    mm_predictor_config_t config = network();
    mm_predictor_t *attached = NULL;
    mm_engine_t *one = engine(1.0, 0.5), *other = engine(1.0, 0.5);
    float window[ROWS * MM_FEATURE_CHANNELS];
    uint64_t hash;
    size_t i;

    for (i = 0; i < sizeof window / sizeof *window; ++i) {
        window[i] = (float)sin(0.3 * (double)i);
    }
    config.precision = MM_PRECISION_INT8;
    CHECK(mm_predictor_create(&config, NULL, &attached) == MM_OK);
    CHECK(mm_predictor_calibrate(attached, window, sizeof window / sizeof *window, 1) == MM_OK);
    CHECK(mm_engine_attach_predictor(one, attached, NULL, NULL, NULL) == MM_OK);
    CHECK(mm_engine_attach_predictor(other, attached, NULL, NULL, NULL) == MM_OK);
    /* While an engine has a share the weights stay as they are. */
    CHECK(mm_predictor_calibrate(attached, window, sizeof window / sizeof *window, 1) == MM_E_SHARED);
    hash = run(one);
    mm_predictor_destroy(attached);
    CHECK(run(other) == hash);
    mm_engine_destroy(one);
    CHECK(mm_engine_detach_predictor(other) == MM_OK);
    CHECK(mm_engine_detach_predictor(other) == MM_OK); /* fine where none is attached */
    mm_engine_destroy(other);
}

static void a_prediction_tells_its_times_and_whether_it_holds(void) {
    const uint64_t step = 100000000u;
    mm_predictor_t *attached = predictor();
    mm_engine_t *on = engine(0.0, 0.0);
    mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS];
    mm_prediction_t now, later;
    size_t count = 77;

    memset(&now, 77, sizeof now);
    later = now;
    CHECK(mm_engine_prediction(on, &now) == MM_E_NOT_FOUND && memcmp(&now, &later, sizeof now) == 0);
    CHECK(mm_engine_save_normaliser(on, in_folder("moments.safetensors")) == MM_E_NOT_FOUND);
    CHECK(mm_engine_attach_predictor(on, attached, NULL, NULL, NULL) == MM_OK);
    CHECK(mm_engine_prediction(NULL, &now) == MM_E_NULL && mm_engine_prediction(on, NULL) == MM_E_NULL);
    CHECK(mm_engine_prediction(on, &now) == MM_OK && now.is_valid == 0 && now.as_of == 0 && now.rows == 0);
    CHECK(now.is_window_full == 0 && now.valid_until == 0 && now.age == 0);
    (void)run(on);
    CHECK(mm_engine_prediction(on, &now) == MM_OK && now.is_valid == 1 && now.is_window_full == 1);
    CHECK(isfinite(now.change) && now.direction >= -1.0 && now.direction <= 1.0);
    CHECK(now.has_volatility == 0 || now.volatility > 0.0);
    CHECK(now.rows > ROWS && now.predictions == now.rows - (ROWS - 1) && now.failures == 0);
    CHECK(now.as_of % step == 0 && now.valid_until == now.as_of + 4 * step && now.age < step);

    /* Rows are completed by time alone, too. */
    CHECK(mm_engine_refresh(on, now.as_of + 3 * step, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count != 77);
    CHECK(mm_engine_prediction(on, &later) == MM_OK && later.rows == now.rows + 3 && later.is_valid == 1);
    CHECK(later.as_of == now.as_of + 3 * step && later.age == 0);
    /* After a gap it holds no more, and is still told. */
    CHECK(mm_engine_interrupt(NULL) == MM_E_NULL);
    CHECK(mm_engine_interrupt(on) == MM_OK);
    CHECK(mm_engine_prediction(on, &now) == MM_OK && now.is_valid == 0 && now.as_of == later.as_of);
    CHECK(now.predictions == later.predictions);
    mm_engine_destroy(on);
    mm_predictor_destroy(attached);
}

static void what_does_not_fit_is_refused_and_changes_nothing(void) {
    mm_predictor_config_t config = network();
    mm_predictor_t *attached = predictor(), *narrow = NULL, *lstm = NULL;
    mm_feature_window_config_t window;
    mm_forecaster_config_t forecaster;
    mm_prediction_t before, after;
    mm_engine_t *on = engine(1.0, 0.0), *other = engine(1.0, 0.0);

    CHECK(mm_forecaster_config_init(NULL, sizeof forecaster) == MM_E_NULL);
    CHECK(mm_forecaster_config_init(&forecaster, 4) == MM_E_STRUCT_SIZE);
    CHECK(mm_forecaster_config_init(&forecaster, sizeof forecaster) == MM_OK);
    CHECK(forecaster.asking == MM_ASKING_WINDOW && forecaster.reading == MM_READING_BY_NETWORK && forecaster.horizon == 0);
    mm_feature_window_config_init(&window, sizeof window);
    window.rows = ROWS;
    config.num_channels = 6;
    CHECK(mm_predictor_create(&config, NULL, &narrow) == MM_OK);
    config.kind = MM_PREDICTOR_LSTM;
    config.lstm_steps = ROWS;
    config.lstm_features = MM_FEATURE_CHANNELS;
    config.lstm_hidden = 8;
    CHECK(mm_predictor_create(&config, NULL, &lstm) == MM_OK);

    CHECK(mm_engine_attach_predictor(on, attached, &window, &forecaster, NULL) == MM_OK);
    (void)run(on);
    CHECK(mm_engine_prediction(on, &before) == MM_OK && before.is_valid == 1);

    CHECK(mm_engine_attach_predictor(NULL, attached, NULL, NULL, NULL) == MM_E_NULL);
    CHECK(mm_engine_attach_predictor(on, NULL, NULL, NULL, NULL) == MM_E_NULL);
    CHECK(mm_engine_attach_predictor(on, (const mm_predictor_t *)(const void *)other, NULL, NULL, NULL) == MM_E_HANDLE);
    CHECK(mm_engine_attach_predictor(on, narrow, NULL, NULL, NULL) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "(16, 6)") != NULL && strstr(mm_last_error_message(), "(16, 24)") != NULL);
    window.rows = ROWS + 1;
    CHECK(mm_engine_attach_predictor(on, attached, &window, NULL, NULL) == MM_E_INVALID_ARGUMENT);
    window.rows = 0;
    CHECK(mm_engine_attach_predictor(on, attached, &window, NULL, NULL) == MM_E_INVALID_ARGUMENT);
    window.rows = ROWS;
    window.struct_size = 3;
    CHECK(mm_engine_attach_predictor(on, attached, &window, NULL, NULL) == MM_E_STRUCT_SIZE);
    window.struct_size = sizeof window;
    forecaster.asking = 9;
    CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_E_ENUM);
    forecaster.asking = MM_ASKING_STREAM;
    forecaster.reading = 9;
    CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_E_ENUM);
    forecaster.reading = MM_READING_CHANNELS;
    CHECK(mm_engine_attach_predictor(on, lstm, NULL, &forecaster, NULL) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "reading") != NULL);
    forecaster.horizon = 5;
    CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "horizon") != NULL);
    forecaster.horizon = 2;
    forecaster.volatility = MM_FEATURE_CHANNELS;
    CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_E_INVALID_ARGUMENT);
    forecaster.volatility = 0; /* a channel, but no volatility */
    CHECK(mm_engine_attach_predictor(on, attached, NULL, &forecaster, NULL) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "volatility") != NULL);
    CHECK(mm_engine_attach_predictor(on, lstm, NULL, NULL, NULL) == MM_E_INVALID_ARGUMENT); /* a triple has to say how far */
    CHECK(strstr(mm_last_error_message(), "horizon") != NULL);
    CHECK(mm_engine_attach_predictor(on, attached, NULL, NULL, in_folder("absent.safetensors")) == MM_E_IO);
    CHECK(mm_predictor_save(attached, in_folder("bare.safetensors")) == MM_OK);
    CHECK(mm_engine_attach_predictor(on, attached, NULL, NULL, in_folder("bare.safetensors")) == MM_E_WEIGHTS);
    CHECK(strstr(mm_last_error_message(), "normaliser.mean") != NULL);
    window.normalise = 0;
    CHECK(mm_engine_attach_predictor(on, attached, &window, NULL, in_folder("bare.safetensors")) == MM_E_UNSUPPORTED);
    CHECK(mm_engine_detach_predictor(NULL) == MM_E_NULL);
    CHECK(mm_engine_prediction(on, &after) == MM_OK && memcmp(&before, &after, sizeof after) == 0);

    mm_forecaster_config_init(&forecaster, sizeof forecaster);
    forecaster.horizon = 10;
    CHECK(mm_engine_attach_predictor(on, lstm, NULL, &forecaster, NULL) == MM_OK);
    CHECK(mm_engine_prediction(on, &after) == MM_OK && after.rows == 0 && after.is_valid == 0);
    CHECK(mm_engine_detach_predictor(on) == MM_OK && mm_engine_prediction(on, &after) == MM_E_NOT_FOUND);
    mm_engine_destroy(on);
    mm_engine_destroy(other);
    mm_predictor_destroy(attached);
    mm_predictor_destroy(narrow);
    mm_predictor_destroy(lstm);
}

static void moments_are_saved_and_gone_on_from(void) {
    mm_predictor_t *attached = predictor();
    mm_feature_window_config_t window;
    mm_engine_t *learning = engine(1.0, 0.5), *fixed[2];
    uint64_t fresh, known[2];
    size_t i;

    mm_feature_window_config_init(&window, sizeof window);
    window.rows = ROWS;
    CHECK(mm_engine_attach_predictor(learning, attached, &window, NULL, NULL) == MM_OK);
    fresh = run(learning);
    CHECK(mm_engine_save_normaliser(learning, in_folder("moments.safetensors")) == MM_OK);
    CHECK(mm_engine_save_normaliser(learning, NULL) == MM_E_NULL);
    CHECK(mm_engine_save_normaliser(NULL, in_folder("moments.safetensors")) == MM_E_NULL);
    CHECK(mm_engine_save_normaliser(learning, in_folder("no/such/folder/moments.safetensors")) == MM_E_IO);
    window.normaliser_learns = 0;
    for (i = 0; i < 2; ++i) {
        fixed[i] = engine(1.0, 0.5);
        CHECK(mm_engine_attach_predictor(fixed[i], attached, &window, NULL, in_folder("moments.safetensors")) == MM_OK);
        known[i] = run(fixed[i]);
        mm_engine_destroy(fixed[i]);
    }
    CHECK(known[0] == known[1] && known[0] != fresh); /* other moments, other inputs, other quotes */
    window.normalise = 0;
    CHECK(mm_engine_attach_predictor(learning, attached, &window, NULL, NULL) == MM_OK);
    CHECK(mm_engine_save_normaliser(learning, in_folder("moments.safetensors")) == MM_E_UNSUPPORTED);
    mm_engine_destroy(learning);
    mm_predictor_destroy(attached);
}

int main(int argc, char **argv) {
    if (argc == 2) {
        folder = argv[1];
    }
    quotes_follow_only_where_the_rule_says_so();
    a_predictor_may_be_destroyed_before_the_engines_that_share_it();
    a_prediction_tells_its_times_and_whether_it_holds();
    what_does_not_fit_is_refused_and_changes_nothing();
    moments_are_saved_and_gone_on_from();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
