/* The C interface from C99: what works, what is refused, and that a refusal changes nothing.
 * Also compiled as C++, hence the casts. */
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

static void versions_and_statuses(void) {
    CHECK(strcmp(mm_version(), MM_VERSION_STRING) == 0);
    CHECK(mm_abi_version() == MM_ABI_VERSION);
    CHECK(strcmp(mm_status_name(MM_OK), "MM_OK") == 0);
    CHECK(strcmp(mm_status_name(MM_E_POISONED), "MM_E_POISONED") == 0);
    CHECK(strcmp(mm_status_name(-99999), "MM_E_UNKNOWN") == 0);
    CHECK(strlen(mm_status_text(MM_E_FULL)) > 0);
    CHECK(mm_last_error_message() != NULL);
}

static void destroying_null_is_fine(void) {
    mm_pool_destroy(NULL);
    mm_book_destroy(NULL);
    mm_level_book_destroy(NULL);
    mm_book_manager_destroy(NULL);
    mm_position_tracker_destroy(NULL);
    mm_risk_gate_destroy(NULL);
    mm_kill_switch_destroy(NULL);
    mm_order_manager_destroy(NULL);
    mm_quoter_destroy(NULL);
    mm_reader_destroy(NULL);
    mm_engine_destroy(NULL);
    mm_venue_destroy(NULL);
}

static void configs_state_their_size(void) {
    mm_pool_config_t config;
    mm_pool_t *pool = NULL;
    union {
        struct {
            mm_pool_config_t known;
            uint64_t unknown;
        } fields;
        unsigned char bytes[sizeof(mm_pool_config_t) + sizeof(uint64_t)];
    } newer;
    mm_pool_config_t *newer_config = (mm_pool_config_t *)(void *)newer.bytes;

    CHECK(mm_pool_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_pool_config_init(&config, 4) == MM_E_STRUCT_SIZE);
    CHECK(mm_pool_config_init(&config, sizeof config) == MM_OK);
    CHECK(config.struct_size == sizeof config && config.block_size == 64);

    config.struct_size = 0;
    CHECK(mm_pool_create(&config, &pool) == MM_E_STRUCT_SIZE && pool == NULL);
    config.struct_size = (size_t)-1;
    CHECK(mm_pool_create(&config, &pool) == MM_E_STRUCT_SIZE && pool == NULL);

    /* A program of a later release: fields that this library does not know must be zero. */
    memset(&newer, 0x5a, sizeof newer);
    CHECK(mm_pool_config_init(newer_config, sizeof newer) == MM_OK && newer.fields.unknown == 0);
    CHECK(mm_pool_create(newer_config, &pool) == MM_OK);
    mm_pool_destroy(pool);
    pool = NULL;
    newer.fields.unknown = 1;
    CHECK(mm_pool_create(newer_config, &pool) == MM_E_STRUCT_SIZE && pool == NULL);
}

static void pools_run_full_and_know_their_blocks(void) {
    mm_pool_config_t config;
    mm_pool_t *pool = NULL;
    mm_pool_stats_t stats;
    void *a = NULL, *b = NULL, *c = &config;

    CHECK(mm_pool_create(NULL, &pool) == MM_E_NULL);
    mm_pool_config_init(&config, sizeof config);
    config.capacity = 2;
    CHECK(mm_pool_create(&config, NULL) == MM_E_NULL);
    CHECK(mm_pool_create(&config, &pool) == MM_OK && pool != NULL);
    CHECK(mm_pool_alloc(NULL, &a) == MM_E_NULL);
    CHECK(mm_pool_alloc(pool, NULL) == MM_E_NULL);
    CHECK(mm_pool_alloc(pool, &a) == MM_OK && mm_pool_alloc(pool, &b) == MM_OK && a != b);
    memset(a, 1, 64);
    memset(b, 2, 64);
    CHECK(mm_pool_alloc(pool, &c) == MM_E_FULL && c == &config);
    CHECK(mm_pool_free(pool, &config) == MM_E_BLOCK_FOREIGN);
    CHECK(mm_pool_free(pool, a) == MM_OK && mm_pool_free(pool, a) == MM_E_BLOCK_FREE);
    CHECK(mm_pool_free(pool, NULL) == MM_OK);
    CHECK(mm_pool_stats(pool, &stats) == MM_OK);
    CHECK(stats.in_use == 1 && stats.high_water == 2 && stats.allocated == 2 && stats.freed == 1);
    mm_pool_destroy(pool);

    config.capacity = 0;
    pool = NULL;
    CHECK(mm_pool_create(&config, &pool) == MM_E_INVALID_ARGUMENT && pool == NULL);
    config.capacity = 1000;
    config.block_size = (size_t)1 << 50;
    CHECK(mm_pool_create(&config, &pool) == MM_E_OUT_OF_MEMORY && pool == NULL);
}

static void a_panic_poisons_its_handle_only(void) {
    mm_pool_config_t config;
    mm_pool_t *pool = NULL, *other = NULL;
    void *block = NULL;

    mm_pool_config_init(&config, sizeof config);
    CHECK(mm_pool_create(&config, &pool) == MM_OK && mm_pool_create(&config, &other) == MM_OK);
    CHECK(mm_pool_simulate_panic(pool) == MM_E_PANIC);
    CHECK(strstr(mm_last_error_message(), "simulated") != NULL);
    CHECK(mm_pool_alloc(pool, &block) == MM_E_POISONED && block == NULL);
    CHECK(mm_pool_simulate_panic(pool) == MM_E_POISONED);
    CHECK(mm_pool_alloc(other, &block) == MM_OK);
    mm_pool_destroy(pool);
    mm_pool_destroy(other);
}

static void handles_of_another_kind_are_refused(void) {
    mm_pool_config_t pool_config;
    mm_book_config_t book_config;
    mm_pool_t *pool = NULL;
    mm_book_t *book = NULL;
    size_t count = 77;
    uint64_t zeros[4] = {0, 0, 0, 0};

    mm_pool_config_init(&pool_config, sizeof pool_config);
    mm_book_config_init(&book_config, sizeof book_config);
    book_config.max_orders = 16;
    CHECK(mm_pool_create(&pool_config, &pool) == MM_OK && mm_book_create(&book_config, &book) == MM_OK);
    CHECK(mm_book_order_count((mm_book_t *)(void *)pool, &count) == MM_E_HANDLE && count == 77);
    CHECK(mm_book_order_count((mm_book_t *)(void *)zeros, &count) == MM_E_HANDLE && count == 77);
    mm_book_destroy((mm_book_t *)(void *)pool); /* leaves the pool alone */
    CHECK(mm_book_order_count(book, &count) == MM_OK && count == 0);
    mm_book_destroy(book);
    mm_pool_destroy(pool);
}

