//! Status codes, their names, and the thread's last error message.
//!
//! A status is an `int32_t`: zero is success, negative is an error after which nothing has changed, positive is
//! success with something to say. Numbers are stable: a code is never reused, and new ones are only added.
//! The message lives in a fixed buffer per thread, so that reporting an error never allocates.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char};
use std::fmt::{self, Write};

use super::guard::{NoHandle, guard};

/// Outcome of a call: 0 success, negative error (nothing changed), positive success with a remark.
pub type mm_status_t = i32;

/// Success.
pub const MM_OK: mm_status_t = 0;
/// Success, and the stream has ended: there is nothing more to read.
pub const MM_END: mm_status_t = 1;
/// Success up to a point: the output says how far, and why not further.
pub const MM_PARTIAL: mm_status_t = 2;

/// Success, and nothing changed: the report was about an order that is over.
pub const MM_STALE: mm_status_t = 3;
/// Success, and nothing changed: the event was applied before.
pub const MM_DUPLICATE: mm_status_t = 4;
/// The event is applied, but the sync that was due failed: it would not survive a loss of power.
pub const MM_UNSYNCED: mm_status_t = 5;

/// A pointer that must not be null is null.
pub const MM_E_NULL: mm_status_t = -1;
/// The handle is not a live handle of this kind (another kind, already destroyed, or not a handle at all).
pub const MM_E_HANDLE: mm_status_t = -2;
/// `struct_size` is smaller than the first version of the struct, or a field that this library does not know is set.
pub const MM_E_STRUCT_SIZE: mm_status_t = -3;
/// An argument or a config field is outside its documented range.
pub const MM_E_INVALID_ARGUMENT: mm_status_t = -4;
/// The library failed an internal check; the handle is poisoned. This is a bug worth reporting.
pub const MM_E_PANIC: mm_status_t = -5;
/// An earlier call on this handle ended in `MM_E_PANIC`; only its destroy function still works.
pub const MM_E_POISONED: mm_status_t = -6;
/// The system has not enough memory for what the config asks.
pub const MM_E_OUT_OF_MEMORY: mm_status_t = -7;
/// The caller's buffer is too small; nothing was done.
pub const MM_E_BUFFER_TOO_SMALL: mm_status_t = -8;
/// A result does not fit its integer.
pub const MM_E_OVERFLOW: mm_status_t = -9;
/// Everything that was sized at construction is in use.
pub const MM_E_FULL: mm_status_t = -10;
/// There is no such thing (order, level, instrument).
pub const MM_E_NOT_FOUND: mm_status_t = -11;
/// A string is not UTF-8.
pub const MM_E_UTF8: mm_status_t = -12;
/// An enumeration's number has no meaning.
pub const MM_E_ENUM: mm_status_t = -13;
/// There is one with this id already.
pub const MM_E_DUPLICATE: mm_status_t = -14;
/// A quantity of zero lots.
pub const MM_E_ZERO_QUANTITY: mm_status_t = -15;
/// A price beyond plus or minus 2^61 ticks, or outside what the book can hold.
pub const MM_E_PRICE_RANGE: mm_status_t = -16;
/// A quantity above 2^63-1 lots, or above what the order has.
pub const MM_E_QUANTITY_RANGE: mm_status_t = -17;
/// The report or event is about another instrument.
pub const MM_E_WRONG_INSTRUMENT: mm_status_t = -18;
/// More than the order has.
pub const MM_E_QUANTITY_EXCEEDS: mm_status_t = -19;
/// The pointer is not to a block of this pool.
pub const MM_E_BLOCK_FOREIGN: mm_status_t = -20;
/// The block is free already.
pub const MM_E_BLOCK_FREE: mm_status_t = -21;
/// The position would exceed `max_position_size`.
pub const MM_E_LIMIT_POSITION: mm_status_t = -101;
/// The position would exceed `max_long_position`.
pub const MM_E_LIMIT_LONG: mm_status_t = -102;
/// The position would exceed `max_short_position`.
pub const MM_E_LIMIT_SHORT: mm_status_t = -103;
/// The day's loss exceeds `max_daily_loss`.
pub const MM_E_LIMIT_DAILY_LOSS: mm_status_t = -104;
/// The fall of equity from its highest point exceeds `max_drawdown`.
pub const MM_E_LIMIT_DRAWDOWN: mm_status_t = -105;
/// Risk refusal: the kill switch is on.
pub const MM_E_RISK_KILL_SWITCH: mm_status_t = -201;
/// Risk refusal: no lots, too many lots for any order, or a price out of range.
pub const MM_E_RISK_INVALID_ORDER: mm_status_t = -202;
/// Risk refusal: more lots than one order may have.
pub const MM_E_RISK_ORDER_QUANTITY: mm_status_t = -203;
/// Risk refusal: more notional than one order may have.
pub const MM_E_RISK_ORDER_NOTIONAL: mm_status_t = -204;
/// Risk refusal: a collar is set and there is no reference price to measure from.
pub const MM_E_RISK_NO_REFERENCE: mm_status_t = -205;
/// Risk refusal: too far from the reference price.
pub const MM_E_RISK_PRICE_COLLAR: mm_status_t = -206;
/// Risk refusal: if every working buy order filled, the position would be too long.
pub const MM_E_RISK_LONG_POSITION: mm_status_t = -207;
/// Risk refusal: if every working sell order filled, the position would be too short.
pub const MM_E_RISK_SHORT_POSITION: mm_status_t = -208;
/// Risk refusal: too many messages.
pub const MM_E_RISK_MESSAGE_RATE: mm_status_t = -209;
/// Risk refusal: the host has halted the gate.
pub const MM_E_RISK_HALTED: mm_status_t = -210;
/// Risk refusal: only orders that reduce the position may pass.
pub const MM_E_RISK_REDUCE_ONLY: mm_status_t = -211;
/// Risk refusal: the instrument may not be traded.
pub const MM_E_RISK_RESTRICTED_INSTRUMENT: mm_status_t = -212;
/// Risk refusal: the gate's table of instruments is full.
pub const MM_E_RISK_UNKNOWN_INSTRUMENT: mm_status_t = -213;
/// Risk refusal: the price is no multiple of the price increment.
pub const MM_E_RISK_OFF_TICK: mm_status_t = -214;
/// Risk refusal: the quantity is no multiple of the quantity increment.
pub const MM_E_RISK_OFF_LOT: mm_status_t = -215;
/// Risk refusal: fewer lots than an order must have.
pub const MM_E_RISK_MIN_QUANTITY: mm_status_t = -216;
/// Risk refusal: the reference price is too old to measure from.
pub const MM_E_RISK_STALE_REFERENCE: mm_status_t = -217;
/// Risk refusal: a post-only order that would trade on arrival.
pub const MM_E_RISK_POST_ONLY: mm_status_t = -218;
/// Risk refusal: too near to an own quote of the other side.
pub const MM_E_RISK_OWN_SPREAD: mm_status_t = -219;
/// Risk refusal: it would trade with an own order.
pub const MM_E_RISK_SELF_TRADE: mm_status_t = -220;
/// Risk refusal: an order with this id has passed already.
pub const MM_E_RISK_DUPLICATE_ID: mm_status_t = -221;
/// Risk refusal: the same order has passed within the window.
pub const MM_E_RISK_DUPLICATE_ORDER: mm_status_t = -222;
/// Risk refusal: gross notional over all instruments, in the worst case of working orders.
pub const MM_E_RISK_GROSS_NOTIONAL: mm_status_t = -223;
/// Risk refusal: net notional over all instruments, in the worst case of working orders.
pub const MM_E_RISK_NET_NOTIONAL: mm_status_t = -224;
/// Risk refusal: too much of the gross notional in one instrument.
pub const MM_E_RISK_CONCENTRATION: mm_status_t = -225;
/// Risk refusal: too many working orders.
pub const MM_E_RISK_WORKING_ORDERS: mm_status_t = -226;
/// Risk refusal: too many orders for the trades that they brought.
pub const MM_E_RISK_ORDER_TO_TRADE: mm_status_t = -227;
/// Risk refusal: too many executions on one side of an instrument within the window.
pub const MM_E_RISK_REPEATED_EXECUTION: mm_status_t = -228;
/// Risk refusal: too many fills, lots or notional within the window.
pub const MM_E_RISK_MARKET_MAKER_PROTECTION: mm_status_t = -229;
/// Risk refusal: the day's loss is too large: realised, unrealised and fees.
pub const MM_E_RISK_DAILY_LOSS: mm_status_t = -230;
/// Risk refusal: equity has fallen too far from its peak.
pub const MM_E_RISK_DRAWDOWN: mm_status_t = -231;
/// Risk refusal: too many losing trades in a row.
pub const MM_E_RISK_CONSECUTIVE_LOSSES: mm_status_t = -232;
/// Risk refusal: value at risk is too large.
pub const MM_E_RISK_VALUE_AT_RISK: mm_status_t = -233;
/// Risk refusal: expected shortfall is too large.
pub const MM_E_RISK_EXPECTED_SHORTFALL: mm_status_t = -234;
/// Risk refusal: the market moves against our fills: adverse selection.
pub const MM_E_RISK_MARKOUT: mm_status_t = -235;
/// Risk refusal: the instrument's market data are too old.
pub const MM_E_RISK_STALE_DATA: mm_status_t = -236;
/// Risk refusal: market data have been missed and not recovered.
pub const MM_E_RISK_SEQUENCE_GAP: mm_status_t = -237;
/// Risk refusal: the instrument's bid meets its ask.
pub const MM_E_RISK_CROSSED_BOOK: mm_status_t = -238;
/// Risk refusal: time has gone back by more than is tolerated.
pub const MM_E_RISK_CLOCK_BACKWARDS: mm_status_t = -239;
/// Risk refusal: the venue's orders or positions differ from ours.
pub const MM_E_RISK_RECONCILIATION_BREAK: mm_status_t = -240;
/// Risk refusal: the host has not given a sign of life.
pub const MM_E_RISK_DEAD_MAN: mm_status_t = -241;
/// The latches have another token, or nothing is latched.
pub const MM_E_RISK_TOKEN: mm_status_t = -290;
/// A reset needs a reason of 1 to 32 bytes.
pub const MM_E_RISK_NO_REASON: mm_status_t = -291;
/// Stored latches that no gate can have written.
pub const MM_E_RISK_LATCHES: mm_status_t = -292;
/// The order was ours and is finished: a late or repeated report, usually harmless.
pub const MM_E_ORDER_FINISHED: mm_status_t = -301;
/// The request or report does not fit the order's state.
pub const MM_E_ORDER_STATE: mm_status_t = -302;
/// The report's quantities contradict what the order has left: a repeated or a lost fill.
pub const MM_E_REPORT_INCONSISTENT: mm_status_t = -303;
/// The report's side, price or quantity cannot be.
pub const MM_E_BAD_REPORT: mm_status_t = -304;
/// A wanted price or quantity that is no number or out of range.
pub const MM_E_BAD_QUOTE: mm_status_t = -305;
/// The best wanted bid is not below the best wanted ask.
pub const MM_E_CROSSED_QUOTES: mm_status_t = -306;
/// Every client order id has been used.
pub const MM_E_IDS_EXHAUSTED: mm_status_t = -307;
/// A fill-or-kill order that cannot be filled at once.
pub const MM_E_CANNOT_FILL: mm_status_t = -401;
/// A post-only order that would trade.
pub const MM_E_WOULD_TRADE: mm_status_t = -402;
/// Order attributes that contradict each other.
pub const MM_E_BAD_ORDER: mm_status_t = -403;
/// An event that this book does not apply: a price level on an order book, an order on a level book.
pub const MM_E_WRONG_EVENT: mm_status_t = -404;
/// The bytes are not a snapshot, are cut short, or their checksum or contents are wrong.
pub const MM_E_SNAPSHOT: mm_status_t = -405;
/// The snapshot was written by another version of the format.
pub const MM_E_SNAPSHOT_VERSION: mm_status_t = -406;
/// The file cannot be opened or mapped.
pub const MM_E_IO: mm_status_t = -501;
/// A line or record is not what its format says.
pub const MM_E_MALFORMED: mm_status_t = -502;
/// The file ends inside a record.
pub const MM_E_TRUNCATED: mm_status_t = -503;
/// The compressed file is damaged.
pub const MM_E_CORRUPT: mm_status_t = -504;
/// The format, the file or this build of the library cannot give what was asked for.
pub const MM_E_UNSUPPORTED: mm_status_t = -505;
/// The weights do not fit the model: a tensor is missing, has another shape or type, or is not finite.
pub const MM_E_WEIGHTS: mm_status_t = -601;
/// An input of a model has another length than the model reads.
pub const MM_E_INPUT_LENGTH: mm_status_t = -602;
/// An input of a model is NaN or infinite, and no earlier value may stand in for it.
pub const MM_E_INPUT_NOT_FINITE: mm_status_t = -603;
/// The inputs are so large that the result is not finite.
pub const MM_E_OUTPUT_NOT_FINITE: mm_status_t = -604;
/// The model or window has not seen enough rows yet.
pub const MM_E_NOT_READY: mm_status_t = -605;
/// The weights belong to several handles, so that they cannot be changed.
pub const MM_E_SHARED: mm_status_t = -606;
/// The instruction set that the environment asks for is unknown or not available.
pub const MM_E_ISA: mm_status_t = -607;
/// The file is not a store.
pub const MM_E_STORE_FORMAT: mm_status_t = -701;
/// The store was written by another version of the format.
pub const MM_E_STORE_VERSION: mm_status_t = -702;
/// The store's records have another layout, or the other byte order.
pub const MM_E_STORE_LAYOUT: mm_status_t = -703;
/// The store is shorter or longer than its header says.
pub const MM_E_STORE_SIZE: mm_status_t = -704;
/// The store was made with another capacity or another kind of durability.
pub const MM_E_STORE_CAPACITY: mm_status_t = -705;
/// The store contradicts its checksums, and there is no checkpoint to fall back on.
pub const MM_E_STORE_CORRUPT: mm_status_t = -706;
/// The store has a writer already.
pub const MM_E_STORE_LOCKED: mm_status_t = -707;
/// The store's file or its file system admits no writing.
pub const MM_E_STORE_READ_ONLY: mm_status_t = -708;
/// The disk, the quota or the process's limit has no room for the store.
pub const MM_E_STORE_NO_SPACE: mm_status_t = -709;
/// There is a file already.
pub const MM_E_STORE_EXISTS: mm_status_t = -710;
/// The store was replaced by a resized file: open the path again.
pub const MM_E_STORE_SUPERSEDED: mm_status_t = -711;
/// The store changed during every attempt to read it.
pub const MM_E_STORE_BUSY: mm_status_t = -712;
/// The pool was closed and takes nothing more.
pub const MM_E_CLOSED: mm_status_t = -801;
/// A task of the pool cannot wait for the pool.
pub const MM_E_OWN_TASK: mm_status_t = -802;
/// A thread could not be bound to a processor.
pub const MM_E_PROCESSOR: mm_status_t = -803;
/// The system gives no more threads.
pub const MM_E_THREAD: mm_status_t = -804;

