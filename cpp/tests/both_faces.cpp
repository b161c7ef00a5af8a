// One program on two faces: the C++17 headers over the C ABI, and, compiled with MM_FACE_CXX, the cxx bridge. It prints what
// books, quoters, gates, positions, order managers, engines and models do and how they refuse; the two print the same bytes.
//   both_faces [--trees MODEL] [--recorded MESSAGES ORDERBOOK]
#include <cstdint>
#ifdef MM_FACE_CXX
#include "both_faces/cxx.hpp"
#else
#include "both_faces/headers.hpp"
#endif
#include "both_faces/scenarios.hpp"

#include <string>

/// Replays a reader through a venue and an engine, prints every tenth of the way and the end; how many fills there were.
template <class Reader, class Settings>
static std::uint64_t replay(const char *what, Reader &&reader, const Settings &settings, std::uint64_t latency,
                            face::predictor *network = nullptr) {
    auto engine_owner = face::make_engine(settings);
    face::engine &engine = face::ref(engine_owner);
    auto venue_owner = face::make_venue(latency);
    face::venue &venue = face::ref(venue_owner);
    if (network != nullptr) {
        face::attach(engine, *network);
    }
    std::vector<face::event> events(256);
    std::vector<face::action> actions(16);
    std::vector<face::report> reports(4096);
    std::uint64_t seen = 0, refused = 0, stale = 0, unfit = 0;
    hash sent;
    std::size_t count = 0;
    while ((count = face::next(face::ref(reader), events)) > 0) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t told = face::on_event(venue, engine, events[i], reports);
            for (std::size_t r = 0; r < told; ++r) {
                const std::int32_t code = face::on_report(engine, reports[r]);
                stale += code > 0 ? 1U : 0U;
                unfit += code < 0 ? 1U : 0U;
            }
            std::size_t made = 0;
            refused += face::on_event(engine, events[i], actions, made) < 0 ? 1U : 0U;
            for (std::size_t a = 0; a < made; ++a) {
                sent.add(actions[a].order_id);
                sent.add(actions[a].price);
                sent.add(actions[a].quantity);
                venue.submit(events[i].timestamp, actions[a]);
            }
            if (++seen % 50'000 == 0) {
                std::printf("%s %" PRIu64 ": %016" PRIx64 "\n", what, seen, engine.state_hash());
            }
        }
    }
    const auto stats = engine.stats();
    const auto account = engine.account();
    std::printf("%s: %" PRIu64 " events, %" PRIu64 " refused, %" PRIu64 " stale, %" PRIu64 " unfit, sent %016" PRIx64 "\n", what,
                stats.events, refused, stale, unfit, sent.value);
    std::printf("  quotes %" PRIu64 " orders %" PRIu64 " replaced %" PRIu64 " cancelled %" PRIu64 " refused %" PRIu64
                " fills %" PRIu64 " lots %" PRIu64 " of %" PRIu64 " captured %" PRId64 " largest %" PRIu64 "\n",
                stats.quotes, stats.orders_sent, stats.replaces, stats.cancels, stats.risk_refusals, stats.fills,
                stats.filled_quantity, stats.ordered_quantity, stats.spread_captured_half, stats.max_position);
    std::printf("  position %" PRId64 " realised %" PRId64 " unrealised %" PRId64 " fees %" PRId64 " drawdown %" PRId64
                " mark %" PRId64 " (%u)\n", account.position, account.realised, account.unrealised, account.fees,
                account.max_drawdown, account.mark, number(account.has_mark));
    std::printf("  gate %" PRIu64 ", state hash %016" PRIx64 "\n", face::counters(engine).evaluated, engine.state_hash());
    std::vector<face::level> levels(5);
    for (auto side : {face::buy, face::sell}) {
        const std::size_t shown = face::levels(engine, side, levels);
        for (std::size_t i = 0; i < shown; ++i) {
            std::printf("  level %" PRId64 " x %" PRIu64 " in %u\n", levels[i].price, levels[i].quantity, levels[i].orders);
        }
    }
    if (network != nullptr) {
        const auto said = face::prediction(engine);
        std::printf("  predictions %" PRIu64 " of %" PRIu64 " rows, change %.17g volatility %.17g direction %.17g valid %u\n",
                    said.predictions, said.rows, said.change, said.volatility, said.direction, number(said.is_valid));
    }
    return stats.fills;
}

