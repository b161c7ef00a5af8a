// The C++17 classes over the C interface; also built without exceptions and RTTI.
#include "market_maker/market_maker.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <limits>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

static int failures = 0;

#define CHECK(...)                                                          \
    do {                                                                    \
        if (!(__VA_ARGS__)) {                                               \
            ++failures;                                                     \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__);   \
        }                                                                   \
    } while (0)

template <class T>
constexpr bool is_move_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                              !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(is_move_only<mm::pool> && is_move_only<mm::book> && is_move_only<mm::level_book> &&
              is_move_only<mm::book_manager> && is_move_only<mm::tracker> && is_move_only<mm::risk_gate> &&
              is_move_only<mm::kill_switch> && is_move_only<mm::risk_monitor> && is_move_only<mm::order_manager> &&
              is_move_only<mm::shutdown> && is_move_only<mm::quoter> &&
              is_move_only<mm::reader> && is_move_only<mm::engine> && is_move_only<mm::venue> &&
              is_move_only<mm::predictor> && is_move_only<mm::trees> && is_move_only<mm::feature_window> &&
              is_move_only<mm::worker_pool> && is_move_only<mm::engine_pool> &&
              is_move_only<mm::analytics> && is_move_only<mm::performance> && is_move_only<mm::information_share> &&
              is_move_only<mm::regimes> && is_move_only<mm::cusum> && is_move_only<mm::result<mm::book>>);


/// Synthetic flow through a venue and an engine; what the engine counted, and its hash.
static std::pair<mm_engine_stats_t, std::uint64_t> replay(std::uint64_t seed, std::uint64_t count) {
    mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
    flow.seed = seed;
    flow.events = count;
    mm::reader reader(flow);
    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    strategy.order_quantity = 100;
    strategy.position_limit = 1000;
    mm_engine_config_t config = mm::engine::defaults();
    config.strategy = &strategy;
    mm::engine engine(config);
    mm::venue venue;
    std::vector<mm_event_t> events(512);
    std::vector<mm_order_action_t> actions(MM_MAX_ENGINE_ACTIONS);
    std::vector<mm_execution_report_t> reports;
    for (auto batch = reader.next(events); !batch.empty(); batch = reader.next(events)) {
        for (const mm_event_t &event : batch) {
            reports.resize(std::max(reports.size(), venue.reports_needed()));
            for (const mm_execution_report_t &report : venue.on_event(engine, event, reports)) {
                CHECK(engine.try_on_report(report).ok());
            }
            for (const mm_order_action_t &action : engine.on_event(event, actions)) {
                venue.submit(event.timestamp, action);
            }
        }
    }
    return {engine.stats(), engine.state_hash()};
}

