// The scenarios of both_faces.cpp in the names that both faces have; `face` is one of headers.hpp and cxx.hpp.
#pragma once
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

inline unsigned number(bool value) { return value ? 1 : 0; }
template <class E>
unsigned number(E value) {
    return static_cast<unsigned>(value);
}

/// Runs what may fail, and says what it says.
template <class Call>
void attempt(const char *what, Call &&call) {
    try {
        call();
        std::printf("%s: fine\n", what);
    } catch (const std::exception &failure) {
        std::printf("%s: %s\n", what, failure.what());
    }
}

/// FNV-1a over bytes, for what is too long to print.
struct hash {
    std::uint64_t value = 0xcbf29ce484222325U;
    void add(const void *data, std::size_t size) {
        const unsigned char *bytes = static_cast<const unsigned char *>(data);
        for (std::size_t i = 0; i < size; ++i) {
            value = (value ^ bytes[i]) * 0x100000001b3U;
        }
    }
    template <class T>
    void add(const T &one) {
        add(&one, sizeof one);
    }
};

inline void print(const face::action &a) {
    std::printf("  action %u side %u id %" PRIu64 " new %" PRIu64 " %" PRId64 " x %" PRIu64 " of %" PRIu64 " post %u level %u\n",
                number(a.kind), number(a.side), a.order_id, a.new_order_id, a.price, a.quantity, a.replaced_quantity,
                number(a.post_only), static_cast<unsigned>(a.level));
}

template <class Book>
void print_best(const Book &book) {
    face::level level{};
    for (auto side : {face::buy, face::sell}) {
        if (face::best(book, side, level)) {
            std::printf("  best %" PRId64 " x %" PRIu64 " in %u\n", level.price, level.quantity, level.orders);
        } else {
            std::printf("  none\n");
        }
    }
}

