/* The risk gate from C99: every limit at its value and beyond it, what a breach does and how it ends, coverage, metrics, the audit
 * ring, the kill switch, and latches that survive a restart. Also compiled as C++, hence the casts. */
#include "market_maker/market_maker.h"

#include <math.h>
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

/* The number of a check in coverage and audit, and its bit in the metrics. */
static uint8_t number_of(mm_status_t status) {
    return (uint8_t)(-200 - status);
}

static uint64_t bit_of(mm_status_t status) {
    return (uint64_t)1 << (-201 - status);
}

static mm_risk_config_t no_limits(void) {
    mm_risk_config_t config;
    CHECK(mm_risk_config_init(&config, sizeof config) == MM_OK);
    return config;
}

static mm_risk_gate_t *gate_of(const mm_risk_config_t *config) {
    mm_risk_gate_t *gate = NULL;
    CHECK(mm_risk_gate_create(config, &gate) == MM_OK && gate != NULL);
    return gate;
}

static mm_risk_monitor_t *monitor_of(const mm_risk_gate_t *gate) {
    mm_risk_monitor_t *monitor = NULL;
    CHECK(mm_risk_gate_monitor(gate, &monitor) == MM_OK && monitor != NULL);
    return monitor;
}

static mm_risk_order_t order(uint8_t side, int64_t price, uint64_t quantity, uint64_t timestamp) {
    mm_risk_order_t intent;
    memset(&intent, 0, sizeof intent);
    intent.side = side;
    intent.price = price;
    intent.quantity = quantity;
    intent.timestamp = timestamp;
    intent.reference = 100;
    intent.has_reference = 1;
    return intent;
}

static mm_status_t buy_at(mm_risk_gate_t *gate, uint64_t timestamp) {
    const mm_risk_order_t intent = order(MM_SIDE_BUY, 100, 1, timestamp);
    return mm_risk_gate_check_order(gate, &intent);
}

static void market(mm_risk_gate_t *gate, int64_t bid, int64_t ask, uint64_t timestamp) {
    mm_risk_market_t update;
    memset(&update, 0, sizeof update);
    update.timestamp = timestamp;
    update.bid = bid;
    update.ask = ask;
    update.has_bid = update.has_ask = 1;
    CHECK(mm_risk_gate_on_market(gate, &update) == MM_OK);
}

static void profit(mm_risk_gate_t *gate, int64_t realised, uint64_t timestamp) {
    mm_risk_account_t account;
    memset(&account, 0, sizeof account);
    account.timestamp = timestamp;
    account.realised = realised;
    CHECK(mm_risk_gate_on_account(gate, &account) == MM_OK);
}

static void fill(mm_risk_gate_t *gate, uint8_t side, int64_t price, uint64_t quantity, const int64_t *realised,
                 uint64_t timestamp) {
    mm_risk_fill_t update;
    memset(&update, 0, sizeof update);
    update.timestamp = timestamp;
    update.side = side;
    update.price = price;
    update.quantity = quantity;
    update.realised = realised != NULL ? *realised : 0;
    update.has_realised = realised != NULL;
    CHECK(mm_risk_gate_on_fill(gate, &update) == MM_OK);
}

static mm_risk_coverage_t row_of(const mm_risk_monitor_t *monitor, mm_status_t status) {
    mm_risk_coverage_t rows[64];
    size_t count = 0;
    CHECK(mm_risk_coverage(monitor, rows, 64, &count) == MM_OK && count == 41);
    return rows[number_of(status) - 1];
}

static mm_risk_metrics_t metrics_of(const mm_risk_monitor_t *monitor) {
    mm_risk_metrics_t metrics;
    memset(&metrics, 0, sizeof metrics);
    CHECK(mm_risk_monitor_metrics(monitor, &metrics) == MM_OK);
    return metrics;
}