static face::engine_settings market_maker() {
#ifdef MM_FACE_CXX
    face::engine_settings settings = face::engine::defaults();
#else
    face::engine_settings settings;
#endif
    settings.book.max_orders = 1U << 18;
    settings.strategy.order_quantity = 100;
    settings.strategy.position_limit = 1000;
    settings.risk.max_order_quantity = 100;
    settings.risk.collar_bps = 500;
    settings.risk.max_long_position = settings.risk.max_short_position = 1100;
    return settings;
}

static void print(const std::vector<float> &values) {
    hash all;
    for (float value : values) {
        all.add(value);
    }
    std::printf("  %zu values from %.9g, hash %016" PRIx64 "\n", values.size(),
                values.empty() ? 0.0 : static_cast<double>(values[0]), all.value);
}

/// A network on a window, on a batch, in part, and row by row.
static void network(const char *what, face::predictor &predictor) {
    const auto info = predictor.info();
    std::printf("%s: %zu x %zu to %zu x %zu, trained %u\n", what, info.input_rows, info.input_columns, info.output_rows,
                info.output_columns, number(info.is_trained));
    std::vector<float> window(2 * info.input_rows * info.input_columns);
    for (std::size_t i = 0; i < window.size(); ++i) {
        window[i] = static_cast<float>(static_cast<int>((i * 37) % 101) - 50) / 50.0F;
    }
    std::vector<float> out(info.output_rows * info.output_columns), both(2 * out.size());
    predictor.predict(face::first(window, window.size() / 2), face::slice(out));
    print(out);
    predictor.predict_batch(face::slice(window), 2, face::slice(both));
    print(both);
    std::vector<std::uint32_t> steps{0}, channels{0, 2};
    predictor.select(face::slice(steps), face::slice(channels));
    std::vector<float> part(2);
    predictor.predict_part(face::first(window, window.size() / 2), face::slice(part));
    print(part);
    attempt("too soon", [&] { predictor.forecast(face::slice(out)); });
    unsigned fresh = 0;
    for (std::size_t row = 0; row + 1 < 2 * info.input_rows; ++row) {
        std::vector<float> values(window.begin() + static_cast<std::ptrdiff_t>(row * info.input_columns),
                                  window.begin() + static_cast<std::ptrdiff_t>((row + 1) * info.input_columns));
        fresh += predictor.push(face::slice(values)) ? 1U : 0U;
    }
    predictor.forecast(face::slice(out));
    std::printf("  fresh %u times\n", fresh);
    print(out);
    attempt("too short", [&] { predictor.predict(face::first(window, 3), face::slice(out)); });
    window[1] = 1.0F / (window[0] - window[0]);
    attempt("infinite", [&] { predictor.predict(face::first(window, window.size() / 2), face::slice(out)); });
    out.resize(1);
    attempt("no room", [&] { predictor.predict(face::first(window, window.size() / 2), face::slice(out)); });
}

