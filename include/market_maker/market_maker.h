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
 * The resting order `order_id` traded `quantity` at `price`; the change of the book follows as an event of its own.
 */
#define MM_EVENT_FILL 13

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
 * Most horizons of markouts.
 */
#define MM_MAX_HORIZONS 12

/**
 * Most windows of trade counts.
 */
#define MM_MAX_COUNT_WINDOWS 8

/**
 * Octaves of quantity in the impact matrix.
 */
#define MM_IMPACT_BUCKETS 24

/**
 * Octaves of distance of cancellations.
 */
#define MM_CANCEL_BUCKETS 10

/**
 * Buckets of the distance at which orders enter.
 */
#define MM_FILL_DISTANCES 12

/**
 * Answers about fills teach the model.
 */
#define MM_FILLS_LEARN 0

/**
 * The model stays as it is; its forecasts are scored.
 */
#define MM_FILLS_SCORE 1

/**
 * Both: each forecast is scored before its answer is learnt.
 */
#define MM_FILLS_LEARN_AND_SCORE 2

/**
 * Lives of orders: the event is a complete fill, the competing end a cancellation.
 */
#define MM_SURVIVAL_ORDERS 0

/**
 * Times until the spread is back after a trade that moved the best.
 */
#define MM_SURVIVAL_SPREAD_RECOVERY 1

/**
 * Times until the depth is back after a trade that moved the best.
 */
#define MM_SURVIVAL_DEPTH_RECOVERY 2

/**
 * All distances in `mm_analytics_survival`.
 */
#define MM_ALL_DISTANCES UINT32_MAX

/**
 * The book changed.
 */
#define MM_TOUCHED 1

/**
 * The best bid, or the quantity or number of orders at it, changed.
 */
#define MM_TOUCHED_BEST_BID 2

/**
 * The best ask, or the quantity or number of orders at it, changed.
 */
#define MM_TOUCHED_BEST_ASK 4

/**
 * Less was removed than was asked for, because the anonymous liquidity at the level was smaller.
 */
#define MM_TOUCHED_SHORT 8

/**
 * Stage: the event is applied to the book.
 */
#define MM_STAGE_BOOK 0

/**
 * Stage: volatility, spread and imbalance take the new book in.
 */
#define MM_STAGE_FEATURES 1

/**
 * Stage: the strategy computes the quotes that it wants.
 */
#define MM_STAGE_QUOTE 2

/**
 * Stage: wanted quotes become order actions.
 */
#define MM_STAGE_ORDERS 3

/**
 * All stages, for events after which a quote was computed.
 */
#define MM_STAGE_TICK_TO_QUOTE 4

/**
 * All stages, for every event.
 */
#define MM_STAGE_EVENT 5

/**
 * Actions that one event can cause at most.
 */
#define MM_MAX_ENGINE_ACTIONS 16

/**
 * The engine reads no clock: latencies are those that the host records.
 */
#define MM_CLOCK_OFF 0

/**
 * The engine reads the monotonic clock at the start and the end of each event.
 */
#define MM_CLOCK_TOTAL 1

/**
 * The engine reads the monotonic clock between its stages too.
 */
#define MM_CLOCK_STAGES 2

/**
 * The host or the venue refused an input for a reason of the strategy's own.
 */
#define MM_FAULT_ERROR 0

/**
 * The line to the venue is lost.
 */
#define MM_FAULT_CONNECTION 1

/**
 * An order action for the venue.
 */
#define MM_OUTPUT_ACTION 0

/**
 * The engine rests until `time`; its quotes are withdrawn.
 */
#define MM_OUTPUT_REST_BEGINS 1

/**
 * It quotes again.
 */
#define MM_OUTPUT_REST_ENDS 2

/**
 * An internal check failed, and the engine will not be called again. Its orders may still work at the venue: cancel them.
 */
#define MM_OUTPUT_BROKEN 3

/**
 * Values of a row: the default channels, whose names `mm_feature_channel_name` tells.
 */
#define MM_FEATURE_CHANNELS 24

/**
 * The network is asked at every row, with the whole window and a state that starts at zero, as it was trained.
 */
#define MM_ASKING_WINDOW 0

/**
 * Rows are pushed one by one and the state is carried: cheaper, and fresh every `stream_period` rows.
 */
#define MM_ASKING_STREAM 1

/**
 * The outputs are rows of the default channels where a step of the forecast has as many values, else a triple.
 */
#define MM_READING_BY_NETWORK 0

/**
 * The outputs are rows of the default channels for the coming steps of the grid: the change is the sum of `mid_return`
 * over the horizon, the volatility the mean of one of the three, the direction follows from both.
 */
#define MM_READING_CHANNELS 1

/**
 * The first three outputs are the mid's log return over the horizon in basis points, its volatility in ticks per square
 * root of a second (0 or less says nothing), and the direction, -1 to 1.
 */
#define MM_READING_TRIPLE 2

/**
 * Trades at its price or better.
 */
#define MM_ORDER_LIMIT 0

/**
 * Trades at any price and never rests.
 */
#define MM_ORDER_MARKET 1

/**
 * What does not trade at once rests.
 */
#define MM_GOOD_TILL_CANCEL 0

/**
 * What does not trade at once is cancelled.
 */
#define MM_IMMEDIATE_OR_CANCEL 1

/**
 * The order trades completely or is refused.
 */
#define MM_FILL_OR_KILL 2

/**
 * The order is accepted, once for each order, before its trades. `remaining`: its quantity.
 */
#define MM_BOOK_ACCEPTED 1

/**
 * The order traded `quantity` with `maker_id` at the maker's `price`.
 */
#define MM_BOOK_TRADE 2

/**
 * `quantity` of the order was cancelled, at the owner's request or because it could not trade and may not rest.
 */
#define MM_BOOK_CANCELLED 3

/**
 * The order has a new `price` and a new open quantity, `remaining`; trades may follow.
 */
#define MM_BOOK_AMENDED 5

/**
 * A new order `order_id`.
 */
#define MM_ACTION_PLACE 1

/**
 * Cancel what is left of `order_id`.
 */
#define MM_ACTION_CANCEL 2

/**
 * Cancel what is left of `order_id` and put `new_order_id` in its place, as one request.
 */
#define MM_ACTION_REPLACE 3

/**
 * The order works with `leaves` lots.
 */
#define MM_EXECUTION_ACCEPTED 1

/**
 * The order was refused and never worked. For a replacement id: only the replacement was refused.
 */
#define MM_EXECUTION_REJECTED 2

/**
 * `quantity` lots traded at `price`; `leaves` are left.
 */
#define MM_EXECUTION_FILLED 3

/**
 * The order is gone, whoever asked for it.
 */
#define MM_EXECUTION_CANCELLED 4

/**
 * `new_order_id` works with `leaves` lots in place of `order_id`.
 */
#define MM_EXECUTION_REPLACED 5

/**
 * The cancel or replacement of `order_id` was refused; the order goes on as it was.
 */
#define MM_EXECUTION_CANCEL_REJECTED 6

/**
 * Sent, not answered.
 */
#define MM_ORDER_PENDING_NEW 1

/**
 * Works in full.
 */
#define MM_ORDER_LIVE 2

/**
 * Works with what is left after fills.
 */
#define MM_ORDER_PARTIALLY_FILLED 3

/**
 * Its cancel is under way; it may still trade.
 */
#define MM_ORDER_PENDING_CANCEL 4

/**
 * Its replacement is under way; it may still trade.
 */
#define MM_ORDER_PENDING_REPLACE 5

/**
 * Traded in full. Final.
 */
#define MM_ORDER_FILLED 6

/**
 * Gone with lots left. Final.
 */
#define MM_ORDER_CANCELLED 7

/**
 * Never worked. Final.
 */
#define MM_ORDER_REJECTED 8

/**
 * Its request was not answered in time; it counts in its worst case until the venue has said something.
 */
#define MM_ORDER_UNKNOWN 9

/**
 * Move an order when its price is off by more than `requote_distance` ticks.
 */
#define MM_REQUOTE_TICKS 0

/**
 * Move an order when its price is off by more than `requote_distance` basis points.
 */
#define MM_REQUOTE_BPS 1

/**
 * Orders are moved by one replace.
 */
#define MM_REPLACE_ATOMIC 0

/**
 * Orders are moved by a cancel, and a new order once the venue has confirmed it.
 */
#define MM_REPLACE_CANCEL_FIRST 1

/**
 * Quotes per side that a decision can handle.
 */
#define MM_MAX_QUOTE_LEVELS 4

/**
 * The state-space network: windows of market features to a forecast of every feature.
 */
#define MM_PREDICTOR_SSM_HIPPO 1

/**
 * The LSTM with attention over time: windows to a few numbers.
 */
#define MM_PREDICTOR_LSTM 2

/**
 * 32-bit floats; the same bits on every machine.
 */
#define MM_PRECISION_F32 0

/**
 * Large products in bfloat16; bits may differ between processors.
 */
#define MM_PRECISION_BF16 1

/**
 * Large products in 16-bit integers; the same bits on every machine.
 */
#define MM_PRECISION_I16 2

/**
 * Large products in 8-bit integers; the same bits on every machine.
 */
#define MM_PRECISION_INT8 3

/**
 * NaN, infinity, or a value too large for the network's sums in the inputs is an error.
 */
#define MM_BAD_INPUT_REFUSE 0

/**
 * The same feature's value one row earlier stands in for it.
 */
#define MM_BAD_INPUT_FORWARD_FILL 1

/**
 * Avellaneda and Stoikov 2008, the closed form for a short horizon.
 */
#define MM_QUOTER_AVELLANEDA_STOIKOV 0

/**
 * Gueant, Lehalle and Fernandez-Tapia 2013, solved once into a table over inventory and remaining time.
 */
#define MM_QUOTER_GLFT_TABLE 1

/**
 * The same infinitely far from the end, in closed form.
 */
#define MM_QUOTER_GLFT_ASYMPTOTIC 2

/**
 * LOBSTER message file; prices of 1e-4 dollar.
 */
#define MM_FORMAT_LOBSTER 1

/**
 * NASDAQ TotalView-ITCH 5.0, the daily binary file.
 */
#define MM_FORMAT_ITCH 2

/**
 * Databento DBN, schema mbo.
 */
#define MM_FORMAT_DBN 3

/**
 * Databento CSV, schema mbo.
 */
#define MM_FORMAT_DATABENTO_CSV 4

/**
 * Binance depth and trade streams, one JSON message a line.
 */
#define MM_FORMAT_BINANCE 5

/**
 * We think that it works; the venue does not know it.
 */
#define MM_BREAK_MISSING_AT_VENUE 1

/**
 * It works at the venue and we have given it up, or never gave it its id.
 */
#define MM_BREAK_UNKNOWN_TO_US 2

/**
 * The venue has another number of lots left.
 */
#define MM_BREAK_QUANTITY 3

/**
 * The venue has another price.
 */
#define MM_BREAK_PRICE 4

/**
 * The venue has the other side.
 */
#define MM_BREAK_SIDE 5

/**
 * The venue holds another position for us.
 */
#define MM_BREAK_POSITION 6

/**
 * The order's request was not answered in time; it works at the venue.
 */
#define MM_BREAK_UNANSWERED 7

/**
 * No trend.
 */
#define MM_TREND_FLAT 0

/**
 * Upwards.
 */
#define MM_TREND_UP 1

/**
 * Downwards.
 */
#define MM_TREND_DOWN 2

/**
 * In a limit: the check is off.
 */
#define MM_NO_LIMIT 9223372036854775807

/**
 * In a limit of which 0 switches the check off: a limit of zero.
 */
#define MM_LIMIT_ZERO -1

/**
 * Self-trade prevention: the new order is refused.
 */
#define MM_SELF_TRADE_CANCEL_NEWEST 1

/**
 * Self-trade prevention: the resting orders are cancelled.
 */
#define MM_SELF_TRADE_CANCEL_OLDEST 2

/**
 * Self-trade prevention: both.
 */
#define MM_SELF_TRADE_CANCEL_BOTH 3

/**
 * Self-trade prevention: both become smaller by the smaller of the two.
 */
#define MM_SELF_TRADE_DECREMENT 4

/**
 * A breach refuses orders while it lasts.
 */
#define MM_BREACH_REFUSE 1

/**
 * A breach lets only reducing orders pass while it lasts.
 */
#define MM_BREACH_REDUCE_ONLY 2

/**
 * A soft breach: orders are refused until the cooldown has passed.
 */
#define MM_BREACH_PAUSE 3

/**
 * A hard breach: orders are refused until a reset, also across a restart.
 */
#define MM_BREACH_LATCH 4

/**
 * Orders pass if the checks pass.
 */
#define MM_TRADING_ACTIVE 0

/**
 * Only orders that reduce a position.
 */
#define MM_TRADING_REDUCE_ONLY 1

/**
 * Only cancels.
 */
#define MM_TRADING_HALTED 2

/**
 * Everything may be traded.
 */
#define MM_RESTRICTION_NONE 0

/**
 * Only what reduces the position.
 */
#define MM_RESTRICTION_REDUCE_ONLY 1

/**
 * Nothing but cancels.
 */
#define MM_RESTRICTION_RESTRICTED 2

/**
 * An order passed.
 */
#define MM_AUDIT_PASSED 1

/**
 * An order was refused.
 */
#define MM_AUDIT_REFUSED 2

/**
 * A cancel went out.
 */
#define MM_AUDIT_CANCEL 3

/**
 * A condition reached its warning share.
 */
#define MM_AUDIT_WARNED 4

/**
 * A condition was breached: orders are refused, or only reducing ones pass, while it lasts.
 */
#define MM_AUDIT_BREACHED 5

/**
 * A condition ended.
 */
#define MM_AUDIT_CLEARED 6

/**
 * A soft breach: the gate pauses.
 */
#define MM_AUDIT_PAUSED 7

/**
 * A pause ended.
 */
#define MM_AUDIT_RESUMED 8

/**
 * A hard breach: the gate is latched.
 */
#define MM_AUDIT_LATCHED 9

/**
 * The latches were reset.
 */
#define MM_AUDIT_RESET 10

/**
 * The host's state of the gate changed.
 */
#define MM_AUDIT_STATE 11

/**
 * The kill switch was seen on, or off again: `observed` is 1 or 0.
 */
#define MM_AUDIT_KILL 12

/**
 * A new day.
 */
#define MM_AUDIT_NEW_DAY 13

/**
 * Trade at once: split over the venues, cheapest first.
 */
#define MM_ROUTE_TAKE 1

/**
 * Rest: all at the best venue, and what it does not take at the next.
 */
#define MM_ROUTE_REST 2

/**
 * No other venue could have had it.
 */
#define MM_ROUTE_REASON_ONLY_VENUE 1

/**
 * Its price is better.
 */
#define MM_ROUTE_REASON_PRICE 2

/**
 * Its fee is lower.
 */
#define MM_ROUTE_REASON_FEE 3

/**
 * Its queue is shorter.
 */
#define MM_ROUTE_REASON_QUEUE 4

/**
 * It is nearer.
 */
#define MM_ROUTE_REASON_LATENCY 5

/**
 * Equal in everything: the smaller venue number.
 */
#define MM_ROUTE_REASON_NUMBER 6

/**
 * Venues that can be compared at once.
 */
#define MM_MAX_VENUES 64

/**
 * The position stays.
 */
#define MM_FLATTEN_LEAVE 0

/**
 * Orders at our own side of the market, post-only.
 */
#define MM_FLATTEN_PASSIVE 1

/**
 * Orders that take what is there, at most `slippage_ticks` beyond the best opposite price.
 */
#define MM_FLATTEN_CROSS 2

/**
 * Orders are being cancelled.
 */
#define MM_SHUTDOWN_CANCELLING 1

/**
 * The position is being flattened.
 */
#define MM_SHUTDOWN_FLATTENING 2

/**
 * Nothing works and nothing is held.
 */
#define MM_SHUTDOWN_DONE 3

/**
 * Nothing works, and the position stays by policy.
 */
#define MM_SHUTDOWN_LEFT 4

/**
 * The deadline has passed with orders or lots left.
 */
#define MM_SHUTDOWN_GAVE_UP 5

/**
 * An applied event survives the death of the process.
 */
#define MM_DURABILITY_PROCESS 0

/**
 * The same, and a loss of power from the next sync on.
 */
#define MM_DURABILITY_DISK 1

/**
 * Opens the file, or makes it where there is none.
 */
#define MM_STORE_OPEN_OR_CREATE 0

/**
 * Opens a file that exists.
 */
#define MM_STORE_OPEN 1

/**
 * Makes a file where there is none.
 */
#define MM_STORE_CREATE 2

/**
 * The fill ids of the instrument come in any order: the last `fill_window` of them are remembered.
 */
#define MM_FILL_IDS_ANY 0

/**
 * Each fill id of the instrument is larger than all before it: the last one is remembered, and with it all.
 */
#define MM_FILL_IDS_INCREASING 1

/**
 * The store was made by this call.
 */
#define MM_RECOVERY_CREATED 0

/**
 * The store was found with the state after its last event.
 */
#define MM_RECOVERY_REOPENED 1

/**
 * The store was damaged, by a loss of power or otherwise, and put back to its last sync.
 */
#define MM_RECOVERY_FROM_CHECKPOINT 2

/**
 * Words of a latch.
 */
#define MM_STORE_LATCH_WORDS 8

/**
 * Avellaneda and Stoikov 2008, the closed form for a short horizon.
 */
#define MM_MODEL_AVELLANEDA_STOIKOV 0

/**
 * Gueant, Lehalle and Fernandez-Tapia 2013, from a table solved at construction.
 */
#define MM_MODEL_GLFT_TABLE 1

/**
 * The same infinitely far from the end, in closed form.
 */
#define MM_MODEL_GLFT_ASYMPTOTIC 2

/**
 * Distances are measured from the mid.
 */
#define MM_REFERENCE_MID 0

/**
 * Distances are measured from the size-weighted mid.
 */
#define MM_REFERENCE_WEIGHTED_MID 1

/**
 * `risk_aversion` is a shift of the reservation price at the position limit, in average spreads.
 */
#define MM_AVERSION_AT_LIMIT 0

/**
 * `risk_aversion` is gamma itself, 1/(tick lot).
 */
#define MM_AVERSION_FIXED 1

/**
 * The horizon stays `horizon` seconds away.
 */
#define MM_HORIZON_ROLLING 0

/**
 * The horizon counts down `horizon` seconds, then starts again. Avellaneda-Stoikov only.
 */
#define MM_HORIZON_COUNT_DOWN 1

/**
 * What has no room is refused with `MM_E_FULL` and counted.
 */
#define MM_BACK_PRESSURE_REJECT 0

/**
 * The oldest that waits makes room, is counted, and never runs. Not for engines: a book that missed an event is wrong.
 */
#define MM_BACK_PRESSURE_DROP_OLDEST 1

/**
 * The caller waits until there is room.
 */
#define MM_BACK_PRESSURE_WAIT 2

/**
 * A thread without work keeps looking: least latency, a whole processor.
 */
#define MM_IDLE_SPIN 0

/**
 * A thread without work gives the rest of its time slice away between looks.
 */
#define MM_IDLE_YIELD 1

/**
 * A thread without work sleeps `idle_time` between looks.
 */
#define MM_IDLE_SLEEP 2

/**
 * Analytics of one instrument's feed.
 */
typedef struct mm_analytics_t mm_analytics_t;

/**
 * Order-by-order books by instrument.
 */
typedef struct mm_book_manager_t mm_book_manager_t;

/**
 * An order book of one instrument, order by order, with price-time priority.
 */
typedef struct mm_book_t mm_book_t;

/**
 * Two-sided CUSUM as a trend state.
 */
typedef struct mm_cusum_t mm_cusum_t;

/**
 * Engines on threads. Inputs may come from any thread at any time; outputs are taken by one.
 */
typedef struct mm_engine_pool_t mm_engine_pool_t;

/**
 * One instrument's pipeline: book, features, strategy, risk gate, order manager, position. One owner thread.
 */
typedef struct mm_engine_t mm_engine_t;

/**
 * The last rows of a regular time grid, each with the 24 default channels, normalised where asked.
 */
typedef struct mm_feature_window_t mm_feature_window_t;

/**
 * Hasbrouck's information share of two markets.
 */
typedef struct mm_information_share_t mm_information_share_t;

/**
 * Turns a gate off from any thread; it outlives the gate.
 */
typedef struct mm_kill_switch_t mm_kill_switch_t;

/**
 * A book of price levels (L2): each level's whole quantity, as level feeds publish it.
 */
typedef struct mm_level_book_t mm_level_book_t;

/**
 * Working orders of one instrument, and the decision what to send.
 */
typedef struct mm_order_manager_t mm_order_manager_t;

/**
 * Streaming performance of one strategy.
 */
typedef struct mm_performance_t mm_performance_t;

/**
 * A slab of blocks of one size.
 */
typedef struct mm_pool_t mm_pool_t;

/**
 * Positions in many instruments: exact profit and loss, marks, limits, drawdown, latest trades.
 */
typedef struct mm_position_tracker_t mm_position_tracker_t;

/**
 * A network with the state and scratch of one thread.
 */
typedef struct mm_predictor_t mm_predictor_t;

/**
 * Computes optimal quotes. Never changes after construction: any number of threads may use one.
 */
typedef struct mm_quoter_t mm_quoter_t;

/**
 * Reads one recorded day.
 */
typedef struct mm_reader_t mm_reader_t;

/**
 * Forward filter of a Gaussian hidden Markov model.
 */
typedef struct mm_regimes_t mm_regimes_t;

/**
 * The pre-trade gate: every order passes it or is refused with a typed reason.
 */
typedef struct mm_risk_gate_t mm_risk_gate_t;

/**
 * A window into a gate, for any thread at any time; it outlives the gate.
 */
typedef struct mm_risk_monitor_t mm_risk_monitor_t;

/**
 * A shutdown under way: cancel all, then flatten by policy, then say what is left.
 */
typedef struct mm_shutdown_t mm_shutdown_t;

/**
 * A view of a store that another handle, often of another process, writes.
 */
typedef struct mm_store_reader_t mm_store_reader_t;

/**
 * Positions, working orders, latches and what was applied, in a file that survives the process.
 */
typedef struct mm_store_t mm_store_t;

/**
 * A boosted-trees model with the scratch of one thread.
 */
typedef struct mm_trees_t mm_trees_t;

/**
 * A simulated venue: own orders join the recorded queue and trade when the recorded flow would have reached them.
 */
typedef struct mm_venue_t mm_venue_t;

/**
 * Threads that run tasks. Every function but its destroy function is for any thread at any time.
 */
typedef struct mm_worker_pool_t mm_worker_pool_t;

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
 * Size, alignment and number of a pool's blocks.
 */
