/* The crash-safe store from C99: what is applied stays, across closing, killing and a second life of order manager and
 * gate; what cannot be opened or applied is refused and changes nothing. POSIX, for fork and kill.
 * Also compiled as C++, hence the casts. Usage: store FOLDER, in which it makes its files. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "market_maker/market_maker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* A path in the folder, where no file is. */
static const char *fresh(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)chmod(path, 0600);
    (void)unlink(path);
    return path;
}

static mm_store_config_t small(void) {
    mm_store_config_t config;
    CHECK(mm_store_config_init(&config, sizeof config) == MM_OK);
    config.instruments = 2;
    config.orders = 4;
    config.latches = 2;
    config.fill_window = 3;
    config.history = 5;
    config.capital = 1000;
    return config;
}

static mm_store_t *opened(const char *path, const mm_store_config_t *config) {
    mm_store_t *store = NULL;
    CHECK(mm_store_open(path, config, &store) == MM_OK && store != NULL);
    return store;
}

static void add_instrument(mm_store_t *store, uint32_t id, uint8_t fill_ids) {
    mm_instrument_t instrument;
    CHECK(mm_instrument_init(&instrument, sizeof instrument) == MM_OK);
    instrument.id = id;
    CHECK(mm_store_register(store, &instrument, 1, fill_ids) == MM_OK);
}

static mm_fill_t fill_of(uint32_t instrument, uint8_t side, int64_t price, uint64_t quantity) {
    mm_fill_t fill;
    memset(&fill, 0, sizeof fill);
    fill.instrument = instrument;
    fill.side = side;
    fill.price = price;
    fill.quantity = quantity;
    fill.order_id = 77;
    return fill;
}

static int64_t held(const mm_store_t *store, uint32_t instrument) {
    mm_position_t position;
    CHECK(mm_store_position(store, instrument, &position) == MM_OK);
    return position.quantity;
}

static uint64_t hash_of(const mm_store_t *store) {
    mm_store_info_t info;
    CHECK(mm_store_info(store, &info) == MM_OK);
    return info.state_hash;
}

static void what_is_applied_is_there_at_the_next_opening(void) {
    mm_store_config_t config = small();
    const char *path = fresh("reopen");
    mm_store_t *store = opened(path, &config);
    mm_store_info_t info;
    mm_fill_outcome_t outcome;
    mm_position_totals_t totals;
    mm_position_t positions[2];
    mm_trade_t trades[8];
    mm_store_applied_t applied;
    mm_position_limits_t limits;
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 10);
    uint64_t ids[3], hash;
    size_t count = 0;

    CHECK(mm_store_info(store, &info) == MM_OK && info.recovery == MM_RECOVERY_CREATED && info.instruments == 0);
    CHECK(info.instrument_capacity == 2 && info.order_capacity == 4 && info.latch_capacity == 2 && info.history == 5);
    CHECK(info.fill_window == 3 && info.durability == MM_DURABILITY_PROCESS);
    add_instrument(store, 7, MM_FILL_IDS_ANY);
    add_instrument(store, 9, MM_FILL_IDS_INCREASING);
    CHECK(mm_store_record_fill(store, &fill, 500, 1, &outcome) == MM_OK && outcome.position == 10 && outcome.opened == 10);
    fill.side = MM_SIDE_SELL;
    fill.price = 103;
    fill.quantity = 4;
    CHECK(mm_store_record_fill(store, &fill, 400, 2, &outcome) == MM_OK && outcome.realised == 12);
    CHECK(mm_store_sync(store) == MM_OK);
    hash = hash_of(store);
    mm_store_destroy(store);

    store = opened(path, &config);
    CHECK(mm_store_info(store, &info) == MM_OK && info.recovery == MM_RECOVERY_REOPENED && info.state_hash == hash);
    CHECK(info.instruments == 2 && info.trades == 2 && info.epoch == 5 && info.synced_epoch == 0);
    CHECK(held(store, 7) == 6 && held(store, 9) == 0);
    CHECK(mm_store_totals(store, &totals) == MM_OK && totals.realised == 12 && totals.fills == 2 && totals.equity == 1012);
    CHECK(mm_store_positions(store, positions, 1, &count) == MM_E_BUFFER_TOO_SMALL && count == 0);
    CHECK(mm_store_positions(store, positions, 2, &count) == MM_OK && count == 2 && positions[0].quantity == 6);
    CHECK(mm_store_history(store, trades, 1, &count) == MM_OK && count == 1 && trades[0].price == 103);
    CHECK(mm_store_history(store, trades, 8, &count) == MM_OK && count == 2 && trades[0].price == 100);
    CHECK(mm_store_applied(store, 7, &applied) == MM_OK && applied.last_fill_id == 400 && applied.last_event == 2);
    CHECK(mm_store_fill_ids(store, 7, ids, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_store_fill_ids(store, 7, ids, 3, &count) == MM_OK && count == 2 && ids[0] == 500 && ids[1] == 400);
    CHECK(mm_store_fill_ids(store, 8, ids, 3, &count) == MM_E_NOT_FOUND && count == 2);
    CHECK(mm_store_position(store, 8, positions) == MM_E_NOT_FOUND && mm_store_applied(store, 8, &applied) == MM_E_NOT_FOUND);

    /* Limits are the host's at every opening. */
    CHECK(mm_store_limits(store, &limits) == MM_OK && limits.max_position_size == 1000000);
    limits.max_long_position = 8;
    limits.max_daily_loss = 10;
    CHECK(mm_store_set_limits(store, &limits) == MM_OK);
    CHECK(mm_store_check_position(store, 7, MM_SIDE_BUY, 2) == MM_OK);
    CHECK(mm_store_check_position(store, 7, MM_SIDE_BUY, 3) == MM_E_LIMIT_LONG);
    CHECK(mm_store_check_position(store, 7, 2, 3) == MM_E_ENUM);
    limits.max_drawdown = -1;
    CHECK(mm_store_set_limits(store, &limits) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_store_check_loss(store) == MM_OK);
    fill.price = 90;
    CHECK(mm_store_record_fill(store, &fill, 401, 3, NULL) == MM_OK);
    CHECK(mm_store_check_loss(store) == MM_E_LIMIT_DAILY_LOSS);
    CHECK(mm_store_start_day(store, 1) == MM_OK && mm_store_check_loss(store) == MM_OK);
    CHECK(mm_store_start_day(store, 1) == MM_DUPLICATE);
    CHECK(mm_store_reset(store, 2) == MM_OK && held(store, 7) == 0);
    CHECK(mm_store_reset(store, 2) == MM_DUPLICATE && mm_store_reload(store) == MM_OK && held(store, 7) == 0);
    mm_store_destroy(store);
}

