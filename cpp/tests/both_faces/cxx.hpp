// The face of the cxx bridge, under the names that the scenarios use.
#pragma once
#include "market_maker/cxx.hpp"

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace face {

constexpr const char *name = "cxx";

using mm::cxx::book;
using mm::cxx::engine;
using mm::cxx::feature_window;
using mm::cxx::level_book;
using mm::cxx::order_manager;
using mm::cxx::predictor;
using mm::cxx::quoter;
using mm::cxx::reader;
using mm::cxx::risk_gate;
using mm::cxx::tracker;
using mm::cxx::trees;
using mm::cxx::venue;

using action = mm::cxx::order_action;
using mm::cxx::book_event;
using mm::cxx::event;
using mm::cxx::exposure;
using mm::cxx::fill;
using intent = mm::cxx::order_intent;
using mm::cxx::level;
using mm::cxx::market_top;
using mm::cxx::new_order;
using mm::cxx::order;
using mm::cxx::order_request;
using mm::cxx::position;
using mm::cxx::queue_position;
using report = mm::cxx::execution_report;
using mm::cxx::resting_order;
using mm::cxx::risk_account;
using mm::cxx::trade;
using wanted = mm::cxx::wanted_quote;

constexpr mm::cxx::side buy = mm::cxx::side::buy;
constexpr mm::cxx::side sell = mm::cxx::side::sell;
/// An enumeration's value as a field of a struct.
template <class E>
constexpr E field(E value) {
    return value;
}
constexpr auto market_order = mm::cxx::order_kind::market;
constexpr auto fill_or_kill = mm::cxx::time_in_force::fill_or_kill;
constexpr auto glft_table = mm::cxx::quoter_model::glft_table;
constexpr auto glft_asymptotic = mm::cxx::quoter_model::glft_asymptotic;
constexpr auto accepted = mm::cxx::execution_kind::accepted;
constexpr auto filled = mm::cxx::execution_kind::filled;
constexpr auto latch = mm::cxx::breach_action::latch;
constexpr auto lstm = mm::cxx::network::lstm;
constexpr auto ssm_hippo = mm::cxx::network::ssm_hippo;

/// The object itself, whoever owns it.
template <class T>
T &ref(rust::Box<T> &owned) {
    return *owned;
}
template <class T>
struct lent {
    T *data;
    std::size_t size;
    operator rust::Slice<T>() const { return {data, size}; }
    template <class U = T, class = std::enable_if_t<!std::is_const_v<U>>>
    operator rust::Slice<const U>() const {
        return {data, size};
    }
};
template <class C>
auto first(C &container, std::size_t count) {
    return lent<std::remove_pointer_t<decltype(container.data())>>{container.data(), count};
}
/// Anything contiguous as an argument.
template <class C>
auto slice(C &container) {
    return first(container, container.size());
}

inline std::string last_message() { return std::string(mm::cxx::last_error_message()); }
inline std::uint32_t bits(mm::cxx::touched touched) {
    return (touched.changed ? 1U : 0U) | (touched.best_bid ? 2U : 0U) | (touched.best_ask ? 4U : 0U) |
           (touched.short_of ? 8U : 0U);
}

inline rust::Box<book> make_book(const mm::cxx::book_config &config) { return book::create(config); }
template <class Book>
bool best(const Book &b, mm::cxx::side s, level &out) {
    return b.best(s, out);
}
inline bool order_of(const book &b, std::uint64_t id, resting_order &out) { return b.order(id, out); }
inline bool queue_of(const book &b, std::uint64_t id, queue_position &out) { return b.queue_position_of(id, out); }
inline mm::cxx::match submit(book &b, const new_order &o, std::vector<book_event> &events) {
    return b.submit(o, slice(events));
}
inline mm::cxx::match cancel(book &b, std::uint64_t id, std::uint64_t quantity, std::vector<book_event> &events) {
    return b.cancel(id, quantity, slice(events));
}
inline mm::cxx::match amend(book &b, std::uint64_t id, std::int64_t price, std::uint64_t quantity,
                            std::vector<book_event> &events) {
    return b.amend(id, price, quantity, slice(events));
}
inline const mm::cxx::match &outcome(const mm::cxx::match &done) { return done; }
inline std::uint32_t replace(book &b, std::uint64_t id, std::uint64_t next, std::int64_t price, std::uint64_t quantity) {
    return bits(b.replace(id, next, price, quantity));
}
inline std::uint32_t seed(book &b, mm::cxx::side s, std::int64_t price, std::uint64_t quantity) {
    return bits(b.seed(s, price, quantity));
}
inline mm::cxx::batch apply_batch(book &b, const std::vector<event> &events, std::size_t count) {
    return b.apply_batch(first(events, count));
}
inline rust::Vec<std::uint8_t> snapshot(const book &b) { return b.snapshot(); }
inline void restore(book &b, const rust::Vec<std::uint8_t> &bytes) {
    b.restore(rust::Slice<const std::uint8_t>(bytes.data(), bytes.size()));
}

inline rust::Box<mm::cxx::book_manager> make_books() { return mm::cxx::book_manager::create(); }
inline bool best(const mm::cxx::book_manager &b, std::uint32_t instrument, mm::cxx::side s, level &out) {
    return b.best(instrument, s, out);
}
inline std::size_t instruments(const mm::cxx::book_manager &b, std::vector<std::uint32_t> &out) {
    return b.instruments(slice(out));
}
inline rust::Box<level_book> make_level_book() { return level_book::create(level_book::defaults()); }
inline std::uint32_t set_level(level_book &b, mm::cxx::side s, std::int64_t price, std::uint64_t quantity) {
    return bits(b.set_level(s, price, quantity));
}

inline rust::Box<quoter> make_quoter(const mm::cxx::quoter_config &config) { return quoter::create(config); }

inline rust::Box<tracker> make_tracker(const mm::cxx::tracker_config &config) { return tracker::create(config); }
inline mm::cxx::instrument instrument(std::uint32_t id, double tick) {
    mm::cxx::instrument made = mm::cxx::default_instrument();
    made.id = id;
    made.tick = tick;
    return made;
}
inline bool position_of(const tracker &t, std::uint32_t instrument, position &out) { return t.position_of(instrument, out); }
inline std::int32_t check_position(const tracker &t, std::uint32_t instrument, mm::cxx::side s, std::uint64_t quantity) {
    return t.check_position(instrument, s, quantity);
}
inline std::int32_t check_loss(const tracker &t) { return t.check_loss(); }

inline rust::Box<risk_gate> make_gate(const mm::cxx::risk_config &config) { return risk_gate::create(config); }
inline std::int32_t check(risk_gate &gate, const intent &wish, const exposure &against) {
    return gate.check(wish, against);
}
inline rust::Box<mm::cxx::kill_switch> kill_switch_of(const risk_gate &gate) { return mm::cxx::kill_switch::of(gate); }
inline rust::Box<mm::cxx::risk_monitor> monitor_of(const risk_gate &gate) { return mm::cxx::risk_monitor::of(gate); }
using mm::cxx::audit_record;
using coverage_row = mm::cxx::risk_coverage;
inline std::size_t coverage(const mm::cxx::risk_monitor &monitor, std::vector<coverage_row> &out) {
    return monitor.coverage(slice(out));
}
inline std::size_t audit(const mm::cxx::risk_monitor &monitor, std::uint64_t &cursor, std::vector<audit_record> &out,
                         std::uint64_t &lost) {
    return monitor.audit(cursor, slice(out), lost);
}
constexpr auto halted = mm::cxx::trading_state::halted;
inline std::uint64_t latch_token(const risk_gate &gate) { return gate.latch_token(); }
inline mm::cxx::risk_latches latches(const risk_gate &gate) { return gate.latches(); }

inline rust::Box<order_manager> make_orders(const mm::cxx::order_manager_config &config) {
    return order_manager::create(config);
}
inline mm::cxx::decision decide(order_manager &orders, risk_gate &gate, const std::vector<wanted> &bids,
                                const std::vector<wanted> &asks, const market_top &top, std::vector<action> &actions) {
    return orders.decide(gate, slice(bids), slice(asks), top, slice(actions));
}
inline action place(order_manager &orders, risk_gate &gate, const order_request &request, const market_top &top) {
    return orders.place(gate, request, top);
}
inline action cancel(order_manager &orders, risk_gate &gate, std::uint64_t id, std::uint64_t timestamp) {
    return orders.cancel(gate, id, timestamp);
}
inline std::size_t orders_of(const order_manager &orders, std::vector<order> &out) { return orders.orders(slice(out)); }

using engine_settings = mm::cxx::engine_config;
inline rust::Box<engine> make_engine(const engine_settings &settings) { return engine::create(settings); }
inline std::int32_t on_event(engine &e, const event &happened, std::vector<action> &actions, std::size_t &count) {
    return e.try_on_event(happened, slice(actions), count);
}
inline std::int32_t on_report(engine &e, const report &told) { return e.try_on_report(told); }
inline std::size_t levels(const engine &e, mm::cxx::side s, std::vector<level> &out) { return e.levels(s, slice(out)); }
inline void attach(engine &e, const predictor &network) {
    mm::cxx::feature_window_config window = feature_window::defaults();
    window.rows = 0;
    e.attach_predictor(network, window, engine::forecaster_defaults(), "");
}
inline mm::cxx::prediction prediction(const engine &e) { return e.prediction_now(); }
inline mm::cxx::risk_counters counters(const engine &e) { return e.counters(); }

inline rust::Box<venue> make_venue(std::uint64_t latency) {
    mm::cxx::venue_config config = venue::defaults();
    config.entry_latency = config.cancel_latency = latency;
    return venue::create(config);
}
inline std::size_t on_event(venue &v, const engine &e, const event &happened, std::vector<report> &reports) {
    return v.on_event(e, happened, slice(reports));
}

inline rust::Box<reader> synthetic(const mm::cxx::synthetic_config &flow) { return reader::synthetic(flow); }
inline rust::Box<reader> lobster(const char *messages, const char *seed, double tick) {
    mm::cxx::reader_config config = reader::defaults();
    config.instrument.tick = tick;
    config.seed_path = seed == nullptr ? "" : seed;
    return reader::open(mm::cxx::format::lobster, messages, config);
}
inline mm::cxx::increments detect(const char *messages) {
    return reader::detect(mm::cxx::format::lobster, messages, reader::defaults());
}
inline std::size_t next(reader &r, std::vector<event> &events) { return r.next(slice(events)); }

inline mm::cxx::predictor_config predictor_defaults(mm::cxx::network kind) { return predictor::defaults(kind); }
inline rust::Box<predictor> make_predictor(const mm::cxx::predictor_config &config) { return predictor::create(config); }

inline rust::Box<feature_window> make_window(const mm::cxx::feature_window_config &config) {
    return feature_window::create(config);
}
inline std::vector<float> latest(const feature_window &w, std::size_t rows) {
    std::vector<float> values(rows * 24);
    values.resize(w.latest(rows, slice(values)));
    return values;
}
inline std::string channel(std::size_t index) { return std::string(feature_window::channel_name(index)); }

inline rust::Box<trees> load_trees(const char *path) { return trees::load(path); }
inline std::string feature_name(const trees &t, std::size_t index) { return std::string(t.feature_name(index)); }

}  // namespace face