static mm_new_order_t limit(uint64_t id, uint8_t side, int64_t price, uint64_t quantity) {
    mm_new_order_t order;
    memset(&order, 0, sizeof order);
    order.order_id = id;
    order.side = side;
    order.price = price;
    order.quantity = quantity;
    return order;
}

static void books_match_and_refuse(void) {
    mm_book_config_t config;
    mm_book_t *book = NULL, *copy = NULL;
    mm_book_event_t events[8], untouched[8];
    mm_match_t outcome;
    mm_level_t level, levels[4];
    mm_resting_order_t order, queue[4];
    mm_queue_position_t position;
    mm_new_order_t request;
    uint8_t bytes[1024];
    uint32_t touched = 0;
    uint64_t hash = 0, hash_of_copy = 1;
    size_t count = 0, size = 0;

    mm_book_config_init(&config, sizeof config);
    config.max_orders = 4;
    config.track_priority = 2;
    CHECK(mm_book_create(&config, &book) == MM_E_ENUM && book == NULL);
    config.track_priority = 1;
    CHECK(mm_book_create(&config, &book) == MM_OK);
    CHECK(mm_book_best(book, MM_SIDE_BUY, &level) == MM_E_NOT_FOUND);

    CHECK(mm_book_add(book, 1, MM_SIDE_SELL, 100, 5, &touched) == MM_OK);
    CHECK(touched == (MM_TOUCHED | MM_TOUCHED_BEST_ASK));
    CHECK(mm_book_add(book, 2, MM_SIDE_SELL, 100, 7, NULL) == MM_OK);
    touched = 99;
    CHECK(mm_book_add(book, 2, MM_SIDE_SELL, 100, 7, &touched) == MM_E_DUPLICATE && touched == 99);
    CHECK(mm_book_add(book, 3, 2, 100, 7, NULL) == MM_E_ENUM);
    CHECK(mm_book_add(book, 3, MM_SIDE_BUY, 100, 0, NULL) == MM_E_ZERO_QUANTITY);
    CHECK(mm_book_add(book, 3, MM_SIDE_BUY, INT64_MAX, 1, NULL) == MM_E_PRICE_RANGE);
    CHECK(mm_book_add(book, 3, MM_SIDE_BUY, 1, UINT64_MAX, NULL) == MM_E_QUANTITY_RANGE);
    CHECK(mm_book_reduce(book, 1, 6, NULL) == MM_E_QUANTITY_EXCEEDS);
    CHECK(mm_book_delete(book, 9, NULL) == MM_E_NOT_FOUND);

    CHECK(mm_book_best(book, MM_SIDE_SELL, &level) == MM_OK);
    CHECK(level.price == 100 && level.quantity == 12 && level.orders == 2);
    CHECK(mm_book_queue_position(book, 2, &position) == MM_OK);
    CHECK(position.orders_ahead == 1 && position.quantity_ahead == 5);
    CHECK(mm_book_orders_at(book, MM_SIDE_SELL, 100, queue, 4, &count) == MM_OK && count == 2);
    CHECK(queue[0].order_id == 1 && queue[1].order_id == 2 && queue[0].priority < queue[1].priority);

    /* A refusal leaves the caller's array and count alone. */
    memset(events, 0x33, sizeof events);
    memcpy(untouched, events, sizeof events);
    count = 55;
    request = limit(10, MM_SIDE_BUY, 100, 13);
    request.time_in_force = MM_FILL_OR_KILL;
    CHECK(mm_book_submit(book, &request, events, 8, &count, NULL) == MM_E_CANNOT_FILL);
    request.time_in_force = MM_GOOD_TILL_CANCEL;
    request.post_only = 1;
    CHECK(mm_book_submit(book, &request, events, 8, &count, NULL) == MM_E_WOULD_TRADE);
    request.time_in_force = MM_IMMEDIATE_OR_CANCEL;
    CHECK(mm_book_submit(book, &request, events, 8, &count, NULL) == MM_E_BAD_ORDER);
    request = limit(10, MM_SIDE_BUY, 100, 13);
    CHECK(mm_book_submit(book, &request, events, 1, &count, NULL) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_book_submit(book, NULL, events, 8, &count, NULL) == MM_E_NULL);
    CHECK(mm_book_submit(book, &request, NULL, 8, &count, NULL) == MM_E_NULL);
    CHECK(mm_book_submit(book, &request, events, 8, NULL, NULL) == MM_E_NULL);
    CHECK(count == 55 && memcmp(events, untouched, sizeof events) == 0);

    CHECK(mm_book_submit(book, &request, events, 8, &count, &outcome) == MM_OK);
    CHECK(count == 3 && outcome.filled == 12 && outcome.resting == 1);
    CHECK(events[0].kind == MM_BOOK_ACCEPTED && events[0].order_id == 10);
    CHECK(events[1].kind == MM_BOOK_TRADE && events[1].maker_id == 1 && events[1].price == 100);
    CHECK(events[2].maker_id == 2 && events[2].quantity == 7 && events[2].remaining == 1);
    CHECK(events[0].reserved == 0 && events[2].reserved == 0);
    CHECK(mm_book_order(book, 10, &order) == MM_OK && order.quantity == 1 && order.side == MM_SIDE_BUY);
    CHECK(mm_book_amend(book, 10, 99, 4, events, 8, &count, &outcome) == MM_OK && count == 1);
    CHECK(mm_book_cancel(book, 10, 1, events, 8, &count, &outcome) == MM_OK && outcome.cancelled == 1);
    CHECK(events[0].kind == MM_BOOK_CANCELLED && events[0].remaining == 3);

    CHECK(mm_book_add(book, 20, MM_SIDE_BUY, 98, 1, NULL) == MM_OK);
    CHECK(mm_book_add(book, 21, MM_SIDE_BUY, 97, 1, NULL) == MM_OK);
    CHECK(mm_book_add(book, 22, MM_SIDE_BUY, 96, 1, NULL) == MM_OK);
    CHECK(mm_book_add(book, 23, MM_SIDE_BUY, 95, 1, NULL) == MM_E_FULL);
    CHECK(mm_book_reserve(NULL, 1) == MM_E_NULL && mm_book_reserve(book, UINT32_MAX) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_book_add(book, 23, MM_SIDE_BUY, 95, 1, NULL) == MM_E_FULL);
    CHECK(mm_book_state_hash(book, &hash) == MM_OK && mm_book_reserve(book, 1) == MM_OK);
    CHECK(mm_book_state_hash(book, &hash_of_copy) == MM_OK && hash_of_copy == hash);
    CHECK(mm_book_add(book, 23, MM_SIDE_BUY, 95, 1, NULL) == MM_OK && mm_book_delete(book, 23, NULL) == MM_OK);
    CHECK(mm_book_order_count(book, &count) == MM_OK && count == 4);
    CHECK(mm_book_levels(book, MM_SIDE_BUY, levels, 2, &count) == MM_OK && count == 2 && levels[1].price == 98);
    CHECK(mm_book_level_count(book, MM_SIDE_BUY, &count) == MM_OK && count == 4);

    CHECK(mm_book_write_snapshot(book, bytes, 10, &size) == MM_E_BUFFER_TOO_SMALL && size == 0);
    CHECK(mm_book_write_snapshot(book, bytes, sizeof bytes, &size) == MM_OK && size > 0);
    CHECK(mm_book_create(&config, &copy) == MM_OK);
    CHECK(mm_book_read_snapshot(copy, bytes, size - 1) == MM_E_SNAPSHOT);
    CHECK(mm_book_read_snapshot(copy, bytes, size) == MM_OK);
    CHECK(mm_book_state_hash(book, &hash) == MM_OK && mm_book_state_hash(copy, &hash_of_copy) == MM_OK);
    CHECK(hash == hash_of_copy);
    bytes[60] ^= 1;
    CHECK(mm_book_read_snapshot(copy, bytes, size) == MM_E_SNAPSHOT);
    CHECK(mm_book_state_hash(copy, &hash_of_copy) == MM_OK && hash == hash_of_copy);
    mm_book_destroy(copy);
    mm_book_destroy(book);
}