/* `passes` passes, `fails` is refused for `status`; coverage says so, and switched off the check refuses nothing. */
static void breach(const mm_risk_config_t *config, const mm_risk_order_t *passes, const mm_risk_order_t *fails,
                   mm_status_t status) {
    mm_risk_gate_t *gate = gate_of(config);
    mm_risk_monitor_t *monitor = monitor_of(gate);
    mm_risk_coverage_t row;

    market(gate, 90, 110, 1000);
    CHECK(mm_risk_gate_check_order(gate, passes) == MM_OK);
    CHECK(mm_risk_gate_check_order(gate, fails) == status);
    row = row_of(monitor, status);
    CHECK(row.check == number_of(status) && row.is_configured && row.is_on && row.is_fed && !row.is_inert);
    CHECK(row.evaluated == 2 && row.refused == 1);
    if (mm_risk_gate_set_enabled(gate, status, 0) == MM_OK) {
        CHECK(mm_risk_gate_check_order(gate, fails) == MM_OK);
        row = row_of(monitor, status);
        CHECK(!row.is_on && row.evaluated == 2);
        CHECK(mm_risk_gate_set_enabled(gate, status, 1) == MM_OK);
        CHECK(mm_risk_gate_check_order(gate, fails) == status);
    }
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void each_limit_of_an_order_refuses_beyond_its_value(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_order_t good = order(MM_SIDE_BUY, 100, 10, 1000), bad = good;

    config.positive_prices = 1;
    bad.price = 0;
    breach(&config, &good, &bad, MM_E_RISK_INVALID_ORDER);

    config = no_limits();
    config.price_increment = 5;
    bad = good;
    bad.price = 101;
    breach(&config, &good, &bad, MM_E_RISK_OFF_TICK);

    config = no_limits();
    config.quantity_increment = 10;
    bad = good;
    bad.quantity = 15;
    breach(&config, &good, &bad, MM_E_RISK_OFF_LOT);

    config = no_limits();
    config.min_order_quantity = 10;
    bad = good;
    bad.quantity = 9;
    breach(&config, &good, &bad, MM_E_RISK_MIN_QUANTITY);

    config = no_limits();
    config.max_order_quantity = 10;
    bad = good;
    bad.quantity = 11;
    breach(&config, &good, &bad, MM_E_RISK_ORDER_QUANTITY);

    config = no_limits();
    config.max_order_notional = 1000;
    bad = good;
    bad.price = 101;
    breach(&config, &good, &bad, MM_E_RISK_ORDER_NOTIONAL);

    config = no_limits();
    config.collar_ticks = 5;
    good.price = 105;
    bad = good;
    bad.price = 106;
    breach(&config, &good, &bad, MM_E_RISK_PRICE_COLLAR);
    config.collar_ticks = MM_NO_LIMIT;
    config.collar_bps = 500;
    breach(&config, &good, &bad, MM_E_RISK_PRICE_COLLAR);
    bad.has_reference = 0;
    breach(&config, &good, &bad, MM_E_RISK_NO_REFERENCE);
    config.max_reference_age_ns = 50;
    bad = good;
    good.timestamp = 1050;
    bad.timestamp = 1051;
    breach(&config, &good, &bad, MM_E_RISK_STALE_REFERENCE);

    config = no_limits();
    config.max_data_age_ns = 50;
    breach(&config, &good, &bad, MM_E_RISK_STALE_DATA);

    config = no_limits();
    config.post_only = 1;
    good = order(MM_SIDE_BUY, 109, 1, 1000);
    good.post_only = 1;
    bad = good;
    bad.price = 110;
    breach(&config, &good, &bad, MM_E_RISK_POST_ONLY);

    config = no_limits();
    config.self_trade = MM_SELF_TRADE_CANCEL_NEWEST;
    good.own_ask = bad.own_ask = 110;
    good.has_own_ask = bad.has_own_ask = 1;
    breach(&config, &good, &bad, MM_E_RISK_SELF_TRADE);

    config = no_limits();
    config.min_own_spread = 1;
    breach(&config, &good, &bad, MM_E_RISK_OWN_SPREAD);

    config = no_limits();
    config.duplicate_ids = 8;
    good.order_id = bad.order_id = 7;
    breach(&config, &good, &bad, MM_E_RISK_DUPLICATE_ID);

    config = no_limits();
    config.duplicate_window_ns = 100;
    bad = good;
    bad.timestamp = 1099;
    breach(&config, &good, &bad, MM_E_RISK_DUPLICATE_ORDER);
}

static void each_limit_of_the_account_refuses_beyond_its_value(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_order_t good = order(MM_SIDE_BUY, 100, 10, 1000), bad;

    config.max_long_position = 100;
    good.position = 60;
    good.working_buy = 30;
    bad = good;
    bad.quantity = 11;
    breach(&config, &good, &bad, MM_E_RISK_LONG_POSITION);

    config = no_limits();
    config.max_short_position = 100;
    good.side = bad.side = MM_SIDE_SELL;
    good.position = bad.position = -60;
    good.working_sell = bad.working_sell = 30;
    breach(&config, &good, &bad, MM_E_RISK_SHORT_POSITION);

    config = no_limits();
    config.max_working_orders = 3;
    good.working_orders = 2;
    bad.working_orders = 3;
    breach(&config, &good, &bad, MM_E_RISK_WORKING_ORDERS);

    config = no_limits();
    config.max_gross_notional = 10000; /* 100 lots short at 100 */
    breach(&config, &good, &bad, MM_E_RISK_GROSS_NOTIONAL);
    config = no_limits();
    config.max_net_notional = 10000;
    breach(&config, &good, &bad, MM_E_RISK_NET_NOTIONAL);
    config = no_limits();
    config.max_concentration_bps = 5000;
    config.concentration_base = 20000;
    breach(&config, &good, &bad, MM_E_RISK_CONCENTRATION);
}

static void messages_and_orders_for_a_fill_are_limited_and_cancels_have_a_reserve(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    uint64_t i;

    config.rate_messages = 5;
    config.rate_period_ns = 1000;
    config.cancel_reserve = 2;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    for (i = 0; i < 3; ++i) {
        CHECK(buy_at(gate, 1000) == MM_OK);
    }
    CHECK(buy_at(gate, 1000) == MM_E_RISK_MESSAGE_RATE);
    CHECK(mm_risk_gate_note_cancel(gate, 1000) == MM_OK && mm_risk_gate_note_cancel(gate, 1000) == MM_OK);
    CHECK(mm_risk_gate_note_cancel(gate, 1000) == MM_OK); /* never refused */
    CHECK(buy_at(gate, 1599) == MM_E_RISK_MESSAGE_RATE);
    CHECK(buy_at(gate, 1600) == MM_OK); /* three earned, two of them reserved */
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);

    config = no_limits();
    config.max_orders_per_fill = 3;
    config.order_grace = 2;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    for (i = 0; i < 3; ++i) {
        CHECK(buy_at(gate, 1000) == MM_OK);
    }
    CHECK(row_of(monitor, MM_E_RISK_ORDER_TO_TRADE).is_fed == 0);
    CHECK(buy_at(gate, 1000) == MM_E_RISK_ORDER_TO_TRADE);
    fill(gate, MM_SIDE_BUY, 100, 1, NULL, 1000);
    fill(gate, MM_SIDE_BUY, 100, 1, NULL, 1000);
    CHECK(buy_at(gate, 1000) == MM_OK && row_of(monitor, MM_E_RISK_ORDER_TO_TRADE).is_fed == 1);
    CHECK(metrics_of(monitor).orders == 4 && metrics_of(monitor).fills == 2);
    CHECK(mm_risk_gate_new_day(gate, 2000) == MM_OK);
    CHECK(metrics_of(monitor).orders == 0 && metrics_of(monitor).fills == 0);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void prices_that_are_doubles_must_be_whole(void) {
    const mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate = gate_of(&config);
    const mm_risk_order_t intent = order(MM_SIDE_SELL, 0, 0, 1);
    CHECK(mm_risk_gate_check_decimal(gate, &intent, 100.0, 3.0) == MM_OK);
    CHECK(mm_risk_gate_check_decimal(gate, &intent, NAN, 3.0) == MM_E_RISK_INVALID_ORDER);
    CHECK(mm_risk_gate_check_decimal(gate, &intent, 100.0, -INFINITY) == MM_E_RISK_INVALID_ORDER);
    CHECK(mm_risk_gate_check_decimal(gate, &intent, 100.5, 3.0) == MM_E_RISK_OFF_TICK);
    CHECK(mm_risk_gate_check_decimal(gate, &intent, 100.0, 0.5) == MM_E_RISK_OFF_LOT);
    mm_risk_gate_destroy(gate);
}

static void from_four_fifths_of_a_limit_on_it_warns_and_passes(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_audit_record_t records[8];
    uint64_t cursor = 0;
    size_t count = 0;
    mm_risk_order_t intent = order(MM_SIDE_BUY, 100, 79, 5);

    config.max_order_quantity = 100;
    config.max_daily_loss = 1000;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_OK);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).warned == 0);
    intent.quantity = 80;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_OK);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).warned == 1);
    profit(gate, -799, 6);
    CHECK(metrics_of(monitor).warned == 0);
    profit(gate, -800, 7);
    CHECK(metrics_of(monitor).warned == bit_of(MM_E_RISK_DAILY_LOSS) && buy_at(gate, 8) == MM_OK);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 8, &count, NULL) == MM_OK && count == 4);
    CHECK(records[0].kind == MM_AUDIT_PASSED && records[0].observed == 0);
    CHECK(records[1].kind == MM_AUDIT_PASSED && (uint64_t)records[1].observed == bit_of(MM_E_RISK_ORDER_QUANTITY));
    CHECK(records[2].kind == MM_AUDIT_WARNED && records[2].reason == number_of(MM_E_RISK_DAILY_LOSS));
    CHECK(records[2].observed == 800 && records[2].limit == 1000 && records[2].timestamp == 7);

    /* Another share, and none. */
    config.warn_share_bps = 5000;
    CHECK(mm_risk_gate_set_config(gate, &config) == MM_OK);
    intent.quantity = 50;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_OK);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).warned == 2);
    config.warn_share_bps = 10000;
    CHECK(mm_risk_gate_set_config(gate, &config) == MM_OK);
    intent.quantity = 100;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_OK);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).warned == 2);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void a_soft_breach_pauses_and_resumes(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_audit_record_t records[16];
    uint64_t cursor = 0;
    size_t count = 0;
    const int64_t loss = -1;
    mm_status_t stance = 1;
    uint8_t reduce_only = 9;

    config.max_consecutive_losses = 1;
    config.cooldown_ns = 100;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    fill(gate, MM_SIDE_SELL, 100, 1, &loss, 10);
    CHECK(buy_at(gate, 10) == MM_OK);
    fill(gate, MM_SIDE_SELL, 100, 1, &loss, 20);
    CHECK(buy_at(gate, 119) == MM_E_RISK_CONSECUTIVE_LOSSES);
    CHECK(metrics_of(monitor).paused == bit_of(MM_E_RISK_CONSECUTIVE_LOSSES) && metrics_of(monitor).latched == 0);
    CHECK(mm_risk_gate_stance(gate, 0, 119, &stance, &reduce_only) == MM_OK);
    CHECK(stance == MM_E_RISK_CONSECUTIVE_LOSSES && reduce_only == 0);
    CHECK(mm_risk_gate_advance(gate, 120) == MM_OK && metrics_of(monitor).paused == 0);
    CHECK(mm_risk_gate_advance(gate, 120) == MM_OK && metrics_of(monitor).now == 120);
    CHECK(mm_risk_gate_stance(gate, 0, 120, &stance, &reduce_only) == MM_OK && stance == MM_OK);
    CHECK(buy_at(gate, 120) == MM_OK && metrics_of(monitor).consecutive_losses <= 2);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 16, &count, NULL) == MM_OK && count == 6);
    CHECK(records[0].kind == MM_AUDIT_WARNED && records[2].kind == MM_AUDIT_PAUSED);
    CHECK(records[3].kind == MM_AUDIT_REFUSED && records[3].reason == number_of(MM_E_RISK_CONSECUTIVE_LOSSES));
    CHECK(records[4].kind == MM_AUDIT_RESUMED && records[5].kind == MM_AUDIT_PASSED);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void a_hard_breach_latches_until_it_is_reset_with_token_and_reason(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_audit_record_t records[8];
    mm_risk_latches_t latches;
    uint64_t cursor = 0, token = 9, stale;
    size_t count = 0;

    config.max_daily_loss = 1000;
    config.max_drawdown = 5000;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    CHECK(mm_risk_gate_latches(gate, &latches, &token) == MM_OK && latches.latched == 0 && token == 0);
    CHECK(mm_risk_gate_reset(gate, 0, "nothing to reset", 1) == MM_E_RISK_TOKEN);
    profit(gate, -1000, 5);
    CHECK(buy_at(gate, 5) == MM_OK);
    profit(gate, -1001, 6);
    CHECK(buy_at(gate, 6) == MM_E_RISK_DAILY_LOSS);
    profit(gate, 0, 7);
    CHECK(buy_at(gate, (uint64_t)1 << 50) == MM_E_RISK_DAILY_LOSS); /* neither profit nor time opens it */
    CHECK(mm_risk_gate_latches(gate, &latches, &stale) == MM_OK && stale != 0);
    CHECK(latches.latched == bit_of(MM_E_RISK_DAILY_LOSS) && latches.reason == number_of(MM_E_RISK_DAILY_LOSS));
    CHECK(latches.observed == 1001 && latches.limit == 1000 && latches.timestamp == 6 && latches.killed == 0);
    CHECK(metrics_of(monitor).latch_sequence == latches.sequence);
    /* Another one latches: who has not seen it cannot open both. */
    profit(gate, -5001, (uint64_t)1 << 50);
    CHECK(mm_risk_gate_reset(gate, stale, "seen one", 9) == MM_E_RISK_TOKEN);
    CHECK(mm_risk_gate_latches(gate, &latches, &token) == MM_OK && token != stale);
    CHECK(latches.latched == (bit_of(MM_E_RISK_DAILY_LOSS) | bit_of(MM_E_RISK_DRAWDOWN)));
    CHECK(mm_risk_gate_reset(gate, token, "", 9) == MM_E_RISK_NO_REASON);
    CHECK(mm_risk_gate_reset(gate, token, NULL, 9) == MM_E_NULL);
    CHECK(mm_risk_gate_reset(gate, token, "a reason that is longer than 32 by", 9) == MM_E_RISK_NO_REASON);
    CHECK(buy_at(gate, (uint64_t)1 << 50) == MM_E_RISK_DAILY_LOSS);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, NULL, 0, &count, NULL) == MM_OK && count == 0 && cursor == 0);
    do {
        CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 8, &count, NULL) == MM_OK);
    } while (count == 8);
    CHECK(mm_risk_gate_reset(gate, token, "desk head, 09:31", 77) == MM_OK);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 8, &count, NULL) == MM_OK && count == 1);
    CHECK(records[0].kind == MM_AUDIT_RESET && records[0].timestamp == 77 && (uint64_t)records[0].limit == token);
    CHECK(memcmp(&records[0].order_id, "desk hea", 8) == 0);
    CHECK(buy_at(gate, (uint64_t)1 << 50) == MM_OK && metrics_of(monitor).latched == 0);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