typedef struct mm_pool_config_t {
    /**
     * Set by `mm_pool_config_init`.
     */
    size_t struct_size;
    /**
     * Bytes of a block, at least 1. Default 64.
     */
    size_t block_size;
    /**
     * Alignment of every block, a power of two. Default 64.
     */
    size_t alignment;
    /**
     * Number of blocks, at least 1. Default 1024.
     */
    uint32_t capacity;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_pool_config_t;

/**
 * What a pool has done so far.
 */
typedef struct mm_pool_stats_t {
    /**
     * Blocks that there are.
     */
    uint64_t capacity;
    /**
     * Blocks in use now.
     */
    uint64_t in_use;
    /**
     * Most blocks that were in use at once.
     */
    uint64_t high_water;
    /**
     * Allocations so far.
     */
    uint64_t allocated;
    /**
     * Frees so far.
     */
    uint64_t freed;
} mm_pool_stats_t;

/**
 * What analytics are built from. Times are ns.
 */
typedef struct mm_analytics_config_t {
    /**
     * Set by `mm_analytics_config_init`.
     */
    size_t struct_size;
    /**
     * Horizons of impact and markouts, ascending; 0 is right after the trade. Default 0, 10 ms, 100 ms, 1, 5, 10, 30, 60 s.
     */
    uint64_t horizons[12];
    /**
     * Windows of the counts of trades, ascending. Default 0.1, 1, 10, 60 s.
     */
    uint64_t count_windows[8];
    /**
     * Grid on which resting orders are sampled. Default 100 ms.
     */
    uint64_t cancel_sample;
    /**
     * Volume of a VPIN bucket, lots. Default 10000.
     */
    uint64_t vpin_bucket;
    /**
     * When replenishment is looked at after a trade. Default 1 s.
     */
    uint64_t replenishment_window;
    /**
     * When a recovery is given up. Default 60 s.
     */
    uint64_t recovery_limit;
    /**
     * Share of the depth that counts as recovered. Default 1.
     */
    double depth_share;
    /**
     * Within what time an order is to trade. Default 10 s.
     */
    uint64_t fill_horizon;
    /**
     * Orders that a coarser cell of the fill model weighs as. Default 20.
     */
    double fill_strength;
    /**
     * How many of `horizons` count. Default 8.
     */
    uint32_t horizon_count;
    /**
     * How many of `count_windows` count. Default 4.
     */
    uint32_t count_window_count;
    /**
     * VPIN buckets. Default 50.
     */
    uint32_t vpin_buckets;
    /**
     * Widest spread that is told apart, ticks. Default 1000.
     */
    uint32_t max_spread;
    /**
     * Levels a side of the depth-weighted spread, 1 to 64. Default 5.
     */
    uint32_t depth_levels;
    /**
     * Lags of the signs' memory, 1 to 64. Default 20.
     */
    uint32_t sign_lags;
    /**
     * Most trades that wait for their last horizon. Default 65536.
     */
    uint32_t max_pending;
    /**
     * Most orders that are watched at a time. Default 65536.
     */
    uint32_t max_orders;
    /**
     * Most orders that enter within the fill horizon. Default 65536.
     */
    uint32_t max_waiting;
    /**
     * Bins of the reliability curve. Default 10.
     */
    uint32_t reliability_bins;
    /**
     * `MM_FILLS_*`. Default both.
     */
    uint8_t fill_mode;
    /**
     * Zero.
     */
    uint8_t reserved[7];
    /**
     * Intervals over which Kyle's lambda is regressed, at most a day. Default, and what 0 stands for, 1 s.
     */
    uint64_t kyle_interval;
} mm_analytics_config_t;

/**
 * One market-data event in ticks and lots. 64 bytes.
 */
typedef struct mm_event_t {
    /**
     * When the venue says that it happened, ns.
     */
    uint64_t timestamp;
    /**
     * When the recorder received it, ns; equal to `timestamp` where the feed does not say.
     */
    uint64_t received;
    /**
     * The venue's number for the message, 0 where it has none.
     */
    uint64_t sequence;
    /**
     * The order that the event is about.
     */
    uint64_t order_id;
    /**
     * The replacing order of an `MM_EVENT_REPLACE`.
     */
    uint64_t new_order_id;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * Which instrument.
     */
    uint32_t instrument;
    /**
     * `MM_EVENT_*`.
     */
    uint8_t kind;
    /**
     * `MM_SIDE_*`, of the resting order or level; of the aggressor for a trade.
     */
    uint8_t side;
    /**
     * `MM_FLAG_*` bits.
     */
    uint16_t flags;
} mm_event_t;

/**
 * The book's report. Doubles are NaN where nothing is known yet.
 */
typedef struct mm_analytics_book_report_t {
    /**
     * Time with a sound spread, ns.
     */
    uint64_t spread_time;
    /**
     * Time without one, ns.
     */
    uint64_t unsound_time;
    /**
     * Time-weighted mean spread, ticks.
     */
    double spread_mean;
    /**
     * Spread not exceeded for 10 % of the time, ticks.
     */
    double spread_p10;
    /**
     * For half of it.
     */
    double spread_p50;
    /**
     * For 90 % of it.
     */
    double spread_p90;
    /**
     * Time-weighted mean depth-weighted spread, ticks.
     */
    double depth_weighted_spread;
    /**
     * Mean time that a best bid's price stands, ns.
     */
    double bid_lifetime;
    /**
     * Mean time that a best ask's price stands, ns.
     */
    double ask_lifetime;
    /**
     * Time until the spread is back after a trade that moved the best, median of Kaplan-Meier, ns.
     */
    double spread_recovery;
    /**
     * The same of the depth.
     */
    double depth_recovery;
    /**
     * Mean share of the lots taken that is back after the window, 0 to 1.
     */
    double replenishment;
    /**
     * Trades in that mean.
     */
    uint64_t replenishments;
} mm_analytics_book_report_t;

/**
 * The trades' report, over parent trades. Doubles are NaN where nothing is known yet.
 */
typedef struct mm_analytics_flow_report_t {
    /**
     * Parent trades.
     */
    uint64_t trades;
    /**
     * Mean lots.
     */
    double size_mean;
    /**
     * Lots that half of them do not exceed, within a sixteenth.
     */
    double size_p50;
    /**
     * Lots that 90 % do not exceed.
     */
    double size_p90;
    /**
     * Lots that 99 % do not exceed.
     */
    double size_p99;
    /**
     * Mean sign: buying less selling, -1 to 1.
     */
    double sign_mean;
    /**
     * Variance of the intervals over their mean squared; 1 for a Poisson process.
     */
    double interval_dispersion;
    /**
     * VPIN, 0 to 1.
     */
    double vpin;
    /**
     * Share of VPIN's past that it is not below now, 0 to 1.
     */
    double vpin_percentile;
    /**
     * Largest mean impact at any horizon, ticks.
     */
    double impact_peak;
    /**
     * Mean impact at the last horizon, ticks.
     */
    double impact_permanent;
    /**
     * Their ratio.
     */
    double permanent_share;
} mm_analytics_flow_report_t;

/**
 * The fills' report. Doubles are NaN where nothing is known yet.
 */
typedef struct mm_analytics_fill_report_t {
    /**
     * Orders that the model has learnt from.
     */
    uint64_t orders;
    /**
     * Orders watched now.
     */
    uint64_t alive;
    /**
     * Orders that found no room.
     */
    uint64_t unwatched;
    /**
     * Forecasts scored.
     */
    uint64_t forecasts;
    /**
     * Share of the learnt orders that traded in time.
     */
    double base_rate;
    /**
     * Mean squared error of the forecasts.
     */
    double brier_score;
    /**
     * 1 less the score over that of the scored orders' own base rate; 0 is no better than it.
     */
    double skill;
    /**
     * Mean |forecast - frequency| over the reliability curve.
     */
    double calibration_error;
} mm_analytics_fill_report_t;

/**
 * What happened at one octave of distance: bucket 0 at the best, bucket b from 2^(b-1) to 2^b - 1 ticks behind.
 */
typedef struct mm_cancel_bucket_t {
    /**
     * Orders that entered at it.
     */
    uint64_t adds;
    /**
     * Orders cancelled whole at it.
     */
    uint64_t cancels;
    /**
     * Lots cancelled at it.
     */
    uint64_t lots;
    /**
     * Cancellations per resting order and second; NaN before anything has rested.
     */
    double rate;
} mm_cancel_bucket_t;

/**
 * What trades cost and moved by one horizon. Spreads and impact are whole spreads in ticks: impact = effective - realised.
 */
typedef struct mm_markout_t {
    /**
     * The horizon, ns.
     */
    uint64_t horizon;
    /**
     * Trades that reached it.
     */
    uint64_t trades;
    /**
     * Mean effective spread. NaN, as all that follows, without a trade.
     */
    double effective_spread;
    /**
     * Mean realised spread.
     */
    double realised_spread;
    /**
     * Mean price impact.
     */
    double price_impact;
    /**
     * The same three, weighted by quantity.
     */
    double effective_spread_by_quantity;
    /**
     * Weighted by quantity.
     */
    double realised_spread_by_quantity;
    /**
     * Weighted by quantity.
     */
    double price_impact_by_quantity;
    /**
     * Share of the trades after which the mid stood beyond their price.
     */
    double toxic_share;
    /**
     * The same by quantity.
     */
    double toxic_share_by_quantity;
} mm_markout_t;

/**
 * A cell of the impact matrix.
 */
typedef struct mm_impact_cell_t {
    /**
     * Trades in it.
     */
    uint64_t trades;
    /**
     * Mean move of the mid in the trade's direction, ticks.
     */
    double impact;
    /**
     * Its standard error; NaN below two trades.
     */
    double standard_error;
} mm_impact_cell_t;

/**
 * A step of survival curves.
 */
typedef struct mm_survival_point_t {
    /**
     * When, ns.
     */
    uint64_t duration;
    /**
     * Watched and not ended before.
     */
    uint64_t at_risk;
    /**
     * Ended by the event at it.
     */
    uint64_t events;
    /**
     * Kaplan-Meier: share that outlives it, were the event the only end.
     */
    double survival;
    /**
     * Greenwood's standard error.
     */
    double standard_error;
    /**
     * Aalen-Johansen: share that has ended by the event.
     */
    double incidence;
} mm_survival_point_t;

/**
 * What became of what survival curves are about, over all of them.
 */
typedef struct mm_survival_summary_t {
    /**
     * Ended by the event: a complete fill, a recovery.
     */
    uint64_t events;
    /**
     * Ended by the competing end: a cancellation.
     */
    uint64_t competing;
    /**
     * Not seen to end, those that are open now included.
     */
    uint64_t censored;
    /**
     * Duration that half outlive, were the event the only end (Kaplan-Meier), ns; NaN where more than half do.
     */
    double median;
} mm_survival_summary_t;

/**
 * Kyle's lambda: the regression change of the mid = intercept + lambda x signed volume, over intervals of equal time.
 */
typedef struct mm_kyle_lambda_t {
    /**
     * Intervals in the regression.
     */
    uint64_t intervals;
    /**
     * Ticks per lot.
     */
    double lambda;
    /**
     * Its standard error, ticks per lot.
     */
    double standard_error;
    /**
     * The change of the mid without volume, ticks per interval.
     */
    double intercept;
    /**
     * Share of the mid's variance that signed volume explains, 0 to 1.
     */
    double r_squared;
} mm_kyle_lambda_t;

/**
 * A bin of the reliability curve.
 */
typedef struct mm_reliability_bin_t {
    /**
     * Forecasts in it.
     */
    uint64_t forecasts;
    /**
     * Their mean; NaN without any.
     */
    double forecast;
    /**
     * How often the event happened; NaN without any.
     */
    double frequency;
} mm_reliability_bin_t;

/**
 * Dispersion of counts in windows of one length.
 */
typedef struct mm_count_dispersion_t {
    /**
     * Windows completed.
     */
    uint64_t windows;
    /**
     * Mean count.
     */
    double mean;
    /**
     * Fano factor; 1 for a Poisson process.
     */
    double fano;
    /**
     * Branching ratio of the self-exciting process with this dispersion.
     */
    double branching_ratio;
} mm_count_dispersion_t;

/**
 * Sizes and rules of a book. All storage is taken at construction.
 */
typedef struct mm_book_config_t {
    /**
     * Set by `mm_book_config_init`.
     */
    size_t struct_size;
    /**
     * Most orders that can rest at a time, 1 to 2^27-1; each costs 200 to 350 bytes. Default 65536.
     */
    uint32_t max_orders;
    /**
     * Ticks a side that are reached by arithmetic instead of a search, 1 to 2^24, rounded up to a power of two; each
     * costs 64 bytes. Prices outside are legal. Default 65536.
     */
    uint32_t window_ticks;
    /**
     * 1, the default, if an order that shrinks at its price keeps its place in the queue.
     */
    uint8_t keep_priority_on_decrease;
    /**
     * 1 if each order's arrival stamp is kept and told as its `priority`. Default 0; an engine's book always keeps it.
     */
    uint8_t track_priority;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_book_config_t;

/**
 * How far a batch came.
 */
typedef struct mm_batch_t {
    /**
     * Events applied, from the first on.
     */
    size_t applied;
    /**
     * `MM_TOUCHED*` bits of all of them.
     */
    uint32_t touched;
    /**
     * Why the event after them was refused, `MM_OK` if none was.
     */
    mm_status_t reason;
} mm_batch_t;

/**
 * An order to match.
 */
typedef struct mm_new_order_t {
    /**
     * Its id, unlike that of any resting order.
     */
    uint64_t order_id;
    /**
     * Limit, ticks; ignored for market orders.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * `MM_ORDER_LIMIT` or `MM_ORDER_MARKET`.
     */
    uint8_t kind;
    /**
     * `MM_GOOD_TILL_CANCEL`, `MM_IMMEDIATE_OR_CANCEL` or `MM_FILL_OR_KILL`.
     */
    uint8_t time_in_force;
    /**
     * 1 to refuse rather than trade on arrival; only for limit orders that may rest.
     */
    uint8_t post_only;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_new_order_t;

/**
 * What the matching book did with an order. 56 bytes.
 */
typedef struct mm_book_event_t {
    /**
     * The order that the request was about; of a trade, the taker.
     */
    uint64_t order_id;
    /**
     * Of a trade, the resting order; otherwise 0.
     */
    uint64_t maker_id;
    /**
     * Of a trade, the maker's price; otherwise the order's. Ticks.
     */
    int64_t price;
    /**
     * Of a trade or a cancel, how much. Lots.
     */
    uint64_t quantity;
    /**
     * What is open of the order after the event, lots.
     */
    uint64_t remaining;
    /**
     * Of a trade, what is open of the maker after it, lots.
     */
    uint64_t maker_remaining;
    /**
     * `MM_BOOK_*`.
     */
    uint8_t kind;
    /**
     * `MM_SIDE_*` of `order_id`.
     */
    uint8_t side;
    /**
     * Zero.
     */
    uint8_t reason;
    /**
     * 1 if the maker of a trade is anonymous liquidity, else 0.
     */
    uint8_t maker_anonymous;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_book_event_t;

/**
 * What a matching operation came to.
 */
typedef struct mm_match_t {
    /**
     * Lots traded.
     */
    uint64_t filled;
    /**
     * Lots of the order that rest afterwards.
     */
    uint64_t resting;
    /**
     * Lots cancelled.
     */
    uint64_t cancelled;
    /**
     * `MM_TOUCHED*` bits.
     */
    uint32_t touched;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_match_t;

/**
 * A price level.
 */
typedef struct mm_level_t {
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Sum over the level's orders, lots.
     */
    uint64_t quantity;
    /**
     * Orders at the level; anonymous liquidity counts as one.
     */
    uint32_t orders;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_level_t;

/**
 * A resting order.
 */
typedef struct mm_resting_order_t {
    /**
     * Its id; 0 for anonymous liquidity.
     */
    uint64_t order_id;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Open quantity, lots.
     */
    uint64_t quantity;
    /**
     * Arrival stamp: within a level, a smaller one is ahead. 0 for anonymous liquidity, which is ahead of all.
     */
    uint64_t priority;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 for anonymous liquidity, else 0.
     */
    uint8_t anonymous;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_resting_order_t;

/**
 * What stands before an order in its level's queue.
 */
typedef struct mm_queue_position_t {
    /**
     * Orders ahead; anonymous liquidity counts as one.
     */
    uint64_t orders_ahead;
    /**
     * Their quantity, lots.
     */
    uint64_t quantity_ahead;
} mm_queue_position_t;

/**
 * Sizes of a level book.
 */
typedef struct mm_level_book_config_t {
    /**
     * Set by `mm_level_book_config_init`.
     */
    size_t struct_size;
    /**
     * Most levels of both sides together, 1 to 2^27-1. Default 16384.
     */
    uint32_t max_levels;
    /**
     * As for a book. Default 16384.
     */
    uint32_t window_ticks;
} mm_level_book_config_t;

/**
 * How to quote both sides around the reference price. Prices in ticks, quantities in lots, times in seconds.
 */
typedef struct mm_stoikov_config_t {
    /**
     * Set by `mm_stoikov_config_init`.
     */
    size_t struct_size;
    /**
     * Risk aversion, at least 0, in the unit of `aversion`. Default 1 average spread at the limit.
     */
    double risk_aversion;
    /**
     * Decay of the fill intensity with the distance from mid, 1/tick; 0, the default, is 2/(average spread).
     */
    double k;
    /**
     * Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
     */
    double intensity;
    /**
     * Seconds to the horizon. Default 60.
     */
    double horizon;
    /**
     * Least half of the total spread, ticks. Default 0.5.
     */
    double min_half_spread;
    /**
     * Largest volatility of the table, ticks per square root of a second. Default 100. GLFT table only.
     */
    double table_max_sigma;
    /**
     * Lots per quote, at least 1. Default 1.
     */
    uint64_t order_quantity;
    /**
     * Largest position that a fill may lead to, lots, at least 1. Default 10.
     */
    uint64_t position_limit;
    /**
     * The position to steer to, lots, within the limit. Default 0.
     */
    int64_t inventory_target;
    /**
     * Mid changes that the volatility must have seen before the first quote. Default 100.
     */
    uint64_t warm_up;
    /**
     * Volatility rows of the table besides 0. Default 32. GLFT table only.
     */
    uint32_t table_steps;
    /**
     * `MM_MODEL_*`. Default Avellaneda-Stoikov.
     */
    uint8_t model;
    /**
     * `MM_REFERENCE_*`. Default mid.
     */
    uint8_t reference;
    /**
     * `MM_AVERSION_*`. Default at the limit, which only Avellaneda-Stoikov takes.
     */
    uint8_t aversion;
    /**
     * `MM_HORIZON_*`. Default rolling.
     */
    uint8_t horizon_mode;
    /**
     * Part of a prediction's expected change that the reservation price follows, at least 0. Default 0.
     */
    double change_weight;
    /**
     * Half average spreads by which a prediction's certain direction moves the reservation price, at least 0. Default 0.
     */
    double direction_weight;
    /**
     * Part of the predicted change in volatility that the spread follows, at least 0. Default 0.
     */
    double volatility_weight;
    /**
     * Largest move of the reservation price by a prediction, average spreads, at least 0. Default 2.
     */
    double max_prediction_shift;
    /**
     * Largest factor by which a prediction widens the spread, and its inverse the smallest; at least 1.
     * 0 and the default are 3.
     */
    double max_prediction_scale;
} mm_stoikov_config_t;

/**
 * The limits of a gate. `MM_NO_LIMIT`, the default, switches a check off in the first eight fields; from
 * `min_order_quantity` on 0, the default, does, and a limit of zero is `MM_LIMIT_ZERO`.
 */
typedef struct mm_risk_config_t {
    /**
     * Set by `mm_risk_config_init`.
     */
    size_t struct_size;
    /**
     * Lots of one order.
     */
    int64_t max_order_quantity;
    /**
     * |price| x quantity of one order, ticks x lots.
     */
    int64_t max_order_notional;
    /**
     * Distance of the price from the reference, ticks.
     */
    int64_t collar_ticks;
    /**
     * Distance of the price from the reference, basis points. Both collars hold when both are set.
     */
    int64_t collar_bps;
    /**
     * Lots long if every working buy order filled.
     */
    int64_t max_long_position;
    /**
     * Lots short if every working sell order filled, as a positive number.
     */
    int64_t max_short_position;
    /**
     * The time in which `rate_messages` messages may be sent, ns. Default one second.
     */
    uint64_t rate_period_ns;
    /**
     * Messages per period; 0, the default, is no limit. Cancels use it up and are never refused by it.
     */
    uint32_t rate_messages;
    /**
     * Messages that may be sent at once after a pause; 0 is `rate_messages`.
     */
    uint32_t rate_burst;
    /**
     * Fewest lots of one order.
     */
    int64_t min_order_quantity;
    /**
     * How old the instrument's last market data may be for its reference to be used, ns; only with a collar.
     */
    int64_t max_reference_age_ns;
    /**
     * Fewest ticks between an order and an own quote of the other side.
     */
    int64_t min_own_spread;
    /**
     * The same instrument, side, price and quantity may not come again within so many ns.
     */
    int64_t duplicate_window_ns;
    /**
     * Sum of the instruments' worst cases, account units.
     */
    int64_t max_gross_notional;
    /**
     * Sum of the instruments' signed worst cases, account units, either sign.
     */
    int64_t max_net_notional;
    /**
     * Share of one instrument in the gross notional, basis points.
     */
    int64_t max_concentration_bps;
    /**
     * The gross notional counts as at least so much when shares are taken, account units.
     */
    int64_t concentration_base;
    /**
     * Orders that work at once over all instruments.
     */
    int64_t max_working_orders;
    /**
     * Orders for each fill, once there have been `order_grace` of the day.
     */
    int64_t max_orders_per_fill;
    /**
     * Fills within `protection_window_ns`; more pull all quotes.
     */
    int64_t protection_fills;
    /**
     * Lots filled within `protection_window_ns`.
     */
    int64_t protection_quantity;
    /**
     * Notional filled within `protection_window_ns`, account units.
     */
    int64_t protection_notional;
    /**
     * The day's loss: realised, unrealised and fees, account units.
     */
    int64_t max_daily_loss;
    /**
     * Fall of equity from its peak, account units.
     */
    int64_t max_drawdown;
    /**
     * Losing trades in a row.
     */
    int64_t max_consecutive_losses;
    /**
     * Value at risk, account units.
     */
    int64_t max_value_at_risk;
    /**
     * Expected shortfall, account units.
     */
    int64_t max_expected_shortfall;
    /**
     * Average loss per lot `markout_horizon_ns` after our fills, thousandths of a tick.
     */
    int64_t max_adverse_millticks;
    /**
     * How old an instrument's last market data may be, ns.
     */
    int64_t max_data_age_ns;
    /**
     * How far time may go back, ns.
     */
    int64_t max_clock_step_ns;
    /**
     * Breaks that a reconciliation may find.
     */
    int64_t max_reconciliation_breaks;
    /**
     * How long the host may be silent, ns.
     */
    int64_t ping_timeout_ns;
    /**
     * Quantities must be multiples of so many lots; 0 and 1 allow all.
     */
    uint64_t quantity_increment;
    /**
     * Orders of the day that `max_orders_per_fill` does not look at.
     */
    uint64_t order_grace;
    /**
     * Window of `repeated_executions`, ns.
     */
    uint64_t repeated_window_ns;
    /**
     * Window of the protection, ns; 0 switches it off.
     */
    uint64_t protection_window_ns;
    /**
     * How long after a fill the mid is taken, ns.
     */
    uint64_t markout_horizon_ns;
    /**
     * How long a pause lasts, ns; 0 is one second.
     */
    uint64_t cooldown_ns;
    /**
     * Prices must be multiples of so many ticks; 0 and 1 allow all.
     */
    uint32_t price_increment;
    /**
     * An id may not come again within at least so many; 0 switches the check off.
     */
    uint32_t duplicate_ids;
    /**
     * Messages of the rate that only cancels may use.
     */
    uint32_t cancel_reserve;
    /**
     * Executions on one side of an instrument within `repeated_window_ns`, 1 to 4096; 0 switches the check off.
     */
    uint32_t repeated_executions;
    /**
     * Fills that the markout is averaged over, 1 to 4096.
     */
    uint32_t markout_fills;
    /**
     * Confidence of the tail measures, basis points; 0 is 9900.
     */
    uint32_t confidence_bps;
    /**
     * Length of their horizon in the periods of the volatilities; 0 is 1.
     */
    uint32_t tail_periods;
    /**
     * Returns remembered for each instrument, at most 4096; 0 leaves out the historical measure.
     */
    uint32_t tail_scenarios;
    /**
     * Share of a limit that warns, basis points; 0 is 8000, 10000 warns of nothing.
     */
    uint32_t warn_share_bps;
    /**
     * Instruments that fit; 0 is 16. Fixed at construction.
     */
    uint32_t instruments;
    /**
     * Decisions that the audit ring holds; 0 is 1024. Fixed at construction.
     */
    uint32_t audit_capacity;
    /**
     * 1 if prices must be above zero.
     */
    uint8_t positive_prices;
    /**
     * 1 if post-only orders that would meet the opposite best price are refused.
     */
    uint8_t post_only;
    /**
     * `MM_SELF_TRADE_*`; 0 switches the check off.
     */
    uint8_t self_trade;
    /**
     * 1 if a missed sequence number closes its instrument.
     */
    uint8_t sequence_gaps;
    /**
     * 1 if a bid that meets the ask closes its instrument.
     */
    uint8_t crossed_books;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_daily_loss;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_drawdown;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_consecutive_losses;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_value_at_risk;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_expected_shortfall;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_markout;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_protection;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_repeated_execution;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_reconciliation;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_clock;
    /**
     * What its breach does, `MM_BREACH_*`; 0 is the default.
     */
    uint8_t on_silence;
    /**
     * Zero.
     */
    uint8_t reserved[4];
} mm_risk_config_t;

/**
 * Settings of an order manager.
 */
typedef struct mm_order_manager_config_t {
    /**
     * Set by `mm_order_manager_config_init`.
     */
    size_t struct_size;
    /**
     * The first sequence number of client ids, at least 1, the default. A host that restarts goes on from
     * `mm_order_manager_next_sequence`, so that no id is used twice.
     */
    uint64_t first_sequence;
    /**
     * The instrument of every order. Default 0.
     */
    uint32_t instrument;
    /**
     * Orders that can work at once, 1 to 65536. Default 64.
     */
    uint32_t capacity;
    /**
     * How far a price may be off before the order is moved, in the unit of `requote_unit`. Default 0.
     */
    uint32_t requote_distance;
    /**
     * How far a quantity may be off, basis points of what is wanted. Default 5000.
     */
    uint32_t requote_quantity_bps;
    /**
     * `MM_REQUOTE_*`. Default ticks.
     */
    uint8_t requote_unit;
    /**
     * `MM_REPLACE_*`. Default atomic.
     */
    uint8_t replace_mode;
    /**
     * 1, the default, if quotes must not trade on arrival.
     */
    uint8_t post_only;
    /**
     * Zero.
     */
    uint8_t reserved[5];
    /**
     * Fill ids that are remembered at least, to count none twice; 0 is 4096.
     */
    uint32_t fill_ids;
    /**
     * Finished orders that are remembered at least, to book fills that come late; 0 is 256.
     */
    uint32_t finished_orders;
} mm_order_manager_config_t;

/**
 * What an engine is built from. A null pointer stands for the defaults of that part; each is read only during the create.
 */
typedef struct mm_engine_config_t {
    /**
     * Set by `mm_engine_config_init`.
     */
    size_t struct_size;
    /**
     * Increments, fees, and the id that orders carry.
     */
    const struct mm_instrument_t *instrument;
    /**
     * Storage of the book; by level, `max_orders` counts levels.
     */
    const struct mm_book_config_t *book;
    /**
     * The strategy.
     */
    const struct mm_stoikov_config_t *strategy;
    /**
     * Pre-trade limits.
     */
    const struct mm_risk_config_t *risk;
    /**
     * The order manager; its instrument is the engine's.
     */
    const struct mm_order_manager_config_t *orders;
    /**
     * Half-life of the volatility, seconds. Default 60.
     */
    double volatility_half_life;
    /**
     * Half-life of the average spread, seconds. Default as the library's features.
     */
    double spread_half_life;
    /**
     * Half-life of order-flow imbalance and trade flow, seconds.
     */
    double flow_half_life;
    /**
     * 1 if the feed shows price levels instead of orders. Default 0.
     */
    uint8_t by_level;
    /**
     * `MM_CLOCK_*`. Default off.
     */
    uint8_t clock;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_engine_config_t;

/**
 * A message for the host to send. 48 bytes.
 *
 * The quantity of a replacement is the open quantity wanted at the moment of decision, when the old order had
 * `replaced_quantity` left; what the old order trades until the venue handles it is to be taken off.
 */
typedef struct mm_order_action_t {
    /**
     * The client id of the order that is placed, cancelled or replaced.
     */
    uint64_t order_id;
    /**
     * The client id of the replacement, else 0.
     */
    uint64_t new_order_id;
    /**
     * Limit price, ticks; of a cancelled order its own.
     */
    int64_t price;
    /**
     * Lots wanted; of a cancelled order what is left of it.
     */
    uint64_t quantity;
    /**
     * What the replaced order had left, else 0.
     */
    uint64_t replaced_quantity;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_ACTION_*`.
     */
    uint8_t kind;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 when the order must not trade on arrival, else 0.
     */
    uint8_t post_only;
    /**
     * The level of the wanted quotes that it serves, 0 the best; 255 for the host's own orders.
     */
    uint8_t level;
} mm_order_action_t;

/**
 * A venue's report on one order. 56 bytes.
 */
typedef struct mm_execution_report_t {
    /**
     * The client id.
     */
    uint64_t order_id;
    /**
     * The replacement's client id. Of a fill the venue's id of it, 0 where it gives none: fills with an id are counted once
     * each in whatever order they come, those without must come once and in order. Of a refused cancel the id of the order,
     * of a refused replacement that of the replacement, or 0 where the venue does not say which was refused, which is taken
     * for what is under way and must come once. Else 0.
     */
    uint64_t new_order_id;
    /**
     * Price of a fill, ticks.
     */
    int64_t price;
    /**
     * Lots of a fill.
     */
    uint64_t quantity;
    /**
     * Lots left after the event; repeated and lost fills are found by it.
     */
    uint64_t leaves;
    /**
     * When, by the venue's clock, ns.
     */
    uint64_t timestamp;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_EXECUTION_*`.
     */
    uint8_t kind;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 when the fill provided liquidity, else 0.
     */
    uint8_t is_maker;
    /**
     * Zero.
     */
    uint8_t reserved;
} mm_execution_report_t;

/**
 * Counters of an engine since its creation. Quantities in lots.
 */
typedef struct mm_engine_stats_t {
    /**
     * Market-data events, refused ones included.
     */
    uint64_t events;
    /**
     * Events that the book refused.
     */
    uint64_t refused_events;
    /**
     * Times that the strategy was asked for quotes.
     */
    uint64_t quotes;
    /**
     * New orders and replacements sent.
     */
    uint64_t orders_sent;
    /**
     * Of these, replacements.
     */
    uint64_t replaces;
    /**
     * Cancels sent.
     */
    uint64_t cancels;
    /**
     * Orders that the venue refused.
     */
    uint64_t venue_rejects;
    /**
     * Orders that the risk gate refused.
     */
    uint64_t risk_refusals;
    /**
     * Fills.
     */
    uint64_t fills;
    /**
     * Of these, fills that provided liquidity.
     */
    uint64_t maker_fills;
    /**
     * Lots filled.
     */
    uint64_t filled_quantity;
    /**
     * Lots of the orders sent.
     */
    uint64_t ordered_quantity;
    /**
     * What the quotes earned against the mid at the moment of their fills, half ticks x lots.
     */
    int64_t spread_captured_half;
    /**
     * Largest |position|, lots.
     */
    uint64_t max_position;
} mm_engine_stats_t;

/**
 * Position and result of an engine. Money in ticks x lots.
 */
typedef struct mm_engine_account_t {
    /**
     * Lots held; negative is short.
     */
    int64_t position;
    /**
     * Profit realised, before fees.
     */
    int64_t realised;
    /**
     * Profit of the open position at `mark`; 0 without a mark.
     */
    int64_t unrealised;
    /**
     * Fees paid; negative when rebates were more.
     */
    int64_t fees;
    /**
     * Deepest fall of equity after fees from its peak.
     */
    int64_t max_drawdown;
    /**
     * The price that the position is marked at, ticks; meaningful if `has_mark` is 1.
     */
    int64_t mark;
    /**
     * 1 once both sides of the book have been seen.
     */
    uint8_t has_mark;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_engine_account_t;

/**
 * How often the gate was asked and what it answered.
 */
typedef struct mm_risk_counters_t {
    /**
     * Orders checked.
     */
    uint64_t evaluated;
    /**
     * Orders refused, by reason: `refused[-200 - status]`, e.g. `[3]` for `MM_E_RISK_ORDER_QUANTITY`. The reasons from
     * `MM_E_RISK_MIN_QUANTITY` on do not fit: `mm_risk_coverage` has all of them.
     */
    uint64_t refused[16];
} mm_risk_counters_t;

/**
 * Percentiles of one stage's latency, ns.
 */
typedef struct mm_latency_t {
    /**
     * How many samples.
     */
    uint64_t count;
    /**
     * Median.
     */
    uint64_t p50;
    /**
     * 90th percentile.
     */
    uint64_t p90;
    /**
     * 99th percentile.
     */
    uint64_t p99;
    /**
     * 99.9th percentile.
     */
    uint64_t p999;
    /**
     * Largest.
     */
    uint64_t max;
} mm_latency_t;

/**
 * How a pool of engines runs.
 */
typedef struct mm_engine_pool_config_t {
    /**
     * Set by `mm_engine_pool_config_init`.
     */
    size_t struct_size;
    /**
     * Processors to bind the threads to, in turn; null binds none. Read only during the create.
     */
    const uint32_t *processors;
    /**
     * How many.
     */
    size_t processor_count;
    /**
     * With `MM_IDLE_SLEEP`, ns. Default 50 microseconds.
     */
    uint64_t idle_time;
    /**
     * Rest after too many errors, ns. Default five minutes.
     */
    uint64_t error_rest;
    /**
     * Rest after a lost connection, ns. Default one minute.
     */
    uint64_t connection_rest;
    /**
     * Threads, 1 to 1024; more than there are engines are not started. Default 1.
     */
    uint32_t threads;
    /**
     * Inputs that can wait for one thread, at least 1. Default 4096.
     */
    uint32_t inputs;
    /**
     * Outputs of one thread that can wait to be taken, at least 1; when they are full the thread waits. Default 4096.
     */
    uint32_t outputs;
    /**
     * Errors of an engine that are tolerated between two rests; the next one sends it to rest. Default 3.
     */
    uint32_t tolerated_errors;
    /**
     * `MM_BACK_PRESSURE_REJECT` or `MM_BACK_PRESSURE_WAIT`, the default. Where one thread both sends inputs and takes outputs, let it
     * reject, or take before more outputs than `outputs` can have been made: an engine's thread that finds no room for an
     * output waits, and so does then whoever sends to it.
     */
    uint8_t back_pressure;
    /**
     * `MM_IDLE_*`. Default yield.
     */
    uint8_t idle;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_engine_pool_config_t;

/**
 * What an engine of a pool says.
 */
typedef struct mm_engine_output_t {
    /**
     * Of an `MM_OUTPUT_ACTION`; else zero.
     */
    struct mm_order_action_t action;
    /**
     * Of an `MM_OUTPUT_REST_BEGINS` the end of the rest, ns; else 0.
     */
    uint64_t time;
    /**
     * Whose it is.
     */
    uint32_t instrument;
    /**
     * `MM_OUTPUT_*`.
     */
    uint8_t kind;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_engine_output_t;

/**
 * An engine that a pool has given back, and what it has done there.
 */
typedef struct mm_finished_engine_t {
    /**
     * The engine, the caller's again.
     */
    struct mm_engine_t *engine;
    /**
     * Inputs that it was given.
     */
    uint64_t inputs;
    /**
     * Of these, inputs that it refused.
     */
    uint64_t errors;
    /**
     * Rests that it took.
     */
    uint64_t rests;
    /**
     * Inputs that came after an internal check had failed.
     */
    uint64_t unheard;
    /**
     * Its instrument.
     */
    uint32_t instrument;
    /**
     * The status of the last input that it refused; 0 where it refused none.
     */
    mm_status_t last_error;
    /**
     * 1 if an internal check failed: then the engine is poisoned, and can only be destroyed.
     */
    uint8_t is_broken;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_finished_engine_t;

/**
 * Counters of a pool since its start.
 */
typedef struct mm_engine_pool_stats_t {
    /**
     * Inputs taken.
     */
    uint64_t sent;
    /**
     * Inputs worked off.
     */
    uint64_t done;
    /**
     * Inputs refused because there was no room.
     */
    uint64_t refused;
    /**
     * Inputs that had to wait for room.
     */
    uint64_t waited;
    /**
     * Engines.
     */
    uint32_t engines;
    /**
     * Threads.
     */
    uint32_t threads;
} mm_engine_pool_stats_t;

/**
 * What a feature window is built from.
 */
typedef struct mm_feature_window_config_t {
    /**
     * Set by `mm_feature_window_config_init`.
     */
    size_t struct_size;
    /**
     * Step of the grid, ns, up to a day. Default 100 ms.
     */
    uint64_t step;
    /**
     * Half-lives of the three volatilities, seconds. Default 1, 10, 60.
     */
    double volatility_half_lives[3];
    /**
     * Half-life of Kyle's lambda, seconds. Default 300.
     */
    double kyle_half_life;
    /**
     * Volume of a VPIN bucket, lots. Default 10000.
     */
    uint64_t vpin_bucket;
    /**
     * A time at which a day begins, ns. Default 0.
     */
    uint64_t day_start;
    /**
     * After so many rows a row weighs half in the normaliser. Default 20000.
     */
    double normaliser_half_life_rows;
    /**
     * Largest magnitude of a normalised value, standard deviations. Default 8.
     */
    double normaliser_clip;
    /**
     * Rows of the window, 1 to 65536. Default 96.
     */
    uint32_t rows;
    /**
     * How many full buckets VPIN spans. Default 50.
     */
    uint32_t vpin_buckets;
    /**
     * 1, the default, if rows are normalised.
     */
    uint8_t normalise;
    /**
     * 1, the default, if rows change the normaliser's moments.
     */
    uint8_t normaliser_learns;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_feature_window_config_t;

/**
 * How far a window is.
 */
typedef struct mm_feature_window_info_t {
    /**
     * Rows of a full window.
     */
    size_t rows;
    /**
     * Values of a row.
     */
    size_t columns;
    /**
     * Rows completed since the beginning, those that have left the window included.
     */
    uint64_t rows_completed;
    /**
     * Rows that long silences left out.
     */
    uint64_t rows_skipped;
    /**
     * When the row that is filling will end, ns; `UINT64_MAX` before the first sound book.
     */
    uint64_t next_end;
    /**
     * 1 if as many rows are complete as the window is long.
     */
    uint8_t is_full;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_feature_window_info_t;

/**
 * How a predictor is attached to an engine.
 */
typedef struct mm_forecaster_config_t {
    /**
     * Set by `mm_forecaster_config_init`.
     */
    size_t struct_size;
    /**
     * `MM_ASKING_*`. Default window.
     */
    uint32_t asking;
    /**
     * `MM_READING_*`. Default by the network.
     */
    uint32_t reading;
    /**
     * Steps of the grid that a prediction is about. Of rows of channels 0, the default, is all that the network
     * forecasts; a triple wants the number that it was trained on.
     */
    uint32_t horizon;
    /**
     * Of rows of channels: the index of the volatility that is read, as `mm_feature_channel_name` counts. Default that of
     * the medium one.
     */
    uint32_t volatility;
} mm_forecaster_config_t;

/**
 * What an attached predictor says, and what it has done. Times in ns.
 */
typedef struct mm_prediction_t {
    /**
     * Expected change of the mid over the horizon, ticks.
     */
    double change;
    /**
     * Expected volatility of the mid, ticks per square root of a second; meaningful if `has_volatility` is 1.
     */
    double volatility;
    /**
     * Confidence in the sign of the change, -1 (surely down) to 1 (surely up).
     */
    double direction;
    /**
     * The end of the last row that the network had seen, where the horizon begins; 0 before the first prediction.
     */
    uint64_t as_of;
    /**
     * The end of the horizon, exclusive; 0 before the first prediction.
     */
    uint64_t valid_until;
    /**
     * From `as_of` to the engine's latest time.
     */
    uint64_t age;
    /**
     * Rows that went to the network.
     */
    uint64_t rows;
    /**
     * Predictions made.
     */
    uint64_t predictions;
    /**
     * Times that the network refused or said what is no number; there was no prediction then.
     */
    uint64_t failures;
    /**
     * 1 if quotes may follow it: there is one, its horizon is not over, and no gap came after it.
     */
    uint8_t is_valid;
    /**
     * 1 if the model said a volatility.
     */
    uint8_t has_volatility;
    /**
     * 1 if the feature window is full, from when on a network that reads whole windows is asked.
     */
    uint8_t is_window_full;
    /**
     * Zero.
     */
    uint8_t reserved[5];
} mm_prediction_t;

/**
 * One order as the manager knows it.
 */
typedef struct mm_order_t {
    /**
     * Its client id.
     */
    uint64_t order_id;
    /**
     * The id of the replacement under way, or of the order that it took the place of while that is not confirmed;
     * else 0.
     */
    uint64_t linked_id;
    /**
     * Its price, ticks.
     */
    int64_t price;
    /**
     * Lots that are left.
     */
    uint64_t remaining;
    /**
     * Lots that it has traded.
     */
    uint64_t filled;
    /**
     * When its last request was sent, ns.
     */
    uint64_t sent;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * `MM_ORDER_*`.
     */
    uint8_t state;
    /**
     * Which wanted quote it serves, 255 for none.
     */
    uint8_t level;
    /**
     * Zero.
     */
    uint8_t reserved[5];
} mm_order_t;

/**
 * One wanted quote.
 */
typedef struct mm_wanted_quote_t {
    /**
     * Price in ticks, fractions allowed: bids are rounded down and asks up.
     */
    double price;
    /**
     * Quantity in lots, fractions allowed: rounded down; less than one lot is no quote.
     */
    double quantity;
} mm_wanted_quote_t;

/**
 * The quotes that are wanted in the market now, best first; an empty side wants no order there.
 */
typedef struct mm_wanted_quotes_t {
    /**
     * Bids, of which the first `bid_count` are used.
     */
    struct mm_wanted_quote_t bids[4];
    /**
     * Asks, of which the first `ask_count` are used.
     */
    struct mm_wanted_quote_t asks[4];
    /**
     * At most `MM_MAX_QUOTE_LEVELS`.
     */
    uint32_t bid_count;
    /**
     * At most `MM_MAX_QUOTE_LEVELS`.
     */
    uint32_t ask_count;
} mm_wanted_quotes_t;

/**
 * What a decision needs to know of the market and of the account.
 */
typedef struct mm_market_top_t {
    /**
     * Time of the event that causes the decision, ns.
     */
    uint64_t timestamp;
    /**
     * Lots held; negative is short.
     */
    int64_t position;
    /**
     * Best bid, ticks; used if `has_bid` is 1.
     */
    int64_t bid;
    /**
     * Best ask, ticks; used if `has_ask` is 1.
     */
    int64_t ask;
    /**
     * The price that risk collars measure from, ticks; used if `has_reference` is 1, else the mid of bid and ask.
     */
    int64_t reference;
    /**
     * 1 or 0.
     */
    uint8_t has_bid;
    /**
     * 1 or 0.
     */
    uint8_t has_ask;
    /**
     * 1 or 0.
     */
    uint8_t has_reference;
    /**
     * Zero.
     */
    uint8_t reserved[5];
} mm_market_top_t;

/**
 * What a decision came to.
 */
typedef struct mm_decision_t {
    /**
     * Orders that the risk gate refused.
     */
    uint32_t refused;
    /**
     * Quotes held back for now: no free slot, or the order would have met our own on the other side.
     */
    uint32_t held;
    /**
     * The `MM_E_RISK_*` of the last refusal, else 0.
     */
    mm_status_t last_refusal;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_decision_t;

/**
 * An order of the host's own, beside the quotes.
 */
typedef struct mm_order_request_t {
    /**
     * Limit price, ticks.
     */
    int64_t price;
    /**
     * Lots.
     */
    uint64_t quantity;
    /**
     * `MM_SIDE_*`; of a replacement it is that of the replaced order, and not read.
     */
    uint8_t side;
    /**
     * 1 when the order must not trade on arrival, else 0.
     */
    uint8_t post_only;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_order_request_t;

/**
 * What a submission came to.
 */
typedef struct mm_submission_t {
    /**
     * Lots of the new order that are sent; fewer than asked for under `MM_SELF_TRADE_DECREMENT`, 0 when it was refused.
     */
    uint64_t sent;
    /**
     * The `MM_E_RISK_*` for which it is not sent, else 0.
     */
    mm_status_t refusal;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_submission_t;

/**
 * What performance is measured by.
 */
typedef struct mm_performance_config_t {
    /**
     * Set by `mm_performance_config_init`.
     */
    size_t struct_size;
    /**
     * Equity at the start, money, positive. Default 1000000.
     */
    double capital;
    /**
     * Periods in a year, which annualises ratios; 1 leaves them per period. Default 252.
     */
    double periods_per_year;
    /**
     * Riskless return per period. Default 0.
     */
    double risk_free;
    /**
     * Target of the Sortino ratio, return per period. Default 0.
     */
    double target;
    /**
     * When fills are marked out, ns, ascending. Default as of `mm_analytics_config_t`.
     */
    uint64_t horizons[12];
    /**
     * How many of `horizons` count. Default 8.
     */
    uint32_t horizon_count;
    /**
     * Most fills that wait for their last horizon. Default 65536.
     */
    uint32_t max_pending;
} mm_performance_config_t;

/**
 * The report. Doubles are NaN where nothing is known yet.
 */
typedef struct mm_performance_report_t {
    /**
     * Periods with a return.
     */
    uint64_t periods;
    /**
     * Annualised Sharpe ratio.
     */
    double sharpe;
    /**
     * Annualised Sortino ratio.
     */
    double sortino;
    /**
     * Annualised information ratio against the benchmark.
     */
    double information_ratio;
    /**
     * Largest fall of equity from a peak, money.
     */
    double max_drawdown;
    /**
     * Largest fall in percent of its peak.
     */
    double max_drawdown_percent;
    /**
     * Share of closed trades that made money, 0 to 1.
     */
    double win_rate;
    /**
     * Gross profit over gross loss.
     */
    double profit_factor;
    /**
     * Part of the quoted half-spread that fills earned against the mid, by lots.
     */
    double spread_capture;
    /**
     * Ticks per lot that the mid moved against the fills by the last horizon; positive is a cost.
     */
    double adverse_selection;
    /**
     * Fills per second, from the first to the last.
     */
    double trades_per_second;
} mm_performance_report_t;

/**
 * Limits. Quantities are lots of one instrument, money is in account units. Standing exactly at a limit is allowed.
 */
typedef struct mm_position_limits_t {
    /**
     * Largest position of either sign.
     */
    int64_t max_position_size;
    /**
     * Largest long position.
     */
    int64_t max_long_position;
    /**
     * Largest short position, as a positive number.
     */
    int64_t max_short_position;
    /**
     * Largest loss since the day began, as a positive number: realised, unrealised and fees.
     */
    int64_t max_daily_loss;
    /**
     * Largest fall of equity from its highest point, as a positive number.
     */
    int64_t max_drawdown;
} mm_position_limits_t;

/**
 * Capacities, limits and starting capital of a tracker.
 */
typedef struct mm_position_tracker_config_t {
    /**
     * Set by `mm_position_tracker_config_init`.
     */
    size_t struct_size;
    /**
     * Equity at the start, account units. Default 0.
     */
    int64_t capital;
    /**
     * The limits. Defaults: 1000000 lots, 500000 long, 500000 short, daily loss 1000000, drawdown 500000.
     */
    struct mm_position_limits_t limits;
    /**
     * Instruments that can be registered, 1 to 2^20. Default 64.
     */
    uint32_t instruments;
    /**
     * Trades that the history keeps, 0 to 2^24; older ones are overwritten. Default 1024.
     */
    uint32_t history;
} mm_position_tracker_config_t;

/**
 * One of our fills.
 */
typedef struct mm_fill_t {
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * Our order.
     */
    uint64_t order_id;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * What was traded.
     */
    uint32_t instrument;
    /**
     * Our side, `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 if we provided the liquidity, else 0.
     */
    uint8_t is_maker;
    /**
     * Zero.
     */
    uint16_t reserved;
} mm_fill_t;

/**
 * What one fill did.
 */
typedef struct mm_fill_outcome_t {
    /**
     * Profit realised by the fill before fees, ticks x lots. Zero unless it reduced the position.
     */
    int64_t realised;
    /**
     * The fill's fee in millionths of a tick x lot, capped to what fits; negative is a rebate.
     */
    int64_t fee_micro;
    /**
     * Lots that closed open lots of the other sign.
     */
    uint64_t closed;
    /**
     * Lots that opened or added; both are non-zero on a flip.
     */
    uint64_t opened;
    /**
     * The position after the fill, lots.
     */
    int64_t position;
} mm_fill_outcome_t;

/**
 * One instrument's position. Money is ticks x lots of the instrument.
 */
typedef struct mm_position_t {
    /**
     * Lots held; negative is short.
     */
    int64_t quantity;
    /**
     * Average price of the open lots, ticks; 0 when flat.
     */
    double average_price;
    /**
     * Realised profit before fees.
     */
    int64_t realised;
    /**
     * Profit of the open lots at the mark, before fees.
     */
    int64_t unrealised;
    /**
     * Fees paid less rebates.
     */
    int64_t fees;
    /**
     * What open lots are valued at, ticks: the last mark, else the first fill's price.
     */
    int64_t mark;
    /**
     * Lots bought in all.
     */
    uint64_t bought;
    /**
     * Lots sold in all.
     */
    uint64_t sold;
    /**
     * Fills in all.
     */
    uint64_t fills;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * 1 once there was a mark or a fill, else 0.
     */
    uint32_t has_mark;
} mm_position_t;

/**
 * Sums over all instruments, account units.
 */
typedef struct mm_position_totals_t {
    /**
     * Realised profit before fees.
     */
    int64_t realised;
    /**
     * Profit of open lots at their marks, before fees.
     */
    int64_t unrealised;
    /**
     * Fees paid less rebates.
     */
    int64_t fees;
    /**
     * Capital plus profit after fees.
     */
    int64_t equity;
    /**
     * Highest equity so far.
     */
    int64_t peak_equity;
    /**
     * Fall of equity from its highest point; never negative.
     */
    int64_t drawdown;
    /**
     * Largest fall so far.
     */
    int64_t max_drawdown;
    /**
     * Profit since the day began.
     */
    int64_t daily_profit;
    /**
     * Fills booked.
     */
    uint64_t fills;
} mm_position_totals_t;

/**
 * A line of the trade history.
 */
typedef struct mm_trade_t {
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * Our order.
     */
    uint64_t order_id;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * Profit that it realised before fees, ticks x lots.
     */
    int64_t realised;
    /**
     * The position after it, lots.
     */
    int64_t position;
    /**
     * What was traded.
     */
    uint32_t instrument;
    /**
     * Our side.
     */
    uint8_t side;
    /**
     * 1 if we provided the liquidity, else 0.
     */
    uint8_t is_maker;
    /**
     * Zero.
     */
    uint16_t reserved;
} mm_trade_t;

/**
 * Which network, of which sizes. The fields of the other network are not looked at.
 */
typedef struct mm_predictor_config_t {
    /**
     * Set by `mm_predictor_config_init`.
     */
    size_t struct_size;
    /**
     * Where random weights come from when there is no file. Default 0.
     */
    uint64_t seed;
    /**
     * `MM_PREDICTOR_*`. Default SSM-HiPPO.
     */
    uint32_t kind;
    /**
     * `MM_PRECISION_*` of the large products. Default f32.
     */
    uint32_t precision;
    /**
     * `MM_BAD_INPUT_*`. Default refuse.
     */
    uint32_t bad_input;
    /**
     * Most windows of one `mm_predictor_predict_batch`, 1 to 4096. Default 16.
     */
    uint32_t max_batch;
    /**
     * SSM-HiPPO: width of a token. Default 128.
     */
    uint32_t d_model;
    /**
     * SSM-HiPPO: layers. Default 4.
     */
    uint32_t n_layer;
    /**
     * SSM-HiPPO: rows of a window. Default 96.
     */
    uint32_t seq_len;
    /**
     * SSM-HiPPO: states of a channel inside a block. Default 16.
     */
    uint32_t d_state;
    /**
     * SSM-HiPPO: features of a row. Default 24.
     */
    uint32_t num_channels;
    /**
     * SSM-HiPPO: steps of a forecast. Default 32.
     */
    uint32_t forecast_len;
    /**
     * SSM-HiPPO: rows of a patch. Default 16.
     */
    uint32_t patch_len;
    /**
     * SSM-HiPPO: rows from one patch to the next. Default 8.
     */
    uint32_t stride;
    /**
     * SSM-HiPPO: channels inside a block, as a multiple of `d_model`. Default 2.
     */
    uint32_t expand;
    /**
     * SSM-HiPPO: width of the convolution. Default 4.
     */
    uint32_t d_conv;
    /**
     * SSM-HiPPO: rank of the step's projection; 0, the default, is `d_model`/16 rounded up.
     */
    uint32_t dt_rank;
    /**
     * SSM-HiPPO: `d_model` over the units of the attention. Default 8.
     */
    uint32_t reduction_ratio;
    /**
     * SSM-HiPPO: 1 if layer i has 1 + i/2 times the states. Default 0.
     */
    uint8_t progressive_state;
    /**
     * Zero.
     */
    uint8_t reserved[3];
    /**
     * LSTM: rows of a window; 0, the default, is what the file says, else 100.
     */
    uint32_t lstm_steps;
    /**
     * LSTM: features of a row; 0, the default, is what the file has, 5 without one.
     */
    uint32_t lstm_features;
    /**
     * LSTM: units of a layer; 0, the default, is what the file has, 128 without one.
     */
    uint32_t lstm_hidden;
    /**
     * LSTM: layers; 0, the default, is what the file has, 2 without one.
     */
    uint32_t lstm_layers;
    /**
     * LSTM: units between the two dense layers; 0, the default, is what the file has, 64 without one.
     */
    uint32_t lstm_dense;
    /**
     * LSTM: outputs; 0, the default, is what the file has, 3 without one.
     */
    uint32_t lstm_outputs;
    /**
     * Zero.
     */
    uint32_t reserved_end;
} mm_predictor_config_t;

/**
 * What a predictor reads, gives and costs. Windows and forecasts are row-major.
 */
typedef struct mm_predictor_info_t {
    /**
     * Rows of a window.
     */
    size_t input_rows;
    /**
     * Features of a row.
     */
    size_t input_columns;
    /**
     * Steps of a forecast; 1 for the LSTM.
     */
    size_t output_rows;
    /**
     * Values of a step.
     */
    size_t output_columns;
    /**
     * Rows between two fresh forecasts of a stream.
     */
    size_t stream_period;
    /**
     * Rows until a stream's first forecast.
     */
    size_t stream_warm_up;
    /**
     * Bytes of this handle's own state and scratch.
     */
    size_t scratch_bytes;
    /**
     * Bytes of packed weights, once for all handles that share them.
     */
    size_t weight_bytes;
    /**
     * Most windows of one batch.
     */
    size_t max_batch;
    /**
     * The name of the instruction set that it runs on, static storage.
     */
    const char *isa;
    /**
     * `MM_PREDICTOR_*`.
     */
    uint32_t kind;
    /**
     * `MM_PRECISION_*`.
     */
    uint32_t precision;
    /**
     * `MM_BAD_INPUT_*`.
     */
    uint32_t bad_input;
    /**
     * 0 where the weights are random.
     */
    uint8_t is_trained;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_predictor_info_t;

/**
 * Model and parameters of a quoter. Prices in ticks, times in seconds, inventory in lots.
 */
typedef struct mm_quoter_config_t {
    /**
     * Set by `mm_quoter_config_init`.
     */
    size_t struct_size;
    /**
     * Aversion to the price risk of inventory, at least 0, 1/(tick lot). Default 0.1.
     */
    double gamma;
    /**
     * Aversion to the randomness of executions, at least 0, 1/(tick lot); negative, the default, is `gamma`. GLFT only.
     */
    double xi;
    /**
     * Volatility of the mid, at least 0, ticks per square root of a second. Default 2.
     */
    double sigma;
    /**
     * Decay of the fill intensity with the distance from mid, positive, 1/tick. Default 1.5.
     */
    double k;
    /**
     * Fill intensity at mid, positive, 1/second. Default 1. GLFT only.
     */
    double intensity;
    /**
     * Lots in one order, positive. Default 1. GLFT only.
     */
    double order_size;
    /**
     * Seconds to the horizon. Default 1. Not for the asymptotic model.
     */
    double horizon;
    /**
     * Largest inventory of the table, orders, 1 to 512. Default 30.
     */
    uint32_t inventory_limit;
    /**
     * Remaining times that the table is solved for besides 0; 0, the default, is the full horizon only.
     */
    uint32_t horizon_steps;
    /**
     * `MM_QUOTER_*`. Default Avellaneda-Stoikov.
     */
    uint8_t model;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_quoter_config_t;

/**
 * Quotes around a mid, ticks, not rounded.
 */
typedef struct mm_quotes_t {
    /**
     * Bid price; meaningful if `has_bid` is 1.
     */
    double bid;
    /**
     * Ask price; meaningful if `has_ask` is 1.
     */
    double ask;
    /**
     * 1, or 0 where the model wants no quote: at the inventory limit.
     */
    uint8_t has_bid;
    /**
     * 1, or 0 where the model wants no quote.
     */
    uint8_t has_ask;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_quotes_t;

/**
 * What a reader needs to know besides the file. Null pointers stand for "none".
 */
typedef struct mm_reader_config_t {
    /**
     * Set by `mm_reader_config_init`.
     */
    size_t struct_size;
    /**
     * Tick, lot, id and, for ITCH, the stock's symbol. Null is a tick of 0.01, a lot of 1 and id 0. Read only during
     * the open.
     */
    const struct mm_instrument_t *instrument;
    /**
     * LOBSTER: the order book file whose row `seed_row` the book starts from. Null is none.
     */
    const char *seed_path;
    /**
     * LOBSTER: row of the order book file, the first is 0.
     */
    uint64_t seed_row;
    /**
     * More files of the same recording, in the order of time.
     */
    const char *const *more_paths;
    /**
     * How many.
     */
    size_t more_path_count;
    /**
     * DBN: the venue's number of the instrument, 0 for the file's only one. ITCH: the stock's locate number, 0 for
     * the instrument's symbol, or all stocks when that is empty.
     */
    uint32_t venue_instrument;
    /**
     * Zero.
     */
    uint32_t reserved;
} mm_reader_config_t;

/**
 * The smallest steps of a recording.
 */
typedef struct mm_increments_t {
    /**
     * Tick in currency.
     */
    double tick;
    /**
     * Lot in units of the asset.
     */
    double lot;
} mm_increments_t;

/**
 * A working order as the venue knows it.
 */
typedef struct mm_venue_order_t {
    /**
     * The client id.
     */
    uint64_t order_id;
    /**
     * Its price, ticks.
     */
    int64_t price;
    /**
     * Lots that are left.
     */
    uint64_t leaves;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_venue_order_t;

/**
 * When a snapshot was taken, and what the two sides hold.
 */
typedef struct mm_venue_snapshot_t {
    /**
     * When it was taken, by the clock that stamps reports, ns: fills up to then are in it.
     */
    uint64_t timestamp;
    /**
     * Orders whose last request was sent less than so long before it are not judged, ns.
     */
    uint64_t grace_ns;
    /**
     * Lots held by the venue's word; negative is short.
     */
    int64_t venue_position;
    /**
     * Lots held by ours.
     */
    int64_t position;
} mm_venue_snapshot_t;

/**
 * One difference.
 */
typedef struct mm_break_t {
    /**
     * The order; 0 for the position.
     */
    uint64_t order_id;
    /**
     * What we have: lots, ticks, or the side's number, by the kind; 0 for nothing.
     */
    int64_t ours;
    /**
     * What the venue has.
     */
    int64_t venue;
    /**
     * `MM_BREAK_*`.
     */
    uint8_t kind;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_break_t;

/**
 * What a reconciliation came to.
 */
typedef struct mm_reconciliation_t {
    /**
     * Breaks in all; those beyond the buffer are counted and not written.
     */
    uint64_t breaks;
    /**
     * Orders that agree.
     */
    uint64_t matched;
    /**
     * Orders that were not judged because a request may be on its way.
     */
    uint64_t in_flight;
} mm_reconciliation_t;

/**
 * Which of two markets finds the price.
 */
typedef struct mm_information_shares_t {
    /**
     * Samples in the regression.
     */
    uint64_t observations;
    /**
     * Least share of the first and of the second market, 0 to 1.
     */
    double lower[2];
    /**
     * Largest share of each.
     */
    double upper[2];
    /**
     * Middle of the bounds.
     */
    double share[2];
    /**
     * Gonzalo and Granger's component shares.
     */
    double component_share[2];
    /**
     * Speeds at which each price corrects the difference, per step.
     */
    double adjustment[2];
    /**
     * Correlation of the innovations.
     */
    double correlation;
} mm_information_shares_t;

/**
 * An order that wants out.
 */
typedef struct mm_order_intent_t {
    /**
     * Time of the event that caused it, ns.
     */
    uint64_t timestamp;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * Open quantity of the order that it replaces, 0 for a new order.
     */
    uint64_t replaces;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_order_intent_t;

/**
 * What an order is measured against.
 */
typedef struct mm_exposure_t {
    /**
     * Lots held; negative is short.
     */
    int64_t position;
    /**
     * Lots of working buy orders, in their worst case.
     */
    uint64_t working_buy;
    /**
     * Lots of working sell orders, in their worst case.
     */
    uint64_t working_sell;
    /**
     * The price that collars measure from, usually the mid, ticks; used if `has_reference` is 1.
     */
    int64_t reference;
    /**
     * 1 if there is a reference price, else 0.
     */
    uint8_t has_reference;
    /**
     * Zero.
     */
    uint8_t reserved[7];
} mm_exposure_t;

/**
 * What one instrument allows, and what it is worth.
 */
typedef struct mm_instrument_rules_t {
    /**
     * Quantities are multiples of so many lots, at least 1.
     */
    uint64_t quantity_increment;
    /**
     * Account units in one tick x lot, at least 1.
     */
    int64_t unit_value;
    /**
     * Prices are multiples of so many ticks, at least 1.
     */
    uint32_t price_increment;
    /**
     * `MM_RESTRICTION_*`.
     */
    uint8_t restriction;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_instrument_rules_t;

/**
 * A gate's latches and kill switch, to be stored and given to the gate of the next life. 64 bytes.
 */
typedef struct mm_risk_latches_t {
    /**
     * Changes of latches and switch so far: store them when it has moved.
     */
    uint64_t sequence;
    /**
     * Bit n: the check of `MM_E_RISK_*` number -201 - n has latched.
     */
    uint64_t latched;
    /**
     * 1 while the kill switch is on, else 0.
     */
    uint64_t killed;
    /**
     * When the last one latched, ns.
     */
    uint64_t timestamp;
    /**
     * -200 - `MM_E_RISK_*` of the last one, else 0.
     */
    uint64_t reason;
    /**
     * What it measured.
     */
    int64_t observed;
    /**
     * What was allowed.
     */
    int64_t limit;
    /**
     * Zero.
     */
    uint64_t reserved;
} mm_risk_latches_t;

/**
 * An order that wants out, and what it is measured against: everything that the checks look at. 112 bytes.
 */
typedef struct mm_risk_order_t {
    /**
     * Time of the event that caused it, ns.
     */
    uint64_t timestamp;
    /**
     * The id that it would have; 0 for none, which no check of ids looks at.
     */
    uint64_t order_id;
    /**
     * Price, ticks.
     */
    int64_t price;
    /**
     * Quantity, lots.
     */
    uint64_t quantity;
    /**
     * Open quantity of the order that it replaces, 0 for a new order.
     */
    uint64_t replaces;
    /**
     * Lots held of its instrument; negative is short.
     */
    int64_t position;
    /**
     * Lots of working buy orders of the instrument, in their worst case.
     */
    uint64_t working_buy;
    /**
     * Lots of working sell orders of the instrument, in their worst case.
     */
    uint64_t working_sell;
    /**
     * The price that collars measure from, ticks; used if `has_reference` is 1.
     */
    int64_t reference;
    /**
     * The best working buy order, ticks, those being cancelled left out; used if `has_own_bid` is 1.
     */
    int64_t own_bid;
    /**
     * The best working sell order, ticks; used if `has_own_ask` is 1.
     */
    int64_t own_ask;
    /**
     * How many orders of the instrument work.
     */
    uint32_t working_orders;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 if it must not trade on arrival.
     */
    uint8_t post_only;
    /**
     * 1 or 0.
     */
    uint8_t has_reference;
    /**
     * 1 or 0.
     */
    uint8_t has_own_bid;
    /**
     * 1 or 0.
     */
    uint8_t has_own_ask;
    /**
     * Zero.
     */
    uint8_t reserved[11];
} mm_risk_order_t;

/**
 * The best prices of an instrument.
 */
typedef struct mm_risk_market_t {
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * Best bid, ticks; used if `has_bid` is 1.
     */
    int64_t bid;
    /**
     * Best ask, ticks; used if `has_ask` is 1.
     */
    int64_t ask;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * 1 or 0.
     */
    uint8_t has_bid;
    /**
     * 1 or 0.
     */
    uint8_t has_ask;
    /**
     * Zero.
     */
    uint8_t reserved[2];
} mm_risk_market_t;

/**
 * A fill, for the checks that count them.
 */
typedef struct mm_risk_fill_t {
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * The price, ticks.
     */
    int64_t price;
    /**
     * Lots.
     */
    uint64_t quantity;
    /**
     * Profit that it realised after its fee, account units; used if `has_realised` is 1.
     */
    int64_t realised;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * 1 if it reduced a position, else 0.
     */
    uint8_t has_realised;
    /**
     * Zero.
     */
    uint8_t reserved[2];
} mm_risk_fill_t;

/**
 * The account's profit since it began, account units.
 */
typedef struct mm_risk_account_t {
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * Profit of reductions before fees.
     */
    int64_t realised;
    /**
     * Profit of the open lots at the mark.
     */
    int64_t unrealised;
    /**
     * Fees paid less rebates received.
     */
    int64_t fees;
} mm_risk_account_t;

/**
 * What a host should know of one check, so that no limit is silently without effect. 32 bytes.
 */
typedef struct mm_risk_coverage_t {
    /**
     * Orders that it was asked about.
     */
    uint64_t evaluated;
    /**
     * Orders that it refused.
     */
    uint64_t refused;
    /**
     * Orders and changes at or above the warning share and not refused.
     */
    uint64_t warned;
    /**
     * -200 - the `MM_E_RISK_*` of the check.
     */
    uint8_t check;
    /**
     * What its breach does, `MM_BREACH_*`; 0 for a check of single orders.
     */
    uint8_t action;
    /**
     * 1 if it has a limit, or needs none.
     */
    uint8_t is_configured;
    /**
     * 1 if it is switched on.
     */
    uint8_t is_on;
    /**
     * 1 if what it measures has been given to the gate at least once.
     */
    uint8_t is_fed;
    /**
     * 1 if it is set and on but cannot refuse anything: never asked, or nothing to measure.
     */
    uint8_t is_inert;
    /**
     * Zero.
     */
    uint8_t reserved[2];
} mm_risk_coverage_t;

/**
 * What a gate measures. Each number is whole; two of them may be of two moments. Money is in account units.
 */
typedef struct mm_risk_metrics_t {
    /**
     * Latest time that the gate has seen, ns.
     */
    uint64_t now;
    /**
     * Orders that passed today.
     */
    uint64_t orders;
    /**
     * Fills of today.
     */
    uint64_t fills;
    /**
     * Orders that work, over all instruments.
     */
    uint64_t working_orders;
    /**
     * Sum over the instruments of the worst case x mark.
     */
    int64_t gross_notional;
    /**
     * Sum if every working buy order filled.
     */
    int64_t net_notional_high;
    /**
     * Sum if every working sell order filled.
     */
    int64_t net_notional_low;
    /**
     * Realised + unrealised - fees.
     */
    int64_t equity;
    /**
     * Equity less that of the day's start.
     */
    int64_t daily_profit;
    /**
     * Highest equity.
     */
    int64_t peak_equity;
    /**
     * Peak less equity.
     */
    int64_t drawdown;
    /**
     * The largest drawdown so far.
     */
    int64_t max_drawdown;
    /**
     * Losing trades in a row.
     */
    uint64_t consecutive_losses;
    /**
     * Value at risk when it was last measured.
     */
    int64_t value_at_risk;
    /**
     * Expected shortfall when it was last measured.
     */
    int64_t expected_shortfall;
    /**
     * Average loss per lot after fills, thousandths of a tick; a gain is negative.
     */
    int64_t adverse_millticks;
    /**
     * Fills in the protection window, as of the last fill.
     */
    uint64_t window_fills;
    /**
     * Lots in the protection window.
     */
    uint64_t window_quantity;
    /**
     * Notional in the protection window.
     */
    int64_t window_notional;
    /**
     * Messages that the rate has left, as of the last warning, refusal, cancel or feed.
     */
    uint64_t messages_left;
    /**
     * Breaks that the last reconciliation found.
     */
    uint64_t reconciliation_breaks;
    /**
     * Changes of the latches: when it moves, store them.
     */
    uint64_t latch_sequence;
    /**
     * Reasons for which no order passes now, the kill switch and the trading state left out: bit n stands for `MM_E_RISK_*` number -201 - n.
     */
    uint64_t closed;
    /**
     * Reasons for which only reducing orders pass: bit n stands for `MM_E_RISK_*` number -201 - n.
     */
    uint64_t reducing;
    /**
     * Of the closed ones, those that wait for a reset: bit n stands for `MM_E_RISK_*` number -201 - n.
     */
    uint64_t latched;
    /**
     * Of the closed ones, those that end by themselves: bit n stands for `MM_E_RISK_*` number -201 - n.
     */
    uint64_t paused;
    /**
     * Conditions at their warning share or above: bit n stands for `MM_E_RISK_*` number -201 - n.
     */
    uint64_t warned;
} mm_risk_metrics_t;

/**
 * One decision of a gate. 64 bytes.
 *
 * Of an order all fields are its own, `observed` and `limit` those of its refusal; of one that passed `observed` has a bit
 * for each check at its warning share and `limit` the lots that it replaces. Of a condition `reason`, `observed` and
 * `limit` say which and why. Of a reset `order_id`, `price`, `quantity` and `observed` are the 32 bytes of its reason and
 * `limit` its token. Of a state `side` is the new one.
 */
typedef struct mm_audit_record_t {
    /**
     * Counts all records from 0.
     */
    uint64_t sequence;
    /**
     * When, ns.
     */
    uint64_t timestamp;
    /**
     * The order.
     */
    uint64_t order_id;
    /**
     * Its price, ticks.
     */
    int64_t price;
    /**
     * Its lots.
     */
    uint64_t quantity;
    /**
     * What was measured.
     */
    int64_t observed;
    /**
     * What was allowed.
     */
    int64_t limit;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_AUDIT_*`.
     */
    uint8_t kind;
    /**
     * -200 - `MM_E_RISK_*`, else 0.
     */
    uint8_t reason;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * Bit 0: post-only.
     */
    uint8_t flags;
} mm_audit_record_t;

/**
 * What is to be routed.
 */
typedef struct mm_route_request_t {
    /**
     * The worst price that is acceptable, ticks.
     */
    int64_t limit;
    /**
     * Lots.
     */
    uint64_t quantity;
    /**
     * What one lot of queue in front is worth, millionths of a tick per lot; only for resting.
     */
    uint64_t queue_cost_micro;
    /**
     * What one microsecond of latency is worth, millionths of a tick per lot.
     */
    uint64_t latency_cost_micro;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * `MM_ROUTE_TAKE` or `MM_ROUTE_REST`.
     */
    uint8_t style;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_route_request_t;

/**
 * What a venue offers for an order of the request's side.
 */
typedef struct mm_venue_offer_t {
    /**
     * Taking: the best opposite price there. Resting: the price at which an order would rest. Ticks.
     */
    int64_t price;
    /**
     * Taking: lots that can be had at that price. Resting: most lots that the venue takes.
     */
    uint64_t available;
    /**
     * Lots in front of an order that rests there.
     */
    uint64_t queue_ahead;
    /**
     * One-way latency, ns.
     */
    uint64_t latency_ns;
    /**
     * Maker fee, parts per billion of notional; negative is a rebate.
     */
    int64_t maker_rate_ppb;
    /**
     * Taker fee, parts per billion of notional.
     */
    int64_t taker_rate_ppb;
    /**
     * Maker charge per lot, millionths of a tick.
     */
    int64_t maker_per_lot_micro;
    /**
     * Taker charge per lot, millionths of a tick.
     */
    int64_t taker_per_lot_micro;
    /**
     * The venue's number; each at most once.
     */
    uint32_t venue;
    /**
     * 1 if orders may go there now.
     */
    uint8_t is_open;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_venue_offer_t;

/**
 * One part of the order.
 */
typedef struct mm_route_t {
    /**
     * The price of its order, ticks.
     */
    int64_t price;
    /**
     * Its lots.
     */
    uint64_t quantity;
    /**
     * All-in cost of a lot there, millionths of a tick; the nearest number that fits.
     */
    int64_t cost_micro;
    /**
     * The venue.
     */
    uint32_t venue;
    /**
     * `MM_ROUTE_REASON_*`: what decided for it against the next.
     */
    uint8_t reason;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_route_t;

/**
 * How a shutdown goes about it.
 */
typedef struct mm_shutdown_config_t {
    /**
     * Set by `mm_shutdown_config_init`.
     */
    size_t struct_size;
    /**
     * Most lots of one flattening order; default the most that there can be.
     */
    uint64_t clip;
    /**
     * How long a request may go unanswered before it is repeated, ns. Default 100 ms.
     */
    uint64_t retry_ns;
    /**
     * How long a flattening order may work before it is placed anew, ns. Default one second.
     */
    uint64_t reprice_ns;
    /**
     * When it gives up, ns after it began. Default 30 s.
     */
    uint64_t deadline_ns;
    /**
     * Ticks beyond the best price that crossing may go. Default 10.
     */
    uint32_t slippage_ticks;
    /**
     * `MM_FLATTEN_*`. Default cross.
     */
    uint8_t policy;
    /**
     * Zero.
     */
    uint8_t reserved[3];
} mm_shutdown_config_t;

/**
 * What a shutdown has done and what is left.
 */
typedef struct mm_shutdown_report_t {
    /**
     * Orders that still work.
     */
    uint64_t working_orders;
    /**
     * Of these, orders whose request was not answered in time.
     */
    uint64_t unknown_orders;
    /**
     * Lots that working orders can still trade, buys and sells together.
     */
    uint64_t working_quantity;
    /**
     * Lots held.
     */
    int64_t position;
    /**
     * Actions sent so far.
     */
    uint64_t actions;
    /**
     * `MM_E_RISK_*` of the last refusal of a flattening order, else 0.
     */
    mm_status_t last_refusal;
    /**
     * `MM_SHUTDOWN_*`.
     */
    uint8_t phase;
    /**
     * 1 when there is nothing more to do.
     */
    uint8_t is_over;
    /**
     * Zero.
     */
    uint8_t reserved[2];
} mm_shutdown_report_t;

/**
 * Capacities, durability and account of a store.
 */
typedef struct mm_store_config_t {
    /**
     * Set by `mm_store_config_init`.
     */
    size_t struct_size;
    /**
     * Equity at the start, account units. A store that exists keeps its own. Default 0.
     */
    int64_t capital;
    /**
     * Limits of the positions, not stored. Defaults as those of a tracker.
     */
    struct mm_position_limits_t limits;
    /**
     * Disk: syncs when an event's timestamp is this many nanoseconds after that of the last sync; 0 not by time.
     */
    uint64_t sync_every_ns;
    /**
     * Disk: syncs after so many events, 1 for each; 0 not by number. With both zero only `mm_store_sync` syncs.
     */
    uint32_t sync_every_events;
    /**
     * Instruments that can be registered, 1 to 65536. Default 64.
     */
    uint32_t instruments;
    /**
     * Working orders of all instruments together, 0 to 65536. Default 1024.
     */
    uint32_t orders;
    /**
     * Latches, 0 to 4096. Default 64.
     */
    uint32_t latches;
    /**
     * Fill ids that are remembered per instrument, 0 to 4096. Default 64.
     */
    uint32_t fill_window;
    /**
     * Latest trades that are kept, 0 to 2^24. Default 0.
     */
    uint32_t history;
    /**
     * `MM_DURABILITY_*`. Default process.
     */
    uint8_t durability;
    /**
     * `MM_STORE_OPEN_OR_CREATE`, `MM_STORE_OPEN` or `MM_STORE_CREATE`.
     */
    uint8_t mode;
    /**
     * 1: a store that exists keeps its capacities and its kind of durability, whatever is asked for here. 0: they must
     * be the same.
     */
    uint8_t keep_capacities;
    /**
     * Zero.
     */
    uint8_t reserved[5];
} mm_store_config_t;

/**
 * A working order as a store keeps it. State 0 stands for an order that is over, of which only `order_id` is used.
 */
typedef struct mm_store_order_t {
    /**
     * Its client id.
     */
    uint64_t order_id;
    /**
     * The id of a replacement under way or a predecessor, else 0.
     */
    uint64_t linked_id;
    /**
     * The order that it took the place of, while that is not confirmed; else 0.
     */
    uint64_t predecessor;
    /**
     * Its price, ticks.
     */
    int64_t price;
    /**
     * Lots that are left.
     */
    uint64_t remaining;
    /**
     * Lots that it has traded.
     */
    uint64_t filled;
    /**
     * Price of the replacement under way, ticks.
     */
    int64_t new_price;
    /**
     * Lots of the replacement under way.
     */
    uint64_t new_quantity;
    /**
     * Lots of the replacement as it was sent.
     */
    uint64_t new_quantity_sent;
    /**
     * When its last request was sent, ns.
     */
    uint64_t sent;
    /**
     * The host's own: the venue's order id, a strategy.
     */
    uint64_t tags[2];
    /**
     * What it was while its state is not known, else 0.
     */
    uint64_t was;
    /**
     * The instrument.
     */
    uint32_t instrument;
    /**
     * `MM_SIDE_*`.
     */
    uint8_t side;
    /**
     * `MM_ORDER_*` or the host's own number; 0 removes the order.
     */
    uint8_t state;
    /**
     * Which wanted quote it serves.
     */
    uint8_t level;
    /**
     * The order manager's or the host's own flags.
     */
    uint8_t flags;
} mm_store_order_t;

/**
 * Something that a restart must not forget: a limit that has tripped, a kill switch that is on. All words zero is a latch
 * that is not set. The words of a risk gate are its `mm_risk_latches_t`, byte for byte: copy them with `memcpy`.
 */
typedef struct mm_store_latch_t {
    /**
     * Its place in the store, below the configured number.
     */
    uint64_t id;
    /**
     * What it holds: the words of whoever latches.
     */
    uint64_t words[MM_STORE_LATCH_WORDS];
} mm_store_latch_t;

/**
 * Everything that one event of the host changes. Zeros are an event that changes nothing.
 */
typedef struct mm_store_update_t {
    /**
     * Its number in the host's stream of events of the instrument, or of the account; they increase. 0 for none: then
     * only `fill_id` tells whether it was applied.
     */
    uint64_t sequence;
    /**
     * When, ns, for `sync_every_ns`.
     */
    uint64_t timestamp;
    /**
     * A fill, or null. Its instrument is that of the update.
     */
    const struct mm_fill_t *fill;
    /**
     * The venue's id of the fill, 0 for none.
     */
    uint64_t fill_id;
    /**
     * A price to value the open lots at, ticks, when `has_mark` is 1; not with a fill.
     */
    int64_t mark;
    /**
     * Orders that are new, have changed or are over, each id at most once.
     */
    const struct mm_store_order_t *orders;
    /**
     * How many, 4096 at most.
     */
    size_t order_count;
    /**
     * Latches that are set or cleared, each id at most once.
     */
    const struct mm_store_latch_t *latches;
    /**
     * How many.
     */
    size_t latch_count;
    /**
     * What the order manager will use next, 0 for as before.
     */
    uint64_t next_order_sequence;
    /**
     * The instrument, when `has_instrument` is 1.
     */
    uint32_t instrument;
    /**
     * 1 for an event of an instrument, 0 for one of the account.
     */
    uint8_t has_instrument;
    /**
     * 1 when `mark` counts.
     */
    uint8_t has_mark;
    /**
     * Zero.
     */
    uint16_t reserved;
} mm_store_update_t;

/**
 * What a store is and how it was found.
 */
typedef struct mm_store_info_t {
    /**
     * The number of the last event: counts every change since the store was made.
     */
    uint64_t epoch;
    /**
     * The last event that is safe from a loss of power; 0 without `MM_DURABILITY_DISK`.
     */
    uint64_t synced_epoch;
    /**
     * The event whose state was found, under `MM_RECOVERY_FROM_CHECKPOINT`, else 0.
     */
    uint64_t recovered_epoch;
    /**
     * The sequence of the last event of the account, else 0.
     */
    uint64_t last_event;
    /**
     * What `next_order_sequence` was last said to be, else 0.
     */
    uint64_t next_order_sequence;
    /**
     * One number for the whole state but the epoch: equal for equal states.
     */
    uint64_t state_hash;
    /**
     * Instruments that are registered.
     */
    uint32_t instruments;
    /**
     * Working orders.
     */
    uint32_t orders;
    /**
     * Latches that are set.
     */
    uint32_t latches;
    /**
     * Trades that are kept.
     */
    uint32_t trades;
    /**
     * Instruments that can be registered.
     */
    uint32_t instrument_capacity;
    /**
     * Orders that can work at once.
     */
    uint32_t order_capacity;
    /**
     * Latches.
     */
    uint32_t latch_capacity;
    /**
     * Trades that can be kept.
     */
    uint32_t history;
    /**
     * Fill ids that are remembered per instrument.
     */
    uint32_t fill_window;
    /**
     * `MM_DURABILITY_*`.
     */
    uint8_t durability;
    /**
     * `MM_RECOVERY_*`; reopened for a reader.
     */
    uint8_t recovery;
    /**
     * Zero.
     */
    uint8_t reserved[2];
} mm_store_info_t;

/**
 * What was applied to an instrument last.
 */
typedef struct mm_store_applied_t {
    /**
     * The id of its last fill that had one, else 0.
     */
    uint64_t last_fill_id;
    /**
     * The sequence of its last event that had one, else 0.
     */
    uint64_t last_event;
} mm_store_applied_t;

/**
 * Seeded Poisson order flow through a matching book. Rates are per second of simulated time.
 */
typedef struct mm_synthetic_config_t {
    /**
     * Set by `mm_synthetic_config_init`.
     */
    size_t struct_size;
    /**
     * Seed of the generator (xoshiro256++). Default 1.
     */
    uint64_t seed;
    /**
     * How many events there are, the opening book included. Default 1000000.
     */
    uint64_t events;
    /**
     * Fair price at the start, ticks. Default 10000.
     */
    int64_t start_price;
    /**
     * Standard deviation of the fair price's change, ticks per square root of a second. Default 1.
     */
    double volatility;
    /**
     * Limit orders per second, both sides together. Default 50.
     */
    double limit_rate;
    /**
     * Market orders per second, both sides together. Default 8.
     */
    double market_rate;
    /**
     * Cancels per second of each resting order. Default 0.1.
     */
    double cancel_rate;
    /**
     * Mean distance of a limit order from the fair price, ticks, at least 1. Default 6.
     */
    double mean_distance;
    /**
     * Mean quantity of an order, lots, at least 1. Default 100.
     */
    double mean_quantity;
    /**
     * Orders that the flow's book can hold. Default 16384.
     */
    uint32_t max_orders;
    /**
     * Instrument that the events carry. Default 0.
     */
    uint32_t instrument;
} mm_synthetic_config_t;

/**
 * What a model reads and gives.
 */
typedef struct mm_trees_info_t {
    /**
     * Values of a row.
     */
    size_t features;
    /**
     * Values of a prediction: one, or one per class.
     */
    size_t outputs;
    /**
     * Trees, over all outputs.
     */
    size_t trees;
} mm_trees_info_t;

/**
 * Latencies and capacities of a venue.
 */
typedef struct mm_venue_config_t {
    /**
     * Set by `mm_venue_config_init`.
     */
    size_t struct_size;
    /**
     * From sending a new order or a replacement to its arrival, ns. Default 0.
     */
    uint64_t entry_latency;
    /**
     * From sending a cancel to its arrival, ns. Default 0.
     */
    uint64_t cancel_latency;
    /**
     * Own orders that may rest at once, 1 to 2^20. Default 64.
     */
    uint32_t max_orders;
    /**
     * Own requests that may be under way at once, 1 to 2^20. Default 256.
     */
    uint32_t max_requests;
} mm_venue_config_t;

/**
 * How a pool of threads runs.
 */
typedef struct mm_worker_pool_config_t {
    /**
     * Set by `mm_worker_pool_config_init`.
     */
    size_t struct_size;
    /**
     * Processors to bind the threads to, in turn; null binds none. Read only during the create.
     */
    const uint32_t *processors;
    /**
     * How many.
     */
    size_t processor_count;
    /**
     * With `MM_IDLE_SLEEP`, ns. Default 50 microseconds.
     */
    uint64_t idle_time;
    /**
     * Threads, 1 to 1024. Default 1.
     */
    uint32_t threads;
    /**
     * Tasks that can wait for one thread, and as many again for any; at least 1. Default 4096.
     */
    uint32_t capacity;
    /**
     * `MM_BACK_PRESSURE_*`. Default wait.
     */
    uint8_t back_pressure;
    /**
     * `MM_IDLE_*`. Default sleep.
     */
    uint8_t idle;
    /**
     * Zero.
     */
    uint8_t reserved[6];
} mm_worker_pool_config_t;

/**
 * A task: called once with its context, on a thread of the pool. A negative result is counted as a failure and changes
 * nothing else. It must return: no C++ exception may leave it, and no longjmp.
 */
typedef mm_status_t (*mm_task_t)(void *context);

/**
 * What a pool has done since its start.
 */
typedef struct mm_worker_pool_stats_t {
    /**
     * Tasks taken.
     */
    uint64_t submitted;
    /**
     * Tasks that have run, those that failed included.
     */
    uint64_t finished;
    /**
     * Of these, tasks whose result was negative.
     */
    uint64_t failed;
    /**
     * Tasks that made room for newer ones and never ran.
     */
    uint64_t dropped;
    /**
     * Submits refused because there was no room.
     */
    uint64_t refused;
    /**
     * Submits that had to wait for room.
     */
    uint64_t waited;
    /**
     * Tasks that wait now.
     */
    uint64_t waiting;
    /**
     * Threads.
     */
    uint64_t threads;
} mm_worker_pool_stats_t;

/**
 * Success.
 */
#define MM_OK 0

/**
 * Success, and the stream has ended: there is nothing more to read.
 */
#define MM_END 1

/**
 * Success up to a point: the output says how far, and why not further.
 */
#define MM_PARTIAL 2

/**
 * Success, and nothing changed: the report was about an order that is over.
 */
#define MM_STALE 3

/**
 * Success, and nothing changed: the event was applied before.
 */
#define MM_DUPLICATE 4

/**
 * The event is applied, but the sync that was due failed: it would not survive a loss of power.
 */
#define MM_UNSYNCED 5

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

/**
 * There is one with this id already.
 */
#define MM_E_DUPLICATE -14

/**
 * A quantity of zero lots.
 */
#define MM_E_ZERO_QUANTITY -15

/**
 * A price beyond plus or minus 2^61 ticks, or outside what the book can hold.
 */
#define MM_E_PRICE_RANGE -16

/**
 * A quantity above 2^63-1 lots, or above what the order has.
 */
#define MM_E_QUANTITY_RANGE -17

/**
 * The report or event is about another instrument.
 */
#define MM_E_WRONG_INSTRUMENT -18

/**
 * More than the order has.
 */
#define MM_E_QUANTITY_EXCEEDS -19

/**
 * The pointer is not to a block of this pool.
 */
#define MM_E_BLOCK_FOREIGN -20

/**
 * The block is free already.
 */
#define MM_E_BLOCK_FREE -21

/**
 * The position would exceed `max_position_size`.
 */
#define MM_E_LIMIT_POSITION -101

/**
 * The position would exceed `max_long_position`.
 */
#define MM_E_LIMIT_LONG -102

/**
 * The position would exceed `max_short_position`.
 */
#define MM_E_LIMIT_SHORT -103

/**
 * The day's loss exceeds `max_daily_loss`.
 */
#define MM_E_LIMIT_DAILY_LOSS -104

/**
 * The fall of equity from its highest point exceeds `max_drawdown`.
 */
#define MM_E_LIMIT_DRAWDOWN -105

/**
 * Risk refusal: the kill switch is on.
 */
#define MM_E_RISK_KILL_SWITCH -201

/**
 * Risk refusal: no lots, too many lots for any order, or a price out of range.
 */
#define MM_E_RISK_INVALID_ORDER -202

/**
 * Risk refusal: more lots than one order may have.
 */
#define MM_E_RISK_ORDER_QUANTITY -203

/**
 * Risk refusal: more notional than one order may have.
 */
#define MM_E_RISK_ORDER_NOTIONAL -204

/**
 * Risk refusal: a collar is set and there is no reference price to measure from.
 */
#define MM_E_RISK_NO_REFERENCE -205

/**
 * Risk refusal: too far from the reference price.
 */
#define MM_E_RISK_PRICE_COLLAR -206

/**
 * Risk refusal: if every working buy order filled, the position would be too long.
 */
#define MM_E_RISK_LONG_POSITION -207

/**
 * Risk refusal: if every working sell order filled, the position would be too short.
 */
#define MM_E_RISK_SHORT_POSITION -208

/**
 * Risk refusal: too many messages.
 */
#define MM_E_RISK_MESSAGE_RATE -209

/**
 * Risk refusal: the host has halted the gate.
 */
#define MM_E_RISK_HALTED -210

/**
 * Risk refusal: only orders that reduce the position may pass.
 */
#define MM_E_RISK_REDUCE_ONLY -211

/**
 * Risk refusal: the instrument may not be traded.
 */
#define MM_E_RISK_RESTRICTED_INSTRUMENT -212

/**
 * Risk refusal: the gate's table of instruments is full.
 */
#define MM_E_RISK_UNKNOWN_INSTRUMENT -213

/**
 * Risk refusal: the price is no multiple of the price increment.
 */
#define MM_E_RISK_OFF_TICK -214

/**
 * Risk refusal: the quantity is no multiple of the quantity increment.
 */
#define MM_E_RISK_OFF_LOT -215

/**
 * Risk refusal: fewer lots than an order must have.
 */
#define MM_E_RISK_MIN_QUANTITY -216

/**
 * Risk refusal: the reference price is too old to measure from.
 */
#define MM_E_RISK_STALE_REFERENCE -217

/**
 * Risk refusal: a post-only order that would trade on arrival.
 */
#define MM_E_RISK_POST_ONLY -218

/**
 * Risk refusal: too near to an own quote of the other side.
 */
#define MM_E_RISK_OWN_SPREAD -219

/**
 * Risk refusal: it would trade with an own order.
 */
#define MM_E_RISK_SELF_TRADE -220

/**
 * Risk refusal: an order with this id has passed already.
 */
#define MM_E_RISK_DUPLICATE_ID -221

/**
 * Risk refusal: the same order has passed within the window.
 */
#define MM_E_RISK_DUPLICATE_ORDER -222

/**
 * Risk refusal: gross notional over all instruments, in the worst case of working orders.
 */
#define MM_E_RISK_GROSS_NOTIONAL -223

/**
 * Risk refusal: net notional over all instruments, in the worst case of working orders.
 */
#define MM_E_RISK_NET_NOTIONAL -224

/**
 * Risk refusal: too much of the gross notional in one instrument.
 */
#define MM_E_RISK_CONCENTRATION -225

/**
 * Risk refusal: too many working orders.
 */
#define MM_E_RISK_WORKING_ORDERS -226

/**
 * Risk refusal: too many orders for the trades that they brought.
 */
#define MM_E_RISK_ORDER_TO_TRADE -227

/**
 * Risk refusal: too many executions on one side of an instrument within the window.
 */
#define MM_E_RISK_REPEATED_EXECUTION -228

/**
 * Risk refusal: too many fills, lots or notional within the window.
 */
#define MM_E_RISK_MARKET_MAKER_PROTECTION -229

/**
 * Risk refusal: the day's loss is too large: realised, unrealised and fees.
 */
#define MM_E_RISK_DAILY_LOSS -230

/**
 * Risk refusal: equity has fallen too far from its peak.
 */
#define MM_E_RISK_DRAWDOWN -231

/**
 * Risk refusal: too many losing trades in a row.
 */
#define MM_E_RISK_CONSECUTIVE_LOSSES -232

/**
 * Risk refusal: value at risk is too large.
 */
#define MM_E_RISK_VALUE_AT_RISK -233

/**
 * Risk refusal: expected shortfall is too large.
 */
#define MM_E_RISK_EXPECTED_SHORTFALL -234

/**
 * Risk refusal: the market moves against our fills: adverse selection.
 */
#define MM_E_RISK_MARKOUT -235

/**
 * Risk refusal: the instrument's market data are too old.
 */
#define MM_E_RISK_STALE_DATA -236

/**
 * Risk refusal: market data have been missed and not recovered.
 */
#define MM_E_RISK_SEQUENCE_GAP -237

/**
 * Risk refusal: the instrument's bid meets its ask.
 */
#define MM_E_RISK_CROSSED_BOOK -238

/**
 * Risk refusal: time has gone back by more than is tolerated.
 */
#define MM_E_RISK_CLOCK_BACKWARDS -239

/**
 * Risk refusal: the venue's orders or positions differ from ours.
 */
#define MM_E_RISK_RECONCILIATION_BREAK -240

/**
 * Risk refusal: the host has not given a sign of life.
 */
#define MM_E_RISK_DEAD_MAN -241

/**
 * The latches have another token, or nothing is latched.
 */
#define MM_E_RISK_TOKEN -290

/**
 * A reset needs a reason of 1 to 32 bytes.
 */
#define MM_E_RISK_NO_REASON -291

/**
 * Stored latches that no gate can have written.
 */
#define MM_E_RISK_LATCHES -292

/**
 * The order was ours and is finished: a late or repeated report, usually harmless.
 */
#define MM_E_ORDER_FINISHED -301

/**
 * The request or report does not fit the order's state.
 */
#define MM_E_ORDER_STATE -302

/**
 * The report's quantities contradict what the order has left: a repeated or a lost fill.
 */
#define MM_E_REPORT_INCONSISTENT -303

/**
 * The report's side, price or quantity cannot be.
 */
#define MM_E_BAD_REPORT -304

/**
 * A wanted price or quantity that is no number or out of range.
 */
#define MM_E_BAD_QUOTE -305

/**
 * The best wanted bid is not below the best wanted ask.
 */
#define MM_E_CROSSED_QUOTES -306

/**
 * Every client order id has been used.
 */
#define MM_E_IDS_EXHAUSTED -307

/**
 * A fill-or-kill order that cannot be filled at once.
 */
#define MM_E_CANNOT_FILL -401

/**
 * A post-only order that would trade.
 */
#define MM_E_WOULD_TRADE -402

/**
 * Order attributes that contradict each other.
 */
#define MM_E_BAD_ORDER -403

/**
 * An event that this book does not apply: a price level on an order book, an order on a level book.
 */
#define MM_E_WRONG_EVENT -404

/**
 * The bytes are not a snapshot, are cut short, or their checksum or contents are wrong.
 */
#define MM_E_SNAPSHOT -405

/**
 * The snapshot was written by another version of the format.
 */
#define MM_E_SNAPSHOT_VERSION -406

/**
 * The file cannot be opened or mapped.
 */
#define MM_E_IO -501

/**
 * A line or record is not what its format says.
 */
#define MM_E_MALFORMED -502

/**
 * The file ends inside a record.
 */
#define MM_E_TRUNCATED -503

/**
 * The compressed file is damaged.
 */
#define MM_E_CORRUPT -504

/**
 * The format, the file or this build of the library cannot give what was asked for.
 */
#define MM_E_UNSUPPORTED -505

/**
 * The weights do not fit the model: a tensor is missing, has another shape or type, or is not finite.
 */
#define MM_E_WEIGHTS -601

/**
 * An input of a model has another length than the model reads.
 */
#define MM_E_INPUT_LENGTH -602

/**
 * An input of a model is NaN or infinite, and no earlier value may stand in for it.
 */
#define MM_E_INPUT_NOT_FINITE -603

/**
 * The inputs are so large that the result is not finite.
 */
#define MM_E_OUTPUT_NOT_FINITE -604

/**
 * The model or window has not seen enough rows yet.
 */
#define MM_E_NOT_READY -605

/**
 * The weights belong to several handles, so that they cannot be changed.
 */
#define MM_E_SHARED -606

/**
 * The instruction set that the environment asks for is unknown or not available.
 */
#define MM_E_ISA -607

/**
 * The file is not a store.
 */
#define MM_E_STORE_FORMAT -701

/**
 * The store was written by another version of the format.
 */
#define MM_E_STORE_VERSION -702

/**
 * The store's records have another layout, or the other byte order.
 */
#define MM_E_STORE_LAYOUT -703

/**
 * The store is shorter or longer than its header says.
 */
#define MM_E_STORE_SIZE -704

/**
 * The store was made with another capacity or another kind of durability.
 */
#define MM_E_STORE_CAPACITY -705

/**
 * The store contradicts its checksums, and there is no checkpoint to fall back on.
 */
#define MM_E_STORE_CORRUPT -706

/**
 * The store has a writer already.
 */
#define MM_E_STORE_LOCKED -707

/**
 * The store's file or its file system admits no writing.
 */
#define MM_E_STORE_READ_ONLY -708

/**
 * The disk, the quota or the process's limit has no room for the store.
 */
#define MM_E_STORE_NO_SPACE -709

/**
 * There is a file already.
 */
#define MM_E_STORE_EXISTS -710

/**
 * The store was replaced by a resized file: open the path again.
 */
#define MM_E_STORE_SUPERSEDED -711

/**
 * The store changed during every attempt to read it.
 */
#define MM_E_STORE_BUSY -712

/**
 * The pool was closed and takes nothing more.
 */
#define MM_E_CLOSED -801

/**
 * A task of the pool cannot wait for the pool.
 */
#define MM_E_OWN_TASK -802

/**
 * A thread could not be bound to a processor.
 */
#define MM_E_PROCESSOR -803

/**
 * The system gives no more threads.
 */
#define MM_E_THREAD -804

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
 * What a status means, in a few words; never null, static storage. `mm_last_error_message` says more of one failure.
 *
 * Safety:
 * None needed: any number is fine, from any thread.
 */
const char *mm_status_text(mm_status_t status) MM_NOEXCEPT;

/**
 * The name of a status (`"MM_E_NULL"`), `"MM_E_UNKNOWN"` for a number that is none. Never null; static storage.
 *
 * Safety:
 * None needed: any number is fine, from any thread.
 */
const char *mm_status_name(mm_status_t status) MM_NOEXCEPT;

/**
 * What the last failing call of this thread had to say: NUL-terminated UTF-8 of at most 511 bytes, `""` before the
 * first failure. Never null. A call that succeeds leaves the text as it is.
 *
 * Safety:
 * None needed. The text is the thread's own and is overwritten by its next failing call.
 */
const char *mm_last_error_message(void) MM_NOEXCEPT;

/**
 * Fills an instrument with its defaults. Pass `sizeof *instrument` as `struct_size`.
 *
 * Safety:
 * `instrument` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_instrument_init(struct mm_instrument_t *instrument, size_t struct_size) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_pool_config_init(struct mm_pool_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Makes a pool with every block free and all its memory in place.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a size, alignment or capacity that cannot be,
 * `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `config` points to an initialised config; `pool` is writable. Free the handle with `mm_pool_destroy`.
 */
mm_status_t mm_pool_create(const struct mm_pool_config_t *config, struct mm_pool_t **pool) MM_NOEXCEPT;

/**
 * Frees a pool and every block of it. Null is fine.
 *
 * Safety:
 * `pool` is null or a live handle that is not used afterwards, nor are its blocks.
 */
void mm_pool_destroy(struct mm_pool_t *pool) MM_NOEXCEPT;

/**
 * Hands out a block, aligned, with whatever it last held. It is valid until it is freed or the pool is destroyed. Hot
 * path, O(1).
 *
 * Errors:
 * `MM_E_FULL`.
 *
 * Safety:
 * `pool` is a live handle that no other thread uses; `block` is writable.
 */
mm_status_t mm_pool_alloc(struct mm_pool_t *pool,
                          void **block) MM_NOEXCEPT;

/**
 * Takes a block back. Null is fine. Hot path, O(1).
 *
 * Errors:
 * `MM_E_BLOCK_FOREIGN` for a pointer that is not to a block of this pool, `MM_E_BLOCK_FREE` for a block that is free
 * already.
 *
 * Safety:
 * `pool` is a live handle that no other thread uses; the block is not used afterwards.
 */
mm_status_t mm_pool_free(struct mm_pool_t *pool,
                         void *block) MM_NOEXCEPT;

/**
 * What the pool has done so far.
 *
 * Safety:
 * `pool` is a live handle that no other thread changes; `stats` is writable.
 */
mm_status_t mm_pool_stats(const struct mm_pool_t *pool, struct mm_pool_stats_t *stats) MM_NOEXCEPT;

/**
 * Fails as a bug in the library would: returns `MM_E_PANIC` and poisons the pool. For a host's tests of what it does
 * when that happens; nothing else calls it.
 *
 * Safety:
 * `pool` is a live handle that no other thread uses.
 */
mm_status_t mm_pool_simulate_panic(struct mm_pool_t *pool) MM_NOEXCEPT;

/**
 * Makes analytics that have seen nothing, with all their storage.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
 *
 * Safety:
 * `config` points to an initialised config; `analytics` is writable. Free the handle with `mm_analytics_destroy`.
 */
mm_status_t mm_analytics_create(const struct mm_analytics_config_t *config,
                                struct mm_analytics_t **analytics) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `analytics` is null or a live handle that is not used afterwards.
 */
void mm_analytics_destroy(struct mm_analytics_t *analytics) MM_NOEXCEPT;

/**
 * Applies one event to the book, as `mm_book_apply`, and tells the analytics. `touched`, which may be null, gets `MM_TOUCHED*`
 * bits. Hot path.
 *
 * Errors:
 * Those of `mm_book_apply`; neither the book nor the analytics have changed then.
 *
 * Safety:
 * `analytics` and `book` are live handles that no other thread uses; `event` is readable; `touched` is null or writable.
 */
mm_status_t mm_analytics_apply(struct mm_analytics_t *analytics,
                               struct mm_book_t *book,
                               const struct mm_event_t *event,
                               uint32_t *touched) MM_NOEXCEPT;

/**
 * As `mm_analytics_apply`, on a level book: everything but the lives of orders and the cancellations.
 *
 * Errors:
 * Those of `mm_level_book_apply`; neither the book nor the analytics have changed then.
 *
 * Safety:
 * As for `mm_analytics_apply`.
 */
mm_status_t mm_analytics_apply_level(struct mm_analytics_t *analytics,
                                     struct mm_level_book_t *book,
                                     const struct mm_event_t *event,
                                     uint32_t *touched) MM_NOEXCEPT;

/**
 * It is `now`, ns, without an event: what was waiting for it is settled. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread uses.
 */
mm_status_t mm_analytics_advance(struct mm_analytics_t *analytics, uint64_t now) MM_NOEXCEPT;

/**
 * There is a gap in the feed at `now`, ns: what is open is not seen to end, and the next book follows nothing.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread uses.
 */
mm_status_t mm_analytics_interrupt(struct mm_analytics_t *analytics,
                                   uint64_t now) MM_NOEXCEPT;

/**
 * What answers about fills are used for from now on: `MM_FILLS_*`.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread uses.
 */
mm_status_t mm_analytics_set_fill_mode(struct mm_analytics_t *analytics, uint8_t mode) MM_NOEXCEPT;

/**
 * The book's report.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `report` is writable.
 */
mm_status_t mm_analytics_book_report(const struct mm_analytics_t *analytics,
                                     struct mm_analytics_book_report_t *report) MM_NOEXCEPT;

/**
 * The trades' report.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `report` is writable.
 */
mm_status_t mm_analytics_flow_report(const struct mm_analytics_t *analytics,
                                     struct mm_analytics_flow_report_t *report) MM_NOEXCEPT;

/**
 * The fills' report.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `report` is writable.
 */
mm_status_t mm_analytics_fill_report(const struct mm_analytics_t *analytics,
                                     struct mm_analytics_fill_report_t *report) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_analytics_config_init(struct mm_analytics_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Cancellations by distance, nearest first: `MM_CANCEL_BUCKETS` buckets.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `buckets` is writable for `capacity` elements.
 */
mm_status_t mm_analytics_cancels(const struct mm_analytics_t *analytics,
                                 struct mm_cancel_bucket_t *buckets,
                                 size_t capacity) MM_NOEXCEPT;

/**
 * Spreads, impact and toxicity by horizon, shortest first; `count` gets their number.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; `MM_MAX_HORIZONS` places always suffice.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `out` is writable for `capacity` elements, `count` is writable.
 */
mm_status_t mm_analytics_markouts(const struct mm_analytics_t *analytics,
                                  struct mm_markout_t *out,
                                  size_t capacity,
                                  size_t *count) MM_NOEXCEPT;

/**
 * A cell of the impact matrix: trades of 2^bucket to 2^(bucket+1) - 1 lots, by the `horizon`-th horizon.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_FOUND` where there is no such trade.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `cell` is writable.
 */
mm_status_t mm_analytics_impact(const struct mm_analytics_t *analytics,
                                uint32_t bucket,
                                uint32_t horizon,
                                struct mm_impact_cell_t *cell) MM_NOEXCEPT;

/**
 * Curves of `MM_SURVIVAL_*` as of `now`, ns, shortest duration first; `count` gets the number of points. For orders those that
 * entered at one `distance` (0 improved, 1 joined the best, 2 a tick behind, 3 two or three, in octaves) or
 * `MM_ALL_DISTANCES`; those still alive count as not ended. O(orders).
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a distance that is none, `MM_E_BUFFER_TOO_SMALL`; 496 places always suffice.
 *
 * Safety:
 * `analytics` is a live handle that no other thread uses; `points` is writable for `capacity` elements, `count` is writable.
 */
mm_status_t mm_analytics_survival(struct mm_analytics_t *analytics,
                                  uint8_t kind,
                                  uint32_t distance,
                                  uint64_t now,
                                  struct mm_survival_point_t *points,
                                  size_t capacity,
                                  size_t *count) MM_NOEXCEPT;

/**
 * What became of what `mm_analytics_survival` draws curves of. O(orders).
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a distance that is none.
 *
 * Safety:
 * `analytics` is a live handle that no other thread uses; `summary` is writable.
 */
mm_status_t mm_analytics_survival_summary(struct mm_analytics_t *analytics,
                                          uint8_t kind,
                                          uint32_t distance,
                                          uint64_t now,
                                          struct mm_survival_summary_t *summary) MM_NOEXCEPT;

/**
 * Kyle's lambda over the whole feed so far. Hot path.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_READY` below three intervals, or while their volume has not varied.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `lambda` is writable.
 */
mm_status_t mm_analytics_kyle_lambda(const struct mm_analytics_t *analytics,
                                     struct mm_kyle_lambda_t *lambda) MM_NOEXCEPT;

/**
 * The probability that an order trades within the fill horizon that enters `behind` ticks behind the best of its side
 * (negative: better), with `ahead` lots in front of it at its price, `quantity` lots large. Hot path.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_READY` before any answer.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `probability` is writable.
 */
mm_status_t mm_analytics_fill_probability(const struct mm_analytics_t *analytics,
                                          int64_t behind,
                                          uint64_t ahead,
                                          uint64_t quantity,
                                          double *probability) MM_NOEXCEPT;

/**
 * The reliability curve: bin i of n holds the forecasts from i/n to (i+1)/n; `count` gets n.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; the config's `reliability_bins` places suffice.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `bins` is writable for `capacity` elements, `count` is writable.
 */
mm_status_t mm_analytics_reliability(const struct mm_analytics_t *analytics,
                                     struct mm_reliability_bin_t *bins,
                                     size_t capacity,
                                     size_t *count) MM_NOEXCEPT;

/**
 * Autocorrelation of the aggressors' sides at a lag, trades.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_FOUND` for a lag that is not kept, or before the sides have varied.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `value` is writable.
 */
mm_status_t mm_analytics_sign_autocorrelation(const struct mm_analytics_t *analytics,
                                              uint32_t lag,
                                              double *value) MM_NOEXCEPT;

/**
 * Dispersion of the counts of trades in windows of the `window`-th length.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_FOUND` for a window that is none, or before two have passed.
 *
 * Safety:
 * `analytics` is a live handle that no other thread changes; `counts` is writable.
 */
mm_status_t mm_analytics_counts(const struct mm_analytics_t *analytics,
                                uint32_t window,
                                struct mm_count_dispersion_t *counts) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_book_config_init(struct mm_book_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Makes an empty book with all its storage.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a size out of range, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `config` points to an initialised config; `book` is writable. Free the handle with `mm_book_destroy`.
 */
mm_status_t mm_book_create(const struct mm_book_config_t *config,
                           struct mm_book_t **book) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `book` is null or a live handle that is not used afterwards.
 */
void mm_book_destroy(struct mm_book_t *book) MM_NOEXCEPT;

/**
 * A new order rests behind its level's queue. `touched` may be null; it gets `MM_TOUCHED*` bits. Feed mode: never matches.
 * Hot path, O(1) inside the window.
 *
 * Errors:
 * `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_DUPLICATE`, `MM_E_FULL`, `MM_E_OVERFLOW` (the sum of the
 * level), `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_add(struct mm_book_t *book,
                        uint64_t order_id,
                        uint8_t side,
                        int64_t price,
                        uint64_t quantity,
                        uint32_t *touched) MM_NOEXCEPT;

/**
 * A resting order shrinks by `by` lots and keeps its priority; it leaves when nothing is left. Hot path.
 *
 * Errors:
 * `MM_E_ZERO_QUANTITY`, `MM_E_NOT_FOUND`, `MM_E_QUANTITY_EXCEEDS`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_reduce(struct mm_book_t *book,
                           uint64_t order_id,
                           uint64_t by,
                           uint32_t *touched) MM_NOEXCEPT;

/**
 * A resting order leaves. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_delete(struct mm_book_t *book, uint64_t order_id, uint32_t *touched) MM_NOEXCEPT;

/**
 * A resting order traded `quantity` lots at its own price, as the feed reports it. Hot path.
 *
 * Errors:
 * As for `mm_book_reduce`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_execute(struct mm_book_t *book,
                            uint64_t order_id,
                            uint64_t quantity,
                            uint32_t *touched) MM_NOEXCEPT;

/**
 * A resting order takes a new price and a new open quantity. It keeps its place when the price stays and the quantity does
 * not grow; otherwise it goes behind the queue. Never matches. Hot path.
 *
 * Errors:
 * `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_NOT_FOUND`, `MM_E_OVERFLOW`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_modify(struct mm_book_t *book,
                           uint64_t order_id,
                           int64_t price,
                           uint64_t quantity,
                           uint32_t *touched) MM_NOEXCEPT;

/**
 * A resting order gives way to a new one of the same side, behind the queue. Both ids may be the same. Hot path.
 *
 * Errors:
 * As for `mm_book_modify`; `MM_E_DUPLICATE` when `new_order_id` rests already.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_replace(struct mm_book_t *book,
                            uint64_t order_id,
                            uint64_t new_order_id,
                            int64_t price,
                            uint64_t quantity,
                            uint32_t *touched) MM_NOEXCEPT;

/**
 * Anonymous liquidity joins the front of its level's queue: what a price-level snapshot shows without ids.
 *
 * Errors:
 * As for `mm_book_add` without `MM_E_DUPLICATE`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_seed(struct mm_book_t *book,
                         uint8_t side,
                         int64_t price,
                         uint64_t quantity,
                         uint32_t *touched) MM_NOEXCEPT;

/**
 * Anonymous liquidity shrinks by `by` lots, or by all of it when it is smaller (`MM_TOUCHED_SHORT` tells).
 *
 * Errors:
 * `MM_E_ZERO_QUANTITY`, `MM_E_NOT_FOUND`, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_reduce_seed(struct mm_book_t *book,
                                uint8_t side,
                                int64_t price,
                                uint64_t by,
                                uint32_t *touched) MM_NOEXCEPT;

/**
 * Everything leaves. O(orders).
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_book_clear(struct mm_book_t *book, uint32_t *touched) MM_NOEXCEPT;

/**
 * Makes room for at least `additional` more orders than rest now. A book that has less moves into new storage, twice as large or
 * larger: queues, arrival stamps and all views stay as they are. O(room) then, and allocates: not for the hot path. Much more
 * room than is used costs cache, so a book of a feed that nobody knows may start small and be asked this now and then.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` when that is more than a book can have room for, `MM_E_OUT_OF_MEMORY`. The book is as before then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses.
 */
mm_status_t mm_book_reserve(struct mm_book_t *book,
                            uint32_t additional) MM_NOEXCEPT;

/**
 * Applies one event of an order-by-order feed; `touched` may be null. Hot path.
 *
 * `MM_EVENT_REDUCE`, `_DELETE` and `_EXECUTE` of an unknown order with `MM_FLAG_LOCATED` come out of the anonymous liquidity of
 * their level. Trades, quotes and status events change nothing.
 *
 * Errors:
 * Those of the single operations; `MM_E_WRONG_EVENT` for a price-level event; `MM_E_ENUM`. The book is unchanged then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
 */
mm_status_t mm_book_apply(struct mm_book_t *book,
                          const struct mm_event_t *event,
                          uint32_t *touched) MM_NOEXCEPT;

/**
 * Applies events in order with exactly the result of `mm_book_apply` one by one, loading ahead the memory that they will
 * touch: faster on deep books. Stops at the first event that is refused and says so with `MM_PARTIAL`; `batch` tells how many
 * were applied and why it stopped. Hot path.
 *
 * Errors:
 * `MM_E_NULL`; no event has been applied then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `events` is readable for `count` elements; `batch` is writable.
 */
mm_status_t mm_book_apply_batch(struct mm_book_t *book,
                                const struct mm_event_t *events,
                                size_t count,
                                struct mm_batch_t *batch) MM_NOEXCEPT;

/**
 * Makes a manager without instruments.
 *
 * Safety:
 * `manager` is writable. Free the handle with `mm_book_manager_destroy`.
 */
mm_status_t mm_book_manager_create(struct mm_book_manager_t **manager) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `manager` is null or a live handle that is not used afterwards.
 */
void mm_book_manager_destroy(struct mm_book_manager_t *manager) MM_NOEXCEPT;

/**
 * Registers an instrument with an empty book. Allocates: not for the hot path.
 *
 * Errors:
 * `MM_E_DUPLICATE`; those of `mm_book_create`.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `config` points to an initialised config.
 */
mm_status_t mm_book_manager_add_instrument(struct mm_book_manager_t *manager,
                                           uint32_t instrument,
                                           const struct mm_book_config_t *config) MM_NOEXCEPT;

/**
 * The registered instruments, in the order of their numbers; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `instruments` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_book_manager_instruments(const struct mm_book_manager_t *manager,
                                        uint32_t *instruments,
                                        size_t capacity,
                                        size_t *count) MM_NOEXCEPT;

/**
 * Applies an event to the book of its instrument; `touched` may be null. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_apply`.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
 */
mm_status_t mm_book_manager_apply(struct mm_book_manager_t *manager,
                                  const struct mm_event_t *event,
                                  uint32_t *touched) MM_NOEXCEPT;

/**
 * `mm_book_submit` on the book of an instrument.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_submit`.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
 * `outcome` is null or writable.
 */
mm_status_t mm_book_manager_submit(struct mm_book_manager_t *manager,
                                   uint32_t instrument,
                                   const struct mm_new_order_t *order,
                                   struct mm_book_event_t *events,
                                   size_t capacity,
                                   size_t *count,
                                   struct mm_match_t *outcome) MM_NOEXCEPT;

/**
 * `mm_book_cancel` on the book of an instrument.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_cancel`.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
 * `outcome` is null or writable.
 */
mm_status_t mm_book_manager_cancel(struct mm_book_manager_t *manager,
                                   uint32_t instrument,
                                   uint64_t order_id,
                                   uint64_t quantity,
                                   struct mm_book_event_t *events,
                                   size_t capacity,
                                   size_t *count,
                                   struct mm_match_t *outcome) MM_NOEXCEPT;

/**
 * `mm_book_best` of an instrument's book. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_best`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `level` is writable.
 */
mm_status_t mm_book_manager_best(const struct mm_book_manager_t *manager,
                                 uint32_t instrument,
                                 uint8_t side,
                                 struct mm_level_t *level) MM_NOEXCEPT;

/**
 * `mm_book_levels` of an instrument's book. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_levels`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `levels` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_book_manager_levels(const struct mm_book_manager_t *manager,
                                   uint32_t instrument,
                                   uint8_t side,
                                   struct mm_level_t *levels,
                                   size_t capacity,
                                   size_t *count) MM_NOEXCEPT;

/**
 * `mm_book_level_count` of an instrument's book.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_level_count`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_book_manager_level_count(const struct mm_book_manager_t *manager,
                                        uint32_t instrument,
                                        uint8_t side,
                                        size_t *count) MM_NOEXCEPT;

/**
 * `mm_book_order` of an instrument's book. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_order`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `order` is writable.
 */
mm_status_t mm_book_manager_order(const struct mm_book_manager_t *manager,
                                  uint32_t instrument,
                                  uint64_t order_id,
                                  struct mm_resting_order_t *order) MM_NOEXCEPT;

/**
 * `mm_book_queue_position` of an instrument's book.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument; those of `mm_book_queue_position`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `position` is writable.
 */
mm_status_t mm_book_manager_queue_position(const struct mm_book_manager_t *manager,
                                           uint32_t instrument,
                                           uint64_t order_id,
                                           struct mm_queue_position_t *position) MM_NOEXCEPT;

/**
 * How many orders rest in an instrument's book.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_book_manager_order_count(const struct mm_book_manager_t *manager,
                                        uint32_t instrument,
                                        size_t *count) MM_NOEXCEPT;

/**
 * The best level of a side. Hot path, O(1) inside the window.
 *
 * Errors:
 * `MM_E_NOT_FOUND` when the side is empty, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `level` is writable.
 */
mm_status_t mm_book_best(const struct mm_book_t *book, uint8_t side, struct mm_level_t *level) MM_NOEXCEPT;

/**
 * The level at a price. Hot path, O(1) inside the window.
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `level` is writable.
 */
mm_status_t mm_book_level(const struct mm_book_t *book,
                          uint8_t side,
                          int64_t price,
                          struct mm_level_t *level) MM_NOEXCEPT;

/**
 * The best levels of a side, best first, at most `capacity`; `count` gets how many were written. Hot path.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `levels` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_book_levels(const struct mm_book_t *book,
                           uint8_t side,
                           struct mm_level_t *levels,
                           size_t capacity,
                           size_t *count) MM_NOEXCEPT;

/**
 * How many levels a side has.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_book_level_count(const struct mm_book_t *book, uint8_t side, size_t *count) MM_NOEXCEPT;

/**
 * The resting order with this id. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `order` is writable.
 */
mm_status_t mm_book_order(const struct mm_book_t *book,
                          uint64_t order_id,
                          struct mm_resting_order_t *order) MM_NOEXCEPT;

/**
 * The orders of a level, first in the queue first, at most `capacity`; `count` gets how many were written, 0 where there is no
 * level.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_book_orders_at(const struct mm_book_t *book,
                              uint8_t side,
                              int64_t price,
                              struct mm_resting_order_t *orders,
                              size_t capacity,
                              size_t *count) MM_NOEXCEPT;

/**
 * All orders of a side, best level first, first in the queue first, at most `capacity`; `count` gets how many were written.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_book_orders(const struct mm_book_t *book,
                           uint8_t side,
                           struct mm_resting_order_t *orders,
                           size_t capacity,
                           size_t *count) MM_NOEXCEPT;

/**
 * What stands before an order in its level's queue. O(orders ahead).
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `position` is writable.
 */
mm_status_t mm_book_queue_position(const struct mm_book_t *book,
                                   uint64_t order_id,
                                   struct mm_queue_position_t *position) MM_NOEXCEPT;

/**
 * How many orders rest, anonymous liquidity included (one a level).
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_book_order_count(const struct mm_book_t *book, size_t *count) MM_NOEXCEPT;

/**
 * A hash of everything that rests, queue order included: equal books have equal hashes on every machine.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `hash` is writable.
 */
mm_status_t mm_book_state_hash(const struct mm_book_t *book, uint64_t *hash) MM_NOEXCEPT;

/**
 * Bytes that a snapshot takes now.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `size` is writable.
 */
mm_status_t mm_book_snapshot_size(const struct mm_book_t *book, size_t *size) MM_NOEXCEPT;

/**
 * Writes a snapshot with a checksum; `size` gets how many bytes. O(orders), allocates nothing.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when `capacity` is less than `mm_book_snapshot_size`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `bytes` is writable for `capacity` bytes and `size` is
 * writable.
 */
mm_status_t mm_book_write_snapshot(const struct mm_book_t *book,
                                   uint8_t *bytes,
                                   size_t capacity,
                                   size_t *size) MM_NOEXCEPT;

/**
 * Replaces the book's contents by a snapshot's, queue order and arrival stamps included; the book keeps its own sizes and
 * rules. Not for the hot path.
 *
 * Errors:
 * `MM_E_SNAPSHOT` when the bytes are cut short or damaged, `MM_E_SNAPSHOT_VERSION`, `MM_E_FULL`, `MM_E_OUT_OF_MEMORY`. The book is
 * as before then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `bytes` is readable for `size` bytes.
 */
mm_status_t mm_book_read_snapshot(struct mm_book_t *book,
                                  const uint8_t *bytes,
                                  size_t size) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_level_book_config_init(struct mm_level_book_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Makes an empty level book with all its storage.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a size out of range, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `config` points to an initialised config; `book` is writable. Free the handle with `mm_level_book_destroy`.
 */
mm_status_t mm_level_book_create(const struct mm_level_book_config_t *config,
                                 struct mm_level_book_t **book) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `book` is null or a live handle that is not used afterwards.
 */
void mm_level_book_destroy(struct mm_level_book_t *book) MM_NOEXCEPT;

/**
 * The level at `price` now shows `quantity` lots in all; zero removes it. `touched` may be null. Hot path.
 *
 * Errors:
 * `MM_E_PRICE_RANGE`, `MM_E_QUANTITY_RANGE`, `MM_E_FULL`, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_level_book_set_level(struct mm_level_book_t *book,
                                    uint8_t side,
                                    int64_t price,
                                    uint64_t quantity,
                                    uint32_t *touched) MM_NOEXCEPT;

/**
 * Applies one event of a level feed; trades, quotes and status events change nothing. `touched` may be null. Hot path.
 *
 * Errors:
 * As for `mm_level_book_set_level`; `MM_E_WRONG_EVENT` for an event about an order.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `event` is readable; `touched` is null or writable.
 */
mm_status_t mm_level_book_apply(struct mm_level_book_t *book,
                                const struct mm_event_t *event,
                                uint32_t *touched) MM_NOEXCEPT;

/**
 * Everything leaves. `touched` may be null.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `touched` is null or writable.
 */
mm_status_t mm_level_book_clear(struct mm_level_book_t *book, uint32_t *touched) MM_NOEXCEPT;

/**
 * Makes room for at least `additional` more levels than there are now, as `mm_book_reserve` does for orders. Allocates: not for
 * the hot path.
 *
 * Errors:
 * As `mm_book_reserve`.
 *
 * Safety:
 * `book` is a live handle that no other thread uses.
 */
mm_status_t mm_level_book_reserve(struct mm_level_book_t *book,
                                  uint32_t additional) MM_NOEXCEPT;

/**
 * The best level of a side. Hot path, O(1) inside the window.
 *
 * Errors:
 * `MM_E_NOT_FOUND` when the side is empty, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `level` is writable.
 */
mm_status_t mm_level_book_best(const struct mm_level_book_t *book,
                               uint8_t side,
                               struct mm_level_t *level) MM_NOEXCEPT;

/**
 * The level at a price. Hot path, O(1) inside the window.
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `level` is writable.
 */
mm_status_t mm_level_book_level(const struct mm_level_book_t *book,
                                uint8_t side,
                                int64_t price,
                                struct mm_level_t *level) MM_NOEXCEPT;

/**
 * The best levels of a side, best first, at most `capacity`; `count` gets how many were written. Hot path.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `levels` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_level_book_levels(const struct mm_level_book_t *book,
                                 uint8_t side,
                                 struct mm_level_t *levels,
                                 size_t capacity,
                                 size_t *count) MM_NOEXCEPT;

/**
 * How many levels a side has.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `book` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_level_book_level_count(const struct mm_level_book_t *book,
                                      uint8_t side,
                                      size_t *count) MM_NOEXCEPT;

/**
 * Builds an engine and everything it will ever need.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT`; the message names the setting.
 *
 * Safety:
 * `config` points to an initialised config whose pointers are null or point to initialised configs; `engine` is writable.
 * Free the handle with `mm_engine_destroy`.
 */
mm_status_t mm_engine_create(const struct mm_engine_config_t *config,
                             struct mm_engine_t **engine) MM_NOEXCEPT;

/**
 * Frees an engine. Null is fine. Orders that still work at the venue are the host's to cancel.
 *
 * Safety:
 * `engine` is null or a live handle that is not used afterwards.
 */
void mm_engine_destroy(struct mm_engine_t *engine) MM_NOEXCEPT;

/**
 * Takes one market-data event; writes the order actions that follow from it, of which there are at most
 * `MM_MAX_ENGINE_ACTIONS`, and `count` gets how many. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_DUPLICATE`, `MM_E_FULL` and the other statuses of `mm_book_apply` when the book refuses the event:
 * book, quotes and orders stay as they were. `MM_E_BUFFER_TOO_SMALL`: the event has been applied, no action was made, and
 * quotes are computed again at the next event. `MM_E_ENUM` for a kind or side without meaning.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses; `event` points to an event; `actions` is writable for `capacity`
 * elements and `count` is writable.
 */
mm_status_t mm_engine_on_event(struct mm_engine_t *engine,
                               const struct mm_event_t *event,
                               struct mm_order_action_t *actions,
                               size_t capacity,
                               size_t *count) MM_NOEXCEPT;

/**
 * Computes quotes now, whether or not anything changed: after reports between events, or on a timer. `now` in ns. Rows of the
 * feature grid that have ended by then go to the predictor that is attached, first.
 *
 * Errors:
 * As for `mm_engine_on_event`, but for the book's.
 *
 * Safety:
 * As for `mm_engine_on_event`.
 */
mm_status_t mm_engine_refresh(struct mm_engine_t *engine,
                              uint64_t now,
                              struct mm_order_action_t *actions,
                              size_t capacity,
                              size_t *count) MM_NOEXCEPT;

/**
 * There is a gap in the feed that nothing in it tells of (a cleared book, a snapshot, a halt, and missing numbers where the
 * risk gate checks these tell by themselves): no move and no flow across it counts, and the prediction of a predictor
 * that is attached ends. Quotes are due at the next event. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses.
 */
mm_status_t mm_engine_interrupt(struct mm_engine_t *engine) MM_NOEXCEPT;

/**
 * Makes room in the book for at least `additional` more orders, or levels, as `mm_book_reserve` does. Quotes and results do not
 * depend on it. Allocates: not for the hot path.
 *
 * Errors:
 * As `mm_book_reserve`.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses.
 */
mm_status_t mm_engine_reserve(struct mm_engine_t *engine,
                              uint32_t additional) MM_NOEXCEPT;

/**
 * Takes the venue's word on an own order. Returns `MM_STALE` for an order that is over: nothing changed. Hot path.
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ORDER_STATE`, `MM_E_REPORT_INCONSISTENT`, `MM_E_BAD_REPORT`, `MM_E_WRONG_INSTRUMENT` for a report
 * that fits no order, `MM_E_ORDER_FINISHED` for a fill of an order that is over, `MM_E_OVERFLOW` for a fill that the position
 * cannot hold, `MM_E_ENUM`.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses; `report` points to a report.
 */
mm_status_t mm_engine_on_report(struct mm_engine_t *engine,
                                const struct mm_execution_report_t *report) MM_NOEXCEPT;

/**
 * The counters.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `stats` is writable.
 */
mm_status_t mm_engine_stats(const struct mm_engine_t *engine, struct mm_engine_stats_t *stats) MM_NOEXCEPT;

/**
 * Position and result.
 *
 * Errors:
 * `MM_E_OVERFLOW` when the unrealised profit does not fit its integer.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `account` is writable.
 */
mm_status_t mm_engine_account(const struct mm_engine_t *engine,
                              struct mm_engine_account_t *account) MM_NOEXCEPT;

/**
 * A hash of everything sent and reported so far, of the book and of the position: two replays of the same data with the
 * same settings give the same number on every machine and from every language. Linear in the book.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `hash` is writable.
 */
mm_status_t mm_engine_state_hash(const struct mm_engine_t *engine,
                                 uint64_t *hash) MM_NOEXCEPT;

/**
 * The best levels of the engine's book, best first; `count` gets how many there were. Hot path.
 *
 * Errors:
 * `MM_E_ENUM` for a side without meaning.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `levels` is writable for `capacity` elements, `count` is
 * writable.
 */
mm_status_t mm_engine_levels(const struct mm_engine_t *engine,
                             uint8_t side,
                             struct mm_level_t *levels,
                             size_t capacity,
                             size_t *count) MM_NOEXCEPT;

/**
 * What the engine's risk gate passed and refused.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `counters` is writable.
 */
mm_status_t mm_engine_risk_counters(const struct mm_engine_t *engine,
                                    struct mm_risk_counters_t *counters) MM_NOEXCEPT;

/**
 * The switch that stops every new order, for any thread. At the next event after it every order is cancelled.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `kill_switch` is writable. Free it with
 * `mm_kill_switch_destroy`; it outlives the engine.
 */
mm_status_t mm_engine_kill_switch(const struct mm_engine_t *engine,
                                  struct mm_kill_switch_t **kill_switch) MM_NOEXCEPT;

/**
 * Percentiles of a stage's latency (`MM_STAGE_*`).
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `latency` is writable.
 */
mm_status_t mm_engine_latency(const struct mm_engine_t *engine,
                              uint8_t stage_number,
                              struct mm_latency_t *latency) MM_NOEXCEPT;

/**
 * Adds a latency that the host measured, ns, to a stage's histogram. Hot path.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses.
 */
mm_status_t mm_engine_record_latency(struct mm_engine_t *engine,
                                     uint8_t stage_number,
                                     uint64_t nanoseconds) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_engine_config_init(struct mm_engine_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Starts threads and deals `count` engines out to them, each with an instrument of its own. The engines are the pool's
 * from then on: the pointers in `engines` are set to null, and `mm_engine_pool_finish` gives engines back. Kill switches and
 * monitors of theirs stay good. Results do not depend on the number of threads: an engine sees its own inputs only, in the
 * order in which they were sent, and time comes in with them.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` naming the setting, `MM_E_HANDLE` for what is no engine or
 * stands there twice, `MM_E_POISONED`, `MM_E_DUPLICATE` for two engines of one instrument, `MM_E_PROCESSOR`, `MM_E_THREAD`,
 * `MM_E_OUT_OF_MEMORY`. The engines are the caller's as before then, and no thread is left running.
 *
 * Safety:
 * `config` points to an initialised config whose processors are null or readable; `engines` is readable and writable for `count`
 * pointers to live handles that no other thread uses; `pool` is writable. Free the handle with `mm_engine_pool_destroy`.
 */
mm_status_t mm_engine_pool_create(const struct mm_engine_pool_config_t *config,
                                  struct mm_engine_t **engines,
                                  size_t count,
                                  struct mm_engine_pool_t **pool) MM_NOEXCEPT;

/**
 * Closes a pool, waits until every input that it has taken is worked off, ends its threads, and frees it with its engines.
 * What nobody has taken of their outputs is lost; `mm_engine_pool_finish` loses nothing. Null is fine.
 *
 * Safety:
 * `pool` is null or a live handle that no other thread uses, and that is not used afterwards.
 */
void mm_engine_pool_destroy(struct mm_engine_pool_t *pool) MM_NOEXCEPT;

/**
 * Hands market data to the engine of an instrument. Hot path.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_FOUND` for an instrument without an engine; `MM_E_FULL` and `MM_E_CLOSED`; `MM_E_ENUM` for a kind or side
 * without meaning. What the engine itself refuses is counted, and said by `mm_engine_pool_finish`.
 *
 * Safety:
 * `pool` is a live handle; `event` points to an event.
 */
mm_status_t mm_engine_pool_on_event(const struct mm_engine_pool_t *pool,
                                    uint32_t instrument,
                                    const struct mm_event_t *event) MM_NOEXCEPT;

/**
 * Hands the venue's word on an own order to the engine of an instrument. Hot path.
 *
 * Errors:
 * As for `mm_engine_pool_on_event`.
 *
 * Safety:
 * `pool` is a live handle; `report` points to a report.
 */
mm_status_t mm_engine_pool_on_report(const struct mm_engine_pool_t *pool,
                                     uint32_t instrument,
                                     const struct mm_execution_report_t *report) MM_NOEXCEPT;

/**
 * Lets the engine of an instrument compute quotes, as `mm_engine_refresh`. `now` in ns. Hot path.
 *
 * Errors:
 * As for `mm_engine_pool_on_event`.
 *
 * Safety:
 * `pool` is a live handle.
 */
mm_status_t mm_engine_pool_refresh(const struct mm_engine_pool_t *pool,
                                   uint32_t instrument,
                                   uint64_t now) MM_NOEXCEPT;

/**
 * Tells the engine of an instrument that something went wrong at `now`, ns (`MM_FAULT_*`): it may have to rest. Hot path.
 *
 * Errors:
 * As for `mm_engine_pool_on_event`; `MM_E_ENUM` for a fault without meaning.
 *
 * Safety:
 * `pool` is a live handle.
 */
mm_status_t mm_engine_pool_on_fault(const struct mm_engine_pool_t *pool,
                                    uint32_t instrument,
                                    uint8_t fault,
                                    uint64_t now) MM_NOEXCEPT;

/**
 * Takes what the engines have said so far, each engine's words in order; `count` gets how many. `MM_END` says that every input
 * sent before the call is worked off and nothing is left. Hot path. One thread at a time; a second one waits.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL` for no room at all.
 *
 * Safety:
 * `pool` is a live handle; `outputs` is writable for `capacity` elements and `count` is writable.
 */
mm_status_t mm_engine_pool_take(const struct mm_engine_pool_t *pool,
                                struct mm_engine_output_t *outputs,
                                size_t capacity,
                                size_t *count) MM_NOEXCEPT;

/**
 * As `mm_engine_pool_take`, waiting: until `outputs` is full (`MM_OK`: call again), or every input is worked off and everything
 * taken (`MM_END`). Inputs that are sent meanwhile are waited for too.
 *
 * Errors:
 * As for `mm_engine_pool_take`.
 *
 * Safety:
 * As for `mm_engine_pool_take`.
 */
mm_status_t mm_engine_pool_drain(const struct mm_engine_pool_t *pool,
                                 struct mm_engine_output_t *outputs,
                                 size_t capacity,
                                 size_t *count) MM_NOEXCEPT;

/**
 * Refuses later inputs with `MM_E_CLOSED`. Those inside are worked off.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `pool` is a live handle.
 */
mm_status_t mm_engine_pool_close(const struct mm_engine_pool_t *pool) MM_NOEXCEPT;

/**
 * Closes the pool, waits until every input that it has taken is worked off, ends its threads and gives the engines back by
 * instrument; `count` gets how many. Outputs that nobody had taken can still be taken. Allocates; not hot path.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_BUFFER_TOO_SMALL` for fewer places than engines: the pool runs on then; `MM_E_CLOSED` the second time.
 *
 * Safety:
 * `pool` is a live handle that no other thread uses; `engines` is writable for `capacity` elements and `count` is writable. Free
 * each engine with `mm_engine_destroy`.
 */
mm_status_t mm_engine_pool_finish(struct mm_engine_pool_t *pool,
                                  struct mm_finished_engine_t *engines,
                                  size_t capacity,
                                  size_t *count) MM_NOEXCEPT;

/**
 * What has gone in so far; the counters of a pool at work may be an input apart from each other.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `pool` is a live handle; `stats` is writable.
 */
mm_status_t mm_engine_pool_stats(const struct mm_engine_pool_t *pool,
                                 struct mm_engine_pool_stats_t *stats) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_engine_pool_config_init(struct mm_engine_pool_config_t *config,
                                       size_t struct_size) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_feature_window_config_init(struct mm_feature_window_config_t *config,
                                          size_t struct_size) MM_NOEXCEPT;

/**
 * Makes a window that has seen nothing, with all its storage.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
 * `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `config` points to an initialised config; `window` is writable. Free the handle with `mm_feature_window_destroy`.
 */
mm_status_t mm_feature_window_create(const struct mm_feature_window_config_t *config,
                                     struct mm_feature_window_t **window) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `window` is null or a live handle that is not used afterwards.
 */
void mm_feature_window_destroy(struct mm_feature_window_t *window) MM_NOEXCEPT;

/**
 * Applies one event to the book, as `mm_book_apply`, and tells the window. `touched` gets `MM_TOUCHED*` bits, `completed` the
 * number of rows that the event's time completed; either may be null. Hot path.
 *
 * Errors:
 * Those of `mm_book_apply`; neither the book nor the window has changed then.
 *
 * Safety:
 * `window` and `book` are live handles that no other thread uses; `event` is readable; `touched` and `completed` are null or
 * writable.
 */
mm_status_t mm_feature_window_apply(struct mm_feature_window_t *window,
                                    struct mm_book_t *book,
                                    const struct mm_event_t *event,
                                    uint32_t *touched,
                                    uint32_t *completed) MM_NOEXCEPT;

/**
 * As `mm_feature_window_apply`, on a level book.
 *
 * Errors:
 * Those of `mm_level_book_apply`; neither the book nor the window has changed then.
 *
 * Safety:
 * As for `mm_feature_window_apply`.
 */
mm_status_t mm_feature_window_apply_level(struct mm_feature_window_t *window,
                                          struct mm_level_book_t *book,
                                          const struct mm_event_t *event,
                                          uint32_t *touched,
                                          uint32_t *completed) MM_NOEXCEPT;

/**
 * It is `now`, ns: completes the rows that have ended; `completed`, which may be null, gets their number. A time before the
 * last one is nothing new. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `window` is a live handle that no other thread uses; `completed` is null or writable.
 */
mm_status_t mm_feature_window_advance(struct mm_feature_window_t *window,
                                      uint64_t now,
                                      uint32_t *completed) MM_NOEXCEPT;

/**
 * There is a gap in the feed: no move and no flow across it counts, and the book is read anew with the next event. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `window` is a live handle that no other thread uses.
 */
mm_status_t mm_feature_window_interrupt(struct mm_feature_window_t *window) MM_NOEXCEPT;

/**
 * How far the window is. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `window` is a live handle that no other thread changes; `info` is writable.
 */
mm_status_t mm_feature_window_info(const struct mm_feature_window_t *window,
                                   struct mm_feature_window_info_t *info) MM_NOEXCEPT;

/**
 * The full window where it lies, `length` = `rows` x 24 values, row-major, oldest row first: what a predictor takes, without
 * a copy. Good until the window is changed or destroyed. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_READY`.
 *
 * Safety:
 * `window` is a live handle that no other thread changes; `values` and `length` are writable.
 */
mm_status_t mm_feature_window_view(const struct mm_feature_window_t *window,
                                   const float **values,
                                   size_t *length) MM_NOEXCEPT;

/**
 * Copies the full window, `rows` x 24 values, row-major, oldest row first. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_READY`, `MM_E_BUFFER_TOO_SMALL`.
 *
 * Safety:
 * `window` is a live handle that no other thread changes; `out` is writable for `capacity` values.
 */
mm_status_t mm_feature_window_copy(const struct mm_feature_window_t *window,
                                   float *out,
                                   size_t capacity) MM_NOEXCEPT;

/**
 * Copies the last `count` rows, oldest first, or fewer where fewer exist or the window is shorter; `copied` gets their number.
 * What a streaming predictor has not seen yet when `count` is what the last event completed. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`.
 *
 * Safety:
 * `window` is a live handle that no other thread changes; `out` is writable for `capacity` values, `copied` is writable.
 */
mm_status_t mm_feature_window_latest(const struct mm_feature_window_t *window,
                                     size_t count,
                                     float *out,
                                     size_t capacity,
                                     size_t *copied) MM_NOEXCEPT;

/**
 * Decides whether rows change the normaliser's moments from here on: `on` is 1 or 0.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`, `MM_E_UNSUPPORTED` for a window that does not normalise.
 *
 * Safety:
 * `window` is a live handle that no other thread uses.
 */
mm_status_t mm_feature_window_set_learns(struct mm_feature_window_t *window, uint8_t on) MM_NOEXCEPT;

/**
 * Writes the normaliser's moments to a safetensors file of their own, which is replaced in one step where it is there.
 * `mm_predictor_save_with_window` writes them beside a predictor's weights.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_UNSUPPORTED` for a window that does not normalise.
 *
 * Safety:
 * `window` is a live handle that no other thread changes; `path` is a NUL-terminated string.
 */
mm_status_t mm_feature_window_save_normaliser(const struct mm_feature_window_t *window,
                                              const char *path) MM_NOEXCEPT;

/**
 * Goes on from the moments of a safetensors file (tensors `normaliser.mean`, `.var`, `.weight`), from the next row on.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_MALFORMED`, `MM_E_WEIGHTS` for missing or wrong tensors, `MM_E_INVALID_ARGUMENT` for
 * negative variances, `MM_E_UNSUPPORTED` for a window that does not normalise.
 *
 * Safety:
 * `window` is a live handle that no other thread uses; `path` is a NUL-terminated string.
 */
mm_status_t mm_feature_window_load_normaliser(struct mm_feature_window_t *window,
                                              const char *path) MM_NOEXCEPT;

/**
 * The name of a channel, and its unit where `unit` is not null; static storage. The order never changes.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_FOUND` from 24 on.
 *
 * Safety:
 * `name` is writable; `unit` is null or writable. Any thread.
 */
mm_status_t mm_feature_channel_name(size_t index, const char **name, const char **unit) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_forecaster_config_init(struct mm_forecaster_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Attaches a predictor to an engine, in place of one that is attached: from the next event on the engine fills a feature
 * window of its own, asks the network, and its strategy may follow what it says, as far as `change_weight`,
 * `direction_weight` and `volatility_weight` of its `mm_stoikov_config_t` let it (not at all by default: then nothing that the
 * engine does changes).
 *
 * The engine takes a share of the weights and a state of its own, as `mm_predictor_share`: the same handle may be attached
 * to any number of engines, may be used besides (its stream is not disturbed), and may be destroyed before them.
 * `mm_predictor_calibrate` is refused while an engine has a share.
 *
 * Null for `window` stands for the defaults with as many rows as the network reads, null for `forecaster` for its defaults.
 * `normaliser` is null, for a window that learns its moments as it goes, or the path of a safetensors file that has them
 * (`mm_predictor_save_with_window`, `mm_engine_save_normaliser`); `normaliser_learns` of the window's config says whether they
 * then change. Allocates; nothing does afterwards.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`; `MM_E_INVALID_ARGUMENT` for a parameter out of its range and for a network that
 * does not read the window or cannot be read so (the message says what does not fit); of the file `MM_E_UTF8`, `MM_E_IO`,
 * `MM_E_MALFORMED`, `MM_E_WEIGHTS`, and `MM_E_UNSUPPORTED` for a window that does not normalise; `MM_E_OUT_OF_MEMORY`. What was
 * attached before stays then.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses, `predictor` one that no other thread changes; `window` and `forecaster`
 * are null or point to initialised configs; `normaliser` is null or a NUL-terminated string.
 */
mm_status_t mm_engine_attach_predictor(struct mm_engine_t *engine,
                                       const struct mm_predictor_t *predictor,
                                       const struct mm_feature_window_config_t *window,
                                       const struct mm_forecaster_config_t *forecaster,
                                       const char *normaliser) MM_NOEXCEPT;

/**
 * Takes the predictor away that is attached, with its window. Fine where none is.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses.
 */
mm_status_t mm_engine_detach_predictor(struct mm_engine_t *engine) MM_NOEXCEPT;

/**
 * The last prediction of the predictor that is attached, with its times; all zero but the counts before the first.
 * Hot path, O(1).
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_FOUND` where none is attached.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `prediction` is writable.
 */
mm_status_t mm_engine_prediction(const struct mm_engine_t *engine,
                                 struct mm_prediction_t *prediction) MM_NOEXCEPT;

/**
 * Writes the moments of the attached predictor's feature window to a safetensors file of their own, which is replaced in
 * one step where it is there: for `mm_engine_attach_predictor` after a restart. Not hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_NOT_FOUND` where no predictor is attached, `MM_E_UNSUPPORTED` for a window that does
 * not normalise.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `path` is a NUL-terminated string.
 */
mm_status_t mm_engine_save_normaliser(const struct mm_engine_t *engine,
                                      const char *path) MM_NOEXCEPT;

/**
 * The instruction set that a model made now would run on: `"scalar"`, `"avx2"`, `"avx512"` or `"neon"`; the fastest of the
 * machine unless the environment variable `MARKET_MAKER_FORCE_ISA` names another. `""` when it names one that is not to be
 * had, which every create function refuses. Never null; static storage.
 *
 * Safety:
 * None needed: no other thread may change the environment meanwhile, as always.
 */
const char *mm_isa_name(void) MM_NOEXCEPT;

/**
 * How many instruction sets this machine has kernels for; at least 1, the portable one.
 *
 * Safety:
 * None needed, from any thread.
 */
size_t mm_isa_count(void) MM_NOEXCEPT;

/**
 * The name of one of them, the fastest first. Static storage.
 *
 * Errors:
 * `MM_E_NOT_FOUND` from `mm_isa_count()` on.
 *
 * Safety:
 * `name_out` is writable. Any thread.
 */
mm_status_t mm_isa_at(size_t index, const char **name_out) MM_NOEXCEPT;

/**
 * The gate's switch, a handle of its own that any thread may use. All switches of a gate are one.
 *
 * Safety:
 * `gate` is a live handle that no other thread changes; `kill_switch` is writable. Free the handle with
 * `mm_kill_switch_destroy`.
 */
mm_status_t mm_risk_gate_kill_switch(const struct mm_risk_gate_t *gate,
                                     struct mm_kill_switch_t **kill_switch) MM_NOEXCEPT;

/**
 * Frees a switch; its gate goes on as it is. Null is fine.
 *
 * Safety:
 * `kill_switch` is null or a live handle that is not used afterwards.
 */
void mm_kill_switch_destroy(struct mm_kill_switch_t *kill_switch) MM_NOEXCEPT;

/**
 * Refuses every order from now on (`on` 1) or lets orders pass again (`on` 0). Any thread. When it returns with the switch
 * on no order passes any more: it waits for the one check that the gate may be busy with. Not from a signal handler: there
 * use `mm_kill_switch_request`.
 *
 * Errors:
 * `MM_E_ENUM` for another number.
 *
 * Safety:
 * `kill_switch` is a live handle.
 */
mm_status_t mm_kill_switch_set(const struct mm_kill_switch_t *kill_switch,
                               uint8_t on) MM_NOEXCEPT;

/**
 * As `mm_kill_switch_set` with 1, without waiting for the check that the gate may be busy with. Any thread, also a signal
 * handler; wait-free.
 *
 * Safety:
 * `kill_switch` is a live handle.
 */
mm_status_t mm_kill_switch_request(const struct mm_kill_switch_t *kill_switch) MM_NOEXCEPT;

/**
 * Whether orders are refused: `on` gets 1 or 0. Any thread, hot path.
 *
 * Safety:
 * `kill_switch` is a live handle; `on` is writable.
 */
mm_status_t mm_kill_switch_get(const struct mm_kill_switch_t *kill_switch, uint8_t *on) MM_NOEXCEPT;

/**
 * Accepts an order, trades what it can at the makers' prices by price and time, and lets the rest rest or cancels it.
 * Events: one `MM_BOOK_ACCEPTED`, a `MM_BOOK_TRADE` for each maker, one `MM_BOOK_CANCELLED` if a rest may not rest. `count` gets
 * how many; `outcome` may be null. Hot path, O(trades).
 *
 * Errors:
 * `MM_E_ZERO_QUANTITY`, `MM_E_QUANTITY_RANGE`, `MM_E_PRICE_RANGE`, `MM_E_BAD_ORDER`, `MM_E_DUPLICATE`, `MM_E_WOULD_TRADE`,
 * `MM_E_CANNOT_FILL`, `MM_E_OVERFLOW`, `MM_E_FULL`, `MM_E_ENUM`; `MM_E_BUFFER_TOO_SMALL` when not all events fit. The order is
 * rejected and the book is unchanged then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
 * `outcome` is null or writable.
 */
mm_status_t mm_book_submit(struct mm_book_t *book,
                           const struct mm_new_order_t *order,
                           struct mm_book_event_t *events,
                           size_t capacity,
                           size_t *count,
                           struct mm_match_t *outcome) MM_NOEXCEPT;

/**
 * Cancels a resting order, or `quantity` lots of it (0 is all); what stays keeps its priority. One `MM_BOOK_CANCELLED`.
 * Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_QUANTITY_EXCEEDS`, `MM_E_BUFFER_TOO_SMALL`. The book is unchanged then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
 * `outcome` is null or writable.
 */
mm_status_t mm_book_cancel(struct mm_book_t *book,
                           uint64_t order_id,
                           uint64_t quantity,
                           struct mm_book_event_t *events,
                           size_t capacity,
                           size_t *count,
                           struct mm_match_t *outcome) MM_NOEXCEPT;

/**
 * Gives a resting order a new price and a new open quantity, by the rules of `mm_book_modify`, and trades if its new price
 * meets the other side. One `MM_BOOK_AMENDED`, then trades. Hot path.
 *
 * Errors:
 * As for `mm_book_modify`; `MM_E_BUFFER_TOO_SMALL`. The book is unchanged then.
 *
 * Safety:
 * `book` is a live handle that no other thread uses; `events` is writable for `capacity` elements; `count` is writable;
 * `outcome` is null or writable.
 */
mm_status_t mm_book_amend(struct mm_book_t *book,
                          uint64_t order_id,
                          int64_t price,
                          uint64_t quantity,
                          struct mm_book_event_t *events,
                          size_t capacity,
                          size_t *count,
                          struct mm_match_t *outcome) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_order_manager_config_init(struct mm_order_manager_config_t *config,
                                         size_t struct_size) MM_NOEXCEPT;

/**
 * A working order by its id or the id of its replacement under way. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `order` is writable.
 */
mm_status_t mm_order_manager_order(const struct mm_order_manager_t *manager,
                                   uint64_t order_id,
                                   struct mm_order_t *order) MM_NOEXCEPT;

/**
 * The working orders, in no particular order; `count` gets how many. O(capacity of the manager).
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_order_manager_orders(const struct mm_order_manager_t *manager,
                                    struct mm_order_t *orders,
                                    size_t capacity,
                                    size_t *count) MM_NOEXCEPT;

/**
 * Lots of one side that can still trade at most, everything under way included. Hot path, O(1).
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `lots` is writable.
 */
mm_status_t mm_order_manager_working(const struct mm_order_manager_t *manager,
                                     uint8_t side,
                                     uint64_t *lots) MM_NOEXCEPT;

/**
 * The sequence number that the next order's id will have: what a restarted host passes as `first_sequence`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `sequence` is writable.
 */
mm_status_t mm_order_manager_next_sequence(const struct mm_order_manager_t *manager,
                                           uint64_t *sequence) MM_NOEXCEPT;

/**
 * Makes a manager without orders.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a capacity or first sequence out of range.
 *
 * Safety:
 * `config` points to an initialised config; `manager` is writable. Free the handle with `mm_order_manager_destroy`.
 */
mm_status_t mm_order_manager_create(const struct mm_order_manager_config_t *config,
                                    struct mm_order_manager_t **manager) MM_NOEXCEPT;

/**
 * Frees a manager. Null is fine.
 *
 * Safety:
 * `manager` is null or a live handle that is not used afterwards.
 */
void mm_order_manager_destroy(struct mm_order_manager_t *manager) MM_NOEXCEPT;

/**
 * Compares what is wanted with what works and writes the messages that close the gap; `count` gets how many.
 * `decision` may be null. At most one action per level and side, so that room for 8 always is enough. Refusals by the
 * gate are no errors here. While the gate's switch is on nothing is wanted. Hot path.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL`, `MM_E_BAD_QUOTE`, `MM_E_CROSSED_QUOTES`, `MM_E_IDS_EXHAUSTED`, `MM_E_ENUM`,
 * `MM_E_INVALID_ARGUMENT`. Nothing has changed then.
 *
 * Safety:
 * `manager` and `gate` are live handles that no other thread uses; `wanted` and `top` are readable; `actions` is
 * writable for `capacity` elements, `count` is writable, `decision` null or writable.
 */
mm_status_t mm_order_manager_decide(struct mm_order_manager_t *manager,
                                    struct mm_risk_gate_t *gate,
                                    const struct mm_wanted_quotes_t *wanted,
                                    const struct mm_market_top_t *top,
                                    struct mm_order_action_t *actions,
                                    size_t capacity,
                                    size_t *count,
                                    struct mm_decision_t *decision) MM_NOEXCEPT;

/**
 * Makes an order of the host's own and the action that places it. Decisions count it in the exposure and leave it
 * alone. Hot path, O(1).
 *
 * Errors:
 * `MM_E_FULL`, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_RISK_*`, `MM_E_ENUM`. No order has been made then.
 *
 * Safety:
 * `manager` and `gate` are live handles that no other thread uses; `request` and `top` are readable; `action` is
 * writable.
 */
mm_status_t mm_order_manager_place(struct mm_order_manager_t *manager,
                                   struct mm_risk_gate_t *gate,
                                   const struct mm_order_request_t *request,
                                   const struct mm_market_top_t *top,
                                   struct mm_order_action_t *action) MM_NOEXCEPT;

/**
 * The action that replaces an acknowledged order by one with the request's price and quantity. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE` while it is not acknowledged or another request is under
 * way, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_RISK_*`. The order is as it was then.
 *
 * Safety:
 * As for `mm_order_manager_place`.
 */
mm_status_t mm_order_manager_replace(struct mm_order_manager_t *manager,
                                     struct mm_risk_gate_t *gate,
                                     uint64_t order_id,
                                     const struct mm_order_request_t *request,
                                     const struct mm_market_top_t *top,
                                     struct mm_order_action_t *action) MM_NOEXCEPT;

/**
 * The action that cancels an order at `timestamp` ns. Never refused by the risk gate. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE` while a cancel or replacement is under way.
 *
 * Safety:
 * `manager` and `gate` are live handles that no other thread uses; `action` is writable.
 */
mm_status_t mm_order_manager_cancel(struct mm_order_manager_t *manager,
                                    struct mm_risk_gate_t *gate,
                                    uint64_t order_id,
                                    uint64_t timestamp,
                                    struct mm_order_action_t *action) MM_NOEXCEPT;

/**
 * Cancels every order that has no request under way; `count` gets the number of actions. O(capacity of the manager).
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there is less room than there are orders; nothing has changed then.
 *
 * Safety:
 * `manager` and `gate` are live handles that no other thread uses; `actions` is writable for `capacity` elements and
 * `count` is writable.
 */
mm_status_t mm_order_manager_cancel_all(struct mm_order_manager_t *manager,
                                        struct mm_risk_gate_t *gate,
                                        uint64_t timestamp,
                                        struct mm_order_action_t *actions,
                                        size_t capacity,
                                        size_t *count) MM_NOEXCEPT;

/**
 * As `mm_order_manager_place`, and does with own orders that it would meet what the gate's `self_trade` says: what
 * gives way is cancelled or made smaller by the actions before it. `submission` may be null. Room for one action more than there
 * are working orders is always enough. A refusal by the gate is no error here. O(orders), hot path.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL`, `MM_E_FULL`, `MM_E_IDS_EXHAUSTED`, `MM_E_QUANTITY_RANGE`, `MM_E_ENUM`. Nothing has been sent then.
 *
 * Safety:
 * `manager` and `gate` are live handles that no other thread uses; `request` and `top` are readable; `actions` is writable
 * for `capacity` elements, `count` is writable, `submission` null or writable.
 */
mm_status_t mm_order_manager_submit(struct mm_order_manager_t *manager,
                                    struct mm_risk_gate_t *gate,
                                    const struct mm_order_request_t *request,
                                    const struct mm_market_top_t *top,
                                    struct mm_order_action_t *actions,
                                    size_t capacity,
                                    size_t *count,
                                    struct mm_submission_t *submission) MM_NOEXCEPT;

/**
 * Follows one report of the venue. `order` (the order after it; forgotten by the manager when its state is final) and
 * `filled` (lots that the report filled) may be null. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_ORDER_FINISHED`, `MM_E_ORDER_STATE`, `MM_E_REPORT_INCONSISTENT`, `MM_E_WRONG_INSTRUMENT`,
 * `MM_E_BAD_REPORT`, `MM_E_DUPLICATE` for a fill that has been counted, `MM_E_ENUM`. Nothing has changed then.
 *
 * Reports may come late, twice or out of order where fills have ids and refusals say what they refuse: see
 * `new_order_id` of the report.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `report` is readable; `order` and `filled` are null or
 * writable.
 */
mm_status_t mm_order_manager_on_report(struct mm_order_manager_t *manager,
                                       const struct mm_execution_report_t *report,
                                       struct mm_order_t *order,
                                       uint64_t *filled) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_performance_config_init(struct mm_performance_config_t *config,
                                       size_t struct_size) MM_NOEXCEPT;

/**
 * Makes a monitor at its capital.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
 *
 * Safety:
 * `config` points to an initialised config; `performance` is writable. Free the handle with `mm_performance_destroy`.
 */
mm_status_t mm_performance_create(const struct mm_performance_config_t *config,
                                  struct mm_performance_t **performance) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `performance` is null or a live handle that is not used afterwards.
 */
void mm_performance_destroy(struct mm_performance_t *performance) MM_NOEXCEPT;

/**
 * Equity now, money. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
 *
 * Safety:
 * `performance` is a live handle that no other thread uses.
 */
mm_status_t mm_performance_mark(struct mm_performance_t *performance, double equity) MM_NOEXCEPT;

/**
 * A period ends with the equity of the last mark; `benchmark` is what the benchmark returned over it, NaN for none. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `performance` is a live handle that no other thread uses.
 */
mm_status_t mm_performance_close_period(struct mm_performance_t *performance,
                                        double benchmark) MM_NOEXCEPT;

/**
 * A round trip was closed with this profit, fees paid, money. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
 *
 * Safety:
 * `performance` is a live handle that no other thread uses.
 */
mm_status_t mm_performance_on_closed(struct mm_performance_t *performance, double profit) MM_NOEXCEPT;

/**
 * An order of ours of `order_side` was filled at `price`, the best prices before being `bid` and `ask`. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`.
 *
 * Safety:
 * `performance` is a live handle that no other thread uses.
 */
mm_status_t mm_performance_on_fill(struct mm_performance_t *performance,
                                   uint64_t now,
                                   uint8_t order_side,
                                   int64_t price,
                                   uint64_t quantity,
                                   int64_t bid,
                                   int64_t ask) MM_NOEXCEPT;

/**
 * The best prices from `now` on, ns; `is_known` 0 while there are none. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_ENUM`.
 *
 * Safety:
 * `performance` is a live handle that no other thread uses.
 */
mm_status_t mm_performance_on_top(struct mm_performance_t *performance,
                                  uint64_t now,
                                  uint8_t is_known,
                                  int64_t bid,
                                  int64_t ask) MM_NOEXCEPT;

/**
 * The report.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `performance` is a live handle that no other thread changes; `report` is writable.
 */
mm_status_t mm_performance_report(const struct mm_performance_t *performance,
                                  struct mm_performance_report_t *report) MM_NOEXCEPT;

/**
 * Spreads and impact of the fills by horizon, shortest first, the aggressor being the other side; `count` gets their number.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; `MM_MAX_HORIZONS` places always suffice.
 *
 * Safety:
 * `performance` is a live handle that no other thread changes; `out` is writable for `capacity` elements, `count` is writable.
 */
mm_status_t mm_performance_markouts(const struct mm_performance_t *performance,
                                    struct mm_markout_t *out,
                                    size_t capacity,
                                    size_t *count) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_position_tracker_config_init(struct mm_position_tracker_config_t *config,
                                            size_t struct_size) MM_NOEXCEPT;

/**
 * Makes a tracker without instruments.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a capacity out of range or a negative limit.
 *
 * Safety:
 * `config` points to an initialised config; `tracker` is writable. Free the handle with
 * `mm_position_tracker_destroy`.
 */
mm_status_t mm_position_tracker_create(const struct mm_position_tracker_config_t *config,
                                       struct mm_position_tracker_t **tracker) MM_NOEXCEPT;

/**
 * Frees a tracker. Null is fine.
 *
 * Safety:
 * `tracker` is null or a live handle that is not used afterwards.
 */
void mm_position_tracker_destroy(struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * Adds an instrument, flat; its `id` and fees are used. `unit_value` is what one tick x lot is worth in account units:
 * 1 when all instruments share tick and lot.
 *
 * Errors:
 * `MM_E_FULL`, `MM_E_DUPLICATE`, `MM_E_INVALID_ARGUMENT` unless `unit_value` is positive.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses; `instrument` points to an initialised struct.
 */
mm_status_t mm_position_tracker_register(struct mm_position_tracker_t *tracker,
                                         const struct mm_instrument_t *instrument,
                                         int64_t unit_value) MM_NOEXCEPT;

/**
 * Books a fill and values the position at its mark. `outcome` may be null. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument, `MM_E_ZERO_QUANTITY`, `MM_E_PRICE_RANGE`, `MM_E_QUANTITY_RANGE`,
 * `MM_E_OVERFLOW`, `MM_E_ENUM`. Nothing has changed then.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses; `fill` is readable, `outcome` null or writable.
 */
mm_status_t mm_position_tracker_record_fill(struct mm_position_tracker_t *tracker,
                                            const struct mm_fill_t *fill,
                                            struct mm_fill_outcome_t *outcome) MM_NOEXCEPT;

/**
 * Values an instrument's open lots at `price`. Hot path, O(1).
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_PRICE_RANGE`, `MM_E_OVERFLOW`. Nothing has changed then.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses.
 */
mm_status_t mm_position_tracker_mark(struct mm_position_tracker_t *tracker,
                                     uint32_t instrument,
                                     int64_t price) MM_NOEXCEPT;

/**
 * One instrument's position.
 *
 * Errors:
 * `MM_E_NOT_FOUND` for an unregistered instrument.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes; `position` is writable.
 */
mm_status_t mm_position_tracker_get(const struct mm_position_tracker_t *tracker,
                                    uint32_t instrument,
                                    struct mm_position_t *position) MM_NOEXCEPT;

/**
 * Every registered instrument's position, in the order of registration; `count` gets how many there are.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`; a buffer of the configured `instruments` always fits.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes; `positions` is writable for `capacity` elements.
 */
mm_status_t mm_position_tracker_positions(const struct mm_position_tracker_t *tracker,
                                          struct mm_position_t *positions,
                                          size_t capacity,
                                          size_t *count) MM_NOEXCEPT;

/**
 * Sums over all instruments, with equity and drawdown.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes; `totals` is writable.
 */
mm_status_t mm_position_tracker_totals(const struct mm_position_tracker_t *tracker,
                                       struct mm_position_totals_t *totals) MM_NOEXCEPT;

/**
 * Whether a fill of `quantity` would keep the instrument within its position limits; an unregistered instrument is
 * flat. What reduces a position is always allowed. Hot path.
 *
 * Errors:
 * `MM_E_LIMIT_POSITION`, `MM_E_LIMIT_LONG`, `MM_E_LIMIT_SHORT`, `MM_E_ENUM`.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes.
 */
mm_status_t mm_position_tracker_check_position(const struct mm_position_tracker_t *tracker,
                                               uint32_t instrument,
                                               uint8_t side,
                                               uint64_t quantity) MM_NOEXCEPT;

/**
 * Whether the day's loss and the drawdown are within their limits. Hot path.
 *
 * Errors:
 * `MM_E_LIMIT_DAILY_LOSS`, `MM_E_LIMIT_DRAWDOWN`.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes.
 */
mm_status_t mm_position_tracker_check_loss(const struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * The limits.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes; `limits` is writable.
 */
mm_status_t mm_position_tracker_limits(const struct mm_position_tracker_t *tracker,
                                       struct mm_position_limits_t *limits) MM_NOEXCEPT;

/**
 * Replaces the limits.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` when one is negative.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses; `limits` is readable.
 */
mm_status_t mm_position_tracker_set_limits(struct mm_position_tracker_t *tracker,
                                           const struct mm_position_limits_t *limits) MM_NOEXCEPT;

/**
 * The latest trades, oldest first: at most `capacity` of the newest; `count` gets how many were written.
 *
 * Safety:
 * `tracker` is a live handle that no other thread changes; `trades` is writable for `capacity` elements.
 */
mm_status_t mm_position_tracker_history(const struct mm_position_tracker_t *tracker,
                                        struct mm_trade_t *trades,
                                        size_t capacity,
                                        size_t *count) MM_NOEXCEPT;

/**
 * Begins a new day: the daily loss counts from the present equity. Drawdown goes on.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses.
 */
mm_status_t mm_position_tracker_start_day(struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments stay.
 *
 * Safety:
 * `tracker` is a live handle that no other thread uses.
 */
mm_status_t mm_position_tracker_reset(struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_predictor_config_init(struct mm_predictor_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Makes a predictor with the weights of a safetensors file, or, where `path` is null, with random ones from `seed` (then
 * `is_trained` of its info is 0). Everything that it will ever need is allocated and touched here, so that the first
 * prediction takes as long as any.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a size out of its range, `MM_E_UTF8`, `MM_E_IO`,
 * `MM_E_MALFORMED` for a file that is no safetensors, `MM_E_WEIGHTS` for one of another network (the message names the tensor),
 * `MM_E_ISA`, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `config` points to an initialised config; `path` is null or a NUL-terminated string; `predictor` is writable. Free the handle
 * with `mm_predictor_destroy`.
 */
mm_status_t mm_predictor_create(const struct mm_predictor_config_t *config,
                                const char *path,
                                struct mm_predictor_t **predictor) MM_NOEXCEPT;

/**
 * A second handle on the same weights, with a state of its own and no stream under way: for another thread or instrument.
 * Either may be destroyed first.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread changes; `shared` is writable. Free the new handle with
 * `mm_predictor_destroy`.
 */
mm_status_t mm_predictor_share(const struct mm_predictor_t *predictor,
                               struct mm_predictor_t **shared) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `predictor` is null or a live handle that is not used afterwards.
 */
void mm_predictor_destroy(struct mm_predictor_t *predictor) MM_NOEXCEPT;

/**
 * What a predictor reads, gives and costs.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread changes; `info` is writable.
 */
mm_status_t mm_predictor_info(const struct mm_predictor_t *predictor,
                              struct mm_predictor_info_t *info) MM_NOEXCEPT;

/**
 * The forecast for a window of `length` = `input_rows` x `input_columns` values, oldest row first; `out` gets `output_rows` x
 * `output_columns`. A stream that is under way is not disturbed. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_BUFFER_TOO_SMALL`, `MM_E_INPUT_NOT_FINITE` (by the policy; the message names the
 * value), `MM_E_OUTPUT_NOT_FINITE`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses; `window` is readable for `length` values, `out` writable for
 * `capacity`.
 */
mm_status_t mm_predictor_predict(struct mm_predictor_t *predictor,
                                 const float *window,
                                 size_t length,
                                 float *out,
                                 size_t capacity) MM_NOEXCEPT;

/**
 * Forecasts for `count` windows that lie one behind the other (`length` is the values of all of them), to outputs that lie
 * so: the bits of as many calls of `mm_predictor_predict`, in less time. Hot path.
 *
 * Errors:
 * As `mm_predictor_predict`; `MM_E_FULL` for more than `max_batch` windows.
 *
 * Safety:
 * As for `mm_predictor_predict`.
 */
mm_status_t mm_predictor_predict_batch(struct mm_predictor_t *predictor,
                                       const float *windows,
                                       size_t length,
                                       size_t count,
                                       float *out,
                                       size_t capacity) MM_NOEXCEPT;

/**
 * Selects the part of a forecast that `mm_predictor_predict_part` computes: every combination of `horizons` (steps from 0; the
 * LSTM has one, 0) and `channels` (values of a step), in the order given. Allocates; not hot path.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_INVALID_ARGUMENT` for an empty list, an index that there is not, or more values than a whole batch
 * has. The selection is as it was then.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses; `horizons` and `channels` are readable for their counts.
 */
mm_status_t mm_predictor_select(struct mm_predictor_t *predictor,
                                const uint32_t *horizons,
                                size_t horizon_count,
                                const uint32_t *channels,
                                size_t channel_count) MM_NOEXCEPT;

/**
 * The selected part of a window's forecast, `[horizons][channels]`: the bits of `mm_predictor_predict`; of SSM-HiPPO's head only the
 * rows asked for are computed. Hot path.
 *
 * Errors:
 * As `mm_predictor_predict`; `MM_E_NOT_READY` where nothing is selected.
 *
 * Safety:
 * As for `mm_predictor_predict`.
 */
mm_status_t mm_predictor_predict_part(struct mm_predictor_t *predictor,
                                      const float *window,
                                      size_t length,
                                      float *out,
                                      size_t capacity) MM_NOEXCEPT;

/**
 * The next row of a stream, `length` = `input_columns` values. `fresh`, which may be null, gets 1 if a forecast is due that
 * there was not before, else 0. Hot path: one row's work, and one token's where one is complete.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_INPUT_NOT_FINITE`; the stream has not moved then.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses; `row` is readable for `length` values; `fresh` is null or writable.
 */
mm_status_t mm_predictor_push(struct mm_predictor_t *predictor,
                              const float *row,
                              size_t length,
                              uint8_t *fresh) MM_NOEXCEPT;

/**
 * The forecast of the stream as it stands. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_READY` before `stream_warm_up` rows, `MM_E_BUFFER_TOO_SMALL`, `MM_E_OUTPUT_NOT_FINITE`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses; `out` is writable for `capacity` values.
 */
mm_status_t mm_predictor_forecast(struct mm_predictor_t *predictor,
                                  float *out,
                                  size_t capacity) MM_NOEXCEPT;

/**
 * Forgets the stream. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses.
 */
mm_status_t mm_predictor_reset(struct mm_predictor_t *predictor) MM_NOEXCEPT;

/**
 * Learns from `count` windows that lie one behind the other the ranges that the integer precisions scale by;
 * `mm_predictor_save` keeps them. The stream starts anew. Not hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INPUT_LENGTH`, `MM_E_INPUT_NOT_FINITE`, `MM_E_INVALID_ARGUMENT` for no window, `MM_E_SHARED` where another
 * handle shares the weights or an engine has them attached: calibrate first.
 *
 * Safety:
 * `predictor` is a live handle that no other thread uses; `windows` is readable for `length` values.
 */
mm_status_t mm_predictor_calibrate(struct mm_predictor_t *predictor,
                                   const float *windows,
                                   size_t length,
                                   size_t count) MM_NOEXCEPT;

/**
 * Writes the weights to a safetensors file, from which `mm_predictor_create` makes a predictor of the same bits. A file that is
 * there is replaced in one step.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`.
 *
 * Safety:
 * `predictor` is a live handle that no other thread changes; `path` is a NUL-terminated string.
 */
mm_status_t mm_predictor_save(const struct mm_predictor_t *predictor,
                              const char *path) MM_NOEXCEPT;

/**
 * As `mm_predictor_save`, with the normaliser of the feature window that feeds the predictor in the same file, for
 * `mm_feature_window_load_normaliser`.
 *
 * Errors:
 * As `mm_predictor_save`; `MM_E_UNSUPPORTED` for a window that does not normalise.
 *
 * Safety:
 * Both are live handles that no other thread changes; `path` is a NUL-terminated string.
 */
mm_status_t mm_predictor_save_with_window(const struct mm_predictor_t *predictor,
                                          const struct mm_feature_window_t *window,
                                          const char *path) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_quoter_config_init(struct mm_quoter_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Checks the parameters and solves what can be solved once. The table costs milliseconds, the closed forms nothing.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
 *
 * Safety:
 * `config` points to an initialised config; `quoter` is writable. Free the handle with `mm_quoter_destroy`.
 */
mm_status_t mm_quoter_create(const struct mm_quoter_config_t *config,
                             struct mm_quoter_t **quoter) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `quoter` is null or a live handle that is not used afterwards.
 */
void mm_quoter_destroy(struct mm_quoter_t *quoter) MM_NOEXCEPT;

/**
 * The optimal quotes around `mid` ticks with `inventory` lots and `remaining` seconds to the horizon. `remaining` is ignored by
 * the asymptotic model and by a table of the full horizon only; beyond the horizon it counts as the horizon. Hot path, O(1).
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for a mid, inventory or time that is no number, or a negative time.
 *
 * Safety:
 * `quoter` is a live handle; `quotes` is writable. Any thread.
 */
mm_status_t mm_quoter_quote(const struct mm_quoter_t *quoter,
                            double mid,
                            double inventory,
                            double remaining,
                            struct mm_quotes_t *quotes) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_reader_config_init(struct mm_reader_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Opens a recorded day of `format` (`MM_FORMAT_*`). Files that end in `.gz` or `.zst` are decompressed at once, others are
 * mapped. `config` may be null for the defaults.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_ENUM`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT`, `MM_E_IO`, `MM_E_MALFORMED` for a
 * bad header, `MM_E_TRUNCATED`, `MM_E_UNSUPPORTED`. The message names the file and the place.
 *
 * Safety:
 * `path` is a string; `config` is null or points to an initialised config; `reader` is writable. The files must not be
 * changed while they are read. Free the handle with `mm_reader_destroy`.
 */
mm_status_t mm_reader_open(uint8_t format,
                           const char *path,
                           const struct mm_reader_config_t *config,
                           struct mm_reader_t **reader) MM_NOEXCEPT;

/**
 * Finds the coarsest tick and lot that every book price and every quantity of a recording is a multiple of, by reading it
 * once. The instrument of `config` is not used, but for an ITCH symbol; `config` may be null.
 *
 * Errors:
 * As for `mm_reader_open`; `MM_E_UNSUPPORTED` when there is no price at all.
 *
 * Safety:
 * As for `mm_reader_open`; `increments` is writable.
 */
mm_status_t mm_reader_detect_increments(uint8_t format,
                                        const char *path,
                                        const struct mm_reader_config_t *config,
                                        struct mm_increments_t *increments) MM_NOEXCEPT;

/**
 * Frees a reader. Null is fine.
 *
 * Safety:
 * `reader` is null or a live handle that is not used afterwards.
 */
void mm_reader_destroy(struct mm_reader_t *reader) MM_NOEXCEPT;

/**
 * The next events, at most `capacity`; `count` gets how many. Returns `MM_END`, with a count of 0, when there are no more.
 * Hot path.
 *
 * Errors:
 * `MM_E_MALFORMED`, `MM_E_TRUNCATED`, `MM_E_CORRUPT`, once, after every event before the bad place has been delivered; the
 * message names the file, the line or offset, and the reason. The stream has ended then. `MM_E_INVALID_ARGUMENT` for a
 * capacity of 0.
 *
 * Safety:
 * `reader` is a live handle that no other thread uses; `events` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_reader_next(struct mm_reader_t *reader,
                           struct mm_event_t *events,
                           size_t capacity,
                           size_t *count) MM_NOEXCEPT;

/**
 * How far the reader is, in bytes of decompressed data.
 *
 * Safety:
 * `reader` is a live handle that no other thread uses; `done` and `total` are writable.
 */
mm_status_t mm_reader_progress(struct mm_reader_t *reader, uint64_t *done, uint64_t *total) MM_NOEXCEPT;

/**
 * Compares the venue's working orders and position with ours and writes the differences, as many as fit. Changes nothing; tell
 * `mm_risk_gate_on_reconciliation` how many there are. Allocates: for a timer or a restart.
 *
 * Errors:
 * `MM_E_BAD_REPORT` when the snapshot names an order twice, `MM_E_ENUM`.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `orders` is readable for `order_count` elements, `snapshot` readable,
 * `breaks` writable for `capacity` elements, `result` writable.
 */
mm_status_t mm_order_manager_reconcile(const struct mm_order_manager_t *manager,
                                       const struct mm_venue_order_t *orders,
                                       size_t order_count,
                                       const struct mm_venue_snapshot_t *snapshot,
                                       struct mm_break_t *breaks,
                                       size_t capacity,
                                       struct mm_reconciliation_t *result) MM_NOEXCEPT;

/**
 * Makes the venue's word ours, orders in flight left out. Fills stamped at or before the snapshot are refused from now on: take over
 * its position. `left` gets how many of the venue's orders could not be taken over. Allocates.
 *
 * Errors:
 * As there; nothing has changed then.
 *
 * Safety:
 * As for `mm_order_manager_reconcile`, and no other thread uses `manager`; `left` is writable.
 */
mm_status_t mm_order_manager_adopt(struct mm_order_manager_t *manager,
                                   const struct mm_venue_order_t *orders,
                                   size_t order_count,
                                   const struct mm_venue_snapshot_t *snapshot,
                                   size_t *left) MM_NOEXCEPT;

/**
 * Marks orders whose request has waited for an answer for longer than `timeout_ns` as `MM_ORDER_UNKNOWN`; `count` gets how many are.
 * O(capacity of the manager).
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `count` is writable.
 */
mm_status_t mm_order_manager_expire(struct mm_order_manager_t *manager,
                                    uint64_t timestamp,
                                    uint64_t timeout_ns,
                                    size_t *count) MM_NOEXCEPT;

/**
 * Counts a fill id as seen: what a host that restarts does with the last ids of its former life. Hot path.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses.
 */
mm_status_t mm_order_manager_remember_fill(struct mm_order_manager_t *manager, uint64_t fill_id) MM_NOEXCEPT;

/**
 * Makes an estimator with this many lagged changes, 1 to 16.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`.
 *
 * Safety:
 * `share` is writable. Free the handle with `mm_information_share_destroy`.
 */
mm_status_t mm_information_share_create(uint32_t lags, struct mm_information_share_t **share) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `share` is null or a live handle that is not used afterwards.
 */
void mm_information_share_destroy(struct mm_information_share_t *share) MM_NOEXCEPT;

/**
 * Both prices at the next step of the grid, in one unit; NaN breaks the series. Hot path.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `share` is a live handle that no other thread uses.
 */
mm_status_t mm_information_share_update(struct mm_information_share_t *share,
                                        double first,
                                        double second) MM_NOEXCEPT;

/**
 * The shares so far.
 *
 * Errors:
 * `MM_E_NULL`; `MM_E_NOT_READY` where the samples do not determine them.
 *
 * Safety:
 * `share` is a live handle that no other thread changes; `shares` is writable.
 */
mm_status_t mm_information_share_estimate(const struct mm_information_share_t *share,
                                          struct mm_information_shares_t *shares) MM_NOEXCEPT;

/**
 * Makes a filter of 1 to 8 states, each with a mean and a standard deviation; `transitions` is states x states, row-major, row
 * i where state i goes in a step.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`; the message names the parameter.
 *
 * Safety:
 * `means` and `deviations` are readable for `states` numbers, `transitions` for their square; `regimes` is writable. Free the
 * handle with `mm_regimes_destroy`.
 */
mm_status_t mm_regimes_create(const double *means,
                              const double *deviations,
                              const double *transitions,
                              size_t states,
                              struct mm_regimes_t **regimes) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `regimes` is null or a live handle that is not used afterwards.
 */
void mm_regimes_destroy(struct mm_regimes_t *regimes) MM_NOEXCEPT;

/**
 * The next return; `state`, which may be null, gets the likeliest state. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
 *
 * Safety:
 * `regimes` is a live handle that no other thread uses; `state` is null or writable.
 */
mm_status_t mm_regimes_update(struct mm_regimes_t *regimes, double value, uint32_t *state) MM_NOEXCEPT;

/**
 * The probability of each state given all returns so far; `count` gets the number of states.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_BUFFER_TOO_SMALL`; eight places always suffice.
 *
 * Safety:
 * `regimes` is a live handle that no other thread changes; `probabilities` is writable for `capacity` numbers, `count` is writable.
 */
mm_status_t mm_regimes_probabilities(const struct mm_regimes_t *regimes,
                                     double *probabilities,
                                     size_t capacity,
                                     size_t *count) MM_NOEXCEPT;

/**
 * Makes a trend detector: `allowance` and `threshold` in standard deviations of the returns, `patience` in returns.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT`; the message names the parameter.
 *
 * Safety:
 * `cusum` is writable. Free the handle with `mm_cusum_destroy`.
 */
mm_status_t mm_cusum_create(double allowance,
                            double threshold,
                            uint32_t patience,
                            struct mm_cusum_t **cusum) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `cusum` is null or a live handle that is not used afterwards.
 */
void mm_cusum_destroy(struct mm_cusum_t *cusum) MM_NOEXCEPT;

/**
 * The next return in standard deviations; `trend`, which may be null, gets `MM_TREND_*`. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INVALID_ARGUMENT` unless it is finite.
 *
 * Safety:
 * `cusum` is a live handle that no other thread uses; `trend` is null or writable.
 */
mm_status_t mm_cusum_update(struct mm_cusum_t *cusum, double value, uint8_t *trend) MM_NOEXCEPT;

/**
 * Makes a gate, its message bucket full and its switch off.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a negative limit or a rate that cannot be.
 *
 * Safety:
 * `config` points to an initialised config; `gate` is writable. Free the handle with `mm_risk_gate_destroy`.
 */
mm_status_t mm_risk_gate_create(const struct mm_risk_config_t *config,
                                struct mm_risk_gate_t **gate) MM_NOEXCEPT;

/**
 * Frees a gate. Null is fine.
 *
 * Safety:
 * `gate` is null or a live handle that is not used afterwards.
 */
void mm_risk_gate_destroy(struct mm_risk_gate_t *gate) MM_NOEXCEPT;

/**
 * Replaces the limits. Counters and the switch stay; the bucket stays when its rate does.
 *
 * Errors:
 * As for `mm_risk_gate_create`; the old limits stay then.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `config` points to an initialised config.
 */
mm_status_t mm_risk_gate_set_config(struct mm_risk_gate_t *gate,
                                    const struct mm_risk_config_t *config) MM_NOEXCEPT;

/**
 * Passes or refuses one order and counts it. A passed order has used one message of the rate. Hot path, O(1).
 *
 * Errors:
 * The `MM_E_RISK_*` of the first failed check; the message says what was measured against which limit. Nothing but
 * the counters has changed then.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `order` and `exposure` are readable.
 */
mm_status_t mm_risk_gate_check(struct mm_risk_gate_t *gate,
                               const struct mm_order_intent_t *order,
                               const struct mm_exposure_t *exposure) MM_NOEXCEPT;

/**
 * Tells the gate of a cancel that goes out at `timestamp` ns: it uses the rate up and is never refused. Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_note_cancel(struct mm_risk_gate_t *gate,
                                     uint64_t timestamp) MM_NOEXCEPT;

/**
 * How often the gate was asked and what it answered.
 *
 * Safety:
 * `gate` is a live handle that no other thread changes; `counters` is writable.
 */
mm_status_t mm_risk_gate_counters(const struct mm_risk_gate_t *gate,
                                  struct mm_risk_counters_t *counters) MM_NOEXCEPT;

/**
 * Fills a config with its defaults: no limit anywhere. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_risk_config_init(struct mm_risk_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Lets the gate do more or less from now on: `MM_TRADING_*`. Cancels always pass.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_set_state(struct mm_risk_gate_t *gate,
                                   uint8_t state,
                                   uint64_t timestamp) MM_NOEXCEPT;

/**
 * Gives an instrument rules of its own, and a line in the gate's table.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for an increment or a unit value below 1, `MM_E_FULL`, `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `rules` is readable.
 */
mm_status_t mm_risk_gate_set_rules(struct mm_risk_gate_t *gate,
                                   uint32_t instrument,
                                   const struct mm_instrument_rules_t *rules) MM_NOEXCEPT;

/**
 * Switches a check, named by its `MM_E_RISK_*`, on (1) or off (0). A check without a limit stays without effect.
 *
 * Errors:
 * `MM_E_ENUM`; `MM_E_INVALID_ARGUMENT` for the checks that nothing switches off: kill switch, malformed orders, unknown
 * instruments.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_set_enabled(struct mm_risk_gate_t *gate,
                                     mm_status_t check,
                                     uint8_t on) MM_NOEXCEPT;

/**
 * A new day: the daily loss is measured from the equity as it is, and orders and fills are counted from 0.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_new_day(struct mm_risk_gate_t *gate, uint64_t timestamp) MM_NOEXCEPT;

/**
 * What equity was at the day's start and at its peak, account units, for a host that goes on with an account after a restart.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_set_baseline(struct mm_risk_gate_t *gate,
                                      int64_t day_start,
                                      int64_t peak) MM_NOEXCEPT;

/**
 * What the gate would say of any order of the instrument now: `stance` gets 0 when it depends on the order, else the
 * `MM_E_RISK_*` for which quotes are to be withdrawn; `reduce_only` gets 1 when reducing orders may still pass. Counts nothing.
 * Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; the outputs are writable.
 */
mm_status_t mm_risk_gate_stance(struct mm_risk_gate_t *gate,
                                uint32_t instrument,
                                uint64_t timestamp,
                                mm_status_t *stance,
                                uint8_t *reduce_only) MM_NOEXCEPT;

/**
 * The latches as they are, to be stored; `token` gets what a reset must show, 0 while nothing is latched, and may be null.
 *
 * Safety:
 * `gate` is a live handle that no other thread changes; `latches` is writable, `token` null or writable.
 */
mm_status_t mm_risk_gate_latches(const struct mm_risk_gate_t *gate,
                                 struct mm_risk_latches_t *latches,
                                 uint64_t *token) MM_NOEXCEPT;

/**
 * Takes over stored latches and the stored kill switch. Nothing that is latched or killed already is opened.
 *
 * Errors:
 * `MM_E_RISK_LATCHES` for what no gate can have written.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `latches` is readable.
 */
mm_status_t mm_risk_gate_restore(struct mm_risk_gate_t *gate,
                                 const struct mm_risk_latches_t *latches) MM_NOEXCEPT;

/**
 * Opens every latch. `token` is that of the latches as they are: another one that has latched in the meantime makes it wrong.
 * `reason`, 1 to 32 bytes of UTF-8, goes to the audit ring. The daily loss and the drawdown are measured from the equity as it is;
 * the kill switch stays as it is.
 *
 * Errors:
 * `MM_E_RISK_TOKEN`, also when nothing is latched; `MM_E_RISK_NO_REASON`, `MM_E_UTF8`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `reason` is a NUL-terminated string.
 */
mm_status_t mm_risk_gate_reset(struct mm_risk_gate_t *gate,
                               uint64_t token,
                               const char *reason,
                               uint64_t timestamp) MM_NOEXCEPT;

/**
 * As `mm_risk_gate_set_config` for the engine's gate.
 *
 * Errors:
 * As there.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses; `config` points to an initialised config.
 */
mm_status_t mm_engine_risk_set_config(struct mm_engine_t *engine,
                                      const struct mm_risk_config_t *config) MM_NOEXCEPT;

/**
 * As `mm_risk_gate_latches` for the engine's gate.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `latches` is writable, `token` null or writable.
 */
mm_status_t mm_engine_risk_latches(const struct mm_engine_t *engine,
                                   struct mm_risk_latches_t *latches,
                                   uint64_t *token) MM_NOEXCEPT;

/**
 * As `mm_risk_gate_restore` for the engine's gate.
 *
 * Errors:
 * As there.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses; `latches` is readable.
 */
mm_status_t mm_engine_risk_restore(struct mm_engine_t *engine,
                                   const struct mm_risk_latches_t *latches) MM_NOEXCEPT;

/**
 * As `mm_risk_gate_reset` for the engine's gate.
 *
 * Errors:
 * As there.
 *
 * Safety:
 * `engine` is a live handle that no other thread uses; `reason` is a NUL-terminated string.
 */
mm_status_t mm_engine_risk_reset(struct mm_engine_t *engine,
                                 uint64_t token,
                                 const char *reason,
                                 uint64_t timestamp) MM_NOEXCEPT;

/**
 * Value at risk and expected shortfall of an exposure |q|S whose returns are normal with mean zero: `volatility` of one period,
 * the horizon in `periods`, a `confidence` of 0.5 to 1. Any thread.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for numbers that are not finite or out of range.
 *
 * Safety:
 * The outputs are writable.
 */
mm_status_t mm_normal_tail_risk(double exposure,
                                double volatility,
                                double periods,
                                double confidence,
                                double *value_at_risk,
                                double *expected_shortfall) MM_NOEXCEPT;

/**
 * The quantile of past losses and the mean of those at least as large; losses are positive. `losses` is reordered. O(count), any
 * thread.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for a loss that is not finite or a confidence out of 0.5 to 1.
 *
 * Safety:
 * `losses` is readable and writable for `count` elements; the outputs are writable.
 */
mm_status_t mm_historical_tail_risk(double *losses,
                                    size_t count,
                                    double confidence,
                                    double *value_at_risk,
                                    double *expected_shortfall) MM_NOEXCEPT;

/**
 * Passes or refuses one order with everything that the checks look at, and counts it. A passed order has used one message of
 * the rate and counts as working from now on. Hot path, O(1).
 *
 * Errors:
 * The `MM_E_RISK_*` of the first failed check; the message says what was measured against which limit. Nothing but counters and
 * the audit ring has changed then. `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `order` is readable.
 */
mm_status_t mm_risk_gate_check_order(struct mm_risk_gate_t *gate,
                                     const struct mm_risk_order_t *order) MM_NOEXCEPT;

/**
 * As `mm_risk_gate_check_order` for a price (ticks) and a quantity (lots) that are doubles: what is not finite or no whole number
 * is refused and counted. `order`'s own price and quantity are not read.
 *
 * Errors:
 * `MM_E_RISK_INVALID_ORDER`, `MM_E_RISK_OFF_TICK`, `MM_E_RISK_OFF_LOT`, and as for `mm_risk_gate_check_order`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `order` is readable.
 */
mm_status_t mm_risk_gate_check_decimal(struct mm_risk_gate_t *gate,
                                       const struct mm_risk_order_t *order,
                                       double price,
                                       double quantity) MM_NOEXCEPT;

/**
 * The best prices of an instrument have changed or been seen again. Hot path, O(1).
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `market` is readable.
 */
mm_status_t mm_risk_gate_on_market(struct mm_risk_gate_t *gate,
                                   const struct mm_risk_market_t *market) MM_NOEXCEPT;

/**
 * Data of an instrument came at `timestamp` ns that changed no best price: they are fresh. Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_data(struct mm_risk_gate_t *gate,
                                 uint32_t instrument,
                                 uint64_t timestamp) MM_NOEXCEPT;

/**
 * A numbered message of an instrument's feed came. One that skips a number closes the instrument until
 * `mm_risk_gate_on_recovered`; 0 stands for none. Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_sequence(struct mm_risk_gate_t *gate,
                                     uint32_t instrument,
                                     uint64_t sequence,
                                     uint64_t timestamp) MM_NOEXCEPT;

/**
 * The instrument's book is whole again, as of `sequence` (0 when its messages have no numbers).
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_recovered(struct mm_risk_gate_t *gate,
                                      uint32_t instrument,
                                      uint64_t sequence,
                                      uint64_t timestamp) MM_NOEXCEPT;

/**
 * What an instrument's position and working orders are now; of `order` only the instrument and the fields of the exposure are
 * read. A check takes them over too. Hot path.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `order` is readable.
 */
mm_status_t mm_risk_gate_observe(struct mm_risk_gate_t *gate,
                                 const struct mm_risk_order_t *order) MM_NOEXCEPT;

/**
 * One of our orders traded; tell each fill once. Hot path.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `fill` is readable.
 */
mm_status_t mm_risk_gate_on_fill(struct mm_risk_gate_t *gate, const struct mm_risk_fill_t *fill) MM_NOEXCEPT;

/**
 * The account's profit has changed. Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; `account` is readable.
 */
mm_status_t mm_risk_gate_on_account(struct mm_risk_gate_t *gate,
                                    const struct mm_risk_account_t *account) MM_NOEXCEPT;

/**
 * The relative volatility of an instrument over one period: 0.02 is 2 %.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for one that is negative or not finite, `MM_E_FULL`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_volatility(struct mm_risk_gate_t *gate,
                                       uint32_t instrument,
                                       double volatility) MM_NOEXCEPT;

/**
 * The relative return of an instrument over the latest period. Give every instrument's returns period by period.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for one that is not finite, `MM_E_FULL`.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_return(struct mm_risk_gate_t *gate,
                                   uint32_t instrument,
                                   double value) MM_NOEXCEPT;

/**
 * Measures value at risk and expected shortfall of the positions at their marks; the outputs, account units, may be null.
 * O(instruments x scenarios): for a timer.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses; the outputs are null or writable.
 */
mm_status_t mm_risk_gate_update_tail_risk(struct mm_risk_gate_t *gate,
                                          uint64_t timestamp,
                                          double *value_at_risk,
                                          double *expected_shortfall) MM_NOEXCEPT;

/**
 * A reconciliation with the venue has found so many breaks.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_on_reconciliation(struct mm_risk_gate_t *gate,
                                           uint32_t breaks,
                                           uint64_t timestamp) MM_NOEXCEPT;

/**
 * Time has passed: pauses that are over end, and silence is noticed. Orders and updates do the same. Hot path.
 *
 * Safety:
 * `gate` is a live handle that no other thread uses.
 */
mm_status_t mm_risk_gate_advance(struct mm_risk_gate_t *gate,
                                 uint64_t timestamp) MM_NOEXCEPT;

/**
 * A window into the gate for other threads.
 *
 * Safety:
 * `gate` is a live handle that no other thread changes; `monitor` is writable. Free the handle with
 * `mm_risk_monitor_destroy`.
 */
mm_status_t mm_risk_gate_monitor(const struct mm_risk_gate_t *gate,
                                 struct mm_risk_monitor_t **monitor) MM_NOEXCEPT;

/**
 * A window into the engine's gate for other threads.
 *
 * Safety:
 * `engine` is a live handle that no other thread changes; `monitor` is writable. Free the handle with
 * `mm_risk_monitor_destroy`.
 */
mm_status_t mm_engine_risk_monitor(const struct mm_engine_t *engine,
                                   struct mm_risk_monitor_t **monitor) MM_NOEXCEPT;

/**
 * Frees a monitor; its gate goes on as it is. Null is fine.
 *
 * Safety:
 * `monitor` is null or a live handle that is not used afterwards.
 */
void mm_risk_monitor_destroy(struct mm_risk_monitor_t *monitor) MM_NOEXCEPT;

/**
 * One row for each check, by its number: which limits are configured, have ever been evaluated and are fed with data. `count` gets
 * how many; room for 64 is always enough. Any thread, wait-free.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL`.
 *
 * Safety:
 * `monitor` is a live handle; `rows` is writable for `capacity` elements and `count` is writable.
 */
mm_status_t mm_risk_coverage(const struct mm_risk_monitor_t *monitor,
                             struct mm_risk_coverage_t *rows,
                             size_t capacity,
                             size_t *count) MM_NOEXCEPT;

/**
 * Everything that the gate measures. Any thread, wait-free.
 *
 * Safety:
 * `monitor` is a live handle; `metrics` is writable.
 */
mm_status_t mm_risk_monitor_metrics(const struct mm_risk_monitor_t *monitor,
                                    struct mm_risk_metrics_t *metrics) MM_NOEXCEPT;

/**
 * Copies the gate's decisions from `*cursor` on, as many as there are and fit, and moves the cursor behind them; begin with 0. `count`
 * gets how many, `lost` (which may be null) how many were overwritten before they were read. Any thread, each with a cursor of its
 * own; lock-free.
 *
 * Safety:
 * `monitor` is a live handle; `cursor` is readable and writable, `records` writable for `capacity` elements, `count` writable,
 * `lost` null or writable.
 */
mm_status_t mm_risk_monitor_audit(const struct mm_risk_monitor_t *monitor,
                                  uint64_t *cursor,
                                  struct mm_audit_record_t *records,
                                  size_t capacity,
                                  size_t *count,
                                  uint64_t *lost) MM_NOEXCEPT;

/**
 * A sign of life of the host at `timestamp` ns, for the dead-man's switch. Any thread, wait-free.
 *
 * Safety:
 * `monitor` is a live handle.
 */
mm_status_t mm_risk_monitor_ping(const struct mm_risk_monitor_t *monitor, uint64_t timestamp) MM_NOEXCEPT;

/**
 * Lets the gate do more or less from its next order on: `MM_TRADING_*`. Any thread, wait-free. Where an order under way must not slip
 * through there is the kill switch.
 *
 * Errors:
 * `MM_E_ENUM`.
 *
 * Safety:
 * `monitor` is a live handle.
 */
mm_status_t mm_risk_monitor_set_state(const struct mm_risk_monitor_t *monitor,
                                      uint8_t state) MM_NOEXCEPT;

/**
 * The name of a check by its number (-200 - `MM_E_RISK_*`), in snake case; "unknown" for a number that is none. Never null; static
 * storage.
 *
 * Safety:
 * None needed: any number is fine, from any thread.
 */
const char *mm_risk_check_name(uint8_t check) MM_NOEXCEPT;

/**
 * Routes an order over the venues that are open, have something and are within the limit, cheapest first, with the reason of each
 * route. `count` gets how many routes, `left` (which may be null) the lots that no venue takes. The same offers give the same routes
 * whatever their order. Any thread, hot path.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` for more than `MM_MAX_VENUES` offers or a venue that comes twice, `MM_E_BAD_QUOTE` for a price out of range
 * or no lots, `MM_E_BUFFER_TOO_SMALL` with less room than there are offers, `MM_E_ENUM`.
 *
 * Safety:
 * `request` is readable, `offers` readable for `offer_count` elements, `routes` writable for `capacity` elements, `count` writable,
 * `left` null or writable.
 */
mm_status_t mm_route(const struct mm_route_request_t *request,
                     const struct mm_venue_offer_t *offers,
                     size_t offer_count,
                     struct mm_route_t *routes,
                     size_t capacity,
                     size_t *count,
                     uint64_t *left) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_shutdown_config_init(struct mm_shutdown_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Begins a shutdown at `timestamp` ns: from here on the gate lets only reducing orders pass, and stays so.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` for a clip out of range.
 *
 * Safety:
 * `config` points to an initialised config; `gate` is a live handle that no other thread uses; `shutdown` is writable. Free the
 * handle with `mm_shutdown_destroy`.
 */
mm_status_t mm_shutdown_begin(const struct mm_shutdown_config_t *config,
                              struct mm_risk_gate_t *gate,
                              uint64_t timestamp,
                              struct mm_shutdown_t **shutdown) MM_NOEXCEPT;

/**
 * Frees a shutdown; orders and gate stay as they are. Null is fine.
 *
 * Safety:
 * `shutdown` is null or a live handle that is not used afterwards.
 */
void mm_shutdown_destroy(struct mm_shutdown_t *shutdown) MM_NOEXCEPT;

/**
 * What is to be sent now; `count` gets how many actions. Room for one more than there are working orders is always enough. Call it
 * after every report and on a timer, until the report says that it is over. O(orders).
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL`; nothing has changed then.
 *
 * Safety:
 * The handles are live and no other thread uses them; `top` is readable; `actions` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_shutdown_step(struct mm_shutdown_t *shutdown,
                             struct mm_order_manager_t *manager,
                             struct mm_risk_gate_t *gate,
                             const struct mm_market_top_t *top,
                             struct mm_order_action_t *actions,
                             size_t capacity,
                             size_t *count) MM_NOEXCEPT;

/**
 * What has been done and what is left, with `position` lots held.
 *
 * Safety:
 * The handles are live and no other thread changes them; `report` is writable.
 */
mm_status_t mm_shutdown_report(const struct mm_shutdown_t *shutdown,
                               const struct mm_order_manager_t *manager,
                               int64_t position,
                               struct mm_shutdown_report_t *report) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_store_config_init(struct mm_store_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Opens or makes a store. `mm_store_info` says how it was found. O(size); nothing allocates afterwards.
 *
 * Errors:
 * `MM_E_STORE_LOCKED` when it has a writer, `MM_E_STORE_READ_ONLY`, `MM_E_STORE_NO_SPACE`, `MM_E_STORE_EXISTS`, `MM_E_IO`;
 * `MM_E_STORE_FORMAT`, `MM_E_STORE_VERSION`, `MM_E_STORE_LAYOUT`, `MM_E_STORE_SIZE`, `MM_E_STORE_CAPACITY`,
 * `MM_E_STORE_CORRUPT`; `MM_E_INVALID_ARGUMENT`, `MM_E_ENUM`, `MM_E_STRUCT_SIZE`, `MM_E_UTF8`, `MM_E_NULL`. The file is as it
 * was then.
 *
 * Safety:
 * `path` is a NUL-terminated string; `config` points to an initialised config; `store` is writable. Free the handle with
 * `mm_store_destroy`.
 */
mm_status_t mm_store_open(const char *path,
                          const struct mm_store_config_t *config,
                          struct mm_store_t **store) MM_NOEXCEPT;

/**
 * Closes a store, which gives its lock back; what was applied stays. Null is fine.
 *
 * Safety:
 * `store` is null or a live handle that is not used afterwards.
 */
void mm_store_destroy(struct mm_store_t *store) MM_NOEXCEPT;

/**
 * Puts a file of other capacities, or another durability, in the place of this store's, with the same state: the latest
 * trades and fill ids as far as they fit. Readers of the old file get `MM_E_STORE_SUPERSEDED`. Not for the hot path.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` when `path` is not this store's, `MM_E_FULL` or `MM_E_NOT_FOUND` when the state does not fit, and
 * those of making a store. The store is as it was then.
 *
 * Safety:
 * `store` is a live handle that no other thread uses; `path` is the NUL-terminated path that it was opened with; `config`
 * points to an initialised config.
 */
mm_status_t mm_store_resize(struct mm_store_t *store,
                            const char *path,
                            const struct mm_store_config_t *config) MM_NOEXCEPT;

/**
 * Adds an instrument, flat; its `id` and fees are used. `unit_value` is what one tick x lot is worth in account units,
 * `fill_ids` one of `MM_FILL_IDS_*`. `MM_UNSYNCED` as for `mm_store_apply`.
 *
 * Errors:
 * `MM_E_FULL`, `MM_E_DUPLICATE`, `MM_E_INVALID_ARGUMENT` unless `unit_value` is positive, `MM_E_ENUM`.
 *
 * Safety:
 * `store` is a live handle that no other thread uses; `instrument` points to an initialised struct.
 */
mm_status_t mm_store_register(struct mm_store_t *store,
                              const struct mm_instrument_t *instrument,
                              int64_t unit_value,
                              uint8_t fill_ids) MM_NOEXCEPT;

/**
 * Books a fill under the venue's id and the host's sequence, either of which may be 0; survives the process when this
 * returns. `MM_DUPLICATE` when it was booked before: nothing has changed and `outcome` is not written. `MM_UNSYNCED` as for
 * `mm_store_apply`. `outcome` may be null. Hot path, O(1).
 *
 * Errors:
 * As for `mm_position_tracker_record_fill`. Nothing has changed then.
 *
 * Safety:
 * `store` is a live handle that no other thread uses; `fill` is readable, `outcome` null or writable.
 */
mm_status_t mm_store_record_fill(struct mm_store_t *store,
                                 const struct mm_fill_t *fill,
                                 uint64_t fill_id,
                                 uint64_t sequence,
                                 struct mm_fill_outcome_t *outcome) MM_NOEXCEPT;

/**
 * Applies one event as a whole: its fill or mark, its orders, its latches. It survives the process when this returns.
 * `MM_DUPLICATE` when it was applied before: nothing has changed. `MM_UNSYNCED` when it is applied and the sync that was
 * due failed: it would not survive a loss of power; the next sync tries again with everything. `outcome` may be null and
 * is written when a fill was booked. Hot path as long as there are 8 orders and 2 latches at most, O(changes).
 *
 * Errors:
 * As for `mm_store_record_fill`; `MM_E_FULL` for the orders, where those that the same event removes do not make room;
 * `MM_E_NOT_FOUND` for an order to be removed or a latch that is not there, `MM_E_DUPLICATE` for an order given twice,
 * `MM_E_INVALID_ARGUMENT`. Nothing has changed then.
 *
 * Safety:
 * `store` is a live handle that no other thread uses; `update` and what it points to is readable; `outcome` is null or
 * writable.
 */
mm_status_t mm_store_apply(struct mm_store_t *store,
                           const struct mm_store_update_t *update,
                           struct mm_fill_outcome_t *outcome) MM_NOEXCEPT;

/**
 * Begins a new day: the daily loss counts from the present equity. `sequence` as in an update of the account; `MM_DUPLICATE`
 * and `MM_UNSYNCED` as there.
 *
 * Safety:
 * `store` is a live handle that no other thread uses.
 */
mm_status_t mm_store_start_day(struct mm_store_t *store,
                               uint64_t sequence) MM_NOEXCEPT;

/**
 * Forgets every trade: all positions flat, equity back at the capital, history empty. Instruments, orders, latches and
 * what was applied stay. `sequence` as for `mm_store_start_day`.
 *
 * Safety:
 * `store` is a live handle that no other thread uses.
 */
mm_status_t mm_store_reset(struct mm_store_t *store,
                           uint64_t sequence) MM_NOEXCEPT;

/**
 * Replaces the limits, which are not stored.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` when one is negative.
 *
 * Safety:
 * `store` is a live handle that no other thread uses; `limits` is readable.
 */
mm_status_t mm_store_set_limits(struct mm_store_t *store,
                                const struct mm_position_limits_t *limits) MM_NOEXCEPT;

/**
 * Makes everything safe from a loss of power. With `MM_DURABILITY_PROCESS` that is what the file says now, and the next
 * change begins a time in which a loss of power may cost the file.
 *
 * Errors:
 * `MM_E_IO`: nobody knows how much is safe. The next sync tries again with everything.
 *
 * Safety:
 * `store` is a live handle that no other thread uses.
 */
mm_status_t mm_store_sync(struct mm_store_t *store) MM_NOEXCEPT;

/**
 * Syncs when `sync_every_ns` asks for it at the time `now`: for hosts without events for a while.
 *
 * Errors:
 * As for `mm_store_sync`.
 *
 * Safety:
 * `store` is a live handle that no other thread uses.
 */
mm_status_t mm_store_tick(struct mm_store_t *store, uint64_t now) MM_NOEXCEPT;

/**
 * Reads the file again in place of what is in memory.
 *
 * Errors:
 * `MM_E_STORE_CORRUPT`.
 *
 * Safety:
 * `store` is a live handle that no other thread uses.
 */
mm_status_t mm_store_reload(struct mm_store_t *store) MM_NOEXCEPT;

/**
 * Takes over the positions, marks and account of a tracker, as one event. Instruments that it has and the store has not
 * are registered with `MM_FILL_IDS_ANY`; the history stays. `MM_UNSYNCED` as for `mm_store_apply`.
 *
 * Errors:
 * `MM_E_NOT_FOUND` when the tracker lacks an instrument of the store, `MM_E_FULL`. Nothing has changed then.
 *
 * Safety:
 * `store` is a live handle that no other thread uses, `tracker` one that no other thread changes.
 */
mm_status_t mm_store_import(struct mm_store_t *store,
                            const struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * Puts the positions, marks and account into a tracker, in place of its own; its history becomes empty.
 *
 * Errors:
 * `MM_E_FULL` when the tracker has too few instruments. It is as it was then.
 *
 * Safety:
 * `store` is a live handle that no other thread changes, `tracker` one that no other thread uses.
 */
mm_status_t mm_store_export(const struct mm_store_t *store,
                            struct mm_position_tracker_t *tracker) MM_NOEXCEPT;

/**
 * What a store is to be told of an order that has changed: `orders` of an `mm_store_update_t`, at most two. `before` is the
 * id under which the store has it, 0 for a new one; `after` the id that it has now. The id changes when a replacement takes
 * the order's place (`mm_order_manager_order` of either id says which holds); an order that is over is to be removed.
 * Hot path, O(1).
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when `capacity` is below what is to be told.
 *
 * Safety:
 * `manager` is a live handle that no other thread changes; `changes` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_order_manager_stored(const struct mm_order_manager_t *manager,
                                    uint64_t before,
                                    uint64_t after,
                                    struct mm_store_order_t *changes,
                                    size_t capacity,
                                    size_t *count) MM_NOEXCEPT;

/**
 * Takes over the orders of an earlier run, `mm_store_orders`; those of other instruments are passed over. `next_sequence` is
 * `next_order_sequence` of the store's info, and `fill_ids` are fills that have been counted, `mm_store_fill_ids`. What the
 * venue did meanwhile is a matter of `mm_order_manager_reconcile`. O(orders), allocates.
 *
 * Errors:
 * `MM_E_INVALID_ARGUMENT` when this manager has orders already, or when the orders are not those of a manager with this
 * capacity and sequence; `MM_E_ENUM`. Nothing has changed then.
 *
 * Safety:
 * `manager` is a live handle that no other thread uses; `orders` is readable for `order_count` elements, `fill_ids` for
 * `fill_id_count`.
 */
mm_status_t mm_order_manager_restore(struct mm_order_manager_t *manager,
                                     const struct mm_store_order_t *orders,
                                     size_t order_count,
                                     const uint64_t *fill_ids,
                                     size_t fill_id_count,
                                     uint64_t next_sequence) MM_NOEXCEPT;

/**
 * What the store is and how it was found. O(size), allocates.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `info` is writable.
 */
mm_status_t mm_store_info(const struct mm_store_t *store, struct mm_store_info_t *info) MM_NOEXCEPT;

/**
 * One instrument's position.
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `position` is writable.
 */
mm_status_t mm_store_position(const struct mm_store_t *store,
                              uint32_t instrument,
                              struct mm_position_t *position) MM_NOEXCEPT;

/**
 * Every position, in the order of registration; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `positions` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_store_positions(const struct mm_store_t *store,
                               struct mm_position_t *positions,
                               size_t capacity,
                               size_t *count) MM_NOEXCEPT;

/**
 * Sums over all instruments, account units.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `totals` is writable.
 */
mm_status_t mm_store_totals(const struct mm_store_t *store, struct mm_position_totals_t *totals) MM_NOEXCEPT;

/**
 * Whether a fill would keep the position within its limits, as `mm_position_tracker_check_position`. Hot path, O(1).
 *
 * Errors:
 * `MM_E_LIMIT_POSITION`, `MM_E_LIMIT_LONG`, `MM_E_LIMIT_SHORT`, `MM_E_ENUM`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes.
 */
mm_status_t mm_store_check_position(const struct mm_store_t *store,
                                    uint32_t instrument,
                                    uint8_t side,
                                    uint64_t quantity) MM_NOEXCEPT;

/**
 * Whether the day's loss and the drawdown are within their limits. Hot path, O(1).
 *
 * Errors:
 * `MM_E_LIMIT_DAILY_LOSS`, `MM_E_LIMIT_DRAWDOWN`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes.
 */
mm_status_t mm_store_check_loss(const struct mm_store_t *store) MM_NOEXCEPT;

/**
 * The limits, which are not stored.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `limits` is writable.
 */
mm_status_t mm_store_limits(const struct mm_store_t *store, struct mm_position_limits_t *limits) MM_NOEXCEPT;

/**
 * What was applied to an instrument last: where a replay may begin.
 *
 * Errors:
 * `MM_E_NOT_FOUND`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `applied` is writable.
 */
mm_status_t mm_store_applied(const struct mm_store_t *store,
                             uint32_t instrument,
                             struct mm_store_applied_t *applied) MM_NOEXCEPT;

/**
 * The fill ids of an instrument that are remembered, oldest first; `count` gets how many, at most `fill_window`.
 *
 * Errors:
 * `MM_E_NOT_FOUND`, `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `ids` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_store_fill_ids(const struct mm_store_t *store,
                              uint32_t instrument,
                              uint64_t *ids,
                              size_t capacity,
                              size_t *count) MM_NOEXCEPT;

/**
 * The working orders, in no particular order; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `orders` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_store_orders(const struct mm_store_t *store,
                            struct mm_store_order_t *orders,
                            size_t capacity,
                            size_t *count) MM_NOEXCEPT;

/**
 * The latches that are set; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `latches` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_store_latches(const struct mm_store_t *store,
                             struct mm_store_latch_t *latches,
                             size_t capacity,
                             size_t *count) MM_NOEXCEPT;

/**
 * The latest trades that fit, oldest first; `count` gets how many.
 *
 * Safety:
 * `store` is a live handle that no other thread changes; `trades` is writable for `capacity` elements and `count` is
 * writable.
 */
mm_status_t mm_store_history(const struct mm_store_t *store,
                             struct mm_trade_t *trades,
                             size_t capacity,
                             size_t *count) MM_NOEXCEPT;

/**
 * Maps a store for reading, beside its writer in any process. Takes no lock.
 *
 * Errors:
 * Those of `mm_store_open` that concern the file.
 *
 * Safety:
 * `path` is a NUL-terminated string; `reader` is writable. Free the handle with `mm_store_reader_destroy`.
 */
mm_status_t mm_store_reader_open(const char *path, struct mm_store_reader_t **reader) MM_NOEXCEPT;

/**
 * Frees a reader. Null is fine.
 *
 * Safety:
 * `reader` is null or a live handle that is not used afterwards.
 */
void mm_store_reader_destroy(struct mm_store_reader_t *reader) MM_NOEXCEPT;

/**
 * Copies the state after the last event, whole; the functions of the reader show it until the next call that succeeds.
 * O(size), allocates nothing.
 *
 * Errors:
 * `MM_E_STORE_BUSY` when the writer overtook every attempt, `MM_E_STORE_SUPERSEDED` when the store was resized,
 * `MM_E_STORE_CORRUPT`. What was read before stays.
 *
 * Safety:
 * `reader` is a live handle that no other thread uses.
 */
mm_status_t mm_store_reader_refresh(struct mm_store_reader_t *reader) MM_NOEXCEPT;

/**
 * What was read last. O(size), allocates.
 *
 * Safety:
 * `reader` is a live handle that no other thread changes; `info` is writable.
 */
mm_status_t mm_store_reader_info(const struct mm_store_reader_t *reader,
                                 struct mm_store_info_t *info) MM_NOEXCEPT;

/**
 * The positions that were read last, in the order of registration; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * `reader` is a live handle that no other thread changes; `positions` is writable for `capacity` elements and `count`
 * is writable.
 */
mm_status_t mm_store_reader_positions(const struct mm_store_reader_t *reader,
                                      struct mm_position_t *positions,
                                      size_t capacity,
                                      size_t *count) MM_NOEXCEPT;

/**
 * The working orders that were read last; `count` gets how many.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when there are more than `capacity`.
 *
 * Safety:
 * As for `mm_store_reader_positions`.
 */
mm_status_t mm_store_reader_orders(const struct mm_store_reader_t *reader,
                                   struct mm_store_order_t *orders,
                                   size_t capacity,
                                   size_t *count) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_stoikov_config_init(struct mm_stoikov_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_synthetic_config_init(struct mm_synthetic_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Opens synthetic flow as a reader: the same settings give the same events on every machine.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a parameter out of its range; the message names it.
 *
 * Safety:
 * `config` points to an initialised config; `reader` is writable. Free the handle with `mm_reader_destroy`.
 */
mm_status_t mm_reader_open_synthetic(const struct mm_synthetic_config_t *config,
                                     struct mm_reader_t **reader) MM_NOEXCEPT;

/**
 * Reads a LightGBM model from a text file, as `Booster.save_model` writes it.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_UTF8`, `MM_E_IO`, `MM_E_MALFORMED` (the message names the line), `MM_E_UNSUPPORTED` for linear trees and
 * unknown objectives, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `path` is a NUL-terminated string; `trees` is writable. Free the handle with `mm_trees_destroy`.
 */
mm_status_t mm_trees_create(const char *path,
                            struct mm_trees_t **trees) MM_NOEXCEPT;

/**
 * The same from text in memory, `length` bytes, not necessarily NUL-terminated.
 *
 * Errors:
 * As `mm_trees_create`.
 *
 * Safety:
 * `text` is readable for `length` bytes; `trees` is writable. Free the handle with `mm_trees_destroy`.
 */
mm_status_t mm_trees_create_from_text(const char *text, size_t length, struct mm_trees_t **trees) MM_NOEXCEPT;

/**
 * A second handle on the same trees, with a scratch of its own: for another thread. Either may be destroyed first.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_OUT_OF_MEMORY`.
 *
 * Safety:
 * `trees` is a live handle that no other thread changes; `shared` is writable. Free the new handle with `mm_trees_destroy`.
 */
mm_status_t mm_trees_share(const struct mm_trees_t *trees,
                           struct mm_trees_t **shared) MM_NOEXCEPT;

/**
 * Frees a handle. Null is fine.
 *
 * Safety:
 * `trees` is null or a live handle that is not used afterwards.
 */
void mm_trees_destroy(struct mm_trees_t *trees) MM_NOEXCEPT;

/**
 * What the model reads and gives.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `trees` is a live handle that no other thread changes; `info` is writable.
 */
mm_status_t mm_trees_info(const struct mm_trees_t *trees, struct mm_trees_info_t *info) MM_NOEXCEPT;

/**
 * The name of a feature, as the model's text has it; it lives as long as any handle on these trees.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_NOT_FOUND` from the number of features on.
 *
 * Safety:
 * `trees` is a live handle that no other thread changes; `name` is writable.
 */
mm_status_t mm_trees_feature_name(const struct mm_trees_t *trees,
                                  size_t index,
                                  const char **name) MM_NOEXCEPT;

/**
 * The sum of the leaves that a row reaches, per output: LightGBM's `predict(raw_score=True)`. Any value is fine in a row: NaN is
 * missing, as LightGBM has it. Writes the model's outputs. Hot path.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_INPUT_LENGTH` unless `length` is the number of features, `MM_E_BUFFER_TOO_SMALL`.
 *
 * Safety:
 * `trees` is a live handle that no other thread uses; `row` is readable for `length` values, `out` writable for `capacity`.
 */
mm_status_t mm_trees_predict_raw(struct mm_trees_t *trees,
                                 const double *row,
                                 size_t length,
                                 double *out,
                                 size_t capacity) MM_NOEXCEPT;

/**
 * The prediction for a row: the raw score under the objective's transform (probabilities for classes, and so on). Hot path.
 *
 * Errors:
 * As `mm_trees_predict_raw`.
 *
 * Safety:
 * As for `mm_trees_predict_raw`.
 */
mm_status_t mm_trees_predict(struct mm_trees_t *trees,
                             const double *row,
                             size_t length,
                             double *out,
                             size_t capacity) MM_NOEXCEPT;

/**
 * Predictions for `count` rows that lie one behind the other, to outputs that lie so; `length` is the values of all rows
 * together. Hot path.
 *
 * Errors:
 * As `mm_trees_predict_raw`, with `count` rows; `MM_E_INVALID_ARGUMENT` for more rows than memory can hold.
 *
 * Safety:
 * As for `mm_trees_predict_raw`.
 */
mm_status_t mm_trees_predict_batch(struct mm_trees_t *trees,
                                   const double *rows,
                                   size_t length,
                                   size_t count,
                                   double *out,
                                   size_t capacity) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_venue_config_init(struct mm_venue_config_t *config, size_t struct_size) MM_NOEXCEPT;

/**
 * Builds a venue without orders.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_INVALID_ARGUMENT` for a capacity out of range.
 *
 * Safety:
 * `config` points to an initialised config; `venue` is writable. Free the handle with `mm_venue_destroy`.
 */
mm_status_t mm_venue_create(const struct mm_venue_config_t *config, struct mm_venue_t **venue) MM_NOEXCEPT;

/**
 * Frees a venue. Null is fine.
 *
 * Safety:
 * `venue` is null or a live handle that is not used afterwards.
 */
void mm_venue_destroy(struct mm_venue_t *venue) MM_NOEXCEPT;

/**
 * Sends a request at the time `now`, ns; it arrives after its latency. Hot path.
 *
 * Errors:
 * `MM_E_FULL` when too many are under way, `MM_E_ZERO_QUANTITY`, `MM_E_ENUM`.
 *
 * Safety:
 * `venue` is a live handle that no other thread uses; `action` points to an action.
 */
mm_status_t mm_venue_submit(struct mm_venue_t *venue,
                            uint64_t now,
                            const struct mm_order_action_t *action) MM_NOEXCEPT;

/**
 * How many reports the next call of `mm_venue_on_event` may write.
 *
 * Safety:
 * `venue` is a live handle that no other thread changes; `count` is writable.
 */
mm_status_t mm_venue_reports_needed(const struct mm_venue_t *venue, size_t *count) MM_NOEXCEPT;

/**
 * Lets the requests that are due arrive and the recorded event act on own orders. Call it with each event *before*
 * `mm_engine_on_event`: the engine's book is the recorded book before the event. `count` gets how many reports were
 * written, for `mm_engine_on_report`. Hot path; linear in own orders.
 *
 * Errors:
 * `MM_E_BUFFER_TOO_SMALL` when `capacity` is less than `mm_venue_reports_needed` says: nothing has changed. `MM_E_ENUM`.
 *
 * Safety:
 * `venue` is a live handle that no other thread uses, `engine` one that no other thread changes; `event` points to an
 * event; `reports` is writable for `capacity` elements and `count` is writable.
 */
mm_status_t mm_venue_on_event(struct mm_venue_t *venue,
                              const struct mm_engine_t *engine,
                              const struct mm_event_t *event,
                              struct mm_execution_report_t *reports,
                              size_t capacity,
                              size_t *count) MM_NOEXCEPT;

/**
 * Fills a config with its defaults. Pass `sizeof *config` as `struct_size`.
 *
 * Safety:
 * `config` is null (an error) or writable for `struct_size` bytes.
 */
mm_status_t mm_worker_pool_config_init(struct mm_worker_pool_config_t *config,
                                       size_t struct_size) MM_NOEXCEPT;

/**
 * Starts the threads, with all the room that tasks will ever have.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_STRUCT_SIZE`, `MM_E_ENUM`, `MM_E_INVALID_ARGUMENT` naming the setting, `MM_E_PROCESSOR`, `MM_E_THREAD`,
 * `MM_E_OUT_OF_MEMORY`. No thread is left running then.
 *
 * Safety:
 * `config` points to an initialised config whose processors are null or readable; `pool` is writable. Free the handle with
 * `mm_worker_pool_destroy`.
 */
mm_status_t mm_worker_pool_create(const struct mm_worker_pool_config_t *config,
                                  struct mm_worker_pool_t **pool) MM_NOEXCEPT;

/**
 * Closes a pool, waits until every task that it has taken has run, ends its threads and frees it. From a task of the pool
 * it does not wait: the threads end by themselves when the tasks have run. Null is fine.
 *
 * Safety:
 * `pool` is null or a live handle that no other thread uses, and that is not used afterwards.
 */
void mm_worker_pool_destroy(struct mm_worker_pool_t *pool) MM_NOEXCEPT;

/**
 * Hands a task to whichever thread is free first. Called from a task of the pool it never waits: where others would, that is
 * `MM_E_FULL`. Hot path.
 *
 * Errors:
 * `MM_E_NULL` for a null function (a null context is fine), `MM_E_FULL`, `MM_E_CLOSED`.
 *
 * Safety:
 * `pool` is a live handle; `task` may be called with `context` once, on another thread, at any time until the pool is
 * destroyed.
 */
mm_status_t mm_worker_pool_submit(const struct mm_worker_pool_t *pool,
                                  mm_task_t task,
                                  void *context) MM_NOEXCEPT;

/**
 * Hands a task to a lane: tasks of one number run one after the other on one thread, in the order in which one thread
 * submits them. What concerns one instrument only and goes through its lane ends the same at any number of threads. Otherwise
 * as `mm_worker_pool_submit`. Hot path.
 *
 * Errors:
 * As there.
 *
 * Safety:
 * As there.
 */
mm_status_t mm_worker_pool_submit_to(const struct mm_worker_pool_t *pool,
                                     uint64_t lane,
                                     mm_task_t task,
                                     void *context) MM_NOEXCEPT;

/**
 * Waits until no task waits or runs, those included that are submitted meanwhile. What tasks wrote can be read then.
 *
 * Errors:
 * `MM_E_NULL`, `MM_E_OWN_TASK` from a task of the pool.
 *
 * Safety:
 * `pool` is a live handle.
 */
mm_status_t mm_worker_pool_drain(const struct mm_worker_pool_t *pool) MM_NOEXCEPT;

/**
 * Refuses later tasks with `MM_E_CLOSED`. Those inside are run.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `pool` is a live handle.
 */
mm_status_t mm_worker_pool_close(const struct mm_worker_pool_t *pool) MM_NOEXCEPT;

/**
 * What the pool has done so far; the counters of one at work may be a task apart from each other.
 *
 * Errors:
 * `MM_E_NULL`.
 *
 * Safety:
 * `pool` is a live handle; `stats` is writable.
 */
mm_status_t mm_worker_pool_stats(const struct mm_worker_pool_t *pool,
                                 struct mm_worker_pool_stats_t *stats) MM_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MARKET_MAKER_H */
