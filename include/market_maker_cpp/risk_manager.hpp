// risk_manager.hpp: the documented RiskManager: profit and loss of what has traded, limits on what is to trade, and a circuit
// breaker. Thread-safe: every function takes one lock.
//
// The message rate (a token bucket), the daily loss, the breaker's pauses and the historical value at risk are the core's; values of
// orders and positions are compared here, in doubles, so that no size of a price or quantity is out of range.
//
// An order that only works a position down passes every limit but the value of one order, the message rate and the kill
// switch: nobody is locked into a position. Functions without a symbol are about one symbol without a name; a program with several
// uses those with one. O(log n) in symbols and orders.
#ifndef MARKET_MAKER_CPP_RISK_MANAGER_HPP
#define MARKET_MAKER_CPP_RISK_MANAGER_HPP

#include "../market_maker/risk.hpp"
#include "average_cost.hpp"
#include "market_depth.hpp"
#include "order.hpp"

#include <algorithm>
#include <chrono>
#include <climits>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mm {

/// Limits of a RiskManager. Infinity switches one off.
struct RiskManagerLimits {
    /// Most that one symbol's position may be worth.
    double max_position_value = 1000000.0;
    /// Largest loss of the day, realised and unrealised.
    double max_daily_loss = 50000.0;
    /// Most that one order may be worth.
    double max_order_value = 100000.0;
    /// Largest share of one symbol in what all are worth, which counts as max_position_value at least.
    double max_position_concentration = 0.2;
    /// Orders and cancels per second, and at once after a pause.
    int max_message_rate_per_second = 100;
    /// Largest average loss after a fill, as a share of its price.
    double max_adverse_selection = 0.01;
    /// Largest value at risk, in the unit of the returns given to calculate_var.
    double var_limit = 100000.0;
    /// So many times the value at risk may not exceed max_position_value.
    double stress_test_multiplier = 3.0;
    /// Largest position of a symbol, in units of it.
    double max_position = std::numeric_limits<double>::infinity();
    /// Seconds after a fill at which its loss is measured.
    double adverse_selection_horizon = 1.0;
    /// Fills over which that is averaged.
    int adverse_selection_fills = 100;
};

/// The documented risk manager.
class RiskManager {
public:
    /// Its limits.
    using RiskLimits = RiskManagerLimits;
    /// Another name of the same.
    using Limits = RiskManagerLimits;
    /// Where the time comes from.
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// What has been measured since the day began.
    struct RiskMetrics {
        /// What calculate_var last gave.
        double current_var = 0.0;
        /// Realised and unrealised.
        double daily_pnl = 0.0;
        /// Largest fall of equity from a peak.
        double max_drawdown = 0.0;
        /// Orders that passed and cancels.
        int message_count = 0;
        /// Average loss after a fill, as a share of its price; a gain is negative.
        double adverse_selection_cost = 0.0;
        /// When the day began.
        std::chrono::system_clock::time_point last_reset = {};
    };
    /// Stops new positions when losses come fast, for a while.
    struct CircuitBreaker {
        /// Largest loss since the day began or the breaker last reset.
        double loss_threshold = std::numeric_limits<double>::infinity();
        /// Most losing trades in a row.
        int max_consecutive_losses = INT_MAX;
        /// Largest fall of equity from its peak.
        double max_drawdown = std::numeric_limits<double>::infinity();
        /// How long it stays triggered. From then on it measures from where equity is.
        std::chrono::seconds cooldown_period = std::chrono::minutes(5);
        /// Whether trading rests.
        bool is_triggered = false;
        /// Since when.
        std::chrono::steady_clock::time_point trigger_time = {};
    };

    /// Its breaker triggers on a loss or drawdown of more than max_daily_loss until set_circuit_breaker says otherwise.
    explicit RiskManager(const RiskLimits &limits = RiskLimits(), Clock clock = &std::chrono::steady_clock::now)
        : limits_(checked(limits)), clock_(std::move(clock)), start_(clock_()), system_start_(std::chrono::system_clock::now()),
          gate_(gate_config()), breaker_gate_(risk_gate::defaults()) {
        last_reset_ = system_start_;
        CircuitBreaker breaker;
        breaker.loss_threshold = limits_.max_daily_loss;
        breaker.max_drawdown = limits_.max_daily_loss;
        set_circuit_breaker(breaker);
    }
    RiskManager(const RiskManager &) = delete;
    RiskManager &operator=(const RiskManager &) = delete;

