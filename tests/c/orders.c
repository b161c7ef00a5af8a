/* Own orders from C99: what passes between host, gate and venue, reports that come late, twice or never, reconciliation, shutdown
 * and routing. Also compiled as C++, hence the casts. */
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

/* A gate, a manager and a market of 100 to 102. */
typedef struct {
    mm_risk_gate_t *gate;
    mm_order_manager_t *manager;
    mm_market_top_t top;
} desk_t;

static desk_t desk_of(uint32_t capacity, uint8_t self_trade) {
    desk_t desk;
    mm_risk_config_t risk;
    mm_order_manager_config_t config;
    memset(&desk, 0, sizeof desk);
    CHECK(mm_risk_config_init(&risk, sizeof risk) == MM_OK);
    risk.self_trade = self_trade;
    CHECK(mm_risk_gate_create(&risk, &desk.gate) == MM_OK);
    CHECK(mm_order_manager_config_init(&config, sizeof config) == MM_OK);
    config.capacity = capacity;
    CHECK(mm_order_manager_create(&config, &desk.manager) == MM_OK);
    desk.top.bid = 100;
    desk.top.ask = 102;
    desk.top.has_bid = desk.top.has_ask = 1;
    desk.top.timestamp = 10;
    return desk;
}

static void close_desk(desk_t *desk) {
    mm_order_manager_destroy(desk->manager);
    mm_risk_gate_destroy(desk->gate);
}

static mm_order_request_t request_of(uint8_t side, int64_t price, uint64_t quantity) {
    mm_order_request_t request;
    memset(&request, 0, sizeof request);
    request.side = side;
    request.price = price;
    request.quantity = quantity;
    return request;
}

static mm_execution_report_t report_of(uint8_t kind, uint64_t order_id, uint8_t side, uint64_t leaves) {
    mm_execution_report_t report;
    memset(&report, 0, sizeof report);
    report.kind = kind;
    report.order_id = order_id;
    report.side = side;
    report.leaves = leaves;
    report.price = 100;
    return report;
}

static mm_status_t say(desk_t *desk, uint8_t kind, uint64_t order_id, uint8_t side, uint64_t leaves) {
    const mm_execution_report_t report = report_of(kind, order_id, side, leaves);
    return mm_order_manager_on_report(desk->manager, &report, NULL, NULL);
}

static mm_status_t say_filled(desk_t *desk, uint64_t order_id, uint8_t side, uint64_t fill_id, uint64_t quantity,
                              uint64_t leaves, uint64_t *filled) {
    mm_execution_report_t report = report_of(MM_EXECUTION_FILLED, order_id, side, leaves);
    report.new_order_id = fill_id;
    report.quantity = quantity;
    report.timestamp = 20;
    return mm_order_manager_on_report(desk->manager, &report, NULL, filled);
}

/* A live order. */
static uint64_t live(desk_t *desk, uint8_t side, int64_t price, uint64_t quantity) {
    const mm_order_request_t request = request_of(side, price, quantity);
    mm_order_action_t action;
    memset(&action, 0, sizeof action);
    CHECK(mm_order_manager_place(desk->manager, desk->gate, &request, &desk->top, &action) == MM_OK);
    CHECK(action.kind == MM_ACTION_PLACE && action.price == price && action.quantity == quantity && action.level == 255);
    CHECK(say(desk, MM_EXECUTION_ACCEPTED, action.order_id, side, quantity) == MM_OK);
    return action.order_id;
}

static mm_order_t order_of(const desk_t *desk, uint64_t order_id) {
    mm_order_t order;
    memset(&order, 0, sizeof order);
    CHECK(mm_order_manager_order(desk->manager, order_id, &order) == MM_OK);
    return order;
}

static uint64_t working(const desk_t *desk, uint8_t side) {
    uint64_t lots = 9999;
    CHECK(mm_order_manager_working(desk->manager, side, &lots) == MM_OK);
    return lots;
}