static void write_at(const char *path, long offset, unsigned char byte) {
    FILE *file = fopen(path, "r+b");
    CHECK(file != NULL);
    if (file != NULL) {
        CHECK(fseek(file, offset, SEEK_SET) == 0 && fputc(byte, file) == byte);
        CHECK(fclose(file) == 0);
    }
}

static void what_cannot_be_opened_is_refused_and_stays_as_it_is(void) {
    mm_store_config_t config = small(), other = small();
    const char *path = fresh("refused");
    mm_store_t *store = opened(path, &config), *second = NULL;
    mm_store_reader_t *reader = NULL;
    struct stat file;
    uint64_t hash;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    hash = hash_of(store);
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_LOCKED && second == NULL);
    mm_store_destroy(store);

    other.mode = MM_STORE_CREATE;
    CHECK(mm_store_open(path, &other, &second) == MM_E_STORE_EXISTS && second == NULL);
    other.mode = 3;
    CHECK(mm_store_open(path, &other, &second) == MM_E_ENUM && second == NULL);
    other = small();
    other.durability = 2;
    CHECK(mm_store_open(path, &other, &second) == MM_E_ENUM && second == NULL);
    other = small();
    other.keep_capacities = 2;
    CHECK(mm_store_open(path, &other, &second) < 0 && second == NULL);
    other = small();
    other.instruments = 0;
    CHECK(mm_store_open(path, &other, &second) == MM_E_INVALID_ARGUMENT && second == NULL);
    other.instruments = 3;
    CHECK(mm_store_open(path, &other, &second) == MM_E_STORE_CAPACITY && second == NULL);
    other = small();
    other.durability = MM_DURABILITY_DISK;
    CHECK(mm_store_open(path, &other, &second) == MM_E_STORE_CAPACITY && second == NULL);
    other = small();
    other.struct_size = 8;
    CHECK(mm_store_open(path, &other, &second) == MM_E_STRUCT_SIZE && second == NULL);

    CHECK(chmod(path, 0400) == 0);
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_READ_ONLY && second == NULL);
    CHECK(chmod(path, 0600) == 0);

    /* The version is the second word of the file, a commit the first words of its second page. */
    write_at(path, 8, 99);
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_VERSION && second == NULL);
    CHECK(mm_store_reader_open(path, &reader) == MM_E_STORE_VERSION && reader == NULL);
    write_at(path, 8, 1);
    write_at(path, 4096, 0x5a);
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_CORRUPT && second == NULL);
    write_at(path, 4096, 0xe8); /* the capital, 1000 */
    write_at(path, 7, 'x');
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_FORMAT && second == NULL);
    write_at(path, 7, 'E');

    /* Nothing of all that has changed it, and kept capacities are those of the file. */
    other = small();
    other.keep_capacities = 1;
    other.orders = 1000;
    CHECK(mm_store_open(path, &other, &store) == MM_OK && hash_of(store) == hash);
    mm_store_destroy(store);
    CHECK(stat(path, &file) == 0 && truncate(path, file.st_size - 4096) == 0);
    CHECK(mm_store_open(path, &config, &second) == MM_E_STORE_SIZE && second == NULL);
    CHECK(truncate(path, 100) == 0 && mm_store_open(path, &config, &second) == MM_E_STORE_SIZE && second == NULL);

    path = fresh("absent");
    config.mode = MM_STORE_OPEN;
    CHECK(mm_store_open(path, &config, &second) == MM_E_IO && second == NULL);
    config.keep_capacities = 1;
    CHECK(mm_store_open(path, &config, &second) == MM_E_IO && second == NULL);
    CHECK(mm_store_reader_open(path, &reader) == MM_E_IO && reader == NULL);
    CHECK(mm_store_open("\xff", &config, &second) == MM_E_UTF8 && second == NULL);
    CHECK(mm_store_open(NULL, &config, &second) == MM_E_NULL && mm_store_open(path, NULL, &second) == MM_E_NULL);
    CHECK(mm_store_open(path, &config, NULL) == MM_E_NULL && mm_store_config_init(NULL, 96) == MM_E_NULL);
}