    /// Whether the order may go out in this market; last_rejection() says why not. One that may is a message of the rate.
    bool check_order_risk(const Order &order, const MarketDepth &depth) { return check_order_risk(std::string(), order, depth); }
    /// The same of a symbol.
    bool check_order_risk(const std::string &symbol, const Order &order, const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::last_rejection::clear(this);
        const auto refuse = [&](mm_status_t code, const char *text = nullptr) {
            return detail::last_rejection::note(this, code, order.side, order.price, order.remaining(), text);
        };
        if (!(order.price > 0.0 && order.remaining() > 0.0 && std::isfinite(order.price * order.remaining()))) {
            return refuse(MM_E_RISK_INVALID_ORDER);
        }
        Holding &holding = holdings_[symbol];
        mark(holding, depth);
        const double signed_quantity = order.side == OrderSide::BUY ? order.remaining() : -order.remaining();
        const double after = holding.cost.quantity() + signed_quantity;
        const bool reduces = is_reducing(holding.cost.quantity(), signed_quantity);
        look_at_time();
        if (breaker_.is_triggered && !reduces) {
            return refuse(MM_E_RISK_HALTED, "the circuit breaker is triggered");
        }
        if (order.price * order.remaining() > limits_.max_order_value) {
            return refuse(MM_E_RISK_ORDER_NOTIONAL);
        }
        if (!reduces) {
            const double price = holding.mark > 0.0 ? holding.mark : order.price;
            const mm_status_t position = check_position(holding, after, price);
            if (position < 0) {
                return refuse(position);
            }
            if (adverse_.average > limits_.max_adverse_selection) {
                return refuse(MM_E_RISK_MARKOUT);
            }
        }
        if (limits_.max_message_rate_per_second == 0) {
            return refuse(MM_E_RISK_MESSAGE_RATE);
        }
        mm_risk_order_t asked{};
        asked.timestamp = now_ns();
        asked.price = whole(order.price);
        asked.quantity = static_cast<std::uint64_t>(whole(order.remaining()));
        asked.side = order.side == OrderSide::BUY ? MM_SIDE_BUY : MM_SIDE_SELL;
        // What reduces is compared in doubles, above: the core is told a position of the size that says the same.
        asked.position = reduces ? (signed_quantity > 0.0 ? -MM_NO_LIMIT / 2 : MM_NO_LIMIT / 2) : 0;
        const mm_status_t verdict = mm_risk_gate_check_order(gate_.get(), &asked);
        return verdict >= 0 || refuse(verdict);
    }

    /// Whether a symbol may hold so much at this price. One that may is what the symbol holds from here on.
    bool check_position_risk(const std::string &symbol, double position, double price) {
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::last_rejection::clear(this);
        const OrderSide side = position < 0.0 ? OrderSide::SELL : OrderSide::BUY;
        mm_status_t verdict = MM_E_RISK_INVALID_ORDER;
        Holding &holding = holdings_[symbol];
        if (price > 0.0 && std::isfinite(price * position)) {
            verdict = check_position(holding, position, price);
        }
        if (verdict < 0) {
            return detail::last_rejection::note(this, verdict, side, price, std::abs(position));
        }
        holding.stated = position;
        holding.is_stated = true;
        holding.stated_price = price;
        return true;
    }

    /// Follows what an order has filled, each fill once however often it is told, at the order's price, and values the position at the
    /// market's mid.
    void update_metrics(const Order &order, const MarketDepth &depth) { update_metrics(std::string(), order, depth); }
    /// The same of a symbol.
    void update_metrics(const std::string &symbol, const Order &order, const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        Holding &holding = holdings_[symbol];
        const double fresh = count_fill(order);
        if (fresh > 0.0) {
            book(holding, order.side, order.price, fresh);
        }
        mark(holding, depth);
        measure();
    }
    /// Values a symbol's position at the market's mid.
    void update_market(const std::string &symbol, const MarketDepth &depth) {
        const std::lock_guard<std::mutex> lock(mutex_);
        mark(holdings_[symbol], depth);
        measure();
    }
    /// A cancel has gone out: it uses the message rate up and is never refused.
    void note_cancel() {
        const std::lock_guard<std::mutex> lock(mutex_);
        gate_.note_cancel(now_ns());
        ++cancels_;
    }

