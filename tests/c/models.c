/* The models' C interface from C99: predictors, boosted trees, feature windows, instruction sets; what works, what is refused,
 * and that a refusal changes nothing. Also compiled as C++, hence the casts.
 * Usage: models FOLDER, which is writable; models --isa-refused where the environment asks for an instruction set that
 * there is not. */
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

static int write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return 0;
    }
    if (fputs(text, file) < 0) {
        fclose(file);
        return 0;
    }
    return fclose(file) == 0;
}

static void wave(float *values, size_t count, float phase) {
    size_t i;
    for (i = 0; i < count; ++i) {
        values[i] = 0.5f * (float)sin(0.37 * (double)i + (double)phase);
    }
}

static void fill(float *values, size_t count, float value) {
    size_t i;
    for (i = 0; i < count; ++i) {
        values[i] = value;
    }
}

static int all_equal(const float *values, size_t count, float value) {
    size_t i;
    for (i = 0; i < count; ++i) {
        if (values[i] < value || values[i] > value) {
            return 0;
        }
    }
    return 1;
}

static void instruction_sets_have_names(void) {
    const char *name = NULL;
    size_t i, count = mm_isa_count();
    int found = 0;

    CHECK(count >= 1);
    for (i = 0; i < count; ++i) {
        CHECK(mm_isa_at(i, &name) == MM_OK && strlen(name) > 0);
        found |= strcmp(name, mm_isa_name()) == 0;
    }
    CHECK(found);
    CHECK(strcmp(name, "scalar") == 0); /* the last one is everywhere */
    CHECK(mm_isa_at(count, &name) == MM_E_NOT_FOUND && strcmp(name, "scalar") == 0);
    CHECK(mm_isa_at(0, NULL) == MM_E_NULL);
}

enum { ROWS = 32, CHANNELS = 6, STEPS = 4, WINDOW = ROWS * CHANNELS, FORECAST = STEPS * CHANNELS };

static mm_predictor_config_t small_network(void) {
    mm_predictor_config_t config;
    mm_predictor_config_init(&config, sizeof config);
    config.d_model = 32;
    config.n_layer = 2;
    config.seq_len = ROWS;
    config.num_channels = CHANNELS;
    config.forecast_len = STEPS;
    config.patch_len = 8;
    config.stride = 4;
    config.max_batch = 3;
    config.seed = 11;
    return config;
}

static void predictor_configs_are_checked(void) {
    mm_predictor_config_t config;
    mm_predictor_t *predictor = NULL;

    CHECK(mm_predictor_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_predictor_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_predictor_config_init(&config, sizeof config) == MM_OK);
    CHECK(config.kind == MM_PREDICTOR_SSM_HIPPO && config.d_model == 128 && config.n_layer == 4 && config.seq_len == 96);
    CHECK(config.d_state == 16 && config.num_channels == 24 && config.forecast_len == 32 && config.patch_len == 16);
    CHECK(config.stride == 8 && config.expand == 2 && config.d_conv == 4 && config.reduction_ratio == 8);
    CHECK(mm_predictor_create(NULL, NULL, &predictor) == MM_E_NULL);
    CHECK(mm_predictor_create(&config, NULL, NULL) == MM_E_NULL);
    config.struct_size = 16;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_STRUCT_SIZE);
    config = small_network();
    config.kind = 9;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_ENUM);
    config = small_network();
    config.precision = 9;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_ENUM);
    config = small_network();
    config.bad_input = 9;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_ENUM);
    config = small_network();
    config.progressive_state = 2;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_ENUM);
    config = small_network();
    config.stride = 0;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "stride") != NULL);
    /* More weights than any address space holds: an error, where an allocation would end the program. */
    config = small_network();
    config.d_model = 4096;
    config.seq_len = 65536;
    config.patch_len = config.stride = 1;
    config.forecast_len = 4096;
    config.num_channels = 256;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_OUT_OF_MEMORY);
    config = small_network();
    config.max_batch = 0;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_INVALID_ARGUMENT);
    config = small_network();
    config.kind = MM_PREDICTOR_LSTM;
    config.lstm_layers = 99;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "layers") != NULL);
    CHECK(predictor == NULL);
    mm_predictor_destroy(NULL);
}