/// Each code with its name and its meaning in a few words.
const STATUSES: &[(mm_status_t, &CStr, &CStr)] = &[
    (MM_OK, c"MM_OK", c"success"),
    (MM_END, c"MM_END", c"the stream has ended"),
    (MM_PARTIAL, c"MM_PARTIAL", c"done up to a point"),
    (MM_STALE, c"MM_STALE", c"about an order that is over"),
    (MM_DUPLICATE, c"MM_DUPLICATE", c"applied before"),
    (MM_UNSYNCED, c"MM_UNSYNCED", c"applied, but not safe on the disk yet"),
    (MM_E_NULL, c"MM_E_NULL", c"a required pointer is null"),
    (MM_E_HANDLE, c"MM_E_HANDLE", c"not a live handle of this kind"),
    (MM_E_STRUCT_SIZE, c"MM_E_STRUCT_SIZE", c"struct_size does not fit this library"),
    (MM_E_INVALID_ARGUMENT, c"MM_E_INVALID_ARGUMENT", c"an argument is out of range"),
    (MM_E_PANIC, c"MM_E_PANIC", c"the library failed an internal check"),
    (MM_E_POISONED, c"MM_E_POISONED", c"an earlier call on the handle failed an internal check"),
    (MM_E_OUT_OF_MEMORY, c"MM_E_OUT_OF_MEMORY", c"not enough memory"),
    (MM_E_BUFFER_TOO_SMALL, c"MM_E_BUFFER_TOO_SMALL", c"the caller's buffer is too small"),
    (MM_E_OVERFLOW, c"MM_E_OVERFLOW", c"a result does not fit its integer"),
    (MM_E_FULL, c"MM_E_FULL", c"everything sized at construction is in use"),
    (MM_E_NOT_FOUND, c"MM_E_NOT_FOUND", c"there is no such thing"),
    (MM_E_UTF8, c"MM_E_UTF8", c"a string is not UTF-8"),
    (MM_E_ENUM, c"MM_E_ENUM", c"an enumeration's number has no meaning"),
    (MM_E_DUPLICATE, c"MM_E_DUPLICATE", c"there is one with this id already"),
    (MM_E_ZERO_QUANTITY, c"MM_E_ZERO_QUANTITY", c"a quantity of zero"),
    (MM_E_PRICE_RANGE, c"MM_E_PRICE_RANGE", c"the price is out of range"),
    (MM_E_QUANTITY_RANGE, c"MM_E_QUANTITY_RANGE", c"the quantity is out of range"),
    (MM_E_WRONG_INSTRUMENT, c"MM_E_WRONG_INSTRUMENT", c"another instrument"),
    (MM_E_BLOCK_FOREIGN, c"MM_E_BLOCK_FOREIGN", c"not a block of this pool"),
    (MM_E_BLOCK_FREE, c"MM_E_BLOCK_FREE", c"the block is free already"),
    (MM_E_LIMIT_POSITION, c"MM_E_LIMIT_POSITION", c"the position would be too large"),
    (MM_E_LIMIT_LONG, c"MM_E_LIMIT_LONG", c"the position would be too long"),
    (MM_E_LIMIT_SHORT, c"MM_E_LIMIT_SHORT", c"the position would be too short"),
    (MM_E_LIMIT_DAILY_LOSS, c"MM_E_LIMIT_DAILY_LOSS", c"the day's loss is above its limit"),
    (MM_E_LIMIT_DRAWDOWN, c"MM_E_LIMIT_DRAWDOWN", c"the drawdown is above its limit"),
    (MM_E_RISK_KILL_SWITCH, c"MM_E_RISK_KILL_SWITCH", c"refused: the kill switch is on"),
    (MM_E_RISK_INVALID_ORDER, c"MM_E_RISK_INVALID_ORDER", c"refused: no order has such a price or quantity"),
    (MM_E_RISK_ORDER_QUANTITY, c"MM_E_RISK_ORDER_QUANTITY", c"refused: too many lots for one order"),
    (MM_E_RISK_ORDER_NOTIONAL, c"MM_E_RISK_ORDER_NOTIONAL", c"refused: too much notional for one order"),
    (MM_E_RISK_NO_REFERENCE, c"MM_E_RISK_NO_REFERENCE", c"refused: no reference price for the collar"),
    (MM_E_RISK_PRICE_COLLAR, c"MM_E_RISK_PRICE_COLLAR", c"refused: too far from the reference price"),
    (MM_E_RISK_LONG_POSITION, c"MM_E_RISK_LONG_POSITION", c"refused: the worst case would be too long"),
    (MM_E_RISK_SHORT_POSITION, c"MM_E_RISK_SHORT_POSITION", c"refused: the worst case would be too short"),
    (MM_E_RISK_MESSAGE_RATE, c"MM_E_RISK_MESSAGE_RATE", c"refused: too many messages"),
    (MM_E_RISK_HALTED, c"MM_E_RISK_HALTED", c"refused: the gate is halted"),
    (MM_E_RISK_REDUCE_ONLY, c"MM_E_RISK_REDUCE_ONLY", c"refused: only reducing orders pass"),
    (
        MM_E_RISK_RESTRICTED_INSTRUMENT,
        c"MM_E_RISK_RESTRICTED_INSTRUMENT",
        c"refused: the instrument is restricted",
    ),
    (
        MM_E_RISK_UNKNOWN_INSTRUMENT,
        c"MM_E_RISK_UNKNOWN_INSTRUMENT",
        c"refused: the gate's table of instruments is full",
    ),
    (MM_E_RISK_OFF_TICK, c"MM_E_RISK_OFF_TICK", c"refused: off the price increment"),
    (MM_E_RISK_OFF_LOT, c"MM_E_RISK_OFF_LOT", c"refused: off the quantity increment"),
    (MM_E_RISK_MIN_QUANTITY, c"MM_E_RISK_MIN_QUANTITY", c"refused: too few lots"),
    (MM_E_RISK_STALE_REFERENCE, c"MM_E_RISK_STALE_REFERENCE", c"refused: the reference price is stale"),
    (MM_E_RISK_POST_ONLY, c"MM_E_RISK_POST_ONLY", c"refused: a post-only order would trade"),
    (MM_E_RISK_OWN_SPREAD, c"MM_E_RISK_OWN_SPREAD", c"refused: too near to an own quote"),
    (MM_E_RISK_SELF_TRADE, c"MM_E_RISK_SELF_TRADE", c"refused: it would trade with an own order"),
    (MM_E_RISK_DUPLICATE_ID, c"MM_E_RISK_DUPLICATE_ID", c"refused: the id has passed already"),
    (MM_E_RISK_DUPLICATE_ORDER, c"MM_E_RISK_DUPLICATE_ORDER", c"refused: the same order has passed lately"),
    (MM_E_RISK_GROSS_NOTIONAL, c"MM_E_RISK_GROSS_NOTIONAL", c"refused: too much gross notional"),
    (MM_E_RISK_NET_NOTIONAL, c"MM_E_RISK_NET_NOTIONAL", c"refused: too much net notional"),
    (MM_E_RISK_CONCENTRATION, c"MM_E_RISK_CONCENTRATION", c"refused: too much in one instrument"),
    (MM_E_RISK_WORKING_ORDERS, c"MM_E_RISK_WORKING_ORDERS", c"refused: too many working orders"),
    (MM_E_RISK_ORDER_TO_TRADE, c"MM_E_RISK_ORDER_TO_TRADE", c"refused: too many orders for the trades"),
    (
        MM_E_RISK_REPEATED_EXECUTION,
        c"MM_E_RISK_REPEATED_EXECUTION",
        c"refused: too many executions on one side",
    ),
    (
        MM_E_RISK_MARKET_MAKER_PROTECTION,
        c"MM_E_RISK_MARKET_MAKER_PROTECTION",
        c"refused: market-maker protection",
    ),
    (MM_E_RISK_DAILY_LOSS, c"MM_E_RISK_DAILY_LOSS", c"refused: the day's loss is too large"),
    (MM_E_RISK_DRAWDOWN, c"MM_E_RISK_DRAWDOWN", c"refused: the drawdown is too large"),
    (MM_E_RISK_CONSECUTIVE_LOSSES, c"MM_E_RISK_CONSECUTIVE_LOSSES", c"refused: too many losses in a row"),
    (MM_E_RISK_VALUE_AT_RISK, c"MM_E_RISK_VALUE_AT_RISK", c"refused: value at risk is too large"),
    (
        MM_E_RISK_EXPECTED_SHORTFALL,
        c"MM_E_RISK_EXPECTED_SHORTFALL",
        c"refused: expected shortfall is too large",
    ),
    (MM_E_RISK_MARKOUT, c"MM_E_RISK_MARKOUT", c"refused: fills are selected against"),
    (MM_E_RISK_STALE_DATA, c"MM_E_RISK_STALE_DATA", c"refused: market data are stale"),
    (MM_E_RISK_SEQUENCE_GAP, c"MM_E_RISK_SEQUENCE_GAP", c"refused: market data have a gap"),
    (MM_E_RISK_CROSSED_BOOK, c"MM_E_RISK_CROSSED_BOOK", c"refused: the book is crossed"),
    (MM_E_RISK_CLOCK_BACKWARDS, c"MM_E_RISK_CLOCK_BACKWARDS", c"refused: time has gone back"),
    (
        MM_E_RISK_RECONCILIATION_BREAK,
        c"MM_E_RISK_RECONCILIATION_BREAK",
        c"refused: reconciliation found breaks",
    ),
    (MM_E_RISK_DEAD_MAN, c"MM_E_RISK_DEAD_MAN", c"refused: the host is silent"),
    (MM_E_RISK_TOKEN, c"MM_E_RISK_TOKEN", c"the token is not that of the latches"),
    (MM_E_RISK_NO_REASON, c"MM_E_RISK_NO_REASON", c"a reset needs a reason"),
    (MM_E_RISK_LATCHES, c"MM_E_RISK_LATCHES", c"these are no latches of a gate"),
    (MM_E_ORDER_FINISHED, c"MM_E_ORDER_FINISHED", c"the order is finished already"),
    (MM_E_ORDER_STATE, c"MM_E_ORDER_STATE", c"this does not fit the order's state"),
    (
        MM_E_REPORT_INCONSISTENT,
        c"MM_E_REPORT_INCONSISTENT",
        c"the report contradicts what the order has left",
    ),
    (MM_E_BAD_REPORT, c"MM_E_BAD_REPORT", c"the report's side, price or quantity cannot be"),
    (MM_E_BAD_QUOTE, c"MM_E_BAD_QUOTE", c"a wanted quote is not a usable number"),
    (MM_E_CROSSED_QUOTES, c"MM_E_CROSSED_QUOTES", c"the wanted bid and ask cross"),
    (MM_E_IDS_EXHAUSTED, c"MM_E_IDS_EXHAUSTED", c"client order ids are used up"),
    (MM_E_QUANTITY_EXCEEDS, c"MM_E_QUANTITY_EXCEEDS", c"the quantity exceeds what the order has"),
    (MM_E_CANNOT_FILL, c"MM_E_CANNOT_FILL", c"the order cannot be filled completely"),
    (MM_E_WOULD_TRADE, c"MM_E_WOULD_TRADE", c"the post-only order would trade"),
    (MM_E_BAD_ORDER, c"MM_E_BAD_ORDER", c"the order's attributes contradict each other"),
    (MM_E_WRONG_EVENT, c"MM_E_WRONG_EVENT", c"the event is of a kind that this book does not apply"),
    (MM_E_SNAPSHOT, c"MM_E_SNAPSHOT", c"the snapshot is corrupt"),
    (MM_E_SNAPSHOT_VERSION, c"MM_E_SNAPSHOT_VERSION", c"the snapshot is of another version"),
    (MM_E_IO, c"MM_E_IO", c"the file cannot be opened"),
    (MM_E_MALFORMED, c"MM_E_MALFORMED", c"a line or record is malformed"),
    (MM_E_TRUNCATED, c"MM_E_TRUNCATED", c"the file ends inside a record"),
    (MM_E_CORRUPT, c"MM_E_CORRUPT", c"the compressed file is damaged"),
    (MM_E_UNSUPPORTED, c"MM_E_UNSUPPORTED", c"not supported"),
    (MM_E_WEIGHTS, c"MM_E_WEIGHTS", c"the weights do not fit the model"),
    (MM_E_INPUT_LENGTH, c"MM_E_INPUT_LENGTH", c"the input has another length than the model reads"),
    (MM_E_INPUT_NOT_FINITE, c"MM_E_INPUT_NOT_FINITE", c"an input is not finite"),
    (MM_E_OUTPUT_NOT_FINITE, c"MM_E_OUTPUT_NOT_FINITE", c"the inputs are out of all range"),
    (MM_E_NOT_READY, c"MM_E_NOT_READY", c"not enough rows yet"),
    (MM_E_SHARED, c"MM_E_SHARED", c"the weights are shared"),
    (MM_E_ISA, c"MM_E_ISA", c"the instruction set is not available"),
    (MM_E_STORE_FORMAT, c"MM_E_STORE_FORMAT", c"not a store"),
    (MM_E_STORE_VERSION, c"MM_E_STORE_VERSION", c"the store is of another version"),
    (MM_E_STORE_LAYOUT, c"MM_E_STORE_LAYOUT", c"the store has another layout or byte order"),
    (MM_E_STORE_SIZE, c"MM_E_STORE_SIZE", c"the store is cut or too long"),
    (MM_E_STORE_CAPACITY, c"MM_E_STORE_CAPACITY", c"the store has other capacities"),
    (MM_E_STORE_CORRUPT, c"MM_E_STORE_CORRUPT", c"the store is damaged"),
    (MM_E_STORE_LOCKED, c"MM_E_STORE_LOCKED", c"the store has a writer already"),
    (MM_E_STORE_READ_ONLY, c"MM_E_STORE_READ_ONLY", c"the store is read-only"),
    (MM_E_STORE_NO_SPACE, c"MM_E_STORE_NO_SPACE", c"no room for the store"),
    (MM_E_STORE_EXISTS, c"MM_E_STORE_EXISTS", c"there is a file already"),
    (MM_E_STORE_SUPERSEDED, c"MM_E_STORE_SUPERSEDED", c"the store was replaced by a resized file"),
    (MM_E_STORE_BUSY, c"MM_E_STORE_BUSY", c"the store changed during every attempt to read it"),
    (MM_E_CLOSED, c"MM_E_CLOSED", c"closed: nothing more is taken"),
    (MM_E_OWN_TASK, c"MM_E_OWN_TASK", c"a task cannot wait for its own pool"),
    (MM_E_PROCESSOR, c"MM_E_PROCESSOR", c"no thread can be bound to this processor"),
    (MM_E_THREAD, c"MM_E_THREAD", c"a thread could not be started"),
];

