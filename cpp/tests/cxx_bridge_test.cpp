// What the cxx bridge promises beyond the results of both_faces.cpp: its errors are the C ABI's word for word, a call that fails has
// changed nothing, and the hot calls allocate nothing, refusals without an exception included. The archive of the bridge has the C
// ABI too, so that both are asked in one process. Needs glibc, whose allocator stays reachable under other names.
#include "market_maker/cxx.hpp"
#include "market_maker/market_maker.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *block, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
}

static bool counting = false;
static unsigned long allocations = 0;
static int failures = 0;

static void count_one() {
    if (counting) {
        ++allocations;
    }
}

extern "C" {
void *malloc(std::size_t size) {
    count_one();
    return __libc_malloc(size);
}
void *calloc(std::size_t count, std::size_t size) {
    count_one();
    return __libc_calloc(count, size);
}
void *realloc(void *block, std::size_t size) {
    count_one();
    return __libc_realloc(block, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) {
    count_one();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **block, std::size_t alignment, std::size_t size) {
    count_one();
    *block = __libc_memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}
}

#define CHECK(...)                                                        \
    do {                                                                  \
        if (!(__VA_ARGS__)) {                                             \
            ++failures;                                                   \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__); \
        }                                                                 \
    } while (0)

using namespace mm::cxx;

// Own objects move and do not copy; the structs are plain.
static_assert(!std::is_copy_constructible_v<engine> && !std::is_default_constructible_v<engine>);
static_assert(std::is_nothrow_move_constructible_v<rust::Box<engine>>);
static_assert(sizeof(event) == sizeof(mm_event_t) && std::is_trivially_copyable_v<event>);
static_assert(sizeof(order_action) == sizeof(mm_order_action_t) && std::is_trivially_copyable_v<order_action>);

/// What the bridge says when a call fails.
template <class Call>
static std::string said(Call &&call) {
    try {
        call();
    } catch (const rust::Error &failure) {
        return failure.what();
    }
    return "nothing";
}

/// What the C ABI says of the same.
static std::string c_says(mm_status_t status) { return std::string(mm_status_name(status)) + ": " + mm_last_error_message(); }

static void errors_are_those_of_the_c_abi_word_for_word() {
    mm_book_config_t c_config;
    mm_book_t *c_book = nullptr;
    mm_book_config_init(&c_config, sizeof c_config);
    CHECK(mm_book_create(&c_config, &c_book) == MM_OK);
    rust::Box<book> ours = book::create(book::defaults());
    (void)ours->add(1, side::buy, 100, 5);
    CHECK(mm_book_add(c_book, 1, MM_SIDE_BUY, 100, 5, nullptr) == MM_OK);
    const auto same = [&](const std::string &bridge, mm_status_t status) {
        const std::string c = c_says(status);
        if (status >= 0 || bridge != c) {
            ++failures;
            std::printf("bridge: %s\nC:      %s\n", bridge.c_str(), c.c_str());
        }
    };
    same(said([&] { (void)ours->add(1, side::buy, 100, 5); }), mm_book_add(c_book, 1, MM_SIDE_BUY, 100, 5, nullptr));
    same(said([&] { (void)ours->reduce(1, 6); }), mm_book_reduce(c_book, 1, 6, nullptr));
    same(said([&] { (void)ours->add(2, static_cast<side>(9), 1, 1); }), mm_book_add(c_book, 2, 9, 1, 1, nullptr));
    event strange{};
    strange.kind = static_cast<event_kind>(99);
    mm_event_t c_strange{};
    c_strange.kind = 99;
    same(said([&] { (void)ours->apply(strange); }), mm_book_apply(c_book, &c_strange, nullptr));
    mm_book_destroy(c_book);

    mm_risk_config_t c_limits;
    mm_risk_gate_t *c_gate = nullptr;
    mm_risk_config_init(&c_limits, sizeof c_limits);
    risk_config limits = risk_gate::defaults();
    c_limits.max_drawdown = limits.max_drawdown = -7;
    same(said([&] { (void)risk_gate::create(limits); }), mm_risk_gate_create(&c_limits, &c_gate));
    c_limits.max_drawdown = limits.max_drawdown = 0;
    c_limits.on_clock = 77;
    limits.on_clock = static_cast<breach_action>(77);
    same(said([&] { (void)risk_gate::create(limits); }), mm_risk_gate_create(&c_limits, &c_gate));

    mm_reader_t *c_reader = nullptr;
    const reader_config files = reader::defaults();
    same(said([&] { (void)reader::open(format::itch, "no such day", files); }),
         mm_reader_open(MM_FORMAT_ITCH, "no such day", nullptr, &c_reader));
    same(said([&] { (void)reader::open(static_cast<format>(0), "no such day", files); }),
         mm_reader_open(0, "no such day", nullptr, &c_reader));

    mm_engine_config_t c_engine_config;
    mm_stoikov_config_t c_strategy;
    mm_engine_t *c_engine = nullptr;
    mm_engine_config_init(&c_engine_config, sizeof c_engine_config);
    mm_stoikov_config_init(&c_strategy, sizeof c_strategy);
    c_engine_config.strategy = &c_strategy;
    engine_config settings = engine::defaults();
    c_strategy.order_quantity = settings.strategy.order_quantity = 0;
    same(said([&] { (void)engine::create(settings); }), mm_engine_create(&c_engine_config, &c_engine));
    c_strategy.order_quantity = settings.strategy.order_quantity = 1;
    mm_instrument_t c_instrument;
    mm_instrument_init(&c_instrument, sizeof c_instrument);
    c_instrument.tick = settings.instrument.tick = -0.01;
    c_engine_config.instrument = &c_instrument;
    same(said([&] { (void)engine::create(settings); }), mm_engine_create(&c_engine_config, &c_engine));

    predictor_config sizes = predictor::defaults(network::ssm_hippo);
    mm_predictor_config_t c_sizes;
    mm_predictor_t *c_predictor = nullptr;
    mm_predictor_config_init(&c_sizes, sizeof c_sizes);
    sizes.d_model = c_sizes.d_model = 0;
    same(said([&] { (void)predictor::create(sizes); }), mm_predictor_create(&c_sizes, nullptr, &c_predictor));
    same(said([&] { (void)predictor::load(sizes, "no such file"); }),
         mm_predictor_create(&c_sizes, "no such file", &c_predictor));
}

