/* What each component of the program offers: the same under four names. */
#ifndef PART_H
#define PART_H

#include <stddef.h>
#include <stdint.h>

#define PART_JOIN_(a, b) a##b
#define PART_JOIN(a, b) PART_JOIN_(a, b)

#if defined(__cplusplus)
extern "C" {
#endif

#define DECLARE_PART(prefix)                                                                         \
    /* The version of the library that the component has inside. */                                  \
    const char *prefix##_version(void);                                                              \
    /* Opens its book, with orders up to `best`. 0 on success. */                                    \
    int prefix##_open(int64_t best);                                                                 \
    /* The best bid of its book. */                                                                  \
    int64_t prefix##_best(void);                                                                     \
    /* Fails on purpose; what the library says about it stays with the calling thread. */            \
    int prefix##_fail(void);                                                                         \
    const char *prefix##_message(void);                                                              \
    /* An internal failure of the library, caught inside: 0 where it came back as a status. */       \
    int prefix##_panic(void);                                                                        \
    void prefix##_close(void);

DECLARE_PART(c_a)
DECLARE_PART(c_b)
DECLARE_PART(cpp_a)
DECLARE_PART(cpp_b)

#if defined(__cplusplus)
}
#endif

#endif