/// What a status means, in a few words.
pub(crate) fn text_of(status: mm_status_t) -> &'static CStr {
    STATUSES.iter().find(|row| row.0 == status).map_or(c"unknown status", |row| row.2)
}

/// The name of a status.
pub(crate) fn name_of(status: mm_status_t) -> &'static CStr {
    STATUSES.iter().find(|row| row.0 == status).map_or(c"MM_E_UNKNOWN", |row| row.1)
}

/// The status of this name.
#[cfg(feature = "cxx")]
pub(crate) fn named(name: &str) -> Option<mm_status_t> {
    STATUSES.iter().find(|row| row.1.to_bytes() == name.as_bytes()).map(|row| row.0)
}

/// What the last failure of this thread had to say.
#[cfg(any(feature = "cxx", test))]
pub(crate) fn message() -> String {
    MESSAGE.with(|message| {
        // SAFETY: the buffer is this thread's own, and nothing writes it while it is copied.
        let bytes = unsafe { *message.0.get() };
        let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    })
}

/// What a status means, in a few words; never null, static storage. `mm_last_error_message` says more of one failure.
///
/// # Safety
/// None needed: any number is fine, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_status_text(status: mm_status_t) -> *const c_char {
    let mut text = c"";
    guard(NoHandle, |()| {
        text = text_of(status);
        Ok(MM_OK)
    });
    text.as_ptr()
}