static void orders_are_placed_replaced_and_cancelled(void) {
    desk_t desk = desk_of(2, 0);
    mm_order_request_t request = request_of(MM_SIDE_BUY, 99, 5);
    mm_order_action_t action, actions[2];
    mm_order_t orders[2];
    uint64_t id, next = 0, first = 0;
    size_t count = 9;

    CHECK(mm_order_manager_next_sequence(desk.manager, &first) == MM_OK && first == 1);
    id = live(&desk, MM_SIDE_BUY, 99, 5);
    CHECK(mm_order_manager_next_sequence(desk.manager, &next) == MM_OK && next == 2);
    CHECK(order_of(&desk, id).state == MM_ORDER_LIVE && working(&desk, MM_SIDE_BUY) == 5);
    request.price = 98;
    request.quantity = 8;
    CHECK(mm_order_manager_replace(desk.manager, desk.gate, id, &request, &desk.top, &action) == MM_OK);
    CHECK(action.kind == MM_ACTION_REPLACE && action.order_id == id && action.replaced_quantity == 5);
    CHECK(order_of(&desk, id).state == MM_ORDER_PENDING_REPLACE && order_of(&desk, id).linked_id == action.new_order_id);
    CHECK(working(&desk, MM_SIDE_BUY) == 8); /* the worse of the two until the venue has said which */
    CHECK(mm_order_manager_cancel(desk.manager, desk.gate, id, 11, &action) == MM_E_ORDER_STATE);
    {
        mm_execution_report_t report = report_of(MM_EXECUTION_REPLACED, id, MM_SIDE_BUY, 8);
        mm_order_t after;
        report.new_order_id = order_of(&desk, id).linked_id;
        CHECK(mm_order_manager_on_report(desk.manager, &report, &after, NULL) == MM_OK);
        CHECK(after.order_id == report.new_order_id && after.price == 98 && after.state == MM_ORDER_LIVE);
        id = after.order_id;
    }
    CHECK(mm_order_manager_orders(desk.manager, orders, 2, &count) == MM_OK && count == 1 && orders[0].order_id == id);
    (void)live(&desk, MM_SIDE_SELL, 103, 4);
    CHECK(mm_order_manager_place(desk.manager, desk.gate, &request, &desk.top, &action) == MM_E_FULL);
    CHECK(mm_order_manager_orders(desk.manager, orders, 1, &count) == MM_E_BUFFER_TOO_SMALL && count == 1);
    CHECK(mm_order_manager_cancel_all(desk.manager, desk.gate, 12, actions, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(order_of(&desk, id).state == MM_ORDER_LIVE);
    CHECK(mm_order_manager_cancel_all(desk.manager, desk.gate, 12, actions, 2, &count) == MM_OK && count == 2);
    CHECK(actions[0].kind == MM_ACTION_CANCEL && order_of(&desk, id).state == MM_ORDER_PENDING_CANCEL);
    CHECK(say(&desk, MM_EXECUTION_CANCEL_REJECTED, id, MM_SIDE_BUY, 8) == MM_OK);
    CHECK(order_of(&desk, id).state == MM_ORDER_LIVE);
    CHECK(mm_order_manager_cancel(desk.manager, desk.gate, id, 13, &action) == MM_OK && action.quantity == 8);
    CHECK(say(&desk, MM_EXECUTION_CANCELLED, id, MM_SIDE_BUY, 0) == MM_OK && working(&desk, MM_SIDE_BUY) == 0);
    CHECK(mm_order_manager_order(desk.manager, id, &orders[0]) == MM_E_NOT_FOUND);
    CHECK(mm_order_manager_cancel(desk.manager, desk.gate, id, 14, &action) == MM_E_ORDER_FINISHED);
    CHECK(say(&desk, MM_EXECUTION_CANCELLED, id, MM_SIDE_BUY, 0) == MM_E_ORDER_FINISHED); /* twice */
    request.side = 2;
    CHECK(mm_order_manager_place(desk.manager, desk.gate, &request, &desk.top, &action) == MM_E_ENUM);
    request.side = MM_SIDE_BUY;
    request.quantity = (uint64_t)1 << 62;
    CHECK(mm_order_manager_place(desk.manager, desk.gate, &request, &desk.top, &action) == MM_E_QUANTITY_RANGE);
    CHECK(mm_order_manager_place(desk.manager, NULL, &request, &desk.top, &action) == MM_E_NULL);
    CHECK(mm_order_manager_working(desk.manager, 2, &next) == MM_E_ENUM);
    close_desk(&desk);
}

static void fills_count_once_whenever_they_come(void) {
    desk_t desk = desk_of(4, 0);
    const uint64_t id = live(&desk, MM_SIDE_BUY, 99, 10);
    mm_order_action_t action;
    uint64_t filled = 0;

    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 2, 3, 4, &filled) == MM_OK && filled == 3); /* the second came first */
    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 2, 3, 4, &filled) == MM_E_DUPLICATE);
    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 1, 3, 7, &filled) == MM_OK && filled == 3);
    CHECK(order_of(&desk, id).filled == 6 && working(&desk, MM_SIDE_BUY) == 4);
    CHECK(mm_order_manager_remember_fill(desk.manager, 41) == MM_OK);
    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 41, 1, 3, &filled) == MM_E_DUPLICATE);
    CHECK(mm_order_manager_cancel(desk.manager, desk.gate, id, 30, &action) == MM_OK);
    CHECK(say(&desk, MM_EXECUTION_CANCELLED, id, MM_SIDE_BUY, 0) == MM_OK);
    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 3, 4, 0, &filled) == MM_OK && filled == 4); /* after the end, and no more */
    CHECK(say_filled(&desk, id, MM_SIDE_BUY, 4, 1, 0, &filled) == MM_E_REPORT_INCONSISTENT);
    close_desk(&desk);
}