inline void books() {
    auto config = face::book::defaults();
    config.track_priority = true;
    auto owner = face::make_book(config);
    face::book &book = face::ref(owner);
    std::printf("add %u\n", face::bits(book.add(1, face::buy, 9999, 10)));
    std::printf("add %u\n", face::bits(book.add(2, face::sell, 10001, 5)));
    std::printf("add %u\n", face::bits(book.add(3, face::buy, 9999, 7)));
    std::printf("add %u\n", face::bits(book.add(4, face::buy, 9990, 20)));
    std::printf("seed %u\n", face::seed(book, face::sell, 10003, 40));
    attempt("duplicate", [&] { (void)book.add(2, face::sell, 10002, 5); });
    attempt("nothing", [&] { (void)book.add(9, face::sell, 10002, 0); });
    attempt("unknown", [&] { (void)book.remove(77); });
    attempt("too much", [&] { (void)book.reduce(1, 11); });
    attempt("far away", [&] { (void)book.add(9, face::buy, INT64_MAX, 1); });
    std::printf("reduce %u execute %u modify %u replace %u\n", face::bits(book.reduce(1, 2)), face::bits(book.execute(2, 1)),
                face::bits(book.modify(4, 9991, 25)), face::replace(book, 3, 30, 9998, 7));
    print_best(book);
    face::resting_order order{};
    face::queue_position ahead{};
    for (std::uint64_t id : {1, 2, 3, 4, 30}) {
        if (face::order_of(book, id, order) && face::queue_of(book, id, ahead)) {
            std::printf("  order %" PRIu64 " side %u %" PRId64 " x %" PRIu64 " stamp %" PRIu64 " behind %" PRIu64 " with %" PRIu64
                        "\n", id, number(order.side), order.price, order.quantity, order.priority, ahead.orders_ahead,
                        ahead.quantity_ahead);
        } else {
            std::printf("  no order %" PRIu64 "\n", id);
        }
    }

    std::vector<face::book_event> events(16);
    face::new_order taker{};
    taker.order_id = 50;
    taker.price = 10003;
    taker.quantity = 12;
    taker.side = face::field(face::buy);
    const auto trades = [&](const auto &done) {
        const auto &outcome = face::outcome(done);
        std::printf("matched %zu filled %" PRIu64 " resting %" PRIu64 " cancelled %" PRIu64 " touched %u\n", done.events,
                    outcome.filled, outcome.resting, outcome.cancelled, face::bits(outcome.touched));
        for (std::size_t i = 0; i < done.events; ++i) {
            const face::book_event &e = events[i];
            std::printf("  %u side %u order %" PRIu64 " maker %" PRIu64 " %" PRId64 " x %" PRIu64 " left %" PRIu64 " %" PRIu64
                        " anonymous %u\n", number(e.kind), number(e.side), e.order_id, e.maker_id, e.price, e.quantity,
                        e.remaining, e.maker_remaining, number(e.maker_anonymous));
        }
    };
    trades(face::submit(book, taker, events));
    taker.order_id = 51;
    taker.quantity = 1000;
    taker.time_in_force = face::field(face::fill_or_kill);
    attempt("all or nothing", [&] { (void)face::submit(book, taker, events); });
    taker.time_in_force = {};
    taker.post_only = true;
    attempt("would trade", [&] { (void)face::submit(book, taker, events); });
    taker.post_only = false;
    taker.kind = face::field(face::market_order);
    taker.quantity = 3;
    trades(face::submit(book, taker, events));
    trades(face::cancel(book, 4, 5, events));
    trades(face::amend(book, 1, 10003, 4, events));
    events.resize(0);
    attempt("no room", [&] { (void)face::cancel(book, 4, 0, events); });
    std::printf("%zu orders, %zu bids, %zu asks, hash %016" PRIx64 "\n", book.order_count(), book.level_count(face::buy),
                book.level_count(face::sell), book.state_hash());

    const auto bytes = face::snapshot(book);
    auto again_owner = face::make_book(face::book::defaults());
    face::book &again = face::ref(again_owner);
    face::restore(again, bytes);
    std::printf("restored %016" PRIx64 "\n", again.state_hash());
    (void)again.clear();
    std::printf("cleared %zu\n", again.order_count());

    auto level_owner = face::make_level_book();
    face::level_book &levels = face::ref(level_owner);
    std::printf("levels %u %u %u\n", face::set_level(levels, face::buy, 100, 5), face::set_level(levels, face::sell, 101, 6),
                face::set_level(levels, face::buy, 99, 7));
    std::printf("levels %u\n", face::set_level(levels, face::buy, 100, 0));
    print_best(levels);

    auto books_owner = face::make_books();
    auto &books = face::ref(books_owner);
    books.add_instrument(4, face::book::defaults());
    books.add_instrument(2, face::book::defaults());
    attempt("instrument twice", [&] { books.add_instrument(4, face::book::defaults()); });
    face::event event{};
    event.kind = decltype(event.kind)(1);
    event.order_id = 9;
    event.price = 77;
    event.quantity = 3;
    event.instrument = 4;
    std::printf("its book %u\n", face::bits(books.apply(event)));
    event.instrument = 5;
    attempt("no such instrument", [&] { (void)books.apply(event); });
    face::level level{};
    const bool is_empty = !face::best(books, 2, face::buy, level), is_there = face::best(books, 4, face::buy, level);
    std::printf("best %u %u %" PRId64 "\n", number(is_empty), number(is_there), level.price);
    attempt("whose best", [&] { (void)face::best(books, 5, face::buy, level); });
    std::vector<std::uint32_t> known(4);
    const std::size_t registered = face::instruments(books, known);
    std::printf("instruments %zu: %u %u\n", registered, known[0], known[1]);

    config.max_orders = 0;
    attempt("a book of nothing", [&] { (void)face::make_book(config); });
}

/// A batch of synthetic flow on a small book: how far it comes, and why not further.
inline void batches() {
    auto flow = face::reader::synthetic_defaults();
    flow.events = 4000;
    auto reader = face::synthetic(flow);
    std::vector<face::event> events(512);
    auto config = face::book::defaults();
    config.max_orders = 200;
    auto owner = face::make_book(config);
    face::book &book = face::ref(owner);
    std::size_t count = 0;
    while ((count = face::next(face::ref(reader), events)) > 0) {
        const auto done = face::apply_batch(book, events, count);
        std::printf("applied %zu of %zu touched %u reason %d\n", done.applied, count, face::bits(done.touched), done.reason);
    }
    std::printf("hash %016" PRIx64 "\n", book.state_hash());
    flow.volatility = -1.0;
    attempt("flow", [&] { (void)face::synthetic(flow); });
}