/// The name of a status (`"MM_E_NULL"`), `"MM_E_UNKNOWN"` for a number that is none. Never null; static storage.
///
/// # Safety
/// None needed: any number is fine, from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_status_name(status: mm_status_t) -> *const c_char {
    let mut name = c"";
    guard(NoHandle, |()| {
        name = name_of(status);
        Ok(MM_OK)
    });
    name.as_ptr()
}

/// What the last failing call of this thread had to say: NUL-terminated UTF-8 of at most 511 bytes, `""` before the
/// first failure. Never null. A call that succeeds leaves the text as it is.
///
/// # Safety
/// None needed. The text is the thread's own and is overwritten by its next failing call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_last_error_message() -> *const c_char {
    let mut text = c"".as_ptr();
    guard(NoHandle, |()| {
        text = MESSAGE.with(|message| message.0.get().cast::<c_char>().cast_const());
        Ok(MM_OK)
    });
    text
}

const CAPACITY: usize = 512;

struct ThreadMessage(UnsafeCell<[u8; CAPACITY]>);

thread_local! {
    // Constant and without a destructor: first use neither allocates nor registers anything.
    static MESSAGE: ThreadMessage = const { ThreadMessage(UnsafeCell::new([0; CAPACITY])) };
}

/// Text that stops at its capacity, at a character boundary.
struct Truncated {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Write for Truncated {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = CAPACITY - 1 - self.length;
        let mut take = text.len().min(room);
        while !text.is_char_boundary(take) {
            take -= 1;
        }
        // A NUL inside would end the C string early; it cannot be shown anyway.
        for (to, from) in self.bytes[self.length..].iter_mut().zip(&text.as_bytes()[..take]) {
            *to = if *from == 0 { b'?' } else { *from };
        }
        self.length += take;
        if take == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// A call that did not succeed: its status. The message is in the thread's buffer by the time one of these exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(mm_status_t);

impl Failure {
    /// Records `detail` as the thread's message. Neither allocates nor fails: a text that is too long is cut.
    pub(crate) fn new(status: mm_status_t, detail: fmt::Arguments<'_>) -> Self {
        let mut text = Truncated { bytes: [0; CAPACITY], length: 0 };
        // An error here only says that the text was cut, or that a Display gave up half-way.
        let _ = text.write_fmt(detail);
        MESSAGE.with(|message| {
            // SAFETY: the buffer is this thread's own, and no reference to it outlives this statement; the pointer
            // that `mm_last_error_message` gives out is documented to change its text at the next failure.
            unsafe { *message.0.get() = text.bytes };
        });
        Self(status)
    }

