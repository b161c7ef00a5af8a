// order_manager.hpp: the documented OrderManager: own orders of one instrument, and the limits that each passes before it exists.
// Thread-safe: every function takes one lock, so that what is checked and what is inserted is one step.
//
// It has no venue: an order counts as working from place_order on and as gone from cancel_order on, and update_order says what
// a venue has made of it. Prices and quantities are kept as they were given; what is counted is whole numbers of 1e-8 (of the
// quantity less where the limits are so large), so that 0.1 + 0.2 - 0.3 is no position.
//
// Functions are O(log n) in the working orders, replace_order and checks O(n) (the own best prices).
#ifndef MARKET_MAKER_CPP_ORDER_MANAGER_HPP
#define MARKET_MAKER_CPP_ORDER_MANAGER_HPP

#include "../market_maker/orders.hpp"
#include "../market_maker/risk.hpp"
#include "market_depth.hpp"
#include "order.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace mm {

/// Limits of an OrderManager. Infinity switches one off.
struct OrderManagerConfig {
    /// Largest position of either sign, if every working order of that side filled.
    double max_position = 100.0;
    /// Largest quantity of one order.
    double max_order_size = 10.0;
    /// Most that position and working orders may be worth together.
    double max_notional = 10000.0;
    /// Orders that may work at once, at most 65535.
    int max_active_orders = 50;
    /// Least distance, in price, of an order from the best own order of the other side. Own orders never meet.
    double min_spread = 0.0001;
};

/// The documented order manager.
class OrderManager {
public:
    /// Its config.
    using Config = OrderManagerConfig;
    /// Another name of the same.
    using Limits = OrderManagerConfig;

    /// std::invalid_argument for limits that are out of range.
    explicit OrderManager(const Config &config = Config())
        : config_(checked(config)),
          lots_per_unit_(finest(config)),
          gate_(gate_config()),
          asked_(gate_config()),
          orders_(orders_config()) {}
    OrderManager(const OrderManager &) = delete;
    OrderManager &operator=(const OrderManager &) = delete;

    /// A new order, or nothing where a limit or the kill switch forbids it: last_rejection() says which.
    std::optional<Order> place_order(OrderSide side, double price, double quantity) {
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::last_rejection::clear(this);
        mm_order_request_t request{};
        if (!read(side, price, quantity, request) || !fits(side, price, quantity, 0.0)) {
            return std::nullopt;
        }
        const std::int64_t now = detail::system_time();
        const mm_market_top_t top = market(now);
        mm_order_action_t action{};
        const mm_status_t placed = mm_order_manager_place(orders_.get(), gate_.get(), &request, &top, &action);
        if (placed < 0) {
            detail::last_rejection::note(this, placed, side, price, quantity);
            return std::nullopt;
        }
        (void)report(MM_EXECUTION_ACCEPTED, action.order_id, side, 0, 0, request.quantity);
        return insert(action.order_id, side, price, quantity, now);
    }