static void defaults_are_those_of_the_c_abi() {
    mm_risk_config_t c_limits;
    mm_risk_config_init(&c_limits, sizeof c_limits);
    const risk_config limits = risk_gate::defaults();
    CHECK(limits.max_order_quantity == c_limits.max_order_quantity && limits.rate_period_ns == c_limits.rate_period_ns);
    mm_stoikov_config_t c_strategy;
    mm_stoikov_config_init(&c_strategy, sizeof c_strategy);
    const stoikov_config strategy = engine::defaults().strategy;
    CHECK(strategy.warm_up == c_strategy.warm_up && strategy.max_prediction_scale == c_strategy.max_prediction_scale);
    mm_feature_window_config_t c_window;
    mm_feature_window_config_init(&c_window, sizeof c_window);
    const feature_window_config window = feature_window::defaults();
    CHECK(window.step == c_window.step && window.volatility_half_lives[2] == c_window.volatility_half_lives[2] &&
          window.normalise);
    CHECK(default_instrument().tick == 0.01);
}

static void statuses_have_numbers_names_and_words() {
    rust::Box<book> b = book::create(book::defaults());
    try {
        (void)b->remove(5);
        CHECK(false);
    } catch (const rust::Error &failure) {
        CHECK(status_of(failure) == MM_E_NOT_FOUND);
    }
    CHECK(status_of(rust::Str("no status at all")) == 0);
    CHECK(std::string(status_name(MM_E_FULL)) == "MM_E_FULL");
    CHECK(std::string(status_text(MM_E_FULL)) == mm_status_text(MM_E_FULL));
}

static void a_call_that_fails_has_changed_nothing() {
    rust::Box<book> b = book::create(book::defaults());
    (void)b->add(1, side::sell, 100, 5);
    const std::uint64_t before = b->state_hash();
    std::vector<book_event> none;
    new_order taker{};
    taker.order_id = 2;
    taker.price = 100;
    taker.quantity = 5;
    CHECK(said([&] { (void)b->submit(taker, {none.data(), 0}); }) != "nothing");
    const std::vector<std::uint8_t> rubbish(100, 7);
    CHECK(said([&] { b->restore({rubbish.data(), rubbish.size()}); }).find("MM_E_SNAPSHOT") == 0);
    CHECK(b->state_hash() == before);
    level out{};
    out.price = 7;
    CHECK(!b->best(side::buy, out) && out.price == 7);
    touched change{};
    event unknown{};
    unknown.kind = event_kind::remove;
    unknown.order_id = 99;
    CHECK(b->try_apply(unknown, change) == MM_E_NOT_FOUND && !change.changed);
    CHECK(std::string(last_error_message()) == mm_last_error_message());
}

static void objects_outlive_what_they_came_from() {
    rust::Box<kill_switch> off = [] {
        rust::Box<risk_gate> gate = risk_gate::create(risk_gate::defaults());
        rust::Box<kill_switch> made = kill_switch::of(*gate);
        made->kill();
        order_intent order{};
        order.quantity = 1;
        CHECK(gate->check(order, exposure{}) == MM_E_RISK_KILL_SWITCH);
        return made;
    }();
    CHECK(off->is_killed());
    off->revive();
    CHECK(!off->is_killed());
}