static void what_was_applied_is_not_applied_again(void) {
    mm_store_config_t config = small();
    const char *path = fresh("duplicates");
    mm_store_t *store = opened(path, &config);
    mm_fill_outcome_t outcome;
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 1);
    uint64_t id, hash;
    int life;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    add_instrument(store, 9, MM_FILL_IDS_INCREASING);
    /* Ids in no order: the last three are remembered. */
    for (id = 50; id > 45; --id) {
        CHECK(mm_store_record_fill(store, &fill, id, 0, NULL) == MM_OK);
    }
    fill.instrument = 9;
    CHECK(mm_store_record_fill(store, &fill, 1000, 5, NULL) == MM_OK);
    hash = hash_of(store);
    for (life = 0; life < 2; ++life) {
        memset(&outcome, 0x5a, sizeof outcome);
        fill.instrument = 7;
        for (id = 46; id < 49; ++id) {
            CHECK(mm_store_record_fill(store, &fill, id, 0, &outcome) == MM_DUPLICATE);
        }
        fill.instrument = 9;
        CHECK(mm_store_record_fill(store, &fill, 3, 0, &outcome) == MM_DUPLICATE);
        CHECK(mm_store_record_fill(store, &fill, 0, 4, &outcome) == MM_DUPLICATE);
        CHECK(outcome.closed == 0x5a5a5a5a5a5a5a5aULL && hash_of(store) == hash);
        mm_store_destroy(store);
        store = opened(path, &config);
    }
    fill.instrument = 8;
    CHECK(mm_store_record_fill(store, &fill, 1, 1, NULL) == MM_E_NOT_FOUND);
    fill.instrument = 9;
    fill.quantity = 0;
    CHECK(mm_store_record_fill(store, &fill, 1001, 6, NULL) == MM_E_ZERO_QUANTITY);
    fill.side = 2;
    CHECK(mm_store_record_fill(store, &fill, 1001, 6, NULL) == MM_E_ENUM);
    CHECK(hash_of(store) == hash);
    mm_store_destroy(store);
}

