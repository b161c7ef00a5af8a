// Claims about the documented AdvancedAnalytics and MarketMicrostructure. On the recorded hour every number is compared with
// tests/golden/analytics_aapl.txt, which python/goldens/analytics.py computes by other means; small markets are worked out by hand.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include "market_maker/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::uint64_t second = 1'000'000'000;

/// The reference's numbers.
const std::map<std::string, double> &golden() {
    static const std::map<std::string, double> numbers = [] {
        std::map<std::string, double> read;
        std::ifstream file(MM_GOLDEN_ANALYTICS);
        for (std::string name, value; file >> name >> value;) {
            read[name] = std::stod(value);
        }
        return read;
    }();
    return numbers;
}

/// Equal to a part in 10^10: the reference prints fifteen digits and sums in another order.
void near_golden(double ours, const std::string &name, double unit = 1.0) {
    ASSERT_EQ(golden().count(name), 1U) << name;
    const double expected = golden().at(name) * unit;
    EXPECT_NEAR(ours, expected, 1e-10 * std::max(std::abs(expected), 1e-3 * unit)) << name;
}
void exactly_golden(std::uint64_t ours, const std::string &name) {
    ASSERT_EQ(golden().count(name), 1U) << name;
    EXPECT_EQ(static_cast<double>(ours), golden().at(name)) << name;
}
/// A histogram's quantile is the end of the bin in which the exact one lies.
void in_bin_of_golden(double ours, const std::string &name) {
    EXPECT_GE(ours, golden().at(name)) << name;
    EXPECT_LE(ours, golden().at(name) * (1.0 + 1.0 / 16.0)) << name;
}

/// Events of the recorded hour; none where it is not there.
const std::vector<mm_event_t> &recorded_hour() {
    static const std::vector<mm_event_t> events = [] {
        std::vector<mm_event_t> all;
#if defined(MM_RECORDED_MESSAGES)
        mm_reader_config_t config = mm::reader::defaults();
        config.seed_path = MM_RECORDED_BOOK;
        mm::reader reader(mm::format::lobster, MM_RECORDED_MESSAGES, config);
        std::vector<mm_event_t> buffer(4096);
        for (auto batch = reader.next(buffer); !batch.empty(); batch = reader.next(buffer)) {
            all.insert(all.end(), batch.begin(), batch.end());
        }
#endif
        return all;
    }();
    return events;
}

bool is_trade(const mm_event_t &event) { return event.kind == MM_EVENT_EXECUTE || event.kind == MM_EVENT_TRADE; }

mm_event_t event_at(std::uint64_t time, std::uint8_t kind, std::uint64_t id, std::uint8_t on, std::int64_t price,
                    std::uint64_t quantity) {
    mm_event_t event{};
    event.timestamp = time;
    event.kind = kind;
    event.order_id = id;
    event.side = on;
    event.price = price;
    event.quantity = quantity;
    event.flags = MM_FLAG_LAST;
    return event;
}

/// A purchase of ten lots that takes the ask of 102 and half of that of 103, and what comes after it. Ticks.
std::vector<mm_event_t> sweep() {
    return {event_at(0, MM_EVENT_ADD, 1, MM_SIDE_BUY, 100, 10),     event_at(0, MM_EVENT_ADD, 2, MM_SIDE_SELL, 102, 6),
            event_at(0, MM_EVENT_ADD, 3, MM_SIDE_SELL, 103, 8),     event_at(0, MM_EVENT_ADD, 4, MM_SIDE_SELL, 110, 5),
            event_at(1000, MM_EVENT_EXECUTE, 2, 0, 0, 6),           event_at(1000, MM_EVENT_EXECUTE, 3, 0, 0, 4),
            event_at(1040, MM_EVENT_ADD, 5, MM_SIDE_SELL, 102, 2),  event_at(1070, MM_EVENT_ADD, 6, MM_SIDE_SELL, 101, 3),
            event_at(1150, MM_EVENT_ADD, 7, MM_SIDE_SELL, 102, 1),  event_at(1200, MM_EVENT_DELETE, 7, 0, 0, 0)};
}

MarketDepth depth_of(std::int64_t time, double bid, double bid_quantity, double ask, double ask_quantity) {
    MarketDepth depth;
    depth.update_bid(0, bid, bid_quantity);
    depth.update_ask(0, ask, ask_quantity);
    depth.last_update = time;
    return depth;
}