/* What a host does with a file: the latches and the switch of one life are those of the next. */
static void latches_and_the_kill_switch_survive_a_restart(const char *path) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_kill_switch_t *kill = NULL;
    mm_risk_latches_t latches, stored;
    FILE *file;
    uint64_t token = 0;
    uint8_t on = 9;

    config.max_daily_loss = 1000;
    gate = gate_of(&config);
    profit(gate, -2000, 6);
    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK && mm_kill_switch_set(kill, 1) == MM_OK);
    CHECK(mm_risk_gate_latches(gate, &latches, NULL) == MM_OK && latches.killed == 1);
    mm_kill_switch_destroy(kill);
    mm_risk_gate_destroy(gate);
    file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(&latches, sizeof latches, 1, file) == 1 && fclose(file) == 0);

    memset(&stored, 0, sizeof stored);
    file = fopen(path, "rb");
    CHECK(file != NULL && fread(&stored, sizeof stored, 1, file) == 1 && fclose(file) == 0);
    gate = gate_of(&config);
    CHECK(buy_at(gate, 10) == MM_OK);
    stored.reserved = 1;
    CHECK(mm_risk_gate_restore(gate, &stored) == MM_E_RISK_LATCHES && buy_at(gate, 11) == MM_OK);
    stored.reserved = 0;
    CHECK(mm_risk_gate_restore(gate, &stored) == MM_OK);
    CHECK(buy_at(gate, 12) == MM_E_RISK_KILL_SWITCH);
    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK && mm_kill_switch_get(kill, &on) == MM_OK && on == 1);
    CHECK(mm_kill_switch_set(kill, 0) == MM_OK && buy_at(gate, 13) == MM_E_RISK_DAILY_LOSS);
    CHECK(mm_risk_gate_latches(gate, &latches, &token) == MM_OK && latches.observed == 2000);
    /* Restoring what is older opens nothing. */
    memset(&stored, 0, sizeof stored);
    CHECK(mm_risk_gate_restore(gate, &stored) == MM_OK && buy_at(gate, 14) == MM_E_RISK_DAILY_LOSS);
    CHECK(mm_risk_gate_latches(gate, &latches, &token) == MM_OK && token != 0);
    CHECK(mm_risk_gate_reset(gate, token, "looked at", 15) == MM_OK && buy_at(gate, 15) == MM_OK);
    mm_kill_switch_destroy(kill);
    mm_risk_gate_destroy(gate);
}

