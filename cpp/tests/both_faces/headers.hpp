// The face of the C++17 headers over the C ABI, under the names that the scenarios use.
#pragma once
#include "market_maker/market_maker.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace face {

constexpr const char *name = "headers";

using mm::book;
using mm::engine;
using mm::feature_window;
using mm::level_book;
using mm::order_manager;
using mm::predictor;
using mm::quoter;
using mm::reader;
using mm::risk_gate;
using mm::tracker;
using mm::trees;
using mm::venue;

using action = mm_order_action_t;
using book_event = mm_book_event_t;
using event = mm_event_t;
using exposure = mm_exposure_t;
using fill = mm_fill_t;
using intent = mm_order_intent_t;
using level = mm_level_t;
using market_top = mm_market_top_t;
using new_order = mm_new_order_t;
using order = mm_order_t;
using order_request = mm_order_request_t;
using position = mm_position_t;
using queue_position = mm_queue_position_t;
using report = mm_execution_report_t;
using resting_order = mm_resting_order_t;
using risk_account = mm_risk_account_t;
using trade = mm_trade_t;
using wanted = mm_wanted_quote_t;

constexpr mm::side buy = mm::side::buy;
constexpr mm::side sell = mm::side::sell;
/// An enumeration's value as a field of a struct.
constexpr std::uint8_t field(mm::side s) { return static_cast<std::uint8_t>(s); }
constexpr std::uint8_t field(std::uint8_t number) { return number; }
constexpr std::uint8_t market_order = MM_ORDER_MARKET, fill_or_kill = MM_FILL_OR_KILL, glft_table = MM_QUOTER_GLFT_TABLE,
                       glft_asymptotic = MM_QUOTER_GLFT_ASYMPTOTIC, accepted = MM_EXECUTION_ACCEPTED,
                       filled = MM_EXECUTION_FILLED, latch = MM_BREACH_LATCH;
constexpr mm::network lstm = mm::network::lstm;
constexpr mm::network ssm_hippo = mm::network::ssm_hippo;

/// The object itself, whoever owns it.
template <class T>
T &ref(T &owned) {
    return owned;
}
/// Anything contiguous as an argument.
template <class C>
auto slice(C &container) {
    return mm::span<std::remove_pointer_t<decltype(container.data())>>(container.data(), container.size());
}
template <class C>
auto first(C &container, std::size_t count) {
    return slice(container).first(count);
}

inline std::string last_message() { return mm_last_error_message(); }
inline std::uint32_t bits(mm::touched touched) { return touched.bits(); }
inline std::uint32_t bits(std::uint32_t touched) { return touched; }

inline book make_book(const mm_book_config_t &config) { return book(config); }
template <class Book>
bool best(const Book &b, mm::side s, level &out) {
    const auto found = b.try_best(s);
    if (found) {
        out = *found;
    }
    return found.ok();
}
inline bool order_of(const book &b, std::uint64_t id, resting_order &out) {
    const auto found = b.try_order(id);
    if (found) {
        out = *found;
    }
    return found.ok();
}
inline bool queue_of(const book &b, std::uint64_t id, queue_position &out) {
    const auto found = b.try_queue_position(id);
    if (found) {
        out = *found;
    }
    return found.ok();
}
struct matched {
    std::size_t events;
    mm_match_t outcome;
};
inline matched submit(book &b, const new_order &o, std::vector<book_event> &events) {
    const mm::match done = b.submit(o, events);
    return {done.events, done.outcome};
}
inline matched cancel(book &b, std::uint64_t id, std::uint64_t quantity, std::vector<book_event> &events) {
    const mm::match done = b.try_cancel(id, quantity, events).value();
    return {done.events, done.outcome};
}
inline matched amend(book &b, std::uint64_t id, std::int64_t price, std::uint64_t quantity,
                     std::vector<book_event> &events) {
    const mm::match done = b.try_amend(id, price, quantity, events).value();
    return {done.events, done.outcome};
}
inline const mm_match_t &outcome(const matched &done) { return done.outcome; }
inline std::uint32_t replace(book &b, std::uint64_t id, std::uint64_t next, std::int64_t price, std::uint64_t quantity) {
    return b.try_replace(id, next, price, quantity).value().bits();
}
inline std::uint32_t seed(book &b, mm::side s, std::int64_t price, std::uint64_t quantity) {
    return b.try_seed(s, price, quantity).value().bits();
}
inline mm_batch_t apply_batch(book &b, const std::vector<event> &events, std::size_t count) {
    return b.try_apply(mm::span<const event>(events.data(), count)).value();
}
inline std::vector<std::uint8_t> snapshot(const book &b) {
    std::vector<std::uint8_t> bytes(b.snapshot_size());
    bytes.resize(b.try_write_snapshot(bytes).value());
    return bytes;
}
inline void restore(book &b, const std::vector<std::uint8_t> &bytes) { mm::detail::check(b.try_read_snapshot(bytes).code()); }

