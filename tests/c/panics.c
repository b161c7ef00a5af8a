/* A failed internal check of the library, seen from C: the call returns a status, its handles are poisoned, other handles and the
 * program live on. Linked with an archive of its own, which has exports that fail on demand. */
#include "market_maker/market_maker.h"

#include <stdio.h>
#include <string.h>

mm_status_t mm_test_panic(void);
mm_status_t mm_test_panic_book(mm_book_t *book);
mm_status_t mm_test_panic_engine(const mm_engine_t *engine);
mm_status_t mm_test_panic_orders(mm_order_manager_t *manager, mm_risk_gate_t *gate);

static int failures = 0;

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            ++failures;                                                                        \
            printf("%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, mm_last_error_message()); \
        }                                                                                      \
    } while (0)

static mm_book_t *new_book(void) {
    mm_book_config_t config;
    mm_book_t *book = NULL;
    CHECK(mm_book_config_init(&config, sizeof config) == MM_OK);
    config.max_orders = 16;
    CHECK(mm_book_create(&config, &book) == MM_OK);
    return book;
}

static mm_status_t add(mm_book_t *book, uint64_t id) {
    mm_event_t event;
    memset(&event, 0, sizeof event);
    event.kind = MM_EVENT_ADD;
    event.order_id = id;
    event.price = 100;
    event.quantity = 5;
    return mm_book_apply(book, &event, NULL);
}

static void a_panic_is_a_status_that_says_what_failed(void) {
    CHECK(mm_test_panic() == MM_E_PANIC);
    CHECK(strstr(mm_last_error_message(), "asked to, without a handle") != NULL);
    /* Nothing is poisoned that was not part of the call. */
    CHECK(strcmp(mm_status_name(MM_E_PANIC), "MM_E_PANIC") == 0);
}

static void the_handle_is_poisoned_and_the_others_work(void) {
    mm_book_t *bad = new_book(), *good = new_book();
    size_t length = 77;
    CHECK(add(bad, 1) == MM_OK && add(good, 1) == MM_OK);
    CHECK(mm_test_panic_book(bad) == MM_E_PANIC);
    CHECK(strstr(mm_last_error_message(), "with a book") != NULL);
    /* Changing and reading calls alike, and outputs stay as they were. */
    CHECK(add(bad, 2) == MM_E_POISONED);
    CHECK(mm_book_snapshot_size(bad, &length) == MM_E_POISONED && length == 77);
    CHECK(mm_test_panic_book(bad) == MM_E_POISONED);
    CHECK(add(good, 2) == MM_OK);
    CHECK(mm_book_snapshot_size(good, &length) == MM_OK && length > 77);
    mm_book_destroy(bad);
    CHECK(add(good, 3) == MM_OK);
    mm_book_destroy(good);
}

static void a_panic_in_a_reading_call_poisons_too(void) {
    mm_engine_config_t config;
    mm_engine_t *engine = NULL;
    mm_engine_stats_t stats;
    CHECK(mm_engine_config_init(&config, sizeof config) == MM_OK);
    CHECK(mm_engine_create(&config, &engine) == MM_OK);
    CHECK(mm_engine_stats(engine, &stats) == MM_OK);
    CHECK(mm_test_panic_engine(engine) == MM_E_PANIC);
    CHECK(mm_engine_stats(engine, &stats) == MM_E_POISONED);
    mm_engine_destroy(engine);
}

static void a_panic_beside_another_handle_poisons_both(void) {
    mm_order_manager_config_t orders;
    mm_risk_config_t limits;
    mm_order_manager_t *manager = NULL;
    mm_risk_gate_t *gate = NULL;
    mm_kill_switch_t *kill_switch = NULL;
    uint64_t sequence = 0;
    uint8_t on = 7;
    CHECK(mm_order_manager_config_init(&orders, sizeof orders) == MM_OK);
    CHECK(mm_risk_config_init(&limits, sizeof limits) == MM_OK);
    CHECK(mm_order_manager_create(&orders, &manager) == MM_OK);
    CHECK(mm_risk_gate_create(&limits, &gate) == MM_OK);
    CHECK(mm_risk_gate_kill_switch(gate, &kill_switch) == MM_OK);
    CHECK(mm_test_panic_orders(manager, gate) == MM_E_PANIC);
    CHECK(mm_order_manager_next_sequence(manager, &sequence) == MM_E_POISONED);
    CHECK(mm_risk_gate_note_cancel(gate, 1) == MM_E_POISONED);
    /* The switch is a handle of its own: it still works, although its gate does not. */
    CHECK(mm_kill_switch_set(kill_switch, 1) == MM_OK);
    CHECK(mm_kill_switch_get(kill_switch, &on) == MM_OK && on == 1);
    mm_risk_gate_destroy(gate);
    CHECK(mm_kill_switch_get(kill_switch, &on) == MM_OK && on == 1);
    mm_order_manager_destroy(manager);
    mm_kill_switch_destroy(kill_switch);
}

static void a_thousand_panics_are_survived(void) {
    int round;
    for (round = 0; round < 1000; ++round) {
        mm_book_t *book = new_book();
        CHECK(mm_test_panic_book(book) == MM_E_PANIC);
        CHECK(add(book, 1) == MM_E_POISONED);
        mm_book_destroy(book);
    }
}

int main(void) {
    /* Rust tells standard error of each of them. */
    if (freopen("/dev/null", "w", stderr) == NULL) {
        return 2;
    }
    a_panic_is_a_status_that_says_what_failed();
    the_handle_is_poisoned_and_the_others_work();
    a_panic_in_a_reading_call_poisons_too();
    a_panic_beside_another_handle_poisons_both();
    a_thousand_panics_are_survived();
    printf("panics: %d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
