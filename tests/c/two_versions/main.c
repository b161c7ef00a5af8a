/* One program of four components, two of which have one version of the library inside and two another, in C and in C++; and its own
 * use of the library. Each sees its own version, its own books, its own thread-local error message; a failure inside one is a
 * status there and nothing to the others. */
#include "part.h"

#include <market_maker/market_maker.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                                 \
    do {                                                                 \
        if (!(condition)) {                                              \
            ++failures;                                                  \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
        }                                                                \
    } while (0)

/* On a thread of its own nothing has failed yet. */
static void *another_thread(void *ignored) {
    (void)ignored;
    CHECK(strlen(c_a_message()) == 0 && strlen(c_b_message()) == 0);
    CHECK(c_b_fail() == 0 && strlen(c_b_message()) > 0);
    CHECK(strlen(c_a_message()) == 0 && strlen(cpp_a_message()) == 0 && strlen(cpp_b_message()) == 0);
    return NULL;
}

int main(void) {
    pthread_t thread;
    printf("host %s, components %s %s %s %s\n", mm_version(), c_a_version(), c_b_version(), cpp_a_version(), cpp_b_version());
    CHECK(strcmp(mm_version(), MM_VERSION_STRING) == 0);
    CHECK(strcmp(c_a_version(), MM_VERSION_STRING) == 0 && strcmp(cpp_a_version(), MM_VERSION_STRING) == 0);
    CHECK(strcmp(c_b_version(), "9.9.9") == 0 && strcmp(cpp_b_version(), "9.9.9") == 0);

    CHECK(c_a_open(101) == 0 && c_b_open(202) == 0 && cpp_a_open(303) == 0 && cpp_b_open(404) == 0);
    CHECK(c_a_best() == 101 && c_b_best() == 202 && cpp_a_best() == 303 && cpp_b_best() == 404);

    /* Each fails in turn, and none of the others has heard of it. */
    CHECK(c_a_fail() == 0 && strstr(c_a_message(), "id") != NULL);
    CHECK(strlen(c_b_message()) == 0 && strlen(cpp_a_message()) == 0 && strlen(cpp_b_message()) == 0);
    CHECK(cpp_b_fail() == 0 && strstr(cpp_b_message(), "id") != NULL);
    CHECK(strlen(c_b_message()) == 0 && strlen(cpp_a_message()) == 0 && strlen(mm_last_error_message()) == 0);
    CHECK(pthread_create(&thread, NULL, another_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(strlen(c_b_message()) == 0);

    /* Panics unwind inside, in both copies. */
    CHECK(c_a_panic() == 0 && c_b_panic() == 0 && cpp_a_panic() == 0 && cpp_b_panic() == 0);
    CHECK(c_a_best() == 101 && cpp_b_best() == 404);
    c_a_close();
    cpp_b_close();
    CHECK(c_b_best() == 202 && cpp_a_best() == 303);
    c_b_close();
    cpp_a_close();
    printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