static void losses_protection_and_repetition_have_limits(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_risk_metrics_t metrics;
    uint64_t i;

    config.max_drawdown = 100;
    config.on_drawdown = MM_BREACH_REFUSE;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    profit(gate, 500, 1);
    profit(gate, 400, 2);
    CHECK(buy_at(gate, 2) == MM_OK);
    profit(gate, 399, 3);
    CHECK(buy_at(gate, 3) == MM_E_RISK_DRAWDOWN);
    profit(gate, 400, 4);
    CHECK(buy_at(gate, 4) == MM_OK); /* only while it lasts */
    metrics = metrics_of(monitor);
    CHECK(metrics.peak_equity == 500 && metrics.max_drawdown == 101 && metrics.drawdown == 100);
    CHECK(mm_risk_gate_set_baseline(gate, 300, 600) == MM_OK);
    profit(gate, 400, 5);
    CHECK(metrics_of(monitor).daily_profit == 100 && buy_at(gate, 5) == MM_E_RISK_DRAWDOWN);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);

    config = no_limits();
    config.protection_window_ns = 100;
    config.protection_fills = 2;
    config.protection_quantity = 50;
    config.protection_notional = 4000;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    fill(gate, MM_SIDE_BUY, 10, 25, NULL, 10);
    fill(gate, MM_SIDE_BUY, 10, 25, NULL, 20);
    CHECK(buy_at(gate, 20) == MM_OK && metrics_of(monitor).window_quantity == 50);
    fill(gate, MM_SIDE_SELL, 10, 1, NULL, 30);
    CHECK(buy_at(gate, 30) == MM_E_RISK_MARKET_MAKER_PROTECTION && metrics_of(monitor).window_fills == 3);
    CHECK(buy_at(gate, 1000000030) == MM_OK);
    fill(gate, MM_SIDE_SELL, 100, 41, NULL, 1000000040);
    CHECK(buy_at(gate, 1000000040) == MM_E_RISK_MARKET_MAKER_PROTECTION && metrics_of(monitor).window_notional == 4100);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);

    config = no_limits();
    config.repeated_executions = 3;
    config.repeated_window_ns = 100;
    gate = gate_of(&config);
    for (i = 0; i < 3; ++i) {
        fill(gate, MM_SIDE_BUY, 10, 1, NULL, 10 + i);
        fill(gate, MM_SIDE_SELL, 10, 1, NULL, 10 + i);
        CHECK(buy_at(gate, 20) == MM_OK);
    }
    fill(gate, MM_SIDE_BUY, 10, 1, NULL, 14);
    CHECK(buy_at(gate, 20) == MM_E_RISK_REPEATED_EXECUTION);
    mm_risk_gate_destroy(gate);

    config = no_limits();
    config.max_adverse_millticks = 2000;
    config.markout_horizon_ns = 100;
    config.markout_fills = 2;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    fill(gate, MM_SIDE_BUY, 100, 10, NULL, 10);
    fill(gate, MM_SIDE_BUY, 100, 10, NULL, 10);
    market(gate, 96, 98, 10); /* three ticks against us */
    market(gate, 96, 98, 110);
    CHECK(metrics_of(monitor).adverse_millticks == 3000 && buy_at(gate, 110) == MM_E_RISK_MARKOUT);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void tail_risk_is_that_of_the_formulas_and_only_reduces(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_order_t intent = order(MM_SIDE_BUY, 10000, 1, 10);
    double at_risk = 0, shortfall = 0, losses[100];
    int i;

    CHECK(mm_normal_tail_risk(-1e6, 0.02, 4.0, 0.99, &at_risk, &shortfall) == MM_OK);
    CHECK(fabs(at_risk - 93053.91496) < 1e-4 && fabs(shortfall - 106608.56881) < 1e-4);
    CHECK(mm_normal_tail_risk(1e6, NAN, 1.0, 0.99, &at_risk, &shortfall) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_normal_tail_risk(1e6, 0.1, 1.0, 0.99, NULL, &shortfall) == MM_E_NULL);
    for (i = 0; i < 100; ++i) {
        losses[i] = 100 - i;
    }
    CHECK(mm_historical_tail_risk(losses, 100, 0.99, &at_risk, &shortfall) == MM_OK);
    CHECK(at_risk == 99.0 && shortfall == 99.5);
    CHECK(mm_historical_tail_risk(losses, 100, 1.0, &at_risk, &shortfall) == MM_E_INVALID_ARGUMENT);

    config.max_value_at_risk = 46000;
    config.max_expected_shortfall = 60000;
    config.tail_scenarios = 4;
    gate = gate_of(&config);
    intent.reference = 10000;
    intent.position = 100;
    CHECK(mm_risk_gate_observe(gate, &intent) == MM_OK);
    CHECK(mm_risk_gate_on_volatility(gate, 0, 0.02) == MM_OK);
    CHECK(mm_risk_gate_on_volatility(gate, 0, -1.0) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_risk_gate_update_tail_risk(gate, 10, &at_risk, NULL) == MM_OK && fabs(at_risk - 46526.95748) < 1e-4);
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_E_RISK_VALUE_AT_RISK);
    intent.side = MM_SIDE_SELL;
    intent.quantity = 100;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_OK); /* it reduces */
    intent.quantity = 101;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_E_RISK_VALUE_AT_RISK);
    CHECK(mm_risk_gate_set_enabled(gate, MM_E_RISK_VALUE_AT_RISK, 0) == MM_OK);
    CHECK(mm_risk_gate_on_return(gate, 0, -0.07) == MM_OK);
    CHECK(mm_risk_gate_on_return(gate, 0, INFINITY) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_risk_gate_update_tail_risk(gate, 11, NULL, &shortfall) == MM_OK && fabs(shortfall - 70000.0) < 1e-6);
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_E_RISK_EXPECTED_SHORTFALL);
    mm_risk_gate_destroy(gate);
}