static mm_event_t add_event(uint64_t id, uint8_t side, int64_t price, uint64_t quantity) {
    mm_event_t event;
    memset(&event, 0, sizeof event);
    event.kind = MM_EVENT_ADD;
    event.order_id = id;
    event.side = side;
    event.price = price;
    event.quantity = quantity;
    event.instrument = 7;
    return event;
}

static void batches_stop_where_an_event_is_refused(void) {
    mm_book_config_t config;
    mm_book_t *book = NULL;
    mm_event_t events[200];
    mm_batch_t batch;
    size_t i, count = 0;

    mm_book_config_init(&config, sizeof config);
    CHECK(mm_book_create(&config, &book) == MM_OK);
    for (i = 0; i < 200; ++i) {
        events[i] = add_event(i + 1, MM_SIDE_BUY, 1000 - (int64_t)i, 1);
    }
    events[150].order_id = 3;
    CHECK(mm_book_apply_batch(book, events, 200, &batch) == MM_PARTIAL);
    CHECK(batch.applied == 150 && batch.reason == MM_E_DUPLICATE && (batch.touched & MM_TOUCHED_BEST_BID) != 0);
    CHECK(mm_book_order_count(book, &count) == MM_OK && count == 150);
    events[160].kind = 200;
    CHECK(mm_book_apply_batch(book, events + 151, 49, &batch) == MM_PARTIAL);
    CHECK(batch.applied == 9 && batch.reason == MM_E_ENUM);
    CHECK(mm_book_apply_batch(book, NULL, 0, &batch) == MM_OK && batch.applied == 0);
    CHECK(mm_book_apply_batch(book, NULL, 1, &batch) == MM_E_NULL);
    events[0].kind = MM_EVENT_LEVEL;
    CHECK(mm_book_apply(book, &events[0], NULL) == MM_E_WRONG_EVENT);
    mm_book_destroy(book);
}

