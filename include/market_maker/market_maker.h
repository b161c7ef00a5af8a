/* market_maker.h: the C interface of market-maker, an embeddable market-making core.
 *
 * Prices are integer ticks and quantities integer lots of an instrument; money is ticks times lots; times are
 * nanoseconds. Every function returns mm_status_t unless it cannot fail: 0 success, negative error, positive success
 * with a remark; after an error nothing has changed and mm_last_error_message() says why.
 *
 * A handle is used by one thread at a time; functions that take it as `const*` may run on several threads at once.
 * A config struct is filled by its init function, which takes its sizeof, and then changed field by field.
 *
 * Generated from src/ffi by tests/header.rs: edit there. */

#ifndef MARKET_MAKER_H
#define MARKET_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* The version of this header; mm_version() is that of the library. */
#define MM_VERSION_MAJOR 0
#define MM_VERSION_MINOR 1
#define MM_VERSION_PATCH 0
#define MM_VERSION_STRING "0.1.0"

#if defined(__cplusplus)
#define MM_NOEXCEPT noexcept
#else
#define MM_NOEXCEPT
#endif

/**
 * Changes when a program built against an older header no longer works; `mm_abi_version` of the library must be
 * equal to it. The shared library's soname carries the same number.
 */
#define MM_ABI_VERSION 0

/**
 * Buy: rests among the bids.
 */
#define MM_SIDE_BUY 0

/**
 * Sell: rests among the asks.
 */
#define MM_SIDE_SELL 1

/**
 * Nothing that a book shows.
 */
#define MM_EVENT_NONE 0

/**
 * A new resting order: `order_id`, `side`, `price`, `quantity`.
 */
#define MM_EVENT_ADD 1

/**
 * A resting order shrinks by `quantity` and keeps its priority: `order_id`.
 */
#define MM_EVENT_REDUCE 2

/**
 * A resting order leaves the book: `order_id`.
 */
#define MM_EVENT_DELETE 3

/**
 * A resting order takes a new `price` and a new total `quantity`: `order_id`.
 */
#define MM_EVENT_MODIFY 4

/**
 * A resting order trades `quantity` at its own price: `order_id`.
 */
#define MM_EVENT_EXECUTE 5

/**
 * `order_id` is replaced by `new_order_id` at `price` with `quantity`, behind the queue.
 */
#define MM_EVENT_REPLACE 6

/**
 * A print that does not change the book: `price`, `quantity`, `side` of the aggressor under `MM_FLAG_SIDED`.
 */
#define MM_EVENT_TRADE 7

/**
 * A price level shows `quantity` in all, 0 removes it: `side`, `price`. Level feeds only.
 */
#define MM_EVENT_LEVEL 8

/**
 * The whole book is empty now.
 */
#define MM_EVENT_CLEAR 9

/**
 * Resting liquidity without a known order id, in front of the queue: `side`, `price`, `quantity`.
 */
#define MM_EVENT_SEED 10

/**
 * The venue's own statement of its best bid or ask: `side`, `price`, `quantity`. Changes nothing.
 */
#define MM_EVENT_BEST_QUOTE 11

/**
 * Trading halts (`quantity` 0) or resumes (`quantity` 1).
 */
#define MM_EVENT_STATUS 12

/**
 * Last event of a group that the venue published as one; the book is consistent after it.
 */
#define MM_FLAG_LAST 1

/**
 * Part of a snapshot, not of live trading.
 */
#define MM_FLAG_SNAPSHOT 2

/**
 * `side` and `price` of the resting order are filled in although the kind needs only the id.
 */
#define MM_FLAG_LOCATED 4

/**
 * `side` of a trade is known.
 */
#define MM_FLAG_SIDED 8

/**
 * The price of a trade print was rounded to the nearest tick.
 */
#define MM_FLAG_ROUNDED 16

/**
 * The trade print is of hidden liquidity.
 */
#define MM_FLAG_HIDDEN 32

/**
 * Outcome of a call: 0 success, negative error (nothing changed), positive success with a remark.
 */
typedef int32_t mm_status_t;

/**
 * An instrument: the increments that turn outside prices and quantities into ticks and lots, and what a fill costs.
 */