static void engines_replay_alike() {
    const auto [stats, hash] = replay(1, 100'000);
    CHECK(stats.events == 100'000 && stats.refused_events == 0 && stats.fills > 100 && stats.orders_sent > stats.fills);
    const auto [again, hash_again] = replay(1, 100'000);
    CHECK(hash == hash_again && stats.fills == again.fills && stats.filled_quantity == again.filled_quantity);
    CHECK(replay(2, 100'000).second != hash);
    CHECK(replay(1, 99'999).second != hash);
}

static void engines_venues_and_flows_say_what_is_wrong() {
    mm_engine_config_t config = mm::engine::defaults();
    config.clock = 9;
    CHECK(mm::engine::try_create(config).status().code() == MM_E_ENUM);
    mm_venue_config_t narrow = mm::venue::defaults();
    narrow.max_requests = 0;
    CHECK(mm::venue::try_create(narrow).status().code() == MM_E_INVALID_ARGUMENT);
    mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
    flow.market_rate = -1.0;
    CHECK(mm::reader::try_open(flow).status().code() == MM_E_INVALID_ARGUMENT);

    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    strategy.warm_up = 1;
    config = mm::engine::defaults();
    config.strategy = &strategy;
    mm::engine engine(config);
    std::array<mm_order_action_t, MM_MAX_ENGINE_ACTIONS> actions{};
    std::vector<mm_order_action_t> sent;
    mm_event_t event{};
    event.kind = MM_EVENT_ADD;
    event.flags = MM_FLAG_LAST;
    event.quantity = 100;
    for (std::uint64_t id = 1; sent.empty() && id < 10; ++id) {
        event.order_id = id;
        event.timestamp = id * 1'000'000'000;
        event.side = id == 2 ? MM_SIDE_SELL : MM_SIDE_BUY;
        event.price = id == 2 ? 10'010 : 9'989 + static_cast<std::int64_t>(id);
        const auto now = engine.on_event(event, actions);
        sent.assign(now.begin(), now.end());
    }
    CHECK(sent.size() == 2);
    std::array<mm_level_t, 2> levels{};
    CHECK(engine.levels(mm::side::sell, levels).size() == 1 && levels[0].price == 10'010);
    const std::uint64_t hash = engine.state_hash();
    CHECK(engine.try_on_event(event, actions).status().code() == MM_E_DUPLICATE);
    CHECK(engine.state_hash() == hash && engine.stats().refused_events == 1);

    // The venue: a buffer too small changes nothing; what is over is stale.
    mm::venue venue;
    const mm_order_action_t &order = sent.front();
    venue.submit(event.timestamp, order);
    std::vector<mm_execution_report_t> reports(venue.reports_needed());
    CHECK(!reports.empty());
    event.order_id = 99;
    event.price = 9'000;
    const auto too_small = mm::span<mm_execution_report_t>(reports.data(), reports.size() - 1);
    CHECK(venue.try_on_event(engine, event, too_small).status().code() == MM_E_BUFFER_TOO_SMALL);
    const auto accepted = venue.on_event(engine, event, reports);
    CHECK(accepted.size() == 1 && accepted[0].kind == MM_EXECUTION_ACCEPTED && engine.on_report(accepted[0]).ok());
    mm_execution_report_t over = accepted[0];
    over.kind = MM_EXECUTION_CANCELLED;
    over.leaves = 0;
    CHECK(engine.on_report(over).code() == MM_OK);
    CHECK(engine.on_report(over).code() == MM_STALE);
    mm_order_action_t empty = order;
    empty.quantity = 0;
    CHECK(venue.try_submit(0, empty).code() == MM_E_ZERO_QUANTITY);

    engine.record_latency(mm::stage::tick_to_quote, 250);
    CHECK(engine.latency(mm::stage::tick_to_quote).count == 1);
    const mm::kill_switch kill = engine.kill_switch();
    kill.kill();
    for (const mm_order_action_t &action : engine.refresh(event.timestamp, actions)) {
        CHECK(action.kind == MM_ACTION_CANCEL);
    }
    const std::uint64_t evaluated = engine.risk_counters().evaluated;
    kill.revive();
    CHECK(!engine.refresh(event.timestamp, actions).empty() && actions[0].kind == MM_ACTION_PLACE);
    CHECK(engine.risk_counters().evaluated > evaluated);
    const mm::engine moved = std::move(engine);
    CHECK(moved.account().position == 0 && engine.try_on_event(event, actions).status().code() == MM_E_NULL);
}

static void models_predict_and_refuse() {
    mm_predictor_config_t config = mm::predictor::defaults(mm::network::lstm);
    config.lstm_steps = 10;
    config.lstm_hidden = 16;
    mm::predictor predictor(config);
    mm::predictor other = predictor.share();
    std::array<float, 50> window = {};
    std::array<float, 3> out = {}, streamed = {}, part = {};
    for (std::size_t i = 0; i < window.size(); ++i) {
        window[i] = 0.1F * static_cast<float>(i % 7);
    }
    predictor.predict(window, out);
    for (std::size_t row = 0; row < 10; ++row) {
        CHECK(other.try_forecast(streamed).code() == MM_E_NOT_READY);
        CHECK(other.push(mm::span<const float>(window.data() + row * 5, 5)) == (row == 9));
    }
    other.forecast(streamed);
    CHECK(out == streamed);
    predictor.predict_batch(window, 1, streamed);
    CHECK(out == streamed);
    const std::array<std::uint32_t, 1> horizon = {0}, channel = {1};
    CHECK(predictor.try_predict_part(window, part).code() == MM_E_NOT_READY);
    predictor.select(horizon, channel);
    predictor.predict_part(window, part);
    CHECK(part[0] == out[1]);
    CHECK(predictor.try_select(channel, channel).code() == MM_E_INVALID_ARGUMENT);
    CHECK(predictor.try_predict(mm::span<const float>(window).first(49), out).code() == MM_E_INPUT_LENGTH);
    CHECK(predictor.try_calibrate(window, 1).code() == MM_E_SHARED);
    CHECK(predictor.try_save("no/such/folder/file").code() == MM_E_IO);
    CHECK(predictor.info().output_columns == 3 && predictor.info().is_trained == 0);
    CHECK(mm::predictor::try_create(config, "no such file").status().code() == MM_E_IO);
    config.precision = 77;
    CHECK(mm::predictor::try_create(config).status().code() == MM_E_ENUM);
    CHECK(mm::isa_name()[0] != '\0');

    static constexpr char text[] =
        "tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\nfeature_names=x\n\n"
        "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2\nleft_child=-1\n"
        "right_child=-2\nleaf_value=-1 1\nis_linear=0\n\nend of trees\n";
    mm::trees trees = mm::trees::from_text(mm::span<const char>(text, sizeof text - 1));
    mm::trees copy = trees.share();
    const std::array<double, 3> rows = {0.7, 0.2, 0.9};
    std::array<double, 3> leaves = {};
    trees.predict_batch(rows, 3, leaves);
    CHECK(leaves == (std::array<double, 3>{1.0, -1.0, 1.0}));
    double leaf = 0.0;
    copy.predict(mm::span<const double>(rows).first(1), mm::span<double>(&leaf, 1));
    CHECK(leaf == 1.0);
    CHECK(copy.try_predict_raw(rows, leaves).code() == MM_E_INPUT_LENGTH);
    CHECK(trees.info().features == 1 && trees.feature_name(0)[0] == 'x' && trees.feature_name(1) == nullptr);
    CHECK(mm::trees::try_load("no such file").status().code() == MM_E_IO);

    mm_feature_window_config_t grid = mm::feature_window::defaults();
    grid.rows = 4;
    grid.normalise = 0;
    mm::feature_window features(grid);
    mm::level_book book;
    mm_event_t event = {};
    event.kind = MM_EVENT_LEVEL;
    event.quantity = 5;
    event.price = 99;
    event.flags = MM_FLAG_LAST;
    CHECK(features.try_window().status().code() == MM_E_NOT_READY);
    CHECK(features.apply(book, event) == 0);
    event.side = MM_SIDE_SELL;
    event.price = 102;
    CHECK(features.apply(book, event) == 0);
    event.kind = MM_EVENT_ADD;
    CHECK(features.try_apply(book, event).status().code() == MM_E_WRONG_EVENT);
    CHECK(features.advance(10'000'000'000U) > 3);
    std::array<float, 4 * MM_FEATURE_CHANNELS> values = {};
    CHECK(features.window().size() == values.size() && features.try_copy(values).ok());
    CHECK(features.window()[1] == 3.0F && values[1] == 3.0F && features.latest(1, values).size() == MM_FEATURE_CHANNELS);
    CHECK(features.info().is_full == 1 && mm::feature_window::channel_name(24) == nullptr);
    CHECK(predictor.try_save(features, "x").code() == MM_E_UNSUPPORTED);
    CHECK(features.try_save_normaliser("x").code() == MM_E_UNSUPPORTED);
    features.interrupt();
}

/// Limits warn, latch and are reset; another thread watches, pings and kills; the latches go on in the next life.
static void gates_are_watched_latched_and_reset() {
    mm_risk_config_t limits = mm::risk_gate::defaults();
    limits.max_order_quantity = 10;
    limits.max_daily_loss = 1000;
    limits.ping_timeout_ns = 1000;
    mm::risk_gate gate(limits);
    const mm::risk_monitor monitor = gate.monitor();
    mm_risk_order_t order{};
    order.price = 100;
    order.quantity = 8;
    order.timestamp = 5;
    CHECK(gate.check(order).ok() && gate.check(order, 100.0, 8.0).ok());
    CHECK(gate.check(order, 100.5, 8.0).code() == MM_E_RISK_OFF_TICK);
    order.quantity = 11;
    const mm::status refused = gate.check(order);
    CHECK(refused.code() == MM_E_RISK_ORDER_QUANTITY && std::strcmp(mm::risk_check_name(refused), "order_quantity") == 0);
    CHECK(std::strcmp(mm::risk_check_name(mm::status(MM_E_FULL)), "unknown") == 0);

    std::array<mm_risk_coverage_t, 64> rows{};
    const auto coverage = monitor.coverage(rows);
    const auto row = std::find_if(coverage.begin(), coverage.end(), [](const mm_risk_coverage_t &r) {
        return r.check == -200 - MM_E_RISK_ORDER_QUANTITY;
    });
    CHECK(row != coverage.end() && row->evaluated == 3 && row->refused == 1 && row->warned == 2 && row->is_inert == 0);
    CHECK(monitor.try_coverage(mm::span<mm_risk_coverage_t>(rows).first(3)).status().code() == MM_E_BUFFER_TOO_SMALL);

    order.quantity = 1;
    order.timestamp = 1006;
    CHECK(gate.check(order).code() == MM_E_RISK_DEAD_MAN);
    const mm::kill_switch kill = gate.kill_switch();
    std::thread([&] {
        monitor.ping(1006);
        kill.kill();
    }).join();
    CHECK(gate.check(order).code() == MM_E_RISK_KILL_SWITCH);
    kill.revive();
    CHECK(gate.check(order).ok());
    kill.request();
    CHECK(kill.is_killed());
    kill.revive();

    mm_risk_account_t account{};
    account.timestamp = 1007;
    account.realised = -1001;
    gate.on_account(account);
    CHECK(gate.stance(0, 1007).reason == MM_E_RISK_DAILY_LOSS && !gate.stance(0, 1007).reduce_only);
    const mm::risk_latches latches = gate.latches();
    CHECK(latches.token != 0 && latches.stored.sequence == monitor.metrics().latch_sequence);
    CHECK(gate.try_reset(latches.token + 2, "wrong", 1008).code() == MM_E_RISK_TOKEN);
    gate.reset(latches.token, "seen", 1008);
    CHECK(gate.check(order).ok());
    mm::risk_gate next(limits);
    next.restore(latches.stored);
    CHECK(next.check(order).code() == MM_E_RISK_DAILY_LOSS);

    std::uint64_t cursor = 0, lost = 9;
    std::array<mm_audit_record_t, 64> records{};
    const auto decisions = monitor.audit(cursor, records, &lost);
    CHECK(cursor == decisions.size() && lost == 0 && decisions[0].kind == MM_AUDIT_PASSED);
    CHECK(decisions[decisions.size() - 2].kind == MM_AUDIT_RESET);

    mm_instrument_rules_t rules{};
    CHECK(gate.try_set_rules(3, rules).code() == MM_E_INVALID_ARGUMENT);
    rules.price_increment = 5;
    rules.quantity_increment = 1;
    rules.unit_value = 1;
    gate.set_rules(0, rules);
    order.price = 101;
    CHECK(gate.check(order).code() == MM_E_RISK_OFF_TICK);
    gate.set_enabled(MM_E_RISK_OFF_TICK, false);
    CHECK(gate.check(order).ok() && gate.try_set_enabled(MM_OK, true).code() == MM_E_ENUM);
    monitor.set_state(mm::trading_state::halted);
    CHECK(gate.check(order).code() == MM_E_RISK_HALTED);
    gate.set_state(mm::trading_state::active, 1009);
    limits.max_order_quantity = -1;
    CHECK(gate.try_set_config(limits).code() == MM_E_INVALID_ARGUMENT && gate.check(order).ok());

    // What the other checks are fed with; each has its tests in Rust and C.
    mm_risk_market_t market{};
    market.timestamp = 1010;
    market.bid = 99;
    market.ask = 101;
    market.has_bid = market.has_ask = 1;
    gate.on_market(market);
    gate.on_data(0, 1011);
    gate.on_sequence(0, 1, 1012);
    gate.on_recovered(0, 1, 1013);
    gate.observe(order);
    mm_risk_fill_t fill{};
    fill.timestamp = 1014;
    fill.price = 100;
    fill.quantity = 2;
    gate.on_fill(fill);
    CHECK(gate.try_on_volatility(0, 0.02).ok() && !gate.try_on_return(0, std::numeric_limits<double>::infinity()).ok());
    CHECK(gate.update_tail_risk(1015).value_at_risk >= 0.0);
    gate.on_reconciliation(0, 1016);
    gate.advance(1017);
    gate.new_day(1018);
    gate.set_baseline(0, 0);
    CHECK(monitor.metrics().now == 1017);
    const auto tail = mm::tail_risk::try_normal(1e6, 0.02, 1.0, 0.99);
    CHECK(tail.ok() && tail->value_at_risk > 46526.9 && tail->value_at_risk < 46527.0);
    std::array<double, 4> losses{4, 3, 2, 1};
    CHECK(mm::tail_risk::try_historical(losses, 0.9).value_or({}).expected_shortfall == 4.0);

    mm::engine engine;
    const mm::risk_monitor watch = engine.risk_monitor();
    CHECK(engine.try_restore_risk(latches.stored).ok() && watch.metrics().latched != 0);
    CHECK(engine.try_set_risk_config(limits).code() == MM_E_INVALID_ARGUMENT);
    CHECK(engine.try_reset_risk(engine.risk_latches().token, "seen", 9).ok() && watch.metrics().latched == 0);
}

/// Own orders: self-trades, silence, reconciliation, routing, and the end of it.
static void orders_reconcile_route_and_shut_down() {
    mm_risk_config_t limits = mm::risk_gate::defaults();
    limits.self_trade = MM_SELF_TRADE_CANCEL_OLDEST;
    mm::risk_gate gate(limits);
    mm::order_manager orders;
    mm_market_top_t top{};
    top.timestamp = 10;
    top.bid = 100;
    top.ask = 102;
    top.has_bid = top.has_ask = 1;
    std::array<mm_order_action_t, 8> actions{};
    const mm_order_request_t ask{103, 4, MM_SIDE_SELL, 0, {}};
    const mm_order_request_t bid{103, 5, MM_SIDE_BUY, 0, {}};
    CHECK(orders.submit(gate, ask, top, actions).outcome.sent == 4);
    const mm_order_action_t resting = actions[0];
    const mm::submission met = orders.submit(gate, bid, top, actions);
    CHECK(met.actions == 2 && actions[0].kind == MM_ACTION_CANCEL && actions[0].order_id == resting.order_id);
    CHECK(orders.try_submit(gate, bid, top, mm::span<mm_order_action_t>(actions).first(1)).status().code() ==
          MM_E_BUFFER_TOO_SMALL);
    CHECK(orders.next_sequence() == 3 && orders.expire(111, 100) == 2);

    mm_venue_snapshot_t snapshot{};
    snapshot.timestamp = 1000;
    const std::array<mm_venue_order_t, 1> at_venue{{{actions[1].order_id, 103, 5, MM_SIDE_BUY, {}}}};
    std::array<mm_break_t, 4> breaks{};
    const mm_reconciliation_t found = orders.reconcile(at_venue, snapshot, breaks);
    CHECK(found.breaks == 2 && found.in_flight == 0);
    CHECK(orders.adopt(at_venue, snapshot) == 0 && orders.working(mm::side::sell) == 0);
    CHECK(orders.reconcile(at_venue, snapshot, breaks).matched == 1);
    orders.remember_fill(77);
    mm_execution_report_t report{};
    report.kind = MM_EXECUTION_FILLED;
    report.order_id = at_venue[0].order_id;
    report.new_order_id = 77;
    report.price = 103;
    report.quantity = 1;
    report.leaves = 4;
    report.timestamp = 1001;
    CHECK(orders.try_on_report(report).status().code() == MM_E_DUPLICATE);

    mm_shutdown_config_t config = mm::shutdown::defaults();
    config.clip = 0;
    CHECK(mm::shutdown::try_begin(gate, 1002, config).status().code() == MM_E_INVALID_ARGUMENT);
    mm::shutdown closing(gate, 1002);
    top.timestamp = 1003;
    top.position = 2;
    CHECK(closing.step(orders, gate, top, actions) == 1 && actions[0].kind == MM_ACTION_CANCEL);
    report = mm_execution_report_t{};
    report.kind = MM_EXECUTION_CANCELLED;
    report.order_id = at_venue[0].order_id;
    CHECK(orders.try_on_report(report).ok());
    CHECK(closing.step(orders, gate, top, actions) == 1 && actions[0].side == MM_SIDE_SELL && actions[0].quantity == 2);
    CHECK(closing.report(orders, 2).phase == MM_SHUTDOWN_FLATTENING && closing.report(orders, 2).working_orders == 1);

    mm_route_request_t request{};
    request.limit = 105;
    request.quantity = 7;
    request.style = MM_ROUTE_TAKE;
    std::array<mm_venue_offer_t, 2> offers{};
    offers[0].price = 104;
    offers[1].price = 103;
    offers[0].available = offers[1].available = 5;
    offers[0].is_open = offers[1].is_open = 1;
    offers[1].venue = 1;
    std::array<mm_route_t, 2> routes{};
    const mm::routing routed = mm::route(request, offers, routes);
    CHECK(routed.routes.size() == 2 && routed.left == 0 && routed.routes[0].venue == 1);
    CHECK(routed.routes[0].reason == MM_ROUTE_REASON_PRICE && routed.routes[1].quantity == 2);
    CHECK(mm::try_route(request, offers, mm::span<mm_route_t>(routes).first(1)).status().code() == MM_E_BUFFER_TOO_SMALL);
}

static void engines_take_predictors_and_go_to_threads() {
    mm_predictor_config_t network = mm::predictor::defaults();
    network.d_model = 16;
    network.n_layer = 1;
    network.seq_len = 16;
    network.forecast_len = 4;
    network.patch_len = 4;
    network.stride = 2;
    mm_stoikov_config_t strategy = mm::engine::strategy_defaults();
    strategy.change_weight = 1.0;
    strategy.warm_up = 10;
    mm_engine_config_t config = mm::engine::defaults();
    config.strategy = &strategy;
    mm_instrument_t second = mm::instrument(1);
    mm_engine_config_t other_config = config;
    other_config.instrument = &second;
    std::array<mm::engine, 2> engines{mm::engine(config), mm::engine(other_config)};
    CHECK(engines[0].try_prediction().status().code() == MM_E_NOT_FOUND);
    {
        const mm::predictor predictor(network);
        mm_forecaster_config_t forecaster = mm::engine::forecaster_defaults();
        forecaster.asking = MM_ASKING_STREAM;
        for (mm::engine &engine : engines) {
            engine.attach_predictor(predictor);
            engine.attach_predictor(predictor, nullptr, &forecaster);
        }
        forecaster.horizon = 5;
        CHECK(engines[0].try_attach_predictor(predictor, nullptr, &forecaster).code() == MM_E_INVALID_ARGUMENT);
        CHECK(engines[0].try_attach_predictor(predictor, nullptr, nullptr, "no such file").code() == MM_E_IO);
    }
    CHECK(engines[0].try_save_normaliser("no/such/folder/file").code() == MM_E_IO);

    mm_synthetic_config_t flow = mm::reader::synthetic_defaults();
    flow.events = 5000;
    mm::reader reader(flow);
    std::vector<mm_event_t> events(flow.events);
    CHECK(reader.next(events).size() == events.size());
    mm::engine alone(config);
    {
        const mm::predictor predictor(network);
        mm_forecaster_config_t forecaster = mm::engine::forecaster_defaults();
        forecaster.asking = MM_ASKING_STREAM;
        alone.attach_predictor(predictor, nullptr, &forecaster);
    }
    std::array<mm_order_action_t, MM_MAX_ENGINE_ACTIONS> actions{};
    for (const mm_event_t &event : events) {
        CHECK(alone.try_on_event(event, actions).ok());
    }
    CHECK(alone.prediction().predictions > 0 && alone.prediction().is_valid == 1);

    mm::engine_pool pool(engines, mm::engine_pool::defaults(2));
    CHECK(engines[0].get() == nullptr && engines[1].get() == nullptr);
    std::vector<mm_engine_output_t> outputs(64);
    std::size_t count = 0;
    for (const mm_event_t &event : events) {
        pool.on_event(0, event);
        pool.on_event(1, event);
        count += pool.take(outputs).outputs.size();
    }
    for (bool is_idle = false; !is_idle;) {
        const mm::taken taken = pool.drain(outputs);
        count += taken.outputs.size();
        is_idle = taken.is_idle;
    }
    CHECK(count > 0 && pool.stats().done == 2 * events.size());
    CHECK(pool.try_on_event(7, events[0]).code() == MM_E_NOT_FOUND);
    CHECK(pool.try_on_fault(1, mm::fault::connection, events.back().timestamp).ok());
    pool.refresh(1, events.back().timestamp);
    CHECK(pool.try_on_report(9, mm_execution_report_t{}).code() < 0);
    std::array<mm_finished_engine_t, 2> finished{};
    CHECK(pool.finish(finished).size() == 2 && finished[1].rests == 1 && finished[0].errors == 0);
    const mm::engine first = mm::engine::adopt(finished[0].engine);
    const mm::engine last = mm::engine::adopt(finished[1].engine);
    CHECK(first.state_hash() == alone.state_hash() && last.state_hash() != 0);
    CHECK(pool.try_refresh(0, 1).code() == MM_E_CLOSED);
    CHECK(!mm::engine_pool::try_create(mm::span<mm::engine>()));

    alone.interrupt();
    CHECK(alone.prediction().is_valid == 0);
    alone.detach_predictor();
    CHECK(!alone.try_prediction());
}

static void tasks_run_on_threads() {
    std::vector<int> order;
    std::array<int, 3> sums{};
    {
        const mm::worker_pool pool(2u);
        for (int i = 0; i < 100; ++i) {
            pool.submit_to(5, [&order, i] { order.push_back(i); });
        }
        pool.submit_to(5, [](void *sum) noexcept -> mm_status_t { return ++*static_cast<int *>(sum), MM_OK; }, &sums[0]);
        pool.submit([](void *sum) noexcept -> mm_status_t { return ++*static_cast<int *>(sum), MM_E_FULL; }, &sums[1]);
        pool.submit([owned = std::vector<int>(3, 7), &sums] { sums[2] = owned[2]; });
        pool.drain();
        CHECK(order.size() == 100 && std::is_sorted(order.begin(), order.end()) && sums == std::array<int, 3>{1, 1, 7});
        CHECK(pool.stats().finished == 103 && pool.stats().failed == 1 && pool.stats().threads == 2);
#if MM_HAS_EXCEPTIONS
        pool.submit([] { throw 1; });
        pool.drain();
        CHECK(pool.stats().failed == 2);
#endif
        mm_status_t own = MM_OK;
        pool.submit([&] { own = pool.try_drain().code(); });
        pool.drain();
        CHECK(own == MM_E_OWN_TASK);
        pool.submit_to(1, [&] { order.clear(); }); // and the destructor waits
        pool.close();
        CHECK(pool.try_submit([] {}).code() == MM_E_CLOSED && pool.try_submit_to(1, [] {}).code() == MM_E_CLOSED);
    }
    CHECK(order.empty());
    mm_worker_pool_config_t dropping = mm::worker_pool::defaults();
    dropping.back_pressure = static_cast<std::uint8_t>(mm::back_pressure::drop_oldest);
    dropping.idle = static_cast<std::uint8_t>(mm::idle::yield);
    CHECK(mm::worker_pool(dropping).try_submit([] {}).code() == MM_E_UNSUPPORTED);
    CHECK(!mm::worker_pool::try_create(mm::worker_pool::defaults(0)));
}

static void analytics_report_and_refuse() {
    mm::book book;
    mm::analytics analytics;
    mm_event_t event = {};
    event.kind = MM_EVENT_ADD;
    event.flags = MM_FLAG_LAST;
    for (const std::int64_t price : {99, 101, 104}) {
        event.order_id += 1;
        event.price = price;
        event.quantity = 5;
        event.side = price > 100 ? MM_SIDE_SELL : MM_SIDE_BUY;
        CHECK((analytics.apply(book, event) & MM_TOUCHED) != 0);
    }
    CHECK(analytics.try_apply(book, event).status().code() == MM_E_DUPLICATE);
    CHECK(analytics.try_fill_probability(0, 0, 1).status().code() == MM_E_NOT_READY);
    event.kind = MM_EVENT_EXECUTE;
    event.order_id = 2;
    event.timestamp = 1'000;
    analytics.apply(book, event);
    analytics.advance(2'000);
    CHECK(analytics.flow_report().trades == 1 && analytics.book_report().spread_mean == 2.0);
    CHECK(analytics.fill_report().orders == 1 && *analytics.try_fill_probability(0, 0, 1) > 0.0);
    std::array<mm_markout_t, MM_MAX_HORIZONS> markouts = {};
    CHECK(analytics.try_markouts(markouts)->size() == 8 && markouts[0].effective_spread == 2.0);
    CHECK(analytics.try_impact(2, 0)->impact == 1.5 && !analytics.try_impact(23, 0).ok());
    std::array<mm_survival_point_t, 496> points = {};
    CHECK(analytics.try_survival(MM_SURVIVAL_ORDERS, MM_ALL_DISTANCES, 2'000, points)->size() == 1);
    std::array<mm_cancel_bucket_t, MM_CANCEL_BUCKETS> cancels = {};
    CHECK(analytics.try_cancels(cancels).ok() && cancels[0].adds == 2 && cancels[2].adds == 1);
    std::array<mm_reliability_bin_t, 10> bins = {};
    CHECK(analytics.try_reliability(bins)->size() == 10);
    CHECK(!analytics.try_sign_autocorrelation(1).ok() && !analytics.try_counts(0).ok());
    CHECK(analytics.try_set_fill_mode(9).code() == MM_E_ENUM && analytics.try_set_fill_mode(MM_FILLS_SCORE).ok());
    analytics.interrupt(3'000);
    mm::level_book levels;
    event.kind = MM_EVENT_LEVEL;
    CHECK((analytics.apply(levels, event) & MM_TOUCHED) != 0);

    mm::performance performance;
    performance.mark(1.1e6);
    performance.close_period();
    performance.mark(0.9e6);
    performance.close_period(0.01);
    performance.on_closed(-1.0);
    performance.on_top(0, 100, 104);
    performance.on_fill(0, mm::side::buy, 101, 2, 100, 104);
    performance.on_no_top(1);
    CHECK(performance.report().periods == 2 && performance.report().win_rate == 0.0);
    CHECK(performance.report().spread_capture == 0.5 && performance.try_markouts(markouts)->size() == 8);

    mm::information_share share(1);
    share.update(1.0, 2.0);
    CHECK(share.try_estimate().status().code() == MM_E_NOT_READY);
    CHECK(mm::information_share::try_create(0).status().code() == MM_E_INVALID_ARGUMENT);

    const std::array<double, 2> means = {0.0, 0.0};
    const std::array<double, 2> deviations = {1.0, 4.0};
    const std::array<double, 4> transitions = {0.9, 0.1, 0.1, 0.9};
    mm::regimes regimes(means, deviations, transitions);
    CHECK(regimes.update(0.1) == 0 && regimes.update(9.0) == 1);
    std::array<double, 2> states = {};
    CHECK(regimes.try_probabilities(states)->size() == 2 && states[1] > 0.9);
    CHECK(mm::regimes::try_create(means, deviations, means).status().code() == MM_E_INVALID_ARGUMENT);

    mm::cusum cusum(0.5, 3.0, 4);
    CHECK(cusum.update(2.0) == mm::trend::flat && cusum.update(-9.0) == mm::trend::down);
    CHECK(mm::cusum::try_create(0.5, -1.0, 4).status().code() == MM_E_INVALID_ARGUMENT);
}

int main() {
    mm::book book;
    CHECK(book.add(1, mm::side::sell, 101, 5).top_changed(mm::side::sell));
    CHECK(book.try_add(1, mm::side::sell, 101, 5).status().code() == MM_E_DUPLICATE);
    std::array<mm_book_event_t, 8> events{};
    mm_new_order_t order{};
    order.order_id = 2;
    order.price = 101;
    order.quantity = 3;
    const mm::match match = book.submit(order, events);
    CHECK(match.events == 2 && match.outcome.filled == 3);
    CHECK(book.try_best(mm::side::sell)->quantity == 2);
    CHECK(!book.try_best(mm::side::buy));
    std::vector<mm_level_t> levels(4);
    CHECK(book.levels(mm::side::sell, levels) == 1 && levels[0].price == 101);

    // A moved-from object is empty: calls on it are typed errors, and destruction is fine.
    mm::book moved = std::move(book);
    CHECK(moved.order_count() == 1);
    CHECK(book.try_add(9, mm::side::buy, 1, 1).status().code() == MM_E_NULL);
    book = std::move(moved);
    CHECK(book.order_count() == 1);

    mm_pool_config_t tiny = mm::pool::defaults();
    tiny.capacity = 1;
    mm::pool pool(tiny);
    void *block = pool.alloc();
    CHECK(pool.try_alloc().status().code() == MM_E_FULL);
    CHECK(pool.try_free(block).ok());
    CHECK(pool.try_free(block).code() == MM_E_BLOCK_FREE);
    tiny.capacity = 0;
    CHECK(!mm::pool::try_create(tiny));

    mm::tracker tracker;
    tracker.register_instrument(mm::instrument(3));
    mm_fill_t fill{};
    fill.instrument = 3;
    fill.price = 100;
    fill.quantity = 10;
    CHECK(tracker.record_fill(fill).position == 10);
    tracker.mark(3, 104);
    CHECK(tracker.totals().unrealised == 40);

    mm::risk_gate gate;
    mm::order_manager orders;
    const mm::kill_switch kill = gate.kill_switch();
    mm_wanted_quotes_t wanted{};
    wanted.bid_count = 1;
    wanted.bids[0] = {99.5, 2.0};
    mm_market_top_t top{};
    std::array<mm_order_action_t, 8> actions{};
    CHECK(orders.decide(gate, wanted, top, actions).actions == 1);
    CHECK(actions[0].price == 99 && orders.working(mm::side::buy) == 2);
    kill.kill();
    CHECK(kill.is_killed());
    CHECK(orders.decide(gate, wanted, top, actions).actions == 1);
    CHECK(actions[0].kind == MM_ACTION_CANCEL);

    const mm::quoter quoter;
    CHECK(quoter.quote(100.0, 0.0, 1.0).has_bid == 1);
    CHECK(mm::reader::try_open(mm::format::itch, "no such file").status().code() == MM_E_IO);

    gates_are_watched_latched_and_reset();
    orders_reconcile_route_and_shut_down();
    models_predict_and_refuse();
    engines_take_predictors_and_go_to_threads();
    tasks_run_on_threads();
    analytics_report_and_refuse();
    engines_replay_alike();
    engines_venues_and_flows_say_what_is_wrong();

#if MM_HAS_EXCEPTIONS
    try {
        (void)book.add(1, mm::side::sell, 101, 5);
        CHECK(false);
    } catch (const mm::error &error) {
        CHECK(error.status().code() == MM_E_DUPLICATE);
        CHECK(std::string(error.what()).find("MM_E_DUPLICATE: ") == 0);
    }
#endif
    std::printf("%s: %d failed\n", MM_HAS_EXCEPTIONS ? "with exceptions" : "without exceptions", failures);
    return failures == 0 ? 0 : 1;
}