static void an_update_is_applied_as_a_whole_or_not_at_all(void) {
    mm_store_config_t config = small();
    mm_store_t *store = opened(fresh("updates"), &config);
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 10);
    mm_store_order_t orders[12], found[4];
    mm_store_latch_t latches[3], set[2];
    mm_store_update_t update;
    mm_fill_outcome_t outcome;
    mm_store_info_t info;
    mm_position_t position;
    uint64_t hash;
    size_t count = 0, i;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    memset(orders, 0, sizeof orders);
    memset(latches, 0, sizeof latches);
    memset(&update, 0, sizeof update);
    for (i = 0; i < 12; ++i) {
        orders[i].order_id = 100 + i;
        orders[i].instrument = 7;
        orders[i].state = MM_ORDER_LIVE;
        orders[i].remaining = 5;
        orders[i].tags[1] = i;
    }
    latches[0].id = 1;
    latches[0].words[3] = 33;
    update.has_instrument = 1;
    update.instrument = 7;
    update.sequence = 1;
    update.fill = &fill;
    update.fill_id = 9;
    update.orders = orders;
    update.order_count = 2;
    update.latches = latches;
    update.latch_count = 1;
    update.next_order_sequence = 42;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_OK && outcome.position == 10);
    CHECK(mm_store_apply(store, &update, &outcome) == MM_DUPLICATE);
    CHECK(mm_store_info(store, &info) == MM_OK && info.orders == 2 && info.latches == 1 && info.next_order_sequence == 42);
    CHECK(mm_store_orders(store, found, 1, &count) == MM_E_BUFFER_TOO_SMALL && count == 0);
    CHECK(mm_store_orders(store, found, 4, &count) == MM_OK && count == 2 && found[0].remaining == 5);
    CHECK(mm_store_latches(store, set, 0, &count) == MM_E_BUFFER_TOO_SMALL && count == 2);
    CHECK(mm_store_latches(store, set, 2, &count) == MM_OK && count == 1 && set[0].id == 1 && set[0].words[3] == 33);

    /* Each of these fails at another place, and the fill beside it is not booked. */
    hash = hash_of(store);
    update.sequence = 2;
    update.fill_id = 10;
    update.order_count = 12; /* more than are converted on the stack, and more than there is room for */
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_FULL);
    update.order_count = 5000;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_INVALID_ARGUMENT);
    update.order_count = 2;
    orders[1].order_id = 100;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_DUPLICATE);
    orders[1].order_id = 999;
    orders[1].state = 0;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_NOT_FOUND);
    orders[1].state = MM_ORDER_LIVE;
    orders[1].side = 7;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_ENUM);
    orders[1].side = MM_SIDE_SELL;
    latches[0].id = 2;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_NOT_FOUND);
    latches[0].id = latches[1].id = latches[2].id = 1;
    update.latch_count = 3;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_INVALID_ARGUMENT);
    update.latch_count = 1;
    update.has_mark = 1;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_INVALID_ARGUMENT);
    update.has_mark = 2;
    CHECK(mm_store_apply(store, &update, &outcome) < 0);
    update.has_mark = 0;
    update.has_instrument = 0;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_NOT_FOUND);
    update.orders = NULL;
    CHECK(mm_store_apply(store, &update, &outcome) == MM_E_NULL);
    CHECK(mm_store_apply(store, NULL, &outcome) == MM_E_NULL);
    CHECK(hash_of(store) == hash);

    /* A mark, a removal and a cleared latch. */
    memset(&update, 0, sizeof update);
    memset(latches, 0, sizeof latches);
    latches[0].id = 1;
    orders[1].order_id = 101;
    orders[1].state = 0;
    update.has_instrument = 1;
    update.instrument = 7;
    update.has_mark = 1;
    update.mark = 105;
    update.orders = orders + 1;
    update.order_count = 1;
    update.latches = latches;
    update.latch_count = 1;
    CHECK(mm_store_apply(store, &update, NULL) == MM_OK);
    CHECK(mm_store_position(store, 7, &position) == MM_OK && position.unrealised == 50);
    CHECK(mm_store_info(store, &info) == MM_OK && info.orders == 1 && info.latches == 0 && info.next_order_sequence == 42);
    mm_store_destroy(store);
}

/* Tells the store of one order's change, in the same event as `fill` when there is one. */
static mm_status_t tell(mm_store_t *store, const mm_order_manager_t *manager, uint64_t before, uint64_t after,
                        const mm_fill_t *fill, uint64_t fill_id) {
    mm_store_order_t changes[2];
    mm_store_update_t update;

    memset(&update, 0, sizeof update);
    CHECK(mm_order_manager_stored(manager, before, after, changes, 2, &update.order_count) == MM_OK);
    CHECK(mm_order_manager_next_sequence(manager, &update.next_order_sequence) == MM_OK);
    update.orders = changes;
    update.has_instrument = 1;
    update.instrument = 7;
    update.fill = fill;
    update.fill_id = fill_id;
    return mm_store_apply(store, &update, NULL);
}

