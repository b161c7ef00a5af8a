// What a call through the cxx bridge costs beside the same call through the C ABI, in one process on one archive and the same input.
// The two alternate in short runs, and the best run of each is printed, for what else the machine does only ever adds to a run. One
// JSON object a line:
//   {"bench":"bridge/book-add-delete","unit":"ns/call","ours":...,"peer":"c-abi","theirs":...,"ratio":...}
//   bridge_cost [RUNS]
#include "market_maker/cxx.hpp"
#include "market_maker/market_maker.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

/// Nanoseconds of one call, `calls` of which `work` makes.
template <class Work>
double per_call(std::uint64_t calls, Work &&work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(calls);
}

/// Runs both in turn; each says how long a call took.
template <class Bridge, class Abi>
void compare(const char *name, unsigned runs, Bridge &&bridge, Abi &&abi) {
    double mine = bridge(), other = abi();
    for (unsigned run = 1; run < runs; ++run) {
        mine = std::min(mine, bridge());
        other = std::min(other, abi());
    }
    std::printf("{\"bench\":\"bridge/%s\",\"unit\":\"ns/call\",\"ours\":%.2f,\"peer\":\"c-abi\",\"theirs\":%.2f,\"ratio\":%.3f}\n", name,
                mine, other, mine / other);
    std::fflush(stdout);
}

/// A multiplicative generator: the same prices for both.
struct prices {
    std::uint64_t state = 1;
    std::int64_t next() {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return 10'000 + static_cast<std::int64_t>(state >> 58);
    }
};

constexpr std::uint64_t calls = 20'000;
volatile double sink = 0.0;