static void managers_and_level_books(void) {
    mm_book_manager_t *manager = NULL;
    mm_level_book_t *by_level = NULL;
    mm_book_config_t config;
    mm_level_book_config_t level_config;
    mm_event_t event = add_event(1, MM_SIDE_BUY, 50, 4);
    mm_level_t level;
    uint32_t instruments[2];
    size_t count = 0;

    mm_book_config_init(&config, sizeof config);
    CHECK(mm_book_manager_create(&manager) == MM_OK);
    CHECK(mm_book_manager_apply(manager, &event, NULL) == MM_E_NOT_FOUND);
    CHECK(mm_book_manager_add_instrument(manager, 7, &config) == MM_OK);
    CHECK(mm_book_manager_add_instrument(manager, 7, &config) == MM_E_DUPLICATE);
    CHECK(mm_book_manager_add_instrument(manager, 4000000000u, &config) == MM_OK);
    CHECK(mm_book_manager_apply(manager, &event, NULL) == MM_OK);
    CHECK(mm_book_manager_best(manager, 7, MM_SIDE_BUY, &level) == MM_OK && level.price == 50);
    CHECK(mm_book_manager_instruments(manager, instruments, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_book_manager_instruments(manager, instruments, 2, &count) == MM_OK && count == 2 && instruments[0] == 7);
    mm_book_manager_destroy(manager);

    mm_level_book_config_init(&level_config, sizeof level_config);
    CHECK(mm_level_book_create(&level_config, &by_level) == MM_OK);
    CHECK(mm_level_book_set_level(by_level, MM_SIDE_SELL, 101, 9, NULL) == MM_OK);
    CHECK(mm_level_book_best(by_level, MM_SIDE_SELL, &level) == MM_OK && level.quantity == 9);
    CHECK(mm_level_book_apply(by_level, &event, NULL) == MM_E_WRONG_EVENT);
    CHECK(mm_level_book_set_level(by_level, MM_SIDE_SELL, 101, 0, NULL) == MM_OK);
    CHECK(mm_level_book_best(by_level, MM_SIDE_SELL, &level) == MM_E_NOT_FOUND);
    mm_level_book_destroy(by_level);

    level_config.max_levels = 1;
    CHECK(mm_level_book_create(&level_config, &by_level) == MM_OK);
    CHECK(mm_level_book_set_level(by_level, MM_SIDE_SELL, 101, 9, NULL) == MM_OK);
    CHECK(mm_level_book_set_level(by_level, MM_SIDE_SELL, 102, 8, NULL) == MM_E_FULL);
    CHECK(mm_level_book_reserve(NULL, 1) == MM_E_NULL && mm_level_book_reserve(by_level, UINT32_MAX) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_level_book_reserve(by_level, 1) == MM_OK);
    CHECK(mm_level_book_set_level(by_level, MM_SIDE_SELL, 102, 8, NULL) == MM_OK);
    CHECK(mm_level_book_best(by_level, MM_SIDE_SELL, &level) == MM_OK && level.quantity == 9);
    mm_level_book_destroy(by_level);
}

static void positions_net_and_limits_are_typed(void) {
    mm_position_tracker_config_t config;
    mm_position_tracker_t *tracker = NULL;
    mm_instrument_t instrument;
    mm_fill_t fill;
    mm_fill_outcome_t outcome;
    mm_position_t position;
    mm_position_totals_t totals;
    mm_trade_t trades[1];
    size_t count = 0;

    mm_position_tracker_config_init(&config, sizeof config);
    config.limits.max_long_position = 20;
    CHECK(mm_position_tracker_create(&config, &tracker) == MM_OK);
    mm_instrument_init(&instrument, sizeof instrument);
    instrument.id = 7;
    instrument.taker_per_lot_micro = 500000;
    memset(&fill, 0, sizeof fill);
    fill.instrument = 7;
    fill.price = 100;
    fill.quantity = 10;
    CHECK(mm_position_tracker_record_fill(tracker, &fill, NULL) == MM_E_NOT_FOUND);
    CHECK(mm_position_tracker_register(tracker, &instrument, 1) == MM_OK);
    CHECK(mm_position_tracker_register(tracker, &instrument, 1) == MM_E_DUPLICATE);
    CHECK(mm_position_tracker_record_fill(tracker, &fill, NULL) == MM_OK);
    fill.side = MM_SIDE_SELL;
    fill.price = 105;
    fill.quantity = 15;
    CHECK(mm_position_tracker_record_fill(tracker, &fill, &outcome) == MM_OK);
    CHECK(outcome.realised == 50 && outcome.closed == 10 && outcome.opened == 5 && outcome.position == -5);
    CHECK(outcome.fee_micro == 7500000);
    fill.is_maker = 3;
    CHECK(mm_position_tracker_record_fill(tracker, &fill, NULL) == MM_E_ENUM);
    CHECK(mm_position_tracker_mark(tracker, 7, 103) == MM_OK);
    CHECK(mm_position_tracker_get(tracker, 7, &position) == MM_OK);
    CHECK(position.quantity == -5 && position.unrealised == 10 && position.average_price == 105.0);
    CHECK(mm_position_tracker_totals(tracker, &totals) == MM_OK);
    CHECK(totals.realised == 50 && totals.unrealised == 10 && totals.fills == 2);
    CHECK(mm_position_tracker_check_position(tracker, 7, MM_SIDE_BUY, 25) == MM_OK);
    CHECK(mm_position_tracker_check_position(tracker, 7, MM_SIDE_BUY, 26) == MM_E_LIMIT_LONG);
    CHECK(mm_position_tracker_history(tracker, trades, 1, &count) == MM_OK && count == 1 && trades[0].price == 105);
    mm_position_tracker_destroy(tracker);
}

static void orders_pass_the_gate_and_follow_reports(void) {
    mm_risk_config_t risk_config;
    mm_order_manager_config_t config;
    mm_risk_gate_t *gate = NULL;
    mm_kill_switch_t *kill = NULL;
    mm_order_manager_t *manager = NULL;
    mm_wanted_quotes_t wanted;
    mm_market_top_t top;
    mm_order_action_t actions[8];
    mm_decision_t decision;
    mm_execution_report_t report;
    mm_order_t order;
    mm_order_request_t request;
    mm_risk_counters_t counters;
    uint64_t filled = 0, lots = 0;
    uint8_t on = 9;
    size_t count = 0;

    mm_risk_config_init(&risk_config, sizeof risk_config);
    risk_config.max_order_quantity = 10;
    CHECK(mm_risk_gate_create(&risk_config, &gate) == MM_OK);
    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK);
    mm_order_manager_config_init(&config, sizeof config);
    CHECK(mm_order_manager_create(&config, &manager) == MM_OK);

    memset(&wanted, 0, sizeof wanted);
    memset(&top, 0, sizeof top);
    wanted.bid_count = wanted.ask_count = 1;
    wanted.bids[0].price = 99.7;
    wanted.bids[0].quantity = 5.0;
    wanted.asks[0].price = 101.2;
    wanted.asks[0].quantity = 50.0;
    top.bid = 100;
    top.ask = 101;
    top.has_bid = top.has_ask = 1;
    CHECK(mm_order_manager_decide(manager, gate, &wanted, &top, actions, 1, &count, NULL) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_order_manager_decide(manager, gate, &wanted, &top, actions, 8, &count, &decision) == MM_OK);
    CHECK(count == 1 && actions[0].price == 99 && actions[0].side == MM_SIDE_BUY && actions[0].kind == MM_ACTION_PLACE);
    CHECK(decision.refused == 1 && decision.last_refusal == MM_E_RISK_ORDER_QUANTITY);
    wanted.ask_count = 5;
    CHECK(mm_order_manager_decide(manager, gate, &wanted, &top, actions, 8, &count, NULL) == MM_E_INVALID_ARGUMENT);

    memset(&report, 0, sizeof report);
    report.order_id = actions[0].order_id;
    report.kind = MM_EXECUTION_ACCEPTED;
    report.leaves = 5;
    CHECK(mm_order_manager_on_report(manager, &report, &order, NULL) == MM_OK && order.state == MM_ORDER_LIVE);
    report.kind = MM_EXECUTION_FILLED;
    report.price = 99;
    report.quantity = 2;
    report.leaves = 3;
    CHECK(mm_order_manager_on_report(manager, &report, &order, &filled) == MM_OK && filled == 2);
    CHECK(mm_order_manager_on_report(manager, &report, &order, &filled) == MM_E_REPORT_INCONSISTENT);
    CHECK(mm_order_manager_working(manager, MM_SIDE_BUY, &lots) == MM_OK && lots == 3);
    report.order_id = 12345;
    CHECK(mm_order_manager_on_report(manager, &report, NULL, NULL) == MM_E_NOT_FOUND);

    memset(&request, 0, sizeof request);
    request.price = 120;
    request.quantity = 11;
    request.side = MM_SIDE_SELL;
    CHECK(mm_order_manager_place(manager, gate, &request, &top, actions) == MM_E_RISK_ORDER_QUANTITY);
    request.quantity = 10;
    CHECK(mm_kill_switch_set(kill, 1) == MM_OK && mm_kill_switch_get(kill, &on) == MM_OK && on == 1);
    CHECK(mm_order_manager_place(manager, gate, &request, &top, actions) == MM_E_RISK_KILL_SWITCH);
    CHECK(mm_kill_switch_set(kill, 0) == MM_OK);
    CHECK(mm_order_manager_place(manager, gate, &request, &top, actions) == MM_OK);
    CHECK(mm_order_manager_cancel(manager, gate, actions[0].order_id, 5, actions) == MM_OK);
    CHECK(mm_order_manager_cancel(manager, gate, actions[0].order_id, 5, actions) == MM_E_ORDER_STATE);
    CHECK(mm_risk_gate_counters(gate, &counters) == MM_OK);
    CHECK(counters.refused[-200 - MM_E_RISK_KILL_SWITCH] == 1 && counters.refused[-200 - MM_E_RISK_ORDER_QUANTITY] >= 2);

    mm_order_manager_destroy(manager);
    mm_risk_gate_destroy(gate);
    CHECK(mm_kill_switch_set(kill, 1) == MM_OK); /* outlives its gate */
    mm_kill_switch_destroy(kill);
}