static void ill_health_closes_the_gate_and_ends(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;

    config.sequence_gaps = 1;
    config.crossed_books = 1;
    config.max_clock_step_ns = 10;
    config.max_reconciliation_breaks = 1;
    config.ping_timeout_ns = 1000;
    config.cooldown_ns = 50;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    CHECK(mm_risk_gate_on_sequence(gate, 0, 7, 100) == MM_OK && mm_risk_gate_on_sequence(gate, 0, 8, 100) == MM_OK);
    CHECK(buy_at(gate, 100) == MM_OK);
    CHECK(mm_risk_gate_on_sequence(gate, 0, 10, 101) == MM_OK && buy_at(gate, 101) == MM_E_RISK_SEQUENCE_GAP);
    CHECK(mm_risk_gate_on_recovered(gate, 0, 10, 102) == MM_OK && buy_at(gate, 102) == MM_OK);
    market(gate, 101, 101, 103);
    CHECK(buy_at(gate, 103) == MM_E_RISK_CROSSED_BOOK);
    market(gate, 100, 101, 104);
    CHECK(buy_at(gate, 104) == MM_OK);
    CHECK(buy_at(gate, 94) == MM_OK); /* as far as it may go back */
    CHECK(buy_at(gate, 93) == MM_E_RISK_CLOCK_BACKWARDS && buy_at(gate, 143) == MM_OK);
    CHECK(mm_risk_gate_on_reconciliation(gate, 1, 143) == MM_OK && buy_at(gate, 143) == MM_OK);
    CHECK(mm_risk_monitor_ping(monitor, 200) == MM_OK);
    CHECK(buy_at(gate, 1200) == MM_OK && buy_at(gate, 1201) == MM_E_RISK_DEAD_MAN);
    CHECK(mm_risk_monitor_ping(monitor, 1201) == MM_OK && buy_at(gate, 1202) == MM_OK);
    CHECK(mm_risk_gate_on_reconciliation(gate, 2, 1203) == MM_OK && buy_at(gate, 1203) == MM_E_RISK_RECONCILIATION_BREAK);
    CHECK(metrics_of(monitor).reconciliation_breaks == 2);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);

    /* Data that are fresh without a new price. */
    config = no_limits();
    config.max_data_age_ns = 10;
    gate = gate_of(&config);
    CHECK(buy_at(gate, 100) == MM_E_RISK_STALE_DATA); /* data that never came are older than any limit */
    CHECK(mm_risk_gate_on_data(gate, 0, 100) == MM_OK && buy_at(gate, 110) == MM_OK);
    CHECK(buy_at(gate, 111) == MM_E_RISK_STALE_DATA);
    mm_risk_gate_destroy(gate);
}