/// The best twenty levels of a book in ticks and lots.
MarketDepth depth_of(const mm::book &book, std::uint64_t time) {
    MarketDepth depth;
    std::vector<mm_level_t> levels(MarketDepth::MAX_LEVELS);
    const std::size_t bids = book.levels(mm::side::buy, levels);
    for (std::size_t i = 0; i < bids; ++i) {
        depth.bids[i] = {static_cast<double>(levels[i].price), static_cast<double>(levels[i].quantity), 0};
    }
    const std::size_t asks = book.levels(mm::side::sell, levels);
    for (std::size_t i = 0; i < asks; ++i) {
        depth.asks[i] = {static_cast<double>(levels[i].price), static_cast<double>(levels[i].quantity), 0};
    }
    depth.last_update = static_cast<std::int64_t>(time);
    return depth;
}

MarketMicrostructure::Config in_ticks() {
    MarketMicrostructure::Config config;
    config.tick_size = 1.0;
    return config;
}

AdvancedAnalytics::Config over(std::size_t window) {
    AdvancedAnalytics::Config config;
    config.window = window;
    config.tick_size = 1.0;
    return config;
}

TEST(MarketMicrostructureTest, EveryNumberAgreesWithTheReferenceOnARecordedHour) {
    if (recorded_hour().empty()) {
        GTEST_SKIP() << "no recorded data";
    }
    MarketMicrostructure micro(in_ticks());
    for (const mm_event_t &event : recorded_hour()) {
        if (micro.on_event(event) && is_trade(event)) {
            micro.on_other_market(static_cast<double>(event.price), static_cast<std::int64_t>(event.timestamp));
        }
    }
    exactly_golden(micro.get_metrics().trades, "trades");
    const auto spreads = micro.spreads();
    ASSERT_EQ(spreads.size(), 8U);
    for (std::size_t at = 0; at < spreads.size(); ++at) {
        const std::string name = "markouts." + std::to_string(at) + ".";
        exactly_golden(spreads[at].trades, name + "trades");
        near_golden(spreads[at].effective_spread, name + "effective");
        near_golden(spreads[at].realised_spread, name + "realised");
        near_golden(spreads[at].price_impact, name + "impact");
        near_golden(spreads[at].effective_spread_by_quantity, name + "effective_by_quantity");
        near_golden(spreads[at].realised_spread_by_quantity, name + "realised_by_quantity");
        EXPECT_NEAR(spreads[at].price_impact_by_quantity,
                    spreads[at].effective_spread_by_quantity - spreads[at].realised_spread_by_quantity, 1e-9);
        near_golden(spreads[at].flow_toxicity, name + "toxic");
        near_golden(spreads[at].flow_toxicity_by_quantity, name + "toxic_by_quantity");
    }
    EXPECT_EQ(spreads[4].horizon, 5.0);
    near_golden(micro.effective_spread(), "markouts.0.effective");
    near_golden(micro.realised_spread(), "markouts.4.realised");
    near_golden(micro.price_impact(), "markouts.4.impact");
    near_golden(micro.flow_toxicity(), "markouts.4.toxic");
    near_golden(micro.vpin(), "toxicity.vpin");
    near_golden(micro.get_metrics().vpin_percentile, "toxicity.percentile");
    const auto kyle = micro.kyle_lambda();
    exactly_golden(kyle.intervals, "kyle.intervals");
    near_golden(kyle.lambda, "kyle.lambda");
    near_golden(kyle.standard_error, "kyle.error");
    near_golden(kyle.intercept, "kyle.intercept");
    near_golden(kyle.r_squared, "kyle.r_squared");
    const auto share = micro.information_share();
    exactly_golden(share.observations, "recorded.observations");
    for (std::size_t market = 0; market < 2; ++market) {
        const std::string name = "recorded." + std::to_string(market) + ".";
        EXPECT_NEAR(share.lower[market], golden().at(name + "lower"), 1e-8);
        EXPECT_NEAR(share.upper[market], golden().at(name + "upper"), 1e-8);
        EXPECT_NEAR(share.component_share[market], golden().at(name + "component"), 1e-8);
        EXPECT_NEAR(share.adjustment[market], golden().at(name + "adjustment"), 1e-8);
    }
    EXPECT_NEAR(share.correlation, golden().at("recorded.correlation"), 1e-8);
    EXPECT_EQ(micro.get_metrics().information_share, share.share[0]);
}