static void quoters_quote_the_golden_numbers(void) {
    mm_quoter_config_t config;
    mm_quoter_t *quoter = NULL;
    mm_quotes_t quotes;

    mm_quoter_config_init(&config, sizeof config);
    config.gamma = -1.0;
    CHECK(mm_quoter_create(&config, &quoter) == MM_E_INVALID_ARGUMENT);
    CHECK(strstr(mm_last_error_message(), "gamma") != NULL);
    config.gamma = 0.1;
    CHECK(mm_quoter_create(&config, &quoter) == MM_OK);
    CHECK(mm_quoter_quote(quoter, 100.0, 3.0, 1.0, &quotes) == MM_OK);
    CHECK(quotes.bid > 97.954614 && quotes.bid < 97.954616 && quotes.ask > 99.645384 && quotes.ask < 99.645386);
    CHECK(mm_quoter_quote(quoter, 100.0, 3.0, -1.0, &quotes) == MM_E_INVALID_ARGUMENT);
    mm_quoter_destroy(quoter);

    config.model = MM_QUOTER_GLFT_TABLE;
    config.gamma = 0.01;
    config.sigma = 0.3;
    config.k = 0.3;
    config.intensity = 0.9;
    config.horizon = 600.0;
    CHECK(mm_quoter_create(&config, &quoter) == MM_OK);
    CHECK(mm_quoter_quote(quoter, 0.0, 5.0, 600.0, &quotes) == MM_OK);
    CHECK(quotes.bid > -3.653480 && quotes.bid < -3.653478 && quotes.ask > 2.972521 && quotes.ask < 2.972523);
    CHECK(mm_quoter_quote(quoter, 0.0, 30.0, 600.0, &quotes) == MM_OK && quotes.has_bid == 0 && quotes.has_ask == 1);
    mm_quoter_destroy(quoter);
    config.model = 77;
    CHECK(mm_quoter_create(&config, &quoter) == MM_E_ENUM);
}

static void readers_deliver_what_precedes_a_bad_line(void) {
    static const char path[] = "abi_lobster_message.csv";
    mm_reader_config_t config;
    mm_instrument_t instrument;
    mm_reader_t *reader = NULL;
    mm_event_t events[4];
    uint64_t done = 0, total = 0;
    size_t count = 9;
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    if (file == NULL) {
        return;
    }
    fputs("34200.017459617,1,16113575,18,5853300,1\n34200.189607670,3,16113575,18,5853300,1\nnot a line\n", file);
    fclose(file);

    mm_instrument_init(&instrument, sizeof instrument);
    mm_reader_config_init(&config, sizeof config);
    config.instrument = &instrument;
    CHECK(mm_reader_open(MM_FORMAT_LOBSTER, "no such file", &config, &reader) == MM_E_IO && reader == NULL);
    CHECK(strstr(mm_last_error_message(), "no such file") != NULL);
    CHECK(mm_reader_open(99, path, &config, &reader) == MM_E_ENUM);
    CHECK(mm_reader_open(MM_FORMAT_LOBSTER, NULL, &config, &reader) == MM_E_NULL);
    CHECK(mm_reader_open(MM_FORMAT_LOBSTER, path, &config, &reader) == MM_OK);
    CHECK(mm_reader_next(reader, events, 0, &count) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_reader_next(reader, events, 4, &count) == MM_OK && count == 2);
    CHECK(events[0].kind == MM_EVENT_ADD && events[0].price == 58533 && events[0].quantity == 18);
    CHECK(events[0].side == MM_SIDE_BUY && events[0].timestamp == 34200017459617u);
    count = 9;
    CHECK(mm_reader_next(reader, events, 4, &count) == MM_E_MALFORMED && count == 9);
    CHECK(strstr(mm_last_error_message(), "abi_lobster_message.csv:3") != NULL);
    CHECK(mm_reader_next(reader, events, 4, &count) == MM_END && count == 0);
    CHECK(mm_reader_progress(reader, &done, &total) == MM_OK && total > 0);
    mm_reader_destroy(reader);
    remove(path);
}

static mm_event_t quoted(uint64_t id, uint8_t side, int64_t price, uint64_t second) {
    mm_event_t event = add_event(id, side, price, 100);
    event.timestamp = second * 1000000000u;
    event.flags = MM_FLAG_LAST;
    return event;
}

static mm_execution_report_t word_on(const mm_order_action_t *action, uint8_t kind, uint64_t leaves) {
    mm_execution_report_t report;
    memset(&report, 0, sizeof report);
    report.order_id = action->order_id;
    report.instrument = action->instrument;
    report.side = action->side;
    report.kind = kind;
    report.leaves = leaves;
    return report;
}

static uint64_t hash_of(const mm_engine_t *engine) {
    uint64_t hash = 0;
    CHECK(mm_engine_state_hash(engine, &hash) == MM_OK);
    return hash;
}

static void engine_configs_are_checked(void) {
    mm_engine_config_t config;
    mm_instrument_t instrument;
    mm_book_config_t book;
    mm_stoikov_config_t strategy;
    mm_risk_config_t risk;
    mm_order_manager_config_t orders;
    mm_engine_t *engine = NULL;

    CHECK(mm_engine_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_engine_config_init(&config, 4) == MM_E_STRUCT_SIZE);
    CHECK(mm_engine_config_init(&config, sizeof config) == MM_OK && config.struct_size == sizeof config);
    CHECK(mm_engine_create(NULL, &engine) == MM_E_NULL && engine == NULL);
    CHECK(mm_engine_create(&config, NULL) == MM_E_NULL);
    config.struct_size = 8;
    CHECK(mm_engine_create(&config, &engine) == MM_E_STRUCT_SIZE && engine == NULL);
    config.struct_size = sizeof config;
    config.by_level = 2;
    CHECK(mm_engine_create(&config, &engine) == MM_E_ENUM && engine == NULL);
    config.by_level = 0;
    config.clock = 9;
    CHECK(mm_engine_create(&config, &engine) == MM_E_ENUM && engine == NULL);
    config.clock = MM_CLOCK_OFF;
    config.volatility_half_life = -1.0;
    CHECK(mm_engine_create(&config, &engine) == MM_E_INVALID_ARGUMENT && engine == NULL);
    mm_engine_config_init(&config, sizeof config);

    /* Each part is checked as it is alone. */
    mm_instrument_init(&instrument, sizeof instrument);
    mm_book_config_init(&book, sizeof book);
    mm_stoikov_config_init(&strategy, sizeof strategy);
    mm_risk_config_init(&risk, sizeof risk);
    mm_order_manager_config_init(&orders, sizeof orders);
    config.instrument = &instrument;
    config.book = &book;
    config.strategy = &strategy;
    config.risk = &risk;
    config.orders = &orders;
    instrument.tick = 0.0;
    CHECK(mm_engine_create(&config, &engine) == MM_E_INVALID_ARGUMENT && engine == NULL);
    instrument.tick = 0.01;
    book.max_orders = 0;
    CHECK(mm_engine_create(&config, &engine) == MM_E_INVALID_ARGUMENT && engine == NULL);
    book.max_orders = 64;
    strategy.model = 77;
    CHECK(mm_engine_create(&config, &engine) == MM_E_ENUM && engine == NULL);
    strategy.model = MM_MODEL_AVELLANEDA_STOIKOV;
    strategy.order_quantity = 0;
    CHECK(mm_engine_create(&config, &engine) == MM_E_INVALID_ARGUMENT && engine == NULL);
    strategy.order_quantity = 1;
    risk.struct_size = 0;
    CHECK(mm_engine_create(&config, &engine) == MM_E_STRUCT_SIZE && engine == NULL);
    risk.struct_size = sizeof risk;
    orders.replace_mode = 5;
    CHECK(mm_engine_create(&config, &engine) == MM_E_ENUM && engine == NULL);
    orders.replace_mode = MM_REPLACE_ATOMIC;
    CHECK(mm_engine_create(&config, &engine) == MM_OK && engine != NULL);
    mm_engine_destroy(engine);
}