inline mm::book_manager make_books() { return mm::book_manager(); }
inline bool best(const mm::book_manager &b, std::uint32_t instrument, mm::side s, level &out) {
    const auto found = b.try_best(instrument, s);
    if (found) {
        out = *found;
    } else if (found.status().code() != MM_E_NOT_FOUND || std::string(mm_last_error_message()) != "the side is empty") {
        mm::detail::check(found.status().code());
    }
    return found.ok();
}
inline std::size_t instruments(const mm::book_manager &b, std::vector<std::uint32_t> &out) {
    return b.try_instruments(out).value();
}
inline level_book make_level_book() { return level_book(); }
inline std::uint32_t set_level(level_book &b, mm::side s, std::int64_t price, std::uint64_t quantity) {
    return b.try_set_level(s, price, quantity).value().bits();
}

inline quoter make_quoter(const mm_quoter_config_t &config) { return quoter(config); }

inline tracker make_tracker(const mm_position_tracker_config_t &config) { return tracker(config); }
inline mm_instrument_t instrument(std::uint32_t id, double tick) { return mm::instrument(id, tick); }
inline bool position_of(const tracker &t, std::uint32_t instrument, position &out) {
    const auto found = t.try_get(instrument);
    if (found) {
        out = *found;
    }
    return found.ok();
}
inline std::int32_t check_position(const tracker &t, std::uint32_t instrument, mm::side s, std::uint64_t quantity) {
    return t.check_position(instrument, s, quantity).code();
}
inline std::int32_t check_loss(const tracker &t) { return t.check_loss().code(); }

inline risk_gate make_gate(const mm_risk_config_t &config) { return risk_gate(config); }
inline std::int32_t check(risk_gate &gate, const intent &wish, const exposure &against) {
    return gate.check(wish, against).code();
}
inline mm::kill_switch kill_switch_of(const risk_gate &gate) { return gate.kill_switch(); }
inline mm::risk_monitor monitor_of(const risk_gate &gate) { return gate.monitor(); }
using audit_record = mm_audit_record_t;
using coverage_row = mm_risk_coverage_t;
inline std::size_t coverage(const mm::risk_monitor &monitor, std::vector<coverage_row> &out) {
    return monitor.coverage(out).size();
}
inline std::size_t audit(const mm::risk_monitor &monitor, std::uint64_t &cursor, std::vector<audit_record> &out,
                         std::uint64_t &lost) {
    return monitor.audit(cursor, out, &lost).size();
}
constexpr auto halted = mm::trading_state::halted;
inline std::uint64_t latch_token(const risk_gate &gate) { return gate.latches().token; }
inline mm_risk_latches_t latches(const risk_gate &gate) { return gate.latches().stored; }