static void windows_give_forecasts_and_refusals_write_nothing(void) {
    mm_predictor_config_t config = small_network();
    mm_predictor_t *predictor = NULL, *filling = NULL;
    mm_predictor_info_t info;
    float window[3 * WINDOW], out[4 * FORECAST], again[FORECAST], part[4];
    const uint32_t horizons[2] = {3, 0}, channels[2] = {5, 1}, beyond[1] = {CHANNELS};
    size_t i, j;

    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_OK);
    memset(&info, 0, sizeof info);
    CHECK(mm_predictor_info(predictor, &info) == MM_OK);
    CHECK(info.input_rows == ROWS && info.input_columns == CHANNELS && info.output_rows == STEPS);
    CHECK(info.output_columns == CHANNELS && info.stream_period == 4 && info.stream_warm_up == ROWS);
    CHECK(info.is_trained == 0 && info.kind == MM_PREDICTOR_SSM_HIPPO && info.precision == MM_PRECISION_F32);
    CHECK(info.scratch_bytes > sizeof window && info.weight_bytes > 4 * 32 * 64 * 2 && info.max_batch == 3);
    CHECK(strcmp(info.isa, mm_isa_name()) == 0);
    CHECK(mm_predictor_info(predictor, NULL) == MM_E_NULL);
    CHECK(mm_predictor_info(NULL, &info) == MM_E_NULL);

    wave(window, 3 * WINDOW, 0.0f);
    fill(out, 4 * FORECAST, 77.0f);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, out, FORECAST + 1) == MM_OK);
    CHECK(all_equal(out + FORECAST, FORECAST, 77.0f)); /* what is beyond the forecast is not ours */
    for (i = 0; i < FORECAST; ++i) {
        CHECK(isfinite(out[i]) && !(out[i] > 76.0f));
    }
    CHECK(mm_predictor_predict(predictor, window, WINDOW, again, FORECAST) == MM_OK);
    CHECK(memcmp(out, again, sizeof again) == 0);

    fill(again, FORECAST, 77.0f);
    CHECK(mm_predictor_predict(NULL, window, WINDOW, again, FORECAST) == MM_E_NULL);
    CHECK(mm_predictor_predict(predictor, NULL, WINDOW, again, FORECAST) == MM_E_NULL);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, NULL, FORECAST) == MM_E_NULL);
    CHECK(mm_predictor_predict(predictor, window, WINDOW - 1, again, FORECAST) == MM_E_INPUT_LENGTH);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, again, FORECAST - 1) == MM_E_BUFFER_TOO_SMALL);
    window[100] = (float)NAN;
    CHECK(mm_predictor_predict(predictor, window, WINDOW, again, FORECAST) == MM_E_INPUT_NOT_FINITE);
    CHECK(strstr(mm_last_error_message(), "100") != NULL);
    window[100] = (float)INFINITY;
    CHECK(mm_predictor_predict(predictor, window, WINDOW, again, FORECAST) == MM_E_INPUT_NOT_FINITE);
    CHECK(mm_predictor_predict_batch(predictor, window, 3 * WINDOW, 3, again, FORECAST) == MM_E_BUFFER_TOO_SMALL);
    CHECK(all_equal(again, FORECAST, 77.0f));

    /* A value may stand in for a bad one, where the config says so. */
    config.bad_input = MM_BAD_INPUT_FORWARD_FILL;
    CHECK(mm_predictor_create(&config, NULL, &filling) == MM_OK);
    CHECK(mm_predictor_predict(filling, window, WINDOW, again, FORECAST) == MM_OK && isfinite(again[0]));
    window[100] = window[100 - CHANNELS];
    CHECK(mm_predictor_predict(predictor, window, WINDOW, out, FORECAST) == MM_OK);
    CHECK(memcmp(out, again, sizeof again) == 0);
    window[3] = (float)NAN; /* nothing came before the first row */
    CHECK(mm_predictor_predict(filling, window, WINDOW, again, FORECAST) == MM_E_INPUT_NOT_FINITE);
    mm_predictor_destroy(filling);

    /* A batch has the bits of its windows. */
    wave(window, 3 * WINDOW, 1.0f);
    CHECK(mm_predictor_predict_batch(predictor, window, 3 * WINDOW, 3, out, 4 * FORECAST) == MM_OK);
    for (i = 0; i < 3; ++i) {
        CHECK(mm_predictor_predict(predictor, window + i * WINDOW, WINDOW, again, FORECAST) == MM_OK);
        CHECK(memcmp(out + i * FORECAST, again, sizeof again) == 0);
    }
    fill(out, 4 * FORECAST, 77.0f);
    window[2 * WINDOW + 5] = (float)NAN;
    CHECK(mm_predictor_predict_batch(predictor, window, 3 * WINDOW, 3, out, 4 * FORECAST) == MM_E_INPUT_NOT_FINITE);
    CHECK(mm_predictor_predict_batch(predictor, window, 3 * WINDOW, 2, out, 4 * FORECAST) == MM_E_INPUT_LENGTH);
    CHECK(mm_predictor_predict_batch(predictor, window, 4 * WINDOW, 4, out, 4 * FORECAST) == MM_E_FULL);
    CHECK(all_equal(out, 4 * FORECAST, 77.0f));

    /* A part has the bits of the whole. */
    CHECK(mm_predictor_predict_part(predictor, window, WINDOW, part, 4) == MM_E_NOT_READY);
    CHECK(mm_predictor_select(predictor, horizons, 2, beyond, 1) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_predictor_select(predictor, NULL, 2, channels, 2) == MM_E_NULL);
    CHECK(mm_predictor_select(predictor, horizons, 0, channels, 2) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_predictor_predict_part(predictor, window, WINDOW, part, 4) == MM_E_NOT_READY);
    CHECK(mm_predictor_select(predictor, horizons, 2, channels, 2) == MM_OK);
    CHECK(mm_predictor_predict_part(predictor, window, WINDOW, part, 3) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_predictor_predict_part(predictor, window, WINDOW, part, 4) == MM_OK);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, out, FORECAST) == MM_OK);
    for (i = 0; i < 2; ++i) {
        for (j = 0; j < 2; ++j) {
            CHECK(memcmp(&part[2 * i + j], &out[horizons[i] * CHANNELS + channels[j]], sizeof(float)) == 0);
        }
    }
    mm_predictor_destroy(predictor);
}