/// A market maker on synthetic flow, the whole way from a reader to a venue.
static void nothing_allocates_from_an_event_to_an_order() {
    synthetic_config flow = reader::synthetic_defaults();
    flow.events = 100'000;
    rust::Box<reader> day = reader::synthetic(flow);
    engine_config config = engine::defaults();
    config.book.max_orders = 1U << 16;
    config.strategy.order_quantity = 100;
    config.strategy.position_limit = 1000;
    config.clock = mm::cxx::clock::stages;
    rust::Box<engine> maker = engine::create(config);
    rust::Box<venue> market = venue::create(venue::defaults());
    rust::Box<book> follower = book::create(book::defaults());
    std::vector<event> events(256);
    std::vector<order_action> actions(16);
    std::vector<execution_report> reports(4096);
    std::vector<level> levels(10);
    std::uint64_t refusals = 0;

    allocations = 0;
    counting = true;
    while (const std::size_t count = day->next({events.data(), events.size()})) {
        (void)follower->apply_batch({events.data(), count});
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t told = market->on_event(*maker, events[i], {reports.data(), reports.size()});
            for (std::size_t r = 0; r < told; ++r) {
                (void)maker->try_on_report(reports[r]);
            }
            const std::size_t made = maker->on_event(events[i], {actions.data(), actions.size()});
            for (std::size_t a = 0; a < made; ++a) {
                market->submit(events[i].timestamp, actions[a]);
            }
            // What the book refuses: the same order again.
            std::size_t written = 0;
            if (events[i].kind == event_kind::add) {
                refusals += maker->try_on_event(events[i], {actions.data(), actions.size()}, written) < 0 ? 1U : 0U;
            }
        }
        (void)maker->levels(side::buy, {levels.data(), levels.size()});
        (void)maker->stats();
        (void)maker->account();
        (void)maker->state_hash();
    }
    counting = false;
    CHECK(allocations == 0);
    CHECK(refusals > 1000 && maker->stats().fills > 0);
    std::printf("%lu allocations over %llu events, %llu of them refused\n", allocations,
                static_cast<unsigned long long>(maker->stats().events), static_cast<unsigned long long>(refusals));
}

static void nothing_allocates_in_the_other_hot_calls() {
    rust::Box<book> b = book::create(book::defaults());
    rust::Box<quoter> q = quoter::create(quoter::defaults());
    rust::Box<risk_gate> gate = risk_gate::create(risk_gate::defaults());
    risk_config narrow = risk_gate::defaults();
    narrow.max_order_quantity = 1;
    rust::Box<risk_gate> strict = risk_gate::create(narrow);
    rust::Box<order_manager> orders = order_manager::create(order_manager::defaults());
    rust::Box<tracker> positions = tracker::create(tracker::defaults());
    instrument stock = default_instrument();
    positions->register_instrument(stock, 1);
    predictor_config small = predictor::defaults(network::ssm_hippo);
    small.d_model = 16;
    small.n_layer = 1;
    rust::Box<predictor> model = predictor::create(small);
    const predictor_info shape = model->info();
    std::vector<float> window(shape.input_rows * shape.input_columns, 0.5F), out(shape.output_rows * shape.output_columns);
    std::array<book_event, 8> events{};
    std::array<wanted_quote, 1> bids{}, asks{};
    std::array<order_action, 8> actions{};
    market_top top{};
    top.bid = 100;
    top.ask = 102;
    top.has_bid = top.has_ask = true;
    bids[0] = {99.0, 2.0};
    asks[0] = {103.0, 2.0};
    order_intent order{};
    order.price = 100;
    order.quantity = 2;
    const exposure against{};
    fill one{};
    one.price = 100;
    one.quantity = 1;
    new_order taker{};
    taker.quantity = 1;
    taker.price = 100;
    // The first array of this size is what the book makes room for.
    taker.order_id = 1;
    (void)b->submit(taker, {events.data(), events.size()});
    std::int32_t verdicts = 0;

    allocations = 0;
    counting = true;
    for (std::uint64_t i = 10; i < 1010; ++i) {
        (void)b->add(i, side::buy, 50, 5);
        (void)b->modify(i, 51, 4);
        (void)b->remove(i);
        taker.order_id = i;
        taker.side = i % 2 == 0 ? side::sell : side::buy;
        (void)b->submit(taker, {events.data(), events.size()});
        (void)q->quote(100.0, static_cast<double>(i % 7), 0.5);
        verdicts += gate->check(order, against) == 0 ? 1 : 0;
        verdicts += strict->check(order, against) == MM_E_RISK_ORDER_QUANTITY ? 1 : 0;
        top.timestamp = i;
        (void)orders->decide(*gate, {bids.data(), 1}, {asks.data(), 1}, top, {actions.data(), actions.size()});
        one.side = i % 2 == 0 ? side::buy : side::sell;
        (void)positions->record_fill(one);
    }
    model->predict({window.data(), window.size()}, {out.data(), out.size()});
    counting = false;
    CHECK(allocations == 0);
    CHECK(verdicts == 2000);
    // And the counter counts: an exception does allocate.
    counting = true;
    (void)said([&] { (void)b->remove(5); });
    counting = false;
    CHECK(allocations > 0);
}

int main() {
    errors_are_those_of_the_c_abi_word_for_word();
    defaults_are_those_of_the_c_abi();
    statuses_have_numbers_names_and_words();
    a_call_that_fails_has_changed_nothing();
    objects_outlive_what_they_came_from();
    nothing_allocates_from_an_event_to_an_order();
    nothing_allocates_in_the_other_hot_calls();
    std::printf("%s\n", failures == 0 ? "all is well" : "not as promised");
    return failures == 0 ? 0 : 1;
}
