// trading_stack.cpp: a small trading firm in one process: the threads, queues and checks that stand around the library in production.
//
//   trading_stack [--symbols N] [--events N] [--seed N] [--kill-after SHARE] [FILE [--seed-book FILE]]
//
//   feed ──events──▶ strategy (one thread a symbol, owns its mm::engine) ──actions──▶ gateway (mm::venue stands for the exchange)
//     └─────events──────────────────────────────────────────────────────────────────▶    │
//                    ▲──────────────────────── acknowledgements and fills ───────────────┘
//   risk: watches every engine through mm::risk_monitor, and pulls all kill switches on a loss, or after SHARE of the events
//
// Each symbol trades seeded synthetic flow; with a LOBSTER file the first one trades the recorded day. The end is in order: the
// feed runs dry, the switches are pulled if they have not been, the strategies withdraw what works and wait until the exchange has
// answered everything, then the gateway ends, then the risk desk. The program exits with 0 only where it has seen that
//
//   - the exchange answered every action, and each once;
//   - gateway and engine agree on every position and on the number of fills, and nothing is left working;
//   - after the switch no engine sent an order, although the market went on.
//
// The feed waits for the others when they fall behind; the others never wait for each other, so that nothing can lock up.
#include <market_maker/market_maker.hpp>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct options {
    std::uint32_t symbols = 3;
    std::uint64_t events = 100'000;
    std::uint64_t seed = 1;
    double kill_after = 0.8;
    std::string file;
    std::string seed_book;
};

[[noreturn]] void usage(const char *problem) {
    std::fprintf(stderr,
                 "trading_stack: %s\n"
                 "usage: trading_stack [--symbols N] [--events N] [--seed N] [--kill-after SHARE] [FILE [--seed-book FILE]]\n",
                 problem);
    std::exit(64);
}

options parse(int argc, char **argv) {
    options given;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto number = [&](double least, double most) {
            char *end = nullptr;
            const double value = ++i < argc ? std::strtod(argv[i], &end) : -1.0;
            if (end == nullptr || *end != '\0' || !(value >= least && value <= most)) {
                usage((name + " needs a number in its range").c_str());
            }
            return value;
        };
        if (name == "--symbols") {
            given.symbols = static_cast<std::uint32_t>(number(1.0, 64.0));
        } else if (name == "--events") {
            given.events = static_cast<std::uint64_t>(number(1000.0, 1e9));
        } else if (name == "--seed") {
            given.seed = static_cast<std::uint64_t>(number(0.0, 1e15));
        } else if (name == "--kill-after") {
            given.kill_after = number(0.0, 1.0);
        } else if (name == "--seed-book") {
            if (++i == argc) {
                usage("--seed-book needs a file");
            }
            given.seed_book = argv[i];
        } else if (name.rfind("--", 0) == 0) {
            usage(("unknown option " + name).c_str());
        } else if (given.file.empty()) {
            given.file = name;
        } else {
            usage("one file only");
        }
    }
    return given;
}