void books(unsigned runs) {
    rust::Box<mm::cxx::book> ours = mm::cxx::book::create(mm::cxx::book::defaults());
    mm::book theirs;
    compare(
        "book-add-delete", runs,
        [&] {
            prices at;
            return per_call(2 * calls, [&] {
                for (std::uint64_t id = 1; id <= calls; ++id) {
                    (void)ours->add(id, mm::cxx::side::buy, at.next(), 10);
                    if (id > 1000) {
                        (void)ours->remove(id - 1000);
                    }
                }
                for (std::uint64_t id = calls - 999; id <= calls; ++id) {
                    (void)ours->remove(id);
                }
            });
        },
        [&] {
            prices at;
            return per_call(2 * calls, [&] {
                for (std::uint64_t id = 1; id <= calls; ++id) {
                    (void)theirs.try_add(id, mm::side::buy, at.next(), 10);
                    if (id > 1000) {
                        (void)theirs.try_remove(id - 1000);
                    }
                }
                for (std::uint64_t id = calls - 999; id <= calls; ++id) {
                    (void)theirs.try_remove(id);
                }
            });
        });
    for (std::uint64_t id = 1; id <= 100; ++id) {
        (void)ours->add(id, mm::cxx::side::buy, 9000 + static_cast<std::int64_t>(id), 10);
        (void)theirs.try_add(id, mm::side::buy, 9000 + static_cast<std::int64_t>(id), 10);
    }
    compare(
        "book-best", runs,
        [&] {
            mm::cxx::level best{};
            std::int64_t sum = 0;
            const double took = per_call(calls, [&] {
                for (std::uint64_t i = 0; i < calls; ++i) {
                    (void)ours->best(mm::cxx::side::buy, best);
                    sum += best.price;
                }
            });
            sink = static_cast<double>(sum);
            return took;
        },
        [&] {
            std::int64_t sum = 0;
            const double took = per_call(calls, [&] {
                for (std::uint64_t i = 0; i < calls; ++i) {
                    sum += theirs.try_best(mm::side::buy)->price;
                }
            });
            sink = static_cast<double>(sum);
            return took;
        });
    compare(
        "book-refused", runs,
        [&] {
            mm::cxx::event unknown{};
            unknown.kind = mm::cxx::event_kind::remove;
            unknown.order_id = 5'000'000'000;
            mm::cxx::touched touched{};
            return per_call(calls, [&] {
                for (std::uint64_t i = 0; i < calls; ++i) {
                    (void)ours->try_apply(unknown, touched);
                }
            });
        },
        [&] {
            mm_event_t unknown{};
            unknown.kind = MM_EVENT_DELETE;
            unknown.order_id = 5'000'000'000;
            return per_call(calls, [&] {
                for (std::uint64_t i = 0; i < calls; ++i) {
                    (void)theirs.try_apply(unknown);
                }
            });
        });
    // What an exception costs, which neither is meant for.
    constexpr std::uint64_t throws = 1'000;
    compare(
        "book-thrown", runs,
        [&] {
            return per_call(throws, [&] {
                for (std::uint64_t i = 0; i < throws; ++i) {
                    try {
                        (void)ours->remove(5'000'000'000);
                    } catch (const rust::Error &failure) {
                        sink = failure.what()[0];
                    }
                }
            });
        },
        [&] {
            return per_call(throws, [&] {
                for (std::uint64_t i = 0; i < throws; ++i) {
                    try {
                        (void)theirs.remove(5'000'000'000);
                    } catch (const mm::error &failure) {
                        sink = failure.what()[0];
                    }
                }
            });
        });
}

void quotes(unsigned runs) {
    rust::Box<mm::cxx::quoter> ours = mm::cxx::quoter::create(mm::cxx::quoter::defaults());
    mm::quoter theirs;
    const auto ask = [&](auto &&quote) {
        double sum = 0.0;
        const double took = per_call(calls, [&] {
            for (std::uint64_t i = 0; i < calls; ++i) {
                sum += quote(100.0, static_cast<double>(i & 15), 0.5);
            }
        });
        sink = sum;
        return took;
    };
    compare("quoter-quote", runs, [&] { return ask([&](double m, double q, double t) { return ours->quote(m, q, t).bid; }); },
            [&] { return ask([&](double m, double q, double t) { return theirs.quote(m, q, t).bid; }); });
}

void gates(unsigned runs) {
    mm::cxx::risk_config limits = mm::cxx::risk_gate::defaults();
    limits.max_order_quantity = 100;
    limits.collar_bps = 500;
    limits.max_long_position = limits.max_short_position = 1000;
    rust::Box<mm::cxx::risk_gate> ours = mm::cxx::risk_gate::create(limits);
    mm_risk_config_t c_limits = mm::risk_gate::defaults();
    c_limits.max_order_quantity = 100;
    c_limits.collar_bps = 500;
    c_limits.max_long_position = c_limits.max_short_position = 1000;
    mm::risk_gate theirs(c_limits);
    const auto ask = [&](auto order, auto against, auto &&check) {
        order.price = 10'000;
        order.quantity = 10;
        against.reference = 10'000;
        against.has_reference = true;
        std::int64_t passed = 0;
        const double took = per_call(calls, [&] {
            for (std::uint64_t i = 0; i < calls; ++i) {
                order.timestamp = i;
                passed += check(order, against);
            }
        });
        sink = static_cast<double>(passed);
        return took;
    };
    compare(
        "risk-check", runs,
        [&] {
            return ask(mm::cxx::order_intent{}, mm::cxx::exposure{},
                       [&](const auto &o, const auto &e) { return ours->check(o, e) == 0 ? 1 : 0; });
        },
        [&] {
            return ask(mm_order_intent_t{}, mm_exposure_t{},
                       [&](const auto &o, const auto &e) { return theirs.check(o, e).ok() ? 1 : 0; });
        });
}

/// A whole day each: reader, venue and engine, made anew for every run.
void engines(unsigned runs) {
    constexpr std::uint64_t length = 20'000;
    std::uint64_t hashes[2] = {0, 0};
    const auto ours = [&](bool with_venue) {
        mm::cxx::synthetic_config flow = mm::cxx::reader::synthetic_defaults();
        flow.events = length;
        rust::Box<mm::cxx::reader> reader = mm::cxx::reader::synthetic(flow);
        std::vector<mm::cxx::event> events(length);
        events.resize(reader->next({events.data(), events.size()}));
        mm::cxx::engine_config config = mm::cxx::engine::defaults();
        config.strategy.order_quantity = 100;
        config.strategy.position_limit = 1000;
        rust::Box<mm::cxx::engine> engine = mm::cxx::engine::create(config);
        rust::Box<mm::cxx::venue> venue = mm::cxx::venue::create(mm::cxx::venue::defaults());
        std::vector<mm::cxx::order_action> actions(16);
        std::vector<mm::cxx::execution_report> reports(4096);
        const double took = per_call(events.size(), [&] {
            for (const mm::cxx::event &event : events) {
                if (with_venue) {
                    const std::size_t told = venue->on_event(*engine, event, {reports.data(), reports.size()});
                    for (std::size_t i = 0; i < told; ++i) {
                        (void)engine->try_on_report(reports[i]);
                    }
                }
                std::size_t made = 0;
                (void)engine->try_on_event(event, {actions.data(), actions.size()}, made);
                for (std::size_t i = 0; with_venue && i < made; ++i) {
                    venue->submit(event.timestamp, actions[i]);
                }
            }
        });
        hashes[0] = engine->state_hash();
        return took;
    };
    const auto theirs = [&](bool with_venue) {
        mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
        flow.events = length;
        mm::reader reader(flow);
        std::vector<mm_event_t> events(length);
        events.resize(reader.next(events).size());
        mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
        strategy.order_quantity = 100;
        strategy.position_limit = 1000;
        mm_engine_config_t config = mm::engine::defaults();
        config.strategy = &strategy;
        mm::engine engine(config);
        mm::venue venue;
        std::vector<mm_order_action_t> actions(16);
        std::vector<mm_execution_report_t> reports(4096);
        const double took = per_call(events.size(), [&] {
            for (const mm_event_t &event : events) {
                if (with_venue) {
                    for (const auto &report : venue.on_event(engine, event, reports)) {
                        (void)engine.try_on_report(report);
                    }
                }
                const auto made = engine.try_on_event(event, actions);
                if (with_venue && made) {
                    for (const auto &action : *made) {
                        (void)venue.try_submit(event.timestamp, action);
                    }
                }
            }
        });
        hashes[1] = engine.state_hash();
        return took;
    };
    compare("engine-on-event", runs, [&] { return ours(false); }, [&] { return theirs(false); });
    compare("replay-event", runs, [&] { return ours(true); }, [&] { return theirs(true); });
    if (hashes[0] != hashes[1]) {
        std::fprintf(stderr, "the two did not do the same\n");
        std::exit(1);
    }
}

void readers(unsigned runs) {
    constexpr std::uint64_t length = 20'000;
    compare(
        "reader-next", runs,
        [&] {
            mm::cxx::synthetic_config flow = mm::cxx::reader::synthetic_defaults();
            flow.events = length;
            rust::Box<mm::cxx::reader> reader = mm::cxx::reader::synthetic(flow);
            std::vector<mm::cxx::event> events(256);
            return per_call(length, [&] {
                while (reader->next({events.data(), events.size()}) > 0) {
                }
            });
        },
        [&] {
            mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
            flow.events = length;
            mm::reader reader(flow);
            std::vector<mm_event_t> events(256);
            return per_call(length, [&] {
                while (!reader.next(events).empty()) {
                }
            });
        });
}

}  // namespace

int main(int argc, char **argv) {
    const unsigned runs = argc > 1 ? static_cast<unsigned>(std::max(1, std::atoi(argv[1]))) : 201;
    books(runs);
    quotes(runs);
    gates(runs);
    engines(runs);
    readers(runs);
    return 0;
}