    /// Takes an order out of the market: false for one that is not working. A fill that was on its way may still be told to
    /// update_order.
    bool cancel_order(std::int64_t order_id) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = active_.find(order_id);
        if (found == active_.end()) {
            return false;
        }
        mm_order_action_t action{};
        const std::int64_t now = detail::system_time();
        (void)mm_order_manager_cancel(orders_.get(), gate_.get(), id_of(found->second), time_of(now), &action);
        end(found->second, OrderStatus::CANCELLED, now);
        return true;
    }
    /// Cancels every working order; how many there were.
    std::size_t cancel_all() {
        std::size_t cancelled = 0;
        for (const Order &order : get_active_orders()) {
            cancelled += cancel_order(order.order_id) ? 1U : 0U;
        }
        return cancelled;
    }

    /// Puts an order of another price and quantity in the place of a working one, in one step and under another id. Nothing,
    /// and the old order as it was, where a limit forbids it or it is not working.
    std::optional<Order> replace_order(std::int64_t order_id, double price, double quantity) {
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::last_rejection::clear(this);
        const auto found = active_.find(order_id);
        if (found == active_.end()) {
            detail::last_rejection::note(this, MM_E_NOT_FOUND, OrderSide::BUY, price, quantity);
            return std::nullopt;
        }
        const Order old = found->second;
        mm_order_request_t request{};
        if (!read(old.side, price, quantity, request) ||
            !fits(old.side, price, quantity, old.remaining(), old.price)) {
            return std::nullopt;
        }
        const std::int64_t now = detail::system_time();
        const mm_market_top_t top = market(now);
        mm_order_action_t action{};
        const mm_status_t replaced =
            mm_order_manager_replace(orders_.get(), gate_.get(), id_of(old), &request, &top, &action);
        if (replaced < 0) {
            detail::last_rejection::note(this, replaced, old.side, price, quantity);
            return std::nullopt;
        }
        (void)report(MM_EXECUTION_REPLACED, id_of(old), old.side, 0, 0, request.quantity, action.new_order_id);
        finish(found->second, OrderStatus::CANCELLED, now);
        return insert(action.new_order_id, old.side, price, quantity, now);
    }

    /// Follows what the venue says of an order: `filled_quantity` is what it has filled in all, so that the same update twice
    /// counts once; `price` is that of what is new; a status of FILLED says that all of it has traded, CANCELLED and
    /// REJECTED that the rest is gone. False, and no change, for an unknown order, for fewer fills than are known, and for
    /// more than the order's quantity.
    bool update_order(const Order &update) {
        const std::lock_guard<std::mutex> lock(mutex_);
        Order *known = find(update.order_id);
        if (known == nullptr) {
            return false;
        }
        const double filled = update.status == OrderStatus::FILLED ? known->quantity : update.filled_quantity;
        if (!std::isfinite(filled) || filled < 0.0 || filled > 2.0 * known->quantity) {
            return false;
        }
        const std::int64_t before = lots(known->filled_quantity);
        const std::int64_t after = lots(filled);
        const std::int64_t total = lots(known->quantity);
        if (after < before || after > total) {
            return false;
        }
        const std::int64_t now = detail::system_time();
        if (after > before) {
            const double price = usable(update.price) ? update.price : known->price;
            const status told = report(MM_EXECUTION_FILLED, id_of(*known), known->side, ticks(price),
                                       static_cast<std::uint64_t>(after - before),
                                       static_cast<std::uint64_t>(total - after), ++fills_);
            if (!told.ok()) {
                return false;
            }
            position_ += known->side == OrderSide::BUY ? after - before : before - after;
            mark_ = price;
            known->filled_quantity = after == total ? known->quantity : filled;
            known->last_update_time = now;
        }
        if (known->is_active()) {
            if (after == total) {
                finish(*known, OrderStatus::FILLED, now);
            } else if (update.status == OrderStatus::CANCELLED || update.status == OrderStatus::REJECTED) {
                end(*known, update.status, now);
            } else if (after > 0) {
                known->status = OrderStatus::PARTIALLY_FILLED;
            }
        } else if (after == total) {
            known->status = OrderStatus::FILLED;
        }
        return true;
    }

    /// Bought less sold.
    double get_position() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return units(position_);
    }
    /// What the position, at the mark, and all working orders are worth now.
    double get_notional_exposure() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return exposure();
    }
    /// Values the position at a price: that of the last fill until there is one.
    void set_mark(double price) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (usable(price)) {
            mark_ = price;
        }
    }

    /// Whether place_order would take the order now; last_rejection() says why not. Changes nothing.
    bool check_risk_limits(OrderSide side, double quantity, double price) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        detail::last_rejection::clear(this);
        mm_order_request_t request{};
        if (!read(side, price, quantity, request) || !fits(side, price, quantity, 0.0)) {
            return false;
        }
        if (gate_.kill_switch().is_killed()) {
            return detail::last_rejection::note(this, MM_E_RISK_KILL_SWITCH, side, price, quantity);
        }
        mm_risk_order_t order{};
        order.timestamp = time_of(detail::system_time());
        order.price = request.price;
        order.quantity = request.quantity;
        order.side = request.side;
        order.position = position_;
        order.working_orders = static_cast<std::uint32_t>(active_.size());
        for (const auto &entry : active_) {
            const bool is_buy = entry.second.side == OrderSide::BUY;
            (is_buy ? order.working_buy : order.working_sell) += static_cast<std::uint64_t>(open_lots(entry.second));
            std::int64_t &best = is_buy ? order.own_bid : order.own_ask;
            std::uint8_t &has_best = is_buy ? order.has_own_bid : order.has_own_ask;
            const std::int64_t price_here = ticks(entry.second.price);
            best = has_best == 0 ? price_here : is_buy ? std::max(best, price_here) : std::min(best, price_here);
            has_best = 1;
        }
        const mm_status_t verdict = mm_risk_gate_check_order(asked_.get(), &order);
        return verdict >= 0 || detail::last_rejection::note(this, verdict, side, price, quantity);
    }

    /// The working orders, oldest first.
    std::vector<Order> get_active_orders() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::vector<Order> orders;
        orders.reserve(active_.size());
        // Ids rise with time.
        for (const auto &entry : active_) {
            orders.push_back(entry.second);
        }
        return orders;
    }
    /// An order that works, or one of the last thousand that do not any more.
    std::optional<Order> get_order(std::int64_t order_id) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto active = active_.find(order_id);
        if (active != active_.end()) {
            return active->second;
        }
        const auto finished = finished_.find(order_id);
        return finished != finished_.end() ? std::optional<Order>(finished->second) : std::nullopt;
    }

    /// Why the calling thread's last place_order, replace_order or check_risk_limits was refused; empty when it was not, or when
    /// the thread has asked another manager since.
    Rejection last_rejection() const { return detail::last_rejection::read(this); }
    /// The switch that refuses every order, for any thread.
    mm::kill_switch kill_switch() const { return gate_.kill_switch(); }
    /// What it was made with.
    const Config &config() const noexcept { return config_; }