TEST(MarketMicrostructureTest, PricesAndQuantitiesScaleWithTickAndLot) {
    MarketMicrostructure::Config config;
    config.tick_size = 0.25;
    config.lot_size = 100.0;
    config.horizon = 0.0;
    MarketMicrostructure scaled(config);
    config.tick_size = config.lot_size = 1.0;
    config.vpin_bucket = 100.0;
    MarketMicrostructure plain(config);
    for (const mm_event_t &event : sweep()) {
        ASSERT_TRUE(scaled.on_event(event) && plain.on_event(event));
    }
    const auto metrics = plain.get_metrics();
    // Mean price 102.4 over a mid of 101, which stands at 101.5 afterwards.
    EXPECT_EQ(metrics.trades, 1U);
    EXPECT_NEAR(metrics.effective_spread, 2.8, 1e-12);
    EXPECT_NEAR(metrics.price_impact, 1.0, 1e-12);
    EXPECT_NEAR(metrics.realised_spread, 1.8, 1e-12);
    EXPECT_EQ(metrics.flow_toxicity, 0.0);
    EXPECT_EQ(metrics.trade_imbalance, 1.0);
    // 100 x 10 against 101 x 3, 102 x 2, 103 x 4, 110 x 5.
    EXPECT_EQ(metrics.mid_price, 100.5);
    EXPECT_NEAR(metrics.microprice, (100.0 * 3.0 + 101.0 * 10.0) / 13.0, 1e-12);
    EXPECT_EQ(metrics.quoted_spread, 1.0);
    EXPECT_NEAR(metrics.imbalance, (10.0 - 14.0) / 24.0, 1e-12);
    EXPECT_NEAR(plain.imbalance(1), 7.0 / 13.0, 1e-12);
    EXPECT_NEAR(scaled.get_metrics().effective_spread, 0.7, 1e-12);
    EXPECT_NEAR(scaled.get_metrics().mid_price, 25.125, 1e-12);
    EXPECT_NEAR(scaled.imbalance(1), 7.0 / 13.0, 1e-12);
}

TEST(MarketMicrostructureTest, KyleLambdaIsWhatAUnitMovesThePrice) {
    MarketMicrostructure::Config config;
    config.tick_size = 0.5;
    config.lot_size = 10.0;
    MarketMicrostructure micro(config);
    double bid = 100.0;
    ASSERT_TRUE(micro.on_depth(depth_of(0, bid, 50.0, bid + 1.0, 50.0)));
    EXPECT_TRUE(std::isnan(micro.kyle_lambda().lambda));
    for (std::int64_t i = 1; i <= 12; ++i) {
        const OrderSide side = i % 3 == 0 ? OrderSide::SELL : OrderSide::BUY;
        const double quantity = 10.0 * static_cast<double>(i);
        const std::int64_t time = i * static_cast<std::int64_t>(second);
        ASSERT_TRUE(micro.on_trade(side, bid + 0.5, quantity, time));
        // A twentieth of a unit of price for a unit of quantity.
        bid += (side == OrderSide::BUY ? 0.05 : -0.05) * quantity;
        ASSERT_TRUE(micro.on_depth(depth_of(time + 5, bid, 50.0, bid + 1.0, 50.0)));
    }
    micro.advance(13 * static_cast<std::int64_t>(second));
    const auto kyle = micro.kyle_lambda();
    EXPECT_EQ(kyle.intervals, 12U);
    EXPECT_NEAR(kyle.lambda, 0.05, 1e-12);
    EXPECT_NEAR(kyle.r_squared, 1.0, 1e-12);
    EXPECT_NEAR(kyle.intercept, 0.0, 1e-9);
    EXPECT_EQ(micro.get_metrics().kyle_lambda, kyle.lambda);
}

TEST(MarketMicrostructureTest, VpinIsTheImbalanceOfBucketsOfEqualVolume) {
    MarketMicrostructure::Config config;
    config.vpin_bucket = 100.0;
    config.vpin_buckets = 1;
    MarketMicrostructure micro(config);
    EXPECT_TRUE(std::isnan(micro.vpin()));
    std::int64_t time = 0;
    for (double bought : {60.0, 70.0, 80.0}) {
        ASSERT_TRUE(micro.on_trade(OrderSide::BUY, 10.0, bought, ++time));
        ASSERT_TRUE(micro.on_trade(OrderSide::SELL, 10.0, 100.0 - bought, ++time));
    }
    micro.advance(++time);
    EXPECT_NEAR(micro.vpin(), 0.6, 1e-12);
    EXPECT_EQ(micro.get_metrics().vpin_percentile, 1.0);
}