typedef struct mm_instrument_t {
    /**
     * Set by `mm_instrument_init`.
     */
    size_t struct_size;
    /**
     * Its name: at most 16 ASCII characters, NUL-padded, not necessarily NUL-terminated. Default empty.
     */
    char symbol[16];
    /**
     * Price increment in currency, a positive multiple of 1e-9. Default 0.01.
     */
    double tick;
    /**
     * Quantity increment in units of the asset, a positive multiple of 1e-9. Default 1.
     */
    double lot;
    /**
     * Fee of a fill that added liquidity, parts per billion of notional (1 bp = 100000); negative is a rebate.
     */
    int64_t maker_rate_ppb;
    /**
     * Fee of a fill that took liquidity, parts per billion of notional.
     */
    int64_t taker_rate_ppb;
    /**
     * Fee per lot added, millionths of a tick.
     */
    int64_t maker_per_lot_micro;
    /**
     * Fee per lot taken, millionths of a tick.
     */
    int64_t taker_per_lot_micro;
    /**
     * The number that its events carry. Default 0.
     */
    uint32_t id;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_instrument_t;

/**
 * Success.
 */
#define MM_OK 0

/**
 * Success, and the stream has ended: there is nothing more to read.
 */
#define MM_END 1

/**
 * A pointer that must not be null is null.
 */
#define MM_E_NULL -1

/**
 * The handle is not a live handle of this kind (another kind, already destroyed, or not a handle at all).
 */
#define MM_E_HANDLE -2

/**
 * `struct_size` is smaller than the first version of the struct, or a field that this library does not know is set.
 */
#define MM_E_STRUCT_SIZE -3

/**
 * An argument or a config field is outside its documented range.
 */
#define MM_E_INVALID_ARGUMENT -4

/**
 * The library failed an internal check; the handle is poisoned. This is a bug worth reporting.
 */
#define MM_E_PANIC -5

/**
 * An earlier call on this handle ended in `MM_E_PANIC`; only its destroy function still works.
 */
#define MM_E_POISONED -6

/**
 * The system has not enough memory for what the config asks.
 */
#define MM_E_OUT_OF_MEMORY -7

/**
 * The caller's buffer is too small; nothing was done.
 */
#define MM_E_BUFFER_TOO_SMALL -8

/**
 * A result does not fit its integer.
 */
#define MM_E_OVERFLOW -9

/**
 * Everything that was sized at construction is in use.
 */
#define MM_E_FULL -10

/**
 * There is no such thing (order, level, instrument).
 */
#define MM_E_NOT_FOUND -11

/**
 * A string is not UTF-8.
 */
#define MM_E_UTF8 -12

/**
 * An enumeration's number has no meaning.
 */
#define MM_E_ENUM -13

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The library's version, `"major.minor.patch"`. Never null; static storage.
 *
 * Safety:
 * None needed, from any thread.
 */
const char *mm_version(void) MM_NOEXCEPT;

/**
 * The binary interface that the library implements: compare with `MM_ABI_VERSION` of the header.
 *
 * Safety:
 * None needed, from any thread.
 */
uint32_t mm_abi_version(void) MM_NOEXCEPT;

/**
 * The name of a status (`"MM_E_NULL"`), `"MM_E_UNKNOWN"` for a number that is none. Never null; static storage.
 *
 * Safety:
 * None needed: any number is fine, from any thread.
 */
const char *mm_status_name(mm_status_t status)
MM_NOEXCEPT;

/**
 * What the last failing call of this thread had to say: NUL-terminated UTF-8 of at most 511 bytes, `""` before the
 * first failure. Never null. A call that succeeds leaves the text as it is.
 *
 * Safety:
 * None needed. The text is the thread's own and is overwritten by its next failing call.
 */
const char *mm_last_error_message(void)
MM_NOEXCEPT;

/**
 * Fills an instrument with its defaults. Pass `sizeof *instrument` as `struct_size`.
 *
 * Safety:
 * `instrument` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_instrument_init(struct mm_instrument_t *instrument, size_t struct_size) MM_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MARKET_MAKER_H */