static void silence_makes_an_order_unknown_and_any_word_ends_it(void) {
    desk_t desk = desk_of(4, 0);
    mm_order_request_t request = request_of(MM_SIDE_BUY, 99, 5);
    mm_order_action_t action;
    size_t count = 9;

    CHECK(mm_order_manager_place(desk.manager, desk.gate, &request, &desk.top, &action) == MM_OK);
    CHECK(mm_order_manager_expire(desk.manager, 110, 100, &count) == MM_OK && count == 0);
    CHECK(mm_order_manager_expire(desk.manager, 111, 100, &count) == MM_OK && count == 1);
    CHECK(order_of(&desk, action.order_id).state == MM_ORDER_UNKNOWN && working(&desk, MM_SIDE_BUY) == 5);
    CHECK(say(&desk, MM_EXECUTION_ACCEPTED, action.order_id, MM_SIDE_BUY, 5) == MM_OK);
    CHECK(order_of(&desk, action.order_id).state == MM_ORDER_LIVE);
    CHECK(mm_order_manager_expire(desk.manager, 9999, 100, NULL) == MM_E_NULL);
    close_desk(&desk);
}

/* Submits a buy of 5 at 103 over asks of 4 at 103 and 6 at 104; what came of it. */
static mm_submission_t submit(uint8_t policy, mm_order_action_t *actions, size_t *count) {
    desk_t desk = desk_of(4, policy);
    const mm_order_request_t request = request_of(MM_SIDE_BUY, 103, 5);
    mm_submission_t submission;
    memset(&submission, 0, sizeof submission);
    (void)live(&desk, MM_SIDE_SELL, 103, 4);
    (void)live(&desk, MM_SIDE_SELL, 104, 6);
    CHECK(mm_order_manager_submit(desk.manager, desk.gate, &request, &desk.top, actions, 2, count, &submission) ==
          MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_order_manager_submit(desk.manager, desk.gate, &request, &desk.top, actions, 3, count, &submission) == MM_OK);
    close_desk(&desk);
    return submission;
}