/// A queue of any number of writers and one reader.
template <class T>
class mailbox {
public:
    /// Waits while `most` are inside already. For who may wait: the feed.
    void push_when_there_is_room(T item, std::size_t most) {
        std::unique_lock<std::mutex> lock(mutex_);
        room_.wait(lock, [&] { return items_.size() < most; });
        items_.push_back(std::move(item));
        filled_.notify_one();
    }
    /// Never waits.
    void push(T item) {
        const std::lock_guard<std::mutex> lock(mutex_);
        items_.push_back(std::move(item));
        filled_.notify_one();
    }
    /// Everything inside, in order; waits for something.
    void take(std::deque<T> &into) {
        into.clear();
        std::unique_lock<std::mutex> lock(mutex_);
        filled_.wait(lock, [&] { return !items_.empty(); });
        std::swap(into, items_);
        room_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable room_;
    std::deque<T> items_;
};

constexpr std::size_t feed_room = 4096;

/// What a strategy hears.
struct to_strategy {
    enum class what { market, report, feed_ended } kind;
    mm_event_t event{};
    mm_execution_report_t report{};
};

/// What the gateway hears.
struct to_gateway {
    enum class what { market, action, feed_ended, strategy_done } kind;
    std::uint32_t symbol = 0;
    mm_event_t event{};
    mm_order_action_t action{};
};

/// What one symbol's strategy and gateway know in the end.
struct outcome {
    // The strategy's.
    mm_engine_stats_t stats{};
    mm_engine_account_t account{};
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t unanswered = 0;
    std::uint64_t answered_twice = 0;
    std::uint64_t events_after_kill = 0;
    std::uint64_t orders_after_kill = 0;
    // The gateway's.
    std::int64_t position = 0;
    std::uint64_t fills = 0;
    std::uint64_t working = 0;
};

mm_instrument_t instrument_of(std::uint32_t symbol, const options &given) {
    mm_instrument_t instrument;
    mm_instrument_init(&instrument, sizeof instrument);
    instrument.id = symbol;
    const std::string name = symbol == 0 && !given.file.empty() ? "FILE" : "SYN" + std::to_string(symbol);
    for (std::size_t i = 0; i < name.size() && i < sizeof instrument.symbol; ++i) {
        instrument.symbol[i] = name[i];
    }
    return instrument;
}

mm::engine engine_of(const mm_instrument_t &instrument) {
    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    strategy.order_quantity = 100;
    strategy.position_limit = 1000;
    mm_risk_config_t risk = mm::risk_gate::defaults();
    risk.max_order_quantity = 100;
    risk.max_long_position = risk.max_short_position = 1100;
    risk.collar_bps = 500;
    mm_engine_config_t config = mm::engine::defaults();
    config.instrument = &instrument;
    config.strategy = &strategy;
    config.risk = &risk;
    return mm::engine(config);
}

mm::reader reader_of(std::uint32_t symbol, const mm_instrument_t &instrument, const options &given) {
    if (symbol == 0 && !given.file.empty()) {
        mm_reader_config_t config = mm::reader::defaults();
        config.instrument = &instrument;
        config.seed_path = given.seed_book.empty() ? nullptr : given.seed_book.c_str();
        return mm::reader(mm::format::lobster, given.file.c_str(), config);
    }
    mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
    flow.seed = given.seed + symbol;
    flow.events = given.events;
    return mm::reader(flow);
}

/// Asks an engine, sends what it says, and remembers what has not been answered. One thread's.
class strategy {
public:
    strategy(std::uint32_t symbol, mm::engine engine, mailbox<to_gateway> &gateway)
        : symbol_(symbol), engine_(std::move(engine)), killed_(engine_.kill_switch()), gateway_(gateway), actions_(MM_MAX_ENGINE_ACTIONS) {}

    mailbox<to_strategy> &inbox() noexcept { return inbox_; }
    mm::kill_switch kill_switch() const { return engine_.kill_switch(); }
    mm::risk_monitor risk_monitor() const { return engine_.risk_monitor(); }

