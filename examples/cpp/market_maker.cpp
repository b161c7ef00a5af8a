// A market maker on a recorded day: reads the data, keeps the order book, quotes with Avellaneda-Stoikov behind the risk
// gate, is filled by queue position, and prints what a trader would want to know.
//
//   market_maker [--seed N] [--events N]                                    synthetic order flow
//   market_maker [--format lobster|itch|dbn|databento-csv|binance] FILE... [--seed-book FILE] [--symbol NAME]
//                [--latency-us N] [--quantity UNITS] [--json]
//
// Without --format the file's name tells it.
//
// The same settings as `mm replay`, so that both end in the same state hash.

#include <market_maker/market_maker.hpp>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

namespace {

struct options {
    std::string format;
    std::vector<std::string> files;
    std::string seed_book;
    std::string symbol;
    std::uint64_t seed = 1;
    std::uint64_t events = 1'000'000;
    std::uint64_t latency_ns = 0;
    double quantity = 0.0;
    bool json = false;
};

[[noreturn]] void usage(const char *why) {
    std::fprintf(stderr,
                 "market_maker: %s\nusage: market_maker [--seed N] [--events N]\n"
                 "       market_maker [--format lobster|itch|dbn|databento-csv|binance] FILE... [--seed-book FILE]\n"
                 "                    [--symbol NAME] [--latency-us N] [--quantity UNITS] [--json]\n",
                 why);
    std::exit(64);
}

std::uint64_t whole(const char *text) {
    char *end = nullptr;
    const unsigned long long value = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') {
        usage("a number is malformed");
    }
    return value;
}

/// The format that files of this name usually have.
const char *format_by_name(const std::string &path) {
    const auto has = [&](const char *part) { return path.find(part) != std::string::npos; };
    if (has(".dbn")) return "dbn";
    if (has("message") && has(".csv")) return "lobster";
    if (has("mbo") && has(".csv")) return "databento-csv";
    if (has(".itch") || has("ITCH")) return "itch";
    if (has("usdt") || has("perp")) return "binance";
    usage("the file's name does not tell its format: --format does");
}

options parse(int argc, char **argv) {
    options o;
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        const auto next = [&]() -> const char * {
            if (++i == argc) {
                usage("a value is missing");
            }
            return argv[i];
        };
        if (arg == "--format") {
            o.format = next();
        } else if (arg == "--seed-book") {
            o.seed_book = next();
        } else if (arg == "--symbol") {
            o.symbol = next();
        } else if (arg == "--seed") {
            o.seed = whole(next());
        } else if (arg == "--events") {
            o.events = whole(next());
        } else if (arg == "--latency-us") {
            o.latency_ns = whole(next()) * 1000;
        } else if (arg == "--quantity") {
            o.quantity = std::strtod(next(), nullptr);
        } else if (arg == "--json") {
            o.json = true;
        } else if (arg.rfind("--", 0) == 0) {
            usage("unknown option");
        } else {
            o.files.push_back(arg);
        }
    }
    if (o.format.empty()) {
        o.format = o.files.empty() ? "synthetic" : format_by_name(o.files[0]);
    }
    return o;
}

mm::format format_of(const std::string &name) {
    if (name == "lobster") return mm::format::lobster;
    if (name == "itch") return mm::format::itch;
    if (name == "dbn") return mm::format::dbn;
    if (name == "databento-csv") return mm::format::databento_csv;
    if (name == "binance") return mm::format::binance;
    usage("unknown format");
}

/// The source of events, and the instrument with the increments that its prices and quantities have.
mm::reader open(const options &o, mm_instrument_t &instrument) {
    if (o.format == "synthetic") {
        mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
        flow.seed = o.seed;
        flow.events = o.events;
        return mm::reader(flow);
    }
    if (o.files.empty()) {
        usage("no file");
    }
    for (std::size_t i = 0; i < o.symbol.size() && i < sizeof instrument.symbol; ++i) {
        instrument.symbol[i] = o.symbol[i];
    }
    std::vector<const char *> more;
    for (std::size_t i = 1; i < o.files.size(); ++i) {
        more.push_back(o.files[i].c_str());
    }
    mm_reader_config_t config = mm::reader::defaults();
    config.instrument = &instrument;
    config.seed_path = o.seed_book.empty() ? nullptr : o.seed_book.c_str();
    config.more_paths = more.data();
    config.more_path_count = more.size();
    const mm::format format = format_of(o.format);
    const mm_increments_t increments = mm::reader::try_detect(format, o.files[0].c_str(), config).value();
    instrument.tick = increments.tick;
    instrument.lot = increments.lot;
    return mm::reader(format, o.files[0].c_str(), config);
}

mm::engine build(const options &o, const mm_instrument_t &instrument) {
    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    // A round lot of shares, a contract, a thousandth of a coin.
    double units = o.quantity;
    if (units <= 0.0) {
        units = o.format == "binance" ? std::fmax(0.001, instrument.lot) : o.format == "dbn" ? 1.0 : 100.0;
    }
    strategy.order_quantity = static_cast<std::uint64_t>(std::fmax(1.0, std::round(units / instrument.lot)));
    strategy.position_limit = 10 * strategy.order_quantity;

    mm_risk_config_t risk = mm::risk_gate::defaults();
    risk.max_order_quantity = static_cast<std::int64_t>(strategy.order_quantity);
    risk.collar_bps = 500;
    risk.max_long_position = static_cast<std::int64_t>(strategy.position_limit + strategy.order_quantity);
    risk.max_short_position = risk.max_long_position;

    mm_book_config_t book = mm::book::defaults();
    book.max_orders = 1024;  // grows, see below: more room than is used costs cache

    mm_engine_config_t config = mm::engine::defaults();
    config.instrument = &instrument;
    config.book = &book;
    config.strategy = &strategy;
    config.risk = &risk;
    config.by_level = o.format == "binance" ? 1 : 0;
    config.clock = MM_CLOCK_TOTAL;
    return mm::engine(config);
}