static void own_orders_do_not_trade_with_each_other(void) {
    mm_order_action_t actions[3];
    mm_submission_t done;
    size_t count = 9;

    done = submit(MM_SELF_TRADE_CANCEL_NEWEST, actions, &count);
    CHECK(count == 0 && done.sent == 0 && done.refusal == MM_E_RISK_SELF_TRADE);
    done = submit(MM_SELF_TRADE_CANCEL_OLDEST, actions, &count);
    CHECK(count == 2 && actions[0].kind == MM_ACTION_CANCEL && actions[0].price == 103 && done.sent == 5);
    CHECK(actions[1].kind == MM_ACTION_PLACE && actions[1].quantity == 5 && done.refusal == MM_OK);
    done = submit(MM_SELF_TRADE_CANCEL_BOTH, actions, &count);
    CHECK(count == 1 && actions[0].kind == MM_ACTION_CANCEL && done.sent == 0 && done.refusal == MM_E_RISK_SELF_TRADE);
    done = submit(MM_SELF_TRADE_DECREMENT, actions, &count);
    CHECK(count == 2 && actions[0].kind == MM_ACTION_CANCEL && actions[1].quantity == 1 && done.sent == 1);
    done = submit(0, actions, &count);
    CHECK(count == 1 && done.sent == 5); /* nobody asked for it */
}

static mm_venue_order_t at_venue(uint64_t order_id, uint8_t side, int64_t price, uint64_t leaves) {
    mm_venue_order_t order;
    memset(&order, 0, sizeof order);
    order.order_id = order_id;
    order.side = side;
    order.price = price;
    order.leaves = leaves;
    return order;
}

static void every_difference_from_the_venue_is_a_typed_break(void) {
    desk_t desk = desk_of(4, 0);
    const uint64_t buy = live(&desk, MM_SIDE_BUY, 99, 10), sell = live(&desk, MM_SIDE_SELL, 103, 5);
    mm_venue_order_t orders[3];
    mm_venue_snapshot_t snapshot;
    mm_break_t breaks[8];
    mm_reconciliation_t result;
    uint64_t filled = 0;
    size_t left = 9;

    memset(&snapshot, 0, sizeof snapshot);
    snapshot.timestamp = 1000;
    snapshot.grace_ns = 100;
    snapshot.position = snapshot.venue_position = 7;
    orders[0] = at_venue(buy, MM_SIDE_BUY, 99, 10);
    orders[1] = at_venue(sell, MM_SIDE_SELL, 103, 5);
    CHECK(mm_order_manager_reconcile(desk.manager, orders, 2, &snapshot, breaks, 8, &result) == MM_OK);
    CHECK(result.breaks == 0 && result.matched == 2 && result.in_flight == 0);

    orders[1].leaves = 3;
    CHECK(mm_order_manager_reconcile(desk.manager, orders, 2, &snapshot, breaks, 8, &result) == MM_OK);
    CHECK(result.breaks == 1 && breaks[0].kind == MM_BREAK_QUANTITY && breaks[0].ours == 5 && breaks[0].venue == 3);
    orders[1].price = 104;
    CHECK(mm_order_manager_reconcile(desk.manager, orders, 2, &snapshot, breaks, 8, &result) == MM_OK);
    CHECK(result.breaks == 2 && (breaks[0].kind == MM_BREAK_PRICE || breaks[1].kind == MM_BREAK_PRICE));
    orders[2] = at_venue((uint64_t)1 << 50, MM_SIDE_BUY, 1, 3);
    snapshot.venue_position = 6;
    CHECK(mm_order_manager_reconcile(desk.manager, orders + 1, 2, &snapshot, breaks, 8, &result) == MM_OK);
    CHECK(result.breaks == 5 && result.matched == 0);
    CHECK(mm_order_manager_reconcile(desk.manager, orders + 1, 2, &snapshot, breaks, 1, &result) == MM_OK);
    CHECK(result.breaks == 5 && breaks[0].kind == MM_BREAK_MISSING_AT_VENUE && breaks[0].order_id == buy);
    CHECK(mm_order_manager_reconcile(desk.manager, NULL, 0, &snapshot, NULL, 0, &result) == MM_OK && result.breaks == 3);
    orders[2] = orders[1];
    CHECK(mm_order_manager_reconcile(desk.manager, orders, 3, &snapshot, breaks, 8, &result) == MM_E_BAD_REPORT);
    orders[2].side = 2;
    CHECK(mm_order_manager_reconcile(desk.manager, orders, 3, &snapshot, breaks, 8, &result) == MM_E_ENUM);
    CHECK(mm_order_manager_reconcile(desk.manager, NULL, 1, &snapshot, breaks, 8, &result) == MM_E_NULL);

    /* A break beyond the limit latches the gate. */
    CHECK(mm_order_manager_reconcile(desk.manager, orders + 1, 1, &snapshot, breaks, 8, &result) == MM_OK);
    CHECK(mm_risk_gate_on_reconciliation(desk.gate, (uint32_t)result.breaks, 1000) == MM_OK);

    CHECK(mm_order_manager_adopt(desk.manager, orders + 1, 1, &snapshot, NULL) == MM_E_NULL);
    orders[2] = at_venue((uint64_t)1 << 50, MM_SIDE_BUY, 1, 3);
    CHECK(mm_order_manager_adopt(desk.manager, orders + 1, 2, &snapshot, &left) == MM_OK && left == 1);
    CHECK(working(&desk, MM_SIDE_BUY) == 0 && working(&desk, MM_SIDE_SELL) == 3 && order_of(&desk, sell).price == 104);
    CHECK(say_filled(&desk, sell, MM_SIDE_SELL, 70, 1, 2, &filled) == MM_E_DUPLICATE); /* the snapshot has it */
    close_desk(&desk);
}