static void streams_equal_windows_and_handles_share_weights(void) {
    mm_predictor_config_t config = small_network();
    mm_predictor_t *predictor = NULL, *other = NULL;
    float window[WINDOW], whole[FORECAST], streamed[FORECAST];
    uint8_t fresh = 9;
    size_t row;
    int forecasts = 0;

    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_OK);
    CHECK(mm_predictor_share(predictor, NULL) == MM_E_NULL);
    CHECK(mm_predictor_share(NULL, &other) == MM_E_NULL && other == NULL);
    CHECK(mm_predictor_share(predictor, &other) == MM_OK);
    wave(window, WINDOW, 0.5f);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, whole, FORECAST) == MM_OK);
    CHECK(mm_predictor_push(other, window, CHANNELS - 1, &fresh) == MM_E_INPUT_LENGTH && fresh == 9);
    CHECK(mm_predictor_push(other, NULL, CHANNELS, &fresh) == MM_E_NULL && fresh == 9);
    for (row = 0; row < ROWS; ++row) {
        CHECK(mm_predictor_forecast(other, streamed, FORECAST) == MM_E_NOT_READY);
        CHECK(mm_predictor_push(other, window + row * CHANNELS, CHANNELS, &fresh) == MM_OK);
        CHECK(fresh == (row + 1 == ROWS));
        forecasts += fresh;
    }
    CHECK(forecasts == 1);
    CHECK(mm_predictor_forecast(other, streamed, FORECAST - 1) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_predictor_forecast(other, streamed, FORECAST) == MM_OK);
    CHECK(memcmp(whole, streamed, sizeof whole) == 0);
    CHECK(mm_predictor_forecast(predictor, streamed, FORECAST) == MM_E_NOT_READY); /* each handle has its own stream */
    CHECK(mm_predictor_reset(other) == MM_OK);
    CHECK(mm_predictor_forecast(other, streamed, FORECAST) == MM_E_NOT_READY);
    CHECK(mm_predictor_push(other, window, CHANNELS, NULL) == MM_OK);
    CHECK(mm_predictor_reset(NULL) == MM_E_NULL);
    mm_predictor_destroy(predictor); /* the other one goes on */
    CHECK(mm_predictor_predict(other, window, WINDOW, streamed, FORECAST) == MM_OK);
    CHECK(memcmp(whole, streamed, sizeof whole) == 0);
    mm_predictor_destroy(other);
}