static void orders_and_latches_go_on_in_the_next_life(void) {
    mm_store_config_t config = small();
    const char *path = fresh("orders");
    mm_store_t *store = opened(path, &config);
    mm_risk_config_t risk_config;
    mm_order_manager_config_t manager_config;
    mm_risk_gate_t *gate = NULL;
    mm_kill_switch_t *kill = NULL;
    mm_order_manager_t *manager = NULL;
    mm_order_request_t request;
    mm_market_top_t top;
    mm_order_action_t buy, sell, move;
    mm_execution_report_t report;
    mm_order_t order;
    mm_risk_latches_t latches;
    mm_store_latch_t latch;
    mm_store_update_t update;
    mm_store_order_t stored[4], changes[2];
    mm_store_info_t info;
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 2);
    uint64_t ids[3], lots = 0, token = 0;
    size_t count = 0, id_count = 0;
    uint8_t on = 0;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    mm_risk_config_init(&risk_config, sizeof risk_config);
    CHECK(mm_risk_gate_create(&risk_config, &gate) == MM_OK);
    mm_order_manager_config_init(&manager_config, sizeof manager_config);
    manager_config.instrument = 7;
    manager_config.capacity = 4;
    CHECK(mm_order_manager_create(&manager_config, &manager) == MM_OK);
    memset(&top, 0, sizeof top);
    memset(&request, 0, sizeof request);
    request.price = 100;
    request.quantity = 5;
    CHECK(mm_order_manager_place(manager, gate, &request, &top, &buy) == MM_OK);
    CHECK(mm_order_manager_stored(manager, 0, buy.order_id, changes, 0, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(tell(store, manager, 0, buy.order_id, NULL, 0) == MM_OK);
    request.side = MM_SIDE_SELL;
    request.price = 110;
    CHECK(mm_order_manager_place(manager, gate, &request, &top, &sell) == MM_OK);
    CHECK(tell(store, manager, 0, sell.order_id, NULL, 0) == MM_OK);

    /* A fill and its order are one event. */
    memset(&report, 0, sizeof report);
    report.instrument = 7;
    report.order_id = buy.order_id;
    report.kind = MM_EXECUTION_ACCEPTED;
    report.leaves = 5;
    CHECK(mm_order_manager_on_report(manager, &report, NULL, NULL) == MM_OK);
    report.kind = MM_EXECUTION_FILLED;
    report.new_order_id = 900;
    report.price = 100;
    report.quantity = 2;
    report.leaves = 3;
    CHECK(mm_order_manager_on_report(manager, &report, &order, NULL) == MM_OK && order.remaining == 3);
    CHECK(tell(store, manager, buy.order_id, order.order_id, &fill, 900) == MM_OK);
    /* The kill switch goes on, and the latches with it into the store. */
    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK && mm_kill_switch_set(kill, 1) == MM_OK);
    CHECK(mm_risk_gate_latches(gate, &latches, &token) == MM_OK && latches.killed == 1);
    memset(&update, 0, sizeof update);
    latch.id = 0;
    memcpy(latch.words, &latches, sizeof latch.words);
    update.latches = &latch;
    update.latch_count = 1;
    CHECK(mm_store_apply(store, &update, NULL) == MM_OK);
    mm_kill_switch_destroy(kill);
    mm_risk_gate_destroy(gate);
    mm_order_manager_destroy(manager);
    mm_store_destroy(store);

    /* The next life. */
    store = opened(path, &config);
    CHECK(mm_risk_gate_create(&risk_config, &gate) == MM_OK);
    CHECK(mm_store_latches(store, &latch, 1, &count) == MM_OK && count == 1 && latch.id == 0);
    memcpy(&latches, latch.words, sizeof latches);
    CHECK(mm_risk_gate_restore(gate, &latches) == MM_OK);
    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK && mm_kill_switch_get(kill, &on) == MM_OK && on == 1);
    CHECK(mm_kill_switch_set(kill, 0) == MM_OK);
    CHECK(mm_order_manager_create(&manager_config, &manager) == MM_OK);
    CHECK(mm_store_info(store, &info) == MM_OK && info.orders == 2);
    CHECK(mm_store_orders(store, stored, 4, &count) == MM_OK && count == 2);
    CHECK(mm_store_fill_ids(store, 7, ids, 3, &id_count) == MM_OK && id_count == 1 && ids[0] == 900);
    stored[0].side = 9;
    CHECK(mm_order_manager_restore(manager, stored, 2, ids, 1, info.next_order_sequence) == MM_E_ENUM);
    CHECK(mm_store_orders(store, stored, 4, &count) == MM_OK);
    CHECK(mm_order_manager_restore(manager, stored, 2, ids, 1, 1) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_order_manager_restore(manager, NULL, 2, ids, 1, info.next_order_sequence) == MM_E_NULL);
    CHECK(mm_order_manager_restore(manager, stored, 2, ids, 1, info.next_order_sequence) == MM_OK);
    CHECK(mm_order_manager_restore(manager, stored, 2, ids, 1, info.next_order_sequence) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_order_manager_working(manager, MM_SIDE_BUY, &lots) == MM_OK && lots == 3);
    CHECK(mm_order_manager_working(manager, MM_SIDE_SELL, &lots) == MM_OK && lots == 5);
    CHECK(mm_order_manager_order(manager, buy.order_id, &order) == MM_OK && order.filled == 2);
    CHECK(order.state == MM_ORDER_PARTIALLY_FILLED && order.price == 100 && held(store, 7) == 2);

    /* What the venue resends was counted, here and there. */
    CHECK(mm_order_manager_on_report(manager, &report, NULL, NULL) == MM_E_DUPLICATE);
    CHECK(mm_store_record_fill(store, &fill, 900, 0, NULL) == MM_DUPLICATE);
    /* A replacement takes the place under its own id; the new order's id is one that was never used. */
    request.price = 99;
    request.quantity = 4;
    CHECK(mm_order_manager_replace(manager, gate, buy.order_id, &request, &top, &move) == MM_OK);
    CHECK(move.new_order_id > sell.order_id);
    CHECK(tell(store, manager, buy.order_id, buy.order_id, NULL, 0) == MM_OK);
    memset(&report, 0, sizeof report);
    report.instrument = 7;
    report.kind = MM_EXECUTION_REPLACED;
    report.order_id = buy.order_id;
    report.new_order_id = move.new_order_id;
    report.leaves = 4;
    CHECK(mm_order_manager_on_report(manager, &report, &order, NULL) == MM_OK && order.order_id == move.new_order_id);
    CHECK(mm_order_manager_stored(manager, buy.order_id, order.order_id, changes, 2, &count) == MM_OK && count == 2);
    CHECK(tell(store, manager, buy.order_id, order.order_id, NULL, 0) == MM_OK);
    CHECK(mm_store_info(store, &info) == MM_OK && info.orders == 2);
    /* What is over goes; what the store never had needs no telling. */
    report.kind = MM_EXECUTION_CANCELLED;
    report.order_id = sell.order_id;
    report.new_order_id = 0;
    report.side = MM_SIDE_SELL;
    report.leaves = 0;
    CHECK(mm_order_manager_on_report(manager, &report, &order, NULL) == MM_OK && order.state == MM_ORDER_CANCELLED);
    CHECK(mm_order_manager_stored(manager, 0, sell.order_id, changes, 2, &count) == MM_OK && count == 0);
    CHECK(tell(store, manager, sell.order_id, sell.order_id, NULL, 0) == MM_OK);
    CHECK(mm_store_orders(store, stored, 4, &count) == MM_OK && count == 1 && stored[0].order_id == move.new_order_id);
    mm_kill_switch_destroy(kill);
    mm_risk_gate_destroy(gate);
    mm_order_manager_destroy(manager);
    mm_store_destroy(store);
}

