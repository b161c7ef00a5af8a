// order.hpp: the documented Order as plain numbers, and Rejection, why one was refused.
#ifndef MARKET_MAKER_CPP_ORDER_HPP
#define MARKET_MAKER_CPP_ORDER_HPP

#include "../market_maker/compat_types.hpp"
#include "../market_maker/status.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace mm {

/// What has become of an order.
enum class OrderStatus { NEW, PARTIALLY_FILLED, FILLED, CANCELLED, REJECTED };

/// An order and what has become of it.
struct Order {
    /// Unique over all managers.
    std::int64_t order_id = 0;
    /// Side.
    OrderSide side = OrderSide::BUY;
    /// Limit price; in an update that of what is new.
    double price = 0.0;
    /// Quantity in all.
    double quantity = 0.0;
    /// Filled so far, of `quantity`.
    double filled_quantity = 0.0;
    /// What has become of it.
    OrderStatus status = OrderStatus::NEW;
    /// ns since 1970.
    std::int64_t creation_time = 0;
    /// ns since 1970.
    std::int64_t last_update_time = 0;

    /// Whether it may still trade.
    bool is_active() const noexcept { return status == OrderStatus::NEW || status == OrderStatus::PARTIALLY_FILLED; }
    /// Whether nothing more can happen to it: filled, cancelled or rejected.
    bool is_complete() const noexcept { return !is_active(); }
    /// What is left of it.
    double remaining() const noexcept { return quantity - filled_quantity; }
};

/// Why something was refused. Empty, and false, after what was not.
struct Rejection {
    /// MM_E_RISK_...; MM_OK where nothing was refused.
    mm::status reason;
    /// "MM_E_RISK_ORDER_QUANTITY: ... (BUY 11 at 100)".
    std::string text;

    /// Whether something was refused.
    explicit operator bool() const noexcept { return !reason.ok(); }
};

namespace detail {

[[noreturn]] inline void refuse_config(const char *text) {
#if MM_HAS_EXCEPTIONS
    throw std::invalid_argument(text);
#else
    std::fprintf(stderr, "%s\n", text);
    std::abort();
#endif
}

/// What the calling thread's last question to a manager came to.
struct last_rejection {
    const void *asked = nullptr;
    Rejection rejection;

    static last_rejection &of_this_thread() {
        thread_local last_rejection last;
        return last;
    }
    static void clear(const void *manager) {
        last_rejection &last = of_this_thread();
        last.asked = manager;
        last.rejection.reason = status();
        last.rejection.text.clear();
    }
    /// Notes a refusal. Always false.
    static bool note(const void *manager, mm_status_t code, OrderSide side, double price, double quantity,
                     const char *more = nullptr) {
        char order[96];
        std::snprintf(order, sizeof order, " (%s %.10g at %.10g)", side == OrderSide::BUY ? "BUY" : "SELL", quantity, price);
        last_rejection &last = of_this_thread();
        last.asked = manager;
        last.rejection.reason = status(code);
        last.rejection.text = std::string(mm_status_name(code)) + ": " + (more != nullptr ? more : mm_status_text(code)) + order;
        return false;
    }
    static Rejection read(const void *manager) {
        const last_rejection &last = of_this_thread();
        return last.asked == manager ? last.rejection : Rejection();
    }
};

}  // namespace detail
}  // namespace mm

#endif