inline int quotes() {
    int wrong = 0;
    const auto say = [](const auto &q) {
        std::printf("quotes %.17g (%u) %.17g (%u)\n", q.bid, number(q.has_bid), q.ask, number(q.has_ask));
    };
    const auto near = [&](double value, double golden) { wrong += value > golden - 1e-6 && value < golden + 1e-6 ? 0 : 1; };
    auto config = face::quoter::defaults();
    auto owner = face::make_quoter(config);
    const auto f1 = face::ref(owner).quote(100.0, 3.0, 1.0);
    say(f1);
    near(f1.bid, 97.954615);
    near(f1.ask, 99.645385);
    attempt("time runs back", [&] { (void)face::ref(owner).quote(100.0, 3.0, -1.0); });
    attempt("no number", [&] { (void)face::ref(owner).quote(0.0 / (f1.bid - f1.bid), 3.0, 1.0); });
    config.model = face::field(face::glft_table);
    config.gamma = 0.01;
    config.sigma = 0.3;
    config.k = 0.3;
    config.intensity = 0.9;
    config.horizon = 600.0;
    auto table = face::make_quoter(config);
    const auto f2 = face::ref(table).quote(0.0, 5.0, 600.0);
    say(f2);
    near(f2.bid, -3.653479);
    near(f2.ask, 2.972522);
    say(face::ref(table).quote(0.0, 30.0, 600.0));
    config.model = face::field(face::glft_asymptotic);
    auto asymptotic = face::make_quoter(config);
    say(face::ref(asymptotic).quote(10.0, -7.5, 0.0));
    config.gamma = -1.0;
    attempt("gamma", [&] { (void)face::make_quoter(config); });
    return wrong;
}

inline void risks() {
    auto config = face::risk_gate::defaults();
    config.max_order_quantity = 100;
    config.collar_bps = 100;
    config.max_long_position = 150;
    config.rate_messages = 3;
    config.positive_prices = true;
    config.max_daily_loss = 1000;
    config.on_daily_loss = face::field(face::latch);
    auto owner = face::make_gate(config);
    face::risk_gate &gate = face::ref(owner);
    face::intent order{};
    order.timestamp = 1;
    order.price = 10000;
    order.quantity = 50;
    order.side = face::field(face::buy);
    face::exposure against{};
    against.reference = 10000;
    against.has_reference = true;
    const auto ask = [&](const char *what) {
        const std::int32_t code = face::check(gate, order, against);
        std::printf("%s: %d%s%s\n", what, code, code == 0 ? "" : " ", code == 0 ? "" : face::last_message().c_str());
    };
    ask("in order");
    order.quantity = 101;
    ask("too large");
    order.quantity = 50;
    order.price = 10200;
    ask("too far");
    order.price = -5;
    ask("below zero");
    order.price = 10000;
    against.position = 101;
    ask("too long");
    against.position = 0;
    against.has_reference = false;
    ask("no reference");
    against.has_reference = true;
    ask("second");
    ask("third");
    ask("too fast");
    order.timestamp = 2'000'000'000;
    auto kill = face::kill_switch_of(gate);
    face::ref(kill).kill();
    ask("killed");
    face::ref(kill).revive();
    ask("revived");
    face::risk_account account{};
    account.timestamp = 3'000'000'000;
    account.realised = -1500;
    gate.on_account(account);
    order.timestamp = 5'000'000'000;
    ask("lost too much");
    const auto stance = gate.stance(0, order.timestamp);
    std::printf("stance %d %u\n", stance.reason, number(stance.reduce_only));
    const auto latches = face::latches(gate);
    std::printf("latched %" PRIx64 " observed %" PRId64 " limit %" PRId64 " sequence %" PRIu64 "\n", latches.latched,
                latches.observed, latches.limit, latches.sequence);
    attempt("wrong token", [&] { gate.reset(1, "because", order.timestamp); });
    attempt("no reason", [&] { gate.reset(face::latch_token(gate), "", order.timestamp); });
    attempt("reset", [&] { gate.reset(face::latch_token(gate), "because", order.timestamp); });
    gate.new_day(order.timestamp);
    ask("a new day");
    auto monitor_owner = face::monitor_of(gate);
    auto &monitor = face::ref(monitor_owner);
    const auto metrics = monitor.metrics();
    std::printf("equity %" PRId64 " day %" PRId64 " drawdown %" PRId64 " latches %" PRIu64 " closed %" PRIx64 "\n",
                metrics.equity, metrics.daily_profit, metrics.drawdown, metrics.latch_sequence, metrics.closed);
    std::vector<face::coverage_row> rows(64);
    const std::size_t checks = face::coverage(monitor, rows);
    for (std::size_t i = 0; i < checks; ++i) {
        if (rows[i].is_configured) {
            std::printf("  check %u action %u asked %" PRIu64 " refused %" PRIu64 " on %u fed %u inert %u\n",
                        static_cast<unsigned>(rows[i].check), static_cast<unsigned>(rows[i].action), rows[i].evaluated,
                        rows[i].refused, number(rows[i].is_on), number(rows[i].is_fed), number(rows[i].is_inert));
        }
    }
    std::vector<face::audit_record> records(9);
    std::uint64_t cursor = 0, lost = 0;
    std::size_t told = 0;
    while ((told = face::audit(monitor, cursor, records, lost)) > 0) {
        for (std::size_t i = 0; i < told; ++i) {
            std::printf("  %" PRIu64 " at %" PRIu64 " kind %u reason %u side %u %" PRId64 " x %" PRIu64 " observed %" PRId64
                        " limit %" PRId64 "\n", records[i].sequence, records[i].timestamp,
                        static_cast<unsigned>(records[i].kind), static_cast<unsigned>(records[i].reason),
                        static_cast<unsigned>(records[i].side), records[i].price, records[i].quantity, records[i].observed,
                        records[i].limit);
        }
    }
    std::printf("cursor %" PRIu64 " lost %" PRIu64 "\n", cursor, lost);
    monitor.set_state(face::halted);
    ask("halted");
    attempt("no such check", [&] { gate.set_enabled(-5, false); });
    const auto counters = gate.counters();
    std::printf("asked %" PRIu64, counters.evaluated);
    for (std::uint64_t refused : counters.refused) {
        std::printf(" %" PRIu64, refused);
    }
    std::printf("\n");
    config.max_order_quantity = -3;
    attempt("negative limit", [&] { gate.set_config(config); });
}