static void readers_see_whole_events_beside_the_writer(void) {
    mm_store_config_t config = small();
    const char *path = fresh("readers");
    mm_store_t *store = opened(path, &config);
    mm_store_reader_t *reader = NULL;
    mm_store_info_t info;
    mm_position_t positions[2];
    mm_store_order_t orders[4];
    mm_store_update_t update;
    mm_fill_t fill = fill_of(7, MM_SIDE_SELL, 100, 3);
    size_t count = 9;

    CHECK(mm_store_reader_open(path, &reader) == MM_OK);
    CHECK(mm_store_reader_open(path, NULL) == MM_E_NULL && mm_store_reader_open(NULL, &reader) == MM_E_NULL);
    add_instrument(store, 7, MM_FILL_IDS_ANY);
    memset(orders, 0, sizeof orders);
    memset(&update, 0, sizeof update);
    orders[0].order_id = 5;
    orders[0].state = MM_ORDER_LIVE;
    orders[0].instrument = 7;
    update.has_instrument = 1;
    update.instrument = 7;
    update.fill = &fill;
    update.orders = orders;
    update.order_count = 1;
    CHECK(mm_store_apply(store, &update, NULL) == MM_OK);
    /* As it was read, until the next reading. */
    CHECK(mm_store_reader_positions(reader, positions, 2, &count) == MM_OK && count == 0);
    CHECK(mm_store_reader_refresh(reader) == MM_OK);
    CHECK(mm_store_reader_positions(reader, positions, 0, &count) == MM_E_BUFFER_TOO_SMALL && count == 0);
    CHECK(mm_store_reader_positions(reader, positions, 2, &count) == MM_OK && count == 1 && positions[0].quantity == -3);
    memset(orders, 0, sizeof orders);
    CHECK(mm_store_reader_orders(reader, orders, 0, &count) == MM_E_BUFFER_TOO_SMALL && count == 1);
    CHECK(mm_store_reader_orders(reader, orders, 4, &count) == MM_OK && count == 1 && orders[0].order_id == 5);
    CHECK(mm_store_reader_info(reader, &info) == MM_OK && info.state_hash == hash_of(store) && info.order_capacity == 4);

    /* A resized file takes the place of this one; what was read stays readable. */
    config.orders = 8;
    CHECK(mm_store_resize(store, path, &config) == MM_OK);
    CHECK(mm_store_reader_refresh(reader) == MM_E_STORE_SUPERSEDED);
    CHECK(mm_store_reader_positions(reader, positions, 2, &count) == MM_OK && count == 1 && positions[0].quantity == -3);
    mm_store_reader_destroy(reader);
    reader = NULL;
    CHECK(mm_store_reader_open(path, &reader) == MM_OK && mm_store_reader_info(reader, &info) == MM_OK);
    CHECK(info.order_capacity == 8 && info.orders == 1);
    mm_store_reader_destroy(reader);
    mm_store_reader_destroy(NULL);
    mm_store_destroy(store);
}