    void run(outcome &result) {
        std::deque<to_strategy> batch;
        bool has_ended = false;
        while (!has_ended || !unanswered_.empty()) {
            inbox_.take(batch);
            for (const to_strategy &item : batch) {
                switch (item.kind) {
                case to_strategy::what::market:
                    on_market(item.event, result);
                    break;
                case to_strategy::what::report:
                    on_report(item.report, result);
                    break;
                case to_strategy::what::feed_ended:
                    // The switch is on by now: what still works is withdrawn.
                    has_ended = true;
                    break;
                }
                if (has_ended) {
                    decide(engine_.try_refresh(now_, actions_), result);
                }
            }
        }
        result.stats = engine_.stats();
        result.account = engine_.account();
        result.unanswered = unanswered_.size();
        to_gateway done{};
        done.kind = to_gateway::what::strategy_done;
        done.symbol = symbol_;
        gateway_.push(done);
    }

private:
    void on_market(const mm_event_t &event, outcome &result) {
        now_ = event.timestamp > now_ ? event.timestamp : now_;
        decide(engine_.try_on_event(event, actions_), result);
    }
    /// Sends what the engine decided. The switch is read before the decision: what was decided before it may still be on its way.
    void decide(const mm::result<mm::span<mm_order_action_t>> &decided, outcome &result) {
        const bool was_killed = is_killed_;
        is_killed_ = is_killed_ || killed_.is_killed();
        result.events_after_kill += was_killed ? 1U : 0U;
        if (!decided) {
            return;  // an event that the book refuses changes nothing
        }
        for (const mm_order_action_t &action : *decided) {
            result.orders_after_kill += was_killed && action.kind != MM_ACTION_CANCEL ? 1U : 0U;
            ++result.sent;
            pending &sent = unanswered_[key(action)];
            ++sent.times;
            if (action.kind == MM_ACTION_REPLACE) {
                sent.replaced = action.order_id;
                replacements_[action.order_id] = action.new_order_id;
            }
            to_gateway message{};
            message.kind = to_gateway::what::action;
            message.symbol = symbol_;
            message.action = action;
            message.event.timestamp = now_;
            gateway_.push(message);
        }
    }
    void on_report(const mm_execution_report_t &report, outcome &result) {
        (void)engine_.try_on_report(report);
        std::uint64_t answered = 0;
        switch (report.kind) {
        case MM_EXECUTION_ACCEPTED:
        case MM_EXECUTION_CANCELLED:
        case MM_EXECUTION_REJECTED:
            answered = report.order_id;
            break;
        case MM_EXECUTION_REPLACED:
            answered = report.new_order_id;
            break;
        case MM_EXECUTION_CANCEL_REJECTED: {
            // The exchange names the order that stays, not what was to come in its place.
            const auto replacement = replacements_.find(report.order_id);
            answered = replacement != replacements_.end() ? replacement->second : report.order_id;
            break;
        }
        default:
            return;  // a fill answers nothing
        }
        const auto found = unanswered_.find(answered);
        if (found == unanswered_.end()) {
            ++result.answered_twice;
            return;
        }
        ++result.acknowledged;
        if (--found->second.times == 0) {
            replacements_.erase(found->second.replaced);
            unanswered_.erase(found);
        }
    }
    /// The id by which the exchange answers: that of the order which comes, or which goes.
    static std::uint64_t key(const mm_order_action_t &action) noexcept {
        return action.kind == MM_ACTION_REPLACE ? action.new_order_id : action.order_id;
    }

    struct pending {
        std::uint32_t times = 0;
        /// The order in whose place this one is to come, 0 for none.
        std::uint64_t replaced = 0;
    };

    std::uint32_t symbol_;
    mm::engine engine_;
    mm::kill_switch killed_;
    bool is_killed_ = false;
    mailbox<to_gateway> &gateway_;
    mailbox<to_strategy> inbox_;
    std::vector<mm_order_action_t> actions_;
    std::unordered_map<std::uint64_t, pending> unanswered_;
    /// What is to come in place of an order, while that is under way.
    std::unordered_map<std::uint64_t, std::uint64_t> replacements_;
    std::uint64_t now_ = 0;
};

/// The exchange as it is seen from here: takes orders, acknowledges and fills them against the market.
class gateway {
public:
    explicit gateway(const std::vector<mm_instrument_t> &instruments) {
        for (const mm_instrument_t &instrument : instruments) {
            books_.push_back(std::make_unique<venue_of_symbol>(instrument));
        }
    }

    mailbox<to_gateway> &inbox() noexcept { return inbox_; }