void print(const options &o, const mm_instrument_t &instrument, const mm::engine &engine, double market_seconds,
           double seconds) {
    const mm_engine_stats_t stats = engine.stats();
    const mm_engine_account_t account = engine.account();
    const mm_latency_t latency = engine.latency(mm::stage::tick_to_quote);
    const double unit = instrument.tick * instrument.lot;
    const double realised = static_cast<double>(account.realised) * unit;
    const double unrealised = static_cast<double>(account.unrealised) * unit;
    const double fees = static_cast<double>(account.fees) * unit;
    const double captured = 0.5 * static_cast<double>(stats.spread_captured_half) * unit;
    const double fill_ratio = stats.ordered_quantity == 0 ? 0.0
                                                          : static_cast<double>(stats.filled_quantity) /
                                                                static_cast<double>(stats.ordered_quantity);
    if (!o.json) {
        std::printf("market time          %12.1f s      replayed in %.3f s, %.2f M events/s\n", market_seconds, seconds,
                    static_cast<double>(stats.events) / seconds * 1e-6);
        std::printf("profit after fees    %12.2f        realised %.2f  unrealised %.2f  fees %.2f\n",
                    realised + unrealised - fees, realised, unrealised, fees);
        std::printf("deepest drawdown     %12.2f        spread captured %.2f\n",
                    static_cast<double>(account.max_drawdown) * unit, captured);
        std::printf("position             %12g        largest %g\n",
                    static_cast<double>(account.position) * instrument.lot,
                    static_cast<double>(stats.max_position) * instrument.lot);
        std::printf("orders sent          %12" PRIu64 "        replaced %" PRIu64 "  cancelled %" PRIu64
                    "  refused by risk %" PRIu64 "\n",
                    stats.orders_sent, stats.replaces, stats.cancels, stats.risk_refusals);
        std::printf("fills                %12" PRIu64 "        %.2f %% of the quantity sent\n", stats.fills,
                    100.0 * fill_ratio);
        std::printf("tick to quote        %12" PRIu64 " ns p50 %" PRIu64 " ns p90  %" PRIu64 " ns p99  %" PRIu64
                    " ns p99.9  over %" PRIu64 " quotes\n",
                    latency.p50, latency.p90, latency.p99, latency.p999, latency.count);
    }
    std::printf("{\"events\":%" PRIu64 ",\"orders_sent\":%" PRIu64 ",\"cancels\":%" PRIu64 ",\"fills\":%" PRIu64
                ",\"realised_pnl\":%.10g,\"unrealised_pnl\":%.10g,\"fees\":%.10g,\"final_position\":%.10g,"
                "\"state_hash\":\"%016" PRIx64 "\"}\n",
                stats.events, stats.orders_sent, stats.cancels, stats.fills, realised, unrealised, fees,
                static_cast<double>(account.position) * instrument.lot, engine.state_hash());
}

int run(const options &o) {
    mm_instrument_t instrument;
    mm_instrument_init(&instrument, sizeof instrument);
    mm::reader reader = open(o, instrument);
    mm::engine engine = build(o, instrument);
    mm_venue_config_t latencies = mm::venue::defaults();
    latencies.entry_latency = latencies.cancel_latency = o.latency_ns;
    mm::venue venue(latencies);

    std::vector<mm_event_t> events(256);
    std::vector<mm_order_action_t> actions(MM_MAX_ENGINE_ACTIONS);
    std::vector<mm_execution_report_t> reports;
    std::uint64_t first = 0, now = 0;

    const auto start = std::chrono::steady_clock::now();
    mm::status ended;
    for (;;) {
        const auto batch = reader.try_next(events);
        if (!batch.ok()) {
            ended = batch.status();  // a damaged file: all before the damage has been replayed
            std::fprintf(stderr, "market_maker: %s: %s\n", ended.name(), mm::last_error_message());
            break;
        }
        if ((*batch).empty()) {
            break;
        }
        engine.reserve(static_cast<std::uint32_t>((*batch).size()));  // an event adds one order at most
        for (const mm_event_t &event : *batch) {
            if (first == 0) {
                first = event.timestamp;
            }
            now = std::max(now, event.timestamp);
            // The venue first: what the event does to our orders. Then the engine: what we do about the event.
            reports.resize(std::max(reports.size(), venue.reports_needed()));
            for (const mm_execution_report_t &report : venue.on_event(engine, event, reports)) {
                (void)engine.try_on_report(report);
                now = std::max(now, report.timestamp);
            }
            const auto sent = engine.try_on_event(event, actions);
            if (sent.ok()) {
                for (const mm_order_action_t &action : *sent) {
                    venue.submit(now, action);
                }
            }
        }
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    print(o, instrument, engine, static_cast<double>(now - first) * 1e-9, elapsed.count());
    return ended.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
    try {
        return run(parse(argc, argv));
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "market_maker: %s\n", failure.what());
        return 2;
    }
}