inline order_manager make_orders(const mm_order_manager_config_t &config) { return order_manager(config); }
struct decided {
    std::size_t actions;
    std::uint32_t refused, held;
    std::int32_t last_refusal;
};
inline decided decide(order_manager &orders, risk_gate &gate, const std::vector<wanted> &bids,
                      const std::vector<wanted> &asks, const market_top &top, std::vector<action> &actions) {
    mm_wanted_quotes_t quotes{};
    quotes.bid_count = static_cast<std::uint32_t>(bids.size());
    quotes.ask_count = static_cast<std::uint32_t>(asks.size());
    for (std::size_t i = 0; i < bids.size() && i < MM_MAX_QUOTE_LEVELS; ++i) {
        quotes.bids[i] = bids[i];
    }
    for (std::size_t i = 0; i < asks.size() && i < MM_MAX_QUOTE_LEVELS; ++i) {
        quotes.asks[i] = asks[i];
    }
    const mm::decision done = orders.decide(gate, quotes, top, actions);
    return {done.actions, done.outcome.refused, done.outcome.held, done.outcome.last_refusal};
}
inline action place(order_manager &orders, risk_gate &gate, const order_request &request, const market_top &top) {
    return orders.try_place(gate, request, top).value();
}
inline action cancel(order_manager &orders, risk_gate &gate, std::uint64_t id, std::uint64_t timestamp) {
    return orders.try_cancel(gate, id, timestamp).value();
}
inline std::size_t orders_of(const order_manager &orders, std::vector<order> &out) { return orders.try_orders(out).value(); }

/// What an engine is made of, kept where the config's pointers find it.
struct engine_settings {
    mm_instrument_t instrument = mm::instrument(0);
    mm_book_config_t book = mm::book::defaults();
    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    mm_risk_config_t risk = mm::risk_gate::defaults();
    bool by_level = false;
};
inline engine make_engine(const engine_settings &settings) {
    mm_engine_config_t config = mm::engine::defaults();
    config.instrument = &settings.instrument;
    config.book = &settings.book;
    config.strategy = &settings.strategy;
    config.risk = &settings.risk;
    config.by_level = settings.by_level ? 1 : 0;
    return engine(config);
}
inline std::int32_t on_event(engine &e, const event &happened, std::vector<action> &actions, std::size_t &count) {
    const auto done = e.try_on_event(happened, actions);
    if (done) {
        count = done->size();
    }
    return done.status().code();
}
inline std::int32_t on_report(engine &e, const report &told) { return e.try_on_report(told).code(); }
inline std::size_t levels(const engine &e, mm::side s, std::vector<level> &out) { return e.levels(s, out).size(); }
inline void attach(engine &e, const predictor &network) { e.attach_predictor(network); }
inline mm_prediction_t prediction(const engine &e) { return e.prediction(); }
inline mm_risk_counters_t counters(const engine &e) { return e.risk_counters(); }

inline venue make_venue(std::uint64_t latency) {
    mm_venue_config_t config = venue::defaults();
    config.entry_latency = config.cancel_latency = latency;
    return venue(config);
}
inline std::size_t on_event(venue &v, const engine &e, const event &happened, std::vector<report> &reports) {
    return v.on_event(e, happened, reports).size();
}

inline reader synthetic(const mm_synthetic_config_t &flow) { return reader(flow); }
inline reader lobster(const char *messages, const char *seed, double tick) {
    mm_instrument_t instrument = mm::instrument(0, tick);
    mm_reader_config_t config = reader::defaults();
    config.instrument = &instrument;
    config.seed_path = seed;
    return reader(mm::format::lobster, messages, config);
}
inline mm_increments_t detect(const char *messages) { return reader::try_detect(mm::format::lobster, messages).value(); }
inline std::size_t next(reader &r, std::vector<event> &events) { return r.next(events).size(); }

inline mm_predictor_config_t predictor_defaults(mm::network kind) { return predictor::defaults(kind); }
inline predictor make_predictor(const mm_predictor_config_t &config) { return predictor(config); }

inline feature_window make_window(const mm_feature_window_config_t &config) { return feature_window(config); }
inline std::vector<float> latest(const feature_window &w, std::size_t rows) {
    std::vector<float> values(rows * MM_FEATURE_CHANNELS);
    values.resize(w.latest(rows, values).size());
    return values;
}
inline std::string channel(std::size_t index) {
    const char *text = feature_window::channel_name(index);
    return text == nullptr ? "" : text;
}

inline trees load_trees(const char *path) { return trees(path); }
inline std::string feature_name(const trees &t, std::size_t index) {
    const char *text = t.feature_name(index);
    return text == nullptr ? "" : text;
}

}  // namespace face