static void the_host_decides_on_state_rules_and_switches(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_instrument_rules_t rules;
    mm_risk_order_t sell = order(MM_SIDE_SELL, 100, 5, 10);
    mm_status_t stance = 1;
    uint8_t reduce_only = 9;

    config.instruments = 2;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    sell.position = 5;
    CHECK(mm_risk_gate_set_state(gate, MM_TRADING_REDUCE_ONLY, 10) == MM_OK);
    CHECK(buy_at(gate, 10) == MM_E_RISK_REDUCE_ONLY && mm_risk_gate_check_order(gate, &sell) == MM_OK);
    CHECK(mm_risk_gate_stance(gate, 0, 10, &stance, &reduce_only) == MM_OK);
    CHECK(stance == MM_E_RISK_REDUCE_ONLY && reduce_only == 1);
    CHECK(mm_risk_monitor_set_state(monitor, MM_TRADING_HALTED) == MM_OK);
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_E_RISK_HALTED && mm_risk_gate_note_cancel(gate, 10) == MM_OK);
    CHECK(mm_risk_monitor_set_state(monitor, MM_TRADING_ACTIVE) == MM_OK && buy_at(gate, 10) == MM_OK);
    CHECK(mm_risk_monitor_set_state(monitor, 3) == MM_E_ENUM && mm_risk_gate_set_state(gate, 3, 10) == MM_E_ENUM);

    memset(&rules, 0, sizeof rules);
    CHECK(mm_risk_gate_set_rules(gate, 7, &rules) == MM_E_INVALID_ARGUMENT);
    rules.price_increment = 25;
    rules.quantity_increment = 1;
    rules.unit_value = 1;
    rules.restriction = 3;
    CHECK(mm_risk_gate_set_rules(gate, 7, &rules) == MM_E_ENUM);
    rules.restriction = MM_RESTRICTION_NONE;
    CHECK(mm_risk_gate_set_rules(gate, 7, &rules) == MM_OK);
    sell.instrument = 7;
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_OK);
    sell.price = 110;
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_E_RISK_OFF_TICK);
    rules.price_increment = 1;
    rules.restriction = MM_RESTRICTION_REDUCE_ONLY;
    CHECK(mm_risk_gate_set_rules(gate, 7, &rules) == MM_OK && mm_risk_gate_check_order(gate, &sell) == MM_OK);
    sell.position = 4;
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_E_RISK_REDUCE_ONLY);
    rules.restriction = MM_RESTRICTION_RESTRICTED;
    CHECK(mm_risk_gate_set_rules(gate, 7, &rules) == MM_OK);
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_E_RISK_RESTRICTED_INSTRUMENT && buy_at(gate, 10) == MM_OK);
    sell.instrument = 8;
    CHECK(mm_risk_gate_check_order(gate, &sell) == MM_E_RISK_UNKNOWN_INSTRUMENT);
    CHECK(mm_risk_gate_set_rules(gate, 8, &rules) == MM_E_FULL);

    CHECK(mm_risk_gate_set_enabled(gate, MM_E_RISK_KILL_SWITCH, 0) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_risk_gate_set_enabled(gate, MM_E_FULL, 0) == MM_E_ENUM);
    CHECK(mm_risk_gate_set_enabled(gate, MM_E_RISK_HALTED, 2) == MM_E_ENUM);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void coverage_names_every_limit_that_is_without_effect(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_risk_coverage_t rows[64];
    size_t count = 9, i, inert = 0;

    config.max_order_quantity = 10;
    config.max_daily_loss = 1000;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    CHECK(mm_risk_coverage(monitor, rows, 40, &count) == MM_E_BUFFER_TOO_SMALL && count == 9);
    CHECK(mm_risk_coverage(NULL, rows, 64, &count) == MM_E_NULL && mm_risk_coverage(monitor, rows, 64, NULL) == MM_E_NULL);
    CHECK(mm_risk_coverage(monitor, rows, 64, &count) == MM_OK && count == 41);
    for (i = 0; i < count; ++i) {
        /* Configured, and never asked: all of them are inert, and none of the others. */
        CHECK(rows[i].check == i + 1 && rows[i].is_inert == (rows[i].is_configured && rows[i].is_on));
        CHECK(strcmp(mm_risk_check_name(rows[i].check), "unknown") != 0);
    }
    CHECK(buy_at(gate, 10) == MM_OK && mm_risk_coverage(monitor, rows, 64, &count) == MM_OK);
    for (i = 0; i < count; ++i) {
        inert += rows[i].is_inert;
    }
    i = (size_t)number_of(MM_E_RISK_DAILY_LOSS) - 1;
    CHECK(inert == 1 && rows[i].is_inert && rows[i].evaluated == 1 && !rows[i].is_fed && rows[i].action == MM_BREACH_LATCH);
    CHECK(strcmp(mm_risk_check_name(rows[i].check), "daily_loss") == 0);
    profit(gate, 1, 11);
    CHECK(!row_of(monitor, MM_E_RISK_DAILY_LOSS).is_inert);
    CHECK(!row_of(monitor, MM_E_RISK_DRAWDOWN).is_configured && !row_of(monitor, MM_E_RISK_DRAWDOWN).is_inert);
    CHECK(strcmp(mm_risk_check_name(0), "unknown") == 0 && strcmp(mm_risk_check_name(42), "unknown") == 0);
    mm_risk_gate_destroy(gate);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).evaluated == 1); /* it outlives its gate */
    mm_risk_monitor_destroy(monitor);
}