static void weights_are_saved_loaded_and_checked(void) {
    mm_predictor_config_t config = small_network();
    mm_predictor_t *predictor = NULL, *loaded = NULL;
    mm_feature_window_config_t window_config;
    mm_feature_window_t *features = NULL;
    mm_predictor_info_t info;
    float window[WINDOW], before[FORECAST], after[FORECAST];

    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_OK);
    wave(window, WINDOW, 0.2f);
    CHECK(mm_predictor_predict(predictor, window, WINDOW, before, FORECAST) == MM_OK);
    CHECK(mm_predictor_save(predictor, in_folder("network.safetensors")) == MM_OK);
    CHECK(mm_predictor_save(predictor, NULL) == MM_E_NULL);
    CHECK(mm_predictor_save(NULL, in_folder("network.safetensors")) == MM_E_NULL);
    CHECK(mm_predictor_save(predictor, in_folder("no/such/folder/network.safetensors")) == MM_E_IO);
    config.seed = 12;
    CHECK(mm_predictor_create(&config, in_folder("network.safetensors"), &loaded) == MM_OK);
    CHECK(mm_predictor_info(loaded, &info) == MM_OK && info.is_trained == 1);
    CHECK(mm_predictor_predict(loaded, window, WINDOW, after, FORECAST) == MM_OK);
    CHECK(memcmp(before, after, sizeof before) == 0);
    mm_predictor_destroy(loaded);
    loaded = NULL;

    CHECK(mm_predictor_create(&config, in_folder("absent.safetensors"), &loaded) == MM_E_IO);
    CHECK(write_file(in_folder("broken.safetensors"), "no safetensors at all"));
    CHECK(mm_predictor_create(&config, in_folder("broken.safetensors"), &loaded) == MM_E_MALFORMED);
    config.d_model = 48;
    CHECK(mm_predictor_create(&config, in_folder("network.safetensors"), &loaded) == MM_E_WEIGHTS);
    CHECK(strstr(mm_last_error_message(), "weight") != NULL); /* names a tensor */
    config.kind = MM_PREDICTOR_LSTM;
    CHECK(mm_predictor_create(&config, in_folder("network.safetensors"), &loaded) == MM_E_WEIGHTS);
    CHECK(strstr(mm_last_error_message(), "lstm.weight_ih_l0") != NULL);
    CHECK(loaded == NULL);

    /* The normaliser goes with the weights. */
    mm_feature_window_config_init(&window_config, sizeof window_config);
    CHECK(mm_feature_window_create(&window_config, &features) == MM_OK);
    CHECK(mm_predictor_save_with_window(predictor, NULL, in_folder("both.safetensors")) == MM_E_NULL);
    CHECK(mm_predictor_save_with_window(predictor, features, in_folder("both.safetensors")) == MM_OK);
    CHECK(mm_feature_window_load_normaliser(features, in_folder("both.safetensors")) == MM_OK);
    CHECK(mm_feature_window_load_normaliser(features, in_folder("network.safetensors")) == MM_E_WEIGHTS);
    config = small_network();
    CHECK(mm_predictor_create(&config, in_folder("both.safetensors"), &loaded) == MM_OK);
    CHECK(mm_predictor_predict(loaded, window, WINDOW, after, FORECAST) == MM_OK);
    CHECK(memcmp(before, after, sizeof before) == 0);
    mm_feature_window_destroy(features);
    mm_predictor_destroy(loaded);
    mm_predictor_destroy(predictor);
}