    /// A required pointer is null.
    pub(super) fn null(name: &str) -> Self {
        Self::new(MM_E_NULL, format_args!("{name} is null"))
    }

    /// What crosses the boundary.
    pub(crate) const fn status(self) -> mm_status_t {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last() -> String {
        // SAFETY: no precondition.
        let text = unsafe { mm_last_error_message() };
        // SAFETY: never null and NUL-terminated, by its documentation.
        unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
    }

    #[test]
    fn every_code_in_this_file_has_a_name_and_a_number_of_its_own() {
        let source = include_str!("status.rs");
        let mut declared = 0;
        for line in source.lines().filter(|line| line.starts_with("pub const MM_")) {
            let name = line["pub const ".len()..].split(':').next().unwrap();
            let rows = STATUSES.iter().filter(|row| row.1.to_str() == Ok(name)).count();
            assert_eq!(rows, 1, "{name}");
            declared += 1;
        }
        assert_eq!(declared, STATUSES.len());
        for (index, row) in STATUSES.iter().enumerate() {
            assert!(STATUSES[..index].iter().all(|other| other.0 != row.0), "{:?} repeats a number", row.1);
            assert_eq!(row.0 < 0, row.1.to_str().unwrap().starts_with("MM_E_"));
        }
    }

    #[test]
    fn the_message_is_the_threads_own_and_is_cut_at_a_character() {
        assert_eq!(Failure::new(MM_E_NULL, format_args!("here {}", 1)).status(), MM_E_NULL);
        std::thread::spawn(|| assert_eq!(last(), "")).join().unwrap();
        assert_eq!(last(), "here 1");
        Failure::new(MM_E_NULL, format_args!("{}{}", "x".repeat(CAPACITY - 2), "é and more"));
        assert_eq!(last(), "x".repeat(CAPACITY - 2));
        Failure::new(MM_E_NULL, format_args!("a\0b"));
        assert_eq!(last(), "a?b");
    }
}