static void models(const char *trees_file) {
    auto small = face::predictor_defaults(face::ssm_hippo);
    small.d_model = 16;
    small.n_layer = 2;
    small.seed = 7;
    auto ssm = face::make_predictor(small);
    network("ssm-hippo", face::ref(ssm));
    auto shared = face::ref(ssm).share();
    std::printf("shared %u\n", number(face::ref(shared).info().kind));
    auto memory = face::predictor_defaults(face::lstm);
    memory.lstm_steps = 20;
    memory.lstm_hidden = 16;
    auto lstm = face::make_predictor(memory);
    network("lstm", face::ref(lstm));
    memory.lstm_steps = 1U << 31;
    attempt("too many steps", [&] { (void)face::make_predictor(memory); });

    auto grid = face::feature_window::defaults();
    grid.rows = 32;
    auto window_owner = face::make_window(grid);
    face::feature_window &window = face::ref(window_owner);
    auto book_owner = face::make_book(face::book::defaults());
    attempt("not full", [&] { (void)window.window(); });
    auto flow = face::reader::synthetic_defaults();
    flow.events = 20'000;
    auto reader = face::synthetic(flow);
    std::vector<face::event> events(256);
    std::size_t count = 0;
    std::uint64_t completed = 0;
    while ((count = face::next(face::ref(reader), events)) > 0) {
        for (std::size_t i = 0; i < count; ++i) {
            completed += window.apply(face::ref(book_owner), events[i]);
        }
    }
    const auto info = window.info();
    const auto full = window.window();
    std::printf("window %zu x %zu, %" PRIu64 " rows completed, %zu values, channel %s\n", info.rows, info.columns, completed,
                full.size(), face::channel(2).c_str());
    print(std::vector<float>(full.data(), full.data() + full.size()));
    print(face::latest(window, 3));
    grid.rows = 0;
    attempt("no rows", [&] { (void)face::make_window(grid); });

    auto flow_again = face::reader::synthetic_defaults();
    flow_again.events = 60'000;
    auto settings = market_maker();
    settings.strategy.change_weight = 0.1;
    settings.strategy.volatility_weight = 0.1;
    (void)replay("predicting", face::synthetic(flow_again), settings, 0, &face::ref(ssm));

    attempt("no such file", [&] { (void)face::load_trees("no such file"); });
    if (trees_file != nullptr) {
        auto owner = face::load_trees(trees_file);
        face::trees &trees = face::ref(owner);
        const auto shape = trees.info();
        std::printf("trees %zu, features %zu, first %s\n", shape.trees, shape.features, face::feature_name(trees, 0).c_str());
        std::vector<double> rows(3 * shape.features), out(3 * shape.outputs);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = static_cast<double>(static_cast<int>((i * 53) % 97) - 48) / 10.0;
        }
        trees.predict_batch(face::slice(rows), 3, face::slice(out));
        for (double value : out) {
            std::printf("  %.17g\n", value);
        }
        attempt("short row", [&] { trees.predict(face::first(rows, 1), face::slice(out)); });
    }
}

int main(int argc, char **argv) {
    const char *trees_file = nullptr, *messages = nullptr, *orderbook = nullptr;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--trees" && i + 1 < argc) {
            trees_file = argv[++i];
        } else if (option == "--recorded" && i + 2 < argc) {
            messages = argv[++i];
            orderbook = argv[++i];
        } else {
            std::fprintf(stderr, "usage: both_faces [--trees MODEL] [--recorded MESSAGES ORDERBOOK]\n");
            return 2;
        }
    }
    try {
        std::fprintf(stderr, "face: %s\n", face::name);
        books();
        batches();
        int wrong = quotes();
        risks();
        positions();
        order_managers();
        models(trees_file);
        auto flow = face::reader::synthetic_defaults();
        flow.events = 200'000;
        wrong += replay("synthetic", face::synthetic(flow), market_maker(), 0) > 0 ? 0 : 1;
        flow.seed = 2;
        wrong += replay("late", face::synthetic(flow), market_maker(), 50'000'000) > 0 ? 0 : 1;
        attempt("no such day", [&] { (void)face::lobster("no such day", nullptr, 0.01); });
        if (messages != nullptr) {
            const auto steps = face::detect(messages);
            std::printf("steps %.17g %.17g\n", steps.tick, steps.lot);
            auto settings = market_maker();
            settings.instrument.tick = steps.tick;
            wrong += replay("recorded", face::lobster(messages, orderbook, steps.tick), settings, 0) > 0 ? 0 : 1;
        }
        if (wrong != 0) {
            std::fprintf(stderr, "%d results are not as they should be\n", wrong);
        }
        return wrong == 0 ? 0 : 1;
    } catch (const std::exception &failure) {
        std::printf("failed: %s\n", failure.what());
        return 1;
    }
}