static void stores_grow_and_exchange_positions_with_trackers(void) {
    mm_store_config_t config = small();
    const char *path = fresh("growing"), *other;
    char kept[4096];
    mm_store_t *store = opened(path, &config), *bystander;
    mm_position_tracker_config_t tracker_config;
    mm_position_tracker_t *tracker = NULL;
    mm_position_t position;
    mm_position_totals_t totals;
    mm_instrument_t instrument;
    mm_store_info_t info;
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 6);
    uint64_t hash;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    add_instrument(store, 8, MM_FILL_IDS_ANY);
    CHECK(mm_instrument_init(&instrument, sizeof instrument) == MM_OK);
    instrument.id = 9;
    CHECK(mm_store_register(store, &instrument, 1, MM_FILL_IDS_ANY) == MM_E_FULL);
    instrument.id = 8;
    CHECK(mm_store_register(store, &instrument, 1, 5) == MM_E_ENUM);
    CHECK(mm_store_register(store, &instrument, 0, MM_FILL_IDS_ANY) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_store_register(store, &instrument, 1, MM_FILL_IDS_ANY) == MM_E_DUPLICATE);
    CHECK(mm_store_record_fill(store, &fill, 1, 1, NULL) == MM_OK);
    hash = hash_of(store);

    config.instruments = 1;
    CHECK(mm_store_resize(store, path, &config) == MM_E_FULL && hash_of(store) == hash);
    /* Another store's path: that one is not to be replaced. */
    snprintf(kept, sizeof kept, "%s", path);
    other = fresh("bystander");
    config.instruments = 4;
    config.history = 50;
    bystander = opened(other, &config);
    CHECK(mm_store_resize(store, other, &config) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_store_resize(store, kept, &config) == MM_OK && hash_of(store) == hash);
    mm_store_destroy(bystander);
    CHECK(mm_store_info(store, &info) == MM_OK && info.instrument_capacity == 4 && info.history == 50);
    add_instrument(store, 9, MM_FILL_IDS_ANY);

    mm_position_tracker_config_init(&tracker_config, sizeof tracker_config);
    tracker_config.instruments = 2;
    CHECK(mm_position_tracker_create(&tracker_config, &tracker) == MM_OK);
    CHECK(mm_store_export(store, tracker) == MM_E_FULL);
    CHECK(mm_store_import(store, tracker) == MM_E_NOT_FOUND);
    mm_position_tracker_destroy(tracker);
    tracker = NULL;
    tracker_config.instruments = 9;
    CHECK(mm_position_tracker_create(&tracker_config, &tracker) == MM_OK);
    CHECK(mm_store_export(store, tracker) == MM_OK);
    CHECK(mm_position_tracker_get(tracker, 7, &position) == MM_OK && position.quantity == 6);
    fill.instrument = 9;
    CHECK(mm_position_tracker_record_fill(tracker, &fill, NULL) == MM_OK);
    CHECK(mm_store_import(store, tracker) == MM_OK && held(store, 9) == 6 && held(store, 7) == 6);
    CHECK(mm_store_totals(store, &totals) == MM_OK && totals.fills == 2);
    mm_position_tracker_destroy(tracker);
    mm_store_destroy(store);
}

static void a_store_for_the_disk_says_what_is_safe(void) {
    mm_store_config_t config = small();
    mm_store_t *store;
    mm_store_info_t info;
    mm_fill_t fill = fill_of(7, MM_SIDE_BUY, 100, 1);

    config.durability = MM_DURABILITY_DISK;
    config.sync_every_events = 4;
    config.sync_every_ns = 1000;
    store = opened(fresh("disk"), &config);
    CHECK(mm_store_info(store, &info) == MM_OK && info.durability == MM_DURABILITY_DISK && info.synced_epoch == 1);
    add_instrument(store, 7, MM_FILL_IDS_ANY);
    CHECK(mm_store_record_fill(store, &fill, 1, 1, NULL) == MM_OK);
    CHECK(mm_store_info(store, &info) == MM_OK && info.epoch == 3 && info.synced_epoch == 1);
    CHECK(mm_store_tick(store, 999) == MM_OK && mm_store_info(store, &info) == MM_OK && info.synced_epoch == 1);
    CHECK(mm_store_tick(store, 1000) == MM_OK && mm_store_info(store, &info) == MM_OK && info.synced_epoch == 3);
    CHECK(mm_store_record_fill(store, &fill, 2, 2, NULL) == MM_OK && mm_store_sync(store) == MM_OK);
    CHECK(mm_store_info(store, &info) == MM_OK && info.synced_epoch == 4);
    mm_store_destroy(store);
}

#define KILLS 40
#define EVENTS 200000

static mm_fill_t event_fill(uint64_t n) {
    return fill_of(7, n % 3 == 0 ? MM_SIDE_SELL : MM_SIDE_BUY, 100 + (int64_t)(n % 7), 1 + n % 5);
}

/* The child: goes on where the file is and acknowledges every sixteenth event, until it is killed. */
static void apply_until_killed(const char *path, const mm_store_config_t *config, int acknowledge) {
    mm_store_t *store = NULL;
    mm_store_applied_t applied;
    uint64_t n;

    if (mm_store_open(path, config, &store) < 0 || mm_store_applied(store, 7, &applied) < 0) {
        _exit(3);
    }
    for (n = applied.last_event + 1; n <= EVENTS; ++n) {
        mm_fill_t fill = event_fill(n);
        if (mm_store_record_fill(store, &fill, n, n, NULL) != MM_OK) {
            _exit(4);
        }
        if (n % 16 == 0 && write(acknowledge, &n, sizeof n) != (ssize_t)sizeof n) {
            _exit(5);
        }
    }
    for (;;) {
        (void)pause();
    }
}