static void engines_refuse_and_stay_as_they_were(void) {
    mm_engine_config_t config;
    mm_instrument_t instrument;
    mm_stoikov_config_t strategy;
    mm_engine_t *engine = NULL;
    mm_kill_switch_t *kill = NULL;
    mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS], untouched[MM_MAX_ENGINE_ACTIONS], bid, ask;
    mm_execution_report_t report;
    mm_engine_stats_t stats;
    mm_engine_account_t account;
    mm_risk_counters_t counters;
    mm_latency_t latency;
    mm_level_t levels[4];
    mm_event_t event;
    uint64_t hash = 0, evaluated = 0;
    size_t count = 55, i;
    mm_status_t status = MM_OK;

    mm_instrument_init(&instrument, sizeof instrument);
    instrument.id = 7;
    mm_stoikov_config_init(&strategy, sizeof strategy);
    strategy.warm_up = 1;
    mm_engine_config_init(&config, sizeof config);
    config.instrument = &instrument;
    config.strategy = &strategy;
    CHECK(mm_engine_create(&config, &engine) == MM_OK);

    /* A buffer that is too small: the event counts, nothing is written, and the quotes remain due. */
    memset(actions, 0x33, sizeof actions);
    memcpy(untouched, actions, sizeof actions);
    for (i = 1; i <= 8 && status == MM_OK; ++i) {
        event = quoted(i, i == 2 ? MM_SIDE_SELL : MM_SIDE_BUY, i == 2 ? 10010 : 9989 + (int64_t)i, i);
        count = 55;
        status = mm_engine_on_event(engine, &event, actions, 1, &count);
    }
    CHECK(status == MM_E_BUFFER_TOO_SMALL && count == 55 && memcmp(actions, untouched, sizeof actions) == 0);
    CHECK(mm_engine_levels(engine, MM_SIDE_BUY, levels, 1, &count) == MM_OK && levels[0].price == event.price);
    CHECK(mm_engine_refresh(engine, event.timestamp, actions, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_engine_refresh(engine, event.timestamp, NULL, 4, &count) == MM_E_NULL);
    CHECK(mm_engine_refresh(engine, event.timestamp, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count == 2);
    CHECK(actions[0].kind == MM_ACTION_PLACE && actions[1].kind == MM_ACTION_PLACE);
    CHECK(actions[0].side != actions[1].side && actions[0].instrument == 7);
    bid = actions[actions[0].side == MM_SIDE_BUY ? 0 : 1];
    ask = actions[actions[0].side == MM_SIDE_BUY ? 1 : 0];

    /* Refused events. */
    hash = hash_of(engine);
    count = 55;
    event = quoted(1, MM_SIDE_BUY, 9000, 1000);
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_DUPLICATE);
    event.kind = MM_EVENT_DELETE;
    event.order_id = 999;
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_NOT_FOUND);
    event.kind = MM_EVENT_LEVEL;
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_WRONG_EVENT);
    event.kind = 200;
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_ENUM);
    event = quoted(50, 2, 9000, 1000);
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_ENUM);
    CHECK(mm_engine_on_event(engine, NULL, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_NULL);
    CHECK(mm_engine_on_event(NULL, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_E_NULL);
    event = quoted(50, MM_SIDE_BUY, 9000, 1000);
    CHECK(mm_engine_on_event(engine, &event, NULL, 4, &count) == MM_E_NULL);
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, NULL) == MM_E_NULL);
    CHECK(count == 55 && hash_of(engine) == hash);
    CHECK(mm_engine_stats(engine, &stats) == MM_OK && stats.refused_events == 3 && stats.orders_sent == 2);

    /* Reports: for unknown orders, without meaning, late, and about what is over. */
    report = word_on(&bid, MM_EXECUTION_ACCEPTED, bid.quantity);
    report.order_id = 12345;
    CHECK(mm_engine_on_report(engine, &report) == MM_E_NOT_FOUND);
    report = word_on(&bid, MM_EXECUTION_ACCEPTED, bid.quantity);
    report.instrument = 8;
    CHECK(mm_engine_on_report(engine, &report) == MM_E_WRONG_INSTRUMENT);
    report = word_on(&bid, 99, bid.quantity);
    CHECK(mm_engine_on_report(engine, &report) == MM_E_ENUM);
    CHECK(mm_engine_on_report(engine, NULL) == MM_E_NULL);
    CHECK(hash_of(engine) == hash);
    report = word_on(&bid, MM_EXECUTION_ACCEPTED, bid.quantity);
    CHECK(mm_engine_on_report(engine, &report) == MM_OK && hash_of(engine) != hash);
    report = word_on(&ask, MM_EXECUTION_ACCEPTED, ask.quantity);
    CHECK(mm_engine_on_report(engine, &report) == MM_OK);
    report = word_on(&bid, MM_EXECUTION_FILLED, 0);
    report.price = bid.price;
    report.quantity = bid.quantity + 1;
    hash = hash_of(engine);
    CHECK(mm_engine_on_report(engine, &report) == MM_E_REPORT_INCONSISTENT && hash_of(engine) == hash);
    CHECK(mm_engine_account(engine, &account) == MM_OK && account.position == 0 && account.has_mark == 1);
    report.quantity = bid.quantity;
    report.is_maker = 1;
    CHECK(mm_engine_on_report(engine, &report) == MM_OK && hash_of(engine) != hash);
    hash = hash_of(engine);
    CHECK(mm_engine_on_report(engine, &report) == MM_E_ORDER_FINISHED && hash_of(engine) == hash);
    report = word_on(&bid, MM_EXECUTION_CANCEL_REJECTED, 0);
    CHECK(mm_engine_on_report(engine, &report) == MM_STALE && hash_of(engine) == hash);
    CHECK(mm_engine_account(engine, &account) == MM_OK && account.position == (int64_t)bid.quantity);
    CHECK(mm_engine_stats(engine, &stats) == MM_OK && stats.fills == 1 && stats.maker_fills == 1);

    /* The switch cancels what works and lets nothing new out. */
    CHECK(mm_engine_kill_switch(engine, NULL) == MM_E_NULL);
    CHECK(mm_engine_kill_switch(engine, &kill) == MM_OK && mm_kill_switch_set(kill, 1) == MM_OK);
    event = quoted(60, MM_SIDE_BUY, 9000, 1001);
    CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count == 1);
    CHECK(actions[0].kind == MM_ACTION_CANCEL && actions[0].order_id == ask.order_id);
    report = word_on(&ask, MM_EXECUTION_CANCELLED, 0);
    CHECK(mm_engine_on_report(engine, &report) == MM_OK && mm_engine_on_report(engine, &report) == MM_STALE);
    CHECK(mm_engine_refresh(engine, 1002000000000u, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count == 0);
    CHECK(mm_engine_risk_counters(engine, &counters) == MM_OK);
    CHECK(mm_engine_risk_counters(engine, NULL) == MM_E_NULL);
    evaluated = counters.evaluated;
    CHECK(mm_kill_switch_set(kill, 0) == MM_OK);
    CHECK(mm_engine_refresh(engine, 1003000000000u, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count == 2);
    CHECK(mm_engine_risk_counters(engine, &counters) == MM_OK && counters.evaluated == evaluated + 2);

    CHECK(mm_engine_levels(engine, 2, levels, 4, &count) == MM_E_ENUM);
    CHECK(mm_engine_levels(engine, MM_SIDE_BUY, NULL, 4, &count) == MM_E_NULL);
    CHECK(mm_engine_latency(engine, 99, &latency) == MM_E_ENUM);
    CHECK(mm_engine_record_latency(engine, 99, 5) == MM_E_ENUM);
    CHECK(mm_engine_latency(engine, MM_STAGE_EVENT, &latency) == MM_OK && latency.count == 0);
    CHECK(mm_engine_record_latency(engine, MM_STAGE_EVENT, 500) == MM_OK);
    CHECK(mm_engine_latency(engine, MM_STAGE_EVENT, &latency) == MM_OK && latency.count == 1);
    CHECK(latency.p50 >= 490 && latency.p50 <= 510 && latency.max >= 490);
    CHECK(mm_engine_stats(engine, NULL) == MM_E_NULL && mm_engine_stats(NULL, &stats) == MM_E_NULL);
    CHECK(mm_engine_account(engine, NULL) == MM_E_NULL && mm_engine_state_hash(engine, NULL) == MM_E_NULL);
    CHECK(mm_engine_stats((mm_engine_t *)(void *)kill, &stats) == MM_E_HANDLE);
    evaluated = hash_of(engine);
    CHECK(mm_engine_reserve(NULL, 1) == MM_E_NULL && mm_engine_reserve(engine, UINT32_MAX) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_engine_reserve(engine, 1u << 17) == MM_OK && hash_of(engine) == evaluated);

    mm_engine_destroy(engine);
    CHECK(mm_kill_switch_set(kill, 1) == MM_OK); /* outlives its engine */
    mm_kill_switch_destroy(kill);
}

static mm_order_action_t place(uint64_t id, uint8_t side, int64_t price, uint64_t quantity) {
    mm_order_action_t action;
    memset(&action, 0, sizeof action);
    action.kind = MM_ACTION_PLACE;
    action.order_id = id;
    action.instrument = 7;
    action.side = side;
    action.price = price;
    action.quantity = quantity;
    action.post_only = 1;
    return action;
}

static void venues_queue_fill_and_refuse(void) {
    mm_venue_config_t config;
    mm_engine_config_t engine_config;
    mm_instrument_t instrument;
    mm_venue_t *venue = NULL;
    mm_engine_t *engine = NULL;
    mm_order_action_t actions[MM_MAX_ENGINE_ACTIONS], action;
    mm_execution_report_t reports[64], untouched[64];
    mm_event_t event;
    size_t count = 0, needed = 0, i;

    CHECK(mm_venue_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_venue_config_init(&config, 4) == MM_E_STRUCT_SIZE);
    CHECK(mm_venue_config_init(&config, sizeof config) == MM_OK && config.entry_latency == 0);
    CHECK(mm_venue_create(NULL, &venue) == MM_E_NULL && mm_venue_create(&config, NULL) == MM_E_NULL);
    config.struct_size = 8;
    CHECK(mm_venue_create(&config, &venue) == MM_E_STRUCT_SIZE && venue == NULL);
    config.struct_size = sizeof config;
    config.max_orders = 0;
    CHECK(mm_venue_create(&config, &venue) == MM_E_INVALID_ARGUMENT && venue == NULL);
    CHECK(strstr(mm_last_error_message(), "max_orders") != NULL);
    config.max_orders = 4;
    config.max_requests = (1u << 20) + 1;
    CHECK(mm_venue_create(&config, &venue) == MM_E_INVALID_ARGUMENT && venue == NULL);
    config.max_requests = 2;
    CHECK(mm_venue_create(&config, &venue) == MM_OK);

    mm_instrument_init(&instrument, sizeof instrument);
    instrument.id = 7;
    mm_engine_config_init(&engine_config, sizeof engine_config);
    engine_config.instrument = &instrument;
    CHECK(mm_engine_create(&engine_config, &engine) == MM_OK);
    for (i = 1; i <= 2; ++i) {
        event = quoted(i, i == 1 ? MM_SIDE_BUY : MM_SIDE_SELL, i == 1 ? 99 : 103, i);
        CHECK(mm_engine_on_event(engine, &event, actions, MM_MAX_ENGINE_ACTIONS, &count) == MM_OK && count == 0);
    }

    action = place(31, MM_SIDE_BUY, 101, 5);
    CHECK(mm_venue_submit(venue, 0, NULL) == MM_E_NULL && mm_venue_submit(NULL, 0, &action) == MM_E_NULL);
    action.kind = 9;
    CHECK(mm_venue_submit(venue, 0, &action) == MM_E_ENUM);
    action = place(31, 2, 101, 5);
    CHECK(mm_venue_submit(venue, 0, &action) == MM_E_ENUM);
    action = place(31, MM_SIDE_BUY, 101, 0);
    CHECK(mm_venue_submit(venue, 0, &action) == MM_E_ZERO_QUANTITY);
    CHECK(mm_venue_reports_needed(venue, NULL) == MM_E_NULL);
    CHECK(mm_venue_reports_needed(venue, &needed) == MM_OK && needed == 0);
    action = place(31, MM_SIDE_BUY, 101, 5);
    CHECK(mm_venue_submit(venue, 0, &action) == MM_OK);
    action = place(32, MM_SIDE_BUY, 103, 5); /* would trade, and must not */
    CHECK(mm_venue_submit(venue, 0, &action) == MM_OK);
    action = place(33, MM_SIDE_SELL, 110, 5);
    CHECK(mm_venue_submit(venue, 0, &action) == MM_E_FULL);
    CHECK(mm_venue_reports_needed(venue, &needed) == MM_OK && needed >= 2 && needed <= 64);

    memset(reports, 0x33, sizeof reports);
    memcpy(untouched, reports, sizeof reports);
    count = 55;
    event = quoted(3, MM_SIDE_BUY, 98, 3);
    CHECK(mm_venue_on_event(venue, engine, &event, reports, needed - 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_venue_on_event(venue, engine, &event, NULL, needed, &count) == MM_E_NULL);
    CHECK(mm_venue_on_event(venue, engine, &event, reports, needed, NULL) == MM_E_NULL);
    CHECK(mm_venue_on_event(venue, engine, NULL, reports, needed, &count) == MM_E_NULL);
    CHECK(mm_venue_on_event(venue, NULL, &event, reports, needed, &count) == MM_E_NULL);
    CHECK(mm_venue_on_event(venue, (mm_engine_t *)(void *)venue, &event, reports, needed, &count) < 0);
    event.kind = 200;
    CHECK(mm_venue_on_event(venue, engine, &event, reports, needed, &count) == MM_E_ENUM);
    CHECK(count == 55 && memcmp(reports, untouched, sizeof reports) == 0);
    event = quoted(3, MM_SIDE_BUY, 98, 3);
    CHECK(mm_venue_on_event(venue, engine, &event, reports, needed, &count) == MM_OK && count == 2);
    CHECK(reports[0].kind == MM_EXECUTION_ACCEPTED && reports[0].order_id == 31 && reports[0].leaves == 5);
    CHECK(reports[1].kind == MM_EXECUTION_REJECTED && reports[1].order_id == 32);
    CHECK(reports[0].reserved == 0 && reports[0].instrument == 7);

    /* An incoming order reaches ours and fills it; a cancel of what is gone is refused. */
    event = quoted(4, MM_SIDE_SELL, 101, 4);
    event.quantity = 3;
    CHECK(mm_venue_on_event(venue, engine, &event, reports, 64, &count) == MM_OK && count == 1);
    CHECK(reports[0].kind == MM_EXECUTION_FILLED && reports[0].order_id == 31 && reports[0].quantity == 3);
    CHECK(reports[0].leaves == 2 && reports[0].price == 101 && reports[0].is_maker == 1);
    event.order_id = 5;
    CHECK(mm_venue_on_event(venue, engine, &event, reports, 64, &count) == MM_OK && count == 1);
    CHECK(reports[0].quantity == 2 && reports[0].leaves == 0);
    action = place(31, MM_SIDE_BUY, 101, 2);
    action.kind = MM_ACTION_CANCEL;
    CHECK(mm_venue_submit(venue, event.timestamp, &action) == MM_OK);
    CHECK(mm_venue_on_event(venue, engine, &event, reports, 64, &count) == MM_OK && count == 1);
    CHECK(reports[0].kind == MM_EXECUTION_CANCEL_REJECTED && reports[0].order_id == 31);
    CHECK(mm_venue_on_event(venue, engine, &event, NULL, 0, &count) == MM_OK && count == 0);

    mm_engine_destroy(engine);
    mm_venue_destroy(venue);
}

static void synthetic_flow_repeats_and_checks_its_settings(void) {
    static mm_event_t one[512], other[512], third[512];
    mm_synthetic_config_t config;
    mm_reader_t *readers[3] = {NULL, NULL, NULL};
    mm_reader_t *reader = NULL;
    uint64_t total = 0;
    size_t count = 0, count_of_other = 0, i, differing = 0;

    CHECK(mm_synthetic_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_synthetic_config_init(&config, 4) == MM_E_STRUCT_SIZE);
    CHECK(mm_synthetic_config_init(&config, sizeof config) == MM_OK && config.seed == 1);
    CHECK(mm_reader_open_synthetic(NULL, &reader) == MM_E_NULL && reader == NULL);
    CHECK(mm_reader_open_synthetic(&config, NULL) == MM_E_NULL);
    config.struct_size = 8;
    CHECK(mm_reader_open_synthetic(&config, &reader) == MM_E_STRUCT_SIZE && reader == NULL);
    config.struct_size = sizeof config;
    config.mean_quantity = 0.0;
    CHECK(mm_reader_open_synthetic(&config, &reader) == MM_E_INVALID_ARGUMENT && reader == NULL);
    CHECK(strstr(mm_last_error_message(), "mean_quantity") != NULL);
    config.mean_quantity = 100.0;
    config.limit_rate = -1.0;
    CHECK(mm_reader_open_synthetic(&config, &reader) == MM_E_INVALID_ARGUMENT && reader == NULL);
    config.limit_rate = 50.0;

    config.instrument = 7;
    config.events = 10000;
    for (i = 0; i < 3; ++i) {
        config.seed = i < 2 ? 42 : 43;
        CHECK(mm_reader_open_synthetic(&config, &readers[i]) == MM_OK);
    }
    CHECK(mm_reader_next(readers[0], NULL, 4, &count) == MM_E_NULL);
    CHECK(mm_reader_next(readers[0], one, 0, &count) == MM_E_INVALID_ARGUMENT);
    while (mm_reader_next(readers[0], one, 512, &count) == MM_OK) {
        CHECK(mm_reader_next(readers[1], other, 512, &count_of_other) == MM_OK && count_of_other == count);
        CHECK(memcmp(one, other, count * sizeof one[0]) == 0);
        CHECK(mm_reader_next(readers[2], third, 512, &count_of_other) == MM_OK && count_of_other == count);
        differing += memcmp(one, third, count * sizeof one[0]) != 0;
        CHECK(one[0].instrument == 7);
        total += count;
    }
    CHECK(total == 10000 && differing > 0);
    CHECK(mm_reader_next(readers[1], other, 512, &count_of_other) == MM_END && count_of_other == 0);
    for (i = 0; i < 3; ++i) {
        mm_reader_destroy(readers[i]);
    }
}

int main(void) {
    versions_and_statuses();
    destroying_null_is_fine();
    configs_state_their_size();
    pools_run_full_and_know_their_blocks();
    a_panic_poisons_its_handle_only();
    handles_of_another_kind_are_refused();
    books_match_and_refuse();
    batches_stop_where_an_event_is_refused();
    managers_and_level_books();
    positions_net_and_limits_are_typed();
    orders_pass_the_gate_and_follow_reports();
    quoters_quote_the_golden_numbers();
    readers_deliver_what_precedes_a_bad_line();
    engine_configs_are_checked();
    engines_refuse_and_stay_as_they_were();
    venues_queue_fill_and_refuse();
    synthetic_flow_repeats_and_checks_its_settings();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