static void lstms_take_their_sizes_from_the_file(void) {
    mm_predictor_config_t config;
    mm_predictor_t *predictor = NULL, *loaded = NULL, *shared = NULL;
    mm_predictor_info_t info;
    float window[20 * 5], out[3], again[3];
    uint32_t horizon = 0, channel = 2;

    mm_predictor_config_init(&config, sizeof config);
    config.kind = MM_PREDICTOR_LSTM;
    config.lstm_steps = 20;
    config.lstm_hidden = 24;
    config.precision = MM_PRECISION_INT8;
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_OK);
    CHECK(mm_predictor_info(predictor, &info) == MM_OK && info.input_rows == 20 && info.input_columns == 5);
    CHECK(info.output_rows == 1 && info.output_columns == 3 && info.stream_period == 1 && info.stream_warm_up == 20);
    CHECK(info.kind == MM_PREDICTOR_LSTM && info.precision == MM_PRECISION_INT8);
    wave(window, 20 * 5, 0.0f);

    CHECK(mm_predictor_calibrate(predictor, window, 20 * 5, 0) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_predictor_calibrate(predictor, window, 20 * 5, 2) == MM_E_INPUT_LENGTH);
    CHECK(mm_predictor_calibrate(predictor, NULL, 20 * 5, 1) == MM_E_NULL);
    CHECK(mm_predictor_share(predictor, &shared) == MM_OK);
    CHECK(mm_predictor_calibrate(predictor, window, 20 * 5, 1) == MM_E_SHARED);
    mm_predictor_destroy(shared);
    CHECK(mm_predictor_calibrate(predictor, window, 20 * 5, 1) == MM_OK);
    CHECK(mm_predictor_predict(predictor, window, 20 * 5, out, 3) == MM_OK);
    CHECK(mm_predictor_select(predictor, &horizon, 1, &channel, 1) == MM_OK);
    CHECK(mm_predictor_predict_part(predictor, window, 20 * 5, again, 3) == MM_OK && again[0] >= out[2] && again[0] <= out[2]);

    CHECK(mm_predictor_save(predictor, in_folder("lstm.safetensors")) == MM_OK);
    mm_predictor_config_init(&config, sizeof config);
    config.kind = MM_PREDICTOR_LSTM;
    config.precision = MM_PRECISION_INT8;
    CHECK(mm_predictor_create(&config, in_folder("lstm.safetensors"), &loaded) == MM_OK);
    CHECK(mm_predictor_info(loaded, &info) == MM_OK && info.input_rows == 20 && info.output_columns == 3);
    CHECK(mm_predictor_predict(loaded, window, 20 * 5, again, 3) == MM_OK);
    CHECK(memcmp(out, again, sizeof out) == 0); /* the calibration is in the file */
    mm_predictor_destroy(loaded);
    loaded = NULL;
    config.lstm_hidden = 32;
    CHECK(mm_predictor_create(&config, in_folder("lstm.safetensors"), &loaded) == MM_E_WEIGHTS && loaded == NULL);
    mm_predictor_destroy(predictor);
}

static void other_handles_are_no_predictors(void) {
    mm_predictor_config_t config = small_network();
    mm_predictor_t *predictor = NULL;
    float values[FORECAST];
    double row = 0.0;

    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_OK);
    CHECK(mm_trees_predict((mm_trees_t *)(void *)predictor, &row, 1, &row, 1) == MM_E_HANDLE);
    CHECK(mm_feature_window_copy((mm_feature_window_t *)(void *)predictor, values, FORECAST) == MM_E_HANDLE);
    mm_trees_destroy((mm_trees_t *)(void *)predictor); /* leaves it alone */
    CHECK(mm_predictor_reset(predictor) == MM_OK);
    mm_predictor_destroy(predictor);
}

static const char *const model =
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=binary sigmoid:1\n"
    "feature_names=imbalance spread\nfeature_infos=[-1:1] [0:9]\ntree_sizes=300\n\nTree=0\nnum_leaves=2\nnum_cat=0\n"
    "split_feature=0\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=-1 1\n"
    "leaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=2\ninternal_count=2\nis_linear=0\nshrinkage=1\n\n\n"
    "end of trees\n";