static void a_slow_reader_of_the_audit_ring_is_told_what_it_lost(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate;
    mm_risk_monitor_t *monitor;
    mm_audit_record_t records[64];
    uint64_t cursor = 0, lost = 9, i;
    size_t count = 0;

    config.audit_capacity = 32;
    gate = gate_of(&config);
    monitor = monitor_of(gate);
    for (i = 0; i < 20; ++i) {
        CHECK(buy_at(gate, 100 + i) == MM_OK);
    }
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 18, &count, &lost) == MM_OK);
    CHECK(count == 18 && lost == 0 && cursor == 18 && records[17].sequence == 17 && records[17].timestamp == 117);
    CHECK(records[17].price == 100 && records[17].quantity == 1 && records[17].side == MM_SIDE_BUY);
    for (i = 20; i < 60; ++i) {
        CHECK(buy_at(gate, 100 + i) == MM_OK);
    }
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 64, &count, &lost) == MM_OK);
    CHECK(count == 32 && lost == 10 && cursor == 60 && records[0].sequence == 28 && records[31].timestamp == 159);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 64, &count, &lost) == MM_OK && count == 0 && lost == 0);
    CHECK(mm_risk_monitor_audit(monitor, NULL, records, 64, &count, &lost) == MM_E_NULL);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, NULL, 64, &count, &lost) == MM_E_NULL);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void the_kill_switch_stops_everything_but_cancels(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate = gate_of(&config);
    mm_risk_monitor_t *monitor = monitor_of(gate);
    mm_kill_switch_t *kill = NULL, *other = NULL;
    mm_audit_record_t records[8];
    uint64_t cursor = 0;
    uint8_t on = 9;
    size_t count = 0;

    CHECK(mm_risk_gate_kill_switch(gate, &kill) == MM_OK && mm_risk_gate_kill_switch(gate, &other) == MM_OK);
    CHECK(mm_kill_switch_request(kill) == MM_OK && mm_kill_switch_get(other, &on) == MM_OK && on == 1);
    CHECK(buy_at(gate, 5) == MM_E_RISK_KILL_SWITCH && mm_risk_gate_note_cancel(gate, 6) == MM_OK);
    CHECK(mm_kill_switch_set(other, 0) == MM_OK && buy_at(gate, 7) == MM_OK);
    CHECK(mm_kill_switch_set(kill, 2) == MM_E_ENUM && mm_kill_switch_get(kill, NULL) == MM_E_NULL);
    CHECK(mm_kill_switch_request(NULL) == MM_E_NULL && buy_at(gate, 8) == MM_OK);
    CHECK(mm_risk_monitor_audit(monitor, &cursor, records, 8, &count, NULL) == MM_OK && count == 6);
    CHECK(records[0].kind == MM_AUDIT_KILL && records[0].observed == 1 && records[1].kind == MM_AUDIT_REFUSED);
    CHECK(records[2].kind == MM_AUDIT_CANCEL && records[3].kind == MM_AUDIT_KILL && records[3].observed == 0);
    mm_kill_switch_destroy(other);
    mm_kill_switch_destroy(kill);
    mm_risk_monitor_destroy(monitor);
    mm_risk_gate_destroy(gate);
}

