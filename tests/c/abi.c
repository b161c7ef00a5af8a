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
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
