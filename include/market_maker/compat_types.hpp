// compat_types.hpp: the integers of the documented order book and position tracker. Prices are 1e-4 dollars.
#ifndef MARKET_MAKER_COMPAT_TYPES_HPP
#define MARKET_MAKER_COMPAT_TYPES_HPP

#include <cmath>
#include <cstdint>
#include <limits>

namespace mm {

/// Number of a symbol.
using SymbolId = std::uint16_t;
/// Number of an order, unique in its book.
using OrderId = std::uint64_t;
/// 1e-4 dollar.
using Price = std::int64_t;
/// Units.
using Quantity = std::uint32_t;
/// Nanoseconds.
using Timestamp = std::uint64_t;
/// 1e-4 dollar times quantity.
using PnL = std::int64_t;

/// Side of an order.
enum class OrderSide : std::uint8_t { BUY = 0, SELL = 1 };

/// Dollars to 1e-4 dollars, to the nearest; out of range and not-a-number give the nearest end of the range, and 0.
inline Price price_from_dollars(double dollars) noexcept {
    const double scaled = std::round(dollars * 10000.0);
    if (std::isnan(scaled)) {
        return 0;
    }
    if (scaled >= 9223372036854775807.0) {
        return std::numeric_limits<Price>::max();
    }
    if (scaled <= -9223372036854775808.0) {
        return std::numeric_limits<Price>::min();
    }
    return static_cast<Price>(scaled);
}

/// 1e-4 dollars to dollars.
inline double price_to_dollars(Price price) noexcept { return static_cast<double>(price) / 10000.0; }

}  // namespace mm

#endif