    /// Historical value at risk (F7): the confidence-quantile of the losses among the returns, in their unit and positive for a
    /// loss; give profits in money where var_limit is money. Throws mm::error for a return that is no number.
    template <class Returns>
    double calculate_var(const Returns &returns, double confidence = 0.99) {
        std::vector<double> losses;
        losses.reserve(returns.size());
        for (const double value : returns) {
            losses.push_back(-value);
        }
        double at_risk = 0.0;
        double shortfall = 0.0;
        detail::check(mm_historical_tail_risk(losses.data(), losses.size(), confidence, &at_risk, &shortfall));
        const std::lock_guard<std::mutex> lock(mutex_);
        var_ = at_risk;
        shortfall_ = shortfall;
        return at_risk;
    }
    /// The mean loss beyond what calculate_var last gave.
    double get_expected_shortfall() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return shortfall_;
    }

    /// Everything so far.
    RiskMetrics get_metrics() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        RiskMetrics metrics;
        metrics.current_var = var_;
        metrics.daily_pnl = equity_ - day_start_;
        metrics.max_drawdown = max_drawdown_;
        metrics.message_count = cancels_ + static_cast<int>(passed());
        metrics.adverse_selection_cost = adverse_.average;
        metrics.last_reset = last_reset_;
        return metrics;
    }
    /// A new day: profit, drawdown, messages and adverse selection are counted from here on. Positions stay, valued as they are.
    void reset_daily_metrics() {
        const std::lock_guard<std::mutex> lock(mutex_);
        day_start_ = equity_;
        peak_ = equity_;
        max_drawdown_ = 0.0;
        cancels_ = 0;
        adverse_ = Adverse();
        for (risk_gate *gate : {&gate_, &breaker_gate_}) {
            detail::check(mm_risk_gate_set_baseline(gate->get(), money(equity_), money(equity_)));
            detail::check(mm_risk_gate_new_day(gate->get(), now_ns()));
        }
        last_reset_ = system_start_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(clock_() - start_);
        measure();
    }

    /// Replaces the breaker's thresholds. Whether it is triggered now follows from what has been measured.
    void set_circuit_breaker(const CircuitBreaker &breaker) {
        mm_risk_config_t config = risk_gate::defaults();
        config.max_daily_loss = limit(breaker.loss_threshold);
        config.max_drawdown = limit(breaker.max_drawdown);
        config.max_consecutive_losses = breaker.max_consecutive_losses == 0 ? MM_LIMIT_ZERO : breaker.max_consecutive_losses;
        config.cooldown_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(breaker.cooldown_period).count());
        config.on_daily_loss = MM_BREACH_PAUSE;
        config.on_drawdown = MM_BREACH_PAUSE;
        config.on_consecutive_losses = MM_BREACH_PAUSE;
        if (!(breaker.loss_threshold >= 0.0 && breaker.max_drawdown >= 0.0 && breaker.max_consecutive_losses >= 0 &&
              breaker.cooldown_period > std::chrono::seconds(0))) {
            detail::refuse_config("a threshold of the circuit breaker is negative or no number");
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::check(breaker_gate_.try_set_config(config).code());
        const CircuitBreaker before = breaker_;
        breaker_ = breaker;
        breaker_.is_triggered = before.is_triggered;
        breaker_.trigger_time = before.trigger_time;
        measure();
    }
    /// The breaker, to be set.
    CircuitBreaker get_circuit_breaker() {
        const std::lock_guard<std::mutex> lock(mutex_);
        look_at_time();
        return breaker_;
    }
    /// Whether trading may go on: false while the breaker is triggered.
    bool check_circuit_breakers() {
        const std::lock_guard<std::mutex> lock(mutex_);
        look_at_time();
        return !breaker_.is_triggered;
    }

    /// What a symbol holds, as told by update_metrics.
    double get_position(const std::string &symbol = std::string()) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = holdings_.find(symbol);
        return found == holdings_.end() ? 0.0 : found->second.cost.quantity();
    }
    /// Why the calling thread's last check was refused; empty when it was not, or when the thread has asked another manager
    /// since.
    Rejection last_rejection() const { return detail::last_rejection::read(this); }
    /// The switch that refuses every order, for any thread.
    mm::kill_switch kill_switch() const { return gate_.kill_switch(); }
    /// What it was made with.
    const RiskLimits &limits() const noexcept { return limits_; }