static void a_killed_process_leaves_every_acknowledged_event(void) {
    mm_store_config_t config = small();
    const char *path = fresh("killed");
    char quiet_path[4096], killed_path[4096];
    mm_store_t *store = opened(path, &config), *quiet;
    mm_store_applied_t applied;
    uint64_t n, last = 0, hash;
    int kill_number;

    add_instrument(store, 7, MM_FILL_IDS_ANY);
    mm_store_destroy(store);
    snprintf(killed_path, sizeof killed_path, "%s", path);
    snprintf(quiet_path, sizeof quiet_path, "%s", fresh("quiet"));
    quiet = opened(quiet_path, &config);
    add_instrument(quiet, 7, MM_FILL_IDS_ANY);
    for (kill_number = 0; kill_number < KILLS && last < EVENTS; ++kill_number) {
        struct timespec pause_for = {0, 0};
        uint64_t acknowledged = last, said = 0;
        int pipes[2], outcome = 0;
        pid_t child;

        CHECK(pipe(pipes) == 0);
        fflush(stdout);
        child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            (void)close(pipes[0]);
            apply_until_killed(killed_path, &config, pipes[1]);
        }
        (void)close(pipes[1]);
        /* Until it is at work, then another while each time. */
        if (read(pipes[0], &said, sizeof said) == (ssize_t)sizeof said) {
            acknowledged = said;
        }
        pause_for.tv_nsec = (long)(kill_number % 8) * 61001L;
        (void)nanosleep(&pause_for, NULL);
        CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &outcome, 0) == child && WIFSIGNALED(outcome));
        while (read(pipes[0], &said, sizeof said) == (ssize_t)sizeof said) {
            acknowledged = said;
        }
        (void)close(pipes[0]);

        store = opened(killed_path, &config);
        CHECK(mm_store_applied(store, 7, &applied) == MM_OK && applied.last_event >= acknowledged);
        /* The same state as that of a run that nobody killed. */
        for (n = last + 1; n <= applied.last_event; ++n) {
            mm_fill_t fill = event_fill(n);
            CHECK(mm_store_record_fill(quiet, &fill, n, n, NULL) == MM_OK);
        }
        last = applied.last_event;
        hash = hash_of(quiet);
        CHECK(hash_of(store) == hash);
        mm_store_destroy(store);
    }
    /* The log once more: nothing of it is applied again. */
    store = opened(killed_path, &config);
    for (n = 1; n <= last; ++n) {
        mm_fill_t fill = event_fill(n);
        if (mm_store_record_fill(store, &fill, n, n, NULL) != MM_DUPLICATE) {
            CHECK(!"applied again");
        }
    }
    CHECK(hash_of(store) == hash_of(quiet));
    printf("%d kills, %llu events\n", kill_number, (unsigned long long)last);
    mm_store_destroy(store);
    mm_store_destroy(quiet);
}

static void handles_of_another_kind_are_refused(void) {
    mm_store_config_t config = small();
    mm_store_t *store = opened(fresh("handles"), &config);
    mm_position_tracker_config_t tracker_config;
    mm_position_tracker_t *tracker = NULL;
    mm_store_info_t info;

    mm_position_tracker_config_init(&tracker_config, sizeof tracker_config);
    CHECK(mm_position_tracker_create(&tracker_config, &tracker) == MM_OK);
    CHECK(mm_store_sync((mm_store_t *)(void *)tracker) == MM_E_HANDLE);
    CHECK(mm_store_reader_info((mm_store_reader_t *)(void *)store, &info) == MM_E_HANDLE);
    CHECK(mm_store_import(store, NULL) == MM_E_NULL && mm_store_export(NULL, tracker) == MM_E_NULL);
    CHECK(mm_store_info(NULL, &info) == MM_E_NULL && mm_store_info(store, NULL) == MM_E_NULL);
    mm_store_destroy((mm_store_t *)(void *)tracker); /* leaves the tracker alone */
    mm_position_tracker_destroy(tracker);
    mm_store_destroy(store);
    mm_store_destroy(NULL);
}

int main(int argc, char **argv) {
    if (argc == 2) {
        folder = argv[1];
    }
    what_is_applied_is_there_at_the_next_opening();
    what_cannot_be_opened_is_refused_and_stays_as_it_is();
    what_was_applied_is_not_applied_again();
    an_update_is_applied_as_a_whole_or_not_at_all();
    orders_and_latches_go_on_in_the_next_life();
    readers_see_whole_events_beside_the_writer();
    stores_grow_and_exchange_positions_with_trackers();
    a_store_for_the_disk_says_what_is_safe();
    a_killed_process_leaves_every_acknowledged_event();
    handles_of_another_kind_are_refused();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