inline void positions() {
    auto config = face::tracker::defaults();
    config.instruments = 2;
    config.history = 3;
    config.limits.max_position_size = 100;
    config.limits.max_long_position = 80;
    config.limits.max_daily_loss = 500;
    auto owner = face::make_tracker(config);
    face::tracker &tracker = face::ref(owner);
    auto stock = face::instrument(7, 0.01);
    stock.taker_per_lot_micro = 250'000;
    tracker.register_instrument(stock, 1);
    attempt("twice", [&] { tracker.register_instrument(stock, 1); });
    stock.tick = 0.0;
    attempt("no tick", [&] { tracker.register_instrument(stock, 1); });
    face::fill fill{};
    fill.instrument = 7;
    const auto trade = [&](auto side, std::int64_t price, std::uint64_t quantity, bool is_maker) {
        fill.side = face::field(side);
        fill.price = price;
        fill.quantity = quantity;
        fill.is_maker = is_maker;
        ++fill.timestamp;
        const auto done = tracker.record_fill(fill);
        std::printf("fill realised %" PRId64 " fee %" PRId64 " closed %" PRIu64 " opened %" PRIu64 " position %" PRId64 "\n",
                    done.realised, done.fee_micro, done.closed, done.opened, done.position);
    };
    trade(face::buy, 1000, 50, true);
    trade(face::buy, 1010, 20, false);
    std::printf("check %d %d\n", face::check_position(tracker, 7, face::buy, 10), face::check_position(tracker, 7, face::buy, 11));
    std::printf("  %s\n", face::last_message().c_str());
    trade(face::sell, 1005, 90, false);
    trade(face::sell, 990, 5, true);
    tracker.mark(7, 1015);
    fill.quantity = 0;
    attempt("no lots", [&] { (void)tracker.record_fill(fill); });
    fill.instrument = 8;
    attempt("unregistered", [&] { (void)tracker.record_fill(fill); });
    face::position position{};
    std::printf("known %u %u\n", number(face::position_of(tracker, 8, position)), number(face::position_of(tracker, 7, position)));
    std::printf("position %" PRId64 " at %.17g realised %" PRId64 " unrealised %" PRId64 " fees %" PRId64 " mark %" PRId64 " %u\n",
                position.quantity, position.average_price, position.realised, position.unrealised, position.fees,
                position.mark, number(position.has_mark));
    const auto totals = tracker.totals();
    std::printf("equity %" PRId64 " peak %" PRId64 " drawdown %" PRId64 " day %" PRId64 " fills %" PRIu64 "\n", totals.equity,
                totals.peak_equity, totals.drawdown, totals.daily_profit, totals.fills);
    const std::int32_t loss = face::check_loss(tracker);
    std::printf("loss %d %s\n", loss, loss == 0 ? "" : face::last_message().c_str());
    std::vector<face::trade> trades(8);
    const std::size_t known = tracker.history(face::slice(trades));
    for (std::size_t i = 0; i < known; ++i) {
        std::printf("  trade %" PRIu64 " side %u %" PRId64 " x %" PRIu64 " maker %u\n", trades[i].timestamp,
                    number(trades[i].side), trades[i].price, trades[i].quantity, number(trades[i].is_maker));
    }
    tracker.reset();
    std::printf("fills after reset %" PRIu64 "\n", tracker.totals().fills);
}