    void run(std::vector<std::unique_ptr<strategy>> &strategies, std::vector<outcome> &results) {
        std::deque<to_gateway> batch;
        std::size_t open = strategies.size();
        while (open > 0) {
            inbox_.take(batch);
            for (const to_gateway &item : batch) {
                venue_of_symbol &at = *books_[item.symbol];
                const auto send = [&](const mm_execution_report_t &report) { reply(report, *strategies[item.symbol], results[item.symbol]); };
                switch (item.kind) {
                case to_gateway::what::market:
                    at.on_market(item.event, send);
                    break;
                case to_gateway::what::action:
                    at.on_action(item.action, send);
                    break;
                case to_gateway::what::feed_ended:
                    at.has_ended = true;
                    at.on_quiet(send);
                    break;
                case to_gateway::what::strategy_done:
                    results[item.symbol].working = at.working;
                    --open;
                    break;
                }
            }
        }
    }

private:
    /// A venue, and the book that it looks at: that of an engine which may not trade.
    struct venue_of_symbol {
        explicit venue_of_symbol(const mm_instrument_t &instrument) : mirror(engine_of(instrument)), reports(64) {
            mirror.kill_switch().kill();
        }

        template <class Send>
        void on_market(const mm_event_t &event, Send &&send) {
            now = event.timestamp > now ? event.timestamp : now;
            reports.resize(std::max(reports.size(), venue.reports_needed()));
            for (const mm_execution_report_t &report : venue.on_event(mirror, event, reports)) {
                follow(report);
                send(report);
            }
            (void)mirror.try_on_event(event, unused);
        }
        template <class Send>
        void on_action(const mm_order_action_t &action, Send &&send) {
            if (!venue.try_submit(now, action)) {
                // As an exchange does when it takes no more.
                mm_execution_report_t refusal{};
                refusal.order_id = action.kind == MM_ACTION_REPLACE ? action.new_order_id : action.order_id;
                refusal.kind = action.kind == MM_ACTION_CANCEL ? MM_EXECUTION_CANCEL_REJECTED : MM_EXECUTION_REJECTED;
                refusal.instrument = action.instrument;
                refusal.side = action.side;
                refusal.timestamp = now;
                send(refusal);
            } else if (has_ended) {
                on_quiet(send);
            }
        }
        /// Time goes on where no market data bring it.
        template <class Send>
        void on_quiet(Send &&send) {
            mm_event_t later{};
            later.timestamp = now + 1;
            later.kind = MM_EVENT_NONE;
            on_market(later, send);
        }
        void follow(const mm_execution_report_t &report) noexcept {
            working += report.kind == MM_EXECUTION_ACCEPTED ? 1U : 0U;
            const bool is_whole = report.kind == MM_EXECUTION_FILLED || report.kind == MM_EXECUTION_REPLACED;
            working -= report.kind == MM_EXECUTION_CANCELLED || (is_whole && report.leaves == 0) ? 1U : 0U;
        }

        mm::engine mirror;
        mm::venue venue;
        std::vector<mm_execution_report_t> reports;
        std::vector<mm_order_action_t> unused = std::vector<mm_order_action_t>(MM_MAX_ENGINE_ACTIONS);
        std::uint64_t now = 0;
        std::uint64_t working = 0;
        bool has_ended = false;
    };

    static void reply(const mm_execution_report_t &report, strategy &to, outcome &result) {
        if (report.kind == MM_EXECUTION_FILLED) {
            const auto lots = static_cast<std::int64_t>(report.quantity);
            result.position += report.side == MM_SIDE_BUY ? lots : -lots;
            ++result.fills;
        }
        to_strategy message{};
        message.kind = to_strategy::what::report;
        message.report = report;
        to.inbox().push(message);
    }