private:
    /// A fill whose loss is yet to be measured.
    struct Pending {
        std::chrono::steady_clock::time_point due;
        double sign;
        double price;
        double quantity;
    };
    /// What is known of one symbol.
    struct Holding {
        AverageCost cost;
        double mark = 0.0;
        double stated = 0.0;
        double stated_price = 0.0;
        bool is_stated = false;
        std::deque<Pending> pending;

        double unrealised() const noexcept { return cost.unrealised(mark > 0.0 ? mark : cost.price()); }
        double held() const noexcept { return is_stated ? stated : cost.quantity(); }
        double worth() const noexcept { return std::abs(held()) * (mark > 0.0 ? mark : is_stated ? stated_price : cost.price()); }
    };
    /// The mean loss of the last fills, weighted by quantity.
    struct Adverse {
        std::deque<std::pair<double, double>> losses;
        double average = 0.0;
    };
    static constexpr double money_unit = 1e6;
    static constexpr std::size_t remembered_orders = 65536;
    static constexpr std::size_t most_pending = 4096;

    static const RiskLimits &checked(const RiskLimits &limits) {
        const bool ok = limits.max_position_value >= 0.0 && limits.max_daily_loss >= 0.0 && limits.max_order_value >= 0.0 &&
                        limits.max_position_concentration >= 0.0 && limits.max_message_rate_per_second >= 0 &&
                        limits.max_adverse_selection >= 0.0 && limits.var_limit >= 0.0 &&
                        limits.stress_test_multiplier >= 0.0 && limits.max_position >= 0.0 &&
                        limits.adverse_selection_horizon >= 0.0 && limits.adverse_selection_horizon < 1e6 &&
                        limits.adverse_selection_fills > 0;
        if (!ok) {
            detail::refuse_config("a limit of the RiskManager's limits is negative or no number");
        }
        return limits;
    }
    static std::int64_t money(double value) noexcept { return std::llround(std::clamp(value * money_unit, -9e18, 9e18)); }
    static std::int64_t limit(double value) noexcept {
        return value * money_unit > 9e18 ? MM_NO_LIMIT : value * money_unit < 0.5 ? MM_LIMIT_ZERO : money(value);
    }
    /// For the audit ring: in 1e-8, as far as it fits.
    static std::int64_t whole(double value) noexcept { return std::llround(std::clamp(value * 1e8, 1.0, 2e18)); }
    static bool is_reducing(double position, double change) noexcept {
        return position * change < 0.0 && std::abs(change) <= std::abs(position) * (1.0 + 1e-12);
    }
    mm_risk_config_t gate_config() const noexcept {
        mm_risk_config_t config = risk_gate::defaults();
        config.max_daily_loss = limit(limits_.max_daily_loss);
        config.on_daily_loss = MM_BREACH_REDUCE_ONLY;
        config.rate_messages = static_cast<std::uint32_t>(limits_.max_message_rate_per_second);
        config.instruments = 1;
        return config;
    }
    std::uint64_t now_ns() const {
        const std::int64_t since = std::chrono::duration_cast<std::chrono::nanoseconds>(clock_() - start_).count();
        return static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0)) + 1;
    }

    mm_status_t check_position(const Holding &holding, double position, double price) const {
        const double worth = std::abs(position) * price;
        if (std::abs(position) > limits_.max_position) {
            return position > 0.0 ? MM_E_RISK_LONG_POSITION : MM_E_RISK_SHORT_POSITION;
        }
        if (worth > limits_.max_position_value) {
            return MM_E_RISK_GROSS_NOTIONAL;
        }
        double whole_book = worth - holding.worth();
        for (const auto &entry : holdings_) {
            whole_book += entry.second.worth();
        }
        if (worth > limits_.max_position_concentration * std::max(whole_book, limits_.max_position_value)) {
            return MM_E_RISK_CONCENTRATION;
        }
        if (var_ > limits_.var_limit || var_ * limits_.stress_test_multiplier > limits_.max_position_value) {
            return MM_E_RISK_VALUE_AT_RISK;
        }
        return MM_OK;
    }

    /// How much of the order's fills is new.
    double count_fill(const Order &order) {
        if (!(order.filled_quantity > 0.0 && order.price > 0.0 && std::isfinite(order.price * order.filled_quantity))) {
            return 0.0;
        }
        const auto found = seen_.find(order.order_id);
        if (found != seen_.end()) {
            const double fresh = order.filled_quantity - found->second;
            found->second = std::max(found->second, order.filled_quantity);
            return fresh > 1e-12 * order.filled_quantity ? fresh : 0.0;
        }
        if (seen_order_.size() == remembered_orders) {
            seen_.erase(seen_order_.front());
            seen_order_.pop_front();
        }
        seen_order_.push_back(order.order_id);
        seen_.emplace(order.order_id, order.filled_quantity);
        return order.filled_quantity;
    }
    void book(Holding &holding, OrderSide side, double price, double quantity) {
        const double change = side == OrderSide::BUY ? quantity : -quantity;
        const AverageCost::Fill done = holding.cost.book(side, price, quantity);
        if (holding.is_stated) {
            holding.stated += change;
        }
        if (holding.mark <= 0.0) {
            holding.mark = price;
        }
        mm_risk_fill_t fill{};
        fill.timestamp = now_ns();
        fill.price = whole(price);
        fill.quantity = static_cast<std::uint64_t>(whole(quantity));
        fill.side = side == OrderSide::BUY ? MM_SIDE_BUY : MM_SIDE_SELL;
        fill.realised = money(done.gain);
        fill.has_realised = done.is_closing ? 1 : 0;
        detail::check(mm_risk_gate_on_fill(breaker_gate_.get(), &fill));
        if (holding.pending.size() < most_pending) {
            const auto horizon = std::chrono::duration<double>(limits_.adverse_selection_horizon);
            holding.pending.push_back({clock_() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(horizon),
                                       side == OrderSide::BUY ? 1.0 : -1.0, price, quantity});
        }
    }
    void mark(Holding &holding, const MarketDepth &depth) {
        const double mid = depth.get_mid_price();
        if (!(mid > 0.0) || !std::isfinite(mid)) {
            return;
        }
        holding.mark = mid;
        while (!holding.pending.empty() && holding.pending.front().due <= clock_()) {
            const Pending fill = holding.pending.front();
            holding.pending.pop_front();
            adverse_.losses.emplace_back(fill.sign * (fill.price - mid) / fill.price, fill.quantity);
            if (adverse_.losses.size() > static_cast<std::size_t>(limits_.adverse_selection_fills)) {
                adverse_.losses.pop_front();
            }
            double sum = 0.0;
            double weight = 0.0;
            for (const auto &loss : adverse_.losses) {
                sum += loss.first * loss.second;
                weight += loss.second;
            }
            adverse_.average = sum / weight;
        }
    }
    /// Tells the core what equity is.
    void measure() {
        double realised = 0.0;
        double unrealised = 0.0;
        for (const auto &entry : holdings_) {
            realised += entry.second.cost.realised();
            unrealised += entry.second.unrealised();
        }
        equity_ = realised + unrealised;
        peak_ = std::max(peak_, equity_);
        max_drawdown_ = std::max(max_drawdown_, peak_ - equity_);
        mm_risk_account_t account{};
        account.timestamp = now_ns();
        account.realised = money(realised);
        account.unrealised = money(unrealised);
        detail::check(mm_risk_gate_on_account(gate_.get(), &account));
        detail::check(mm_risk_gate_on_account(breaker_gate_.get(), &account));
        look_at_time();
    }
    /// Whether the breaker is triggered, now.
    void look_at_time() {
        mm_status_t stance = MM_OK;
        std::uint8_t reduce_only = 0;
        detail::check(mm_risk_gate_stance(breaker_gate_.get(), 0, now_ns(), &stance, &reduce_only));
        const bool is_triggered = stance < 0;
        if (is_triggered && !breaker_.is_triggered) {
            breaker_.trigger_time = clock_();
        }
        breaker_.is_triggered = is_triggered;
    }
    std::uint64_t passed() const {
        mm_risk_monitor_t *handle = nullptr;
        detail::check(mm_risk_gate_monitor(gate_.get(), &handle));
        const detail::owner<mm_risk_monitor_t, mm_risk_monitor_destroy> monitor(handle);
        mm_risk_metrics_t metrics{};
        detail::check(mm_risk_monitor_metrics(monitor.get(), &metrics));
        return metrics.orders;
    }

    const RiskLimits limits_;
    const Clock clock_;
    const std::chrono::steady_clock::time_point start_;
    const std::chrono::system_clock::time_point system_start_;
    mutable std::mutex mutex_;
    risk_gate gate_;
    risk_gate breaker_gate_;
    CircuitBreaker breaker_;
    std::map<std::string, Holding> holdings_;
    std::map<std::int64_t, double> seen_;
    std::deque<std::int64_t> seen_order_;
    Adverse adverse_;
    double var_ = 0.0;
    double shortfall_ = 0.0;
    double equity_ = 0.0;
    double day_start_ = 0.0;
    double peak_ = 0.0;
    double max_drawdown_ = 0.0;
    int cancels_ = 0;
    std::chrono::system_clock::time_point last_reset_;
};

}  // namespace mm

#endif
