// The market maker of the README on the cxx bridge: for a project that builds the Rust from source and wants rust::Box, rust::Slice
// and exceptions. CMake: MARKET_MAKER_CXX_BRIDGE=ON, target market_maker::cxx.
#include "market_maker/cxx.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

using namespace mm::cxx;

int main() {
    try {
        synthetic_config flow = reader::synthetic_defaults();
        flow.events = 200'000;
        rust::Box<reader> day = reader::synthetic(flow);  // a recorded one: reader::open(format::itch, "day.itch", config)

        engine_config config = engine::defaults();
        config.strategy.order_quantity = 100;  // lots
        config.strategy.position_limit = 1000;
        config.risk.max_long_position = config.risk.max_short_position = 1100;  // worst case, working orders included
        config.risk.collar_bps = 500;
        rust::Box<engine> maker = engine::create(config);
        rust::Box<venue> market = venue::create(venue::defaults());
        rust::Box<kill_switch> off = kill_switch::of_engine(*maker);  // for any thread

        // Arrays are the caller's: nothing in the loop allocates.
        std::array<event, 256> events;
        std::array<order_action, 16> actions;
        std::array<execution_report, 4096> reports;
        while (const std::size_t count = day->next({events.data(), events.size()})) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t told = market->on_event(*maker, events[i], {reports.data(), reports.size()});
                for (std::size_t r = 0; r < told; ++r) {
                    (void)maker->on_report(reports[r]);
                }
                const std::size_t made = maker->on_event(events[i], {actions.data(), actions.size()});
                for (std::size_t a = 0; a < made; ++a) {
                    market->submit(events[i].timestamp, actions[a]);
                }
            }
        }
        const engine_stats stats = maker->stats();
        const engine_account account = maker->account();  // money in ticks x lots
        std::printf("%llu fills, position %lld, profit %.2f, state %016llx, %s\n",
                    static_cast<unsigned long long>(stats.fills), static_cast<long long>(account.position),
                    0.01 * static_cast<double>(account.realised + account.unrealised),
                    static_cast<unsigned long long>(maker->state_hash()), off->is_killed() ? "killed" : "live");

        // What fails says why; what it was about has not changed.
        try {
            config.risk.collar_bps = -1;
            maker->set_risk_config(config.risk);
        } catch (const rust::Error &refused) {
            std::printf("refused: %s (status %d)\n", refused.what(), status_of(refused));
        }
        return stats.fills > 0 ? 0 : 1;
    } catch (const rust::Error &failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