TEST(MarketMicrostructureTest, TheMarketThatLeadsHasTheInformation) {
    MarketMicrostructure micro;
    std::uint32_t state = 1;
    const auto draw = [&] {
        state = state * 1664525U + 1013904223U;
        return static_cast<double>(state >> 8U) / 16777216.0 - 0.5;
    };
    double price = 1000.0;
    for (std::int64_t i = 0; i < 5000; ++i) {
        const double before = price;
        price += std::round(100.0 * draw()) / 100.0;
        ASSERT_TRUE(micro.on_depth(depth_of(i * static_cast<std::int64_t>(second), price - 0.01, 1.0, price + 0.01, 1.0)));
        // The other market repeats it a second later.
        ASSERT_TRUE(micro.on_other_market(before + 0.1 * draw(), i * static_cast<std::int64_t>(second) + 1));
    }
    const auto share = micro.information_share();
    EXPECT_GT(share.lower[0], 0.95);
    EXPECT_NEAR(share.lower[0] + share.upper[1], 1.0, 1e-9);
    EXPECT_GT(share.observations, 4900U);
    // What is refused is no step of the time.
    const auto before = micro.information_share().observations;
    EXPECT_FALSE(micro.on_trade(OrderSide::BUY, std::nan(""), 1.0, 90'000 * static_cast<std::int64_t>(second)));
    EXPECT_FALSE(micro.on_event(event_at(90'000 * second, MM_EVENT_DELETE, 1, 0, 0, 0)));
    EXPECT_EQ(micro.information_share().observations, before);
    // A long silence joins nothing: no sample lies across it.
    micro.advance(100'000 * static_cast<std::int64_t>(second));
    EXPECT_LT(micro.information_share().observations, 5010U);
}

TEST(MarketMicrostructureTest, DepthsAndTradesSayWhatEventsSay) {
    if (recorded_hour().empty()) {
        GTEST_SKIP() << "no recorded data";
    }
    MarketMicrostructure by_events(in_ticks());
    MarketMicrostructure by_depths(in_ticks());
    mm::book book;
    for (std::size_t i = 0; i < 20'000; ++i) {
        const mm_event_t &event = recorded_hour()[i];
        if (!book.try_apply(event)) {
            continue;
        }
        ASSERT_TRUE(by_events.on_event(event));
        if (is_trade(event)) {
            // A resting order's side stands in an execution, the aggressor's in a print.
            const bool is_purchase = (event.side == MM_SIDE_BUY) == (event.kind == MM_EVENT_TRADE);
            ASSERT_TRUE(by_depths.on_trade(is_purchase ? OrderSide::BUY : OrderSide::SELL, static_cast<double>(event.price),
                                           static_cast<double>(event.quantity), static_cast<std::int64_t>(event.timestamp)));
        }
        if ((event.flags & MM_FLAG_LAST) != 0) {
            ASSERT_TRUE(by_depths.on_depth(depth_of(book, event.timestamp)));
        }
    }
    const auto a = by_events.get_metrics();
    const auto b = by_depths.get_metrics();
    EXPECT_GT(a.trades, 500U);
    EXPECT_EQ(a.trades, b.trades);
    EXPECT_EQ(a.effective_spread, b.effective_spread);
    EXPECT_EQ(a.realised_spread, b.realised_spread);
    EXPECT_EQ(a.flow_toxicity, b.flow_toxicity);
    EXPECT_EQ(a.vpin, b.vpin);
    EXPECT_EQ(a.kyle_lambda, b.kyle_lambda);
    EXPECT_EQ(a.imbalance, b.imbalance);
    EXPECT_EQ(a.microprice, b.microprice);
}

TEST(MarketMicrostructureTest, WhatIsNoMarketChangesNothing) {
    MarketMicrostructure micro;
    const double nan = std::nan("");
    EXPECT_TRUE(std::isnan(micro.get_metrics().effective_spread) && std::isnan(micro.imbalance()));
    EXPECT_FALSE(micro.on_trade(OrderSide::BUY, nan, 1.0, 0));
    EXPECT_FALSE(micro.on_trade(OrderSide::BUY, 1.0, 0.0, 0));
    EXPECT_FALSE(micro.on_trade(OrderSide::BUY, 1.0, -1.0, 0));
    EXPECT_FALSE(micro.on_trade(OrderSide::BUY, 1.0, 1.0, -1));
    EXPECT_FALSE(micro.on_other_market(nan, 0));
    MarketDepth broken = depth_of(0, 1.0, 1.0, 2.0, 1.0);
    broken.bids[3].price = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(micro.on_depth(broken));
    EXPECT_FALSE(micro.on_depth(depth_of(-1, 1.0, 1.0, 2.0, 1.0)));
    EXPECT_EQ(micro.get_metrics().trades, 0U);
    // Nothing of it has decided how the market is told.
    ASSERT_TRUE(micro.on_event(sweep()[0]));
    EXPECT_FALSE(micro.on_event(event_at(5, MM_EVENT_DELETE, 77, 0, 0, 0)));
    EXPECT_FALSE(micro.on_depth(depth_of(9, 1.0, 1.0, 2.0, 1.0)));
    MarketMicrostructure::Config config;
    config.information_lags = 17;
    EXPECT_THROW(MarketMicrostructure{config}, std::invalid_argument);
    config = {};
    config.tick_size = 0.0;
    EXPECT_THROW(MarketMicrostructure{config}, std::invalid_argument);
    config = {};
    config.horizon = nan;
    EXPECT_THROW(MarketMicrostructure{config}, std::invalid_argument);
}

TEST(MarketMicrostructureTest, AHorizonOfOnesOwnStandsAmongTheOthers) {
    MarketMicrostructure::Config config;
    config.horizon = 2.5;
    const auto spreads = MarketMicrostructure(config).spreads();
    ASSERT_EQ(spreads.size(), 9U);
    EXPECT_EQ(spreads[4].horizon, 2.5);
    EXPECT_TRUE(std::is_sorted(spreads.begin(), spreads.end(), [](const auto &a, const auto &b) { return a.horizon < b.horizon; }));
}

TEST(AdvancedAnalyticsTest, EveryNumberAgreesWithTheReferenceOnARecordedHour) {
    if (recorded_hour().empty()) {
        GTEST_SKIP() << "no recorded data";
    }
    AdvancedAnalytics analytics(over(200'000));
    for (const mm_event_t &event : recorded_hour()) {
        analytics.on_event(event);
    }
    const auto book = analytics.analyze_order_book();
    near_golden(book.mean_spread, "spread.mean");
    EXPECT_EQ(book.spread_p10, golden().at("spread.quantile.0.1"));
    EXPECT_EQ(book.median_spread, golden().at("spread.quantile.0.5"));
    EXPECT_EQ(book.spread_p90, golden().at("spread.quantile.0.9"));
    near_golden(book.depth_weighted_spread, "depth_spread");
    near_golden(book.bid_lifetime, "quotes.bid.mean", 1e-9);
    near_golden(book.ask_lifetime, "quotes.ask.mean", 1e-9);
    near_golden(book.spread_recovery, "recovery.spread.median", 1e-9);
    near_golden(book.depth_recovery, "recovery.depth.median", 1e-9);
    near_golden(book.replenishment, "replenishment");

    const auto flow = analytics.analyze_trade_flow();
    exactly_golden(flow.trades, "trades");
    near_golden(flow.mean_size, "trades.sizes.mean");
    in_bin_of_golden(flow.median_size, "trades.sizes.quantile.0.5");
    in_bin_of_golden(flow.size_p90, "trades.sizes.quantile.0.9");
    in_bin_of_golden(flow.size_p99, "trades.sizes.quantile.0.99");
    near_golden(flow.sign_autocorrelation, "signs.1");
    near_golden(flow.interval_dispersion, "arrivals.dispersion");
    near_golden(flow.branching_ratio, "arrivals.1.branching");
    near_golden(flow.effective_spread, "markouts.4.effective");
    near_golden(flow.realised_spread, "markouts.4.realised");
    near_golden(flow.price_impact, "markouts.4.impact");
    near_golden(flow.toxicity, "markouts.4.toxic");
    near_golden(flow.vpin, "toxicity.vpin");
    near_golden(flow.vpin_percentile, "toxicity.percentile");
    double peak = 0.0;
    for (int at = 0; at < 8; ++at) {
        peak = std::max(peak, golden().at("markouts." + std::to_string(at) + ".impact") / 2.0);
    }
    EXPECT_NEAR(flow.impact_peak, peak, 1e-9);
    near_golden(flow.impact_permanent, "markouts.7.impact", 0.5);
    EXPECT_NEAR(flow.permanent_share, flow.impact_permanent / flow.impact_peak, 1e-12);

    const auto orders = analytics.analyze_order_lifetime();
    exactly_golden(orders.filled, "orders.events");
    exactly_golden(orders.cancelled, "orders.competing");
    exactly_golden(orders.open, "orders.censored");
    EXPECT_EQ(orders.orders, orders.filled + orders.cancelled + orders.open);
    near_golden(std::isnan(orders.median_time_to_fill) ? 0.0 : orders.median_time_to_fill, "orders.median", 1e-9);
    near_golden(orders.fill_probability, "answered.base_rate");
    EXPECT_GT(orders.fill_forecast_skill, 0.0);
    for (const char *mark : {"10000000", "100000000", "1000000000", "10000000000"}) {
        // The last step before the end of the mark's eighth of an octave.
        const auto duration = static_cast<std::uint64_t>(std::stoull(mark));
        std::uint64_t octave = 0;
        while ((duration >> octave) >= 16U) {
            ++octave;
        }
        const std::uint64_t end = (((duration >> octave) + 1U) << octave) - 1U;
        const auto after = std::find_if(orders.survival.begin(), orders.survival.end(),
                                        [&](const mm_survival_point_t &point) { return point.duration > end; });
        ASSERT_NE(after, orders.survival.begin());
        const std::string name = std::string("orders.") + mark + ".";
        near_golden((after - 1)->survival, name + "survival");
        near_golden((after - 1)->standard_error, name + "error");
        near_golden((after - 1)->incidence, name + "incidence");
    }
    for (std::size_t at = 0; at < orders.cancellations.size(); ++at) {
        const std::string name = "cancels." + std::to_string(at) + ".";
        exactly_golden(orders.cancellations[at].adds, name + "adds");
        exactly_golden(orders.cancellations[at].cancels, name + "cancels");
        exactly_golden(orders.cancellations[at].lots, name + "lots");
    }
}

TEST(AdvancedAnalyticsTest, TheWindowIsTheLastSoManyEvents) {
    if (recorded_hour().empty()) {
        GTEST_SKIP() << "no recorded data";
    }
    constexpr std::size_t window = 3000;
    constexpr std::size_t end = 15'000;
    AdvancedAnalytics analytics(over(window));
    mm::book book;
    std::vector<mm_event_t> taken;
    std::vector<std::int64_t> spreads;
    for (std::size_t i = 0; i < end; ++i) {
        const mm_event_t &event = recorded_hour()[i];
        if (!analytics.on_event(event)) {
            continue;
        }
        book.apply(event);
        const auto bid = book.try_best(mm::side::buy);
        const auto ask = book.try_best(mm::side::sell);
        taken.push_back(event);
        spreads.push_back(bid && ask ? ask->price - bid->price : 0);
    }
    // By hand, over the last of them.
    const std::size_t first = taken.size() - window;
    double weighted = 0.0;
    double time = 0.0;
    std::uint64_t parents = 0;
    std::uint64_t adds = 0;
    std::uint64_t last_time = 0;
    int last_side = -1;
    std::size_t last_change = first - 1;
    for (std::size_t i = first; i < taken.size(); ++i) {
        const bool is_purchase = (taken[i].side == MM_SIDE_BUY) == (taken[i].kind == MM_EVENT_TRADE);
        if (is_trade(taken[i]) && (taken[i].timestamp != last_time || last_side != (is_purchase ? 1 : 0))) {
            ++parents;
            last_time = taken[i].timestamp;
            last_side = is_purchase ? 1 : 0;
        }
        adds += taken[i].kind == MM_EVENT_ADD ? 1U : 0U;
        if (taken[i].kind != MM_EVENT_TRADE) {
            const auto stood = static_cast<double>(taken[i].timestamp - taken[last_change].timestamp);
            weighted += stood * static_cast<double>(spreads[last_change]);
            time += stood;
            last_change = i;
        }
    }
    const auto now = analytics.analyze_order_book();
    EXPECT_EQ(now.updates, window);
    EXPECT_NEAR(now.mean_spread, weighted / time, 1e-9);
    EXPECT_EQ(now.spread, static_cast<double>(spreads.back()));
    // A trade at the very end may still grow, and counts when it cannot.
    const std::uint64_t counted = analytics.analyze_trade_flow().trades;
    EXPECT_TRUE(counted == parents || (last_time == taken.back().timestamp && counted + 1 == parents)) << counted;
    EXPECT_EQ(analytics.analyze_order_lifetime().orders, adds);
    // Asking changes nothing.
    EXPECT_EQ(analytics.analyze_order_book().mean_spread, now.mean_spread);
}

TEST(AdvancedAnalyticsTest, ASweepByHand) {
    AdvancedAnalytics::Config config = over(1000);
    config.horizon = 0.0;
    config.tick_size = 0.01;
    AdvancedAnalytics analytics(config);
    for (const mm_event_t &event : sweep()) {
        ASSERT_TRUE(analytics.on_event(event));
    }
    EXPECT_FALSE(analytics.on_event(event_at(1200, MM_EVENT_DELETE, 99, 0, 0, 0)));
    const auto book = analytics.analyze_order_book();
    EXPECT_EQ(book.updates, 10U);
    EXPECT_NEAR(book.mid_price, 1.005, 1e-12);
    EXPECT_NEAR(book.spread, 0.01, 1e-12);
    EXPECT_EQ(book.bid_quantity, 10.0);
    EXPECT_EQ(book.ask_quantity, 14.0);
    EXPECT_NEAR(book.imbalance, -4.0 / 24.0, 1e-12);
    // 2 ticks for 1000 ns, 3 for 40, 2 for 30, 1 for 130.
    EXPECT_NEAR(book.mean_spread, 0.01 * (2000.0 + 120.0 + 60.0 + 130.0) / 1200.0, 1e-12);
    EXPECT_NEAR(book.median_spread, 0.02, 1e-12);
    const auto flow = analytics.analyze_trade_flow();
    EXPECT_EQ(flow.trades, 1U);
    EXPECT_EQ(flow.mean_size, 10.0);
    EXPECT_EQ(flow.imbalance, 1.0);
    EXPECT_NEAR(flow.effective_spread, 0.028, 1e-12);
    EXPECT_NEAR(flow.price_impact, 0.01, 1e-12);
    const auto orders = analytics.analyze_order_lifetime();
    EXPECT_EQ(orders.orders, 7U);
    EXPECT_EQ(orders.filled, 1U);
    EXPECT_EQ(orders.cancelled, 1U);
    EXPECT_EQ(orders.open, 5U);
    ASSERT_EQ(orders.survival.size(), 2U);
    EXPECT_EQ(orders.survival[0].at_risk, 7U);
    EXPECT_EQ(orders.cancellations[1].cancels, 1U);
    EXPECT_EQ(orders.cancellations[1].lots, 1U);
}

TEST(AdvancedAnalyticsTest, DepthsTradesAndOrdersAreAnalysedAsTheyCome) {
    AdvancedAnalytics::Config config;
    config.horizon = 0.01;
    AdvancedAnalytics analytics(config);
    const auto ms = [](std::int64_t n) { return n * 1'000'000; };
    auto book = analytics.analyze_order_book(depth_of(ms(0), 100.00, 30.0, 100.02, 10.0));
    EXPECT_EQ(book.updates, 1U);
    EXPECT_NEAR(book.mid_price, 100.01, 1e-9);
    EXPECT_NEAR(book.imbalance, 0.5, 1e-12);
    EXPECT_NEAR(book.microprice, (100.00 * 10.0 + 100.02 * 30.0) / 40.0, 1e-9);
    auto flow = analytics.analyze_trade_flow({OrderSide::BUY, 100.02, 10.0, ms(10)});
    EXPECT_EQ(flow.trades, 1U);
    EXPECT_TRUE(std::isnan(flow.effective_spread)) << "nothing is known of the mid a horizon later";
    book = analytics.analyze_order_book(depth_of(ms(10), 100.00, 30.0, 100.04, 5.0));
    EXPECT_NEAR(book.mean_spread, 0.02, 1e-9);
    book = analytics.analyze_order_book(depth_of(ms(40), 100.00, 30.0, 100.04, 6.0));
    // A spread of two ticks for 10 ms, of four for 30.
    EXPECT_NEAR(book.mean_spread, 0.035, 1e-9);
    const std::vector<AdvancedAnalytics::Trade> more = {{OrderSide::SELL, 100.00, 4.0, ms(50)}, {OrderSide::BUY, 100.04, 7.0, ms(60)}};
    flow = analytics.analyze_trade_flow(more);
    EXPECT_EQ(flow.trades, 3U);
    EXPECT_NEAR(flow.mean_size, 7.0, 1e-12);
    EXPECT_NEAR(flow.imbalance, 1.0 / 3.0, 1e-12);
    // Of the first trade: 2 x (100.02 - 100.01), and the mid a tick higher 10 ms later.
    // Of the second: 2 x (100.02 - 100.00), and no move.
    EXPECT_NEAR(flow.effective_spread, (0.02 + 0.04) / 2.0, 1e-9);
    EXPECT_NEAR(flow.price_impact, (0.02 + 0.0) / 2.0, 1e-9);
    EXPECT_NEAR(flow.realised_spread, (0.0 + 0.04) / 2.0, 1e-9);
    EXPECT_EQ(flow.toxicity, 0.0);

    Order order;
    order.order_id = 7;
    order.price = 100.0;
    order.quantity = 2.0;
    order.creation_time = ms(1000);
    order.last_update_time = ms(1000);
    auto orders = analytics.analyze_order_lifetime(order);
    EXPECT_EQ(orders.orders, 1U);
    EXPECT_EQ(orders.open, 1U);
    order.filled_quantity = 2.0;
    order.status = OrderStatus::FILLED;
    order.last_update_time = ms(3000);
    orders = analytics.analyze_order_lifetime(order);
    EXPECT_EQ(orders.orders, 1U) << "the same order";
    EXPECT_EQ(orders.filled, 1U);
    // Within an eighth of an octave.
    EXPECT_NEAR(orders.median_time_to_fill, 2.0, 0.25);
    EXPECT_EQ(orders.fill_probability, 1.0);
    Order part = order;
    part.order_id = 8;
    part.filled_quantity = 0.5;
    part.status = OrderStatus::CANCELLED;
    Order rejected = order;
    rejected.order_id = 9;
    rejected.status = OrderStatus::REJECTED;
    orders = analytics.analyze_order_lifetime(std::vector<Order>{part, rejected});
    EXPECT_EQ(orders.orders, 2U);
    EXPECT_EQ(orders.cancelled, 1U);
    EXPECT_EQ(orders.fill_probability, 1.0) << "a part traded";
    EXPECT_FALSE(analytics.on_event(sweep()[0])) << "one way in";
}

TEST(AdvancedAnalyticsTest, OfEachTheLastSoManyCount) {
    AdvancedAnalytics analytics(3);
    EXPECT_EQ(analytics.config().window, 3U);
    EXPECT_EQ(AdvancedAnalytics().config().window, 1000U);
    Order order;
    order.price = order.quantity = 1.0;
    for (std::int64_t i = 0; i < 5; ++i) {
        const double shift = static_cast<double>(i);
        EXPECT_TRUE(analytics.on_depth(depth_of(i, 100.0, 1.0, 101.0 + shift, 1.0)));
        EXPECT_TRUE(analytics.on_trade({OrderSide::BUY, 100.5, 1.0 + shift, i}));
        order.order_id = i;
        order.creation_time = order.last_update_time = i;
        EXPECT_TRUE(analytics.on_order(order));
    }
    EXPECT_EQ(analytics.analyze_order_book().updates, 3U);
    // Spreads of 3 and 4 for a nanosecond each.
    EXPECT_NEAR(analytics.analyze_order_book().mean_spread, 3.5, 1e-9);
    EXPECT_EQ(analytics.analyze_trade_flow().trades, 3U);
    EXPECT_NEAR(analytics.analyze_trade_flow().mean_size, 4.0, 1e-12);
    EXPECT_EQ(analytics.analyze_order_lifetime().orders, 3U);
}

TEST(AdvancedAnalyticsTest, WhatIsNoMarketIsLeftOut) {
    AdvancedAnalytics analytics;
    const double nan = std::nan("");
    EXPECT_EQ(analytics.analyze_order_book(depth_of(-5, 1.0, 1.0, 2.0, 1.0)).updates, 0U);
    EXPECT_EQ(analytics.analyze_trade_flow({OrderSide::BUY, nan, 1.0, 0}).trades, 0U);
    EXPECT_FALSE(analytics.on_trade({OrderSide::BUY, 1.0, 0.0, 0}));
    Order order;
    order.price = order.quantity = 1.0;
    order.creation_time = 5;
    EXPECT_EQ(analytics.analyze_order_lifetime(order).orders, 0U) << "ended before it began";
    EXPECT_TRUE(std::isnan(analytics.analyze_order_book().mid_price));
    EXPECT_TRUE(std::isnan(analytics.analyze_order_lifetime().fill_probability));
    EXPECT_THROW(AdvancedAnalytics(std::size_t{0}), std::invalid_argument);
    AdvancedAnalytics::Config config;
    config.levels = 65;
    EXPECT_THROW(AdvancedAnalytics{config}, std::invalid_argument);
    config = {};
    config.vpin_bucket = nan;
    EXPECT_THROW(AdvancedAnalytics{config}, std::invalid_argument);
}

TEST(AdvancedAnalyticsTest, ManyThreadsFeedAndAsk) {
    AdvancedAnalytics analytics(50);
    MarketMicrostructure micro;
    std::atomic<std::int64_t> time{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 300; ++i) {
                const std::int64_t now = ++time;
                const double bid = 100.0 + 0.01 * (i % 5);
                if (thread < 2) {
                    (void)micro.on_depth(depth_of(now, bid, 1.0, bid + 0.02, 1.0));
                    (void)analytics.on_depth(depth_of(now, bid, 1.0, bid + 0.02, 1.0));
                    (void)micro.on_trade(OrderSide::SELL, bid, 1.0, now);
                    (void)analytics.on_trade({OrderSide::SELL, bid, 1.0, now});
                } else {
                    EXPECT_GE(micro.get_metrics().trades, 0U);
                    EXPECT_LE(analytics.analyze_order_book().updates, 50U);
                    EXPECT_LE(analytics.analyze_trade_flow().trades, 50U);
                }
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(analytics.analyze_order_book().updates, 50U);
    EXPECT_GT(micro.get_metrics().trades, 0U);
}

}  // namespace