static void trees_predict_and_refuse(void) {
    mm_trees_t *trees = NULL, *other = NULL;
    mm_trees_info_t info;
    const double rows[6] = {0.7, 1.0, 0.2, 1.0, NAN, 1.0};
    double out[4] = {77.0, 77.0, 77.0, 77.0}, one = 77.0;
    char later[1024];
    const char *name = NULL;

    CHECK(mm_trees_create(NULL, &trees) == MM_E_NULL);
    CHECK(mm_trees_create(in_folder("absent.txt"), &trees) == MM_E_IO);
    CHECK(mm_trees_create_from_text("nonsense", 8, &trees) == MM_E_MALFORMED);
    CHECK(strstr(mm_last_error_message(), "line 1") != NULL);
    snprintf(later, sizeof later, "%s", model);
    *strstr(later, "v4") = 'w';
    CHECK(mm_trees_create_from_text(later, strlen(later), &trees) == MM_E_UNSUPPORTED);
    CHECK(mm_trees_create_from_text("\xff\xfe", 2, &trees) == MM_E_UTF8);
    CHECK(mm_trees_create_from_text(NULL, 5, &trees) == MM_E_NULL);
    CHECK(mm_trees_create_from_text(model, strlen(model), NULL) == MM_E_NULL && trees == NULL);
    CHECK(write_file(in_folder("trees.txt"), model));
    CHECK(mm_trees_create(in_folder("trees.txt"), &trees) == MM_OK);
    CHECK(mm_trees_info(trees, &info) == MM_OK && info.features == 2 && info.outputs == 1 && info.trees == 1);
    CHECK(mm_trees_info(trees, NULL) == MM_E_NULL);
    CHECK(mm_trees_feature_name(trees, 1, &name) == MM_OK && strcmp(name, "spread") == 0);
    CHECK(mm_trees_feature_name(trees, 2, &name) == MM_E_NOT_FOUND && strcmp(name, "spread") == 0);

    CHECK(mm_trees_predict(trees, rows, 1, &one, 1) == MM_E_INPUT_LENGTH);
    CHECK(mm_trees_predict(trees, rows, 2, &one, 0) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_trees_predict(trees, NULL, 2, &one, 1) == MM_E_NULL);
    CHECK(mm_trees_predict_raw(trees, rows, 2, NULL, 1) == MM_E_NULL);
    CHECK(mm_trees_predict_batch(trees, rows, 6, 2, out, 4) == MM_E_INPUT_LENGTH);
    CHECK(mm_trees_predict_batch(trees, rows, 6, 3, out, 2) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_trees_predict_batch(trees, rows, 6, (size_t)-1, out, 4) == MM_E_INVALID_ARGUMENT);
    CHECK(one > 76.0 && out[0] > 76.0);
    CHECK(mm_trees_predict_raw(trees, rows, 2, &one, 1) == MM_OK && one >= 1.0 && one <= 1.0);
    CHECK(mm_trees_predict(trees, rows, 2, &one, 1) == MM_OK && fabs(one - 1.0 / (1.0 + exp(-1.0))) < 1e-15);
    CHECK(mm_trees_share(trees, &other) == MM_OK);
    mm_trees_destroy(trees);
    CHECK(mm_trees_predict_batch(other, rows, 6, 3, out, 4) == MM_OK);
    CHECK(out[0] > 0.73 && out[1] < 0.27 && out[2] < 0.27 && out[3] > 76.0); /* a missing value goes with 0 here */
    CHECK(mm_trees_share(NULL, &trees) == MM_E_NULL);
    mm_trees_destroy(other);
    mm_trees_destroy(NULL);
}

static mm_event_t add(uint64_t id, uint64_t seconds, uint8_t side, int64_t price) {
    mm_event_t event;
    memset(&event, 0, sizeof event);
    event.timestamp = seconds * 1000000000u;
    event.order_id = id;
    event.kind = MM_EVENT_ADD;
    event.side = side;
    event.price = price;
    event.quantity = 10;
    event.flags = MM_FLAG_LAST;
    return event;
}