static void a_shutdown_cancels_flattens_and_says_what_is_left(void) {
    desk_t desk = desk_of(4, 0);
    mm_shutdown_config_t config;
    mm_shutdown_t *shutdown = NULL, *other = NULL;
    mm_shutdown_report_t report;
    mm_order_action_t actions[5];
    const mm_order_request_t request = request_of(MM_SIDE_BUY, 99, 1);
    const uint64_t id = live(&desk, MM_SIDE_BUY, 99, 10);
    size_t count = 9;

    CHECK(mm_shutdown_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_shutdown_config_init(&config, sizeof config) == MM_OK && config.policy == MM_FLATTEN_CROSS);
    config.policy = 3;
    CHECK(mm_shutdown_begin(&config, desk.gate, 20, &shutdown) == MM_E_ENUM && shutdown == NULL);
    config.policy = MM_FLATTEN_CROSS;
    config.clip = 0;
    CHECK(mm_shutdown_begin(&config, desk.gate, 20, &shutdown) == MM_E_INVALID_ARGUMENT && shutdown == NULL);
    config.clip = 6;
    config.slippage_ticks = 3;
    CHECK(mm_shutdown_begin(&config, desk.gate, 20, &shutdown) == MM_OK && shutdown != NULL);
    CHECK(mm_order_manager_place(desk.manager, desk.gate, &request, &desk.top, actions) == MM_E_RISK_REDUCE_ONLY);

    desk.top.position = 9;
    desk.top.timestamp = 21;
    CHECK(mm_shutdown_step(shutdown, desk.manager, desk.gate, &desk.top, actions, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_shutdown_step(shutdown, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK);
    CHECK(count == 1 && actions[0].kind == MM_ACTION_CANCEL && actions[0].order_id == id);
    CHECK(mm_shutdown_report(shutdown, desk.manager, 9, &report) == MM_OK);
    CHECK(report.phase == MM_SHUTDOWN_CANCELLING && report.working_orders == 1 && report.working_quantity == 10);
    CHECK(say(&desk, MM_EXECUTION_CANCELLED, id, MM_SIDE_BUY, 0) == MM_OK);
    CHECK(mm_shutdown_step(shutdown, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 1);
    CHECK(actions[0].side == MM_SIDE_SELL && actions[0].price == 97 && actions[0].quantity == 6);
    CHECK(say_filled(&desk, actions[0].order_id, MM_SIDE_SELL, 1, 6, 0, NULL) == MM_OK);
    desk.top.position = 3;
    CHECK(mm_shutdown_step(shutdown, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 1);
    CHECK(actions[0].quantity == 3 && say_filled(&desk, actions[0].order_id, MM_SIDE_SELL, 2, 3, 0, NULL) == MM_OK);
    desk.top.position = 0;
    CHECK(mm_shutdown_step(shutdown, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 0);
    CHECK(mm_shutdown_report(shutdown, desk.manager, 0, &report) == MM_OK);
    CHECK(report.phase == MM_SHUTDOWN_DONE && report.is_over == 1 && report.actions == 3 && report.last_refusal == MM_OK);

    /* What stays by policy, and what a deadline leaves. */
    config.policy = MM_FLATTEN_LEAVE;
    CHECK(mm_shutdown_begin(&config, desk.gate, 30, &other) == MM_OK);
    desk.top.position = -4;
    desk.top.timestamp = 31;
    CHECK(mm_shutdown_step(other, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 0);
    CHECK(mm_shutdown_report(other, desk.manager, -4, &report) == MM_OK);
    CHECK(report.phase == MM_SHUTDOWN_LEFT && report.is_over == 1 && report.position == -4);
    mm_shutdown_destroy(other);
    config.policy = MM_FLATTEN_PASSIVE;
    config.deadline_ns = 100;
    CHECK(mm_shutdown_begin(&config, desk.gate, 40, &other) == MM_OK);
    desk.top.timestamp = 41;
    CHECK(mm_shutdown_step(other, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 1);
    CHECK(actions[0].side == MM_SIDE_BUY && actions[0].price == 100 && actions[0].post_only == 1);
    desk.top.timestamp = 140;
    CHECK(mm_shutdown_step(other, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_OK && count == 1);
    CHECK(actions[0].kind == MM_ACTION_CANCEL);
    CHECK(mm_shutdown_report(other, desk.manager, -4, &report) == MM_OK);
    CHECK(report.phase == MM_SHUTDOWN_GAVE_UP && report.is_over == 1 && report.working_orders == 1);
    CHECK(mm_shutdown_report(other, NULL, -4, &report) == MM_E_NULL);
    CHECK(mm_shutdown_step(NULL, desk.manager, desk.gate, &desk.top, actions, 5, &count) == MM_E_NULL);
    mm_shutdown_destroy(other);
    mm_shutdown_destroy(shutdown);
    mm_shutdown_destroy(NULL);
    close_desk(&desk);
}

static mm_venue_offer_t offer_of(uint32_t venue, int64_t price, uint64_t available) {
    mm_venue_offer_t offer;
    memset(&offer, 0, sizeof offer);
    offer.venue = venue;
    offer.price = price;
    offer.available = available;
    offer.is_open = 1;
    return offer;
}

static void routes_are_the_cheapest_split_and_say_why(void) {
    mm_venue_offer_t offers[3];
    mm_route_request_t request;
    mm_route_t routes[3], again[3];
    uint64_t left = 9;
    size_t count = 9, count_again = 9;

    memset(&request, 0, sizeof request);
    request.limit = 10005;
    request.quantity = 100;
    request.side = MM_SIDE_BUY;
    request.style = MM_ROUTE_TAKE;
    offers[0] = offer_of(1, 10002, 60);
    offers[1] = offer_of(2, 10001, 30);
    offers[1].taker_rate_ppb = 300000; /* 3 basis points: three ticks, and more than the better price */
    offers[2] = offer_of(3, 10006, 500); /* beyond the limit */
    CHECK(mm_route(&request, offers, 3, routes, 3, &count, &left) == MM_OK && count == 2 && left == 10);
    CHECK(routes[0].venue == 1 && routes[0].quantity == 60 && routes[0].reason == MM_ROUTE_REASON_FEE);
    CHECK(routes[1].venue == 2 && routes[1].quantity == 30 && routes[1].reason == MM_ROUTE_REASON_ONLY_VENUE);
    CHECK(routes[0].cost_micro < routes[1].cost_micro);
    {
        const mm_venue_offer_t first = offers[0];
        offers[0] = offers[2];
        offers[2] = first;
    }
    CHECK(mm_route(&request, offers, 3, again, 3, &count_again, NULL) == MM_OK && count_again == count);
    CHECK(memcmp(routes, again, count * sizeof routes[0]) == 0); /* whatever their order */

    offers[0] = offer_of(1, 100, 50);
    offers[1] = offer_of(2, 100, 50);
    offers[0].latency_ns = 5000;
    offers[1].latency_ns = 1000;
    offers[0].queue_ahead = offers[1].queue_ahead = 7;
    request.style = MM_ROUTE_REST;
    request.quantity = 10;
    request.queue_cost_micro = request.latency_cost_micro = 1;
    CHECK(mm_route(&request, offers, 2, routes, 2, &count, &left) == MM_OK && count == 1 && left == 0);
    CHECK(routes[0].venue == 2 && routes[0].reason == MM_ROUTE_REASON_LATENCY);
    offers[1].queue_ahead = 50;
    CHECK(mm_route(&request, offers, 2, routes, 2, &count, &left) == MM_OK);
    CHECK(routes[0].venue == 1 && routes[0].reason == MM_ROUTE_REASON_QUEUE);
    offers[0].is_open = offers[1].is_open = 0;
    CHECK(mm_route(&request, offers, 2, routes, 2, &count, &left) == MM_OK && count == 0 && left == 10);

    offers[1].venue = 1;
    CHECK(mm_route(&request, offers, 2, routes, 2, &count, &left) == MM_E_INVALID_ARGUMENT);
    offers[1].venue = 2;
    CHECK(mm_route(&request, offers, 2, routes, 1, &count, &left) == MM_E_BUFFER_TOO_SMALL);
    offers[1].is_open = 2;
    CHECK(mm_route(&request, offers, 2, routes, 2, &count, &left) == MM_E_ENUM);
    request.style = 3;
    CHECK(mm_route(&request, offers, 1, routes, 2, &count, &left) == MM_E_ENUM);
    request.style = MM_ROUTE_TAKE;
    request.quantity = 0;
    CHECK(mm_route(&request, offers, 1, routes, 2, &count, &left) == MM_E_BAD_QUOTE);
    CHECK(mm_route(NULL, offers, 1, routes, 2, &count, &left) == MM_E_NULL);
}

static void managers_say_what_they_cannot_be(void) {
    mm_order_manager_config_t config;
    mm_order_manager_t *manager = NULL;
    CHECK(mm_order_manager_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_order_manager_config_init(&config, sizeof config) == MM_OK);
    config.capacity = 0;
    CHECK(mm_order_manager_create(&config, &manager) == MM_E_INVALID_ARGUMENT && manager == NULL);
    config.capacity = 4;
    config.first_sequence = 0;
    CHECK(mm_order_manager_create(&config, &manager) == MM_E_INVALID_ARGUMENT && manager == NULL);
    config.first_sequence = 1;
    config.replace_mode = 2;
    CHECK(mm_order_manager_create(&config, &manager) == MM_E_ENUM && manager == NULL);
    config.replace_mode = MM_REPLACE_ATOMIC;
    config.fill_ids = (uint32_t)1 << 21;
    CHECK(mm_order_manager_create(&config, &manager) == MM_E_INVALID_ARGUMENT && manager == NULL);
    CHECK(mm_order_manager_create(NULL, &manager) == MM_E_NULL && manager == NULL);
}

int main(void) {
    orders_are_placed_replaced_and_cancelled();
    fills_count_once_whenever_they_come();
    silence_makes_an_order_unknown_and_any_word_ends_it();
    own_orders_do_not_trade_with_each_other();
    every_difference_from_the_venue_is_a_typed_break();
    a_shutdown_cancels_flattens_and_says_what_is_left();
    routes_are_the_cheapest_split_and_say_why();
    managers_say_what_they_cannot_be();
    printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