private:
    static constexpr double ticks_per_price = 1e8;
    /// What a price in ticks, and a quantity in lots, can be at most.
    static constexpr double most_ticks = 2e18;
    static constexpr double most_lots = 1e14;
    static constexpr std::size_t remembered = 1000;

    static const Config &checked(const Config &config) {
        const bool ok = config.max_position >= 0.0 && config.max_order_size >= 0.0 && config.max_notional >= 0.0 &&
                        config.max_active_orders >= 0 && config.max_active_orders < 65536 && config.min_spread >= 0.0 &&
                        std::isfinite(config.min_spread);
        if (!ok) {
            detail::refuse_config("a limit of the OrderManager's config is negative or no number");
        }
        return config;
    }
    /// The finest power of ten at which the limits still are numbers that can be counted.
    static double finest(const Config &config) noexcept {
        double per_unit = 1e8;
        const auto is_large = [&](double limit, double most) { return std::isfinite(limit) && limit * per_unit > most; };
        while (per_unit > 1.0 && (is_large(config.max_order_size, most_lots / 10.0) || is_large(config.max_position, 1e18))) {
            per_unit /= 10.0;
        }
        return per_unit;
    }
    mm_risk_config_t gate_config() const noexcept {
        const auto lots_of = [this](double limit) {
            return limit * lots_per_unit_ < 9e18 ? std::llround(limit * lots_per_unit_) : MM_NO_LIMIT;
        };
        mm_risk_config_t config = risk_gate::defaults();
        config.max_order_quantity = lots_of(config_.max_order_size);
        config.max_long_position = lots_of(config_.max_position);
        config.max_short_position = config.max_long_position;
        config.max_working_orders = config_.max_active_orders == 0 ? MM_LIMIT_ZERO : config_.max_active_orders;
        config.min_own_spread = std::max(1LL, std::llround(std::min(config_.min_spread, 1e9) * ticks_per_price));
        config.positive_prices = 1;
        config.instruments = 1;
        config.audit_capacity = 64;
        return config;
    }
    /// Ids are unique over all managers of a process, so that a RiskManager can tell the orders of several apart.
    mm_order_manager_config_t orders_config() const noexcept {
        static std::atomic<std::uint64_t> managers{0};
        mm_order_manager_config_t config = order_manager::defaults();
        config.first_sequence = (managers.fetch_add(1, std::memory_order_relaxed) % 32768 << 32) + 1;
        // One more than may work, so that it is the gate that says no.
        config.capacity = static_cast<std::uint32_t>(config_.max_active_orders) + 1;
        config.finished_orders = remembered + 1;
        return config;
    }

    static bool usable(double price) noexcept { return price > 0.0 && price * ticks_per_price <= most_ticks; }
    static std::int64_t ticks(double price) noexcept { return std::llround(price * ticks_per_price); }
    static std::uint64_t time_of(std::int64_t now) noexcept { return static_cast<std::uint64_t>(now); }
    static std::uint64_t id_of(const Order &order) noexcept { return static_cast<std::uint64_t>(order.order_id); }
    static std::uint8_t side_of(OrderSide side) noexcept { return side == OrderSide::BUY ? MM_SIDE_BUY : MM_SIDE_SELL; }
    std::int64_t lots(double quantity) const noexcept { return std::llround(quantity * lots_per_unit_); }
    double units(std::int64_t count) const noexcept { return static_cast<double>(count) / lots_per_unit_; }
    std::int64_t open_lots(const Order &order) const noexcept { return lots(order.quantity) - lots(order.filled_quantity); }

    double exposure() const noexcept {
        double worth = std::abs(units(position_)) * mark_;
        for (const auto &entry : active_) {
            worth += entry.second.remaining() * entry.second.price;
        }
        return worth;
    }

    /// Price and quantity as the core counts them.
    bool read(OrderSide side, double price, double quantity, mm_order_request_t &request) const {
        const bool is_number = usable(price) && quantity > 0.0 && quantity * lots_per_unit_ < 9e18;
        if (!is_number || lots(quantity) == 0 || ticks(price) == 0) {
            return detail::last_rejection::note(this, MM_E_RISK_INVALID_ORDER, side, price, quantity);
        }
        if (lots(quantity) > static_cast<std::int64_t>(most_lots)) {
            return detail::last_rejection::note(this, MM_E_QUANTITY_RANGE, side, price, quantity);
        }
        request.price = ticks(price);
        request.quantity = static_cast<std::uint64_t>(lots(quantity));
        request.side = side_of(side);
        return true;
    }
    /// Whether all that there is stays within max_notional with the order. What works a position down always does.
    bool fits(OrderSide side, double price, double quantity, double replaced, double replaced_price = 0.0) const {
        std::int64_t closing = lots(quantity) - lots(replaced);
        for (const auto &entry : active_) {
            closing += entry.second.side == side ? open_lots(entry.second) : 0;
        }
        if (closing <= (side == OrderSide::BUY ? -position_ : position_)) {
            return true;
        }
        const double worth = exposure() - replaced * replaced_price + quantity * price;
        // A share of 1e-12 is what sums of doubles may be off.
        if (worth <= config_.max_notional * (1.0 + 1e-12)) {
            return true;
        }
        return detail::last_rejection::note(this, MM_E_RISK_GROSS_NOTIONAL, side, price, quantity,
                                            "position and working orders would be worth more than max_notional");
    }

    mm_market_top_t market(std::int64_t now) const noexcept {
        mm_market_top_t top{};
        top.timestamp = time_of(now);
        top.position = position_;
        return top;
    }
    status report(std::uint8_t kind, std::uint64_t order_id, OrderSide side, std::int64_t price, std::uint64_t quantity,
                  std::uint64_t leaves, std::uint64_t other_id = 0) {
        mm_execution_report_t told{};
        told.kind = kind;
        told.order_id = order_id;
        told.new_order_id = other_id;
        told.side = side_of(side);
        told.price = price;
        told.quantity = quantity;
        told.leaves = leaves;
        return orders_.try_on_report(told).status();
    }

    Order insert(std::uint64_t id, OrderSide side, double price, double quantity, std::int64_t now) {
        Order order;
        order.order_id = static_cast<std::int64_t>(id);
        order.side = side;
        order.price = price;
        order.quantity = quantity;
        order.creation_time = now;
        order.last_update_time = now;
        active_.emplace(order.order_id, order);
        return order;
    }
    Order *find(std::int64_t order_id) {
        const auto active = active_.find(order_id);
        if (active != active_.end()) {
            return &active->second;
        }
        const auto finished = finished_.find(order_id);
        return finished != finished_.end() ? &finished->second : nullptr;
    }
    /// The rest of a working order is gone.
    void end(Order &order, OrderStatus why, std::int64_t now) {
        (void)report(MM_EXECUTION_CANCELLED, id_of(order), order.side, 0, 0, static_cast<std::uint64_t>(open_lots(order)));
        finish(order, why, now);
    }
    /// Remembers an order among those that are over; `order` is no more afterwards.
    void finish(Order &order, OrderStatus why, std::int64_t now) {
        order.status = why;
        order.last_update_time = now;
        const std::int64_t id = order.order_id;
        if (endings_.size() < remembered) {
            endings_.push_back(id);
        } else {
            finished_.erase(endings_[oldest_]);
            endings_[oldest_] = id;
            oldest_ = (oldest_ + 1) % remembered;
        }
        finished_.emplace(id, order);
        active_.erase(id);
    }

    const Config config_;
    const double lots_per_unit_;
    mutable std::mutex mutex_;
    risk_gate gate_;
    /// A gate of the same limits, which may be asked without counting.
    mutable risk_gate asked_;
    order_manager orders_;
    std::map<std::int64_t, Order> active_;
    std::map<std::int64_t, Order> finished_;
    /// The ids of finished orders, a ring once it is full.
    std::vector<std::int64_t> endings_;
    std::size_t oldest_ = 0;
    /// Numbers the fills for the core, which then takes those that come late.
    std::uint64_t fills_ = 0;
    std::int64_t position_ = 0;
    double mark_ = 0.0;
};

}  // namespace mm

#endif