static void feature_windows_fill_row_by_row(void) {
    enum { LONG = 4 };
    mm_feature_window_config_t config;
    mm_feature_window_t *window = NULL, *levels = NULL;
    mm_feature_window_info_t info;
    mm_book_config_t book_config;
    mm_level_book_config_t level_config;
    mm_book_t *book = NULL;
    mm_level_book_t *level_book = NULL;
    mm_event_t event;
    float values[LONG * MM_FEATURE_CHANNELS], latest[2 * MM_FEATURE_CHANNELS];
    const float *view = NULL;
    const char *name = NULL, *unit = NULL;
    size_t length = 77, copied = 77;
    uint32_t completed = 77, touched = 0;

    CHECK(mm_feature_channel_name(1, &name, &unit) == MM_OK && strcmp(name, "spread") == 0 && strcmp(unit, "ticks") == 0);
    CHECK(mm_feature_channel_name(0, &name, NULL) == MM_OK);
    CHECK(mm_feature_channel_name(MM_FEATURE_CHANNELS, &name, NULL) == MM_E_NOT_FOUND);
    CHECK(mm_feature_channel_name(0, NULL, NULL) == MM_E_NULL);

    CHECK(mm_feature_window_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_feature_window_config_init(&config, sizeof config) == MM_OK && config.rows == 96 && config.step == 100000000u);
    config.rows = 0;
    CHECK(mm_feature_window_create(&config, &window) == MM_E_INVALID_ARGUMENT);
    config.rows = LONG;
    config.normalise = 3;
    CHECK(mm_feature_window_create(&config, &window) == MM_E_ENUM && window == NULL);
    config.normalise = 0;
    config.step = 1000000000u;
    CHECK(mm_feature_window_create(&config, NULL) == MM_E_NULL);
    CHECK(mm_feature_window_create(&config, &window) == MM_OK && mm_feature_window_create(&config, &levels) == MM_OK);

    mm_book_config_init(&book_config, sizeof book_config);
    book_config.max_orders = 64;
    CHECK(mm_book_create(&book_config, &book) == MM_OK);
    event = add(1, 1, MM_SIDE_BUY, 99);
    CHECK(mm_feature_window_apply(window, NULL, &event, NULL, NULL) == MM_E_NULL);
    CHECK(mm_feature_window_apply(window, book, NULL, NULL, NULL) == MM_E_NULL);
    CHECK(mm_feature_window_apply(window, book, &event, &touched, &completed) == MM_OK);
    CHECK(completed == 0 && (touched & MM_TOUCHED_BEST_BID) != 0);
    completed = 77;
    CHECK(mm_feature_window_apply(window, book, &event, NULL, &completed) == MM_E_DUPLICATE && completed == 77);
    event = add(2, 2, MM_SIDE_SELL, 101);
    CHECK(mm_feature_window_apply(window, book, &event, NULL, NULL) == MM_OK);
    event = add(3, 4, MM_SIDE_BUY, 100);
    CHECK(mm_feature_window_apply(window, book, &event, NULL, &completed) == MM_OK && completed == 2);
    CHECK(mm_feature_window_info(window, &info) == MM_OK && info.rows == LONG && info.columns == MM_FEATURE_CHANNELS);
    CHECK(info.rows_completed == 2 && info.is_full == 0 && info.next_end == 5000000000u);

    CHECK(mm_feature_window_copy(window, values, sizeof values / sizeof *values) == MM_E_NOT_READY);
    CHECK(mm_feature_window_view(window, &view, &length) == MM_E_NOT_READY && view == NULL && length == 77);
    CHECK(mm_feature_window_latest(window, 2, latest, MM_FEATURE_CHANNELS, &copied) == MM_E_BUFFER_TOO_SMALL && copied == 77);
    CHECK(mm_feature_window_latest(window, 9, latest, 2 * MM_FEATURE_CHANNELS, &copied) == MM_OK && copied == 2);
    CHECK(latest[1] >= 2.0f && latest[1] <= 2.0f); /* the spread, ticks */
    CHECK(mm_feature_window_advance(window, 6000000000u, &completed) == MM_OK && completed == 2);
    CHECK(mm_feature_window_copy(window, values, 5) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_feature_window_copy(window, values, sizeof values / sizeof *values) == MM_OK);
    CHECK(mm_feature_window_view(window, &view, &length) == MM_OK && length == sizeof values / sizeof *values);
    CHECK(memcmp(view, values, sizeof values) == 0);
    CHECK(values[2 * MM_FEATURE_CHANNELS + 1] <= 1.0f); /* the better bid has narrowed it */
    CHECK(mm_feature_window_interrupt(window) == MM_OK);
    CHECK(mm_feature_window_set_learns(window, 0) == MM_E_UNSUPPORTED);
    CHECK(mm_feature_window_save_normaliser(window, in_folder("moments.safetensors")) == MM_E_UNSUPPORTED);
    mm_feature_window_destroy(window);
    window = NULL;

    mm_level_book_config_init(&level_config, sizeof level_config);
    CHECK(mm_level_book_create(&level_config, &level_book) == MM_OK);
    event = add(0, 1, MM_SIDE_BUY, 99);
    CHECK(mm_feature_window_apply_level(levels, level_book, &event, NULL, NULL) == MM_E_WRONG_EVENT);
    event.kind = MM_EVENT_LEVEL;
    CHECK(mm_feature_window_apply_level(levels, level_book, &event, &touched, &completed) == MM_OK && completed == 0);
    event.side = MM_SIDE_SELL;
    event.price = 100;
    CHECK(mm_feature_window_apply_level(levels, level_book, &event, NULL, NULL) == MM_OK);
    CHECK(mm_feature_window_advance(levels, 9000000000u, NULL) == MM_OK);
    CHECK(mm_feature_window_view(levels, &view, &length) == MM_OK && view[1] >= 1.0f && view[1] <= 1.0f);
    mm_feature_window_destroy(levels);

    /* Moments travel through a file. */
    config.normalise = 1;
    CHECK(mm_feature_window_create(&config, &window) == MM_OK && mm_feature_window_create(&config, &levels) == MM_OK);
    event = add(7, 1, MM_SIDE_BUY, 98);
    CHECK(mm_feature_window_apply(window, book, &event, NULL, NULL) == MM_OK);
    CHECK(mm_feature_window_advance(window, 30000000000u, NULL) == MM_OK);
    CHECK(mm_feature_window_set_learns(window, 2) == MM_E_ENUM);
    CHECK(mm_feature_window_set_learns(window, 0) == MM_OK);
    CHECK(mm_feature_window_save_normaliser(window, in_folder("moments.safetensors")) == MM_OK);
    CHECK(mm_feature_window_load_normaliser(levels, in_folder("moments.safetensors")) == MM_OK);
    CHECK(mm_feature_window_load_normaliser(levels, in_folder("absent.safetensors")) == MM_E_IO);
    mm_feature_window_destroy(window);
    mm_feature_window_destroy(levels);
    mm_feature_window_destroy(NULL);
    mm_level_book_destroy(level_book);
    mm_book_destroy(book);
}

static void an_instruction_set_that_there_is_not_is_refused(void) {
    mm_predictor_config_t config = small_network();
    mm_predictor_t *predictor = NULL;
    mm_trees_t *trees = NULL;

    CHECK(strcmp(mm_isa_name(), "") == 0);
    CHECK(mm_predictor_create(&config, NULL, &predictor) == MM_E_ISA && predictor == NULL);
    CHECK(mm_trees_create_from_text(model, strlen(model), &trees) == MM_E_ISA && trees == NULL);
    CHECK(mm_isa_count() >= 1);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--isa-refused") == 0) {
        an_instruction_set_that_there_is_not_is_refused();
        printf("%d checks, %d failed\n", checks, failures);
        return failures == 0 ? 0 : 1;
    }
    if (argc == 2) {
        folder = argv[1];
    }
    instruction_sets_have_names();
    predictor_configs_are_checked();
    windows_give_forecasts_and_refusals_write_nothing();
    streams_equal_windows_and_handles_share_weights();
    weights_are_saved_loaded_and_checked();
    lstms_take_their_sizes_from_the_file();
    other_handles_are_no_predictors();
    trees_predict_and_refuse();
    feature_windows_fill_row_by_row();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