inline void order_managers() {
    auto config = face::order_manager::defaults();
    config.instrument = 3;
    auto owner = face::make_orders(config);
    face::order_manager &orders = face::ref(owner);
    auto limits = face::risk_gate::defaults();
    limits.max_order_quantity = 30;
    auto gate_owner = face::make_gate(limits);
    face::risk_gate &gate = face::ref(gate_owner);
    face::market_top top{};
    top.timestamp = 10;
    top.bid = 100;
    top.ask = 102;
    top.has_bid = top.has_ask = true;
    std::vector<face::action> actions(8);
    std::vector<face::wanted> bids{{99.7, 10.0}, {98.2, 31.0}}, asks{{102.1, 10.0}};
    const auto decide = [&] {
        const auto done = face::decide(orders, gate, bids, asks, top, actions);
        std::printf("decided %zu refused %u held %u last %d\n", done.actions, done.refused, done.held, done.last_refusal);
        for (std::size_t i = 0; i < done.actions; ++i) {
            print(actions[i]);
        }
        return done.actions;
    };
    const std::size_t sent = decide();
    face::report report{};
    report.instrument = 3;
    for (std::size_t i = 0; i < sent; ++i) {
        report.order_id = actions[i].order_id;
        report.side = actions[i].side;
        report.leaves = actions[i].quantity;
        report.kind = face::field(face::accepted);
        const auto order = orders.on_report(report);
        std::printf("order %" PRIu64 " state %u left %" PRIu64 "\n", order.order_id, number(order.state), order.remaining);
    }
    report.kind = face::field(face::filled);
    report.price = 103;
    report.quantity = 4;
    report.leaves = 5;
    attempt("a lost fill", [&] { (void)orders.on_report(report); });
    report.leaves = 6;
    const auto partly = orders.on_report(report);
    std::printf("order %" PRIu64 " state %u filled %" PRIu64 "\n", partly.order_id, number(partly.state), partly.filled);
    report.order_id = 12345;
    attempt("not ours", [&] { (void)orders.on_report(report); });
    top.bid = 110;
    top.ask = 112;
    bids = {{109.0, 10.0}};
    asks = {{113.0, 10.0}};
    (void)decide();
    bids = {{120.0, 10.0}};
    attempt("beyond the market", [&] { (void)face::decide(orders, gate, bids, asks, top, actions); });
    bids.assign(5, {100.0, 1.0});
    attempt("five levels", [&] { (void)face::decide(orders, gate, bids, asks, top, actions); });
    face::order_request request{};
    request.price = 105;
    request.quantity = 31;
    request.side = face::field(face::sell);
    attempt("too large", [&] { (void)face::place(orders, gate, request, top); });
    request.quantity = 30;
    const face::action placed = face::place(orders, gate, request, top);
    print(placed);
    print(face::cancel(orders, gate, placed.order_id, 20));
    attempt("again", [&] { (void)face::cancel(orders, gate, placed.order_id, 21); });
    std::vector<face::order> known(64);
    std::printf("%zu orders, working %" PRIu64 " %" PRIu64 ", next %" PRIu64 "\n", face::orders_of(orders, known),
                orders.working(face::buy), orders.working(face::sell), orders.next_sequence());
    known.resize(1);
    attempt("no room", [&] { (void)face::orders_of(orders, known); });
}