static void configs_that_cannot_be_meant_are_refused(void) {
    mm_risk_config_t config = no_limits();
    mm_risk_gate_t *gate = NULL;
    mm_risk_order_t intent = order(MM_SIDE_BUY, 100, 1, 1);

    config.max_daily_loss = -2;
    CHECK(mm_risk_gate_create(&config, &gate) == MM_E_INVALID_ARGUMENT && gate == NULL);
    config.max_daily_loss = MM_LIMIT_ZERO;
    config.on_daily_loss = 5;
    CHECK(mm_risk_gate_create(&config, &gate) == MM_E_ENUM && gate == NULL);
    config.on_daily_loss = MM_BREACH_PAUSE;
    config.self_trade = 5;
    CHECK(mm_risk_gate_create(&config, &gate) == MM_E_ENUM && gate == NULL);
    config.self_trade = MM_SELF_TRADE_DECREMENT;
    config.cancel_reserve = 1; /* of a rate that there is not */
    CHECK(mm_risk_gate_create(&config, &gate) == MM_E_INVALID_ARGUMENT && gate == NULL);
    config.cancel_reserve = 0;
    CHECK(mm_risk_gate_create(&config, &gate) == MM_OK);
    profit(gate, -1, 1); /* a limit of zero is a limit */
    CHECK(buy_at(gate, 1) == MM_E_RISK_DAILY_LOSS);
    config.instruments = 5;
    CHECK(mm_risk_gate_set_config(gate, &config) == MM_E_INVALID_ARGUMENT); /* fixed at construction */
    intent.side = 2;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_E_ENUM && mm_risk_gate_check_order(gate, NULL) == MM_E_NULL);
    intent.side = MM_SIDE_BUY;
    intent.has_own_bid = 2;
    CHECK(mm_risk_gate_check_order(gate, &intent) == MM_E_ENUM && mm_risk_gate_observe(gate, &intent) == MM_E_ENUM);
    CHECK(mm_risk_gate_on_market(gate, NULL) == MM_E_NULL && mm_risk_gate_on_fill(gate, NULL) == MM_E_NULL);
    CHECK(mm_risk_gate_on_account(gate, NULL) == MM_E_NULL && mm_risk_gate_monitor(gate, NULL) == MM_E_NULL);
    mm_risk_gate_destroy(gate);

    /* A program from before the gate's later fields passes a shorter struct. */
    config = no_limits();
    config.struct_size = offsetof(mm_risk_config_t, min_order_quantity);
    config.min_order_quantity = 50;
    gate = gate_of(&config);
    CHECK(buy_at(gate, 1) == MM_OK);
    mm_risk_gate_destroy(gate);
    mm_risk_monitor_destroy(NULL);
}

static void an_engines_gate_is_watched_latched_and_reset(void) {
    mm_risk_config_t risk = no_limits();
    mm_engine_config_t config;
    mm_engine_t *engine = NULL;
    mm_risk_monitor_t *monitor = NULL;
    mm_risk_latches_t latches;
    uint64_t token = 0;

    CHECK(mm_engine_config_init(&config, sizeof config) == MM_OK);
    CHECK(mm_engine_create(&config, &engine) == MM_OK);
    CHECK(mm_engine_risk_monitor(engine, &monitor) == MM_OK);
    CHECK(!row_of(monitor, MM_E_RISK_ORDER_QUANTITY).is_configured);
    risk.max_order_quantity = 10;
    CHECK(mm_engine_risk_set_config(engine, &risk) == MM_OK);
    CHECK(row_of(monitor, MM_E_RISK_ORDER_QUANTITY).is_configured);
    risk.max_order_quantity = -1;
    CHECK(mm_engine_risk_set_config(engine, &risk) == MM_E_INVALID_ARGUMENT);

    CHECK(mm_engine_risk_latches(engine, &latches, &token) == MM_OK && token == 0);
    latches.sequence = 3;
    latches.latched = bit_of(MM_E_RISK_DRAWDOWN);
    latches.reason = number_of(MM_E_RISK_DRAWDOWN);
    latches.observed = 8;
    latches.limit = 7;
    CHECK(mm_engine_risk_restore(engine, &latches) == MM_OK);
    CHECK(metrics_of(monitor).latched == bit_of(MM_E_RISK_DRAWDOWN));
    CHECK(mm_engine_risk_latches(engine, &latches, &token) == MM_OK && token != 0 && latches.observed == 8);
    CHECK(mm_engine_risk_reset(engine, token + 2, "wrong", 9) == MM_E_RISK_TOKEN);
    CHECK(mm_engine_risk_reset(engine, token, "seen", 9) == MM_OK && metrics_of(monitor).latched == 0);
    latches.latched = (uint64_t)1 << 63;
    CHECK(mm_engine_risk_restore(engine, &latches) == MM_E_RISK_LATCHES);
    CHECK(mm_engine_risk_monitor(engine, NULL) == MM_E_NULL && mm_engine_risk_restore(engine, NULL) == MM_E_NULL);
    mm_engine_destroy(engine);
    CHECK(metrics_of(monitor).latched == 0); /* it outlives its engine */
    mm_risk_monitor_destroy(monitor);
}

int main(int argc, char **argv) {
    char path[4096];
    if (argc != 2 || strlen(argv[1]) + 9 > sizeof path) {
        printf("usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    strcpy(path, argv[1]);
    strcat(path, "/latches");
    each_limit_of_an_order_refuses_beyond_its_value();
    each_limit_of_the_account_refuses_beyond_its_value();
    messages_and_orders_for_a_fill_are_limited_and_cancels_have_a_reserve();
    prices_that_are_doubles_must_be_whole();
    from_four_fifths_of_a_limit_on_it_warns_and_passes();
    a_soft_breach_pauses_and_resumes();
    a_hard_breach_latches_until_it_is_reset_with_token_and_reason();
    latches_and_the_kill_switch_survive_a_restart(path);
    losses_protection_and_repetition_have_limits();
    tail_risk_is_that_of_the_formulas_and_only_reduces();
    ill_health_closes_the_gate_and_ends();
    the_host_decides_on_state_rules_and_switches();
    coverage_names_every_limit_that_is_without_effect();
    a_slow_reader_of_the_audit_ring_is_told_what_it_lost();
    the_kill_switch_stops_everything_but_cancels();
    configs_that_cannot_be_meant_are_refused();
    an_engines_gate_is_watched_latched_and_reset();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