    std::vector<std::unique_ptr<venue_of_symbol>> books_;
    mailbox<to_gateway> inbox_;
};

/// Pulls every switch: on a loss of all symbols together, when told to, and when the feed has ended.
class risk_desk {
public:
    explicit risk_desk(const std::vector<std::unique_ptr<strategy>> &strategies, double loss_limit) : loss_limit_(loss_limit) {
        for (const auto &one : strategies) {
            switches_.push_back(one->kill_switch());
            monitors_.push_back(one->risk_monitor());
        }
    }

    void run() {
        std::unique_lock<std::mutex> lock(mutex_);
        while (!is_over_) {
            woken_.wait_for(lock, std::chrono::milliseconds(1));
            double equity = 0.0;
            for (const mm::risk_monitor &monitor : monitors_) {
                const mm_risk_metrics_t metrics = monitor.metrics();
                equity += static_cast<double>(metrics.equity);
            }
            if (equity < -loss_limit_ && !is_killed_) {
                kill("loss");
            }
            if (is_told_ && !is_killed_) {
                kill("drill");
            }
        }
    }
    /// Returns when every switch is on.
    void kill_now() {
        std::unique_lock<std::mutex> lock(mutex_);
        is_told_ = true;
        woken_.notify_all();
        done_.wait(lock, [&] { return is_killed_; });
    }
    void end() {
        const std::lock_guard<std::mutex> lock(mutex_);
        is_over_ = true;
        woken_.notify_all();
    }
    const char *reason() const noexcept { return reason_; }

private:
    void kill(const char *reason) {
        for (const mm::kill_switch &one : switches_) {
            one.kill();
        }
        reason_ = reason;
        is_killed_ = true;
        done_.notify_all();
    }

