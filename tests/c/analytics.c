/* The analytics' C interface from C99: a small market by hand, performance, series; what works, what is refused, and that a
 * refusal changes nothing. Also compiled as C++, hence the casts. */
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

static int near(double a, double b) {
    return fabs(a - b) < 1e-9;
}

static mm_event_t make_event(uint64_t now, uint8_t kind, uint64_t id, uint8_t side, int64_t price, uint64_t quantity) {
    mm_event_t event;
    memset(&event, 0, sizeof event);
    event.timestamp = now;
    event.kind = kind;
    event.order_id = id;
    event.side = side;
    event.price = price;
    event.quantity = quantity;
    event.flags = MM_FLAG_LAST;
    return event;
}

static void a_market_by_hand_reports_what_happened(void) {
    mm_book_config_t book_config;
    mm_analytics_config_t config;
    mm_book_t *book = NULL;
    mm_analytics_t *analytics = NULL;
    mm_analytics_book_report_t on_book;
    mm_analytics_flow_report_t on_flow;
    mm_analytics_fill_report_t on_fills;
    mm_cancel_bucket_t cancels[MM_CANCEL_BUCKETS];
    mm_markout_t markouts[MM_MAX_HORIZONS];
    mm_impact_cell_t cell;
    mm_survival_point_t points[496];
    mm_reliability_bin_t bins[10];
    mm_count_dispersion_t counts;
    mm_survival_summary_t ends;
    mm_kyle_lambda_t kyle;
    mm_event_t event;
    uint32_t touched = 0;
    size_t count = 77, i;
    double value = -7.0;
    const mm_event_t script[] = {
        make_event(0, MM_EVENT_ADD, 1, MM_SIDE_BUY, 100, 10),   make_event(0, MM_EVENT_ADD, 2, MM_SIDE_SELL, 102, 6),
        make_event(0, MM_EVENT_ADD, 3, MM_SIDE_SELL, 103, 8),   make_event(0, MM_EVENT_ADD, 4, MM_SIDE_SELL, 110, 5),
        make_event(1000, MM_EVENT_EXECUTE, 2, 0, 0, 6),         make_event(1000, MM_EVENT_EXECUTE, 3, 0, 0, 4),
        make_event(1040, MM_EVENT_ADD, 5, MM_SIDE_SELL, 102, 2), make_event(1070, MM_EVENT_ADD, 6, MM_SIDE_SELL, 101, 3),
        make_event(1150, MM_EVENT_ADD, 7, MM_SIDE_SELL, 102, 1), make_event(1200, MM_EVENT_DELETE, 7, 0, 0, 0),
    };

    CHECK(mm_book_config_init(&book_config, sizeof book_config) == MM_OK);
    CHECK(mm_book_create(&book_config, &book) == MM_OK);
    CHECK(mm_analytics_config_init(NULL, sizeof config) == MM_E_NULL);
    CHECK(mm_analytics_config_init(&config, 8) == MM_E_STRUCT_SIZE);
    CHECK(mm_analytics_config_init(&config, sizeof config) == MM_OK);
    CHECK(config.horizon_count == 8 && config.count_window_count == 4 && config.fill_mode == MM_FILLS_LEARN_AND_SCORE);
    config.depth_levels = 65;
    CHECK(mm_analytics_create(&config, &analytics) == MM_E_INVALID_ARGUMENT && analytics == NULL);
    CHECK(strstr(mm_last_error_message(), "depth_levels") != NULL);
    config.depth_levels = 5;
    config.fill_mode = 3;
    CHECK(mm_analytics_create(&config, &analytics) == MM_E_ENUM);
    config.fill_mode = MM_FILLS_LEARN_AND_SCORE;
    config.horizon_count = 13;
    CHECK(mm_analytics_create(&config, &analytics) == MM_E_INVALID_ARGUMENT);
    config.horizons[0] = 0;
    config.horizons[1] = 50;
    config.horizon_count = 2;
    config.replenishment_window = 100;
    config.recovery_limit = 1000;
    config.count_windows[0] = 10;
    config.count_window_count = 1;
    CHECK(config.kyle_interval == 1000000000u);
    config.kyle_interval = 86400000000001u;
    CHECK(mm_analytics_create(&config, &analytics) == MM_E_INVALID_ARGUMENT && strstr(mm_last_error_message(), "kyle") != NULL);
    config.kyle_interval = 500;
    CHECK(mm_analytics_create(&config, NULL) == MM_E_NULL);
    CHECK(mm_analytics_create(NULL, &analytics) == MM_E_NULL);
    CHECK(mm_analytics_create(&config, &analytics) == MM_OK);

    CHECK(mm_analytics_fill_probability(analytics, 0, 0, 1, &value) == MM_E_NOT_READY);
    CHECK(near(value, -7.0));
    CHECK(mm_analytics_flow_report(analytics, &on_flow) == MM_OK && on_flow.trades == 0 && on_flow.size_mean != on_flow.size_mean);
    CHECK(mm_analytics_apply(analytics, NULL, &script[0], NULL) == MM_E_NULL);
    CHECK(mm_analytics_apply(analytics, book, NULL, NULL) == MM_E_NULL);
    for (i = 0; i < sizeof script / sizeof script[0]; ++i) {
        CHECK(mm_analytics_apply(analytics, book, &script[i], &touched) == MM_OK && (touched & MM_TOUCHED) != 0);
    }
    event = make_event(1200, MM_EVENT_DELETE, 99, 0, 0, 0);
    CHECK(mm_analytics_apply(analytics, book, &event, NULL) == MM_E_NOT_FOUND);

    CHECK(mm_analytics_book_report(analytics, &on_book) == MM_OK);
    CHECK(on_book.spread_time == 1200 && on_book.unsound_time == 0 && near(on_book.spread_p10, 1.0));
    CHECK(near(on_book.spread_recovery, 43.0) && near(on_book.depth_recovery, 159.0));
    CHECK(near(on_book.replenishment, 5.0 / 6.0) && on_book.replenishments == 1);
    CHECK(mm_analytics_flow_report(analytics, &on_flow) == MM_OK);
    CHECK(on_flow.trades == 1 && near(on_flow.size_mean, 10.0) && near(on_flow.sign_mean, 1.0));
    CHECK(mm_analytics_fill_report(analytics, &on_fills) == MM_OK);
    CHECK(on_fills.orders == 3 && on_fills.alive == 5 && on_fills.unwatched == 0);
    CHECK(mm_analytics_cancels(analytics, cancels, 9) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_analytics_cancels(analytics, cancels, MM_CANCEL_BUCKETS) == MM_OK);
    CHECK(cancels[1].cancels == 1 && cancels[1].lots == 1);
    CHECK(mm_analytics_markouts(analytics, markouts, 1, &count) == MM_E_BUFFER_TOO_SMALL && count == 77);
    CHECK(mm_analytics_markouts(analytics, markouts, MM_MAX_HORIZONS, &count) == MM_OK && count == 2);
    CHECK(near(markouts[0].effective_spread, 2.8) && near(markouts[0].price_impact, 1.0) && markouts[1].horizon == 50);
    CHECK(mm_analytics_impact(analytics, 3, 0, &cell) == MM_OK && cell.trades == 1 && near(cell.impact, 0.5));
    CHECK(mm_analytics_impact(analytics, 4, 0, &cell) == MM_E_NOT_FOUND);
    CHECK(mm_analytics_survival(analytics, MM_SURVIVAL_ORDERS, MM_ALL_DISTANCES, 2000, points, 496, &count) == MM_OK);
    CHECK(count == 2 && points[0].at_risk == 7 && points[0].events == 0 && points[1].events == 1);
    CHECK(mm_analytics_survival(analytics, MM_SURVIVAL_SPREAD_RECOVERY, 0, 0, points, 496, &count) == MM_OK && count == 1);
    CHECK(mm_analytics_survival(analytics, MM_SURVIVAL_DEPTH_RECOVERY, 0, 0, points, 0, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_analytics_survival(analytics, 9, 0, 0, points, 496, &count) == MM_E_ENUM);
    CHECK(mm_analytics_survival(analytics, MM_SURVIVAL_ORDERS, 12, 0, points, 496, &count) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_analytics_survival_summary(analytics, MM_SURVIVAL_ORDERS, MM_ALL_DISTANCES, 2000, &ends) == MM_OK);
    CHECK(ends.events == 1 && ends.competing == 1 && ends.censored == 5 && (ends.median == ends.median) == (points[1].survival <= 0.5));
    CHECK(mm_analytics_survival_summary(analytics, MM_SURVIVAL_SPREAD_RECOVERY, 0, 0, &ends) == MM_OK && near(ends.median, 43.0));
    CHECK(mm_analytics_survival_summary(analytics, 9, 0, 0, &ends) == MM_E_ENUM);
    CHECK(mm_analytics_survival_summary(analytics, MM_SURVIVAL_ORDERS, 12, 0, &ends) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_analytics_survival_summary(analytics, MM_SURVIVAL_ORDERS, 0, 0, NULL) == MM_E_NULL);
    CHECK(mm_analytics_kyle_lambda(analytics, &kyle) == MM_E_NOT_READY && mm_analytics_kyle_lambda(analytics, NULL) == MM_E_NULL);
    CHECK(mm_analytics_fill_probability(analytics, 0, 0, 1, &value) == MM_OK && value > 0.0 && value < 1.0);
    CHECK(mm_analytics_reliability(analytics, bins, 9, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_analytics_reliability(analytics, bins, 10, &count) == MM_OK && count == 10);
    CHECK(mm_analytics_sign_autocorrelation(analytics, 1, &value) == MM_E_NOT_FOUND);
    CHECK(mm_analytics_counts(analytics, 0, &counts) == MM_E_NOT_FOUND);
    CHECK(mm_analytics_set_fill_mode(analytics, 7) == MM_E_ENUM);
    CHECK(mm_analytics_set_fill_mode(analytics, MM_FILLS_SCORE) == MM_OK);
    CHECK(mm_analytics_advance(analytics, 5000) == MM_OK);
    CHECK(mm_analytics_interrupt(analytics, 6000) == MM_OK);
    CHECK(mm_analytics_fill_report(analytics, &on_fills) == MM_OK && on_fills.alive == 0);
    CHECK(mm_analytics_book_report(NULL, &on_book) == MM_E_NULL);
    CHECK(mm_analytics_book_report((const mm_analytics_t *)(const void *)book, &on_book) == MM_E_HANDLE);
    mm_analytics_destroy(analytics);
    mm_analytics_destroy(NULL);
    mm_book_destroy(book);
}

/* A second of which each lot moves the mid by half a tick, whatever the side. */
static void kyle_lambda_is_what_a_lot_moves(void) {
    mm_level_book_config_t book_config;
    mm_analytics_config_t config;
    mm_level_book_t *book = NULL;
    mm_analytics_t *analytics = NULL;
    mm_kyle_lambda_t kyle;
    mm_event_t event;
    uint64_t now;
    int64_t bid = 1000;

    mm_level_book_config_init(&book_config, sizeof book_config);
    mm_analytics_config_init(&config, sizeof config);
    config.kyle_interval = 0; /* as before: a second */
    CHECK(mm_level_book_create(&book_config, &book) == MM_OK && mm_analytics_create(&config, &analytics) == MM_OK);
    event = make_event(0, MM_EVENT_LEVEL, 0, MM_SIDE_SELL, 5000, 5);
    CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    event = make_event(0, MM_EVENT_LEVEL, 0, MM_SIDE_BUY, bid, 5);
    CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    for (now = 1; now <= 12; ++now) {
        const uint8_t side = now % 3 == 0 ? MM_SIDE_SELL : MM_SIDE_BUY;
        event = make_event(now * 1000000000u, MM_EVENT_TRADE, 0, side, 3000, now);
        event.flags |= MM_FLAG_SIDED;
        CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
        event = make_event(now * 1000000000u + 5, MM_EVENT_LEVEL, 0, MM_SIDE_BUY, bid, 0);
        event.flags = 0;
        CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
        bid += side == MM_SIDE_BUY ? (int64_t)now : -(int64_t)now;
        event = make_event(now * 1000000000u + 5, MM_EVENT_LEVEL, 0, MM_SIDE_BUY, bid, 5);
        CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    }
    CHECK(mm_analytics_advance(analytics, 13000000000u) == MM_OK);
    CHECK(mm_analytics_kyle_lambda(analytics, &kyle) == MM_OK && kyle.intervals == 12);
    CHECK(near(kyle.lambda, 0.5) && near(kyle.intercept, 0.0) && near(kyle.r_squared, 1.0) && kyle.standard_error < 1e-6);
    mm_analytics_destroy(analytics);
    mm_level_book_destroy(book);
}

static void level_books_have_spreads_and_trades_too(void) {
    mm_level_book_config_t book_config;
    mm_analytics_config_t config;
    mm_level_book_t *book = NULL;
    mm_analytics_t *analytics = NULL;
    mm_analytics_book_report_t on_book;
    mm_analytics_flow_report_t on_flow;
    mm_event_t event;
    uint64_t now;

    mm_level_book_config_init(&book_config, sizeof book_config);
    mm_analytics_config_init(&config, sizeof config);
    CHECK(mm_level_book_create(&book_config, &book) == MM_OK && mm_analytics_create(&config, &analytics) == MM_OK);
    event = make_event(0, MM_EVENT_LEVEL, 0, MM_SIDE_BUY, 100, 5);
    CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    event = make_event(0, MM_EVENT_LEVEL, 0, MM_SIDE_SELL, 104, 5);
    CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    for (now = 1; now <= 8; ++now) {
        event = make_event(now * 1000000000u, MM_EVENT_TRADE, 0, now % 4 < 2 ? MM_SIDE_BUY : MM_SIDE_SELL, 102, now);
        event.flags |= MM_FLAG_SIDED;
        CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    }
    event = make_event(10000000000u, MM_EVENT_LEVEL, 0, MM_SIDE_SELL, 103, 5);
    CHECK(mm_analytics_apply_level(analytics, book, &event, NULL) == MM_OK);
    CHECK(mm_analytics_book_report(analytics, &on_book) == MM_OK && near(on_book.spread_mean, 4.0));
    CHECK(mm_analytics_flow_report(analytics, &on_flow) == MM_OK && on_flow.trades == 8);
    CHECK(near(on_flow.interval_dispersion, 0.0));
    mm_analytics_destroy(analytics);
    mm_level_book_destroy(book);
}

static void performance_is_that_of_the_series(void) {
    mm_performance_config_t config;
    mm_performance_t *performance = NULL;
    mm_performance_report_t report;
    mm_markout_t markouts[MM_MAX_HORIZONS];
    size_t count = 0;

    CHECK(mm_performance_config_init(&config, sizeof config) == MM_OK && near(config.periods_per_year, 252.0));
    config.capital = 0.0;
    CHECK(mm_performance_create(&config, &performance) == MM_E_INVALID_ARGUMENT && performance == NULL);
    config.capital = 100.0;
    config.periods_per_year = 1.0;
    config.horizons[0] = 1000;
    config.horizon_count = 1;
    CHECK(mm_performance_create(&config, &performance) == MM_OK);
    CHECK(mm_performance_mark(performance, (double)NAN) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_performance_mark(performance, 110.0) == MM_OK && mm_performance_close_period(performance, (double)NAN) == MM_OK);
    CHECK(mm_performance_mark(performance, 99.0) == MM_OK && mm_performance_close_period(performance, 0.01) == MM_OK);
    CHECK(mm_performance_mark(performance, 108.9) == MM_OK && mm_performance_close_period(performance, 0.02) == MM_OK);
    CHECK(mm_performance_on_closed(performance, 30.0) == MM_OK && mm_performance_on_closed(performance, -10.0) == MM_OK);
    CHECK(mm_performance_on_closed(performance, (double)INFINITY) == MM_E_INVALID_ARGUMENT);
    CHECK(mm_performance_on_top(performance, 0, 2, 100, 104) == MM_E_ENUM);
    CHECK(mm_performance_on_top(performance, 0, 1, 100, 104) == MM_OK);
    CHECK(mm_performance_on_fill(performance, 5, 2, 100, 3, 100, 104) == MM_E_ENUM);
    CHECK(mm_performance_on_fill(performance, 5, MM_SIDE_BUY, 100, 3, 100, 104) == MM_OK);
    CHECK(mm_performance_on_fill(performance, 1000000005u, MM_SIDE_SELL, 103, 3, 100, 104) == MM_OK);
    CHECK(mm_performance_on_top(performance, 1000000006u, 1, 101, 105) == MM_OK);
    CHECK(mm_performance_on_top(performance, 3000000000u, 0, 0, 0) == MM_OK);
    CHECK(mm_performance_report(performance, &report) == MM_OK);
    CHECK(report.periods == 3 && fabs(report.sharpe - 0.288675) < 1e-6 && near(report.max_drawdown, 11.0));
    CHECK(near(report.max_drawdown_percent, 10.0) && near(report.win_rate, 0.5) && near(report.profit_factor, 3.0));
    CHECK(near(report.spread_capture, 0.75) && near(report.trades_per_second, 1.0));
    CHECK(near(report.adverse_selection, 0.5)); /* nothing against the purchase, a tick against the sale */
    CHECK(mm_performance_markouts(performance, markouts, MM_MAX_HORIZONS, &count) == MM_OK && count == 1);
    CHECK(markouts[0].trades == 2 && near(markouts[0].effective_spread, 3.0));
    CHECK(mm_performance_report(NULL, &report) == MM_E_NULL);
    mm_performance_destroy(performance);
    mm_performance_destroy(NULL);
}

static double draw(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / 16777216.0 - 0.5;
}

static void series_have_shares_regimes_and_trends(void) {
    const double means[2] = {0.0, 0.0}, deviations[2] = {1.0, 4.0}, transitions[4] = {0.99, 0.01, 0.05, 0.95};
    const double broken[4] = {0.5, 0.6, 0.05, 0.95};
    const double quiet[5] = {0.5, -0.3, 0.2, 0.1, -0.6}, loud[3] = {6.0, -7.0, 5.0};
    mm_information_share_t *share = NULL;
    mm_information_shares_t shares;
    mm_regimes_t *regimes = NULL;
    mm_cusum_t *cusum = NULL;
    double price = 0.0, before, states[2] = {0.0, 0.0};
    uint32_t seed = 1, state = 9;
    uint8_t trend = 9;
    size_t i, count = 0;

    CHECK(mm_information_share_create(17, &share) == MM_E_INVALID_ARGUMENT && share == NULL);
    CHECK(mm_information_share_create(1, &share) == MM_OK);
    CHECK(mm_information_share_estimate(share, &shares) == MM_E_NOT_READY);
    for (i = 0; i < 5000; ++i) {
        before = price;
        price += draw(&seed);
        CHECK(mm_information_share_update(share, price, before + 0.1 * draw(&seed)) == MM_OK);
    }
    CHECK(mm_information_share_estimate(share, &shares) == MM_OK);
    CHECK(shares.lower[0] > 0.95 && near(shares.lower[0] + shares.upper[1], 1.0) && shares.observations > 4900);
    mm_information_share_destroy(share);
    mm_information_share_destroy(NULL);

    CHECK(mm_regimes_create(means, deviations, broken, 2, &regimes) == MM_E_INVALID_ARGUMENT && regimes == NULL);
    CHECK(mm_regimes_create(NULL, deviations, transitions, 2, &regimes) == MM_E_NULL);
    CHECK(mm_regimes_create(means, deviations, transitions, 2, &regimes) == MM_OK);
    CHECK(mm_regimes_update(regimes, (double)NAN, &state) == MM_E_INVALID_ARGUMENT && state == 9);
    for (i = 0; i < 5; ++i) {
        CHECK(mm_regimes_update(regimes, quiet[i], &state) == MM_OK && state == 0);
    }
    for (i = 0; i < 3; ++i) {
        CHECK(mm_regimes_update(regimes, loud[i], &state) == MM_OK && state == 1);
    }
    CHECK(mm_regimes_probabilities(regimes, states, 1, &count) == MM_E_BUFFER_TOO_SMALL);
    CHECK(mm_regimes_probabilities(regimes, states, 2, &count) == MM_OK && count == 2);
    CHECK(near(states[0] + states[1], 1.0) && states[1] > 0.99);
    mm_regimes_destroy(regimes);
    mm_regimes_destroy(NULL);

    CHECK(mm_cusum_create(0.5, 0.0, 4, &cusum) == MM_E_INVALID_ARGUMENT && cusum == NULL);
    CHECK(mm_cusum_create(0.5, 3.0, 4, &cusum) == MM_OK);
    CHECK(mm_cusum_update(cusum, 2.0, &trend) == MM_OK && trend == MM_TREND_FLAT);
    CHECK(mm_cusum_update(cusum, 2.0, NULL) == MM_OK && mm_cusum_update(cusum, 2.0, &trend) == MM_OK);
    CHECK(trend == MM_TREND_UP);
    CHECK(mm_cusum_update(cusum, (double)INFINITY, &trend) == MM_E_INVALID_ARGUMENT && trend == MM_TREND_UP);
    for (i = 0; i < 3; ++i) {
        CHECK(mm_cusum_update(cusum, -3.0, &trend) == MM_OK);
    }
    CHECK(trend == MM_TREND_DOWN);
    mm_cusum_destroy(cusum);
    mm_cusum_destroy(NULL);
}

int main(void) {
    a_market_by_hand_reports_what_happened();
    kyle_lambda_is_what_a_lot_moves();
    level_books_have_spreads_and_trades_too();
    performance_is_that_of_the_series();
    series_have_shares_regimes_and_trends();
    printf("%d checks, %d failures\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