    const double loss_limit_;
    std::vector<mm::kill_switch> switches_;
    std::vector<mm::risk_monitor> monitors_;
    std::mutex mutex_;
    std::condition_variable woken_;
    std::condition_variable done_;
    bool is_told_ = false;
    bool is_over_ = false;
    bool is_killed_ = false;
    const char *reason_ = "";
};

/// Every symbol's events, a batch of each in turn.
void feed(std::vector<mm::reader> &readers, std::vector<std::unique_ptr<strategy>> &strategies, mailbox<to_gateway> &gateway,
          std::uint64_t kill_after, risk_desk &desk) {
    std::vector<mm_event_t> buffer(64);
    std::vector<bool> is_dry(readers.size(), false);
    std::uint64_t passed = 0;
    bool has_told = false;
    for (std::size_t left = readers.size(); left > 0;) {
        for (std::uint32_t symbol = 0; symbol < readers.size(); ++symbol) {
            if (is_dry[symbol]) {
                continue;
            }
            const auto batch = readers[symbol].try_next(buffer);
            if (!batch || batch->empty()) {
                is_dry[symbol] = true;
                --left;
            } else {
                for (const mm_event_t &event : *batch) {
                    to_gateway for_gateway{};
                    for_gateway.kind = to_gateway::what::market;
                    for_gateway.symbol = symbol;
                    for_gateway.event = event;
                    gateway.push_when_there_is_room(for_gateway, feed_room);
                    to_strategy for_strategy{};
                    for_strategy.kind = to_strategy::what::market;
                    for_strategy.event = event;
                    strategies[symbol]->inbox().push_when_there_is_room(for_strategy, feed_room);
                }
                passed += batch->size();
            }
        }
        if (passed >= kill_after && !has_told) {
            has_told = true;
            desk.kill_now();
        }
    }
    desk.kill_now();
    for (std::uint32_t symbol = 0; symbol < readers.size(); ++symbol) {
        to_gateway for_gateway{};
        for_gateway.kind = to_gateway::what::feed_ended;
        for_gateway.symbol = symbol;
        gateway.push(for_gateway);
        to_strategy for_strategy{};
        for_strategy.kind = to_strategy::what::feed_ended;
        strategies[symbol]->inbox().push(for_strategy);
    }
}

/// Prints what became of a symbol; whether it is as it must be.
bool report(const mm_instrument_t &instrument, const outcome &result, bool had_market_after_kill) {
    const double unit = instrument.tick * instrument.lot;
    const double profit = static_cast<double>(result.account.realised + result.account.unrealised - result.account.fees) * unit;
    std::printf("%-8.8s profit %10.2f  position %6" PRId64 "  fills %6" PRIu64 "  sent %7" PRIu64 "  rejected %5" PRIu64
                "  refused by risk %5" PRIu64 "  after the switch: %" PRIu64 " events, %" PRIu64 " orders\n",
                instrument.symbol, profit, result.account.position, result.stats.fills, result.sent,
                result.stats.venue_rejects, result.stats.risk_refusals, result.events_after_kill,
                result.orders_after_kill);
    bool is_sound = true;
    const auto must = [&](bool is_so, const char *claim) {
        if (!is_so) {
            std::printf("%-8.8s NOT SO: %s\n", instrument.symbol, claim);
            is_sound = false;
        }
    };
    must(result.sent > 0, "orders were sent");
    must(result.unanswered == 0 && result.answered_twice == 0 && result.acknowledged == result.sent,
         "the exchange answered every action, and each once");
    must(result.account.position == result.position, "gateway and engine agree on the position");
    must(result.stats.fills == result.fills, "gateway and engine agree on the number of fills");
    must(result.working == 0, "nothing is left working");
    must(result.orders_after_kill == 0, "no order was sent after the switch");
    must(!had_market_after_kill || result.events_after_kill > 0, "the market went on after the switch");
    return is_sound;
}

int run(const options &given) {
    std::vector<mm_instrument_t> instruments;
    std::vector<mm::reader> readers;
    for (std::uint32_t symbol = 0; symbol < given.symbols; ++symbol) {
        instruments.push_back(instrument_of(symbol, given));
        readers.push_back(reader_of(symbol, instruments.back(), given));
    }
    gateway exchange(instruments);
    std::vector<std::unique_ptr<strategy>> strategies;
    for (std::uint32_t symbol = 0; symbol < given.symbols; ++symbol) {
        strategies.push_back(std::make_unique<strategy>(symbol, engine_of(instruments[symbol]), exchange.inbox()));
    }
    // 100,000 of the currency, in ticks x lots.
    risk_desk desk(strategies, 100'000.0 / instruments[0].tick);
    std::vector<outcome> strategy_results(given.symbols);
    std::vector<outcome> gateway_results(given.symbols);
    const auto kill_after = static_cast<std::uint64_t>(given.kill_after * static_cast<double>(given.events) * given.symbols);

    std::thread risk_thread([&] { desk.run(); });
    std::thread gateway_thread([&] { exchange.run(strategies, gateway_results); });
    std::vector<std::thread> strategy_threads;
    for (std::uint32_t symbol = 0; symbol < given.symbols; ++symbol) {
        strategy_threads.emplace_back([&, symbol] { strategies[symbol]->run(strategy_results[symbol]); });
    }
    std::thread feed_thread([&] { feed(readers, strategies, exchange.inbox(), kill_after, desk); });

    feed_thread.join();
    for (std::thread &thread : strategy_threads) {
        thread.join();
    }
    gateway_thread.join();
    desk.end();
    risk_thread.join();

    bool is_sound = true;
    std::printf("kill switch: %s\n", desk.reason());
    for (std::uint32_t symbol = 0; symbol < given.symbols; ++symbol) {
        outcome all = strategy_results[symbol];
        all.position = gateway_results[symbol].position;
        all.fills = gateway_results[symbol].fills;
        all.working = gateway_results[symbol].working;
        is_sound = report(instruments[symbol], all, given.kill_after < 1.0) && is_sound;
    }
    return is_sound ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
    const options given = parse(argc, argv);
    try {
        return run(given);
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "trading_stack: %s\n", failure.what());
        return 2;
    }
}
